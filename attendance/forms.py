"""What the secretariat types about an absence."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from attendance.models import Absence, Session
from curriculum.models import PlanModule
from curriculum.templatetags.figures import duration
from people.models import TAUGHT, Enrolment

DURATIONS = [15, 30, 45, 60, 75, 90, 105, 120, 150, 180, 210, 240, 360, 480]
"""Minutes."""


class CorrectionForm(forms.Form):
    """What is said of an absence: late or absent, and whether it is justified."""

    late_minutes = forms.IntegerField(
        label="Minutes de retard",
        required=False,
        min_value=1,
        help_text="Vide : absence. Sinon, l’étudiant est venu, avec ce retard.",
        widget=forms.NumberInput(attrs={"class": "figure", "inputmode": "numeric"}),
    )
    state = forms.ChoiceField(label="État", choices=Absence.State.choices, initial=Absence.State.UNJUSTIFIED)


class AbsenceForm(CorrectionForm):
    """A séance and what one student missed of it; the séance is made unless it is already known."""

    module = forms.ChoiceField(label="Module")
    date = forms.DateField(label="Date", widget=forms.DateInput)
    start = forms.TimeField(label="Début", widget=forms.TimeInput)
    minutes = forms.TypedChoiceField(
        label="Durée", coerce=int, choices=[(minutes, duration(minutes)) for minutes in DURATIONS], initial=120
    )
    kind = forms.ChoiceField(label="Nature", choices=Session.Kind.choices, initial=Session.Kind.TD)

    field_order = ["module", "date", "start", "minutes", "kind", "late_minutes", "state"]

    def __init__(self, *args: Any, enrolments: Iterable[Enrolment], **kwargs: Any) -> None:
        """Offer the modules of these enrolments, Plan after Plan in their order."""
        super().__init__(*args, **kwargs)
        self._enrolments = {enrolment.plan_id: enrolment for enrolment in enrolments}
        taught = PlanModule.objects.filter(TAUGHT, plan__in=self._enrolments).select_related(
            "module", "plan__parcours"
        )
        self._plan_modules = {str(each.pk): each for each in taught.order_by("position", "pk")}
        groups: dict[int, list[tuple[str, str]]] = {plan_id: [] for plan_id in self._enrolments}
        for key, each in self._plan_modules.items():
            groups[each.plan_id].append((key, str(each.module)))
        plans = {each.plan_id: f"{each.plan} · {each.plan.academic_year}" for each in self._plan_modules.values()}
        choices = [(plans[plan_id], modules) for plan_id, modules in groups.items() if modules]
        self.fields["module"].choices = [("", "Choisir…"), *choices]  # type: ignore[attr-defined]

    def clean_module(self) -> PlanModule:
        return self._plan_modules[self.cleaned_data["module"]]

    @property
    def absence(self) -> dict[str, Any]:
        """What `services.record_absence` asks for."""
        data = self.cleaned_data
        starts_at = timezone.make_aware(datetime.combine(data["date"], data["start"]))
        plan_module: PlanModule = data["module"]
        return {
            "enrolment": self._enrolments[plan_module.plan_id],
            "module": plan_module.module,
            "starts_at": starts_at,
        } | {name: data[name] for name in ("kind", "minutes", "late_minutes", "state")}
