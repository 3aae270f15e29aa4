"""Module files: what a good one gives, and what a bad one is told."""

import copy
import dataclasses
import functools
import json
import operator
import re
from pathlib import Path

import hypothesis.strategies as st
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from ruamel.yaml import YAML

from widgets import items
from widgets.modulefile import ModuleFileError, read_module, schema
from widgets.structure import KEYWORDS, described, findings
from widgets.yamlfile import read_yaml

HERE = Path(__file__).parent
GOOD = (HERE / "good.yml").read_text(encoding="utf-8")
BAD = HERE / "bad"
SOURCES = {"unodc2018", "cruyff2017", "UNTOC:2(a)", "UNTOC:5", "UNTOC:36"}
QUOTES = 'put the whole text in double quotes: "…".'


def problems_of(folder: Path, text: str | bytes, sources=SOURCES) -> list[str]:
    """Write a module file, read it, and give what is said of it, without the name of the file."""
    path = folder / "bad.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    try:
        read_module(path, sources)
    except ModuleFileError as error:
        assert str(error) == "\n".join(map(str, error.problems))
        assert [each.line for each in error.problems] == sorted(each.line for each in error.problems)
        assert len(set(error.problems)) == len(error.problems)
        return [str(each).removeprefix(f"{path}, ").removeprefix(f"{path}: ") for each in error.problems]
    return []


# ---- a good file ---------------------------------------------------------------------------------


def test_a_good_file_gives_all_it_says():
    file = read_module(HERE / "good.yml", SOURCES)
    assert (file.name, file.title) == ("good", "Counting what hides")
    assert [type(each).__name__ for each in file.every_question()] == [
        "Number", "Scale", "Choice", "Choices", "Text", "Match", "Order", "Reflection", "Number",
        "Reflection", "Text", "Scale", "Scale"]
    assert {each.kind for each in file.every_question()} == set(items.KINDS)
    guess = file.question("guess")
    assert (guess.answer, guess.tolerance, guess.unit, guess.certainty) == (4.5, 0.5, "victims", True)
    assert guess.wrong[0].misconception == "police-see-all"
    assert file.question("fear").certainty is False
    assert file.question("treaty").wrong == (
        items.WrongText(value=("Vienna", "Wien"), feedback="Vienna is where the office sits."),
        items.WrongText(value=("New York",), feedback="There it was adopted."))
    assert file.misconceptions[0].refutation.startswith("Recorded offences follow the effort of the "
        "police.\n\n- more")
    assert file.cases[0].date == "2017"
    assert file.cases[0].source == ("cruyff2017", "UNTOC:2(a)")
    assert file.activities[0].steps[1] == items.Step(minutes=30, what="Hold the hearing.")
    assert sum(step.minutes for step in file.plan) == 180
    assert sum(step.minutes for step in file.plan50) == 50
    assert file.country.form[1].accepted == ("any",)
    assert file.path.modules[1].after == ("01-before",)
    assert file.path.spec()["goals"] == {"goal-count": "you want to count"}


def test_sources_are_looked_up_only_when_they_are_given():
    assert read_module(HERE / "good.yml") == read_module(str(HERE / "good.yml"), sorted(SOURCES))


def test_a_byte_order_mark_and_the_line_ends_of_windows_change_nothing(tmp_path):
    path = tmp_path / "good.yml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read_module(path) == read_module(HERE / "good.yml")


def test_words_of_other_scripts_are_read(tmp_path):
    path = tmp_path / "good.yml"
    path.write_text(GOOD.replace("Counting what hides", "计数 عدّ \u2067x\u2069"), encoding="utf-8")
    assert read_module(path).title == "计数 عدّ \u2067x\u2069"


def test_a_file_of_forty_questions_is_read_whole(tmp_path):
    head, rest = GOOD.split("questions:\n", 1)
    body, tail = rest.split("cases:\n", 1)
    tail = re.sub(r"asks: (\w+)", r"asks: \1-0", tail)
    many = "".join(re.sub(r"(?m)^(  - id: [\w-]+)$", rf"\1-{number}", body) for number in range(8))
    path = tmp_path / "many.yml"
    path.write_text(f"{head}questions:\n{many}cases:\n{tail}", encoding="utf-8")
    ids = [question.id for question in read_module(path, SOURCES).questions]
    assert ids == [f"{name}-{number}" for number in range(8)
                   for name in ("three", "lists", "treaty", "articles", "steps")]


# ---- bad files: one change of the good one, and the one thing that is said -----------------------

