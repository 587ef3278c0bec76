"""What a workbook must be before anything of it is read: a sound .xlsx, within the limits, that only holds data."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from curriculum.workbook.french import typeset

MAX_FILE = 20_000_000
MAX_UNZIPPED = 50_000_000
MAX_SHEETS, MAX_ROWS, MAX_COLUMNS = 200, 5_000, 200
MAX_VALUES = 100_000
"""Filled cells of a whole workbook: thirty times a large maquette, and as much as can be read while one waits."""
MAX_ELEMENTS, MAX_OTHERS = 1_000_000, 200_000
"""XML elements of a whole workbook, and those that are neither cells nor texts: styles, merged ranges, names."""
MAX_PARTS = 5_000

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
REFERENCE = re.compile(r"([A-Z]{1,7})([0-9]{1,9})")
ROW = re.compile(r"[1-9][0-9]{0,8}")
DAMAGED = "le classeur est abîmé ou incomplet : ouvrez-le dans Excel et enregistrez-le de nouveau."
NOT_EXCEL = "ce n’est pas un classeur Excel (.xlsx)."
OLD = "c’est un ancien classeur (.xls) : enregistrez-le au format .xlsx."
MACROS = "le classeur contient des macros : enregistrez-le en .xlsx, sans macro."
TOO_COMPLEX = "le classeur a plus de {} éléments de mise en forme, c’est la limite : copiez ses valeurs dans un neuf."
PROTECTED = "le classeur est protégé par un mot de passe : retirez-le avant l’import."


class Unreadable(ValueError):
    """A document that cannot be read as a maquette; its text is one French sentence, fit for the screen."""

    def __init__(self, sentence: str) -> None:
        super().__init__(typeset(sentence))


class OverLimit(Unreadable):
    """A document over a limit, which no other way of reading it could lift."""


def check_size(size: int) -> None:
    """Refuse a file over 20 MB, from its size alone."""
    if size > MAX_FILE:
        raise Unreadable(f"le fichier pèse {_megabytes(size)}, la limite est de {_megabytes(MAX_FILE)}.")


def inspect(data: bytes) -> dict[str, frozenset[str]]:
    """Refuse what is not a sound .xlsx within the limits; return the formula cells of each sheet's part.

    Sizes are summed from the archive's directory before anything is inflated. A directory that lies is caught by
    the checksum, since no more than the announced size is ever inflated.
    """
    check_size(len(data))
    if data.startswith(OLE):
        raise Unreadable(PROTECTED if ENCRYPTED in data else OLD)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_directory(archive.infolist())
            sheets = dict(_sheets(archive))
    except zipfile.BadZipFile as error:
        raise Unreadable(DAMAGED if data.startswith(b"PK") else NOT_EXCEL) from error
    except (zlib.error, expat.ExpatError, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise Unreadable(DAMAGED) from error
    return sheets


def _check_directory(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse from the archive's directory: too big once unzipped, encrypted, with macros, not a workbook."""
    if len(parts) > MAX_PARTS:
        raise Unreadable(f"le classeur est fait de plus de {MAX_PARTS} fichiers, c’est la limite.")
    unzipped = sum(part.file_size for part in parts)
    if unzipped > MAX_UNZIPPED:
        limit = _megabytes(MAX_UNZIPPED)
        raise Unreadable(f"le classeur pèse {_megabytes(unzipped)} une fois décompressé, la limite est de {limit}.")
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(PROTECTED)
    names = {part.filename.casefold() for part in parts}
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Unreadable(MACROS)
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Unreadable(NOT_EXCEL)


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, frozenset[str]]]:
    """Read every XML part once, and yield those that are sheets with their formula cells."""
    seen = _Seen()
    for part in archive.infolist():
        scan = _scan(archive, part, seen)
        if scan.is_sheet:
            yield part.filename, frozenset(scan.formulas)


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo, seen: "_Seen") -> "_Scan":
    """Look through one part. It is XML by its content: what it is called is its author's choice."""
    scan = _Scan(seen)
    with archive.open(part) as stream:
        head = stream.read(64).lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    if head.startswith(b"<"):
        with archive.open(part) as stream:
            try:
                scan.parser.ParseFile(stream)
            except _TooFar as error:
                name = _sheet_names(archive).get(part.filename, part.filename)
                raise Unreadable(
                    f"la feuille « {name} » va jusqu’à la cellule {name}!{error}, "
                    f"la limite est de {MAX_ROWS} lignes et {MAX_COLUMNS} colonnes."
                ) from error
    return scan


class _TooFar(Exception):
    """A cell beyond the limits; its text is the cell."""


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the name on the tab of each sheet's part, as far as the workbook tells."""
    try:
        book = fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
        links = fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    except (KeyError, ParseError, DefusedXmlException):
        return {}
    parts = {link.get("Id"): link.get("Target", "").removeprefix("/xl/") for link in links}
    return {f"xl/{parts.get(sheet.get(RELATION))}": sheet.get("name", "") for sheet in book.iter(f"{MAIN}sheet")}


