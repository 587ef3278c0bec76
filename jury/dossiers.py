"""The bridge from rows to dossiers: what a jury knows of each student, in a fixed number of queries.

A dossier is the JSON of contracts/deliberate.md, ready for the engine and for the record; its `id` is the NIP.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from curriculum.models import UE, Plan
from grades.averages import Rounding, State, UEAverage
from grades.gradebook import Gradebook
from grades.models import Placement
from jury.anomalies import Anomaly, anomalies_of
from jury.engine.codes import UE_ACQUIRED
from jury.engine.dossier import UEState
from jury.engine.regulation import Regulation
from jury.engine.strict import plain
from jury.models import Decision, JurySession, Ruling
from people.models import Enrolment, Student

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Followed:
    """One semester before the jury; without an enrolment, `plan` is what the student would follow this year."""

    plan: Plan
    ues: tuple[UE, ...]
    enrolment: Enrolment | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One student before one jury: the semesters in order, the dossier, and what is wrong in the rows behind it."""

    student: Student
    followed: tuple[Followed, ...]
    dossier: Json
    anomalies: tuple[Anomaly, ...]

    @property
    def enrolments(self) -> list[Enrolment]:
        """Those of this year, in the order of the semesters."""
        return [each.enrolment for each in self.followed if each.enrolment]


@dataclass(frozen=True, slots=True)
class YearAhead:
    """The annual jury of one student as if it sat today, prepared or not: like a session to whoever makes dossiers."""

    student: Student
    formation_id: int
    academic_year: str
    but_year: int
    pk: None = None

    @property
    def semester(self) -> int:
        return 2 * self.but_year

    @property
    def semesters(self) -> list[int]:
        return [self.semester - 1, self.semester]

    @property
    def plans(self) -> QuerySet[Plan]:
        return Plan.objects.none()

    def candidates(self) -> QuerySet[Student]:
        return Student.objects.filter(pk=self.student.pk)


Judging = JurySession | YearAhead


def dossiers_of(session: Judging, regulation: Regulation) -> list[Candidate]:
    """Make the dossier of every student of a jury, by name: some twenty queries, whatever the number of students."""
    enrolments = _enrolments(session)
    followed = _followed(session, enrolments)
    plans = {each.plan.pk: each.plan for semesters in followed.values() for each in semesters if each.enrolment}
    rows = _Rows(
        Gradebook.for_plans(
            list(plans.values()), regulation.averaging, session.student if isinstance(session, YearAhead) else None
        ),
        completed=_completed(plans.values()),
        records=_records(session),
        repeated=_repeated(session, enrolments),
        rulings=_rulings(session),
        exact=regulation.averaging.rounding is Rounding.EXACT or not regulation.rcue_from_rounded_ue,
    )
    students = sorted(followed, key=lambda student: student.alphabetical)
    return [rows.candidate(session, student, followed[student]) for student in students]


def followed_by(session: Judging, student: Student) -> tuple[Followed, ...]:
    """Return what one student follows in each semester of a jury, in order; empty once they left its Plans."""
    return _followed(session, _enrolments(session)).get(student, ())


def _enrolments(session: Judging) -> list[Enrolment]:
    """Return what the students of a jury follow this year, and every semester that they ever repeated."""
    enrolments = Enrolment.objects.filter(
        student__in=session.candidates(), plan__maquette__formation=session.formation_id
    )
    return list(
        enrolments.filter(
            Q(plan__academic_year=session.academic_year, plan__semester__in=session.semesters)
            | Q(repeating=True, plan__academic_year__lte=session.academic_year)
        )
        .select_related("student", "plan__parcours", "plan__maquette")
        .prefetch_related("exempted_ues", "equivalent_ues")
        .order_by("pk")
    )


