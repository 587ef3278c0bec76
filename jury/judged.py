"""One student before one jury, as pages and documents show them: a part of the record, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from jury.anomalies import Anomaly
from jury.engine.codes import RCUE_VALIDATED, UE_ACQUIRED, UECode
from jury.engine.dossier import YEAR
from jury.seal import StudentPart

Json = dict[str, Any]

NEAR = Decimal("0.5")
"""How far below a threshold an average is said to be near it, in points on 20 (REGULATION.md §5.5)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One UE before the jury: what the dossier says of it and what is decided (averages as printed, or None)."""

    code: str
    semester: int
    ects: str
    state: str | None
    average: str | None
    decision: str | None
    capitalised: str | None
    """The code by which an earlier jury acquired it, or None."""

    @property
    def acquired(self) -> bool:
        return self.decision in UE_ACQUIRED


@dataclass(frozen=True, slots=True)
class Level:
    """One level of one competence: its UEs in the order of the semesters, then its RCUE (None at an odd jury)."""

    competence: str
    level: int
    ues: tuple[Step, ...]
    average: str | None = None
    decision: str | None = None

    @property
    def target(self) -> str:
        """The RCUE as a ruling targets it."""
        return f"{self.competence}/{self.level}"

    @property
    def validated(self) -> bool:
        return self.decision in RCUE_VALIDATED


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
        kept = {line["code"]: line["decision"] for line in dossier["record"] if line["decision"] in UE_ACQUIRED}
        steps: dict[tuple[str, int], list[Step]] = {}
        for line in dossier["ues"]:
            found = decided.get(line["code"], {})
            step = Step(
                code=line["code"],
                semester=line["semester"],
                ects=line["ects"],
                state=line.get("state"),
                average=found.get("average", line.get("average")),
                decision=found.get("decision"),
                capitalised=kept.get(line["code"]) if self.part["repeating"] else None,
            )
            steps.setdefault((line["competence"], line["level"]), []).append(step)
        return [
            Level(*key, tuple(ues), rcues.get(key, {}).get("average"), rcues.get(key, {}).get("decision"))
            for key, ues in steps.items()
        ]

    @cached_property
    def repaid(self) -> list[tuple[Json, str]]:
        """The lines of the record that this jury acquires, each with its code: ADSUP (N-08), or ADJ (N-14)."""
        granted = {line["target"] for line in self.rulings}
        codes = {line["code"]: UECode.ADJ for line in self._owed if line["code"] in granted}
        codes |= dict.fromkeys(self.verdict["adsup"], UECode.ADSUP)
        return [(line, codes[line["code"]]) for line in self._owed if line["code"] in codes]

    @cached_property
    def debts(self) -> list[Json]:
        """The lines of the record that are still owed once this jury has spoken."""
        repaid = {line["code"] for line, _ in self.repaid}
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

    @property
    def near(self) -> list[Level]:
        """The RCUEs just under a threshold; at an odd jury, those whose UE is."""
        return [level for level in self.levels if any(self._is_near(average) for average in self._compared(level))]

    @property
    def year(self) -> str | None:
        """The code of the year, as it stands: proposed, or decided by the jury; None: to decide, or an odd jury."""
        decision: str | None = self.verdict["year"]["decision"]
        return decision

    @property
    def proposed(self) -> str | None:
        """The code of the year that was proposed."""
        return self.proposals.get(YEAR)

    @property
    def options(self) -> list[str]:
        """What the jury may decide of the year."""
        return list(self.verdict["year"]["options"])

    @property
    def undecided(self) -> bool:
        """Whether the jury has still to choose: without a decision on the year, it cannot close."""
        return self.year is None and bool(self.options)

    @property
    def rulings(self) -> list[Json]:
        """What the jury decided over the proposal: target, decision, reason."""
        return list(self.part["dossier"]["jury"])

    def reasons(self, about: str) -> list[Json]:
        """Return why: rule, text; `about` is a UE, a RCUE (`Qualité/2`), `year`, a semester (`S5`), `DUT`, `BUT`."""
        return [reason for reason in self.verdict["reasons"] if reason["about"] == about]

    def _compared(self, level: Level) -> list[str]:
        """The averages on which the jury could still act: the RCUE's, or the UE's at an odd jury."""
        if len(self.part["dossier"]["semesters"]) == 2:
            return [level.average] if level.average is not None and not level.validated else []
        return [ue.average for ue in level.ues if ue.average is not None and not ue.acquired]

    def _is_near(self, average: str) -> bool:
        limits = (Decimal(self.parameters[key]) for key in ("validation_threshold", "rcue_minimum"))
        return any(limit - NEAR <= Decimal(average) < limit for limit in limits)

    def _excused(self, level: Level) -> bool:
        return level.validated and bool(self.parameters["progression_counts_validated"])

    def _at(self, level: Level, threshold: str) -> bool:
        return level.average is not None and Decimal(level.average) >= Decimal(self.parameters[threshold])
