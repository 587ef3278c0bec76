"""The pages of the import: send a workbook, look at what was understood, compare, confirm."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from curriculum import edit, jobs
from curriculum.access import person
from curriculum.edit import Refused
from curriculum.editing.forms import CellForm, CorrectionForm, ViewForm
from curriculum.editing.services import Overtaken
from curriculum.editing.views import lasting, refusal, tell
from curriculum.matrix import matrix
from curriculum.store import MaquetteRefused
from curriculum.wizard import overview, services
from curriculum.wizard.access import formations_for_importer, upload_for_importer, uploads_of
from curriculum.wizard.forms import AgainForm, ConfirmForm, UploadForm, on_screen
from curriculum.wizard.models import Upload
from curriculum.wizard.services import Stale, UploadClosed

HTMX = "HX-Request"


@require_http_methods(["GET", "POST"])
def uploads(request: HttpRequest) -> HttpResponse:
    """Take a workbook, and list the imports under way, each to be taken up where it was left."""
    formations = formations_for_importer(request.user)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, formations=formations)
    if form.is_valid():
        said = form.cleaned_data
        upload = services.receive_upload(
            formation=said["formation"],
            name=said["file"].name,
            content=said["content"],
            options=form.options(said["formation"]),
            document=said["document"],
            by=person(request),
        )
        return redirect("curriculum:upload", upload.pk)
    context = {"form": form, "uploads": uploads_of(formations)}
    return render(request, "curriculum/wizard/uploads.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Show what was understood of a workbook, or how far its reading is; take what it does not say."""
    shown = upload_for_importer(request.user, upload_id)
    if shown.state != Upload.State.READY:
        return render(request, "curriculum/wizard/waiting.html", {"upload": shown})
    form = AgainForm(request.POST if request.method == "POST" else None, upload=shown)
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.say_again(upload=shown, options=said["options"], document=said["document"], by=person(request))
        except UploadClosed as closed:
            messages.error(request, str(closed))
        return redirect("curriculum:upload", shown.pk)
    draft = shown.draft()
    context = {
        "upload": shown,
        "draft": draft,
        "councils": overview.councils(draft),
        "family": overview.family(shown),
        "form": form,
        "steps": overview.steps(shown, "upload"),
        "tables": overview.tables(shown, draft),
        "remarks": overview.remarks(shown, draft),
        "corrections": overview.corrections(shown, draft),
    }
    return render(request, "curriculum/wizard/upload.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def progress(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Say how far the reading is (asked every second); on POST, read here and now."""
    shown = upload_for_importer(request.user, upload_id)
    if request.method == "POST" and shown.job:
        jobs.take_over(shown.job)
    if request.method == "POST" or HTMX not in request.headers:
        return redirect("curriculum:upload", shown.pk)
    if shown.state != Upload.State.READING:
        return HttpResponseClientRedirect(overview.upload_url(shown))
    return render(request, "curriculum/wizard/_progress.html", {"upload": shown})


@require_GET
def table(request: HttpRequest, upload_id: int, rank: int) -> HttpResponse:
    """Show one table as it was understood, in the form of its sheet, its findings on their cells, to be corrected."""
    shown = upload_for_importer(request.user, upload_id)
    if shown.state != Upload.State.READY:
        return redirect("curriculum:upload", shown.pk)
    draft = shown.draft()
    semester = overview.table(draft, rank)
    form = ViewForm(request.GET)
    context = {
        "upload": shown,
        "rank": rank,
        "table": semester,
        "form": form,
        "matrix": matrix(semester, {}, form.view),
        "query": urlencode(lasting(request)),
        "steps": overview.steps(shown, "upload-table"),
        "tabs": overview.table_tabs(shown, draft, rank),
    }
    return render(request, "curriculum/wizard/table.html", context)


@require_POST
def save_cell(request: HttpRequest, upload_id: int, rank: int) -> HttpResponse:
    """Correct one cell, then show the table again; refuse it in one sentence, 409 where somebody was quicker."""
    shown = upload_for_importer(request.user, upload_id)
    page = f"{overview.table_url(shown, rank)}?{urlencode(lasting(request))}"
    form = CellForm(request.GET.dict() | request.POST.dict())
    if not form.is_valid():
        return refusal(request, page, "Cette case n’existe pas.", HTTPStatus.UNPROCESSABLE_ENTITY)
    correction, seen = form.correction(rank - 1), form.cleaned_data["seen"]
    try:
        after = services.correct_upload(upload=shown, corrections=[correction], seen=[seen], by=person(request))
    except Overtaken as overtaken:
        return refusal(request, page, str(overtaken), HTTPStatus.CONFLICT)
    except (Refused, UploadClosed) as refused:
        return refusal(request, page, str(refused), HTTPStatus.UNPROCESSABLE_ENTITY)
    address = reverse("curriculum:upload-cell", args=[shown.pk, rank])
    tell(request, address, correction, seen, edit.inverse(after, correction))
    return redirect(page)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, upload_id: int, rank: int) -> HttpResponse:
    """Correct a module of a table (`?module=R1.01`), or its totals and ECTS, with a plain form."""
    shown = upload_for_importer(request.user, upload_id)
    if shown.state != Upload.State.READY:
        return redirect("curriculum:upload", shown.pk)
    semester = overview.table(shown.draft(), rank)
    module = overview.module(semester, request.GET.get("module"))
    form = CorrectionForm(request.POST if request.method == "POST" else None, semester=semester, module=module)
    if form.is_valid():
        typed = form.corrections(rank - 1)
        corrections, seen = [each for each, _ in typed], [text for _, text in typed]
        try:
            services.correct_upload(upload=shown, corrections=corrections, seen=seen, by=person(request))
        except (Overtaken, UploadClosed) as overtaken:
            messages.error(request, str(overtaken))
            return redirect(request.get_full_path())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("curriculum:upload-table", shown.pk, rank)
    context = {"upload": shown, "rank": rank, "table": semester, "module": module, "form": form}
    return render(request, "curriculum/wizard/correct.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Show what an import would change, and store it, all or nothing."""
    shown = upload_for_importer(request.user, upload_id)
    if shown.state != Upload.State.READY:  # a second click, another tab: it is said there
        return redirect("curriculum:upload", shown.pk)
    sent = request.POST if request.method == "POST" else None
    form = ConfirmForm(sent, draft=shown.draft(), formation=shown.formation)
    stale = False
    if form.is_valid():
        said = form.cleaned_data
        accepted = said.get("accept_errors", False)
        try:
            made = services.confirm_upload(
                upload=shown, seen_version=said["seen"], accept_errors=accepted, by=person(request)
            )
        except Stale:
            stale = True
        except MaquetteRefused as refusal:
            form.add_error(None, on_screen(refusal))
        except UploadClosed as closed:
            messages.error(request, str(closed))
            return redirect("curriculum:upload", shown.pk)
        else:
            messages.success(request, f"Maquette enregistrée\xa0: version {made.version}, en brouillon.")
            return redirect("curriculum:maquette", made.pk)
    return _comparison(request, shown, form, stale=stale)


def _comparison(request: HttpRequest, shown: Upload, form: ConfirmForm, *, stale: bool) -> HttpResponse:
    """Show a draft beside what is stored now, with the form that says so."""
    draft = shown.draft()
    comparison = overview.compare(shown, draft)
    seen = services.version_of(comparison.stored)
    status = HTTPStatus.CONFLICT if stale else status_of(form)
    context = {
        "upload": shown,
        "draft": draft,
        "form": ConfirmForm(draft=draft, formation=shown.formation, initial={"seen": seen})
        if stale or not form.is_bound
        else form,
        "comparison": comparison,
        "stale": stale,
        "steps": overview.steps(shown, "upload-confirm"),
    }
    return render(request, "curriculum/wizard/confirm.html", context, status=status)


@require_POST
def cancel(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Give an import up."""
    shown = upload_for_importer(request.user, upload_id)
    try:
        services.cancel_upload(upload=shown, by=person(request))
    except UploadClosed as closed:
        messages.error(request, str(closed))
        return redirect("curriculum:upload", shown.pk)
    messages.success(request, f"Import de {shown.name} abandonné.")
    return redirect("curriculum:uploads")


def status_of(form: Form) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
