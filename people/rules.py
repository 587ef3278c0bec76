"""Who may do what, one predicate a sentence, for what stands at this level and below.

An upper app registers its own permissions in its `rules.py` with the same predicates. Nobody holds any before logging
in; a permission that is asked without its object is refused.
"""

from collections.abc import Callable

import rules
from django.db import models

from curriculum.models import Formation, Module
from people.models import Role, Student, User

LINKS = ("maquette", "plan", "module", "plan_module", "evaluation", "enrolment", "session")
"""The ways up to the formation, shortest first."""


def formation_of(target: models.Model) -> int:
    """Return the id of the formation that an object of any app belongs to; TypeError when it belongs to none."""
    if isinstance(target, Formation):
        return target.pk
    found = getattr(target, "formation_id", None)
    if isinstance(found, int):
        return found
    for link in LINKS:
        parent = getattr(target, link, None)
        if isinstance(parent, models.Model):
            return formation_of(parent)
    raise TypeError(f"{target._meta.label} belongs to no formation.")


def predicate(holds: Callable[[User, models.Model], bool], name: str) -> rules.Predicate:
    """Make a predicate that can be combined (& | ~) and is false for the anonymous and without an object."""

    def safe(user: object, target: models.Model | None = None) -> bool:
        return isinstance(user, User) and target is not None and holds(user, target)

    return rules.Predicate(safe, name=name)


def has_role(*kinds: str) -> rules.Predicate:
    """Return the predicate: holds one of these roles in the formation of the object."""
    return predicate(
        lambda user, target: not user.roles_by_formation.get(formation_of(target), frozenset()).isdisjoint(kinds),
        f"has_role:{','.join(kinds)}",
    )


teaches = predicate(lambda user, target: isinstance(target, Module) and target.pk in user.taught, "teaches")
"""Holds a service on the module."""

sees_student = predicate(
    lambda user, target: (
        isinstance(target, Student) and Student.objects.visible_to(user).filter(pk=target.pk).exists()
    ),
    "sees_student",
)

sees_identity = predicate(
    lambda user, target: (
        isinstance(target, Student)
        and (target.user_id == user.pk or target.formations().filter(pk__in=user.formations_as(*Role.STAFF)).exists())
    ),
    "sees_identity",
)
"""Runs a formation of the student, or is the student: INE, birth and absences are no affair of a teacher's."""

any_role = has_role(*Role.Kind.values)
staff = has_role(*Role.STAFF)
secretariat = has_role(Role.Kind.SECRETARIAT)

rules.add_perm("curriculum.view_maquette", any_role)
rules.add_perm("curriculum.change_maquette", has_role(Role.Kind.SECRETARIAT, Role.Kind.HEAD))
rules.add_perm("people.view_student", sees_student)
rules.add_perm("people.view_identity", sees_identity)
rules.add_perm("people.list_students", any_role)
rules.add_perm("people.import_people", secretariat)
rules.add_perm("people.grant_equivalence", secretariat)
