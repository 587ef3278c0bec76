"""The list of students: one line a student and a semester, or several semesters on one line."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from import_export.fields import Field
from import_export.results import Result, RowResult

from curriculum.models import Formation
from curriculum.workbook.naming import fold
from people.imports.plans import PlanFinder, maquette_in_use
from people.imports.report import LINE, Column, Finding
from people.imports.resource import ListResource, Row, field_errors, placed
from people.imports.widgets import ChoiceCell, DateCell, GroupsCell, TextCell
from people.models import INE, Enrolment, Student

SEMESTERS = re.compile(r"s?\s?[1-6]([\s,;/+&-]+(et )?s?\s?[1-6])*", re.IGNORECASE)
STATES = {
    Enrolment.State.ENROLLED: ("inscrit", "inscrite"),
    Enrolment.State.RESIGNED: ("démissionnaire", "démission", "DEM"),
    Enrolment.State.DEFAULTING: ("défaillant", "défaillante", "DEF"),
    Enrolment.State.ABANDONED: ("abandon constaté", "abandon", "ABAN"),
    Enrolment.State.EXCLUDED: ("exclu", "exclue", "EXCLU"),
    Enrolment.State.BLANK: ("année blanche", "ABL"),
}
YES_NO = {True: ("oui", "o", "x", "1", "vrai"), False: ("non", "n", "0", "faux")}
OWNER = "student__"
"""How the fields of the student begin, as the enrolment sees them."""


def capitals(text: str) -> str:
    return text.replace(" ", "").upper()


class StudentList(ListResource):
    """Students, and their enrolments in the Plans of one year."""

    title = "Étudiants"
    purpose = "Les étudiants, leurs inscriptions dans les semestres de l’année et leurs groupes."
    columns = (
        Column("NIP", "numéro d’étudiant de l’établissement", ("code NIP", "numéro étudiant", "n° étudiant"), True),
        Column("INE", "11 caractères\xa0; une autre forme est signalée, jamais refusée", ("code INE", "numéro INE")),
        Column("Nom", "obligatoire pour un nouvel étudiant", ("nom de famille", "nom de naissance")),
        Column("Nom d’usage", "s’il diffère du nom", ("nom usuel", "nom marital")),
        Column("Prénoms", "obligatoires pour un nouvel étudiant", ("prénom", "prénom(s)")),
        Column("Date de naissance", "12/03/2006", ("né(e) le", "naissance")),
        Column("Lieu de naissance", "la commune", ("né(e) à", "ville de naissance")),
        Column("Courriel", "adresse de l’étudiant", ("mail", "e-mail", "email", "adresse électronique")),
        Column("Semestre", "de 1 à 6\xa0; plusieurs s’écrivent «\xa0S3 S4\xa0»", ("semestres",), True),
        Column("Parcours", "son code, quand le semestre en a plusieurs"),
        Column("Régime", "FI ou alternance, quand le semestre a les deux", ("modalité",)),
        Column("Groupes", "séparés par des virgules, déjà créés", ("groupe",)),
        Column("Redouble", "oui ou non", ("redoublant", "redoublante")),
        Column("État", ", ".join(ways[0] for ways in STATES.values()), ("statut",)),
        Column("Parti le", "date du départ", ("date de départ", "date de démission")),
    )

    nip = Field("student__nip", "NIP", TextCell(), readonly=True)
    ine = Field("student__ine", "INE", TextCell(capitals))
    last_name = Field("student__last_name", "Nom", TextCell())
    usage_name = Field("student__usage_name", "Nom d’usage", TextCell())
    first_names = Field("student__first_names", "Prénoms", TextCell())
    birth_date = Field("student__birth_date", "Date de naissance")
    birth_place = Field("student__birth_place", "Lieu de naissance", TextCell())
    email = Field("student__email", "Courriel", TextCell(str.lower))
    semester = Field("plan__semester", "Semestre", TextCell(), readonly=True)
    parcours = Field("plan__parcours__code", "Parcours", TextCell(), readonly=True)
    modality = Field("plan__modality", "Régime", TextCell(), readonly=True)
    groups = Field("placed_in", "Groupes", GroupsCell())
    repeating = Field("repeating", "Redouble", ChoiceCell(YES_NO, empty=False))
    state = Field("state", "État", ChoiceCell(STATES, empty=Enrolment.State.ENROLLED))
    left_on = Field("left_on", "Parti le")

    class Meta:
        model = Enrolment

    def __init__(self, formation: Formation, academic_year: str) -> None:
        super().__init__(formation, academic_year)
        first_year = int(academic_year[:4])
        self.fields["birth_date"].widget = DateCell(1930, first_year - 12)
        self.fields["left_on"].widget = DateCell(first_year, first_year + 1)
        self.students: dict[str, Student] = {}
        self.said: dict[tuple[str, str], tuple[str, object]] = {}
        self.touched: dict[str, Student] = {}

    # --- What is known

    def load(self, rows: Sequence[Row]) -> None:
        self.plans = PlanFinder(maquette_in_use(self.formation, self.academic_year))
        self.fields["groups"].widget = GroupsCell(self.formation.groups.filter(academic_year=self.academic_year))
        students = Student.objects.filter(nip__in={capitals(row["NIP"]) for row in rows})
        self.students = {student.nip: student for student in students.order_by("pk")}
        ours = students.filter(enrolments__plan__maquette__formation=self.formation)
        self.ours = set(ours.values_list("nip", flat=True))
        self.enrolments = {(enrolment.student_id, enrolment.plan_id): enrolment for enrolment in self.current()}

    def current(self) -> Iterable[Enrolment]:
        enrolments = Enrolment.objects.filter(
            plan__maquette__formation=self.formation, plan__academic_year=self.academic_year
        )
        return placed(enrolments.with_student())

    def split(self, line: Row) -> Iterable[Row]:
        cell = line["Semestre"]
        if not SEMESTERS.fullmatch(cell):
            return [line]
        return [line | {"Semestre": semester} for semester in dict.fromkeys(re.findall("[1-6]", cell))]

    def find(self, row: Row) -> tuple[object, Enrolment]:
        nip = capitals(row["NIP"])
        if not nip:
            raise ValidationError({"NIP": "il est obligatoire."})
        plan = self.plans.find(row)
        student = self.students.setdefault(nip, Student(nip=nip))
        if student.pk and nip not in self.ours and not same_person(student, row):
            # The student of another department: its secretariat may be told that they exist, not who they are.
            other = f"«\xa0{nip}\xa0» est connu dans l’établissement sous d’autres nom et prénoms\xa0: vérifiez-les."
            raise ValidationError({"NIP": other})
        enrolment: Any = self.enrolments.get((student.pk, plan.pk))
        if enrolment is None:
            enrolment = Enrolment(student=student, plan=plan)
            enrolment.placed_in = []
        enrolment.student = student  # one object a student, whatever the number of their lines
        return (nip, plan.pk), enrolment

    # --- What is wrong, or odd

    def import_field(self, field: Any, instance: Enrolment, row: Row, is_m2m: bool = False, **kwargs: Any) -> None:
        super().import_field(field, instance, row, is_m2m, **kwargs)
        if row.get(field.column_name) and field.attribute.startswith(OWNER) and not field.readonly:
            value = field.get_value(instance)
            line, first = self.said.setdefault((instance.student.nip, field.column_name), (row[LINE], value))
            if value != first:
                raise ValueError(f"la ligne {line} dit autre chose du même étudiant.")

    def extra_errors(self, instance: Enrolment) -> dict[str, list[ValidationError]]:
        own = field_errors(instance, exclude={"student", "plan"})
        return own | field_errors(instance.student, prefix=OWNER, exclude={"user"})

    def after_import_row(self, row: Row, row_result: RowResult, **kwargs: Any) -> None:
        super().after_import_row(row, row_result, **kwargs)
        student = row_result.instance.student
        if student.ine and row.get("INE") and not re.match(INE, student.ine):
            odd = f"«\xa0{student.ine}\xa0» n’a pas la forme d’un INE (11 chiffres ou capitales)\xa0: gardé tel quel."
            self.report.warnings.append(Finding(int(row[LINE]), "INE", odd))

    # --- What is written

    def after_save_instance(self, instance: Enrolment, row: Row, **kwargs: Any) -> None:
        self.touched[instance.student.nip] = instance.student

    def bulk_create(self, *args: Any, result: Result, **kwargs: Any) -> None:
        if not result.invalid_rows:
            owned = [field.attribute for field in self.fields.values() if not field.readonly]
            fields = [name.removeprefix(OWNER) for name in owned if name.startswith(OWNER)]
            Student.objects.bulk_update([student for student in self.touched.values() if student.pk], fields)
            Student.objects.bulk_create([student for student in self.touched.values() if not student.pk])
        super().bulk_create(*args, result=result, **kwargs)

    def get_bulk_update_fields(self) -> list[str]:
        return ["repeating", "state", "left_on"]


def same_person(student: Student, row: Row) -> bool:
    """Whether a line gives the name and the first of the first names of a student."""
    names = {fold(student.last_name), fold(student.usage_name)} - {""}
    first_names = fold(row.get("Prénoms", "")).replace(",", " ").split()
    return fold(row.get("Nom", "")) in names and first_names[:1] == [fold(student.first_name)]
