"""Pages of the built site as they are read on paper and in an e-reader.

What a page shows stays in its place. What opens there on request stands at the end, in an order that keeps
the answers away from the questions: hints, answers, solutions, the numbers of figures, code. Controls become
room to write; links to what a copy does not hold become plain words.
"""
from __future__ import annotations

import copy
import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path

from bs4 import BeautifulSoup, Tag

WORDS = {
    "question": "Question {}",
    "moved": "At the end: ",
    "page": ", page ",
    "choose": "Choose from these:",
    "first answer": "Then compare: before you read, you answered this as {}.",
    "same answer": "This was asked before, as {}: see there.",
    "hints": "Hints",
    "hint": "Hint {}",
    "answers": "Answers",
    "answer": "Answer {}",
    "solutions": "Solutions of the labs",
    "solution": "Solution {}",
    "numbers": "The numbers of the figures",
    "number": "Numbers {}",
    "code": "Code",
    "code cell": "Code {}",
}
# What stands at the end of a module, in this order: its name in WORDS, and that of one entry.
BACK = {"hints": "hint", "answers": "answer", "solutions": "solution", "numbers": "number",
        "code": "code cell"}
# What only a screen can use: controls of figures, the row of buttons, frames of a figure that a slider shows.
SCREEN_ONLY = ".start, template, .course-explore-choices, .course-unrun, datalist, button, script, noscript"
# Boxes that only a style sheet needs: a reader's program would announce them.
IDLE_BOXES = (".cell, .cell_output, .cell_input, .output, .highlight, .wide, .course-scroll, .container, "
              "[class^=highlight-], .course-explore-frame, .course-quiz, .citation-list, blockquote > div, "
              ".course-words")
# Attributes that say something on paper. The others are for scripts, and for what a screen does.
KEPT = {"alt", "class", "colspan", "data-page", "href", "id", "lang", "rowspan", "scope", "src", "type"}
GLOSSARY, REFERENCES = "book/glossary", "book/references"


@dataclass
class Chapter:
    """A page of the site, ready for paper.

    Parameters
    ----------
    name : str
        The page in the site without its ending, such as ``"notebooks/05-measuring"``.
    title : str
    body : Tag
        What is read in its place.
    back : list of Tag
        The sections that stand at the end.
    """

    name: str
    title: str
    body: Tag
    back: list[Tag] = field(default_factory=list)


def slug(name: str) -> str:
    """The name of a page as the beginning of an id or a file name.

    Examples
    --------
    >>> slug("notebooks/05-measuring")
    'notebooks-05-measuring'
    """
    return name.replace("/", "-")


def place_id(page: str, place: str = "") -> str:
    """The id of a place in a copy that holds many pages.

    Examples
    --------
    >>> place_id("book/glossary", "term-overlap"), place_id("book/glossary")
    ('book-glossary--term-overlap', 'book-glossary')
    """
    return f"{slug(page)}--{place}" if place else slug(page)


