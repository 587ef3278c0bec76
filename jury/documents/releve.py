"""The relevé of a student for a year, or for its odd semester: what they got, what it gave (REGULATION.md §5.2).

What the jury decided comes from the jury (its record, once it is closed); the marks behind, the bonus and the reasons
are those of « pourquoi ? » (jury/explanations.py).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import F

from curriculum.models import Module
from grades.averages import ABI, ABJ, Rounding, Standing, printed
from grades.gradebook import Gradebook
from jury.documents.legend import Cell, legend
from jury.dossiers import Candidate, Followed, dossiers_of
from jury.engine.codes import UE_ACQUIRED, RCUECode, UECode, YearCode
from jury.engine.dossier import UEState
from jury.engine.regulation import Regulation, override
from jury.engine.strict import plain
from jury.engine.why import AverageWhy, ModuleWhy
from jury.explanations import Reasons, YearWhy, explanations_of
from jury.history import Slot
from jury.judged import Judged, Level
from jury.models import Decision, JurySession
from jury.sitting import Sitting, sitting_of

Json = dict[str, Any]
ELSEWHERE = {UEState.EQUIVALENCE, UEState.NOT_ENROLLED}
"""States of a UE whose modules the student did not follow this year."""
BY_RCUE = {UECode.AJ, UECode.CMP}
"""Codes of a UE that its RCUE explains."""
STANDINGS = {
    Standing.AWAITED: "ATT",
    Standing.DISPENSED: "DIS",
    Standing.NEUTRALISED: "ABJ",
    Standing.NOT_ORGANISED: "non organisé",
}


@dataclass(frozen=True, slots=True)
class UELine:
    """A UE: its ECTS, obtained out of possible, its average and its code."""

    code: str
    possible: str
    obtained: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class CompetenceLine:
    """A competence at its level: its UEs, and its RCUE before an annual jury."""

    title: str
    level: int
    ues: tuple[UELine, ...]
    rcue: Cell | None


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """A module: its mark on 20 and a remark; for each UE its coefficient, and its own mark where UEs differ."""

    code: str
    title: str
    mark: str
    remark: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SemesterPart:
    """One semester: the UEs followed and the modules that feed them."""

    number: int
    ues: tuple[str, ...]
    modules: tuple[ModuleLine, ...]
    adjustments: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    """Bonus, then malus: the name, the article that grounds it, and the points in each UE."""
    moved: tuple[str, ...] = ()
    """The UEs whose marks of today are not those that the closed jury saw."""


def contexts(session: JurySession, student_ids: Sequence[int], issued_on: date) -> Iterator[dict[str, Any]]:
    """Yield what templates/documents/releve.html prints for each of these students of a jury, in their order."""
    sitting = sitting_of(session)
    regulation = override(Regulation(), sitting.document["regulation"]["parameters"])
    candidates = {each.student.pk: each for each in dossiers_of(session, regulation)}
    plans = {each.plan.pk: each.plan for pk in student_ids for each in candidates[pk].followed if each.enrolment}
    book = Gradebook.for_plans(list(plans.values()), regulation.averaging)
    years = _years_of_acquisition(session, student_ids)
    students = [_found(sitting, pk) for pk in student_ids]
    followed = {pk: candidates[pk].followed for pk in student_ids}
    articles = sitting.document["regulation"]["articles"]
    whys = explanations_of(session, students, followed, book, regulation, articles)
    for judged in students:
        pk = judged.student_id
        yield _context(sitting, judged, candidates[pk], book, whys[pk], years[pk]) | {"issued_on": issued_on}


def _found(sitting: Sitting, student_id: int) -> Judged:
    judged = sitting.find(student_id)
    if judged is None:
        raise LookupError(f"Student {student_id} does not come before the jury {sitting.session.pk}.")
    return judged


def _context(
    sitting: Sitting,
    judged: Judged,
    candidate: Candidate,
    book: Gradebook,
    why: YearWhy,
    years: Mapping[Slot, str],
) -> dict[str, Any]:
    session, student, verdict = sitting.document["session"], judged.part, judged.verdict
    rounding = Rounding(judged.parameters["rounding"])
    return {
        "session": session,
        "held_on": date.fromisoformat(session["held_on"]),
        "annual": len(session["semesters"]) == 2,
        "but_year": (session["semester"] + 1) // 2,
        "sealed": sitting.sealed,
        "record": sitting.session.record if sitting.sealed else None,
        "student": student,
        "born": date.fromisoformat(student["birth_date"]) if student["birth_date"] else None,
        "competences": [_competence(level, verdict, sealed=sitting.sealed) for level in judged.levels],
        "semesters": [_semester(each, judged, book, why, rounding) for each in candidate.followed],
        "possible": plain(sum((Fraction(step.ects) for level in judged.levels for step in level.ues), Fraction(0))),
        "verdict": verdict,
        "opened": judged.opened,
        "year": YearCode[judged.year] if judged.year else None,
        "acquired_before": _acquired_before(judged, years),
        "repaid": judged.repaid,
        "debts": judged.debts,
        "absences": student["absences"],
        "reasons": _reasons(why) if sitting.sealed else [],
        "legend": legend([judged]) if sitting.sealed else [],
        "threshold": sitting.document["regulation"]["parameters"]["validation_threshold"],
    }


def _competence(level: Level, verdict: Json, *, sealed: bool) -> CompetenceLine:
    """Tell a competence; before the jury has decided, averages without a code (L-19)."""
    obtained = {ue["code"]: ue["ects"] for ue in verdict["ues"]}
    ues = [
        UELine(
            ue.code, ue.ects, obtained.get(ue.code, "0"), Cell.of(ue.average, UECode, ue.decision if sealed else None)
        )
        for ue in level.ues
    ]
    rcue = Cell.of(level.average, RCUECode, level.decision if sealed else None) if level.decision else None
    return CompetenceLine(level.title or level.competence, level.level, tuple(ues), rcue)


def _semester(followed: Followed, judged: Judged, book: Gradebook, why: YearWhy, rounding: Rounding) -> SemesterPart:
    """Tell the modules that feed the UEs followed this year; there is none in a semester acquired elsewhere."""
    states = {ue["code"]: ue.get("state") for ue in judged.part["dossier"]["ues"]}
    here = [ue.code for ue in followed.ues if ue.code in states]  # else the maquette changed since the jury
    averages = {ue: why.by_ue[ue].average for ue in here if states[ue] not in ELSEWHERE}
    told = {ue: average for ue, average in averages.items() if average}
    if not told:
        return SemesterPart(followed.plan.semester, (), (), ())
    shares: dict[str, dict[str, ModuleWhy]] = defaultdict(dict)
    for ue, average in told.items():
        for share in average.modules:
            shares[share.code][ue] = share
    lines = [
        _module(each.module, each.code, [shares[each.module.key].get(ue) for ue in told], rounding)
        for each in book.schemes[followed.plan.pk].modules
        if each.module.key in shares or each.module.kind == Module.Kind.PORTFOLIO
    ]
    moved = tuple(ue for ue in told if why.by_ue[ue].moved)
    return SemesterPart(followed.plan.semester, tuple(told), tuple(lines), tuple(_adjustments(told)), moved)


def _adjustments(averages: Mapping[str, AverageWhy]) -> Iterator[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Yield the bonus and the malus that counted, each with the article that grounds it."""
    for name, key, points in [
        ("Bonus", "bonus_cap", {ue: average.bonus for ue, average in averages.items()}),
        ("Malus", "malus_article", {ue: average.malus for ue, average in averages.items()}),
    ]:
        given = tuple((ue, figure) for ue, figure in points.items() if figure != "0")
        if given:
            yield name, averages[given[0][0]].articles.get(key, ""), given


