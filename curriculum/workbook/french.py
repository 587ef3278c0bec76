"""How figures and sentences are written for a French reader."""

import re

NARROW = re.compile(r"(?<=\S) (?=[;:!?%»])|(?<=«) ")


def typeset(sentence: str) -> str:
    """Put no-break spaces where French typography wants them: before « ; : ! ? % » and inside the quotes."""
    return NARROW.sub("\u00a0", sentence)


def comma(figure: str | None) -> str:
    """Write a figure with a decimal comma: `2.3` gives « 2,3 »; nothing is « rien »."""
    return "rien" if figure is None else figure.replace(".", ",")
