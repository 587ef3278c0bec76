"""« Pourquoi ? » of the average of a UE, as one object: every figure of the arithmetic, down to the evaluations.

Figures are strings, exact, as the contract writes them (`12.5`), or a fraction where decimals never end (`34/3`): each
can be computed again from those below it. `sums` prints the same arithmetic in French.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grades.averages import ABI, ABJ, DIS, ZERO, AveragingRules, MarkShare, ModuleShare, Rounding, Standing, printed
from grades.averages import Explanation as Told
from jury.engine.strict import plain

DECIMALS = 9
"""What a reader takes in: an exact figure with more decimals is written as a fraction."""
ROUNDINGS = {
    Rounding.HALF_UP_2: "arrondie au centième le plus proche",
    Rounding.HALF_UP_3: "arrondie au millième le plus proche",
    Rounding.TRUNC_2: "tronquée au centième",
    Rounding.EXACT: "comparée sans arrondi",
}
STANDINGS = {
    Standing.COUNTED: ("", ""),
    Standing.AWAITED: ("en attente", "I-11"),
    Standing.DISPENSED: ("dispensé\xa0: hors de la moyenne", "I-11"),
    Standing.NEUTRALISED: ("neutralisé\xa0: hors de la moyenne", "L-03"),
    Standing.NOT_ORGANISED: ("non organisé\xa0: hors de la moyenne", "I-11"),
}


@dataclass(frozen=True, slots=True)
class MarkWhy:
    """One evaluation: the mark on its scale, or the reason for none, its weight, and the points on 20 that counted."""

    label: str
    mark: str
    scale: str
    weight: str
    points: str | None


@dataclass(frozen=True, slots=True)
class ModuleWhy:
    """One module: its coefficient, its average towards the UE, and its standing, told by a remark and its rule."""

    code: str
    title: str
    coefficient: str
    average: str | None
    standing: str
    remark: str
    rule: str
    marks: tuple[MarkWhy, ...]


@dataclass(frozen=True, slots=True)
class AverageWhy:
    """The average of a UE: weighted ÷ coefficients, + bonus − malus, in 0…20 = result, rounded = figure.

    `articles` are those of the règlement for each parameter that was applied; one without an article is absent.
    """

    ue: str
    modules: tuple[ModuleWhy, ...]
    weighted: str
    coefficients: str
    bonus: str
    malus: str
    result: str | None
    rounding: str
    figure: str | None
    articles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Named:
    """What people call a module, and its evaluations in order."""

    title: str
    labels: Sequence[str]


def average_why(
    told: Told, names: Mapping[str, Named], rules: AveragingRules, articles: Mapping[str, str]
) -> AverageWhy:
    """Return the arithmetic of an average, as the Averager did it."""
    result = told.result
    articles = {**articles, "malus_article": rules.malus_article or ""}  # its value is its article
    modules = tuple(_module(share, names[share.code]) for share in told.modules)
    applied = [key for key, used in _applied(told, modules).items() if used and articles.get(key)]
    return AverageWhy(
        ue=result.code,
        modules=modules,
        weighted=exact(told.weighted),
        coefficients=exact(told.coefficients),
        bonus=exact(told.bonus),
        malus=exact(told.malus),
        result=None if result.exact is None else exact(Fraction(*result.exact)),
        rounding=rules.rounding.value,
        figure=result.printed,
        articles={key: articles[key] for key in applied},
    )


def exact(value: Fraction) -> str:
    """Write a figure exactly: a decimal of four places at most, or a fraction."""
    return plain(value) if not 10**DECIMALS % value.denominator else f"{value.numerator}/{value.denominator}"


def french(figure: str, places: int = 0) -> str:
    """Print an exact figure, with this many decimals at least: 12,50, or 34/3 ≈ 11,333."""
    if "/" not in figure:
        whole, _, decimals = figure.partition(".")
        decimals = decimals.ljust(places, "0")
        return f"{whole},{decimals}" if decimals else whole
    value = Fraction(figure)
    about = printed(value.numerator, value.denominator, Rounding.HALF_UP_3)
    return f"{figure} ≈ {about.replace('.', ',')}"


def told_mark(mark: MarkWhy, articles: Mapping[str, str]) -> str:
    """Print one mark: « DS1 : 12,5/20 × 0,5 », « DS2 : ABI = 0 × 1 (L-01) », « TP : 7/10 = 14 × 1 »."""
    article = articles.get("abi_scope")
    if not mark.mark:
        return f"{mark.label}\xa0: non saisie"
    if mark.mark.isalpha():
        said = f"{mark.label}\xa0: {mark.mark}"
        return (
            f"{said} (ne compte pas)"
            if mark.points is None
            else f"{said} = 0 × {french(mark.weight)} {sourced('L-01', article)}"
        )
    said = f"{mark.label}\xa0: {french(mark.mark, 2)}/{french(mark.scale)}"
    if mark.points is None:
        return f"{said} {sourced('ne compte pas, I-13', article)}"
    scaled = "" if mark.scale == "20" else f" = {french(mark.points, 2)}"
    return f"{said}{scaled} × {french(mark.weight)}"


def told_remark(module: ModuleWhy, articles: Mapping[str, str]) -> str:
    """Print why a module is out of the average: « neutralisé : hors de la moyenne (L-03, M3C, art. 9) »."""
    article = articles.get("abj_only") if _only_excused(module) else None
    return f"{module.remark} {sourced(module.rule, article)}" if module.remark else ""


def sourced(rule: str, article: str | None) -> str:
    """Write a rule, and the article of the règlement that was applied with it."""
    return f"({rule}, {article})" if article else f"({rule})"


def sums(why: AverageWhy) -> Iterator[str]:
    """Print the arithmetic of an average, a line a step."""
    if why.result is None:
        yield "Aucune note ne compte encore."
        return
    counted = [(module.coefficient, module.average) for module in why.modules if module.average is not None]
    terms = " + ".join(f"{french(coefficient)} × {_factor(average)}" for coefficient, average in counted)
    yield f"Somme\xa0: {terms} = {french(why.weighted, 2)}"
    mean = exact(Fraction(why.weighted) / Fraction(why.coefficients))
    yield f"Moyenne\xa0: {_factor(why.weighted)} ÷ {french(why.coefficients)} = {french(mean, 2)}"
    for name, points, key in (("Bonus\xa0: +", why.bonus, "bonus_cap"), ("Malus\xa0: −", why.malus, "malus_article")):
        if points != "0":
            yield f"{name}{french(points)}{_article(why, key)}"
    rounding = ROUNDINGS[Rounding(why.rounding)]
    kept = Fraction(mean) + Fraction(why.bonus) - Fraction(why.malus) == Fraction(why.result)
    bounded = "" if kept else ", bornée à 0…20"
    shown = why.result if why.rounding == Rounding.EXACT else why.figure or ""
    yield f"Moyenne de l’UE, {rounding}{bounded}{_article(why, 'rounding')}\xa0: {french(shown, 2)}"


def _factor(figure: str) -> str:
    """Print a figure inside a computation: a fraction stands in brackets, with nothing about it."""
    return f"({figure})" if "/" in figure else french(figure, 2)


def _article(why: AverageWhy, key: str) -> str:
    return f" ({why.articles[key]})" if key in why.articles else ""


def _applied(told: Told, modules: Sequence[ModuleWhy]) -> dict[str, bool]:
    """Return which parameters of the règlement shaped an average."""
    return {
        "rounding": True,
        "abi_scope": any(mark.mark == ABI for module in modules for mark in module.marks),
        "abj_only": any(map(_only_excused, modules)),
        "bonus_cap": told.bonus > ZERO,
        "malus_article": told.malus > ZERO,
    }


def _only_excused(module: ModuleWhy) -> bool:
    """Whether a module has excused absences for only marks: the règlement says what becomes of it (L-03)."""
    marks = {mark.mark for mark in module.marks}
    return ABJ in marks <= {ABJ, DIS}


def _module(share: ModuleShare, name: Named) -> ModuleWhy:
    remark, rule = STANDINGS[share.standing]
    return ModuleWhy(
        code=share.code,
        title=name.title,
        coefficient=exact(share.coefficient),
        average=None if share.average is None else exact(share.average),
        standing=share.standing.value,
        remark=remark,
        rule=rule,
        marks=tuple(_mark(mark, name.labels) for mark in share.marks if mark.weight),
    )


def _mark(share: MarkShare, labels: Sequence[str]) -> MarkWhy:
    mark = exact(share.mark) if isinstance(share.mark, Fraction) else share.mark or ""
    points = None if share.points is None else exact(share.points)
    return MarkWhy(labels[share.rank], mark, exact(share.scale), exact(share.weight), points)
