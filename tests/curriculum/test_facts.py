"""What a document says of itself: each form of a date of council."""

import pytest

from curriculum.workbook.facts import validation_dates


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("17 juin 2025", "2025-06-17"),
        ("1er juillet 2025", "2025-07-01"),
        ("17 JUIN 2025", "2025-06-17"),
        ("5 août 2025", "2025-08-05"),
        ("mardi 17 juin 2025", "2025-06-17"),
        ("17/06/2025", "2025-06-17"),
        ("17/6/25", "2025-06-17"),
        ("17.06.2025", "2025-06-17"),
        ("17-06-2025", "2025-06-17"),
        ("17 / 06 / 2025", "2025-06-17"),
        ("2025-06-17", "2025-06-17"),
        ("2025-06-17 00:00:00", "2025-06-17"),
        ("31 juin 2025", None),
        ("39/19/2025", None),
        ("juin 2025", None),
        ("17/06-2025", None),
    ],
)
def test_each_form_of_a_date(written: str, read: str | None) -> None:
    text = f"Document validé par le Conseil d\u2019IUT du {written}, sous réserve"
    assert validation_dates([text]) == ({"iut": read} if read else {})
