"""How each module is evaluated in one year: what the teachers would have planned, and its weight in each Plan."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from curriculum.models import Coefficient, Maquette, Module, PlanModule
from grades import services
from grades.models import Evaluation
from jury.demo.marks import QUARTER, Slot
from jury.demo.people import bell, dice
from people.models import TAUGHT, User

FIRST_DAYS = {1: date(2000, 9, 29), 0: date(2000, 2, 9)}
"""When evaluations begin in an odd, in an even semester; the year is that of the semester."""


class Planned(NamedTuple):
    """One evaluation to be: its share of the module in hundredths, the only UE that it counts in, its scale."""

    label: str
    percent: int
    ue: str = ""
    scale: int = 20


RESSOURCE = (
    (Planned("DS", 60), Planned("TP noté", 40)),
    (Planned("DS 1", 40), Planned("DS 2", 40), Planned("Oral", 20)),
    (Planned("DS", 50), Planned("QCM", 20, scale=10), Planned("Dossier", 30)),
    (Planned("Exposé", 50), Planned("Dossier", 50)),
)
SAE = (Planned("Dossier", 50), Planned("Soutenance", 50))
FRIDAY = 4
HOLIDAYS = {(1, 11), (11, 11), (1, 5), (8, 5)}
"""Day and month."""
COMMON = {Module.Kind.SAE: "Soutenance", Module.Kind.STAGE: "Évaluation de l’entreprise"}
"""Kinds that are evaluated UE by UE, and what all their UEs share."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """The evaluations of one maquette; for each Plan (by id), those that count in it, with their slots."""

    evaluations: list[Evaluation] = field(default_factory=list)
    counted: dict[int, list[tuple[Evaluation, Slot]]] = field(default_factory=lambda: defaultdict(list))


def create_evaluations(maquette: Maquette, *, detailed: bool, today: date | None = None) -> Teaching:
    """Write the evaluations of every module that has a coefficient; one a module where not `detailed`.

    `today` is a day of the year in progress: then the ressources alone are evaluated, as far as this day.
    """
    weights = _weights(maquette)
    teaching = Teaching()
    plans = []
    for module in maquette.modules.order_by("semester", "key", "pk"):
        ues = sorted({ue for coefficients in weights[module.pk].values() for ue in coefficients})
        for rank, planned in enumerate(_planned(module, ues, detailed=detailed), start=1):
            evaluation = _evaluation(module, rank, planned, ues)
            if today and not _was_held(evaluation, today):
                continue
            teaching.evaluations.append(evaluation)
            plans.append((planned, weights[module.pk]))
    Evaluation.objects.bulk_create(teaching.evaluations)
    for evaluation, (planned, coefficients) in zip(teaching.evaluations, plans, strict=True):
        for plan_id, by_ue in coefficients.items():
            slot = _slot(evaluation, planned, by_ue)
            if slot.weights:
                teaching.counted[plan_id].append((evaluation, slot))
    return teaching


def create_promised(maquette: Maquette, by: User) -> Teaching:
    """Write the evaluations that the MCC promise; one for a module with a coefficient of which they say nothing."""
    services.create_evaluations(modules=maquette.modules.all(), by=by)
    weights = _weights(maquette)
    bare = maquette.modules.filter(evaluations=None, pk__in=list(weights)).order_by("pk")
    Evaluation.objects.bulk_create(Evaluation(module=module, position=1, label="Évaluation") for module in bare)
    evaluations = list(
        Evaluation.objects.filter(module__maquette=maquette).select_related("module").order_by("module", "position")
    )
    totals = defaultdict[int, Fraction](Fraction)
    for evaluation in evaluations:
        totals[evaluation.module_id] += Fraction(evaluation.weight)
    shares = [Fraction(each.weight) / totals[each.module_id] for each in evaluations]
    unit = lcm(*(share.denominator for share in shares))
    teaching = Teaching(evaluations)
    for evaluation, share in zip(evaluations, shares, strict=True):
        for plan_id, by_ue in weights[evaluation.module_id].items():
            slot = _slot(evaluation, Planned(evaluation.label, int(share * unit)), by_ue)
            teaching.counted[plan_id].append((evaluation, slot))
    return teaching


def _weights(maquette: Maquette) -> dict[int, dict[int, dict[str, int]]]:
    """Return the coefficients that are not zero, in hundredths: by module, by Plan, by UE code."""
    weights: dict[int, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    taught = PlanModule.objects.filter(TAUGHT, plan__maquette=maquette)
    rows = Coefficient.objects.filter(plan_module__in=taught).values_list(
        "plan_module__module_id", "plan_module__plan_id", "ue__code", "value"
    )
    for module, plan, ue, value in rows:
        if value:
            weights[module][plan][ue] = int(value * 100)
    return weights


def _planned(module: Module, ues: list[str], *, detailed: bool) -> Iterable[Planned]:
    """Return what a teacher would plan; the shares towards each UE add up to 100."""
    if not ues:
        return ()
    if module.kind in COMMON and len(ues) > 1:
        return [
            Planned(COMMON[Module.Kind(module.kind)], 40),
            *(Planned(f"Grille de compétences {ue}", 60, ue) for ue in ues),
        ]
    if not detailed or module.kind not in {Module.Kind.RESSOURCE, Module.Kind.SAE}:
        return (Planned("Évaluation", 100),)
    return SAE if module.kind == Module.Kind.SAE else dice("planned", module.key).choice(RESSOURCE)


def _evaluation(module: Module, rank: int, planned: Planned, ues: list[str]) -> Evaluation:
    odd = module.semester % 2
    first = FIRST_DAYS[odd].replace(year=int(module.maquette.academic_year[:4]) + 1 - odd)
    day = first + timedelta(days=28 * rank - dice("day", module.key, rank).randrange(24))
    held_on = next(earlier for back in range(4) if is_working_day(earlier := day - timedelta(days=back)))
    return Evaluation(
        module=module,
        position=rank,
        label=planned.label,
        held_on=held_on,
        scale=Decimal(planned.scale),
        weight=Decimal(planned.percent).scaleb(-2),
        ue_weights={ue: "0" for ue in ues if ue != planned.ue} if planned.ue else {},
        state=Evaluation.State.ENTRY,
    )


def _was_held(evaluation: Evaluation, today: date) -> bool:
    """Whether an evaluation of the year in progress is behind us."""
    is_ressource = evaluation.module.kind == Module.Kind.RESSOURCE
    return is_ressource and evaluation.held_on is not None and evaluation.held_on <= today


def is_working_day(day: date) -> bool:
    """Whether anybody would teach on that day."""
    return day.weekday() <= FRIDAY and (day.day, day.month) not in HOLIDAYS


def _slot(evaluation: Evaluation, planned: Planned, coefficients: dict[str, int]) -> Slot:
    weights = {ue: coefficient * planned.percent for ue, coefficient in coefficients.items() if planned.ue in ("", ue)}
    difficulty = bell(dice("difficulty", evaluation.module.key, evaluation.position), 90)
    return Slot(weights, difficulty, QUARTER * 20 // planned.scale)
