"""Why each code: the rule, the figures, and one French sentence that screens, letters and the PV print as it is."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from grades.averages import ONE, ZERO, Rounding, rounded
from jury.engine.codes import RCUECode, UECode, YearCode
from jury.engine.dossier import YEAR, RecordedUE, UEState
from jury.engine.progression import REPEATS, Obstacle, Progress
from jury.engine.rcue import RCUE
from jury.engine.regulation import Regulation
from jury.engine.steps import Deliberation
from jury.engine.strict import plain
from jury.engine.ue import EffectiveUE


class Reason(NamedTuple):
    """Why one thing is decided: `about` is a UE, a RCUE (`Competence/level`), `year`, a semester (S5), DUT or BUT."""

    about: str
    rule: str
    text: str


def explain(found: Deliberation) -> tuple[Reason, ...]:
    """Return the reasons of a deliberation, in the order of its steps; AJ is provisional at an odd jury (I-16)."""
    return (
        *_ues(found),
        *(_rcue(rcue, found) for rcue in found.rcues),
        *_debts(found),
        *_year(found),
        *_semesters(found),
        *_diplomas(found),
    )


def figure(average: Fraction, regulation: Regulation) -> str:
    """Write an average in French, as compared: `exact` shows as many decimals as it takes, or says « ≈ »."""
    if regulation.averaging.rounding is not Rounding.EXACT:
        return regulation.printed(average).replace(".", ",")
    return _exactly(average)


def equals(value: Fraction) -> str:
    """Write what a computation comes to: « = 9,995 », or « ≈ 9,333333 »."""
    written = _exactly(value)
    return written if written.startswith(ABOUT) else f"= {written}"


def number(value: Fraction) -> str:
    """Write a decimal number in French."""
    return plain(value).replace(".", ",")


def _ues(found: Deliberation) -> Iterator[Reason]:
    partners = {ue.ue.code: rcue for rcue in found.rcues for ue in rcue.ues}
    for ue in found.ues:
        rule = "I-16" if ue.code is UECode.AJ and not found.dossier.annual else ue.rule
        yield Reason(ue.ue.code, rule, _ue(ue, partners.get(ue.ue.code), found))


def _ue(ue: EffectiveUE, rcue: RCUE | None, found: Deliberation) -> str:
    regulation = found.regulation
    threshold = number(regulation.validation_threshold)
    mean = f"Moyenne {figure(ue.figure, regulation)}" if ue.figure is not None else "Sans moyenne"
    if ue.kept is not None:
        return _kept(ue, ue.kept, threshold, found)
    if ue.code is UECode.ADM:
        return f"{mean} ≥ {threshold} : l’UE est acquise."
    if ue.code is UECode.AJ:
        later = "" if found.dossier.annual else " à ce jour ; son RCUE peut encore la compenser au jury annuel"
        return f"{mean} < {threshold} : l’UE n’est pas acquise{later}."
    if ue.code is UECode.CMP and rcue is not None and rcue.figure is not None:
        reached = figure(rcue.figure, regulation)
        return f"{mean} < {threshold}, compensée : le RCUE {rcue.name} a {reached} ≥ {threshold}."
    if ue.code is UECode.ADJ:
        return f"{mean} ; le jury a validé l’UE : {found.rulings.granted[ue.ue.code]}"
    if ue.code is UECode.ADJR and rcue is not None:
        return f"{mean} ; le jury a validé le RCUE {rcue.name}, donc ses deux UE."
    if ue.code is UECode.ATT:
        return WAITING[ue.ue.state]
    return ue.code.meaning


ABOUT = "≈ "
"""What stands before an average of which only the first decimals are written."""

WAITING: Mapping[UEState | None, str] = {
    UEState.PENDING: "Une note est attendue : la moyenne ne peut pas être calculée.",
    UEState.STAGE: "Le stage obligatoire n’est pas terminé : l’UE ne peut pas être validée.",
    UEState.NOT_ENROLLED: "L’étudiant n’est pas inscrit à cette UE, qu’aucun jury n’a validée.",
}


def _kept(ue: EffectiveUE, kept: RecordedUE, threshold: str, found: Deliberation) -> str:
    """Tell a capitalised UE: what was acquired, and what the new average changes."""
    regulation = found.regulation
    told = f"Acquise définitivement par un jury antérieur ({kept.decision})"
    if ue.ue.average is not None:
        sign = "≥" if ue.rule == "N-03" else "<"
        told += f" ; nouvelle moyenne {figure(regulation.compared(ue.ue.average), regulation)} {sign} {threshold}"
    return f"{told} ; moyenne retenue : {'aucune' if ue.figure is None else figure(ue.figure, regulation)}."


def _rcue(rcue: RCUE, found: Deliberation) -> Reason:
    regulation = found.regulation
    threshold = number(regulation.validation_threshold)
    mean = _mean(rcue, regulation)
    reached = rcue.figure is not None and rcue.figure >= regulation.validation_threshold
    compared = f"{mean} {'≥' if reached else '<'} {threshold}" if rcue.figure is not None else mean
    defaulting = any(ue.code is UECode.DEF for ue in rcue.ues)
    rule = "L-17" if rcue.code is RCUECode.AJ and reached else rcue.rule
    match rcue.code:
        case RCUECode.EQV:
            text = "Les deux UE sont acquises par équivalence : le niveau est validé."
        case RCUECode.ADM | RCUECode.ADSUP:
            text = f"{compared} et les deux UE sont acquises : le niveau est validé."
        case RCUECode.CMP if rcue.rule == "N-06":
            text = f"{compared} : les deux UE se compensent, le niveau est validé."
        case RCUECode.CMP:
            text = f"{compared}, mais les deux UE étaient déjà acquises : le niveau est validé."
        case RCUECode.ADJ:
            motive = found.rulings.granted.get(rcue.name) if rcue.rule == "N-14" else None
            text = f"{compared} ; niveau validé par le jury{f' : {motive}' if motive else ', par ses UE.'}"
        case RCUECode.ATT:
            text = "La moyenne d’une UE est attendue : le niveau ne peut pas être décidé."
        case _:
            default = " ; une UE en défaillance ne se compense pas" if defaulting else ""
            text = f"{compared}{default} : le niveau n’est pas validé."
    return Reason(rcue.name, rule, text)


def _mean(rcue: RCUE, regulation: Regulation) -> str:
    """Show the arithmetic of a RCUE's average."""
    if rcue.figure is None:
        return "Sans moyenne"
    result = figure(rcue.figure, regulation)
    first, second = rcue.ues
    if first.figure is None or second.figure is None:
        return f"Seule UE notée (l’autre est acquise sans note), {result}"
    rounded_first = regulation.rcue_from_rounded_ue
    values = [ue.figure if rounded_first else ue.average for ue in rcue.ues]
    a, b = (figure(value or ZERO, regulation) if rounded_first else _exactly(value or ZERO) for value in values)
    unrounded = "" if rounded_first else " (sur les moyennes non arrondies)"
    weights = [ue.ue.ects if regulation.rcue_weights == "ects" else ONE for ue in rcue.ues]
    total = sum(weights, ZERO)
    mean = sum((weight * (value or ZERO) for weight, value in zip(weights, values, strict=True)), ZERO) / total
    exact = regulation.averaging.rounding is Rounding.EXACT
    becomes = equals(mean) if exact else f"= {result}" if mean == rcue.figure else f"{equals(mean)}, soit {result}"
    if regulation.rcue_weights == "equal":
        return f"({a} + {b}) ÷ 2 {becomes}{unrounded}"
    return f"({a} × {number(weights[0])} + {b} × {number(weights[1])}) ÷ {number(total)} {becomes}{unrounded}"


