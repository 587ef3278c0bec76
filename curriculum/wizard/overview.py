"""What the pages of an import show of a draft: its tables, what is said of it, worst first, what it changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.http import Http404
from django.urls import reverse

from curriculum import edit, store
from curriculum.diff import Change, diff
from curriculum.edit import Correction
from curriculum.editing.views import named
from curriculum.matrix import LEVELS, Note
from curriculum.models import Maquette
from curriculum.templatetags.figures import day
from curriculum.views import levels
from curriculum.wizard.models import Upload
from curriculum.wizard.services import previous
from curriculum.workbook.draft import Draft, Module, Semester
from curriculum.workbook.french import typeset
from curriculum.workbook.layouts import LAYOUTS, delibere

FAMILIES = {layout.NAME: layout.SEEKS for layout in LAYOUTS} | {delibere.NAME: delibere.SEEKS}
TITLES = {"error": "Erreurs", "warning": "Avertissements", "info": "Informations"}


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding, the table it is about (None: the whole document), and where that table shows it."""

    note: Note
    table: Semester | None
    url: str


@dataclass(frozen=True, slots=True)
class Amended:
    """A cell that was corrected: where it is, where it is put back (POST), what was read and what it holds now."""

    place: str
    url: str
    correction: Correction
    read: str
    now: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A draft beside the last version stored of its formation and year, if there is one: changes by place."""

    stored: Maquette | None
    places: Sequence[tuple[str, list[Change]]]

    @property
    def count(self) -> int:
        return sum(len(changes) for _, changes in self.places)


def remarks(upload: Upload, draft: Draft) -> list[tuple[str, str, list[Remark]]]:
    """Return every finding by severity, errors first: the severity, its title, the findings."""
    found = [
        Remark(note, semester, f"{table_url(upload, rank)}#constat-{note.number}")
        for rank, semester in enumerate(draft.semesters, 1)
        for note in numbered(semester)
    ]
    found += [Remark(Note(number, finding), None, "") for number, finding in enumerate(draft.findings, 1)]
    by_level = {level: [each for each in found if each.note.finding.severity == level] for level in LEVELS}
    return [(level, TITLES[level], listed) for level, listed in by_level.items() if listed]


def numbered(semester: Semester) -> Iterable[Note]:
    """Return the findings of a table with the numbers that its matrix gives them."""
    return (Note(number, finding) for number, finding in enumerate(semester.findings, 1))


def family(upload: Upload) -> str:
    """Say in words by what a workbook was recognised."""
    return typeset(FAMILIES.get(upload.layout, "un document JSON de Délibéré"))


def tables(upload: Upload, draft: Draft) -> list[tuple[str, Semester, dict[str, int]]]:
    """Return each table with its address and the count of its findings by severity."""
    return [
        (table_url(upload, rank), semester, levels(semester.findings))
        for rank, semester in enumerate(draft.semesters, 1)
    ]


def table(draft: Draft, rank: int) -> Semester:
    """Return a table by its rank from 1; 404 when there are fewer."""
    if not 1 <= rank <= len(draft.semesters):
        raise Http404
    return draft.semesters[rank - 1]


def module(semester: Semester, place: str | None) -> Module | None:
    """Return the module that a query names, None when it names none; 404 when it is not of the table."""
    if place is None:
        return None
    found = next((each for each in semester.modules if each.place == place), None)
    if found is None:
        raise Http404
    return found


def corrections(upload: Upload, draft: Draft) -> list[Amended]:
    """Return what was corrected, in the order of the corrections."""
    read = upload.as_read() if upload.corrections else draft
    return [
        Amended(
            ", ".join(filter(None, (draft.semesters[each.table].label, named(each)))),
            reverse("curriculum:upload-cell", args=[upload.pk, each.table + 1]),
            each,
            edit.inverse(read, each).value or "",
            edit.inverse(draft, each).value or "",
        )
        for each in upload.corrected()
    ]


def upload_url(upload: Upload) -> str:
    return reverse("curriculum:upload", args=[upload.pk])


def table_url(upload: Upload, rank: int) -> str:
    return reverse("curriculum:upload-table", args=[upload.pk, rank])


def table_tabs(upload: Upload, draft: Draft, shown: int) -> list[dict[str, object]]:
    """Return a tab a table, with the count of what somebody must look at."""
    return [
        {
            "label": semester.label,
            "url": url,
            "current": rank == shown,
            "count": attention(counts),
        }
        for rank, (url, semester, counts) in enumerate(tables(upload, draft), 1)
    ]


def attention(counts: dict[str, int]) -> str | None:
    """Return how many findings ask for a look, under the sign of the worst."""
    if not (grave := counts["error"] + counts["warning"]):
        return None
    return f"{'▲' if counts['error'] else '△'}\N{NARROW NO-BREAK SPACE}{grave}"


def steps(upload: Upload, shown: str) -> list[dict[str, object]]:
    """Return the views of an import: what was understood, its tables, what it changes."""
    pages = {
        "upload": ("Ce qui a été compris", upload_url(upload)),
        "upload-table": ("Tableaux", table_url(upload, 1)),
        "upload-confirm": ("Comparer et enregistrer", reverse("curriculum:upload-confirm", args=[upload.pk])),
    }
    return [
        {"label": label, "url": url, "current": name == shown, "count": None} for name, (label, url) in pages.items()
    ]


def councils(draft: Draft) -> dict[str, str]:
    """Return the date of each council as people write it, or as the document did."""
    return {council: _said(text) for council, text in draft.validated_on.items() if text}


def _said(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def compare(upload: Upload, draft: Draft) -> Comparison:
    """Put a draft beside the last version stored of its formation and year.

    Its speciality, and the institution that it does not say, are those of the formation: importing changes neither.
    """
    stored, owner, said = previous(draft), upload.formation, draft.formation
    kept = replace(said, speciality=owner.speciality, institution=said.institution or owner.institution or None)
    changes = diff(store.load(stored), replace(draft, formation=kept)) if stored else []
    return Comparison(stored, [(place, list(own)) for place, own in groupby(changes, key=lambda each: each.place)])
