"""What people say of a version: when it was voted, for which year it is copied, with which it is compared."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from curriculum.models import Maquette
from curriculum.workbook.naming import read_year


class ValidationForm(forms.Form):
    """On which days the councils voted; the box is there when errors were found in the maquette."""

    departement = forms.DateField(label="Conseil de département", widget=forms.DateInput)
    iut = forms.DateField(label="Conseil d’IUT", widget=forms.DateInput)
    accept_errors = forms.BooleanField(label="Accepter les constats d’erreur", required=False)

    def __init__(self, *args: Any, maquette: Maquette, errors: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"departement": maquette.validated_departement, "iut": maquette.validated_iut}
        if not errors:
            del self.fields["accept_errors"]

    def clean_departement(self) -> date:
        return self._past("departement")

    def clean_iut(self) -> date:
        return self._past("iut")

    def _past(self, name: str) -> date:
        voted: date = self.cleaned_data[name]
        if voted > timezone.localdate():
            raise forms.ValidationError("Cette date est à venir\xa0: une maquette est validée une fois votée.")
        return voted


class CopyForm(forms.Form):
    """The year of the copy; the next one unless told."""

    academic_year = forms.CharField(label="Année universitaire", max_length=9, help_text="Par exemple 2026-2027.")

    def __init__(self, *args: Any, maquette: Maquette, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = int(maquette.academic_year[5:])
        self.initial = {"academic_year": f"{year}-{year + 1}"}

    def clean_academic_year(self) -> str:
        typed: str = self.cleaned_data["academic_year"].strip()
        return read_year(typed) or typed


class SeenForm(forms.Form):
    """The version in service that was shown; 0 for none."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class CompareForm(forms.Form):
    """Two of the maquettes that somebody may see."""

    avant = forms.TypedChoiceField(label="Comparer", coerce=int)
    apres = forms.TypedChoiceField(label="à", coerce=int)

    def __init__(self, *args: Any, maquettes: Sequence[Maquette], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.pk, f"{each}, {each.get_state_display()}") for each in maquettes]
        for name, chosen in zip(("avant", "apres"), (choices[1:2] or choices[:1], choices[:1]), strict=True):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
            field.choices, field.initial = choices, chosen[0][0] if chosen else None
