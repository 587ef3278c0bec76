"""Coefficients, hours and modalities: « Volume horaire | Total | UE1.1… | Modalités | Répartition ».

A table a semester; codes and titles stand on the left, with or without a heading.
"""

from curriculum.workbook.columns import COEFFICIENTS, HOURS, MODALITIES, VOLUME, find_columns
from curriculum.workbook.grid import Book
from curriculum.workbook.rows import read_tables
from curriculum.workbook.tables import Table

NAME = "mcc"
SEEKS = "un tableau par semestre dont l’en-tête porte une colonne par UE (« UE1.1 »), « Modalités » et « Répartition »"

COLUMNS = {"code": COEFFICIENTS["code"], **VOLUME, **HOURS, **MODALITIES, **COEFFICIENTS}


def read(book: Book) -> tuple[Table, ...]:
    """Return the tables of the workbook, in the order of its sheets; none where no table has modalities."""
    found = [(sheet, find_columns(sheet, COLUMNS)) for sheet in book.sheets]
    if not any(columns.labels for _, tables in found for columns in tables):
        return ()
    return tuple(table for sheet, tables in found for table in read_tables(sheet, tables))
