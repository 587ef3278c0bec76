"""The documents of the demonstration: the PVs of the annual juries, and the relevés of one group."""

from collections.abc import Sequence
from pathlib import Path

from jury.documents import pv, releve
from jury.documents.render import page, pdfs
from jury.models import JurySession
from jury.sitting import sitting_of
from people.models import Group, Student


def print_papers(juries: Sequence[JurySession], group: Group, folder: Path) -> int:
    """Write them as PDF, in place of those of the last time; return how many there are. Raises EngineMissing."""
    pages = {
        f"PV-{session.formation}-BUT{session.but_year}-{session.academic_year}.pdf": page(
            "pv.html", pv.context(sitting_of(session), session.record.sha256)
        )
        for session in juries
    }
    students = Student.objects.filter(enrolments__groups=group).distinct().order_by("last_name", "first_names", "nip")
    session = next(each for each in juries if each.candidates().filter(pk=students[0].pk).exists())
    issued_on = session.held_on
    found = releve.contexts(session, [student.pk for student in students], issued_on)
    for student, context in zip(students, found, strict=True):
        pages[f"releves-{group}/{student.nip}.pdf"] = page("releve.html", context)
    for old in folder.rglob("*.pdf"):
        old.unlink()
    for name, document in zip(pages, pdfs(list(pages.values())), strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document)
    return len(pages)
