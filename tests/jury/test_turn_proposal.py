"""What follows a decision, as a table: one line a code and an oddity (REGULATION.md §1.6, §2)."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jury.engine.codes import YearCode
from jury.turning.proposal import Facts, Kind, Place, group_above, propose, propose_even

BUT1 = Place(1, "", "")
OSC, QMI = Place(2, "OSC", "FI"), Place(2, "QMI", "FI")
OSC_ALT = Place(2, "OSC", "alternance")
OSC3 = Place(3, "OSC", "alternance")
OFFERED = [BUT1, OSC, OSC_ALT, QMI, OSC3]

JURY = {1: "Jury annuel S2 2025-2026", 2: "Jury annuel S4 2025-2026", 3: "Jury annuel S6 2025-2026"}


def of(code: str, place: Place = OSC, **fields: Any) -> Facts:
    """Who a closed jury decided of, all the next semester open."""
    opens = (2 * place.but_year + 1,) if code in {"ADM", "ADJ", "PASD", "PAS1NCI"} else ()
    return replace(Facts(place, code=code, jury=JURY[place.but_year], authorised=opens), **fields)


@pytest.mark.parametrize(
    ("facts", "kind", "place", "rule"),
    [
        pytest.param(of("ADM"), Kind.NEXT, OSC3, "N-06", id="admis: the next year, in the only modality there is"),
        pytest.param(of("ADJ"), Kind.NEXT, OSC3, "N-14", id="admis by the jury"),
        pytest.param(of("PASD", owed=("UE4.2",)), Kind.NEXT, OSC3, "N-10", id="passes of right, with a debt"),
        pytest.param(of("PAS1NCI"), Kind.NEXT, OSC3, "I-09", id="passes by the jury"),
        pytest.param(of("PASD", authorised=(), owed=("UE1.2",)), Kind.DECIDE, None, "N-11", id="S5 stays closed"),
        pytest.param(of("ADM", BUT1), Kind.NEXT, None, "N-06", id="leaves BUT1: parcours to choose"),
        pytest.param(of("RED"), Kind.REPEAT, OSC, "N-12", id="repeats in the same parcours and modality"),
        pytest.param(of("RED", BUT1), Kind.REPEAT, BUT1, "N-12", id="repeats BUT1"),
        pytest.param(of("RED_FM"), Kind.REPEAT, OSC, "N-12", id="repeats by the director"),
        pytest.param(of("RED", OSC3), Kind.REPEAT, OSC3, "N-12", id="repeats BUT3"),
        pytest.param(of("RAT"), Kind.DECIDE, None, "I-06", id="a mark is awaited"),
        pytest.param(of("DEF"), Kind.DECIDE, None, "L-17", id="defaulting, nothing decided"),
        pytest.param(of("ABL"), Kind.DECIDE, None, "N-20", id="année blanche"),
        pytest.param(of("NAR"), Kind.LEAVES, None, "N-13", id="not authorised to repeat"),
        pytest.param(of("DEM"), Kind.LEAVES, None, "N-20", id="resigned"),
        pytest.param(of("ABAN"), Kind.LEAVES, None, "N-20", id="gave up"),
        pytest.param(of("EXCLU"), Kind.LEAVES, None, "N-20", id="excluded"),
        pytest.param(of("ADM", OSC3, graduated=True), Kind.DIPLOMA, None, "N-16", id="graduated"),
        pytest.param(of("ADM", OSC3, owed=("UE3.1",)), Kind.DECIDE, None, "N-16", id="BUT3 passed, an old debt"),
        pytest.param(of("ADM", recorded=False), Kind.DECIDE, None, "", id="a NIP that the record does not know"),
        pytest.param(Facts(OSC), Kind.DECIDE, None, "N-14", id="no jury"),
        pytest.param(Facts(OSC, state="DEM"), Kind.LEAVES, None, "N-20", id="resigned before any jury"),
        pytest.param(of("ADM", absent=True), Kind.DECIDE, None, "N-27", id="away for a year: césure"),
    ],
)
def test_what_follows_a_decision(facts: Facts, kind: Kind, place: Place | None, rule: str) -> None:
    found = propose(facts, OFFERED)
    assert (found.kind, found.place, found.rule) == (kind, place, rule)
    assert found.text.endswith((".", "?"))


def test_every_code_has_an_answer() -> None:
    assert all(propose(of(code), OFFERED).text for code in YearCode)


def test_who_leaves_the_common_year_chooses_among_all_the_likeliest_first() -> None:
    assert propose(of("ADM", BUT1), [QMI, OSC, OSC3]).choices == (QMI, OSC)


def test_a_parcours_is_kept_and_a_missing_one_is_told() -> None:
    elsewhere = Place(2, "MTD", "FI")
    assert propose(of("ADM"), [OSC3, Place(3, "QMI", "FI")]).place == OSC3
    found = propose(of("ADM", elsewhere), OFFERED)
    assert (found.kind, found.place) == (Kind.DECIDE, None)
    assert "pas de BUT3 qui convienne" in found.text


def test_a_modality_is_kept_where_it_exists_and_its_change_is_told() -> None:
    both = [OSC3, Place(3, "OSC", "FI")]
    assert propose(of("ADM"), both).place == Place(3, "OSC", "FI")
    assert "Seul régime prévu" in propose(of("ADM"), OFFERED).text


def test_what_is_owed_is_told() -> None:
    assert "Restent dues\xa0: UE3.2, UE4.2." in propose(of("PASD", owed=("UE3.2", "UE4.2")), OFFERED).text


@pytest.mark.parametrize(
    ("state", "kind", "place", "rule"),
    [
        ("enrolled", Kind.NEXT, OSC, "N-09"),
        ("DEF", Kind.NEXT, OSC, "N-09"),
        ("ABL", Kind.DECIDE, None, "N-20"),
        ("DEM", Kind.LEAVES, None, "N-20"),
    ],
)
def test_the_even_semester_is_of_right(state: str, kind: Kind, place: Place | None, rule: str) -> None:
    found = propose_even(Facts(OSC, state=state), OFFERED)
    assert (found.kind, found.place, found.rule) == (kind, place, rule)


@pytest.mark.parametrize(
    ("name", "above"),
    [("OSC2", "OSC3"), ("OSC2-TP2", "OSC3-TP2"), ("TD2", None), ("Groupe B", None)],
)
def test_a_group_becomes_that_of_the_next_year(name: str, above: str | None) -> None:
    years = {"OSC2": {2}, "OSC3": {3}, "OSC2-TP2": {2}, "OSC3-TP2": {3}, "TD2": {2}, "TD3": {2}}
    assert group_above(name, 2, years) == above


FACTS = st.builds(
    Facts,
    place=st.sampled_from(OFFERED),
    state=st.sampled_from(["enrolled", "DEM", "DEF", "ABAN", "EXCLU", "ABL"]),
    code=st.sampled_from([None, *(code.value for code in YearCode)]),
    authorised=st.sampled_from([(), (1,), (3,), (5,)]),
    graduated=st.booleans(),
    absent=st.booleans(),
)


@given(facts=FACTS, offered=st.lists(st.sampled_from(OFFERED), unique=True))
def test_nobody_is_enrolled_but_where_a_decision_leads_on_offer(facts: Facts, offered: list[Place]) -> None:
    found = propose(facts, offered)
    assert set(found.choices) <= set(offered)
    if found.place:
        assert found.place in found.choices
        assert not facts.absent
        assert facts.code in {"ADM", "ADJ", "PASD", "PAS1NCI", "RED", "RED_FM"}
        assert found.place.but_year - facts.place.but_year == (found.kind is Kind.NEXT)
    if found.kind is Kind.NEXT:
        assert 2 * facts.place.but_year + 1 in facts.authorised
