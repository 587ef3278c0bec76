"""Files that are refused before anything of them is read, each with its sentence."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from curriculum.workbook import guard
from curriculum.workbook.grid import load
from curriculum.workbook.guard import Unreadable
from tests.curriculum.books import PATH, saved

SHEET = "xl/worksheets/sheet1.xml"


def repacked(edit: Callable[[dict[str, bytes]], None]) -> bytes:
    """The real workbook with its parts edited."""
    with zipfile.ZipFile(PATH) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    edit(parts)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_cells(*references: str) -> bytes:
    book = Workbook()
    book.active.title = "Étendue"  # type: ignore[union-attr]
    for reference in references:
        book["Étendue"][reference] = 1
    return saved(book)


def lying() -> bytes:
    """A workbook whose directory announces a smaller first sheet than it inflates to."""
    data = bytearray(PATH.read_bytes())
    with zipfile.ZipFile(PATH) as archive:
        size = archive.getinfo(SHEET).file_size
    place = data.rindex(SHEET.encode()) - 46  # the entry of the directory begins 46 bytes before the name
    assert int.from_bytes(data[place + 24 : place + 28], "little") == size
    data[place + 24 : place + 28] = (size // 2).to_bytes(4, "little")
    return bytes(data)


def add(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.__setitem__(name, content)


def inject(text: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.__setitem__(SHEET, text)


ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet>&a;</worksheet>'
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/hostname"><worksheet/>'


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(lambda: b"", "pas un classeur Excel", id="empty"),
        pytest.param(lambda: b"code;intitule\nR1.01;Anglais\n", "pas un classeur Excel", id="csv renamed"),
        pytest.param(lambda: guard.OLE + bytes(600), "ancien classeur", id="xls"),
        pytest.param(lambda: guard.OLE + bytes(600) + guard.ENCRYPTED, "mot de passe", id="password"),
        pytest.param(lambda: PATH.read_bytes()[:9000], "abîmé", id="truncated"),
        pytest.param(lying, "abîmé", id="lying size"),
        pytest.param(lambda: repacked(inject(b"<worksheet><row>")), "abîmé", id="broken xml"),
        pytest.param(lambda: repacked(lambda parts: parts.clear()), "pas un classeur Excel", id="empty archive"),
        pytest.param(lambda: repacked(inject(ENTITY)), "DTD", id="entity"),
        pytest.param(lambda: repacked(inject(EXTERNAL)), "DTD", id="external entity"),
        pytest.param(lambda: repacked(add("xl/media/image1.png", ENTITY)), "DTD", id="entity in disguise"),
        pytest.param(lambda: repacked(add("xl/vbaProject.bin", b"x")), "macros", id="macros"),
        pytest.param(lambda: repacked(add("xl/media/a.bin", bytes(50_000_001))), "décompressé", id="zip bomb"),
        pytest.param(lambda: bytes(20_000_001), "20,1 Mo", id="too big"),
        pytest.param(lambda: with_cells("A5001"), "Étendue!A5001", id="rows"),
        pytest.param(lambda: with_cells("B2", "GS2"), "Étendue!GS2", id="columns"),
    ],
)
def test_a_file_is_refused_with_its_reason(data: Callable[[], bytes], sentence: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        load(data(), "classeur.xlsx")
    assert sentence in str(refusal.value)


def test_too_many_sheets_are_refused() -> None:
    book = Workbook()
    for _ in range(guard.MAX_SHEETS):
        book.create_sheet()
    with pytest.raises(Unreadable, match="200 feuilles"):
        load(saved(book), "classeur.xlsx")
    del book[book.sheetnames[-1]]
    assert len(load(saved(book), "classeur.xlsx").sheets) == guard.MAX_SHEETS


def test_too_many_filled_cells_are_refused() -> None:
    row = b"<row><c><v>1</v></c></row>"
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    rows = b"<row>" + b"<c><v>1</v></c>" * guard.MAX_COLUMNS + b"</row>"
    count = guard.MAX_VALUES // guard.MAX_COLUMNS
    with pytest.raises(Unreadable, match="250"):
        load(repacked(inject(sheet + rows * count + row + b"</sheetData></worksheet>")), "classeur.xlsx")


def test_the_limits_themselves_pass() -> None:
    guard.check_size(guard.MAX_FILE)
    (sheet,) = load(with_cells("A5000", "GR1"), "classeur.xlsx").sheets
    assert set(sheet.cells) == {(5000, 1), (1, 200)}


def test_a_formula_that_gives_an_empty_text_has_a_value() -> None:
    main = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    empty, unvalued = b'<c r="A1" t="str"><f>T(B1)</f><v></v></c>', b'<c r="B1"><f>A1+1</f><v></v></c>'
    data = repacked(inject(main + empty + unvalued + b"</row></sheetData></worksheet>"))
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
