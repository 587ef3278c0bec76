"""What of the jury hangs on a version of a maquette: the juries that its tables come before."""

from collections.abc import Collection

from django.db.models import Count

from curriculum.succession import Correspondence, Heir, Opinion, Tally
from curriculum.templatetags.figures import day
from jury.models import JurySession


def count(maquettes: Collection[int]) -> list[Tally]:
    """Count by version: one query."""
    juries = JurySession.objects.filter(plans__maquette__in=maquettes).values_list("plans__maquette")
    return [Tally("jury", dict(juries.annotate(Count("pk", distinct=True))))]


def examine(correspondence: Correspondence) -> Opinion:
    """Name every jury: none may be sitting, and none may lose a table; the record of a closed one is left alone."""
    opinion = Opinion()
    plans, new = correspondence.old.plans, correspondence.new.maquette
    sessions = JurySession.objects.filter(plans__in=plans).distinct().prefetch_related("plans")
    for session in sessions.order_by("semester", "held_on", "pk"):
        name = f"{session} du {day(session.held_on)}"
        orphans = [plans[plan.pk] for plan in session.plans.all() if plan.pk not in correspondence.plans]
        if orphans:
            opinion.refusals.append(
                f"{name} : il juge {', '.join(sorted(orphans))}, {correspondence.lacks('ce tableau')}."
            )
        elif session.state == JurySession.State.OPEN:
            opinion.refusals.append(f"{name} : il est en séance, attendez sa clôture.")
        elif session.state == JurySession.State.CLOSED:
            opinion.notes.append(
                f"{name} : clos, son registre scellé ne change pas ; recalculées, les décisions pourraient différer."
            )
        else:
            opinion.notes.append(f"{name} : en préparation, il se tiendra sur la version {new.version}.")
    return opinion


HEIR = Heir(relations=((JurySession.plans.through, "plan"),), count=count, examine=examine)