def _plans(session: Judging) -> list[Plan]:
    """Return the Plans of the formation for the semesters before a jury, with their UEs."""
    ues = UE.objects.select_related("niveau__competence").order_by("position", "pk")
    return list(
        Plan.objects.filter(
            maquette__formation=session.formation_id,
            academic_year=session.academic_year,
            semester__in=session.semesters,
        )
        .prefetch_related(Prefetch("ues", ues))
        .order_by("position", "pk")
    )


def _followed(session: Judging, enrolments: Iterable[Enrolment]) -> dict[Student, tuple[Followed, ...]]:
    """Return what each student follows in each semester before a jury, in order.

    Of two Plans in one semester counts the one that comes before the jury, then the one not left, then the latest.
    """
    plans, sitting = _plans(session), set(session.plans.values_list("pk", flat=True))
    ues = {plan.pk: tuple(plan.ues.all()) for plan in plans}
    chosen: dict[Student, dict[int, Enrolment]] = defaultdict(dict)
    current = [each for each in enrolments if each.plan_id in ues]
    for each in sorted(current, key=lambda each: (each.plan_id in sitting, each.state == Enrolment.State.ENROLLED)):
        chosen[each.student][each.plan.semester] = each
    return {
        student: tuple(
            Followed(plan, ues[plan.pk], of_year.get(semester))
            for semester in session.semesters
            if (plan := of_year[semester].plan if semester in of_year else _counterpart(of_year, semester, plans, ues))
        )
        for student, of_year in chosen.items()
    }


def _counterpart(
    of_year: Mapping[int, Enrolment], semester: int, plans: Iterable[Plan], ues: Mapping[int, tuple[UE, ...]]
) -> Plan | None:
    """Return the Plan that completes the year of a student who follows one of its semesters only, or none.

    It shares the most niveaux with the one that they follow, then its parcours and its régime.
    """
    (known,) = (each.plan for each in of_year.values())
    niveaux = {ue.niveau_id for ue in ues[known.pk]}

    def likeness(plan: Plan) -> tuple[int, bool, bool]:
        shared = sum(ue.niveau_id in niveaux for ue in ues[plan.pk])
        return shared, plan.parcours_id == known.parcours_id, plan.modality == known.modality

    others = [plan for plan in plans if plan.semester == semester and plan.maquette_id == known.maquette_id]
    best = max(others, key=likeness, default=None)
    return best if best and likeness(best)[0] else None


def _completed(plans: Iterable[Plan]) -> set[tuple[int, str]]:
    """Return the stages that are over: the id of the enrolment and the key of the module."""
    rows = Placement.objects.filter(completed=True, enrolment__plan__in=list(plans))
    return set(rows.values_list("enrolment_id", "module__key"))


def _records(session: Judging) -> Mapping[int, list[Json]]:
    """Return, by student id, the latest decision of earlier juries on each UE of the cursus up to this year.

    Of the semester that this very year's odd jury decided, only what it acquired stands: acquired for good (N-20),
    while a UE that was provisionally not acquired (I-16) is judged again on its marks.
    """
    rows = Decision.objects.filter(
        kind=Decision.Kind.UE,
        student__in=session.candidates(),
        session__formation=session.formation_id,
        session__state=JurySession.State.CLOSED,
        semester__lte=2 * session.but_year,
    ).exclude(session=session.pk)
    provisional = Q(session__academic_year=session.academic_year, semester__in=session.semesters)
    lines: dict[int, dict[str, Json]] = defaultdict(dict)
    for row in rows.exclude(provisional & ~Q(code__in=UE_ACQUIRED)).order_by("session__closed_at", "session_id", "pk"):
        line = {
            "code": row.target,
            "semester": row.semester,
            "competence": row.competence,
            "level": row.level,
            "ects": row.ects,
            "decision": row.code,
        }
        lines[row.student_id][row.target] = line | ({"average": row.average} if row.average else {})
    ordered = {
        student: sorted(found.values(), key=lambda line: (line["semester"], line["code"]))
        for student, found in lines.items()
    }
    return defaultdict(list, ordered)


