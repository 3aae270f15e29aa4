"""The rule that suggests a path: the vectors, what holds for every path, the record, the text, the file."""
from __future__ import annotations

import json
from pathlib import Path as File

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets import Module
from widgets.datasets import data_folder
from widgets.modulefile import ModuleFileError, read_module
from widgets.path import Path, answers_of, path_text, suggest, titles_in
from widgets.record import Record
from widgets.statements import statement

VECTORS = json.loads(File(__file__).with_name("path_vectors.json").read_text(encoding="utf-8"))
COURSE = read_module(data_folder() / "modules" / "00-start.yml")
RULES = COURSE.path.spec()
STEMS = [each["id"] for each in RULES["modules"]] + [RULES["last"]["id"]]
SOMEONE = "00000000-0000-4000-8000-000000000000"


def vector(name: str) -> dict:
    return next(each for each in VECTORS["paths"] if each["name"] == name)


@pytest.mark.parametrize("each", VECTORS["paths"], ids=lambda each: each["name"])
def test_every_vector_holds(each):
    assert suggest(VECTORS["rules"], each["answers"], each["written"]) == each["path"]


@pytest.mark.parametrize("each", VECTORS["texts"], ids=lambda each: each["of"])
def test_every_text_holds(each):
    path = vector(each["of"])["path"]
    text = path_text(VECTORS["rules"], path, each["titles"], "2026-01-31", each["reasons"])
    assert text.splitlines() == each["text"][:-1] and text.endswith("\n")


# ---- every path of the course's own rule ----------------------------------------------------------

certainties = st.sampled_from([None, 1, 2, 3])
tests = st.fixed_dictionaries({"answer": st.just("x"), "right": st.booleans(), "certainty": certainties})
answers = st.fixed_dictionaries({}, optional={
    "role": st.integers(1, 6).map(lambda answer: {"answer": answer}),
    "time": st.integers(1, 5).map(lambda answer: {"answer": answer}),
    **{goal: st.integers(1, 3).map(lambda answer: {"answer": answer}) for goal in RULES["goals"]},
    **{each["asks"]: tests for each in RULES["modules"]},
})
some_written = st.lists(st.sampled_from(STEMS), unique=True)


@given(answers, some_written)
def test_every_module_is_named_once_and_a_missing_one_is_never_a_step(said, written):
    path = suggest(RULES, said, written)
    steps = [step["module"] for step in path["steps"]]
    if steps or RULES["last"]["id"] not in written:
        assert sorted(steps + path["later"] + path["coming"]) == STEMS
    assert set(path["coming"]) == set(STEMS) - set(written)


@given(answers, some_written)
def test_the_time_is_kept_and_a_module_stands_behind_what_it_builds_on(said, written):
    path = suggest(RULES, said, written)
    steps = [step["module"] for step in path["steps"]]
    hours = sum(step["hours"] for step in path["steps"] if step["module"] != RULES["last"]["id"])
    assert path["budget"] is None or hours <= path["budget"]
    for each in RULES["modules"]:
        for before in each.get("after", ()):
            if each["id"] in steps and before in written:
                assert steps.index(before) < steps.index(each["id"])
    assert all(step["why"] for step in path["steps"])


@given(answers, st.sampled_from(RULES["modules"]))
def test_a_sure_and_wrong_answer_never_moves_its_module_down(said, module):
    written = STEMS[:-1]
    said = {id: value for id, value in said.items() if id != "time"}

    def place(certainty, right):
        test = {"answer": "x", "right": right, "certainty": certainty}
        steps = suggest(RULES, {**said, module["asks"]: test}, written)["steps"]
        return [step["module"] for step in steps].index(module["id"])

    assert place(3, False) <= place(2, False) <= place(1, False) <= place(1, True)


def test_a_sure_and_wrong_answer_moves_every_module_up():
    for each in RULES["modules"][1:]:
        before = suggest(RULES, {}, STEMS)["steps"]
        test = {"answer": "x", "right": False, "certainty": 3}
        after = suggest(RULES, {each["asks"]: test}, STEMS)["steps"]
        place = [[step["module"] for step in steps].index(each["id"]) for steps in (before, after)]
        assert place[1] < place[0] or place[0] == 1, each["id"]


# ---- the record -----------------------------------------------------------------------------------


class Verdict:
    score, misconception = 0, None

    def __init__(self, right):
        self.right = right


def test_the_first_answer_of_the_test_counts_and_the_latest_of_the_form():
    given_first = [
        statement("00-start/time", "scale", 1, actor=SOMEONE),
        statement("00-start/aim", "choice", "violence", Verdict(False), certainty=3, actor=SOMEONE),
        statement("05-measuring/time", "scale", 3, actor=SOMEONE),
        statement("00-start/time", "scale", 4, actor=SOMEONE),
        statement("00-start/aim", "choice", "benefit", Verdict(True), certainty=3, tries=2, actor=SOMEONE),
    ]
    assert answers_of(given_first, "00-start") == {
        "time": {"answer": 4, "certainty": None, "right": None},
        "aim": {"answer": "benefit", "certainty": 3, "right": False},
    }


