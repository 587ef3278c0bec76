"""A code of the jury as a chip: letters, a shape, a French label; never a colour alone."""

from django import template

from jury.engine.codes import Code, RCUECode, Shape, UECode, YearCode

register = template.Library()

CODES: dict[str, dict[str, Code]] = {
    "ue": {code.value: code for code in UECode},
    "rcue": {code.value: code for code in RCUECode},
    "year": {code.value: code for code in YearCode},
}
LOOKS = {
    Shape.ACQUIRED: "acquired",
    Shape.COMPENSATED: "compensation",
    Shape.BY_JURY: "jury",
    Shape.NOT_ACQUIRED: "refused",
    Shape.AWAITED: "awaited",
    Shape.LEFT: "left",
}
"""The shape of a code -> what the style sheet knows it by (static/css/parts.css)."""


@register.inclusion_tag("components/chip.html")
def chip(kind: str, code: str | None) -> dict[str, str]:
    """Draw the code of a « ue », a « rcue » or a « year »; a year without a code is still to decide."""
    if not code:
        return {
            "code": "à décider",
            "shape": Shape.AWAITED.symbol,
            "kind": "awaited",
            "label": "Le jury doit choisir.",
        }
    known = CODES[kind][code]
    return {
        "code": known.value,
        "shape": known.shape.symbol,
        "kind": LOOKS[known.shape],
        "label": f"{known.label}. {known.meaning}",
    }
