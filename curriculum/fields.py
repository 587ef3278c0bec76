"""What the columns hold: figures that must come back as they were written, academic years."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

FIGURE = r"^[0-9]+([.][0-9]+)?$"
"""What the column holds: digits, a point, digits. Used by the named constraints of the models."""

MAX_LENGTH = 12

ACADEMIC_YEAR = r"^[0-9]{4}-[0-9]{4}$"
academic_year_validator = RegexValidator(ACADEMIC_YEAR, "Une année universitaire s’écrit 2025-2026.")


class FigureField(models.Field):  # type: ignore[type-arg]
    """A non-negative exact decimal, kept with its trailing zeros: the council voted « 0,50 », not « 0,5 ».

    Python sees a `Decimal`. The column is text, because a decimal column forgets the zeros on both databases.
    """

    if TYPE_CHECKING:
        _pyi_private_set_type: Decimal | str | int
        _pyi_private_get_type: Decimal

    default_error_messages = {
        "figure": "«\xa0%(value)s\xa0» n’est pas un nombre positif "
        f"d’au plus {MAX_LENGTH} chiffres (attendu\xa0: 0,50)."
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": MAX_LENGTH} | kwargs)

    def get_internal_type(self) -> str:
        return "CharField"

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Callable[..., Any]]:
        return [lambda value, *_: None if value is None else Decimal(value)]

    def to_python(self, value: object) -> Decimal | None:
        if value is None or value == "":
            return None
        text = format(value, "f") if isinstance(value, Decimal) else str(value).strip().replace(",", ".")
        if len(text) > MAX_LENGTH or not re.match(FIGURE, text):
            raise ValidationError(self.error_messages["figure"], code="figure", params={"value": value})
        return Decimal(text)

    def get_prep_value(self, value: object) -> str | None:
        number = self.to_python(value)
        return None if number is None else format(number, "f")

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def formfield(self, **kwargs: Any) -> forms.Field | None:  # type: ignore[override]
        options: dict[str, Any] = {"form_class": forms.DecimalField, "min_value": 0, "localize": True}
        return super().formfield(**options | kwargs)
