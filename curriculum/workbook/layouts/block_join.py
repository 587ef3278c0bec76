"""Lines made modules: the lines of one module in several UEs, and those of its hours on another sheet, are one row."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from curriculum.workbook import facts
from curriculum.workbook.concordance import said_evaluations, said_hours
from curriculum.workbook.draft import Finding, finding
from curriculum.workbook.figures import NOTHING, Figure
from curriculum.workbook.french import comma
from curriculum.workbook.modules import word_of
from curriculum.workbook.naming import fold, module_key
from curriculum.workbook.tables import Row, Table, prefixed

LOOSE = re.compile(r"[^a-z0-9]+|\b(?:et|de|du|des|d|l|la|le|les)\b")
"""What two spellings of one title may differ by: « Expression & Communication », « Expression et communication »."""


@dataclass(slots=True, eq=False)
class _Group:
    """The lines of one module: those of coefficients, and those of hours."""

    key: str | None
    word: str | None
    section: str | None
    parcours: str | None
    weighed: list[Row] = field(default_factory=list)
    timed: list[Row] = field(default_factory=list)

    @property
    def ues(self) -> set[str]:
        """The UEs where it has coefficients."""
        return {ue for row in self.weighed for ue in row.figures}

    @property
    def marks(self) -> dict[str, str]:
        """The UEs where it has hours, each with its cell."""
        return {ue: cell for row in self.timed for ue, cell in (row.marks or {}).items()}


def entries(weighed: Sequence[Table], timed: Sequence[Table]) -> tuple[Table, ...]:
    """Return one table an entry: coefficients and hours of one semester and modality joined, else either alone."""
    found, used = [], set()
    for table in weighed:
        place = (table.semester, facts.is_alternance(table.around))
        partners = [each for each in timed if (each.semester, facts.is_alternance(each.around)) == place]
        used |= {id(each) for each in partners}
        found += [joined(table, each) for each in partners] or [merged(table)]
    return (*found, *(merged(table) for table in timed if id(table) not in used))


def merged(table: Table) -> Table:
    """Return a table of one sheet with one row a module."""
    return replace(table, rows=_rows(_groups(table.rows, table.semester), {}))


def joined(weighed: Table, timed: Table) -> Table:
    """Return the entry that a sheet of coefficients and a sheet of hours make; parcours and names are the second's."""
    names = (weighed.sheet, timed.sheet)
    weighed, timed = prefixed(weighed), prefixed(timed)
    groups = _groups(weighed.rows, weighed.semester)
    extra = _pair(groups, _groups(timed.rows, timed.semester), _own_parcours(groups, timed))
    blank = dict.fromkeys((name for row in timed.rows for name in row.hours), NOTHING)
    ues = {ue: title or timed.ues.get(ue) for ue, title in weighed.ues.items()}
    return replace(
        weighed,
        sheet=" | ".join(names),
        joined=names,
        heading=timed.heading,
        lines=(*timed.lines, *weighed.lines),
        notes=(*weighed.notes, *timed.notes),
        ues=ues | {ue: title for ue, title in timed.ues.items() if ue not in ues},
        headings={**timed.headings, **weighed.headings},
        rows=_rows([*groups, *extra], blank),
        ects=weighed.ects if weighed.ects.figures else timed.ects,
        findings=(*weighed.findings, *timed.findings, *_other_credits(weighed, timed)),
    )


def _other_credits(weighed: Table, timed: Table) -> Iterator[Finding]:
    """Report the credits of the sheet of hours that are not the ECTS of the coefficients, which are kept."""
    for ue, credits in timed.ects.figures.items():
        ects = weighed.ects.figures.get(ue)
        if ects is not None and Decimal(ects) != Decimal(credits):
            yield finding(
                "ects_total",
                "warning",
                f"{ue} : {comma(credits)} crédits ici, {comma(ects)} ECTS avec les coefficients, qui sont gardés.",
                cell=timed.ects.cells[ue],
                ue=ue,
                declared=credits,
                computed=ects,
            )


def _groups(rows: Iterable[Row], semester: int) -> list[_Group]:
    """Gather the lines of each module, by code, by word or by title; twice in one UE, they are two modules."""
    groups: dict[tuple[object, ...], _Group] = {}
    for row in rows:
        key = module_key(row.code, semester) if row.code else None
        kind = word_of(row)
        name = key or kind or loose(row.title)
        place: tuple[object, ...] = (name, row.section if kind else None, row.parcours, 0)
        ues = set(row.figures) | set(row.marks or {})
        while place in groups and ues & (groups[place].ues | set(groups[place].marks)) and not row.marks:
            place = (*place[:-1], int(str(place[-1])) + 1)
        group = groups.setdefault(place, _Group(key, kind, row.section, row.parcours))
        (group.timed if row.marks else group.weighed).append(row)
    return list(groups.values())


def loose(title: str | None) -> str:
    """Return what two spellings of a title share, punctuation and small words aside."""
    return LOOSE.sub("", LOOSE.sub(" ", fold(title or "").replace("&", " et ")))


def _own_parcours(groups: Sequence[_Group], timed: Table) -> str | None:
    """Return the parcours that a sheet of hours is for, of those whose alternatives the other sheet lists."""
    served = {group.parcours for group in groups} - {None}
    words = re.findall(r"[A-Z]{2,6}", " ".join((timed.heading, *timed.lines, timed.sheet)))
    return next((each for each in words if each in served), None)


