"""From modalities to weights: the forms that the five workbooks really have, and the laws."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grades.mcc.shares import MOST, Modality, Unplannable, split

CASES = [
    # 000: weights that add up to 1
    pytest.param("SYNTHÈSE|1|1", "SYNTHÈSE 1", id="one"),
    pytest.param("DS|1|0.5 TP|1|0.5", "DS 0.5, TP 0.5", id="two halves"),
    pytest.param("DS|1|0.4 DS|1|0.4 ORAL|1|0.2", "DS·1 0.4, DS·2 0.4, ORAL 0.2", id="the same twice"),
    pytest.param("DS|1|0.25 TP|1|0.75", "DS 0.25, TP 0.75", id="a quarter"),
    pytest.param("DS|1|0.67 TP|1|0.33", "DS 0.67, TP 0.33", id="as voted"),
    pytest.param("Rapport|-|0.4 Entreprise|-|0.6", "Rapport 0.4, Entreprise 0.6", id="without count"),
    # 004: relative coefficients
    pytest.param("IO|-|2 TP|-|3 DS|-|3", "IO 2, TP 3, DS 3", id="Le Creusot"),
    pytest.param("IE|-|2 TP|-|1.5 DS|-|3", "IE 2, TP 1.5, DS 3", id="Le Creusot, a half"),
    # counts
    pytest.param("DS|2|0.5 TP|1|0.5", "DS·1 0.25, DS·2 0.25, TP 0.5", id="two that weigh 0.5 together"),
    pytest.param("DS|3|0.6 TP|1|0.4", "DS·1 0.2, DS·2 0.2, DS·3 0.2, TP 0.4", id="a division that ends"),
    pytest.param("DS|3|0.5 TP|1|0.5", "×3 DS·1 0.5, DS·2 0.5, DS·3 0.5, TP 1.5", id="thirds"),
    pytest.param(
        "DS|6|0.5 TP|1|0.5", "×3 " + ", ".join(f"DS·{n} 0.25" for n in range(1, 7)) + ", TP 1.5", id="sixths"
    ),
    pytest.param("DS|3|0.5 TP|7|0.5", None, id="twenty-firsts"),
    # no weight
    pytest.param("DS|2|- TP|1|-", "= DS·1 0.5, DS·2 0.5, TP 1", id="no weight at all"),
    pytest.param("DS|1|0.5 TP|1|- ORAL|1|-", "= DS 1, TP 1, ORAL 1", id="one weight of three"),
    pytest.param("DS|1|0 TP|1|0", "= DS 1, TP 1", id="only zeros"),
    pytest.param("DS|1|0 TP|1|1", "DS 0, TP 1", id="a zero that was voted"),
    pytest.param("DS|0|1", "DS 1", id="a count of zero is one"),
]


def read(text: str) -> list[Modality]:
    parts = [part.split("|") for part in text.split(" ")]
    return [
        Modality(label, None if number == "-" else int(number), None if weight == "-" else Decimal(weight))
        for label, number, weight in parts
    ]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_case(text: str, expected: str | None) -> None:
    made = split(read(text))
    if expected is None:  # 1/6 and 1/14: multiplied by 21
        assert made.factor == 21
        assert [str(share.weight) for share in made.shares] == ["3.5"] * 3 + ["1.5"] * 7
        return
    told = ", ".join(f"{share.label.replace(' ', '·')} {share.weight}" for share in made.shares)
    mark = f"×{made.factor} " if made.factor > 1 else "= " if made.equal else ""
    assert mark + told == expected


def test_a_label_is_clean_and_there_is_always_one() -> None:
    made = split([Modality("  Devoir \n surveillé ", 1, None), Modality("", 1, None), Modality("x" * 250, 2, None)])
    labels = [share.label for share in made.shares]
    assert labels[:2] == ["Devoir surveillé", "Évaluation"]
    assert all(len(label) <= 200 for label in labels)
    assert len(set(labels)) == 4


def test_what_cannot_be_is_refused_in_a_sentence() -> None:
    with pytest.raises(Unplannable, match=f"annonce 2025, .*au plus {MOST}"):
        split([Modality("DS", 2025, Decimal(1))])
    with pytest.raises(Unplannable, match="plus de douze chiffres"):
        split([Modality("DS", 32, Decimal("0.1234567891"))])


modalities = st.lists(
    st.builds(
        Modality,
        st.sampled_from(["DS", "TP", "Oral"]),
        st.none() | st.integers(1, 7),
        st.decimals(0, 20, places=2),
    ),
    min_size=1,
    max_size=5,
)


@given(modalities)
def test_the_proportions_are_those_of_the_council(promised: list[Modality]) -> None:
    made = split(promised)
    place = 0
    for each in promised:
        number = each.count or 1
        together = sum(Fraction(share.weight) for share in made.shares[place : place + number])
        assert together == made.factor * (1 if made.equal else Fraction(each.weight or 0))
        place += number
    assert place == len(made.shares)
    assert len({share.label for share in made.shares}) == len(made.shares)


@given(modalities)
def test_the_factor_is_the_smallest(promised: list[Modality]) -> None:
    made = split(promised)
    for smaller in range(1, made.factor):
        weights = [Fraction(share.weight) * smaller / made.factor for share in made.shares]
        assert not all(10**20 % weight.denominator == 0 for weight in weights)
