"""The bridge from rows to averages: every enrolment of some Plans, in a fixed number of queries.

A draft evaluation does not count. An evaluation of other groups is as if it did not exist, unless the student has a
mark there (they changed groups since). A stage is finished when its Placement says so: without one, nothing proves
that the compulsory stage was done, and the UEs that it feeds wait (N-21, L-04). UEs that a student is exempted from,
or holds by equivalence, are the dossiers' affair: here they are averaged like the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from django.conf import settings
from django.db.models import Max
from django.utils.module_loading import import_string

from curriculum.models import UE, Coefficient, Module, Plan, PlanModule
from grades import averages
from grades.averages import NOT_CONCERNED, Averager, AveragingRules, Explanation, ModuleShare, Pole, Sheet, UEAverage
from grades.models import Adjustment, Evaluation, Mark, Placement
from people.models import TAUGHT, Enrolment, Student


class Enrolled(NamedTuple):
    """One enrolment, as far as averages go."""

    student_id: int
    plan_id: int


@dataclass(frozen=True, slots=True)
class Scheme:
    """One Plan, compiled: its UEs and modules in printed order, and the place of each evaluation in a sheet."""

    plan: Plan
    ues: tuple[UE, ...]
    modules: tuple[PlanModule, ...]
    evaluations: tuple[Evaluation, ...]
    averager: Averager

    @property
    def places(self) -> dict[int, int]:
        """The id of each evaluation -> its place in a sheet of marks."""
        return {evaluation.pk: place for place, evaluation in enumerate(self.evaluations)}

    @property
    def stages(self) -> dict[int, str]:
        """The id of each module that is a compulsory stage -> its code."""
        return {each.module_id: each.module.key for each in self.modules if each.module.kind == Module.Kind.STAGE}


class Gradebook:
    """The marks of every enrolment of some Plans, ready to be averaged under the rules of a règlement."""

    def __init__(
        self, schemes: Mapping[int, Scheme], enrolments: Mapping[int, Enrolled], sheets: Mapping[int, Sheet]
    ) -> None:
        self.schemes = schemes
        """By Plan id."""
        self.enrolments = enrolments
        """By enrolment id, whatever the state of the enrolment."""
        self._sheets = sheets

    @classmethod
    def for_plans(cls, plans: Sequence[Plan], rules: AveragingRules, student: Student | None = None) -> "Gradebook":
        """Fetch all that the averages of these Plans depend on, of everybody or of one student, in ten queries."""
        schemes = compiled(plans, rules)
        followed = Enrolment.objects.filter(plan__in=plans)
        rows = (followed.filter(student=student) if student else followed).values_list("pk", "student_id", "plan_id")
        enrolments = {pk: Enrolled(owner, plan) for pk, owner, plan in rows}
        return cls(schemes, enrolments, _sheets(schemes, enrolments, alone=student is not None))

    def sheet(self, enrolment_id: int) -> Sheet:
        """Return the marks of one student, as the averager of their Plan reads them."""
        return self._sheets[enrolment_id]

    def averages(self, enrolment_id: int) -> list[UEAverage]:
        """Return the average of one student in each UE of their Plan, in printed order."""
        return self._scheme(enrolment_id).averager.averages(self._sheets[enrolment_id])

    def all_averages(self) -> dict[int, list[UEAverage]]:
        """Return the averages of everybody, by enrolment id."""
        return {enrolment_id: self.averages(enrolment_id) for enrolment_id in self.enrolments}

    def explain(self, enrolment_id: int, ue: str) -> Explanation:
        """Return the arithmetic of one average; `ue` is a code."""
        return self._scheme(enrolment_id).averager.explain(ue, self._sheets[enrolment_id])

    def modules(self, enrolment_id: int) -> list[tuple[PlanModule, ModuleShare]]:
        """Return each module of a student's Plan, in printed order, with its own average and its marks."""
        scheme, sheet = self._scheme(enrolment_id), self._sheets[enrolment_id]
        return [(each, scheme.averager.module_average(rank, sheet)) for rank, each in enumerate(scheme.modules)]

    def _scheme(self, enrolment_id: int) -> Scheme:
        return self.schemes[self.enrolments[enrolment_id].plan_id]


