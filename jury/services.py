"""Every write of the jury: preparing it, opening it, deciding, closing. What is closed is never written again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from curriculum import journal
from curriculum.models import Formation, Module, Plan
from curriculum.templatetags.figures import day
from grades.models import Evaluation
from jury import seal
from jury.dossiers import dossiers_of
from jury.drift import drift_of
from jury.engine.codes import UECode
from jury.engine.dossier import YEAR
from jury.engine.strict import Refused
from jury.engine.verdict import deliberate
from jury.engine.wire import read_dossier
from jury.judged import Judged
from jury.models import Decision, Drift, JuryMember, JurySession, Record, Ruling, judgeable
from jury.regulations.parameters import ungrounded
from jury.regulations.services import freeze, hold
from jury.sitting import Sitting, live, regulation_of
from people.models import Enrolment, Student

if TYPE_CHECKING:
    from people.models import User

journal.declare(
    jury_prepared="Jury préparé",
    jury_amended="Préparation du jury modifiée",
    jury_opened="Jury ouvert, notes verrouillées",
    ruling_made="Décision du jury",
    ruling_withdrawn="Décision du jury retirée",
    jury_closed="Jury clos et scellé",
    jury_checked="Jury clos comparé aux notes d’aujourd’hui",
)

State = JurySession.State
NAMES = 6
"""How many students a refusal names before it counts the others."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of a jury, as `prepare_session` receives it; `quality` is a `JuryMember.Quality`."""

    name: str
    function: str
    quality: str
    present: bool = True
    excuse: str = ""


@transaction.atomic
def prepare_session(
    *,
    formation: Formation,
    academic_year: str,
    semester: int,
    plans: Sequence[Plan],
    held_on: date,
    place: str = "",
    nomination: str = "",
    members: Iterable[Seat] = (),
    by: "User | None",
) -> JurySession:
    """Prepare the jury of some Plans at the end of a semester (even: the whole year, N-14). Raises ValidationError."""
    session = JurySession(
        formation=formation,
        academic_year=academic_year,
        semester=semester,
        held_on=held_on,
        place=place.strip(),
        nomination=nomination.strip(),
    )
    session.full_clean()
    _check_plans(session, plans)
    session.save()
    session.plans.set(plans)
    seat(session, members)
    after = {"session": str(session), "held_on": held_on.isoformat(), "plans": [str(plan) for plan in plans]}
    journal.record("jury_prepared", session, by=by, formation=formation, after=after)
    return session


@transaction.atomic
def amend_session(
    *,
    session: JurySession,
    held_on: date,
    place: str,
    nomination: str,
    members: Iterable[Seat],
    by: "User | None",
) -> JurySession:
    """Change when and where a jury sits and who sits in it, as long as it is not closed. Raises ValidationError."""
    session = hold_session(session, State.PREPARATION, State.OPEN)
    before = _summary(session)
    session.held_on, session.place, session.nomination = held_on, place.strip(), nomination.strip()
    session.full_clean()
    session.save()
    session.members.all().delete()
    seat(session, members)
    journal.record("jury_amended", session, by=by, formation=session.formation, before=before, after=_summary(session))
    return session


@transaction.atomic
def open_session(*, session: JurySession, at: datetime | None = None, by: "User | None") -> JurySession:
    """Open a jury: the marks that it judges are locked, its règlement is noted (N-19). Raises ValidationError.

    `at` is when it was opened, for a jury that is entered after it sat; now unless told.
    """
    session = hold_session(session, State.PREPARATION)
    sitting = live(session)
    if not sitting.students:
        raise ValidationError("Aucun étudiant n’est inscrit dans les tableaux de ce jury.")
    if errors := [sentence for where, sentence in _errors(sitting) if where]:
        raise ValidationError(errors)
    session.state, session.opened_at = State.OPEN, at or timezone.now()
    session.opened_with = sitting.document["regulation"]["parameters"]
    session.save()
    locked = _lock_marks(session)
    journal.record("jury_opened", session, by=by, formation=session.formation, after={"evaluations": locked})
    return session


