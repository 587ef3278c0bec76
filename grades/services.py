"""Every write of evaluations and marks: one mark or thirty thousand, from a form or a command, go the same way."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, Model

from curriculum import journal
from curriculum.fields import FigureField
from curriculum.models import UE, Maquette, Module, PlanModule
from curriculum.templatetags.figures import figure
from grades.grid.standing import InForce, Key, Standing, hold
from grades.mcc.proposals import Proposal, proposals_of
from grades.models import Act, Adjustment, Evaluation, Mark, MarkChange, MarkValue, Placement
from people.models import TAUGHT, Enrolment, Group

if TYPE_CHECKING:
    from people.models import User

journal.declare(
    evaluation_created="Évaluation créée",
    evaluations_planned="Évaluations créées d’après la MCC",
    marks_recorded="Notes enregistrées",
    placement_set="Stage enregistré",
    adjustment_set="Bonus ou malus enregistré",
)

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody wants a mark to become, and the version that they saw (0: there was none)."""

    evaluation_id: int
    enrolment_id: int
    value: MarkValue
    seen_version: int = 0
    token: UUID | None = None
    """Names the entry, for whoever may send it again without knowing whether it arrived."""

    @property
    def key(self) -> Key:
        return self.evaluation_id, self.enrolment_id


class MarksRefused(Exception):
    """Nothing was written: for each mark at fault, a French sentence says why."""

    def __init__(self, refusals: Mapping[Key, str]) -> None:
        super().__init__(" ".join(sorted(set(refusals.values()))))
        self.refusals = refusals


class StaleMark(Exception):
    """Nothing was written: these marks were changed by somebody else since they were seen; what they now are."""

    def __init__(self, current: Mapping[Key, InForce]) -> None:
        super().__init__("Ces notes ont été modifiées par quelqu’un d’autre.")
        self.current = current


