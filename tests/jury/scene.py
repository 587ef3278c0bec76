"""Years of BUT where a mark is an average: one module a UE, one evaluation a module."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from curriculum.models import Plan
from grades.models import Evaluation
from jury import services
from jury.judged import Judged
from jury.models import JurySession, Record
from jury.sitting import live
from people.models import Student
from tests import factories

Year = Sequence[Plan]


def year(but_year: int = 1, academic_year: str = factories.YEAR, count: int = 2, **fields: Any) -> Year:
    """The two Plans of a year, with `count` competences: UE1.1 of C1 is fed by R1.01 alone, UE1.2 of C2 by R1.02…"""
    maquette = fields.pop("maquette", None) or factories.maquette(academic_year=academic_year)
    return [semester(of_year, count, maquette=maquette, **fields) for of_year in (2 * but_year - 1, 2 * but_year)]


def semester(number: int, count: int = 2, **fields: Any) -> Plan:
    """One Plan of it."""
    suffix = f".{fields['parcours'].code}" if fields.get("parcours") else ""
    weights = {f"R{number}{suffix}.0{rank}": {f"UE{number}.{rank}": "1"} for rank in range(1, count + 1)}
    plan = factories.plan(
        number, ues=[f"UE{number}.{rank}" for rank in range(1, count + 1)], modules=weights, **fields
    )
    for plan_module in plan.plan_modules.order_by("position"):
        factories.evaluation(module=plan_module.module)
    return plan


def enrol(plans: Sequence[Plan], marks: Mapping[str, str] | str = "12", **fields: Any) -> Student:
    """A student of these Plans, with a mark (or a reason) for each UE: all the same, or by UE code; missing: none."""
    student: Student = fields.pop("student", None) or factories.student()
    for plan in plans:
        enrolment = factories.enrolment(student=student, plan=plan, **fields)
        for evaluation in Evaluation.objects.filter(module__plan_modules__plan=plan).order_by("pk"):
            code = f"UE{plan.semester}.{evaluation.module.key[-1]}"
            mark = marks if isinstance(marks, str) else marks.get(code)
            if mark and mark.isalpha():
                factories.mark(reason=mark, evaluation=evaluation, enrolment=enrolment)
            elif mark:
                factories.mark(mark, evaluation=evaluation, enrolment=enrolment)
    return student


def jury(plans: Sequence[Plan], semester: int | None = None, **fields: Any) -> JurySession:
    """The jury of these Plans, with two members, in preparation."""
    last = max(plan.semester for plan in plans) if semester is None else semester
    session = factories.jury_session(last, plans=plans, academic_year=plans[0].academic_year, **fields)
    factories.jury_member(session)
    return session


def opened(plans: Sequence[Plan], semester: int | None = None) -> JurySession:
    return services.open_session(session=jury(plans, semester), by=None)


def held(plans: Sequence[Plan], semester: int | None = None) -> Record:
    """Open and close the jury of these Plans."""
    return services.close_session(session=opened(plans, semester), by=None)


def earlier(academic_year: str, semester: int) -> JurySession:
    """A jury that was closed in an earlier year, to hang decisions on."""
    return factories.jury_session(
        semester,
        academic_year=academic_year,
        state="close",
        closed_at=datetime(int(academic_year[5:]), 7, semester, 12, tzinfo=UTC),
    )


def judged(session: JurySession, student: Student) -> Judged:
    """One student of a jury, from the rows."""
    found = live(session).find(student.pk)
    assert found is not None
    return found


HALF = {"UE1.1": "12", "UE1.2": "8", "UE2.1": "12", "UE2.2": "9"}
"""One RCUE of two: no passage by right, the jury has to decide."""


def named(name: str, **fields: Any) -> Student:
    return factories.student(last_name=name, first_names="Tom", **fields)


def cohort() -> JurySession:
    """Six students, each with a reason to be in one view."""
    plans = year(2, count=3)
    for name, marks in {
        "Admis": ("12", "12", "12"),
        "Decision": ("6", "12", "7"),
        "Seuil": ("9,97", "12", "12"),
        "Dette": ("12", "12", "12"),
        "Manque": ("12", "12", "ATT"),
        "Passage": ("9", "12", "12"),
    }.items():
        given = {f"UE{s}.{rank}": mark for s in (3, 4) for rank, mark in enumerate(marks, start=1)}
        student = enrol(plans, given, student=named(name))
        if name == "Dette":
            at = {"semester": 1, "competence": "C9", "level": 1, "code": "AJ", "average": "9.00"}
            factories.decision(earlier("2024-2025", 2), student, "UE1.9", **at)
    return opened(plans)


def text(response: Any) -> str:
    """A page, with one kind of space."""
    return str(response.content.decode()).replace("\xa0", " ").replace("&nbsp;", " ")


def chips(html: str) -> list[str]:
    """The codes of a page, in order."""
    return [part.split("</span> ")[1].split("</span>")[0] for part in html.split('class="chip"')[1:]]


UNEVEN = {"UE1.1": "9", "UE1.2": "12", "UE2.1": "11", "UE2.2": "12"}
"""C1 at 10,00 with equal weights; 9,80 when UE1.1 weighs 9 ECTS and UE2.1 only 6."""


def uneven() -> tuple[JurySession, Student]:
    """A jury where the weights of the two UEs of a RCUE decide."""
    plans = year()
    plans[0].ues.filter(code="UE1.1").update(ects="9")
    plans[1].ues.filter(code="UE2.1").update(ects="6")
    student = enrol(plans, UNEVEN)
    return opened(plans), student
