"""The JSON `maquette/1` of a draft, both ways; the identity, trailing zeros included."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NoReturn, TypeVar

from curriculum.workbook.draft import (
    HOURS,
    KINDS,
    MODALITIES,
    POLES,
    SEVERITIES,
    UE,
    Amendment,
    Declared,
    Draft,
    Evaluation,
    Finding,
    Formation,
    Module,
    Semester,
)
from curriculum.workbook.guard import MAX_VALUES, Unreadable

SCHEMA = "maquette/1"
POINTED = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""What JSON can write and no database, nor any file, can hold."""
T = TypeVar("T")


def dumps(draft: Draft) -> str:
    """Return the JSON text of a draft, readable by a person."""
    return json.dumps(to_json(draft), ensure_ascii=False, indent=2)


def loads(text: str | bytes) -> Draft:
    """Read the JSON text of a draft. Raises Unreadable, naming the place at fault."""
    try:
        data = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable("ce n’est pas un document JSON lisible.") from error
    return from_json(data)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse the second of two values for one key, which JSON readers keep or drop as they like."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise Unreadable(f"la clé « {key[:60]} » est écrite deux fois dans un même objet.")
        found[key] = value
    return found


def _constant(name: str) -> NoReturn:
    raise Unreadable(f"« {name} » n’est pas un nombre : les nombres d’une maquette sont des textes (« 0.50 »).")


def to_json(draft: Draft) -> dict[str, Any]:
    """Return the object of the contract."""
    return {
        "schema": SCHEMA,
        "formation": asdict(draft.formation),
        "bonus_cap": draft.bonus_cap,
        "validated_on": dict(draft.validated_on),
        "semesters": [_semester(semester) for semester in draft.semesters],
        "findings": [_finding(finding) for finding in draft.findings],
    }


def _semester(semester: Semester) -> dict[str, Any]:
    return {
        "sheet": semester.sheet,
        "semester": semester.semester,
        "parcours": semester.parcours,
        "modality": semester.modality,
        "academic_year": semester.academic_year,
        "ues": [asdict(ue) for ue in semester.ues],
        "declared": asdict(semester.declared),
        "modules": [_module(module) for module in semester.modules],
        "findings": [_finding(finding) for finding in semester.findings],
    }


def _module(module: Module) -> dict[str, Any]:
    data = asdict(module)
    order = ("code", "key", "title", "kind", "pole", "hours", "coefficients", "amended", "evaluations")
    optional = [name for name in ("parcours", "marked_for") if data[name] is not None]
    return {name: data[name] for name in (*order, *optional)}


def _finding(finding: Finding) -> dict[str, Any]:
    data = asdict(finding)
    order = ("code", "severity", "cell", "module", "ue", "declared", "computed", "message")
    return {name: data[name] for name in order}


def from_json(data: object) -> Draft:
    """Read the object of the contract. Raises Unreadable, naming the place at fault."""
    node = Node(data, "document")
    if node.get("schema").value != SCHEMA:
        raise Unreadable(f"le document n’est pas une maquette : « schema » doit valoir « {SCHEMA} ».")
    formation, validated = node.get("formation"), node.get("validated_on")
    return Draft(
        Formation(
            code=formation.get("code").text(),
            speciality=formation.get("speciality").text(),
            institution=formation.get("institution").maybe(Node.text),
            academic_year=formation.get("academic_year").maybe(Node.text),
        ),
        semesters=node.get("semesters").items(_read_semester, unique=_table),
        bonus_cap=node.get("bonus_cap").maybe(Node.figure),
        validated_on={council: validated.get(council).maybe(Node.text) for council in ("departement", "iut")},
        findings=node.get("findings").items(_read_finding),
    )


def _table(semester: Semester) -> str:
    return f"{semester.label} {semester.academic_year}"


def _read_semester(node: "Node") -> Semester:
    declared = node.get("declared")
    return Semester(
        sheet=node.get("sheet").text(),
        semester=node.get("semester").integer(1, 6),
        parcours=node.get("parcours").maybe(Node.text),
        modality=node.get("modality").maybe(lambda modality: modality.one_of(MODALITIES)),
        academic_year=node.get("academic_year").maybe(Node.text),
        ues=node.get("ues").items(_read_ue, unique=lambda ue: ue.code),
        declared=Declared(
            hours=declared.get("hours").maybe(Node.figure),
            coefficients=declared.get("coefficients").mapping(Node.figure),
            ects=declared.get("ects").mapping(Node.figure),
            poles=declared.get("poles").mapping(
                lambda ue: ue.mapping(lambda pole: pole.mapping(Node.figure)),
            ),
        ),
        modules=node.get("modules").items(_read_module, unique=lambda module: module.place),
        findings=node.get("findings").items(_read_finding),
    )


