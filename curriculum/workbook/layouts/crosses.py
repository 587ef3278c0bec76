"""Tables of hours whose rows are marked for the UEs they serve: « Enseignements | Qualité Niveau 1 (X) | H CM… »."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from curriculum.workbook.columns import is_figure
from curriculum.workbook.draft import Finding, finding
from curriculum.workbook.facts import is_foreign
from curriculum.workbook.figures import DASH, read_figure, total
from curriculum.workbook.grid import Cell, Sheet
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.layouts.headers import CROSS, CrossColumns, competence, cross_columns
from curriculum.workbook.naming import fold, plain, read_semester
from curriculum.workbook.tables import (
    NOTE,
    TOTAL,
    YEARLY,
    Row,
    Table,
    Totals,
    amended_totals,
    lines_of,
    section,
    unread,
    verbatim,
)

SHIFTS = ((1, 1), (-1, -1), (0, 1), (0, -1))
"""How far the title and crosses of a row, and its hours, may stand from their columns; the first to fit wins."""


def tables(sheet: Sheet) -> Iterator[Table]:
    """Return the tables of hours of a sheet, from top to bottom."""
    found: list[CrossColumns] = []
    for row in sheet.rows:
        if (not found or row >= found[-1].body) and (columns := cross_columns(sheet, row)):
            found.append(columns)
    above = 1
    ends = [columns.row - 1 for columns in found[1:]] + [max(sheet.rows, default=0)]
    for columns, last in zip(found, ends, strict=False):
        reading = _Reading(sheet, columns, above)
        reading.read(last)
        yield reading.table()
        above = reading.end + 1


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One way to read a row; `moved` says how far, `odd` what it cannot read, `whole` whether no figure is left."""

    moved: tuple[int, int]
    row: Row
    odd: list[Cell]
    is_titled: bool
    whole: bool

    @property
    def adds_up(self) -> bool:
        """Whether it reads as a module whose hours are the sum it declares."""
        whole = self.row.hours["total"].value if "total" in self.row.hours else None
        parts = [each.value for name, each in self.row.hours.items() if name != "total" and each.value]
        return self.is_titled and not self.odd and whole is not None and total(parts) == Decimal(whole)

    @property
    def fits(self) -> bool:
        """Whether a row is better read one column away: its hours prove it, or its crosses where it has no hours."""
        marked = (
            bool(self.row.marks) and bool(self.moved[0]) and not any(each.value for each in self.row.hours.values())
        )
        return self.whole and (self.adds_up or (self.is_titled and not self.odd and marked))


