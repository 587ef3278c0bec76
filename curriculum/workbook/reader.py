"""From a workbook to a draft: the layout that fits, its tables, and a word about everything it leaves aside."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from curriculum.workbook.columns import is_figure
from curriculum.workbook.draft import Draft, Finding, finding
from curriculum.workbook.grid import Book, Cell, Sheet, load
from curriculum.workbook.guard import OverLimit, Unreadable
from curriculum.workbook.layouts import LAYOUTS, Layout, delibere
from curriculum.workbook.naming import fold, is_numbered, plain
from curriculum.workbook.settle import Document, Options, settle, with_options
from curriculum.workbook.tables import Table, section, unread

SHOWN = 3
"""How much of a workbook a refusal shows; and how many rows of codes and figures make a table."""


def read(data: bytes, name: str, options: Options | None = None) -> tuple[Draft, str]:
    """Read a workbook; return its draft and the name of its layout. Raises Unreadable with one French sentence."""
    return understood(load(data, name), options)


def understood(book: Book, options: Options | None = None) -> tuple[Draft, str]:
    """Return the draft of a grid of cells and the name of its layout; refuse as `read` does."""
    if delibere.claims(book):
        draft = with_options(delibere.read(book), options or Options())
        return replace(draft, findings=(*draft.findings, *_tableless(book, delibere.sheets(book)))), delibere.NAME
    layout, tables = _recognised(book)
    tables, findings = _with_formulas(book, tables)
    texts = {sheet.name: {cell.name: plain(cell.text) for cell in sheet.cells.values()} for sheet in book.sheets}
    document = Document(
        book.name, tables, texts, (*findings, *_tableless(book, {sheet for table in tables for sheet in table.sheets}))
    )
    return settle(document, options or Options()), layout.NAME


def _recognised(book: Book) -> tuple[Layout, tuple[Table, ...]]:
    """Return the layout that reads the most sheets, or refuse with what was looked for and what was found."""
    found: list[tuple[Layout, tuple[Table, ...]]] = []
    refusals = []
    for each in LAYOUTS:
        try:
            found.append((each, each.read(book)))
        except OverLimit:
            raise
        except Unreadable as refusal:  # another layout may well read what this one cannot
            refusals.append(refusal)
    layout, tables = max(found, key=lambda each: sum(len(table.sheets) for table in each[1]), default=(LAYOUTS[0], ()))
    if not tables and refusals:
        raise refusals[0]
    if not tables:
        sought = " ; ".join([*(each.SEEKS for each in LAYOUTS), delibere.SEEKS])
        raise Unreadable(f"aucune présentation connue. Cherché : {sought}. Trouvé : {_glimpse(book)}.")
    return layout, tables


def _glimpse(book: Book) -> str:
    """Say how a workbook begins, so that its owner sees what was looked at."""
    sheets = [sheet for sheet in book.sheets if sheet.cells]
    if not sheets:
        return "aucune cellule remplie"
    begins = [
        f"« {sheet.name} » ({', '.join(f'{cell.name} {plain(cell.text)[:40]}' for cell in _first_cells(sheet))})"
        for sheet in sheets[:SHOWN]
    ]
    more = f" et {len(sheets) - SHOWN} autres" if len(sheets) > SHOWN else ""
    return f"{', '.join(begins)}{more}"


def _first_cells(sheet: Sheet) -> list[Cell]:
    return [cell for cells in sheet.rows.values() for cell in cells][:SHOWN]


def _with_formulas(book: Book, tables: Iterable[Table]) -> tuple[tuple[Table, ...], list[Finding]]:
    """Report each formula without a stored value, beside the first table of its sheet, or for the whole document."""
    pending = {sheet.name: sheet.uncomputed for sheet in book.sheets}
    completed = []
    for table in tables:
        cells = [table.cell(sheet, cell) for sheet in table.sheets for cell in pending.pop(sheet, ())]
        completed.append(replace(table, findings=(*table.findings, *map(_formula, cells))))
    return tuple(completed), [_formula(f"{name}!{cell}") for name, cells in pending.items() for cell in cells]


def _formula(cell: str) -> Finding:
    return finding(
        "cached_formula",
        "warning",
        f"{cell} : la formule n’a pas de valeur enregistrée ; ouvrez le classeur dans Excel et enregistrez-le.",
        cell=cell,
    )


def _tableless(book: Book, read: Collection[str]) -> list[Finding]:
    """Report the rows that look like modules on sheets where no table was recognised: nothing is lost in silence."""
    findings = []
    for sheet in book.sheets:
        poles = {section(fold(cell.text)) for cell in sheet.cells.values()} - {None}
        rows = [
            cells
            for cells in sheet.rows.values()
            if (len(poles) > 1 or any(is_numbered(cell.text) for cell in cells))
            and any(map(is_figure, cells))
            and not all(map(is_figure, cells))
        ]
        for cells in rows if sheet.name not in read and len(rows) >= SHOWN else ():
            row = unread(cells, cells[0], why=f", aucun tableau n’est reconnu dans « {sheet.name} »")
            findings.append(replace(row, cell=f"{sheet.name}!{cells[0].name}"))
    return findings
