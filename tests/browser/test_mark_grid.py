"""The mark grid as teachers use it: keyboard, clipboard, colleague, lost network, crash, phone, no JavaScript."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from grades.models import Evaluation, MarkChange
from tests import factories
from tests.browser.conftest import Enter
from tests.grades.test_pages import marks, url
from tests.world import World, build

pytestmark = pytest.mark.django_db(transaction=True)
STUDENTS = 30


@pytest.fixture
def sheet() -> World:
    """Thirty students more, and four evaluations; Blaise teaches the module as well."""
    world = build()
    for _ in range(STUDENTS):
        factories.enrolment(plan=world.plans[0])
    for _ in range(3):
        factories.evaluation(module=world.module)
    factories.service(teacher=world.blaise, module=world.module)
    return world


def opened(context: BrowserContext, world: World) -> Page:
    page = context.new_page()
    page.goto(url("enter-marks", world.module))
    settled(page)
    return page


def settled(page: Page) -> None:
    """Wait until all that was typed is on the server."""
    expect(page.locator("[data-status]")).to_have_text("✓ Tout est enregistré.")


def box(page: Page, row: int, column: int) -> Locator:
    cell = page.locator("tbody tr").nth(row).locator("td[data-mark]").nth(column)
    return cell.locator("input:not([type=hidden])")


def second(world: World) -> Evaluation:
    return world.module.evaluations.get(position=2)


def test_thirty_students_from_the_keyboard(enter: Enter, sheet: World) -> None:
    page = opened(enter(sheet.ada), sheet)
    box(page, 0, 1).focus()
    for rank in range(STUDENTS):
        page.keyboard.type(f"{rank % 20},5" if rank else "i")
        page.keyboard.press("Enter")
    settled(page)
    expected = ["ABI", *(f"{rank % 20},50" for rank in range(1, STUDENTS))]
    assert sorted(marks(second(sheet)).values()) == sorted(expected)
    expect(box(page, 5, 1)).to_have_value("5,50")
    page.keyboard.press("Control+z")
    settled(page)
    expect(box(page, STUDENTS - 1, 1)).to_have_value("")


def test_a_block_from_the_clipboard(enter: Enter, sheet: World) -> None:
    page = opened(enter(sheet.ada, permissions=["clipboard-read", "clipboard-write"]), sheet)
    lines = ["13.5\tabi\t8\t3,25"] * (STUDENTS - 2) + ["13.5\tabi\tx\t3,25", "13.5\tabi\t8\t99"]
    page.evaluate("text => navigator.clipboard.writeText(text)", "\n".join(lines))
    box(page, 0, 0).focus()
    page.keyboard.press("Control+v")
    settled(page)
    expect(page.locator("[data-state=refused] .said")).to_have_text(
        [re.compile("ni une note ni un motif"), re.compile("au-dessus du barème")]
    )
    values = [list(marks(each).values()) for each in sheet.module.evaluations.order_by("position")]
    assert [column.count(text) for column, text in zip(values, ["13,50", "ABI", "8,00", "3,25"], strict=True)] == [
        *(STUDENTS, STUDENTS),
        *(STUDENTS - 1, STUDENTS - 1),
    ]


def test_two_people_on_one_cell(enter: Enter, sheet: World) -> None:
    mine, theirs = (opened(enter(who), sheet) for who in (sheet.ada, sheet.blaise))
    mine.route("**/depuis/", lambda route: route.abort())  # so that the colleague's mark is not seen in time
    box(theirs, 3, 2).fill("11")
    theirs.keyboard.press("Enter")
    settled(theirs)
    box(mine, 3, 2).fill("12")
    mine.keyboard.press("Enter")
    expect(mine.locator("[data-state=contested] .said")).to_contain_text("Blaise Morel a écrit 11,00")
    mine.get_by_role("button", name="Garder la mienne").click()
    settled(mine)
    expect(box(mine, 3, 2)).to_have_value("12,00")
    expect(box(theirs, 3, 2)).to_have_value("12,00", timeout=15_000)  # without a reload


def test_a_lost_network(enter: Enter, sheet: World) -> None:
    context = enter(sheet.ada)
    page = opened(context, sheet)
    context.set_offline(True)
    box(page, 0, 1).focus()
    for text in ("17", "18"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    expect(page.locator("[data-status]")).to_contain_text("2\xa0notes en attente")
    assert marks(second(sheet)) == {}
    context.set_offline(False)
    settled(page)
    assert sorted(marks(second(sheet)).values()) == ["17,00", "18,00"]
    assert MarkChange.objects.count() == 2


def test_a_crash(enter: Enter, sheet: World) -> None:
    context = enter(sheet.ada)
    page = opened(context, sheet)
    context.set_offline(True)
    box(page, 0, 1).focus()
    page.keyboard.type("17")
    page.keyboard.press("Enter")
    page.keyboard.type("18")  # and the cell is not left
    left = context.storage_state()
    context.close()
    opened(enter(sheet.blaise, storage_state={**left, "cookies": []}), sheet)  # on the same machine
    again = opened(enter(sheet.ada, storage_state={**left, "cookies": []}), sheet)
    expect(box(again, 1, 1)).to_have_value("18,00")
    assert sorted(marks(second(sheet)).values()) == ["17,00", "18,00"]
    assert list(MarkChange.objects.values_list("act__by", flat=True)) == [sheet.ada.pk] * 2


def test_a_phone(enter: Enter, sheet: World) -> None:
    page = opened(enter(sheet.ada, viewport={"width": 360, "height": 740}), sheet)
    expect(page).to_have_url(re.compile("evaluation="))
    settled(page)
    expect(page.locator("tbody tr").first.locator("td[data-mark]")).to_have_count(1)
    expect(box(page, 0, 0)).to_have_attribute("inputmode", "decimal")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_javascript(enter: Enter, sheet: World) -> None:
    page = enter(sheet.ada, java_script_enabled=False).new_page()
    page.goto(url("enter-marks", sheet.module))
    box(page, 0, 1).fill("14")
    page.get_by_role("button", name="Enregistrer les notes").click()
    expect(box(page, 0, 1)).to_have_value("14,00")
    assert list(marks(second(sheet)).values()) == ["14,00"]


def test_nothing_stands_in_the_way_of_a_screen_reader(enter: Enter, sheet: World) -> None:
    page = opened(enter(sheet.ada), sheet)
    box(page, 0, 1).fill("25")
    page.keyboard.press("Enter")
    expect(page.locator("[data-state=refused]")).to_have_count(1)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.response["violations"] == []
