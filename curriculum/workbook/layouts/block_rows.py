"""One line of a table by UE blocks: where its columns are, and the module that the line prints."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from curriculum.workbook.columns import NOTES, is_figure
from curriculum.workbook.draft import Evaluation, Finding, finding
from curriculum.workbook.figures import Figure, read_figure
from curriculum.workbook.french import comma
from curriculum.workbook.grid import Cell, Sheet
from curriculum.workbook.naming import fold, is_numbered, module_key, plain
from curriculum.workbook.tables import Row, unread, verbatim

WEIGHT = re.compile(r"coef\w*\.?\s+(?:de (?:la )?|du )?(?:matiere|module)s?\b")
TYPE = re.compile(r"[A-Z]{2,4}")
UE = re.compile(r"UE\s*\.?\s*[1-9](?:\s*[.\-–_]?\s*[1-9])?", re.IGNORECASE)
STUB = re.compile(r"(?:R|SA[EÉ])\s*[1-6]?\s*[.:]?", re.IGNORECASE)
NUMBER = re.compile(r"[.:\s]*[0-9]{1,2}")
ALTERNATIVE = re.compile(r"\s*\(\s*(?:parcours\s+)?([A-Z]{2,6})\s*\)$", re.IGNORECASE)
SHIFTS = ((1, 1), (-1, -1), (0, 1))
"""How far the names of a line, and its figures, may stand from their columns."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table, by number; `top` and `row` are its first and last header rows."""

    top: int
    row: int
    ue: int
    types: Mapping[int, str]
    weight: int
    ects: int | None
    margins: frozenset[int] = frozenset()
    """The columns of remarks, which are left alone."""

    @property
    def first_figure(self) -> int:
        """The first column that holds figures."""
        return min((*self.types, self.weight))


def find_columns(sheet: Sheet) -> list[Columns]:
    """Return the tables of a sheet: a heading « Coef. matière », and UEs on lines of their own below it."""
    weights = [cell for cells in sheet.rows.values() for cell in cells if WEIGHT.match(fold(cell.text))]
    return [columns for cell in weights if (columns := _columns(sheet, cell.row, cell))]


def _columns(sheet: Sheet, row: int, weight: Cell) -> Columns | None:
    near = [cell for line in range(row - 1, row + 3) for cell in sheet.rows.get(line, ())]
    types = max(
        (
            [cell for cell in sheet.rows.get(line, ()) if cell.column < weight.column and _is_type(cell)]
            for line in range(row, row + 3)
        ),
        key=len,
    )
    edge = min(cell.column for cell in (weight, *types))
    ues = [cell for (line, column), cell in sheet.cells.items() if line > row and column < edge and is_ue(cell)]
    credits = next((cell.column for cell in near if fold(cell.text) in ("ects", "credits", "credits ects")), None)
    if not ues or not (types or credits):
        return None
    return Columns(
        top=row,
        row=max(cell.row for cell in (weight, *types)),
        ue=min(cell.column for cell in ues),
        types={cell.column: plain(cell.text) for cell in types},
        weight=weight.column,
        ects=credits,
        margins=frozenset(cell.column for cell in near if NOTES.search(fold(cell.text))),
    )


def _is_type(cell: Cell) -> bool:
    return TYPE.fullmatch(plain(cell.text)) is not None and fold(cell.text) not in ("ects", "sae", "code")


def is_ue(cell: Cell) -> bool:
    """Whether a cell is the code of a UE, and nothing else."""
    return UE.fullmatch(plain(cell.text)) is not None


@dataclass(slots=True)
class Names:
    """The code and the title of a line, with their cells; a code cut over two cells is put in one piece."""

    code: str = ""
    title: str = ""
    cells: dict[str, str] = field(default_factory=dict)
    odd: list[Cell] = field(default_factory=list)

    @property
    def coded(self) -> str | None:
        """The code, when it is whole; « SAÉ 4. » in front of a stage is not one."""
        return self.code if is_numbered(self.code) else None


def begins_code(cell: Cell) -> bool:
    """Whether a cell is a module's code, or the first part of one."""
    text = plain(cell.in_force)
    return STUB.fullmatch(text) is not None or is_numbered(text)


def read_names(cells: list[Cell]) -> Names:
    """Return what the cells left of the figures say."""
    names = Names()
    for cell in cells:
        text = plain(cell.in_force)
        if not names.title and not names.code and begins_code(cell):
            names.code = text
            names.cells["code"] = cell.name
        elif not names.title and names.code and not names.coded and NUMBER.fullmatch(text):
            names.code += text
        else:
            names.title = f"{names.title} {text}".strip()
            names.cells.setdefault("title", cell.name)
            names.odd += [cell] if is_figure(cell) or is_numbered(text) else []
    return names


