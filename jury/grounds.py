"""What of the règlement a decision rests on: each parameter that was applied and has an article (N-19).

Each is told as a reason is: its first rule, then a sentence. Averages tell their own (jury/engine/why.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jury.engine.codes import UE_ACQUIRED, UECode, YearCode
from jury.judged import Judged, Level, Step
from jury.regulations.parameters import DEFAULTING, PARAMETERS

Json = dict[str, Any]
PASSAGE = {"N-10", "N-11"}
"""Rules of the passage by right, which counts RCUEs."""
BY_AVERAGE = {"N-03", "N-06"}
"""Rules of a RCUE that its average validates."""
REPEATED = {YearCode.RED, YearCode.RED_FM}


def of_ue(judged: Judged, ue: Step) -> Iterator[str]:
    """Yield the parameters that decided of a UE."""
    dossier = judged.part["dossier"]
    compared = any(line["code"] == ue.code and "average" in line for line in dossier["ues"])
    if compared:
        yield "validation_threshold"
    if compared and any(
        line["code"] == ue.code and "average" in line and line["decision"] not in UE_ACQUIRED
        for line in dossier["record"]
    ):
        yield "keep_best_unacquired"
    if ue.decision == UECode.DEF:
        yield DEFAULTING


def of_level(level: Level) -> Iterator[str]:
    """Yield the parameters that made the average of a RCUE, and compared it."""
    if level.average is None:
        return
    yield "validation_threshold"
    if all(ue.average is not None for ue in level.ues):
        yield from ("rcue_weights", "rcue_from_rounded_ue", "rounding")


def of_year(judged: Judged) -> Iterator[str]:
    """Yield the parameters that decided of the year, or of what the jury may choose."""
    if PASSAGE & {reason["rule"] for reason in judged.of_year}:
        yield from ("validation_threshold", "rcue_minimum")
        if any(level.validated and not _by_average(level) for level in judged.levels):
            yield "progression_counts_validated"
    if REPEATED & {*judged.options, judged.year}:
        yield "repeat_limit"
    if YearCode.DEF in (judged.year, judged.proposed):
        yield DEFAULTING


def _by_average(level: Level) -> bool:
    return any(reason["rule"] in BY_AVERAGE for reason in level.reasons)


def told(keys: Iterable[str], parameters: Mapping[str, Any], articles: Mapping[str, str]) -> tuple[Json, ...]:
    """Tell each of these parameters that has an article, as {rule, text, article} (N-19)."""
    return tuple(_told(key, parameters.get(key), articles[key]) for key in keys if articles.get(key))


def _told(key: str, value: Any, article: str) -> Json:
    parameter = PARAMETERS[key]
    said = article if parameter.kind == "article" else f"{parameter.told(value)} ({article})"
    rule, *_ = parameter.rules.split(", ")
    return {"rule": rule, "text": f"{parameter.label}\xa0: {said}.", "article": article}
