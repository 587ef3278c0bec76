"""Who may see absences, and who may note them."""

import rules

from people.models import Role, Student
from people.rules import predicate

runs_a_formation_of = predicate(
    lambda user, target: (
        isinstance(target, Student)
        and target.enrolments.filter(plan__maquette__formation__in=user.formations_as(*Role.STAFF)).exists()
    ),
    "runs_a_formation_of",
)
"""Secretariat, head of studies or president where the student is or was enrolled."""

keeps_the_absences_of = predicate(
    lambda user, target: (
        isinstance(target, Student)
        and target.enrolments.filter(plan__maquette__formation__in=user.formations_as(Role.Kind.SECRETARIAT)).exists()
    ),
    "keeps_the_absences_of",
)
"""Secretariat where the student is or was enrolled."""

is_self = predicate(lambda user, target: isinstance(target, Student) and target.user_id == user.pk, "is_self")

rules.add_perm("attendance.view_absences", runs_a_formation_of | is_self)
rules.add_perm("attendance.record_absence", keeps_the_absences_of)
