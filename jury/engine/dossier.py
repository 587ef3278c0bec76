"""What a jury has before it: one student, the UEs of the semesters judged, the record, and what the jury decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from grades.averages import Rounding, State, UEAverage, rounded
from jury.engine.codes import UECode, YearCode
from jury.engine.regulation import Regulation
from jury.engine.strict import Refused, once, refuse

YEAR = "year"


class Status(StrEnum):
    ENROLLED = "enrolled"
    DEM = "DEM"
    DEF = "DEF"
    ABAN = "ABAN"
    EXCLU = "EXCLU"
    ABL = "ABL"

    @property
    def left(self) -> bool:
        """Whether the student is gone: nothing is opened to them, and no year is decided for them."""
        return self in (Status.DEM, Status.ABAN, Status.EXCLU)


class UEState(StrEnum):
    """Why a UE before the jury has no average."""

    PENDING = "pending"
    STAGE = "stage"
    EQUIVALENCE = "equivalence"
    DEFAULTING = "defaulting"
    NOT_ENROLLED = "not_enrolled"


@dataclass(frozen=True, slots=True)
class UE:
    """A UE before the jury: an exact average on 20, or the state that stands for it."""

    code: str
    semester: int
    competence: str
    level: int
    ects: Fraction
    average: Fraction | None = None
    state: UEState | None = None


@dataclass(frozen=True, slots=True)
class RecordedUE:
    """What the latest earlier jury decided of a UE, with the average that it had, if any."""

    code: str
    semester: int
    competence: str
    level: int
    ects: Fraction
    decision: UECode
    average: Fraction | None = None


@dataclass(frozen=True, slots=True)
class JuryLine:
    """What the jury decides over the proposal: on a UE, a RCUE (`Competence/level`) or the `year`."""

    target: str
    decision: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """One student before one jury; `repeated` lists the semesters already repeated, the present try included."""

    id: str
    but_year: int
    semesters: tuple[int, ...]
    ues: tuple[UE, ...]
    status: Status = Status.ENROLLED
    record: tuple[RecordedUE, ...] = ()
    repeated: tuple[int, ...] = ()
    jury: tuple[JuryLine, ...] = ()

    @property
    def annual(self) -> bool:
        """Whether the jury decides the whole year, and not its odd semester alone."""
        return len(self.semesters) == 2


@dataclass(frozen=True, slots=True)
class Rulings:
    """The jury's own decisions: the motive of each ADJ, by target, and the decision on the year, if any."""

    granted: dict[str, str]
    year: YearCode | None = None
    year_reason: str = ""


def carried(average: UEAverage, regulation: Regulation) -> Fraction | None:
    """Return a UE's average as its dossier carries it: a decimal, so that what is judged is what a record keeps.

    It is the figure compared; where the règlement also compares exact averages, it has thirty decimals (I-02, I-03).
    """
    if average.exact is None or average.figure is None or average.state is not State.COMPUTED:
        return None
    if regulation.averaging.rounding is not Rounding.EXACT and regulation.rcue_from_rounded_ue:
        return Fraction(*average.figure)
    numerator, denominator = average.exact
    units, scale = rounded(numerator * 10**27, denominator, Rounding.HALF_UP_3)
    return Fraction(units, scale * 10**27)


def check(dossier: Dossier) -> None:
    """Raise Refused unless the lines of a dossier can stand together before this jury."""
    odd = 2 * dossier.but_year - 1
    if dossier.semesters not in ((odd,), (odd, odd + 1)):
        raise Refused("semesters", f"On attendait [{odd}] ou [{odd}, {odd + 1}], semestres du BUT{dossier.but_year}.")
    if not dossier.ues:
        raise Refused("ues", "Le dossier n’a aucune UE.")
    once("ues", [ue.code for ue in dossier.ues], ".code")
    once("record", [line.code for line in dossier.record], ".code")
    for rank, ue in enumerate(dossier.ues):
        if ue.semester not in dossier.semesters:
            known = " ou ".join(str(semester) for semester in dossier.semesters)
            refuse(f"ues[{rank}].semester", ue.semester, f"un semestre de ce jury ({known})")
        if (ue.average is None) == (ue.state is None):
            field = "average" if ue.average is None else "state"
            raise Refused(f"ues[{rank}].{field}", f"L’UE {ue.code} porte soit « average », soit « state ».")
    for rank, line in enumerate(dossier.record):
        if line.semester > odd + 1:
            refuse(f"record[{rank}].semester", line.semester, f"un semestre de 1 à {odd + 1}, jugé avant ce jury")


def rulings(dossier: Dossier, rcues: Sequence[str]) -> Rulings:
    """Read the jury's lines (N-14). Raises Refused on an impossible target or decision, and on a second line on one.

    A UE takes ADJ, in the year or in the record; so does a RCUE, and the year takes a year's decision, at an annual
    jury only; nothing is decided of the year of a student who has left.
    """
    granted: dict[str, str] = {}
    year, year_reason = None, ""
    ues = {ue.code for ue in dossier.ues} | {line.code for line in dossier.record}
    for rank, line in enumerate(dossier.jury):
        field = f"jury[{rank}]"
        if not line.reason.strip():
            raise Refused(f"{field}.reason", f"La décision du jury sur « {line.target} » doit être motivée.")
        if line.target in granted or (line.target == YEAR and year):
            raise Refused(f"{field}.target", f"Le jury décide deux fois de « {line.target} ».")
        if line.target == YEAR:
            year, year_reason = _year_ruling(dossier, line, field), line.reason
        elif line.target not in ues and line.target not in rcues:
            refuse(f"{field}.target", line.target, "une UE du dossier ou, à un jury annuel, un RCUE ou « year »")
        elif line.decision != UECode.ADJ:
            refuse(f"{field}.decision", line.decision, "ADJ, seule décision possible sur une UE ou un RCUE")
        else:
            granted[line.target] = line.reason
    return Rulings(granted, year, year_reason)


def _year_ruling(dossier: Dossier, line: JuryLine, field: str) -> YearCode:
    if not dossier.annual:
        raise Refused(f"{field}.target", "Un jury de semestre impair ne décide pas de l’année.")
    if dossier.status.left:
        raise Refused(f"{field}.target", f"L’étudiant est parti ({dossier.status}) : son année n’est pas décidée.")
    allowed = [YearCode.ADJ, YearCode.RED, YearCode.RED_FM, YearCode.NAR]
    if dossier.but_year < 3:
        allowed.insert(1, YearCode.PAS1NCI)
    if line.decision not in allowed:
        refuse(f"{field}.decision", line.decision, f"l’une des valeurs {', '.join(allowed)}")
    return YearCode[line.decision]
