"""Who follows what over three years, and what each jury is to find: the plot of the demonstration.

A plot gives the UE averages that a student reaches in one year; marks.py then draws marks that lead there. Averages
are integers, in thousandths of a point on 20, so that a UE of 9,995 exactly can be asked for.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from jury.demo.people import Identity, bell, dice, identities

YEARS = ("2023-2024", "2024-2025", "2025-2026")
"""The academic years of the demonstration; the last one is the year of the workbook."""

PASS = 10_000


class Plot(StrEnum):
    """What happens to a student in one year."""

    ADM = "tout est acquis"
    PASD = "passage de droit, un RCUE entre 8 et 10"
    NEAR = "passage de droit, un RCUE à 9,97"
    EDGE = "une UE à 9,995 exactement, un RCUE à 9,995"
    ADJ_UE = "le jury valide une UE"
    ADJ_RCUE = "le jury valide un RCUE"
    GATE = "le jury lève une dette de première année qui ferme le S5"
    PAS1NCI = "passage avec un RCUE inférieur à 8"
    RED = "redoublement"
    NAR = "réorientation"
    AWAITED = "une note attendue"
    EXCUSED = "un module dont toutes les notes sont des ABJ"
    NOT_ENTERED = "une note jamais saisie"
    STAGE = "stage non accompli"
    TRANSFER = "premier semestre acquis ailleurs"
    MOBILITY = "second semestre à l’étranger"
    EXEMPT = "redouble, non inscrit dans les UE acquises"
    RESIGNED = "démission"
    DEFAULTING = "défaillance"


EXPECTED = {
    Plot.ADM: "ADM",
    Plot.PASD: "PASD",
    Plot.NEAR: "PASD",
    Plot.EDGE: "ADM",
    Plot.ADJ_UE: "ADJ",
    Plot.ADJ_RCUE: "ADJ",
    Plot.GATE: "PASD",
    Plot.PAS1NCI: "PAS1NCI",
    Plot.RED: "RED",
    Plot.NAR: "NAR",
    Plot.AWAITED: "RAT",
    Plot.EXCUSED: "RAT",
    Plot.NOT_ENTERED: "RAT",
    Plot.STAGE: "RAT",
    Plot.TRANSFER: "ADM",
    Plot.MOBILITY: "ADM",
    Plot.EXEMPT: "ADM",
    Plot.RESIGNED: "DEM",
    Plot.DEFAULTING: "DEF",
}
"""The annual code with which each plot ends; the tests hold the juries to it."""

Careers = dict[int, list[tuple[int, tuple[Plot, ...]]]]
"""By year of entry, how many students live which years, one plot a year."""

_ADM, _PASD, _RED, _NAR = Plot.ADM, Plot.PASD, Plot.RED, Plot.NAR
CAREERS: Careers = {
    2023: [
        (45, (_ADM, _ADM, _ADM)),
        (6, (_PASD, _ADM, _ADM)),
        (4, (_ADM, _PASD, _ADM)),
        (1, (_ADM, Plot.PAS1NCI, _ADM)),
        (1, (_ADM, _ADM, Plot.ADJ_RCUE)),
        (1, (_ADM, _ADM, Plot.STAGE)),
        (1, (_ADM, Plot.ADJ_UE, _ADM)),
        (1, (_PASD, Plot.GATE, _ADM)),
        (2, (_ADM, _RED, _ADM)),
        (1, (_PASD, _RED, _ADM)),
        (1, (_ADM, _RED, Plot.EXEMPT)),
        (2, (_RED, _ADM, _ADM)),
        (1, (_ADM, _NAR)),
        (2, (_NAR,)),
        (1, (Plot.RESIGNED,)),
    ],
    2024: [
        (47, (_ADM, _ADM)),
        (8, (_PASD, _ADM)),
        (6, (_ADM, _PASD)),
        (2, (_ADM, _RED)),
        (1, (_ADM, _NAR)),
        (2, (_ADM, Plot.STAGE)),
        (1, (_ADM, Plot.MOBILITY)),
        (1, (_ADM, Plot.ADJ_UE)),
        (1, (_PASD, Plot.GATE)),
        (1, (Plot.PAS1NCI, _ADM)),
        (1, (_ADM, Plot.RESIGNED)),
        (1, (_ADM, Plot.EXCUSED)),
        (4, (_RED, _ADM)),
        (1, (_RED, _PASD)),
        (1, (_RED, _NAR)),
        (3, (_NAR,)),
        (1, (Plot.RESIGNED,)),
        (1, (Plot.DEFAULTING,)),
    ],
    2025: [
        (48, (_ADM,)),
        (9, (_PASD,)),
        (6, (_RED,)),
        (3, (_NAR,)),
        (2, (Plot.NEAR,)),
        (1, (Plot.EDGE,)),
        (1, (Plot.ADJ_UE,)),
        (1, (Plot.ADJ_RCUE,)),
        (1, (Plot.PAS1NCI,)),
        (1, (Plot.AWAITED,)),
        (1, (Plot.EXCUSED,)),
        (1, (Plot.NOT_ENTERED,)),
        (1, (Plot.TRANSFER,)),
        (1, (Plot.RESIGNED,)),
        (1, (Plot.DEFAULTING,)),
    ],
}

INITIAL, ALTERNANCE = "FI", "alternance"
BRANCHES = {
    "2025-2026": {
        ("OSC", INITIAL): 40,
        ("QMI", INITIAL): 14,
        ("QMI", ALTERNANCE): 10,
        ("MP", INITIAL): 8,
        ("MP", ALTERNANCE): 6,
    },
    "2024-2025": {
        ("OSC", INITIAL): 31,
        ("QMI", INITIAL): 9,
        ("QMI", ALTERNANCE): 9,
        ("MP", INITIAL): 5,
        ("MP", ALTERNANCE): 7,
    },
}
"""Who goes where in BUT2, by the last year that they spend there; BUT3 is in alternance for all."""


@dataclass(frozen=True, slots=True)
class Step:
    """One year of one student: `plot` is what its jury finds, `weak` which competence fails (0 to 2)."""

    identity: Identity
    ability: int
    weak: int
    academic_year: str
    but_year: int
    parcours: str
    modality: str
    repeating: bool
    plot: Plot
    before: Plot | None

    @property
    def semesters(self) -> tuple[int, int]:
        """The two semesters of the year."""
        return 2 * self.but_year - 1, 2 * self.but_year


ELSEWHERE: Careers = {2025: [(8, (_ADM,)), (2, (_PASD,)), (1, (_RED,)), (1, (Plot.ADJ_UE,))]}
"""The careers of a second, tiny department, which the first one may not see."""


def steps(careers: Careers = CAREERS, first_serial: int = 1_000) -> list[Step]:
    """Return every year of every student, in the order of the years, then of the NIP."""
    taken: set[str] = set()
    students = [career for entry in sorted(careers) for career in _students(entry, careers, first_serial, taken)]
    branches = _branches([career for _, career in students])
    return sorted(
        (
            step
            for (identity, career), branch in zip(students, branches, strict=True)
            for step in _years(identity, career, branch)
        ),
        key=lambda step: (step.academic_year, step.identity.nip),
    )


Career = tuple[tuple[str, int, Plot], ...]
"""The years of one student: academic year, year of BUT, plot."""


def _students(entry: int, careers: Careers, first_serial: int, taken: set[str]) -> Iterator[tuple[Identity, Career]]:
    lives = [plots for count, plots in careers[entry] for _ in range(count)]
    dice("careers", entry).shuffle(lives)
    for identity, plots in zip(identities(entry, len(lives), first_serial, taken), lives, strict=True):
        yield identity, tuple(_dated(entry, plots))


def _dated(entry: int, plots: Iterable[Plot]) -> Iterator[tuple[str, int, Plot]]:
    """Yield each year with its year of BUT: the same again after a redoublement."""
    but_year = 1
    for academic_year, plot in zip(YEARS[entry - 2023 :], plots, strict=False):
        yield academic_year, but_year, plot
        but_year += plot != Plot.RED


def _branches(careers: list[Career]) -> list[tuple[str, str]]:
    """Share the places of BUT2 out; who never gets there has none."""
    places = {
        year: [branch for branch, count in counts.items() for _ in range(count)] for year, counts in BRANCHES.items()
    }
    for year, free in places.items():
        dice("branches", year).shuffle(free)
    last_years = [max((year for year, but_year, _ in career if but_year == 2), default=None) for career in careers]
    return [places[year].pop() if year else ("", "") for year in last_years]


def _years(identity: Identity, career: Career, branch: tuple[str, str]) -> Iterator[Step]:
    chance = dice("student", identity.nip)
    ability, weak = 12_600 + bell(chance, 1_300), chance.randrange(3)
    before: Plot | None = None
    for academic_year, but_year, plot in career:
        parcours, modality = ("", "") if but_year == 1 else (branch[0], branch[1] if but_year == 2 else ALTERNANCE)
        repeating = before == Plot.RED
        yield Step(identity, ability, weak, academic_year, but_year, parcours, modality, repeating, plot, before)
        before = plot


def targets(step: Step, count: int) -> list[tuple[int, int]]:
    """Return, for `count` competences, the averages of their UEs in the odd and the even semester, in thousandths."""
    chance = dice("targets", step.identity.nip, step.academic_year)
    pairs = [_acquired(chance, step.ability) for _ in range(count)]
    weak = step.weak
    match step.plot:
        case Plot.PASD | Plot.GATE:
            pairs[weak] = _pair(chance.randint(8_300, 9_700), chance.randint(-300, 700))
        case Plot.NEAR:
            pairs[weak] = (10_110, 9_830)
        case Plot.EDGE:
            pairs[weak] = (9_995, 9_985)
        case Plot.ADJ_UE:
            pairs[weak] = (10_320, 9_620)
        case Plot.ADJ_RCUE:
            pairs[weak] = (9_900, 9_780)
        case Plot.PAS1NCI:
            pairs[weak] = _pair(7_600, 350)
        case Plot.RED:
            pairs[weak] = _pair(chance.randint(7_600, 9_300), 400)
            pairs[(weak + 1) % 3] = _pair(chance.randint(8_200, 9_600), -350)
        case Plot.TRANSFER | Plot.MOBILITY:
            # One semester is without a mark: the other one must stand alone.
            pairs = [(max(odd, PASS + 240), max(even, PASS + 180)) for odd, even in pairs]
        case Plot.NAR | Plot.DEFAULTING:
            pairs = [_pair(chance.randint(4_800, 7_700), bell(chance, 500)) for _ in range(count)]
            pairs[weak] = _pair(9_300, 1_000) if step.plot == Plot.DEFAULTING else pairs[weak]
    return pairs


def _acquired(chance: Random, ability: int) -> tuple[int, int]:
    """Draw a competence that ends above 10, by compensation where one semester was weak."""
    mean = ability + bell(chance, 900)
    return _pair(mean if mean > PASS + 60 else PASS + chance.randint(60, 700), bell(chance, 650))


def _pair(mean: int, gap: int) -> tuple[int, int]:
    """Two averages around their mean, in hundredths: what is printed is what was meant."""
    mean, gap = mean // 10 * 10, gap // 10 * 10
    return min(mean + gap, 19_000), min(mean - gap, 19_000)
