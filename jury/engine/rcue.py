"""Step 2: the two UEs of one level of one competence, which compensate each other and nothing else."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from jury.engine.codes import RCUECode, UECode
from jury.engine.dossier import UE, Rulings
from jury.engine.regulation import Regulation
from jury.engine.strict import Refused
from jury.engine.ue import EffectiveUE

Level = tuple[str, int]


class RCUE(NamedTuple):
    """One level of one competence: its two UEs as decided, its average as compared, its code and the rule."""

    competence: str
    level: int
    ues: tuple[EffectiveUE, EffectiveUE]
    figure: Fraction | None
    code: RCUECode
    rule: str

    @property
    def name(self) -> str:
        """The RCUE as a jury's line targets it."""
        return f"{self.competence}/{self.level}"


def pairs(ues: Sequence[UE], regulation: Regulation) -> dict[Level, tuple[int, int]]:
    """Return the ranks of the odd and the even UE of each competence and level, in order of appearance (N-05).

    Raises Refused where there is not exactly one of each, or where two UEs of 0 ECTS would weigh each other.
    """
    found: dict[Level, list[int]] = {}
    for rank, ue in enumerate(ues):
        found.setdefault((ue.competence, ue.level), []).append(rank)
    paired = {}
    for (competence, level), ranks in found.items():
        ranks.sort(key=lambda rank: ues[rank].semester)
        if len(ranks) != 2 or ues[ranks[0]].semester == ues[ranks[1]].semester:
            raise Refused(
                "ues", f"À un jury annuel, « {competence} » niveau {level} a exactement une UE de chaque semestre."
            )
        if regulation.rcue_weights == "ects" and not any(ues[rank].ects for rank in ranks):
            raise Refused(
                f"ues[{ranks[1]}].ects",
                f"Les deux UE de « {competence} » niveau {level} ont 0 ECTS, et le RCUE est pondéré par les ECTS.",
            )
        paired[competence, level] = (ranks[0], ranks[1])
    return paired


def decide(level: Level, ues: tuple[EffectiveUE, EffectiveUE], regulation: Regulation, rulings: Rulings) -> RCUE:
    """Return a RCUE and its two UEs once compensated, or validated by the jury (N-06, N-14, I-10).

    There is no other compensation (N-07), and a UE in default has none (L-17).
    """
    figure = average(ues, regulation)
    reached = figure is not None and figure >= regulation.validation_threshold
    granted = rulings.granted
    name = f"{level[0]}/{level[1]}"
    if not acquired(ues):
        if reached and not any(ue.code is UECode.DEF for ue in ues):
            first, second = (ue.becomes(UECode.CMP, "N-06") for ue in ues)
            return RCUE(*level, (first, second), figure, RCUECode.CMP, "N-06")
        first, second = (ue.becomes(UECode.ADJ, "I-10") if ue.ue.code in granted else ue for ue in ues)
        ues = first, second
    if acquired(ues):
        return RCUE(*level, ues, figure, *_code_of_acquired(ues, reached))
    if name in granted:
        first, second = (ue.becomes(UECode.ADJR, "N-14") for ue in ues)
        return RCUE(*level, (first, second), figure, RCUECode.ADJ, "N-14")
    if figure is None and any(ue.code is UECode.ATT for ue in ues):
        return RCUE(*level, ues, figure, RCUECode.ATT, "I-06")
    return RCUE(*level, ues, figure, RCUECode.AJ, "N-06")


def acquired(ues: Sequence[EffectiveUE]) -> bool:
    """Whether both UEs are acquired."""
    return all(ue.code.acquires for ue in ues)


def average(ues: tuple[EffectiveUE, EffectiveUE], regulation: Regulation) -> Fraction | None:
    """Return the average of a RCUE as compared, from its UEs as step 1 leaves them (I-01, I-03, I-05).

    A UE acquired without a mark leaves the other's average; a UE neither marked nor acquired leaves none.
    """
    values = [ue.figure if regulation.rcue_from_rounded_ue else ue.average for ue in ues]
    marked = [value for value in values if value is not None]
    if len(marked) == 2:
        weights = [ue.ue.ects for ue in ues] if regulation.rcue_weights == "ects" else [1, 1]
        weighted = weights[0] * marked[0] + weights[1] * marked[1]
        return regulation.compared(Fraction(weighted, weights[0] + weights[1]))
    if len(marked) == 1 and all(ue.figure is not None or ue.code.acquires for ue in ues):
        return regulation.compared(marked[0])
    return None


def _code_of_acquired(ues: Sequence[EffectiveUE], reached: bool) -> tuple[RCUECode, str]:
    """Return the code of a RCUE whose two UEs are acquired: the way in which the least directly acquired one was."""
    codes = {ue.code for ue in ues}
    if codes == {UECode.EQV}:
        return RCUECode.EQV, "N-26"
    if reached:
        direct = codes <= {UECode.ADM, UECode.EQV}
        return (RCUECode.ADM, "N-03") if direct else (RCUECode.CMP, "N-06")
    if codes & {UECode.ADJ, UECode.ADJR}:
        return RCUECode.ADJ, "N-14"
    if UECode.CMP in codes:
        return RCUECode.CMP, "N-20"
    return (RCUECode.ADSUP, "N-08") if UECode.ADSUP in codes else (RCUECode.ADM, "N-20")
