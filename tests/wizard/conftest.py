"""A secretary of QLIO, in front of the wizard."""

import pytest
from django.test import Client

from curriculum.models import Formation
from people.models import User
from tests import factories


@pytest.fixture
def formation() -> Formation:
    return factories.formation("BUT-QLIO", speciality="QLIO", institution="")


@pytest.fixture
def sonia(formation: Formation) -> User:
    return factories.user("secretariat", formation=formation, first_name="Sonia", last_name="Perrin")


@pytest.fixture
def browser(client: Client, sonia: User) -> Client:
    client.force_login(sonia)
    return client
