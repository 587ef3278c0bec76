"""Whatever a hand does to the five workbooks: no traceback, no silent loss, and harmless edits change nothing."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from curriculum.lint import lint
from curriculum.workbook import codec
from curriculum.workbook.draft import Draft, Finding
from curriculum.workbook.grid import Book, Cell, Sheet
from curriculum.workbook.guard import Unreadable, number
from curriculum.workbook.reader import understood
from tests.curriculum import hands
from tests.curriculum.books import FOLDER, facts, original
from tests.curriculum.hands import edited, grid

BOOKS = sorted(path.name for path in FOLDER.glob("*.xlsx"))
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
FEW = settings(max_examples=4, phases=QUICK, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
"""For each workbook: a draft takes a quarter of a second. Campaigns of hundreds are run by hand."""

WORDS = """abc|1,5|0,5-0,3|-|R3.04|UE 3.3|UE9|TOTAL|Total annuel|Semestre 4|S7|SAÉ|x|0|Coef. matière|ECTS|12h|½|Nature
1e5|*|(|Compétence|Pôle SAE|=1|Ø|Ressources|niveau 2|UE1 Qualité Niveau 1|1 TP 1 DS|0,5 0,5|parcours XYZ|Alternance"""
TEXTS = st.sampled_from(re.split(r"[|\n]", WORDS))
OPERATIONS: dict[str, Callable[[Sheet, hands.Place, hands.Place, str], Sheet]] = {
    "write": lambda sheet, one, _, text: hands.put(sheet, one, text),
    "strike": lambda sheet, one, _, text: hands.put(sheet, one, text, struck=True),
    "blank": lambda sheet, one, *_: hands.put(sheet, one, None),
    "swap": lambda sheet, one, other, _: hands.swap(sheet, one, other),
    "insert a row": lambda sheet, one, *_: hands.insert_row(sheet, one[0]),
    "insert a column": lambda sheet, one, *_: hands.insert_column(sheet, one[1]),
    "delete a row": lambda sheet, one, *_: hands.delete_row(sheet, one[0]),
    "delete a column": lambda sheet, one, *_: hands.delete_column(sheet, one[1]),
    "shift right": lambda sheet, one, *_: hands.shift_row(sheet, one[0], 1),
    "shift left": lambda sheet, one, *_: hands.shift_row(sheet, one[0], -1),
    "repeat": lambda sheet, one, *_: hands.repeat_row(sheet, one[0]),
    "rename": lambda sheet, _, __, text: replace(sheet, name=f"{text} (v2)"),
}


@st.composite
def broken(draw: st.DrawFn, name: str) -> Book:
    """A workbook after a few hands."""
    book = grid(name)
    for _ in range(draw(st.integers(1, 12))):
        rank = draw(st.integers(0, len(book.sheets) - 1))
        places = [*book.sheets[rank].cells, (draw(st.integers(1, 60)), draw(st.integers(1, 15)))]
        one, other = draw(st.sampled_from(places)), draw(st.sampled_from(places))
        what, text = draw(st.sampled_from(sorted(OPERATIONS))), draw(TEXTS)
        book = edited(book, rank, lambda sheet: OPERATIONS[what](sheet, one, other, text))  # noqa: B023 - at once
    return book


@pytest.mark.parametrize("name", BOOKS)
@FEW
@given(data=st.data())
def test_what_hands_break_is_a_draft_that_the_json_holds_or_one_sentence(name: str, data: st.DataObject) -> None:
    book = data.draw(broken(name))
    try:
        document = lint(understood(book)[0])
    except Unreadable:
        return  # one sentence; any other exception is a fault
    assert codec.to_json(codec.loads(codec.dumps(document))) == codec.to_json(document)


# What changes nothing


def cover(book: Book) -> Book:
    """The book behind a sheet that says what it is."""
    words = ("IUT, département", "Maquette votée", "Imprimer recto verso")
    cells = {(row, 2): hands.cell(row, 2, text) for row, text in enumerate(words, 3)}
    return replace(book, sheets=(Sheet("Page de garde", cells), *book.sheets))


def each_sheet(edit: Callable[[Sheet], Sheet]) -> Callable[[Book], Book]:
    return lambda book: replace(book, sheets=tuple(map(edit, book.sheets)))


def each_cell(edit: Callable[[str], str]) -> Callable[[Sheet], Sheet]:
    def written(cell: Cell) -> Cell:
        text, kept, struck = (each and edit(each) for each in (cell.text, cell.kept, cell.struck))
        parts = tuple((edit(part), is_struck) for part, is_struck in cell.parts)
        return replace(cell, text=text, kept=kept, struck=struck, parts=parts)

    return lambda sheet: replace(sheet, cells={place: written(cell) for place, cell in sheet.cells.items()})


def as_typed(text: str) -> str:
    return f"\u00a0{text.replace('.', ',')} " if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text) else text


HARMLESS: dict[str, Callable[[Book], Book]] = {
    "cover": cover,
    "reversed tabs": lambda book: replace(book, sheets=book.sheets[::-1]),
    "a row above": each_sheet(lambda sheet: hands.insert_row(sheet, 1)),
    "a column before": each_sheet(lambda sheet: hands.insert_column(sheet, 1)),
    "(v2)": each_sheet(lambda sheet: replace(sheet, name=f"{sheet.name} (v2)")),
    "spaces around a tab": each_sheet(lambda sheet: replace(sheet, name=f" {sheet.name}  ")),
    "figures as text": each_sheet(each_cell(as_typed)),
    "trailing spaces": each_sheet(each_cell(lambda text: f"{text}  ")),
    "no-break spaces": each_sheet(each_cell(lambda text: text.replace(" ", "\u00a0"))),
    "narrow spaces": each_sheet(each_cell(lambda text: text.replace(" ", "\u202f"))),
}


def news(document: Draft) -> list[Finding]:
    """What is said of a document, without where."""
    told = (replace(each, cell=None, message="") for _, each in document.all_findings)
    return sorted(told, key=repr)


@cache
def told(name: str) -> tuple[object, object]:
    return facts(original(name)), news(original(name))


@pytest.mark.parametrize("name", BOOKS)
@FEW
@given(several=st.lists(st.sampled_from(sorted(HARMLESS)), min_size=1, max_size=5))
def test_harmless_hands_change_neither_the_draft_nor_what_is_said_of_it(name: str, several: list[str]) -> None:
    book = grid(name)
    for each in several:
        book = HARMLESS[each](book)
    document = lint(understood(book)[0])
    assert (facts(document), news(document)) == told(name)


# What is never lost


@cache
def bodies(name: str) -> dict[int, list[hands.Place]]:
    """The places of each sheet where its modules and their figures stand, by the rank of the sheet."""
    found: dict[str, list[hands.Place]] = {}
    for semester in original(name).semesters:
        for what, cell in semester.trace.cells.items():
            if what[0] in ("coefficient", "hours", "hours.cm", "hours.td", "hours.tp", "marked", "total", "ects"):
                tab, _, at = cell.rpartition("!")
                match = re.fullmatch("([A-Z]+)([0-9]+)", at)
                assert match is not None
                found.setdefault(tab or semester.sheet, []).append((int(match[2]), number(match[1])))
    ranks = {sheet.name: rank for rank, sheet in enumerate(grid(name).sheets)}
    return {ranks[tab]: sorted(set(places)) for tab, places in found.items()}


@pytest.mark.parametrize("text", ["{}", "{}-0,5", "Zyxw {}"])
@pytest.mark.parametrize("name", BOOKS)
@settings(FEW, max_examples=1)
@given(data=st.data())
def test_what_is_written_in_a_table_is_in_the_draft_or_in_a_finding(name: str, text: str, data: st.DataObject) -> None:
    book, marks = grid(name), []
    for rank, places in bodies(name).items():
        figure = f"2,7{rank:02}7"
        place = data.draw(st.sampled_from(places))
        book = edited(book, rank, lambda sheet: hands.put(sheet, place, text.format(figure)))  # noqa: B023 - at once
        marks.append(figure)
    said = codec.dumps(lint(understood(book)[0]))
    assert [each for each in marks if each not in said and each.replace(",", ".") not in said] == []
