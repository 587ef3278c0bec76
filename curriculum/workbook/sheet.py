"""One semester table as a sheet of our own template: UEs above, modules by pole, their sums as they are typed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from openpyxl.worksheet.worksheet import Worksheet

from curriculum.workbook import form, look
from curriculum.workbook.draft import HOURS, MODALITIES, Module, Semester
from curriculum.workbook.figures import total
from curriculum.workbook.french import comma
from curriculum.workbook.guard import letters
from curriculum.workbook.naming import module_key, plain

HEADER = 10
"""The row of the columns' headings; above it, what the table is, its UEs and their sums."""
ROWS = {"title": 3, "competence": 4, "level": 5, "ects": 6, "sum": 7, "gap": 8, "share": 9}
SPARE = 3
"""Blank rows that end each pole of a maquette that is written out."""
BLANK = {"ressource": 20, "sae": 8, None: 3}
"""Those of a blank table."""
BLANK_UES, EVALUATIONS = 5, 3
WIDTHS = {"code": 18, "title": 46, "kind": 12, "hours": 8, "ue": 15, "total": 10, "label": 24, "count": 9, "weight": 8}
LAST_WIDTHS = {"parcours": 12, "marked_for": 18, "amended": 26, "key": 14}

Figure = Callable[[Module], str | None]
Block = tuple[int, int]
"""The first and the last row of a pole."""


