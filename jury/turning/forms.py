"""What is typed to turn a year: its settings, and a choice for some students."""

from collections.abc import Sequence
from typing import Any

from django import forms

from jury.models import Turn
from jury.turning.proposal import Place

PROPOSAL, NOWHERE = "proposition", "aucune"
"""What a choice may be beside a place: the proposal again, or no enrolment."""


class TurnForm(forms.ModelForm[Turn]):
    """How a turn copies and enrols."""

    class Meta:
        model = Turn
        fields = ("groups", "with_services", "with_exemptions", "whole_year")
        widgets = {"groups": forms.RadioSelect}
        help_texts = {
            "groups": "Un groupe est retrouvé par son nom\xa0; OSC2 devient OSC3 pour qui passe en BUT3.",
            "with_services": "Chaque enseignant garde ses modules de même code, semestre et parcours.",
            "with_exemptions": "Avec son accord (L-08). Sinon il suit tout et garde sa meilleure moyenne (L-07).",
            "whole_year": "Sinon au semestre impair seulement\xa0; le pair suit plus tard, de droit (N-09).",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.within_year:  # nothing else is copied, nor chosen: the groups stay
            for name in ("groups", "with_services", "whole_year"):
                del self.fields[name]


class ChoiceForm(forms.Form):
    """A place for the students who are ticked, or for all those that the page lists.

    `places` are those to choose between; `likely`: the first is what most of these students may choose.
    """

    place = forms.ChoiceField(label="Inscrire en")
    students = forms.TypedMultipleChoiceField(coerce=int, required=False)
    every = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, places: Sequence[Place], likely: bool, listed: Sequence[int]) -> None:
        super().__init__(data)
        blank = [] if likely else [("", "choisir…")]  # no place is anybody's by default
        offered = [(place.key, str(place)) for place in places]
        named = [*blank, *offered, (NOWHERE, "ne pas inscrire"), (PROPOSAL, "revenir à la proposition")]
        self.fields["place"] = forms.ChoiceField(label="Inscrire en", choices=named)
        self.fields["students"] = forms.TypedMultipleChoiceField(
            coerce=int,
            required=False,
            choices=[(pk, pk) for pk in listed],
            error_messages={"invalid_choice": "Un des étudiants cochés n’est plus dans cette liste\xa0: relisez-la."},
        )
        self.listed = listed

    @property
    def chosen(self) -> str | None:
        """The place, as `services.choose` takes it."""
        place: str = self.cleaned_data["place"]
        return {PROPOSAL: None, NOWHERE: ""}.get(place, place)

    @property
    def ticked(self) -> list[int]:
        """Whom it is about."""
        return list(self.listed) if self.cleaned_data["every"] else self.cleaned_data["students"]
