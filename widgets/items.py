"""What a module file says, as values: questions of eight kinds, and the module around them.

The names are the keys of the module file (``data/modules/NN-slug.yml``).
The classes hold what was written and check nothing: :func:`widgets.modulefile.read_module` checks,
so that an author hears of every mistake at once, with its line.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from widgets.keys import each_question

__all__ = [
    "KINDS", "Activity", "Case", "Choice", "Choices", "Country", "Item", "Lab", "Left", "Match",
    "Misconception", "ModuleFile", "Number", "Option", "Order", "Outcome", "PathEnd", "PathGoal",
    "PathModule", "PathRules", "PlanStep", "Question", "Reflection", "Right", "Role", "Scale", "Step", "Text",
    "WrongNumber", "WrongText", "make_module", "make_question",
]


def _many(of: Any) -> Any:
    """Declare a field that holds any number of `of`."""
    return field(default=(), metadata={"of": of})


def _from_data(cls: type, data: Mapping[str, Any]) -> Any:
    """Build `cls` from the plain mapping of a module file that has been checked."""
    values = {}
    for each in dataclasses.fields(cls):
        if each.name not in data:
            continue
        value, of = data[each.name], each.metadata.get("of")
        if of is not None and not isinstance(value, Mapping):
            value = tuple(_make(of, part) for part in value)
        elif of is not None:
            value = _make(of, value)
        elif isinstance(value, list):
            value = tuple(value)
        elif each.type == "int" or each.type == "str":
            value = {"int": int, "str": str}[each.type](value)  # minutes: 5.0, date: 2019
        values[each.name] = value
    return cls(**values)


def _make(of: Any, data: Mapping[str, Any]) -> Any:
    return make_question(data) if of is Question else _from_data(of, data)


def _to_data(value: Any) -> Any:
    """Turn a dataclass (or a tuple of them) into plain JSON, leaving out what is None."""
    if isinstance(value, tuple):
        return [_to_data(each) for each in value]
    if not dataclasses.is_dataclass(value):
        return value
    pairs = ((each.name, getattr(value, each.name)) for each in dataclasses.fields(value))
    return {name: _to_data(part) for name, part in pairs if part is not None}


# ---- the parts of a question ---------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Option:
    """One option of a `choice` or `choices` question.

    Parameters
    ----------
    id, text : str
        A stable id, and what the reader sees.
    feedback : str
        Shown when the option was chosen: why it is right or wrong. None in an edition without answers.
    right : bool
        Whether it belongs to the right answer.
    unchosen : str, optional
        Shown when the option was not chosen.
    misconception : str, optional
        Id of the belief behind a wrong choice.

    Examples
    --------
    >>> Option(id="fee", text="A fee", feedback="A fee is a benefit too.").right
    False
    """

    id: str
    text: str
    feedback: str | None = None
    right: bool = False
    unchosen: str | None = None
    misconception: str | None = None


@dataclass(frozen=True, kw_only=True)
class WrongNumber:
    """A wrong number that shows a known mistake.

    Parameters
    ----------
    value : float
        The number the mistake leads to, in the unit of the question.
    feedback : str
        What to tell a reader who gave it.
    tolerance : float, optional
        How far off still counts as this mistake; the tolerance of the question where it is absent.
    misconception : str, optional
        Id of the belief behind it.

    Examples
    --------
    >>> WrongNumber(value=25, feedback="You added the lists.").tolerance is None
    True
    """

    value: float
    feedback: str
    tolerance: float | None = None
    misconception: str | None = None


@dataclass(frozen=True, kw_only=True)
class WrongText:
    """Wrong short answers that show a known mistake.

    Parameters
    ----------
    value : tuple of str
        The spellings of this answer.
    feedback : str
        What to tell a reader who gave it.
    misconception : str, optional
        Id of the belief behind it.

    Examples
    --------
    >>> WrongText(value=("Rome",), feedback="Rome is the Court's statute.").misconception is None
    True
    """

    value: tuple[str, ...]
    feedback: str
    misconception: str | None = None


@dataclass(frozen=True, kw_only=True)
class Left:
    """The left side of one pair of a `match` question.

    Parameters
    ----------
    id, text : str
        A stable id, and what the reader sees.
    match, feedback : str
        Id of the right side that belongs to it, and what is said when it was paired wrongly. None in an
        edition without answers.
    misconception : str, optional
        Id of the belief behind a wrong pair.

    Examples
    --------
    >>> Left(id="a5", text="Article 5", match="group", feedback="Article 5 is on groups.").match
    'group'
    """

    id: str
    text: str
    match: str | None = None
    feedback: str | None = None
    misconception: str | None = None


@dataclass(frozen=True, kw_only=True)
class Right:
    """A right side of a `match` question; one that no left side names is a distractor.

    Parameters
    ----------
    id, text : str
        A stable id, and what the reader sees.

    Examples
    --------
    >>> Right(id="group", text="Taking part in a group").text
    'Taking part in a group'
    """

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item of an `order` question.

    Parameters
    ----------
    id, text : str
        A stable id, and what the reader sees.
    feedback : str, optional
        Why it stands where it stands; shown when it was put elsewhere.

    Examples
    --------
    >>> Item(id="place", text="Placement").feedback is None
    True
    """

    id: str
    text: str
    feedback: str | None = None


