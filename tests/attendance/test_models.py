"""Each constraint of the database is seen refusing, by its name."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from tests import factories

NOON = datetime(2025, 10, 6, 10, tzinfo=UTC)
CONSTRAINTS = [
    pytest.param(model, constraint, id=constraint.name)
    for model in apps.get_app_config("attendance").get_models()
    for constraint in model._meta.constraints
]


def second_absence() -> None:
    session, enrolment = factories.session(), factories.enrolment()
    for _ in range(2):
        factories.absence(session=session, enrolment=enrolment)


BREACHES: dict[str, Callable[[], object]] = {
    "attendance_session_order": lambda: factories.session(starts_at=NOON, ends_at=NOON),
    "attendance_session_kind_known": lambda: factories.session(kind="sieste"),
    "attendance_absence_once": second_absence,
    "attendance_absence_state_known": lambda: factories.absence(state="oubliee"),
    "attendance_absence_late_minutes": lambda: factories.absence(late_minutes=0),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "constraint"), CONSTRAINTS)
def test_a_constraint_refuses(model: type[models.Model], constraint: models.BaseConstraint) -> None:
    names = constraint.name
    if isinstance(constraint, models.UniqueConstraint):  # SQLite tells the columns of a key, not its name
        names += f"|{model._meta.db_table}[.]{model._meta.get_field(constraint.fields[0]).attname}"  # type: ignore[union-attr]
    with pytest.raises(IntegrityError, match=names), transaction.atomic():
        BREACHES[constraint.name]()
