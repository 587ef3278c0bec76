"""What « pourquoi ? » prints, computed again from the printed figures alone: nothing of the engine is used here."""

import re
from collections import Counter
from fractions import Fraction

from jury.explanations import LevelWhy, UEWhy, YearWhy

VALIDATED = {"ADM", "CMP", "ADJ", "EQV", "ADSUP"}
PLACES = {
    "arrondie au centième le plus proche": (100, Fraction(1, 2)),
    "arrondie au millième le plus proche": (1000, Fraction(1, 2)),
    "tronquée au centième": (100, Fraction(0)),
}
"""By how it is printed: the scale of a rounding, and what is added before the cut."""
MARK = re.compile(r"(?P<mark>[0-9,]+)/(?P<scale>[0-9,]+)(?: = (?P<points>[^×]+?))? × (?P<weight>\S+)$")
ABSENT = re.compile(r"ABI = 0 × (?P<weight>\S+) \(L-01\b.*\)$")
LEFT_OUT = re.compile(r"(?:[A-Z]{3} \(ne compte pas\)|[0-9,/]+ \(ne compte pas, I-13\b.*\)|non saisie)$")
SUM = re.compile(r"\((?P<first>.+) \+ (?P<second>.+)\) ÷ (?P<by>\S+) = (?P<mean>\S+?)(?:, soit (?P<kept>\S+))? [<≥]")
COMPARED = re.compile(r"(?P<left>[0-9]+,[0-9]+) (?P<sign>[<≥]) (?P<right>[0-9]+(?:,[0-9]+)?)")
FACTS = re.compile(
    r"(\d+) RCUE sur (\d+) à (\S+) ou validés, soit (pas plus|plus) de la moitié ; sous (\S+) : ([^;.]+)"
)


def figure(text: str) -> Fraction:
    """Read a figure as it is printed: « 12,50 », « (34/3) » or « 34/3 ≈ 11,333 », whose decimals must be right."""
    exact, _, about = text.strip("() ").replace(",", ".").partition(" ≈ ")
    value = Fraction(exact)
    assert not about or abs(value - Fraction(about)) <= Fraction(1, 2000), text
    return value


def recompute(why: YearWhy) -> Counter[str]:
    """Compute again all that one dossier prints; return how many of each was found. Fails where one is wrong."""
    found = Counter[str]()
    for level in why.levels:
        for ue in level.ues:
            found += _average(ue)
            found += _sentences(ue, level)
        found += _rcue(level)
    return found + _year(why)


def _average(ue: UEWhy) -> Counter[str]:
    averages = [_module(*module) for module in ue.modules]
    counted = [(coefficient, average) for coefficient, average in averages if average is not None]
    if not counted:
        assert ue.sums in ([], ["Aucune note ne compte encore."])
        return Counter()
    first, second, *adjusted, last = ue.sums
    terms, total = first.removeprefix("Somme\xa0: ").split(" = ")
    assert [tuple(map(figure, term.split(" × "))) for term in terms.split(" + ")] == counted
    weighted = sum((coefficient * average for coefficient, average in counted), Fraction(0))
    coefficients = sum((coefficient for coefficient, _ in counted), Fraction(0))
    assert figure(total) == weighted
    division, mean = second.removeprefix("Moyenne\xa0: ").split(" = ")
    assert [figure(each) for each in division.split(" ÷ ")] == [weighted, coefficients]
    value = weighted / coefficients
    assert figure(mean) == value
    for line in adjusted:
        name, points = line.split(" (")[0].split("\xa0: ")
        assert (name, points[0]) in {("Bonus", "+"), ("Malus", "−")}
        value += figure(points[1:]) * (1 if name == "Bonus" else -1)
    how, shown = last.rsplit("\xa0: ", 1)
    scale, added = next(rule for words, rule in PLACES.items() if words in how)
    kept = Fraction((min(max(value, Fraction(0)), Fraction(20)) * scale + added).__floor__(), scale)
    assert figure(shown) == kept
    if ue.figure is not None and not any("moyenne retenue" in reason["text"] for reason in ue.reasons):
        assert Fraction(ue.figure) == kept, ue.code
    return Counter(averages=1, adjusted=len(adjusted))


