"""How a list of the secretariat becomes rows: what the lists have in common, with django-import-export.

What is known is loaded once before the first line, what is new is written in bulk after the last. An empty cell
changes nothing and a dash empties; nothing is ever deleted. When a line is wrong, nothing is written.
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import tablib
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from import_export import resources
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import Result, RowResult

from curriculum.models import Formation
from people.imports.report import LINE, Column, Finding, Outcome, Report, lines_under
from people.tables import Table

DASHES = {"-", "–", "—"}
Row = dict[str, str]
"""The cells of a line by heading, and its number under LINE."""


class ListResource(resources.Resource):  # type: ignore[misc]
    """A list for one formation and one year. A subclass tells its columns, and finds the instance of each row."""

    title: ClassVar[str]
    purpose: ClassVar[str]
    columns: ClassVar[Sequence[Column]]
    do_not_call_in_templates = True

    class Meta:
        use_bulk = True
        batch_size = None  # one write after the last line, when it is known that all are sound
        skip_diff = True
        store_instance = True
        instance_loader_class = BaseInstanceLoader  # asked for nothing: `find` knows every row already

    def __init__(self, formation: Formation, academic_year: str) -> None:
        super().__init__()
        self.formation, self.academic_year = formation, academic_year
        self.report = Report()
        self.lines_by_key: dict[object, str] = {}
        self.moved: list[Any] = []

    # --- What a subclass tells

    def load(self, rows: Sequence[Row]) -> None:
        """Load what these rows may speak of. Raises TableRefused when nothing could be imported."""
        raise NotImplementedError

    def split(self, line: Row) -> Iterable[Row]:
        """Yield the rows that a line stands for: itself, unless told otherwise."""
        yield line

    def find(self, row: Row) -> tuple[object, models.Model]:
        """Return what a row is about: a key, twice in no list, and the instance. Raises ValidationError by heading."""
        raise NotImplementedError

    def current(self) -> Iterable[models.Model]:
        """Return every instance of the formation and year: the list as it stands."""
        raise NotImplementedError

    def extra_errors(self, instance: Any) -> dict[str, list[ValidationError]]:
        """Return what is wrong with an instance that its own fields do not tell."""
        return {}

    # --- What is asked of a list

    def run(self, table: Table, *, dry_run: bool) -> Report:
        """Import a list, or tell what it would do. Raises TableRefused when its headings will not do."""
        lines, warnings = lines_under(table, self.columns)
        rows = [row for line in lines for row in self.split(line)]
        self.report.warnings += warnings
        self.load(rows)
        dataset = tablib.Dataset(*(tuple(row.values()) for row in rows), headers=list(rows[0]))
        result = self.import_data(dataset, dry_run=dry_run, use_transactions=True, rollback_on_validation_errors=True)
        for broken in result.error_rows:
            raise broken.errors[0].error  # not a wrong line, which is invalid: a bug, and everything is rolled back
        # A line that was split says the same thing of each of its rows.
        self.report.errors = list(dict.fromkeys(self._findings(result, rows)))
        self.report.warnings = list(dict.fromkeys(self.report.warnings))
        return self.report

    def shown(self, instance: Any) -> dict[str, str]:
        """Write an instance as a line of the list."""
        return {field.column_name: field.export(instance) for field in self.get_import_fields()}

    def _findings(self, result: Result, rows: Sequence[Row]) -> Iterable[Finding]:
        headings = {field.attribute: field.column_name for field in self.fields.values()} | {NON_FIELD_ERRORS: ""}
        for invalid in result.invalid_rows:
            for key, sentences in invalid.error_dict.items():
                for sentence in sentences:
                    yield Finding(int(rows[invalid.number - 1][LINE]), headings.get(key, key), sentence)

    # --- The steps of django-import-export, in their order

    def get_or_init_instance(self, instance_loader: object, row: Row) -> tuple[models.Model, bool]:
        key, instance = self.find(row)
        if key in self.lines_by_key:
            raise ValidationError(f"la ligne {self.lines_by_key[key]} dit déjà la même chose.")
        self.lines_by_key[key] = row[LINE]
        return instance, instance.pk is None

    def after_init_instance(self, instance: Any, new: bool, row: Row, **kwargs: Any) -> None:
        self.before = {} if new else self.shown(instance)

    def import_field(self, field: Any, instance: Any, row: Row, is_m2m: bool = False, **kwargs: Any) -> None:
        cell = row.get(field.column_name, "")
        if cell:
            said = row | {field.column_name: ""} if cell in DASHES else row
            super().import_field(field, instance, said, is_m2m, **kwargs)

    def skip_row(
        self, instance: Any, original: object, row: Row, import_validation_errors: dict[str, Any] | None = None
    ) -> bool:
        return not import_validation_errors and self.before == self.shown(instance)

    def validate_instance(
        self, instance: Any, import_validation_errors: dict[str, Any] | None = None, validate_unique: bool = True
    ) -> None:
        errors = self.extra_errors(instance) | (import_validation_errors or {})
        if errors:
            raise ValidationError(errors)

    def after_import_row(self, row: Row, row_result: RowResult, **kwargs: Any) -> None:
        instance = row_result.instance
        self.report.outcomes.append(Outcome(int(row[LINE]), str(instance), self.before, self.shown(instance)))
        if hasattr(instance, "placed_in") and not row_result.is_skip():
            self.moved.append(instance)

    def bulk_create(self, *args: Any, result: Result, **kwargs: Any) -> None:
        if result.invalid_rows:
            self.create_instances.clear()
        super().bulk_create(*args, result=result, **kwargs)

    def bulk_update(self, *args: Any, result: Result, **kwargs: Any) -> None:
        if result.invalid_rows:
            self.update_instances.clear()
        super().bulk_update(*args, result=result, **kwargs)

    def after_import(self, dataset: tablib.Dataset, result: Result, **kwargs: Any) -> None:
        if self.moved and not result.invalid_rows:
            place(self.moved)

    def handle_import_error(self, result: Result, error: Exception, raise_errors: bool = False) -> None:
        raise error  # no line is wrong, those are invalid: a bug, and everything is rolled back


def field_errors(instance: models.Model, *, prefix: str = "", exclude: set[str]) -> dict[str, list[ValidationError]]:
    """Return what is wrong with the fields of an instance, by name; relations, which would query, are excluded."""
    try:
        instance.clean_fields(exclude=exclude)
    except ValidationError as found:
        return {f"{prefix}{name}": errors for name, errors in found.error_dict.items()}
    return {}


def placed(instances: models.QuerySet[Any]) -> list[Any]:
    """Return instances with their groups, by name, as `placed_in`: a list that can be changed before it is written."""
    loaded = list(instances.prefetch_related("groups"))
    for instance in loaded:
        instance.placed_in = sorted(instance.groups.all(), key=lambda group: group.name)
    return loaded


def place(instances: Sequence[Any]) -> None:
    """Write the groups of some instances of one model, given as `placed_in`. Two queries."""
    name = instances[0]._meta.model_name
    through = type(instances[0]).groups.through
    through.objects.filter(**{f"{name}__in": [instance.pk for instance in instances]}).delete()
    through.objects.bulk_create(
        through(**{f"{name}_id": instance.pk, "group_id": group.pk})
        for instance in instances
        for group in instance.placed_in
    )
