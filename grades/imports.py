"""A mark sheet to and from a spreadsheet: out with what is known, in with what was typed, compared cell by cell.

A column of marks is known by the number of its evaluation, a line by its NIP: both may be moved. The last column says
what the sheet showed when it was made, so that a mark changed since is not overwritten without a word. As in every
list, an empty cell changes nothing and a dash empties.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core import signing

from curriculum.models import Module
from curriculum.templatetags.figures import figure
from curriculum.workbook.naming import fold
from grades.forms import read_seen, seen
from grades.grid.standing import InForce
from grades.models import Evaluation, MarkValue
from grades.services import Entry, wrong_value
from grades.sheets import Cell, Line, MarkSheet
from people.imports.report import Finding
from people.tables import Row, Table, TableRefused, write_table

if TYPE_CHECKING:
    from people.models import User

NIP, NAME, FIRST_NAME, GROUPS, MARKERS = "NIP", "Nom", "Prénom", "Groupes", "Repères (ne pas modifier)"
NUMBER = re.compile(r"n° ?([0-9]{1,18})$")
DASHES = {"-", "–", "—"}
MAX_AGE = 3600
"""Seconds between a preview and its confirmation."""


@dataclass(frozen=True, slots=True)
class Change:
    """One mark that a sheet changes."""

    line: int
    student: str
    evaluation: Evaluation
    before: MarkValue
    after: MarkValue


@dataclass
class Reading:
    """What a sheet does: its changes, or why it does nothing."""

    errors: list[Finding] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


def heading(evaluation: Evaluation) -> str:
    """The heading of a column of marks: « DS1 /20 · n° 12 »."""
    return f"{evaluation.label} /{figure(evaluation.scale)} · n° {evaluation.pk}"


def write_sheet(sheet: MarkSheet) -> bytes:
    """Return a mark sheet as a workbook that `read_sheet` reads back."""
    headers = [NIP, NAME, FIRST_NAME, GROUPS, *map(heading, sheet.evaluations), MARKERS]
    rows = [
        [
            line.enrolment.student.nip,
            line.enrolment.student.display_last_name,
            line.enrolment.student.first_name,
            ", ".join(map(str, line.groups)),
            *(str(cell.value) for cell in line.cells),
            " ".join(f"{cell.evaluation.pk}={seen(cell.in_force)}" for cell in line.cells),
        ]
        for line in sheet.lines
    ]
    return write_table("xlsx", headers, rows, title=sheet.module.key)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things are in a table that was sent: the rank of the headings, and the column of each thing."""

    head: int
    titles: Mapping[str, int]
    evaluations: Mapping[int, int]
    """By evaluation id."""

    def title(self, row: Row, title: str) -> str:
        return _at(row, self.titles.get(title))

    def mark(self, row: Row, evaluation: Evaluation) -> str:
        text = _at(row, self.evaluations.get(evaluation.pk))
        return "" if text in DASHES else text

    def says(self, row: Row, evaluation: Evaluation) -> bool:
        """Whether there is something in a cell: an empty one changes nothing."""
        return bool(_at(row, self.evaluations.get(evaluation.pk)))


def _at(row: Row, column: int | None) -> str:
    return row.cells[column] if column is not None and column < len(row.cells) else ""


def read_sheet(sheet: MarkSheet, table: Table) -> Reading:
    """Compare what was sent with what is in force. Raises TableRefused when its headings will not do."""
    layout = _layout(sheet, table)
    lines = {line.enrolment.student.nip: line for line in sheet.lines}
    reading, met = Reading(), dict[str, int]()
    for row in table.rows[layout.head + 1 :]:
        nip, name = layout.title(row, NIP), layout.title(row, NAME)
        sentence = ""
        if not nip:
            sentence = "le NIP manque."
        elif nip in met:
            sentence = f"ce NIP est déjà à la ligne {met[nip]}."
        elif nip not in lines:
            sentence = f"«\xa0{nip}\xa0» n’est pas le NIP d’un étudiant de cette feuille."
        elif name and not _is_named(lines[nip], name):
            sentence = f"la feuille dit «\xa0{name}\xa0», et ce NIP est celui de {lines[nip].enrolment.student}."
        met.setdefault(nip, row.number)
        if sentence:
            reading.errors.append(Finding(row.number, NIP, sentence))
        else:
            _read_line(reading, layout, row, lines[nip])
    return reading


