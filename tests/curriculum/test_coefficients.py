"""The layout « coefficients »: the eighteen tables of the real workbook, and the same ones rearranged."""

import re
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from tests.curriculum.books import HANDS, facts, module, original, reread, table

# The real workbook, against the published document


@pytest.mark.parametrize(
    ("sheet", "label", "modules", "ects", "levels"),
    [
        ("S1", "S1", 20, "10 10 10", "1 1 1"),
        ("S2", "S2", 19, "10 10 10", "1 1 1"),
        ("S3 alternance QMI", "S3 QMI alternance", 18, "8 8 8 6", "2 2 2 1"),
        ("S3 alternance MP", "S3 MP alternance", 18, "8 8 8 6", "2 2 2 1"),
        ("S3 OSC", "S3 OSC FI", 18, "8 8 8 6", "2 2 2 1"),
        ("S3 QMI", "S3 QMI FI", 18, "8 8 8 6", "2 2 2 1"),
        ("S3 MP", "S3 MP FI", 18, "8 8 8 6", "2 2 2 1"),
        ("S4 alternance QMI", "S4 QMI alternance", 18, "7 7 7 9", "2 2 2 1"),
        ("S4 alternance MP", "S4 MP alternance", 18, "7 7 7 9", "2 2 2 1"),
        ("S4 OSC", "S4 OSC FI", 18, "7 7 7 9", "2 2 2 1"),
        ("S4 QMI", "S4 QMI FI", 18, "7 7 7 9", "2 2 2 1"),
        ("S4 MP", "S4 MP FI", 18, "7 7 7 9", "2 2 2 1"),
        ("S5 alternance OSC", "S5 OSC alternance", 20, "7 7 7 9", "3 3 3 2"),
        ("S5 alternance QMI", "S5 QMI alternance", 20, "7 7 7 9", "3 3 3 2"),
        ("S5 alternance MP", "S5 MP alternance", 20, "7 7 7 9", "3 3 3 2"),
        ("S6 alternance OSC", "S6 OSC alternance", 14, "8 8 8 6", "3 3 3 2"),
        ("S6 alternance QMI", "S6 QMI alternance", 14, "8 8 8 6", "3 3 3 2"),
        ("S6 alternance MP", "S6 MP alternance", 14, "8 8 8 6", "3 3 3 2"),
    ],
)
def test_each_table_is_the_council_s(sheet: str, label: str, modules: int, ects: str, levels: str) -> None:
    semester = table(original(), sheet)
    assert semester.label == label
    assert semester.academic_year == "2025-2026"
    assert len(semester.modules) == modules
    assert " ".join(ue.ects or "?" for ue in semester.ues) == ects
    assert list(semester.declared.ects.values()) == list(semester.declared.coefficients.values()) == ects.split()
    assert " ".join(str(ue.level) for ue in semester.ues) == levels
    assert [ue.competence for ue in semester.ues] == [f"UE{rank + 1}" for rank in range(len(semester.ues))]


@pytest.mark.parametrize(
    ("sheet", "key", "coefficients"),
    [
        ("S1", "R1.01", "0.5 0.5 0.5"),
        ("S1", "SAE1.04", "0 2 0"),
        ("S1", "PORTFOLIO1", "0 0 0"),
        ("S2", "R2.06", "0.4 0.4 0.4"),
        ("S2", "SAE2.01", "1.7 1.7 1.7"),
        ("S3 OSC", "R3.12", "0 0 1.5 0"),
        ("S3 MP", "SAE3.MP.03", "1.5 1.5 1.5 1.5"),
        ("S4 QMI", "STAGE4", "2 2 2 2"),
        ("S4 alternance MP", "H.IA", "0.25 0.25 0.25 0.25"),
        ("S5 alternance OSC", "SAE5.OSC.03", "1.3 1.3 1.3 2.6"),
        ("S5 alternance QMI", "R5.AL1", "0.2 0.2 0.2 0.2"),
        ("S6 alternance MP", "STAGE6", "2.5 2.5 2.5 1"),
        ("S6 alternance QMI", "R6.QMI.09", "0 0 0 2"),
    ],
)
def test_coefficients_are_exact_and_written_zeros_stay(sheet: str, key: str, coefficients: str) -> None:
    assert list(module(table(original(), sheet), key).coefficients.values()) == coefficients.split()


