"""How much was missed: absences in number, in minutes and in half-days, by state; late arrivals apart (L-02, L-18)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from attendance.models import Absence
from curriculum.models import Module, Plan

NOON = time(13)
"""A morning ends and an afternoon begins."""

State = Absence.State
WORST_FIRST = [State.UNJUSTIFIED, State.PENDING, State.JUSTIFIED]


class Missed(NamedTuple):
    """One absence, as far as counting goes; late: the student came, `late_minutes` after the beginning."""

    state: str
    late_minutes: int | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """Absences of one state; late arrivals are not among them."""

    absences: int = 0
    minutes: int = 0
    half_days: int = 0


@dataclass(frozen=True, slots=True)
class AbsenceCounts:
    """What a student missed. Integers only: `dataclasses.asdict` makes it ready for a sealed record."""

    unjustified: Tally = Tally()
    pending: Tally = Tally()
    justified: Tally = Tally()
    late: int = 0
    late_minutes: int = 0

    @property
    def total(self) -> Tally:
        """Whatever their state; a half-day belongs to one state only, so that the sum is right."""
        tallies = (self.unjustified, self.pending, self.justified)
        return Tally(
            sum(tally.absences for tally in tallies),
            sum(tally.minutes for tally in tallies),
            sum(tally.half_days for tally in tallies),
        )


def counts_for(plans: Sequence[Plan]) -> dict[int, AbsenceCounts]:
    """Return what each student missed in these Plans, by student id, in one query; who missed nothing is not in it."""
    rows = Absence.objects.filter(enrolment__plan__in=plans).values_list(
        "enrolment__student", "state", "late_minutes", "session__starts_at", "session__ends_at"
    )
    missed = defaultdict[int, list[Missed]](list)
    for student, state, late_minutes, starts_at, ends_at in rows:
        missed[student].append(Missed(state, late_minutes, starts_at, ends_at))
    return {student: counted(of_student) for student, of_student in missed.items()}


@dataclass(frozen=True, slots=True)
class Year:
    """What a student missed in one academic year: line by line, in all, and module by module."""

    academic_year: str
    absences: list[Absence]
    counts: AbsenceCounts
    modules: list[tuple[Module, AbsenceCounts]]


def by_year(absences: Iterable[Absence]) -> list[Year]:
    """Sort the absences of one student, loaded with séance and Plan, by academic year; the latest comes first."""
    years = defaultdict[str, list[Absence]](list)
    for absence in absences:
        years[absence.enrolment.plan.academic_year].append(absence)
    return [_year(academic_year, years[academic_year]) for academic_year in sorted(years, reverse=True)]


def _year(academic_year: str, absences: list[Absence]) -> Year:
    modules = defaultdict[Module, list[Missed]](list)
    for absence in absences:
        session = absence.session
        missed = Missed(absence.state, absence.late_minutes, session.starts_at, session.ends_at)
        modules[session.module].append(missed)
    ordered = sorted(modules, key=lambda module: (module.semester, module.key))
    whole = counted(missed for of_module in modules.values() for missed in of_module)
    return Year(academic_year, absences, whole, [(module, counted(modules[module])) for module in ordered])


def counted(absences: Iterable[Missed]) -> AbsenceCounts:
    """Count the absences of one student.

    A half-day is counted once, however many séances of it were missed, under the state of its least justified one.
    """
    rows = list(absences)
    late = [row.late_minutes for row in rows if row.late_minutes is not None]
    taken: set[tuple[date, bool]] = set()
    tallies = {}
    for state in WORST_FIRST:
        missed = [row for row in rows if row.late_minutes is None and row.state == state]
        halves = {half for row in missed for half in half_days(row.starts_at, row.ends_at)} - taken
        taken |= halves
        minutes = sum((row.ends_at - row.starts_at) // timedelta(minutes=1) for row in missed)
        tallies[state] = Tally(len(missed), minutes, len(halves))
    return AbsenceCounts(
        unjustified=tallies[State.UNJUSTIFIED],
        pending=tallies[State.PENDING],
        justified=tallies[State.JUSTIFIED],
        late=len(late),
        late_minutes=sum(late),
    )


def half_days(starts_at: datetime, ends_at: datetime) -> set[tuple[date, bool]]:
    """Return the half-days that a séance touches, as a day and whether it is the afternoon, in local time."""
    begins, ends = timezone.localtime(starts_at), timezone.localtime(ends_at)
    halves = set()
    if begins.time() < NOON:
        halves.add((begins.date(), False))
    if ends.time() > NOON or ends.date() > begins.date():
        halves.add((begins.date(), True))
    return halves
