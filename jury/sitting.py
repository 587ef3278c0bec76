"""A jury as its pages and documents see it: computed from the rows while it may change, then read from its record.

`sitting_of` gives both the same face: `Sitting.document` is the record (jury/seal.py), sealed or not yet, and
`Sitting.students` the same students, ready to be shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from django.db.models import Q

from attendance.counts import AbsenceCounts, counts_for
from curriculum.models import Maquette
from jury import seal
from jury.anomalies import Anomaly, defaulting
from jury.averaging import regulation_in_force
from jury.dossiers import Candidate, dossiers_of
from jury.engine.codes import UECode
from jury.engine.dossier import YEAR, UEState
from jury.engine.regulation import Regulation, as_json
from jury.engine.strict import Refused
from jury.engine.verdict import Verdict, deliberate
from jury.engine.wire import SCHEMA as ENGINE
from jury.engine.wire import read_dossier, verdict_json
from jury.history import Json
from jury.judged import Judged
from jury.models import JurySession
from jury.models import Regulation as RegulationRow
from jury.seal import Document, MaquettePart, MemberPart, SessionPart, StudentPart
from people.models import Student
from people.search import folded

UNJUDGED: Json = {
    "ues": [],
    "rcues": [],
    "year": {"decision": None, "options": []},
    "authorised": [],
    "adsup": [],
    "ects": "0",
    "ects_total": "0",
    "dut": False,
    "but": False,
    "flags": [],
    "reasons": [],
}
"""Stands for the verdict on a dossier that the engine refuses: nothing is decided. No such dossier is ever sealed."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One jury whole; students are in alphabetical order."""

    session: JurySession
    document: Document
    students: tuple[Judged, ...]

    @property
    def sealed(self) -> bool:
        """Whether it is read from its record."""
        return "number" in self.document

    @property
    def fingerprint(self) -> str:
        """The first letters of the SHA-256 of the parameters: two juries that show the same applied the same."""
        return seal.digest(seal.canonical(self.document["regulation"]["parameters"]))[:12]

    @property
    def notices(self) -> list[Anomaly]:
        """The anomalies that most students of a parcours have: they are the maquette's, and are said once."""
        groups: dict[str, list[Judged]] = {}
        for judged in self.students:
            groups.setdefault(judged.part["parcours"], []).append(judged)
        found: dict[Anomaly, None] = {}
        for group in groups.values():
            counts = Counter(anomaly for judged in group for anomaly in judged.anomalies)
            found |= {anomaly: None for anomaly, count in counts.items() if count > 1 and 2 * count > len(group)}
        return list(found)

    @property
    def waiting(self) -> list[Judged]:
        """The students one of whose UEs waits for a mark or a stage."""
        awaited = {UEState.PENDING, UEState.STAGE}
        return [
            judged
            for judged in self.students
            if any(line.get("state") in awaited for line in judged.part["dossier"]["ues"])
        ]

    def find(self, student_id: int) -> Judged | None:
        """Return one of its students."""
        return next((judged for judged in self.students if judged.student_id == student_id), None)


def sitting_of(session: JurySession) -> Sitting:
    """Return a jury from its record when it is closed, else from the rows as they are now."""
    return _sealed(session) if session.state == JurySession.State.CLOSED else live(session)


def _sealed(session: JurySession) -> Sitting:
    document = seal.opened(session.record)
    parameters = document["regulation"]["parameters"]
    nips = [part["nip"] for part in document["students"]]
    ids = dict(Student.objects.filter(nip__in=nips).values_list("nip", "pk"))
    proposals: dict[str, dict[str, str | None]] = {nip: {} for nip in nips}
    for nip, target, code in session.decisions.values_list("student__nip", "target", "proposed"):
        proposals.setdefault(nip, {})[target] = code or None
    students = tuple(
        # 0: the NIP was corrected since. The record stands, and no page of today is about it.
        Judged(ids.get(part["nip"], 0), part, parameters, proposals[part["nip"]])
        for part in document["students"]
    )
    return Sitting(session, document, students)


def regulation_of(session: JurySession) -> tuple[Regulation, RegulationRow | None]:
    """Return the règlement that a jury applies, and its row."""
    return regulation_in_force(session.formation_id, session.academic_year)


def live(session: JurySession) -> Sitting:
    """Compute a jury from the rows as they are now: some twenty queries, whatever the number of students."""
    regulation, row = regulation_of(session)
    candidates = dossiers_of(session, regulation)
    articles = row.articles if row else {}
    students = judged_with(candidates, regulation, articles)
    document: Document = {
        "schema": seal.SCHEMA,
        "engine": ENGINE,
        "session": _session_part(session),
        "maquette": _maquette_part(session, candidates),
        "regulation": {
            "reference": row.reference if row else "",
            "parameters": as_json(regulation),
            "articles": articles,
        },
        "members": _member_parts(session),
        "students": [judged.part for judged in students],
    }
    return Sitting(session, document, students)


