"""The roll as its pages show it: its steps, its views, what a confirmation would write, in figures."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse

from jury.models import Turn
from jury.turning.proposal import Kind, Place
from jury.turning.roll import Line, Roll

VIEWS = {
    "a-decider": "à décider",
    "parcours": "parcours à choisir",
    "passages": "passages",
    "redoublants": "redoublants",
    "sortants": "sans inscription",
    "inscrits": "déjà inscrits",
    "tous": "tous",
}
STEPS = {"turn": "1. Ce qui sera fait", "turn-students": "2. Étudiants", "turn-confirm": "3. Confirmer"}
WITHOUT = {
    Kind.DIPLOMA: "diplômé",
    Kind.LEAVES: "ne revient pas",
    Kind.DECIDE: "à décider",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the list: what is proposed in a word, and why."""

    line: Line

    @property
    def outcome(self) -> str:
        line = self.line
        if line.already:
            return "inscrit en " + ", ".join(str(enrolment.plan) for enrolment in line.already)
        if line.place:
            semesters = "-".join(f"S{plan.semester}" for plan in line.plans)
            return f"{line.place} ({semesters})" if semesters else str(line.place)
        if line.chosen:
            return "ne pas inscrire"
        return WITHOUT.get(line.proposal.kind, "à choisir")

    @property
    def reasons(self) -> list[dict[str, str]]:
        """Why, as components/why.html takes it."""
        line = self.line
        told = [{"rule": line.proposal.rule, "text": line.proposal.text}]
        if line.chosen:
            told.append({"rule": "", "text": "Choix de la rentrée, à la place de la proposition."})
        if line.exempted:
            codes = ", ".join(ue.code for ue in line.exempted)
            told.append({"rule": "L-08", "text": f"Déjà acquises, non suivies\xa0: {codes}."})
        elif line.repeating and line.place:
            told.append({"rule": "L-07", "text": "Réinscrit dans toutes les UE\xa0; les acquises le restent (N-20)."})
        if line.groups:
            told.append({"rule": "", "text": f"Groupes\xa0: {', '.join(line.groups)}."})
        return told


@dataclass(frozen=True, slots=True)
class Listing:
    """The students of one view, and how many each view has."""

    view: str
    counts: Mapping[str, int]
    lines: tuple[Shown, ...]

    @property
    def tabs(self) -> list[dict[str, object]]:
        """The views, as components/tabs.html takes them."""
        return [
            {"label": label, "url": f"?vue={view}", "current": view == self.view, "count": self.counts[view]}
            for view, label in VIEWS.items()
        ]

    @property
    def by_place(self) -> list[tuple[Place, list[Shown]]]:
        """The lines, by the place of this year."""
        ordered = sorted(self.lines, key=lambda shown: shown.line.facts.place)
        return [(place, list(lines)) for place, lines in groupby(ordered, key=lambda shown: shown.line.facts.place)]

    @property
    def choosing(self) -> Counter[Place]:
        """How many of those listed have each place to choose."""
        return Counter(place for shown in self.lines for place in shown.line.proposal.choices)

    @property
    def ids(self) -> list[int]:
        """Of whom something can be chosen: not of those who are enrolled."""
        return [shown.line.student.pk for shown in self.lines if not shown.line.already]

    @property
    def undecided(self) -> int:
        return self.counts["a-decider"]


def listing_of(roll: Roll, asked: str) -> Listing:
    """List the students of a view; an unknown one is the first that has somebody."""
    counts = Counter(line.view for line in roll.lines) + Counter({"tous": len(roll.lines)})
    view = asked if asked in VIEWS else next((view for view in VIEWS if counts[view]), "tous")
    lines = tuple(Shown(line) for line in roll.lines if view in {"tous", line.view})
    return Listing(view, counts, lines)


def places_of(roll: Roll, listing: Listing) -> list[Place]:
    """Return every place on offer: what most of those listed may choose first, else what most follow this year."""
    wanted = listing.choosing
    return sorted(roll.places, key=lambda place: -wanted[place])


def steps(turn: Turn, current: str) -> list[dict[str, object]]:
    """Return the three steps, as components/tabs.html takes them."""
    return [
        {"label": label, "url": reverse(f"jury:{name}", args=[turn.pk]), "current": name == current}
        for name, label in STEPS.items()
    ]


@dataclass(frozen=True, slots=True)
class Count:
    """How many students a confirmation enrols in one place."""

    place: Place
    students: int
    repeating: int
    exempted: int


def counts_of(roll: Roll) -> list[Count]:
    """Count whom a confirmation enrols, by place."""
    ordered = sorted((line for line in roll.ready if line.place), key=lambda line: line.place or line.facts.place)
    found = []
    for place, group in groupby(ordered, key=lambda line: line.place):
        lines = list(group)
        if place:
            repeating = sum(line.repeating for line in lines)
            found.append(Count(place, len(lines), repeating, sum(bool(line.exempted) for line in lines)))
    return found
