"""The PV of a jury, from its record alone, so that it can be made again, identical (REGULATION.md §5.1)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from jury.documents.legend import Cell, legend
from jury.engine.codes import UE_ACQUIRED, Code, RCUECode, UECode, YearCode
from jury.judged import Judged
from jury.seal import canonical, digest
from jury.sitting import Sitting

QUALITIES = {"president": "présidence du jury", "enseignant": "enseignant", "professionnel": "professionnel"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A competence at its level, over the codes of its UEs (and « RCUE » before an annual jury)."""

    competence: str
    level: int
    columns: tuple[str, ...]
    title: str = field(compare=False, repr=False)
    """What it is called; students whose maquettes word it otherwise stay in one table."""


@dataclass(frozen=True, slots=True)
class Row:
    """One student; the cells are those of each heading in turn."""

    judged: Judged
    born: date | None
    groups: tuple[tuple[Cell, ...], ...]

    @property
    def student(self) -> Any:
        """Who they are."""
        return self.judged.part

    @property
    def last_name(self) -> str:
        """The name in use, by which the list is ordered."""
        return (self.judged.part["usage_name"] or self.judged.part["last_name"]).upper()

    @property
    def verdict(self) -> Any:
        """What is decided."""
        return self.judged.verdict

    @property
    def authorised(self) -> str:
        """The semesters that are opened to the student."""
        return ", ".join(self.judged.opened)

    @property
    def awaited(self) -> str:
        """The UEs that wait for a mark or a stage."""
        return ", ".join(ue["code"] for ue in self.verdict["ues"] if ue["decision"] == UECode.ATT)


@dataclass(frozen=True, slots=True)
class Section:
    """The students of one parcours: they have the same competences."""

    parcours: str
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class RulingLine:
    """What the jury decided itself, beside what the règlement alone would have given."""

    row: Row
    target: str
    average: str
    before: str
    after: str
    reason: str


def context(sitting: Sitting, sha256: str | None) -> dict[str, Any]:
    """Return what templates/documents/pv.html prints; `sha256` is the record's, None before the jury is closed."""
    document, session = sitting.document, sitting.document["session"]
    annual = len(session["semesters"]) == 2
    rows = {judged.part["nip"]: _row(judged) for judged in sitting.students}
    sections = _sections(rows.values(), annual=annual)
    return {
        "document": document,
        "maquettes": document["maquette"].get("versions", [document["maquette"]]),
        "session": session,
        "annual": annual,
        "but_year": (session["semester"] + 1) // 2,
        "held_on": date.fromisoformat(session["held_on"]),
        "follows": session.get("follows"),
        "opened_at": _moment(session["opened_at"]),
        "closed_at": _moment(session["closed_at"]),
        "parameters_digest": digest(canonical(document["regulation"]["parameters"])),
        "members": [(member, QUALITIES[member["quality"]]) for member in document["members"]],
        "professionals": sum(member["quality"] == "professionnel" for member in document["members"]),
        "sections": sections,
        "rulings": [line for row in rows.values() for line in _rulings(row)],
        "dut": [row for row in rows.values() if row.verdict["dut"] and not _had_dut(row)],
        "but": [row for row in rows.values() if row.verdict["but"]],
        "deferred": [row for row in rows.values() if row.judged.year == YearCode.RAT],
        "legend": legend(sitting.students),
        "statistics": _statistics(sections, YearCode if annual else UECode),
        "sha256": sha256,
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _row(judged: Judged) -> Row:
    annual = len(judged.part["dossier"]["semesters"]) == 2
    groups = [
        (
            *(Cell.of(ue.average, UECode, ue.decision) for ue in level.ues),
            *([Cell.of(level.average, RCUECode, level.decision)] if annual else []),
        )
        for level in judged.levels
    ]
    born = judged.part["birth_date"]
    return Row(judged, date.fromisoformat(born) if born else None, tuple(groups))


def _sections(rows: Iterable[Row], *, annual: bool) -> list[Section]:
    """Group the students by parcours and by the competences that they follow, in their order."""

    def kind(row: Row) -> tuple[str, tuple[Heading, ...]]:
        headings = [
            Heading(
                level.competence,
                level.level,
                (*(ue.code for ue in level.ues), *(("RCUE",) if annual else ())),
                level.title,
            )
            for level in row.judged.levels
        ]
        return row.student["parcours"], tuple(headings)

    kinds = {id(row): kind(row) for row in rows}
    ordered = sorted(rows, key=lambda row: str(kinds[id(row)]))
    return [
        Section(parcours, headings, tuple(group))
        for (parcours, headings), group in groupby(ordered, lambda row: kinds[id(row)])
    ]


def _rulings(row: Row) -> Iterator[RulingLine]:
    judged = row.judged
    averages = {line["code"]: line.get("average") for line in judged.part["dossier"]["record"]}
    before = {line["code"]: line["decision"] for line in judged.part["dossier"]["record"]}
    before |= {target: code for target, code in judged.proposals.items() if code}
    for level in judged.levels:
        averages |= {ue.code: ue.average for ue in level.ues} | {level.target: level.average}
    for line in judged.rulings:
        target = line["target"]
        yield RulingLine(
            row, target, averages.get(target) or "", before.get(target, ""), line["decision"], line["reason"]
        )


def _had_dut(row: Row) -> bool:
    """Whether an earlier jury awarded the DUT: in BUT3, when nothing of S1 to S4 was still owed."""
    dossier = row.student["dossier"]
    return dossier["but_year"] == 3 and all(
        line["decision"] in UE_ACQUIRED for line in dossier["record"] if line["semester"] <= 4
    )


def _statistics(sections: Sequence[Section], kind: type[Code]) -> dict[str, Any]:
    """Return how many students have each annual code (before a semester jury: how many UEs), without a name."""
    counts: dict[str, Counter[str]] = {}
    students: Counter[str] = Counter()
    for section in sections:
        students[section.parcours] += len(section.rows)
        counted = counts.setdefault(section.parcours, Counter())
        for row in section.rows:
            ues = [ue["decision"] for ue in row.verdict["ues"]]
            counted.update(ues if kind is UECode else [row.judged.year or ""])
    codes = [code for code in kind if any(code in counted for counted in counts.values())]
    lines = [(parcours, students[parcours], [counted[code] for code in codes]) for parcours, counted in counts.items()]
    if len(lines) > 1:
        columns = zip(*(counted for _, _, counted in lines), strict=True)
        lines.append(("Ensemble", students.total(), [sum(column) for column in columns]))
    return {"codes": codes, "lines": lines}