# ---- the eight kinds of question -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Question:
    """What all kinds of question have; use one of the eight kinds.

    Parameters
    ----------
    id : str
        Stable, in small letters with hyphens, and used once in the module.
    text : str
        The question, in the Markdown subset of :mod:`widgets.text`.
    outcome : str, optional
        Id of the learning outcome it asks about; always there where an answer can be right.
    source : str, optional
        A key of the bibliography, or a provision such as ``UNTOC:2(a)``; always there where an
        answer can be right.
    hint : str, optional
        A help before the solution.
    explanation : str, optional
        The solution in words; always there where an answer can be right.
    certainty : bool
        Whether the reader is asked how sure they are.
    note : str, optional
        A word to the lecturer. Never part of :meth:`spec`, so it never gets into a page by accident.
    judged : bool
        False in an edition without answers: what belongs to the answer is left out, and what a reader gives
        is recorded and not judged.

    Examples
    --------
    >>> Reflection(id="why", text="Why count at all?").kind
    'reflection'
    """

    kind: ClassVar[str]
    has_key: ClassVar[bool] = True  # whether an answer of this kind can be right

    id: str
    text: str
    outcome: str | None = None
    source: str | None = None
    hint: str | None = None
    explanation: str | None = None
    certainty: bool = True
    note: str | None = None
    judged: bool = True

    @property
    def graded(self) -> bool:
        """Whether an answer is right or wrong here.

        Examples
        --------
        >>> Text(id="city", text="Where?").graded, Text(id="city", text="Where?", judged=False).graded
        (True, False)
        """
        return self.has_key and self.judged

    def spec(self) -> dict[str, Any]:
        """Give the question as plain JSON: the keys of the module file, with the defaults filled in.

        Returns
        -------
        dict
            What :func:`widgets.grading.grade` takes in Python and in JavaScript. Nothing in it is
            None, and the note to the lecturer is left out.

        Examples
        --------
        >>> Scale(id="fear", text="How safe do you feel?", points=3, low="not", high="very").spec()
        {'kind': 'scale', 'id': 'fear', 'text': 'How safe do you feel?', 'certainty': False, \
'points': 3, 'low': 'not', 'high': 'very'}
        """
        spec = {"kind": self.kind, **_to_data(self)}
        spec.pop("note", None)
        if self.judged or not self.has_key:
            del spec["judged"]
        return spec


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """One option out of several is right.

    Parameters
    ----------
    options : tuple of Option
        At least two, one of them right. See :class:`Question` for the rest.

    Examples
    --------
    >>> question = Choice(id="n", text="How many?", options=(
    ...     Option(id="two", text="Two", feedback="A pair is no group."),
    ...     Option(id="three", text="Three", feedback="As Article 2 says.", right=True)))
    >>> [option.id for option in question.options if option.right]
    ['three']
    """

    kind: ClassVar[str] = "choice"
    options: tuple[Option, ...] = _many(Option)


