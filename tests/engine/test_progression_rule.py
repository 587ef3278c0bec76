"""Steps 3 to 6: debts, the year, what opens, what is flagged. N-08 to N-14, L-17, I-04, I-06 to I-09, I-14."""

from typing import Any

import pytest

from tests.engine.build import annual, recorded, verdict

OPTIONS = ["RED", "NAR", "ADJ", "PAS1NCI"]


def year(but_year: int, *pairs: str, **changes: Any) -> tuple[Any, list[str], list[int]]:
    """The decision on the year, its options, and the semesters that it opens."""
    found = verdict(annual(but_year, *pairs, **changes))
    return found["year"]["decision"], found["year"]["options"], found["authorised"]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        pytest.param(["12 12", "9 11", "2 18"], ("ADM", [], [3]), id="all validated"),
        pytest.param(["12 12", "12 12", "8 8"], ("PASD", [], [3]), id="two of three, the third at 8"),
        pytest.param(["12 12", "12 12", "7.99 8"], ("PASD", [], [3]), id="7.995 is 8.00"),
        pytest.param(["12 12", "12 12", "7.98 8"], (None, OPTIONS, []), id="7.99 is below"),
        pytest.param(["20 20", "20 20", "20 20", "0 15.98"], (None, OPTIONS, []), id="no average redeems 7.99"),
        pytest.param(["12 12", "9 9", "9 9"], (None, OPTIONS, []), id="one of three"),
        pytest.param(["12 12", "12 12", "9 9", "9 9"], (None, OPTIONS, []), id="half is not more than half"),
        pytest.param(["12 12", "12 12", "12 12", "9 9"], ("PASD", [], [3]), id="three of four"),
        pytest.param(["9 9"], (None, OPTIONS, []), id="none of one"),
        pytest.param(["10 10", "9.99 9.99"], (None, OPTIONS, []), id="one of two"),
    ],
)
def test_the_passage_by_right(pairs: list[str], expected: tuple[Any, ...]) -> None:
    assert year(1, *pairs) == expected


@pytest.mark.parametrize(
    ("pairs", "regulation", "expected"),
    [
        pytest.param(["12 12", "12 12", "7.99 8"], {"rounding": "exact"}, None, id="7.995 is below 8, exactly"),
        pytest.param(["12 12", "12 12", "7.99 8"], {"rounding": "trunc_2"}, None, id="or cut"),
        pytest.param(["12 12", "12 12", "8 8"], {"rcue_minimum": "8.01"}, None, id="another minimum"),
        pytest.param(["12 12", "12 12", "0 0"], {"rcue_minimum": "0"}, "PASD", id="no minimum"),
        pytest.param(["12 12", "12 12", "10 10"], {"validation_threshold": "12"}, "PASD", id="another threshold"),
    ],
)
def test_the_passage_by_right_under_other_rules(
    pairs: list[str], regulation: dict[str, Any], expected: str | None
) -> None:
    assert year(1, *pairs, regulation=regulation)[0] == expected


VALIDATED_BELOW = ["12 12", "7 7", "9 9"]
"""One RCUE reached; one, at 7, that a record or the jury validates; one at 9."""


@pytest.mark.parametrize(
    ("counts", "changes", "expected"),
    [
        pytest.param(True, {"record": ["UE1.2 CMP 7", "UE2.2 ADM 7"]}, "PASD", id="capitalised: reached, not below"),
        pytest.param(False, {"record": ["UE1.2 CMP 7", "UE2.2 ADM 7"]}, None, id="only averages count: below"),
        pytest.param(True, {"jury": ["Logistique/1 ADJ"]}, "PASD", id="validated by the jury"),
        pytest.param(False, {"jury": ["Logistique/1 ADJ"]}, None, id="which only averages ignore"),
        pytest.param(True, {"record": ["UE1.2 EQV", "UE2.2 EQV"]}, "PASD", id="validated without an average"),
        pytest.param(False, {"record": ["UE1.2 EQV", "UE2.2 EQV"]}, None, id="not reached by any average"),
    ],
)
def test_what_counts_as_an_average_obtained(counts: bool, changes: dict[str, Any], expected: str | None) -> None:
    assert year(1, *VALIDATED_BELOW, regulation={"progression_counts_validated": counts}, **changes)[0] == expected


def test_an_average_at_the_threshold_is_obtained_even_when_only_averages_count() -> None:
    strict = {"progression_counts_validated": False}
    assert year(1, "10 10", "9 11", "9 9", regulation=strict)[0] == "PASD"


