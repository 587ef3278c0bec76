"""The verdict on one dossier, as it is printed, sealed and sent."""

from dataclasses import dataclass
from typing import NamedTuple

from jury.engine import diploma
from jury.engine.codes import RCUECode, UECode, YearCode
from jury.engine.dossier import Dossier
from jury.engine.explain import Reason, explain
from jury.engine.regulation import Regulation
from jury.engine.steps import deliberation
from jury.engine.strict import plain


class UEVerdict(NamedTuple):
    """A UE as decided, with its average as printed and the ECTS obtained ("0" when it is not acquired)."""

    code: str
    average: str | None
    decision: UECode
    ects: str


class RCUEVerdict(NamedTuple):
    """A level of a competence as decided, with its average as printed."""

    competence: str
    level: int
    average: str | None
    decision: RCUECode


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a jury decides of one student; averages and ECTS are decimal strings, as printed."""

    id: str
    ues: tuple[UEVerdict, ...]
    rcues: tuple[RCUEVerdict, ...]
    decision: YearCode | None
    options: tuple[YearCode, ...]
    authorised: tuple[int, ...]
    adsup: tuple[str, ...]
    ects: str
    ects_total: str
    dut: bool
    but: bool
    flags: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()


def deliberate(dossier: Dossier, regulation: Regulation, *, reasons: bool = True) -> Verdict:
    """Return the verdict on a dossier, explained or not. Raises Refused when the dossier cannot be judged."""
    found = deliberation(dossier, regulation)
    printed = regulation.printed
    ects = diploma.ects(found.ues)
    return Verdict(
        id=dossier.id,
        ues=tuple(
            UEVerdict(
                ue.ue.code,
                None if ue.figure is None else printed(ue.figure),
                ue.code,
                plain(ue.ue.ects) if ue.code.acquires else "0",
            )
            for ue in found.ues
        ),
        rcues=tuple(
            RCUEVerdict(rcue.competence, rcue.level, None if rcue.figure is None else printed(rcue.figure), rcue.code)
            for rcue in found.rcues
        ),
        decision=found.decision,
        options=() if found.rulings.year else found.year.options,
        authorised=found.authorised,
        adsup=tuple(line.code for line in found.debts.by_higher_level),
        ects=plain(ects),
        ects_total=plain(ects + diploma.earlier_ects(found.debts)),
        dut=found.dut,
        but=found.but,
        flags=found.flags,
        reasons=explain(found) if reasons else (),
    )
