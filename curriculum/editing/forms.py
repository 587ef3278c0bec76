"""What is typed: how a table is shown, one cell of it, one module of it."""

from collections.abc import Sequence
from typing import Any

from django import forms

from curriculum import edit
from curriculum.edit import Correction
from curriculum.matrix import HOUR_LABELS, View
from curriculum.workbook.draft import Module, Semester

SHOWN = {"heures": "Heures par type", "mcc": "Évaluations", "constats": "Seulement les constats"}


class ViewForm(forms.Form):
    """How a table is shown; what is not understood shows it whole."""

    def __init__(self, *args: Any, parcours: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if parcours:
            choices = [("", "tous"), *((code, code) for code in parcours)]
            self.fields["parcours"] = forms.ChoiceField(label="Parcours", required=False, choices=choices)
        for name, label in SHOWN.items():
            self.fields[name] = forms.BooleanField(label=label, required=False)

    @property
    def view(self) -> View:
        """What was asked for."""
        said = self.cleaned_data if self.is_valid() else {}
        return View(
            hours=said.get("heures", False),
            evaluations=said.get("mcc", False),
            noted=said.get("constats", False),
            parcours=said.get("parcours", ""),
        )


class CellForm(forms.Form):
    """One cell, what is typed in it, and what it held when it was shown."""

    module = forms.CharField(required=False)
    field = forms.CharField()
    value = forms.CharField(required=False)
    seen = forms.CharField(required=False)

    def correction(self, table: int) -> Correction:
        """Return what to correct in the table of this rank."""
        said = self.cleaned_data
        return Correction(table, said["module"] or None, said["field"], said["value"] or None)


class CorrectionForm(forms.Form):
    """Everything of one module of a table, or of the table itself where there is no module: the way without script."""

    def __init__(self, *args: Any, semester: Semester, module: Module | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.module = module
        labels = _of_module(semester, module) if module else _of_table(semester)
        self.texts = {
            field: (edit.of_module(module, field) if module else edit.of_table(semester, field)) or ""
            for field in labels
        }
        for field, label in labels.items():
            text = self.texts[field]
            wide = field in ("title", "evaluations")
            attributes = {} if wide else {"class": "figure", "inputmode": "decimal"}
            self.fields[field] = forms.CharField(
                label=label, required=False, initial=text, widget=forms.TextInput(attrs=attributes)
            )
            self.fields[f"vu {field}"] = forms.CharField(required=False, initial=text, widget=forms.HiddenInput)

    def corrections(self, table: int) -> list[tuple[Correction, str]]:
        """Return what was changed since it was shown, with what was shown."""
        said = self.cleaned_data
        place = self.module.place if self.module else None
        return [
            (Correction(table, place, field, said[field] or None), said[f"vu {field}"])
            for field in self.texts
            if said[field] != said[f"vu {field}"]
        ]


def _of_module(semester: Semester, module: Module) -> dict[str, str]:
    hours = {f"hours:{kind}": f"{HOUR_LABELS.get(kind, kind)} (h)" for kind in module.hours}
    coefficients = {f"coefficient:{ue.code}": f"Coefficient, {ue.code}" for ue in semester.ues}
    return {"title": "Intitulé", **coefficients, **hours, "evaluations": "Évaluations et poids"}


def _of_table(semester: Semester) -> dict[str, str]:
    ects = {f"ects:{ue.code}": f"ECTS, {ue.code}" for ue in semester.ues}
    totals = {f"total:{ue.code}": f"Total annoncé, {ue.code}" for ue in semester.ues}
    return {**ects, **totals, "hours": "Heures annoncées"}
