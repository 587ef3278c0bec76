"""The decision codes of UEs, RCUEs and years, as chips and the legends of documents say them (REGULATION.md 1.6)."""

from enum import StrEnum
from typing import Self


class Shape(StrEnum):
    """What a code means at a glance, so that colour never says it alone."""

    symbol: str

    def __new__(cls, value: str, symbol: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.symbol = symbol
        return member

    ACQUIRED = "acquired", "●"
    COMPENSATED = "compensated", "◐"
    BY_JURY = "by_jury", "◇"
    NOT_ACQUIRED = "not_acquired", "○"
    AWAITED = "awaited", "…"
    LEFT = "left", "✕"


class Code(StrEnum):
    """A code with its French label, its meaning in one sentence, and its shape."""

    label: str
    meaning: str
    shape: Shape

    def __new__(cls, value: str, label: str, meaning: str, shape: Shape) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.meaning = meaning
        member.shape = shape
        return member


class UECode(Code):
    ADM = "ADM", "Admise", "La moyenne de l’UE atteint le seuil.", Shape.ACQUIRED
    CMP = "CMP", "Compensée", "L’UE est acquise parce que la moyenne de son RCUE atteint le seuil.", Shape.COMPENSATED
    ADJ = "ADJ", "Admise par le jury", "Le jury a validé cette UE.", Shape.BY_JURY
    ADJR = "ADJR", "Admise par le jury (RCUE)", "Le jury a validé le RCUE de cette UE.", Shape.BY_JURY
    ADSUP = (
        "ADSUP",
        "Acquise par le niveau supérieur",
        "Un niveau supérieur est validé.",
        Shape.ACQUIRED,
    )
    EQV = "EQV", "Équivalence", "L’UE est acquise sans note : mobilité, VAE, VES ou transfert.", Shape.ACQUIRED
    AJ = "AJ", "Ajournée", "La moyenne de l’UE est sous le seuil et rien ne l’acquiert.", Shape.NOT_ACQUIRED
    ATT = "ATT", "En attente", "Il manque une note, un stage ou une inscription pour décider.", Shape.AWAITED
    RAT = "RAT", "Rattrapage attendu", "Une épreuve de rattrapage est attendue.", Shape.AWAITED
    ATJ = (
        "ATJ",
        "Non validée, autre motif",
        "L’UE n’est pas validée, pour une raison locale.",
        Shape.NOT_ACQUIRED,
    )
    DEF = "DEF", "Défaillance", "L’étudiant est défaillant dans cette UE, qui ne se compense pas.", Shape.NOT_ACQUIRED
    DEM = "DEM", "Démission", "L’étudiant a démissionné avant d’avoir une moyenne.", Shape.LEFT
    ABAN = "ABAN", "Abandon", "L’étudiant a abandonné avant d’avoir une moyenne.", Shape.LEFT
    EXCLU = "EXCLU", "Exclusion", "L’étudiant a été exclu par la section disciplinaire.", Shape.LEFT
    UEBSL = "UEBSL", "UE blanchie", "Le semestre a été neutralisé.", Shape.NOT_ACQUIRED

    @property
    def acquires(self) -> bool:
        """Whether the UE is acquired, for good, with its ECTS (N-03, N-04)."""
        return self in UE_ACQUIRED


class RCUECode(Code):
    ADM = "ADM", "Admis", "La moyenne atteint le seuil et les deux UE sont acquises directement.", Shape.ACQUIRED
    CMP = "CMP", "Compensé", "La moyenne atteint le seuil grâce à l’une des deux UE.", Shape.COMPENSATED
    ADJ = "ADJ", "Admis par le jury", "Le jury a validé ce niveau de la compétence.", Shape.BY_JURY
    ADSUP = (
        "ADSUP",
        "Acquis par le niveau supérieur",
        "Un niveau supérieur est validé.",
        Shape.ACQUIRED,
    )
    EQV = "EQV", "Équivalence", "Les deux UE sont acquises sans note.", Shape.ACQUIRED
    AJ = "AJ", "Ajourné", "Le niveau de la compétence n’est pas validé.", Shape.NOT_ACQUIRED
    ATT = "ATT", "En attente", "Il manque la moyenne d’une UE pour décider.", Shape.AWAITED

    @property
    def validates(self) -> bool:
        """Whether this level of the competence is validated."""
        return self in RCUE_VALIDATED


class YearCode(Code):
    ADM = "ADM", "Admis", "Tous les RCUE de l’année sont validés.", Shape.ACQUIRED
    ADJ = "ADJ", "Admis par le jury", "L’année est validée par décision du jury.", Shape.BY_JURY
    PASD = "PASD", "Passage de droit", "Passage de droit, des niveaux restant à valider.", Shape.COMPENSATED
    PAS1NCI = "PAS1NCI", "Passage par le jury", "Passage malgré un niveau de compétence insuffisant.", Shape.BY_JURY
    RED = "RED", "Redoublement", "Ajourné, autorisé à redoubler.", Shape.NOT_ACQUIRED
    RED_FM = "RED_FM", "Redoublement (force majeure)", "Redoublement accordé par le directeur.", Shape.NOT_ACQUIRED
    NAR = "NAR", "Non autorisé à redoubler", "Non admis et non autorisé à redoubler : réorientation.", Shape.LEFT
    RAT = "RAT", "En attente", "La décision attend une note ou un rattrapage.", Shape.AWAITED
    DEF = "DEF", "Défaillance", "L’étudiant est défaillant dans au moins une UE.", Shape.NOT_ACQUIRED
    DEM = "DEM", "Démission", "L’étudiant a démissionné.", Shape.LEFT
    ABAN = "ABAN", "Abandon", "L’étudiant a abandonné sa formation.", Shape.LEFT
    EXCLU = "EXCLU", "Exclusion", "L’étudiant a été exclu par la section disciplinaire.", Shape.LEFT
    ABL = "ABL", "Année blanche", "L’année est neutralisée.", Shape.AWAITED


UE_ACQUIRED = frozenset({UECode.ADM, UECode.CMP, UECode.ADJ, UECode.ADJR, UECode.ADSUP, UECode.EQV})
RCUE_VALIDATED = frozenset({RCUECode.ADM, RCUECode.CMP, RCUECode.ADJ, RCUECode.ADSUP, RCUECode.EQV})
