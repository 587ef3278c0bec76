"""Every write of a règlement; what a closed jury applied is never written again (N-19)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from curriculum import journal
from curriculum.models import Formation, academic_year_validator
from jury.models import JurySession, Regulation, RegulationParameter
from jury.regulations.parameters import DEFAULTS, SILENT, Clause, refusals
from jury.regulations.presets import Preset

if TYPE_CHECKING:
    from people.models import User

SET = "regulation_set"
journal.declare(**{SET: "Règlement modifié"})


@transaction.atomic
def set_regulation(
    *,
    formation: Formation,
    academic_year: str,
    clauses: Mapping[str, Clause],
    reference: str | None = None,
    origin: str = "",
    by: "User | None",
) -> Regulation:
    """Write the règlement of a formation and a year: what `clauses` holds is set, the rest stays as it is.

    `reference` is that of the délibération, None to leave it; `origin` is what the clauses were taken from, for the
    journal. Raises ValidationError, by parameter: an unknown value, or what needs an article and has none (N-19,
    N-23); and whole when a jury of the year has closed.
    """
    row = hold(formation, academic_year)
    if row.frozen_by:
        raise ValidationError(f"Ce règlement est gelé depuis la clôture du {row.frozen_by}\xa0: rien n’y change plus.")
    before = SILENT | clauses_of(row)
    clauses = {key: Clause(clause.value, clause.article.strip()) for key, clause in clauses.items()}
    if refused := refusals(before | clauses):
        raise ValidationError({key: [sentence] for key, sentence in refused.items()})
    changed = {key: clause for key, clause in clauses.items() if clause != before[key]}
    reference_before, row.reference = row.reference, row.reference if reference is None else reference.strip()
    row.full_clean()
    row.save()
    for key, clause in changed.items():
        row.clauses.update_or_create(
            key=key, defaults={"value": clause.value, "article": clause.article, "set_by": by}
        )
    told = {"academic_year": academic_year, "origin": origin}
    journal.record(
        SET,
        row,
        by=by,
        formation=formation,
        before=told | {"reference": reference_before, "parameters": _told(before, changed)},
        after=told | {"reference": row.reference, "parameters": _told(changed, changed)},
    )
    return row


def apply_preset(*, formation: Formation, academic_year: str, preset: Preset, by: "User | None") -> Regulation:
    """Give a formation a ready-made règlement for a year, every parameter of it. Raises as `set_regulation` does."""
    return set_regulation(
        formation=formation,
        academic_year=academic_year,
        clauses=preset.clauses,
        reference=preset.reference,
        origin=preset.title,
        by=by,
    )


def copy_regulation(*, regulation: Regulation, academic_year: str, by: "User | None") -> Regulation:
    """Give another year the parameters and articles of a règlement, not its délibération: that year votes its own.

    Raises ValidationError when that year has a règlement already.
    """
    formation = regulation.formation
    if Regulation.objects.filter(formation=formation, academic_year=academic_year).exists():
        raise ValidationError(f"{formation} a déjà un règlement pour {academic_year}\xa0: modifiez-le.")
    return set_regulation(
        formation=formation,
        academic_year=academic_year,
        clauses=SILENT | clauses_of(regulation),
        origin=f"Règlement {regulation.academic_year}",
        by=by,
    )


def take(*, source: Preset | Regulation, formation: Formation, academic_year: str, by: "User | None") -> Regulation:
    """Give a formation, for a year, a ready-made règlement or that of another year. Raises as these two do."""
    if isinstance(source, Preset):
        return apply_preset(formation=formation, academic_year=academic_year, preset=source, by=by)
    return copy_regulation(regulation=source, academic_year=academic_year, by=by)


def clauses_of(regulation: Regulation) -> dict[str, Clause]:
    """Return what a règlement sets, by parameter."""
    return {clause.key: Clause(clause.value, clause.article) for clause in regulation.clauses.all()}


def hold(formation: Formation, academic_year: str) -> Regulation:
    """Take the règlement of a formation and a year for this transaction; one that says nothing if there is none.

    Raises ValidationError when the year is not one.
    """
    academic_year_validator(academic_year)
    made, _ = Regulation.objects.get_or_create(formation=formation, academic_year=academic_year)
    rows = Regulation.objects.select_for_update(of=("self",)).select_related("frozen_by")
    return rows.get(pk=made.pk)


def freeze(regulation: Regulation, session: JurySession) -> None:
    """Freeze a règlement that is held, every default written down, when the first jury of its year closes."""
    if regulation.frozen_by is None:
        said = {clause.key for clause in regulation.clauses.all()}
        RegulationParameter.objects.bulk_create(
            RegulationParameter(regulation=regulation, key=key, value=value)
            for key, value in DEFAULTS.items()
            if key not in said
        )
        regulation.frozen_by = session
        regulation.save()


def _told(clauses: Mapping[str, Clause], changed: Mapping[str, Clause]) -> dict[str, object]:
    """Tell some clauses to the journal."""
    return {key: {"value": clauses[key].value, "article": clauses[key].article} for key in changed}
