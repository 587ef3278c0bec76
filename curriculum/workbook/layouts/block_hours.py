"""Hours by competence: « Nature | CMI | CM | TD | TP | TER | ECTS », a module under each of its competences."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from curriculum.workbook.columns import NOTES, is_figure
from curriculum.workbook.draft import Finding, finding
from curriculum.workbook.figures import DASH, NOTHING, Figure, figure, read_figure, shortest, total
from curriculum.workbook.french import comma
from curriculum.workbook.grid import Cell, Sheet
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.layouts.block_rows import alternative
from curriculum.workbook.naming import fold, plain, read_semester
from curriculum.workbook.tables import Row, Table, Totals, amended_totals, lines_of, unread, verbatim

NAMES = {
    "cmi": re.compile(r"cmi"),
    "cm": re.compile(r"cm|cours magistra(?:l|ux)"),
    "td": re.compile(r"td"),
    "tp": re.compile(r"tp"),
    "ter": re.compile(r"ter"),
    "sr": re.compile(r"sr|sdr"),
    "projet": re.compile(r"projets?"),
    "total": re.compile(r"total.*"),
}
CREDITS = re.compile(r"ects|credits?(?: ects)?")
COMPETENCE = re.compile(r"competences?\b|ue\b")
RESSOURCE = re.compile(r"ressources?\b")
NATURES = re.compile(r"saes?\b|stages?\b|portfolios?\b|alternance\b|projets?\b|immersion\b")
TOTAL = re.compile(r"(?:sous[- ])?(?:total|totaux|somme)\b")
HOURS = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*(?:h|heures?)\.?", re.IGNORECASE)
CLOCK = re.compile(r"([0-9]+)\s*h\s*([0-5][0-9])", re.IGNORECASE)
AMOUNT = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*(?:ects|cr[ée]dits?)(?:\s+ects)?", re.IGNORECASE)


def read_hours(cell: Cell) -> Figure:
    """Read hours as printed: `10h`, « 7,5 h », `1h30`, or a bare figure."""
    text = plain(cell.in_force)
    if clock := CLOCK.fullmatch(text):
        exact = int(clock[2]) % 3 == 0  # the minutes that hundredths of an hour can say
        return Figure(shortest(Decimal(clock[1]) + Decimal(clock[2]) / 60)) if exact else Figure(understood=False)
    hours = HOURS.fullmatch(text)
    return Figure(figure(hours[1])) if hours else read_figure(cell)


def read_credits(cell: Cell) -> Figure:
    """Read « 8 crédits », or a bare figure."""
    credits = AMOUNT.fullmatch(plain(cell.in_force))
    return Figure(figure(credits[1])) if credits else read_figure(cell)


def _amended(cell: Cell, title: str) -> Finding:
    old, new = plain(cell.struck), plain(cell.kept)
    return finding(
        "amended_cell",
        "warning",
        f"« {title} » : {old} est rayé, {new} est en vigueur ; aucune somme ne le confirme.",
        cell=cell.name,
        declared=old,
        computed=new,
    )


@dataclass(frozen=True, slots=True)
class _Columns:
    row: int
    title: int
    nature: int
    hours: Mapping[int, str]
    credits: int | None
    margins: frozenset[int] = frozenset()


def _columns(sheet: Sheet) -> list[_Columns]:
    """Return the tables of a sheet: a heading « Nature », hours on its right, titles on its left."""
    found = []
    for row, cells in sheet.rows.items():
        nature = next((cell for cell in cells if fold(cell.text) == "nature"), None)
        if nature is None:
            continue
        named = {
            cell.column: name
            for cell in cells
            for name, pattern in NAMES.items()
            if pattern.fullmatch(fold(cell.text))
        }
        left = [column for line, column in sheet.cells if line > row and column < nature.column]
        if len(named) > 1 and left:
            credits = next((cell.column for cell in cells if CREDITS.fullmatch(fold(cell.text))), None)
            margins = frozenset(cell.column for cell in cells if NOTES.search(fold(cell.text)))
            found.append(_Columns(row, max(left, key=left.count), nature.column, named, credits, margins))
    return found


def tables(sheet: Sheet, parcours: frozenset[str]) -> Iterator[Table]:
    """Return the tables of hours of a sheet; a table's rows are its lines, a module standing under each of its UEs."""
    found = _columns(sheet)
    ends = [columns.row - 1 for columns in found[1:]] + [max(sheet.rows, default=0)]
    above = 1
    for columns, last in zip(found, ends, strict=False):
        yield _Reading(sheet, columns, above, parcours).read(last)
        above = last + 1