def rules_in_force(module: Module) -> AveragingRules:
    """Return what the règlement of a module's year says of averages.

    The jury keeps the règlement, and grades may not import the jury: settings say whom to ask.
    """
    year = module.plan_modules.aggregate(year=Max("plan__academic_year"))["year"] or module.maquette.academic_year
    rules: AveragingRules = import_string(settings.AVERAGING_RULES)(module.maquette.formation_id, year)
    return rules


def compiled(plans: Sequence[Plan], rules: AveragingRules) -> dict[int, Scheme]:
    """Compile Plans: four queries, whatever their number."""
    ues, modules = defaultdict[int, list[UE]](list), defaultdict[int, list[PlanModule]](list)
    for ue in UE.objects.filter(plan__in=plans).order_by("position", "pk"):
        ues[ue.plan_id].append(ue)
    for each in PlanModule.objects.filter(TAUGHT, plan__in=plans).select_related("module").order_by("position", "pk"):
        modules[each.plan_id].append(each)
    coefficients = defaultdict[int, dict[str, Fraction]](dict)
    weights = Coefficient.objects.filter(plan_module__plan__in=plans)
    for plan_module, ue_code, value in weights.values_list("plan_module_id", "ue__code", "value"):
        coefficients[plan_module][ue_code] = Fraction(value)
    evaluations = defaultdict[int, list[Evaluation]](list)
    held = Evaluation.objects.counted().filter(module__plan_modules__plan__in=plans).distinct()
    for evaluation in held.order_by("position", "pk"):
        evaluations[evaluation.module_id].append(evaluation)
    return {plan.pk: _scheme(plan, ues[plan.pk], modules[plan.pk], coefficients, evaluations, rules) for plan in plans}


def _scheme(
    plan: Plan,
    ues: Sequence[UE],
    modules: Sequence[PlanModule],
    coefficients: Mapping[int, Mapping[str, Fraction]],
    evaluations: Mapping[int, Sequence[Evaluation]],
    rules: AveragingRules,
) -> Scheme:
    averager = Averager(
        [ue.code for ue in ues],
        [_module(each, coefficients[each.pk], evaluations[each.module_id]) for each in modules],
        but_year=plan.but_year,
        rules=rules,
    )
    held = tuple(evaluation for each in modules for evaluation in evaluations[each.module_id])
    return Scheme(plan, tuple(ues), tuple(modules), held, averager)


def _module(
    plan_module: PlanModule, coefficients: Mapping[str, Fraction], evaluations: Iterable[Evaluation]
) -> averages.Module:
    """Translate a module as one Plan weighs it; printed under no pole, it counts with the ressources."""
    return averages.Module(
        code=plan_module.module.key,
        pole=Pole(plan_module.pole or Pole.RESSOURCE),
        coefficients=coefficients,
        evaluations=[weighed(evaluation) for evaluation in evaluations],
        organised=plan_module.module.organised,
    )


def weighed(evaluation: Evaluation) -> averages.Evaluation:
    """Translate an evaluation."""
    return averages.Evaluation(
        weight=Fraction(evaluation.weight),
        scale=Fraction(evaluation.scale),
        ue_weights={ue: Fraction(weight) for ue, weight in evaluation.ue_weights.items()},
    )


