"""Every change of state of a maquette: brouillon, validée, en service, archivée; and what copies or discards one."""

from dataclasses import replace
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from curriculum import journal, store
from curriculum.models import (
    UE,
    Coefficient,
    EvaluationPattern,
    Formation,
    Maquette,
    Module,
    Plan,
    PlanModule,
)
from curriculum.services import OURS
from curriculum.store import MaquetteRefused
from curriculum.succession import hanging, succession
from curriculum.templatetags.figures import counted, day
from curriculum.workbook.draft import Draft, Semester
from curriculum.workbook.naming import read_year

journal.declare(
    maquette_validated="Maquette validée par les conseils",
    maquette_returned="Maquette rendue au brouillon",
    maquette_put_in_service="Maquette mise en service",
    maquette_archived="Maquette archivée",
    maquette_copied="Maquette copiée",
    maquette_discarded="Brouillon supprimé",
)

State = Maquette.State
ANY = -1
"""Whatever version is in service: nobody was shown one."""


@transaction.atomic
def validate_maquette(
    *,
    maquette: Maquette,
    departement: date,
    iut: date,
    accept_errors: bool = False,
    by: AbstractBaseUser | None,
) -> Maquette:
    """Say on which days the councils voted a draft; its figures are frozen. Raises MaquetteRefused.

    Errors found in it are accepted or mended first. The conseil d’IUT votes what the département proposed, at the
    earliest two years before the academic year begins, at the latest before it ends.
    """
    locked = _locked(maquette, State.DRAFT)
    _check_councils(locked, departement, iut)
    errors = sum(finding.is_error for _, finding in store.load(locked).all_findings)
    if errors and not accept_errors:
        raise MaquetteRefused(f"{locked} a {counted(errors, 'constat')} d’erreur : corrigez-la, ou acceptez-les.")
    locked.state, locked.validated_departement, locked.validated_iut = State.VALIDATED, departement, iut
    locked.save(update_fields=["state", "validated_departement", "validated_iut"])
    after = {"departement": departement.isoformat(), "iut": iut.isoformat(), "accepted_errors": errors}
    journal.record("maquette_validated", locked, by=by, formation=locked.formation, after=after)
    return locked


@transaction.atomic
def return_to_draft(*, maquette: Maquette, by: AbstractBaseUser | None) -> Maquette:
    """Let the figures of a validated version change again; the dates stay, to be confirmed. Raises MaquetteRefused."""
    locked = _locked(maquette, State.VALIDATED)
    locked.state = State.DRAFT
    locked.save(update_fields=["state"])
    journal.record("maquette_returned", locked, by=by, formation=locked.formation)
    return locked


@transaction.atomic
def put_in_service(*, maquette: Maquette, seen: int = ANY, by: AbstractBaseUser | None) -> Maquette:
    """Make a validated version the one that students follow; the version in service is archived.

    Everything that hangs on the other versions of the year passes to this one (curriculum/succession.py), or nothing
    happens at all. `seen` is the number of the version in service that was shown (0: none). Raises MaquetteRefused.
    """
    locked = _locked(maquette, State.VALIDATED)
    succession(locked).hold()
    plan = succession(locked)  # what came in while we waited counts
    replaced = plan.replaced.version if plan.replaced else 0
    if seen not in (ANY, replaced):
        raise MaquetteRefused(f"la version {replaced} vient d’être mise en service : relisez ce qui change.")
    if plan.refusals:
        raise MaquetteRefused(" ".join(plan.refusals))
    plan.move()
    if plan.replaced:
        plan.replaced.state = State.ARCHIVED
        plan.replaced.save(update_fields=["state"])
    locked.state = State.IN_SERVICE
    locked.save(update_fields=["state"])
    after = {"replaces": replaced or None, "moved": {nouns: count for count, nouns in plan.loads}}
    journal.record("maquette_put_in_service", locked, by=by, formation=locked.formation, after=after)
    return locked


@transaction.atomic
def archive_maquette(*, maquette: Maquette, by: AbstractBaseUser | None) -> Maquette:
    """Put a version away; what hangs on it stays and can be read. Raises MaquetteRefused."""
    locked = _locked(maquette, State.VALIDATED, State.IN_SERVICE)
    before = {"state": locked.state}
    locked.state = State.ARCHIVED
    locked.save(update_fields=["state"])
    journal.record("maquette_archived", locked, by=by, formation=locked.formation, before=before)
    return locked


