"""Every write of people that a person asks for: the lists of the secretariat."""

from django.db import transaction

from curriculum import journal
from curriculum.models import Formation
from people.imports import Scope
from people.imports.report import Report
from people.models import User
from people.tables import Table

journal.declare(
    etudiants_imported="Liste d’étudiants importée",
    groupes_imported="Liste de groupes importée",
    services_imported="Liste de services importée",
)


class ListRefused(Exception):
    """Nothing was written: a line is wrong, or the list no longer does what was shown. The report tells."""

    def __init__(self, report: Report) -> None:
        super().__init__("La liste n’est pas importée.")
        self.report = report


@transaction.atomic
def import_list(*, scope: Scope, table: Table, seen: str | None = None, by: User | None) -> Report:
    """Write a list, all of it or nothing, with one journal entry; no entry when it changes nothing.

    `seen` is the digest of the report that was shown: anything else is not written. Raises ListRefused, or
    TableRefused when the headings will not do.
    """
    Formation.objects.select_for_update().get(pk=scope.formation.pk)  # two lists of one formation, one after the other
    report = scope.resource().run(table, dry_run=False)
    if report.errors or seen not in (None, report.digest):
        raise ListRefused(report)
    if not report.does_nothing:
        written = [*report.created, *report.changed]
        journal.record(
            f"{scope.kind}_imported",
            scope.formation,
            by=by,
            formation=scope.formation,
            before={outcome.about: outcome.before for outcome in report.changed},
            after={
                "file": table.name,
                "sha256": table.sha256,
                "academic_year": scope.academic_year,
                "rows": {outcome.about: outcome.after for outcome in written},
            },
        )
    return report
