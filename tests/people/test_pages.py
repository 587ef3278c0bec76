"""The frame, the students and the search: each person sees what is theirs, and no page grows with its rows."""

from functools import partial
from http import HTTPStatus

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from curriculum.models import Maquette
from people.context import COLLEAGUES, PLACES, STUDENT, Frame, frame_of, working
from people.models import User
from people.search import first, folded
from tests import factories
from tests.strict import queries
from tests.world import World


def page(client: Client, url: str, user: User, **parameters: str) -> str:
    """What somebody reads at an address."""
    client.force_login(user)
    return client.get(url, parameters).content.decode()


def frame(user: User | None) -> Frame:
    request = RequestFactory().get("/etudiants/")
    request.session = Client().session
    if user:
        request.user = user
    return frame_of(request)


# --- The frame


def test_places_by_role(world: World) -> None:
    labels = {who: [place.label for place in frame(user).places] for who, user in world.cast.items()}
    assert labels["teacher"] == ["À faire", "Notes", "Étudiants", "Maquettes"]
    assert labels["secretariat"] == ["À faire", "Notes", "Étudiants", "Jurys", "Maquettes", "Imports"]
    assert labels["head"] == labels["president"] == ["À faire", "Notes", "Étudiants", "Jurys", "Maquettes"]
    assert labels["student"] == ["À faire", "Mon dossier", "Mes absences", "Mes objectifs"]
    assert [place.label for place in frame(world.ada).places if place.current] == ["Étudiants"]


def test_nobody_has_more_than_seven_places() -> None:
    for kinds in (COLLEAGUES, {STUDENT}):
        assert sum(bool(kinds & who) for _, _, who in PLACES) <= 7


def test_nobody_has_nothing(world: World) -> None:
    for user in (None, factories.user()):
        assert (frame(user).places, frame(user).current, frame(user).search_url) == ([], None, None)


def test_a_public_page_asks_nothing_of_the_database(client: Client, db: None) -> None:
    client.get("/connexion/")
    assert queries(lambda: client.get("/connexion/")) == 0


def test_the_year_in_service_comes_first(world: World) -> None:
    factories.maquette(academic_year="2026-2027", state=Maquette.State.DRAFT)
    factories.maquette(academic_year="2024-2025", state=Maquette.State.ARCHIVED)
    shown = frame(world.ada)
    assert shown.current
    assert shown.current.label == "QLIO · 2025-2026"
    assert [choice.academic_year for choice in shown.choices] == ["2026-2027", "2025-2026", "2024-2025"]


def test_a_formation_and_a_year_are_put_in_use(client: Client, world: World) -> None:
    factories.role(world.ada, "teacher", formation=factories.formation("GMP"))
    client.force_login(world.ada)
    gmp = factories.formation("GMP")
    assert client.post("/formation/", {"value": f"{gmp.pk}:2025-2026"})["Location"] == "/"
    assert working(client.get("/recherche/").wsgi_request) == (gmp, "2025-2026")
    world.ada.roles.filter(formation=gmp).delete()
    assert working(client.get("/recherche/").wsgi_request) == (world.formation, "2025-2026")


@pytest.mark.parametrize("value", ["", "1", "x:y", "{gmp}:2025-2026", "{qlio}:1999-2000"])
def test_nothing_else_can_be_put_in_use(client: Client, world: World, value: str) -> None:
    client.force_login(world.ada)
    known = {"gmp": factories.formation("GMP").pk, "qlio": world.formation.pk}
    assert client.post("/formation/", {"value": value.format(**known)}).status_code == HTTPStatus.BAD_REQUEST


# --- Students


def test_who_is_on_the_list(client: Client, world: World) -> None:
    for who in ("teacher", "secretariat", "head", "president"):
        text = page(client, "/etudiants/", world.cast[who])
        assert ("GARNIER Émile" in text, "HADDAD" in text) == (True, False), who
    assert "GARNIER" not in page(client, "/etudiants/", world.chloe)


def test_a_teacher_reads_the_enrolments_of_their_modules_only(client: Client, world: World) -> None:
    text = page(client, f"/etudiants/{world.student.pk}/", world.ada)
    assert ('scope="row">S1<' in text, 'scope="row">S2<' in text) == (True, False)
    assert "12\xa0mars 2006" not in text
    assert "12\xa0mars 2006" in page(client, f"/etudiants/{world.student.pk}/", world.sonia)
    assert "12\xa0mars 2006" in page(client, f"/etudiants/{world.student.pk}/", world.emile)


