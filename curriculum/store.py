"""Drafts to rows and back: what is stored gives back the JSON it came from, trailing zeros included."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max

from curriculum import readings
from curriculum.competences.store import inherit
from curriculum.models import (
    UE,
    Coefficient,
    Competence,
    EvaluationPattern,
    Formation,
    Maquette,
    Module,
    Niveau,
    Parcours,
    Plan,
    PlanModule,
)
from curriculum.workbook import draft as drafts
from curriculum.workbook.draft import HOURS, POLES, Amendment, Declared, Draft, Evaluation, Finding, Semester, Trace
from curriculum.workbook.french import typeset

T = TypeVar("T")
Row = TypeVar("Row", bound=models.Model)
Key = tuple[int, str, str | None]
"""What identifies a module in a maquette: its semester, its key, its parcours."""


class MaquetteRefused(Exception):
    """A maquette that is not stored; its text is one French sentence. Nothing was written."""

    def __init__(self, sentence: str) -> None:
        super().__init__(typeset(sentence))


def save(
    draft: Draft, formation: Formation, *, layout: str, source_name: str, sha256: str, by: AbstractBaseUser | None
) -> Maquette:
    """Write a draft as the next version of its formation and year; the caller holds the transaction.

    Raises MaquetteRefused, with the place, for a value that no column can hold.
    """
    year = draft.formation.academic_year or ""
    last = Maquette.objects.filter(formation=formation, academic_year=year).aggregate(last=Max("version"))["last"]
    maquette = fit(
        f"Maquette {year}",
        Maquette(
            formation=formation,
            academic_year=year,
            version=(last or 0) + 1,
            layout=layout,
            source_name=source_name,
            source_sha256=sha256,
            bonus_cap=draft.bonus_cap,
            validated_departement=draft.validated_on["departement"],
            validated_iut=draft.validated_on["iut"],
            findings=[asdict(finding) for finding in draft.findings],
            imported_by_id=by.pk if by else None,
        ),
    )
    maquette.save()
    parcours = _parcours(formation, draft)
    modules = _modules(maquette, draft, parcours)
    plans = _plans(maquette, draft, parcours)
    traces = (readings.dump(semester.trace) for semester in draft.semesters)
    readings.Reading.objects.bulk_create(
        readings.Reading(plan=plan, trace=trace) for plan, trace in zip(plans, traces, strict=True)
    )
    ues = _ues(plans, draft, _niveaux(formation, draft))
    _plan_modules(plans, draft, modules, ues)
    inherit(maquette)
    return maquette


def fit(place: str, row: Row) -> Row:
    """Return a row whose fields hold, or refuse the maquette, naming the place and the field."""
    try:
        row.clean_fields(exclude=[field.name for field in row._meta.fields if field.is_relation])
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        label = next(field.verbose_name for field in row._meta.fields if field.name == name)
        raise MaquetteRefused(f"{place}, {label} : {sentences[0]}") from error
    return row


def _parcours(formation: Formation, draft: Draft) -> dict[str | None, Parcours | None]:
    """Return the parcours that a draft names, created where they are new; None stands for « no parcours »."""
    codes = {semester.parcours for semester in draft.semesters}
    codes |= {module.parcours for semester in draft.semesters for module in semester.modules}
    known: dict[str | None, Parcours | None] = {None: None}
    known |= {parcours.code: parcours for parcours in Parcours.objects.filter(formation=formation)}
    new = [fit(f"Parcours {code}", Parcours(formation=formation, code=code)) for code in codes - set(known) if code]
    return known | {parcours.code: parcours for parcours in Parcours.objects.bulk_create(new)}


def _niveaux(formation: Formation, draft: Draft) -> dict[tuple[str, int, int], Niveau]:
    """Return the niveaux that a draft names, by competence, level and BUT year, created where they are new."""
    named = {
        (ue.competence, ue.level, semester.but_year): ue.title or ""
        for semester in draft.semesters
        for ue in semester.ues
    }
    competences = {competence.code: competence for competence in Competence.objects.filter(formation=formation)}
    new = [
        fit(f"Compétence {code}", Competence(formation=formation, code=code))
        for code in dict.fromkeys(code for code, _, _ in named)
        if code not in competences
    ]
    competences |= {competence.code: competence for competence in Competence.objects.bulk_create(new)}
    known = {
        (niveau.competence.code, niveau.number, niveau.but_year): niveau
        for niveau in Niveau.objects.filter(competence__formation=formation).select_related("competence")
    }
    steps = [
        Niveau(competence=competences[code], number=number, but_year=year)
        for code, number, year in named
        if (code, number, year) not in known
    ]
    created = Niveau.objects.bulk_create(steps)
    return known | {(niveau.competence.code, niveau.number, niveau.but_year): niveau for niveau in created}


def _modules(maquette: Maquette, draft: Draft, parcours: Mapping[str | None, Parcours | None]) -> dict[Key, Module]:
    """Create each module once, whichever tables it serves, with the title that most of them print."""
    printed: dict[Key, list[drafts.Module]] = defaultdict(list)
    for semester in draft.semesters:
        for module in semester.modules:
            printed[semester.semester, module.key, module.parcours].append(module)
    rows = {}
    for (number, key, own), found in printed.items():
        place = f"S{number} {key}"
        if len({module.kind for module in found}) > 1:
            raise MaquetteRefused(f"{place} : ce module n’a pas la même nature dans tous les tableaux du semestre.")
        titles = Counter(module.title for module in found if module.title)
        title = titles.most_common(1)[0][0] if titles else ""
        row = Module(
            maquette=maquette, semester=number, key=key, parcours=parcours[own], title=title, kind=found[0].kind
        )
        rows[number, key, own] = fit(place, row)
    Module.objects.bulk_create(rows.values())
    return rows


def _plans(maquette: Maquette, draft: Draft, parcours: Mapping[str | None, Parcours | None]) -> list[Plan]:
    rows = [
        fit(
            semester.label,
            Plan(
                maquette=maquette,
                position=position,
                semester=semester.semester,
                parcours=parcours[semester.parcours],
                modality=semester.modality or "",
                academic_year=semester.academic_year or maquette.academic_year,
                sheet=semester.sheet,
                declared=asdict(semester.declared),
                findings=[asdict(finding) for finding in semester.findings],
            ),
        )
        for position, semester in enumerate(draft.semesters, 1)
    ]
    return Plan.objects.bulk_create(rows)


def _ues(plans: Iterable[Plan], draft: Draft, niveaux: Mapping[tuple[str, int, int], Niveau]) -> list[dict[str, UE]]:
    """Create the UEs; return those of each table by code."""
    rows = [
        {
            ue.code: fit(
                f"{semester.label} {ue.code}",
                UE(
                    plan=plan,
                    position=position,
                    code=ue.code,
                    title=ue.title or "",
                    ects=ue.ects,
                    niveau=niveaux[ue.competence, ue.level, semester.but_year],
                ),
            )
            for position, ue in enumerate(semester.ues, 1)
        }
        for plan, semester in zip(plans, draft.semesters, strict=True)
    ]
    UE.objects.bulk_create(row for table in rows for row in table.values())
    return rows


def _plan_modules(
    plans: Iterable[Plan], draft: Draft, modules: Mapping[Key, Module], ues: Iterable[Mapping[str, UE]]
) -> None:
    """Create what each table prints of its modules: their place, coefficients and evaluations."""
    rows: list[PlanModule] = []
    coefficients: list[Coefficient] = []
    patterns: list[EvaluationPattern] = []
    for plan, semester, own in zip(plans, draft.semesters, ues, strict=True):
        for position, module in enumerate(semester.modules, 1):
            place = f"{semester.label} {module.key}"
            row = PlanModule(
                plan=plan,
                module=modules[semester.semester, module.key, module.parcours],
                position=position,
                code=module.code or "",
                title=module.title or "",
                pole=module.pole or "",
                hours=dict(module.hours),
                amended={ue: asdict(amendment) for ue, amendment in module.amended.items()},
                marked_for=list(module.marked_for) if module.marked_for is not None else None,
            )
            rows.append(fit(place, row))
            for code, value in module.coefficients.items():
                if code not in own:
                    raise MaquetteRefused(f"{place} : un coefficient est donné pour {code}, absente du tableau.")
                coefficients.append(fit(f"{place} {code}", Coefficient(plan_module=row, ue=own[code], value=value)))
            for rank, each in enumerate(module.evaluations, 1):
                pattern = EvaluationPattern(
                    plan_module=row, position=rank, label=each.label, count=each.count, weight=each.weight
                )
                patterns.append(fit(f"{place} {each.label}", pattern))
    PlanModule.objects.bulk_create(rows)
    Coefficient.objects.bulk_create(coefficients)
    EvaluationPattern.objects.bulk_create(patterns)


def latest(code: str, academic_year: str | None) -> Maquette | None:
    """Return the last version of the maquette of a formation and a year."""
    versions = Maquette.objects.filter(formation__code=code, academic_year=academic_year or "")
    return versions.select_related("formation").order_by("-version").first()


def in_service(maquette: Maquette) -> Maquette | None:
    """Return the version in service of the formation and year of a maquette, itself perhaps."""
    versions = Maquette.objects.filter(formation=maquette.formation_id, academic_year=maquette.academic_year)
    return versions.filter(state=Maquette.State.IN_SERVICE).first()


def load(maquette: Maquette) -> Draft:
    """Return a stored maquette as a draft, in a fixed number of queries."""
    formation = maquette.formation
    return Draft(
        drafts.Formation(
            code=formation.code,
            speciality=formation.speciality,
            institution=formation.institution or None,
            academic_year=maquette.academic_year,
        ),
        semesters=tuple(_load(Plan.objects.filter(maquette=maquette))),
        bonus_cap=_text(maquette.bonus_cap),
        validated_on={"departement": _day(maquette.validated_departement), "iut": _day(maquette.validated_iut)},
        findings=tuple(Finding(**finding) for finding in maquette.findings),
    )


def load_plan(plan: Plan) -> Semester:
    """Return one table as a draft holds it."""
    return _load(Plan.objects.filter(pk=plan.pk))[0]


def _load(plans: models.QuerySet[Plan]) -> list[Semester]:
    ues = _by(UE.objects.filter(plan__in=plans).select_related("niveau__competence"), "plan_id")
    modules = _by(PlanModule.objects.filter(plan__in=plans).select_related("module__parcours"), "plan_id")
    codes = {ue.pk: ue.code for own in ues.values() for ue in own}
    coefficients: dict[int, dict[str, Decimal]] = defaultdict(dict)
    weighed = Coefficient.objects.filter(plan_module__plan__in=plans).order_by("ue__position")
    for plan_module_id, ue_id, value in weighed.values_list("plan_module_id", "ue_id", "value"):
        coefficients[plan_module_id][codes[ue_id]] = value
    patterns = _by(EvaluationPattern.objects.filter(plan_module__plan__in=plans), "plan_module_id")
    return [
        _semester(
            plan,
            [_read_ue(ue) for ue in ues[plan.pk]],
            [_module(row, coefficients[row.pk], patterns[row.pk], ues[plan.pk]) for row in modules[plan.pk]],
        )
        for plan in plans.select_related("parcours", "reading").order_by("position")
    ]


def module_ids(plan: Plan) -> dict[str, int]:
    """Return the ids of a table's modules, by the place that a draft gives them."""
    rows = PlanModule.objects.filter(plan=plan).values_list("module_id", "module__key", "module__parcours__code")
    return {f"{key} {parcours}" if parcours else key: pk for pk, key, parcours in rows}


