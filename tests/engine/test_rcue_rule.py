"""Step 2: the two UEs of a level. N-05, N-06, N-14, N-26, L-17, I-01, I-02, I-03, I-05, I-06, I-10, I-15."""

from typing import Any

import pytest

from tests.engine.build import annual, codes, rcues, refusal, ue, verdict
from tests.engine.build import answer as judged


def level(pair: str, **changes: Any) -> tuple[str, str]:
    """The RCUE and the codes of the two UEs of a BUT1 of one competence."""
    found = verdict(annual(1, pair, **changes))
    return rcues(found), codes(found)


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        pytest.param("10 10", ("10.00 ADM", "ADM ADM"), id="both acquired"),
        pytest.param("9 11", ("10.00 CMP", "CMP ADM"), id="compensated at ten exactly"),
        pytest.param("11 9", ("10.00 CMP", "ADM CMP"), id="the even one, by the odd one"),
        pytest.param("2 18", ("10.00 CMP", "CMP ADM"), id="there is no floor"),
        pytest.param("0 20", ("10.00 CMP", "CMP ADM"), id="none at all"),
        pytest.param("9 10.98", ("9.99 AJ", "AJ ADM"), id="9.99 compensates nothing"),
        pytest.param("9 10.99", ("10.00 CMP", "CMP ADM"), id="9.995 is ten"),
        pytest.param("9.99 9.99", ("9.99 AJ", "AJ AJ"), id="two UEs not acquired"),
        pytest.param("9.995 9.995", ("10.00 ADM", "ADM ADM"), id="two averages that round to ten"),
    ],
)
def test_compensation_is_integral(pair: str, expected: tuple[str, str]) -> None:
    assert level(pair) == expected


@pytest.mark.parametrize(
    ("pair", "regulation", "expected"),
    [
        pytest.param("8.3251 11.6551", {}, "10.00 CMP", id="from the averages as printed: 8.33 and 11.66"),
        pytest.param("8.3251 11.6551", {"rcue_from_rounded_ue": False}, "9.99 AJ", id="from the exact ones"),
        pytest.param("9.994 10.006", {"rcue_from_rounded_ue": False}, "10.00 CMP", id="exactly ten"),
        pytest.param("8.3251 11.6551", {"rounding": "exact"}, "9.99 AJ", id="exact comparison"),
        pytest.param("9 10.99", {"rounding": "exact"}, "10.00 AJ", id="exact: 9.995, though it prints 10.00"),
        pytest.param("9 10.99", {"rounding": "half_up_3"}, "9.995 AJ", id="three decimals"),
        pytest.param("9 10.999", {"rounding": "half_up_3"}, "10.000 CMP", id="9.9995 to three decimals"),
        pytest.param("9 10.999", {"rounding": "trunc_2"}, "9.99 AJ", id="cut: (9 + 10.99) / 2 is 9.99"),
        pytest.param("9.009 10.999", {"rounding": "trunc_2"}, "9.99 AJ", id="cut before it is averaged"),
        pytest.param(
            "9.009 10.999", {"rounding": "trunc_2", "rcue_from_rounded_ue": False}, "10.00 CMP", id="or only after"
        ),
        pytest.param("9.994 9.994", {"rcue_from_rounded_ue": False}, "9.99 AJ", id="never above both UEs"),
    ],
)
def test_what_a_rcue_is_computed_from(pair: str, regulation: dict[str, Any], expected: str) -> None:
    assert level(pair, regulation=regulation)[0] == expected


