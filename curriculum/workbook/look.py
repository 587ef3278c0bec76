"""How our own template looks: styles, what may be typed, print set-up; and the value of each formula, stored."""

import re
import zipfile
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

INK, GREY, WASH, EDGE, ACCENT, ACCENT_WASH = "17191C", "565B61", "F3F3F0", "DADBDC", "1D4F86", "E3EBF4"
WRONG, RIGHT, DOUBT = "F6D5D0", "DCEBDD", "FBEBC8"
FACE = "Calibri"
A4, A3 = "9", "8"
WIDE = 24
"""From how many columns a sheet is printed on A3."""
NO_ZERO = "General;-General;"
FORMULA = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*)><f>([^<]*)</f><v\s*(?:/>|></v>)')
DATES = re.compile(r"<dcterms:(created|modified)\b.*?</dcterms:\1>")

Value = str | int | Decimal | date | None
Stored = Mapping[str, Decimal | str]
"""The value of each formula of a sheet, by cell."""


def styles(book: Workbook) -> None:
    """Give a workbook the styles of ours: what is typed is white and open, what is computed or said is not."""
    edge = Side(style="thin", color=EDGE)
    box = Border(left=edge, right=edge, top=edge, bottom=edge)
    wrap, left = Alignment(vertical="center", wrap_text=True), Alignment(horizontal="left", vertical="center")
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    right = Alignment(horizontal="right", vertical="center", wrap_text=True, indent=1)
    opened, body = Protection(locked=False), Font(name=FACE, size=10, color=INK)
    strong, white = Font(name=FACE, size=10, bold=True, color=INK), Font(name=FACE, size=10, bold=True, color="FFFFFF")
    quiet = Font(name=FACE, size=10, color=GREY)
    grey, dark, pale = (PatternFill("solid", fgColor=color) for color in (WASH, ACCENT, ACCENT_WASH))
    for style in (
        NamedStyle(
            "titre", font=Font(name=FACE, size=16, bold=True, color=ACCENT), alignment=Alignment(vertical="center")
        ),
        NamedStyle("consigne", font=quiet, alignment=Alignment(vertical="center")),
        NamedStyle("texte", font=body, alignment=Alignment(vertical="top", wrap_text=True)),
        NamedStyle("étiquette", font=strong, fill=grey, border=box, alignment=right),
        NamedStyle("rubrique", font=strong, alignment=Alignment(vertical="top", wrap_text=True)),
        NamedStyle("entête", font=white, fill=dark, border=box, alignment=middle),
        NamedStyle("entête saisie", font=strong, fill=pale, border=box, alignment=middle, protection=opened),
        NamedStyle("pôle", font=strong, fill=pale, border=box, alignment=Alignment(vertical="center")),
        NamedStyle("sous-total", font=strong, fill=pale, border=box, alignment=middle, number_format=NO_ZERO),
        NamedStyle("somme", font=quiet, fill=grey, border=box, alignment=middle),
        NamedStyle("saisie", font=body, border=box, alignment=wrap, protection=opened),
        NamedStyle("saisie à gauche", font=body, border=box, alignment=left, protection=opened),
        NamedStyle("nombre", font=body, border=box, alignment=middle, protection=opened),
        NamedStyle("constat", font=body, border=box, alignment=Alignment(vertical="top", wrap_text=True)),
    ):
        book.add_named_style(style)


def put(cell: Cell | MergedCell, value: Value, style: str, number_format: str | None = None) -> None:
    """Write a value under a style; a text is never a formula, whatever it begins with."""
    cell.value = value
    cell.style = style
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = True
    if number_format:
        cell.number_format = number_format


def page(sheet: Worksheet, columns: int, *, heading: int | None = None) -> None:
    """Set a sheet up for paper: landscape, one page wide, its heading on every page; and protect it, openly."""
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A3 if columns > WIDE else A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart("&A"), right=_HeaderFooterPart("Page &P sur &N")
    )
    if heading:
        sheet.print_title_rows = f"{heading}:{heading}"
    protection = sheet.protection
    protection.sheet = True
    for allowed in ("formatCells", "formatColumns", "formatRows", "insertColumns", "insertRows", "deleteRows", "sort"):
        setattr(protection, allowed, False)  # false is « not forbidden »


def choice(sheet: Worksheet, cells: str, values: tuple[str, ...], what: str) -> None:
    """Let cells hold one of some values, chosen from a list."""
    _validate(sheet, cells, DataValidation("list", formula1=f'"{",".join(values)}"'), f"{what} : {', '.join(values)}.")


def figures(sheet: Worksheet, cells: str, what: str, *, whole: bool = False) -> None:
    """Let cells hold figures that are not negative; the person who insists has the last word."""
    rule = DataValidation("whole" if whole else "decimal", operator="greaterThanOrEqual", formula1="0")
    _validate(
        sheet,
        cells,
        rule,
        f"{what} : un nombre {'entier ' if whole else ''}positif, par exemple {'2' if whole else '1,5'}.",
    )


def _validate(sheet: Worksheet, cells: str, rule: DataValidation, sentence: str) -> None:
    rule.allow_blank, rule.showErrorMessage = True, True
    rule.errorStyle, rule.errorTitle, rule.error = "warning", "À vérifier", sentence
    rule.add(cells)
    sheet.add_data_validation(rule)


def tint(sheet: Worksheet, cells: str, formula: str, color: str) -> None:
    """Colour the cells for which a formula, written for the first one, holds."""
    fill = PatternFill("solid", bgColor=color)
    sheet.conditional_formatting.add(
        cells, Rule(type="expression", formula=[formula], dxf=DifferentialStyle(fill=fill))
    )


def saved(book: Workbook, stored: Mapping[str, Stored]) -> bytes:
    """Return the bytes of a workbook, with the value of each formula by sheet; the same ones each time."""
    draft, final = BytesIO(), BytesIO()
    book.save(draft)
    parts = {f"xl{sheet.path.removeprefix('/xl')}": stored.get(sheet.title, {}) for sheet in book.worksheets}
    with zipfile.ZipFile(draft) as source, zipfile.ZipFile(final, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name in parts:
                content = _valued(content.decode(), parts[name]).encode()
            elif name == "docProps/core.xml":
                content = DATES.sub("", content.decode()).encode()  # an export says what is stored, not when it ran
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return final.getvalue()


def _valued(xml: str, values: Stored) -> str:
    """Put beside each formula the value that it has: a reader that does not compute finds it."""

    def valued(match: re.Match[str]) -> str:
        value = values[match[1]]
        kind, text = (' t="str"', value) if isinstance(value, str) else ("", format(value, "f"))
        return f'<c r="{match[1]}"{match[2]}{kind}><f>{match[3]}</f><v>{text}</v>'

    return FORMULA.sub(valued, xml)
