"""Find a table by the words of its header, wherever it stands: which columns hold code, title, total and UEs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from curriculum.workbook.draft import Finding, finding
from curriculum.workbook.figures import AMENDED, figure
from curriculum.workbook.grid import Cell, Sheet
from curriculum.workbook.naming import fold, is_code, is_numbered, plain
from curriculum.workbook.tables import verbatim

UE_COLUMN = re.compile(r"(?:coef\w*\.?\s*)?(?:de\s+(?:l['’]\s*)?)?UE\s*\.?\s*[1-9]", re.IGNORECASE)
NAMES = {
    "code": re.compile(r"\bcodes?\b"),
    "title": re.compile(r"intitul|libell|\bmodules?\b|matiere|enseignement|\bnoms?\b|designation"),
}
TOTAL = {"total": re.compile(r"\btotal\b|\bsomme\b|^coef\w*\.?(?: (?:du )?semestre| s[1-6])?$")}
MODALITIES = {
    "weights": re.compile(r"^repartition|\bpoids\b|ponderation"),
    "labels": re.compile(r"modalite|\bm\.?c\.?c\b|epreuve|evaluation|controle"),
}
HOURS = {
    "hours.cm": re.compile(r"^(?:h(?:eures)?\.? )?cm$|^cours$"),
    "hours.td": re.compile(r"^(?:h(?:eures)?\.? )?td$"),
    "hours.tp": re.compile(r"^(?:h(?:eures)?\.? )?tp$"),
    "hours.sr": re.compile(r"^(?:h(?:eures)?\.? )?sd?r$"),
    "hours.cmi": re.compile(r"^(?:h(?:eures)?\.? )?cmi$"),
    "hours.ter": re.compile(r"^(?:h(?:eures)?\.? )?ter$"),
    "hours.projet": re.compile(r"^(?:h(?:eures)?\.? )?projets?(?: tut\w*\.?)?$"),
}
VOLUME = {"hours.total": re.compile(r"\bvol(?:ume)?\b|horaire|\bheures?\b|^v?h$|^nb\.? h\w*$")}
COEFFICIENTS = {"code": NAMES["code"], **TOTAL, "title": NAMES["title"]}
"""What each column is, by the words of its heading: « Code module » is a code, « Total module » a total."""
OTHER = re.compile(r"heure|volume|horaire|\bects\b|modalite|repartition|evaluation|^cm$|^td$|^tp$|^sr$|projet")
NOTES = re.compile(
    r"^n\s?°?$|^#$|rang|ordre|ligne|remarque|observation|comment|note|memo|responsable|enseignants?$|visa"
)
LONGEST_WORDS = 40
FEWEST_UES = 2
"""How many UEs make a header that names neither codes nor titles."""
NONE = range(0)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table; `row` is its last header row, `others` what its header names besides."""

    row: int
    code: range
    title: range
    total: range
    ues: Mapping[range, str]
    others: Mapping[int, Cell]
    hours: Mapping[str, range] = field(default_factory=dict)
    """By `hours.cm`, `hours.td`… and `hours.total`."""
    labels: range = NONE
    weights: range = NONE

    @property
    def first_figure(self) -> int:
        """The first column that holds figures."""
        return min(columns.start for columns in (self.total, *self.ues, *self.hours.values()) if columns)

    @property
    def first_ue(self) -> int:
        """The first column of a UE, or of figures where there is none."""
        return min((columns.start for columns in self.ues), default=self.first_figure)

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


def find_columns(sheet: Sheet, seeks: Mapping[str, re.Pattern[str]]) -> list[Columns]:
    """Return the tables of a sheet whose header names a UE, and a code, a title or modalities, from top to bottom.

    `seeks` says which columns the layout knows, by the words of their headings.
    """
    found: list[Columns] = []
    for row in sheet.rows:
        if (not found or row > found[-1].row + 1) and (columns := _columns(sheet, row, seeks)):
            found.append(columns)
    return found


