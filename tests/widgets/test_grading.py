"""Grading in Python: the vectors, and what must hold for any answer."""

import json
import math
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from widgets.grading import (NOT_A_NUMBER, Verdict, certainty_score, grade, normalize_text, parse_number,
                             within)
from widgets.items import make_question

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))
QUESTIONS = VECTORS["questions"]


def whole(verdict: dict) -> dict:
    """Fill in what a vector leaves out."""
    filled = {**asdict(Verdict()), **verdict}
    if isinstance(filled["score"], list):
        filled["score"] = filled["score"][0] / filled["score"][1]
    return filled


@pytest.mark.parametrize("vector", VECTORS["grade"], ids=lambda each: f"{each['ask']}: {each['why']}")
def test_an_answer_gets_the_verdict_of_its_vector(vector):
    assert asdict(grade(QUESTIONS[vector["ask"]], vector["answer"])) == whole(vector["verdict"])


@pytest.mark.parametrize("vector", VECTORS["numbers"],
                         ids=lambda each: f"{each['text']} {each.get('unit', '')}")
def test_a_typed_number_has_the_readings_of_its_vector(vector):
    assert parse_number(vector["text"], vector.get("unit")) == [float(each) for each in vector["readings"]]


@pytest.mark.parametrize("vector", VECTORS["texts"], ids=lambda each: ascii(each["text"]))
def test_a_text_is_reduced_as_its_vector_says(vector):
    assert normalize_text(vector["text"], vector["how"]) == vector["is"]


@pytest.mark.parametrize("vector", VECTORS["certainty"], ids=str)
def test_certainty_is_scored_as_its_vector_says(vector):
    assert certainty_score(vector["certainty"], vector["right"]) == vector["score"]


def test_there_are_enough_vectors_and_every_kind_has_some():
    assert len(VECTORS["grade"]) >= 220
    asked = [QUESTIONS[each["ask"]]["kind"] for each in VECTORS["grade"]]
    least = {"choice": 10, "choices": 15, "number": 100, "text": 40, "match": 15, "order": 15, "scale": 2,
             "reflection": 2}
    assert {kind: asked.count(kind) >= number for kind, number in least.items()} == dict.fromkeys(least, True)
    reasons = [(each["ask"], each["why"]) for each in VECTORS["grade"]]
    assert len(set(reasons)) == len(reasons)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_questions_of_the_vectors_are_whole_specs(name):
    assert make_question(QUESTIONS[name]).spec() == QUESTIONS[name]


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_graded_like_its_spec(name):
    question = make_question(QUESTIONS[name])
    for vector in VECTORS["grade"]:
        if vector["ask"] == name:
            assert grade(question, vector["answer"]) == grade(QUESTIONS[name], vector["answer"])


# ---- any answer ----------------------------------------------------------------------------------

ids = st.sampled_from(sorted({part["id"] for spec in QUESTIONS.values()
                              for key in ("options", "left", "right", "items")
                              if isinstance(spec.get(key), list) for part in spec[key]}))
atoms = (st.none() | st.booleans() | st.integers() | st.floats() | st.text() | ids
         | st.text("0123456789.,-+ '%eE_\u2009\u0663\u2212", max_size=12))
answers = st.recursive(atoms, lambda inner: st.lists(inner, max_size=6)
                       | st.dictionaries(ids | st.text(max_size=5), inner, max_size=5), max_leaves=12)


@settings(max_examples=500)
@given(st.sampled_from(sorted(QUESTIONS)), answers)
@example("victims", 10**400)
@example("victims", -(10**400))
@example("huge", float("nan"))
@example("huge", float("-inf"))
@example("lists", [[]])
@example("articles", {"a2": {}})
def test_no_answer_raises_and_every_verdict_makes_sense(name, answer):
    verdict = grade(QUESTIONS[name], answer)
    assert 0 <= verdict.score <= 1
    assert verdict.right in (True, False, None)
    assert (verdict.right is True) == (verdict.score == 1)
    assert verdict.right is not None or (verdict.score == 0 and verdict.marks == {})
    assert verdict.misconception is None or verdict.right is False
    assert all(isinstance(each, str) for each in verdict.feedback)
    json.dumps(asdict(verdict), allow_nan=False)


