"""Of several people who send or confirm one workbook at once, one does it and the others get the same."""

import pytest

from curriculum.models import Maquette, Upload
from curriculum.services import understand
from curriculum.wizard.services import confirm_upload, receive_upload
from curriculum.workbook.settle import Options
from tests import factories
from tests.curriculum.books import PATH
from tests.grades.test_concurrency import WRITERS, together


@pytest.mark.django_db(transaction=True)
def test_of_several_clicks_one_counts() -> None:
    formation = factories.formation("BUT-QLIO", speciality="QLIO", institution="")
    sonia = factories.user("secretariat", formation=formation)
    content, options = PATH.read_bytes(), Options(formation.code)
    document = understand(content, PATH.name, options)

    def send(rank: int) -> str:
        sent = receive_upload(
            formation=formation, name=PATH.name, content=content, options=options, document=document, by=sonia
        )
        return str(sent.pk)

    upload = Upload.objects.get(pk=together(send)[0])
    assert Upload.objects.count() == 1

    def confirm(rank: int) -> str:
        return str(confirm_upload(upload=upload, seen_version=0, accept_errors=False, by=sonia).pk)

    assert together(confirm) == [str(Maquette.objects.get().pk)] * WRITERS
