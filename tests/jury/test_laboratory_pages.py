"""The pages of the laboratory: what they tell, hand out, refuse and hide, and that nothing of it is stored."""

from collections.abc import Mapping
from http import HTTPStatus
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from curriculum.models import Formation
from jury.laboratory.page import HEADERS
from people.models import Student, User
from tests import factories
from tests.jury import scene
from tests.jury.conftest import Get
from tests.strict import queries

pytestmark = pytest.mark.django_db


def ask(client: Client, user: User, page: str, *args: Any, **query: str) -> Any:
    client.force_login(user)
    return client.get(reverse(f"jury:{page}", args=args), query)


OURS = {"curriculum", "people", "attendance", "grades", "jury"}


def counts() -> Mapping[str, int]:
    ours = [model for model in apps.get_models() if model._meta.app_label in OURS]
    return {model._meta.label: model._default_manager.count() for model in ours}


def test_nothing_is_stored(client: Client, president: User) -> None:
    session, student = scene.uneven()
    ask(client, president, "recap", session.pk)
    before = counts()
    for page, *who in [("laboratory",), ("laboratory-xlsx",), ("laboratory-student", student.pk)]:
        assert ask(client, president, str(page), session.pk, *who, rcue_weights="ects").status_code == HTTPStatus.OK
    assert counts() == before


def test_the_page_begins_with_what_can_be_tried(get: Get) -> None:
    session, _ = scene.uneven()
    html = get("laboratory", session.pk)
    assert "Choisir le règlement à essayer" in html
    assert 'href="?rcue_weights=ects"' in html
    assert "?modele=rodez-2026" in html
    assert "Télécharger" not in html
    assert "laboratoire" in get("recap", session.pk)


def test_each_choice_says_how_many_it_changes(get: Get) -> None:
    session, _ = scene.uneven()
    assert "personne ne change" not in get("laboratory", session.pk)
    html = get("laboratory", session.pk, bilan="oui")
    assert 'selon leurs ECTS</a> <span class="quiet"><strong>1 étudiant</strong> change' in html
    assert html.count("personne ne change") == 8  # every other choice


def test_who_waits_for_a_mark_is_counted(get: Get) -> None:
    plans = scene.year()
    for marks in ({"UE1.1": "12"}, "12"):
        scene.enrol(plans, marks)
    html = get("laboratory", scene.jury(plans).pk, rcue_weights="ects")
    assert "1 étudiant attend une note" in html


def test_the_page_tells_who_changes(get: Get) -> None:
    session, student = scene.uneven()
    html = get("laboratory", session.pk, rcue_weights="ects")
    for told_so in ("selon leurs ECTS", "1 sur 1", "UE1.1", "9,80", "ouvert → fermé", "45 → 36", "perd"):
        assert told_so in html, told_so
    assert f"etudiants/{student.pk}/?rcue_weights=ects" in html
    assert "Aucun étudiant ici" in get("laboratory", session.pk, rcue_weights="ects", vue="gagnent")
    assert "Personne ne change" in get("laboratory", session.pk, abj_only="neutralised")


def test_the_regulation_in_force_changes_nobody(get: Get) -> None:
    session, _ = scene.uneven()
    html = get("laboratory", session.pk, rcue_weights="equal")
    assert "C’est le règlement en vigueur" in html
    assert "0 sur 1" in html


def test_the_regulation_of_another_iut(get: Get) -> None:
    session, _ = scene.uneven()
    factories.regulation({"bonus_cap": "0.5", "rcue_weights": "ects"})
    html = get("laboratory", session.pk, modele="rodez-2026")
    assert "0,5 point par UE au plus</span> → <strong>aucun" in html
    assert "gagne" in html


def test_an_address_that_is_no_regulation(client: Client, president: User) -> None:
    session, student = scene.uneven()
    refused = ask(client, president, "laboratory", session.pk, validation_threshold="douze")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "errorlist" in scene.text(refused)
    xlsx = ask(client, president, "laboratory-xlsx", session.pk, validation_threshold="douze")
    assert xlsx["Location"] == "./?validation_threshold=douze"
    for page, args in [("laboratory", ()), ("laboratory-student", (student.pk,))]:
        assert ask(client, president, page, session.pk, *args, modele="?").status_code == HTTPStatus.NOT_FOUND


def test_without_names(client: Client, president: User, get: Get) -> None:
    session, student = scene.uneven()
    html = get("laboratory", session.pk, rcue_weights="ects", sans_noms="on")
    assert "Dossier 1" in html
    for hidden in (student.last_name.upper(), student.nip, f"etudiants/{student.pk}/"):
        assert hidden not in html
    rows = sheet(ask(client, president, "laboratory-xlsx", session.pk, rcue_weights="ects", sans_noms="on"))
    assert rows[1][:3] == ["", "Dossier 1", ""]


