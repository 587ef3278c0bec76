"""PURE: what is wrong with a draft. Findings of the contract that the draft alone, once read, can tell.

Those that only reading can tell (`unread_row`, `shifted_cells`, `foreign_text`, `cached_formula`, `duplicate_code`,
`missing_ects`) are already in the draft when it comes here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from curriculum.workbook import concordance
from curriculum.workbook.draft import UE, Draft, Finding, Semester, finding
from curriculum.workbook.figures import shortest, total
from curriculum.workbook.french import comma

SEMESTER_ECTS = Decimal(30)
NAMES = {"cm": "CM", "td": "TD", "tp": "TP", "sr": "SR", "projet": "projet", "cmi": "CMI", "ter": "TER"}


def lint(draft: Draft) -> Draft:
    """Return the draft with its findings completed, each beside the table it concerns."""
    if draft.checked:
        return draft
    semesters = tuple(
        replace(semester, findings=(*semester.findings, *checks(semester, draft))) for semester in draft.semesters
    )
    return replace(draft, semesters=semesters, findings=(*draft.findings, *concordance.validation_dates(draft)))


def checks(semester: Semester, draft: Draft) -> tuple[Finding, ...]:
    """Return everything that the checks say of one table of a draft."""
    return tuple(each for check in CHECKS for each in check(semester, draft))


def row_total(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """A module's declared total against the sum of its coefficients."""
    for module in semester.modules:
        declared, computed = semester.trace.row_totals.get(module.place), total(module.coefficients.values())
        if declared is not None and Decimal(declared) != computed:
            yield finding(
                "row_total",
                "warning",
                f"{module.key} : le total de la ligne annonce {comma(declared)}, "
                f"la somme des coefficients est {comma(shortest(computed))}.",
                cell=semester.trace.cells.get(("total", module.place)),
                module=module.key,
                declared=declared,
                computed=shortest(computed),
            )