@pytest.mark.parametrize(
    ("ects", "weights", "expected"),
    [
        pytest.param(("6", "9"), "equal", "10.30 CMP", id="equal weights"),
        pytest.param(("6", "9"), "ects", "9.96 AJ", id="(6 × 12 + 9 × 8.6) / 15"),
        pytest.param(("9", "6"), "ects", "10.64 CMP", id="the other way round"),
        pytest.param(("0", "6"), "ects", "8.60 AJ", id="0 ECTS weigh nothing"),
        pytest.param(("1.5", "0.5"), "ects", "11.15 CMP", id="decimal ECTS"),
    ],
)
def test_the_weights_of_the_two_ues(ects: tuple[str, str], weights: str, expected: str) -> None:
    assert level("12 8.60", ects=ects, regulation={"rcue_weights": weights})[0] == expected


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        pytest.param("equivalence 11", ("11.00 ADM", "EQV ADM"), id="the other alone, reached"),
        pytest.param("equivalence 9.5", ("9.50 AJ", "EQV AJ"), id="not reached"),
        pytest.param("equivalence equivalence", ("- EQV", "EQV EQV"), id="both by equivalence"),
        pytest.param("equivalence pending", ("- ATT", "EQV ATT"), id="the other is awaited"),
        pytest.param("equivalence defaulting", ("- AJ", "EQV DEF"), id="the other defaults"),
    ],
)
def test_a_ue_acquired_without_a_mark_leaves_the_average_to_the_other(pair: str, expected: tuple[str, str]) -> None:
    assert level(pair) == expected


@pytest.mark.parametrize("weights", ["equal", "ects"])
def test_alone_the_other_weighs_all_whatever_its_ects(weights: str) -> None:
    found = verdict(annual(1, "equivalence 11", ects=("10", "0"), regulation={"rcue_weights": weights}))
    assert rcues(found) == "11.00 ADM"


@pytest.mark.parametrize(
    ("pair", "status", "expected"),
    [
        pytest.param("12 pending", "enrolled", ("- ATT", "ADM ATT"), id="a mark is awaited"),
        pytest.param("stage 9", "enrolled", ("- ATT", "ATT AJ"), id="a stage is awaited"),
        pytest.param("not_enrolled 12", "enrolled", ("- ATT", "ATT ADM"), id="not enrolled, nothing capitalised"),
        pytest.param("pending pending", "enrolled", ("- ATT", "ATT ATT"), id="both awaited"),
        pytest.param("12 not_enrolled", "DEM", ("- AJ", "ADM DEM"), id="a student who left awaits nothing"),
        pytest.param("9 12", "DEM", ("10.50 CMP", "CMP ADM"), id="what was marked still compensates"),
        pytest.param("pending defaulting", "enrolled", ("- ATT", "ATT DEF"), id="awaited, and in default"),
    ],
)
def test_a_missing_average(pair: str, status: str, expected: tuple[str, str]) -> None:
    assert level(pair, status=status) == expected


@pytest.mark.parametrize(
    ("pair", "status", "expected"),
    [
        pytest.param("12 defaulting", "enrolled", ("- AJ", "ADM DEF"), id="no average"),
        pytest.param("9 12", "DEF", ("10.50 AJ", "DEF ADM"), id="an average that compensates nothing, still printed"),
        pytest.param("11 12", "DEF", ("11.50 ADM", "ADM ADM"), id="nothing to compensate"),
        pytest.param("8 9", "DEF", ("8.50 AJ", "DEF DEF"), id="two defaults"),
    ],
)
def test_a_ue_in_default_is_never_compensated(pair: str, status: str, expected: tuple[str, str]) -> None:
    assert level(pair, status=status) == expected


