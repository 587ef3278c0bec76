"""What people type in one cell of a maquette, and how a cell says it back to them: the two are inverse."""

import re
from collections.abc import Iterable
from decimal import Decimal

from curriculum.workbook.draft import Amendment, Evaluation
from curriculum.workbook.figures import FIGURE, figure, shortest
from curriculum.workbook.french import comma
from curriculum.workbook.naming import plain

LONGEST = 12
"""How many characters a figure may have."""
SEPARATORS = ("+", ";", "|")
"""What stands between two evaluations: the last of them that a text holds, so that a label may hold one before it."""
NO_WEIGHT = " × –"
"""What follows a label that would else seem to end with a weight: « Projet 2 × – »."""
UNNAMED = "évaluation"
"""How a weight that stands beside no modality is printed; whoever types its cell again gives it this name."""
COUNT = re.compile(r"([0-9]{1,3})\s+(?=[^\W\d])")
WEIGHT = re.compile(rf"(?:^|\s|\s?×\s?|\s[x*]\s?)({FIGURE.pattern})(\s?%)?$|{NO_WEIGHT}$")


def read_figure(text: str) -> str | None:
    """Return a figure as typed (« 0,50 » gives `0.50`), None where it is none, or too long to be kept."""
    found = figure(text)
    return found if found is None or len(found) <= LONGEST else None


def read_amendment(text: str) -> Amendment | None:
    """Return the two figures of « 0,3-0,2 », or of « 0,3- » where nothing replaces the first; else None."""
    old, dash, new = plain(text).partition("-")
    struck, kept = read_figure(old), read_figure(new)
    return Amendment(struck, kept) if dash and struck and (kept or not new.strip()) else None


def said_amendment(amendment: Amendment) -> str:
    """Write the two figures of an amended cell: « 0,3-0,2 »."""
    return f"{comma(amendment.old)}-{comma(amendment.new) if amendment.new is not None else ''}"


def read_evaluations(text: str) -> tuple[Evaluation, ...] | None:
    """Return the evaluations of « 2 DS 0,5 + TP 50 % » ; None where one has no name, or a weight too long."""
    mark = next((each for each in SEPARATORS[::-1] if each in text), SEPARATORS[0])
    found = [_evaluation(piece) for piece in map(plain, text.split(mark)) if piece]
    understood = tuple(each for each in found if each is not None)
    return understood if len(understood) == len(found) else None


def _evaluation(piece: str) -> Evaluation | None:
    count, given = COUNT.match(piece), WEIGHT.search(piece)
    label = piece[count.end() if count else 0 : given.start() if given else None].strip()
    weight = read_figure(given[1]) if given and given[1] else None
    if not label or (given and given[1] and weight is None):
        return None
    if weight and given and given[2]:
        weight = shortest(Decimal(weight).scaleb(-2))
    return Evaluation(label, int(count[1]) if count else None, weight)


def said_evaluations(evaluations: Iterable[Evaluation]) -> str:
    """Write evaluations as `read_evaluations` reads them: « 2 DS 0,5 + TP 0,5 »."""
    pieces = [_said(each) for each in evaluations]
    held = [rank for rank, mark in enumerate(SEPARATORS, 1) if any(mark in piece for piece in pieces)]
    mark = SEPARATORS[min(max(held, default=0), len(SEPARATORS) - 1)]
    return f" {mark} ".join(pieces) + (f" {mark}" if held and len(pieces) == 1 else "")


def _said(evaluation: Evaluation) -> str:
    label = evaluation.label or UNNAMED
    label = label if evaluation.count is None else f"{evaluation.count} {label}"
    if evaluation.weight is not None:
        return f"{label} {comma(evaluation.weight)}"
    return label + NO_WEIGHT if WEIGHT.search(label) else label
