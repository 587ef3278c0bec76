"""`manage.py load_demo`: the demonstration, reset and loaded again; its PVs and relevés written into var/demo/."""

from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from curriculum.management.command import FrenchCommand
from curriculum.models import Formation
from jury.demo.department import INSTITUTION, Demonstration, load_demonstration
from jury.demo.papers import print_papers
from jury.demo.workbooks import load_workbooks
from jury.documents.render import EngineMissing
from people.models import User

PASSWORD = "Jury-de-juillet-2026"  # noqa: S105 - printed, of accounts that exist on a trial machine only


class Command(FrenchCommand):
    help = "Remet la base de démonstration à neuf, y tient les jurys, et écrit les documents dans var/demo/."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force",
            action="store_true",
            help="effacer la base même si elle contient autre chose que la démonstration",
        )
        parser.add_argument("--no-documents", action="store_true", help="ne pas écrire les PV et les relevés")

    def handle(self, *args: Any, **options: Any) -> None:
        if Formation._meta.db_table not in connection.introspection.table_names():
            raise CommandError("La base n’a pas encore de tables\xa0: lancez d’abord «\xa0manage.py migrate\xa0».")
        if not options["force"]:
            refuse_other_data()
        self.started = monotonic()
        with transaction.atomic():
            call_command("flush", interactive=False, verbosity=0)
            password = PASSWORD if settings.DEBUG else None
            demonstration = load_demonstration(password, self.say)
            demonstration.accounts["maquettes"] = load_workbooks(password, self.say)
        if not options["no_documents"]:
            self.write_documents(demonstration)
        self.tell_accounts(demonstration)

    def say(self, line: str) -> None:
        self.stdout.write(f"  {monotonic() - self.started:5.1f} s  {line}")
        self.stdout.flush()

    def write_documents(self, demonstration: Demonstration) -> None:
        folder = settings.VAR_DIR / "demo"
        try:
            count = print_papers(demonstration.juries, demonstration.group, folder)
        except EngineMissing as missing:
            raise CommandError(str(missing)) from None
        self.say(f"{count} documents écrits dans {folder.relative_to(settings.BASE_DIR)}/")

    def tell_accounts(self, demonstration: Demonstration) -> None:
        if not settings.DEBUG:
            self.stdout.write("\nHors DEBUG, les comptes de démonstration n’ont pas de mot de passe.")
            return
        self.stdout.write(f"\nComptes, mot de passe {PASSWORD}\xa0:")
        for user in demonstration.accounts.values():
            self.stdout.write(f"  {user.email:28}{user}")


def refuse_other_data() -> None:
    """Refuse to erase what is not the demonstration's: a formation, or somebody's account."""
    for formation in Formation.objects.exclude(institution=INSTITUTION).order_by("code"):
        raise CommandError(
            f"Cette base contient la formation {formation}, qui n’est pas de la démonstration\xa0: rien n’est changé. "
            "--force effacerait toute la base."
        )
    for user in User.objects.exclude(email__endswith="@example.test").order_by("email"):
        raise CommandError(
            f"Cette base contient le compte {user.email}, qui n’est pas de la démonstration\xa0: rien n’est changé. "
            "--force effacerait toute la base."
        )
