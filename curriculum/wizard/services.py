"""Every write of the import wizard. Until the last step nothing of a workbook is a maquette."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from curriculum import edit, jobs, journal, readings, store
from curriculum.edit import Correction
from curriculum.editing.services import Overtaken
from curriculum.jobs import Job
from curriculum.models import Formation, Maquette
from curriculum.services import Document, check, import_maquette, understand
from curriculum.wizard.models import Upload
from curriculum.workbook import codec
from curriculum.workbook.draft import Draft
from curriculum.workbook.french import typeset
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.settle import Options

journal.declare(
    upload_received="Classeur envoyé",
    upload_read="Classeur lu",
    upload_said_again="Classeur relu avec une autre année ou un autre établissement",
    upload_corrected="Classeur corrigé avant d’être enregistré",
    upload_cancelled="Import abandonné",
    upload_purged="Import effacé",
)

SMALL = 1_000_000
"""Bytes of a workbook that is read while its sender waits; a larger one is left to a worker."""
STEPS = ("Lecture des feuilles", "Contrôle des totaux", "Enregistrement de ce qui a été compris")


class Stale(Exception):
    """What is to be confirmed is no longer what was shown: look again."""


class UploadClosed(Exception):
    """An import with which nothing more can be done; its text is one French sentence."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(typeset(f"Cet import est déjà {upload.get_state_display()} : rien n’y change plus."))


def read(content: bytes, name: str, options: Options) -> Document | None:
    """Understand a workbook at once, or None when it is too large for that. Raises Unreadable."""
    if len(content) <= SMALL:
        return understand(content, name, options)
    check(content)
    return None


def reread(upload: Upload, options: Options) -> Document:
    """Understand again a workbook that was sent. Raises Unreadable."""
    return understand(bytes(upload.content), upload.name, options)


