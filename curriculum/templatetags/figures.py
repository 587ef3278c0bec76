"""French figures and dates in templates: 12,50 ; 1 234,50 ; 2 h 30 ; 1er octobre 2025.

Loaded everywhere as a builtin (settings, `TEMPLATES`). Nothing here rounds: what is printed is what was compared, so
digits that a filter was not asked for are shown rather than hidden. A float is refused with a TypeError: it is
already wrong when it arrives.
"""

from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from django import template
from django.utils.formats import date_format

register = template.Library()

NO_BREAK = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DIGIT_WIDE = "\N{FIGURE SPACE}"
COMMA_WIDE = "\N{PUNCTUATION SPACE}"

Figure = Decimal | int | str


@register.filter
def figure(value: Figure | None, places: int | None = None) -> str:
    """Print a number: comma, groups of three digits, a true minus sign.

    Without `places`, the decimals are those given (Decimal("12.50") is 12,50). With `places`, at least that many, and
    more only where dropping a digit would change the number (figure:0 of 0.500 is 0,5). None is the empty string.
    Raises TypeError for a float or a bool, ValueError for what is not a finite number.
    """
    if value is None or value == "":
        return ""
    number = _exact(value)
    whole, _, decimals = f"{abs(number):f}".partition(".")
    if places is not None:
        decimals = decimals.rstrip("0").ljust(places, "0")
    grouped = f"{int(whole):,}".replace(",", NARROW)
    return (MINUS if number < 0 else "") + grouped + (f",{decimals}" if decimals else "")


@register.filter
def aligned(value: Figure | None, places: int) -> str:
    """Print a number as briefly as it goes, padded so that a right-aligned column of them lines up on the comma.

    `places` is the greatest number of decimals in the column: 12, 0,5 and 1,25 share one comma under aligned:2.
    """
    text = figure(value, 0)
    _, comma, decimals = text.partition(",")
    padding = DIGIT_WIDE * (places - len(decimals))
    return text + (padding if comma or not places else COMMA_WIDE + padding) if text else ""


@register.filter
def counted(count: int, nouns: str) -> str:
    """Print a count and its noun, singular below two: {{ n|counted:"étudiant" }}, {{ n|counted:"journal,journaux" }}.

    Without a second form, every word of the noun takes an s.
    """
    singular, _, plural = nouns.partition(",")
    plural = plural or " ".join(f"{word}s" for word in singular.split())
    return f"{figure(count)}{NO_BREAK}{singular if abs(count) < 2 else plural}"


@register.filter
def duration(minutes: int | None) -> str:
    """Print a number of minutes: 45 min, 2 h, 2 h 30."""
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NO_BREAK}min"
    return f"{figure(hours)}{NO_BREAK}h" + (f"{NO_BREAK}{rest:02}" if rest else "")


@register.filter(expects_localtime=True)
def day(value: date | None) -> str:
    """Print a date in full: 1er octobre 2025 (Django knows no 1er)."""
    if value is None:
        return ""
    ordinal = "1er" if value.day == 1 else str(value.day)
    return f"{ordinal}{NO_BREAK}{date_format(value, 'F Y')}"


@register.filter(expects_localtime=True)
def clock(value: datetime | time | None) -> str:
    """Print a time of day: 8 h 05."""
    return "" if value is None else f"{value.hour}{NO_BREAK}h{NO_BREAK}{value.minute:02}"


@register.filter(expects_localtime=True)
def moment(value: datetime | None) -> str:
    """Print a date and a time: 3 octobre 2025 à 14 h 30."""
    return "" if value is None else f"{day(value)} à {clock(value)}"


def _exact(value: Figure) -> Decimal:
    """Return the finite number that a caller meant, or say why there is none."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise TypeError(f"A figure is a Decimal, an int or a str, never a {type(value).__name__}: {value!r}.")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"Not a number: {value!r}.") from None
    if not number.is_finite():
        raise ValueError(f"Not a finite number: {value!r}.")
    return number
