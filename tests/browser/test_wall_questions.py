"""A question on the wall: nothing of its answer before the lecturer reveals it, and shows of hands."""
from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.quiz_pages import question
from tests.browser.wall_pages import (
    STEP, jump, number, plans, project, room, said, shown, step_to, title, wall, whole_page, write_wall_page,
)
from tests.widgets.sample_questions import ALL, CHOICE, HOSTILE, KNOWN, MODULE, NUMBER, hostile, hostile_known
from widgets.markup import quiz_html, revisit_html


@pytest.fixture
def open_wall(new_page, tmp_path, serve_folder):
    """A function: project a page with these questions; the first of them is on the wall."""
    pages = []

    def open_it(*questions, body=None, served=True, first="2", frozen=False, **context):
        quiz = quiz_html(questions or [CHOICE], MODULE, "Knowledge check", "quiz", **KNOWN)
        policy = {} if served else {"csp": ""}  # a page opened as a file has no policy
        path = write_wall_page(tmp_path, body or room("Room", quiz) + room("Class plan", plans()), **policy)
        page = new_page(**context)
        if frozen:
            page.clock.install(time=0)
        page.goto(f"{serve_folder(tmp_path)}/{path.name}" if served else path.as_uri())
        page.wait_for_function("document.querySelector('[data-ready]')")
        project(page)
        if frozen:
            page.clock.pause_at(3_600_000)
        jump(page, first)
        if wall(page).get_attribute("data-kind") == "room":
            page.keyboard.press("PageDown")
        pages.append(page)
        return page

    yield open_it
    for page in pages:
        assert page.errors == []
        assert page.other_hosts == []


def steps(page) -> list[tuple[str, str]]:
    """Go through a question with the key of a clicker: each step and all that is read at it."""
    here, found = number(page), []
    for _ in range(40):
        if number(page) != here:
            return found
        found.append((page.locator(".course-wall-body").evaluate(STEP), shown(page)))
        page.keyboard.press("ArrowRight")
        if number(page) == here and page.locator(".course-wall-body").inner_text() == found[-1][1]:
            page.keyboard.press("PageDown")  # a field that counts keeps the arrows
    raise AssertionError("the question does not end")


def counts(page, *hands: int) -> None:
    """Type a count for each option, by keyboard alone."""
    for place, count in enumerate(hands):
        expect(page.locator(".course-wall-hidden").nth(place)).to_be_focused()
        page.keyboard.type(str(count))
        if place < len(hands) - 1:
            page.keyboard.press("Enter")


# What must not be read before its step, and what is read at it.
REVEALED = {
    "group": ("As Article 2 says.", ["A pair can conspire", "No number that high"], "for some time, for"),
    "reasons": ("Secrecy is part of it.", ["Article 2 does."], "Two different gaps."),
    "victims": ("About 2,000.", ["These are all who are known."], "400 × 300 / 60."),
    "city": ("On Sicily.", ["Rome is the Court's statute."], "In December 2000."),
    "measures": ("One unit is a person.", [], "Three components."),
    "stages": ("First the cash goes in.", [], "In, around, out."),
}


@pytest.mark.parametrize("id", REVEALED)
def test_a_question_withholds_answer_reasons_hint_and_source_until_they_are_revealed(open_wall, id):
    asked = next(each for each in ALL if each.id == id)
    page = open_wall(asked)
    right, wrong, explanation = REVEALED[id]
    found = steps(page)
    names = [name for name, _ in found]
    first_right = names.index("right")
    for name, text in found[:first_right]:
        for secret in (right, explanation, "Source", "✓ Right", *wrong):
            assert secret not in text, (name, secret)
    assert all(asked.hint not in text for _, text in found if asked.hint)
    assert right in found[first_right][1]
    tempting = [text for name, text in found if name == "why"]
    assert len(tempting) == len(wrong)
    for words, text in zip(wrong, tempting, strict=True):
        assert words in text
    assert explanation in found[-1][1]


