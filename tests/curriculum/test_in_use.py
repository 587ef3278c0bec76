"""Which version of a year lists, searches and imports speak of."""

import pytest

from curriculum.models import Maquette
from curriculum.versions.access import in_use
from people.imports.plans import maquette_in_use
from people.tables import TableRefused
from tests import factories

pytestmark = pytest.mark.django_db


def versions(*states: str) -> list[Maquette]:
    return [factories.maquette(version=rank, state=state) for rank, state in enumerate(states, start=1)]


@pytest.mark.parametrize(
    ("states", "used", "chosen"),
    [
        (["brouillon"], {1}, 1),
        (["brouillon", "validee"], {1, 2}, 2),
        (["en_service", "brouillon"], {1}, 1),
        (["archivee", "en_service", "validee"], {2}, 2),
        (["archivee", "brouillon"], {2}, 2),
    ],
)
def test_the_version_in_service_comes_first(states: list[str], used: set[int], chosen: int) -> None:
    versions(*states)
    factories.maquette(academic_year="2024-2025")
    this_year = Maquette.objects.filter(in_use(), academic_year=factories.YEAR)
    assert set(this_year.values_list("version", flat=True)) == used
    assert maquette_in_use(factories.formation(), factories.YEAR).version == chosen


def test_students_are_not_split_between_two_drafts() -> None:
    first, _ = versions("brouillon", "brouillon")
    factories.enrolment(plan=factories.plan(1, maquette=first))
    assert maquette_in_use(first.formation, factories.YEAR) == first


def test_an_archived_version_takes_no_student() -> None:
    (archived,) = versions("archivee")
    with pytest.raises(TableRefused, match="importez-la"):
        maquette_in_use(archived.formation, factories.YEAR)
