"""Coefficients only: a table a semester, « Code PN | Intitulé module | Coeff semestre | Coeff UE11 | Coeff UE12… »."""

from curriculum.workbook.columns import COEFFICIENTS, find_columns
from curriculum.workbook.grid import Book
from curriculum.workbook.rows import read_tables
from curriculum.workbook.tables import Table

NAME = "coefficients"
SEEKS = "un tableau par semestre dont l’en-tête porte « Code », « Intitulé » et une colonne par UE (« Coeff UE11 »)"


def read(book: Book) -> tuple[Table, ...]:
    """Return the tables of the workbook, in the order of its sheets."""
    return tuple(table for sheet in book.sheets for table in read_tables(sheet, find_columns(sheet, COEFFICIENTS)))
