"""Référentiels stored: matched with the competences of maquettes, frozen by use, passed on to new maquettes."""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from curriculum.competences import store
from curriculum.competences.models import (
    Adoption,
    Learning,
    Referentiel,
    ReferentielCompetence,
    ReferentielNiveau,
    ReferentielParcours,
    TaughtNiveau,
)
from curriculum.competences.services import ReferentielRefused, import_referentiel, link_module, preview
from curriculum.journal import JournalEntry
from curriculum.models import UE, Competence, Formation, Maquette, Module
from curriculum.services import Document, import_maquette
from curriculum.versions.services import copy_maquette, discard_draft
from curriculum.workbook.draft import Draft
from tests import factories
from tests.curriculum.books import NAME, original
from tests.curriculum.orebut import PATH, changed, document
from tests.strict import queries

pytestmark = pytest.mark.django_db
MORE = ("</acs>", '<ac code="AC11.03">Compter les rebuts</ac></acs>')
OTHER = ("Relever les écarts", "Oublier les écarts")


def keep(draft: Draft | None = None) -> Maquette:
    """Store the real maquette, as a draft."""
    return import_maquette(document=Document(draft or original(), "coefficients", NAME, "0" * 64), by=None)


@pytest.fixture
def formation() -> Formation:
    return factories.formation()


def enter(formation: Formation, *pairs: tuple[str, str], new_version: bool = False) -> Referentiel:
    return import_referentiel(formation=formation, document=document(*pairs), new_version=new_version, by=None)


def use(maquette: Maquette, state: str = "en_service") -> Module:
    """Link a module to something, and let the councils vote its maquette."""
    module = maquette.modules.get(key="R1.01")
    link_module(module=module, learnings=[Learning.objects.order_by("-pk").filter(code="AC11.01")[0].pk], by=None)
    Maquette.objects.filter(pk=maquette.pk).update(state=state)
    return module


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ReferentielRefused) as refused:
        call()
    return str(refused.value).replace("\u00a0", " ")


def test_what_is_stored_comes_back_as_the_file_said_it(formation: Formation) -> None:
    stored = enter(formation)
    assert store.load(stored) == document().content
    assert (stored.version, stored.source_name) == (1, PATH.name)
    entry = JournalEntry.objects.get(action="referentiel_imported")
    assert entry.formation == formation
    assert entry.after is not None
    assert entry.after["sha256"] == document().sha256


def test_competences_that_have_ues_are_enriched_and_never_doubled() -> None:
    maquette = keep()
    before = set(Competence.objects.values_list("pk", "code"))
    enter(maquette.formation)
    assert set(Competence.objects.values_list("pk", "code")) == before
    assert Competence.objects.get(code="UE1").title == "Piloter une activité par la qualité (démonstration)"
    assert Competence.objects.get(code="UE4").title == "", "it is one competence a parcours"


def test_a_formation_without_maquette_gets_its_competences(formation: Formation) -> None:
    enter(formation)
    assert set(Competence.objects.values_list("code", flat=True)) == {
        *("Piloter", "Gérer", "Organiser", "Animer", "Déployer")
    }
    enter(formation)
    assert Competence.objects.count() == 5


def test_the_parcours_of_a_table_says_which_competence_its_fourth_ue_is() -> None:
    maquette = keep()
    stored = enter(maquette.formation)
    ues = UE.objects.filter(plan__semester=3).select_related("plan__parcours", "niveau")
    found = store.niveaux_of(ues, stored)
    told = {(ue.plan.parcours.code, ue.code): [str(each) for each in found[ue.pk]] for ue in ues if ue.plan.parcours}
    assert told["OSC", "UE3.4"] == ["Animer, niveau 1"]
    assert told["QMI", "UE3.4"] == ["Déployer, niveau 1"]
    assert told["MP", "UE3.4"] == ["Animer, niveau 1", "Déployer, niveau 1"], "a parcours that it does not know"
    assert told["QMI", "UE3.1"] == ["Piloter, niveau 2"]


