"""Grading in the browser: the vectors, and the verdicts of Python on answers drawn at random."""

import json
import math
import random
import sys
import unicodedata
from dataclasses import asdict
from pathlib import Path

import pytest

from widgets.grading import GRADERS, certainty_score, grade, normalize_text, parse_number
from widgets.items import make_module
from widgets.keys import without_key

ROOT = Path(__file__).resolve().parents[2]
VECTORS_TEXT = (ROOT / "tests" / "widgets" / "vectors.json").read_text(encoding="utf-8")
VECTORS = json.loads(VECTORS_TEXT)
QUESTIONS = VECTORS["questions"]
WAYS = [[], ["case"], ["space"], ["accents"], ["punctuation"], ["case", "space", "accents", "punctuation"]]

LOAD = """source => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  return import(url).then((module) => { window.grading = module; return Object.keys(module).sort(); });
}"""


@pytest.fixture
def page(new_page):
    """A page that has loaded grade.js."""
    page = new_page()
    source = (ROOT / "widgets" / "static" / "grade.js").read_text(encoding="utf-8")
    assert page.evaluate(LOAD, source) == ["certaintyScore", "grade", "normalizeText", "parseNumber"]
    yield page
    assert page.errors == []


def whole(verdict: dict) -> dict:
    """Fill in what a vector leaves out."""
    filled = {"score": 0, "right": None, "feedback": [], "misconception": None, "marks": {}, **verdict}
    if isinstance(filled["score"], list):
        filled["score"] = filled["score"][0] / filled["score"][1]
    return filled


def differences(items: list, expected: list, found: list) -> list:
    assert len(items) == len(expected) == len(found)
    return [(item, one, other) for item, one, other in zip(items, expected, found) if one != other][:20]


# JSON.parse in the page reads the answers, so that 1e400 and -0.0 are what JavaScript makes of them.
def test_every_vector_holds_in_the_browser(page):
    found = page.evaluate("""text => {
      const { questions, grade } = JSON.parse(text);
      return JSON.stringify(grade.map(({ ask, answer }) => window.grading.grade(questions[ask], answer)));
    }""", VECTORS_TEXT)
    assert differences(VECTORS["grade"], [whole(each["verdict"]) for each in VECTORS["grade"]],
                       json.loads(found)) == []


def test_numbers_texts_and_certainty_of_the_vectors_hold_in_the_browser(page):
    found = page.evaluate("""text => {
      const { numbers, texts, certainty } = JSON.parse(text);
      const { parseNumber, normalizeText, certaintyScore } = window.grading;
      return {
        numbers: numbers.map(({ text, unit }) => parseNumber(text, unit)
          .map((each) => Number.isFinite(each) ? each : String(each))),
        texts: JSON.stringify(texts.map(({ text, how }) => normalizeText(text, how))),
        certainty: certainty.map(({ certainty, right }) => certaintyScore(certainty, right)),
      };
    }""", VECTORS_TEXT)
    assert differences(VECTORS["numbers"], [each["readings"] for each in VECTORS["numbers"]],
                       found["numbers"]) == []
    assert differences(VECTORS["texts"], [each["is"] for each in VECTORS["texts"]],
                       json.loads(found["texts"])) == []
    assert found["certainty"] == [each["score"] for each in VECTORS["certainty"]]


# ---- Python and JavaScript on the same random input ----------------------------------------------

SIGNS = "0123456789" * 3 + ".,,. '’_-−–+%eE\u00a0\u2009\u202f\u200b\ufeff٣۴५٫٬٪/()x"
LETTERS = "aAäÄßẞiİıIσςΣéÅøł’'\"“”«»-–—_.,;:!?/ \u00a0\u2009\u200b\u0301\u0307ﬁａ한が\u05b0\u064e\ud83d😀"


def random_text(rng: random.Random, signs: str) -> str:
    return "".join(rng.choices(signs, k=rng.randrange(12)))


