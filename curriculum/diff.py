"""PURE: what changed between two drafts, by module, coefficient, hours, ECTS and evaluation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from curriculum import matching
from curriculum.matching import Named
from curriculum.workbook.draft import Draft, Evaluation, Module, Semester
from curriculum.workbook.french import comma, typeset
from curriculum.workbook.naming import fold

KINDS = {
    "document": "maquette",
    "table": "tableaux",
    "ue": "UE",
    "ects": "ECTS",
    "module": "modules",
    "coefficient": "coefficients",
    "hours": "heures",
    "evaluation": "évaluations",
}
"""What a change is about, and its name on screen."""
FIGURES = {"ects", "coefficient", "hours"}
DOCUMENT = "maquette"
"""The place of what is said of the whole document."""

NOTHING = "n’en donne pas"
SAID: dict[str, Callable[[Semester], bool]] = {
    "UE et coefficients": lambda table: bool(table.ues),
    "heures": lambda table: any(value for module in table.modules for value in module.hours.values()),
    "évaluations": lambda table: any(module.evaluations for module in table.modules),
}
ABOUT = {
    "UE et coefficients": {"ue", "ects", "coefficient"},
    "heures": {"hours"},
    "évaluations": {"evaluation"},
}
"""What the document of one formation gives and that of another does not: said once a table, of these kinds."""

Facts = dict[tuple[str, str], str | None]
"""What is said of a thing: (kind, name) -> value as written."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not the same: where, of what, which aspect of it, before and after (None: not there).

    `before` and `after` are as written, a figure with its point; `subject` is a module or a UE, « tableau », or
    nothing for what is said of the whole place; `title` is the module's.
    """

    place: str
    subject: str
    aspect: str
    kind: str
    before: str | None
    after: str | None
    title: str = ""

    @property
    def what(self) -> str:
        """What changed, within its place: « R3.01, UE3.1 »."""
        return ", ".join(filter(None, (self.subject, self.aspect)))

    @property
    def was(self) -> str | None:
        """What was there, as it is printed."""
        return self._printed(self.before)

    @property
    def now(self) -> str | None:
        """What is there, as it is printed."""
        return self._printed(self.after)

    @property
    def sentence(self) -> str:
        """The change in French: « S3 OSC, R3.01, UE3.1 : 0,25 devient 0,3. »"""
        if self.before is None:
            return typeset(f"{self.place}, {self.what} : {self.now} est ajouté.")
        if self.after is None:
            return typeset(f"{self.place}, {self.what} : {self.was} est retiré.")
        return typeset(f"{self.place}, {self.what} : {self.was} devient {self.now}.")

    def _printed(self, value: str | None) -> str | None:
        return comma(value) if value is not None and self.kind in FIGURES else value


def diff(before: Draft, after: Draft) -> list[Change]:
    """Return the changes from one draft to another, in the order of the second, then what only the first has.

    Tables and modules are matched as matching.py says; what was matched under another name is a change too. Figures
    are compared as numbers; the titles and competences of two formations, as far as both say the same thing in the
    same words. Findings, sheets and cells are not compared: they tell of a document, not of what it decides.
    """
    comparison = _Comparison(
        same=before.formation.code == after.formation.code,
        codes=fold(before.formation.speciality) == fold(after.formation.speciality),
    )
    changes = list(comparison.values(DOCUMENT, "", _of_document(before), _of_document(after)))
    found = matching.tables(before.semesters, after.semesters)
    olds = {new: before.semesters[old] for old, new in found.items()}
    for rank, semester in enumerate(after.semesters):
        changes += comparison.tables(olds.get(rank), semester)
    for rank, semester in enumerate(before.semesters):
        if rank not in found:
            changes += comparison.tables(semester, None)
    return changes


@dataclass(frozen=True, slots=True)
class _Comparison:
    """How two drafts are compared: of one `same` formation or not, their `codes` meaning the same or not."""

    same: bool
    codes: bool

    def tables(self, before: Semester | None, after: Semester | None) -> Iterator[Change]:
        shown = after or before
        assert shown is not None  # noqa: S101 - one of them is there
        place = shown.label
        if before is None or after is None:
            yield Change(place, "tableau", "", "table", _size(before), _size(after))
            return
        if before.label != place:
            yield Change(place, "tableau", "", "table", before.label, place)
        unsaid = [] if self.same else [name for name, said in SAID.items() if said(before) != said(after)]
        for name in unsaid:
            was, now = (NOTHING if not SAID[name](each) else "en donne" for each in (before, after))
            yield Change(place, "tableau", name, "table", was, now)
        skipped = {kind for name in unsaid for kind in ABOUT[name]}
        for change in (*self._ues(place, before, after), *self._modules(place, before, after)):
            if change.kind not in skipped:
                yield change

    def _ues(self, place: str, before: Semester, after: Semester) -> Iterator[Change]:
        for code in dict.fromkeys(ue.code for side in (after, before) for ue in side.ues):
            yield from self.values(place, code, self._of_ue(before, code), self._of_ue(after, code))
        hours = [{("hours", "heures annoncées"): each.declared.hours} for each in (before, after)]
        yield from self.values(place, "", hours[0], hours[1])

    def _modules(self, place: str, before: Semester, after: Semester) -> Iterator[Change]:
        old, new = ([Named(each.key, each.parcours, each.title) for each in side.modules] for side in (before, after))
        found = matching.modules(old, new, codes=self.codes)
        olds = {rank: before.modules[other] for other, rank in found.items()}
        for rank, module in enumerate(after.modules):
            if rank in olds:
                facts = _of_module(olds[rank]), _of_module(module)
                yield from self.values(place, module.place, *facts, title=module.title or "")
            else:
                yield Change(place, module.place, "", "module", None, _name(module), module.title or "")
        for rank, module in enumerate(before.modules):
            if rank not in found:
                yield Change(place, module.place, "", "module", _name(module), None, module.title or "")

    def values(self, place: str, subject: str, before: Facts, after: Facts, title: str = "") -> Iterator[Change]:
        for kind, aspect in dict.fromkeys([*after, *before]):
            was, now = before.get((kind, aspect)), after.get((kind, aspect))
            if not self._alike(kind, was, now):
                yield Change(place, subject, aspect, kind, was, now, title)

    def _alike(self, kind: str, was: str | None, now: str | None) -> bool:
        if was is None or now is None or was == now:
            return was == now
        if kind in FIGURES:
            return Decimal(was) == Decimal(now)
        return not self.same and fold(was) == fold(now)

    def _of_ue(self, semester: Semester, code: str) -> Facts:
        """What a table says of a UE; two formations seldom call a competence by one name, its level is compared."""
        facts: Facts = {}
        for ue in semester.ues:
            if ue.code == code:
                competence = f"{ue.competence} niveau {ue.level}" if self.same else f"niveau {ue.level}"
                facts = {
                    ("ue", ""): ue.code,
                    ("ue", "intitulé"): ue.title,
                    ("ects", "ECTS"): ue.ects,
                    ("ue", "niveau"): competence,
                    ("coefficient", "total annoncé"): semester.declared.coefficients.get(code),
                }
        return facts


def _size(semester: Semester | None) -> str | None:
    return f"{len(semester.modules)} modules" if semester else None


def _name(module: Module) -> str:
    return module.title or module.key


def _of_document(draft: Draft) -> Facts:
    facts = {
        "spécialité": draft.formation.speciality,
        "établissement": draft.formation.institution,
        "année": draft.formation.academic_year,
        "bonus maximal": comma(draft.bonus_cap) if draft.bonus_cap else None,
        "conseil de département": _day(draft.validated_on["departement"]),
        "conseil d’IUT": _day(draft.validated_on["iut"]),
    }
    return {("document", name): value for name, value in facts.items()}


def _day(iso: str | None) -> str | None:
    return "/".join(reversed(iso.split("-"))) if iso else None


def _of_module(module: Module) -> Facts:
    """What a table says of a module."""
    facts: Facts = {
        ("module", "code"): module.key,
        ("module", "intitulé"): module.title,
        ("module", "nature"): module.kind,
        ("module", "pôle"): module.pole,
    }
    facts |= {("coefficient", ue): value for ue, value in module.coefficients.items()}
    facts |= {("hours", f"heures {name}"): value for name, value in module.hours.items()}
    return facts | {("evaluation", "évaluations"): " + ".join(map(_evaluation, module.evaluations)) or None}


def _evaluation(each: Evaluation) -> str:
    """Print a modality; one of a kind is not counted."""
    count = f"{each.count} " if each.count and each.count > 1 else ""
    return f"{count}{each.label} {comma(each.weight) if each.weight else ''}".strip()
