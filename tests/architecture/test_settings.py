"""An operator reads docs/deployment.md, not the settings: what one reads, the other tells."""

import ast
import os
import re
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT, calls

SETTINGS = (ROOT / "config" / "settings.py").read_text()
PRODUCTION = {"DEBUG": "0", "SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "iut.example"}


def variables(source: str) -> set[str]:
    """Return the environment variables that a settings file reads."""
    return {
        call.args[0].value
        for called, call in calls(ast.parse(source))
        if re.match(r"env(\.\w+)?$|os\.(environ\.get|getenv)$", called)
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def documented(text: str) -> set[str]:
    """Return the variables that have a line of their own in a Markdown table."""
    return set(re.findall(r"^\| `([A-Z_]+)`", text, flags=re.MULTILINE))


def test_every_variable_is_documented() -> None:
    told = documented((ROOT / "docs" / "deployment.md").read_text())
    assert variables(SETTINGS) <= told
    assert set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)) <= told


def test_an_undocumented_variable_is_seen() -> None:
    source = 'A = env.bool("DEBUG")\nB = env("SECRET_KEY", default="")\nC = os.environ.get("HOME")\nD = env.x(name)'
    assert variables(source) - documented("| `DEBUG` | yes | traces |\n\nSee `SECRET_KEY`.") == {"SECRET_KEY", "HOME"}


def boot(**environment: str) -> subprocess.CompletedProcess[str]:
    """Start Django with these variables and no other, and print what an operator would ask about."""
    asked = "from django.conf import settings as s; print(s.DEBUG, s.SESSION_COOKIE_SECURE, s.ALLOWED_HOSTS)"
    return subprocess.run(  # noqa: S603 - our own interpreter, on a constant
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": os.defpath, **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_refuses_to_start_without(missing: str) -> None:
    refused = boot(**{name: value for name, value in PRODUCTION.items() if name != missing})
    assert refused.returncode != 0
    assert missing in refused.stderr.splitlines()[-1]


def test_production_starts_closed() -> None:
    assert boot(**PRODUCTION).stdout == "False True ['iut.example']\n"
