"""Module files without their key: nothing of it is left, they can be read, and every answer is only recorded."""
from __future__ import annotations

import copy
import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

import widgets.module
from widgets.grading import RECORDED, Verdict, grade
from widgets.items import KINDS, make_module, make_question
from widgets.keys import KEY, each_question, schema_without_key, without_key
from widgets.lab import Lab
from widgets.markup import quiz_html
from widgets.module import Module
from widgets.modulefile import ModuleFileError, read_module, schema
from widgets.quiz import Quiz
from widgets.record import Record

HERE = Path(__file__).parent
VECTORS = json.loads((HERE / "vectors.json").read_text(encoding="utf-8"))
GOOD = YAML(typ="safe", pure=True).load((HERE / "good.yml").read_text(encoding="utf-8"))


def bare(spec: dict) -> dict:
    """A question of the vectors in an edition without answers."""
    module = make_module("m", without_key({"title": "M", "questions": [spec]}))
    return module.questions[0].spec()


def names_in(value) -> set[str]:
    """All keys in a nest of mappings and lists."""
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    return set(value).union(*map(names_in, value.values())) if isinstance(value, dict) else set()


@pytest.fixture
def file(tmp_path):
    """Write a module file, and give its path."""
    def written(data) -> Path:
        path = tmp_path / "05-good.yml"
        with path.open("w", encoding="utf-8") as target:
            YAML(typ="safe", pure=True).dump(data, target)
        return path
    return written


def test_nothing_of_the_key_is_left_in_a_module_file_of_every_kind():
    kinds = set()
    each_question(GOOD, lambda question: kinds.add(question["kind"]))
    assert kinds == set(KINDS)
    asked = {part: entry for part, entry in GOOD.items() if part != "path"}  # `wrong` there weighs, and tells nothing
    left = names_in(without_key(asked))
    assert left & {"feedback", "unchosen", "misconception", "misconceptions", "explanation", "answer", "tolerance",
                   "otherwise", "wrong", "accepted", "normalize", "note", "match"} == set()
    told = {name for names in KEY.values() for name in names}
    assert names_in(asked) - left <= told | {"misconceptions", "belief", "refutation", "value", "plan", "plan50",
                                             "minutes", "room", "what"}


def test_it_is_a_valid_module_file_and_its_questions_are_not_graded(file):
    module = read_module(file(without_key(GOOD)))
    assert not module.graded
    assert [each.id for each in module.every_question()] == [each.id for each in read_module(
        HERE / "good.yml").every_question()]
    assert not any(each.graded for each in module.every_question())


@pytest.mark.parametrize("place, name, value", [
    (("questions", 0, "options", 0), "right", True), (("questions", 0, "options", 0), "feedback", "Yes."),
    (("questions", 0), "explanation", "Because."), ((), "misconceptions", []),
])
def test_a_file_that_says_it_has_no_answers_and_has_one_is_refused(file, place, name, value):
    data = without_key({"title": "T", "outcomes": GOOD["outcomes"], "questions": [
        next(each for each in GOOD["questions"] if each["kind"] == "choice")]})
    assert read_module(file(data))
    part = data
    for step in place:
        part = part[step]
    part[name] = value
    with pytest.raises(ModuleFileError, match=name):
        read_module(file(data))


def test_the_schema_without_a_key_is_a_schema_and_the_other_is_untouched():
    before = copy.deepcopy(schema())
    found = schema_without_key(schema())
    jsonschema.Draft202012Validator.check_schema(found)
    jsonschema.Draft202012Validator(found).validate(without_key(GOOD))
    assert schema() == before


def test_the_order_in_which_items_are_shown_does_not_depend_on_the_right_one():
    spec = next(spec for spec in VECTORS["questions"].values() if spec["kind"] == "order" and len(spec["items"]) > 2)
    turned = {**spec, "items": spec["items"][::-1]}
    assert bare(spec) == bare(turned)
    assert make_question(bare(spec)).shown() == make_question(bare(turned)).shown()


