"""The page that speaks of every app: home."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from config.todo import tasks_of
from people.access import AuthenticatedRequest
from people.context import frame_of


@require_GET
def home(request: AuthenticatedRequest) -> HttpResponse:
    """Show what waits for whoever comes in."""
    return render(request, "home.html", {"tasks": tasks_of(request.user, frame_of(request))})
