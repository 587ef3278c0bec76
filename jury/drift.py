"""Drift: what a closed jury would decide today, were it made again from the rows as they have become.

Nothing that it decided changes: what differs is found (`drift_of`), kept beside it (`services.check_session`), shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from curriculum.journal import JournalEntry
from curriculum.models import Formation, Maquette
from grades.models import Act
from jury import seal
from jury.dossiers import Candidate, dossiers_of
from jury.engine.codes import UECode
from jury.engine.dossier import YEAR
from jury.engine.regulation import Regulation, override
from jury.engine.strict import Refused
from jury.engine.verdict import deliberate
from jury.engine.wire import read_dossier, verdict_json
from jury.history import Json, Slot
from jury.models import Drift, JurySession
from people.models import Equivalence, Student

JUDGED, ABSENT, REFUSED = "jugé", "absent", "refusé"
DOSSIER, ECTS = "dossier", "ECTS"


class Figure(NamedTuple):
    """A decision as it is printed: its name, its code, and an average or credits; each may be empty."""

    name: str
    code: str = ""
    value: str = ""


Outcomes = Mapping[object, Figure]


def drift_of(session: JurySession) -> list[Drift]:
    """Return what differs for each student of a closed jury, in the order of its record, as rows that are not saved.

    The same students, semesters, decisions of the jury and règlement; the marks, enrolments, stages and maquettes of
    today: some twenty queries, whatever the number of students.
    """
    document = seal.opened(session.record)
    regulation = override(Regulation(), document["regulation"]["parameters"])
    today = {candidate.student.nip: candidate for candidate in dossiers_of(session, regulation)}
    standing = session.decisions.exclude(student__decisions__session__follows=session)
    students = dict(standing.values_list("student__nip", "student_id").order_by("student_id").distinct())
    found: list[Drift] = []
    for part in document["students"]:
        if part["nip"] in students:  # else it was corrected since, and is nobody's; or was judged again
            before = outcomes(part["dossier"], part["verdict"], settled=part.get("settled", False))
            after = _again(today.get(part["nip"]), regulation)
            found += (
                Drift(
                    session=session,
                    student_id=students[part["nip"]],
                    target=was.name,
                    before_code=was.code,
                    before_value=was.value,
                    after_code=now.code,
                    after_value=now.value,
                )
                for was, now in _changes(before, after)
            )
    return found


def outcomes(dossier: Json, verdict: Json, *, settled: bool) -> Outcomes:
    """Return what a verdict decides: each UE by its place, whatever its code, each RCUE, the year, the credits."""
    lines = {line["code"]: line for line in (*dossier["record"], *dossier["ues"])}
    found: dict[object, Figure] = {}
    for ue in verdict["ues"]:
        found[Slot.of(lines[ue["code"]])] = Figure(ue["code"], ue["decision"], ue["average"] or "")
    for rcue in verdict["rcues"]:
        target = f"{rcue['competence']}/{rcue['level']}"
        found[target] = Figure(target, rcue["decision"], rcue["average"] or "")
    for code in verdict["adsup"]:
        found[Slot.of(lines[code])] = Figure(code, UECode.ADSUP)
    if len(dossier["semesters"]) == 2 and not settled:
        found[YEAR] = Figure(YEAR, verdict["year"]["decision"] or "")
    return found | {ECTS: Figure(ECTS, "", verdict["ects_total"]), DOSSIER: Figure(DOSSIER, JUDGED)}


def _again(candidate: Candidate | None, regulation: Regulation) -> Outcomes:
    """Judge a student as the rows are now."""
    if candidate is None:
        return {DOSSIER: Figure(DOSSIER, ABSENT)}
    try:
        verdict = deliberate(*read_dossier(candidate.dossier, regulation), reasons=False)
    except Refused:
        return {DOSSIER: Figure(DOSSIER, REFUSED)}
    return outcomes(candidate.dossier, verdict_json(verdict), settled=candidate.settled)


def _changes(before: Outcomes, after: Outcomes) -> Iterator[tuple[Figure, Figure]]:
    """Yield what is no longer the same; of a dossier that cannot be judged any more, that alone."""
    if before[DOSSIER] != after[DOSSIER]:
        yield before[DOSSIER], after[DOSSIER]
        return
    for key in (*before, *(key for key in after if key not in before)):
        nothing = Figure((before.get(key) or after[key]).name)
        was, now = before.get(key, nothing), after.get(key, nothing)
        if was[1:] != now[1:]:
            yield was, now


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of the drift of a closed jury; `touched`: marks or the maquette changed since it was checked."""

    checked_at: datetime
    touched: bool
    drifts: tuple[Drift, ...]

    @property
    def students(self) -> dict[Student, list[Drift]]:
        """What differs, by student, in alphabetical order."""
        found: dict[Student, list[Drift]] = {}
        for drift in sorted(self.drifts, key=lambda each: (each.student.alphabetical, each.pk)):
            found.setdefault(drift.student, []).append(drift)
        return found


def watch_of(session: JurySession) -> Watch:
    """Return what the last check of a closed jury found, and whether it is out of date: two queries."""
    since, touched = _watched(JurySession.objects.filter(pk=session.pk)).values_list("since", "touched").get()
    return Watch(since, touched, tuple(session.drifts.select_related("student").order_by("pk")))


def drifts_of(session: JurySession, student: Student) -> list[Drift]:
    """Return what the last check of a jury found of one student."""
    return list(session.drifts.filter(student=student).order_by("pk"))


def drifting(formation: Formation) -> QuerySet[JurySession]:
    """Return the closed juries of a formation to look at again, the latest first: one query.

    Each with `drifted`, how many students the last check found, and `touched`.
    """
    closed = _watched(JurySession.objects.filter(formation=formation, state=JurySession.State.CLOSED))
    counted = closed.annotate(drifted=Count("drifts__student", distinct=True))
    listed: QuerySet[Any] = counted.filter(Q(drifted__gt=0) | Q(touched=True))
    return listed.order_by("-held_on", "-semester", "-pk")


def _watched(closed: QuerySet[JurySession]) -> QuerySet[Any]:
    """Tell of closed juries when they were last compared (`since`), and whether inputs changed after (`touched`).

    Marks and equivalences tell when they were written, maquettes when they came, the journal when one was put in
    service: asking costs nothing to the services that write them, which know nothing of juries. An enrolment or a
    stage is found by the next check.
    """
    of_year = {"academic_year": OuterRef("academic_year"), "formation": OuterRef("formation")}
    acts = Act.objects.filter(
        at__gt=OuterRef("since"),
        module__semester__range=(OuterRef("first"), OuterRef("semester")),
        **{f"module__maquette__{name}": value for name, value in of_year.items()},
    )
    came = Maquette.objects.filter(imported_at__gt=OuterRef("since"), state=Maquette.State.IN_SERVICE, **of_year)
    served = JournalEntry.objects.filter(
        at__gt=OuterRef("since"),
        formation=OuterRef("formation"),
        action="maquette_put_in_service",
        target__contains=OuterRef("academic_year"),
    )
    granted = Equivalence.objects.filter(
        Q(at__gt=OuterRef("since")) | Q(withdrawn_at__gt=OuterRef("since")),
        student__decisions__session=OuterRef("pk"),
        niveau__competence__formation=OuterRef("formation"),
        semester__lte=OuterRef("semester"),
    )
    dated = closed.annotate(
        since=Coalesce("checked_at", "record__sealed_at"),
        first=F("semester") - 1 + F("semester") % 2,  # S3 for the juries of S3 and of S4
    )
    return dated.annotate(touched=Exists(acts) | Exists(came) | Exists(served) | Exists(granted))
