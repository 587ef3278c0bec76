"""Step 7: ECTS, DUT and BUT."""

from collections.abc import Sequence
from fractions import Fraction

from jury.engine.debts import Debts
from jury.engine.dossier import Dossier
from jury.engine.ue import EffectiveUE


def ects(ues: Sequence[EffectiveUE]) -> Fraction:
    """Return the ECTS of the UEs before the jury: those of the acquired ones, all or nothing (N-04)."""
    return sum((ue.ue.ects for ue in ues if ue.code.acquires), Fraction(0))


def earlier_ects(debts: Debts) -> Fraction:
    """Return the ECTS of the UEs that are not before the jury, acquired now or before (N-04)."""
    earlier = (*debts.acquired, *debts.by_higher_level, *debts.by_jury)
    return sum((line.ects for line in earlier), Fraction(0))


def dut(dossier: Dossier, ues: Sequence[EffectiveUE], debts: Debts) -> bool:
    """Whether the DUT is due: every known UE of S1 to S4 acquired, at an annual jury from BUT2 on (N-15)."""
    if not dossier.annual or dossier.but_year == 1:
        return False
    missing = any(ue.ue.semester <= 4 and not ue.code.acquires for ue in ues)
    return not missing and not any(line.semester <= 4 for line in debts.owed)


def but(dossier: Dossier, ues: Sequence[EffectiveUE], debts: Debts) -> bool:
    """Whether the BUT is due: every known UE acquired, at the annual jury of BUT3 (N-16)."""
    return dossier.annual and dossier.but_year == 3 and all(ue.code.acquires for ue in ues) and not debts.owed
