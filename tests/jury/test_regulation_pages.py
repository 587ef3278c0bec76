"""The pages of the règlement: who reads, who changes, what is told, what is refused."""

import re
from functools import partial
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jury.averaging import regulation_in_force
from jury.models import Regulation
from jury.regulations.doubts import doubts_of
from jury.regulations.national import NATIONAL
from jury.regulations.parameters import DEFAULTS, PARAMETERS, Clause
from jury.regulations.services import set_regulation
from people.models import User
from tests import factories
from tests.engine.test_regulation_table import ROWS
from tests.jury import scene
from tests.jury.conftest import Get
from tests.strict import queries

pytestmark = pytest.mark.django_db

ARTICLES = {key: f"art. {rank}" for rank, key in enumerate(PARAMETERS, 1)}


def post(client: Client, user: User, page: str, *args: Any, query: str = "", **data: Any) -> Any:
    client.force_login(user)
    return client.post(reverse(f"jury:{page}", args=args) + query, data)


def typed(**changes: str) -> dict[str, str]:
    """The form as a browser sends it for a règlement that says nothing, and some changes."""
    silent = {
        "validation_threshold": "10",
        "rcue_minimum": "8",
        "rounding": "half_up_2",
        "rcue_weights": "equal",
        "rcue_from_rounded_ue": "True",
        "keep_best_unacquired": "False",
        "progression_counts_validated": "True",
        "abi_scope": "evaluation",
        "abj_only": "pending",
        "bonus_cap": "",
        "malus_article": "",
        "repeat_limit": "4",
        "defaulting": "",
        "reference": "",
    }
    return silent | changes


def doubts(regulation: Regulation) -> dict[str, str]:
    return {doubt.rule: doubt.sentence.replace("\xa0", " ") for doubt in doubts_of(regulation)}


# --- the list, beginning a year


def test_a_year_without_regulation_is_told_and_begun(client: Client, president: User, get: Get) -> None:
    scene.year(academic_year="2026-2027")
    html = get("regulations")
    assert "2026-2027 n’a pas encore de règlement" in html
    assert [name for name in ("National", "IUT de Rodez 2026-2027", "MCC QLIO 2025-2026") if name not in html] == []
    assert "modele=copie" not in html
    factories.regulation(parameters={"rounding": "trunc_2"}, academic_year="2025-2026")
    assert "modele=copie" in get("regulations")
    shown = get("regulation-new", modele="copie")
    assert "au centième le plus proche" in shown
    assert "au centième inférieur" in shown
    assert Regulation.objects.count() == 1
    response = post(client, president, "regulation-new", query="?modele=copie")
    copy = Regulation.objects.get(academic_year="2026-2027")
    assert response["Location"] == reverse("jury:regulation", args=[copy.pk])
    assert copy.parameters["rounding"] == "trunc_2"
    assert post(client, president, "regulation-new", query="?modele=copie").status_code == HTTPStatus.CONFLICT
    assert post(client, president, "regulation-new", query="?modele=ailleurs").status_code == HTTPStatus.NOT_FOUND
    listed = get("regulations")
    assert "n’a pas encore" not in listed
    assert listed.count("Arrondi des moyennes : au centième inférieur") == 2


def test_a_formation_without_maquette_has_nothing_to_begin(client: Client, president: User, get: Get) -> None:
    assert "Aucun règlement." in get("regulations")
    assert post(client, president, "regulation-new").status_code == HTTPStatus.NOT_FOUND


def test_a_ready_made_regulation_is_shown_before_it_is_taken(client: Client, president: User, get: Get) -> None:
    regulation = factories.regulation(parameters={"rounding": "exact", "malus_article": "article 9"})
    html = get("regulation-preset", regulation.pk, modele="qlio-mcc-2025")
    assert [said for said in ("0,5 point par UE au plus", "selon article 9", "Remplacer") if said not in html] == []
    assert "Minimum d’un RCUE" not in html
    post(client, president, "regulation-preset", regulation.pk, query="?modele=qlio-mcc-2025")
    rules, _ = regulation_in_force(regulation.formation_id, regulation.academic_year)
    assert (rules.averaging.bonus_cap is None, rules.averaging.malus_article) == (False, None)
    assert "Rien n’y change." in get("regulation-preset", regulation.pk, modele="qlio-mcc-2025")
    assert "d’après MCC QLIO 2025-2026" in get("regulation", regulation.pk)


# --- one règlement


def test_a_regulation_is_told_with_its_effects_and_who_set_it(get: Get, president: User) -> None:
    regulation = set_regulation(
        formation=factories.formation(),
        academic_year=factories.YEAR,
        reference="CEVE 12",
        clauses={"bonus_cap": Clause("0.5", "article 7"), "defaulting": Clause("article 4", "article 4")},
        by=president,
    )
    html = get("regulation", regulation.pk)
    for parameter in PARAMETERS.values():
        assert parameter.label in html
        for _, effect in parameter.choices.values():
            assert effect.replace("\xa0", " ") in html
    for said in ("CEVE 12", "0,5 point par UE au plus", "article 7", "selon article 4", str(president), "N-06"):
        assert said in html
    assert ">Modifier<" in html
    assert "2 paramètres" in html


