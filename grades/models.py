"""What they got: evaluations, marks, and every change of a mark."""

import re
from collections.abc import Collection, Set
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from curriculum.fields import FIGURE, FigureField
from curriculum.models import UE, Module
from people.models import Enrolment, Group


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def counted(self) -> "EvaluationQuerySet":
        """Those that enter the averages: a draft does not."""
        return self.exclude(state=Evaluation.State.DRAFT)

    def for_sheet(self) -> "EvaluationQuerySet":
        """Those that a mark sheet shows, in its order, with their groups: two queries."""
        return self.counted().order_by("position", "pk").prefetch_related("groups")


class Evaluation(models.Model):
    """One evaluation of a module, with its scale and what it weighs."""

    class State(models.TextChoices):
        DRAFT = "brouillon", "brouillon"
        ENTRY = "saisie", "en saisie"
        VERIFIED = "verifiee", "vérifiée"
        PUBLISHED = "publiee", "publiée"
        LOCKED = "verrouillee", "verrouillée"

    module = models.ForeignKey(Module, models.PROTECT, related_name="evaluations", verbose_name="module")
    position = models.PositiveSmallIntegerField("rang")
    label = models.CharField("intitulé", max_length=200)
    held_on = models.DateField("date", null=True, blank=True)
    scale = FigureField("barème", default=Decimal(20))
    weight = FigureField("poids", default=Decimal(1))
    ue_weights = models.JSONField("poids par UE", default=dict, blank=True)
    groups = models.ManyToManyField(Group, blank=True, related_name="evaluations", verbose_name="groupes")
    state = models.CharField("état", max_length=12, choices=State, default=State.ENTRY)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = "évaluation"
        constraints = [
            models.UniqueConstraint(
                fields=["module", "position"],
                name="grades_evaluation_position",
                violation_error_message="Deux évaluations d’un module ont le même rang.",
            ),
            models.CheckConstraint(
                condition=Q(scale__regex=FIGURE) & ~Q(scale__regex=r"^[0.]+$"),
                name="grades_evaluation_scale",
                violation_error_message="Le barème est un nombre décimal strictement positif.",
            ),
            models.CheckConstraint(
                condition=Q(weight__regex=FIGURE),
                name="grades_evaluation_weight",
                violation_error_message="Le poids d’une évaluation est un nombre décimal positif.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["brouillon", "saisie", "verifiee", "publiee", "verrouillee"]),
                name="grades_evaluation_state_known",
                violation_error_message="Cet état d’évaluation n’est pas connu.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.module.key} {self.label}"

    @property
    def takes_marks(self) -> bool:
        """Whether its marks may be written: not while it is a draft, nor once it is locked."""
        return self.state not in {self.State.DRAFT, self.State.LOCKED}

    @property
    def is_published(self) -> bool:
        """Whether the students see their marks: once published, and for good."""
        return self.state in {self.State.PUBLISHED, self.State.LOCKED}

    def concerns(self, groups: Set[int] | None) -> bool:
        """Whether it is for a student of these groups, given by id (None: who does not follow the module at all)."""
        if groups is None:
            return False
        reserved = {group.pk for group in self.groups.all()}
        return not reserved or not reserved.isdisjoint(groups)


class MarkValue(NamedTuple):
    """What a mark says: hundredths of a point on the evaluation's scale, or a reason; neither, not entered yet."""

    hundredths: int | None = None
    reason: str = ""

    @classmethod
    def read(cls, text: str) -> "MarkValue":
        """Read what was typed: « 12,5 », « 12.50 », « abi » or nothing. Raises ValueError, in French, for the rest.

        The scale is not looked at: `services.record_marks` does, whatever the mark came through.
        """
        text = text.strip()
        if not text or text.upper() in Mark.Reason.values:
            return cls(reason=text.upper())
        number = re.fullmatch(r"([0-9]{1,7})(?:[.,]([0-9]+))?", text)
        if not number:
            expected = "attendu\xa0: 12,5, ou ABI, ABJ, DIS, ATT, ou rien"
            raise ValueError(f"«\xa0{text[:30]}\xa0» n’est ni une note ni un motif ({expected}).")
        decimals = (number[2] or "").rstrip("0").ljust(2, "0")
        if len(decimals) > 2:
            raise ValueError(f"«\xa0{text[:30]}\xa0» a plus de deux décimales (attendu\xa0: 12,25).")
        return cls(int(number[1]) * 100 + int(decimals))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was entered, neither a value nor a reason."""
        return self.hundredths is None and not self.reason

    def __str__(self) -> str:
        """As people write it, and as `read` reads it back: 12,50, ABI or nothing."""
        return self.reason if self.hundredths is None else f"{self.hundredths // 100},{self.hundredths % 100:02}"


class Mark(models.Model):
    """What one student got for one evaluation: a value or why there is none; neither means not entered yet.

    The value is an integer number of hundredths on the evaluation's scale: exact on both databases, and three times
    faster to read than decimals (docs/decisions/0005-marks-in-hundredths.md).
    """

    class Reason(models.TextChoices):
        UNJUSTIFIED = "ABI", "absence injustifiée"
        JUSTIFIED = "ABJ", "absence justifiée"
        DISPENSED = "DIS", "dispensé"
        AWAITED = "ATT", "en attente"

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="marks", verbose_name="évaluation")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="marks", verbose_name="inscription")
    hundredths = models.PositiveIntegerField("note, en centièmes", null=True, blank=True)
    reason = models.CharField("motif", max_length=3, choices=Reason, blank=True)
    version = models.PositiveIntegerField("version", default=1)

    class Meta:
        verbose_name = "note"
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "enrolment"],
                name="grades_mark_once",
                violation_error_message="Cet étudiant a déjà une note pour cette évaluation.",
            ),
            models.CheckConstraint(
                condition=Q(hundredths__isnull=True) | Q(reason=""),
                name="grades_mark_value_or_reason",
                violation_error_message="Une note est une valeur ou un motif, jamais les deux.",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["", "ABI", "ABJ", "DIS", "ATT"]),
                name="grades_mark_reason_known",
                violation_error_message="Le motif est ABI, ABJ, DIS ou ATT.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment.student} · {self.evaluation}"

    @property
    def value(self) -> Decimal | None:
        """The mark on the evaluation's scale, with two decimals; None where there is a reason or nothing."""
        return None if self.hundredths is None else Decimal(self.hundredths).scaleb(-2)


class Act(models.Model):
    """One gesture that changed marks: a form, a sheet, a paste. It can be told, and undone, as a whole."""

    class Kind(models.TextChoices):
        FORM = "form", "saisie"
        GRID = "grid", "grille"
        SHEET = "sheet", "import d’une feuille"
        LOAD = "load", "chargement"

    module = models.ForeignKey(Module, models.PROTECT, related_name="acts", verbose_name="module")
    kind = models.CharField("nature", max_length=8, choices=Kind)
    at = models.DateTimeField("le", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )

    class Meta:
        verbose_name = "acte de saisie"
        verbose_name_plural = "actes de saisie"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["form", "grid", "sheet", "load"]),
                name="grades_act_kind_known",
                violation_error_message="Cette nature d’acte n’est pas connue.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.module.key}"


class MarkChangeQuerySet(models.QuerySet["MarkChange"]):
    def for_history(self) -> "MarkChangeQuerySet":
        """Ready to tell, the latest first: one query."""
        return self.select_related("act__by", "mark__evaluation", "mark__enrolment__student").order_by(
            "-act__at", "-act", "mark__evaluation__position", "mark__enrolment__student__last_name", "pk"
        )

    def in_force(self) -> "MarkChangeQuerySet":
        """The last change of each mark, and who made it: one query."""
        return self.filter(version=F("mark__version")).select_related("act__by", "mark").order_by("pk")

    def of_marks(self, keys: Collection[tuple[int, int]]) -> "MarkChangeQuerySet":
        """Those of some marks at least, each given by the ids of its evaluation and of its enrolment."""
        return self.filter(mark__evaluation__in={key[0] for key in keys}, mark__enrolment__in={key[1] for key in keys})


class MarkChange(models.Model):
    """One mark before and after one act: append-only."""

    act = models.ForeignKey(Act, models.PROTECT, related_name="changes", verbose_name="acte")
    mark = models.ForeignKey(Mark, models.PROTECT, related_name="changes", verbose_name="note")
    version = models.PositiveIntegerField("version écrite")
    token = models.UUIDField("jeton de l’envoi", null=True, db_index=True)
    before_hundredths = models.PositiveIntegerField("note avant", null=True)
    before_reason = models.CharField("motif avant", max_length=3, blank=True)
    after_hundredths = models.PositiveIntegerField("note après", null=True)
    after_reason = models.CharField("motif après", max_length=3, blank=True)

    objects = MarkChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "changement de note"
        verbose_name_plural = "changements de note"
        constraints = [
            models.UniqueConstraint(
                fields=["mark", "version"],
                name="grades_markchange_version",
                violation_error_message="Cette version de la note est déjà dans l’historique.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mark_id} v{self.version}"

    @property
    def before(self) -> MarkValue:
        return MarkValue(self.before_hundredths, self.before_reason)

    @property
    def after(self) -> MarkValue:
        return MarkValue(self.after_hundredths, self.after_reason)


class Adjustment(models.Model):
    """A bonus or a malus on one UE of a student, in points on 20 (L-14, L-15)."""

    class Kind(models.TextChoices):
        BONUS = "bonus", "bonus"
        MALUS = "malus", "malus"

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="adjustments", verbose_name="inscription")
    ue = models.ForeignKey(UE, models.PROTECT, related_name="adjustments", verbose_name="UE")
    kind = models.CharField("nature", max_length=5, choices=Kind)
    points = FigureField("points")
    reason = models.CharField("motif", max_length=200)

    class Meta:
        verbose_name = "bonus ou malus"
        verbose_name_plural = "bonus et malus"
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "ue", "kind"],
                name="grades_adjustment_once",
                violation_error_message="Cet étudiant a déjà ce bonus ou ce malus sur cette UE.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["bonus", "malus"]),
                name="grades_adjustment_kind_known",
                violation_error_message="Un ajustement est un bonus ou un malus.",
            ),
            models.CheckConstraint(
                condition=Q(points__regex=FIGURE),
                name="grades_adjustment_points",
                violation_error_message="Les points sont un nombre décimal positif.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="grades_adjustment_reason",
                violation_error_message="Un bonus ou un malus a un motif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points} · {self.ue}"


class Placement(models.Model):
    """The stage (or alternance) of an enrolment; not completed, it holds back every UE that it feeds (N-21, L-04)."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="placements", verbose_name="inscription")
    module = models.ForeignKey(Module, models.PROTECT, related_name="placements", verbose_name="module")
    company = models.CharField("entreprise", max_length=200)
    starts_on = models.DateField("début", null=True, blank=True)
    ends_on = models.DateField("fin", null=True, blank=True)
    completed = models.BooleanField("accompli", default=False)

    class Meta:
        verbose_name = "stage"
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "module"],
                name="grades_placement_once",
                violation_error_message="Cet étudiant a déjà un stage pour ce module.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment.student} · {self.company}"
