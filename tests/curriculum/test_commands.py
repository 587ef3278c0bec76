"""The two commands, as a secretary types them: what they print, what they store, how they end."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from curriculum.models import Maquette
from curriculum.workbook import codec
from tests import factories
from tests.curriculum.books import NAME, PATH, edited, original

ROOT = Path(__file__).parents[2]
Captured = pytest.CaptureFixture[str]


def ends(*arguments: str) -> int:
    """Run a command and return its exit status."""
    try:
        call_command(*arguments)
    except SystemExit as end:
        return int(str(end.code))
    return 0


def printed(captured: Captured) -> str:
    return captured.readouterr().out.replace("\u00a0", " ")


def complained(captured: Captured) -> str:
    return captured.readouterr().err.replace("\u00a0", " ")


def broken(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_bytes(edited(lambda book: book["S1"].__setitem__("E15", "abc")))
    return path


def test_the_json_needs_no_database(capsys: Captured) -> None:
    assert ends("import_maquette", str(PATH), "--json") == 0
    assert json.loads(printed(capsys)) == json.loads(codec.dumps(original()).replace("\u00a0", " "))


@pytest.mark.django_db
def test_the_report_tells_each_table_its_findings_and_what_it_would_change(capsys: Captured, tmp_path: Path) -> None:
    assert ends("import_maquette", str(PATH)) == 0
    report = printed(capsys)
    assert "Feuille « S3 MP » : S3 MP FI, 2025-2026" in report
    assert "UE4.4 9 ECTS" in report
    assert "info B25 [code_differs]" in report
    assert "Aucune maquette BUT-QLIO 2025-2026 n’est enregistrée." in report
    assert "Rien n’est enregistré" in report
    assert Maquette.objects.count() == 0

    assert ends("import_maquette", str(PATH), "--write") == 0
    assert "Enregistrée : BUT-QLIO 2025-2026 (v1)." in printed(capsys)
    changed = tmp_path / "suite.xlsx"
    changed.write_bytes(edited(lambda book: book["S1"].__setitem__("E15", "0,75")))
    assert ends("import_maquette", str(changed)) == 0
    report = printed(capsys)
    assert "Différences avec la version 1 enregistrée : 1." in report
    assert "S1, R1.01, UE1.1 : 0,5 devient 0,75." in report


@pytest.mark.django_db
def test_a_version_in_service_is_never_replaced_by_an_import(capsys: Captured) -> None:
    ends("import_maquette", str(PATH), "--write")
    served = Maquette.objects.get()
    factories.enrolment(plan=served.plans.get(position=1))
    Maquette.objects.update(state="en_service")
    printed(capsys)
    assert ends("import_maquette", str(PATH), "--write") == 0
    report = printed(capsys)
    assert "La version 1 est en service et ne change pas : l’import crée un brouillon à côté." in report
    assert "La mettre en service toucherait : 1 inscription." in report
    assert list(Maquette.objects.order_by("version").values_list("state", flat=True)) == ["en_service", "brouillon"]


@pytest.mark.django_db
def test_an_error_is_not_written_unless_accepted(capsys: Captured, tmp_path: Path) -> None:
    path = broken(tmp_path)
    assert ends("import_maquette", str(path)) == 1
    assert "ERREUR E15 [unread_row]" in printed(capsys)
    assert ends("import_maquette", str(path), "--write") == 1
    assert "--accept-errors" in complained(capsys)
    assert Maquette.objects.count() == 0
    assert ends("import_maquette", str(path), "--write", "--accept-errors") == 1
    assert Maquette.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"code;intitule", "classeur.xlsx : ce n’est pas un classeur Excel"),
        (b'{"schema": "maquette/2"}', "maquette/1"),
        (bytes(20_000_001), "la limite est de 20 Mo"),
        (None, "ce fichier ne peut pas être lu"),
    ],
)
def test_what_is_not_understood_ends_with_two(
    capsys: Captured, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "classeur.xlsx"
    if content is not None:
        path.write_bytes(content)
    assert ends("import_maquette", str(path), "--json") == 2
    assert sentence in complained(capsys)


def test_a_year_that_is_none_is_refused(capsys: Captured) -> None:
    assert ends("import_maquette", str(PATH), "--year", "2025") == 2
    assert "2025-2026" in complained(capsys)


def test_the_options_win_over_the_document(capsys: Captured) -> None:
    options = ["--formation", "BUT-QLIO-B", "--year", "2026-2027", "--institution", "IUT de Test"]
    assert ends("import_maquette", str(PATH), "--json", *options) == 0
    document = json.loads(printed(capsys))
    assert document["formation"] == {
        "code": "BUT-QLIO-B",
        "speciality": "QLIO",
        "institution": "IUT de Test",
        "academic_year": "2026-2027",
    }
    assert {semester["academic_year"] for semester in document["semesters"]} == {"2026-2027"}


class Piped:
    """A standard input that holds bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


