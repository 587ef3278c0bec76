"""The colours can be read: WCAG 2.2, 1.4.3 (text, 4.5) and 1.4.11 (edges of controls, 3), by day and by night."""

import re

import pytest

from tests.architecture.source import ROOT

SHEETS = {"day": "static/css/tokens.css", "night": "static/css/dark.css"}
PAIRS = [
    (ink, ground, 4.5) for ink in ("ink", "grey-text", "accent") for ground in ("paper", "wash", "accent-wash")
] + [("grey-edge", "paper", 3), ("accent", "paper", 4.5)]


def colours(sheet: str) -> dict[str, str]:
    """Return the custom properties of a sheet that are colours."""
    return dict(re.findall(r"--([\w-]+): #([0-9a-f]{6});", (ROOT / sheet).read_text()))


def luminance(colour: str) -> float:
    """Return the relative luminance of rrggbb, from 0 to 1."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_colours_can_be_read(sheet: str, ink: str, ground: str, least: float) -> None:
    named = colours(sheet)
    assert contrast(named[ink], named[ground]) >= least


def test_the_measure_is_that_of_the_standard() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") < 4.5 < contrast("767676", "ffffff")


def test_the_night_changes_every_colour() -> None:
    assert colours(SHEETS["day"]).keys() == colours(SHEETS["night"]).keys()
