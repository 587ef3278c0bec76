"""Laws of « what do I need? », each checked through the contract's JSON: what is said is what the jury would find."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from grades.averages import Averager, Rounding, UEAverage
from jury.engine.dossier import carried
from jury.engine.marks import read_averages
from jury.engine.needs import TOP, Aim, Coming, Course, Target, term
from jury.engine.regulation import Regulation, override
from jury.engine.strict import plain
from jury.engine.wire import read_dossier
from tests.engine.build import COMPETENCES, Json, recorded, ue, verdict
from tests.engine.draws import RULES, decimal, entries

Marks = Mapping[tuple[int, int], int]
DECIDING = st.fixed_dictionaries(
    {
        "rcue_weights": st.sampled_from(["equal", "ects"]),
        "rcue_from_rounded_ue": st.booleans(),
        "keep_best_unacquired": st.booleans(),
        "progression_counts_validated": st.booleans(),
    }
)
RECORDED = st.sampled_from(
    ["UE1.1 ADM 11.00", "UE1.2 CMP 9.20", "UE2.1 ADJ 7.00", "UE2.2 EQV", "UE1.1 AJ 8.50", "UE2.2 AJ 9.90"]
)
OPEN = (None, "", "ATT")


@dataclass(frozen=True)
class Case:
    """A year under way: the marks of its two semesters as JSON, the dossier without its averages, the règlement."""

    entries: tuple[Json, Json]
    dossier: Json
    regulation: Regulation
    course: Course

    def reaches(self, target: Target, marks: Marks) -> bool:
        """Whether the jury would find a target reached: everything goes through the JSON of the contract."""
        dossier = copy.deepcopy(self.dossier)
        averages: dict[str, UEAverage] = {}
        for semester, entry in enumerate(self.entries, 1):
            averager, sheet = read_averages(filled(entry, semester, marks), self.regulation)
            averages |= {each.code: each for each in averager.averages(sheet)}
        for line in dossier["ues"]:
            if line.get("state") == "pending":
                figure = carried(averages[line["code"]], self.regulation)
                line |= {"average": plain(figure), "state": None} if figure is not None else {}
        if target.aim is Aim.UE and target.name in self.acquired:
            return True
        return found_in(verdict(dossier), target, self.regulation)

    @property
    def acquired(self) -> set[str]:
        return {line["code"] for line in self.dossier["record"] if line["decision"] != "AJ"}

    def at(self, level: int) -> dict[tuple[int, int], int]:
        coming = [each for term in self.course.terms for each in term.coming]
        return {(each.semester, each.position): hundredths(each, level) for each in coming}


def hundredths(coming: Coming, level: int) -> int:
    """A level on 20 on the scale of an evaluation: never worth less."""
    return -(-level * int(coming.evaluation.scale) // 20)


def held(entry: Json) -> list[Json]:
    """The evaluations of an entry in order; a module that has none yet is marked once, on 20."""
    found = []
    for each in entry["modules"]:
        if not each["evaluations"] and each["organised"]:
            each["evaluations"].append({"mark": None})
        found += each["evaluations"]
    return found


def filled(entry: Json, semester: int, marks: Marks) -> Json:
    done = copy.deepcopy(entry)
    for position, evaluation in enumerate(held(done)):
        if (semester, position) in marks:
            assert evaluation["mark"] in OPEN
            evaluation["mark"] = decimal(marks[semester, position])
    for each in done["modules"]:
        if each.get("stage"):
            each["completed"] = True
    return done


def found_in(found: Json, target: Target, regulation: Regulation) -> bool:
    """Read a target in a verdict, as a student would."""
    year = found["year"]["decision"]
    if target.aim is Aim.YEAR:
        return year in ("ADM", "ADJ")
    if target.aim is Aim.PASSAGE:
        return year in ("ADM", "ADJ", "PASD") and found["authorised"] != []
    if target.aim in (Aim.UE, Aim.ACQUIRED):
        line = next(line for line in found["ues"] if line["code"] == target.name)
        return bool(line["ects"] != "0" if target.aim is Aim.ACQUIRED else line["decision"] in ("ADM", "EQV"))
    rcue = next(rcue for rcue in found["rcues"] if target.name == f"{rcue['competence']}/{rcue['level']}")
    valid = rcue["decision"] not in ("AJ", "ATT")
    if target.aim is Aim.RCUE:
        return valid
    excused = valid and regulation.progression_counts_validated
    return excused or (rcue["average"] is not None and Fraction(rcue["average"]) >= 8)


def renamed(entry: Json, semester: int) -> Json:
    """The same marks, in the UEs of a semester."""
    text = json.dumps(entry).replace('"A"', f'"UE{semester}.1"').replace('"B"', f'"UE{semester}.2"')
    found: Json = json.loads(text)
    return found


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rules = draw(RULES)
    raw = [renamed(draw(entries()), semester) | {"but_year": 1} for semester in (1, 2)]
    for entry in raw:
        del entry["regulation"]
    parameters = rules | draw(DECIDING)
    states = {
        (semester, rank): draw(st.sampled_from(["pending"] * 5 + ["12.00", "equivalence", "not_enrolled"]))
        for semester in (1, 2)
        for rank in (1, 2)
    }
    record = {line["code"]: line for line in map(recorded, draw(st.sets(RECORDED, max_size=2)))}
    dossier: Json = {
        "id": "E1",
        "but_year": 1,
        "semesters": [1, 2],
        "ues": [ue(*place, state, draw(st.sampled_from(["6", "9"]))) for place, state in states.items()],
        "record": list(record.values()),
        "regulation": parameters,
    }
    regulation = override(Regulation(), parameters)
    terms = []
    for semester, entry in enumerate(raw, 1):
        ues = [f"UE{semester}.{rank}" for rank in (1, 2) if states[semester, rank] == "pending"]
        read, sheet = read_averages(entry, regulation)
        factor = 100 // read.unit
        marks = [mark * factor if isinstance(mark, int) else mark for mark in sheet.marks]
        averager = Averager(entry["ues"], read.modules, but_year=1, rules=regulation.averaging)
        terms.append(term(semester, ues, averager, replace(sheet, marks=marks)))
    return Case(
        (raw[0], raw[1]), dossier, regulation, Course(tuple(terms), read_dossier(dossier, regulation)[0], regulation)
    )


@st.composite
def questions(draw: st.DrawFn) -> tuple[Case, Target]:
    """A case and a target of it; under `exact` the printed average of a RCUE is not the one compared."""
    case = draw(cases())
    exact = case.regulation.averaging.rounding is Rounding.EXACT
    targets = [Target(aim, f"UE{s}.{n}") for aim in (Aim.UE, Aim.ACQUIRED) for s in (1, 2) for n in (1, 2)]
    targets += [Target(aim, f"{name}/1") for aim in (Aim.RCUE, Aim.MINIMUM)[: 2 - exact] for name in COMPETENCES[:2]]
    return case, draw(st.sampled_from([*targets, Target(Aim.PASSAGE), Target(Aim.YEAR)]))


@settings(max_examples=100, deadline=None)
@given(questions())
def test_the_least_common_level_reaches_and_one_hundredth_less_does_not(question: tuple[Case, Target]) -> None:
    case, target = question
    least = case.course.least(target)
    assert (least is None) == (not case.reaches(target, case.at(TOP)))
    assert (least == 0) == case.reaches(target, case.at(0))
    if least:
        assert case.reaches(target, case.at(least))
        assert not case.reaches(target, case.at(least - 1))


@settings(max_examples=50, deadline=None)
@given(questions(), st.sampled_from([0, 1000, TOP]))
def test_the_least_mark_of_one_evaluation_reaches_and_one_hundredth_less_does_not(
    question: tuple[Case, Target], others: int
) -> None:
    case, target = question
    for coming, least in case.course.alone(target, others):
        place = coming.semester, coming.position

        def reaches(mark: int, place: tuple[int, int] = place) -> bool:
            return case.reaches(target, case.at(others) | {place: mark})

        assert (least is None) == (not reaches(hundredths(coming, TOP)))
        if least is not None:
            assert reaches(least)
            assert least == 0 or not reaches(least - 1)


@settings(max_examples=50, deadline=None)
@given(questions(), st.data())
def test_what_is_not_below_what_was_asked_reaches(question: tuple[Case, Target], data: st.DataObject) -> None:
    case, target = question
    least = case.course.least(target)
    if least is None:
        level, reaches = st.integers(0, TOP), False
    else:
        level, reaches = st.integers(least, TOP), True
    coming = [each for term in case.course.terms for each in term.coming]
    marks = {(each.semester, each.position): hundredths(each, data.draw(level)) for each in coming}
    assert case.reaches(target, marks) is reaches


@settings(max_examples=50, deadline=None)
@given(questions(), st.data())
def test_only_the_evaluations_listed_matter(question: tuple[Case, Target], data: st.DataObject) -> None:
    case, target = question
    level, other = data.draw(st.integers(0, TOP)), data.draw(st.integers(0, TOP))
    listed = {(each.semester, each.position) for each in case.course.coming(target)}
    marks = {place: mark if place in listed else case.at(other)[place] for place, mark in case.at(level).items()}
    assert case.reaches(target, marks) == case.reaches(target, case.at(level))
