"""The checkout as its guards read it: which apps, which files, which models are ours."""

import ast
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).resolve().parents[2]
APPS = ["curriculum", "people", "attendance", "grades", "jury"]
"""The layers, lowest first: an app leans only on what stands before it."""

MODELS: list[type[Model]] = [model for app in APPS for model in apps.get_app_config(app).get_models()]


def files() -> list[Path]:
    """Every file that git follows, or would if it were added."""
    # safe.directory: a continuous integration may run as root on somebody else's clone.
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in sorted(set(listed.stdout.split("\0"))) if name and (ROOT / name).is_file()]


FILES = files()
PYTHON = [path for path in FILES if path.suffix == ".py" and "migrations" not in path.parts]
"""Our modules; migrations are generated and have their own guard."""


def name(path: Path) -> str:
    """A file as a report names it."""
    return str(path.relative_to(ROOT))


def faults(guard: Callable[[str], list[str]], paths: Iterable[Path]) -> dict[str, list[str]]:
    """Return what a guard finds in the text of each file, where it finds anything; there is a file to look at."""
    found = {name(path): guard(path.read_text()) for path in paths}
    assert found, "A guard without a file to look at guards nothing."
    return {path: wrong for path, wrong in found.items() if wrong}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with what it calls, as written: `Mark.objects.get`, `round`, `().quantize`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node
