"""The règlement of a formation and a year: what is refused, who set what, when it freezes, how a new year begins."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from curriculum.models import JournalEntry
from jury import services
from jury.averaging import averaging_rules
from jury.engine.regulation import Regulation as Rules
from jury.engine.regulation import as_json, override
from jury.models import Regulation, RegulationParameter
from jury.regulations.parameters import DEFAULTS, PARAMETERS, SILENT, Clause, refusals
from jury.regulations.presets import PRESETS
from jury.regulations.services import apply_preset, copy_regulation, set_regulation
from jury.sitting import live
from jury.wording import moved, told
from tests import factories
from tests.engine.build import annual, averages, module, rcues, verdict
from tests.jury import scene

pytestmark = pytest.mark.django_db


def settle(by: Any = None, year: Any = factories.YEAR, reference: Any = None, **clauses: Any) -> Regulation:
    """Set some parameters; a value alone comes with an article."""
    given = {key: value if isinstance(value, Clause) else Clause(value, "article 7") for key, value in clauses.items()}
    return set_regulation(
        formation=factories.formation(), academic_year=year, clauses=given, reference=reference, by=by
    )


# --- what is refused


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("validation_threshold", "9.5", "Un seuil d’acquisition autre que 10 demande l’article du règlement"),
        ("rcue_minimum", "7", "Un minimum de RCUE autre que 8 demande l’article du règlement"),
        ("bonus_cap", "0.5", "Un bonus demande l’article du règlement"),
        ("malus_article", " ", "on attendait une chaîne non vide"),
        ("defaulting", " ", "La défaillance (DEF) demande l’article du règlement"),
        ("defaulting", True, "La défaillance (DEF) demande l’article du règlement"),
        ("bonus_cap", "beaucoup", "un nombre décimal positif ou nul"),
        ("rounding", "ceil", "on attendait l’une des valeurs half_up_2, half_up_3, exact, trunc_2"),
        ("repeat_limit", -1, "un entier d’au moins 0"),
        ("floor", "8", "Clé inconnue"),
    ],
)
def test_what_has_no_article_or_no_meaning_is_refused(key: str, value: Any, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settle(**{key: Clause(value, " ")})
    assert list(refused.value.message_dict) == [key]
    assert sentence in refused.value.message_dict[key][0]
    assert (Regulation.objects.count(), JournalEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("key", "value"),
    [("validation_threshold", "10.0"), ("rcue_minimum", "8"), ("bonus_cap", None), ("rounding", "trunc_2")],
)
def test_a_default_and_a_free_choice_need_no_article(key: str, value: Any) -> None:
    assert refusals(SILENT | {key: Clause(value)}) == {}


@pytest.mark.parametrize("key", list(PARAMETERS))
def test_no_parameter_is_beyond_its_article(key: str) -> None:
    """Each parameter can be set away from its default, with an article; the rows accept each key."""
    values = {"points": "9", "cap": "0.5", "whole": 2, "article": "article 7"}
    parameter = PARAMETERS[key]
    value = values.get(parameter.kind, [*parameter.choices][-1] if parameter.choices else None)
    regulation = settle(**{key: Clause(value, "article 7")})
    assert regulation.clauses.get().value == value
    assert regulation.articles == {key: "article 7"}


def test_a_parameter_keeps_who_set_it_and_the_journal_the_rest() -> None:
    head = factories.user("head")
    settle(reference=" CEVE 12 ", bonus_cap=Clause("0.5", " article 7 "))
    regulation = settle(by=head, bonus_cap="0.3", rounding=Clause("half_up_2"))
    clause = regulation.clauses.get(key="bonus_cap")
    assert (clause.value, clause.article, clause.set_by) == ("0.3", "article 7", head)
    assert (regulation.reference, list(regulation.clauses.values_list("key"))) == ("CEVE 12", [("bonus_cap",)])
    entry = JournalEntry.objects.get(by=head)
    assert (entry.before or {})["parameters"] == {"bonus_cap": {"value": "0.5", "article": "article 7"}}
    assert (entry.after or {})["parameters"] == {"bonus_cap": {"value": "0.3", "article": "article 7"}}
    assert (
        averaging_rules(regulation.formation_id, factories.YEAR).bonus_cap
        == override(Rules(), {"bonus_cap": "0.3"}).averaging.bonus_cap
    )


def test_the_rows_refuse_what_is_no_parameter_and_one_said_twice() -> None:
    regulation = settle(bonus_cap="0.5")
    for key, name in [("floor", "jury_regulationparameter_key_known"), ("bonus_cap", "jury_regulationparameter_once")]:
        clause = RegulationParameter(regulation=regulation, key=key, value="1")
        with pytest.raises(ValidationError):
            clause.full_clean()
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            clause.save()
        constraint = getattr(getattr(refused.value.__cause__, "diag", None), "constraint_name", None)
        assert constraint == name or name in str(refused.value) or "regulation_id" in str(refused.value)


# --- DEF


def test_a_jury_with_a_student_in_default_needs_an_article() -> None:
    plans = scene.year()
    scene.enrol(plans, student=scene.named("Barre"), state="DEF")
    scene.enrol(plans)
    session = scene.jury(plans)
    with pytest.raises(ValidationError) as refused:
        services.open_session(session=session, by=None)
    assert refused.value.messages == [
        "DEF\xa0: le règlement ne nomme aucun article qui prévoie la défaillance\xa0: nommez-le, ou corrigez "
        "l’inscription (N-23). (BARRE Tom)"
    ]
    settle(defaulting="article 4")
    services.open_session(session=session, by=None)
    RegulationParameter.objects.update(value=None, article="")
    with pytest.raises(ValidationError) as refused:
        services.close_session(session=session, by=None)
    assert [sentence for sentence in refused.value.messages if sentence.startswith("DEF")]


def test_a_parameter_without_its_article_keeps_a_jury_open() -> None:
    plans = scene.year()
    scene.enrol(plans)
    factories.regulation(parameters={"bonus_cap": "0.5"}, articles={"bonus_cap": ""})
    with pytest.raises(ValidationError, match="Un bonus demande l’article"):
        scene.held(plans)


def test_the_article_of_default_is_said_with_the_parameters() -> None:
    regulation = settle(defaulting=Clause("article 4", "article 4"), bonus_cap="0.5")
    part: Any = {
        "reference": "",
        "parameters": DEFAULTS | regulation.parameters,
        "articles": regulation.articles,
    }
    said = {line["label"]: (line["value"], line["article"]) for line in told(part)}
    assert said["Défaillance (DEF)"] == ("selon article 4", "")
    assert said["Bonus"] == ("0,5 point par UE au plus", "article 7")
    assert len(said) == len(PARAMETERS)
    assert len(told(part | {"articles": {}})) == len(PARAMETERS) - 1


# --- frozen by the first jury that closes


def test_the_first_jury_that_closes_freezes_the_regulation() -> None:
    plans = scene.year()
    scene.enrol(plans)
    settle(rcue_weights="ects", reference="CEVE 12")
    first = scene.opened(plans[:1], semester=1)
    settle(rcue_minimum="7")
    record = services.close_session(session=first, by=None)
    sealed = json.loads(record.document)["regulation"]
    regulation = Regulation.objects.get()
    assert regulation.frozen_by == first
    assert regulation.parameters == sealed["parameters"] == DEFAULTS | {"rcue_weights": "ects", "rcue_minimum": "7"}
    assert regulation.articles == sealed["articles"] == {"rcue_weights": "article 7", "rcue_minimum": "article 7"}
    scene.held(plans)
    regulation.refresh_from_db()
    assert regulation.frozen_by == first
    with pytest.raises(ValidationError, match="gelé depuis la clôture du Jury de semestre S1 2025-2026"):
        settle(rounding="exact")


def test_a_year_judged_by_default_is_frozen_too() -> None:
    plans = scene.year()
    scene.enrol(plans)
    scene.held(plans)
    assert Regulation.objects.get().parameters == DEFAULTS
    with pytest.raises(ValidationError, match="gelé"):
        apply_preset(
            formation=factories.formation(), academic_year=factories.YEAR, preset=PRESETS["national"], by=None
        )


def test_a_closing_that_is_refused_freezes_nothing() -> None:
    plans = scene.year()
    scene.enrol(plans, scene.HALF)
    with pytest.raises(ValidationError, match="n’a pas décidé"):
        scene.held(plans)
    assert not Regulation.objects.exists()


def test_a_change_after_opening_is_told_until_the_jury_closes() -> None:
    plans = scene.year()
    scene.enrol(plans)
    session = scene.opened(plans)
    assert moved(live(session)) == []
    settle(rcue_minimum="7")
    assert moved(live(session)) == [
        {"key": "rcue_minimum", "label": "Minimum d’un RCUE pour passer", "before": "8,00/20", "after": "7,00/20"}
    ]
    assert moved(live(scene.jury([scene.semester(5)]))) == []


# --- a new year, a ready-made règlement


def test_a_new_year_copies_the_parameters_and_not_the_deliberation() -> None:
    head = factories.user("head")
    before = settle(reference="CEVE 12", bonus_cap="0.5", defaulting=Clause("article 4", "article 4"))
    copy = copy_regulation(regulation=before, academic_year="2026-2027", by=head)
    assert (copy.parameters, copy.articles, copy.reference) == (before.parameters, before.articles, "")
    assert {clause.set_by for clause in copy.clauses.select_related("set_by")} == {head}
    assert (JournalEntry.objects.get(by=head).after or {})["origin"] == "Règlement 2025-2026"
    with pytest.raises(ValidationError, match="QLIO a déjà un règlement pour 2026-2027"):
        copy_regulation(regulation=before, academic_year="2026-2027", by=head)
    with pytest.raises(ValidationError, match="2025-2026"):
        copy_regulation(regulation=before, academic_year="l’an prochain", by=head)
    assert Regulation.objects.count() == 2


@pytest.mark.parametrize(
    ("code", "differences"),
    [("national", {}), ("rodez-2026", {}), ("qlio-mcc-2025", {"bonus_cap": "0.5"})],
)
def test_a_ready_made_regulation_leaves_nothing_of_the_one_before(code: str, differences: dict[str, str]) -> None:
    """REGULATION.md §1.2 and §4: Rodez states no other value than the default, the MCC of QLIO a bonus."""
    settle(reference="CEVE 12", rounding="exact", malus_article="article 9", defaulting="article 4")
    preset = PRESETS[code]
    regulation = apply_preset(formation=factories.formation(), academic_year=factories.YEAR, preset=preset, by=None)
    assert as_json(override(Rules(), regulation.parameters)) == DEFAULTS | differences
    assert regulation.articles == preset.articles
    assert regulation.clauses.get(key="defaulting").value is None
    assert regulation.reference == (preset.reference or "CEVE 12")


def test_rodez_cites_its_deliberation() -> None:
    articles = PRESETS["rodez-2026"].articles or {}
    assert {key: article.split(", ")[1][:3] for key, article in articles.items()} == {
        "validation_threshold": "5-1",
        "rcue_minimum": "5-3",
        "abi_scope": "2 (",
        "keep_best_unacquired": "5-4",
        "repeat_limit": "5-4",
    }
    assert all(article.startswith("CEVE-2026-06-IUT-005") for article in articles.values())


# --- every effect that a page tells is the engine's


def test_each_parameter_of_the_contract_tells_its_effect() -> None:
    assert set(PARAMETERS) == {*DEFAULTS, "defaulting"}
    for key, parameter in PARAMETERS.items():
        assert bool(parameter.choices) != bool(parameter.effect)
        assert DEFAULTS.get(key) in parameter.choices or not parameter.choices


@pytest.mark.parametrize(
    ("key", "value", "dossier", "expected"),
    [
        ("rounding", "half_up_2", annual(1, "9.995 9.995"), "10.00 ADM"),
        ("rounding", "half_up_2", annual(1, "9.994 9.994"), "9.99 AJ"),
        ("rounding", "half_up_3", annual(1, "9.995 9.995"), "9.995 AJ"),
        ("rounding", "half_up_3", annual(1, "9.9995 9.9995"), "10.000 ADM"),
        ("rounding", "exact", annual(1, "9.995 9.995"), "10.00 AJ"),
        ("rounding", "trunc_2", annual(1, "9.999 9.999"), "9.99 AJ"),
        ("rcue_weights", "equal", annual(1, "9 11", ects=("9", "6")), "10.00 CMP"),
        ("rcue_weights", "ects", annual(1, "9 11", ects=("9", "6")), "9.80 AJ"),
        ("rcue_from_rounded_ue", True, annual(1, "9.984 10.005"), "10.00 CMP"),
        ("rcue_from_rounded_ue", False, annual(1, "9.984 10.005"), "9.99 AJ"),
        ("keep_best_unacquired", False, annual(1, "8 8", record=["UE1.1 AJ 9.50"]), "8.00 AJ"),
        ("keep_best_unacquired", True, annual(1, "8 8", record=["UE1.1 AJ 9.50"]), "8.75 AJ"),
    ],
)
def test_an_effect_on_a_level_is_the_engine_s(key: str, value: Any, dossier: Any, expected: str) -> None:
    assert rcues(verdict(dossier, **{key: value})) == expected


@pytest.mark.parametrize(
    ("parameters", "pairs", "year"),
    [
        ({"progression_counts_validated": True}, ["12 12", "7.5 7.5", "9 9"], "PASD"),
        ({"progression_counts_validated": False}, ["12 12", "7.5 7.5", "9 9"], None),
        ({"rcue_minimum": "8"}, ["12 12", "10 10", "7.99 7.99"], None),
        ({"rcue_minimum": "8"}, ["12 12", "10 10", "8 8"], "PASD"),
    ],
)
def test_an_effect_on_the_year_is_the_engine_s(parameters: Any, pairs: list[str], year: str | None) -> None:
    dossier = annual(1, *pairs, jury=["Logistique/1 ADJ"] if "7.5 7.5" in pairs else [])
    assert verdict(dossier, **parameters)["year"]["decision"] == year


@pytest.mark.parametrize(
    ("parameters", "modules", "changes", "expected"),
    [
        ({"abi_scope": "evaluation"}, [module("R", "A 1", "ABI", "14")], {}, "7.00"),
        ({"abi_scope": "module"}, [module("R", "A 1", "ABI", "14")], {}, "0.00"),
        ({"abj_only": "pending"}, [module("R", "A 1", "ABJ"), module("R2", "A 1", "12")], {}, None),
        ({"abj_only": "neutralised"}, [module("R", "A 1", "ABJ"), module("R2", "A 1", "12")], {}, "12.00"),
        ({"bonus_cap": "0.5"}, [module("R", "A 1", "9.70")], {"bonus": {"A": "0.8"}}, "10.20"),
        ({"bonus_cap": None}, [module("R", "A 1", "9.70")], {"bonus": {"A": "0.8"}}, "9.70"),
        ({"malus_article": "article 7"}, [module("R", "A 1", "10.20")], {"malus": {"A": "0.5"}}, "9.70"),
        ({"malus_article": None}, [module("R", "A 1", "10.20")], {"malus": {"A": "0.5"}}, "10.20"),
    ],
)
def test_an_effect_on_an_average_is_the_engine_s(
    parameters: Any, modules: list[Any], changes: Any, expected: str | None
) -> None:
    assert averages(*modules, regulation=parameters, **changes)["ues"]["A"]["average"] == expected