def _again(write: Callable[P, T]) -> Callable[P, T]:
    """Do a write a second time when the history refused it: what it had read was changed while it waited."""

    @wraps(write)
    def twice(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return write(*args, **kwargs)
        except IntegrityError as error:
            if "markchange" not in str(error):
                raise
            return write(*args, **kwargs)

    return twice


@_again
@transaction.atomic
def record_marks(
    *, module: Module, entries: Sequence[Entry], kind: str = Act.Kind.FORM, locked: bool = False, by: "User | None"
) -> Act | None:
    """Write the marks of one module, all of them or none, as one act with its history; None when nothing changes.

    A value equal to the one in force is no change, whatever version was seen: the same form sent twice is harmless.
    So is an entry sent again with its token, even if somebody has changed the mark since.
    An empty value clears a mark; its history stays. `locked`: those that a jury locked may be written too, when it is
    to be held again (jury/sequels). Raises MarksRefused (above the scale, unknown reason, evaluation closed or of
    another module, student not concerned), then StaleMark.
    """
    standing = hold(module, {entry.key for entry in entries})
    current = standing.current
    open_to = frozenset({Evaluation.State.LOCKED} if locked else ())
    if refusals := _refusals(entries, standing, open_to):
        raise MarksRefused(refusals)
    changes = [entry for entry in entries if entry.value != current.get(entry.key, InForce()).value]
    if stale := {entry.key for entry in changes if current.get(entry.key, InForce()).version != entry.seen_version}:
        done = _written(entry.token for entry in changes if entry.key in stale)
        changes = [entry for entry in changes if entry.key not in done]
        if contested := stale - done:
            raise StaleMark({key: current.get(key, InForce()) for key in contested})
    if not changes:
        return None
    act = Act.objects.create(module=module, kind=kind, by=by)
    _write(act, changes, current)
    formation = module.maquette.formation
    journal.record("marks_recorded", act, by=by, formation=formation, after={"marks": len(changes)})
    return act


def _write(act: Act, changes: Sequence[Entry], current: Mapping[Key, InForce]) -> None:
    """Write the marks and their history: two bulk statements, whatever their number."""
    befores = [current.get(entry.key, InForce()) for entry in changes]
    marks = Mark.objects.bulk_create(
        [
            Mark(
                evaluation_id=entry.evaluation_id,
                enrolment_id=entry.enrolment_id,
                hundredths=entry.value.hundredths,
                reason=entry.value.reason,
                version=before.version + 1,
            )
            for entry, before in zip(changes, befores, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["evaluation", "enrolment"],
        update_fields=["hundredths", "reason", "version"],
    )
    MarkChange.objects.bulk_create(
        MarkChange(
            act=act,
            mark=mark,
            token=entry.token,
            version=mark.version,
            before_hundredths=before.value.hundredths,
            before_reason=before.value.reason,
            after_hundredths=mark.hundredths,
            after_reason=mark.reason,
        )
        for entry, mark, before in zip(changes, marks, befores, strict=True)
    )


def _written(tokens: Iterable[UUID | None]) -> set[Key]:
    """Return the marks that entries of these tokens have written already."""
    changes = MarkChange.objects.filter(token__in={token for token in tokens if token})
    return set(changes.values_list("mark__evaluation_id", "mark__enrolment_id"))


def _refusals(entries: Sequence[Entry], standing: Standing, open_to: Set[str]) -> dict[Key, str]:
    """Say, for each entry that may not be written, why."""
    times = Counter(entry.key for entry in entries)
    refusals = {}
    for entry in entries:
        evaluation = standing.evaluations.get(entry.evaluation_id)
        if times[entry.key] > 1:
            refusals[entry.key] = "Cette note est donnée deux fois."
        elif evaluation is None:
            refusals[entry.key] = "Cette évaluation n’est pas de ce module."
        elif not evaluation.takes_marks and evaluation.state not in open_to:
            refusals[entry.key] = (
                f"L’évaluation {evaluation.label} est à l’état «\xa0{evaluation.get_state_display()}\xa0»\xa0: "
                "ses notes ne changent pas."
            )
        elif entry.key not in standing.current and entry.key not in standing.concerned:
            refusals[entry.key] = f"L’évaluation {evaluation.label} ne concerne pas cet étudiant."
        elif sentence := wrong_value(entry.value, evaluation):
            refusals[entry.key] = sentence
    return refusals


def wrong_value(value: MarkValue, evaluation: Evaluation) -> str:
    """Say why a value cannot be a mark of an evaluation; nothing when it can."""
    hundredths, reason = value
    if hundredths is not None and reason:
        return "Une note est une valeur ou un motif, jamais les deux."
    if reason and reason not in Mark.Reason.values:
        return f"«\xa0{reason}\xa0» n’est pas un motif (attendu\xa0: ABI, ABJ, DIS ou ATT)."
    if hundredths is not None and hundredths < 0:
        return "Une note n’est jamais négative."
    if hundredths is not None and hundredths > evaluation.scale * 100:
        return f"{value} est au-dessus du barème ({figure(evaluation.scale)})."
    return ""


@transaction.atomic
def create_evaluation(
    *,
    module: Module,
    label: str,
    held_on: date | None = None,
    scale: Decimal | str = "20",
    weight: Decimal | str = "1",
    ue_weights: Mapping[str, str] | None = None,
    groups: Iterable[Group] = (),
    by: "User | None",
) -> Evaluation:
    """Add an evaluation at the end of a module, open to entry; no group: for everybody. Raises ValidationError.

    `ue_weights` multiplies the weight towards a UE, by its code, as a decimal string (deliberate.md).
    """
    # Two evaluations made at once would take one rank.
    Module.objects.select_for_update(of=("self",), no_key=True).get(pk=module.pk)
    if module.evaluations.filter(state=Evaluation.State.LOCKED).exists():
        raise ValidationError(
            f"Le jury a verrouillé les notes de {module.key}\xa0: plus aucune évaluation ne s’y ajoute."
        )
    groups = list(groups)
    _check_ue_weights(module, ue_weights or {})
    _check_groups(module, groups)
    last = module.evaluations.aggregate(last=Max("position"))["last"] or 0
    evaluation = Evaluation(
        module=module,
        position=last + 1,
        label=label.strip(),
        held_on=held_on,
        scale=scale,
        weight=weight,
        ue_weights=dict(ue_weights or {}),
    )
    evaluation.full_clean()
    evaluation.save()
    evaluation.groups.set(groups)
    after = {"label": evaluation.label, "scale": str(evaluation.scale), "weight": str(evaluation.weight)}
    journal.record("evaluation_created", evaluation, by=by, formation=module.maquette.formation, after=after)
    return evaluation


@transaction.atomic
def create_evaluations(*, modules: Iterable[Module], by: "User | None") -> list[Proposal]:
    """Make the evaluations that the MCC promise for some modules of one maquette, open to entry, without dates.

    Returns what became of each module, in their order: one that has evaluations already is left alone, so that doing
    it twice adds nothing. Raises ValidationError when the maquette is not in service.
    """
    # Two people who create at once would create twice.
    rows = Module.objects.filter(pk__in=[module.pk for module in modules]).select_related("maquette__formation")
    modules = list(rows.select_for_update(of=("self",), no_key=True).order_by("semester", "key", "pk"))
    proposals = proposals_of(modules)
    created = [proposal for proposal in proposals if proposal.shares]
    if not created:
        return proposals
    maquette = _only_in_service(proposal.module for proposal in created)
    Evaluation.objects.bulk_create(
        Evaluation(module=proposal.module, position=position, label=share.label, weight=share.weight)
        for proposal in created
        for position, share in enumerate(proposal.shares, start=1)
    )
    after = {str(each.module): {share.label: str(share.weight) for share in each.shares} for each in created}
    journal.record("evaluations_planned", maquette, by=by, formation=maquette.formation, after=after)
    return proposals


def _only_in_service(modules: Iterable[Module]) -> Maquette:
    """Return the maquette of some modules, if there is one only and it is in service."""
    maquette, *others = {module.maquette for module in modules}
    if others:
        raise ValidationError("Ces modules sont de plusieurs maquettes\xa0: créez leurs évaluations séparément.")
    if maquette.state != Maquette.State.IN_SERVICE:
        raise ValidationError(
            f"La maquette {maquette} est à l’état «\xa0{maquette.get_state_display()}\xa0»\xa0: ses évaluations se "
            "créent une fois qu’elle est en service."
        )
    return maquette


def _check_ue_weights(module: Module, weights: Mapping[str, str]) -> None:
    """Refuse a weight towards a UE that the module does not feed, and one that is not a figure."""
    known = set(UE.objects.filter(plan__plan_modules__module=module).values_list("code", flat=True))
    for code, weight in weights.items():
        if code not in known:
            raise ValidationError({"ue_weights": f"{module.key} n’est dans aucun tableau qui a l’UE {code}."})
        try:
            FigureField().to_python(weight)
        except ValidationError as error:
            raise ValidationError({"ue_weights": error}) from None


def _check_groups(module: Module, groups: Sequence[Group]) -> None:
    """Refuse a group of another formation or another year."""
    years = set(PlanModule.objects.filter(module=module).values_list("plan__academic_year", flat=True))
    for group in groups:
        if group.formation_id != module.maquette.formation_id or group.academic_year not in years:
            raise ValidationError({"groups": f"Le groupe {group} n’est pas de cette formation cette année."})


@transaction.atomic
def set_placement(
    *,
    enrolment: Enrolment,
    module: Module,
    company: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
    completed: bool,
    by: "User | None",
) -> Placement:
    """Say where a student does the stage of a module, and whether it is over (N-21, L-04). Raises ValidationError."""
    if not PlanModule.objects.filter(TAUGHT, module=module, plan=enrolment.plan_id).exists():
        raise ValidationError({"module": f"{enrolment.student} ne suit pas {module.key}."})
    if starts_on and ends_on and ends_on < starts_on:
        raise ValidationError({"ends_on": "Un stage finit après avoir commencé."})
    _hold(enrolment)
    placement = Placement.objects.filter(enrolment=enrolment, module=module).first()
    before = _summary(placement, "company", "starts_on", "ends_on", "completed")
    placement = placement or Placement(enrolment=enrolment, module=module)
    placement.company, placement.completed = company.strip(), completed
    placement.starts_on, placement.ends_on = starts_on, ends_on
    placement.full_clean()
    placement.save()
    after = _summary(placement, "company", "starts_on", "ends_on", "completed")
    formation = module.maquette.formation
    journal.record("placement_set", placement, by=by, formation=formation, before=before, after=after)
    return placement


@transaction.atomic
def set_adjustment(
    *, enrolment: Enrolment, ue: UE, kind: str, points: Decimal | str, reason: str, by: "User | None"
) -> Adjustment:
    """Give a bonus or a malus on one UE, in points on 20; 0 takes it back. Raises ValidationError.

    Whether it counts is the règlement's affair (L-14, L-15): one that no article provides is ignored, with a warning.
    """
    if ue.plan_id != enrolment.plan_id:
        raise ValidationError({"ue": f"{enrolment.student} ne suit pas l’UE {ue.code} de ce tableau."})
    _hold(enrolment)
    adjustment = Adjustment.objects.filter(enrolment=enrolment, ue=ue, kind=kind).first()
    before = _summary(adjustment, "points", "reason")
    adjustment = adjustment or Adjustment(enrolment=enrolment, ue=ue, kind=kind)
    adjustment.points, adjustment.reason = points, reason.strip()
    adjustment.full_clean()
    adjustment.save()
    after = _summary(adjustment, "points", "reason")
    formation = ue.plan.maquette.formation
    journal.record("adjustment_set", adjustment, by=by, formation=formation, before=before, after=after)
    return adjustment


def _hold(enrolment: Enrolment) -> None:
    """Let one writer at a time set what an enrolment has at most one of."""
    Enrolment.objects.select_for_update(of=("self",), no_key=True).get(pk=enrolment.pk)


def _summary(row: Model | None, *fields: str) -> dict[str, object] | None:
    """Tell a row to the journal."""
    return None if row is None else {name: _plain(getattr(row, name)) for name in fields}


def _plain(value: object) -> object:
    return value if isinstance(value, bool) or value is None else str(value)
