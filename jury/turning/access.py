"""The doors of the turn of a year: the secretariat and the head of studies of the formation."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from curriculum.models import Formation
from jury.models import JurySession, Turn, TurnAct
from jury.turning.roll import Roll
from people.access import formation_with
from people.models import Enrolment, User


def turns_for_registrar(
    user: User, formation: Formation | None, academic_year: str | None
) -> tuple[Formation, str, QuerySet[Turn]]:
    """Return the formation and year in use, and its turns, the latest first; 404 before any maquette."""
    owner = formation_with(user, formation, "jury.turn_year")
    if academic_year is None:
        raise Http404
    turns = Turn.objects.filter(formation=owner).prefetch_related("acts")
    return owner, academic_year, turns.order_by("-academic_year", "-source_year", "pk")


def turn_for_registrar(user: User, turn_id: int) -> Turn:
    """Return a turn; 403 to those who work in its formation otherwise, 404 to everybody else."""
    turn = Turn.objects.select_related("formation").filter(pk=turn_id).first()
    if turn is None:
        raise Http404
    if not user.has_perm("jury.turn_year", turn):
        if turn.formation_id in user.roles_by_formation:
            raise PermissionDenied
        raise Http404
    return turn


def act_for_registrar(user: User, turn_id: int, act_id: int) -> TurnAct:
    """Return a confirmation of a turn."""
    turn = turn_for_registrar(user, turn_id)
    act = turn.acts.select_related("by", "turn__formation").filter(pk=act_id).first()
    if act is None:
        raise Http404
    return act


def acts_of(turn: Turn) -> QuerySet[TurnAct]:
    """Return the confirmations of a turn behind the door, the latest first."""
    return turn.acts.select_related("by").order_by("-at", "-pk")


def enrolments_of(act: TurnAct) -> QuerySet[Enrolment]:
    """Return what a confirmation behind the door enrolled, as it stands, by semester and by name."""
    rows = Enrolment.objects.filter(pk__in=act.made["enrolments"]).select_related("student", "plan__parcours")
    return rows.order_by("plan__semester", "plan__position", "student__last_name", "student__first_names", "pk")


def juries_awaited(turn: Turn, roll: Roll) -> list[JurySession]:
    """Return the juries of the year that are not closed: what they will decide is not in the roll."""
    if turn.within_year or not roll.lines:
        return []
    annual = JurySession.objects.filter(
        formation=turn.formation_id, academic_year=turn.source_year, semester__in=[2, 4, 6]
    )
    return list(annual.exclude(state=JurySession.State.CLOSED).order_by("semester", "held_on", "pk"))