def test_without_an_average_a_validated_rcue_is_neither_below_nor_in_the_way() -> None:
    pairs, record = ["12 12", "12 12", "9 9", "equivalence equivalence"], ["UE1.3 AJ 9"]
    strict = {"progression_counts_validated": False}
    assert year(1, *pairs, record=record, regulation=strict)[0] is None
    assert year(1, "12 12", "12 12", "12 12", "9 9", regulation=strict)[0] == "PASD"
    assert year(1, "equivalence equivalence", "12 12", "12 12", "9 9", regulation=strict)[0] is None
    assert (
        year(1, "equivalence equivalence", "12 12", "9 9", regulation={"progression_counts_validated": True})[0]
        == "PASD"
    )


def test_a_rcue_without_an_average_stands_in_the_way() -> None:
    assert year(1, "12 12", "12 12", "9 pending", jury=["UE2.3 ADJ"]) == (None, OPTIONS, [])


@pytest.mark.parametrize(
    ("pairs", "changes", "expected"),
    [
        pytest.param(["12 12", "12 pending"], {}, ("RAT", [], []), id="a mark is awaited"),
        pytest.param(["12 12", "12 12", "0 0", "12 stage"], {}, ("RAT", [], []), id="whatever the rest"),
        pytest.param(
            ["12 12", "12 pending"], {"jury": ["UE2.2 ADJ"]}, ("ADJ", [], [3]), id="unless the jury validates"
        ),
        pytest.param(["9.6 9.8", "12 12"], {"jury": ["Qualité/1 ADJ"]}, ("ADJ", [], [3]), id="a RCUE by the jury"),
        pytest.param(["9 9", "12 12"], {"jury": ["UE1.1 ADJ", "UE2.1 ADJ"]}, ("ADJ", [], [3]), id="by its two UEs"),
        pytest.param(["9 11", "12 12"], {"jury": ["UE1.1 ADJ"]}, ("ADM", [], [3]), id="the jury had nothing to do"),
        pytest.param(["12 12", "9 9"], {"status": "DEM"}, ("DEM", [], []), id="resigned"),
        pytest.param(["12 12", "12 12"], {"status": "ABAN"}, ("ABAN", [], []), id="gone, whatever the averages"),
        pytest.param(["12 12", "12 12"], {"status": "EXCLU"}, ("EXCLU", [], []), id="excluded"),
        pytest.param(["12 12", "pending 9"], {"status": "ABL"}, ("ABL", [], []), id="année blanche"),
        pytest.param(["12 12", "9 9"], {"status": "DEF"}, ("DEF", ["RED", "NAR"], []), id="defaulting"),
        pytest.param(
            ["12 12", "12 12"], {"status": "DEF"}, ("DEF", ["RED", "NAR"], []), id="even with all UEs acquired"
        ),
        pytest.param(["12 12", "12 defaulting"], {}, ("DEF", ["RED", "NAR"], []), id="in one UE"),
        pytest.param(["12 pending", "12 defaulting"], {}, ("DEF", ["RED", "NAR"], []), id="before a mark awaited"),
        pytest.param(["12 12", "12 defaulting"], {"jury": ["UE2.2 ADJ"]}, ("ADJ", [], [3]), id="lifted by the jury"),
    ],
)
def test_the_year(pairs: list[str], changes: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert year(1, *pairs, **changes) == expected


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        pytest.param(["12 12", "9 11"], ("ADM", [], []), id="all validated: nothing follows"),
        pytest.param(["12 12", "12 12", "9 9"], (None, ["RED", "NAR", "ADJ"], []), id="no passage out of BUT3"),
        pytest.param(["12 12", "12 12", "0 0"], (None, ["RED", "NAR", "ADJ"], []), id="no minimum either"),
    ],
)
def test_the_third_year(pairs: list[str], expected: tuple[Any, ...]) -> None:
    assert year(3, *pairs) == expected