class TableSheet:
    """The writing of one table; `stored` keeps the value of each formula."""

    def __init__(self, sheet: Worksheet, semester: Semester, *, blank: bool = False) -> None:
        self.sheet, self.semester, self.blank = sheet, semester, blank
        self.stored: dict[str, Decimal | str] = {}
        modules = semester.modules
        self.others = {} if blank else dict.fromkeys(_strangers(semester))
        self.codes = [ue.code for ue in semester.ues] + list(self.others)
        if blank:
            self.codes = [f"UE{semester.semester}.{rank}" for rank in range(1, BLANK_UES + 1)]
        extra = dict.fromkeys(name for module in modules for name in module.hours if name not in HOURS)
        self.hours = [*HOURS[:-1], *extra, HOURS[-1]]
        self.sets = max([EVALUATIONS if blank else 1, *(len(module.evaluations) for module in modules)])
        names: list[form.Column] = [*form.NAMES]
        names += [("hours", each) for each in self.hours]
        names += [("ue", each) for each in self.codes]
        names.append("total")
        for rank in range(1, self.sets + 1):
            names += [(part, rank) for part in form.EVALUATION]
        names += form.LAST
        self.columns: dict[form.Column, int] = {name: column for column, name in enumerate(names, 1)}
        self.blocks = self._blocks()

    def _blocks(self) -> list[tuple[str | None, int, tuple[Module, ...], int]]:
        """Return the poles in order: which, the row of its heading, its modules, its last row."""
        found = [(pole, tuple(own)) for pole, own in groupby(self.semester.modules, key=lambda module: module.pole)]
        found += [(pole, ()) for pole in form.POLES if pole not in {each for each, _ in found}]
        blocks, row = [], HEADER + 1
        for pole, own in found:
            last = row + (BLANK[pole] if self.blank else len(own) + SPARE)
            blocks.append((pole, row, own, last))
            row = last + 1
        return blocks

    def write(self, title: str) -> None:
        """Write the sheet whole."""
        self._top(title)
        self._header()
        for pole, row, own, last in self.blocks:
            self._heading(pole, row, own, last)
            for line in range(row + 1, last + 1):
                rank = line - row - 1
                self._module(line, own[rank] if rank < len(own) else None)
        self._foot(self.blocks[-1][3] + 1)
        self._rules()
        self._set_up()

    def _at(self, row: int, name: form.Column) -> str:
        return f"{letters(self.columns[name])}{row}"

    def _text(self, row: int, name: form.Column, text: str | None, normal: Callable[[str], str] = plain) -> None:
        put_text(self.sheet, self._at(row, name), text, normal)

    def _figure(self, row: int, name: form.Column, figure: str | None) -> None:
        put_figure(self.sheet, self._at(row, name), figure)

    def _say(self, row: int, name: form.Column, text: str, style: str) -> None:
        look.put(self.sheet[self._at(row, name)], text, style)

    def _formula(self, row: int, name: form.Column, formula: str, value: Decimal | str, style: str = "somme") -> None:
        cell = self.sheet[self._at(row, name)]
        cell.value, cell.style = f"={formula}", style
        self.stored[cell.coordinate] = value

    def _top(self, title: str) -> None:
        """Write what the table is, its UEs, and the sums that follow what is typed."""
        semester = self.semester
        look.put(self.sheet["A1"], form.written(title), "titre")
        look.put(self.sheet["A2"], "Les cellules blanches se remplissent ; les grises se calculent.", "consigne")
        facts = {"parcours": semester.parcours, "modality": semester.modality, "academic_year": None, "sheet": None}
        for row, (name, label) in enumerate(form.TABLE.items(), 3):
            self._say(row, "code", label, "étiquette")
            self._text(row, "title", facts.get(name))
        look.put(self.sheet[self._at(3, "title")], semester.semester, "saisie à gauche")
        if not self.blank:
            year = form.NOTHING if semester.academic_year is None else form.written(semester.academic_year, form.year)
            look.put(self.sheet[self._at(6, "title")], year, "saisie")
            self._text(7, "title", semester.sheet)
        for name, label in (form.UES | form.LIVE).items():
            row = ROWS[name]
            self._say(row, "kind", label, "étiquette")
            self.sheet.merge_cells(f"{self._at(row, 'kind')}:{self._at(row, ('hours', HOURS[-1]))}")
        ues = {ue.code: ue for ue in semester.ues}
        for code in self.codes:
            found = ues.get(code)
            self._text(ROWS["title"], ("ue", code), found.title if found else None)
            none = form.NOTHING if code in self.others else None
            look.put(
                self.sheet[self._at(ROWS["competence"], ("ue", code))],
                form.written(found.competence, form.dashless) if found else none,
                "nombre",
            )
            look.put(self.sheet[self._at(ROWS["level"], ("ue", code))], found.level if found else None, "nombre")
            self._figure(ROWS["ects"], ("ue", code), found.ects if found else None)
            self._checks(code, found.ects if found else None)
        if self.codes:
            self._total(ROWS["ects"], [ue.ects for ue in semester.ues if ue.ects is not None])
            self._formula(ROWS["sum"], "total", self._sum("total", self._ranges()), self._added(semester.modules))

    def _checks(self, code: str, ects: str | None) -> None:
        """Write the sum of a UE, its distance to the ECTS, and the share of the SAÉ pole."""
        name, semester = ("ue", code), self.semester
        whole, sae = semester.coefficient_sum(code), semester.coefficient_sum(code, "sae")
        at = {each: self._at(row, name) for each, row in ROWS.items()}
        self._formula(ROWS["sum"], name, self._sum(name, self._ranges()), whole)
        gap = whole - Decimal(ects) if ects is not None else ""
        self._formula(ROWS["gap"], name, f'IF(ISNUMBER({at["ects"]}),ROUND({at["sum"]}-{at["ects"]},6),"")', gap)
        share = Decimal(int(1000 * Fraction(sae) // Fraction(whole))) / 10 if whole else ""
        poles = self._sum(name, self._ranges("sae"))
        self._formula(ROWS["share"], name, f'IF({at["sum"]}>0,ROUNDDOWN(100*({poles})/{at["sum"]},1),"")', share)

    def _ranges(self, *poles: str | None) -> list[Block]:
        return [(row + 1, last) for pole, row, _, last in self.blocks if not poles or pole in poles]

    def _sum(self, name: form.Column, blocks: Sequence[Block]) -> str:
        """Return the formula that adds a column over some rows; alternatives of one place count once."""
        column, parcours = letters(self.columns[name]), letters(self.columns["parcours"])
        added = f"SUM({','.join(f'{column}{first}:{column}{last}' for first, last in blocks)})"
        firsts: dict[str, int] = {}
        for _, row, own, _ in self.blocks:
            for line, module in enumerate(own, row + 1):
                if module.parcours:
                    firsts.setdefault(module.parcours, line)
        alternatives = [
            "+".join(
                f"SUMIF({parcours}{first}:{parcours}{last},{parcours}{line},{column}{first}:{column}{last})"
                for first, last in blocks
            )
            for line in firsts.values()
        ]
        if not alternatives:
            return added
        return f"{added}-({'+'.join(alternatives)})+MAX({','.join(alternatives)})"

    def _added(self, modules: Iterable[Module], figure: Callable[[Module], Iterable[str]] | None = None) -> Decimal:
        """Add as the formula does: what is common, and the largest of the alternatives."""
        sums: dict[str | None, Decimal] = {None: Decimal(0)}
        for module in modules:
            figures = figure(module) if figure else module.coefficients.values()
            sums[module.parcours] = sums.get(module.parcours, Decimal(0)) + total(figures)
        return sums.pop(None) + max(sums.values(), default=Decimal(0))

    def _total(self, row: int, figures: Sequence[str]) -> None:
        """Write the sum of the UEs' figures of a row."""
        first, last = self._at(row, ("ue", self.codes[0])), self._at(row, ("ue", self.codes[-1]))
        formula = f'IF(COUNT({first}:{last})=0,"",SUM({first}:{last}))'
        self._formula(row, "total", formula, total(figures) if figures else "")

    def _header(self) -> None:
        labels: dict[form.Column, str] = {"total": form.TOTAL}
        labels |= dict[form.Column, str]((form.NAMES | form.LAST).items())
        for hours in self.hours:
            labels["hours", hours] = form.hour_label(hours)
        for rank in range(1, self.sets + 1):
            labels |= {(part, rank): f"{label} {rank}" for part, label in form.EVALUATION.items()}
        for name, label in labels.items():
            self._say(HEADER, name, label, "entête")
        for code in self.codes:
            text = form.written(code, form.ue(self.semester.semester))
            self._say(HEADER, ("ue", code), text, "entête saisie")

    def _heading(self, pole: str | None, row: int, own: Sequence[Module], last: int) -> None:
        """Write the heading of a pole, with the sums of its hours and of its coefficients."""
        for column in self.columns:
            self.sheet[self._at(row, column)].style = "pôle"
        self._say(row, "code", form.POLES[pole], "pôle")
        blocks = [(row + 1, last)]
        for name in self.hours:
            value = self._added(own, lambda module, name=name: filter(None, [module.hours.get(name)]))  # type: ignore[misc]
            self._formula(row, ("hours", name), self._sum(("hours", name), blocks), value, "sous-total")
        for code in self.codes:
            value = self._added(own, lambda module, code=code: filter(None, [module.coefficients.get(code)]))  # type: ignore[misc]
            self._formula(row, ("ue", code), self._sum(("ue", code), blocks), value, "sous-total")
        if self.codes:
            self._formula(row, "total", self._sum("total", blocks), self._added(own), "sous-total")

    def _module(self, row: int, module: Module | None) -> None:
        """Write a module's row, or a blank one."""
        for name in self.columns:
            style = "somme" if name == "total" else "saisie"
            self.sheet[self._at(row, name)].style = style if isinstance(name, str) else "nombre"
        for rank in range(1, self.sets + 1):
            self.sheet[self._at(row, ("label", rank))].style = "saisie"
        if self.codes:
            self._total(row, list(module.coefficients.values()) if module else [])
        if module is None:
            return
        self._text(row, "code", module.code, form.CODE)
        self._text(row, "title", module.title, form.TITLE)
        self._text(row, "kind", form.KINDS[module.kind])
        for hours in self.hours:
            if hours in module.hours:
                self._figure(row, ("hours", hours), module.hours[hours])
            else:
                look.put(self.sheet[self._at(row, ("hours", hours))], form.NO_SUCH, "nombre")
        for code, value in module.coefficients.items():
            self._figure(row, ("ue", code), value)
        for rank, each in enumerate(module.evaluations, 1):
            self._text(row, ("label", rank), each.label)
            self._figure(row, ("count", rank), None if each.count is None else str(each.count))
            self._figure(row, ("weight", rank), each.weight)
        self._text(row, "parcours", module.parcours)
        if module.marked_for is not None:
            marked = " ; ".join(form.written(code, form.listed(self.semester.semester)) for code in module.marked_for)
            look.put(self.sheet[self._at(row, "marked_for")], marked or form.MARKED_FOR_NONE, "saisie")
        if module.amended:
            amended = " ; ".join(
                f"{form.written(code, form.listed(self.semester.semester))} : {comma(each.old)} → {comma(each.new)}"
                for code, each in module.amended.items()
            )
            look.put(self.sheet[self._at(row, "amended")], amended, "saisie")
        if not module.code or module_key(module.code, self.semester.semester) != module.key:
            self._text(row, "key", module.key)

    def _foot(self, first: int) -> None:
        """Write the totals that the document prints, which nothing here computes."""
        declared, self.foot = self.semester.declared, first
        lines: dict[str, Mapping[str, str]] = {
            form.DECLARED["coefficients"]: declared.coefficients,
            form.DECLARED["ects"]: declared.ects,
        }
        pairs = dict.fromkeys((pole, what) for pole in form.DECLARED_POLES for what in form.DECLARED_FIGURES)
        pairs |= dict.fromkeys((pole, what) for own in declared.poles.values() for pole in own for what in own[pole])
        for pole, what in pairs:
            figures = {code: own[pole][what] for code, own in declared.poles.items() if what in own.get(pole, {})}
            lines[form.declared_pole(pole, what)] = figures
        for row, (label, given) in enumerate(lines.items(), first):
            self._say(row, "title", label, "étiquette")
            for code in self.codes:
                self._figure(row, ("ue", code), given.get(code))
        self._figure(first, ("hours", HOURS[-1]), declared.hours)
        self.last = first + len(lines) - 1

    def _rules(self) -> None:
        """Say what each cell may hold, and colour the sums that do not agree."""
        sheet, top, hours = self.sheet, HEADER + 1, [("hours", name) for name in self.hours]
        look.choice(sheet, self._at(3, "title"), tuple("123456"), "Semestre")
        look.choice(sheet, self._at(5, "title"), MODALITIES, "Régime")
        look.choice(sheet, self._down("kind", top, self.foot - 1), tuple(form.KINDS.values()), "Nature")
        look.figures(sheet, f"{self._at(top, hours[0])}:{self._at(self.last, hours[-1])}", "Heures")
        for rank in range(1, self.sets + 1):
            look.figures(sheet, self._down(("count", rank), top, self.foot - 1), "Nombre d’évaluations", whole=True)
            look.figures(sheet, self._down(("weight", rank), top, self.foot - 1), "Poids")
        parts = f"{self._at(top, hours[0])}:{self._at(top, hours[-2])}".replace(str(top), "")
        first, last = (f"${each}{top}" for each in parts.split(":"))
        whole = f"${self._at(top, hours[-1])}"
        off = f"AND(COUNT({first}:{last})>0,ISNUMBER({whole}),ABS(SUM({first}:{last})-{whole})>0.000001)"
        look.tint(sheet, self._down(hours[-1], top, self.foot - 1), off, look.DOUBT)
        if not self.codes:
            return
        ues = [self._at(row, ("ue", code)) for row in (top, self.last) for code in self.codes]
        look.figures(sheet, f"{ues[0]}:{ues[-1]}", "Coefficient")
        look.figures(sheet, self._across(ROWS["ects"]), "ECTS")
        look.choice(sheet, self._across(ROWS["level"]), ("1", "2", "3"), "Niveau")
        gap, share, ects = (self._at(ROWS[each], ("ue", self.codes[0])) for each in ("gap", "share", "ects"))
        look.tint(sheet, self._across(ROWS["gap"]), f"AND(ISNUMBER({gap}),{gap}<>0)", look.WRONG)
        look.tint(sheet, self._across(ROWS["gap"]), f"AND(ISNUMBER({gap}),{gap}=0)", look.RIGHT)
        look.tint(sheet, self._across(ROWS["share"]), f"AND(ISNUMBER({share}),OR({share}<40,{share}>60))", look.DOUBT)
        ects = self._at(ROWS["ects"], "total")
        look.tint(sheet, ects, f"AND(ISNUMBER({ects}),{ects}<>30)", look.WRONG)
        look.tint(sheet, ects, f"AND(ISNUMBER({ects}),{ects}=30)", look.RIGHT)

    def _down(self, name: form.Column, first: int, last: int) -> str:
        return f"{self._at(first, name)}:{self._at(last, name)}"

    def _across(self, row: int) -> str:
        return f"{self._at(row, ('ue', self.codes[0]))}:{self._at(row, ('ue', self.codes[-1]))}"

    def _set_up(self) -> None:
        """Set widths and heights, freeze what names a cell, and prepare the paper."""
        sheet = self.sheet
        for name, column in self.columns.items():
            kind = name if isinstance(name, str) else str(name[0])
            sheet.column_dimensions[letters(column)].width = (WIDTHS | LAST_WIDTHS)[kind]
        sheet.row_dimensions[1].height = 26
        sheet.row_dimensions[ROWS["title"]].height = 66
        sheet.row_dimensions[HEADER].height = 32
        sheet.freeze_panes = f"{letters(self.columns['title'] + 1)}{HEADER + 1}"
        look.page(sheet, len(self.columns), heading=HEADER)


def put_text(sheet: Worksheet, cell: str, text: str | None, normal: Callable[[str], str] = plain) -> None:
    """Write a text that somebody may change, so that reading gives it back."""
    look.put(sheet[cell], None if text is None else form.written(text, normal), "saisie")


def put_figure(sheet: Worksheet, cell: str, figure: str | None) -> None:
    """Write a figure that somebody may change, so that reading gives it back, trailing zeros included."""
    value, shown = (None, None) if figure is None else form.number(figure)
    look.put(sheet[cell], value, "nombre", shown)


def _strangers(semester: Semester) -> Iterable[str]:
    """Return the codes that have figures in a table and are none of its UEs."""
    declared, own = semester.declared, {ue.code for ue in semester.ues}
    places = [module.coefficients for module in semester.modules]
    return (
        code
        for each in (*places, declared.coefficients, declared.ects, declared.poles)
        for code in each
        if code not in own
    )
