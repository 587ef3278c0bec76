"""`manage.py export_maquette`: a stored maquette as the JSON of the contract, or as our template workbook."""

import os
import sys
from argparse import ArgumentParser
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from django.db import DatabaseError

from curriculum import store
from curriculum.management.command import NO_DATABASE, FrenchCommand
from curriculum.workbook import codec, writer
from curriculum.workbook.french import typeset
from curriculum.workbook.guard import Unreadable

NOT_FOUND = 1


class Command(FrenchCommand):
    help = "Écrit une maquette enregistrée (sa dernière version), en JSON ou en classeur modèle."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="CODE", help="code de la formation")
        parser.add_argument("year", metavar="ANNÉE", help="année universitaire, 2025-2026")
        formats = parser.add_mutually_exclusive_group()
        formats.add_argument("--json", action="store_true", help="au format JSON (sans option, c’est celui-ci)")
        formats.add_argument("--xlsx", action="store_true", help="en classeur : le modèle de Délibéré, rempli")
        parser.add_argument("-o", dest="output", metavar="FICHIER", help="fichier à écrire (sinon sortie standard)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            maquette = store.latest(options["code"], options["year"])
        except DatabaseError:
            self.leave(f"Rien à écrire : {NO_DATABASE}.")
        if maquette is None:
            self.leave(f"Aucune maquette {options['code']} {options['year']} n’est enregistrée.")
        draft = store.load(maquette)
        try:
            content = writer.write(draft) if options["xlsx"] else codec.dumps(draft).encode()
        except Unreadable as refusal:
            self.leave(f"Rien à écrire, {refusal}")
        if options["output"]:
            self.save(Path(options["output"]), content if options["xlsx"] else content + b"\n")
        elif options["xlsx"]:
            sys.stdout.buffer.write(content)
        else:
            if isinstance(sys.stdout, TextIOWrapper):
                sys.stdout.reconfigure(encoding="utf-8")
            self.stdout.write(content.decode())

    def save(self, path: Path, content: bytes) -> None:
        """Write a file whole or not at all."""
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            draft.write_bytes(content)
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            self.leave(f"Écriture impossible : {path} ; on attendait un fichier à créer.")

    def leave(self, sentence: str) -> NoReturn:
        self.stderr.write(typeset(sentence))
        sys.exit(NOT_FOUND)
