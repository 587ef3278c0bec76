"""Measure one database, given by DATABASE_URL: a child of run.py. Writes JSON on standard output."""

import gc
import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from fractions import Fraction
from statistics import median
from time import perf_counter
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - the apps come first
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import cohort  # noqa: E402
from grades.averages import Mark, Sheet, UEAverage  # noqa: E402
from grades.gradebook import Gradebook, Scheme, compiled  # noqa: E402
from jury.dossiers import dossiers_of  # noqa: E402
from jury.engine.dossier import UE, Dossier  # noqa: E402
from jury.engine.regulation import Regulation  # noqa: E402
from jury.engine.verdict import Verdict, deliberate  # noqa: E402
from jury.engine.wire import read_dossier  # noqa: E402
from jury.models import JurySession  # noqa: E402
from jury.sitting import live  # noqa: E402
from people.models import Enrolment  # noqa: E402

RUNS = 15
REGULATION = Regulation()

Rows = list[tuple[int, int, int | None, str]]


class Bench:
    """The cohort in the database, and each piece of the way from its marks to its verdicts."""

    def __init__(self, session: JurySession) -> None:
        self.session = session
        self.plans = list(session.plans.order_by("semester"))
        self.schemes = compiled(self.plans, REGULATION.averaging)
        enrolments = Enrolment.objects.order_by("student_id", "plan__semester")
        self.enrolments = dict(enrolments.values_list("pk", "plan_id"))
        self.students: dict[int, list[int]] = defaultdict(list)
        for pk, student in enrolments.values_list("pk", "student_id"):
            self.students[student].append(pk)

    def fetch(self) -> Rows:
        """The bare fetch: what nothing that reads the marks can go below."""
        cursor = connection.connection.cursor()
        cursor.execute("SELECT enrolment_id, evaluation_id, hundredths, reason FROM grades_mark")
        rows: Rows = cursor.fetchall()
        return rows

    def averages(self, rows: Rows) -> dict[int, list[UEAverage]]:
        """Every average of every enrolment, from bare rows."""
        sheets: dict[int, list[Mark]] = {}
        places: dict[int, dict[int, int]] = {plan: scheme.places for plan, scheme in self.schemes.items()}
        slots = {}
        for pk, plan in self.enrolments.items():
            sheets[pk] = [None] * len(places[plan])
            slots[pk] = (sheets[pk], places[plan])
        for enrolment, evaluation, hundredths, reason in rows:
            sheet, place_of = slots[enrolment]
            sheet[place_of[evaluation]] = hundredths if hundredths is not None else reason
        return {pk: self.schemes[plan].averager.averages(Sheet(sheets[pk])) for pk, plan in self.enrolments.items()}

    def dossiers(self, found: Mapping[int, list[UEAverage]]) -> list[Dossier]:
        """The dossiers of the annual jury, on exact averages."""
        return [
            Dossier(
                id=str(student),
                but_year=self.session.but_year,
                semesters=tuple(self.session.semesters),
                ues=tuple(
                    before(scheme, rank, average)
                    for scheme, pk in zip(self.schemes.values(), enrolments, strict=True)
                    for rank, average in enumerate(found[pk])
                ),
            )
            for student, enrolments in self.students.items()
        ]

    def verdicts(self, dossiers: list[Dossier], *, reasons: bool) -> list[Verdict]:
        return [deliberate(dossier, REGULATION, reasons=reasons) for dossier in dossiers]

    def judged(self) -> list[Verdict]:
        """The same verdicts by the way that the site takes: rows, dossiers in JSON, engine."""
        candidates = dossiers_of(self.session, REGULATION)
        return [deliberate(*read_dossier(each.dossier, REGULATION), reasons=False) for each in candidates]


def before(scheme: Scheme, rank: int, average: UEAverage) -> UE:
    """A UE before the jury."""
    ue = scheme.ues[rank]
    return UE(
        code=ue.code,
        semester=scheme.plan.semester,
        competence=f"C{rank + 1}",
        level=scheme.plan.but_year,
        ects=Fraction(ue.ects or 0),
        average=Fraction(*average.exact) if average.exact else None,
    )


def timed(calls: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """The median time of each call, in milliseconds; in turn, so that a busy moment is everybody's."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(RUNS):
        for name, call in calls.items():
            start = perf_counter()
            call()
            times[name].append(perf_counter() - start)
    return {name: round(median(found) * 1000, 1) for name, found in times.items()}


def queries(call: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def measure(bench: Bench) -> dict[str, Any]:
    """Time each piece alone, then the whole ways, and compare these with the bare fetch."""
    rows = bench.fetch()
    found = bench.averages(rows)
    dossiers = bench.dossiers(found)
    # What Django loaded is no part of the measure; the garbage of the measure is.
    gc.collect()
    gc.freeze()
    pieces = {
        "fetch, bare driver": bench.fetch,
        "averages": lambda: bench.averages(rows),
        "verdicts, without reasons": lambda: bench.verdicts(bench.dossiers(found), reasons=False),
        "verdicts, with reasons": lambda: bench.verdicts(dossiers, reasons=True),
    }
    ways = {
        "fetch + averages": lambda: bench.averages(bench.fetch()),
        "fetch + averages + verdicts without reasons": lambda: bench.verdicts(
            bench.dossiers(bench.averages(bench.fetch())), reasons=False
        ),
        "ORM: gradebook": lambda: Gradebook.for_plans(bench.plans, REGULATION.averaging).all_averages(),
        "ORM: dossiers + verdicts without reasons": bench.judged,
        "ORM: the jury as its pages show it": lambda: live(bench.session),
    }
    times = timed(pieces | ways)
    return {
        "rows": len(rows),
        "averages": sum(map(len, found.values())),
        "verdicts": len(dossiers),
        "ms": times,
        "times the bare fetch": {name: round(times[name] / times["fetch, bare driver"], 1) for name in ways},
        "queries": {name: queries(call) for name, call in ways.items()},
    }


def main() -> None:
    connection.ensure_connection()
    sys.stderr.write(f"» {connection.vendor}: schéma, cohorte, mesures\n")
    call_command("migrate", verbosity=0)
    json.dump(measure(Bench(cohort.load())), sys.stdout)


if __name__ == "__main__":
    main()
