"""The cases that came with the contract, each judged through the very file that `manage.py deliberate` reads."""

import json
from pathlib import Path
from typing import Any

import pytest

from jury.engine.wire import read_document

CASES = json.loads((Path(__file__).parents[2] / "fixtures" / "cases.json").read_text(encoding="utf-8"))
DOCUMENT = read_document(json.dumps(CASES["input"]))
TITLES = CASES["titles"]


def pairs(found: Any, expected: Any) -> list[Any]:
    return [
        pytest.param(answer, case, id=f"{case['id']} {TITLES.get(case['id'], '')}")
        for answer, case in zip(found, expected, strict=True)
    ]


@pytest.mark.parametrize(("found", "expected"), pairs(DOCUMENT.answer_averages(), CASES["expected"]["averages"]))
def test_averages(found: Any, expected: Any) -> None:
    assert found == expected


@pytest.mark.parametrize(("found", "expected"), pairs(DOCUMENT.answer_dossiers(), CASES["expected"]["verdicts"]))
def test_verdicts(found: Any, expected: Any) -> None:
    assert list(found) == [*expected, "reasons"]
    assert {key: value for key, value in found.items() if key != "reasons"} == expected
    assert {reason["about"] for reason in found["reasons"]} >= {ue["code"] for ue in found["ues"]}
