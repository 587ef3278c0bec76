"""The JSON `maquette/1`: the identity both ways, and refusals that name the place."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from curriculum.workbook import codec
from curriculum.workbook.guard import Unreadable
from tests.curriculum.books import original, reread


def test_the_real_maquette_comes_back_the_same() -> None:
    text = codec.dumps(original())
    assert codec.loads(text) == original()
    assert codec.dumps(codec.loads(text)) == text


def test_amendments_findings_and_trailing_zeros_come_back() -> None:
    def edit(book: Workbook) -> None:
        book["S1"]["E15"], book["S1"]["F15"], book["S1"]["G16"] = "0,50", "0,3-0,20", "abc"

    document = reread(edit)
    assert document.semesters[0].modules[0].coefficients["UE1.1"] == "0.50"
    assert codec.loads(codec.dumps(document)) == document


def test_the_object_is_that_of_the_contract() -> None:
    data = codec.to_json(original())
    assert list(data) == ["schema", "formation", "bonus_cap", "validated_on", "semesters", "findings"]
    semester = data["semesters"][2]
    assert list(semester) == [
        *("sheet", "semester", "parcours", "modality", "academic_year"),
        *("ues", "declared", "modules", "findings"),
    ]
    assert semester["ues"][3] == {
        "code": "UE3.4",
        "title": "Mettre en oeuvre des systèmes de management qualité, hygiène, santé, sécurité, "
        "environnement et développement durable",
        "competence": "UE4",
        "level": 1,
        "ects": "6",
    }
    assert semester["modules"][17] == {
        "code": "SAE3.QMI.03",
        "key": "SAE3.QMI.03",
        "title": "Projet QSE en tant que technicien",
        "kind": "sae",
        "pole": "sae",
        "hours": {"cm": None, "td": None, "tp": None, "sr": None, "projet": None, "total": None},
        "coefficients": {"UE3.1": "1.5", "UE3.2": "1.5", "UE3.3": "1.5", "UE3.4": "1.5"},
        "amended": {},
        "evaluations": (),
    }


def minimal() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(codec.dumps(original()))
    data["semesters"] = data["semesters"][:1]
    return data


def put(data: dict[str, Any], path: str, value: object) -> None:
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place: Any = data
    for step in steps:
        place = place[step]
    place[last] = value


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("schema", "maquette/2", "maquette/1"),
        ("formation/code", "BUT\0", "document.formation.code : attendu, un texte"),
        ("semesters/0/modules/2/title", "\ud800", "modules[2].title : attendu, un texte"),
        ("semesters/0/modules/2/coefficients/", "1", "modules[2].coefficients : attendu, un texte"),
        ("formation/code", "", "document.formation.code : attendu, un texte"),
        ("semesters", {}, "document.semesters : attendu, une liste ; trouvé, {}"),
        ("semesters/0/semester", 7, "document.semesters[0].semester : attendu, un entier de 1 à 6"),
        ("semesters/0/semester", True, "un entier de 1 à 6"),
        ("semesters/0/modality", "FC", "semesters[0].modality"),
        ("semesters/0/ues/0/ects", 10, "semesters[0].ues[0].ects"),
        ("semesters/0/modules/2/coefficients/UE1.1", "0,5", "modules[2].coefficients.UE1.1"),
        ("semesters/0/modules/2/coefficients/UE1.1", "-1", "modules[2].coefficients.UE1.1"),
        ("semesters/0/modules/2/hours", {}, "modules[2].hours : il manque « cm »"),
        ("semesters/0/modules/2/kind", "cours", "modules[2].kind"),
        ("semesters/0/findings", [{}], "findings[0] : il manque « code »"),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(path: str, value: object, sentence: str) -> None:
    data = minimal()
    put(data, path, value)
    with pytest.raises(Unreadable) as refusal:
        codec.loads(json.dumps(data))
    assert sentence in str(refusal.value).replace("\u00a0", " ")


@pytest.mark.parametrize(
    "make", [lambda: "", lambda: "{", lambda: "[" * 100_000, lambda: b"\xff\xfe\xff", lambda: "[]"]
)
def test_what_is_not_a_maquette_is_refused(make: Callable[[], str | bytes]) -> None:
    with pytest.raises(Unreadable):
        codec.loads(make())
