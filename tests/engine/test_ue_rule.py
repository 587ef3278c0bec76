"""Step 1: a UE alone, new or capitalised. N-03, N-04, N-20, N-26, L-05, L-06, L-17, I-02, I-15, I-16."""

from typing import Any

import pytest

from tests.engine.build import annual, codes, odd_semester, recorded, verdict


def only(*arguments: Any, **changes: Any) -> tuple[Any, ...]:
    """The average, code and ECTS of the only UE of an S1 jury; parameters of the règlement in `regulation`."""
    (ue,) = verdict(odd_semester(1, *arguments, **changes))["ues"]
    return ue["average"], ue["decision"], ue["ects"]


@pytest.mark.parametrize(
    ("average", "expected"),
    [
        pytest.param("10", ("10.00", "ADM", "10"), id="ten is acquired"),
        pytest.param("9.995", ("10.00", "ADM", "10"), id="9.995 is ten"),
        pytest.param("9.99499", ("9.99", "AJ", "0"), id="9.99499 is 9.99"),
        pytest.param("9.99", ("9.99", "AJ", "0"), id="9.99 is not acquired"),
        pytest.param("0", ("0.00", "AJ", "0"), id="zero"),
        pytest.param("20", ("20.00", "ADM", "10"), id="twenty"),
    ],
)
def test_the_threshold(average: str, expected: tuple[str, ...]) -> None:
    assert only(average) == expected


@pytest.mark.parametrize(
    ("average", "rounding", "expected"),
    [
        pytest.param("9.995", "exact", ("10.00", "AJ", "0"), id="exact: 9.995 is not ten, though it prints so"),
        pytest.param("9.9995", "half_up_3", ("10.000", "ADM", "10"), id="three decimals: 9.9995 is ten"),
        pytest.param("9.9994", "half_up_3", ("9.999", "AJ", "0"), id="three decimals: 9.9994 is not"),
        pytest.param("9.999", "trunc_2", ("9.99", "AJ", "0"), id="cut: 9.999 is 9.99"),
        pytest.param("10.009", "trunc_2", ("10.00", "ADM", "10"), id="cut: 10.009 is ten"),
    ],
)
def test_the_threshold_is_compared_with_the_rounded_average(
    average: str, rounding: str, expected: tuple[str, ...]
) -> None:
    assert only(average, regulation={"rounding": rounding}) == expected


@pytest.mark.parametrize(("average", "code"), [("11.99", "AJ"), ("12", "ADM")])
def test_another_threshold(average: str, code: str) -> None:
    assert only(average, regulation={"validation_threshold": "12"})[1] == code


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        ("pending", "enrolled", "ATT"),
        ("stage", "enrolled", "ATT"),
        ("not_enrolled", "enrolled", "ATT"),
        ("equivalence", "enrolled", "EQV"),
        ("defaulting", "enrolled", "DEF"),
        ("pending", "DEM", "DEM"),
        ("stage", "ABAN", "ABAN"),
        ("not_enrolled", "EXCLU", "EXCLU"),
        ("defaulting", "DEM", "DEF"),
        ("equivalence", "DEM", "EQV"),
        ("pending", "ABL", "ATT"),
        ("pending", "DEF", "DEF"),
        ("not_enrolled", "DEF", "DEF"),
        ("equivalence", "DEF", "EQV"),
    ],
)
def test_a_ue_without_an_average(state: str, status: str, code: str) -> None:
    assert only(state, status=status) == (None, code, "10" if code == "EQV" else "0")


@pytest.mark.parametrize(
    ("average", "status", "code"),
    [("9", "DEM", "AJ"), ("9", "ABL", "AJ"), ("9", "DEF", "DEF"), ("12", "DEF", "ADM"), ("12", "EXCLU", "ADM")],
)
def test_a_student_who_left_or_defaults_keeps_what_the_marks_acquired(average: str, status: str, code: str) -> None:
    assert only(average, status=status)[1] == code


@pytest.mark.parametrize(
    ("value", "line", "expected"),
    [
        pytest.param("9", "UE1.1 ADM 11.50", ("11.50", "ADM", "10"), id="the best average is the recorded one"),
        pytest.param("12", "UE1.1 ADM 11.50", ("12.00", "ADM", "10"), id="the best average is the new one"),
        pytest.param("10.2", "UE1.1 CMP 11.50", ("11.50", "ADM", "10"), id="the new average alone reaches: ADM"),
        pytest.param("9", "UE1.1 CMP 8", ("9.00", "CMP", "10"), id="it does not: the recorded code"),
        pytest.param("7", "UE1.1 CMP 8", ("8.00", "CMP", "10"), id="nor lowers the average"),
        pytest.param("7", "UE1.1 ADJ 8", ("8.00", "ADJ", "10"), id="acquired by the jury"),
        pytest.param("7", "UE1.1 ADJR 8", ("8.00", "ADJR", "10"), id="by its RCUE"),
        pytest.param("7", "UE1.1 ADSUP 8", ("8.00", "ADSUP", "10"), id="by the level above"),
        pytest.param("9.99", "UE1.1 EQV", (None, "EQV", "10"), id="without a mark: a lower new average is left out"),
        pytest.param("10", "UE1.1 EQV", ("10.00", "ADM", "10"), id="and one that reaches is taken"),
        pytest.param("9.995", "UE1.1 ADSUP", ("10.00", "ADM", "10"), id="as compared"),
        pytest.param("not_enrolled", "UE1.1 ADM 11.50", ("11.50", "ADM", "10"), id="not enrolled again"),
        pytest.param("not_enrolled", "UE1.1 EQV", (None, "EQV", "10"), id="not enrolled, without a mark"),
        pytest.param("pending", "UE1.1 ADM 11.50", ("11.50", "ADM", "10"), id="a mark is awaited for nothing"),
        pytest.param("defaulting", "UE1.1 CMP 8", ("8.00", "CMP", "10"), id="a default takes nothing back"),
        pytest.param("equivalence", "UE1.1 CMP 8", ("8.00", "CMP", "10"), id="an equivalence adds nothing"),
        pytest.param("9", "UE1.1 ADM 9.995", ("10.00", "ADM", "10"), id="recorded averages are rounded too"),
    ],
)
def test_a_capitalised_ue_is_never_lost(value: str, line: str, expected: tuple[Any, ...]) -> None:
    assert only(value, record=[line]) == expected