def test_pairs_are_the_reader_s_to_choose() -> None:
    maquette = keep()
    pairs = {**preview(maquette.formation, document()).pairs, "Piloter": "UE2", "Gérer": "UE1"}
    import_referentiel(formation=maquette.formation, document=document(), pairs=pairs, by=None)
    assert preview(maquette.formation, document()).pairs == pairs, "and are proposed again"


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ({"Piloter": "UE2"}, "« Piloter » et « Gérer » ne peuvent pas être toutes deux la compétence UE2."),
        ({"Piloter": "UE9"}, "« Piloter » : la formation n’a pas de compétence « UE9 »."),
    ],
)
def test_pairs_that_cannot_be_are_refused(pairs: dict[str, str | None], sentence: str) -> None:
    maquette = keep()
    chosen = {**preview(maquette.formation, document()).pairs, **pairs}
    assert sentence == refusal(
        lambda: import_referentiel(formation=maquette.formation, document=document(), pairs=chosen, by=None)
    )
    assert not Referentiel.objects.exists()


def test_a_competence_of_the_same_name_is_not_made_twice(formation: Formation) -> None:
    factories.niveau("Piloter")
    pairs = {**preview(formation, document()).pairs, "Piloter": None}
    assert "associez-la" in refusal(
        lambda: import_referentiel(formation=formation, document=document(), pairs=pairs, by=None)
    )


def test_the_referentiel_of_another_speciality_is_refused(formation: Formation) -> None:
    assert "ce référentiel est celui de GMP" in refusal(
        lambda: enter(formation, ('specialite="QLIO"', 'specialite="GMP"'))
    )


# --- Read-only once in use


def test_until_it_is_used_another_file_takes_its_place() -> None:
    maquette = keep()
    enter(maquette.formation)
    module = use(maquette, "brouillon")
    stored = enter(maquette.formation, OTHER, ('<ac code="AC11.02">Présenter un relevé à son équipe</ac>', ""))
    assert (stored.version, Referentiel.objects.count()) == (1, 1)
    assert module.learnings.get().label == "Oublier les écarts d’un poste de travail"
    assert not Learning.objects.filter(code="AC11.02").exists()


def test_once_used_it_takes_what_changes_no_meaning() -> None:
    maquette = keep()
    enter(maquette.formation)
    module = use(maquette)
    stored = enter(maquette.formation, MORE, ("En écoutant ceux qui font", "En écoutant les équipes"))
    assert stored.version == 1
    assert Learning.objects.filter(code="AC11.03").exists()
    assert module.learnings.get().code == "AC11.01"


@pytest.mark.parametrize("state", ["validee", "en_service", "archivee"])
def test_once_used_it_refuses_another_meaning_and_says_the_way_out(state: str) -> None:
    maquette = keep()
    enter(maquette.formation)
    use(maquette, state)
    sentence = refusal(lambda: enter(maquette.formation, OTHER))
    assert "AC11.01 de Piloter niveau 1 : « Relever" in sentence
    assert "nouvelle version" in sentence
    assert Learning.objects.get(code="AC11.01").label == "Relever les écarts d’un poste de travail"
    pairs = {**preview(maquette.formation, document()).pairs, "Piloter": "UE2", "Gérer": "UE1"}
    assert "Piloter était associée à UE1" in refusal(
        lambda: import_referentiel(formation=maquette.formation, document=document(), pairs=pairs, by=None)
    )


def test_a_new_version_is_followed_by_drafts_alone() -> None:
    voted = keep()
    first = enter(voted.formation)
    use(voted)
    draft = keep()
    second = enter(voted.formation, OTHER, new_version=True)
    assert (first.version, second.version) == (1, 2)
    assert (store.followed(voted), store.followed(draft)) == (first, second)
    label = draft.modules.get(key="R1.01").learnings.get(niveau__competence__referentiel=second).label
    assert label == "Oublier les écarts d’un poste de travail", "the links of a draft follow"
    assert [each.label[:7] for each in voted.modules.get(key="R1.01").learnings.all()] == ["Relever"]


