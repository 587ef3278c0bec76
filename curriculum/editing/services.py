"""The correction of a draft maquette: one transaction, one entry in the journal, nobody's change overwritten."""

from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from curriculum import edit, journal, store
from curriculum.edit import Correction
from curriculum.editing import cells
from curriculum.models import Maquette
from curriculum.store import MaquetteRefused
from curriculum.workbook.draft import Draft

journal.declare(maquette_corrected="Maquette corrigée")


class Overtaken(MaquetteRefused):
    """Somebody changed a cell since it was shown."""

    def __init__(self, correction: Correction, current: str | None) -> None:
        super().__init__(
            f"{correction.module or 'Tableau'} : quelqu’un vient de changer cette case en "
            f"« {current or 'rien'} ». Votre saisie « {correction.value or 'rien'} » n’est pas enregistrée."
        )


@transaction.atomic
def correct_maquette(
    *, maquette: Maquette, corrections: Sequence[Correction], seen: Sequence[str | None], by: AbstractBaseUser
) -> Draft:
    """Correct figures of a draft maquette and store its findings again; return it as it then stands.

    `seen` says what each cell held when it was shown, as `edit.inverse` types it. Raises Overtaken where it holds
    something else, MaquetteRefused where the maquette is no draft, edit.Refused where a correction cannot be made.
    """
    locked = Maquette.objects.select_for_update(of=("self",)).select_related("formation").get(pk=maquette.pk)
    if not locked.is_draft:
        raise MaquetteRefused(
            f"la maquette est {locked.get_state_display()} et ne change plus : créez une nouvelle version."
        )
    before = store.load(locked)
    held = [edit.inverse(before, correction) for correction in corrections]
    for correction, shown, current in zip(corrections, seen, held, strict=True):
        if (shown or None) != current.value:
            raise Overtaken(correction, current.value)
    after = edit.apply(before, corrections)
    changed = [edit.inverse(after, correction) for correction in corrections]
    if changed != held:
        cells.write(locked, before, after)
        journal.record(
            "maquette_corrected",
            locked,
            by=by,
            formation=locked.formation,
            before=_told(before, held),
            after=_told(before, changed),
        )
    return after


def _told(draft: Draft, corrections: Sequence[Correction]) -> dict[str, object]:
    """Return what cells hold, by their place: « S3 OSC R3.01 coefficient:UE3.1 »."""
    return {
        " ".join(filter(None, (draft.semesters[each.table].label, each.module, each.field))): each.value
        for each in corrections
    }
