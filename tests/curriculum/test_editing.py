"""Corrections of a stored maquette: what is written is what the draft says, nobody is overwritten, all is told."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from curriculum import edit, readings, store
from curriculum.edit import Correction, Refused
from curriculum.editing.services import Overtaken, correct_maquette
from curriculum.journal import JournalEntry
from curriculum.models import Coefficient, EvaluationPattern, Maquette, Module, Plan, Reading
from curriculum.services import Document, import_maquette
from curriculum.store import MaquetteRefused
from curriculum.workbook import codec
from curriculum.workbook.draft import Draft
from people.models import User
from tests import factories
from tests.curriculum.books import original

pytestmark = pytest.mark.django_db

RODEZ = "001_BUT_QLIO_Rodez_deliberation_2026-2027.xlsx"
MCC = "000_BUT_QLIO_MCC_2025-2026.xlsx"


@pytest.fixture
def by() -> User:
    return factories.user("secretariat")


def imported(name: str = RODEZ, draft: Draft | None = None) -> Maquette:
    document = Document(draft or original(name), "x", name, "0" * 64)
    return import_maquette(document=document, accept_errors=True, by=None)


def stored(maquette: Maquette) -> Draft:
    return store.load(Maquette.objects.select_related("formation").get(pk=maquette.pk))


def correct(maquette: Maquette, by: User, *corrections: Correction) -> Draft:
    """Correct what is there, as a page that was just opened shows it."""
    seen = [edit.inverse(stored(maquette), each).value for each in corrections]
    return correct_maquette(maquette=maquette, corrections=corrections, seen=seen, by=by)


PLACE = "S3.RES.01"
CORRECTIONS: list[tuple[Correction, ...]] = [
    (Correction(2, PLACE, "coefficient:UE3.1", "0,550"),),
    (Correction(2, PLACE, "coefficient:UE3.1", None), Correction(2, PLACE, "coefficient:UE3.4", "7")),
    (Correction(2, PLACE, "coefficient:UE3.2", "0,3-0,2"),),
    (Correction(2, PLACE, "hours:cm", "7,50"), Correction(2, PLACE, "hours:total", None)),
    (Correction(2, PLACE, "title", "Un autre intitulé"),),
    (Correction(2, PLACE, "title", None),),
    (Correction(2, PLACE, "evaluations", "2 DS 0,5 + TP 0,5"),),
    (
        Correction(2, None, "ects:UE3.1", "9"),
        Correction(2, None, "total:UE3.1", "9"),
        Correction(2, None, "hours", "1"),
    ),
]


@pytest.mark.parametrize("corrections", CORRECTIONS, ids=lambda found: " ".join(each.field for each in found))
def test_what_is_written_is_what_the_draft_says(corrections: Sequence[Correction], by: User) -> None:
    maquette = imported()
    before = stored(maquette)
    expected = edit.apply(before, corrections)
    assert correct(maquette, by, *corrections) == expected != before
    assert codec.dumps(stored(maquette)) == codec.dumps(expected)
    assert [each.trace for each in stored(maquette).semesters] == [each.trace for each in expected.semesters]


def test_only_what_changed_is_written(by: User) -> None:
    maquette = imported()
    kept = set(Coefficient.objects.values_list("pk", "value"))
    correct(maquette, by, Correction(2, PLACE, "coefficient:UE3.1", "0,550"))
    (changed,) = set(Coefficient.objects.values_list("pk", "value")) - kept
    assert changed[0] in {pk for pk, _ in kept}, "the row is the same"
    assert f"{changed[1]}" == "0.550"


def test_a_correction_is_told_once_with_what_it_replaced(by: User) -> None:
    maquette = imported()
    held = edit.inverse(stored(maquette), Correction(2, PLACE, "hours:total", None)).value
    correct(maquette, by, Correction(2, PLACE, "hours:total", "12"))
    entry = JournalEntry.objects.get(action="maquette_corrected")
    assert (entry.before, entry.after) == (
        {f"S3 OSC alternance {PLACE} hours:total": held},
        {f"S3 OSC alternance {PLACE} hours:total": "12"},
    )
    assert (entry.by_id, entry.formation_id) == (by.pk, maquette.formation_id)


def test_what_changes_nothing_is_not_told(by: User) -> None:
    maquette = imported()
    same = edit.inverse(stored(maquette), Correction(2, PLACE, "title", None))
    correct(maquette, by, same)
    assert not JournalEntry.objects.filter(action="maquette_corrected").exists()


def test_the_second_of_two_editors_of_a_cell_is_told_what_it_holds_now(by: User) -> None:
    maquette = imported()
    title = Correction(2, PLACE, "title", "Le second")
    seen = edit.inverse(stored(maquette), title).value
    correct(maquette, by, Correction(2, PLACE, "title", "Le premier"))
    with pytest.raises(Overtaken, match=r"Le premier.*Le second"):
        correct_maquette(maquette=maquette, corrections=[title], seen=[seen], by=by)
    assert edit.inverse(stored(maquette), title).value == "Le premier"


def test_two_editors_of_two_cells_do_not_meet(by: User) -> None:
    maquette = imported()
    hours = Correction(2, PLACE, "hours:cm", "3")
    seen = edit.inverse(stored(maquette), hours).value
    correct(maquette, by, Correction(2, PLACE, "title", "Le premier"))
    correct_maquette(maquette=maquette, corrections=[hours], seen=[seen], by=by)
    held = [edit.inverse(stored(maquette), each).value for each in (replace(hours, field="title"), hours)]
    assert held == ["Le premier", "3"]


@pytest.mark.parametrize("state", [state for state in Maquette.State.values if state != Maquette.State.DRAFT])
def test_what_is_no_draft_does_not_change(state: str, by: User) -> None:
    maquette = imported()
    Maquette.objects.filter(pk=maquette.pk).update(state=state)
    with pytest.raises(MaquetteRefused, match="créez une nouvelle version"):
        correct(maquette, by, Correction(2, PLACE, "title", "x"))


def test_a_refusal_writes_nothing(by: User) -> None:
    maquette = imported()
    before = codec.dumps(stored(maquette))
    with pytest.raises(Refused):
        correct(maquette, by, Correction(2, PLACE, "title", "x"), Correction(2, PLACE, "hours:cm", "beaucoup"))
    with pytest.raises(MaquetteRefused):
        correct(
            maquette, by, Correction(2, PLACE, "title", "x"), Correction(2, PLACE, "evaluations", "x" * 201 + " 1")
        )
    assert codec.dumps(stored(maquette)) == before


def test_a_module_is_called_as_most_tables_print_it(by: User) -> None:
    maquette = imported(MCC)
    shared = Module.objects.filter(maquette=maquette, semester=3, key="R3.01").get()
    tables = [plan.position - 1 for plan in Plan.objects.filter(plan_modules__module=shared).order_by("position")]
    assert len(tables) == 3
    correct(maquette, by, Correction(tables[0], "R3.01", "title", "Nouveau"))
    shared.refresh_from_db()
    assert shared.title != "Nouveau"
    correct(maquette, by, Correction(tables[1], "R3.01", "title", "Nouveau"))
    shared.refresh_from_db()
    assert shared.title == "Nouveau"


def test_a_finding_comes_back_with_its_figure_and_its_cell(by: User) -> None:
    """What a document printed is kept, even when it was read from a file that no longer carries it."""
    maquette = imported(MCC, codec.loads(codec.dumps(original(MCC))))
    before = stored(maquette)
    table = next(rank for rank, each in enumerate(before.semesters) if each.label == "S6 OSC")
    assert not before.semesters[table].trace.row_totals
    wrong = Correction(table, "R6.07", "coefficient:UE6.2", None)
    back = edit.inverse(before, wrong)
    correct(maquette, by, wrong)
    correct(maquette, by, back)
    assert codec.dumps(stored(maquette)) == codec.dumps(before)


def test_what_was_read_comes_back_and_dies_with_its_table() -> None:
    draft = original(RODEZ)
    maquette = imported(RODEZ)
    assert [each.trace for each in stored(maquette).semesters] == [each.trace for each in draft.semesters]
    assert [readings.load(readings.dump(each.trace)) for each in draft.semesters] == [
        each.trace for each in draft.semesters
    ]
    assert Reading.objects.count() == Plan.objects.count()
    assert f"{Reading.objects.select_related('plan').order_by('pk').first()}" == "S1"


def test_evaluations_are_replaced_whole(by: User) -> None:
    maquette = imported()
    correct(maquette, by, Correction(2, PLACE, "evaluations", "2 DS 0,5 + TP 0,5"))
    correct(maquette, by, Correction(2, PLACE, "evaluations", "Oral 1"))
    place = {"plan_module__plan__maquette": maquette, "plan_module__module__key": PLACE}
    assert [f"{each.label} {each.weight}" for each in EvaluationPattern.objects.filter(**place)] == ["Oral 1"]
