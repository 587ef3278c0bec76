"""The pages of référentiels: what they show, what they take, in how many queries."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from curriculum.competences import store
from curriculum.competences.models import Learning, Referentiel
from curriculum.competences.services import import_referentiel, link_module
from curriculum.models import Maquette, Module
from curriculum.services import Document, import_maquette
from tests import factories
from tests.curriculum.books import NAME, original
from tests.curriculum.orebut import PATH, changed, document
from tests.strict import queries

OTHER = ("Relever les écarts", "Oublier les écarts")


@pytest.fixture
def maquette(db: None) -> Maquette:
    return import_maquette(document=Document(original(), "coefficients", NAME, "0" * 64), by=None)


@pytest.fixture
def head(client: Client, maquette: Maquette) -> Client:
    """Somebody who may import and link."""
    client.force_login(factories.user("head", formation=maquette.formation))
    return client


@pytest.fixture
def described(maquette: Maquette) -> Referentiel:
    return import_referentiel(formation=maquette.formation, document=document(), by=None)


def url(name: str, *args: int) -> str:
    return reverse(f"curriculum:{name}", args=args)


def text(client: Client, name: str, *args: int, query: str = "", status: int = 200) -> str:
    response = client.get(url(name, *args) + query)
    assert response.status_code == status
    return plain(response.content)


def plain(content: bytes) -> str:
    return " ".join(content.decode().replace("\u00a0", " ").replace("&nbsp;", " ").split())


def send(client: Client, maquette: Maquette, data: bytes) -> tuple[int, str, str]:
    """Send a file; return the status, the page, and the ticket that it gives."""
    file = SimpleUploadedFile(PATH.name, data)
    response = client.post(url("referentiel-import", maquette.formation_id), {"file": file})
    page = response.content.decode()
    return response.status_code, plain(response.content), page.partition('name="ticket" value="')[2].partition('"')[0]


def chosen(*codes: str) -> dict[str, str]:
    return {f"pair-{rank}": code for rank, code in enumerate(codes)}


RANKS = chosen("UE1", "UE2", "UE3", "UE4", "UE4")


def test_without_referentiel_the_pages_say_how_to_begin(head: Client, maquette: Maquette) -> None:
    assert "n’a pas encore de référentiel" in text(head, "referentiel", maquette.formation_id)
    assert "n’a pas encore de référentiel" in text(head, "coverage", maquette.pk)
    assert "Aucun apprentissage critique à choisir" in text(head, "module-learnings", module(maquette).pk)
    assert "aucun référentiel" in text(head, "maquette", maquette.pk)


def module(maquette: Maquette, key: str = "R1.01") -> Module:
    return maquette.modules.get(key=key)


def test_a_file_is_previewed_then_stored_with_the_pairs_chosen(head: Client, maquette: Maquette) -> None:
    status, page, ticket = send(head, maquette, changed())
    assert status == 200
    assert "5 compétences, 2 parcours" in page
    assert '<option value="UE1" selected>' in page
    assert not Referentiel.objects.exists()
    pairs = chosen("UE2", "UE1", "UE3", "UE4", "+")
    response = head.post(url("referentiel-confirm", maquette.formation_id), {"ticket": ticket, **pairs}, follow=True)
    assert "Référentiel QLIO (v1) enregistré." in plain(response.content)
    assert store.pairing(Referentiel.objects.get()) == {
        "Piloter": "UE2",
        "Gérer": "UE1",
        "Organiser": "UE3",
        "Animer": "UE4",
        "Déployer": "Déployer",
    }


def test_a_bad_file_is_refused_in_the_form(head: Client, maquette: Maquette) -> None:
    status, page, _ = send(head, maquette, changed(("<ac ", "<abc ")))
    assert status == 422
    assert "Ligne 15 : « abc » dans « acs » ; attendu, « ac »." in page


def test_pairs_that_cannot_be_are_shown_again_with_why(head: Client, maquette: Maquette) -> None:
    _, _, ticket = send(head, maquette, changed())
    pairs = chosen("UE1", "UE1", "UE3", "UE4", "UE4")
    response = head.post(url("referentiel-confirm", maquette.formation_id), {"ticket": ticket, **pairs})
    assert response.status_code == 422
    assert "ne peuvent pas être toutes deux la compétence UE1" in plain(response.content)
    _, _, ticket = send(head, maquette, changed())
    assert head.post(url("referentiel-confirm", maquette.formation_id), {"ticket": ticket}).status_code == 422
    assert not Referentiel.objects.exists()


def test_an_altered_ticket_or_another_s_is_lost(client: Client, head: Client, maquette: Maquette) -> None:
    _, _, ticket = send(head, maquette, changed())
    confirm = url("referentiel-confirm", maquette.formation_id)
    assert "envoyez de nouveau" in plain(head.post(confirm, {"ticket": ticket + "x", **RANKS}, follow=True).content)
    client.force_login(factories.user("secretariat", formation=maquette.formation))
    assert "envoyez de nouveau" in plain(client.post(confirm, {"ticket": ticket, **RANKS}, follow=True).content)
    assert not Referentiel.objects.exists()


def test_nobody_s_import_is_overlooked(head: Client, maquette: Maquette) -> None:
    _, _, ticket = send(head, maquette, changed())
    import_referentiel(formation=maquette.formation, document=document(OTHER), by=None)
    response = head.post(url("referentiel-confirm", maquette.formation_id), {"ticket": ticket, **RANKS})
    assert response.status_code == 422
    page = plain(response.content)
    assert "a changé depuis l’aperçu" in page
    assert "« Oublier les écarts d’un poste de travail » devient « Relever" in page


def test_once_used_the_preview_shows_the_way_out(head: Client, maquette: Maquette, described: Referentiel) -> None:
    link_module(module=module(maquette), learnings=[Learning.objects.get(code="AC11.01").pk], by=None)
    Maquette.objects.update(state="en_service")
    _, page, ticket = send(head, maquette, changed(OTHER))
    assert "importez-le comme une nouvelle version" in page
    assert "Change le sens" in page
    confirm = url("referentiel-confirm", maquette.formation_id)
    assert head.post(confirm, {"ticket": ticket, **RANKS}).status_code == 422
    assert head.post(confirm, {"ticket": ticket, **RANKS, "new_version": "on"}).status_code == 302
    assert "Oublier les écarts" in text(head, "referentiel", maquette.formation_id)
    assert "Relever les écarts" in text(head, "referentiel", maquette.formation_id, query="?version=1")


def test_the_referentiel_is_shown_whole(head: Client, maquette: Maquette, described: Referentiel) -> None:
    page = text(head, "referentiel", maquette.formation_id, query="?version=nimporte")
    for told in (
        "1. Piloter",
        "Niveau 3 : Organiser un site",
        "AC41.01",
        "En gardant les stocks",
        "QMI",
        "Déployer 2",
    ):
        assert told in page


def test_a_module_is_linked_and_shown(head: Client, maquette: Maquette, described: Referentiel) -> None:
    target = module(maquette)
    learning = Learning.objects.get(code="AC11.01")
    assert "Piloter, niveau 1" in text(head, "module-learnings", target.pk)
    field = f"niveau-{learning.niveau_id}"
    page = head.post(url("module-learnings", target.pk), {field: [learning.pk]}, follow=True)
    assert "R1.01 : 1 apprentissage critique." in plain(page.content)
    assert "AC11.01 Relever les écarts" in plain(page.content)
    assert "checked" in text(head, "module-learnings", target.pk)
    assert head.post(url("module-learnings", target.pk), {field: [999_999]}).status_code == 422
    Maquette.objects.update(state="archivee")
    assert head.post(url("module-learnings", target.pk), {}).status_code == 422


def test_what_no_module_works_on_is_told(head: Client, maquette: Maquette, described: Referentiel) -> None:
    assert text(head, "coverage", maquette.pk).count("aucun module") == 16
    learning = Learning.objects.get(code="AC11.01")
    link_module(module=module(maquette), learnings=[learning.pk], by=None)
    page = text(head, "coverage", maquette.pk)
    assert page.count("aucun module") == 15
    assert 'Sans module <span class="quiet">15</span>' in page
    assert "UE1.1, UE2.1" in page
    assert url("module", module(maquette).pk) in page
    alone = text(head, "coverage", maquette.pk, query="?manquants")
    assert alone.count("aucun module") == 15
    assert learning.label not in alone
    learning.modules.through.objects.bulk_create(
        learning.modules.through(learning_id=each.pk, module_id=module(maquette).pk)
        for each in Learning.objects.exclude(pk=learning.pk)
    )
    assert "Chaque apprentissage critique a un module." in text(head, "coverage", maquette.pk, query="?manquants")


def test_a_table_names_the_competences_of_its_ues(head: Client, maquette: Maquette, described: Referentiel) -> None:
    page = text(head, "plan", maquette.plans.get(semester=3, parcours__code="QMI", modality="FI").pk)
    assert "Déployer, niveau 1 : Préparer un système de management" in page
    assert "Référentiel QLIO (v1)" in text(head, "maquette", maquette.pk)


def test_more_links_ask_no_more_queries(head: Client, maquette: Maquette, described: Referentiel) -> None:
    pages = [("coverage", maquette.pk), ("module", module(maquette).pk), ("referentiel", maquette.formation_id)]
    addresses = [url(name, pk) for name, pk in pages]

    def counts() -> list[int]:
        return [queries(lambda address=address: head.get(address)) for address in addresses]  # type: ignore[misc]

    def link(*keys: str) -> None:
        for key in keys:
            taught = module(maquette, key)
            ids = [each.pk for niveau in store.offered(taught) for each in niveau.learnings.all()]
            link_module(module=taught, learnings=ids, by=None)

    link("R1.01")
    before = counts()
    link("R1.02", "R1.03", "R1.04", "R2.01", "R2.02")
    assert counts() == before
