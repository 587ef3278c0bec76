"""The headers of the two sheets of a semester: hours marked for UEs, and coefficients in poles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from curriculum.workbook.columns import is_figure
from curriculum.workbook.grid import Cell, Sheet
from curriculum.workbook.naming import fold, plain

TITLE = re.compile(r"enseignement|intitul|libell|\bmodules?\b|matiere|designation")
HOUR = re.compile(r"(?:h(?:eures?)?\b\.? ?(?:de |en )?)?(cmi|cm|td|tp|sd?r|ter|projet|total)s?\b\.?(?: heures?| h)?")
CROSS = re.compile(r"[x×✓✔✗✘●•]|oui", re.IGNORECASE)
LEVELLED = re.compile(r"(.*?[^\s:,(–—-])[\s:,(–—-]*niveau\s*([1-3])\)?", re.IGNORECASE)
"""A competence and its level: « Supply Chain Niveau1 »."""
FEWEST_HOURS = 2
HEADER_ROWS = 3
"""How far below the names of the columns those of the UEs may stand."""
COEFFICIENT = re.compile(r"coef\w*\.?")
ECTS = re.compile(r"\bects\b|\bcredits?\b")


def competence(text: str) -> tuple[str, int] | None:
    """Return the competence and the level that a text is made of: « Qualité Niveau 2 » gives `("Qualité", 2)`."""
    match = LEVELLED.fullmatch(plain(text))
    return (match[1], int(match[2])) if match else None


@dataclass(frozen=True, slots=True)
class CrossColumns:
    """The columns of a table of hours; `row` is the first of its header rows, `body` the first row below them."""

    row: int
    body: int
    title: int
    hours: Mapping[str, int]
    ues: tuple[Cell, ...]
    headings: Mapping[int, Cell]


@dataclass(frozen=True, slots=True)
class PoleColumns:
    """The columns of a table of coefficients; from `ects` on stand the ECTS of the poles, then those of the UEs."""

    row: int
    title: int
    coefficient: int
    ects: range


def cross_columns(sheet: Sheet, row: int) -> CrossColumns | None:
    """Return the columns of the table of hours whose header begins on a row, if one does."""
    title = next((cell for cell in sheet.rows[row] if TITLE.search(fold(cell.text))), None)
    if title is None:
        return None
    headings: list[Cell] = []
    for below in range(row, row + HEADER_ROWS):
        cells = sheet.rows.get(below, ())
        if any(is_figure(cell) or CROSS.fullmatch(plain(cell.text)) for cell in cells):
            break
        headings += cells
    hours: dict[str, int] = {}
    for cell in headings:
        if cell.column > title.column and (match := HOUR.fullmatch(fold(cell.text))):
            hours.setdefault("sr" if match[1] == "sdr" else match[1], cell.column)
    ues = sorted(
        (cell for cell in headings if cell.column > title.column and competence(cell.in_force)),
        key=lambda cell: cell.column,
    )
    if len(hours) < FEWEST_HOURS or not ues:
        return None
    body = max(cell.row for cell in (title, *ues)) + 1
    return CrossColumns(row, body, title.column, hours, tuple(ues), {cell.column: cell for cell in headings})


def pole_columns(sheet: Sheet, row: int) -> PoleColumns | None:
    """Return the columns of the table of coefficients whose header is a row, if it is one."""
    cells = sheet.rows[row]
    coefficient = next((cell for cell in cells if COEFFICIENT.match(fold(cell.text))), None)
    title = next((cell for cell in cells if TITLE.search(fold(cell.text)) and cell != coefficient), None)
    if title is None or coefficient is None or title.column > coefficient.column:
        return None
    ects = next((cell.column for cell in cells if ECTS.search(fold(cell.text))), None)
    if ects is None:
        return PoleColumns(row, title.column, coefficient.column, range(0))
    last = max(column for _, column in sheet.cells)
    return PoleColumns(
        row,
        title.column,
        coefficient.column,
        range(ects, min((cell.column for cell in cells if cell.column > ects), default=last + 1)),
    )
