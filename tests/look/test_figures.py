"""French figures and dates: every digit that was compared, and none that was not."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.forms import DateField, DateTimeField, Field, TimeField
from django.template import engines
from django.test.html import parse_html
from hypothesis import given
from hypothesis import strategies as st

from curriculum.templatetags.figures import aligned, clock, counted, day, duration, figure, moment


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [
        pytest.param(Decimal("12.50"), None, "12,50", id="as given"),
        pytest.param(Decimal("12.5"), 2, "12,50", id="padded"),
        pytest.param(Decimal("12.500"), 2, "12,50", id="zeros beyond the places go"),
        pytest.param(Decimal("9.995"), 2, "9,995", id="never rounded"),
        pytest.param(Decimal("0.500"), 0, "0,5", id="a coefficient"),
        pytest.param("9.995", None, "9,995", id="a decimal string of the contract"),
        pytest.param(30, None, "30", id="an integer"),
        pytest.param(30, 2, "30,00", id="an integer with places"),
        pytest.param("1234.5", 2, "1\N{NARROW NO-BREAK SPACE}234,50", id="groups of three"),
        pytest.param(
            Decimal("1E+6"), None, "1\N{NARROW NO-BREAK SPACE}000\N{NARROW NO-BREAK SPACE}000", id="no exponent"
        ),
        pytest.param(Decimal("-0.03"), None, "\N{MINUS SIGN}0,03", id="a true minus"),
        pytest.param(Decimal("-0.00"), None, "0,00", id="no negative zero"),
        pytest.param(None, 2, "", id="nothing"),
        pytest.param("", 2, "", id="an empty string"),
    ],
)
def test_a_figure_is_printed_in_french(value: Any, places: int | None, printed: str) -> None:
    assert figure(value, places) == printed


@pytest.mark.parametrize("value", [12.5, 0.0, True, [12]])
def test_only_exact_numbers_are_printed(value: Any) -> None:
    with pytest.raises(TypeError, match="never a"):
        figure(value)


@pytest.mark.parametrize("value", ["ABI", "12,5", "NaN", Decimal("Infinity")])
def test_what_is_not_a_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="Not a"):
        figure(value)


def read(printed: str) -> Decimal:
    """Read a printed figure back."""
    for character in "\N{NARROW NO-BREAK SPACE}\N{FIGURE SPACE}\N{PUNCTUATION SPACE}":
        printed = printed.replace(character, "")
    return Decimal(printed.replace("\N{MINUS SIGN}", "-").replace(",", "."))


numbers = st.decimals(min_value=-100_000, max_value=100_000, places=4)


@given(numbers, st.none() | st.integers(0, 4))
def test_no_digit_is_lost(value: Decimal, places: int | None) -> None:
    assert read(figure(value, places)) == value


@given(numbers, numbers)
def test_an_aligned_column_shares_its_comma(one: Decimal, other: Decimal) -> None:
    """Figure spaces are as wide as digits, a punctuation space as a comma: units stand equally far from the end."""
    wholes = [re.split("[,\N{PUNCTUATION SPACE}]", aligned(number, 4))[0] for number in (one, other)]
    assert len(aligned(one, 4)) - len(wholes[0]) == len(aligned(other, 4)) - len(wholes[1]) == 5
    assert read(aligned(one, 4)) == one


def test_nothing_is_aligned_as_nothing() -> None:
    assert aligned(None, 2) == ""
    assert aligned(12, 0) == "12"


@pytest.mark.parametrize(
    ("count", "nouns", "printed"),
    [
        (0, "étudiant", "0 étudiant"),
        (1, "étudiant", "1 étudiant"),
        (78, "étudiant", "78 étudiants"),
        (2, "note manquante", "2 notes manquantes"),
        (3, "journal,journaux", "3 journaux"),
    ],
)
def test_french_counts_from_two(count: int, nouns: str, printed: str) -> None:
    assert counted(count, nouns) == printed.replace(" ", "\N{NO-BREAK SPACE}", 1)


@pytest.mark.parametrize(
    ("minutes", "printed"), [(0, "0 min"), (45, "45 min"), (120, "2 h"), (125, "2 h 05"), (150, "2 h 30"), (None, "")]
)
def test_durations(minutes: int | None, printed: str) -> None:
    assert duration(minutes) == printed.replace(" ", "\N{NO-BREAK SPACE}")


def test_dates_in_full() -> None:
    assert day(date(2025, 10, 1)) == "1er\N{NO-BREAK SPACE}octobre 2025"
    assert day(date(2025, 12, 21)) == "21\N{NO-BREAK SPACE}décembre 2025"
    assert clock(time(8, 5)) == "8\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}05"
    assert day(None) == clock(None) == moment(None) == ""


def test_a_moment_is_told_in_paris() -> None:
    template = engines["django"].from_string("{{ at|moment }}")
    printed = template.render({"at": datetime(2025, 6, 30, 22, 30, tzinfo=UTC)})
    assert printed.replace("\N{NO-BREAK SPACE}", " ") == "1er juillet 2025 à 0 h 30"


@pytest.mark.parametrize(
    ("field", "kind", "text"),
    [
        (DateField(), "date", "2025-10-01"),
        (TimeField(), "time", "08:30"),
        (DateTimeField(), "datetime-local", "2025-10-01T08:30"),
    ],
)
def test_what_a_browser_sends_is_what_it_is_given_back(field: Field, kind: str, text: str) -> None:
    """Browsers speak ISO only: a French date written into their field would show as empty."""
    html = field.widget.render("x", field.prepare_value(field.clean(text)))
    assert parse_html(html) == parse_html(f'<input type="{kind}" name="x" value="{text}">')


def test_a_date_typed_in_french_is_read() -> None:
    assert DateField().clean("25/10/2025") == date(2025, 10, 25)
