"""The five workbooks of fixtures/maquettes as formations of their own, each with a few students and, where it has
coefficients, the juries of a first year. One person does everything there.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password

from curriculum.workbook.settle import Options
from jury.demo import cohort
from jury.demo.cohort import ALTERNANCE, Careers, Plot, Step
from jury.demo.department import INSTITUTION, Department, Progress
from jury.demo.staff import create_factotum
from people.models import User

FOLDER = settings.BASE_DIR / "fixtures" / "maquettes"
SMALL: Careers = {2025: [(7, (Plot.ADM,)), (2, (Plot.PASD,)), (1, (Plot.RED,))]}
LIVED, NEXT = "2025-2026", "2026-2027"


@dataclass(frozen=True, slots=True)
class Book:
    """One workbook: the code of its formation, the first NIP of its students; the year, where it does not say it."""

    code: str
    number: str
    first_serial: int
    academic_year: str | None = None

    @property
    def path(self) -> Path:
        (path,) = FOLDER.glob(f"{self.number}_*.xlsx")
        return path

    @property
    def steps(self) -> list[Step]:
        """The first year of ten students."""
        return cohort.steps(SMALL, self.first_serial)

    def options(self, academic_year: str | None = None) -> Options:
        """What is said of it when it is imported."""
        return Options(self.code, academic_year or self.academic_year, INSTITUTION)


MCC = Book("BUT-QLIO-A", "000", 10_000)
RODEZ = Book("BUT-QLIO-RODEZ", "001", 20_000)
COEFFICIENTS = Book("BUT-QLIO-B", "002", 30_000)
HOURS = Book("BUT-QLIO-C", "003", 40_000)
CREUSOT = Book("BUT-GMP-LC", "004", 50_000, LIVED)
BOOKS = (MCC, RODEZ, COEFFICIENTS, CREUSOT, HOURS)
JUDGED = (MCC, RODEZ, CREUSOT)


def load_workbooks(password: str | None, say: Progress) -> User:
    """Write the five formations; return who does everything there. The caller holds the transaction."""
    staff = create_factotum("maquettes", "Denise", "Fraysse", make_password(password))
    departments = {}
    # Rodez gives 2026-2027, which has only begun: a year of the same tables comes before, so that juries have sat.
    for book in BOOKS:
        departments[book] = department = Department(staff, say)
        maquette = department.bring(book.path, book.options(LIVED if book == RODEZ else None))
        if book == HOURS:  # two academic years in one book: the third year alone is of the last one
            department.begin(maquette, [replace(step, but_year=3, parcours="OSC") for step in book.steps])
        else:
            department.live(maquette, book.steps, promised=True)
        if book in JUDGED:
            department.judge(maquette, book.steps)
    rodez = departments[RODEZ]
    rodez.begin(rodez.bring(RODEZ.path, RODEZ.options()), [_next(step) for step in RODEZ.steps])
    return staff.president


def _next(step: Step) -> Step:
    """What a student of Rodez follows the year after: the first year again, or the second, in alternance."""
    again = replace(step, academic_year=NEXT, plot=Plot.ADM, before=step.plot)
    if step.plot == Plot.RED:
        return replace(again, repeating=True)
    return replace(again, but_year=2, parcours="OSC", modality=ALTERNANCE)