@st.composite
def choices_questions(draw):
    rights = draw(st.lists(st.booleans(), min_size=2, max_size=8).filter(any))
    options = [{"id": f"o{number}", "text": "t", "feedback": f"f{number}", "right": right}
               for number, right in enumerate(rights)]
    return {"kind": "choices", "id": "q", "options": options}


@given(choices_questions(), st.data())
def test_choices_score_hits_minus_false_alarms_over_keys(question, data):
    options = question["options"]
    chosen = data.draw(st.sets(st.sampled_from([each["id"] for each in options]), min_size=1))
    keys = {each["id"] for each in options if each["right"]}
    expected = Fraction(max(0, len(chosen & keys) - len(chosen - keys)), len(keys))
    verdict = grade(question, sorted(chosen))
    assert verdict.score == float(expected)
    assert verdict.right == (chosen == keys)


@given(choices_questions(), st.data())
def test_the_order_of_options_and_of_the_answer_does_not_matter(question, data):
    ids = [each["id"] for each in question["options"]]
    chosen = data.draw(st.lists(st.sampled_from(ids), unique=True, min_size=1))
    mixed = {**question, "options": data.draw(st.permutations(question["options"]))}
    one, other = grade(question, chosen), grade(mixed, data.draw(st.permutations(chosen)))
    assert (one.score, one.right, one.marks) == (other.score, other.right, other.marks)
    assert sorted(one.feedback) == sorted(other.feedback)
    assert grade(question, set(chosen)) == grade(question, tuple(chosen)) == one


@given(st.data())
def test_one_more_right_option_never_lowers_the_score(data):
    question = data.draw(choices_questions())
    ids = [each["id"] for each in question["options"]]
    chosen = data.draw(st.lists(st.sampled_from(ids), unique=True, min_size=1))
    before = grade(question, chosen).score
    for option in question["options"]:
        after = grade(question, [*chosen, option["id"]]).score
        assert after >= before if option["right"] or option["id"] in chosen else after <= before


@given(st.integers(2, 6), st.data())
def test_match_scores_the_share_of_right_pairs(size, data):
    left = [{"id": f"l{n}", "text": "t", "match": f"r{data.draw(st.integers(0, 3))}", "feedback": "f"}
            for n in range(size)]
    question = {"kind": "match", "id": "q", "left": left,
                "right": [{"id": f"r{n}", "text": "t"} for n in range(4)]}
    answer = {each["id"]: data.draw(st.sampled_from(["r0", "r1", "r2", "r3", None])) for each in left}
    good = sum(answer[each["id"]] == each["match"] for each in left)
    verdict = grade(question, answer)
    assert verdict.score == good / size
    if any(answer.values()):
        assert verdict.right == (good == size)
        assert list(verdict.marks.values()).count("open") == list(answer.values()).count(None)


@given(st.integers(2, 7), st.data())
def test_order_scores_the_share_of_neighbours_kept(size, data):
    order = [f"i{n}" for n in range(size)]
    question = {"kind": "order", "id": "q", "right": "r", "otherwise": "o",
                "items": [{"id": each, "text": "t"} for each in order]}
    answer = data.draw(st.permutations(order))
    text = " ".join(answer) + " "
    kept = sum(f"{one} {other} " in text for one, other in zip(order, order[1:]))
    verdict = grade(question, answer)
    assert verdict.score == kept / (size - 1)
    assert verdict.right == (answer == order)
    assert list(verdict.marks.values()).count("right") == kept + (answer[0] == order[0])


# ---- numbers -------------------------------------------------------------------------------------

plain_floats = st.floats(allow_nan=False, allow_infinity=False)


@given(plain_floats)
def test_a_number_as_python_writes_it_is_read_back(value):
    assert value in parse_number(repr(value))


@given(st.integers(0, 10**15), st.sampled_from([",", ".", " ", "\u2009", "\u00a0", "\u202f", "'", "\u2019",
                                                "_"]))
def test_a_whole_number_in_groups_is_read(value, mark):
    assert float(value) in parse_number(f"{value:,}".replace(",", mark))


@given(st.decimals(0, 10**9, places=2), st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u202f", "."),
                                                         ("'", ".")]))
def test_a_number_with_thousands_and_decimals_is_read(value, marks):
    text = f"{value:,.2f}".replace(",", "T").replace(".", marks[1]).replace("T", marks[0])
    assert float(value) in parse_number(text)


