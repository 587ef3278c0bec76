"""Where a règlement leaves a doubt that changes decisions in this formation, this year (REGULATION.md §7).

A doubt stands as long as no article settles it, and is told only when the rows hold somebody whom it may touch. The
figures are computed by the engine, from the maquettes of the year.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Count, F, Q

from curriculum.models import UE, Maquette
from curriculum.templatetags.figures import counted, figure
from grades.models import Adjustment, Mark
from jury.engine.regulation import Regulation as Rules
from jury.engine.regulation import override
from jury.engine.strict import plain
from jury.models import Regulation, Ruling
from jury.regulations.parameters import DEFAULTING, DEFAULTS, PARAMETERS, SILENT, Clause
from jury.regulations.services import clauses_of
from people.models import Enrolment

NAMED = 4
"""How many pairs of UEs a sentence names before it counts the others."""
NATIONAL = {"validation_threshold": "N-03", "rcue_minimum": "N-10", "repeat_limit": "N-12"}
"""The parameters whose default is written in the national text."""


class Doubt(NamedTuple):
    """What is to be settled: the rule, and a French sentence."""

    rule: str
    sentence: str


def doubts_of(regulation: Regulation) -> list[Doubt]:
    """Return what the règlement of a formation and a year should settle: seven queries, whatever its size."""
    clauses = SILENT | clauses_of(regulation)
    silent = frozenset(key for key, clause in clauses.items() if not clause.article)
    return [
        *_of_text(regulation, clauses),
        *_of_bonus(regulation, clauses),
        *_of_weights(regulation, clauses, silent),
        *_of_absences(regulation, silent),
        *_of_students(regulation, silent),
        *_of_rulings(regulation, silent),
    ]


def _of_text(regulation: Regulation, clauses: Mapping[str, Clause]) -> Iterator[Doubt]:
    """Tell what the text itself lacks, or takes away from the national one."""
    if not regulation.reference:
        yield Doubt(
            "N-19", "La délibération qui l’a voté n’est pas renseignée\xa0: sans elle, il n’est pas opposable."
        )
    for key, rule in NATIONAL.items():
        if clauses[key].value != DEFAULTS[key]:
            told = PARAMETERS[key].told(DEFAULTS[key])
            yield Doubt(rule, f"{PARAMETERS[key].label}\xa0: le texte national dit {told}\xa0; cette valeur y déroge.")


def _of_bonus(regulation: Regulation, clauses: Mapping[str, Clause]) -> Iterator[Doubt]:
    """Compare the bonus with that of the maquettes, and with the points that were given."""
    cap = clauses["bonus_cap"].value
    maquettes = Maquette.objects.filter(formation=regulation.formation_id, academic_year=regulation.academic_year)
    for maquette in maquettes.exclude(state=Maquette.State.ARCHIVED).order_by("version"):
        voted = maquette.bonus_cap
        if (voted is None) != (cap is None) or (voted is not None and Fraction(voted) != Fraction(cap)):
            said = "n’en parle pas" if voted is None else f"dit {figure(voted)} point par UE au plus"
            yield Doubt(
                "L-14",
                f"Le bonus du règlement est «\xa0{PARAMETERS['bonus_cap'].told(cap)}\xa0»\xa0; la maquette, version "
                f"{maquette.version}, {said}.",
            )
    ignored = {"bonus": cap is None, "malus": clauses["malus_article"].value is None}
    given = Adjustment.objects.filter(
        enrolment__plan__maquette__formation=regulation.formation_id,
        enrolment__plan__academic_year=regulation.academic_year,
    ).values_list("kind")
    for kind, count in given.annotate(Count("pk")).order_by("kind"):
        if ignored[kind]:
            yield Doubt(
                "L-14" if kind == "bonus" else "L-15",
                f"{counted(count, f'{kind},{kind}')} de l’année ignoré{'s' if count > 1 else ''}\xa0: le règlement "
                "n’en prévoit pas.",
            )


def _of_weights(regulation: Regulation, clauses: Mapping[str, Clause], silent: frozenset[str]) -> Iterator[Doubt]:
    """Name the levels whose two UEs have not the same ECTS: there, the weights decide (I-01)."""
    if "rcue_weights" not in silent:
        return
    ues = UE.objects.filter(
        plan__maquette__formation=regulation.formation_id, plan__academic_year=regulation.academic_year
    )
    pairs: dict[tuple[object, ...], dict[int, UE]] = {}
    in_use = ues.exclude(plan__maquette__state=Maquette.State.ARCHIVED).exclude(ects=None)
    for ue in in_use.select_related("plan").order_by("plan__semester", "plan__position", "position"):
        key = ue.plan.maquette_id, ue.plan.parcours_id, ue.plan.modality, ue.niveau_id
        pairs.setdefault(key, {})[ue.plan.semester % 2] = ue
    uneven = {
        (odd.code, odd.ects, even.code, even.ects): (Fraction(odd.ects or 0), Fraction(even.ects or 0))
        for odd, even in ((pair.get(1), pair.get(0)) for pair in pairs.values())
        if odd and even and odd.ects != even.ects
    }
    if not uneven:
        return
    worst = sorted(uneven, key=lambda pair: _gap(uneven[pair]), reverse=True)
    told = [f"{a} et {b} ({figure(x)} et {figure(y)}\xa0ECTS)" for a, x, b, y in worst]
    others = f" et {len(told) - NAMED} autres" if len(told) > NAMED else ""
    odd, even = uneven[worst[0]]
    rules = override(Rules(), {key: clause.value for key, clause in clauses.items() if key != DEFAULTING})
    low, high = rules.validation_threshold - 1, rules.validation_threshold + 1
    first, second = (low, high) if odd > even else (high, low)
    by_ects = rules.printed((first * odd + second * even) / (odd + even))
    yield Doubt(
        "I-01",
        f"Rien ne dit le poids des deux UE d’un RCUE, et leurs ECTS diffèrent\xa0: {', '.join(told[:NAMED])}{others}. "
        f"Avec {figure(plain(first), 2)} et {figure(plain(second), 2)} (pour {figure(plain(odd))} et "
        f"{figure(plain(even))}\xa0ECTS), le RCUE est à {figure(rules.printed(rules.validation_threshold))} à poids "
        f"égaux, à {figure(by_ects)} selon les ECTS.",
    )


def _gap(ects: tuple[Fraction, Fraction]) -> Fraction:
    """How unequal the two UEs of a level are: what separates their shares of its credits."""
    return abs(ects[0] - ects[1]) / sum(ects)


def _of_absences(regulation: Regulation, silent: frozenset[str]) -> Iterator[Doubt]:
    """Count the students whose absences an article would settle, module by module (I-13, L-03)."""
    marks = Mark.objects.filter(
        evaluation__module__maquette__formation=regulation.formation_id,
        enrolment__plan__academic_year=regulation.academic_year,
    )
    modules = marks.values("evaluation__module", "enrolment__student").annotate(
        every=Count("pk"), abi=Count("pk", filter=Q(reason="ABI")), abj=Count("pk", filter=Q(reason="ABJ"))
    )
    found = modules.aggregate(
        some_abi=Count("enrolment__student", filter=Q(abi__gt=0, abi__lt=F("every"))),
        only_abj=Count("enrolment__student", filter=Q(abj=F("every"))),
    )
    if "abi_scope" in silent and found["some_abi"]:
        yield Doubt(
            "I-13",
            "Rien ne dit si une absence injustifiée met à 0 l’évaluation ou le module\xa0: "
            f"{counted(found['some_abi'], 'moyenne')} de module en dépendent cette année.",
        )
    if "abj_only" in silent and found["only_abj"]:
        yield Doubt(
            "L-03",
            "Rien ne dit ce que devient un module dont toutes les notes sont des absences justifiées\xa0: "
            f"{counted(found['only_abj'], 'cas,cas')} cette année.",
        )


def _of_students(regulation: Regulation, silent: frozenset[str]) -> Iterator[Doubt]:
    """Count the students whom repeating, or DEF, concerns."""
    of_year = Enrolment.objects.filter(
        plan__maquette__formation=regulation.formation_id, plan__academic_year=regulation.academic_year
    )
    found = of_year.aggregate(
        repeating=Count("student", distinct=True, filter=Q(repeating=True)),
        defaulting=Count("student", distinct=True, filter=Q(state=Enrolment.State.DEFAULTING)),
    )
    students = counted(found["repeating"], "étudiant")
    if found["repeating"] and "keep_best_unacquired" in silent:
        yield Doubt("L-06", f"Rien ne dit quelle moyenne compte d’une UE recommencée\xa0: {students} redoublent.")
    if found["repeating"] and "repeat_limit" in silent:
        yield Doubt(
            "I-07",
            "Rien ne dit si la limite des redoublements est en semestres ou en années\xa0; elle est "
            f"comptée en semestres\xa0: {students} redoublent.",
        )
    if found["defaulting"] and DEFAULTING in silent:
        yield Doubt(
            "L-17",
            "Aucun article ne prévoit la défaillance\xa0: aucun jury ne s’ouvrira tant que "
            f"{counted(found['defaulting'], 'étudiant')} DEF y passe{'nt' if found['defaulting'] > 1 else ''}.",
        )


def _of_rulings(regulation: Regulation, silent: frozenset[str]) -> Iterator[Doubt]:
    """Count what juries of the year decided where the texts leave a doubt (I-04, I-09)."""
    of_year = Ruling.objects.filter(
        session__formation=regulation.formation_id, session__academic_year=regulation.academic_year
    )
    found = of_year.aggregate(
        rcues=Count("pk", filter=Q(decision="ADJ", target__contains="/")),
        pas1nci=Count("pk", filter=Q(decision="PAS1NCI")),
    )
    if found["rcues"] and "progression_counts_validated" in silent:
        yield Doubt(
            "I-04",
            "Rien ne dit si un RCUE validé par le jury compte pour le passage de droit\xa0: "
            f"{counted(found['rcues'], 'décision')} de l’année en dépendent.",
        )
    if found["pas1nci"]:
        yield Doubt(
            "I-09",
            f"{counted(found['pas1nci'], 'passage')} décidé{'s' if found['pas1nci'] > 1 else ''} malgré un niveau "
            "insuffisant (PAS1NCI)\xa0: c’est déroger au point 4.5 de l’annexe 1.",
        )
