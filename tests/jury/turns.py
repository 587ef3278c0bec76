"""A year that ends and the one to open, and what each student follows in it."""

from collections.abc import Sequence
from typing import Any

from curriculum.models import Plan
from jury import services as juries
from jury.models import JurySession, Turn
from jury.turning import services
from jury.turning.roll import Line, roll_of
from people.models import Student
from tests import factories
from tests.jury import scene

NEXT = "2026-2027"
PASSING = {f"UE{s}.{n}": "8,5" if n == 3 else "12" for s in (1, 2) for n in (1, 2, 3)}
FAILING = {f"UE{s}.{n}": "12" if n == 1 else "6" for s in (1, 2) for n in (1, 2, 3)}


def next_year(**fields: Any) -> None:
    """The maquette of the next year: BUT1 common, then OSC and QMI."""
    maquette = factories.maquette(academic_year=NEXT, **fields)
    scene.year(1, count=3, maquette=maquette)
    for code in ("OSC", "QMI"):
        scene.year(2, count=3, maquette=maquette, parcours=factories.parcours(code))


def closed(plans: Sequence[Plan], years: dict[Student, str] | None = None) -> JurySession:
    """Hold a jury to its end; `years` is what it decides of those who are not proposed anything."""
    session = scene.opened(plans)
    for student, code in (years or {}).items():
        juries.rule(session=session, student=student, target="year", decision=code, reason="Motif", by=None)
    juries.close_session(session=session, by=None)
    return session


def turn(**fields: Any) -> Turn:
    return services.prepare_turn(formation=factories.formation(), source_year=factories.YEAR, by=None, **fields)


def settle(of: Turn, **fields: Any) -> None:
    """Change some settings of a turn."""
    for name, value in fields.items():
        setattr(of, name, value)
    services.set_turn(turn=of, by=None)


def line_of(of: Turn, student: Student) -> Line:
    return next(line for line in roll_of(of).lines if line.student == student)


def semesters(student: Student, year: str = NEXT) -> list[str]:
    """What a student follows in a year."""
    found = student.enrolments.filter(plan__academic_year=year).order_by("plan__semester")
    return [str(enrolment.plan) for enrolment in found.select_related("plan__parcours")]