@pytest.mark.parametrize("name", VECTORS["questions"])
def test_what_could_be_judged_is_recorded_and_what_cannot_be_read_is_not(name):
    spec = VECTORS["questions"][name]
    asked = 0
    for vector in VECTORS["grade"]:
        if vector["ask"] == name:
            asked += 1
            judged, found = grade(spec, vector["answer"]), grade(bare(spec), vector["answer"])
            wanted = judged.feedback if judged.right is None else [RECORDED]
            assert found == Verdict(feedback=wanted), vector["why"]
    assert asked


@pytest.mark.parametrize("name", VECTORS["questions"])
def test_the_markup_has_no_answer_and_only_says_that_nothing_is_judged(name):
    spec = {**VECTORS["questions"][name], "hint": "A hint."}
    html = quiz_html([make_question(bare(spec))], module="05-good")
    assert "A hint." in html
    assert "course-answer" not in html and "data-part" not in html


LAB = {"title": "T", "outcomes": [{"id": "o", "text": "Count."}], "labs": [
    {"id": "l", "title": "L", "dataset": "victim_lists", "outcome": "o", "text": "Count.", "checks": [
        {"id": "n", "kind": "number", "text": "How many?", "outcome": "o", "source": "s", "explanation": "E-n",
         "answer": 7, "right": "R-n", "otherwise": "O-n"},
        {"id": "which", "kind": "choice", "text": "Which?", "outcome": "o", "source": "s", "explanation": "E-w",
         "options": [{"id": "a", "text": "A", "feedback": "F-a", "right": True},
                     {"id": "b", "text": "B", "feedback": "F-b"}]}]}]}


def test_a_lab_records_a_value_without_judging_it_and_says_what_it_cannot_read(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_RECORD", str(tmp_path / "record.jsonl"))
    module = make_module("05-good", without_key(LAB))
    lab = Lab(module.labs[0], module, ask=None)
    assert str(lab.check("n", 7)) == str(lab.check("n", 8)) == "· n: recorded. It is not judged here."
    assert str(lab.check("n", 7)) == "· n: recorded. It is not judged here."
    assert str(lab.check("which", "b")).startswith("· which: recorded.")
    assert "cannot be read" in str(lab.check("n", "many")) and "cannot be read" in str(lab.check("which", "c"))
    state = Record(tmp_path / "record.jsonl").state()
    assert {id: (entry["answer"], entry["right"], entry["score"], entry["tries"]) for id, entry in state.items()} \
        == {"05-good/n": (7, None, None, 3), "05-good/which": ("b", None, None, 1)}


def test_a_quiz_keeps_answers_and_counts_no_points():
    record = Record()
    module = make_module("05-good", without_key(LAB))
    record.answered("05-good/which", "choice", "a", grade(module.question("which"), "a"))
    quiz = Quiz(module.labs[0].checks, module="05-good", record=record)
    assert quiz.answers == {"which": "a"} and quiz.score == (0, 0)
    assert quiz.verdicts["which"].right is None
    quiz.close()


def test_the_room_in_your_country_names_the_country_of_the_edition(file, monkeypatch, capsys):
    path = file({"title": "T", "outcomes": GOOD["outcomes"], "country": {
        "name": "Kenya", "text": "Who counts?", "form": [{"id": "who", "kind": "reflection", "text": "Who?"}]}})
    monkeypatch.setattr(widgets.module, "data_folder", lambda: path.parent.parent)
    path.parent.parent.joinpath("modules").mkdir(exist_ok=True)
    path.rename(path.parent.parent / "modules" / "05-good.yml")
    monkeypatch.setattr(widgets.module, "sources", lambda: {"s": "S", "a2001": "A"})
    quiz = Module("05-good").country()
    assert quiz.title == "In your country: Kenya"
    assert "Your country here is Kenya." in capsys.readouterr().out
    quiz.close()
