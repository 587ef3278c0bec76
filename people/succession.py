"""What of people hangs on a version of a maquette: who is enrolled in its tables, who teaches its modules.

An equivalence is for a semester of a niveau, whatever the version: it stays where it is.
"""

from collections.abc import Collection

from django.db.models import Count

from curriculum.succession import Correspondence, Heir, Opinion, Tally
from curriculum.templatetags.figures import counted
from people.models import Enrolment, Service


def count(maquettes: Collection[int]) -> list[Tally]:
    """Count by version: two queries."""
    enrolments = Enrolment.objects.filter(plan__maquette__in=maquettes).values_list("plan__maquette")
    services = Service.objects.filter(module__maquette__in=maquettes).values_list("module__maquette")
    return [
        Tally("inscription", dict(enrolments.annotate(Count("pk")))),
        Tally("service", dict(services.annotate(Count("pk")))),
    ]


def examine(correspondence: Correspondence) -> Opinion:
    """Refuse to leave an enrolment behind, or a UE that somebody need not follow; a service alone stays behind."""
    opinion = Opinion()
    enrolled = Enrolment.objects.filter(plan__in=correspondence.old.plans).values_list("plan").annotate(Count("pk"))
    for plan, number in enrolled.order_by("plan"):
        if plan not in correspondence.plans:
            name = correspondence.old.plans[plan]
            opinion.refusals.append(
                f"{name} : {counted(number, 'inscription')}, et {correspondence.lacks('ce tableau')}."
            )
    waived = Enrolment.objects.filter(plan__in=correspondence.plans, exempted_ues__isnull=False)
    of_ues = waived.values_list("plan", "exempted_ues", "exempted_ues__code").annotate(Count("pk"))
    for plan, ue, code, number in of_ues.order_by("plan", "exempted_ues"):
        if ue not in correspondence.ues:
            name = correspondence.old.plans[plan]
            opinion.refusals.append(
                f"{name}, {code} : {counted(number, 'dispense')}, et {correspondence.lacks('cette UE')}."
            )
    services = Service.objects.filter(module__in=correspondence.old.modules).select_related("teacher", "module")
    for service in services.order_by("module__semester", "module__key", "pk"):
        if service.module_id not in correspondence.modules:
            opinion.notes.append(
                f"{service.module} : le service de {service.teacher} reste sur l’ancienne version, "
                f"{correspondence.lacks('ce module')}."
            )
    return opinion


HEIR = Heir(
    relations=(
        (Enrolment, "plan"),
        (Enrolment.exempted_ues.through, "ue"),
        (Service, "module"),
    ),
    count=count,
    examine=examine,
)
