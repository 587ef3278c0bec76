"""Files that are refused before anything of them is read, each with its sentence."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from curriculum.workbook import guard
from curriculum.workbook.grid import load
from curriculum.workbook.guard import Unreadable
from tests.curriculum.attacks import BOOKS, adding, cells, with_cells
from tests.curriculum.books import PATH, saved


@pytest.mark.parametrize("name", BOOKS)
def test_a_file_is_refused_with_its_reason(name: str) -> None:
    build, sentence = BOOKS[name]
    with pytest.raises(Unreadable) as refusal:
        load(build(), "classeur.xlsx")
    said = str(refusal.value)
    assert sentence in said.replace("\u00a0", " ")
    assert "\n" not in said


def test_too_many_sheets_are_refused() -> None:
    book = Workbook()
    for _ in range(guard.MAX_SHEETS):
        book.create_sheet()
    with pytest.raises(Unreadable, match="200 feuilles"):
        load(saved(book), "classeur.xlsx")
    del book[book.sheetnames[-1]]
    assert len(load(saved(book), "classeur.xlsx").sheets) == guard.MAX_SHEETS


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil", "xl/evil/../../../evil"])
def test_a_part_that_points_outside_is_left_alone(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert load(adding(name, b"x"), "classeur.xlsx").sheets == load(PATH.read_bytes(), "classeur.xlsx").sheets
    assert {path.name for path in tmp_path.rglob("*")} == {"a", "b"}


def test_a_link_to_a_file_of_the_machine_is_not_followed() -> None:
    link = zipfile.ZipInfo("xl/worksheets/lien.xml")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    stream = io.BytesIO(PATH.read_bytes())
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert load(stream.getvalue(), "classeur.xlsx").sheets == load(PATH.read_bytes(), "classeur.xlsx").sheets


def test_the_limits_themselves_pass() -> None:
    guard.check_size(guard.MAX_FILE)
    (sheet,) = load(with_cells("A5000", "GR1"), "classeur.xlsx").sheets
    assert set(sheet.cells) == {(5000, 1), (1, 200)}


def test_a_formula_that_gives_an_empty_text_has_a_value() -> None:
    empty, unvalued = '<c r="A1" t="str"><f>T(B1)</f><v></v></c>', '<c r="B1"><f>A1+1</f><v></v></c>'
    data = cells(f'<row r="1">{empty}{unvalued}</row>')
    assert load(data, "classeur.xlsx").sheets[0].uncomputed == ("B1",)


def test_columns_are_named_and_counted_alike() -> None:
    assert [guard.letters(rank) for rank in (1, 26, 27, 200, 702, 703)] == ["A", "Z", "AA", "GR", "ZZ", "AAA"]
    assert all(guard.number(guard.letters(rank)) == rank for rank in range(1, 2000))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (10, "10"),
        (10.0, "10"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        ("0,50", "0,50"),
        (True, "VRAI"),
    ],
)
def test_a_number_is_its_shortest_decimal(value: Any, text: str) -> None:
    book = Workbook()
    book.active["A1"] = value  # type: ignore[index]
    (sheet,) = load(saved(book), "classeur.xlsx").sheets
    assert sheet.at(1, 1).text == text
