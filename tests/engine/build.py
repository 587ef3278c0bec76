"""Dossiers and marks as a table can write them: the defaults of a student whom nothing happens to."""

from typing import Any

from jury.engine.regulation import Regulation, override
from jury.engine.wire import Document

COMPETENCES = ["Qualité", "Logistique", "Organisation", "Supply Chain"]
STATES = {"pending", "stage", "equivalence", "defaulting", "not_enrolled"}

Json = dict[str, Any]


def code(semester: int, rank: int) -> str:
    """The UE of a competence, by rank from 1: UE3.1."""
    return f"UE{semester}.{rank}"


def ue(semester: int, rank: int, value: str, ects: str = "10", level: int | None = None) -> Json:
    """A UE before the jury, at the level of its year: `value` is an average, or a state."""
    return {
        "code": code(semester, rank),
        "semester": semester,
        "competence": COMPETENCES[rank - 1],
        "level": level or (semester + 1) // 2,
        "ects": ects,
        "state" if value in STATES else "average": value,
    }


def recorded(written: str, **changes: Any) -> Json:
    """A line of the record, from `UE1.2 AJ 9.50` or `UE1.2 EQV`."""
    name, decision, *average = written.split()
    semester, rank = int(name[2]), int(name[4])
    line = {
        "code": name,
        "semester": semester,
        "competence": COMPETENCES[rank - 1],
        "level": (semester + 1) // 2,
        "ects": "10",
        "decision": decision,
    }
    return line | ({"average": average[0]} if average else {}) | changes


def line(written: str, reason: str = "Maladie attestée.") -> Json:
    """A jury's line, from `UE1.2 ADJ` or `Supply Chain/1 ADJ`."""
    target, decision = written.rsplit(" ", 1)
    return {"target": target, "decision": decision, "reason": reason}


def annual(but_year: int, *pairs: str, ects: tuple[str, str] = ("10", "10"), **changes: Any) -> Json:
    """A dossier before the jury of a year, from the odd and the even UE of each competence: `9.00 11.00`."""
    odd = 2 * but_year - 1
    values = [pair.split() for pair in pairs]
    return {
        "id": "E1",
        "but_year": but_year,
        "semesters": [odd, odd + 1],
        "ues": [
            ue(odd + place, rank, value[place], ects[place])
            for place in (0, 1)
            for rank, value in enumerate(values, 1)
        ],
    } | _read(changes)


def odd_semester(but_year: int, *values: str, **changes: Any) -> Json:
    """A dossier before the jury of an odd semester, from one average or state for each competence."""
    semester = 2 * but_year - 1
    ues = [ue(semester, rank, value) for rank, value in enumerate(values, 1)]
    return {"id": "E1", "but_year": but_year, "semesters": [semester], "ues": ues} | _read(changes)


def _read(changes: Json) -> Json:
    """Let `record` and `jury` be written in short."""
    if "record" in changes:
        changes["record"] = [recorded(item) if isinstance(item, str) else item for item in changes["record"]]
    if "jury" in changes:
        changes["jury"] = [line(item) if isinstance(item, str) else item for item in changes["jury"]]
    return changes


def answer(dossier: Any, **parameters: Any) -> Json:
    """Judge one dossier, under the default règlement changed by some parameters."""
    return next(Document(override(Regulation(), parameters), [], [dossier]).answer_dossiers())


def verdict(dossier: Json, **parameters: Any) -> Json:
    """Judge one dossier that must not be refused."""
    found = answer(dossier, **parameters)
    assert "error" not in found, found["error"]
    return found


def codes(found: Json) -> str:
    """The codes of the UEs of a verdict, in order."""
    return " ".join(ue["decision"] for ue in found["ues"])


def rcues(found: Json) -> str:
    """The averages and codes of the RCUEs of a verdict, in order: `10.00 CMP, - ATT`."""
    return ", ".join(f"{rcue['average'] or '-'} {rcue['decision']}" for rcue in found["rcues"])


def evaluation(mark: str | None, **changes: Any) -> Json:
    return {"mark": mark} | changes


def module(name: str, coefficients: str, *marks: Any, **changes: Any) -> Json:
    """A module, a SAÉ when its code begins with S; coefficients as `A 1, B 0.5`, marks out of 20 with weight 1."""
    pairs = [pair.split() for pair in coefficients.split(",") if pair.strip()]
    return {
        "code": name,
        "pole": "sae" if name.startswith("S") else "ressource",
        "coefficients": dict(pairs),
        "evaluations": [mark if isinstance(mark, dict) else evaluation(mark) for mark in marks],
    } | changes


def answer_averages(entry: Json, **parameters: Any) -> Json:
    """Answer one entry of `averages`, under the default règlement changed by some parameters."""
    return next(Document(override(Regulation(), parameters), [entry], []).answer_averages())


def averages(*modules: Json, ues: str = "A", but_year: int = 1, **changes: Any) -> Json:
    """Answer the entry of a student who has some modules."""
    return answer_averages({"id": "A1", "ues": ues.split(), "but_year": but_year, "modules": list(modules)} | changes)


def averaged(*modules: Json, **changes: Any) -> Json:
    """The averages of one entry that must not be refused, by UE."""
    found = averages(*modules, **changes)
    assert "error" not in found, found["error"]
    ues: Json = found["ues"]
    return ues


def refusal(found: Json) -> str:
    """The field at fault of a refused entry."""
    assert "error" in found, found
    assert found["error"]["message"].endswith((".", "!")), found["error"]["message"]
    field: str = found["error"]["field"]
    return field
