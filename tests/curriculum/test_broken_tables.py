"""What a hand may break in the workbook is mended or reported, and never dropped in silence."""

from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from curriculum.workbook.guard import Unreadable
from tests.curriculum.books import draft, edited, facts, findings, module, original, reread, saved, table

STRUCK = InlineFont(strike=True)


def test_amended_cells_keep_the_figure_in_force() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["S2"]
        sheet["E11"], sheet["F11"] = "0,5-0,4", "0,3 0,5"
        sheet["G11"] = CellRichText(TextBlock(STRUCK, "0,6"), " 0,5")
        sheet["E12"] = CellRichText("0,6 ", TextBlock(STRUCK, "0,5"))
        sheet["G12"].font = Font(strike=True)

    document = reread(edit)
    audited, statistics = (module(table(document, "S2"), key) for key in ("R2.02", "R2.03"))
    assert audited.coefficients == {"UE2.1": "0.4", "UE2.2": "0.5", "UE2.3": "0.5"}
    assert {ue: (each.old, each.new) for ue, each in audited.amended.items()} == {
        "UE2.1": ("0.5", "0.4"),
        "UE2.2": ("0.3", "0.5"),
        "UE2.3": ("0.6", "0.5"),
    }
    assert statistics.coefficients == {"UE2.1": "0.6", "UE2.2": "0.5"}
    assert (statistics.amended["UE2.1"].old, statistics.amended["UE2.3"].new) == ("0.5", None)
    confirmed, refuted = findings(document, "amended_cell")[0], findings(document, "amended_cell")[1]
    assert (confirmed.severity, confirmed.cell, confirmed.declared, confirmed.computed) == ("info", "E11", "10", "10")
    assert (refuted.severity, refuted.cell, refuted.ue, refuted.computed) == ("warning", "F11", "UE2.2", "10.1")


def test_a_row_one_column_away_is_put_back() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["S1"]
        sheet.unmerge_cells("A15:A34")
        sheet.move_range("B17:G17", cols=1)
        sheet.move_range("B20:G20", cols=-1)
        sheet.move_range("D18:G18", cols=1)

    document = reread(edit)
    assert facts(document) == facts(original())
    assert [(each.module, each.cell, each.severity) for each in findings(document, "shifted_cells")] == [
        ("R1.03", "C17", "warning"),
        ("R1.04", "B18", "warning"),
        ("R1.06", "A20", "warning"),
    ]


@pytest.mark.parametrize(
    ("cell", "value", "declared"),
    [
        ("E17", "abc", "E17 = abc"),
        ("E17", "-0,5", "E17 = -0,5"),
        ("F20", "1/2/3", "F20 = 1/2/3"),
        ("J20", 0.5, "J20 = 0.5"),
    ],
)
def test_a_cell_that_is_not_understood_is_reported_verbatim(cell: str, value: Any, declared: str) -> None:
    document = reread(lambda book: book["S1"].__setitem__(cell, value))
    (finding,) = findings(document, "unread_row")
    assert (finding.severity, finding.cell) == ("error", cell)
    assert declared in (finding.declared or "")
    assert len(table(document, "S1").modules) == 20
    assert document.has_errors


def test_a_row_without_figures_or_name_is_not_dropped() -> None:
    def edit(book: Workbook) -> None:
        book["S1"].insert_rows(25, 2)
        book["S1"]["C25"] = "Conférences métiers"
        book["S1"]["F26"] = 0.5

    assert [(each.cell, each.declared) for each in findings(reread(edit), "unread_row")] == [
        ("C25", "C25 = Conférences métiers"),
        ("F26", "F26 = 0.5"),
    ]


def test_a_row_of_nonsense_is_no_module() -> None:
    def edit(book: Workbook) -> None:
        book["S1"].insert_rows(20)
        book["S1"]["C20"], book["S1"]["D20"], book["S1"]["F20"] = "Semaine", "lundi", "10h"

    document = reread(edit)
    assert facts(document) == facts(original())
    assert [each.cell for each in findings(document, "unread_row")] == ["D20"]


def test_a_module_left_above_the_header_is_reported() -> None:
    def edit(book: Workbook) -> None:
        book["S1"].move_range("B15:G15", rows=-2)

    document = reread(edit)
    assert next(each.key for each in table(document, "S1").modules) == "R1.02"
    assert [each.cell for each in findings(document, "unread_row")] == ["B13"]


def test_a_code_cut_over_two_cells_is_put_together() -> None:
    def edit(book: Workbook) -> None:
        for sheet in book.worksheets:
            sheet.insert_cols(3)
        sheet = book["S1"]
        sheet["B17"], sheet["C17"] = "R1.", "03"
        sheet["B18"], sheet["D18"] = "R1.", f"04 {sheet['D18'].value}"

    document = reread(edit)
    assert not document.has_errors
    assert facts(document) == facts(original())


def test_notes_between_the_rows_are_left_alone() -> None:
    def edit(book: Workbook) -> None:
        for sheet in book.worksheets:
            sheet.insert_rows(20, 3)
            sheet["B20"] = "Note : coefficients votés"
            sheet["C21"] = "Les étudiants à statut particulier voient leur responsable avant la rentrée"
            sheet["A22"] = "à relire"

    document = reread(edit)
    assert facts(document) == facts(original())
    assert not document.has_errors


