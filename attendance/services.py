"""Every write of attendance: who missed a séance, and whether it is justified."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from attendance.models import Absence, Session
from curriculum import journal
from curriculum.models import Module, PlanModule
from curriculum.templatetags.figures import clock, day, duration
from people.models import TAUGHT, Enrolment, Student

if TYPE_CHECKING:
    from people.models import User

journal.declare(
    absences_recorded="Absences saisies",
    absence_corrected="Absence corrigée",
    absence_cancelled="Absence annulée",
)

LONGEST = 12 * 60
"""Minutes. No séance lasts longer; a typing error does."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Who was not there, or came late; unjustified a priori (L-02)."""

    enrolment: Enrolment
    late_minutes: int | None = None
    state: str = Absence.State.UNJUSTIFIED


def record_absence(
    *,
    enrolment: Enrolment,
    module: Module,
    kind: str,
    starts_at: datetime,
    minutes: int,
    late_minutes: int | None = None,
    state: str = Absence.State.UNJUSTIFIED,
    by: "User | None",
) -> Absence:
    """Note one student absent, or late. Raises ValidationError, as `record_absences` does."""
    missing = [Missing(enrolment, late_minutes, state)]
    return record_absences(module=module, kind=kind, starts_at=starts_at, minutes=minutes, missing=missing, by=by)[0]


@transaction.atomic
def record_absences(
    *, module: Module, kind: str, starts_at: datetime, minutes: int, missing: Sequence[Missing], by: "User | None"
) -> list[Absence]:
    """Note who missed one séance of `minutes`; the séance is made unless it is already known.

    Raises ValidationError, and writes nothing, when the duration is absurd, the date out of the academic year, or a
    student does not follow the module, has left, or is already noted absent at that time.
    """
    # Two people who note the same séance have the module's row in common.
    Module.objects.select_for_update(of=("self",), no_key=True).get(pk=module.pk)
    if not 0 < minutes <= LONGEST:
        raise ValidationError({"minutes": f"Une séance dure de 1\xa0minute à {duration(LONGEST)}."})
    moment = {"kind": kind, "starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=minutes)}
    known = module.sessions.filter(**moment).order_by("pk").first()
    session = known or Session(module=module, **moment)
    session.clean_fields(exclude=["module"])
    _check(session, missing)
    if not known:
        session.save()
    absences = [_absence(session, each, by) for each in missing]
    Absence.objects.bulk_create(absences)
    after = {str(each.enrolment.student): each.state for each in missing}
    journal.record("absences_recorded", session, by=by, formation=module.maquette.formation, after=after)
    return absences


@transaction.atomic
def correct_absence(*, absence: Absence, state: str, late_minutes: int | None = None, by: "User | None") -> Absence:
    """Change what is said of an absence: its state, or that it was a late arrival. Raises ValidationError."""
    before = _summary(absence)
    _check_lateness(late_minutes, absence.session)
    absence.state, absence.late_minutes = state, late_minutes
    absence.full_clean()
    absence.save()
    formation = absence.session.module.maquette.formation
    journal.record("absence_corrected", absence, by=by, formation=formation, before=before, after=_summary(absence))
    return absence


@transaction.atomic
def cancel_absence(*, absence: Absence, by: "User | None") -> None:
    """Take back an absence that was noted by mistake; the journal keeps it."""
    formation = absence.session.module.maquette.formation
    journal.record("absence_cancelled", absence, by=by, formation=formation, before=_summary(absence))
    absence.delete()


def _absence(session: Session, missing: Missing, by: "User | None") -> Absence:
    absence = Absence(
        session=session,
        enrolment=missing.enrolment,
        late_minutes=missing.late_minutes,
        state=missing.state,
        recorded_by=by,
    )
    absence.clean_fields(exclude=["session", "enrolment", "recorded_by"])
    return absence


def _summary(absence: Absence) -> dict[str, object]:
    return {"state": absence.state, "late_minutes": absence.late_minutes}


def _check(session: Session, missing: Sequence[Missing]) -> None:
    """Refuse what cannot have happened."""
    places = PlanModule.objects.filter(TAUGHT, module=session.module).select_related("plan")
    plans = {place.plan_id: place.plan for place in places}
    taken = _absences_during(session, [each.enrolment.student_id for each in missing])
    held_on = timezone.localtime(session.starts_at).date()
    for each in missing:
        enrolment, student = each.enrolment, each.enrolment.student
        plan = plans.get(enrolment.plan_id)
        if plan is None:
            raise ValidationError({"module": f"{student} ne suit pas {session.module.key}."})
        if not _is_in(plan.academic_year, held_on):
            year = plan.academic_year
            raise ValidationError({"date": f"Le {day(held_on)} n’est pas dans l’année universitaire {year}."})
        if enrolment.left_on and held_on > enrolment.left_on:
            raise ValidationError({"date": f"{student} a quitté la formation le {day(enrolment.left_on)}."})
        if student.pk in taken:
            raise ValidationError(_already(student, taken[student.pk], session))
        taken[student.pk] = session
        _check_lateness(each.late_minutes, session)


def _absences_during(session: Session, students: Sequence[int]) -> dict[int, Session]:
    """Return the séance that each of these students already missed at that time."""
    absences = Absence.objects.filter(
        enrolment__student__in=students,
        session__starts_at__lt=session.ends_at,
        session__ends_at__gt=session.starts_at,
    ).select_related("session__module", "enrolment")
    return {absence.enrolment.student_id: absence.session for absence in absences.order_by("pk")}


def _already(student: Student, other: Session, session: Session) -> str:
    if other == session:
        return f"L’absence de {student} à cette séance est déjà saisie."
    hour = clock(timezone.localtime(other.starts_at))
    return (
        f"L’absence de {student} à une autre séance est déjà saisie à ce moment-là\xa0: {other.module.key}, à {hour}."
    )


def _check_lateness(late_minutes: int | None, session: Session) -> None:
    if late_minutes is not None and not 0 < late_minutes < session.minutes:
        raise ValidationError(
            {"late_minutes": f"Un retard est plus court que la séance ({duration(session.minutes)})."}
        )


def _is_in(academic_year: str, day: date) -> bool:
    """Whether a day is in an academic year, written 2025-2026; its August belongs to both."""
    first = int(academic_year[:4])
    return date(first, 8, 1) <= day <= date(first + 1, 8, 31)
