"""Every write that goes back on a closed jury, which never changes: it is deliberated again (N-24)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from curriculum import journal
from grades.models import Act, Evaluation, MarkValue
from grades.services import Entry, record_marks
from jury.models import JurySession
from jury.services import Seat, hold_session, seat
from people.models import Enrolment, EnrolmentQuerySet, Student

if TYPE_CHECKING:
    from people.models import User

journal.declare(jury_recalled="Suite d’un jury préparée")

State = JurySession.State


@transaction.atomic
def prepare_sequel(
    *,
    session: JurySession,
    students: Sequence[Student],
    purpose: str,
    held_on: date,
    place: str = "",
    nomination: str = "",
    members: Iterable[Seat] = (),
    by: "User | None",
) -> JurySession:
    """Prepare the suite of a closed jury, for some of the students that it judged: a mark that it awaited, an error.

    It is a jury like any other, of the same Plans, whose record names the first. Raises ValidationError: the jury is
    not closed, no student, one that it did not judge or who comes back already, no purpose.
    """
    first = hold_session(session, State.CLOSED)
    if not students:
        raise ValidationError({"students": "Choisissez au moins un étudiant."})
    judged = set(first.candidates().values_list("pk", flat=True))
    recalled = set(
        JurySession.objects.filter(follows=first).exclude(state=State.CLOSED).values_list("recalled", flat=True)
    )
    for student in students:
        if student.pk not in judged:
            raise ValidationError({"students": f"{student} n’a pas été jugé par ce jury."})
        if student.pk in recalled:
            raise ValidationError({"students": f"{student} est déjà rappelé devant une suite de ce jury."})
    sequel = JurySession(
        formation=first.formation,
        academic_year=first.academic_year,
        semester=first.semester,
        follows=first,
        purpose=purpose.strip(),
        held_on=held_on,
        place=place.strip(),
        nomination=nomination.strip(),
    )
    sequel.full_clean()
    sequel.save()
    sequel.plans.set(first.plans.all())
    sequel.recalled.set(students)
    seat(sequel, members)
    after = {"purpose": sequel.purpose, "students": [student.nip for student in students]}
    journal.record("jury_recalled", sequel, by=by, formation=first.formation, after=after)
    return sequel


@transaction.atomic
def correct_mark(
    *,
    session: JurySession,
    student: Student,
    evaluation: Evaluation,
    value: MarkValue,
    seen_version: int,
    by: "User | None",
) -> Act | None:
    """Correct a mark that a closed jury locked, for a student who comes back before its suite; None: no change.

    Raises ValidationError: the jury is not the suite of another or has opened, the student does not come back or has
    nothing to do with the evaluation; MarksRefused or StaleMark as `record_marks` does.
    """
    sequel = hold_session(session, State.PREPARATION)
    if sequel.follows_id is None or not sequel.recalled.filter(pk=student.pk).exists():
        raise ValidationError(f"{student} n’est rappelé devant aucune suite de jury\xa0: ses notes ne changent plus.")
    enrolment = followed(sequel, student).following([evaluation.module]).order_by("plan__semester", "pk").first()
    if enrolment is None:
        raise ValidationError(f"{student} ne suit pas {evaluation.module.key} dans un semestre de ce jury.")
    entry = Entry(evaluation.pk, enrolment.pk, value, seen_version)
    return record_marks(module=evaluation.module, entries=[entry], locked=True, by=by)


def followed(sequel: JurySession, student: Student) -> EnrolmentQuerySet:
    """Return what a student follows in the semesters of a jury."""
    return Enrolment.objects.filter(
        student=student,
        plan__maquette__formation=sequel.formation_id,
        plan__academic_year=sequel.academic_year,
        plan__semester__in=sequel.semesters,
    )
