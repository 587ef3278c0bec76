"""The absences of one year: two séances of each module, and who was not there."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from attendance.models import Absence, Session
from attendance.services import Missing, record_absences
from curriculum.models import PlanModule
from jury.demo.cohort import Plot, Step
from jury.demo.load import Year, away
from jury.demo.people import dice
from jury.demo.teaching import is_working_day
from people.models import Enrolment, User

HOURS = (time(8), time(9, 45), time(13, 30), time(15, 15))
STATES = [Absence.State.UNJUSTIFIED] * 4 + [Absence.State.JUSTIFIED] * 4 + [Absence.State.PENDING]


def record(year: Year, steps: Iterable[Step], by: User, today: date = date.max) -> int:
    """Note who missed two séances of each module, as far as `today`; return how many absences there are."""
    followers = _followers(year, steps)
    modules = defaultdict(list)
    for each in PlanModule.objects.filter(plan__maquette=year.maquette).select_related("module").order_by("pk"):
        modules[each.module].append(each.plan_id)
    count = 0
    for rank, (module, plans) in enumerate(modules.items()):
        for kind in (Session.Kind.TD, Session.Kind.TP):
            starts_at = _moment(year, module.semester, 2 * rank + (kind == Session.Kind.TP))
            if starts_at.date() > today or not is_working_day(starts_at.date()):
                continue
            chance = dice("absences", module.key, kind, year.maquette.academic_year)
            missing = [
                Missing(
                    enrolment,
                    late_minutes=chance.choice((10, 15, 20)) if chance.randrange(6) == 0 else None,
                    state=chance.choice(STATES),
                )
                for plan_id in plans
                for enrolment, rate in followers[plan_id]
                if chance.randrange(100) < rate
            ]
            if missing:
                record_absences(module=module, kind=kind, starts_at=starts_at, minutes=90, missing=missing, by=by)
            count += len(missing)
    return count


def _followers(year: Year, steps: Iterable[Step]) -> dict[int, list[tuple[Enrolment, int]]]:
    """Return who attends each Plan, with how often they are absent, in hundredths: the weaker, the oftener."""
    followers = defaultdict(list)
    for step in steps:
        often = {Plot.ADM: 3, Plot.NAR: 14, Plot.DEFAULTING: 25}.get(step.plot, 6)
        for semester in step.semesters:
            if step.plot != Plot.RESIGNED and not away(step, semester):
                enrolment = year.enrolments[step.identity.nip, semester]
                followers[enrolment.plan_id].append((enrolment, often))
    return followers


def _moment(year: Year, semester: int, rank: int) -> datetime:
    """Return when a séance begins: no two of them at once, so that nobody can miss both."""
    first = int(year.maquette.academic_year[:4])
    weeks, place = divmod(rank, 5 * len(HOURS))
    weekday, hour = divmod(place, len(HOURS))
    monday = date(first, 9, 8) if semester % 2 else date(first + 1, 2, 2)
    day = monday - timedelta(days=monday.weekday()) + timedelta(weeks=weeks, days=weekday)
    return timezone.make_aware(datetime.combine(day, HOURS[hour]))
