"""Who may see a student's absences, and who may note them. The object is always the student."""

import rules

from people.models import Role, Student
from people.rules import predicate, sees_identity

keeps_absences = predicate(
    lambda user, target: (
        isinstance(target, Student)
        and target.formations().filter(pk__in=user.formations_as(Role.Kind.SECRETARIAT)).exists()
    ),
    "keeps_absences",
)
"""Secretariat of a formation where the student is or was enrolled."""

rules.add_perm("attendance.view_absences", sees_identity)
rules.add_perm("attendance.record_absence", keeps_absences)
