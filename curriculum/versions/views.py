"""The pages of versions: what makes a maquette pass from one state to the next, and what differs between two."""

from collections.abc import Callable
from http import HTTPStatus
from itertools import groupby
from operator import attrgetter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from curriculum import store
from curriculum.access import maquette_for_viewer, maquettes_for_viewer, person
from curriculum.diff import KINDS, Change, diff
from curriculum.models import Maquette
from curriculum.store import MaquetteRefused
from curriculum.succession import hanging, succession
from curriculum.versions import services, spreadsheet
from curriculum.versions.access import maquette_for_changer
from curriculum.versions.forms import CompareForm, CopyForm, SeenForm, ValidationForm
from curriculum.views import XLSX

State = Maquette.State


@require_http_methods(["GET", "POST"])
def validate(request: HttpRequest, maquette_id: int) -> HttpResponse:
    """Say on which days the councils voted a draft."""
    maquette = maquette_for_changer(request.user, maquette_id)
    errors = sum(finding.is_error for _, finding in store.load(maquette).all_findings)
    form = ValidationForm(request.POST or None, maquette=maquette, errors=errors)

    def act() -> Maquette:
        return services.validate_maquette(maquette=maquette, **form.cleaned_data, by=person(request))

    context = {"errors": errors, "ready": maquette.is_draft}
    return _act(
        request,
        "curriculum/versions/validate.html",
        maquette,
        form,
        act,
        "Maquette validée\xa0: ses chiffres sont gelés.",
        context,
    )


@require_http_methods(["GET", "POST"])
def serve(request: HttpRequest, maquette_id: int) -> HttpResponse:
    """Show what would pass to a validated version, then put it in service."""
    maquette = maquette_for_changer(request.user, maquette_id)
    plan = succession(maquette)
    shown = plan.replaced.version if plan.replaced else 0
    form = SeenForm(request.POST if request.method == "POST" else None, initial={"seen": shown})

    def act() -> Maquette:
        seen = form.cleaned_data["seen"]
        return services.put_in_service(maquette=maquette, seen=seen if seen is not None else shown, by=person(request))

    context = {"succession": plan, "ready": maquette.state == State.VALIDATED}
    return _act(request, "curriculum/versions/serve.html", maquette, form, act, f"{maquette} est en service.", context)


@require_http_methods(["GET", "POST"])
def archive(request: HttpRequest, maquette_id: int) -> HttpResponse:
    """Show what hangs on a version, then put it away."""
    maquette = maquette_for_changer(request.user, maquette_id)
    context = {"loads": hanging(maquette), "ready": maquette.state in {State.VALIDATED, State.IN_SERVICE}}
    return _act(
        request,
        "curriculum/versions/archive.html",
        maquette,
        forms.Form(request.POST if request.method == "POST" else None),
        lambda: services.archive_maquette(maquette=maquette, by=person(request)),
        f"{maquette} est archivée.",
        context,
    )


@require_http_methods(["GET", "POST"])
def copy(request: HttpRequest, maquette_id: int) -> HttpResponse:
    """Make a new draft of a version, for a year."""
    maquette = maquette_for_changer(request.user, maquette_id)
    form = CopyForm(request.POST or None, maquette=maquette)

    def act() -> Maquette:
        return services.copy_maquette(maquette=maquette, **form.cleaned_data, by=person(request))

    return _act(
        request, "curriculum/versions/copy.html", maquette, form, act, "Nouveau brouillon créé.", {"ready": True}
    )


@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, maquette_id: int) -> HttpResponse:
    """Delete a draft on which nothing hangs."""
    maquette = maquette_for_changer(request.user, maquette_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    loads = hanging(maquette)

    def act() -> None:
        services.discard_draft(maquette=maquette, by=person(request))

    context = {"loads": loads, "ready": maquette.is_draft and not loads}
    return _act(
        request,
        "curriculum/versions/discard.html",
        maquette,
        form,
        act,
        f"Brouillon supprimé\xa0: {maquette}.",
        context,
    )


@require_POST
def back_to_draft(request: HttpRequest, maquette_id: int) -> HttpResponse:
    """Let the figures of a validated version change again; validating it again undoes it."""
    maquette = maquette_for_changer(request.user, maquette_id)
    try:
        services.return_to_draft(maquette=maquette, by=person(request))
        messages.success(request, f"{maquette} est de nouveau un brouillon.")
    except MaquetteRefused as refused:
        messages.error(request, capfirst(str(refused)))
    return redirect("curriculum:maquette", maquette.pk)


def _act(
    request: HttpRequest,
    template: str,
    maquette: Maquette,
    form: forms.Form,
    act: Callable[[], Maquette | None],
    success: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Do what a page is for when its form is sent and holds, else show it."""
    if form.is_valid():
        try:
            done = act()
        except MaquetteRefused as refused:
            form.add_error(None, capfirst(str(refused)))
        else:
            messages.success(request, success)
            return redirect("curriculum:maquette", done.pk) if done else redirect("curriculum:maquettes")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, {"maquette": maquette, "form": form, **context}, status=status)


@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Lead to what differs between the two maquettes that were chosen; choose them here otherwise."""
    maquettes = list(maquettes_for_viewer(request.user))
    form = CompareForm(request.GET or None, maquettes=maquettes)
    if form.is_valid():
        return redirect("curriculum:difference", form.cleaned_data["avant"], form.cleaned_data["apres"])
    context = {"form": form, "several": len(maquettes) > 1}
    return render(request, "curriculum/versions/compare.html", context)


@require_GET
def difference(request: HttpRequest, maquette_id: int, other_id: int) -> HttpResponse:
    """Show what differs between two maquettes, table by table; one kind of change when it is asked for."""
    before, after = (maquette_for_viewer(request.user, pk) for pk in (maquette_id, other_id))
    changes = diff(store.load(before), store.load(after))
    asked = request.GET.get("nature", "")
    kept = [change for change in changes if asked not in KINDS or change.kind == asked]
    context = {
        "before": before,
        "after": after,
        "total": len(changes),
        "shown": len(kept),
        "tabs": kind_tabs(
            changes, asked if asked in KINDS else "", reverse("curriculum:difference", args=[before.pk, after.pk])
        ),
        "tables": [(place, list(group)) for place, group in groupby(kept, attrgetter("place"))],
    }
    return render(request, "curriculum/versions/difference.html", context)


@require_GET
def difference_xlsx(request: HttpRequest, maquette_id: int, other_id: int) -> HttpResponse:
    """Give what differs between two maquettes as a workbook."""
    before, after = (maquette_for_viewer(request.user, pk) for pk in (maquette_id, other_id))
    content = spreadsheet.write(str(before), str(after), diff(store.load(before), store.load(after)))
    codes = "_".join(f"{each.formation.code}_{each.academic_year}_v{each.version}" for each in (before, after))
    name = f"differences_{codes}.xlsx"
    return HttpResponse(content, XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def kind_tabs(changes: list[Change], asked: str, url: str) -> list[dict[str, object]]:
    """Return a tab for all changes, and one a kind that there is, each with its count."""
    kinds = [change.kind for change in changes]
    listed = [("", "toutes", len(changes))]
    listed += [(kind, label, kinds.count(kind)) for kind, label in KINDS.items() if kind in kinds]
    return [
        {"label": label, "url": f"{url}?nature={kind}" if kind else url, "current": kind == asked, "count": count}
        for kind, label, count in listed
    ]
