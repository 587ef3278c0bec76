"""The référentiel de compétences of a formation, version after version, and which modules work on what it lists."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Referentiel(models.Model):
    """One version of what the ministry says a formation teaches; read-only once a voted maquette leans on it."""

    formation = models.ForeignKey(
        "curriculum.Formation", models.PROTECT, related_name="referentiels", verbose_name="formation"
    )
    version = models.PositiveSmallIntegerField("version", default=1)
    speciality = models.CharField("spécialité", max_length=80)
    title = models.CharField("intitulé", max_length=300)
    source_name = models.CharField("fichier d’origine", max_length=255)
    source_sha256 = models.CharField("empreinte du fichier", max_length=64)
    imported_at = models.DateTimeField("importé le", auto_now_add=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="importé par"
    )

    class Meta:
        verbose_name = "référentiel de compétences"
        verbose_name_plural = "référentiels de compétences"
        constraints = [
            models.UniqueConstraint(
                fields=["formation", "version"],
                name="curriculum_referentiel_version",
                violation_error_message="Cette version du référentiel existe déjà.",
            ),
        ]

    def __str__(self) -> str:
        return f"Référentiel {self.speciality} (v{self.version})"


class Adoption(models.Model):
    """The référentiel that a maquette follows: a draft the latest, a voted maquette the one it was voted with."""

    maquette = models.OneToOneField(
        "curriculum.Maquette",
        models.CASCADE,  # a draft that is discarded follows nothing any more
        related_name="adoption",
        verbose_name="maquette",
    )
    referentiel = models.ForeignKey(
        Referentiel, models.PROTECT, related_name="adoptions", verbose_name="référentiel de compétences"
    )

    class Meta:
        verbose_name = "référentiel d’une maquette"
        verbose_name_plural = "référentiels des maquettes"

    def __str__(self) -> str:
        return f"{self.maquette} : {self.referentiel}"


class ReferentielCompetence(models.Model):
    """A competence as a référentiel describes it, and the competence of the maquettes that it is.

    Maquettes may call « UE5 » what each parcours specialises in: the competences of several parcours are then one.
    """

    referentiel = models.ForeignKey(
        Referentiel, models.PROTECT, related_name="competences", verbose_name="référentiel de compétences"
    )
    competence = models.ForeignKey(
        "curriculum.Competence", models.PROTECT, related_name="descriptions", verbose_name="compétence"
    )
    position = models.PositiveSmallIntegerField("rang")
    number = models.PositiveSmallIntegerField("numéro")
    name = models.CharField("nom", max_length=80)
    title = models.CharField("intitulé", max_length=300)
    colour = models.CharField("couleur", max_length=20, blank=True)
    situations = models.JSONField("situations professionnelles", default=list, blank=True)
    components = models.JSONField("composantes essentielles", default=list, blank=True)

    class Meta:
        verbose_name = "compétence d’un référentiel"
        verbose_name_plural = "compétences d’un référentiel"
        constraints = [
            models.UniqueConstraint(
                fields=["referentiel", "name"],
                name="curriculum_referentielcompetence_name",
                violation_error_message="Ce référentiel a déjà une compétence de ce nom.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReferentielNiveau(models.Model):
    """A niveau of a competence as a référentiel describes it."""

    competence = models.ForeignKey(
        ReferentielCompetence, models.PROTECT, related_name="niveaux", verbose_name="compétence d’un référentiel"
    )
    number = models.PositiveSmallIntegerField("niveau")
    title = models.CharField("intitulé", max_length=300)

    class Meta:
        verbose_name = "niveau d’un référentiel"
        verbose_name_plural = "niveaux d’un référentiel"
        constraints = [
            models.UniqueConstraint(
                fields=["competence", "number"],
                name="curriculum_referentielniveau_number",
                violation_error_message="Cette compétence du référentiel a déjà ce niveau.",
            ),
            models.CheckConstraint(
                condition=Q(number__range=(1, 3)),
                name="curriculum_referentielniveau_range",
                violation_error_message="Un niveau va de 1 à 3.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competence}, niveau {self.number}"


class Learning(models.Model):
    """An apprentissage critique: what a niveau has students learn, and the modules that work on it."""

    niveau = models.ForeignKey(
        ReferentielNiveau, models.PROTECT, related_name="learnings", verbose_name="niveau d’un référentiel"
    )
    position = models.PositiveSmallIntegerField("rang")
    code = models.CharField("code", max_length=20)
    label = models.CharField("libellé", max_length=2000)
    modules = models.ManyToManyField("curriculum.Module", related_name="learnings", verbose_name="modules", blank=True)

    class Meta:
        verbose_name = "apprentissage critique"
        verbose_name_plural = "apprentissages critiques"
        constraints = [
            models.UniqueConstraint(
                fields=["niveau", "code"],
                name="curriculum_learning_code",
                violation_error_message="Ce niveau a déjà un apprentissage critique de ce code.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class ReferentielParcours(models.Model):
    """A parcours of a référentiel; the formation may open it or not. They share a code where it does."""

    referentiel = models.ForeignKey(
        Referentiel, models.PROTECT, related_name="parcours", verbose_name="référentiel de compétences"
    )
    position = models.PositiveSmallIntegerField("rang")
    code = models.CharField("code", max_length=20)
    title = models.CharField("intitulé", max_length=300)

    class Meta:
        verbose_name = "parcours d’un référentiel"
        verbose_name_plural = "parcours d’un référentiel"
        constraints = [
            models.UniqueConstraint(
                fields=["referentiel", "code"],
                name="curriculum_referentielparcours_code",
                violation_error_message="Ce référentiel a déjà un parcours de ce code.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class TaughtNiveau(models.Model):
    """A niveau that a parcours teaches, and in which year of BUT."""

    parcours = models.ForeignKey(
        ReferentielParcours, models.PROTECT, related_name="taught", verbose_name="parcours d’un référentiel"
    )
    niveau = models.ForeignKey(
        ReferentielNiveau, models.PROTECT, related_name="taught", verbose_name="niveau d’un référentiel"
    )
    but_year = models.PositiveSmallIntegerField("année de BUT")

    class Meta:
        verbose_name = "niveau d’un parcours"
        verbose_name_plural = "niveaux d’un parcours"
        constraints = [
            models.UniqueConstraint(
                fields=["parcours", "niveau", "but_year"],
                name="curriculum_taughtniveau_once",
                violation_error_message="Cette année du parcours a déjà ce niveau.",
            ),
            models.CheckConstraint(
                condition=Q(but_year__range=(1, 3)),
                name="curriculum_taughtniveau_year",
                violation_error_message="Une année de BUT va de 1 à 3.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parcours.code}, BUT{self.but_year} : {self.niveau}"
