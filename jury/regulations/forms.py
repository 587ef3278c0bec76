"""The règlement as it is typed: each parameter, its value in French, its article."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.forms import BoundField

from jury.engine.strict import plain
from jury.models import Regulation, RegulationParameter
from jury.regulations.parameters import PARAMETERS, SILENT, Clause, Parameter

ARTICLE = RegulationParameter._meta.get_field("article").max_length

BLANK = {"cap": "En points par UE\xa0; vide\xa0: aucun.", "article": "L’article qui le prévoit\xa0; vide\xa0: aucun."}
"""What leaving a value out means, by kind of parameter."""


class RegulationForm(forms.Form):
    """Every parameter; `clauses` is what it says once valid, as `services.set_regulation` takes it."""

    reference = forms.CharField(
        label="Délibération",
        required=False,
        max_length=Regulation._meta.get_field("reference").max_length,
        help_text="Numéro, instance et date\xa0: le PV les imprime (N-19).",
    )

    def __init__(self, data: Mapping[str, Any] | None, *, clauses: Mapping[str, Clause], reference: str) -> None:
        initial: dict[str, Any] = {"reference": reference}
        for key, clause in (SILENT | dict(clauses)).items():
            initial |= {key: shown(PARAMETERS[key], clause.value), f"{key}_article": clause.article}
        super().__init__(data, initial=initial)
        for key, parameter in PARAMETERS.items():
            self.fields[key] = field_of(parameter)
            if parameter.kind != "article":
                self.fields[f"{key}_article"] = forms.CharField(
                    label=f"{parameter.label}\xa0: article",
                    required=False,
                    max_length=ARTICLE,
                )

    @property
    def lines(self) -> Iterator[tuple[Parameter, BoundField, BoundField | None]]:
        """Each parameter with its two fields; the value of a malus or of DEF is its article."""
        for key, parameter in PARAMETERS.items():
            yield parameter, self[key], None if parameter.kind == "article" else self[f"{key}_article"]

    @property
    def clauses(self) -> dict[str, Clause]:
        return {key: self._clause(parameter) for key, parameter in PARAMETERS.items()}

    def _clause(self, parameter: Parameter) -> Clause:
        typed = self.cleaned_data[parameter.key]
        article = typed if parameter.kind == "article" else self.cleaned_data[f"{parameter.key}_article"]
        return Clause(value_of(parameter, typed), article)


def field_of(parameter: Parameter) -> forms.Field:
    """Return the field of a value: what it may be, and what it does."""
    common: dict[str, Any] = {
        "label": parameter.label,
        "help_text": f"{parameter.effect} {BLANK.get(parameter.kind, '')}",
    }
    match parameter.kind:
        case "choice":
            choices = [(str(value), f"{said}. {effect}") for value, (said, effect) in parameter.choices.items()]
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
        case "points":
            return forms.DecimalField(min_value=0, max_value=20, max_digits=6, localize=True, **common)
        case "cap":
            return forms.DecimalField(min_value=0, max_value=20, max_digits=6, localize=True, required=False, **common)
        case "whole":
            return forms.IntegerField(min_value=0, max_value=12, **common)
    return forms.CharField(required=False, max_length=ARTICLE, **common)


def value_of(parameter: Parameter, typed: Any) -> Any:
    """Return what a field read as the contract writes it."""
    match parameter.kind:
        case "choice":
            return next(value for value in parameter.choices if str(value) == typed)
        case "points" | "cap":
            return None if typed is None else plain(Fraction(typed))
        case "article":
            return typed or None
    return typed


def shown(parameter: Parameter, value: Any) -> Any:
    """Return a value of the contract as its field shows it."""
    if parameter.kind in {"points", "cap"}:
        return None if value is None else Decimal(value)
    return str(value) if parameter.kind == "choice" else value
