"""A trial as its page tells it: who changes status, how many, from what to what, under which filter."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.http import QueryDict

from curriculum.templatetags.figures import figure
from jury.engine.codes import UECode, YearCode
from jury.engine.dossier import YEAR
from jury.laboratory.comparison import Change, Comparison, Kind, Side, year_side
from jury.laboratory.trial import Pair, Trial

TO_DECIDE, NAMELESS = "à décider", "sans_noms"
VIEWS: dict[str, tuple[str, Callable[[Comparison], object]]] = {
    "tous": ("tous ceux qui changent", lambda found: True),
    "gagnent": ("gagnent", lambda found: found.gains and not found.loses),
    "perdent": ("perdent", lambda found: found.loses and not found.gains),
    "mixte": ("gagnent et perdent", lambda found: found.gains and found.loses),
    "annee": ("année", lambda found: found.of(Kind.YEAR)),
    "diplome": ("diplôme", lambda found: found.of(Kind.DIPLOMA)),
}
WORTH = {1: "gagne", -1: "perd", 0: "autre code"}
HEADERS = ["NIP", "Nom", "Prénoms", "Parcours", "Objet", "En vigueur", "Moyenne", "Essai", "Moyenne", "Effet", "Règle"]


class Line(NamedTuple):
    """One student who changes; where names are not shown, `name` is a number, and there is no `address`."""

    name: str
    address: str
    pair: Pair
    comparison: Comparison

    @property
    def effect(self) -> str:
        """What the trial does to them, in a word or two."""
        words = [word for word, holds in [("gagne", self.comparison.gains), ("perd", self.comparison.loses)] if holds]
        return " et ".join(words) or WORTH[0]

    @property
    def codes(self) -> list[Change]:
        """The UEs and RCUEs."""
        return self.comparison.of(Kind.UE, Kind.RCUE)

    @property
    def year(self) -> Change | None:
        return next(iter(self.comparison.of(Kind.YEAR)), None)

    @property
    def others(self) -> list[Change]:
        """What follows from the codes: debts, semesters, ECTS, diplomas."""
        return self.comparison.of(Kind.DEBT, Kind.SEMESTER, Kind.ECTS, Kind.DIPLOMA)


class Cell(NamedTuple):
    """How many go from the code of a row to the code of a column."""

    number: int
    same: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """The codes in force, by row, against those of the trial, by column: of years, or of UEs at an odd jury."""

    kind: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]

    @property
    def moves(self) -> bool:
        """Whether anybody goes from a code to another."""
        return any(cell.number and not cell.same for _, cells in self.rows for cell in cells)


class Page:
    """What one address shows of a trial; `asked` is its query."""

    def __init__(self, trial: Trial, asked: QueryDict) -> None:
        self.trial = trial
        self._asked = asked
        self.nameless = bool(asked.get(NAMELESS))
        view = asked.get("vue", "")
        self.view = view if view in VIEWS else "tous"
        self.parcours = asked.get("parcours", "")
        changing = [(pair, pair.comparison) for pair in trial.pairs if pair.comparison and pair.comparison.changes]
        if self.nameless:  # in the order of names, ranks would tell who is who
            changing.sort(key=lambda each: _by_effect(*each))
        of_parcours = [each for each in changing if self.parcours in {"", each[0].before.part["parcours"]}]
        self._changing = changing
        self._listed = of_parcours or changing

    @property
    def lines(self) -> list[Line]:
        """The students of the view."""
        _, keeps = VIEWS[self.view]
        named = [
            Line(f"Dossier {rank}" if self.nameless else pair.before.name, self._address(pair), pair, found)
            for rank, (pair, found) in enumerate(self._listed, 1)
        ]
        return [line for line in named if keeps(line.comparison)]

    @property
    def changing(self) -> int:
        """How many students change, whatever the view."""
        return len(self._changing)

    @property
    def drift(self) -> str:
        """What to know of a closed jury whose marks are no longer those that it judged."""
        count = self.trial.drifted
        told = f"{count} dossiers ne sont plus ceux" if count > 1 else "1 dossier n’est plus celui"
        return f"{told} du registre\xa0: l’essai compare deux règlements sur les notes d’aujourd’hui."

    @property
    def waiting(self) -> str:
        """How many students nobody can compare whole yet; empty when there is none."""
        codes = [[ue["decision"] for ue in pair.after.verdict["ues"]] for pair in self.trial.pairs]
        count = sum(UECode.ATT in found for found in codes)
        who = f"{count} étudiants attendent" if count > 1 else "1 étudiant attend"
        told = f"{who} une note, un stage ou une inscription\xa0: ces UE ne sont pas décidées."
        return told if count else ""

    @property
    def left_out(self) -> str:
        """Who has no marks today in a jury whose averages are made again."""
        missing = self.trial.missing
        who = f"{len(missing)} en tout" if self.nameless else ", ".join(missing)
        return f"Ces étudiants du registre n’ont plus d’inscription devant ce jury\xa0: {who}."

    @property
    def refusals(self) -> list[dict[str, str]]:
        """Whom one of the règlements cannot judge, and why, as components/finding.html takes them."""
        refused = [pair for pair in self.trial.pairs if pair.refused]
        return [
            {"where": "Un dossier" if self.nameless else pair.before.name, "sentence": pair.refused}
            for pair in refused
        ]

    @property
    def stats(self) -> list[dict[str, str]]:
        """The summary, as components/stats.html takes it."""
        found = [comparison for _, comparison in self._changing]
        moved = sum(pair.comparison.moved for pair in self.trial.pairs if pair.comparison)
        counts = {label: sum(bool(keeps(each)) for each in found) for label, keeps in VIEWS.values()}
        return [
            {"label": "changent", "value": f"{len(found)} sur {len(self.trial.pairs)}"},
            *({"label": name, "value": str(counts[name])} for name in ("gagnent", "perdent", "gagnent et perdent")),
            {"label": "moyennes déplacées sans effet", "value": str(moved)},
        ]

    @cached_property
    def matrix(self) -> Matrix:
        """Who goes from which code to which."""
        annual = self.trial.session.is_annual
        pairs = [pair for pair in self.trial.pairs if pair.comparison]
        moves = Counter(move for pair in pairs for move in (_years(pair) if annual else _ues(pair)))
        order = [*(code.value for code in (YearCode if annual else UECode)), ""]
        rows, columns = ([code for code in order if any(move[side] == code for move in moves)] for side in (0, 1))
        cells = [(row, tuple(Cell(moves[row, column], row == column) for column in columns)) for row in rows]
        return Matrix("year" if annual else "ue", tuple(columns), tuple(cells))

    @property
    def tabs(self) -> list[dict[str, object]]:
        """The views, as components/tabs.html takes them."""
        return [
            {
                "label": label,
                "url": self.query(vue=view),
                "current": view == self.view,
                "count": sum(bool(keeps(found)) for _, found in self._listed),
            }
            for view, (label, keeps) in VIEWS.items()
        ]

    @property
    def branches(self) -> list[dict[str, object]]:
        """The parcours of those who change, in the same way; none when they have but one."""
        known = sorted({pair.before.part["parcours"] for pair, _ in self._changing})
        shown = {"": "tous les parcours"} | {code: code for code in known if code}
        return [
            {"label": label, "url": self.query(parcours=code), "current": code == self.parcours}
            for code, label in shown.items()
            if len(known) > 1
        ]

    @property
    def address(self) -> str:
        """What this page asks, to be carried to the others."""
        return self.query()

    def query(self, **changes: str) -> str:
        """Write the same address, but for these changes."""
        asked = self._asked.copy()
        for key, value in changes.items():
            asked[key] = value
        return f"?{asked.urlencode()}"

    def _address(self, pair: Pair) -> str:
        """Return where one student is shown, below this page."""
        shown = pair.before.student_id and not self.nameless
        return f"etudiants/{pair.before.student_id}/{self.address}" if shown else ""

    def rows(self, told: list[dict[str, str]]) -> Iterator[list[str]]:
        """Yield the list as a spreadsheet has it, one line a change, under `HEADERS`; then the règlement tried."""
        for line in self.lines:
            part = line.pair.before.part
            who = [part["nip"], part["usage_name"] or part["last_name"], part["first_names"]]
            if self.nameless:
                who = ["", line.name, ""]
            for change in line.comparison.changes:
                yield [*who, part["parcours"], *_told(change)]
        for each in told:
            yield ["", "", "", "", f"Règlement\xa0: {each['label']}", each["before"], "", each["after"], "", "", ""]


def _by_effect(pair: Pair, found: Comparison) -> tuple[bool, bool, str, Decimal]:
    """Who loses first, then by the code of the year and the ECTS."""
    return not found.loses, not found.gains, pair.before.year or "", Decimal(pair.before.verdict["ects"])


def _years(pair: Pair) -> Iterator[tuple[str, str]]:
    if not pair.before.settled:
        yield year_side(pair.before.verdict).code, year_side(pair.after.verdict).code


def _ues(pair: Pair) -> Iterator[tuple[str, str]]:
    for before, after in zip(pair.before.verdict["ues"], pair.after.verdict["ues"], strict=True):
        yield before["decision"], after["decision"]


def _told(change: Change) -> list[str]:
    """Tell a change in words, figures in French."""
    about = "Année" if change.about == YEAR else change.about
    sides = [text for side in (change.before, change.after) for text in _side(side, change.kind)]
    return [about, *sides, WORTH[change.worth], change.rule]


def _side(side: Side, kind: Kind) -> tuple[str, str]:
    code = side.code or (f"{TO_DECIDE}\xa0: {side.detail}" if kind is Kind.YEAR else "")
    return code, figure(side.figure, 0 if kind is Kind.ECTS else 2)
