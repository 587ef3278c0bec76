"""Every write of a turn: preparing it, choosing, confirming all of it or nothing, undoing a confirmation."""

from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.utils import timezone

from curriculum import journal
from curriculum.models import Formation, Maquette, academic_year_validator
from curriculum.store import MaquetteRefused
from curriculum.templatetags.figures import counted
from curriculum.versions.services import copy_maquette
from jury.models import Decision, Turn, TurnAct, TurnChoice
from jury.regulations.services import copy_regulation
from jury.turning.making import Making, making_of
from jury.turning.proposal import year_after
from jury.turning.roll import Roll, offer_of, roll_of
from people.models import Enrolment, Group, Service, Student

if TYPE_CHECKING:
    from people.models import User

journal.declare(
    turn_prepared="Rentrée préparée",
    turn_set="Réglages de la rentrée modifiés",
    turn_chosen="Choix de rentrée",
    turn_confirmed="Rentrée confirmée",
    turn_undone="Confirmation de rentrée annulée",
)


@transaction.atomic
def prepare_turn(*, formation: Formation, source_year: str, within_year: bool = False, by: "User | None") -> Turn:
    """Begin the turn of a year into the next one, or of its odd semesters into the even ones; the one begun if any.

    Raises ValidationError when the year is not one.
    """
    academic_year_validator(source_year)
    _hold(formation.pk)
    academic_year = source_year if within_year else year_after(source_year)
    found = Turn.objects.filter(formation=formation, source_year=source_year, academic_year=academic_year).first()
    if found:
        return found
    turn = Turn(formation=formation, source_year=source_year, academic_year=academic_year)
    turn.full_clean()
    turn.save()
    journal.record("turn_prepared", turn, by=by, formation=formation, after={"source_year": source_year})
    return turn


@transaction.atomic
def set_turn(*, turn: Turn, by: "User | None") -> Turn:
    """Keep what a turn now says of what it copies and how it enrols (L-07, L-08). Raises ValidationError."""
    _hold(turn.formation_id)
    before = _settings(Turn.objects.get(pk=turn.pk))
    turn.full_clean()
    turn.save()
    journal.record("turn_set", turn, by=by, formation=turn.formation, before=before, after=_settings(turn))
    return turn


@transaction.atomic
def choose(*, turn: Turn, students: Collection[int], place: str | None, by: "User | None") -> int:
    """Choose a place for some students, by its key; "": not enrolled; None: the proposal again. Return how many.

    Raises ValidationError: nobody, a student who is not of this turn, a place that the maquette does not offer.
    """
    _hold(turn.formation_id)
    if not students:
        raise ValidationError("Cochez au moins un étudiant.")
    if place:
        _check_place(turn, place)
    known = Student.objects.filter(pk__in=students, enrolments__plan__maquette__formation=turn.formation_id).distinct()
    nips = dict(known.order_by("nip").values_list("pk", "nip"))
    if set(nips) != set(students):
        raise ValidationError("Un des étudiants cochés n’est pas de cette formation.")
    turn.choices.filter(student__in=nips).delete()
    if place is not None:
        TurnChoice.objects.bulk_create(TurnChoice(turn=turn, student_id=pk, place=place) for pk in nips)
    after = {"students": list(nips.values()), "place": place}
    journal.record("turn_chosen", turn, by=by, formation=turn.formation, after=after)
    return len(nips)


@transaction.atomic
def confirm_turn(*, turn: Turn, seen: str | None = None, by: "User | None") -> TurnAct | None:
    """Write what a turn proposes, all of it or nothing; None when there is nothing left to write.

    Whoever is enrolled already is left as they are, so that a second confirmation writes nothing more. `seen` is the
    digest of the roll that was shown. Raises ValidationError: no maquette to enrol in, or a roll that has changed.
    """
    _hold(turn.formation_id)
    turn = Turn.objects.select_related("formation").get(pk=turn.pk)
    roll = roll_of(turn)
    if roll.offer.maquette is None:
        raise ValidationError(f"{turn.formation} n’a pas de maquette\xa0: importez-la d’abord.")
    if seen not in (None, roll.digest):
        raise ValidationError("Les propositions ont changé depuis qu’elles ont été montrées\xa0: relisez-les.")
    making = making_of(turn, roll.offer)
    if making.empty and not (roll.ready or roll.offer.copied):
        return None
    if roll.offer.copied:
        _copy(roll.offer.maquette, turn, by)
        roll = roll_of(turn)
        making = making_of(turn, roll.offer)
    if making.regulation:
        copy_regulation(regulation=making.regulation, academic_year=turn.academic_year, by=by)
    groups = _make_groups(turn, making)
    made = {
        "groups": [groups[name].pk for name in making.groups],
        "services": _make_services(making, groups),
        "enrolments": _enrol(roll, groups),
        "maquette": str(roll.offer.maquette),
        "regulation": bool(making.regulation),
    }
    act = TurnAct.objects.create(turn=turn, made=made, by=by)
    journal.record("turn_confirmed", act, by=by, formation=turn.formation, after={**made, "students": len(roll.ready)})
    return act


