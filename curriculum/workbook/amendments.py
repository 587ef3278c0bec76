"""Which of two figures in one cell is in force, where no strike-through says it: the sums do, else their order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from curriculum.workbook.figures import Figure
from curriculum.workbook.tables import Row, Table

MOST = 10
"""How many amended cells of one sum are tried together: beyond, their order stands."""


@dataclass(frozen=True, slots=True)
class _Sum:
    """Figures that should make one of `targets`: by cell, each with its sign."""

    figures: Mapping[str, tuple[Figure, int]]
    targets: tuple[Decimal, ...]

    def verdicts(self) -> dict[str, bool]:
        """Return, for each amended cell that this sum settles, whether its first figure is in force.

        A sum that is right as the cells are written confirms their order; else the only set of first figures that
        makes it right is in force. Where several do, or none, it settles nothing.
        """
        computed = sum((sign * Decimal(each.value or 0) for each, sign in self.figures.values()), Decimal(0))
        steps = {
            cell: sign * (Decimal(each.old) - Decimal(each.value or 0))
            for cell, (each, sign) in self.figures.items()
            if each.by_order and each.old is not None and each.value != each.old
        }
        if len(steps) > MOST:
            return {}
        if computed in self.targets:
            return dict.fromkeys(steps, False)
        sets = [chosen for count in range(1, len(steps) + 1) for chosen in combinations(steps, count)]
        for target in self.targets:
            right = [chosen for chosen in sets if computed + sum(steps[cell] for cell in chosen) == target]
            if len(right) == 1:
                return {cell: cell in right[0] for cell in steps}
        return {}


def settled(table: Table) -> Table:
    """Return a table where the first of two figures is in force if sums say so, and none the contrary."""
    if not any(each.by_order for row in table.rows for each, _ in _figures(row).values()):
        return table
    said: dict[str, set[bool]] = {}
    for each in (*_columns(table), *_rows(table)):
        for cell, is_first in each.verdicts().items():
            said.setdefault(cell, set()).add(is_first)
    first = frozenset(cell for cell, verdicts in said.items() if verdicts == {True})
    return replace(table, rows=tuple(_with_first(row, first) for row in table.rows))


def _figures(row: Row) -> dict[str, tuple[Figure, str]]:
    """Return the figures of a row by cell, each with what it is: a UE, « hours.td », « hours », « total »."""
    hours = {"hours" if name == "total" else f"hours.{name}": each for name, each in row.hours.items()}
    named = {**row.figures, **hours, "total": row.total}
    return {row.cells[name]: (each, name) for name, each in named.items() if name in row.cells}


def _columns(table: Table) -> Iterator[_Sum]:
    """Yield the sums of the UEs, of their poles, and of each kind of hours; alternatives of a place count once."""
    first = next((row.parcours for row in table.rows if row.parcours), None)
    rows = [row for row in table.rows if row.parcours in (None, first)]
    for ue in table.ues:
        yield _column(rows, ue, (table.coefficients.figures.get(ue), table.ects.figures.get(ue)))
        for by_pole in (table.poles, table.pole_ects):
            for pole, totals in by_pole.items():
                yield _column([row for row in rows if row.section == pole], ue, (totals.figures.get(ue),))
    for name, declared in table.hours.figures.items():
        yield _column(rows, "hours" if name == "total" else f"hours.{name}", (declared,))


def _column(rows: list[Row], name: str, declared: tuple[str | None, ...]) -> _Sum:
    figures = {cell: (each, 1) for row in rows for cell, (each, of) in _figures(row).items() if of == name}
    return _Sum(figures, tuple(Decimal(each) for each in declared if each is not None))


def _rows(table: Table) -> Iterator[_Sum]:
    """Yield what each row announces, less what it adds up to: its coefficients, its hours."""
    for row in table.rows:
        found = _figures(row)
        for total, parts in (("total", "UE"), ("hours", "hours.")):
            signs = {
                cell: (each, -1 if of == total else 1)
                for cell, (each, of) in found.items()
                if of == total or of.startswith(parts)
            }
            if any(sign < 0 and each.value for each, sign in signs.values()) and len(signs) > 1:
                yield _Sum(signs, (Decimal(0),))


def _with_first(row: Row, cells: frozenset[str]) -> Row:
    names = {name for cell, (_, name) in _figures(row).items() if cell in cells}
    swapped = {
        name: replace(each, value=each.old, old=each.value, by_order=False, by_sums=True)
        for each, name in _figures(row).values()
        if name in names
    }
    hours = {
        name: swapped.get("hours" if name == "total" else f"hours.{name}", each) for name, each in row.hours.items()
    }
    figures = {ue: swapped.get(ue, each) for ue, each in row.figures.items()}
    return replace(row, figures=figures, hours=hours, total=swapped.get("total", row.total))
