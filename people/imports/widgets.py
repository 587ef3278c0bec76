"""How the cells of a list are read and written, for django-import-export: text in, values out, and back.

`clean` raises ValueError with a French sentence; `render` writes what `clean` reads. An empty text is the absence of a
value: the resource decides when a cell may say that.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from import_export.widgets import Widget

from curriculum.workbook.naming import fold
from people.models import Group

DATE = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})")
ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?: 00:00:00)?")  # a date cell of a workbook


def squeezed(text: str) -> str:
    """Return what two ways of naming a thing share: « TD 1 », « td1 »."""
    return fold(text).replace(" ", "")


class TextCell(Widget):  # type: ignore[misc]
    """A text, put in the one spelling of its kind (NIP in capitals, e-mail in small letters)."""

    def __init__(self, spelling: Callable[[str], str] = str) -> None:
        super().__init__()
        self.spelling = spelling

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> str:
        return self.spelling(value)

    def render(self, value: object, obj: object = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class DateCell(Widget):  # type: ignore[misc]
    """A day, as people write it (12/03/2006) or as a workbook keeps it, within the years that make sense."""

    def __init__(self, first_year: int, last_year: int) -> None:
        super().__init__()
        self.first_year, self.last_year = first_year, last_year

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> date | None:
        if not value:
            return None
        written = DATE.fullmatch(value) or ISO.fullmatch(value)
        try:
            if written is None:
                raise ValueError
            day = date(int(written["year"]), int(written["month"]), int(written["day"]))
        except ValueError:
            raise ValueError(f"«\xa0{value}\xa0» n’est pas une date (attendu\xa0: 12/03/2006).") from None
        if not self.first_year <= day.year <= self.last_year:
            expected = f"attendu\xa0: entre {self.first_year} et {self.last_year}"
            raise ValueError(f"«\xa0{value}\xa0» n’est pas vraisemblable ({expected}).")
        return day

    def render(self, value: date | None, obj: object = None, **kwargs: Any) -> str:
        return f"{value:%d/%m/%Y}" if value else ""


class ChoiceCell(Widget):  # type: ignore[misc]
    """One of a few values, each written in one of several ways; the first way is the one that is shown."""

    def __init__(self, ways: Mapping[Any, Iterable[str]], *, empty: Any) -> None:
        super().__init__()
        self.labels = {value: next(iter(written)) for value, written in ways.items()}
        self.values = {fold(way): value for value, written in ways.items() for way in written}
        self.empty = empty

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> Any:
        if not value:
            return self.empty
        try:
            return self.values[fold(value)]
        except KeyError:
            raise ValueError(
                f"«\xa0{value}\xa0» n’est pas connu (attendu\xa0: {', '.join(self.labels.values())})."
            ) from None

    def render(self, value: Any, obj: object = None, **kwargs: Any) -> str:
        return self.labels[value]


class GroupsCell(Widget):  # type: ignore[misc]
    """Some groups of the year, by name, separated by commas."""

    def __init__(self, groups: Iterable[Group] = ()) -> None:
        super().__init__()
        self.known = {squeezed(group.name): group for group in groups}

    def clean(self, value: str, row: Mapping[str, str] | None = None, **kwargs: Any) -> list[Group]:
        names = [name.strip() for name in re.split(r"[,;/]", value) if name.strip()]
        unknown = [name for name in names if squeezed(name) not in self.known]
        if unknown:
            expected = ", ".join(sorted(group.name for group in self.known.values())) or "aucun groupe cette année"
            raise ValueError(f"le groupe «\xa0{unknown[0]}\xa0» n’existe pas (attendu\xa0: {expected}).")
        found = {group.pk: group for group in (self.known[squeezed(name)] for name in names)}
        return sorted(found.values(), key=lambda group: group.name)

    def render(self, value: Iterable[Group] | None, obj: object = None, **kwargs: Any) -> str:
        return ", ".join(group.name for group in value or ())