# --- Modules


def test_the_links_of_a_module_pass_to_the_next_version() -> None:
    maquette = keep()
    enter(maquette.formation)
    use(maquette)
    again = keep()
    assert [each.code for each in again.modules.get(key="R1.01").learnings.all()] == ["AC11.01"]
    assert again.modules.filter(learnings__isnull=False).count() == 1
    later = keep(replace(original(), formation=replace(original().formation, academic_year="2026-2027")))
    assert later.modules.get(key="R1.01").learnings.count() == 1
    earlier = keep(replace(original(), formation=replace(original().formation, academic_year="2024-2025")))
    assert not earlier.modules.filter(learnings__isnull=False).exists()


def test_a_copy_inherits_links_and_can_be_discarded_with_them() -> None:
    maquette = keep()
    enter(maquette.formation)
    use(maquette)
    copied = copy_maquette(maquette=maquette, academic_year="2026-2027", by=None)
    assert copied.modules.filter(learnings__code="AC11.01").count() == 1
    discard_draft(maquette=copied, by=None)
    assert Adoption.objects.get().maquette == maquette
    assert maquette.modules.get(key="R1.01").learnings.count() == 1


def test_a_module_is_offered_what_the_niveaux_of_its_ues_list() -> None:
    maquette = keep()
    enter(maquette.formation)
    module = maquette.modules.get(key="R3.01")
    assert {str(each) for each in store.offered(module)} <= {
        *("Piloter, niveau 2", "Gérer, niveau 2", "Organiser, niveau 2", "Animer, niveau 1", "Déployer, niveau 1")
    }
    assert store.offered(module)
    foreign = Learning.objects.get(code="AC13.01")
    assert "n’est pas d’un niveau de ses UE" in refusal(
        lambda: link_module(module=module, learnings=[foreign.pk], by=None)
    )


def test_what_a_module_works_on_is_told_once_and_can_be_taken_back() -> None:
    maquette = keep()
    enter(maquette.formation)
    module = use(maquette)
    link_module(module=module, learnings=[each.pk for each in module.learnings.all()], by=None)
    link_module(module=module, learnings=[], by=None)
    assert not module.learnings.exists()
    told = JournalEntry.objects.filter(action="module_linked").order_by("pk").values_list("before", "after")
    assert list(told) == [
        ({"learnings": []}, {"learnings": ["AC11.01"]}),
        ({"learnings": ["AC11.01"]}, {"learnings": []}),
    ]
    Maquette.objects.filter(pk=maquette.pk).update(state="archivee")
    assert "est archivée" in refusal(lambda: link_module(module=module, learnings=[], by=None))


def test_reading_asks_as_many_queries_for_ten_times_as_much(formation: Formation) -> None:
    small = enter(formation)
    count = queries(lambda: store.load(small))
    more = "".join(f'<ac code="AC99.{rank}">Autre {rank}</ac>' for rank in range(30))
    big = enter(formation, ("</acs>", f"{more}</acs>"))
    assert queries(lambda: store.load(big)) == count


# --- The command


