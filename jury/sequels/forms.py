"""What is said of the suite of a jury: who comes back, why, when; and a mark that is corrected before it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import Case, When

from grades.grid.standing import InForce
from grades.models import Evaluation, Mark, MarkValue
from jury.forms import SittingForm
from jury.models import JurySession


class SequelForm(SittingForm):
    """When the suite sits, with the students who come back before it and why."""

    def __init__(self, *args: Any, session: JurySession, expected: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["students"] = forms.ModelMultipleChoiceField(
            session.candidates().order_by(
                Case(When(pk__in=expected, then=0), default=1), "last_name", "first_names", "nip"
            ),
            label="Étudiants rappelés",
            initial=expected,
            widget=forms.CheckboxSelectMultiple,
            help_text="Les premiers, cochés, attendaient une note ou un stage, ou leur dossier est en écart.",
            error_messages={"required": "Choisissez au moins un étudiant."},
        )
        self.fields["purpose"] = forms.CharField(
            label="Motif",
            max_length=JurySession._meta.get_field("purpose").max_length,
            help_text="Note attendue, stage accompli, erreur matérielle… Le PV l’imprime (N-24).",
        )
        self.order_fields(["students", "purpose"])


class CorrectionForm(forms.Form):
    """One mark among those of a student, and what it becomes."""

    mark = forms.ChoiceField(label="Évaluation")
    value = forms.CharField(label="Note corrigée", max_length=12, help_text="12,5, ou ABI, ABJ, DIS, ATT.")

    def __init__(self, *args: Any, evaluations: Iterable[Evaluation], marks: Iterable[Mark], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = {
            mark.evaluation_id: InForce(mark.version, MarkValue(mark.hundredths, mark.reason)) for mark in marks
        }
        self._known = {each.pk: (each, standing.get(each.pk, InForce())) for each in evaluations}
        self.fields["mark"].choices = [  # type: ignore[attr-defined]
            ("", "Choisir…"),
            *(
                (f"{pk}:{seen.version}", f"{each} · {seen.value if not seen.value.is_empty else 'sans note'}")
                for pk, (each, seen) in self._known.items()
            ),
        ]

    def clean_value(self) -> MarkValue:
        try:
            return MarkValue.read(self.cleaned_data["value"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def correction(self) -> dict[str, Any]:
        """Evaluation, value and version seen, as `services.correct_mark` takes them."""
        evaluation, version = self.cleaned_data["mark"].split(":")
        return {
            "evaluation": self._known[int(evaluation)][0],
            "value": self.cleaned_data["value"],
            "seen_version": int(version),
        }


def waiting(session: JurySession) -> list[int]:
    """Return the ids of the students whom a closed jury is likely to see again: deferred, or in drift."""
    deferred = session.decisions.filter(code__in=["RAT", "ATT", "ATJ"]).values_list("student", flat=True)
    return sorted({*deferred, *session.drifts.values_list("student", flat=True)})