# (what is replaced, by what, the text that stands on the line that is named, the problem)
CHANGES = {
    "unknown key": (
        "hint: Read the", "hnit: Read the", "hnit:",
        "question `three`: the key `hnit` is not known here. Mend: did you mean `hint`?"),
    "unknown key at the top": (
        "icebreakers:", "icebreaker:", "icebreaker:",
        "the key `icebreaker` is not known here. Mend: did you mean `icebreakers`?"),
    "unknown key without a near one": (
        "    note: Bring laptops.", "    colour: red", "colour:",
        "step of the plan no. 2: the key `colour` is not known here. Mend: delete it, or use one of `note`."),
    "key of another kind": (
        "    unit: victims", "    accepted: [a]", "accepted: [a]",
        "question `guess`: the key `accepted` is not known here. Mend: delete it, or use one of `hint`, "
        "`certainty`, `note`, `unit`."),
    "missing feedback": (
        "        feedback: A pair is a conspiracy, not a group.\n", "", "- id: two",
        "question `three`, option `two`: `feedback` is missing. Mend: add a line `feedback: …`. Shown when "
        "it was "
        "chosen: why it is right or wrong."),
    "missing explanation": (
        "    explanation: In Palermo, in December 2000.\n", "", "- id: treaty",
        "question `treaty`: `explanation` is missing. Mend: add a line `explanation: …`. Shown after "
        "answering: the "
        "solution in words, or what others found."),
    "missing source": (
        "    source: UNTOC:36\n", "", "- id: treaty",
        "question `treaty`: `source` is missing. Mend: add a line `source: …`. Where the answer comes "
        "from: a key of "
        "the bibliography, or a provision such as UNTOC:2(a)."),
    "missing kind": (
        "    kind: choices\n", "", "- id: lists\n",
        "question `lists`: `kind` is missing. Mend: add a line `kind: …`. How the question is answered."),
    "missing title": (
        "title: Counting what hides\n", "", "# yaml-language-server",
        "`title` is missing. Mend: add a line `title: …`. The title of the module."),
    "duplicate question id": (
        "- id: lists\n", "- id: three\n", "- id: three\n    kind: choices",
        "question `three`: the id `three` is there twice; the first is on line 53. Mend: give one of them "
        "another id."),
    "duplicate question id in another room": (
        "- id: n\n", "- id: guess\n", "- id: guess\n        kind: number\n        text: How many victims "
        "in all",
        "lab `two-lists`, question `guess`: the id `guess` is there twice; the first is on line 29. Mend: "
        "give one of "
        "them another id."),
    "duplicate option id": (
        "- id: ten\n", "- id: two\n", "- id: two\n        text: Ten",
        "question `three`, option `two`: the id `two` is there twice; the first is on line 62. Mend: give "
        "one of them "
        "another id."),
    "two options that say the same": (
        "text: Ten\n", "text: Two\n", "text: Two\n        feedback: The Convention",
        "question `three`, option `ten`: the text `Two` is there twice; the first is on line 63. Mend: "
        "make them differ."),
    "duplicate outcome id": (
        "misconceptions:\n", "  - {id: count, text: Again.}\nmisconceptions:\n", "  - {id: count",
        "outcome `count`: the id `count` is there twice; the first is on line 4. Mend: give one of them "
        "another id."),
    "unknown outcome": (
        "outcome: count\n    source: UNTOC:2(a)", "outcome: cuont\n    source: UNTOC:2(a)", "outcome: cuont",
        "question `three`: there is no outcome `cuont`. Mend: did you mean `count`?"),
    "unknown outcome of an activity": (
        "outcome: estimate\n    minutes: 40", "outcome: x\n    minutes: 40", "outcome: x",
        "activity `hearing`: there is no outcome `x`. Mend: use one of `count`, `estimate`."),
    "unknown source": (
        "source: UNTOC:36", "source: UNTOC:63", "source: UNTOC:63",
        "question `treaty`: there is no source `UNTOC:63`. Mend: did you mean `UNTOC:36`?"),
    "unknown source in a list": (
        "[cruyff2017, UNTOC:2(a)]", "[cruyff2017, another1999]", "[cruyff2017, another1999]",
        "case `lists-of-nl`: there is no source `another1999`. Mend: add it to data/references.bib (a "
        "provision: to "
        "data/provisions.yml), or name one that is there."),
    "source with a space": (
        "source: UNTOC:36", "source: UNTOC 36", "source: UNTOC 36",
        "question `treaty`: `source` `UNTOC 36` has a space in it. Mend: name one key of the bibliography, "
        "or one "
        "provision such as UNTOC:2(a)."),
    "unknown misconception": (
        "misconception: police-see-all\n      - {value: 100", "misconception: police-sees\n      - {value: "
        "100",
        "misconception: police-sees", "question `guess`, wrong value no. 1: there is no misconception "
        "`police-sees`. "
        "Mend: did you mean `police-see-all`?"),
    "two right answers in a choice": (
        "text: Ten\n", "text: Ten\n        right: true\n", "right: true\n        feedback: The Convention",
        "question `three`, option `ten`: two options are marked right; a `choice` has one. Mend: keep one "
        "`right: true`, "
        "or make it `kind: choices`."),
    "no right answer in a choice": (
        "        right: true\n", "", "    options:\n      - id: two",
        "question `three`: no option is marked right; a `choice` has one. Mend: write `right: true` under "
        "the right "
        "option."),
    "no right answer in a choices": (
        GOOD[GOOD.index("      - {id: closed"):GOOD.index("      - {id: equal")],
        "      - {id: closed, text: Closed, feedback: No.}\n", "    options:\n      - {id: closed",
        "question `lists`: no option is marked right; a `choices` has at least one. Mend: write `right: "
        "true` under "
        "each right option."),
    "a right option with a misconception": (
        "right: true\n", "right: true\n        misconception: police-see-all\n",
        "misconception: police-see-all\n        feedback: As Article",
        "question `three`, option `three`: a right option names a misconception. Mend: move the line to a "
        "wrong option."),
    "one option": (
        GOOD[GOOD.index("      - {id: linked"):GOOD.index("  - id: treaty")], "", "    options:\n      - "
            "{id: closed",
        "question `lists`: `options` has one entry; it needs at least two. Mend: add what is missing, each "
        "beginning with "
        "`- `."),
    "an order of one": (
        GOOD[GOOD.index("      - {id: layer"):GOOD.index("    right: Yes.\n    otherwise: Follow")], "",
        "    items:", "question `steps`: `items` has one entry; it needs at least two. Mend: add what is "
        "missing, each "
        "beginning with `- `."),
    "a pair without its right side": (
        "match: money, feedback: Article 6", "match: cash, feedback: Article 6", "match: cash",
        "question `articles`, left side `a6`: there is no right side `cash`. Mend: use one of `money`, "
        "`terms`, `group`, "
        "`police`."),
    "a plan that is too short": (
        "minutes: 30\n    room", "minutes: 20\n    room", "plan:",
        "the plan adds up to 170 minutes; a class has 180. Mend: add 10 minutes."),
    "a plan that is too long": (
        "minutes: 30\n    room", "minutes: 45\n    room", "plan:",
        "the plan adds up to 195 minutes; a class has 180. Mend: take away 15 minutes."),
    "a short plan that is too long": (
        "minutes: 40, room: lab", "minutes: 45, room: lab", "plan50:",
        "the short plan adds up to 55 minutes; a class has 50. Mend: take away 5 minutes."),
    "steps that do not add up": (
        "{minutes: 30, what: Hold", "{minutes: 35, what: Hold", "minutes: 40",
        "activity `hearing`: the steps add up to 45 minutes; the activity has 40. Mend: take away 5 "
        "minutes."),
    "minutes in words": (
        "minutes: 40", "minutes: forty", "minutes: forty",
        "activity `hearing`: `minutes` is the text `forty`; it must be a whole number. Mend: write a whole "
        "number in "
        "digits, without quotes."),
    "true for minutes": (
        "minutes: 40", "minutes: true", "minutes: true",
        "activity `hearing`: `minutes` is true; it must be a whole number. Mend: write a whole number in digits, "
        "without quotes."),
    "half a minute": (
        "minutes: 40", "minutes: 40.5", "minutes: 40.5",
        "activity `hearing`: `minutes` is the number 40.5; it must be a whole number. Mend: write a whole number "
        "in digits, without quotes."),
    "true for a number": (
        "answer: 4.5", "answer: true", "answer: true",
        "question `guess`: `answer` is true; it must be a number. Mend: write digits with a decimal point and "
        "nothing else, such as 1234.5."),
    "no number": (
        "answer: 4.5", "answer: .nan", "answer: .nan",
        "question `guess`: `answer` is not a number that can be compared. Mend: write an ordinary number "
        "in digits."),
    "an infinite number": (
        "value: 100, tolerance: 50", "value: 100, tolerance: .inf", "value: 100",
        "question `guess`, wrong value no. 2: `tolerance` is not a number that can be compared. Mend: "
        "write an ordinary "
        "number in digits."),
    "a number too large": (
        "answer: 4.5", "answer: 1e400", "answer: 1e400",
        "question `guess`: `answer` is not a number that can be compared. Mend: write an ordinary number "
        "in digits."),
    "a whole number too large": (
        "answer: 4.5", "answer: 1" + 400 * "0", "answer: 1000",
        "question `guess`: `answer` is not a number that can be compared. Mend: write an ordinary number "
        "in digits."),
    "a number with a comma": (
        "answer: 4.5", "answer: 4,5", "answer: 4,5",
        "question `guess`: `answer` is the text `4,5`; it must be a number. Mend: write digits with a "
        "decimal point and "
        "nothing else, such as 1234.5."),
    "a tolerance below zero": (
        "tolerance: 0.5", "tolerance: -0.5", "tolerance: -0.5",
        "question `guess`: `tolerance` is -0.5; it must be at least 0. Mend: write a larger number."),
    "a wrong value that is right": (
        "value: 1\n", "value: 4.9\n", "value: 4.9",
        "question `guess`, wrong value no. 1: the wrong value 4.9 counts as right: the answer is 4.5, give "
        "or take 0.5. "
        "Mend: change the value, or make the tolerance smaller."),
    "a wrong value that is never reached": (
        "value: 100, tolerance: 50", "value: 1.2, tolerance: 50", "value: 1.2",
        "question `guess`, wrong value no. 2: the wrong value 1.2 is never reached: 1, give or take 0.5, "
        "on line 41 comes "
        "first. Mend: give that one a smaller `tolerance`, or merge them."),
    "a wrong text that is right": (
        "value: New York", "value: ' PALERMO'", "value: ' PALERMO'",
        "question `treaty`, wrong value no. 2: ` PALERMO` is compared like the answer on line 91, so it is "
        "never reached. "
        "Mend: delete one of the two."),
    "a text of which nothing is left": (
        "accepted: [any]", "normalize: [punctuation]\n      accepted: ['?']", "accepted: ['?']",
        "country, question `word`, accepted answer no. 1: nothing of `?` is left to compare. Mend: take "
        "`punctuation` out "
        "of `normalize`."),
    "an unknown normalization": (
        "normalize: [case, space, accents]", "normalize: [case, spaces]", "normalize: [case, spaces]",
        "question `treaty`: entry 2 of `normalize` cannot be `spaces`. Mend: did you mean `space`?"),
    "too many points": (
        "    points: 5\n", "    points: 12\n", "points: 12",
        "question `fear`: `points` is 12; it must be at most 11. Mend: write a smaller number."),
    "too few points": (
        "    points: 5\n", "    points: 2\n", "points: 2",
        "question `fear`: `points` is 2; it must be at least 3. Mend: write a larger number."),
    "labels that do not fit": (
        "little, so-so,", "little,", "labels:",
        "question `fear`: there are four labels for 5 points. Mend: write one for each point, or delete "
        "`labels`."),
    "certainty where nothing is right": (
        "    low: not at all", "    certainty: true\n    low: not at all", "certainty: true",
        "question `fear`: `certainty` can only be false here. Mend: Delete this line: without a right "
        "answer there is "
        "nothing to be sure of."),
    "an unknown kind": (
        "kind: choices", "kind: choises", "kind: choises",
        "question `lists`: `kind` cannot be `choises`. Mend: did you mean `choices`?"),
    "an unknown mode": (
        "[speaking, listening]", "[speaking, singing]", "modes:",
        "activity `hearing`: entry 2 of `modes` cannot be `singing`. Mend: use one of `listening`, "
        "`reading`, `viewing`, "
        "`speaking`, `writing`, `acting`."),
    "a mode twice": (
        "[speaking, listening]", "[speaking, speaking]", "modes:",
        "activity `hearing`: `modes` names `speaking` twice. Mend: delete one of the two."),
    "an id that is none": (
        "- id: guess", "- id: My Guess", "- id: My Guess",
        "question `My Guess`: `id` `My Guess` is not an id. Mend: use small letters a to z and digits, "
        "with single hyphens "
        "between them, such as `two-lists`."),
    "an id that is too long": (
        "- id: guess", "- id: " + 61 * "a", "- id: aaa", f"question `{61 * 'a'}`: `id` is longer than 60 "
        "letters. Mend: "
        "shorten it."),
    "yes for true": (
        "right: true\n", "right: yes\n", "right: yes",
        "question `three`, option `three`: `right` is the text `yes`; it must be true or false. Mend: "
        "write true or false, "
        "in small letters and without quotes."),
    "an empty value": (
        "hint: Read the first line of the article.", "hint:", "hint:",
        "question `three`: `hint` is left empty; it must be text. Mend: write something behind the colon, "
        "or delete the "
        "line."),
    "a blank text": (
        "title: Counting what hides", "title: '  '", "title:",
        "`title` is left empty. Mend: write something, or delete the line."),
    "a number for a text": (
        "title: Counting what hides", "title: 2019", "title:",
        "`title` is the number 2019; it must be text. Mend: put it in double quotes: \"…\"."),
    "true for a text": (
        "title: Counting what hides", "title: true", "title:",
        "`title` is true; it must be text. Mend: put it in double quotes: \"…\"."),
    "a list for a text": (
        "title: Counting what hides", "title: [a, b]", "title:",
        "`title` is a list; it must be text. Mend: write one text, without hyphens and square brackets."),
    "keys for a text": (
        "materials: [Name plates]", "materials:\n      - Plates: names", "- Plates: names",
        "activity `hearing`: entry 1 of `materials` is lines of `key: value`; it must be text. Mend: a "
        "colon and a space "
        "inside a text make keys of it; put it in double quotes: \"…\"."),
    "a text for a list": (
        "materials: [Name plates]", "materials: Name plates", "materials:",
        "activity `hearing`: `materials` is the text `Name plates`; it must be a list. Mend: write a list: "
        "each entry on a "
        "line of its own that begins with `- `."),
    "a text for keys": (
        GOOD[GOOD.index("country:"):], "country: here", "country:",
        "country: `country` is the text `here`; it must be lines of `key: value`. Mend: write lines of "
        "`key: value`."),
    "a question in the form that a file cannot know": (
        "{id: who, kind: reflection, text: \"Name the office, and its last count.\"}",
        "{id: who, kind: scale, text: How, points: 5, low: a, high: b}", "{id: who",
        "country, question `who`: the form asks what no file can know. Mend: make it `kind: reflection`, "
        "or `kind: text`."),
    "a link without https": (
        "https://example.org/study", "http://example.org/study", "    text: |\n      > Five",
        "case `lists-of-nl`: the link `http://example.org/study` cannot be used. Mend: links begin with "
        "https://, or lead to a page of the course: ../book/glossary.html."),
    "a key twice": (
        "    unit: victims\n", "    unit: victims\n    answer: 5\n", "answer: 5",
        "question `guess`: `answer` stands here twice; the first is on line 35. Mend: delete one, or begin "
        "a new entry with "
        "`- `."),
    "a key without a word": (
        "    unit: victims\n", "    unit: victims\n    : 5\n", "    : 5",
        "question `guess`: the word before a colon is missing here. Mend: write `key: value`."),
    "a second document": (
        "questions:\n", "---\nquestions:\n", "---",
        "a second document begins here, with `---`. Mend: delete this line; a file holds one document."),
    "an alias": (
        "hint: Read the first line of the article.", "hint: *Read", "hint:",
        "question `three`: a text that begins with `*` has no quotes around it. Mend: " + QUOTES),
    "an anchor": (
        "hint: Read the first line of the article.", "hint: &a Read", "hint:",
        "question `three`: a text that begins with `&` has no quotes around it. Mend: " + QUOTES),
    "a tag": (
        "hint: Read the first line of the article.", "hint: !Read the line", "hint:",
        "question `three`: a text that begins with `!` has no quotes around it. Mend: " + QUOTES),
    # what is not YAML
    "a text that begins with a star": (
        "belief: What the", "belief: **What** the", "belief:",
        "after id `police-see-all`: a text may not begin with `*`. Mend: " + QUOTES),
    "a text that begins with a bracket": (
        "belief: What the", "belief: [What](https://a.org) the", "belief:",
        "after id `police-see-all`: a text may not begin with `[`. Mend: " + QUOTES),
    "a text that begins with a backquote": (
        "belief: What the", "belief: `What` the", "belief:",
        "after id `police-see-all`: a text may not begin with ```. Mend: " + QUOTES),
    "a text that begins with a percent sign": (
        "belief: What the", "belief: % What", "belief:",
        "after id `police-see-all`: a text may not begin with `%`. Mend: " + QUOTES),
    "a text that begins with an ampersand": (
        "belief: What the", "belief: & What", "belief:",
        "after id `police-see-all`: a text may not begin with `&`. Mend: " + QUOTES),
    "a colon in a text": (
        "what: Guess first.", "what: Guess: first.", "what:",
        "after id `police-see-all`: a colon and a space stand inside a text. Mend: " + QUOTES),
    "a tab": (
        "    room: icebreaker", "\troom: icebreaker", "\troom",
        "after id `police-see-all`: a tab stands where only spaces may stand. Mend: replace it by spaces."),
    "a wrong indentation": (
        "    room: icebreaker", "   room: icebreaker", "   room",
        "after id `police-see-all`: this line is indented differently from the lines it belongs to. Mend: "
        "give it as many "
        "spaces as the lines it belongs to."),
    "too much indentation": (
        "    room: icebreaker", "     room: icebreaker", "     room",
        "after id `police-see-all`: this line is indented differently from the lines it belongs to. Mend: "
        "give it as many "
        "spaces as the lines it belongs to."),
    "a quotation mark that is not closed": (
        'what: "Two lists: who is on both?"', 'what: "Two lists: who is on both?', 'what: "Two',
        "after id `police-see-all`: a quotation mark that opens here is not closed. Mend: close it."),
    "text behind a quotation mark": (
        'what: "Two lists: who is on both?"', 'what: "Two lists": who is on both?', 'what: "Two',
        "after id `police-see-all`: a colon and a space stand inside a text. Mend: " + QUOTES),
    "a quotation mark that is not closed, and no other below": (
        "  - id: word\n", "  - id: 'word\n", "  - id: 'word",
        "after id `who`: a quotation mark that opens here is not closed. Mend: close it."),
    "a key twice at the top": (
        "country:\n", "title: Again\ncountry:\n", "title: Again",
        "`title` stands here twice; the first is on line 2. Mend: delete one, or begin a new entry with `- "
        "`."),
    "a quoted word and more": (
        "what: Guess first.", 'what: "Guess" first.', "what:",
        "after id `police-see-all`: more text follows behind a closing quotation mark. Mend: put the "
        "quotes around the "
        "whole text, or write a quotation mark inside it twice."),
    "a bracket that is not closed": (
        "labels: [not at all, little, so-so, much, fully]",
        "labels: [not at all, little, so-so, much, fully", "labels:",
        "after id `fear`: a `[` opens here and is not closed as YAML expects. Mend: close it; or, if a "
        "text begins with it, "
        + QUOTES),
    "a line without a colon": (
        "    room: icebreaker", "    room icebreaker", "    room icebreaker",
        "after id `police-see-all`: this line has no colon, and is not indented as part of the text above. "
        "Mend: write "
        "`key: value`, or indent it by two more spaces than the key above."),
    "a hyphen without a space": (
        "- id: fear", "-id: fear", "-id: fear",
        "after id `fear`: a space is missing behind the hyphen. Mend: write `- ` and then the entry."),
    "text behind a bar": (
        "refutation: |", "refutation: | Recorded", "refutation:",
        "after id `police-see-all`: after `>` or `|` the text begins on the next line. Mend: break the "
        "line there and "
        "indent the text; a quotation that begins with > belongs below a `|`."),
    "a backslash in double quotes": (
        'what: "Two lists', 'what: "Two \\lists', 'what: "Two',
        "after id `police-see-all`: a backslash in double quotes has a meaning of its own. Mend: write it "
        "twice (\\\\), or "
        "use single quotes."),
    "too deep": (
        "hint: Read the first line of the article.", "hint: " + 30 * "[" + 30 * "]", "hint:",
        "after id `three`: this is nested too deeply. Mend: check the brackets and the indentation."),
}


