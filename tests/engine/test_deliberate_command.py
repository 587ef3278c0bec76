"""`manage.py deliberate` as a shell sees it: files, exit status, messages, and no database anywhere."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engine.build import odd_semester

ROOT = Path(__file__).parents[2]
GOOD = odd_semester(1, "12", "9", id="É1")
BAD = odd_semester(1, "12", id="E2", statut="DEM")


def deliberate(*arguments: str, source: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    # No database can be reached: the command must not miss it.
    settings = {"DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3", **environment}
    return subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", "deliberate", *arguments],
        cwd=ROOT,
        env=os.environ | settings,
        input=source.encode() if isinstance(source, str) else source,
        capture_output=True,
        check=False,
    )


def document(*dossiers: Any, **changes: Any) -> str:
    return json.dumps({"schema": "deliberate/1", "dossiers": list(dossiers)} | changes)


def test_every_dossier_gets_a_verdict(tmp_path: Path) -> None:
    cases, output = tmp_path / "cas.json", tmp_path / "sortie.json"
    cases.write_text(document(GOOD, GOOD), encoding="utf-8-sig")
    written = deliberate(str(cases), "-o", str(output))
    assert (written.returncode, written.stdout, written.stderr) == (0, b"", b"")
    found = json.loads(output.read_text(encoding="utf-8"))
    assert list(found) == ["schema", "averages", "verdicts"]
    assert (found["schema"], found["averages"]) == ("deliberate/1", [])
    assert [verdict["ects"] for verdict in found["verdicts"]] == ["10", "10"]
    printed = deliberate("-", source=document(GOOD, GOOD), PYTHONIOENCODING="latin-1")
    assert (printed.returncode, json.loads(printed.stdout)) == (0, found)
    assert "É1".encode() in printed.stdout
    assert set(tmp_path.iterdir()) == {cases, output}


def test_a_refused_dossier_stands_in_its_place() -> None:
    found = deliberate("-", source=document(GOOD, BAD, GOOD, averages=[{"id": "A1"}]))
    assert found.returncode == 1
    answer = json.loads(found.stdout)
    assert [verdict["id"] for verdict in answer["verdicts"]] == ["É1", "E2", "É1"]
    assert answer["verdicts"][1]["error"]["field"] == "statut"
    assert answer["averages"][0]["error"]["field"] == "ues"
    refused = found.stderr.decode().splitlines()
    assert [line.split("\u00a0: ")[0] for line in refused] == ["Moyennes A1, champ ues", "Dossier E2, champ statut"]


def test_a_lone_surrogate_comes_back_as_it_came() -> None:
    found = deliberate("-", source=document(GOOD | {"id": "\ud800"}))
    assert json.loads(found.stdout)["verdicts"][0]["id"] == "\ud800"


def test_a_reader_who_leaves_is_no_error(tmp_path: Path) -> None:
    cases = tmp_path / "cas.json"
    cases.write_text(document(*[GOOD] * 400), encoding="utf-8")
    writer = subprocess.Popen(  # noqa: S603
        [sys.executable, "manage.py", "deliberate", str(cases)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert writer.stdout
    assert writer.stderr
    assert writer.stdout.readline() == b'{"schema": "deliberate/1", "averages": [\n'
    writer.stdout.close()
    assert (writer.stderr.read(), writer.wait()) == (b"", 141)
    writer.stderr.close()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "il manque CAS.json"),
        (("a", "b"), "argument inconnu\xa0: b"),
        (("a", "-o"), "-o attend une valeur"),
        (("a", "--no-color=1"), "--no-color n’attend pas de valeur\xa0: '1'"),
        (("a", "-v", "x"), "-v/--verbosity\xa0: la valeur 'x' n’est pas un nombre entier"),
        (("a", "-v", "9"), "-v/--verbosity\xa0: la valeur 9 n’est pas parmi 0, 1, 2, 3"),
        (("a", "--ver"), "l’option --ver est ambiguë\xa0: --version, --verbosity"),
    ],
)
def test_arguments_are_refused_in_french(arguments: tuple[str, ...], sentence: str) -> None:
    found = deliberate(*arguments)
    first, usage = found.stderr.decode().split("\n", 1)
    assert (found.returncode, first) == (2, f"Arguments refusés\xa0: {sentence}. On attendait\xa0:")
    assert usage.strip().startswith("manage.py deliberate [-h] [-o SORTIE.json]")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"", "Ce n’est pas du JSON"),
        (b"\xff", "UTF-8"),
        (b'{"schema": "deliberate/2"}', "champ schema"),
        (b'{"schema": "deliberate/1", "regulation": {"rouding": "exact"}}', "champ regulation.rouding"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole(source: bytes, message: str, tmp_path: Path) -> None:
    output = tmp_path / "sortie.json"
    output.write_text("avant", encoding="utf-8")
    found = deliberate("-", "-o", str(output), source=source)
    assert (found.returncode, found.stdout) == (2, b"")
    assert message in found.stderr.decode()
    assert output.read_text(encoding="utf-8") == "avant"


@pytest.mark.parametrize("name", ["absent.json", "."])
def test_a_file_that_is_not_there(name: str, tmp_path: Path) -> None:
    found = deliberate(str(tmp_path / name))
    assert (found.returncode, found.stdout) == (2, b"")
    assert found.stderr.decode().startswith("Lecture impossible")


def test_an_output_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    found = deliberate("-", "-o", str(tmp_path), source=document(GOOD))
    assert (found.returncode, list(tmp_path.parent.glob(f".{tmp_path.name}*"))) == (2, [])
    assert found.stderr.decode().startswith("Écriture impossible")
