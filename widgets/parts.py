"""What a module shows and nobody answers: outcomes, provisions, cases, activities, the class plan.

Each is a :class:`Part`: HTML for notebooks and pages, plain text for everything else.
All words of an author pass through :mod:`widgets.text`, which lets no markup through.
"""
from __future__ import annotations

import functools
import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from widgets.items import Activity, Case, Lab, Outcome, PlanStep
from widgets.text import to_html, to_inline, to_plain
from widgets.yamlfile import read_yaml

__all__ = ["Part", "activity", "case", "class_plan", "lab", "outcomes", "provision", "read_provisions"]


@dataclass(frozen=True)
class Part:
    """Something to read in the output of a cell.

    Parameters
    ----------
    plain : str
        What a plain terminal, a test or a screen without HTML shows.
    html : str
        The same for a notebook or a page; made by this package only, never by an author.

    Examples
    --------
    >>> Part("Outcomes", "<p>Outcomes</p>")
    Outcomes
    """

    plain: str
    html: str

    def __repr__(self) -> str:
        return self.plain

    def _repr_html_(self) -> str:
        return self.html


def outcomes(items: Iterable[Outcome]) -> Part:
    """List what a reader can do after the module.

    Parameters
    ----------
    items : iterable of Outcome
        In the order of the module file.

    Returns
    -------
    Part
        A numbered list.

    Examples
    --------
    >>> outcomes([Outcome(id="count", text="Explain *who* is counted.")])
    After this module you can:
    1. Explain who is counted.
    """
    texts = [item.text for item in items]
    plain = "\n".join(f"{n}. {to_plain(text)}" for n, text in enumerate(texts, 1))
    lead = "After this module you can:"
    return Part(f"{lead}\n{plain}", _section("outcomes", f"<p>{lead}</p>{_list(texts, 'ol')}"))


@functools.lru_cache
def read_provisions(path: Path) -> Mapping[str, Mapping]:
    """Read the treaty provisions that the course quotes.

    Parameters
    ----------
    path : Path
        ``data/provisions.yml``.

    Returns
    -------
    mapping
        Instrument, then ``name``, ``short``, ``source`` and ``provisions``: article, then ``heading`` and ``text``.

    Raises
    ------
    FileError
        The file cannot be read as YAML; the line is named.

    Examples
    --------
    >>> from widgets.datasets import data_folder
    >>> read_provisions(data_folder() / "provisions.yml")["UNTOC"]["provisions"]["2(b)"]["heading"]
    'Use of terms'
    """
    return read_yaml(path).value


def provision(instrument: str, article: str, path: Path) -> Part:
    """Quote a treaty provision exactly.

    Parameters
    ----------
    instrument : str
        Short name of the treaty, such as ``"UNTOC"``.
    article : str
        Such as ``"2(a)"``.
    path : Path
        ``data/provisions.yml``, the one place where provisions are written down.

    Returns
    -------
    Part
        The text with the article and the treaty.

    Raises
    ------
    ValueError
        The treaty or the article is not in the file; those it has are named.

    Examples
    --------
    >>> from widgets.datasets import data_folder
    >>> print(provision("UNTOC", "28(1)", data_folder() / "provisions.yml").plain.splitlines()[0])
    United Nations Convention against Transnational Organized Crime, article 28(1)

    Notes
    -----
    It gives the treaty's words. It cannot tell what a State made of them in its law.
    """
    treaty = _find(read_provisions(path), instrument, f"{path.name} has no treaty")
    entry = _find(treaty["provisions"], article, f"{path.name}, {instrument}: no article")
    place = f"{treaty['name']}, article {article}"
    quote = "".join(f"<p>{html.escape(text)}</p>" for text in entry["text"].split("\n\n"))
    return Part(
        f"{place}\n{entry['text']}",
        f'<figure class="course-provision"><blockquote>{quote}</blockquote>'
        f"<figcaption>{html.escape(place)} ({html.escape(entry['heading'])})</figcaption></figure>",
    )


def case(study: Case) -> Part:
    """Tell a case study: what happened, where, when, and what is disputed.

    Parameters
    ----------
    study : Case
        From the module file.

    Returns
    -------
    Part
        The text of the case; its questions are shown by the module.

    Examples
    --------
    >>> case(Case(id="c", title="A count", place="Arvenia", date="2019", source=("a",), text="They counted."))
    A count (Arvenia, 2019)
    They counted.
    """
    place = f"{study.place}, {study.date}"
    contested, plain = "", f"{study.title} ({place})\n{to_plain(study.text)}"
    if study.contested:
        contested = f'<div class="course-contested"><p><strong>What is contested</strong></p>{to_html(study.contested)}</div>'
        plain += f"\nWhat is contested: {to_plain(study.contested)}"
    body = f'<p class="course-place">{html.escape(place)}</p>{to_html(study.text)}{contested}'
    return Part(plain, _section("case", _title(study.title) + body))


