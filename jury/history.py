"""What earlier juries decided, told in the UE codes of today: the `record` of a dossier (deliberate.md).

A UE is one semester, odd or even, of one level of one competence (N-05): that is what it keeps from a maquette to the
next, when its code, its ECTS or its year change.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from jury.engine.codes import UE_ACQUIRED

Json = dict[str, Any]


class Slot(NamedTuple):
    """What a UE is, whatever its code; `parity` is 1 for an odd semester, 0 for an even one."""

    competence: str
    level: int
    parity: int

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> "Slot":
        """Return the place of a line of a dossier."""
        return cls(line["competence"], line["level"], line["semester"] % 2)


class Decided(NamedTuple):
    """A line of the record as one jury decided it, and the academic year of that jury."""

    line: Json
    academic_year: str


class Note(NamedTuple):
    """What reading the past asks to be checked: the UE that it is about (or nothing), and a French sentence."""

    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class History:
    """The record of one student, in the order of the semesters, and what is to be checked in it."""

    record: tuple[Json, ...]
    notes: tuple[Note, ...]

    def at(self, slot: Slot) -> Json | None:
        """Return what was decided of a UE."""
        return next((line for line in self.record if Slot.of(line) == slot), None)


def history(
    equivalences: Iterable[Json], decided: Iterable[Decided], ues: Sequence[Mapping[str, Any]], elsewhere: Set[str]
) -> History:
    """Return the record of a student from what was acquired elsewhere and what juries decided, the latest last.

    `ues` are those before the jury (code, competence, level, semester, ects): an older line of the same place takes
    their code. `elsewhere` are the competences that the student's parcours does not have: their ECTS are
    supernumerary (I-17). A UE acquired once stays acquired, with its best average (N-20, L-05).
    """
    kept = {Slot.of(line): line for line in equivalences if line["competence"] not in elsewhere}
    codes: dict[Slot, dict[str, str]] = {}
    notes: list[Note] = []
    left: list[str] = []
    for line, academic_year in decided:
        slot = Slot.of(line)
        if slot.competence in elsewhere:
            left.append(line["code"])
            continue
        kept[slot] = _later(kept[slot], line) if slot in kept else line
        codes.setdefault(slot, {})[line["code"]] = academic_year
    if left:
        names = ", ".join(sorted(set(left)))
        notes.append(Note("", f"{names}\xa0: compétence d’un autre parcours, ECTS surnuméraires (I-17)."))
    before = {Slot.of(ue): ue for ue in ues}
    for slot, known in codes.items():
        notes += _notes(before.get(slot), kept[slot], known)
    notes += _collisions(kept, ues)
    return History(tuple(_named(kept, before)), tuple(notes))


def _later(before: Json, after: Json) -> Json:
    """Return what stands of two decisions on one UE."""
    if before["decision"] not in UE_ACQUIRED:
        return after
    if after["decision"] not in UE_ACQUIRED:
        return before
    averages = [line["average"] for line in (before, after) if line.get("average")]
    return after | ({"average": max(averages, key=Fraction)} if averages else {})


def _named(kept: Mapping[Slot, Json], before: Mapping[Slot, Mapping[str, Any]]) -> list[Json]:
    """Give each line the code that its UE has today; of two that would share one, the older says where it was."""
    reserved = {ue["code"]: slot for slot, ue in before.items()}
    lines: list[Json] = []
    for slot, line in sorted(kept.items(), key=lambda item: (item[1]["semester"], item[1]["code"], item[0])):
        code = before[slot]["code"] if slot in before else line["code"]
        if reserved.setdefault(code, slot) != slot:
            code = f"{code} (S{line['semester']} {slot.competence}/{slot.level})"
        lines.append(line | {"code": code})
    return sorted(lines, key=lambda line: (line["semester"], line["code"]))


def _notes(ue: Mapping[str, Any] | None, line: Json, known: Mapping[str, str]) -> Iterable[Note]:
    """Tell under which other codes, and for how many ECTS, a UE was decided."""
    where = ue["code"] if ue else line["code"]
    years = list(known.values())
    if len(set(years)) < len(years):
        names = ", ".join(f"{code} ({year})" for code, year in known.items())
        yield Note(where, f"plusieurs UE décidées la même année y mènent\xa0: {names}\xa0; la meilleure est gardée.")
    elif ue and set(known) != {ue["code"]}:
        names = ", ".join(f"{code} ({year})" for code, year in known.items() if code != ue["code"])
        yield Note(where, f"un jury antérieur l’a décidée sous un autre code\xa0: {names}.")
    if ue and line["decision"] in UE_ACQUIRED and Fraction(line["ects"] or 0) > Fraction(ue["ects"]):
        told = " au lieu de ".join(str(each["ects"]).replace(".", ",") for each in (ue, line))
        yield Note(where, f"acquise dans une maquette qui lui donnait plus d’ECTS\xa0: {told}.")


def _collisions(kept: Mapping[Slot, Json], ues: Sequence[Mapping[str, Any]]) -> Iterable[Note]:
    """Tell the codes that were another UE's: nothing passes from one to the other."""
    now = {ue["code"]: Slot.of(ue) for ue in ues}
    for slot, line in kept.items():
        other = now.get(line["code"], slot)
        if other != slot:
            was, is_now = (f"{each.competence}/{each.level}" for each in (slot, other))
            sentence = (
                f"un jury antérieur a décidé ce code pour {was}\xa0; l’UE est ici de {is_now}, et n’en tient rien."
            )
            yield Note(line["code"], sentence)
