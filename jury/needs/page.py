"""What the page says of each aim: a few words on a phone, and the marks behind them when they are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from curriculum.templatetags.figures import figure
from jury.engine.codes import UE_ACQUIRED, Shape
from jury.engine.dossier import UE, Status, UEState
from jury.engine.needs import TOP, Aim, Coming, Need, Target
from jury.engine.strict import plain
from jury.needs.prospects import Prospect

REACHED, ACQUIRED = "déjà atteint", "déjà acquise"
TEN = 1000
"""What the other marks are supposed to be, in hundredths on 20, when one mark is looked at alone."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One aim, and the least mark on 20 that each evaluation to come must get; without a figure, the word for it."""

    key: str
    about: str
    label: str
    figure: str
    word: str
    shape: str
    count: int
    """How many evaluations are to come for it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One UE, or the RCUE of its level, with its average so far as printed and its aims."""

    name: str
    semester: int | None
    average: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One level of one competence."""

    competence: str
    level: int
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """One evaluation to come and the least mark that it needs by itself: the others at ten, then at full marks."""

    module: str
    label: str
    semester: int
    usual: str
    best: str


class Page:
    """Every aim of one student under way; an aim is addressed by its key, as in `rcue:Qualité/1`.

    Raises Refused when the engine would not judge the dossier. Somebody who is not enrolled any more has no aim.
    """

    def __init__(self, prospect: Prospect) -> None:
        self.prospect = prospect
        self.status = prospect.course.dossier.status
        self._course = prospect.course
        self._threshold = figure(plain(self._course.regulation.validation_threshold))
        self._acquired = {line.code for line in self._course.dossier.record if line.decision in UE_ACQUIRED}
        self._acquired |= {ue.code for ue in self._course.dossier.ues if ue.state is UEState.EQUIVALENCE}
        self.coming = self._course.coming(Target(Aim.YEAR))
        self.waiting = self._course.waiting()
        """The UEs that marks alone will not decide, and the codes of what they wait for."""
        enrolled = self.status is Status.ENROLLED
        self.year = list(self._year()) if enrolled else []
        self.levels = list(self._levels()) if enrolled else []

    @property
    def imagined(self) -> list[str]:
        """The modules that have no evaluation yet, as they are printed."""
        return [self._printed(each.module.code) for each in self.coming if each.rank is None]

    @property
    def stages(self) -> list[str]:
        """The stages to complete, as they are printed."""
        return [self._printed(code) for code in self.prospect.stages]

    def _year(self) -> Iterator[Answer]:
        """Yield the aims of the year; none while no maquette tells its second semester."""
        dossier = self._course.dossier
        if dossier.annual and dossier.but_year < 3:
            yield self._answer(Target(Aim.PASSAGE), f"Passer en BUT{dossier.but_year + 1}")
        if dossier.annual:
            yield self._answer(Target(Aim.YEAR), "Valider tous les RCUE")

    def _levels(self) -> Iterator[Level]:
        levels: dict[tuple[str, int], list[UE]] = {}
        for ue in self._course.dossier.ues:
            levels.setdefault((ue.competence, ue.level), []).append(ue)
        for (competence, level), ues in levels.items():
            rcue = [self._rcue(f"{competence}/{level}")] if self._course.dossier.annual else []
            yield Level(competence, level, self.prospect.titles[ues[0].code], (*map(self._ue, ues), *rcue))

    def find(self, key: str) -> Answer | None:
        """Return the aim of this key, if there is one."""
        answers = [answer for level in self.levels for step in level.steps for answer in step.answers]
        return next((answer for answer in (*self.year, *answers) if answer.key == key), None)

    def shares(self, key: str) -> Iterator[Share]:
        """Yield what each evaluation to come needs by itself for the aim of this key."""
        aim, _, name = key.partition(":")
        target = Target(Aim(aim), name)
        pairs = zip(self._course.alone(target, TEN), self._course.alone(target, TOP), strict=True)
        for (coming, usual), (_, best) in pairs:
            code = coming.module.code
            label = "note du module" if coming.rank is None else self.prospect.labels[code][coming.rank]
            module = self.prospect.modules[code]
            yield Share(str(module), label, coming.semester, _told(coming, usual), _told(coming, best))

    def _printed(self, code: str) -> str:
        return self.prospect.modules[code].code or code

    def _ue(self, ue: UE) -> Step:
        own = self._answer(Target(Aim.UE, ue.code), f"{self._threshold} à l’UE")
        helped = self._answer(Target(Aim.ACQUIRED, ue.code), "l’UE, au besoin par son RCUE")
        answers = (own,) if (own.figure, own.word) == (helped.figure, helped.word) else (own, helped)
        return Step(ue.code, ue.semester, self.prospect.averages.get(ue.code, ""), answers)

    def _rcue(self, name: str) -> Step:
        valid = self._answer(Target(Aim.RCUE, name), f"{self._threshold} au RCUE")
        minimum = figure(plain(self._course.regulation.rcue_minimum))
        least = self._answer(Target(Aim.MINIMUM, name), f"{minimum} au RCUE, pour passer")
        last = self._course.dossier.but_year == 3
        return Step("RCUE", None, "", (valid,) if last or valid.word == REACHED else (valid, least))

    def _answer(self, target: Target, label: str) -> Answer:
        need, count = self._course.least(target), len(self._course.coming(target))
        word, shape = self._word(target, need)
        level = figure(Decimal(need).scaleb(-2), 2) if need else ""
        symbol = shape.symbol if shape else ""
        return Answer(f"{target.aim}:{target.name}", target.name, label, level, word, symbol, count)

    def _word(self, target: Target, need: Need) -> tuple[str, Shape | None]:
        if need == 0:
            return (ACQUIRED if target.name in self._acquired else REACHED), Shape.ACQUIRED
        if need is not None:
            return "", None
        ues = [ue.code for ue in self._course.concerned(target)]
        return ("en attente", Shape.AWAITED) if self.waiting.keys() & ues else ("impossible", Shape.NOT_ACQUIRED)


def _told(coming: Coming, need: Need) -> str:
    """Write a mark on its scale: 12,50/20."""
    if need is None:
        return "impossible"
    return f"{figure(Decimal(need).scaleb(-2), 2)}/{figure(plain(coming.evaluation.scale))}" if need else "0 suffit"
