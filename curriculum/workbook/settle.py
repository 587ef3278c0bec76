"""What only the whole document settles: parcours, modality, year, levels, missing ECTS. Tables in, draft out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from curriculum.workbook import facts
from curriculum.workbook.amendments import settled
from curriculum.workbook.draft import UE, Declared, Draft, Finding, Formation, Module, Semester, Trace, finding
from curriculum.workbook.figures import shortest, total
from curriculum.workbook.french import comma
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.modules import modules
from curriculum.workbook.naming import initials, module_key, module_parcours, plain, unaccented
from curriculum.workbook.tables import Row, Table

CAPITALS = re.compile(r"(?<![A-Z])[A-Z]{2,6}(?![A-Z])")
PARCOURS = re.compile(r"\bparcours\s*:?\s+([^():,;–—]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Options:
    """What the person who imports says, and no document contradicts."""

    formation: str | None = None
    year: str | None = None
    institution: str | None = None


def with_options(draft: Draft, options: Options) -> Draft:
    """Return a draft that says everything by itself, but for what the person who imports says."""
    formation = replace(
        draft.formation,
        code=options.formation or draft.formation.code,
        institution=options.institution or draft.formation.institution,
        academic_year=options.year or draft.formation.academic_year,
    )
    if options.year is None:
        return replace(draft, formation=formation)
    semesters = tuple(replace(semester, academic_year=options.year) for semester in draft.semesters)
    return replace(draft, formation=formation, semesters=semesters)


@dataclass(frozen=True, slots=True)
class Document:
    """A document whose tables were found: its file's name, the texts of its sheets by cell, what reading found."""

    name: str
    tables: tuple[Table, ...]
    texts: Mapping[str, Mapping[str, str]]
    findings: tuple[Finding, ...] = ()


def settle(document: Document, options: Options) -> Draft:
    """Return the draft of a document. Raises Unreadable where two tables claim one place, or nothing names it."""
    tables = tuple(map(settled, document.tables))
    texts = [text for sheet in document.texts.values() for text in sheet.values()]
    own_texts = [_texts_around(table, document.texts) for table in tables]
    speciality = facts.speciality(texts, document.name)
    if speciality is None and options.formation is None:
        raise Unreadable("la spécialité n’est écrite nulle part : donnez le code de la formation (--formation).")
    years = [options.year or facts.year((table.heading, *table.lines, *table.notes)) for table in tables]
    dates = [facts.validation_dates(each.values()) for each in own_texts]
    year = max(filter(None, years), default=None) or facts.year([*texts, document.name]) or facts.voted_year(dates)
    parcours = _parcours(tables, speciality)
    semesters = [
        Semester(
            sheet=table.sheet,
            semester=table.semester,
            parcours=own,
            modality=modality,
            academic_year=own_year or year,
            ues=_ues(table, tables),
            declared=_declared(table),
            modules=tuple(listed),
            findings=(*table.findings, *findings, *_missing_ects(table, tables)),
            trace=_trace(table, listed, validated, around),
        )
        for table, own, modality, own_year, (listed, findings), validated, around in zip(
            tables, parcours, _modalities(tables), years, modules(tables, parcours), dates, own_texts, strict=True
        )
    ]
    refuse_twins(semesters)
    return Draft(
        Formation(
            code=options.formation or f"BUT-{speciality}",
            speciality=speciality or str(options.formation).removeprefix("BUT-"),
            institution=options.institution or facts.institution(texts, document.name),
            academic_year=year,
        ),
        semesters=tuple(semesters),
        bonus_cap=facts.bonus_cap(texts),
        validated_on=facts.majority_dates(dates),
        findings=document.findings,
    )


