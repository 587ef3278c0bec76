"""Step 1: what each UE before the jury is worth, with what earlier juries decided of it."""

from fractions import Fraction
from typing import NamedTuple

from jury.engine.codes import UECode
from jury.engine.dossier import UE, Dossier, RecordedUE, Status, UEState
from jury.engine.regulation import Regulation

NO_AVERAGE: dict[UEState | None, tuple[UECode, str]] = {
    UEState.EQUIVALENCE: (UECode.EQV, "N-26"),
    UEState.DEFAULTING: (UECode.DEF, "L-17"),
    UEState.PENDING: (UECode.ATT, "I-06"),
    UEState.STAGE: (UECode.ATT, "L-04"),
    UEState.NOT_ENROLLED: (UECode.ATT, "L-08"),
}


class EffectiveUE(NamedTuple):
    """A UE with the average that counts, exact and as compared, its code, and the rule that gave it."""

    ue: UE
    kept: RecordedUE | None
    average: Fraction | None
    figure: Fraction | None
    code: UECode
    rule: str

    def becomes(self, code: UECode, rule: str) -> "EffectiveUE":
        """The same UE acquired otherwise; an acquired UE stays as it is (N-20)."""
        return self if self.code.acquires else self._replace(code=code, rule=rule)


def effective_ues(dossier: Dossier, regulation: Regulation) -> list[EffectiveUE]:
    """Return every UE before the jury, in order, before any compensation or decision of the jury."""
    record = {line.code: line for line in dossier.record}
    return [effective_ue(ue, record.get(ue.code), dossier.status, regulation) for ue in dossier.ues]


def effective_ue(ue: UE, line: RecordedUE | None, status: Status, regulation: Regulation) -> EffectiveUE:
    """Return the average that counts for a UE and the code that it gives (N-03).

    Of a UE not acquired and taken again, only the new average counts, unless the règlement keeps the best (L-06).
    """
    if line is not None and line.decision.acquires:
        return _capitalised(ue, line, regulation)
    average = ue.average
    if average is not None and line is not None and line.average is not None and regulation.keep_best_unacquired:
        average = max(average, line.average)
    figure = None if average is None else regulation.compared(average)
    code, rule = _code(ue, figure, status, regulation)
    return EffectiveUE(ue, None, average, figure, code, rule)


def _capitalised(ue: UE, line: RecordedUE, regulation: Regulation) -> EffectiveUE:
    """Keep an acquired UE acquired, with the best of its two averages (N-20, L-05, I-15).

    One acquired without a mark takes the new average only if that acquires the UE: it would otherwise lower the RCUE.
    """
    new = None if ue.average is None else regulation.compared(ue.average)
    reached = new is not None and new >= regulation.validation_threshold
    averages = [average for average in (ue.average, line.average) if average is not None]
    average = max(averages) if averages and (reached or line.average is not None) else None
    figure = None if average is None else regulation.compared(average)
    code, rule = (UECode.ADM, "N-03") if reached else (line.decision, "N-20")
    return EffectiveUE(ue, line, average, figure, code, rule)


def _code(ue: UE, figure: Fraction | None, status: Status, regulation: Regulation) -> tuple[UECode, str]:
    """Return the code of a UE that nothing had acquired yet, with its rule (N-03, N-26, L-04, L-08, L-17, I-06)."""
    if figure is not None:
        code, rule = (UECode.ADM, "N-03") if figure >= regulation.validation_threshold else (UECode.AJ, "N-03")
    else:
        code, rule = NO_AVERAGE[ue.state]
        if code is UECode.ATT and status.left:
            code = UECode[status]
    if status is Status.DEF and not code.acquires:
        code, rule = UECode.DEF, "L-17"
    return code, rule
