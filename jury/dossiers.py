"""The bridge from rows to dossiers: what a jury knows of each student, in a fixed number of queries.

A dossier is the JSON of contracts/deliberate.md, ready for the engine and for the record; its `id` is the NIP.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from curriculum.models import UE, Formation, Maquette, Plan
from grades.averages import Rounding, State, UEAverage
from grades.gradebook import Gradebook
from grades.models import Placement
from jury import past
from jury.anomalies import Anomaly, anomalies_of
from jury.engine.codes import UECode
from jury.engine.dossier import UEState
from jury.engine.regulation import Regulation
from jury.engine.strict import plain
from jury.history import Decided, History, Json, Slot, history
from jury.models import JurySession, Ruling
from people.models import Enrolment, Student


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
    settled: bool = False
    """An earlier jury let them through this year of BUT: they take UEs again, their year is not decided again."""

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


@dataclass(frozen=True, slots=True)
class YearGroup:
    """Everybody who follows one semester of a year, as if its jury sat today: like a session, in the same way."""

    formation: Formation
    academic_year: str
    semester: int
    pk: None = None
    closed_at: None = None

    def __str__(self) -> str:
        return f"Promotion S{self.semester} {self.academic_year}"

    @property
    def formation_id(self) -> int:
        return self.formation.pk

    @property
    def is_annual(self) -> bool:
        return self.semester % 2 == 0

    @property
    def but_year(self) -> int:
        return (self.semester + 1) // 2

    @property
    def semesters(self) -> list[int]:
        return [self.semester - 1, self.semester] if self.is_annual else [self.semester]

    @property
    def plans(self) -> QuerySet[Plan]:
        of_year = Plan.objects.filter(maquette__formation=self.formation, academic_year=self.academic_year)
        return of_year.filter(semester=self.semester)

    def candidates(self) -> QuerySet[Student]:
        return Student.objects.filter(
            Exists(Enrolment.objects.filter(student=OuterRef("pk"), plan__in=self.plans)),
        )


Judging = JurySession | YearAhead | YearGroup


def dossiers_of(session: Judging, regulation: Regulation, student: Student | None = None) -> list[Candidate]:
    """Make the dossier of every student of a jury, by name: some twenty queries, whatever the number of students.

    With `student`, theirs alone: nothing of the others is read.
    """
    candidates = session.candidates() if student is None else session.candidates().filter(pk=student.pk)
    enrolments = _enrolments(session, candidates)
    followed = _followed(session, enrolments)
    plans = {each.plan.pk: each.plan for semesters in followed.values() for each in semesters if each.enrolment}
    rows = _Rows(
        Gradebook.for_plans(
            list(plans.values()), regulation.averaging, session.student if isinstance(session, YearAhead) else student
        ),
        completed=_completed(plans.values()),
        decided=past.decided(session, candidates),
        equivalences=past.equivalences(session, candidates),
        specific=past.specific(session),
        settled=past.settled(session, candidates),
        repeated=_repeated(session, enrolments),
        rulings=_rulings(session),
        exact=regulation.averaging.rounding is Rounding.EXACT or not regulation.rcue_from_rounded_ue,
    )
    students = sorted(followed, key=lambda student: student.alphabetical)
    return [rows.candidate(session, student, followed[student]) for student in students]


def followed_by(session: Judging, student: Student) -> tuple[Followed, ...]:
    """Return what one student follows in each semester of a jury, in order; empty once they left its Plans."""
    enrolments = _enrolments(session, session.candidates().filter(pk=student.pk))
    return _followed(session, enrolments).get(student, ())


def _enrolments(session: Judging, students: QuerySet[Student]) -> list[Enrolment]:
    """Return what the students of a jury follow this year, and every semester that they ever repeated."""
    enrolments = Enrolment.objects.filter(student__in=students, plan__maquette__formation=session.formation_id)
    return list(
        enrolments.filter(
            Q(plan__academic_year=session.academic_year, plan__semester__in=session.semesters)
            | Q(repeating=True, plan__academic_year__lte=session.academic_year)
        )
        .select_related("student", "plan__parcours", "plan__maquette")
        .prefetch_related("exempted_ues")
        .order_by("pk")
    )


def _plans(session: Judging) -> list[Plan]:
    """Return the Plans of the formation for the semesters before a jury, with their UEs."""
    ues = UE.objects.select_related("niveau__competence").order_by("position", "pk")
    return list(
        Plan.objects.filter(
            Exists(Enrolment.objects.filter(plan=OuterRef("pk"))) | ~Q(maquette__state=Maquette.State.ARCHIVED),
            maquette__formation=session.formation_id,
            academic_year=session.academic_year,
            semester__in=session.semesters,
        )
        .select_related("maquette")
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

    It shares the most niveaux with the one that they follow, then its version of the maquette (else the one in
    service), its parcours and its régime.
    """
    (known,) = (each.plan for each in of_year.values())
    niveaux = {ue.niveau_id for ue in ues[known.pk]}

    def likeness(plan: Plan) -> tuple[int, ...]:
        return (
            sum(ue.niveau_id in niveaux for ue in ues[plan.pk]),
            plan.maquette_id == known.maquette_id,
            plan.maquette.state == Maquette.State.IN_SERVICE,
            plan.parcours_id == known.parcours_id,
            plan.modality == known.modality,
        )

    others = [plan for plan in plans if plan.semester == semester]
    best = max(others, key=likeness, default=None)
    return best if best and likeness(best)[0] else None


