"""What a copy holds, in order: one module with what belongs to it, or the whole course."""
from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from pathlib import Path

from bs4 import Tag

from tools.copies.names import edition
from tools.copies.paper import GLOSSARY, REFERENCES, Chapter, chapter, new, page_order, place_id, read

WORDS = {
    "contents": "Contents",
    "terms": "Terms in this module",
    "sources": "Sources of this module",
    "back": "At the end of: {}",
    "about": "Edition {}. Text, questions and data: CC BY 4.0; code: MIT. "
             "An independent course, not a publication of the United Nations.",
    "how": "Answer before you look: what the page opens on request stands at the end, hints before answers. "
           "For a class without the answers, print up to the page before “{}”.",
}
# The page of a learner's record is an instrument, and on paper there is nothing to show.
NOT_ON_PAPER = {"book/record"}


@dataclass
class Part:
    """A piece of a copy that begins a page, and is a file of its own in an e-book."""

    name: str
    title: str
    body: Tag
    running: str = ""  # what stands at the head of its pages


@dataclass
class Book:
    """A copy before it has a format."""

    title: str
    language: str
    parts: list[Part]


def name_of_course(page: Tag) -> str:
    """The name of the course, as it stands in the title of every page."""
    return page.title.get_text().rpartition(" – ")[2]


def course(site: Path) -> Book:
    """The whole course: every page in the order of the menu, then what stands at the end of each module.

    Parameters
    ----------
    site : Path
        The built site.

    Returns
    -------
    Book
    """
    welcome = read(site / "book" / "index.html")
    title = name_of_course(welcome)
    chapters = [chapter(site, name) for name in page_order(site) if name not in NOT_ON_PAPER]
    parts = [Part(each.name, each.title, each.body, each.title) for each in chapters]
    for each in chapters:
        if each.back:
            heading = WORDS["back"].format(each.title)
            body = new("section", new("h1", heading), *each.back, id=place_id(each.name, "back"))
            parts.append(Part(f"{each.name}-back", heading, body, heading))
    resolve(parts)
    opening = new("section", new("h1", title), new("p", WORDS["about"].format(edition()), class_="edition"),
                  contents(parts, ["h1"]), class_="opening", id="opening")
    return Book(title, welcome.html["lang"], [Part("opening", title, opening), *parts])


def module(site: Path, name: str) -> Book:
    """One module with the terms and sources that it links to, and what stands at its end.

    Parameters
    ----------
    site : Path
        The built site.
    name : str
        The page of the module, such as ``"notebooks/05-measuring"``.

    Returns
    -------
    Book
    """
    page = read(site / f"{name}.html")
    made = chapter(site, name)
    sections = [*supplements(site, made), *made.back]
    parts = [Part(name, made.title, made.body, made.title)]
    parts += [Part(each["id"], each.h2.get_text(), each, f"{made.title}: {each.h2.get_text()}")
              for each in sections]
    resolve(parts)
    lines = [new("p", WORDS["about"].format(edition()), class_="edition")]
    if made.back:
        lines.append(new("p", WORDS["how"].format(made.back[0].h2.get_text()), class_="edition"))
    made.body.h1.insert_before(new("p", name_of_course(page), class_="course-name"))
    made.body.h1.insert_after(*lines, contents(parts, ["h2"]))
    return Book(made.title, page.html["lang"], parts)


def supplements(site: Path, made: Chapter) -> list[Tag]:
    """The terms and the sources that a module links to, as sections of its own copy."""
    links = {link["href"] for part in (made.body, *made.back) for link in part.select("a[href]")}
    found = []
    for title, page, entries in (("terms", GLOSSARY, "dl > dt"), ("sources", REFERENCES, ".citation")):
        source = chapter(site, page).body
        wanted = [entry for entry in source.select(entries)
                  if f"{page}#{entry['id'].partition('--')[2]}" in links]
        pieces = [copy.copy(piece) for entry in wanted
                  for piece in ([entry, entry.find_next_sibling("dd")] if entry.name == "dt" else [entry])]
        if pieces:
            holder = [new("dl", *pieces)] if title == "terms" else pieces
            found.append(new("section", new("h2", WORDS[title]), *holder, class_=f"back {title}",
                             id=place_id(page)))
    return found


def resolve(parts: list[Part]) -> None:
    """Let links lead to their place in this copy; what it does not hold becomes plain words."""
    places = {element["id"] for part in parts for element in [part.body, *part.body.find_all(id=True)]}
    for part in parts:
        for link in part.body.select("a[href]"):
            if re.match(r"[a-z]+:", link["href"]):
                continue
            here = place_id(*link["href"].split("#"))
            if here in places:
                link["href"] = f"#{here}"
            else:
                link.unwrap()


def contents(parts: list[Part], levels: list[str]) -> Tag:
    """The list of headings, each with its page."""
    rows = []
    for heading in (each for part in parts for each in part.body.find_all(levels)):
        owner = heading.find_parent(id=True)
        number = new("span", "000", class_="page-of", data_page=owner["id"])
        rows.append(new("li", new("a", new("span", heading.get_text()), " ", number, href=f"#{owner['id']}")))
    return new("section", new("p", WORDS["contents"], class_="contents-title"), new("ul", *rows),
               class_="contents")
