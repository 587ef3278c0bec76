"""Join the hours of a semester and its coefficients, printed on two sheets: by title, by part of one, by place."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from curriculum.workbook.draft import Finding, finding
from curriculum.workbook.modules import WORD_TITLES
from curriculum.workbook.naming import fold
from curriculum.workbook.tables import Row, Table, prefixed

PART = re.compile(r"(?:^|\s)[-–—•]\s*")
WORDS = tuple(WORD_TITLES.values())
ALIKE = Fraction(1, 2)
"""How much of their words two titles share when they name one thing."""


def joined(hours: Table, weights: Table) -> Table:
    """Return one table of two sheets; what the sheet of hours names has its title, cells name their sheet."""
    if hours.sheet != weights.sheet:
        hours, weights = prefixed(hours), prefixed(weights)
    ues = _ues(hours, weights)
    taught = [_served(row, ues) for row in hours.rows]
    found, left = _matches(taught, weights.rows)
    rows = [_one(row, found.get(rank, [])) for rank, row in enumerate(taught)]
    lost = [row for row in left if not (row.dashes or any(each.value or each.old for each in row.figures.values()))]
    named = {ues[ue]: (title, hours.headings[ue], hours.competences.get(ue)) for ue, title in hours.ues.items()}
    return replace(
        weights,
        sheet=" | ".join(dict.fromkeys((hours.sheet, weights.sheet))),
        joined=(hours.sheet, weights.sheet) if hours.sheet != weights.sheet else (),
        lines=tuple(dict.fromkeys((*hours.lines, *weights.lines))),
        notes=(*hours.notes, *weights.notes),
        ues={
            ue: weights.ues.get(ue) or (named[ue][0] if ue in named else None)
            for ue in dict.fromkeys((*weights.ues, *named))
        },
        headings={ue: cell for ue, (_, cell, _) in named.items()} | dict(weights.headings),
        competences={ue: said for ue, (_, _, said) in named.items() if said} | dict(weights.competences),
        rows=(*rows, *_grouped([row for row in left if row not in lost], {})),
        findings=(*hours.findings, *weights.findings, *map(_lost, lost)),
        hours=hours.hours,
        annual_hours=hours.annual_hours,
    )


def alone(table: Table) -> Table:
    """Return the table of a sheet that has no other: its rows titled, one a module."""
    if table.hours.cells or any(row.hours for row in table.rows):
        return replace(table, rows=tuple(replace(row, title=split(row.title)[0]) for row in table.rows))
    return replace(table, rows=tuple(_grouped(table.rows, None)))


def split(title: str | None) -> tuple[str, tuple[str, ...]]:
    """Return what precedes the colon of a title and the parts listed behind: « Projet : - Qualité - Logistique »."""
    head, _, rest = (title or "").partition(":")
    parts = PART.split(rest.strip())
    if len(parts) > 1 and not parts[0].strip():
        return head.strip(), tuple(part.strip() for part in parts[1:])
    return title or "", ()


def _ues(hours: Table, weights: Table) -> dict[str, str]:
    """Return the UE of each column of the sheet of hours: that of its competence and level, else of its rank."""
    known = {(fold(name), level): ue for ue, (name, level) in weights.competences.items()}
    said = {ue: (fold(name), level) for ue, (name, level) in hours.competences.items()}
    return {ue: known.get(said[ue], ue) if ue in said else ue for ue in hours.ues}


def _served(row: Row, ues: Mapping[str, str]) -> Row:
    """Return a row whose crosses are for the UEs of the coefficients."""
    marks = dict(sorted((ues[ue], cell) for ue, cell in (row.marks or {}).items()))
    return replace(row, marks=marks, dashes=frozenset(ues[ue] for ue in row.dashes))


Matches = dict[int, list[tuple[Row, str]]]
"""By rank of a row of hours: its coefficients, each with the title that stands beside it."""


def _matches(taught: list[Row], weighed: Iterable[Row]) -> tuple[Matches, list[Row]]:
    """Return the coefficients of each row of hours, and those that no row of hours explains."""
    found: Matches = {}
    left: dict[str, list[Row]] = {}
    for row in weighed:
        left.setdefault(next(iter(row.figures)), []).append(row)
    for ue, rows in left.items():
        free = set(range(len(taught)))
        for test in TESTS:
            for row in list(rows):
                scores = {
                    rank: test(row, taught[rank]) for rank in free if row.section in (None, taught[rank].section)
                }
                best = max(
                    scores, key=lambda rank: (scores[rank], ue in (taught[rank].marks or ()), -rank), default=-1
                )
                if best >= 0 and scores[best]:
                    free.remove(best)
                    rows.remove(row)
                    found.setdefault(best, []).append((row, _stem(row, taught[best])))
    _by_place(taught, found, left)
    return found, [row for rows in left.values() for row in rows]


def _by_place(taught: list[Row], found: Matches, left: Mapping[str, list[Row]]) -> None:
    """Join what is alone in its UE and pole, with coefficients on one side and hours on the other."""
    unfound = [rank for rank in range(len(taught)) if rank not in found]
    for ue, rows in left.items():
        for pole in {row.section for row in rows}:
            here = [row for row in rows if row.section == pole and row.figures[ue].value]
            there = [rank for rank in unfound if taught[rank].section == pole and ue in (taught[rank].marks or ())]
            if len(here) == len(there) == 1:
                rows.remove(here[0])
                found.setdefault(there[0], []).append((here[0], _stem(here[0], taught[there[0]])))


def _same(row: Row, taught: Row) -> Fraction:
    """Whether two titles are one, but for case, accents, spaces and signs."""
    return Fraction(_squeezed(row.title) == _squeezed(split(taught.title)[0]))


def _part(row: Row, taught: Row) -> Fraction:
    """How much a title that ends with a part of another one is that one."""
    stem = _stem(row, taught)
    return _shared(stem, split(taught.title)[0]) if stem != row.title else Fraction(0)


def _word(row: Row, taught: Row) -> Fraction:
    """Whether both are the portfolio, the stage, the alternance or the immersion."""
    return Fraction(any(each.match(fold(row.title or "")) and each.match(fold(taught.title or "")) for each in WORDS))


def _alike(row: Row, taught: Row) -> Fraction:
    """How much two titles share."""
    return _shared(row.title or "", split(taught.title)[0])


TESTS: tuple[Callable[[Row, Row], Fraction], ...] = (_same, _part, _word, _alike)
"""From the surest to the least sure; every row of a UE is tried with one before the next."""


def _stem(row: Row, taught: Row) -> str:
    """Return a title without the part of the other title that ends it, if one does."""
    title = row.title or ""
    for part in split(taught.title)[1]:
        cut = re.fullmatch(rf"(.*\S)\s*[-–—:]\s*{re.escape(part)}", title, re.IGNORECASE)
        if cut:
            return cut[1]
    return title


def _shared(one: str, other: str) -> Fraction:
    """Return which share of their words two titles have in common, nothing below a half."""
    words, others = set(_words(one)), set(_words(other))
    share = Fraction(len(words & others), len(words | others) or 1)
    return share if share >= ALIKE else Fraction(0)


def _words(title: str) -> list[str]:
    return re.findall(r"\w+", fold(title))


def _squeezed(title: str | None) -> str:
    return "".join(_words(title or ""))


def _one(row: Row, weighed: Sequence[tuple[Row, str]]) -> Row:
    """Return a row of hours with its coefficients."""
    figures, cells, also, dashes = dict(row.figures), dict(row.cells), dict(row.also), row.dashes
    for each, title in weighed:
        figures |= each.figures
        cells |= {ue: cell for ue, cell in each.cells.items() if ue != "title"}
        also[each.cells["title"]] = title
        dashes |= each.dashes
    findings = (*row.findings, *(each for weight, _ in weighed for each in weight.findings))
    return replace(
        row, title=split(row.title)[0], figures=figures, cells=cells, also=also, dashes=dashes, findings=findings
    )


def _grouped(rows: Iterable[Row], marks: Mapping[str, str] | None) -> list[Row]:
    """Return the coefficients that no hours explain, those of one title and pole in one row."""
    groups: dict[tuple[str | None, str], Row] = {}
    for row in rows:
        place = (row.section, _squeezed(row.title))
        known = groups.get(place)
        while known and not known.figures.keys().isdisjoint(row.figures):
            place = (place[0], f"{place[1]}+")  # a second row of one title in one UE is another module
            known = groups.get(place)
        groups[place] = replace(_one(known, [(row, row.title or "")]) if known else row, marks=marks)
    return list(groups.values())


def _lost(row: Row) -> Finding:
    return finding(
        "unread_row",
        "error",
        f"La ligne {row.line} n’a pas été comprise, elle n’a ni coefficient ni heures : {row.title}.",
        cell=row.cells["title"],
        declared=row.title,
    )
