"""The president of the jury, and the pages as the president reads them."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Student, User
from tests import factories
from tests.jury import scene
from tests.jury.turns import FAILING, PASSING, closed, next_year

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


@pytest.fixture
def first_year(db: None) -> dict[str, Student]:
    """A BUT1 that was judged: one of each; the maquette of the next year is there."""
    plans = scene.year(count=3)
    marks: dict[str, dict[str, str] | str] = {
        "admis": "12",
        "passage": PASSING,
        "redouble": FAILING,
        "reoriente": FAILING,
        "attend": "12",
    }
    group = factories.group("TD1")
    people = {name: scene.enrol(plans, given, groups=[group]) for name, given in marks.items()}
    late = people["attend"].enrolments.get(plan=plans[1]).marks.order_by("pk")[0]
    late.hundredths, late.reason = None, "ATT"
    late.save()
    closed(plans, {people["redouble"]: "RED", people["reoriente"]: "NAR"})
    people["parti"] = scene.enrol(plans, {}, state="DEM")
    next_year()
    return people