@pytest.mark.parametrize(
    ("pair", "jury", "expected"),
    [
        pytest.param("9.5 9.9", ["UE2.1 ADJ"], ("9.70 AJ", "AJ ADJ"), id="one UE: the RCUE is not validated"),
        pytest.param("9.5 9.9", ["UE1.1 ADJ", "UE2.1 ADJ"], ("9.70 ADJ", "ADJ ADJ"), id="both UEs: it is"),
        pytest.param("9 10.5", ["UE1.1 ADJ"], ("9.75 ADJ", "ADJ ADM"), id="the only one missing"),
        pytest.param("9 11", ["UE1.1 ADJ"], ("10.00 CMP", "CMP ADM"), id="compensation comes first"),
        pytest.param("9.6 9.8", ["Qualité/1 ADJ"], ("9.70 ADJ", "ADJR ADJR"), id="the RCUE, so both UEs"),
        pytest.param("9 10.5", ["Qualité/1 ADJ"], ("9.75 ADJ", "ADJR ADM"), id="an acquired UE stays as it is"),
        pytest.param("9 9", ["UE1.1 ADJ", "Qualité/1 ADJ"], ("9.00 ADJ", "ADJ ADJR"), id="a UE, then the RCUE"),
        pytest.param("9 11", ["Qualité/1 ADJ"], ("10.00 CMP", "CMP ADM"), id="nothing left to validate"),
        pytest.param("12 pending", ["UE2.1 ADJ"], ("- ADJ", "ADM ADJ"), id="an awaited UE, without an average"),
        pytest.param("9 pending", ["UE2.1 ADJ"], ("- AJ", "AJ ADJ"), id="nobody waits any more"),
        pytest.param("pending pending", ["UE2.1 ADJ"], ("- ATT", "ATT ADJ"), id="one still waits"),
        pytest.param("12 pending", ["Qualité/1 ADJ"], ("- ADJ", "ADM ADJR"), id="an awaited RCUE"),
        pytest.param("12 defaulting", ["UE2.1 ADJ"], ("- ADJ", "ADM ADJ"), id="a UE in default"),
        pytest.param("equivalence 9", ["UE2.1 ADJ"], ("9.00 ADJ", "EQV ADJ"), id="beside an equivalence"),
    ],
)
def test_the_jury_validates(pair: str, jury: list[str], expected: tuple[str, str]) -> None:
    assert level(pair, jury=jury) == expected


def test_a_default_lifted_by_the_jury_lets_the_average_speak() -> None:
    assert level("9 12", status="DEF", jury=["UE1.1 ADJ"]) == ("10.50 CMP", "ADJ ADM")


@pytest.mark.parametrize(
    ("pair", "record", "expected"),
    [
        pytest.param("9 8.8", ["UE1.1 ADM 11.50"], ("10.15 CMP", "ADM CMP"), id="a capitalised average compensates"),
        pytest.param("9 8", ["UE1.1 ADM 11.50"], ("9.75 AJ", "ADM AJ"), id="or not enough"),
        pytest.param("7 9", ["UE1.1 CMP 8", "UE2.1 ADM 12"], ("10.00 CMP", "CMP ADM"), id="validated by compensation"),
        pytest.param(
            "7 9", ["UE1.1 CMP 8", "UE2.1 ADM 10"], ("9.00 CMP", "CMP ADM"), id="below ten: CMP all the same"
        ),
        pytest.param("7 9", ["UE1.1 ADJ 8", "UE2.1 CMP 9"], ("8.50 ADJ", "ADJ CMP"), id="the jury's comes first"),
        pytest.param("7 9", ["UE1.1 ADJR 8", "UE2.1 ADM 9"], ("8.50 ADJ", "ADJR ADM"), id="ADJR as ADJ"),
        pytest.param("7 9", ["UE1.1 ADSUP 8", "UE2.1 CMP 9"], ("8.50 CMP", "ADSUP CMP"), id="then compensation"),
        pytest.param("7 9", ["UE1.1 ADSUP 8", "UE2.1 ADM 9"], ("8.50 ADSUP", "ADSUP ADM"), id="then the level above"),
        pytest.param("7 9", ["UE1.1 ADM 8", "UE2.1 ADM 9"], ("8.50 ADM", "ADM ADM"), id="then ADM"),
        pytest.param("7 9", ["UE1.1 EQV", "UE2.1 EQV"], ("- EQV", "EQV EQV"), id="both by equivalence, long ago"),
        pytest.param("7 9", ["UE1.1 EQV", "UE2.1 ADSUP"], ("- ADSUP", "EQV ADSUP"), id="both without a mark"),
        pytest.param(
            "7 12", ["UE1.1 EQV"], ("12.00 ADM", "EQV ADM"), id="a new average does not spoil an equivalence"
        ),
        pytest.param("7 12", ["UE1.1 ADSUP"], ("12.00 CMP", "ADSUP ADM"), id="reached, but not directly"),
        pytest.param("7 12", ["UE1.1 ADJ 9"], ("10.50 CMP", "ADJ ADM"), id="reached, with a UE of the jury's"),
        pytest.param("11 12", ["UE1.1 ADJ 9"], ("11.50 ADM", "ADM ADM"), id="taken again, and reached directly"),
        pytest.param(
            "not_enrolled 9", ["UE1.1 ADM 11"], ("10.00 CMP", "ADM CMP"), id="exempted from a capitalised UE"
        ),
    ],
)
def test_what_was_acquired_before(pair: str, record: list[str], expected: tuple[str, str]) -> None:
    assert level(pair, record=record) == expected


