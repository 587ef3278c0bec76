"""One student before one jury, as pages and documents show them: a part of the record, and what follows from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from jury.anomalies import Anomaly
from jury.engine.codes import RCUE_VALIDATED, UE_ACQUIRED, UECode
from jury.engine.dossier import YEAR
from jury.seal import StudentPart

Json = dict[str, Any]

DIPLOMAS = {"DUT", "BUT"}
OPENINGS = DIPLOMAS | {*(f"S{semester}" for semester in range(1, 7))}
NEAR = Decimal("0.5")
"""How far below a threshold an average is said to be near it, in points on 20 (REGULATION.md §5.5)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One UE before the jury: what the dossier says of it and what is decided (averages as printed, or None)."""

    code: str
    semester: int
    ects: str
    average: str | None
    decision: str | None
    capitalised: bool
    """An earlier jury acquired it, and this year's marks alone would not do as much."""
    reasons: tuple[Json, ...]

    @property
    def acquired(self) -> bool:
        return self.decision in UE_ACQUIRED


@dataclass(frozen=True, slots=True)
class Level:
    """One level of one competence: its UEs in the order of the semesters, then its RCUE (None at an odd jury)."""

    competence: str
    level: int
    title: str
    """What its UEs are called; empty when the maquette, or an older record, does not say."""
    ues: tuple[Step, ...]
    average: str | None
    decision: str | None
    reasons: tuple[Json, ...]

    @property
    def key(self) -> tuple[str, int]:
        return self.competence, self.level

    @property
    def target(self) -> str:
        """The RCUE as a ruling targets it."""
        return f"{self.competence}/{self.level}"

    @property
    def validated(self) -> bool:
        return self.decision in RCUE_VALIDATED

    def slots(self, semesters: Iterable[int]) -> tuple[Step | None, ...]:
        """Return its UE in each semester; None where it has none, in a dossier that is refused for that."""
        found = {ue.semester: ue for ue in self.ues}
        return tuple(found.get(semester) for semester in semesters)


class Gap(NamedTuple):
    """What an average lacks to reach a threshold, in points on 20; `target` is a RCUE, or a UE at an odd jury."""

    target: str
    threshold: Decimal
    missing: Decimal


