"""The averages of the contract again, as naively as a reader would: fractions, one UE at a time.

Nothing here is shared with `grades/averages.py`, so that agreeing with it proves something.
"""

from fractions import Fraction
from typing import Any

DECIMALS = {"half_up_2": 2, "half_up_3": 3, "trunc_2": 2, "exact": 2}


def ue(name: str, entry: dict[str, Any], rules: dict[str, Any]) -> dict[str, Any]:
    """The average of one UE as `averages` writes it, warnings aside."""
    pending, weighted, coefficients = [], Fraction(0), Fraction(0)
    poles: dict[str, list[str]] = {}
    for module in entry["modules"]:
        coefficient = Fraction(module["coefficients"].get(name, 0))
        if not coefficient:
            continue
        verdict, average = judge(module, name, rules)
        poles.setdefault(module["pole"], []).append(verdict)
        if verdict == "awaited":
            pending.append(module["code"])
        if average is not None:
            weighted += coefficient * average
            coefficients += coefficient
    if not poles:
        return {"average": None, "state": "misconfigured"}
    pending += [f"pole:{pole}" for pole in ("ressource", "sae") if pole in poles and set(poles[pole]) == {"out"}]
    printed = shown(adjusted(weighted / coefficients, name, entry, rules), rules) if coefficients else None
    if pending:
        return {"average": None, "state": "pending", "pending": pending, "provisional": printed}
    return {"average": printed, "state": "computed"}


def judge(module: dict[str, Any], name: str, rules: dict[str, Any]) -> tuple[str, Fraction | None]:
    """Whether a module counts, is awaited or is out of a UE, and its average so far."""
    weighed = [(Fraction(e["weight"]) * Fraction(e["ue_weights"].get(name, 1)), e) for e in module["evaluations"]]
    kept = [(weight, e["mark"], Fraction(e["scale"])) for weight, e in weighed if weight]
    marks = [mark for _, mark, _ in kept]
    usable = [(weight, value(mark, scale)) for weight, mark, scale in kept if mark not in ("ABJ", "DIS", "ATT", None)]
    average = sum((w * v for w, v in usable), Fraction(0)) / sum(w for w, _ in usable) if usable else None
    zeroed = rules["abi_scope"] == "module" and "ABI" in marks
    if zeroed:
        average = Fraction(0)
    if module.get("stage") and not module["completed"]:
        return "awaited", average
    if not zeroed and ("ATT" in marks or None in marks):
        return "awaited", average
    if usable:
        return "counted", average
    if not marks:
        return ("awaited" if module["organised"] else "out"), None
    return ("awaited" if "ABJ" in marks and rules["abj_only"] == "pending" else "out"), None


def value(mark: str, scale: Fraction) -> Fraction:
    return Fraction(0) if mark == "ABI" else Fraction(mark) * 20 / scale


def adjusted(average: Fraction, name: str, entry: dict[str, Any], rules: dict[str, Any]) -> Fraction:
    if rules["bonus_cap"] is not None:
        average += min(Fraction(entry["bonus"].get(name, 0)), Fraction(rules["bonus_cap"]))
    if rules["malus_article"] is not None:
        average -= Fraction(entry["malus"].get(name, 0))
    return max(Fraction(0), min(Fraction(20), average))


def shown(average: Fraction, rules: dict[str, Any]) -> str:
    decimals = DECIMALS[rules["rounding"]]
    shift = Fraction(0) if rules["rounding"] == "trunc_2" else Fraction(1, 2)
    units = str((average * 10**decimals + shift).__floor__()).zfill(decimals + 1)
    return f"{units[:-decimals]}.{units[-decimals:]}"
