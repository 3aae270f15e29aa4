"""The item model: eight kinds of question as values, and their plain JSON."""

import dataclasses
import json
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from widgets import items
from widgets.items import KINDS, Item, Number, Order, Reflection, Text, WrongNumber, make_question
from widgets.modulefile import read_module

FILE = read_module(Path(__file__).with_name("good.yml"))


def has_none(value) -> bool:
    if isinstance(value, dict):
        return any(map(has_none, value.values()))
    return value is None or isinstance(value, list) and any(map(has_none, value))


@pytest.mark.parametrize("question", list(FILE.every_question()), ids=lambda each: each.id)
def test_a_spec_is_plain_json_that_gives_the_question_back(question):
    spec = question.spec()
    assert json.loads(json.dumps(spec, allow_nan=False)) == spec
    assert not has_none(spec)
    assert spec["kind"] == question.kind
    assert make_question(spec).spec() == spec
    assert make_question(spec) == dataclasses.replace(question, note=None) or question.kind == "number"


def test_a_spec_has_every_default_filled_in():
    spec = FILE.question("three").spec()
    assert [option["right"] for option in spec["options"]] == [False, True, False]
    assert spec["certainty"] is True
    assert FILE.question("fear").spec()["certainty"] is False
    assert FILE.question("n").spec()["wrong"][0]["tolerance"] == 25
    assert [wrong["tolerance"] for wrong in FILE.question("guess").spec()["wrong"]] == [0.5, 50]
    assert FILE.question("word").spec()["normalize"] == ["case", "space"]
    assert [wrong["value"] for wrong in FILE.question("treaty").spec()["wrong"]] == [["Vienna", "Wien"],
                                                                                     ["New York"]]


def test_the_note_to_the_lecturer_never_gets_into_a_spec():
    assert FILE.question("three").note == "Many say two."
    assert "Many say two." not in json.dumps(FILE.question("three").spec())


def test_the_kinds_are_the_eight_of_the_course():
    assert list(KINDS) == ["choice", "choices", "number", "text", "match", "order", "scale", "reflection"]
    assert [kind for kind, cls in KINDS.items() if not cls.has_key] == ["scale", "reflection"]


@pytest.mark.parametrize("name", items.__all__)
def test_every_class_of_the_model_is_frozen_and_described(name):
    cls = getattr(items, name)
    if dataclasses.is_dataclass(cls):
        assert cls.__dataclass_params__.frozen
        assert ">>>" in cls.__doc__


def test_a_question_cannot_be_changed_by_accident():
    with pytest.raises(dataclasses.FrozenInstanceError):
        FILE.question("three").text = "How many?"


def test_a_whole_number_written_with_a_point_is_a_whole_number():
    scale = make_question({"kind": "scale", "id": "s", "text": "?", "points": 5.0, "low": "a", "high": "b"})
    assert scale.points == 5 and isinstance(scale.points, int)


def test_one_spelling_of_a_wrong_text_may_stand_alone():
    spec = {"kind": "text", "id": "t", "text": "?", "accepted": ["a"], "right": "r", "otherwise": "o",
            "wrong": [{"value": "b", "feedback": "f"}]}
    assert make_question(spec).wrong[0].value == ("b",)
    assert isinstance(make_question(spec), Text)


def test_the_tolerance_of_a_wrong_number_is_its_own_or_that_of_the_question():
    question = Number(id="n", text="?", answer=10, tolerance=2, right="r", otherwise="o", wrong=(
        WrongNumber(value=5, feedback="f"), WrongNumber(value=20, feedback="g", tolerance=0)))
    assert [wrong["tolerance"] for wrong in question.spec()["wrong"]] == [2, 0]


# ---- the order in which items are shown ----------------------------------------------------------

ids = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True)


@given(ids, st.lists(ids, min_size=2, max_size=8, unique=True))
def test_items_are_shown_mixed_always_the_same_way_and_never_in_order(id, order):
    question = Order(id=id, text="?", right="r", otherwise="o",
                     items=tuple(Item(id=each, text=each) for each in order))
    shown = question.shown()
    assert sorted(each.id for each in shown) == sorted(order)
    assert shown != question.items
    assert shown == question.shown() == make_question(question.spec()).shown()


@given(ids, st.lists(ids, min_size=3, max_size=8, unique=True))
def test_the_texts_of_items_do_not_change_the_mix(id, order):
    one, other = (Order(id=id, text="?", right="r", otherwise="o",
                        items=tuple(Item(id=each, text=text) for each in order))
                  for text in "ab")
    assert [each.id for each in one.shown()] == [each.id for each in other.shown()]


# ---- finding a question --------------------------------------------------------------------------


def test_a_question_is_found_in_every_room():
    assert [FILE.question(id).kind for id in ("guess", "lists", "why", "n", "who")] == [
        "number", "choices", "reflection", "number", "reflection"]


@pytest.mark.parametrize(("id", "words"), [
    ("gues", "good has no question `gues`. Mend: did you mean `guess`?"),
    ("zzz", "good has no question `zzz`. Mend: use one of guess, fear, three, lists, treaty, articles, "
        "steps, why, n, who, word, time, goal-count."),
    (None, "good has no question `None`. Mend: use one of"),
])
def test_a_question_that_is_not_there_is_said_with_the_nearest(id, words):
    with pytest.raises(ValueError) as caught:
        FILE.question(id)
    assert str(caught.value).startswith(words)


def test_a_module_without_questions_says_so():
    with pytest.raises(ValueError, match=r"00-start has no question `a`. Mend: use one of \(none\)."):
        items.ModuleFile(name="00-start", title="Start").question("a")


@pytest.mark.parametrize("kind", ["essay", None, "Choice"])
def test_an_unknown_kind_is_refused(kind):
    with pytest.raises(ValueError, match=rf"question `q`: there is no kind `{kind}`"):
        make_question({"id": "q", "kind": kind, "text": "?"})


def test_a_reflection_needs_no_more_than_a_text():
    assert Reflection(id="r", text="Why?").spec() == {"kind": "reflection", "id": "r", "text": "Why?",
                                                      "certainty": False}