def _repeated(session: Judging, enrolments: Iterable[Enrolment]) -> Mapping[int, list[int]]:
    """Return, by student id, the semesters repeated so far, one entry a try, the present one included (N-12)."""
    tries = {
        (each.student_id, each.plan.academic_year, each.plan.semester)
        for each in enrolments
        if each.repeating
        and (each.plan.academic_year, each.plan.semester) <= (session.academic_year, session.semester)
    }
    repeated = defaultdict(list)
    for student, _, semester in sorted(tries):
        repeated[student].append(semester)
    return repeated


def _rulings(session: Judging) -> Mapping[int, list[Json]]:
    """Return, by student id, what the jury decided over the proposals."""
    rulings = defaultdict(list)
    for ruling in Ruling.objects.filter(session=session.pk).order_by("at", "pk"):
        rulings[ruling.student_id].append(
            {"target": ruling.target, "decision": ruling.decision, "reason": ruling.reason}
        )
    return rulings


@dataclass(frozen=True, slots=True)
class _Rows:
    """All that was fetched for one jury, by student id where it is a student's."""

    gradebook: Gradebook
    completed: set[tuple[int, str]]
    records: Mapping[int, list[Json]]
    repeated: Mapping[int, list[int]]
    rulings: Mapping[int, list[Json]]
    exact: bool

    def candidate(self, session: Judging, student: Student, followed: Sequence[Followed]) -> Candidate:
        """Put one student's dossier together."""
        averages = {
            average.code: average
            for each in followed
            if each.enrolment
            for average in self.gradebook.averages(each.enrolment.pk)
        }
        dossier = {
            "id": student.nip,
            "but_year": session.but_year,
            "semesters": session.semesters,
            "status": [each.enrolment.state for each in followed if each.enrolment][-1],
            "ues": [self._line(each, ue, averages) for each in followed for ue in each.ues],
            "record": self.records[student.pk],
            "repeated": self.repeated[student.pk],
            "jury": self.rulings[student.pk],
        }
        ues = [ue for each in followed for ue in each.ues]
        return Candidate(student, tuple(followed), dossier, tuple(anomalies_of(dossier, ues, averages)))

    def _line(self, followed: Followed, ue: UE, averages: Mapping[str, UEAverage]) -> Json:
        line = {
            "code": ue.code,
            "semester": followed.plan.semester,
            "competence": ue.niveau.competence.code,
            "level": ue.niveau.number,
            "ects": "0" if ue.ects is None else format(ue.ects, "f"),
        }
        if ue.title:  # the engine ignores it; people know the UE by it, in the record too
            line["title"] = ue.title
        state = self._state(followed.enrolment, ue, averages.get(ue.code))
        return line | ({"state": state.value} if state else {"average": self._average(averages[ue.code])})

    def _state(self, enrolment: Enrolment | None, ue: UE, average: UEAverage | None) -> UEState | None:
        """Return why a UE has no average; None when it has one."""
        if enrolment is None or ue in enrolment.exempted_ues.all():
            return UEState.NOT_ENROLLED
        if ue in enrolment.equivalent_ues.all():
            return UEState.EQUIVALENCE
        if average is not None and average.state is State.COMPUTED:
            return None
        if enrolment.state == Enrolment.State.DEFAULTING:
            return UEState.DEFAULTING
        stages = self.gradebook.schemes[enrolment.plan_id].stages.values()
        awaited = set(average.pending).intersection(stages) if average else set()
        if any((enrolment.pk, code) not in self.completed for code in awaited):
            return UEState.STAGE
        return UEState.PENDING

    def _average(self, average: UEAverage) -> str | None:
        """Write an average as printed, or as exact as the contract can carry where the règlement compares that."""
        if not self.exact or average.exact is None:
            return average.printed
        numerator, denominator = average.exact
        return plain(Fraction((2 * numerator * DECIMALS + denominator) // (2 * denominator), DECIMALS))


DECIMALS = 10**30
"""The contract carries thirty decimals: enough for exact averages to add up to a whole number again."""
