"""Large workbooks: read behind the page, which says how far they are, and when nobody reads."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from curriculum import jobs
from curriculum.models import Maquette, Upload
from curriculum.wizard import services
from curriculum.workbook import codec
from people.models import User
from tests import factories
from tests.curriculum.books import original
from tests.wizard.sending import foreign, send, sent, text, untokened, url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("patient")]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every workbook is a large one."""
    monkeypatch.setattr(services, "SMALL", 1_000)


def test_a_large_workbook_is_read_by_a_worker(browser: Client) -> None:
    page = text(send(browser))
    upload = Upload.objects.get()
    assert upload.state == "lecture"
    assert "Le classeur attend son tour" in page
    assert 'hx-trigger="every 1s"' in page
    call_command("work", once=True)
    upload = Upload.objects.select_related("job", "formation").get()
    assert (upload.state, upload.read) == ("lu", codec.dumps(original()))
    assert upload.job is not None
    assert (upload.job.state, upload.job.message) == ("fini", services.STEPS[2])
    assert "18 tableaux" in text(browser.get(url("upload", upload.pk)))


def test_the_page_that_waits_follows_the_reading(browser: Client) -> None:
    upload = sent(browser)
    asked = browser.get(url("upload-progress", upload.pk), headers={"HX-Request": "true"})
    assert "attend son tour" in text(asked)
    page = browser.get(url("upload", upload.pk))
    assert untokened(asked) in untokened(page), "the swap is the page reloaded"
    assert upload.job is not None
    jobs.Job.objects.update(state="cours", heartbeat=timezone.now(), done=1, total=3)
    assert "1 sur 3" in text(browser.get(url("upload", upload.pk)))
    jobs.Job.objects.update(state="attente")
    call_command("work", once=True)
    asked = browser.get(url("upload-progress", upload.pk), headers={"HX-Request": "true"})
    assert asked["HX-Redirect"] == url("upload", upload.pk)


def test_a_page_does_not_wait_for_nobody(browser: Client) -> None:
    upload = sent(browser)
    jobs.Job.objects.update(at=timezone.now() - 2 * jobs.PATIENCE)
    assert "Aucun service de lecture ne répond" in text(browser.get(url("upload", upload.pk)))
    page = text(browser.post(url("upload-progress", upload.pk), follow=True))
    assert "18 tableaux" in page


def test_a_reading_that_crashed_is_said_and_tried_again(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*args: object, **kwargs: object) -> None:
        raise RuntimeError("unforeseen")

    upload = sent(browser)
    with monkeypatch.context() as patch:
        patch.setattr(services, "understand", crash)
        call_command("work", once=True)
    assert "La lecture s’est interrompue" in text(browser.get(url("upload", upload.pk)))
    assert "18 tableaux" in text(browser.post(url("upload-progress", upload.pk), follow=True))


def test_a_large_file_that_is_no_workbook_is_refused_at_once(browser: Client) -> None:
    assert send(browser, b"x" * 2_000, "notes.xlsx").status_code == 422
    assert Upload.objects.count() == 0


def test_a_large_workbook_that_is_not_understood_is_kept_with_its_refusal(browser: Client) -> None:
    upload = sent(browser, foreign())
    call_command("work", once=True)
    page = text(browser.get(url("upload", upload.pk)))
    assert "Ce classeur n’a pas été compris" in page
    assert "aucune présentation connue" in page.lower()
    assert "refusé" in text(browser.get(url("uploads")))
    assert Maquette.objects.count() == 0


def test_what_was_given_up_is_not_read(browser: Client) -> None:
    upload = sent(browser)
    browser.post(url("upload-cancel", upload.pk))
    call_command("work", once=True)
    upload.refresh_from_db()
    assert (upload.state, upload.read) == ("abandonne", "")


def test_a_large_workbook_needs_its_formation_said(browser: Client, sonia: User) -> None:
    factories.role(sonia, "head", formation=factories.formation("BUT-GMP"))
    answer = send(browser, formation="")
    assert answer.status_code == 422
    assert "dites sa formation" in text(answer)
    assert sent(browser, formation="BUT-QLIO").state == "lecture"
