"""What a list of the secretariat is: its columns, what was found in it, what it would change."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from curriculum.templatetags.figures import counted
from curriculum.workbook.guard import letters
from curriculum.workbook.naming import fold
from people.tables import Row, Table, TableRefused

LINE = "ligne"
"""The key under which a line keeps its number in the file; no column is called so."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its heading, other headings that mean the same, and what its cells hold."""

    label: str
    hint: str
    aliases: tuple[str, ...] = ()
    required: bool = False

    def answers_to(self, heading: str) -> bool:
        return fold(heading).rstrip(" :*.") in {fold(name) for name in (self.label, *self.aliases)}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to say about a line (0: about the list), in a French sentence."""

    line: int
    column: str
    sentence: str

    @property
    def where(self) -> str:
        places = [f"ligne {self.line}" if self.line else "", f"colonne «\xa0{self.column}\xa0»" if self.column else ""]
        where = ", ".join(place for place in places if place)
        return f"{where[:1].upper()}{where[1:]}\xa0:" if where else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a line does: what it is about, what was there before (nothing: it is new) and what is there after."""

    line: int
    about: str
    before: dict[str, str]
    after: dict[str, str]

    @property
    def is_new(self) -> bool:
        return not self.before

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Column, before, after: what differs."""
        return [
            (column, self.before.get(column, ""), value)
            for column, value in self.after.items()
            if self.before.get(column, "") != value
        ]


@dataclass
class Report:
    """What a whole list does, or why it does nothing."""

    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    @cached_property
    def created(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.is_new]

    @cached_property
    def changed(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if not outcome.is_new and outcome.changes]

    @property
    def unchanged(self) -> int:
        return len(self.outcomes) - len(self.created) - len(self.changed)

    @property
    def summary(self) -> str:
        counts = {
            "ligne nouvelle": len(self.created),
            "ligne modifiée": len(self.changed),
            "ligne sans changement,lignes sans changement": self.unchanged,
        }
        return ", ".join(counted(count, noun) for noun, count in counts.items() if count)

    @property
    def does_nothing(self) -> bool:
        return not (self.created or self.changed)

    @cached_property
    def headings(self) -> list[str]:
        """The columns that say something of a new line, in their order."""
        columns = self.created[0].after if self.created else {}
        return [name for name in columns if any(outcome.after[name] for outcome in self.created)]

    @property
    def new_rows(self) -> list[tuple[int, list[str]]]:
        """Each new line: its number, and its cells under `headings`."""
        return [(outcome.line, [outcome.after[name] for name in self.headings]) for outcome in self.created]

    @cached_property
    def digest(self) -> str:
        """A fingerprint of what would be written: what is confirmed is what was shown."""
        shown = [(outcome.line, outcome.about, outcome.before, outcome.after) for outcome in self.outcomes]
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def lines_under(table: Table, columns: Sequence[Column]) -> tuple[list[dict[str, str]], list[Finding]]:
    """Return the lines of a list by column, each with its number, and what is said of the columns that nobody knows.

    The headings are the first line that has every required column; what stands above is a title. Raises TableRefused
    when there is none, when two columns mean the same, when no line follows.
    """
    required = [column.label for column in columns if column.required]
    rank, labels = next(
        ((rank, labels) for rank, labels in _headings(table, columns) if set(required) <= set(labels)), (0, [])
    )
    if not labels:
        expected = ", ".join(f"«\xa0{label}\xa0»" for label in required)
        raise TableRefused(f"Les en-têtes de la liste ne sont pas là (attendu au moins\xa0: {expected}).")
    head, rows = table.rows[rank], table.rows[rank + 1 :]
    for label in filter(None, labels):
        if labels.count(label) > 1:
            raise TableRefused(
                f"Ligne {head.number}\xa0: la colonne «\xa0{label}\xa0» est là {labels.count(label)} fois."
            )
    if not rows:
        raise TableRefused("La liste n’a que ses en-têtes\xa0: aucune ligne à importer.")
    lines = [{LINE: str(row.number)} | dict(_cells(labels, row.cells)) for row in rows]
    return lines, [Finding(head.number, name, "colonne inconnue, ignorée.") for name in _ignored(head, labels, rows)]


def _headings(table: Table, columns: Sequence[Column]) -> Iterator[tuple[int, list[str]]]:
    """Read each of the first lines as if it were the headings: "" where a cell is none."""
    for rank, row in enumerate(table.rows[:10]):
        yield rank, [next((column.label for column in columns if column.answers_to(cell)), "") for cell in row.cells]


def _cells(labels: Sequence[str], cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    for rank, label in enumerate(labels):
        if label:
            yield label, cells[rank] if rank < len(cells) else ""


def _ignored(head: Row, labels: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """Name the columns that say something and are not read: by their heading, or by their letter."""
    width = max(len(row.cells) for row in (head, *rows))
    names = [cell or letters(rank) for rank, cell in enumerate(head.cells, start=1)]
    names += [letters(rank) for rank in range(len(head.cells) + 1, width + 1)]
    read = [*map(bool, labels), *(False for _ in range(width - len(labels)))]
    used = [any(rank < len(row.cells) and row.cells[rank] for row in rows) for rank in range(width)]
    return [name for name, is_read, is_used in zip(names, read, used, strict=True) if is_used and not is_read]