@pytest.mark.parametrize(
    ("but_year", "repeated", "limit", "expected"),
    [
        pytest.param(1, [], 4, "RED", id="never repeated"),
        pytest.param(1, [1], 4, "RED_FM", id="this year's odd semester"),
        pytest.param(1, [2], 4, "RED_FM", id="this year's even semester"),
        pytest.param(2, [1, 2], 4, "RED", id="another year: 2 + 2 is the limit"),
        pytest.param(2, [1, 2, 1], 4, "RED_FM", id="a semester listed twice counts twice: 3 + 2"),
        pytest.param(3, [1, 2, 3], 4, "RED_FM", id="3 + 2 exceeds 4"),
        pytest.param(3, [1, 2, 3], 5, "RED", id="but not 5"),
        pytest.param(1, [], 1, "RED_FM", id="0 + 2 exceeds 1"),
        pytest.param(1, [], 2, "RED", id="but not 2"),
    ],
)
def test_repeating(but_year: int, repeated: list[int], limit: int, expected: str) -> None:
    rules = {"repeat_limit": limit}
    assert year(but_year, "9 9", repeated=repeated, regulation=rules)[1][0] == expected
    assert year(but_year, "9 9", repeated=repeated, regulation=rules, status="DEF")[1] == [expected, "NAR"]


@pytest.mark.parametrize(
    ("but_year", "decision", "expected"),
    [
        (1, "ADJ", [3]),
        (1, "PAS1NCI", [3]),
        (1, "RED", [1]),
        (1, "RED_FM", [1]),
        (1, "NAR", []),
        (2, "ADJ", [5]),
        (2, "PAS1NCI", [5]),
        (2, "RED", [3]),
        (3, "ADJ", []),
        (3, "RED", [5]),
        (3, "RED_FM", [5]),
    ],
)
def test_the_jury_decides_the_year(but_year: int, decision: str, expected: list[int]) -> None:
    found = verdict(annual(but_year, "12 12", "9 9", jury=[f"year {decision}"]))
    assert (found["year"], found["authorised"]) == ({"decision": decision, "options": []}, expected)
    assert [ue["decision"] for ue in found["ues"]] == ["ADM", "AJ", "ADM", "AJ"]


@pytest.mark.parametrize("status", ["ABL", "DEF", "enrolled"])
def test_the_jury_may_decide_of_whoever_has_not_left(status: str) -> None:
    assert year(1, "12 pending", status=status, jury=["year RED"]) == ("RED", [], [1])


BUT2 = ["12 12", "12 12", "12 12", "9 9"]


@pytest.mark.parametrize(
    ("pairs", "record", "expected", "flags"),
    [
        pytest.param(BUT2, [], ("PASD", [], [5]), [], id="no debt"),
        pytest.param(BUT2, ["UE1.4 AJ 9"], (None, OPTIONS, []), ["S5_gate:UE1.4"], id="a debt of S1 alone closes S5"),
        pytest.param(BUT2, ["UE2.4 DEF"], (None, OPTIONS, []), ["S5_gate:UE2.4"], id="of S2, by default"),
        pytest.param(BUT2, ["UE1.1 AJ 9", "UE2.1 AJ 9"], ("PASD", [], [5]), [], id="repaid by level 2"),
        pytest.param(BUT2, ["UE1.4 CMP 9"], ("PASD", [], [5]), [], id="compensated long ago"),
        pytest.param(
            ["12 12"],
            ["UE2.3 AJ 9", "UE1.2 ATT"],
            ("ADM", [], []),
            ["S5_gate:UE1.2,UE2.3"],
            id="all validated: closed",
        ),
        pytest.param(
            ["12 12", "9 9"],
            ["UE1.3 AJ"],
            (None, OPTIONS, []),
            [],
            id="debts are not alone: no flag, half is not more",
        ),
        pytest.param(
            ["12 12", "12 12", "7 7"], ["UE1.3 AJ"], (None, OPTIONS, []), [], id="nor when a RCUE is below the minimum"
        ),
        pytest.param(["12 pending"], ["UE1.3 AJ"], ("RAT", [], []), [], id="nor when a mark is awaited"),
    ],
)
def test_s5_asks_for_the_whole_first_year(
    pairs: list[str], record: list[str], expected: tuple[Any, ...], flags: list[str]
) -> None:
    assert year(2, *pairs, record=record) == expected
    assert verdict(annual(2, *pairs, record=record))["flags"] == flags


def test_the_codes_of_debts_are_sorted_as_strings() -> None:
    record = [recorded("UE1.2 AJ") | {"code": "UE1.10"}, "UE1.3 AJ", "UE1.2 AJ"]
    assert verdict(annual(2, "12 12", record=record))["flags"] == ["S5_gate:UE1.10,UE1.2,UE1.3"]


