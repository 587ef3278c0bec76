"""The relevé: what it must hold (REGULATION.md §5.2), on one page, and nothing that the règlement does not give."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from grades.services import set_adjustment
from jury.documents import releve
from jury.documents.render import page, pdf
from jury.models import JurySession
from people.models import Student
from tests import factories
from tests.documents.conftest import ENDLESS, HOSTILE, Bench
from tests.documents.layout import laid_out
from tests.strict import queries

MARGIN = 18 / 25.4 * 96
DAY = date(2026, 7, 10)


def context_of(session: JurySession, student: Student) -> dict[str, Any]:
    (context,) = releve.contexts(session, [student.pk], DAY)
    return context


def printed(session: JurySession, student: Student) -> str:
    return page("releve.html", context_of(session, student))


def words(html: str) -> str:
    """The text of a page, as a reader has it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.partition("<body")[2])).split())


def test_it_tells_the_year_whole(bench: Bench) -> None:
    student = bench.students["near"]
    session = bench.close()
    text = words(printed(session, student))
    for expected in [
        "bachelor universitaire de technologie, spécialité Spécialité QLIO",
        "BUT1, semestres 1 et 2 · formation initiale · année universitaire 2025-2026",
        f"Numéro étudiant {student.nip}",
        f"INE {student.ine}",
        "12 mars 2006, Villefranche-sur-Test",
        "Intitulé de UE1.2, niveau 1 UE1.2 10,27 ADM 15/15 UE2.2 9,64 ADJ 15/15 9,96 ADJ",
        "R1.01 Intitulé de R1.01 14,00 1,5 0,25",
        "Jury du 2 juillet 2026 : ADJ, admis par le jury. 60 ECTS acquis sur 60, 60 depuis le début du cursus.",
        "Semestre ouvert : S3.",
        "ADJ Admise par le jury",
        "Échelle de 0 à 20",
        "tribunal administratif",
        "Édité le 10 juillet 2026",
    ]:
        assert expected in text, expected
    assert session.record.sha256 in printed(session, student)
    assert not re.search(r"\brang\b|classement|moyenne générale|PROVISOIRE", text, re.IGNORECASE)


def test_before_the_jury_it_has_averages_and_no_code(bench: Bench) -> None:
    text = words(printed(bench.open(), bench.students["near"]))
    assert "PROVISOIRE" in text
    assert "UE2.2 9,64" in text
    assert not re.search(r"\b(AJ|ADM|PASD|ADJ)\b|tribunal", text)


def test_absences_and_waiting_show_beside_the_mark(bench: Bench) -> None:
    student = bench.students["strong"]
    enrolment = bench.enrolment(student, 1)
    first, second = enrolment.marks.order_by("evaluation__module__key")
    first.hundredths, first.reason = None, "ABI"
    first.save()
    second.hundredths, second.reason = None, "ATT"
    second.save()
    bench.enrolment(student, 2).marks.update(hundredths=None, reason="ABJ")
    context = context_of(bench.session, student)
    modules = {module.code: module for part in context["semesters"] for module in part.modules}
    assert [(code, module.mark, module.remark) for code, module in modules.items()] == [
        ("R1.01", "0.00", "ABI"),
        ("SAE1.02", "", "ATT"),
        ("R2.01", "", "ATT ABJ"),
        ("SAE2.02", "", "ATT ABJ"),
    ]


def test_a_module_evaluated_ue_by_ue_has_a_mark_in_each(bench: Bench) -> None:
    student = bench.students["strong"]
    sae = bench.plans[0].plan_modules.get(module__key="SAE1.02").module
    grid = factories.evaluation(module=sae, ue_weights={"UE1.1": "0"})
    factories.mark("10", evaluation=grid, enrolment=bench.enrolment(student, 1))
    context = context_of(bench.session, student)
    (module,) = [each for each in context["semesters"][0].modules if each.code == "SAE1.02"]
    assert (module.mark, module.cells) == ("", (("1.5", "14.50"), ("2", "12.25")))
    (laid,) = laid_out(printed(bench.session, student))
    assert {"14,50", "12,25"} <= {word.text for word in laid.words}


def test_a_semester_acquired_elsewhere_has_no_module(bench: Bench) -> None:
    student = factories.student()
    for rank, plan in enumerate(bench.plans):
        factories.enrolment(student=student, plan=plan)
        for ue in plan.ues.all() if rank else ():
            factories.equivalence(student, ue)
    first, second = context_of(bench.session, student)["semesters"]
    assert len(first.modules) == 2
    assert second.modules == ()
    assert "acquises ailleurs" in words(printed(bench.session, student))


def test_an_earlier_year_is_told_with_its_origin(bench: Bench) -> None:
    student = bench.students["strong"]
    before = factories.jury_session(2, plans=[], academic_year="2024-2025")
    factories.decision(before, student, "UE1.1", code="CMP", average="9.80", semester=1)
    JurySession.objects.filter(pk=before.pk).update(state="close", closed_at="2025-07-02T12:00Z")
    assert "UE acquises en 2024-2025 : UE1.1 9,80 CMP." in words(printed(bench.session, student))


