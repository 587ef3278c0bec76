"""Lists as a secretariat sends them."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

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