def fitting_answer(rng: random.Random, spec: dict):
    """Draw an answer of the type that the question asks for."""
    match spec["kind"]:
        case "choice":
            return rng.choice(spec["options"])["id"]
        case "choices":
            ids = [option["id"] for option in spec["options"] if option["right"] or rng.random() < 0.3]
            return rng.sample(ids, rng.randrange(len(ids) + 1))
        case "number":
            return rng.choice([random_number, random_typed_number])(rng, spec)
        case "text":
            word = rng.choice([*spec["accepted"], *(each for wrong in spec["wrong"]
                                                    for each in wrong["value"])])
            return rng.choice([str.upper, str.lower, str])(word) + rng.choice(["", "", ".", " ", "\u200b",
                                                                               "x"])
        case "match":
            others = [right["id"] for right in spec["right"]]
            return {left["id"]: left["match"] if rng.random() < 0.7 else rng.choice(others)
                    for left in spec["left"]}
        case "order":
            ids = [item["id"] for item in spec["items"]]
            return ids if rng.random() < 0.3 else rng.sample(ids, len(ids))
    return rng.choice([1, 3, "Because."])


def random_number(rng: random.Random, spec: dict) -> float:
    answer = spec["answer"]
    near = rng.choice([answer, *(wrong["value"] for wrong in spec["wrong"])])
    return rng.choice([near, near + rng.uniform(-60, 60), near + spec["tolerance"], near - spec["tolerance"],
                       rng.uniform(-1, 1) * 10 ** rng.randrange(-300, 300), near * (1 + 2**-52),
                       near * (1 + 2**-49)])


def random_typed_number(rng: random.Random, spec: dict) -> str:
    text = f"{random_number(rng, spec):,.{rng.randrange(4)}f}"
    points = rng.choice([",.", ".,", " ,", "\u2009.", "'."])
    return text.translate(str.maketrans(",.", points)) + rng.choice(["", "%", " victims", "US$"])


def odd_answer(rng: random.Random, spec: dict, depth: int = 0):
    """Draw an answer that may not fit the question at all."""
    ids = [part["id"] for key in ("options", "left", "right", "items") if isinstance(spec.get(key), list)
           for part in spec[key]] + ["z", "constructor", "__proto__", ""]
    draws = [lambda: rng.choice(ids), lambda: rng.sample(ids, rng.randrange(len(ids))),
             lambda: {each: rng.choice([*ids, None, 1]) for each in rng.sample(ids, 3)},
             lambda: random_text(rng, SIGNS), lambda: random_text(rng, LETTERS),
             lambda: rng.choice([None, True, False, [], {}, 0, -0.0, 1.5, "", "toString"])]
    if depth < 2:
        draws.append(lambda: [odd_answer(rng, spec, depth + 1) for _ in range(3)])
    return rng.choice(draws)()


def test_five_thousand_random_answers_get_the_same_verdict_in_both_languages(page):
    rng = random.Random(20000)
    asked = [(name, rng.choice([fitting_answer, fitting_answer, odd_answer])(rng, QUESTIONS[name]))
             for name in rng.choices(sorted(QUESTIONS), k=5000)]
    expected = [asdict(grade(QUESTIONS[name], answer)) for name, answer in asked]
    found = page.evaluate("""text => {
      const { questions, asked } = JSON.parse(text);
      return JSON.stringify(asked.map(([name, answer]) => window.grading.grade(questions[name], answer)));
    }""", json.dumps({"questions": QUESTIONS, "asked": asked}))
    assert differences(asked, expected, json.loads(found)) == []
    verdicts = [each["right"] for each in expected]
    assert min(verdicts.count(True), verdicts.count(False),
               verdicts.count(None)) > 600  # the draw says something
    assert {spec["kind"] for spec in QUESTIONS.values()} == set(GRADERS)


def test_five_thousand_random_numbers_are_read_the_same_in_both_languages(page):
    rng = random.Random(20001)
    typed = [[random_text(rng, SIGNS), rng.choice(["", "%", "x", "victims"])] for _ in range(5000)]
    expected = [[repr(value) for value in parse_number(text, unit)] for text, unit in typed]
    found = page.evaluate("""text => JSON.parse(text).map(([text, unit]) =>
      window.grading.parseNumber(text, unit)
        .map((value) => Object.is(value, -0) ? "-0.0" : String(value)))""", json.dumps(typed))
    found = [[repr(float(value)) for value in each] for each in found]
    assert differences(typed, expected, found) == []
    assert sum(map(bool, expected)) > 500


