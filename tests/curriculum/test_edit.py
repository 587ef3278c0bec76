"""Corrections of a draft: what changes, what is then said of it, and the laws that hold for any of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum.edit import Correction, Refused, apply, inverse
from curriculum.lint import lint
from curriculum.workbook import codec, typed
from curriculum.workbook.draft import Amendment, Declared, Draft, Evaluation, Finding, Formation, Trace
from tests.curriculum.books import FOLDER, original
from tests.curriculum.test_lint import module, semester, sound

BOOKS = sorted(path.name for path in FOLDER.glob("*.xlsx"))
SMALL = [name for name in BOOKS if name[:3] in {"001", "004"}]


def year(**changes: object) -> Draft:
    """A sound year but for changes in its first semester, checked."""
    first = replace(sound(1), **changes)  # type: ignore[arg-type]
    return lint(Draft(Formation("BUT-QLIO", "QLIO", None, "2025-2026"), (first, sound(2))))


def bare(draft: Draft) -> Draft:
    """The same draft as its JSON gives it: what the reader saw is gone."""
    return codec.loads(codec.dumps(draft))


def codes(draft: Draft) -> list[str]:
    return [finding.code for _, finding in draft.all_findings]


def figures(draft: Draft) -> Draft:
    return replace(draft, semesters=tuple(replace(each, findings=()) for each in draft.semesters))


def coefficient(value: str | None, place: str = "R1.01", ue: str = "UE1.1") -> Correction:
    return Correction(0, place, f"coefficient:{ue}", value)


@pytest.mark.parametrize(
    ("value", "kept", "amendment"),
    [
        ("0,50", "0.50", None),
        (" 9 ", "9", None),
        ("0", "0", None),
        ("", None, None),
        (None, None, None),
        ("0,3-0,2", "0.2", Amendment("0.3", "0.2")),
        ("0,3-", None, Amendment("0.3", None)),
    ],
)
def test_a_coefficient(value: str | None, kept: str | None, amendment: Amendment | None) -> None:
    first = apply(year(), [coefficient(value)]).semesters[0].modules[0]
    assert (first.coefficients.get("UE1.1"), first.amended.get("UE1.1")) == (kept, amendment)


@pytest.mark.parametrize("value", ["neuf", "-1", "1,2,3", "1/2", "1234567890,12", "0,3-x", "1e3"])
def test_what_is_no_figure_is_refused(value: str) -> None:
    with pytest.raises(Refused, match=r"S1, R1\.01, UE1\.1\u00a0: attendu, un nombre positif"):
        apply(year(), [coefficient(value)])


@pytest.mark.parametrize(
    ("correction", "sentence"),
    [
        (Correction(7, "R1.01", "title", "x"), "pas de tableau de rang 8"),
        (Correction(0, "R9.99", "title", "x"), "R9.99 n’est pas de ce tableau"),
        (coefficient("1", ue="UE9.9"), "UE9.9 n’est pas une UE de ce tableau"),
        (Correction(0, "R1.01", "hours:café", "1"), "n’est pas une sorte d’heures"),
        (Correction(0, "R1.01", "kind", "sae"), "ne se corrige pas ici"),
        (Correction(0, None, "title", "x"), "ne se corrige pas ici"),
        (Correction(0, "R1.01", "title", "x" * 301), "au plus 300"),
        (Correction(0, "R1.01", "evaluations", "0,5"), "des évaluations et leurs poids"),
    ],
)
def test_what_has_no_such_place_is_refused(correction: Correction, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        apply(year(), [correction])


def test_each_thing_is_corrected_where_it_stands() -> None:
    changed = apply(
        year(),
        [
            Correction(0, "R1.01", "title", "  Statistiques\u00a0 appliquées "),
            Correction(0, "R1.01", "hours:cm", "7,5"),
            Correction(0, "R1.01", "evaluations", "2 DS 0,5 + TP 50 %"),
            Correction(0, None, "hours", "356"),
            Correction(0, None, "total:UE1.2", "15"),
            Correction(0, None, "ects:UE1.1", "14"),
        ],
    ).semesters[0]
    first = changed.modules[0]
    assert (first.title, first.hours["cm"]) == ("Statistiques appliquées", "7.5")
    assert first.evaluations == (Evaluation("DS", 2, "0.5"), Evaluation("TP", None, "0.5"))
    assert changed.declared == Declared(hours="356", coefficients={"UE1.2": "15"})
    assert [ue.ects for ue in changed.ues] == ["14", "15"]


def test_findings_follow_the_figures_of_every_table() -> None:
    broken = apply(year(), [coefficient("20"), Correction(0, None, "ects:UE1.2", None)])
    assert codes(broken) == ["missing_ects", "ects_total", "pole_share"]
    mended = apply(broken, [coefficient("9"), Correction(0, None, "ects:UE1.2", "15")])
    assert mended == year()


def test_what_only_reading_could_tell_stays_until_it_is_settled() -> None:
    told = {name: name for name in ("foreign_text", "struck_figure", "shifted_cells")}
    said = tuple(Finding(code, "warning", "…", module="R1.01") for code in told)
    other = Finding("foreign_text", "warning", "…", module="SAE1.01")
    draft = year(findings=(*said, other))
    assert codes(apply(draft, [coefficient("9")])) == [*told, "foreign_text"]
    assert codes(apply(draft, [Correction(0, "R1.01", "title", "Anglais")])) == [*list(told)[1:], "foreign_text"]
    assert "struck_figure" not in codes(apply(draft, [Correction(0, "R1.01", "evaluations", "DS 1")]))


def test_a_cell_that_was_not_understood_is_settled_by_its_correction() -> None:
    said = Finding("unread_row", "error", "…", cell="E9", module="R1.01")
    draft = year(findings=(said,), trace=Trace(cells={("coefficient", "R1.01", "UE1.1"): "E9"}))
    assert apply(draft, [coefficient("9", ue="UE1.2")]).has_errors
    assert not apply(draft, [coefficient("9")]).has_errors


def test_a_figure_of_another_table_is_compared_anew() -> None:
    shared = [semester(1, module("R1.01", "15", "15"), parcours=name) for name in ("A", "B", "C")]
    draft = lint(Draft(Formation("BUT-QLIO", "QLIO", None, None), tuple(shared)))
    changed = apply(draft, [Correction(2, "R1.01", "title", "Autre")])
    assert [each.message for _, each in changed.all_findings if each.code == "title_differs"] == [
        "R1.01\u00a0: «\u00a0Autre\u00a0» ici, «\u00a0Titre R1.01\u00a0» ailleurs dans le semestre."
    ]


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("carried", [lambda draft: draft, bare], ids=["read", "from JSON"])
def test_a_correction_that_changes_nothing_leaves_the_document_as_it_was(name: str, carried: type) -> None:
    draft = carried(original(name))
    first = draft.semesters[0].modules[0]
    assert apply(draft, []) is draft
    same = apply(draft, [Correction(0, first.place, "title", first.title)])
    assert codec.dumps(same) == codec.dumps(draft)


@pytest.mark.parametrize("name", BOOKS)
def test_every_evaluation_of_the_workbooks_can_be_typed(name: str) -> None:
    given = [module.evaluations for semester in original(name).semesters for module in semester.modules]
    assert [typed.read_evaluations(typed.said_evaluations(each)) for each in given] == given


@pytest.mark.parametrize(
    ("text", "evaluations"),
    [
        ("Projet 2 × –", [Evaluation("Projet 2", None, None)]),
        ("DS×0,5 ; QCM + oral * 0,5", [Evaluation("DS", None, "0.5"), Evaluation("QCM + oral", None, "0.5")]),
        ("QCM + oral 1 ;", [Evaluation("QCM + oral", None, "1")]),
        ("12 TP", [Evaluation("TP", 12, None)]),
        ("", []),
    ],
)
def test_evaluations_as_people_write_them(text: str, evaluations: Sequence[Evaluation]) -> None:
    assert typed.read_evaluations(text) == tuple(evaluations)
    assert typed.read_evaluations(typed.said_evaluations(evaluations)) == tuple(evaluations)


@cache
def places(name: str) -> list[tuple[int, str | None, str]]:
    """Everything that can be corrected in a workbook."""
    found: list[tuple[int, str | None, str]] = []
    for table, here in enumerate(original(name).semesters):
        codes = [ue.code for ue in here.ues]
        found += [
            (table, None, field) for field in ("hours", *(f"{w}:{code}" for code in codes for w in ("ects", "total")))
        ]
        for each in here.modules:
            fields = ("title", "evaluations", *(f"coefficient:{code}" for code in codes))
            found += [(table, each.place, field) for field in (*fields, *(f"hours:{kind}" for kind in each.hours))]
    return found


VALUES = st.none() | st.sampled_from(["0", "0,50", "12", "3,25"])
TEXTS = {"title": st.none() | st.just("Autre titre"), "evaluations": st.none() | st.just("2 DS 0,5 + TP 0,5")}


@pytest.mark.parametrize("name", SMALL)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_correction_and_its_inverse_give_back_the_same_figures(name: str, data: st.DataObject) -> None:
    draft = original(name)
    table, place, field = data.draw(st.sampled_from(places(name)))
    correction = Correction(table, place, field, data.draw(TEXTS.get(field, VALUES)))
    undo = inverse(draft, correction)
    back = apply(apply(draft, [correction]), [undo])
    assert figures(back) == figures(draft)
    assert Counter(codes(back)) - Counter(codes(draft)) == Counter(), "nothing new is said"
