"""Each finding on a small draft: what is wrong, where, with which figures; and nothing where all is right."""

from dataclasses import replace
from typing import Any

import pytest

from curriculum.lint import lint
from curriculum.workbook.draft import (
    HOURS,
    UE,
    Amendment,
    Declared,
    Draft,
    Evaluation,
    Finding,
    Formation,
    Module,
    Semester,
    Trace,
)


def module(key: str, *coefficients: str, pole: str = "ressource", **more: Any) -> Module:
    """A module with its coefficients in the UEs 1, 2… of its semester; `hours` gives some of the columns."""
    semester = more.pop("semester", 1)
    weights = {f"UE{semester}.{rank}": each for rank, each in enumerate(coefficients, 1) if each}
    hours = dict.fromkeys(HOURS) | more.pop("hours", {})
    defaults = {"code": key, "title": f"Titre {key}", "amended": {}, "evaluations": ()}
    return Module(key=key, kind=pole, pole=pole, hours=hours, coefficients=weights, **(defaults | more))


def semester(number: int, *modules: Module, ects: tuple[str | None, ...] = ("15", "15"), **more: Any) -> Semester:
    ues = tuple(
        UE(f"UE{number}.{rank}", None, f"UE{rank}", (number + 1) // 2, each) for rank, each in enumerate(ects, 1)
    )
    defaults = {"parcours": None, "modality": None, "academic_year": "2025-2026", "declared": Declared()}
    return Semester(sheet=f"S{number}", semester=number, ues=ues, modules=modules, **(defaults | more))


def sound(number: int) -> Semester:
    """A semester about which there is nothing to say."""
    return semester(
        number,
        module(f"R{number}.01", "9", "9", semester=number),
        module(f"SAE{number}.01", "6", "6", pole="sae", semester=number),
    )


def found(*semesters: Semester, **document: Any) -> list[Finding]:
    draft = Draft(Formation("BUT-QLIO", "QLIO", None, "2025-2026"), semesters, **document)
    return [finding for _, finding in lint(draft).all_findings]


def only(code: str, *semesters: Semester, **document: Any) -> Finding:
    """The one finding of a code: its absence, or another of the same code, fails."""
    (finding,) = [each for each in found(*semesters, **document) if each.code == code]
    return finding


def first(**changes: Any) -> Semester:
    return replace(sound(1), **changes)


def test_nothing_is_said_of_a_sound_year() -> None:
    assert found(sound(1), sound(2)) == []


def test_row_total() -> None:
    trace = Trace(row_totals={"R1.01": "18.00", "SAE1.01": "0"}, cells={("total", "SAE1.01"): "D9"})
    finding = only("row_total", first(trace=trace), sound(2))
    assert (finding.cell, finding.module, finding.declared, finding.computed) == ("D9", "SAE1.01", "0", "12")
    assert finding.message == ("SAE1.01\u00a0: le total de la ligne annonce 0, la somme des coefficients est 12.")


def test_column_total_of_a_ue_and_of_all() -> None:
    declared = Declared(coefficients={"UE1.1": "15", "UE1.2": "14,5".replace(",", ".")})
    both = first(declared=declared, trace=Trace(total="30.5", cells={("total",): "D35", ("total", "UE1.2"): "F35"}))
    findings = [each for each in found(both, sound(2)) if each.code == "column_total"]
    assert [(each.ue, each.cell, each.declared, each.computed) for each in findings] == [
        ("UE1.2", "F35", "14.5", "15"),
        (None, "D35", "30.5", "30"),
    ]


def test_pole_total() -> None:
    poles = {"UE1.1": {"ressource": {"coefficients": "9", "ects": "9"}, "sae": {"coefficients": "6", "ects": "7"}}}
    finding = only("pole_total", first(declared=Declared(poles=poles)), sound(2))
    assert (finding.ue, finding.declared, finding.computed) == ("UE1.1", "7", "6")


@pytest.mark.parametrize(("total", "severity"), [("15", "info"), ("16", "warning"), (None, "warning")])
def test_only_the_declared_total_confirms_an_amendment(total: str | None, severity: str) -> None:
    amended = module("R1.01", "9", "9", amended={"UE1.1": Amendment("8", "9")})
    declared = Declared(coefficients={"UE1.1": total} if total else {})
    table = first(modules=(amended, sound(1).modules[1]), declared=declared)
    finding = only("amended_cell", table, sound(2))
    assert (finding.severity, finding.declared, finding.computed) == (severity, total, "15")


def test_ects_total_needs_a_document_where_most_agree() -> None:
    odd = semester(1, *sound(1).modules, ects=("16", "14"))
    assert [each.ue for each in found(odd, sound(2), sound(3), sound(4)) if each.code == "ects_total"] == [
        "UE1.1",
        "UE1.2",
    ]
    assert not [each for each in found(odd, sound(2)) if each.code == "ects_total"]


@pytest.mark.parametrize(
    ("ects", "total", "declared", "computed"),
    [(("15", "14"), "30", "30", "29"), (("15", "15"), "29", "29", "30"), (("16", "15"), None, None, "31")],
)
def test_semester_ects(ects: tuple[str, str], total: str | None, declared: str | None, computed: str) -> None:
    table = semester(1, *sound(1).modules, ects=ects, trace=Trace(ects=total))
    finding = only("semester_ects", table, sound(2))
    assert (finding.severity, finding.declared, finding.computed) == ("error", declared, computed)


def test_a_semester_whose_ects_are_not_all_known_is_not_added() -> None:
    codes = {each.code for each in found(semester(1, *sound(1).modules, ects=("15", None)), sound(2))}
    assert "semester_ects" not in codes


def test_hours() -> None:
    lecture = module("R1.01", "9", "9", hours={"cm": "4", "td": "8.5", "total": "12"})
    choices = [
        module(key, hours={"total": "10"}, parcours=parcours) for key, parcours in [("R1.02", "IPI"), ("R1.02", "CPD")]
    ]
    table = first(modules=(lecture, sound(1).modules[1], *choices), declared=Declared(hours="23"))
    row, total = only("hours_row", table, sound(2)), only("hours_total", table, sound(2))
    assert (row.module, row.declared, row.computed) == ("R1.01", "12", "12.5")
    assert (total.declared, total.computed) == ("23", "22"), "two alternatives share one place"


def evaluated(key: str, *weights: str | None) -> Module:
    patterns = tuple(Evaluation(f"DS{rank}", 1, weight) for rank, weight in enumerate(weights))
    return module(key, "1", "1", evaluations=patterns)


def test_weights_add_up_where_those_of_the_sheet_do() -> None:
    ones = [evaluated("R1.02", "0.5", "0.5"), evaluated("R1.03", "0.33", "0.67")]
    assert only("weights_sum", first(modules=(*ones, evaluated("R1.04", "0.5", "0.4")))).computed == "0.9"
    relative = first(modules=(evaluated("R1.02", "2", "3"), evaluated("R1.03", "1")))
    assert not [each for each in found(relative) if each.code == "weights_sum"]
    finding = only("weights_count", first(modules=(evaluated("R1.02", "0.5", None),)))
    assert (finding.declared, finding.computed) == ("1", "2")


def test_codes_and_ues() -> None:
    bare = module("S1.RES.02", "1", code=None)
    stranger = replace(module("R1.03"), coefficients={"UE2.1": "1"})
    other = UE("UE3.1", None, "UE1", 2, None)
    table = first(modules=(*sound(1).modules, bare, stranger), ues=(*sound(1).ues, other))
    assert only("missing_code", table).module == "S1.RES.02"
    unknown = [(each.ue, each.module) for each in found(table) if each.code == "unknown_ue"]
    assert unknown == [("UE2.1", "R1.03"), ("UE3.1", None)]
    assert not [each for each in found(first(modules=(bare,))) if each.code == "missing_code"], "no code at all"


def test_a_mark_and_a_coefficient_go_together() -> None:
    marked = module("R1.05", "1", "", marked_for=("UE1.2",))
    findings = [each for each in found(first(modules=(marked,))) if each.code == "membership_differs"]
    assert [each.ue for each in findings] == ["UE1.1", "UE1.2"]
    dashed = Trace(dashes=frozenset({("R1.05", "UE1.2")}))
    assert only("membership_differs", first(modules=(marked,), trace=dashed)).ue == "UE1.1"


def three(**changes: Any) -> list[Semester]:
    """Three tables of one semester, the last one with a difference in R3.01."""
    osc, qmi, mtd = (replace(sound(3), parcours=name, sheet=f"S3 {name}") for name in ("OSC", "QMI", "MTD"))
    changed = replace(mtd.modules[0], **changes)
    return [osc, qmi, replace(mtd, modules=(changed, mtd.modules[1]))]


def test_what_differs_from_most_tables_of_the_semester() -> None:
    finding = only("title_differs", *three(title="Autre"))
    assert (finding.severity, finding.declared, finding.computed) == ("info", "Autre", "Titre R3.01")
    assert not [each for each in found(*three(title="TITRE r3.01")) if each.code == "title_differs"]
    assert not [each for each in found(*three(title=None)) if each.code == "title_differs"]
    with_hours = [
        replace(
            each, modules=tuple(replace(one, hours=dict.fromkeys(HOURS) | {"total": "24"}) for one in each.modules)
        )
        for each in three()
    ]
    changed = replace(with_hours[2].modules[0], hours=dict.fromkeys(HOURS) | {"total": "20"})
    with_hours[2] = replace(with_hours[2], modules=(changed, *with_hours[2].modules[1:]))
    assert only("hours_differ", *with_hours).declared == "20 h total"
    finding = only("code_differs", *three(key="R3.07", code="R3.07"))
    assert (finding.module, finding.computed) == ("R3.07", "R3.01")


def test_two_sets_of_evaluations_differ() -> None:
    sets = [(Evaluation("DS", 1, "1"),), (Evaluation("DS", 1, "1"),), (Evaluation("TP", 1, "1"),)]
    tables = [
        replace(each, modules=(replace(each.modules[0], evaluations=patterns), each.modules[1]))
        for each, patterns in zip(three(), sets, strict=True)
    ]
    finding = only("evaluations_differ", *tables)
    assert (finding.declared, finding.computed) == ("TP 1", "DS 1")


def test_a_ue_pairs_with_the_same_level_of_its_competence() -> None:
    late = replace(sound(4), ues=(sound(4).ues[0], replace(sound(4).ues[1], level=1)))
    findings = [each for each in found(sound(3), late) if each.code == "ue_without_pair"]
    assert [each.ue for each in findings] == ["UE3.2", "UE4.2"]


def test_a_pair_is_of_one_parcours_and_modality() -> None:
    fi, alternance = (replace(sound(3), modality=name) for name in ("FI", "alternance"))
    findings = [
        each for each in found(fi, alternance, replace(sound(4), modality="FI")) if each.code == "ue_without_pair"
    ]
    assert len(findings) == 2
    assert not [each for each in found(fi, alternance, sound(4)) if each.code == "ue_without_pair"]


@pytest.mark.parametrize(
    ("ressource", "sae", "share"),
    [
        ("6", "4", None),
        ("4", "6", None),
        ("6.01", "4", "39.96"),
        ("3.99", "6", "60.07"),
        ("100000", "150001", "60.01"),
    ],
)
def test_the_sae_pole_weighs_40_to_60_percent(ressource: str, sae: str, share: str | None) -> None:
    table = first(modules=(module("R1.01", ressource), module("SAE1.01", sae, pole="sae")))
    assert [each.computed for each in found(table) if each.code == "pole_share"] == ([share] if share else [])


def test_in_the_third_year_the_two_ues_are_weighed_together() -> None:
    def weighed(number: int, ressource: str, sae: str) -> Semester:
        pair = (module(f"R{number}.01", ressource, semester=number), module("S", sae, pole="sae", semester=number))
        return replace(sound(number), modules=pair)

    assert not [each for each in found(weighed(5, "9", "1"), weighed(6, "1", "9")) if each.code == "pole_share"]
    assert only("pole_share", weighed(5, "9", "1"), weighed(6, "5", "5")).ue == "UE6.1"


def test_sheets_validated_on_another_day() -> None:
    voted, other = ({"departement": day, "iut": "2025-06-17"} for day in ("2025-05-20", "2024-06-14"))
    first_year = [first(trace=Trace(validated_on=voted)), replace(sound(2), trace=Trace(validated_on=voted))]
    late = replace(sound(3), sheet="S3 MTD", trace=Trace(validated_on=other, cells={("validated",): "A28"}))
    finding = only("validation_dates", *first_year, late, validated_on=voted)
    assert (finding.cell, finding.declared, finding.computed) == ("S3 MTD!A28", "2024-06-14", "2025-05-20")
