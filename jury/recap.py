"""The tableau récapitulatif: which students, in which order, under which columns (REGULATION.md §5.5)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlencode

from jury.anomalies import Anomaly
from jury.engine.codes import YearCode
from jury.judged import Judged, Level, Step
from jury.sitting import Sitting

Judge = Callable[[Judged], object]

LAST_OF_ALL = len(YearCode)
RANKS = {
    code: rank for rank, code in enumerate(["RAT", "DEF", "NAR", "RED", "RED_FM", "PAS1NCI", "PASD", "ADJ", "ADM"])
}
"""Where each code of the year stands when students are sorted by it: what needs a look first, who left last."""
ORDERS = ("nom", "proposition")


@dataclass(frozen=True, slots=True)
class Column:
    """One level of one competence, what it is called (in each parcours), and the code of its UE in each semester."""

    competence: str
    level: int
    title: str
    ues: tuple[str, ...]

    @property
    def key(self) -> tuple[str, int]:
        return self.competence, self.level


class Cell(NamedTuple):
    """What one student has under a column: a UE for each semester (None: none), and the level itself."""

    ues: tuple[Step | None, ...]
    level: Level | None


@dataclass(frozen=True, slots=True)
class Line:
    """One student of the table; `anomalies` are their own: those that are not said once for all."""

    judged: Judged
    cells: tuple[Cell, ...]
    anomalies: tuple[Anomaly, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the table shows: a view, an order, a parcours (empty: all). Unknown words fall back on the first."""

    view: str = "tous"
    order: str = "nom"
    parcours: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Choice":
        """Read the parameters of an address: vue, tri, parcours."""
        view, order = asked.get("vue", ""), asked.get("tri", "")
        return cls(view if view in VIEWS else "tous", order if order in ORDERS else "nom", asked.get("parcours", ""))

    def query(self, **changes: str) -> str:
        """Write the same choice, but for these changes, as the end of an address; what is by default is left out."""
        chosen = {"vue": self.view, "tri": self.order, "parcours": self.parcours} | changes
        kept = {key: value for key, value in chosen.items() if value not in {"tous", "nom", ""}}
        return f"?{urlencode(kept)}"


@dataclass(frozen=True, slots=True)
class Recap:
    """The table, how many students each view has, and the parcours that it can be narrowed to."""

    choice: Choice
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    counts: dict[str, int]
    parcours: tuple[str, ...]

    @property
    def tabs(self) -> list[dict[str, object]]:
        """The views, as components/tabs.html takes them."""
        return [
            {
                "label": label,
                "url": self.choice.query(vue=view),
                "current": view == self.choice.view,
                "count": self.counts[view],
            }
            for view, label in VIEWS.items()
        ]

    @property
    def branches(self) -> list[dict[str, object]]:
        """The parcours, in the same way."""
        shown = {"": "tous les parcours"} | {code: code for code in self.parcours if code}
        return [
            {"label": label, "url": self.choice.query(parcours=code), "current": code == self.choice.parcours}
            for code, label in shown.items()
        ]

    @property
    def by_name(self) -> str:
        return self.choice.query(tri="nom")

    @property
    def by_proposal(self) -> str:
        return self.choice.query(tri="proposition")


class Neighbours(NamedTuple):
    """Where a student stands in a list."""

    rank: int
    total: int
    before: Judged | None
    after: Judged | None


def own_anomalies(sitting: Sitting) -> Callable[[Judged], list[Anomaly]]:
    """Return what tells the anomalies of one student from those that most students have."""
    shared = set(sitting.notices)
    return lambda judged: [anomaly for anomaly in judged.anomalies if anomaly not in shared]


VIEWS: dict[str, str] = {
    "a-decider": "à décider",
    "seuil": "près d’un seuil",
    "dettes": "dettes",
    "anomalies": "anomalies",
    "tous": "tous",
}


def recap_of(sitting: Sitting, choice: Choice) -> Recap:
    """Lay the table out."""
    keeps = _keeps(sitting)
    listed = _listed(sitting, choice)
    kept = _kept(sitting, choice)
    semesters = sitting.session.semesters
    columns = columns_of(kept or listed, semesters)
    own = own_anomalies(sitting)
    lines = tuple(
        Line(judged, tuple(_cell(judged, column, semesters) for column in columns), tuple(own(judged)))
        for judged in kept
    )
    counts = {view: sum(bool(keep(judged)) for judged in listed) for view, keep in keeps.items()}
    parcours = tuple(sorted({judged.part["parcours"] for judged in sitting.students}))
    return Recap(choice, columns, lines, counts, parcours if len(parcours) > 1 else ())


def neighbours(sitting: Sitting, choice: Choice, judged: Judged) -> Neighbours:
    """Return who comes before and after a student among those that the table shows; else among all."""
    shown = _kept(sitting, choice)
    if judged not in shown:
        shown = list(sitting.students)
    rank = shown.index(judged)
    return Neighbours(
        rank + 1, len(shown), shown[rank - 1] if rank else None, shown[rank + 1] if rank + 1 < len(shown) else None
    )


def _keeps(sitting: Sitting) -> dict[str, Judge]:
    """Return what each view keeps."""
    return {
        "a-decider": lambda judged: judged.options,
        "seuil": lambda judged: judged.near,
        "dettes": lambda judged: judged.debts,
        "anomalies": own_anomalies(sitting),
        "tous": lambda judged: True,
    }


def _listed(sitting: Sitting, choice: Choice) -> list[Judged]:
    listed = [each for each in sitting.students if choice.parcours in {"", each.part["parcours"]}]
    return listed or list(sitting.students)


def _kept(sitting: Sitting, choice: Choice) -> list[Judged]:
    """Return the students that the table shows, in its order."""
    keep = _keeps(sitting)[choice.view]
    kept = [judged for judged in _listed(sitting, choice) if keep(judged)]
    return sorted(kept, key=_by_proposal) if choice.order == "proposition" else kept


def columns_of(students: Iterable[Judged], semesters: Sequence[int]) -> tuple[Column, ...]:
    """Return the columns that these students need, in the order in which they come to need them."""
    codes: dict[tuple[str, int], dict[int, str]] = {}
    titles: dict[tuple[str, int], dict[str, None]] = defaultdict(dict)
    for judged in students:
        for level in judged.levels:
            titles[level.key][level.title] = None
            of_level = codes.setdefault(level.key, {})
            for ue in level.ues:
                of_level.setdefault(ue.semester, ue.code)
    return tuple(
        Column(
            *key, " · ".join(filter(None, titles[key])), tuple(of_level.get(semester, "") for semester in semesters)
        )
        for key, of_level in codes.items()
    )


def _cell(judged: Judged, column: Column, semesters: Sequence[int]) -> Cell:
    level = next((each for each in judged.levels if each.key == column.key), None)
    return Cell(level.slots(semesters) if level else (None,) * len(semesters), level)


def _by_proposal(judged: Judged) -> tuple[int, int, Decimal]:
    """Who has no proposal first, then by code; of equals, and at an odd jury, who acquired the fewest ECTS first."""
    proposed, decided = (
        -1 if code is None else RANKS.get(code, LAST_OF_ALL) for code in (judged.proposed, judged.year)
    )
    return proposed, decided, Decimal(judged.verdict["ects"])
