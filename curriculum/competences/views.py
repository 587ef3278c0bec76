"""The pages of a référentiel: what it says, its import, what each module works on, what no module does."""

from http import HTTPStatus

from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from curriculum.access import CHANGE, person
from curriculum.competences import store, ticket
from curriculum.competences.access import (
    coverage_for_viewer,
    formation_for_importer,
    formation_for_viewer,
    module_for_linker,
)
from curriculum.competences.coverage import coverage, uncovered
from curriculum.competences.forms import FileForm, LearningsForm, PairForm
from curriculum.competences.models import Referentiel
from curriculum.competences.services import (
    Document,
    ReferentielRefused,
    import_referentiel,
    link_module,
    preview,
    understand,
)
from curriculum.models import Formation
from curriculum.templatetags.figures import counted
from curriculum.wizard.forms import on_screen

LOST = "Cet aperçu a plus d’une heure, ou n’est plus le bon\xa0: envoyez de nouveau le fichier."


@require_GET
def referentiel(request: HttpRequest, formation_id: int) -> HttpResponse:
    """Show what the référentiel of a formation says; `?version=1` for an earlier one."""
    formation, versions = formation_for_viewer(request.user, formation_id)
    asked = request.GET.get("version", "")
    shown = next((each for each in versions if str(each.version) == asked), versions[0] if versions else None)
    context = {
        "formation": formation,
        "referentiel": shown,
        "competences": store.described(shown) if shown else [],
        "parcours": store.taught(shown) if shown else [],
        "in_use": shown is not None and store.in_use(shown),
        "tabs": _tabs(formation, versions, shown),
        "can_change": request.user.has_perm(CHANGE, formation),
    }
    return render(request, "curriculum/competences/referentiel.html", context)


def _tabs(formation: Formation, versions: list[Referentiel], shown: Referentiel | None) -> list[dict[str, object]]:
    """Return a tab a version, when there are several."""
    url = reverse("curriculum:referentiel", args=[formation.pk])
    if len(versions) < 2:
        return []
    return [
        {"label": f"Version {each.version}", "url": f"{url}?version={each.version}", "current": each == shown}
        for each in versions
    ]


@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest, formation_id: int) -> HttpResponse:
    """Take a file of Orébut, and show what it would do."""
    formation = formation_for_importer(request.user, formation_id)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_valid():
        document, data = form.cleaned_data["document"], form.cleaned_data["data"]
        pairs = PairForm(formation=formation, document=document, seen=preview(formation, document))
        return _preview(request, formation, document, data, pairs)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"formation": formation, "form": form}
    return render(request, "curriculum/competences/import.html", context, status=status)


def _preview(
    request: HttpRequest, formation: Formation, document: Document, data: bytes, form: PairForm
) -> HttpResponse:
    """Show what a file would do, with the pairs that were chosen, and the ticket that confirms it."""
    refused = bool(form.errors)
    seen = preview(formation, document, form.pairs if form.is_bound and not refused else None)
    context = {
        "formation": formation,
        "document": document,
        "seen": seen,
        "form": form,
        "ticket": ticket.sign(document.name, data, seen.mark, formation, person(request)),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "curriculum/competences/preview.html", context, status=status)


@require_POST
def confirm(request: HttpRequest, formation_id: int) -> HttpResponse:
    """Store the file that was shown, with the pairs that were chosen; show it again when it is refused."""
    formation, author = formation_for_importer(request.user, formation_id), person(request)
    try:
        name, data, mark = ticket.unsign(request.POST.get("ticket", ""), formation, author)
    except BadSignature:
        messages.error(request, LOST)
        return redirect("curriculum:referentiel-import", formation.pk)
    document = understand(data, name)
    seen = preview(formation, document)
    form = PairForm(request.POST, formation=formation, document=document, seen=seen)
    if form.is_valid() and seen.mark != mark:
        form.add_error(None, "Le référentiel enregistré a changé depuis l’aperçu\xa0: relisez ce que ferait l’import.")
    if form.is_valid():
        fresh = form.cleaned_data.get("new_version", False)
        try:
            row = import_referentiel(
                formation=formation, document=document, pairs=form.pairs, new_version=fresh, by=author
            )
        except ReferentielRefused as refused:
            form.add_error(None, on_screen(refused))
        else:
            messages.success(request, f"{row} enregistré.")
            return redirect("curriculum:referentiel", formation.pk)
    return _preview(request, formation, document, data, form)


@require_http_methods(["GET", "POST"])
def learnings(request: HttpRequest, module_id: int) -> HttpResponse:
    """Choose which apprentissages critiques a module works on."""
    module = module_for_linker(request.user, module_id)
    niveaux = store.offered(module)
    form = LearningsForm(request.POST if request.method == "POST" else None, module=module, niveaux=niveaux)
    if form.is_valid():
        try:
            link_module(module=module, learnings=form.chosen, by=person(request))
        except ReferentielRefused as refused:
            form.add_error(None, on_screen(refused))
        else:
            told = counted(len(form.chosen), "apprentissage critique,apprentissages critiques")
            messages.success(request, f"{module.key}\xa0: {told}.")
            return redirect("curriculum:module", module.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"module": module, "niveaux": niveaux, "form": form}
    return render(request, "curriculum/competences/learnings.html", context, status=status)


@require_GET
def shown_coverage(request: HttpRequest, maquette_id: int) -> HttpResponse:
    """Show which modules of a maquette work on each apprentissage critique, and which none does."""
    maquette, followed = coverage_for_viewer(request.user, maquette_id)
    every = coverage(maquette, followed) if followed else []
    missing, alone = uncovered(every), "manquants" in request.GET
    url = request.path
    labels = [("Tous", url, every, not alone), ("Sans module", f"{url}?manquants", missing, alone)]
    tabs = [
        {"label": label, "url": to, "count": sum(len(block.lines) for block in blocks), "current": current}
        for label, to, blocks, current in labels
    ]
    context = {
        "maquette": maquette,
        "referentiel": followed,
        "blocks": missing if alone else every,
        "tabs": tabs,
        "any": bool(every),
    }
    return render(request, "curriculum/competences/coverage.html", context)