@transaction.atomic
def rule(
    *, session: JurySession, student: Student, target: str, decision: str, reason: str, by: "User | None"
) -> Ruling:
    """Decide over the proposal, on a UE, a RCUE (`Qualité/2`) or the `year`; a second decision replaces the first.

    Raises ValidationError: the jury is not sitting, the student does not come before it, no reason, or what the
    engine refuses (N-14; targets and decisions of deliberate.md), in its own sentence.
    """
    session = hold_session(session, State.OPEN)
    if not reason.strip():
        raise ValidationError({"reason": "Une décision du jury a un motif\xa0: écrivez-le."})
    ruling = Ruling.objects.filter(session=session, student=student, target=target).first()
    before = _told(ruling)
    ruling = ruling or Ruling(session=session, student=student, target=target)
    ruling.decision, ruling.reason, ruling.by = decision, reason.strip(), by
    _check_ruling(session, ruling)
    ruling.full_clean()
    ruling.save()
    journal.record("ruling_made", ruling, by=by, formation=session.formation, before=before, after=_told(ruling))
    return ruling


@transaction.atomic
def withdraw_ruling(*, session: JurySession, student: Student, target: str, by: "User | None") -> None:
    """Take a decision of the jury back, so that the proposal stands again. Raises ValidationError."""
    session = hold_session(session, State.OPEN)
    ruling = Ruling.objects.filter(session=session, student=student, target=target).first()
    if ruling is None:
        raise ValidationError(f"Le jury n’a rien décidé sur {target} pour {student}.")
    journal.record("ruling_withdrawn", ruling, by=by, formation=session.formation, before=_told(ruling))
    ruling.delete()


@transaction.atomic
def close_session(*, session: JurySession, at: datetime | None = None, by: "User | None") -> Record:
    """Close a jury: its decisions are written and its record sealed, whole or not at all. Raises ValidationError.

    One ValidationError lists everything that is still in the way: no president or no other member present (N-22), a
    UE that cannot be computed, a dossier that the engine refuses, a year left undecided, a parameter without the
    article that it needs. The first jury of a year to close freezes its règlement (N-19). `at` is when it was closed,
    for a jury that is entered after it sat; now unless told.
    """
    session = hold_session(session, State.OPEN)
    session.closed_at = at or timezone.now()
    if session.opened_at and session.closed_at < session.opened_at:
        raise ValidationError("Un jury est clos après avoir été ouvert.")
    regulation = hold(session.formation, session.academic_year)  # nobody changes it while it is sealed
    sitting = live(session)
    if in_the_way := obstacles(sitting):
        raise ValidationError(in_the_way)
    session.state = State.CLOSED
    session.save()
    freeze(regulation, session)
    Decision.objects.bulk_create(decision for judged in sitting.students for decision in _decisions(session, judged))
    try:
        with transaction.atomic():
            record = seal.seal(session, sitting.document)
    except IntegrityError:
        raise ValidationError("Un autre jury vient d’être scellé au même instant\xa0: recommencez.") from None
    after = {"students": len(sitting.students), "record": record.number, "sha256": record.sha256}
    journal.record("jury_closed", session, by=by, formation=session.formation, after=after)
    return record


@transaction.atomic
def check_session(*, session: JurySession, by: "User | None") -> list[Drift]:
    """Compare a closed jury with the rows as they are now, and keep what differs. Raises ValidationError: not closed.

    What it decided stays as it is: a new deliberation alone changes it (N-24).
    """
    session = hold_session(session, State.CLOSED)
    session.drifts.all().delete()
    found = Drift.objects.bulk_create(drift_of(session))
    session.checked_at = timezone.now()
    session.save()
    after = {"students": len({each.student_id for each in found}), "changes": len(found)}
    journal.record("jury_checked", session, by=by, formation=session.formation, after=after)
    return found