@pytest.mark.parametrize(
    ("sheet", "key", "code", "title", "kind", "pole"),
    [
        ("S1", "SAE1.01", "SAE1.01", "Résolution de problèmes", "sae", "sae"),
        ("S1", "PORTFOLIO1", "SAE1.PF", "Portfolio S1", "portfolio", "sae"),
        ("S1", "R1.AL", "R1.AL", "Makers", "ressource", "ressource"),
        ("S2", "HP", "HP", "Heures projet", "other", None),
        ("S3 alternance QMI", "PORTFOLIO3", "SAE3.Portfolio", "Portfolio S3", "portfolio", "sae"),
        (
            "S3 QMI",
            "R3.QMI.13",
            "R3.QMI.13",
            "Introduction aux Systèmes de Management Intégrés",
            "ressource",
            "ressource",
        ),
        ("S3 MP", "SAE3.MP.02", "SAE3.MP.02", "Bilan et projection", "sae", "sae"),
        ("S4 MP", "STAGE4", "SAE4.ST", "Stage", "stage", "sae"),
        ("S4 MP", "H.IA", "H.IA", "L'IA au coeur de l'industrie 4.0", "ressource", "ressource"),
        ("S5 alternance OSC", "R5.OSC.13", "R5.OSC.13", "Achats dans la Supply Chain", "ressource", "ressource"),
    ],
)
def test_names_are_the_module_s_own(sheet: str, key: str, code: str, title: str, kind: str, pole: str | None) -> None:
    found = module(table(original(), sheet), key)
    assert (found.code, found.title, found.kind, found.pole) == (code, title, kind, pole)


def test_the_document_says_no_more_than_it_does() -> None:
    document = original()
    formation = document.formation
    assert (formation.code, formation.speciality, formation.institution) == ("BUT-QLIO", "QLIO", None)
    assert (formation.academic_year, document.bonus_cap) == ("2025-2026", None)
    assert document.validated_on == {"departement": None, "iut": None}
    every = [each for semester in document.semesters for each in semester.modules]
    assert len(every) == 321
    assert {hours for each in every for hours in each.hours.values()} == {None}
    assert not any(each.evaluations or each.amended for each in every)
    assert {semester.declared.hours for semester in document.semesters} == {None}


def test_ue_titles_stand_above_the_table() -> None:
    assert [ue.title for ue in table(original(), "S3 MP").ues] == [
        "Piloter l'entreprise par la qualité",
        "Gérer les flux physiques et les flux d'information",
        "Organiser des activités de production de biens et de services",
        "Manager, coordonner et animer des équipes logistique et qualité",
    ]


def test_the_only_finding_is_one_title_for_a_ressource_and_a_sae() -> None:
    (semester, finding), *others = original().all_findings
    assert not others
    assert semester is not None
    assert semester.sheet == "S2"
    assert (finding.code, finding.severity, finding.cell) == ("code_differs", "info", "B25")
    assert (finding.module, finding.computed) == ("SAE2.03", "R2.10")


# The same workbook in other hands: nothing voted changes


def add_cover_and_notes(book: Workbook) -> None:
    cover = book.create_sheet("Lisez-moi", 0)
    cover["B2"], cover["B4"] = "Maquettes du BUT QLIO", "Voir le service de la scolarité avant toute modification"
    for sheet in book.worksheets[1:]:
        sheet.cell(3, 11).value = "vu"
        sheet.cell(sheet.max_row + 2, 1).value = "* sous réserve de modification"
        sheet.cell(sheet.max_row + 1, 3).value = "Effectif prévu"
        sheet.cell(sheet.max_row, 4).value = 84


def add_column_of_remarks(book: Workbook) -> None:
    for sheet in book.worksheets:
        head = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "Code PN")
        sheet.cell(head, 9).value = "Remarques"
        sheet.cell(head + 1, 9).value = "à revoir"
        sheet.cell(head + 2, 9).value = 2


def drop_the_title_lines(book: Workbook) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_row=8):
            for cell in row:
                if str(cell.value).startswith("Semestre"):
                    cell.value = None


def rename_headings(book: Workbook) -> None:
    names = {"Code PN": None, "Intitulé module": "Libellé", "Coeff\nsemestre": "Total"}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value in names:
                    cell.value = names[str(cell.value)]


def stack_two_tables(book: Workbook) -> None:
    first, second = book["S1"], book["S2"]
    for row in second.iter_rows():
        for cell in row:
            if cell.value is not None:
                first.cell(cell.row + 40, cell.column).value = cell.value
    del book["S2"]


@pytest.mark.parametrize(
    "edit",
    [
        *HANDS,
        *(add_cover_and_notes, add_column_of_remarks, drop_the_title_lines, rename_headings, stack_two_tables),
    ],
)
def test_another_hand_changes_nothing(edit: Callable[[Workbook], None]) -> None:
    document = reread(edit)
    assert facts(document) == facts(original())
    assert document.formation == original().formation
    assert [finding.code for _, finding in document.all_findings] == ["code_differs"]


def test_codes_and_ues_are_canonical_however_written() -> None:
    def edit(book: Workbook) -> None:
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str):
                        text = re.sub(r"SAE([1-6])", r"SAÉ \1", cell.value)
                        cell.value = re.sub(r"UE([1-6])([1-9])", r"UE \1.\2", text)

    document = reread(edit)
    for before, after in zip(original().semesters, document.semesters, strict=True):
        assert [ue.code for ue in before.ues] == [ue.code for ue in after.ues]
        assert [(each.key, each.coefficients) for each in before.modules] == [
            (each.key, each.coefficients) for each in after.modules
        ]
