"""The record of a student, from what juries decided: scenes, then the laws of a whole cursus."""

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from jury.engine.codes import UE_ACQUIRED
from jury.engine.regulation import Regulation
from jury.engine.verdict import deliberate
from jury.engine.wire import read_dossier, verdict_json
from jury.history import Decided, History, Slot, history
from jury.seal import canonical

Json = dict[str, Any]


def line(code: str, decision: str, average: str = "", **fields: Any) -> Json:
    """A line of S1, competence Q, level 1, 10 ECTS unless told."""
    at = {"semester": 1, "competence": "Q", "level": 1, "ects": "10"}
    return {"code": code, "decision": decision} | at | ({"average": average} if average else {}) | fields


def ue(code: str, **fields: Any) -> Json:
    return {"code": code, "semester": 1, "competence": "Q", "level": 1, "ects": "10"} | fields


def told(*decided: Json, ues: tuple[Json, ...] = (), elsewhere: frozenset[str] = frozenset()) -> History:
    """The history of juries that sat one a year, from 2020-2021 on, each with one decision."""
    years = [f"{2020 + rank}-{2021 + rank}" for rank in range(len(decided))]
    return history([], [Decided(*each) for each in zip(decided, years, strict=True)], ues, elsewhere)


def brief(found: History) -> list[tuple[str, str, str]]:
    return [(line["code"], line["decision"], line.get("average", "")) for line in found.record]


def test_an_older_ue_takes_the_code_of_today() -> None:
    found = told(line("UE11", "ADM", "14.00"), ues=(ue("UE1.1"), ue("UE1.2", competence="L")))
    assert brief(found) == [("UE1.1", "ADM", "14.00")]
    assert [note.where for note in found.notes] == ["UE1.1"]
    assert "UE11 (2020-2021)" in found.notes[0].sentence


def test_a_level_that_changed_year_keeps_its_ues() -> None:
    found = told(line("UE1.4", "ADM", "12.00"), ues=(ue("UE3.4", semester=3),))
    assert found.at(Slot("Q", 1, 1)) == line("UE3.4", "ADM", "12.00")


def test_a_code_that_was_another_ue_gives_it_nothing() -> None:
    found = told(line("UE1.1", "ADM", "14.00", competence="L"), ues=(ue("UE1.1"),))
    assert brief(found) == [("UE1.1 (S1 L/1)", "ADM", "14.00")]
    assert "pour L/1" in found.notes[0].sentence


def test_two_past_ues_that_share_a_code_stay_two() -> None:
    found = told(line("UE3.4", "ADM", semester=3), line("UE3.4", "AJ", "8.00", semester=3, competence="L"))
    assert {(each["competence"], each["decision"]) for each in found.record} == {("Q", "ADM"), ("L", "AJ")}
    assert len({each["code"] for each in found.record}) == 2


def test_two_ues_of_one_year_that_lead_to_one_are_said() -> None:
    both = [Decided(line("UE1.1", "AJ", "9.00"), "2020-2021"), Decided(line("UE1.2", "ADM", "11.00"), "2020-2021")]
    found = history([], both, [ue("UE1.1")], frozenset())
    assert brief(found) == [("UE1.1", "ADM", "11.00")]
    assert "plusieurs UE décidées la même année" in found.notes[0].sentence


def test_what_is_acquired_stays_with_its_best_average() -> None:
    assert brief(told(line("UE1.1", "ADM", "14.00"), line("UE1.1", "AJ", "8.00"))) == [("UE1.1", "ADM", "14.00")]
    assert brief(told(line("UE1.1", "ADM", "14.00"), line("UE11", "ADM", "9.00"))) == [("UE11", "ADM", "14.00")]
    assert brief(told(line("UE1.1", "AJ", "8.00"), line("UE1.1", "ADSUP"))) == [("UE1.1", "ADSUP", "")]
    assert brief(told(line("UE1.1", "AJ", "9.00"), line("UE1.1", "AJ", "8.00"))) == [("UE1.1", "AJ", "8.00")]


def test_fewer_ects_than_were_earned_are_said() -> None:
    found = told(line("UE1.1", "ADM", "14.00"), ues=(ue("UE1.1", ects="7.5"),))
    assert "7,5 au lieu de 10" in found.notes[0].sentence


def test_a_competence_of_another_parcours_is_left_and_said() -> None:
    found = told(
        line("UE3.4", "ADM", semester=3, competence="QMI"), line("UE1.1", "ADM"), elsewhere=frozenset(["QMI"])
    )
    assert [each["code"] for each in found.record] == ["UE1.1"]
    assert (found.notes[0].where, found.notes[0].sentence[:5]) == ("", "UE3.4")


MARKS = st.integers(0, 2000).map(lambda mark: f"{mark // 100}.{mark % 100:02}")


@st.composite
def tries(draw: st.DrawFn) -> list[list[Json]]:
    """One to four tries at the first year, its UEs renamed at will from a maquette to the next."""
    ranks = range(draw(st.integers(1, 4)))
    return [
        [
            ue(f"{prefix}{semester}.{rank}", semester=semester, competence=f"C{rank}", ects=draw(st.just("15")))
            | draw(st.one_of(MARKS.map(lambda mark: {"average": mark}), st.just({"state": "not_enrolled"})))
            for semester in (1, 2)
            for rank in ranks
        ]
        for prefix in draw(st.lists(st.sampled_from(["UE", "UE ", "BUT"]), min_size=1, max_size=4))
    ]


@settings(max_examples=150)
@given(tries())
def test_laws_of_a_cursus(years: list[list[Json]]) -> None:
    """An acquired UE is never lost, a repeat never loses ECTS, and a snapshot replays to the same bytes."""
    decided: list[Decided] = []
    acquired: set[Slot] = set()
    best: dict[Slot, Fraction] = {}
    ects = Fraction(0)
    for rank, ues in enumerate(years):
        record = history([], decided, ues, frozenset()).record
        dossier = {"id": "E1", "but_year": 1, "semesters": [1, 2], "ues": ues, "record": list(record)}
        verdict = verdict_json(deliberate(*read_dossier(dossier, Regulation())))
        found = {Slot.of(each): each | ue for each, ue in zip(ues, verdict["ues"], strict=True)}
        now = {slot for slot, each in found.items() if each["decision"] in UE_ACQUIRED}
        assert acquired <= now
        assert Fraction(verdict["ects_total"]) >= ects
        for slot, known in best.items():
            assert Fraction(found[slot]["average"]) >= known
        again = verdict_json(deliberate(*read_dossier(dossier, Regulation())))
        assert canonical(again) == canonical(verdict)
        acquired, ects = now, Fraction(verdict["ects_total"])
        best = {slot: Fraction(found[slot]["average"]) for slot in now if found[slot]["average"]}
        for each, ue_verdict in zip(ues, verdict["ues"], strict=True):
            average = {"average": ue_verdict["average"]} if ue_verdict["average"] else {}
            kept = {key: each[key] for key in ("code", "semester", "competence", "level", "ects")}
            decided.append(Decided(kept | {"decision": ue_verdict["decision"]} | average, f"{2020 + rank}-"))
