"""The figures around a grid, as it prints them: averages at the right, how the class did in the foot."""

from curriculum.templatetags.figures import figure
from grades.sheets import MarkSheet, Summary


def told_figures(sheet: MarkSheet) -> dict[str, object]:
    """Tell the grid the average of each student, by enrolment id, and the foot of each evaluation, by id."""
    return {
        "averages": {
            line.enrolment.pk: {"average": figure(line.average), "provisional": line.provisional}
            for line in sheet.lines
        },
        "columns": {
            evaluation.pk: _foot(summary)
            for evaluation, summary in zip(sheet.evaluations, sheet.summaries, strict=True)
        },
        "module": _foot(sheet.summary),
    }


def _foot(summary: Summary) -> dict[str, object]:
    return {
        "mean": figure(summary.mean),
        "median": figure(summary.median),
        "missing": summary.missing,
        "absent": summary.reasons.get("ABI", 0),
    }
