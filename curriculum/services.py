"""Every write of curriculum, each in one transaction with its entry in the journal."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from curriculum import journal, store
from curriculum.lint import lint
from curriculum.models import Formation, Maquette
from curriculum.store import MaquetteRefused
from curriculum.workbook import codec, guard, reader
from curriculum.workbook.draft import Draft
from curriculum.workbook.layouts import delibere
from curriculum.workbook.naming import fold
from curriculum.workbook.settle import Options, with_options

journal.declare(maquette_imported="Maquette importée")

JSON = "json"
OURS = (JSON, delibere.NAME)
"""The layouts of what we wrote ourselves, JSON and template: they are nobody's, and agree with any other."""


@dataclass(frozen=True, slots=True)
class Document:
    """A maquette as a file gives it: its draft with findings, and where it comes from."""

    draft: Draft
    layout: str
    name: str
    sha256: str


def check(data: bytes) -> None:
    """Refuse, before anything of it is understood, what is over a limit or is no workbook. Raises Unreadable."""
    guard.check_size(len(data))
    if not _is_json(data):
        guard.inspect(data)


def _is_json(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def understand(
    data: bytes, name: str, options: Options | None = None, progress: Callable[[], None] | None = None
) -> Document:
    """Read a workbook or a JSON document, writing nothing. Raises Unreadable with one French sentence.

    `progress` is called half-way, when the sheets are read and before what they say is checked.
    """
    options = options or Options()
    guard.check_size(len(data))
    if _is_json(data):
        draft, layout = with_options(codec.loads(data.decode("utf-8-sig", "replace")), options), JSON
    else:
        draft, layout = reader.read(data, name, options)
        if progress:
            progress()
        draft = lint(draft)
    return Document(draft, layout, name, hashlib.sha256(data).hexdigest())


@transaction.atomic
def import_maquette(*, document: Document, accept_errors: bool = False, by: AbstractBaseUser | None) -> Maquette:
    """Store a document as a new version of its maquette, all of it or nothing.

    Raises MaquetteRefused: errors that were not accepted, no year, a value that does not fit, or a formation and
    year that another layout or institution claims already.
    """
    draft = document.draft
    if draft.has_errors and not accept_errors:
        raise MaquetteRefused("le document a des constats d’erreur : corrigez-le, ou acceptez-les (--accept-errors).")
    if draft.formation.academic_year is None:
        raise MaquetteRefused("l’année universitaire n’est écrite nulle part : donnez-la (--year 2025-2026).")
    formation = _formation(draft)
    layout = _layout(formation, document)
    maquette = store.save(draft, formation, layout=layout, source_name=document.name, sha256=document.sha256, by=by)
    journal.record(
        "maquette_imported",
        maquette,
        by=by,
        formation=formation,
        after={"file": document.name, "sha256": document.sha256, "version": maquette.version},
    )
    return maquette


def _formation(draft: Draft) -> Formation:
    """Return the formation of a draft, created when it is new, locked so that two imports come one after the other."""
    said = draft.formation
    fields = {"speciality": said.speciality, "institution": said.institution or ""}
    store.fit(f"Formation {said.code}", Formation(code=said.code, **fields))
    Formation.objects.get_or_create(code=said.code, defaults=fields)
    formation = Formation.objects.select_for_update().get(code=said.code)
    if said.institution and not formation.institution:
        formation.institution = said.institution
        formation.save(update_fields=["institution"])
    if said.institution and fold(said.institution) != fold(formation.institution):
        raise MaquetteRefused(
            f"{formation.code} est une formation de « {formation.institution} », le document est de "
            f"« {said.institution} » : donnez-lui un autre code (--formation)."
        )
    return formation


def _layout(formation: Formation, document: Document) -> str:
    """Return the layout to keep; refuse a document laid out otherwise than the versions already stored."""
    year = document.draft.formation.academic_year
    stored = Maquette.objects.filter(formation=formation, academic_year=year).exclude(layout__in=OURS)
    latest = stored.order_by("-version").first()
    if latest is None or document.layout in OURS:
        return latest.layout if latest else document.layout
    if latest.layout != document.layout:
        raise MaquetteRefused(
            f"{formation.code} {year} vient déjà d’un classeur d’une autre présentation ({latest.layout}) : "
            "donnez à celui-ci un autre code de formation (--formation)."
        )
    return document.layout
