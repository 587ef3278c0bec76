"""The real workbooks, and what other secretariats do to them."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook, load_workbook

from curriculum.lint import lint
from curriculum.workbook.draft import Draft, Finding, Module, Semester
from curriculum.workbook.reader import read
from curriculum.workbook.settle import Options

NAME = "002_BUT_QLIO_coefficients_2025-2026.xlsx"
FOLDER = Path(__file__).parents[2] / "fixtures" / "maquettes"
PATH = FOLDER / NAME


@cache
def original(name: str = NAME) -> Draft:
    """The draft of a workbook as the council voted it."""
    return draft((FOLDER / name).read_bytes(), name)


def draft(data: bytes, name: str = NAME, options: Options | None = None) -> Draft:
    return lint(read(data, name, options)[0])


def saved(book: Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def edited(edit: Callable[[Workbook], object], source: str = NAME) -> bytes:
    """A workbook after an edit of its openpyxl form."""
    book = load_workbook(FOLDER / source, rich_text=True)
    edit(book)
    return saved(book)


def reread(edit: Callable[[Workbook], object], name: str = NAME, *, source: str = NAME) -> Draft:
    return draft(edited(edit, source), name)


def facts(document: Draft) -> list[Semester]:
    """What the council voted, without where it stood nor what is said of it."""
    order = sorted(document.semesters, key=lambda each: each.label)
    return [replace(semester, sheet="", findings=()) for semester in order]


def table(document: Draft, sheet: str) -> Semester:
    return next(semester for semester in document.semesters if semester.sheet == sheet)


def module(semester: Semester, key: str) -> Module:
    return next(module for module in semester.modules if module.key == key)


def findings(document: Draft, code: str) -> list[Finding]:
    return [finding for _, finding in document.all_findings if finding.code == code]


# What any secretariat may do to a workbook without changing what the council voted


def insert_rows_above(book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.insert_rows(1, 3)


def insert_columns(book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.insert_cols(1, 2)
        sheet.insert_cols(6)


def insert_rows_inside(book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.insert_rows(20, 2)


def rename_sheets(book: Workbook) -> None:
    for rank, sheet in enumerate(book.worksheets):
        sheet.title = f"Feuil{rank + 1}"


def add_version(book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.title = f"{sheet.title} (v2)"


def reverse_sheets(book: Workbook) -> None:
    book._sheets.reverse()  # type: ignore[attr-defined]


def type_figures_as_text(book: Workbook) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float):
                    cell.value = f"\u00a0{cell.value} ".replace(".", ",")


def replace_spaces(book: Workbook) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace(" ", "\u00a0 ")


HANDS = (
    *(insert_rows_above, insert_columns, insert_rows_inside, rename_sheets, add_version, reverse_sheets),
    *(type_figures_as_text, replace_spaces),
)
