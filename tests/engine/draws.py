"""What hypothesis draws: the marks of a student, as an entry of the contract's `averages`."""

from hypothesis import strategies as st

from grades.averages import Rounding
from tests.engine.build import Json

UES = ["A", "B"]
FIGURES = st.sampled_from(["0", "0.5", "1", "1.5", "2", "3"])
RULES = st.fixed_dictionaries(
    {
        "rounding": st.sampled_from([mode.value for mode in Rounding]),
        "abi_scope": st.sampled_from(["evaluation", "module"]),
        "abj_only": st.sampled_from(["pending", "neutralised"]),
        "bonus_cap": st.sampled_from([None, "0", "0.5"]),
        "malus_article": st.sampled_from([None, "art. 4"]),
    }
)


def decimal(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


@st.composite
def evaluations(draw: st.DrawFn) -> Json:
    scale = draw(st.sampled_from([10, 20, 40]))
    values = st.integers(0, 100 * scale).map(decimal)
    return {
        "weight": draw(FIGURES),
        "scale": str(scale),
        "mark": draw(st.one_of(values, values, st.sampled_from(["ABI", "ABJ", "DIS", "ATT", None]))),
        "ue_weights": draw(st.dictionaries(st.sampled_from(UES), FIGURES, max_size=1)),
    }


STAGES = [{}, {}, {"stage": True, "completed": False}, {"stage": True, "completed": True}]


@st.composite
def entries(draw: st.DrawFn) -> Json:
    modules = [
        {
            "code": f"M{rank}",
            "pole": draw(st.sampled_from(["ressource", "sae"])),
            "coefficients": draw(st.dictionaries(st.sampled_from(UES), FIGURES, min_size=1)),
            "evaluations": draw(st.lists(evaluations(), max_size=3)),
            "organised": draw(st.booleans()),
        }
        | draw(st.sampled_from(STAGES))
        for rank in range(draw(st.integers(0, 5)))
    ]
    points = st.dictionaries(st.sampled_from(UES), st.sampled_from(["0", "0.25", "1", "12"]))
    return {
        "id": "A1",
        "ues": UES,
        "but_year": draw(st.integers(1, 3)),
        "modules": modules,
        "bonus": draw(points),
        "malus": draw(points),
        "regulation": draw(RULES),
    }
