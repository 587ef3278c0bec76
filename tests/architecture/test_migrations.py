"""A migration tells what was done on a day; code that changes later must not change it."""

import ast

import pytest

from tests.architecture.source import APPS, FILES, faults

MIGRATIONS = [path for path in FILES if path.parent.name == "migrations" and path.suffix == ".py"]
# A field class is part of the schema, and is looked at by whoever changes it.
SCHEMA = {"curriculum.fields"}


def live_imports(source: str) -> list[str]:
    """List the modules of our apps that a migration imports."""
    modules: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            modules.append(node.module or ".")
        elif isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
    return [module for module in modules if module.split(".")[0] in APPS and module not in SCHEMA]


def test_a_migration_imports_no_code_of_ours() -> None:
    assert faults(live_imports, MIGRATIONS) == {}


@pytest.mark.parametrize("source", ["from grades.models import Mark", "import people.models as p"])
def test_a_live_import_is_seen(source: str) -> None:
    assert live_imports(source)
