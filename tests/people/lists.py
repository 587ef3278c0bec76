"""Lists as a secretariat sends them, and what comes of them."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from people.imports import Scope
from people.imports.report import Report
from people.services import import_list
from people.tables import read_table
from tests import factories
from tests.world import World

HEADINGS = ["NIP", "INE", "Nom", "Prénoms", "Date de naissance", "Courriel", "Semestre", "Groupes"]
NEW = ["22001234", "123456789AB", "LEROY", "Zoé, Anne", "12/03/2006", "zoe@etu.exemple.fr", "S1 S2", "TD1"]


def as_csv(*rows: Sequence[object], delimiter: str = ";", encoding: str = "utf-8") -> SimpleUploadedFile:
    """Rows as a text file."""
    target = StringIO(newline="")
    csv.writer(target, delimiter=delimiter).writerows(rows)
    return SimpleUploadedFile("liste.csv", target.getvalue().encode(encoding))


def as_xlsx(*rows: Sequence[object]) -> SimpleUploadedFile:
    """Rows as the first sheet of a workbook; dates and numbers are cells of their own kind."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    target = BytesIO()
    book.save(target)
    return SimpleUploadedFile("liste.xlsx", target.getvalue())


def scope(world: World, kind: str = "etudiants") -> Scope:
    return Scope(kind, world.formation, factories.YEAR)


def told(world: World, *rows: Sequence[object], kind: str = "etudiants") -> Report:
    """What a list would do."""
    return scope(world, kind).resource().run(read_table(as_csv(*rows)), dry_run=True)


def done(world: World, *rows: Sequence[object], kind: str = "etudiants") -> Report:
    """What a list does."""
    return import_list(scope=scope(world, kind), table=read_table(as_csv(*rows)), by=world.sonia)


def errors(world: World, *rows: Sequence[object], kind: str = "etudiants") -> list[tuple[str, str]]:
    """Where, and what."""
    report = told(world, *rows, kind=kind)
    assert report.errors
    return [(finding.where, finding.sentence) for finding in report.errors]


def row(**cells: str) -> list[str]:
    """The new student's line with some cells changed."""
    return [cells.get(heading, value) for heading, value in zip(HEADINGS, NEW, strict=True)]


def many(count: int) -> list[list[str]]:
    return [HEADINGS, *(row(NIP=f"3{rank:07}", INE="", Courriel="", Nom=f"NOM{rank}") for rank in range(count))]
