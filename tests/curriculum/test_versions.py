"""The pages of versions: states and their acts, what passes to another version, what differs between two."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from curriculum.diff import diff
from curriculum.models import Maquette
from curriculum.services import Document, import_maquette
from curriculum.versions import spreadsheet
from curriculum.versions.services import copy_maquette
from curriculum.workbook.draft import Draft, finding
from tests import factories
from tests.curriculum.books import NAME, original
from tests.strict import queries

pytestmark = pytest.mark.django_db


def stored(draft: Draft | None = None, **state: Any) -> Maquette:
    document = Document(draft or small(), "coefficients", NAME, "0" * 64)
    maquette = import_maquette(document=document, accept_errors=True, by=None)
    Maquette.objects.filter(pk=maquette.pk).update(**state)
    return Maquette.objects.select_related("formation").get(pk=maquette.pk)


def small(**changes: Any) -> Draft:
    return replace(original(), semesters=original().semesters[:1], **changes)


def first_module(**changes: Any) -> Draft:
    (table,) = small().semesters
    return replace(
        small(), semesters=(replace(table, modules=(replace(table.modules[0], **changes), *table.modules[1:])),)
    )


def enter(client: Client, maquette: Maquette, *roles: str) -> Client:
    client.force_login(factories.user(*(roles or ("secretariat",)), formation=maquette.formation))
    return client


def plain(response: Any) -> str:
    text: str = response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")
    return " ".join(text.split())


def page(client: Client, name: str, *args: int, **query: str) -> str:
    response = client.get(reverse(f"curriculum:{name}", args=args), query)
    assert response.status_code == HTTPStatus.OK
    return plain(response)


def send(client: Client, name: str, maquette: Maquette, **data: str) -> Any:
    return client.post(reverse(f"curriculum:{name}", args=[maquette.pk]), data)


def test_a_draft_is_validated_then_put_in_service_and_its_history_tells(client: Client) -> None:
    maquette = stored()
    enter(client, maquette)
    shown = page(client, "maquette", maquette.pk)
    assert reverse("curriculum:validate", args=[maquette.pk]) in shown
    assert "Maquette importée" in shown
    dates = {"departement": "2025-05-20", "iut": "2025-06-17"}
    assert send(client, "validate", maquette, **dates).status_code == HTTPStatus.FOUND
    assert "Rien ne tient à une autre version" in page(client, "serve", maquette.pk)
    assert send(client, "serve", maquette, seen="0").status_code == HTTPStatus.FOUND
    shown = page(client, "maquette", maquette.pk)
    for sentence in (
        "en service",
        "IUT le 17 juin 2025",
        "Maquette validée par les conseils",
        "Maquette mise en service",
    ):
        assert sentence in shown
    assert reverse("curriculum:validate", args=[maquette.pk]) not in shown


def test_only_who_changes_maquettes_is_offered_to(client: Client) -> None:
    maquette = stored()
    enter(client, maquette, "teacher")
    shown = page(client, "maquette", maquette.pk)
    assert reverse("curriculum:copy", args=[maquette.pk]) not in shown
    assert client.get(reverse("curriculum:validate", args=[maquette.pk])).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ({"departement": "2025-06-17", "iut": "2025-05-20"}, "Le conseil d’IUT (20 mai 2025) vote après"),
        ({"departement": "2025-05-20"}, "Ce champ est obligatoire"),
        (
            {"departement": "2025-05-20", "iut": (timezone.localdate() + timedelta(days=1)).isoformat()},
            "Cette date est à venir",
        ),
    ],
)
def test_a_vote_that_cannot_be_is_refused_on_the_page(client: Client, dates: dict[str, str], sentence: str) -> None:
    maquette = stored()
    enter(client, maquette)
    response = send(client, "validate", maquette, **dates)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in plain(response)
    maquette.refresh_from_db()
    assert maquette.is_draft


def test_errors_are_accepted_by_a_box(client: Client) -> None:
    maquette = stored(small(findings=(finding("semester_ects", "error", "S1 : 29 ECTS."),)))
    enter(client, maquette)
    assert "1 constat d’erreur" in page(client, "validate", maquette.pk)
    dates = {"departement": "2025-05-20", "iut": "2025-06-17"}
    assert "corrigez-la, ou acceptez-les" in plain(send(client, "validate", maquette, **dates))
    assert send(client, "validate", maquette, **dates, accept_errors="on").status_code == HTTPStatus.FOUND


def test_what_passes_to_a_version_is_shown_before(client: Client) -> None:
    old = stored(state="en_service")
    factories.enrolment(plan=old.plans.get())
    factories.jury_session(1, plans=[old.plans.get()], formation=old.formation)
    new = stored(state="validee")
    enter(client, new)
    shown = page(client, "serve", new.pk)
    for sentence in ("La version 1, en service, sera archivée", "1 inscription", "1 jury", "Jury de semestre S1"):
        assert sentence in shown
    assert reverse("curriculum:difference", args=[old.pk, new.pk]) in shown
    stale = send(client, "serve", new, seen="0")
    assert stale.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "La version 1 vient d’être mise en service" in plain(stale)
    send(client, "serve", new, seen="1")
    assert "1 inscription" in page(client, "archive", new.pk)


def test_what_keeps_it_from_happening_is_said_before(client: Client) -> None:
    old = stored(state="en_service")
    factories.enrolment(plan=old.plans.get())
    new = stored(state="validee")
    new.plans.update(modality="FI")
    enter(client, new)
    shown = page(client, "serve", new.pk)
    assert "S1 : 1 inscription, et la version 2 n’a pas ce tableau." in shown
    assert '<button class="primary">Mettre en service</button>' not in shown
    assert "n’a pas ce tableau" in plain(send(client, "serve", new, seen="1"))


def test_a_copy_leads_to_its_draft_and_a_discarded_one_to_the_list(client: Client) -> None:
    maquette = stored(state="en_service")
    enter(client, maquette)
    assert "2026-2027" in page(client, "copy", maquette.pk)
    response = send(client, "copy", maquette, academic_year="2026/27")
    copied = Maquette.objects.get(academic_year="2026-2027")
    assert response["Location"] == reverse("curriculum:maquette", args=[copied.pk])
    assert f"Copie de {maquette}" in page(client, "maquettes")
    assert "s’écrit 2025-2026" in plain(send(client, "copy", maquette, academic_year="demain"))
    assert "en service" in page(client, "discard", maquette.pk)
    assert send(client, "discard", copied)["Location"] == reverse("curriculum:maquettes")
    assert not Maquette.objects.filter(pk=copied.pk).exists()


def test_a_validated_version_goes_back_and_one_in_service_does_not(client: Client) -> None:
    maquette = stored(state="validee")
    enter(client, maquette)
    for state in ("brouillon", "brouillon"):
        send(client, "back-to-draft", maquette)
        maquette.refresh_from_db()
        assert maquette.state == state
    assert "est un brouillon : validez-la d’abord" in page(client, "maquette", maquette.pk), "told the second time"


def test_versions_are_listed_by_formation_and_year_and_compared(client: Client) -> None:
    maquette = stored(state="en_service")
    enter(client, maquette)
    assert "Comparer" not in page(client, "maquettes")
    assert "Il n’y a pas deux maquettes" in page(client, "compare")
    changed = stored(first_module(title="Langues"))
    copy_maquette(maquette=changed, academic_year="2026-2027", by=None)
    shown = page(client, "maquettes")
    assert [shown.count(f'rowgroup">BUT-QLIO {year}') for year in ("2025-2026", "2026-2027")] == [1, 1]
    chosen = client.get(reverse("curriculum:compare"), {"avant": maquette.pk, "apres": changed.pk})
    assert chosen["Location"] == reverse("curriculum:difference", args=[maquette.pk, changed.pk])


def test_a_maquette_of_others_cannot_be_compared(client: Client) -> None:
    own, other = stored(), factories.maquette(formation=factories.formation("GMP"))
    enter(client, own)
    assert client.get(reverse("curriculum:difference", args=[own.pk, other.pk])).status_code == HTTPStatus.NOT_FOUND
    assert (
        client.get(reverse("curriculum:difference-xlsx", args=[other.pk, own.pk])).status_code == HTTPStatus.NOT_FOUND
    )
    assert "GMP" not in page(client, "compare")


def test_differences_are_shown_by_table_and_by_kind(client: Client) -> None:
    before = stored()
    ue, value = next(iter(small().semesters[0].modules[0].coefficients.items()))
    weights = {**small().semesters[0].modules[0].coefficients, ue: f"{value}1"}
    after = stored(first_module(title="Langues", coefficients=weights))
    enter(client, before)
    shown = page(client, "difference", before.pk, after.pk)
    assert "<h1>2 différences</h1>" in shown
    assert 'rowgroup">S1 <span class="quiet">2 différences' in shown
    assert "<td>Anglais</td>" in shown
    assert "<strong>Langues</strong>" in shown
    assert f"<td>{value.replace('.', ',')}</td>" in shown
    only = page(client, "difference", before.pk, after.pk, nature="coefficient")
    assert "<strong>Langues</strong>" not in only
    assert "Aucune différence de cette nature" in page(client, "difference", before.pk, after.pk, nature="ects")
    assert "<h1>Aucune différence</h1>" in page(client, "difference", before.pk, before.pk)


def test_the_workbook_of_differences_reads_back_and_nothing_in_it_acts(client: Client) -> None:
    titles = ["=1+1", "+1", "-1", "@SUM(A1)", "\ttab"]
    ue, value = next(iter(small().semesters[0].modules[0].coefficients.items()))
    before = small()
    (table,) = before.semesters
    renamed = [replace(module, title=title) for module, title in zip(table.modules[1:], titles, strict=False)]
    heavier = replace(table.modules[0], coefficients={**table.modules[0].coefficients, ue: f"{value}1"})
    after = replace(before, semesters=(replace(table, modules=(heavier, *renamed, *table.modules[6:])),))
    sheet = load_workbook(BytesIO(spreadsheet.write("avant", "après", diff(before, after)))).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=spreadsheet.FIRST))
    assert [row[6].value for row in rows][1:] == titles
    assert {cell.data_type for row in rows[1:] for cell in row} <= {"s", "n"}
    assert all(cell.quotePrefix for row in rows[1:] for cell in (row[3], row[6]))
    assert [Decimal(str(cell.value)) for cell in rows[0][5:]] == [Decimal(value), Decimal(f"{value}1")]
    kept = [stored(draft).pk for draft in (before, first_module(title="Langues"))]
    enter(client, Maquette.objects.select_related("formation").get(pk=kept[0]))
    response = client.get(reverse("curriculum:difference-xlsx", args=kept))
    assert "differences_BUT-QLIO_2025-2026_v1_BUT-QLIO_2025-2026_v2.xlsx" in response["Content-Disposition"]
    assert load_workbook(BytesIO(response.content)).sheetnames == ["Différences"]


def test_pages_cost_the_same_whatever_they_show(client: Client) -> None:
    old, new = stored(state="en_service"), stored(state="validee")
    whole, whole_too = stored(original()), stored(original())
    enter(client, old)

    def cost(name: str, *args: int) -> int:
        return queries(lambda: page(client, name, *args))

    cost("serve", new.pk)
    alone = cost("difference", old.pk, new.pk)
    assert cost("difference", whole.pk, whole_too.pk) == alone
    assert cost("difference", old.pk, whole.pk) == alone
    factories.enrolment(plan=old.plans.get())
    carried = cost("serve", new.pk)
    for _ in range(3):
        factories.enrolment(plan=old.plans.get())
    assert cost("serve", new.pk) == carried
    told = cost("maquette", whole.pk)
    assert cost("maquette", new.pk) == told
