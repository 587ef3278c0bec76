"""A table of a maquette as the council's sheet has it: modules × UEs, its sums, and its findings on their cells."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from curriculum.workbook.draft import UE, Amendment, Finding, Module, Semester
from curriculum.workbook.figures import total

LEVELS = ("error", "warning", "info")
POLES = {"ressource": "Ressources", "sae": "SAÉ", None: "Autres"}
COLUMNS = {
    "column_total": "declared",
    **dict.fromkeys(("ects_total", "missing_ects", "semester_ects"), "ects"),
    "pole_share": "share",
}
"""Which line of the foot a finding about a UE, or about the whole table, stands on; the others are on its heading."""


@dataclass(frozen=True, slots=True)
class Note:
    """A finding with its number in the list under the table."""

    number: int
    finding: Finding

    @property
    def label(self) -> str:
        """How the list names it: its number, and its cell in the workbook."""
        return f"{self.number}. {self.finding.cell or ''}".strip()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its figure, the one it replaced, and the findings about it."""

    value: Decimal | None = None
    amendment: Amendment | None = None
    notes: tuple[Note, ...] = ()

    @property
    def level(self) -> str:
        """The worst level of its findings; empty when there is none."""
        levels = {note.finding.severity for note in self.notes}
        return next((level for level in LEVELS if level in levels), "")


@dataclass(frozen=True, slots=True)
class Line:
    """A module: its cells by UE, the sum of its coefficients, its hours where the document gives them."""

    module: Module
    module_id: int
    name: Cell
    cells: tuple[Cell, ...]
    total: Cell
    hours: Decimal | None


@dataclass(frozen=True, slots=True)
class Group:
    """The modules of one pole, and their sums by UE."""

    label: str
    lines: tuple[Line, ...]
    sums: tuple[Decimal, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class Matrix:
    """A whole table, ready to print; every row of the foot has one cell a UE, then the general one."""

    ues: tuple[tuple[UE, Cell], ...]
    groups: tuple[Group, ...]
    sums: tuple[Cell, ...]
    declared: tuple[Cell, ...]
    ects: tuple[Cell, ...]
    shares: tuple[Cell, ...]
    notes: tuple[Note, ...]
    places: int
    has_hours: bool


def matrix(semester: Semester, ids: Mapping[str, int]) -> Matrix:
    """Return a table with each of its findings on the cell that it is about; `ids` of its modules by place."""
    notes = tuple(Note(number, finding) for number, finding in enumerate(semester.findings, 1))
    board = _board(notes)
    codes = [ue.code for ue in semester.ues]
    groups = tuple(
        _group(semester, pole, codes, board, ids)
        for pole in POLES
        if any(module.pole == pole for module in semester.modules)
    )
    sums = [semester.coefficient_sum(code) for code in [*codes, None]]
    figures = [value for module in semester.modules for value in module.coefficients.values()]
    return Matrix(
        ues=tuple((ue, Cell(notes=board["ue", ue.code])) for ue in semester.ues),
        groups=groups,
        sums=tuple(Cell(value) for value in sums),
        declared=_foot("declared", codes, semester.declared.coefficients, board),
        ects=_foot("ects", codes, {ue.code: ue.ects for ue in semester.ues if ue.ects is not None}, board),
        shares=_foot("share", codes, _shares(semester, codes), board),
        notes=notes,
        places=max((_places(each) for each in [*figures, *map(str, sums)]), default=0),
        has_hours=any(module.hours["total"] is not None for module in semester.modules),
    )


Board = Mapping[tuple[str | None, str | None], tuple[Note, ...]]
"""Where each note is pinned: (module, ue), (module, "total"), (module, "name"), (line of the foot, ue)."""


def _board(notes: Iterable[Note]) -> Board:
    board: dict[tuple[str | None, str | None], tuple[Note, ...]] = defaultdict(tuple)
    for note in notes:
        finding = note.finding
        on_row = "total" if finding.code == "row_total" else "name"
        on_column = COLUMNS.get(finding.code, "ue")
        board[(finding.module, finding.ue or on_row) if finding.module else (on_column, finding.ue)] += (note,)
    return board


def _group(semester: Semester, pole: str | None, codes: list[str], board: Board, ids: Mapping[str, int]) -> Group:
    return Group(
        POLES[pole],
        tuple(_line(module, codes, board, ids) for module in semester.modules if module.pole == pole),
        tuple(_sum(semester, pole, code) for code in codes),
        _sum(semester, pole, None),
    )


def _sum(semester: Semester, pole: str | None, code: str | None) -> Decimal:
    if pole is not None:
        return semester.coefficient_sum(code, pole)
    return semester.coefficient_sum(code) - sum(semester.coefficient_sum(code, each) for each in POLES if each)


def _line(module: Module, codes: list[str], board: Board, ids: Mapping[str, int]) -> Line:
    given = {code: Decimal(value) for code, value in module.coefficients.items()}
    cells = (Cell(given.get(code), module.amended.get(code), board[module.key, code]) for code in codes)
    hours = module.hours["total"]
    return Line(
        module,
        ids[module.place],
        Cell(notes=board[module.key, "name"]),
        tuple(cells),
        Cell(sum(given.values(), Decimal(0)) if given else None, notes=board[module.key, "total"]),
        Decimal(hours) if hours is not None else None,
    )


def _foot(name: str, codes: list[str], figures: Mapping[str, str], board: Board) -> tuple[Cell, ...]:
    """Return one line of the foot; of the general cells, only that of the ECTS is a sum."""
    cells = [Cell(Decimal(figures[code]) if code in figures else None, notes=board[name, code]) for code in codes]
    whole = name == "ects" and codes and len(figures) == len(codes)
    return (*cells, Cell(total(figures.values()) if whole else None, notes=board[name, None]))


def _shares(semester: Semester, codes: list[str]) -> dict[str, str]:
    """The weight of the SAÉ pole in each UE, in percent cut to tenths: a table is read, the check is exact."""
    shares = {}
    for code in codes:
        if whole := semester.coefficient_sum(code):
            tenths = 1000 * Fraction(semester.coefficient_sum(code, "sae")) // Fraction(whole)
            shares[code] = str(Decimal(int(tenths)) / 10)
    return shares


def _places(figure: str) -> int:
    """How many decimals a figure needs."""
    return len(figure.partition(".")[2].rstrip("0"))