def _exactly(value: Fraction) -> str:
    """Write an average in French, or, when it has more than six decimals, the first six behind « ≈ ».

    They are cut, not rounded: an average below a threshold never shows the threshold.
    """
    units, scale = rounded(value.numerator * 10**4, value.denominator, Rounding.TRUNC_2)
    cut = number(Fraction(units, scale * 10**4))
    return cut if Fraction(units, scale * 10**4) == value else f"{ABOUT}{cut}"


def _debts(found: Deliberation) -> Iterator[Reason]:
    for line in found.debts.by_higher_level:
        text = f"Acquise parce qu’un niveau supérieur de « {line.competence} » est validé par ce jury."
        yield Reason(line.code, "N-08", text)
    for line in found.debts.by_jury:
        motive = found.rulings.granted[line.code]
        yield Reason(line.code, "N-14", f"Due d’une année antérieure, validée par le jury : {motive}")


def _year(found: Deliberation) -> Iterator[Reason]:
    if not found.dossier.annual:
        return
    yield Reason(YEAR, found.year.rule, _proposal(found))
    if YearCode.RED_FM in found.year.options:
        repeated = ", ".join(f"S{semester}" for semester in found.dossier.repeated)
        limit = found.regulation.repeat_limit
        text = (
            f"Déjà redoublés : {repeated or 'aucun'} (limite : {limit} semestres, chacun une fois) ; seul le directeur"
        )
        yield Reason(YEAR, "N-12", f"{text} peut autoriser un redoublement, pour force majeure.")
    if found.rulings.year is not None:
        proposed = found.year.proposal or "aucune"
        text = f"Le jury décide {found.rulings.year} (proposition : {proposed}) : {found.rulings.year_reason}"
        yield Reason(YEAR, "I-09" if found.rulings.year is YearCode.PAS1NCI else "N-14", text)