def _module(code: str, title: str, product: str, marks: str, remark: str) -> tuple[Fraction, Fraction | None]:
    """Return the coefficient of a module, and its average as its marks make it, which must be the printed one."""
    average, coefficient = product.rsplit(" × ", 1)
    counted = []
    for told in marks.split("\xa0; ") if marks else []:
        said = told.rsplit("\xa0: ", 1)[1]
        if absent := ABSENT.match(said):
            counted.append((figure(absent["weight"]), Fraction(0)))
        elif mark := MARK.match(said):
            points = figure(mark["mark"]) * 20 / figure(mark["scale"])
            assert mark["scale"] == "20" or figure(mark["points"]) == points, told
            counted.append((figure(mark["weight"]), points))
        else:
            assert LEFT_OUT.match(said), told
    if not counted:
        assert average == "–", code
        assert remark, f"{code} is left out without a reason"
        return figure(coefficient), None
    weights = sum((weight for weight, _ in counted), Fraction(0))
    value = sum((weight * points for weight, points in counted), Fraction(0)) / weights
    assert figure(average) == value, f"{code} {title}"
    return figure(coefficient), value


def _sentences(ue: UEWhy, level: LevelWhy) -> Counter[str]:
    """Check every comparison of a UE's sentences, and that they speak of its average or of its RCUE's."""
    known = {Fraction(each) for each in (ue.figure, level.figure) if each is not None}
    compared = [match for reason in ue.reasons for match in COMPARED.finditer(reason["text"])]
    for each in compared:
        left, right = figure(each["left"]), figure(each["right"])
        assert (left >= right) == (each["sign"] == "≥"), ue.reasons
        assert left in known or "nouvelle moyenne" in ue.reasons[0]["text"], ue.reasons
    return Counter(comparisons=len(compared))


def _rcue(level: LevelWhy) -> Counter[str]:
    texts = [reason["text"] for reason in level.reasons]
    shown = [match for text in texts if (match := SUM.search(text))]
    for each in shown:
        (first, _, one), (second, _, other) = (each[name].partition(" × ") for name in ("first", "second"))
        assert [figure(first), figure(second)] == [Fraction(ue.figure or "") for ue in level.ues]
        weights = [figure(one or "1"), figure(other or "1")]
        mean = (figure(first) * weights[0] + figure(second) * weights[1]) / sum(weights)
        assert (sum(weights), mean) == (figure(each["by"]), figure(each["mean"]))
        kept = Fraction((mean * 100 + Fraction(1, 2)).__floor__(), 100)
        assert kept == figure(each["kept"] or each["mean"]) == Fraction(level.figure or "")
    assert level.figure is None or shown or "Seule UE notée" in texts[0], texts
    return Counter(rcues=len(shown))


def _year(why: YearWhy) -> Counter[str]:
    """Count again how many RCUEs are reached, and name those below the minimum."""
    told = [match for reason in why.reasons if (match := FACTS.search(reason["text"].replace("\xa0", " ")))]
    for each in told:
        reached, total, threshold, half, minimum, below = each.groups()
        validated = {level.name for level in why.levels if level.decision in VALIDATED}
        figures = {level.name: Fraction(level.figure) for level in why.levels if level.figure is not None}
        attained = validated | {name for name, value in figures.items() if value >= figure(threshold)}
        assert (int(reached), int(total)) == (len(attained), len(why.levels))
        assert (half == "plus") == (2 * len(attained) > len(why.levels))
        weak = [name for name, value in figures.items() if value < figure(minimum) and name not in validated]
        assert below.strip() == (", ".join(weak) or "aucun")
    return Counter(passages=len(told))
