"""What is typed before and during a jury: when it sits and who sits in it, what it decides."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from curriculum.models import Formation, Maquette, Plan
from jury.engine.codes import RCUECode, UECode, YearCode
from jury.engine.dossier import YEAR, Status
from jury.judged import Judged
from jury.models import JuryMember, JurySession, Ruling
from jury.services import Seat


class SittingForm(forms.ModelForm[JurySession]):
    """When and where a jury sits, and who named it."""

    class Meta:
        model = JurySession
        fields = ["held_on", "place", "nomination"]
        help_texts = {"nomination": "Référence et date de l’arrêté, signataire\xa0: le PV les imprime (N-22)."}


class PlanChoices(forms.ModelMultipleChoiceField[Plan]):
    """Plans, each with its version of the maquette where there are several."""

    versioned = False

    def label_from_instance(self, obj: Plan) -> str:
        return f"{obj} · version {obj.maquette.version} de la maquette" if self.versioned else str(obj)


class PreparationForm(SittingForm):
    """The same, with the Plans that come before the jury: those of its semesters."""

    def __init__(self, *args: Any, plans: Sequence[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Plan.objects.filter(pk__in=[plan.pk for plan in plans]).select_related("parcours", "maquette")
        coming = {Maquette.State.DRAFT, Maquette.State.VALIDATED}  # nobody follows them yet
        self.fields["plans"] = choices = PlanChoices(
            known.order_by("semester", "position", "pk"),
            label="Tableaux de semestre",
            initial=[plan for plan in plans if plan.maquette.state not in coming] or plans,
            widget=forms.CheckboxSelectMultiple,
            help_text="Leurs étudiants passent devant ce jury. Qui est parti après le premier semestre n’y passe "
            "que si le tableau de ce semestre est coché.",
            error_messages={"required": "Choisissez au moins un tableau."},
        )
        choices.versioned = len({plan.maquette_id for plan in plans}) > 1
        self.order_fields(["plans"])


class MemberForm(forms.Form):
    """One member; a line without a name is nobody."""

    name = forms.CharField(label="Nom", max_length=200, required=False)
    function = forms.CharField(label="Fonction", max_length=200, required=False)
    quality = forms.ChoiceField(
        label="Qualité", choices=JuryMember.Quality.choices, initial=JuryMember.Quality.TEACHER, required=False
    )
    present = forms.BooleanField(label="Présent", required=False, initial=True)
    excuse = forms.CharField(label="Motif d’absence", max_length=200, required=False)


MemberFormSet = formset_factory(MemberForm, extra=4, max_num=40)


def seats_of(members: BaseFormSet[MemberForm]) -> list[Seat]:
    """Return the lines that name somebody."""
    lines = (form.cleaned_data for form in members.forms if form.cleaned_data.get("name", "").strip())
    return [
        Seat(
            name=line["name"].strip(),
            function=line["function"].strip(),
            quality=line["quality"] or JuryMember.Quality.TEACHER,
            present=line["present"],
            excuse=line["excuse"].strip(),
        )
        for line in lines
    ]


def members_of(session: JurySession) -> list[dict[str, Any]]:
    """Return the members of a jury as the lines of the form, the president first."""
    members = session.members.order_by("pk").values("name", "function", "quality", "present", "excuse")
    return sorted(map(dict, members), key=lambda line: line["quality"] != JuryMember.Quality.PRESIDENT)


def usual_members(formation: Formation) -> list[dict[str, Any]]:
    """Return who was called to the latest jury of a formation, to start from."""
    latest = JurySession.objects.filter(formation=formation).order_by("-held_on", "-pk").first()
    return [line | {"present": True, "excuse": ""} for line in members_of(latest)] if latest else []


class RulingForm(forms.Form):
    """What the jury decides over the proposal: an object and its decision in one choice, and why."""

    reason = forms.CharField(
        label="Motif",
        max_length=Ruling._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Il est imprimé au PV. Un refus de redoublement est motivé et s’accompagne de conseils (N-13).",
        error_messages={"required": "Une décision du jury a un motif\xa0: écrivez-le."},
    )

    def __init__(self, *args: Any, judged: Judged, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(label, choices) for label, choices in choices_of(judged) if choices]
        self.fields["choice"] = forms.ChoiceField(label="Décision", choices=[("", "Choisir…"), *groups])
        self.order_fields(["choice"])

    @property
    def ruling(self) -> dict[str, str]:
        """Target, decision and reason, as `services.rule` takes them."""
        target, _, decision = self.cleaned_data["choice"].rpartition("=")
        return {"target": target, "decision": decision, "reason": self.cleaned_data["reason"]}


def choices_of(judged: Judged) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield what the jury may decide of a student, by kind: « target=decision » and its sentence (N-14).

    The engine has the last word: it refuses what cannot be.
    """
    if len(judged.part["dossier"]["semesters"]) == 2:
        undecidable = judged.settled or Status(judged.part["status"]).left
        yield "Année", [] if undecidable else [_choice(YEAR, "Année", YearCode[code]) for code in _of_year(judged)]
        rcues = [level for level in judged.levels if level.decision and not level.validated]
        yield "RCUE", [_choice(level.target, level.target, RCUECode.ADJ) for level in rcues]
    ues = [ue.code for level in judged.levels for ue in level.ues if not ue.acquired]
    yield "UE", [_choice(code, code, UECode.ADJ) for code in ues]
    yield "UE encore dues", [_choice(line["code"], line["code"], UECode.ADJ) for line in judged.debts]


def _of_year(judged: Judged) -> list[str]:
    """What is proposed first, then what would go against the proposal."""
    third_year = judged.part["dossier"]["but_year"] == 3
    every = ["ADJ", *([] if third_year else ["PAS1NCI"]), "RED", "RED_FM", "NAR"]
    return [*judged.options, *(code for code in every if code not in judged.options)]


def _choice(target: str, name: str, code: YearCode | RCUECode | UECode) -> tuple[str, str]:
    return f"{target}={code.value}", f"{name}\xa0: {code.value}, {code.label[0].lower()}{code.label[1:]}"
