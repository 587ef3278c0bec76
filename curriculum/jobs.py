"""Work done behind the pages: what it is, how far it is, how it ended; and what to do when a worker dies on it.

An app declares what it knows to do (`declare`), a service starts it (`start`, in its own transaction) and a worker
(`manage.py work`) performs it. A handler may be called again after a worker died: it must bear that.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django_tasks import task

logger = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=15)
"""How long a job may wait before its page asks whether anybody works."""
SILENCE = timedelta(seconds=60)
"""How long a running job may say nothing before its worker is held for dead."""
ATTEMPTS = 3
FAILED = "Le travail s’est arrêté sur une erreur imprévue\xa0: elle est dans le journal du serveur."

Handler = Callable[["Job"], None]
HANDLERS: dict[str, Handler] = {}
"""Kind -> what does it. Each app declares its own; an unknown kind is refused."""


class Job(models.Model):
    """A piece of work done by a worker, for the page that waits for it. Bookkeeping: what it did is in the journal."""

    class State(models.TextChoices):
        WAITING = "attente", "en attente"
        RUNNING = "cours", "en cours"
        DONE = "fini", "terminé"
        FAILED = "echec", "échoué"

    kind = models.CharField("nature", max_length=40)
    subject = models.PositiveBigIntegerField("objet")
    state = models.CharField("état", max_length=8, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField("fait", default=0)
    total = models.PositiveIntegerField("à faire", default=1)
    message = models.CharField("étape", max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    heartbeat = models.DateTimeField("dernier signe de vie", null=True, blank=True)
    at = models.DateTimeField("demandé le", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="demandé par"
    )

    class Meta:
        verbose_name = "travail de fond"
        verbose_name_plural = "travaux de fond"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["attente", "cours", "fini", "echec"]),
                name="curriculum_job_state_known",
                violation_error_message="Un travail est en attente, en cours, terminé ou échoué.",
            ),
            models.CheckConstraint(
                condition=Q(done__lte=F("total"), total__gte=1),
                name="curriculum_job_progress",
                violation_error_message="Un travail ne fait pas plus que ce qu’il a à faire.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def is_lost(self) -> bool:
        """Whether it is said to run, and nobody has heard of it for too long."""
        return self.state == self.State.RUNNING and (self.heartbeat or self.at) < timezone.now() - SILENCE

    @property
    def is_ignored(self) -> bool:
        """Whether it has waited too long while no worker gives any sign of life."""
        now = timezone.now()
        waits = self.state == self.State.WAITING and self.at < now - PATIENCE
        running = Job.objects.filter(state=self.State.RUNNING, heartbeat__gte=now - SILENCE)
        return waits and not running.exists()

    def step(self, done: int, total: int, message: str) -> None:
        """Say how far it is; also the sign of life. To be called outside any transaction, or nobody sees it."""
        self.done, self.total, self.message, self.heartbeat = done, total, message, timezone.now()
        self.save(update_fields=["done", "total", "message", "heartbeat"])


def declare(**handlers: Handler) -> None:
    """Declare what an app does behind the pages: `declare(read_upload=read_upload)`."""
    HANDLERS.update(handlers)


def start(kind: str, subject: models.Model, *, by: AbstractBaseUser | None) -> Job:
    """Ask for a piece of work; it does not exist if the caller's transaction fails."""
    if kind not in HANDLERS:
        raise ValueError(f"Unknown job {kind!r}: declare it in the services of its app.")
    job = Job.objects.create(kind=kind, subject=subject.pk, by_id=by.pk if by else None)
    run.enqueue(job.pk)
    return job


@task()
def run(job_id: int) -> None:
    """What a worker is given."""
    perform(job_id)


def perform(job_id: int) -> bool:
    """Do a job that waits, here and now; False when somebody does it, or did it, already."""
    waiting = Job.objects.filter(pk=job_id, state=Job.State.WAITING)
    if not waiting.update(state=Job.State.RUNNING, attempts=F("attempts") + 1, heartbeat=timezone.now()):
        return False
    job = Job.objects.get(pk=job_id)
    try:
        HANDLERS[job.kind](job)
    except Exception:
        Job.objects.filter(pk=job_id).update(state=Job.State.FAILED, message=FAILED)
        raise
    Job.objects.filter(pk=job_id).update(state=Job.State.DONE, done=F("total"))
    return True


def take_over(job: Job) -> None:
    """Do here and now what no worker does, or what one left; a crash is kept with the job, and logged."""
    dead = Q(state=Job.State.FAILED) | Q(state=Job.State.RUNNING, heartbeat__lt=timezone.now() - SILENCE)
    Job.objects.filter(dead, pk=job.pk).update(state=Job.State.WAITING)
    try:
        perform(job.pk)
    except Exception:
        logger.exception("Job %s failed.", job.pk)


def reap() -> int:
    """Put back what died with its worker, and give up what died too often; return how many were found."""
    silent = Job.objects.filter(state=Job.State.RUNNING, heartbeat__lt=timezone.now() - SILENCE)
    found = 0
    for job in silent.order_by("pk"):
        again = job.attempts < ATTEMPTS
        state, message = (Job.State.WAITING, job.message) if again else (Job.State.FAILED, FAILED)
        same = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, heartbeat=job.heartbeat)
        if not same.update(state=state, message=message):
            continue  # it spoke meanwhile, or another worker has put it back
        found += 1
        if again:
            run.enqueue(job.pk)
    return found
