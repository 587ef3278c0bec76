"""The JSON of contracts/deliberate.md: reading it strictly, answering each entry, writing what was found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from jury.engine import strict
from jury.engine.codes import UECode
from jury.engine.dossier import UE, Dossier, JuryLine, RecordedUE, Status, UEState
from jury.engine.marks import averages_json, read_averages
from jury.engine.regulation import Regulation, override
from jury.engine.strict import Keys, Refused
from jury.engine.verdict import Verdict, deliberate

SCHEMA = "deliberate/1"

DOCUMENT = Keys("schema", "regulation averages dossiers")
DOSSIER = Keys("id but_year semesters ues", "status record repeated jury regulation")
BEFORE = Keys("code semester competence level ects", "average state")
RECORDED = Keys("code semester competence level ects decision", "average")
LINE = Keys("target decision reason")

STATUSES = {status.value: status for status in Status}
STATES = {state.value: state for state in UEState}
DECISIONS = {code.value: code for code in UECode}


@dataclass(frozen=True, slots=True)
class Document:
    """A file that can be read as a whole; its entries are still to be read, one by one."""

    regulation: Regulation
    averages: list[Any]
    dossiers: list[Any]

    def answer_averages(self) -> Iterator[dict[str, Any]]:
        """Yield the averages of each entry, or its refusal, in order."""
        return (_answer(raw, self._averages, f"averages[{rank}]") for rank, raw in enumerate(self.averages))

    def answer_dossiers(self, *, reasons: bool = True) -> Iterator[dict[str, Any]]:
        """Yield the verdict on each dossier, or its refusal, in order."""
        judge = partial(self._verdict, reasons=reasons)
        return (_answer(raw, judge, f"dossiers[{rank}]") for rank, raw in enumerate(self.dossiers))

    def _averages(self, raw: Any) -> dict[str, Any]:
        averager, sheet = read_averages(raw, self.regulation)
        return averages_json(raw["id"], averager.averages(sheet))

    def _verdict(self, raw: Any, *, reasons: bool) -> dict[str, Any]:
        return verdict_json(deliberate(*read_dossier(raw, self.regulation), reasons=reasons))


def read_document(source: str) -> Document:
    """Read a whole file. Raises Refused when nothing of it can be answered."""
    found = DOCUMENT.check(strict.loads(source))
    strict.choice(found, "schema", {SCHEMA: SCHEMA})
    regulation = override(Regulation(), found["regulation"]) if "regulation" in found else Regulation()
    for key in ("averages", "dossiers"):
        if type(found.get(key, [])) is not list:
            strict.refuse(key, found[key], "une liste")
    return Document(regulation, found.get("averages", []), found.get("dossiers", []))


def _answer(raw: Any, judge: Callable[[Any], dict[str, Any]], place: str) -> dict[str, Any]:
    """Answer one entry, or say in its place why it is refused."""
    try:
        return judge(raw)
    except Refused as refused:
        identity = raw.get("id") if type(raw) is dict else None
        return {
            "id": identity if type(identity) is str else None,
            "error": {"field": refused.field or place, "message": refused.message},
        }


def read_dossier(raw: Any, base: Regulation) -> tuple[Dossier, Regulation]:
    """Read a dossier and the règlement that applies to it. Raises Refused, by the path of the field at fault."""
    found = DOSSIER.check(raw)
    identity = strict.text(found, "id")
    regulation = override(base, found["regulation"]) if "regulation" in found else base
    return Dossier(
        id=identity,
        but_year=strict.whole(found, "but_year", 1, 3),
        semesters=strict.items(found, "semesters", _semester),
        ues=strict.items(found, "ues", _ue),
        status=strict.choice(found, "status", STATUSES) if "status" in found else Status.ENROLLED,
        record=strict.items(found, "record", _recorded),
        repeated=strict.items(found, "repeated", _semester),
        jury=strict.items(found, "jury", _line),
    ), regulation


def _semester(raw: Any) -> int:
    return strict.whole({"": raw}, "", 1, 6)


def _ue(raw: Any) -> UE:
    found = BEFORE.check(raw)
    return UE(
        code=strict.text(found, "code"),
        semester=strict.whole(found, "semester", 1, 6),
        competence=strict.text(found, "competence"),
        level=strict.whole(found, "level", 1, 3),
        ects=strict.decimal(found, "ects"),
        average=strict.decimal(found, "average", 20) if found.get("average") is not None else None,
        state=strict.choice(found, "state", STATES) if found.get("state") is not None else None,
    )


def _recorded(raw: Any) -> RecordedUE:
    found = RECORDED.check(raw)
    return RecordedUE(
        code=strict.text(found, "code"),
        semester=strict.whole(found, "semester", 1, 6),
        competence=strict.text(found, "competence"),
        level=strict.whole(found, "level", 1, 3),
        ects=strict.decimal(found, "ects"),
        decision=strict.choice(found, "decision", DECISIONS),
        average=strict.decimal(found, "average", 20) if found.get("average") is not None else None,
    )


def _line(raw: Any) -> JuryLine:
    found = LINE.check(raw)
    return JuryLine(strict.text(found, "target"), strict.text(found, "decision"), strict.text(found, "reason"))


def dossier_json(dossier: Dossier) -> dict[str, Any]:
    """Write a dossier as the contract does: what a sealed record keeps, and `read_dossier` reads back."""
    return {
        "id": dossier.id,
        "but_year": dossier.but_year,
        "semesters": list(dossier.semesters),
        "status": dossier.status.value,
        "ues": [_ue_json(ue) for ue in dossier.ues],
        "record": [_ue_json(line) | {"decision": line.decision.value} for line in dossier.record],
        "repeated": list(dossier.repeated),
        "jury": [{"target": line.target, "decision": line.decision, "reason": line.reason} for line in dossier.jury],
    }


def _ue_json(ue: UE | RecordedUE) -> dict[str, Any]:
    written: dict[str, Any] = {
        "code": ue.code,
        "semester": ue.semester,
        "competence": ue.competence,
        "level": ue.level,
        "ects": strict.plain(ue.ects),
    }
    if ue.average is not None:
        written["average"] = strict.plain(ue.average)
    if isinstance(ue, UE) and ue.state is not None:
        written["state"] = ue.state.value
    return written


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Write a verdict as the contract does."""
    return {
        "id": verdict.id,
        "ues": [ue._asdict() | {"decision": ue.decision.value} for ue in verdict.ues],
        "rcues": [rcue._asdict() | {"decision": rcue.decision.value} for rcue in verdict.rcues],
        "year": {
            "decision": verdict.decision and verdict.decision.value,
            "options": [option.value for option in verdict.options],
        },
        "authorised": list(verdict.authorised),
        "adsup": list(verdict.adsup),
        "ects": verdict.ects,
        "ects_total": verdict.ects_total,
        "dut": verdict.dut,
        "but": verdict.but,
        "flags": list(verdict.flags),
        "reasons": [reason._asdict() for reason in verdict.reasons],
    }
