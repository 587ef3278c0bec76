"""A référentiel of Orébut read, and refused; its competences paired with those of maquettes; what differs in two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum.competences.pairing import Known, changes, clash, propose
from curriculum.referentiel import MAX_FILE, parse
from curriculum.workbook.guard import Unreadable
from tests.curriculum.orebut import TEXT, changed

SAMPLE = parse(TEXT.encode())
RANKS = [Known(f"UE{rank}") for rank in (1, 2, 3, 4)]
ALL = {"Piloter": "UE1", "Gérer": "UE2", "Organiser": "UE3", "Animer": "UE4", "Déployer": "UE4"}


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        parse(data)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence.replace("\u00a0", " ")


def test_everything_is_read() -> None:
    assert (SAMPLE.speciality, SAMPLE.title[:7]) == ("QLIO", "Qualité")
    assert [(each.number, each.name, len(each.niveaux)) for each in SAMPLE.competences] == [
        (1, "Piloter", 3),
        (2, "Gérer", 3),
        (3, "Organiser", 3),
        (4, "Animer", 2),
        (4, "Déployer", 2),
    ]
    first = SAMPLE.competences[0]
    assert (first.colour, first.situations, first.components) == (
        "c1",
        ("Suivre la qualité d’un petit atelier",),
        ("En écoutant ceux qui font",),
    )
    assert [(each.code, each.label) for each in first.niveaux[0].learnings] == [
        ("AC11.01", "Relever les écarts d’un poste de travail"),
        ("AC11.02", "Présenter un relevé à son équipe"),
    ]
    assert SAMPLE.parcours[1].code == "QMI"
    assert SAMPLE.parcours[1].years[2][-1] == ("Déployer", 1)


def test_texts_come_on_one_line_whatever_their_encoding() -> None:
    wrapped = changed(("Relever les écarts d’un poste", "Relever\n      les écarts  d’un\u00a0poste"))
    assert parse(wrapped) == SAMPLE
    latin = TEXT.replace("UTF-8", "ISO-8859-1").replace("’", "'").encode("latin-1")
    assert parse(latin).competences[0].niveaux[0].learnings[0].label == "Relever les écarts d'un poste de travail"
    assert parse(TEXT.replace("UTF-8", "UTF-16").encode("utf-16")) == SAMPLE


def test_a_code_may_come_back_in_another_niveau() -> None:
    again = parse(changed(('code="AC12.01"', 'code="AC11.01"')))
    assert [niveau.learnings[0].code for niveau in again.competences[0].niveaux] == ["AC11.01", "AC11.01", "AC13.01"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "<competences>",
            "<competance>",
            "ligne 4 : « competance » dans « referentiel_competence » ; attendu",
        ),
        ('<ac code="AC11.01">', "<ac>", "l’attribut « code » de « ac » manque ou est vide"),
        ('code="AC11.02"', 'code="ac11.01"', "ligne 16 : l’apprentissage critique « ac11.01 » est là deux fois."),
        ("Relever les écarts d’un poste de travail", " ", "« ac » est vide"),
        ("Relever", "Relever" * 400, "« ac » dépasse 2000 caractères"),
        ('libelle="Suivre la qualité d’un poste"', f'libelle="{"x" * 301}"', "dépasse 300 caractères"),
        ('<niveau ordre="1"', '<niveau ordre="4"', "« ordre » vaut « 4 » ; attendu, un nombre de 1 à 3."),
        ('<niveau ordre="1"', '<niveau ordre="un"', "« ordre » vaut « un »"),
        ('<niveau ordre="2"', '<niveau ordre="1"', "le niveau « 1 » est là deux fois"),
        ('numero="1"', 'numero="0"', "« numero » vaut « 0 » ; attendu, un nombre de 1 à 50."),
        ('name="Gérer"', 'name="PILOTER"', "la compétence « PILOTER » est là deux fois"),
        ('nom="Animer"', 'nom="Voler"', "la compétence « Voler » n’est pas décrite dans ce référentiel."),
        ('nom="Animer" niveau="1"', 'nom="Animer" niveau="3"', "la compétence « Animer » n’a pas de niveau 3"),
        ('nom="Animer" niveau="1"', 'nom="Piloter" niveau="1"', "la compétence « Piloter » est là deux fois"),
        ('nom="Animer" niveau="1"/>', 'nom="Animer" niveau="1"/><competence nom="Déployer" niveau="1"/>', "numéro 4"),
        ('code="QMI"', 'code="osc"', "le parcours « osc » est là deux fois"),
        ('<annee ordre="2">', '<annee ordre="1">', "l’année « 1 » est là deux fois"),
        ("<situations>", "<situations>perdu", "le texte « perdu » n’est pas attendu dans « situations »."),
        ("<situation>Suivre", "<situation><b>Suivre</b>", "« b » dans « situation » ; attendu, du texte."),
        ("</referentiel_competence>", "", "ce n’est pas un fichier XML bien formé."),
        ("<competences>", "<competences>&secret;", "ce n’est pas un fichier XML bien formé."),
        ('encoding="UTF-8"', 'encoding="martien"', "ce n’est pas un fichier XML bien formé."),
        ("<referentiel_competence", '<!DOCTYPE x [<!ENTITY a "b">]><referentiel_competence', "(DOCTYPE)"),
        ("<referentiel_competence", '<!DOCTYPE x SYSTEM "file:///x"><referentiel_competence', "(DOCTYPE)"),
        ('specialite="QLIO"', 'specialite=""', "ligne 3 : l’attribut « specialite »"),
    ],
)
def test_what_is_odd_is_refused_with_its_place(old: str, new: str, sentence: str) -> None:
    said = refusal(changed((old, new)))
    assert sentence in said
    assert said.startswith("ligne ")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "ce n’est pas un fichier XML bien formé."),
        (b"PK\x03\x04 not a text", "ce n’est pas un fichier XML bien formé."),
        (b"<maquette/>", "« maquette » au début du fichier ; attendu, « referentiel_competence »."),
        (b"<referentiel_competence/>", "aucune compétence"),
        (b"<" * (MAX_FILE + 1), "le fichier pèse plus de 1 Mo"),
        (b"<referentiel_competence>" * 10_000, "ligne 1"),
    ],
)
def test_what_is_no_referentiel_is_refused(data: bytes, sentence: str) -> None:
    assert sentence in refusal(data[: MAX_FILE + 1])


@given(st.integers(0, len(TEXT)), st.integers(1, 200), st.text(max_size=20))
def test_whatever_befalls_a_file_it_is_read_or_refused(start: int, length: int, junk: str) -> None:
    try:
        parse((TEXT[:start] + junk + TEXT[start + length :]).encode("utf-8", "replace"))
    except Unreadable as refused:
        sentence = str(refused)
    else:
        return
    assert sentence.endswith(".")


# --- Pairs


def test_ranks_pair_by_number_and_parcours_may_share_one() -> None:
    assert propose(SAMPLE, RANKS, {}) == ALL
    assert clash(SAMPLE, ALL) is None


def test_names_and_titles_come_before_numbers() -> None:
    known = [Known("C1"), Known("ORGANISER"), Known("Flux", ("gérer les flux d'un atelier (démonstration)",))]
    pairs = propose(SAMPLE, known, {})
    assert pairs == {"Piloter": "C1", "Gérer": "Flux", "Organiser": "ORGANISER", "Animer": None, "Déployer": None}


def test_what_was_confirmed_comes_first() -> None:
    assert propose(SAMPLE, RANKS, {"Piloter": "UE2"})["Piloter"] == "UE2"
    assert propose(SAMPLE, RANKS, {"Piloter": "UE2"})["Gérer"] is None, "UE2 is taken, in the same parcours"


def test_one_parcours_does_not_teach_one_competence_twice() -> None:
    assert clash(SAMPLE, {**ALL, "Gérer": "UE1"}) == (
        "«\u00a0Piloter\u00a0» et «\u00a0Gérer\u00a0» ne peuvent pas être toutes deux la compétence UE1."
    )
    assert clash(SAMPLE, {**ALL, "Animer": None, "Déployer": None}) is None


# --- Differences


def test_a_file_does_not_differ_from_itself() -> None:
    assert changes(SAMPLE, SAMPLE) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence", "harmless"),
    [
        ("Relever les écarts", "Cacher les écarts", "AC11.01 de Piloter niveau 1", False),
        ("Relever les écarts", "RELEVER LES ECARTS", "AC11.01 de Piloter niveau 1", True),
        ('couleur="c1"', 'couleur="c9"', "Couleur de Piloter", True),
        ("En écoutant ceux qui font", "En criant", "Composantes de Piloter", True),
        ('libelle="Suivre la qualité d’un poste"', 'libelle="Autre"', "Niveau 1 de Piloter", False),
        ('<ac code="AC11.02">Présenter un relevé à son équipe</ac>', "", "supprimé, « Présenter", False),
        ("</acs>", '<ac code="AC11.03">Compter</ac></acs>', "niveau 1 : ajouté, « Compter »", True),
        ('<competence nom="Animer" niveau="1"/>', "", "BUT2 du parcours OSC : Animer", False),
        ('numero="4"', 'numero="5"', "Numéro de Animer", False),
    ],
)
def test_what_changes_a_meaning_is_told_from_what_does_not(old: str, new: str, sentence: str, harmless: bool) -> None:
    (change,) = changes(SAMPLE, parse(changed((old, new))))
    assert sentence in change.sentence.replace("\u00a0", " ")
    assert change.harmless == harmless
