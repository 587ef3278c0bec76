"""Our own template, as `writer.py` makes it and as a secretary fills it in: it says everything, nothing is guessed."""

from collections.abc import Mapping
from dataclasses import replace

from curriculum.workbook import facts, form
from curriculum.workbook.draft import SEVERITIES, Draft, Finding, Formation
from curriculum.workbook.grid import Book, Cell, Sheet
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.layouts.delibere_cells import find_header
from curriculum.workbook.layouts.delibere_table import read_table
from curriculum.workbook.naming import fold, plain
from curriculum.workbook.settle import refuse_twins

NAME, SEEKS = form.NAME, form.SEEKS


def claims(book: Book) -> bool:
    """Whether a workbook is our template."""
    return _marked(book) is not None


def _marked(book: Book) -> Sheet | None:
    return next((sheet for sheet in book.sheets if any(form.MARK in cell.text for cell in sheet.cells.values())), None)


def sheets(book: Book) -> set[str]:
    """Return the names of the sheets that are ours: tables, and what says where they come from."""
    others = (_marked(book), _findings_sheet(book))
    return {sheet.name for sheet in book.sheets if find_header(sheet) or sheet in others}


def read(book: Book) -> Draft:
    """Return the draft of our template. Raises Unreadable where it is blank, or where it does not say what it is.

    The findings that it carries are kept as long as nothing that they tell of has changed.
    """
    about = _about(_marked(book))
    year = form.read(about["academic_year"], form.year) if "academic_year" in about else None
    found = {sheet.name: read_table(sheet, row, year or None) for sheet in book.sheets if (row := find_header(sheet))}
    semesters = {name: semester for name, semester in found.items() if semester is not None}
    if not semesters:
        shown = ", ".join(f"« {name} »" for name in found) or "aucun"
        raise Unreadable(
            f"le modèle est vide : remplissez au moins un tableau de semestre ({shown}), voir « {form.GUIDE} »."
        )
    draft = Draft(
        _formation(about, year or None),
        semesters=tuple(semesters.values()),
        bonus_cap=_bonus(about),
        validated_on={council: _text(about, council, form.day) for council in facts.COUNCILS},
    )
    refuse_twins(draft.semesters)
    return _sealed(draft, book, list(semesters)) or draft


def _about(sheet: Sheet | None) -> dict[str, str]:
    """Return what the sheet of the formation says, as it is typed, by the words of its labels."""
    labels = {fold(label): name for name, label in form.ABOUT.items()}
    about: dict[str, str] = {}
    for cell in sheet.cells.values() if sheet else ():
        name = labels.get(fold(cell.text))
        beside = [each for each in sheet.rows[cell.row] if each.column > cell.column] if sheet and name else []
        if name and beside:
            about[name] = form.figure(beside[0]).value or beside[0].text if name == "bonus_cap" else beside[0].text
    return about


def _text(about: Mapping[str, str], name: str, normal: form.Reading = plain) -> str | None:
    return form.read(about[name], normal) if name in about else None


def _formation(about: Mapping[str, str], year: str | None) -> Formation:
    code, speciality = _text(about, "code"), _text(about, "speciality")
    if code is None and speciality is None:
        raise Unreadable(f"la feuille « {form.FORMATION} » ne dit pas quelle est la formation : son code est attendu.")
    return Formation(
        code=code or f"BUT-{speciality}",
        speciality=speciality or str(code).removeprefix("BUT-"),
        institution=_text(about, "institution"),
        academic_year=year,
    )


def _bonus(about: Mapping[str, str]) -> str | None:
    if "bonus_cap" not in about:
        return None
    bonus = form.figure(Cell(1, 1, about["bonus_cap"]))
    if not bonus.understood:
        said, label = plain(about["bonus_cap"]), form.ABOUT["bonus_cap"]
        raise Unreadable(f"feuille « {form.FORMATION} », « {label} » : attendu, un nombre ; trouvé, {said}.")
    return bonus.value


def _findings_sheet(book: Book) -> Sheet | None:
    return next(
        (each for each in book.sheets[::-1] if any(cell.text == form.SEALED for cell in each.cells.values())), None
    )


def _sealed(draft: Draft, book: Book, tabs: list[str]) -> Draft | None:
    """Return the draft with the findings that the workbook carries; None where they tell of another content."""
    sheet = _findings_sheet(book)
    if sheet is None or not any(cell.text == form.fingerprint(draft) for cell in sheet.cells.values()):
        return None
    labels = {fold(label): name for name, label in form.FOUND.items()} | {fold(form.FOUND_IN): "tab"}
    heading = next(
        (cells for cells in sheet.rows.values() if labels.keys() <= {fold(cell.text) for cell in cells}), ()
    )
    columns = {labels[fold(cell.text)]: cell.column for cell in heading if fold(cell.text) in labels}
    found: dict[str, list[Finding]] = {tab: [] for tab in (*tabs, form.WHOLE_DOCUMENT)}
    for row in sheet.rows if heading else ():
        if row > heading[0].row:
            texts = {
                name: form.read(sheet.at(row, column).text, form.exact) or None for name, column in columns.items()
            }
            tab = texts.pop("tab")
            code, severity, message = (texts.pop(name) for name in ("code", "severity", "message"))
            if tab not in found or code is None or message is None or severity not in SEVERITIES:
                return None
            found[tab].append(Finding(code, str(severity), message, **texts))
    semesters = (replace(each, findings=tuple(found[tab])) for tab, each in zip(tabs, draft.semesters, strict=True))
    return replace(draft, semesters=tuple(semesters), findings=tuple(found[form.WHOLE_DOCUMENT]), checked=True)
