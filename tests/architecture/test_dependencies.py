"""Each direct dependency is pinned, locked with its hashes, and has its reason in the decision that holds them."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, name

REASONS = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text()
LISTS = [ROOT / "requirements.in", ROOT / "requirements-dev.in"]


def faults(wanted: str, lock: str, reasons: str) -> list[str]:
    """List the direct dependencies that are not pinned, not locked as pinned, or not explained."""
    found = []
    for line in wanted.splitlines():
        if not line.strip() or line.startswith(("#", "-")):
            continue
        pin = re.fullmatch(r"([a-z0-9-]+)(?:\[[a-z,]+\])?==([\w.]+)", line)
        if not pin:
            found.append(f"{line}: not pinned")
        elif not re.search(
            rf"^{pin[1]}(?:\[[a-z,]+\])?=={re.escape(pin[2])} \\\n +--hash=sha256:", lock, re.MULTILINE
        ):
            found.append(f"{line}: not locked")
        elif not re.search(rf"^\|[^|]*(?<![\w-]){pin[1]}(?![\w-])[^|]*\|", reasons, re.MULTILINE):
            found.append(f"{line}: not explained")
    return found


@pytest.mark.parametrize("path", LISTS, ids=name)
def test_a_dependency_is_pinned_locked_and_explained(path: Path) -> None:
    assert faults(path.read_text(), path.with_suffix(".lock").read_text(), REASONS) == []


def test_a_stray_dependency_is_seen() -> None:
    lock = "django==5.2.19 \\\n    --hash=sha256:00\nrules==3.5 \\\n    --hash=sha256:00\n"
    assert faults("django>=5\ndjango==5.2.18\nrules==3.5\n# note\n", lock, "| django-rules | MIT |") == [
        "django>=5: not pinned",
        "django==5.2.18: not locked",
        "rules==3.5: not explained",
    ]
