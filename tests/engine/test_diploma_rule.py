"""Step 7: DUT and BUT, and the ECTS of a cursus. N-04, N-15, N-16."""

from typing import Any

import pytest

from tests.engine.build import annual, odd_semester, recorded, verdict


def diplomas(*arguments: Any, **changes: Any) -> tuple[bool, bool]:
    found = verdict(annual(*arguments, **changes))
    return found["dut"], found["but"]


@pytest.mark.parametrize(
    ("but_year", "pairs", "record", "expected"),
    [
        pytest.param(1, ["12 12"], [], (False, False), id="never in BUT1"),
        pytest.param(2, ["12 12"], [], (True, False), id="all of BUT2, the rest unknown"),
        pytest.param(2, ["9 11"], ["UE1.1 CMP 9"], (True, False), id="by compensation"),
        pytest.param(2, ["12 12", "9 9"], [], (False, False), id="a UE of S3 missing"),
        pytest.param(2, ["12 12", "12 6"], [], (False, False), id="a UE of S4 missing"),
        pytest.param(2, ["12 12"], ["UE1.2 AJ"], (False, False), id="a debt of S1"),
        pytest.param(2, ["12 12"], ["UE1.1 AJ"], (True, False), id="repaid by level 2"),
        pytest.param(2, ["12 12"], ["UE3.1 AJ 9"], (True, False), id="an earlier try is no debt"),
        pytest.param(3, ["12 12"], [], (True, True), id="both, the rest unknown"),
        pytest.param(3, ["9 9"], [], (True, False), id="DUT, late, without BUT"),
        pytest.param(3, ["12 12"], ["UE4.2 AJ"], (False, False), id="a debt of BUT2 holds both"),
        pytest.param(3, ["12 12"], ["UE3.1 AJ", "UE1.1 AJ"], (True, True), id="repaid by level 3"),
        pytest.param(3, ["12 pending"], [], (True, False), id="a mark is awaited"),
        pytest.param(3, ["12 12"], [recorded("UE5.2 AJ")], (True, False), id="a debt of S5 holds the BUT alone"),
    ],
)
def test_diplomas(but_year: int, pairs: list[str], record: list[Any], expected: tuple[bool, bool]) -> None:
    assert diplomas(but_year, *pairs, record=record) == expected


def test_no_diploma_before_an_odd_jury() -> None:
    found = verdict(odd_semester(3, "12", record=["UE3.1 ADM 12"]))
    assert (found["dut"], found["but"]) == (False, False)


def test_the_jury_gives_diplomas_by_acquiring_ues_not_the_year() -> None:
    assert diplomas(3, "9 9", jury=["Qualité/3 ADJ"]) == (True, True)
    assert diplomas(3, "9 9", jury=["year ADJ"]) == (True, False)
    assert diplomas(3, "12 12", record=["UE3.2 AJ"], jury=["UE3.2 ADJ"]) == (True, True)


def test_leaving_takes_no_diploma_back() -> None:
    assert diplomas(2, "12 12", status="DEM") == (True, False)


@pytest.mark.parametrize(
    ("record", "jury", "total"),
    [
        pytest.param(["UE1.1 ADM 12"], [], "30", id="acquired before"),
        pytest.param(["UE1.1 AJ"], [], "30", id="acquired now, by the level above"),
        pytest.param(["UE1.2 AJ"], [], "20", id="still owed"),
        pytest.param(["UE1.2 AJ"], ["UE1.2 ADJ"], "30", id="acquired now, by the jury"),
        pytest.param(["UE3.1 ADM 12"], [], "20", id="before the jury: counted once"),
    ],
)
def test_the_ects_of_a_cursus(record: list[str], jury: list[str], total: str) -> None:
    found = verdict(annual(2, "12 12", record=record, jury=jury))
    assert (found["ects"], found["ects_total"]) == ("20", total)


def test_an_odd_jury_may_acquire_a_debt() -> None:
    found = verdict(odd_semester(2, "12", record=["UE1.2 AJ"], jury=["UE1.2 ADJ"]))
    assert (found["ects"], found["ects_total"], found["adsup"]) == ("10", "20", [])
