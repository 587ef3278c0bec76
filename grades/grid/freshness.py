"""What has changed in a module since a grid last asked."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Sum
from django.utils import timezone

from curriculum.models import Module
from grades.models import Mark, MarkChangeQuerySet

OVERLAP = timedelta(minutes=1)
"""A change is dated when it begins and seen when it is committed: none takes as long as this."""


class Moment(NamedTuple):
    """How far a grid has read: how many times the marks of the module had been written, and when it asked.

    The first says whether anything is new, exactly; the second says where to look for it.
    """

    writes: int = 0
    at: int = 0

    @classmethod
    def read(cls, etag: str) -> "Moment":
        """Read it back; what does not make sense is the beginning."""
        found = re.search(r"([0-9]{1,15})-([0-9]{1,11})", etag)
        return cls(int(found[1]), int(found[2])) if found else cls()

    @property
    def etag(self) -> str:
        return f'"{self.writes}-{self.at}"'


def moment(module: Module) -> Moment:
    """Return how far the marks of a module have come, in one query; to be asked before the marks are read."""
    total = Mark.objects.filter(evaluation__module=module).aggregate(writes=Sum("version"))["writes"]
    return Moment(total or 0, int(timezone.now().timestamp()))


def since(changes: MarkChangeQuerySet, seen: Moment) -> MarkChangeQuerySet:
    """Keep the changes that a grid may not know; it knows some of them, and sees it by their versions."""
    return changes.filter(act__at__gte=datetime.fromtimestamp(seen.at, UTC) - OVERLAP) if seen.at else changes
