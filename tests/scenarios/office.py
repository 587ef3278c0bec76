"""What the people of a department do in front of their screens, one method a gesture."""

import csv
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from curriculum.models import Formation, Maquette, Module, Plan, PlanModule
from grades.models import Evaluation, MarkValue
from grades.services import Entry, create_evaluation, record_marks
from jury import seal
from jury.models import JurySession, Regulation
from people.models import Enrolment, Role, Student, User
from tests import factories

FOLDER = Path(__file__).parents[2] / "fixtures" / "maquettes"
Marks = Mapping[tuple[Evaluation, Enrolment], str]

SEATS = [
    {"name": "Pauline Roche", "function": "Directrice de l’IUT", "quality": "president", "present": "on"},
    {"name": "Hector Vasseur", "function": "Direction des études", "quality": "enseignant", "present": "on"},
    {"name": "Anne Malaval", "function": "Aubrac Logistique", "quality": "professionnel", "excuse": "audit"},
]


class Office:
    """One formation and those who run it, each logged in; `turn_to` puts a year in use on every screen."""

    def __init__(self) -> None:
        self.formation: Formation = factories.formation("BUT-QLIO", speciality="QLIO", institution="")
        self.secretary = self._colleague("Sonia", "Perrin", Role.Kind.SECRETARIAT)
        self.head = self._colleague("Hector", "Vasseur", Role.Kind.HEAD)
        self.teacher = self._colleague("Ada", "Lambert", Role.Kind.TEACHER)
        self.president = self._colleague("Pauline", "Roche", Role.Kind.PRESIDENT)
        self.year = ""

    def _colleague(self, first_name: str, last_name: str, kind: str) -> User:
        email = f"{first_name.lower()}@exemple.fr"
        return factories.user(kind, formation=self.formation, first_name=first_name, last_name=last_name, email=email)

    @cached_property
    def screens(self) -> dict[User, Client]:
        clients = {user: Client() for user in (self.secretary, self.head, self.teacher, self.president)}
        for user, client in clients.items():
            client.force_login(user)
        return clients

    def turn_to(self, year: str) -> None:
        """Work on an academic year from now on."""
        self.year = year
        for user in self.screens:
            self.post(user, "people:switch", value=f"{self.formation.pk}:{year}")

    def post(self, who: User, page: str, *args: int, query: str = "", **data: Any) -> Any:
        """Send a form that is accepted: the answer leads to another page."""
        response = self.screens[who].post(f"{reverse(page, args=args)}{query}", data)
        assert response.status_code == 302, f"{page} {args}: {told(response)}"
        return response

    def printed(self, page: str, *args: int) -> bytes:
        """Print a document of a jury."""
        response = self.screens[self.president].get(reverse(page, args=args))
        assert response.status_code == 200
        return bytes(response.content)

    def open_next_year(self, choices: Mapping[str, Iterable[Student]]) -> None:
        """Turn the year: what the decisions propose, but for these choices of the secretariat; then work on it."""
        turn = last_number(self.post(self.secretary, "jury:turns", vers="annee").url)
        said = {"groups": "vides", "with_services": "on", "with_exemptions": "on", "whole_year": "on"}
        self.post(self.secretary, "jury:turn", turn, **said)
        for place, students in choices.items():
            ticked = [student.pk for student in students]
            self.post(self.secretary, "jury:turn-students", turn, query="?vue=tous", place=place, students=ticked)
        page = self.screens[self.secretary].get(reverse("jury:turn-confirm", args=[turn])).content.decode()
        (seen,) = re.findall(r'name="seen" value="([0-9a-f]+)"', page)
        self.post(self.secretary, "jury:turn-confirm", turn, seen=seen)
        first = int(self.year[5:])
        self.turn_to(f"{first}-{first + 1}")

    # --- The maquette

    def import_maquette(self, name: str, year: str, content: bytes | None = None) -> Maquette:
        """Send a workbook, look at what was understood, confirm it: a new draft."""
        file = SimpleUploadedFile(name, (FOLDER / name).read_bytes() if content is None else content)
        sent = self.post(self.secretary, "curriculum:uploads", file=file, formation=self.formation.code, year=year)
        upload = last_number(sent.url)
        before = Maquette.objects.filter(formation=self.formation, academic_year=year).count()
        confirmed = self.post(
            self.secretary, "curriculum:upload-confirm", upload, seen=str(before), accept_errors="on"
        )
        return Maquette.objects.get(pk=last_number(confirmed.url))

    def put_in_service(self, maquette: Maquette) -> None:
        """The councils vote a draft, the head of studies puts it in service."""
        first = int(maquette.academic_year[:4])
        self.post(
            self.head,
            "curriculum:validate",
            maquette.pk,
            departement=f"{first}-05-20",
            iut=f"{first}-06-17",
            accept_errors="on",
        )
        self.post(self.head, "curriculum:serve", maquette.pk)

    def correct_maquette(self, maquette: Maquette, *words: str) -> Maquette:
        """Download a maquette, replace some words by others, send it back: a new draft of the year."""
        page = reverse("curriculum:maquette-json", args=[maquette.pk])
        text = self.screens[self.secretary].get(page).content.decode()
        for before, after in zip(words[::2], words[1::2], strict=True):
            assert before in text
            text = text.replace(before, after)
        return self.import_maquette("maquette.json", maquette.academic_year, text.encode())

    @property
    def maquette(self) -> Maquette:
        """The one in service."""
        return Maquette.objects.get(formation=self.formation, academic_year=self.year, state=Maquette.State.IN_SERVICE)

    def plans(self, *semesters: int) -> list[Plan]:
        """The tables of these semesters that somebody follows this year."""
        followed = Plan.objects.filter(maquette__formation=self.formation, academic_year=self.year)
        return list(
            followed.filter(semester__in=semesters, enrolments__isnull=False)
            .select_related("parcours", "maquette")
            .distinct()
            .order_by("semester", "position")
        )

    def rest(self) -> None:
        """Let the database count its rows, as its own upkeep does between two days of a real department.

        The whole story is one transaction, which that upkeep does not see: PostgreSQL would plan for empty tables.
        """
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    # --- People

    def import_list(self, kind: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Send a list, look at what it does, confirm it."""
        text = StringIO(newline="")
        csv.writer(text, delimiter=";").writerows([headings, *rows])
        file = SimpleUploadedFile("liste.csv", text.getvalue().encode())
        client = self.screens[self.secretary]
        shown = client.post(reverse(f"people:import-{kind}"), {"file": file})
        self.post(self.secretary, f"people:confirm-{kind}", ticket=ticket_of(shown))

    def grant(self, student: Student, ues: Iterable[str], **said: str) -> None:
        """Enter what was acquired elsewhere: the UEs whose line begins so, on one document."""
        page = self.screens[self.secretary].get(reverse("people:equivalences", args=[student.pk]))
        starts = tuple(f"{ue} " for ue in ues)
        chosen = [pk for pk, label in page.context["form"].fields["ues"].choices if label.startswith(starts)]
        document = {"host": "IUT de Mende", "document": "Décision de la commission pédagogique"}
        self.post(self.secretary, "people:equivalences", student.pk, ues=chosen, **document, **said)

    def note_absence(self, student: Student, key: str) -> None:
        """An absence at a module, unjustified."""
        taught = PlanModule.objects.filter(plan__enrolments__student=student, plan__academic_year=self.year)
        said = {"date": f"{self.year[:4]}-11-07", "start": "08:00", "minutes": "120", "kind": "TD"}
        module = taught.get(module__key=key).pk
        self.post(self.secretary, "attendance:record", student.pk, module=module, state="injustifiee", **said)

    # --- Marks

    def record(self, module: Module, marks: Marks) -> None:
        """Write marks as a form does, without its page."""
        entries = [Entry(each.pk, who.pk, MarkValue.read(mark)) for (each, who), mark in marks.items()]
        record_marks(module=module, entries=entries, by=self.teacher)

    def create_evaluations(self, modules: QuerySet[Module]) -> None:
        """One evaluation a module: the first on its page, the others as that page does it."""
        first, *others = modules.filter(evaluations=None).distinct().order_by("semester", "key", "pk")
        self.post(self.teacher, "grades:create-evaluation", first.pk, label="Contrôle continu", scale="20", weight="1")
        for module in others:
            create_evaluation(module=module, label="Contrôle continu", by=self.teacher)

    def type_in(self, module: Module, marks: Marks) -> None:
        """Fill the grid of a module."""
        boxes: dict[str, str] = {}
        for (evaluation, enrolment), mark in marks.items():
            name = f"note-{evaluation.pk}-{enrolment.pk}"
            boxes |= {name: mark, f"{name}-vue": "0:"}
        self.post(self.teacher, "grades:enter-marks", module.pk, **boxes)

    def send_sheet(self, module: Module, marks: Marks) -> None:
        """Download the sheet of a module, fill it in a spreadsheet, send it back, confirm what it changes."""
        client = self.screens[self.teacher]
        book = load_workbook(BytesIO(client.get(reverse("grades:mark-sheet", args=[module.pk])).content))
        sheet = book.worksheets[0]
        rows = list(sheet.iter_rows(values_only=True))
        columns = {last_number(str(head)): rank for rank, head in enumerate(rows[0], 1) if "n°" in str(head)}
        lines = {str(row[0]): rank for rank, row in enumerate(rows, 1)}
        for (evaluation, enrolment), mark in marks.items():
            sheet.cell(lines[enrolment.student.nip], columns[evaluation.pk]).value = mark
        content = BytesIO()
        book.save(content)
        file = SimpleUploadedFile("notes.xlsx", content.getvalue())
        shown = client.post(reverse("grades:import-marks", args=[module.pk]), {"file": file})
        self.post(self.teacher, "grades:confirm-marks", module.pk, ticket=ticket_of(shown))

    # --- The jury

    def amend_regulation(self, **said: str) -> None:
        """Change some lines of the règlement of the year, the rest sent back as it was shown."""
        regulation = Regulation.objects.get(formation=self.formation, academic_year=self.year).pk
        form = self.screens[self.president].get(reverse("jury:regulation-edit", args=[regulation])).context["form"]
        shown = {field.name: "" if field.value() is None else str(field.value()) for field in form}
        self.post(self.president, "jury:regulation-edit", regulation, **shown | said)

    def prepare(self, semester: int, plans: Iterable[Plan]) -> JurySession:
        """Prepare the jury of a semester (even: of the year)."""
        first = int(self.year[:4])
        prepared = self.post(
            self.head,
            "jury:session-new",
            query=f"?semestre={semester}",
            plans=[plan.pk for plan in plans],
            held_on=f"{first + 1}-02-03" if semester % 2 else f"{first + 1}-07-02",
            place="Salle du conseil",
            nomination=f"Arrêté n° {first}-11",
            **self._seats("jury:session-new"),
        )
        return JurySession.objects.get(pk=last_number(prepared.url))

    def _seats(self, page: str, *args: int) -> dict[str, str]:
        """Who sits, as the form of a page sends it."""
        shown = self.screens[self.head].get(reverse(page, args=args))
        seats = {f"form-{rank}-{key}": value for rank, seat in enumerate(SEATS) for key, value in seat.items()}
        known = str(shown.context["members"].initial_form_count())
        return seats | {"form-TOTAL_FORMS": str(len(SEATS)), "form-INITIAL_FORMS": known}

    def recall(self, first: JurySession, students: Iterable[Student], purpose: str) -> JurySession:
        """Call some students back before the suite of a closed jury."""
        said = {"purpose": purpose, "held_on": f"{self.year[5:]}-09-07", "place": "", "nomination": ""}
        chosen = [student.pk for student in students]
        seats = self._seats("jury:sequel", first.pk)
        prepared = self.post(self.head, "jury:sequel", first.pk, students=chosen, **said, **seats)
        return JurySession.objects.get(pk=last_number(prepared.url))

    def correct_mark(self, sequel: JurySession, student: Student, evaluation: str, mark: str) -> None:
        """Correct a mark of a student who comes back; the evaluation by the beginning of its line."""
        page = self.screens[self.secretary].get(reverse("jury:correct-mark", args=[sequel.pk, student.pk]))
        choices = page.context["form"].fields["mark"].choices
        (chosen,) = (value for value, label in choices if label.startswith(f"{evaluation} "))
        self.post(self.secretary, "jury:correct-mark", sequel.pk, student.pk, mark=chosen, value=mark)

    def drifts(self, session: JurySession) -> dict[str, list[str]]:
        """Compare a closed jury with the marks of today: what differs, by student."""
        self.post(self.secretary, "jury:check", session.pk)
        found: dict[str, list[str]] = {}
        for drift in session.drifts.select_related("student").order_by("pk"):
            found.setdefault(drift.student.first_names, []).append(str(drift).replace("\xa0", " "))
        return found

    def open(self, session: JurySession) -> None:
        self.post(self.president, "jury:session-open", session.pk)

    def rule(self, session: JurySession, student: Student, target: str, decision: str, reason: str) -> None:
        choice = f"{target}={decision}"
        self.post(self.president, "jury:rule", session.pk, student.pk, choice=choice, reason=reason)

    def close(self, session: JurySession) -> seal.Document:
        """Close a jury; return what was sealed."""
        self.post(self.president, "jury:session-close", session.pk)
        session.refresh_from_db()
        return seal.opened(session.record)


def last_number(text: str) -> int:
    """The last number of an address, or of a heading."""
    return int(re.findall(r"[0-9]+", text)[-1])


def ticket_of(response: Any) -> str:
    """The button of a preview."""
    found = re.search(r'name="ticket" value="([^"]+)"', response.content.decode())
    assert found, f"Nothing to confirm: {told(response)}"
    return html.unescape(found[1])


def read(page: str) -> str:
    """A page as it is read."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    return " ".join(text.replace("\xa0", " ").split())


def told(response: Any) -> str:
    """What a page that refuses says, without what surrounds it."""
    _, _, body = response.content.decode().partition("<main")
    return f"{response.status_code} {read(body)[:3_000]}"


def written(value: int | str) -> str:
    """A mark as people type it."""
    return str(MarkValue(value) if isinstance(value, int) else value)
