"""The whole demonstration: two departments, their years, one after the other, as they would have been lived."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password

from curriculum.models import Formation, Maquette
from curriculum.services import import_maquette, understand
from curriculum.versions.services import put_in_service, validate_maquette
from curriculum.workbook.settle import Options
from jury.demo import absences, autumn, cohort, competences, juries, load
from jury.demo.cohort import Plot, Step
from jury.demo.staff import Staff, create_factotum, create_services, create_staff, create_student_account, hire
from jury.demo.teaching import create_evaluations, create_promised
from jury.models import JurySession
from jury.regulations.parameters import DEFAULTING, Clause
from jury.regulations.services import set_regulation
from people.models import Group, Student, User

CODE = "BUT-QLIO"
INSTITUTION = "Université de Valmont, IUT de Valmont (démonstration)"
MAQUETTE = settings.BASE_DIR / "fixtures" / "maquettes" / "002_BUT_QLIO_coefficients_2025-2026.xlsx"
TINY_MAQUETTE = settings.BASE_DIR / "fixtures" / "demo" / "BUT-GMP.json"
PRINTED_GROUP = "OSC2"
"""The group of 40 whose relevés are printed."""

CLAUSES = {
    "bonus_cap": Clause("0.5", "article 7, sport et engagement étudiant"),
    "abi_scope": Clause("evaluation", "article 3, assiduité"),
    "keep_best_unacquired": Clause(False, "article 5, redoublement"),
    DEFAULTING: Clause("article 4, défaillance", "article 4, défaillance"),
}
"""The règlement of both departments: what it names."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Department:
    """One formation as it is loaded: who works there, and who studies, by NIP."""

    staff: Staff
    say: Progress
    students: dict[str, Student] = field(default_factory=dict)

    def bring(self, path: Path, options: Options) -> Maquette:
        """Import a maquette, in service, where the one person of a tiny department does everything."""
        maquette = _maquette(path, options)
        hire(self.staff, maquette.formation)
        return maquette

    def live(
        self, maquette: Maquette, steps: list[Step], *, detailed: bool = False, promised: bool = False
    ) -> dict[str, Group]:
        """Write what happens in one year before its juries; return its groups by name.

        `promised`: evaluations are those of the MCC.
        """
        year, groups = self._enrol(maquette, steps, detailed=detailed)
        if promised:
            teaching = create_promised(maquette, self.staff.accounts["secretariat"])
        else:
            teaching = create_evaluations(maquette, detailed=detailed)
        marks = load.create_marks(year, steps, teaching, self.staff, detailed=detailed)
        load.create_placements(year, steps)
        missed = 0
        if detailed:
            load.create_bonuses(year, steps)
            missed = absences.record(year, steps, self.staff.accounts["secretariat"])
        self._tell(maquette, steps, marks, missed)
        return groups

    def start(self, maquette: Maquette, steps: list[Step]) -> None:
        """Write the year in progress, with its next juries in preparation."""
        year = load.Year.of(maquette)
        autumn.enrol(year, steps, self.students, self.staff.accounts["secretariat"])
        create_services(maquette, self.staff, load.create_groups(year, steps))
        teaching = create_evaluations(maquette, detailed=True, today=autumn.TODAY)
        marks = autumn.enter_marks(year, steps, teaching, self.staff)
        missed = absences.record(year, steps, self.staff.accounts["secretariat"], autumn.TODAY)
        for semester in (3, 5):
            juries.prepare(maquette, semester, self.staff)
        self._tell(maquette, steps, marks, missed)

    def begin(self, maquette: Maquette, steps: list[Step]) -> None:
        """Write who studies in a year of which nothing else is known yet, with the evaluations of the MCC."""
        self._enrol(maquette, steps, detailed=False)
        create_promised(maquette, self.staff.accounts["secretariat"])
        self._tell(maquette, steps, 0, 0)

    def _enrol(self, maquette: Maquette, steps: list[Step], *, detailed: bool) -> tuple[load.Year, dict[str, Group]]:
        """Write who studies and who teaches; return the year, and its groups by name."""
        year = load.Year.of(maquette)
        load.create_students((step.identity for step in steps), self.students)
        load.enrol(year, steps, self.students)
        groups = load.create_groups(year, steps) if detailed else {}
        create_services(maquette, self.staff, groups)
        return year, groups

    def _tell(self, maquette: Maquette, steps: list[Step], marks: int, missed: int) -> None:
        self.say(f"{maquette}\xa0: {len(steps)} étudiants, {marks} notes, {missed} absences")

    def judge(self, maquette: Maquette, steps: list[Step]) -> list[JurySession]:
        """Hold every jury of one year; return the annual ones."""
        annual = []
        for semester in (1, 3, 5, 2, 4, 6):
            concerned = [step for step in steps if semester in step.semesters]
            if concerned:
                session = juries.hold(maquette, semester, concerned, self.students, self.staff)
                annual += [session] if session.is_annual else []
                self.say(f"{session}\xa0: {len(concerned)} dossiers, registre n°\xa0{session.record.number}")
        return annual


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What was loaded: the annual juries of the last year, the group to print, the accounts by what they are."""

    juries: list[JurySession]
    group: Group
    accounts: dict[str, User]


def load_demonstration(password: str | None, say: Progress) -> Demonstration:
    """Write both departments; without a password, nobody can log in. The caller holds the transaction."""
    hashed = make_password(password)
    formation = Formation.objects.create(code=CODE, speciality="QLIO", institution=INSTITUTION)
    department = Department(create_staff(formation, hashed), say)
    for academic_year, of_year in groupby(cohort.steps(), key=lambda step: step.academic_year):
        steps = list(of_year)
        maquette = _maquette(MAQUETTE, Options(CODE, academic_year, INSTITUTION))
        groups = department.live(maquette, steps, detailed=academic_year == cohort.YEARS[-1])
        annual = department.judge(maquette, steps)
    authorised = {
        part["nip"]: part["verdict"]["authorised"]
        for session in annual
        for part in json.loads(session.record.document)["students"]
    }
    started = _maquette(MAQUETTE, Options(CODE, autumn.ACADEMIC_YEAR, INSTITUTION))
    department.start(started, autumn.going_on(steps, authorised))
    linked = competences.describe(started, department.staff.accounts["secretariat"])
    say(f"{started}\xa0: {linked} modules liés aux apprentissages critiques")
    accounts = department.staff.accounts | {"etudiant": _student_account(department, steps, hashed)}
    return Demonstration(annual, groups[PRINTED_GROUP], accounts | {"gmp": _elsewhere(hashed, say)})


def _student_account(department: Department, steps: list[Step], hashed: str) -> User:
    """Give an account to a student who has a debt to look at."""
    step = next(step for step in steps if step.parcours == "OSC" and step.plot == Plot.PASD)
    return create_student_account(department.students[step.identity.nip], hashed)


def _elsewhere(hashed: str, say: Progress) -> User:
    """Write the tiny department, whose annual jury is sitting; return who does everything there."""
    steps = cohort.steps(cohort.ELSEWHERE, first_serial=60_000)
    department = Department(create_factotum("gmp", "Gilles", "Portal", hashed), say)
    maquette = department.bring(TINY_MAQUETTE, Options(institution=INSTITUTION))
    department.live(maquette, steps, detailed=True)
    juries.hold(maquette, 1, steps, department.students, department.staff)
    juries.convene(maquette, 2, department.staff)
    return department.staff.president


def _maquette(path: Path, options: Options) -> Maquette:
    """Import a maquette as the secretariat does, have it voted, put it in service with the règlement of its year."""
    maquette = import_maquette(document=understand(path.read_bytes(), path.name, options), by=None)
    year = maquette.academic_year[:4]
    departement, iut = date(int(year), 5, 20), date(int(year), 6, 17)
    validate_maquette(maquette=maquette, departement=departement, iut=iut, by=None)
    maquette = put_in_service(maquette=maquette, by=None)
    set_regulation(
        formation=maquette.formation,
        academic_year=maquette.academic_year,
        reference=f"Délibération n°\xa042 de la CFVU du 17 juin {year}",
        clauses=CLAUSES,
        by=None,
    )
    return maquette