def sheet(response: Any) -> list[list[str]]:
    found = load_workbook(BytesIO(response.content)).active
    assert found is not None
    return [[str(value or "").replace("\xa0", " ") for value in row] for row in found.iter_rows(values_only=True)]


def test_the_spreadsheet_tells_each_change_and_acts_on_none(client: Client, president: User) -> None:
    session, student = scene.uneven()
    Student.objects.filter(pk=student.pk).update(last_name="=1+1", usage_name="")
    response = ask(client, president, "laboratory-xlsx", session.pk, rcue_weights="ects")
    assert response["Content-Disposition"] == 'attachment; filename="essai-S2-2025-2026.xlsx"'
    rows = sheet(response)
    who = [student.nip, "=1+1", student.first_names, ""]
    assert rows[0] == HEADERS
    assert rows[1] == [*who, "UE1.1", "CMP", "9,00", "AJ", "9,00", "perd", "N-03"]
    assert rows[3] == [*who, "Année", "ADM", "", "à décider : RED, NAR, ADJ, PAS1NCI", "", "perd", "N-10"]
    assert rows[-1][4:8] == ["Règlement : Poids des deux UE d’un RCUE", "égaux", "", "selon leurs ECTS"]
    cells = load_workbook(BytesIO(response.content)).active
    assert cells is not None
    assert "f" not in {cell.data_type for row in cells.iter_rows() for cell in row}


def test_one_student_under_both(get: Get) -> None:
    session, student = scene.uneven()
    html = get("laboratory-student", session.pk, student.pk, rcue_weights="ects")
    for told_so in ("En vigueur", "Essai", "10,00", "9,80", "pourquoi", "R1.01"):
        assert told_so in html, told_so
    assert scene.chips(html).count("CMP") == 2


def test_an_odd_jury_compares_its_ues(get: Get) -> None:
    plans = [scene.semester(1)]
    scene.enrol(plans, {"UE1.1": "9,50", "UE1.2": "12"})
    session = scene.opened(plans)
    html = get("laboratory", session.pk, validation_threshold="9,5")
    assert "UE : en vigueur (lignes)" in html
    assert "9,50/20" in html
    assert "gagne" in html


# --- a year group under way


def test_a_year_group_is_tried_before_any_jury(client: Client, president: User, get: Get) -> None:
    plans = scene.year()
    student = scene.enrol(plans, scene.UNEVEN)
    plans[0].ues.filter(code="UE1.1").update(ects="9")
    plans[1].ues.filter(code="UE2.1").update(ects="6")
    at = [student_formation(student).pk, factories.YEAR, 2]
    assert reverse("jury:group", args=at) in get("sessions")
    assert "Promotion S2 2025-2026 · avant tout jury" in get("group", *at)
    html = get("group", *at, rcue_weights="ects")
    for told_so in ("1 sur 1", "9,80", f'href="etudiants/{student.pk}/?rcue_weights=ects"', "liste.xlsx?rcue"):
        assert told_so in html, told_so
    assert "9,80" in get("group-student", *at, student.pk, rcue_weights="ects")
    assert sheet(ask(client, president, "group-xlsx", *at, rcue_weights="ects"))[1][4] == "UE1.1"


def student_formation(student: Student) -> Formation:
    return student.formations().get()


def test_a_semester_under_way_has_its_ues_only(get: Get) -> None:
    plans = scene.year()
    student = scene.enrol(plans[:1], {"UE1.1": "9,50", "UE1.2": "12"})
    at = [student_formation(student).pk, factories.YEAR, 1]
    html = get("group", *at, validation_threshold="9,5")
    assert "UE : en vigueur (lignes)" in html
    assert "/S2/" not in get("sessions")


def test_nobody_follows_what_is_asked(client: Client, president: User) -> None:
    scene.enrol(scene.year())
    formation = factories.formation()
    stranger = factories.student()
    for at in [
        (formation.pk, factories.YEAR, 3),
        (formation.pk, "2031-2032", 2),
        (formation.pk + 1, factories.YEAR, 2),
    ]:
        assert ask(client, president, "group", *at).status_code == HTTPStatus.NOT_FOUND
    at = (formation.pk, factories.YEAR, 2)
    assert ask(client, president, "group-student", *at, stranger.pk).status_code == HTTPStatus.NOT_FOUND


def test_a_trial_costs_the_same_whatever_the_number_of_students(client: Client, president: User) -> None:
    plans = scene.year()
    scene.enrol(plans, scene.UNEVEN)
    session = scene.opened(plans)

    def cost(**query: str) -> int:
        return queries(lambda: ask(client, president, "laboratory", session.pk, **query))

    cost()
    small = [cost(rcue_weights="ects"), cost(rounding="trunc_2"), cost(bilan="oui")]
    for _ in range(5):
        scene.enrol(plans, scene.UNEVEN)
    assert [cost(rcue_weights="ects"), cost(rounding="trunc_2"), cost(bilan="oui")] == small
