"""A version takes the place of another: everything follows, or nothing happens; figures that are the same give the
same averages."""

from collections.abc import Callable
from typing import Any

import pytest

from curriculum.models import UE, Maquette, Module, Plan, PlanModule
from curriculum.store import MaquetteRefused
from curriculum.succession import HEIRS, hanging, succession
from curriculum.versions.services import copy_maquette, put_in_service
from grades.averages import AveragingRules
from grades.gradebook import Gradebook
from grades.models import Evaluation, Mark
from jury import seal
from jury.models import JurySession, Record
from people.models import Enrolment, Service
from tests import factories
from tests.architecture.source import MODELS
from tests.jury import scene
from tests.strict import queries

pytestmark = pytest.mark.django_db


def heir(of: Maquette | None = None) -> Maquette:
    """The next version of what everybody follows, validated."""
    copied = copy_maquette(maquette=of or factories.maquette(), academic_year=factories.YEAR, by=None)
    Maquette.objects.filter(pk=copied.pk).update(state="validee")
    return Maquette.objects.select_related("formation").get(pk=copied.pk)


def drop_module(maquette: Maquette, key: str) -> None:
    module = maquette.modules.get(key=key)
    for place in module.plan_modules.all():
        drop_place(place)
    module.delete()


def drop_place(place: PlanModule) -> None:
    place.coefficients.all().delete()
    place.delete()


def drop_ue(maquette: Maquette, code: str) -> None:
    ue = UE.objects.get(plan__maquette=maquette, code=code)
    ue.coefficients.all().delete()
    ue.delete()


def serve(maquette: Maquette) -> None:
    put_in_service(maquette=maquette, by=None)


def refused(maquette: Maquette) -> str:
    with pytest.raises(MaquetteRefused) as refusal:
        serve(maquette)
    old = factories.maquette()
    assert (old.state, hanging(maquette)) == ("en_service", []), "nothing was done"
    return str(refusal.value).replace("\u00a0", " ")


def averages() -> list[object]:
    plans = list(Plan.objects.filter(enrolments__isnull=False).distinct().order_by("semester"))
    book = Gradebook.for_plans(plans, AveragingRules())
    return [[(each.code, each.exact) for each in found] for _, found in sorted(book.all_averages().items())]


def lived() -> tuple[Plan, ...]:
    """A year with one of each thing that hangs on a maquette."""
    plans = scene.year()
    student = scene.enrol(plans, {"UE1.1": "12,5", "UE1.2": "8", "UE2.1": "ABI", "UE2.2": "9,75"})
    enrolment = Enrolment.objects.get(student=student, plan=plans[0])
    ues = plans[1].ues.order_by("position")
    other = scene.enrol(plans)
    Enrolment.objects.get(student=other, plan=plans[1]).exempted_ues.set(ues[:1])
    factories.equivalence(other, ues[1])
    module = Module.objects.get(key="R1.01")
    factories.service(module=module)
    factories.absence(enrolment=enrolment, session=factories.session(module=module))
    factories.act(module=module)
    factories.adjustment(enrolment=enrolment)
    factories.placement(enrolment=enrolment, module=module)
    return tuple(plans)


def test_everything_follows_and_the_averages_are_the_same() -> None:
    plans = lived()
    jury = scene.jury(plans)
    before, loads = averages(), hanging(factories.maquette())
    assert {nouns.split(",")[0]: count for count, nouns in loads} == {
        "inscription": 4,
        "service": 1,
        "séance": 1,
        "absence": 1,
        "évaluation": 4,
        "note": 8,
        "stage": 1,
        "bonus ou malus": 1,
        "jury": 1,
    }
    new = heir()
    serve(new)
    assert (hanging(factories.maquette()), hanging(new)) == ([], loads)
    assert averages() == before
    assert {plan.maquette_id for plan in jury.plans.all()} == {new.pk}
    exempted = Enrolment.objects.filter(exempted_ues__isnull=False).values_list("plan", "exempted_ues__plan")
    assert [plan == ue_plan for plan, ue_plan in exempted] == [True]
    assert Maquette.objects.get(version=1).state == "archivee"


def test_every_relation_from_above_is_declared() -> None:
    """An app that makes something hang on a maquette says what becomes of it."""
    found = {
        (model._meta.label, field.name)
        for model in [*MODELS, *(each.through for app in MODELS for each in _many(app))]
        for field in model._meta.local_fields
        if field.related_model in {Plan, Module, UE} and model._meta.app_label != "curriculum"
    }
    declared = {(model._meta.label, name) for one in HEIRS.values() for model, name in one.relations}
    assert found == declared