@transaction.atomic
def receive_upload(
    *,
    formation: Formation,
    name: str,
    content: bytes,
    options: Options,
    document: Document | None,
    by: AbstractBaseUser,
) -> Upload:
    """Keep a workbook that was sent, understood (`document`) or to be read by a worker (None).

    A file that is on its way in this formation already is not kept twice: its import is returned.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    Formation.objects.select_for_update().get(pk=formation.pk)  # a double click waits here
    same = Upload.objects.filter(formation=formation, sha256=sha256, state__in=Upload.ON_ITS_WAY)
    if known := same.first():
        return known
    upload = Upload.objects.create(
        formation=formation,
        name=name[-255:],
        sha256=sha256,
        content=content,
        year=options.year or "",
        institution=options.institution or "",
        by_id=by.pk,
        **_understood(document),
    )
    if document is None:
        upload.job = jobs.start("read_upload", upload, by=by)
        upload.save(update_fields=["job"])
    journal.record("upload_received", upload, by=by, formation=formation, after={"file": name, "sha256": sha256})
    return upload


def _understood(document: Document | None) -> dict[str, Any]:
    """What an upload keeps of what was understood."""
    if document is None:
        return {"state": Upload.State.READING}
    return {
        "state": Upload.State.READY,
        "read": codec.dumps(document.draft),
        "traces": [readings.dump(semester.trace) for semester in document.draft.semesters],
        "layout": document.layout,
    }


def read_upload(job: Job) -> None:
    """Read an upload behind the pages. Called again after a worker died, it does what is left to do."""
    upload = Upload.objects.select_related("formation", "by").get(pk=job.subject)
    if upload.state != Upload.State.READING:
        return
    job.step(0, len(STEPS), STEPS[0])
    try:
        document = understand(
            bytes(upload.content),
            upload.name,
            upload.options,
            progress=lambda: job.step(1, len(STEPS), STEPS[1]),
        )
    except Unreadable as refusal:
        close_reading(upload=upload, document=None, refusal=str(refusal), by=upload.by)
    else:
        job.step(2, len(STEPS), STEPS[2])
        close_reading(upload=upload, document=document, refusal="", by=upload.by)


jobs.declare(read_upload=read_upload)


@transaction.atomic
def close_reading(*, upload: Upload, document: Document | None, refusal: str, by: AbstractBaseUser) -> None:
    """Keep what a worker understood, or why it did not; nothing when the import was given up meanwhile."""
    current = _locked(upload)
    if current.state != Upload.State.READING:
        return
    fields = _understood(document) if document else {"state": Upload.State.REFUSED}
    Upload.objects.filter(pk=current.pk).update(refusal=refusal, **fields)
    journal.record("upload_read", current, by=by, formation=current.formation, after={"refusal": refusal})


@transaction.atomic
def say_again(*, upload: Upload, options: Options, document: Document, by: AbstractBaseUser) -> None:
    """Keep what an upload is, read again with what its document does not say. Raises UploadClosed."""
    current = _locked(upload)
    if current.state != Upload.State.READY:
        raise UploadClosed(current)
    before = {"year": current.year, "institution": current.institution}
    after = {"year": options.year or "", "institution": options.institution or ""}
    Upload.objects.filter(pk=current.pk).update(**after, **_understood(document))
    journal.record("upload_said_again", current, by=by, formation=current.formation, before=before, after=after)


@transaction.atomic
def correct_upload(
    *, upload: Upload, corrections: Sequence[Correction], seen: Sequence[str], by: AbstractBaseUser
) -> Draft:
    """Correct cells of an upload before it is stored; return what it then says.

    `seen` says what each cell held when it was shown, as `edit.inverse` types it. Raises Overtaken where it holds
    something else, UploadClosed, or edit.Refused.
    """
    current = _locked(upload)
    if current.state != Upload.State.READY:
        raise UploadClosed(current)
    before = current.draft()
    held = [edit.inverse(before, correction) for correction in corrections]
    for correction, shown, cell in zip(corrections, seen, held, strict=True):
        if (shown or None) != cell.value:
            raise Overtaken(correction, cell.value)
    kept = _corrections(current, corrections)
    current.corrections = [asdict(each) for each in kept]
    current.save(update_fields=["corrections"])
    after = current.draft()
    journal.record(
        "upload_corrected",
        current,
        by=by,
        formation=current.formation,
        before={"cells": [asdict(each) for each in held]},
        after={"cells": [asdict(edit.inverse(after, each)) for each in corrections]},
    )
    return after


def _corrections(upload: Upload, new: Sequence[Correction]) -> list[Correction]:
    """Return what is corrected, one a cell; a cell that says again what was read is not. Raises Refused."""
    by_cell = {(each.table, each.module, each.field): each for each in (*upload.corrected(), *new)}
    read = upload.as_read()
    after = edit.apply(read, list(by_cell.values()))
    return [each for each in by_cell.values() if edit.inverse(after, each) != edit.inverse(read, each)]


@transaction.atomic
def confirm_upload(*, upload: Upload, seen_version: int, accept_errors: bool, by: AbstractBaseUser) -> Maquette:
    """Store an upload as the next version of its maquette, once: confirmed again, it gives the same version.

    `seen_version` is the version that it was compared with, 0 when there was none. Raises Stale when another was
    stored meanwhile, UploadClosed when the import was given up, MaquetteRefused as `import_maquette` does.
    """
    current = _locked(upload)
    if current.state == Upload.State.IMPORTED and current.maquette:
        return current.maquette
    if current.state != Upload.State.READY:
        raise UploadClosed(current)
    Formation.objects.select_for_update().get(pk=current.formation_id)
    draft = current.draft()
    if version_of(previous(draft)) != seen_version:
        raise Stale
    document = Document(draft, current.layout, current.name, current.sha256)
    current.maquette = import_maquette(document=document, accept_errors=accept_errors, by=by)
    current.state = Upload.State.IMPORTED
    current.save(update_fields=["maquette", "state"])
    return current.maquette


def previous(draft: Draft) -> Maquette | None:
    """Return the last version stored for the formation and year of a draft."""
    return store.latest(draft.formation.code, draft.formation.academic_year)


def version_of(maquette: Maquette | None) -> int:
    return maquette.version if maquette else 0


@transaction.atomic
def cancel_upload(*, upload: Upload, by: AbstractBaseUser) -> None:
    """Give an import up; its file is thrown away. Raises UploadClosed when it is a maquette already."""
    current = _locked(upload)
    if not current.is_open:
        raise UploadClosed(current)
    nothing = {"content": b"", "read": "", "traces": [], "corrections": [], "refusal": ""}
    Upload.objects.filter(pk=current.pk).update(state=Upload.State.CANCELLED, **nothing)
    journal.record("upload_cancelled", current, by=by, formation=current.formation)


@transaction.atomic
def purge_upload(*, upload: Upload, by: AbstractBaseUser | None) -> None:
    """Remove an import and its file; the maquette that it made remains, with the file's name and fingerprint."""
    journal.record("upload_purged", upload, by=by, formation=upload.formation, before={"state": upload.state})
    upload.delete()
    if upload.job:
        upload.job.delete()


def _locked(upload: Upload) -> Upload:
    """Return an upload as it stands, for whoever writes it now."""
    rows = Upload.objects.select_for_update(of=("self",)).select_related("formation", "by")
    return rows.get(pk=upload.pk)
