"""Rows -> dossiers -> verdicts with their reasons, for a number of students: a child of run.py. JSON on stdout."""

import gc
import json
import os
import resource
import sys
from statistics import median
from time import process_time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - the apps come first
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import cohort  # noqa: E402
from jury.dossiers import dossiers_of  # noqa: E402
from jury.engine.regulation import Regulation  # noqa: E402
from jury.sitting import live  # noqa: E402

RUNS = 3


def main() -> None:
    count = int(sys.argv[1])
    sys.stderr.write(f"» {count} étudiants\n")
    call_command("migrate", verbosity=0)
    session = cohort.load(count)
    gc.collect()
    gc.freeze()
    times, alone = [], []
    for _ in range(RUNS):
        start = process_time()
        students = live(session).students
        times.append(process_time() - start)
        start = process_time()
        dossiers_of(session, Regulation(), session.candidates().order_by("pk")[0])
        alone.append(process_time() - start)
    with CaptureQueriesContext(connection) as captured:
        live(session)
    result = {
        "students": len(students),
        "reasons": sum(len(judged.verdict["reasons"]) for judged in students),
        "ms of processor": round(median(times) * 1000),
        "ms a student": round(median(times) * 1000 / count, 2),
        "ms, the dossier of one alone": round(median(alone) * 1000),
        "queries": len(captured),
        "MB at most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
