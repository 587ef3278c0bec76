"""The suite is stricter than production. Each guard is one line here and its why in strict.py."""

import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.test import Client, override_settings

from tests import strict
from tests.world import World, build

# A shared machine stalls for a second without being wrong; a failure must be replayable from its report.
hypothesis.settings.register_profile("delibere", deadline=None, print_blob=True)
hypothesis.settings.load_profile("delibere")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite in a file, as in production: in memory, threads share one cache, whose locks no writer can wait for."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A page that asked for news as its browser closed leaves a connection: PostgreSQL drops no database in use."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session", autouse=True)
def stricter_than_production() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", strict.strict_request(Client.request))
        patch.setattr(SQLCompiler, "_order_by_pairs", strict.shuffled_order(SQLCompiler._order_by_pairs))
        patch.setattr(SQLCompiler, "as_sql", strict.strict_lock(SQLCompiler.as_sql))
        yield


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def local_connect(self: socket.socket, address: Any) -> None:
        strict.refuse_network(self.family, address)
        connect(self, address)

    def local_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        strict.refuse_network(socket.AF_INET, (host,))
        return resolve(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", local_connect)
        patch.setattr(socket, "getaddrinfo", local_resolve)
        yield


@pytest.fixture(scope="session", autouse=True)
def settings_of_a_suite() -> Iterator[None]:
    with override_settings(
        # Argon2 takes its time on purpose; a suite logs in hundreds of times.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        # Static files are read where they are: no test waits for collectstatic.
        WHITENOISE_AUTOREFRESH=True,
    ):
        yield


@pytest.fixture
def world(db: None) -> World:
    """The formation, the people and the stranger that tests/world.py tells of."""
    return build()
