"""From marks to UE averages, rule by rule: N-02, N-03, L-01, L-03, L-04, L-14 to L-16, I-02, I-11 to I-13."""

from typing import Any

import pytest

from tests.engine.build import Json, averaged, evaluation, module


def both_poles(mark: Any, **changes: Any) -> Json:
    """The UE A of one ressource and one SAÉ of the same coefficient, which get the same mark."""
    found: Json = averaged(module("R", "A 1", mark), module("S", "A 1", mark), **changes)["A"]
    return found


def average(*modules: Json, **changes: Any) -> Any:
    return averaged(*modules, **changes)["A"]["average"]


def state(*modules: Json, **changes: Any) -> tuple[Any, ...]:
    """The state of the UE A with what it waits for, its provisional average and its warnings."""
    found = averaged(*modules, **changes)["A"]
    return found["state"], found.get("pending"), found.get("provisional"), found["warnings"]


SAE = module("S", "A 1", "12")
"""The other half of a UE, at 12."""


@pytest.mark.parametrize(
    ("mark", "rounding", "expected"),
    [
        pytest.param("9.994", "half_up_2", "9.99", id="9.994 is not ten"),
        pytest.param("9.995", "half_up_2", "10.00", id="9.995 is ten, half up"),
        pytest.param("9.9949999999", "half_up_2", "9.99", id="nothing is rounded twice"),
        pytest.param("9.995", "half_up_3", "9.995", id="three decimals are printed"),
        pytest.param("9.9995", "half_up_3", "10.000", id="9.9995 is ten to three decimals"),
        pytest.param("9.9994", "half_up_3", "9.999", id="9.9994 is not"),
        pytest.param("9.999", "trunc_2", "9.99", id="9.999 is cut"),
        pytest.param("10", "trunc_2", "10.00", id="ten is ten"),
        pytest.param("9.995", "exact", "10.00", id="exact prints two decimals, half up"),
        pytest.param("0", "half_up_2", "0.00", id="zero"),
        pytest.param("20", "half_up_2", "20.00", id="twenty"),
    ],
)
def test_an_average_is_rounded_once(mark: str, rounding: str, expected: str) -> None:
    assert both_poles(mark, regulation={"rounding": rounding})["average"] == expected


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        pytest.param([module("R", "A 3", "10"), module("S", "A 2", "15")], "12.00", id="coefficients weigh modules"),
        pytest.param([module("R", "A 0.5", "12"), module("S", "A 0.25", "9")], "11.00", id="decimal coefficients"),
        pytest.param(
            [module("R", "A 1", evaluation("12"), evaluation("13", weight="2")), SAE], "12.33", id="38/3 and 12"
        ),
        pytest.param([module("R", "A 1", evaluation("7.5", scale="10")), SAE], "13.50", id="a mark on ten"),
        pytest.param([module("R", "A 1", evaluation("30", scale="40")), SAE], "13.50", id="a mark on forty"),
        pytest.param([module("R", "A 1", evaluation("100", scale="100")), SAE], "16.00", id="a mark on a hundred"),
        pytest.param([module("R", "A 1", "10", evaluation("20", weight="0")), SAE], "11.00", id="weight 0 is ignored"),
        pytest.param(
            [module("R", "A 1", evaluation("10", weight="0.1"), evaluation("16", weight="0.2")), SAE],
            "13.00",
            id="decimal weights",
        ),
        pytest.param([module("R", "A 1", "10"), SAE, module("X", "", "0")], "11.00", id="no coefficient, no effect"),
        pytest.param(
            [module("R", "A 1", "10"), SAE, module("X", "A 0", None)], "11.00", id="coefficient 0, no effect"
        ),
    ],
)
def test_an_average_is_weighted(modules: list[Json], expected: str) -> None:
    assert average(*modules) == expected


