"""From draft to archive: each step, who may not take it, and what it leaves behind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.db.models import Model

from curriculum import store
from curriculum.journal import JournalEntry
from curriculum.models import UE, Coefficient, EvaluationPattern, Formation, Maquette, Module, Plan, PlanModule
from curriculum.services import Document, import_maquette
from curriculum.store import MaquetteRefused
from curriculum.versions.services import (
    archive_maquette,
    copy_maquette,
    discard_draft,
    put_in_service,
    return_to_draft,
    validate_maquette,
)
from curriculum.workbook import codec
from curriculum.workbook.draft import Draft, finding
from tests import factories
from tests.curriculum.books import NAME, original

pytestmark = pytest.mark.django_db

DEPARTEMENT, IUT = date(2025, 5, 20), date(2025, 6, 17)


def stored(draft: Draft | None = None) -> Maquette:
    document = Document(draft or original(), "coefficients", NAME, "0" * 64)
    return import_maquette(document=document, accept_errors=True, by=None)


def small() -> Draft:
    return replace(original(), semesters=original().semesters[:1])


def validated(maquette: Maquette) -> Maquette:
    return validate_maquette(maquette=maquette, departement=DEPARTEMENT, iut=IUT, by=None)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(MaquetteRefused) as refusal:
        act()
    return str(refusal.value).replace("\u00a0", " ")


def test_a_maquette_goes_through_its_states_and_each_step_is_told() -> None:
    person = factories.user("head")
    maquette = stored(small())
    assert maquette.is_draft
    voted = validate_maquette(maquette=maquette, departement=DEPARTEMENT, iut=IUT, by=person)
    assert (voted.state, voted.validated_departement, voted.validated_iut) == ("validee", DEPARTEMENT, IUT)
    assert not voted.is_draft
    again = return_to_draft(maquette=voted, by=person)
    assert (again.is_draft, again.validated_iut) == (True, IUT), "the dates stay, to be confirmed"
    assert put_in_service(maquette=validated(again), by=person).state == "en_service"
    assert archive_maquette(maquette=maquette, by=person).state == "archivee"
    acts = JournalEntry.objects.filter(by_id=person.pk).order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["maquette_validated", "maquette_returned", "maquette_put_in_service", "maquette_archived"]


ACTS: dict[str, Callable[[Maquette], object]] = {
    "validate": validated,
    "return": lambda maquette: return_to_draft(maquette=maquette, by=None),
    "serve": lambda maquette: put_in_service(maquette=maquette, by=None),
    "archive": lambda maquette: archive_maquette(maquette=maquette, by=None),
    "discard": lambda maquette: discard_draft(maquette=maquette, by=None),
}
ALLOWED = {
    "brouillon": {"validate", "discard"},
    "validee": {"return", "serve", "archive"},
    "en_service": {"archive"},
    "archivee": set[str](),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", ALLOWED)
def test_only_these_steps_are_taken(state: str, act: str) -> None:
    maquette = factories.maquette(state=state)
    if act in ALLOWED[state]:
        ACTS[act](maquette)
        assert JournalEntry.objects.count() == 1
        return
    sentence = refused(lambda: ACTS[act](maquette))
    assert "QLIO 2025-2026 (v1) est" in sentence
    maquette.refresh_from_db()
    assert (maquette.state, JournalEntry.objects.count()) == (state, 0)


@pytest.mark.parametrize(
    ("departement", "iut", "sentence"),
    [
        (IUT, DEPARTEMENT, "le conseil d’IUT (20 mai 2025) vote après le conseil de département (17 juin 2025)"),
        (date(2023, 8, 31), IUT, "conseil de département, 31 août 2023 : ce n’est pas une date"),
        (DEPARTEMENT, date(2026, 9, 1), "attendu : du 1er septembre 2023 au 31 août 2026"),
    ],
)
def test_councils_vote_in_order_and_in_time(departement: date, iut: date, sentence: str) -> None:
    maquette = factories.maquette(state="brouillon")
    assert sentence in refused(lambda: validate_maquette(maquette=maquette, departement=departement, iut=iut, by=None))


@pytest.mark.parametrize("days", [(date(2023, 9, 1), date(2026, 8, 31)), (IUT, IUT)])
def test_the_first_and_the_last_day_pass(days: tuple[date, date]) -> None:
    maquette = factories.maquette(state="brouillon")
    assert validate_maquette(maquette=maquette, departement=days[0], iut=days[1], by=None).state == "validee"


def test_errors_are_mended_or_accepted() -> None:
    wrong = finding("semester_ects", "error", "S1 : 29 ECTS.")
    maquette = stored(replace(small(), findings=(wrong,)))
    assert "1 constat d’erreur" in refused(lambda: validated(maquette))
    accepted = validate_maquette(maquette=maquette, departement=DEPARTEMENT, iut=IUT, accept_errors=True, by=None)
    assert accepted.state == "validee"
    entry = JournalEntry.objects.get(action="maquette_validated")
    assert (entry.after or {})["accepted_errors"] == 1


def test_the_version_in_service_gives_way() -> None:
    first, second = stored(small()), stored(small())
    for maquette in (first, second):
        validated(maquette)
    put_in_service(maquette=first, seen=0, by=None)
    assert "la version 1 vient d’être mise en service" in refused(
        lambda: put_in_service(maquette=second, seen=0, by=None)
    )
    put_in_service(maquette=second, seen=1, by=None)
    first.refresh_from_db()
    assert first.state == "archivee"
    entry = JournalEntry.objects.filter(action="maquette_put_in_service").latest("pk")
    assert entry.after == {"replaces": 1, "moved": {}}


def test_importing_never_replaces_a_version_in_service() -> None:
    first = stored(small())
    put_in_service(maquette=validated(first), by=None)
    second = stored(small())
    first.refresh_from_db()
    assert (first.state, second.state, second.version) == ("en_service", "brouillon", 2)


def test_a_copy_is_a_new_draft_of_the_same_figures() -> None:
    draft = replace(original(), findings=(finding("title_differs", "info", "Deux intitulés."),))
    source = validated(stored(draft))
    copied = copy_maquette(maquette=source, academic_year="2026-2027", by=None)
    assert (copied.version, copied.state, copied.source_name) == (1, "brouillon", f"Copie de {source}")
    assert (copied.validated_departement, copied.validated_iut) == (None, None)
    expected = replace(
        draft,
        formation=replace(draft.formation, academic_year="2026-2027"),
        semesters=tuple(replace(each, academic_year="2026-2027") for each in draft.semesters),
    )
    assert codec.dumps(store.load(copied)) == codec.dumps(expected)
    assert copy_maquette(maquette=source, academic_year="2026-2027", by=None).version == 2
    assert copy_maquette(maquette=copied, academic_year="2025-2026", by=None).version == 2


def test_of_a_book_of_two_years_both_move() -> None:
    one, two = (replace(small().semesters[0], academic_year=year) for year in ("2024-2025", "2025-2026"))
    copied = copy_maquette(maquette=stored(replace(small(), semesters=(one, two))), academic_year="2026-2027", by=None)
    assert [plan.academic_year for plan in copied.plans.order_by("position")] == ["2025-2026", "2026-2027"]


@pytest.mark.parametrize("year", ["2026", "2026-2028", "demain"])
def test_a_copy_has_a_year(year: str) -> None:
    maquette = stored(small())
    assert "s’écrit 2025-2026" in refused(lambda: copy_maquette(maquette=maquette, academic_year=year, by=None))
    assert Maquette.objects.count() == 1


def test_a_discarded_draft_leaves_nothing_but_its_formation() -> None:
    maquette = stored()
    discard_draft(maquette=maquette, by=None)
    gone: list[type[Model]] = [Maquette, Plan, UE, Module, PlanModule, Coefficient, EvaluationPattern]
    assert [model._default_manager.count() for model in gone] == [0] * len(gone)
    assert Formation.objects.get().code == "BUT-QLIO"
    assert "vient d’être supprimé" in refused(lambda: discard_draft(maquette=maquette, by=None))


def test_a_draft_that_carries_something_is_not_discarded() -> None:
    maquette = factories.maquette(state="brouillon")
    factories.enrolment(plan=factories.plan(1, maquette=maquette))
    assert "porte 1 inscription : ce brouillon" in refused(lambda: discard_draft(maquette=maquette, by=None))
    assert Plan.objects.count() == 1
