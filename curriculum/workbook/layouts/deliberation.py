"""Hours and coefficients on two sheets a semester, joined by title, without any code; the structure on a third one."""

import re
from collections.abc import Mapping
from dataclasses import replace

from curriculum.workbook.grid import Book, Cell, Sheet
from curriculum.workbook.layouts import crosses, poles
from curriculum.workbook.layouts.by_title import alone, joined
from curriculum.workbook.layouts.headers import LEVELLED
from curriculum.workbook.naming import fold, plain
from curriculum.workbook.tables import Table, bounded

NAME = "deliberation"
SEEKS = (
    "deux tableaux par semestre : les heures (« Enseignements », les UE cochées, « H CM », « TOTAL ») "
    "et les coefficients (« UE1 Qualité Niveau 1 », « Pôle », « Coefficients », « ECTS »)"
)

UE_OF_SEMESTER = re.compile(r"UE\s*([1-9])\s*[-–.]?\s*S\s*([1-6])", re.IGNORECASE)
LEVEL_FIRST = re.compile(r"niveau\s*([1-3])\b.*", re.IGNORECASE)


def read(book: Book) -> tuple[Table, ...]:
    """Return one table a semester, in the order of the first sheet that tells of it."""
    weights = [bounded(table) for sheet in book.sheets for table in poles.tables(sheet)]
    tables = []
    for hours in (bounded(table) for sheet in book.sheets for table in crosses.tables(sheet)):
        other = _other(hours, weights)
        if other:
            weights.remove(other)
        tables.append(joined(hours, other) if other else alone(hours))
    said = _structure(book)
    return tuple(_completed(table, said) for table in (*tables, *map(alone, weights)))


def _other(hours: Table, weights: list[Table]) -> Table | None:
    """Return the coefficients of a sheet of hours: those of its semester, with most of the same lines above."""
    own = {fold(line) for line in hours.lines}
    same = [table for table in weights if table.semester == hours.semester]
    return max(same, key=lambda table: len(own & {fold(line) for line in table.lines}), default=None)


def _completed(table: Table, said: Mapping[str, tuple[str, int]]) -> Table:
    """Return a table with the competences and levels that the structure of the BUT gives where it is silent."""
    known = {ue: said[ue] for ue in table.ues if ue in said}
    titles = {
        ue: title or (f"{known[ue][0]} Niveau {known[ue][1]}" if ue in known else None)
        for ue, title in table.ues.items()
    }
    return replace(table, ues=titles, competences=known | dict(table.competences))


def _structure(book: Book) -> dict[str, tuple[str, int]]:
    """Return the competence and level of each UE, from the table « competences × levels × semesters »."""
    return {
        ue: said
        for sheet in book.sheets
        for cell in sheet.cells.values()
        if (match := UE_OF_SEMESTER.fullmatch(plain(cell.text)))
        for ue, said in [(f"UE{match[2]}.{match[1]}", _place(sheet, cell))]
        if said
    }


def _place(sheet: Sheet, ue: Cell) -> tuple[str, int] | None:
    """Return what stands over a UE: the level, in the row above it, and before that one the competence."""
    above = [
        (cell, match)
        for row in range(ue.row - 1, max(ue.row - 3, 0), -1)
        for cell in reversed(sheet.rows.get(row, ()))
        if cell.column <= ue.column and (match := LEVEL_FIRST.fullmatch(plain(cell.text)))
    ]
    if not above:
        return None
    cell, match = above[0]
    names = [
        each for each in sheet.rows[cell.row] if each.column < cell.column and not LEVEL_FIRST.match(plain(each.text))
    ]
    return (
        (plain(names[0].in_force), int(match[1])) if names and not LEVELLED.fullmatch(plain(names[0].text)) else None
    )