@given(st.integers(0, 10**9), st.sampled_from("٠۰०০๐០၀０"))
def test_digits_of_other_scripts_are_read(value, zero):
    assert float(value) in parse_number("".join(chr(ord(zero) + int(digit)) for digit in str(value)))


@given(st.text())
def test_no_text_raises_and_no_reading_is_nan(text):
    for unit in (None, "%", "victims", text):
        assert not any(math.isnan(each) for each in parse_number(text, unit))


@given(plain_floats, st.floats(0, 1e6))
def test_the_answer_and_both_edges_are_within_the_tolerance(answer, tolerance):
    assert within(answer, answer, tolerance)
    assert within(answer + tolerance, answer, tolerance) and within(answer - tolerance, answer, tolerance)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e3))
def test_what_is_clearly_outside_is_outside(answer, tolerance):
    assert not within(answer + tolerance * 1.001 + 1e-6, answer, tolerance)
    assert not within(answer - tolerance * 1.001 - 1e-6, answer, tolerance)


class Estimate:
    """Stands for anything that has a number in it."""

    def __init__(self, value):
        self.value = value

    def __float__(self):
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


def test_an_estimate_is_graded_by_its_value():
    assert grade(QUESTIONS["victims"], Estimate(1510.2)).right is True
    assert grade(QUESTIONS["victims"], Estimate(900.0)).feedback == ["F-listed"]


def test_the_estimate_of_a_measure_is_graded_by_its_value():
    from measurement import two_source

    estimate = two_source(900, 800, 480, method="lincoln-petersen")
    assert float(estimate) == 1500
    assert grade(QUESTIONS["victims"], estimate).right is True


def test_numbers_of_numpy_and_pandas_are_graded():
    import numpy
    import pandas

    for value in (numpy.int64(1500), numpy.float32(1500), pandas.Series([1500]).sum()):
        assert grade(QUESTIONS["victims"], value).right is True
    for value in (numpy.bool_(True), numpy.float64("nan"), pandas.NA, pandas.NaT, numpy.array([1500, 1]),
                  pandas.Series([1500, 2])):
        assert grade(QUESTIONS["victims"], value) == Verdict(feedback=[NOT_A_NUMBER])


@pytest.mark.parametrize("error", [ValueError("no overlap"), ZeroDivisionError(), TypeError("no")])
def test_a_value_that_cannot_be_computed_is_not_a_wrong_answer(error):
    assert grade(QUESTIONS["victims"], Estimate(error)) == Verdict(feedback=[NOT_A_NUMBER])


def test_long_nonsense_is_read_quickly():
    for text in ("1" * 200_000, "1 " * 100_000, "1," * 100_000, "," * 200_000, "a" * 200_000, "1.1" * 60_000,
                 " " * 200_000 + "x", "1" + " " * 200_000 + "x"):
        grade(QUESTIONS["victims"], text)
        grade(QUESTIONS["mafia"], text)


# ---- words ---------------------------------------------------------------------------------------

ways = st.lists(st.sampled_from(["case", "space", "accents", "punctuation"]), unique=True)


@given(st.text(), ways)
def test_reducing_a_text_twice_changes_nothing_more(text, how):
    once = normalize_text(text, how)
    assert normalize_text(once, how) == once


@given(st.text(), ways)
def test_the_form_of_unicode_never_matters(text, how):
    import unicodedata

    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        plain = "".join(each for each in text
                        if each not in "\xb4\u1ffd\u1fef`\u2033\u2036\u2034\u2057\u2017")
        assert normalize_text(unicodedata.normalize(form, plain), how) == normalize_text(plain, how)


@given(st.text(), st.text())
def test_what_matters_less_is_equal_more_often(one, other):
    if normalize_text(one, ["space"]) == normalize_text(other, ["space"]):
        assert normalize_text(one, ["case", "space"]) == normalize_text(other, ["case", "space"])


# ---- certainty and kinds -------------------------------------------------------------------------


@pytest.mark.parametrize("certainty", [0, 4, -1, 1.5, "2", [1]])
def test_an_unknown_certainty_is_refused(certainty):
    with pytest.raises(ValueError, match="use 1, 2 or 3"):
        certainty_score(certainty, True)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="question `q`: there is no kind `essay`"):
        grade({"id": "q", "kind": "essay"}, "text")
