"""Hours only: « Code | Nom | CM | TD | TP | SR | Projet | Total », a table a semester, and no UE at all."""

from collections.abc import Iterator

from curriculum.workbook.columns import HOURS, NAMES, TOTAL, VOLUME, Columns, assemble, headings, names_ue
from curriculum.workbook.grid import Book, Sheet
from curriculum.workbook.rows import read_tables
from curriculum.workbook.tables import Table

NAME = "hours"
SEEKS = "un tableau d’heures par semestre dont l’en-tête porte « Code », « Nom », « CM », « TD », « TP » et « Total »"

COLUMNS = {"code": NAMES["code"], **HOURS, "hours.total": TOTAL["total"], "volume": VOLUME["hours.total"], **NAMES}
FEWEST = 2
"""How many kinds of hours a header names at least, and how many UEs a sheet of another family."""


def read(book: Book) -> tuple[Table, ...]:
    """Return the tables of the workbook, in the order of its sheets; none where other sheets give them UEs."""
    found = [(sheet, list(_columns(sheet))) for sheet in book.sheets]
    with_ues = sum(sum(map(names_ue, sheet.cells.values())) >= FEWEST for sheet in book.sheets)
    if 2 * with_ues >= sum(len(tables) for _, tables in found):
        return ()
    return tuple(table for sheet, tables in found for table in read_tables(sheet, tables))


def _columns(sheet: Sheet) -> Iterator[Columns]:
    for row in sheet.rows:
        roles = headings(sheet, row, COLUMNS)
        kinds = [role for role in HOURS if role in roles and roles[role].row == row]
        if len(kinds) >= FEWEST:
            volume = roles.pop("volume", None)
            if volume and "hours.total" not in roles and len(sheet.span(volume)) == 1:
                roles["hours.total"] = volume
            yield assemble(sheet, row, roles, {})
