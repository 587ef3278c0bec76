"""What a règlement says of averages, for grades, which may not import the jury: settings lead here."""

from grades.averages import AveragingRules
from jury.engine.regulation import Regulation, override
from jury.models import Regulation as RegulationRow


def averaging_rules(formation_id: int, academic_year: str) -> AveragingRules:
    """Return the averaging rules of a formation and a year; without a règlement, the defaults (N-19)."""
    rows = RegulationRow.objects.filter(formation=formation_id, academic_year=academic_year)
    return override(Regulation(), rows.values_list("parameters", flat=True).first() or {}).averaging
