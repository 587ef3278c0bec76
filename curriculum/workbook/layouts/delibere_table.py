"""One sheet of our own template: the words of its headings say where everything is."""

from curriculum.workbook import form
from curriculum.workbook.draft import MODALITIES, UE, Declared, Finding, Module, Semester, Trace, finding
from curriculum.workbook.figures import DASH
from curriculum.workbook.grid import Cell, Sheet
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.layouts.delibere_cells import TemplateSheet
from curriculum.workbook.layouts.delibere_rows import TemplateRows
from curriculum.workbook.naming import fold, plain
from curriculum.workbook.tables import verbatim


def read_table(sheet: Sheet, header: int, year: str | None) -> Semester | None:
    """Return the table of a sheet, of the formation's year where it says none; None where nothing is filled in."""
    return _Table(TemplateSheet(sheet, header)).read(year)


class _Table:
    """The reading of one table: what stands above its headings, then its rows."""

    def __init__(self, on: TemplateSheet) -> None:
        self.on = on

    def read(self, year: str | None) -> Semester | None:
        """Return the table, or None where nothing is filled in."""
        modules, declared = TemplateRows(self.on).read()
        ues = [ue for code in self.on.codes if (ue := self._ue(code, modules, declared))]
        origin = self.on.fact("sheet").text
        if not (modules or ues or origin):
            return None
        said = self.on.fact("academic_year").text
        self._report_strange()
        self._report_missing_ects(ues)
        return Semester(
            sheet=form.read(origin) if origin else self.on.sheet.name,
            semester=self.on.semester,
            parcours=self.on.text(self.on.fact("parcours")),
            modality=self._modality(),
            academic_year=(form.read(said, form.year) or None) if said else year,
            ues=tuple(ues),
            declared=declared,
            modules=tuple(modules),
            findings=(*self.on.findings, *self._formulas()),
            trace=Trace(self.on.cells),
        )

    def _modality(self) -> str | None:
        cell = self.on.fact("modality")
        words = fold(cell.text)
        if words and words not in map(fold, MODALITIES):
            raise Unreadable(
                f"{self.on.sheet.name}!{cell.name} : attendu, {' ou '.join(MODALITIES)} ; trouvé, {plain(cell.text)}."
            )
        return next((modality for modality in MODALITIES if fold(modality) == words), None)

    def _above(self, name: str, code: str) -> Cell:
        return self.on.sheet.at(self.on.labels.get(fold(form.UES[name]), 0), self.on.columns["ue", code])

    def _ue(self, code: str, modules: list[Module], declared: Declared) -> UE | None:
        """Return the UE of a column; None where it only has a code, or where its figures are of no UE of the table."""
        row = self.on.labels.get(fold(form.UES["ects"]), 0)
        title, competence, level = (self._above(name, code) for name in ("title", "competence", "level"))
        ects = self.on.figure(row, ("ue", code)).value
        used = any(code in module.coefficients for module in modules) or code in declared.coefficients
        if competence.text and DASH.fullmatch(plain(competence.text)):
            return None
        if not (title.text or competence.text or level.text or ects or used):
            return None
        number = plain(level.text)
        if number and number not in ("1", "2", "3"):
            raise Unreadable(f"{self.on.sheet.name}!{level.name} : attendu, un niveau de 1 à 3 ; trouvé, {number}.")
        self.on.cells["ue", code] = self.on.sheet.at(self.on.header, self.on.columns["ue", code]).name
        self.on.cells["ects", code] = self.on.sheet.at(row, self.on.columns["ue", code]).name
        return UE(
            code,
            self.on.text(title),
            self.on.text(competence, form.dashless) or f"UE{code.rpartition('.')[2].removeprefix('UE')}",
            int(number or (self.on.semester + 1) // 2),
            ects,
        )

    def _report_strange(self) -> None:
        """Report the columns whose heading says nothing to us, where something is written under it."""
        for heading in self.on.strange:
            cells = [
                cell
                for (row, column), cell in self.on.sheet.cells.items()
                if column == heading.column and row > heading.row
            ]
            if cells:
                shown = verbatim(cells)
                sentence = f"La colonne « {plain(heading.text)} » n’a pas été comprise : {shown}."
                self.on.findings.append(finding("unread_row", "error", sentence, cell=heading.name, declared=shown))

    def _report_missing_ects(self, ues: list[UE]) -> None:
        """Report the UEs without ECTS, in a table that gives some."""
        for ue in ues if any(ue.ects for ue in ues) else ():
            if ue.ects is None:
                cell = self.on.cells.get(("ects", ue.code))
                self.on.findings.append(
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
            for cell in self.on.sheet.uncomputed
            if cell in self.on.looked
        ]
