"""What rows keep of the past of the students of a jury: decisions, equivalences, years that were decided.

Each a fixed number of queries, whatever the number of students and of years.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from curriculum.models import UE
from jury.engine.codes import UE_ACQUIRED, UECode, YearCode
from jury.history import Decided, Json
from jury.models import Decision, JurySession
from people.models import Equivalence, Student

if TYPE_CHECKING:
    from jury.dossiers import Judging

PASSES = (YearCode.ADM, YearCode.ADJ, YearCode.PASD, YearCode.PAS1NCI)
"""The decisions on a year that open the next one."""


def _earlier(session: "Judging") -> Q:
    """Return which decisions a jury could know: of closed juries, sealed before it when it is closed itself."""
    known = Q(session__formation=session.formation_id, session__state=JurySession.State.CLOSED)
    if isinstance(session, JurySession) and session.state == JurySession.State.CLOSED:
        known &= Q(session__record__number__lt=session.record.number)
    return known & ~Q(session=session.pk)


def decided(session: "Judging", students: QuerySet[Student]) -> Mapping[int, list[Decided]]:
    """Return, by student id, what earlier juries decided on the UEs of the cursus up to this year, the latest last.

    Of the semester that this very year's odd jury decided, only what it acquired stands: acquired for good (N-20),
    while a UE that was provisionally not acquired (I-16) is judged again on its marks.
    """
    rows = Decision.objects.filter(
        _earlier(session),
        kind=Decision.Kind.UE,
        student__in=students,
        semester__lte=2 * session.but_year,
    )
    provisional = Q(session__academic_year=session.academic_year, semester__in=session.semesters)
    decided: dict[int, list[Decided]] = defaultdict(list)
    ordered = rows.exclude(provisional & ~Q(code__in=UE_ACQUIRED)).select_related("session")
    for row in ordered.order_by("session__closed_at", "session_id", "pk"):
        line = {
            "code": row.target,
            "semester": row.semester,
            "competence": row.competence,
            "level": row.level,
            "ects": row.ects,
            "decision": row.code,
        }
        line |= {"average": row.average} if row.average else {}
        decided[row.student_id].append(Decided(line, row.session.academic_year))
    return decided


def equivalences(session: "Judging", students: QuerySet[Student]) -> Mapping[int, list[Json]]:
    """Return, by student id, what they acquired elsewhere up to this year, as lines of a record (N-26, N-28)."""
    rows = Equivalence.objects.in_force().filter(
        student__in=students,
        niveau__competence__formation=session.formation_id,
        semester__lte=2 * session.but_year,
    )
    found: dict[int, list[Json]] = defaultdict(list)
    for row in rows.select_related("niveau__competence").order_by("semester", "pk"):
        line: Json = {
            "code": str(row),
            "title": row.origin,
            "semester": row.semester,
            "competence": row.niveau.competence.code,
            "level": row.niveau.number,
            "ects": format(row.ects, "f"),
            "decision": UECode.EQV.value,
        }
        line |= {} if row.mark is None else {"average": format(row.mark, "f")}
        found[row.student_id].append(line)
    return found


def settled(session: "Judging", students: QuerySet[Student]) -> set[int]:
    """Return the ids of the students whose year of BUT an earlier year's jury decided, and let them through."""
    rows = Decision.objects.filter(
        _earlier(session),
        kind=Decision.Kind.YEAR,
        student__in=students,
        session__semester=2 * session.but_year,
        session__academic_year__lt=session.academic_year,
        code__in=PASSES,
    )
    return set(rows.values_list("student_id", flat=True))


def specific(session: "Judging") -> Mapping[str, set[str | None]]:
    """Return the parcours of each competence of the formation, by code; None stands for the common Plans."""
    rows = UE.objects.filter(plan__maquette__formation=session.formation_id).order_by()
    found: dict[str, set[str | None]] = defaultdict(set)
    for competence, parcours in rows.values_list("niveau__competence__code", "plan__parcours__code").distinct():
        found[competence].add(parcours)
    return found
