"""`manage.py import_referentiel`: what an Orébut référentiel says and changes; `--write` stores it."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from django.db import DatabaseError

from curriculum.competences.services import (
    Document,
    Preview,
    ReferentielRefused,
    import_referentiel,
    preview,
    understand,
)
from curriculum.management.command import NO_DATABASE, FrenchCommand
from curriculum.models import Formation
from curriculum.referentiel import MAX_FILE
from curriculum.workbook.french import typeset
from curriculum.workbook.guard import Unreadable

REFUSED, NOT_UNDERSTOOD = 1, 2


class Command(FrenchCommand):
    help = "Lit un référentiel de compétences (XML d’Orébut), dit ce qu’il change ; n’écrit qu’avec --write."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FICHIER", help="fichier .xml d’Orébut")
        parser.add_argument("--formation", metavar="CODE", required=True, help="code de la formation")
        parser.add_argument(
            "--pair",
            metavar="NOM=CODE",
            action="append",
            default=[],
            help="cette compétence du référentiel est celle-ci dans les maquettes (NOM= : une nouvelle)",
        )
        parser.add_argument("--new-version", action="store_true", help="comme une nouvelle version du référentiel")
        parser.add_argument("--write", action="store_true", help="enregistrer : tout ou rien")

    def handle(self, *args: Any, **options: Any) -> None:
        document = self.read(options["file"])
        try:
            formation = Formation.objects.filter(code=options["formation"]).first()
            if formation is None:
                self.leave(f"--formation {options['formation']} : cette formation n’existe pas.", NOT_UNDERSTOOD)
            self.act(formation, document, options)
        except DatabaseError:
            self.leave(f"Rien n’est enregistré : {NO_DATABASE}.", REFUSED)

    def read(self, name: str) -> Document:
        """Return the file understood; leave with one sentence when it cannot be."""
        try:
            with Path(name).open("rb") as file:
                return understand(file.read(MAX_FILE + 1), Path(name).name)
        except Unreadable as refusal:
            self.leave(f"{name} : {refusal}", NOT_UNDERSTOOD)
        except OSError:
            self.leave(f"{name} : ce fichier ne peut pas être lu.", NOT_UNDERSTOOD)

    def act(self, formation: Formation, document: Document, options: dict[str, Any]) -> None:
        new_version = options["new_version"]
        seen = preview(formation, document, new_version=new_version)
        if options["pair"]:
            pairs = {**seen.pairs, **self.pairs(options["pair"], document)}
            seen = preview(formation, document, pairs, new_version=new_version)
        for line in report(document, seen):
            self.stdout.write(typeset(line))
        if seen.refusal:
            self.leave(f"Rien n’est enregistré : {seen.refusal}", REFUSED)
        if not options["write"]:
            self.stdout.write(typeset("Rien n’est enregistré : ajoutez --write pour le faire."))
            return
        try:
            row = import_referentiel(
                formation=formation, document=document, pairs=seen.pairs, new_version=new_version, by=None
            )
        except ReferentielRefused as refusal:
            self.leave(f"Rien n’est enregistré : {refusal}", REFUSED)
        self.stdout.write(typeset(f"Enregistré : {row}."))

    def pairs(self, said: list[str], document: Document) -> dict[str, str | None]:
        """Return what --pair says; leave with one sentence when it names nothing."""
        names = {competence.name for competence in document.content.competences}
        found = {}
        for each in said:
            name, equals, code = each.partition("=")
            if not equals or name not in names:
                self.leave(f"--pair {each} : attendu, NOM=CODE, d’une compétence du référentiel.", NOT_UNDERSTOOD)
            found[name] = code or None
        return found

    def leave(self, sentence: str, status: int) -> NoReturn:
        self.stderr.write(typeset(sentence))
        sys.exit(status)


def report(document: Document, seen: Preview) -> Iterator[str]:
    """Tell what was understood, which competence each one is, and the difference with what is stored."""
    content = document.content
    yield f"{document.name} : {content.speciality}, {content.title}"
    for one in content.competences:
        steps = ", ".join(f"niveau {niveau.number} ({len(niveau.learnings)} AC)" for niveau in one.niveaux)
        yield f"  {one.number}. {one.name} -> {seen.pairs[one.name] or 'nouvelle compétence'} : {steps}"
    for parcours in content.parcours:
        yield f"  Parcours {parcours.code} : {parcours.title}"
    if seen.alone:
        yield f"Compétences de la formation sans description : {', '.join(seen.alone)}."
    if seen.current is None:
        yield "Aucun référentiel n’est enregistré pour cette formation."
        return
    yield f"Différences avec la version {seen.current.version} enregistrée : {len(seen.changes) or 'aucune'}."
    for change in seen.changes:
        yield f"  {'' if change.harmless else 'change le sens : '}{change.sentence}"
