"""What is decided: the regulation of a year, the juries, their decisions, and the records that hold in court."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from curriculum.models import Coefficient, Formation, Plan, academic_year_validator
from curriculum.templatetags.figures import figure
from jury.turning.models import Turn as Turn  # a model is registered by its app’s models
from jury.turning.models import TurnAct as TurnAct
from jury.turning.models import TurnChoice as TurnChoice
from people.models import Enrolment, Student


class Regulation(models.Model):
    """The règlement of one formation for one year; what it does not set is the default of deliberate.md (N-19)."""

    DEFAULTING = "defaulting"
    """The one parameter that is not the engine's: the article that lets a student be DEF (L-17)."""

    formation = models.ForeignKey(Formation, models.PROTECT, related_name="regulations", verbose_name="formation")
    academic_year = models.CharField("année universitaire", max_length=9, validators=[academic_year_validator])
    reference = models.CharField("délibération", max_length=200, blank=True)
    frozen_by = models.ForeignKey(
        "JurySession", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="gelé par"
    )

    class Meta:
        verbose_name = "règlement"
        constraints = [
            models.UniqueConstraint(
                fields=["formation", "academic_year"],
                name="jury_regulation_once",
                violation_error_message="Cette formation a déjà un règlement pour cette année.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.formation} {self.academic_year}"

    @property
    def parameters(self) -> dict[str, Any]:
        """What it sets of the engine's parameters, as deliberate.md writes them."""
        return {clause.key: clause.value for clause in self.clauses.all() if clause.key != self.DEFAULTING}

    @property
    def articles(self) -> dict[str, str]:
        """The article that grounds each parameter that has one, DEF included."""
        return {clause.key: clause.article for clause in self.clauses.all() if clause.article}


class RegulationParameter(models.Model):
    """What a règlement says of one parameter: its value, the article of the M3C that grounds it, who set it."""

    regulation = models.ForeignKey(Regulation, models.PROTECT, related_name="clauses", verbose_name="règlement")
    key = models.CharField("paramètre", max_length=40)
    value = models.JSONField("valeur", null=True, blank=True)
    article = models.CharField("article", max_length=300, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="fixé par"
    )
    set_at = models.DateTimeField("fixé le", auto_now=True)

    class Meta:
        verbose_name = "paramètre du règlement"
        verbose_name_plural = "paramètres du règlement"
        constraints = [
            models.UniqueConstraint(
                fields=["regulation", "key"],
                name="jury_regulationparameter_once",
                violation_error_message="Ce règlement fixe déjà ce paramètre.",
            ),
            models.CheckConstraint(
                condition=Q(
                    key__in=[
                        *("validation_threshold", "rcue_minimum", "rounding", "rcue_weights"),
                        *("rcue_from_rounded_ue", "keep_best_unacquired", "progression_counts_validated"),
                        *("abi_scope", "abj_only", "bonus_cap", "malus_article", "repeat_limit", "defaulting"),
                    ]
                ),
                name="jury_regulationparameter_key_known",
                violation_error_message="Un règlement fixe les paramètres du contrat, et aucun autre.",
            ),
        ]

    def __str__(self) -> str:
        return self.key


def judgeable(plans: models.QuerySet[Plan]) -> models.QuerySet[Plan]:
    """Keep the tables that a jury can judge: a table of hours alone gives no average."""
    weighed = Coefficient.objects.exclude(value__regex=r"^[0.]+$").filter(plan_module__plan=OuterRef("pk"))
    return plans.filter(Exists(weighed))


class JurySession(models.Model):
    """One sitting of the jury, at the end of one semester: odd, it decides UEs; even, the whole year (N-14)."""

    class State(models.TextChoices):
        PREPARATION = "preparation", "en préparation"
        OPEN = "seance", "en séance"
        CLOSED = "close", "clos"

    formation = models.ForeignKey(Formation, models.PROTECT, related_name="jury_sessions", verbose_name="formation")
    academic_year = models.CharField("année universitaire", max_length=9, validators=[academic_year_validator])
    semester = models.PositiveSmallIntegerField("semestre", validators=[MinValueValidator(1), MaxValueValidator(6)])
    plans = models.ManyToManyField(Plan, related_name="jury_sessions", verbose_name="tableaux")
    held_on = models.DateField("date")
    place = models.CharField("lieu", max_length=200, blank=True)
    nomination = models.CharField("arrêté de nomination", max_length=300, blank=True)
    state = models.CharField("état", max_length=12, choices=State, default=State.PREPARATION)
    opened_at = models.DateTimeField("ouverte le", null=True, blank=True)
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    checked_at = models.DateTimeField("comparée aux notes le", null=True, blank=True)
    opened_with = models.JSONField("paramètres à l’ouverture", null=True, blank=True)
    """Every parameter of the règlement when it was opened: what changed since is said on its page."""
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="sequels", verbose_name="suite du"
    )
    recalled = models.ManyToManyField(Student, blank=True, related_name="+", verbose_name="étudiants rappelés")
    purpose = models.CharField("motif de la suite", max_length=300, blank=True)

    class Meta:
        verbose_name = "jury"
        constraints = [
            models.CheckConstraint(
                condition=Q(semester__range=(1, 6)),
                name="jury_jurysession_semester",
                violation_error_message="Un jury se tient à la fin d’un semestre de 1 à 6.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["preparation", "seance", "close"]),
                name="jury_jurysession_state_known",
                violation_error_message="Un jury est en préparation, en séance ou clos.",
            ),
            models.CheckConstraint(
                condition=Q(state="close", closed_at__isnull=False) | (~Q(state="close") & Q(closed_at__isnull=True)),
                name="jury_jurysession_closed_at",
                violation_error_message="Un jury clos a une date de clôture, et lui seul.",
            ),
            models.CheckConstraint(
                condition=Q(follows__isnull=True, purpose="") | (Q(follows__isnull=False) & ~Q(purpose="")),
                name="jury_jurysession_purpose",
                violation_error_message="La suite d’un jury a un motif, et elle seule.",
            ),
        ]

    def __str__(self) -> str:
        kind = "annuel" if self.is_annual else "de semestre"
        return f"Jury {kind} S{self.semester} {self.academic_year}{', suite' if self.follows_id else ''}"

    @property
    def is_annual(self) -> bool:
        """Whether it decides the whole year: at the end of an even semester."""
        return self.semester % 2 == 0

    @property
    def but_year(self) -> int:
        """The year of BUT (1 to 3)."""
        return (self.semester + 1) // 2

    @property
    def semesters(self) -> list[int]:
        """What the dossiers hold: `[3]` or `[3, 4]`."""
        return [self.semester - 1, self.semester] if self.is_annual else [self.semester]

    def candidates(self) -> models.QuerySet[Student]:
        """The students who come before it: those enrolled in one of its Plans; once it is closed, those it judged.

        Before the suite of another, those who are recalled.
        """
        if self.state == self.State.CLOSED:
            return Student.objects.filter(Exists(Decision.objects.filter(student=OuterRef("pk"), session=self)))
        enrolled = Exists(Enrolment.objects.filter(student=OuterRef("pk"), plan__in=self.plans.all()))
        return Student.objects.filter(enrolled, **({"pk__in": self.recalled.all()} if self.follows_id else {}))


class JuryMember(models.Model):
    """Somebody who sits in a jury, with their quality and whether they came (N-22)."""

    class Quality(models.TextChoices):
        PRESIDENT = "president", "président"
        TEACHER = "enseignant", "enseignant"
        PROFESSIONAL = "professionnel", "professionnel"

    session = models.ForeignKey(JurySession, models.PROTECT, related_name="members", verbose_name="jury")
    name = models.CharField("nom", max_length=200)
    function = models.CharField("fonction", max_length=200, blank=True)
    quality = models.CharField("qualité", max_length=14, choices=Quality)
    present = models.BooleanField("présent", default=True)
    excuse = models.CharField("motif d’absence", max_length=200, blank=True)

    class Meta:
        verbose_name = "membre du jury"
        verbose_name_plural = "membres du jury"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "name"],
                name="jury_jurymember_once",
                violation_error_message="Cette personne est déjà membre de ce jury.",
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(quality="president"),
                name="jury_jurymember_one_president",
                violation_error_message="Un jury a un seul président.",
            ),
            models.CheckConstraint(
                condition=Q(quality__in=["president", "enseignant", "professionnel"]),
                name="jury_jurymember_quality_known",
                violation_error_message="Un membre est président, enseignant ou professionnel.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Ruling(models.Model):
    """What the jury decides over the proposal: one line a target, always with a reason (deliberate.md, `jury`)."""

    session = models.ForeignKey(JurySession, models.PROTECT, related_name="rulings", verbose_name="jury")
    student = models.ForeignKey(Student, models.PROTECT, related_name="rulings", verbose_name="étudiant")
    target = models.CharField("objet", max_length=100)
    decision = models.CharField("décision", max_length=8)
    reason = models.CharField("motif", max_length=1000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    at = models.DateTimeField("le", auto_now_add=True)

    class Meta:
        verbose_name = "décision du jury sur proposition"
        verbose_name_plural = "décisions du jury sur proposition"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "student", "target"],
                name="jury_ruling_once",
                violation_error_message="Le jury a déjà décidé sur cet objet pour cet étudiant.",
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["ADJ", "PAS1NCI", "RED", "RED_FM", "NAR"]),
                name="jury_ruling_decision_known",
                violation_error_message="Le jury décide ADJ, PAS1NCI, RED, RED_FM ou NAR.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="jury_ruling_reason",
                violation_error_message="Une décision du jury a un motif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.decision}"


