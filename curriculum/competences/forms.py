"""What is asked of somebody who imports a référentiel, or says what a module works on."""

from collections.abc import Sequence
from typing import Any

from django import forms

from curriculum.competences import store
from curriculum.competences.models import ReferentielNiveau
from curriculum.competences.services import Document, Preview, understand
from curriculum.models import Formation, Module
from curriculum.referentiel import MAX_FILE
from curriculum.wizard.forms import on_screen
from curriculum.workbook.guard import Unreadable

NEW = "+"
"""Chosen in place of the code of a competence: the formation has none yet."""


class FileForm(forms.Form):
    """A file of Orébut; cleaned, it has its `data` and its `document`."""

    file = forms.FileField(
        label="Fichier",
        help_text="Le fichier XML du référentiel, tel qu’Orébut le donne. 1\xa0Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".xml"}),
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors:
            said["data"] = said["file"].read(MAX_FILE + 1)
            try:
                said["document"] = understand(said["data"], said["file"].name)
            except Unreadable as refusal:
                self.add_error("file", on_screen(refusal))
        return said


class PairForm(forms.Form):
    """Which competence of the formation each one of a référentiel is; over the last version, or as a new one."""

    def __init__(self, *args: Any, formation: Formation, document: Document, seen: Preview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(each.code, " · ".join((each.code, *each.titles[:1]))) for each in store.known(formation)]
        self.names = [one.name for one in document.content.competences]
        for rank, one in enumerate(document.content.competences):
            self.fields[f"pair-{rank}"] = forms.ChoiceField(
                label=f"{one.number}. {one.name}",
                help_text=one.title,
                choices=[(NEW, "nouvelle compétence"), *known],
                initial=seen.pairs[one.name] or NEW,
            )
        if seen.current:
            self.fields["new_version"] = forms.BooleanField(
                label=f"Importer comme une nouvelle version (version\xa0{seen.current.version + 1})",
                help_text="Les brouillons la suivront\xa0; une maquette votée garde la sienne.",
                required=False,
                initial=seen.in_use and seen.refusal is not None,
            )

    @property
    def pairs(self) -> dict[str, str | None]:
        """What was chosen, by name."""
        codes = [self.cleaned_data[f"pair-{rank}"] for rank in range(len(self.names))]
        return {name: None if code == NEW else code for name, code in zip(self.names, codes, strict=True)}


class LearningsForm(forms.Form):
    """The apprentissages critiques that a module works on, niveau by niveau."""

    def __init__(self, *args: Any, module: Module, niveaux: Sequence[ReferentielNiveau], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = set(module.learnings.values_list("pk", flat=True))
        for niveau in niveaux:
            learnings = niveau.learnings.all()
            self.fields[f"niveau-{niveau.pk}"] = forms.TypedMultipleChoiceField(
                label=f"{niveau}\xa0: {niveau.title}",
                required=False,
                coerce=int,
                choices=[(each.pk, str(each)) for each in learnings],
                initial=[each.pk for each in learnings if each.pk in chosen],
                widget=forms.CheckboxSelectMultiple,
            )

    @property
    def chosen(self) -> list[int]:
        """The ids that were ticked."""
        return [pk for ticked in self.cleaned_data.values() for pk in ticked]