class _Reading:
    """The reading of one table: its rows one after the other, and what is known so far."""

    def __init__(self, sheet: Sheet, columns: CrossColumns, above: int) -> None:
        self.sheet, self.columns = sheet, columns
        self.lines = lines_of(sheet, above, columns.row - 1)
        self.heading, self.semester = self._semester()
        self.ues = {f"UE{self.semester}.{rank}": cell for rank, cell in enumerate(columns.ues, 1)}
        self.rows: list[Row] = []
        self.notes: list[str] = []
        self.findings: list[Finding] = []
        self.totals: dict[str, Totals] = {}
        self.section: str | None = None
        self.end = columns.body - 1

    def _semester(self) -> tuple[str, int]:
        for text in (*self.lines[::-1], self.sheet.name):
            if semester := read_semester(text):
                return text, semester
        raise Unreadable(
            f"{self.sheet.name}!A{self.columns.row} : le semestre de ce tableau d’heures n’est écrit nulle part, "
            "une ligne « Semestre 3 » est attendue au-dessus."
        )

    def table(self) -> Table:
        """Return what was read; a UE is the rank of its column, until a sheet of coefficients says better."""
        named = {ue: competence(cell.in_force) for ue, cell in self.ues.items()}
        return Table(
            sheet=self.sheet.name,
            semester=self.semester,
            heading=self.heading,
            lines=tuple(self.lines),
            notes=tuple(self.notes),
            ues={ue: f"{said[0]} Niveau {said[1]}" for ue, said in named.items() if said},
            headings={ue: cell.name for ue, cell in self.ues.items()},
            rows=tuple(self.rows),
            findings=tuple(self.findings),
            hours=self.totals.get("semester", Totals()),
            annual_hours=self.totals.get("year", Totals()),
            competences={ue: said for ue, said in named.items() if said},
        )

    def read(self, last: int) -> None:
        """Read every row down to `last`: a module, a total, a note, or a finding."""
        for line in range(self.columns.body, last + 1):
            if cells := self.sheet.rows.get(line):
                self._line(cells)

    def _line(self, cells: tuple[Cell, ...]) -> None:
        line = cells[0].row
        label = next((fold(cell.in_force) for cell in cells if cell.column <= self.columns.title), "")
        says = any(is_figure(cell) or CROSS.fullmatch(plain(cell.text)) for cell in cells)
        if TOTAL.match(label):
            self._total(label, cells)
        elif self.totals and (not says or line > self.end + 1):
            self.notes.append(verbatim(cells))
        elif says and any(cell.column >= self.columns.title for cell in cells if not is_figure(cell)):
            self._side(cells)
            self._module(cells)
        else:
            self._text(cells, label, says=says)

    def _side(self, cells: tuple[Cell, ...]) -> None:
        """Note the pole that stands beside a row, over it and the following ones."""
        for cell in cells:
            if cell.column < self.columns.title:
                self.section = section(fold(cell.in_force)) or self.section

    def _text(self, cells: tuple[Cell, ...], label: str, *, says: bool) -> None:
        """Read a row that is not a module: the heading of a pole, a note, or what should have had figures."""
        words = " ".join(plain(cell.in_force) for cell in cells)
        if not says and (pole := section(label)) and len(cells) == 1:
            self.section = pole
        elif not says and (NOTE.match(fold(words)) or is_foreign(words) or words.endswith(".")):
            self.notes.append(words)
        else:
            self.findings.append(unread(cells, cells[0]))

    def _total(self, label: str, cells: tuple[Cell, ...]) -> None:
        """Read the row of totals; that of a year is a check of two tables."""
        self.end = cells[0].row
        kind = "year" if YEARLY.search(label) else "semester"
        at = {name: self.sheet.at(self.end, column) for name, column in self.columns.hours.items()}
        read = {name: read_figure(cell) for name, cell in at.items()}
        odd = [at[name] for name, each in read.items() if not each.understood]
        if kind in self.totals or odd:
            self.findings.append(unread(cells, (odd or cells)[0]))
            return
        self.findings += amended_totals(read, {name: cell.name for name, cell in at.items()})
        used = {cell.name for cell in at.values()}
        stray = [cell for cell in cells if is_figure(cell) and cell.name not in used and not self._is_aside(cell)]
        self.findings += [unread([cell], cell) for cell in stray]
        values = {name: each.value for name, each in read.items() if each.value is not None}
        self.totals[kind] = Totals(values, values.get("total"), {name: at[name].name for name in values})

    def _module(self, cells: tuple[Cell, ...]) -> None:
        """Read a module's row, where it stands or one column away, and report the cells that are not understood."""
        self.end = cells[0].row
        attempt = self._attempt(cells, 0, 0)
        if not attempt.adds_up:
            moved = (self._attempt(cells, *by) for by in SHIFTS)
            attempt = next((each for each in moved if each.fits), attempt)
        if not attempt.is_titled:
            self.findings.append(unread(cells, cells[0]))
            return
        said = [unread(cells, each, attempt.row.title) for each in attempt.odd[:1]]
        if any(attempt.moved):
            said.append(shifted(cells, attempt.row.cells["title"], sum(attempt.moved) > 0))
        self.rows.append(replace(attempt.row, findings=tuple(said)))

    def _attempt(self, cells: tuple[Cell, ...], aside: int, figures: int) -> "_Attempt":
        """Read a row with its title and crosses, and its hours, so many columns away from their headings."""
        line = cells[0].row
        title = self.sheet.at(line, self.columns.title + aside)
        hours = {name: self.sheet.at(line, column + figures) for name, column in self.columns.hours.items()}
        marks = {ue: self.sheet.at(line, heading.column + aside) for ue, heading in self.ues.items()}
        read = {name: read_figure(cell) for name, cell in hours.items()}
        said = {ue: plain(cell.kept if cell.struck else cell.text) for ue, cell in marks.items()}
        used = {title.name, *(cell.name for cell in (*hours.values(), *marks.values()))}
        odd = [hours[name] for name, each in read.items() if not each.understood]
        odd += [marks[ue] for ue, text in said.items() if not (DASH.fullmatch(text) or CROSS.fullmatch(text))]
        over = [cell for cell in cells if is_figure(cell) and cell.name not in used]
        row = Row(
            code=None,
            title=plain(title.in_force),
            line=line,
            figures={},
            cells={
                "title": title.name,
                **{"hours" if name == "total" else f"hours.{name}": cell.name for name, cell in hours.items()},
            },
            section=self.section,
            hours=read,
            marks={ue: marks[ue].name for ue, text in said.items() if CROSS.fullmatch(text)},
            dashes=frozenset(ue for ue, text in said.items() if text and DASH.fullmatch(text)),
        )
        is_titled = bool(title.text) and not (is_figure(title) or CROSS.fullmatch(plain(title.text)))
        odd += [cell for cell in over if not self._is_aside(cell)]
        return _Attempt((aside, figures), row, odd, is_titled, whole=not over)

    def _is_aside(self, cell: Cell) -> bool:
        """Whether a figure stands in a column of remarks, or in a margin without a heading."""
        last = max(self.columns.hours.values())
        heading = self.columns.headings.get(cell.column)
        return cell.column > last and (heading is None or not is_hours(heading))


def is_hours(heading: Cell) -> bool:
    """Whether a heading announces hours, in a way that was not understood."""
    return bool(re.search(r"heure|volume|horaire|^h ", fold(heading.text)))


def shifted(cells: tuple[Cell, ...], at: str, right: bool) -> Finding:
    """Report a row that only makes sense one column away; `at` is the cell of its title."""
    shown = verbatim(cells)
    return finding(
        "shifted_cells",
        "warning",
        f"la ligne est décalée d’une colonne vers la {'droite' if right else 'gauche'} ; "
        f"lecture remise en place ({shown}).",
        cell=at,
        declared=shown,
    )
