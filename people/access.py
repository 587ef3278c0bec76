"""The doors of people: what a view asks for, it gets only for somebody who may have it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from curriculum.models import Formation
from people.models import Student, User


class AuthenticatedRequest(HttpRequest):
    """What our views receive: LoginRequiredMiddleware and HtmxMiddleware have run."""

    user: User
    htmx: HtmxDetails


def student_for_viewer(user: User, student_id: int) -> Student:
    """Return a student whose file this person may open; to anybody else they do not exist."""
    student = Student.objects.visible_to(user).filter(pk=student_id).first()
    if student is None:
        raise Http404
    return student


def formation_for_lister(user: User, formation: Formation | None) -> Formation:
    """Return the formation in use to somebody who works in it; a student of it gets 403, nobody's formation 404."""
    return _formation(user, formation, "people.list_students")


def formation_for_importer(user: User, formation: Formation | None) -> Formation:
    """Return the formation in use to its secretariat; another role in it gets 403, nobody's formation 404."""
    return _formation(user, formation, "people.import_people")


def _formation(user: User, formation: Formation | None, permission: str) -> Formation:
    if formation is None:
        raise Http404
    if not user.has_perm(permission, formation):
        raise PermissionDenied
    return formation
