"""Files that only grow end up read by nobody. Raising a budget is a change to review, not a habit."""

import ast
from collections.abc import Callable

from tests.architecture.source import FILES, PYTHON, faults, name

MODULE, FUNCTION, PARTIAL = 400, 60, 40
RULE = 39
"""What applies a rule of the regulation is read in one look: averages and the engine of the jury."""
RULES = [path for path in PYTHON if name(path) == "grades/averages.py" or name(path).startswith("jury/engine/")]
PARTIALS = [path for path in FILES if path.suffix == ".html" and path.name.startswith("_")]


def long_functions(source: str, budget: int = FUNCTION) -> list[str]:
    """List the functions over budget, docstring included."""
    return [
        f"{node.name}: {length} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > budget
    ]


def longer_than(budget: int) -> Callable[[str], list[str]]:
    """Return the guard of a length."""
    return lambda text: [f"{length} lines"] if (length := text.count("\n")) > budget else []


def test_files_and_functions_keep_to_their_budget() -> None:
    assert faults(longer_than(MODULE), PYTHON) == {}
    assert faults(long_functions, PYTHON) == {}
    assert faults(lambda source: long_functions(source, RULE), RULES) == {}
    assert faults(longer_than(PARTIAL), PARTIALS) == {}


def test_a_length_is_seen() -> None:
    assert long_functions("def f():\n" + "    pass\n" * FUNCTION) == ["f: 61 lines"]
    assert long_functions("def f():\n" + "    pass\n" * (FUNCTION - 1)) == []
    assert longer_than(2)("a\nb\nc\n") == ["3 lines"]
    assert longer_than(3)("a\nb\nc\n") == []