def test_weights_by_ue_give_a_module_several_averages() -> None:
    """ScoDoc's example: two modules of coefficients 1, 2, 3; with one evaluation a module, weights cancel out."""
    weights = [{"A": "1", "B": "2", "C": "3"}, {"A": "3", "B": "1", "C": "5"}]
    first = module("R", "A 1, B 2, C 3", evaluation("10", weight="7", ue_weights=weights[0]))
    second = module("S", "A 1, B 2, C 3", evaluation("15", weight="11", ue_weights=weights[1]))
    assert {ue["average"] for ue in averaged(first, second, ues="A B C").values()} == {"12.50"}


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        pytest.param([{}, {}], ("12.00", "12.00"), id="the same towards each UE"),
        pytest.param([{"A": "3"}, {}], ("11.00", "12.00"), id="one evaluation weighs three times towards A"),
        pytest.param([{"A": "0"}, {}], ("14.00", "12.00"), id="one evaluation is not for A"),
        pytest.param([{}, {"B": "0.5"}], ("12.00", "11.33"), id="half of it for B"),
    ],
)
def test_weights_multiply_towards_a_ue(weights: list[Json], expected: tuple[str, str]) -> None:
    marks = [evaluation(mark, ue_weights=weight) for mark, weight in zip(["10", "14"], weights, strict=True)]
    found = averaged(module("R", "A 1, B 1", *marks), module("S", "A 1, B 1", *marks), ues="A B")
    assert (found["A"]["average"], found["B"]["average"]) == expected


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        pytest.param(["12", "13"], "12.67", id="12 and 13 twice"),
        pytest.param(["ABI", "13"], "8.67", id="an absence is 0 and keeps its weight"),
        pytest.param(["ABI", "ABI"], "0.00", id="absent everywhere: 0"),
        pytest.param(["12", "DIS"], "12.00", id="dispensed once: the other mark"),
        pytest.param(["ABJ", "13"], "13.00", id="a justified absence leaves the average"),
        pytest.param(["ABI", "ABJ"], "0.00", id="justified once, absent once: 0"),
        pytest.param(["ABI", "DIS"], "0.00", id="dispensed once, absent once: 0"),
    ],
)
def test_two_evaluations_of_weights_1_and_2(marks: list[str], expected: str) -> None:
    weighted = [evaluation(mark, weight=weight) for mark, weight in zip(marks, "12", strict=True)]
    assert average(module("R", "A 1.5", *weighted), module("S", "A 1.5", *weighted)) == expected


@pytest.mark.parametrize(
    ("marks", "scope", "expected"),
    [
        pytest.param(["ABI", "16"], "evaluation", ("computed", None, None, []), id="0 for the evaluation"),
        pytest.param(["ABI", "16"], "module", ("computed", None, None, []), id="0 for the module"),
        pytest.param(["ABI", "ATT"], "module", ("computed", None, None, []), id="0 whatever is awaited"),
        pytest.param(["ABI", None], "module", ("computed", None, None, []), id="0 whatever is not entered"),
        pytest.param(["ABI", "ATT"], "evaluation", ("pending", ["R"], "6.00", []), id="or the awaited mark waits"),
        pytest.param(
            ["ABJ", "ATT"], "module", ("pending", ["R"], "12.00", []), id="a justified absence zeroes nothing"
        ),
    ],
)
def test_the_scope_of_an_absence(marks: list[Any], scope: str, expected: tuple[Any, ...]) -> None:
    assert state(module("R", "A 1", *marks), SAE, regulation={"abi_scope": scope}) == expected


@pytest.mark.parametrize(("scope", "expected"), [("evaluation", "10.00"), ("module", "6.00")])
def test_the_average_of_an_absence(scope: str, expected: str) -> None:
    assert average(module("R", "A 1", "ABI", "16"), SAE, regulation={"abi_scope": scope}) == expected


def test_an_absence_that_weighs_nothing_zeroes_nothing() -> None:
    absent = evaluation("ABI", ue_weights={"A": "0"})
    found = averaged(
        module("R", "A 1, B 1", absent, "16"),
        module("S", "A 1, B 1", "12"),
        ues="A B",
        regulation={"abi_scope": "module"},
    )
    assert (found["A"]["average"], found["B"]["average"]) == ("14.00", "6.00")


