"""Our own template: what is written is read back the same, what is typed is understood, nothing in it can run."""

import json
from dataclasses import replace
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from curriculum.lint import lint
from curriculum.workbook import codec, form, writer
from curriculum.workbook.draft import (
    HOURS,
    KINDS,
    MODALITIES,
    POLES,
    SEVERITIES,
    UE,
    Amendment,
    Declared,
    Draft,
    Evaluation,
    Finding,
    Formation,
    Module,
    Semester,
)
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.reader import read
from curriculum.workbook.settle import Options
from tests.curriculum.books import PATH, draft, saved

FIXTURES = sorted(PATH.parent.glob("*.xlsx"))


@cache
def voted(path: Path) -> Draft:
    return draft(path.read_bytes(), path.name)


def reread(data: bytes) -> Draft:
    document, layout = read(data, "maquette.xlsx")
    assert layout == "delibere"
    return lint(document)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name[:3])
def test_every_maquette_comes_back_to_the_letter(path: Path) -> None:
    data = writer.write(voted(path))
    assert codec.dumps(reread(data)) == codec.dumps(voted(path))
    assert writer.write(voted(path)) == data, "the same bytes each time"


ODD = [
    "=1+1",
    "+33",
    "-",
    "—",
    "@x",
    "\tx",
    "'x",
    " x ",
    "x  y",
    "_x0041_",
    "_x000D_",
    "Ressources",
    "SAÉ",
    "Total annoncé",
]
ODD += [
    "UE 3.3",
    "Clé",
    "aucune",
    "a ; b : c",
    "a/b:c*",
    "Lisez-moi",
    "e\u0301",
    "\ufeffx",
    "\x01",
    "𝄞",
    "#N/A",
    "12",
    "0,5",
]
TEXT = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12),
)
FIGURE = st.one_of(
    st.decimals(0, 999, places=2).map(str),
    st.integers(0, 10**20).map(str),
    st.sampled_from(["0.0", "1.50", "0.1234567890123456"]),
)
MAYBE = st.none() | TEXT
FIGURES = st.dictionaries(TEXT, FIGURE, max_size=2)
POLE_FIGURES = st.dictionaries(
    st.sampled_from(POLES) | TEXT,
    st.dictionaries(st.sampled_from(["coefficients", "ects"]) | TEXT, FIGURE, min_size=1, max_size=2),
    min_size=1,
    max_size=2,
)
HOUR_NAMES = st.fixed_dictionaries(
    dict.fromkeys(HOURS, st.none() | FIGURE), optional=dict.fromkeys(("cmi", "ter", "=1"), st.none() | FIGURE)
)
EVALUATIONS = st.lists(st.builds(Evaluation, TEXT, st.none() | st.integers(0, 1000), st.none() | FIGURE), max_size=3)
MODULES = st.builds(
    Module,
    key=TEXT,
    code=MAYBE | st.sampled_from(["R1.01", "SAÉ 1.02", "R1.01 "]),
    title=MAYBE,
    kind=st.sampled_from(KINDS),
    pole=st.sampled_from([*POLES, None]),
    hours=HOUR_NAMES,
    coefficients=FIGURES | st.dictionaries(st.sampled_from(["UE1.1", "UE1.2"]), FIGURE),
    amended=st.dictionaries(TEXT, st.builds(Amendment, FIGURE, st.none() | FIGURE), max_size=2),
    evaluations=EVALUATIONS.map(tuple),
    parcours=MAYBE,
    marked_for=st.none() | st.lists(TEXT, max_size=2).map(tuple),
)
FINDINGS = st.lists(
    st.builds(Finding, TEXT, st.sampled_from(SEVERITIES), TEXT, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE), max_size=2
).map(tuple)
SEMESTERS = st.builds(
    Semester,
    sheet=TEXT,
    semester=st.integers(1, 6),
    parcours=MAYBE,
    modality=st.sampled_from([*MODALITIES, None]),
    academic_year=st.none() | st.just("2025-2026") | TEXT,
    ues=st.lists(
        st.builds(UE, TEXT | st.sampled_from(["UE1.1", "UE1.2"]), MAYBE, TEXT, st.integers(1, 3), st.none() | FIGURE),
        max_size=3,
        unique_by=lambda ue: ue.code,
    ).map(tuple),
    declared=st.builds(
        Declared, st.none() | FIGURE, FIGURES, FIGURES, st.dictionaries(TEXT, POLE_FIGURES, max_size=2)
    ),
    modules=st.lists(MODULES, max_size=4, unique_by=lambda module: module.place).map(tuple),
    findings=FINDINGS,
)
DRAFTS = st.builds(
    Draft,
    formation=st.builds(Formation, TEXT, TEXT, MAYBE, st.none() | st.just("2025-2026") | TEXT),
    semesters=st.lists(SEMESTERS, min_size=1, max_size=2, unique_by=lambda each: (each.label, each.academic_year)).map(
        tuple
    ),
    bonus_cap=st.none() | FIGURE,
    validated_on=st.fixed_dictionaries(
        {"departement": st.sampled_from([None, "2025-06-17", "17/06/2025", "0001-01-01"]), "iut": MAYBE}
    ),
    findings=FINDINGS,
)


@settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(DRAFTS)
def test_any_json_comes_back_to_the_letter(document: Draft) -> None:
    document = codec.loads(codec.dumps(document))
    assert codec.to_json(reread(writer.write(document))) == codec.to_json(document)
