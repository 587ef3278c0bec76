"""The bridge of the laboratory: a jury, or a year group under way, under two règlements from the same facts.

Where the other règlement only judges otherwise, a closed jury is replayed from its sealed dossiers. Where it averages
otherwise, averages are made again from the marks of today, under both: what a correction since the seal changes is
then on both sides, and is no effect of the règlement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from grades.averages import Rounding
from jury.averaging import regulation_in_force
from jury.dossiers import YearGroup, dossiers_of
from jury.engine.dossier import YEAR
from jury.engine.regulation import Regulation, as_json, override
from jury.engine.strict import Refused
from jury.engine.verdict import deliberate
from jury.engine.wire import read_dossier, verdict_json
from jury.explanations import Hearing
from jury.judged import Judged
from jury.laboratory.comparison import Comparison, compared
from jury.sitting import UNJUDGED, judged_with, sitting_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a trial starts from: its students under the règlement in force, in alphabetical order."""

    session: Hearing
    students: tuple[Judged, ...]
    parameters: Json
    articles: Mapping[str, str]
    number: int | None = None
    """Of the record that they come from, for a closed jury."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One student under the règlement in force, then under the other; without a comparison, one of them refuses."""

    before: Judged
    after: Judged
    comparison: Comparison | None

    @property
    def refused(self) -> str:
        return self.before.refused or self.after.refused


@dataclass(frozen=True, slots=True)
class Trial:
    """One jury under two règlements; students are in alphabetical order."""

    session: Hearing
    in_force: Regulation
    tried: Regulation
    articles: Mapping[str, str]
    pairs: tuple[Pair, ...]
    remade: bool
    """Whether averages were made again from the marks of today."""
    sealed: bool
    """Whether the dossiers are those of the record: never with `remade`."""
    drifted: int
    """How many dossiers are no longer those of the record, of a closed jury whose averages were made again."""
    missing: tuple[str, ...]
    """Who is in the record and comes before this jury no more: their averages cannot be made again."""

    def find(self, student_id: int) -> Pair | None:
        """Return one of its students."""
        return next((pair for pair in self.pairs if pair.before.student_id == student_id), None)


def basis_of(session: Hearing) -> Basis:
    """Return what a trial of a jury, or of a year group, starts from: the record of a closed jury, else the rows."""
    if isinstance(session, YearGroup):
        regulation, row = regulation_in_force(session.formation_id, session.academic_year)
        articles = row.articles if row else {}
        students = judged_with(dossiers_of(session, regulation), regulation, articles)
        return Basis(session, students, as_json(regulation), articles)
    sitting = sitting_of(session)
    told = sitting.document["regulation"]
    return Basis(session, sitting.students, told["parameters"], told["articles"], sitting.document.get("number"))


def needs_marks(in_force: Regulation, tried: Regulation) -> bool:
    """Whether averages made under one règlement cannot be judged under the other.

    A dossier carries averages as printed, unless the règlement in force compares exact ones (I-02, I-03): those can
    be rounded afterwards.
    """
    one, other = in_force.averaging, tried.averaging
    if replace(one, rounding=other.rounding) != other:
        return True
    rounds = one.rounding != other.rounding or in_force.rcue_from_rounded_ue != tried.rcue_from_rounded_ue
    return rounds and one.rounding is not Rounding.EXACT and in_force.rcue_from_rounded_ue


def trial_of(basis: Basis, tried: Regulation, *, rulings: bool = True) -> Trial:
    """Run it under another règlement, in a fixed number of queries; without `rulings`, the proposals alone.

    With them, what the jury decided stands under both: it is sovereign (N-14), and nobody knows what it would have
    decided. What earlier juries decided stands too.
    """
    session, record = basis.session, basis.number is not None
    current = override(Regulation(), basis.parameters)
    remade = needs_marks(current, tried)
    sealed = {judged.part["nip"]: judged.part["dossier"] for judged in basis.students}
    before = _dossiers(session, current) if remade and record else sealed
    after = _dossiers(session, tried) if remade else before
    bench = _Bench(current, tried, rulings=rulings)
    return Trial(
        session=session,
        in_force=current,
        tried=tried,
        articles=basis.articles,
        pairs=tuple(
            bench.pair(judged, before[nip], after[nip])
            for judged in basis.students
            if (nip := judged.part["nip"]) in before
        ),
        remade=remade,
        sealed=record and not remade,
        drifted=sum(_facts(sealed[nip]) != _facts(dossier) for nip, dossier in before.items() if nip in sealed),
        missing=tuple(judged.name for judged in basis.students if judged.part["nip"] not in before),
    )


def _dossiers(session: Hearing, regulation: Regulation) -> dict[str, Json]:
    """Return the dossier of each student from the rows as they are now, by NIP."""
    return {each.student.nip: each.dossier for each in dossiers_of(session, regulation)}


def _facts(dossier: Json) -> list[tuple[str | None, ...]]:
    """Return what a dossier says of its UEs, to be compared."""
    return [(ue["code"], ue["ects"], ue.get("average"), ue.get("state")) for ue in dossier["ues"]]


class _Bench:
    """What every student of one trial is judged with."""

    def __init__(self, current: Regulation, tried: Regulation, *, rulings: bool) -> None:
        self._sides = [(regulation, as_json(regulation)) for regulation in (current, tried)]
        self._rulings = rulings

    def pair(self, judged: Judged, before: Json, after: Json) -> Pair:
        """Judge one student twice."""
        if not self._rulings:
            before, after = before | {"jury": []}, after | {"jury": []}
        one, other = (
            _judged(judged, dossier, *side) for dossier, side in zip((before, after), self._sides, strict=True)
        )
        if one.refused or other.refused:
            return Pair(one, other, None)
        return Pair(one, other, compared(after, one.verdict, other.verdict, settled=judged.settled))


def _judged(known: Judged, dossier: Json, regulation: Regulation, parameters: Json) -> Judged:
    """Judge a student again; the anomalies are those that are known already."""
    refused = ""
    try:
        verdict = verdict_json(deliberate(*read_dossier(dossier, regulation)))
    except Refused as unread:
        verdict, refused = UNJUDGED | {"id": dossier["id"]}, unread.message
    part = known.part.copy()
    part["dossier"], part["verdict"] = dossier, verdict
    proposals = {} if dossier["jury"] else {YEAR: verdict["year"]["decision"]}
    return Judged(known.student_id, part, parameters, proposals, refused=refused)