@dataclass(frozen=True, kw_only=True)
class Choices(Question):
    """Any number of options may be right, at least one is.

    Parameters
    ----------
    options : tuple of Option
        At least two. See :class:`Question` for the rest.

    Examples
    --------
    >>> Choices(id="who", text="Who counts?").kind
    'choices'
    """

    kind: ClassVar[str] = "choices"
    options: tuple[Option, ...] = _many(Option)


@dataclass(frozen=True, kw_only=True)
class Number(Question):
    """A number, right within a tolerance.

    Parameters
    ----------
    answer : float
        The right number, in `unit`.
    tolerance : float
        How far off still counts as right, in `unit`; not a percentage.
    unit : str, optional
        What is counted or measured, as the reader sees it behind the field.
    right, otherwise : str
        Feedback to the right number, and to one that is neither right nor diagnosed.
    wrong : tuple of WrongNumber
        Wrong numbers that show a known mistake. See :class:`Question` for the rest.

    Examples
    --------
    >>> question = Number(id="n", text="How many?", answer=10, tolerance=1, right="Yes.", otherwise="No.",
    ...                   wrong=(WrongNumber(value=25, feedback="You added."),))
    >>> question.spec()["wrong"]
    [{'value': 25, 'feedback': 'You added.', 'tolerance': 1}]
    """

    kind: ClassVar[str] = "number"
    answer: float | None = None
    tolerance: float = 0
    unit: str | None = None
    right: str | None = None
    otherwise: str | None = None
    wrong: tuple[WrongNumber, ...] = _many(WrongNumber)

    def spec(self) -> dict[str, Any]:
        """Give the question as plain JSON; each wrong value has its tolerance (see `Question.spec`).

        Returns
        -------
        dict
            Plain JSON.

        Examples
        --------
        >>> Number(id="n", text="?", answer=3, right="Yes.", otherwise="No.").spec()["tolerance"]
        0
        """
        spec = super().spec()
        for wrong in spec["wrong"]:
            wrong.setdefault("tolerance", self.tolerance)
        return spec


@dataclass(frozen=True, kw_only=True)
class Text(Question):
    """A short answer in words.

    Parameters
    ----------
    accepted : tuple of str
        Every answer that is right.
    normalize : tuple of {"case", "space", "accents", "punctuation"}
        What does not matter when answers are compared (see :func:`widgets.grading.normalize_text`).
    right, otherwise : str
        Feedback to a right answer, and to one that is neither right nor diagnosed.
    wrong : tuple of WrongText
        Wrong answers that show a known mistake. See :class:`Question` for the rest.

    Examples
    --------
    >>> Text(id="city", text="Where?", accepted=("Palermo",), right="Yes.", otherwise="No.").normalize
    ('case', 'space')
    """

    kind: ClassVar[str] = "text"
    accepted: tuple[str, ...] = ()
    normalize: tuple[str, ...] = ("case", "space")
    right: str | None = None
    otherwise: str | None = None
    wrong: tuple[WrongText, ...] = _many(WrongText)


@dataclass(frozen=True, kw_only=True)
class Match(Question):
    """Each left side belongs to one right side; a right side may belong to several or to none.

    Parameters
    ----------
    left : tuple of Left
        What is to be paired.
    right : tuple of Right
        What it is paired with. See :class:`Question` for the rest.

    Examples
    --------
    >>> Match(id="pairs", text="What belongs together?").kind
    'match'
    """

    kind: ClassVar[str] = "match"
    left: tuple[Left, ...] = _many(Left)
    right: tuple[Right, ...] = _many(Right)


