"""A mark sheet goes out, is filled in a spreadsheet, and comes back: compared, previewed, then written, or nothing."""

import re
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from grades.models import Act, Evaluation, MarkChange, MarkValue
from grades.services import Entry, record_marks
from people.models import Enrolment, User
from tests import factories
from tests.world import World

NBSP = "\N{NO-BREAK SPACE}"
Edit = Callable[[Worksheet], object]


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(world: World, name: str = "import-marks") -> str:
    return reverse(f"grades:{name}", args=[world.module.pk])


def download(world: World, who: User) -> Workbook:
    return load_workbook(BytesIO(as_user(who).get(page(world, "mark-sheet")).content))


def send(world: World, who: User, book: Workbook | bytes, name: str = "notes.xlsx") -> Any:
    content = BytesIO()
    if isinstance(book, bytes):
        content.write(book)
    else:
        book.save(content)
    return as_user(who).post(page(world), {"file": SimpleUploadedFile(name, content.getvalue())})


def edited(world: World, edit: Edit, who: User | None = None) -> Any:
    """Download the sheet, edit it, send it back."""
    book = download(world, who or world.ada)
    edit(book.worksheets[0])
    return send(world, who or world.ada, book)


def confirm(world: World, who: User, preview: HttpResponse) -> Any:
    ticket = re.search(r'name="ticket" value="([^"]+)"', preview.text)
    assert ticket
    return as_user(who).post(page(world, "confirm-marks"), {"ticket": ticket[1]}, follow=True)


def sentences(response: Any) -> list[str]:
    """What is said of each line, no-break spaces as spaces."""
    said = [f"{finding.where} {finding.sentence}" for finding in response.context["reading"].errors]
    return [sentence.replace(NBSP, " ") for sentence in said]


def marks(evaluation: Evaluation) -> dict[str, str]:
    rows = evaluation.marks.values_list("enrolment__student__last_name", "hundredths", "reason")
    return {student: str(MarkValue(hundredths, reason)) for student, hundredths, reason in rows}


# In the sheet: A NIP, B Nom, C Prénom, D Groupes, E DS1, F Repères; row 2 Fatou Diallo, row 3 Émile Garnier.


def test_the_sheet_holds_what_is_known(world: World) -> None:
    sheet = download(world, world.ada).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    heading = f"DS1 /20 · n° {world.evaluation.pk}"
    assert rows[0] == ("NIP", "Nom", "Prénom", "Groupes", heading, "Repères (ne pas modifier)")
    assert [row[1:5] for row in rows[1:]] == [("DIALLO", "Fatou", "TD1", "9,75"), ("GARNIER", "Émile", "TD1", "12,50")]
    assert rows[2][5] == f"{world.evaluation.pk}=1:12,50"


def test_sent_back_as_it_is_it_changes_nothing(world: World) -> None:
    response = edited(world, lambda sheet: None)
    assert response.status_code == HTTPStatus.OK
    assert "il n’y a rien à importer" in response.text


@pytest.mark.parametrize("who", ["ada", "sonia"])
def test_a_preview_writes_nothing_and_its_confirmation_does(world: World, who: str) -> None:
    user = getattr(world, who)
    factories.evaluation(module=world.module, label="TP noté")

    def fill(sheet: Worksheet) -> None:
        sheet["E3"] = "14,5"
        sheet["F2"] = 8.25  # a number typed in a cell is a number to Excel
        sheet["F3"] = "abi"

    preview = edited(world, fill, user)
    assert [
        (change.line, change.student, str(change.before), str(change.after))
        for change in preview.context["reading"].changes
    ] == [
        (2, "DIALLO Fatou", "", "8,25"),
        (3, "GARNIER Émile", "12,50", "14,50"),
        (3, "GARNIER Émile", "", "ABI"),
    ]
    assert marks(world.evaluation) == {"Garnier": "12,50", "Diallo": "9,75"}

    said = confirm(world, user, preview)
    assert f"3{NBSP}notes enregistrées." in said.text
    assert marks(world.evaluation) == {"Garnier": "14,50", "Diallo": "9,75"}
    act = Act.objects.get()
    assert (act.kind, act.by, act.changes.count()) == (Act.Kind.SHEET, user, 3)


