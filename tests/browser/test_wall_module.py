"""Every module page of the built site is projected by keyboard alone, from its first screen to its last."""
from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.site_pages import MODULES, PAGES, each_module, visit
from tests.browser.test_wall_screens import FITS, SMALLEST
from tests.browser.wall_pages import ROOT, STEP, jump, number, project, shown, title, wall
from widgets.modulefile import read_module

PROJECTOR = {"width": 1920, "height": 1080}
OLD_PROJECTOR = {"width": 1024, "height": 768}
PHONE = {"width": 360, "height": 740}
MOST = 2500  # steps of one page
CLASSES = [name for name in MODULES if read_module(ROOT / "data" / "modules" / f"{Path(name).stem}.yml").plan]


def walk(page, look) -> Counter:
    """Press Page Down to the end; look at every step; count the screens by kind."""
    kinds = {}
    for _ in range(MOST):
        kinds[number(page)] = wall(page).get_attribute("data-kind")
        look()
        if kinds[number(page)] == "end":
            return Counter(kinds.values())
        page.keyboard.press("PageDown")
    raise AssertionError(f"{MOST} times Page Down do not reach the end")


@each_module
@pytest.mark.parametrize("view", [PROJECTOR, OLD_PROJECTOR, PHONE], ids=["full hd", "four to three", "phone"])
def test_a_module_is_projected_from_the_first_screen_to_the_last(new_page, site_url, name, view):
    page = new_page(viewport=view, reduced_motion="reduce")
    visit(page, site_url, name)
    questions = page.locator(".course-question").count()
    scrolled = page.evaluate("() => { scrollTo(0, 900); return scrollY; }")
    project(page)

    def look():
        assert page.evaluate(FITS) == [True] * 4, (number(page), title(page))
        if view == PROJECTOR:
            assert page.evaluate(SMALLEST) >= 28, (number(page), title(page))

    kinds = walk(page, look)
    assert kinds["question"] == questions
    assert kinds["title"] == kinds["end"] == 1
    assert name not in CLASSES or kinds["room"] >= 4 and kinds["part"] >= 4
    page.keyboard.press("Escape")
    assert page.evaluate("scrollY") == scrolled
    assert (page.errors, page.other_hosts) == ([], [])


@pytest.mark.parametrize("name", CLASSES)
def test_the_clock_has_both_plans_of_the_module(new_page, site_url, name):
    page = new_page(viewport=PROJECTOR)
    visit(page, site_url, name)
    project(page)
    plans = page.locator("[data-plan]")
    assert plans.all_inner_texts() == ["Class plan, 180 minutes", "Class plan, 50 minutes"]
    expect(page.locator(".course-wall-clock")).to_contain_text("of 180 min")


@each_module
def test_a_question_shows_no_answer_before_its_time(new_page, site_url, name):
    """Each question, up to the vote: nothing of what stands behind its disclosures."""
    page = new_page(viewport=PROJECTOR)
    visit(page, site_url, name)
    secrets = page.locator(".course-question").evaluate_all("""(articles) => articles.map((article) =>
      [...article.querySelectorAll(".course-why, .course-hint .course-body")].map((each) =>
        each.textContent.trim()).filter((text) => text.length > 25))""")
    project(page)
    place = -1
    for _ in range(MOST):
        if wall(page).get_attribute("data-kind") == "end":
            break
        if wall(page).get_attribute("data-kind") == "question":
            here, place = number(page), place + 1
            body = page.locator(".course-wall-body")
            while number(page) == here and body.evaluate(STEP) in ("ask", "options"):
                text = " ".join(shown(page).split())
                assert not [each for each in secrets[place] if " ".join(each.split()) in text], (place, text)
                page.keyboard.press("ArrowRight")
                if page.locator(".course-wall-why").count():
                    break  # what has no right answer is explained next
            jump(page, str(here + 1))
        else:
            page.keyboard.press("ArrowRight")
    assert place == len(secrets) - 1


@each_module
def test_a_module_is_projected_under_a_strict_policy_and_its_notes_have_a_style(new_page, strict_url, name):
    page = new_page(viewport=PROJECTOR)
    visit(page, strict_url, name)
    project(page)
    expect(wall(page)).to_have_css("position", "fixed")
    with page.expect_popup() as opened:
        page.keyboard.press("n")
    notes = opened.value
    expect(notes.locator("body.course-speaker")).to_have_css("margin-top", "0px")
    expect(notes.locator("main")).to_contain_text("After this module you can:")
    page.wait_for_load_state("networkidle")
    assert (page.errors, page.other_hosts) == ([], [])


def test_a_module_opened_as_a_file_is_projected(new_page, site):
    page = new_page(viewport=PROJECTOR)
    page.goto((site / MODULES[0]).as_uri())
    project(page)
    page.keyboard.press("End")
    assert wall(page).get_attribute("data-kind") == "end"
    assert page.errors == []


def test_once_opened_the_network_may_go(new_page, site_url):
    page = new_page(viewport=PROJECTOR)
    visit(page, site_url, MODULES[-1])
    project(page)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    shut = "(image) => image.complete && image.naturalWidth > 0"
    for _ in range(MOST):
        if wall(page).get_attribute("data-kind") == "end":
            break
        for image in page.locator(".course-wall-body img").all():
            page.wait_for_function(shut, arg=image.element_handle())
        page.keyboard.press("ArrowRight")
        if page.locator(".course-wall-hidden, [data-collect]").count():
            jump(page, str(number(page) + 1))
    assert wall(page).get_attribute("data-kind") == "end"


def test_only_module_pages_offer_to_be_projected(new_page, site):
    for name in PAGES:
        text = (site / name).read_text(encoding="utf-8")
        assert ("data-wall=" in text) == (name in MODULES), name
        assert "wall.css" not in text
