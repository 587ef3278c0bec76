"""The layout « deliberation »: hours and coefficients of six semesters on twelve sheets, and the same rearranged."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from openpyxl import Workbook

from curriculum.workbook.draft import Draft
from tests.curriculum import books
from tests.curriculum.books import facts, findings, module, table

NAME = "001_BUT_QLIO_Rodez_deliberation_2026-2027.xlsx"
BUT1 = [("Qualité", 1), ("Logistique", 1), ("Organisation", 1)]
BUT2 = [("Qualité", 2), ("Logistique", 2), ("Organisation", 2), ("Supply Chain", 1)]
BUT3 = [("Qualité", 3), ("Logistique", 3), ("Organisation", 3), ("Supply Chain", 2)]


def original() -> Draft:
    return books.original(NAME)


def reread(edit: Callable[[Workbook], object]) -> Draft:
    return books.reread(edit, NAME, source=NAME)


def semester(number: int) -> str:
    return f"Annexe 2 S{number} | Annexe 3 S{number}"


# The real workbook, against the published document


@pytest.mark.parametrize(
    ("number", "label", "modules", "hours", "ects", "poles", "competences"),
    [
        (1, "S1", 19, "494.75", "10 10 10", "6+4 6+4 6+4", BUT1),
        (2, "S2", 17, "524", "10 10 10", "6+4 6+4 6+4", BUT1),
        (3, "S3 OSC alternance", 18, "395", "8 8 8 6", "4.5+3.5 4.5+3.5 4.5+3.5 3.5+2.5", BUT2),
        (4, "S4 OSC alternance", 17, "295.75", "7 7 7 9", "3.75+3.25 3.75+3.25 3.75+3.25 4.75+4.25", BUT2),
        (5, "S5 OSC alternance", 18, "395", "7 7 7 9", "4+3 4+3 4+3 4.5+4.5", BUT3),
        (6, "S6 OSC alternance", 13, "150", "8 8 8 6", "4+4 4+4 4+4 3.25+2.75", BUT3),
    ],
)
def test_each_semester_is_the_council_s(
    number: int, label: str, modules: int, hours: str, ects: str, poles: str, competences: list[tuple[str, int]]
) -> None:
    found = table(original(), semester(number))
    assert (found.label, found.academic_year, len(found.modules)) == (label, "2026-2027", modules)
    assert [(ue.competence, ue.level) for ue in found.ues] == competences
    assert [ue.title for ue in found.ues] == [f"{name} Niveau {level}" for name, level in competences]
    assert [ue.code for ue in found.ues] == [f"UE{number}.{rank}" for rank in range(1, len(found.ues) + 1)]
    assert [ue.ects for ue in found.ues] == list(found.declared.ects.values()) == ects.split()
    assert (found.declared.hours, found.declared.coefficients) == (hours, {})
    declared = [
        {pole: {"ects": figure} for pole, figure in zip(("ressource", "sae"), each.split("+"), strict=True)}
        for each in poles.split()
    ]
    assert list(found.declared.poles.values()) == declared


@pytest.mark.parametrize(
    ("number", "key", "title", "hours", "coefficients"),
    [
        (1, "S1.SAE.01", "Résolution de problèmes", "tp 12 total 12", "1:2"),
        (1, "S1.SAE.02", "Immersion - Qualité", "projet 35 total 35", "1:2"),
        (1, "PORTFOLIO1", "Portfolio 1", "tp 6 projet 15 total 21", ""),
        (1, "S1.RES.01", "Anglais", "cm 7.5 td 10.5 tp 12 total 30", "1:0.5 2:0.5 3:0.5"),
        (1, "S1.RES.10", "Approvisionnements et exécution de planning", "cm 7.5 td 10.5 tp 12 total 30", "2:1.5"),
        (2, "S2.SAE.01", "Projet opérationnel", "tp 18 projet 105 total 123", "1:1.5 2:1.5 3:1.5"),
        (2, "S2.SAE.03", "Exécution d'un planning de production", "tp 18 total 18", "2:2"),
        (2, "PORTFOLIO2", "Portfolio 2", "tp 6 projet 15 total 21", "1:0.5 2:0.5 3:0.5"),
        (
            2,
            "S2.RES.04",
            "Connaissance technologique de l'entreprise",
            "cm 7.5 td 10.5 tp 12 total 30",
            "1:0.5 2:0.5 3:0.5",
        ),
        (2, "S2.RES.06", "Projet Personnel et Professionnel 2", "td 6 tp 6 total 12", "1:1.5 2:1.5 3:1.5"),
        (2, "S2.RES.07", "Documentation et notions d'audit", "cm 7.5 td 10.5 tp 6 total 24", "1:0.5"),
        (2, "S2.RES.10", "Exécution d'un planning de production", "cm 7.5 td 10.5 tp 12 total 30", "2:1.5"),
        (
            3,
            "S3.SAE.01",
            "Déploiement des outils QLIO en tant que technicien 1",
            "td 11.25 tp 18 total 29.25",
            "1:2 2:2 3:2",
        ),
        (
            3,
            "S3.SAE.03",
            "Projet Supply Chain en tant que technicien 1",
            "td 10 tp 22 total 32",
            "1:1.5 2:1.5 3:1.5 4:1.5",
        ),
        (3, "PORTFOLIO3", "Portfolio 1", "td 3.75 tp 6 projet 12 total 21.75", ""),
        (3, "S3.RES.06", "Projet Personnel et Professionnel 1", "td 5 tp 4 total 9", "1:0.25 2:0.25 3:0.25 4:0.25"),
        (3, "S3.RES.13", "Activités d'un site logistique", "cm 7.5 td 7.5 tp 8 total 23", "4:0.5"),
        (4, "STAGE4", "Stage obligatoire/Période entreprise", "", "1:2 2:2 3:2 4:2"),
        (4, "PORTFOLIO4", "Portfolio 2", "td 2.5 tp 5 projet 12 total 19.5", "1:0.25 2:0.25 3:0.25 4:0.25"),
        (4, "S4.RES.01", "Anglais professionnel et technique", "cm 5 td 20 tp 8 total 33", "1:0.5 2:0.5 3:0.5 4:0.5"),
        (4, "S4.RES.10", "Prévision et planification de la distribution", "cm 5 td 10 tp 8 total 23", "4:0.75"),
        (
            5,
            "S5.SAE.03",
            "Projet Supply Chain en tant que cadre intermédiaire",
            "td 20 tp 8 total 28",
            "1:1.5 2:1.5 3:1.5 4:2.5",
        ),
        (5, "S5.RES.14", "Distribution, transport et Supply Chain", "cm 3 td 10 tp 10 total 23", "4:1"),
        (6, "S6.SAE.02", "Organisation d'une logistique de retours de produits", "td 5 tp 6 total 11", "4:0.5"),
        (6, "STAGE6", "Stage obligatoire/Période entreprise", "", "1:2.75 2:2.75 3:2.75 4:2"),
        (6, "S6.RES.09", "Reverse Supply Chain", "cm 2.5 td 5 tp 6 total 13.5", "4:0.75"),
    ],
)
def test_hours_and_coefficients_are_joined(number: int, key: str, title: str, hours: str, coefficients: str) -> None:
    found = module(table(original(), semester(number)), key)
    assert (found.code, found.title, found.evaluations, found.amended) == (None, title, (), {})
    assert " ".join(f"{name} {value}" for name, value in found.hours.items() if value) == hours
    assert " ".join(f"{ue.partition('.')[2]}:{value}" for ue, value in found.coefficients.items()) == coefficients


def test_keys_are_the_pole_and_the_rank() -> None:
    keys = [[each.key for each in found.modules] for found in original().semesters]
    assert keys[3][:6] == ["S4.SAE.01", "S4.SAE.02", "S4.SAE.03", "STAGE4", "PORTFOLIO4", "S4.RES.01"]
    assert keys[5][-1] == "S6.RES.09"
    every = [each for found in original().semesters for each in found.modules]
    assert len(every) == 102
    assert sum(len(each.coefficients) for each in every) == 225
    assert {each.kind: each.pole for each in every} == {
        "sae": "sae",
        "portfolio": "sae",
        "stage": "sae",
        "ressource": "ressource",
    }


def test_every_declared_sum_is_the_sum_of_its_modules() -> None:
    for found in original().semesters:
        hours = sum(Decimal(each.hours["total"] or 0) for each in found.modules)
        assert hours == Decimal(found.declared.hours or 0)
        for ue, poles in found.declared.poles.items():
            for pole, figures in poles.items():
                assert found.coefficient_sum(ue, pole) == Decimal(figures["ects"])


def test_the_document_says_no_more_than_it_does() -> None:
    document = original()
    formation = document.formation
    assert (formation.code, formation.speciality, formation.institution) == ("BUT-QLIO", "QLIO", "Rodez")
    assert (formation.academic_year, document.bonus_cap) == ("2026-2027", None)
    assert document.validated_on == {"departement": None, "iut": None}
    assert not document.findings
    assert not document.has_errors


def test_crosses_without_coefficients_and_the_reverse_are_reported() -> None:
    found = [(each.cell, each.module, each.ue) for each in findings(original(), "membership_differs")]
    assert found == [
        ("Annexe 3 S1!D22", "S1.RES.10", "UE1.2"),
        ("Annexe 2 S1!E21", "S1.RES.10", "UE1.3"),
        ("Annexe 3 S3!D45", "S3.RES.13", "UE3.4"),
        ("Annexe 3 S3!D46", "S3.RES.14", "UE3.4"),
        ("Annexe 3 S5!D48", "S5.SAE.03", "UE5.4"),
    ]
    assert module(table(original(), semester(1)), "PORTFOLIO1").marked_for == ("UE1.1", "UE1.2", "UE1.3")
    assert module(table(original(), semester(3)), "S3.RES.13").marked_for == ()


def test_titles_that_differ_are_reported_cell_by_cell() -> None:
    found = findings(original(), "title_differs")
    assert {each.severity for each in found} == {"info"}
    cells: dict[str | None, list[str | None]] = {}
    for each in found:
        cells.setdefault(each.module, []).append(each.cell)
    assert cells == {
        "S2.RES.04": ["Annexe 3 S2!C7", "Annexe 3 S2!C18", "Annexe 3 S2!C29"],
        "S3.SAE.01": ["Annexe 3 S3!C14", "Annexe 3 S3!C25", "Annexe 3 S3!C36"],
        "S3.SAE.03": ["Annexe 3 S3!C15", "Annexe 3 S3!C26", "Annexe 3 S3!C37", "Annexe 3 S3!C48"],
        "PORTFOLIO3": ["Annexe 3 S3!C16"],
        "S3.RES.06": ["Annexe 3 S3!C11"],
        "S3.RES.09": ["Annexe 3 S3!C23"],
        "S4.SAE.01": ["Annexe 3 S4!C13", "Annexe 3 S4!C24", "Annexe 3 S4!C35"],
        "S4.SAE.03": ["Annexe 3 S4!C14", "Annexe 3 S4!C25", "Annexe 3 S4!C36", "Annexe 3 S4!C49"],
        "STAGE4": ["Annexe 3 S4!C16", "Annexe 3 S4!C27", "Annexe 3 S4!C38", "Annexe 3 S4!C51"],
        "S4.RES.01": ["Annexe 3 S4!C6", "Annexe 3 S4!C17", "Annexe 3 S4!C28", "Annexe 3 S4!C39"],
        "S6.SAE.02": ["Annexe 3 S6!C39"],
    }
    assert (found[0].declared, found[0].computed) == (
        "Connaissance technologique et gestion de l'entreprise",
        "Connaissance technologique de l'entreprise",
    )
    assert len(original().all_findings) == len(found) + 5


# The same workbook in other hands: nothing voted changes


def insert_columns(book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.insert_cols(6)
        sheet.insert_cols(1, 2)


def insert_rows_inside(book: Workbook) -> None:
    for sheet in book.worksheets[1:]:
        sheet.insert_rows(20, 2)
        sheet.insert_rows(9)


def unmerge(book: Workbook) -> None:
    for sheet in book.worksheets:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))


def repeat_labels(book: Workbook) -> None:
    """As a secretary who filters does: the UE and the pole on every row."""
    unmerge(book)
    for sheet in book.worksheets[7:]:
        for row in range(5, sheet.max_row + 1):
            for column in (1, 2):
                if sheet.cell(row, column).value is None and sheet.cell(row, 3).value not in (None, "Enseignements"):
                    sheet.cell(row, column).value = sheet.cell(row - 1, column).value


def each_text(book: Workbook, change: Callable[[str], object]) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = change(cell.value)  # type: ignore[assignment]


def type_figures_as_numbers(book: Workbook) -> None:
    def number(text: str) -> object:
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return text

    each_text(book, number)


def pad_figures(book: Workbook) -> None:
    each_text(book, lambda text: f"\u00a0{text.replace(',', '.')} " if text[0].isdigit() else text)


def accent(book: Workbook) -> None:
    each_text(book, lambda text: text.replace("Pole SAE", "Pôle SAÉ").replace("Pôle SAE", "PÔLE SAÉ"))


def number_ues(book: Workbook) -> None:
    for sheet in book.worksheets[7:]:
        for row in sheet.iter_rows(max_col=1):
            if str(row[0].value).startswith("UE"):
                text = str(row[0].value)
                row[0].value = f"UE {sheet.title[-1]}.{text[2]} : {text[4:]}"


def tick(book: Workbook) -> None:
    for sheet in book.worksheets[1:7]:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == "X":
                    cell.value = " x "


def add_cover_and_notes(book: Workbook) -> None:
    for sheet in book.worksheets[1:]:
        last = sheet.max_row
        sheet.cell(last + 1, 1).value = "Sous réserve de modification"
        sheet.cell(last + 3, 3).value = "Effectif prévu"
        sheet.cell(last + 3, 4).value = 84
        sheet.cell(3, 15).value = "vu"
    cover = book.create_sheet("Lisez-moi", 0)
    cover["B2"], cover["B4"] = "Maquettes du BUT QLIO", "Voir le service de la scolarité avant toute modification"


def add_column_of_remarks(book: Workbook) -> None:
    for sheet in book.worksheets[1:]:
        head = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "Enseignements")
        column = sheet.max_column + 1
        sheet.cell(head, column).value = "Remarques"
        sheet.cell(head + 2, column).value = "à revoir"
        sheet.cell(head + 3, column).value = 2


def drop_the_structure(book: Workbook) -> None:
    del book["Annexe 1"]


def leave_levels_to_the_structure(book: Workbook) -> None:
    for sheet in book.worksheets[7:]:
        for row in sheet.iter_rows(max_col=1):
            if str(row[0].value).startswith("UE"):
                row[0].value = str(row[0].value)[:3]


def drop_the_title_lines(book: Workbook) -> None:
    for sheet in book.worksheets[1:]:
        sheet["A1"].value = sheet["A2"].value if str(sheet["A2"].value).startswith("Parcours") else None
        if sheet["A2"].value == f"Semestre {sheet.title[-1]}":
            sheet["A2"].value = None


def shuffle_columns_of_crosses(book: Workbook) -> None:
    for sheet in book.worksheets[1:7]:
        for row in range(4, sheet.max_row + 1):
            first, second = sheet.cell(row, 3), sheet.cell(row, 4)
            if "MergedCell" not in (type(first).__name__, type(second).__name__):
                first.value, second.value = second.value, first.value


@pytest.mark.parametrize(
    "edit",
    [
        *books.HANDS,
        *(insert_columns, insert_rows_inside, unmerge, repeat_labels, type_figures_as_numbers, pad_figures, accent),
        *(number_ues, tick, add_cover_and_notes, add_column_of_remarks, drop_the_structure),
        *(leave_levels_to_the_structure, drop_the_title_lines, shuffle_columns_of_crosses),
    ],
)
def test_another_hand_changes_nothing(edit: Callable[[Workbook], None]) -> None:
    document = reread(edit)
    assert [found.modules for found in facts(document)] == [found.modules for found in facts(original())]
    assert facts(document) == facts(original())
    assert document.formation == original().formation
    assert sorted(each.code for _, each in document.all_findings) == sorted(
        each.code for _, each in original().all_findings
    )
