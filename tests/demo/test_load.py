"""The demonstration as it is loaded: every code that the issue asks for, decided by juries that were really held."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client, override_settings
from django.urls import reverse

from attendance.models import Absence
from curriculum.models import Formation, Maquette, Module
from grades.gradebook import Gradebook
from grades.models import Evaluation, Mark, MarkChange, Placement
from grades.sheets import progress_of
from jury.demo import autumn, cohort, workbooks
from jury.demo.department import INSTITUTION, PRINTED_GROUP
from jury.demo.papers import print_papers
from jury.documents import releve
from jury.dossiers import dossiers_of
from jury.engine.regulation import Regulation, override
from jury.explanations import YearWhy, explanations_of
from jury.management.commands.load_demo import PASSWORD
from jury.models import Decision, JurySession, Record, Turn
from jury.seal import verify_chain
from jury.sitting import sitting_of
from jury.turning.roll import roll_of
from people.models import Enrolment, Group, Student, User
from tests import factories
from tests.demo.retold import recompute

UE_CODES = {"ADM", "CMP", "ADJ", "ADJR", "ADSUP", "EQV", "AJ", "ATT", "DEF", "DEM"}
YEAR_CODES = {"ADM", "ADJ", "PASD", "PAS1NCI", "RED", "NAR", "RAT", "DEF", "DEM"}


def load() -> str:
    out = StringIO()
    call_command("load_demo", "--no-documents", stdout=out, skip_checks=True)
    return out.getvalue()


def digests_of_records() -> list[str]:
    return list(Record.objects.order_by("number").values_list("sha256", flat=True))


@dataclass(frozen=True)
class Loads:
    """What the command printed, and who could log in: first as in production, then as on a trial machine."""

    closed: str
    closed_to: int
    digests: list[str]
    opened: str


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Loads]:
    """Load it once for the module, twice in a row: the second time must find its own data and begin again."""
    with django_db_blocker.unblock(), transaction.atomic():
        closed = load()
        usable = sum(user.has_usable_password() for user in User.objects.all())
        digests = digests_of_records()
        connection.check_constraints()  # PostgreSQL empties no table while a key is still to be checked
        with override_settings(DEBUG=True):
            opened = load()
        yield Loads(closed, usable, digests, opened)
        transaction.set_rollback(True)


def test_every_code_occurs(demo: Loads) -> None:
    codes = Decision.objects.values_list("kind", "code").annotate(number=Count("pk")).order_by("kind", "code")
    found = Counter({(kind, code): number for kind, code, number in codes})
    assert {code for kind, code in found if kind == "ue"} >= UE_CODES
    assert {code for kind, code in found if kind == "year"} >= YEAR_CODES


def test_every_jury_found_what_was_planned(demo: Loads) -> None:
    plans = {
        (step.identity.nip, step.academic_year): cohort.EXPECTED[step.plot]
        for steps in [cohort.steps(), *(book.steps for book in workbooks.JUDGED)]
        for step in steps
    }
    decided = {
        (nip, year): code
        for nip, year, code in Decision.objects.filter(kind="year").values_list(
            "student__nip", "session__academic_year", "code"
        )
    }
    assert decided == plans


def test_the_same_juries_come_out_each_time(demo: Loads) -> None:
    assert digests_of_records() == demo.digests


def test_the_classes_are_there(demo: Loads) -> None:
    year = Enrolment.objects.filter(plan__academic_year="2025-2026", plan__maquette__formation__code="BUT-QLIO")
    sizes = Counter(year.values_list("plan__semester", "plan__parcours__code"))
    assert sizes == {(1, None): 84, (2, None): 84} | {
        (semester, parcours): count
        for parcours, *counts in [("OSC", 40, 30), ("QMI", 24, 18), ("MP", 14, 12)]
        for semester, count in zip((3, 4, 5, 6), (counts[0], counts[0], counts[1], counts[1]), strict=True)
    }
    group = Group.objects.get(name=PRINTED_GROUP, academic_year="2025-2026")
    assert group.enrolments.values("student").distinct().count() == 40


def test_the_marks_look_like_marks(demo: Loads) -> None:
    reasons = Counter(Mark.objects.values_list("reason", flat=True))
    assert {"ABI", "ABJ", "DIS", "ATT"} <= set(reasons)
    assert reasons["ABI"] > 50
    assert MarkChange.objects.filter(version=2, before_reason="ATT").count() > 5
    assert Placement.objects.filter(completed=False).count() == 3
    assert Enrolment.objects.filter(repeating=True).exists()


def test_the_juries_are_sealed_one_is_sitting_and_two_are_to_come(demo: Loads) -> None:
    assert list(verify_chain()) == []
    assert Record.objects.count() == 13 + 2 * len(workbooks.JUDGED)
    sitting = JurySession.objects.get(state="seance")
    assert sitting.formation.code == "BUT-GMP"
    coming = JurySession.objects.filter(state="preparation")
    assert set(coming.values_list("academic_year", "semester")) == {("2026-2027", 3), ("2026-2027", 5)}
    assert not any(session.nomination for session in coming)
    assert any(judged.undecided for judged in sitting_of(sitting).students)


def test_who_was_authorised_goes_on_and_nobody_else(demo: Loads) -> None:
    started = Enrolment.objects.filter(
        plan__academic_year="2026-2027",
        plan__semester__in=(1, 3, 5),
        plan__maquette__formation__code="BUT-QLIO",
    )
    followed = dict(started.values_list("student__nip", "plan__semester"))
    assert started.count() == len(followed) > 100
    expected, repeating = set(), set()
    decided = Decision.objects.filter(
        kind="year", session__academic_year="2025-2026", session__formation__code="BUT-QLIO"
    )
    for nip, code, semester in decided.values_list("student__nip", "code", "session__semester"):
        if code == "RED":
            repeating.add((nip, semester - 1))
        elif code in {"ADM", "ADJ", "PASD", "PAS1NCI"} and semester < 6:
            expected.add((nip, semester + 1))
    assert set(followed.items()) == expected | repeating
    turn = Turn.objects.get(formation__code="BUT-QLIO")
    assert set(turn.acts.get().made["enrolments"]) >= set(started.values_list("pk", flat=True))
    assert roll_of(turn).ready == ()
    assert set(started.filter(repeating=True).values_list("student__nip", "plan__semester")) == repeating
    parcours = Enrolment.objects.filter(plan__academic_year="2025-2026", plan__semester=4)
    kept = dict(parcours.values_list("student__nip", "plan__parcours__code"))
    for nip, code in started.filter(plan__semester=5).values_list("student__nip", "plan__parcours__code"):
        assert kept[nip] == code


def test_the_year_in_progress_has_marks_to_enter(demo: Loads) -> None:
    teacher = User.objects.get(email="enseignant@example.test")
    own = Module.objects.filter(pk__in=teacher.taught, maquette__academic_year="2026-2027")
    progress = [each for each in progress_of(list(own)).values() if each.evaluations]
    assert any(each.missing == 0 for each in progress)
    assert any(0 < each.entered < each.due / 2 for each in progress)
    evaluations = Evaluation.objects.filter(module__maquette__academic_year="2026-2027")
    assert not evaluations.filter(state=Evaluation.State.LOCKED).exists()
    assert evaluations.filter(marks=None).exists()
    assert not evaluations.filter(held_on__gt=autumn.TODAY).exists()
    assert {"", "ABI", "ATT"} <= set(Mark.objects.filter(evaluation__in=evaluations).values_list("reason", flat=True))
    states = {state: evaluations.filter(state=state).count() for state in ("saisie", "publiee")}
    assert states["publiee"] > 10, "students are told something"
    assert states["saisie"] > states["publiee"] / 2, "and not everything"
    assert not Mark.objects.filter(evaluation__in=evaluations.filter(state="publiee"), reason="ATT").exists()
    missed = Absence.objects.filter(enrolment__plan__academic_year="2026-2027")
    assert missed.exists()
    assert not missed.filter(session__starts_at__date__gt=autumn.TODAY).exists()


def whys_of(session: JurySession) -> dict[int, YearWhy]:
    """« Pourquoi ? » of everybody before a jury."""
    sitting = sitting_of(session)
    part = sitting.document["regulation"]
    regulation = override(Regulation(), part["parameters"])
    followed = {each.student.pk: each.followed for each in dossiers_of(session, regulation)}
    plans = {each.plan for semesters in followed.values() for each in semesters if each.enrolment}
    book = Gradebook.for_plans(list(plans), regulation.averaging)
    students = [judged for judged in sitting.students if not judged.refused]
    return explanations_of(session, students, followed, book, regulation, part["articles"])


def test_every_printed_explanation_is_computed_again_from_its_own_figures(demo: Loads) -> None:
    whys = [why for session in JurySession.objects.order_by("pk") for why in whys_of(session).values()]
    found = sum(map(recompute, whys), Counter())
    assert found["averages"] > 5000, "by the marks of each module, and their weights"
    assert found["rcues"] > 1500
    assert found["comparisons"] > 4500
    assert found["adjusted"] > 200, "bonuses"
    assert found["passages"] > 50, "each condition of the passage by right"
    assert not any(ue.moved for why in whys for ue in why.by_ue.values())
    assert json.loads(json.dumps([asdict(why) for why in whys[:20]]))[0]["levels"]


@pytest.mark.parametrize("name", ["figure", "weighted", "coefficients", "bonus"])
def test_an_explanation_with_a_wrong_figure_is_seen(demo: Loads, name: str) -> None:
    """The check above would fail: one figure is moved by a hundredth, in one UE of one student."""
    session = JurySession.objects.get(academic_year="2025-2026", semester=1, formation__code="BUT-QLIO")
    why = next(iter(whys_of(session).values()))
    recompute(why)
    (level, *levels), ue = why.levels, why.levels[0].ues[0]
    assert ue.average
    changed: dict[str, Any] = {name: str(Fraction(getattr(ue.average, name)) + Fraction(1, 100))}
    moved = replace(ue, average=replace(ue.average, **changed))
    with pytest.raises(AssertionError):
        recompute(replace(why, levels=(replace(level, ues=(moved, *level.ues[1:])), *levels)))


@pytest.mark.parametrize(
    ("code", "year", "evaluations", "students"),
    [
        ("BUT-QLIO-A", "2025-2026", 222, 10),
        ("BUT-QLIO-RODEZ", "2026-2027", 99, 10),
        ("BUT-QLIO-B", "2025-2026", 129, 10),
        ("BUT-QLIO-C", "2025-2026", 0, 10),
        ("BUT-GMP-LC", "2025-2026", 134, 10),
    ],
)
def test_the_five_workbooks_are_formations_of_their_own(
    demo: Loads, code: str, year: str, evaluations: int, students: int
) -> None:
    maquette = Maquette.objects.get(formation__code=code, academic_year=year)
    assert maquette.state == Maquette.State.IN_SERVICE
    assert Evaluation.objects.filter(module__maquette=maquette).count() == evaluations
    assert Student.objects.filter(enrolments__plan__maquette=maquette).distinct().count() == students


def test_their_pages_open_to_the_one_account_that_sees_them(demo: Loads, client: Client) -> None:
    client.force_login(User.objects.get(email="maquettes@example.test"))
    choices = client.get("/").context["frame"].choices
    assert {choice.formation.code for choice in choices} == {book.code for book in workbooks.BOOKS}
    for choice in choices:
        client.post(reverse("people:switch"), {"value": choice.value})
        plan = choice.formation.maquettes.order_by("-academic_year")[0].plans.order_by("position")[0]
        pages = [reverse(name) for name in ("home", "grades:modules", "people:students", "jury:session-new")]
        for page in [*pages, reverse("curriculum:plan", args=[plan.pk])]:
            response = client.get(page)
            assert response.status_code == 200
            assert response.context["frame"].current.label == choice.label


def test_a_student_is_told_what_it_takes(demo: Loads, client: Client) -> None:
    """« Ce qu’il faut » rests on what was published: an average so far in each UE, and something still to aim at."""
    user = User.objects.get(email="etudiant@example.test")
    client.force_login(user)
    page = client.get(reverse("jury:needs", args=[user.student.pk])).context["page"]
    averages = [step.average for level in page.levels for step in level.steps if step.semester]
    assert any(averages)
    assert any(answer.figure for level in page.levels for step in level.steps for answer in step.answers)


@pytest.mark.parametrize(
    ("account", "headings"),
    [
        ("enseignant", {"Notes à saisir", "Mon service"}),
        ("president", {"Jurys", "Derniers jurys clos"}),
        ("secretariat", {"Notes manquantes", "Jurys", "Derniers jurys clos"}),
        ("etudes", {"Notes manquantes", "Jurys", "Derniers jurys clos"}),
        ("etudiant", {"Mon dossier"}),
    ],
)
def test_everybody_finds_the_year_in_progress_and_something_to_do(
    demo: Loads, client: Client, account: str, headings: set[str]
) -> None:
    client.force_login(User.objects.get(email=f"{account}@example.test"))
    response = client.get("/")
    assert response.context["frame"].academic_year == "2026-2027"
    assert set(response.context["tasks"]) == headings
    for task in [task for listed in response.context["tasks"].values() for task in listed]:
        assert client.get(task.url).status_code == 200


def test_a_teacher_enters_a_mark_and_is_told_of_a_wrong_one(demo: Loads, client: Client) -> None:
    client.force_login(User.objects.get(email="enseignant@example.test"))
    url = client.get("/").context["tasks"]["Notes à saisir"][0].url + "saisie/"
    boxes = client.get(url).context["form"].boxes.values()
    shown = {box.name: box.text for box in boxes} | {box.seen_name: box.seen_text for box in boxes}
    empty = next(box.name for box in boxes if not box.text)
    refused = client.post(url, shown | {empty: "25"})
    assert refused.status_code == 422
    assert "25,00 est au-dessus du barème (20)." in refused.content.decode()
    before = Mark.objects.count()
    assert client.post(url, shown | {empty: "15,25"}).status_code == 302
    assert Mark.objects.count() == before + 1


def test_there_is_one_account_a_role_on_a_trial_machine_only(demo: Loads) -> None:
    assert demo.closed_to == 0
    assert PASSWORD not in demo.closed
    accounts = {
        f"{name}@example.test"
        for name in ("secretariat", "etudes", "president", "enseignant", "etudiant", "gmp", "maquettes")
    }
    assert PASSWORD in demo.opened
    assert all(account in demo.opened for account in accounts)
    assert {user.email for user in User.objects.all() if user.check_password(PASSWORD)} == accounts
    assert Student.objects.get(user__email="etudiant@example.test").decisions.exists()


def test_everybody_is_fictitious(demo: Loads) -> None:
    assert set(Formation.objects.values_list("institution", flat=True)) == {INSTITUTION}
    assert all(email.endswith("@example.test") for email in Student.objects.values_list("email", flat=True))


def test_each_relevé_of_the_group_can_be_made(demo: Loads) -> None:
    session = JurySession.objects.get(academic_year="2025-2026", semester=4)
    ids = list(session.candidates().values_list("pk", flat=True))
    assert len(list(releve.contexts(session, ids, session.held_on))) == 78


def test_the_papers_are_written_in_place_of_the_old_ones(demo: Loads, tmp_path: Path) -> None:
    (tmp_path / "old.pdf").write_bytes(b"")
    juries = JurySession.objects.filter(academic_year="2025-2026", semester=6)
    group = Group.objects.get(name="MP3", academic_year="2025-2026")
    assert print_papers(list(juries), group, tmp_path) == 13
    assert len(list(tmp_path.glob("releves-MP3/*.pdf"))) == 12
    assert [path.name for path in tmp_path.glob("*.pdf")] == ["PV-BUT-QLIO-BUT3-2025-2026.pdf"]


@pytest.mark.parametrize("other", ["formation", "account"])
def test_other_data_is_never_erased(db: None, other: str) -> None:
    if other == "formation":
        factories.formation("BUT-INFO")
    else:
        factories.user(email="directrice@iut.example")
    with pytest.raises(CommandError, match="n’est pas de la démonstration"):
        load()
    assert Formation.objects.filter(code="BUT-INFO").exists() or User.objects.filter(email__endswith="iut.example")
