"""What no file of the project may carry: an address of one machine, of one registry; a test that does not run."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import FILES, ROOT, faults

# Written in pieces, so that this file is clean too.
MACHINE = re.compile(r"(?<![\w.~}])/(?:" + "home|root|work|Users" + r")/\w")
REGISTRY = re.compile(r"--(?:extra-)?index-u" + r"rl|--find-l" + r"inks|/simp" + r"le/?[\"'\s]|pypi[.]o" + "rg")
IDLE = re.compile(r"\bpytest\.(?:skip|xfail|importor" + r"skip)\b|\bmark\.(?:skip|skipif|x" + r"fail)\b")


def texts() -> list[Path]:
    """Every file that can be read as text."""
    return [path for path in FILES if b"\0" not in path.read_bytes()[:4096]]


def marks_of(text: str) -> list[str]:
    """List the addresses of a machine or a registry, and this very checkout's."""
    return [*MACHINE.findall(text), *REGISTRY.findall(text), *re.findall(re.escape(f"{ROOT}/"), text)]


def test_a_file_names_no_machine_and_no_registry() -> None:
    assert faults(marks_of, texts()) == {}


@pytest.mark.parametrize(
    "text",
    [
        "cd /home" + "/ada/delibere",
        'open("/work' + '/main/x")',
        "pip install --index-u" + "rl https://registry.example",
        "https://pypi.o" + "rg/project/django",
        f"{ROOT}/manage.py",
    ],
)
def test_an_address_is_seen(text: str) -> None:
    assert marks_of(text)


def test_no_test_is_idle() -> None:
    assert faults(IDLE.findall, [path for path in texts() if path.suffix == ".py"]) == {}


def test_an_idle_test_is_seen() -> None:
    assert IDLE.findall("@pytest.mark." + "skip(reason='later')")
    assert IDLE.findall("pytest." + "skip('no browser')")
