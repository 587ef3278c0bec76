"""Two verdicts on one student under two règlements, as deliberate.md writes them: what changed, and for the better?

Averages that move without moving a code change nobody's status: they are counted, not told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from jury.engine.codes import RCUE_VALIDATED, UE_ACQUIRED, YearCode
from jury.engine.dossier import YEAR

Json = dict[str, Any]

STANDING: dict[str, int] = {
    YearCode.ADM: 3,
    YearCode.ADJ: 3,
    YearCode.PASD: 2,
    YearCode.PAS1NCI: 2,
    YearCode.RAT: 1,
    YearCode.ABL: 1,
}
"""How far a code of the year leads; a year still to decide stands with those that wait, the others nowhere."""
TO_DECIDE = 1


class Kind(StrEnum):
    UE = "ue"
    RCUE = "rcue"
    YEAR = "year"
    DEBT = "debt"
    SEMESTER = "semester"
    ECTS = "ects"
    DIPLOMA = "diploma"


class Side(NamedTuple):
    """What one règlement makes of one thing: a code or a word ("": still to decide), a figure as printed, a detail."""

    code: str
    figure: str = ""
    detail: str = ""


class Change(NamedTuple):
    """One thing that is not the same; `worth` is 1 when the student gains by it, -1 when they lose, 0 when neither."""

    kind: Kind
    about: str
    before: Side
    after: Side
    worth: int
    rule: str = ""
    """The rule that decides it under the second règlement, else under the first; empty for a sum."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changes for one student; `moved` counts the averages that change under a code that does not."""

    changes: tuple[Change, ...]
    moved: int

    @property
    def gains(self) -> bool:
        return any(change.worth > 0 for change in self.changes)

    @property
    def loses(self) -> bool:
        return any(change.worth < 0 for change in self.changes)

    def of(self, *kinds: Kind) -> list[Change]:
        """Return the changes of these kinds."""
        return [change for change in self.changes if change.kind in kinds]


def compared(dossier: Json, before: Json, after: Json, *, settled: bool = False) -> Comparison:
    """Compare two verdicts, with their reasons, on one dossier; `settled`: its year is not before this jury.

    Both must hold the same UEs; only the record of `dossier` and its decisions of the jury are read.
    """
    found = [*_codes(before, after), *_debts(dossier, before, after)]
    found += [] if settled else [*_year(before, after), *_semesters(before, after)]
    found += [*_credits(before, after), *_diplomas(before, after)]
    rules: dict[str, str] = {}
    for reason in (*after["reasons"], *before["reasons"]):
        rules.setdefault(reason["about"], reason["rule"])
    changes = tuple(change._replace(rule=change.rule or rules.get(change.about, "")) for change in found)
    return Comparison(changes, _moved(before, after))


def year_side(verdict: Json) -> Side:
    """Return the year as a verdict leaves it; still to decide, with what the jury may choose."""
    return Side(verdict["year"]["decision"] or "", "", ", ".join(verdict["year"]["options"]))


def _lines(verdict: Json) -> dict[tuple[Kind, str], Side]:
    """Return every UE and RCUE, by name."""
    ues = {(Kind.UE, ue["code"]): Side(ue["decision"], ue["average"] or "") for ue in verdict["ues"]}
    return ues | {
        (Kind.RCUE, f"{rcue['competence']}/{rcue['level']}"): Side(rcue["decision"], rcue["average"] or "")
        for rcue in verdict["rcues"]
    }


def _codes(before: Json, after: Json) -> Iterator[Change]:
    now = _lines(after)
    for (kind, about), was in _lines(before).items():
        known: frozenset[str] = UE_ACQUIRED if kind is Kind.UE else RCUE_VALIDATED
        side = now[kind, about]
        if side.code != was.code:
            yield Change(kind, about, was, side, (side.code in known) - (was.code in known))


def _debts(dossier: Json, before: Json, after: Json) -> Iterator[Change]:
    """Yield the UEs of earlier years that are repaid under one règlement only (N-08, N-14)."""
    granted = {line["target"] for line in dossier["jury"]}
    repaid, now = ({*verdict["adsup"], *granted} for verdict in (before, after))
    words = {True: Side("acquise"), False: Side("due")}
    for line in dossier["record"]:
        was, side = line["code"] in repaid, line["code"] in now
        if was != side:
            yield Change(Kind.DEBT, line["code"], words[was], words[side], side - was)


def _year(before: Json, after: Json) -> Iterator[Change]:
    was, side = year_side(before), year_side(after)
    if was != side:
        rule = "N-12" if was.code == side.code else ""  # only how the year may be repeated
        yield Change(Kind.YEAR, YEAR, was, side, _sign(_standing(side) - _standing(was)), rule)


def _standing(side: Side) -> Fraction:
    """Rank a year; of two that are alike, the one that the jury itself may let repeat is ahead."""
    rank = STANDING.get(side.code, 0) if side.code else TO_DECIDE
    return rank + Fraction(YearCode.RED in side.detail.split(", "), 2)


def _semesters(before: Json, after: Json) -> Iterator[Change]:
    words = {True: Side("ouvert"), False: Side("fermé")}
    for semester in sorted({*before["authorised"], *after["authorised"]}):
        was, side = (semester in verdict["authorised"] for verdict in (before, after))
        if was != side:
            yield Change(Kind.SEMESTER, f"S{semester}", words[was], words[side], side - was)


def _credits(before: Json, after: Json) -> Iterator[Change]:
    was, side = before["ects_total"], after["ects_total"]
    if was != side:
        yield Change(Kind.ECTS, "ECTS", Side("", was), Side("", side), _sign(Fraction(side) - Fraction(was)))


def _diplomas(before: Json, after: Json) -> Iterator[Change]:
    words = {True: Side("obtenu"), False: Side("non obtenu")}
    for name in ("dut", "but"):
        was, side = before[name], after[name]
        if was != side:
            yield Change(Kind.DIPLOMA, name.upper(), words[was], words[side], side - was)


def _moved(before: Json, after: Json) -> int:
    """Count the averages that are printed otherwise, under the same code."""
    now = _lines(after)
    pairs = [(was, now[key]) for key, was in _lines(before).items()]
    return sum(was.code == side.code and _value(was) != _value(side) for was, side in pairs)


def _value(side: Side) -> Fraction | None:
    return Fraction(side.figure) if side.figure else None


def _sign(number: Fraction) -> int:
    return (number > 0) - (number < 0)
