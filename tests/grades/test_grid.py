"""What the grid asks of the server: save these cells, what is new, how does the class do."""

import re
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from grades.grid.freshness import Moment
from grades.models import Act, Evaluation, MarkChange, MarkValue
from grades.services import Entry, record_marks
from people.models import Enrolment
from tests import factories
from tests.grades.test_pages import as_user, marks, url
from tests.strict import queries
from tests.world import World


def cell(evaluation: Evaluation, enrolment: Enrolment, value: str, seen: int = 0) -> dict[str, object]:
    """One cell, as the grid sends it."""
    said = {"evaluation": evaluation.pk, "enrolment": enrolment.pk, "value": value, "seen": seen}
    return said | {"token": str(uuid4())}


def send(client: Client, world: World, *entries: object) -> Any:
    return client.post(url("save-marks", world.module), {"entries": entries}, content_type="application/json")


def write(world: World, hundredths: int, seen: int, enrolment: Enrolment | None = None) -> None:
    """Somebody else changes a mark."""
    entry = Entry(world.evaluation.pk, (enrolment or world.enrolment).pk, MarkValue(hundredths), seen)
    record_marks(module=world.module, entries=[entry], by=world.blaise)


def fatou(world: World) -> Enrolment:
    return world.other_student.enrolments.get(plan=world.plans[0])


