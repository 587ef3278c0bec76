"""The national rules, which no règlement changes: hard-coded, each with the text that it comes from."""

from typing import NamedTuple

ANNEX = "annexe 1 de l’arrêté du 15 avril 2022, point"


class NationalRule(NamedTuple):
    """A rule: its number in REGULATION.md, what it says, where it is written."""

    number: str
    sentence: str
    source: str


NATIONAL = (
    NationalRule(
        "N-01",
        "Le BUT compte 180 ECTS en six semestres\xa0; un niveau de compétence se développe sur les deux semestres "
        "d’une année.",
        "code de l’éducation, D.\xa0642-66",
    ),
    NationalRule(
        "N-02", "Chaque pôle, ressources et SAÉ, pèse de 40 à 60\xa0% d’une UE (BUT1 et BUT2).", f"{ANNEX} 4.3"
    ),
    NationalRule(
        "N-03",
        "Une UE dont la moyenne atteint 10 est définitivement acquise\xa0; aucun pôle ni module n’a de minimum.",
        f"{ANNEX} 4.3",
    ),
    NationalRule(
        "N-04", "Les ECTS d’une UE sont accordés en entier quand elle est acquise, sinon aucun.", f"{ANNEX} 4.3"
    ),
    NationalRule("N-05", "Un RCUE réunit les deux UE d’un même niveau d’une même compétence.", f"{ANNEX} 4.4"),
    NationalRule(
        "N-06",
        "Dans un RCUE, la compensation est intégrale\xa0: l’UE sous 10 est acquise si, et seulement si, le RCUE "
        "atteint 10.",
        f"{ANNEX} 4.4",
    ),
    NationalRule(
        "N-07", "Il n’y a pas d’autre compensation\xa0: ni entre compétences, ni entre années.", f"{ANNEX} 4.4"
    ),
    NationalRule(
        "N-08", "Valider les deux UE d’un niveau valide les niveaux inférieurs de la compétence.", f"{ANNEX} 4.3"
    ),
    NationalRule("N-09", "Le semestre pair qui suit est de droit, quelles que soient les notes.", f"{ANNEX} 4.5"),
    NationalRule(
        "N-10",
        "On passe de droit en année supérieure avec plus de la moitié des RCUE à 10 et aucun sous 8.",
        f"{ANNEX} 4.5",
    ),
    NationalRule(
        "N-11",
        "Le semestre 5 demande en plus toutes les UE des semestres 1 et 2, ou une décision du jury.",
        f"{ANNEX} 4.5",
    ),
    NationalRule(
        "N-12",
        "On peut être autorisé à redoubler une fois chaque semestre, quatre fois en tout\xa0; le directeur peut en "
        "accorder une de plus pour force majeure.",
        f"{ANNEX} 4.5",
    ),
    NationalRule(
        "N-13",
        "Un refus de redoublement est motivé, pris après avoir entendu l’étudiant à sa demande, assorti de conseils "
        "d’orientation.",
        f"{ANNEX} 4.5",
    ),
    NationalRule("N-14", "Le jury est souverain\xa0: il peut valider une UE ou un RCUE sous 10.", f"{ANNEX} 4.6"),
    NationalRule("N-15", "Le DUT est délivré avec les 120 premiers ECTS.", f"{ANNEX} 4.6"),
    NationalRule("N-16", "Le BUT est délivré quand chaque UE est acquise.", f"{ANNEX} 4.3"),
    NationalRule(
        "N-19",
        "Les modalités de contrôle sont votées au plus tard un mois après la rentrée, publiées, et ne changent plus "
        "de l’année.",
        "code de l’éducation, L.\xa0613-1",
    ),
    NationalRule("N-20", "Une UE acquise ne se perd pas\xa0; une note plus basse n’y change rien.", f"{ANNEX} 4.3"),
    NationalRule(
        "N-23",
        "Le jury ne crée ni note éliminatoire, ni zéro pour absence, ni sanction de fraude\xa0: seul le règlement "
        "peut les prévoir, dans ses limites.",
        "TA Strasbourg, 17 mai 2023, n°\xa02204815",
    ),
    NationalRule(
        "N-26",
        "Une validation d’acquis ou d’études supérieures vaut réussite à l’UE.",
        "code de l’éducation, R.\xa0613-32 et suivants",
    ),
    NationalRule(
        "N-27",
        "La césure, à l’initiative de l’étudiant, dure un ou deux semestres\xa0; elle n’est pas un redoublement.",
        "code de l’éducation, D.\xa0611-13 à D.\xa0611-20",
    ),
)
