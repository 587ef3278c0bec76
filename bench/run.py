"""`make bench`: the same cohort on SQLite and on PostgreSQL, each in a fresh process; JSON on standard output."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as somebody else when we are root
        results = {"sqlite": measure(f"sqlite:///{folder / 'bench.sqlite3'}")}
        with postgres(folder / "postgres") as url:
            results["postgresql"] = measure(url)
        results["growth, sqlite"] = {
            str(count): measure(f"sqlite:///{folder / f'{count}.sqlite3'}", "bench.growth", str(count))
            for count in STUDENTS
        }
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
