"""Of several people who each put a version in service, one wins and the others are told. Proves most on PostgreSQL."""

import pytest

from curriculum.models import Maquette
from curriculum.store import MaquetteRefused
from curriculum.versions.services import put_in_service
from people.models import Enrolment
from tests import factories
from tests.grades.test_concurrency import WRITERS, together


@pytest.mark.django_db(transaction=True)
def test_one_version_takes_the_place_of_the_one_that_was_shown() -> None:
    factories.enrolment(plan=factories.plan(1))
    versions = [factories.maquette(version=rank + 2, state="validee") for rank in range(WRITERS)]
    for version in versions:
        factories.plan(1, maquette=version)

    def serve(rank: int) -> str:
        try:
            put_in_service(maquette=versions[rank], seen=1, by=None)
        except MaquetteRefused as refusal:
            return str(refusal).partition(" : ")[2]
        return "served"

    said = together(serve)
    assert (said.count("served"), len(set(said))) == (1, 2), said
    served = Maquette.objects.get(state="en_service")
    assert Maquette.objects.get(version=1).state == "archivee"
    assert Enrolment.objects.get().plan.maquette_id == served.pk
