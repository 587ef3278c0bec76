"""From the rows of a document's tables to its modules: one key each, a kind, a pole, a title of its own."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from curriculum.workbook import facts
from curriculum.workbook.draft import HOURS, Amendment, Finding, Module, finding
from curriculum.workbook.figures import shortest, total
from curriculum.workbook.french import comma
from curriculum.workbook.naming import PREFIXES, clean_title, fold, module_key, word_kind
from curriculum.workbook.tables import Row, Table, amended_totals

WORD_TITLES = {
    "portfolio": re.compile(r"portfolio\b"),
    "stage": re.compile(r"stage\b"),
    "alternance": re.compile(r"alternance\b|apprentissage\b|experience professionnelle"),
    "immersion": re.compile(r"immersion professionnelle"),
}
WORD_KINDS = {"portfolio": "portfolio", "stage": "stage", "alternance": "alternance", "immersion": "alternance"}
SHORT_POLES = {"ressource": "RES", "sae": "SAE", None: "AUT"}


def modules(tables: Sequence[Table], parcours: Sequence[str | None]) -> list[tuple[list[Module], list[Finding]]]:
    """Return the modules of each table, and what their codes and titles call for saying."""
    coded = [_coded_keys(table) for table in tables]
    carried = {
        key
        for table, keys in zip(tables, coded, strict=True)
        for row, key in zip(table.rows, keys, strict=True)
        if key and _carries(row)
    }
    titles = _titles(tables, coded)
    found = []
    for table, keys, own in zip(tables, coded, parcours, strict=True):
        kinds = [_kind(row, key, key in carried) for row, key in zip(table.rows, keys, strict=True)]
        unique, findings = _unique(table, _completed(table, keys, kinds, titles))
        listed = [
            _module(row, key, kind, table.semester, own)
            for row, key, kind in zip(table.rows, unique, kinds, strict=True)
        ]
        found.append((listed, findings))
    mended = _mend_titles(tables, found)
    for table, (listed, findings) in zip(tables, mended, strict=True):
        for row, module in zip(table.rows, listed, strict=True):
            findings += [*_also(row, module), *_amended_hours(row, module)]
            findings += (replace(each, module=module.key) for each in amended_totals({"total": row.total}, row.cells))
    return mended


def _also(row: Row, module: Module) -> Iterator[Finding]:
    """Report the titles of the joined sheet that are not the one kept: one finding a cell."""
    for cell, title in row.also.items():
        if module.title and fold(title) != fold(module.title):
            yield finding(
                "title_differs",
                "info",
                f"{module.key} : « {title} » ici, « {module.title} » est gardé.",
                cell=cell,
                module=module.key,
                declared=title,
                computed=module.title,
            )


def _amended_hours(row: Row, module: Module) -> Iterator[Finding]:
    """Report two figures in one cell of hours, and whether the row's sum confirms the second one."""
    declared = row.hours["total"].value if "total" in row.hours else None
    computed = total(each.value for name, each in row.hours.items() if name != "total" and each.value)
    confirmed = declared is not None and Decimal(declared) == computed
    for name, each in row.hours.items():
        if each.old is not None:
            kept = f"{comma(each.value)} est en vigueur" if each.value else "rien ne le remplace"
            verdict = "le confirme" if confirmed else f"ne le confirme pas (somme {comma(shortest(computed))})"
            yield finding(
                "amended_cell",
                "info" if confirmed else "warning",
                f"{module.key}, heures ({name}) : {comma(each.old)} est rayé, {kept} ; le total de la ligne "
                f"({comma(declared)}) {verdict}.",
                cell=row.cells.get("hours" if name == "total" else f"hours.{name}"),
                module=module.key,
                declared=declared,
                computed=shortest(computed),
            )


def _coded_keys(table: Table) -> list[str | None]:
    """Return the keys that the codes and word titles of a table give.

    A stage or an immersion that stands under both poles is two modules: the one among the ressources is `…-R`.
    """
    keys = [_coded_key(row, table.semester) for row in table.rows]
    among_sae = {key for row, key in zip(table.rows, keys, strict=True) if row.section == "sae"}
    return [
        f"{key}-R" if word_of(row) and row.section == "ressource" and key in among_sae else key
        for row, key in zip(table.rows, keys, strict=True)
    ]


def _coded_key(row: Row, semester: int) -> str | None:
    """Return the key that the row's own code, or the word that begins its title, gives; None where neither does."""
    if row.code:
        return module_key(row.code, semester)
    word = word_of(row)
    return f"{PREFIXES[word]}{semester}" if word else None


def word_of(row: Row) -> str | None:
    """Return which of portfolio, stage, alternance, immersion a row is, by its code, else by its title."""
    if row.code:
        return word_kind(row.code)
    title = fold(row.title or "")
    return next((word for word, pattern in WORD_TITLES.items() if pattern.match(title)), None)


def _carries(row: Row) -> bool:
    return any(each.value and Decimal(each.value) for each in row.figures.values())


