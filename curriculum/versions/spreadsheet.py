"""What differs between two maquettes, as a workbook that is sorted and filtered."""

from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook

from curriculum.diff import FIGURES, KINDS, Change
from curriculum.workbook import look
from curriculum.workbook.guard import letters

HEADINGS = {"Tableau": 18, "Nature": 14, "Objet": 18, "Intitulé": 44, "Quoi": 24}
FIRST = 4
"""The row of the first change."""


def write(before: str, after: str, changes: Sequence[Change]) -> bytes:
    """Return a workbook of one sheet, a change a row; no cell of it can act when it is opened."""
    book = Workbook()
    look.styles(book)
    sheet = book.active or book.create_sheet()
    sheet.title = "Différences"
    look.put(sheet["A1"], f"Différences de {before} à {after}", "titre")
    widths = [*HEADINGS.values(), 36, 36]
    for column, heading in enumerate((*HEADINGS, before, after), 1):
        look.put(sheet.cell(FIRST - 1, column), heading, "entête")
        sheet.column_dimensions[letters(column)].width = widths[column - 1]
    for row, change in enumerate(changes, FIRST):
        told = (change.place, KINDS[change.kind], change.subject, change.title, change.aspect)
        for column, text in enumerate(told, 1):
            look.put(sheet.cell(row, column), text, "constat")
        for column, value in enumerate((change.before, change.after), len(told) + 1):
            figure = Decimal(value) if value and change.kind in FIGURES else value
            look.put(sheet.cell(row, column), figure, "constat")
    sheet.freeze_panes = f"A{FIRST}"
    sheet.auto_filter.ref = f"A{FIRST - 1}:{letters(len(widths))}{max(FIRST - 1, FIRST + len(changes) - 1)}"
    look.page(sheet, len(widths), heading=FIRST - 1)
    sheet.protection.sheet = False  # to be sorted, filtered and annotated
    return look.saved(book, {})
