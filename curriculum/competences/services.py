"""The writes of a référentiel: its import, which changes no meaning once it is used, and what a module works on."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from curriculum import journal
from curriculum import referentiel as orebut
from curriculum.competences import store
from curriculum.competences.models import Referentiel
from curriculum.competences.pairing import Change, Pairing, changes, clash, propose
from curriculum.models import Formation, Maquette, Module
from curriculum.workbook.french import typeset
from curriculum.workbook.naming import fold

journal.declare(
    referentiel_imported="Référentiel de compétences importé",
    module_linked="Apprentissages critiques d’un module choisis",
)


class ReferentielRefused(Exception):
    """A référentiel, or links to it, that are not stored; its text is one French sentence. Nothing was written."""

    def __init__(self, sentence: str) -> None:
        super().__init__(typeset(sentence))


@dataclass(frozen=True, slots=True)
class Document:
    """A référentiel as a file gives it."""

    content: orebut.Referentiel
    name: str
    sha256: str


def understand(data: bytes, name: str) -> Document:
    """Read a file of Orébut, writing nothing. Raises Unreadable with one French sentence."""
    return Document(orebut.parse(data), name[:255], hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do: over which version, with which pairs, changing what; why it may not."""

    current: Referentiel | None
    in_use: bool
    pairs: Pairing
    changes: Sequence[Change]
    alone: Sequence[str]
    """The competences of the maquettes that the référentiel would not describe."""
    refusal: str | None

    @property
    def mark(self) -> str:
        """What the stored version was when it was compared: somebody may store another meanwhile."""
        return f"{self.current.pk} {self.current.source_sha256}" if self.current else ""


def preview(
    formation: Formation, document: Document, pairs: Pairing | None = None, *, new_version: bool = False
) -> Preview:
    """Return what an import would do, with these pairs or else those of before and the likely ones; writes nothing."""
    current = store.latest(formation)
    known = store.known(formation)
    before = store.pairing(current) if current else {}
    chosen = propose(document.content, known, before) if pairs is None else pairs
    in_use = current is not None and store.in_use(current)
    told = changes(store.load(current), document.content) if current else []
    codes = {each.code for each in known}
    refusal = _foreign(formation, document) or clash(document.content, chosen) or _unknown(chosen, codes)
    if in_use and not new_version and refusal is None:
        refusal = _frozen(told, before, chosen)
    alone = sorted(codes - set(chosen.values()))
    return Preview(current, in_use, chosen, told, alone, typeset(refusal) if refusal else None)


def _foreign(formation: Formation, document: Document) -> str | None:
    ours, theirs = fold(formation.speciality), (fold(document.content.speciality), fold(document.content.title))
    if not ours or any(name in ours or ours in name for name in theirs):
        return None
    return f"ce référentiel est celui de {document.content.speciality}, la formation est {formation.speciality}."


def _unknown(pairs: Pairing, codes: Collection[str]) -> str | None:
    for name, code in pairs.items():
        if code is not None and code not in codes:
            return f"« {name} » : la formation n’a pas de compétence « {code} »."
        if code is None and name in codes:
            return f"« {name} » : la formation a déjà une compétence de ce nom, associez-la."
    return None


def _frozen(told: Sequence[Change], before: Pairing, after: Pairing) -> str | None:
    """Say what cannot change in a référentiel that a voted maquette leans on, and the way out."""
    heavy = [change.sentence for change in told if not change.harmless]
    heavy += [f"{name} était associée à {code}." for name, code in before.items() if (after.get(name) or name) != code]
    if not heavy:
        return None
    return (
        f"ce référentiel sert à une maquette votée, et ce fichier en change le sens ({heavy[0].removesuffix('.')}) : "
        "importez-le comme une nouvelle version, que suivront les brouillons."
    )


@transaction.atomic
def import_referentiel(
    *,
    formation: Formation,
    document: Document,
    pairs: Pairing | None = None,
    new_version: bool = False,
    by: AbstractBaseUser | None,
) -> Referentiel:
    """Store a référentiel: over the last version, or as a new one that drafts follow. Raises ReferentielRefused.

    `pairs` says, by name, which competence of the formation each one is; without it, those of before and the likely
    ones. A version that a voted maquette leans on takes additions and other wordings of what explains, nothing else.
    """
    locked = Formation.objects.select_for_update().get(pk=formation.pk)
    seen = preview(locked, document, pairs, new_version=new_version)
    if seen.refusal:
        raise ReferentielRefused(seen.refusal)
    if seen.current is None or new_version:
        row = Referentiel(formation=locked, version=seen.current.version + 1 if seen.current else 1)
    else:
        row = seen.current
    row.speciality, row.title = document.content.speciality, document.content.title
    row.source_name, row.source_sha256, row.imported_by_id = document.name, document.sha256, by.pk if by else None
    row.save()
    store.write(row, document.content, seen.pairs)
    store.follow(row)
    after = {"version": row.version, "file": document.name, "sha256": document.sha256, "pairs": dict(seen.pairs)}
    told = [change.sentence for change in seen.changes]
    journal.record("referentiel_imported", row, by=by, formation=locked, after={**after, "changes": told})
    return row


@transaction.atomic
def link_module(*, module: Module, learnings: Collection[int], by: AbstractBaseUser | None) -> None:
    """Say which apprentissages critiques a module works on, by id. Raises ReferentielRefused.

    They are of the niveaux of the UEs that it feeds. No mark depends on them: they may change in a maquette in
    service, until it is archived.
    """
    maquette = Maquette.objects.select_for_update(of=("self",)).select_related("formation").get(pk=module.maquette_id)
    if maquette.state == Maquette.State.ARCHIVED:
        raise ReferentielRefused(f"{maquette} est archivée : elle ne change plus.")
    offered = {each.pk: each.code for niveau in store.offered(module) for each in niveau.learnings.all()}
    if not set(learnings) <= offered.keys():
        raise ReferentielRefused(f"{module.key} : un de ces apprentissages critiques n’est pas d’un niveau de ses UE.")
    before = dict(store.worked_on(module).values_list("pk", "code"))
    if set(before) == set(learnings):
        return
    module.learnings.remove(*before.keys() - set(learnings))
    module.learnings.add(*learnings)
    journal.record(
        "module_linked",
        module,
        by=by,
        formation=maquette.formation,
        before={"learnings": sorted(before.values())},
        after={"learnings": sorted(offered[pk] for pk in learnings)},
    )
