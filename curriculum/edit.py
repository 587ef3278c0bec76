"""PURE: a draft with some of its figures corrected, and what is then wrong with it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from curriculum.lint import checks
from curriculum.recall import recall, unplaced
from curriculum.workbook import typed
from curriculum.workbook.codec import UNSTORABLE
from curriculum.workbook.draft import UE, Draft, Finding, Module, Semester, finding
from curriculum.workbook.french import comma, typeset
from curriculum.workbook.naming import plain

LONGEST_TITLE = 300
WHERE: Mapping[str, tuple[str, ...]] = {"title": ("title", "code"), "evaluations": ("labels", "weights")}
SETTLES: Mapping[str, tuple[str, ...]] = {
    "title": ("foreign_text",),
    "evaluations": ("struck_figure", "amended_evaluations"),
    "ects": ("missing_ects",),
}
"""What only reading could tell, and that a correction of this thing settles, wherever it stands."""


class Refused(Exception):
    """A correction that cannot be made; its text is one French sentence. Nothing changes."""

    def __init__(self, sentence: str) -> None:
        super().__init__(typeset(sentence))


@dataclass(frozen=True, slots=True)
class Correction:
    """One figure or text to change in a draft.

    `table` is the rank of the table in the draft; `module` the place of a module in it, None for a thing of the table
    or of a UE. `field`: `coefficient:UE3.1`, `hours:cm`…`hours:total`, `title`, `evaluations` of a module;
    `ects:UE3.1`, `total:UE3.1` (as declared), `hours` (as declared) of the table. `value` is typed in French, None
    blanks the cell.
    """

    table: int
    module: str | None
    field: str
    value: str | None

    @property
    def what(self) -> str:
        """The first word of the field: `coefficient`, `hours`…"""
        return self.field.partition(":")[0]

    @property
    def of(self) -> str:
        """What the field is of: a UE's code, a kind of hours; empty where it is of the whole."""
        return self.field.partition(":")[2]


def apply(draft: Draft, corrections: Sequence[Correction]) -> Draft:
    """Return the draft corrected, each correction after the other, its findings made again.

    Findings that follow from the figures are computed anew, in every table; those that only reading could tell stay,
    but for those about the very thing corrected. Raises Refused.
    """
    if not corrections:
        return draft
    before = recall(draft)
    after = reduce(_corrected, corrections, before)
    semesters = tuple(
        replace(new, findings=(*_kept(old, before, own), *_missing_ects(new, after, own), *checks(new, after)))
        for old, new, own in (
            (old, new, [each for each in corrections if each.table == rank])
            for rank, (old, new) in enumerate(zip(before.semesters, after.semesters, strict=True))
        )
    )
    return replace(after, semesters=semesters)


def inverse(draft: Draft, correction: Correction) -> Correction:
    """Return the correction that gives back what the draft holds, once this one is applied. Raises Refused."""
    semester = _table(draft, correction)
    if correction.module is not None:
        return replace(correction, value=of_module(_module(semester, correction), correction.field))
    if correction.what in ("ects", "total"):
        _ue(semester, correction)
    return replace(correction, value=of_table(semester, correction.field))


def of_module(module: Module, field: str) -> str | None:
    """Return what a cell of a module holds, as one would type it; None where it is blank."""
    what, _, of = field.partition(":")
    if what == "coefficient":
        amendment = module.amended.get(of)
        return typed.said_amendment(amendment) if amendment else _shown(module.coefficients.get(of))
    if what == "hours":
        return _shown(module.hours.get(of))
    return module.title if what == "title" else typed.said_evaluations(module.evaluations) or None


def of_table(semester: Semester, field: str) -> str | None:
    """Return what a cell of the table itself holds, as one would type it; None where it is blank."""
    what, _, of = field.partition(":")
    if what == "ects":
        return next((_shown(ue.ects) for ue in semester.ues if ue.code == of), None)
    return _shown(semester.declared.coefficients.get(of) if what == "total" else semester.declared.hours)