def _proposal(found: Deliberation) -> str:
    year, rcues = found.year, found.rcues
    options = ", ".join(year.options)
    match year.proposal:
        case YearCode.ADM:
            return f"RCUE validés : {len(rcues)} sur {len(rcues)}."
        case YearCode.ADJ:
            by_jury = ", ".join(rcue.name for rcue in rcues if rcue.code is RCUECode.ADJ)
            return f"RCUE validés : {len(rcues)} sur {len(rcues)}, dont par le jury : {by_jury}."
        case YearCode.RAT:
            awaited = ", ".join(rcue.name for rcue in rcues if rcue.code is RCUECode.ATT)
            return f"La décision attend la moyenne de : {awaited}."
        case YearCode.DEF:
            return f"{YearCode.DEF.meaning} Le jury choisit : {options}."
        case YearCode.PASD | None if year.progress is not None:
            met = not year.progress.obstacles
            end = "Passage de droit." if met else f"Pas de passage de droit ; le jury choisit : {options}."
            return f"{' ; '.join(_facts(year.progress, found))}. {end}"
        case None:
            missing = ", ".join(rcue.name for rcue in rcues if not rcue.code.validates)
            return f"Niveaux non validés : {missing} ; rien ne suit le BUT3. Le jury choisit : {options}."
        case _:
            return year.proposal.meaning


def _facts(progress: Progress, found: Deliberation) -> Iterator[str]:
    """Tell each condition of the passage by right, met or not (N-10, N-11)."""
    regulation = found.regulation
    threshold, minimum = number(regulation.validation_threshold), number(regulation.rcue_minimum)
    more = "pas plus de" if Obstacle.HALF_OR_FEWER_REACHED in progress.obstacles else "plus de"
    yield f"{progress.reached} RCUE sur {progress.total} à {threshold} ou validés, soit {more} la moitié"
    yield f"sous {minimum} : {', '.join(progress.below) or 'aucun'}"
    if progress.unmarked:
        yield f"sans moyenne : {', '.join(progress.unmarked)}"
    if found.dossier.but_year == 2:
        yield f"UE de S1 et S2 encore dues : {', '.join(progress.owed) or 'aucune'}"


def _semesters(found: Deliberation) -> Iterator[Reason]:
    dossier = found.dossier
    for semester in found.authorised:
        if not dossier.annual:
            text, rule = f"Le passage de S{semester - 1} à S{semester} est de droit.", "N-09"
        elif found.decision in REPEATS:
            text, rule = f"La décision {found.decision} rouvre S{semester}.", "N-12"
        else:
            text, rule = f"La décision {found.decision} ouvre S{semester}.", "N-10"
        yield Reason(f"S{semester}", rule, text)
    owed = found.debts.of_first_year
    if dossier.annual and dossier.but_year == 2 and owed and 5 not in found.authorised:
        yield Reason("S5", "N-11", f"S5 demande toutes les UE de S1 et S2 ; encore dues : {', '.join(owed)}.")


def _diplomas(found: Deliberation) -> Iterator[Reason]:
    if found.dut:
        yield Reason("DUT", "N-15", "Toutes les UE connues de S1 à S4 sont acquises.")
    if found.but:
        yield Reason("BUT", "N-16", "Toutes les UE connues du parcours sont acquises.")