@pytest.mark.parametrize(
    ("marks", "policy", "expected"),
    [
        pytest.param(["DIS"], "pending", ("computed", None, None, []), id="dispensed of all: out, without a word"),
        pytest.param(["DIS", "DIS"], "neutralised", ("computed", None, None, []), id="whatever the policy"),
        pytest.param(["ABJ"], "pending", ("pending", ["R2"], "11.00", []), id="justified everywhere: awaited"),
        pytest.param(["ABJ", "DIS"], "pending", ("pending", ["R2"], "11.00", []), id="or dispensed of the rest"),
        pytest.param(["ABJ"], "neutralised", ("computed", None, None, ["module_neutralised:R2"]), id="or neutralised"),
        pytest.param(
            ["DIS", "ABJ"], "neutralised", ("computed", None, None, ["module_neutralised:R2"]), id="with a warning"
        ),
        pytest.param(["ABJ", "ATT"], "neutralised", ("pending", ["R2"], "11.00", []), id="unless a mark is awaited"),
        pytest.param(["DIS", None], "neutralised", ("pending", ["R2"], "11.00", []), id="or not entered"),
        pytest.param(["ABJ", "11"], "pending", ("computed", None, None, []), id="one mark is enough"),
        pytest.param(["ABJ", "ABI"], "pending", ("computed", None, None, []), id="an absence counts as a mark"),
    ],
)
def test_no_mark_but_excuses(marks: list[Any], policy: str, expected: tuple[Any, ...]) -> None:
    modules = module("R1", "A 1", "10"), module("R2", "A 1", *marks), module("S", "A 1", "12")
    found = state(*modules, regulation={"abj_only": policy})
    assert (*found[:3], [warning for warning in found[3] if "pole_share" not in warning]) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, ("pending", ["R"], "12.00", []), id="no evaluation yet: awaited"),
        pytest.param({"organised": True}, ("pending", ["R"], "12.00", []), id="organised: awaited"),
        pytest.param(
            {"organised": False},
            ("pending", ["pole:ressource"], "12.00", ["not_organised:R"]),
            id="not organised: out with a warning, and the pole is empty",
        ),
        pytest.param(
            {"evaluations": [evaluation("ATT")], "organised": False},
            ("pending", ["R"], "12.00", []),
            id="organised is ignored when there are evaluations",
        ),
        pytest.param(
            {"evaluations": [evaluation("14", weight="0")]},
            ("pending", ["R"], "12.00", []),
            id="an evaluation of weight 0 is none",
        ),
        pytest.param(
            {"evaluations": [evaluation("ATT", ue_weights={"A": "0"})], "organised": False},
            ("pending", ["pole:ressource"], "12.00", ["not_organised:R"]),
            id="nor one that is not for this UE",
        ),
        pytest.param(
            {"evaluations": [evaluation("ATT", weight="0"), evaluation("12")]},
            ("computed", None, None, []),
            id="nobody waits for a mark of weight 0",
        ),
    ],
)
def test_a_module_without_evaluation(changes: Json, expected: tuple[Any, ...]) -> None:
    assert state(module("R", "A 1", **changes), SAE) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"completed": True}, ("computed", None, None, []), id="completed"),
        pytest.param(
            {"completed": False}, ("pending", ["S"], "12.00", []), id="not completed: its mark is provisional"
        ),
        pytest.param({"completed": False, "evaluations": []}, ("pending", ["S"], "10.00", []), id="without a mark"),
        pytest.param(
            {"completed": False, "evaluations": [], "organised": False},
            ("pending", ["S"], "10.00", []),
            id="whatever `organised`",
        ),
        pytest.param(
            {"completed": False, "evaluations": [evaluation("DIS")]},
            ("pending", ["S"], "10.00", []),
            id="whatever its marks",
        ),
        pytest.param({"stage": False, "completed": False}, ("computed", None, None, []), id="not a stage"),
        pytest.param({"completed": False, "coefficients": {"A": "0"}}, None, id="not of this UE"),
    ],
)
def test_a_compulsory_stage(changes: Json, expected: tuple[Any, ...] | None) -> None:
    stage = module("S", "A 1", "14") | {"stage": True} | changes
    found = state(module("R", "A 1", "10"), stage)
    assert found == (expected or ("computed", None, None, ["pole_share:0.00"]))


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        pytest.param(["12", "ATT"], ("pending", ["R"], "12.00", []), id="12 so far"),
        pytest.param([None, "ABI"], ("pending", ["R"], "6.00", []), id="0 so far"),
        pytest.param([None, None], ("pending", ["R"], "12.00", []), id="nothing so far"),
    ],
)
def test_an_awaited_mark_leaves_a_provisional_average(marks: list[Any], expected: tuple[Any, ...]) -> None:
    assert state(module("R", "A 1", *marks), SAE) == expected


