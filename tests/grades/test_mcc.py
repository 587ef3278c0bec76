"""Evaluations created from the MCC: what is proposed, what is written, and by whom."""

from decimal import Decimal
from http import HTTPStatus

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from curriculum.models import JournalEntry, Module, Plan, PlanModule
from grades.mcc.proposals import proposals_of
from grades.models import Evaluation
from grades.services import create_evaluations
from people.models import User
from tests import factories
from tests.strict import queries
from tests.world import World

pytestmark = pytest.mark.django_db


def place(plan: Plan, key: str, *patterns: tuple[str, int | None, str | None], **fields: object) -> PlanModule:
    """A module in a table, with the modalities that the table prints."""
    module = factories.module(key, semester=plan.semester, maquette=plan.maquette, **fields)
    made = factories.plan_module(plan, module, dict.fromkeys(plan.ues.values_list("code", flat=True), "1"))
    for label, count, weight in patterns:
        factories.pattern(made, label, count=count, weight=weight and Decimal(weight))
    return made


def held(module: Module) -> list[tuple[int, str, str, str]]:
    rows = module.evaluations.order_by("position").values_list("position", "label", "weight", "state")
    return [(position, label, str(weight), state) for position, label, weight, state in rows]


def test_a_module_gets_what_its_mcc_promise() -> None:
    taught = place(factories.plan(1, modules=[]), "R1.01", ("DS", 2, "0.5"), ("TP", None, "0.5")).module
    (proposal,) = create_evaluations(modules=[taught], by=None)
    assert held(taught) == [(1, "DS 1", "0.25", "saisie"), (2, "DS 2", "0.25", "saisie"), (3, "TP", "0.5", "saisie")]
    assert (proposal.module, proposal.notes, proposal.reason) == (taught, (), "")
    entry = JournalEntry.objects.get(action="evaluations_planned")
    assert entry.formation == taught.maquette.formation
    assert entry.after == {str(taught): {"DS 1": "0.25", "DS 2": "0.25", "TP": "0.5"}}


def test_twice_adds_nothing_and_says_so() -> None:
    taught = place(factories.plan(1, modules=[]), "R1.01", ("DS", 1, "1")).module
    create_evaluations(modules=[taught], by=None)
    (again,) = create_evaluations(modules=[taught], by=None)
    assert taught.evaluations.count() == 1
    assert (again.shares, again.reason) == ((), "des évaluations y existent déjà.")
    assert JournalEntry.objects.filter(action="evaluations_planned").count() == 1


def test_what_somebody_made_by_hand_is_left_alone_even_a_draft() -> None:
    taught = place(factories.plan(1, modules=[]), "R1.01", ("DS", 1, "1")).module
    factories.evaluation(module=taught, label="Oral", state="brouillon")
    create_evaluations(modules=[taught], by=None)
    assert held(taught) == [(1, "Oral", "1", "brouillon")]


def test_a_module_without_modalities_is_told() -> None:
    taught = place(factories.plan(1, modules=[]), "R1.01").module
    assert [each.reason for each in create_evaluations(modules=[taught], by=None)] == [
        "la MCC n’y annonce aucune évaluation."
    ]


def test_a_misread_count_does_not_stop_the_others() -> None:
    plan = factories.plan(1, modules=[])
    misread, other = (place(plan, key, ("DS", count, "1")).module for key, count in (("R1.01", 2025), ("R1.02", 1)))
    first, second = create_evaluations(modules=[misread, other], by=None)
    assert "la MCC en annonce 2025" in first.reason
    assert len(second.shares) == other.evaluations.count() == 1
    assert not misread.evaluations.exists()


def test_of_two_tables_that_differ_the_first_is_taken_and_the_other_named() -> None:
    osc, qmi, mtd = (
        factories.plan(3, parcours=factories.parcours(code), modules=[]) for code in ("OSC", "QMI", "MTD")
    )
    taught = place(osc, "R3.01", ("DS", 1, "1")).module
    place(qmi, "R3.01", ("DS", 1, "0.5"), ("TP", 1, "0.5"))
    place(mtd, "R3.01", ("ds", None, "1.0"))  # the same thing, otherwise printed
    (proposal,) = create_evaluations(modules=[taught], by=None)
    assert [share.label for share in proposal.shares] == ["DS"]
    assert proposal.notes == ("Autres modalités dans S3 QMI\xa0: celles de S3 OSC sont prises.",)


def test_a_table_that_promises_nothing_is_not_another_opinion() -> None:
    bare, full = (factories.plan(3, parcours=factories.parcours(code), modules=[]) for code in ("OSC", "QMI"))
    taught = place(bare, "R3.01").module
    place(full, "R3.01", ("DS", 3, None))
    (proposal,) = proposals_of([taught])
    assert [str(share.weight) for share in proposal.shares] == ["1", "1", "1"]
    assert proposal.notes == (
        "La MCC ne donne pas tous les poids\xa0: chaque modalité compte autant.",
        "Les poids sont multipliés par 3, pour que chaque part s’écrive exactement.",
    )


