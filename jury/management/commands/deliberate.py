"""`manage.py deliberate`: dossiers in, verdicts out, without a database (contracts/deliberate.md)."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from curriculum.management.command import FrenchCommand
from jury.engine.strict import Refused
from jury.engine.wire import SCHEMA, Document, read_document

SOME_REFUSED, UNUSABLE = 1, 2


class Command(FrenchCommand):
    help = "Calcule les moyennes et les décisions de jury d’un fichier JSON (schéma deliberate/1)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="CAS.json", help="fichier à juger, ou « - » pour l’entrée standard")
        parser.add_argument(
            "-o", dest="output", metavar="SORTIE.json", help="fichier à écrire (sinon sortie standard)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.refused = 0
        document = self.read(options["file"])
        if options["output"]:
            self.save(Path(options["output"]), self.lines(document))
        else:
            self.print(self.lines(document))
        if self.refused:
            sys.exit(SOME_REFUSED)

    def read(self, name: str) -> Document:
        """Return what is to be judged; leave with one sentence when it cannot be read as a whole."""
        try:
            source = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            return read_document(source.decode("utf-8-sig"))
        except Refused as refused:
            self.leave(f"Fichier refusé{f', champ {refused.field}' if refused.field else ''} : {refused.message}")
        except UnicodeDecodeError as error:
            self.leave(f"Fichier refusé : l’octet {error.start + 1} n’est pas de l’UTF-8.")
        except OSError:
            self.leave(f"Lecture impossible : {name} ; on attendait un fichier JSON lisible, ou « - ».")

    def save(self, path: Path, lines: Iterable[str]) -> None:
        """Write a file whole or not at all."""
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with draft.open("w", encoding="utf-8") as written:
                written.writelines(f"{line}\n" for line in lines)
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            self.leave(f"Écriture impossible : {path} ; on attendait un fichier à créer.")

    def print(self, lines: Iterable[str]) -> None:
        """Write to standard output, in UTF-8 whatever the terminal: JSON knows no other encoding."""
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        for line in lines:
            self.stdout.write(line)

    def leave(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(UNUSABLE)

    def lines(self, document: Document) -> Iterator[str]:
        """Yield the answer, one entry a line, so that two answers can be compared line by line."""
        yield f'{{"schema": "{SCHEMA}", "averages": ['
        yield from self.entries("Moyennes", document.answer_averages())
        yield '], "verdicts": ['
        yield from self.entries("Dossier", document.answer_dossiers())
        yield "]}"

    def entries(self, kind: str, answers: Iterator[dict[str, Any]]) -> Iterator[str]:
        comma = ""
        for rank, answer in enumerate(answers, 1):
            if "error" in answer:
                self.refused += 1
                name = answer["id"] if answer["id"] is not None else f"n° {rank}, sans identifiant"
                self.stderr.write(f"{kind} {name}, champ {answer['error']['field']} : {answer['error']['message']}")
            written = json.dumps(answer, ensure_ascii=False)
            # A lone surrogate, legal in JSON, has no UTF-8: it goes back to the escape that it came from.
            yield comma + written.encode("utf-8", "backslashreplace").decode()
            comma = ","
