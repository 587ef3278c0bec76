"""PURE: which competence of a formation each one of a référentiel is, and what differs between two référentiels."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from curriculum.referentiel import Competence, Referentiel
from curriculum.workbook.french import typeset
from curriculum.workbook.naming import fold

NUMBERED = re.compile(r"(?:ue|c|competence)?[ .-]*([1-9][0-9]?)")
"""How maquettes name a competence by its rank: « UE1 », « C 1 », « Compétence 1 », folded."""

Pairing = Mapping[str, str | None]
"""By name in the référentiel, the code of the competence of the formation; None: the formation has none yet."""


@dataclass(frozen=True, slots=True)
class Known:
    """A competence of the formation: its code, and the titles that its UEs bear."""

    code: str
    titles: tuple[str, ...] = ()


def propose(referentiel: Referentiel, known: Sequence[Known], before: Pairing) -> dict[str, str | None]:
    """Return the likely pairs: those of before, else the same name or title, else the same number.

    Competences of different parcours may be one in the formation; those of one parcours never are.
    """
    found: dict[str, str | None] = {}
    signs: list[Callable[[Competence, Known], bool]] = [
        lambda one, other: before.get(one.name) == other.code,
        lambda one, other: fold(one.name) == fold(other.code),
        lambda one, other: fold(one.title) in map(fold, other.titles),
        lambda one, other: (rank := NUMBERED.fullmatch(fold(other.code))) is not None and int(rank[1]) == one.number,
    ]
    for sign in signs:
        for one in referentiel.competences:
            if one.name not in found:
                free = (each.code for each in known if sign(one, each))
                match = next((code for code in free if not clash(referentiel, {**found, one.name: code})), None)
                if match:
                    found[one.name] = match
    return {one.name: found.get(one.name) for one in referentiel.competences}


def clash(referentiel: Referentiel, pairing: Pairing) -> str | None:
    """Say which two competences that one parcours teaches are given as one, if any are."""
    together = [{name for year in each.years.values() for name, _ in year} for each in referentiel.parcours]
    apart = {one.name for one in referentiel.competences} - set().union(*together)
    same = defaultdict[str, list[str]](list)
    for name, code in pairing.items():
        if code is not None:
            same[code].append(name)
    for code, names in same.items():
        for first, second in combinations(names, 2):
            if {first, second} & apart or any({first, second} <= each for each in together):
                return typeset(f"« {first} » et « {second} » ne peuvent pas être toutes deux la compétence {code}.")
    return None


@dataclass(frozen=True, slots=True)
class Change:
    """What a référentiel says otherwise than another; harmless where it changes no meaning."""

    sentence: str
    harmless: bool


Key = tuple[str, ...]
WORDING = ("Couleur", "Situations", "Composantes")
"""What explains a competence, and may be said otherwise at any time."""


def changes(old: Referentiel, new: Referentiel) -> list[Change]:
    """Return what changes: additions and the wording of what explains are harmless, as are case, accents, spaces."""
    before, after = dict(_flat(old)), dict(_flat(new))
    found = []
    for key in dict.fromkeys([*after, *before]):
        was, now = before.get(key), after.get(key)
        harmless = key[0] in WORDING or was is None or (now is not None and fold(was) == fold(now))
        if was is None:
            said = f"ajouté, « {_short(now or '')} »"
        elif now is None:
            said = f"supprimé, « {_short(was)} »"
        else:
            said = f"« {_short(was)} » devient « {_short(now)} »"
        if was != now:
            found.append(Change(typeset(f"{' '.join(key)} : {said}."), harmless))
    return found


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119]}…"


def _flat(referentiel: Referentiel) -> Iterator[tuple[Key, str]]:
    """Yield everything that a référentiel says, each under the name that a sentence gives it."""
    for one in referentiel.competences:
        yield ("Compétence", one.name), one.title
        yield ("Numéro", "de", one.name), str(one.number)
        yield ("Couleur", "de", one.name), one.colour
        yield ("Situations", "de", one.name), " · ".join(one.situations)
        yield ("Composantes", "de", one.name), " · ".join(one.components)
        for niveau in one.niveaux:
            yield ("Niveau", str(niveau.number), "de", one.name), niveau.title
            for learning in niveau.learnings:
                yield (learning.code, "de", one.name, f"niveau {niveau.number}"), learning.label
    for parcours in referentiel.parcours:
        yield ("Parcours", parcours.code), parcours.title
        for year, skills in parcours.years.items():
            for name, level in skills:
                yield (f"BUT{year}", "du parcours", parcours.code, f": {name}"), f"niveau {level}"