def line_of(text: str, marker: str) -> int:
    return text[:text.index(marker)].count("\n") + 1


def test_a_whole_number_may_be_written_with_a_point(tmp_path):
    path = tmp_path / "good.yml"
    path.write_text(GOOD.replace("minutes: 40", "minutes: 40.0").replace("points: 5", "points: 5.0"))
    assert read_module(path) == read_module(HERE / "good.yml")


def test_lines_are_those_of_the_first_document(tmp_path):
    said = problems_of(tmp_path, "title: 5\noutcomes: [{id: a, text: A}]\n---\ntitle: B\n")
    assert [each[:14] for each in said] == ["line 1: `title", "line 3: a seco"]


@pytest.mark.parametrize("name", CHANGES)
def test_one_mistake_is_said_once_with_its_line_and_the_mend(tmp_path, name):
    old, new, marker, problem = CHANGES[name]
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    said = [re.fullmatch(r"line (\d+)(?:, |: )(.*)", each).groups() for each in problems_of(tmp_path, text)]
    assert said == [(str(line_of(text, marker)), problem)]


# ---- bad files as they come ----------------------------------------------------------------------

NOT_UTF8 = "Mend: open it in your editor, choose \"Save with encoding\", then UTF-8."
FILES = {
    "latin-1.yml": f"line 1: the file is not saved as UTF-8: after 'title: Crime organis' comes a sign of "
    "another encoding. "
                   f"{NOT_UTF8}",
    "latin-1-later.yml": "line 3, after id `a`: the file is not saved as UTF-8: after '  - {id: a, text: "
    "\"Was z' comes a sign "
                         f"of another encoding. {NOT_UTF8}",
    "utf-16.yml": f"line 1: the file is saved as UTF-16, not as UTF-8. {NOT_UTF8}",
    "empty.yml": "line 1: the file is empty. Mend: begin with `title:` and `outcomes:`.",
    "remark.yml": "line 1: the file is empty. Mend: begin with `title:` and `outcomes:`.",
    "list.yml": "line 1: the file is not made of lines `key: value`. Mend: begin with `title:` and "
    "`outcomes:`, without a hyphen "
                "before them.",
    "words.yml": "line 1: the file is not made of lines `key: value`. Mend: begin with `title:` and "
    "`outcomes:`, without a hyphen "
                 "before them.",
    "control.yml": "line 3, after id `a`: an invisible control character (U+0007) stands here. Mend: "
    "delete it; retype the words "
                   "around it if you cannot see it.",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_module_file_is_refused_in_one_line(name):
    with pytest.raises(ModuleFileError) as caught:
        read_module(BAD / name)
    assert str(caught.value) == f"{BAD / name}, {FILES[name]}"


def test_every_bad_file_is_tried():
    assert {path.name for path in BAD.glob("*.yml")} == {*FILES, "many.yml"}


def test_all_problems_of_a_file_are_said_at_once_by_line():
    with pytest.raises(ModuleFileError) as caught:
        read_module(BAD / "many.yml", {"somebody2002"})
    assert str(caught.value).replace(str(BAD / "many.yml"),
                                     "many.yml") == (BAD / "many.txt").read_text("utf-8").rstrip("\n")
    assert len(caught.value.problems) == 19
    assert {each.id for each in caught.value.problems} == {"", "all", "count", "guess", "pairs", "Lab 1", "n"}


def test_a_file_that_is_not_there_or_may_not_be_read_is_said(tmp_path):
    (tmp_path / "05-measuring.yml").write_text(GOOD, encoding="utf-8")
    for name, words in {"05-mesuring.yml": "there is no such file. Mend: did you mean 05-measuring.yml?",
                        "other.yml": "there is no such file. Mend: check the name and the folder.",
                        "no/file.yml": "there is no such file. Mend: check the name and the folder.",
                        ".": "this is a folder, not a file. Mend: name a file in it.",
                        "a\0b.yml": "the file cannot be read. Mend: check the name, the folder and the disk.",
                        }.items():
        with pytest.raises(ModuleFileError) as caught:
            read_module(tmp_path / name)
        assert str(caught.value) == f"{tmp_path / name}: {words}"


def test_a_reader_of_other_files_is_told_of_slips_too(tmp_path):
    path = tmp_path / "provisions.yml"
    path.write_text("a: 1\nid: x\na: 2\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 3, after id `x`: `a` stands here twice; the first is on "
        "line 1"):
        read_yaml(path)
    assert read_yaml(path, keep_slips=True).value == {"a": 1, "id": "x"}


# ---- YAML ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "value"), [
    ("yes", "yes"), ("no", "no"), ("NO", "NO"), ("on", "on"), ("true", True), ("True", True),
    ("'true'", "true"), ("null", None),
    ("~", None), ("Null", None), ("", None), ("''", ""), ("None", "None"), ("012", 12), ("0o17", 15),
    ("0x1F", 31), ("1_000", "1_000"),
    ("1,000", "1,000"), ("-5", -5), ("+5", 5), ("1e3", 1000.0), (".5", 0.5), ("5.", 5.0),
    ("-.inf", -float("inf")),
    ("2019-01-31", "2019-01-31"), ("12:30", "12:30"), ("1.2.3", "1.2.3"), ("=", "="), ("<<", "<<"),
    ("c#d", "c#d"), ("c #d", "c"),
    ("\"a\\u00e9\"", "aé"), ("|\n  a\n  b", "a\nb"), (">\n  a\n  b", "a b"), ("[a, 1]", ["a", 1]),
    ("{a: 1}", {"a": 1}),
])
def test_values_are_those_of_yaml_1_2_and_dates_stay_text(tmp_path, text, value):
    path = tmp_path / "a.yml"
    path.write_text(f"key: {text}", encoding="utf-8")
    assert read_yaml(path).value == {"key": value}
    if not isinstance(value, (str, float)) or value != value:
        assert YAML(typ="safe", pure=True).load(f"key: {text}") == {"key": value}


