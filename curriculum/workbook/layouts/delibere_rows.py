"""What stands under the headings of one sheet of our own template: modules by pole, and what is declared."""

import re
from collections import Counter

from curriculum.workbook import form
from curriculum.workbook.draft import HOURS, KINDS, Amendment, Declared, Evaluation, Module, finding
from curriculum.workbook.figures import figure
from curriculum.workbook.layouts.delibere_cells import TemplateSheet
from curriculum.workbook.modules import SHORT_POLES, WORD_KINDS
from curriculum.workbook.naming import fold, module_key, plain, word_kind
from curriculum.workbook.tables import unread

AMENDED = re.compile(r"(.+?)\s*:\s*(\S+)\s*(?:→|->|devient)\s*(\S+)")
POLES = {fold(label): pole for pole, label in form.POLES.items()}
POLE_NAMES = {fold(label): pole for pole, label in form.DECLARED_POLES.items()}
FIGURE_NAMES = {fold(label): what for what, label in form.DECLARED_FIGURES.items()}
KIND_NAMES = {fold(label): kind for kind, label in form.KINDS.items()}


class TemplateRows:
    """The reading of the rows of one sheet."""

    def __init__(self, on: TemplateSheet) -> None:
        self.on = on

    def read(self) -> tuple[list[Module], Declared]:
        """Read what stands under the headings: poles, modules, and what the document declares."""
        pole: str | None = None
        modules: list[Module] = []
        ranks: Counter[str | None] = Counter()
        declared = Declared(None, {}, {}, {})
        ended = False
        for row, cells in self.on.sheet.rows.items():
            if row <= self.on.header:
                continue
            code, title = self.on.at(row, "code"), self.on.at(row, "title")
            if fold(code.text) in POLES and not title.text:
                pole, ended = POLES[fold(code.text)], False
            elif what := _declares(title.text):
                declared, ended = self._declared(row, what, declared), True
            elif code.text or (title.text and not ended) or self.on.at(row, "key").text:
                ranks[pole] += 1
                modules.append(self._module(row, pole, ranks[pole], {module.place for module in modules}))
            elif filled := [cell for cell in cells if cell.column in self.on.columns.values() and figure(cell.text)]:
                self.on.findings.append(unread(cells, filled[0]))
        return modules, declared

    def _declared(self, row: int, what: tuple[str, ...], declared: Declared) -> Declared:
        """Return what is declared so far, and on this line."""
        figures: dict[str, str] = {}
        for code in self.on.codes:
            if (value := self.on.figure(row, ("ue", code)).value) is not None:
                figures[code] = value
                self.on.cells[(*what, code) if len(what) == 1 else (what[0], code, *what[1:])] = self.on.at(
                    row, ("ue", code)
                ).name
        if what == ("total",):
            self.on.cells["hours",] = self.on.at(row, ("hours", "total")).name
            return Declared(self.on.figure(row, ("hours", "total")).value, figures, declared.ects, declared.poles)
        if what == ("ects",):
            return Declared(declared.hours, declared.coefficients, figures, declared.poles)
        poles = {code: dict(own) for code, own in declared.poles.items()}
        for code, value in figures.items():
            own = poles.setdefault(code, {})
            own[what[0]] = {**own.get(what[0], {}), (what[1:] or ("coefficients",))[0]: value}
        return Declared(declared.hours, declared.coefficients, declared.ects, poles)

    def _module(self, row: int, pole: str | None, rank: int, known: set[str]) -> Module:
        """Read a module's row; its key, where it is not written, comes from its code, else from its rank."""
        code = self.on.text(self.on.at(row, "code"), form.CODE) or None
        given = self.on.text(self.on.at(row, "key"))
        key = (
            given
            or (module_key(code, self.on.semester) if code else None)
            or f"S{self.on.semester}.{SHORT_POLES[pole]}.{rank:02}"
        )
        parcours = self.on.text(self.on.at(row, "parcours"))
        suffix = f" {parcours}" if parcours else ""
        twins = [place for place in known if place == key + suffix]
        if twins:
            key = self._renamed(row, key, code, suffix, known)
        figures = {each: self.on.figure(row, ("ue", each), key) for each in self.on.codes}
        amended = {each: Amendment(found.old, found.value) for each, found in figures.items() if found.old is not None}
        module = Module(
            key=key,
            code=code,
            title=self.on.text(self.on.at(row, "title"), form.TITLE) or None,
            kind=self._kind(row, code, pole),
            pole=pole,
            hours=self._hours(row, key),
            coefficients={each: found.value for each, found in figures.items() if found.value is not None},
            amended=self._amendments(row, key) | amended,
            evaluations=self._evaluations(row, key),
            parcours=parcours,
            marked_for=self._marked_for(row),
        )
        self._note(row, module)
        return module

    def _renamed(self, row: int, key: str, code: str | None, suffix: str, known: set[str]) -> str:
        """Return another key for a row whose own is taken, and say so."""
        number = next(number for number in range(2, len(known) + 3) if f"{key}-{number}{suffix}" not in known)
        self.on.findings.append(
            finding(
                "duplicate_code",
                "warning",
                f"{key} : ce code est déjà celui d’une autre ligne ; celle-ci est lue sous {key}-{number}.",
                cell=self.on.at(row, "code").name,
                module=key,
                declared=code,
                computed=f"{key}-{number}",
            )
        )
        return f"{key}-{number}"

    def _kind(self, row: int, code: str | None, pole: str | None) -> str:
        """Return the kind that is chosen, else that of the code's word, else that of the pole."""
        cell = self.on.at(row, "kind")
        words = fold(cell.text)
        if words and words not in KIND_NAMES:
            self.on.findings.append(unread([cell], cell))
        word = word_kind(code) if code else None
        return KIND_NAMES.get(words) or (WORD_KINDS[word] if word else pole or KINDS[-1])

    def _hours(self, row: int, key: str) -> dict[str, str | None]:
        hours: dict[str, str | None] = dict.fromkeys(HOURS)
        for name in self.on.columns:
            if isinstance(name, tuple) and name[0] == "hours" and plain(self.on.at(row, name).text) != form.NO_SUCH:
                hours[str(name[1])] = self.on.figure(row, name, key).value
        return hours

    def _evaluations(self, row: int, key: str) -> tuple[Evaluation, ...]:
        found = []
        for rank in sorted(
            {name[1] for name in self.on.columns if isinstance(name, tuple) and isinstance(name[1], int)}
        ):
            label = self.on.text(self.on.at(row, ("label", rank)))
            count, weight = (self.on.figure(row, (part, rank), key).value for part in ("count", "weight"))
            if label or count or weight:
                if count and not count.isdecimal():
                    cell = self.on.at(row, ("count", rank))
                    self.on.findings.append(unread([cell], cell, key))
                    count = None
                found.append(Evaluation(label or "", int(count) if count else None, weight))
        return tuple(found)

    def _marked_for(self, row: int) -> tuple[str, ...] | None:
        cell = self.on.at(row, "marked_for")
        if not cell.text:
            return None
        if fold(cell.text) == form.MARKED_FOR_NONE:
            return ()
        normal = form.listed(self.on.semester)
        return tuple(form.read(each.strip(), normal) for each in cell.text.split(";") if each.strip())

    def _amendments(self, row: int, key: str) -> dict[str, Amendment]:
        """Read « UE3.1 : 0,3 → 0,2 ; UE3.2 : 1 → rien »."""
        cell = self.on.at(row, "amended")
        amended = {}
        for each in filter(None, map(str.strip, cell.text.split(";"))):
            match = AMENDED.fullmatch(each)
            old, new = (figure(match[2]), figure(match[3])) if match else (None, None)
            if match is None or old is None or (new is None and match[3] != "rien"):
                self.on.findings.append(unread([cell], cell, key))
            else:
                amended[form.read(match[1], form.listed(self.on.semester))] = Amendment(old, new)
        return amended

    def _note(self, row: int, module: Module) -> None:
        """Note where a module's things stand, for the findings about them."""
        place = module.place
        places: dict[str, form.Column] = {"code": "code", "title": "title", "hours": ("hours", "total")}
        places |= {"labels": ("label", 1), "weights": ("weight", 1)}
        self.on.cells |= {(what, place): self.on.at(row, name).name for what, name in places.items()}
        for code in self.on.codes:
            self.on.cells["coefficient", place, code] = self.on.at(row, ("ue", code)).name
            self.on.cells["marked", place, code] = self.on.at(row, "marked_for").name


def _declares(text: str) -> tuple[str, ...] | None:
    """Return what a line declares: the totals, the ECTS, or a pole's coefficients or ECTS, as the trace names them."""
    words = fold(text)
    if words == fold(form.DECLARED["coefficients"]):
        return ("total",)
    if words == fold(form.DECLARED["ects"]):
        return ("ects",)
    if match := form.DECLARED_POLE.fullmatch(plain(text)):
        pole = POLE_NAMES.get(fold(match[1])) or form.read(match[1])
        what = FIGURE_NAMES.get(fold(match[2])) or form.read(match[2])
        return (pole,) if what == "coefficients" else (pole, what)
    return None
