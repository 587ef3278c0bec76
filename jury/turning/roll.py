"""The bridge from rows to the turn of a year: every student, what is proposed of them, and where that enrols them.

A fixed number of queries, whatever the number of students.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet

from curriculum.models import UE, Formation, Maquette, Plan
from jury import seal
from jury.engine.codes import UE_ACQUIRED, YearCode
from jury.engine.progression import PASSES, REPEATS
from jury.judged import Judged
from jury.models import Decision, JurySession, Record, Turn
from jury.turning.proposal import (
    BLANK,
    Facts,
    Kind,
    Place,
    Proposal,
    group_above,
    propose,
    propose_even,
    year_before,
)
from people.imports.plans import maquette_in_use
from people.models import Enrolment, Equivalence, Student
from people.tables import TableRefused

Slot = tuple[str, int, int]
"""A UE whatever its code: competence, level, parity of its semester."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The maquette that the students enter, and its Plans by place; None: the formation has none.

    `copied`: it is the one of the year that ends, to be copied before anybody enters it.
    """

    maquette: Maquette | None
    plans: tuple[Plan, ...]
    semesters: frozenset[int]
    copied: bool = False

    @property
    def places(self) -> list[Place]:
        """Where one may be enrolled; a common place stands back where particular ones exist."""
        found = sorted({_place(plan) for plan in self.plans if plan.semester in self.semesters})
        return [place for place in found if not any(place != other and place.serves(other) for other in found)]

    def plans_of(self, place: Place) -> list[Plan]:
        """Return the Plan of each semester of a place: its own, else a common one."""
        serving = [plan for plan in self.plans if _place(plan).serves(place) and plan.semester in self.semesters]
        own = {plan.semester: plan for plan in sorted(serving, key=_place)}
        return [own[semester] for semester in sorted(own)]


@dataclass(frozen=True, slots=True)
class Line:
    """One student: what is proposed, what was chosen instead, and the Plans that confirming enrols them in."""

    student: Student
    facts: Facts
    proposal: Proposal
    chosen: bool
    place: Place | None
    already: tuple[Enrolment, ...]
    plans: tuple[Plan, ...]
    exempted: tuple[UE, ...]
    repeating: bool
    groups: tuple[str, ...]

    @property
    def view(self) -> str:
        """The view that this line belongs to: what is still to be done comes before what becomes of them."""
        if self.already:
            return "inscrits"
        if self.place:
            return "redoublants" if self.repeating else "passages"
        if self.chosen:
            return "sortants"
        if self.proposal.kind is Kind.DECIDE:
            return "a-decider"
        return "parcours" if self.proposal.choices else "sortants"


@dataclass(frozen=True)
class Roll:
    """Every student of a turn, in alphabetical order."""

    turn: Turn
    offer: Offer
    places: tuple[Place, ...]
    """Where one may be enrolled, the most followed this year first."""
    lines: tuple[Line, ...]

    @cached_property
    def ready(self) -> tuple[Line, ...]:
        """Those whom confirming enrols."""
        return tuple(line for line in self.lines if line.plans)

    @property
    def digest(self) -> str:
        """What was shown: a confirmation of anything else is refused."""
        shown = [
            [line.student.pk, [plan.pk for plan in line.plans], [ue.pk for ue in line.exempted], *line.groups]
            for line in self.ready
        ]
        turn = self.turn
        return seal.digest(seal.canonical({"lines": shown, "with": [turn.groups, turn.with_services]}))[:16]


def roll_of(turn: Turn) -> Roll:
    """Make the roll of a turn."""
    offer = offer_of(turn)
    enrolments = _enrolments(turn)
    facts = _facts(turn, enrolments)
    years = _years_of_groups(enrolments)
    acquired = _acquired(turn, list(facts))
    already, chosen = _already(turn), dict(turn.choices.values_list("student_id", "place"))
    followed = Counter(each.place for each in facts.values())
    places = sorted(offer.places, key=lambda place: (-followed[place], place))
    lines = []
    for student in sorted(facts, key=lambda each: each.alphabetical):
        of_student = enrolments[student]
        proposal = (propose_even if turn.within_year else propose)(facts[student], places)
        choice = _choice(chosen.get(student.pk), places)
        place = choice.place if choice else proposal.place
        repeating = place is not None and _repeats(turn, of_student, facts[student], place)
        ues = _exempted(offer, place, acquired[student.pk]) if repeating and turn.with_exemptions else ()
        plans = [] if place is None or student.pk in already else offer.plans_of(place)
        line = Line(
            student=student,
            facts=facts[student],
            proposal=proposal,
            chosen=choice is not None,
            place=place,
            already=tuple(already[student.pk]) if student.pk in already else (),
            plans=tuple(plan for plan in plans if not _all_waived(plan, ues)),
            exempted=ues,
            repeating=repeating,
            groups=_groups(turn, of_student, facts[student], place, years),
        )
        lines.append(line)
    return Roll(turn, offer, tuple(places), tuple(lines))


def offer_of(turn: Turn) -> Offer:
    """Return what a turn enrols into."""
    semesters = (2, 4, 6) if turn.within_year else (1, 2, 3, 4, 5, 6) if turn.whole_year else (1, 3, 5)
    for year in dict.fromkeys([turn.academic_year, turn.source_year]):
        maquette = in_use(turn.formation, year)
        if maquette is None:
            continue
        plans = maquette.plans.filter(academic_year=year).select_related("parcours")
        ordered = plans.prefetch_related("ues__niveau__competence").order_by("semester", "position", "pk")
        return Offer(maquette, tuple(ordered), frozenset(semesters), year != turn.academic_year)
    return Offer(None, (), frozenset(semesters))


def in_use(formation: Formation, academic_year: str) -> Maquette | None:
    """Return the maquette that students enter in a year, if there is one (people/imports/plans.py)."""
    try:
        return maquette_in_use(formation, academic_year)
    except TableRefused:
        return None


def _place(plan: Plan) -> Place:
    return Place(plan.but_year, plan.parcours.code if plan.parcours else "", plan.modality)


def _enrolments(turn: Turn) -> Mapping[Student, list[Enrolment]]:
    """Return, by student, the enrolments of the year that ends; of who has none, those of the year before."""
    years = [turn.source_year] if turn.within_year else [turn.source_year, year_before(turn.source_year)]
    rows = (
        Enrolment.objects.filter(plan__maquette__formation=turn.formation_id, plan__academic_year__in=years)
        .select_related("student", "plan__parcours")
        .prefetch_related("groups")
        .order_by("plan__semester", "pk")
    )
    found: dict[str, dict[Student, list[Enrolment]]] = {year: defaultdict(list) for year in years}
    for row in rows:
        if not turn.within_year or row.plan.semester % 2:
            found[row.plan.academic_year][row.student].append(row)
    merged = dict(found[turn.source_year])
    for student, before in found.get(year_before(turn.source_year), {}).items():
        merged.setdefault(student, before)
    return merged


def _facts(turn: Turn, enrolments: Mapping[Student, list[Enrolment]]) -> dict[Student, Facts]:
    """Return what is known of each student; who was away and had nothing to come back to is left out."""
    decided = {} if turn.within_year else _decided(turn)
    facts = {}
    for student, rows in enrolments.items():
        judged = decided.get((student.pk, rows[-1].plan.academic_year))
        at = judged.session.semester // 2 if judged else rows[-1].plan.but_year
        last = [row for row in rows if row.plan.but_year == at] or rows
        absent = last[-1].plan.academic_year != turn.source_year
        known: dict[str, Any] = judged.facts if judged else {}
        if not absent or (judged and judged.comes_back):
            facts[student] = Facts(_place(last[-1].plan), _state(last), absent=absent, **known)
    return facts


def _state(rows: Sequence[Enrolment]) -> str:
    """Return the state that a year ended in: who left one of its semesters left."""
    return next((row.state for row in reversed(rows) if row.state != Enrolment.State.ENROLLED), rows[-1].state)


@dataclass(frozen=True, slots=True)
class _Decided:
    """The decision on the year of one student, and what the record of its jury says with it."""

    session: JurySession
    code: str
    judged: Judged | None

    @property
    def comes_back(self) -> bool:
        """Whether there is something to come back to, a year later."""
        again = self.code in REPEATS or (self.code in PASSES and self.session.semester < 6)
        return again or self.code == YearCode.RAT

    @property
    def facts(self) -> dict[str, Any]:
        """What `Facts` takes of it."""
        if self.judged is None:
            return {"code": self.code, "jury": str(self.session), "recorded": False}
        owed = [line["code"] for line in self.judged.debts]
        owed += [line["code"] for line in self.judged.verdict["ues"] if line["decision"] not in UE_ACQUIRED]
        return {
            "code": self.code,
            "jury": str(self.session),
            "authorised": tuple(self.judged.verdict["authorised"]),
            "owed": tuple(owed),
            "graduated": bool(self.judged.verdict["but"]),
        }


def _decided(turn: Turn) -> dict[tuple[int, str], _Decided]:
    """Return, by student id and academic year, the latest decision on their year, of the highest year of BUT."""
    years = [turn.source_year, year_before(turn.source_year)]
    rows = Decision.objects.filter(
        kind=Decision.Kind.YEAR,
        session__formation=turn.formation_id,
        session__academic_year__in=years,
        session__state=JurySession.State.CLOSED,
    ).select_related("session", "student")
    records = Record.objects.filter(session__formation=turn.formation_id, session__academic_year=turn.source_year)
    parts = {
        (record.session_id, part["nip"]): part
        for record in records.filter(session__in=rows.values("session"))
        for part in seal.opened(record)["students"]
    }
    found = {}
    for row in rows.order_by("session__semester", "session__closed_at", "session_id"):
        part = parts.get((row.session_id, row.student.nip))
        judged = Judged(row.student_id, part, {}) if part else None
        found[row.student_id, row.session.academic_year] = _Decided(row.session, row.code, judged)
    return found


def _already(turn: Turn) -> Mapping[int, list[Enrolment]]:
    """Return, by student id, the enrolments that are there already, by hand or by an earlier confirmation."""
    rows = Enrolment.objects.filter(
        plan__maquette__formation=turn.formation_id, plan__academic_year=turn.academic_year
    ).select_related("plan__parcours")
    if turn.within_year:
        rows = rows.filter(plan__semester__in=[2, 4, 6])
    found: dict[int, list[Enrolment]] = defaultdict(list)
    for row in rows.order_by("plan__semester", "pk"):
        found[row.student_id].append(row)
    return found


def _acquired(turn: Turn, students: Iterable[Student]) -> Mapping[int, set[Slot]]:
    """Return, by student id, the UEs that they hold, acquired here or elsewhere (N-20)."""
    found: dict[int, set[Slot]] = defaultdict(set)
    if not turn.with_exemptions:
        return found
    ids = [student.pk for student in students]
    decisions: QuerySet[Decision] = Decision.objects.filter(
        kind=Decision.Kind.UE,
        code__in=UE_ACQUIRED,
        student__in=ids,
        session__formation=turn.formation_id,
        session__state=JurySession.State.CLOSED,
    )
    elsewhere = Equivalence.objects.in_force().filter(student__in=ids, niveau__competence__formation=turn.formation_id)
    for student, competence, level, semester in [
        *decisions.values_list("student_id", "competence", "level", "semester"),
        *elsewhere.values_list("student_id", "niveau__competence__code", "niveau__number", "semester"),
    ]:
        found[student].add((competence, level or 0, (semester or 0) % 2))
    return found


def _exempted(offer: Offer, place: Place | None, acquired: set[Slot]) -> tuple[UE, ...]:
    """Return the UEs of a place that a repeater holds already (L-08)."""
    if place is None:
        return ()
    return tuple(
        ue
        for plan in offer.plans_of(place)
        for ue in sorted(plan.ues.all(), key=lambda ue: (ue.position, ue.pk))
        if (ue.niveau.competence.code, ue.niveau.number, plan.semester % 2) in acquired
    )


def _all_waived(plan: Plan, waived: Sequence[UE]) -> bool:
    """Whether nothing of a semester is left to follow: it is not repeated."""
    ues = list(plan.ues.all())
    return bool(ues) and set(ues) <= set(waived)


class _Choice(NamedTuple):
    """What was chosen: a place, or none: not enrolled."""

    place: Place | None


def _choice(key: str | None, places: Sequence[Place]) -> _Choice | None:
    """Return what was chosen, if the maquette still offers it."""
    if key == "":
        return _Choice(None)
    return next((_Choice(place) for place in places if place.key == key), None)


def _repeats(turn: Turn, rows: Sequence[Enrolment], facts: Facts, place: Place) -> bool:
    """Whether being enrolled there is a repeat; an année blanche is none."""
    if turn.within_year:
        return rows[-1].repeating
    return place.but_year <= facts.place.but_year and facts.state != BLANK


def _years_of_groups(enrolments: Mapping[Student, Sequence[Enrolment]]) -> Mapping[str, set[int]]:
    """Return the years of BUT that each group of the year has."""
    years: dict[str, set[int]] = defaultdict(set)
    for rows in enrolments.values():
        for row in rows:
            for group in row.groups.all():
                years[group.name].add(row.plan.but_year)
    return years


def _groups(
    turn: Turn, rows: Sequence[Enrolment], facts: Facts, place: Place | None, years: Mapping[str, set[int]]
) -> tuple[str, ...]:
    """Return the groups that a student has in a place: the same in the same year, else those they become."""
    if place is None or facts.absent or not (turn.within_year or turn.groups == Turn.Groups.MEMBERS):
        return ()
    own = {group.name for row in rows if row.plan.but_year == facts.place.but_year for group in row.groups.all()}
    if place.but_year == facts.place.but_year:
        return tuple(sorted(own))
    if place.but_year != facts.place.but_year + 1 or place.parcours != facts.place.parcours:
        return ()
    above = {group_above(name, facts.place.but_year, years) for name in own}
    return tuple(sorted(name for name in above if name))