@pytest.mark.django_db
def test_what_is_exported_and_imported_is_the_same(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends("import_maquette", str(PATH), "--write")
    printed(capsys)
    path = tmp_path / "maquette.json"
    assert ends("export_maquette", "BUT-QLIO", "2025-2026", "--json", "-o", str(path)) == 0
    assert ends("export_maquette", "BUT-QLIO", "2025-2026") == 0
    exported = capsys.readouterr().out
    assert exported == path.read_text(encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", Piped(exported.encode()))
    assert ends("import_maquette", "--json") == 0
    assert capsys.readouterr().out == exported
    assert ends("import_maquette", str(path), "--json") == 0
    assert capsys.readouterr().out == exported


@pytest.mark.django_db
def test_an_export_that_cannot_be_says_why(capsys: Captured, tmp_path: Path) -> None:
    assert ends("export_maquette", "BUT-QLIO", "2025-2026") == 1
    assert "Aucune maquette BUT-QLIO 2025-2026" in complained(capsys)
    ends("import_maquette", str(PATH), "--write")
    capsys.readouterr()
    assert ends("export_maquette", "BUT-QLIO", "2025-2026", "-o", str(tmp_path / "absent" / "m.json")) == 1
    assert "Écriture impossible" in complained(capsys)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("import_maquette", str(PATH)), 0, "18 tableaux"),
        (("import_maquette", str(PATH)), 0, "Rien à quoi comparer : la base de données ne répond pas, ou n’a pas"),
        (("import_maquette", str(PATH), "--write"), 1, "Rien n’est enregistré : la base de données ne répond pas"),
        (("export_maquette", "BUT-QLIO", "2025-2026"), 1, "Rien à écrire : la base de données ne répond pas"),
    ],
)
def test_a_database_without_tables_is_no_traceback(
    arguments: tuple[str, ...], status: int, sentence: str, tmp_path: Path
) -> None:
    found = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/vide.sqlite3"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    told = (found.stdout + found.stderr).replace("\u00a0", " ")
    assert (found.returncode, sentence in told, "Traceback" in told) == (status, True, False)


@pytest.mark.django_db
def test_the_template_is_exported_and_imported_the_same(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    ends("import_maquette", str(PATH), "--write")
    path = tmp_path / "maquette.xlsx"
    assert ends("export_maquette", "BUT-QLIO", "2025-2026", "--xlsx", "-o", str(path)) == 0
    capfdbinary.readouterr()
    assert ends("export_maquette", "BUT-QLIO", "2025-2026", "--xlsx") == 0
    assert capfdbinary.readouterr().out == path.read_bytes()
    assert ends("import_maquette", str(path), "--json") == 0
    assert json.loads(capfdbinary.readouterr().out) == json.loads(codec.dumps(original()))
    assert ends("import_maquette", str(path), "--write") == 0
    again = Maquette.objects.get(version=2)
    assert again.layout == "coefficients", "our own template is nobody's layout"


def test_one_format_at_a_time(capsys: Captured) -> None:
    with pytest.raises(CommandError, match="ne va pas avec"):
        call_command("export_maquette", "BUT-QLIO", "2025-2026", "--json", "--xlsx")
