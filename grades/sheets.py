"""The mark sheet of one module: its students, its evaluations, what each of them got, and how the class did."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from statistics import median

from django.db.models import Exists, OuterRef, Q, QuerySet

from curriculum.models import Coefficient, Module
from curriculum.workbook.naming import fold
from grades import averages
from grades.averages import NOT_CONCERNED, Averager, AveragingRules, ModuleShare, Pole, Rounding, Standing
from grades.gradebook import groups_by, weighed
from grades.grid.standing import InForce, Key, marks_in_force
from grades.models import Evaluation, Mark, MarkValue
from people.models import Enrolment, Equivalence, Group


@dataclass(frozen=True, slots=True)
class Cell:
    """One student at one evaluation; `due` when a mark is expected there, sooner or later."""

    evaluation: Evaluation
    enrolment: Enrolment
    in_force: InForce
    concerned: bool
    due: bool

    @property
    def value(self) -> MarkValue:
        return self.in_force.value

    @property
    def key(self) -> Key:
        return self.evaluation.pk, self.enrolment.pk

    @property
    def shown(self) -> bool:
        """Whether there is something to show, or to enter: what was written stays, whoever it concerns now."""
        return self.concerned or self.in_force.version > 0

    @property
    def open(self) -> bool:
        """Whether a mark may be entered there."""
        return self.shown and self.evaluation.takes_marks

    @property
    def missing(self) -> bool:
        return self.due and self.value.is_empty


@dataclass(frozen=True, slots=True)
class Line:
    """One student of the sheet, with the average of the module alone, as it stands."""

    enrolment: Enrolment
    follows: bool
    """False: left, or has nothing to prove there any more. Not counted in how the class did."""
    groups: Sequence[Group]
    cells: Sequence[Cell]
    share: ModuleShare
    rounding: Rounding

    @property
    def average(self) -> str | None:
        """The average of the module on 20, as printed; provisional until every mark is there."""
        exact = self.share.average
        return None if exact is None else averages.printed(exact.numerator, exact.denominator, self.rounding)

    @property
    def provisional(self) -> bool:
        return self.share.standing is Standing.AWAITED


@dataclass(frozen=True, slots=True)
class Summary:
    """How a class did: mean and median of its marks, as printed, absences left aside; and who has no mark."""

    mean: str | None
    median: str | None
    missing: int
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class MarkSheet:
    """The students of a module (those that somebody may see) and its evaluations, both in printed order."""

    module: Module
    evaluations: Sequence[Evaluation]
    lines: Sequence[Line]

    @property
    def cells(self) -> list[Cell]:
        return [cell for line in self.lines for cell in line.cells]

    @property
    def is_open(self) -> bool:
        """Whether a mark may be entered somewhere."""
        return any(cell.open for cell in self.cells)

    @property
    def groups(self) -> list[Group]:
        """The groups of the students, by name."""
        return sorted({group for line in self.lines for group in line.groups}, key=lambda group: group.name)

    def of_group(self, group_id: int) -> "MarkSheet":
        """Keep the students of one group."""
        return replace(self, lines=[line for line in self.lines if group_id in {group.pk for group in line.groups}])

    def of_evaluation(self, evaluation_id: int) -> "MarkSheet":
        """Keep one evaluation; the averages stay those of the module."""
        lines = [
            replace(line, cells=[cell for cell in line.cells if cell.evaluation.pk == evaluation_id])
            for line in self.lines
        ]
        return replace(self, evaluations=[each for each in self.evaluations if each.pk == evaluation_id], lines=lines)

    @cached_property
    def summaries(self) -> list[Summary]:
        """How each evaluation went, on its own scale."""
        return [summary([line.cells[place] for line in self._class]) for place in range(len(self.evaluations))]

    @cached_property
    def summary(self) -> Summary:
        """How the module went, on 20, as far as averages go; the missing marks of all its evaluations."""
        figures = [line.share.average for line in self._class if line.share.average is not None]
        whole = summary([cell for line in self._class for cell in line.cells])
        return replace(whole, mean=printed(mean(figures)), median=printed(middle(figures)))

    @property
    def provisional(self) -> bool:
        """Whether an average is still to change."""
        return any(line.provisional for line in self._class)

    @property
    def _class(self) -> list[Line]:
        return [line for line in self.lines if line.follows]


def load(module: Module, *, groups: frozenset[int] | None, rules: AveragingRules) -> MarkSheet:
    """Return the mark sheet of a module, for the students of these groups (None: all), in eight queries at most."""
    evaluations = list(module.evaluations.for_sheet())
    enrolments = Enrolment.objects.following([module]).with_student()
    if groups is not None:
        enrolments = enrolments.filter(pk__in=Enrolment.objects.filter(groups__in=groups))
    in_force = marks_in_force(module)
    exempt = exemptions([module])
    averager = averager_of(module, evaluations, rules)
    lines = []
    for enrolment in sorted(enrolments.prefetch_related("groups"), key=_alphabetical):
        follows = enrolment.state == Enrolment.State.ENROLLED and (enrolment.pk, module.pk) not in exempt
        cells = [_cell(evaluation, enrolment, in_force, follows=follows) for evaluation in evaluations]
        share = averager.module_average(0, averages.Sheet([_mark(cell) for cell in cells]))
        joined = sorted(enrolment.groups.all(), key=lambda group: group.name)
        lines.append(Line(enrolment, follows, joined, cells, share, rules.rounding))
    return MarkSheet(module, evaluations, lines)


def _alphabetical(enrolment: Enrolment) -> tuple[str, str, str]:
    """É is an E: neither database sorts so."""
    student = enrolment.student
    return fold(student.display_last_name), fold(student.first_names), student.nip


def averager_of(module: Module, evaluations: Iterable[Evaluation], rules: AveragingRules) -> Averager:
    """Compile a module alone, outside of any UE."""
    alone = averages.Module(module.key, Pole.RESSOURCE, {}, [weighed(each) for each in evaluations])
    return Averager([], [alone], but_year=1, rules=rules)


def _cell(evaluation: Evaluation, enrolment: Enrolment, in_force: Mapping[Key, InForce], *, follows: bool) -> Cell:
    concerned = evaluation.concerns({group.pk for group in enrolment.groups.all()})
    standing = in_force.get((evaluation.pk, enrolment.pk), InForce())
    return Cell(evaluation, enrolment, standing, concerned=concerned, due=concerned and follows)


def _mark(cell: Cell) -> averages.Mark:
    hundredths, reason = cell.value
    if hundredths is not None:
        return hundredths
    return reason or (None if cell.concerned else NOT_CONCERNED)


def summary(cells: Sequence[Cell]) -> Summary:
    """Sum up some cells; they have one scale, or the figures mean nothing."""
    figures = [Fraction(cell.value.hundredths, 100) for cell in cells if cell.value.hundredths is not None]
    met = Counter(cell.value.reason for cell in cells)
    reasons = {reason: met[reason] for reason in Mark.Reason.values if met[reason]}
    missing = sum(cell.missing for cell in cells)
    return Summary(printed(mean(figures)), printed(middle(figures)), missing, reasons)


def mean(figures: Sequence[Fraction]) -> Fraction | None:
    return sum(figures, Fraction(0)) / len(figures) if figures else None


def middle(figures: Sequence[Fraction]) -> Fraction | None:
    """The median; fractions stay fractions."""
    return median(figures) if figures else None


def printed(figure: Fraction | None) -> str | None:
    """Print a statistic with two decimals: nothing is decided on it."""
    return None if figure is None else averages.printed(figure.numerator, figure.denominator, Rounding.HALF_UP_2)


def shelves(modules: Sequence[Module], taught: Set[int]) -> dict[str, list[Module]]:
    """Sort modules as they are looked for: one's own first, then by semester when there are others."""
    own = [module for module in modules if module.pk in taught]
    found = {"Mon service": own} if own else {}
    if len(own) < len(modules):
        for module in modules:
            found.setdefault(f"S{module.semester}", []).append(module)
    return found


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the entry of a module has come: marks expected, and how many of them are there; ATT is not there."""

    evaluations: int
    due: int
    entered: int

    @property
    def missing(self) -> int:
        return self.due - self.entered


@dataclass(frozen=True, slots=True)
class Listed:
    """A module as the list shows it; `parcours` are codes, none for a module of a common trunk."""

    module: Module
    parcours: Sequence[str]
    progress: Progress


def listed(modules: Sequence[Module]) -> list[Listed]:
    """Tell what the list says of modules that were loaded for it."""
    progress = progress_of(modules)
    return [Listed(module, _parcours(module), progress[module.pk]) for module in modules]


def _parcours(module: Module) -> list[str]:
    plans = [each.plan for each in module.plan_modules.all()]
    return list(dict.fromkeys(plan.parcours.code for plan in plans if plan.parcours))


def progress_of(modules: Sequence[Module]) -> dict[int, Progress]:
    """Return the progress of each module, by id, in eight queries whatever their number."""
    evaluations = Evaluation.objects.filter(module__in=modules).for_sheet()
    followers = _followers(modules)
    joined = groups_by(Enrolment, "enrolment", enrolment__plan__plan_modules__module__in=modules)
    entered = defaultdict[int, set[int]](set)
    marks = Mark.objects.filter(evaluation__module__in=modules).exclude(
        Q(hundredths=None) & Q(reason__in=["", Mark.Reason.AWAITED])
    )
    for evaluation_id, enrolment_id in marks.values_list("evaluation_id", "enrolment_id"):
        entered[evaluation_id].add(enrolment_id)
    totals = {module.pk: [0, 0, 0] for module in modules}
    for evaluation in evaluations:
        due = {pk for pk in followers[evaluation.module_id] if evaluation.concerns(joined.get(pk, set()))}
        total = totals[evaluation.module_id]
        total[0] += 1
        total[1] += len(due)
        total[2] += len(due & entered[evaluation.pk])
    return {pk: Progress(*total) for pk, total in totals.items()}


def _followers(modules: Sequence[Module]) -> dict[int, set[int]]:
    """Return the enrolments of which each module awaits marks."""
    exempt = exemptions(modules)
    followers = defaultdict[int, set[int]](set)
    enrolled = Enrolment.objects.filter(state=Enrolment.State.ENROLLED).following(modules)
    rows = enrolled.values_list("plan__plan_modules__module", "pk")
    for module_id, enrolment_id in rows:
        if (enrolment_id, module_id) not in exempt:
            followers[module_id].add(enrolment_id)
    return followers


def exemptions(modules: Sequence[Module]) -> set[tuple[int, int]]:
    """Return the enrolments and modules, by id, where every UE that the module feeds is already settled (L-08).

    A repeater who does not follow a UE again, or holds it by equivalence, owes no mark in what only feeds that UE.
    """
    fed = defaultdict[tuple[int, int], set[int]](set)
    coefficients = Coefficient.objects.filter(plan_module__module__in=modules)
    for plan_id, module_id, ue_id, value in coefficients.values_list(
        "plan_module__plan", "plan_module__module", "ue", "value"
    ):
        if value:
            fed[plan_id, module_id].add(ue_id)
    settled = defaultdict[tuple[int, int], set[int]](set)
    following = Enrolment.objects.filter(plan__plan_modules__module__in=modules)
    waived = following.filter(exempted_ues__isnull=False).values_list("plan", "pk", "exempted_ues")
    for plan_id, enrolment_id, ue_id in (*waived, *_equivalent(following)):
        settled[plan_id, enrolment_id].add(ue_id)
    return {
        (enrolment_id, module_id)
        for (plan_id, enrolment_id), ues in settled.items()
        for (of_plan, module_id), feeds in fed.items()
        if of_plan == plan_id and feeds <= ues
    }


def _equivalent(following: QuerySet[Enrolment]) -> Iterator[tuple[int, int, int]]:
    """Yield the ids of the Plan, the enrolment and the UE of what students hold by equivalence: one query."""
    held = Equivalence.objects.in_force().filter(
        student=OuterRef("student"), niveau=OuterRef("plan__ues__niveau"), semester=OuterRef("plan__semester")
    )
    yield from following.filter(Exists(held)).values_list("plan", "pk", "plan__ues").distinct()
