"""Who may do what in a jury. Predicates come from people; the object is the `JurySession`, or what it belongs to."""

import rules
from django.db import models

from jury.models import JurySession
from people.models import Role, User
from people.rules import has_role, predicate, staff


def _is_candidate(user: User, session: models.Model) -> bool:
    return isinstance(session, JurySession) and session.candidates().filter(user=user).exists()


candidate = predicate(_is_candidate, "candidate")
"""Comes before this jury; which file they may open is the door's affair: their own."""

rules.add_perm("jury.view_recap", staff)
rules.add_perm("jury.view_dossier", staff | candidate)
rules.add_perm("jury.prepare_session", staff)
rules.add_perm("jury.view_regulation", staff)
rules.add_perm("jury.change_regulation", has_role(Role.Kind.HEAD, Role.Kind.PRESIDENT))
rules.add_perm("jury.experiment", has_role(Role.Kind.HEAD, Role.Kind.PRESIDENT))
rules.add_perm("jury.turn_year", has_role(Role.Kind.SECRETARIAT, Role.Kind.HEAD))
rules.add_perm("jury.decide", has_role(Role.Kind.PRESIDENT))
rules.add_perm("jury.print", staff | candidate)
