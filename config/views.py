"""The pages that speak of every app: home."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from people.access import AuthenticatedRequest


@require_GET
def home(request: AuthenticatedRequest) -> HttpResponse:
    return render(request, "home.html", {})
