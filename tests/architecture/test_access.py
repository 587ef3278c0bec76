"""Who may open what: every URL, asked by everybody in the cast of tests/world.py and by a stranger.

A new page fails here until it has a line in `DOORS` (or in `PUBLIC`), and its parameters a value in
`World.parameters`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from http import HTTPStatus

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, include, path
from django.views.decorators.http import require_GET, require_POST

from curriculum.models import Module
from people.models import User
from tests.world import World

EVERYBODY = {
    *("teacher", "colleague", "secretariat", "head", "president", "student", "classmate"),
    *("elsewhere", "student elsewhere"),
}
PUBLIC = {"people:login", "people:forgotten-password", "people:new-password"}
"""What a stranger may open."""
COLLEAGUES = {"teacher", "colleague", "secretariat", "head", "president"}
STAFF = {"secretariat", "head", "president"}
IMPORTERS = {"secretariat", "head"}
DOORS: dict[str, set[str]] = {
    # people
    "GET home": EVERYBODY,
    "POST people:logout": EVERYBODY,
    "GET people:change-password": EVERYBODY,
    "POST people:change-password": EVERYBODY,
    "POST people:switch": EVERYBODY,
    "GET people:search": EVERYBODY,
    "GET people:students": COLLEAGUES | {"elsewhere"},
    "GET people:student": COLLEAGUES | {"student"},
    "GET people:equivalences": STAFF | {"student"},
    "POST people:equivalences": {"secretariat"},
    "POST people:withdraw-equivalence": {"secretariat"},
    "GET people:imports": {"secretariat", "elsewhere"},
    **{
        f"{method} people:{page}-{kind}": {"secretariat", "elsewhere"}
        for kind in ("etudiants", "groupes", "services")
        for method, page in (("GET", "import"), ("POST", "import"), ("POST", "confirm"), ("GET", "file"))
    },
    # curriculum
    "GET curriculum:maquettes": COLLEAGUES | {"elsewhere"},
    "GET curriculum:maquette": COLLEAGUES,
    "GET curriculum:maquette-json": COLLEAGUES,
    "GET curriculum:maquette-xlsx": COLLEAGUES,
    "GET curriculum:compare": COLLEAGUES | {"elsewhere"},
    "GET curriculum:difference": COLLEAGUES,
    "GET curriculum:difference-xlsx": COLLEAGUES,
    **{
        f"{method} curriculum:{page}": {"secretariat", "head"}
        for page in ("validate", "serve", "archive", "copy", "discard")
        for method in ("GET", "POST")
    },
    "POST curriculum:back-to-draft": {"secretariat", "head"},
    "GET curriculum:template": COLLEAGUES | {"elsewhere"},
    "GET curriculum:plan": COLLEAGUES,
    "POST curriculum:cell": {"secretariat", "head"},
    "GET curriculum:correct": {"secretariat", "head"},
    "POST curriculum:correct": {"secretariat", "head"},
    "GET curriculum:module": COLLEAGUES,
    "GET curriculum:uploads": IMPORTERS | {"elsewhere"},
    "POST curriculum:uploads": IMPORTERS | {"elsewhere"},
    "GET curriculum:upload": IMPORTERS,
    "POST curriculum:upload": IMPORTERS,
    "GET curriculum:upload-progress": IMPORTERS,
    "POST curriculum:upload-progress": IMPORTERS,
    "GET curriculum:upload-table": IMPORTERS,
    "POST curriculum:upload-cell": IMPORTERS,
    "GET curriculum:upload-correct": IMPORTERS,
    "POST curriculum:upload-correct": IMPORTERS,
    "GET curriculum:upload-confirm": IMPORTERS,
    "POST curriculum:upload-confirm": IMPORTERS,
    "POST curriculum:upload-cancel": IMPORTERS,
    "GET curriculum:referentiel": COLLEAGUES,
    "GET curriculum:referentiel-import": IMPORTERS,
    "POST curriculum:referentiel-import": IMPORTERS,
    "POST curriculum:referentiel-confirm": IMPORTERS,
    "GET curriculum:coverage": COLLEAGUES,
    "GET curriculum:module-learnings": IMPORTERS,
    "POST curriculum:module-learnings": IMPORTERS,
    # attendance
    "GET attendance:student": STAFF | {"student"},
    "GET attendance:record": {"secretariat"},
    "POST attendance:record": {"secretariat"},
    "GET attendance:correct": {"secretariat"},
    "POST attendance:correct": {"secretariat"},
    "POST attendance:cancel": {"secretariat"},
    # grades
    "GET grades:modules": COLLEAGUES | {"elsewhere"},
    "GET grades:module": STAFF | {"teacher"},
    "GET grades:history": STAFF | {"teacher"},
    "GET grades:enter-marks": {"teacher"},
    "POST grades:enter-marks": {"teacher"},
    "POST grades:save-marks": {"teacher"},
    "GET grades:marks-since": {"teacher"},
    "GET grades:marks-figures": {"teacher"},
    "GET grades:create-evaluation": {"teacher"},
    "POST grades:create-evaluation": {"teacher"},
    **{f"{method} grades:plan-module": {"teacher", "secretariat", "head"} for method in ("GET", "POST")},
    **{f"{method} grades:plan-maquette": {"secretariat", "head"} for method in ("GET", "POST")},
    "GET grades:mark-sheet": {"teacher", "secretariat"},
    "GET grades:import-marks": {"teacher", "secretariat"},
    "POST grades:import-marks": {"teacher", "secretariat"},
    "POST grades:confirm-marks": {"teacher", "secretariat"},
    # jury
    "GET jury:sessions": STAFF | {"elsewhere"},
    "GET jury:session-new": STAFF | {"elsewhere"},
    "POST jury:session-new": STAFF | {"elsewhere"},
    "GET jury:regulations": STAFF | {"elsewhere"},
    "GET jury:regulation": STAFF,
    "GET jury:regulation-edit": {"head", "president"},
    "POST jury:regulation-edit": {"head", "president"},
    "GET jury:regulation-new": {"head", "president", "elsewhere"},
    "POST jury:regulation-new": {"head", "president", "elsewhere"},
    "GET jury:regulation-preset": {"head", "president"},
    "POST jury:regulation-preset": {"head", "president"},
    **{f"{method} jury:turns": {"secretariat", "head", "elsewhere"} for method in ("GET", "POST")},
    **{
        f"{method} jury:{page}": {"secretariat", "head"}
        for page in ("turn", "turn-students", "turn-confirm", "turn-act")
        for method in ("GET", "POST")
    },
    "GET jury:recap": STAFF,
    "GET jury:session-edit": STAFF,
    "POST jury:session-edit": STAFF,
    "GET jury:session-open": {"president"},
    "POST jury:session-open": {"president"},
    "GET jury:session-close": {"president"},
    "POST jury:session-close": {"president"},
    **{f"{method} jury:{page}": STAFF for page in ("sequel", "correct-mark") for method in ("GET", "POST")},
    "POST jury:check": STAFF,
    "GET jury:laboratory": {"head", "president"},
    "GET jury:laboratory-xlsx": {"head", "president"},
    "GET jury:laboratory-student": {"head", "president"},
    "GET jury:group": {"head", "president"},
    "GET jury:group-xlsx": {"head", "president"},
    "GET jury:group-student": {"head", "president"},
    "GET jury:pv": STAFF,
    "GET jury:releve": STAFF | {"student"},
    "GET jury:student": STAFF | {"student"},
    "GET jury:needs": STAFF | {"student"},
    "GET jury:dossier": STAFF | {"student"},
    "POST jury:rule": {"president"},
    "POST jury:withdraw": {"president"},
}
"""Method and URL name -> who gets in. All the others are told that it does not exist, or that it is not for them."""

CLOSED = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}


def routes(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """Yield the full name and the route of every URL under a resolver."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern, route, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", route


