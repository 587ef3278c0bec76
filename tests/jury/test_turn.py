"""The year turns: from what the juries of 2025-2026 decided to the enrolments of 2026-2027."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from curriculum.journal import JournalEntry
from curriculum.models import Plan
from jury.models import Turn, TurnChoice
from jury.turning import services
from jury.turning.roll import roll_of
from people.models import Enrolment, Student
from tests import factories
from tests.jury import scene
from tests.jury.turns import FAILING, NEXT, closed, line_of, next_year, semesters, settle, turn
from tests.strict import queries

pytestmark = pytest.mark.django_db


def test_each_decision_leads_where_it_should(first_year: dict[str, Student]) -> None:
    made = turn()
    views = {name: line_of(made, student).view for name, student in first_year.items()}
    assert views == {
        "admis": "parcours",
        "passage": "parcours",
        "redouble": "redoublants",
        "reoriente": "sortants",
        "attend": "a-decider",
        "parti": "sortants",
    }
    assert "Restent dues\xa0: UE1.3, UE2.3." in line_of(made, first_year["passage"]).proposal.text


def test_confirming_enrols_who_has_a_place_and_nobody_else(first_year: dict[str, Student]) -> None:
    made = turn()
    services.choose(turn=made, students=[first_year["admis"].pk], place="2:OSC:", by=None)
    act = services.confirm_turn(turn=made, seen=roll_of(made).digest, by=None)
    assert act
    assert {name: semesters(student) for name, student in first_year.items() if semesters(student)} == {
        "admis": ["S3 OSC", "S4 OSC"],
        "redouble": ["S1", "S2"],
    }
    assert set(first_year["redouble"].enrolments.filter(repeating=True).values_list("plan__semester", flat=True)) == {
        1,
        2,
    }
    assert not first_year["admis"].enrolments.filter(repeating=True).exists()
    assert line_of(made, first_year["admis"]).view == "inscrits"
    assert JournalEntry.objects.filter(action="turn_confirmed").count() == 1


def test_a_second_confirmation_writes_nothing_more(first_year: dict[str, Student]) -> None:
    made = turn()
    assert services.confirm_turn(turn=made, by=None)
    before = JournalEntry.objects.count(), Enrolment.objects.count()
    assert services.confirm_turn(turn=made, by=None) is None
    assert (JournalEntry.objects.count(), Enrolment.objects.count()) == before


def test_who_was_decided_late_is_enrolled_by_a_later_confirmation(first_year: dict[str, Student]) -> None:
    made = turn()
    first = services.confirm_turn(turn=made, by=None)
    services.choose(turn=made, students=[first_year["attend"].pk], place="2:QMI:", by=None)
    second = services.confirm_turn(turn=made, by=None)
    assert first
    assert second
    assert semesters(first_year["attend"]) == ["S3 QMI", "S4 QMI"]
    assert not set(first.made["enrolments"]) & set(second.made["enrolments"])


def test_who_was_enrolled_by_hand_is_respected(first_year: dict[str, Student]) -> None:
    repeater = first_year["redouble"]
    factories.enrolment(student=repeater, plan=Plan.objects.get(academic_year=NEXT, semester=2))
    made = turn()
    services.confirm_turn(turn=made, by=None)
    assert semesters(repeater) == ["S2"]


def test_what_changed_since_it_was_shown_is_not_written(first_year: dict[str, Student]) -> None:
    made = turn()
    seen = roll_of(made).digest
    services.choose(turn=made, students=[first_year["admis"].pk], place="2:OSC:", by=None)
    with pytest.raises(ValidationError, match="relisez-les"):
        services.confirm_turn(turn=made, seen=seen, by=None)
    assert not Enrolment.objects.filter(plan__academic_year=NEXT).exists()


def test_the_proposal_can_be_corrected_and_taken_again(first_year: dict[str, Student]) -> None:
    made, repeater = turn(), first_year["redouble"]
    services.choose(turn=made, students=[repeater.pk], place="", by=None)
    assert line_of(made, repeater).view == "sortants"
    services.choose(turn=made, students=[repeater.pk], place=None, by=None)
    assert line_of(made, repeater).view == "redoublants"
    assert not TurnChoice.objects.exists()


@pytest.mark.parametrize(
    ("students", "place", "sentence"),
    [([], "2:OSC:", "Cochez"), (None, "3:OSC:", "attendu : BUT1, BUT2 OSC, BUT2 QMI"), ([0], "2:OSC:", "formation")],
)
def test_a_choice_that_cannot_be_is_refused(
    first_year: dict[str, Student], students: list[int] | None, place: str, sentence: str
) -> None:
    asked = [first_year["admis"].pk] if students is None else students
    with pytest.raises(ValidationError) as refused:
        services.choose(turn=turn(), students=asked, place=place, by=None)
    assert sentence in refused.value.messages[0].replace("\xa0", " ")
    assert not TurnChoice.objects.exists()


def test_a_repeater_follows_everything_or_what_is_not_acquired(first_year: dict[str, Student]) -> None:
    made, repeater = turn(), first_year["redouble"]
    assert line_of(made, repeater).exempted == ()  # L-07
    settle(made, with_exemptions=True)  # L-08
    services.confirm_turn(turn=made, by=None)
    waived = {
        str(e.plan): [ue.code for ue in e.exempted_ues.all()] for e in repeater.enrolments.filter(repeating=True)
    }
    assert waived == {"S1": ["UE1.1"], "S2": ["UE2.1"]}


def test_a_semester_that_is_acquired_whole_is_not_repeated() -> None:
    plans = scene.year(count=3)
    marks = {f"UE{s}.{n}": "10" if s == 1 else "4" for s in (1, 2) for n in (1, 2, 3)}
    student = scene.enrol(plans, marks)
    closed(plans, {student: "RED"})
    next_year()
    made = turn()
    settle(made, with_exemptions=True)
    services.confirm_turn(turn=made, by=None)
    assert semesters(student) == ["S2"]


def test_what_was_acquired_elsewhere_is_not_followed_again(first_year: dict[str, Student]) -> None:
    made, repeater = turn(), first_year["redouble"]
    factories.equivalence(repeater, Plan.objects.get(academic_year=NEXT, semester=1).ues.get(code="UE1.2"))
    settle(made, with_exemptions=True)
    assert [ue.code for ue in line_of(made, repeater).exempted] == ["UE1.1", "UE1.2", "UE2.1"]


def test_the_first_semester_alone_can_be_enrolled(first_year: dict[str, Student]) -> None:
    made = turn()
    settle(made, whole_year=False)
    services.confirm_turn(turn=made, by=None)
    assert semesters(first_year["redouble"]) == ["S1"]


def test_the_even_semester_follows_in_the_same_year_with_its_groups() -> None:
    odd, even = scene.year()
    student = scene.enrol([odd], "5", groups=[factories.group("TD1")], repeating=True)
    gone = scene.enrol([odd], "5", state="DEM")
    made = turn(within_year=True)
    services.confirm_turn(turn=made, by=None)
    found = student.enrolments.get(plan=even)
    assert (found.repeating, [group.name for group in found.groups.all()]) == (True, ["TD1"])
    assert not gone.enrolments.filter(plan=even).exists()
    assert services.confirm_turn(turn=made, by=None) is None


def test_a_repeater_of_the_odd_semester_is_not_taken_into_what_is_acquired_of_the_even_one() -> None:
    before = scene.year(count=3, academic_year="2024-2025")
    student = scene.enrol(before, FAILING)
    closed(before, {student: "RED"})
    odd, _ = scene.year(count=3)
    scene.enrol([odd], "5", student=student, repeating=True)
    made = turn(within_year=True)
    settle(made, with_exemptions=True)
    services.confirm_turn(turn=made, by=None)
    followed = student.enrolments.get(plan__semester=2, plan__academic_year=factories.YEAR)
    assert [ue.code for ue in followed.exempted_ues.all()] == ["UE2.1"]


def test_a_nip_that_was_corrected_since_is_told(first_year: dict[str, Student]) -> None:
    student = first_year["admis"]
    student.nip = "F9999999"
    student.save()
    found = line_of(turn(), student)
    assert found.view == "a-decider"
    assert "sous ce NIP" in found.proposal.text


def test_who_was_away_is_asked_about() -> None:
    before = scene.year(academic_year="2024-2025")
    student = scene.enrol(before, "12")
    closed(before)
    next_year()
    found = line_of(turn(), student)
    assert (found.view, found.proposal.rule) == ("a-decider", "N-27")
    services.choose(turn=turn(), students=[student.pk], place="2:OSC:", by=None)
    services.confirm_turn(turn=turn(), by=None)
    assert semesters(student) == ["S3 OSC", "S4 OSC"]
    assert not student.enrolments.filter(repeating=True).exists()


def test_a_turn_is_prepared_once() -> None:
    factories.maquette()
    assert turn() == turn()
    assert (turn().academic_year, turn(within_year=True).academic_year) == (NEXT, factories.YEAR)
    assert JournalEntry.objects.filter(action="turn_prepared").count() == 2


def test_the_roll_asks_for_no_more_queries_with_more_students(first_year: dict[str, Student]) -> None:
    made = turn()
    settle(made, with_exemptions=True)
    few = queries(lambda: roll_of(made).digest)
    plans = list(Plan.objects.filter(academic_year=factories.YEAR).order_by("semester"))
    for _ in range(6):
        scene.enrol(plans, "12", groups=[factories.group("TD1")])
    assert queries(lambda: roll_of(made).digest) == few


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"academic_year": NEXT}, "jury_turn_once"),
        ({"academic_year": "2024-2025"}, "jury_turn_years"),
        ({"academic_year": factories.YEAR, "groups": "x"}, "jury_turn_groups_known"),
    ],
)
def test_the_database_refuses(fields: dict[str, str], name: str) -> None:
    turn()
    with pytest.raises(IntegrityError) as refused:
        Turn.objects.create(formation=factories.formation(), source_year=factories.YEAR, **fields)
    columns = "jury_turn.formation_id, jury_turn.source_year, jury_turn.academic_year"
    assert name in str(refused.value) or columns in str(refused.value)


def test_one_choice_for_each_student() -> None:
    student, made = factories.student(), turn()
    TurnChoice.objects.create(turn=made, student=student)
    with pytest.raises(IntegrityError):
        TurnChoice.objects.create(turn=made, student=student, place="2:OSC:")