def test_an_awaited_mark_holds_every_ue_that_its_module_feeds() -> None:
    found = averaged(module("R", "A 1, B 1, C 0", None), module("S", "A 1, B 1, C 1", "12"), ues="A B C")
    assert [ue["state"] for ue in found.values()] == ["pending", "pending", "computed"]


def test_nothing_at_all_has_no_provisional_average() -> None:
    found = state(module("R", "A 1", None), module("S", "A 1"), bonus={"A": "0.5"}, regulation={"bonus_cap": "1"})
    assert found == ("pending", ["R", "S"], None, [])


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        pytest.param(
            [module("R", "A 1", "DIS"), SAE], ("pending", ["pole:ressource"], "12.00", []), id="dispensed of a pole"
        ),
        pytest.param(
            [module("R", "A 1", "12"), module("S1", "A 1", "DIS"), module("S2", "A 1", organised=False)],
            ("pending", ["pole:sae"], "12.00", ["not_organised:S2"]),
            id="a SAÉ pole without a mark",
        ),
        pytest.param(
            [module("R", "A 1", "DIS"), module("S", "A 1", "DIS")],
            ("pending", ["pole:ressource", "pole:sae"], None, []),
            id="both poles, in order",
        ),
        pytest.param(
            [module("R1", "A 1", "DIS"), module("R2", "A 1", None), module("S1", "A 1", "DIS")],
            ("pending", ["R2", "pole:sae"], None, []),
            id="a pending module speaks for its pole",
        ),
        pytest.param(
            [module("S1", "A 1", None), module("R1", "A 1", "DIS"), module("S2", "A 1")],
            ("pending", ["S1", "S2", "pole:ressource"], None, []),
            id="modules in order, then poles",
        ),
        pytest.param(
            [module("R", "A 1", "12"), module("S", "A 0", None)],
            ("computed", None, None, ["pole_share:0.00"]),
            id="a pole without coefficients is not missed",
        ),
        pytest.param([module("R", "A 1", "ABI"), SAE], ("computed", None, None, []), id="an absence is a usable mark"),
    ],
)
def test_a_pole_without_a_mark(modules: list[Json], expected: tuple[Any, ...]) -> None:
    assert state(*modules) == expected


@pytest.mark.parametrize(
    "modules", [[], [module("R", "", "12")], [module("R", "A 0", "12"), module("S", "A 0", None)]]
)
def test_a_ue_without_coefficient_is_misconfigured(modules: list[Json]) -> None:
    assert averaged(*modules)["A"] == {"average": None, "state": "misconfigured", "warnings": []}


