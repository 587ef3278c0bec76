"""A table of a maquette as the council's sheet has it: modules × UEs, its sums, and its findings on their cells."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from curriculum import edit
from curriculum.workbook.draft import HOURS, UE, Amendment, Finding, Module, Semester
from curriculum.workbook.figures import total

LEVELS = ("error", "warning", "info")
POLES = {"ressource": "Ressources", "sae": "SAÉ", None: "Autres"}
HOUR_LABELS = {"cm": "CM", "td": "TD", "tp": "TP", "sr": "SR", "projet": "Projet", "cmi": "CMI", "ter": "TER"} | {
    "total": "Total"
}
COLUMNS = {
    "column_total": "declared",
    "hours_total": "hours",
    **dict.fromkeys(("ects_total", "missing_ects", "semester_ects"), "ects"),
    "pole_share": "share",
}
"""Which line of the foot a finding about a UE, or about the whole table, stands on; the others are on its heading."""
ROWS = {
    "row_total": "total",
    **dict.fromkeys(("hours_row", "hours_differ"), "hours"),
    **dict.fromkeys(("weights_sum", "weights_count", "struck_figure"), "evaluations"),
    **dict.fromkeys(("amended_evaluations", "evaluations_differ"), "evaluations"),
}
"""Which cell of a module a finding stands on; the others, and those of a column that is not shown, on its name."""


@dataclass(frozen=True, slots=True)
class View:
    """What of a table is shown: hours of each kind, evaluations, only the lines with findings, one parcours."""

    hours: bool = False
    evaluations: bool = False
    noted: bool = False
    parcours: str = ""


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
    """One cell: its figure, the one it replaced, the findings about it; its field and text, where it can be typed."""

    value: Decimal | None = None
    amendment: Amendment | None = None
    notes: tuple[Note, ...] = ()
    field: str = ""
    text: str = ""

    @property
    def level(self) -> str:
        """The worst level of its findings; empty when there is none."""
        levels = {note.finding.severity for note in self.notes}
        return next((level for level in LEVELS if level in levels), "")


@dataclass(frozen=True, slots=True)
class Line:
    """A module: its hours, the sum of its coefficients, its cells by UE, its evaluations."""

    module: Module
    module_id: int | None
    name: Cell
    hours: tuple[Cell, ...]
    total: Cell
    cells: tuple[Cell, ...]
    evaluations: Cell

    @property
    def is_noted(self) -> bool:
        """Whether something is said of it."""
        return any(cell.notes for cell in (self.name, *self.hours, self.total, *self.cells, self.evaluations))


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

    view: View
    ues: tuple[tuple[UE, Cell], ...]
    hours: tuple[str, ...]
    groups: tuple[Group, ...]
    sums: tuple[Cell, ...]
    declared: tuple[Cell, ...]
    ects: tuple[Cell, ...]
    shares: tuple[Cell, ...]
    hour_sums: tuple[Cell, ...]
    declared_hours: tuple[Cell, ...]
    notes: tuple[Note, ...]
    places: int
    hour_places: int

    @property
    def before_sum(self) -> int:
        """How many columns stand before that of the sums."""
        return 1 + len(self.hours)


def matrix(semester: Semester, ids: Mapping[str, int], view: View = View()) -> Matrix:
    """Return a table with each of its findings on the cell that it is about; `ids` of its modules by place."""
    notes = tuple(Note(number, finding) for number, finding in enumerate(semester.findings, 1))
    kinds = _kinds(semester, view)
    board = _board(
        notes, {"total", *(["hours"] if "total" in kinds else ()), *(["evaluations"] if view.evaluations else ())}
    )
    codes = [ue.code for ue in semester.ues]
    lines = [_line(module, codes, kinds, board, ids) for module in semester.modules if _is_shown(module, view)]
    shown = [line for line in lines if line.is_noted or not view.noted]
    poles = [pole for pole in POLES if any(line.module.pole == pole for line in shown)]
    sums = [semester.coefficient_sum(code) for code in [*codes, None]]
    hour_sums = tuple(Cell(semester.hours_sum(kind)) for kind in kinds)
    figures = [value for module in semester.modules for value in module.coefficients.values()]
    hours = [module.hours.get(kind) or "" for module in semester.modules for kind in kinds]
    return Matrix(
        view=view,
        ues=tuple((ue, Cell(notes=board["ue", ue.code])) for ue in semester.ues),
        hours=tuple("Heures" if kind == "total" else HOUR_LABELS.get(kind, kind) for kind in kinds),
        groups=tuple(_group(semester, pole, codes, shown) for pole in poles),
        sums=tuple(Cell(value) for value in sums),
        declared=_foot("declared", semester, codes, semester.declared.coefficients, board),
        ects=_foot("ects", semester, codes, {ue.code: ue.ects for ue in semester.ues if ue.ects is not None}, board),
        shares=_foot("share", semester, codes, _shares(semester, codes), board),
        hour_sums=hour_sums,
        declared_hours=_declared_hours(semester, kinds, board),
        notes=notes,
        places=max((_places(each) for each in [*figures, *map(str, sums)]), default=0),
        hour_places=max((_places(each) for each in [*hours, *(str(cell.value) for cell in hour_sums)]), default=0),
    )


def _kinds(semester: Semester, view: View) -> list[str]:
    """Return the kinds of hours that are shown: all that the document gives, or their total."""
    given = dict.fromkeys(
        kind for module in semester.modules for kind, hours in module.hours.items() if hours is not None
    )
    kinds = [*(kind for kind in HOURS[:-1] if kind in given), *(kind for kind in given if kind not in HOURS), "total"]
    return [kind for kind in kinds if kind in given and (view.hours or kind == "total")]


def _is_shown(module: Module, view: View) -> bool:
    return not view.parcours or module.parcours in (None, view.parcours)


Board = Mapping[tuple[str | None, str | None], tuple[Note, ...]]
"""Where each note is pinned: (module, ue), (module, "total"), (module, "name"), (line of the foot, ue)."""


def _board(notes: Iterable[Note], shown: set[str]) -> Board:
    board: dict[tuple[str | None, str | None], tuple[Note, ...]] = defaultdict(tuple)
    for note in notes:
        finding = note.finding
        on_row = ROWS.get(finding.code, "name")
        on_row = on_row if on_row in shown else "name"
        on_column = COLUMNS.get(finding.code, "ue")
        if on_column == "hours" and finding.ue:
            on_column = "ue"  # a block of hours of its own, for which the foot has no cell
        board[(finding.module, finding.ue or on_row) if finding.module else (on_column, finding.ue)] += (note,)
    return board


def _group(semester: Semester, pole: str | None, codes: list[str], lines: Iterable[Line]) -> Group:
    return Group(
        POLES[pole],
        tuple(line for line in lines if line.module.pole == pole),
        tuple(_sum(semester, pole, code) for code in codes),
        _sum(semester, pole, None),
    )


def _sum(semester: Semester, pole: str | None, code: str | None) -> Decimal:
    if pole is not None:
        return semester.coefficient_sum(code, pole)
    return semester.coefficient_sum(code) - sum(semester.coefficient_sum(code, each) for each in POLES if each)


def _line(module: Module, codes: Iterable[str], kinds: Iterable[str], board: Board, ids: Mapping[str, int]) -> Line:
    def typed(field: str, value: str | None, notes: tuple[Note, ...], amendment: Amendment | None = None) -> Cell:
        return Cell(_number(value), amendment, notes, field, edit.of_module(module, field) or "")

    given, key = module.coefficients, module.key
    return Line(
        module,
        ids.get(module.place),
        Cell(notes=board[key, "name"], field="title", text=module.title or ""),
        tuple(
            typed(f"hours:{kind}", module.hours.get(kind), board[key, "hours"] if kind == "total" else ())
            for kind in kinds
        ),
        Cell(total(given.values()) if given else None, notes=board[key, "total"]),
        tuple(
            typed(f"coefficient:{code}", given.get(code), board[key, code], module.amended.get(code)) for code in codes
        ),
        typed("evaluations", None, board[key, "evaluations"]),
    )


def _number(figure: str | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)


FIELDS = {"declared": "total", "ects": "ects"}
"""What can be typed in the foot."""


def _foot(
    name: str, semester: Semester, codes: Sequence[str], figures: Mapping[str, str], board: Board
) -> tuple[Cell, ...]:
    """Return one line of the foot; of the general cells, only that of the ECTS is a sum."""
    cells = []
    for code in codes:
        field = f"{FIELDS[name]}:{code}" if name in FIELDS else ""
        text = edit.of_table(semester, field) or "" if field else ""
        cells.append(Cell(_number(figures.get(code)), notes=board[name, code], field=field, text=text))
    whole = name == "ects" and codes and len(figures) == len(codes)
    return (*cells, Cell(total(figures.values()) if whole else None, notes=board[name, None]))


def _declared_hours(semester: Semester, kinds: Iterable[str], board: Board) -> tuple[Cell, ...]:
    declared = Cell(
        _number(semester.declared.hours),
        notes=board["hours", None],
        field="hours",
        text=edit.of_table(semester, "hours") or "",
    )
    return tuple(declared if kind == "total" else Cell() for kind in kinds)


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
