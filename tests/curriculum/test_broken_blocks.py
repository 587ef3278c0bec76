"""Broken tables of UE blocks: what is wrong is said on its cell, and nothing is dropped."""

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from curriculum.workbook.guard import Unreadable
from tests.curriculum.books import facts, findings, module
from tests.curriculum.test_blocks import added, entry, original, reread


def test_a_code_without_its_hours_or_without_its_coefficients_is_an_entry() -> None:
    document = reread(lambda book: book.remove(book["Heures S1"]))
    alone = next(each for each in document.semesters if each.semester == 1)
    assert alone.sheet == "Coef S1"
    assert module(alone, "R1.05").marked_for is None
    assert set(module(alone, "R1.05").hours.values()) == {None}
    assert {finding.cell for finding in findings(document, "evaluations_differ")} == {"F37"}


def test_a_module_marked_for_a_ue_without_a_coefficient_is_reported() -> None:
    def edit(book: Workbook) -> None:
        book["Heures S1"]["A24"] = "Mécanique"

    (marked,) = findings(reread(edit), "membership_differs")[:1]
    assert (marked.module, marked.ue, marked.cell) == ("R1.01", "UE1.3", "Heures S1!A24")


@pytest.mark.parametrize(
    ("line", "by", "key", "cell"),
    [("B18:I18", 1, "R2.01", "C18"), ("B19:I19", -1, "R2.02", "A19"), ("B35:I35", 1, "R2.07", "C35")],
)
def test_a_row_one_column_away_is_put_back(line: str, by: int, key: str, cell: str) -> None:
    def edit(book: Workbook) -> None:
        book["Coef S2"].move_range(line, cols=by)

    document = reread(edit)
    (shifted,) = findings(document, "shifted_cells")
    assert (shifted.module, shifted.cell) == (key, f"Coef S2!{cell}")
    assert facts(document) == facts(original())


def test_a_coefficient_in_the_ects_column_is_put_back() -> None:
    def edit(book: Workbook) -> None:
        book["Coef S2"].move_range("I9", cols=1)

    document = reread(edit)
    (shifted,) = findings(document, "shifted_cells")
    assert (shifted.module, shifted.cell) == ("R2.07", "Coef S2!B9")
    assert facts(document) == facts(original())


def test_a_wrong_total_is_reported_where_it_stands() -> None:
    def edit(book: Workbook) -> None:
        book["Coef S1"]["H17"], book["Coef S1"]["H14"], book["Coef S1"]["H44"] = 18, 9, 64

    document = reread(edit)
    found = {(each.code, each.cell, each.ue, each.declared, each.computed) for each in added(document)}
    assert found == {
        ("column_total", "Coef S1!H17", "UE1.1", "18", "17"),
        ("column_total", "Coef S1!H44", None, "64", "63"),
        ("pole_total", "Coef S1!H14", "UE1.1", "9", "10"),
    }


def test_a_total_that_names_another_ue_counts_where_it_stands() -> None:
    def edit(book: Workbook) -> None:
        book["Coef S3 FI"]["B13"] = "TOTAL UE32"

    document = reread(edit)
    (misplaced,) = added(document)
    assert (misplaced.code, misplaced.ue, misplaced.declared) == ("unknown_ue", "UE3.1", "UE3.2")
    assert facts(document) == facts(original())


def test_a_struck_out_coefficient_is_an_amendment() -> None:
    def edit(book: Workbook) -> None:
        book["Coef S1"]["H12"] = CellRichText(TextBlock(InlineFont(strike=True), "2"), " 1")

    document = reread(edit)
    (amended,) = added(document)
    assert (amended.code, amended.severity, amended.cell) == ("amended_cell", "info", "Coef S1!H12")
    found = module(entry(document, "S1"), "R1.13")
    assert (found.amended["UE1.1"].old, found.coefficients["UE1.1"]) == ("2", "1")


def test_two_coefficients_of_an_evaluation_in_one_cell_are_an_amendment() -> None:
    def edit(book: Workbook) -> None:
        book["Coef S1"]["E31"] = "1 2"

    document = reread(edit)
    (amended,) = added(document)
    assert (amended.code, amended.cell, amended.module) == ("amended_evaluations", "Coef S1!E31", "R1.08")
    assert [each.weight for each in module(entry(document, "S1"), "R1.08").evaluations] == ["2", "1"]


def test_credits_that_are_not_the_ects_are_reported() -> None:
    def edit(book: Workbook) -> None:
        book["Heures S1"]["H5"] = "7 crédits"

    document = reread(edit)
    (credits,) = added(document)
    assert (credits.code, credits.cell, credits.ue) == ("ects_total", "Heures S1!H5", "UE1.1")
    assert (credits.declared, credits.computed) == ("7", "8")
    assert facts(document) == facts(original())


@pytest.mark.parametrize(
    ("sheet", "cell", "text", "code"),
    [
        ("Coef S1", "H9", "voir note", "unread_row"),
        ("Coef S1", "K9", 3, "unread_row"),
        ("Coef S1", "E9", "deux", "unread_row"),
        ("Heures S1", "E9", "beaucoup", "unread_row"),
        ("Heures S1", "B9", "Conférence", "unread_row"),
        ("Heures S1", "H5", "huit", "unread_row"),
    ],
)
def test_what_is_not_understood_is_reported_on_its_cell(sheet: str, cell: str, text: str | int, code: str) -> None:
    def edit(book: Workbook) -> None:
        book[sheet][cell] = text

    found = [each for each in added(reread(edit)) if each.code == code]
    assert len(found) == 1
    assert (found[0].cell or "").startswith(f"{sheet}!")
    assert str(text) in f"{found[0].declared} {found[0].message}"


def test_a_code_twice_in_a_ue_is_reported() -> None:
    def edit(book: Workbook) -> None:
        book["Coef S1"]["B9"] = "R1. 04"

    document = reread(edit)
    (twice,) = findings(document, "duplicate_code")
    assert (twice.cell, twice.computed) == ("Coef S1!B9", "R1.04-2")


def test_a_blank_title_or_a_second_heading_breaks_nothing() -> None:
    def edit(book: Workbook) -> None:
        book["Coef S1"]["C7"], book["Coef S1"]["K30"] = None, "Coef. matière"

    document = reread(edit)
    assert module(entry(document, "S1"), "R1.03").coefficients == {"UE1.1": "2"}
    assert entry(document, "S1").coefficient_sum() == 63


def test_a_table_that_names_no_semester_is_refused_with_its_cell() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Heures S4 CAI"]
        sheet["A2"], sheet.title = None, "Heures"

    with pytest.raises(Unreadable, match=r"Heures!B4.: le semestre"):
        reread(edit)


def test_ues_of_one_figure_take_the_semester_of_the_totals() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Coef S2"]
        sheet.title = "Coefficients"
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace("UE2", "UE")

    assert facts(reread(edit)) == facts(original())
