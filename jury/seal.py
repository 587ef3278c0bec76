"""The record of a closed jury: canonical JSON, whose SHA-256 stands in the next record, so that any change shows."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, NotRequired, TypedDict

from django.db.models import Max

from jury.models import JurySession, Record

SCHEMA = "record/1"


class SessionPart(TypedDict):
    """The sitting itself; dates are ISO 8601, `opened_at` and `closed_at` in UTC and null until they happen."""

    formation: str
    speciality: str
    institution: str
    academic_year: str
    semester: int
    semesters: list[int]
    held_on: str
    place: str
    nomination: str
    opened_at: str | None
    closed_at: str | None
    follows: NotRequired["FollowsPart"]


class FollowsPart(TypedDict):
    """Of the suite of another jury: the record of that one, and why its students come back (N-24)."""

    number: int
    sha256: str
    purpose: str


class MaquettePart(TypedDict):
    """The maquette; when students followed several versions, the latest, and all of them in `versions`."""

    code: str
    year: str
    version: int
    sha256: str
    versions: NotRequired[list["MaquettePart"]]


class RegulationPart(TypedDict):
    """The règlement; `parameters` are all those of deliberate.md, defaults included."""

    reference: str
    parameters: dict[str, Any]
    articles: dict[str, Any]


class MemberPart(TypedDict):
    name: str
    function: str
    quality: str
    present: bool
    excuse: str


class StudentPart(TypedDict):
    """One student: who they are, what they missed (`attendance.counts.AbsenceCounts`: numbers, never a reason), their
    `dossier` and its `verdict`, both as in deliberate.md. `settled` is there, and true, when an earlier jury let them
    through this year: UEs are judged again, and what the verdict says of the year is not decided.
    """

    nip: str
    ine: str
    last_name: str
    usage_name: str
    first_names: str
    birth_date: str | None
    birth_place: str
    parcours: str
    modality: str
    repeating: bool
    status: str
    absences: dict[str, Any]
    dossier: dict[str, Any]
    verdict: dict[str, Any]
    settled: NotRequired[bool]


class Document(TypedDict):
    """A jury told whole: a PV can be made from it alone. `number` and `previous_sha256` come with the seal."""

    schema: str
    engine: str
    session: SessionPart
    maquette: MaquettePart
    regulation: RegulationPart
    members: list[MemberPart]
    students: list[StudentPart]
    number: NotRequired[int]
    previous_sha256: NotRequired[str]


def canonical(document: Mapping[str, Any]) -> str:
    """Write a document in the one way that can be hashed: sorted keys, no space, letters as they are."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def seal(session: JurySession, document: Document) -> Record:
    """Write the record of a session at the end of the chain. Called in the transaction that closes it.

    Two juries that close at once may both read the same last record: the unique constraints on the number and on
    the previous digest refuse the second one whole.
    """
    number = (Record.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    previous = Record.objects.filter(number=number - 1).values_list("sha256", flat=True).first() or ""
    text = canonical(document | {"number": number, "previous_sha256": previous})
    return Record.objects.create(
        session=session, number=number, document=text, sha256=digest(text), previous_sha256=previous
    )


def opened(record: Record) -> Document:
    """Read a record back."""
    document: Document = json.loads(record.document)
    return document


def verify_chain() -> Iterator[str]:
    """Yield a French sentence for everything that does not hold in the chain of records; nothing when it is whole."""
    previous = ""
    for rank, record in enumerate(Record.objects.order_by("number").iterator(), start=1):
        name = f"Registre n° {record.number}"
        if record.number != rank:
            yield f"{name}\xa0: il est le {rank}e de la chaîne\xa0; un registre manque."
        if digest(record.document) != record.sha256:
            yield f"{name}\xa0: son contenu n’est plus celui qui a été scellé."
        elif record.previous_sha256 != previous or opened(record).get("previous_sha256") != previous:
            yield f"{name}\xa0: il ne suit pas le registre qui le précède."
        previous = record.sha256
