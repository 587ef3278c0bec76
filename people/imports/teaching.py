"""The lists of groups, and of services: who teaches which module."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from import_export.fields import Field

from curriculum.models import Module
from curriculum.workbook.naming import fold, module_key
from people.imports.plans import maquette_in_use
from people.imports.report import Column
from people.imports.resource import ListResource, Row, field_errors, placed
from people.imports.widgets import GroupsCell, TextCell, squeezed
from people.models import Group, Service, User


class GroupList(ListResource):
    """The groups of one year, by name."""

    title = "Groupes"
    purpose = "Les groupes de l’année, à créer avant d’y placer les étudiants."
    columns = (Column("Groupe", "TD1, TP1A…\xa0; au plus 40 caractères", ("nom", "groupes"), True),)

    name = Field("name", "Groupe", TextCell())

    class Meta:
        model = Group

    def load(self, rows: Sequence[Row]) -> None:
        self.known = {squeezed(group.name): group for group in self.current()}

    def current(self) -> Iterable[Group]:
        return Group.objects.filter(formation=self.formation, academic_year=self.academic_year).order_by("name")

    def find(self, row: Row) -> tuple[object, Group]:
        key = squeezed(row["Groupe"])
        if not key:
            raise ValidationError({"Groupe": "il est obligatoire."})
        return key, self.known.get(key) or Group(formation=self.formation, academic_year=self.academic_year)

    def import_field(self, field: Any, instance: Group, row: Row, is_m2m: bool = False, **kwargs: Any) -> None:
        if not instance.pk:  # « TD 1 » is the TD1 that exists: a list does not rename it
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def extra_errors(self, instance: Group) -> dict[str, list[ValidationError]]:
        return field_errors(instance, exclude={"formation"})


class ServiceList(ListResource):
    """Who teaches which module, to which groups."""

    title = "Services"
    purpose = "Qui enseigne quel module, à quels groupes\xa0: c’est ce qui ouvre la saisie des notes."
    columns = (
        Column(
            "Courriel",
            "adresse de l’enseignant, qui a déjà un compte",
            ("mail", "e-mail", "email", "enseignant"),
            True,
        ),
        Column("Module", "son code\xa0: R3.07, SAÉ 3.02", ("ressource", "code", "code du module"), True),
        Column("Semestre", "quand plusieurs semestres ont ce code"),
        Column("Parcours", "quand plusieurs parcours ont ce code"),
        Column("Groupes", "séparés par des virgules\xa0; sans groupe, tous", ("groupe",)),
    )

    teacher = Field("teacher__email", "Courriel", TextCell(), readonly=True)
    module = Field("module__key", "Module", TextCell(), readonly=True)
    semester = Field("module__semester", "Semestre", TextCell(), readonly=True)
    parcours = Field("module__parcours__code", "Parcours", TextCell(), readonly=True)
    groups = Field("placed_in", "Groupes", GroupsCell())

    class Meta:
        model = Service

    def load(self, rows: Sequence[Row]) -> None:
        self.maquette = maquette_in_use(self.formation, self.academic_year)
        self.modules = list(self.maquette.modules.select_related("parcours").order_by("semester", "key", "pk"))
        colleagues = User.objects.filter(roles__formation=self.formation, is_active=True)
        self.colleagues = {user.email: user for user in colleagues.order_by("pk")}
        self.fields["groups"].widget = GroupsCell(self.formation.groups.filter(academic_year=self.academic_year))
        self.known = {(service.teacher_id, service.module_id): service for service in self.current()}

    def current(self) -> Iterable[Service]:
        services = Service.objects.filter(
            module__maquette__formation=self.formation, module__maquette__academic_year=self.academic_year
        )
        return placed(
            services.select_related("teacher", "module__parcours").order_by("module__key", "teacher__last_name", "pk")
        )

    def find(self, row: Row) -> tuple[object, Service]:
        teacher = self.colleagues.get(row["Courriel"].lower())
        if teacher is None:
            # Somebody of another department and somebody unknown read the same.
            nobody = f"«\xa0{row['Courriel']}\xa0» n’est l’adresse de personne qui ait un rôle dans {self.formation}."
            raise ValidationError({"Courriel": nobody})
        module = self.module_of(row)
        service: Any = self.known.get((teacher.pk, module.pk))
        if service is None:
            service = Service(teacher=teacher, module=module)
            service.placed_in = []
        return (teacher.pk, module.pk), service

    def module_of(self, row: Row) -> Module:
        """Return the only module of a line. Raises ValidationError by column."""
        wanted = row["Module"]
        semester, parcours = row.get("Semestre", "").upper().removeprefix("S").strip(), fold(row.get("Parcours", ""))
        found = [
            module
            for module in self.modules
            if fold(wanted) and fold(module.key) in {fold(wanted), fold(module_key(wanted, module.semester))}
            if semester in ("", str(module.semester))
            if parcours in ("", fold(module.parcours.code) if module.parcours else "")
        ]
        if not found:
            raise ValidationError(
                {"Module": f"«\xa0{wanted}\xa0» n’est pas un module de la maquette {self.maquette}."}
            )
        if len(found) > 1:
            column = "Semestre" if len({module.semester for module in found}) > 1 else "Parcours"
            raise ValidationError({column: f"«\xa0{wanted}\xa0» existe plusieurs fois\xa0: précisez cette colonne."})
        return found[0]

    def bulk_update(self, *args: Any, **kwargs: Any) -> None:
        """A service has no field that a list changes: its groups are written afterwards."""
        self.update_instances.clear()
