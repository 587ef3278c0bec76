"""The pages of the turn of a year: what will be made, the students, confirming, what a confirmation wrote."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from curriculum.templatetags.figures import counted
from jury.turning import services
from jury.turning.access import (
    act_for_registrar,
    acts_of,
    enrolments_of,
    juries_awaited,
    turn_for_registrar,
    turns_for_registrar,
)
from jury.turning.forms import ChoiceForm, TurnForm
from jury.turning.making import making_of
from jury.turning.page import counts_of, listing_of, places_of, steps
from jury.turning.proposal import year_after, year_before
from jury.turning.roll import roll_of
from people.access import AuthenticatedRequest
from people.context import working
from people.context import years as years_of


@require_http_methods(["GET", "POST"])
def turns(request: AuthenticatedRequest) -> HttpResponse:
    """List the turns of the formation in use, and begin that of the year in use."""
    formation, academic_year, found = turns_for_registrar(request.user, *working(request))
    # Once the next maquette is in service its year is in use, and the one that ends is the year before.
    begun = {each.academic_year for each in found if not each.within_year}
    ending = [year for year in (year_before(academic_year), academic_year) if year in years_of(formation)]
    years = [(year, year_after(year)) for year in ending if year_after(year) not in begun]
    if request.method == "POST":
        after = request.POST.get("apres", "")
        source = after if after in dict(years) else academic_year
        turn = services.prepare_turn(
            formation=formation, source_year=source, within_year=after == "impair", by=request.user
        )
        return redirect("jury:turn", turn.pk)
    context = {"turns": found, "academic_year": academic_year, "years": years}
    return render(request, "jury/turning/turns.html", context)


@require_http_methods(["GET", "POST"])
def turn(request: AuthenticatedRequest, turn_id: int) -> HttpResponse:
    """Step 1: what will be made beside the enrolments, and its settings."""
    found = turn_for_registrar(request.user, turn_id)
    form = TurnForm(request.POST or None, instance=found)
    if form.is_valid():
        services.set_turn(turn=form.save(commit=False), by=request.user)
        messages.success(request, "Réglages enregistrés.")
        return redirect("jury:turn", found.pk)
    roll = roll_of(found)
    context = {
        "turn": found,
        "steps": steps(found, "turn"),
        "roll": roll,
        "making": making_of(found, roll.offer),
        "awaited": juries_awaited(found, roll),
        "form": form,
        "acts": list(acts_of(found)),
    }
    return render(request, "jury/turning/turn.html", context, status=_status(bool(form.errors)))


@require_http_methods(["GET", "POST"])
def turn_students(request: AuthenticatedRequest, turn_id: int) -> HttpResponse:
    """Step 2: every student with what is proposed, and a choice for those who are ticked."""
    found = turn_for_registrar(request.user, turn_id)
    roll = roll_of(found)
    listing = listing_of(roll, request.GET.get("vue", ""))
    form = ChoiceForm(
        request.POST or None, places=places_of(roll, listing), likely=bool(listing.choosing), listed=listing.ids
    )
    if form.is_valid():
        try:
            count = services.choose(turn=found, students=form.ticked, place=form.chosen, by=request.user)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, f"Choix gardé pour {counted(count, 'étudiant')}.")
            return redirect(request.get_full_path())
    context = {
        "turn": found,
        "steps": steps(found, "turn-students"),
        "listing": listing,
        "form": form,
    }
    return render(request, "jury/turning/students.html", context, status=_status(bool(form.errors)))


@require_http_methods(["GET", "POST"])
def turn_confirm(request: AuthenticatedRequest, turn_id: int) -> HttpResponse:
    """Step 3: say what would be written, then write it."""
    found = turn_for_registrar(request.user, turn_id)
    refusals: list[str] = []
    if request.method == "POST":
        try:
            act = services.confirm_turn(turn=found, seen=request.POST.get("seen", ""), by=request.user)
        except ValidationError as refused:
            refusals = refused.messages
        else:
            if act:
                messages.success(request, f"{found}\xa0: c’est fait.")
                return redirect("jury:turn-act", found.pk, act.pk)
            messages.success(request, "Il n’y avait plus rien à écrire.")
            return redirect("jury:turn", found.pk)
    roll = roll_of(found)
    context = {
        "turn": found,
        "steps": steps(found, "turn-confirm"),
        "roll": roll,
        "making": making_of(found, roll.offer),
        "counts": counts_of(roll),
        "listing": listing_of(roll, "tous"),
        "refusals": refusals,
    }
    return render(request, "jury/turning/confirm.html", context, status=_status(bool(refusals)))


@require_http_methods(["GET", "POST"])
def turn_act(request: AuthenticatedRequest, turn_id: int, act_id: int) -> HttpResponse:
    """Show what a confirmation wrote, and take it back while nothing hangs on it."""
    act = act_for_registrar(request.user, turn_id, act_id)
    refusals: list[str] = []
    if request.method == "POST":
        try:
            services.undo_turn(act=act, by=request.user)
        except ValidationError as refused:
            refusals = refused.messages
        else:
            messages.success(request, "Confirmation annulée\xa0: rien de ce qu’elle avait inscrit ne reste.")
            return redirect("jury:turn", turn_id)
    context = {"turn": act.turn, "act": act, "enrolments": list(enrolments_of(act)), "refusals": refusals}
    return render(request, "jury/turning/act.html", context, status=_status(bool(refusals)))


def _status(refused: bool) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
