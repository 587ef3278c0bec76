"""The modalities of a module, cell form by cell form."""

import pytest

from curriculum.workbook.evaluations import Modalities, read_modalities
from curriculum.workbook.grid import Cell

Parts = tuple[tuple[str, bool], ...]


def cell(text: str | Parts, column: int) -> Cell:
    """A cell of plain text, or of parts that are struck out or not."""
    parts = ((text, False),) if isinstance(text, str) else text
    return Cell(5, column, "".join(part for part, _ in parts), parts=parts)


def read(labels: str | Parts, weights: str | Parts) -> Modalities:
    return read_modalities(cell(labels, 8), cell(weights, 9))


def said(modalities: Modalities) -> list[str]:
    return [" ".join(map(str, (each.count, each.label, each.weight))) for each in modalities.evaluations]


@pytest.mark.parametrize(
    ("labels", "weights", "expected"),
    [
        ("1 DS", "1", ["1 DS 1"]),
        ("1 TP 1 DS", "0,5 0,5", ["1 TP 0.5", "1 DS 0.5"]),
        ("1 TP\n1 DS", "0,25\n0,75", ["1 TP 0.25", "1 DS 0.75"]),
        ("2\u00a0TP 1\u00a0DS", "0,40\u00a00,60", ["2 TP 0.40", "1 DS 0.60"]),
        ("1 TP_x000D_\n1 DS", "0,5_x000D_\n0,5", ["1 TP 0.5", "1 DS 0.5"]),
        ("1 note TP (Oral)", "1", ["1 note TP (Oral) 1"]),
        ("1 TP (Oral) 1 ÉCRIT (dont 2 TOEIC)", "0,4 0,6", ["1 TP (Oral) 0.4", "1 ÉCRIT (dont 2 TOEIC) 0.6"]),
        ("1 DOSSIER (étude\nde cas)", "1", ["1 DOSSIER (étude de cas) 1"]),
        ("Moyenne TD/TP", "1", ["None Moyenne TD/TP 1"]),
        ("POSTER métier Oral", "0,5 0,5", ["None POSTER métier 0.5", "None Oral 0.5"]),
        (
            "DOSSIER COLLECTIF DOSSIER INDIVIDUEL",
            "0,5 0,5",
            ["None DOSSIER COLLECTIF 0.5", "None DOSSIER INDIVIDUEL 0.5"],
        ),
        (
            "Rapport de stage (0,4) Évaluation entreprise (0,6)",
            "0,4 0,6",
            ["None Rapport de stage 0.4", "None Évaluation entreprise 0.6"],
        ),
        ("1 TP (Oral) (0,4) 1 Autoformation (0,60)", "0,4 0,6", ["1 TP (Oral) 0.4", "1 Autoformation 0.6"]),
        ("1 TP (0,3) 1 DS (0,7)", "0,4 0,6", ["1 TP (0,3) 0.4", "1 DS (0,7) 0.6"]),
        ("4 TP", "1", ["4 TP 1"]),
        ("-", "", []),
        ("-", "0", []),
        ("–", "-", []),
        ("", "", []),
        ("1 DS", "", ["1 DS None"]),
        ("", "1", ["None  1"]),
        ("1 TP 1 DS", "1", ["1 TP 1", "1 DS None"]),
        ("1 DS", "0,5 0,4", ["1 DS 0.5", "None  0.4"]),
        ("1 DS", "4", ["1 DS 4"]),
    ],
)
def test_one_set_of_evaluations(labels: str, weights: str, expected: list[str]) -> None:
    found = read(labels, weights)
    assert said(found) == expected
    assert (found.odd, found.old, list(found.findings())) == ((), (), [])


@pytest.mark.parametrize(
    ("labels", "weights", "expected", "old", "codes"),
    [
        ("1 TP 4 DS 1 DS", "0,33 0,67 1", ["1 DS 1"], "TP 0.33 + DS 0.67", ["amended_evaluations"]),
        (
            "4 TP 4 DS 1 ÉCRIT 1 ORAL",
            "0,5 0,5 0,5 0,5",
            ["1 ÉCRIT 0.5", "1 ORAL 0.5"],
            "TP 0.5 + DS 0.5",
            ["amended_evaluations"],
        ),
        (
            "4 SYNTHÈSE 1 DOSSIER",
            "4 1",
            ["1 DOSSIER 1"],
            "SYNTHÈSE 1",
            ["struck_figure", "amended_evaluations"],
        ),
        (
            "Moyenne TD/TP 1 TP 1 DOSSIER",
            "4 0,25 0,75",
            ["1 TP 0.25", "1 DOSSIER 0.75"],
            "Moyenne TD/TP 1",
            ["struck_figure", "amended_evaluations"],
        ),
        ("1 ORAL 1 TP", "1 4", ["1 ORAL 1"], "TP 1", ["struck_figure", "amended_evaluations"]),
    ],
)
def test_of_two_sets_only_the_one_in_force(
    labels: str, weights: str, expected: list[str], old: str, codes: list[str]
) -> None:
    found = read(labels, weights)
    findings = list(found.findings())
    assert said(found) == expected
    assert [each.code for each in findings] == codes
    assert {each.severity for each in findings} == {"info"}
    assert (findings[-1].cell, findings[-1].declared) == ("H5", old)
    if codes[0] == "struck_figure":
        assert (findings[0].cell, findings[0].declared, findings[0].computed) == ("I5", "4", "1")


@pytest.mark.parametrize(
    ("labels", "weights"),
    [
        ((("1 TP", True), (" 1 DS", False)), (("1", True), (" 1", False))),
        ((("1 TP", True), (" 1 DS", False)), "1 1"),
        ("1 TP 1 DS", (("4", True), (" 1", False))),
        ((("1 DS ", False), ("1 TP", True)), "1 1"),
    ],
)
def test_strike_through_decides(labels: str | Parts, weights: str | Parts) -> None:
    found = read(labels, weights)
    assert said(found) == ["1 DS 1"]
    (finding,) = found.findings()
    assert (finding.code, finding.severity, finding.computed) == ("amended_evaluations", "info", "DS 1")


def test_what_is_left_of_a_struck_set_may_not_add_up() -> None:
    found = read((("1 TP", True), (" 1 DS", False)), (("0,5", True), (" 0,5", False)))
    (finding,) = found.findings()
    assert (said(found), finding.severity) == (["1 DS 0.5"], "warning")


@pytest.mark.parametrize(
    ("labels", "weights", "odd"), [("1 DS", "beaucoup", "I5"), ("0,5", "1", "H5"), ("1 DS", "1 x", "I5")]
)
def test_what_is_no_weight_is_not_understood(labels: str, weights: str, odd: str) -> None:
    found = read(labels, weights)
    assert ([each.name for each in found.odd], found.evaluations) == ([odd], ())