ROUTES = list(routes(get_resolver()))


def address(route: str, parameters: Mapping[str, int | str]) -> str:
    """Put values into a route. KeyError: add the parameter to `World.parameters`."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(parameters[match[1]]), route)


def answers(client: Client, method: str, url: str, cast: dict[str, User]) -> dict[str, int]:
    """Return the status that each person gets; what one of them writes is undone before the next."""
    statuses = {}
    for who, user in cast.items():
        with transaction.atomic():
            client.force_login(user)
            statuses[who] = client.generic(method, url).status_code
            transaction.set_rollback(True)
    assert max(statuses.values()) < HTTPStatus.INTERNAL_SERVER_ERROR, statuses
    return statuses


def admitted(statuses: dict[str, int]) -> set[str] | None:
    """Return who got in; None when the page does not know the method."""
    if set(statuses.values()) == {HTTPStatus.METHOD_NOT_ALLOWED}:
        return None
    return {who for who, status in statuses.items() if status not in CLOSED}


@pytest.mark.parametrize(("name", "route"), ROUTES)
def test_a_door_opens_to_those_it_is_for(client: Client, world: World, name: str, route: str) -> None:
    for method in ("GET", "POST"):
        statuses = answers(client, method, address(route, world.parameters), world.cast)
        assert admitted(statuses) == (EVERYBODY if name in PUBLIC else DOORS.get(f"{method} {name}")), statuses
        if "<" in route:  # another formation does not learn that the object exists
            assert HTTPStatus.FORBIDDEN not in (statuses["elsewhere"], statuses["student elsewhere"])


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "route"), ROUTES)
def test_a_stranger_is_sent_to_the_login_page(client: Client, name: str, route: str) -> None:
    for method in ("GET", "POST"):
        response = client.generic(method, address(route, defaultdict(lambda: 1)))
        assert is_sent_to_login(response) == (name not in PUBLIC)


def is_sent_to_login(response: HttpResponseBase) -> bool:
    return response.status_code == HTTPStatus.FOUND and response["Location"].startswith(resolve_url("people:login"))


def test_every_line_has_its_door(world: World) -> None:
    names = {name for name, _ in ROUTES}
    assert {line.split(" ")[1] for line in DOORS} | PUBLIC <= names
    assert set(world.cast) == EVERYBODY


# --- A house with its doors badly hung: the guards are seen refusing it.


@login_not_required
def wide_open(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@require_GET
def forgetful(request: HttpRequest, module_id: int) -> HttpResponse:
    """Asks who is asking, and not about what."""
    return HttpResponse()


@require_POST
def careful(request: HttpRequest, module_id: int) -> HttpResponse:
    get_object_or_404(Module, pk=module_id, services__teacher=request.user)
    return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)


urlpatterns = [
    path("open/", wide_open, name="open"),
    path("house/", ([path("<int:module_id>/", forgetful, name="forgetful")], "house", "house")),
    path("house/<int:module_id>/save/", careful, name="careful"),
    path("", include("config.urls")),  # the pages that a refusal links to
]


def test_every_route_is_walked() -> None:
    walked = list(routes(URLResolver(path("", wide_open).pattern, __name__)))
    assert walked[:3] == [
        ("open", "open/"),
        ("house:forgetful", "house/<int:module_id>/"),
        ("careful", "house/<int:module_id>/save/"),
    ]
    assert walked[3:] == ROUTES


@pytest.mark.urls(__name__)
def test_a_door_badly_hung_is_seen(client: Client, world: World) -> None:
    house, save = (
        address(route, world.parameters) for route in ("house/<int:module_id>/", "house/<int:module_id>/save/")
    )
    assert is_sent_to_login(client.get(house))
    assert not is_sent_to_login(client.get("/open/"))
    assert admitted(answers(client, "GET", house, world.cast)) == EVERYBODY
    assert admitted(answers(client, "POST", house, world.cast)) is None
    assert admitted(answers(client, "POST", save, world.cast)) == {"teacher"}
