"""The bridge of the laboratory: a jury, or a year group under way, under two règlements from the same facts.

Where the other règlement only judges otherwise, a closed jury is replayed from its sealed dossiers. Where it averages
otherwise, averages are made again from the marks of today, under both: what a correction since the seal changes is
then on both sides, and is no effect of the règlement.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
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
    return _Bench(basis, rulings=rulings, reasons=True).trial(tried)


def effects_of(basis: Basis, tried: Iterable[Regulation], *, rulings: bool = True) -> list[int]:
    """Return how many students change status under each of some règlements."""
    bench = _Bench(basis, rulings=rulings, reasons=False)
    return [
        sum(bool(pair.comparison and pair.comparison.changes) for pair in bench.trial(each).pairs) for each in tried
    ]


def _dossiers(session: Hearing, regulation: Regulation) -> dict[str, Json]:
    """Return the dossier of each student from the rows as they are now, by NIP."""
    return {each.student.nip: each.dossier for each in dossiers_of(session, regulation)}


def _figures(dossier: Json) -> list[tuple[str | None, ...]]:
    """Return what a dossier says of its UEs, to be compared."""
    return [(ue["code"], ue["ects"], ue.get("average"), ue.get("state")) for ue in dossier["ues"]]


class _Bench:
    """What the trials of one basis share: what the règlement in force makes of each student, found once."""

    def __init__(self, basis: Basis, *, rulings: bool, reasons: bool) -> None:
        self._basis = basis
        self._rulings, self._reasons = rulings, reasons
        self._record = basis.number is not None
        self._current = override(Regulation(), basis.parameters)
        self._known = {judged.part["nip"]: judged for judged in basis.students}

    def trial(self, tried: Regulation) -> Trial:
        """Run the basis under another règlement."""
        remade = needs_marks(self._current, tried)
        before = self._today if remade else self._sealed
        dossiers = _dossiers(self._basis.session, tried) if remade else self._facts
        after = self._judged(dossiers, tried)
        return Trial(
            session=self._basis.session,
            in_force=self._current,
            tried=tried,
            articles=self._basis.articles,
            pairs=tuple(_pair(judged, after[nip]) for nip, judged in before.items() if nip in after),
            remade=remade,
            sealed=self._record and not remade,
            drifted=sum(
                _figures(self._known[nip].part["dossier"]) != _figures(judged.part["dossier"])
                for nip, judged in before.items()
            ),
            missing=tuple(judged.name for nip, judged in self._known.items() if nip not in before),
        )

    @property
    def _facts(self) -> dict[str, Json]:
        """The dossiers of the basis, by NIP."""
        return {nip: judged.part["dossier"] for nip, judged in self._known.items()}

    @cached_property
    def _sealed(self) -> dict[str, Judged]:
        """Each student of the basis under the règlement in force."""
        return self._judged(self._facts, self._current)

    @cached_property
    def _today(self) -> dict[str, Judged]:
        """The same, on averages made again from the marks of today."""
        return (
            self._judged(_dossiers(self._basis.session, self._current), self._current)
            if self._record
            else self._sealed
        )

    def _judged(self, dossiers: Mapping[str, Json], regulation: Regulation) -> dict[str, Judged]:
        """Judge the students of the basis who have a dossier, in its order."""
        parameters, found = as_json(regulation), {}
        for nip, known in self._known.items():
            if nip in dossiers:
                dossier = dossiers[nip] if self._rulings else dossiers[nip] | {"jury": []}
                found[nip] = _judged(known, dossier, regulation, parameters, reasons=self._reasons)
        return found


def _pair(before: Judged, after: Judged) -> Pair:
    """Compare what two règlements make of one student."""
    if before.refused or after.refused:
        return Pair(before, after, None)
    found = compared(after.part["dossier"], before.verdict, after.verdict, settled=before.settled)
    return Pair(before, after, found)


def _judged(known: Judged, dossier: Json, regulation: Regulation, parameters: Json, *, reasons: bool) -> Judged:
    """Judge a student again; the anomalies are those that are known already."""
    refused = ""
    try:
        verdict = verdict_json(deliberate(*read_dossier(dossier, regulation), reasons=reasons))
    except Refused as unread:
        verdict, refused = UNJUDGED | {"id": dossier["id"]}, unread.message
    part = known.part.copy()
    part["dossier"], part["verdict"] = dossier, verdict
    proposals = {} if dossier["jury"] else {YEAR: verdict["year"]["decision"]}
    return Judged(known.student_id, part, parameters, proposals, refused=refused)
