"""« Pourquoi ? » of one student before one jury, as one object: year, RCUEs, UEs, modules, evaluations.

Screens, documents and interfaces read the same: `asdict` makes JSON of it, where every figure is a string.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from grades.averages import Rounding, printed
from grades.gradebook import Gradebook, Scheme
from jury import grounds
from jury.dossiers import Followed, YearGroup, followed_by
from jury.engine.codes import UE_ACQUIRED
from jury.engine.regulation import Regulation
from jury.engine.why import AverageWhy, Named, average_why, french, sums, told_mark, told_remark
from jury.judged import Judged, Level, Step
from jury.models import Decision, JurySession
from people.models import Student

Json = dict[str, Any]
Reasons = tuple[Json, ...]
Hearing = JurySession | YearGroup
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
    """The marks of today no longer give what the closed jury saw: their arithmetic is not printed."""

    @property
    def modules(self) -> list[tuple[str, str, str, str, str]]:
        """Each module as it is printed: code, title, average × coefficient, marks, remark."""
        if self.average is None or self.moved:
            return []
        articles = self.average.articles
        return [
            (
                module.code,
                module.title,
                f"{french(module.average, 2) if module.average else '–'} × {french(module.coefficient)}",
                "\xa0; ".join(told_mark(mark, articles) for mark in module.marks),
                told_remark(module, articles),
            )
            for module in self.average.modules
        ]

    @property
    def sums(self) -> list[str]:
        """The arithmetic as it is printed."""
        return list(sums(self.average)) if self.average and not self.moved else []


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
    """Everything that one verdict rests on; `openings` also tells diplomas, and S5 when it stays closed.

    `repaid` are the UEs of earlier years that this jury acquires, with their codes.
    """

    decision: str | None
    reasons: Reasons
    levels: tuple[LevelWhy, ...]
    openings: tuple[tuple[str, Reasons], ...]
    repaid: tuple[tuple[str, str, Reasons], ...]

    @property
    def by_ue(self) -> dict[str, UEWhy]:
        """Each UE by its code."""
        return {ue.code: ue for level in self.levels for ue in level.ues}


Pair = tuple[Level, LevelWhy | None, list[tuple[Step | None, UEWhy | None]]]
"""A level, its UE in each semester before the jury, and why, where it may be told."""


def pairs(judged: Judged, why: YearWhy | None) -> list[Pair]:
    """Return what a page shows of each level."""
    levels = why.levels if why else [None] * len(judged.levels)
    by_ue = why.by_ue if why else {}
    return [
        (level, found, [(ue, by_ue.get(ue.code) if ue else None) for ue in ues])
        for (level, ues), found in zip(judged.pairs, levels, strict=True)
    ]


def explanation_of(
    session: Hearing, judged: Judged, student: Student, regulation: Regulation, articles: Mapping[str, str]
) -> YearWhy:
    """Return why each code of a student, in a fixed number of queries; averages of the semesters followed only."""
    followed = followed_by(session, student)
    plans = [each.enrolment.plan for each in followed if each.enrolment]
    book = Gradebook.for_plans(plans, regulation.averaging, student)
    return explanations_of(session, [judged], {student.pk: followed}, book, regulation, articles)[student.pk]


def explanations_of(
    session: Hearing,
    students: Sequence[Judged],
    followed: Mapping[int, Sequence[Followed]],
    book: Gradebook,
    regulation: Regulation,
    articles: Mapping[str, str],
) -> dict[int, YearWhy]:
    """Return why each code of some students, by student id, in one query; the gradebook holds the Plans followed."""
    sources = _sources(session, followed)
    names = {plan_id: _names(scheme) for plan_id, scheme in book.schemes.items()}
    found = {}
    for judged in students:
        averages = {
            ue.code: average_why(
                book.explain(each.enrolment.pk, ue.code), names[each.plan.pk], regulation.averaging, articles
            )
            for each in followed[judged.student_id]
            if each.enrolment
            for ue in each.ues
            if ue not in each.enrolment.exempted_ues.all()  # what they do not follow has no arithmetic of this year
        }
        found[judged.student_id] = _year(session, judged, averages, sources[judged.student_id], articles)
    return found


def _year(
    session: Hearing,
    judged: Judged,
    averages: Mapping[str, AverageWhy],
    sources: Mapping[Place, Source],
    articles: Mapping[str, str],
) -> YearWhy:
    moved = _moved(judged, averages) if session.closed_at else set()

    def told(keys: Iterable[str]) -> Reasons:
        return grounds.told(keys, judged.parameters, articles)

    def ue_why(level: Level, ue: Step) -> UEWhy:
        reasons = (*ue.reasons, *told(grounds.of_ue(judged, ue)))
        source = sources.get((ue.semester, *level.key))
        return UEWhy(ue.code, ue.decision, ue.average, reasons, source, averages.get(ue.code), ue.code in moved)

    levels = tuple(
        LevelWhy(
            level.target,
            level.decision,
            level.average,
            (*level.reasons, *told(grounds.of_level(level))),
            tuple(ue_why(level, ue) for ue in level.ues),
        )
        for level in judged.levels
    )
    repaid = tuple((line["code"], code, reasons) for line, code, reasons in judged.repaid)
    of_year = (*judged.of_year, *told(grounds.of_year(judged))) if judged.of_year else ()
    return YearWhy(judged.year, of_year, levels, tuple(judged.openings), repaid)


def _moved(judged: Judged, averages: Mapping[str, AverageWhy]) -> set[str]:
    """Return the codes of the UEs whose average is not the sealed one any more."""
    sealed = {line["code"]: line["average"] for line in judged.part["dossier"]["ues"] if "average" in line}
    rounding = Rounding(judged.parameters["rounding"])
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


def _sources(session: Hearing, student_ids: Iterable[int]) -> Mapping[int, Mapping[Place, Source]]:
    """Return, by student id, the earlier jury that last acquired each UE: one query."""
    rows: Iterable[Decision] = (
        Decision.objects.filter(kind=Decision.Kind.UE, student__in=list(student_ids), code__in=UE_ACQUIRED)
        .filter(session__formation=session.formation_id, session__closed_at__isnull=False)
        .exclude(session=session.pk)
        .select_related("session")
        .order_by("session__closed_at", "session_id", "pk")
    )
    if session.closed_at:
        rows = [row for row in rows if row.session.closed_at and row.session.closed_at < session.closed_at]
    found = defaultdict[int, dict[Place, Source]](dict)
    for row in rows:
        source = Source(str(row.session), row.session.held_on.isoformat(), row.code, row.average)
        found[row.student_id][row.semester or 0, row.competence, row.level or 0] = source
    return found