def _columns(sheet: Sheet, row: int, seeks: Mapping[str, re.Pattern[str]]) -> Columns | None:
    cells = [cell for cell in sheet.rows[row] if names_ue(cell)]
    if not cells:
        return None
    covered = {column for cell in cells for column in sheet.span(cell)}
    roles = {
        role: cell
        for role, cell in headings(sheet, row, seeks).items()
        if role in MODALITIES or (cell.column < cells[-1].column and covered.isdisjoint(sheet.span(cell)))
    }
    named = [roles[role].column for role in NAMES if role in roles]
    if not named and (len(cells) < FEWEST_UES or MODALITIES.keys().isdisjoint(roles)):
        return None
    ues = {sheet.span(cell): plain(cell.text) for cell in cells if cell.column > max(named, default=0)}
    return assemble(sheet, row, roles, ues) if ues else None


def headings(sheet: Sheet, row: int, seeks: Mapping[str, re.Pattern[str]]) -> dict[str, Cell]:
    """Return the heading of each column that is sought, in a row or in the two above it, the closest first."""
    roles: dict[str, Cell] = {}
    for above in (row, row - 1, row - 2):
        for cell in sheet.rows.get(above, ()):
            words = fold(cell.text)
            if len(words) <= LONGEST_WORDS and not names_ue(cell):
                role = next((role for role, pattern in seeks.items() if pattern.search(words)), None)
                roles.setdefault(role or "", cell)
    roles.pop("", None)
    return roles


def assemble(sheet: Sheet, row: int, roles: Mapping[str, Cell], ues: Mapping[range, str]) -> Columns:
    """Return the columns of a table from their headings; names without a heading are found by what they hold."""
    spans = {role: sheet.span(cell) for role, cell in roles.items()}
    figures = [span for role, span in spans.items() if role not in NAMES]
    left = min(span.start for span in (*figures, *ues))
    if "title" in spans and any(column in span for span in (*figures, *ues) for column in spans["title"]):
        del spans["title"]  # the heading has slipped over figures
    limit = spans["title"].start if "title" in spans else left
    code = spans.get("code")
    if code is None or not any(_codes(sheet, row, column) for column in code):
        code = _code_column(sheet, row, limit) or code or range(limit, limit)
    title = spans.get("title") or (range(code.stop, max(left, code.stop + 1)) if code else range(1, left))
    used = {column for columns in (code, title, *figures, *ues) for column in columns}
    top = min((cell.row for cell in roles.values()), default=row)
    named = [cell for above in range(top, row + 1) for cell in sheet.rows.get(above, ())]
    others = {cell.column: cell for cell in named if cell.column not in used}
    between = range(code.start, title.start)
    if code.stop <= title.start and not any(column in others for column in between):
        code = between  # a code may be cut over the unnamed columns that follow it
    return Columns(
        row=row,
        code=code,
        title=title,
        total=spans.get("total", NONE),
        ues=ues,
        others=others,
        hours={role: span for role, span in spans.items() if role.startswith("hours.")},
        labels=spans.get("labels", NONE),
        weights=spans.get("weights", NONE),
    )


def names_ue(cell: Cell) -> bool:
    """Whether a heading is that of a UE: `UE 3.1`, « Coeff UE31 »."""
    return "ue" in cell.text.casefold() and UE_COLUMN.match(plain(cell.text)) is not None


def _code_column(sheet: Sheet, row: int, limit: int) -> range:
    """Return the column, left of another, that holds codes although its heading does not say so; else none."""
    counts = {column: _codes(sheet, row, column) for column in range(1, limit)}
    best = max(counts, key=lambda column: counts[column], default=limit)
    return range(best, best + 1) if counts.get(best) else NONE


def _codes(sheet: Sheet, row: int, column: int) -> int:
    """Count the codes of a column, below a row."""
    return sum(is_numbered(cell.text) for (line, at), cell in sheet.cells.items() if line > row and at == column)


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