def _many(model: Any) -> list[Any]:
    return [getattr(model, field.name) for field in model._meta.local_many_to_many]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda new: drop_module(new, "R1.01"),
            "R1.01 Intitulé de R1.01, S1 : 2 notes, et la version 2 n’a pas ce module.",
        ),
        (
            lambda new: drop_place(new.plans.get(semester=1).plan_modules.get(module__key="R1.02")),
            "R1.02 Intitulé de R1.02, S1 : 2 notes, et la version 2 n’a pas ce module dans ce tableau.",
        ),
        (lambda new: drop_module(new, "R1.01"), "R1.01 Intitulé de R1.01 : 1 absence, et"),
        (lambda new: drop_module(new, "R1.01"), "S1 : 1 stage, et la version 2 n’a pas ce module."),
        (lambda new: drop_ue(new, "UE1.1"), "S1, UE1.1 : 1 bonus ou malus, et la version 2 n’a pas cette UE."),
        (lambda new: drop_ue(new, "UE2.1"), "S2, UE2.1 : 1 dispense, et"),
        (
            lambda new: new.plans.filter(semester=2).update(modality="FI"),
            "S2 : 2 inscriptions, et la version 2 n’a pas ce tableau.",
        ),
        (
            lambda new: new.plans.filter(semester=2).update(modality="FI"),
            "il juge S2, la version 2 n’a pas ce tableau.",
        ),
        (lambda new: JurySession.objects.update(state="seance"), "il est en séance, attendez sa clôture."),
    ],
)
def test_what_has_no_counterpart_keeps_it_from_happening(change: Callable[[Maquette], object], sentence: str) -> None:
    scene.jury(lived())
    new = heir()
    change(new)
    before = averages()
    assert sentence in refused(new)
    assert averages() == before


def test_a_service_or_an_evaluation_that_carries_nothing_stays_behind() -> None:
    plans = scene.year()
    module = Module.objects.get(key="R1.01")
    service = factories.service(module=module)
    factories.enrolment(plan=plans[0])
    new = heir()
    drop_module(new, "R1.01")
    notes = succession(new).notes
    assert [note.replace("\u00a0", " ").startswith("R1.01 Intitulé de R1.01 : le service de") for note in notes] == [
        True
    ]
    serve(new)
    assert Service.objects.get(pk=service.pk).module == module
    assert set(Evaluation.objects.filter(module__maquette=new).values_list("module__key", flat=True)) == {
        "R1.02",
        "R2.01",
        "R2.02",
    }


def test_marks_that_pass_to_a_module_of_another_name_are_told() -> None:
    lived()
    new = heir()
    new.modules.filter(key="R1.01").update(title="Langues")
    plan = succession(new)
    assert plan.refusals == []
    assert "R1.01 Intitulé de R1.01 : ses notes passent à R1.01 Langues." in [
        note.replace("\u00a0", " ") for note in plan.notes
    ]


def test_the_record_of_a_closed_jury_is_left_alone() -> None:
    plans = scene.year()
    student = scene.enrol(plans)
    record = scene.held(plans)
    new = heir()
    (note,) = succession(new).notes
    assert "clos, son registre scellé ne change pas" in note
    serve(new)
    again = Record.objects.get(pk=record.pk)
    assert (again.document, again.sha256) == (record.document, record.sha256)
    assert list(seal.verify_chain()) == []
    assert list(again.session.candidates()) == [student], "its pages still open"


def test_what_hangs_on_a_version_archived_by_hand_follows_too() -> None:
    scene.enrol(scene.year())
    Maquette.objects.update(state="archivee")
    new = heir()
    serve(new)
    assert Enrolment.objects.filter(plan__maquette=new).count() == 2


def test_two_versions_that_carry_something_are_not_guessed_at() -> None:
    scene.enrol(scene.year())
    new = heir()
    factories.enrolment(plan=new.plans.get(semester=1))
    with pytest.raises(MaquetteRefused, match="Les versions 1 et 2 portent toutes"):
        serve(new)


def test_a_version_may_come_back() -> None:
    """A mistake is mended by a third version, copied from the first."""
    lived()
    before = averages()
    serve(heir())
    back = heir(Maquette.objects.get(version=1))
    serve(back)
    assert averages() == before
    assert Mark.objects.filter(evaluation__module__maquette=back).count() == 8


def test_a_succession_costs_the_same_whatever_follows() -> None:
    lived()
    new = heir()

    def cost() -> int:
        return queries(lambda: succession(new))

    before = cost()
    for _ in range(3):
        scene.enrol(list(factories.maquette().plans.order_by("semester")))
    assert cost() == before
    moved = queries(lambda: serve(new))
    third = heir(new)
    scene.enrol(list(new.plans.order_by("semester")))
    assert queries(lambda: serve(third)) == moved
