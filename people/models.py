"""Who: the people who come in, what they may do in which formation, the students and what they follow."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from curriculum.fields import FIGURE, FigureField
from curriculum.models import UE, Formation, Module, Niveau, Plan, PlanModule, academic_year_validator
from curriculum.workbook.naming import fold


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create somebody who comes in with an e-mail address, kept in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who comes in; what they may do is in their roles."""

    email = models.EmailField("adresse électronique", unique=True)
    first_name = models.CharField("prénom", max_length=100)
    last_name = models.CharField("nom", max_length=100)
    is_active = models.BooleanField("actif", default=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    class Meta:
        verbose_name = "utilisateur"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="people_user_email",
                violation_error_message="Cette adresse électronique est déjà prise.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @cached_property
    def roles_by_formation(self) -> dict[int, frozenset[str]]:
        """What they do where: formation_id -> `Role.Kind` values. One query a request, whoever asks."""
        kinds: dict[int, set[str]] = {}
        for formation_id, kind in self.roles.values_list("formation_id", "kind"):
            kinds.setdefault(formation_id, set()).add(kind)
        return {formation_id: frozenset(held) for formation_id, held in kinds.items()}

    @cached_property
    def taught(self) -> frozenset[int]:
        """The ids of the modules of their service. One query a request, whoever asks."""
        return frozenset(self.services.values_list("module_id", flat=True))

    def formations(self) -> models.QuerySet[Formation]:
        """Where they work, or study."""
        enrolments = Enrolment.objects.filter(student__user=self)
        return Formation.objects.filter(
            Q(pk__in=self.roles_by_formation) | Q(pk__in=enrolments.values("plan__maquette__formation"))
        )

    def formations_as(self, *kinds: str) -> list[int]:
        """The ids of the formations where they hold one of these roles."""
        return [formation_id for formation_id, held in self.roles_by_formation.items() if held.intersection(kinds)]


class Role(models.Model):
    """What a user does in one formation. A teacher's modules are in Service; a student's file in Student.user."""

    class Kind(models.TextChoices):
        TEACHER = "teacher", "enseignant"
        SECRETARIAT = "secretariat", "secrétariat"
        HEAD = "head", "direction des études"
        PRESIDENT = "president", "présidence du jury"

    STAFF = (Kind.SECRETARIAT, Kind.HEAD, Kind.PRESIDENT)  # who sees every file of the formation

    user = models.ForeignKey(User, models.PROTECT, related_name="roles", verbose_name="utilisateur")
    formation = models.ForeignKey(Formation, models.PROTECT, related_name="roles", verbose_name="formation")
    kind = models.CharField("rôle", max_length=12, choices=Kind)

    class Meta:
        verbose_name = "rôle"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "formation", "kind"],
                name="people_role_once",
                violation_error_message="Cette personne a déjà ce rôle dans cette formation.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["teacher", "secretariat", "head", "president"]),
                name="people_role_kind_known",
                violation_error_message="Ce rôle n’est pas connu.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.formation}"


class StudentQuerySet(models.QuerySet["Student"]):
    def visible_to(self, user: User) -> "StudentQuerySet":
        """The files that this person may open; the doors, the lists and the search all ask here."""
        return self.filter(Q(Exists(Enrolment.objects.visible_to(user).filter(student=OuterRef("pk")))) | Q(user=user))


