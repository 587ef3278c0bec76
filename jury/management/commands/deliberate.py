"""`manage.py deliberate`: dossiers in, verdicts out, without a database (contracts/deliberate.md)."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from jury.engine.strict import Refused
from jury.engine.wire import SCHEMA, Document, read_document

SOME_REFUSED, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = "Calcule les moyennes et les décisions de jury d’un fichier JSON (schéma deliberate/1)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="CAS.json", help="fichier à juger, ou « - » pour l’entrée standard")
        parser.add_argument(
            "-o", dest="output", metavar="SORTIE.json", help="fichier à écrire (sinon sortie standard)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.refused = 0
        try:
            lines = self.lines(read_document(source(options["file"])))
            if options["output"]:
                replace(Path(options["output"]), lines)
            else:
                self.print(lines)
        except (Refused, OSError, UnicodeDecodeError) as error:
            self.stderr.write(sentence(error))
            sys.exit(UNUSABLE)
        if self.refused:
            sys.exit(SOME_REFUSED)

    def print(self, lines: Iterable[str]) -> None:
        """Write to standard output, in UTF-8 whatever the terminal: JSON knows no other encoding."""
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        for line in lines:
            self.stdout.write(line)

    def lines(self, document: Document) -> Iterator[str]:
        """Yield the answer, one entry a line, so that two answers can be compared by line."""
        yield f'{{"schema": "{SCHEMA}", "averages": ['
        yield from self.entries("moyennes", document.answer_averages())
        yield '], "verdicts": ['
        yield from self.entries("dossier", document.answer_dossiers())
        yield "]}"

    def entries(self, kind: str, answers: Iterator[dict[str, Any]]) -> Iterator[str]:
        comma = ""
        for rank, answer in enumerate(answers, 1):
            if "error" in answer:
                self.refused += 1
                name = f"{kind} {answer['id']}" if answer["id"] is not None else f"{kind} n° {rank}, sans identifiant"
                self.stderr.write(f"{name}, champ {answer['error']['field']} : {answer['error']['message']}")
            written = json.dumps(answer, ensure_ascii=False)
            # A lone surrogate, legal in JSON, has no UTF-8: it goes back to the escape that it came from.
            yield comma + written.encode("utf-8", "backslashreplace").decode()
            comma = ","


def source(name: str) -> str:
    """Return the text to judge."""
    return (sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()).decode("utf-8-sig")


def replace(path: Path, lines: Iterable[str]) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as written:
            written.writelines(f"{line}\n" for line in lines)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def sentence(error: Refused | OSError | UnicodeDecodeError) -> str:
    """Say in French why a whole file is refused."""
    match error:
        case Refused():
            return f"Fichier refusé, champ {error.field} : {error.message}" if error.field else error.message
        case FileNotFoundError():
            return f"Fichier introuvable : {error.filename}"
        case IsADirectoryError():
            return f"C’est un dossier, et non un fichier : {error.filename}"
        case PermissionError():
            return f"Accès refusé : {error.filename}"
        case OSError():
            return f"Fichier inaccessible : {error.filename} ({error.strerror})"
        case _:
            return "Le fichier n’est pas en UTF-8."
