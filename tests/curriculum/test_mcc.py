"""The layout « mcc »: hours, coefficients and modalities; the fourteen tables of the real workbook, and mutations."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from curriculum.workbook.draft import Draft
from tests.curriculum import books
from tests.curriculum.books import HANDS, facts, findings, module, table

NAME = "000_BUT_QLIO_MCC_2025-2026.xlsx"
STRUCK = InlineFont(strike=True)


def original() -> Draft:
    return books.original(NAME)


def reread(edit: Callable[[Workbook], object], name: str = NAME) -> Draft:
    return books.reread(edit, name, source=NAME)


# The real workbook, against the published document


@pytest.mark.parametrize(
    ("sheet", "modules", "hours", "ects", "levels", "coefficients"),
    [
        ("S1", 20, "498", "10 10 10", "1 1 1", "10 10 10"),
        ("S2", 20, "430", "10 10 10", "1 1 1", "10 10 10"),
        ("S3 OSC", 18, "356", "8 8 8 6", "2 2 2 1", "8 8 8 6"),
        ("S3 MTD", 18, "356", "8 8 8 6", "2 2 2 1", "8 8 8 6"),
        ("S3 QMI", 18, "356", "8 8 8 6", "2 2 2 1", "8 8 8 6"),
        ("S4 OSC", 18, "304", "7 7 7 9", "2 2 2 1", "7 7 7 9"),
        ("S4 MTD", 18, "304", "7 7 7 9", "2 2 2 1", "7 7 7 9"),
        ("S4 QMI", 18, "304", "7 7 7 9", "2 2 2 1", "7 7 7 9"),
        ("S5 OSC", 19, "366", "7 7 7 9", "3 3 3 2", "7 7 7 9"),
        ("S5 MTD", 19, "366", "7 7 7 9", "3 3 3 2", "7 7 7 9"),
        ("S5 QMI", 19, "366", "7 7 7 9", "3 3 3 2", "7 7 7 9"),
        ("S6 OSC", 15, "164", "8 8 8 6", "3 3 3 2", "8 8 8 6"),
        ("S6 MTD", 15, "164", "8 8 8 6", "3 3 3 2", "7 7 7 4.5"),
        ("S6 QMI", 15, "164", "8 8 8 6", "3 3 3 2", "7 7 7 4.5"),
    ],
)
def test_each_table_is_the_council_s(
    sheet: str, modules: int, hours: str, ects: str, levels: str, coefficients: str
) -> None:
    semester = table(original(), sheet)
    assert (semester.label, semester.modality, semester.academic_year) == (sheet, None, "2025-2026")
    assert (len(semester.modules), semester.declared.hours) == (modules, hours)
    assert " ".join(ue.ects or "?" for ue in semester.ues) == ects == " ".join(semester.declared.ects.values())
    assert " ".join(str(ue.level) for ue in semester.ues) == levels
    assert " ".join(semester.declared.coefficients.values()) == coefficients


@pytest.mark.parametrize(
    ("sheet", "key", "hours", "coefficients", "evaluations"),
    [
        ("S1", "SAE1.02", "12", "1", "None POSTER métier 0.5 + None Oral 0.5"),
        ("S1", "PORTFOLIO1", "20", "", ""),
        ("S1", "R1.04", "38", "0.3 0.3 0.3", "1 ECRIT 0.5 + 1 ORAL 0.5"),
        ("S2", "STAGE2", "0", "1.5 1.5 1.5", "None Rapport de stage 0.4 + None Évaluation entreprise 0.6"),
        ("S2", "SAE2.02", "18", "1.7", "1 DOSSIER 1"),
        ("S2", "R2.05", "24", "0.25 0.25 0.25", "1 TD 0.5 + 1 TP 0.5"),
        ("S2", "R2.12", "28", "1.5", "1 DS 1"),
        ("S2", "R2.13", "16", "0 0 1", "1 DOSSIER (étude de cas) 1"),
        ("S3 QMI", "SAE3.QMI.03", "28", "1 1 1 0.75", "1 ANALYSE DE VIDEO 0.3 + 1 ORAL 0.3 + 1 DOSSIER 0.4"),
        ("S3 MTD", "ALT3", "0", "1.6 1.6 1.6 1.2", "1 ÉVALUATION ENTREPRISE 1"),
        ("S4 MTD", "R4.09", "22", "1.5", "1 DS 1"),
        ("S4 OSC", "R4.06", "8", "0.15 0.15 0.15 0.15", "1 TP (Oral) 0.5 + 1 TP (Texte argumenté) 0.5"),
        ("S5 MTD", "R5.12", "22", "1.2", "1 TP 0.25 + 1 DOSSIER 0.75"),
        ("S5 QMI", "R5.QMI.14", "26", "1.5", "1 TP 0.5 + 1 TD 0.5"),
        ("S6 QMI", "R6.QMI.09", "18", "2.3", "1 DOSSIER 0.67 + 1 DOSSIER 0.33"),
        ("S6 OSC", "R6.10", "8", "0.2 0.2 0.2", "1 ÉCRIT 1"),
    ],
)
def test_modules_are_exact(sheet: str, key: str, hours: str, coefficients: str, evaluations: str) -> None:
    found = module(table(original(), sheet), key)
    assert {name: each for name, each in found.hours.items() if each is not None} == {"total": hours}
    assert " ".join(found.coefficients.values()) == coefficients
    assert " + ".join(f"{each.count} {each.label} {each.weight}" for each in found.evaluations) == evaluations


def test_every_set_of_weights_in_force_adds_up_to_one() -> None:
    weights = [
        [Decimal(each.weight or 0) for each in found.evaluations]
        for semester in original().semesters
        for found in semester.modules
        if found.evaluations
    ]
    assert len(weights) == 243
    assert {sum(each) for each in weights} == {Decimal(1)}


def test_the_document_says_who_voted_it_and_its_bonus() -> None:
    document = original()
    assert (document.formation.code, document.formation.speciality) == ("BUT-QLIO", "QLIO")
    assert (document.formation.institution, document.formation.academic_year) == (None, "2025-2026")
    assert document.bonus_cap == "0.5"
    assert document.validated_on == {"departement": "2025-05-20", "iut": "2025-06-17"}


def test_the_findings_are_those_of_the_document() -> None:
    counted = Counter((finding.code, finding.severity) for _, finding in original().all_findings)
    assert counted == {
        ("amended_evaluations", "info"): 36,
        ("struck_figure", "info"): 12,
        ("amended_cell", "info"): 19,
        ("amended_cell", "warning"): 9,
        ("row_total", "warning"): 14,
        ("column_total", "warning"): 12,
        ("ects_total", "warning"): 3,
        ("hours_total", "warning"): 3,
        ("foreign_text", "warning"): 1,
        ("validation_dates", "warning"): 1,
        ("code_differs", "info"): 1,
    }


def test_amended_cells_say_whether_the_total_confirms_them() -> None:
    amended = {(each.cell, each.module): each for each in table(original(), "S6 MTD").findings}
    seen = amended["E14", "R6.06"]
    assert (seen.code, seen.severity, seen.declared, seen.computed) == ("amended_cell", "warning", "7", "8")
    assert "les ECTS (8) le confirment" in seen.message.replace("\u00a0", " ")
    confirmed = next(each for each in findings(original(), "amended_cell") if each.cell == "G21")
    assert (confirmed.severity, confirmed.declared, confirmed.computed) == ("info", "10", "10")
    assert module(table(original(), "S2"), "R2.11").amended["UE2.3"].old == "2"


@pytest.mark.parametrize(
    ("code", "sheet", "cell", "ue", "declared", "computed"),
    [
        ("row_total", "S6 OSC", "D14", None, "0", "2.3"),
        ("column_total", "S6 OSC", "D20", None, "21", "31"),
        ("column_total", "S6 QMI", "H20", "UE6.4", "4.5", "7"),
        ("ects_total", "S6 MTD", "H21", "UE6.4", "6", "7"),
        ("hours_total", "S6 OSC", "C20", None, "164", "174"),
        ("struck_figure", "S5 QMI", "J11", None, "4", "1"),
        ("code_differs", "S4 MTD", "A19", None, "R4.MTD.10", "SAE4.MTD.02"),
    ],
)
def test_findings_stand_on_their_cells(
    code: str, sheet: str, cell: str, ue: str | None, declared: str, computed: str
) -> None:
    found = next(each for each in table(original(), sheet).findings if (each.code, each.cell) == (code, cell))
    assert (found.ue, found.declared, found.computed) == (ue, declared, computed)


def test_the_footer_in_place_of_a_title_is_mended_and_dates_nothing() -> None:
    (foreign,) = findings(original(), "foreign_text")
    title = "Déploiement des outils QLIO en tant que technicien"
    assert (foreign.cell, foreign.module, foreign.computed) == ("B4", "SAE3.01", title)
    assert module(table(original(), "S3 MTD"), "SAE3.01").title == title
    (dates,) = original().findings
    assert (dates.code, dates.cell) == ("validation_dates", "S3 MTD!A28")
    assert dates.declared == "2024-06-14 ; 2024-06-18"


# The same workbook in other hands


def name_the_columns(book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.unmerge_cells("A1:B2")
        sheet["A2"], sheet["B2"] = "Code", "Intitulé"


def give_the_table_a_title(book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.insert_rows(1, 2)
        sheet["A1"] = f"Modalités de contrôle du semestre {sheet.title[1]}"


def add_a_blank_column_before_titles_and_totals(book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.insert_cols(4)
        sheet.insert_cols(2)


def write_codes_otherwise(book: Workbook) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("UE"):
                    cell.value = cell.value.replace("UE ", "UE").replace(".", "")


def stack_two_tables(book: Workbook) -> None:
    first, second = book["S3 OSC"], book["S4 OSC"]
    for row in second.iter_rows():
        for cell in row:
            if cell.value is not None:
                first.cell(cell.row + 40, cell.column).value = cell.value
    del book["S4 OSC"]


def add_a_cover_and_notes(book: Workbook) -> None:
    cover = book.create_sheet("Lisez-moi", 0)
    cover["B2"] = "Modalités de contrôle des connaissances (v2)"
    for sheet in book.worksheets[1:]:
        sheet.cell(4, 13).value = "vu"
        sheet.cell(sheet.max_row + 2, 1).value = "* sous réserve de modification"


@pytest.mark.parametrize(
    "edit",
    [
        *HANDS,
        *(name_the_columns, give_the_table_a_title, add_a_blank_column_before_titles_and_totals),
        *(write_codes_otherwise, stack_two_tables, add_a_cover_and_notes),
    ],
)
def test_another_hand_changes_nothing(edit: Callable[[Workbook], None]) -> None:
    document = reread(edit)
    assert facts(document) == facts(original())
    assert (document.formation, document.bonus_cap) == (original().formation, "0.5")
    assert document.validated_on == original().validated_on
    assert Counter(finding.code for _, finding in document.all_findings) == Counter(
        finding.code for _, finding in original().all_findings
    )


def test_the_cells_name_the_speciality_when_the_file_does_not() -> None:
    document = reread(lambda book: None, "maquette.xlsx")
    assert document.formation == original().formation  # the year is that of the councils


# What a hand may break


def test_a_row_one_column_away_is_put_back() -> None:
    def edit(book: Workbook) -> None:
        book["S2"].move_range("A14:I14", cols=1)
        book["S2"].move_range("C13:I13", cols=1)
        book["S3 OSC"].move_range("D16:J16", cols=1)

    document = reread(edit)
    assert facts(document) == facts(original())
    assert [(each.module, each.cell) for each in findings(document, "shifted_cells")] == [
        ("R2.03", "A13"),
        ("R2.04", "B14"),
        ("R3.07", "A16"),
    ]


@pytest.mark.parametrize(
    ("cell", "value", "declared"),
    [
        ("C12", "vingt", "C12 = vingt"),
        ("E12", "oui", "E12 = oui"),
        ("I12", "au choix", "I12 = au choix"),
        ("K12", 3, "K12 = 3"),
    ],
)
def test_a_cell_that_is_not_understood_is_reported_verbatim(cell: str, value: Any, declared: str) -> None:
    document = reread(lambda book: book["S2"].__setitem__(cell, value))
    (finding,) = findings(document, "unread_row")
    assert (finding.severity, finding.cell) == ("error", cell)
    assert declared in (finding.declared or "")
    assert len(table(document, "S2").modules) == 20


def test_real_strike_through_decides_which_figure_and_which_evaluations_are_old() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["S2"]
        sheet["E12"] = CellRichText("0,3", TextBlock(STRUCK, "-0,2"))
        sheet["H14"] = CellRichText("4 TP 4 DS ", TextBlock(STRUCK, "1 ÉCRIT 1 ORAL"))
        sheet["I5"] = CellRichText(TextBlock(STRUCK, "4"), " 1")

    semester = table(reread(edit), "S2")
    assert module(semester, "R2.02").coefficients["UE2.1"] == "0.3"
    assert [(each.label, each.count) for each in module(semester, "R2.04").evaluations] == [("TP", 4), ("DS", 4)]
    assert [each.label for each in module(semester, "SAE2.02").evaluations] == ["DOSSIER"]
    assert not [each for each in semester.findings if each.code == "struck_figure"]


def test_the_totals_may_side_with_the_first_figure() -> None:
    def edit(book: Workbook) -> None:
        book["S4 MTD"]["G18"] = "1,5 2"

    assert facts(reread(edit)) == facts(original())


def test_weights_and_modalities_are_counted_and_added() -> None:
    def edit(book: Workbook) -> None:
        book["S1"]["I14"], book["S1"]["I18"], book["S1"]["C25"] = "0,5 0,4", "1", 500

    document = reread(edit)
    assert [(each.cell, each.module, each.computed) for each in findings(document, "weights_sum")] == [
        ("I14", "R1.03", "0.9")
    ]
    assert [
        (each.cell, each.module, each.declared, each.computed) for each in findings(document, "weights_count")
    ] == [("I18", "R1.07", "1", "2")]
    assert ("C25", "500", "498") in [
        (each.cell, each.declared, each.computed) for each in findings(document, "hours_total")
    ]
