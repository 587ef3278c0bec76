"""UE blocks: one sheet of coefficients a semester, UE after UE, and sheets of hours, competence after competence."""

import re
from collections.abc import Iterator
from dataclasses import replace

from curriculum.workbook.columns import is_figure
from curriculum.workbook.draft import Finding
from curriculum.workbook.figures import DASH, read_figure
from curriculum.workbook.grid import Book, Cell, Sheet
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.layouts import block_hours
from curriculum.workbook.layouts.block_join import entries
from curriculum.workbook.layouts.block_rows import (
    Columns,
    alternative,
    begins_code,
    find_columns,
    is_ue,
    misplaced,
    read_row,
    row_of,
)
from curriculum.workbook.naming import fold, is_numbered, plain, read_semester, ue_code
from curriculum.workbook.tables import (
    NOTE_WORDS,
    Row,
    Table,
    Totals,
    amended_totals,
    bounded,
    lines_of,
    unread,
    verbatim,
)

NAME = "blocks"
SEEKS = (
    "des feuilles de coefficients par blocs d’UE (« UE11 », « TOTAL UE11 ») dont l’en-tête porte « Coef. matière », "
    "et des feuilles d’heures par compétence dont l’en-tête porte « Nature »"
)

SECTIONS = {
    "ressource": re.compile(r"(?:poles? )?ressources?"),
    "sae": re.compile(r"(?:poles? )?(?:saes?|situations d.*)"),
}
TOTAL = re.compile(r"(?:sous[- ])?(?:total|totaux|somme)\b\s*(.*)")
YEARLY = re.compile(r"\bannuel|\bannee\b|\bbut ?[123]\b")
WHOLE = ("", "general", "semestre", "du semestre")
LEVEL = re.compile(r"\bniveau\s*([1-3])\b[\s:.–-]*")
PARCOURS = re.compile(r"\b(?:parcours|Parcours|PARCOURS)\s+([A-Z]{2,6})(?![A-Za-z])")


def read(book: Book) -> tuple[Table, ...]:
    """Return the entries of the workbook: a table of coefficients, one of hours, or both joined."""
    texts = [plain(cell.text) for sheet in book.sheets for cell in sheet.cells.values()]
    parcours = frozenset(match[1] for text in texts for match in PARCOURS.finditer(text))
    weighed = [bounded(table) for sheet in book.sheets for table in _tables(sheet, parcours)]
    timed = [bounded(table) for sheet in book.sheets for table in block_hours.tables(sheet, parcours)]
    return entries(weighed, timed)


def _tables(sheet: Sheet, parcours: frozenset[str]) -> Iterator[Table]:
    found = find_columns(sheet)
    ends = [columns.top - 1 for columns in found[1:]] + [max(sheet.rows, default=0)]
    above = 1
    for columns, last in zip(found, ends, strict=False):
        yield _Reading(sheet, columns, above, parcours).read(last)
        above = last + 1