def run(*arguments: str) -> tuple[int, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("import_referentiel", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        return int(str(end.code)), (out.getvalue() + err.getvalue()).replace("\u00a0", " ")
    return 0, out.getvalue().replace("\u00a0", " ")


def test_the_command_tells_first_and_writes_when_asked(formation: Formation) -> None:
    status, told = run(str(PATH), "--formation", "QLIO")
    assert (status, Referentiel.objects.count()) == (0, 0)
    assert "1. Piloter -> nouvelle compétence : niveau 1 (2 AC), niveau 2 (1 AC), niveau 3 (1 AC)" in told
    assert "ajoutez --write" in told
    assert run(str(PATH), "--formation", "QLIO", "--write")[0] == 0
    assert "Différences avec la version 1 enregistrée : aucune." in run(str(PATH), "--formation", "QLIO")[1]
    assert run(str(PATH), "--formation", "QLIO", "--write", "--new-version")[0] == 0
    assert Referentiel.objects.count() == 2


def test_the_command_takes_pairs(formation: Formation) -> None:
    factories.niveau("Qualité")
    status, told = run(str(PATH), "--formation", "QLIO", "--pair", "Piloter=Qualité", "--write")
    assert "Piloter -> Qualité" in told
    assert status == 0
    assert ReferentielCompetence.objects.get(name="Piloter").competence.code == "Qualité"


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["--formation", "MARS"], 2, "--formation MARS : cette formation n’existe pas."),
        (["--formation", "QLIO", "--pair", "Voler=UE1"], 2, "--pair Voler=UE1 : attendu, NOM=CODE"),
        (["--formation", "QLIO", "--pair", "Piloter=UE1"], 1, "la formation n’a pas de compétence « UE1 »"),
    ],
)
def test_the_command_refuses_in_one_sentence(
    formation: Formation, arguments: list[str], status: int, sentence: str
) -> None:
    code, told = run(str(PATH), *arguments, "--write")
    assert code == status
    assert sentence in told
    assert not Referentiel.objects.exists()


def test_the_command_refuses_files(formation: Formation, tmp_path: Path) -> None:
    broken = tmp_path / "cassé.xml"
    broken.write_bytes(changed(("<ac ", "<abc ")))
    for path, sentence in ((broken, "« abc » dans « acs » ; attendu, « ac »."), (tmp_path, "ne peut pas être lu.")):
        status, told = run(str(path), "--formation", "QLIO")
        assert status == 2
        assert sentence in told


# --- What the database refuses


def again(row: Referentiel | ReferentielCompetence | ReferentielNiveau | Learning | ReferentielParcours) -> None:
    row.pk = None
    row._state.adding = True
    row.save()


@pytest.mark.parametrize(
    ("constraint", "act"),
    [
        ("curriculum_referentiel_version", lambda: again(Referentiel.objects.order_by("pk")[0])),
        ("curriculum_referentielcompetence_name", lambda: again(ReferentielCompetence.objects.order_by("pk")[0])),
        ("curriculum_referentielniveau_number", lambda: again(ReferentielNiveau.objects.order_by("pk")[0])),
        ("curriculum_referentielniveau_range", lambda: ReferentielNiveau.objects.filter(number=3).update(number=4)),
        ("curriculum_learning_code", lambda: again(Learning.objects.order_by("pk")[0])),
        ("curriculum_referentielparcours_code", lambda: again(ReferentielParcours.objects.order_by("pk")[0])),
        ("curriculum_taughtniveau_once", lambda: TaughtNiveau.objects.filter(but_year__lt=3).update(but_year=3)),
        ("curriculum_taughtniveau_year", lambda: TaughtNiveau.objects.update(but_year=4)),
    ],
)
def test_what_a_referentiel_cannot_be(formation: Formation, constraint: str, act: Callable[[], object]) -> None:
    enter(formation)
    if constraint == "curriculum_taughtniveau_once":
        row = TaughtNiveau.objects.order_by("pk")[0]
        TaughtNiveau.objects.create(parcours=row.parcours, niveau=row.niveau, but_year=3)
    with pytest.raises(IntegrityError) as refused:
        act()
    diag = getattr(refused.value.__cause__, "diag", None)
    fields = constraint.removeprefix("curriculum_").partition("_")[0]
    assert getattr(diag, "constraint_name", None) == constraint or fields in str(refused.value)


def test_a_maquette_follows_one_referentiel(formation: Formation) -> None:
    maquette = factories.maquette()
    stored = enter(formation)
    assert Adoption.objects.get().maquette == maquette
    with pytest.raises(IntegrityError):
        Adoption.objects.create(maquette=maquette, referentiel=stored)
