"""One year of the demonstration, written: students, enrolments, groups, marks, placements, bonuses."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from curriculum.models import UE, Maquette, Module, Plan
from grades.models import Act, Adjustment, Evaluation, MarkValue, Placement
from grades.services import Entry, record_marks
from jury.demo.cohort import Plot, Step, targets
from jury.demo.marks import Slot, draw
from jury.demo.people import NAMES, Identity, dice
from jury.demo.staff import Staff
from jury.demo.teaching import Teaching
from people.models import Enrolment, Equivalence, Group, Student

STATES = {Plot.RESIGNED: Enrolment.State.RESIGNED, Plot.DEFAULTING: Enrolment.State.DEFAULTING}
AWAITED = MarkValue(reason="ATT")


@dataclass(slots=True)
class Year:
    """One academic year: its maquette, its Plans by semester, parcours and modality, and who follows them."""

    maquette: Maquette
    plans: dict[tuple[int, str, str], Plan]
    enrolments: dict[tuple[str, int], Enrolment] = field(default_factory=dict)

    @classmethod
    def of(cls, maquette: Maquette) -> "Year":
        plans = maquette.plans.select_related("parcours").prefetch_related("ues").order_by("position")
        return cls(
            maquette,
            {(plan.semester, plan.parcours.code if plan.parcours else "", plan.modality): plan for plan in plans},
        )

    def plan(self, step: Step, semester: int) -> Plan:
        """The Plan that a student follows in one semester."""
        return self.plans[semester, step.parcours, step.modality]


def create_students(identities: Iterable[Identity], students: dict[str, Student]) -> None:
    """Write the people who come in, and add them to `students`, by NIP."""
    names = ("nip", "ine", "last_name", "usage_name", "first_names", "birth_date", "birth_place", "email")
    new = [
        Student(**{name: getattr(identity, name) for name in names})
        for identity in identities
        if identity.nip not in students
    ]
    students |= {student.nip: student for student in Student.objects.bulk_create(new)}


def enrol(year: Year, steps: Iterable[Step], students: Mapping[str, Student]) -> None:
    """Enrol each student in the two semesters of their year."""
    exempted, equivalences = [], []
    for step in steps:
        for semester in step.semesters:
            plan = year.plan(step, semester)
            enrolment = Enrolment(
                student=students[step.identity.nip],
                plan=plan,
                **fate(step),
                repeating=step.repeating,
            )
            year.enrolments[step.identity.nip, semester] = enrolment
            exempted += [(enrolment, ue) for ue in _exempted(step, plan)]
            equivalences += [_equivalence(enrolment, ue, step) for ue in plan.ues.all() if away(step, semester)]
    Enrolment.objects.bulk_create(year.enrolments.values())
    through = Enrolment.exempted_ues.through
    through.objects.bulk_create(through(enrolment_id=owner.pk, ue_id=ue.pk) for owner, ue in exempted)
    Equivalence.objects.bulk_create(equivalences)


def fate(step: Step) -> dict[str, Any]:
    """What becomes of the enrolments of a step: their state, and when the student left."""
    resigned = step.plot == Plot.RESIGNED
    return {
        "state": STATES.get(step.plot, Enrolment.State.ENROLLED),
        "left_on": date(int(step.academic_year[:4]), 11, 14) if resigned else None,
    }


def _equivalence(enrolment: Enrolment, ue: UE, step: Step) -> Equivalence:
    """What was acquired elsewhere, with the document that a student comes back with."""
    abroad = step.plot == Plot.MOBILITY
    year = int(step.academic_year[:4])
    return Equivalence(
        student=enrolment.student,
        niveau_id=ue.niveau_id,
        semester=enrolment.plan.semester,
        ects=ue.ects or 0,
        kind=Equivalence.Kind.MOBILITY if abroad else Equivalence.Kind.TRANSFER,
        host="Universidade do Minho" if abroad else "IUT de Mende",
        document="Relevé de notes du contrat d’études" if abroad else "Décision de la commission pédagogique",
        reference=f"{'ERA' if abroad else 'CP'}-{year}-{step.identity.nip[-3:]}",
        granted_on=date(year + 1, 6, 20) if abroad else date(year + 1, 1, 15),
    )


def away(step: Step, semester: int) -> bool:
    """Whether a semester was acquired elsewhere."""
    return (step.plot, semester % 2) in {(Plot.TRANSFER, 1), (Plot.MOBILITY, 0)}


def _exempted(step: Step, plan: Plan) -> list[UE]:
    """The UEs that a repeater acquired for sure: two competences had failed (cohort.targets)."""
    failed = {step.weak, (step.weak + 1) % 3}
    return [ue for ue in plan.ues.all() if step.plot == Plot.EXEMPT and ue.position - 1 not in failed]


def create_groups(year: Year, steps: Iterable[Step]) -> dict[str, Group]:
    """Write the groups of a year: TD and TP in BUT1, one a parcours beyond, OSC in two TP; return them by name."""
    members = defaultdict[str, list[Step]](list)
    for but_year, parcours, followers in _classes(steps):
        for rank, step in enumerate(followers):
            names = (
                (f"TD{rank // 28 + 1}", f"TP{rank // 14 + 1}")
                if but_year == 1
                else (f"{parcours}{but_year}", f"{parcours}{but_year}-TP{rank // 20 + 1}")
            )
            for name in names:
                members[name].append(step)
    formation, academic_year = year.maquette.formation, year.maquette.academic_year
    groups = {name: Group(formation=formation, academic_year=academic_year, name=name) for name in sorted(members)}
    Group.objects.bulk_create(groups.values())
    through = Enrolment.groups.through
    through.objects.bulk_create(
        through(enrolment_id=year.enrolments[step.identity.nip, semester].pk, group_id=groups[name].pk)
        for name, followers in members.items()
        for step in followers
        for semester in step.semesters
    )
    return groups


def _classes(steps: Iterable[Step]) -> Iterable[tuple[int, str, list[Step]]]:
    """Yield each year and parcours with its students, in alphabetical order."""
    classes = defaultdict[tuple[int, str], list[Step]](list)
    for step in sorted(steps, key=lambda step: (step.identity.last_name, step.identity.nip)):
        classes[step.but_year, step.parcours].append(step)
    return [(but_year, parcours, followers) for (but_year, parcours), followers in classes.items()]


def create_marks(year: Year, steps: Iterable[Step], teaching: Teaching, staff: Staff, *, detailed: bool) -> int:
    """Write the marks of a year through the service that every mark goes through; return how many there are."""
    entries = entries_of(year, steps, teaching, detailed=detailed)
    for module, marks in entries:
        teacher = staff.teaching(module)
        late = _late(module, marks) if detailed else None
        first = [replace(entry, value=AWAITED) if entry == late else entry for entry in marks]
        record_marks(module=module, entries=first, kind=Act.Kind.LOAD, by=teacher)
        if late:
            record_marks(module=module, entries=[replace(late, seen_version=1)], by=teacher)
    Evaluation.objects.filter(module__in=[module for module, _ in entries]).update(state=Evaluation.State.PUBLISHED)
    return sum(len(marks) for _, marks in entries)


def entries_of(
    year: Year, steps: Iterable[Step], teaching: Teaching, *, detailed: bool
) -> list[tuple[Module, list[Entry]]]:
    """Return the marks of each module, in the order of the modules."""
    entries = defaultdict[Module, list[Entry]](list)
    for step in steps:
        for semester in step.semesters:
            plan, enrolment = year.plan(step, semester), year.enrolments[step.identity.nip, semester]
            counted = teaching.counted[plan.pk]
            values = marks_of(step, semester, plan, counted, detailed=detailed) if counted else []
            for (evaluation, _), value in zip(counted, values, strict=True):
                if value is not None:
                    entries[evaluation.module].append(Entry(evaluation.pk, enrolment.pk, _scaled(value, evaluation)))
    return sorted(entries.items(), key=lambda item: item[0].pk)


def _scaled(value: MarkValue, evaluation: Evaluation) -> MarkValue:
    """Put a mark on 20 on the scale of its evaluation."""
    if value.hundredths is None:
        return value
    return MarkValue(value.hundredths * int(evaluation.scale) // 20)


def _late(module: Module, entries: list[Entry]) -> Entry | None:
    """Choose, in one module in six, a mark that was awaited at first."""
    chance = dice("late", module.key, len(entries))
    entry = chance.choice(entries)
    return entry if entry.value.hundredths is not None and chance.randrange(6) == 0 else None


def marks_of(
    step: Step, semester: int, plan: Plan, counted: list[tuple[Evaluation, Slot]], *, detailed: bool
) -> list[MarkValue | None]:
    """Return what one student gets in each evaluation that counts in a semester; None where nothing is entered."""
    if away(step, semester):
        return [None] * len(counted)
    chance = dice("marks", step.identity.nip, step.academic_year, semester)
    ues = sorted(plan.ues.all(), key=lambda ue: ue.position)
    aims = {ue.code: pair[1 - semester % 2] for ue, pair in zip(ues, targets(step, len(ues)), strict=True)}
    partial = [rank for rank, (evaluation, _) in enumerate(counted) if _is_partial(evaluation)]
    zeros = frozenset(chance.sample(partial, _truancy(chance, step))) if detailed else frozenset()
    slots = [slot for _, slot in counted]
    marks = draw(chance, slots, aims, zeros, tries=50 if step.plot == Plot.EDGE else 1)
    values: list[MarkValue | None] = [MarkValue(mark) for mark in marks]
    for rank in zeros:
        values[rank] = MarkValue(reason="ABI")
    if detailed and step.plot == Plot.ADM and min(aims.values()) > 10_800 and chance.randrange(4) == 0:
        values[chance.choice(partial)] = MarkValue(reason=chance.choice(("ABJ", "ABJ", "DIS")))
    for rank, withheld in _withheld(chance, step, semester, [evaluation for evaluation, _ in counted]).items():
        values[rank] = withheld
    return values


def _is_partial(evaluation: Evaluation) -> bool:
    """Whether its module keeps a mark without it, in every UE."""
    return evaluation.weight < 1 and evaluation.module.kind == Module.Kind.RESSOURCE and evaluation.scale == 20


def _truancy(chance: Random, step: Step) -> int:
    """How many evaluations the student missed without a reason; the exact plots are left alone."""
    if step.plot in {Plot.RED, Plot.NAR, Plot.DEFAULTING}:
        return chance.randint(1, 3)
    return 1 if step.plot in {Plot.ADM, Plot.PASD} and chance.randrange(9) == 0 else 0


def _withheld(chance: Random, step: Step, semester: int, evaluations: list[Evaluation]) -> dict[int, MarkValue | None]:
    """What the plot keeps from the jury, by rank: marks that are awaited, excused, or not there at all."""
    rank = chance.randrange(len(evaluations))
    if step.plot == Plot.RESIGNED:
        came = len(evaluations) // 4 if semester % 2 else 0
        return dict.fromkeys(range(came, len(evaluations)))
    if semester % 2:
        return {}
    if step.plot == Plot.EXCUSED:
        module = evaluations[rank].module_id
        return {
            other: MarkValue(reason="ABJ")
            for other, evaluation in enumerate(evaluations)
            if evaluation.module_id == module
        }
    if step.plot == Plot.AWAITED:
        return {rank: AWAITED}
    return {rank: None} if step.plot == Plot.NOT_ENTERED else {}


def create_placements(year: Year, steps: Iterable[Step]) -> None:
    """Write the stages of a year: over, but for those whose plot says otherwise."""
    stages = defaultdict[int, list[Module]](list)
    for module in Module.objects.filter(maquette=year.maquette, kind=Module.Kind.STAGE).order_by("pk"):
        for plan_module in module.plan_modules.order_by("pk"):
            stages[plan_module.plan_id].append(module)
    Placement.objects.bulk_create(
        Placement(
            enrolment=enrolment,
            module=module,
            company=dice("company", step.identity.nip, step.but_year).choice(NAMES["companies"]),
            starts_on=date(int(step.academic_year[:4]) + 1, 4, 7),
            ends_on=date(int(step.academic_year[:4]) + 1, 6, 13),
            completed=step.plot != Plot.STAGE,
        )
        for step in steps
        for semester in step.semesters
        if not away(step, semester) and step.plot != Plot.RESIGNED
        for enrolment in [year.enrolments[step.identity.nip, semester]]
        for module in stages[enrolment.plan_id]
    )


def create_bonuses(year: Year, steps: Iterable[Step]) -> None:
    """Give a sport bonus to a few students who had no need of it."""
    Adjustment.objects.bulk_create(
        Adjustment(
            enrolment=year.enrolments[step.identity.nip, semester],
            ue=ue,
            kind=Adjustment.Kind.BONUS,
            points=Decimal(points).scaleb(-2),
            reason="Sport universitaire, assiduité et progression",
        )
        for step in steps
        if step.plot == Plot.ADM and min(min(pair) for pair in targets(step, 3)) > 11_000
        for points in [dice("bonus", step.identity.nip).choice((0, 0, 0, 0, 0, 20, 30))]
        if points
        for semester in step.semesters
        for ue in year.plan(step, semester).ues.all()
    )
