"""Laws of verdicts, on any dossier under any règlement: what a student, a jury and an auditor take for granted."""

import copy
import json
import re
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from grades.averages import Rounding
from jury.engine.codes import RCUECode, UECode
from jury.engine.regulation import Regulation, as_json, override
from jury.engine.verdict import deliberate
from jury.engine.wire import dossier_json, read_dossier, verdict_json
from tests.engine.build import COMPETENCES, STATES, Json, code, line, recorded, ue, verdict

HUNDREDTHS = st.one_of(st.integers(0, 2000), st.integers(780, 1020))
AVERAGES = HUNDREDTHS.map(lambda mark: f"{mark // 100}.{mark % 100:02}")
ECTS = st.sampled_from(["0.5", "6", "8", "10"])
STATUSES = st.sampled_from(["enrolled"] * 6 + ["DEM", "DEF", "ABL"])
RULES = st.fixed_dictionaries(
    {},
    optional={
        "rounding": st.sampled_from([mode.value for mode in Rounding]),
        "rcue_weights": st.sampled_from(["equal", "ects"]),
        "rcue_from_rounded_ue": st.booleans(),
        "keep_best_unacquired": st.booleans(),
        "progression_counts_validated": st.booleans(),
        "repeat_limit": st.integers(0, 6),
    },
)
ACQUIRED = {code.value for code in UECode if code.acquires}
VALIDATED = {code.value for code in RCUECode if code.validates}


@st.composite
def lines(draw: st.DrawFn, semester: int, rank: int) -> Json:
    decision = draw(st.sampled_from(["ADM", "CMP", "ADJ", "ADJR", "ADSUP", "EQV", "AJ", "AJ", "AJ", "ATT", "DEF"]))
    average = draw(st.none() | AVERAGES)
    return recorded(f"{code(semester, rank)} {decision} {average or ''}", ects=draw(ECTS))


@st.composite
def dossiers(draw: st.DrawFn) -> Json:
    but_year, ranks = draw(st.integers(1, 3)), range(1, draw(st.integers(1, len(COMPETENCES))) + 1)
    odd = 2 * but_year - 1
    semesters = [odd, odd + 1] if draw(st.integers(0, 4)) else [odd]
    values = st.one_of(AVERAGES, AVERAGES, AVERAGES, AVERAGES, st.sampled_from(sorted(STATES)))
    ues = [ue(semester, rank, draw(values), draw(ECTS)) for semester in semesters for rank in ranks]
    past = [(semester, rank) for semester in range(1, odd + 2) for rank in ranks]
    record = [draw(lines(*place)) for place in draw(st.sets(st.sampled_from(past), max_size=4))]
    targets = [found["code"] for found in (*ues, *record)]
    targets += [f"{COMPETENCES[rank - 1]}/{but_year}" for rank in ranks if len(semesters) == 2]
    granted = draw(st.lists(st.sampled_from(sorted(set(targets))), unique=True, max_size=2))
    jury = [f"{target} ADJ" for target in granted] if draw(st.booleans()) else []
    status = draw(STATUSES)
    year = draw(st.sampled_from([None, None, "ADJ", "RED", "NAR"]))
    jury += [f"year {year}"] if year and len(semesters) == 2 and status != "DEM" else []
    return {
        "id": "E1",
        "but_year": but_year,
        "semesters": semesters,
        "status": status,
        "ues": ues,
        "record": record,
        "repeated": draw(st.lists(st.integers(1, 6), max_size=3)),
        "jury": [line(written, "Jury.") for written in jury],
        "regulation": draw(RULES),
    }


def acquired(found: Json) -> set[str]:
    return {ue["code"] for ue in found["ues"] if ue["decision"] in ACQUIRED}


def validated(found: Json) -> set[tuple[str, int]]:
    return {(rcue["competence"], rcue["level"]) for rcue in found["rcues"] if rcue["decision"] in VALIDATED}


@settings(max_examples=300)
@given(dossiers(), st.data())
def test_raising_an_average_never_takes_anything_back(dossier: Json, data: st.DataObject) -> None:
    marked = [rank for rank, ue in enumerate(dossier["ues"]) if "average" in ue]
    if not marked:
        return
    raised = copy.deepcopy(dossier)
    target = raised["ues"][data.draw(st.sampled_from(marked))]
    hundredths = data.draw(st.integers(int(Fraction(target["average"]) * 100), 2000))
    target["average"] = f"{hundredths // 100}.{hundredths % 100:02}"
    before, after = verdict(dossier), verdict(raised)
    assert acquired(before) <= acquired(after)
    assert validated(before) <= validated(after)
    assert Fraction(before["ects"]) <= Fraction(after["ects"])
    assert Fraction(before["ects_total"]) <= Fraction(after["ects_total"])
    assert set(before["authorised"]) <= set(after["authorised"])
    assert before["dut"] <= after["dut"]
    assert before["but"] <= after["but"]


@settings(max_examples=100)
@given(dossiers(), st.data())
def test_order_never_matters(dossier: Json, data: st.DataObject) -> None:
    shuffled = copy.deepcopy(dossier)
    for key in ("ues", "record", "jury", "repeated"):
        shuffled[key] = data.draw(st.permutations(shuffled[key]))
    before, after = verdict(dossier), verdict(shuffled)
    for key, name in (("ues", "code"), ("rcues", "competence"), ("reasons", "about")):
        before[key] = sorted(before[key], key=lambda item: (item[name], item.get("rule", "")))
        after[key] = sorted(after[key], key=lambda item: (item[name], item.get("rule", "")))
    before["adsup"], after["adsup"] = sorted(before["adsup"]), sorted(after["adsup"])
    before.pop("reasons"), after.pop("reasons")
    assert before == after


