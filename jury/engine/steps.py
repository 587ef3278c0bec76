"""The seven steps of a deliberation, in the order of the contract, and everything that they found."""

from dataclasses import dataclass

from jury.engine import debts, diploma, progression, rcue
from jury.engine.codes import UECode, YearCode
from jury.engine.debts import Debts
from jury.engine.dossier import Dossier, Rulings, check, rulings
from jury.engine.progression import NO_YEAR, Year
from jury.engine.rcue import RCUE
from jury.engine.regulation import Regulation
from jury.engine.ue import EffectiveUE, effective_ues


@dataclass(frozen=True, slots=True)
class Deliberation:
    """What each step found on one dossier: the facts that a verdict prints and that its reasons tell."""

    dossier: Dossier
    regulation: Regulation
    rulings: Rulings
    ues: tuple[EffectiveUE, ...]
    rcues: tuple[RCUE, ...]
    debts: Debts
    year: Year
    decision: YearCode | None
    authorised: tuple[int, ...]
    flags: tuple[str, ...]
    dut: bool
    but: bool


def deliberation(dossier: Dossier, regulation: Regulation) -> Deliberation:
    """Take a dossier through the seven steps. Raises Refused when it cannot be judged."""
    check(dossier)
    pairs = rcue.pairs(dossier.ues, regulation) if dossier.annual else {}
    ruled = rulings(dossier, [f"{competence}/{level}" for competence, level in pairs])
    ues = effective_ues(dossier, regulation)
    if not dossier.annual:
        ues = [ue.becomes(UECode.ADJ, "I-10") if ue.ue.code in ruled.granted else ue for ue in ues]
    rcues = []
    for level, (odd, even) in pairs.items():
        decided = rcue.decide(level, (ues[odd], ues[even]), regulation, ruled)
        ues[odd], ues[even] = decided.ues
        rcues.append(decided)
    settled = debts.settle(dossier, rcues, ruled)
    owed = settled.of_first_year
    year = progression.proposal(dossier, ues, rcues, owed, regulation) if dossier.annual else NO_YEAR
    decision = ruled.year or year.proposal
    return Deliberation(
        dossier=dossier,
        regulation=regulation,
        rulings=ruled,
        ues=tuple(ues),
        rcues=tuple(rcues),
        debts=settled,
        year=year,
        decision=decision,
        authorised=progression.authorised(dossier, decision, owed),
        flags=progression.flags(dossier, year, ruled.year, owed),
        dut=diploma.dut(dossier, ues, settled),
        but=diploma.but(dossier, ues, settled),
    )
