"""A maquette as it was understood: frozen values that mirror the JSON `maquette/1` (see codec.py for the JSON)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from curriculum.workbook.figures import total
from curriculum.workbook.french import typeset

KINDS = ("ressource", "sae", "stage", "alternance", "portfolio", "other")
POLES = ("ressource", "sae")
MODALITIES = ("FI", "alternance")
SEVERITIES = ("error", "warning", "info")
HOURS = ("cm", "td", "tp", "sr", "projet", "total")
"""The columns of hours that every module has in the JSON; a document may add `cmi` and `ter`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, or worth a look, in a document: figures as strings, and one French sentence."""

    code: str
    severity: str
    message: str
    cell: str | None = None
    module: str | None = None
    ue: str | None = None
    declared: str | None = None
    computed: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether the maquette cannot be used as it is."""
        return self.severity == "error"


def finding(code: str, severity: str, message: str, **where: str | None) -> Finding:
    """Return a finding of our own making, its sentence set as French wants it."""
    return Finding(code, severity, typeset(message), **where)


@dataclass(frozen=True, slots=True)
class UE:
    """A UE of one semester table; competence and level make its RCUE, ECTS is a figure as written."""

    code: str
    title: str | None
    competence: str
    level: int
    ects: str | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A modality of the MCC: `count` is the number printed before it, None when none is.

    `label` is empty for a weight that stands beside no modality: a warning, `weights_count`, and no more.
    """

    label: str
    count: int | None
    weight: str | None


@dataclass(frozen=True, slots=True)
class Amendment:
    """A figure struck out, and the one in force (None when nothing replaces it)."""

    old: str
    new: str | None


@dataclass(frozen=True, slots=True)
class Module:
    """A module as one table prints it; coefficients and amendments by UE code, hours as printed."""

    key: str
    code: str | None
    title: str | None
    kind: str
    pole: str | None
    hours: Mapping[str, str | None]
    coefficients: Mapping[str, str]
    amended: Mapping[str, Amendment]
    evaluations: tuple[Evaluation, ...]
    parcours: str | None = None
    marked_for: tuple[str, ...] | None = None

    @property
    def place(self) -> str:
        """What identifies it in its table: its key, and its parcours where alternatives share one place."""
        return f"{self.key} {self.parcours}" if self.parcours else self.key


@dataclass(frozen=True, slots=True)
class Declared:
    """The totals as printed; coefficients and ECTS by UE, poles as `{ue: {pole: {"coefficients"|"ects": figure}}}`."""

    hours: str | None = None
    coefficients: Mapping[str, str] = field(default_factory=dict)
    ects: Mapping[str, str] = field(default_factory=dict)
    poles: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trace:
    """What the reader saw and the JSON does not carry, for the checks alone.

    `cells` says where a thing stands: ("code", place), ("title", place), ("hours", place), ("coefficient", place, ue),
    ("marked", place, ue), ("total", ue), ("ects", ue), (pole, ue), (pole, ue, "ects"), and ("total",), ("ects",) and
    ("hours",) for the general totals; ("labels", place) and ("weights", place); ("hours", name) and ("annual", name)
    for the hours declared of each kind.
    """

    cells: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    row_totals: Mapping[str, str] = field(default_factory=dict)
    total: str | None = None
    ects: str | None = None
    hours: Mapping[str, str] = field(default_factory=dict)
    annual_hours: Mapping[str, str] = field(default_factory=dict)
    """The hours declared for the semester, and for its year, by name: `cm`… and `total`."""
    dashes: frozenset[tuple[str, str]] = frozenset()
    validated_on: Mapping[str, str] = field(default_factory=dict)
    by_sums: frozenset[tuple[str, str]] = frozenset()
    """The coefficients, by place and UE, of which the sums have put the first of two figures in force."""


@dataclass(frozen=True, slots=True)
class Semester:
    """One table: a semester, for one parcours and one modality, or for all where these are None."""

    sheet: str
    semester: int
    parcours: str | None
    modality: str | None
    academic_year: str | None
    ues: tuple[UE, ...]
    declared: Declared
    modules: tuple[Module, ...]
    findings: tuple[Finding, ...] = ()
    trace: Trace = field(default_factory=Trace, compare=False)

    @property
    def but_year(self) -> int:
        """The year of BUT, 1 to 3."""
        return (self.semester + 1) // 2

    @property
    def label(self) -> str:
        """Its name on screen: `S3 OSC alternance`."""
        return " ".join(filter(None, [f"S{self.semester}", self.parcours, self.modality]))

    def coefficient_sum(self, ue: str | None = None, pole: str | None = None) -> Decimal:
        """Add the coefficients in force, of one UE, of one pole, or all; alternatives of a place count once."""
        sums: dict[str | None, Decimal] = {}
        for module in self.modules:
            if (pole is None or module.pole == pole) and (ue is None or ue in module.coefficients):
                added = total(module.coefficients.values()) if ue is None else Decimal(module.coefficients[ue])
                sums[module.parcours] = sums.get(module.parcours, Decimal(0)) + added
        common = sums.pop(None, Decimal(0))
        return common + max(sums.values(), default=Decimal(0))

    def hours_sum(self, name: str) -> Decimal:
        """Add the hours of one kind (`cm`… or `total`); alternatives of a place count once."""
        sums: dict[str | None, Decimal] = {}
        for module in self.modules:
            sums[module.parcours] = sums.get(module.parcours, Decimal(0)) + Decimal(module.hours.get(name) or 0)
        common = sums.pop(None, Decimal(0))
        return common + max(sums.values(), default=Decimal(0))


@dataclass(frozen=True, slots=True)
class Formation:
    """Which formation the document says it is, and for which year."""

    code: str
    speciality: str
    institution: str | None
    academic_year: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole maquette, not stored yet; `validated_on` gives ISO dates for `departement` and `iut`."""

    formation: Formation
    semesters: tuple[Semester, ...]
    bonus_cap: str | None = None
    validated_on: Mapping[str, str | None] = field(default_factory=lambda: {"departement": None, "iut": None})
    findings: tuple[Finding, ...] = ()
    checked: bool = field(default=False, compare=False)
    """Whether its findings are all there: a document of ours carries them."""

    @property
    def all_findings(self) -> tuple[tuple[Semester | None, Finding], ...]:
        """Every finding with the table it concerns, those of the whole document last."""
        own = [(semester, finding) for semester in self.semesters for finding in semester.findings]
        return (*own, *((None, finding) for finding in self.findings))

    @property
    def has_errors(self) -> bool:
        """Whether one finding at least is an error."""
        return any(finding.is_error for _, finding in self.all_findings)
