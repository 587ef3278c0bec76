"""`manage.py flush`: Django's, which empties the whole database after asking, decisions and records included."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from jury import append_only


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        with append_only.released(connections[options["database"]]):
            super().handle(**options)