class Student(models.Model):
    """A person who studies; joined on the NIP, whose INE is printed on transcripts only (REGULATION.md, annex A)."""

    nip = models.CharField("NIP", max_length=20, unique=True)
    ine = models.CharField("INE", max_length=11, blank=True)
    last_name = models.CharField("nom", max_length=100)
    usage_name = models.CharField("nom d’usage", max_length=100, blank=True)
    first_names = models.CharField("prénoms", max_length=150)
    birth_date = models.DateField("date de naissance", null=True, blank=True)
    birth_place = models.CharField("lieu de naissance", max_length=120, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    user = models.OneToOneField(
        User, models.PROTECT, null=True, blank=True, related_name="student", verbose_name="compte"
    )

    objects = StudentQuerySet.as_manager()

    class Meta:
        verbose_name = "étudiant"
        constraints = [
            models.CheckConstraint(
                condition=~Q(nip=""),
                name="people_student_nip",
                violation_error_message="Le NIP est obligatoire.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_last_name} {self.first_name}"

    @property
    def display_last_name(self) -> str:
        """The name in use, in capitals, as lists print it."""
        return (self.usage_name or self.last_name).upper()

    @property
    def first_name(self) -> str:
        """The first of the first names, as lists print it."""
        return self.first_names.split(",")[0].split(" ")[0]

    @property
    def alphabetical(self) -> tuple[str, str, str]:
        """The key of French lists, which neither database sorts by: ÉTIENNE comes after DIALLO, not after NGUYEN."""
        return fold(self.display_last_name), fold(self.first_names), self.nip

    def formations(self) -> models.QuerySet[Formation]:
        """Where they are or were enrolled."""
        return Formation.objects.filter(pk__in=self.enrolments.values("plan__maquette__formation"))


class Group(models.Model):
    """A group of students of one formation in one year: TD 1, TP B2…"""

    formation = models.ForeignKey(Formation, models.PROTECT, related_name="groups", verbose_name="formation")
    academic_year = models.CharField("année universitaire", max_length=9, validators=[academic_year_validator])
    name = models.CharField("nom", max_length=40)

    class Meta:
        verbose_name = "groupe"
        constraints = [
            models.UniqueConstraint(
                fields=["formation", "academic_year", "name"],
                name="people_group_name",
                violation_error_message="Un groupe de ce nom existe déjà cette année.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


TAUGHT = Q(module__parcours=None) | Q(module__parcours=F("plan__parcours"))
"""Which PlanModules a Plan teaches: of alternatives that share one place in its table, those of its own parcours."""


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, user: User) -> "EnrolmentQuerySet":
        """Those of the formations that they run, of the groups that they teach (without group: all), and their own."""
        services = Service.objects.filter(
            Q(groups__isnull=True) | Q(groups__enrolments=OuterRef("pk")),
            Q(module__parcours=None) | Q(module__parcours=OuterRef("plan__parcours")),
            teacher=user,
            module__plan_modules__plan=OuterRef("plan"),
        )
        run = Q(plan__maquette__formation__in=user.formations_as(*Role.STAFF))
        return self.filter(run | Q(Exists(services)) | Q(student__user=user))

    def following(self, modules: Iterable[Module]) -> "EnrolmentQuerySet":
        """Those whose Plan teaches one of these modules."""
        return self.filter(plan__plan_modules__in=PlanModule.objects.filter(TAUGHT, module__in=modules))

    def with_student(self) -> "EnrolmentQuerySet":
        """Ready to list: names and Plan in the same query, in alphabetical order."""
        return self.select_related("student", "plan__parcours").order_by(
            "student__last_name", "student__first_names", "student__nip", "pk"
        )


class Enrolment(models.Model):
    """One student in one Plan. A student may be in two Plans at once: a debt, an offset semester."""

    class State(models.TextChoices):
        """The values are the `status` of the contract."""

        ENROLLED = "enrolled", "inscrit"
        RESIGNED = "DEM", "démissionnaire"
        DEFAULTING = "DEF", "défaillant"
        ABANDONED = "ABAN", "abandon constaté"
        EXCLUDED = "EXCLU", "exclu"
        BLANK = "ABL", "année blanche"

    student = models.ForeignKey(Student, models.PROTECT, related_name="enrolments", verbose_name="étudiant")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="enrolments", verbose_name="tableau")
    state = models.CharField("état", max_length=8, choices=State, default=State.ENROLLED)
    left_on = models.DateField("parti le", null=True, blank=True)
    repeating = models.BooleanField("redouble", default=False)
    groups = models.ManyToManyField(Group, blank=True, related_name="enrolments", verbose_name="groupes")
    exempted_ues = models.ManyToManyField(UE, blank=True, related_name="+", verbose_name="UE non suivies")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = "inscription"
        constraints = [
            models.UniqueConstraint(
                fields=["student", "plan"],
                name="people_enrolment_once",
                violation_error_message="Cet étudiant est déjà inscrit dans ce semestre.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["enrolled", "DEM", "DEF", "ABAN", "EXCLU", "ABL"]),
                name="people_enrolment_state_known",
                violation_error_message="Cet état d’inscription n’est pas connu.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student} · {self.plan}"


ACQUIRING = r"^(1[0-9](\.[0-9]+)?|20(\.0+)?)$"
"""A mark on 20 that acquires a UE, in a column."""


class EquivalenceQuerySet(models.QuerySet["Equivalence"]):
    def in_force(self) -> "EquivalenceQuerySet":
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)


class Equivalence(models.Model):
    """A UE acquired elsewhere or otherwise, with the document that proves it (N-26, N-28, L-10).

    It is for one semester of one niveau, so that it holds whatever the maquettes call the UE. Append-only: a mistake
    is withdrawn, with its reason.
    """

    class Kind(models.TextChoices):
        MOBILITY = "mobilite", "mobilité"
        TRANSFER = "transfert", "transfert"
        EXPERIENCE = "VAE", "VAE"
        STUDIES = "VES", "VES"

    student = models.ForeignKey(Student, models.PROTECT, related_name="equivalences", verbose_name="étudiant")
    niveau = models.ForeignKey(Niveau, models.PROTECT, related_name="equivalences", verbose_name="niveau")
    semester = models.PositiveSmallIntegerField("semestre")
    ects = FigureField("ECTS")
    mark = FigureField(
        "note convertie sur 20",
        null=True,
        blank=True,
        help_text="Laissez vide sans note\xa0: l’autre UE fait alors seule la moyenne du RCUE (I-05).",
    )
    kind = models.CharField("nature", max_length=10, choices=Kind)
    host = models.CharField("établissement d’accueil ou d’origine", max_length=200, blank=True)
    document = models.CharField("pièce", max_length=200, help_text="Contrat d’études, relevé, décision de commission…")
    reference = models.CharField("référence de la pièce", max_length=120)
    granted_on = models.DateField("date de la pièce", null=True, blank=True)
    at = models.DateTimeField("saisie le", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True)
    withdrawal = models.CharField("motif du retrait", max_length=300, blank=True)

    objects = EquivalenceQuerySet.as_manager()

    class Meta:
        verbose_name = "équivalence"
        constraints = [
            models.UniqueConstraint(
                fields=["student", "niveau", "semester"],
                condition=Q(withdrawn_at__isnull=True),
                name="people_equivalence_once",
                violation_error_message="Cet étudiant a déjà une équivalence pour cette UE.",
            ),
            models.CheckConstraint(
                condition=Q(semester__range=(1, 6)),
                name="people_equivalence_semester",
                violation_error_message="Un semestre va de 1 à 6.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["mobilite", "transfert", "VAE", "VES"]),
                name="people_equivalence_kind_known",
                violation_error_message="Une équivalence est une mobilité, un transfert, une VAE ou une VES.",
            ),
            models.CheckConstraint(
                condition=~Q(document="") & ~Q(reference=""),
                name="people_equivalence_document",
                violation_error_message="Une équivalence repose sur une pièce et sa référence.",
            ),
            models.CheckConstraint(
                condition=Q(ects__regex=FIGURE),
                name="people_equivalence_ects",
                violation_error_message="Les ECTS d’une UE sont un nombre décimal positif.",
            ),
            models.CheckConstraint(
                condition=Q(mark__isnull=True) | Q(mark__regex=ACQUIRING),
                name="people_equivalence_mark",
                violation_error_message="La note d’une UE acquise va de 10 à 20.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawal="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawal="")),
                name="people_equivalence_withdrawal",
                violation_error_message="Une équivalence retirée a un motif, et elle seule.",
            ),
        ]

    def __str__(self) -> str:
        return f"S{self.semester} {self.niveau}"

    @property
    def origin(self) -> str:
        """Where it comes from: « mobilité, Université de Porto »."""
        return ", ".join(filter(None, [self.get_kind_display(), self.host]))


class Service(models.Model):
    """Who teaches which module, to which groups (none: all). Opens marks and roll calls, and nothing else does."""

    teacher = models.ForeignKey(User, models.PROTECT, related_name="services", verbose_name="enseignant")
    module = models.ForeignKey(Module, models.PROTECT, related_name="services", verbose_name="module")
    groups = models.ManyToManyField(Group, blank=True, related_name="services", verbose_name="groupes")

    class Meta:
        verbose_name = "service"
        constraints = [
            models.UniqueConstraint(
                fields=["teacher", "module"],
                name="people_service_once",
                violation_error_message="Cette personne a déjà ce module dans son service.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} · {self.module.key}"


INE = r"^[0-9A-Z]{11}$"
"""For warnings only: other legacy forms exist, so that an import says it and goes on."""
