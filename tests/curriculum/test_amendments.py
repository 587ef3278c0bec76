"""Two figures in one cell: strike-through says which is old, else the sums, else the order."""

from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from curriculum.workbook.draft import Draft
from tests.curriculum.books import NAME as COEFFICIENTS
from tests.curriculum.books import findings, module, original, reread, table

STRUCK = InlineFont(strike=True)
MCC, RODEZ = "000_BUT_QLIO_MCC_2025-2026.xlsx", "001_BUT_QLIO_Rodez_deliberation_2026-2027.xlsx"
HOURS = "003_BUT_QLIO_maquettes_horaires_2024-2026.xlsx"


def changed(source: str, sheet: str, values: dict[str, Any]) -> Draft:
    def edit(book: Workbook) -> None:
        for cell, value in values.items():
            book[sheet][cell] = value

    return reread(edit, source, source=source)


@pytest.mark.parametrize(
    ("value", "old", "new", "severity"),
    [
        pytest.param("0,75-0,5", "0.75", "0.5", "info", id="the second makes the sum"),
        pytest.param("0,5-0,75", "0.75", "0.5", "info", id="only the first makes the sum"),
        pytest.param("0,5 / 0,75", "0.75", "0.5", "info", id="a slash"),
        pytest.param("0,5\u00a00,75", "0.75", "0.5", "info", id="a no-break space"),
        pytest.param("0.75 → 0.5", "0.75", "0.5", "info", id="an arrow"),
        pytest.param("0,7-0,8", "0.7", "0.8", "warning", id="neither does, the second stands"),
        pytest.param(CellRichText(TextBlock(STRUCK, "0,5"), " 0,75"), "0.5", "0.75", "warning", id="struck first"),
        pytest.param(CellRichText("0,5 ", TextBlock(STRUCK, "0,75")), "0.75", "0.5", "info", id="struck last"),
        pytest.param(CellRichText(TextBlock(STRUCK, "0,75 - "), "0,5"), "0.75", "0.5", "info", id="struck dash"),
    ],
)
def test_the_figure_in_force_is_the_one_that_the_text_or_the_sums_name(
    value: object, old: str, new: str, severity: str
) -> None:
    document = changed(COEFFICIENTS, "S1", {"E15": value})
    found = module(table(document, "S1"), "R1.01")
    assert (found.coefficients["UE1.1"], found.amended["UE1.1"].old, found.amended["UE1.1"].new) == (new, old, new)
    (told,) = findings(document, "amended_cell")
    assert (told.severity, told.cell, told.module, told.ue, told.declared) == (severity, "E15", "R1.01", "UE1.1", "10")


def test_the_finding_says_that_the_sums_put_the_first_figure_in_force() -> None:
    (told,) = findings(changed(COEFFICIENTS, "S1", {"E15": "0,5-0,75"}), "amended_cell")
    assert "0,75 est rayé, 0,5 est en vigueur, écrit devant, car lui seul fait la somme" in told.message


def test_every_cell_of_a_column_may_be_turned_and_the_sums_still_tell() -> None:
    """S2 of the MCC has six amended cells in a column: written the other way round, they say the same."""

    def edit(book: Workbook) -> None:
        for row in book["S2"]["E12:G15"]:
            for cell in row:
                cell.value = "-".join(reversed(str(cell.value).split("-")))

    document, before = reread(edit, MCC, source=MCC), original(MCC)
    assert document.semesters[1].modules == before.semesters[1].modules
    assert [each.severity for each in findings(document, "amended_cell")] == [
        each.severity for each in findings(before, "amended_cell")
    ]


def test_a_total_against_the_ects_settles_nothing() -> None:
    """S6 MTD, UE6.1: a total of 8.2 is right with 2.5, the 8 ECTS with 2.3: the second figure stands."""
    document = changed(MCC, "S6 MTD", {"E20": "8,2"})
    found = module(table(document, "S6 MTD"), "R6.06")
    assert found.coefficients["UE6.1"] == "2.3"
    (told,) = (each for each in findings(document, "amended_cell") if (each.module, each.declared) == ("R6.06", "8.2"))
    assert told.severity == "warning"
    assert "avec les chiffres rayés, il serait juste" in told.message.replace("\u00a0", " ")


def test_two_sets_of_first_figures_that_make_the_sum_settle_nothing() -> None:
    cells = original().semesters[0].trace.cells
    total, ects = cells["total", "UE1.1"], cells["ects", "UE1.1"]
    rows = {cells["total", key]: None for key in ("R1.01", "R1.03")}
    values = {"E15": "0,5-0,6", "E17": "0,5-0,6", total: "10,1", ects: "10,3", **rows}
    document = changed(COEFFICIENTS, "S1", values)
    assert [module(table(document, "S1"), key).coefficients["UE1.1"] for key in ("R1.01", "R1.03")] == ["0.6", "0.6"]
    assert [each.severity for each in findings(document, "amended_cell")] == ["warning", "warning"]


def test_credits_of_a_pole_tell_where_no_total_does() -> None:
    """Rodez prints no total of coefficients: the ECTS of its poles are the sums."""
    document = changed(RODEZ, "Annexe 3 S1", {"D5": "0,5-0,3"})
    found = next(each for each in document.semesters[0].modules if each.key == "S1.RES.01")
    assert (found.coefficients["UE1.1"], found.amended["UE1.1"].old) == ("0.5", "0.3")
    (told,) = findings(document, "amended_cell")
    assert (told.severity, told.cell) == ("warning", "Annexe 3 S1!D5")


def test_hours_are_settled_by_their_row() -> None:
    before = original(HOURS).semesters[0]
    first = next(each for each in before.modules if each.hours["td"])
    cell = before.trace.cells["hours.td", first.place]
    document = changed(HOURS, before.sheet, {cell: f"{first.hours['td']} - 99"})
    assert module(document.semesters[0], first.key).hours == first.hours
    (told,) = findings(document, "amended_cell")
    assert (told.severity, told.cell) == ("info", cell)


def test_a_cell_struck_out_whole_keeps_none_of_its_two_figures() -> None:
    def edit(book: Workbook) -> None:
        book["S1"]["E15"] = "0,5-0,75"
        book["S1"]["E15"].font = Font(strike=True)

    (told,) = findings(reread(edit), "unread_row")
    assert told.cell == "E15"
