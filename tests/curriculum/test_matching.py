"""Which table and which module stands for which: of two versions, two years, two IUTs."""

from dataclasses import replace
from typing import Any

import pytest

from curriculum import matching
from curriculum.diff import NOTHING, Change, diff
from curriculum.matching import Named
from curriculum.workbook.draft import Declared, Draft, Formation, Module, Semester
from tests.curriculum.books import original


def table(
    semester: int = 3, parcours: str | None = None, modality: str | None = None, year: str = "2025-2026"
) -> Semester:
    return Semester("", semester, parcours, modality, year, (), Declared(), ())


@pytest.mark.parametrize(
    ("old", "new", "codes", "expected"),
    [
        pytest.param(["R1.01 Anglais"], ["R1.01 Langues"], True, {0: 0}, id="a code outlives its title"),
        pytest.param(["R1.01 Anglais"], ["R1.02 Anglais"], True, {0: 0}, id="a title outlives its code"),
        pytest.param(
            ["R1.01 Anglais", "R1.02 Maths"], ["R1.02 Anglais", "R1.01 Maths"], True, {0: 1, 1: 0}, id="codes swapped"
        ),
        pytest.param(
            ["S1.RES.04 Anglais"], ["S1.RES.04 Écologie", "S1.RES.05 ANGLAIS"], True, {0: 1}, id="a row more"
        ),
        pytest.param(["S1.RES.04 Anglais"], ["S1.RES.04 Langues"], True, {0: 0}, id="a place, when nothing else"),
        pytest.param(["R1.02 Expression"], ["S1.RES.02 Expression 1"], True, {0: 0}, id="a title that is numbered"),
        pytest.param(["R1.01 Projet", "R1.02 Projet"], ["R1.03 Projet"], True, {}, id="two bear one title"),
        pytest.param(["R1.01 Maths"], ["R1.01 Mécanique"], False, {}, id="codes of another speciality"),
        pytest.param(["R1.01 Anglais"], ["R1.14 Anglais"], False, {0: 0}, id="a title of another speciality"),
    ],
)
def test_modules(old: list[str], new: list[str], codes: bool, expected: dict[int, int]) -> None:
    sides = [[Named(key, None, title) for key, title in (each.split(" ", 1) for each in side)] for side in (old, new)]
    assert matching.modules(*sides, codes=codes) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([table(3, "OSC")], [table(3, "OSC", "FI")], {0: 0}),
        ([table(3, "OSC", "alternance")], [table(3, "OSC", "FI")], {0: 0}),
        ([table(3, "OSC", "FI"), table(3, "OSC", "alternance")], [table(3, "OSC", "alternance")], {1: 0}),
        ([table(3)], [table(3, "OSC", "FI")], {0: 0}),
        ([table(3)], [table(3, "OSC"), table(3, "QMI")], {}),
        ([table(3, "MTD")], [table(3, "OSC")], {}),
        (
            [table(1, year="2024-2025"), table(1, year="2025-2026")],
            [table(1, year="2026-2027"), table(1, year="2025-2026")],
            {0: 1, 1: 0},
        ),
    ],
)
def test_tables(old: list[Semester], new: list[Semester], expected: dict[int, int]) -> None:
    assert matching.tables(old, new) == expected


def elsewhere(**changes: Any) -> Draft:
    """The same maquette, as another IUT would have it."""
    return replace(original(), formation=Formation("BUT-QLIO-B", "QLIO", None, "2025-2026"), **changes)


def changes(after: Draft, kind: str) -> list[Change]:
    return [change for change in diff(original(), after) if change.kind == kind]


def first(*modules: Module) -> tuple[Semester, ...]:
    table, *others = original().semesters
    return (replace(table, modules=(*modules, *table.modules[len(modules) :])), *others)


def test_two_formations_are_compared_by_what_they_mean() -> None:
    module = original().semesters[0].modules[0]
    renamed = replace(module, title=(module.title or "").upper())
    ues = tuple(replace(ue, competence="Qualité") for ue in original().semesters[0].ues)
    after = elsewhere(semesters=(replace(first(renamed)[0], ues=ues), *original().semesters[1:]))
    assert diff(original(), after) == []
    again = replace(after, formation=original().formation)
    assert {change.kind for change in diff(original(), again)} == {"ue", "module"}, (
        "of one formation, each word counts"
    )


def test_what_a_document_does_not_give_is_said_once() -> None:
    bare = tuple(
        replace(each, ues=(), modules=tuple(replace(module, coefficients={}) for module in each.modules))
        for each in original().semesters
    )
    found = diff(original(), elsewhere(semesters=bare))
    assert len(found) == len(bare)
    assert {(each.kind, each.aspect, each.after) for each in found} == {("table", "UE et coefficients", NOTHING)}


def test_figures_are_compared_as_numbers() -> None:
    module = original().semesters[0].modules[0]
    ue, value = next(iter(module.coefficients.items()))
    longer, other = ({**module.coefficients, ue: figure} for figure in (f"{value}0", f"{value}1"))
    assert changes(elsewhere(semesters=first(replace(module, coefficients=longer))), "coefficient") == []
    (change,) = changes(elsewhere(semesters=first(replace(module, coefficients=other))), "coefficient")
    assert (change.subject, change.aspect, change.now, change.title) == (
        module.place,
        ue,
        f"{value}1".replace(".", ","),
        module.title,
    )


def test_a_module_under_another_code_says_so() -> None:
    module = replace(original().semesters[0].modules[0], key="R1.14")
    (change,) = diff(original(), elsewhere(semesters=first(module)))
    assert change.sentence.replace("\u00a0", " ") == "S1, R1.14, code : R1.01 devient R1.14."
