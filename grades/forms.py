"""What people type: a mark a cell, and a new evaluation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from curriculum.models import Module
from curriculum.templatetags.figures import figure
from grades.grid.standing import InForce, Key
from grades.models import Evaluation, MarkValue
from grades.services import Entry, wrong_value
from grades.sheets import Cell, Line, MarkSheet
from people.models import Enrolment, Group

SEEN = re.compile(r"([0-9]{1,9}):(.{0,12})")


def seen(in_force: InForce) -> str:
    """Write what somebody is shown of a mark: its version and its value, to be sent back with theirs."""
    return f"{in_force.version}:{in_force.value}"


def read_seen(text: str) -> InForce:
    """Read it back; what does not make sense is a mark that was never seen."""
    found = SEEN.fullmatch(text)
    try:
        return InForce(int(found[1]), MarkValue.read(found[2])) if found else InForce()
    except ValueError:
        return InForce()


@dataclass(slots=True)
class Box:
    """The box of one mark: what is in it, what its reader saw before typing, and what is wrong with it."""

    cell: Cell
    text: str
    seen: InForce
    error: str = ""
    contested: bool = False
    """Whether somebody else wrote there in the meantime: what they wrote is then `seen`."""

    @property
    def name(self) -> str:
        return "note-{}-{}".format(*self.cell.key)

    @property
    def seen_name(self) -> str:
        return f"{self.name}-vue"

    @property
    def seen_text(self) -> str:
        return seen(self.seen)

    @property
    def trouble(self) -> str:
        """What is to be said beside the box."""
        return f"En vigueur\xa0: {str(self.seen.value) or 'vide'}" if self.contested else self.error

    @property
    def label(self) -> str:
        """What the box is for, read aloud."""
        evaluation = self.cell.evaluation
        return f"Note de {self.cell.enrolment.student}, {evaluation.label}, sur {figure(evaluation.scale)}"


class MarksForm:
    """A mark sheet to fill in: it is saved whole or not at all, and comes back as it was typed when it is refused.

    A box that still says what was shown is left alone, even if somebody has changed the mark since.
    """

    def __init__(self, sheet: MarkSheet, data: Mapping[str, str] | None = None) -> None:
        self.sheet = sheet
        self.boxes = {cell.key: self._box(cell, data or {}) for cell in sheet.cells if cell.open}
        self.entries: list[Entry] = []
        for box in self.boxes.values():
            self._read(box)

    def _box(self, cell: Cell, data: Mapping[str, str]) -> Box:
        box = Box(cell, str(cell.value), cell.in_force)
        if box.name in data:
            box.text, box.seen = data[box.name].strip(), read_seen(data.get(box.seen_name, ""))
        return box

    def _read(self, box: Box) -> None:
        """Take up what was typed in a box, if it is not what was shown there."""
        try:
            value = MarkValue.read(box.text)
        except ValueError as error:
            box.error = str(error)
            return
        if value != box.seen.value:
            box.error = wrong_value(value, box.cell.evaluation)
            self.entries.append(Entry(*box.cell.key, value, box.seen.version))

    @property
    def refused(self) -> list[Box]:
        return [box for box in self.boxes.values() if box.error]

    @property
    def contested(self) -> list[Box]:
        return [box for box in self.boxes.values() if box.contested]

    @property
    def troubled(self) -> list[Box]:
        """Those to look at again, in the order of the sheet."""
        return [box for box in self.boxes.values() if box.trouble]

    def refuse(self, refusals: Mapping[Key, str]) -> None:
        """Say beside each box what the service said of its mark."""
        for key, sentence in refusals.items():
            self.boxes[key].error = sentence

    def confront(self, current: Mapping[Key, InForce]) -> None:
        """Show beside each box the value that somebody else wrote: sent again, what was typed replaces it."""
        for key, in_force in current.items():
            self.boxes[key].seen, self.boxes[key].contested = in_force, True

    @property
    def first(self) -> Cell | None:
        """The first cell where something can be entered."""
        return next((box.cell for box in self.boxes.values()), None)

    @property
    def rows(self) -> list[tuple[Line, list[tuple[Cell, Box | None]]]]:
        """Each line of the sheet with its cells and their boxes; None where nothing can be entered."""
        return [(line, [(cell, self.boxes.get(cell.key)) for cell in line.cells]) for line in self.sheet.lines]


class EvaluationForm(forms.ModelForm[Evaluation]):
    """A new evaluation of a module; whoever teaches some groups only makes it for those."""

    groups = forms.ModelMultipleChoiceField(
        label="Groupes",
        queryset=Group.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Aucun groupe coché : l’évaluation est pour tous les étudiants du module.",
    )

    class Meta:
        model = Evaluation
        fields = ["label", "held_on", "scale", "weight", "groups"]
        widgets = {
            name: forms.TextInput(attrs={"class": "figure", "inputmode": "decimal"}) for name in ("scale", "weight")
        }
        help_texts = {"weight": "Ce qu’elle pèse dans la moyenne du module, face aux autres évaluations."}

    def __init__(self, *args: Any, module: Module, taught: frozenset[int] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["groups"]
        followed = Group.objects.filter(enrolments__in=Enrolment.objects.following([module])).distinct()
        offered = followed if taught is None else followed.filter(pk__in=taught)
        field.queryset = offered.order_by("name", "pk")  # type: ignore[attr-defined]
        field.required = taught is not None
        if taught is not None:
            field.initial, field.help_text = taught, "Ceux de votre service."
