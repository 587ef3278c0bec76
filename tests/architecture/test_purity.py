"""The cores compute: no framework, no file, no network, no clock, no chance, no float. And one function rounds."""

import ast

import pytest

from tests.architecture.source import APPS, PYTHON, calls, faults, name

CORES = [
    "jury/engine",
    "curriculum/workbook",
    "grades/averages.py",
    "grades/mcc/shares.py",
    "curriculum/lint.py",
    "curriculum/matching.py",
    "curriculum/diff.py",
    "curriculum/edit.py",
    "curriculum/recall.py",
    "curriculum/referentiel.py",
    "curriculum/competences/pairing.py",
    "jury/history.py",
    "jury/laboratory/comparison.py",
    "jury/turning/proposal.py",
]

OUTSIDE = {
    *("django", "rest_framework", "rules", "environ", "config", "people", "attendance"),
    *(
        "os",
        "pathlib",
        "shutil",
        "tempfile",
        "subprocess",
        "socket",
        "urllib",
        "http",
        "logging",
        "sqlite3",
        "psycopg",
    ),
    *("time", "random", "secrets", "uuid", "threading", "asyncio"),
}
ACTS = {"open", "print", "input", "exec", "eval", "breakpoint", "float", "datetime.now", "date.today"}
ACTS_OF_OBJECTS = ("now", "today", "utcnow", "read_text", "read_bytes", "write_text", "write_bytes")


def impurities(source: str) -> list[str]:
    """List what a pure module may not contain."""
    tree = ast.parse(source)
    found = [] if "float(" not in source else ["the word float("]
    for node in ast.walk(tree):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or "."]
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"line {node.lineno}: the float {node.value}")
        elif isinstance(node, ast.Name) and node.id == "float":
            found.append(f"line {node.lineno}: float")
        found += [f"import of {module}" for module in modules if module.split(".")[0] in OUTSIDE]
    for called, call in calls(tree):
        if called in ACTS or called.rpartition(".")[2] in ACTS_OF_OBJECTS:
            found.append(f"line {call.lineno}: {called}()")
    return found


@pytest.mark.parametrize("core", CORES)
def test_a_core_is_pure(core: str) -> None:
    assert faults(impurities, [path for path in PYTHON if name(path).startswith(core)]) == {}


@pytest.mark.parametrize(
    "source",
    [
        "from django.db import models",
        "import os.path",
        "from people.models import Student",
        "import random",
        "half = 0.5",
        "number = float(text)",
        "convert = float",
        "today = date.today()",
        "moment = datetime.datetime.now()",
        "rows = open('marks.csv')",
        "print(average)",
        "source.read_bytes()",
    ],
)
def test_an_impurity_is_seen(source: str) -> None:
    assert impurities(source)


def roundings(source: str) -> list[str]:
    """List the calls that round a number."""
    return [
        f"line {call.lineno}: {called}()"
        for called, call in calls(ast.parse(source))
        if called == "round" or called.rpartition(".")[2] in {"quantize", "Round"}
    ]


APP_FILES = [path for path in PYTHON if name(path).startswith(tuple(APPS)) and name(path) != "grades/averages.py"]


def test_only_averages_rounds() -> None:
    assert faults(roundings, APP_FILES) == {}


@pytest.mark.parametrize("source", ["round(average, 2)", "average.quantize(CENT)", "qs.annotate(a=Round('value'))"])
def test_a_rounding_is_seen(source: str) -> None:
    assert roundings(source)