def read(path: Path) -> BeautifulSoup:
    """The page in a file."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def new(tag: str, *content, **attributes) -> Tag:
    """An element with text and elements in it; ``class_`` names its class.

    Examples
    --------
    >>> print(new("p", "Hint ", new("b", "1"), class_="moved"))
    <p class="moved">Hint <b>1</b></p>
    """
    names = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    element = BeautifulSoup("", "html.parser").new_tag(tag, attrs=names)
    element.extend(content)
    return element


def page_order(site: Path) -> list[str]:
    """The pages of the course in the order of its menu, the welcome page first.

    Parameters
    ----------
    site : Path
        The built site.

    Returns
    -------
    list of str
        Names of pages without their ending.
    """
    welcome = "book/index"
    order = [welcome]
    for name in menu(site, welcome, "li > a[href]"):
        order.append(name)
        if name.endswith("/index"):  # the menu opens the pages below it only there
            order += menu(site, name, "li li > a[href]")
    return order


def menu(site: Path, page: str, links: str) -> list[str]:
    """The pages that some links in the menu of a page lead to."""
    return [target(link["href"], page)[0] for link in read(site / f"{page}.html").select(f"nav.menu {links}")]


def target(href: str, page: str) -> tuple[str, str]:
    """The page that a link leads to, without its ending, and the place in it.

    Parameters
    ----------
    href : str
        As written in the page.
    page : str
        The page that it is written in.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> target("../book/glossary.html#term-overlap", "notebooks/05-measuring")
    ('book/glossary', 'term-overlap')
    >>> target("#icebreaker", "notebooks/05-measuring")
    ('notebooks/05-measuring', 'icebreaker')
    """
    path, _, place = href.partition("#")
    if not path:
        return page, place
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    return path.removesuffix(".html"), place


# ---- one page ----


def chapter(site: Path, name: str) -> Chapter:
    """Make a page of the built site ready for paper.

    Parameters
    ----------
    site : Path
        The built site.
    name : str
        The page, without its ending.

    Returns
    -------
    Chapter

    Raises
    ------
    ValueError
        The page has a question of a kind that has no form on paper.
    """
    body = read(site / f"{name}.html").select_one("main article")
    for useless in body.select(SCREEN_ONLY):
        useless.decompose()
    for again in body.select(".course-quiz > .course-how")[1:]:
        again.decompose()  # how certainty counts is said once
    back = _Back(_certainty(body))
    for question in body.select(".course-question"):
        back.question(question)
    for cell in body.select(".cell"):
        back.cell(cell)
    for details in body.select("details"):
        back.numbers(details)
    _tidy(body, site, name)
    made = Chapter(name, body.h1.get_text(), body, back.sections())
    for section in made.back:
        _tidy(section, site, name)
    for element in (each for part in (body, *made.back) for each in [part, *part.find_all(True)]):
        if element.has_attr("id"):
            element["id"] = place_id(name, element["id"])
        if element.has_attr("data-page"):
            element["data-page"] = place_id(name, element["data-page"])
    body["id"] = place_id(name)
    return made


class _Back:
    """Takes what opens on request out of a page, and numbers it."""

    def __init__(self, certainty: Tag | None):
        self.certainty = certainty  # a line that asks how sure the reader is
        self.count = 0
        self.parts: dict[str, list[Tag]] = {name: [] for name in BACK}
        self.asked: dict[str, str] = {}  # question in a learner's record -> what it is called here

    def sections(self) -> list[Tag]:
        return [
            new("section", new("h2", WORDS[name]), *entries, class_=f"back {name}", id=name)
            for name, entries in self.parts.items() if entries
        ]

    def move(self, part: str, content: list, number: int | None = None, back: Tag | None = None) -> Tag:
        """Put content at the end; return the link that leads there."""
        number = number or len(self.parts[part]) + 1
        title, place = WORDS[BACK[part]].format(number), f"{part}-{number}"
        back = [] if back is None else [new("p", back, class_="moved")]
        self.parts[part].append(new("section", new("h3", title), *content, *back, id=place))
        return _reference(title, place)

    def question(self, article: Tag) -> None:
        self.count += 1
        number = self.count
        title, place = WORDS["question"].format(number), f"question-{number}"
        revisited = self.asked.get(article.get("data-first"))
        before = revisited or self.asked.get(article["data-question"])
        self.asked.setdefault(article["data-question"], title)
        links = []
        for part in ("hints", "answers"):
            details = article.select_one(f".course-{part[:-1]}")
            if details is None:
                continue
            _short(details, article["data-kind"])
            content = list(details.select_one(".course-body").contents)
            if before:
                content = [new("p", WORDS["same answer"].format(before))]
            links.append(self.move(part, content, number, _reference(title, place)))
        level = _level(article)
        asked = article.select_one(".course-ask")
        text = asked.select_one(".course-text")
        paper = new("div", new(f"h{level}", title), new("p", *list(text.contents), class_="asked"),
                    *asked.select(".course-more, .course-how"), class_="question", id=place)
        paper.extend([new("p", WORDS["first answer"].format(revisited))] if revisited else [])
        paper.extend(_room(article["data-kind"], asked))
        if article.select_one(".course-certainty"):
            paper.append(copy.copy(self.certainty))
        if links:
            paper.append(_moved(links))
        article.replace_with(paper)

    def cell(self, cell: Tag) -> None:
        details = cell.select_one("details.hide")
        if details is None:
            return
        solution = "tag_solution" in cell.get("class", [])
        details.summary.decompose()
        link = self.move("solutions" if solution else "code", list(details.contents))
        details.replace_with(_moved([link]))

    def numbers(self, details: Tag) -> None:
        details.summary.decompose()
        link = self.move("numbers", list(details.contents))
        details.replace_with(_moved([link]))


def _short(details: Tag, kind: str) -> None:
    """Give the reasons of an answer the letters of its options, and say what was said before no more."""
    for belief in details.select(".course-misconception[data-same]"):
        for line in belief.select("p")[1:]:
            line.decompose()
    if kind in ("choice", "choices"):
        for letter, reason in zip("ABCDEFGHIJ", details.select(".course-reasons > li")):
            reason.p.insert(0, new("strong", f"{letter}. "))


def _level(element: Tag) -> int:
    """The level of a heading that stands here: one below the heading before it, and never deeper than 6."""
    before = element.find_previous(re.compile("^h[1-6]$"))
    level = int(before.name[1]) if before else 1
    asked_before = before is not None and before.find_parent(class_="question")
    return min(level + (0 if asked_before else 1), 6)


def _moved(links: list[Tag]) -> Tag:
    line = new("p", WORDS["moved"], class_="moved")
    for place, link in enumerate(links):
        line.extend([", ", link] if place else [link])
    return line


def _reference(words: str, place: str) -> Tag:
    """A link within the copy; the number of its page is filled in when there are pages."""
    return new("a", words, new("span", WORDS["page"], new("span", "000", data_page=place), class_="page-of"),
               href=f"#{place}")


# ---- room to answer ----


def _line(css: str = "line") -> Tag:
    return new("span", class_=css)


def _room(kind: str, asked: Tag) -> list[Tag]:
    """What a reader writes on, for one kind of question."""
    if kind not in _ROOMS:
        raise ValueError(f"a question of the kind `{kind}` has no form on paper. "
                         "Mend: add one to _ROOMS in tools/copies/paper.py")
    return _ROOMS[kind](asked)


def _letters(asked: Tag) -> list[Tag]:
    rows = [new("li", _line("tick"), *row.select_one(".course-words").contents)
            for row in asked.select(".course-option")]
    return [new("ol", *rows, type="A", class_="options")]


def _scale(asked: Tag) -> list[Tag]:
    rows = [new("li", _line("tick"), " ".join(row.get_text(" ").split()))
            for row in asked.select(".course-option, .course-point")]
    return [new("ul", *rows, class_="options scale")]


def _one_line(asked: Tag) -> list[Tag]:
    unit = asked.select_one(".course-unit")
    words = [" ", unit.get_text()] if unit else []
    return [new("p", _line("line short" if unit or asked.select_one(".course-short") else "line"), *words,
                class_="room")]


def _page_of_lines(asked: Tag) -> list[Tag]:
    return [new("div", *(new("div") for _ in range(6)), class_="lines")]


def _pairs(asked: Tag) -> list[Tag]:
    left = [new("li", _line("place"), *row.select_one(".course-words").contents)
            for row in asked.select(".course-pair")]
    right = [new("li", *row.select_one(".course-words").contents)
             for row in asked.select(".course-rights li")]
    return [new("ul", *left, class_="options"), new("p", WORDS["choose"]), new("ol", *right, type="A")]


def _places(asked: Tag) -> list[Tag]:
    rows = [new("li", _line("place"), *row.select_one(".course-words").contents)
            for row in asked.select(".course-item")]
    return [new("ul", *rows, class_="options")]


_ROOMS = {"choice": _letters, "choices": _letters, "number": _one_line, "text": _one_line,
          "reflection": _page_of_lines, "scale": _scale, "match": _pairs, "order": _places}


def _certainty(body: Tag) -> Tag | None:
    """The line that asks how sure the reader is; the page writes its words once, at its first question."""
    asked = body.select_one(".course-certainty:has(label)")
    if asked is None:
        return None
    line = new("p", asked.legend.get_text(), class_="certainty")
    for label in asked.select("label:has([value])"):
        line.extend([" ", _line("tick"), label.get_text()])
    return line


# ---- clean markup ----


def _tidy(body: Tag, site: Path, name: str) -> None:
    """Leave only markup that says something on paper."""
    for box in body.select(IDLE_BOXES):
        box.unwrap()
    for figure in body.select("figure"):
        figure.name = "div"  # a figure of text would have to be described in words
    for caption in body.select("figcaption"):
        caption.name = "p"
        caption["class"] = "caption"
    for cell in body.select("td, th"):
        if not cell.get_text(strip=True) and not cell.find(["img", "math"]):
            cell.append("\N{NO-BREAK SPACE}")  # the browser leaves an empty cell out of the tags of a PDF
    for image in body.select("img"):
        file = (site / f"{name}.html").parent / image["src"]
        image["src"] = file.resolve().as_uri()
    for link in body.select("a[href]"):
        if not re.match(r"[a-z]+:", link["href"]):
            link["href"] = "#".join(target(link["href"], name))
    for element in body.find_all(True):
        element.attrs = {key: value for key, value in element.attrs.items()
                         if key in KEPT or element.name == "math" or element.find_parent("math")}