def _texts_around(table: Table, texts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the texts of a table's sheets by cell, without its titles, where a sentence may have slipped."""
    titles = {row.cells.get("title") for row in table.rows}
    own = {table.cell(sheet, cell): text for sheet in table.sheets for cell, text in texts[sheet].items()}
    return {cell: text for cell, text in own.items() if cell not in titles}


def _parcours(tables: Sequence[Table], speciality: str | None) -> list[str | None]:
    """Return the parcours of each table: a name that codes of the document use, one written out, that of its codes."""
    coded = [{_row_parcours(row, table.semester) for row in table.rows} - {None} for table in tables]
    known = set().union(*coded)
    found: list[str | None] = []
    for table, own in zip(tables, coded, strict=True):
        tokens = [token for text in table.around for token in CAPITALS.findall(unaccented(text))]
        named = next((token for token in tokens if token in known), None) or _written_out(table, speciality)
        found.append(named or (own.pop() if len(own) == 1 else None))
    return found


def _row_parcours(row: Row, semester: int) -> str | None:
    """Return the parcours whose alternative a row is, else the one that its code names."""
    return row.parcours or (module_parcours(module_key(row.code, semester)) if row.code else None)


def _written_out(table: Table, speciality: str | None) -> str | None:
    """Return the parcours that « Parcours Organisation et Supply Chain » or « BUT QLIO OSC » names."""
    for text in table.around:
        if (match := PARCOURS.search(text)) and not text.casefold().startswith("nombre"):
            name = plain(match[1])
            return name if re.fullmatch(r"[A-Z]{2,6}", name) else initials(name)
    match = re.search(rf"\bBUT {speciality}\b.*?\b([A-Z]{{2,5}})\b", unaccented(table.heading))
    return match[1] if match and match[1] not in {"FI", "FA", "FC", "IUT", "BUT"} else None


def _modalities(tables: Sequence[Table]) -> list[str | None]:
    """Return the modality of each table: a BUT year that has a table in alternance has its others in FI."""
    alternance = [facts.is_alternance(table.around) for table in tables]
    years = {
        (table.semester + 1) // 2 for table, is_alternance in zip(tables, alternance, strict=True) if is_alternance
    }
    return [
        "alternance" if is_alternance else "FI" if (table.semester + 1) // 2 in years else None
        for table, is_alternance in zip(tables, alternance, strict=True)
    ]


def _ues(table: Table, tables: Iterable[Table]) -> tuple[UE, ...]:
    """Return the UEs of a table, with the competence and level that the document gives them.

    Where it gives none, be it in another table of the semester, the competence is the rank, the level the year (one
    less where it begins in BUT2).
    """
    tables = list(tables)
    said = {ue: pair for each in (*tables[::-1], table) for ue, pair in each.competences.items()}
    first_year = {ue.rpartition(".")[2] for each in tables if each.semester <= 2 for ue in each.ues}
    ects, year = _ects(table), (table.semester + 1) // 2
    ues = []
    for code, title in table.ues.items():
        rank = code.rpartition(".")[2]
        late = int(rank) >= 4 and rank not in first_year and year > 1
        competence, level = said.get(code, (f"UE{rank}", year - 1 if late else year))
        ues.append(UE(code, title, competence, level, ects.get(code)))
    return tuple(ues)


def _ects(table: Table) -> dict[str, str]:
    """Return the ECTS by UE; the only missing one is what the declared total leaves."""
    ects = dict(table.ects.figures)
    missing = [ue for ue in table.ues if ue not in ects]
    if len(missing) == 1 and ects and table.ects.general is not None:
        left = Decimal(table.ects.general) - total(ects.values())
        if left > 0:
            ects[missing[0]] = shortest(left)
    return ects


def _missing_ects(table: Table, tables: Iterable[Table]) -> list[Finding]:
    """Report the UEs without ECTS, in a document that gives some, with what the total restored."""
    ects = _ects(table)
    findings = []
    for ue in table.ues:
        if ue not in table.ects.figures and any(each.ects.figures for each in tables):
            restored = ects.get(ue)
            end = f"le total en laisse {comma(restored)}, qui sont gardés" if restored else "le total ne les donne pas"
            findings.append(
                finding(
                    "missing_ects",
                    "warning",
                    f"{ue} : les ECTS manquent ; {end}.",
                    cell=table.ects.cells.get(ue),
                    ue=ue,
                    computed=restored,
                )
            )
    return findings


def _declared(table: Table) -> Declared:
    poles: dict[str, dict[str, dict[str, str]]] = {}
    for what, by_pole in (("coefficients", table.poles), ("ects", table.pole_ects)):
        for pole, totals in by_pole.items():
            for ue, value in totals.figures.items():
                poles.setdefault(ue, {}).setdefault(pole, {})[what] = value
    return Declared(table.hours.general, dict(table.coefficients.figures), dict(table.ects.figures), poles)


def _trace(table: Table, listed: Sequence[Module], validated: Mapping[str, str], texts: Mapping[str, str]) -> Trace:
    """Return where things stand, and the totals that the JSON does not carry."""
    cells: dict[tuple[str, ...], str] = {("ue", ue): cell for ue, cell in table.headings.items()}
    if validating := [cell for cell, text in texts.items() if facts.validation_dates([text])]:
        cells[("validated",)] = validating[0]
    for kind, totals in (("total", table.coefficients), ("ects", table.ects), *table.poles.items()):
        cells |= {(kind,) if name == "total" else (kind, name): cell for name, cell in totals.cells.items()}
    for pole, totals in table.pole_ects.items():
        cells |= {(pole, ue, "ects"): cell for ue, cell in totals.cells.items()}
    for kind, totals in (("hours", table.hours), ("annual", table.annual_hours)):
        cells |= {(kind, name): cell for name, cell in totals.cells.items()}
    if "total" in table.hours.cells:
        cells[("hours",)] = table.hours.cells["total"]
    for row, module in zip(table.rows, listed, strict=True):
        place = module.place
        cells |= {
            ("coefficient", place, name) if name.startswith("UE") else (name, place): cell
            for name, cell in row.cells.items()
        }
        cells |= {("marked", place, ue): cell for ue, cell in (row.marks or {}).items()}
    return Trace(
        cells=cells,
        row_totals={
            module.place: row.total.value for row, module in zip(table.rows, listed, strict=True) if row.total.value
        },
        total=table.coefficients.general,
        ects=table.ects.general,
        hours=dict(table.hours.figures),
        annual_hours=dict(table.annual_hours.figures),
        dashes=frozenset(
            (module.place, ue) for row, module in zip(table.rows, listed, strict=True) for ue in row.dashes
        ),
        validated_on=validated,
        by_sums=frozenset(
            (module.place, ue)
            for row, module in zip(table.rows, listed, strict=True)
            for ue, each in row.figures.items()
            if each.by_sums
        ),
    )


def refuse_twins(semesters: Iterable[Semester]) -> None:
    """Refuse two tables of one semester, parcours, modality and year: nothing says which is in force."""
    seen: dict[tuple[object, ...], Semester] = {}
    for semester in semesters:
        place = (semester.semester, semester.parcours, semester.modality, semester.academic_year)
        twin = seen.setdefault(place, semester)
        if twin is not semester:
            raise Unreadable(
                f"les feuilles « {twin.sheet} » et « {semester.sheet} » décrivent le même tableau "
                f"({semester.label}) : n’en gardez qu’une."
            )
