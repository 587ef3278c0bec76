"""What follows for a student from what the jury decided of their year: where to enrol them next, and why.

Pure: facts in, a proposal out. Nobody is enrolled where a decision, a parcours or a semester is still awaited.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from jury.engine.codes import YearCode
from jury.engine.progression import REPEATS

ENROLLED, BLANK = "enrolled", "ABL"
"""Two states of an enrolment; DEF is the jury's affair, and the others are those of who left."""
LEFT = {"DEM", "ABAN", "EXCLU"}


class Place(NamedTuple):
    """One year of BUT to be enrolled in; parcours and modality are codes, empty where the year is common."""

    but_year: int
    parcours: str
    modality: str

    @property
    def key(self) -> str:
        """As a choice is stored and sent: 2:OSC:FI."""
        return f"{self.but_year}:{self.parcours}:{self.modality}"

    def serves(self, other: "Place") -> bool:
        """Whether this one, being common, stands for the other too."""
        same_year = self.but_year == other.but_year
        return same_year and self.parcours in {"", other.parcours} and self.modality in {"", other.modality}

    def __str__(self) -> str:
        return " ".join(part for part in (f"BUT{self.but_year}", self.parcours, self.modality) if part)


class Kind(StrEnum):
    """What becomes of a student, as the page groups them."""

    NEXT = "passe"
    REPEAT = "redouble"
    DIPLOMA = "diplome"
    LEAVES = "part"
    DECIDE = "a-decider"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one student when the year turns; `code` is that of the latest closed annual jury, or none."""

    place: Place
    state: str = ENROLLED
    code: str | None = None
    jury: str = ""
    authorised: tuple[int, ...] = ()
    owed: tuple[str, ...] = ()
    graduated: bool = False
    recorded: bool = True
    """Whether the record of the jury was found: it knows a student by their NIP of that day."""
    absent: bool = False
    """Not enrolled this year: a césure, perhaps (N-27). The place and the jury are those of the year before."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed of one student, and why; `place` is None where nobody is enrolled, or not yet.

    `choices` are the places between which to choose, the likeliest first: a parcours, a modality.
    """

    kind: Kind
    place: Place | None
    rule: str
    text: str
    choices: tuple[Place, ...] = ()


PASS_RULES = {YearCode.ADM: "N-06", YearCode.ADJ: "N-14", YearCode.PASD: "N-10", YearCode.PAS1NCI: "I-09"}
STOP_RULES = {
    YearCode.NAR: (Kind.LEAVES, "N-13"),
    YearCode.DEM: (Kind.LEAVES, "N-20"),
    YearCode.ABAN: (Kind.LEAVES, "N-20"),
    YearCode.EXCLU: (Kind.LEAVES, "N-20"),
    YearCode.RAT: (Kind.DECIDE, "I-06"),
    YearCode.DEF: (Kind.DECIDE, "L-17"),
    YearCode.ABL: (Kind.DECIDE, "N-20"),
}


def propose(facts: Facts, offered: Sequence[Place]) -> Proposal:
    """Return what the decision on a year opens, among the places offered in the next one."""
    if facts.absent:
        return _decide(
            "N-27", f"Pas d’inscription cette année, {_said(facts)} l’an dernier\xa0: retour de césure\xa0?"
        )
    if facts.code is None:
        return _undecided(facts)
    code = YearCode[facts.code]
    if code in STOP_RULES:
        kind, rule = STOP_RULES[code]
        return Proposal(kind, None, rule, f"{_said(facts)}\xa0: {code.meaning[0].lower()}{code.meaning[1:]}")
    if code in REPEATS:
        return _settle(
            Kind.REPEAT, facts, facts.place.but_year, offered, "N-12", f"{_said(facts)}\xa0: reprend l’année."
        )
    return _passes(facts, code, offered)


def propose_even(facts: Facts, offered: Sequence[Place]) -> Proposal:
    """Return what follows an odd semester: the even one of the year, of right, whatever its jury says (N-09)."""
    if facts.state in LEFT:
        return _left(facts)
    if facts.state == BLANK:
        return _decide("N-20", "Année blanche\xa0: suit-il le semestre pair\xa0?")
    text = "Le semestre pair suit de droit le semestre impair de la même année."
    return _settle(Kind.NEXT, facts, facts.place.but_year, offered, "N-09", text)


def _passes(facts: Facts, code: YearCode, offered: Sequence[Place]) -> Proposal:
    """Return what a decision that passes opens: the next year, the diploma, or nothing while S5 is closed."""
    but_year = facts.place.but_year
    if not facts.recorded:
        return _decide("", f"{_said(facts)}, mais le registre de ce jury n’a personne sous ce NIP.")
    if but_year == 3:
        if facts.graduated:
            return Proposal(Kind.DIPLOMA, None, "N-16", f"{_said(facts)}\xa0: le BUT est obtenu.")
        return _decide("N-16", f"{_said(facts)}, mais le BUT n’est pas délivré.{_debts(facts)}")
    opens = 2 * but_year + 1
    if opens not in facts.authorised:
        return _decide("N-11", f"{_said(facts)}, mais le S{opens} reste fermé.{_debts(facts)}")
    text = f"{_said(facts)} ouvre le S{opens}.{_debts(facts)}"
    return _settle(Kind.NEXT, facts, but_year + 1, offered, PASS_RULES[code], text)


def _undecided(facts: Facts) -> Proposal:
    if facts.state in LEFT:
        return _left(facts)
    return _decide("N-14", "Aucun jury annuel clos n’a décidé de son année.")


def _left(facts: Facts) -> Proposal:
    label = YearCode[facts.state].label.lower()
    return Proposal(Kind.LEAVES, None, "N-20", f"{label[0].upper()}{label[1:]} en cours d’année.")


def _decide(rule: str, text: str) -> Proposal:
    return Proposal(Kind.DECIDE, None, rule, text)


def _settle(kind: Kind, facts: Facts, but_year: int, offered: Sequence[Place], rule: str, text: str) -> Proposal:
    """Propose the only place that continues this one, or the choice between those that do."""
    found = _continuing(facts.place, [place for place in offered if place.but_year == but_year])
    if not found:
        return _decide(rule, f"{text} Mais la maquette n’a pas de BUT{but_year} qui convienne.")
    if len(found) == 1:
        moved = found[0].modality != facts.place.modality and facts.place.modality and found[0].modality
        told = f" Seul régime prévu\xa0: {found[0].modality}." if moved else ""
        return Proposal(kind, found[0], rule, text + told, tuple(found))
    return Proposal(kind, None, rule, f"{text} Parcours ou régime à choisir.", tuple(found))


def _continuing(place: Place, offered: Iterable[Place]) -> list[Place]:
    """Keep the places of one's own parcours, then of one's own modality, where there are some."""
    found = list(offered)
    if place.parcours:
        found = [each for each in found if each.parcours in {place.parcours, ""}]
    if place.modality:
        found = [each for each in found if each.modality in {place.modality, ""}] or found
    return found


def _said(facts: Facts) -> str:
    return f"{facts.code} ({facts.jury})" if facts.jury else str(facts.code)


def _debts(facts: Facts) -> str:
    return f" Restent dues\xa0: {', '.join(facts.owed)}." if facts.owed else ""


def group_above(name: str, but_year: int, years: Mapping[str, Set[int]]) -> str | None:
    """Return the group of the next year that a group becomes: OSC2 → OSC3, when BUT3 has an OSC3; else none."""
    for rank, letter in enumerate(name):
        if letter == str(but_year):
            above = f"{name[:rank]}{but_year + 1}{name[rank + 1 :]}"
            if but_year + 1 in years.get(above, ()):
                return above
    return None


def year_after(academic_year: str) -> str:
    """Return the next academic year: 2025-2026 → 2026-2027."""
    first = int(academic_year[:4])
    return f"{first + 1}-{first + 2}"


def year_before(academic_year: str) -> str:
    """Return the academic year before."""
    first = int(academic_year[:4])
    return f"{first - 1}-{first}"
