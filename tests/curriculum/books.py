"""The real workbook, and what other secretariats do to it."""

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
PATH = Path(__file__).parents[2] / "fixtures" / "maquettes" / NAME


@cache
def original() -> Draft:
    """The draft of the workbook as the council voted it."""
    return draft(PATH.read_bytes())


def draft(data: bytes, name: str = NAME, options: Options | None = None) -> Draft:
    return lint(read(data, name, options)[0])


def saved(book: Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def edited(edit: Callable[[Workbook], object]) -> bytes:
    """The workbook after an edit of its openpyxl form."""
    book = load_workbook(PATH, rich_text=True)
    edit(book)
    return saved(book)


def reread(edit: Callable[[Workbook], object], name: str = NAME) -> Draft:
    return draft(edited(edit), name)


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
