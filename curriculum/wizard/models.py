"""A workbook on its way in: what was sent, what was understood, what was corrected, what became of it."""

from dataclasses import replace

from django.conf import settings
from django.db import models
from django.db.models import Q

from curriculum import edit, readings
from curriculum.edit import Correction
from curriculum.jobs import Job
from curriculum.workbook import codec
from curriculum.workbook.draft import Draft
from curriculum.workbook.settle import Options


class UploadQuerySet(models.QuerySet["Upload"]):
    def open(self) -> "UploadQuerySet":
        """Those that still wait for somebody, or for a worker."""
        return self.filter(state__in=Upload.OPEN)

    def in_list(self) -> "UploadQuerySet":
        """Ready to be listed, the latest first, without what they weigh."""
        rows = self.select_related("formation", "by", "maquette").defer("content", "read", "traces")
        return rows.order_by("-at", "-pk")


class Upload(models.Model):
    """A workbook that somebody sent for a formation, until it is a maquette, or given up."""

    class State(models.TextChoices):
        READING = "lecture", "en lecture"
        READY = "lu", "à vérifier"
        REFUSED = "refuse", "refusé"
        IMPORTED = "importe", "enregistré"
        CANCELLED = "abandonne", "abandonné"

    ON_ITS_WAY = (State.READING, State.READY)
    OPEN = (*ON_ITS_WAY, State.REFUSED)

    formation = models.ForeignKey("curriculum.Formation", models.PROTECT, related_name="+", verbose_name="formation")
    name = models.CharField("fichier", max_length=255)
    sha256 = models.CharField("empreinte du fichier", max_length=64)
    content = models.BinaryField("contenu")
    year = models.CharField("année universitaire", max_length=9, blank=True)
    institution = models.CharField("établissement", max_length=200, blank=True)
    state = models.CharField("état", max_length=10, choices=State, default=State.READING)
    layout = models.CharField("présentation du classeur", max_length=40, blank=True)
    read = models.TextField("ce qui a été compris (JSON)", blank=True)
    traces = models.JSONField("où les chiffres ont été lus", default=list, blank=True)
    corrections = models.JSONField("corrections", default=list, blank=True)
    refusal = models.TextField("motif du refus", blank=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="lecture")
    maquette = models.ForeignKey(  # a draft may be thrown away: the account of its import remains
        "curriculum.Maquette", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="maquette"
    )
    at = models.DateTimeField("envoyé le", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="envoyé par")

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = "import de maquette"
        verbose_name_plural = "imports de maquette"
        constraints = [
            models.UniqueConstraint(
                fields=["formation", "sha256"],
                condition=Q(state__in=["lecture", "lu"]),
                name="curriculum_upload_once",
                violation_error_message="Ce fichier est déjà en cours d’import dans cette formation.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["lecture", "lu", "refuse", "importe", "abandonne"]),
                name="curriculum_upload_state_known",
                violation_error_message="Un import est en lecture, à vérifier, refusé, enregistré ou abandonné.",
            ),
            models.CheckConstraint(
                condition=~Q(read="") | ~Q(state__in=["lu", "importe"]),
                name="curriculum_upload_read",
                violation_error_message="Un import ne se vérifie pas avant d’être lu.",
            ),
            models.CheckConstraint(
                condition=Q(state="refuse") ^ Q(refusal=""),
                name="curriculum_upload_refusal",
                violation_error_message="Un import refusé l’est pour un motif, et lui seul.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.formation})"

    @property
    def is_open(self) -> bool:
        """Whether something can still be done with it."""
        return self.state in self.OPEN

    @property
    def options(self) -> Options:
        """What its sender said, and the document does not contradict."""
        return Options(self.formation.code, self.year or None, self.institution or None)

    def as_read(self) -> Draft:
        """Return what was understood, and where."""
        read = codec.loads(self.read)
        traced = zip(read.semesters, self.traces, strict=True)
        return replace(
            read, semesters=tuple(replace(semester, trace=readings.load(trace)) for semester, trace in traced)
        )

    def corrected(self) -> list[Correction]:
        """Return what was corrected since, one a cell."""
        return [Correction(**each) for each in self.corrections]

    def draft(self) -> Draft:
        """Return what is to become the maquette: what was understood, corrected."""
        return edit.apply(self.as_read(), self.corrected())
