"""Coming in and going out: the address, the password, and what happens when one of them is wrong."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.factories import PASSWORD
from tests.world import World

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "une autre phrase fictive"  # noqa: S105


def log_in(client: Client, email: str, password: str = PASSWORD, **fields: str) -> int:
    """Fill the form in; 302 is in, 200 is the form again."""
    return client.post("/connexion/", {"username": email, "password": password} | fields).status_code


def is_in(client: Client) -> bool:
    return client.get("/").status_code == HTTPStatus.OK


def test_the_address_may_be_typed_in_any_case(client: Client, world: World) -> None:
    assert log_in(client, " ADA@Exemple.fr ") == HTTPStatus.FOUND
    assert is_in(client)


def test_a_stranger_is_sent_to_the_form_and_back_to_their_page(client: Client, world: World) -> None:
    response = client.get("/etudiants/")
    assert response["Location"] == "/connexion/?next=/etudiants/"
    assert 'value="/etudiants/"' in client.get(response["Location"]).content.decode()
    response = client.post("/connexion/", {"username": "ada@exemple.fr", "password": PASSWORD, "next": "/etudiants/"})
    assert response["Location"] == "/etudiants/"


def test_nobody_is_sent_to_another_site(client: Client, world: World) -> None:
    fields = {"username": "ada@exemple.fr", "password": PASSWORD, "next": "https://ailleurs.exemple/"}
    assert client.post("/connexion/", fields)["Location"] == "/"


@pytest.mark.parametrize(("email", "password"), [("ada@exemple.fr", "faux"), ("personne@exemple.fr", PASSWORD)])
def test_a_wrong_address_and_a_wrong_password_read_the_same(
    client: Client, world: World, email: str, password: str
) -> None:
    page = client.post("/connexion/", {"username": email, "password": password})
    assert page.status_code == HTTPStatus.OK
    assert "Adresse électronique ou mot de passe inconnu." in page.content.decode()
    assert not is_in(client)


def test_a_closed_account_does_not_come_in(client: Client) -> None:
    closed = factories.user("teacher", is_active=False)
    assert log_in(client, closed.email) == HTTPStatus.OK
    assert not is_in(client)


def test_coming_in_changes_the_session(client: Client, world: World) -> None:
    client.get("/connexion/")
    session = client.session
    session["seen"] = "before"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    log_in(client, "ada@exemple.fr")
    assert client.session.session_key != session.session_key


def test_going_out_takes_a_button(client: Client, world: World) -> None:
    client.force_login(world.ada)
    assert client.get("/deconnexion/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert is_in(client)
    assert client.post("/deconnexion/")["Location"] == "/connexion/"
    assert not is_in(client)


def test_ten_wrong_passwords_close_the_door_for_a_while(client: Client, world: World) -> None:
    for attempt in range(9):
        # One person, whatever the capitals: else each spelling would have ten attempts of its own.
        assert log_in(client, "ada@exemple.fr" if attempt % 2 else "ADA@exemple.fr", "faux") == HTTPStatus.OK
    page = client.post("/connexion/", {"username": "Ada@exemple.fr", "password": "faux"})
    assert page.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "Connexion suspendue" in page.content.decode()
    assert log_in(client, "ada@exemple.fr") == HTTPStatus.TOO_MANY_REQUESTS
    assert log_in(client, "blaise@exemple.fr") == HTTPStatus.FOUND

    client.post("/deconnexion/")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert log_in(client, "ada@exemple.fr") == HTTPStatus.FOUND


def test_a_password_is_changed_by_who_knows_it(client: Client, world: World) -> None:
    elsewhere = Client()
    for session in (client, elsewhere):
        session.force_login(world.ada)
    fields = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    refused = client.post("/mot-de-passe/", fields | {"old_password": "faux"})
    assert refused.status_code == HTTPStatus.OK
    assert client.post("/mot-de-passe/", fields, follow=True).redirect_chain == [("/", HTTPStatus.FOUND)]
    assert is_in(client)
    assert not is_in(elsewhere)
    assert log_in(elsewhere, "ada@exemple.fr", NEW_PASSWORD) == HTTPStatus.FOUND


def test_a_weak_password_is_refused_in_french(client: Client, world: World) -> None:
    client.force_login(world.ada)
    fields = {"old_password": PASSWORD, "new_password1": "12345", "new_password2": "12345"}
    assert "trop court" in client.post("/mot-de-passe/", fields).content.decode()


def test_a_forgotten_password_is_replaced_by_a_link_that_serves_once(client: Client, world: World) -> None:
    sentence = "Si cette adresse est connue, un message vient d’y être envoyé"
    assert sentence in client.post("/mot-de-passe/oublie/", {"email": "ADA@exemple.fr"}, follow=True).content.decode()
    [message] = mail.outbox
    assert message.subject == "Délibéré\xa0: choisir un nouveau mot de passe"
    assert message.to == ["ada@exemple.fr"]
    link = re.search(r"http://testserver(/\S+)", str(message.body))
    assert link

    form = client.get(link[1], follow=True)
    fields = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert "connectez-vous" in client.post(form.redirect_chain[-1][0], fields, follow=True).content.decode()
    assert log_in(client, "ada@exemple.fr", NEW_PASSWORD) == HTTPStatus.FOUND
    assert "Ce lien a déjà servi" in Client().get(link[1], follow=True).content.decode()

    unknown = Client().post("/mot-de-passe/oublie/", {"email": "personne@exemple.fr"}, follow=True)
    assert sentence in unknown.content.decode()
    assert len(mail.outbox) == 1
