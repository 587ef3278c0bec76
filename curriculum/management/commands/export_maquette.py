"""`manage.py export_maquette`: a stored maquette as the JSON of the contract."""

import os
import sys
from argparse import ArgumentParser
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from django.db import DatabaseError

from curriculum import store
from curriculum.management.command import NO_DATABASE, FrenchCommand
from curriculum.workbook import codec
from curriculum.workbook.french import typeset

NOT_FOUND = 1


class Command(FrenchCommand):
    help = "Écrit une maquette enregistrée, au format JSON : sa dernière version."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="CODE", help="code de la formation")
        parser.add_argument("year", metavar="ANNÉE", help="année universitaire, 2025-2026")
        parser.add_argument("--json", action="store_true", help="au format JSON (le seul pour l’instant)")
        parser.add_argument("-o", dest="output", metavar="FICHIER", help="fichier à écrire (sinon sortie standard)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            maquette = store.latest(options["code"], options["year"])
        except DatabaseError:
            self.leave(f"Rien à écrire : {NO_DATABASE}.")
        if maquette is None:
            self.leave(f"Aucune maquette {options['code']} {options['year']} n’est enregistrée.")
        text = codec.dumps(store.load(maquette))
        if options["output"]:
            self.save(Path(options["output"]), text)
        else:
            if isinstance(sys.stdout, TextIOWrapper):
                sys.stdout.reconfigure(encoding="utf-8")
            self.stdout.write(text)

    def save(self, path: Path, text: str) -> None:
        """Write a file whole or not at all."""
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            draft.write_text(f"{text}\n", encoding="utf-8")
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            self.leave(f"Écriture impossible : {path} ; on attendait un fichier à créer.")

    def leave(self, sentence: str) -> NoReturn:
        self.stderr.write(typeset(sentence))
        sys.exit(NOT_FOUND)