def alternative(title: str, parcours: frozenset[str]) -> tuple[str, str | None]:
    """Split a title from the parcours behind it: « Innovation (parcours IPI) » gives `IPI` where that is one."""
    match = ALTERNATIVE.search(title)
    if match and match[1] in parcours:
        return title[: match.start()], match[1]
    return title, None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to read a line; `moved` says how far from the headings, `odd` which cells it cannot explain."""

    moved: tuple[int, int]
    names: Names
    weight: Figure
    evaluations: tuple[Evaluation, ...]
    cells: Mapping[str, str]
    odd: tuple[Cell, ...]

    @property
    def makes_sense(self) -> bool:
        """Whether every cell stands where its column says."""
        return not self.odd and bool(self.names.title)


def attempt(sheet: Sheet, columns: Columns, line: int, moved: tuple[int, int] = (0, 0)) -> Attempt:
    """Read a line with its names, and its figures, so many columns away from their headings."""
    aside, figures = moved
    first, edge = columns.ue + 1 + aside, columns.first_figure + aside
    cells = sheet.rows.get(line, ())
    names = read_names([cell for cell in cells if first <= cell.column < edge])
    weight = sheet.at(line, columns.weight + figures)
    types = {sheet.at(line, column + figures): label for column, label in columns.types.items()}
    read = {cell: read_figure(cell) for cell in (*types, weight)}
    known = {cell.column for cell in read} | columns.margins
    over = [cell for cell in cells if cell.column >= edge and cell.column not in known and is_figure(cell)]
    odd = [cell for cell, each in read.items() if not each.understood]
    weighed = [cell for cell in types if read[cell].value is not None]
    at = {"weight": weight.name} | ({"weights": weighed[0].name} if weighed else {})
    evaluations = tuple(Evaluation(types[cell], None, read[cell].value) for cell in weighed)
    return Attempt(moved, names, read[weight], evaluations, {**names.cells, **at}, (*names.odd, *odd, *over))


def read_row(sheet: Sheet, columns: Columns, line: int, semester: int) -> tuple[Attempt, list[Finding]]:
    """Read a line where it stands, or one column away when only that makes sense, and report what is odd."""
    cells = tuple(cell for cell in sheet.rows[line] if cell.column > columns.ue or begins_code(cell))
    straight = attempt(sheet, columns, line)
    if straight.makes_sense:
        return straight, _amended(sheet, columns, line, _key(straight.names, semester))
    for moved in SHIFTS:
        other = attempt(sheet, columns, line, moved)
        if other.makes_sense and other.weight.value and (other.names.coded or not moved[0]):
            return other, [_shifted(cells, moved, _key(other.names, semester))]
    return straight, [unread(cells, straight.odd[0], _key(straight.names, semester))] if straight.odd else []


def _key(names: Names, semester: int) -> str | None:
    return module_key(names.coded, semester) if names.coded else None


def _amended(sheet: Sheet, columns: Columns, line: int, key: str | None) -> list[Finding]:
    """Report the coefficients of evaluations that stand two in a cell: nothing printed confirms either."""
    read = [(cell, read_figure(cell)) for column in columns.types if (cell := sheet.at(line, column)).text]
    return [
        finding(
            "amended_evaluations",
            "warning",
            f"{key or 'Ligne sans code'} : {comma(each.old)} est rayé, {comma(each.value)} est en vigueur "
            f"({columns.types[cell.column]}) ; aucune somme ne le confirme.",
            cell=cell.name,
            module=key,
            declared=each.old,
            computed=each.value,
        )
        for cell, each in read
        if each.old is not None
    ]


def _shifted(cells: tuple[Cell, ...], moved: tuple[int, int], key: str | None) -> Finding:
    side = "droite" if moved[1] == 1 else "gauche"
    what = "la ligne est décalée" if moved[0] else "le coefficient est décalé"
    return finding(
        "shifted_cells",
        "warning",
        f"{key or 'Ligne sans code'} : {what} d’une colonne vers la {side} ; "
        f"lecture remise en place ({verbatim(cells)}).",
        cell=cells[0].name,
        module=key,
        declared=verbatim(cells),
    )


def row_of(read: Attempt, ue: str, section: str | None, line: int, parcours: frozenset[str]) -> Row:
    """Return the row that a line prints for a UE."""
    title, own = alternative(read.names.title, parcours)
    cells = {ue if name == "weight" else name: cell for name, cell in read.cells.items()}
    return Row(
        read.names.coded,
        title or None,
        line,
        {ue: read.weight},
        cells,
        section=section,
        evaluations=read.evaluations,
        parcours=own,
    )


def misplaced(cells: tuple[Cell, ...], named: str, ue: str) -> Finding:
    """Report a total that names another UE than the one whose lines it closes."""
    return finding(
        "unknown_ue",
        "warning",
        f"{ue} : la ligne de total nomme {named} ; elle est comptée pour {ue}, dont elle ferme le bloc.",
        cell=cells[0].name,
        ue=ue,
        declared=named,
        computed=ue,
    )