def test_five_thousand_random_texts_are_reduced_the_same_in_both_languages(page):
    rng = random.Random(20002)
    typed = [[random_text(rng, LETTERS), rng.choice(WAYS)] for _ in range(5000)]
    expected = [normalize_text(text, how) for text, how in typed]
    found = page.evaluate("""text => JSON.stringify(
      JSON.parse(text).map(([text, how]) => window.grading.normalizeText(text, how)))""", json.dumps(typed))
    assert differences(typed, expected, json.loads(found)) == []


@pytest.mark.parametrize("how", WAYS, ids="+".join)
def test_every_character_is_reduced_the_same_in_both_languages(page, how):
    """Every character that Python's Unicode knows, alone and between letters."""
    known = [code for code in range(sys.maxunicode + 1)
             if unicodedata.category(chr(code)) not in ("Cn", "Co", "Cs")]
    expected = [normalize_text(f"a{chr(code)}b", how) for code in known]
    found = page.evaluate("""([codes, how]) => Array.from(JSON.parse(codes),
      (code) => window.grading.normalizeText(`a${String.fromCodePoint(code)}b`, how)).join("\\u0000")""",
                          [json.dumps(known), how])
    assert differences([hex(code) for code in known], expected, found.split("\0")) == []


def test_certainty_is_scored_the_same_in_both_languages(page):
    pairs = [[certainty, right] for certainty in (None, 1, 2, 3) for right in (None, True, False)]
    found = page.evaluate("pairs => pairs.map((pair) => window.grading.certaintyScore(...pair))", pairs)
    assert found == [certainty_score(*pair) for pair in pairs]


@pytest.mark.parametrize("call", ["grade({ kind: 'essay', id: 'q' }, 'a')", "grade({ kind: 'toString', id: "
    "'q' }, 'a')",
                                  "certaintyScore(4, true)", "certaintyScore('2', true)"])
def test_a_mistake_of_the_programmer_is_an_error_in_the_browser_too(page, call):
    assert page.evaluate(f"""() => {{ const {{ grade, certaintyScore }} = window.grading;
      try {{ {call}; return "no error"; }} catch (error) {{ return error.message; }} }}""").startswith(
        ("question q: there is no kind", "there is no certainty"))


def test_what_javascript_has_and_json_has_not_is_no_answer_or_no_number(page):
    found = page.evaluate("""questions => {
      const answers = [undefined, NaN, Infinity, new Date(0), Symbol("a"), 5n, () => 1];
      const names = Object.keys(questions).sort();
      return answers.map((answer) => names.map((name) => window.grading.grade(questions[name], answer)));
    }""", QUESTIONS)
    for answer, verdicts in enumerate(found):
        for name, verdict in zip(sorted(QUESTIONS), verdicts):
            infinite = answer == 2 and QUESTIONS[name]["kind"] == "number"
            assert verdict["right"] is (False if infinite else None)
            assert verdict["score"] == 0


def test_long_nonsense_is_read_quickly(page):
    milliseconds = page.evaluate("""questions => {
      const begun = performance.now();
      for (const unit of ["1", "1 ", "1,", ",", "a", "1.1", " "]) {
        const text = `1${unit.repeat(100000)}x`;
        for (const name of ["victims", "mafia"]) window.grading.grade(questions[name], text);
      }
      return performance.now() - begun;
    }""", QUESTIONS)
    assert milliseconds < 10_000  # quadratic reading takes minutes


def test_without_a_key_both_say_only_whether_an_answer_can_be_read(page):
    specs = {}
    for name, spec in VECTORS["questions"].items():
        specs[name] = make_module("m", without_key({"title": "M", "questions": [spec]})).questions[0].spec()
    asked = [(specs[each["ask"]], each["answer"]) for each in VECTORS["grade"]
             if math.isfinite(each["answer"] if isinstance(each["answer"], float) else 0)]
    found = page.evaluate("text => JSON.stringify(JSON.parse(text).map(([spec, answer]) => grading.grade(spec, answer)))",
                          json.dumps(asked))
    expected = [asdict(grade(spec, answer)) for spec, answer in asked]
    assert {"recorded", "not-a-number"} == {word for verdict in expected for word in verdict["feedback"]}
    assert differences(asked, expected, json.loads(found)) == []
