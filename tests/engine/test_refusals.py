"""Whatever is not exactly what was expected is refused, by its path, in French, and alone."""

import copy
import json
from typing import Any

import pytest

from jury.engine.strict import Refused
from jury.engine.wire import read_document
from tests.engine.build import Json, annual, answer, averages, evaluation, module, odd_semester, refusal

MARKS = [module("R", "A 1", evaluation("12", weight="1", scale="20", ue_weights={"A": "1"})), module("S", "A 1", "12")]
DOSSIER = annual(1, "12 9", record=["UE1.2 AJ 9"], jury=["UE2.1 ADJ"], repeated=[1], status="enrolled", regulation={})


def changed(document: Any, path: str, value: Any) -> Any:
    """A copy of a document with the value at a path replaced; `...` takes the key away."""
    found = copy.deepcopy(document)
    *parents, last = path.replace("[", ".[").split(".")
    place = found
    for key in parents:
        place = place[int(key[1:-1])] if key.startswith("[") else place[key]
    key_or_rank: Any = int(last[1:-1]) if last.startswith("[") else last
    if value is ...:
        del place[key_or_rank]
    else:
        place[key_or_rank] = value
    return found


def raw(document: Any) -> Any:
    """A document as a file would bring it: through JSON's own numbers."""
    return read_document(json.dumps({"schema": "deliberate/1", "dossiers": [document]})).dossiers[0]


DOSSIER_FAULTS = [
    ("id", ...),
    ("id", 7),
    ("id", None),
    ("id", " "),
    ("but_year", ...),
    ("but_year", "1"),
    ("but_year", True),
    ("but_year", 0),
    ("but_year", 4),
    ("but_year", 1.0),
    ("semesters", ...),
    ("semesters", []),
    ("semesters", [2]),
    ("semesters", [2, 1]),
    ("semesters", [3, 4]),
    ("semesters", [1, 2, 3]),
    ("semesters", "1"),
    ("semesters[1]", "2"),
    ("semesters[0]", True),
    ("semesters[1]", 7),
    ("status", "DEMI"),
    ("status", None),
    ("status", 3),
    ("ues", ...),
    ("ues", []),
    ("ues", {}),
    ("ues[1]", "UE2.1"),
    ("ues[0].code", ...),
    ("ues[0].code", ""),
    ("ues[0].code", 11),
    ("ues[1].code", "UE1.1"),
    ("ues[0].semester", "1"),
    ("ues[0].semester", 3),
    ("ues[0].semester", 0),
    ("ues[0].competence", None),
    ("ues[0].level", "1"),
    ("ues[0].level", 0),
    ("ues[0].level", 4),
    ("ues[0].level", False),
    ("ues[0].ects", 10),
    ("ues[0].ects", "-1"),
    ("ues[0].ects", ...),
    ("ues[0].average", ...),
    ("ues[0].average", None),
    ("ues[0].average", 12),
    ("ues[0].average", 9.5),
    ("ues[0].average", float("nan")),
    ("ues[0].average", float("inf")),
    ("ues[0].average", True),
    ("ues[0].average", "12,5"),
    ("ues[0].average", "20.01"),
    ("ues[0].average", "-0.01"),
    ("ues[0].average", "1e1"),
    ("ues[0].average", " 12"),
    ("ues[0].average", "12."),
    ("ues[0].average", ".5"),
    ("ues[0].average", "+12"),
    ("ues[0].average", "١٢"),
    ("ues[0].average", "1_2"),
    ("ues[0].average", ""),
    ("ues[0].average", "NaN"),
    ("ues[0].average", "9" * 5000),
    ("ues[0].average", {"value": "12"}),
    ("ues[0].state", "pending"),
    ("ues[0].averge", "12"),
    ("ues[0].decision", "ADM"),
    ("record", None),
    ("record[0].decision", ...),
    ("record[0].decision", "PASD"),
    ("record[0].decision", "adm"),
    ("record[0].decision", None),
    ("record[0].average", 9),
    ("record[0].average", "21"),
    ("record[0].semester", 3),
    ("record[0].state", "pending"),
    ("record[0].ects", 1.5),
    ("repeated", 1),
    ("repeated[0]", "1"),
    ("repeated[0]", 0),
    ("repeated[0]", 1.5),
    ("jury", {}),
    ("jury[0].target", ...),
    ("jury[0].reason", ...),
    ("jury[0].reason", None),
    ("jury[0].decision", ...),
    ("jury[0].why", "…"),
    ("statut", "DEM"),
    ("regulation", None),
    ("regulation.rounding", "half_up"),
    ("regulation.rounding", None),
    ("regulation.validation_threshold", 10),
    ("regulation.validation_threshold", "dix"),
    ("regulation.validation_threshold", "20.5"),
    ("regulation.rcue_minimum", 8.5),
    ("regulation.rcue_minimum", None),
    ("regulation.rcue_weights", "coef"),
    ("regulation.rcue_from_rounded_ue", 1),
    ("regulation.rcue_from_rounded_ue", "true"),
    ("regulation.keep_best_unacquired", None),
    ("regulation.progression_counts_validated", 0),
    ("regulation.abi_scope", "ue"),
    ("regulation.abj_only", "neutralise"),
    ("regulation.bonus_cap", 0.5),
    ("regulation.bonus_cap", "-0.5"),
    ("regulation.malus_article", ""),
    ("regulation.malus_article", 4),
    ("regulation.repeat_limit", "4"),
    ("regulation.repeat_limit", -1),
    ("regulation.repeat_limit", True),
    ("regulation.repeat_limt", 4),
]


