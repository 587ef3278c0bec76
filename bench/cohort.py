"""The cohort of the bench: 300 students over two semesters, 40 modules, 120 evaluations, 36,000 marks, from a seed."""

from itertools import product
from random import Random

from django.db import transaction

from curriculum.models import Plan, PlanModule
from grades.models import Evaluation, Mark
from jury.models import JurySession
from people.models import Enrolment, Student
from tests import factories

STUDENTS, UES, RESSOURCES, SAES, EVALUATIONS = 300, 4, 14, 6, 3
SEMESTERS = (3, 4)


@transaction.atomic
def load(count: int = STUDENTS) -> JurySession:
    """Write a cohort into an empty database, with the annual jury that is to decide on it."""
    draw = Random(2026)  # noqa: S311 - the same cohort for everybody
    plans = [plan(semester) for semester in SEMESTERS]
    PlanModule.objects.filter(module__kind="sae").update(pole="sae")
    modules = [line.module for followed in plans for line in followed.plan_modules.order_by("position")]
    evaluations = Evaluation.objects.bulk_create(
        Evaluation(module=module, position=rank, label=f"DS{rank}", weight=rank)
        for module, rank in product(modules, range(1, EVALUATIONS + 1))
    )
    students = Student.objects.bulk_create(
        Student(nip=f"B{number:07}", last_name=f"Étudiant{number:05}", first_names="Alix") for number in range(count)
    )
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(student=student, plan=followed) for student, followed in product(students, plans)
    )
    levels = {student.pk: draw.randint(750, 1550) for student in students}
    Mark.objects.bulk_create(
        (
            mark(draw, evaluation, enrolment, levels[enrolment.student_id])
            for evaluation, enrolment in product(evaluations, enrolments)  # as they are entered
            if evaluation.module.semester == enrolment.plan.semester
        ),
        batch_size=2000,
    )
    factories.regulation()
    return factories.jury_session(SEMESTERS[-1], plans=plans)


def plan(semester: int) -> Plan:
    """A semester whose modules each feed two UEs; SAÉs weigh about half, as the arrêté asks."""
    ues = [f"UE{semester}.{rank}" for rank in range(1, UES + 1)]
    keys = [f"R{semester}.{rank:02}" for rank in range(1, RESSOURCES + 1)]
    keys += [f"SAÉ {semester}.{rank:02}" for rank in range(1, SAES + 1)]
    return factories.plan(
        semester,
        ues=ues,
        modules={
            key: {ues[rank % UES]: "3.5", ues[(rank + 1) % UES]: "3.5"}
            if key.startswith("SAÉ")
            else {ues[rank % UES]: "2", ues[(rank + 1) % UES]: "1"}
            for rank, key in enumerate(keys)
        },
    )


def mark(draw: Random, evaluation: Evaluation, enrolment: Enrolment, level: int) -> Mark:
    """A mark near a student's level; one in fifty is an absence."""
    if draw.randrange(50) == 0:
        return Mark(evaluation=evaluation, enrolment=enrolment, reason=draw.choice(["ABI", "ABJ"]))
    hundredths = min(max(level + draw.randint(-450, 450), 0), 2000)
    return Mark(evaluation=evaluation, enrolment=enrolment, hundredths=hundredths)