class Decision(models.Model):
    """What a closed jury decided of one UE, RCUE or year of a student: append-only, the latest is in force."""

    class Kind(models.TextChoices):
        UE = "ue", "UE"
        RCUE = "rcue", "RCUE"
        YEAR = "year", "année"

    session = models.ForeignKey(JurySession, models.PROTECT, related_name="decisions", verbose_name="jury")
    student = models.ForeignKey(Student, models.PROTECT, related_name="decisions", verbose_name="étudiant")
    kind = models.CharField("objet", max_length=4, choices=Kind)
    target = models.CharField("code de l’objet", max_length=100)
    semester = models.PositiveSmallIntegerField("semestre", null=True, blank=True)
    competence = models.CharField("compétence", max_length=80, blank=True)
    level = models.PositiveSmallIntegerField("niveau", null=True, blank=True)
    ects = models.CharField("ECTS de l’UE", max_length=12, blank=True)
    average = models.CharField("moyenne imprimée", max_length=24, blank=True)
    proposed = models.CharField("proposition", max_length=8, blank=True)
    code = models.CharField("décision", max_length=8)
    reason = models.CharField("motif", max_length=1000, blank=True)

    class Meta:
        verbose_name = "décision"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "student", "kind", "target"],
                name="jury_decision_once",
                violation_error_message="Ce jury a déjà décidé de cet objet pour cet étudiant.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["ue", "rcue", "year"]),
                name="jury_decision_kind_known",
                violation_error_message="Une décision porte sur une UE, un RCUE ou une année.",
            ),
        ]
        indexes = [models.Index(fields=["student", "kind"], name="jury_decision_student")]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"

    @property
    def name(self) -> str:
        """What it is about, as pages say it: UE3.1, Qualité/2, année."""
        return "année" if self.kind == self.Kind.YEAR else self.target


