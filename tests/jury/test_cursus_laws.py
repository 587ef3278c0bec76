"""Laws of a whole cursus: years repeated, maquettes that rename their UEs, debts, and what each jury leaves behind."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from jury.engine.codes import UE_ACQUIRED, UECode
from jury.engine.regulation import Regulation
from jury.engine.verdict import deliberate
from jury.engine.wire import read_dossier, verdict_json
from jury.history import Decided, Json, Slot, history
from jury.seal import canonical

MARKS = st.one_of(st.integers(0, 2000), st.integers(950, 1050)).map(lambda mark: f"{mark // 100}.{mark % 100:02}")
STATES = st.sampled_from(["not_enrolled", "pending", "equivalence", "defaulting"])
VALUES = st.one_of(*[MARKS.map(lambda mark: {"average": mark})] * 4, STATES.map(lambda state: {"state": state}))


@st.composite
def cursus(draw: st.DrawFn) -> list[list[Json]]:
    """The UEs of one to six years, from BUT1 on: each year again, or the next one; codes as the maquette likes."""
    ranks = range(draw(st.integers(1, 4)))
    years = [1]
    while len(years) < 6 and draw(st.booleans()):
        years.append(min(3, years[-1] + draw(st.integers(0, 1))))
    return [
        [line for semester in (2 * year - 1, 2 * year) for line in _semester(draw, semester, ranks)] for year in years
    ]


def _semester(draw: st.DrawFn, semester: int, ranks: range) -> list[Json]:
    prefix = draw(st.sampled_from(["UE", "BUT", "C"]))
    return [
        {
            "code": f"{prefix}{semester}.{rank}",
            "semester": semester,
            "competence": f"C{rank}",
            "level": (semester + 1) // 2,
            "ects": "10",
        }
        | draw(VALUES)
        for rank in ranks
    ]


def judged(ues: list[Json], decided: list[Decided], repeated: list[int]) -> tuple[Json, Json]:
    """Make the dossier of a year from what juries decided before, and judge it."""
    dossier = {
        "id": "E1",
        "but_year": ues[0]["level"],
        "semesters": [ues[0]["semester"], ues[-1]["semester"]],
        "ues": ues,
        "record": list(history([], decided, ues, frozenset()).record),
        "repeated": repeated,
    }
    return dossier, verdict_json(deliberate(*read_dossier(dossier, Regulation())))


def left_behind(dossier: Json, verdict: Json, academic_year: str) -> list[Decided]:
    """What a jury writes of each UE before it, and of the older ones that it acquires (N-08)."""
    lines = [
        line | {"decision": ue["decision"], "average": ue["average"]}
        for line, ue in zip(dossier["ues"], verdict["ues"], strict=True)
    ]
    lines += [
        line | {"decision": UECode.ADSUP.value} for line in dossier["record"] if line["code"] in verdict["adsup"]
    ]
    keys = ("code", "semester", "competence", "level", "ects", "decision", "average")
    return [Decided({key: line[key] for key in keys if line.get(key)}, academic_year) for line in lines]


@settings(max_examples=200)
@given(cursus())
def test_nothing_acquired_is_lost_and_every_snapshot_replays(years: list[list[Json]]) -> None:
    """An acquired UE, an ECTS, a DUT: never lost, whatever the marks of the years that follow (N-20, L-05)."""
    decided: list[Decided] = []
    held: set[Slot] = set()
    total, dut = Fraction(0), False
    repeated: list[int] = []
    for rank, ues in enumerate(years):
        semesters = [ues[0]["semester"], ues[-1]["semester"]]
        repeated += semesters if rank and years[rank - 1][0]["semester"] == semesters[0] else []
        dossier, verdict = judged(ues, decided, list(repeated))
        after = left_behind(dossier, verdict, f"{2020 + rank}-{2021 + rank}")
        decided += after
        now = {Slot.of(line) for line, _ in after if line["decision"] in UE_ACQUIRED}
        assert {slot for slot in held if slot.level == dossier["but_year"]} <= now
        assert Fraction(verdict["ects_total"]) >= total
        assert verdict["dut"] or not dut
        assert canonical(judged(ues, decided[: -len(after)], list(repeated))[1]) == canonical(verdict)
        held |= now
        assert Fraction(verdict["ects_total"]) == 10 * len(held)
        total, dut = Fraction(verdict["ects_total"]), verdict["dut"]
