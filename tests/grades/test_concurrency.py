"""Of several people who change one mark at once, one wins and the others are told. Proves most on PostgreSQL.

SQLite lets one writer in at a time, PostgreSQL has a few connections for them all: who was turned away comes again.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import OperationalError, connection

from grades.models import MarkChange, MarkValue
from grades.services import Entry, StaleMark, create_evaluations, record_marks
from tests import factories

WRITERS = 6
TRIES = 20


def together(act: Callable[[int], str], writers: int = WRITERS) -> list[str]:
    """Run `act` in as many threads as there are writers, all at once, each with its own connection."""
    barrier = Barrier(writers)

    def run(rank: int) -> str:
        barrier.wait(timeout=10)
        try:
            for _ in range(TRIES):
                try:
                    return act(rank)
                except OperationalError as error:
                    if not re.search("locked|couldn't get a connection", str(error)):
                        raise
            return "never let in"
        finally:
            connection.close()

    with ThreadPoolExecutor(writers) as pool:
        return sorted(pool.map(run, range(writers)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seen", [0, 1], ids=["a first mark", "a correction"])
def test_of_several_writers_one_wins(seen: int) -> None:
    plan = factories.plan(1)
    enrolment, module = factories.enrolment(plan=plan), factories.module("R1.01")
    evaluation = factories.evaluation(module=module)
    if seen:
        first = [Entry(evaluation.pk, enrolment.pk, MarkValue(500))]
        record_marks(module=module, entries=first, by=None)

    def write(rank: int) -> str:
        entry = Entry(evaluation.pk, enrolment.pk, MarkValue(1000 + rank), seen)
        try:
            record_marks(module=module, entries=[entry], by=None)
        except StaleMark as stale:
            return f"stale: version {stale.current[entry.key].version}"
        return "saved"

    assert together(write) == ["saved", *[f"stale: version {seen + 1}"] * (WRITERS - 1)]
    mark = evaluation.marks.get()
    assert mark.version == seen + 1
    assert MarkChange.objects.filter(mark=mark).count() == seen + 1


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_write_on_one_sheet_none_is_lost() -> None:
    """Each writes a mark of their own, and all of them one more: every mark is there once, with its history."""
    writers = 50
    plan = factories.plan(1)
    module = factories.module("R1.01")
    evaluation = factories.evaluation(module=module)
    shared, *own = [factories.enrolment(plan=plan) for _ in range(writers + 1)]

    def write(rank: int) -> str:
        entries = [Entry(evaluation.pk, each.pk, MarkValue(1000 + rank)) for each in (own[rank], shared)]
        outcomes = []
        for entry in entries:
            try:
                record_marks(module=module, entries=[entry], by=None)
                outcomes.append("saved")
            except StaleMark:
                outcomes.append("stale")
        return " ".join(outcomes)

    assert together(write, writers) == ["saved saved", *["saved stale"] * (writers - 1)]
    found = dict(evaluation.marks.values_list("enrolment_id", "hundredths"))
    winner = found.pop(shared.pk)
    assert found == {each.pk: 1000 + rank for rank, each in enumerate(own)}
    assert winner in found.values()
    history = MarkChange.objects.values_list("mark__enrolment_id", "version", "after_hundredths")
    assert sorted(history) == sorted((pk, 1, value) for pk, value in {**found, shared.pk: winner}.items())


@pytest.mark.django_db(transaction=True)
def test_of_several_people_who_create_from_the_mcc_one_does() -> None:
    factories.plan(1)
    module = factories.module("R1.01")
    factories.pattern(module.plan_modules.get(), "DS", count=2)

    def create(rank: int) -> str:
        (proposal,) = create_evaluations(modules=[module], by=None)
        return proposal.reason or "created"

    assert together(create) == ["created", *["des évaluations y existent déjà."] * (WRITERS - 1)]
    assert module.evaluations.count() == 2