def test_a_column_of_another_layout_is_reported() -> None:
    def edit(book: Workbook) -> None:
        book["S1"]["H14"], book["S1"]["H15"] = "Volume horaire", 24

    (finding,) = findings(reread(edit), "unread_row")
    assert (finding.cell, finding.declared) == ("H14", "H15 = 24")


def test_a_table_that_lost_its_header_is_reported_row_by_row() -> None:
    def edit(book: Workbook) -> None:
        for cell in book["S1"][14]:
            cell.value = None

    reported = findings(reread(edit), "unread_row")
    assert len(reported) == 20
    assert reported[1].cell == "S1!B16"


def test_codes_missing_or_doubled_are_completed_and_told() -> None:
    def edit(book: Workbook) -> None:
        book["S1"]["B19"] = None  # no sibling table has this title: pole and rank
        book["S1"]["B20"] = "R1.04"
        book["S3 QMI"]["B11"] = None  # its title has one code in the other tables of S3

    document = reread(edit)
    keys = [each.key for each in table(document, "S1").modules]
    assert keys[3:6] == ["R1.04", "S1.RES.05", "R1.04-2"]
    assert (table(document, "S3 QMI").modules[1].key, table(document, "S3 QMI").modules[1].code) == ("R3.02", None)
    assert [(each.module, each.cell) for each in findings(document, "missing_code")] == [
        ("S1.RES.05", "B19"),
        ("R3.02", "B11"),
    ]
    assert [(each.module, each.cell) for each in findings(document, "duplicate_code")] == [("R1.04", "B20")]


def test_a_sentence_of_the_footer_is_not_a_title() -> None:
    footer = "Document Validé par le Conseil de Département QLIO du 20 mai 2025"

    def edit(book: Workbook) -> None:
        book["S1"]["C15"] = book["S3 QMI"]["C12"] = footer

    document = reread(edit)
    assert module(table(document, "S1"), "R1.01").title is None
    assert module(table(document, "S3 QMI"), "R3.03").title == "Mathématiques"
    assert [(each.declared, each.computed, each.cell) for each in findings(document, "foreign_text")] == [
        (footer, None, "C15"),
        (footer, "Mathématiques", "C12"),
    ]
    assert not findings(document, "title_differs")


def test_a_formula_never_computed_is_told_and_left_out() -> None:
    def edit(book: Workbook) -> None:
        book["S1"]["E15"], book["S1"]["Z3"] = "=1/2", "=NOW()"

    document = reread(edit)
    assert module(table(document, "S1"), "R1.01").coefficients == {"UE1.2": "0.5", "UE1.3": "0.5"}
    assert [each.cell for each in findings(document, "cached_formula")] == ["Z3", "E15"]


def test_missing_ects_are_restored_where_the_total_settles_it() -> None:
    def edit(book: Workbook) -> None:
        book["S1"]["F36"] = None
        book["S2"]["E29"] = book["S2"]["F29"] = "-"

    document = reread(edit)
    assert [ue.ects for ue in table(document, "S1").ues] == ["10", "10", "10"]
    assert [ue.ects for ue in table(document, "S2").ues] == [None, None, "10"]
    assert "UE1.2" not in table(document, "S1").declared.ects
    assert [(each.ue, each.cell, each.computed) for each in findings(document, "missing_ects")] == [
        ("UE1.2", "F36", "10"),
        ("UE2.1", "E29", None),
        ("UE2.2", "F29", None),
    ]


def test_two_tables_of_one_place_are_refused() -> None:
    with pytest.raises(Unreadable, match="S1 Copy"):
        reread(lambda book: book.copy_worksheet(book["S1"]))


def test_a_workbook_of_another_family_is_refused_with_what_was_found() -> None:
    book = Workbook()
    book.active.title = "Planning"  # type: ignore[union-attr]
    book.active["B2"] = "Lundi"  # type: ignore[index]
    with pytest.raises(Unreadable) as refusal:
        draft(saved(book))
    assert "« Code », « Intitulé »" in str(refusal.value).replace("\u00a0", " ")
    assert "Planning" in str(refusal.value)
    assert "B2 Lundi" in str(refusal.value)


def test_a_semester_named_nowhere_is_refused_at_its_cell() -> None:
    def edit(book: Workbook) -> None:
        for name in book.sheetnames[1:]:
            del book[name]
        sheet = book["S1"]
        sheet.title = "Tableau"
        sheet["A7"] = sheet["A15"] = sheet["A10"] = sheet["A11"] = sheet["A12"] = None
        sheet["E14"], sheet["F14"], sheet["G14"] = "UE1", "UE2", "UE3"

    with pytest.raises(Unreadable, match="Tableau!E14"):
        draft(edited(edit))


def test_only_a_year_with_a_table_in_alternance_has_initial_training() -> None:
    def edit(book: Workbook) -> None:
        for name in book.sheetnames:
            if "alternance" in name and name[1] in "34":
                del book[name]

    modalities = {semester.sheet: semester.modality for semester in reread(edit).semesters}
    assert (modalities["S1"], modalities["S3 OSC"], modalities["S5 alternance OSC"]) == (None, None, "alternance")
