"""Our own template: what is written is read back the same, what is typed is understood, nothing in it can run."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from curriculum.lint import lint
from curriculum.workbook import codec, writer
from curriculum.workbook.draft import (
    HOURS,
    KINDS,
    MODALITIES,
    POLES,
    SEVERITIES,
    UE,
    Amendment,
    Declared,
    Draft,
    Evaluation,
    Finding,
    Formation,
    Module,
    Semester,
)
from curriculum.workbook.guard import Unreadable, letters
from curriculum.workbook.reader import read
from curriculum.workbook.settle import Options
from tests.curriculum.books import PATH, draft, saved

FIXTURES = sorted(PATH.parent.glob("*.xlsx"))


@cache
def voted(path: Path) -> Draft:
    return draft(path.read_bytes(), path.name)


def reread(data: bytes) -> Draft:
    document, layout = read(data, "maquette.xlsx")
    assert layout == "delibere"
    return lint(document)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name[:3])
def test_every_maquette_comes_back_to_the_letter(path: Path) -> None:
    data = writer.write(voted(path))
    assert codec.dumps(reread(data)) == codec.dumps(voted(path))
    assert writer.write(voted(path)) == data, "the same bytes each time"


ODD = [
    "=1+1",
    "+33",
    "-",
    "—",
    "@x",
    "\tx",
    "'x",
    " x ",
    "x  y",
    "_x0041_",
    "_x000D_",
    "Ressources",
    "SAÉ",
    "Total annoncé",
]
ODD += [
    "UE 3.3",
    "Clé",
    "aucune",
    "a ; b : c",
    "a/b:c*",
    "Lisez-moi",
    "e\u0301",
    "\ufeffx",
    "\x01",
    "𝄞",
    "#N/A",
    "12",
    "0,5",
]
TEXT = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12),
)
FIGURE = st.one_of(
    st.decimals(0, 999, places=2).map(str),
    st.integers(0, 10**20).map(str),
    st.sampled_from(["0.0", "1.50", "0.1234567890123456"]),
)
MAYBE = st.none() | TEXT
FIGURES = st.dictionaries(TEXT, FIGURE, max_size=2)
POLE_FIGURES = st.dictionaries(
    st.sampled_from(POLES) | TEXT,
    st.dictionaries(st.sampled_from(["coefficients", "ects"]) | TEXT, FIGURE, min_size=1, max_size=2),
    min_size=1,
    max_size=2,
)
HOUR_NAMES = st.fixed_dictionaries(
    dict.fromkeys(HOURS, st.none() | FIGURE), optional=dict.fromkeys(("cmi", "ter", "=1"), st.none() | FIGURE)
)
EVALUATIONS = st.lists(st.builds(Evaluation, TEXT, st.none() | st.integers(0, 1000), st.none() | FIGURE), max_size=3)
MODULES = st.builds(
    Module,
    key=TEXT,
    code=MAYBE | st.sampled_from(["R1.01", "SAÉ 1.02", "R1.01 "]),
    title=MAYBE,
    kind=st.sampled_from(KINDS),
    pole=st.sampled_from([*POLES, None]),
    hours=HOUR_NAMES,
    coefficients=FIGURES | st.dictionaries(st.sampled_from(["UE1.1", "UE1.2"]), FIGURE),
    amended=st.dictionaries(TEXT, st.builds(Amendment, FIGURE, st.none() | FIGURE), max_size=2),
    evaluations=EVALUATIONS.map(tuple),
    parcours=MAYBE,
    marked_for=st.none() | st.lists(TEXT, max_size=2).map(tuple),
)
FINDINGS = st.lists(
    st.builds(Finding, TEXT, st.sampled_from(SEVERITIES), TEXT, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE), max_size=2
).map(tuple)
SEMESTERS = st.builds(
    Semester,
    sheet=TEXT,
    semester=st.integers(1, 6),
    parcours=MAYBE,
    modality=st.sampled_from([*MODALITIES, None]),
    academic_year=st.none() | st.just("2025-2026") | TEXT,
    ues=st.lists(
        st.builds(UE, TEXT | st.sampled_from(["UE1.1", "UE1.2"]), MAYBE, TEXT, st.integers(1, 3), st.none() | FIGURE),
        max_size=3,
        unique_by=lambda ue: ue.code,
    ).map(tuple),
    declared=st.builds(
        Declared, st.none() | FIGURE, FIGURES, FIGURES, st.dictionaries(TEXT, POLE_FIGURES, max_size=2)
    ),
    modules=st.lists(MODULES, max_size=4, unique_by=lambda module: module.place).map(tuple),
    findings=FINDINGS,
)
DRAFTS = st.builds(
    Draft,
    formation=st.builds(Formation, TEXT, TEXT, MAYBE, st.none() | st.just("2025-2026") | TEXT),
    semesters=st.lists(SEMESTERS, min_size=1, max_size=2, unique_by=lambda each: (each.label, each.academic_year)).map(
        tuple
    ),
    bonus_cap=st.none() | FIGURE,
    validated_on=st.fixed_dictionaries(
        {"departement": st.sampled_from([None, "2025-06-17", "17/06/2025", "0001-01-01"]), "iut": MAYBE}
    ),
    findings=FINDINGS,
)


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(DRAFTS)
def test_any_json_comes_back_to_the_letter(document: Draft) -> None:
    document = codec.loads(codec.dumps(document))
    assert codec.to_json(reread(writer.write(document))) == codec.to_json(document)


def filled() -> Workbook:
    """The blank template as a secretary fills it in: one semester, nothing that can be left out."""
    book = load_workbook(BytesIO(writer.blank()))
    about = {cell.value: cell.row for cell in book["Formation"]["A"]}
    book["Formation"].cell(about["Spécialité"], 2, "QLIO")
    book["Formation"].cell(about["Année universitaire"], 2, "2026/27")
    book["Formation"].cell(about["Conseil d’IUT"], 2, "17/6/2026")
    book["Formation"].cell(about["Bonus maximal par UE"], 2, "0,5")
    type_in(book, "ECTS", "UE3.1", 16)
    type_in(book, "ECTS", "UE3.2", 14)
    add(
        book,
        "Ressources",
        Code="R3.01",
        Intitulé="Anglais  des\naffaires",
        CM=2,
        TD="4,5",
        Total=7,
        **{"UE3.1": "8", "UE3.2": 7},
    )
    add(
        book,
        "SAÉ",
        Code="SAÉ 3.02",
        Intitulé="Projet",
        **{"UE3.1": 8, "UE3.2": Decimal(7), "Modalité 1": "Oral", "Poids 1": 1},
    )
    add(book, "SAÉ", Code="Stage", Intitulé="Stage")
    add(book, "Autres", Intitulé="Conférences", **{"UE cochées": "ue 3.1"})
    return book


def column(book: Workbook, heading: str) -> int:
    return next(cell.column for cell in book["S3"][10] if cell.value == heading)


def type_in(book: Workbook, label: str, ue: str, value: int) -> None:
    row = next(row for row in range(1, 10) if label in [cell.value for cell in book["S3"][row]])
    book["S3"].cell(row, column(book, ue), value)


def add(book: Workbook, pole: str, **values: Any) -> int:
    """Fill in the first blank row of a pole; return its number."""
    sheet = book["S3"]
    row = int(next(cell.row for cell in sheet["A"] if cell.value == pole)) + 1
    while sheet.cell(row, 1).value or sheet.cell(row, 2).value:
        row += 1
    for heading, value in values.items():
        sheet.cell(row, column(book, heading), value)
    return row


def test_what_a_secretary_types_is_understood() -> None:
    document = reread(saved(filled()))
    assert document.formation == Formation("BUT-QLIO", "QLIO", None, "2026-2027")
    assert (document.bonus_cap, document.validated_on["iut"]) == ("0.5", "2026-06-17")
    (semester,) = document.semesters
    assert (semester.sheet, semester.semester, semester.academic_year) == ("S3", 3, "2026-2027")
    assert [(ue.code, ue.competence, ue.level, ue.ects) for ue in semester.ues] == [
        ("UE3.1", "UE1", 2, "16"),
        ("UE3.2", "UE2", 2, "14"),
    ]
    english, project, internship, talks = semester.modules
    assert (english.key, english.title, english.kind, english.pole) == (
        "R3.01",
        "Anglais des affaires",
        "ressource",
        "ressource",
    )
    assert english.coefficients == {"UE3.1": "8", "UE3.2": "7"}
    assert (english.hours["cm"], english.hours["td"], english.hours["tp"], english.hours["total"]) == (
        "2",
        "4.5",
        None,
        "7",
    )
    assert (project.key, project.kind, project.evaluations) == ("SAE3.02", "sae", (Evaluation("Oral", None, "1"),))
    assert (internship.key, internship.kind, internship.pole) == ("STAGE3", "stage", "sae")
    assert (talks.key, talks.kind, talks.pole, talks.marked_for) == ("S3.AUT.01", "other", None, ("UE3.1",))


def test_what_is_wrong_is_said_on_its_cell() -> None:
    book = filled()
    row = add(book, "Ressources", Code="R3.01", Intitulé="Encore", **{"UE3.1": "0,3 0,2", "UE3.2": "beaucoup"})
    assert row == 13
    book["S3"].cell(9, 40, "Remarques de la direction")
    book["S3"].cell(10, 40, "Salle")
    book["S3"].cell(12, 40, "B12")
    found = {(each.code, each.cell, each.module) for each in reread(saved(book)).semesters[0].findings}
    ue1, ue2 = (
        load_workbook(BytesIO(saved(book)))["S3"].cell(13, column(book, ue)).coordinate for ue in ("UE3.1", "UE3.2")
    )
    assert {
        ("duplicate_code", "A13", "R3.01"),
        ("unread_row", ue2, "R3.01-2"),
        ("amended_cell", ue1, "R3.01-2"),
        ("unread_row", "AN10", None),
        ("hours_row", "I12", "R3.01"),
        ("missing_code", "A42", "S3.AUT.01"),
    } <= found


def test_a_blank_template_is_refused_with_what_to_do() -> None:
    with pytest.raises(Unreadable) as refusal:
        read(writer.blank(), "maquette.xlsx")
    assert "le modèle est vide : remplissez au moins un tableau de semestre (« S1 »" in str(refusal.value).replace(
        "\u00a0", " "
    )


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda book: book["Formation"].cell(5, 2, ""), "ne dit pas quelle est la formation"),
        (lambda book: book["Formation"].cell(8, 2, "un peu"), "« Bonus maximal par UE » : attendu, un nombre"),
        (lambda book: book["S3"].cell(3, 2, "neuf"), "S3!B3 : attendu, un semestre de 1 à 6 ; trouvé, neuf"),
        (lambda book: book["S3"].cell(5, 2, "du soir"), "S3!B5 : attendu, FI ou alternance ; trouvé, du soir"),
        (lambda book: book["S3"].cell(5, column(book, "UE3.1"), 4), "un niveau de 1 à 3 ; trouvé, 4"),
        (lambda book: book["S3"].cell(10, column(book, "UE3.2"), "UE31"), "deux colonnes s’appellent UE3.1"),
    ],
)
def test_what_cannot_be_used_is_refused_on_its_cell(spoil: Callable[[Workbook], object], sentence: str) -> None:
    book = filled()
    spoil(book)
    with pytest.raises(Unreadable) as refusal:
        read(saved(book), "maquette.xlsx")
    assert sentence in str(refusal.value).replace("\u00a0", " ")


def test_a_maquette_that_changes_is_checked_anew() -> None:
    book = load_workbook(BytesIO(writer.write(voted(PATH))), rich_text=True)
    assert reread(saved(book)) == voted(PATH), "saved by another hand, formulas without a value included"
    sheet = book["S1"]
    cell = next(cell for cell in sheet[12] if cell.value == Decimal("0.5") or cell.value == 1 / 2)
    cell.value = 2
    semester = reread(saved(book)).semesters[0]
    assert {(each.code, each.computed) for each in semester.findings} >= {
        ("column_total", "11.5"),
        ("ects_total", "11.5"),
    }


def test_rows_and_columns_may_be_inserted_and_sheets_reordered() -> None:
    book = load_workbook(BytesIO(writer.write(voted(PATH))), rich_text=True)
    for name in book.sheetnames[2:-1]:
        for merged in list(book[name].merged_cells.ranges):
            book[name].unmerge_cells(str(merged))
        book[name].insert_rows(12)
        book[name].insert_rows(2)
        book[name].insert_cols(3)
    book.move_sheet("Constats", -10)
    assert reread(saved(book)) == voted(PATH)


def test_sums_are_live_and_their_values_are_stored() -> None:
    data = writer.write(voted(PATH))
    formulas, values = (load_workbook(BytesIO(data), data_only=stored)["S1"] for stored in (False, True))
    live = [cell.coordinate for row in formulas.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(live) > 30
    ues = [letters(cell.column or 0) for cell in values[10] if str(cell.value).startswith("UE1")]
    for letter, ue in zip(ues, voted(PATH).semesters[0].ues, strict=True):
        assert str(formulas[f"{letter}7"].value).startswith("=SUM(")
        assert values[f"{letter}7"].value == voted(PATH).semesters[0].coefficient_sum(ue.code)
        assert (values[f"{letter}8"].value, values[f"{letter}9"].value) == (0, 40)


def test_sums_count_the_alternatives_of_a_place_once() -> None:
    path = next(path for path in FIXTURES if path.name.startswith("004"))
    document = voted(path)
    semester = next(
        each for each in document.semesters if any(module.parcours for module in each.modules) and each.ues
    )
    book = load_workbook(BytesIO(writer.write(document)), data_only=True)
    sheet = book[semester.sheet] if semester.sheet in book.sheetnames else book[semester.label]
    for cell in sheet[10]:
        if cell.value in {ue.code for ue in semester.ues}:
            assert Decimal(str(sheet.cell(7, cell.column).value)) == semester.coefficient_sum(str(cell.value))


def test_nothing_that_is_typed_can_run() -> None:
    evil = ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", " =1"]
    first = voted(PATH).semesters[0]
    modules = tuple(replace(module, title=text, code=None) for module, text in zip(first.modules, evil, strict=False))
    document = replace(
        voted(PATH), semesters=(replace(first, parcours="=1", sheet="=cmd", modules=modules, findings=()),)
    )
    data = writer.write(document)
    assert reread(data).semesters[0].modules == modules
    for sheet in load_workbook(BytesIO(data), data_only=True):
        for row in sheet.iter_rows():
            for cell in row:
                text = cell.value if isinstance(cell.value, str) else ""
                assert not text.lstrip().startswith(("=", "+", "-", "@")), cell.coordinate


def test_the_template_is_kind_to_who_fills_it_in() -> None:
    book = load_workbook(BytesIO(writer.blank()))
    assert book.sheetnames == ["Lisez-moi", "Formation", "S1", "S2", "S3", "S4", "S5", "S6"]
    sheet = book["S3"]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("C11", "$10:$10")
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert not sheet.protection.insertRows, "false is « not forbidden »"
    assert sheet.page_setup.orientation == "landscape"
    kinds = {validation.type for validation in sheet.data_validations.dataValidation}
    assert kinds == {"list", "decimal", "whole"}
    opened = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert {"B3", "A12", "B12"} <= opened
    assert opened.isdisjoint({"A10", "A11", sheet.cell(12, column(book, "Somme")).coordinate})


def test_the_options_win_over_the_template() -> None:
    options = Options("BUT-QLIO-X", "2030-2031", "IUT de Test")
    document, _ = read(writer.write(voted(PATH)), "maquette.xlsx", options)
    assert document.formation == Formation("BUT-QLIO-X", "QLIO", "IUT de Test", "2030-2031")
    assert {each.academic_year for each in document.semesters} == {"2030-2031"}
