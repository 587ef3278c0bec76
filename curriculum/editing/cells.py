"""Writes what a correction changed of a stored maquette, and nothing else."""

from collections import Counter
from dataclasses import asdict

from curriculum import readings
from curriculum.models import UE, Coefficient, EvaluationPattern, Maquette, Module, Plan, PlanModule
from curriculum.store import fit
from curriculum.workbook import draft as drafts
from curriculum.workbook.draft import Draft, Semester


def write(maquette: Maquette, before: Draft, after: Draft) -> None:
    """Bring a stored maquette from one draft to another of the same tables, UEs and modules.

    The caller holds the transaction. Raises MaquetteRefused for a value that no column can hold.
    """
    plans = Plan.objects.filter(maquette=maquette).select_related("parcours").order_by("position")
    for plan, old, new in zip(plans, before.semesters, after.semesters, strict=True):
        if (old.declared, old.findings) != (new.declared, new.findings):
            plan.declared = asdict(new.declared)
            plan.findings = [asdict(finding) for finding in new.findings]
            plan.save(update_fields=["declared", "findings"])
        if old.trace != new.trace:
            readings.Reading.objects.update_or_create(plan=plan, defaults={"trace": readings.dump(new.trace)})
        if (old.ues, old.modules) != (new.ues, new.modules):
            _write_table(plan, old, new)


def _write_table(plan: Plan, before: Semester, after: Semester) -> None:
    ues = {ue.code: ue for ue in UE.objects.filter(plan=plan)}
    for old_ue, new_ue in zip(before.ues, after.ues, strict=True):
        if old_ue != new_ue:
            row = ues[new_ue.code]
            row.ects = new_ue.ects
            fit(f"{after.label} {row.code}", row).save(update_fields=["ects"])
    places = PlanModule.objects.filter(plan=plan).select_related("module").order_by("position")
    for place, old, new in zip(places, before.modules, after.modules, strict=True):
        if old != new:
            _write_module(place, new, f"{after.label} {new.key}")
            _write_coefficients(place, old, new, ues)
        if old.evaluations != new.evaluations:
            _write_evaluations(place, new)


def _write_module(row: PlanModule, module: drafts.Module, place: str) -> None:
    """Write what the table prints of a module, whose own title is the one that most tables print."""
    row.title = module.title or ""
    row.hours = dict(module.hours)
    row.amended = {ue: asdict(amendment) for ue, amendment in module.amended.items()}
    fit(place, row).save(update_fields=["title", "hours", "amended"])
    printed = PlanModule.objects.filter(module_id=row.module_id).exclude(title="").order_by("plan__position")
    most = Counter(printed.values_list("title", flat=True)).most_common(1)
    Module.objects.filter(pk=row.module_id).update(title=most[0][0] if most else "")


def _write_coefficients(row: PlanModule, old: drafts.Module, new: drafts.Module, ues: dict[str, UE]) -> None:
    gone = old.coefficients.keys() - new.coefficients.keys()
    Coefficient.objects.filter(plan_module=row, ue__code__in=gone).delete()
    for code, value in new.coefficients.items():
        if old.coefficients.get(code) != value:
            fit(f"{new.key} {code}", Coefficient(plan_module=row, ue=ues[code], value=value))
            Coefficient.objects.update_or_create(plan_module=row, ue=ues[code], defaults={"value": value})


def _write_evaluations(row: PlanModule, module: drafts.Module) -> None:
    patterns = [
        EvaluationPattern(plan_module=row, position=rank, label=each.label, count=each.count, weight=each.weight)
        for rank, each in enumerate(module.evaluations, 1)
    ]
    patterns = [fit(f"{module.key} {pattern.label}", pattern) for pattern in patterns]
    EvaluationPattern.objects.filter(plan_module=row).delete()
    EvaluationPattern.objects.bulk_create(patterns)
