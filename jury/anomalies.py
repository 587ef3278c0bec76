"""What a jury must know before it decides: missing marks, stages, UEs without average, DEF without article."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from curriculum.models import UE
from curriculum.templatetags.figures import figure
from grades.averages import State, UEAverage
from jury.engine.codes import UE_ACQUIRED
from jury.engine.dossier import Status, UEState
from jury.history import Note
from jury.models import Regulation

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A French sentence about one UE, or about the whole dossier; an error keeps the jury from closing.

    `detail` is what it means for one student: two students may have the same anomaly.
    """

    level: Literal["error", "warning"]
    where: str
    sentence: str
    detail: str = field(default="", compare=False)

    @property
    def told(self) -> str:
        """The sentence with its detail."""
        return f"{self.sentence} {self.detail}".rstrip()


WARNINGS = {
    "not_organised": "{} n’a pas été organisé\xa0: il sort de la moyenne (I-11).",
    "module_neutralised": "{} n’a que des absences justifiées\xa0: il sort de la moyenne (L-03).",
    "pole_share": "le pôle SAÉ pèse {} des coefficients retenus, hors de 40 à 60\xa0% (N-02).",
    "bonus_capped": "le bonus dépasse le maximum du règlement\xa0: il est ramené à ce maximum (L-14).",
    "bonus_ignored": "le règlement ne prévoit pas de bonus\xa0: celui-ci est ignoré (L-14).",
    "malus_ignored": "le règlement ne prévoit pas de malus\xa0: celui-ci est ignoré (L-15).",
}
"""The warnings of deliberate.md, as people read them; what follows the colon of a warning takes the place of {}."""

POLES = {"pole:ressource": "toute note du pôle ressources", "pole:sae": "toute note du pôle SAÉ"}


def anomalies_of(
    dossier: Json, ues: Sequence[UE], averages: Mapping[str, UEAverage], notes: Iterable[Note]
) -> Iterator[Anomaly]:
    """Yield what is wrong with each UE of a dossier, then with its record.

    `ues`, `averages` (by code) and `notes` are what it was made from.
    """
    record = {line["code"]: line for line in dossier["record"]}
    left = Status(dossier["status"]).left
    for ue, line in zip(ues, dossier["ues"], strict=True):
        if ue.ects is None:
            yield Anomaly("error", ue.code, "la maquette ne lui donne pas d’ECTS.")
        average = averages.get(ue.code)
        if average and average.state is State.MISCONFIGURED:
            yield Anomaly("error", ue.code, "aucun module n’y a de coefficient\xa0: la maquette est à corriger.")
        elif not left:
            yield from _of_state(line, average, record.get(ue.code))
    yield from (Anomaly("warning", note.where, note.sentence) for note in notes)


def defaulting(dossier: Json, articles: Mapping[str, str]) -> Iterator[Anomaly]:
    """Yield an error for a student in default when no article of the règlement lets anybody be (L-17, N-23)."""
    states = {line.get("state") for line in dossier["ues"]}
    if (dossier["status"] == Status.DEF or UEState.DEFAULTING in states) and not articles.get(Regulation.DEFAULTING):
        yield Anomaly(
            "error",
            "DEF",
            "le règlement ne nomme aucun article qui prévoie la défaillance\xa0: nommez-le, ou corrigez l’inscription "
            "(N-23).",
        )


def _of_state(line: Json, average: UEAverage | None, recorded: Json | None) -> Iterator[Anomaly]:
    """Tell why a UE has no average, or what its average does without."""
    acquired = recorded is not None and recorded["decision"] in UE_ACQUIRED
    state = line.get("state")
    if state == UEState.NOT_ENROLLED and not acquired:
        yield Anomaly("warning", line["code"], "l’étudiant n’y est pas inscrit, et aucun jury ne l’a validée.")
    elif average is not None and state in {UEState.PENDING, UEState.STAGE}:
        yield _pending(line["code"], state, average)
    elif average is not None and state is None:
        for warning in average.warnings:
            name, _, detail = warning.partition(":")
            detail = figure(detail, 2) if name == "pole_share" else detail
            yield Anomaly("warning", line["code"], WARNINGS[name].format(detail))


def _pending(code: str, state: str, average: UEAverage) -> Anomaly:
    """Tell what is awaited, and the average of what is there."""
    awaited = ", ".join(POLES.get(each, each) for each in average.pending)
    so_far = f"Moyenne provisoire\xa0: {figure(average.printed, 2)}." if average.printed else ""
    stage = "le stage n’est pas accompli (L-04)\xa0; " if state == UEState.STAGE else ""
    return Anomaly("warning", code, f"{stage}en attente de {awaited}.", so_far)
