"""Correcting what was understood, before it is a maquette: in its cells, against nobody, and to be put back."""

from typing import Any

import pytest
from django.test import Client

from curriculum import edit, store
from curriculum.edit import Correction
from curriculum.journal import JournalEntry
from curriculum.models import Maquette, Upload
from people.models import User
from tests.curriculum.books import edited, original
from tests.wizard.sending import confirm, sent, text, url

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}


def correct(browser: Client, upload: Upload, field: str, value: str, seen: str, module: str = "R1.01") -> Any:
    """Type in a cell of the first table, as js/cells.js does."""
    said = {"module": module, "field": field, "value": value, "seen": seen}
    return browser.post(url("upload-cell", upload.pk, 1), said, headers=SCRIPT, follow=True)


def test_a_cell_is_corrected_and_the_sums_and_findings_follow(browser: Client, sonia: User) -> None:
    upload = sent(browser)
    answer = correct(browser, upload, "coefficient:UE1.1", "0,75", "0,5")
    assert answer.status_code == 200
    page = text(answer)
    assert "R1.01, UE1.1 : 0,5 devient 0,75." in page
    assert 'data-text="0,75"' in page
    assert "la somme des coefficients" in page, "a finding that was not there"
    overview = text(browser.get(url("upload", upload.pk)))
    assert "1 correction" in overview
    assert "<td>0,5</td> <td><strong>0,75</strong></td>" in overview
    entry = JournalEntry.objects.get(action="upload_corrected")
    assert entry.by_id == sonia.pk
    assert [cells["cells"][0]["value"] for cells in (entry.before, entry.after) if cells] == ["0,5", "0,75"]


def test_what_is_stored_is_what_was_corrected(browser: Client) -> None:
    upload = sent(browser)
    correct(browser, upload, "coefficient:UE1.1", "0,75", "0,5")
    title = original().semesters[0].modules[1].title or ""
    assert correct(browser, upload, "title", "Anglais", title, module="R1.02").status_code == 200
    confirm(browser, upload)
    kept = store.load(Maquette.objects.select_related("formation").get())
    corrections = [
        Correction(0, "R1.01", "coefficient:UE1.1", "0,75"),
        Correction(0, "R1.02", "title", "Anglais"),
    ]
    assert kept.semesters == edit.apply(original(), corrections).semesters


def test_a_correction_that_mends_takes_its_finding_away(browser: Client) -> None:
    upload = sent(browser, edited(lambda book: book["S1"].__setitem__("E15", 5)))
    assert "annonce" in text(browser.get(url("upload-table", upload.pk, 1)))
    page = text(correct(browser, upload, "coefficient:UE1.1", "0,5", "5"))
    assert "annonce" not in page.split("Constats")[-1]


def test_putting_back_what_was_read_leaves_no_correction(browser: Client) -> None:
    upload = sent(browser)
    correct(browser, upload, "coefficient:UE1.1", "0,75", "0,5")
    correct(browser, upload, "coefficient:UE1.1", "0,50", "0,75")
    upload.refresh_from_db()
    assert upload.draft().semesters[0].modules[0].coefficients["UE1.1"] == "0.50"
    correct(browser, upload, "coefficient:UE1.1", "0,5", "0,50")
    upload.refresh_from_db()
    assert upload.corrections == []
    assert upload.draft() == original()


def test_the_second_of_two_tabs_is_told(browser: Client) -> None:
    upload = sent(browser)
    correct(browser, upload, "coefficient:UE1.1", "0,75", "0,5")
    answer = correct(browser, upload, "coefficient:UE1.1", "0,8", "0,5")
    assert answer.status_code == 409
    assert "« 0,75 »" in answer.content.decode().replace("\u00a0", " ")
    upload.refresh_from_db()
    assert len(upload.corrections) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("coefficient:UE1.1", "beaucoup"), ("coefficient:UE9.9", "1"), ("couleur", "rouge"), ("", "1")],
)
def test_a_correction_that_cannot_be_is_refused_in_a_sentence(browser: Client, field: str, value: str) -> None:
    upload = sent(browser)
    answer = correct(browser, upload, field, value, "0,5" if field.endswith("UE1.1") else "")
    assert answer.status_code == 422
    assert answer.content.decode().endswith(".")
    upload.refresh_from_db()
    assert upload.corrections == []


def test_nothing_is_corrected_once_it_is_stored(browser: Client) -> None:
    upload = sent(browser)
    confirm(browser, upload)
    assert correct(browser, upload, "coefficient:UE1.1", "0,75", "0,5").status_code == 422


def test_a_module_is_corrected_without_script(browser: Client) -> None:
    upload = sent(browser)
    page = url("upload-correct", upload.pk, 1) + "?module=R1.01"
    form = browser.get(page).context["form"]
    assert url("upload-correct", upload.pk, 1) in text(browser.get(url("upload-table", upload.pk, 1)))
    said = {name: field.initial for name, field in form.fields.items()}
    answer = browser.post(page, said | {"coefficient:UE1.1": "0,75"}, follow=True)
    assert answer.redirect_chain == [(url("upload-table", upload.pk, 1), 302)]
    upload.refresh_from_db()
    assert upload.draft().semesters[0].modules[0].coefficients["UE1.1"] == "0.75"
    refused = browser.post(page, said | {"coefficient:UE1.1": "beaucoup", "vu coefficient:UE1.1": "0,75"})
    assert refused.status_code == 422
    assert browser.get(url("upload-correct", upload.pk, 1) + "?module=R9.99").status_code == 404
    assert browser.get(url("upload-correct", upload.pk, 99)).status_code == 404
    assert "les totaux et les ECTS" in text(browser.get(url("upload-correct", upload.pk, 1)))
