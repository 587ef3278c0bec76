"""Find a table by the words of its header, wherever it stands: which columns hold code, title, total and UEs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from curriculum.workbook.draft import Finding, finding
from curriculum.workbook.figures import AMENDED, figure
from curriculum.workbook.grid import Cell, Sheet
from curriculum.workbook.naming import fold, is_code, is_numbered, plain
from curriculum.workbook.tables import verbatim

UE_COLUMN = re.compile(r"(?:coef\w*\.?\s*)?(?:de\s+(?:l['’]\s*)?)?UE\s*\.?\s*[1-9]", re.IGNORECASE)
ROLES = {
    "code": re.compile(r"\bcodes?\b"),
    "total": re.compile(r"\btotal\b|\bsomme\b|^coef\w*\.?(?: (?:du )?semestre| s[1-6])?$"),
    "title": re.compile(r"intitul|libell|\bmodules?\b|matiere|enseignement|\bnoms?\b|designation"),
}
"""In this order: « Code module » is a code, « Total module » a total."""
OTHER = re.compile(r"heure|volume|horaire|\bects\b|modalite|repartition|evaluation|^cm$|^td$|^tp$|^sr$|projet")
NOTES = re.compile(
    r"^n\s?°?$|^#$|rang|ordre|ligne|remarque|observation|comment|note|memo|responsable|enseignants?$|visa"
)
LONGEST_WORDS = 40


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table; `row` is its last header row, `others` what its header names besides."""

    row: int
    code: range
    title: range
    total: range
    ues: Mapping[range, str]
    others: Mapping[int, Cell]

    @property
    def first_figure(self) -> int:
        """The first column that holds figures."""
        return min(columns.start for columns in (self.total, *self.ues) if columns)

    def unread(self, sheet: Sheet, last: int) -> Iterator[Finding]:
        """Report the columns that mean something and are not of this layout; margins for notes are left alone."""
        for column, heading in self.others.items():
            words = fold(heading.text)
            cells = [cell for row in range(self.row + 1, last + 1) if (cell := sheet.cells.get((row, column)))]
            meant = OTHER.search(words) or any(figure(cell.text) for cell in cells)
            if cells and meant and not NOTES.search(words):
                shown = verbatim(cells)
                yield finding(
                    "unread_row",
                    "error",
                    f"La colonne « {plain(heading.text)} » n’a pas été comprise : {shown}.",
                    cell=heading.name,
                    declared=shown,
                )


def find_columns(sheet: Sheet) -> list[Columns]:
    """Return the tables of a sheet whose header names a code or a title, and at least one UE, from top to bottom."""
    found: list[Columns] = []
    for row in sheet.rows:
        if (not found or row > found[-1].row + 1) and (columns := _columns(sheet, row)):
            found.append(columns)
    return found


def _columns(sheet: Sheet, row: int) -> Columns | None:
    cells = [cell for cell in sheet.rows[row] if _names_ue(cell)]
    if not cells:
        return None
    roles: dict[str, Cell] = {}
    for above in (row, row - 1, row - 2):
        for cell in sheet.rows.get(above, ()):
            if (role := _role(cell)) and cell.column < cells[-1].column:
                roles.setdefault(role, cell)
    names = [roles[role].column for role in ("code", "title") if role in roles]
    ues = {sheet.span(cell): plain(cell.text) for cell in cells if names and cell.column > max(names)}
    if not ues:
        return None
    spans = {role: sheet.span(cell) for role, cell in roles.items()}
    code = spans.get("code") or _code_column(sheet, row, spans["title"].start)
    title = spans.get("title") or range(code.stop, code.stop + 1)
    used = {column for columns in (code, title, spans.get("total", ()), *ues) for column in columns}
    top = min(cell.row for cell in roles.values())
    headings = [cell for above in range(top, row + 1) for cell in sheet.rows.get(above, ())]
    others = {cell.column: cell for cell in headings if cell.column not in used}
    between = range(code.start, title.start)
    if code.stop <= title.start and not any(column in others for column in between):
        code = between  # a code may be cut over the unnamed columns that follow it
    return Columns(row, code, title, spans.get("total", range(0)), ues, others)


def _names_ue(cell: Cell) -> bool:
    return "ue" in cell.text.casefold() and UE_COLUMN.match(plain(cell.text)) is not None


def _role(cell: Cell) -> str | None:
    words = fold(cell.text)
    if len(words) > LONGEST_WORDS or _names_ue(cell):
        return None
    return next((role for role, pattern in ROLES.items() if pattern.search(words)), None)


def _code_column(sheet: Sheet, row: int, title: int) -> range:
    """Return the column, left of the titles, that holds codes although its heading does not say so."""
    counts = {
        column: sum(is_numbered(cell.text) for (line, at), cell in sheet.cells.items() if line > row and at == column)
        for column in range(1, title)
    }
    best = max(counts, key=lambda column: counts[column], default=title)
    return range(best, best + 1) if counts.get(best) else range(title, title)


def is_figure(cell: Cell) -> bool:
    """Whether a cell holds a figure, or two."""
    return figure(cell.text) is not None or AMENDED.fullmatch(plain(cell.text)) is not None


def first(cells: tuple[Cell, ...]) -> Cell:
    """Return the cell that says something, of those that one heading covers."""
    return next((cell for cell in cells if cell.text), cells[0] if cells else Cell(0, 0))


def names(code: tuple[Cell, ...], title: tuple[Cell, ...]) -> tuple[str | None, str | None]:
    """Return the code and the title; a code cut over two cells (`R2.` and `03`) is put together."""
    alone, whole = plain(first(code).in_force), plain("".join(cell.in_force for cell in code))
    name = alone if is_code(alone) else whole
    text = plain(" ".join(cell.in_force for cell in title))
    cut = re.fullmatch(r"([0-9]{1,2})\b[ .:–-]*(.*)", text)
    if name and cut and not is_numbered(name) and is_numbered(name + cut[1]):
        name, text = name + cut[1], cut[2]
    return name or None, text or None
