"""Every parameter of a règlement as people read it: what it decides, what each value does, with figures.

The keys and values are those of contracts/deliberate.md, and one more: `defaulting`, the article that lets the status
DEF exist in this formation (L-17). The engine never reads that one: it says what may be entered, not what follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from curriculum.templatetags.figures import figure
from jury.engine.regulation import Regulation, as_json, override
from jury.engine.strict import Refused
from jury.models import Regulation as RegulationRow

Kind = Literal["choice", "points", "cap", "whole", "article"]
DEFAULTING = RegulationRow.DEFAULTING


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `choices` gives each value its short name and its effect; `effect` is for those without."""

    key: str
    label: str
    rules: str
    kind: Kind = "choice"
    choices: Mapping[Any, tuple[str, str]] = field(default_factory=dict)
    effect: str = ""

    def told(self, value: Any) -> str:
        """Say a value of the contract in French: "0.5" is « 0,5 point par UE au plus »."""
        if self.kind == "choice":
            return self.choices[value][0]
        if self.kind == "points":
            return f"{figure(value, 2)}/20"
        if value is None:
            return "aucune" if self.key == DEFAULTING else "aucun"
        if self.kind == "cap":
            return f"{figure(value)} point par UE au plus"
        return f"selon {value}" if self.kind == "article" else str(value)


PARAMETERS = {
    parameter.key: parameter
    for parameter in [
        Parameter(
            "validation_threshold",
            "Seuil d’acquisition",
            "N-03, N-06",
            "points",
            effect="À 10\xa0: une UE à 9,99 n’est pas acquise, une UE à 10,00 l’est\xa0; de même pour un RCUE.",
        ),
        Parameter(
            "rcue_minimum",
            "Minimum d’un RCUE pour passer",
            "N-10",
            "points",
            effect="À 8\xa0: un seul RCUE à 7,99 ferme le passage de droit, un RCUE à 8,00 ne le ferme pas.",
        ),
        Parameter(
            "rounding",
            "Arrondi des moyennes",
            "I-02, L-16",
            choices={
                "half_up_2": (
                    "au centième le plus proche (9,995 donne 10,00)",
                    "Une UE à 9,995 est imprimée 10,00 et acquise\xa0; à 9,994, elle est imprimée 9,99.",
                ),
                "half_up_3": (
                    "au millième le plus proche",
                    "Une UE à 9,995 est imprimée 9,995 et n’est pas acquise\xa0; à 9,9995, elle l’est.",
                ),
                "exact": (
                    "aucun\xa0: la valeur exacte est comparée",
                    "Une UE à 9,995 est imprimée 10,00 et n’est pas acquise.",
                ),
                "trunc_2": (
                    "au centième inférieur (9,999 donne 9,99)",
                    "Une UE à 9,999 est imprimée 9,99 et n’est pas acquise.",
                ),
            },
        ),
        Parameter(
            "rcue_weights",
            "Poids des deux UE d’un RCUE",
            "I-01",
            choices={
                "equal": (
                    "égaux",
                    "UE à 9,00 (9 ECTS) et 11,00 (6 ECTS)\xa0: le RCUE est à 10,00, les deux acquises.",
                ),
                "ects": (
                    "selon leurs ECTS",
                    "UE à 9,00 (9 ECTS) et 11,00 (6 ECTS)\xa0: le RCUE est à 9,80, la première n’est pas acquise.",
                ),
            },
        ),
        Parameter(
            "rcue_from_rounded_ue",
            "RCUE calculé",
            "I-03",
            choices={
                True: (
                    "sur les moyennes d’UE imprimées",
                    "UE à 9,984 et 10,005\xa0: (9,98 + 10,01) ÷ 2 donne 10,00, comme on le refait du relevé.",
                ),
                False: (
                    "sur les moyennes d’UE exactes",
                    "UE à 9,984 et 10,005\xa0: 9,9945 donne 9,99\xa0; le RCUE n’est pas acquis.",
                ),
            },
        ),
        Parameter(
            "keep_best_unacquired",
            "UE non acquise et recommencée",
            "L-06, I-15",
            choices={
                False: (
                    "seule la nouvelle moyenne compte",
                    "9,50 puis 8,00 l’année suivante\xa0: 8,00 entre dans le RCUE.",
                ),
                True: (
                    "la meilleure des deux moyennes compte",
                    "9,50 puis 8,00 l’année suivante\xa0: 9,50 entre dans le RCUE.",
                ),
            },
        ),
        Parameter(
            "progression_counts_validated",
            "RCUE validé autrement que par sa moyenne",
            "I-04",
            choices={
                True: (
                    "compte comme obtenu pour le passage",
                    "RCUE à 12,00, à 7,50 validé par le jury, à 9,00\xa0: 2 sur 3 obtenus, passage de droit.",
                ),
                False: (
                    "ne compte pas pour le passage",
                    "RCUE à 12,00, à 7,50 validé par le jury, à 9,00\xa0: 1 sur 3 obtenu, et un sous 8.",
                ),
            },
        ),
        Parameter(
            "abi_scope",
            "Absence injustifiée (ABI)",
            "L-01, I-13",
            choices={
                "evaluation": ("0 à l’évaluation", "ABI et 14,00 de même poids\xa0: le module est à 7,00."),
                "module": ("0 au module entier", "ABI et 14,00 de même poids\xa0: le module est à 0,00."),
            },
        ),
        Parameter(
            "abj_only",
            "Module dont toutes les notes sont ABJ",
            "L-03, I-11",
            choices={
                "pending": (
                    "en attente d’une note",
                    "Une seule évaluation, ABJ\xa0: l’UE attend un rattrapage, l’année est différée (RAT).",
                ),
                "neutralised": (
                    "hors de la moyenne",
                    "Une seule évaluation, ABJ\xa0: l’UE se calcule sans ce module, avec un avertissement.",
                ),
            },
        ),
        Parameter(
            "bonus_cap",
            "Bonus",
            "L-14",
            "cap",
            effect="Plafonné à 0,5\xa0: une UE à 9,70 avec 0,80 de bonus est à 10,20. Sans bonus, elle reste à 9,70.",
        ),
        Parameter(
            "malus_article",
            "Malus",
            "L-15, N-23",
            "article",
            effect="Avec un malus de 0,50, une UE à 10,20 est à 9,70. Sans article, le malus est ignoré.",
        ),
        Parameter(
            "repeat_limit",
            "Semestres redoublés au plus",
            "N-12, I-07",
            "whole",
            effect="À 4\xa0: deux années entières. Au-delà, seul le directeur autorise, pour force majeure (RED_FM).",
        ),
        Parameter(
            DEFAULTING,
            "Défaillance (DEF)",
            "L-17, N-23",
            "article",
            effect="Avec un article, un étudiant peut être DEF\xa0: ses UE non acquises ne se compensent plus. "
            "Sans article, aucun jury ne s’ouvre ni ne se clôt avec un étudiant DEF.",
        ),
    ]
}
"""By key, in the order of deliberate.md."""