class _Reading:
    """The reading of one table: its lines one after the other, and what is known so far."""

    def __init__(self, sheet: Sheet, columns: Columns, above: int, parcours: frozenset[str]) -> None:
        self.sheet, self.columns, self.parcours = sheet, columns, parcours
        header = [plain(cell.text) for row in range(columns.top, columns.row + 1) for cell in sheet.rows.get(row, ())]
        self.lines = (*lines_of(sheet, above, columns.top - 1), *header)
        self.semester = self._semester()
        self.ue: str | None = None
        self.section: str | None = None
        self.sentences: dict[str, list[str]] = {}
        self.headings: dict[str, str] = {}
        self.rows: list[Row] = []
        self.totals: dict[str, Totals] = {name: Totals() for name in ("coefficients", "ects", *SECTIONS)}
        self.notes: list[str] = []
        self.findings: list[Finding] = []
        self.closed = 0
        for line in range(above, columns.top):
            cells = sheet.rows.get(line, ())
            if any(is_numbered(cell.text) for cell in cells) and any(map(is_figure, cells)):
                self.findings.append(unread(cells, cells[0], why=", elle est au-dessus de l’en-tête"))

    def _semester(self) -> int:
        """Return the semester that most UEs name (`UE11`), else the lines above, else the tab, else the totals."""
        codes = [ue_code(cell.text, None) for cell in self.sheet.cells.values() if is_ue(cell)]
        found = [int(code[2]) for code in codes if code]
        totals = [text for cell in self.sheet.cells.values() if TOTAL.fullmatch(text := fold(cell.text))]
        found = found or [each for text in (*self.lines[::-1], self.sheet.name) if (each := read_semester(text))][:1]
        found = found or [each for text in totals if (each := read_semester(text))]
        if not found:
            at = self.sheet.at(self.columns.row, self.columns.weight)
            raise Unreadable(
                f"{self.sheet.name}!{at.name} : le semestre de ce tableau n’est écrit nulle part, des UE telles que "
                "« UE11 », ou un total « TOTAL S1 », sont attendus."
            )
        return max(found, key=found.count)

    def read(self, last: int) -> Table:
        """Read every line down to `last`, and return the table: one row for each line that prints a module."""
        for line in range(self.columns.row + 1, last + 1):
            if cells := self.sheet.rows.get(line):
                self._line(cells)
        titles: dict[str, str | None] = {}
        levels = {}
        for ue, texts in self.sentences.items():
            sentence = " ".join(texts)
            titles[ue] = sentence if LEVEL.sub("", fold(sentence)).strip() else None
            if level := LEVEL.search(fold(sentence)):
                levels[ue] = (f"UE{ue.rpartition('.')[2]}", int(level[1]))
        return Table(
            sheet=self.sheet.name,
            semester=self.semester,
            heading=next((line for line in self.lines[::-1] if read_semester(line)), f"Semestre {self.semester}"),
            lines=self.lines,
            notes=tuple(self.notes),
            ues=titles,
            headings=self.headings,
            rows=tuple(self.rows),
            coefficients=self.totals["coefficients"],
            ects=self.totals["ects"],
            poles={pole: self.totals[pole] for pole in SECTIONS if self.totals[pole].figures},
            findings=tuple(self.findings),
            competences=levels,
        )

    def _line(self, cells: tuple[Cell, ...]) -> None:
        """Read a line: the UE or the sentence on its left, then a heading, a total, a module, or a note."""
        self._read_line(cells)
        if self.columns.ects is not None:
            self._credits(cells)

    def _read_line(self, cells: tuple[Cell, ...]) -> None:
        labels = [cell for cell in cells if cell.column <= self.columns.ue and self._is_label(cell)]
        labels += [cell for cell in cells if self.columns.ue < cell.column < self.columns.first_figure]
        if not labels:
            over = [cell for cell in cells if is_figure(cell) and cell.column >= self.columns.first_figure]
            if over and not any(map(is_ue, cells)) and not self.closed:
                self.findings.append(unread(cells, over[0]))
            return
        text = fold(" ".join(cell.in_force for cell in labels))
        section = next((pole for pole, pattern in SECTIONS.items() if pattern.fullmatch(text)), None)
        if total := TOTAL.fullmatch(text):
            self._stray(cells, labels, {self.columns.weight})
            self._total(total[1], cells)
        elif section and not is_figure(self.sheet.at(cells[0].row, self.columns.weight)):
            self._stray(cells, labels, set())
            self.section = section
        else:
            self._module(cells, labels)

    def _stray(self, cells: tuple[Cell, ...], labels: list[Cell], used: set[int]) -> None:
        """Report what stands on the line of a heading or of a total, and is neither."""
        known = {*used, self.columns.ects, *self.columns.margins}
        last = max(self.columns.weight, self.columns.ects or 0)
        strays = [
            each for each in cells if self.columns.first_figure <= each.column <= last and each.column not in known
        ]
        strays += [each for each in labels if is_figure(each)]
        self.findings += [unread([each], each) for each in strays if not DASH.fullmatch(plain(each.text))]

    def _credits(self, cells: tuple[Cell, ...]) -> None:
        """Report what stands in the column of the credits, beside neither a UE nor a total."""
        cell = self.sheet.at(cells[0].row, self.columns.ects or 0)
        apart = self.closed and cell.row > self.closed
        told = any(f"{cell.name} = " in (each.declared or "") for each in self.findings)
        if not (DASH.fullmatch(plain(cell.text)) or cell.name in self.totals["ects"].cells.values() or apart or told):
            self.findings.append(unread([cell], cell))

    def _is_label(self, cell: Cell) -> bool:
        """Read what stands in the column of the UEs: a UE, a sentence on it, or the beginning of a row's label."""
        text = plain(cell.in_force)
        if is_ue(cell):
            self.ue, self.section = ue_code(text, self.semester) or text, None
            self.headings.setdefault(self.ue, cell.name)
            self.sentences.setdefault(self.ue, [])
            if self.columns.ects is not None:
                self._declare("ects", self.sheet.at(cell.row, self.columns.ects), self.ue)
        elif TOTAL.fullmatch(fold(text)) or begins_code(cell):
            return True
        elif self.ue and not self.closed:
            self.sentences[self.ue].append(text)
        else:
            self.notes.append(text)
        return False

    def _declare(self, name: str, cell: Cell, ue: str | None) -> None:
        """Note a declared figure, of a UE, or of the semester."""
        totals, declared = self.totals[name], read_figure(cell)
        if not declared.understood:
            self.findings.append(unread([cell], cell))
        self.findings += amended_totals({ue or "total": declared}, {ue or "total": cell.name})
        figures = {**totals.figures, ue: declared.value} if ue and declared.value else totals.figures
        general = totals.general if ue else declared.value
        self.totals[name] = Totals(figures, general, {**totals.cells, ue or "total": cell.name})

    def _total(self, label: str, cells: tuple[Cell, ...]) -> None:
        """Read a line of totals: of a pole, of a UE, of the semester; a year's is a check of several tables."""
        line = cells[0].row
        pole = next((pole for pole, pattern in SECTIONS.items() if pattern.fullmatch(label)), None)
        weight, ue = self.sheet.at(line, self.columns.weight), ue_code(label, self.semester)
        if YEARLY.search(label):
            self.notes.append(verbatim(cells))
        elif pole and self.ue:
            self._declare(pole, weight, self.ue)
        elif ue:
            if self.ue and ue != self.ue:
                self.findings.append(misplaced(cells, ue, self.ue))
            self._declare("coefficients", weight, self.ue or ue)
        elif read_semester(label) or label in WHOLE:
            self._declare("coefficients", weight, None)
            if self.columns.ects is not None:
                self._declare("ects", self.sheet.at(line, self.columns.ects), None)
            self.closed = line
        else:
            self.findings.append(unread(cells, cells[0]))

    def _module(self, cells: tuple[Cell, ...], labels: list[Cell]) -> None:
        """Read the line of a module, or a note; an alternative without figure shares the one above it."""
        text, line = " ".join(plain(cell.in_force) for cell in labels), cells[0].row
        read, findings = read_row(self.sheet, self.columns, line, self.semester)
        figures = [cell for cell in cells if is_figure(cell) and cell.column >= self.columns.first_figure]
        bare = not (figures or read.names.code or alternative(read.names.title, self.parcours)[1])
        below = self.closed and read.names.coded is None and (line > self.closed + 1 or not figures)
        if below or (bare and (len(text.split()) >= NOTE_WORDS or text.endswith("."))):
            self.notes.append(verbatim(cells))
        elif self.ue is None or self.closed or not (read.names.title or read.names.coded) or bare:
            self.findings.append(unread([cell for cell in cells if cell.column >= labels[0].column], labels[0]))
        else:
            self.findings += findings
            self.rows.append(self._alternative(row_of(read, self.ue, self.section, line, self.parcours), self.ue))

    def _alternative(self, row: Row, ue: str) -> Row:
        """Return a row, with the code and the figure that it shares with the alternative above it, if it is one."""
        above = self.rows[-1] if self.rows else None
        if not (row.parcours and above and above.parcours and ue in above.figures and above.section == row.section):
            return row
        if row.code is None and above.code:
            row = replace(row, code=above.code, cells={**row.cells, "code": above.cells["code"]})
        if not self.sheet.at(row.line, self.columns.weight).text:
            row = replace(row, figures=above.figures, cells={**row.cells, ue: above.cells[ue]})
        return row