@pytest.mark.parametrize(
    ("ressource", "sae", "but_year", "expected"),
    [
        pytest.param("6", "4", 1, [], id="40 %: allowed"),
        pytest.param("4", "6", 2, [], id="60 %: allowed"),
        pytest.param("6.0001", "3.9999", 1, ["pole_share:0.40"], id="just under, exactly tested"),
        pytest.param("3.999", "6.001", 2, ["pole_share:0.60"], id="just above"),
        pytest.param("6.15", "3.85", 1, ["pole_share:0.39"], id="0.385 is printed half up"),
        pytest.param("6.2", "3.8", 3, [], id="not checked in BUT3"),
        pytest.param("0", "1", 1, ["pole_share:1.00"], id="a single pole"),
    ],
)
def test_the_share_of_the_sae_pole(ressource: str, sae: str, but_year: int, expected: list[str]) -> None:
    modules = module("R", f"A {ressource}", "12"), module("S", f"A {sae}", "12")
    assert averaged(*modules, but_year=but_year)["A"]["warnings"] == expected


def test_the_share_is_that_of_the_coefficients_used() -> None:
    modules = module("R", "A 3", "12"), module("S1", "A 1", "12"), module("S2", "A 1", "DIS")
    assert averaged(*modules)["A"]["warnings"] == ["pole_share:0.25"]


def test_a_pending_ue_has_no_warning_but_those_of_its_modules() -> None:
    modules = module("R", "A 9", "12"), module("S1", "A 1", None), module("S2", "A 1", organised=False)
    found = state(*modules, bonus={"A": "0.5"}, malus={"A": "1"})
    assert found == ("pending", ["S1"], "12.00", ["not_organised:S2"])


@pytest.mark.parametrize(
    ("bonus", "cap", "expected"),
    [
        pytest.param("0.5", None, ("9.40", ["bonus_ignored"]), id="no bonus in the règlement: ignored"),
        pytest.param("0.5", "0.5", ("9.90", []), id="at the cap"),
        pytest.param("0.6", "0.5", ("9.90", ["bonus_capped"]), id="above the cap"),
        pytest.param("0.01", "0", ("9.40", ["bonus_capped"]), id="a cap of zero"),
        pytest.param("0", None, ("9.40", []), id="a bonus of zero is silent"),
        pytest.param("0.595", "1", ("10.00", []), id="rounded once, with its bonus"),
        pytest.param("15", "20", ("20.00", []), id="never above twenty"),
    ],
)
def test_a_bonus(bonus: str, cap: str | None, expected: tuple[str, list[str]]) -> None:
    found = both_poles("9.4", bonus={"A": bonus}, regulation={"bonus_cap": cap})
    assert (found["average"], found["warnings"]) == expected


@pytest.mark.parametrize(
    ("malus", "article", "expected"),
    [
        pytest.param("1", None, ("10.20", ["malus_ignored"]), id="no article: ignored"),
        pytest.param("1", "M3C, art. 4", ("9.20", []), id="applied under its article"),
        pytest.param("0", None, ("10.20", []), id="a malus of zero is silent"),
        pytest.param("12", "M3C, art. 4", ("0.00", []), id="never below zero"),
    ],
)
def test_a_malus(malus: str, article: str | None, expected: tuple[str, list[str]]) -> None:
    found = both_poles("10.2", malus={"A": malus}, regulation={"malus_article": article})
    assert (found["average"], found["warnings"]) == expected


def test_bonus_and_malus_are_of_their_ue_and_make_the_provisional_average() -> None:
    found = averaged(
        module("R", "A 1, B 1", "10"),
        module("S", "A 1", None),
        ues="A B",
        but_year=3,
        bonus={"A": "2"},
        malus={"A": "0.5"},
        regulation={"bonus_cap": "1", "malus_article": "art. 4"},
    )
    assert found["A"]["provisional"] == "10.50"
    assert found["B"] == {"average": "10.00", "state": "computed", "warnings": []}


def test_warnings_come_in_the_order_of_the_contract() -> None:
    found = averaged(
        module("R1", "A 1", organised=False),
        module("R2", "A 1", "ABJ"),
        module("R3", "A 9", "12"),
        module("S", "A 1", "12"),
        bonus={"A": "1"},
        malus={"A": "1"},
        regulation={"abj_only": "neutralised"},
    )
    assert found["A"]["warnings"] == [
        "not_organised:R1",
        "module_neutralised:R2",
        "pole_share:0.10",
        "bonus_ignored",
        "malus_ignored",
    ]