@pytest.mark.parametrize("status", ["DEF", "DEM", "ABL"])
def test_no_status_takes_a_capitalised_ue_back(status: str) -> None:
    assert only("7", record=["UE1.1 CMP 8"], status=status) == ("8.00", "CMP", "10")


@pytest.mark.parametrize(
    ("value", "line", "keep_best", "expected"),
    [
        pytest.param("9", "UE1.1 AJ 9.80", False, ("9.00", "AJ", "0"), id="only the new mark counts"),
        pytest.param("9", "UE1.1 AJ 9.80", True, ("9.80", "AJ", "0"), id="or the best of both"),
        pytest.param("9.9", "UE1.1 AJ 9.80", True, ("9.90", "AJ", "0"), id="which may be the new one"),
        pytest.param("9", "UE1.1 AJ 10", True, ("10.00", "ADM", "10"), id="and may acquire"),
        pytest.param("9", "UE1.1 AJ", True, ("9.00", "AJ", "0"), id="no recorded average"),
        pytest.param("pending", "UE1.1 AJ 12", True, (None, "ATT", "0"), id="a state is not improved by the record"),
        pytest.param("not_enrolled", "UE1.1 AJ 12", True, (None, "ATT", "0"), id="nor an absence of enrolment"),
        pytest.param("9", "UE1.1 DEF 12", False, ("9.00", "AJ", "0"), id="an old default is over"),
    ],
)
def test_a_ue_not_acquired_is_taken_again(value: str, line: str, keep_best: bool, expected: tuple[Any, ...]) -> None:
    assert only(value, record=[line], regulation={"keep_best_unacquired": keep_best}) == expected


@pytest.mark.parametrize("value", ["9", "pending", "not_enrolled", "defaulting"])
def test_the_jury_of_an_odd_semester_may_acquire_a_ue(value: str) -> None:
    assert only(value, jury=["UE1.1 ADJ"])[1:] == ("ADJ", "10")


def test_what_is_already_acquired_stays_as_it_is() -> None:
    assert only("12", jury=["UE1.1 ADJ"]) == ("12.00", "ADM", "10")
    assert only("7", record=["UE1.1 CMP 8"], jury=["UE1.1 ADJ"]) == ("8.00", "CMP", "10")


@pytest.mark.parametrize(
    ("but_year", "status", "authorised"),
    [
        (1, "enrolled", [2]),
        (2, "enrolled", [4]),
        (3, "enrolled", [6]),
        (1, "DEF", [2]),
        (1, "ABL", [2]),
        (1, "DEM", []),
        (2, "ABAN", []),
        (3, "EXCLU", []),
    ],
)
def test_the_even_semester_is_of_right(but_year: int, status: str, authorised: list[int]) -> None:
    found = verdict(odd_semester(but_year, "0", "0", status=status))
    assert found["authorised"] == authorised
    assert (found["rcues"], found["year"]) == ([], {"decision": None, "options": []})
    assert (found["dut"], found["but"], found["flags"]) == (False, False, [])


@pytest.mark.parametrize(
    ("ects", "printed"), [("8", "8"), ("8.0", "8"), ("7.50", "7.5"), ("0.25", "0.25"), ("0", "0"), ("010", "10")]
)
def test_ects_are_printed_without_trailing_zeros(ects: str, printed: str) -> None:
    dossier = odd_semester(1, "12")
    dossier["ues"][0]["ects"] = ects
    found = verdict(dossier)
    assert (found["ues"][0]["ects"], found["ects"], found["ects_total"]) == (printed, printed, printed)


def test_ects_add_up_the_year_then_the_record() -> None:
    record = ["UE1.1 ADM 12", "UE1.2 AJ 9", "UE2.1 CMP 9", recorded("UE2.2 EQV", ects="2.5"), "UE3.1 ADM 11"]
    found = verdict(annual(2, "9 12", "9 9", record=record, ects=("8", "7.5")))
    assert codes(found) == "ADM AJ ADM AJ"
    assert (found["ects"], found["ects_total"]) == ("15.5", "38")