@transaction.atomic
def undo_turn(*, act: TurnAct, by: "User | None") -> TurnAct:
    """Take back the enrolments, groups and services of one confirmation.

    The maquette and the règlement stay, to be changed or discarded on their own pages, and so do the choices.

    Raises ValidationError as soon as something hangs on one of them: a mark, an absence, a stage, a decision.
    """
    _hold(act.turn.formation_id)
    act = TurnAct.objects.select_related("turn__formation").get(pk=act.pk)
    if act.undone_at:
        raise ValidationError("Cette confirmation est déjà annulée.")
    enrolments = Enrolment.objects.filter(pk__in=act.made["enrolments"])
    groups = Group.objects.filter(pk__in=act.made["groups"])
    services = Service.objects.filter(pk__in=act.made["services"])
    _check_untouched(act, enrolments)
    try:
        with transaction.atomic():
            enrolments.delete()
            services.delete()
            _check_unused(groups)
            groups.delete()
    except ProtectedError as kept:
        raise ValidationError(_in_the_way(kept)) from None
    act.undone_at = timezone.now()
    act.save(update_fields=["undone_at"])
    journal.record("turn_undone", act, by=by, formation=act.turn.formation, before=act.made)
    return act


def _hold(formation_id: int) -> None:
    """Take the formation for this transaction: lists, versions and turns come one after the other."""
    Formation.objects.select_for_update().get(pk=formation_id)


def _copy(maquette: Maquette, turn: Turn, by: "User | None") -> None:
    """Make the maquette of the new year, as a draft."""
    try:
        copy_maquette(maquette=maquette, academic_year=turn.academic_year, by=by)
    except MaquetteRefused as refused:
        raise ValidationError(str(refused)) from None


def _settings(turn: Turn) -> dict[str, object]:
    """Tell the settings of a turn to the journal."""
    names = ("groups", "with_services", "with_exemptions", "whole_year")
    return {name: getattr(turn, name) for name in names}


def _check_place(turn: Turn, key: str) -> None:
    offered = offer_of(turn).places
    if key not in {place.key for place in offered}:
        expected = ", ".join(map(str, offered)) or "aucune"
        raise ValidationError(f"La maquette n’offre pas cette place (attendu\xa0: {expected}).")


def _make_groups(turn: Turn, making: Making) -> dict[str, Group]:
    """Write the groups that are missing; return all those of the year, by name."""
    fields = {"formation": turn.formation, "academic_year": turn.academic_year}
    Group.objects.bulk_create(Group(name=name, **fields) for name in making.groups)
    return {group.name: group for group in Group.objects.filter(**fields)}


def _make_services(making: Making, groups: dict[str, Group]) -> list[int]:
    """Write the services, with their groups of the new year; return their ids."""
    made = Service.objects.bulk_create(
        Service(teacher_id=service.teacher_id, module=module) for service, module in making.services
    )
    through = Service.groups.through
    through.objects.bulk_create(
        through(service_id=new.pk, group_id=groups[group.name].pk)
        for new, (old, _) in zip(made, making.services, strict=True)
        for group in old.groups.all()
    )
    return [service.pk for service in made]


def _enrol(roll: Roll, groups: dict[str, Group]) -> list[int]:
    """Write the enrolments, with the UEs not followed and the groups; return their ids."""
    pairs = [
        (line, Enrolment(student=line.student, plan=plan, repeating=line.repeating))
        for line in roll.ready
        for plan in line.plans
    ]
    Enrolment.objects.bulk_create(enrolment for _, enrolment in pairs)
    waived, placed = Enrolment.exempted_ues.through, Enrolment.groups.through
    waived.objects.bulk_create(
        waived(enrolment_id=enrolment.pk, ue_id=ue.pk)
        for line, enrolment in pairs
        for ue in line.exempted
        if ue.plan_id == enrolment.plan_id
    )
    placed.objects.bulk_create(
        placed(enrolment_id=enrolment.pk, group_id=groups[name].pk)
        for line, enrolment in pairs
        for name in line.groups
        if name in groups
    )
    return [enrolment.pk for _, enrolment in pairs]


def _check_untouched(act: TurnAct, enrolments: QuerySet[Enrolment]) -> None:
    """Refuse to take back what has a life of its own since."""
    changed = enrolments.exclude(state=Enrolment.State.ENROLLED).select_related("student").order_by("pk").first()
    if changed:
        state = changed.get_state_display()
        raise ValidationError(f"{changed.student} est maintenant {state}\xa0: cette confirmation ne s’annule plus.")
    decided = Decision.objects.filter(
        student__in=enrolments.values("student"),
        session__formation=act.turn.formation_id,
        session__academic_year=act.turn.academic_year,
        session__plans__in=enrolments.values("plan"),
    )
    if decided.exists():
        raise ValidationError("Un jury a décidé sur ces inscriptions\xa0: cette confirmation ne s’annule plus.")


def _check_unused(groups: QuerySet[Group]) -> None:
    """Refuse to take a group away from those who came into it otherwise."""
    used = Q(enrolments__isnull=False) | Q(services__isnull=False)
    used |= Q(evaluations__isnull=False) | Q(sessions__isnull=False)
    names = list(groups.filter(used).order_by("name").values_list("name", flat=True).distinct())
    if names:
        raise ValidationError(f"Des groupes créés alors servent depuis\xa0: {', '.join(names)}. Rien n’est annulé.")


def _in_the_way(kept: ProtectedError) -> str:
    """Say what hangs on the enrolments."""
    counts = Counter(str(each._meta.verbose_name) for each in kept.protected_objects)
    told = ", ".join(counted(count, noun) for noun, count in sorted(counts.items()))
    return f"Ces inscriptions portent déjà {told}\xa0: elles ne s’annulent plus d’un bloc."
