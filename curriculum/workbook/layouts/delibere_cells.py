"""The cells of one sheet of our own template: which column holds what, and what was looked at."""

import re
from collections.abc import Callable

from curriculum.workbook import form
from curriculum.workbook.draft import Finding
from curriculum.workbook.figures import Figure
from curriculum.workbook.grid import Cell, Sheet
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.naming import fold, plain, read_semester
from curriculum.workbook.tables import unread

LABELS = {fold(label): name for name, label in (form.NAMES | form.LAST).items()}
HOUR_LABELS = {fold(label): name for name, label in form.HOUR_NAMES.items()}
PARTS = {fold(label): name for name, label in form.EVALUATION.items()}


def find_header(sheet: Sheet) -> int | None:
    """Return the row of a table's headings; None where the sheet holds no table of ours."""
    names = set(map(fold, form.NAMES.values()))
    return next((row for row, cells in sheet.rows.items() if names <= {fold(cell.text) for cell in cells}), None)


class TemplateSheet:
    """One sheet of ours; every figure that is looked at is noted, so that none without a value is missed."""

    def __init__(self, sheet: Sheet, header: int) -> None:
        self.sheet, self.header = sheet, header
        self.columns: dict[form.Column, int] = {}
        self.strange: list[Cell] = []
        self.findings: list[Finding] = []
        self.looked: set[str] = set()
        self.cells: dict[tuple[str, ...], str] = {}
        heading = {fold(cell.text): cell.column for cell in sheet.rows[header][::-1]}
        labelled = {heading[fold(form.NAMES[name])] for name in ("code", "kind")}
        self.labels = {
            fold(cell.text): row for (row, column), cell in sheet.cells.items() if row < header and column in labelled
        }
        self.semester = self._semester()
        self._find_columns()

    def _semester(self) -> int:
        """Return the semester that the sheet says, or that its tab names."""
        column = next(
            cell.column for cell in self.sheet.rows[self.header] if fold(cell.text) == fold(form.NAMES["title"])
        )
        self.columns["title"] = column
        cell = self.fact("semester")
        text = plain(cell.text)
        semester = int(text) if re.fullmatch("[1-6]", text) else read_semester(text or self.sheet.name)
        if semester is None:
            raise Unreadable(
                f"{self.sheet.name}!{cell.name} : attendu, un semestre de 1 à 6 ; trouvé, {text or 'rien'}."
            )
        return semester

    def fact(self, name: str) -> Cell:
        """Return what the table says of itself under a label, in the column of the titles."""
        row = self.labels.get(fold(form.TABLE[name]), 0)
        return self.sheet.at(row, self.columns["title"])

    def _find_columns(self) -> None:
        """Note what each column holds; between the names and the sum, a heading that is no known word is a UE."""
        cells = self.sheet.rows[self.header]
        end = next((cell.column for cell in cells if fold(cell.text) == fold(form.TOTAL)), 0)
        kinds = [cell.column for cell in cells if fold(cell.text) == fold(form.NAMES["kind"])]
        for cell in cells:
            words = fold(cell.text)
            if words in LABELS:
                self.columns[LABELS[words]] = cell.column
            elif words in HOUR_LABELS:
                self.columns["hours", HOUR_LABELS[words]] = cell.column
            elif cell.text.startswith(form.OTHER_HOURS):
                self.columns["hours", form.read(cell.text.removeprefix(form.OTHER_HOURS))] = cell.column
            elif match := form.NUMBERED.fullmatch(words):
                self.columns[PARTS[match[1]], int(match[2])] = cell.column
            elif kinds[0] < cell.column < end:
                code = form.read(cell.text, form.ue(self.semester))
                if ("ue", code) in self.columns:
                    raise Unreadable(f"{self.sheet.name}!{cell.name} : deux colonnes s’appellent {code}.")
                self.columns["ue", code] = cell.column
            elif words != fold(form.TOTAL):
                self.strange.append(cell)

    @property
    def codes(self) -> list[str]:
        return [
            name[1]
            for name in self.columns
            if isinstance(name, tuple) and name[0] == "ue" and isinstance(name[1], str)
        ]

    def text(self, cell: Cell, normal: Callable[[str], str] = plain) -> str | None:
        return form.read(cell.in_force, normal) if cell.text else None

    def at(self, row: int, name: form.Column) -> Cell:
        cell = self.sheet.at(row, self.columns.get(name, 0))
        self.looked.add(cell.name)
        return cell

    def figure(self, row: int, name: form.Column, module: str | None = None) -> Figure:
        """Return what a cell says, and report it where it is no figure."""
        cell = self.at(row, name)
        found = form.figure(cell)
        if not found.understood:
            self.findings.append(unread([cell], cell, module))
        return found