DEFAULTS = as_json(Regulation())
"""What deliberate.md says when the règlement says nothing."""

GROUNDED = {
    "validation_threshold": "Un seuil d’acquisition autre que 10",
    "rcue_minimum": "Un minimum de RCUE autre que 8",
    "bonus_cap": "Un bonus",
}
"""What only an article of the règlement can ground: any other value than the default is refused without one."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A parameter as a règlement sets it: its value, as in the contract, and the article that grounds it."""

    value: Any
    article: str = ""


SILENT = {key: Clause(DEFAULTS.get(key)) for key in PARAMETERS}
"""The règlement that says nothing: every default, no article."""


def ungrounded(parameters: Mapping[str, Any], articles: Mapping[str, str]) -> dict[str, str]:
    """Return, by key, a sentence for each parameter that misses the article it needs (N-19, N-23)."""
    return {
        key: f"{what} demande l’article du règlement qui le prévoit\xa0: nommez-le, ou revenez à «\xa0"
        f"{PARAMETERS[key].told(DEFAULTS[key])}\xa0» (N-19, N-23)."
        for key, what in GROUNDED.items()
        if parameters[key] != DEFAULTS[key] and not articles.get(key, "").strip()
    }


def refusals(clauses: Mapping[str, Clause]) -> dict[str, str]:
    """Return, by key, why these clauses cannot be a règlement; nothing when they can. `clauses` holds every key."""
    try:
        read = override(Regulation(), {key: clause.value for key, clause in clauses.items() if key != DEFAULTING})
    except Refused as refused:
        return {refused.field.removeprefix("regulation."): refused.message}
    defaulting = clauses[DEFAULTING].value
    if defaulting is not None and not (isinstance(defaulting, str) and defaulting.strip()):
        return {DEFAULTING: "La défaillance (DEF) demande l’article du règlement qui la prévoit (N-23)."}
    return ungrounded(as_json(read), {key: clause.article for key, clause in clauses.items()})
