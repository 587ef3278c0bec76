"""Steps 4 to 6: the decision on the year, the semesters that it opens, and what must be said of it.

The jury is sovereign (N-14): what it decides of the year replaces the proposal, and acquires no UE.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from jury.engine.codes import RCUECode, UECode, YearCode
from jury.engine.dossier import Dossier, Status
from jury.engine.rcue import RCUE
from jury.engine.regulation import Regulation
from jury.engine.ue import EffectiveUE

PASSES = frozenset({YearCode.ADM, YearCode.ADJ, YearCode.PASD, YearCode.PAS1NCI})
REPEATS = frozenset({YearCode.RED, YearCode.RED_FM})


class Obstacle(StrEnum):
    """Why a student does not pass by right."""

    HALF_OR_FEWER_REACHED = "half_or_fewer_reached"
    BELOW_MINIMUM = "below_minimum"
    WITHOUT_AVERAGE = "without_average"
    FIRST_YEAR_OWED = "first_year_owed"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a year is from the passage by right: RCUEs in all and reached, names of those that stand in the way."""

    total: int
    reached: int
    below: tuple[str, ...]
    unmarked: tuple[str, ...]
    owed: tuple[str, ...]

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        """Return why there is no passage by right; empty: there is (N-10, N-11)."""
        rules = {
            Obstacle.HALF_OR_FEWER_REACHED: 2 * self.reached <= self.total,
            Obstacle.BELOW_MINIMUM: bool(self.below),
            Obstacle.WITHOUT_AVERAGE: bool(self.unmarked),
            Obstacle.FIRST_YEAR_OWED: bool(self.owed),
        }
        return tuple(obstacle for obstacle, applies in rules.items() if applies)


@dataclass(frozen=True, slots=True)
class Year:
    """What is proposed for the year, with the rule; without a proposal, what the jury may decide."""

    proposal: YearCode | None
    options: tuple[YearCode, ...]
    rule: str
    progress: Progress | None = None


NO_YEAR = Year(None, (), "N-09")
"""At the jury of an odd semester nothing is decided of the year."""


def progress(rcues: Sequence[RCUE], owed: tuple[str, ...], regulation: Regulation) -> Progress:
    """Count what the passage by right asks for (N-10, I-04); `owed`: the UEs of S1 and S2 that close S5 (N-11)."""
    counts_validated = regulation.progression_counts_validated
    reached, below, unmarked = 0, [], []
    for rcue in rcues:
        excused = rcue.code.validates and counts_validated
        reached += excused or (rcue.figure is not None and rcue.figure >= regulation.validation_threshold)
        if rcue.figure is not None and rcue.figure < regulation.rcue_minimum and not excused:
            below.append(rcue.name)
        if rcue.figure is None and not rcue.code.validates:
            unmarked.append(rcue.name)
    return Progress(len(rcues), reached, tuple(below), tuple(unmarked), owed)


def proposal(
    dossier: Dossier, ues: Sequence[EffectiveUE], rcues: Sequence[RCUE], owed: tuple[str, ...], regulation: Regulation
) -> Year:
    """Return the proposal for the year of an annual jury; `owed`: the UEs of S1 and S2 still owed.

    In this order: who left or has a year off, a default (L-17), a mark awaited (I-06), all validated, the passage by
    right (N-10, N-11); else nothing is proposed, and the jury chooses.
    """
    status = dossier.status
    if status.left or status is Status.ABL:
        return Year(YearCode[status], (), "N-20")
    if status is Status.DEF or any(ue.code is UECode.DEF for ue in ues):
        return Year(YearCode.DEF, (repeat(dossier, regulation), YearCode.NAR), "L-17")
    if any(rcue.code is RCUECode.ATT for rcue in rcues):
        return Year(YearCode.RAT, (), "I-06")
    if all(rcue.code.validates for rcue in rcues):
        by_jury = any(rcue.code is RCUECode.ADJ for rcue in rcues)
        return Year(YearCode.ADJ, (), "N-14") if by_jury else Year(YearCode.ADM, (), "N-06")
    options = (repeat(dossier, regulation), YearCode.NAR, YearCode.ADJ)
    if dossier.but_year == 3:
        return Year(None, options, "N-16")
    reached = progress(rcues, owed if dossier.but_year == 2 else (), regulation)
    if not reached.obstacles:
        return Year(YearCode.PASD, (), "N-10", reached)
    rule = "N-11" if reached.obstacles == (Obstacle.FIRST_YEAR_OWED,) else "N-10"
    return Year(None, (*options, YearCode.PAS1NCI), rule, reached)


def repeat(dossier: Dossier, regulation: Regulation) -> YearCode:
    """Return how the year may be repeated: by the jury, or only by the director, for force majeure (N-12, I-07)."""
    again = any((semester + 1) // 2 == dossier.but_year for semester in dossier.repeated)
    beyond = len(dossier.repeated) + 2 > regulation.repeat_limit
    return YearCode.RED_FM if again or beyond else YearCode.RED


def authorised(dossier: Dossier, decision: YearCode | None, owed: tuple[str, ...]) -> tuple[int, ...]:
    """Return the semesters that open (N-09, N-10, N-11, N-12); `owed`: the UEs of S1 and S2 still owed."""
    odd = dossier.semesters[0]
    if not dossier.annual:
        return () if dossier.status.left else (odd + 1,)
    if decision in REPEATS:
        return (odd,)
    if decision not in PASSES or dossier.but_year == 3:
        return ()
    closed = dossier.but_year == 2 and owed and decision in (YearCode.ADM, YearCode.ADJ)
    return () if closed else (odd + 2,)


def flags(dossier: Dossier, year: Year, ruled: YearCode | None, owed: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the jury must know: debts that alone close S5 (N-11), a right refused, a derogation (I-09)."""
    found = []
    validated = year.proposal in (YearCode.ADM, YearCode.ADJ)
    otherwise = year.progress is not None and year.progress.obstacles == (Obstacle.FIRST_YEAR_OWED,)
    if dossier.but_year == 2 and owed and (validated or otherwise):
        found.append(f"S5_gate:{','.join(owed)}")
    if ruled in (*REPEATS, YearCode.NAR) and year.proposal in PASSES:
        found.append(f"against_right:{ruled}")
    if ruled is YearCode.PAS1NCI:
        found.append(f"below_minimum:{ruled}")
    return tuple(found)
