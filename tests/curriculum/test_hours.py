"""The layout « hours »: the fourteen tables of the real workbook, two years in one book, and mutations."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from openpyxl import Workbook

from curriculum.workbook.draft import Draft
from tests.curriculum import books
from tests.curriculum.books import HANDS, facts, findings, module, table

NAME = "003_BUT_QLIO_maquettes_horaires_2024-2026.xlsx"


def original() -> Draft:
    return books.original(NAME)


def reread(edit: Callable[[Workbook], object]) -> Draft:
    return books.reread(edit, NAME, source=NAME)


# The real workbook, against the published document


@pytest.mark.parametrize(
    ("sheet", "year", "modules", "hours", "kinds"),
    [
        ("S1", "2024-2025", 20, "504", "40 134 176 50 104"),
        ("S2", "2024-2025", 18, "424", "46 142 156 0 80"),
        ("S3 OSC", "2024-2025", 18, "392", "36 146 134 0 76"),
        ("S3 QMI", "2024-2025", 18, "392", "36 146 134 0 76"),
        ("S3 MTD", "2024-2025", 18, "392", "36 146 134 0 76"),
        ("S4 OSC", "2024-2025", 16, "268", "34 100 106 0 28"),
        ("S4 QMI", "2024-2025", 16, "268", "34 100 106 0 28"),
        ("S4 MTD", "2024-2025", 16, "268", "34 100 106 0 28"),
        ("S5 OSC", "2025-2026", 19, "376", "40 126 142 0 68"),
        ("S5 QMI", "2025-2026", 19, "376", "40 126 142 0 68"),
        ("S5 MTD", "2025-2026", 19, "376", "40 126 142 0 68"),
        ("S6 OSC", "2025-2026", 14, "154", "12 52 56 0 34"),
        ("S6 QMI", "2025-2026", 14, "154", "12 52 56 0 34"),
        ("S6 MTD", "2025-2026", 14, "154", "12 52 56 0 34"),
    ],
)
def test_each_table_is_the_council_s(sheet: str, year: str, modules: int, hours: str, kinds: str) -> None:
    semester = table(original(), sheet)
    assert (semester.label, semester.modality, semester.academic_year) == (sheet, None, year)
    assert (len(semester.modules), semester.declared.hours) == (modules, hours)
    assert " ".join(str(semester.hours_sum(name)) for name in ("cm", "td", "tp", "sr", "projet")) == kinds
    assert semester.hours_sum("total") == Decimal(hours)
    assert (semester.ues, semester.declared.coefficients, semester.declared.ects) == ((), {}, {})


@pytest.mark.parametrize(
    ("sheet", "key", "code", "title", "hours"),
    [
        ("S1", "SAE1.06", "Saé 1.06", "Immersion - Organisation", "2 - 4 - 8 14"),
        ("S1", "R1.04", "R1.04", "Connaissance socio-économique des entreprises", "4 6 4 24 - 38"),
        ("S2", "R2.06", "R2.06", "Projet Personnel et Professionnel", "8 0 10 - - 18"),
        ("S2", "STAGE2", "Stage", "Stage de 7 semaines", "- - - - - 0"),
        ("S3 OSC", "SAE3.OSC.02", "SAE 3.OSC.02", "Dimensionnement d’un site logistique", "- 4 4 - 14 22"),
        ("S4 MTD", "ALT4", "Alt", "Expérience professionnelle (Alternance)", "- 2 4 - - 6"),
        ("S5 QMI", "R5.07", "R5.07", "Mise en place d’une certification système", "2 12 8 - - 22"),
        ("S6 MTD", "PORTFOLIO6", "Portfolio", "Portfolio", "- 2 - - 4 6"),
        ("S6 OSC", "R6.10", "R6.10", "PPP", "- - 8 - - 8"),
    ],
)
def test_modules_are_exact(sheet: str, key: str, code: str, title: str, hours: str) -> None:
    found = module(table(original(), sheet), key)
    assert (found.code, found.title) == (code, title)
    assert " ".join(found.hours[name] or "-" for name in ("cm", "td", "tp", "sr", "projet", "total")) == hours
    assert (found.coefficients, found.evaluations) == ({}, ())


def test_the_formation_has_the_later_year_and_the_dates_of_the_sheets_that_give_them() -> None:
    document = original()
    assert (document.formation.code, document.formation.academic_year) == ("BUT-QLIO", "2025-2026")
    assert document.validated_on == {"departement": "2023-03-07", "iut": "2023-03-14"}
    assert document.bonus_cap is None


def test_the_findings_are_those_of_the_document() -> None:
    assert [(finding.code, finding.severity, finding.cell) for _, finding in original().all_findings] == [
        ("title_differs", "info", "B21"),
        ("code_differs", "info", "A23"),
    ]


# The same workbook in other hands


def drop_the_headings_of_names(book: Workbook) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_row=9):
            for cell in row:
                if cell.value in ("Code", "Nom"):
                    cell.value = None


def stack_two_tables(book: Workbook) -> None:
    first, second = book["S5 MTD"], book["S6 MTD"]
    for row in second.iter_rows():
        for cell in row:
            if cell.value is not None:
                first.cell(cell.row + 40, cell.column).value = cell.value
    del book["S6 MTD"]


def add_a_cover_and_notes(book: Workbook) -> None:
    cover = book.create_sheet("Lisez-moi", 0)
    cover["B2"], cover["C2"] = "Heures du BUT QLIO (v2)", "CM, TD et TP"
    for sheet in book.worksheets[1:]:
        sheet.cell(9, 12).value = "vu"
        sheet.cell(sheet.max_row + 2, 1).value = "Effectif prévu"
        sheet.cell(sheet.max_row, 3).value = 84


@pytest.mark.parametrize("edit", [*HANDS, drop_the_headings_of_names, stack_two_tables, add_a_cover_and_notes])
def test_another_hand_changes_nothing(edit: Callable[[Workbook], None]) -> None:
    document = reread(edit)
    assert facts(document) == facts(original())
    assert (document.formation, document.validated_on) == (original().formation, original().validated_on)
    assert sorted(finding.code for _, finding in document.all_findings) == ["code_differs", "title_differs"]


# What a hand may break


def test_sums_of_hours_are_checked_by_row_by_kind_and_by_year() -> None:
    def edit(book: Workbook) -> None:
        book["S2"]["D14"], book["S2"]["H28"] = 22, 930

    document = reread(edit)
    assert [(each.cell, each.module, each.declared, each.computed) for each in findings(document, "hours_row")] == [
        ("H14", "R2.01", "24", "22")
    ]
    assert [(each.cell, each.declared, each.computed) for each in findings(document, "hours_total")] == [
        ("D26", "142", "140"),
        ("D28", "276", "274"),
        ("H28", "930", "928"),
    ]


def test_one_code_with_two_volumes_is_told_and_a_written_zero_is_not_one() -> None:
    def edit(book: Workbook) -> None:
        book["S3 MTD"]["C20"], book["S3 MTD"]["D20"] = 2, 12

    assert [(each.cell, each.module) for each in findings(reread(edit), "hours_differ")] == [("G20", "R3.07")]


def test_a_row_one_column_away_is_put_back() -> None:
    document = reread(lambda book: book["S1"].move_range("C17:H17", cols=1))
    assert facts(document) == facts(original())
    assert [(each.module, each.cell) for each in findings(document, "shifted_cells")] == [("R1.03", "A17")]


def test_amended_hours_are_told() -> None:
    document = reread(lambda book: book["S1"].__setitem__("D17", "14-12"))
    (finding,) = findings(document, "amended_cell")
    assert (finding.cell, finding.module, finding.severity) == ("D17", "R1.03", "info")
    assert module(table(document, "S1"), "R1.03").hours["td"] == "12"


def test_headings_that_slipped_lose_no_code() -> None:
    document = reread(lambda book: book["S5 OSC"].move_range("A7:C7", cols=1))
    assert facts(document) == facts(original())


def test_codes_where_no_code_should_be_are_reported() -> None:
    def edit(book: Workbook) -> None:
        book["S1"]["K9"] = "R1.03"
        book["S1"].insert_rows(12)
        book["S1"]["B12"] = "R1.14"

    assert [each.cell for each in findings(reread(edit), "unread_row")] == ["K9", "B12"]


def test_a_cell_that_is_no_number_of_hours_is_reported() -> None:
    document = reread(lambda book: book["S1"].__setitem__("D17", "à voir"))
    (finding,) = findings(document, "unread_row")
    assert (finding.cell, finding.module) == ("D17", "R1.03")
    assert module(table(document, "S1"), "R1.03").hours["td"] is None
