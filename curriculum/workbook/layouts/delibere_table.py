"""One sheet of our own template: the words of its headings say where everything is."""

import re
from collections import Counter
from collections.abc import Callable

from curriculum.workbook import form
from curriculum.workbook.draft import (
    HOURS,
    KINDS,
    MODALITIES,
    UE,
    Amendment,
    Declared,
    Evaluation,
    Finding,
    Module,
    Semester,
    Trace,
    finding,
)
from curriculum.workbook.figures import DASH, Figure, figure
from curriculum.workbook.grid import Cell, Sheet
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.modules import SHORT_POLES, WORD_KINDS
from curriculum.workbook.naming import fold, module_key, plain, read_semester, word_kind
from curriculum.workbook.tables import unread, verbatim

AMENDED = re.compile(r"(.+?)\s*:\s*(\S+)\s*(?:→|->|devient)\s*(\S+)")
LABELS = {fold(label): name for name, label in (form.NAMES | form.LAST).items()}
HOUR_LABELS = {fold(label): name for name, label in form.HOUR_NAMES.items()}
PARTS = {fold(label): name for name, label in form.EVALUATION.items()}
POLES = {fold(label): pole for pole, label in form.POLES.items()}
POLE_NAMES = {fold(label): pole for pole, label in form.DECLARED_POLES.items()}
FIGURE_NAMES = {fold(label): what for what, label in form.DECLARED_FIGURES.items()}
KIND_NAMES = {fold(label): kind for kind, label in form.KINDS.items()}


def find_header(sheet: Sheet) -> int | None:
    """Return the row of a table's headings; None where the sheet holds no table of ours."""
    names = set(map(fold, form.NAMES.values()))
    return next((row for row, cells in sheet.rows.items() if names <= {fold(cell.text) for cell in cells}), None)


def read_table(sheet: Sheet, header: int, year: str | None) -> Semester | None:
    """Return the table of a sheet, of the formation's year where it says none; None where nothing is filled in."""
    return _Table(sheet, header).read(year)


