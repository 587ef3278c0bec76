"""Rows -> dossiers -> verdicts with their reasons, then a trial of another règlement, for a number of students.

A child of run.py, twice for each number: `load` writes the cohort, `measure` starts afresh, so that the memory is that
of the jury and not of whoever wrote its marks. JSON on standard output.
"""

import gc
import json
import os
import resource
import sys
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - the apps come first
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import cohort  # noqa: E402
from jury.dossiers import dossiers_of  # noqa: E402
from jury.engine.regulation import Regulation, override  # noqa: E402
from jury.laboratory.trial import basis_of, trial_of  # noqa: E402
from jury.models import JurySession  # noqa: E402
from jury.sitting import live  # noqa: E402

RUNS = 3
JUDGED = "rows to verdicts and reasons"


def load(count: int) -> dict[str, Any]:
    """Replace what the database holds by a cohort."""
    call_command("migrate", verbosity=0)
    call_command("flush", verbosity=0, interactive=False)
    cohort.load(count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as a database does by itself, in its own time
    return {}


def measure(count: int) -> dict[str, Any]:
    """Time each way, the best of a few: of the processor, ours alone, and in all, the database's share too."""
    session, regulation = JurySession.objects.get(), Regulation()
    basis = basis_of(session)
    held = peak()
    pupil = session.candidates().order_by("pk")[0]
    weights, absences = (override(regulation, {key: value}) for key, value in TRIED.items())
    ways: dict[str, Callable[[], object]] = {
        "rows to dossiers": lambda: dossiers_of(session, regulation),
        JUDGED: lambda: live(session),
        "the dossier of one alone": lambda: dossiers_of(session, regulation, pupil),
        "trial, the same averages": lambda: trial_of(basis, weights),
        "trial, averages made again": lambda: trial_of(basis, absences),
    }
    gc.collect()
    gc.freeze()
    return {
        "students": len(basis.students),
        "reasons": sum(len(judged.verdict["reasons"]) for judged in basis.students),
        "MB": held,
        "ways": {name: timed(way, count) for name, way in ways.items()},
    }


TRIED = {"rcue_weights": "ects", "abi_scope": "module"}
"""The two trials: on the dossiers as they are, and on averages of their own."""


def timed(way: Callable[[], object], count: int) -> dict[str, Any]:
    """Return the best time of a way, and its queries."""
    own, whole = [], []
    for _ in range(RUNS):
        gc.collect()
        start, processor = perf_counter(), process_time()
        way()
        own.append(process_time() - processor)
        whole.append(perf_counter() - start)
    with CaptureQueriesContext(connection) as captured:
        way()
    return {
        "ms of processor": round(min(own) * 1000, 1),
        "ms of processor a student": round(min(own) * 1000 / count, 3),
        "ms in all": round(min(whole) * 1000, 1),
        "queries": len(captured),
    }


def peak() -> int:
    """The most memory that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    act, count = sys.argv[1], int(sys.argv[2])
    sys.stderr.write(f"» {connection.vendor}, {count} étudiants\xa0: {act}\n")
    json.dump({"load": load, "measure": measure}[act](count), sys.stdout)


if __name__ == "__main__":
    main()
