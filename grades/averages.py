"""From marks to module and UE averages, exactly: what contracts/deliberate.md calls `averages`.

An `Averager` is compiled once from modules, coefficients and weights, then applied to each student's sheet of marks.
Figures are integers on common denominators and an average is one division at the end: nothing is rounded before
`rounded`, the only function of the project that rounds.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from math import lcm
from operator import mul
from typing import Literal, NamedTuple

ABI, ABJ, DIS, ATT = "ABI", "ABJ", "DIS", "ATT"
NOT_CONCERNED = "-"
"""In the place of a mark, an evaluation that was not for this student (another group's): as if it did not exist."""

Mark = int | str | None
"""A number of 1/unit points on the evaluation's scale; or ABI, ABJ, DIS, ATT; or None, "": not entered."""

ZERO, ONE, TWENTY = Fraction(0), Fraction(1), Fraction(20)


class Rounding(StrEnum):
    HALF_UP_2 = "half_up_2"
    HALF_UP_3 = "half_up_3"
    EXACT = "exact"
    TRUNC_2 = "trunc_2"


class Pole(StrEnum):
    RESSOURCE = "ressource"
    SAE = "sae"


class State(StrEnum):
    COMPUTED = "computed"
    PENDING = "pending"
    MISCONFIGURED = "misconfigured"


class Standing(StrEnum):
    """How a module stands in a UE, for one student; the last two are warnings."""

    COUNTED = "counted"
    AWAITED = "awaited"
    DISPENSED = "dispensed"
    NEUTRALISED = "module_neutralised"
    NOT_ORGANISED = "not_organised"


@dataclass(frozen=True, slots=True)
class AveragingRules:
    """The parameters of a règlement that averages depend on; `bonus_cap` in points on 20, for each UE."""

    rounding: Rounding = Rounding.HALF_UP_2
    abi_scope: Literal["evaluation", "module"] = "evaluation"
    abj_only: Literal["pending", "neutralised"] = "pending"
    bonus_cap: Fraction | None = None
    malus_article: str | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one evaluation weighs in its module; `ue_weights` multiplies the weight towards a UE (absent: 1)."""

    weight: Fraction = ONE
    scale: Fraction = TWENTY
    ue_weights: Mapping[str, Fraction] = field(default_factory=dict)

    def weight_towards(self, ue: str | None) -> Fraction:
        """The weight in the module's average towards a UE; None: in the module's own average."""
        return self.weight * self.ue_weights.get(ue, ONE) if ue is not None else self.weight


@dataclass(frozen=True, slots=True)
class Module:
    """A ressource or a SAÉ, its coefficient on each UE that it feeds, and its evaluations."""

    code: str
    pole: Pole
    coefficients: Mapping[str, Fraction]
    evaluations: Sequence[Evaluation] = ()
    organised: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one student brings: a mark for each evaluation, module after module, bonus and malus in points by UE.

    `unfinished` names the modules that are a compulsory stage which the student has not completed.
    """

    marks: Sequence[Mark]
    bonus: Mapping[str, Fraction] = field(default_factory=dict)
    malus: Mapping[str, Fraction] = field(default_factory=dict)
    unfinished: Collection[str] = ()


class UEAverage(NamedTuple):
    """The average of one student in one UE, as numerator and denominator; None when nothing counts yet.

    `figure` is the rounded one, which is compared and printed. In the state `pending` all three are provisional.
    """

    code: str
    state: State
    exact: tuple[int, int] | None
    figure: tuple[int, int] | None
    printed: str | None
    pending: tuple[str, ...]
    warnings: tuple[str, ...]


class MarkShare(NamedTuple):
    """One evaluation, by its rank in the module; `points` counted, on 20: None where the mark left the average."""

    rank: int
    weight: Fraction
    scale: Fraction
    mark: Fraction | str | None
    points: Fraction | None


class ModuleShare(NamedTuple):
    """One module in an explanation, with its exact average, None when nothing counts yet."""

    code: str
    pole: Pole
    coefficient: Fraction
    standing: Standing
    average: Fraction | None
    marks: tuple[MarkShare, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How the average of a UE was reached: weighted ÷ coefficients = mean, + bonus - malus, in 0…20 = result.exact.

    The modules that have an average are those of the two sums; `bonus` and `malus` are what counted of them.
    """

    result: UEAverage
    modules: tuple[ModuleShare, ...]
    weighted: Fraction
    coefficients: Fraction
    mean: Fraction | None
    bonus: Fraction
    malus: Fraction


def rounded(numerator: int, denominator: int, mode: Rounding) -> tuple[int, int]:
    """Return a figure (not negative) as it is compared and printed, as numerator and denominator (L-16, I-02).

    9.995 is 10.00 half up, 9.99 when truncated, and itself when exact.
    """
    if mode is Rounding.HALF_UP_2:
        return (200 * numerator + denominator) // (2 * denominator), 100
    if mode is Rounding.HALF_UP_3:
        return (2000 * numerator + denominator) // (2 * denominator), 1000
    if mode is Rounding.TRUNC_2:
        return 100 * numerator // denominator, 100
    return numerator, denominator


def printed(numerator: int, denominator: int, mode: Rounding) -> str:
    """Print a figure as it is compared, with its two or three decimals; `exact` prints two, half up."""
    units, scale = rounded(numerator, denominator, Rounding.HALF_UP_2 if mode is Rounding.EXACT else mode)
    whole, part = divmod(units, scale)
    return f"{whole}.{part:02}" if scale == 100 else f"{whole}.{part:03}"


class _Line(NamedTuple):
    """A module as it counts in one UE: its average is Σ points·mark ÷ (divisor · Σ weights).

    `factor` is what one of its points is worth among the UE's, once every mark is there.
    """

    place: int
    module: Module
    coefficient: int
    positions: tuple[int, ...]
    weights: tuple[int, ...]
    points: tuple[int, ...]
    divisor: int
    factor: int = 0


Judgement = tuple[State, tuple[str, ...], tuple[str, ...]]
"""The state of a UE, what it waits for, and its warnings."""


class _Column(NamedTuple):
    """A UE, and how it stands once every mark is there: its average is vector·marks ÷ (base · used)."""

    ue: str
    lines: tuple[_Line, ...]
    places: dict[int, int]
    vector: tuple[int, ...]
    base: int
    used: int
    standings: tuple[Standing, ...]
    judgement: Judgement


class Averager:
    """The averages of a plan, ready for any student, by coefficient alone (I-12); marks in 1/`unit` points."""

    def __init__(
        self, ues: Iterable[str], modules: Iterable[Module], *, but_year: int, rules: AveragingRules, unit: int = 100
    ) -> None:
        self.modules = tuple(modules)
        self.rules = rules
        self.but_year = but_year
        self.unit = unit
        self._first = list(accumulate((len(module.evaluations) for module in self.modules), initial=0))
        self._place_of = [place for place, module in enumerate(self.modules) for _ in module.evaluations]
        self._columns = {ue: self._column(ue) for ue in ues}

    def averages(self, sheet: Sheet) -> list[UEAverage]:
        """Return the average of each UE, in the order in which they were named."""
        values, irregular = self._split(sheet)
        results, rounding = [], self.rules.rounding
        for column in self._columns.values():
            numerator, denominator = sum(map(mul, column.vector, values)), column.base * column.used
            state, pending, warnings = column.judgement
            touched = [column.places[place] for place in irregular if place in column.places]
            if touched:
                mended = self._mended(column, touched, sheet, values, numerator)
                numerator, denominator, (state, pending, warnings) = mended
            if denominator and (sheet.bonus or sheet.malus):
                value, _, _, said = self._adjusted(Fraction(numerator, denominator), column.ue, sheet)
                numerator, denominator = value.as_integer_ratio()
                warnings += tuple(said) if state is State.COMPUTED else ()
            exact = figure = text = None
            if denominator:
                exact, figure = (numerator, denominator), rounded(numerator, denominator, rounding)
                text = printed(*figure, rounding)
            results.append(UEAverage(column.ue, state, exact, figure, text, pending, warnings))
        return results

    def explain(self, ue: str, sheet: Sheet) -> Explanation:
        """Return the arithmetic of one average, module by module and mark by mark."""
        shares = tuple(self._share(line, ue, sheet) for line in self._columns[ue].lines)
        counted = [(share.coefficient, share.average) for share in shares if share.average is not None]
        weighted = sum((coefficient * average for coefficient, average in counted), ZERO)
        coefficients = sum((coefficient for coefficient, _ in counted), ZERO)
        result = next(result for result in self.averages(sheet) if result.code == ue)
        mean = weighted / coefficients if coefficients else None
        _, bonus, malus, _ = self._adjusted(mean or ZERO, ue, sheet)
        return Explanation(result, shares, weighted, coefficients, mean, bonus, malus)

    def module_average(self, place: int, sheet: Sheet) -> ModuleShare:
        """Return a module's own average, `ue_weights` left out; `place` is its rank among the modules."""
        return self._share(self._line(place, None, 1), None, sheet)

    def _line(self, place: int, ue: str | None, coefficient: int) -> _Line:
        """Weigh the evaluations of a module towards a UE; one that weighs nothing there is ignored altogether."""
        module = self.modules[place]
        evaluations = list(enumerate(module.evaluations, self._first[place]))
        kept = [(position, e.weight_towards(ue), e.scale) for position, e in evaluations if e.weight_towards(ue)]
        weights, common = _integers(weight for _, weight, _ in kept)
        points, divisor = _integers(weight * common * TWENTY / (self.unit * scale) for _, weight, scale in kept)
        return _Line(place, module, coefficient, tuple(position for position, _, _ in kept), weights, points, divisor)

    def _column(self, ue: str) -> _Column:
        """Lay out a UE on common denominators, and judge it as if every mark were there."""
        feeding = {p: module.coefficients[ue] for p, module in enumerate(self.modules) if module.coefficients.get(ue)}
        coefficients, _ = _integers(feeding.values())
        drafts = [self._line(place, ue, c) for place, c in zip(feeding, coefficients, strict=True)]
        base = lcm(*(line.divisor * sum(line.weights) for line in drafts if line.weights))
        lines, vector = [], [0] * len(self._place_of)
        for line in drafts:
            factor = line.coefficient * base // (line.divisor * sum(line.weights)) if line.weights else 0
            lines.append(line._replace(factor=factor))
            for position, points in zip(line.positions, line.points, strict=True):
                vector[position] = factor * points
        standings = tuple(_standing(line, Sheet(vector), self.rules)[0] for line in lines)
        places = {line.place: index for index, line in enumerate(lines)}
        used = sum(line.coefficient for line in lines if line.weights)
        judgement = _judgement(lines, standings, self.but_year)
        return _Column(ue, tuple(lines), places, tuple(vector), base, used, standings, judgement)

    def _split(self, sheet: Sheet) -> tuple[Sequence[int], list[int]]:
        """Return the marks as numbers, 0 where there is none, and the modules whose average such a 0 falsifies.

        An ABI that counts 0 in its evaluation falsifies nothing (L-01).
        """
        values = [mark if type(mark) is int else 0 for mark in sheet.marks]
        harmless = ABI if self.rules.abi_scope == "evaluation" else 0
        places = zip(self._place_of, sheet.marks, strict=True)
        irregular = {place for place, mark in places if type(mark) is not int and mark != harmless}
        if sheet.unfinished:
            irregular.update(p for p, module in enumerate(self.modules) if module.code in sheet.unfinished)
        return values, sorted(irregular)

    def _mended(
        self, column: _Column, touched: Iterable[int], sheet: Sheet, values: Sequence[int], numerator: int
    ) -> tuple[int, int, Judgement]:
        """Replace, in a UE's average, what the irregular modules were supposed to bring by what they bring."""
        denominator, used, standings = 1, column.used, list(column.standings)
        for index in touched:
            line = column.lines[index]
            standings[index], points, weight = _standing(line, sheet, self.rules)
            supposed = sum(worth * values[p] for p, worth in zip(line.positions, line.points, strict=True))
            numerator -= line.factor * supposed * denominator
            if weight:
                numerator = numerator * weight + line.factor * sum(line.weights) * points * denominator
                denominator *= weight
            elif line.weights:
                used -= line.coefficient
        return numerator, denominator * column.base * used, _judgement(column.lines, standings, self.but_year)

    def _adjusted(self, mean: Fraction, ue: str, sheet: Sheet) -> tuple[Fraction, Fraction, Fraction, list[str]]:
        """Return an average with its bonus and its malus, as they count, and what to say of the rest (L-14, L-15)."""
        bonus, malus, cap, said = sheet.bonus.get(ue, ZERO), sheet.malus.get(ue, ZERO), self.rules.bonus_cap, []
        if bonus > (cap or ZERO):
            said.append("bonus_ignored" if cap is None else "bonus_capped")
            bonus = cap or ZERO
        if malus and self.rules.malus_article is None:
            said.append("malus_ignored")
            malus = ZERO
        return min(max(mean + bonus - malus, ZERO), TWENTY), bonus, malus, said

    def _share(self, line: _Line, ue: str | None, sheet: Sheet) -> ModuleShare:
        """Tell a module's average towards a UE (None: its own), from the sums that averages are made of."""
        module = line.module
        standing, points, weight = _standing(line, sheet, self.rules)
        marks = sheet.marks[self._first[line.place] : self._first[line.place + 1]]
        zeroed = self.rules.abi_scope == "module" and any(sheet.marks[position] == ABI for position in line.positions)
        given = [(rank, *pair) for rank, pair in enumerate(zip(module.evaluations, marks, strict=True))]
        told = tuple(self._mark_share(*each, ue, zeroed) for each in given if each[2] != NOT_CONCERNED)
        average = Fraction(points, line.divisor * weight) if weight else None
        coefficient = module.coefficients[ue] if ue is not None else ONE
        return ModuleShare(module.code, module.pole, coefficient, standing, average, told)

    def _mark_share(self, rank: int, evaluation: Evaluation, mark: Mark, ue: str | None, zeroed: bool) -> MarkShare:
        """Tell one mark; where an ABI makes the module 0, nothing else counts in it (I-13)."""
        weight = evaluation.weight_towards(ue)
        value = Fraction(mark, self.unit) if isinstance(mark, int) else mark or None
        scaled = value * TWENTY / evaluation.scale if isinstance(value, Fraction) and not zeroed else None
        points = ZERO if mark == ABI else scaled
        return MarkShare(rank, weight, evaluation.scale, value, points if weight else None)


def _integers(figures: Iterable[Fraction]) -> tuple[tuple[int, ...], int]:
    """Return figures as integers over their common denominator."""
    figures = tuple(figures)
    common = lcm(*(figure.denominator for figure in figures))
    return tuple(figure.numerator * (common // figure.denominator) for figure in figures), common


def _standing(line: _Line, sheet: Sheet, rules: AveragingRules) -> tuple[Standing, int, int]:
    """Return how a module stands in a UE (I-11, I-13, L-01, L-03, L-04), its sum of points and of weights."""
    points = weight = 0
    found = set()
    for position, share, worth in zip(line.positions, line.weights, line.points, strict=True):
        mark = sheet.marks[position]
        if type(mark) is int:
            points += worth * mark
            weight += share
        else:
            found.add(mark or ATT)
            weight += share if mark == ABI else 0
    found.discard(NOT_CONCERNED)
    zeroed = ABI in found and rules.abi_scope == "module"
    points = 0 if zeroed else points
    if line.module.code in sheet.unfinished or (ATT in found and not zeroed):
        return Standing.AWAITED, points, weight
    if weight:
        return Standing.COUNTED, points, weight
    if ABJ in found:
        return Standing.NEUTRALISED if rules.abj_only == "neutralised" else Standing.AWAITED, 0, 0
    if DIS in found:
        return Standing.DISPENSED, 0, 0
    return Standing.AWAITED if line.module.organised else Standing.NOT_ORGANISED, 0, 0


def _judgement(lines: Sequence[_Line], standings: Sequence[Standing], but_year: int) -> Judgement:
    """Return the state of a UE, what it waits for, and its warnings (I-11, N-02)."""
    if not lines:
        return State.MISCONFIGURED, (), ()
    stood = list(zip(lines, standings, strict=True))
    pending = [line.module.code for line, standing in stood if standing is Standing.AWAITED]
    warnings = [f"{s}:{line.module.code}" for line, s in stood if s in (Standing.NEUTRALISED, Standing.NOT_ORGANISED)]
    for pole in Pole:
        held = {standing for line, standing in stood if line.module.pole is pole}
        if held and not held & {Standing.COUNTED, Standing.AWAITED}:
            pending.append(f"pole:{pole}")
    if pending:
        return State.PENDING, tuple(pending), tuple(warnings)
    counted = [line for line, standing in stood if standing is Standing.COUNTED]
    used = sum(line.coefficient for line in counted)
    sae = sum(line.coefficient for line in counted if line.module.pole is Pole.SAE)
    if but_year < 3 and not 2 * used <= 5 * sae <= 3 * used:
        warnings.append(f"pole_share:{printed(sae, used, Rounding.HALF_UP_2)}")
    return State.COMPUTED, (), tuple(warnings)
