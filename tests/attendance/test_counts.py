"""Absences are counted in séances, in minutes and in half-days, each half-day once."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import pytest

from attendance.counts import AbsenceCounts, Missed, Tally, counted, counts_for, half_days
from people.models import Enrolment
from tests import factories
from tests.strict import queries

MONDAY = date(2025, 10, 6)  # summer time: UTC + 2


def missed(
    starts: str, minutes: int, state: str = "injustifiee", late: int | None = None, day: date = MONDAY
) -> Missed:
    """An absence at a séance that starts at this time in UTC."""
    starts_at = datetime.fromisoformat(f"{day}T{starts}+00:00")
    return Missed(state, late, starts_at, starts_at + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("starts", "minutes", "expected"),
    [
        ("06:00", 120, {(MONDAY, False)}),
        ("10:00", 60, {(MONDAY, False)}),  # until 13 h in Paris: the morning still
        ("10:00", 61, {(MONDAY, False), (MONDAY, True)}),
        ("11:00", 90, {(MONDAY, True)}),  # from 13 h
        ("15:00", 120, {(MONDAY, True)}),
    ],
)
def test_a_seance_touches_half_days_of_paris(starts: str, minutes: int, expected: set[tuple[date, bool]]) -> None:
    row = missed(starts, minutes)
    assert half_days(row.starts_at, row.ends_at) == expected


def test_half_days_follow_winter_time() -> None:
    row = missed("11:30", 20, day=date(2025, 12, 1))
    assert half_days(row.starts_at, row.ends_at) == {(date(2025, 12, 1), False)}


def test_a_half_day_is_counted_once_under_its_least_justified_absence() -> None:
    counts = counted(
        [
            missed("06:00", 90, "justifiee"),
            missed("08:00", 90, "injustifiee"),
            missed("12:00", 120, "en_attente"),
            missed("14:00", 60, "justifiee"),
            missed("06:00", 120, "justifiee", day=date(2025, 10, 7)),
        ]
    )
    assert counts.unjustified == Tally(absences=1, minutes=90, half_days=1)
    assert counts.pending == Tally(absences=1, minutes=120, half_days=1)
    assert counts.justified == Tally(absences=3, minutes=270, half_days=1)
    assert counts.total == Tally(absences=5, minutes=480, half_days=3)


def test_late_arrivals_are_apart() -> None:
    counts = counted([missed("06:00", 90, late=10), missed("08:00", 90, "justifiee", late=5)])
    assert counts == AbsenceCounts(late=2, late_minutes=15)


def test_nobody_missed_nothing() -> None:
    assert counted([]) == AbsenceCounts()


@pytest.mark.django_db
def test_the_counts_of_plans_are_by_student_in_one_query() -> None:
    autumn, spring, other = factories.plan(1), factories.plan(2), factories.plan(3)
    student = factories.student()
    enrolments = [factories.enrolment(student=student, plan=plan) for plan in (autumn, spring, other)]
    present = factories.enrolment(plan=autumn)
    for each in enrolments:
        factories.absence(enrolment=each, session=factories.session(starts_at=datetime(2025, 9, 8, 6, tzinfo=UTC)))

    with_six = counts_for([autumn, spring])
    assert with_six == {student.pk: AbsenceCounts(unjustified=Tally(absences=2, minutes=180, half_days=1))}
    assert present.student_id not in with_six
    assert asdict(with_six[student.pk])["unjustified"] == {"absences": 2, "minutes": 180, "half_days": 1}
    assert queries(lambda: counts_for([autumn, spring])) == 1


@pytest.mark.django_db
def test_the_counts_are_those_of_an_enrolment_whatever_its_state() -> None:
    gone = factories.enrolment(plan=factories.plan(1), state=Enrolment.State.RESIGNED)
    factories.absence(enrolment=gone)
    assert gone.student_id in counts_for([gone.plan])
