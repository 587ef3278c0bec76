"""« Pourquoi ? » of one student before one jury, as one object: year, RCUEs, UEs, modules, evaluations.

Screens, documents and interfaces read the same: `asdict` makes JSON of it, where every figure is a string.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from grades.averages import printed
from grades.gradebook import Gradebook, Scheme
from jury.dossiers import followed_by
from jury.engine.codes import UE_ACQUIRED
from jury.engine.regulation import Regulation
from jury.engine.why import AverageWhy, Named, average_why, french, sums, told_mark
from jury.judged import Judged, Level, Step
from jury.models import Decision, JurySession
from people.models import Student

Json = dict[str, Any]
Reasons = tuple[Json, ...]
Place = tuple[int, str, int]
"""Where a UE stands in the cursus whatever its code: semester, competence, level."""


@dataclass(frozen=True, slots=True)
class Source:
    """The earlier jury that acquired a UE, when it decided, and what."""

    jury: str
    decided_on: str
    decision: str
    average: str


@dataclass(frozen=True, slots=True)
class UEWhy:
    """A UE: its code and reasons, the jury that had acquired it, and its average of this year down to the marks."""

    code: str
    decision: str | None
    figure: str | None
    reasons: Reasons
    source: Source | None
    average: AverageWhy | None
    moved: bool = False
    """The marks of today no longer give what the closed jury saw: its arithmetic is not theirs, and is not shown."""

    @property
    def modules(self) -> list[tuple[str, str, str, str, str]]:
        """Each module as it is printed: code, title, average × coefficient, marks, remark."""
        return [
            (
                module.code,
                module.title,
                f"{french(module.average, 2) if module.average else '–'} × {french(module.coefficient)}",
                "\xa0; ".join(map(told_mark, module.marks)),
                f"{module.remark} ({module.rule})" if module.rule else module.remark,
            )
            for module in (self.average.modules if self.average else ())
        ]

    @property
    def sums(self) -> list[str]:
        """The arithmetic as it is printed."""
        return list(sums(self.average)) if self.average else []


@dataclass(frozen=True, slots=True)
class LevelWhy:
    """One level of one competence: its RCUE, at an annual jury, and its UEs."""

    name: str
    decision: str | None
    figure: str | None
    reasons: Reasons
    ues: tuple[UEWhy, ...]


@dataclass(frozen=True, slots=True)
class YearWhy:
    """Everything that one verdict rests on."""

    decision: str | None
    reasons: Reasons
    levels: tuple[LevelWhy, ...]

    @property
    def by_ue(self) -> dict[str, UEWhy]:
        """Each UE by its code."""
        return {ue.code: ue for level in self.levels for ue in level.ues}


def explanation_of(
    session: JurySession, judged: Judged, student: Student, regulation: Regulation, articles: Mapping[str, str]
) -> YearWhy:
    """Return why each code of a student, in a fixed number of queries; averages of the semesters followed only."""
    averages = _averages(session, student, regulation, articles)
    moved = _moved(judged, averages, regulation) if session.closed_at else set()
    sources = _sources(session, student)

    def ue_why(level: Level, ue: Step) -> UEWhy:
        source = sources.get((ue.semester, *level.key))
        average = None if ue.code in moved else averages.get(ue.code)
        return UEWhy(ue.code, ue.decision, ue.average, ue.reasons, source, average, ue.code in moved)

    levels = tuple(
        LevelWhy(
            level.target,
            level.decision,
            level.average,
            level.reasons,
            tuple(ue_why(level, ue) for ue in level.ues),
        )
        for level in judged.levels
    )
    return YearWhy(judged.year, judged.of_year, levels)


def _averages(
    session: JurySession, student: Student, regulation: Regulation, articles: Mapping[str, str]
) -> dict[str, AverageWhy]:
    followed = [(each.enrolment, each.ues) for each in followed_by(session, student) if each.enrolment]
    book = Gradebook.for_plans([enrolment.plan for enrolment, _ in followed], regulation.averaging, student)
    found = {}
    for enrolment, ues in followed:
        names = _names(book.schemes[enrolment.plan_id])
        exempted = enrolment.exempted_ues.all()  # what they do not follow has no arithmetic of this year
        for ue in (ue for ue in ues if ue not in exempted):
            told = book.explain(enrolment.pk, ue.code)
            found[ue.code] = average_why(told, names, regulation.averaging, articles)
    return found


def _moved(judged: Judged, averages: Mapping[str, AverageWhy], regulation: Regulation) -> set[str]:
    """Return the codes of the UEs whose average is not the sealed one any more."""
    sealed = {line["code"]: line["average"] for line in judged.part["dossier"]["ues"] if "average" in line}
    rounding = regulation.averaging.rounding
    return {
        code
        for code, average in sealed.items()
        if code in averages and averages[code].figure != printed(*Fraction(average).as_integer_ratio(), rounding)
    }


def _names(scheme: Scheme) -> dict[str, Named]:
    """Return what the modules of a Plan and their evaluations are called, by key."""
    labels = defaultdict[int, list[str]](list)
    for evaluation in scheme.evaluations:
        labels[evaluation.module_id].append(evaluation.label)
    return {each.module.key: Named(each.title or each.module.title, labels[each.module_id]) for each in scheme.modules}


def _sources(session: JurySession, student: Student) -> dict[Place, Source]:
    """Return the earlier jury that last acquired each UE: one query."""
    rows: Iterable[Decision] = (
        Decision.objects.filter(kind=Decision.Kind.UE, student=student, code__in=UE_ACQUIRED)
        .filter(session__formation=session.formation_id, session__closed_at__isnull=False)
        .exclude(session=session)
        .select_related("session")
        .order_by("session__closed_at", "session_id", "pk")
    )
    if session.closed_at:
        rows = [row for row in rows if row.session.closed_at and row.session.closed_at < session.closed_at]
    return {
        (row.semester or 0, row.competence, row.level or 0): Source(
            str(row.session), row.session.held_on.isoformat(), row.code, row.average
        )
        for row in rows
    }