@dataclass(frozen=True)
class Judged:
    """One student before one jury; `proposals` are the codes before any decision of the jury, by target."""

    student_id: int
    part: StudentPart
    parameters: Mapping[str, Any]
    proposals: Mapping[str, str | None] = field(default_factory=dict)
    anomalies: tuple[Anomaly, ...] = ()
    refused: str = ""

    @property
    def verdict(self) -> Json:
        """The verdict of deliberate.md; `refused` when the engine would not judge the dossier."""
        return self.part["verdict"]

    @property
    def name(self) -> str:
        """The name as lists print it: BARRE Tom."""
        last = self.part["usage_name"] or self.part["last_name"]
        return f"{last.upper()} {self.part['first_names'].split(',')[0].split(' ')[0]}"

    @cached_property
    def levels(self) -> list[Level]:
        """Each competence and level before the jury, in the order of the dossier."""
        dossier = self.part["dossier"]
        decided = {line["code"]: line for line in self.verdict["ues"]}
        rcues = {(line["competence"], line["level"]): line for line in self.verdict["rcues"]}
        kept = {line["code"] for line in dossier["record"] if line["decision"] in UE_ACQUIRED}
        steps: dict[tuple[str, int], list[Step]] = {}
        titles: dict[tuple[str, int], str] = {}
        for line in dossier["ues"]:
            found = decided.get(line["code"], {})
            step = Step(
                code=line["code"],
                semester=line["semester"],
                ects=line["ects"],
                average=found.get("average", line.get("average")),
                decision=found.get("decision"),
                capitalised=line["code"] in kept and found.get("decision") != UECode.EQV and _kept(line, found),
                reasons=self.reasons(line["code"]),
            )
            key = line["competence"], line["level"]
            steps.setdefault(key, []).append(step)
            titles[key] = titles.get(key) or line.get("title", "")
        return [
            Level(
                *key,
                titles[key],
                tuple(ues),
                average=rcues.get(key, {}).get("average"),
                decision=rcues.get(key, {}).get("decision"),
                reasons=self.reasons("{}/{}".format(*key)),
            )
            for key, ues in steps.items()
        ]

    @property
    def pairs(self) -> list[tuple[Level, tuple[Step | None, ...]]]:
        """Each level, and its UE in each semester before the jury."""
        return [(level, level.slots(self.part["dossier"]["semesters"])) for level in self.levels]

    @cached_property
    def repaid(self) -> list[tuple[Json, str, tuple[Json, ...]]]:
        """The lines of the record that this jury acquires, each with its code, ADSUP (N-08) or ADJ (N-14), and why."""
        granted = {line["target"] for line in self.rulings}
        codes = {line["code"]: UECode.ADJ for line in self._owed if line["code"] in granted}
        codes |= dict.fromkeys(self.verdict["adsup"], UECode.ADSUP)
        return [
            (line, codes[line["code"]], self.reasons(line["code"])) for line in self._owed if line["code"] in codes
        ]

    @cached_property
    def debts(self) -> list[Json]:
        """The lines of the record that are still owed once this jury has spoken."""
        repaid = {line["code"] for line, _, _ in self.repaid}
        return [line for line in self._owed if line["code"] not in repaid]

    @property
    def _owed(self) -> list[Json]:
        """The lines of the record that no earlier jury acquired, and that are not judged again here."""
        dossier = self.part["dossier"]
        judged = {line["code"] for line in dossier["ues"]}
        return [
            line for line in dossier["record"] if line["decision"] not in UE_ACQUIRED and line["code"] not in judged
        ]

    @property
    def reached(self) -> int:
        """v: the RCUEs whose average reaches the threshold, or validated otherwise (N-10, I-04)."""
        return sum(self._excused(level) or self._at(level, "validation_threshold") for level in self.levels)

    @property
    def below(self) -> int:
        """b: the RCUEs below the minimum (N-10)."""
        marked = [level for level in self.levels if level.average is not None]
        return sum(not self._excused(level) and not self._at(level, "rcue_minimum") for level in marked)

    @property
    def unmarked(self) -> int:
        """m: the RCUEs that cannot be computed and are not validated."""
        return sum(level.average is None and not level.validated for level in self.levels)

    @cached_property
    def near(self) -> list[Gap]:
        """What is just under a threshold: the RCUEs not validated; at an odd jury, the UEs not acquired."""
        annual = len(self.part["dossier"]["semesters"]) == 2
        ues = [(ue.code, ue.average) for level in self.levels for ue in level.ues if not ue.acquired]
        rcues = [(level.target, level.average) for level in self.levels if not level.validated]
        limits = [Decimal(self.parameters[key]) for key in ("validation_threshold", "rcue_minimum")]
        return [
            Gap(target, limit, limit - Decimal(average))
            for target, average in (rcues if annual else ues)
            for limit in limits
            if average is not None and limit - NEAR <= Decimal(average) < limit
        ]

    @property
    def settled(self) -> bool:
        """Whether an earlier jury let them through this year of BUT: it is not decided again, some UEs are."""
        return self.part.get("settled", False)

    @property
    def year(self) -> str | None:
        """The code of the year, as it stands: proposed, or decided by the jury; None: to decide, odd, or settled."""
        decision: str | None = self.verdict["year"]["decision"]
        return None if self.settled else decision

    @property
    def proposed(self) -> str | None:
        """The code of the year that was proposed."""
        return self.proposals.get(YEAR)

    @property
    def options(self) -> list[str]:
        """What the jury may decide of the year."""
        return [] if self.settled else list(self.verdict["year"]["options"])

    @property
    def undecided(self) -> bool:
        """Whether the jury has still to choose: without a decision on the year, it cannot close."""
        return self.year is None and bool(self.options)

    @property
    def rulings(self) -> list[Json]:
        """What the jury decided over the proposal: target, decision, reason."""
        return list(self.part["dossier"]["jury"])

    def reasons(self, about: str) -> tuple[Json, ...]:
        """Return why: rule, text; `about` is a UE, a RCUE (`Qualité/2`), `year`, a semester (`S5`), `DUT`, `BUT`."""
        return self._reasons.get(about, ())

    @cached_property
    def _reasons(self) -> dict[str, tuple[Json, ...]]:
        found: dict[str, tuple[Json, ...]] = {}
        for reason in self.verdict["reasons"]:
            found[reason["about"]] = (*found.get(reason["about"], ()), reason)
        return found

    @property
    def of_year(self) -> tuple[Json, ...]:
        """Why the year."""
        return () if self.settled else self.reasons(YEAR)

    @property
    def opened(self) -> list[str]:
        """The semesters that open: S5; those of a year that is settled are open already."""
        return [] if self.settled else [f"S{semester}" for semester in self.verdict["authorised"]]

    @property
    def openings(self) -> list[tuple[str, tuple[Json, ...]]]:
        """What opens, or is awarded, and S5 when it stays closed: its name and why."""
        told = DIPLOMAS if self.settled else OPENINGS
        return [(about, reasons) for about, reasons in self._reasons.items() if about in told]

    def _excused(self, level: Level) -> bool:
        return level.validated and bool(self.parameters["progression_counts_validated"])

    def _at(self, level: Level, threshold: str) -> bool:
        return level.average is not None and Decimal(level.average) >= Decimal(self.parameters[threshold])


def _kept(line: Json, decided: Json) -> bool:
    """Whether a UE that was acquired before owes its average or its code to that."""
    return decided.get("average") != line.get("average") or decided.get("decision") != UECode.ADM
