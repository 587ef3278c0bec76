"""Ready-made règlements, each value with the place where it was read; what a text does not say keeps the default."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jury.regulations.parameters import DEFAULTS, SILENT, Clause

RODEZ = "CEVE-2026-06-IUT-005"


@dataclass(frozen=True, slots=True)
class Preset:
    """A règlement to begin with: what it is called, the délibération that it is, where its values come from."""

    code: str
    title: str
    source: str
    reference: str | None = None
    values: Mapping[str, Any] | None = None
    articles: Mapping[str, str] | None = None

    @property
    def clauses(self) -> dict[str, Clause]:
        """Every parameter, so that applying it leaves nothing of what was there."""
        values, articles = DEFAULTS | dict(self.values or {}), self.articles or {}
        return {key: Clause(values.get(key), articles.get(key, "")) for key in SILENT}


PRESETS = {
    preset.code: preset
    for preset in [
        Preset(
            code="national",
            title="National",
            source="Les seuls textes nationaux\xa0: annexe 1 de l’arrêté du 15 avril 2022, et les valeurs par défaut "
            "là où ils ne disent rien. Ni bonus, ni malus, ni défaillance.",
            articles={
                "validation_threshold": "annexe 1 de l’arrêté du 15 avril 2022, point 4.3",
                "rcue_minimum": "annexe 1 de l’arrêté du 15 avril 2022, point 4.5",
                "repeat_limit": "annexe 1 de l’arrêté du 15 avril 2022, point 4.5",
            },
        ),
        Preset(
            code="rodez-2026",
            title="IUT de Rodez 2026-2027",
            source="Délibération du conseil des études et de la vie étudiante du 24 mars 2026, BUT QLIO. Elle ne dit "
            "rien de l’arrondi, du poids des UE dans un RCUE, des absences justifiées, ni d’un bonus.",
            reference=f"Délibération n°\xa0{RODEZ} du 24 mars 2026",
            values={"abi_scope": "evaluation", "keep_best_unacquired": False},
            articles={
                "validation_threshold": f"{RODEZ}, 5-1",
                "rcue_minimum": f"{RODEZ}, 5-3",
                "abi_scope": f"{RODEZ}, 2 («\xa0une note de l’enseignement égale à 0\xa0»)",
                "keep_best_unacquired": f"{RODEZ}, 5-4",
                "repeat_limit": f"{RODEZ}, 5-4",
            },
        ),
        Preset(
            code="qlio-mcc-2025",
            title="MCC QLIO 2025-2026",
            source="MCC du BUT QLIO 2025-2026, validées par le conseil de département le 20 mai 2025 et le conseil "
            "d’IUT le 17 juin 2025. Un bonus de 0,5 point au plus par UE, et rien d’autre que le national.",
            reference="MCC du BUT QLIO 2025-2026, conseil d’IUT du 17 juin 2025",
            values={"bonus_cap": "0.5"},
            articles={
                "bonus_cap": "MCC 2025-2026, note sous chaque semestre («\xa0dans la limite de 0,5 point sur 20\xa0»)",
            },
        ),
    ]
}
"""By code."""
