"""The year in progress as a November finds it: who goes on, what was entered so far."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from curriculum.models import Module
from grades.models import Act, Evaluation
from grades.services import Entry, record_marks
from jury.demo.cohort import ALTERNANCE, BRANCHES, YEARS, Plot, Step
from jury.demo.load import AWAITED, Year, entries_of, fate
from jury.demo.people import dice
from jury.demo.staff import Staff
from jury.demo.teaching import Teaching
from jury.models import Turn
from jury.turning.proposal import Place
from jury.turning.services import choose, confirm_turn, prepare_turn, set_turn
from people.models import Enrolment, Student, User

ACADEMIC_YEAR = "2026-2027"
TODAY = date(2026, 11, 20)
"""Until when the demonstration was lived: always the same day, whenever it is loaded."""

PLOTS = {Plot.ADM: 78, Plot.PASD: 14, Plot.RED: 7, Plot.RESIGNED: 1}
"""How each student has begun the year, and how often, in hundredths."""


def going_on(last_year: Iterable[Step], authorised: Mapping[str, Iterable[int]]) -> list[Step]:
    """Return the year in progress of each student, in the semester that a jury authorised, if any; by NIP."""
    places = [branch for branch, count in BRANCHES[YEARS[-1]].items() for _ in range(count)]
    dice("branches", ACADEMIC_YEAR).shuffle(places)
    coming = []
    for step in last_year:
        for semester in authorised[step.identity.nip]:
            branch = step.parcours, step.modality
            if semester == 3 and step.but_year == 1:
                branch = places.pop()
            elif semester == 5:
                branch = step.parcours, ALTERNANCE
            coming.append(_following(step, (semester + 1) // 2, *branch))
    return coming


def _following(step: Step, but_year: int, parcours: str, modality: str) -> Step:
    (plot,) = dice("autumn", step.identity.nip).choices(list(PLOTS), list(PLOTS.values()))
    return replace(
        step,
        academic_year=ACADEMIC_YEAR,
        but_year=but_year,
        parcours=parcours,
        modality=modality,
        repeating=but_year == step.but_year,
        plot=plot,
        before=step.plot,
    )


def enrol(year: Year, steps: Iterable[Step], students: Mapping[str, Student], by: User) -> None:
    """Turn the year as the secretariat does: the parcours chosen at the end of BUT1, then everybody at once.

    Those who have resigned since are said to have left.
    """
    chosen = defaultdict[Place, list[int]](list)
    for step in steps:
        if step.but_year == 2 and not step.repeating:
            place = Place(step.but_year, step.parcours, step.modality)
            chosen[place].append(students[step.identity.nip].pk)
    turn = prepare_turn(formation=year.maquette.formation, source_year=YEARS[-1], by=by)
    # Groups and services are not last year's: see `create_groups` and `create_services`.
    turn.groups, turn.with_services = Turn.Groups.NONE, False
    set_turn(turn=turn, by=by)
    for place in sorted(chosen):
        choose(turn=turn, students=chosen[place], place=place.key, by=by)
    confirm_turn(turn=turn, by=by)
    rows = Enrolment.objects.filter(plan__maquette=year.maquette).select_related("student", "plan__parcours")
    for step in steps:
        if step.plot == Plot.RESIGNED:
            rows.filter(student__nip=step.identity.nip).update(**fate(step))
    year.enrolments |= {(row.student.nip, row.plan.semester): row for row in rows.order_by("pk")}


def enter_marks(year: Year, steps: Iterable[Step], teaching: Teaching, staff: Staff) -> int:
    """Write the marks that the teachers have entered so far, and what they published; return how many there are."""
    order = {enrolment.pk: enrolment.student.alphabetical for enrolment in year.enrolments.values()}
    count = 0
    published: list[int] = []
    for module, entries in entries_of(year, steps, teaching, detailed=True):
        entered = list(_entered(module, sorted(entries, key=lambda entry: order[entry.enrolment_id])))
        record_marks(module=module, entries=entered, kind=Act.Kind.LOAD, by=staff.teaching(module))
        published += _published(module, entries, entered)
        count += len(entered)
    Evaluation.objects.filter(pk__in=published).update(state=Evaluation.State.PUBLISHED)
    return count


def _published(module: Module, entries: Iterable[Entry], entered: Iterable[Entry]) -> Iterator[int]:
    """Yield the evaluations whose marks are all there; one teacher in four has still to publish them."""
    due = Counter(entry.evaluation_id for entry in entries)
    there = Counter(entry.evaluation_id for entry in entered if entry.value != AWAITED)
    for rank, evaluation in enumerate(sorted(due)):
        if there[evaluation] == due[evaluation] and dice("published", module.key, rank).randrange(4):
            yield evaluation


def _entered(module: Module, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield what is entered, of entries in the order of the sheet: it is begun at its top, and may await a mark."""
    sheets = defaultdict[int, list[Entry]](list)
    for entry in entries:
        sheets[entry.evaluation_id].append(entry)
    for evaluation in module.evaluations.filter(pk__in=sheets).order_by("position"):
        sheet = sheets[evaluation.pk]
        chance = dice("entered", module.key, evaluation.position)
        halves = _halves(evaluation, chance.randrange(6))
        if halves == 2 and chance.randrange(4) == 0:
            late = chance.randrange(len(sheet))
            sheet[late] = replace(sheet[late], value=AWAITED)
        yield from sheet[: len(sheet) * halves // 2]


def _halves(evaluation: Evaluation, luck: int) -> int:
    """Tell how many halves of a sheet are entered, from its age and a throw of six: marking takes three weeks."""
    age = (TODAY - evaluation.held_on).days if evaluation.held_on else 0
    if age > 21:
        return (1, 2, 2, 2, 2, 2)[luck]
    if age > 7:
        return (0, 1, 1, 2, 2, 2)[luck]
    return (0, 0, 0, 0, 1, 1)[luck]
