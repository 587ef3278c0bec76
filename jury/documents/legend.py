"""Codes as documents print them: under their averages, and told once at the foot."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from jury.engine.codes import Code, RCUECode, Shape, UECode, YearCode
from jury.judged import Judged

ACQUIRED = {Shape.ACQUIRED, Shape.COMPENSATED, Shape.BY_JURY}


@dataclass(frozen=True, slots=True)
class Cell:
    """An average over its code; empty where there is nothing."""

    average: str = ""
    code: Code | None = None

    @classmethod
    def of(cls, average: str | None, kind: type[Code], decision: str | None) -> Self:
        """A cell from the strings of a verdict."""
        return cls(average or "", kind[decision] if decision else None)

    @property
    def letters(self) -> str:
        """The code as printed; nothing before the jury has decided."""
        return self.code.value if self.code else ""

    @property
    def refused(self) -> bool:
        """Whether nothing is acquired, for now or for good."""
        return self.code is not None and self.code.shape not in ACQUIRED


def legend(students: Iterable[Judged]) -> list[tuple[str, list[Code]]]:
    """Return the codes that some verdicts hold, by what they are of, in the order of the règlement."""
    used: dict[type[Code], set[str | None]] = {UECode: set(), RCUECode: set(), YearCode: set()}
    for judged in students:
        verdict = judged.verdict
        used[UECode] |= {ue["decision"] for ue in verdict["ues"]} | ({"ADSUP"} if verdict["adsup"] else set())
        used[RCUECode] |= {rcue["decision"] for rcue in verdict["rcues"]}
        used[YearCode] |= {judged.year}
    names = {UECode: "UE", RCUECode: "RCUE", YearCode: "Année"}
    found = [(names[kind], [code for code in kind if code.value in used[kind]]) for kind in names]
    return [(name, codes) for name, codes in found if codes]
