"""Read the rows of a table whose columns are known: modules, totals, headings, notes, and what is none of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from curriculum.workbook.columns import Columns, first, is_figure, names
from curriculum.workbook.draft import Finding, finding
from curriculum.workbook.evaluations import Modalities, read_modalities
from curriculum.workbook.facts import is_foreign
from curriculum.workbook.figures import NOTHING, Figure, read_figure, total
from curriculum.workbook.grid import Cell, Sheet
from curriculum.workbook.guard import Unreadable, letters
from curriculum.workbook.naming import fold, is_code, is_numbered, module_key, plain, read_semester, ue_code
from curriculum.workbook.tables import (
    NOTE,
    NOTE_WORDS,
    SECTIONS,
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

UE_LINE = re.compile(r"UE\s*\.?\s*[1-9](?:\s*[.\-]?\s*[1-9])?\s*[-–—:.]*\s*(?=[^\W\d])(.+)", re.IGNORECASE)
HEADING = re.compile(r"modules?\b|tronc commun|specialite|parcours|semestre|pole\b")
ECTS = re.compile(r"\bects\b|^credits?\b")
WHOLE = re.compile(
    r"(?:total|totaux|somme|cumul)( general| des?| coef\w*\.?| heures| horaires?| du| semestre| s?[1-6])*"
)
SHIFTS = ((0, 0, 0), (1, 1, 1), (-1, -1, -1), (0, 1, 1), (0, -1, -1), (0, 0, 1), (0, 0, -1))
"""How far the names of a row, its hours, and what follows them may stand from their columns; the first to fit wins."""


def read_tables(sheet: Sheet, found: Sequence[Columns]) -> Iterator[Table]:
    """Return the tables of a sheet, given the columns of each, from top to bottom."""
    above = 1
    ends = [columns.row - 1 for columns in found[1:]] + [max(sheet.rows, default=0)]
    for columns, last in zip(found, ends, strict=False):
        reading = _Reading(sheet, columns, above)
        reading.read(last)
        yield reading.table()
        above = reading.end + 1


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One way to read a row; `moved` says how far its cells are looked for, `odd` what it cannot read."""

    moved: tuple[int, int, int]
    code: str | None
    title: str | None
    total: Figure
    figures: dict[str, Figure]
    hours: dict[str, Figure]
    modalities: Modalities
    cells: dict[str, str]
    odd: list[Cell]

    @property
    def makes_sense(self) -> bool:
        """Whether every cell stands where its column says."""
        return not self.odd and (is_code(self.code) if self.code else self.title is not None)

    @property
    def fits(self) -> bool:
        """Whether a row is better read one column away: its code proves it, or its sum where only figures moved."""
        if self.moved[0]:
            return self.makes_sense and self.code is not None
        parts = {name: each for name, each in self.hours.items() if name != "total"}
        sums = ((self.total, self.figures), (self.hours.get("total", NOTHING), parts))
        return self.makes_sense and any(_adds_up(whole, figures) for whole, figures in sums)


def _adds_up(whole: Figure, parts: Mapping[str, Figure]) -> bool:
    values = [each.value for each in parts.values() if each.value]
    return bool(values) and whole.value is not None and total(values) == Decimal(whole.value)


