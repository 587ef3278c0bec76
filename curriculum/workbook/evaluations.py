"""The modalities of a module and their weights, as two cells print them: « 1 TP 1 DS » and « 0,5 0,5 »."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise, zip_longest

from curriculum.workbook.concordance import said_evaluations
from curriculum.workbook.draft import Evaluation, Finding, finding
from curriculum.workbook.figures import DASH, figure, shortest, total
from curriculum.workbook.french import comma
from curriculum.workbook.grid import Cell
from curriculum.workbook.naming import plain, unaccented

COUNTED = re.compile(r"(?<![^\s)])[0-9]{1,2}\s+(?=[^\W\d])")
COUNT = re.compile(r"([0-9]{1,2})\s+(?=[^\W\d])")
CAPITAL = re.compile(r"(?<=[\s)])(?=[^\W\d_])")
REPEATED = re.compile(r"\s*\(\s*([0-9]+(?:[.,][0-9]+)?)\s*\)$")
TYPES = re.compile(
    r"(?:dossier|oral|ecrit|tp|td|ds|cc|qcm|poster|rapport|soutenance|evaluation|memoire|synthese|presentation|portfolio"
    r"|texte|analyse|etude|moyenne|test|projet|autoformation|examen|devoir|expose|production|note)s?\b"
)
WEIGHT = re.compile(r"[^\s;/+|]+")
MISREAD = "4"
"""What character recognition makes of a « 1 » that is struck out."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One modality, or one weight, as a cell prints it, and whether it is struck out."""

    text: str
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Modalities:
    """What the two cells of a module say: the evaluations in force, those struck out, what is not understood."""

    labels: Cell
    weights: Cell
    evaluations: tuple[Evaluation, ...] = ()
    old: tuple[Evaluation, ...] = ()
    odd: tuple[Cell, ...] = ()
    misread: bool = False
    """Whether a weight of 4 was read as a struck-out 1."""

    def findings(self) -> Iterator[Finding]:
        """Say what was struck out, and how it was known."""
        if self.misread:
            yield finding(
                "struck_figure",
                "info",
                f"un poids de {MISREAD} ne s’explique que par un 1 rayé ; il est lu 1, et écarté.",
                cell=self.weights.name,
                declared=MISREAD,
                computed="1",
            )
        if self.old:
            computed = total(each.weight for each in self.evaluations if each.weight)
            confirmed = computed == 1
            old, kept = said_evaluations(self.old), said_evaluations(self.evaluations)
            verdict = "font bien 1" if confirmed else f"font {comma(shortest(computed))}, et non 1"
            yield finding(
                "amended_evaluations",
                "info" if confirmed else "warning",
                f"deux jeux d’évaluations dans une cellule ; « {comma(old)} » est rayé, "
                f"« {comma(kept)} » est en vigueur ; ses poids {verdict}.",
                cell=self.labels.name,
                declared=old,
                computed=kept,
            )


def read_modalities(labels: Cell, weights: Cell) -> Modalities:
    """Read the two cells; a dash without weight is no evaluation."""
    given = _pieces(weights, [match.span() for match in WEIGHT.finditer(weights.text)])
    if DASH.fullmatch(plain(weights.text)):
        given = []
    odd = tuple(cell for cell in (weights,) if any(figure(each.text) is None for each in given))
    names = [] if DASH.fullmatch(plain(labels.text)) else _modalities(labels, len(given))
    if figure(labels.text):
        odd = (labels, *odd)
    if odd or not (names or any(Decimal(figure(each.text) or 0) for each in given)):
        return Modalities(labels, weights, odd=odd)
    if any(each.struck for each in (*names, *given)):
        return _by_format(labels, weights, names, given)
    return _by_sums(labels, weights, names, given)


def _by_format(labels: Cell, weights: Cell, names: Sequence[Piece], given: Sequence[Piece]) -> Modalities:
    """Let strike-through say which evaluations are old; that of one cell holds for the other where they match."""
    if len(names) == len(given):
        struck = [name.struck or weight.struck for name, weight in zip(names, given, strict=True)]
        names = [replace(name, struck=old) for name, old in zip(names, struck, strict=True)]
        given = [replace(weight, struck=old) for weight, old in zip(given, struck, strict=True)]
    kept, old = (
        _evaluations([each for each in names if each.struck is side], [each for each in given if each.struck is side])
        for side in (False, True)
    )
    return Modalities(labels, weights, kept, old)