class TestSaveMarks:
    def test_a_cell_is_saved_and_told(self, world: World) -> None:
        response = send(as_user(world.ada), world, cell(world.evaluation, world.enrolment, "14.5", 1))
        assert response.status_code == HTTPStatus.OK
        told = {"evaluation": world.evaluation.pk, "enrolment": world.enrolment.pk, "version": 2, "value": "14,50"}
        assert response.json() == {"saved": [told], "refused": [], "contested": []}
        assert marks(world.evaluation)[world.enrolment.pk] == "14,50"
        act = Act.objects.get()
        assert (act.kind, act.by) == (Act.Kind.GRID, world.ada)

    def test_a_cell_at_fault_holds_back_no_other(self, world: World) -> None:
        third = factories.enrolment(plan=world.plans[0])
        response = send(
            as_user(world.ada),
            world,
            cell(world.evaluation, world.enrolment, "25", 1),
            cell(world.evaluation, fatou(world), "douze", 1),
            cell(world.evaluation, third, "abj"),
        )
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        why = {each["enrolment"]: each["why"] for each in response.json()["refused"]}
        assert why[world.enrolment.pk] == "25,00 est au-dessus du barème (20)."
        assert "n’est ni une note ni un motif" in why[fatou(world).pk]
        assert marks(world.evaluation) == {world.enrolment.pk: "12,50", fatou(world).pk: "9,75", third.pk: "ABJ"}

    def test_a_block_is_one_act(self, world: World) -> None:
        block = [cell(world.evaluation, each, "8", 1) for each in (world.enrolment, fatou(world))]
        response = send(as_user(world.ada), world, *block)
        assert [each["version"] for each in response.json()["saved"]] == [2, 2]
        assert Act.objects.get().changes.count() == 2

    def test_what_somebody_else_changed_comes_back_with_who_and_when(self, world: World) -> None:
        write(world, 1300, 1)
        response = send(
            as_user(world.ada),
            world,
            cell(world.evaluation, world.enrolment, "14", 1),
            cell(world.evaluation, fatou(world), "11", 1),
        )
        assert response.status_code == HTTPStatus.CONFLICT
        (contested,) = response.json()["contested"]
        assert (contested["value"], contested["version"], contested["by"]) == ("13,00", 2, "Blaise Morel")
        assert contested["at"]
        assert marks(world.evaluation) == {world.enrolment.pk: "13,00", fatou(world).pk: "11,00"}

    def test_a_version_that_never_was_is_contested(self, world: World) -> None:
        third = factories.enrolment(plan=world.plans[0])
        (contested,) = send(as_user(world.ada), world, cell(world.evaluation, third, "14", 3)).json()["contested"]
        assert (contested["value"], contested["version"]) == ("", 0)

    def test_sent_again_it_is_written_once(self, world: World) -> None:
        client, sent = as_user(world.ada), cell(world.evaluation, world.enrolment, "14", 1)
        assert [send(client, world, sent).json()["saved"] for _ in range(2)] == [
            [{"evaluation": world.evaluation.pk, "enrolment": world.enrolment.pk, "version": 2, "value": "14,00"}]
        ] * 2
        assert MarkChange.objects.count() == 1

    def test_sent_again_it_does_not_undo_what_came_after(self, world: World) -> None:
        client, sent = as_user(world.ada), cell(world.evaluation, world.enrolment, "14", 1)
        send(client, world, sent)
        write(world, 1500, 2)
        response = send(client, world, sent)
        assert response.status_code == HTTPStatus.OK
        assert response.json()["saved"][0]["value"] == "15,00"
        assert marks(world.evaluation)[world.enrolment.pk] == "15,00"
        assert MarkChange.objects.count() == 2

    def test_it_keeps_to_the_groups_of_the_service(self, world: World) -> None:
        second = factories.group("TD2")
        blaise = factories.service(teacher=world.blaise, module=world.module, groups=[second]).teacher
        own = factories.enrolment(plan=world.plans[0], groups=[second])
        response = send(
            as_user(blaise), world, cell(world.evaluation, world.enrolment, "3", 1), cell(world.evaluation, own, "9")
        )
        assert [each["why"] for each in response.json()["refused"]] == ["Cet étudiant n’est pas dans vos groupes."]
        assert marks(world.evaluation)[world.enrolment.pk] == "12,50"
        assert marks(world.evaluation)[own.pk] == "9,00"

    def test_a_mark_reserved_for_other_groups_is_refused(self, world: World) -> None:
        reserved = factories.evaluation(module=world.module, groups=[factories.group("TD2")])
        response = send(as_user(world.ada), world, cell(reserved, world.enrolment, "12"))
        assert "ne concerne pas cet étudiant" in response.json()["refused"][0]["why"]

    @pytest.mark.parametrize(
        "body", ["", "[]", "{}", '{"entries": 3}', '{"entries": []}', '{"entries": [{}]}', "\xff"]
    )
    def test_an_unreadable_message_is_said(self, world: World, body: str) -> None:
        client = as_user(world.ada)
        response = client.post(url("save-marks", world.module), body, content_type="application/json")
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert response.json()["error"].startswith("Ce message ")

    @pytest.mark.parametrize(
        "wrong", [{"evaluation": "1"}, {"enrolment": True}, {"seen": -1}, {"seen": 10**20}, {"token": "x"}]
    )
    def test_an_unreadable_cell_is_said(self, world: World, wrong: dict[str, object]) -> None:
        response = send(as_user(world.ada), world, cell(world.evaluation, world.enrolment, "14", 1) | wrong)
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert marks(world.evaluation)[world.enrolment.pk] == "12,50"

    def test_a_cell_costs_five_queries_once_in(self, world: World) -> None:
        client = as_user(world.ada)
        session, door, savepoint = 2, 3, 2
        sent = cell(world.evaluation, world.enrolment, "14", 1)
        assert queries(lambda: send(client, world, sent)) == session + door + 5 + savepoint


