"""Work behind the pages: asked for in a transaction, done once by a worker, put back when its worker dies."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from curriculum import jobs
from curriculum.jobs import ATTEMPTS, PATIENCE, SILENCE, Job
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)  # a worker opens its own transactions


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the handler « count » was called with."""
    called: list[int] = []

    def count(job: Job) -> None:
        job.step(1, 2, "À moitié")
        called.append(job.subject)

    def crash(job: Job) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(jobs, "HANDLERS", {"count": count, "crash": crash})
    return called


def aged(job: Job, **fields: timedelta) -> Job:
    """Return a job made older than it is."""
    Job.objects.filter(pk=job.pk).update(**{name: timezone.now() - by for name, by in fields.items()})
    return Job.objects.get(pk=job.pk)


def test_a_worker_does_what_was_asked_for_once(told: list[int]) -> None:
    subject, person = factories.formation(), factories.user()
    job = jobs.start("count", subject, by=person)
    assert (job.state, job.by_id) == ("attente", person.pk)
    call_command("work", once=True)
    job.refresh_from_db()
    assert told == [subject.pk]
    assert (job.state, job.done, job.total, job.attempts) == ("fini", 2, 2, 1)
    assert not jobs.perform(job.pk), "it is done: nobody does it again"
    call_command("work", once=True)
    assert told == [subject.pk]


def test_what_was_done_meanwhile_is_not_done_again(told: list[int]) -> None:
    job = jobs.start("count", factories.formation(), by=None)
    assert jobs.perform(job.pk)
    call_command("work", once=True)
    assert len(told) == 1


def test_a_job_dies_with_the_transaction_that_asked_for_it(told: list[int]) -> None:
    with transaction.atomic():
        jobs.start("count", factories.formation(), by=None)
        transaction.set_rollback(True)
    assert (Job.objects.count(), DBTaskResult.objects.count()) == (0, 0)


def test_an_unknown_kind_is_refused(told: list[int]) -> None:
    with pytest.raises(ValueError, match="nothing"):
        jobs.start("nothing", factories.formation(), by=None)


def test_a_crash_is_told_and_the_worker_goes_on(told: list[int]) -> None:
    crashed = jobs.start("crash", factories.formation(), by=None)
    jobs.start("count", factories.formation(), by=None)
    call_command("work", once=True)
    crashed.refresh_from_db()
    assert (crashed.state, crashed.message) == ("echec", jobs.FAILED)
    assert len(told) == 1


def test_what_a_dead_worker_left_is_done_by_another(told: list[int]) -> None:
    job = jobs.start("count", factories.formation(), by=None)
    DBTaskResult.objects.all().delete()  # a worker took it, and is no more
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=1)
    assert not aged(job, heartbeat=SILENCE / 2).is_lost
    assert jobs.reap() == 0
    assert aged(job, heartbeat=2 * SILENCE).is_lost
    call_command("work", once=True)
    job.refresh_from_db()
    assert (job.state, job.attempts, len(told)) == ("fini", 2, 1)


def test_what_kills_its_workers_is_given_up(told: list[int]) -> None:
    job = jobs.start("count", factories.formation(), by=None)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=ATTEMPTS)
    aged(job, heartbeat=2 * SILENCE)
    assert jobs.reap() == 1
    assert jobs.reap() == 0
    job.refresh_from_db()
    assert job.state == Job.State.FAILED


def test_a_job_knows_that_nobody_works(told: list[int]) -> None:
    job, other = (jobs.start("count", factories.formation(), by=None) for _ in range(2))
    assert not job.is_ignored, "it has only just been asked for"
    assert aged(job, at=2 * PATIENCE).is_ignored
    Job.objects.filter(pk=other.pk).update(state=Job.State.RUNNING)
    aged(other, heartbeat=timedelta(0))
    assert not aged(job, at=2 * PATIENCE).is_ignored, "a worker is busy with another"


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("curriculum_job_state_known", {"state": "perdu"}),
        ("curriculum_job_progress", {"done": 2, "total": 1}),
        ("curriculum_job_progress", {"done": 0, "total": 0}),
    ],
)
def test_what_a_job_cannot_be(constraint: str, fields: dict[str, str | int]) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        Job.objects.create(kind="count", subject=1, **fields)
