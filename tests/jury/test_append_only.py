"""What a jury decided and sealed is never changed: the database itself says no."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from jury import append_only
from jury.models import Decision, Record
from tests import factories
from tests.jury import scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed() -> Record:
    plans = scene.year()
    scene.enrol(plans)
    return scene.held(plans)


@pytest.mark.parametrize("model", [Decision, Record])
@pytest.mark.parametrize(
    "write", [lambda rows: rows.update(session_id=1), lambda rows: rows._raw_delete(using="default")]
)
def test_a_sealed_row_is_neither_changed_nor_deleted(
    sealed: Record, model: type[Decision | Record], write: Callable[..., object]
) -> None:
    before = list(model.objects.order_by("pk").values_list())
    with pytest.raises(DatabaseError, match="nouvelle délibération"), transaction.atomic():
        write(model.objects.all())
    assert list(model.objects.order_by("pk").values_list()) == before != []


def test_a_decision_is_still_added(sealed: Record) -> None:
    assert factories.decision(sealed.session, factories.student()).pk


def test_they_are_guarded_again_once_released(sealed: Record) -> None:
    with append_only.released(connection):
        Decision.objects.update(reason="corrigé")
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.update(reason="corrigé encore")
    assert set(Decision.objects.values_list("reason", flat=True)) == {"corrigé"}


def test_to_empty_the_whole_database_empties_them_too(sealed: Record) -> None:
    connection.check_constraints()  # PostgreSQL empties no table that waits for a check
    call_command("flush", interactive=False, verbosity=0)
    assert not Record.objects.exists()
    kept = scene.earlier("2024-2025", 2)
    factories.decision(kept, factories.student())
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.update(reason="corrigé")