# ---- any text, any structure ---------------------------------------------------------------------

JARGON = re.compile(r"scalar|mapping|sequence|token|stream|anchor|schema|NoneType|\bdict\b|\bstr\b|instance")
edits = st.lists(st.tuples(
    st.integers(0, len(GOOD)), st.integers(0, 30),
    st.sampled_from(["", "\n", "  ", "\t", ": ", "- ", "'", '"', "[", "]", "{", "}", "&a ", "*a", "!x ", "|",
                     ">", "#", "%", "@", "`",
                     "---\n", "...\n", "?", "\\", "é", "\ud800", "\x07", "\u2028", "\ufeff", "id: three",
                     "true", "1", "null"])
    | st.text(max_size=3)), min_size=1, max_size=4)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits)
def test_any_edit_of_a_file_is_read_or_refused_in_plain_words(tmp_path, edits):
    text = GOOD
    for place, length, new in edits:
        text = text[:place] + new + text[place + length:]
    for problem in problems_of(tmp_path, text):
        line, said = re.fullmatch(r"line (\d+)(.*)", problem, re.DOTALL).groups()
        assert 1 <= int(line) <= len(text.splitlines()) + 1
        assert " Mend: " in said
        ours = re.sub(r"`[^`]*`|after '.*' comes", "", said)  # without what is quoted from the file
        assert "`" in text or not JARGON.search(ours)