def test_the_steps_of_a_choice_stand_in_the_order_in_which_a_class_needs_them(open_wall):
    found = steps(open_wall(CHOICE))
    assert [name for name, _ in found] == ["ask", "options", "vote", "right", "why", "why", "end"]
    assert "Two or more" not in found[0][1]
    assert "Two or more" in found[1][1]
    assert "A common belief: Police figures show all crime." in found[4][1]


def test_what_has_no_right_answer_ends_with_its_explanation(open_wall):
    scale, labelled, reflection = ALL[6:]
    page = open_wall(scale, labelled, reflection)
    assert [name for name, _ in steps(page)] == ["ask", "options", "vote", "end"]
    assert [name for name, _ in steps(page)] == ["ask", "options", "vote"]
    assert [name for name, _ in steps(page)] == ["ask", "end"]


def test_going_back_takes_an_answer_off_the_wall_again(open_wall):
    page = open_wall(CHOICE)
    step_to(page, "right")
    page.keyboard.press("PageUp")
    assert "As Article 2 says." not in shown(page)


def test_counts_are_typed_hidden_and_shown_when_the_vote_is_closed(open_wall):
    page = open_wall(CHOICE)
    step_to(page, "vote")
    counts(page, 4, 12, 3)
    fields = page.locator(".course-wall-hidden")
    assert fields.first.evaluate("field => getComputedStyle(field).color") == "rgba(0, 0, 0, 0)"
    assert page.locator(".course-wall-bar").count() == 0
    assert "12" not in shown(page)
    page.locator("[data-present]").fill("20")
    expect(page.locator(".course-wall-total")).to_have_text("Voted: 19 of 20 present")
    page.keyboard.press("PageDown")
    assert [text.split("\n") for text in page.locator(".course-wall-hands").all_inner_texts()] == [
        ["4 (21 %)"], ["12 (63 %)"], ["3 (16 %)"]]
    assert "As Article 2 says." not in shown(page)
    assert "Voted: 19 of 20 present" in shown(page)


def test_enter_in_the_last_field_closes_the_vote(open_wall):
    page = open_wall(CHOICE)
    step_to(page, "vote")
    counts(page, 1, 2, 3)
    page.keyboard.press("Enter")
    assert page.locator(".course-wall-body").evaluate(STEP) == "closed"


def test_counts_can_be_tapped(open_wall):
    page = open_wall(CHOICE, has_touch=True, viewport={"width": 390, "height": 844})
    step_to(page, "vote")
    more = page.get_by_role("button", name="One hand more for B: Three or more")
    box = more.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    for _ in range(3):
        more.tap()
    page.get_by_role("button", name="One hand less for B: Three or more").tap()
    page.get_by_role("button", name="One hand less for A: Two or more").tap()
    page.get_by_role("button", name="Close the vote").tap()
    assert page.locator(".course-wall-hands").all_inner_texts() == ["0 (0 %)", "2 (100 %)", "0 (0 %)"]


def test_more_hands_than_people_is_said_in_words(open_wall):
    page = open_wall(CHOICE)
    step_to(page, "vote")
    page.locator("[data-present]").fill("5")
    page.locator(".course-wall-hidden").first.fill("6")
    expect(page.locator(".course-wall-total")).to_contain_text("more hands than people present")


