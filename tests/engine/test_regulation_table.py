"""docs/regulation.md tells the truth: each rule has a function that cites it and a test that exists."""

import importlib
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "regulation.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([NLI]-\d\d) \| .+ \| `([\w.]+)` \| `(\w+)\.(\w+)` \|$", TABLE, re.MULTILINE)


def resolve(dotted: str) -> Any:
    """The object that a dotted name stands for: a module, then attributes of it."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            found = getattr(found, name)
        return found
    raise AssertionError(f"Nothing is called {dotted}.")


def test_every_line_of_the_table_is_read() -> None:
    assert len(ROWS) == len(re.findall(r"^\| [NLI]-", TABLE, re.MULTILINE)) > 0


@pytest.mark.parametrize(("rule", "function", "module", "test"), ROWS, ids=[row[0] for row in ROWS])
def test_a_rule_has_its_function_and_its_test(rule: str, function: str, module: str, test: str) -> None:
    found = resolve(function)
    documented = found.fget if isinstance(found, property) else found
    assert rule in (inspect.getdoc(documented) or ""), f"{function} does not cite {rule}."
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob(f"*/{module}.py")]
    assert any(f"\ndef {test}(" in source for source in sources)


def test_every_rule_that_a_reason_cites_is_in_the_table() -> None:
    cited = set()
    for path in (ROOT / "jury" / "engine").glob("*.py"):
        cited |= set(re.findall(r'"([NLI]-\d\d)"', path.read_text(encoding="utf-8")))
    assert cited <= {row[0] for row in ROWS}