def test_a_bonus_stands_apart(bench: Bench) -> None:
    student = bench.students["strong"]
    articles = {"bonus_cap": "M3C, art. 7"}
    factories.regulation(parameters={"bonus_cap": "0.5", "malus_article": "art. 8"}, articles=articles)
    ue = bench.plans[0].ues.get(code="UE1.1")
    enrolment = bench.enrolment(student, 1)
    set_adjustment(enrolment=enrolment, ue=ue, kind="bonus", points="0.8", reason="Sport", by=None)
    set_adjustment(enrolment=enrolment, ue=ue, kind="malus", points="0.25", reason="Retards", by=None)
    text = words(printed(bench.session, student))
    assert "Bonus compris dans les moyennes (M3C, art. 7) : UE1.1 0,50." in text
    assert "Malus compris dans les moyennes (art. 8) : UE1.1 0,25." in text


def test_what_no_average_of_its_own_earns_is_explained(bench: Bench) -> None:
    """The sentences are those of the dossier; a UE at 10 or more needs none."""
    articles = {"rcue_minimum": "M3C, art. 5", "rcue_weights": "M3C, art. 6"}
    factories.regulation(parameters={"rcue_minimum": "8", "rcue_weights": "equal"}, articles=articles)
    session = bench.close()
    text = words(printed(session, bench.students["near"]))
    motives = text.partition("Motifs. ")[2]
    assert "UE2.2 (I-10) : Moyenne 9,64 ; le jury a validé l’UE : Progression au second semestre" in motives
    assert "RCUE C2/1 (N-14) : (10,27 + 9,64) ÷ 2 = 9,955, soit 9,96 < 10" in motives
    assert "RCUE C2/1 (I-01) : Poids des deux UE d’un RCUE : égaux (M3C, art. 6)." in motives
    assert "UE1.2 (" not in motives
    assert motives.count("Poids des deux UE") == 1
    weak = words(printed(session, bench.students["weak"]))
    assert "Année (N-10) : Minimum d’un RCUE pour passer : 8,00/20 (M3C, art. 5)." in weak
    assert "RCUE C1/1, RCUE C2/1 (I-01) : Poids des deux UE" in weak, "what two codes share is said once"
    assert "l’UE n’est pas acquise" not in weak, "its RCUE says as much"
    assert "Motifs" not in words(printed(session, bench.students["strong"]))


def test_marks_corrected_after_the_jury_are_said_to_be(bench: Bench) -> None:
    session, student = bench.close(), bench.students["near"]
    told = "Notes corrigées depuis ce jury : UE1.1, UE1.2 ; la moyenne et le code sont ceux que le jury a arrêtés."
    assert "Notes corrigées" not in words(printed(session, student))
    mark = bench.enrolment(student, 1).marks.order_by("evaluation__module__key")[0]
    mark.hundredths = 600
    mark.save()
    text = words(printed(session, student))
    assert told in text
    assert "UE1.2 10,27 ADM" in text


def test_reasons_wait_for_the_jury(bench: Bench) -> None:
    assert "Motifs" not in words(printed(bench.open(), bench.students["weak"]))


@pytest.mark.parametrize("who", ["near", "hostile"])
def test_it_keeps_to_one_page_and_nothing_leaves_its_place(bench: Bench, who: str) -> None:
    (laid,) = laid_out(printed(bench.close(), bench.students[who]))
    assert laid.overprinted == []
    assert [word for word in laid.words if word.right > laid.width - MARGIN + 1] == []
    assert "La direction de l’IUT" in laid.text


def test_forty_modules_still_make_one_page(bench: Bench) -> None:
    for semester, plan in enumerate(bench.plans, start=1):
        for rank in range(10, 28):
            module = factories.module(
                f"R{semester}.{rank}", semester=semester, title="Organisation d’une situation de production"
            )
            factories.plan_module(plan, module, {f"UE{semester}.1": "1"})
    assert len(laid_out(printed(bench.session, bench.students["near"]))) == 1


def test_a_hostile_name_is_only_a_name(bench: Bench) -> None:
    html = printed(bench.close(), bench.students["hostile"])
    assert "<script" not in html
    assert HOSTILE in unescape(html)
    assert ENDLESS.upper() in html


def test_it_is_the_same_each_time(bench: Bench) -> None:
    session, student = bench.close(), bench.students["near"]
    assert pdf(printed(session, student)) == pdf(printed(session, student))


def test_many_cost_the_queries_of_one(bench: Bench) -> None:
    one = queries(lambda: list(releve.contexts(bench.session, [bench.students["near"].pk], DAY)))
    everybody = [student.pk for student in bench.students.values()]
    assert queries(lambda: list(releve.contexts(bench.session, everybody, DAY))) == one
