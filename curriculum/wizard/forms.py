"""What is asked of somebody who imports a maquette: a workbook and its formation, what it does not say, a yes."""

import re
from typing import Any

from django import forms

from curriculum.models import Formation, academic_year_validator
from curriculum.services import Document
from curriculum.wizard import services
from curriculum.wizard.models import Upload
from curriculum.workbook import guard
from curriculum.workbook.draft import Draft
from curriculum.workbook.french import typeset
from curriculum.workbook.guard import Unreadable
from curriculum.workbook.naming import fold, read_year
from curriculum.workbook.settle import Options

TYPED = re.compile(r"\s\(--[^)]*\)")
"""What a refusal advises to type on a command line."""


def on_screen(refusal: Exception) -> str:
    """Return the sentence of a refusal, its first letter a capital, for somebody in front of a browser."""
    sentence = TYPED.sub("", str(refusal))
    return sentence[:1].upper() + sentence[1:]


class SaidForm(forms.Form):
    """What the person says when the document does not."""

    year = forms.CharField(
        label="Année universitaire",
        required=False,
        max_length=9,
        validators=[academic_year_validator],
        widget=forms.TextInput(attrs={"placeholder": "2025-2026", "inputmode": "numeric"}),
    )
    institution = forms.CharField(label="Établissement", required=False, max_length=200)

    def clean_year(self) -> str:
        year: str = self.cleaned_data["year"]
        if year and read_year(year) != year:
            raise forms.ValidationError("Une année universitaire s’écrit 2025-2026.")
        return year

    def options(self, formation: Formation | None) -> Options:
        """Return what was said, of a formation."""
        said = self.cleaned_data
        return Options(formation.code if formation else None, said["year"] or None, said["institution"] or None)


class UploadForm(SaidForm):
    """A workbook, and the formation it is for; cleaned, it has its `content` and its `document` (None: too large)."""

    file = forms.FileField(
        label="Classeur",
        help_text="Le classeur Excel (.xlsx) voté par les conseils, ou le JSON de Délibéré. 20\xa0Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.json"}),
        error_messages={"required": "Choisissez un classeur.", "empty": "Ce fichier est vide."},
    )

    def __init__(self, *args: Any, formations: list[Formation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_code = {formation.code: formation for formation in formations}
        named = [("", "celle que nomme le classeur")] if len(formations) > 1 else []
        listed = [(code, f"{code} · {made.speciality}") for code, made in self.by_code.items()]
        self.fields["formation"] = forms.ChoiceField(label="Formation", required=not named, choices=[*named, *listed])
        self.order_fields(["file", "formation"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if self.errors:
            return said
        chosen = self.by_code.get(said["formation"])
        try:
            guard.check_size(said["file"].size)
            said["content"] = said["file"].read()
            said["document"] = services.read(said["content"], said["file"].name, self.options(chosen))
        except Unreadable as refusal:
            self.add_error("file", on_screen(refusal))
            return said
        said["formation"] = chosen or self._named(said["document"])
        return said

    def _named(self, document: Document | None) -> Formation | None:
        """Return the formation that the workbook names, when it is one of theirs."""
        if document is None:
            self.add_error("formation", "Ce classeur est trop gros pour être lu à l’instant\xa0: dites sa formation.")
            return None
        code = document.draft.formation.code
        if code not in self.by_code:
            sentence = f"Le classeur est de {code}, qui n’est pas de vos formations : choisissez celle où il va."
            self.add_error("formation", typeset(sentence))
        return self.by_code.get(code)


class AgainForm(SaidForm):
    """What the document of an import does not say, said after it was read."""

    def __init__(self, *args: Any, upload: Upload, **kwargs: Any) -> None:
        kwargs["initial"] = {"year": upload.year, "institution": upload.institution}
        super().__init__(*args, **kwargs)
        self.upload = upload

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors:
            said["options"] = self.options(self.upload.formation)
            try:
                said["document"] = services.reread(self.upload, said["options"])
            except Unreadable as refusal:
                raise forms.ValidationError(on_screen(refusal)) from refusal
        return said


class ConfirmForm(forms.Form):
    """The yes; `seen` is the version that was compared with, so that nobody’s is overlooked."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    other_speciality = forms.BooleanField()
    accept_errors = forms.BooleanField(
        label="J’ai lu les constats d’erreur\xa0: enregistrer la maquette avec eux",
        error_messages={
            "required": "Des constats d’erreur restent\xa0: corrigez-les, ou cochez que vous les acceptez."
        },
    )

    def __init__(self, *args: Any, draft: Draft, formation: Formation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not draft.has_errors:
            del self.fields["accept_errors"]
        said, ours = draft.formation.speciality, formation.speciality
        if fold(said) == fold(ours):
            del self.fields["other_speciality"]
        else:
            box = self.fields["other_speciality"]
            box.label = (
                f"Le classeur dit {said}\xa0: c’est pourtant bien la maquette de {formation}, spécialité {ours}"
            )
            box.error_messages["required"] = (
                f"Le classeur est de la spécialité {said}, {formation} est de {ours}\xa0: cochez que c’est voulu, "
                "ou abandonnez cet import et choisissez l’autre formation."
            )
