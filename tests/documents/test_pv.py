"""The PV: what it must hold (REGULATION.md §5.1), and that a president can sign it as it is printed."""

import re
from html import unescape

import pytest

from curriculum.models import UE
from jury.documents import pv
from jury.documents.render import page, pdf
from jury.models import JurySession
from jury.sitting import sitting_of
from people.models import Enrolment
from tests import factories
from tests.documents.conftest import ENDLESS, HOSTILE, LONG, Bench
from tests.documents.layout import laid_out
from tests.strict import queries

MARGIN = 18 / 25.4 * 96
"""In CSS pixels, as tests/documents/layout.py measures."""


def printed(session: JurySession) -> str:
    """The page before it is laid out."""
    sitting = sitting_of(session)
    return page("pv.html", pv.context(sitting, session.record.sha256 if sitting.sealed else None))


def words(html: str) -> str:
    """The text of a page, as a reader has it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.partition("<body")[2])).split())


def test_a_closed_jury_is_told_whole(bench: Bench) -> None:
    session = bench.close()
    text = words(printed(session))
    for expected in [
        "Procès-verbal de délibération du jury annuel",
        "semestres 1 et 2",
        "Arrêté n° 2026-07 du 1er juin 2026",
        "2 juillet 2026, Salle du conseil",
        "empreinte des paramètres",
        "Membre 1 Enseignant présidence du jury présent",
        "excusé : en mission",
        "1 professionnel sur 3 membres nommés",
        "L’état des absences, sans motif, a été transmis au jury",
        "ADJ Admise par le jury",
        "ÆRØSKØBING-ŒUF Inès, Zoé 12/03/2006",
        "UE2.2 9,64 AJ → ADJ",
        "Motif",
        "Tronc commun 4 2 1 1",
        "Émargement des membres qui ont siégé",
    ]:
        assert expected in text, expected
    assert "PROVISOIRE" not in text
    assert session.record.sha256 in printed(session)


def test_it_is_provisional_until_the_jury_is_closed(bench: Bench) -> None:
    text = words(printed(bench.open()))
    assert "PROVISOIRE" in text
    assert "à décider" in text
    assert "pas encore close" in text


def test_every_student_has_figures_and_codes_in_the_columns_of_the_heading(bench: Bench) -> None:
    sitting = sitting_of(bench.close())
    (section,) = pv.context(sitting, "0" * 64)["sections"]
    assert [(heading.competence, heading.columns) for heading in section.headings] == [
        ("C1", ("UE1.1", "UE2.1", "RCUE")),
        ("C2", ("UE1.2", "UE2.2", "RCUE")),
    ]
    near = next(row for row in section.rows if row.last_name.startswith("Æ"))
    assert [[(cell.average, cell.letters) for cell in group] for group in near.groups] == [
        [("11.90", "ADM"), ("11.55", "ADM"), ("11.73", "ADM")],
        [("10.27", "ADM"), ("9.64", "ADJ"), ("9.96", "ADJ")],
    ]
    weak = next(row for row in section.rows if row.last_name.startswith("N’"))
    assert all(cell.refused for group in weak.groups for cell in group)


@pytest.mark.django_db
def test_a_competence_has_its_title_however_a_plan_words_it() -> None:
    maquette = factories.maquette()
    full_time, apprentices = (
        factories.plan(1, maquette=maquette, modality=modality) for modality in ("FI", "alternance")
    )
    apprentices.ues.update(title="Autrement")
    for plan in (full_time, apprentices):
        factories.enrolment(student=factories.student(), plan=plan)
    session = factories.jury_session(1, plans=[full_time, apprentices])
    (section,) = pv.context(sitting_of(session), None)["sections"]
    assert len(section.rows) == 2
    assert "C1, niveau 1 Intitulé de UE1.1 " in words(printed(session))


def test_a_semester_jury_has_no_rcue_and_no_year(bench: Bench) -> None:
    session = factories.jury_session(1, plans=[bench.plans[0]])
    (section,) = pv.context(sitting_of(session), None)["sections"]
    assert {heading.columns for heading in section.headings} == {("UE1.1",), ("UE1.2",)}
    text = words(printed(session))
    assert "jury de semestre" in text
    assert "Décision" not in text.partition("Tronc commun, 4")[2].partition("Clôture")[0]


def test_the_dut_is_announced_once(bench: Bench) -> None:
    plans = [factories.plan(semester) for semester in (3, 4, 5, 6)]
    student = factories.student(last_name="Diplômée")
    for plan in plans:
        factories.enrolment(student=student, plan=plan)
        for ue in plan.ues.all():
            factories.equivalence(student, ue)
    before = factories.jury_session(4, plans=[plans[1]])
    assert [row.last_name for row in pv.context(sitting_of(before), None)["dut"]] == ["DIPLÔMÉE"]
    for code in ("UE3.1", "UE3.2", "UE4.1", "UE4.2"):
        factories.decision(before, student, code, level=2, semester=int(code[2]))
    JurySession.objects.filter(pk=before.pk).update(state="close", closed_at="2026-07-02T12:00Z")
    after = pv.context(sitting_of(factories.jury_session(6, plans=[plans[3]])), None)
    assert after["dut"] == []
    assert [row.last_name for row in after["but"]] == ["DIPLÔMÉE"]


def test_it_is_made_again_identical_from_its_record(bench: Bench) -> None:
    session = bench.close()
    first = pdf(printed(session))
    bench.students["near"].last_name = "Autre"
    bench.students["near"].save()
    Enrolment.objects.filter(student=bench.students["near"]).update(repeating=True)
    assert pdf(printed(session)) == first


def test_a_hostile_name_is_only_a_name(bench: Bench) -> None:
    html = printed(bench.close())
    assert "<script" not in html
    assert "<b>0,03</b>" not in html
    assert HOSTILE in unescape(html)


def test_nothing_leaves_its_place(bench: Bench) -> None:
    title = f"Mettre en œuvre des systèmes de management qualité, hygiène, santé et {ENDLESS}"
    UE.objects.filter(code="UE1.1").update(title=title)
    for laid in laid_out(printed(bench.close())):
        assert laid.overprinted == []
        assert [word for word in laid.words if word.right > laid.width - MARGIN + 1] == []


@pytest.mark.parametrize("students", [1, 40])
def test_the_heading_comes_back_and_no_signature_is_split(bench: Bench, students: int) -> None:
    for number in range(students):
        student = factories.student(last_name=f"{LONG} {number}")
        for plan in bench.plans:
            factories.enrolment(student=student, plan=plan)
    pages = laid_out(printed(bench.session))
    for laid in pages:
        assert "Page" in laid.text
        assert "PROVISOIRE" in laid.text
    assert all("Procès-verbal du jury QLIO" in laid.text for laid in pages[1:])
    tables = [laid for laid in pages if "UE1.1" in laid.text and "RCUE" in laid.text and "12/03/2006" in laid.text]
    assert len(tables) == len([laid for laid in pages if "12/03/2006" in laid.text])
    (signed,) = [laid for laid in pages if "Émargement" in laid.text]
    assert "Clôture" in signed.text
    assert "Une professionnelle" in signed.text


def test_it_is_set_in_three_sizes(bench: Bench) -> None:
    sizes = {word.size for laid in laid_out(printed(bench.close())) for word in laid.words}
    assert len(sizes) == 3


def test_its_queries_do_not_grow(bench: Bench) -> None:
    few = queries(lambda: printed(bench.session))
    for plan in bench.plans:
        for student in [factories.student() for _ in range(3)]:
            factories.enrolment(student=student, plan=plan)
    assert queries(lambda: printed(bench.session)) == few