@pytest.mark.parametrize(
    ("jury", "expected", "flags"),
    [
        pytest.param(["UE1.4 ADJ"], ("PASD", [], [5]), [], id="the jury acquires the debt"),
        pytest.param(
            ["year ADJ"], ("ADJ", [], []), ["S5_gate:UE1.4"], id="ADJ on the year acquires no UE: S5 is closed"
        ),
        pytest.param(
            ["year PAS1NCI"],
            ("PAS1NCI", [], [5]),
            ["S5_gate:UE1.4", "below_minimum:PAS1NCI"],
            id="a derogation opens it",
        ),
        pytest.param(["year RED"], ("RED", [], [3]), ["S5_gate:UE1.4"], id="no right was refused"),
    ],
)
def test_the_jury_before_a_debt(jury: list[str], expected: tuple[Any, ...], flags: list[str]) -> None:
    assert year(2, *BUT2, record=["UE1.4 AJ 9"], jury=jury) == expected
    assert verdict(annual(2, *BUT2, record=["UE1.4 AJ 9"], jury=jury))["flags"] == flags


def test_a_debt_of_the_first_year_closes_neither_s3_nor_a_repeated_s1() -> None:
    assert year(1, "12 12", record=["UE1.3 AJ 9"]) == ("ADM", [], [3])


def test_debts_of_the_second_year_close_nothing() -> None:
    assert year(2, *BUT2, record=[recorded("UE3.1 AJ", code="UE3.9")]) == ("PASD", [], [5])


@pytest.mark.parametrize(
    ("pairs", "decision", "flags"),
    [
        (["12 12"], "RED", ["against_right:RED"]),
        (["12 12"], "RED_FM", ["against_right:RED_FM"]),
        (["12 12"], "NAR", ["against_right:NAR"]),
        (["12 12", "12 12", "9 9"], "RED", ["against_right:RED"]),
        (["12 12", "9 9"], "RED", []),
        (["12 12", "12 12", "9 9"], "ADJ", []),
        (["12 12", "12 12", "9 9"], "PAS1NCI", ["below_minimum:PAS1NCI"]),
        (["12 pending"], "NAR", []),
    ],
)
def test_what_the_jury_is_told(pairs: list[str], decision: str, flags: list[str]) -> None:
    assert verdict(annual(1, *pairs, jury=[f"year {decision}"]))["flags"] == flags


def test_refusing_a_year_that_the_jury_itself_validated_is_against_right() -> None:
    found = verdict(annual(1, "9 9", jury=["Qualité/1 ADJ", "year NAR"]))
    assert (found["year"]["decision"], found["flags"]) == ("NAR", ["against_right:NAR"])


@pytest.mark.parametrize(
    ("but_year", "pairs", "record", "expected"),
    [
        pytest.param(2, ["12 12"], ["UE2.1 AJ", "UE1.1 AJ"], ["UE2.1", "UE1.1"], id="in the record's order"),
        pytest.param(2, ["9 11"], ["UE1.1 AJ"], ["UE1.1"], id="by a level validated by compensation"),
        pytest.param(2, ["equivalence equivalence"], ["UE1.1 AJ"], ["UE1.1"], id="by equivalence"),
        pytest.param(2, ["12 6"], ["UE1.1 AJ"], [], id="one UE of level 2 is not enough"),
        pytest.param(2, ["12 12"], ["UE1.2 AJ"], [], id="never across competences"),
        pytest.param(2, ["12 12"], ["UE1.1 CMP 9"], [], id="what was acquired is not acquired again"),
        pytest.param(3, ["12 12"], ["UE1.1 AJ", "UE3.1 AJ"], ["UE1.1", "UE3.1"], id="level 3 acquires 2 and 1"),
        pytest.param(2, ["12 12"], ["UE3.1 AJ 9", "UE1.1 ATT"], ["UE1.1"], id="not the UEs before the jury"),
        pytest.param(2, ["12 12"], [recorded("UE3.1 AJ", code="UE3.9")], [], id="not the same level"),
        pytest.param(2, ["7 7"], [recorded("UE1.1 AJ")], [], id="not by a level that is not validated"),
    ],
)
def test_the_level_above_acquires_the_levels_below(
    but_year: int, pairs: list[str], record: list[Any], expected: list[str]
) -> None:
    assert verdict(annual(but_year, *pairs, record=record))["adsup"] == expected


def test_a_level_validated_by_the_jury_or_long_ago_repays_too() -> None:
    by_jury = verdict(annual(2, "9 9", record=["UE1.1 AJ"], jury=["Qualité/2 ADJ"]))
    long_ago = verdict(annual(2, "9 9", record=["UE1.1 AJ", "UE3.1 CMP 9", "UE4.1 ADM 11"]))
    assert by_jury["adsup"] == long_ago["adsup"] == ["UE1.1"]
