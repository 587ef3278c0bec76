"""A draft as our own template workbook: a secretary fills it in, and `layouts/delibere.py` gives the draft back."""

import re
from dataclasses import asdict

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from curriculum.workbook import form, guard, look
from curriculum.workbook.draft import Declared, Draft, Formation, Semester
from curriculum.workbook.guide import GUIDE
from curriculum.workbook.naming import plain
from curriculum.workbook.sheet import TableSheet, put_figure, put_text

TAB = re.compile(r"[\w .,|()&+°–-]{1,31}")
SEMESTERS = range(1, 7)
WIDTHS = {
    "code": 22,
    "severity": 12,
    "cell": 18,
    "module": 18,
    "ue": 10,
    "declared": 30,
    "computed": 30,
    "message": 90,
}


def write(draft: Draft) -> bytes:
    """Return a maquette as our template. Raises Unreadable when it is larger than what `import_maquette` reads."""
    return _written(draft)


def blank() -> bytes:
    """Return our template with one empty table a semester."""
    tables = (Semester("", number, None, None, None, (), Declared(), ()) for number in SEMESTERS)
    return _written(Draft(Formation("", "", None, None), tuple(tables)), blank=True)


def _written(draft: Draft, *, blank: bool = False) -> bytes:
    book = Workbook()
    look.styles(book)
    if book.active is not None:
        book.remove(book.active)
    _guide(book.create_sheet(form.GUIDE))
    _formation(book.create_sheet(form.FORMATION), draft)
    stored = {}
    tabs = _tabs(draft)
    for semester, tab in zip(draft.semesters, tabs, strict=True):
        table = TableSheet(book.create_sheet(tab), semester, blank=blank)
        table.write(f"Semestre {semester.semester}" if blank else f"{draft.formation.code} · {semester.label}")
        stored[tab] = table.stored
    if not blank:
        _findings(book.create_sheet(form.FINDINGS), draft, tabs)
    data = look.saved(book, stored)
    guard.inspect(data)
    return data


def _tabs(draft: Draft) -> list[str]:
    """Return the name of each table's tab: that of its sheet where a tab can bear it, else that of its table."""
    taken = {each.casefold() for each in (form.GUIDE, form.FORMATION, form.FINDINGS, "History")}
    tabs: list[str] = []
    for semester in draft.semesters:
        wanted = semester.sheet if _bears(semester.sheet) else re.sub(r"[^\w .]|_", "-", semester.label)[:20].strip()
        rank, tab = 1, wanted
        while tab.casefold() in taken:
            rank += 1
            tab = f"{wanted[:25].strip()} ({rank})"
        taken.add(tab.casefold())
        tabs.append(tab)
    return tabs


def _bears(name: str) -> bool:
    return TAB.fullmatch(name) is not None and name == plain(name) and not form.ESCAPED.search(name)


def _guide(sheet: Worksheet) -> None:
    look.put(sheet["A1"], "Remplir une maquette", "titre")
    for row, (heading, text) in enumerate(GUIDE, 3):
        look.put(sheet[f"A{row}"], heading, "rubrique")
        look.put(sheet[f"B{row}"], text, "texte")
        sheet.row_dimensions[row].height = 14 * (len(text) // 110 + 1) + 8
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 100
    look.page(sheet, 2)


def _formation(sheet: Worksheet, draft: Draft) -> None:
    """Write which formation it is, its councils, its bonus; and the mark that makes the workbook ours."""
    formation = draft.formation
    look.put(sheet["A1"], "Formation", "titre")
    look.put(sheet["A2"], form.MARK, "consigne")
    for row, (name, label) in enumerate(form.ABOUT.items(), 4):
        look.put(sheet[f"A{row}"], label, "étiquette")
        if name == "bonus_cap":
            put_figure(sheet, f"B{row}", draft.bonus_cap)
        elif name in draft.validated_on or name in ("departement", "iut"):
            _day(sheet, f"B{row}", draft.validated_on.get(name))
        elif name == "academic_year":
            put_text(sheet, f"B{row}", formation.academic_year, form.year)
        else:
            put_text(sheet, f"B{row}", getattr(formation, name) or None)
        sheet.row_dimensions[row].height = 20
    look.figures(sheet, f"B{4 + list(form.ABOUT).index('bonus_cap')}", "Bonus maximal")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 60
    look.page(sheet, 2)


def _day(sheet: Worksheet, cell: str, text: str | None) -> None:
    if text is not None and (day := form.date_of(text)):
        look.put(sheet[cell], day, "saisie", "dd/mm/yyyy")
    else:
        put_text(sheet, cell, text, form.day)


def _findings(sheet: Worksheet, draft: Draft, tabs: list[str]) -> None:
    """Write what was found in the document, and the seal that says of what content it was."""
    look.put(sheet["A1"], "Constats sur le document d’origine", "titre")
    look.put(sheet["A2"], form.SEALED, "consigne")
    look.put(sheet["B2"], form.fingerprint(draft), "consigne")
    for column, label in enumerate((form.FOUND_IN, *form.FOUND.values()), 1):
        look.put(sheet.cell(4, column), label, "entête")
    places = [tab for tab, semester in zip(tabs, draft.semesters, strict=True) for _ in semester.findings]
    for row, (tab, (_, finding)) in enumerate(
        zip([*places, *(form.WHOLE_DOCUMENT for _ in draft.findings)], draft.all_findings, strict=True), 5
    ):
        look.put(sheet.cell(row, 1), tab, "constat")
        given = asdict(finding)
        for column, name in enumerate(form.FOUND, 2):
            text = given[name]
            look.put(sheet.cell(row, column), None if text is None else form.written(text, form.exact), "constat")
    for column, width in enumerate((18, *WIDTHS.values()), 1):
        sheet.column_dimensions[guard.letters(column)].width = width
    sheet.freeze_panes = "A5"
    look.page(sheet, len(form.FOUND) + 1, heading=4)
