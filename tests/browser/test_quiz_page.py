"""Questions on a page without a kernel: answered, judged, kept, deleted; and readable without a script."""
from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect
from quiz_pages import (
    all_kinds, announced, answer_by_keyboard, button, check, has_focus, icebreaker_and_revisit, outcome,
    question, tab_to, write_page,
)

from tests.widgets import sample_questions as sample
from tests.widgets.sample_questions import ALL, HOSTILE, KNOWN, MODULE
from widgets.bundle import widget_module
from widgets.markup import quiz_html, revisit_html
from widgets.statements import statement, to_line

GRADED = [each.id for each in ALL if each.graded]
STATEMENTS = """() => Object.keys(localStorage).filter((key) => key.includes(":statement:"))
  .map((key) => JSON.parse(localStorage[key]))
  .map((each) => [each.object.id.split(":").pop(),
    each.result.extensions["urn:organized-crime-course:answer"],
    each.result.extensions["urn:organized-crime-course:tries"], each.timestamp])
  .sort((one, other) => (one[3] < other[3] ? -1 : 1)).map((each) => each.slice(0, 3))"""


def statements(page) -> list:
    """What stands in the browser's storage: question, answer, tries."""
    return page.evaluate(STATEMENTS)


def wait_for_script(page):
    expect(page.locator(".course-tools").last).to_be_attached()


# ---- answering ----


