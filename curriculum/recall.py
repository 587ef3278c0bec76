"""PURE: what a document printed and a stored draft does not carry, as far as its findings still tell it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from curriculum.lint import NAMES, checks, hours_total
from curriculum.workbook.draft import Draft, Finding, Semester, Trace
from curriculum.workbook.figures import shortest, total

APART = "\x1f"


def recall(draft: Draft) -> Draft:
    """Return a draft whose traces make the checks say again what is said of it, at the same cells."""
    known = _with_traces(draft, [_trace(semester, draft) for semester in draft.semesters])
    echoing = _with_traces(known, [replace(each.trace, cells=_Echo()) for each in known.semesters])
    cells = [_cells(semester, echoing) for semester in echoing.semesters]
    traces = [each.trace for each in known.semesters]
    return _with_traces(
        known, [replace(trace, cells={**trace.cells, **own}) for trace, own in zip(traces, cells, strict=True)]
    )


def _with_traces(draft: Draft, traces: Iterable[Trace]) -> Draft:
    semesters = (replace(each, trace=trace) for each, trace in zip(draft.semesters, traces, strict=True))
    return replace(draft, semesters=tuple(semesters))


def _trace(semester: Semester, draft: Draft) -> Trace:
    """Return the trace of a table, with the totals and the dashes that its findings tell."""
    trace = semester.trace
    return replace(
        trace,
        row_totals={**_row_totals(semester), **trace.row_totals},
        total=trace.total or _printed(semester, "column_total"),
        ects=trace.ects or _printed(semester, "semester_ects"),
        hours={**_hours(semester, draft, "hours"), **trace.hours},
        annual_hours={**_hours(semester, draft, "annual"), **trace.annual_hours},
        dashes=trace.dashes | _dashes(semester),
    )


def unplaced(finding: Finding) -> Finding:
    """Return what a finding says, wherever it stands."""
    return replace(finding, cell=None)


def _row_totals(semester: Semester) -> dict[str, str]:
    told = {(each.module, each.computed): each.declared for each in semester.findings if each.code == "row_total"}
    sums = {module.place: (module.key, shortest(total(module.coefficients.values()))) for module in semester.modules}
    return {place: printed for place, row in sums.items() if (printed := told.get(row)) is not None}


def _printed(semester: Semester, code: str) -> str | None:
    """Return the general total that a finding of the whole table tells."""
    return next((each.declared for each in semester.findings if each.code == code and each.ue is None), None)


def _hours(semester: Semester, draft: Draft, what: str) -> dict[str, str]:
    """Return the totals of hours, of the semester or `annual`, that make the check say what is said."""
    said = {unplaced(each): each.declared for each in semester.findings if each.code == "hours_total"}
    plain = set(hours_total(replace(semester, trace=Trace()), draft))
    found = {}
    for name in (*NAMES, "total"):
        for printed in filter(None, said.values()):
            trace = Trace(hours={name: printed}) if what == "hours" else Trace(annual_hours={name: printed})
            told = set(hours_total(replace(semester, trace=trace), draft)) - plain
            if told & said.keys():
                found[name] = printed
    return found


def _dashes(semester: Semester) -> frozenset[tuple[str, str]]:
    """Return where a dash must stand: a module marked for a UE, or weighed in it, alone, and nothing said of it."""
    said = {(each.module, each.ue) for each in semester.findings if each.code == "membership_differs"}
    return frozenset(
        (module.place, ue.code)
        for module in semester.modules
        for ue in semester.ues
        if module.marked_for is not None
        and (ue.code in module.marked_for) != (ue.code in module.coefficients)
        and (module.key, ue.code) not in said
    )


class _Echo(Mapping[tuple[str, ...], str]):
    """Cells whose name is what stands there: a check that reads them says where it would have looked."""

    def __getitem__(self, thing: tuple[str, ...]) -> str:
        return APART.join(thing)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _cells(semester: Semester, draft: Draft) -> dict[tuple[str, ...], str]:
    """Return the cells of the findings that the checks of an echoing draft make again, by what stands there."""
    said = {unplaced(each): each.cell for each in semester.findings if each.cell is not None}
    return {
        tuple(each.cell.split(APART)): cell
        for each in checks(semester, draft)
        if each.cell is not None and (cell := said.get(unplaced(each))) is not None
    }