def test_a_second_vote_keeps_both_side_by_side_and_gives_neighbours_two_minutes(open_wall):
    page = open_wall(CHOICE, frozen=True)
    step_to(page, "vote")
    counts(page, 9, 5, 1)
    page.keyboard.press("PageDown")
    page.keyboard.press("v")
    expect(page.locator(".course-wall-talk")).to_contain_text("2:00")
    assert "9" not in page.locator(".course-wall-options").inner_text()
    assert page.locator(".course-wall-hidden").first.input_value() == "", "the second round begins empty"
    page.clock.run_for(60_000)
    expect(page.locator(".course-wall-talk")).to_contain_text("1:00")
    page.clock.run_for(61_000)
    over = "Second vote. The two minutes are over: everyone decides."
    expect(page.locator(".course-wall-talk")).to_have_text(over)
    assert said(page) == over
    counts(page, 2, 13, 0)
    page.keyboard.press("PageDown")
    rounds = page.locator(".course-wall-option").nth(1).locator(".course-wall-result")
    assert [text.split("\n")[0] for text in rounds.all_inner_texts()] == ["Vote 1", "Vote 2"]
    assert rounds.locator(".course-wall-hands").all_inner_texts() == ["5 (33 %)", "13 (87 %)"]
    page.keyboard.press("PageDown")
    assert "5 (33 %)" in shown(page) and "As Article 2 says." in shown(page)
    page.keyboard.press("v")
    expect(page.locator(".course-wall-note")).to_contain_text("two votes at most")


def test_the_class_can_say_its_own_numbers_and_vote_on_them(open_wall):
    page = open_wall(NUMBER)
    step_to(page, "vote")
    expect(page.locator("[data-collect]")).to_be_focused()
    for guess in ("640", "b.o 2 n?", "2000"):
        page.keyboard.type(guess)
        page.keyboard.press("Enter")
        expect(page.locator("[data-collect]")).to_be_focused()
    assert page.locator(".course-wall-words > span").all_inner_texts() == ["640", "b.o 2 n?", "2000"]
    page.get_by_role("button", name="Remove B: b.o 2 n?").click()
    for place, hands in enumerate(("7", "3")):
        page.locator(".course-wall-hidden").nth(place).fill(hands)
    page.keyboard.press("PageDown")
    assert page.locator(".course-wall-hands").all_inner_texts() == ["7 (70 %)", "3 (30 %)"]


def test_the_answer_to_an_icebreaker_waits_and_its_vote_comes_back_beside_the_new_one(open_wall):
    body = room("Icebreaker", quiz_html([CHOICE], MODULE, "Before you read", "first", **KNOWN)) + room(
        "Revisit", revisit_html(CHOICE, MODULE, "What do you answer now?", "now", **KNOWN))
    page = open_wall(body=body)
    step_to(page, "vote")
    counts(page, 8, 1, 1)
    page.keyboard.press("PageDown")
    assert "The answer waits" in shown(page)
    page.keyboard.press("PageDown")
    assert title(page) == "Revisit"
    page.keyboard.press("PageDown")
    step_to(page, "vote")
    counts(page, 1, 9, 0)
    page.keyboard.press("PageDown")
    rounds = page.locator(".course-wall-option").first.locator(".course-wall-result")
    assert rounds.all_inner_texts() == ["First answer\n8 (80 %)", "Vote 1\n1 (10 %)"]
    page.keyboard.press("PageDown")
    assert "As Article 2 says." in shown(page)


def test_keys_never_steal_typing(open_wall):
    page = open_wall(NUMBER)
    step_to(page, "vote")
    here = number(page)
    page.keyboard.type("b.o?nvhtdf+- 12")
    expect(page.locator("[data-collect]")).to_have_value("b.o?nvhtdf+- 12")
    for key in ("Home", "ArrowRight", "End", "ArrowLeft", "Backspace"):
        page.keyboard.press(key)
    expect(page.locator("[data-collect]")).to_have_value("b.o?nvhtdf+- 2")
    assert number(page) == here
    expect(page.locator(".course-wall-panel")).to_be_hidden()
    page.keyboard.press("PageDown")
    assert page.locator("[data-collect]").count() == 0, "a clicker goes on even from a field"


