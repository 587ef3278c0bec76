"""`manage.py import_maquette`: what a maquette says, what is wrong with it, what it changes; `--write` stores it."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from django.db import DatabaseError

from curriculum import store
from curriculum.diff import diff
from curriculum.management.command import NO_DATABASE, FrenchCommand
from curriculum.models import Maquette
from curriculum.services import Document, import_maquette, understand
from curriculum.store import MaquetteRefused
from curriculum.succession import hanging
from curriculum.templatetags.figures import counted
from curriculum.workbook import codec, guard
from curriculum.workbook.draft import Finding, Semester
from curriculum.workbook.french import comma, typeset
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.naming import read_year
from curriculum.workbook.settle import Options

HAS_ERRORS, NOT_UNDERSTOOD = 1, 2
LEVELS = {"error": "ERREUR", "warning": "attention", "info": "info"}


class Command(FrenchCommand):
    help = "Lit une maquette (.xlsx ou .json), dit ce qui y est compris et ce qui cloche ; n’écrit qu’avec --write."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="-", metavar="FICHIER", help="classeur .xlsx, .json, ou « - »")
        parser.add_argument("--formation", metavar="CODE", help="code de la formation (sinon BUT- et la spécialité)")
        parser.add_argument("--year", metavar="2025-2026", help="année universitaire, si le document ne la dit pas")
        parser.add_argument("--institution", metavar="NOM", help="établissement, si le document ne le dit pas")
        parser.add_argument("--write", action="store_true", help="enregistrer : tout ou rien")
        parser.add_argument("--accept-errors", action="store_true", help="enregistrer malgré les constats d’erreur")
        parser.add_argument("--json", action="store_true", help="écrire l’objet JSON au lieu du compte rendu")

    def handle(self, *args: Any, **options: Any) -> None:
        document = self.read(options["file"], options)
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # whatever the terminal: JSON knows no other encoding
        if options["json"]:
            self.stdout.write(codec.dumps(document.draft))
        else:
            for line in report(document):
                self.stdout.write(typeset(line))
        if options["write"]:
            self.write(document, accept_errors=options["accept_errors"], quiet=options["json"])
        elif not options["json"]:
            self.stdout.write(typeset("Rien n’est enregistré : ajoutez --write pour le faire."))
        if document.draft.has_errors:
            sys.exit(HAS_ERRORS)

    def read(self, name: str, options: dict[str, Any]) -> Document:
        """Return the document understood; leave with one sentence when it cannot be."""
        if options["year"] and read_year(options["year"]) != options["year"]:
            self.leave(f"--year {options['year']} : une année universitaire s’écrit 2025-2026.", NOT_UNDERSTOOD)
        said = Options(options["formation"], options["year"], options["institution"])
        try:
            return understand(content(name), Path(name).name, said)
        except Unreadable as refusal:
            self.leave(f"{name} : {refusal}", NOT_UNDERSTOOD)
        except OSError:
            self.leave(f"{name} : ce fichier ne peut pas être lu.", NOT_UNDERSTOOD)

    def write(self, document: Document, *, accept_errors: bool, quiet: bool) -> None:
        try:
            maquette = import_maquette(document=document, by=None, accept_errors=accept_errors)
        except MaquetteRefused as refusal:
            self.leave(f"Rien n’est enregistré : {refusal}", HAS_ERRORS)
        except DatabaseError:
            self.leave(f"Rien n’est enregistré : {NO_DATABASE}.", HAS_ERRORS)
        if not quiet:
            self.stdout.write(typeset(f"Enregistrée : {maquette}."))

    def leave(self, sentence: str, status: int) -> NoReturn:
        self.stderr.write(typeset(sentence))
        sys.exit(status)


def content(name: str) -> bytes:
    """Return the bytes of a file, or of the standard input; its size is looked at before it is read."""
    if name == "-":
        return sys.stdin.buffer.read(guard.MAX_FILE + 1)
    path = Path(name)
    guard.check_size(path.stat().st_size)
    return path.read_bytes()


def report(document: Document) -> Iterator[str]:
    """Tell, table by table, what was understood, every finding, and the difference with what is stored."""
    draft = document.draft
    formation = draft.formation
    of = f" de {formation.institution}" if formation.institution else ""
    yield f"{document.name} : {formation.code}{of}, {formation.academic_year or 'année inconnue'}, {document.layout}"
    for semester in draft.semesters:
        yield from _table(semester)
    for finding in draft.findings:
        yield _line(finding)
    counts = [sum(each.severity == level for _, each in draft.all_findings) for level in LEVELS]
    told = ", ".join(f"{count} {name}" for count, name in zip(counts, ("erreur(s)", "attention", "info"), strict=True))
    yield f"{len(draft.semesters)} tableaux ; constats : {told}."
    try:
        stored = store.latest(formation.code, formation.academic_year)
    except DatabaseError:
        yield f"Rien à quoi comparer : {NO_DATABASE}."
        return
    if stored is None:
        yield f"Aucune maquette {formation.code} {formation.academic_year} n’est enregistrée."
        return
    yield from _in_service(stored)
    changes = diff(store.load(stored), draft)
    yield f"Différences avec la version {stored.version} enregistrée : {len(changes) or 'aucune'}."
    for change in changes:
        yield f"  {change.sentence}"


def _in_service(stored: Maquette) -> Iterator[str]:
    """Say that a version in service is never replaced by an import, and what a new one would take over from it."""
    served = store.in_service(stored)
    if served:
        loads = ", ".join(counted(count, nouns) for count, nouns in hanging(served)) or "rien"
        yield (
            f"La version {served.version} est en service et ne change pas : l’import crée un brouillon à côté. "
            f"La mettre en service toucherait : {loads}."
        )


def _table(semester: Semester) -> Iterator[str]:
    ues = ", ".join(f"{ue.code} {comma(ue.ects) if ue.ects else '?'} ECTS" for ue in semester.ues)
    yield f"Feuille « {semester.sheet} » : {semester.label}, {semester.academic_year}"
    yield f"  UE : {ues or 'aucune'}"
    yield f"  {len(semester.modules)} modules : {', '.join(module.key for module in semester.modules)}"
    for finding in semester.findings:
        yield _line(finding)


def _line(finding: Finding) -> str:
    where = f"{finding.cell} " if finding.cell else ""
    return f"  {LEVELS[finding.severity]} {where}[{finding.code}] {finding.message}"