def test_an_empty_cell_changes_nothing_and_a_dash_empties(world: World) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["E2"] = None
        sheet["E3"] = "–"

    confirm(world, world.ada, edited(world, fill))
    assert marks(world.evaluation) == {"Garnier": "", "Diallo": "9,75"}


def test_lines_and_columns_may_be_moved_and_others_added(world: World) -> None:
    second = factories.evaluation(module=world.module, label="TP noté")
    rows = list(download(world, world.ada).worksheets[0].iter_rows(values_only=True))
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Notes du module"])
    sheet.append(["Remarque", rows[0][5], rows[0][0]])
    sheet.append(["bien", "17", rows[2][0]])
    confirm(world, world.ada, send(world, world.ada, book))
    assert marks(second) == {"Garnier": "17,00"}
    assert marks(world.evaluation) == {"Garnier": "12,50", "Diallo": "9,75"}


def test_a_csv_does_as_well(world: World) -> None:
    csv = f"NIP;DS1 /20 · n° {world.evaluation.pk}\n{world.student.nip};13,25\n"
    confirm(world, world.ada, send(world, world.ada, csv.encode("cp1252"), "notes.csv"))
    assert marks(world.evaluation) == {"Garnier": "13,25", "Diallo": "9,75"}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        pytest.param(
            lambda sheet: sheet.__setitem__("E2", "25"),
            "Ligne 2, colonne « DS1 » : 25,00 est au-dessus du barème (20).",
            id="above the scale",
        ),
        pytest.param(
            lambda sheet: sheet.__setitem__("E2", "12,345"),
            "Ligne 2, colonne « DS1 » : « 12,345 » a plus de deux décimales (attendu : 12,25).",
            id="three decimals",
        ),
        pytest.param(
            lambda sheet: sheet.__setitem__("E3", "ABS"),
            "Ligne 3, colonne « DS1 » : « ABS » n’est ni une note ni un motif "
            "(attendu : 12,5, ou ABI, ABJ, DIS, ATT, ou rien).",
            id="unknown reason",
        ),
        pytest.param(
            lambda sheet: sheet.__setitem__("A2", None), "Ligne 2, colonne « NIP » : le NIP manque.", id="no NIP"
        ),
        pytest.param(
            lambda sheet: sheet.__setitem__("A2", "F9999999"),
            "Ligne 2, colonne « NIP » : « F9999999 » n’est pas le NIP d’un étudiant de cette feuille.",
            id="unknown NIP",
        ),
        pytest.param(
            lambda sheet: sheet.__setitem__("A3", sheet["A2"].value),
            "Ligne 3, colonne « NIP » : ce NIP est déjà à la ligne 2.",
            id="twice",
        ),
        pytest.param(
            lambda sheet: sheet.__setitem__("B2", "GARNIER"),
            "Ligne 2, colonne « NIP » : la feuille dit « GARNIER », et ce NIP est celui de DIALLO Fatou.",
            id="a column sorted alone",
        ),
    ],
)
def test_a_wrong_line_is_said_with_its_number_and_nothing_is_written(world: World, edit: Edit, expected: str) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["E2"], sheet["E3"] = "10", "11"
        edit(sheet)

    response = edited(world, fill)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentences(response) == [expected]
    assert "Rien n’est écrit" in response.text
    assert 'name="ticket"' not in response.text
    assert marks(world.evaluation) == {"Garnier": "12,50", "Diallo": "9,75"}