def column_total(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """Each UE's declared total, then the general one, against the sum of the coefficients in force."""
    declared: list[tuple[str | None, str | None]] = [
        *semester.declared.coefficients.items(),
        (None, semester.trace.total),
    ]
    for ue, figure in declared:
        computed = semester.coefficient_sum(ue)
        if figure is not None and Decimal(figure) != computed:
            yield finding(
                "column_total",
                "warning",
                f"{ue or 'Total'} : le total annoncé est {comma(figure)}, "
                f"la somme des coefficients est {comma(shortest(computed))}.",
                cell=semester.trace.cells.get(("total", ue) if ue else ("total",)),
                ue=ue,
                declared=figure,
                computed=shortest(computed),
            )


def pole_total(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """A pole's declared coefficients and ECTS against the sum of its coefficients."""
    names, units = {"ressource": "ressources", "sae": "SAÉ"}, {"ects": "ECTS", "coefficients": "au total"}
    for ue, poles in semester.declared.poles.items():
        for pole, figures in poles.items():
            computed = semester.coefficient_sum(ue, pole)
            for what, figure in figures.items():
                if Decimal(figure) != computed:
                    yield finding(
                        "pole_total",
                        "warning",
                        f"{ue} : le pôle {names.get(pole, pole)} annonce {comma(figure)} {units.get(what, what)}, "
                        f"la somme des coefficients est {comma(shortest(computed))}.",
                        cell=semester.trace.cells.get((pole, ue, what) if what == "ects" else (pole, ue)),
                        ue=ue,
                        declared=figure,
                        computed=shortest(computed),
                    )


def amended_cell(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """Two figures in one cell: the one in force, and whether the UE's declared total confirms it."""
    told: dict[str, _Verdict] = {}
    for module in semester.modules:
        for ue, amendment in module.amended.items():
            told[ue] = verdict = told.get(ue) or _verdict(semester, ue)
            kept = f"{comma(amendment.new)} est en vigueur" if amendment.new else "rien ne le remplace"
            why = ", écrit devant, car lui seul fait la somme" if (module.place, ue) in semester.trace.by_sums else ""
            yield finding(
                "amended_cell",
                "info" if verdict.confirmed else "warning",
                f"{module.key}, {ue} : {comma(amendment.old)} est rayé, {kept}{why} ; {verdict.sentence}.",
                cell=semester.trace.cells.get(("coefficient", module.place, ue)),
                module=module.key,
                ue=ue,
                declared=semester.declared.coefficients.get(ue),
                computed=verdict.computed,
            )


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the totals of a UE say of the figures that replace others in its column."""

    computed: str
    confirmed: bool
    sentence: str


def _verdict(semester: Semester, ue: str) -> _Verdict:
    declared, computed = semester.declared.coefficients.get(ue), semester.coefficient_sum(ue)
    ects = next((each.ects for each in semester.ues if each.code == ue), None)
    confirmed = declared is not None and Decimal(declared) == computed
    said = "le confirme" if confirmed else f"ne le confirme pas (somme {comma(shortest(computed))})"
    also = ""
    if ects and Decimal(ects) == computed:
        also = " ; les ECTS aussi" if confirmed else f" ; les ECTS ({comma(ects)}) le confirment"
    if not confirmed and declared is not None and Decimal(declared) == _before(semester, ue):
        also += " ; avec les chiffres rayés, il serait juste"
    return _Verdict(shortest(computed), confirmed, f"le total annoncé ({comma(declared)}) {said}{also}")


def _before(semester: Semester, ue: str) -> Decimal:
    """The sum of a UE as it would be with the figures struck out."""
    amended = [each.amended[ue] for each in semester.modules if ue in each.amended]
    return semester.coefficient_sum(ue) + sum(
        (Decimal(each.old) - Decimal(each.new or 0) for each in amended), Decimal(0)
    )


def ects_total(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """A UE's coefficients against its ECTS, in a document where more than half of the UEs agree."""
    weighted = _weighted(draft)
    agreements = [each.coefficient_sum(ue.code) == Decimal(ue.ects) for each, ue in weighted if ue.ects]
    if 2 * sum(agreements) <= len(agreements):
        return
    for ue in semester.ues if any(each is semester for each, _ in weighted) else ():
        computed = semester.coefficient_sum(ue.code)
        if ue.ects is not None and Decimal(ue.ects) != computed:
            yield finding(
                "ects_total",
                "warning",
                f"{ue.code} : {comma(ue.ects)} ECTS, la somme des coefficients est {comma(shortest(computed))}.",
                cell=semester.trace.cells.get(("ects", ue.code)),
                ue=ue.code,
                declared=ue.ects,
                computed=shortest(computed),
            )


def _weighted(draft: Draft) -> list[tuple[Semester, UE]]:
    """The UEs of the tables that give coefficients."""
    tables = [semester for semester in draft.semesters if any(module.coefficients for module in semester.modules)]
    return [(semester, ue) for semester in tables for ue in semester.ues]


def semester_ects(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """The semester's ECTS, added and as declared, against 30 (N-04)."""
    known = [ue.ects for ue in semester.ues if ue.ects is not None]
    if not known or len(known) < len(semester.ues):
        return
    declared, computed = semester.trace.ects, total(known)
    if computed != SEMESTER_ECTS or (declared is not None and Decimal(declared) != SEMESTER_ECTS):
        said = f", le total annonce {comma(declared)}" if declared is not None else ""
        yield finding(
            "semester_ects",
            "error",
            f"{semester.label} : les UE donnent {comma(shortest(computed))} ECTS{said} ; un semestre en vaut 30.",
            cell=semester.trace.cells.get(("ects",)),
            declared=declared,
            computed=shortest(computed),
        )


def hours_total(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """The declared hours, of the semester and of its year, against the sum of the modules'."""
    other = next(iter(concordance.others(semester, draft)), None)
    own = {**semester.trace.hours, "total": semester.declared.hours}
    checks = [("hours", name, declared, [semester]) for name, declared in own.items()]
    if other:
        annual = semester.trace.annual_hours
        checks += [("annual", name, declared, [semester, other]) for name, declared in annual.items()]
    for what, name, declared, tables in checks:
        computed = sum((each.hours_sum(name) for each in tables), Decimal(0))
        if declared is not None and Decimal(declared) != computed:
            kind = "" if name == "total" else f" de {NAMES[name]}"
            yield finding(
                "hours_total",
                "warning",
                f"{semester.label}{', total annuel' if what == 'annual' else ''} : {comma(declared)} heures{kind} "
                f"annoncées, la somme des modules est {comma(shortest(computed))}.",
                cell=semester.trace.cells.get(("hours",) if (what, name) == ("hours", "total") else (what, name)),
                declared=declared,
                computed=shortest(computed),
            )


def hours_row(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """CM + TD + TP + SR + projet against the module's total."""
    for module in semester.modules:
        parts = [hours for name, hours in module.hours.items() if name != "total" and hours is not None]
        declared, computed = module.hours["total"], total(parts)
        if parts and declared is not None and Decimal(declared) != computed:
            yield finding(
                "hours_row",
                "warning",
                f"{module.key} : {comma(declared)} heures annoncées, "
                f"la somme de la ligne est {comma(shortest(computed))}.",
                cell=semester.trace.cells.get(("hours", module.place)),
                module=module.key,
                declared=declared,
                computed=shortest(computed),
            )


def weights_sum(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """Weights that do not add up to 1, where those of most modules of the table do (relative weights need not)."""
    sums = {}
    for module in semester.modules:
        weights = [each.weight for each in module.evaluations if each.weight is not None]
        if weights:
            sums[module.place] = total(weights)
    if 2 * sum(computed == 1 for computed in sums.values()) <= len(sums):
        return
    for module in semester.modules:
        computed = sums.get(module.place, Decimal(1))
        if computed != 1:
            yield finding(
                "weights_sum",
                "warning",
                f"{module.key} : les poids des évaluations font {comma(shortest(computed))}, et non 1.",
                cell=semester.trace.cells.get(("weights", module.place)),
                module=module.key,
                declared="1",
                computed=shortest(computed),
            )


def weights_count(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """More weights than modalities, or fewer."""
    for module in semester.modules:
        labels = sum(bool(each.label) for each in module.evaluations)
        weights = sum(each.weight is not None for each in module.evaluations)
        if labels != weights:
            yield finding(
                "weights_count",
                "warning",
                f"{module.key} : {labels} modalités d’évaluation pour {weights} poids.",
                cell=semester.trace.cells.get(("weights", module.place)),
                module=module.key,
                declared=str(weights),
                computed=str(labels),
            )


def missing_code(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """A module without a code, in a table where others have one."""
    if any(module.code for module in semester.modules):
        for module in semester.modules:
            if module.code is None:
                yield finding(
                    "missing_code",
                    "warning",
                    f"« {module.title} » n’a pas de code ; il est lu sous {module.key}.",
                    cell=semester.trace.cells.get(("code", module.place)),
                    module=module.key,
                    computed=module.key,
                )


def unknown_ue(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """A UE of another semester among the columns, or a coefficient for a UE that the table does not have."""
    own = {ue.code for ue in semester.ues}
    strangers: dict[str, str | None] = {ue: None for ue in own if not ue.startswith(f"UE{semester.semester}.")}
    strangers |= {ue: module.key for module in semester.modules for ue in module.coefficients if ue not in own}
    for ue, module in sorted(strangers.items()):
        yield finding(
            "unknown_ue",
            "warning",
            f"{ue} : cette UE n’est pas du semestre {semester.semester}."
            if module is None
            else f"{module} : un coefficient est donné pour {ue}, qui n’est pas une UE du tableau.",
            cell=semester.trace.cells.get(("coefficient", module, ue) if module else ("ue", ue)),
            module=module,
            ue=ue,
        )


def membership_differs(semester: Semester, draft: Draft) -> Iterator[Finding]:
    """A module marked for a UE and without a coefficient there, or the reverse; a dash is not a difference."""
    if not any(module.coefficients for module in semester.modules):
        return  # hours only: there is no other table to differ from
    for module in semester.modules:
        for ue in semester.ues if module.marked_for is not None else ():
            marked, weighed = ue.code in (module.marked_for or ()), ue.code in module.coefficients
            if marked != weighed and (module.place, ue.code) not in semester.trace.dashes:
                said = "coché pour l’UE, sans coefficient" if marked else "un coefficient, sans être coché pour l’UE"
                yield finding(
                    "membership_differs",
                    "warning",
                    f"{module.key}, {ue.code} : {said}.",
                    cell=semester.trace.cells.get(("marked" if marked else "coefficient", module.place, ue.code)),
                    module=module.key,
                    ue=ue.code,
                )


CHECKS: tuple[Callable[[Semester, Draft], Iterator[Finding]], ...] = (
    *(row_total, column_total, pole_total, amended_cell, ects_total, semester_ects),
    *(hours_total, hours_row, weights_sum, weights_count, missing_code, unknown_ue, membership_differs),
    *(concordance.title_differs, concordance.hours_differ, concordance.evaluations_differ),
    *(concordance.code_differs, concordance.ue_without_pair, concordance.pole_share),
)