def _by(rows: models.QuerySet[Row], owner: str) -> dict[int, list[Row]]:
    """Group rows by their owner, in the order of their position."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows.order_by("position"):
        grouped[getattr(row, owner)].append(row)
    return grouped


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _ordered(values: Mapping[str, T], names: Iterable[str]) -> dict[str, T]:
    """Put back in order what a JSON column gives in another: first these names, then the others."""
    order = [name for name in names if name in values]
    return {name: values[name] for name in [*order, *(name for name in values if name not in order)]}


def _semester(plan: Plan, ues: list[drafts.UE], modules: list[drafts.Module]) -> Semester:
    codes = [ue.code for ue in ues]
    declared = asdict(Declared()) | plan.declared
    return Semester(
        sheet=plan.sheet,
        semester=plan.semester,
        parcours=plan.parcours.code if plan.parcours else None,
        modality=plan.modality or None,
        academic_year=plan.academic_year,
        ues=tuple(ues),
        declared=Declared(
            hours=declared["hours"],
            coefficients=_ordered(declared["coefficients"], codes),
            ects=_ordered(declared["ects"], codes),
            poles=_ordered(
                {
                    ue: {
                        pole: _ordered(figures, ("coefficients", "ects"))
                        for pole, figures in _ordered(poles, POLES).items()
                    }
                    for ue, poles in declared["poles"].items()
                },
                codes,
            ),
        ),
        modules=tuple(modules),
        findings=tuple(Finding(**finding) for finding in plan.findings),
        trace=readings.load(plan.reading.trace) if hasattr(plan, "reading") else Trace(),
    )


def _read_ue(ue: UE) -> drafts.UE:
    return drafts.UE(ue.code, ue.title or None, ue.niveau.competence.code, ue.niveau.number, _text(ue.ects))


def _module(
    row: PlanModule, coefficients: Mapping[str, Decimal], patterns: Iterable[EvaluationPattern], ues: Iterable[UE]
) -> drafts.Module:
    module = row.module
    return drafts.Module(
        key=module.key,
        code=row.code or None,
        title=row.title or None,
        kind=module.kind,
        pole=row.pole or None,
        hours=_ordered(dict.fromkeys(HOURS) | row.hours, HOURS),
        coefficients={ue: format(value, "f") for ue, value in coefficients.items()},
        amended={ue: Amendment(**each) for ue, each in _ordered(row.amended, [ue.code for ue in ues]).items()},
        evaluations=tuple(Evaluation(each.label, each.count, _text(each.weight)) for each in patterns),
        parcours=module.parcours.code if module.parcours else None,
        marked_for=tuple(row.marked_for) if row.marked_for is not None else None,
    )
