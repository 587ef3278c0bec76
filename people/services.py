"""Every write of people that a person asks for: the lists of the secretariat, what was acquired elsewhere."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from curriculum import journal
from curriculum.models import UE, Formation
from people.imports import Scope
from people.imports.report import Report
from people.models import Equivalence, Student, User
from people.tables import Table

journal.declare(
    etudiants_imported="Liste d’étudiants importée",
    groupes_imported="Liste de groupes importée",
    services_imported="Liste de services importée",
    equivalences_granted="Équivalences saisies",
    equivalence_withdrawn="Équivalence retirée",
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


@transaction.atomic
def grant_equivalences(
    *,
    student: Student,
    ues: Sequence[UE],
    kind: str,
    document: str,
    reference: str,
    host: str = "",
    granted_on: date | None = None,
    mark: Decimal | str | None = None,
    by: User | None,
) -> list[Equivalence]:
    """Write that a student acquired some UEs of one formation elsewhere, on one document; all of them or none.

    `mark` is on 20 and is for one UE alone. Raises ValidationError: no UE, a mark for several, no document or
    reference, a UE that they already hold so.
    """
    if not ues:
        raise ValidationError({"ues": "Choisissez au moins une UE."})
    if mark is not None and len(ues) > 1:
        raise ValidationError({"mark": "Une note convertie est celle d’une seule UE\xa0: saisissez-les une à une."})
    granted = [
        Equivalence(
            student=student,
            niveau=ue.niveau,
            semester=ue.plan.semester,
            ects=ue.ects or 0,
            mark=mark,
            kind=kind,
            host=host.strip(),
            document=document.strip(),
            reference=reference.strip(),
            granted_on=granted_on,
            by=by,
        )
        for ue in ues
    ]
    for equivalence in granted:
        equivalence.full_clean()
        equivalence.save()
    after = {"ues": [str(equivalence) for equivalence in granted], "kind": kind, "reference": reference.strip()}
    formation = ues[0].plan.maquette.formation
    journal.record("equivalences_granted", student, by=by, formation=formation, after=after)
    return granted


@transaction.atomic
def withdraw_equivalence(*, equivalence: Equivalence, reason: str, by: User | None) -> Equivalence:
    """Withdraw an equivalence that was entered by mistake; it stays, with the reason. Raises ValidationError.

    What a jury decided on it stays decided.
    """
    if equivalence.withdrawn_at is not None:
        raise ValidationError("Cette équivalence est déjà retirée.")
    if not reason.strip():
        raise ValidationError({"reason": "Un retrait a un motif\xa0: écrivez-le."})
    equivalence.withdrawn_at, equivalence.withdrawal = timezone.now(), reason.strip()
    equivalence.full_clean()
    equivalence.save()
    formation, after = equivalence.niveau.competence.formation, {"reason": equivalence.withdrawal}
    journal.record("equivalence_withdrawn", equivalence, by=by, formation=formation, after=after)
    return equivalence