@dataclass(frozen=True, kw_only=True)
class Order(Question):
    """Items to be put in order.

    Parameters
    ----------
    items : tuple of Item
        In the right order.
    right, otherwise : str
        Feedback to the right order, and to any other. See :class:`Question` for the rest.

    Examples
    --------
    >>> question = Order(id="steps", text="Order them.", right="Yes.", otherwise="Not yet.", items=(
    ...     Item(id="place", text="Placement"), Item(id="layer", text="Layering"),
    ...     Item(id="integrate", text="Integration")))
    >>> [item.id for item in question.shown()]
    ['layer', 'integrate', 'place']
    """

    kind: ClassVar[str] = "order"
    items: tuple[Item, ...] = _many(Item)
    right: str | None = None
    otherwise: str | None = None

    def shown(self) -> tuple[Item, ...]:
        """Give the items as the reader first sees them: mixed, always the same way, never in order.

        Returns
        -------
        tuple of Item
            All items. The mix depends on the ids only, so a page looks the same after every build.

        Examples
        --------
        >>> two = Order(id="o", text="?", right="", otherwise="",
        ...             items=(Item(id="first", text="1"), Item(id="second", text="2")))
        >>> [item.id for item in two.shown()]
        ['second', 'first']
        """
        def mix(item: Item) -> str:
            return hashlib.sha256(f"{self.id}/{item.id}".encode()).hexdigest()

        mixed = tuple(sorted(self.items, key=mix))
        if not self.judged:  # no order is known to be right, and none may be shunned
            return mixed
        return mixed if mixed != self.items else mixed[1:] + mixed[:1]


@dataclass(frozen=True, kw_only=True)
class Scale(Question):
    """A place on a scale; no answer is right or wrong.

    Parameters
    ----------
    points : int
        How many steps, 3 to 11.
    low, high : str
        The words at the two ends.
    labels : tuple of str, optional
        One word for each step. See :class:`Question` for the rest.

    Examples
    --------
    >>> Scale(id="trust", text="Do you trust the count?", points=5, low="not at all", high="fully").graded
    False
    """

    kind: ClassVar[str] = "scale"
    has_key: ClassVar[bool] = False
    certainty: bool = False
    points: int
    low: str
    high: str
    labels: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Reflection(Question):
    """Free text; no answer is right or wrong. The explanation, if any, is shown after writing.

    Examples
    --------
    >>> Reflection(id="home", text="Who counts in your country?").spec()
    {'kind': 'reflection', 'id': 'home', 'text': 'Who counts in your country?', 'certainty': False}
    """

    kind: ClassVar[str] = "reflection"
    has_key: ClassVar[bool] = False
    certainty: bool = False


KINDS: dict[str, type[Question]] = {
    cls.kind: cls for cls in (Choice, Choices, Number, Text, Match, Order, Scale, Reflection)
}
"""The class of each kind, by its name in the module file."""


def make_question(data: Mapping[str, Any]) -> Question:
    """Build the question that a checked mapping describes.

    Parameters
    ----------
    data : mapping
        The keys of the module file, `kind` among them; also what :meth:`Question.spec` gives.

    Returns
    -------
    Question
        Of the class that `kind` names.

    Raises
    ------
    ValueError
        If `kind` is none of the eight. The rest is not checked here (see
        :func:`widgets.modulefile.read_module`).

    Examples
    --------
    >>> question = make_question({"id": "home", "kind": "reflection", "text": "Who counts?"})
    >>> make_question(question.spec()) == question
    True
    >>> make_question({"id": "home", "kind": "essay"})
    Traceback (most recent call last):
        ...
    ValueError: question `home`: there is no kind `essay`. Mend: use one of choice, choices, number, \
text, match, order, scale, reflection.
    """
    cls = KINDS.get(data.get("kind"))
    if cls is None:
        raise ValueError(f"question `{data.get('id')}`: there is no kind `{data.get('kind')}`. "
                         f"Mend: use one of {', '.join(KINDS)}.")
    if cls is Text:
        wrong = [{**each, "value": [each["value"]] if isinstance(each["value"], str) else each["value"]}
                 for each in data.get("wrong", ())]
        data = {**data, "wrong": wrong}
    return _from_data(cls, data)


