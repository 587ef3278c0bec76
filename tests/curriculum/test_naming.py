"""One name for what sheets write in several ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum.workbook import facts
from curriculum.workbook.figures import Figure, read_figure, shortest, total
from curriculum.workbook.grid import Cell
from curriculum.workbook.naming import (
    clean_title,
    fold,
    initials,
    is_code,
    is_numbered,
    module_key,
    read_semester,
    read_year,
    ue_code,
    unaccented,
)


@pytest.mark.parametrize(
    ("code", "semester", "key"),
    [
        ("R1.01", 1, "R1.01"),
        ("R1. 03", 1, "R1.03"),
        ("R3.OSC.13", 3, "R3.OSC.13"),
        ("R3OSC13", 3, "R3.OSC.13"),
        ("R2.AL", 2, "R2.AL"),
        ("R5.AL1", 5, "R5.AL1"),
        ("SAÉ 3.MTD.02", 3, "SAE3.MTD.02"),
        ("SAÉ SAE3.01", 3, "SAE3.01"),
        ("Saé 1 : 04", 1, "SAE1.04"),
        ("SAÉ 01", 1, "SAE1.01"),
        ("SAE1.PF", 1, "PORTFOLIO1"),
        ("SAE3.Portfolio", 3, "PORTFOLIO3"),
        ("Portfolio", 5, "PORTFOLIO5"),
        ("SAE4.ST", 4, "STAGE4"),
        ("Stage", 6, "STAGE6"),
        ("Alt", 5, "ALT5"),
        ("Immersion professionnelle", 6, "IMMERSION6"),
        ("H.IA", 4, "H.IA"),
        ("HP", 2, "HP"),
    ],
)
def test_a_module_has_one_key(code: str, semester: int, key: str) -> None:
    assert module_key(code, semester) == key
    assert is_code(code)


SEMESTERS = st.integers(1, 6)
CODES = st.one_of(
    st.builds("R{}.{:02}".format, SEMESTERS, st.integers(1, 99)),
    st.builds("SAE{}.{:02}".format, SEMESTERS, st.integers(1, 99)),
    st.builds("R{}.{}.{:02}".format, SEMESTERS, st.sampled_from(["OSC", "QMI", "MP"]), st.integers(1, 99)),
    st.builds("SAE{}.{}".format, SEMESTERS, st.sampled_from(["PF", "ST", "Portfolio"])),
    st.sampled_from(["HP", "H.IA", "R2.AL", "R5.AL2"]),
)


@given(CODES, SEMESTERS, st.data())
def test_spaces_accents_and_case_never_change_a_key(code: str, semester: int, data: st.DataObject) -> None:
    key = module_key(code, semester)
    assert module_key(key, semester) == key, "a key is its own key"
    place = data.draw(st.integers(0, len(code)))
    spaced = code[:place] + data.draw(st.sampled_from([" ", "\u00a0", "\n", "  "])) + code[place:]
    assert module_key(spaced, semester) == key
    assert module_key(code.replace("SAE", "SAÉ").swapcase(), semester) == key


@given(SEMESTERS, st.integers(1, 6), st.sampled_from(["UE{}{}", "UE{}.{}", "UE {}.{}", "Coeff\nUE{}{}", "ue {} . {}"]))
def test_a_ue_has_one_code(semester: int, rank: int, written: str) -> None:
    assert ue_code(written.format(semester, rank), 3) == f"UE{semester}.{rank}"
    assert ue_code(f"UE{rank}", semester) == f"UE{semester}.{rank}"


@pytest.mark.parametrize("text", ["", "Anglais", "UEE3", "QUEUE 1", "UE", "UE0", "UE123"])
def test_a_text_without_ue_names_none(text: str) -> None:
    assert ue_code(text, 3) is None


@pytest.mark.parametrize(
    ("text", "key", "parcours", "title"),
    [
        ("SAÉ: PT immersion qualité", "SAE1.02", None, "PT immersion qualité"),
        ("SAÉ 3.01 Déploiement des outils", "SAE3.01", None, "Déploiement des outils"),
        ("SAÉ 3.QMI.02 Inventaire\n des exigences", "SAE3.QMI.02", "QMI", "Inventaire des exigences"),
        ("R1.01 : Anglais", "R1.01", None, "Anglais"),
        ("QMI Introduction", "R3.QMI.13", "QMI", "Introduction"),
        ("MP Les fondamentaux", "R4.MP.11", None, "Les fondamentaux"),
        ("Projet (parcours CAI)", "R5.01", "CAI", "Projet"),
        ("Portfolio S3", "PORTFOLIO3", "QMI", "Portfolio S3"),
        ("Stage de 7 semaines", "STAGE2", None, "Stage de 7 semaines"),
        ("MP", "R4.MP.11", "MP", "MP"),
        ("SAÉ 3.02 Autre chose", "SAE3.01", None, "SAÉ 3.02 Autre chose"),
    ],
)
def test_a_title_is_the_module_s_own(text: str, key: str, parcours: str | None, title: str) -> None:
    assert clean_title(text, key, 3, parcours) == title


@pytest.mark.parametrize(
    ("text", "numbered"), [("R1.01", True), ("SAÉ 2.04", True), ("Portfolio", False), ("12", False)]
)
def test_numbered_codes_are_told_from_texts(text: str, numbered: bool) -> None:
    assert is_numbered(text) == numbered


@pytest.mark.parametrize(
    ("text", "semester"),
    [
        ("Semestre 3 BUT QLIO OSC", 3),
        ("S4 alternance", 4),
        ("S3OSC", 3),
        ("2e semestre", 2),
        ("Feuil3", None),
        ("S7", None),
    ],
)
def test_a_semester_is_read(text: str, semester: int | None) -> None:
    assert read_semester(text) == semester


@pytest.mark.parametrize(
    ("text", "year"),
    [("2025-2026", "2025-2026"), ("MCC 2025/26", "2025-2026"), ("a_2025_2026.xlsx", "2025-2026"), ("2024-2026", None)],
)
def test_an_academic_year_is_two_years_that_follow(text: str, year: str | None) -> None:
    assert read_year(text) == year


def test_texts_are_compared_without_case_accents_nor_apostrophes() -> None:
    assert fold("L’IA  au\u00a0cœur") == fold("l'ia au CŒUR")
    assert fold("Ordonnancement") != fold("Ordonnancements")
    assert initials("Organisation et Supply Chain") == "OSC"


@given(st.text())
def test_folding_is_settled_at_once(text: str) -> None:
    assert unaccented(unaccented(text)) == unaccented(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        (Cell(1, 1, "0,50", kept="0,50"), Figure("0.50")),
        (Cell(1, 1, "\u00a012 ", kept="12"), Figure("12")),
        (Cell(1, 1, "–"), Figure()),
        (Cell(1, 1, ""), Figure()),
        (Cell(1, 1, "0,3-0,2"), Figure("0.2", "0.3", by_order=True)),
        (Cell(1, 1, "2,5 2,3"), Figure("2.3", "2.5", by_order=True)),
        (Cell(1, 1, "2,5\n2,3"), Figure("2.3", "2.5", by_order=True)),
        (Cell(1, 1, "0,2-0,3", struck="-0,3", kept="0,2"), Figure("0.2", "0.3")),
        (Cell(1, 1, "0,2", struck="0,2"), Figure(None, "0.2")),
        (Cell(1, 1, "1 2 3"), Figure(understood=False)),
        (Cell(1, 1, "x"), Figure(understood=False)),
        (Cell(1, 1, "-1"), Figure(understood=False)),
        (Cell(1, 1, "#DIV/0!"), Figure(understood=False)),
    ],
)
def test_each_form_of_a_figure(cell: Cell, read: Figure) -> None:
    assert read_figure(cell) == read


@given(st.lists(st.decimals(0, 100, places=2).map(str), max_size=8))
def test_sums_are_exact_and_short(figures: list[str]) -> None:
    assert total(figures) == total(reversed(figures))
    assert total([shortest(total(figures))]) == total(figures)


def test_a_document_tells_its_councils_bonus_and_house() -> None:
    voted = "Document validé par le Conseil de Département QLIO du 20 mai 2025 et par le Conseil d’IUT du 17 juin 2025"
    assert facts.validation_dates([voted]) == {"departement": "2025-05-20", "iut": "2025-06-17"}
    assert facts.validation_dates(["Conseil d'IUT du 1er juillet 2026"]) == {"iut": "2026-07-01"}
    assert facts.validation_dates(["Conseil de département : 02/05/2026"]) == {"departement": "2026-05-02"}
    assert facts.bonus_cap(["Des bonifications éventuelles dans la limite de 0,5 point sur 20"]) == "0.5"
    assert facts.institution(["Conseil d'IUT du 17 juin", "IUT de Rodez"], "x.xlsx") == "IUT de Rodez"
    assert facts.institution(["rien"], "MCC_IUT_Nantes_2025.xlsx") == "IUT Nantes"
    assert facts.speciality(["BUT Génie Mécanique et Productive (GMP - IUT Le Creusot)"], "x.xlsx") == "GMP"
    assert facts.speciality(["rien"], "002_BUT_QLIO_coefficients.xlsx") == "QLIO"
    assert facts.voted_year([{}, {"iut": "2025-06-17", "departement": "2025-05-20"}]) == "2025-2026"
    assert facts.voted_year([{}]) is None
    assert facts.majority_dates([{"iut": "2025-06-17"}, {"iut": "2025-06-17"}, {"iut": "2024-06-18"}]) == {
        "departement": None,
        "iut": "2025-06-17",
    }
