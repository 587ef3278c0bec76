"""The pages of maquettes: what they show, to whom, in how many queries."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from curriculum.matrix import matrix
from curriculum.models import Formation, Maquette, Module, Plan
from curriculum.services import Document, import_maquette
from curriculum.workbook import codec, writer
from curriculum.workbook.draft import Draft
from people.models import User
from tests import factories
from tests.curriculum.books import NAME, draft, original, reread, table
from tests.strict import queries


@pytest.fixture
def stored(db: None) -> Maquette:
    return keep(original())


def keep(draft: Draft) -> Maquette:
    return import_maquette(document=Document(draft, "coefficients", NAME, "0" * 64), by=None)


@pytest.fixture
def reader(client: Client, stored: Maquette) -> Client:
    """Somebody who teaches in the formation."""
    return enter(client, factories.user("teacher", formation=stored.formation))


def enter(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def text(client: Client, name: str, *args: int) -> str:
    response = client.get(reverse(f"curriculum:{name}", args=args))
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def test_the_list_leads_to_the_maquette_and_the_maquette_to_its_tables(reader: Client, stored: Maquette) -> None:
    listed = text(reader, "maquettes")
    assert "BUT-QLIO" in listed
    assert "1 information" in listed
    assert reverse("curriculum:maquette", args=[stored.pk]) in listed
    page = text(reader, "maquette", stored.pk)
    assert "18 tableaux" in page
    assert "UE3.4 6" in page
    assert "département&nbsp;: date inconnue" in page
    for plan in Plan.objects.all():
        assert reverse("curriculum:plan", args=[plan.pk]) in page


def test_a_table_shows_its_sums_beside_the_totals_and_the_ects(reader: Client) -> None:
    page = text(reader, "plan", Plan.objects.get(sheet="S4 OSC").pk)
    assert "<h1>S4 OSC FI</h1>" in page
    assert "Gérer et animer la chaîne logistique globale" in page
    assert "Part du pôle SAÉ (%)" in page
    assert page.count("rowgroup") == 3, "ressources, SAÉ, autres"
    for tab in ("S1", "S6", "QMI alternance", "MP FI"):
        assert f">{tab}" in page


def test_a_finding_stands_on_its_cell_and_in_the_list(client: Client, db: None) -> None:
    def edit(book: Workbook) -> None:
        book["S1"]["E15"], book["S1"]["D16"] = "0,6-0,5", 2

    maquette = keep(reread(edit))
    enter(client, factories.user("head", formation=maquette.formation))
    page = text(client, "plan", maquette.plans.get(position=1).pk)
    assert "<del>0,6</del>" in page
    assert 'data-level="warning"' in page
    assert 'href="#constat-1"' in page
    assert 'id="constat-1"' in page
    assert "le total de la ligne annonce 2" in page


def test_findings_are_pinned_where_they_belong() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["S1"]
        sheet["D15"], sheet["E35"], sheet["F36"], sheet["B17"] = 2, 9, 11, None

    semester = table(reread(edit), "S1")
    board = matrix(semester, {module.place: 0 for module in semester.modules})
    codes = {note.finding.code: note for note in board.notes}
    first, third = board.groups[0].lines[0], board.groups[0].lines[2]
    assert first.total.notes == (codes["row_total"],)
    assert third.name.notes == (codes["missing_code"],)
    assert board.declared[0].notes == (codes["column_total"],)
    assert board.ects[1].notes == (codes["ects_total"],)
    assert board.ects[-1].notes == (codes["semester_ects"],)
    assert (board.ects[-1].level, board.declared[0].level, first.name.level) == ("error", "warning", "")
    shown = [cell for group in board.groups for line in group.lines for cell in (line.name, line.total, *line.cells)]
    shown += [*board.declared, *board.ects, *board.shares, *(cell for _, cell in board.ues)]
    assert {note.number for cell in shown for note in cell.notes} == set(range(1, len(board.notes) + 1))


def test_sums_of_poles_make_the_sums_of_the_table() -> None:
    for semester in original().semesters:
        board = matrix(semester, {module.place: 0 for module in semester.modules})
        assert [sum(column) for column in zip(*(group.sums for group in board.groups), strict=True)] == [
            cell.value for cell in board.sums[:-1]
        ]
        assert sum(group.total for group in board.groups) == board.sums[-1].value == 30


def test_a_module_is_shown_in_every_table_it_serves(reader: Client) -> None:
    page = text(reader, "module", Module.objects.get(key="PORTFOLIO3").pk)
    assert "5 tableaux" in page
    assert "SAE3.Portfolio" in page
    assert "SAE3.PF" in page
    assert "pas de modalités" in page
    page = text(reader, "module", Module.objects.get(key="SAE2.03").pk)
    assert "est l’intitulé de SAE2.03 et de R2.10" in page


def test_the_json_is_the_command_s(reader: Client, stored: Maquette) -> None:
    response = reader.get(reverse("curriculum:maquette-json", args=[stored.pk]))
    assert response["Content-Disposition"] == 'attachment; filename="BUT-QLIO_2025-2026_v1.json"'
    assert codec.loads(response.content) == original()


def test_the_template_is_downloaded_filled_or_blank(reader: Client, stored: Maquette) -> None:
    response = reader.get(reverse("curriculum:maquette-xlsx", args=[stored.pk]))
    assert response["Content-Disposition"] == 'attachment; filename="BUT-QLIO_2025-2026_v1.xlsx"'
    assert draft(response.content) == original()
    assert reverse("curriculum:maquette-xlsx", args=[stored.pk]) in text(reader, "maquette", stored.pk)
    assert reverse("curriculum:template") in text(reader, "maquettes")
    assert reader.get(reverse("curriculum:template")).content == writer.blank()


def test_a_formation_of_others_does_not_exist(client: Client, stored: Maquette) -> None:
    elsewhere = factories.user("head", formation=factories.formation("GMP"))
    enter(client, elsewhere)
    plan, module = stored.plans.get(position=1), stored.modules.order_by("pk")[0]
    for name, pk in {
        "maquette": stored.pk,
        "maquette-json": stored.pk,
        "maquette-xlsx": stored.pk,
        "plan": plan.pk,
        "module": module.pk,
    }.items():
        assert client.get(reverse(f"curriculum:{name}", args=[pk])).status_code == 404
    assert "BUT-QLIO" not in text(client, "maquettes")


def test_nobody_s_formation_has_no_list(client: Client, db: None) -> None:
    enter(client, factories.user())
    assert client.get(reverse("curriculum:maquettes")).status_code == 403


def test_an_empty_list_says_how_to_begin(client: Client, db: None) -> None:
    enter(client, factories.user("secretariat", formation=factories.formation("QLIO")))
    assert reverse("curriculum:uploads") in text(client, "maquettes")


def test_a_page_costs_the_same_whatever_its_rows(client: Client, db: None) -> None:
    whole = keep(original())
    small = keep(
        replace(
            original(),
            formation=replace(original().formation, code="BUT-PETIT"),
            semesters=(replace(original().semesters[0], modules=original().semesters[0].modules[:1]),),
        )
    )
    user = factories.user("head", formation=whole.formation)
    factories.role(user, "head", formation=Formation.objects.get(code="BUT-PETIT"))
    enter(client, user)

    def cost(name: str, pk: int) -> int:
        return queries(lambda: text(client, name, pk))

    cost("maquette", whole.pk)
    assert cost("maquette", whole.pk) == cost("maquette", small.pk)
    tables = [maquette.plans.get(position=1).pk for maquette in (whole, small)]
    assert cost("plan", tables[0]) == cost("plan", tables[1])
    served, alone = whole.modules.get(key="R3.01"), small.modules.get(key="R1.01")
    assert cost("module", served.pk) == cost("module", alone.pk)
    before = queries(lambda: text(client, "maquettes"))
    keep(original())
    assert queries(lambda: text(client, "maquettes")) == before
