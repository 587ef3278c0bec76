"""The page « Ce qu’il faut »: the least marks that a student still needs."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jury.engine.strict import Refused
from jury.needs.access import decided_for_viewer, year_for_viewer
from jury.needs.page import Page
from jury.needs.prospects import prospect_of
from people.access import AuthenticatedRequest


@require_GET
def needs(request: AuthenticatedRequest, student_id: int) -> HttpResponse:
    """Show what each UE, each RCUE and the year still ask for and, of one of them, each evaluation to come."""
    student, year = year_for_viewer(request.user, student_id)
    own = student.user_id == request.user.pk
    decided = decided_for_viewer(year) if year else None
    page, refused = None, ""
    if year and not decided:
        try:
            page = Page(prospect_of(year, published_only=own))
        except Refused as unread:
            refused = unread.message
    asked = page.find(request.GET.get("objectif", "")) if page else None
    shares = page.shares(asked.key) if page and asked else []
    context = {"student": student, "own": own, "year": year, "decided": decided, "page": page, "refused": refused}
    return render(request, "jury/needs/needs.html", context | {"asked": asked, "shares": shares})