@pytest.mark.parametrize("id", GRADED)
def test_every_kind_is_answered_rightly_by_keyboard_alone(quiz_page, id):
    page = quiz_page()
    wait_for_script(page)
    answer_by_keyboard(page, id)
    asked = question(page, id)
    expect(outcome(asked)).to_have_text("✓ Right.")
    expect(announced(asked)).to_contain_text("Right.")
    expect(asked.locator(".course-answer")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('article').dataset.question") == f"{MODULE}/{id}"
    assert [line[0] for line in statements(page)] == [f"{MODULE}/{id}"]


@pytest.mark.parametrize("id", ["trust", "sure", "home"])
def test_what_has_no_right_answer_is_kept_and_not_judged(quiz_page, id):
    page = quiz_page()
    wait_for_script(page)
    answer_by_keyboard(page, id)
    expect(outcome(question(page, id))).to_have_text("✓ Kept. Nothing is right or wrong here.")
    expect(question(page, id).locator(".course-tries")).to_have_text("")
    page.reload()
    expect(outcome(question(page, id))).to_have_text("✓ Kept. Nothing is right or wrong here.")


def test_a_wrong_answer_says_why_names_the_belief_behind_it_and_does_not_give_the_solution_away(quiz_page):
    page = quiz_page()
    asked = question(page, "group")
    asked.get_by_label("Two or more").check()
    check(asked)
    verdict = asked.locator(".course-verdict")
    expect(verdict).to_contain_text("✗ Not right yet.")
    expect(verdict).to_contain_text("A pair can conspire; the Article asks for one more.")
    expect(verdict).to_contain_text("A common belief: Police figures show all crime.")
    expect(verdict.locator("strong", has_text="all")).to_be_visible()
    expect(verdict).not_to_contain_text("As Article 2 says.")
    expect(verdict).not_to_contain_text("Three or more, for some time")
    expect(asked.locator(".course-option", has_text="Two or more")).to_contain_text("✗ not right")
    expect(asked.locator(".course-option", has_text="Three or more")).not_to_contain_text("right")
    ids = page.locator("[id]").evaluate_all("all => all.map((each) => each.id)")
    assert len(ids) == len(set(ids))


def test_a_diagnosed_number_says_the_mistake_it_shows_and_a_right_one_the_explanation(quiz_page):
    page = quiz_page()
    asked = question(page, "victims")
    field = asked.get_by_label("Your answer")
    for typed, says in (("640", "These are all who are known."), ("12", "Look at the overlap."),
                        ("2.050,0", "About 2,000."), ("2 000 victims", "400 × 300 / 60.")):
        field.fill(typed)
        check(asked)
        expect(asked.locator(".course-verdict")).to_contain_text(says)
    expect(asked.locator(".course-tries")).to_have_text("4 tries")


def test_partly_right_says_how_much_and_marks_every_part_in_words(quiz_page):
    page = quiz_page()
    reasons = question(page, "reasons")
    reasons.get_by_label("Offenders hide").check()
    check(reasons)
    expect(outcome(reasons)).to_have_text("◐ Partly right: 50 %.")
    expect(reasons.locator(".course-verdict")).to_contain_text("Victims are silent as well.")
    pairs = question(page, "measures")
    pairs.get_by_label("Suspects").select_option(label="A. Offenders")
    pairs.get_by_label("Purity").select_option(label="C. Proceeds")
    check(pairs)
    expect(outcome(pairs)).to_have_text("◐ Partly right: 50 %.")
    expect(pairs.locator(".course-pair").first).to_contain_text("✓ right")
    expect(pairs.locator(".course-pair").last).to_contain_text("✗ not right")


def test_checking_nothing_says_so_gently_and_is_no_try(quiz_page):
    page = quiz_page()
    wait_for_script(page)
    for each in ALL:
        asked = question(page, each.id)
        submit = asked.locator("button[type=submit]")
        submit.click()
        expect(asked.locator(".course-verdict")).to_contain_text("first.")
        expect(announced(asked)).to_contain_text("first.")
        expect(asked.locator(".course-tries")).to_have_text("")
        assert has_focus(submit)
    assert statements(page) == []


def test_a_slip_of_the_keyboard_in_a_number_is_no_try(quiz_page):
    page = quiz_page()
    asked = question(page, "victims")
    asked.get_by_label("Your answer").fill("about twenty")
    check(asked)
    expect(asked.locator(".course-verdict")).to_contain_text("cannot be read as a number and is not counted")
    assert statements(page) == []
    expect(asked.get_by_label("Your answer")).to_have_value("about twenty")


def test_the_same_verdict_twice_is_announced_twice(quiz_page):
    page = quiz_page()
    asked = question(page, "group")
    asked.get_by_label("Two or more").check()
    live = announced(asked)
    live.evaluate("""live => { window.heard = [];
      const listener = new MutationObserver(() => window.heard.push(live.textContent));
      listener.observe(live, { childList: true }); }""")
    for _ in range(3):
        check(asked)
    page.wait_for_function("window.heard.length === 3")
    assert all(text.startswith("✗ Not right yet.") for text in page.evaluate("window.heard"))
    assert len(set(page.evaluate("window.heard"))) == 3, "each says which try it was"
    empty = question(page, "city")
    for _ in range(2):
        before = announced(empty).text_content()
        check(empty)
        assert announced(empty).text_content() != before


def test_a_changed_answer_takes_the_verdict_away_until_it_is_checked(quiz_page):
    page = quiz_page()
    asked = question(page, "group")
    asked.get_by_label("Two or more").check()
    check(asked)
    asked.get_by_label("Ten or more").check()
    expect(asked.locator(".course-verdict")).to_be_hidden()
    expect(asked.locator(".course-mark")).to_have_count(0)
    asked.get_by_label("Two or more").check()
    expect(outcome(asked)).to_have_text("✗ Not right yet.")
    expect(asked.locator(".course-tries")).to_have_text("1 try")


def test_the_hint_comes_before_the_solution(quiz_page):
    page = quiz_page()
    asked = question(page, "group")
    hint, answer = asked.locator(".course-hint"), asked.locator(".course-answer")
    expect(hint).to_be_visible()
    expect(answer).to_be_hidden()
    asked.get_by_label("Two or more").check()
    check(asked)
    expect(asked.locator(".course-verdict")).to_contain_text("There is a hint below.")
    expect(answer).to_be_hidden()
    hint.locator("summary").click()
    expect(hint).to_contain_text("Count the persons in Article 2.")
    expect(answer).to_be_visible()
    expect(answer).not_to_have_attribute("open", "")
    answer.locator("summary").click()
    expect(answer).to_contain_text("✓ Right: Three or more")
    check(asked)
    assert page.evaluate(f"""() => Object.values(localStorage).filter((line) => line.includes('"hint":true')
      || line.includes('course:hint":true')).length""") == 1


def test_the_solution_is_there_after_one_try_and_where_there_is_a_hint_after_two(quiz_page):
    page = quiz_page()
    city, group = question(page, "city"), question(page, "group")
    city.get_by_label("Your answer").fill("Rome")
    check(city)
    expect(city.locator(".course-verdict")).to_contain_text("Rome is the Court's statute.")
    expect(city.locator(".course-answer")).to_be_visible()
    group.get_by_label("Two or more").check()
    check(group)
    expect(group.locator(".course-answer")).to_be_hidden()
    check(group)
    expect(group.locator(".course-answer")).to_be_visible()


def test_certainty_counts_for_the_first_answer_and_its_score_is_shown(quiz_page):
    page = quiz_page()
    asked, other = question(page, "group"), question(page, "city")
    asked.get_by_label("Two or more").check()
    asked.get_by_label("3, certain").check()
    check(asked)
    says = "You called your first answer certain: −6 for certainty."
    expect(asked.locator(".course-verdict")).to_contain_text(says)
    expect(asked.get_by_label("3, certain")).to_be_hidden()
    asked.get_by_label("Three or more").check()
    check(asked)
    expect(asked.locator(".course-verdict")).to_contain_text("−6 for certainty")
    other.get_by_label("Your answer").fill("Palermo")
    other.get_by_label("2, fairly sure").check()
    check(other)
    expect(other.locator(".course-verdict")).to_contain_text("+2 for certainty")
    expect(page.locator(".course-score")).to_have_text("Answered: 2 of 9 · points: 2 of 6 · certainty: −4")


def test_enter_on_a_certainty_button_keeps_the_focus_in_the_question(quiz_page):
    page = quiz_page()
    asked = question(page, "group")
    asked.get_by_label("Three or more").check()
    asked.get_by_label("1, a guess").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(outcome(asked)).to_have_text("✓ Right.")
    assert has_focus(asked.locator("button[type=submit]"))


def test_items_are_moved_by_keyboard_and_the_place_is_announced(quiz_page):
    page = quiz_page()
    asked = question(page, "stages")
    wait_for_script(page)
    first = asked.locator(".course-item").first
    text = first.locator(".course-words").text_content()
    up, down = (button(asked, f"Move {way}: {text}") for way in ("up", "down"))
    expect(up).to_have_attribute("aria-disabled", "true")
    tab_to(page, down)
    page.keyboard.press("Enter")
    expect(announced(asked)).to_have_text(f"{text}: place 2 of 3.")
    page.keyboard.press("Enter")
    expect(announced(asked)).to_have_text(f"{text}: place 3 of 3.")
    expect(down).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Enter")
    assert has_focus(down), "a button at its end keeps the focus"
    expect(announced(asked)).to_have_text(f"{text}: place 3 of 3.")


# ---- keeping ----


def test_answers_tries_and_verdicts_survive_a_reload(quiz_page):
    page = quiz_page()
    wait_for_script(page)
    for id in GRADED:
        answer_by_keyboard(page, id)
    asked = question(page, "group")
    asked.get_by_label("Ten or more").check()
    check(asked)
    score = "Answered: 6 of 9 · points: 5 of 6"
    expect(page.locator(".course-score")).to_have_text(score)
    page.reload()
    expect(page.locator(".course-score")).to_have_text(score)
    expect(outcome(asked)).to_have_text("✗ Not right yet.")
    expect(asked.locator(".course-tries")).to_have_text("2 tries")
    for id in GRADED[1:]:
        expect(outcome(question(page, id))).to_have_text("✓ Right.")
    expect(question(page, "stages").locator(".course-item").first).to_contain_text("Placement")
    for live in page.locator(".course-live").all():
        expect(live).to_have_text("")


def test_what_was_chosen_or_typed_and_not_checked_survives_a_reload(quiz_page):
    page = quiz_page()
    question(page, "group").get_by_label("Ten or more").check()
    question(page, "group").get_by_label("2, fairly sure").check()
    question(page, "reasons").get_by_label("Victims are silent").check()
    question(page, "home").get_by_label("Your answer").fill("Half a sent")
    question(page, "measures").get_by_label("Purity").select_option(label="B. Products")
    moved = question(page, "stages").locator(".course-item").first.locator(".course-words").text_content()
    button(question(page, "stages"), f"Move down: {moved}").click()
    page.reload()
    expect(question(page, "group").get_by_label("Ten or more")).to_be_checked()
    expect(question(page, "group").get_by_label("2, fairly sure")).to_be_checked()
    expect(question(page, "reasons").get_by_label("Victims are silent")).to_be_checked()
    expect(question(page, "home").get_by_label("Your answer")).to_have_value("Half a sent")
    expect(question(page, "measures").get_by_label("Purity")).to_have_value("goods")
    expect(question(page, "stages").locator(".course-item").nth(1)).to_contain_text(moved)
    assert statements(page) == []


def test_an_unchecked_change_of_a_checked_answer_survives_a_reload(quiz_page):
    page = quiz_page()
    asked = question(page, "home")
    asked.get_by_label("Your answer").fill("First.")
    check(asked)
    asked.get_by_label("Your answer").fill("First. And more")
    page.reload()
    expect(asked.get_by_label("Your answer")).to_have_value("First. And more")
    expect(asked.locator(".course-verdict")).to_be_hidden()


def test_start_again_empties_the_questions_keeps_the_record_and_puts_the_focus_at_the_start(quiz_page):
    page = quiz_page()
    asked = question(page, "group")
    asked.get_by_label("Two or more").check()
    asked.get_by_label("3, certain").check()
    check(asked)
    question(page, "home").get_by_label("Your answer").fill("Unchecked")
    button(page, "Start again").click()
    expect(asked.get_by_label("Two or more")).not_to_be_checked()
    expect(asked.locator(".course-verdict")).to_be_hidden()
    expect(asked.locator(".course-tries")).to_have_text("")
    expect(question(page, "home").get_by_label("Your answer")).to_have_value("")
    expect(page.get_by_role("heading", name="Knowledge check")).to_be_focused()
    expect(page.locator(".course-tools .course-live")).to_have_text("The questions are empty again.")
    assert statements(page) == [[f"{MODULE}/group", "two", 1], [f"{MODULE}/group", None, 0]]
    page.reload()
    expect(page.locator(".course-score")).to_have_text("Answered: 0 of 9 · points: 0 of 6")
    expect(button(page, "Start again")).to_be_hidden()
    asked.get_by_label("Three or more").check()
    check(asked)
    expect(asked.locator(".course-verdict")).to_contain_text("−6 for certainty")
    expect(asked.locator(".course-tries")).to_have_text("1 try")


def test_deleting_asks_first_and_is_done_and_undone_by_keyboard(quiz_page):
    other = quiz_html([sample.SCALE], "90-other", "Other", **KNOWN)
    page = quiz_page(all_kinds() + other)
    answer_by_keyboard(page, "group")
    page.locator('[data-question="90-other/trust"]').get_by_label("3").check()
    check(page.locator('[data-question="90-other/trust"]'))
    tools = page.locator(".course-tools").first
    remove = tools.get_by_text("Delete my answers", exact=True)
    tab_to(page, remove)
    page.keyboard.press("Enter")
    expect(button(tools, "No, keep them")).to_be_focused()
    expect(tools.locator(".course-live")).to_contain_text("This cannot be undone.")
    page.keyboard.press("Escape")
    expect(remove).to_be_focused()
    expect(button(tools, "Yes, delete them")).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(button(tools, "Yes, delete them")).to_be_focused()
    assert len(statements(page)) == 2
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Knowledge check")).to_be_focused()
    expect(tools.locator(".course-live")).to_have_text("Your answers are deleted.")
    expect(remove).to_be_hidden()
    expect(question(page, "group").get_by_label("Three or more")).not_to_be_checked()
    assert statements(page) == [["90-other/trust", 3, 1]]
    page.reload()
    expect(question(page, "group").get_by_label("3, certain")).to_be_visible()


def test_two_tabs_agree_and_neither_loses_what_is_being_typed(quiz_page):
    one = quiz_page()
    two = one.context.new_page()
    two.goto(one.url)
    wait_for_script(two)
    question(two, "home").get_by_label("Your answer").fill("Being typed")
    answer_by_keyboard(one, "group")
    expect(outcome(question(two, "group"))).to_have_text("✓ Right.")
    expect(question(two, "home").get_by_label("Your answer")).to_have_value("Being typed")
    question(one, "home").get_by_label("Your answer").fill("Sent")
    check(question(one, "home"))
    expect(question(two, "home").get_by_label("Your answer")).to_have_value("Being typed")
    button(one, "Start again").click()
    expect(question(two, "group").locator(".course-verdict")).to_be_hidden()


@pytest.mark.parametrize(("block", "says"), [
    ("""Object.defineProperty(window, 'localStorage',
       { get() { throw new DOMException('no', 'SecurityError'); } })""",
     "the browser does not let this page store anything"),
    ("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }",
     "the browser's storage for this site is full"),
], ids=["forbidden", "full"])
def test_without_storage_everything_works_and_one_line_says_that_nothing_is_kept(quiz_page, block, says):
    page = quiz_page()
    page.add_init_script(block)
    page.reload()
    asked = question(page, "group")
    asked.get_by_label("Three or more").check()
    check(asked)
    expect(outcome(asked)).to_have_text("✓ Right.")
    expect(page.locator(".course-problem")).to_contain_text(says)
    expect(page.locator(".course-score")).to_have_text("Answered: 1 of 9 · points: 1 of 6")
    button(page, "Start again").click()
    expect(page.locator(".course-score")).to_have_text("Answered: 0 of 9 · points: 0 of 6")


def test_a_record_of_two_thousand_answers_does_not_slow_the_check(quiz_page):
    """Only far too slow is a failure here; `course.py bench` prints the time."""
    page = quiz_page()
    answer_by_keyboard(page, "group")
    page.evaluate("""() => {
      const key = Object.keys(localStorage).find((each) => each.includes(":statement:"));
      const line = localStorage[key];
      const old = JSON.parse(line).id;
      for (let n = 0; n < 2000; n += 1) {
        const id = old.slice(0, 24) + String(n).padStart(12, "0");
        const other = line.replace(old, id).replace("05-measuring/group", `90-other/q${n}`);
        localStorage[key.replace(old, id)] = other;
      }
    }""")
    page.reload()
    wait_for_script(page)
    spent = page.evaluate("""() => {
      const asked = document.querySelector('[data-question="05-measuring/group"]');
      asked.querySelector('input[value="ten"]').click();
      const start = performance.now();
      asked.querySelector("button[type=submit]").click();
      return performance.now() - start;
    }""")
    expect(outcome(question(page, "group"))).to_have_text("✗ Not right yet.")
    assert spent < 500


# ---- the revisit ----


def test_a_revisit_puts_the_first_answer_beside_the_present_one(quiz_page):
    page = quiz_page(icebreaker_and_revisit())
    first, now = question(page, "victims"), question(page, "victims/revisit")
    compare = now.locator(".course-compare")
    expect(compare).to_contain_text("There is none in your record here.")
    for typed in ("640", "700"):
        first.get_by_label("Your answer").fill(typed)
        check(first)
    expect(compare.locator("dd").first).to_have_text("640 victims")
    expect(compare.locator("dd").last).to_have_text("Not given yet.")
    now.get_by_label("Your answer").fill("2000")
    check(now)
    expect(compare.locator("dd").last).to_have_text("2000 victims")
    expect(first.get_by_label("Your answer")).to_have_value("700")
    page.reload()
    expect(compare).to_have_text("Your first answer640 victimsYour answer now2000 victims")


@pytest.mark.parametrize(("asked", "first", "words"), [
    (sample.CHOICE, "two", "Two or more"),
    (sample.CHOICES, ["hide", "none"], "Offenders hideNothing defines it"),
    (sample.TEXT, "<b>Rome</b>", "<b>Rome</b>"),
    (sample.MATCH, {"contacts": "money"}, "Suspects the police met – Proceeds"),
    (sample.ORDER, ["layer", "place", "integrate"], "LayeringPlacementIntegration"),
    (sample.SCALE, 5, "5 fully"),
    (sample.REFLECTION, "One\nTwo", "One\nTwo"),
], ids=lambda each: getattr(each, "id", None))
def test_the_first_answer_is_told_in_words_for_every_kind(quiz_page, asked, first, words):
    page = quiz_page(revisit_html(asked, MODULE, "Now", **KNOWN))
    said = statement(f"{MODULE}/{asked.id}", asked.kind, first, actor="00000000-0000-4000-8000-000000000002")
    page.evaluate("([id, text]) => { localStorage[`organized-crime-course:statement:${id}`] = text; }",
                  [said["id"], to_line(said)])
    page.reload()
    expect(page.locator(".course-compare dd").first).to_have_text(words)
    assert page.locator(".course-compare b").count() == 0


# ---- where and how a page is opened ----


@pytest.mark.parametrize("options", [{"script": " async"}, {"script": " defer"}, {"script": ""},
                                     {"script": "", "late": True}], ids=["async", "defer", "before", "after"])
@pytest.mark.parametrize("served", [False, True], ids=["file", "http"])
def test_the_script_works_wherever_it_stands_from_a_file_and_from_a_server(quiz_page, options, served):
    page = quiz_page(served=served, **options)
    answer_by_keyboard(page, "group")
    expect(outcome(question(page, "group"))).to_have_text("✓ Right.")


def test_the_script_in_the_page_twice_is_as_good_as_once(quiz_page):
    page = quiz_page(all_kinds() + '<script src="course.js"></script>')
    answer_by_keyboard(page, "group")
    expect(page.locator(".course-tools")).to_have_count(1)
    assert len(statements(page)) == 1


def test_one_damaged_question_leaves_the_rest_of_the_page_working(new_page, tmp_path):
    damaged = quiz_html([sample.SCALE], MODULE, "Damaged", "damaged").replace("data-spec=\"{", "data-spec=\"")
    page = new_page()
    page.goto(write_page(tmp_path, damaged + quiz_html([sample.CHOICE], MODULE, "Sound", **KNOWN)).as_uri())
    answer_by_keyboard(page, "group")
    expect(outcome(question(page, "group"))).to_have_text("✓ Right.")
    expect(page.get_by_role("heading", name="Damaged")).to_be_visible()
    assert len(page.errors) == 1


def test_a_damaged_draft_is_no_hindrance(quiz_page):
    page = quiz_page()
    page.evaluate(f"localStorage['organized-crime-course:draft:{MODULE}/group'] = '{{'")
    page.reload()
    answer_by_keyboard(page, "group")
    expect(outcome(question(page, "group"))).to_have_text("✓ Right.")


# ---- without a script ----


def test_without_a_script_everything_is_there_and_nothing_pretends_to_work(quiz_page):
    page = quiz_page(context={"java_script_enabled": False})
    assert page.get_by_role("button").count() == 0
    for each in ALL:
        asked = question(page, each.id)
        for part in asked.locator("legend, input, select, textarea, summary").all():
            expect(part).to_be_visible()
        for summary in asked.locator("summary").all():
            summary.click()
        for words in asked.locator(".course-answer .course-why").all():
            expect(words).to_be_visible()
    expect(page.locator(".course-unrun")).to_be_hidden()
    question(page, "victims").get_by_label("Your answer").fill("7")
    address = page.url
    page.keyboard.press("Enter")
    assert page.url == address, "Enter in a field must not send the page anywhere"


def test_without_a_script_the_same_question_twice_on_a_page_is_two_questions(quiz_page):
    page = quiz_page(all_kinds() + all_kinds(), context={"java_script_enabled": False})
    twice = page.locator(f'[data-question="{MODULE}/group"]')
    twice.first.get_by_label("Two or more").check()
    twice.last.get_by_label("Ten or more").check()
    expect(twice.first.get_by_label("Two or more")).to_be_checked()


# ---- on paper ----


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_on_paper_stand_the_questions_with_room_to_write_and_then_all_answers(quiz_page, script):
    paper = {"width": 700, "height": 1000}
    page = quiz_page(context={"java_script_enabled": script, "viewport": paper}, theme="dark")
    if script:
        wait_for_script(page)
    page.emulate_media(media="print")
    assert page.locator("button:visible").all_inner_texts() == []
    last_question = max(form.bounding_box()["y"] for form in page.locator(".course-form").all())
    for answer in page.locator(".course-answer, .course-hint").all():
        expect(answer).to_be_visible()
        assert answer.bounding_box()["y"] > last_question
        assert answer.locator(".course-body").bounding_box()["height"] > 10, "the answer itself is printed"
    assert question(page, "home").get_by_role("textbox").bounding_box()["height"] > 120
    for place in (".course-quiz", ".course-misconception", "summary"):
        ink = page.locator(place).first.evaluate("e => getComputedStyle(e).color")
        assert ink == "rgb(0, 0, 0)", "black on white, also where the screen is dark"
    expect(page.get_by_text("not said").first).to_be_hidden()
    assert len(page.pdf(format="A4")) > 10_000


# ---- hostile words ----


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_hostile_words_in_every_field_of_every_kind_stay_words(quiz_page, script):
    text = "".join(HOSTILE)
    questions = [sample.hostile(each, text) for each in ALL]
    known = sample.hostile_known(text)
    body = quiz_html(questions, MODULE, "Title" + text, "quiz", **known)
    body += "".join(revisit_html(each, MODULE, text, **known) for each in questions)
    page = quiz_page(body, csp="", context={"java_script_enabled": script})
    if script:
        wait_for_script(page)
        for each in ALL:
            for asked in page.locator(f'[data-question^="{MODULE}/{each.id}"]').all():
                _answer_somehow(asked)
                expect(asked.locator(".course-verdict")).to_be_visible()
    assert page.locator("script").count() == 1
    forbidden = "img, svg, iframe, style, b, template, [data-bad], [onload], [onerror], [onfocus]"
    assert page.locator(f"main :is({forbidden})").count() == 0
    assert page.locator("main a").count() == 0
    if script:
        assert page.evaluate("window.canary") is None
        page.locator("details").evaluate_all("all => all.forEach((details) => { details.open = true; })")
    expect(page.get_by_text("<script>window.canary = 1</script>").first).to_be_visible()


def _answer_somehow(asked) -> None:
    kind = asked.get_attribute("data-kind")
    if kind in ("choice", "choices", "scale"):
        asked.locator(".course-ask input").first.check()
    elif kind == "match":
        for select in asked.locator("select").all():
            select.select_option(index=3)
    elif kind == "order":
        asked.locator("[data-move=down]").first.click()
    else:
        typed = "7" if kind == "number" else "<img src=x onerror=canary=1>"
        asked.locator(".course-ask :is(input, textarea)").fill(typed)
    check(asked)


# ---- a view that goes away ----


def test_a_thrown_away_view_leaves_nothing_listening(new_page, tmp_path):
    """As a notebook does it: render, throw away, render again."""
    page = new_page()
    page.goto(write_page(tmp_path, "", csp="").as_uri())
    source = widget_module("quiz.js", "renderQuiz")
    left = page.evaluate(
        """async ([source, html]) => {
          const file = new Blob([source], { type: "text/javascript" });
          const { default: widget } = await import(URL.createObjectURL(file));
          const traits = { html, entries: {}, said: [], drafts: {}, problem: "" };
          const heard = [];
          const model = {
            get: (name) => traits[name],
            set: (name, value) => { traits[name] = value; },
            save_changes() {},
            on: (name, act) => heard.push(`${name} ${act}`),
            off: (name, act) => heard.splice(heard.indexOf(`${name} ${act}`), 1),
          };
          const el = document.createElement("div");
          document.body.append(el);
          const counts = [];
          for (let n = 0; n < 3; n += 1) {
            const leave = widget.render({ model, el });
            const field = el.querySelector("input[type=text]");
            counts.push(heard.length);
            leave();
            field.dispatchEvent(new Event("input", { bubbles: true }));
            field.dispatchEvent(new KeyboardEvent("keydown", { key: "d", bubbles: true }));
            counts.push(heard.length);
          }
          const marked = el.querySelectorAll("[data-lm-suppress-shortcuts]");
          return [counts, Object.keys(traits.drafts), marked.length];
        }""",
        [source, quiz_html([sample.NUMBER], MODULE, "Check", **KNOWN)],
    )
    assert left == [[2, 0, 2, 0, 2, 0], [], 0]


def test_the_storage_holds_one_line_for_each_answer_and_nothing_else_of_the_reader(quiz_page):
    page = quiz_page()
    answer_by_keyboard(page, "group")
    keys = page.evaluate("Object.keys(localStorage)")
    assert sorted(key.split(":")[1] for key in keys) == ["actor", "statement"]
    stored = "localStorage[Object.keys(localStorage).find((key) => key.includes('statement'))]"
    line = json.loads(page.evaluate(stored))
    assert line["context"]["platform"] == "page"
