"""Preparing a jury, its table, closing it: what each page shows, and what it refuses."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jury import services
from jury.models import JurySession
from people.models import User
from tests import factories
from tests.jury import scene
from tests.strict import queries

pytestmark = pytest.mark.django_db

Get = Callable[..., str]


# --- the list, the preparation


def test_the_list_says_what_to_do_next(get: Get) -> None:
    assert "Préparer un jury" in get("sessions")
    plans = scene.year()
    scene.enrol(plans)
    session = scene.jury(plans)
    html = get("sessions")
    assert "Jury annuel S2 2025-2026" in html
    assert "S1 · S2" in html
    assert [word for word in ("Ouvrir", "Clore", "Modifier") if f">{word}<" in html] == ["Ouvrir", "Modifier"]
    services.open_session(session=session, by=None)
    assert [word for word in ("Ouvrir", "Clore") if f">{word}<" in get("sessions")] == ["Clore"]


def members(*lines: dict[str, str], initial: int = 0) -> dict[str, str]:
    """A formset of members as a browser sends it."""
    fields = {f"form-{rank}-{key}": value for rank, line in enumerate(lines) for key, value in line.items()}
    return fields | {"form-TOTAL_FORMS": str(len(lines)), "form-INITIAL_FORMS": str(initial)}


PRESIDENT = {"name": "Hélène Vigouroux", "function": "directrice", "quality": "president", "present": "on"}
EXCUSED = {"name": "Anne Malaval", "function": "", "quality": "professionnel", "excuse": "audit"}
NOBODY = {"name": "", "function": "", "quality": "enseignant", "present": "on"}


def test_a_jury_is_prepared_from_its_page(client: Client, president: User, get: Get) -> None:
    plans = scene.year()
    html = get("session-new", semestre="2")
    assert html.count('name="plans"') == 2
    assert "Jury annuel" in html
    assert "Jury de semestre" in get("session-new", semestre="9")
    posted = {"plans": [plan.pk for plan in plans], "held_on": "2026-07-02", "place": "Amphi", "nomination": ""}
    url = reverse("jury:session-new") + "?semestre=2"
    response = client.post(url, posted | members(PRESIDENT, EXCUSED, NOBODY))
    session = JurySession.objects.get()
    assert response["Location"] == reverse("jury:recap", args=[session.pk])
    assert (session.semester, session.plans.count(), session.place) == (2, 2, "Amphi")
    assert set(session.members.values_list("name", "present", "excuse")) == {
        ("Hélène Vigouroux", True, ""),
        ("Anne Malaval", False, "audit"),
    }
    assert "Hélène Vigouroux" in get("session-new", semestre="1")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"plans": []}, "Choisissez au moins un tableau."),
        ({"held_on": ""}, "Ce champ est obligatoire."),
        (members(PRESIDENT, EXCUSED | {"quality": "president"}), "Un jury a un seul président."),
    ],
)
def test_a_preparation_is_refused_on_its_page(
    client: Client, president: User, changes: dict[str, Any], sentence: str
) -> None:
    plans = scene.year()
    client.force_login(president)
    posted = {"plans": [plan.pk for plan in plans], "held_on": "2026-07-02"} | members(PRESIDENT) | changes
    response = client.post(reverse("jury:session-new") + "?semestre=2", posted)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in scene.text(response)
    assert not JurySession.objects.exists()


def test_a_year_without_coefficients_says_how_to_begin(get: Get) -> None:
    factories.formation()
    assert "pas encore de tableau avec des coefficients" in get("session-new")
    factories.plan(1, modules={"R1.01": {}, "R1.02": {"UE1.1": "0.0"}})
    assert "pas encore de tableau avec des coefficients" in get("session-new")


def test_a_table_of_hours_is_not_offered(get: Get) -> None:
    factories.plan(3, parcours=factories.parcours("OSC"))
    factories.plan(3, parcours=factories.parcours("QMI"), modules={"R3.05": {}})
    page = get("session-new")
    assert "S3 OSC" in page
    assert "S3 QMI" not in page


def test_presence_is_noted_until_the_jury_is_closed(client: Client, president: User, get: Get) -> None:
    plans = scene.year()
    scene.enrol(plans)
    session = scene.opened(plans)
    assert get("session-edit", session.pk).count("checked") == 2 + 4  # the members, and the lines for others
    posted = {"held_on": "2026-07-03", "place": "", "nomination": ""} | members(PRESIDENT, EXCUSED, initial=2)
    assert client.post(reverse("jury:session-edit", args=[session.pk]), posted).status_code == HTTPStatus.FOUND
    assert session.members.get(quality="professionnel").excuse == "audit"
    session.members.update(present=True)
    services.close_session(session=session, by=None)
    response = client.post(reverse("jury:session-edit", args=[session.pk]), posted)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Ce jury est clos" in scene.text(response)


def test_opening_and_closing_from_their_pages(client: Client, president: User, get: Get) -> None:
    plans = scene.year()
    student = scene.enrol(plans, scene.HALF, student=scene.named("Barre"))
    session = scene.jury(plans)
    page = reverse("jury:session-open", args=[session.pk])
    assert "sont verrouillées" in get("session-open", session.pk)
    assert client.post(page).status_code == HTTPStatus.FOUND
    again = client.post(page)
    assert (again.status_code, "Ce jury est déjà ouvert." in scene.text(again)) == (HTTPStatus.CONFLICT, True)

    close = reverse("jury:session-close", args=[session.pk])
    assert "Le jury n’a pas décidé de l’année de BARRE Tom." in get("session-close", session.pk)
    assert client.post(close).status_code == HTTPStatus.CONFLICT
    services.rule(session=session, student=student, target="year", decision="RED", reason="Progrès", by=None)
    assert "Clore et sceller" in get("session-close", session.pk)
    assert client.post(close).status_code == HTTPStatus.FOUND
    session.refresh_from_db()
    assert session.state == "close"
    assert "registre n° 1" in get("session-close", session.pk)


def test_opening_says_who_still_waits_for_a_mark(get: Get) -> None:
    plans = scene.year()
    scene.enrol(plans)
    session = scene.jury(plans)
    assert "Il manque des notes" not in get("session-open", session.pk)
    scene.enrol(plans, {"UE1.1": "12"})
    assert "Il manque des notes ou un stage à 1 étudiant sur 2" in get("session-open", session.pk)


# --- the table


@pytest.mark.parametrize(
    ("view", "names"),
    [
        ("tous", ["ADMIS", "DECISION", "DETTE", "MANQUE", "PASSAGE", "SEUIL"]),
        ("nonsense", ["ADMIS", "DECISION", "DETTE", "MANQUE", "PASSAGE", "SEUIL"]),
        ("a-decider", ["DECISION"]),
        ("seuil", ["SEUIL"]),
        ("dettes", ["DETTE"]),
        ("anomalies", ["MANQUE"]),
    ],
)
def test_the_views_of_the_table(get: Get, view: str, names: list[str]) -> None:
    html = get("recap", scene.cohort().pk, vue=view)
    body = html.split("<tbody>")[1]
    assert [name for name in ("ADMIS", "DECISION", "DETTE", "MANQUE", "PASSAGE", "SEUIL") if name in body] == names
    for label, count in [("à décider", 1), ("près d’un seuil", 1), ("dettes", 1), ("anomalies", 1), ("tous", 6)]:
        assert f'{label} <span class="quiet">{count}</span>' in html


def test_the_table_sorts_by_proposal(get: Get) -> None:
    body = get("recap", scene.cohort().pk, tri="proposition").split("<tbody>")[1]
    names = ["DECISION", "MANQUE", "PASSAGE", "SEUIL", "ADMIS", "DETTE"]
    assert sorted(names, key=lambda name: body.index(f">{name} Tom<")) == names


def test_a_line_of_the_table(get: Get) -> None:
    plans = scene.year()
    factories.regulation(reference="CEVE-2026-06", parameters={"rcue_weights": "ects"})
    student = scene.enrol(plans, scene.HALF, student=scene.named("Barre"), repeating=True)
    absence = factories.session(module=factories.module("R1.01"))
    factories.absence(enrolment=student.enrolments.get(plan=plans[0]), session=absence)
    session = scene.opened(plans)
    services.rule(session=session, student=student, target="C2/1", decision="ADJ", reason="Presque", by=None)
    html = get("recap", session.pk)
    line = html.split("<tbody>")[1]
    assert scene.chips(line) == ["ADM", "ADM", "ADM", "ADJR", "ADJR", "ADJ", "à décider", "ADJ"]
    assert [figure for figure in ("12,00", "8,00", "9,00", "8,50", "2/0/0", "2/4", "S3") if figure not in line] == []
    assert "redouble" in line
    for said in ("CEVE-2026-06", "selon leurs ECTS", "confidentiel, document préparatoire", "version 1"):
        assert said in html


def test_a_competence_has_its_title_and_each_parcours_its_own(get: Get) -> None:
    maquette = factories.maquette()
    years = {code: scene.year(2, maquette=maquette, parcours=factories.parcours(code)) for code in ("OSC", "QMI")}
    for code, plans in years.items():
        for plan in plans:
            plan.ues.filter(code__endswith=".1").update(title="")
            plan.ues.filter(code__endswith=".2").update(title=f"Piloter {code}")
        scene.enrol(plans)
    session = scene.jury([plan for plans in years.values() for plan in plans])
    assert get("recap", session.pk).count(">Piloter OSC · Piloter QMI<") == 1
    alone = get("recap", session.pk, parcours="QMI")
    assert ('title="Piloter QMI">Piloter QMI<' in alone, alone.count('class="quiet title"')) == (True, 1)


def test_an_odd_jury_has_no_rcue(get: Get) -> None:
    plan = scene.semester(1)
    scene.enrol([plan], {"UE1.1": "12", "UE1.2": "9,60"})
    html = get("recap", scene.jury([plan], semester=1).pk)
    body = html.split("<tbody>")[1]
    assert "RCUE</th>" not in html
    assert scene.chips(body) == ["ADM", "AJ"]
    assert "10 à UE1.2 : −0,40" in body
    assert "S2" in body


def test_each_parcours_can_be_seen_alone(get: Get) -> None:
    maquette = factories.maquette()
    years = {code: scene.year(2, maquette=maquette, parcours=factories.parcours(code)) for code in ("OSC", "QMI")}
    for code, plans in years.items():
        scene.enrol(plans, student=scene.named(f"De{code}"))
    session = scene.jury([plan for plans in years.values() for plan in plans])
    body = get("recap", session.pk, parcours="QMI").split("<tbody>")[1]
    assert ("DEQMI" in body, "DEOSC" in body) == (True, False)


def test_what_most_students_lack_is_folded_until_it_keeps_the_jury_open(get: Get) -> None:
    plan = scene.semester(1)
    for _ in range(2):
        scene.enrol([plan], {"UE1.1": "12"})
    session = scene.jury([plan])
    folded = '<details class="fold">\n    <summary>2 constats communs à la plupart des étudiants</summary>'
    assert folded in get("recap", session.pk)
    assert folded.replace(">", " open>", 1) in get("recap", session.pk, vue="anomalies")
    plan.ues.filter(code="UE1.1").update(ects=None)
    assert '<details class="fold" open>\n    <summary>3 constats communs' in get("recap", session.pk)


def test_an_empty_table_says_how_to_begin(get: Get) -> None:
    assert "Aucun étudiant n’est inscrit" in get("recap", scene.jury(scene.year()).pk)


def test_a_refused_dossier_is_shown_as_such(get: Get) -> None:
    osc = scene.year(2, parcours=factories.parcours("OSC"))
    qmi = scene.semester(4, count=3, maquette=factories.maquette(), parcours=factories.parcours("QMI"))
    student = scene.enrol([osc[0], qmi], student=scene.named("Barre"))
    session = scene.jury([*osc, qmi])
    assert "dossier refusé" in get("recap", session.pk)
    assert "exactement une UE de chaque semestre" in get("dossier", session.pk, student.pk)


# --- queries


@pytest.mark.parametrize("page", ["sessions", "recap", "dossier", "session-close", "student"])
def test_queries_do_not_grow(client: Client, president: User, page: str) -> None:
    plans = scene.year()
    first = scene.enrol(plans, scene.HALF)
    session = scene.opened(plans)
    arguments = {"sessions": [], "dossier": [session.pk, first.pk], "student": [first.pk]}.get(page, [session.pk])
    client.force_login(president)

    def ask() -> None:
        assert client.get(reverse(f"jury:{page}", args=arguments)).status_code == HTTPStatus.OK

    ask()
    few = queries(ask)
    for _ in range(5):
        scene.enrol(plans, scene.HALF)
        factories.jury_session(1, plans=plans[:1])
    assert queries(ask) == few
