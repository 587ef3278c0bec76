"""The juries of the demonstration, held as any jury is: prepared, opened, ruled, closed and sealed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import NamedTuple

from django.utils import timezone

from curriculum.models import Maquette
from jury.demo.cohort import Plot, Step
from jury.demo.staff import Staff
from jury.engine.dossier import YEAR
from jury.judged import Judged
from jury.models import JuryMember, JurySession
from jury.services import Seat, close_session, open_session, prepare_session, rule
from jury.sitting import live
from people.models import Student

Quality = JuryMember.Quality

PROFESSIONALS = (
    Seat("Bruno Escaffre", "Responsable qualité, Causse Aéro", Quality.PROFESSIONAL),
    Seat("Anne Malaval", "Directrice logistique, Aubrac Logistique", Quality.PROFESSIONAL),
    Seat(
        "Yves Nogaret",
        "Chef d’atelier, Mécanique du Dourdou",
        Quality.PROFESSIONAL,
        present=False,
        excuse="audit client",
    ),
)
OPENS, CLOSES = time(14), time(17, 20)
SITTING_TEACHERS = (7, 8, 9, 10, 12)


class Gesture(NamedTuple):
    """What the jury says of one target; the reason is printed."""

    target: str
    decision: str
    reason: str


REASONS = {
    Plot.ADJ_UE: "Il manque 0,03 point au RCUE\xa0; progression régulière et projet de second semestre remarqué.",
    Plot.ADJ_RCUE: "Niveau de compétence jugé atteint au vu des SAÉ et de l’assiduité.",
    Plot.GATE: "Dette de première année levée\xa0: les acquis correspondants ont été démontrés en deuxième année.",
    Plot.PAS1NCI: "Difficultés localisées sur une seule compétence, au contexte connu du jury\xa0; suivi proposé.",
    Plot.RED: "Résultats insuffisants dans la moitié des compétences\xa0; redoublement demandé par l’étudiant.",
    Plot.NAR: (
        "Résultats très insuffisants dans toutes les compétences et nombreuses absences\xa0; étudiant entendu à sa"
        " demande, orientation conseillée vers un BTS en alternance."
    ),
}


def convene(maquette: Maquette, semester: int, staff: Staff) -> JurySession:
    """Prepare and open the jury of one semester (even: of the year)."""
    year = int(maquette.academic_year[:4]) + 1
    nomination = f"Arrêté du président de l’université n° {year}-{110 + semester} du 12 janvier {year}"
    session = prepare(maquette, semester, staff, nomination)
    return open_session(session=session, at=_hour(session, OPENS), by=staff.president)


def hold(
    maquette: Maquette, semester: int, steps: Iterable[Step], students: Mapping[str, Student], staff: Staff
) -> JurySession:
    """Hold the jury of one semester to its end: everything is decided, and sealed."""
    lives = {step.identity.nip: step for step in steps}
    session = convene(maquette, semester, staff)
    for judged in live(session).students:
        nip = judged.part["nip"]
        for gesture in _gestures(judged, lives[nip]):
            rule(session=session, student=students[nip], by=staff.president, **gesture._asdict())
    close_session(session=session, at=_hour(session, CLOSES), by=staff.president)
    return session


def _hour(session: JurySession, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(session.held_on, hour))


def prepare(maquette: Maquette, semester: int, staff: Staff, nomination: str = "") -> JurySession:
    """Prepare the jury of one semester; its members are not nominated before January."""
    year = int(maquette.academic_year[:4]) + 1
    return prepare_session(
        formation=maquette.formation,
        academic_year=maquette.academic_year,
        semester=semester,
        plans=list(maquette.plans.filter(semester=semester).order_by("position")),
        held_on=date(year, 2, 5) if semester % 2 else date(year, 7, 2),
        place="Salle du conseil",
        nomination=nomination,
        members=_members(staff),
        by=staff.accounts["secretariat"],
    )


def _members(staff: Staff) -> Iterable[Seat]:
    """Return who sits: in a tiny department, one person has several reasons to, and one seat."""
    seats = [
        Seat(str(staff.president), "Directrice de l’IUT", Quality.PRESIDENT),
        Seat(str(staff.accounts["etudes"]), "Directeur des études", Quality.TEACHER),
        *(Seat(str(staff.teachers[number]), "Enseignement", Quality.TEACHER) for number in SITTING_TEACHERS),
        *PROFESSIONALS,
    ]
    return {seat.name: seat for seat in reversed(seats)}.values()


def _gestures(judged: Judged, step: Step) -> Iterator[Gesture]:
    """Yield what the jury decides itself of one student: nothing at an odd jury, nor where the proposal stands."""
    if len(judged.part["dossier"]["semesters"]) < 2:
        return
    reason = REASONS.get(step.plot, "")
    weak = judged.levels[step.weak]
    match step.plot:
        case Plot.ADJ_UE:
            yield Gesture(weak.ues[-1].code, "ADJ", reason)
        case Plot.ADJ_RCUE:
            yield Gesture(weak.target, "ADJ", reason)
        case Plot.GATE:
            for debt in judged.debts:
                if debt["semester"] <= 2:
                    yield Gesture(debt["code"], "ADJ", reason)
        case Plot.PAS1NCI | Plot.RED | Plot.NAR:
            yield Gesture(YEAR, step.plot.name, reason)
