"""The import in the browser: sent, looked at, compared, confirmed once, or nothing at all."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from curriculum import store
from curriculum.journal import JournalEntry
from curriculum.models import Formation, Maquette, Upload
from curriculum.services import import_maquette, understand
from curriculum.wizard import services
from curriculum.workbook import codec
from curriculum.workbook.settle import Options
from people.models import User
from tests import factories
from tests.curriculum.books import FOLDER, NAME, PATH, edited, original
from tests.strict import queries
from tests.wizard.sending import broken, confirm, foreign, send, sent, text, url

MCC = "000_BUT_QLIO_MCC_2025-2026.xlsx"
pytestmark = pytest.mark.django_db


def test_the_whole_way_from_the_workbook_to_the_draft(browser: Client, sonia: User, formation: Formation) -> None:
    page = text(send(browser, name=MCC))
    upload = Upload.objects.get()
    assert (upload.state, upload.by_id, upload.layout) == ("lu", sonia.pk, "mcc")
    assert Maquette.objects.count() == 0
    assert "14 tableaux" in page
    assert "Avertissements" in page
    assert f"{url('upload-table', upload.pk, 3)}#constat-" in page

    shown = text(browser.get(url("upload-table", upload.pk, 1)))
    assert "Part du pôle SAÉ (%)" in shown
    assert "S6 OSC" in shown, "every table is one click away"

    page = text(browser.get(url("upload-confirm", upload.pk)))
    assert "celle-ci sera la première" in page
    page = text(confirm(browser, upload))
    assert "version 1" in page
    made = Maquette.objects.get()
    assert (made.state, made.imported_by_id, made.source_name) == ("brouillon", sonia.pk, MCC)
    assert codec.dumps(store.load(made)) == codec.dumps(original(MCC))
    upload.refresh_from_db()
    assert (upload.state, upload.maquette_id) == ("importe", made.pk)
    actions = JournalEntry.objects.order_by("pk").values_list("action", "by")
    assert list(actions) == [("upload_received", sonia.pk), ("maquette_imported", sonia.pk)]


def test_a_table_shows_each_finding_on_its_cell(browser: Client) -> None:
    upload = sent(browser, edited(lambda book: book["S1"].__setitem__("E15", "0,4-0,5")))
    page = browser.get(url("upload-table", upload.pk, 1)).content.decode()
    assert "<del>0,4</del>" in page
    assert 'href="#constat-1"' in page
    assert 'id="constat-1"' in page


def test_a_change_is_shown_beside_the_version_stored(browser: Client) -> None:
    confirm(browser, sent(browser))
    page = text(browser.get(url("upload-confirm", sent(browser).pk)))
    assert "aucune différence" in page
    upload = sent(browser, edited(lambda book: book["S1"].__setitem__("E15", "0,75")))
    page = text(browser.get(url("upload-confirm", upload.pk)))
    assert "1 différence avec la version 1" in page
    assert "<td>0,5</td> <td><strong>0,75</strong></td>" in page
    assert "version 2" in text(confirm(browser, upload, seen=1))


def test_errors_come_first_and_ask_for_a_yes(browser: Client) -> None:
    upload = sent(browser, broken())
    page = text(browser.get(url("upload", upload.pk)))
    assert page.index("Erreurs") < page.index("Informations")
    refused = confirm(browser, upload)
    assert refused.status_code == 422
    assert "Des constats d’erreur restent" in text(refused)
    assert Maquette.objects.count() == 0
    assert confirm(browser, upload, accept_errors="on").status_code == 200
    assert Maquette.objects.get().version == 1


def test_a_second_click_imports_nothing_more(browser: Client) -> None:
    upload = sent(browser)
    assert sent(browser).pk == upload.pk, "the file is on its way already"
    assert Upload.objects.count() == 1
    confirm(browser, upload)
    page = text(confirm(browser, upload))
    assert "Ce classeur est enregistré" in page
    assert Maquette.objects.count() == 1


def test_the_service_itself_stores_once(browser: Client, sonia: User) -> None:
    upload = sent(browser)
    made = [services.confirm_upload(upload=upload, seen_version=0, accept_errors=False, by=sonia).pk for _ in range(2)]
    assert made[0] == made[1]


def test_a_version_stored_meanwhile_is_said_before_anything_is_written(browser: Client) -> None:
    upload = sent(browser)
    hector = factories.user("head", formation=upload.formation, first_name="Hector", last_name="Vasseur")
    changed = edited(lambda book: book["S1"].__setitem__("E15", "0,75"))
    import_maquette(document=understand(changed, NAME, Options()), by=hector)
    answer = confirm(browser, upload, seen=0)
    assert answer.status_code == 409
    page = text(answer)
    assert "pendant ce temps" in page
    assert "1 différence avec la version 1, brouillon, enregistrée par Hector Vasseur" in page
    assert 'name="seen" value="1"' in page
    assert Maquette.objects.count() == 1
    confirm(browser, upload, seen=1)
    assert Maquette.objects.count() == 2


def attacks() -> Iterator[tuple[str, bytes, str]]:
    yield "notes.csv", b"code;intitule", "Ce n’est pas un classeur Excel"
    yield "vide.xlsx", b"", "Ce fichier est vide"
    yield "ancien.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "ancien classeur"
    yield "coupe.xlsx", PATH.read_bytes()[:20_000], "abîmé ou incomplet"
    yield "gros.xlsx", bytes(20_000_001), "la limite est de 20 Mo"
    yield "autre.json", b'{"schema": "maquette/2"}', "maquette/1"
    yield "salles.xlsx", foreign(), "Aucune présentation connue"


@pytest.mark.parametrize(("name", "content", "sentence"), list(attacks()), ids=lambda value: str(value)[:12])
def test_a_wrong_file_is_refused_with_a_sentence(browser: Client, name: str, content: bytes, sentence: str) -> None:
    answer = send(browser, content, name)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert (Upload.objects.count(), JournalEntry.objects.count()) == (0, 0)


def test_the_formation_is_the_workbook_s_when_it_is_theirs(browser: Client, sonia: User) -> None:
    other = factories.formation("BUT-GMP", institution="")
    factories.role(sonia, "head", formation=other)
    assert sent(browser, formation="").formation.code == "BUT-QLIO"
    assert sent(browser, formation="BUT-GMP").draft().formation.code == "BUT-GMP"


def test_a_formation_of_others_is_neither_offered_nor_taken(browser: Client, sonia: User) -> None:
    factories.formation("BUT-GMP")
    factories.role(sonia, "head", formation=factories.formation("BUT-MMI"))
    assert "BUT-GMP" not in text(browser.get(url("uploads")))
    assert send(browser, formation="BUT-GMP").status_code == 422
    answer = send(browser, name="004_BUT_GMP_Le_Creusot_CAI.xlsx", formation="")
    assert answer.status_code == 422
    assert "Le classeur est de BUT-GMP, qui n’est pas de vos formations" in text(answer)
    assert Upload.objects.count() == 0


def test_what_the_workbook_does_not_say_is_asked(browser: Client) -> None:
    upload = sent(browser, name="sans_annee.xlsx", content=(FOLDER / NAME).read_bytes(), year="2027-2028")
    assert upload.draft().formation.academic_year == "2027-2028"
    answer = browser.post(url("upload", upload.pk), {"year": "2028-2029", "institution": "IUT de Test"}, follow=True)
    assert "2028-2029" in text(answer)
    assert "IUT de Test" in text(answer)
    answer = browser.post(url("upload", upload.pk), {"year": "2028"})
    assert answer.status_code == 422
    assert "Une année universitaire s’écrit 2025-2026." in text(answer)


def test_a_refusal_to_store_is_told_in_place(browser: Client) -> None:
    confirm(browser, sent(browser, name=MCC))
    answer = confirm(browser, sent(browser), seen=1)
    assert answer.status_code == 422
    assert "vient déjà d’un classeur d’une autre présentation" in text(answer)
    assert "--formation" not in text(answer), "nobody types a command here"


def test_an_import_is_taken_up_later_and_given_up(browser: Client, sonia: User) -> None:
    upload = sent(browser)
    page = text(browser.get(url("uploads")))
    assert url("upload", upload.pk) in page
    assert "par Sonia Perrin" in page
    page = text(browser.post(url("upload-cancel", upload.pk), follow=True))
    assert "Aucun import n’est en cours" in page
    upload.refresh_from_db()
    assert (upload.state, bytes(upload.content), upload.read) == ("abandonne", b"", "")
    assert "abandonné" in text(confirm(browser, upload))
    assert Maquette.objects.count() == 0
    assert sent(browser).pk != upload.pk, "the file may be sent again"


def test_what_is_stored_is_not_given_up(browser: Client) -> None:
    upload = sent(browser)
    confirm(browser, upload)
    assert "déjà enregistré" in text(browser.post(url("upload-cancel", upload.pk), follow=True))
    assert Maquette.objects.count() == 1


def test_old_uploads_are_purged_and_the_maquette_remains(
    browser: Client, capsys: pytest.CaptureFixture[str], sonia: User
) -> None:
    upload = sent(browser)
    confirm(browser, upload)
    recent = sent(browser, broken())
    Upload.objects.filter(pk=upload.pk).update(at=timezone.now() - timedelta(days=31))
    call_command("purge_uploads")
    assert capsys.readouterr().out == "1\u00a0import effacé.\n"
    assert [each.pk for each in Upload.objects.all()] == [recent.pk]
    assert Maquette.objects.count() == 1


# --- Who, and at what cost


def test_a_colleague_of_the_formation_takes_it_up(client: Client, browser: Client, formation: Formation) -> None:
    upload = sent(browser)
    client.force_login(factories.user("head", formation=formation))
    assert client.get(url("upload", upload.pk)).status_code == 200
    client.force_login(factories.user("teacher", formation=formation))
    assert client.get(url("upload", upload.pk)).status_code == 404
    assert client.get(url("uploads")).status_code == 403
    assert url("uploads") not in text(client.get(url("maquettes")))


def test_a_page_costs_the_same_whatever_its_rows(browser: Client) -> None:
    large, small = sent(browser, name=MCC), factories.upload(formation=Formation.objects.get())

    def cost(name: str, *args: int) -> int:
        return queries(lambda: browser.get(url(name, *args)))

    cost("upload", large.pk)
    assert cost("upload", large.pk) == cost("upload", small.pk)
    assert cost("upload-table", large.pk, 1) == cost("upload-table", small.pk, 1)
    assert cost("upload-confirm", large.pk) == cost("upload-confirm", small.pk)
    before = cost("uploads")
    sent(browser)
    assert cost("uploads") == before


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("curriculum_upload_state_known", {"state": "perdu"}),
        ("curriculum_upload_read", {"state": "lu", "read": ""}),
        ("curriculum_upload_refusal", {"state": "refuse", "refusal": ""}),
        ("curriculum_upload_refusal", {"state": "lecture", "refusal": "Illisible."}),
    ],
)
def test_what_an_upload_cannot_be(constraint: str, fields: dict[str, str]) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        factories.upload(**fields)


def test_a_file_is_on_its_way_once(formation: Formation) -> None:
    factories.upload(formation=formation)
    with pytest.raises(IntegrityError, match=r"curriculum_upload_once|formation_id.*sha256"):
        factories.upload(formation=formation)


def test_a_workbook_of_another_speciality_is_confirmed_knowingly(browser: Client, sonia: User) -> None:
    upload = sent(browser, name="004_BUT_GMP_Le_Creusot_CAI.xlsx")
    page = text(browser.get(url("upload-confirm", upload.pk)))
    assert "Le classeur dit GMP" in page
    refused = browser.post(url("upload-confirm", upload.pk), {"seen": 0})
    assert refused.status_code == 422
    assert "cochez que c’est voulu" in text(refused)
    assert not Maquette.objects.exists()


def test_the_family_of_a_workbook_is_told_in_words(browser: Client, sonia: User) -> None:
    assert "un tableau par semestre dont l’en-tête porte" in text(send(browser))
