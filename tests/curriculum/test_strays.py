"""What stands on a line of totals or of headings and is neither is told on its cell, figures that are two included."""

import pytest

from curriculum.lint import lint
from curriculum.workbook import codec
from curriculum.workbook.draft import Draft
from curriculum.workbook.grid import Book
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.reader import understood
from curriculum.workbook.tables import MOST_ROWS
from tests.curriculum import hands
from tests.curriculum.books import findings, original
from tests.curriculum.hands import edited, grid

MCC, RODEZ = "000_BUT_QLIO_MCC_2025-2026.xlsx", "001_BUT_QLIO_Rodez_deliberation_2026-2027.xlsx"
COEFFICIENTS, HOURS = "002_BUT_QLIO_coefficients_2025-2026.xlsx", "003_BUT_QLIO_maquettes_horaires_2024-2026.xlsx"
CREUSOT = "004_BUT_GMP_Le_Creusot_CAI.xlsx"


def written(name: str, tab: str, place: hands.Place, text: str) -> Draft:
    rank = next(rank for rank, sheet in enumerate(grid(name).sheets) if sheet.name == tab)
    return lint(understood(edited(grid(name), rank, lambda sheet: hands.put(sheet, place, text)))[0])


@pytest.mark.parametrize(
    ("name", "tab", "place", "text", "cell"),
    [
        pytest.param(COEFFICIENTS, "S1", (36, 2), "7", "B36", id="a figure where a total has its name"),
        pytest.param(HOURS, "S2", (28, 4), "huit", "D28", id="words in the total of a year"),
        pytest.param(RODEZ, "Annexe 2 S2", (22, 3), "7", "C22", id="a figure under a cross, on a total"),
        pytest.param(RODEZ, "Annexe 3 S6", (30, 5), "huit", "E30", id="words for the credits of a pole"),
        pytest.param(CREUSOT, "Coef S1", (27, 5), "7", "E27", id="a figure beside a heading"),
        pytest.param(CREUSOT, "Coef S1", (17, 5), "7", "E17", id="a figure beside a total"),
        pytest.param(CREUSOT, "Coef S1", (35, 9), "7", "I35", id="credits beside the total of a UE"),
        pytest.param(CREUSOT, "Heures S4 CAI alternance", (8, 8), "7", "H8", id="credits beside a module"),
    ],
)
def test_a_stray_is_told(name: str, tab: str, place: hands.Place, text: str, cell: str) -> None:
    told = findings(written(name, tab, place, text), "unread_row")
    assert told
    assert any((each.cell or "").rpartition("!")[2] == cell and each.is_error for each in told)
    assert any(f"{cell} = {text}" in (each.declared or "") for each in told)


@pytest.mark.parametrize(
    ("name", "key"),
    [(MCC, ("total", "UE1.1")), (MCC, ("ects", "UE1.1")), (RODEZ, ("ects", "UE1.1")), (CREUSOT, ("ects", "UE1.1"))],
)
def test_a_total_of_two_figures_is_told(name: str, key: tuple[str, str]) -> None:
    semester = original(name).semesters[0]
    cell = semester.trace.cells[key]
    tab, _, at = cell.rpartition("!")
    row, column = int(at[1:]), ord(at[0]) - 64
    was = semester.declared.ects["UE1.1"] if key[0] == "ects" else semester.declared.coefficients["UE1.1"]
    document = written(name, tab or semester.sheet, (row, column), f"99-{was}")
    assert document.semesters[0].declared == semester.declared
    (told,) = (each for each in findings(document, "amended_cell") if each.declared == "99")
    assert (told.severity, told.cell, told.ue, told.computed) == ("warning", cell, "UE1.1", was)


def test_a_weight_without_modality_comes_back_from_the_json() -> None:
    semester = original(MCC).semesters[0]
    cell = next(cell for what, cell in semester.trace.cells.items() if what[0] == "weights")
    document = written(MCC, semester.sheet, (int(cell[1:]), ord(cell[0]) - 64), "0,2 0,2 0,2 0,2 0,2")
    assert findings(document, "weights_count")
    assert codec.to_json(codec.loads(codec.dumps(document))) == codec.to_json(document)


def test_the_order_of_the_tabs_does_not_say_which_of_two_tables_is_right() -> None:
    book = grid(CREUSOT)
    turned = lint(understood(Book(book.name, book.sheets[::-1]))[0])
    for code in ("hours_differ", "code_differs", "title_differs"):
        assert sorted((each.cell or "", each.computed or "") for each in findings(turned, code)) == sorted(
            (each.cell or "", each.computed or "") for each in findings(original(CREUSOT), code)
        )


@pytest.mark.parametrize(
    ("name", "tab", "line"),
    [(RODEZ, "Annexe 2 S1", 12), (RODEZ, "Annexe 3 S1", 5), (CREUSOT, "Coef S1", 9), (CREUSOT, "Heures S1", 9)],
)
def test_endless_tables_of_two_sheets_are_refused_before_they_are_joined(name: str, tab: str, line: int) -> None:
    sheet = next(each for each in grid(name).sheets if each.name == tab)
    with pytest.raises(Unreadable, match="1000 lignes de modules"):
        understood(Book(name, (hands.many(sheet, line, MOST_ROWS + 1),)))