def test_a_mark_changed_since_the_download_is_not_overwritten(world: World) -> None:
    book = download(world, world.ada)
    change = [Entry(world.evaluation.pk, world.enrolment.pk, MarkValue(1300), 1)]
    record_marks(module=world.module, entries=change, by=None)
    left_alone = send(world, world.ada, book)
    assert "il n’y a rien à importer" in left_alone.text
    book.worksheets[0]["E3"] = "14"
    assert sentences(send(world, world.ada, book)) == [
        "Ligne 3, colonne « DS1 » : la note a changé depuis le téléchargement de la feuille "
        "(alors : 12,50, maintenant : 13,00) : téléchargez-la de nouveau."
    ]


def test_a_mark_changed_between_preview_and_confirmation_is_not_overwritten(world: World) -> None:
    preview = edited(world, lambda sheet: sheet.__setitem__("E3", "14"))
    change = [Entry(world.evaluation.pk, world.enrolment.pk, MarkValue(1300), 1)]
    record_marks(module=world.module, entries=change, by=None)
    said = confirm(world, world.ada, preview)
    assert "Rien n’a été enregistré\xa0: Ces notes ont été modifiées par quelqu’un d’autre." in said.text
    assert marks(world.evaluation)["Garnier"] == "13,00"


def test_a_closed_evaluation_takes_no_mark_from_a_sheet(world: World) -> None:
    book = download(world, world.ada)
    world.evaluation.state = "verrouillee"
    world.evaluation.save()
    assert "il n’y a rien à importer" in send(world, world.ada, book).text
    book.worksheets[0]["E3"] = "14"
    [sentence] = sentences(send(world, world.ada, book))
    assert "aucune note ne s’écrit ici" in sentence


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("Nom;DS1\nGarnier;12\n", "Aucune des premières lignes ne porte l’en-tête «\xa0NIP\xa0»"),
        ("NIP;DS1\nF1;12\n", "Aucune colonne n’est une évaluation de R1.01"),
        ("NIP;DS1 n° 999\nF1;12\n", "La colonne «\xa0DS1 n° 999\xa0» n’est pas une évaluation de R1.01."),
        ("NIP;DS n° {pk};DS n° {pk}\nF1;12;13\n", "est là deux fois."),
        ("", "vide"),
    ],
)
def test_headings_that_will_not_do_are_said(world: World, content: str, sentence: str) -> None:
    response = send(world, world.ada, content.format(pk=world.evaluation.pk).encode(), "notes.csv")
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in response.text


def test_a_file_that_is_no_list_is_refused(world: World) -> None:
    response = send(world, world.ada, b"%PDF-1.7", "notes.pdf")
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "ni un classeur .xlsx ni un fichier .csv" in response.text


def test_a_preview_is_confirmed_by_who_saw_it_within_the_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    preview = edited(world, lambda sheet: sheet.__setitem__("E3", "14"))
    assert "n’est plus le bon" in confirm(world, world.sonia, preview).text
    monkeypatch.setattr("grades.imports.MAX_AGE", timedelta(seconds=-1))
    assert "n’est plus le bon" in confirm(world, world.ada, preview).text
    forged = as_user(world.ada).post(page(world, "confirm-marks"), {"ticket": "forgé"}, follow=True)
    assert "n’est plus le bon" in forged.text
    assert not MarkChange.objects.exists()


def test_who_teaches_some_groups_gets_and_sends_those(world: World) -> None:
    second = factories.group("TD2")
    own: Enrolment = factories.enrolment(plan=world.plans[0], groups=[second])
    factories.service(teacher=world.blaise, module=world.module, groups=[second])
    rows = list(download(world, world.blaise).worksheets[0].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [own.student.nip]
    csv = f"NIP;n° {world.evaluation.pk}\n{world.student.nip};3\n"
    [sentence] = sentences(send(world, world.blaise, csv.encode(), "notes.csv"))
    assert "n’est pas le NIP d’un étudiant de cette feuille" in sentence