def _pair(groups: list[_Group], timed: list[_Group], own: str | None) -> list[_Group]:
    """Give each module of hours to the one of coefficients that it is, by title, else by its place in the UE.

    Return the modules that have hours only.
    """
    pairs: dict[_Group, _Group] = {}
    for same in (fold, loose):
        for each in timed:
            fits = [group for group in groups if group not in pairs.values() and _is_same(group, each, own, same)]
            if each not in pairs and fits:
                pairs[each] = fits[0]
    for ue in sorted({ue for each in timed for ue in each.marks}):
        _pair_by_place(ue, groups, timed, pairs)
    for each, group in pairs.items():
        group.timed += each.timed
    return [each for each in timed if each not in pairs]


def _is_same(group: _Group, timed: _Group, own: str | None, spelt: Callable[[str], str]) -> bool:
    """Whether coefficients and hours are of one module: same pole, same parcours, and same word or same title."""
    is_like = (group.section, group.word) == (timed.section, timed.word)
    if not is_like or group.parcours not in (timed.parcours or own, None):
        return False
    return group.word is not None or spelt(group.weighed[0].title or "") == spelt(timed.timed[0].title or "")


def _pair_by_place(ue: str, groups: list[_Group], timed: Sequence[_Group], pairs: dict[_Group, _Group]) -> None:
    """Pair, in their order, what is left of each pole of a UE; a line without a number is then that of other UEs."""
    left = [each for each in groups if ue in each.ues and not each.word and each not in pairs.values()]
    for section, parcours in dict.fromkeys((each.section, each.parcours) for each in left):
        waiting = [
            each
            for each in timed
            if (each.section, each.parcours, each.word) == (section, parcours, None)
            and ue in each.marks
            and (each not in pairs or (pairs[each].key is None and ue not in pairs[each].ues))
        ]
        offered = [group for group in left if (group.section, group.parcours) == (section, parcours)]
        for each, group in zip(waiting, offered, strict=False):
            if unnumbered := pairs.get(each):
                if group.key is None:
                    continue
                group.weighed = sorted([*unnumbered.weighed, *group.weighed], key=lambda row: row.line)
                groups.remove(group)
                groups[groups.index(unnumbered)] = group
            pairs[each] = group


def _rows(groups: Sequence[_Group], blank: Mapping[str, Figure]) -> tuple[Row, ...]:
    """Return one row a module; a parcours is only said where several share the table."""
    served = {group.parcours for group in groups} - {None}
    return tuple(_row(group, blank, group.parcours if len(served) > 1 else None) for group in groups)


def _row(group: _Group, blank: Mapping[str, Figure], parcours: str | None) -> Row:
    """Put the lines of a module together: the first that says a thing is kept, the others are compared with it."""
    lines = [*group.weighed, *group.timed]
    first = lines[0]
    code = next((row for row in lines if row.code), first)
    hours = next((row for row in group.timed if _hours(row)), None)
    evaluations = next((row for row in group.weighed if row.evaluations), None)
    titled = [row for row in lines if row.title]
    cells = [{name: cell for name, cell in row.cells.items() if name not in ("hours", "weights")} for row in lines]
    own = [(name, row) for name, row in (("hours", hours), ("weights", evaluations)) if row]
    return replace(
        first,
        code=code.code,
        figures={ue: each for row in group.weighed for ue, each in row.figures.items()},
        cells={name: cell for each in reversed(cells) for name, cell in each.items()}
        | ({"code": code.cells["code"]} if "code" in code.cells else {})
        | {name: row.cells[name] for name, row in own},
        hours={**blank, **(hours.hours if hours else group.timed[0].hours if group.timed else {})},
        evaluations=evaluations.evaluations if evaluations else (),
        marks=group.marks or None,
        title=titled[0].title if titled else None,
        also={
            row.cells["title"]: row.title or ""
            for row in titled[1:]
            if fold(row.title or "") != fold(titled[0].title or "")
        },
        parcours=parcours,
        findings=tuple(_differing(group, hours, evaluations)),
    )


def _hours(row: Row) -> str | None:
    return said_hours({name: each.value for name, each in row.hours.items()})


def _differing(group: _Group, hours: Row | None, evaluations: Row | None) -> Iterator[Finding]:
    """Report the lines that say otherwise than the one kept, and those that leave out a number that others print."""
    for row in group.timed:
        if hours:
            yield from _differs(row, "hours", _hours(row), _hours(hours))
    for row in group.weighed:
        if evaluations:
            kept = said_evaluations(evaluations.evaluations)
            yield from _differs(row, "weights", said_evaluations(row.evaluations), kept)
    for row in group.weighed if group.key else ():
        if not row.code:
            yield finding(
                "missing_code",
                "warning",
                f"« {row.title} » n’a pas de numéro ; c’est à la même place celui des autres UE.",
                cell=row.cells.get("code", row.cells.get("title")),
                computed=group.key,
            )


def _differs(row: Row, what: str, said: str | None, kept: str | None) -> Iterator[Finding]:
    if said and said != kept:
        ue = next(iter(row.marks or row.figures))
        yield finding(
            {"hours": "hours_differ", "weights": "evaluations_differ"}[what],
            "info",
            f"{comma(said)} pour {ue}, {comma(kept)} pour une UE d’avant ; la première lecture est gardée.",
            cell=row.cells.get(what),
            ue=ue,
            declared=said,
            computed=kept,
        )
