"""The workbook of Le Creusot: UE blocks and hours by competence, against the document it comes from."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from curriculum.workbook import codec
from curriculum.workbook.draft import Draft, Finding, Semester
from tests.curriculum import books
from tests.curriculum.books import findings, module

NAME = "004_BUT_GMP_Le_Creusot_CAI.xlsx"


def original() -> Draft:
    return books.original(NAME)


def reread(edit: Callable[[Workbook], object]) -> Draft:
    return books.reread(edit, NAME, source=NAME)


def entry(document: Draft, label: str) -> Semester:
    return next(semester for semester in document.semesters if semester.label == label)


def counts(document: Draft) -> Counter[str]:
    return Counter(finding.code for _, finding in document.all_findings)


def added(document: Draft) -> list[Finding]:
    """The findings that the document of Le Creusot does not have."""
    known = {finding for _, finding in original().all_findings}
    return [finding for _, finding in document.all_findings if finding not in known]


# The document


def test_an_entry_joins_the_two_sheets_of_a_semester() -> None:
    assert [(each.sheet, each.label, each.but_year) for each in original().semesters] == [
        ("Coef S1 | Heures S1", "S1", 1),
        ("Coef S2 | Heures S2", "S2", 1),
        ("Coef S3 FI | Heures S3 CAI", "S3 CAI FI", 2),
        ("Coef S4 FI | Heures S4 CAI", "S4 CAI FI", 2),
        ("Coef S5 FI | Heures S5 CAI", "S5 CAI FI", 3),
        ("Coef S5 Alternance | Heures S5 CAI alternance", "S5 CAI alternance", 3),
        ("Coef S6 FI | Heures S6 CAI", "S6 CAI FI", 3),
        ("Coef S6 Alternance | Heures S6 CAI alternance", "S6 CAI alternance", 3),
        ("Heures S3 CAI alternance", "S3 CAI alternance", 2),
        ("Heures S4 CAI alternance", "S4 CAI alternance", 2),
    ]
    formation = original().formation
    assert (formation.code, formation.institution, formation.academic_year) == ("BUT-GMP", "IUT Le Creusot", None)


@pytest.mark.parametrize(
    ("label", "totals", "ects", "general"),
    [
        ("S1", "17 19 17 10", "8 9 8 5", "63"),
        ("S2", "14 24 19 12", "6 11 8 5", "69"),
        ("S3 CAI FI", "9 18 15 9 12", "4 8 7 5 6", "63"),
        ("S4 CAI FI", "11 20 17 15 12", "4 8 8 5 5", "75"),
        ("S5 CAI FI", "10 18 19 10 14", "4 8 8 4 6", "71"),
        ("S5 CAI alternance", "10 18 19 10 14", "4 8 8 4 6", "71"),
        ("S6 CAI FI", "7 12 14 11 13", "4 6 7 6 7", "57"),
        ("S6 CAI alternance", "7 12 14 11 13", "4 6 7 6 7", "57"),
    ],
)
def test_every_sum_is_the_one_that_the_document_declares(label: str, totals: str, ects: str, general: str) -> None:
    semester = entry(original(), label)
    assert [semester.declared.coefficients[ue.code] for ue in semester.ues] == totals.split()
    assert [ue.ects for ue in semester.ues] == ects.split()
    assert [semester.coefficient_sum(ue.code) for ue in semester.ues] == [Decimal(each) for each in totals.split()]
    assert semester.trace.total == general
    assert semester.coefficient_sum() == int(general)


def test_the_poles_have_the_totals_of_the_document() -> None:
    poles = [
        f"{ue} {figures['ressource']['coefficients']}"
        for semester in original().semesters[:3]
        for ue, figures in semester.declared.poles.items()
    ]
    # the total of UE 22 is blank in the document
    assert ", ".join(poles) == (
        "UE1.1 10, UE1.2 11, UE1.3 10, UE1.4 6, UE2.1 8, UE2.3 11, UE2.4 7, "
        "UE3.1 4, UE3.2 10, UE3.3 8, UE3.4 4, UE3.5 6"
    )


@pytest.mark.parametrize(
    ("label", "key", "code", "title", "kind", "coefficients", "hours"),
    [
        ("S1", "R1.05", "R1. 05", "Ingénierie de construction mécanique", "ressource", "UE1.1 1.5 UE1.3 2.5", "4 32"),
        ("S1", "R1.14", "R1. 14", "Langues", "ressource", "UE1.1 1 UE1.4 2", "14 6"),
        ("S1", "SAE1.04", "SAÉ 1 : 04", "Organisation structurelle de l'industrie", "sae", "UE1.4 4", "2"),
        ("S2", "R2.03", "R2.03", "Science des Matériaux", "ressource", "UE2.1 2", "12 8"),
        ("S2", "SAE2.04", "SAÉ04", "Piloteage d'une production stabilisée", "sae", "UE2.4 4", "1 4"),
        ("S2", "PORTFOLIO2", None, "Portfolio", "portfolio", "UE2.1 1 UE2.2 2 UE2.3 2 UE2.4 1", "2"),
        ("S4 CAI FI", "STAGE4", None, "STAGE", "stage", "UE4.1 3 UE4.2 4 UE4.3 4 UE4.4 3 UE4.5 2", ""),
        ("S5 CAI FI", "PORTFOLIO5", None, "Portfolio", "portfolio", "UE5.1 0 UE5.2 0 UE5.3 0 UE5.4 0", ""),
        ("S5 CAI alternance", "R5.06", "R5. 06", "Métrologie", "ressource", "UE5.4 1", "6 4"),
        (
            "S6 CAI FI",
            "R6.10",
            "R6.10",
            "Ingénierie des systèmes cyberphysiques",
            "ressource",
            "UE6.3 2 UE6.4 1.5",
            "10 8",
        ),
        (
            *("S6 CAI alternance", "IMMERSION6", None, "Immersion professionnelle", "alternance"),
            *("UE6.1 3 UE6.2 6 UE6.3 6.5 UE6.4 5.5 UE6.5 6", ""),
        ),
        ("S3 CAI alternance", "R3.14", None, "Anglais", "ressource", "", ""),
        ("S4 CAI alternance", "S4.RES.06", None, "Sciences des matériaux", "ressource", "", ""),
        (
            *("S4 CAI alternance", "S4.SAE.03", None),
            *("Réaliser une étude de faisabilité en réponse à un appel d'offre", "sae", "", ""),
        ),
    ],
)
def test_modules_are_those_of_the_document(
    label: str, key: str, code: str | None, title: str, kind: str, coefficients: str, hours: str
) -> None:
    found = module(entry(original(), label), key)
    assert (found.code, found.title, found.kind) == (code, title, kind)
    assert " ".join(f"{ue} {value}" for ue, value in found.coefficients.items()) == coefficients
    assert " ".join(each for each in found.hours.values() if each) == hours
    assert set(found.hours) == {"cmi", "cm", "td", "tp", "sr", "projet", "ter", "total"}


def test_a_document_of_hours_without_totals_declares_none() -> None:
    assert {semester.declared.hours for semester in original().semesters} == {None}
    assert {each.hours["total"] for semester in original().semesters for each in semester.modules} == {None}


def test_evaluations_are_relative_coefficients() -> None:
    semester = entry(original(), "S1")
    assert [(each.label, each.count, each.weight) for each in module(semester, "R1.06").evaluations] == [
        ("TP", None, "2"),
        ("IE", None, "1.5"),
        ("DS", None, "3"),
    ]
    (differs,) = findings(original(), "evaluations_differ")
    assert (differs.cell, differs.module, differs.ue) == ("Coef S1!F37", "R1.13", "UE1.4")
    assert (differs.declared, differs.computed) == ("IE 1", "DS 1")
    assert not findings(original(), "weights_sum")


def test_three_alternatives_share_one_place() -> None:
    semester = entry(original(), "S3 CAI FI")
    places = [
        (each.key, each.code, each.parcours, each.coefficients["UE3.5"]) for each in semester.modules if each.parcours
    ]
    assert places == [
        ("R3.18", "R3.18", "IPI", "4.5"),
        ("R3.19", "R3.19", "CPD", "4.5"),
        ("R3.20", "R3.20", "CAI", "4.5"),
        ("SAE3.02", "SAÉ 3.02", "IPI", "6"),
        ("SAE3.02", "SAÉ 3.02", "CPD", "6"),
        ("SAE3.02", "SAÉ 3.02", "CAI", "6"),
    ]
    assert semester.coefficient_sum("UE3.5") == 12
    own = next(each for each in semester.modules if each.place == "SAE3.02 CAI")
    assert own.title == "Réaliser une étude de faisabilité en réponse à un appel d'offre"
    assert (own.hours["td"], own.hours["tp"], own.marked_for) == ("22", "8", ("UE3.5",))


def test_an_immersion_under_both_poles_is_two_modules() -> None:
    semester = entry(original(), "S5 CAI alternance")
    among_sae, among_ressources = module(semester, "IMMERSION5"), module(semester, "IMMERSION5-R")
    assert (among_sae.pole, dict(among_sae.coefficients)) == (
        "sae",
        {"UE5.1": "6", "UE5.2": "10", "UE5.3": "11", "UE5.4": "6"},
    )
    assert (among_ressources.pole, dict(among_ressources.coefficients)) == ("ressource", {"UE5.5": "1"})
    assert (among_sae.marked_for, among_ressources.marked_for) == (("UE5.1", "UE5.2", "UE5.3", "UE5.4"), None)


def test_what_one_ue_leaves_unnumbered_is_joined_by_its_place() -> None:
    found = module(entry(original(), "S6 CAI FI"), "SAE6.01")
    assert (found.code, dict(found.coefficients)) == (
        "SAÉ 6.01",
        {"UE6.1": "1", "UE6.2": "2", "UE6.3": "3", "UE6.4": "2"},
    )
    assert (found.title or "").startswith("Fournir en autonomie")
    assert found.marked_for == ("UE6.1", "UE6.2", "UE6.3", "UE6.4")


def test_ues_have_the_level_that_the_text_says() -> None:
    semester = entry(original(), "S3 CAI FI")
    assert [(ue.competence, ue.level) for ue in semester.ues] == [(f"UE{rank}", 2) for rank in range(1, 6)]
    assert semester.ues[4].title == "Parcours IPI / CPD CAI Niveau 2"
    # the hours in alternance say no level: the one of the same UE in FI holds
    assert [ue.level for ue in entry(original(), "S3 CAI alternance").ues] == [2, 2, 2, 2, 2]
    assert [ue.title for ue in entry(original(), "S6 CAI alternance").ues][:2] == ["SPECIFIER", "DEVELOPPER"]


def test_findings_of_the_document() -> None:
    assert counts(original()) == {
        "title_differs": 82,
        "missing_code": 12,
        "hours_differ": 8,
        "hours_total": 1,
        "evaluations_differ": 1,
        "missing_ects": 1,
        "code_differs": 1,
    }
    (missing,) = findings(original(), "missing_ects")
    assert (missing.cell, missing.ue, missing.computed) == ("Coef S5 Alternance!I16", "UE5.2", "8")
    assert "UE5.2" not in entry(original(), "S5 CAI alternance").declared.ects
    (hours,) = findings(original(), "hours_total")
    assert (hours.cell, hours.ue, hours.declared, hours.computed) == ("Heures S1!E26", "UE1.4", "44", "40")
    (differs,) = (each for each in findings(original(), "hours_differ") if each.module == "PORTFOLIO4")
    assert (differs.cell, differs.ue) == ("Heures S4 CAI!E29", "UE4.3")
    assert (differs.declared, differs.computed) == ("2 h td + 6 h tp", "6 h td")


def test_the_json_is_the_identity() -> None:
    text = codec.dumps(original())
    assert codec.dumps(codec.loads(text)) == text


# The same workbook in other hands: nothing voted changes


def write_ues_apart(book: Workbook) -> None:
    for sheet in book.worksheets:
        for cell in filled(sheet):
            if isinstance(cell.value, str):
                cell.value = re.sub(r"\bUE([1-6])([1-9])\b", r"UE \1.\2", cell.value).replace("SAÉ", "SAE")


def write_bare_hours(book: Workbook) -> None:
    for sheet in book.worksheets[8:]:
        for cell in filled(sheet):
            if isinstance(cell.value, str) and re.fullmatch(r"[0-9]+h", cell.value):
                cell.value = int(cell.value[:-1])


def add_a_cover_and_notes(book: Workbook) -> None:
    book.create_sheet("Lisez-moi", 0)["B2"] = "Maquettes du BUT GMP"
    for sheet in book.worksheets[1:]:
        sheet.cell(sheet.max_row + 2, 1).value = "* sous réserve de modification"
        sheet.cell(sheet.max_row + 1, 3).value = "Effectif prévu"
        sheet.cell(sheet.max_row, 4).value = 84


def add_remarks(book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.cell(4, 12).value = "Remarques"
        sheet.cell(7, 12).value = "à revoir"
        sheet.cell(8, 12).value = 2


def hours_first(book: Workbook) -> None:
    book._sheets = book._sheets[8:] + book._sheets[:8]  # type: ignore[attr-defined]


def add_yearly_totals(book: Workbook) -> None:
    for sheet in book.worksheets[:8]:
        sheet.cell(sheet.max_row + 1, 1).value = "TOTAL ANNUEL BUT"
        sheet.cell(sheet.max_row, 9).value = 132


def filled(sheet: Worksheet) -> list[Cell]:
    return [cell for row in sheet.iter_rows() for cell in row if isinstance(cell, Cell) and cell.value is not None]


@pytest.mark.parametrize(
    "edit",
    [
        *books.HANDS,
        add_a_cover_and_notes,
        write_ues_apart,
        write_bare_hours,
        add_remarks,
        hours_first,
        add_yearly_totals,
    ],
)
def test_another_hand_changes_nothing(edit: Callable[[Workbook], None]) -> None:
    document = reread(edit)
    assert [without_codes(each) for each in books.facts(document)] == [
        without_codes(each) for each in books.facts(original())
    ]
    assert counts(document) == counts(original())
    assert document.formation == original().formation


def without_codes(semester: Semester) -> Semester:
    """A semester without its codes as written, accent and all."""
    return replace(semester, modules=tuple(replace(each, code=None) for each in semester.modules))
