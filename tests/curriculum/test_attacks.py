"""What a hostile file costs: the command refuses it within 5 seconds and 500 MB, says why once, and stores nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.curriculum.attacks import BOOKS, DOCUMENTS

ROOT = Path(__file__).parents[2]
SECONDS, KILOBYTES = 5, 500_000
ATTACKS = BOOKS | DOCUMENTS

CHILD = """
import io, json, resource, sys, time
from contextlib import redirect_stderr, redirect_stdout
import django
from django.core.management import call_command
django.setup()
said = {}
for path in sys.argv[1:]:
    out, err, status, begun = io.StringIO(), io.StringIO(), 0, time.process_time()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            call_command("import_maquette", path, "--write", "--accept-errors", stdout=out, stderr=err, no_color=True)
        except SystemExit as end:
            status = end.code
    spent = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said[path] = [status, out.getvalue(), err.getvalue(), spent, peak]
json.dump(said, sys.stdout)
"""
"""One process for all: starting it costs more than most attacks. A traceback of any ends it."""


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[object]]:
    """How the command ends on each file: status, output, complaint, seconds of processor, peak in kilobytes."""
    folder = tmp_path_factory.mktemp("attacks")
    paths = {name: folder / f"{rank}.{'json' if 'json' in name else 'xlsx'}" for rank, name in enumerate(ATTACKS)}
    for name, (build, _) in ATTACKS.items():
        paths[name].write_bytes(build())
    paths["folder"] = folder / "dossier.xlsx"
    paths["folder"].mkdir()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{folder}/none.sqlite3",
    }
    child = subprocess.run(  # noqa: S603 - our own interpreter, our own files
        [sys.executable, "-c", CHILD, *map(str, paths.values())],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    assert not (folder / "none.sqlite3").exists()
    said = json.loads(child.stdout)
    return {name: said[str(path)] for name, path in paths.items()}


@pytest.mark.parametrize("name", [*ATTACKS, "folder"])
def test_an_attack_is_refused_soon_in_little_memory_with_one_sentence(
    name: str, ends: dict[str, list[object]]
) -> None:
    sentence = ATTACKS[name][1] if name in ATTACKS else "ne peut pas être lu"
    status, output, complaint, seconds, peak = ends[name]
    assert (status, output) == (2, "")
    assert sentence in str(complaint).replace("\u00a0", " ")
    assert str(complaint).count("\n") <= 1
    assert float(str(seconds)) < SECONDS
    assert int(str(peak)) < KILOBYTES
