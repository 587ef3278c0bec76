"""What the pages of the students show: the list of a year, by tableau de semestre and by group, and who one is."""

from collections.abc import Iterable
from dataclasses import dataclass

from curriculum.templatetags.figures import day
from people.models import Enrolment, Group, Student


@dataclass(frozen=True, slots=True)
class Line:
    """One student of the list: their enrolments of the year, by semester, and their groups by name."""

    student: Student
    enrolments: list[Enrolment]

    @property
    def groups(self) -> list[Group]:
        groups = {group for enrolment in self.enrolments for group in enrolment.groups.all()}
        return sorted(groups, key=lambda group: group.name)


def lines_of(enrolments: Iterable[Enrolment]) -> list[Line]:
    """Gather enrolments by student, in alphabetical order; students and groups are loaded with them."""
    lines: dict[int, Line] = {}
    for enrolment in enrolments:
        lines.setdefault(enrolment.student_id, Line(enrolment.student, [])).enrolments.append(enrolment)
    for line in lines.values():
        line.enrolments.sort(key=lambda enrolment: (enrolment.plan.semester, enrolment.plan.position))
    return sorted(lines.values(), key=lambda line: line.student.alphabetical)


def kept(lines: list[Line], *, plan: str, group: str) -> list[Line]:
    """Keep the students of this Plan and of this group: ids as a form gives them; an empty one keeps all."""
    if plan:
        lines = [line for line in lines if any(str(enrolment.plan_id) == plan for enrolment in line.enrolments)]
    if group:
        lines = [line for line in lines if any(str(member.pk) == group for member in line.groups)]
    return lines


def identity(student: Student) -> list[dict[str, str]]:
    """Return who a student is, term by term."""
    born = [day(student.birth_date), student.birth_place]
    facts = {
        "Nom": student.last_name,
        "Nom d’usage": student.usage_name,
        "Prénoms": student.first_names,
        "Naissance": ", ".join(part for part in born if part) or "inconnue",
        "INE": student.ine or "inconnu",
    }
    return [{"term": term, "value": value} for term, value in facts.items() if value]