def _layout(sheet: MarkSheet, table: Table) -> _Layout:
    """Find the headings: the first line with a NIP."""
    folded = [[fold(cell) for cell in row.cells] for row in table.rows[:10]]
    head = next((rank for rank, cells in enumerate(folded) if fold(NIP) in cells), None)
    if head is None:
        raise TableRefused("Aucune des premières lignes ne porte l’en-tête «\xa0NIP\xa0»\xa0: téléchargez la feuille.")
    titles = {title: folded[head].index(fold(title)) for title in (NIP, NAME, MARKERS) if fold(title) in folded[head]}
    evaluations: dict[int, int] = {}
    known = {str(evaluation.pk): evaluation for evaluation in sheet.evaluations}
    for column, cell in enumerate(table.rows[head].cells):
        if number := NUMBER.search(cell):
            if number[1] not in known:
                raise TableRefused(f"La colonne «\xa0{cell}\xa0» n’est pas une évaluation de {sheet.module.key}.")
            if known[number[1]].pk in evaluations:
                raise TableRefused(f"La colonne «\xa0{cell}\xa0» est là deux fois.")
            evaluations[known[number[1]].pk] = column
    if not evaluations:
        raise TableRefused(
            f"Aucune colonne n’est une évaluation de {sheet.module.key} (attendu, par exemple\xa0: "
            f"«\xa0DS1 /20 · n° 12\xa0»)\xa0: téléchargez la feuille."
        )
    return _Layout(head, titles, evaluations)


def _is_named(line: Line, name: str) -> bool:
    """Whether a name is the student's: a table of which one column was sorted alone gives marks to others."""
    student = line.enrolment.student
    return fold(name) in {fold(student.last_name), fold(student.usage_name)}


def _read_line(reading: Reading, layout: _Layout, row: Row, line: Line) -> None:
    """Take up what a line says of a student."""
    shown = dict(marker.split("=", 1) for marker in layout.title(row, MARKERS).split() if "=" in marker)
    for cell in line.cells:
        if not layout.says(row, cell.evaluation):
            continue
        marker = shown.get(str(cell.evaluation.pk))
        try:
            value = MarkValue.read(layout.mark(row, cell.evaluation))
            if value == cell.value or (marker is not None and value == read_seen(marker).value):
                continue
            _check(cell, value, cell.in_force if marker is None else read_seen(marker))
        except ValueError as error:
            reading.errors.append(Finding(row.number, cell.evaluation.label, str(error)))
            continue
        reading.entries.append(Entry(*cell.key, value, cell.in_force.version))
        student = str(line.enrolment.student)
        reading.changes.append(Change(row.number, student, cell.evaluation, cell.value, value))


def _check(cell: Cell, value: MarkValue, shown: InForce) -> None:
    """Raise ValueError, in French, when a mark cannot be written there."""
    if not cell.open:
        raise ValueError("aucune note ne s’écrit ici\xa0: l’évaluation est close, ou pour un autre groupe.")
    if sentence := wrong_value(value, cell.evaluation):
        raise ValueError(sentence)
    if shown.version != cell.in_force.version:
        now, then = (str(each.value) or "vide" for each in (cell.in_force, shown))
        raise ValueError(
            f"la note a changé depuis le téléchargement de la feuille (alors\xa0: {then}, maintenant\xa0: {now})\xa0: "
            "téléchargez-la de nouveau."
        )


def sign(entries: Sequence[Entry], *, module: Module, by: "User") -> str:
    """Return what a preview showed, signed: nobody else can confirm it, and nobody can change it in between."""
    rows = [[*entry.key, *entry.value, entry.seen_version] for entry in entries]
    return signing.dumps(rows, salt=_salt(module, by), compress=True)


def unsign(ticket: str, *, module: Module, by: "User") -> list[Entry]:
    """Return what was previewed. Raises signing.BadSignature when it is too old, or somebody else's."""
    rows = signing.loads(ticket, salt=_salt(module, by), max_age=MAX_AGE)
    return [Entry(row[0], row[1], MarkValue(row[2], row[3]), row[4]) for row in rows]


def _salt(module: Module, by: "User") -> str:
    return f"grades.imports.{module.pk}.{by.pk}"
