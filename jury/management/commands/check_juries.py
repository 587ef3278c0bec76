"""`manage.py check_juries`: every closed jury compared with today's marks; for the night."""

from typing import Any

from curriculum.management.command import FrenchCommand
from curriculum.templatetags.figures import counted
from jury.models import JurySession
from jury.services import check_session


class Command(FrenchCommand):
    help = "Compare chaque jury clos aux notes d’aujourd’hui et relève les écarts, sans rien changer aux décisions."

    def handle(self, *args: Any, **options: Any) -> None:
        closed = JurySession.objects.filter(state=JurySession.State.CLOSED).select_related("formation")
        for session in closed.order_by("record__number"):
            found = check_session(session=session, by=None)
            if found:
                students = len({drift.student_id for drift in found})
                told = counted(students, "dossier")
                self.stdout.write(f"{session.formation}, {session}\xa0: {told} en écart.")
