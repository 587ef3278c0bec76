"""The pages of grades, as teachers and the secretariat use them."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from curriculum.models import Module
from grades.models import Act, Evaluation, MarkValue
from grades.services import Entry, record_marks
from people.models import Enrolment, User
from tests import factories
from tests.strict import queries
from tests.world import World

NBSP = "\N{NO-BREAK SPACE}"


def url(name: str, module: Module, **query: object) -> str:
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(f"grades:{name}", args=[module.pk]) + (f"?{asked}" if asked else "")


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def name(evaluation: Evaluation, enrolment: Enrolment) -> str:
    return f"note-{evaluation.pk}-{enrolment.pk}"


def typed(evaluation: Evaluation, **texts: tuple[Enrolment, str, str]) -> dict[str, str]:
    """A form: each mark as it is typed, and as it was seen."""
    data: dict[str, str] = {}
    for enrolment, text, seen in texts.values():
        data |= {name(evaluation, enrolment): text, f"{name(evaluation, enrolment)}-vue": seen}
    return data


def marks(evaluation: Evaluation) -> dict[int, str]:
    rows = evaluation.marks.values_list("enrolment_id", "hundredths", "reason")
    return {enrolment: str(MarkValue(hundredths, reason)) for enrolment, hundredths, reason in rows}


def modules_of(response: Any) -> list[Module]:
    return [line.module for line in response.context["lines"]]


class TestModules:
    def test_a_teacher_sees_their_service_and_how_far_it_has_come(self, world: World) -> None:
        response = as_user(world.ada).get(reverse("grades:modules"))
        assert modules_of(response) == [world.module]
        assert response.context["tabs"] == []
        assert "2 sur 2" in response.text
        assert world.other_module.title not in response.text

    def test_the_secretariat_sees_every_module_by_semester(self, world: World) -> None:
        client = as_user(world.sonia)
        first = client.get(reverse("grades:modules"))
        assert [tab["label"] for tab in first.context["tabs"]] == ["S1", "S2"]
        assert [str(module.key) for module in modules_of(first)] == ["R1.01", "R1.02"]
        second = client.get(reverse("grades:modules") + "?liste=s2")
        assert [str(module.key) for module in modules_of(second)] == ["R2.01", "R2.02"]
        assert "aucune évaluation" in second.text

    def test_a_module_tells_the_parcours_that_it_serves(self, world: World) -> None:
        for code, modality in [("OSC", "FI"), ("QMI", "FI"), ("QMI", "alternance")]:
            plan = factories.plan(3, parcours=factories.parcours(code), modality=modality, modules=[])
            factories.plan_module(plan, factories.module("R3.01", semester=3), {})
        response = as_user(world.sonia).get(reverse("grades:modules") + "?liste=s3")
        assert [list(line.parcours) for line in response.context["lines"]] == [["OSC", "QMI"]]
        assert "S3 OSC · QMI" in response.text

    def test_a_head_who_teaches_begins_with_their_own(self, world: World) -> None:
        factories.service(teacher=world.hector, module=world.other_module)
        response = as_user(world.hector).get(reverse("grades:modules"))
        assert [tab["label"] for tab in response.context["tabs"]] == ["Mon service", "S1", "S2"]
        assert modules_of(response) == [world.other_module]

    def test_a_teacher_without_service_is_told_what_comes_here(self, world: World) -> None:
        response = as_user(factories.user("teacher")).get(reverse("grades:modules"))
        assert "Aucun module à montrer cette année." in response.text

    def test_a_module_of_an_archived_maquette_stays_while_it_is_followed(self, world: World) -> None:
        world.maquette.state = "archivee"
        world.maquette.save()
        forgotten = factories.module("R1.09", maquette=world.maquette)
        keys = [module.key for module in modules_of(as_user(world.sonia).get(reverse("grades:modules")))]
        assert "R1.01" in keys
        assert forgotten.key not in keys


class TestModule:
    def test_marks_are_shown_with_their_average(self, world: World) -> None:
        response = as_user(world.ada).get(url("module", world.module))
        assert "12,50" in response.text
        assert "GARNIER Émile" in response.text
        assert response.context["sheet"].summary.mean == "11.13"
        assert "Saisir les notes" in response.text

    def test_staff_read_and_do_not_enter(self, world: World) -> None:
        for user in (world.hector, world.pauline):
            text = as_user(user).get(url("module", world.module)).text
            assert "Saisir les notes" not in text
            assert "Feuille Excel" not in text
        text = as_user(world.sonia).get(url("module", world.module)).text
        assert "Saisir les notes" not in text
        assert "Feuille Excel" in text

    def test_a_group_has_its_tab(self, world: World) -> None:
        factories.enrolment(plan=world.plans[0], groups=[factories.group("TD2")])
        response = as_user(world.ada).get(url("module", world.module, groupe=world.group.pk))
        assert [tab["label"] for tab in response.context["tabs"]] == ["Tous", "TD1", "TD2"]
        assert len(response.context["sheet"].lines) == 2
        assert len(as_user(world.ada).get(url("module", world.module, groupe="x")).context["sheet"].lines) == 3

    def test_a_service_that_names_groups_opens_those_only(self, world: World) -> None:
        second = factories.group("TD2")
        blaise = factories.service(teacher=world.blaise, module=world.module, groups=[second]).teacher
        own = factories.enrolment(plan=world.plans[0], groups=[second])
        for page in ("module", "enter-marks"):
            lines = as_user(blaise).get(url(page, world.module)).context["sheet"].lines
            assert [line.enrolment for line in lines] == [own]
        client = as_user(blaise)
        client.post(
            url("enter-marks", world.module),
            typed(world.evaluation, a=(world.enrolment, "3", "1:12,50"), b=(own, "9", "")),
        )
        assert marks(world.evaluation)[world.enrolment.pk] == "12,50"
        assert marks(world.evaluation)[own.pk] == "9,00"

    def test_without_evaluation_it_says_how_to_begin(self, world: World) -> None:
        assert "Créer une évaluation" in as_user(world.blaise).get(url("module", world.other_module)).text
        said = as_user(world.sonia).get(url("module", world.other_module)).text
        assert "Elles sont créées par les enseignants" in said

    def test_without_student_it_says_so(self, world: World) -> None:
        empty = factories.module("R9.01", maquette=world.maquette, semester=1)
        assert "Aucun étudiant ne suit ce module." in as_user(world.sonia).get(url("module", empty)).text

    def test_who_has_the_ues_already_owes_no_mark(self, world: World) -> None:
        repeater = factories.enrolment(plan=world.plans[0], repeating=True)
        repeater.exempted_ues.set(world.plans[0].ues.all())
        text = as_user(world.ada).get(url("module", world.module)).text
        assert "UE acquises, module non suivi" in text
        assert text.count("note à saisir") == 1  # in the legend

    def test_the_averages_follow_the_reglement(self, world: World) -> None:
        factories.regulation(parameters={"abi_scope": "module", "rounding": "half_up_3"})
        second = factories.evaluation(module=world.module)
        for student, reason in [(world.student, "ABI"), (world.other_student, "")]:
            enrolment = student.enrolments.get(plan=world.plans[0])
            factories.mark(None if reason else "10", evaluation=second, enrolment=enrolment, reason=reason)
        lines = as_user(world.ada).get(url("module", world.module)).context["sheet"].lines
        assert [line.average for line in lines] == ["9.875", "0.000"]


class TestEnterMarks:
    def test_what_is_typed_is_saved_and_shown(self, world: World) -> None:
        client = as_user(world.ada)
        data = typed(world.evaluation, a=(world.enrolment, " 14,5", "1:12,50"))
        response = client.post(url("enter-marks", world.module), data, follow=True)
        assert response.redirect_chain == [(url("enter-marks", world.module), HTTPStatus.FOUND)]
        assert f"1{NBSP}note enregistrée." in response.text
        assert marks(world.evaluation)[world.enrolment.pk] == "14,50"
        act = Act.objects.get()
        assert (act.kind, act.by) == (Act.Kind.FORM, world.ada)
        assert 'value="14,50"' in response.text

    def test_each_box_has_a_name_that_can_be_read_aloud(self, world: World) -> None:
        text = as_user(world.ada).get(url("enter-marks", world.module)).text
        assert 'aria-label="Note de GARNIER Émile, DS1, sur 20"' in text
        assert text.count('inputmode="decimal"') == 2

    def test_all_or_nothing_and_nothing_typed_is_lost(self, world: World) -> None:
        fatou = world.other_student.enrolments.get(plan=world.plans[0])
        data = typed(world.evaluation, a=(world.enrolment, "14", "1:12,50"), b=(fatou, "25", "1:9,75"))
        response = as_user(world.ada).post(url("enter-marks", world.module), data)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert f"Rien n’a été enregistré&nbsp;: 1{NBSP}note à corriger." in response.text
        assert response.text.count("25,00 est au-dessus du barème (20).") == 2  # above the grid, and in its place
        assert 'value="14"' in response.text
        assert 'value="25"' in response.text
        assert response.text.count('aria-invalid="true"') == 1
        assert marks(world.evaluation) == {world.enrolment.pk: "12,50", fatou.pk: "9,75"}

    def test_every_fault_is_told_at_once(self, world: World) -> None:
        fatou = world.other_student.enrolments.get(plan=world.plans[0])
        data = typed(world.evaluation, a=(world.enrolment, "douze", "1:12,50"), b=(fatou, "25", "1:9,75"))
        text = as_user(world.ada).post(url("enter-marks", world.module), data).text
        assert f"2{NBSP}notes à corriger" in text
        assert "«\xa0douze\xa0» n’est ni une note ni un motif" in text

    def test_a_collision_shows_the_value_in_force_and_the_next_save_replaces_it(self, world: World) -> None:
        record_marks(
            module=world.module, entries=[Entry(world.evaluation.pk, world.enrolment.pk, MarkValue(1300), 1)], by=None
        )
        client, page = as_user(world.ada), url("enter-marks", world.module)
        response = client.post(page, typed(world.evaluation, a=(world.enrolment, "14", "1:12,50")))
        assert response.status_code == HTTPStatus.CONFLICT
        assert "En vigueur\xa0: 13,00" in response.text
        assert 'value="14"' in response.text
        assert 'value="2:13,00"' in response.text
        assert marks(world.evaluation)[world.enrolment.pk] == "13,00"

        client.post(page, typed(world.evaluation, a=(world.enrolment, "14", "2:13,00")))
        assert marks(world.evaluation)[world.enrolment.pk] == "14,00"

    def test_a_box_left_alone_does_not_undo_what_a_colleague_wrote(self, world: World) -> None:
        fatou = world.other_student.enrolments.get(plan=world.plans[0])
        record_marks(
            module=world.module, entries=[Entry(world.evaluation.pk, world.enrolment.pk, MarkValue(1300), 1)], by=None
        )
        data = typed(world.evaluation, a=(world.enrolment, "12,50", "1:12,50"), b=(fatou, "", "1:9,75"))
        response = as_user(world.ada).post(url("enter-marks", world.module), data)
        assert response.status_code == HTTPStatus.FOUND
        assert marks(world.evaluation) == {world.enrolment.pk: "13,00", fatou.pk: ""}

    def test_a_box_that_was_not_sent_keeps_its_mark(self, world: World) -> None:
        response = as_user(world.ada).post(url("enter-marks", world.module), {}, follow=True)
        assert "Aucune note n’a changé." in response.text
        assert len(marks(world.evaluation)) == 2

    @pytest.mark.parametrize("seen", ["", "x", "1", "1:abc", "999999999999:12", "1:12,50,1"])
    def test_what_was_seen_cannot_be_made_up(self, world: World, seen: str) -> None:
        data = typed(world.evaluation, a=(world.enrolment, "14", seen))
        response = as_user(world.ada).post(url("enter-marks", world.module), data)
        assert response.status_code == HTTPStatus.CONFLICT
        assert marks(world.evaluation)[world.enrolment.pk] == "12,50"

    def test_one_evaluation_can_be_entered_alone(self, world: World) -> None:
        second = factories.evaluation(module=world.module, label="TP noté")
        response = as_user(world.ada).get(url("enter-marks", world.module, evaluation=second.pk))
        assert [tab["label"] for tab in response.context["tabs"]] == ["Toutes", "DS1", "TP noté"]
        assert name(second, world.enrolment) in response.text
        assert name(world.evaluation, world.enrolment) not in response.text
        saved = as_user(world.ada).post(
            url("enter-marks", world.module, evaluation=second.pk), typed(second, a=(world.enrolment, "8", ""))
        )
        assert saved["Location"] == url("enter-marks", world.module, evaluation=second.pk)
        assert marks(second) == {world.enrolment.pk: "8,00"}

    def test_a_locked_evaluation_is_read_only(self, world: World) -> None:
        world.evaluation.state = "verrouillee"
        world.evaluation.save()
        shown = as_user(world.ada).get(url("module", world.module)).text
        assert "verrouillée" in shown
        assert "Saisir les notes" not in shown
        text = as_user(world.ada).get(url("enter-marks", world.module)).text
        assert "Aucune note ne peut être saisie ici." in text
        data = typed(world.evaluation, a=(world.enrolment, "14", "1:12,50"))
        as_user(world.ada).post(url("enter-marks", world.module), data)
        assert marks(world.evaluation)[world.enrolment.pk] == "12,50"

    def test_an_evaluation_locked_while_somebody_types_is_said(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def lock_then_record(**batch: Any) -> Act | None:
            Evaluation.objects.update(state="verrouillee")
            return record_marks(**batch)

        monkeypatch.setattr("grades.services.record_marks", lock_then_record)
        data = typed(world.evaluation, a=(world.enrolment, "14", "1:12,50"))
        response = as_user(world.ada).post(url("enter-marks", world.module), data)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "ses notes ne changent pas" in response.text


class TestCreateEvaluation:
    def test_it_is_made_and_shown(self, world: World) -> None:
        data = {"label": "DS2", "held_on": "2025-12-07", "scale": "10", "weight": "0,5", "groups": [world.group.pk]}
        response = as_user(world.ada).post(url("create-evaluation", world.module), data, follow=True)
        assert "Évaluation créée\xa0: DS2." in response.text
        made = Evaluation.objects.get(label="DS2")
        assert (str(made.scale), str(made.weight), list(made.groups.all())) == ("10", "0.5", [world.group])

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("label", "", "Ce champ est obligatoire."),
            ("scale", "0", "Le barème est un nombre décimal strictement positif."),
            ("scale", "vingt", "Saisissez un nombre."),
            ("held_on", "hier", "Saisissez une date valide."),
        ],
    )
    def test_what_is_wrong_is_said(self, world: World, field: str, value: str, sentence: str) -> None:
        data = {"label": "DS2", "held_on": "2025-12-07", "scale": "20", "weight": "1"} | {field: value}
        response = as_user(world.ada).post(url("create-evaluation", world.module), data)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert sentence in response.text
        assert Evaluation.objects.filter(module=world.module).count() == 1

    def test_who_teaches_some_groups_makes_it_for_those(self, world: World) -> None:
        second = factories.group("TD2")
        factories.enrolment(plan=world.plans[0], groups=[second])
        factories.service(teacher=world.blaise, module=world.module, groups=[second])
        client, page = as_user(world.blaise), url("create-evaluation", world.module)
        assert [str(group) for group in client.get(page).context["form"].fields["groups"].queryset] == ["TD2"]
        data: dict[str, Any] = {"label": "DS2", "scale": "20", "weight": "1"}
        assert client.post(page, data).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        wrong = client.post(page, data | {"groups": [world.group.pk]})
        assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        client.post(page, data | {"groups": [second.pk]})
        assert list(Evaluation.objects.get(label="DS2").groups.all()) == [second]


class TestHistory:
    def test_who_when_before_after(self, world: World) -> None:
        record_marks(
            module=world.module,
            entries=[Entry(world.evaluation.pk, world.enrolment.pk, MarkValue(reason="ABJ"), 1)],
            by=world.ada,
        )
        response = as_user(world.sonia).get(url("history", world.module))
        for expected in ("GARNIER Émile", "12,50", "ABJ", "Ada Lambert", "saisie", f"1{NBSP}changement"):
            assert expected in response.text

    def test_it_keeps_to_a_mark_when_asked(self, world: World) -> None:
        fatou = world.other_student.enrolments.get(plan=world.plans[0])
        batch = [Entry(world.evaluation.pk, each.pk, MarkValue(800), 1) for each in (world.enrolment, fatou)]
        record_marks(module=world.module, entries=batch, by=world.ada)
        page = url("history", world.module, evaluation=world.evaluation.pk, inscription=fatou.pk)
        response = as_user(world.ada).get(page)
        assert [change.mark.enrolment for change in response.context["page"]] == [fatou]
        assert len(as_user(world.ada).get(url("history", world.module, inscription="9" * 30)).context["page"]) == 2
        assert len(as_user(world.ada).get(url("history", world.module, inscription="9" * 18)).context["page"]) == 0

    def test_it_keeps_to_the_groups_of_the_service(self, world: World) -> None:
        record_marks(
            module=world.module, entries=[Entry(world.evaluation.pk, world.enrolment.pk, MarkValue(800), 1)], by=None
        )
        factories.service(teacher=world.blaise, module=world.module, groups=[factories.group("TD2")])
        assert "Aucune note n’a été saisie." in as_user(world.blaise).get(url("history", world.module)).text


def grow(world: World, count: int) -> None:
    """More students, evaluations, marks, groups and teachers."""
    for rank in range(count):
        group = factories.group(f"TP{Evaluation.objects.count()}")
        enrolment = factories.enrolment(plan=world.plans[0], groups=[group, world.group])
        evaluation = factories.evaluation(module=world.module, groups=[group])
        factories.mark(evaluation=evaluation, enrolment=enrolment, reason="ABI")
        factories.service(module=world.module)
        batch = [Entry(evaluation.pk, enrolment.pk, MarkValue(800 + rank), 1)]
        record_marks(module=world.module, entries=batch, by=world.ada)


@pytest.mark.parametrize(
    "page", ["modules", "module", "enter-marks", "create-evaluation", "mark-sheet", "import-marks", "history"]
)
def test_queries_do_not_grow_with_rows(world: World, page: str) -> None:
    client = as_user(world.ada)
    path = reverse("grades:modules") if page == "modules" else url(page, world.module)

    def read() -> None:
        assert client.get(path).status_code == HTTPStatus.OK

    grow(world, 1)
    read()  # the formation in use is written in the session once
    one = queries(read)
    grow(world, 5)
    assert queries(read) == one


def test_queries_of_a_save_do_not_grow_with_marks(world: World) -> None:
    client, page = as_user(world.ada), url("enter-marks", world.module)
    more = [factories.enrolment(plan=world.plans[0]) for _ in range(6)]

    def save(enrolments: list[Enrolment], text: str) -> Callable[[], object]:
        data = typed(world.evaluation, **{str(each.pk): (each, text, "") for each in enrolments})
        return lambda: client.post(page, data)

    save(more[:1], "5")()
    assert queries(save(more[1:3], "5")) == queries(save(more[3:], "5"))
