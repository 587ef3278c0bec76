"""Lists to and from spreadsheets: .xlsx and .csv in, as rows of text; the same two out, harmless to open.

What is wrong with a file as a whole is refused here, before anything of it is believed; what is wrong with a line is
the affair of whoever asked for the list.
"""

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

from django.core.files.uploadedfile import UploadedFile
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font

from curriculum.workbook import grid, guard
from curriculum.workbook.guard import letters
from curriculum.workbook.naming import plain

MAX_LINES = 3_000
ENCODINGS = ("utf-8-sig", "cp1252")  # what Excel writes today, and what it wrote in France until then
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
"""The formats, and how a browser is told of them."""

EXCEL_ERRORS = {
    "#N/A",
    "#REF!",
    "#VALEUR!",
    "#VALUE!",
    "#NOM?",
    "#NAME?",
    "#DIV/0!",
    "#NUL!",
    "#NULL!",
    "#NOMBRE!",
    "#NUM!",
}
FORMULA = re.compile(r"^[=+\-@\t\r]")
"""How a text begins that a spreadsheet would take for a formula when it opens a .csv."""


class TableRefused(ValueError):
    """A file that cannot be read as a list; its text is one French sentence, fit for the screen."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line that says something: its number in the file, counted from 1, and its cells from column A on."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A list as it was sent: the name and the SHA-256 of its file, its lines from top to bottom."""

    name: str
    sha256: str
    rows: list[Row]


def read_table(upload: UploadedFile) -> Table:
    """Read a list that somebody sends. Raises TableRefused: too heavy, damaged, another format, too long, empty."""
    name = upload.name or "sans nom"
    extension = name.rpartition(".")[2].lower()
    if extension not in TYPES:
        raise TableRefused(f"Le fichier «\xa0{name}\xa0» n’est ni un classeur .xlsx ni un fichier .csv.")
    try:
        guard.check_size(upload.size or 0)
        content = upload.read()
        rows = _workbook_rows(content, name) if extension == "xlsx" else _csv_rows(content)
        kept = [row for row in rows if any(row.cells)]
    except guard.Unreadable as error:
        raise TableRefused(f"Le fichier «\xa0{name}\xa0» est refusé\xa0: {error}") from error
    if not kept:
        raise TableRefused(f"Le fichier «\xa0{name}\xa0» est vide.")
    if len(kept) > MAX_LINES:
        raise TableRefused(
            f"Le fichier «\xa0{name}\xa0» a {len(kept)} lignes, la limite est de {MAX_LINES}\xa0: coupez-le en deux."
        )
    return Table(name, hashlib.sha256(content).hexdigest(), kept)


def _workbook_rows(content: bytes, name: str) -> Iterator[Row]:
    """The lines of the first sheet."""
    sheet = grid.load(content, name).sheets[0]
    if sheet.uncomputed:
        raise guard.Unreadable(
            f"la cellule {sheet.uncomputed[0]} contient une formule sans résultat\xa0: "
            "ouvrez-le dans Excel et enregistrez-le de nouveau."
        )
    for number, cells in sheet.rows.items():
        line = [""] * cells[-1].column
        for cell in cells:
            line[cell.column - 1] = plain(cell.text)
        yield _sound(number, line)


def _csv_rows(content: bytes) -> Iterator[Row]:
    """The lines of a text whose cells stand apart by semicolons, commas or tabulations."""
    text = _decoded(content)
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    try:
        for number, cells in enumerate(
            csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1
        ):
            yield _sound(number, [plain(cell) for cell in cells])
    except csv.Error as error:
        raise guard.Unreadable("ses guillemets ne se referment pas, ou une cellule est démesurée.") from error


def _decoded(content: bytes) -> str:
    if b"\0" not in content:
        for encoding in ENCODINGS:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise guard.Unreadable(
        "ce n’est pas un texte en UTF-8 ni en Windows-1252\xa0: enregistrez-le en «\xa0CSV UTF-8\xa0»."
    )


def _sound(number: int, cells: list[str]) -> Row:
    """Return a line, unless a cell of it is the error of a formula. An apostrophe that guarded a text is dropped."""
    for rank, cell in enumerate(cells):
        if cell.upper() in EXCEL_ERRORS:
            raise guard.Unreadable(f"la cellule {letters(rank + 1)}{number} contient l’erreur {cell}.")
    return Row(number, [cell[1:] if cell.startswith("'") and FORMULA.match(cell[1:]) else cell for cell in cells])


def write_table(extension: str, headers: Sequence[str], rows: Iterable[Sequence[str]], *, title: str) -> bytes:
    """Return a list as a file that `read_table` reads back, all text: no cell of it can act when it is opened."""
    return _as_workbook(headers, rows, title) if extension == "xlsx" else _as_csv(headers, rows)


def _as_workbook(headers: Sequence[str], rows: Iterable[Sequence[str]], title: str) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for rank, header in enumerate(headers, start=1):
        dimension = sheet.column_dimensions[letters(rank)]
        dimension.width = max(14, len(header) + 4)
        dimension.number_format = "@"  # an NIP that begins with a zero keeps it

    def cell(text: str, *, bold: bool = False) -> Cell:
        made: Cell = WriteOnlyCell(sheet, text)
        made.data_type = "s"  # never a formula, whatever it begins with
        made.number_format = "@"
        made.font = Font(bold=bold)
        return made

    sheet.append([cell(header, bold=True) for header in headers])
    for row in rows:
        sheet.append([cell(text) for text in row])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _as_csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    target = StringIO(newline="")
    writer = csv.writer(target, delimiter=";")
    writer.writerow(headers)
    for row in rows:
        writer.writerow([f"'{text}" if FORMULA.match(text) else text for text in row])
    return target.getvalue().encode("utf-8-sig")  # the mark at the head is what tells Excel that it is UTF-8
