"""Files that only grow end up read by nobody. Raising a budget is a change to review, not a habit."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import FILES, PYTHON, ROOT, name

MODULE, FUNCTION, PARTIAL = 400, 60, 40
PARTIALS = [path for path in FILES if path.suffix == ".html" and path.name.startswith("_")]


def long_functions(source: str) -> list[str]:
    """List the functions over budget, decorators and docstring included."""
    return [
        f"{node.name}: {length} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION
    ]


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_a_module_and_its_functions_keep_to_their_budget(path: Path) -> None:
    source = path.read_text()
    assert source.count("\n") <= MODULE
    assert long_functions(source) == []


@pytest.mark.parametrize("path", PARTIALS, ids=name)
def test_a_partial_keeps_to_its_budget(path: Path) -> None:
    assert path.read_text().count("\n") <= PARTIAL


def test_a_long_function_is_seen() -> None:
    assert long_functions("def f():\n" + "    pass\n" * FUNCTION) == ["f: 61 lines"]
    assert long_functions("def f():\n" + "    pass\n" * (FUNCTION - 1)) == []


def test_the_guard_reads_our_modules() -> None:
    assert ROOT / "curriculum" / "models.py" in PYTHON
