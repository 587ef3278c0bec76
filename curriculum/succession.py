"""What hangs on a version of a maquette, and how it passes to the version that takes its place.

Enrolments, marks, absences and juries live above: each app declares its share (`declare`, when Django is ready), as
it declares its acts to the journal. docs/decisions/0016-succession.md says what may move.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Case, Value, When

from curriculum import matching
from curriculum.matching import Named
from curriculum.models import UE, Maquette, Module, Plan, PlanModule
from curriculum.workbook.french import typeset
from curriculum.workbook.naming import fold


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows of a kind hang on each version, by maquette id; `nouns` as the filter `counted` takes them."""

    nouns: str
    counts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Side:
    """One version, as far as succession goes: the names of its tables and modules, by id."""

    maquette: Maquette
    plans: Mapping[int, str]
    modules: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What stands for what in the new version, by id; what has no counterpart is in none of the mappings."""

    old: Side
    new: Side
    plans: Mapping[int, int]
    modules: Mapping[int, int]
    ues: Mapping[int, int]
    taught: Set[tuple[int, int]]
    """The (table, module) pairs of the new version: who follows what."""
    renamed: Mapping[int, str]
    """By old id, the new name of a module that has changed its code or its title."""

    def follows(self, plan: int, module: int) -> bool:
        """Whether those of an old table still follow, in the new version, what stands for an old module."""
        return (self.plans.get(plan), self.modules.get(module)) in self.taught

    def lacks(self, name: str) -> str:
        """Say that the new version has no counterpart."""
        return f"la version {self.new.maquette.version} n’a pas {name}"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one app says of a succession, in French sentences: what keeps it from happening, what must be known."""

    refusals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def _nothing(correspondence: Correspondence) -> None:
    """Most apps have nobody to keep waiting."""


@dataclass(frozen=True, slots=True)
class Heir:
    """The share of one app: the relations to move, what to count, what to say, whom to keep waiting meanwhile.

    `relations` are (model, name of its relation to a Plan, a Module or a UE).
    """

    relations: tuple[tuple[type[models.Model], str], ...]
    count: Callable[[Collection[int]], list[Tally]]
    examine: Callable[[Correspondence], Opinion]
    hold: Callable[[Correspondence], None] = _nothing


HEIRS: dict[str, Heir] = {}
"""By app, in the order of the layers."""


def declare(app: str, heir: Heir) -> None:
    """Declare the share of an app; called once, when Django is ready."""
    HEIRS[app] = heir


def hanging(maquette: Maquette) -> list[tuple[int, str]]:
    """Return what hangs on a version, as (count, nouns), kinds of which there is nothing left out."""
    return [(tally.counts[maquette.pk], tally.nouns) for tally in _tallies([maquette.pk]) if tally.counts]


def _tallies(maquettes: Collection[int]) -> list[Tally]:
    return [tally for heir in HEIRS.values() for tally in heir.count(maquettes)]