def test_an_alternative_of_another_parcours_gets_nothing() -> None:
    cai, ipi = factories.parcours("CAI"), factories.parcours("IPI")
    plan = factories.plan(3, parcours=cai, modules=[])
    followed = place(plan, "R3.13", ("DS", 1, "1"), parcours=cai).module
    other = place(plan, "R3.14", ("DS", 1, "1"), parcours=ipi).module
    first, second = create_evaluations(modules=[followed, other], by=None)
    assert (len(first.shares), second.shares) == (1, ())
    assert second.reason == "d’un parcours qu’aucun tableau n’enseigne."


@pytest.mark.parametrize("state", ["brouillon", "validee", "archivee"])
def test_a_maquette_that_is_not_in_service_is_refused(state: str) -> None:
    maquette = factories.maquette(state=state)
    taught = place(factories.plan(1, maquette=maquette, modules=[]), "R1.01", ("DS", 1, "1")).module
    with pytest.raises(ValidationError, match="une fois qu’elle est en service"):
        create_evaluations(modules=[taught], by=None)
    assert not Evaluation.objects.exists()


def test_modules_of_two_maquettes_are_refused() -> None:
    years = [factories.maquette(academic_year=year) for year in ("2024-2025", "2025-2026")]
    modules = [place(factories.plan(1, maquette=year, modules=[]), "R1.01", ("DS", 1, "1")).module for year in years]
    with pytest.raises(ValidationError, match="plusieurs maquettes"):
        create_evaluations(modules=modules, by=None)
    assert not Evaluation.objects.exists()


# --- The pages


def client(user: User) -> Client:
    logged = Client()
    logged.force_login(user)
    return logged


def promise(world: World) -> PlanModule:
    """What the MCC promise for Blaise's module, which has no evaluation yet."""
    found = world.plans[0].plan_modules.get(module=world.other_module)
    factories.pattern(found, "DS", count=2, weight=Decimal("0.5"))
    factories.pattern(found, "TP", count=None, weight=Decimal("0.5"))
    return found


def test_a_teacher_previews_and_confirms_their_module(world: World) -> None:
    blaise = client(world.blaise)
    page = reverse("grades:plan-module", args=[world.other_module.pk])
    assert page not in blaise.get(reverse("grades:module", args=[world.other_module.pk])).text
    promise(world)
    assert page in blaise.get(reverse("grades:module", args=[world.other_module.pk])).text
    shown = blaise.get(page)
    assert "DS 1 × 0,25 · DS 2 × 0,25 · TP × 0,5" in shown.text.replace("&nbsp;", " ")
    assert "Créer 3\N{NO-BREAK SPACE}évaluations" in shown.text
    assert not world.other_module.evaluations.exists()
    done = blaise.post(page, follow=True)
    assert done.redirect_chain == [(reverse("grades:module", args=[world.other_module.pk]), HTTPStatus.FOUND)]
    assert "3\N{NO-BREAK SPACE}évaluations créées d’après la MCC." in done.text
    assert page not in done.text
    assert "des évaluations y existent déjà." in blaise.get(page).text


def test_the_secretariat_does_a_table_or_the_whole_maquette(world: World) -> None:
    promise(world)
    second = world.plans[1].plan_modules.order_by("position").first()
    assert second
    factories.pattern(second, "Oral")
    sonia = client(world.sonia)
    page = reverse("grades:plan-maquette", args=[world.maquette.pk])
    assert page in sonia.get(reverse("grades:modules")).text
    shown = sonia.get(page)
    assert [tab["label"] for tab in shown.context["tabs"]] == ["Toute la maquette", "S1", "S2"]
    assert [each.module for each in shown.context["created"]] == [world.other_module, second.module]
    of_table = sonia.get(f"{page}?tableau={world.plans[1].pk}")
    assert [each.module for each in of_table.context["created"]] == [second.module]
    sonia.post(f"{page}?tableau={world.plans[1].pk}")
    assert (second.module.evaluations.count(), world.other_module.evaluations.count()) == (1, 0)
    sonia.post(page)
    assert world.other_module.evaluations.count() == 3


def test_a_teacher_is_not_offered_the_whole_maquette(world: World) -> None:
    assert "evaluations-mcc" not in client(world.blaise).get(reverse("grades:modules")).text


def test_a_draft_is_shown_what_it_would_give_without_a_button(world: World) -> None:
    promise(world)
    world.maquette.state = "brouillon"
    world.maquette.save()
    hector = client(world.hector)
    page = reverse("grades:plan-maquette", args=[world.maquette.pk])
    shown = hector.get(page)
    assert "une fois la maquette en service" in shown.text
    assert 'method="post"' not in shown.text.split("</h1>")[1]
    refused = hector.post(page)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "une fois qu’elle est en service" in refused.text


def test_the_preview_asks_as_many_questions_of_one_module_as_of_six(world: World) -> None:
    promise(world)
    sonia = client(world.sonia)
    page = reverse("grades:plan-maquette", args=[world.maquette.pk])
    few = queries(lambda: sonia.get(page))
    for rank in range(3, 8):
        place(world.plans[0], f"R1.0{rank}", ("DS", 1, "1"), ("TP", 1, "1"))
    assert queries(lambda: sonia.get(page)) == few
