"""What every model owes its readers: French labels, constraints that speak, deletions that were decided."""

import re

import pytest
from django.db import models
from django.test.utils import isolate_apps

from tests.architecture.source import MODELS, PYTHON, faults

DEFAULT_MESSAGES = {str(models.BaseConstraint.default_violation_error_message), ""}


def unlabelled(model: type[models.Model]) -> list[str]:
    """List the fields, and the model itself, without a French label that a sentence can take in."""
    found = [] if "verbose_name" in model._meta.original_attrs else [model._meta.label]
    for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
        label = str(field.verbose_name)
        first_word = label.split(" ")[0].split("’")[0]
        given = "verbose_name" in field.deconstruct()[3]
        if not field.auto_created and (not given or not (label[:1].islower() or first_word.isupper())):
            found.append(f"{model._meta.label}.{field.name}: {label!r}")
    return found


def silent_constraints(model: type[models.Model]) -> list[str]:
    """List the constraints whose name does not say whose they are, or whose refusal is not a French sentence."""
    found = []
    for constraint in model._meta.constraints:
        message = str(constraint.violation_error_message)
        sentence = message not in DEFAULT_MESSAGES and message[0].isupper() and message.endswith(".")
        if not constraint.name.startswith(f"{model._meta.app_label}_{model._meta.model_name}_") or not sentence:
            found.append(f"{constraint.name}: {message!r}")
    return found


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_model_has_french_labels(model: type[models.Model]) -> None:
    assert unlabelled(model) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_constraint_has_a_name_and_a_sentence(model: type[models.Model]) -> None:
    assert silent_constraints(model) == []


@isolate_apps("grades")
def test_a_mute_model_is_seen() -> None:
    class Mute(models.Model):
        value = models.IntegerField()
        title = models.CharField("Titre", max_length=10)
        ects = models.CharField("ECTS", max_length=10)

        class Meta:
            app_label = "grades"
            constraints = [
                models.UniqueConstraint(fields=["value"], name="mute_value", violation_error_message="Déjà pris."),
                models.UniqueConstraint(fields=["title"], name="grades_mute_title"),
                models.UniqueConstraint(
                    fields=["ects"], name="grades_mute_ects", violation_error_message="Ces ECTS sont déjà pris."
                ),
            ]

    assert [line.split(":")[0] for line in unlabelled(Mute)] == [
        "grades.Mute",
        "grades.Mute.value",
        "grades.Mute.title",
    ]
    assert [line.split(":")[0] for line in silent_constraints(Mute)] == ["mute_value", "grades_mute_title"]


def unexplained_cascades(source: str) -> list[str]:
    """List the lines that delete rows with their parent and do not say why."""
    return [line.strip() for line in source.splitlines() if re.search(r"\bCASCADE\b(?!.*#)", line)]


def test_a_cascade_says_why() -> None:
    assert faults(unexplained_cascades, [path for path in PYTHON if path.name == "models.py"]) == {}


def test_an_unexplained_cascade_is_seen() -> None:
    assert unexplained_cascades("sheet = ForeignKey(Sheet, models.CASCADE)")
    assert not unexplained_cascades("sheet = ForeignKey(Sheet, models.CASCADE)  # a line dies with its draft")
