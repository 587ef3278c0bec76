"""« What do I need? »: the least marks, of those still to come, that reach an aim at the jury of the year.

Nothing here averages or decides: each mark that is tried goes through the Averager and the steps of the deliberation,
so that what is said is what the jury would find. Both only grow with a mark, whence the bisection.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, floor
from typing import NamedTuple

from grades.averages import ATT, NOT_CONCERNED, Averager, Evaluation, Mark, Module, Sheet, State, UEAverage
from jury.engine.codes import UECode, YearCode
from jury.engine.dossier import UE, Dossier, UEState, carried
from jury.engine.progression import PASSES
from jury.engine.regulation import Regulation
from jury.engine.steps import Deliberation, deliberation

TOP = 2000
"""Full marks, in hundredths on 20: a level asked of several evaluations is counted so, whatever their scales."""

Need = int | None
"""The least mark that reaches; 0: reached whatever comes; None: out of reach, even with full marks."""


class Aim(StrEnum):
    """What a student may aim at: about a UE (the first two), about a RCUE (the next two), about the year."""

    UE = "ue"
    """The average of the UE reaches the threshold, or the UE was acquired before (N-03, N-20)."""
    ACQUIRED = "acquired"
    """The UE is acquired, if need be through its RCUE (N-06)."""
    RCUE = "rcue"
    """The RCUE is validated (N-06)."""
    MINIMUM = "minimum"
    """The RCUE does not stand in the way of the passage (N-10)."""
    PASSAGE = "passage"
    """The year that follows opens by right (N-10, N-11)."""
    YEAR = "year"
    """Every RCUE of the year is validated."""


class Target(NamedTuple):
    """An aim and the code of the UE, or the RCUE (`Competence/level`), that it is about; the year has no name."""

    aim: Aim
    name: str = ""


class Coming(NamedTuple):
    """An evaluation still to come: its position in the sheet of its semester, what it counts in, and for how much.

    `rank` is its rank in the module; None: no evaluation exists yet, and this one, on 20, stands for the module.
    """

    semester: int
    position: int
    module: Module
    evaluation: Evaluation
    rank: int | None

    def at(self, level: int, unit: int) -> int:
        """Return the least mark, in 1/unit points on its scale, that is worth a level in hundredths on 20."""
        scale = self.evaluation.scale * unit
        return min(ceil(level * scale / TOP), floor(scale))


@dataclass(frozen=True, slots=True)
class Term:
    """One semester under way: the UEs that its marks may still change, and the evaluations to come that count."""

    semester: int
    ues: tuple[str, ...]
    averager: Averager
    sheet: Sheet
    coming: tuple[Coming, ...]

    def averages(self, marks: Mapping[tuple[int, int], int]) -> list[UEAverage]:
        """Return the averages once these marks are there, by semester and position."""
        row = list(self.sheet.marks)
        for coming in self.coming:
            row[coming.position] = marks[self.semester, coming.position]
        return self.averager.averages(replace(self.sheet, marks=row))

    def so_far(self) -> list[UEAverage]:
        """Return the averages as they stand, provisional while a mark is to come."""
        return self.averager.averages(self.sheet)


def term(semester: int, ues: Sequence[str], averager: Averager, sheet: Sheet) -> Term:
    """Return a semester under way: marks that are absent or awaited are to come, its stage will be completed."""
    modules: list[Module] = []
    marks: list[Mark] = []
    coming: list[Coming] = []
    known = iter(sheet.marks)
    for module in averager.modules:
        own = [next(known) for _ in module.evaluations]
        ranks: list[int | None] = list(range(len(own)))
        if module.organised and all(mark == NOT_CONCERNED for mark in own):
            module = replace(module, evaluations=[*module.evaluations, Evaluation()])
            own, ranks = [*own, None], [*ranks, None]
        for rank, mark, evaluation in zip(ranks, own, module.evaluations, strict=True):
            if mark in (None, "", ATT) and _counts(module, evaluation, ues):
                coming.append(Coming(semester, len(marks), module, evaluation, rank))
            marks.append(mark)
        modules.append(module)
    full = Averager(ues, modules, but_year=averager.but_year, rules=averager.rules, unit=averager.unit)
    return Term(semester, tuple(ues), full, replace(sheet, marks=marks, unfinished=()), tuple(coming))


def _counts(module: Module, evaluation: Evaluation, ues: Sequence[str]) -> bool:
    return any(module.coefficients.get(ue) and evaluation.weight_towards(ue) for ue in ues)


@dataclass(frozen=True, slots=True)
class Course:
    """One student under way: the semesters of the year, and the dossier that its jury will have before it.

    The UEs of the terms take their averages from there; the others are as the dossier says.
    """

    terms: tuple[Term, ...]
    dossier: Dossier
    regulation: Regulation

    def coming(self, target: Target) -> list[Coming]:
        """Return the evaluations to come that a target depends on, in order."""
        ues = [ue.code for ue in self.concerned(target)]
        return [each for term in self.terms for each in term.coming if _counts(each.module, each.evaluation, ues)]

    def least(self, target: Target) -> Need:
        """Return the least level, in hundredths on 20, that reaches a target when every mark to come is worth it."""
        course = self._narrowed(target)
        return _least(lambda level: course._reach(target, course._all_at(level)), TOP)

    def alone(self, target: Target, others: int) -> list[tuple[Coming, Need]]:
        """Return the least mark of each evaluation to come, in its own unit, when all the others are at a level."""
        course = self._narrowed(target)
        marks = course._all_at(others)

        def need(each: Coming) -> Need:
            key = each.semester, each.position
            return _least(lambda mark: course._reach(target, marks | {key: mark}), each.at(TOP, course._unit))

        return [(each, need(each)) for each in self.coming(target)]

    def waiting(self) -> dict[str, tuple[str, ...]]:
        """Return what each UE will still wait for once every mark is there, as its average names it (L-03)."""
        marks = self._all_at(TOP)
        averages = [average for term in self.terms for average in term.averages(marks)]
        return {average.code: average.pending for average in averages if average.state is not State.COMPUTED}

    @property
    def _unit(self) -> int:
        return self.terms[0].averager.unit

    def _all_at(self, level: int) -> dict[tuple[int, int], int]:
        """Return every mark to come when each is worth a level."""
        every = [each for term in self.terms for each in term.coming]
        return {(each.semester, each.position): each.at(level, self._unit) for each in every}

    def _reach(self, target: Target, marks: Mapping[tuple[int, int], int]) -> bool:
        """Whether the jury would find that a target is reached, on these marks."""
        averages = {each.code: each for term in self.terms for each in term.averages(marks)}
        ues = tuple(_averaged(ue, averages.get(ue.code), self.regulation) for ue in self.dossier.ues)
        return reached(deliberation(replace(self.dossier, ues=ues), self.regulation), target)

    def concerned(self, target: Target) -> tuple[UE, ...]:
        """Return the UEs that a target depends on: itself, both of its level (N-07), or all."""
        if target.aim is Aim.UE:
            return tuple(ue for ue in self.dossier.ues if ue.code == target.name)
        return self._level(target)

    def _level(self, target: Target) -> tuple[UE, ...]:
        """Return the UEs judged together with a target: those of its level, which no other compensates, or all."""
        levels = {(ue.competence, ue.level) for ue in self.dossier.ues if target.name in _names(ue)}
        return tuple(ue for ue in self.dossier.ues if not target.name or (ue.competence, ue.level) in levels)

    def _narrowed(self, target: Target) -> "Course":
        """Keep what a target depends on, so that nothing else is averaged again and again."""
        ues = self._level(target)
        codes = {ue.code for ue in ues}
        terms = tuple(_narrowed(term, [ue for ue in term.ues if ue in codes]) for term in self.terms)
        return replace(self, terms=terms, dossier=replace(self.dossier, ues=ues))


def reached(found: Deliberation, target: Target) -> bool:
    """Whether a deliberation reaches a target."""
    regulation = found.regulation
    if target.aim in (Aim.UE, Aim.ACQUIRED):
        (ue,) = (each for each in found.ues if each.ue.code == target.name)
        enough = ue.figure is not None and ue.figure >= regulation.validation_threshold
        acquired = ue.code.acquires if target.aim is Aim.ACQUIRED else ue.kept is not None or ue.code is UECode.EQV
        return enough or acquired
    if target.aim in (Aim.RCUE, Aim.MINIMUM):
        (rcue,) = (each for each in found.rcues if each.name == target.name)
        if target.aim is Aim.RCUE:
            return rcue.code.validates
        excused = rcue.code.validates and regulation.progression_counts_validated
        return excused or (rcue.figure is not None and rcue.figure >= regulation.rcue_minimum)
    if target.aim is Aim.PASSAGE:
        return bool(found.authorised) and found.decision in PASSES
    return found.decision in (YearCode.ADM, YearCode.ADJ)


def _least(reaches: Callable[[int], bool], top: int) -> Need:
    """Return the least mark from 0 to `top` that reaches, of those that only grow in worth; both ends first."""
    if reaches(0):
        return 0
    return bisect_left(range(top), True, 1, key=reaches) if reaches(top) else None


def _narrowed(term: Term, ues: Sequence[str]) -> Term:
    whole = term.averager
    averager = Averager(ues, whole.modules, but_year=whole.but_year, rules=whole.rules, unit=whole.unit)
    coming = tuple(each for each in term.coming if _counts(each.module, each.evaluation, ues))
    return replace(term, ues=tuple(ues), averager=averager, coming=coming)


def _averaged(ue: UE, average: UEAverage | None, regulation: Regulation) -> UE:
    """Return a UE with the average that its marks give it."""
    if average is None:
        return ue
    figure = carried(average, regulation)
    return replace(ue, average=figure, state=UEState.PENDING if figure is None else None)


def _names(ue: UE) -> tuple[str, str]:
    """What a UE and its RCUE are called."""
    return ue.code, f"{ue.competence}/{ue.level}"