# ---- the module around the questions -------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A learning outcome.

    Parameters
    ----------
    id, text : str
        A stable id, and what a reader can do after the module.

    Examples
    --------
    >>> Outcome(id="estimate", text="Estimate what no list shows.").id
    'estimate'
    """

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Misconception:
    """A widespread wrong belief, and what speaks against it.

    Parameters
    ----------
    id, belief, refutation : str
        A stable id, the belief in the words of those who hold it, and the answer to it.
    source : str
        A key of the bibliography, or a provision such as ``UNTOC:2(a)``.

    Examples
    --------
    >>> Misconception(id="all", belief="Police see it all.", refutation="No.", source="a").belief
    'Police see it all.'
    """

    id: str
    belief: str
    refutation: str
    source: str


@dataclass(frozen=True, kw_only=True)
class PlanStep:
    """A stretch of the class plan.

    Parameters
    ----------
    minutes : int
        How long it takes.
    room, what : str
        The room of the module it takes place in, and what is done.
    note : str, optional
        A word to the lecturer.

    Examples
    --------
    >>> PlanStep(minutes=15, room="icebreaker", what="Guess first.").minutes
    15
    """

    minutes: int
    room: str
    what: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case study.

    Parameters
    ----------
    id, title, place, date, text : str
        What happened, where and when.
    source : tuple of str
        Keys of the bibliography, or provisions such as ``UNTOC:2(a)``.
    contested : str, optional
        What is disputed about it.
    questions : tuple of Question
        Questions on the case.

    Examples
    --------
    >>> Case(id="c", title="A case", place="Palermo", date="1992", source=("a",), text="…").questions
    ()
    """

    id: str
    title: str
    place: str
    date: str
    source: tuple[str, ...]
    text: str
    contested: str | None = None
    questions: tuple[Question, ...] = _many(Question)


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role of an activity.

    Parameters
    ----------
    name, brief : str
        Who it is, and what that person knows and wants.

    Examples
    --------
    >>> Role(name="Prosecutor", brief="You want a number.").name
    'Prosecutor'
    """

    name: str
    brief: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of an activity.

    Parameters
    ----------
    minutes : int
        How long it takes.
    what : str
        What is done.

    Examples
    --------
    >>> Step(minutes=5, what="Read your brief.").minutes
    5
    """

    minutes: int
    what: str


