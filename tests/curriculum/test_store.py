"""Drafts in the database and back, all or nothing, one version after the other."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import Workbook

from curriculum import store
from curriculum.journal import JournalEntry
from curriculum.lint import lint
from curriculum.models import Coefficient, EvaluationPattern, Formation, Maquette, Module, Plan
from curriculum.services import Document, import_maquette, understand
from curriculum.store import MaquetteRefused
from curriculum.workbook import codec, writer
from curriculum.workbook.draft import HOURS, Amendment, Draft, Evaluation, Semester
from curriculum.workbook.reader import read
from curriculum.workbook.settle import Options
from tests import factories
from tests.curriculum.books import NAME, PATH, edited, findings, module, original, reread
from tests.strict import queries

MCC = "000_BUT_QLIO_MCC_2025-2026.xlsx"

pytestmark = pytest.mark.django_db


def document(draft: Draft | None = None, layout: str = "coefficients") -> Document:
    return Document(draft or original(), layout, NAME, "0" * 64)


def stored(draft: Draft) -> Draft:
    maquette = import_maquette(document=document(draft), by=None)
    return store.load(Maquette.objects.select_related("formation").get(pk=maquette.pk))


def first_semester(**changes: Any) -> Draft:
    """The first table alone, changed."""
    return replace(original(), semesters=(replace(original().semesters[0], **changes),))


def first_module(**changes: Any) -> Draft:
    module, *others = original().semesters[0].modules
    return first_semester(modules=(replace(module, **changes), *others))


def test_the_real_maquette_comes_back_to_the_letter() -> None:
    assert codec.dumps(stored(original())) == codec.dumps(original())
    assert (Plan.objects.count(), Coefficient.objects.count()) == (18, 1245)


def test_a_module_is_taught_once_whichever_tables_it_serves() -> None:
    import_maquette(document=document(), by=None)
    shared = Module.objects.get(key="R3.01")
    assert shared.plan_modules.count() == 5
    assert Module.objects.filter(key="HP").count() == 3, "one a semester"


def test_what_the_other_layouts_give_comes_back_too() -> None:
    rich = replace(
        first_module(
            hours=dict.fromkeys(HOURS) | {"cm": "7.50", "total": "30.0", "ter": "2"},
            coefficients={"UE1.1": "0.50", "UE1.3": "0.250"},
            amended={"UE1.1": Amendment("0.75", "0.50"), "UE1.2": Amendment("1", None)},
            evaluations=(Evaluation("DS", 2, "0.60"), Evaluation("TP (Oral)", None, "0.4")),
            marked_for=("UE1.1",),
            title=None,
            code=None,
        ),
        bonus_cap="0.50",
        validated_on={"departement": "2025-05-20", "iut": None},
    )
    poles = {"UE1.2": {"ressource": {"coefficients": "6", "ects": "6.0"}}, "UE1.1": {"sae": {"ects": "4"}}}
    declared = replace(rich.semesters[0].declared, hours="498", poles=dict(sorted(poles.items())))
    choice = replace(rich.semesters[0].modules[1], key="R1.20", parcours="CPD")
    table = replace(
        rich.semesters[0],
        declared=declared,
        modules=(*rich.semesters[0].modules, choice, replace(choice, parcours="IPI")),
        parcours="OSC",
    )
    rich = replace(rich, semesters=(table,))
    assert codec.dumps(stored(rich)) == codec.dumps(rich)


def test_the_same_document_is_a_new_version_and_leaves_one_entry() -> None:
    person = factories.user("secretariat")
    versions = [import_maquette(document=document(), by=person).version for _ in range(2)]
    assert versions == [1, 2]
    latest = store.latest("BUT-QLIO", "2025-2026")
    assert latest is not None
    assert (latest.version, latest.state, latest.imported_by_id) == (2, "brouillon", person.pk)
    entries = JournalEntry.objects.filter(action="maquette_imported").order_by("pk")
    assert [(entry.by_id, (entry.after or {})["version"]) for entry in entries] == [(person.pk, 1), (person.pk, 2)]


def test_another_year_is_another_maquette() -> None:
    import_maquette(document=document(), by=None)
    next_year = understand(PATH.read_bytes(), NAME, Options(year="2026-2027"))
    assert import_maquette(document=next_year, by=None).version == 1
    assert {plan.academic_year for plan in Plan.objects.all()} == {"2025-2026", "2026-2027"}
    assert Formation.objects.count() == 1


def test_a_json_document_agrees_with_any_layout() -> None:
    import_maquette(document=document(), by=None)
    text = codec.dumps(original()).encode()
    assert import_maquette(document=understand(text, "maquette.json"), by=None).layout == "coefficients"
    other = understand(text, "m.json", Options(formation="BUT-QLIO-B", year="2030-2031", institution="IUT de Test"))
    assert str(import_maquette(document=other, by=None)) == "BUT-QLIO-B 2030-2031 (v1)"
    assert Formation.objects.get(code="BUT-QLIO-B").institution == "IUT de Test"


def refuse_layout() -> Document:
    return document(layout="mcc")


def refuse_institution() -> Document:
    return document(replace(original(), formation=replace(original().formation, institution="IUT d’ailleurs")))


def refuse_year() -> Document:
    return document(replace(original(), formation=replace(original().formation, academic_year=None)))


def refuse_errors() -> Document:
    return understand(edited(lambda book: book["S1"].__setitem__("E15", "abc")), NAME)


def refuse_figure() -> Document:
    return document(first_module(coefficients={"UE1.1": "0.3333333333333"}))


def refuse_title() -> Document:
    return document(first_module(title="x" * 301))


def refuse_ue() -> Document:
    return document(first_module(coefficients={"UE3.1": "1"}))


def refuse_code() -> Document:
    return document(replace(original(), formation=replace(original().formation, code="X" * 41)))


def refuse_date() -> Document:
    return document(replace(original(), validated_on={"departement": "hier", "iut": None}))


def refuse_kinds() -> Document:
    tables = list(original().semesters)
    changed = replace(tables[2].modules[0], kind="sae")
    tables[2] = replace(tables[2], modules=(changed, *tables[2].modules[1:]))
    return document(replace(original(), semesters=tuple(tables)))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (refuse_layout, "--formation"),
        (refuse_institution, "--formation"),
        (refuse_year, "--year"),
        (refuse_errors, "--accept-errors"),
        (refuse_figure, "S1 R1.01 UE1.1, coefficient"),
        (refuse_title, "S1 R1.01, intitulé"),
        (refuse_ue, "S1 R1.01 : un coefficient est donné pour UE3.1"),
        (refuse_code, "code"),
        (refuse_date, "conseil de département"),
        (refuse_kinds, "S3 R3.01 : ce module n’a pas la même nature"),
    ],
)
def test_a_refusal_says_why_and_writes_nothing(make: Callable[[], Document], sentence: str) -> None:
    factories.formation("BUT-QLIO", institution="IUT d’ici")
    import_maquette(document=document(first_semester()), by=None)
    before = [model.objects.count() for model in (Maquette, Plan, Coefficient, JournalEntry)]
    with pytest.raises(MaquetteRefused) as refusal:
        import_maquette(document=make(), by=None)
    assert sentence in str(refusal.value).replace("\u00a0", " ")
    assert [model.objects.count() for model in (Maquette, Plan, Coefficient, JournalEntry)] == before


def test_accepted_errors_are_kept_with_the_maquette() -> None:
    maquette = import_maquette(document=refuse_errors(), by=None, accept_errors=True)
    assert "unread_row" in [finding["code"] for finding in maquette.plans.get(position=1).findings]


def test_loading_takes_the_same_queries_for_one_table_as_for_eighteen() -> None:
    def cost(draft: Draft) -> int:
        maquette = Maquette.objects.select_related("formation").get(
            pk=import_maquette(document=document(draft), by=None).pk
        )
        return queries(lambda: store.load(maquette))

    assert cost(first_semester()) == cost(original())


def test_a_table_in_the_json_must_be_one_of_a_kind() -> None:
    twice = replace(original(), semesters=(original().semesters[0],) * 2)
    with pytest.raises(ValueError, match="déjà dans la liste"):
        codec.loads(codec.dumps(twice))


def test_the_semester_of_a_loaded_maquette_reads_like_a_draft() -> None:
    loaded = stored(first_semester(parcours="OSC", modality="FI"))
    semester: Semester = loaded.semesters[0]
    assert (semester.label, semester.ues[0].ects) == ("S1 OSC FI", "10")


def test_a_weight_without_modality_is_stored_and_comes_back() -> None:
    """A warning of the reader, `weights_count`, is no reason to refuse the maquette."""

    def edit(book: Workbook) -> None:
        book["S1"]["I18"] = "0,5 0,3 0,2"

    draft = reread(edit, MCC, source=MCC)
    assert findings(draft, "weights_count")
    assert [each.label for each in module(draft.semesters[0], "R1.07").evaluations][-1] == ""
    assert codec.dumps(stored(draft)) == codec.dumps(draft)
    assert str(EvaluationPattern.objects.filter(label="").get()) == "évaluation"
    ours, _ = read(writer.write(draft), NAME)
    assert codec.dumps(lint(ours)) == codec.dumps(draft)
