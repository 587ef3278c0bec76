"""Relations point downwards. Import contracts do not see a relation written as a string; this does."""

import pytest
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps

from tests.architecture.source import APPS, MODELS


def upward(model: type[models.Model]) -> list[str]:
    """List the relations of a model that point to an app above its own."""
    layer = APPS.index(model._meta.app_label)
    found = []
    for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
        target = getattr(field.remote_field, "model", None)
        if target is None:
            continue
        label = target if isinstance(target, str) else target._meta.label
        app = label.split(".")[0]
        # Everybody may say who did it.
        if label != settings.AUTH_USER_MODEL and app in APPS and APPS.index(app) > layer:
            found.append(f"{model._meta.label}.{field.name} -> {label}")
    return found


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_relations_point_downwards(model: type[models.Model]) -> None:
    assert upward(model) == []


@isolate_apps("curriculum")
def test_an_upward_relation_written_as_a_string_is_seen() -> None:
    class Lowly(models.Model):
        decision = models.ForeignKey("jury.Decision", models.PROTECT)
        marks = models.ManyToManyField("grades.Mark")
        by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)

        class Meta:
            app_label = "curriculum"

    assert upward(Lowly) == [
        "curriculum.Lowly.decision -> jury.Decision",
        "curriculum.Lowly.marks -> grades.Mark",
    ]
