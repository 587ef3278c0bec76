"""The lists of groups, and of who teaches what."""

import pytest

from people.models import Service
from tests import factories
from tests.people.lists import done, errors, told
from tests.world import World


def test_groups_are_created_once_however_they_are_written(world: World) -> None:
    report = done(world, ["Groupe"], ["td 1"], ["TD2"], ["TP 2a"], kind="groupes")
    assert [outcome.about for outcome in report.created] == ["TD2", "TP 2a"]
    assert set(world.formation.groups.values_list("name", flat=True)) == {"TD1", "TD2", "TP 2a"}
    assert told(world, ["Groupe"], ["TD 2"], kind="groupes").does_nothing


def test_a_wrong_group(world: World) -> None:
    found = errors(world, ["Groupe", "x"], ["TD3"], ["td 3"], ["G" * 41], ["", "y"], kind="groupes")
    assert [place for place, _ in found] == [
        "Ligne 3\xa0:", "Ligne 4, colonne «\xa0Groupe\xa0»\xa0:", "Ligne 5, colonne «\xa0Groupe\xa0»\xa0:",
    ]  # fmt: skip


def test_services_say_who_teaches_what(world: World) -> None:
    headings = ["Courriel", "Module", "Groupes"]
    done(world, headings, ["ADA@exemple.fr", "R1.02", "TD1"], ["blaise@exemple.fr", "r 1.1", ""], kind="services")
    assert world.ada.services.get(module=world.other_module).groups.get() == world.group
    assert not world.blaise.services.get(module=world.module).groups.exists()
    report = told(world, headings, ["ada@exemple.fr", "R1.02", "-"], kind="services")
    assert report.changed[0].changes == [("Groupes", "TD1", "")]
    assert done(world, headings, ["ada@exemple.fr", "R1.02", "-"], kind="services").changed
    assert not world.ada.services.get(module=world.other_module).groups.exists()


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        (["personne@exemple.fr", "R1.01", ""], "Courriel"),
        (["chloe@exemple.fr", "R1.01", ""], "Courriel"),
        (["ada@exemple.fr", "R9.09", ""], "Module"),
        (["ada@exemple.fr", "", ""], "Module"),
        (["ada@exemple.fr", "R1.01", "TD9"], "Groupes"),
        (["ada@exemple.fr", "COMMUN", ""], "Semestre"),
    ],
)
def test_a_wrong_service(world: World, cells: list[str], column: str) -> None:
    for semester in (1, 2):
        factories.module("COMMUN", semester=semester)
    found = errors(world, ["Courriel", "Module", "Groupes"], cells, kind="services")
    assert [place for place, _ in found] == [f"Ligne 2, colonne «\xa0{column}\xa0»\xa0:"]
    assert not Service.objects.filter(module__key="COMMUN").exists()


def test_a_module_of_several_semesters_or_parcours_is_told_apart(world: World) -> None:
    factories.module("COMMUN", semester=1)
    for code in ("OSC", "QMI"):
        factories.module("COMMUN", semester=2, parcours=factories.parcours(code))
    headings = ["Courriel", "Module", "Semestre", "Parcours"]
    assert not told(world, headings, ["ada@exemple.fr", "commun", "S1", ""], kind="services").errors
    assert not told(world, headings, ["ada@exemple.fr", "commun", "2", "qmi"], kind="services").errors
    assert errors(world, headings, ["ada@exemple.fr", "commun", "2", ""], kind="services")[0][0] == (
        "Ligne 2, colonne «\xa0Parcours\xa0»\xa0:"
    )
