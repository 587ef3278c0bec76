"""Each guard of conftest.py, seen biting."""

import socket

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client

from tests import strict


def answer(client: Client, method: str, page: str = "", *, sql: str = "SELECT 1") -> HttpResponse:
    """Send a request whose whole view is: run `sql`, answer `page`."""

    def respond(_client: Client, **environ: object) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(sql)
        return HttpResponse(page)

    return strict.strict_request(respond)(client, REQUEST_METHOD=method, PATH_INFO="/page/")


@pytest.mark.django_db
def test_a_get_that_writes_fails(client: Client) -> None:
    deletion = "DELETE FROM django_content_type WHERE id = 0"
    with pytest.raises(AssertionError, match="A GET writes: DELETE"):
        answer(client, "GET", sql=deletion)
    answer(client, "POST", sql=deletion)
    answer(client, "GET", sql="DELETE FROM django_session WHERE session_key = ''")


def test_the_client_of_the_suite_is_the_strict_one() -> None:
    assert Client.request.__qualname__.startswith("strict_request")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page",
    [
        '<p style="color: red">',
        "<style>p { color: red }</style>",
        "<script>alert(1)</script>",
        '<button onclick="go()">',
        '<a href="JavaScript:go()">',
        "<svg onload=go()>",
    ],
)
def test_inline_code_fails(client: Client, page: str) -> None:
    with pytest.raises(AssertionError, match="Inline code in /page/"):
        answer(client, "GET", page)


@pytest.mark.django_db
def test_code_in_files_and_inert_data_pass(client: Client) -> None:
    page = '<script src="/static/a.js"></script><script type="application/json">{}</script><p data-style="x">'
    assert answer(client, "GET", page).content == page.encode()


@pytest.mark.django_db
def test_rows_without_an_order_come_in_any_order() -> None:
    def orders(rows: QuerySet[ContentType]) -> set[tuple[int, ...]]:
        return {tuple(rows.values_list("pk", flat=True)) for _ in range(30)}

    assert ContentType.objects.count() > 3
    assert len(orders(ContentType.objects.all())) > 1
    assert len(orders(ContentType.objects.order_by("pk"))) == 1


@pytest.mark.django_db
def test_a_lock_across_joins_names_its_table() -> None:
    joined = Permission.objects.select_related("content_type").order_by("pk")
    with pytest.raises(AssertionError, match="needs of="):
        list(joined.select_for_update())
    list(joined.select_for_update(of=("self",)))
    list(Permission.objects.order_by("pk").select_for_update())


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)])
def test_the_network_is_out_of_reach(address: tuple[str, int]) -> None:
    with pytest.raises(AssertionError, match="calls the network"):
        socket.create_connection(address, timeout=1)


def test_a_name_is_not_resolved() -> None:
    with pytest.raises(AssertionError, match="calls the network"):
        socket.getaddrinfo("example.org", 80)


def test_this_machine_is_within_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()


@pytest.mark.django_db
def test_queries_are_counted() -> None:
    assert strict.queries(lambda: [ContentType.objects.count() for _ in range(3)]) == 3
