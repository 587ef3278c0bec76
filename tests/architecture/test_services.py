"""A business write names its arguments, holds in one transaction, and leaves one entry in the journal."""

import ast

import pytest

from tests.architecture.source import APPS, PYTHON, ROOT, calls, faults

SERVICES = [path for path in PYTHON if path.relative_to(ROOT).parts[0] in APPS and path.name == "services.py"]


def writes_of(source: str) -> dict[str, ast.FunctionDef]:
    """Return the writes of a module: its public functions that ask `by` whom."""
    return {
        node.name: node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and any(argument.arg == "by" for argument in [*node.args.args, *node.args.kwonlyargs])
    }


WRITES = {write for path in SERVICES for write in writes_of(path.read_text())}


def breaches(source: str) -> list[str]:
    """List the writes that break the form."""
    own = writes_of(source)
    writes = WRITES | set(own)
    found = []
    for function, node in own.items():
        called = [called for called, _ in calls(node)]
        if node.args.args or node.args.kwonlyargs[-1].arg != "by":
            found.append(f"{function}: its arguments are keywords, `by` last")
        if not any(other in called for other in writes):  # else it hands over to another write
            if "transaction.atomic" not in map(ast.unparse, node.decorator_list):
                found.append(f"{function}: not in a transaction")
            if called.count("journal.record") != 1:
                found.append(f"{function}: {called.count('journal.record')} entries in the journal")
    return found


def test_a_write_is_whole_and_told() -> None:
    assert faults(breaches, SERVICES) == {}


GOOD = """
@transaction.atomic
def record_mark(*, mark, by):
    journal.record("mark_recorded", mark, by=by)

def record_one(*, mark, by):
    record_mark(mark=mark, by=by)

def marks_in_force(module):
    return {}
"""


def test_the_form_passes() -> None:
    assert breaches(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@transaction.atomic\n", ""),
        ('    journal.record("mark_recorded", mark, by=by)', "    mark.save()"),
        ("def record_mark(*, mark, by)", "def record_mark(mark, *, by)"),
        ("def record_mark(*, mark, by)", "def record_mark(*, by, mark)"),
    ],
)
def test_a_breach_is_seen(old: str, new: str) -> None:
    assert old in GOOD
    assert breaches(GOOD.replace(old, new))
