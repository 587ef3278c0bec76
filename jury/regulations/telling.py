"""A règlement as its pages tell it: each parameter with its effect, what a change does, who changed what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curriculum.models import Formation, JournalEntry
from jury.models import Regulation
from jury.regulations.parameters import PARAMETERS, SILENT, Clause, Parameter
from jury.regulations.services import SET


@dataclass(frozen=True, slots=True)
class Line:
    """One parameter of a règlement; `set_at` is None for a default."""

    parameter: Parameter
    clause: Clause
    set_by: str = ""
    set_at: datetime | None = None

    @property
    def value(self) -> str:
        return self.parameter.told(self.clause.value)

    @property
    def effect(self) -> str:
        """What the value does, with figures."""
        return self.parameter.choices[self.clause.value][1] if self.parameter.choices else self.parameter.effect

    @property
    def others(self) -> list[tuple[str, str]]:
        """The other values that it may take, and their effects."""
        return [told for value, told in self.parameter.choices.items() if value != self.clause.value]

    @property
    def article(self) -> str:
        """The article, unless the value is the article."""
        return "" if self.parameter.kind == "article" else self.clause.article

    @property
    def departs(self) -> bool:
        """Whether it is another value than the default."""
        return bool(self.clause.value != SILENT[self.parameter.key].value)


def lines_of(regulation: Regulation) -> list[Line]:
    """Return every parameter, in the order of deliberate.md; the clauses are prefetched with who set them."""
    said = {clause.key: clause for clause in regulation.clauses.all()}
    return [
        Line(parameter, Clause(row.value, row.article), str(row.set_by or ""), row.set_at)
        if (row := said.get(key))
        else Line(parameter, SILENT[key])
        for key, parameter in PARAMETERS.items()
    ]


def changes(before: Mapping[str, Clause], after: Mapping[str, Clause]) -> list[tuple[Line, Line]]:
    """Return each parameter that differs, before and after; both hold every key."""
    return [
        (Line(parameter, before[key]), Line(parameter, after[key]))
        for key, parameter in PARAMETERS.items()
        if before[key] != after[key]
    ]


@dataclass(frozen=True, slots=True)
class Act:
    """One change of a règlement, from the journal."""

    at: datetime
    by: str
    origin: str
    reference: str
    """The délibération that it set; empty when it left it."""
    changes: list[tuple[Line, Line]]


def history(formation: Formation, academic_year: str) -> Iterator[Act]:
    """Yield who changed the règlement of a year, and what, the latest first."""
    entries = JournalEntry.objects.filter(action=SET, formation=formation, after__academic_year=academic_year)
    for entry in entries.order_by("-at", "-pk"):
        before, after = entry.before or {}, entry.after or {}
        reference = after["reference"] if after["reference"] != before["reference"] else ""
        told = changes(_clauses(before["parameters"]), _clauses(after["parameters"]))
        yield Act(entry.at, entry.by_name, after["origin"], reference, told)


def _clauses(told: Mapping[str, Any]) -> dict[str, Clause]:
    return SILENT | {key: Clause(each["value"], each["article"]) for key, each in told.items()}
