"""Tables of coefficients in blocks, one a UE, of two poles each: « UE1 Qualité Niveau 1 | Pôle SAE | Stage | 2 »."""

import re
from collections.abc import Iterator
from decimal import Decimal

from curriculum.workbook.columns import is_figure
from curriculum.workbook.draft import Finding
from curriculum.workbook.facts import is_foreign
from curriculum.workbook.figures import DASH, NOTHING, figure, read_figure, total
from curriculum.workbook.grid import Cell, Sheet
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.layouts.crosses import shifted
from curriculum.workbook.layouts.headers import PoleColumns, competence, pole_columns
from curriculum.workbook.naming import fold, plain, read_semester, ue_code
from curriculum.workbook.tables import (
    NOTE,
    TOTAL,
    Row,
    Table,
    Totals,
    amended_totals,
    lines_of,
    section,
    unread,
    verbatim,
)

UE_LABEL = re.compile(r"(UE\s*\.?\s*[1-9](?:\s*[.\-–]?\s*[1-9](?![0-9]))?)\s*[-–—:.]*\s*(.*)", re.IGNORECASE)


def tables(sheet: Sheet) -> Iterator[Table]:
    """Return the tables of coefficients of a sheet, from top to bottom."""
    found = [columns for row in sheet.rows if (columns := pole_columns(sheet, row))]
    above = 1
    ends = [columns.row - 1 for columns in found[1:]] + [max(sheet.rows, default=0)]
    for columns, last in zip(found, ends, strict=False):
        reading = _Reading(sheet, columns, above)
        reading.read(last)
        if reading.ues:
            yield reading.table()
            above = reading.end + 1


