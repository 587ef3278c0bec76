"""What every layout hands over: tables of rows, as found in the sheets, before the whole document settles the rest."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from curriculum.workbook.draft import Evaluation, Finding, finding
from curriculum.workbook.figures import NOTHING, Figure
from curriculum.workbook.french import comma
from curriculum.workbook.grid import Cell, Sheet
from curriculum.workbook.guard import OverLimit
from curriculum.workbook.naming import plain

MOST_ROWS = 1_000
NOTE_WORDS = 7
"""A line of so many words is a note, not the name of a thing."""
NOTE = re.compile(r"\*|\(|nb\b|n\.b|notes?\b|remarque|sous reserve|voir\b|attention")
SECTIONS = {
    "ressource": re.compile(r"(?:pole )?ressources?\b"),
    "sae": re.compile(r"(?:pole )?(?:saes?\b|situations)"),
}
"""How the heading of a pole begins."""
TOTAL = re.compile(r"(?:sous[- ])?(?:total|totaux|somme|cumul)\b")
YEARLY = re.compile(r"\bannuel|\bannee\b")


@dataclass(frozen=True, slots=True)
class Row:
    """One module as a table prints it; `figures` by UE code, `cells` tells where each figure stands."""

    code: str | None
    title: str | None
    line: int
    figures: Mapping[str, Figure]
    cells: Mapping[str, str]
    """Where « code », « title », « total », « hours », « labels », « weights » and each UE's figure stand."""
    total: Figure = NOTHING
    section: str | None = None
    """The pole whose heading stands above: `ressource`, `sae`, or None where the table has none."""
    hours: Mapping[str, Figure] = field(default_factory=dict)
    marks: Mapping[str, str] | None = None
    """UEs for which a sheet of hours marks the module, each with the cell of its cross; None where no sheet does."""
    dashes: frozenset[str] = frozenset()
    """UEs where a dash stands instead of a cross or of a coefficient."""
    also: Mapping[str, str] = field(default_factory=dict)
    """The cells of the joined sheet that print the module, and the title that each gives it."""
    evaluations: tuple[Evaluation, ...] = ()
    parcours: str | None = None
    """Whose alternative it is, where one table serves several parcours."""
    findings: tuple[Finding, ...] = ()
    """What reading found about it; the module's key, not known yet, is put in front of each sentence."""


@dataclass(frozen=True, slots=True)
class Totals:
    """A row of totals: by UE code, and the general one; `cells` by UE code, and « total »."""

    figures: Mapping[str, str] = field(default_factory=dict)
    general: str | None = None
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """One semester table; `heading` is its title, `lines` the texts above it, `notes` those in and below it.

    Where two sheets are joined, `sheet` names both, `joined` lists them, and every cell begins with its sheet.
    """

    sheet: str
    semester: int
    heading: str
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    ues: Mapping[str, str | None]
    """Code to title, in the order of the columns."""
    headings: Mapping[str, str]
    """UE code to the cell of its heading."""
    rows: tuple[Row, ...]
    coefficients: Totals = field(default_factory=Totals)
    ects: Totals = field(default_factory=Totals)
    poles: Mapping[str, Totals] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    hours: Totals = field(default_factory=Totals)
    annual_hours: Totals = field(default_factory=Totals)
    """The hours declared for the year, where the table of its second semester says them."""
    pole_ects: Mapping[str, Totals] = field(default_factory=dict)
    competences: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """UE code to the competence and the level that the document itself gives it."""
    joined: tuple[str, ...] = ()

    @property
    def sheets(self) -> tuple[str, ...]:
        """The names of its sheets, as in the workbook."""
        return self.joined or (self.sheet,)

    @property
    def around(self) -> tuple[str, ...]:
        """The texts that name it: its title first, then the short lines above it, then its tab."""
        return (self.heading, *(line for line in self.lines if len(line.split()) < NOTE_WORDS), self.sheet)

    def cell(self, sheet: str, name: str) -> str:
        """Return how a cell of one of its sheets is named in findings."""
        return f"{sheet}!{name}" if self.joined else name


def prefixed(table: Table) -> Table:
    """Return a table whose cells begin with its sheet (`Heures S1!E6`), to be joined with one of another sheet."""

    def cells(of: Mapping[str, str]) -> dict[str, str]:
        return {name: f"{table.sheet}!{cell}" for name, cell in of.items()}

    def totals(of: Totals) -> Totals:
        return replace(of, cells=cells(of.cells))

    def found(of: Iterable[Finding]) -> tuple[Finding, ...]:
        return tuple(replace(each, cell=each.cell and f"{table.sheet}!{each.cell}") for each in of)

    return replace(
        table,
        headings=cells(table.headings),
        rows=tuple(
            replace(row, cells=cells(row.cells), marks=row.marks and cells(row.marks), findings=found(row.findings))
            for row in table.rows
        ),
        coefficients=totals(table.coefficients),
        ects=totals(table.ects),
        poles={pole: totals(each) for pole, each in table.poles.items()},
        findings=found(table.findings),
        hours=totals(table.hours),
        annual_hours=totals(table.annual_hours),
        pole_ects={pole: totals(each) for pole, each in table.pole_ects.items()},
    )


def bounded(table: Table) -> Table:
    """Return a table; refuse one of so many rows that joining it to another would take minutes."""
    if len(table.rows) > MOST_ROWS:
        raise OverLimit(f"la feuille « {table.sheet} » a plus de {MOST_ROWS} lignes de modules, c’est la limite.")
    return table


def verbatim(cells: Iterable[Cell]) -> str:
    """Write cells as they are: « B17 = R1.03 ; C17 = Bases »."""
    return " ; ".join(f"{cell.name} = {plain(cell.text)}" for cell in cells)


def unread(cells: Iterable[Cell], at: Cell, module: str | None = None, *, why: str = "") -> Finding:
    """Report cells that no reading explains; `at` is the first one at fault; with a module, the rest is read."""
    shown = verbatim(cells)
    return finding(
        "unread_row",
        "error",
        f"La ligne {at.row} n’{'a été comprise qu’en partie' if module else 'a pas été comprise'}{why} : {shown}.",
        cell=at.name,
        module=module,
        declared=shown,
    )


def amended_totals(figures: Mapping[str, Figure], cells: Mapping[str, str]) -> list[Finding]:
    """Report the declared figures, by UE code or « total », that stand two in a cell: the one in force checks sums."""
    return [
        finding(
            "amended_cell",
            "warning",
            f"Total annoncé ({name}) : {comma(each.old)} est rayé, {comma(each.value)} est en vigueur.",
            cell=cells.get(name),
            ue=name if name.startswith("UE") else None,
            declared=each.old,
            computed=each.value,
        )
        for name, each in figures.items()
        if each.old is not None
    ]


def section(label: str) -> str | None:
    """Return the pole that a folded label names: « pole sae » gives `sae`."""
    return next((pole for pole, pattern in SECTIONS.items() if pattern.match(label)), None)


def lines_of(sheet: Sheet, first: int, last: int) -> list[str]:
    """Return the texts of some rows, one per row, or per « UE… » where a cell lists several."""
    texts = []
    for row in range(first, last + 1):
        text = " ".join(cell.in_force for cell in sheet.rows.get(row, ()))
        texts += [plain(part) for part in re.split(r"\n\s*(?=UE\s*[1-9])", text) if part.strip()]
    return texts
