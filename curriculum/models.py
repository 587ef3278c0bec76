"""What is taught: formations, their competences, and the maquettes that the councils vote each year."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from curriculum.competences.models import Referentiel as Referentiel
from curriculum.fields import ACADEMIC_YEAR, FIGURE, FigureField
from curriculum.fields import academic_year_validator as academic_year_validator
from curriculum.journal import JournalEntry as JournalEntry  # a model is registered by its app’s models
from curriculum.readings import Reading as Reading
from curriculum.wizard.models import Upload as Upload
from curriculum.workbook.typed import UNNAMED


class Formation(models.Model):
    """A BUT of one department: what a role, a group or a jury belongs to."""

    code = models.CharField("code", max_length=40, unique=True)
    speciality = models.CharField("spécialité", max_length=120)
    institution = models.CharField("établissement", max_length=200, blank=True)

    class Meta:
        verbose_name = "formation"

    def __str__(self) -> str:
        return self.code


class Parcours(models.Model):
    """A branch of a formation, from the second year on: OSC, QMI, MP…"""

    formation = models.ForeignKey(Formation, models.PROTECT, related_name="parcours", verbose_name="formation")
    code = models.CharField("code", max_length=40)
    title = models.CharField("intitulé", max_length=200, blank=True)

    class Meta:
        verbose_name = "parcours"
        verbose_name_plural = "parcours"
        constraints = [
            models.UniqueConstraint(
                fields=["formation", "code"],
                name="curriculum_parcours_code",
                violation_error_message="Cette formation a déjà un parcours de ce code.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Competence(models.Model):
    """What the BUT teaches over three years; its niveaux pair the UEs into RCUEs (N-01, N-05)."""

    formation = models.ForeignKey(Formation, models.PROTECT, related_name="competences", verbose_name="formation")
    code = models.CharField("code", max_length=80)
    title = models.CharField("intitulé", max_length=300, blank=True)

    class Meta:
        verbose_name = "compétence"
        constraints = [
            models.UniqueConstraint(
                fields=["formation", "code"],
                name="curriculum_competence_code",
                violation_error_message="Cette formation a déjà une compétence de ce code.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Niveau(models.Model):
    """One step (1 to 3) of a competence, taught over the two semesters of one BUT year."""

    competence = models.ForeignKey(Competence, models.PROTECT, related_name="niveaux", verbose_name="compétence")
    number = models.PositiveSmallIntegerField("niveau")
    but_year = models.PositiveSmallIntegerField("année de BUT")

    class Meta:
        verbose_name = "niveau"
        verbose_name_plural = "niveaux"
        constraints = [
            models.UniqueConstraint(
                fields=["competence", "number", "but_year"],
                name="curriculum_niveau_number",
                violation_error_message="Cette compétence a déjà ce niveau dans cette année.",
            ),
            models.CheckConstraint(
                condition=Q(number__range=(1, 3), but_year__range=(1, 3)),
                name="curriculum_niveau_range",
                violation_error_message="Un niveau va de 1 à 3, dans une année de BUT de 1 à 3.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competence.code}/{self.number}"


class Maquette(models.Model):
    """A formation as voted for one academic year; a change is a new version, never an edit."""

    class State(models.TextChoices):
        DRAFT = "brouillon", "brouillon"
        VALIDATED = "validee", "validée"
        IN_SERVICE = "en_service", "en service"
        ARCHIVED = "archivee", "archivée"

    formation = models.ForeignKey(Formation, models.PROTECT, related_name="maquettes", verbose_name="formation")
    academic_year = models.CharField("année universitaire", max_length=9, validators=[academic_year_validator])
    version = models.PositiveSmallIntegerField("version", default=1)
    state = models.CharField("état", max_length=10, choices=State, default=State.DRAFT)
    layout = models.CharField("présentation du classeur", max_length=40)
    source_name = models.CharField("fichier d’origine", max_length=255)
    source_sha256 = models.CharField("empreinte du fichier", max_length=64)
    bonus_cap = FigureField("bonus maximal par UE", null=True, blank=True)
    validated_departement = models.DateField("conseil de département", null=True, blank=True)
    validated_iut = models.DateField("conseil d’IUT", null=True, blank=True)
    findings = models.JSONField("constats", default=list, blank=True)
    imported_at = models.DateTimeField("importée le", auto_now_add=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="importée par"
    )

    class Meta:
        verbose_name = "maquette"
        constraints = [
            models.UniqueConstraint(
                fields=["formation", "academic_year", "version"],
                name="curriculum_maquette_version",
                violation_error_message="Cette version de la maquette existe déjà.",
            ),
            models.UniqueConstraint(
                fields=["formation", "academic_year"],
                condition=Q(state="en_service"),
                name="curriculum_maquette_one_in_service",
                violation_error_message="Une autre version de cette maquette est déjà en service.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["brouillon", "validee", "en_service", "archivee"]),
                name="curriculum_maquette_state_known",
                violation_error_message="Une maquette est en brouillon, validée, en service ou archivée.",
            ),
            models.CheckConstraint(
                condition=Q(academic_year__regex=ACADEMIC_YEAR),
                name="curriculum_maquette_academic_year",
                violation_error_message="Une année universitaire s’écrit 2025-2026.",
            ),
            models.CheckConstraint(
                condition=Q(bonus_cap__isnull=True) | Q(bonus_cap__regex=FIGURE),
                name="curriculum_maquette_bonus_cap",
                violation_error_message="Le bonus maximal est un nombre décimal positif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.formation} {self.academic_year} (v{self.version})"

    @property
    def is_draft(self) -> bool:
        """Whether its figures may still change: nothing else asks of its state before it writes one."""
        return self.state == self.State.DRAFT


class Plan(models.Model):
    """One semester table of a maquette, for one parcours and one modality: what a student follows."""

    class Modality(models.TextChoices):
        INITIAL = "FI", "formation initiale"
        ALTERNANCE = "alternance", "alternance"

    maquette = models.ForeignKey(Maquette, models.PROTECT, related_name="plans", verbose_name="maquette")
    position = models.PositiveSmallIntegerField("rang")
    semester = models.PositiveSmallIntegerField("semestre", validators=[MinValueValidator(1), MaxValueValidator(6)])
    parcours = models.ForeignKey(
        Parcours, models.PROTECT, null=True, blank=True, related_name="plans", verbose_name="parcours"
    )
    modality = models.CharField("régime", max_length=10, choices=Modality, blank=True)
    academic_year = models.CharField("année universitaire", max_length=9, validators=[academic_year_validator])
    sheet = models.CharField("feuille", max_length=120)
    declared = models.JSONField("totaux annoncés", default=dict, blank=True)
    findings = models.JSONField("constats", default=list, blank=True)

    class Meta:
        verbose_name = "tableau de semestre"
        verbose_name_plural = "tableaux de semestre"
        constraints = [
            models.UniqueConstraint(
                fields=["maquette", "position"],
                name="curriculum_plan_position",
                violation_error_message="Deux tableaux d’une maquette ont le même rang.",
            ),
            models.UniqueConstraint(
                fields=["maquette", "semester", "parcours", "modality", "academic_year"],
                name="curriculum_plan_identity",
                violation_error_message="Cette maquette a déjà un tableau pour ce semestre, ce parcours et ce régime.",
            ),
            models.UniqueConstraint(
                fields=["maquette", "semester", "modality", "academic_year"],
                condition=Q(parcours__isnull=True),
                name="curriculum_plan_identity_common",
                violation_error_message="Cette maquette a déjà un tableau pour ce semestre et ce régime.",
            ),
            models.CheckConstraint(
                condition=Q(semester__range=(1, 6)),
                name="curriculum_plan_semester",
                violation_error_message="Un semestre va de 1 à 6.",
            ),
            models.CheckConstraint(
                condition=Q(modality__in=["", "FI", "alternance"]),
                name="curriculum_plan_modality_known",
                violation_error_message="Un régime est la formation initiale ou l’alternance.",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(f"S{self.semester} {self.parcours or ''} {self.modality}".split())

    @property
    def but_year(self) -> int:
        """The year of BUT (1 to 3) of this semester."""
        return (self.semester + 1) // 2


class UE(models.Model):
    """A unité d’enseignement of one Plan: one semester of one niveau, with its ECTS (N-02 to N-04)."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="ues", verbose_name="tableau")
    position = models.PositiveSmallIntegerField("rang")
    code = models.CharField("code", max_length=20)
    title = models.CharField("intitulé", max_length=300, blank=True)
    ects = FigureField("ECTS", null=True, blank=True)
    niveau = models.ForeignKey(Niveau, models.PROTECT, related_name="ues", verbose_name="niveau")

    class Meta:
        verbose_name = "UE"
        verbose_name_plural = "UE"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "code"],
                name="curriculum_ue_code",
                violation_error_message="Ce tableau a déjà une UE de ce code.",
            ),
            models.CheckConstraint(
                condition=Q(ects__isnull=True) | Q(ects__regex=FIGURE),
                name="curriculum_ue_ects",
                violation_error_message="Les ECTS d’une UE sont un nombre décimal positif.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Module(models.Model):
    """A ressource, SAÉ, stage…: taught and evaluated once, whichever Plans it serves."""

    class Kind(models.TextChoices):
        RESSOURCE = "ressource", "ressource"
        SAE = "sae", "SAÉ"
        STAGE = "stage", "stage"
        ALTERNANCE = "alternance", "alternance"
        PORTFOLIO = "portfolio", "portfolio"
        OTHER = "other", "autre"

    maquette = models.ForeignKey(Maquette, models.PROTECT, related_name="modules", verbose_name="maquette")
    semester = models.PositiveSmallIntegerField("semestre")
    key = models.CharField("clé", max_length=40)
    parcours = models.ForeignKey(
        Parcours, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="parcours"
    )
    title = models.CharField("intitulé", max_length=300, blank=True)
    kind = models.CharField("nature", max_length=10, choices=Kind)
    organised = models.BooleanField("organisé cette année", default=True)

    class Meta:
        verbose_name = "module"
        constraints = [
            models.UniqueConstraint(
                fields=["maquette", "semester", "key", "parcours"],
                name="curriculum_module_key",
                violation_error_message="Cette maquette a déjà un module de cette clé.",
            ),
            models.UniqueConstraint(
                fields=["maquette", "semester", "key"],
                condition=Q(parcours__isnull=True),
                name="curriculum_module_key_common",
                violation_error_message="Cette maquette a déjà un module commun de cette clé.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["ressource", "sae", "stage", "alternance", "portfolio", "other"]),
                name="curriculum_module_kind_known",
                violation_error_message="La nature du module n’est pas connue.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.title}".strip()


class PlanModule(models.Model):
    """A module as one Plan prints it: its place, its hours, its modalities."""

    class Pole(models.TextChoices):
        RESSOURCE = "ressource", "ressources"
        SAE = "sae", "SAÉ"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="plan_modules", verbose_name="tableau")
    module = models.ForeignKey(Module, models.PROTECT, related_name="plan_modules", verbose_name="module")
    position = models.PositiveSmallIntegerField("rang")
    code = models.CharField("code imprimé", max_length=60, blank=True)
    title = models.CharField("intitulé imprimé", max_length=300, blank=True)
    pole = models.CharField("pôle", max_length=10, choices=Pole, blank=True)
    hours = models.JSONField("heures", default=dict)
    amended = models.JSONField("coefficients amendés", default=dict, blank=True)
    marked_for = models.JSONField("UE cochées", null=True, blank=True)

    class Meta:
        verbose_name = "module d’un tableau"
        verbose_name_plural = "modules d’un tableau"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "module"],
                name="curriculum_planmodule_once",
                violation_error_message="Ce module est déjà dans ce tableau.",
            ),
            models.UniqueConstraint(
                fields=["plan", "position"],
                name="curriculum_planmodule_position",
                violation_error_message="Deux modules d’un tableau ont le même rang.",
            ),
            models.CheckConstraint(
                condition=Q(pole__in=["", "ressource", "sae"]),
                name="curriculum_planmodule_pole_known",
                violation_error_message="Un pôle est celui des ressources ou celui des SAÉ.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code or self.module.key} {self.title}".strip()


class Coefficient(models.Model):
    """What a module weighs in one UE of a Plan."""

    plan_module = models.ForeignKey(
        PlanModule, models.PROTECT, related_name="coefficients", verbose_name="module du tableau"
    )
    ue = models.ForeignKey(UE, models.PROTECT, related_name="coefficients", verbose_name="UE")
    value = FigureField("coefficient")

    class Meta:
        verbose_name = "coefficient"
        constraints = [
            models.UniqueConstraint(
                fields=["plan_module", "ue"],
                name="curriculum_coefficient_once",
                violation_error_message="Ce module a déjà un coefficient dans cette UE.",
            ),
            models.CheckConstraint(
                condition=Q(value__regex=FIGURE),
                name="curriculum_coefficient_value",
                violation_error_message="Un coefficient est un nombre décimal positif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value}"


class EvaluationPattern(models.Model):
    """A modality that the MCC promise for a module, and its weight; no label: a weight beside no modality."""

    plan_module = models.ForeignKey(
        PlanModule, models.PROTECT, related_name="patterns", verbose_name="module du tableau"
    )
    position = models.PositiveSmallIntegerField("rang")
    label = models.CharField("modalité", max_length=200, blank=True)
    count = models.PositiveSmallIntegerField("nombre", null=True, blank=True)
    weight = FigureField("poids", null=True, blank=True)

    class Meta:
        verbose_name = "modalité d’évaluation"
        verbose_name_plural = "modalités d’évaluation"
        constraints = [
            models.UniqueConstraint(
                fields=["plan_module", "position"],
                name="curriculum_evaluationpattern_position",
                violation_error_message="Deux modalités d’un module ont le même rang.",
            ),
            models.CheckConstraint(
                condition=Q(weight__isnull=True) | Q(weight__regex=FIGURE),
                name="curriculum_evaluationpattern_weight",
                violation_error_message="Le poids d’une modalité est un nombre décimal positif.",
            ),
        ]

    def __str__(self) -> str:
        return self.label or UNNAMED
