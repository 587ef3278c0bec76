"""Save what a grid sends: each cell on its own, so that one at fault holds back no other."""

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.timezone import localtime

from curriculum.models import Module
from grades.grid.standing import InForce, Key, marks_in_force
from grades.models import Act, MarkChange, MarkValue
from grades.services import Entry, MarksRefused, StaleMark, record_marks

if TYPE_CHECKING:
    from people.models import User

MOST = 5_000
"""How many cells one message may hold: more than any grid has."""
BEYOND = 10**18
"""No id and no version is as large."""


class Unreadable(ValueError):
    """A message that no grid of ours would send; nothing was written."""


@dataclass(frozen=True, slots=True)
class Typed:
    """One cell as the grid sends it: what was typed, the version that was seen, and the name of the sending."""

    key: Key
    text: str
    seen_version: int
    token: UUID


def read(body: bytes) -> list[Typed]:
    """Read a message of the grid. Raises Unreadable, in French.

    `{"entries": [{"evaluation": 1, "enrolment": 2, "value": "12,5", "seen": 0, "token": "<uuid>"}, …]}`; sent again
    with its token, an entry is written once.
    """
    try:
        entries = json.loads(body)["entries"]
        typed = [_typed(entry) for entry in entries[: MOST + 1]]
    except (ValueError, TypeError, LookupError, AttributeError):
        raise Unreadable("Ce message n’est pas celui d’une grille de notes\xa0: rechargez la page.") from None
    if not 0 < len(typed) <= MOST:
        raise Unreadable(f"Ce message porte {len(entries)} notes (attendu\xa0: de 1 à {MOST}).")
    return typed


def _typed(entry: Mapping[str, Any]) -> Typed:
    numbers = [entry[name] for name in ("evaluation", "enrolment", "seen")]
    if not all(type(number) is int and 0 <= number < BEYOND for number in numbers):
        raise Unreadable
    return Typed((numbers[0], numbers[1]), str(entry["value"]), numbers[2], UUID(entry["token"]))


@dataclass(slots=True)
class Outcome:
    """What became of each cell: its value in force once saved, why it was refused, or what somebody else wrote."""

    saved: dict[Key, InForce] = field(default_factory=dict)
    refused: dict[Key, str] = field(default_factory=dict)
    contested: dict[Key, InForce] = field(default_factory=dict)

    @property
    def status(self) -> HTTPStatus:
        """The worst of what happened; the other cells are saved all the same."""
        if self.contested:
            return HTTPStatus.CONFLICT
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.refused else HTTPStatus.OK


def save(*, module: Module, typed: Sequence[Typed], closed: Set[int], by: "User") -> Outcome:
    """Write the cells of a message that can be written, as one act; `closed` are enrolments that are not theirs."""
    outcome = Outcome()
    entries = []
    for each in typed:
        try:
            if each.key[1] in closed:
                raise ValueError("Cet étudiant n’est pas dans vos groupes.")
            entries.append(Entry(*each.key, MarkValue.read(each.text), each.seen_version, each.token))
        except ValueError as error:
            outcome.refused[each.key] = str(error)
    while entries:
        try:
            act = record_marks(module=module, entries=entries, kind=Act.Kind.GRID, by=by)
        except MarksRefused as refused:
            outcome.refused |= refused.refusals
        except StaleMark as stale:
            outcome.contested |= stale.current
        else:
            outcome.saved = _in_force(module, entries, act)
            break
        entries = [each for each in entries if each.key not in {*outcome.refused, *outcome.contested}]
    return outcome


def _in_force(module: Module, entries: Sequence[Entry], act: Act | None) -> dict[Key, InForce]:
    """Return what is in force once entries are saved; of one that was written, nothing has to be read again."""
    if act and len(entries) == 1:
        (entry,) = entries
        return {entry.key: InForce(entry.seen_version + 1, entry.value)}
    keys = [entry.key for entry in entries]
    current = marks_in_force(module, keys)
    return {key: current.get(key, InForce()) for key in keys}


def told_outcome(outcome: Outcome, changes: Iterable[MarkChange]) -> dict[str, object]:
    """Tell the grid what became of its cells; `changes` say who wrote those that somebody else changed."""
    found = {(change.mark.evaluation_id, change.mark.enrolment_id): change for change in changes}
    return {
        "saved": [_told(key, in_force) for key, in_force in outcome.saved.items()],
        "refused": [{"evaluation": key[0], "enrolment": key[1], "why": why} for key, why in outcome.refused.items()],
        "contested": [_told(key, in_force, found.get(key)) for key, in_force in outcome.contested.items()],
    }


def told_changes(changes: Iterable[MarkChange]) -> list[dict[str, object]]:
    """Tell the grid what some marks are, through whom, and when; these are their last changes."""
    return [
        _told((each.mark.evaluation_id, each.mark.enrolment_id), InForce(each.version, each.after), each)
        for each in changes
    ]


def _told(key: Key, in_force: InForce, last: MarkChange | None = None) -> dict[str, object]:
    said: dict[str, object] = {
        "evaluation": key[0],
        "enrolment": key[1],
        "version": in_force.version,
        "value": str(in_force.value),
    }
    if last:
        said |= {"by": str(last.act.by or "ligne de commande"), "at": f"{localtime(last.act.at):%d/%m %H:%M}"}
    return said
