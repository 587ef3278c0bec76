"""What the suite refuses and production would let through. Installed by conftest.py, seen biting in test_strict.py."""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from html.parser import HTMLParser
from typing import Any

from django.db import connection
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

WRITE = re.compile(
    r"^\s*(?:INSERT INTO|REPLACE INTO|UPDATE|DELETE FROM|MERGE INTO|TRUNCATE|ALTER|CREATE|DROP)\b\s*\W?(\w*)"
)
# Django keeps the session and django-axes counts the failed logins: their affair, whatever the method.
BOOKKEEPING = ("django_session", "axes_")
EXECUTED_TYPES = {"", "module", "text/javascript", "application/javascript"}


def refuse_write(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Database wrapper around a GET: a link that is prefetched, or followed twice, must change nothing."""
    match = WRITE.match(sql)
    if match and not match[1].startswith(BOOKKEEPING):
        raise AssertionError(f"A GET writes: {sql[:200]}")
    return execute(sql, params, many, context)


class InlineFinder(HTMLParser):
    """Collect what the content security policy would block: the browser does it silently, a test must not."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (
            tag == "script" and "src" not in names and (names.get("type") or "").lower() in EXECUTED_TYPES
        ):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}={value!r}>")


def inline_code(html: str) -> list[str]:
    """List the inline styles, scripts and handlers of a page."""
    finder = InlineFinder()
    finder.feed(html)
    return finder.found


def strict_request(original: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Wrap `Client.request`: reading never writes, and no page carries inline code."""

    def request(client: Client, **environ: Any) -> HttpResponse:
        with ExitStack() as guards:
            if environ.get("REQUEST_METHOD") in {"GET", "HEAD"}:
                guards.enter_context(connection.execute_wrapper(refuse_write))
            response: HttpResponse = original(client, **environ)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            found = inline_code(response.content.decode(response.charset))
            assert not found, f"Inline code in {environ.get('PATH_INFO')}: {found}"
        return response

    return request


def shuffled_order(original: Callable[[SQLCompiler], Any]) -> Callable[[SQLCompiler], Iterator[Any]]:
    """Wrap `SQLCompiler._order_by_pairs`: rows come in a random order when nobody asked for one.

    SQLite gives the order of insertion, PostgreSQL does so until the first update: code that leans on it
    passes here and fails there. Left alone: what has no order to speak of, or takes it as a column.
    """

    def order_by_pairs(compiler: SQLCompiler) -> Iterator[Any]:
        pairs = list(original(compiler))
        query = compiler.query
        aggregated = query.group_by is not None or any(
            getattr(annotation, "contains_aggregate", False) for annotation in query.annotations.values()
        )
        if not (pairs or aggregated or query.distinct or query.combinator or query.subquery):
            pairs = [(OrderBy(Random()), False)]
        yield from pairs

    return order_by_pairs


def strict_lock(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `SQLCompiler.as_sql`: a lock that follows joins names its table.

    Without `of`, PostgreSQL locks every joined row (the student, the formation) and two juries wait for each
    other; SQLite ignores the lock, so that only this tells.
    """

    def as_sql(compiler: SQLCompiler, *args: Any, **kwargs: Any) -> Any:
        query = compiler.query
        if query.select_for_update and query.select_related and not query.select_for_update_of:
            raise AssertionError("select_for_update() with select_related() needs of=('self',).")
        return original(compiler, *args, **kwargs)

    return as_sql


def is_loopback(host: object) -> bool:
    """Whether an address, or a name, is this machine."""
    if host in {"localhost", "", None}:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def refuse_network(family: int, address: object) -> None:
    """Raise for any destination but this machine: a test that needs the network is a test of the network."""
    if family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple) and not is_loopback(address[0]):
        raise AssertionError(f"A test calls the network: {address!r}")


def queries(call: Callable[[], object]) -> int:
    """Count the queries of a call. A page's count is the same with one row and with six: compare, do not pin."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)
