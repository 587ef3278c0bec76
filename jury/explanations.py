"""« Pourquoi ? » of the average of a UE: its modules, their marks, and the division at the end."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from curriculum.templatetags.figures import figure
from grades.averages import ABI, Explanation, MarkShare, ModuleShare, Rounding, Standing, printed
from grades.gradebook import Gradebook
from grades.models import Evaluation
from jury.dossiers import followed_by
from jury.engine.regulation import Regulation
from jury.engine.strict import plain
from jury.models import JurySession
from people.models import Student

AND = "\xa0; "
STANDINGS = {
    Standing.AWAITED: "en attente",
    Standing.DISPENSED: "dispensé\xa0: hors de la moyenne",
    Standing.NEUTRALISED: "neutralisé\xa0: hors de la moyenne (L-03)",
    Standing.NOT_ORGANISED: "non organisé\xa0: hors de la moyenne (I-11)",
}


@dataclass(frozen=True, slots=True)
class ModuleLine:
    """One module that feeds the UE: coefficient, average and marks as printed, and a remark."""

    code: str
    title: str
    coefficient: str
    average: str
    marks: str
    remark: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How one average was reached: module by module, then the sentence of the division."""

    modules: tuple[ModuleLine, ...]
    division: str


def arithmetic_of(session: JurySession, student: Student, regulation: Regulation) -> dict[str, Arithmetic]:
    """Return how each average of a student is reached, by UE code, for the UEs that they follow this year."""
    followed = [(each.enrolment, each.ues) for each in followed_by(session, student) if each.enrolment]
    book = Gradebook.for_plans([enrolment.plan for enrolment, _ in followed], regulation.averaging)
    found = {}
    for enrolment, ues in followed:
        scheme = book.schemes[enrolment.plan_id]
        titles = {line.module.key: line.title or line.module.title for line in scheme.modules}
        labels = _labels(scheme.evaluations, {line.module_id: line.module.key for line in scheme.modules})
        for ue in ues:
            told = book.explain(enrolment.pk, ue.code)
            modules = tuple(_module(share, titles[share.code], labels[share.code]) for share in told.modules)
            found[ue.code] = Arithmetic(modules, _division(told, regulation.averaging.rounding))
    return found


def _labels(evaluations: Sequence[Evaluation], keys: Mapping[int, str]) -> Mapping[str, list[str]]:
    """Return the labels of the evaluations of each module, in the order of the marks."""
    labels = defaultdict(list)
    for evaluation in evaluations:
        labels[keys[evaluation.module_id]].append(evaluation.label)
    return labels


def _module(share: ModuleShare, title: str, labels: Sequence[str]) -> ModuleLine:
    return ModuleLine(
        code=share.code,
        title=title,
        coefficient=figure(plain(share.coefficient)),
        average=_shown(share.average),
        marks=AND.join(_mark(labels[mark.rank], mark) for mark in share.marks if mark.weight),
        remark=STANDINGS.get(share.standing, ""),
    )


def _mark(label: str, share: MarkShare) -> str:
    """Tell one mark: « DS1 : 12,50/20 × 0,5 »."""
    if share.mark is None:
        return f"{label}\xa0: non saisie"
    value = f"{share.mark}"
    if isinstance(share.mark, Fraction):
        value = f"{figure(plain(share.mark), 2)}/{figure(plain(share.scale))}"
    counted = " = 0" if share.mark == ABI and share.points is not None else ""
    weight = f" × {figure(plain(share.weight))}" if share.points is not None else " (ne compte pas)"
    return f"{label}\xa0: {value}{counted}{weight}"


def _division(told: Explanation, rounding: Rounding) -> str:
    """Tell the division, what was added or taken, and what is printed."""
    if told.mean is None:
        return "Aucune note ne compte encore."
    weighted, total = _shown(told.weighted), figure(plain(told.coefficients))
    steps = [f"Somme des coefficients × moyennes\xa0: {weighted}", f"divisée par {total}\xa0: {_shown(told.mean)}"]
    changes = [("bonus", "+", told.bonus), ("malus", "−", told.malus)]
    steps += [f"{name}\xa0: {sign}{figure(plain(points))}" for name, sign, points in changes if points]
    how = "" if rounding is Rounding.EXACT else ", arrondie selon le règlement"
    return f"{AND.join(steps)}{AND}moyenne{how}\xa0: {figure(told.result.printed, 2)}."


def _shown(value: Fraction | None) -> str:
    """Print an exact figure for information, with three decimals at most."""
    if value is None:
        return ""
    return figure(printed(value.numerator, value.denominator, Rounding.HALF_UP_3), 2)
