"""Which Plan a line speaks of: a semester, and a parcours and a modality where the maquette has several."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef

from curriculum.models import Formation, Maquette, Plan
from curriculum.workbook.naming import fold
from people.models import Enrolment
from people.tables import TableRefused

MODALITIES = {
    **dict.fromkeys(("fi", "formation initiale", "initiale"), Plan.Modality.INITIAL),
    **dict.fromkeys(("alternance", "apprentissage", "fa", "alt"), Plan.Modality.ALTERNANCE),
}


def maquette_in_use(formation: Formation, academic_year: str) -> Maquette:
    """Return the version in service, else the one that students follow already, else the latest not archived.

    Raises TableRefused. Two versions that both carry students could not give way to one.
    """
    versions = Maquette.objects.filter(formation=formation, academic_year=academic_year)
    followed = Exists(Enrolment.objects.filter(plan__maquette=OuterRef("pk")))
    ranked = sorted(
        versions.exclude(state=Maquette.State.ARCHIVED).annotate(followed=followed).order_by("version"),
        key=lambda maquette: (maquette.state == Maquette.State.IN_SERVICE, maquette.followed, maquette.version),
    )
    if not ranked:
        raise TableRefused(f"{formation} n’a pas de maquette pour {academic_year}\xa0: importez-la d’abord.")
    return ranked[-1]


class PlanFinder:
    """The Plans of a maquette, found by what a list says of them. Two queries, when it is made."""

    def __init__(self, maquette: Maquette) -> None:
        self.maquette = maquette
        self.plans = list(maquette.plans.select_related("parcours").order_by("position"))
        self.parcours = {
            fold(parcours.code): parcours.code for parcours in maquette.formation.parcours.order_by("code")
        }

    def find(self, row: Mapping[str, str]) -> Plan:
        """Return the only Plan of a line (columns Semestre, Parcours, Régime). Raises ValidationError by column."""
        semester, parcours, modality = (
            row.get(column, "").strip("-–— ") for column in ("Semestre", "Parcours", "Régime")
        )
        plans = self._of_semester(semester)
        plans = self._of_parcours(plans, parcours)
        plans = self._of_modality(plans, modality)
        if not plans:
            wanted = " ".join(part for part in (f"S{semester}", parcours, modality) if part)
            raise ValidationError({"Semestre": f"la maquette {self.maquette} n’a pas de tableau {wanted}."})
        if len(plans) == 1:
            return plans[0]
        choices = {plan.parcours.code for plan in plans if plan.parcours}
        if len(choices) > 1:
            raise ValidationError({"Parcours": f"le S{semester} en a plusieurs\xa0: précisez {_or(sorted(choices))}."})
        raise ValidationError({"Régime": f"le S{semester} en a plusieurs\xa0: précisez FI ou alternance."})

    def _of_semester(self, semester: str) -> list[Plan]:
        if not (len(semester) == 1 and semester in "123456"):
            raise ValidationError(
                {"Semestre": f"«\xa0{semester}\xa0» n’est pas un semestre (attendu\xa0: S3, ou S3 S4)."}
            )
        return [plan for plan in self.plans if plan.semester == int(semester)]

    def _of_parcours(self, plans: Sequence[Plan], parcours: str) -> list[Plan]:
        """A semester that is common to all the parcours is followed by each of them."""
        if parcours and fold(parcours) not in self.parcours:
            expected = _or(list(self.parcours.values())) or "aucun"
            raise ValidationError(
                {"Parcours": f"«\xa0{parcours}\xa0» n’est pas un parcours (attendu\xa0: {expected})."}
            )
        common = [plan for plan in plans if plan.parcours is None]
        if not parcours:
            return common or list(plans)
        return [plan for plan in plans if plan.parcours and fold(plan.parcours.code) == fold(parcours)] or common

    def _of_modality(self, plans: Sequence[Plan], modality: str) -> list[Plan]:
        """A table that names no modality serves both."""
        if modality and fold(modality) not in MODALITIES:
            raise ValidationError({"Régime": f"«\xa0{modality}\xa0» n’est pas connu (attendu\xa0: FI ou alternance)."})
        common = [plan for plan in plans if not plan.modality]
        if not modality:
            return common or list(plans)
        return [plan for plan in plans if plan.modality == MODALITIES[fold(modality)]] or common


def _or(words: Sequence[str]) -> str:
    return " ou ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