def _shown(figure: str | None) -> str | None:
    return None if figure is None else comma(figure)


def _corrected(draft: Draft, correction: Correction) -> Draft:
    semester = _table(draft, correction)
    change = (OF_TABLE if correction.module is None else OF_MODULE).get(correction.what)
    if change is None:
        raise Refused(f"{semester.label} : « {correction.field} » ne se corrige pas ici.")
    changed = change(semester, correction)
    semesters = (changed if rank == correction.table else each for rank, each in enumerate(draft.semesters))
    return replace(draft, semesters=tuple(semesters))


def _table(draft: Draft, correction: Correction) -> Semester:
    if not 0 <= correction.table < len(draft.semesters):
        raise Refused(f"La maquette n’a pas de tableau de rang {correction.table + 1}.")
    return draft.semesters[correction.table]


def _module(semester: Semester, correction: Correction) -> Module:
    for module in semester.modules:
        if module.place == correction.module:
            return module
    raise Refused(f"{semester.label} : le module {correction.module} n’est pas de ce tableau.")


def _ue(semester: Semester, correction: Correction) -> UE:
    for ue in semester.ues:
        if ue.code == correction.of:
            return ue
    raise Refused(f"{semester.label} : {correction.of or '« sans nom »'} n’est pas une UE de ce tableau.")


def _refusal(semester: Semester, correction: Correction, expected: str) -> Refused:
    about = ", ".join(filter(None, [semester.label, correction.module, correction.of.upper()]))
    return Refused(f"{about} : attendu, {expected} ; trouvé, « {plain(correction.value or '')[:60]} ».")


def _text(correction: Correction) -> str:
    return plain(correction.value or "")


def _figure(semester: Semester, correction: Correction) -> str | None:
    """Return the figure typed, None where the cell is blanked."""
    value = typed.read_figure(_text(correction))
    if value is None and _text(correction):
        raise _refusal(semester, correction, f"un nombre positif d’au plus {typed.LONGEST} chiffres (0,50)")
    return value


def _with(values: Mapping[str, str], name: str, value: str | None, order: Iterable[str]) -> dict[str, str]:
    """Return figures with one changed, or taken away, in the order of the columns."""
    changed = {each: figure for each, figure in values.items() if each != name}
    if value is not None:
        changed[name] = value
    first = [each for each in order if each in changed]
    return {each: changed[each] for each in (*first, *changed)}


def _with_module(semester: Semester, module: Module) -> Semester:
    modules = (module if each.place == module.place else each for each in semester.modules)
    return replace(semester, modules=tuple(modules))


def _coefficient(semester: Semester, correction: Correction) -> Semester:
    """Change a coefficient; « 0,3-0,2 » keeps the figure struck out, one figure alone forgets it."""
    module, ue = _module(semester, correction), _ue(semester, correction).code
    amendment = typed.read_amendment(_text(correction))
    value = amendment.new if amendment else _figure(semester, correction)
    amended = {code: each for code, each in module.amended.items() if code != ue} | (
        {ue: amendment} if amendment else {}
    )
    order = [each.code for each in semester.ues]
    amended = {
        code: amended[code] for code in sorted(amended, key=lambda code: order.index(code) if code in order else -1)
    }
    coefficients = _with(module.coefficients, ue, value, order)
    return _with_module(semester, replace(module, coefficients=coefficients, amended=amended))


def _hours(semester: Semester, correction: Correction) -> Semester:
    module = _module(semester, correction)
    if correction.of not in module.hours:
        raise Refused(f"{semester.label}, {module.key} : « {correction.of} » n’est pas une sorte d’heures du tableau.")
    hours = {**module.hours, correction.of: _figure(semester, correction)}
    return _with_module(semester, replace(module, hours=hours))


