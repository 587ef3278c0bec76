"""A small jury to print: one parcours, two semesters, four students, one of whom is hostile."""

from dataclasses import dataclass

import pytest

from curriculum.models import Plan
from jury.models import JurySession
from jury.services import close_session, open_session, rule
from people.models import Enrolment, Student, User
from tests import factories

HOSTILE = "<script>alert('né')</script>&amp;"
LONG = "Montmorency-Laval-de-la-Tour-d’Auvergne-Lauraguais"
ENDLESS = "Wolfeschlegelsteinhausenbergerdorff" * 2


@dataclass(frozen=True)
class Bench:
    """What a jury of the first year needs, not opened yet."""

    session: JurySession
    president: User
    plans: tuple[Plan, Plan]
    students: dict[str, Student]

    def enrolment(self, student: Student, semester: int) -> Enrolment:
        return Enrolment.objects.get(student=student, plan=self.plans[semester - 1])

    def open(self) -> JurySession:
        return open_session(session=self.session, by=self.president)

    def close(self) -> JurySession:
        """Open the jury, validate the near miss, let the weak one repeat, and seal."""
        session = self.open()
        reason = "Progression au second semestre ; <b>0,03</b> point"
        rule(session=session, student=self.students["near"], target="UE2.2", decision="ADJ", reason=reason, by=None)
        rule(session=session, student=self.students["weak"], target="year", decision="RED", reason="Motif", by=None)
        close_session(session=session, by=self.president)
        session.refresh_from_db()
        return session


@pytest.fixture
def bench(db: None) -> Bench:
    modules = {
        semester: {
            f"R{semester}.01": {f"UE{semester}.1": "1.5", f"UE{semester}.2": "0.25"},
            f"SAE{semester}.02": {f"UE{semester}.1": "1.5", f"UE{semester}.2": "2"},
        }
        for semester in (1, 2)
    }
    plans = (factories.plan(1, modules=modules[1]), factories.plan(2, modules=modules[2]))
    students = {
        "hostile": factories.student(last_name=HOSTILE, usage_name=ENDLESS, first_names=f"{HOSTILE}, {LONG}"),
        "near": factories.student(last_name="Ærøskøbing-Œuf", first_names="Inès, Zoé"),
        "strong": factories.student(last_name="d’Ÿvoire", first_names="Anaïs"),
        "weak": factories.student(last_name="N’Diaye", first_names="Tom"),
    }
    marks = {
        "hostile": (("12", "10"), ("11", "10,5")),
        "near": (("14", "9,8"), ("14", "9,1")),
        "strong": (("15", "14,5"), ("16", "15")),
        "weak": (("6", "5"), ("7,5", "4")),
    }
    for rank, plan in enumerate(plans):
        for student in students.values():
            factories.enrolment(student=student, plan=plan)
        for place, each in enumerate(plan.plan_modules.order_by("position")):
            evaluation = factories.evaluation(module=each.module)
            for name, student in students.items():
                enrolment = Enrolment.objects.get(student=student, plan=plan)
                factories.mark(marks[name][rank][place], evaluation=evaluation, enrolment=enrolment)
    session = factories.jury_session(2, plans=[plans[1]])
    factories.jury_member(session, name="Une professionnelle", quality="professionnel", function=ENDLESS)
    factories.jury_member(session, name="Un absent", present=False, excuse=f"en mission {ENDLESS}")
    return Bench(session, factories.user("president"), plans, students)