def _kind(row: Row, key: str | None, carried: bool) -> str:
    """Return the kind of a row; outside the SAÉ pole, one that never carries a coefficient is `other`."""
    if word := word_of(row):
        return WORD_KINDS[word]
    if re.match(r"SAE[1-6]", key or "") or re.match(r"sae\b", fold(row.title or "")) or row.section == "sae":
        return "sae"
    if re.match(r"R[1-6]", key or "") or carried or (key is None and (_carries(row) or row.section == "ressource")):
        return "ressource"
    return "other"


def _pole(kind: str) -> str | None:
    return {"ressource": "ressource", "other": None}.get(kind, "sae")


def _titles(tables: Sequence[Table], coded: Sequence[Sequence[str | None]]) -> dict[tuple[int, str], set[str]]:
    """Return the keys under which each title stands in the tables of a semester."""
    titles: dict[tuple[int, str], set[str]] = {}
    for table, keys in zip(tables, coded, strict=True):
        for row, key in zip(table.rows, keys, strict=True):
            if key and row.code and row.title:
                for text in (row.title, *row.also.values()):
                    title = clean_title(text, key, table.semester, None)
                    titles.setdefault((table.semester, fold(title or "")), set()).add(key)
    return titles


def _completed(
    table: Table, keys: Sequence[str | None], kinds: Sequence[str], titles: dict[tuple[int, str], set[str]]
) -> list[str]:
    """Give a key to the rows without a code: that of their title in a sibling table, else their pole and rank."""
    ranks: Counter[str | None] = Counter()
    completed: list[str] = []
    for row, key, kind in zip(table.rows, keys, kinds, strict=True):
        pole = _pole(kind)
        ranks[pole] += 1
        siblings = titles.get((table.semester, fold(row.title or "")), set()) - set(keys)
        if key is None:
            key = siblings.pop() if len(siblings) == 1 else f"S{table.semester}.{SHORT_POLES[pole]}.{ranks[pole]:02}"
        completed.append(key)
    return completed


def _unique(table: Table, keys: list[str]) -> tuple[list[str], list[Finding]]:
    """Number the keys that come twice in a table, and report the second ones."""
    seen: Counter[tuple[str, str | None]] = Counter()
    unique, findings = [], []
    for row, key in zip(table.rows, keys, strict=True):
        place = (key, row.parcours)
        seen[place] += 1
        unique.append(key if seen[place] == 1 else f"{key}-{seen[place]}")
        findings += [
            replace(each, module=unique[-1], message=f"{unique[-1]} : {each.message}") for each in row.findings
        ]
        if seen[place] > 1:
            findings.append(
                finding(
                    "duplicate_code",
                    "warning",
                    f"{key} : ce code est déjà celui d’une autre ligne ; celle-ci est lue sous {unique[-1]}.",
                    cell=row.cells.get("code"),
                    module=key,
                    declared=row.code,
                    computed=unique[-1],
                )
            )
    return unique, findings


def _module(row: Row, key: str, kind: str, semester: int, parcours: str | None) -> Module:
    title = clean_title(row.title, key, semester, row.parcours or parcours) if row.title else None
    return Module(
        key=key,
        code=row.code,
        title=title,
        kind=kind,
        pole="ressource" if key.endswith("-R") else _pole(kind),
        hours=dict.fromkeys(HOURS) | {name: each.value for name, each in row.hours.items()},
        coefficients={ue: each.value for ue, each in row.figures.items() if each.value is not None},
        amended={ue: Amendment(each.old, each.value) for ue, each in row.figures.items() if each.old is not None},
        evaluations=row.evaluations,
        parcours=row.parcours,
        marked_for=None if row.marks is None else tuple(row.marks),
    )


def _mend_titles(
    tables: Sequence[Table], found: list[tuple[list[Module], list[Finding]]]
) -> list[tuple[list[Module], list[Finding]]]:
    """Replace the sentences of a footer that stand for a title by the title of the same code on other sheets."""
    known: dict[tuple[int, str], Counter[str]] = {}
    for table, (listed, _) in zip(tables, found, strict=True):
        for module in listed:
            if module.title and not facts.is_foreign(module.title):
                known.setdefault((table.semester, module.key), Counter())[module.title] += 1
    mended = []
    for table, (listed, findings) in zip(tables, found, strict=True):
        kept, said = [], list(findings)
        for row, module in zip(table.rows, listed, strict=True):
            if module.title and facts.is_foreign(module.title):
                titles = known.get((table.semester, module.key))
                title = titles.most_common(1)[0][0] if titles else None
                said.append(_foreign(row, module, title))
                module = replace(module, title=title)
            kept.append(module)
        mended.append((kept, said))
    return mended


def _foreign(row: Row, module: Module, title: str | None) -> Finding:
    instead = f"l’intitulé des autres feuilles est gardé, « {title} »" if title else "aucun intitulé n’est gardé"
    return finding(
        "foreign_text",
        "warning",
        f"{module.key} : « {module.title} » n’est pas un intitulé ; {instead}.",
        cell=row.cells.get("title"),
        module=module.key,
        declared=module.title,
        computed=title,
    )
