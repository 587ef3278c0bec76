"""The lists of the secretariat: previewed, confirmed, refused line by line, and never half-written."""

import html
import re
import time
from datetime import date
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from curriculum.journal import JournalEntry
from curriculum.models import Maquette
from people.imports import LISTS
from people.models import Enrolment, Group, Student
from people.services import ListRefused, import_list
from people.tables import TYPES, read_table
from tests import factories
from tests.people.lists import HEADINGS, NEW, as_csv, as_xlsx, done, errors, many, row, scope, told
from tests.strict import queries
from tests.world import World

ROWS = [HEADINGS, NEW]


@pytest.fixture
def secretary(client: Client, world: World) -> Client:
    client.force_login(world.sonia)
    return client


def sent(client: Client, upload: SimpleUploadedFile, kind: str = "etudiants") -> Any:
    return client.post(f"/imports/{kind}/", {"file": upload})


def confirmed(client: Client, page: Any, kind: str = "etudiants") -> Any:
    """Press the button of a preview."""
    ticket = re.search(r'name="ticket" value="([^"]*)"', page.content.decode())
    assert ticket, "The preview offers nothing to confirm."
    return client.post(f"/imports/{kind}/confirmer/", {"ticket": html.unescape(ticket[1])}, follow=True)


# --- Students


@pytest.mark.parametrize(
    "upload",
    [
        as_csv(*ROWS),
        as_csv(*ROWS, encoding="cp1252", delimiter=","),
        as_xlsx(HEADINGS, [*NEW[:4], date(2006, 3, 12), *NEW[5:]]),
    ],
    ids=["utf-8", "latin-1", "xlsx"],
)
def test_a_list_is_shown_then_written(secretary: Client, world: World, upload: SimpleUploadedFile) -> None:
    page = sent(secretary, upload)
    assert page.status_code == HTTPStatus.OK
    assert "2\xa0lignes nouvelles" in html.unescape(page.content.decode())
    assert not Student.objects.filter(nip="22001234").exists()

    assert "Liste importée" in confirmed(secretary, page).content.decode()
    student = Student.objects.get(nip="22001234")
    assert (student.last_name, student.first_names, student.ine) == ("LEROY", "Zoé, Anne", "123456789AB")
    assert (student.birth_date, student.email) == (date(2006, 3, 12), "zoe@etu.exemple.fr")
    assert {enrolment.plan for enrolment in student.enrolments.all()} == set(world.plans)
    assert all(enrolment.groups.get() == world.group for enrolment in student.enrolments.all())


def test_the_same_list_again_changes_nothing(secretary: Client, world: World) -> None:
    done(world, *ROWS)
    page = sent(secretary, as_csv(*ROWS))
    assert "il n’y a rien à importer" in page.content.decode()
    assert done(world, *ROWS).does_nothing
    assert JournalEntry.objects.filter(action="etudiants_imported").count() == 1


def test_a_list_leaves_one_journal_entry_that_tells_what_changed(world: World) -> None:
    done(world, *ROWS)
    done(world, HEADINGS, row(Nom="LEROY-PETIT", Semestre="S1"))
    entry = JournalEntry.objects.filter(action="etudiants_imported").order_by("pk").last()
    assert entry
    assert (entry.by, entry.formation) == (world.sonia, world.formation)
    assert entry.before is not None
    assert entry.after is not None
    assert [line["Nom"] for line in entry.before.values()] == ["LEROY"]
    assert [line["Nom"] for line in entry.after["rows"].values()] == ["LEROY-PETIT"]
    assert entry.after["file"] == "liste.csv"


def test_the_list_as_it_stands_can_be_sent_back(secretary: Client, world: World) -> None:
    done(world, HEADINGS, row(Nom="=1+1", Groupes=""))
    for kind in LISTS:
        for extension in TYPES:
            file = secretary.get(f"/imports/{kind}/fichier/", {"format": extension})
            assert file["Content-Disposition"] == f'attachment; filename="{kind}-qlio-2025-2026.{extension}"'
            page = sent(secretary, SimpleUploadedFile(f"liste.{extension}", file.content), kind)
            assert "il n’y a rien à importer" in page.content.decode()


