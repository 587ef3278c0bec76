"""What of grades hangs on a version of a maquette: evaluations and their marks, stages, bonuses."""

from collections.abc import Collection, Iterable, Iterator

from django.db.models import Count

from curriculum.succession import Correspondence, Heir, Opinion, Tally
from curriculum.templatetags.figures import counted
from grades.models import Act, Adjustment, Evaluation, Mark, Placement


def count(maquettes: Collection[int]) -> list[Tally]:
    """Count by version: four queries."""
    evaluations = Evaluation.objects.filter(module__maquette__in=maquettes).values_list("module__maquette")
    marks = Mark.objects.filter(evaluation__module__maquette__in=maquettes)
    placements = Placement.objects.filter(module__maquette__in=maquettes).values_list("module__maquette")
    adjustments = Adjustment.objects.filter(ue__plan__maquette__in=maquettes).values_list("ue__plan__maquette")
    return [
        Tally("évaluation", dict(evaluations.annotate(Count("pk")))),
        Tally("note", dict(marks.values_list("evaluation__module__maquette").annotate(Count("pk")))),
        Tally("stage", dict(placements.annotate(Count("pk")))),
        Tally("bonus ou malus,bonus et malus", dict(adjustments.annotate(Count("pk")))),
    ]


def examine(correspondence: Correspondence) -> Opinion:
    """Refuse to leave a mark, a stage or a bonus behind, or to give it to who no longer follows the module."""
    marked = list(
        Mark.objects.filter(evaluation__module__in=correspondence.old.modules)
        .values_list("enrolment__plan", "evaluation__module")
        .annotate(Count("pk"))
        .order_by("evaluation__module", "enrolment__plan")
    )
    placed = (
        Placement.objects.filter(module__in=correspondence.old.modules)
        .values_list("enrolment__plan", "module")
        .annotate(Count("pk"))
        .order_by("module", "enrolment__plan")
    )
    refusals = [*_lost(correspondence, marked, "note"), *_lost(correspondence, placed, "stage")]
    adjusted = Adjustment.objects.filter(ue__plan__maquette=correspondence.old.maquette)
    for plan, ue, code, number in (
        adjusted.values_list("ue__plan", "ue", "ue__code").annotate(Count("pk")).order_by("ue")
    ):
        if ue not in correspondence.ues:
            refusals.append(
                f"{correspondence.old.plans[plan]}, {code} : {number} bonus ou malus, "
                f"et {correspondence.lacks('cette UE')}."
            )
    notes = [
        f"{correspondence.old.modules[module]} : ses notes passent à {correspondence.renamed[module]}."
        for module in dict.fromkeys(module for _, module, _ in marked)
        if module in correspondence.renamed
    ]
    return Opinion(refusals, notes)


def _lost(correspondence: Correspondence, rows: Iterable[tuple[int, int, int]], noun: str) -> Iterator[str]:
    """Yield a sentence for the rows of each table and module that would count nowhere."""
    for plan, module, number in rows:
        where, what = correspondence.old.plans.get(plan, "ailleurs"), correspondence.old.modules[module]
        what = f"{what}, {where} : {counted(number, noun)}"
        if module not in correspondence.modules:
            yield f"{what}, et {correspondence.lacks('ce module')}."
        elif plan in correspondence.plans and not correspondence.follows(plan, module):
            yield f"{what}, et {correspondence.lacks('ce module dans ce tableau')}."


def hold(correspondence: Correspondence) -> None:
    """Take the rows that whoever enters marks takes (services.record_marks): they wait, and then write in the new."""
    held = Evaluation.objects.filter(module__in=correspondence.old.modules)
    list(held.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))


HEIR = Heir(
    relations=((Evaluation, "module"), (Act, "module"), (Placement, "module"), (Adjustment, "ue")),
    count=count,
    examine=examine,
    hold=hold,
)
