"""Tables of hours whose rows are marked for the UEs they serve: « Enseignements | Qualité Niveau 1 (X) | H CM… »."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from curriculum.workbook.columns import is_figure
from curriculum.workbook.draft import Finding
from curriculum.workbook.facts import is_foreign
from curriculum.workbook.figures import DASH, read_figure
from curriculum.workbook.grid import Cell, Sheet
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.naming import fold, plain, read_semester
from curriculum.workbook.tables import NOTE, TOTAL, YEARLY, Row, Table, Totals, lines_of, section, unread, verbatim

TITLE = re.compile(r"enseignement|intitul|libell|\bmodules?\b|matiere|designation")
HOUR = re.compile(r"(?:h(?:eures?)?\b\.? ?(?:de |en )?)?(cmi|cm|td|tp|sd?r|ter|projet|total)s?\b\.?(?: heures?| h)?")
CROSS = re.compile(r"[x×✓✔✗✘●•]|oui", re.IGNORECASE)
LEVELLED = re.compile(r"(.*?[^\s:,(–—-])[\s:,(–—-]*niveau\s*([1-3])\)?", re.IGNORECASE)
"""A competence and its level: « Supply Chain Niveau1 »."""
FEWEST_HOURS = 2
HEADER_ROWS = 3
"""How far below the names of the columns those of the UEs may stand."""


def competence(text: str) -> tuple[str, int] | None:
    """Return the competence and the level that a text is made of: « Qualité Niveau 2 » gives `("Qualité", 2)`."""
    match = LEVELLED.fullmatch(plain(text))
    return (match[1], int(match[2])) if match else None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table; `row` is the first of its header rows, `body` the first row below them."""

    row: int
    body: int
    title: int
    hours: Mapping[str, int]
    ues: tuple[Cell, ...]
    headings: Mapping[int, Cell]


def tables(sheet: Sheet) -> Iterator[Table]:
    """Return the tables of hours of a sheet, from top to bottom."""
    found: list[Columns] = []
    for row in sheet.rows:
        if (not found or row >= found[-1].body) and (columns := _columns(sheet, row)):
            found.append(columns)
    above = 1
    ends = [columns.row - 1 for columns in found[1:]] + [max(sheet.rows, default=0)]
    for columns, last in zip(found, ends, strict=False):
        reading = _Reading(sheet, columns, above)
        reading.read(last)
        yield reading.table()
        above = reading.end + 1


def _columns(sheet: Sheet, row: int) -> Columns | None:
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
    return Columns(row, body, title.column, hours, tuple(ues), {cell.column: cell for cell in headings})


class _Reading:
    """The reading of one table: its rows one after the other, and what is known so far."""

    def __init__(self, sheet: Sheet, columns: Columns, above: int) -> None:
        self.sheet, self.columns = sheet, columns
        self.lines = lines_of(sheet, above, columns.row - 1)
        self.heading, self.semester = self._semester()
        self.ues = {f"UE{self.semester}.{rank}": cell for rank, cell in enumerate(columns.ues, 1)}
        self.rows: list[Row] = []
        self.notes: list[str] = []
        self.findings: list[Finding] = []
        self.totals: Totals | None = None
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
            hours=self.totals or Totals(),
            competences={ue: said for ue, said in named.items() if said},
        )

    def read(self, last: int) -> None:
        """Read every row down to `last`: a module, a total, a note, or a finding."""
        for line in range(self.columns.body, last + 1):
            if cells := self.sheet.rows.get(line):
                self._line(cells)

    def _line(self, cells: tuple[Cell, ...]) -> None:
        line, title = cells[0].row, self.sheet.at(cells[0].row, self.columns.title)
        label = next((fold(cell.in_force) for cell in cells if cell.column <= self.columns.title), "")
        says = any(is_figure(cell) or CROSS.fullmatch(plain(cell.text)) for cell in cells)
        if TOTAL.match(label):
            self._total(label, cells)
        elif self.totals is not None and (not says or line > self.end + 1):
            self.notes.append(verbatim(cells))
        elif title.text and says:
            self._side(cells)
            self._module(cells, title)
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
        """Read the row of totals, of which the general one counts; that of a year is a check of another table."""
        self.end = cells[0].row
        if YEARLY.search(label):
            return
        at = {name: self.sheet.at(self.end, column) for name, column in self.columns.hours.items()}
        read = {name: read_figure(cell) for name, cell in at.items()}
        odd = [at[name] for name, each in read.items() if not each.understood]
        if self.totals is not None or odd:
            self.findings.append(unread(cells, (odd or cells)[0]))
            return
        values = {name: each.value for name, each in read.items() if each.value is not None}
        self.totals = Totals(values, values.get("total"), {name: at[name].name for name in values})

    def _module(self, cells: tuple[Cell, ...], title: Cell) -> None:
        """Read a module's row, and report the cells of it that are not understood."""
        self.end = line = title.row
        hours = {name: self.sheet.at(line, column) for name, column in self.columns.hours.items()}
        marks = {ue: self.sheet.at(line, heading.column) for ue, heading in self.ues.items()}
        read = {name: read_figure(cell) for name, cell in hours.items()}
        said = {ue: plain(cell.kept if cell.struck else cell.text) for ue, cell in marks.items()}
        used = {title.name, *(cell.name for cell in (*hours.values(), *marks.values()))}
        odd = [hours[name] for name, each in read.items() if not each.understood]
        odd += [marks[ue] for ue, text in said.items() if not (DASH.fullmatch(text) or CROSS.fullmatch(text))]
        odd += [cell for cell in cells if is_figure(cell) and cell.name not in used and not self._is_aside(cell)]
        if is_figure(title):
            self.findings.append(unread(cells, title))
            return
        self.rows.append(
            Row(
                code=None,
                title=plain(title.in_force),
                line=line,
                figures={},
                cells={
                    "title": title.name,
                    **{"hours" if name == "total" else f"hours.{name}": cell.name for name, cell in hours.items()},
                },
                section=self.section,
                findings=tuple(unread(cells, each, title.name) for each in odd[:1]),
                hours=read,
                marks={ue: marks[ue].name for ue, text in said.items() if CROSS.fullmatch(text)},
                dashes=frozenset(ue for ue, text in said.items() if text and DASH.fullmatch(text)),
            )
        )

    def _is_aside(self, cell: Cell) -> bool:
        """Whether a figure stands in a column of remarks, or in a margin without a heading."""
        last = max(self.columns.hours.values())
        heading = self.columns.headings.get(cell.column)
        return cell.column > last and (heading is None or not is_hours(heading))


def is_hours(heading: Cell) -> bool:
    """Whether a heading announces hours, in a way that was not understood."""
    return bool(re.search(r"heure|volume|horaire|^h ", fold(heading.text)))
