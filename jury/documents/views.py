"""The documents of a jury, made when they are asked for."""

from http import HTTPStatus

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from jury.access import dossier_for_printer, session_for_printer
from jury.documents import pv as pv_document
from jury.documents import releve as releve_document
from jury.documents.render import EngineMissing, page, pdf
from jury.sitting import sitting_of
from people.access import AuthenticatedRequest


@require_GET
def pv(request: AuthenticatedRequest, session_id: int) -> HttpResponse:
    """Print the PV of a jury: from its record when it is closed, else marked PROVISOIRE."""
    session = session_for_printer(request.user, session_id)
    sitting = sitting_of(session)
    context = pv_document.context(sitting, session.record.sha256 if sitting.sealed else None)
    return _pdf(f"PV-{session.formation}-S{session.semester}-{session.academic_year}", page("pv.html", context))


@require_GET
def releve(request: AuthenticatedRequest, session_id: int, student_id: int) -> HttpResponse:
    """Print the relevé of one student; before the jury, averages without a code (L-19)."""
    session, student = dossier_for_printer(request.user, session_id, student_id)
    (context,) = releve_document.contexts(session, [student.pk], timezone.localdate())
    return _pdf(f"releve-{student.nip}-S{session.semester}-{session.academic_year}", page("releve.html", context))


def _pdf(name: str, html: str) -> HttpResponse:
    """Answer with a document; where none can be made, say what is missing."""
    try:
        document = pdf(html)
    except EngineMissing as missing:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return HttpResponse(str(missing), status=status, content_type="text/plain; charset=utf-8")
    headers = {"Content-Disposition": content_disposition_header(False, f"{name}.pdf")}
    return HttpResponse(document, content_type="application/pdf", headers=headers)
