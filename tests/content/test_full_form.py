"""What every module holds at least. The first and the last have a form of their own and are left out."""
from __future__ import annotations

import re
from collections import Counter

import pytest
from course_content import STEMS, asked, code_cells, headings, markdown, terms_used, words

FULL_FORM = [stem for stem in STEMS if stem not in ("00-start", "17-follow-up")]
ROOMS = [
    r"Learning outcomes", r"Icebreakers?", r"Key issues", r"Case stud(y|ies)", r"Labs?", r"Knowledge check",
    r"Activit(y|ies)", r"Revisit", r"In your country", r"Summary and reading", r"Class plan",
]


@pytest.fixture(params=FULL_FORM)
def stem(request) -> str:
    """Each module of the full form in turn."""
    return request.param


# ---- rooms --------------------------------------------------------------------------------------


def test_all_rooms_are_there_in_their_order(notebook):
    rooms = headings(notebook, 2)
    assert len(rooms) == len(ROOMS), rooms
    for room, pattern in zip(rooms, ROOMS):
        assert re.fullmatch(pattern, room), f"{room!r} stands where {pattern!r} belongs"


def test_every_part_of_the_module_file_is_shown_in_the_notebook(module, notebook):
    code = "\n".join(cell.source for cell in code_cells(notebook))
    shown = ["module.outcomes()", "module.quiz()", "module.country()", "module.plan()"]
    shown += [f'module.icebreaker("{each["id"]}")' for each in module["icebreakers"]]
    for call, part in (("case", "cases"), ("activity", "activities"), ("lab", "labs")):
        shown += [f'module.{call}("{each["id"]}")' for each in module[part]]
    shown += [f'lab.check("{check["id"]}"' for lab in module["labs"] for check in lab["checks"]]
    assert [call for call in shown if call not in code] == []
    assert "module.revisit(" in code


def test_the_class_plan_adds_up_and_visits_rooms_of_the_notebook(module, notebook):
    assert sum(step["minutes"] for step in module["plan"]) == 180
    assert {step["room"] for step in module["plan"]} - set(headings(notebook, 2)) == {"Break"}


def test_the_short_plan_adds_up(module):
    assert sum(step["minutes"] for step in module["plan50"]) == 50


# ---- how much -----------------------------------------------------------------------------------


def test_the_narrative_is_of_a_length_that_a_class_can_read(notebook):
    assert 4000 <= words(markdown(notebook)) <= 7000


def test_there_are_enough_questions_of_enough_kinds(module):
    kinds = Counter(question["kind"] for question in module["questions"])
    assert kinds.total() >= 20
    assert len(kinds) >= 5
    assert len(module["icebreakers"]) >= 2


def test_there_are_enough_beliefs_cases_and_reflections_on_one_s_own_country(module):
    assert len(module["misconceptions"]) >= 6
    assert len(module["cases"]) >= 2
    assert len(module["country"]["form"]) >= 2


def test_there_is_a_lab_with_checked_questions_and_a_figure_to_explore(module, notebook):
    assert max(len(lab["checks"]) for lab in module["labs"]) >= 5
    code = "\n".join(cell.source for cell in code_cells(notebook))
    assert "explore(" in code
    assert len(re.findall(r"\bpicture\(|\bexplore\(|\.to_frame|DataFrame|groupby|table", code)) >= 2


def test_there_are_terms_to_look_up_and_sources_to_read(notebook):
    assert len(terms_used(markdown(notebook))) >= 8
    cited = set(re.findall(r"[\w-]+", " ".join(re.findall(r"\{cite\}`([^`]+)`", markdown(notebook)))))
    assert len(cited) >= 20


def test_treaty_text_is_quoted_where_the_law_is_discussed(notebook):
    assert any("module.provision(" in cell.source for cell in code_cells(notebook))


def test_national_law_or_practice_of_two_traditions_is_quoted_with_its_source_above(notebook):
    """A quotation that is no treaty text stands in a block; the line above it says whose it is."""
    quoted = re.findall(r"\{cite\}`[^`]+`[^\n]*\n\n(?:<div[^\n]*\n\n)?> ", markdown(notebook))
    assert len(quoted) >= 2


# ---- outcomes and activities --------------------------------------------------------------------


def test_outcomes_are_few_and_can_be_observed(module):
    vague = r"(understand|know|learn|appreciate|be aware|be familiar)\b"
    assert 5 <= len(module["outcomes"]) <= 8
    for outcome in module["outcomes"]:
        assert not re.match(vague, outcome["text"], flags=re.I), outcome["text"]


def test_every_outcome_is_served_at_least_twice(module):
    served = Counter(question["outcome"] for _, question in asked(module))
    served.update(each["outcome"] for part in ("labs", "activities") for each in module[part])
    assert [outcome["id"] for outcome in module["outcomes"] if served[outcome["id"]] < 2] == []


def test_every_misconception_is_behind_a_wrong_answer(module):
    """A refutation that no answer can call up teaches nobody."""
    named = set(re.findall(r"'misconception': '([^']+)'", str(module)))
    assert {each["id"] for each in module["misconceptions"]} - named == set()


def test_an_activity_has_roles_and_materials_adds_up_and_ends_with_a_debrief(module):
    for activity in module["activities"]:
        assert sum(step["minutes"] for step in activity["steps"]) == activity["minutes"] <= 40
        assert "debrief" in activity["steps"][-1]["what"].lower()
        assert len(activity["debrief"]) >= 3
        assert len(activity["roles"]) >= 3
        assert activity["materials"]


def test_the_activities_use_at_least_four_modes(module):
    assert len({mode for activity in module["activities"] for mode in activity["modes"]}) >= 4