class _Reading:
    """The reading of one table: its rows one after the other, and what is known so far."""

    def __init__(self, sheet: Sheet, columns: Columns, above: int) -> None:
        self.sheet, self.columns = sheet, columns
        self.lines = lines_of(sheet, above, columns.row - 1)
        self.heading, self.semester = self._semester()
        self.ues: dict[str, range] = {}
        for span, text in columns.ues.items():
            self.ues.setdefault(ue_code(text, self.semester) or text, span)
        self.rows: list[Row] = []
        self.notes: list[str] = []
        self.totals: dict[str, Totals] = {}
        self.hours: dict[str, Totals] = {}
        self.findings: list[Finding] = []
        self.section: str | None = None
        self.end = columns.row
        for line in range(above, columns.row):
            cells = sheet.rows.get(line, ())
            if any(is_numbered(cell.text) for cell in cells) and any(map(is_figure, cells)):
                self.findings.append(unread(cells, cells[0], why=", elle est au-dessus de l’en-tête"))

    def _semester(self) -> tuple[str, int]:
        """Return what names the semester, and which: a line above, the label beside, agreeing UEs, the tab."""
        above = [line for line in self.lines[::-1] if not UE_LINE.fullmatch(line)]
        above.sort(key=lambda line: not fold(line).startswith("semestre"))
        beside = [cell.in_force for cell in self.sheet.rows.get(self.columns.row + 1, ())][:1]
        ues = [f"S{code[2]}" for text in self.columns.ues.values() if (code := ue_code(text, None))]
        agreed = ues[:1] if len(ues) > 1 and len(set(ues)) == 1 else []
        for text in (*above, *beside, *agreed, self.sheet.name, *ues):
            if semester := read_semester(text):
                return text, semester
        raise Unreadable(
            f"{self.sheet.name}!{letters(self.columns.first_ue)}{self.columns.row} : "
            "le semestre de ce tableau n’est écrit nulle part, une ligne « Semestre 3 » est attendue au-dessus."
        )

    def table(self) -> Table:
        """Return what was read."""
        titles = {ue_code(line, self.semester): match[1] for line in self.lines if (match := UE_LINE.fullmatch(line))}
        return Table(
            sheet=self.sheet.name,
            semester=self.semester,
            heading=self.heading,
            lines=tuple(line for line in self.lines if not UE_LINE.fullmatch(line)),
            notes=tuple(self.notes),
            ues={ue: titles.get(ue) for ue in self.ues},
            headings={ue: f"{letters(span.start)}{self.columns.row}" for ue, span in self.ues.items()},
            rows=tuple(self.rows),
            coefficients=self.totals.get("coefficients", Totals()),
            ects=self.totals.get("ects", Totals()),
            poles={pole: self.totals[pole] for pole in SECTIONS if pole in self.totals},
            hours=self.hours.get("semester", Totals()),
            annual_hours=self.hours.get("year", Totals()),
            findings=tuple(self.findings),
        )

    def read(self, last: int) -> None:
        """Read every row down to `last`: a module, a total, a heading or note, or a finding."""
        for line in range(self.columns.row + 1, last + 1):
            if cells := self.sheet.rows.get(line):
                self._line(line, cells)
        self.findings += self.columns.unread(self.sheet, self.end)

    def _line(self, line: int, cells: tuple[Cell, ...]) -> None:
        attempt = self._attempt(line, 0, 0, 0)
        label = next((fold(cell.in_force) for cell in cells if cell.column < self.columns.first_figure), "")
        coded = any(is_numbered(cell.in_force) for cell in cells) or is_numbered(attempt.code or "")
        if not coded and (TOTAL.match(label) or ECTS.search(label)):
            self._total(label, cells, attempt)
        elif not coded and self._is_below(line, cells):
            self.notes.append(verbatim(cells))
        elif not any(cell.column >= self.columns.first_figure for cell in cells):
            self._text(cells, attempt)
        else:
            self._module(line, cells, attempt)

    def _is_below(self, line: int, cells: tuple[Cell, ...]) -> bool:
        """Whether a row stands below the totals, apart from them or without figures: it is not of the table."""
        closed = not {"coefficients", "ects"}.isdisjoint(self.totals)
        return closed and (line > self.end + 1 or not any(map(is_figure, cells)))

    def _text(self, cells: tuple[Cell, ...], attempt: _Attempt) -> None:
        """Read a row without figures: a heading, a note, or something that should have had figures."""
        text = " ".join(plain(cell.in_force) for cell in cells)
        words = fold(text)
        known = any(pattern.match(words) for pattern in (*SECTIONS.values(), HEADING, NOTE)) or is_foreign(text)
        is_sentence = len(text.split()) >= NOTE_WORDS or text.endswith(".")
        named = attempt.code or attempt.title or any(is_numbered(cell.in_force) for cell in cells)
        if named and not (known or is_sentence) and cells[-1].column >= self.columns.code.start:
            self.findings.append(unread(cells, cells[0]))
            return
        self.notes.append(text)
        self._section(words)

    def _section(self, label: str) -> None:
        """Note under which pole the following rows stand, from a heading or the label beside the rows."""
        self.section = section(label)

    def _total(self, label: str, cells: tuple[Cell, ...], attempt: _Attempt) -> None:
        """Read a row of totals: coefficients, ECTS, or one pole's; a year's total is a check of another table."""
        pole = next((pole for pole, pattern in SECTIONS.items() if pattern.search(TOTAL.sub("", label).strip())), None)
        name = "ects" if ECTS.search(label) else pole or ("coefficients" if WHOLE.fullmatch(label) else None)
        self.end = cells[0].row
        odd = [*attempt.odd, *(cell for cell in cells if is_figure(cell) and cell.column < self.columns.first_figure)]
        hours = {"hours" if each == "total" else f"hours.{each}": figure for each, figure in attempt.hours.items()}
        self.findings += amended_totals({**attempt.figures, **hours, "total": attempt.total}, attempt.cells)
        if YEARLY.search(label) and "year" not in self.hours and not odd:
            self.hours["year"] = _total_hours(attempt)
            return
        if name is None or name in self.totals or odd:
            self.findings.append(unread(cells, (odd or cells)[0]))
            return
        values = {ue: each.value for ue, each in attempt.figures.items() if each.value is not None}
        self.totals[name] = Totals(values, attempt.total.value, attempt.cells)
        if name == "coefficients":
            self.hours["semester"] = _total_hours(attempt)

    def _module(self, line: int, cells: tuple[Cell, ...], attempt: _Attempt) -> None:
        """Read a module's row, where it stands or one column away, and report what no reading explains."""
        if beside := [fold(cell.text) for cell in cells if cell.column < self.columns.code.start]:
            self._section(beside[-1])
        moved = None
        if not attempt.makes_sense:
            moved = next((each for each in (self._attempt(line, *by) for by in SHIFTS) if each.fits), None)
        row = moved or attempt
        self.end = line
        if not (row.code or row.title) or (row.odd and not (row.code and is_code(row.code))):
            self.findings.append(unread(cells, (row.odd or cells)[0]))
            return
        key = module_key(row.code, self.semester) if row.code else None
        if moved:
            self.findings.append(_shifted(cells, moved.moved, key))
        elif attempt.odd:
            self.findings.append(unread(cells, attempt.odd[0], key))
        self.rows.append(
            Row(
                code=row.code,
                title=row.title,
                line=line,
                figures=row.figures,
                cells=row.cells,
                total=row.total,
                section=self.section,
                hours=row.hours,
                evaluations=row.modalities.evaluations,
                findings=tuple(row.modalities.findings()),
            )
        )

    def _attempt(self, line: int, aside: int, hours: int, figures: int) -> _Attempt:
        """Read a row with its names, its hours, and its other figures, so many columns away from their headings."""
        columns = self.columns
        at = {
            "code": self._cells(line, columns.code, aside),
            "title": self._cells(line, columns.title, aside),
            "total": self._cells(line, columns.total, figures),
            "labels": self._cells(line, columns.labels, figures),
            "weights": self._cells(line, columns.weights, figures),
            **{name: self._cells(line, span, hours) for name, span in columns.hours.items()},
            **{ue: self._cells(line, span, figures) for ue, span in self.ues.items()},
        }
        used = {cell.name for cells in at.values() for cell in cells}
        over = [
            cell
            for cell in self.sheet.rows[line]
            if cell.name not in used and cell.column not in columns.others
            if is_figure(cell) or is_numbered(cell.in_force)
        ]
        read = {name: read_figure(first(at[name])) for name in ("total", *columns.hours, *self.ues)}
        modalities = read_modalities(first(at["labels"]), first(at["weights"]))
        named = first(at["title"])
        wrong = [named] if is_figure(named) or is_numbered(named.in_force) else []
        return _Attempt(
            (aside, hours, figures),
            *names(at["code"], () if wrong else at["title"]),
            read["total"],
            {ue: read[ue] for ue in self.ues},
            {name.removeprefix("hours."): read[name] for name in columns.hours},
            modalities,
            {"hours" if name == "hours.total" else name: first(cells).name for name, cells in at.items() if cells},
            [*wrong, *(first(at[name]) for name, each in read.items() if not each.understood), *modalities.odd, *over],
        )

    def _cells(self, line: int, columns: range, shift: int) -> tuple[Cell, ...]:
        return tuple(self.sheet.at(line, column + shift) for column in columns)


def _total_hours(attempt: _Attempt) -> Totals:
    """Return the hours that a row of totals declares."""
    values = {name: each.value for name, each in attempt.hours.items() if each.value is not None}
    cells = {name: attempt.cells["hours" if name == "total" else f"hours.{name}"] for name in values}
    return Totals(values, values.get("total"), cells)


def _shifted(cells: tuple[Cell, ...], moved: tuple[int, int, int], key: str | None) -> Finding:
    """Report a row that only makes sense one column away."""
    side = "droite" if 1 in moved else "gauche"
    what = "la ligne est décalée" if moved[0] else "les chiffres de la ligne sont décalés"
    return finding(
        "shifted_cells",
        "warning",
        f"{key} : {what} d’une colonne vers la {side} ; lecture remise en place ({verbatim(cells)}).",
        cell=cells[0].name,
        module=key,
        declared=verbatim(cells),
    )
