"""The turn of a year as it is prepared, and each confirmation of it: what it wrote, until it is undone."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from curriculum.fields import ACADEMIC_YEAR
from curriculum.models import Formation, academic_year_validator
from people.models import Student


class Turn(models.Model):
    """How the students of one year go on in the next one, or from its odd semesters to the even ones (N-09)."""

    class Groups(models.TextChoices):
        NONE = "aucun", "ne pas les copier"
        EMPTY = "vides", "copier leurs noms, sans étudiant"
        MEMBERS = "membres", "copier leurs noms, et y garder ceux qui y restent"

    formation = models.ForeignKey(Formation, models.PROTECT, related_name="turns", verbose_name="formation")
    source_year = models.CharField("année qui finit", max_length=9, validators=[academic_year_validator])
    academic_year = models.CharField("année à ouvrir", max_length=9, validators=[academic_year_validator])
    groups = models.CharField("groupes", max_length=8, choices=Groups, default=Groups.EMPTY)
    with_services = models.BooleanField("copier les services", default=True)
    with_exemptions = models.BooleanField("ne pas réinscrire un redoublant dans ses UE acquises", default=False)
    whole_year = models.BooleanField("inscrire aux deux semestres", default=True)

    class Meta:
        verbose_name = "rentrée"
        constraints = [
            models.UniqueConstraint(
                fields=["formation", "source_year", "academic_year"],
                name="jury_turn_once",
                violation_error_message="Cette rentrée est déjà préparée.",
            ),
            models.CheckConstraint(
                condition=Q(source_year__regex=ACADEMIC_YEAR, academic_year__regex=ACADEMIC_YEAR)
                & Q(academic_year__gte=F("source_year")),
                name="jury_turn_years",
                violation_error_message="Une rentrée ouvre la même année ou la suivante, qui s’écrit 2025-2026.",
            ),
            models.CheckConstraint(
                condition=Q(groups__in=["aucun", "vides", "membres"]),
                name="jury_turn_groups_known",
                violation_error_message="Les groupes sont copiés vides, avec leurs membres, ou pas du tout.",
            ),
        ]

    def __str__(self) -> str:
        return f"Semestres pairs {self.academic_year}" if self.within_year else f"Rentrée {self.academic_year}"

    @property
    def within_year(self) -> bool:
        """Whether it goes from the odd semesters of one year to its even ones."""
        return self.source_year == self.academic_year


class TurnChoice(models.Model):
    """What the secretariat chose for one student instead of the proposal; no place: they are not enrolled."""

    turn = models.ForeignKey(Turn, models.PROTECT, related_name="choices", verbose_name="rentrée")
    student = models.ForeignKey(Student, models.PROTECT, related_name="turn_choices", verbose_name="étudiant")
    place = models.CharField("place", max_length=60, blank=True)

    class Meta:
        verbose_name = "choix de rentrée"
        verbose_name_plural = "choix de rentrée"
        constraints = [
            models.UniqueConstraint(
                fields=["turn", "student"],
                name="jury_turnchoice_once",
                violation_error_message="Le choix de cet étudiant est déjà fait.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} {self.place or 'non inscrit'}"


class TurnAct(models.Model):
    """One confirmation: `made` holds the ids of the enrolments, groups and services that it wrote."""

    turn = models.ForeignKey(Turn, models.PROTECT, related_name="acts", verbose_name="rentrée")
    made = models.JSONField("ce qui a été écrit")
    at = models.DateTimeField("le", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    undone_at = models.DateTimeField("annulé le", null=True, blank=True)

    class Meta:
        verbose_name = "confirmation de rentrée"
        verbose_name_plural = "confirmations de rentrée"

    def __str__(self) -> str:
        return f"{self.turn}, confirmation n° {self.pk}"