def judged_with(
    candidates: Sequence[Candidate], regulation: Regulation, articles: Mapping[str, str]
) -> tuple[Judged, ...]:
    """Judge candidates under a règlement, in their order."""
    absences = counts_for([*{each.plan for candidate in candidates for each in candidate.enrolments}])
    bench = _Bench(regulation, as_json(regulation), articles, absences)
    return tuple(bench.judged(candidate) for candidate in candidates)


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every dossier of one jury is judged with."""

    regulation: Regulation
    parameters: Json
    articles: Mapping[str, str]
    absences: Mapping[int, AbsenceCounts]

    def judged(self, candidate: Candidate) -> Judged:
        """Judge one candidate; a dossier that the engine refuses becomes an anomaly that keeps the jury open."""
        dossier, anomalies = candidate.dossier, (*candidate.anomalies, *defaulting(candidate.dossier, self.articles))
        try:
            verdict = deliberate(*read_dossier(dossier, self.regulation))
            alone = dossier | {"jury": []}
            before = deliberate(*read_dossier(alone, self.regulation), reasons=False) if dossier["jury"] else verdict
        except Refused as refused:
            anomalies = (Anomaly("error", "", refused.message), *anomalies)
            part = self._part(candidate, UNJUDGED | {"id": dossier["id"]})
            return Judged(candidate.student.pk, part, self.parameters, {}, anomalies, refused.message)
        part = self._part(candidate, verdict_json(verdict))
        codes = _codes(before) | ({YEAR: None} if candidate.settled else {})
        return Judged(candidate.student.pk, part, self.parameters, codes, anomalies)

    def _part(self, candidate: Candidate, verdict: Json) -> StudentPart:
        student, plan = candidate.student, candidate.enrolments[-1].plan
        part: StudentPart = {
            "nip": student.nip,
            "ine": student.ine,
            "last_name": student.last_name,
            "usage_name": student.usage_name,
            "first_names": student.first_names,
            "birth_date": _iso(student.birth_date),
            "birth_place": student.birth_place,
            "parcours": plan.parcours.code if plan.parcours else "",
            "modality": plan.modality,
            "repeating": any(each.repeating for each in candidate.enrolments),
            "status": candidate.dossier["status"],
            "absences": asdict(self.absences.get(student.pk, AbsenceCounts())),
            "dossier": candidate.dossier,
            "verdict": verdict,
        }
        if candidate.settled:
            part["settled"] = True
        return part


def _codes(verdict: Verdict) -> dict[str, str | None]:
    """Return every code of a verdict, by target."""
    codes: dict[str, str | None] = {ue.code: ue.decision for ue in verdict.ues}
    codes |= {f"{rcue.competence}/{rcue.level}": rcue.decision for rcue in verdict.rcues}
    return codes | dict.fromkeys(verdict.adsup, UECode.ADSUP) | {YEAR: verdict.decision}


def _session_part(session: JurySession) -> SessionPart:
    formation = session.formation
    part: SessionPart = {
        "formation": formation.code,
        "speciality": formation.speciality,
        "institution": formation.institution,
        "academic_year": session.academic_year,
        "semester": session.semester,
        "semesters": session.semesters,
        "held_on": session.held_on.isoformat(),
        "place": session.place,
        "nomination": session.nomination,
        "opened_at": _iso(session.opened_at),
        "closed_at": _iso(session.closed_at),
    }
    if session.follows:
        record = session.follows.record
        part["follows"] = {"number": record.number, "sha256": record.sha256, "purpose": session.purpose}
    return part


def _maquette_part(session: JurySession, candidates: Iterable[Candidate]) -> MaquettePart:
    """Tell the maquette that the students follow: one version, or several when it changed during the year."""
    followed = {each.plan.maquette_id for candidate in candidates for each in candidate.enrolments}
    known = Maquette.objects.filter(Q(pk__in=followed) | Q(plans__jury_sessions=session)).distinct()
    versions: list[MaquettePart] = [
        {
            "code": session.formation.code,
            "year": maquette.academic_year,
            "version": maquette.version,
            "sha256": maquette.source_sha256,
        }
        for maquette in known.order_by("academic_year", "version", "pk")
    ]
    latest = versions[-1]
    if len(versions) > 1:
        latest = {**latest, "versions": versions}
    return latest


def _member_parts(session: JurySession) -> list[MemberPart]:
    """Tell the members: the president, then by name."""
    members = sorted(session.members.all(), key=lambda each: (each.quality != "president", folded(each.name), each.pk))
    return [
        {
            "name": each.name,
            "function": each.function,
            "quality": each.quality,
            "present": each.present,
            "excuse": each.excuse,
        }
        for each in members
    ]


def _iso(moment: date | datetime | None) -> str | None:
    """Write a day, or a moment in UTC to the second."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    return moment.isoformat() if moment else None