class _Table:
    """The reading of one table; every figure that is looked at is noted, so that none without a value is missed."""

    def __init__(self, sheet: Sheet, header: int) -> None:
        self.sheet, self.header = sheet, header
        self.columns: dict[form.Column, int] = {}
        self.strange: list[Cell] = []
        self.findings: list[Finding] = []
        self.looked: set[str] = set()
        self.cells: dict[tuple[str, ...], str] = {}
        heading = {fold(cell.text): cell.column for cell in sheet.rows[header][::-1]}
        labelled = {heading[fold(form.NAMES[name])] for name in ("code", "kind")}
        self.labels = {
            fold(cell.text): row for (row, column), cell in sheet.cells.items() if row < header and column in labelled
        }
        self.semester = self._semester()
        self._find_columns()

    def _semester(self) -> int:
        """Return the semester that the sheet says, or that its tab names."""
        column = next(
            cell.column for cell in self.sheet.rows[self.header] if fold(cell.text) == fold(form.NAMES["title"])
        )
        self.columns["title"] = column
        cell = self._fact("semester")
        text = plain(cell.text)
        semester = int(text) if re.fullmatch("[1-6]", text) else read_semester(text or self.sheet.name)
        if semester is None:
            raise Unreadable(
                f"{self.sheet.name}!{cell.name} : attendu, un semestre de 1 à 6 ; trouvé, {text or 'rien'}."
            )
        return semester

    def _fact(self, name: str) -> Cell:
        """Return what the table says of itself under a label, in the column of the titles."""
        row = self.labels.get(fold(form.TABLE[name]), 0)
        return self.sheet.at(row, self.columns["title"])

    def _find_columns(self) -> None:
        """Note what each column holds; between the names and the sum, a heading that is no known word is a UE."""
        cells = self.sheet.rows[self.header]
        end = next((cell.column for cell in cells if fold(cell.text) == fold(form.TOTAL)), 0)
        kinds = [cell.column for cell in cells if fold(cell.text) == fold(form.NAMES["kind"])]
        for cell in cells:
            words = fold(cell.text)
            if words in LABELS:
                self.columns[LABELS[words]] = cell.column
            elif words in HOUR_LABELS:
                self.columns["hours", HOUR_LABELS[words]] = cell.column
            elif cell.text.startswith(form.OTHER_HOURS):
                self.columns["hours", form.read(cell.text.removeprefix(form.OTHER_HOURS))] = cell.column
            elif match := form.NUMBERED.fullmatch(words):
                self.columns[PARTS[match[1]], int(match[2])] = cell.column
            elif kinds[0] < cell.column < end:
                code = form.read(cell.text, form.ue(self.semester))
                if ("ue", code) in self.columns:
                    raise Unreadable(f"{self.sheet.name}!{cell.name} : deux colonnes s’appellent {code}.")
                self.columns["ue", code] = cell.column
            elif words != fold(form.TOTAL):
                self.strange.append(cell)

    @property
    def codes(self) -> list[str]:
        return [
            name[1]
            for name in self.columns
            if isinstance(name, tuple) and name[0] == "ue" and isinstance(name[1], str)
        ]

    def read(self, year: str | None) -> Semester | None:
        """Return the table, or None where nothing is filled in."""
        modules, declared = self._rows()
        ues = [ue for code in self.codes if (ue := self._ue(code, modules, declared))]
        origin = self._fact("sheet").text
        if not (modules or ues or origin):
            return None
        said = self._fact("academic_year").text
        self._report_strange()
        self._report_missing_ects(ues)
        return Semester(
            sheet=form.read(origin) if origin else self.sheet.name,
            semester=self.semester,
            parcours=self._text(self._fact("parcours")),
            modality=self._modality(),
            academic_year=(form.read(said, form.year) or None) if said else year,
            ues=tuple(ues),
            declared=declared,
            modules=tuple(modules),
            findings=(*self.findings, *self._formulas()),
            trace=Trace(self.cells),
        )

    def _text(self, cell: Cell, normal: Callable[[str], str] = plain) -> str | None:
        return form.read(cell.in_force, normal) if cell.text else None

    def _modality(self) -> str | None:
        cell = self._fact("modality")
        words = fold(cell.text)
        if words and words not in map(fold, MODALITIES):
            raise Unreadable(
                f"{self.sheet.name}!{cell.name} : attendu, {' ou '.join(MODALITIES)} ; trouvé, {plain(cell.text)}."
            )
        return next((modality for modality in MODALITIES if fold(modality) == words), None)

    def _at(self, row: int, name: form.Column) -> Cell:
        cell = self.sheet.at(row, self.columns.get(name, 0))
        self.looked.add(cell.name)
        return cell

    def _figure(self, row: int, name: form.Column, module: str | None = None) -> Figure:
        """Return what a cell says, and report it where it is no figure."""
        cell = self._at(row, name)
        found = form.figure(cell)
        if not found.understood:
            self.findings.append(unread([cell], cell, module))
        return found

    def _above(self, name: str, code: str) -> Cell:
        return self.sheet.at(self.labels.get(fold(form.UES[name]), 0), self.columns["ue", code])

    def _ue(self, code: str, modules: list[Module], declared: Declared) -> UE | None:
        """Return the UE of a column; None where it only has a code, or where its figures are of no UE of the table."""
        row = self.labels.get(fold(form.UES["ects"]), 0)
        title, competence, level = (self._above(name, code) for name in ("title", "competence", "level"))
        ects = self._figure(row, ("ue", code)).value
        used = any(code in module.coefficients for module in modules) or code in declared.coefficients
        if competence.text and DASH.fullmatch(plain(competence.text)):
            return None
        if not (title.text or competence.text or level.text or ects or used):
            return None
        number = plain(level.text)
        if number and number not in ("1", "2", "3"):
            raise Unreadable(f"{self.sheet.name}!{level.name} : attendu, un niveau de 1 à 3 ; trouvé, {number}.")
        self.cells["ue", code] = self.sheet.at(self.header, self.columns["ue", code]).name
        self.cells["ects", code] = self.sheet.at(row, self.columns["ue", code]).name
        return UE(
            code,
            self._text(title),
            self._text(competence, form.dashless) or f"UE{code.rpartition('.')[2].removeprefix('UE')}",
            int(number or (self.semester + 1) // 2),
            ects,
        )

    def _rows(self) -> tuple[list[Module], Declared]:
        """Read what stands under the headings: poles, modules, and what the document declares."""
        pole: str | None = None
        modules: list[Module] = []
        ranks: Counter[str | None] = Counter()
        declared = Declared(None, {}, {}, {})
        ended = False
        for row, cells in self.sheet.rows.items():
            if row <= self.header:
                continue
            code, title = self._at(row, "code"), self._at(row, "title")
            if fold(code.text) in POLES and not title.text:
                pole, ended = POLES[fold(code.text)], False
            elif what := _declares(title.text):
                declared, ended = self._declared(row, what, declared), True
            elif code.text or (title.text and not ended) or self._at(row, "key").text:
                ranks[pole] += 1
                modules.append(self._module(row, pole, ranks[pole], {module.place for module in modules}))
            elif filled := [cell for cell in cells if cell.column in self.columns.values() and figure(cell.text)]:
                self.findings.append(unread(cells, filled[0]))
        return modules, declared

    def _declared(self, row: int, what: tuple[str, ...], declared: Declared) -> Declared:
        """Return what is declared so far, and on this line."""
        figures: dict[str, str] = {}
        for code in self.codes:
            if (value := self._figure(row, ("ue", code)).value) is not None:
                figures[code] = value
                self.cells[(*what, code) if len(what) == 1 else (what[0], code, *what[1:])] = self._at(
                    row, ("ue", code)
                ).name
        if what == ("total",):
            self.cells["hours",] = self._at(row, ("hours", "total")).name
            return Declared(self._figure(row, ("hours", "total")).value, figures, declared.ects, declared.poles)
        if what == ("ects",):
            return Declared(declared.hours, declared.coefficients, figures, declared.poles)
        poles = {code: dict(own) for code, own in declared.poles.items()}
        for code, value in figures.items():
            own = poles.setdefault(code, {})
            own[what[0]] = {**own.get(what[0], {}), (what[1:] or ("coefficients",))[0]: value}
        return Declared(declared.hours, declared.coefficients, declared.ects, poles)

    def _module(self, row: int, pole: str | None, rank: int, known: set[str]) -> Module:
        """Read a module's row; its key, where it is not written, comes from its code, else from its rank."""
        code = self._text(self._at(row, "code"), form.CODE) or None
        given = self._text(self._at(row, "key"))
        key = (
            given
            or (module_key(code, self.semester) if code else None)
            or f"S{self.semester}.{SHORT_POLES[pole]}.{rank:02}"
        )
        parcours = self._text(self._at(row, "parcours"))
        suffix = f" {parcours}" if parcours else ""
        twins = [place for place in known if place == key + suffix]
        if twins:
            key = self._renamed(row, key, code, suffix, known)
        figures = {each: self._figure(row, ("ue", each), key) for each in self.codes}
        amended = {each: Amendment(found.old, found.value) for each, found in figures.items() if found.old is not None}
        module = Module(
            key=key,
            code=code,
            title=self._text(self._at(row, "title"), form.TITLE) or None,
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
        self.findings.append(
            finding(
                "duplicate_code",
                "warning",
                f"{key} : ce code est déjà celui d’une autre ligne ; celle-ci est lue sous {key}-{number}.",
                cell=self._at(row, "code").name,
                module=key,
                declared=code,
                computed=f"{key}-{number}",
            )
        )
        return f"{key}-{number}"

    def _kind(self, row: int, code: str | None, pole: str | None) -> str:
        """Return the kind that is chosen, else that of the code's word, else that of the pole."""
        cell = self._at(row, "kind")
        words = fold(cell.text)
        if words and words not in KIND_NAMES:
            self.findings.append(unread([cell], cell))
        word = word_kind(code) if code else None
        return KIND_NAMES.get(words) or (WORD_KINDS[word] if word else pole or KINDS[-1])

    def _hours(self, row: int, key: str) -> dict[str, str | None]:
        hours: dict[str, str | None] = dict.fromkeys(HOURS)
        for name in self.columns:
            if isinstance(name, tuple) and name[0] == "hours" and plain(self._at(row, name).text) != form.NO_SUCH:
                hours[str(name[1])] = self._figure(row, name, key).value
        return hours

    def _evaluations(self, row: int, key: str) -> tuple[Evaluation, ...]:
        found = []
        for rank in sorted({name[1] for name in self.columns if isinstance(name, tuple) and isinstance(name[1], int)}):
            label = self._text(self._at(row, ("label", rank)))
            count, weight = (self._figure(row, (part, rank), key).value for part in ("count", "weight"))
            if label or count or weight:
                if count and not count.isdecimal():
                    cell = self._at(row, ("count", rank))
                    self.findings.append(unread([cell], cell, key))
                    count = None
                found.append(Evaluation(label or "", int(count) if count else None, weight))
        return tuple(found)

    def _marked_for(self, row: int) -> tuple[str, ...] | None:
        cell = self._at(row, "marked_for")
        if not cell.text:
            return None
        if fold(cell.text) == form.MARKED_FOR_NONE:
            return ()
        normal = form.listed(self.semester)
        return tuple(form.read(each.strip(), normal) for each in cell.text.split(";") if each.strip())

    def _amendments(self, row: int, key: str) -> dict[str, Amendment]:
        """Read « UE3.1 : 0,3 → 0,2 ; UE3.2 : 1 → rien »."""
        cell = self._at(row, "amended")
        amended = {}
        for each in filter(None, map(str.strip, cell.text.split(";"))):
            match = AMENDED.fullmatch(each)
            old, new = (figure(match[2]), figure(match[3])) if match else (None, None)
            if match is None or old is None or (new is None and match[3] != "rien"):
                self.findings.append(unread([cell], cell, key))
            else:
                amended[form.read(match[1], form.listed(self.semester))] = Amendment(old, new)
        return amended

    def _note(self, row: int, module: Module) -> None:
        """Note where a module's things stand, for the findings about them."""
        place = module.place
        places: dict[str, form.Column] = {"code": "code", "title": "title", "hours": ("hours", "total")}
        places |= {"labels": ("label", 1), "weights": ("weight", 1)}
        self.cells |= {(what, place): self._at(row, name).name for what, name in places.items()}
        for code in self.codes:
            self.cells["coefficient", place, code] = self._at(row, ("ue", code)).name
            self.cells["marked", place, code] = self._at(row, "marked_for").name

    def _report_strange(self) -> None:
        """Report the columns whose heading says nothing to us, where something is written under it."""
        for heading in self.strange:
            cells = [
                cell
                for (row, column), cell in self.sheet.cells.items()
                if column == heading.column and row > heading.row
            ]
            if cells:
                shown = verbatim(cells)
                sentence = f"La colonne « {plain(heading.text)} » n’a pas été comprise : {shown}."
                self.findings.append(finding("unread_row", "error", sentence, cell=heading.name, declared=shown))

    def _report_missing_ects(self, ues: list[UE]) -> None:
        """Report the UEs without ECTS, in a table that gives some."""
        for ue in ues if any(ue.ects for ue in ues) else ():
            if ue.ects is None:
                cell = self.cells.get(("ects", ue.code))
                self.findings.append(
                    finding("missing_ects", "warning", f"{ue.code} : les ECTS manquent.", cell=cell, ue=ue.code)
                )

    def _formulas(self) -> list[Finding]:
        """Report the figures that are formulas without a stored value; our own sums are not read, so not missed."""
        return [
            finding(
                "cached_formula",
                "warning",
                f"{cell} : la formule n’a pas de valeur enregistrée ; enregistrez le classeur dans Excel.",
                cell=cell,
            )
            for cell in self.sheet.uncomputed
            if cell in self.looked
        ]


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
