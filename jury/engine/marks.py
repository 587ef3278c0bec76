"""The JSON of the contract's `averages`: one student's marks in, the averages of the UEs out."""

from fractions import Fraction
from math import lcm
from typing import Any

from grades.averages import ABI, ABJ, ATT, DIS, Averager, Evaluation, Module, Pole, Sheet, State, UEAverage
from jury.engine import strict
from jury.engine.regulation import Regulation, override
from jury.engine.strict import Keys, Refused, refuse

ENTRY = Keys("id ues but_year modules", "bonus malus regulation")
MODULE = Keys("code pole coefficients evaluations", "organised stage completed")
EVALUATION = Keys("mark", "weight scale ue_weights")

POLES = {pole.value: pole for pole in Pole}
REASONS = (ABI, ABJ, DIS, ATT)

ExactMark = Fraction | str | None


def read_averages(raw: Any, base: Regulation) -> tuple[Averager, Sheet]:
    """Read an entry of `averages`: the modules, ready to average, and the student's sheet. Raises Refused."""
    entry = ENTRY.check(raw)
    strict.text(entry, "id")
    regulation = override(base, entry["regulation"]) if "regulation" in entry else base
    ues = strict.items(entry, "ues", _code)
    strict.once("ues", ues)
    read = strict.items(entry, "modules", lambda module: _module(module, ues))
    strict.once("modules", [module.code for module, _, _ in read], ".code")
    marks = [mark for _, given, _ in read for mark in given]
    unit = lcm(*(mark.denominator for mark in marks if isinstance(mark, Fraction)))
    averager = Averager(
        ues,
        [module for module, _, _ in read],
        but_year=strict.whole(entry, "but_year", 1, 3),
        rules=regulation.averaging,
        unit=unit,
    )
    return averager, Sheet(
        marks=[int(mark * unit) if isinstance(mark, Fraction) else mark for mark in marks],
        bonus=strict.figures(entry, "bonus", ues),
        malus=strict.figures(entry, "malus", ues),
        unfinished=[module.code for module, _, finished in read if not finished],
    )


def averages_json(identity: str, averages: list[UEAverage]) -> dict[str, Any]:
    """Write the averages of an entry as the contract does."""
    return {"id": identity, "ues": {average.code: _average_json(average) for average in averages}}


def _average_json(average: UEAverage) -> dict[str, Any]:
    written: dict[str, Any] = {"average": None, "state": average.state.value}
    if average.state is State.COMPUTED:
        written["average"] = average.printed
    if average.state is State.PENDING:
        written |= {"pending": list(average.pending), "provisional": average.printed}
    return written | {"warnings": list(average.warnings)}


def _code(raw: Any) -> str:
    return strict.text({"": raw}, "")


def _module(raw: Any, ues: tuple[str, ...]) -> tuple[Module, tuple[ExactMark, ...], bool]:
    """Read a module, its marks, and whether it is anything but a compulsory stage that is not completed (L-04)."""
    found = MODULE.check(raw)
    evaluations = strict.items(found, "evaluations", lambda evaluation: _evaluation(evaluation, ues))
    stage = "stage" in found and strict.flag(found, "stage")
    if stage and "completed" not in found:
        raise Refused("completed", "Ce champ est obligatoire quand « stage » est vrai.")
    completed = "completed" not in found or strict.flag(found, "completed")
    module = Module(
        code=strict.text(found, "code"),
        pole=strict.choice(found, "pole", POLES),
        coefficients=strict.figures(found, "coefficients", ues),
        evaluations=[evaluation for evaluation, _ in evaluations],
        organised="organised" not in found or strict.flag(found, "organised"),
    )
    return module, tuple(mark for _, mark in evaluations), completed or not stage


def _evaluation(raw: Any, ues: tuple[str, ...]) -> tuple[Evaluation, ExactMark]:
    found = EVALUATION.check(raw)
    evaluation = Evaluation(
        weight=strict.decimal(found, "weight") if "weight" in found else Fraction(1),
        scale=strict.decimal(found, "scale") if "scale" in found else Fraction(20),
        ue_weights=strict.figures(found, "ue_weights", ues),
    )
    if not evaluation.scale:
        refuse("scale", found["scale"], "un barème strictement positif")
    return evaluation, _mark(found, evaluation.scale)


def _mark(found: dict[str, Any], scale: Fraction) -> ExactMark:
    value = found["mark"]
    if value is None or (type(value) is str and value in REASONS):
        return value
    if type(value) is str and not strict.DECIMAL.fullmatch(value):
        refuse("mark", value, f'une note de 0 à {strict.plain(scale)} comme "9.995", {", ".join(REASONS)} ou null')
    mark = strict.decimal(found, "mark")
    if mark > scale:
        refuse("mark", value, f"une note de 0 à {strict.plain(scale)}, son barème")
    return mark
