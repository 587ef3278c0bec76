"""The president of the jury, and the pages as the president reads them."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from people.models import User
from tests import factories
from tests.jury import scene

Get = Callable[..., str]


@pytest.fixture
def president(db: None) -> User:
    return factories.user("president")


@pytest.fixture
def get(client: Client, president: User) -> Get:
    """Ask for a page of the jury as its president, and return its text."""

    def fetch(page: str, *args: int | str, **query: str) -> str:
        client.force_login(president)
        response = client.get(reverse(f"jury:{page}", args=args), query)
        assert response.status_code == HTTPStatus.OK
        return scene.text(response)

    return fetch
