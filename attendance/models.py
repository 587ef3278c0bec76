"""Who was there: the séances that were held, and who missed them."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from curriculum.models import Module
from people.models import Enrolment, Group, Student


class Session(models.Model):
    """A séance of one module."""

    class Kind(models.TextChoices):
        CM = "CM", "cours magistral"
        TD = "TD", "travaux dirigés"
        TP = "TP", "travaux pratiques"
        PROJECT = "projet", "projet"
        EVALUATION = "evaluation", "évaluation"

    module = models.ForeignKey(Module, models.PROTECT, related_name="sessions", verbose_name="module")
    kind = models.CharField("nature", max_length=10, choices=Kind, default=Kind.TD)
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    room = models.CharField("salle", max_length=40, blank=True)
    groups = models.ManyToManyField(Group, blank=True, related_name="sessions", verbose_name="groupes")

    class Meta:
        verbose_name = "séance"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="attendance_session_order",
                violation_error_message="Une séance finit après avoir commencé.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["CM", "TD", "TP", "projet", "evaluation"]),
                name="attendance_session_kind_known",
                violation_error_message="La nature de la séance n’est pas connue.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.module.key} {timezone.localtime(self.starts_at):%d/%m/%Y %H:%M}"

    @property
    def minutes(self) -> int:
        """How long it lasts, in minutes."""
        return (self.ends_at - self.starts_at) // timedelta(minutes=1)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def of(self, student: Student) -> "AbsenceQuerySet":
        return self.filter(enrolment__student=student)

    def for_list(self) -> "AbsenceQuerySet":
        """Ready to list, the latest first: one query."""
        return self.select_related(
            "session__module", "enrolment__plan__parcours", "enrolment__plan__maquette__formation", "recorded_by"
        ).order_by("-session__starts_at", "-pk")


class Absence(models.Model):
    """A student who missed a séance, or came late; unjustified a priori (L-02)."""

    class State(models.TextChoices):
        UNJUSTIFIED = "injustifiee", "injustifiée"
        PENDING = "en_attente", "justification en attente"
        JUSTIFIED = "justifiee", "justifiée"

    session = models.ForeignKey(Session, models.PROTECT, related_name="absences", verbose_name="séance")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="absences", verbose_name="inscription")
    late_minutes = models.PositiveSmallIntegerField("minutes de retard", null=True, blank=True)
    state = models.CharField("état", max_length=12, choices=State, default=State.UNJUSTIFIED)
    recorded_at = models.DateTimeField("saisie le", auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="saisie par"
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "absence"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment"],
                name="attendance_absence_once",
                violation_error_message="Cet étudiant est déjà noté absent à cette séance.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["injustifiee", "en_attente", "justifiee"]),
                name="attendance_absence_state_known",
                violation_error_message="Une absence est injustifiée, en attente ou justifiée.",
            ),
            models.CheckConstraint(
                condition=Q(late_minutes__isnull=True) | Q(late_minutes__gt=0),
                name="attendance_absence_late_minutes",
                violation_error_message="Un retard dure au moins une minute.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment.student} · {self.session}"