class Record(models.Model):
    """The sealed account of a closed jury: canonical JSON, its SHA-256, and that of the record before it."""

    session = models.OneToOneField(JurySession, models.PROTECT, related_name="record", verbose_name="jury")
    number = models.PositiveIntegerField("numéro")
    document = models.TextField("document")
    sha256 = models.CharField("empreinte", max_length=64)
    previous_sha256 = models.CharField("empreinte précédente", max_length=64, blank=True)
    sealed_at = models.DateTimeField("scellé le", auto_now_add=True)

    class Meta:
        verbose_name = "registre"
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                name="jury_record_number",
                violation_error_message="Ce numéro de registre existe déjà.",
            ),
            models.UniqueConstraint(
                fields=["previous_sha256"],
                name="jury_record_chain",
                violation_error_message="Un registre suit déjà celui-là.",
            ),
        ]

    def __str__(self) -> str:
        return f"Registre n° {self.number}"


class Drift(models.Model):
    """A decision that today's rows would no longer give, as the last check of its jury found it (jury/drift.py).

    Nothing follows from it by itself: a wrong decision asks for a new deliberation (N-24).
    """

    session = models.ForeignKey(JurySession, models.PROTECT, related_name="drifts", verbose_name="jury")
    student = models.ForeignKey(Student, models.PROTECT, related_name="drifts", verbose_name="étudiant")
    target = models.CharField("objet", max_length=100)
    before_code = models.CharField("décision scellée", max_length=8, blank=True)
    before_value = models.CharField("chiffre scellé", max_length=40, blank=True)
    after_code = models.CharField("décision recalculée", max_length=8, blank=True)
    after_value = models.CharField("chiffre recalculé", max_length=40, blank=True)

    class Meta:
        verbose_name = "écart"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "student", "target"],
                name="jury_drift_once",
                violation_error_message="Cet écart est déjà relevé.",
            ),
            models.CheckConstraint(
                condition=~Q(before_code=F("after_code"), before_value=F("after_value")),
                name="jury_drift_differs",
                violation_error_message="Un écart a deux faces qui diffèrent.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.before} → {self.after}"

    @property
    def name(self) -> str:
        """What it is about, as pages say it: UE3.1, Qualité/2, année, ECTS, dossier."""
        return "année" if self.target == "year" else self.target

    @property
    def sentence(self) -> str:
        """Both faces: « scellé 9,50 AJ, serait aujourd’hui 10,20 ADM »."""
        return f"scellé {self.before}, serait aujourd’hui {self.after}"

    @property
    def level(self) -> str:
        """How it is shown: another code is a warning; another figure under the same code, for information."""
        return "warning" if self.before_code != self.after_code else "info"

    @property
    def before(self) -> str:
        """As it was sealed: « 9,50 AJ »."""
        return _shown(self.before_code, self.before_value)

    @property
    def after(self) -> str:
        """As it would be today."""
        return _shown(self.after_code, self.after_value)


def _shown(code: str, value: str) -> str:
    return f"{figure(value, 2) if value and code else figure(value)} {code}".strip() or "à décider"