def test_where_hands_are_counted_a_letter_is_a_command_and_a_digit_a_count(open_wall):
    page = open_wall(CHOICE)
    step_to(page, "vote")
    page.keyboard.press("t")
    assert "Paused" not in clock(page)
    page.keyboard.press("b")
    expect(page.locator(".course-wall-black")).to_be_visible()
    page.keyboard.press("b")
    field = page.locator(".course-wall-hidden").first
    expect(field).to_have_value("")
    field.focus()
    page.keyboard.type("12")
    expect(field).to_have_value("12")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    expect(page.locator(".course-wall-counted").first).to_have_text("not counted yet")


def test_the_hint_comes_when_it_is_asked_for(open_wall):
    page = open_wall(CHOICE)
    page.keyboard.press("h")
    expect(page.locator(".course-wall-hint")).to_contain_text("Count the persons in Article 2.")
    page.keyboard.press("h")
    expect(page.locator(".course-wall-hint")).to_have_count(0)


def test_votes_are_no_learners_record_and_go_when_they_are_told_to(open_wall):
    page = open_wall(CHOICE)
    before = page.evaluate("JSON.stringify(localStorage)")
    step_to(page, "vote")
    counts(page, 1, 2, 3)
    page.keyboard.press("PageDown")
    assert page.evaluate("JSON.stringify(localStorage)") == before
    page.keyboard.press("?")
    page.get_by_role("button", name="Forget all counts").click()
    assert '"tallies":{}' in page.evaluate("Object.values(sessionStorage).join()")
    jump(page, "2")
    step_to(page, "vote")
    assert page.locator(".course-wall-hidden").first.input_value() == ""


def test_what_the_lecturer_answered_on_the_page_is_not_on_the_wall(open_wall):
    page = open_wall(CHOICE, ALL[5])
    page.keyboard.press("Escape")
    choice = question(page, "group")
    choice.get_by_label("Three or more").check()
    choice.get_by_role("button", name="Check").click()
    stages = question(page, "stages")
    right = ["Placement", "Layering", "Integration"]
    for place, name in enumerate(right):
        while name not in stages.locator(".course-item").nth(place).inner_text():
            stages.get_by_role("button", name=f"Move up: {name}").click()
    page.keyboard.press("F8")
    page.keyboard.press("PageDown")
    assert "✓" not in shown(page)
    assert page.locator(".course-wall-body [data-mark], .course-wall-body :checked").count() == 0
    jump(page, "laundering")
    page.keyboard.press("PageDown")
    assert page.locator(".course-wall-words").all_inner_texts() != right


def test_hostile_text_stays_text(open_wall):
    for text in HOSTILE[:6]:
        asked = [hostile(each, text) for each in ALL]
        known = hostile_known(text)
        page = open_wall(body=room("Room", quiz_html(asked, MODULE, "Quiz", "quiz", **known)))
        for _ in range(120):
            if wall(page).get_attribute("data-kind") == "end":
                break
            page.keyboard.press("PageDown")
        assert page.evaluate("window.canary") is None


# ---- the clock ----


def clock(page) -> str:
    return page.locator(".course-wall-clock").inner_text().replace("\n", " ")


def test_the_clock_runs_through_the_plan_pauses_and_warns_in_words(open_wall):
    page = open_wall(CHOICE, frozen=True)
    assert "10:00 left" in clock(page) and "Paused" in clock(page) and "Icebreaker" in clock(page)
    page.keyboard.press("t")
    page.clock.run_for(60_500)
    assert "9:00 left" in clock(page) and "1 of 15 min" in clock(page) and "Paused" not in clock(page)
    page.keyboard.press("t")
    page.clock.run_for(300_000)
    assert "9:00 left" in clock(page) and "Paused" in clock(page)
    page.keyboard.press("t")
    page.clock.run_for(420_000)
    assert "2 min left" in clock(page)
    alarm = page.locator(".course-wall-live").nth(1)
    expect(alarm).to_have_text("2 minutes left: Icebreaker.")
    page.clock.run_for(240_000)
    for words in ("Time is up", "2:00 over", "2 min behind the plan"):
        assert words in clock(page)
    expect(alarm).to_have_text("Time is up: Icebreaker. Next in the plan: Key issues.")
    page.keyboard.press("s")
    assert "Key issues" in clock(page) and "5:00 left" in clock(page)
    page.keyboard.press("s")
    expect(page.locator(".course-wall-note")).to_have_text("The plan has no further step in this direction.")
    page.keyboard.press("Shift+S")
    assert "Time is up" in clock(page)


