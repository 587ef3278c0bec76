"""The arithmetic shown is the arithmetic done: every figure of an explanation comes again from those below it."""

import json
import re
from dataclasses import asdict
from fractions import Fraction

import pytest
from hypothesis import given, settings

from grades.averages import Rounding
from jury.engine.marks import read_averages
from jury.engine.regulation import Regulation, override
from jury.engine.why import AverageWhy, Named, average_why, exact, french, sums, told_mark, told_remark
from tests.engine.build import Json, answer_averages, evaluation, module
from tests.engine.draws import entries

ARTICLES = {"rounding": "art. 3", "bonus_cap": "art. 7", "malus_article": "art. 8", "abi_scope": "art. 9"}


def whys(entry: Json, **articles: str) -> dict[str, AverageWhy]:
    regulation = override(Regulation(), entry.get("regulation", {}))
    averager, sheet = read_averages(entry, Regulation())
    names = {
        each.code: Named(f"Module {each.code}", [f"DS{rank}" for rank, _ in enumerate(each.evaluations, 1)])
        for each in averager.modules
    }
    told = {ue: averager.explain(ue, sheet) for ue in entry["ues"]}
    return {ue: average_why(found, names, regulation.averaging, articles) for ue, found in told.items()}


def read(figure: str) -> Fraction:
    """A figure as it is printed; what is about it is not read."""
    return Fraction(figure.split(" ≈ ")[0].strip("()").replace(",", "."))


def rounded(value: Fraction, rounding: str) -> Fraction:
    """The rounding that is named, written again: half up at so many decimals, or cut."""
    if rounding == "exact":
        return value
    scale = 1000 if rounding == "half_up_3" else 100
    half = Fraction(0) if rounding == "trunc_2" else Fraction(1, 2)
    return Fraction((value * scale + half).__floor__(), scale)


@settings(max_examples=200, deadline=None)
@given(entries())
def test_every_figure_comes_from_those_below_it(entry: Json) -> None:
    for ue, why in whys(entry).items():
        assert why.ue == ue
        weighted = coefficients = Fraction(0)
        for each in why.modules:
            used = [mark for mark in each.marks if mark.points is not None]
            counted = [(Fraction(mark.weight), Fraction(mark.points or "")) for mark in used]
            for mark in used:
                if not mark.mark.isalpha():
                    assert Fraction(mark.points or "") == Fraction(mark.mark) * 20 / Fraction(mark.scale)
            assert (each.average is None) == (not counted)
            if each.average is not None:
                total = sum(weight for weight, _ in counted)
                assert Fraction(each.average) == sum(weight * points for weight, points in counted) / total
                weighted += Fraction(each.coefficient) * Fraction(each.average)
                coefficients += Fraction(each.coefficient)
        assert (Fraction(why.weighted), Fraction(why.coefficients)) == (weighted, coefficients)
        assert (why.result is None) == (not coefficients)
        if why.result is not None:
            value = weighted / coefficients + Fraction(why.bonus) - Fraction(why.malus)
            assert Fraction(why.result) == min(max(value, Fraction(0)), Fraction(20))


@settings(max_examples=200, deadline=None)
@given(entries())
def test_every_printed_line_is_true(entry: Json) -> None:
    for why in whys(entry, **ARTICLES).values():
        lines = list(sums(why))
        if why.result is None:
            assert lines == ["Aucune note ne compte encore."]
            continue
        terms, total = lines[0].removeprefix("Somme\xa0: ").split(" = ")
        products = [[read(figure) for figure in term.split(" × ")] for term in terms.split(" + ")]
        assert sum((a * b for a, b in products), Fraction(0)) == read(total)
        division, mean = lines[1].removeprefix("Moyenne\xa0: ").split(" = ")
        numerator, divisor = (read(figure) for figure in division.split(" ÷ "))
        assert (numerator, numerator / divisor) == (read(total), read(mean))
        value = read(mean)
        for line in lines[2:-1]:
            sign, points = re.fullmatch(r"(?:Bonus|Malus)\xa0: ([+−])(\S+) \(art\. \d\)", line).groups()  # type: ignore[union-attr]
            value += read(points) if sign == "+" else -read(points)
        how, shown = lines[-1].split("\xa0: ")
        assert ("bornée à 0…20" in how) == (not 0 <= value <= 20)
        assert rounded(min(max(value, Fraction(0)), Fraction(20)), why.rounding) == read(shown)
        assert how.endswith(" (art. 3)")


