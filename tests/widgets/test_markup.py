"""A question as HTML: whole by itself, sound, the same every time, and an author's words stay words."""
from __future__ import annotations

import functools
import json
import random
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.widgets import sample_questions as sample
from tests.widgets.sample_questions import ALL, KNOWN, MODULE
from widgets.grading import NOT_A_NUMBER, grade
from widgets.items import Choice, Option, Order, Reflection
from widgets.markup import quiz_html, revisit_html
from widgets.text import to_plain

VOID = {"br", "hr", "img", "input"}
TAGS = {
    "a", "article", "blockquote", "code", "details", "div", "em", "fieldset", "form", "h3", "input", "label",
    "legend", "li", "ol", "option", "p", "select", "span", "strong", "summary", "textarea", "ul",
}
ATTRIBUTES = {
    "aria-label", "aria-labelledby", "autocomplete", "checked", "class", "data-course", "data-first",
    "data-kind", "data-option", "data-part", "data-question", "data-spec", "href", "id", "inputmode", "method",
    "name", "role", "rows", "type", "value",
}


class Tree(HTMLParser):
    """Read HTML strictly: every element is closed in its place, every attribute is written once."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names)), f"{tag}: an attribute twice"
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl):
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data):
        raise AssertionError(f"an instruction: {data}")

    def all(self, name: str) -> list[str]:
        """The values of an attribute, in the order of the elements."""
        return [attributes[name] for _, attributes in self.elements if name in attributes]

    def faults(self) -> list[str]:
        """Elements and attributes that no question is made of."""
        tags = {tag for tag, _ in self.elements} - TAGS
        names = {name for _, attributes in self.elements for name in attributes} - ATTRIBUTES
        return sorted(tags | names)

    def shape(self) -> list[tuple]:
        """The elements without what an author wrote."""
        written = {"aria-label", "data-spec", "href", "value"}
        return [(tag, sorted((name, value) for name, value in attributes.items() if name not in written))
                for tag, attributes in self.elements]


def specs(html: str) -> dict[str, dict]:
    """What grading is given, by question: its data, and the names of the parts in their places."""
    found, spec = {}, None
    for _, attributes in Tree(html).elements:
        if "data-spec" in attributes:
            spec = json.loads(attributes["data-spec"]) | {"kind": attributes["data-kind"]}
            found[attributes["data-question"]] = spec
        if "data-part" in attributes:
            *steps, key = attributes["data-part"].split("--")
            functools.reduce(enter, steps, spec)[key] = attributes["data-part"]
    return found


def enter(place: dict | list, step: str):
    """What stands in a spec under a key, or in a list under an id or a number."""
    if isinstance(place, dict):
        return place[step]
    return next((part for part in place if part.get("id") == step), None) or place[int(step)]


def words(value) -> list[str]:
    """Every text of a spec that a reader must be able to read."""
    if isinstance(value, dict):
        skip = {"id", "kind", "match", "misconception", "normalize", "outcome", "source"}
        return [text for key, part in value.items() if key not in skip for text in words(part)]
    if isinstance(value, list):
        return [text for part in value for text in words(part)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("question", ALL, ids=lambda each: each.id)
def test_everything_an_author_wrote_can_be_read_without_a_script(question):
    text = "".join(Tree(quiz_html([question], MODULE, **KNOWN)).text.split())
    for written in words(question.spec()):
        assert "".join(to_plain(written).split()) in text


def test_the_lecturer_s_note_is_not_in_the_page():
    noted = Reflection(id="why", text="Why?", note="Do not tell them.")
    assert "Do not tell" not in quiz_html([noted], MODULE)


@pytest.mark.parametrize("question", ALL, ids=lambda each: each.id)
def test_every_control_has_a_name_in_words(question):
    tree = Tree(quiz_html([question], MODULE, **KNOWN))
    controls = [attributes for tag, attributes in tree.elements if tag in ("input", "select", "textarea")]
    assert controls
    labels = sum(tag == "label" for tag, _ in tree.elements)
    assert labels == len(controls), "each control stands in a label of its own"


def test_ids_are_unique_on_a_page_of_several_quizzes():
    page = quiz_html(ALL, MODULE, "Check", "quiz", **KNOWN)
    page += revisit_html(sample.NUMBER, MODULE, "Now", **KNOWN) + quiz_html(ALL[:2], MODULE, **KNOWN)
    ids = Tree(page).all("id")
    assert len(ids) == len(set(ids)) > len(ALL)


def test_the_heading_names_the_questions_and_has_the_level_that_is_asked_for():
    html = quiz_html(ALL, MODULE, "Knowledge <check>", "quiz", level=2, **KNOWN)
    name = 'id="course-05-measuring-quiz--title"'
    assert f'<h2 class="course-title" {name}>Knowledge &lt;check&gt;</h2>' in html
    assert 'aria-labelledby="course-05-measuring-quiz--title"' in html
    assert 'aria-label="Questions"' in quiz_html(ALL, MODULE, **KNOWN)


def test_the_same_questions_give_the_same_html():
    assert quiz_html(ALL, MODULE, **KNOWN) == quiz_html(list(ALL), MODULE, **KNOWN)


@pytest.mark.parametrize("question", ALL, ids=lambda each: each.id)
def test_the_page_grades_as_python_does_and_every_feedback_is_the_name_of_its_text(question):
    html = quiz_html([question], MODULE, **KNOWN)
    spec = specs(html)[f"{MODULE}/{question.id}"]
    names = Tree(html).all("data-part")
    assert len(names) == len(set(names))
    for answer in answers(question):
        here, there = grade(spec, answer), grade(question, answer)
        assert (here.score, here.right, here.marks) == (there.score, there.right, there.marks)
        assert here.misconception == there.misconception
        assert len(here.feedback) == len(there.feedback)
        if here.feedback == [NOT_A_NUMBER]:  # the page has words of its own for it
            continue
        assert set(here.feedback) <= set(names)
        for name, text in zip(here.feedback, there.feedback, strict=True):
            assert to_plain(text) in inside(html, name)


def answers(question) -> list:
    """Right, wrong, diagnosed and partly right answers to a question of the sample."""
    right = sample.RIGHT_ANSWERS.get(question.id)
    return {
        "choice": [right, "two", "ten"],
        "choices": [right, ["hide"], ["none"], ["hide", "none"]],
        "number": [right, "640", "7", "x"],
        "text": [right, "roma", "Bonn"],
        "match": [right, {"contacts": "goods"}, {"contacts": "money", "purity": "people"}],
        "order": [right, ["integrate", "place", "layer"], ["layer", "place", "integrate"]],
        "scale": [1, 3],
        "reflection": ["Nobody."],
    }[question.kind]


def inside(html: str, name: str) -> str:
    """The text that begins in the part of this name."""
    after = html.split(f'data-part="{name}">', 1)[1]
    return Tree(after.split("</p>")[0] + "</p>").text


def test_data_for_grading_holds_no_words_of_the_author_but_accepted_answers():
    for question in ALL:
        html = quiz_html([question], MODULE, **KNOWN)
        names = Tree(html).all("data-part")
        texts = [text for text in words(specs(html)[f"{MODULE}/{question.id}"]) if text not in names]
        kept = {"city": {"Palermo", "Rome", "Roma"}, "victims": {"victims"}}
        assert set(texts) <= kept.get(question.id, set())


def test_a_wrong_answer_shows_the_belief_behind_it_and_what_speaks_against_it():
    text = Tree(quiz_html([sample.CHOICE], MODULE, **KNOWN)).text
    assert "A common belief: Police figures show all crime." in text
    assert "A crime nobody reports is in no record." in text


def test_a_source_is_shown_in_words():
    def sources(**known):
        html = quiz_html([sample.CHOICE, sample.TEXT], MODULE, misconceptions=sample.MISCONCEPTIONS, **known)
        return Tree(html).text

    assert "Source: UNTOC, article 2(a)" in sources()
    assert "Source: un2018" in sources()
    assert "Source: United Nations (2018), A paper" in sources(sources=sample.SOURCES)


def test_certainty_is_asked_where_the_question_wants_it():
    def asks(question):
        return "How sure are you?" in quiz_html([question], MODULE, **KNOWN)

    assert asks(sample.CHOICE)
    assert not asks(sample.SCALE)
    two = (Option(id="a", text="A", feedback="A.", right=True), Option(id="b", text="B", feedback="B."))
    assert not asks(Choice(id="plain", text="?", options=two, certainty=False))


def test_an_order_is_never_shown_in_the_right_order():
    html = quiz_html([sample.ORDER], MODULE, **KNOWN)
    shown = Tree(html).all("data-option")
    assert sorted(shown) == ["integrate", "layer", "place"]
    assert shown != ["place", "layer", "integrate"]


def test_a_scale_with_labels_shows_them_and_one_without_shows_its_ends():
    assert "2 Perhaps" in Tree(quiz_html([sample.LABELLED], MODULE)).text
    text = Tree(quiz_html([sample.SCALE], MODULE)).text
    assert "1 not at all" in text
    assert "5 fully" in text


def test_a_story_before_the_question_is_not_set_in_bold():
    def css(text):
        return [each for each in Tree(quiz_html([Reflection(id="q", text=text)], MODULE)).all("class")
                if each.startswith("course-legend")]

    assert css("Short?\n\n" + "And then a long story. " * 20) == ["course-legend"]
    assert css("A long story. " * 20 + "\n\n**Short?**") == ["course-legend course-long"]


def test_a_revisited_icebreaker_is_recorded_beside_its_first_answer():
    tree = Tree(revisit_html(sample.NUMBER, MODULE, "Now", **KNOWN))
    assert tree.all("data-question") == ["05-measuring/victims/revisit"]
    assert tree.all("data-first") == ["05-measuring/victims"]
    assert tree.all("data-course") == ["revisit"]


def test_a_quiz_without_a_question_is_refused():
    with pytest.raises(ValueError, match="05-measuring: a quiz needs a question"):
        quiz_html([], MODULE)


def test_a_misconception_that_is_not_given_is_refused_by_name():
    with pytest.raises(ValueError, match="05-measuring: the misconception `all` is named but not given"):
        quiz_html([sample.CHOICE], MODULE)


@pytest.mark.parametrize("question", ALL, ids=lambda each: each.id)
@pytest.mark.parametrize("text", sample.HOSTILE)
def test_hostile_words_in_every_field_change_no_element_and_no_attribute(question, text):
    plain = Tree(quiz_html([sample.hostile(question, "")], MODULE, "Title", **sample.hostile_known("")))
    known = sample.hostile_known(text)
    attacked = Tree(quiz_html([sample.hostile(question, text)], MODULE, "Title" + text, **known))
    assert attacked.faults() == []
    assert attacked.shape() == plain.shape()


@pytest.mark.parametrize("question", ALL, ids=lambda each: each.id)
@settings(deadline=None, max_examples=60)
@given(text=st.lists(st.sampled_from(sample.HOSTILE) | st.text(max_size=8), max_size=6).map("".join))
def test_any_words_in_every_field_give_sound_html(question, text):
    for write in (quiz_html, lambda questions, *rest, **known: revisit_html(questions[0], *rest, **known)):
        tree = Tree(write([sample.hostile(question, text)], MODULE, text, **sample.hostile_known(text)))
        assert tree.faults() == []
        assert all(href.startswith("https://") or ":" not in href for href in tree.all("href"))


def test_hostile_ids_stay_in_their_attributes():
    """The reader of module files refuses such ids; the markup does not rely on it."""
    other = Option(id="b", text="B", feedback="B.")
    for text in sample.HOSTILE:
        options = (Option(id=text, text="A", feedback="A.", right=True), other)
        order = Order(id=text, text="?", right="R", otherwise="O", items=())
        for question in (Choice(id=text, text="?", options=options), order):
            tree = Tree(quiz_html([question], text, None, text))
            assert tree.faults() == []


def test_order_of_many_items_is_mixed_by_their_ids_only():
    ids = random.Random(7).sample(range(1000), 12)
    items = tuple(sample.Item(id=f"i{number}", text=f"Item {number}") for number in ids)
    order = Order(id="many", text="?", right="R", otherwise="O", items=items)
    assert Tree(quiz_html([order], MODULE)).all("data-option") == [item.id for item in order.shown()]
