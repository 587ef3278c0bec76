"""PURE: what changed between two drafts, by module, coefficient, hours, ECTS and evaluation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from curriculum.workbook.draft import Draft, Module, Semester
from curriculum.workbook.french import comma, typeset


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not the same: where, what of it, before and after as printed (None: not there)."""

    place: str
    what: str
    before: str | None
    after: str | None

    @property
    def sentence(self) -> str:
        """The change in French: « S3 OSC, R3.01, UE3.1 : 0,25 devient 0,3. »"""
        if self.before is None:
            return typeset(f"{self.place}, {self.what} : {comma(self.after)} est ajouté.")
        if self.after is None:
            return typeset(f"{self.place}, {self.what} : {comma(self.before)} est retiré.")
        return typeset(f"{self.place}, {self.what} : {comma(self.before)} devient {comma(self.after)}.")


def diff(before: Draft, after: Draft) -> list[Change]:
    """Return the changes from one draft to another, in the order of the second, then what only the first has.

    Findings, sheets and cells are not compared: they tell of a document, not of what it decides.
    """
    changes = list(_values("maquette", _of_document(before), _of_document(after)))
    old, new = ({_place(semester): semester for semester in draft.semesters} for draft in (before, after))
    for place in dict.fromkeys([*new, *old]):
        changes += _semester(place, old.get(place), new.get(place))
    return changes


def _place(semester: Semester) -> str:
    return semester.label


def _semester(place: str, before: Semester | None, after: Semester | None) -> Iterator[Change]:
    if before is None or after is None:
        yield Change(place, "tableau", _size(before), _size(after))
        return
    yield from _values(place, _of_semester(before), _of_semester(after))
    old, new = ({module.place: module for module in each.modules} for each in (before, after))
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key), new.get(key)
        if was and now:
            yield from _values(place, _of_module(was), _of_module(now))
        else:
            yield Change(place, key, _name(was), _name(now))


def _size(semester: Semester | None) -> str | None:
    return f"{len(semester.modules)} modules" if semester else None


def _name(module: Module | None) -> str | None:
    return (module.title or module.key) if module else None


def _values(place: str, before: Mapping[str, str | None], after: Mapping[str, str | None]) -> Iterator[Change]:
    for what in dict.fromkeys([*after, *before]):
        if before.get(what) != after.get(what):
            yield Change(place, what, before.get(what), after.get(what))


def _of_document(draft: Draft) -> dict[str, str | None]:
    return {
        "spécialité": draft.formation.speciality,
        "établissement": draft.formation.institution,
        "année": draft.formation.academic_year,
        "bonus maximal": draft.bonus_cap,
        "conseil de département": draft.validated_on["departement"],
        "conseil d’IUT": draft.validated_on["iut"],
    }


def _of_semester(semester: Semester) -> dict[str, str | None]:
    """What a table says of its UEs and its totals."""
    facts: dict[str, str | None] = {}
    for ue in semester.ues:
        facts |= {
            ue.code: ue.title or ue.code,
            f"{ue.code}, ECTS": ue.ects,
            f"{ue.code}, niveau": f"{ue.competence} niveau {ue.level}",
            f"{ue.code}, total annoncé": semester.declared.coefficients.get(ue.code),
        }
    return facts | {"heures annoncées": semester.declared.hours}


def _of_module(module: Module) -> dict[str, str | None]:
    """What a table says of a module."""
    facts: dict[str, str | None] = {f"{module.place}, intitulé": module.title, f"{module.place}, nature": module.kind}
    facts |= {f"{module.place}, {ue}": value for ue, value in module.coefficients.items()}
    facts |= {f"{module.place}, heures {name}": value for name, value in module.hours.items()}
    patterns = [f"{each.label} {each.weight or ''}".strip() for each in module.evaluations]
    return facts | {f"{module.place}, évaluations": " + ".join(patterns) or None}