@pytest.mark.parametrize(("path", "value"), DOSSIER_FAULTS)
def test_a_dossier_names_the_field_at_fault(path: str, value: Any) -> None:
    found = answer(raw(changed(DOSSIER, path, value)))
    assert refusal(found) == path
    assert found["id"] == (None if path == "id" and value != " " else " " if path == "id" else "E1")


def test_as_many_decimals_as_another_system_prints() -> None:
    assert "error" not in answer(changed(DOSSIER, "ues[0].average", "9." + "9" * 60))


def test_the_dossier_that_faults_are_made_from_is_judged() -> None:
    assert "error" not in answer(raw(DOSSIER))


AVERAGES_FAULTS = [
    ("id", ...),
    ("but_year", "1"),
    ("but_year", 4),
    ("ues", ...),
    ("ues", "A"),
    ("ues[0]", 1),
    ("ues[1]", "A"),
    ("modules", ...),
    ("modules", {}),
    ("modules[0]", None),
    ("modules[0].code", ...),
    ("modules[1].code", "R"),
    ("modules[0].pole", "ressources"),
    ("modules[0].pole", ...),
    ("modules[0].coefficients", ...),
    ("modules[0].coefficients", []),
    ("modules[0].coefficients.A", 1),
    ("modules[0].coefficients.A", "-1"),
    ("modules[0].coefficients.Z", "1"),
    ("modules[0].organised", "no"),
    ("modules[0].organised", 0),
    ("modules[0].stage", 1),
    ("modules[0].evaluations", ...),
    ("modules[0].evaluations[0]", "12"),
    ("modules[0].evaluations[0].mark", ...),
    ("modules[0].evaluations[0].mark", 12),
    ("modules[0].evaluations[0].mark", 12.5),
    ("modules[0].evaluations[0].mark", "12,5"),
    ("modules[0].evaluations[0].mark", "20.001"),
    ("modules[0].evaluations[0].mark", "-1"),
    ("modules[0].evaluations[0].mark", "abi"),
    ("modules[0].evaluations[0].mark", "EXC"),
    ("modules[0].evaluations[0].mark", ""),
    ("modules[0].evaluations[0].mark", False),
    ("modules[0].evaluations[0].weight", "-1"),
    ("modules[0].evaluations[0].weight", 1),
    ("modules[0].evaluations[0].weight", None),
    ("modules[0].evaluations[0].scale", "0"),
    ("modules[0].evaluations[0].scale", "0.00"),
    ("modules[0].evaluations[0].scale", 20),
    ("modules[0].evaluations[0].ue_weights", "1"),
    ("modules[0].evaluations[0].ue_weights.A", "-0.5"),
    ("modules[0].evaluations[0].ue_weights.Z", "1"),
    ("modules[0].evaluations[0].coefficient", "1"),
    ("modules[0].poles", "sae"),
    ("bonus.A", 0.5),
    ("bonus.A", "-0.5"),
    ("bonus.Z", "0.5"),
    ("bonus", "0.5"),
    ("malus.A", "-1"),
    ("malus.Z", "1"),
    ("malus", None),
    ("regulation.rcue_weights", "no"),
    ("regulation.bonus", "0.5"),
    ("marks", []),
]


@pytest.mark.parametrize(("path", "value"), AVERAGES_FAULTS)
def test_an_entry_of_averages_names_the_field_at_fault(path: str, value: Any) -> None:
    entry = {
        "id": "A1",
        "ues": ["A", "B"],
        "but_year": 1,
        "modules": MARKS,
        "bonus": {},
        "malus": {},
        "regulation": {},
    }
    document = read_document(json.dumps({"schema": "deliberate/1", "averages": [changed(entry, path, value), entry]}))
    found, other = document.answer_averages()
    assert refusal(found) == path
    assert "error" not in other


def test_a_stage_says_whether_it_is_completed() -> None:
    assert refusal(averages(module("S", "A 1", "12", stage=True))) == "modules[0].completed"
    assert refusal(averages(module("S", "A 1", "12", stage=True, completed=None))) == "modules[0].completed"


