"""The bridge from rows to a year under way: what one student has, what is still to come, what is taken as given.

An evaluation is to come while it has no mark or, to the student, until it is published. The semester that follows the
one under way counts with the modules of its maquette, even before the student is enrolled in it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from curriculum.models import PlanModule
from grades.averages import NOT_CONCERNED, Averager, Sheet
from grades.gradebook import Gradebook, Scheme
from jury.averaging import regulation_in_force
from jury.dossiers import Candidate, Followed, YearAhead, dossiers_of
from jury.engine.codes import UE_ACQUIRED
from jury.engine.dossier import Dossier, UEState
from jury.engine.needs import Course, Term, term
from jury.engine.regulation import Regulation
from jury.engine.wire import read_dossier

FIXED = {UEState.EQUIVALENCE, UEState.DEFAULTING, UEState.NOT_ENROLLED}
"""Why no mark of this year changes a UE."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """One student under way, with the words for it: UEs and modules by code, evaluations by module and rank."""

    course: Course
    titles: Mapping[str, str]
    modules: Mapping[str, PlanModule]
    labels: Mapping[str, Sequence[str]]
    averages: Mapping[str, str]
    """The average so far of each UE, as printed; absent: nothing counts yet."""
    stages: tuple[str, ...]
    """The stages that are taken as completed, and are not yet."""
    supposed: tuple[int, ...]
    """The semesters in which the student is not enrolled yet."""


def prospect_of(year: YearAhead, *, published_only: bool) -> Prospect:
    """Return the year under way of one student, in a fixed number of queries."""
    regulation, _ = regulation_in_force(year.formation_id, year.academic_year)
    (candidate,) = dossiers_of(year, regulation)
    book = Gradebook.for_plans([each.plan for each in candidate.followed], regulation.averaging, year.student)
    dossier = _read(candidate, regulation)
    terms = [_term(each, book, dossier, published_only=published_only) for each in candidate.followed]
    opened = {ue for each in terms for ue in each.ues}
    ues = tuple(replace(ue, average=None, state=UEState.PENDING) if ue.code in opened else ue for ue in dossier.ues)
    schemes = [book.schemes[each.plan.pk] for each in candidate.followed]
    return Prospect(
        course=Course(tuple(terms), replace(dossier, ues=ues), regulation),
        titles={line["code"]: line.get("title", "") for line in candidate.dossier["ues"]},
        modules={each.module.key: each for scheme in schemes for each in scheme.modules},
        labels=_labels(schemes),
        averages={each.code: each.printed for one in terms for each in one.so_far() if each.printed},
        stages=tuple(code for each in candidate.enrolments for code in book.sheet(each.pk).unfinished),
        supposed=tuple(each.plan.semester for each in candidate.followed if not each.enrolment),
    )


def _read(candidate: Candidate, regulation: Regulation) -> Dossier:
    """Return the dossier of the year; of its odd semester alone while no maquette tells the other."""
    dossier, _ = read_dossier(candidate.dossier, regulation)
    odd = dossier.semesters[0]
    whole = any(ue.semester != odd for ue in dossier.ues)
    return dossier if whole else replace(dossier, semesters=(odd,))


def _term(followed: Followed, book: Gradebook, dossier: Dossier, *, published_only: bool) -> Term:
    """Return one semester; one that is not begun has a single mark to come in each module."""
    scheme, semester = book.schemes[followed.plan.pk], followed.plan.semester
    lines = [ue for ue in dossier.ues if ue.semester == semester]
    if followed.enrolment is not None:
        sheet = book.sheet(followed.enrolment.pk)
        marks = _published(scheme, sheet) if published_only else sheet.marks
        ues = [ue.code for ue in lines if ue.state not in FIXED]
        return term(semester, ues, scheme.averager, replace(sheet, marks=marks))
    acquired = {line.code for line in dossier.record if line.decision in UE_ACQUIRED}
    ues = [ue.code for ue in lines if ue.code not in acquired and semester == dossier.semesters[-1]]
    known = scheme.averager
    modules = [replace(module, evaluations=()) for module in known.modules]
    return term(semester, ues, Averager(ues, modules, but_year=known.but_year, rules=known.rules), Sheet([]))


def _published(scheme: Scheme, sheet: Sheet) -> list[str | int | None]:
    """Return the marks that the student sees; an evaluation of another group stays out of it."""
    pairs = zip(scheme.evaluations, sheet.marks, strict=True)
    return [mark if evaluation.is_published or mark == NOT_CONCERNED else None for evaluation, mark in pairs]


def _labels(schemes: Sequence[Scheme]) -> Mapping[str, Sequence[str]]:
    """Return what the evaluations of each module are called, in order."""
    labels = defaultdict[str, list[str]](list)
    for scheme in schemes:
        keys = {each.module_id: each.module.key for each in scheme.modules}
        for evaluation in scheme.evaluations:
            labels[keys[evaluation.module_id]].append(evaluation.label)
    return labels