def test_two_equivalences_with_an_average_are_still_an_equivalence() -> None:
    assert level("7 9", record=["UE1.1 EQV 12", "UE2.1 EQV 13"]) == ("12.50 EQV", "EQV EQV")


def test_no_compensation_between_competences() -> None:
    found = verdict(annual(1, "20 20", "9 9"))
    assert rcues(found) == "20.00 ADM, 9.00 AJ"


def test_rcues_come_in_order_of_appearance() -> None:
    dossier = annual(1, "12 12", "12 12", "12 12")
    dossier["ues"] = [dossier["ues"][place] for place in (4, 2, 0, 5, 3, 1)]
    found = verdict(dossier)
    assert [ue["code"] for ue in found["ues"]] == ["UE2.2", "UE1.3", "UE1.1", "UE2.3", "UE2.1", "UE1.2"]
    assert [rcue["competence"] for rcue in found["rcues"]] == ["Logistique", "Organisation", "Qualité"]


def test_two_levels_of_one_competence_are_two_rcues() -> None:
    dossier = annual(2, "12 9", "8 8")
    for place in (1, 3):
        dossier["ues"][place] |= {"competence": "Qualité", "level": 1}
    assert rcues(verdict(dossier)) == "10.50 CMP, 8.00 AJ"


@pytest.mark.parametrize(
    ("ues", "regulation", "field"),
    [
        pytest.param([ue(1, 1, "12")], {}, "ues", id="no even UE"),
        pytest.param([ue(2, 1, "12")], {}, "ues", id="no odd UE"),
        pytest.param([ue(1, 1, "12"), ue(2, 1, "12") | {"level": 2}], {}, "ues", id="two levels"),
        pytest.param([ue(1, 1, "12"), ue(2, 2, "12")], {}, "ues", id="two competences"),
        pytest.param([ue(1, 1, "12"), ue(1, 1, "12") | {"code": "X"}], {}, "ues", id="two of one semester"),
        pytest.param(
            [ue(1, 1, "12"), ue(2, 1, "12"), ue(2, 1, "12") | {"code": "X"}], {}, "ues", id="three in a level"
        ),
        pytest.param(
            [ue(1, 1, "12", "0"), ue(2, 1, "12", "0")], {"rcue_weights": "ects"}, "ues[1].ects", id="two UEs of 0 ECTS"
        ),
    ],
)
def test_a_level_that_cannot_be_paired_is_refused(
    ues: list[dict[str, Any]], regulation: dict[str, Any], field: str
) -> None:
    dossier = {"id": "E1", "but_year": 1, "semesters": [1, 2], "ues": ues, "regulation": regulation}
    assert refusal(judged(dossier)) == field


def test_zero_ects_are_fine_with_equal_weights_or_before_an_odd_jury() -> None:
    assert level("9 11", ects=("0", "0"))[0] == "10.00 CMP"
    odd = {"id": "E1", "but_year": 1, "semesters": [1], "ues": [ue(1, 1, "12", "0"), ue(1, 2, "12", "0")]}
    assert codes(verdict(odd | {"regulation": {"rcue_weights": "ects"}})) == "ADM ADM"