def _read_ue(node: "Node") -> UE:
    return UE(
        code=node.get("code").text(),
        title=node.get("title").maybe(Node.text),
        competence=node.get("competence").text(),
        level=node.get("level").integer(1, 3),
        ects=node.get("ects").maybe(Node.figure),
    )


def _read_module(node: "Node") -> Module:
    hours = node.get("hours").mapping(lambda figure: figure.maybe(Node.figure))
    if missing := [name for name in HOURS if name not in hours]:
        raise Unreadable(f"{node.path}.hours : il manque « {missing[0]} ».")
    return Module(
        key=node.get("key").text(),
        code=node.get("code").maybe(Node.text),
        title=node.get("title").maybe(Node.text),
        kind=node.get("kind").one_of(KINDS),
        pole=node.get("pole").maybe(lambda pole: pole.one_of(POLES)),
        hours=hours,
        coefficients=node.get("coefficients").mapping(Node.figure),
        amended=node.get("amended").mapping(
            lambda each: Amendment(each.get("old").figure(), each.get("new").maybe(Node.figure))
        ),
        evaluations=node.get("evaluations").items(
            lambda each: Evaluation(
                each.get("label").text() if each.get("label").value != "" else "",  # a weight without modality
                each.get("count").maybe(lambda count: count.integer(0, 1000)),
                each.get("weight").maybe(Node.figure),
            )
        ),
        parcours=node.get("parcours", optional=True).maybe(Node.text),
        marked_for=node.get("marked_for", optional=True).maybe(lambda marked: marked.items(Node.text)),
    )


def _read_finding(node: "Node") -> Finding:
    return Finding(
        code=node.get("code").text(),
        severity=node.get("severity").one_of(SEVERITIES),
        message=node.get("message").text(),
        **{name: node.get(name).maybe(Node.text) for name in ("cell", "module", "ue", "declared", "computed")},
    )


class Node:
    """A value of the JSON and its path, so that a refusal says where: `document.semesters[2].modules[0].key`."""

    def __init__(self, value: object, path: str) -> None:
        self.value, self.path = value, path

    def refuse(self, expected: str) -> Unreadable:
        shown = json.dumps(self.value, ensure_ascii=False, default=str)
        return Unreadable(f"{self.path} : attendu, {expected} ; trouvé, {shown[:60]}.")

    def get(self, key: str, *, optional: bool = False) -> "Node":
        """Return the node under a key; a missing key is refused, or reads as null where it is optional."""
        if not isinstance(self.value, dict):
            raise self.refuse("un objet")
        if key not in self.value and not optional:
            raise Unreadable(f"{self.path} : il manque « {key} ».")
        return Node(self.value.get(key), f"{self.path}.{key}")

    def items(self, read: "Callable[[Node], T]", *, unique: "Callable[[T], object] | None" = None) -> tuple[T, ...]:
        """Return what a list holds; two of one identity are refused, where there is one."""
        if not isinstance(self.value, list):
            raise self.refuse("une liste")
        if len(self.value) > MAX_VALUES:
            raise Unreadable(f"{self.path} : la liste a plus de {MAX_VALUES} éléments, c’est la limite.")
        found = tuple(read(Node(each, f"{self.path}[{rank}]")) for rank, each in enumerate(self.value))
        seen: set[object] = set()
        for rank, identity in enumerate(map(unique, found) if unique else ()):
            if identity in seen:
                raise Unreadable(f"{self.path}[{rank}] : {identity} est déjà dans la liste.")
            seen.add(identity)
        return found

    def mapping(self, read: "Callable[[Node], T]") -> dict[str, T]:
        if not isinstance(self.value, dict):
            raise self.refuse("un objet")
        return {
            Node(key, self.path).text(): read(Node(each, f"{self.path}.{key}")) for key, each in self.value.items()
        }

    def maybe(self, read: "Callable[[Node], T]") -> T | None:
        return None if self.value is None else read(self)

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value or UNSTORABLE.search(self.value):
            raise self.refuse("un texte")
        return self.value

    def figure(self) -> str:
        if not isinstance(self.value, str) or not POINTED.fullmatch(self.value):
            raise self.refuse("un nombre décimal entre guillemets (« 0.50 »)")
        return self.value

    def one_of(self, choices: tuple[str, ...]) -> str:
        if self.value not in choices:
            raise self.refuse(f"une valeur de {', '.join(choices)}")
        return str(self.value)

    def integer(self, lowest: int, highest: int) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not lowest <= self.value <= highest:
            raise self.refuse(f"un entier de {lowest} à {highest}")
        return self.value