def _completed(plans: Iterable[Plan]) -> set[tuple[int, str]]:
    """Return the stages that are over: the id of the enrolment and the key of the module."""
    rows = Placement.objects.filter(completed=True, enrolment__plan__in=list(plans))
    return set(rows.values_list("enrolment_id", "module__key"))


def _repeated(session: Judging, enrolments: Iterable[Enrolment]) -> Mapping[int, list[int]]:
    """Return, by student id, the semesters repeated so far, one entry a try, the present one included (N-12).

    A césure has no enrolment, and is no repeat (N-27).
    """
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
    decided: Mapping[int, list[Decided]]
    equivalences: Mapping[int, list[Json]]
    specific: Mapping[str, set[str | None]]
    settled: set[int]
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
        known = [(each, ue, _identity(each, ue)) for each in followed for ue in each.ues]
        held = {Slot.of(line) for line in self.equivalences[student.pk]}
        record = self._history(student, followed, [line for _, _, line in known])
        dossier = {
            "id": student.nip,
            "but_year": session.but_year,
            "semesters": session.semesters,
            "status": [each.enrolment.state for each in followed if each.enrolment][-1],
            "ues": [
                line
                | (
                    EQUIVALENT
                    if (slot := Slot.of(line)) in held
                    else self._figure(each, ue, averages, record.at(slot))
                )
                for each, ue, line in known
            ],
            "record": list(record.record),
            "repeated": self.repeated[student.pk],
            "jury": self.rulings[student.pk],
        }
        ues = [ue for _, ue, _ in known]
        anomalies = tuple(anomalies_of(dossier, ues, averages, record.notes))
        return Candidate(student, tuple(followed), dossier, anomalies, student.pk in self.settled)

    def _history(self, student: Student, followed: Sequence[Followed], ues: Sequence[Json]) -> History:
        """Return what was decided of a student, but for the competences of a parcours that is not theirs."""
        parcours = followed[-1].plan.parcours
        own = {None, parcours.code if parcours else None}
        elsewhere = {code for code, found in self.specific.items() if parcours and own.isdisjoint(found)}
        return history(self.equivalences[student.pk], self.decided[student.pk], ues, elsewhere)

    def _figure(
        self, followed: Followed, ue: UE, averages: Mapping[str, UEAverage], recorded: Json | None
    ) -> dict[str, str]:
        """Return the average of a UE, or why it has none; not taken again, it has that of the record (I-15)."""
        state = self._state(followed.enrolment, ue, averages.get(ue.code))
        if state is None:
            return {"average": self._average(averages[ue.code]) or ""}
        if state is UEState.NOT_ENROLLED and recorded and recorded["decision"] == UECode.AJ and "average" in recorded:
            return {"average": recorded["average"]}
        return {"state": state.value}

    def _state(self, enrolment: Enrolment | None, ue: UE, average: UEAverage | None) -> UEState | None:
        """Return why a UE has no average; None when it has one."""
        if enrolment is None or ue in enrolment.exempted_ues.all():
            return UEState.NOT_ENROLLED
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


def _identity(followed: Followed, ue: UE) -> Json:
    """Say which UE a line of the dossier is about."""
    line = {
        "code": ue.code,
        "semester": followed.plan.semester,
        "competence": ue.niveau.competence.code,
        "level": ue.niveau.number,
        "ects": "0" if ue.ects is None else format(ue.ects, "f"),
    }
    # The engine ignores the title; people know the UE by it, in the record too.
    return line | ({"title": ue.title} if ue.title else {})


EQUIVALENT = {"state": UEState.EQUIVALENCE.value}
DECIMALS = 10**30
"""The contract carries thirty decimals: enough for exact averages to add up to a whole number again."""
