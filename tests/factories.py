"""Builders for every model: `factories.mark(value="12,50")` makes what a mark needs, and nothing random.

A parent that is not given is the one everybody shares (formation QLIO, its maquette of 2025-2026), so that two
builders called side by side speak of the same world; leaves (students, users, evaluations, séances) are new each time.
Every field of the model can be given by its name.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from attendance.models import Absence, Session
from curriculum import readings
from curriculum.models import (
    UE,
    Coefficient,
    Competence,
    EvaluationPattern,
    Formation,
    Maquette,
    Module,
    Niveau,
    Parcours,
    Plan,
    PlanModule,
    Upload,
)
from curriculum.workbook import codec
from curriculum.workbook import draft as drafts
from curriculum.workbook.draft import HOURS
from grades.models import Act, Adjustment, Evaluation, Mark, Placement
from jury.models import Decision, JuryMember, JurySession, Regulation, Ruling, Turn, TurnAct
from people.models import Enrolment, Equivalence, Group, Role, Service, Student, User

YEAR = "2025-2026"
PASSWORD = "une phrase de passe fictive"  # noqa: S105
_serial = count(1)


# --- curriculum


def formation(code: str = "QLIO", **fields: Any) -> Formation:
    """The formation of this code."""
    defaults = {"speciality": f"Spécialité {code}", "institution": "IUT de Villefranche-sur-Test"}
    return Formation.objects.get_or_create(code=code, defaults=defaults | fields)[0]


def parcours(code: str = "OSC", **fields: Any) -> Parcours:
    """The parcours of this code."""
    parent = fields.pop("formation", None) or formation()
    return Parcours.objects.get_or_create(formation=parent, code=code, defaults={"title": code} | fields)[0]


def niveau(competence: str = "C1", number: int = 1, **fields: Any) -> Niveau:
    """The niveau of a competence, given by its code; taught in the BUT year of its number unless told otherwise."""
    parent = fields.pop("formation", None) or formation()
    owner, _ = Competence.objects.get_or_create(
        formation=parent, code=competence, defaults={"title": f"Compétence {competence}"}
    )
    return Niveau.objects.get_or_create(competence=owner, number=number, but_year=fields.pop("but_year", number))[0]


def maquette(**fields: Any) -> Maquette:
    """The maquette of a formation and a year, in service."""
    parent = fields.pop("formation", None) or formation()
    key = {name: fields.pop(name, default) for name, default in {"academic_year": YEAR, "version": 1}.items()}
    defaults = {"state": "en_service", "layout": "test", "source_name": "maquette.xlsx", "source_sha256": "0" * 64}
    return Maquette.objects.get_or_create(formation=parent, **key, defaults=defaults | fields)[0]


def plan(
    semester: int = 1,
    *,
    ues: Sequence[str] | None = None,
    modules: Iterable[str] | Mapping[str, Mapping[str, str]] | None = None,
    **fields: Any,
) -> Plan:
    """A new Plan with its UEs (30 ECTS shared) and its modules.

    `ues` are codes (default UE<semester>.1 and UE<semester>.2; the n-th is of competence Cn, so that the UEs of two
    semesters of a year pair into RCUEs). `modules` are keys, each of coefficient 1 in every UE, or
    `{"R1.01": {"UE1.1": "2"}}`. A module that the maquette has already is shared (default R<semester>.01 and .02).
    """
    parent = fields.pop("maquette", None) or maquette()
    codes = [f"UE{semester}.{rank}" for rank in (1, 2)] if ues is None else list(ues)
    keys = [f"R{semester}.{rank:02}" for rank in (1, 2)] if modules is None else modules
    defaults = {
        "position": parent.plans.count() + 1,
        "academic_year": parent.academic_year,
        "sheet": f"S{semester}",
        "semester": semester,
    }
    made = Plan.objects.create(maquette=parent, **defaults | fields)
    shares = [30 // len(codes) + (rank < 30 % len(codes)) for rank in range(len(codes))]
    for rank, code in enumerate(codes, start=1):
        step = niveau(f"C{rank}", made.but_year, formation=parent.formation)
        ue(made, code, niveau=step, ects=shares[rank - 1])
    weights = keys if isinstance(keys, Mapping) else {key: dict.fromkeys(codes, "1") for key in keys}
    for key, coefficients in weights.items():
        plan_module(made, module(key, maquette=parent, semester=semester), coefficients)
    return made


def ue(of: Plan, code: str, **fields: Any) -> UE:
    """A UE of a Plan."""
    step = fields.pop("niveau", None) or niveau(number=of.but_year, formation=of.maquette.formation)
    defaults = {"position": of.ues.count() + 1, "title": f"Intitulé de {code}", "ects": Decimal(10)}
    return UE.objects.create(plan=of, code=code, niveau=step, **defaults | fields)


def module(key: str = "R1.01", **fields: Any) -> Module:
    """The module of this key; SAÉ or ressource by the look of the key."""
    parent = fields.pop("maquette", None) or maquette()
    names = {"semester": fields.pop("semester", 1), "key": key, "parcours": fields.pop("parcours", None)}
    defaults = {"title": f"Intitulé de {key}", "kind": "sae" if key.upper().startswith("SA") else "ressource"}
    return Module.objects.get_or_create(maquette=parent, **names, defaults=defaults | fields)[0]


def plan_module(of: Plan, taught: Module, coefficients: Mapping[str, str], **fields: Any) -> PlanModule:
    """A module in a Plan, with its coefficients by UE code."""
    defaults = {
        "position": of.plan_modules.count() + 1,
        "code": taught.key,
        "title": taught.title,
        "pole": "ressource",
    }
    made = PlanModule.objects.create(plan=of, module=taught, **defaults | fields)
    owners = {owner.code: owner for owner in of.ues.all()}
    for code, value in coefficients.items():
        Coefficient.objects.create(plan_module=made, ue=owners[code], value=Decimal(value))
    return made


def upload(**fields: Any) -> Upload:
    """A workbook on its way in, understood: one table of one module and one UE."""
    parent = fields.pop("formation", None) or formation()
    author = fields.pop("by", None) or user("secretariat", formation=parent)
    module = drafts.Module(
        "R1.01", "R1.01", "Intitulé de R1.01", "ressource", "ressource", dict.fromkeys(HOURS), {"UE1.1": "1"}, {}, ()
    )
    ue = drafts.UE("UE1.1", None, "UE1", 1, "30")
    table = drafts.Semester("S1", 1, None, None, YEAR, (ue,), drafts.Declared(), (module,))
    said = drafts.Formation(parent.code, parent.speciality, parent.institution or None, YEAR)
    defaults = {
        "name": "maquette.xlsx",
        "sha256": "0" * 64,
        "content": b"",
        "state": "lu",
        "layout": "test",
        "read": codec.dumps(drafts.Draft(said, (table,))),
        "traces": [readings.dump(table.trace)],
    }
    return Upload.objects.create(formation=parent, by=author, **defaults | fields)


def pattern(of: PlanModule, label: str = "Devoir surveillé", **fields: Any) -> EvaluationPattern:
    """A modality promised by the MCC."""
    defaults = {"position": of.patterns.count() + 1, "count": 1, "weight": Decimal(1)}
    return EvaluationPattern.objects.create(plan_module=of, label=label, **defaults | fields)


# --- people


def user(*roles: str, **fields: Any) -> User:
    """Somebody with these roles (`Role.Kind` values) in one formation; `PASSWORD` opens the door."""
    number = next(_serial)
    parent = fields.pop("formation", None)
    defaults = {"email": f"personne{number}@exemple.fr", "first_name": "Camille", "last_name": f"Personne{number}"}
    made = User.objects.create_user(**{"password": PASSWORD} | defaults | fields)
    for kind in roles:
        role(made, kind, formation=parent)
    return made


def role(who: User, kind: str, **fields: Any) -> Role:
    """A role of a user."""
    parent = fields.pop("formation", None) or formation()
    return Role.objects.create(user=who, kind=kind, formation=parent)


def student(**fields: Any) -> Student:
    """A new student; NIPs and names are numbered, so that creation order is alphabetical order."""
    number = next(_serial)
    defaults = {
        "nip": f"F{number:07}",
        "ine": f"{number:09}FF",
        "last_name": f"Étudiant{number:05}",
        "first_names": "Alix, Dominique",
        "birth_date": date(2006, 3, 12),
        "birth_place": "Villefranche-sur-Test",
        "email": f"etudiant{number}@exemple.fr",
    }
    return Student.objects.create(**defaults | fields)


def group(name: str = "TD1", **fields: Any) -> Group:
    """The group of this name."""
    parent = fields.pop("formation", None) or formation()
    year = fields.pop("academic_year", YEAR)
    return Group.objects.get_or_create(formation=parent, academic_year=year, name=name)[0]


def enrolment(
    *,
    groups: Iterable[Group] = (),
    exempted_ues: Iterable[UE] = (),
    **fields: Any,
) -> Enrolment:
    """A student in a Plan; the Plan is the first semester of the shared maquette unless given."""
    followed = fields.pop("plan", None) or Plan.objects.filter(semester=1, maquette=maquette()).first() or plan()
    who = fields.pop("student", None) or student()
    made = Enrolment.objects.create(student=who, plan=followed, **fields)
    made.groups.set(groups)
    made.exempted_ues.set(exempted_ues)
    return made


def equivalence(who: Student, ue: UE, **fields: Any) -> Equivalence:
    """A UE that a student acquired in another IUT, with its document."""
    defaults = {
        "niveau": ue.niveau,
        "semester": ue.plan.semester,
        "ects": ue.ects,
        "kind": "transfert",
        "host": "IUT de Saint-Test",
        "document": "Décision de la commission",
        "reference": "CP-12",
    }
    return Equivalence.objects.create(student=who, **defaults | fields)


def service(**fields: Any) -> Service:
    """A teacher in charge of a module, for all its groups unless told."""
    taught = fields.pop("module", None) or module()
    who = fields.pop("teacher", None) or user("teacher", formation=taught.maquette.formation)
    groups = fields.pop("groups", ())
    made = Service.objects.create(teacher=who, module=taught, **fields)
    made.groups.set(groups)
    return made


# --- attendance


def session(**fields: Any) -> Session:
    """A séance of an hour and a half; each one a day later than the one before."""
    taught = fields.pop("module", None) or module()
    groups = fields.pop("groups", ())
    starts_at = fields.pop("starts_at", None) or datetime(2025, 9, 8, 6, 0, tzinfo=UTC) + timedelta(
        days=taught.sessions.count()
    )
    defaults = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=90), "kind": "TD", "room": "B12"}
    made = Session.objects.create(module=taught, **defaults | fields)
    made.groups.set(groups)
    return made


def absence(**fields: Any) -> Absence:
    """A student who missed a séance; unjustified unless told."""
    who = fields.pop("enrolment", None) or enrolment()
    missed = fields.pop("session", None) or session()
    return Absence.objects.create(session=missed, enrolment=who, **fields)


# --- grades


def evaluation(**fields: Any) -> Evaluation:
    """An evaluation on 20, of weight 1, in entry."""
    taught = fields.pop("module", None) or module()
    groups = fields.pop("groups", ())
    rank = taught.evaluations.count() + 1
    defaults = {"position": rank, "label": f"DS{rank}", "held_on": date(2025, 10, 1) + timedelta(days=rank)}
    made = Evaluation.objects.create(module=taught, **defaults | fields)
    made.groups.set(groups)
    return made


def mark(value: str | None = None, **fields: Any) -> Mark:
    """A mark as it is written (« 12,50 » or « 12.5 »), or `reason="ABI"`; neither: not entered yet."""
    held = fields.pop("evaluation", None) or evaluation()
    who = fields.pop("enrolment", None) or enrolment()
    hundredths = None if value is None else int(Decimal(value.replace(",", ".")) * 100)
    return Mark.objects.create(evaluation=held, enrolment=who, **{"hundredths": hundredths} | fields)


def act(**fields: Any) -> Act:
    """One gesture that changed marks."""
    taught = fields.pop("module", None) or module()
    return Act.objects.create(module=taught, **{"kind": "form"} | fields)


def adjustment(**fields: Any) -> Adjustment:
    """A bonus of 0,10 on the first UE that the student follows."""
    who = fields.pop("enrolment", None) or enrolment()
    target = fields.pop("ue", None) or who.plan.ues.get(position=1)
    defaults = {"kind": "bonus", "points": Decimal("0.10"), "reason": "Engagement associatif"}
    return Adjustment.objects.create(enrolment=who, ue=target, **defaults | fields)


def placement(**fields: Any) -> Placement:
    """A stage that is over."""
    who = fields.pop("enrolment", None) or enrolment()
    taught = fields.pop("module", None) or module("STAGE", kind="stage")
    return Placement.objects.create(
        enrolment=who, module=taught, **{"company": "Ateliers Fictifs", "completed": True} | fields
    )


# --- jury


def regulation(
    parameters: Mapping[str, Any] | None = None, articles: Mapping[str, str] | None = None, **fields: Any
) -> Regulation:
    """The règlement of a formation and a year; each parameter that it sets has its article, unless told otherwise."""
    parent = fields.pop("formation", None) or formation()
    year = fields.pop("academic_year", YEAR)
    row = Regulation.objects.get_or_create(formation=parent, academic_year=year, defaults=fields)[0]
    values, named = parameters or {}, articles or {}
    for key in {*values, *named}:
        value = values.get(key, named.get(key))
        row.clauses.update_or_create(
            key=key, defaults={"value": value, "article": named.get(key, f"article {len(key)}")}
        )
    return row


def jury_session(semester: int = 2, *, plans: Iterable[Plan] = (), **fields: Any) -> JurySession:
    """A jury in preparation, on these Plans, with its president."""
    parent = fields.pop("formation", None) or formation()
    defaults = {
        "academic_year": YEAR,
        "held_on": date(2026, 7, 2),
        "place": "Salle du conseil",
        "nomination": "Arrêté n° 2026-07 du 1er juin 2026",
    }
    made = JurySession.objects.create(formation=parent, semester=semester, **defaults | fields)
    made.plans.set(plans)
    jury_member(made, quality="president")
    return made


def jury_member(of: JurySession, **fields: Any) -> JuryMember:
    """A member of a jury; numbered names."""
    defaults = {"name": f"Membre {of.members.count() + 1}", "function": "Enseignant", "quality": "enseignant"}
    return JuryMember.objects.create(session=of, **defaults | fields)


def ruling(of: JurySession, who: Student, target: str = "UE1.1", **fields: Any) -> Ruling:
    """What the jury decides over the proposal."""
    defaults = {"decision": "ADJ", "reason": "Progression régulière au second semestre"}
    return Ruling.objects.create(session=of, student=who, target=target, **defaults | fields)


def decision(of: JurySession, who: Student, target: str = "UE1.1", **fields: Any) -> Decision:
    """A decision of a closed jury; on a UE of niveau C1/1 and 10 ECTS unless told."""
    defaults = {
        "kind": "ue",
        "semester": of.semester,
        "competence": "C1",
        "level": of.but_year,
        "ects": "10",
        "average": "12.00",
        "proposed": "ADM",
        "code": "ADM",
    }
    return Decision.objects.create(session=of, student=who, target=target, **defaults | fields)


def turn(**fields: Any) -> Turn:
    """The turn of the year into the next one."""
    defaults = {"formation": formation(), "source_year": YEAR, "academic_year": "2026-2027"}
    return Turn.objects.create(**defaults | fields)


def turn_act(**fields: Any) -> TurnAct:
    """A confirmation that wrote nothing."""
    of = fields.pop("turn", None) or turn()
    made: dict[str, object] = {"groups": [], "services": [], "enrolments": [], "regulation": False, "maquette": ""}
    return TurnAct.objects.create(turn=of, **{"made": made} | fields)
