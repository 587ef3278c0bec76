"""What is wrong with the sheets of a délibération: read as far as it can be, and said cell by cell."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from curriculum.workbook.draft import Draft, Finding
from curriculum.workbook.guard import Unreadable
from tests.curriculum import books
from tests.curriculum.books import findings, module, table
from tests.curriculum.test_deliberation import NAME, original, reread, semester


def changed(sheet: str, cells: dict[str, object]) -> Draft:
    """The workbook with other values in some cells of one sheet."""

    def edit(book: Workbook) -> None:
        for name, value in cells.items():
            book[sheet][name].value = value

    return reread(edit)


def news(document: Draft) -> list[Finding]:
    """The findings that the real workbook does not call for."""
    known = {(each.code, each.cell) for _, each in original().all_findings}
    return [each for _, each in document.all_findings if (each.code, each.cell) not in known]


def told(document: Draft) -> list[tuple[str, str, str | None, str | None, str | None, str | None, str | None]]:
    return [
        (each.code, each.severity, each.cell, each.module, each.ue, each.declared, each.computed)
        for each in news(document)
    ]


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "key"),
    [
        ("Annexe 3 S1", "D7", "zéro cinq", "S1.RES.03"),
        ("Annexe 2 S1", "G14", "quinze", "S1.RES.03"),
        ("Annexe 2 S1", "D14", "peut-être", "S1.RES.03"),
        ("Annexe 3 S4", "D27", "2 ?", "STAGE4"),
    ],
)
def test_a_cell_that_is_not_understood_is_reported_and_its_row_kept(
    sheet: str, cell: str, value: str, key: str
) -> None:
    document = changed(sheet, {cell: value})
    (found,) = findings(document, "unread_row")
    assert (found.severity, found.cell, found.module) == ("error", f"{sheet}!{cell}", key)
    assert value in str(found.declared)
    number = int(sheet[-1])
    assert [each.key for each in table(document, semester(number)).modules] == [
        each.key for each in table(original(), semester(number)).modules
    ]


@pytest.mark.parametrize("value", ["0,3-0,5", "0,3 0,5"])
def test_two_coefficients_in_a_cell_are_an_amendment(value: str) -> None:
    document = changed("Annexe 3 S1", {"D5": value})
    found = module(table(document, semester(1)), "S1.RES.01")
    assert found.coefficients["UE1.1"] == "0.5"
    assert (found.amended["UE1.1"].old, found.amended["UE1.1"].new) == ("0.3", "0.5")
    ((code, severity, cell, key, ue, declared, computed),) = told(document)
    assert (code, severity, cell, key, ue) == ("amended_cell", "warning", "Annexe 3 S1!D5", "S1.RES.01", "UE1.1")
    assert (declared, computed) == (None, "10")  # the document declares ECTS, and no total of coefficients
    assert "ECTS" in news(document)[0].message


def test_real_strike_through_decides() -> None:
    def edit(book: Workbook) -> None:
        cell = book["Annexe 3 S1"]["D5"]
        cell.value = CellRichText("0,5 ", TextBlock(InlineFont(strike=True), "0,3"))
        book["Annexe 2 S1"]["C12"].font = Font(strike=True)

    document = reread(edit)
    found = module(table(document, semester(1)), "S1.RES.01")
    assert (found.coefficients["UE1.1"], found.amended["UE1.1"].old) == ("0.5", "0.3")
    assert found.marked_for == ("UE1.2", "UE1.3")
    assert [each.code for each in news(document)] == ["amended_cell", "membership_differs"]


def test_two_figures_of_hours_are_an_amendment_that_the_row_confirms() -> None:
    document = changed("Annexe 2 S1", {"G12": "9-10,5", "H13": "14-16"})
    found = table(document, semester(1))
    assert module(found, "S1.RES.01").hours["td"] == "10.5"
    assert module(found, "S1.RES.02").hours["tp"] == "16"
    assert told(document) == [
        ("amended_cell", "info", "Annexe 2 S1!G12", "S1.RES.01", None, "30", "30"),
        ("amended_cell", "warning", "Annexe 2 S1!H13", "S1.RES.02", None, "23.75", "24.75"),
        ("hours_total", "warning", "Annexe 2 S1!H24", None, None, "190.5", "191.5"),
        ("hours_row", "warning", "Annexe 2 S1!J13", "S1.RES.02", None, "23.75", "24.75"),
    ]


def test_sums_that_do_not_agree_are_told_where_they_are_declared() -> None:
    assert told(changed("Annexe 2 S1", {"J24": "494", "J12": "31"})) == [
        ("hours_total", "warning", "Annexe 2 S1!J24", None, None, "494", "495.75"),
        ("hours_row", "warning", "Annexe 2 S1!J12", "S1.RES.01", None, "31", "30"),
    ]
    assert told(changed("Annexe 3 S3", {"E14": "3"})) == [
        ("pole_total", "warning", "Annexe 3 S3!E14", None, "UE3.1", "3", "3.5"),
    ]
    assert told(changed("Annexe 3 S1", {"D15": "1"})) == [
        ("pole_total", "warning", "Annexe 3 S1!E13", None, "UE1.1", "4", "3"),
        ("ects_total", "warning", "Annexe 3 S1!F5", None, "UE1.1", "10", "9"),
        ("pole_share", "warning", "Annexe 3 S1!A5", None, "UE1.1", None, "33.33"),
    ]


def test_ects_that_are_missing_are_reported() -> None:
    document = changed("Annexe 3 S1", {"F5": None})
    assert told(document) == [("missing_ects", "warning", "Annexe 3 S1!F5", None, "UE1.1", None, None)]
    assert [ue.ects for ue in table(document, semester(1)).ues] == [None, "10", "10"]


def test_a_semester_that_is_not_worth_30_ects_is_an_error() -> None:
    document = changed("Annexe 3 S1", {"F5": "12"})
    assert document.has_errors
    assert [each.code for each in news(document)] == ["ects_total", "semester_ects"]


def test_a_title_that_only_one_sheet_gives_is_joined_by_its_place() -> None:
    document = changed("Annexe 3 S1", {"C11": "Démarche qualité"})
    found = module(table(document, semester(1)), "S1.RES.08")
    assert found.title == "Introduction aux Systèmes de Management de la Qualité"
    assert found.coefficients == {"UE1.1": "1.5"}
    assert told(document) == [
        ("title_differs", "info", "Annexe 3 S1!C11", "S1.RES.08", None, "Démarche qualité", found.title)
    ]


def test_a_module_without_hours_comes_last_and_is_reported() -> None:
    document = changed("Annexe 3 S1", {"C11": "Vente", "C10": "Achat"})
    found = table(document, semester(1)).modules[-2:]
    assert [(each.key, each.title, each.pole, each.coefficients) for each in found] == [
        ("S1.RES.13", "Achat", "ressource", {"UE1.1": "1.5"}),
        ("S1.RES.14", "Vente", "ressource", {"UE1.1": "1.5"}),
    ]
    assert [(each.module, each.cell) for each in news(document)] == [
        ("S1.RES.07", "Annexe 2 S1!C18"),
        ("S1.RES.08", "Annexe 2 S1!C19"),
        ("S1.RES.13", "Annexe 3 S1!D10"),
        ("S1.RES.14", "Annexe 3 S1!D11"),
    ]
    assert {each.code for each in news(document)} == {"membership_differs"}


def test_a_coefficient_left_blank_is_reported_and_a_dash_is_not() -> None:
    blank = changed("Annexe 3 S6", {"D41": None})
    assert [each[:5] for each in told(blank)] == [
        ("pole_total", "warning", "Annexe 3 S6!E39", None, "UE6.4"),
        ("ects_total", "warning", "Annexe 3 S6!F33", None, "UE6.4"),
        ("membership_differs", "warning", "Annexe 2 S6!F10", "PORTFOLIO6", "UE6.4"),
    ]
    dash = changed("Annexe 3 S6", {"D41": "–"})
    assert [each.code for each in news(dash)] == ["pole_total", "ects_total"]


def move(sheet: str, row: int, first: int, last: int, by: int) -> Callable[[Workbook], None]:
    def edit(book: Workbook) -> None:
        page = book[sheet]
        for merged in list(page.merged_cells.ranges):
            page.unmerge_cells(str(merged))
        values = [page.cell(row, column).value for column in range(first, last + 1)]
        for column in range(first, last + 1):
            page.cell(row, column).value = None
        for column, value in enumerate(values, first + by):
            page.cell(row, column).value = value

    return edit


@pytest.mark.parametrize(
    ("edit", "number", "key", "cell"),
    [
        (move("Annexe 2 S1", 13, 2, 10, 1), 1, "S1.RES.02", "Annexe 2 S1!C13"),
        (move("Annexe 2 S1", 13, 2, 10, -1), 1, "S1.RES.02", "Annexe 2 S1!A13"),
        (move("Annexe 2 S1", 13, 6, 10, 1), 1, "S1.RES.02", "Annexe 2 S1!B13"),
        (move("Annexe 2 S4", 10, 2, 6, 1), 4, "STAGE4", "Annexe 2 S4!C10"),
        (move("Annexe 3 S1", 10, 3, 4, 1), 1, "S1.RES.07", "Annexe 3 S1!D10"),
        (move("Annexe 3 S1", 10, 3, 4, -1), 1, "S1.RES.07", "Annexe 3 S1!B10"),
    ],
)
def test_a_row_that_stands_aside_is_put_back(
    edit: Callable[[Workbook], None], number: int, key: str, cell: str
) -> None:
    document = reread(edit)
    assert table(document, semester(number)).modules == table(original(), semester(number)).modules
    ((code, severity, at, found, *_),) = told(document)
    assert (code, severity, at, found) == ("shifted_cells", "warning", cell, key)


def test_hours_alone_and_coefficients_alone_are_legitimate() -> None:
    def edit(book: Workbook) -> None:
        del book["Annexe 3 S1"], book["Annexe 2 S2"]

    document = reread(edit)
    hours, weights = table(document, "Annexe 2 S1"), table(document, "Annexe 3 S2")
    assert [each.key for each in hours.modules] == [each.key for each in table(original(), semester(1)).modules]
    assert not any(each.coefficients for each in hours.modules)
    assert next((ue.code, ue.title, ue.ects) for ue in hours.ues) == ("UE1.1", "Qualité Niveau 1", None)
    assert next((ue.code, ue.title, ue.ects) for ue in weights.ues) == ("UE2.1", "Qualité Niveau 1", "10")
    assert {each.marked_for for each in weights.modules} == {None}
    assert module(weights, "PORTFOLIO2").coefficients == {"UE2.1": "0.5", "UE2.2": "0.5", "UE2.3": "0.5"}
    assert weights.coefficient_sum() == Decimal(30)
    assert not document.has_errors


def test_both_tables_may_stand_on_one_sheet() -> None:
    def edit(book: Workbook) -> None:
        for row in book["Annexe 3 S1"].iter_rows():
            for cell in row:
                if cell.value is not None:
                    book["Annexe 2 S1"].cell(cell.row + 40, cell.column).value = cell.value
        del book["Annexe 3 S1"]

    document = reread(edit)
    found = table(document, "Annexe 2 S1")
    assert found.modules == table(original(), semester(1)).modules
    assert [each.cell for each in found.findings] == ["D62", "E21"]


def test_a_sheet_without_its_header_is_not_lost() -> None:
    def edit(book: Workbook) -> None:
        book["Annexe 3 S1"].delete_rows(4)

    document = reread(edit)
    lost = [each for each in document.findings if each.code == "unread_row"]
    assert len(lost) == 33
    assert lost[0].cell == "Annexe 3 S1!A4"


def test_the_total_of_a_year_is_a_check() -> None:
    document = changed("Annexe 2 S2", {"A23": "Total annuel", "J23": "1018"})
    assert told(document) == [("hours_total", "warning", "Annexe 2 S2!J23", None, None, "1018", "1018.75")]


def test_a_formula_without_a_value_is_named_with_its_sheet() -> None:
    document = changed("Annexe 3 S1", {"D5": "=0.5"})
    (found,) = findings(document, "cached_formula")
    assert found.cell == "Annexe 3 S1!D5"


def test_two_sheets_of_one_semester_are_refused() -> None:
    def edit(book: Workbook) -> None:
        book.copy_worksheet(book["Annexe 2 S1"]).title = "Copie"

    with pytest.raises(Unreadable, match="décrivent le même tableau"):
        reread(edit)


@pytest.mark.parametrize("sheet", ["Annexe 2 S1", "Annexe 3 S1"])
def test_a_table_without_a_semester_is_refused(sheet: str) -> None:
    def edit(book: Workbook) -> None:
        page = book[sheet]
        page.title = "Feuille"
        for row in page.iter_rows():
            for cell in row:
                if str(cell.value).startswith("Semestre"):
                    cell.value = None

    with pytest.raises(Unreadable, match="n’est écrit nulle part"):
        reread(edit)


def test_the_institution_that_is_said_wins() -> None:
    named = books.draft(books.edited(lambda book: None, NAME), "BUT_QLIO_La_Rochelle_2026-2027.xlsx")
    assert named.formation.institution == "La Rochelle"
    other = books.draft(books.edited(lambda book: None, NAME), "BUT_QLIO_Maquette_2026-2027.xlsx")
    assert other.formation.institution is None