@dataclass(frozen=True, kw_only=True)
class Activity:
    """A class activity.

    Parameters
    ----------
    id, title, outcome, purpose : str
        What it is, the id of its learning outcome, and what it is for.
    minutes : int
        The sum of the minutes of its steps.
    modes : tuple of str
        listening, reading, viewing, speaking, writing, acting.
    steps : tuple of Step
        What is done, in order.
    debrief : tuple of str
        Questions to talk about afterwards.
    roles : tuple of Role
        Who plays whom.
    materials : tuple of str
        What to bring.

    Examples
    --------
    >>> Activity(id="a", title="Debate", outcome="o", minutes=20, modes=("speaking",), purpose="…",
    ...          debrief=("What changed your mind?",)).materials
    ()
    """

    id: str
    title: str
    outcome: str
    minutes: int
    modes: tuple[str, ...]
    purpose: str
    steps: tuple[Step, ...] = _many(Step)
    debrief: tuple[str, ...]
    roles: tuple[Role, ...] = _many(Role)
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A measuring exercise on a dataset.

    Parameters
    ----------
    id, title, dataset, outcome, text : str
        What it is, the name of its dataset, the id of its learning outcome, and the task.
    checks : tuple of Question
        What the reader's values are checked against.

    Examples
    --------
    >>> Lab(id="lists", title="Two lists", dataset="victim_lists", outcome="o", text="…").checks
    ()
    """

    id: str
    title: str
    dataset: str
    outcome: str
    text: str
    checks: tuple[Question, ...] = _many(Question)


@dataclass(frozen=True, kw_only=True)
class Country:
    """The room "in your country": the module applied to where the reader lives.

    Parameters
    ----------
    text : str
        The task.
    name : str, optional
        The country that an edition is made for; the reader's own where it is left out.
    form : tuple of Question
        What the reader writes down, `reflection` or `text`.

    Examples
    --------
    >>> Country(text="Who counts where you live?").form
    ()
    """

    text: str
    name: str | None = None
    form: tuple[Question, ...] = _many(Question)


@dataclass(frozen=True, kw_only=True)
class PathGoal:
    """What a learner may wish for, and how it is said among the reasons of a path.

    Parameters
    ----------
    id, reason : str
        Id of the question of the form that asks for it, and the reason.

    Examples
    --------
    >>> PathGoal(id="goal-figures", reason="you want to judge figures").id
    'goal-figures'
    """

    id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PathModule:
    """A module of the course, as the rule for a learner's path sees it.

    Parameters
    ----------
    id, topic : str
        The stem of the module, written or not, and what it is about.
    asks : str
        Id of the question of the first test that belongs to it.
    goals : tuple of str
        Ids of the questions of the form whose wish adds to its points.
    roles : tuple of int
        Answers on the role that add to its points.
    after : tuple of str
        Modules it builds on.
    base : int
        Points it has for everyone.

    Examples
    --------
    >>> PathModule(id="05-measuring", topic="Measuring", asks="seizures").after
    ()
    """

    id: str
    topic: str
    asks: str
    goals: tuple[str, ...] = ()
    roles: tuple[int, ...] = ()
    after: tuple[str, ...] = ()
    base: int = 0


@dataclass(frozen=True, kw_only=True)
class PathEnd:
    """The module that ends every path.

    Parameters
    ----------
    id, topic : str
        The stem of the module, written or not, and what it is about.
    hours : int
        How long it takes.

    Examples
    --------
    >>> PathEnd(id="17-follow-up", topic="The second test", hours=1).hours
    1
    """

    id: str
    topic: str
    hours: int


@dataclass(frozen=True, kw_only=True)
class PathRules:
    """The numbers of the rule that suggests a path (see :mod:`widgets.path`).

    Parameters
    ----------
    form : tuple of Question
        What is asked of everyone; `time` and `role` are among it.
    hours : tuple of int
        Hours that each answer on `time` stands for.
    whole, short : int
        Hours that a module takes, whole and in its short form.
    role : int
        Points of a module that is close to the learner's role.
    wrong : tuple of int
        Points for a wrong first answer, by certainty 1, 2, 3.
    goals : tuple of PathGoal
        What a learner may wish for.
    modules : tuple of PathModule
        In the order of the course.
    last : PathEnd
        The module that ends every path.

    Examples
    --------
    >>> PathRules(hours=(3,), whole=3, short=1, role=1, wrong=(2, 3, 5),
    ...           last=PathEnd(id="17-follow-up", topic="The second test", hours=1)).spec()["hours"]
    [3]
    """

    form: tuple[Question, ...] = _many(Question)
    hours: tuple[int, ...]
    whole: int
    short: int
    role: int
    wrong: tuple[int, ...]
    goals: tuple[PathGoal, ...] = _many(PathGoal)
    modules: tuple[PathModule, ...] = _many(PathModule)
    last: PathEnd = field(metadata={"of": PathEnd})

    def spec(self) -> dict[str, Any]:
        """Give the rule as plain JSON; of the form only the ids of its scales, and nothing that is empty.

        Returns
        -------
        dict
            What :func:`widgets.path.suggest` takes in Python and in JavaScript.

        Examples
        --------
        >>> rules = PathRules(hours=(3,), whole=3, short=1, role=1, wrong=(2, 3, 5), goals={}, modules=(
        ...     PathModule(id="05-measuring", topic="Measuring", asks="seizures"),),
        ...     last=PathEnd(id="17-follow-up", topic="The second test", hours=1))
        >>> rules.spec()["modules"]
        [{'id': '05-measuring', 'topic': 'Measuring', 'asks': 'seizures'}]
        """
        spec = _to_data(self)
        modules = [{key: value for key, value in each.items() if value} for each in spec["modules"]]
        form = [each.id for each in self.form if each.kind == "scale"]
        goals = {each.id: each.reason for each in self.goals}
        return {**spec, "form": form, "goals": goals, "modules": modules}


@dataclass(frozen=True, kw_only=True)
class ModuleFile:
    """Everything one module asks and tells a class.

    Parameters
    ----------
    name : str
        The stem of the file, such as ``05-measuring``.
    title : str
        The title of the module.
    outcomes, misconceptions, plan, plan50, icebreakers, questions, cases, activities, labs : tuple
        As in the module file.
    country : Country, optional
        The room "in your country".
    graded : bool
        False in an edition without answers.
    path : PathRules, optional
        The rule that suggests a learner's path.

    Examples
    --------
    >>> file = ModuleFile(name="05-measuring", title="Measuring", questions=(
    ...     Reflection(id="why", text="Why count at all?"),))
    >>> file.question("why").text
    'Why count at all?'
    """

    name: str
    title: str
    outcomes: tuple[Outcome, ...] = _many(Outcome)
    misconceptions: tuple[Misconception, ...] = _many(Misconception)
    plan: tuple[PlanStep, ...] = _many(PlanStep)
    plan50: tuple[PlanStep, ...] = _many(PlanStep)
    icebreakers: tuple[Question, ...] = _many(Question)
    questions: tuple[Question, ...] = _many(Question)
    cases: tuple[Case, ...] = _many(Case)
    activities: tuple[Activity, ...] = _many(Activity)
    labs: tuple[Lab, ...] = _many(Lab)
    country: Country | None = field(default=None, metadata={"of": Country})
    graded: bool = True
    path: PathRules | None = field(default=None, metadata={"of": PathRules})

    def every_question(self) -> Iterator[Question]:
        """Go through all questions: icebreakers, knowledge check, cases, labs, country, form of the path.

        Yields
        ------
        Question
            Each one once; their ids differ.

        Examples
        --------
        >>> list(ModuleFile(name="00-start", title="Start").every_question())
        []
        """
        yield from self.icebreakers
        yield from self.questions
        for case in self.cases:
            yield from case.questions
        for lab in self.labs:
            yield from lab.checks
        if self.country:
            yield from self.country.form
        if self.path:
            yield from self.path.form

    def question(self, id: str) -> Question:
        """Find a question by its id, wherever it stands in the module.

        Parameters
        ----------
        id : str
            Such as ``guess``.

        Returns
        -------
        Question
            The question.

        Raises
        ------
        ValueError
            If the module has no such question; the nearest id is suggested.

        Examples
        --------
        >>> file = ModuleFile(name="05-measuring", title="Measuring", icebreakers=(
        ...     Reflection(id="guess", text="How many?"),))
        >>> file.question("gess")
        Traceback (most recent call last):
            ...
        ValueError: 05-measuring has no question `gess`. Mend: did you mean `guess`?
        """
        questions = {each.id: each for each in self.every_question()}
        if id in questions:
            return questions[id]
        near = difflib.get_close_matches(str(id), questions, n=1)
        mend = f"did you mean `{near[0]}`?" if near else f"use one of {', '.join(questions) or '(none)'}."
        raise ValueError(f"{self.name} has no question `{id}`. Mend: {mend}")


def make_module(name: str, data: Mapping[str, Any]) -> ModuleFile:
    """Build the module file that a checked mapping describes.

    Parameters
    ----------
    name : str
        The stem of the file, such as ``05-measuring``.
    data : mapping
        The keys of the module file.

    Returns
    -------
    ModuleFile
        Nothing is checked here (see :func:`widgets.modulefile.read_module`).

    Examples
    --------
    >>> make_module("05-measuring", {"title": "Measuring", "outcomes": [{"id": "count", "text": "Count."}]}).outcomes
    (Outcome(id='count', text='Count.'),)
    """
    if data.get("graded") is False:
        data = each_question(data, lambda question: {**question, "judged": False})
    return _from_data(ModuleFile, {"name": name, **data})