class TestMarksSince:
    def ask(self, client: Client, world: World, etag: str) -> Any:
        return client.get(url("marks-since", world.module), headers={"If-None-Match": etag})

    def test_nothing_new_is_said_in_one_query(self, world: World) -> None:
        client = as_user(world.ada)
        etag = Moment(2, 1_800_000_000).etag
        response = self.ask(client, world, etag)
        assert (response.status_code, response["ETag"], response.content) == (HTTPStatus.NOT_MODIFIED, etag, b"")
        session, door = 2, 2
        assert queries(lambda: self.ask(client, world, etag)) == session + door + 1

    def test_what_a_colleague_wrote_is_told(self, world: World) -> None:
        write(world, 1300, 1)
        response = self.ask(as_user(world.ada), world, Moment(2, 0).etag)
        (change,) = response.json()["changes"]
        assert (change["value"], change["version"], change["by"]) == ("13,00", 2, "Blaise Morel")
        assert self.ask(as_user(world.ada), world, response["ETag"]).status_code == HTTPStatus.NOT_MODIFIED

    def test_only_the_last_change_of_a_mark_is_told(self, world: World) -> None:
        for seen in (1, 2):
            write(world, 1000 + seen, seen)
        (change,) = self.ask(as_user(world.ada), world, "").json()["changes"]
        assert change["version"] == 3

    def test_old_changes_are_not_told_again(self, world: World) -> None:
        write(world, 1300, 1)
        seen = Moment.read(self.ask(as_user(world.ada), world, "")["ETag"])
        much_later = Moment(seen.writes - 1, seen.at + 3600)
        assert self.ask(as_user(world.ada), world, much_later.etag).json() == {"changes": []}

    def test_it_keeps_to_the_groups_of_the_service(self, world: World) -> None:
        factories.service(teacher=world.blaise, module=world.module, groups=[factories.group("TD2")])
        write(world, 1300, 1)
        assert self.ask(as_user(world.blaise), world, "").json() == {"changes": []}

    @pytest.mark.parametrize("etag", ["", "x", '"1"', 'W/"3-0"'])
    def test_an_etag_that_means_nothing_is_the_beginning(self, world: World, etag: str) -> None:
        assert self.ask(as_user(world.ada), world, etag).status_code in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}


class TestFigures:
    def test_averages_and_feet_are_those_of_the_page(self, world: World) -> None:
        factories.mark(None, evaluation=world.evaluation, enrolment=factories.enrolment(), reason="ABI")
        factories.enrolment(plan=world.plans[0])
        told = as_user(world.ada).get(url("marks-figures", world.module)).json()
        foot = told["columns"][str(world.evaluation.pk)]
        assert foot == {"mean": "11,13", "median": "11,13", "missing": 1, "absent": 1}
        assert told["averages"][str(world.enrolment.pk)] == {"average": "12,50", "provisional": False}

    def test_they_keep_to_the_group_in_sight(self, world: World) -> None:
        factories.enrolment(plan=world.plans[0], groups=[factories.group("TD2")])
        client = as_user(world.ada)
        told = client.get(url("marks-figures", world.module, groupe=world.group.pk)).json()
        assert len(told["averages"]) == 2
        assert len(client.get(url("marks-figures", world.module, groupe="x")).json()["averages"]) == 3


class TestPage:
    def test_the_form_carries_what_the_grid_needs(self, world: World) -> None:
        text = as_user(world.ada).get(url("enter-marks", world.module)).text
        for name in ("save-marks", "marks-since", "marks-figures"):
            assert f'="{url(name, world.module)}"' in text
        assert re.search(r'data-moment="&quot;2-[0-9]+&quot;"', text)
        assert text.count("data-mark>") == 2
        assert "data-first" not in text
        assert '<td class="num" data-foot="mean"' in text

    def test_a_phone_is_told_where_to_begin(self, world: World) -> None:
        second = factories.evaluation(module=world.module)
        world.evaluation.state = "verrouillee"
        world.evaluation.save()
        assert f'data-first="{second.pk}"' in as_user(world.ada).get(url("enter-marks", world.module)).text

    def test_what_is_written_while_it_opens_is_told_again(self, world: World) -> None:
        text = as_user(world.ada).get(url("enter-marks", world.module)).text
        write(world, 1300, 1)
        etag = re.search(r'data-moment="&quot;(.*?)&quot;"', text)
        assert etag
        response = as_user(world.ada).get(url("marks-since", world.module), headers={"If-None-Match": etag[1]})
        assert [each["value"] for each in response.json()["changes"]] == ["13,00"]

    def test_it_opens_in_twelve_queries(self, world: World) -> None:
        client = as_user(world.ada)
        client.get(url("enter-marks", world.module))  # the formation in use is written in the session once
        session, door, frame = 2, 3, 4
        assert queries(lambda: client.get(url("enter-marks", world.module))) <= 12 + session + door + frame
