"""Views reach objects through the doors of access.py: a view that queries forgets, one day, to ask who is asking."""

import ast

import pytest

from tests.architecture.source import APPS, PYTHON, ROOT, calls, faults

VIEWS = [path for path in PYTHON if path.relative_to(ROOT).parts[0] in APPS and path.name in {"views.py", "api.py"}]
MANAGERS = {"objects", "_default_manager", "_base_manager"}
SHORTCUTS = {"get_object_or_404", "get_list_or_404"}


def bypasses(source: str) -> list[str]:
    """List the ways around the doors: a manager, a shortcut on a model, raw SQL."""
    tree = ast.parse(source)
    found = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS
    ]
    for called, call in calls(tree):
        on_a_model = call.args and isinstance(call.args[0], ast.Name) and call.args[0].id[:1].isupper()
        if (called.rpartition(".")[2] in SHORTCUTS and on_a_model) or called == "connection.cursor":
            found.append(f"line {call.lineno}: {ast.unparse(call)}")
    return found


def test_a_view_goes_through_a_door() -> None:
    assert faults(bypasses, VIEWS) == {}


@pytest.mark.parametrize(
    "source",
    [
        "Mark.objects.get(pk=1)",
        "marks = Mark.objects",
        "type(mark)._default_manager.all()",
        "get_object_or_404(Mark, pk=1)",
        "connection.cursor()",
    ],
)
def test_a_bypass_is_seen(source: str) -> None:
    assert bypasses(source)


def test_an_object_behind_a_door_leads_to_its_own() -> None:
    assert bypasses("get_object_or_404(evaluation.enrolments, pk=enrolment_id)") == []