def test_the_lecturer_chooses_the_plan_and_the_clock_is_on_every_screen(open_wall):
    page = open_wall(CHOICE, first="1")
    page.get_by_role("button", name="Class plan, 50 minutes").press("Enter")
    assert "50:00 left" in clock(page)
    expect(page.get_by_role("button", name="Class plan, 50 minutes")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("PageDown")
        expect(page.locator(".course-wall-clock")).to_be_in_viewport(ratio=1)


def test_without_a_plan_the_clock_counts_up(open_wall):
    page = open_wall(body=room("Room", quiz_html([CHOICE], MODULE, "Quiz", "quiz", **KNOWN)), frozen=True)
    page.keyboard.press("t")
    page.clock.run_for(65_000)
    assert "Time" in clock(page) and "1:05" in clock(page)


# ---- the speaker's window ----


@pytest.mark.parametrize("served", [True, False], ids=["served", "file"])
def test_the_speakers_window_tells_what_the_class_does_not_see(open_wall, served):
    page = open_wall(body=whole_page(), served=served, first="Check yourself")
    with page.expect_popup() as opened:
        page.keyboard.press("n")
    notes = opened.value
    main = notes.locator("main")
    expect(main).to_contain_text("B. Three or more")
    expect(main).to_contain_text("Count the persons in Article 2.")
    expect(main).to_contain_text("Police figures show all crime.")
    expect(main).to_contain_text("Stop at the table.")
    expect(main).to_contain_text("5 min · Key issues")
    expect(main).to_contain_text("Next")
    expect(notes.locator(".course-speaker-next")).to_contain_text("Ten or more")
    if served:
        expect(main.locator("h2").first).to_have_css("color", "rgb(11, 79, 153)")
    here = number(page)
    notes.keyboard.press("PageDown")
    expect(page.locator(".course-wall-options")).to_be_visible()
    assert number(page) == here
    notes.keyboard.press("PageDown")
    page.bring_to_front()
    counts(page, 3, 4, 5)
    expect(main).to_contain_text("1: A 3, B 4, C 5")
    notes.get_by_role("button", name="Next").click()
    expect(page.locator(".course-wall-bar").first).to_be_attached()
    with notes.expect_event("close"):
        page.keyboard.press("Escape")


def test_the_speakers_window_of_a_page_opened_as_a_file_has_its_style(browser, tmp_path):
    """In a context of its own: that of the other tests looks into requests, and so hinders those of files."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(write_wall_page(tmp_path, whole_page(), csp="").as_uri())
    project(page)
    with page.expect_popup() as opened:
        page.keyboard.press("n")
    expect(opened.value.locator("main h2").first).to_have_css("color", "rgb(11, 79, 153)")
    context.close()


def test_the_note_of_a_question_is_the_lecturers_only(open_wall):
    page = open_wall(CHOICE)
    assert "aloud" not in page.content()
    with page.expect_popup() as opened:
        page.keyboard.press("n")
    expect(opened.value.locator("main")).to_contain_text("Count to three aloud.")
    opened.value.close()
    assert not [text for _, text in steps(page) if "aloud" in text]


def test_a_blocked_window_is_said_on_the_wall(open_wall):
    page = open_wall(CHOICE)
    page.evaluate("window.open = () => null")
    page.keyboard.press("n")
    expect(page.locator(".course-wall-note")).to_contain_text("Allow pop-up windows")