def hold_session(session: JurySession, *states: str) -> JurySession:
    """Take the row of a session for this transaction, if it is in one of these states."""
    locked = JurySession.objects.select_for_update(of=("self",)).select_related("formation").get(pk=session.pk)
    if locked.state in states:
        return locked
    raise ValidationError(
        {
            State.PREPARATION: "Ce jury n’est pas encore ouvert\xa0: ouvrez-le d’abord.",
            State.OPEN: "Ce jury est déjà ouvert.",
            State.CLOSED: "Ce jury est clos\xa0: rien n’y change plus.",
        }[State(locked.state)]
    )


def _check_plans(session: JurySession, plans: Sequence[Plan]) -> None:
    """Refuse Plans that cannot come together before this jury."""
    expected = " ou ".join(f"S{semester}" for semester in session.semesters)
    if not any(plan.semester == session.semester for plan in plans):
        raise ValidationError({"plans": f"Choisissez au moins un tableau du S{session.semester}."})
    for plan in plans:
        of_year = plan.academic_year == session.academic_year and plan.semester in session.semesters
        if plan.maquette.formation_id != session.formation_id or not of_year:
            year = session.academic_year
            raise ValidationError({"plans": f"{plan} n’est pas un tableau de {expected} de la formation en {year}."})
        other = JurySession.objects.filter(semester=session.semester, plans=plan).order_by("held_on").first()
        if other:
            raise ValidationError({"plans": f"{plan} passe déjà devant le jury du {day(other.held_on)}."})
    _check_figures(plans)


def _check_figures(plans: Sequence[Plan]) -> None:
    """Refuse Plans whose averages nobody can compute."""
    chosen = Plan.objects.filter(pk__in=[plan.pk for plan in plans])
    weighed = set(judgeable(chosen).values_list("pk", flat=True))
    shared = chosen.filter(parcours=None, plan_modules__module__parcours__isnull=False)
    alternatives = set(shared.values_list("pk", flat=True))
    for plan in plans:
        if plan.pk not in weighed:
            why = "n’a aucun coefficient\xa0: sans moyenne, un jury ne peut pas s’y tenir."
        elif plan.pk in alternatives:
            why = "réserve des modules à un parcours sans dire le sien\xa0: personne ne les suit."
        else:
            continue
        raise ValidationError({"plans": f"{plan} {why} Complétez la maquette."})


def seat(session: JurySession, members: Iterable[Seat]) -> None:
    for seat in members:
        member = JuryMember(session=session, **asdict(seat))
        member.full_clean()
        member.save()


def _summary(session: JurySession) -> dict[str, object]:
    """Tell the preparation of a jury to the journal."""
    members = session.members.order_by("name").values("name", "function", "quality", "present", "excuse")
    return {
        "held_on": session.held_on.isoformat(),
        "place": session.place,
        "nomination": session.nomination,
        "members": list(members),
    }


def _told(ruling: Ruling | None) -> dict[str, object] | None:
    """Tell a ruling to the journal."""
    if ruling is None:
        return None
    return {
        "student": ruling.student.nip,
        "target": ruling.target,
        "decision": ruling.decision,
        "reason": ruling.reason,
    }


def _lock_marks(session: JurySession) -> int:
    """Lock every evaluation of what the candidates follow before this jury; return how many there are.

    A draft stays one: it does not count, and would if it were locked.
    """
    followed = Enrolment.objects.filter(
        student__in=session.candidates(),
        plan__maquette__formation=session.formation_id,
        plan__academic_year=session.academic_year,
        plan__semester__in=session.semesters,
    )
    modules = Module.objects.filter(plan_modules__plan__in=followed.values("plan")).values("pk")
    # Whoever enters marks holds the row of their module: wait for them, then let nobody in.
    list(Module.objects.filter(pk__in=modules).select_for_update(of=("self",), no_key=True).order_by("pk"))
    return Evaluation.objects.counted().filter(module__in=modules).update(state=Evaluation.State.LOCKED)


