"""Finding a student, a module or a page among what somebody may see, whatever the accents and the word order."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeVar

from django.urls import reverse

from curriculum.models import Module
from curriculum.versions.access import in_use
from people.context import Frame
from people.models import Student, User

Row = TypeVar("Row")

LIMIT = 8
"""How many answers of each kind are shown: one more letter finds the others."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer: what it is called, where it is, and one thing that tells it from its namesakes."""

    label: str
    url: str
    detail: str = ""


def search_everything(user: User, query: str, frame: Frame) -> dict[str, list[Hit]]:
    """Return the answers by kind (French label), kinds without answer left out; a fixed number of queries.

    Students of every year, modules of the formation and year in use, pages. Texts are compared here rather than in
    the database: neither SQLite nor a bare PostgreSQL knows that É is an E.
    """
    words = folded(query).split()
    if not words:
        return {}
    hits = {
        "Étudiants": [student_hit(student) for student in first(words, students_of(user), student_text)],
        "Modules": [module_hit(user, module) for module in first(words, modules_of(user, frame), module_text)],
        "Pages": [Hit(place.label, place.url) for place in first(words, frame.places, lambda place: place.label)],
    }
    return {kind: found for kind, found in hits.items() if found}


def folded(text: str) -> str:
    """Return a text as it is compared: without accent or case, its words apart by one space."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = (letter for letter in bare if not unicodedata.combining(letter))
    return " ".join("".join(letter if letter.isalnum() or letter == "." else " " for letter in letters).split())


def first(words: list[str], rows: Iterable[Row], text: Callable[[Row], str]) -> list[Row]:
    """Return the first rows, by their text, of which every word of the query begins a word."""

    def answers(searched: str) -> bool:
        return all(f" {word}" in searched for word in words)

    found = [(searched, row) for row in rows if answers(searched := f" {folded(text(row))}")]
    return [row for _, row in sorted(found, key=itemgetter(0))[:LIMIT]]


def students_of(user: User) -> Iterable[Student]:
    return Student.objects.visible_to(user).only("nip", "last_name", "usage_name", "first_names").order_by("nip")


def student_text(student: Student) -> str:
    return f"{student.last_name} {student.usage_name} {student.first_names} {student.nip}"


def student_hit(student: Student) -> Hit:
    return Hit(str(student), reverse("people:student", args=[student.pk]), student.nip)


def modules_of(user: User, frame: Frame) -> Iterable[Module]:
    """The modules of the maquette in use, to those who work in the formation."""
    if not user.has_perm("curriculum.view_maquette", frame.formation):
        return []
    modules = Module.objects.filter(maquette__formation=frame.formation, maquette__academic_year=frame.academic_year)
    current = modules.filter(in_use("maquette__"))
    return current.select_related("maquette").order_by("semester", "key", "-maquette__version", "pk")


def module_text(module: Module) -> str:
    return f"{module.key} {module.title}"


def module_hit(user: User, module: Module) -> Hit:
    """Lead to the marks for those who may see them, to the maquette for the others."""
    page, target = (
        ("grades:module", module.pk)
        if user.has_perm("grades.view_marks", module)
        else ("curriculum:maquette", module.maquette_id)
    )
    return Hit(str(module), reverse(page, args=[target]), f"S{module.semester}")