class _Reading:
    """The reading of one table of hours."""

    def __init__(self, sheet: Sheet, columns: _Columns, above: int, parcours: frozenset[str]) -> None:
        self.sheet, self.columns, self.parcours = sheet, columns, parcours
        self.lines = lines_of(sheet, above, columns.row - 1)
        named = [text for text in (*self.lines[::-1], sheet.name) if read_semester(text)]
        if not named:
            raise Unreadable(
                f"{sheet.name}!{sheet.at(columns.row, columns.nature).name} : le semestre de ce tableau n’est écrit "
                "nulle part, une ligne « SEMESTRE 3 » est attendue au-dessus."
            )
        self.heading, self.semester = named[0], read_semester(named[0]) or 0
        self.ue: str | None = None
        self.ues: dict[str, str | None] = {}
        self.headings: dict[str, str] = {}
        self.credits: dict[str, str] = {}
        self.cells: dict[str, str] = {}
        self.said: dict[str, dict[str, tuple[str, str]]] = {}
        self.rows: list[Row] = []
        self.notes: list[str] = []
        self.findings: list[Finding] = []

    def read(self, last: int) -> Table:
        """Read every line down to `last`, and return the table."""
        for line in range(self.columns.row + 1, last + 1):
            if cells := self.sheet.rows.get(line):
                self._line(line, cells)
        return Table(
            sheet=self.sheet.name,
            semester=self.semester,
            heading=self.heading,
            lines=tuple(self.lines),
            notes=tuple(self.notes),
            ues=self.ues,
            headings=self.headings,
            rows=tuple(self.rows),
            ects=Totals(self.credits, None, self.cells),
            findings=(*self.findings, *self._sums()),
        )

    def _line(self, line: int, cells: tuple[Cell, ...]) -> None:
        """Read a competence, a module under it, a total that is a check, or a note."""
        titled = self.sheet.at(line, self.columns.title)
        title = plain(titled.in_force)
        nature = fold(self.sheet.at(line, self.columns.nature).in_force)
        at = {name: self.sheet.at(line, column) for column, name in self.columns.hours.items()}
        hours = {name: read_hours(cell) for name, cell in at.items()}
        odd = [at[name] for name, each in hours.items() if not each.understood]
        known = {*self.columns.hours, *self.columns.margins}
        if COMPETENCE.match(nature) or TOTAL.match(fold(title)):
            known.add(self.columns.credits or 0)
        odd += [
            cell
            for cell in cells
            if cell.column > self.columns.nature and cell.column not in known and is_figure(cell)
        ]
        given = {name: each for name, each in hours.items() if each.value is not None}
        if not nature and not (title and given) and self.rows and line > self.rows[-1].line + 1:
            self.notes.append(verbatim(cells))
            return
        if odd:
            self.findings.append(unread(cells, odd[0]))
        self.findings += [_amended(cell, title) for cell in at.values() if cell.struck.strip() and cell.kept.strip()]
        if COMPETENCE.match(nature) and title:
            self._competence(titled, line)
            self.said[self.ue or ""] = {name: (at[name].name, each.value or "") for name, each in given.items()}
        elif title and self.ue and (RESSOURCE.match(nature) or NATURES.match(nature)):
            section = "ressource" if RESSOURCE.match(nature) else "sae"
            name, own = alternative(title, self.parcours)
            filled = [cell.name for cell in at.values() if not DASH.fullmatch(plain(cell.text))]
            where = {"title": titled.name} | ({"hours": filled[0]} if filled else {})
            blank = dict.fromkeys(self.columns.hours.values(), NOTHING)
            marks = {self.ue: titled.name}
            row = Row(
                None, name, line, {}, where, section=section, hours={**blank, **given}, marks=marks, parcours=own
            )
            self.rows.append(row)
        elif TOTAL.match(fold(title)) or not (nature or given):
            self.notes.append(verbatim(cells))
        elif not odd:
            self.findings.append(unread(cells, cells[0]))

    def _competence(self, titled: Cell, line: int) -> None:
        """Begin the UE of a competence: its rank, its name, its credits."""
        self.ue = f"UE{self.semester}.{len(self.ues) + 1}"
        self.ues[self.ue] = plain(titled.in_force)
        self.headings[self.ue] = titled.name
        if self.columns.credits is not None:
            cell = self.sheet.at(line, self.columns.credits)
            credits = read_credits(cell)
            self.cells[self.ue] = cell.name
            self.findings += amended_totals({self.ue: credits}, self.cells)
            if credits.value is not None:
                self.credits[self.ue] = credits.value
            if not credits.understood:
                self.findings.append(unread([cell], cell))

    def _sums(self) -> Iterator[Finding]:
        """Check the hours that a competence announces against those of its modules."""
        for ue, said in self.said.items():
            rows = [row for row in self.rows if ue in (row.marks or {})]
            for name, (cell, declared) in said.items():
                computed = total(row.hours[name].value or "0" for row in rows)
                if Decimal(declared) != computed:
                    yield finding(
                        "hours_total",
                        "warning",
                        f"{ue} : la ligne de la compétence annonce {comma(declared)} h de {name.upper()}, "
                        f"la somme de ses modules est {comma(shortest(computed))}.",
                        cell=cell,
                        ue=ue,
                        declared=declared,
                        computed=shortest(computed),
                    )