def test_an_empty_model_has_every_column_and_no_line(secretary: Client) -> None:
    for extension in TYPES:
        file = secretary.get("/imports/etudiants/fichier/", {"format": extension, "vide": ""})
        rows = read_table(SimpleUploadedFile(f"modele.{extension}", file.content)).rows
        assert [row.cells for row in rows] == [[column.label for column in LISTS["etudiants"].columns]]
        assert sent(secretary, SimpleUploadedFile(f"modele.{extension}", file.content)).status_code == 422


def test_an_empty_cell_changes_nothing_and_a_dash_empties(world: World) -> None:
    done(world, *ROWS)
    assert told(world, HEADINGS, ["22001234", *[""] * 5, "S1", ""]).does_nothing
    done(world, HEADINGS, ["22001234", "-", "", "", "-", "", "S1", "-"])
    student = Student.objects.get(nip="22001234")
    assert (student.ine, student.birth_date, student.last_name) == ("", None, "LEROY")
    assert not student.enrolments.get(plan=world.plans[0]).groups.exists()
    assert student.enrolments.get(plan=world.plans[1]).groups.exists()


def test_columns_come_in_any_order_under_a_title_and_unknown_ones_are_told(world: World) -> None:
    report = told(
        world,
        ["Étudiants de BUT1"],
        ["Semestres", "Prénom", "nom de famille", "N° étudiant", "Sexe", "Vide"],
        ["1 et 2", "Zoé", "Leroy", "22 001 234", "F", "", "égaré"],
    )
    assert not report.errors
    assert [outcome.about for outcome in report.created] == ["LEROY Zoé · S1", "LEROY Zoé · S2"]
    assert [warning.column for warning in report.warnings] == ["Sexe", "G"]


def test_what_an_enrolment_became(world: World) -> None:
    headings = ["NIP", "Semestre", "Redouble", "État", "Parti le"]
    done(world, headings, [world.student.nip, "1", "oui", "démissionnaire", "05/01/2026"])
    enrolment = Enrolment.objects.get(student=world.student, plan=world.plans[0])
    assert (enrolment.state, enrolment.left_on, enrolment.repeating) == ("DEM", date(2026, 1, 5), True)


def test_the_parcours_and_the_modality_are_asked_for_when_there_are_several(world: World) -> None:
    for parcours in ("OSC", "QMI"):
        for modality in ("FI", "alternance"):
            factories.plan(3, parcours=factories.parcours(parcours), modality=modality)
    factories.plan(4, modality="alternance", parcours=factories.parcours("OSC"))
    headings = ["NIP", "Semestre", "Parcours", "Régime"]

    def plan_or_error(*cells: str) -> str:
        report = told(world, headings, [world.student.nip, *cells])
        return report.errors[0].column if report.errors else report.outcomes[0].about.partition("·")[2].strip()

    assert plan_or_error("3", "osc", "apprentissage") == "S3 OSC alternance"
    assert plan_or_error("3", "", "FI") == "Parcours"
    assert plan_or_error("3", "QMI", "") == "Régime"
    assert plan_or_error("1", "QMI", "FI") == "S1"
    assert plan_or_error("4", "", "") == "S4 OSC alternance"
    assert plan_or_error("4", "QMI", "") == "Semestre"
    assert plan_or_error("4", "OSC", "FI") == "Semestre"
    assert plan_or_error("1", "XYZ", "") == "Parcours"
    assert plan_or_error("1", "", "soir") == "Régime"