def test_a_frozen_regulation_is_read_only_and_names_its_jury(client: Client, president: User, get: Get) -> None:
    plans = scene.year()
    scene.enrol(plans)
    session = scene.held(plans).session
    regulation = Regulation.objects.get()
    html = get("regulation", regulation.pk)
    assert f"""<a href="{reverse("jury:recap", args=[session.pk])}">Jury annuel S2 2025-2026</a>""" in html
    assert ">Modifier<" not in html
    assert "Enregistrer le règlement" not in get("regulation-edit", regulation.pk)
    assert "Remplacer" not in get("regulation-preset", regulation.pk, modele="rodez-2026")
    response = post(client, president, "regulation-edit", regulation.pk, **typed(repeat_limit="3"))
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert post(client, president, "regulation-preset", regulation.pk).status_code == HTTPStatus.CONFLICT
    assert Regulation.objects.get().parameters["repeat_limit"] == 4


def test_a_jury_leads_to_its_regulation(get: Get) -> None:
    plans = scene.year()
    scene.enrol(plans)
    session = scene.opened(plans)
    assert reverse("jury:regulations") in get("recap", session.pk)
    regulation = factories.regulation(parameters={"rcue_minimum": "7"})
    html = get("recap", session.pk)
    assert reverse("jury:regulation", args=[regulation.pk]) in html
    told = "Le règlement a changé depuis l’ouverture. Minimum d’un RCUE pour passer : 8,00/20, puis 7,00/20."
    for page in (html, get("session-close", session.pk)):
        assert told in page


def test_the_secretariat_reads_and_does_not_change(client: Client) -> None:
    regulation = factories.regulation()
    client.force_login(factories.user("secretariat"))
    page = client.get(reverse("jury:regulation", args=[regulation.pk]))
    assert page.status_code == HTTPStatus.OK
    assert b"Modifier" not in page.content
    assert client.get(reverse("jury:regulation-edit", args=[regulation.pk])).status_code == HTTPStatus.FORBIDDEN


# --- changing it


def test_every_parameter_can_be_changed_from_the_page(client: Client, president: User, get: Get) -> None:
    regulation = factories.regulation()
    assert 'value="10"' in get("regulation-edit", regulation.pk)
    changed = {
        "validation_threshold": "9,5",
        "rcue_minimum": "7",
        "rounding": "exact",
        "rcue_weights": "ects",
        "rcue_from_rounded_ue": "False",
        "keep_best_unacquired": "True",
        "progression_counts_validated": "False",
        "abi_scope": "module",
        "abj_only": "neutralised",
        "bonus_cap": "0,50",
        "malus_article": "article 9",
        "repeat_limit": "2",
        "defaulting": "article 4",
        "reference": "CEVE 12",
    }
    articles = {f"{key}_article": article for key, article in ARTICLES.items()}
    response = post(client, president, "regulation-edit", regulation.pk, **typed(**changed), **articles)
    assert response.status_code == HTTPStatus.FOUND
    regulation = Regulation.objects.get()
    assert regulation.parameters == {
        "validation_threshold": "9.5",
        "rcue_minimum": "7",
        "rounding": "exact",
        "rcue_weights": "ects",
        "rcue_from_rounded_ue": False,
        "keep_best_unacquired": True,
        "progression_counts_validated": False,
        "abi_scope": "module",
        "abj_only": "neutralised",
        "bonus_cap": "0.5",
        "malus_article": "article 9",
        "repeat_limit": 2,
    }
    assert regulation.articles == ARTICLES | {"malus_article": "article 9", "defaulting": "article 4"}
    assert regulation.reference == "CEVE 12"
    again = get("regulation-edit", regulation.pk)
    assert [shown for shown in ('value="9,5"', 'value="0,5"', 'value="article 4"') if shown not in again] == []
    checked = re.findall(r'<input type="radio"[^>]*value="(\w+)"[^>]*checked', again)
    assert checked == ["exact", "ects", "False", "True", "False", "module", "neutralised"]
    assert post(client, president, "regulation-edit", regulation.pk, **typed()).status_code == HTTPStatus.FOUND
    assert Regulation.objects.get().parameters["bonus_cap"] is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"bonus_cap": "0,5"}, "Un bonus demande l’article du règlement qui le prévoit"),
        ({"rcue_minimum": "7"}, "Un minimum de RCUE autre que 8 demande l’article"),
        ({"validation_threshold": "21"}, "20"),
        ({"rounding": "ceil"}, "ceil"),
    ],
)
def test_what_is_refused_stands_beside_its_field(
    client: Client, president: User, changes: dict[str, str], sentence: str
) -> None:
    regulation = factories.regulation()
    response = post(client, president, "regulation-edit", regulation.pk, **typed(**changes))
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert list(response.context["form"].errors) == list(changes)
    assert sentence in scene.text(response)
    assert not regulation.clauses.exists()


