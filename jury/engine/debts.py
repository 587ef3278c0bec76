"""Step 3: what earlier juries left to acquire, and what this one repays."""

from collections.abc import Sequence
from dataclasses import dataclass

from jury.engine.dossier import Dossier, RecordedUE, Rulings
from jury.engine.rcue import RCUE


@dataclass(frozen=True, slots=True)
class Debts:
    """The UEs of the record that are not before this jury: acquired long ago, by it, or still owed."""

    acquired: tuple[RecordedUE, ...]
    by_higher_level: tuple[RecordedUE, ...]
    by_jury: tuple[RecordedUE, ...]
    owed: tuple[RecordedUE, ...]

    @property
    def of_first_year(self) -> tuple[str, ...]:
        """The codes of the UEs of S1 and S2 still owed, sorted: what closes S5 (N-11)."""
        return tuple(sorted(line.code for line in self.owed if line.semester <= 2))


def settle(dossier: Dossier, rcues: Sequence[RCUE], rulings: Rulings) -> Debts:
    """Return the record once this jury has spoken.

    A level validated here acquires the UEs of all the lower levels of its competence (N-08, I-08); then the jury may
    acquire a UE still owed (N-14, I-14).
    """
    before = {ue.code for ue in dossier.ues}
    validated: dict[str, int] = {}
    for rcue in rcues:
        if rcue.code.validates:
            validated[rcue.competence] = max(rcue.level, validated.get(rcue.competence, 0))
    acquired, by_higher_level, by_jury, owed = [], [], [], []
    for line in dossier.record:
        if line.code in before:
            continue
        if line.decision.acquires:
            acquired.append(line)
        elif line.level < validated.get(line.competence, 0):
            by_higher_level.append(line)
        elif line.code in rulings.granted:
            by_jury.append(line)
        else:
            owed.append(line)
    return Debts(tuple(acquired), tuple(by_higher_level), tuple(by_jury), tuple(owed))