def test_the_list_is_sorted_out_by_plan_and_by_group(client: Client, world: World) -> None:
    other = factories.enrolment(plan=world.plans[1], groups=[factories.group("TD2")], state="DEM").student

    def listed(**chosen: object) -> tuple[set[bool], bool]:
        text = page(client, "/etudiants/", world.sonia, **{name: str(value) for name, value in chosen.items()})
        return {name in text for name in ("GARNIER", "DIALLO")}, str(other) in text

    assert listed() == ({True}, True)
    assert listed(plan=world.plans[0].pk) == ({True}, False)
    assert listed(group=factories.group("TD2").pk) == ({False}, True)
    assert listed(plan=world.plans[0].pk, group=factories.group("TD2").pk) == ({False}, False)
    assert listed(plan="tous", group="0") == ({True}, True)


def test_pages_do_not_grow_with_their_rows(client: Client, world: World) -> None:
    addresses = ["/", "/etudiants/", f"/etudiants/{world.student.pk}/", "/recherche/?q=i", "/imports/"]

    def counts() -> dict[str, int]:
        found = {}
        for who in ("teacher", "secretariat", "head", "student"):
            client.force_login(world.cast[who])
            for address in addresses:
                found[f"{who} {address}"] = queries(partial(client.get, address))
        return found

    before = counts()
    for rank in range(5):
        factories.enrolment(
            plan=world.plans[0], groups=[factories.group(f"TD{rank}")], student=factories.student(last_name="Ici")
        )
        later = factories.plan(3, maquette=factories.maquette(academic_year=f"202{rank}-202{rank + 1}"))
        factories.enrolment(plan=later, student=world.student, groups=[factories.group(f"TD{rank}")])
        factories.service(teacher=world.ada, module=factories.module(f"I1.{rank}"))
    assert counts() == before


# --- Search


def test_a_search_finds_a_student_a_module_and_a_page(client: Client, world: World) -> None:
    for asked, found in {
        "emile": f"/etudiants/{world.student.pk}/",
        "gar ém": f"/etudiants/{world.student.pk}/",
        world.student.nip.lower(): f"/etudiants/{world.student.pk}/",
        "r1.01": reverse("grades:module", args=[world.module.pk]),
        "INTITULÉ R1.01": reverse("grades:module", args=[world.module.pk]),
        "import": "/imports/",
    }.items():
        text = page(client, "/recherche/", world.sonia, q=asked)
        assert f'href="{found}"' in text.partition('id="hits"')[2], asked


def test_a_search_finds_only_what_may_be_seen(client: Client, world: World) -> None:
    def hits(user: User, asked: str) -> str:
        return page(client, "/recherche/", user, q=asked).partition('id="hits"')[2]

    for who in ("elsewhere", "student elsewhere", "classmate"):
        assert "GARNIER" not in hits(world.cast[who], "garnier"), who
    assert "GARNIER" in hits(world.emile, "garnier")
    assert "R1.01" not in hits(world.emile, "r1.01")
    assert reverse("grades:module", args=[world.module.pk]) not in hits(world.chloe, "r1.01")
    # A colleague's module leads to the maquette: its marks are not theirs.
    assert reverse("curriculum:maquette", args=[world.maquette.pk]) in hits(world.blaise, "r1.01")
    assert "Imports" not in hits(world.ada, "imports")


def test_as_one_types_the_answers_come_alone_and_are_those_of_the_page(client: Client, world: World) -> None:
    client.force_login(world.sonia)
    alone = client.get("/recherche/", {"q": "gar"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in alone
    assert alone.strip() in page(client, "/recherche/", world.sonia, q="gar")


def test_a_search_of_nothing_and_a_search_in_vain(client: Client, world: World) -> None:
    assert "Rien ne répond" not in page(client, "/recherche/", world.sonia, q="  ")
    assert "Rien ne répond à «&nbsp;&lt;b&gt;&nbsp;»" in page(client, "/recherche/", world.sonia, q="<b>")


@pytest.mark.parametrize(
    ("query", "text", "answers"),
    [
        ("élo", "MARTIN Eloïse", True),
        ("eloise martin", "MARTIN Éloïse", True),
        ("loise", "MARTIN Éloïse", False),
        ("o neill", "O’Neill Jean-Noël", True),
        ("noel", "O’Neill Jean-Noël", True),
        ("coeur", "Lecœur Cœur", True),
    ],
)
def test_words_answer_by_their_beginning(query: str, text: str, answers: bool) -> None:
    assert bool(first(folded(query).split(), [text], str)) == answers
