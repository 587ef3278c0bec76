"""Marks are written one way: all or none, with who, when, before and after."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from curriculum.models import JournalEntry, Module
from grades.grid.standing import InForce
from grades.models import Act, Adjustment, Evaluation, Mark, MarkChange, MarkValue, Placement
from grades.services import (
    Entry,
    MarksRefused,
    StaleMark,
    create_evaluation,
    record_marks,
    set_adjustment,
    set_placement,
)
from people.models import Enrolment, User
from tests import factories
from tests.strict import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher() -> User:
    return factories.user("teacher")


@pytest.fixture
def enrolments() -> list[Enrolment]:
    plan = factories.plan(1)
    return [factories.enrolment(plan=plan) for _ in range(3)]


@pytest.fixture
def module(enrolments: list[Enrolment]) -> Module:
    return factories.module("R1.01")


@pytest.fixture
def test_1(module: Module) -> Evaluation:
    return factories.evaluation(module=module, label="DS1")


def entry(evaluation: Evaluation, enrolment: Enrolment, text: str, seen: int = 0) -> Entry:
    return Entry(evaluation.pk, enrolment.pk, MarkValue.read(text), seen)


def marks(evaluation: Evaluation) -> dict[int, tuple[str, int]]:
    """Each mark of an evaluation, by enrolment, as written and with its version."""
    rows = evaluation.marks.values_list("enrolment_id", "hundredths", "reason", "version")
    return {
        enrolment: (str(MarkValue(hundredths, reason)), version) for enrolment, hundredths, reason, version in rows
    }


class TestRecordMarks:
    def test_a_batch_is_one_act_with_its_history(
        self, module: Module, test_1: Evaluation, enrolments: list[Enrolment], teacher: User
    ) -> None:
        ada, blaise, chloe = enrolments
        batch = [entry(test_1, ada, "12,5"), entry(test_1, blaise, "ABI"), entry(test_1, chloe, "")]

        act = record_marks(module=module, entries=batch, by=teacher)

        assert act is not None
        assert (act.module, act.kind, act.by) == (module, Act.Kind.FORM, teacher)
        assert marks(test_1) == {ada.pk: ("12,50", 1), blaise.pk: ("ABI", 1)}
        assert sorted(
            act.changes.values_list(
                "version", "before_hundredths", "before_reason", "after_hundredths", "after_reason"
            ),
            key=str,
        ) == [(1, None, "", 1250, ""), (1, None, "", None, "ABI")]
        told = JournalEntry.objects.get(action="marks_recorded")
        assert (told.by, told.formation, told.after) == (teacher, module.maquette.formation, {"marks": 2})

    def test_a_correction_and_a_clearing_keep_what_was_there(
        self, module: Module, test_1: Evaluation, enrolments: list[Enrolment], teacher: User
    ) -> None:
        ada = enrolments[0]
        for seen, text in enumerate(["12,5", "ABJ", ""]):
            record_marks(module=module, entries=[entry(test_1, ada, text, seen)], by=teacher)

        assert marks(test_1) == {ada.pk: ("", 3)}
        history = MarkChange.objects.order_by("version").values_list(
            "version", "before_hundredths", "before_reason", "after_hundredths", "after_reason"
        )
        assert list(history) == [(1, None, "", 1250, ""), (2, 1250, "", None, "ABJ"), (3, None, "ABJ", None, "")]

    def test_a_mark_seen_too_long_ago_is_refused_with_the_one_in_force(
        self, module: Module, test_1: Evaluation, enrolments: list[Enrolment], teacher: User
    ) -> None:
        ada, blaise, _ = enrolments
        record_marks(module=module, entries=[entry(test_1, ada, "12")], by=teacher)

        with pytest.raises(StaleMark) as stale:
            record_marks(module=module, entries=[entry(test_1, ada, "13"), entry(test_1, blaise, "9")], by=None)

        assert stale.value.current == {(test_1.pk, ada.pk): InForce(1, MarkValue(1200))}
        assert marks(test_1) == {ada.pk: ("12,00", 1)}
        assert Act.objects.count() == 1

    def test_the_same_form_sent_twice_changes_nothing(
        self, module: Module, test_1: Evaluation, enrolments: list[Enrolment], teacher: User
    ) -> None:
        batch = [entry(test_1, enrolments[0], "12")]
        assert record_marks(module=module, entries=batch, by=teacher)
        assert record_marks(module=module, entries=batch, by=teacher) is None
        assert marks(test_1) == {enrolments[0].pk: ("12,00", 1)}
        assert (Act.objects.count(), JournalEntry.objects.count()) == (1, 1)

    def test_a_version_of_a_mark_that_is_not_there_is_stale(
        self, module: Module, test_1: Evaluation, enrolments: list[Enrolment], teacher: User
    ) -> None:
        with pytest.raises(StaleMark) as stale:
            record_marks(module=module, entries=[entry(test_1, enrolments[0], "12", seen=4)], by=teacher)
        assert stale.value.current == {(test_1.pk, enrolments[0].pk): InForce()}

    def test_one_refusal_refuses_all(
        self, module: Module, test_1: Evaluation, enrolments: list[Enrolment], teacher: User
    ) -> None:
        ada, blaise, _ = enrolments
        with pytest.raises(MarksRefused) as refused:
            record_marks(module=module, entries=[entry(test_1, ada, "12"), entry(test_1, blaise, "25")], by=teacher)
        assert refused.value.refusals == {(test_1.pk, blaise.pk): "25,00 est au-dessus du barème (20)."}
        assert not Mark.objects.exists()
        assert not Act.objects.exists()
        assert not JournalEntry.objects.exists()

    def test_the_top_of_the_scale_is_a_mark(self, module: Module, enrolments: list[Enrolment], teacher: User) -> None:
        out_of_ten = factories.evaluation(module=module, scale="10.5")
        record_marks(module=module, entries=[entry(out_of_ten, enrolments[0], "10,5")], by=teacher)
        with pytest.raises(MarksRefused, match=r"10,51 est au-dessus du barème \(10,5\)\."):
            record_marks(module=module, entries=[entry(out_of_ten, enrolments[1], "10,51")], by=teacher)

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            pytest.param(
                lambda w: {"value": MarkValue(1200, "ABI")},
                "Une note est une valeur ou un motif, jamais les deux.",
                id="both",
            ),
            pytest.param(
                lambda w: {"value": MarkValue(reason="ABS")},
                "«\xa0ABS\xa0» n’est pas un motif (attendu\xa0: ABI, ABJ, DIS ou ATT).",
                id="unknown reason",
            ),
            pytest.param(lambda w: {"value": MarkValue(-1)}, "Une note n’est jamais négative.", id="negative"),
            pytest.param(
                lambda w: {"evaluation_id": factories.evaluation(module=factories.module("R1.02")).pk},
                "Cette évaluation n’est pas de ce module.",
                id="another module",
            ),
            pytest.param(
                lambda w: {"evaluation_id": factories.evaluation(module=w.module, label="DS9", state="brouillon").pk},
                "L’évaluation DS9 est à l’état «\xa0brouillon\xa0»\xa0: ses notes ne changent pas.",
                id="draft",
            ),
            pytest.param(
                lambda w: {
                    "evaluation_id": factories.evaluation(module=w.module, label="DS9", state="verrouillee").pk
                },
                "L’évaluation DS9 est à l’état «\xa0verrouillée\xa0»\xa0: ses notes ne changent pas.",
                id="locked",
            ),
            pytest.param(
                lambda w: {"enrolment_id": factories.enrolment(plan=factories.plan(2)).pk},
                "L’évaluation DS1 ne concerne pas cet étudiant.",
                id="another Plan",
            ),
            pytest.param(
                lambda w: {
                    "evaluation_id": factories.evaluation(
                        module=w.module, label="DS9", groups=[factories.group("TD2")]
                    ).pk
                },
                "L’évaluation DS9 ne concerne pas cet étudiant.",
                id="another group",
            ),
        ],
    )
    def test_each_refusal_has_its_sentence(
        self,
        module: Module,
        test_1: Evaluation,
        enrolments: list[Enrolment],
        change: Callable[[SimpleNamespace], dict[str, object]],
        sentence: str,
    ) -> None:
        fields = {"evaluation_id": test_1.pk, "enrolment_id": enrolments[0].pk, "value": MarkValue(1000)}
        wrong = Entry(**fields | change(SimpleNamespace(module=module)))  # type: ignore[arg-type]
        with pytest.raises(MarksRefused) as refused:
            record_marks(module=module, entries=[wrong], by=None)
        assert refused.value.refusals == {wrong.key: sentence}

    def test_a_mark_given_twice_is_refused(
        self, module: Module, test_1: Evaluation, enrolments: list[Enrolment]
    ) -> None:
        twice = [entry(test_1, enrolments[0], "12"), entry(test_1, enrolments[0], "13")]
        with pytest.raises(MarksRefused, match=r"^Cette note est donnée deux fois\.$"):
            record_marks(module=module, entries=twice, by=None)

    def test_a_student_of_the_group_is_concerned(self, module: Module, enrolments: list[Enrolment]) -> None:
        group = factories.group("TD1")
        enrolments[0].groups.add(group, factories.group("TP1"))
        reserved = factories.evaluation(module=module, groups=[group, factories.group("TD2")])
        record_marks(module=module, entries=[entry(reserved, enrolments[0], "12")], by=None)
        assert marks(reserved) == {enrolments[0].pk: ("12,00", 1)}

    def test_a_mark_got_before_changing_groups_is_still_corrected(
        self, module: Module, enrolments: list[Enrolment]
    ) -> None:
        reserved = factories.evaluation(module=module, groups=[factories.group("TD1")])
        factories.mark("12", evaluation=reserved, enrolment=enrolments[0])
        record_marks(module=module, entries=[entry(reserved, enrolments[0], "13", seen=1)], by=None)
        assert marks(reserved) == {enrolments[0].pk: ("13,00", 2)}

    def test_a_published_evaluation_is_still_corrected(self, module: Module, enrolments: list[Enrolment]) -> None:
        published = factories.evaluation(module=module, state="publiee")
        record_marks(module=module, entries=[entry(published, enrolments[0], "12")], by=None)
        assert marks(published)

    def test_queries_do_not_grow_with_marks(
        self, module: Module, test_1: Evaluation, enrolments: list[Enrolment]
    ) -> None:
        def record(some: list[Enrolment], text: str) -> Callable[[], object]:
            return lambda: record_marks(module=module, entries=[entry(test_1, each, text) for each in some], by=None)

        assert module.maquette.formation is not None  # loaded once, whoever asks first
        two = queries(record(enrolments[:2], "12"))
        others = [factories.enrolment(plan=enrolments[0].plan) for _ in range(6)]
        assert queries(record(others, "12")) == two
        savepoint = 2
        assert queries(record(enrolments[2:], "12")) == 5 + savepoint
        correction = [entry(test_1, enrolments[0], "13", seen=1)]
        assert queries(lambda: record_marks(module=module, entries=correction, by=None)) == 5 + savepoint


class TestCreateEvaluation:
    def test_it_comes_last_and_is_open(self, module: Module, test_1: Evaluation, teacher: User) -> None:
        group = factories.group("TD1")
        made = create_evaluation(
            module=module,
            label=" DS2 ",
            held_on=date(2025, 12, 7),
            scale="10",
            weight="0.25",
            ue_weights={"UE1.1": "0.5"},
            groups=[group],
            by=teacher,
        )
        made.refresh_from_db()
        assert (made.position, made.label, made.state) == (test_1.position + 1, "DS2", Evaluation.State.ENTRY)
        assert (made.scale, made.weight, made.ue_weights) == (Decimal(10), Decimal("0.25"), {"UE1.1": "0.5"})
        assert list(made.groups.all()) == [group]
        assert JournalEntry.objects.get().action == "evaluation_created"

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"scale": "0"}, "Le barème est un nombre décimal strictement positif."),
            ({"weight": "-1"}, "«\xa0-1\xa0» n’est pas un nombre positif d’au plus 12 chiffres (attendu\xa0: 0,50)."),
            ({"label": " "}, "Ce champ ne peut pas être vide."),
            ({"ue_weights": {"UE9.9": "1"}}, "R1.01 n’est dans aucun tableau qui a l’UE UE9.9."),
            (
                {"ue_weights": {"UE1.1": "x"}},
                "«\xa0x\xa0» n’est pas un nombre positif d’au plus 12 chiffres (attendu\xa0: 0,50).",
            ),
        ],
    )
    def test_what_is_wrong_is_said(self, module: Module, fields: dict[str, object], sentence: str) -> None:
        with pytest.raises(ValidationError) as refused:
            create_evaluation(**{"module": module, "label": "DS", "by": None} | fields)  # type: ignore[arg-type]
        assert refused.value.messages == [sentence]
        assert not Evaluation.objects.exists()

    def test_a_group_of_another_formation_or_year_is_refused(self, module: Module) -> None:
        for group in (
            factories.group("TD1", formation=factories.formation("GMP")),
            factories.group("TD1", academic_year="2020-2021"),
        ):
            with pytest.raises(ValidationError, match=r"Le groupe TD1 n’est pas de cette formation cette année\."):
                create_evaluation(module=module, label="DS", groups=[group], by=None)


class TestSetPlacement:
    def test_it_is_set_then_changed(self, module: Module, enrolments: list[Enrolment], teacher: User) -> None:
        for company, completed in [("Ateliers Fictifs", False), ("Ateliers Fictifs", True)]:
            set_placement(enrolment=enrolments[0], module=module, company=company, completed=completed, by=teacher)
        placement = Placement.objects.get()
        assert (placement.company, placement.completed) == ("Ateliers Fictifs", True)
        told = JournalEntry.objects.order_by("pk").values_list("before__completed", "after__completed")
        assert list(told) == [(None, False), (False, True)]

    def test_a_stage_that_ends_before_it_starts_is_refused(self, module: Module, enrolments: list[Enrolment]) -> None:
        with pytest.raises(ValidationError, match=r"Un stage finit après avoir commencé\."):
            set_placement(
                enrolment=enrolments[0],
                module=module,
                company="Ateliers Fictifs",
                starts_on=date(2026, 4, 1),
                ends_on=date(2026, 3, 1),
                completed=False,
                by=None,
            )

    def test_a_module_that_the_student_does_not_follow_is_refused(self, enrolments: list[Enrolment]) -> None:
        with pytest.raises(ValidationError, match=rf"{enrolments[0].student} ne suit pas R2\.01\."):
            set_placement(
                enrolment=enrolments[0],
                module=factories.module("R2.01", semester=2),
                company="Ateliers Fictifs",
                completed=True,
                by=None,
            )


class TestSetAdjustment:
    def test_it_is_set_then_changed(self, enrolments: list[Enrolment], teacher: User) -> None:
        ue = enrolments[0].plan.ues.get(code="UE1.1")
        for points in ("0.30", "0"):
            set_adjustment(enrolment=enrolments[0], ue=ue, kind="bonus", points=points, reason="Sport", by=teacher)
        assert Adjustment.objects.get().points == 0
        last = JournalEntry.objects.order_by("pk").last()
        assert last is not None
        assert (last.before, last.after) == ({"points": "0.30", "reason": "Sport"}, {"points": "0", "reason": "Sport"})

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"points": "-1"}, "n’est pas un nombre positif"),
            ({"reason": " "}, "Ce champ ne peut pas être vide."),
            ({"kind": "cadeau"}, "n’est pas un choix valide"),
        ],
    )
    def test_what_is_wrong_is_said(self, enrolments: list[Enrolment], fields: dict[str, str], sentence: str) -> None:
        ue = enrolments[0].plan.ues.get(code="UE1.1")
        given = {"kind": "malus", "points": "0.5", "reason": "Absences"} | fields
        with pytest.raises(ValidationError, match=sentence):
            set_adjustment(enrolment=enrolments[0], ue=ue, by=None, **given)
        assert not Adjustment.objects.exists()

    def test_a_ue_of_another_plan_is_refused(self, enrolments: list[Enrolment]) -> None:
        ue = factories.plan(2).ues.get(code="UE2.1")
        with pytest.raises(ValidationError, match=r"ne suit pas l’UE UE2\.1 de ce tableau\."):
            set_adjustment(enrolment=enrolments[0], ue=ue, kind="bonus", points="1", reason="Sport", by=None)