def test_an_answer_taken_back_leaves_how_the_first_one_was():
    taken_back = [
        statement("00-start/aim", "choice", None, actor=SOMEONE, tries=0),
        statement("00-start/aim", "choice", "violence", Verdict(False), certainty=2, actor=SOMEONE),
        statement("00-start/aim", "choice", None, actor=SOMEONE, tries=0),
    ]
    assert answers_of(taken_back, "00-start") == {"aim": {"answer": None, "certainty": 2, "right": False}}


# ---- in a notebook --------------------------------------------------------------------------------


@pytest.fixture
def answered():
    record = Record()
    record.append(statement("00-start/time", "scale", 1, actor=record.actor()))
    record.append(statement("00-start/recorded", "choice", "doubled", Verdict(False), certainty=3,
                            actor=record.actor()))
    return Path(COURSE, record.statements(), {"05-measuring": "Measuring & more"})


def test_without_answers_the_notebook_says_the_same_whichever_modules_exist():
    none, all_of_them = Path(COURSE, [], {}), Path(COURSE, [], dict.fromkeys(STEMS, "T"))
    assert none.suggestion is None
    assert (repr(none), none._repr_html_()) == (repr(all_of_them), all_of_them._repr_html_())


def test_with_answers_the_notebook_shows_the_path_and_its_reason(answered):
    assert "1. Module 05: Measuring & more (3 hours)" in repr(answered)
    assert "certain of an answer that does not hold" in repr(answered)
    assert "Measuring &amp; more" in answered._repr_html_()
    assert "Measuring & more" not in answered._repr_html_()


def test_the_saved_file_is_the_text_and_the_short_one_tells_no_reason(answered, tmp_path):
    whole = answered.save(tmp_path / "whole.txt").read_text(encoding="utf-8")
    short = answered.save(tmp_path / "short.txt", reasons=False).read_text(encoding="utf-8")
    assert whole == repr(answered)
    assert "Module 05" in short and "Why:" not in short and "certain" not in short


def test_there_is_nothing_to_save_before_an_answer(tmp_path):
    with pytest.raises(ValueError, match="answer some of the questions above"):
        Path(COURSE, [], {}).save(tmp_path / "path.txt")
    assert list(tmp_path.iterdir()) == []


def test_the_table_names_every_module_and_the_number_of_its_question():
    html = Path(COURSE, [], {})._repr_html_()
    for place, each in enumerate(COURSE.questions, 1):
        module = next(one for one in RULES["modules"] if one["asks"] == each.id)
        assert f'<td data-module="{module["id"]}">' in html
        row = html.split(f'<td data-module="{module["id"]}">')[1].split("</tr>")[0]
        assert f"<td>{place}</td>" in row


def test_a_module_without_a_path_says_how_to_add_one():
    with pytest.raises(ValueError, match="05-measuring suggests no path. Mend: add `path`"):
        Module("05-measuring").path()


def test_titles_are_read_from_the_files(tmp_path):
    (tmp_path / "01-a.yml").write_text('# words\ntitle: "One: two"\noutcomes:\n  - id: a\n', encoding="utf-8")
    (tmp_path / "02-b.yml").write_text("title: Plain words \n", encoding="utf-8")
    assert titles_in(tmp_path) == {"01-a": "One: two", "02-b": "Plain words"}


# ---- the module file ------------------------------------------------------------------------------


def problems(tmp_path, old: str, new: str) -> str:
    text = (data_folder() / "modules" / "00-start.yml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "00-start.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ModuleFileError) as caught:
        read_module(path)
    return str(caught.value)


@pytest.mark.parametrize(("old", "new", "said"), [
    ("asks: recorded", "asks: recordet", "there is no question `recordet`. Mend: did you mean `recorded`?"),
    ("after: [09-prosecution]", "after: [09-prosecuting]",
     "there is no module `09-prosecuting`. Mend: did you mean `09-prosecution`?"),
    ("goals: [goal-figures]", "goals: [goal-figure]", "there is no goal `goal-figure`. Mend: did you mean"),
    ("{id: goal-figures, reason", "{id: goal-figurs, reason", "there is no question `goal-figurs`."),
    ("  hours: [3, 9, 18, 36, 50]\n", "", "`hours` is missing."),
    ("{id: 06-causes,", "{id: 05-measuring,", "the id `05-measuring` is there twice"),
])
def test_a_slip_in_the_rule_is_said_with_its_mend(tmp_path, old, new, said):
    assert said in problems(tmp_path, old, new)
