"""What two tables of one document say differently, and whether their UEs pair into RCUEs."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from curriculum.workbook.draft import UE, Draft, Evaluation, Finding, Module, Semester, finding
from curriculum.workbook.figures import shortest
from curriculum.workbook.french import comma
from curriculum.workbook.naming import fold

LEAST, MOST = Fraction(2, 5), Fraction(3, 5)
"""Bounds of the weight of the SAÉ pole (N-02)."""


def title_differs(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """One code, two titles, in one semester of the formation."""
    for module, kept in _against_majority(semester, draft, lambda each: each.title, fold):
        yield finding(
            "title_differs",
            "info",
            f"{module.key} : « {module.title} » ici, « {kept} » ailleurs dans le semestre.",
            cell=semester.trace.cells.get(("title", module.place)),
            module=module.key,
            declared=module.title,
            computed=kept,
        )


def hours_differ(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """One code, two volumes of hours."""
    for module, kept in _against_majority(semester, draft, _hours, str):
        yield finding(
            "hours_differ",
            "info",
            f"{module.key} : {comma(_hours(module))} ici, {comma(kept)} ailleurs dans le semestre.",
            cell=semester.trace.cells.get(("hours", module.place)),
            module=module.key,
            declared=_hours(module),
            computed=kept,
        )


def evaluations_differ(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """One code, two sets of evaluations."""
    for module, kept in _against_majority(semester, draft, _evaluations, fold):
        yield finding(
            "evaluations_differ",
            "info",
            f"{module.key} : évaluations « {_evaluations(module)} » ici, « {kept} » ailleurs dans le semestre.",
            cell=semester.trace.cells.get(("labels", module.place)),
            module=module.key,
            declared=_evaluations(module),
            computed=kept,
        )


def _hours(module: Module) -> str | None:
    return said_hours(module.hours)


def _evaluations(module: Module) -> str | None:
    return said_evaluations(module.evaluations)


def said_hours(hours: Mapping[str, str | None]) -> str | None:
    """Write hours on one line: « 10 h td + 8 h tp »; a zero says no more than a blank; None where there are none."""
    given = {name: each for name, each in hours.items() if each and (Decimal(each) or name == "total")}
    return " + ".join(f"{shortest(Decimal(each))} h {name}" for name, each in given.items()) or None


def said_evaluations(evaluations: Iterable[Evaluation]) -> str | None:
    """Write evaluations on one line: « TP 2 + DS 3 »; None where there are none."""
    weights = ((each.label, shortest(Decimal(each.weight)) if each.weight else "") for each in evaluations)
    return " + ".join(f"{label} {weight}".strip() for label, weight in weights) or None


def _against_majority(
    semester: Semester, draft: Draft, value: Callable[[Module], str | None], same: Callable[[str], str]
) -> Iterator[tuple[Module, str]]:
    """Yield the modules of a table whose value is not what most tables of the semester give, with that value.

    Between equals the table in FI has the last word, then the first parcours, whatever the order of the sheets.
    A value that is missing differs from nothing.
    """
    given: dict[str, list[str]] = {}
    for each in _siblings(semester, draft):
        for module in each.modules:
            if (found := value(module)) is not None:
                given.setdefault(module.place, []).append(found)
    for module in semester.modules:
        found = value(module)
        if found is not None:
            most = Counter(map(same, given[module.place])).most_common(1)[0][0]
            if same(found) != most:
                yield module, next(each for each in given[module.place] if same(each) == most)


def _siblings(semester: Semester, draft: Draft) -> list[Semester]:
    """Return the tables of one semester: FI before alternance, then by parcours and year."""
    tables = (each for each in draft.semesters if each.semester == semester.semester)
    return sorted(tables, key=lambda each: (each.modality or "", each.parcours or "", each.academic_year or ""))


def code_differs(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """One title with two codes, in one semester: the code that fewer tables use is reported."""
    keys: dict[str, Counter[str]] = {}
    for each in _siblings(semester, draft):
        for module in each.modules:
            if module.code and module.title:
                keys.setdefault(fold(module.title), Counter())[module.key] += 1
    for module in semester.modules:
        most = keys[fold(module.title)].most_common(1)[0][0] if module.code and module.title else module.key
        if most != module.key:
            yield finding(
                "code_differs",
                "info",
                f"« {module.title} » est l’intitulé de {module.key} et de {most}, dans un même semestre.",
                cell=semester.trace.cells.get(("code", module.place)),
                module=module.key,
                declared=module.code,
                computed=most,
            )


def ue_without_pair(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """A UE whose competence level has no UE in the other semester of the year: no RCUE (N-05)."""
    paired = {(ue.competence, ue.level) for other in others(semester, draft) for ue in other.ues}
    for ue in semester.ues:
        if (ue.competence, ue.level) not in paired:
            yield finding(
                "ue_without_pair",
                "warning",
                f"{ue.code} : aucune UE du semestre {_sibling(semester)} n’a la compétence {ue.competence} "
                f"au niveau {ue.level}, donc pas de RCUE.",
                cell=semester.trace.cells.get(("ue", ue.code)),
                ue=ue.code,
            )


def _sibling(semester: Semester) -> int:
    """The other semester of the year."""
    return semester.semester + 1 if semester.semester % 2 else semester.semester - 1


def others(semester: Semester, draft: Draft) -> list[Semester]:
    """The tables that a student of this one follows in the other semester of the year, the closest first."""
    found = [
        other
        for other in draft.semesters
        if other.semester == _sibling(semester)
        and (other.parcours == semester.parcours or None in (other.parcours, semester.parcours))
        and (other.modality == semester.modality or None in (other.modality, semester.modality))
    ]
    return sorted(found, key=lambda each: (each.parcours != semester.parcours, each.modality != semester.modality))


def pole_share(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """The SAÉ pole between 40 and 60 % of a UE; in BUT3, of the two UEs of the year, told on the even one (N-02)."""
    for ue in semester.ues:
        if semester.but_year < 3:
            places = [(semester, ue)]
        elif semester.semester % 2 == 0:
            places = _pair(semester, ue, others(semester, draft))
        else:
            places = []
        sae = sum((each.coefficient_sum(one.code, "sae") for each, one in places), Decimal(0))
        whole = sum((each.coefficient_sum(one.code) for each, one in places), Decimal(0))
        if whole and not LEAST <= Fraction(sae) / Fraction(whole) <= MOST:
            share = _percent(Fraction(sae) / Fraction(whole))
            together = " avec l’UE du semestre impair" if len(places) > 1 else ""
            yield finding(
                "pole_share",
                "warning",
                f"{ue.code}{together} : le pôle SAÉ pèse {comma(shortest(sae))} sur {comma(shortest(whole))}, "
                f"soit {comma(share)} %, hors de 40 à 60 %.",
                cell=semester.trace.cells.get(("ue", ue.code)),
                ue=ue.code,
                computed=share,
            )


def _pair(semester: Semester, ue: UE, others: Sequence[Semester]) -> list[tuple[Semester, UE]]:
    """Return a UE and the one of the other semester that makes the RCUE; nothing when there is none."""
    for other in others:
        for one in other.ues:
            if (one.competence, one.level) == (ue.competence, ue.level):
                return [(other, one), (semester, ue)]
    return []


def _percent(share: Fraction) -> str:
    """Write a share in percent, cut to hundredths away from the bounds, so that 60,001 % never reads 60."""
    hundredths = share * 10_000
    whole = -(-hundredths.numerator // hundredths.denominator) if share > MOST else hundredths // 1
    return shortest(Decimal(int(whole)) / 100)


def validation_dates(draft: Draft) -> Iterator[Finding]:
    """Sheets validated on other dates than most: one finding a sheet, for the whole document."""
    told: set[str] = set()
    for semester in draft.semesters:
        other = {
            council: date
            for council, date in semester.trace.validated_on.items()
            if date != draft.validated_on[council]
        }
        if other and semester.sheet not in told:
            told.add(semester.sheet)
            kept = [draft.validated_on[council] or "" for council in other]
            cell = semester.trace.cells.get(("validated",))
            yield finding(
                "validation_dates",
                "warning",
                f"Feuille « {semester.sheet} » : validée le {' et le '.join(other.values())}, "
                f"les autres le {' et le '.join(kept)}.",
                cell=cell if cell is None or "!" in cell else f"{semester.sheet}!{cell}",
                declared=" ; ".join(other.values()),
                computed=" ; ".join(kept),
            )