@dataclass(slots=True)
class _Seen:
    """What a whole workbook holds, counted while it is looked through: the first count over its limit refuses it."""

    sheets: int = 0
    values: int = 0
    elements: int = 0
    others: int = 0

    def sheet(self) -> None:
        self.sheets += 1
        if self.sheets > MAX_SHEETS:
            raise Unreadable(f"le classeur a plus de {MAX_SHEETS} feuilles, c’est la limite.")

    def value(self) -> None:
        self.values += 1
        if self.values > MAX_VALUES:
            raise Unreadable(f"le classeur a plus de {MAX_VALUES} cellules remplies, c’est la limite.")

    def element(self, *, other: bool) -> None:
        self.elements, self.others = self.elements + 1, self.others + other
        if self.others > MAX_OTHERS or self.elements > MAX_ELEMENTS:
            raise Unreadable(TOO_COMPLEX.format(MAX_OTHERS if self.others > MAX_OTHERS else MAX_ELEMENTS))


class _Scan:
    """One pass over one XML part: no DTD, no macro; in a sheet, how far its cells go and which are formulas."""

    def __init__(self, seen: _Seen) -> None:
        self.seen = seen
        self.is_sheet = self.is_text = False
        self.formulas: set[str] = set()
        self.row = self.column = self.rows = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype
        self.parser.StartElementHandler = self.root

    def refuse_doctype(self, *_: object) -> None:
        raise Unreadable("le classeur contient une déclaration XML interdite (DTD ou entité).")

    def root(self, name: str, attributes: dict[str, str]) -> None:
        """Look at the cells of a sheet, at the tabs of the workbook and at what it says that its parts are."""
        self.is_sheet = name.endswith(" worksheet")
        if self.is_sheet:
            self.seen.sheet()
        if name.endswith("macrosheet"):
            raise Unreadable(MACROS)
        handlers = {"worksheet": self.element, "sst": self.text, "workbook": self.tab, "Types": self.kind}
        self.parser.StartElementHandler = handlers.get(name.rpartition(" ")[2], self.other)

    def text(self, name: str, attributes: dict[str, str]) -> None:
        self.seen.element(other=False)

    def other(self, name: str, attributes: dict[str, str]) -> None:
        self.seen.element(other=True)

    def tab(self, name: str, attributes: dict[str, str]) -> None:
        """Count the tabs, which may all show one part."""
        self.seen.element(other=True)
        if name.endswith(" sheet"):
            self.rows += 1
            if self.rows > MAX_SHEETS:
                raise Unreadable(f"le classeur a plus de {MAX_SHEETS} feuilles, c’est la limite.")

    def kind(self, name: str, attributes: dict[str, str]) -> None:
        self.seen.element(other=True)
        if "macroenabled" in attributes.get("ContentType", "").casefold():
            raise Unreadable(MACROS)

    def element(self, name: str, attributes: dict[str, str]) -> None:
        self.seen.element(other=name.endswith(" mergeCell"))
        if name.endswith(" c"):
            self.cell(attributes.get("r", ""))
            self.is_text = attributes.get("t") == "str"
        elif name.endswith((" v", " is")):
            self.seen.value()
        elif name.endswith(" f") and not self.is_text:  # a text has a value, be it empty
            self.formulas.add(f"{letters(self.column)}{self.row}")
        elif name.endswith(" row"):
            said = ROW.fullmatch(attributes.get("r", ""))
            self.row, self.column, self.rows = int(said[0]) if said else self.row + 1, 0, self.rows + 1
            if self.rows > MAX_ROWS:
                raise _TooFar(f"A{self.row}")

    def cell(self, reference: str) -> None:
        """Note where a cell is (it may not say), and refuse the first one over a limit."""
        if match := REFERENCE.fullmatch(reference):
            self.row, self.column = int(match[2]), number(match[1])
        else:
            self.column += 1
        if self.row > MAX_ROWS or self.column > MAX_COLUMNS:
            raise _TooFar(f"{letters(self.column)}{self.row}")


def letters(column: int) -> str:
    """Return the name of a column counted from 1: 28 is `AB`."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def number(name: str) -> int:
    """Return the rank from 1 of a column: `AB` is 28."""
    rank = 0
    for letter in name:
        rank = 26 * rank + ord(letter) - 64
    return rank


def _megabytes(size: int) -> str:
    """Write a size rounded up, so that what is over a limit never reads as the limit: 20 000 001 is « 20,1 Mo »."""
    whole, tenth = divmod(-(-size // 100_000), 10)
    return f"{whole},{tenth} Mo" if tenth else f"{whole} Mo"