def activity(task: Activity) -> Part:
    """Lay out a class activity: purpose, roles, steps with their minutes, questions for the debrief.

    Parameters
    ----------
    task : Activity
        From the module file.

    Returns
    -------
    Part
        A sheet that can be printed and handed out.

    Examples
    --------
    >>> from widgets.items import Role, Step
    >>> activity(Activity(id="a", title="Hearing", outcome="o", minutes=5, modes=("speaking",), purpose="Argue.",
    ...                   steps=(Step(minutes=5, what="Speak."),), debrief=("What changed?",)))
    Hearing: 5 minutes, speaking
    Argue.
    Steps: 5 min Speak.
    Debrief: What changed?
    """
    head = f"{task.minutes} minutes, {', '.join(task.modes)}"
    steps = [f"{step.minutes} min {to_plain(step.what)}" for step in task.steps]
    plain = [f"{task.title}: {head}", to_plain(task.purpose), "Steps: " + "; ".join(steps),
             "Debrief: " + " ".join(to_plain(each) for each in task.debrief)]
    if task.roles:
        plain.insert(2, "Roles: " + "; ".join(role.name for role in task.roles))
    body = [_title(task.title), f'<p class="course-place">{html.escape(head)}</p>', to_html(task.purpose)]
    if task.materials:
        body += [_subtitle("Materials"), _list(task.materials)]
    if task.roles:
        roles = "".join(f"<dt>{html.escape(role.name)}</dt><dd>{to_html(role.brief)}</dd>" for role in task.roles)
        body += [_subtitle("Roles"), f"<dl>{roles}</dl>"]
    body += [_subtitle("Steps"), _minutes_table("Steps of the activity", task.steps)]
    body += [_subtitle("Debrief"), _list(task.debrief)]
    return Part("\n".join(plain), _section("activity", "".join(body)))


def class_plan(steps: Iterable[PlanStep], misconceptions: Iterable = ()) -> Part:
    """Show the lecturer's plan: minutes, room, what is done, and a note where there is one.

    Parameters
    ----------
    steps : iterable of PlanStep
        In the order of the class.
    misconceptions : iterable of Misconception
        Beliefs to expect, with their refutation.

    Returns
    -------
    Part
        A table that adds up, and the beliefs to expect.

    Examples
    --------
    >>> class_plan([PlanStep(minutes=10, room="icebreaker", what="Guess first.")])
    Class plan, 10 minutes
    10 min icebreaker: Guess first.
    """
    steps, misconceptions = tuple(steps), tuple(misconceptions)
    title = f"Class plan, {sum(step.minutes for step in steps)} minutes"
    plain = [f"{step.minutes} min {step.room}: {to_plain(step.what)}" for step in steps]
    beliefs = "".join(f"<dt>“{to_inline(each.belief)}”</dt><dd>{to_html(each.refutation)}</dd>"
                      for each in misconceptions)
    body = _minutes_table(title, steps)
    if beliefs:
        body += f"{_subtitle('Beliefs to expect, and what speaks against them')}<dl>{beliefs}</dl>"
    return Part("\n".join([title, *plain]), _section("plan", body))


def lab(exercise: Lab) -> Part:
    """Set the task of a lab: the dataset, what to find, and the names its values are checked under.

    Parameters
    ----------
    exercise : Lab
        From the module file.

    Returns
    -------
    Part
        The task and its questions.

    Examples
    --------
    >>> lab(Lab(id="l", title="Two lists", dataset="victim_lists", outcome="o", text="Count."))
    Two lists (dataset victim_lists)
    Count.
    """
    plain = [f"{exercise.title} (dataset {exercise.dataset})", to_plain(exercise.text)]
    plain += [f"{check.id}: {to_plain(check.text)}" for check in exercise.checks]
    rows = "".join(f"<dt><code>{html.escape(check.id)}</code></dt><dd>{to_html(check.text)}</dd>"
                   for check in exercise.checks)
    dataset = f'<p class="course-place">Dataset: <code>{html.escape(exercise.dataset)}</code></p>'
    questions = f"{_subtitle('What to find')}<dl>{rows}</dl>" if rows else ""
    return Part("\n".join(plain), _section("lab", _title(exercise.title) + dataset + to_html(exercise.text) + questions))


def _find(entries: Mapping, key: str, what: str):
    if key in entries:
        return entries[key]
    raise ValueError(f"{what} `{key}`. Mend: add it there, or use one of {', '.join(entries)}.")


def _section(name: str, body: str) -> str:
    return f'<section class="course-part course-{name}">{body}</section>'


def _title(text: str) -> str:
    return f'<p class="course-title"><strong>{html.escape(text)}</strong></p>'


def _subtitle(text: str) -> str:
    return f'<p class="course-subtitle"><strong>{html.escape(text)}</strong></p>'


def _list(texts: Iterable[str], tag: str = "ul") -> str:
    items = "".join(f"<li>{to_inline(text)}</li>" for text in texts)
    return f"<{tag}>{items}</{tag}>"


def _minutes_table(caption: str, steps: Iterable) -> str:
    """A table of minutes: of a class plan (room, what, note) or of an activity (what)."""
    steps = tuple(steps)
    rooms = any(hasattr(step, "room") for step in steps)
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Minutes", *(["Room"] if rooms else []), "What"))
    rows = "".join(_minutes_row(step, rooms) for step in steps)
    table = f"<table><caption>{html.escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    # On a narrow screen it scrolls by itself, and by keyboard.
    return f'<div class="course-scroll" role="group" tabindex="0" aria-label="{html.escape(caption)}">{table}</div>'


def _minutes_row(step, rooms: bool) -> str:
    note = getattr(step, "note", None)
    what = to_html(step.what) + (f'<div class="course-note">{to_html(note)}</div>' if note else "")
    room = f"<td>{html.escape(step.room)}</td>" if rooms else ""
    return f'<tr><th scope="row">{step.minutes}</th>{room}<td>{what}</td></tr>'
