"""What stands, when somebody comes to write marks: the evaluations, held; whom they concern; the marks in force.

One mark is the case that happens thousands of times a day: it is read in one query.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q

from curriculum.models import Module
from grades.models import Evaluation, Mark, MarkValue
from people.models import Enrolment

Key = tuple[int, int]
"""Which mark: the id of its evaluation, the id of its enrolment."""


class InForce(NamedTuple):
    """A mark as it stands; version 0 when there is none yet."""

    version: int = 0
    value: MarkValue = MarkValue()


@dataclass(frozen=True, slots=True)
class Standing:
    """What some marks may be written over; of keys that are not there, there is nothing to say."""

    evaluations: Mapping[int, Evaluation]
    concerned: Set[Key]
    current: Mapping[Key, InForce]


def hold(module: Module, keys: Collection[Key]) -> Standing:
    """Return what stands of some marks; their evaluations are held until the end of the transaction.

    The evaluations' rows, not the marks': a first mark has none yet. And a jury that closes takes the same rows to
    lock them. One query for one mark; four for several, whatever their number.
    """
    if len(keys) == 1:
        return _hold_one(module, *keys)
    rows = module.evaluations.filter(pk__in={key[0] for key in keys}).order_by("pk")
    held = rows.select_for_update(of=("self",), no_key=True).prefetch_related("groups")
    evaluations = {evaluation.pk: evaluation for evaluation in held}
    followers = groups_of_followers(module, {key[1] for key in keys})
    concerned = {key for key in keys if key[0] in evaluations and evaluations[key[0]].concerns(followers.get(key[1]))}
    return Standing(evaluations, concerned, marks_in_force(module, keys))


def _hold_one(module: Module, key: Key) -> Standing:
    """On PostgreSQL, who had to wait for the evaluation may read a mark from before: the history then refuses it."""
    of_groups = Evaluation.groups.through.objects.filter(evaluation=OuterRef("pk"))
    follows = Exists(Enrolment.objects.following([module]).filter(pk=key[1]))
    joined = ~Exists(of_groups) | Exists(of_groups.filter(group__enrolments=key[1]))
    evaluation: Any = (  # with what is read beside it
        module.evaluations.filter(pk=key[0])
        .select_for_update(of=("self",), no_key=True)
        .annotate(mark=FilteredRelation("marks", condition=Q(marks__enrolment=key[1])))
        .annotate(
            is_concerned=follows & joined,
            version=F("mark__version"),
            hundredths=F("mark__hundredths"),
            reason=F("mark__reason"),
        )
        .first()
    )
    if evaluation is None:
        return Standing({}, set(), {})
    value = MarkValue(evaluation.hundredths, evaluation.reason or "")
    current = {key: InForce(evaluation.version, value)} if evaluation.version else {}
    return Standing({evaluation.pk: evaluation}, {key} if evaluation.is_concerned else set(), current)


def marks_in_force(module: Module, keys: Collection[Key] | None = None) -> dict[Key, InForce]:
    """Return every mark of a module that was ever written, or those of some keys at least, in one query."""
    marks = Mark.objects.filter(evaluation__module=module)
    if keys is not None:
        marks = marks.filter(evaluation__in={key[0] for key in keys}, enrolment__in={key[1] for key in keys})
    rows = marks.values_list("evaluation_id", "enrolment_id", "version", "hundredths", "reason")
    return {(row[0], row[1]): InForce(row[2], MarkValue(row[3], row[4])) for row in rows}


def groups_of_followers(module: Module, enrolments: Collection[int] | None = None) -> dict[int, frozenset[int]]:
    """Return the enrolments (those of some ids, or all) that follow a module, each with the ids of its groups."""
    groups = defaultdict[int, set[int]](set)
    following = Enrolment.objects.following([module])
    if enrolments is not None:
        following = following.filter(pk__in=enrolments)
    for enrolment, group in following.values_list("pk", "groups__pk"):
        groups[enrolment] |= {group} - {None}
    return {enrolment: frozenset(ids) for enrolment, ids in groups.items()}
