"""PURE: which table and which module of one maquette stands for which of another."""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from curriculum.workbook.draft import Semester
from curriculum.workbook.naming import fold

RANKED = re.compile(r"S[1-6]\.(?:RES|SAE)\.[0-9]{2}")
"""A key that only says the place of a module without code: one row more, and it names another module."""

NUMBER = re.compile(r"[ -]+s?[1-6]$")
"""What some sheets add to a title that comes back: « Anglais 1 », « Portfolio S1 »."""

T = TypeVar("T")
Sign = Callable[[T], Hashable]


class Named(NamedTuple):
    """A module as far as matching goes."""

    key: str
    parcours: str | None
    title: str | None


def modules(old: Sequence[Named], new: Sequence[Named], *, codes: bool = True) -> dict[int, int]:
    """Return the rank in `new` of each module of `old` that has a counterpart, by its rank in `old`.

    Of one semester. The same key and title first, then the same code; then the same title, where only one module on
    each side bears it; last the same place, for modules without code. Without `codes`, titles alone: the codes of
    two specialities name different things.
    """
    by_code: list[Sign[Named]] = [
        lambda each: (each.key, each.parcours, _title(each)),
        lambda each: None if RANKED.fullmatch(each.key) else (each.key, each.parcours),
    ]
    by_title: Sign[Named] = lambda each: (_title(each), each.parcours) if each.title else None  # noqa: E731
    by_place: Sign[Named] = lambda each: (each.key, each.parcours)  # noqa: E731
    return _pairs(old, new, [*by_code, by_title, by_place] if codes else [by_title])


def tables(old: Sequence[Semester], new: Sequence[Semester]) -> dict[int, int]:
    """Return the rank in `new` of each table of `old` that has a counterpart, by its rank in `old`.

    The same semester, parcours and modality first (of a book of two years, the later with the later); then without
    the difference between « FI » and nothing said; then the only one left of its parcours, whatever the modality;
    last a table of all parcours with the only one left of its semester and modality.
    """
    ages = {id(table): _age(table, side) for side in (old, new) for table in side}
    signs: list[Sign[Semester]] = [
        lambda each: (each.semester, each.parcours, each.modality, ages[id(each)]),
        lambda each: (each.semester, each.parcours, each.modality or "FI", ages[id(each)]),
        lambda each: (each.semester, each.parcours, ages[id(each)]),
    ]
    exact = _pairs(old, new, signs)
    common: Sign[Semester] = lambda each: (each.semester, each.modality or "FI", ages[id(each)])  # noqa: E731
    return {
        rank: found
        for rank, found in _pairs(old, new, [common], exact).items()
        if rank in exact or old[rank].parcours is None or new[found].parcours is None
    }


def _title(module: Named) -> str:
    return NUMBER.sub("", fold(module.title or ""))


def _age(table: Semester, side: Iterable[Semester]) -> int:
    """How many tables of the same label are of a later year."""
    later = table.academic_year or ""
    return sum(each.label == table.label and (each.academic_year or "") > later for each in side)


def _pairs(
    old: Sequence[T], new: Sequence[T], signs: Iterable[Sign[T]], known: Mapping[int, int] | None = None
) -> dict[int, int]:
    """Pair what bears the same sign, sign after sign, where it is the only one left on its side to bear it."""
    found = dict(known or {})
    for sign in signs:
        before = _alone(old, sign, found.keys())
        after = _alone(new, sign, found.values())
        found |= {rank: after[name] for name, rank in before.items() if name in after}
    return found


def _alone(side: Sequence[T], sign: Sign[T], taken: Iterable[int]) -> dict[Hashable, int]:
    free = {rank: sign(each) for rank, each in enumerate(side) if rank not in set(taken)}
    times = Counter(free.values())
    return {name: rank for rank, name in free.items() if name is not None and times[name] == 1}
