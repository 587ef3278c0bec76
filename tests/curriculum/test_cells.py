"""Correcting a table on its page: a cell by the script, a module by a plain form, and how the table is shown."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from curriculum import store
from curriculum.matrix import Matrix, View, matrix
from curriculum.models import Maquette, Plan
from tests import factories
from tests.curriculum.books import original
from tests.curriculum.test_editing import MCC, PLACE, RODEZ, imported
from tests.strict import queries

pytestmark = pytest.mark.django_db

GMP = "004_BUT_GMP_Le_Creusot_CAI.xlsx"
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def plan() -> Plan:
    return imported().plans.get(position=3)


@pytest.fixture
def editor(client: Client, plan: Plan) -> Client:
    client.force_login(factories.user("secretariat", formation=plan.maquette.formation))
    return client


def page(client: Client, plan: Plan, query: str = "") -> str:
    response = client.get(reverse("curriculum:plan", args=[plan.pk]) + query)
    assert response.status_code == 200
    return unescape(response.content.decode()).replace("\u00a0", " ")


def typed(text: str, place: str, field: str) -> str:
    """What the page says that a cell holds."""
    row = text.split(f'data-module="{place}"')[1].split("</tr>")[0] if place else text.split("<tfoot>")[1]
    found = re.search(rf'data-field="{field}" data-text="([^"]*)"', row)
    assert found, f"{place} {field} is not to be typed"
    return found[1]


def cell(field: str, value: str, seen: str, module: str = PLACE) -> dict[str, str]:
    return {"module": module, "field": field, "value": value, "seen": seen}


def test_a_cell_is_saved_and_the_table_comes_back_with_what_undoes_it(editor: Client, plan: Plan) -> None:
    seen = typed(page(editor, plan), PLACE, "coefficient:UE3.1")
    url = reverse("curriculum:cell", args=[plan.pk])
    answer = editor.post(f"{url}?heures=on", cell("coefficient:UE3.1", "7,25", seen), follow=True, headers=SCRIPT)
    text = unescape(answer.content.decode()).replace("\u00a0", " ")
    assert answer.redirect_chain == [(reverse("curriculum:plan", args=[plan.pk]) + "?heures=on", 302)]
    assert typed(text, PLACE, "coefficient:UE3.1") == "7,25"
    assert f"{PLACE}, UE3.1 : {seen} devient 7,25." in text
    assert "la somme des coefficients est" in text, "findings follow"
    undo = re.search(rf'action="({url}[^"]*)"', text)
    assert undo
    text = unescape(editor.post(undo[1], follow=True).content.decode())
    assert typed(text, PLACE, "coefficient:UE3.1") == seen


def test_a_figure_of_the_foot_is_saved(editor: Client, plan: Plan) -> None:
    seen = typed(page(editor, plan), "", "ects:UE3.1")
    editor.post(reverse("curriculum:cell", args=[plan.pk]), cell("ects:UE3.1", "9", seen, module=""))
    assert typed(page(editor, plan), "", "ects:UE3.1") == "9"


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        (cell("hours:total", "beaucoup", "22,25"), 422, "attendu, un nombre positif"),
        (cell("hours:total", "12", "21"), 409, "quelqu’un vient de changer cette case"),
        ({"value": "12"}, 422, "Cette case n’existe pas."),
        (cell("kind", "sae", ""), 422, "ne se corrige pas ici"),
    ],
)
def test_what_is_not_taken_is_said(
    editor: Client, plan: Plan, sent: dict[str, str], status: int, sentence: str
) -> None:
    url = reverse("curriculum:cell", args=[plan.pk])
    answer = editor.post(url, sent, headers=SCRIPT)
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/plain; charset=utf-8")
    assert sentence in answer.content.decode()
    followed = editor.post(url, sent, follow=True)
    assert sentence in unescape(followed.content.decode()), "without script, on the page"


def test_only_a_draft_is_typed_and_only_by_those_who_may(client: Client, plan: Plan) -> None:
    formation = plan.maquette.formation
    url = reverse("curriculum:cell", args=[plan.pk])
    client.force_login(factories.user("teacher", formation=formation))
    assert "data-field" not in page(client, plan)
    assert client.post(url, cell("hours:total", "12", "22,25")).status_code == 403
    Maquette.objects.update(state=Maquette.State.IN_SERVICE)
    client.force_login(factories.user("head", formation=formation))
    text = page(client, plan)
    assert "data-field" not in text
    assert "créez une nouvelle version" in text
    answer = client.post(url, cell("hours:total", "12", "22,25"), headers=SCRIPT)
    assert (answer.status_code, "créez une nouvelle version" in answer.content.decode()) == (422, True)


def test_a_module_is_corrected_without_script(editor: Client, plan: Plan) -> None:
    url = f"{reverse('curriculum:correct', args=[plan.pk])}?module={PLACE}"
    assert url in page(editor, plan)
    form = editor.get(url).context["form"]
    data = {name: str(field.initial or "") for name, field in form.fields.items()}
    answer = editor.post(url, data | {"title": "Nouveau", "hours:cm": "3"}, follow=True)
    assert "2 cases corrigées" in unescape(answer.content.decode()).replace("\u00a0", " ")
    assert typed(page(editor, plan), PLACE, "title") == "Nouveau"
    late = editor.post(url, data | {"title": "Trop tard"}, follow=True)
    assert "quelqu’un vient de changer" in unescape(late.content.decode())
    fresh = {name: str(field.initial or "") for name, field in editor.get(url).context["form"].fields.items()}
    refused = editor.post(url, fresh | {"hours:cm": "trois"})
    assert refused.status_code == 422
    assert "attendu, un nombre positif" in unescape(refused.content.decode())
    same = editor.post(url, fresh, follow=True)
    assert "rien n’a changé" in unescape(same.content.decode())
    assert editor.get(reverse("curriculum:correct", args=[plan.pk]) + "?module=R9.99").status_code == 404


def test_totals_and_ects_are_corrected_without_script(editor: Client, plan: Plan) -> None:
    url = reverse("curriculum:correct", args=[plan.pk])
    data = {name: str(field.initial or "") for name, field in editor.get(url).context["form"].fields.items()}
    editor.post(url, data | {"ects:UE3.1": "9", "hours": "300"})
    text = page(editor, plan)
    assert (typed(text, "", "ects:UE3.1"), typed(text, "", "hours")) == ("9", "300")


def shown(name: str, label: str, view: View) -> Matrix:
    semester = next(each for each in original(name).semesters if each.label == label)
    return matrix(semester, {}, view)


def places(board: Matrix) -> list[str]:
    return [line.module.place for group in board.groups for line in group.lines]


def test_hours_are_shown_by_kind_with_their_sums() -> None:
    assert shown(RODEZ, "S1", View()).hours == ("Heures",)
    board = shown(RODEZ, "S1", View(hours=True))
    assert board.hours == ("CM", "TD", "TP", "Projet", "Heures")
    lines = [line for group in board.groups for line in group.lines]
    assert [sum(filter(None, (line.hours[at].value for line in lines))) for at in range(5)] == [
        cell.value for cell in board.hour_sums
    ]
    assert [cell.text for cell in board.declared_hours] == ["", "", "", "", "494,75"]


@pytest.mark.parametrize("name", [MCC, RODEZ, GMP])
@pytest.mark.parametrize("view", [View(), View(hours=True, evaluations=True)])
def test_every_finding_stands_somewhere(name: str, view: View) -> None:
    for semester in original(name).semesters:
        board = matrix(semester, {}, view)
        lines = [line for group in board.groups for line in group.lines]
        cells = [
            cell for line in lines for cell in (line.name, *line.hours, line.total, *line.cells, line.evaluations)
        ]
        cells += [*board.declared, *board.ects, *board.shares, *board.declared_hours, *(cell for _, cell in board.ues)]
        pinned = {note.number for cell in cells for note in cell.notes}
        about = {note.number for note in board.notes if note.finding.module or note.finding.ue}
        assert about <= pinned


def test_only_the_lines_with_findings_are_shown() -> None:
    whole, noted = (shown(MCC, "S6 OSC", View(noted=noted)) for noted in (False, True))
    assert set(places(noted)) < set(places(whole))
    assert "R6.07" in places(noted)
    assert whole.sums == noted.sums, "sums are those of the table"


def test_the_alternatives_of_one_parcours_are_shown() -> None:
    own = set(places(shown(GMP, "S5 CAI alternance", View(parcours="CAI"))))
    everybody = set(places(shown(GMP, "S5 CAI alternance", View())))
    assert {place.rpartition(" ")[2] for place in everybody - own} == {"CPD", "IPI"}


def test_what_is_asked_of_a_table_is_shown_and_nonsense_shows_it_whole(editor: Client, plan: Plan) -> None:
    assert "Évaluations et poids" in page(editor, plan, "?mcc=on")
    assert "CM" in page(editor, plan, "?heures=on")
    assert page(editor, plan, "?parcours=XYZ&heures=").count("data-module") == plan.plan_modules.count()


def test_a_table_without_finding_says_so(editor: Client, plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(findings=[])
    assert "Aucun constat dans ce tableau." in page(editor, plan, "?constats=on")


def test_a_save_costs_the_same_whatever_the_table(editor: Client, plan: Plan) -> None:
    def cost(plan: Plan, place: str) -> int:
        field = "coefficient:" + store.load_plan(plan).ues[0].code
        seen = typed(page(editor, plan), place, field)
        sent = cell(field, "7,25", seen, module=place)
        return queries(lambda: editor.post(reverse("curriculum:cell", args=[plan.pk]), sent))

    last = plan.maquette.plans.get(position=6)
    assert last.plan_modules.count() < plan.plan_modules.count()
    assert cost(plan, PLACE) == cost(last, "S6.RES.01")
