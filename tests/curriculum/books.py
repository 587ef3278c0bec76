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