@settings(max_examples=50, deadline=None)
@given(entries())
def test_it_is_the_average_of_the_contract_and_travels_as_json(entry: Json) -> None:
    answered = answer_averages(entry)
    for ue, why in whys(entry).items():
        found = answered["ues"][ue]
        assert why.figure == (found["average"] or found.get("provisional"))
        assert json.loads(json.dumps(asdict(why)))["figure"] == why.figure


@pytest.mark.parametrize(
    ("figure", "printed"), [("12", "12"), ("12.5", "12,5"), ("34/3", "34/3 ≈ 11,333"), ("1/3000", "1/3000 ≈ 0,000")]
)
def test_about_is_said_only_where_decimals_never_end(figure: str, printed: str) -> None:
    assert (french(figure), exact(Fraction(figure))) == (printed, figure)


@pytest.mark.parametrize(
    ("mark", "rules", "expected"),
    [
        pytest.param(evaluation("12.5"), {}, "DS1 : 12,50/20 × 1", id="a mark"),
        pytest.param(evaluation("7", scale="10", weight="2"), {}, "DS1 : 7,00/10 = 14,00 × 2", id="another scale"),
        pytest.param(evaluation("7", scale="30"), {}, "DS1 : 7,00/30 = 14/3 ≈ 4,667 × 1", id="decimals never end"),
        pytest.param(evaluation("ABI"), {}, "DS1 : ABI = 0 × 1 (L-01)", id="an absence"),
        pytest.param(evaluation("ABJ"), {}, "DS1 : ABJ (ne compte pas)", id="excused"),
        pytest.param(evaluation("DIS"), {}, "DS1 : DIS (ne compte pas)", id="dispensed"),
        pytest.param(evaluation(None), {}, "DS1 : non saisie", id="none"),
    ],
)
def test_a_mark_is_told(mark: Json, rules: Json, expected: str) -> None:
    entry = {"id": "A", "ues": ["A"], "but_year": 1, "modules": [module("R", "A 1", mark, "10")], "regulation": rules}
    (share,) = whys(entry)["A"].modules
    assert told_mark(share.marks[0], {}).replace("\xa0", " ") == expected


def test_the_articles_of_what_was_applied_are_named_and_no_other() -> None:
    entry = {
        "id": "A",
        "ues": ["A"],
        "but_year": 1,
        "modules": [module("R", "A 1", "10", "ABI"), module("S", "A 1", "12")],
        "bonus": {"A": "0.3"},
        "regulation": {"bonus_cap": "0.5", "malus_article": "art. 8", "abi_scope": "module"},
    }
    why = whys(entry, **ARTICLES)["A"]
    assert set(why.articles) == {"rounding", "bonus_cap", "abi_scope"}
    assert [told_mark(mark, why.articles).replace("\xa0", " ") for mark in why.modules[0].marks] == [
        "DS1 : 10,00/20 (ne compte pas, I-13, art. 9)",
        "DS2 : ABI = 0 × 1 (L-01, art. 9)",
    ]
    assert "Bonus\xa0: +0,3 (art. 7)" in list(sums(why))


def test_an_excluded_module_says_its_rule() -> None:
    rules = {"abj_only": "neutralised"}
    modules = [
        module("R", "A 1", "10"),
        module("T", "A 1", "ABJ"),
        module("U", "A 1", "DIS"),
        module("V", "A 1", organised=False),
    ]
    entry = {"id": "A", "ues": ["A"], "but_year": 1, "modules": modules, "regulation": rules}
    why = whys(entry, abj_only="art. 10")["A"]
    assert [each.rule for each in why.modules] == ["", "L-03", "I-11", "I-11"]
    assert [told_remark(each, why.articles) for each in why.modules] == [
        "",
        "neutralisé\xa0: hors de la moyenne (L-03, art. 10)",
        "dispensé\xa0: hors de la moyenne (I-11)",
        "non organisé\xa0: hors de la moyenne (I-11)",
    ]
    waiting = whys(entry | {"regulation": {"abj_only": "pending"}}, abj_only="art. 10")["A"]
    assert told_remark(waiting.modules[1], waiting.articles) == "en attente (I-11, art. 10)"
    assert Rounding(whys(entry)["A"].rounding) is Rounding.HALF_UP_2
