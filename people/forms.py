"""What people type: who they are, which students they look at."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from curriculum.models import UE
from people.models import Equivalence
from people.roll import Line
from people.tables import Table, TableRefused, read_table


class LoginForm(AuthenticationForm):
    """E-mail address and password."""

    username = forms.EmailField(
        label="Adresse électronique",
        max_length=254,
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )

    error_messages = {
        "invalid_login": "Adresse électronique ou mot de passe inconnu. Attention aux majuscules du mot de passe.",
        "inactive": "Ce compte est fermé.",
    }

    def clean_username(self) -> str:
        """One spelling an address, so that django-axes counts all its failures together."""
        email: str = self.cleaned_data["username"]
        return email.strip().lower()


class RollForm(forms.Form):
    """Which students of the list are shown; an unknown choice shows them all."""

    def __init__(self, *args: Any, lines: list[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = {enrolment.plan_id: enrolment.plan for line in lines for enrolment in line.enrolments}
        groups = {group.pk: group.name for line in lines for group in line.groups}
        by_rank = sorted(plans.values(), key=lambda plan: (plan.semester, plan.position))
        by_name = sorted(groups.items(), key=lambda item: item[1])
        choices = {"plan": [(plan.pk, str(plan)) for plan in by_rank], "group": by_name}
        for name, label in {"plan": "Tableau", "group": "Groupe"}.items():
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=[("", "tous"), *choices[name]])

    def chosen(self, name: str) -> str:
        """The id that was chosen, or nothing."""
        return str(self.cleaned_data.get(name, "")) if self.is_valid() else ""


class ListForm(forms.Form):
    """A list that somebody sends; its cleaned `file` is a Table."""

    file = forms.FileField(
        label="Fichier",
        help_text="Un classeur .xlsx (sa première feuille) ou un fichier .csv.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )

    def clean_file(self) -> Table:
        try:
            return read_table(self.cleaned_data["file"])
        except TableRefused as refused:
            raise forms.ValidationError(str(refused)) from refused


class EquivalenceForm(forms.ModelForm[Equivalence]):
    """What a student acquired elsewhere: some UEs, on one document."""

    class Meta:
        model = Equivalence
        fields = ["kind", "host", "document", "reference", "granted_on", "mark"]

    def __init__(self, *args: Any, ues: Sequence[UE], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ues = {str(ue.pk): ue for ue in ues}
        self.fields["ues"] = forms.MultipleChoiceField(
            label="UE acquises",
            choices=[(pk, f"S{ue.plan.semester} · {ue.code} {ue.title or ue.niveau}") for pk, ue in self._ues.items()],
            widget=forms.CheckboxSelectMultiple,
            help_text="Un semestre validé à l’étranger acquiert toutes ses UE (L-10).",
            error_messages={"required": "Choisissez au moins une UE."},
        )
        self.order_fields(["ues"])

    @property
    def chosen(self) -> list[UE]:
        """The UEs that were ticked."""
        return [self._ues[pk] for pk in self.cleaned_data["ues"]]
