"""Absences are noted once, at séances that can have been held, and corrected in the open."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from attendance.models import Absence, Session
from attendance.services import Missing, cancel_absence, correct_absence, record_absence, record_absences
from curriculum.models import JournalEntry, Module
from people.models import Enrolment, User
from tests import factories
from tests.strict import queries

pytestmark = pytest.mark.django_db

MORNING = datetime(2025, 10, 6, 6, 0, tzinfo=UTC)  # 8 h in Paris


@pytest.fixture
def secretary() -> User:
    return factories.user("secretariat")


@pytest.fixture
def enrolments() -> list[Enrolment]:
    plan = factories.plan(1)
    return [factories.enrolment(plan=plan) for _ in range(3)]


@pytest.fixture
def module(enrolments: list[Enrolment]) -> Module:
    return factories.module("R1.01")


def note(enrolment: Enrolment, module: Module, **fields: object) -> Absence:
    given = {"kind": "TD", "starts_at": MORNING, "minutes": 120, "by": None} | fields
    return record_absence(enrolment=enrolment, module=module, **given)  # type: ignore[arg-type]


def test_the_seance_is_made_and_the_absence_unjustified(
    enrolments: list[Enrolment], module: Module, secretary: User
) -> None:
    absence = note(enrolments[0], module, by=secretary)
    absence.refresh_from_db()
    assert (absence.state, absence.late_minutes, absence.recorded_by) == ("injustifiee", None, secretary)
    assert (absence.session.module, absence.session.minutes, absence.session.kind) == (module, 120, "TD")
    told = JournalEntry.objects.get()
    assert (told.action, told.by, told.formation) == ("absences_recorded", secretary, module.maquette.formation)
    assert told.after == {str(enrolments[0].student): "injustifiee"}


def test_a_seance_is_made_once(enrolments: list[Enrolment], module: Module) -> None:
    sessions = {note(each, module).session_id for each in enrolments[:2]}
    other = note(enrolments[2], module, minutes=90)
    assert len(sessions) == 1
    assert other.session_id not in sessions


def test_a_whole_seance_is_one_act(enrolments: list[Enrolment], module: Module, secretary: User) -> None:
    missing = [
        Missing(enrolments[0]),
        Missing(enrolments[1], late_minutes=10),
        Missing(enrolments[2], None, "justifiee"),
    ]
    made = record_absences(module=module, kind="TP", starts_at=MORNING, minutes=120, missing=missing, by=secretary)
    assert [(each.late_minutes, each.state) for each in made] == [
        (None, "injustifiee"),
        (10, "injustifiee"),
        (None, "justifiee"),
    ]
    assert (Absence.objects.count(), Session.objects.count(), JournalEntry.objects.count()) == (3, 1, 1)


def left(enrolment: Enrolment) -> Enrolment:
    enrolment.left_on = date(2025, 10, 1)
    return enrolment


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda _: {"minutes": 0}, "Une séance dure de 1\xa0minute à 12\xa0h."),
        (lambda _: {"minutes": 721}, "Une séance dure de 1\xa0minute à 12\xa0h."),
        (lambda _: {"late_minutes": 120}, "Un retard est plus court que la séance (2\xa0h)."),
        (lambda _: {"late_minutes": 0}, "Un retard est plus court que la séance (2\xa0h)."),
        (
            lambda _: {"starts_at": datetime(2052, 10, 6, 6, 0, tzinfo=UTC)},
            "Le 6\xa0octobre 2052 n’est pas dans l’année universitaire 2025-2026.",
        ),
        (
            lambda _: {"starts_at": datetime(2025, 7, 31, 21, 59, tzinfo=UTC)},
            "Le 31\xa0juillet 2025 n’est pas dans l’année universitaire 2025-2026.",
        ),
        (
            lambda who: {"enrolment": left(who)},
            "{student} a quitté la formation le 1er\xa0octobre 2025.",
        ),
        (lambda _: {"module": factories.module("R2.01", semester=2)}, "{student} ne suit pas R2.01."),
    ],
)
def test_what_cannot_have_happened_is_refused(
    enrolments: list[Enrolment],
    module: Module,
    change: Callable[[Enrolment], dict[str, object]],
    sentence: str,
) -> None:
    who = enrolments[0]
    with pytest.raises(ValidationError) as refused:
        note(**{"enrolment": who, "module": module} | change(who))  # type: ignore[arg-type]
    assert refused.value.messages == [sentence.format(student=who.student)]
    assert not Session.objects.exists()
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("fields", [{"kind": "sieste"}, {"state": "oubliee"}])
def test_an_unknown_kind_or_state_is_refused(
    enrolments: list[Enrolment], module: Module, fields: dict[str, str]
) -> None:
    with pytest.raises(ValidationError, match="n’est pas un choix valide"):
        note(enrolments[0], module, **fields)
    assert not Session.objects.exists()


def test_the_first_and_the_last_day_of_the_year_are_in_it(enrolments: list[Enrolment], module: Module) -> None:
    for day in (date(2025, 8, 1), date(2026, 8, 31)):
        note(enrolments[0], module, starts_at=datetime(day.year, day.month, day.day, 8, tzinfo=UTC))
    assert Absence.objects.count() == 2


def test_the_same_seance_twice_is_refused(enrolments: list[Enrolment], module: Module) -> None:
    student = enrolments[0].student
    note(enrolments[0], module)
    with pytest.raises(ValidationError, match=rf"^\['L’absence de {student} à cette séance est déjà saisie\.'\]$"):
        note(enrolments[0], module)
    assert Absence.objects.count() == 1


def test_two_places_at_once_are_refused_even_in_two_plans(enrolments: list[Enrolment], module: Module) -> None:
    student = enrolments[0].student
    elsewhere = factories.enrolment(student=student, plan=factories.plan(3))
    note(enrolments[0], module)
    other = factories.module("R3.01", semester=3)
    with pytest.raises(ValidationError) as refused:
        note(elsewhere, other, starts_at=MORNING + timedelta(minutes=119))
    assert refused.value.messages == [
        f"L’absence de {student} à une autre séance est déjà saisie à ce moment-là\xa0: R1.01, à 8\xa0h\xa000."
    ]
    note(elsewhere, other, starts_at=MORNING + timedelta(minutes=120))
    assert Absence.objects.count() == 2


def test_a_student_named_twice_is_refused(enrolments: list[Enrolment], module: Module) -> None:
    with pytest.raises(ValidationError, match="est déjà saisie"):
        record_absences(
            module=module,
            kind="TD",
            starts_at=MORNING,
            minutes=60,
            missing=[Missing(enrolments[0]), Missing(enrolments[0])],
            by=None,
        )
    assert not Session.objects.exists()


def test_a_correction_says_what_was_there(enrolments: list[Enrolment], module: Module, secretary: User) -> None:
    absence = correct_absence(absence=note(enrolments[0], module), state="justifiee", late_minutes=15, by=secretary)
    absence.refresh_from_db()
    assert (absence.state, absence.late_minutes) == ("justifiee", 15)
    told = JournalEntry.objects.get(action="absence_corrected")
    assert told.before == {"state": "injustifiee", "late_minutes": None}
    assert told.after == {"state": "justifiee", "late_minutes": 15}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"state": "oubliee"}, "n’est pas un choix valide"),
        ({"state": "justifiee", "late_minutes": 240}, "Un retard est plus court que la séance"),
    ],
)
def test_a_wrong_correction_changes_nothing(
    enrolments: list[Enrolment], module: Module, fields: dict[str, object], sentence: str
) -> None:
    absence = note(enrolments[0], module)
    with pytest.raises(ValidationError, match=sentence):
        correct_absence(absence=absence, by=None, **fields)  # type: ignore[arg-type]
    absence.refresh_from_db()
    assert (absence.state, absence.late_minutes) == ("injustifiee", None)


def test_a_mistake_is_taken_back_and_the_journal_keeps_it(
    enrolments: list[Enrolment], module: Module, secretary: User
) -> None:
    cancel_absence(absence=note(enrolments[0], module, state="en_attente"), by=secretary)
    assert not Absence.objects.exists()
    told = JournalEntry.objects.get(action="absence_cancelled")
    assert (told.by, told.before) == (secretary, {"state": "en_attente", "late_minutes": None})
    assert str(enrolments[0].student) in told.target


def test_queries_do_not_grow_with_absents(enrolments: list[Enrolment], module: Module) -> None:
    others = [factories.enrolment(plan=enrolments[0].plan) for _ in range(6)]
    assert module.maquette.formation is not None  # loaded once, whoever asks first

    def call(missing: list[Enrolment], starts_at: datetime) -> Callable[[], object]:
        return lambda: record_absences(
            module=module,
            kind="TD",
            starts_at=starts_at,
            minutes=60,
            missing=[Missing(each) for each in missing],
            by=None,
        )

    one = queries(call(enrolments[:1], MORNING))
    assert queries(call(others, MORNING + timedelta(days=1))) == one
