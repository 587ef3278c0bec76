"""What the reader saw of a table and its figures do not keep: a trace, as a JSON column holds it, both ways."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from curriculum.workbook.draft import Trace


class Reading(models.Model):
    """The totals, dashes and cells that a document printed around one Plan; for the checks alone."""

    plan = models.OneToOneField(
        "curriculum.Plan",
        models.CASCADE,  # it says where a table was read, and dies with it
        related_name="reading",
        verbose_name="tableau",
    )
    trace = models.JSONField("trace")

    class Meta:
        verbose_name = "lecture d’un tableau"
        verbose_name_plural = "lectures de tableaux"

    def __str__(self) -> str:
        return f"{self.plan}"


def dump(trace: Trace) -> dict[str, Any]:
    """Return what the column holds: keys of several words become lists."""
    return {
        "cells": [[*thing, cell] for thing, cell in trace.cells.items()],
        "row_totals": dict(trace.row_totals),
        "total": trace.total,
        "ects": trace.ects,
        "hours": dict(trace.hours),
        "annual_hours": dict(trace.annual_hours),
        "dashes": sorted(trace.dashes),
        "validated_on": dict(trace.validated_on),
    }


def load(column: Mapping[str, Any]) -> Trace:
    """Return the trace that a column holds."""
    cells = {tuple(thing): cell for *thing, cell in column["cells"]}
    return Trace(**{**column, "cells": cells, "dashes": frozenset(map(tuple, column["dashes"]))})
