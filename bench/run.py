"""`make bench`: the same cohort on SQLite and on PostgreSQL, each in a fresh process; JSON on standard output."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import log
from pathlib import Path
from statistics import linear_regression
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STUDENTS = (75, 300, 1_200, 4_800)
"""How many students the growth is measured with: 300 is a department year."""
POSTGRES = ROOT / ".ci" / "postgres.sh"


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A throw-away PostgreSQL; yields its DATABASE_URL."""
    started = subprocess.run([POSTGRES, "start", folder], check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        yield started.stdout.strip()
    finally:
        subprocess.run([POSTGRES, "stop", folder], check=True)  # noqa: S603


def measure(database_url: str, *arguments: str) -> dict[str, Any]:
    """Measure one database; progress goes to standard error."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", *(arguments or ["bench.measure"])],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def whole(database_url: str) -> dict[str, Any]:
    """Measure one empty database: the cohort of a department, then how a jury grows."""
    return measure(database_url) | {"growth": growth(database_url)}


def growth(database_url: str) -> dict[str, Any]:
    """Measure the same jury for each number of students, and say how its time grows."""
    found = {}
    for count in STUDENTS:
        measure(database_url, "bench.growth", "load", str(count))
        found[count] = measure(database_url, "bench.growth", "measure", str(count))
    return {
        "students": found,
        "exponent": {
            name: exponent({count: each["ways"][name]["ms of processor"] for count, each in found.items()})
            for name in found[STUDENTS[0]]["ways"]
        },
    }


def exponent(times: Mapping[int, float]) -> float:
    """Return k when time grows as students to the k, by least squares on logarithms: 1 is linear, 2 quadratic."""
    points = [(log(count), log(time)) for count, time in times.items()]
    return round(linear_regression(*zip(*points, strict=True)).slope, 2)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as somebody else when we are root
        results = {"sqlite": whole(f"sqlite:///{folder / 'bench.sqlite3'}")}
        with postgres(folder / "postgres") as url:
            results["postgresql"] = whole(url)
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
