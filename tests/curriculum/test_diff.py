"""What changed between two maquettes: by module, coefficient, hours, ECTS and evaluation, each in one sentence."""

from dataclasses import replace

from openpyxl import Workbook

from curriculum.diff import diff
from curriculum.workbook.draft import HOURS, Draft, Evaluation
from tests.curriculum.books import original, reread


def sentences(before: Draft, after: Draft) -> list[str]:
    return [change.sentence.replace("\u00a0", " ") for change in diff(before, after)]


def test_nothing_changed() -> None:
    assert diff(original(), original()) == []


def test_a_hand_that_moves_and_renames_changes_nothing() -> None:
    def edit(book: Workbook) -> None:
        for sheet in book.worksheets:
            sheet.insert_rows(1)
            sheet.title = f"{sheet.title} (v2)"

    assert diff(original(), reread(edit)) == []


def test_each_change_is_one_sentence() -> None:
    def edit(book: Workbook) -> None:
        book["S1"]["E15"], book["S1"]["G21"], book["S1"]["C16"] = "0,75", None, "Communication"
        book["S1"]["E36"], book["S1"]["F36"] = 9, 11
        del book["S6 alternance MP"]

    assert sentences(original(), reread(edit)) == [
        "S1, UE1.1, ECTS : 10 devient 9.",
        "S1, UE1.2, ECTS : 10 devient 11.",
        "S1, R1.01, UE1.1 : 0,5 devient 0,75.",
        "S1, R1.02, intitulé : Expression Communication devient Communication.",
        "S1, R1.07, UE1.3 : 0 est retiré.",
        "S6 MP alternance, tableau : 14 modules est retiré.",
    ]


def test_modules_hours_and_evaluations() -> None:
    first = original().semesters[0]
    english, *others = first.modules
    more = replace(
        english,
        hours=dict.fromkeys(HOURS) | {"td": "12.5"},
        evaluations=(Evaluation("DS", 1, "0.6"), Evaluation("TP", None, "0.4")),
    )
    extra = replace(others[0], key="R1.13", title="Écologie")
    after = replace(
        original(), semesters=(replace(first, modules=(more, *others[1:], extra)), *original().semesters[1:])
    )
    assert sentences(original(), after) == [
        "S1, R1.01, heures td : 12,5 est ajouté.",
        "S1, R1.01, évaluations : DS 0,6 + TP 0,4 est ajouté.",
        "S1, R1.13 : Écologie est ajouté.",
        "S1, R1.02 : Expression Communication est retiré.",
    ]
