"""A référentiel to rows and back; which one each maquette follows, and what passes from a maquette to the next."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from itertools import chain
from typing import TypeVar

from django.db import models
from django.db.models import Prefetch, Q, QuerySet

from curriculum import referentiel as orebut
from curriculum.competences.models import (
    Adoption,
    Learning,
    Referentiel,
    ReferentielCompetence,
    ReferentielNiveau,
    ReferentielParcours,
    TaughtNiveau,
)
from curriculum.competences.pairing import Known, Pairing
from curriculum.models import UE, Competence, Formation, Maquette, Module, Plan
from curriculum.succession import counterparts
from curriculum.workbook.naming import fold

Row = TypeVar("Row", bound=models.Model)
Name = TypeVar("Name", bound=Hashable)


def latest(formation: Formation) -> Referentiel | None:
    """Return the last version of the référentiel of a formation."""
    return Referentiel.objects.filter(formation=formation).order_by("-version").first()


def in_use(referentiel: Referentiel) -> bool:
    """Whether a maquette that the councils voted has modules linked to what this référentiel lists."""
    voted = Maquette.objects.exclude(state=Maquette.State.DRAFT)
    return voted.filter(modules__learnings__niveau__competence__referentiel=referentiel).exists()


def described(referentiel: Referentiel) -> QuerySet[ReferentielCompetence]:
    """Return the competences of a référentiel in order, their niveaux and apprentissages critiques at hand."""
    learnings = Prefetch("learnings", Learning.objects.order_by("position"))
    niveaux = Prefetch("niveaux", ReferentielNiveau.objects.order_by("number").prefetch_related(learnings))
    rows = ReferentielCompetence.objects.filter(referentiel=referentiel).select_related("competence")
    return rows.order_by("position").prefetch_related(niveaux)


def taught(referentiel: Referentiel) -> QuerySet[ReferentielParcours]:
    """Return the parcours of a référentiel in order, with what they teach."""
    niveaux = TaughtNiveau.objects.select_related("niveau__competence")
    rows = ReferentielParcours.objects.filter(referentiel=referentiel).order_by("position")
    return rows.prefetch_related(Prefetch("taught", niveaux.order_by("but_year", "niveau__competence__position")))


def load(referentiel: Referentiel) -> orebut.Referentiel:
    """Return what is stored as the file said it."""
    return orebut.Referentiel(
        speciality=referentiel.speciality,
        title=referentiel.title,
        competences=tuple(_competence(row) for row in described(referentiel)),
        parcours=tuple(_parcours(row) for row in taught(referentiel)),
    )


def _competence(row: ReferentielCompetence) -> orebut.Competence:
    niveaux = (
        orebut.Niveau(
            niveau.number,
            niveau.title,
            tuple(orebut.Learning(learning.code, learning.label) for learning in niveau.learnings.all()),
        )
        for niveau in row.niveaux.all()
    )
    return orebut.Competence(
        row.number, row.name, row.title, row.colour, tuple(row.situations), tuple(row.components), tuple(niveaux)
    )


def _parcours(row: ReferentielParcours) -> orebut.Parcours:
    years = defaultdict[int, list[orebut.Skill]](list)
    for each in row.taught.all():
        years[each.but_year].append((each.niveau.competence.name, each.niveau.number))
    return orebut.Parcours(row.code, row.title, {year: tuple(skills) for year, skills in years.items()})


def known(formation: Formation) -> list[Known]:
    """Return the competences that the maquettes of a formation name, with the titles of their UEs."""
    titles = defaultdict[int, set[str]](set)
    for competence, title in UE.objects.filter(plan__maquette__formation=formation).values_list(
        "niveau__competence", "title"
    ):
        titles[competence].add(title)
    rows = Competence.objects.filter(formation=formation).order_by("code")
    return [Known(row.code, tuple(sorted({row.title, *titles[row.pk]} - {""}))) for row in rows]


def pairing(referentiel: Referentiel) -> dict[str, str | None]:
    """Return the pairs that a stored référentiel was confirmed with."""
    rows = ReferentielCompetence.objects.filter(referentiel=referentiel)
    return dict(rows.order_by("position").values_list("name", "competence__code"))


def learnings(referentiel: Referentiel) -> dict[tuple[str, int, str], Learning]:
    """Return the apprentissages critiques of a référentiel by competence, niveau and code."""
    rows = Learning.objects.filter(niveau__competence__referentiel=referentiel).select_related("niveau__competence")
    return {(row.niveau.competence.name, row.niveau.number, row.code): row for row in rows}


def write(referentiel: Referentiel, content: orebut.Referentiel, pairs: Pairing) -> None:
    """Make the rows of a référentiel say what its content says; what stays keeps its links with modules.

    The caller holds the transaction.
    """
    TaughtNiveau.objects.filter(parcours__referentiel=referentiel).delete()
    niveaux = {
        (row.competence.name, row.number): row
        for row in ReferentielNiveau.objects.filter(competence__referentiel=referentiel).select_related("competence")
    }
    steps = {(one.name, niveau.number): niveau for one in content.competences for niveau in one.niveaux}
    learnt = {(*key, each.code): each for key, niveau in steps.items() for each in niveau.learnings}
    old = _pruned(learnings(referentiel), learnt)
    niveaux = _pruned(niveaux, steps)
    competences = _pruned({row.name: row for row in referentiel.competences.all()}, pairs)
    _competences(referentiel, content, pairs, competences)
    _niveaux(steps, competences, niveaux)
    _learnings(learnt, niveaux, old)
    _parcours_rows(referentiel, content, niveaux)


def _pruned(rows: dict[Name, Row], wanted: Iterable[Name]) -> dict[Name, Row]:
    """Delete the rows that are wanted no more; return the others."""
    kept = set(wanted)
    for name, row in rows.items():
        if name not in kept:
            row.delete()
    return {name: row for name, row in rows.items() if name in kept}


def _competences(
    referentiel: Referentiel, content: orebut.Referentiel, pairs: Pairing, rows: dict[str, ReferentielCompetence]
) -> None:
    """Write the competences, and enrich those of the formation that they are; create those that it lacks."""
    owners = {row.code: row for row in Competence.objects.filter(formation=referentiel.formation)}
    for position, one in enumerate(content.competences, 1):
        code = pairs[one.name] or one.name
        owner = owners.get(code) or Competence(formation=referentiel.formation, code=code)
        shared = sum((other or name) == code for name, other in pairs.items()) > 1
        owner.title = owner.title if shared else one.title
        owner.save()
        owners[code] = owner
        row = rows.setdefault(one.name, ReferentielCompetence(referentiel=referentiel, name=one.name))
        row.competence, row.position, row.number, row.title = owner, position, one.number, one.title
        row.colour, row.situations, row.components = one.colour, list(one.situations), list(one.components)
        row.save()


def _niveaux(
    steps: Mapping[tuple[str, int], orebut.Niveau],
    competences: Mapping[str, ReferentielCompetence],
    rows: dict[tuple[str, int], ReferentielNiveau],
) -> None:
    for (name, number), niveau in steps.items():
        row = rows.setdefault((name, number), ReferentielNiveau(competence=competences[name], number=number))
        row.title = niveau.title
        row.save()


def _learnings(
    learnt: Mapping[tuple[str, int, str], orebut.Learning],
    niveaux: Mapping[tuple[str, int], ReferentielNiveau],
    rows: dict[tuple[str, int, str], Learning],
) -> None:
    kept, new = list(rows.values()), []
    for position, ((name, number, code), learning) in enumerate(learnt.items(), 1):
        row = rows.get((name, number, code))
        if row is None:
            row = Learning(niveau=niveaux[name, number], code=code)
            new.append(row)
        row.position, row.label = position, learning.label
    Learning.objects.bulk_create(new)
    Learning.objects.bulk_update(kept, ["position", "label"])


def _parcours_rows(
    referentiel: Referentiel,
    content: orebut.Referentiel,
    niveaux: Mapping[tuple[str, int], ReferentielNiveau],
) -> None:
    """Write the parcours afresh: nothing else hangs on them."""
    ReferentielParcours.objects.filter(referentiel=referentiel).delete()
    rows = ReferentielParcours.objects.bulk_create(
        ReferentielParcours(referentiel=referentiel, position=position, code=each.code, title=each.title)
        for position, each in enumerate(content.parcours, 1)
    )
    TaughtNiveau.objects.bulk_create(
        TaughtNiveau(parcours=row, niveau=niveaux[skill], but_year=year)
        for row, each in zip(rows, content.parcours, strict=True)
        for year, skills in each.years.items()
        for skill in skills
    )


def follow(referentiel: Referentiel) -> None:
    """Make the drafts of the formation follow a référentiel, and every maquette that follows none yet."""
    theirs = Q(state=Maquette.State.DRAFT) | Q(adoption__isnull=True)
    for maquette in Maquette.objects.filter(theirs, formation=referentiel.formation):
        Adoption.objects.update_or_create(maquette=maquette, defaults={"referentiel": referentiel})
        _pass_on({pk: pk for pk in maquette.modules.values_list("pk", flat=True)}, referentiel)


def inherit(maquette: Maquette) -> None:
    """Make a new maquette follow the référentiel of its formation; its modules work on what they did before."""
    referentiel = latest(maquette.formation)
    if referentiel is None:
        return
    Adoption.objects.create(maquette=maquette, referentiel=referentiel)
    others = Maquette.objects.filter(formation=maquette.formation, academic_year__lte=maquette.academic_year)
    linked = others.exclude(pk=maquette.pk).filter(modules__learnings__isnull=False)
    source = linked.order_by("-academic_year", "-version").first()
    if source is not None:
        sides = (Module.objects.filter(maquette=each).select_related("parcours") for each in (source, maquette))
        _pass_on({was.pk: now.pk for was, now in counterparts(*sides)}, referentiel)


def _pass_on(heirs: Mapping[int, int], referentiel: Referentiel) -> None:
    """Link modules to what those they stand for work on, in this référentiel; what it has no more is left."""
    here = learnings(referentiel)
    links = Learning.modules.through.objects
    theirs = links.filter(module__in=heirs).select_related("learning__niveau__competence")
    found = set()
    for link in theirs:
        niveau = link.learning.niveau
        if (heir := here.get((niveau.competence.name, niveau.number, link.learning.code))) is not None:
            found.add((heir.pk, heirs[link.module_id]))
    links.bulk_create(
        [Learning.modules.through(learning_id=learning, module_id=module) for learning, module in sorted(found)],
        ignore_conflicts=True,
    )


def followed(maquette: Maquette) -> Referentiel | None:
    """Return the référentiel that a maquette follows."""
    adoption = Adoption.objects.filter(maquette=maquette).select_related("referentiel__formation").first()
    return adoption.referentiel if adoption else None


def niveaux_of(ues: Iterable[UE], referentiel: Referentiel) -> dict[int, list[ReferentielNiveau]]:
    """Return, by id of UE, the niveaux of the référentiel that it teaches; plan, parcours and niveau are at hand.

    Where several competences are one for the maquettes, the parcours of the table tells which; one that the
    référentiel does not know leaves them all. A fixed number of queries.
    """
    by_step = defaultdict[tuple[int, int], list[ReferentielNiveau]](list)
    for competence in described(referentiel):
        for niveau in competence.niveaux.all():
            niveau.competence = competence
            by_step[competence.competence_id, niveau.number].append(niveau)
    of_parcours = {fold(row.code): {each.niveau_id for each in row.taught.all()} for row in taught(referentiel)}
    found = {}
    for ue in ues:
        niveaux = by_step[ue.niveau.competence_id, ue.niveau.number]
        parcours = ue.plan.parcours
        theirs = of_parcours.get(fold(parcours.code)) if parcours else None
        found[ue.pk] = [each for each in niveaux if theirs is None or each.pk in theirs]
    return found


def offered(module: Module) -> list[ReferentielNiveau]:
    """Return the niveaux of the UEs that a module feeds, their apprentissages critiques at hand."""
    referentiel = followed(module.maquette)
    if referentiel is None:
        return []
    ues = UE.objects.filter(coefficients__plan_module__module=module).select_related("plan__parcours", "niveau")
    found = {each.pk: each for each in chain(*niveaux_of(ues.distinct(), referentiel).values())}
    return sorted(found.values(), key=lambda each: (each.competence.position, each.number))


def taught_by(plan: Plan) -> list[tuple[UE, list[ReferentielNiveau]]]:
    """Return the UEs of a table that the référentiel of its maquette describes, with the niveaux that they teach."""
    referentiel = followed(plan.maquette)
    if referentiel is None:
        return []
    ues = list(UE.objects.filter(plan=plan).select_related("plan__parcours", "niveau").order_by("position"))
    found = niveaux_of(ues, referentiel)
    return [(ue, found[ue.pk]) for ue in ues if found[ue.pk]]


def worked_on(module: Module) -> QuerySet[Learning]:
    """Return what a module works on, in the order of the référentiel that its maquette follows."""
    rows = module.learnings.filter(niveau__competence__referentiel__adoptions__maquette=module.maquette_id)
    return rows.select_related("niveau__competence").order_by(
        "niveau__competence__position", "niveau__number", "position"
    )