class _Reading:
    """The reading of one table: its rows one after the other, and what is known so far."""

    def __init__(self, sheet: Sheet, columns: PoleColumns, above: int) -> None:
        self.sheet, self.columns = sheet, columns
        self.lines = lines_of(sheet, above, columns.row - 1)
        self.heading, self.semester = self._semester()
        self.ues: dict[str, str | None] = {}
        self.headings: dict[str, str] = {}
        self.ue: str | None = None
        self.section: str | None = None
        self.rows: list[Row] = []
        self.notes: list[str] = []
        self.credits: list[tuple[Cell, str, str | None]] = []
        self.findings: list[Finding] = []
        self.end = columns.row

    def _semester(self) -> tuple[str, int]:
        beside = [cell.in_force for cell in self.sheet.rows[self.columns.row] if cell.column < self.columns.title]
        below = [
            f"S{code[2]}"
            for (row, column), cell in sorted(self.sheet.cells.items())
            if row > self.columns.row and column < self.columns.title and (code := ue_code(cell.text, None))
        ]
        for text in (*self.lines[::-1], *beside, self.sheet.name, *below):
            if semester := read_semester(text):
                return text, semester
        raise Unreadable(
            f"{self.sheet.name}!A{self.columns.row} : le semestre de ces coefficients n’est écrit nulle part, "
            "une ligne « Semestre 3 » est attendue au-dessus."
        )

    def table(self) -> Table:
        """Return what was read, one row for each coefficient."""
        named = {ue: competence(title or "") for ue, title in self.ues.items()}
        ects, pole_ects = self._ects()
        return Table(
            sheet=self.sheet.name,
            semester=self.semester,
            heading=self.heading,
            lines=tuple(self.lines),
            notes=tuple(self.notes),
            ues=self.ues,
            headings=self.headings,
            rows=tuple(self.rows),
            ects=ects,
            findings=tuple(self.findings),
            pole_ects=pole_ects,
            competences={ue: said for ue, said in named.items() if said},
        )

    def read(self, last: int) -> None:
        """Read every row down to `last`: a coefficient, a note, or a finding."""
        for line in range(self.columns.row + 1, last + 1):
            if cells := self.sheet.rows.get(line):
                self._line(cells)

    def _line(self, cells: tuple[Cell, ...]) -> None:
        line, by = cells[0].row, self._moved(cells)
        title, weight = self._named(line, by)
        ects = [cell for cell in cells if cell.column in self.columns.ects and is_figure(cell) and cell != weight]
        says = bool(weight.text or ects)
        strangers = [cell for cell in self._side(cells, starts=says or bool(title.text)) if cell != title]
        if self._is_below(cells):
            self.notes.append(verbatim(cells))
        elif title.text and (says or (self._follows(line) and not _is_note(title))) and not strangers:
            self._module(cells, by)
        elif says or (self._follows(line) and not all(map(_is_note, cells)) and not self._is_side(cells)):
            self.findings.append(unread(cells, (strangers or cells)[0]))
        else:
            self.notes.append(verbatim(cells))
        for cell in cells if self.rows and not self._is_below(cells) else ():
            if cell.column in self.columns.ects and cell not in (title, weight, *ects) and not _is_blank(cell):
                self.findings.append(unread([cell], cell))
        for cell in ects:
            if self.ue:
                self.credits.append((cell, self.ue, self.section))

    def _named(self, line: int, by: int) -> tuple[Cell, Cell]:
        """Return the title of a row and its coefficient, so many columns away from their headings."""
        return self.sheet.at(line, self.columns.title + by), self.sheet.at(line, self.columns.coefficient + by)

    def _moved(self, cells: tuple[Cell, ...]) -> int:
        """Return how far a row stands from its columns: one to a side, where it makes sense there and only there."""
        here, _ = self._named(cells[0].row, 0)
        for by in (1, -1):
            title, weight = self._named(cells[0].row, by)
            named = bool(title.text) and not (is_figure(title) or UE_LABEL.fullmatch(plain(title.text)))
            free = not here.text if by == 1 else here == weight
            if free and named and weight.text and read_figure(weight).understood and not section(fold(title.text)):
                return by
        return 0

    def _follows(self, line: int) -> bool:
        """Whether a row without figures is of the table: directly below another, or above one that has some."""
        return self.ue is not None and (
            line == self.end + 1
            or any(
                self.sheet.at(below, self.columns.coefficient).text for below in range(line, max(self.sheet.rows) + 1)
            )
        )

    def _is_below(self, cells: tuple[Cell, ...]) -> bool:
        """Whether a row with a figure stands apart, below a pole whose coefficients already make its ECTS."""
        if cells[0].row == self.end + 1 or self.ue is None or cells[0].column < self.columns.title:
            return False
        weight = figure(self.sheet.at(cells[0].row, self.columns.coefficient).text)
        ects = [figure(cell.text) or "0" for cell, *place in self.credits if place == [self.ue, self.section]][:1]
        rows = [row.figures[self.ue] for row in self.rows if self.ue in row.figures and row.section == self.section]
        return weight is not None and [total(each.value for each in rows if each.value)] == [*map(Decimal, ects)]

    def _is_side(self, cells: tuple[Cell, ...]) -> bool:
        """Whether a row only names a UE or a pole."""
        return all(cell.column < self.columns.title for cell in cells)

    def _side(self, cells: tuple[Cell, ...], *, starts: bool) -> list[Cell]:
        """Note the UE and the pole that stand beside a row, over it and the following ones; return what is neither."""
        strangers = []
        for cell in cells:
            text = plain(cell.in_force)
            if cell.column >= self.columns.title:
                break
            if match := UE_LABEL.fullmatch(text):
                ue = ue_code(match[1], self.semester) or match[1]
                if ue != self.ue:
                    self.ue, self.section = ue, None
                    self.ues[ue], self.headings[ue] = match[2] or None, cell.name
            elif pole := section(fold(text)):
                self.section = pole
            elif self.ue and self.ues[self.ue] is None and competence(text):
                self.ues[self.ue] = text
            elif starts:
                strangers.append(cell)
        return strangers

    def _module(self, cells: tuple[Cell, ...], by: int) -> None:
        """Read a row, where it stands or one column away, and report the cells of it that are not understood."""
        title, weight = self._named(cells[0].row, by)
        read = read_figure(weight)
        self.end = title.row
        if self.ue is None or is_figure(title) or TOTAL.match(fold(title.in_force)):
            self.findings.append(unread(cells, title))
            return
        used = (weight.column, *self.columns.ects)
        odd = [] if read.understood else [weight]
        odd += [
            cell
            for cell in cells
            if is_figure(cell) and title.column < cell.column < max(used) and cell.column not in used
        ]
        self.rows.append(
            Row(
                code=None,
                title=plain(title.in_force),
                line=title.row,
                figures={self.ue: read if read.understood else NOTHING},
                cells={"title": title.name, self.ue: weight.name},
                section=self.section,
                findings=tuple(
                    [unread(cells, each, title.name) for each in odd[:1]]
                    + [shifted(cells, title.name, by > 0) for _ in range(abs(by))]
                ),
                dashes=frozenset({self.ue} if weight.text and DASH.fullmatch(plain(weight.text)) else ()),
            )
        )

    def _ects(self) -> tuple[Totals, dict[str, Totals]]:
        """Return the ECTS of the UEs, and of their poles; one column alone is the UEs' unless it has two for one."""
        columns = sorted({cell.column for cell, _, _ in self.credits})
        ues = [ue for _, ue, _ in self.credits]
        if len(columns) == 1 and len(ues) > len(set(ues)):
            columns.append(0)
        last = columns[-1] if columns else 0
        whole: dict[str, Cell] = {}
        poles: dict[str, dict[str, Cell]] = {}
        for cell, ue, pole in self.credits:
            place = whole if cell.column == last else poles.setdefault(pole or "", {})
            known = cell.column in (columns[0], last) and (place is whole or pole)
            if not known or (ue in place and place[ue].text != cell.text):
                self.findings.append(unread([cell], cell))
            else:
                place.setdefault(ue, cell)
        for ue, heading in self.headings.items() if last else ():
            whole.setdefault(ue, Cell(int(re.sub("[A-Z]", "", heading)), last))
        for cells in (whole, *poles.values()):
            figures = {ue: read_figure(cell) for ue, cell in cells.items()}
            self.findings += amended_totals(figures, {ue: cell.name for ue, cell in cells.items()})
        return _totals(whole), {pole: _totals(cells) for pole, cells in poles.items() if cells}


def _totals(cells: dict[str, Cell]) -> Totals:
    values = {ue: read_figure(cell).value for ue, cell in cells.items()}
    return Totals(
        {ue: value for ue, value in values.items() if value}, None, {ue: cell.name for ue, cell in cells.items()}
    )


def _is_blank(cell: Cell) -> bool:
    return DASH.fullmatch(plain(cell.text)) is not None or _is_note(cell)


def _is_note(cell: Cell) -> bool:
    text = plain(cell.in_force)
    return bool(NOTE.match(fold(text))) or is_foreign(text) or text.endswith(".")
