"""From what people type to hundredths and back, without ever leaving the integers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grades.models import Mark, MarkValue


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12,5", MarkValue(1250)),
        ("12.50", MarkValue(1250)),
        (" 12 ", MarkValue(1200)),
        ("\xa00,05\u202f", MarkValue(5)),
        ("12,500", MarkValue(1250)),
        ("0", MarkValue(0)),
        ("abi", MarkValue(reason="ABI")),
        ("ABJ ", MarkValue(reason="ABJ")),
        ("", MarkValue()),
        ("  ", MarkValue()),
    ],
)
def test_what_is_typed_is_read(text: str, expected: MarkValue) -> None:
    assert MarkValue.read(text) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("12,345", "«\xa012,345\xa0» a plus de deux décimales (attendu\xa0: 12,25)."),
        *(
            (
                text,
                f"«\xa0{text}\xa0» n’est ni une note ni un motif (attendu\xa0: 12,5, ou ABI, ABJ, DIS, ATT, ou rien).",
            )
            for text in ("douze", "-3", "12,", ",5", "1e1", "12,5,1", "ABS", "١٢", "12 5", "99999999", "NaN", "+4")
        ),
    ],
)
def test_what_is_not_a_mark_is_refused_in_french(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="«") as refusal:
        MarkValue.read(text)
    assert str(refusal.value) == sentence


def test_a_long_text_is_not_repeated_whole() -> None:
    with pytest.raises(ValueError, match="«") as refusal:
        MarkValue.read("x" * 5000)
    assert len(str(refusal.value)) < 150


VALUES = st.builds(MarkValue, st.integers(0, 999_999_999), st.just("")) | st.builds(
    MarkValue, st.none(), st.sampled_from(["", *Mark.Reason.values])
)


@given(VALUES)
def test_a_value_written_is_read_back(value: MarkValue) -> None:
    assert MarkValue.read(str(value)) == value


@given(st.decimals(0, 9_999_999, places=2), st.sampled_from(".,"))
def test_no_hundredth_is_lost(figure: Decimal, separator: str) -> None:
    hundredths = MarkValue.read(f"{figure:f}".replace(".", separator)).hundredths
    assert hundredths is not None
    assert Decimal(hundredths) / 100 == figure