def _reasons(why: YearWhy) -> list[tuple[str, str, str]]:
    """Return what the codes rest on: the places that share a reason, its rules and its sentence.

    An average of its own that reaches the threshold needs none, nor does a UE whose RCUE tells as much.
    """
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, reasons in _unearned(why):
        for reason in reasons:
            found[reason["rule"], reason["text"]].append(name)
    return [(", ".join(names), rule, text) for (rule, text), names in found.items()]


def _unearned(why: YearWhy) -> Iterator[tuple[str, Reasons]]:
    """Yield each code that is not earned by an average of its own, and why."""
    for level in why.levels:
        told = {UECode.ADM, *(BY_RCUE if level.decision else ())}
        yield from ((ue.code, ue.reasons) for ue in level.ues if ue.decision not in told)
        if level.decision not in (None, RCUECode.ADM):
            yield f"RCUE {level.name}", level.reasons
    if why.decision != YearCode.ADM:
        yield "Année", why.reasons


def _module(module: Module, code: str, shares: Sequence[ModuleWhy | None], rounding: Rounding) -> ModuleLine:
    """Tell a module: one mark, or one a UE where it was evaluated UE by UE."""
    marks = [_mark(share, rounding) for share in shares]
    common = {mark for mark in marks if mark}
    one = common.pop() if len(common) == 1 else ""
    return ModuleLine(
        code or module.key,
        module.title,
        one,
        _remark([share for share in shares if share]),
        tuple(
            (share.coefficient if share else "", "" if one else mark)
            for share, mark in zip(shares, marks, strict=True)
        ),
    )


def _mark(share: ModuleWhy | None, rounding: Rounding) -> str:
    if share is None or share.average is None:
        return ""
    return printed(*Fraction(share.average).as_integer_ratio(), rounding)


def _remark(shares: Sequence[ModuleWhy]) -> str:
    """Say what a mark hides: an absence that counted, or did not, or why there is none."""
    standings = [STANDINGS[Standing(share.standing)] for share in shares if share.standing in STANDINGS]
    absences = {mark.mark for share in shares for mark in share.marks if mark.mark in (ABI, ABJ)}
    return " ".join(dict.fromkeys([*standings, *sorted(absences)]))


def _years_of_acquisition(session: JurySession, student_ids: Sequence[int]) -> dict[int, dict[Slot, str]]:
    """Return, by student id and UE, the academic year of the jury that acquired it, before this one."""
    rows = Decision.objects.filter(
        kind=Decision.Kind.UE,
        student__in=student_ids,
        session__formation=session.formation_id,
        session__academic_year__lt=session.academic_year,
        code__in=UE_ACQUIRED,
    ).order_by("-session__academic_year", "-pk")
    years: dict[int, dict[Slot, str]] = defaultdict(dict)
    named = rows.values("student_id", "competence", "level", "semester", year=F("session__academic_year"))
    for row in named:
        years[row["student_id"]][Slot.of(row)] = row["year"]
    return years


def _acquired_before(judged: Judged, years: Mapping[Slot, str]) -> list[tuple[str, list[Json]]]:
    """Return the UEs that earlier juries acquired, those capitalised this year included, by where and when."""
    found: dict[str, list[Json]] = defaultdict(list)
    for line in judged.part["dossier"]["record"]:
        year, elsewhere = years.get(Slot.of(line)), line.get("title")
        origin = f"en {year}" if year else f"par équivalence ({elsewhere})" if elsewhere else ""
        if line["decision"] in UE_ACQUIRED and origin:
            found[origin].append(line)
    return sorted(found.items())
