"""What "pourquoi ?" answers: the rule, the figures and the arithmetic, in French that can be printed."""

from typing import Any

import pytest

from tests.engine.build import Json, annual, line, odd_semester, verdict


def why(dossier: Json, about: str, **parameters: Any) -> tuple[str, str]:
    """The rule and the sentence of one reason, no-break spaces made plain."""
    reasons = [reason for reason in verdict(dossier, **parameters)["reasons"] if reason["about"] == about]
    return reasons[-1]["rule"], reasons[-1]["text"].replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("pairs", "changes", "about", "expected"),
    [
        pytest.param(["11.25 12"], {}, "UE1.1", ("N-03", "Moyenne 11,25 ≥ 10 : l’UE est acquise."), id="ADM"),
        pytest.param(["9 9"], {}, "UE1.1", ("N-03", "Moyenne 9,00 < 10 : l’UE n’est pas acquise."), id="AJ"),
        pytest.param(
            ["9 11.5"],
            {},
            "UE1.1",
            ("N-06", "Moyenne 9,00 < 10, compensée : le RCUE Qualité/1 a 10,25 ≥ 10."),
            id="CMP",
        ),
        pytest.param(
            ["9 11.5"],
            {},
            "Qualité/1",
            ("N-06", "(9,00 + 11,50) ÷ 2 = 10,25 ≥ 10 : les deux UE se compensent, le niveau est validé."),
            id="the arithmetic of a RCUE",
        ),
        pytest.param(
            ["9 10.99"],
            {},
            "Qualité/1",
            (
                "N-06",
                "(9,00 + 10,99) ÷ 2 = 9,995, soit 10,00 ≥ 10 : les deux UE se compensent, le niveau est validé.",
            ),
            id="a rounded RCUE says what was rounded",
        ),
        pytest.param(
            ["12 8.60"],
            {"ects": ("6", "9"), "regulation": {"rcue_weights": "ects"}},
            "Qualité/1",
            ("N-06", "(12,00 × 6 + 8,60 × 9) ÷ 15 = 9,96 < 10 : le niveau n’est pas validé."),
            id="weighted by ECTS",
        ),
        pytest.param(
            ["9 10.99"],
            {"regulation": {"rounding": "exact"}},
            "Qualité/1",
            ("N-06", "(9 + 10,99) ÷ 2 = 9,995 < 10 : le niveau n’est pas validé."),
            id="exact figures are shown exactly, not as 10,00 < 10",
        ),
        pytest.param(
            ["10 10.5"],
            {"ects": ("2", "1"), "regulation": {"rounding": "exact", "rcue_weights": "ects"}},
            "Qualité/1",
            (
                "N-03",
                "(10 × 2 + 10,5 × 1) ÷ 3 ≈ 10,166666 ≥ 10 et les deux UE sont acquises : le niveau est validé.",
            ),
            id="a mean without end says that it is cut",
        ),
        pytest.param(
            ["9.333333333333 12"],
            {"regulation": {"rcue_from_rounded_ue": False}},
            "Qualité/1",
            (
                "N-06",
                "(≈ 9,333333 + 12) ÷ 2 ≈ 10,666666, soit 10,67 (sur les moyennes non arrondies) ≥ 10 : "
                "les deux UE se compensent, le niveau est validé.",
            ),
            id="so does a UE's",
        ),
        pytest.param(
            ["9.9999999 10"],
            {"regulation": {"rounding": "exact"}},
            "UE1.1",
            ("N-03", "Moyenne ≈ 9,999999 < 10 : l’UE n’est pas acquise."),
            id="cut, it never shows the threshold that it does not reach",
        ),
        pytest.param(
            ["9 12"],
            {"status": "DEF"},
            "Qualité/1",
            (
                "L-17",
                "(9,00 + 12,00) ÷ 2 = 10,50 ≥ 10 ; "
                "une UE en défaillance ne se compense pas : le niveau n’est pas validé.",
            ),
            id="a default",
        ),
        pytest.param(
            ["equivalence 9.5"],
            {},
            "Qualité/1",
            ("N-06", "Seule UE notée (l’autre est acquise sans note), 9,50 < 10 : le niveau n’est pas validé."),
            id="beside an equivalence",
        ),
        pytest.param(
            ["9 12"],
            {"record": ["UE1.1 ADM 11.50"]},
            "UE1.1",
            (
                "N-20",
                "Acquise définitivement par un jury antérieur (ADM) ; "
                "nouvelle moyenne 9,00 < 10 ; moyenne retenue : 11,50.",
            ),
            id="capitalised",
        ),
        pytest.param(
            ["stage 12"],
            {},
            "UE1.1",
            ("L-04", "Le stage obligatoire n’est pas terminé : l’UE ne peut pas être validée."),
            id="a stage",
        ),
        pytest.param(
            ["12 12", "12 12", "9 9"],
            {},
            "year",
            ("N-10", "2 RCUE sur 3 à 10 ou validés, soit plus de la moitié ; sous 8 : aucun. Passage de droit."),
            id="PASD",
        ),
        pytest.param(
            ["12 12", "7 7"],
            {},
            "year",
            (
                "N-10",
                "1 RCUE sur 2 à 10 ou validés, soit pas plus de la moitié ; sous 8 : Logistique/1. "
                "Pas de passage de droit ; le jury choisit : RED, NAR, ADJ, PAS1NCI.",
            ),
            id="every obstacle is named",
        ),
        pytest.param(
            ["9 9"],
            {"repeated": [1, 2]},
            "year",
            (
                "N-12",
                "Déjà redoublés : S1, S2 (limite : 4 semestres, chacun une fois) ; "
                "seul le directeur peut autoriser un redoublement, pour force majeure.",
            ),
            id="RED_FM",
        ),
        pytest.param(
            ["9 9"],
            {"jury": [line("year PAS1NCI", "Contrat pédagogique.")]},
            "year",
            ("I-09", "Le jury décide PAS1NCI (proposition : aucune) : Contrat pédagogique."),
            id="the jury's own",
        ),
        pytest.param(["12 12"], {}, "S3", ("N-10", "La décision ADM ouvre S3."), id="what opens"),
    ],
)
def test_a_reason(pairs: list[str], changes: dict[str, Any], about: str, expected: tuple[str, str]) -> None:
    assert why(annual(1, *pairs, **changes), about) == expected


def test_an_odd_jury_says_that_its_codes_may_change() -> None:
    rule, text = why(odd_semester(1, "9"), "UE1.1")
    assert rule == "I-16"
    assert (
        text
        == "Moyenne 9,00 < 10 : l’UE n’est pas acquise à ce jour ; son RCUE peut encore la compenser au jury annuel."
    )


def test_a_debt_that_closes_s5_is_named() -> None:
    rule, text = why(annual(2, "12 12", record=["UE1.3 AJ", "UE2.3 AJ"]), "S5")
    assert (rule, text) == ("N-11", "S5 demande toutes les UE de S1 et S2 ; encore dues : UE1.3, UE2.3.")


def test_a_debt_repaid_says_how() -> None:
    dossier = annual(2, "12 12", record=["UE1.1 AJ", "UE1.2 AJ"], jury=[line("UE1.2 ADJ", "Stage long.")])
    assert why(dossier, "UE1.1") == (
        "N-08",
        "Acquise parce qu’un niveau supérieur de « Qualité » est validé par ce jury.",
    )
    assert why(dossier, "UE1.2") == ("N-14", "Due d’une année antérieure, validée par le jury : Stage long.")
    assert why(dossier, "DUT")[0] == "N-15"
