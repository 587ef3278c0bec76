"""What of a student may be corrected before the suite of a jury; the doors themselves are in jury/access.py."""

from django.db.models import QuerySet

from curriculum.models import Module
from grades.models import Evaluation, Mark
from jury.models import JurySession
from jury.sequels.services import followed
from people.models import Student


def marks_to_correct(session: JurySession, student: Student) -> tuple[QuerySet[Evaluation], QuerySet[Mark]]:
    """Return the evaluations that count for a student who is behind the door, in order, and what they got there."""
    enrolments = followed(session, student)
    modules = Module.objects.filter(plan_modules__plan__in=enrolments.values("plan"))
    evaluations = Evaluation.objects.counted().filter(module__in=modules)
    marks = Mark.objects.filter(enrolment__in=enrolments).order_by("pk")
    return evaluations.select_related("module__maquette").order_by(
        "module__semester", "module__key", "position"
    ), marks
