"""What hands do to a grid of cells, one cell, row, column or tab at a time, without a file between."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from curriculum.workbook.grid import Book, Cell, Sheet, load
from tests.curriculum.books import FOLDER

Place = tuple[int, int]


@cache
def grid(name: str) -> Book:
    """A real workbook as cells."""
    return load((FOLDER / name).read_bytes(), name)


def cell(row: int, column: int, text: str, *, struck: bool = False) -> Cell:
    kept, old = ("", text) if struck else (text, "")
    return Cell(row, column, text, old, kept, ((text, struck),))


def at(place: Place, like: Cell) -> Cell:
    return replace(like, row=place[0], column=place[1])


def edited(book: Book, rank: int, edit: Callable[[Sheet], Sheet]) -> Book:
    """The book with one of its sheets edited."""
    return replace(book, sheets=tuple(edit(each) if at == rank else each for at, each in enumerate(book.sheets)))


def put(sheet: Sheet, place: Place, text: str | None, *, struck: bool = False) -> Sheet:
    cells = {at: each for at, each in sheet.cells.items() if at != place}
    return replace(sheet, cells=cells | ({place: cell(*place, text, struck=struck)} if text else {}))


def swap(sheet: Sheet, one: Place, other: Place) -> Sheet:
    cells = dict(sheet.cells)
    first, second = cells.pop(one, None), cells.pop(other, None)
    cells |= ({other: at(other, first)} if first else {}) | ({one: at(one, second)} if second else {})
    return replace(sheet, cells=cells)


def moved(sheet: Sheet, where: Callable[[int, int], Place | None]) -> Sheet:
    """The sheet with each cell and each merged range where it goes, or nowhere."""
    cells = {place: at(place, each) for here, each in sheet.cells.items() if (place := where(*here))}
    ends = ((where(*each[:2]), where(*each[2:])) for each in sheet.merged)
    return replace(sheet, cells=cells, merged=tuple((*first, *last) for first, last in ends if first and last))


def insert_row(sheet: Sheet, before: int) -> Sheet:
    return moved(sheet, lambda row, column: (row + (row >= before), column))


def insert_column(sheet: Sheet, before: int) -> Sheet:
    return moved(sheet, lambda row, column: (row, column + (column >= before)))


def delete_row(sheet: Sheet, gone: int) -> Sheet:
    return moved(sheet, lambda row, column: None if row == gone else (row - (row > gone), column))


def delete_column(sheet: Sheet, gone: int) -> Sheet:
    return moved(sheet, lambda row, column: None if column == gone else (row, column - (column > gone)))


def shift_row(sheet: Sheet, line: int, by: int) -> Sheet:
    """One row a column away."""
    return moved(sheet, lambda row, column: (row, max(column + by, 1)) if row == line else (row, column))


def repeat_row(sheet: Sheet, line: int) -> Sheet:
    """One row written twice."""
    below = insert_row(sheet, line + 1)
    again = {(line + 1, each.column): at((line + 1, each.column), each) for each in sheet.rows.get(line, ())}
    return replace(below, cells=dict(below.cells) | again)


def many(sheet: Sheet, line: int, times: int) -> Sheet:
    """One row written so many times more."""
    below = moved(sheet, lambda row, column: (row + times * (row > line), column))
    again = {
        (line + rank, each.column): at((line + rank, each.column), each)
        for rank in range(1, times + 1)
        for each in sheet.rows[line]
    }
    return replace(below, cells=dict(below.cells) | again)
