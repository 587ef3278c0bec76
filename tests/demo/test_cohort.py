"""The plot of the demonstration: the numbers of the issue, and careers that hold together."""

from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from jury.demo import cohort
from jury.demo.cohort import ALTERNANCE, Plot, Step, steps, targets


@pytest.fixture(scope="module")
def everything() -> list[Step]:
    return steps()


def test_the_classes_have_the_size_of_a_real_department(everything: list[Step]) -> None:
    sizes = Counter((step.but_year, step.parcours) for step in everything if step.academic_year == "2025-2026")
    assert sizes == {
        (1, ""): 84,
        (2, "OSC"): 40,
        (2, "QMI"): 24,
        (2, "MP"): 14,
        (3, "OSC"): 30,
        (3, "QMI"): 18,
        (3, "MP"): 12,
    }
    third = {step.modality for step in everything if step.but_year == 3}
    second = Counter(step.modality for step in everything if step.but_year == 2)
    assert third == {ALTERNANCE}
    assert second[ALTERNANCE] > 10


def test_people_are_told_apart_and_do_not_exist(everything: list[Step]) -> None:
    people = {step.identity.nip: step.identity for step in everything}.values()
    assert len({person.nip for person in people}) == len({person.ine for person in people}) == len(people)
    assert len({person.email for person in people}) == len(people)
    assert all(person.email.endswith("@example.test") and person.email.isascii() for person in people)
    assert all(person.nip.isdigit() and len(person.nip) == 8 for person in people)
    assert all(len(person.ine) == 11 and person.ine[:9].isdigit() and person.ine[9:].isalpha() for person in people)


def test_the_same_people_come_each_time(everything: list[Step]) -> None:
    assert steps() == everything


def test_a_career_goes_year_after_year(everything: list[Step]) -> None:
    careers = defaultdict(list)
    for step in everything:
        careers[step.identity.nip].append(step)
    for career in careers.values():
        for step, following in pairwise(career):
            again = step.plot == Plot.RED
            assert int(following.academic_year[:4]) == int(step.academic_year[:4]) + 1
            assert following.but_year == step.but_year + (not again)
            assert following.repeating == again
            assert following.parcours == step.parcours or step.but_year == 1
        assert not career[0].repeating
        # Nobody stops in the middle of the story without a reason.
        ends = {Plot.NAR, Plot.RESIGNED, Plot.DEFAULTING}
        assert career[-1].academic_year == cohort.YEARS[-1] or career[-1].plot in ends


def test_the_semester_abroad_is_not_an_apprentice_s(everything: list[Step]) -> None:
    assert [step.modality for step in everything if step.plot == Plot.MOBILITY] == ["FI"]


def test_every_plot_happens(everything: list[Step]) -> None:
    assert {step.plot for step in everything} == set(Plot) == set(cohort.EXPECTED)


@pytest.mark.parametrize("plot", [Plot.ADM, Plot.PASD, Plot.RED, Plot.PAS1NCI], ids=lambda plot: plot.name)
def test_the_averages_tell_the_plot(everything: list[Step], plot: Plot) -> None:
    for step in everything:
        if step.plot != plot:
            continue
        means = [(odd + even) / 2 for odd, even in targets(step, 3 if step.but_year == 1 else 4)]
        reached, low = sum(mean >= 10_000 for mean in means), min(means) < 8_000
        assert {
            Plot.ADM: reached == len(means),
            Plot.PASD: len(means) / 2 < reached < len(means) and not low,
            Plot.RED: reached <= len(means) / 2,
            Plot.PAS1NCI: low and reached == len(means) - 1,
        }[plot], means
