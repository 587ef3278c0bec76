"""Decisions and records are never changed nor deleted, whoever asks: the database itself refuses (N-20, N-24).

The migration 0006 put its triggers there. SQLite loses those of a table that a migration makes again: such a
migration ends by putting them back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

triggers = import_module("jury.migrations.0006_append_only")


@contextmanager
def released(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let them be changed inside one transaction: for what erases a whole database, and for tests that tamper."""
    with transaction.atomic(using=connection.alias):
        triggers.execute(connection, triggers.RELEASE)
        yield
        triggers.execute(connection, triggers.PROTECT)