@pytest.mark.parametrize(
    ("cells", "where", "sentence"),
    [
        ({"NIP": ""}, "NIP", "il est obligatoire"),
        ({"NIP": "2" * 21}, "NIP", "20 caractères"),
        ({"Nom": ""}, "Nom", "vide"),
        ({"Prénoms": "-"}, "Prénoms", "vide"),
        ({"INE": "1" * 12}, "INE", "11 caractères"),
        ({"Date de naissance": "31/02/2006"}, "Date de naissance", "n’est pas une date (attendu\xa0: 12/03/2006)"),
        ({"Date de naissance": "12/03/06"}, "Date de naissance", "n’est pas une date"),
        ({"Date de naissance": "12/03/2020"}, "Date de naissance", "entre 1930 et 2013"),
        ({"Courriel": "zoe chez exemple"}, "Courriel", "valide"),
        ({"Semestre": "7"}, "Semestre", "«\xa07\xa0» n’est pas un semestre"),
        ({"Semestre": "3"}, "Semestre", "n’a pas de tableau S3"),
        ({"Semestre": ""}, "Semestre", "n’est pas un semestre"),
        ({"Groupes": "TD1, TD9"}, "Groupes", "le groupe «\xa0TD9\xa0» n’existe pas (attendu\xa0: TD1)"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_told_by_line_and_column(
    world: World, cells: dict[str, str], where: str, sentence: str
) -> None:
    found = errors(world, HEADINGS, row(NIP="22009999"), [], row(**cells))
    assert [place for place, _ in found] == [f"Ligne 4, colonne «\xa0{where}\xa0»\xa0:"]
    assert sentence in found[0][1]


def test_one_wrong_line_and_nothing_is_written(secretary: Client, world: World) -> None:
    good, wrong = row(NIP="22009999"), row(Semestre="9", Nom="")
    page = sent(secretary, as_csv(HEADINGS, good, [world.student.nip, "", "GARNIER-ROY", *[""] * 3, "1", ""], wrong))
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Ligne 4" in page.content.decode()
    assert 'name="ticket"' not in page.content.decode()
    with pytest.raises(ListRefused):
        done(world, HEADINGS, good, [world.student.nip, "", "GARNIER-ROY", *[""] * 3, "1", ""], wrong)
    assert not Student.objects.filter(nip="22009999").exists()
    world.student.refresh_from_db()
    assert world.student.last_name == "Garnier"
    assert not JournalEntry.objects.exists()


def test_an_odd_ine_is_told_and_kept(world: World) -> None:
    report = done(world, HEADINGS, row(INE="0123abc"))
    assert [(warning.line, warning.column) for warning in report.warnings] == [(2, "INE")]
    assert Student.objects.get(nip="22001234").ine == "0123ABC"


def test_two_lines_that_disagree_on_a_student_are_refused(world: World) -> None:
    found = errors(world, HEADINGS, row(Semestre="1"), row(Semestre="2", Nom="PETIT"))
    assert found == [("Ligne 3, colonne «\xa0Nom\xa0»\xa0:", "la ligne 2 dit autre chose du même étudiant.")]


def test_a_student_twice_in_one_semester_is_refused(world: World) -> None:
    assert errors(world, HEADINGS, row(), row(Semestre="S2")) == [
        ("Ligne 3\xa0:", "la ligne 2 dit déjà la même chose.")
    ]


def test_a_student_of_another_department_is_neither_renamed_nor_told(world: World) -> None:
    gilles = Student.objects.get(last_name="Haddad")
    found = errors(world, HEADINGS, row(NIP=gilles.nip))
    assert found[0][0] == "Ligne 2, colonne «\xa0NIP\xa0»\xa0:"
    assert "Haddad" not in found[0][1]
    assert done(world, HEADINGS, row(NIP=gilles.nip, Nom="HADDAD", Prénoms="gilles", Courriel="")).created
    assert gilles.enrolments.filter(plan__in=world.plans).count() == 2


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (as_csv(["Nom", "Semestre"], ["A", "1"]), "attendu au moins\xa0: «\xa0NIP\xa0», «\xa0Semestre\xa0»"),
        (as_csv(["NIP", "Semestre", "Nom", "nom de famille"], ["1", "1", "A", "B"]), "«\xa0Nom\xa0» est là 2 fois"),
        (as_csv(HEADINGS), "aucune ligne à importer"),
        (SimpleUploadedFile("liste.pdf", b"%PDF"), "ni un classeur .xlsx ni un fichier .csv"),
    ],
)
def test_a_wrong_file_is_refused_on_its_page(secretary: Client, upload: SimpleUploadedFile, sentence: str) -> None:
    page = sent(secretary, upload)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in html.unescape(page.content.decode())


def test_no_file_at_all(secretary: Client) -> None:
    page = secretary.post("/imports/etudiants/")
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Choisissez un fichier." in page.content.decode()


def test_no_students_without_a_maquette(client: Client, world: World) -> None:
    client.force_login(factories.user("secretariat", formation=factories.formation("GEA")))
    assert "pas encore de maquette" in client.get("/imports/").content.decode()
    assert client.get("/imports/etudiants/").status_code == HTTPStatus.NOT_FOUND


# --- Between the preview and the confirmation


def test_what_is_confirmed_is_what_was_shown(secretary: Client, world: World) -> None:
    page = sent(secretary, as_csv(*ROWS))
    done(world, HEADINGS, row(Nom="PETIT", Semestre="S1"))
    again = confirmed(secretary, page)
    assert again.status_code == HTTPStatus.CONFLICT
    assert "Les données ont changé depuis l’aperçu" in again.content.decode()
    assert Student.objects.get(nip="22001234").last_name == "PETIT"
    confirmed(secretary, again)
    assert Student.objects.get(nip="22001234").last_name == "LEROY"


def test_a_list_that_became_wrong_is_refused(secretary: Client, world: World) -> None:
    factories.group("TD7")
    page = sent(secretary, as_csv(HEADINGS, row(Groupes="TD7")))
    Group.objects.filter(name="TD7").delete()
    assert confirmed(secretary, page).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Student.objects.filter(nip="22001234").exists()


def test_a_list_whose_maquette_was_archived_is_refused(secretary: Client, world: World) -> None:
    page = sent(secretary, as_csv(*ROWS))
    Maquette.objects.update(state=Maquette.State.ARCHIVED)
    assert "importez-la d’abord" in confirmed(secretary, page).content.decode()
    assert not Student.objects.filter(nip="22001234").exists()


def test_a_ticket_is_good_for_its_owner_its_list_and_an_hour(
    secretary: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sent(secretary, as_csv(*ROWS))
    ticket = page.context["ticket"]

    def refused(client: Client, address: str, ticket: str) -> bool:
        return "n’est plus le bon" in client.post(address, {"ticket": ticket}, follow=True).content.decode()

    assert refused(secretary, "/imports/etudiants/confirmer/", f"{ticket}x")
    assert refused(secretary, "/imports/groupes/confirmer/", ticket)
    other = Client()
    other.force_login(factories.user("secretariat"))
    assert refused(other, "/imports/etudiants/confirmer/", ticket)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3_700)
    assert refused(secretary, "/imports/etudiants/confirmer/", ticket)
    assert not Student.objects.filter(nip="22001234").exists()


# --- Size


def test_queries_do_not_grow_with_the_list(world: World) -> None:
    told(world, *many(1))
    assert queries(lambda: told(world, *many(6))) == queries(lambda: told(world, *many(2)))
    done(world, *many(6))
    moved = [[*line[:2], f"{line[2]}X", *line[3:-1], "-"] for line in many(6)[1:]]
    assert queries(lambda: told(world, HEADINGS, *moved)) == queries(lambda: told(world, HEADINGS, *moved[:2]))


def test_three_hundred_lines_take_little_time(world: World) -> None:
    table = read_table(as_csv(*many(300)))
    start = time.perf_counter()
    report = import_list(scope=scope(world), table=table, by=world.sonia)
    assert time.perf_counter() - start < 3
    assert len(report.created) == 600
    assert Student.objects.filter(nip__startswith="3").count() == 300
