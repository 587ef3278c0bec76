"""One small complete world, and the cast that tries every door of it.

In QLIO, semesters 1 and 2: Ada teaches R1.01 and Blaise R1.02; Sonia is the secretary, Hector the head of studies,
Pauline the president; Émile and Fatou study, each with an account. In GMP, Chloé teaches and holds every other role,
Gilles studies: nobody of GMP may learn that something of QLIO exists.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from attendance.models import Absence
from curriculum.models import Formation, Maquette, Module, Plan, Upload
from grades.models import Evaluation
from jury.models import JurySession, Regulation, TurnAct
from people.models import Enrolment, Equivalence, Group, Student, User
from tests import factories

EVERY_ROLE = ("teacher", "secretariat", "head", "president")


@dataclass(frozen=True, kw_only=True)
class World:
    """What a page may be asked about (all of QLIO, in Ada's hands), and who asks."""

    ada: User
    blaise: User
    sonia: User
    hector: User
    pauline: User
    emile: User
    fatou: User
    chloe: User
    gilles: User

    formation: Formation
    maquette: Maquette
    plans: tuple[Plan, Plan]
    upload: Upload
    module: Module
    other_module: Module
    group: Group
    student: Student
    other_student: Student
    enrolment: Enrolment
    evaluation: Evaluation
    absence: Absence
    equivalence: Equivalence
    jury: JurySession
    regulation: Regulation
    turn_act: TurnAct

    @property
    def cast(self) -> dict[str, User]:
        """Who tries the doors, by what they are to QLIO."""
        return {
            "teacher": self.ada,
            "colleague": self.blaise,
            "secretariat": self.sonia,
            "head": self.hector,
            "president": self.pauline,
            "student": self.emile,
            "classmate": self.fatou,
            "elsewhere": self.chloe,
            "student elsewhere": self.gilles,
        }

    @property
    def parameters(self) -> dict[str, int | str]:
        """A value for each parameter of a URL, by its name; all of QLIO, and Émile's when it is a person's."""
        return {
            "formation_id": self.formation.pk,
            "maquette_id": self.maquette.pk,
            "plan_id": self.plans[0].pk,
            "upload_id": self.upload.pk,
            "rank": 1,
            "module_id": self.module.pk,
            "student_id": self.student.pk,
            "enrolment_id": self.enrolment.pk,
            "evaluation_id": self.evaluation.pk,
            "other_id": self.maquette.pk,
            "absence_id": self.absence.pk,
            "equivalence_id": self.equivalence.pk,
            "session_id": self.jury.pk,
            "regulation_id": self.regulation.pk,
            "turn_id": self.turn_act.turn_id,
            "act_id": self.turn_act.pk,
            "academic_year": self.plans[0].academic_year,
            "semester": self.plans[0].semester,
            "uidb64": urlsafe_base64_encode(force_bytes(self.ada.pk)),
            "token": default_token_generator.make_token(self.ada),
        }


def build() -> World:
    """Make the world; a test asks for it as the fixture `world` (conftest.py)."""
    formation, elsewhere = factories.formation("QLIO"), factories.formation("GMP")
    plans = (factories.plan(1), factories.plan(2))
    module, other_module = (factories.module(key) for key in ("R1.01", "R1.02"))
    group = factories.group("TD1")

    staff = {
        first: factories.user(*roles, first_name=first, last_name=last, email=f"{first.lower()}@exemple.fr")
        for first, last, *roles in [
            ("Ada", "Lambert", "teacher"),
            ("Blaise", "Morel", "teacher"),
            ("Sonia", "Perrin", "secretariat"),
            ("Hector", "Vasseur", "head"),
            ("Pauline", "Roche", "president"),
        ]
    }
    factories.service(teacher=staff["Ada"], module=module)
    factories.service(teacher=staff["Blaise"], module=other_module)

    accounts = {first: account(first, last) for first, last in [("Émile", "Garnier"), ("Fatou", "Diallo")]}
    emile, fatou = (
        factories.student(first_names=first, last_name=who.last_name, user=who) for first, who in accounts.items()
    )
    enrolments = {
        (student, plan): factories.enrolment(student=student, plan=plan, groups=[group])
        for student in (emile, fatou)
        for plan in plans
    }
    evaluation = factories.evaluation(module=module)
    for mark, student in [("12,50", emile), ("9,75", fatou)]:
        factories.mark(mark, evaluation=evaluation, enrolment=enrolments[student, plans[0]])
    absence = factories.absence(enrolment=enrolments[emile, plans[0]], session=factories.session(module=module))
    withdrawn = {"withdrawn_at": datetime(2025, 10, 2, tzinfo=UTC), "withdrawal": "Saisie pour un autre"}
    mistake = factories.equivalence(emile, plans[0].ues.get(code="UE1.1"), **withdrawn)

    chloe, gilles = build_elsewhere(elsewhere)
    return World(
        **{first.lower(): who for first, who in staff.items()},
        emile=accounts["Émile"],
        fatou=accounts["Fatou"],
        chloe=chloe,
        gilles=gilles,
        formation=formation,
        maquette=factories.maquette(),
        plans=plans,
        upload=factories.upload(by=staff["Sonia"]),
        module=module,
        other_module=other_module,
        group=group,
        student=emile,
        other_student=fatou,
        enrolment=enrolments[emile, plans[0]],
        evaluation=evaluation,
        absence=absence,
        equivalence=mistake,
        jury=factories.jury_session(2, plans=plans),
        regulation=factories.regulation(),
        turn_act=factories.turn_act(),
    )


def build_elsewhere(formation: Formation) -> tuple[User, User]:
    """Make the other formation; its staff in one person, and its student."""
    chloe = factories.user(
        *EVERY_ROLE, formation=formation, first_name="Chloé", last_name="Fabre", email="chloe@exemple.fr"
    )
    plan = factories.plan(1, maquette=factories.maquette(formation=formation))
    module = factories.module("R1.01", maquette=plan.maquette)
    factories.service(teacher=chloe, module=module)
    gilles = account("Gilles", "Haddad")
    student = factories.student(first_names="Gilles", last_name="Haddad", user=gilles)
    enrolment = factories.enrolment(student=student, plan=plan)
    factories.mark("15", evaluation=factories.evaluation(module=module), enrolment=enrolment)
    return chloe, gilles


def account(first_name: str, last_name: str) -> User:
    """An account of a student: no role, a file of their own."""
    return factories.user(first_name=first_name, last_name=last_name, email=f"{last_name.lower()}@etu.exemple.fr")
