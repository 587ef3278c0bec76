"""The parameters of a règlement and the flags of a verdict, in the words of the people who decide."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from jury.engine.codes import UECode, YearCode
from jury.regulations.parameters import DEFAULTING, PARAMETERS, Parameter
from jury.seal import RegulationPart
from jury.sitting import Sitting

FLAGS = {
    "S5_gate": "Le S5 reste fermé tant que ces UE ne sont pas acquises\xa0: {} (N-11).",
    "against_right": "La décision {} refuse un passage acquis.",
    "below_minimum": "La décision {} déroge au point 4.5 de l’annexe 1 (I-09).",
}


def told(regulation: RegulationPart) -> list[dict[str, str]]:
    """Return every parameter as {label, value, article}, in the order of deliberate.md; DEF if provided for."""
    articles = regulation["articles"]
    parameters = dict(regulation["parameters"])
    if articles.get(DEFAULTING):
        parameters[DEFAULTING] = articles[DEFAULTING]
    return [
        {"label": parameter.label, "value": parameter.told(parameters[key]), "article": _source(parameter, articles)}
        for key, parameter in PARAMETERS.items()
        if key in parameters
    ]


def _source(parameter: Parameter, articles: Mapping[str, str]) -> str:
    """Return the article of a parameter, unless its value says it already."""
    return "" if parameter.kind == "article" else articles.get(parameter.key, "")


def moved(sitting: Sitting) -> list[dict[str, str]]:
    """Return what changed in the règlement since a jury opened, as {label, before, after}: verdicts move with it."""
    before = sitting.session.opened_with
    return [] if before is None or sitting.sealed else changed(before, sitting.document["regulation"]["parameters"])


def changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the parameters of the engine that differ, as {label, before, after}."""
    return [
        {
            "key": key,
            "label": parameter.label,
            "before": parameter.told(before[key]),
            "after": parameter.told(now[key]),
        }
        for key, parameter in PARAMETERS.items()
        if key in now and before[key] != now[key]
    ]


def flag(text: str) -> str:
    """Say a flag of a verdict: S5_gate:UE1.1,UE2.3."""
    name, _, detail = text.partition(":")
    return FLAGS[name].format(detail.replace(",", ", "))


def tally(sitting: Sitting) -> list[dict[str, str]]:
    """Count the codes of the year, or of the UEs before an odd jury, as {label, value}, in the order of the codes."""
    codes: list[str | None] = [judged.year for judged in sitting.students if not judged.settled]
    kind: type[YearCode] | type[UECode] = YearCode
    if not sitting.session.is_annual:
        codes = [ue.decision for judged in sitting.students for level in judged.levels for ue in level.ues]
        kind = UECode
    counts = Counter(codes)
    told = [{"label": code.value, "value": str(counts[code])} for code in kind if counts[code]]
    return told + ([{"label": "à décider", "value": str(counts[None])}] if counts[None] else [])
