"""The layouts that are known. Another one is one more module here, and its name in LAYOUTS: see docs/maquettes.md."""

from typing import Protocol

from curriculum.workbook.grid import Book
from curriculum.workbook.layouts import blocks, coefficients, deliberation, hours, mcc
from curriculum.workbook.tables import Table


class Layout(Protocol):
    """What a module of this package offers."""

    NAME: str
    """Stored with the maquette: two documents of one formation and year must share it."""
    SEEKS: str
    """What it looks for, in French, for the refusal of a workbook of no known family."""

    def read(self, book: Book) -> tuple[Table, ...]:
        """Return the tables of this layout that the workbook holds; none when it is of another family."""


LAYOUTS: tuple[Layout, ...] = (mcc, coefficients, blocks, deliberation, hours)
