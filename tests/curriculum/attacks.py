"""Files made to hurt: each is refused with one sentence, soon and in little memory."""

import io
import re
import zipfile
from collections.abc import Callable

from openpyxl import Workbook

from curriculum.workbook import codec, guard
from tests.curriculum.books import PATH, original, saved

Parts = dict[str, bytes]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET, STYLES, LINKS = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"
DTD = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "{}">{}]><worksheet>{}</worksheet>'
ENTITY = DTD.format("aaaaaaaaaa", "", "&a;").encode()
LAUGHS = DTD.format("lol", "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "&a;"}">' for n in range(9)), "&a8;")
QUADRATIC = DTD.format("x" * 50_000, "", "&a;" * 50_000)
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/hostname"><worksheet/>'
WIDE = ENTITY.decode().replace('"?', '" encoding="UTF-16"?', 1).encode("utf-16")


def repacked(edit: Callable[[Parts], object]) -> bytes:
    """The real workbook with its parts edited."""
    with zipfile.ZipFile(PATH) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    edit(parts)
    return packed(parts)


def packed(parts: Parts) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def adding(name: str, content: bytes) -> bytes:
    return repacked(lambda parts: parts.__setitem__(name, content))


def injected(text: bytes) -> bytes:
    return adding(SHEET, text)


def cells(text: str) -> bytes:
    """The real workbook with other rows in its first sheet."""
    return injected(f'<worksheet xmlns="{MAIN}"><sheetData>{text}</sheetData></worksheet>'.encode())


def replacing(name: str, old: str, new: str) -> bytes:
    def edit(parts: Parts) -> None:
        changed = re.sub(old.encode(), new.encode(), parts[name], count=1)
        assert changed != parts[name]
        parts[name] = changed

    return repacked(edit)


def with_cells(*references: str) -> bytes:
    book = Workbook()
    book.active.title = "Étendue"  # type: ignore[union-attr]
    for reference in references:
        book["Étendue"][reference] = 1
    return saved(book)


def garbage(rows: int, columns: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Bazar")
    for row in range(rows):
        sheet.append([f"x{row}-{column}" for column in range(columns)])
    return saved(book)


def tabs(number: int) -> bytes:
    """A workbook of many tabs that all show one sheet."""
    many = "".join(f'<sheet name="F{rank}" sheetId="{rank + 1}" r:id="\\1"/>' for rank in range(number))
    return replacing("xl/workbook.xml", r'<sheets>.*?r:id="(\w+)".*</sheets>', f"<sheets>{many}</sheets>")


def lying() -> bytes:
    """A workbook whose directory announces a smaller first sheet than it inflates to."""
    data = bytearray(PATH.read_bytes())
    with zipfile.ZipFile(PATH) as archive:
        size = archive.getinfo(SHEET).file_size
    place = data.rindex(SHEET.encode()) - 46  # the entry of the directory begins 46 bytes before the name
    assert int.from_bytes(data[place + 24 : place + 28], "little") == size
    data[place + 24 : place + 28] = (size // 2).to_bytes(4, "little")
    return bytes(data)


def json(old: str, new: str) -> bytes:
    text = codec.dumps(original())
    assert old in text
    return text.replace(old, new, 1).encode()


BOOKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "pas un classeur Excel"),
    "csv renamed": (lambda: b"code;intitule\nR1.01;Anglais\n", "pas un classeur Excel"),
    "web page": (lambda: b"<html><table><tr><td>R1.01</td></tr></table></html>", "pas un classeur Excel"),
    "xls": (lambda: guard.OLE + bytes(600), "ancien classeur"),
    "password": (lambda: guard.OLE + bytes(600) + guard.ENCRYPTED, "mot de passe"),
    "truncated": (lambda: PATH.read_bytes()[:9000], "abîmé"),
    "lying size": (lying, "abîmé"),
    "broken xml": (lambda: injected(b"<worksheet><row>"), "abîmé"),
    "word for a row": (lambda: cells('<row r="1"><c r="A1" s="x"><v>1</v></c></row>'), "abîmé"),
    "endless date": (lambda: cells('<row r="1"><c r="A1" t="d"><v>9999999999</v></c></row>'), "abîmé"),
    "endless reference": (lambda: cells(f'<row><c r="{"A" * 1_000_000}1"><v>1</v></c></row>'), "abîmé"),
    "empty archive": (lambda: packed({}), "pas un classeur Excel"),
    "other archive": (lambda: packed({"lisez-moi.txt": b"x"}), "pas un classeur Excel"),
    "entity": (lambda: injected(ENTITY), "DTD"),
    "entity in utf-16": (lambda: injected(WIDE), "DTD"),
    "external entity": (lambda: injected(EXTERNAL), "DTD"),
    "entity in disguise": (lambda: adding("xl/media/image1.png", ENTITY), "DTD"),
    "billion laughs": (lambda: adding("xl/sharedStrings.xml", LAUGHS.encode()), "DTD"),
    "quadratic xml": (lambda: injected(QUADRATIC.encode()), "DTD"),
    "macros": (lambda: adding("xl/vbaProject.bin", b"x"), "macros"),
    "macros by type": (
        lambda: replacing(r"[Content_Types].xml", r"application/vnd[^\"]*sheet.main", "application/macroEnabled.main"),
        "macros",
    ),
    "macros of old": (lambda: adding("xl/x.xml", b'<m:macrosheet xmlns:m="urn:m"/>'), "macros"),
    "zip bomb": (lambda: adding("xl/media/a.bin", bytes(50_000_001)), "décompressé"),
    "many files": (lambda: packed({f"xl/{rank}": b"" for rank in range(guard.MAX_PARTS + 1)}), "5000 fichiers"),
    "too big": (lambda: bytes(guard.MAX_FILE + 1), "20,1 Mo"),
    "rows": (lambda: with_cells("A5001"), "Étendue!A5001"),
    "rows of garbage": (lambda: garbage(5001, 3), "Bazar!A5001"),
    "rows without cells": (lambda: cells("<row/>" * 2_000_000), "S1!A5001"),
    "columns": (lambda: with_cells("B2", "GS2"), "Étendue!GS2"),
    "columns of garbage": (lambda: garbage(50, 201), "Bazar!GS1"),
    "filled cells": (lambda: garbage(5000, 50), "100000 cellules"),
    "one cell again and again": (lambda: cells("<row>" + '<c r="A1"><v>1</v></c>' * 300_000 + "</row>"), "100000"),
    "blank cells": (lambda: cells(("<row>" + "<c/>" * 200 + "</row>") * 5000), "1000000 éléments"),
    "tabs of one sheet": (lambda: tabs(5000), "200 feuilles"),
    "styles": (lambda: replacing(STYLES, "</cellXfs>", '<xf numFmtId="0"/>' * 300_000 + "</cellXfs>"), "200000"),
    "merged ranges": (
        lambda: injected(f'<worksheet xmlns="{MAIN}">{"<mergeCell/>" * 300_000}</worksheet>'.encode()),
        "200000 éléments",
    ),
    "sheet elsewhere": (
        lambda: replacing(LINKS, r'Target="[^"]*sheet1.xml"', 'Target="file:///etc/passwd" TargetMode="External"'),
        "la feuille « S1 » n’est pas dans le classeur",
    ),
    "sheet above": (
        lambda: replacing(LINKS, r'Target="[^"]*sheet1.xml"', 'Target="../../../etc/passwd"'),
        "la feuille « S1 » n’est pas dans le classeur",
    ),
    "sheet that is none": (
        lambda: replacing(LINKS, r'Target="[^"]*sheet1.xml"', 'Target="styles.xml"'),
        "la feuille « S1 » n’est pas dans le classeur",
    ),
}
"""Workbooks that are refused before their cells are looked at, and what the sentence says."""

DOCUMENTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "200 columns of garbage": (lambda: garbage(400, 200), "aucune présentation connue"),
    "30 MB of json": (lambda: b'{"a": "' + b"x" * 30_000_000 + b'"}', "30,1 Mo"),
    "deep json": (lambda: b'{"schema":' + b"[" * 1_000_000, "JSON"),
    "json cut short": (lambda: codec.dumps(original()).encode()[:5000], "JSON"),
    "json with NaN": (lambda: json('"bonus_cap": null', '"bonus_cap": NaN'), "NaN"),
    "json with a float": (lambda: json('"0.5"', "0.5"), "entre guillemets"),
    "json that says twice": (lambda: json('"bonus_cap":', '"bonus_cap": "9", "bonus_cap":'), "« bonus_cap »"),
    "json with an endless integer": (lambda: json('"semester": 1', f'"semester": {"9" * 5000}'), "JSON"),
    "json that no file holds": (lambda: json("QLIO", "QL\\u0000IO"), "attendu, un texte"),
    "json of no maquette": (lambda: b'{"schema": "maquette/2"}', "maquette/1"),
    "json with endless lists": (lambda: json('"ues": [', f'"ues": [{"0," * 200_000}'), "100000 éléments"),
}
"""Files that get further, and are refused."""
