"""The addresses of the documents: who they are made for is tests/architecture/test_access.py's affair."""

import pytest
from django.test import Client
from django.urls import reverse

from jury.documents import render
from tests import factories
from tests.documents.conftest import Bench
from tests.world import World


@pytest.mark.parametrize("name", ["pv", "releve"])
def test_a_document_comes_as_a_pdf_in_the_page(client: Client, bench: Bench, name: str) -> None:
    client.force_login(bench.president)
    session = bench.close()
    arguments = [session.pk] if name == "pv" else [session.pk, bench.students["near"].pk]
    answer = client.get(reverse(f"jury:{name}", args=arguments))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline; filename=")
    assert answer.content.startswith(b"%PDF-")


def test_a_student_prints_nobody_else_s_releve(client: Client, world: World) -> None:
    client.force_login(world.emile)
    assert client.get(reverse("jury:releve", args=[world.jury.pk, world.student.pk])).status_code == 200
    assert client.get(reverse("jury:releve", args=[world.jury.pk, world.other_student.pk])).status_code == 404
    assert client.get(reverse("jury:pv", args=[world.jury.pk])).status_code == 404


def test_somebody_who_does_not_come_before_the_jury_has_no_releve(client: Client, bench: Bench) -> None:
    client.force_login(bench.president)
    stranger = factories.student()
    assert client.get(reverse("jury:releve", args=[bench.session.pk, stranger.pk])).status_code == 404


def test_a_server_without_the_engine_says_so(client: Client, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "FACE", "Absente")
    client.force_login(bench.president)
    answer = client.get(reverse("jury:pv", args=[bench.session.pk]))
    assert answer.status_code == 503
    assert "lancez «\xa0make setup\xa0»" in answer.content.decode()
