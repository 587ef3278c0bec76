"""What our commands share: they refuse arguments in French, and stop quietly when nobody reads them any more."""

import os
import re
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from curriculum.workbook.french import typeset

NO_DATABASE = "la base de données ne répond pas, ou n’a pas encore ses tables (manage.py migrate)"
BROKEN_PIPE = 141
"""The status that a shell gives to what SIGPIPE ends."""

FRENCH = [
    (r"unrecognized arguments: (.*)", r"argument inconnu : \1"),
    (r"the following arguments are required: (.*)", r"il manque \1"),
    (r"ambiguous option: (.*) could match (.*)", r"l’option \1 est ambiguë : \2"),
    (r"argument (.*): not allowed with argument (.*)", r"\1 ne va pas avec \2"),
    (r"argument (.*): expected one argument", r"\1 attend une valeur"),
    (r"argument (.*): ignored explicit argument (.*)", r"\1 n’attend pas de valeur : \2"),
    (r"argument (.*): invalid \S+ value: (.*)", r"\1 : la valeur \2 n’est pas un nombre entier"),
    (r"argument (.*): invalid choice: (.*) \(choose from (.*)\)", r"\1 : la valeur \2 n’est pas parmi \3"),
]
"""What argparse says, and how we say it."""


class FrenchParser(CommandParser):
    """Tells in French what is wrong with the arguments."""

    def error(self, message: str) -> NoReturn:
        for english, french in FRENCH:
            message = re.sub(f"^{english}$", french, message)
        if not self.called_from_command_line:
            super().error(message)
        usage = self.format_usage().replace("usage: ", " " * len("usage: "), 1)
        self.exit(2, typeset(f"Arguments refusés : {message}. On attendait :\n") + usage)


class FrenchCommand(BaseCommand):
    """The base of our commands."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = FrenchParser  # Django names the class of its parser and takes no other
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            try:
                return super().execute(*args, **options)
            finally:
                self.stdout.flush()
        except BrokenPipeError:  # `… | head`
            # What is still in the buffer goes nowhere, or Python complains of it when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(BROKEN_PIPE)
