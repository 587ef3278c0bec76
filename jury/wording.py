"""The parameters of a règlement and the flags of a verdict, in the words of the people who decide."""

from collections import Counter
from typing import Any

from curriculum.templatetags.figures import figure
from jury.engine.codes import UECode, YearCode
from jury.seal import RegulationPart
from jury.sitting import Sitting

CHOICES: dict[str, tuple[str, dict[Any, str]]] = {
    "rounding": (
        "Arrondi des moyennes",
        {
            "half_up_2": "au centième le plus proche (9,995 donne 10,00)",
            "half_up_3": "au millième le plus proche",
            "exact": "aucun\xa0: la valeur exacte est comparée",
            "trunc_2": "au centième inférieur (9,999 donne 9,99)",
        },
    ),
    "rcue_weights": ("Poids des deux UE d’un RCUE", {"equal": "égaux", "ects": "selon leurs ECTS"}),
    "rcue_from_rounded_ue": (
        "RCUE calculé",
        {True: "sur les moyennes d’UE imprimées", False: "sur les moyennes d’UE exactes"},
    ),
    "keep_best_unacquired": (
        "UE non acquise et recommencée",
        {True: "la meilleure des deux moyennes compte", False: "seule la nouvelle moyenne compte"},
    ),
    "progression_counts_validated": (
        "RCUE validé autrement que par sa moyenne",
        {True: "compte comme obtenu pour le passage", False: "ne compte pas pour le passage"},
    ),
    "abi_scope": ("Absence injustifiée (ABI)", {"evaluation": "0 à l’évaluation", "module": "0 au module entier"}),
    "abj_only": (
        "Module dont toutes les notes sont ABJ",
        {"pending": "en attente d’une note", "neutralised": "hors de la moyenne"},
    ),
}
"""The parameters that are a choice: their label, and each value as it is said."""

FLAGS = {
    "S5_gate": "Le S5 reste fermé tant que ces UE ne sont pas acquises\xa0: {} (N-11).",
    "against_right": "La décision {} refuse un passage acquis.",
    "below_minimum": "La décision {} déroge au point 4.5 de l’annexe 1 (I-09).",
}


def told(regulation: RegulationPart) -> list[dict[str, str]]:
    """Return every parameter as {label, value, article}, in the order of deliberate.md."""
    parameters, articles = regulation["parameters"], regulation["articles"]
    said = {key: (label, values[parameters[key]]) for key, (label, values) in CHOICES.items()}
    said["validation_threshold"] = ("Seuil d’acquisition", _points(parameters["validation_threshold"]))
    said["rcue_minimum"] = ("Minimum d’un RCUE pour passer", _points(parameters["rcue_minimum"]))
    cap, malus = parameters["bonus_cap"], parameters["malus_article"]
    said["bonus_cap"] = ("Bonus", "aucun" if cap is None else f"{figure(cap)} point par UE au plus")
    said["malus_article"] = ("Malus", "aucun" if malus is None else f"prévu par {malus}")
    said["repeat_limit"] = ("Semestres redoublés au plus", str(parameters["repeat_limit"]))
    return [{"label": said[key][0], "value": said[key][1], "article": articles.get(key, "")} for key in ORDER]


ORDER = [
    *("validation_threshold", "rcue_minimum", "rounding", "rcue_weights", "rcue_from_rounded_ue"),
    *("keep_best_unacquired", "progression_counts_validated", "abi_scope", "abj_only", "bonus_cap", "malus_article"),
    "repeat_limit",
]


def flag(text: str) -> str:
    """Say a flag of a verdict: S5_gate:UE1.1,UE2.3."""
    name, _, detail = text.partition(":")
    return FLAGS[name].format(detail.replace(",", ", "))


def tally(sitting: Sitting) -> list[dict[str, str]]:
    """Count the codes of the year, or of the UEs before an odd jury, as {label, value}, in the order of the codes."""
    codes: list[str | None] = [judged.year for judged in sitting.students]
    kind: type[YearCode] | type[UECode] = YearCode
    if not sitting.session.is_annual:
        codes = [ue.decision for judged in sitting.students for level in judged.levels for ue in level.ues]
        kind = UECode
    counts = Counter(codes)
    told = [{"label": code.value, "value": str(counts[code])} for code in kind if counts[code]]
    return told + ([{"label": "à décider", "value": str(counts[None])}] if counts[None] else [])


def _points(value: str) -> str:
    return f"{figure(value, 2)}/20"
