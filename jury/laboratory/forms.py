"""The règlement to try, as the address carries it: what it does not say is as in force."""

from collections.abc import Mapping
from typing import Any

from django import forms

from jury.regulations.forms import BLANK, field_of, shown, value_of
from jury.regulations.parameters import DEFAULTING, PARAMETERS, Parameter

TRIED = {key: parameter for key, parameter in PARAMETERS.items() if key != DEFAULTING}
"""What the engine reads, by key: the article on DEF changes no verdict."""


class TrialForm(forms.Form):
    """Every parameter of the engine, as in `parameters` unless `asked` says otherwise; always bound.

    `values` is, once valid, what `jury.engine.regulation.override` reads.
    """

    def __init__(self, asked: Mapping[str, Any], *, parameters: Mapping[str, Any]) -> None:
        current = {key: shown(parameter, parameters[key]) for key, parameter in TRIED.items()}
        super().__init__(current | {key: asked[key] for key in (*TRIED, *BOXES) if key in asked})
        self.fields |= {key: _field(parameter) for key, parameter in TRIED.items()}
        self.fields |= {key: forms.BooleanField(label=label, required=False) for key, label in BOXES.items()}

    @property
    def values(self) -> dict[str, Any]:
        return {key: value_of(parameter, self.cleaned_data[key]) for key, parameter in TRIED.items()}


def _field(parameter: Parameter) -> forms.Field:
    """Return the field of the règlement's page, or its choices by their short names: their effects are told there."""
    if parameter.kind == "choice":
        choices = [(str(value), name) for value, (name, _) in parameter.choices.items()]
        return forms.ChoiceField(label=parameter.label, choices=choices)
    field = field_of(parameter)
    field.help_text = BLANK.get(parameter.kind, "")
    return field


BOXES = {"sans_jury": "Sans les décisions du jury", "sans_noms": "Sans les noms (projection)"}
"""How the trial is run, and how it is shown."""
