"""A workbook as a pure grid of cells: what each one says, what of it is struck out, and where it stands."""

import re
import warnings
from collections.abc import Container, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from numbers import Real
from typing import Any
from xml.etree.ElementTree import iterparse

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.reader.excel import ExcelReader

# Neither of openpyxl's two doors will do: a read-only sheet forgets the strike-through of inline strings, an
# ordinary one erases what stands under a merged range. The parser beneath them does neither.
from openpyxl.worksheet._reader import MERGE_TAG, ROW_TAG, WorkSheetParser
from openpyxl.worksheet.merge import MergeCells

from curriculum.workbook import guard
from curriculum.workbook.guard import Unreadable, letters

FIXED = re.compile(r"0\.(0+)")
"""A number format that shows so many decimals."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: all of its text, and the parts that are struck out and kept."""

    row: int
    column: int
    text: str = ""
    struck: str = ""
    kept: str = ""
    parts: tuple[tuple[str, bool], ...] = ()
    """The text in its pieces, each with whether it is struck out."""
    places: int = 0
    """How many decimals the format of a number shows, where it says so: « 0.00 » shows two."""

    @property
    def name(self) -> str:
        """Its coordinates in its sheet: `C7`."""
        return f"{letters(self.column)}{self.row}"

    @property
    def in_force(self) -> str:
        """What a reader should read: the text without its struck part, unless all of it is struck."""
        return self.kept if self.kept.strip() else self.text


@dataclass(frozen=True)
class Sheet:
    """One sheet: its cells that say something, its merged ranges, its formulas without a stored value."""

    name: str
    cells: Mapping[tuple[int, int], Cell]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """First row, first column, last row, last column."""
    uncomputed: tuple[str, ...] = ()

    def at(self, row: int, column: int) -> Cell:
        """Return a cell, empty when nothing is written there."""
        return self.cells.get((row, column)) or Cell(row, column)

    @cached_property
    def rows(self) -> Mapping[int, tuple[Cell, ...]]:
        """The cells that say something, by row, each from left to right."""
        rows: dict[int, list[Cell]] = {}
        for place in sorted(self.cells):
            rows.setdefault(place[0], []).append(self.cells[place])
        return {row: tuple(cells) for row, cells in rows.items()}

    def span(self, cell: Cell) -> range:
        """Return the columns that a heading covers: its merged range, or its own column."""
        for first_row, first_column, last_row, last_column in self.merged:
            if (cell.row, cell.column) == (first_row, first_column) and last_row - first_row <= 2:
                others = [self.at(cell.row, column).text for column in range(first_column + 1, last_column + 1)]
                if not any(others):
                    return range(first_column, last_column + 1)
        return range(cell.column, cell.column + 1)


@dataclass(frozen=True)
class Book:
    """A workbook: the name of its file, and its sheets in the order of their tabs."""

    name: str
    sheets: tuple[Sheet, ...] = field(default=())


def load(data: bytes, name: str) -> Book:
    """Read a workbook from its bytes. Raises Unreadable, with what is wrong, for anything but a sound .xlsx."""
    formulas = guard.inspect(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of the drawings and validations it leaves aside
            reader = ExcelReader(BytesIO(data), read_only=True, data_only=True, keep_links=False, rich_text=True)
            reader.read()
            _refuse_elsewhere(reader, formulas)
            sheets = tuple(_sheet(sheet, formulas) for sheet in reader.wb.worksheets)
    except Unreadable:
        raise
    except Exception as error:
        # The library fails in as many ways as a file can be wrong (KeyError, TypeError, IndexError…): one answer.
        raise Unreadable(guard.DAMAGED) from error
    return Book(name, sheets)


def _refuse_elsewhere(reader: Any, parts: Container[str]) -> None:
    """Refuse a tab whose cells are in another file, or nowhere: the library leaves it out without a word."""
    for tab, link in reader.parser.find_sheets():
        if link.target not in parts and "chartsheet" not in link.Type:
            raise Unreadable(
                f"la feuille « {tab.name} » n’est pas dans le classeur : elle est un lien vers un autre fichier, "
                "ou elle est abîmée ; recopiez-la, ou supprimez-la."
            )


class _Parser(WorkSheetParser):
    """Rows and merged ranges, and nothing else: a broken filter or validation is no reason to refuse a maquette."""

    def parse(self) -> Generator[Any, None, None]:
        elements: Iterator[tuple[str, Any]] = iterparse(self.source)  # noqa: S314 - guard.inspect has refused any DTD
        for _, element in elements:
            if element.tag == ROW_TAG:
                yield self.parse_row(element)
                element.clear()
            elif element.tag == MERGE_TAG:
                self.merged_cells = MergeCells.from_tree(element)


def _sheet(sheet: Any, formulas: Mapping[str, frozenset[str]]) -> Sheet:
    with sheet._get_source() as source:
        parser = _Parser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=sheet.parent.epoch,
            date_formats=sheet.parent._date_formats,
            timedelta_formats=sheet.parent._timedelta_formats,
            rich_text=True,
        )
        cells = {(cell.row, cell.column): cell for _, row in parser.parse() for cell in _cells(sheet, row)}
    merged = parser.merged_cells.mergeCell if parser.merged_cells else ()
    unvalued = formulas.get(sheet._worksheet_path, frozenset()) - {cell.name for cell in cells.values()}
    return Sheet(
        sheet.title,
        cells,
        tuple((each.min_row, each.min_col, each.max_row, each.max_col) for each in merged),
        tuple(sorted(unvalued, key=lambda name: (len(name), name))),
    )


def _cells(sheet: Any, row: list[dict[str, Any]]) -> Iterator[Cell]:
    for found in row:
        value = found["value"]
        if value is None or not str(value).strip():
            continue
        style = ReadOnlyCell(sheet, **found)
        runs = value if isinstance(value, CellRichText) else [_text(value)]
        whole = bool(style.has_style and style.font.strike)
        parts = [(str(run), bool(run.font.strike) if isinstance(run, TextBlock) else whole) for run in runs]
        yield Cell(
            found["row"],
            found["column"],
            text="".join(part for part, _ in parts),
            struck="".join(part for part, struck in parts if struck),
            kept="".join(part for part, struck in parts if not struck),
            parts=tuple(parts),
            places=_places(value, style),
        )


def _places(value: object, style: ReadOnlyCell) -> int:
    match = FIXED.fullmatch(style.number_format) if isinstance(value, Real) and style.has_style else None
    return len(match[1]) if match else 0


def _text(value: object) -> str:
    """Write a value as a reader sees it; a number as the shortest decimal of the 15 digits that Excel keeps."""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Real):
        digits = format(value, ".15g")
        return format(Decimal(digits), "f")
    return str(value)