@settings(max_examples=100)
@given(dossiers())
def test_totals_are_conserved(dossier: Json) -> None:
    found = verdict(dossier)
    ects = {ue["code"]: Fraction(ue["ects"]) for ue in dossier["ues"]}
    earned = acquired(found)
    assert [ue["code"] for ue in found["ues"]] == [ue["code"] for ue in dossier["ues"]]
    assert {ue["code"]: Fraction(ue["ects"]) for ue in found["ues"]} == {
        code: value if code in earned else 0 for code, value in ects.items()
    }
    assert Fraction(found["ects"]) == sum(ects[code] for code in earned)
    granted = {line["target"] for line in dossier["jury"]}
    earlier = [line for line in dossier["record"] if line["code"] not in ects]
    repaid = {line["code"] for line in earlier if line["decision"] in ACQUIRED} | set(found["adsup"]) | granted
    past = sum(Fraction(line["ects"]) for line in earlier if line["code"] in repaid)
    assert Fraction(found["ects_total"]) == Fraction(found["ects"]) + past


@settings(max_examples=100)
@given(dossiers())
def test_a_capitalised_ue_is_never_lost(dossier: Json) -> None:
    kept = {line["code"] for line in dossier["record"] if line["decision"] in ACQUIRED}
    before = {ue["code"] for ue in dossier["ues"]}
    assert kept & before <= acquired(verdict(dossier))


@settings(max_examples=100)
@given(dossiers())
def test_what_is_printed_is_what_is_compared(dossier: Json) -> None:
    """Nobody reads 10.00 with AJ, nor 9.99 with ADM, unless the règlement compares exact averages."""
    if dossier["regulation"].get("rounding") == "exact":
        return
    kept = {line["code"] for line in dossier["record"] if line["decision"] in ACQUIRED}
    for found in verdict(dossier)["ues"]:
        if found["average"] is not None and found["code"] not in kept and found["decision"] in ("ADM", "AJ"):
            assert (Fraction(found["average"]) >= 10) == (found["decision"] == "ADM")


@settings(max_examples=100)
@given(dossiers())
def test_a_level_is_validated_when_its_two_ues_are(dossier: Json) -> None:
    found = verdict(dossier)
    earned, levels = acquired(found), validated(found)
    for rcue in found["rcues"]:
        name = rcue["competence"], rcue["level"]
        pair = {ue["code"] for ue in dossier["ues"] if (ue["competence"], ue["level"]) == name}
        assert (name in levels) == (pair <= earned)


@settings(max_examples=100)
@given(dossiers())
def test_what_is_sealed_can_be_judged_again(dossier: Json) -> None:
    read, rules = read_dossier(dossier, Regulation())
    again = json.loads(json.dumps(dossier_json(read) | {"regulation": as_json(rules)}))
    assert read_dossier(again, Regulation()) == (read, rules)
    assert override(Regulation(), as_json(rules)) == rules
    assert verdict_json(deliberate(read, rules)) == verdict(dossier)


@settings(max_examples=100)
@given(dossiers())
def test_reasons_change_nothing_and_leave_no_code_unexplained(dossier: Json) -> None:
    read, rules = read_dossier(dossier, Regulation())
    told, silent = verdict_json(deliberate(read, rules)), verdict_json(deliberate(read, rules, reasons=False))
    reasons = told.pop("reasons")
    assert silent.pop("reasons") == []
    assert told == silent
    expected = {ue["code"] for ue in told["ues"]} | {f"{r['competence']}/{r['level']}" for r in told["rcues"]}
    expected |= set(told["adsup"]) | {f"S{semester}" for semester in told["authorised"]}
    expected |= {"year"} if told["rcues"] else set()
    assert {reason["about"] for reason in reasons} >= expected
    for reason in reasons:
        assert reason["text"].endswith((".", "Jury."))
        assert not any(f" {mark}" in reason["text"] for mark in ":;?!»"), reason["text"]


ARITHMETIC = re.compile(r"^\((.+?) \+ (.+?)\) ÷ (\S+) (=|≈) (\S+?)(?:, soit (\S+?))? [(<≥]")
MILLIONTH = Fraction(1, 10**6)


@settings(max_examples=200)
@given(dossiers())
def test_the_arithmetic_of_a_rcue_is_the_arithmetic_done(dossier: Json) -> None:
    """`≈` says that an average is cut at six decimals: the sum is then right to a millionth, and exact without it."""
    found = verdict(dossier)
    averages = {f"{each['competence']}/{each['level']}": each["average"] for each in found["rcues"]}
    for reason in found["reasons"]:
        text = (
            reason["text"]
            .replace("\u00a0", " ")
            .replace(", soit", "|soit")
            .replace(",", ".")
            .replace("|soit", ", soit")
        )
        shown = ARITHMETIC.match(text)
        assert shown or " ÷ " not in text, text
        if not shown:
            continue
        terms = [
            [Fraction(figure) for figure in term.removeprefix("≈ ").split(" × ")] for term in (shown[1], shown[2])
        ]
        total = sum((value * (weight[0] if weight else 1) for value, *weight in terms), Fraction(0))
        missing = total / Fraction(shown[3]) - Fraction(shown[5])
        assert (missing == 0) if "≈" not in shown[0] else -MILLIONTH < missing < MILLIONTH, text
        if dossier["regulation"].get("rounding") != "exact":
            assert Fraction(shown[6] or shown[5]) == Fraction(averages[reason["about"]])