@transaction.atomic
def copy_maquette(*, maquette: Maquette, academic_year: str, by: AbstractBaseUser | None) -> Maquette:
    """Make a new draft of a version, for a year: the same figures and findings, councils to come.

    Raises MaquetteRefused.
    """
    if read_year(academic_year) != academic_year:
        raise MaquetteRefused(f"« {academic_year} » : une année universitaire s’écrit 2025-2026.")
    formation = Formation.objects.select_for_update().get(pk=maquette.formation_id)
    others = Maquette.objects.filter(formation=formation, academic_year=academic_year).exclude(layout__in=OURS)
    latest = others.order_by("-version").first()
    copied = store.save(
        _moved(store.load(maquette), academic_year),
        formation,
        layout=(latest or maquette).layout,
        source_name=f"Copie de {maquette}",
        sha256=maquette.source_sha256,
        by=by,
    )
    journal.record("maquette_copied", copied, by=by, formation=formation, after={"from": str(maquette)})
    return copied


def _moved(draft: Draft, academic_year: str) -> Draft:
    """Return a draft in another year, its councils to come; of a book of two years, the earlier stays the earlier."""
    shift = int(academic_year[:4]) - int((draft.formation.academic_year or academic_year)[:4])

    def moved(semester: Semester) -> Semester:
        first = int((semester.academic_year or academic_year)[:4]) + shift
        return replace(semester, academic_year=f"{first}-{first + 1}")

    return replace(
        draft,
        formation=replace(draft.formation, academic_year=academic_year),
        semesters=tuple(moved(semester) for semester in draft.semesters),
        validated_on={"departement": None, "iut": None},
    )


@transaction.atomic
def discard_draft(*, maquette: Maquette, by: AbstractBaseUser | None) -> None:
    """Delete a draft on which nothing hangs; its formation and competences stay. Raises MaquetteRefused."""
    locked = _locked(maquette, State.DRAFT)
    if loads := hanging(locked):
        told = ", ".join(counted(count, nouns) for count, nouns in loads)
        raise MaquetteRefused(f"{locked} porte {told} : ce brouillon ne peut pas être supprimé.")
    journal.record("maquette_discarded", locked, by=by, formation=locked.formation)
    Coefficient.objects.filter(plan_module__plan__maquette=locked).delete()
    EvaluationPattern.objects.filter(plan_module__plan__maquette=locked).delete()
    PlanModule.objects.filter(plan__maquette=locked).delete()
    UE.objects.filter(plan__maquette=locked).delete()
    Module.objects.filter(maquette=locked).delete()
    Plan.objects.filter(maquette=locked).delete()
    locked.delete()


def _locked(maquette: Maquette, *states: str) -> Maquette:
    """Take a version, in one of these states, after its formation: versions change one after the other."""
    Formation.objects.select_for_update().get(pk=maquette.formation_id)
    locked = (
        Maquette.objects.select_for_update(of=("self",)).select_related("formation").filter(pk=maquette.pk).first()
    )
    if locked is None:
        raise MaquetteRefused("ce brouillon vient d’être supprimé.")
    if locked.state in states:
        return locked
    raise MaquetteRefused(
        {
            State.DRAFT: f"{locked} est un brouillon : validez-la d’abord.",
            State.VALIDATED: f"{locked} est validée : rendez-la d’abord au brouillon.",
            State.IN_SERVICE: f"{locked} est en service : ses chiffres ne changent plus, créez une nouvelle version.",
            State.ARCHIVED: f"{locked} est archivée : elle ne change plus, créez une nouvelle version.",
        }[State(locked.state)]
    )


def _check_councils(maquette: Maquette, departement: date, iut: date) -> None:
    """Refuse days on which these councils cannot have voted this maquette."""
    first = int(maquette.academic_year[:4])
    if iut < departement:
        raise MaquetteRefused(
            f"le conseil d’IUT ({day(iut)}) vote après le conseil de département ({day(departement)})."
        )
    for council, voted in (("conseil de département", departement), ("conseil d’IUT", iut)):
        if not date(first - 2, 9, 1) <= voted <= date(first + 1, 8, 31):
            raise MaquetteRefused(
                f"{council}, {day(voted)} : ce n’est pas une date où voter la maquette {maquette.academic_year} "
                f"(attendu : du {day(date(first - 2, 9, 1))} au {day(date(first + 1, 8, 31))})."
            )