atoms = st.none() | st.booleans() | st.integers(-3, 700) | st.floats(allow_nan=False) | st.sampled_from(
    ["", " ", "a", "three", "no id", "count", "choice", "order", "essay", "x" * 70])
keys = st.sampled_from(["id", "text", "kind", "value", "zzz"])
junk = atoms | st.lists(atoms, max_size=3) | st.dictionaries(keys, atoms, max_size=3)


def places(value, path=()):
    """Give the path of every part of a value."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from places(part, (*path, key))


DATA = read_yaml(HERE / "good.yml").value
PLACES = list(places(DATA))[1:]
VALIDATOR = jsonschema.Draft202012Validator(schema())


@st.composite
def mutated(draw):
    """Draw the good file with some parts exchanged, removed, doubled or added."""
    data = copy.deepcopy(DATA)
    for *path, last in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        try:
            holder = functools.reduce(operator.getitem, path, data)
            change(draw, holder, last, holder[last])
        except (KeyError, IndexError, TypeError):  # an earlier change took this place away
            continue
    return data


def change(draw, holder, last, value):
    match draw(st.sampled_from(["exchange", "remove", "add"])):
        case "exchange":
            holder[last] = draw(junk)
        case "remove":
            del holder[last]
        case "add" if isinstance(holder, dict):
            holder[draw(st.sampled_from(["zzz", "hint", "note", "wrong", "tolerance"]))] = draw(junk)
        case "add":
            holder.append(copy.deepcopy(value))


@settings(max_examples=200, deadline=None)
@given(mutated())
def test_structure_is_judged_as_the_jsonschema_package_judges_it(data):
    ours = {finding.path for finding in findings(schema(), data)}
    errors = list(VALIDATOR.iter_errors(data))
    theirs = {tuple(error.absolute_path) for error in errors}
    assert bool(ours) == bool(theirs)
    if "additionalProperties" not in {error.validator for error in errors}:
        assert ours == theirs  # of an unknown key they name the place around it, we name the key


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutated())
def test_any_structure_is_read_or_refused(tmp_path, data):
    said = problems_of(tmp_path, json.dumps(data, indent=1))
    if findings(schema(), data):
        assert said


# ---- the schema ----------------------------------------------------------------------------------

OBJECTS = {
    "outcome": items.Outcome, "misconception": items.Misconception, "planStep": items.PlanStep,
    "case": items.Case, "role": items.Role, "step": items.Step, "activity": items.Activity, "lab": items.Lab,
    "country": items.Country, "option": items.Option, "wrongNumber": items.WrongNumber,
    "wrongText": items.WrongText, "left": items.Left, "right": items.Right, "item": items.Item,
    "path": items.PathRules, "pathGoal": items.PathGoal, "pathModule": items.PathModule, "pathEnd": items.PathEnd,
    **items.KINDS}


def parts(node, path=()):
    """Go through every schema inside the schema."""
    if isinstance(node, dict):
        yield path, node
        for key, part in node.items():
            yield from parts(part, (*path, key))
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from parts(part, (*path, number))


def test_the_schema_is_one_and_uses_only_keywords_that_are_read():
    jsonschema.Draft202012Validator.check_schema(schema())
    named = ("properties", "$defs")
    used = {key for path, node in parts(schema()) if not path or path[-1] not in named for key in node}
    assert used <= KEYWORDS
    assert {node["$ref"] for _, node in parts(schema()) if "$ref" in node} == {
        f"#/$defs/{name}" for name in schema()["$defs"]}


def test_every_property_of_the_schema_is_described():
    for path, node in parts(schema()):
        if path and path[-1] == "properties" and "if" not in path:
            for key, part in node.items():
                assert described(schema(), part).endswith("."), (*path, key)


def test_no_object_of_the_schema_takes_an_unknown_key():
    for path, node in parts(schema()):
        if node.get("type") == "object" and path != ("$defs", "question"):
            assert node["additionalProperties"] is False, path
    question = schema()["$defs"]["question"]
    kinds = question["properties"]["kind"]["enum"]
    assert kinds == list(items.KINDS)
    branches = [(each["if"]["properties"]["kind"]["const"], each["then"]["$ref"])
                for each in question["allOf"]]
    assert branches == [(kind, f"#/$defs/{kind}") for kind in kinds]


@pytest.mark.parametrize("name", OBJECTS)
def test_schema_and_classes_have_the_same_keys(name):
    fields = {each.name: each for each in dataclasses.fields(OBJECTS[name])}
    node = schema()["$defs"][name]
    assert set(node["properties"]) - {"kind"} == set(fields) - {"judged"}
    without_default = {key for key, each in fields.items()
                       if each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING}
    assert without_default <= set(node["required"])
    lists = {key for key, each in fields.items() if str(each.type).startswith("tuple")}
    resolved = {key: {**schema()["$defs"].get(part.get("$ref", "").rpartition("/")[2], {}), **part}
                for key, part in node["properties"].items()}
    assert {key for key, part in resolved.items() if "array" in part.get("type", "")} == lists - {"kind"}


def test_the_top_of_the_schema_and_the_module_file_have_the_same_keys():
    fields = {each.name for each in dataclasses.fields(items.ModuleFile)}
    assert set(schema()["properties"]) == fields - {"name", "graded"}


def test_the_good_file_uses_every_key_of_the_schema():
    used = set()
    for path in PLACES:
        used.add(next((step for step in reversed(path) if isinstance(step, str)), ""))
    for name, node in [*schema()["$defs"].items(), ("", schema())]:
        assert set(node.get("properties", {})) <= used, name


def test_an_editor_finds_the_same_problems_with_the_schema_alone():
    data = YAML(typ="safe", pure=True).load(GOOD)
    assert list(VALIDATOR.iter_errors(data)) == []
    data["questions"][0]["hnit"] = "x"
    del data["questions"][1]["options"][0]["feedback"]
    found = sorted(error.validator for error in VALIDATOR.iter_errors(data))
    assert found == ["additionalProperties", "required"]
