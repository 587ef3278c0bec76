"""Figures as the council printed them: exact decimal strings, and cells that hold two of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from curriculum.workbook.grid import Cell
from curriculum.workbook.naming import plain

FIGURE = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
DASH = re.compile(r"[-–—‐‑−_.\s]*")
"""What stands for « nothing here »: a blank or a dash."""
BETWEEN = r"\s*[-–—‐‑−/→>\s]\s*"
AMENDED = re.compile(rf"({FIGURE.pattern}){BETWEEN}({FIGURE.pattern})")


@dataclass(frozen=True, slots=True)
class Figure:
    """What one cell says: the value in force, the one struck out, and whether the cell was understood at all."""

    value: str | None = None
    old: str | None = None
    understood: bool = True
    by_order: bool = False
    """Whether nothing but the order of the two figures says which is old."""
    by_sums: bool = False
    """Whether the sums put the first of the two in force."""


NOTHING = Figure()


def figure(text: str) -> str | None:
    """Return one figure as written, comma turned into a point (« 0,50 » gives `0.50`), or None."""
    match = re.fullmatch(rf"0*({FIGURE.pattern})", plain(text))
    return match[1].replace(",", ".") if match else None


def read_figure(cell: Cell) -> Figure:
    """Read a cell that should hold a figure, a dash, or nothing.

    Two figures are an amendment: real strike-through says which is old, else the first one is, unless the sums say
    otherwise (`amendments.settled`).
    """
    if cell.struck:
        kept, struck = figure(_unsigned(cell.kept)), figure(_unsigned(cell.struck))
        if struck and (kept or DASH.fullmatch(plain(cell.kept))):
            return Figure(kept, struck)
    if DASH.fullmatch(plain(cell.text)):
        return NOTHING
    if single := figure(cell.text):
        return Figure(single)
    pair = AMENDED.fullmatch(plain(cell.text))
    if pair and (cell.kept.strip() or not cell.struck):
        return Figure(figure(pair[2]), figure(pair[1]), by_order=True)
    return Figure(understood=False)


def _unsigned(text: str) -> str:
    """Drop the separator that stays on one side when the other figure is struck out."""
    return re.sub(rf"^{BETWEEN}|{BETWEEN}$", "", plain(text))


def total(figures: Iterable[str]) -> Decimal:
    """Add figures exactly."""
    return sum((Decimal(each) for each in figures), Decimal(0))


def shortest(number: Decimal) -> str:
    """Write a computed number without useless zeros: 2.30 gives `2.3`, 10 stays `10`."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