def _sheets(schemes: Mapping[int, Scheme], enrolments: Mapping[int, Enrolled], *, alone: bool) -> dict[int, Sheet]:
    """Lay every mark in its place, or `alone` those of these enrolments only: five queries at most."""
    marks = _blank(schemes, enrolments)
    places = {plan_id: scheme.places for plan_id, scheme in schemes.items()}
    slots = {pk: (marks[pk], places[enrolled.plan_id]) for pk, enrolled in enrolments.items()}
    # By evaluation, not by enrolment: marks lie on the disk as they were entered, one evaluation after the other.
    wanted = {evaluation for place_of in places.values() for evaluation in place_of}
    own = {"enrolment__in": list(enrolments)} if alone else {}
    rows = Mark.objects.filter(evaluation__in=wanted, **own).values_list(
        "enrolment_id", "evaluation_id", "hundredths", "reason"
    )
    nobody: tuple[list[averages.Mark], dict[int, int]] = ([], {})  # follows a Plan that was not asked for
    for enrolment_id, evaluation_id, hundredths, reason in rows:
        row, place_of = slots.get(enrolment_id, nobody)
        if evaluation_id in place_of:
            place = place_of[evaluation_id]
            row[place] = hundredths if hundredths is not None else reason or row[place]
    bonus, malus = _adjustments(list(schemes))
    unfinished = _unfinished(schemes, enrolments)
    return {pk: Sheet(row, bonus[pk], malus[pk], unfinished.get(pk, ())) for pk, row in marks.items()}


def _blank(schemes: Mapping[int, Scheme], enrolments: Mapping[int, Enrolled]) -> dict[int, list[averages.Mark]]:
    """Return a row of marks to come for each enrolment; evaluations of other groups are out of it."""
    reserved = groups_by(Evaluation, "evaluation", evaluation__module__plan_modules__plan__in=list(schemes))
    joined = groups_by(Enrolment, "enrolment", enrolment__plan__in=list(schemes)) if reserved else {}
    rows = {}
    for pk, enrolled in enrolments.items():
        row: list[averages.Mark] = [None] * len(schemes[enrolled.plan_id].evaluations)
        if reserved:
            for place, evaluation in enumerate(schemes[enrolled.plan_id].evaluations):
                if evaluation.pk in reserved and reserved[evaluation.pk].isdisjoint(joined.get(pk, ())):
                    row[place] = NOT_CONCERNED
        rows[pk] = row
    return rows


def groups_by(model: type[Evaluation | Enrolment], owner: str, **which: object) -> dict[int, set[int]]:
    """Return the ids of the groups of each evaluation, or of each enrolment, that has any."""
    groups = defaultdict[int, set[int]](set)
    for pk, group in model.groups.through.objects.filter(**which).values_list(f"{owner}_id", "group_id"):
        groups[pk].add(group)
    return dict(groups)


def _adjustments(plans: Sequence[int]) -> tuple[dict[int, dict[str, Fraction]], dict[int, dict[str, Fraction]]]:
    """Return the bonus, then the malus, of each enrolment by UE code."""
    points = {kind: defaultdict[int, dict[str, Fraction]](dict) for kind in Adjustment.Kind.values}
    rows = Adjustment.objects.filter(enrolment__plan__in=plans)
    for kind, enrolment_id, ue, value in rows.values_list("kind", "enrolment_id", "ue__code", "points"):
        points[kind][enrolment_id][ue] = Fraction(value)
    return points[Adjustment.Kind.BONUS], points[Adjustment.Kind.MALUS]


def _unfinished(schemes: Mapping[int, Scheme], enrolments: Mapping[int, Enrolled]) -> dict[int, list[str]]:
    """Return the codes of the stages that each enrolment has still to complete."""
    stages = {plan_id: scheme.stages for plan_id, scheme in schemes.items()}
    if not any(stages.values()):
        return {}
    rows = Placement.objects.filter(completed=True, enrolment__plan__in=list(schemes))
    completed = set(rows.values_list("enrolment_id", "module_id"))
    return {
        pk: [code for module_id, code in stages[enrolled.plan_id].items() if (pk, module_id) not in completed]
        for pk, enrolled in enrolments.items()
    }