def _check_ruling(session: JurySession, ruling: Ruling) -> None:
    """Refuse what the engine refuses, were this the jury's decision."""
    regulation, _ = regulation_of(session)
    candidate = next(iter(dossiers_of(session, regulation, ruling.student)), None)
    if candidate is None:
        raise ValidationError(f"{ruling.student} ne passe pas devant ce jury.")
    if candidate.settled and ruling.target == YEAR:
        raise ValidationError(
            f"Un jury antérieur a déjà décidé du passage de {ruling.student}\xa0: celui-ci ne juge que ses UE."
        )
    line = {"target": ruling.target, "decision": ruling.decision, "reason": ruling.reason}
    others = [other for other in candidate.dossier["jury"] if other["target"] != ruling.target]
    try:
        deliberate(*read_dossier(candidate.dossier | {"jury": [*others, line]}, regulation), reasons=False)
    except Refused as refused:
        raise ValidationError(refused.message) from None


def _errors(sitting: Sitting) -> Iterator[tuple[str, str]]:
    """Yield what is wrong in the rows, each error once: the UE that it is about (or nothing), and a sentence."""
    concerned = defaultdict(list)
    for judged in sitting.students:
        for anomaly in judged.anomalies:
            if anomaly.level == "error":
                concerned[anomaly.where, anomaly.sentence].append(judged)
    for (where, sentence), students in concerned.items():
        yield where, f"{where or 'Dossier refusé'}\xa0: {sentence} ({_names(students)})"


def obstacles(sitting: Sitting) -> list[str]:
    """Return every sentence that keeps a jury from closing; none when it may."""
    found = []
    present = [member["quality"] for member in sitting.document["members"] if member["present"]]
    if JuryMember.Quality.PRESIDENT not in present:
        found.append("Le jury n’a pas de président présent\xa0: désignez-le avant de clore (N-14).")
    if len(present) < 2:
        found.append("Aucun membre n’est présent avec le président\xa0: complétez la liste avant de clore (N-22).")
    regulation = sitting.document["regulation"]
    found += ungrounded(regulation["parameters"], regulation["articles"]).values()
    found += [sentence for _, sentence in _errors(sitting)]
    if undecided := [judged for judged in sitting.students if judged.undecided]:
        found.append(f"Le jury n’a pas décidé de l’année de {_names(undecided)}.")
    return found


def _names(students: Sequence[Judged]) -> str:
    """List a few students, and count the others."""
    names = ", ".join(judged.name for judged in students[:NAMES])
    others = len(students) - NAMES
    return f"{names} et {others} autre{'s' if others > 1 else ''}" if others > 0 else names


def _decisions(session: JurySession, judged: Judged) -> Iterator[Decision]:
    """Yield the rows of one student: each UE and RCUE before the jury, the older UEs that it acquires, the year.

    A UE that the jury acquired through its RCUE takes the reason of that decision.
    """
    reasons = {line["target"]: line["reason"] for line in judged.rulings}

    def decision(kind: str, target: str, code: str | None, **fields: Any) -> Decision:
        proposed, reason = judged.proposals.get(target) or "", reasons.get(target, "")
        common = {"session": session, "student_id": judged.student_id, "proposed": proposed, "reason": reason}
        return Decision(kind=kind, target=target, code=code or "", **common | fields)

    for level in judged.levels:
        of_level = {"competence": level.competence, "level": level.level}
        for ue in level.ues:
            fields = of_level | {"semester": ue.semester, "ects": ue.ects, "average": ue.average or ""}
            through = {"reason": reasons.get(level.target, "")} if ue.decision == UECode.ADJR else {}
            yield decision(Decision.Kind.UE, ue.code, ue.decision, **fields | through)
        if level.decision:
            yield decision(Decision.Kind.RCUE, level.target, level.decision, average=level.average or "", **of_level)
    for line, code, _ in judged.repaid:
        fields = {key: line[key] for key in ("semester", "competence", "level", "ects")}
        fields |= {
            "average": line.get("average", ""),
            "proposed": judged.proposals.get(line["code"]) or line["decision"],
        }
        yield decision(Decision.Kind.UE, line["code"], code, **fields)
    if judged.year:
        yield decision(Decision.Kind.YEAR, YEAR, judged.year)
