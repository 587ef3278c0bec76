"""Laws of the laboratory, on any dossier under any two règlements."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jury.engine.regulation import Regulation, as_json, override
from jury.engine.verdict import deliberate
from jury.engine.wire import read_dossier, verdict_json
from jury.laboratory.comparison import Comparison, Kind, compared
from jury.laboratory.forms import TrialForm
from jury.laboratory.trial import needs_marks
from tests.engine.build import Json
from tests.engine.draws import RULES as AVERAGING
from tests.engine.test_verdict_laws import RULES as DECIDING
from tests.engine.test_verdict_laws import dossiers

THRESHOLDS = st.sampled_from(["8", "9.5", "10", "10.25", "12"])
REGULATIONS = st.builds(
    lambda *parts: override(Regulation(), {key: value for part in parts for key, value in part.items()}),
    AVERAGING,
    DECIDING,
    st.fixed_dictionaries({"validation_threshold": THRESHOLDS, "rcue_minimum": st.sampled_from(["6", "7.75", "8"])}),
)


def verdict(dossier: Json, regulation: Regulation) -> Json:
    return verdict_json(deliberate(*read_dossier(dossier, regulation)))


def tried(dossier: Json, before: Regulation, after: Regulation) -> Comparison:
    free = {key: value for key, value in dossier.items() if key != "regulation"}
    return compared(free, verdict(free, before), verdict(free, after))


@given(dossiers(), REGULATIONS)
def test_the_regulation_in_force_changes_nobody(dossier: Json, regulation: Regulation) -> None:
    form = TrialForm({}, parameters=as_json(regulation))
    assert form.is_valid(), form.errors
    again = override(Regulation(), form.values)
    assert again == regulation
    assert not needs_marks(regulation, again)
    assert tried(dossier, regulation, again) == Comparison((), 0)


@given(REGULATIONS, REGULATIONS)
def test_an_address_carries_any_regulation(in_force: Regulation, other: Regulation) -> None:
    asked: Mapping[str, Any] = {key: "" if value is None else str(value) for key, value in as_json(other).items()}
    form = TrialForm(asked, parameters=as_json(in_force))
    assert form.is_valid(), form.errors
    assert override(Regulation(), form.values) == other


@given(dossiers(), REGULATIONS, REGULATIONS)
def test_the_way_back_undoes_the_way_there(dossier: Json, one: Regulation, other: Regulation) -> None:
    there, back = tried(dossier, one, other), tried(dossier, other, one)
    assert there.moved == back.moved
    assert {(each.kind, each.about, each.before, each.after, each.worth) for each in there.changes} == {
        (each.kind, each.about, each.after, each.before, -each.worth) for each in back.changes
    }
    assert (there.gains, there.loses) == (back.loses, back.gains)


@given(dossiers(), REGULATIONS, REGULATIONS)
def test_every_difference_is_told(dossier: Json, one: Regulation, other: Regulation) -> None:
    """What is left of two verdicts once the changes are taken out is the same, but for figures and explanations."""
    free = {key: value for key, value in dossier.items() if key != "regulation"}
    before, after = verdict(free, one), verdict(free, other)
    found = compared(free, before, after)
    told = {(each.kind, each.about) for each in found.changes}
    for was, now in zip(before["ues"], after["ues"], strict=True):
        assert (was["decision"] != now["decision"]) == ((Kind.UE, was["code"]) in told)
    assert (before["year"] != after["year"]) == ((Kind.YEAR, "year") in told)
    assert (before["authorised"] != after["authorised"]) == any(kind is Kind.SEMESTER for kind, _ in told)
    assert (before["ects_total"] != after["ects_total"]) == ((Kind.ECTS, "ECTS") in told)
    assert (before["dut"] != after["dut"]) == ((Kind.DIPLOMA, "DUT") in told)
    assert (before["but"] != after["but"]) == ((Kind.DIPLOMA, "BUT") in told)


@given(dossiers(), REGULATIONS)
def test_a_lower_threshold_takes_no_ue_away(dossier: Json, regulation: Regulation) -> None:
    """Of a dossier without decisions: a UE that was acquired still is, whatever its code."""
    free = {key: value for key, value in dossier.items() if key != "regulation"} | {"jury": []}
    lower = override(regulation, {"validation_threshold": "7"})
    found = compared(free, verdict(free, regulation), verdict(free, lower))
    assert [each for each in found.of(Kind.UE, Kind.RCUE, Kind.DEBT) if each.worth < 0] == []