def _title(semester: Semester, correction: Correction) -> Semester:
    text = _text(correction)
    if len(text) > LONGEST_TITLE or UNSTORABLE.search(text):
        raise _refusal(semester, correction, f"un intitulé d’au plus {LONGEST_TITLE} caractères")
    return _with_module(semester, replace(_module(semester, correction), title=text or None))


def _evaluations(semester: Semester, correction: Correction) -> Semester:
    evaluations = typed.read_evaluations(_text(correction))
    if evaluations is None or UNSTORABLE.search(_text(correction)):
        raise _refusal(semester, correction, "des évaluations et leurs poids (2 DS 0,5 + TP 0,5)")
    return _with_module(semester, replace(_module(semester, correction), evaluations=evaluations))


def _ects(semester: Semester, correction: Correction) -> Semester:
    """Change the ECTS of a UE; what the document declares stays as it was printed."""
    ue, value = _ue(semester, correction), _figure(semester, correction)
    ues = (replace(each, ects=value) if each is ue else each for each in semester.ues)
    return replace(semester, ues=tuple(ues))


def _total(semester: Semester, correction: Correction) -> Semester:
    ue, value = _ue(semester, correction).code, _figure(semester, correction)
    coefficients = _with(semester.declared.coefficients, ue, value, [each.code for each in semester.ues])
    return replace(semester, declared=replace(semester.declared, coefficients=coefficients))


def _declared_hours(semester: Semester, correction: Correction) -> Semester:
    return replace(semester, declared=replace(semester.declared, hours=_figure(semester, correction)))


Change = Callable[[Semester, Correction], Semester]
OF_MODULE: Mapping[str, Change] = {
    "coefficient": _coefficient,
    "hours": _hours,
    "title": _title,
    "evaluations": _evaluations,
}
OF_TABLE: Mapping[str, Change] = {"ects": _ects, "total": _total, "hours": _declared_hours}


def _kept(semester: Semester, draft: Draft, corrections: Sequence[Correction]) -> Iterator[Finding]:
    """Yield what the checks did not make, hence only reading could tell, and that no correction settles."""
    made = Counter(map(unplaced, checks(semester, draft)))
    for each in semester.findings:
        if made[unplaced(each)]:
            made[unplaced(each)] -= 1
        elif not any(_settles(correction, each, semester) for correction in corrections):
            yield each


def _settles(correction: Correction, said: Finding, semester: Semester) -> bool:
    """Whether what is said stands on the very cell corrected, or tells of the very thing."""
    module = next((each.key for each in semester.modules if each.place == correction.module), None)
    ue = correction.of if correction.what in ("ects", "total") else None
    if said.code in SETTLES.get(correction.what, ()) and said.module == module and said.ue == ue:
        return True
    return said.cell is not None and said.cell in {semester.trace.cells.get(key) for key in _keys(correction)}


def _keys(correction: Correction) -> list[tuple[str, ...]]:
    """Return what the trace calls the thing corrected."""
    whats = WHERE.get(correction.what, (correction.what,))
    if correction.what == "hours" and correction.module is not None:
        whats = ("hours",) if correction.of == "total" else (f"hours.{correction.of}",)
    of = correction.of if correction.what in ("coefficient", "ects", "total") else None
    return [tuple(filter(None, (what, correction.module, of))) for what in whats]


def _missing_ects(semester: Semester, draft: Draft, corrections: Sequence[Correction]) -> Iterator[Finding]:
    """Yield the UEs whose ECTS were blanked, in a document that gives some (the reader tells of the others)."""
    blanked = {each.of for each in corrections if each.what == "ects"}
    if any(ue.ects for each in draft.semesters for ue in each.ues):
        for ue in semester.ues:
            if ue.ects is None and ue.code in blanked:
                cell = semester.trace.cells.get(("ects", ue.code))
                yield finding("missing_ects", "warning", f"{ue.code} : les ECTS manquent.", cell=cell, ue=ue.code)
