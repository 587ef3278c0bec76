"""The journal: who did what, to what, when. Each business write leaves one entry, in its own transaction."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from curriculum.models import Formation

ACTIONS: dict[str, str] = {}
"""Action code -> French label. Each app declares its own in its `services`; an unknown code is refused."""


class JournalEntry(models.Model):
    """One act of one person: append-only, in the transaction of the act itself. Written by `journal.record` only."""

    at = models.DateTimeField("le", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    by_name = models.CharField("nom de l’auteur", max_length=200)
    formation = models.ForeignKey(
        "curriculum.Formation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="formation"
    )
    action = models.CharField("acte", max_length=60)
    target = models.CharField("objet", max_length=300)
    before = models.JSONField("avant", null=True, blank=True)
    after = models.JSONField("après", null=True, blank=True)

    class Meta:
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal"
        indexes = [models.Index(fields=["formation", "at"], name="curriculum_journal_at")]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"

    @property
    def label(self) -> str:
        """The act in French; its code, for one that no app declares any more."""
        return ACTIONS.get(self.action, self.action)


def declare(**labels: str) -> None:
    """Declare the actions of one app: `declare(maquette_imported="Maquette importée")`."""
    ACTIONS.update(labels)


def record(
    action: str,
    target: models.Model,
    *,
    by: "AbstractBaseUser | None",
    formation: "Formation | None" = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write one journal entry; `by` is None for a command line. Refuses to run outside a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A journal entry belongs to the transaction of the act that it tells.")
    if action not in ACTIONS:
        raise ValueError(f"Unknown action {action!r}: declare it in the services of its app.")
    JournalEntry.objects.create(
        action=action,
        target=f"{target._meta.label} {target.pk} {target}"[:300],
        by_id=by.pk if by else None,
        by_name=str(by) if by else "ligne de commande",
        formation=formation,
        before=before,
        after=after,
    )


def entries_about(target: models.Model, last: int = 50) -> "models.QuerySet[JournalEntry]":
    """Return the last acts on one object, the latest first."""
    entries = JournalEntry.objects.filter(target__startswith=f"{target._meta.label} {target.pk} ")
    return entries.order_by("-at", "-pk")[:last]