@pytest.mark.parametrize("entry", [None, "E1", 3, 1.5, [], [DOSSIER]])
def test_an_entry_that_is_no_object_stands_in_its_place(entry: Any) -> None:
    document = read_document(json.dumps({"schema": "deliberate/1", "dossiers": [DOSSIER, entry, DOSSIER]}))
    first, refused, last = document.answer_dossiers()
    assert (refused["id"], refusal(refused)) == (None, "dossiers[1]")
    assert first == last


def test_a_title_is_allowed_anywhere_and_ignored() -> None:
    titled = {"title": "Un cas", **copy.deepcopy(DOSSIER), "regulation": {"title": 3}}
    for key in ("ues", "record", "jury"):
        titled[key] = [item | {"title": ["n’importe", "quoi"]} for item in titled[key]]
    assert answer(titled) == answer(DOSSIER)
    marks = [
        item
        | {
            "title": "x",
            "coefficients": item["coefficients"] | {"title": "x"},
            "evaluations": [mark | {"title": None, "ue_weights": {"title": 0}} for mark in item["evaluations"]],
        }
        for item in MARKS
    ]
    assert averages(*marks, title=1, bonus={"title": 2}, malus={"title": 2}) == averages(*MARKS)
    assert read_document('{"schema": "deliberate/1", "title": 3}').dossiers == []


def test_a_state_may_come_with_a_null_average() -> None:
    """As an entry of `averages` gives it."""
    assert "error" not in answer(changed(changed(DOSSIER, "ues[0].average", None), "ues[0].state", "pending"))
    assert refusal(answer(changed(DOSSIER, "ues[0].state", "lost"))) == "ues[0].state"


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ('{"id": "E1", "id": "E2"}', "id"),
        ('{"id": "E1", "but_year": 1, "but_year": 2}', "but_year"),
        (
            '{"id": "E1", "but_year": 1, "semesters": [1], "ues": [{"code": "A", "ects": "1", "ects": "2"}]}',
            "ues[0].ects",
        ),
        ('{"id": "E1", "but_year": 1, "semesters": [1], "ues": [], "regulation": {"title": 1, "title": 2}}', None),
    ],
)
def test_a_key_given_twice_is_refused(source: str, field: str | None) -> None:
    document = read_document(f'{{"schema": "deliberate/1", "dossiers": [{source}]}}')
    (found,) = document.answer_dossiers()
    assert refusal(found) == (field or "regulation.title")


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ("", ""),
        ("{", ""),
        ("[]", ""),
        ("null", ""),
        ('{"schema": "deliberate/1"} x', ""),
        ("[" * 100_000, ""),
        ("{}", "schema"),
        ('{"schema": "deliberate/2"}', "schema"),
        ('{"schema": 1}', "schema"),
        ('{"schema": null}', "schema"),
        ('{"schema": "deliberate/1", "dossier": []}', "dossier"),
        ('{"schema": "deliberate/1", "schema": "deliberate/1"}', "schema"),
        ('{"schema": "deliberate/1", "dossiers": {}}', "dossiers"),
        ('{"schema": "deliberate/1", "dossiers": null}', "dossiers"),
        ('{"schema": "deliberate/1", "averages": "A1"}', "averages"),
        ('{"schema": "deliberate/1", "regulation": []}', "regulation"),
        ('{"schema": "deliberate/1", "regulation": {"rounding": "no"}}', "regulation.rounding"),
        ('{"schema": "deliberate/1", "regulation": {"round": "exact"}}', "regulation.round"),
        ('{"schema": "deliberate/1", "regulation": {"repeat_limit": 4.0}}', "regulation.repeat_limit"),
        ('{"schema": "deliberate/1", "regulation": {"repeat_limit": ' + "9" * 5000 + "}}", "regulation.repeat_limit"),
    ],
)
def test_a_file_is_refused_as_a_whole(source: str, field: str) -> None:
    with pytest.raises(Refused) as caught:
        read_document(source)
    assert caught.value.field == field
    assert caught.value.message.endswith(".")


def test_a_dossier_overrides_the_file_key_by_key() -> None:
    dossiers: list[Json] = [
        odd_semester(1, "9.995"),
        odd_semester(1, "9.995", regulation={"rounding": "trunc_2"}),
        odd_semester(1, "9.995", regulation={"validation_threshold": "9"}),
    ]
    document = read_document(
        json.dumps({"schema": "deliberate/1", "regulation": {"rounding": "exact"}, "dossiers": dossiers})
    )
    found = [(ue["average"], ue["decision"]) for answer in document.answer_dossiers() for ue in answer["ues"]]
    assert found == [("10.00", "AJ"), ("9.99", "AJ"), ("10.00", "ADM")]


def test_the_jurys_lines_and_the_record_are_checked_even_before_an_odd_jury() -> None:
    twice = odd_semester(1, "9", record=["UE1.2 AJ", "UE1.2 ADM"])
    assert refusal(answer(twice)) == "record[1].code"
