"""The pages of people: coming in, the formation in use, the students, the search."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.messages.views import SuccessMessageMixin
from django.core.exceptions import BadRequest, ValidationError
from django.core.signing import BadSignature
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from curriculum.templatetags.figures import counted
from people import services
from people.access import (
    AuthenticatedRequest,
    enrolments_for_lister,
    enrolments_for_viewer,
    equivalence_for_registrar,
    equivalences_for_viewer,
    formation_for_importer,
    formation_for_lister,
    is_registrar,
    list_for_importer,
    student_for_registrar,
    student_for_viewer,
    ues_to_grant,
)
from people.context import SESSION_KEY, Place, frame_of, working
from people.forms import EquivalenceForm, ListForm, RollForm
from people.imports import LISTS, Scope
from people.imports.report import Report
from people.imports.ticket import sign, unsign
from people.roll import identity, kept, lines_of
from people.search import search_everything
from people.services import ListRefused, import_list
from people.tables import TYPES, Table, TableRefused, write_table


class ChangePassword(SuccessMessageMixin, auth.PasswordChangeView):  # type: ignore[type-arg]
    """For somebody who is logged in; their other sessions end."""

    template_name = "people/password.html"
    success_url = reverse_lazy("home")
    success_message = "Mot de passe changé. Vos autres connexions sont fermées."
    title = "Changer de mot de passe"
    intro, verb = "", "Changer le mot de passe"


class ForgottenPassword(SuccessMessageMixin, auth.PasswordResetView):  # type: ignore[type-arg]
    """Send a link, and say the same thing whether the address is known or not."""

    template_name = "people/password.html"
    email_template_name = "people/forgotten_password.txt"
    subject_template_name = "people/forgotten_password_subject.txt"
    success_url = reverse_lazy("people:login")
    success_message = "Si cette adresse est connue, un message vient d’y être envoyé\xa0: suivez son lien."
    title = "Mot de passe oublié"
    intro = "Indiquez votre adresse électronique\xa0: un lien vous y sera envoyé pour choisir un nouveau mot de passe."
    verb = "Envoyer le lien"


class NewPassword(SuccessMessageMixin, auth.PasswordResetConfirmView):  # type: ignore[type-arg]
    """Where the link of the message leads."""

    template_name = "people/password.html"
    success_url = reverse_lazy("people:login")
    success_message = "Mot de passe enregistré\xa0: connectez-vous."
    title = "Nouveau mot de passe"
    intro, verb = "", "Enregistrer le mot de passe"


@require_POST
def switch(request: AuthenticatedRequest) -> HttpResponse:
    """Put another formation or year in use, until the end of the session."""
    value = request.POST.get("value")
    if value not in {choice.value for choice in frame_of(request).choices}:
        raise BadRequest("Not a formation and a year of this person.")
    request.session[SESSION_KEY] = value
    return redirect("home")


@require_GET
def search(request: AuthenticatedRequest) -> HttpResponse:
    """Find a student, a module or a page; the answers alone when they are asked for as one types."""
    query = request.GET.get("q", "").strip()[:100]
    hits = search_everything(request.user, query, frame_of(request))
    template = "people/_hits.html" if request.htmx else "people/search.html"
    return render(request, template, {"query": query, "hits": hits})


@require_GET
def students(request: AuthenticatedRequest) -> HttpResponse:
    """List the students of the formation and year in use."""
    working_formation, academic_year = working(request)
    formation = formation_for_lister(request.user, working_formation)
    lines = lines_of(enrolments_for_lister(request.user, formation, academic_year))
    form = RollForm(request.GET, lines=lines)
    context = {
        "form": form,
        "lines": kept(lines, plan=form.chosen("plan"), group=form.chosen("group")),
        "total": len(lines),
        "can_import": request.user.has_perm("people.import_people", formation),
    }
    return render(request, "people/students.html", context)


@require_GET
def student(request: AuthenticatedRequest, student_id: int) -> HttpResponse:
    """Show who a student is, and what they follow or followed."""
    shown = student_for_viewer(request.user, student_id)
    context = {
        "student": shown,
        "enrolments": enrolments_for_viewer(request.user, shown),
        "facts": identity(shown) if request.user.has_perm("people.view_identity", shown) else [],
    }
    return render(request, "people/student.html", context)


@require_http_methods(["GET", "POST"])
def equivalences(request: AuthenticatedRequest, student_id: int) -> HttpResponse:
    """Show what a student acquired elsewhere, and enter more of it."""
    if request.method == "POST":
        student_for_registrar(request.user, student_id)
    shown, held = equivalences_for_viewer(request.user, student_id)
    ues = ues_to_grant(request.user, shown)
    form = EquivalenceForm(request.POST or None, ues=ues)
    if form.is_valid():
        fields = {name: form.cleaned_data[name] for name in EquivalenceForm.Meta.fields}
        try:
            granted = services.grant_equivalences(student=shown, ues=form.chosen, **fields, by=request.user)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, f"{counted(len(granted), 'équivalence enregistrée')}.")
            return redirect("people:equivalences", student_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {
        "student": shown,
        "equivalences": held,
        "form": form if ues else None,
        "can_withdraw": is_registrar(request.user, shown),
    }
    return render(request, "people/equivalences.html", context, status=status)


@require_POST
def withdraw_equivalence(request: AuthenticatedRequest, student_id: int, equivalence_id: int) -> HttpResponse:
    """Withdraw an equivalence that was a mistake."""
    equivalence = equivalence_for_registrar(request.user, student_id, equivalence_id)
    try:
        services.withdraw_equivalence(equivalence=equivalence, reason=request.POST.get("reason", ""), by=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, "Équivalence retirée.")
    return redirect("people:equivalences", student_id)


@require_GET
def imports(request: AuthenticatedRequest) -> HttpResponse:
    """Show which lists can be imported."""
    formation, academic_year = working(request)
    formation_for_importer(request.user, formation)
    lists = [(kind, made, f"people:import-{kind}") for kind, made in LISTS.items()]
    return render(request, "people/imports.html", {"lists": lists, "academic_year": academic_year})


@require_http_methods(["GET", "POST"])
def preview_import(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    """Take a file, and show what it would do."""
    scope = list_for_importer(request.user, kind, *working(request))
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if form.is_valid():
        try:
            report = scope.resource().run(form.cleaned_data["file"], dry_run=True)
            return _preview(request, scope, form.cleaned_data["file"], report)
        except TableRefused as refused:
            form.add_error("file", str(refused))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "scope": scope, "list": LISTS[kind], "crumbs": [_crumb("Imports", "imports")]}
    return render(request, "people/import.html", context, status=status)


@require_POST
def confirm_import(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    """Write what a preview showed; when that is no longer what would be done, show it again."""
    scope = list_for_importer(request.user, kind, *working(request))
    try:
        table, seen = unsign(request.POST.get("ticket", ""), scope, request.user)
    except BadSignature:
        messages.error(
            request, "Cet aperçu a plus d’une heure, ou n’est plus le bon\xa0: envoyez de nouveau le fichier."
        )
        return redirect(f"people:import-{kind}")
    try:
        report = import_list(scope=scope, table=table, seen=seen, by=request.user)
    except ListRefused as refused:
        return _preview(request, scope, table, refused.report, stale=True)
    except TableRefused as refused:  # the maquette was archived meanwhile
        messages.error(request, str(refused))
        return redirect(f"people:import-{kind}")
    messages.success(request, f"Liste importée\xa0: {report.summary}.")
    return redirect("people:imports")


@require_GET
def list_file(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    """Give a list as it stands, or (`vide`) its headings alone: a file that can be filled and sent back."""
    scope = list_for_importer(request.user, kind, *working(request))
    extension = request.GET.get("format", "xlsx")
    if extension not in TYPES:
        raise BadRequest("A list is given in one of TYPES.")
    resource = scope.resource()
    rows = [] if "vide" in request.GET else [resource.shown(row) for row in resource.current()]
    headings = [column.label for column in resource.columns]
    content = write_table(
        extension, headings, [[row[heading] for heading in headings] for row in rows], title=resource.title
    )
    name = f"{kind}-{slugify(scope.formation.code)}-{scope.academic_year}.{extension}"
    return HttpResponse(content, TYPES[extension], headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _preview(
    request: AuthenticatedRequest, scope: Scope, table: Table, report: Report, *, stale: bool = False
) -> HttpResponse:
    """Show what a list does, with the ticket that confirms it when no line is wrong."""
    context = {
        "list": LISTS[scope.kind],
        "scope": scope,
        "table": table,
        "report": report,
        "stale": stale,
        "crumbs": [_crumb("Imports", "imports"), _crumb(LISTS[scope.kind].title, f"import-{scope.kind}")],
        "ticket": "" if report.errors else sign(table, report.digest, scope, request.user),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if report.errors else HTTPStatus.CONFLICT if stale else HTTPStatus.OK
    return render(request, "people/preview.html", context, status=status)


def _crumb(label: str, page: str) -> Place:
    return Place(label, reverse(f"people:{page}"), current=False)