def _by_sums(labels: Cell, weights: Cell, names: Sequence[Piece], given: Sequence[Piece]) -> Modalities:
    """Keep the last of the sets whose weights each add up to 1; one with a 4 for a 1 can only be a struck-out one."""
    sets = _sets([figure(each.text) or "0" for each in given])
    sound = [each for each in sets if not any(figure(given[rank].text) == MISREAD for rank in each)]
    if len(sets) < 2 or not sound:
        return Modalities(labels, weights, _evaluations(names, given))
    kept = sound[-1]
    repaired = [Piece("1") if figure(each.text) == MISREAD else each for each in given]
    old = [rank for rank in range(len(given)) if rank not in kept]
    end = len(names) if kept.stop == len(given) else kept.stop
    return Modalities(
        labels,
        weights,
        evaluations=_evaluations(names[kept.start : end], given[kept.start : kept.stop]),
        old=_evaluations([names[rank] for rank in old if rank < len(names)], [repaired[rank] for rank in old]),
        misread=len(sound) < len(sets),
    )


def _sets(figures: Sequence[str]) -> list[range]:
    """Cut weights into consecutive sets that each add up to 1, a 4 counting for 1; none where that cannot be."""
    sets, start, added = [], 0, Decimal(0)
    for rank, each in enumerate(figures):
        added += Decimal(1 if each == MISREAD else each)
        if added == 1:
            sets.append(range(start, rank + 1))
            start, added = rank + 1, Decimal(0)
    return sets if start == len(figures) else []


def _evaluations(names: Sequence[Piece], given: Sequence[Piece]) -> tuple[Evaluation, ...]:
    found = []
    for name, weight in zip_longest((each.text for each in names), (figure(each.text) for each in given)):
        count = COUNT.match(name or "")
        label = (name or "")[count.end() if count else 0 :]
        repeated = REPEATED.search(label)
        if repeated and weight and Decimal(repeated[1].replace(",", ".")) == Decimal(weight):
            label = label[: repeated.start()]
        found.append(Evaluation(label, int(count[1]) if count else None, weight))
    return tuple(found)


def _modalities(cell: Cell, number: int) -> list[Piece]:
    """Split the modalities: at their counts, else at line breaks, else before capitalised words, into `number`."""
    text = cell.text
    outside = [rank for rank in range(len(text)) if text.count("(", 0, rank) <= text.count(")", 0, rank)]
    cuts = {match.start() for match in COUNTED.finditer(text)} & set(outside)
    more = number - len(_spans(text, cuts))
    lines = [match.end() for match in re.finditer(r"\n\s*(?=\S)", text) if match.end() not in cuts]
    if 0 < len(lines) <= more:
        cuts |= set(lines)
        more -= len(lines)
    if more > 0:
        words = [match.start() for match in CAPITAL.finditer(text) if text[match.start()].isupper()]
        free = [at for at in words if at in outside and at not in cuts and not _is_counted(text, at, cuts)]
        cuts |= set(sorted(free, key=lambda at: _rank(text, at))[:more])
    return _pieces(cell, _spans(text, cuts))


def _is_counted(text: str, at: int, cuts: set[int]) -> bool:
    """Whether a word belongs to a modality whose number is printed."""
    begins = max((cut for cut in cuts if cut <= at), default=0)
    return COUNT.match(text.lstrip() if begins == 0 else text, begins) is not None


def _rank(text: str, at: int) -> int:
    """How likely a capitalised word begins a modality: behind a parenthesis or a small word, a known type, any."""
    before = text[:at].split()[-1:] or [""]
    known = TYPES.match(unaccented(text[at:]).casefold()) is not None
    if before[0].endswith(")") or (before[0][:1].islower() and len(before[0]) > 3):
        return 0
    return 1 if known else 2


def _spans(text: str, cuts: set[int]) -> list[tuple[int, int]]:
    """Return where the pieces between cuts begin and end, those that say something."""
    edges = [0, *sorted(cuts - {0}), len(text)]
    return [(begin, end) for begin, end in pairwise(edges) if plain(text[begin:end]).strip(" -–—;,/+")]


def _pieces(cell: Cell, spans: Sequence[tuple[int, int]]) -> list[Piece]:
    """Return pieces of a cell; one is struck out when all that it says is."""
    struck = [mark for part, is_struck in cell.parts for mark in [is_struck] * len(part)]
    return [
        Piece(
            plain(cell.text[begin:end]).rstrip(" ;"),
            bool(struck) and all(struck[rank] for rank in range(begin, end) if not cell.text[rank].isspace()),
        )
        for begin, end in spans
    ]
