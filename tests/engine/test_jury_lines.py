"""What the jury may decide, on what, and once: N-14, and the paragraph `jury` of the contract."""

from typing import Any

import pytest

from tests.engine.build import annual, answer, line, odd_semester, refusal, verdict


@pytest.mark.parametrize("target", ["UE1.1", "UE2.1", "Qualité/1"])
def test_an_annual_jury_validates_ues_and_rcues(target: str) -> None:
    assert "error" not in answer(annual(1, "9 9", jury=[f"{target} ADJ"]))


@pytest.mark.parametrize("decision", ["ADJ", "PAS1NCI", "RED", "RED_FM", "NAR"])
@pytest.mark.parametrize("but_year", [1, 2])
def test_the_year_takes(but_year: int, decision: str) -> None:
    assert verdict(annual(but_year, "9 9", jury=[f"year {decision}"]))["year"]["decision"] == decision


@pytest.mark.parametrize(
    ("jury", "field"),
    [
        pytest.param(["UE9.9 ADJ"], "jury[0].target", id="a UE that is nowhere"),
        pytest.param(["Qualité/2 ADJ"], "jury[0].target", id="a level that is not of this year"),
        pytest.param(["Qualité ADJ"], "jury[0].target", id="a competence without its level"),
        pytest.param(["Year ADJ"], "jury[0].target", id="a year with a capital"),
        pytest.param(["UE1.1 ADM"], "jury[0].decision", id="a UE takes ADJ only"),
        pytest.param(["UE1.1 ADJR"], "jury[0].decision", id="not even ADJR"),
        pytest.param(["UE1.2 AJ"], "jury[0].decision", id="a UE of the record as well"),
        pytest.param(["Qualité/1 CMP"], "jury[0].decision", id="a RCUE takes ADJ only"),
        pytest.param(["year ADM"], "jury[0].decision", id="a year is not ADM by the jury"),
        pytest.param(["year PASD"], "jury[0].decision", id="nor PASD: it is of right"),
        pytest.param(["year ATJ"], "jury[0].decision", id="nor anything else"),
        pytest.param(["UE1.1 ADJ", "UE1.1 ADJ"], "jury[1].target", id="one UE twice"),
        pytest.param(["UE1.1 ADJ", "year RED", "year NAR"], "jury[2].target", id="the year twice"),
        pytest.param(["Qualité/1 ADJ", "Qualité/1 ADJ"], "jury[1].target", id="one RCUE twice"),
        pytest.param([line("UE1.1 ADJ", "")], "jury[0].reason", id="without a reason"),
        pytest.param([line("UE1.1 ADJ", " \n")], "jury[0].reason", id="with an empty reason"),
        pytest.param([line("year RED", " ")], "jury[0].reason", id="on the year as well"),
    ],
)
def test_anything_else_is_refused(jury: list[Any], field: str) -> None:
    assert refusal(answer(annual(1, "9 9", jury=jury, record=["UE1.2 AJ 9"]))) == field


def test_pas1nci_leads_nowhere_from_the_third_year() -> None:
    assert refusal(answer(annual(3, "9 9", jury=["year PAS1NCI"]))) == "jury[0].decision"


@pytest.mark.parametrize("status", ["DEM", "ABAN", "EXCLU"])
def test_nothing_is_decided_of_the_year_of_a_student_who_left(status: str) -> None:
    assert refusal(answer(annual(1, "9 9", status=status, jury=["year RED"]))) == "jury[0].target"
    assert verdict(annual(1, "9 9", status=status, jury=["UE1.1 ADJ"]))["ues"][0]["decision"] == "ADJ"


@pytest.mark.parametrize("target", ["year RED", "Qualité/1 ADJ"])
def test_an_odd_jury_decides_neither_a_year_nor_a_rcue(target: str) -> None:
    assert refusal(answer(odd_semester(1, "9", jury=[target]))) == "jury[0].target"


def test_reasons_are_printed_with_the_decision() -> None:
    jury = [line("UE1.1 ADJ", "Longue maladie."), line("year RED", "À sa demande.")]
    reasons = verdict(annual(1, "9 9", jury=jury))["reasons"]
    told = {reason["about"]: reason["text"] for reason in reasons}
    assert "Longue maladie." in told["UE1.1"]
    assert "À sa demande." in told["year"]