# --- what is left open, here


def test_weights_are_a_doubt_where_the_credits_differ() -> None:
    plans = scene.year(2)
    regulation = factories.regulation(reference="CEVE 12")
    assert doubts(regulation) == {}
    plans[0].ues.filter(code="UE3.2").update(ects="6")
    plans[1].ues.filter(code="UE4.2").update(ects="9")
    assert doubts(regulation)["I-01"].endswith(
        "UE3.2 et UE4.2 (6 et 9 ECTS). Avec 11,00 et 9,00 (pour 6 et 9 ECTS), le RCUE est à 10,00 à poids égaux, "
        "à 9,80 selon les ECTS."
    )
    factories.regulation(articles={"rcue_weights": "article 6"}, parameters={"rcue_weights": "equal"})
    assert doubts(regulation) == {}


def test_each_doubt_needs_somebody_whom_it_touches() -> None:
    plans = scene.year()
    regulation = factories.regulation(reference="CEVE 12")
    module = plans[0].plan_modules.get(position=1).module
    factories.evaluation(module=module)
    scene.enrol(plans)
    assert doubts(regulation) == {}
    first, second = (module.evaluations.order_by("pk")[rank] for rank in (0, 1))
    for reasons, repeating, state in [(("", "ABI"), True, "enrolled"), (("ABJ", "ABJ"), False, "DEF")]:
        enrolment = factories.enrolment(plan=plans[0], repeating=repeating, state=state)
        for evaluation, reason in zip((first, second), reasons, strict=True):
            factories.mark(None if reason else "12", reason=reason, evaluation=evaluation, enrolment=enrolment)
    factories.adjustment(enrolment=enrolment, ue=plans[0].ues.first())
    session = scene.jury(plans)
    factories.ruling(session, enrolment.student, target="C1/1", decision="ADJ")
    factories.ruling(session, enrolment.student, target="year", decision="PAS1NCI")
    found = doubts(regulation)
    assert sorted(found) == ["I-04", "I-07", "I-09", "I-13", "L-03", "L-06", "L-14", "L-17"]
    assert found["I-13"].endswith("1 moyenne de module en dépendent cette année.")
    assert found["L-14"].startswith("1 bonus de l’année ignoré")
    factories.regulation(parameters=DEFAULTS | {"bonus_cap": "0.5"}, articles=ARTICLES)
    assert sorted(doubts(Regulation.objects.get())) == ["I-09", "L-14"]  # the maquette says no bonus


def test_the_bonus_is_compared_with_the_maquette() -> None:
    maquette = factories.maquette()
    maquette.bonus_cap = "0.50"
    maquette.save()
    regulation = factories.regulation(reference="CEVE 12")
    assert doubts(regulation)["L-14"] == (
        "Le bonus du règlement est « aucun » ; la maquette, version 1, dit 0,50 point par UE au plus."
    )
    factories.regulation(parameters={"bonus_cap": "0.5"})
    assert doubts(Regulation.objects.get()) == {}


def test_every_national_rule_of_the_engine_is_told() -> None:
    numbers = [rule.number for rule in NATIONAL]
    assert numbers == sorted(set(numbers))
    assert {rule for rule, *_ in ROWS if rule.startswith("N")} <= set(numbers)


def test_what_departs_from_the_national_text_is_told() -> None:
    regulation = factories.regulation(parameters={"rcue_minimum": "7", "repeat_limit": 6})
    assert sorted(doubts(regulation)) == ["N-10", "N-12", "N-19"]


# --- the cost


def test_the_pages_cost_the_same_whatever_is_said(client: Client, president: User) -> None:
    plans = scene.year()
    scene.enrol(plans)
    regulation = factories.regulation()
    client.force_login(president)
    urls = [reverse("jury:regulations"), reverse("jury:regulation", args=[regulation.pk])]

    def costs() -> list[int]:
        return [queries(partial(client.get, url)) for url in urls]

    few = costs()
    for year in range(2019, 2025):
        factories.regulation(parameters={"rounding": "exact"}, academic_year=f"{year}-{year + 1}")
    for value in ("0.1", "0.2", "0.3"):
        set_regulation(
            formation=regulation.formation,
            academic_year=regulation.academic_year,
            clauses={"bonus_cap": Clause(value, "article 7")},
            by=president,
        )
    for _ in range(5):
        scene.enrol(plans, "ABI", repeating=True)
    assert costs() == few
