"""The règlement of a formation and a year; grades, which may not import the jury, come by settings.AVERAGING_RULES."""

from grades.averages import AveragingRules
from jury.engine.regulation import Regulation, override
from jury.models import Regulation as RegulationRow


def regulation_in_force(formation_id: int, academic_year: str) -> tuple[Regulation, RegulationRow | None]:
    """Return the règlement of a formation and a year, and its row; without a row, the defaults (N-19)."""
    rows = RegulationRow.objects.filter(formation=formation_id, academic_year=academic_year)
    row = rows.prefetch_related("clauses").first()
    return override(Regulation(), row.parameters if row else {}), row


def averaging_rules(formation_id: int, academic_year: str) -> AveragingRules:
    """Return what it says of averages."""
    return regulation_in_force(formation_id, academic_year)[0].averaging