@dataclass(frozen=True, slots=True)
class Succession:
    """A version about to be put in service, and what it would take over: from which one, how much, at what price."""

    replaced: Maquette | None
    """The version in service until then."""
    correspondence: Correspondence | None = None
    """None: nothing hangs on another version."""
    loads: list[tuple[int, str]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def hold(self) -> None:
        """Keep those who write on the old version waiting until the end of the transaction."""
        for heir in HEIRS.values():
            if self.correspondence:
                heir.hold(self.correspondence)

    def move(self) -> None:
        """Make everything that has a counterpart hang on the new version: one statement a relation."""
        if self.correspondence is None:
            return
        heirs = {Plan: self.correspondence.plans, Module: self.correspondence.modules, UE: self.correspondence.ues}
        for heir in HEIRS.values():
            for model, relation in heir.relations:
                _reassign(model, relation, heirs[_target(model, relation)])


def succession(maquette: Maquette) -> Succession:
    """Return what putting a version in service would do; a fixed number of queries, whatever hangs on the others.

    What hangs on any other version of the year follows, even on one that was archived by hand: what a student
    follows is the version in service. Two versions that carry something at once cannot be told apart: refused.
    """
    versions = Maquette.objects.filter(formation=maquette.formation_id, academic_year=maquette.academic_year)
    by_id = {each.pk: each for each in versions.select_related("formation")}
    replaced = next((each for each in by_id.values() if each.state == Maquette.State.IN_SERVICE), None)
    tallies = _tallies(by_id)
    carriers = sorted({pk for tally in tallies for pk in tally.counts}, key=lambda pk: by_id[pk].version)
    if set(carriers) <= {maquette.pk}:
        return Succession(replaced)
    if len(carriers) > 1:
        numbers = " et ".join(str(by_id[pk].version) for pk in carriers)
        sentence = f"Les versions {numbers} portent toutes des inscriptions ou des notes : laquelle suivre ?"
        return Succession(replaced, refusals=[typeset(sentence)])
    old = by_id[carriers[0]]
    correspondence = correspond(old, maquette)
    opinions = [heir.examine(correspondence) for heir in HEIRS.values()]
    return Succession(
        replaced,
        correspondence,
        [(tally.counts[old.pk], tally.nouns) for tally in tallies if tally.counts],
        [typeset(sentence) for opinion in opinions for sentence in opinion.refusals],
        [typeset(sentence) for opinion in opinions for sentence in opinion.notes],
    )


def correspond(old: Maquette, new: Maquette) -> Correspondence:
    """Match two versions: tables by semester, parcours and modality, UEs by code, modules as matching.py says."""
    versions = [old.pk, new.pk]
    plans, modules = defaultdict[int, list[Plan]](list), defaultdict[int, list[Module]](list)
    for plan in Plan.objects.filter(maquette__in=versions).select_related("parcours").order_by("pk"):
        plans[plan.maquette_id].append(plan)
    for module in Module.objects.filter(maquette__in=versions).select_related("parcours").order_by("pk"):
        modules[module.maquette_id].append(module)
    heirs = {_table(plan): plan.pk for plan in plans[new.pk]}
    of_plans = {plan.pk: heirs[_table(plan)] for plan in plans[old.pk] if _table(plan) in heirs}
    pairs = list(counterparts(modules[old.pk], modules[new.pk]))
    taught = PlanModule.objects.filter(plan__maquette=new.pk).values_list("plan", "module")
    before, after = (
        Side(each, {plan.pk: str(plan) for plan in plans[each.pk]}, {row.pk: str(row) for row in modules[each.pk]})
        for each in (old, new)
    )
    return Correspondence(
        before,
        after,
        plans=of_plans,
        modules={was.pk: now.pk for was, now in pairs},
        ues=_ues(of_plans),
        taught=set(taught),
        renamed={was.pk: str(now) for was, now in pairs if fold(str(was)) != fold(str(now))},
    )


def _table(plan: Plan) -> tuple[object, ...]:
    return plan.semester, plan.parcours_id, plan.modality, plan.academic_year


def counterparts(old: Iterable[Module], new: Iterable[Module]) -> Iterable[tuple[Module, Module]]:
    """Yield the modules that stand for each other, semester by semester."""
    semesters = defaultdict[int, tuple[list[Module], list[Module]]](lambda: ([], []))
    for rank, side in enumerate((old, new)):
        for module in side:
            semesters[module.semester][rank].append(module)
    for before, after in semesters.values():
        named = (
            [Named(each.key, each.parcours.code if each.parcours else None, each.title) for each in side]
            for side in (before, after)
        )
        for was, now in matching.modules(*named).items():
            yield before[was], after[now]


def _ues(plans: Mapping[int, int]) -> dict[int, int]:
    rows = list(UE.objects.filter(plan__in=[*plans, *plans.values()]).values_list("pk", "plan_id", "code"))
    known = {(plan, code): pk for pk, plan, code in rows}
    return {pk: known[plans[plan], code] for pk, plan, code in rows if plan in plans and (plans[plan], code) in known}


def _target(model: type[models.Model], relation: str) -> Any:
    return model._meta.get_field(relation).related_model


def _reassign(model: type[models.Model], relation: str, heirs: Mapping[int, int]) -> None:
    if heirs:
        cases = [When(**{relation: old}, then=Value(new)) for old, new in heirs.items()]
        model._default_manager.filter(**{f"{relation}__in": list(heirs)}).update(**{relation: Case(*cases)})
