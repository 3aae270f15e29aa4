"""The files of the built site: nothing of another host, nothing inline, nothing heavy, no link to nowhere."""
from __future__ import annotations

import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tools.readable import readable

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html")
               if SITE / "lite" not in path.parents) or ["index.html"]
MODULES = [page for page in PAGES if page.startswith("notebooks/")]
BUDGET = 90_000  # bytes, compressed: everything a module page needs until every question is answered

each_page = pytest.mark.parametrize("name", PAGES)
each_module = pytest.mark.parametrize("name", MODULES)


class Page(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, path: Path):
        super().__init__()
        self.path, self.tags, self.inline = path, [], []
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.inside = tag

    def handle_data(self, data):
        if data.strip() and getattr(self, "inside", "") in ("script", "style"):
            self.inline.append(data)

    def handle_endtag(self, tag):
        self.inside = ""

    def all(self, *names: str) -> list[dict]:
        return [attributes for tag, attributes in self.tags if tag in names]

    def ids(self) -> set[str]:
        return {attributes["id"] for _, attributes in self.tags if "id" in attributes}


@pytest.fixture(scope="session")
def read(site):
    """A function: the page of a name, read once."""
    pages = {}

    def page(name: str) -> Page:
        if name not in pages:
            pages[name] = Page(site / name)
        return pages[name]

    return page


def loaded(page: Page) -> list[str]:
    """What the browser fetches by itself for a page."""
    fetched = ("stylesheet", "icon", "preload")
    links = [each["href"] for each in page.all("link") if each.get("rel") in fetched]
    return links + [each["src"] for each in page.all("script", "img", "source", "iframe") if "src" in each]


@each_page
def test_a_page_loads_nothing_of_another_host(read, name):
    page = read(name)
    for address in loaded(page):
        parts = urlsplit(address)
        assert not parts.scheme and not parts.netloc, address
        assert (page.path.parent / unquote(parts.path)).resolve().is_file(), address


def test_styles_and_scripts_name_no_other_host(site):
    names = ("site.*", "course.*", "record.js", "search_page.js")
    ours = [path for name in names for path in site.rglob(name)]
    assert len(ours) >= 6
    for path in ours:
        addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"')]*", path.read_text(encoding="utf-8"))
        # The record names its verb and kind of activity by address, as xAPI asks; nothing is fetched there.
        others = [address for address in addresses if not address.startswith("http://adlnet.gov/expapi/")]
        assert not others, path


@each_page
def test_a_page_holds_no_script_style_or_handler_of_its_own(read, name):
    page = read(name)
    assert page.inline == []
    for tag, attributes in page.tags:
        assert not [key for key in attributes if key.startswith("on")], (tag, attributes)
        assert "style" not in attributes, (tag, attributes)
        assert not attributes.get("href", "").startswith("javascript:")


@each_page
def test_nothing_of_the_heavy_defaults_is_left(read, name):
    text = read(name).text.lower()
    for gone in ("fontawesome", "thebe", "require.js", "mathjax.js", "tex-mml", "vnd.jupyter", "data:image"):
        assert gone not in text, gone


@each_page
def test_every_link_within_the_site_leads_somewhere(read, site, name):
    page = read(name)
    for link in page.all("a"):
        parts = urlsplit(link.get("href", ""))
        if parts.scheme or parts.netloc:
            assert parts.scheme in ("http", "https", "mailto"), link
            continue
        target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
        assert target.is_file(), link
        if parts.fragment and target.suffix == ".html":
            assert unquote(parts.fragment) in read(target.relative_to(site).as_posix()).ids(), link


@each_page
def test_an_id_stands_once(read, name):
    ids = [attributes["id"] for _, attributes in read(name).tags if "id" in attributes]
    assert sorted(ids) == sorted(set(ids))


@each_page
def test_every_picture_has_words_and_a_size_and_loads_late(read, name):
    for picture in read(name).all("img"):
        assert picture.get("alt"), picture
        assert picture["width"].isdigit() and picture["height"].isdigit(), picture
        assert picture["loading"] == "lazy"


@each_page
def test_a_page_says_its_language_title_and_level_one_heading(read, name):
    page = read(name)
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == len(page.all("title")) == len(page.all("main")) == 1


def test_titles_tell_pages_apart(read):
    titles = [re.search("<title>(.*?)</title>", read(name).text)[1] for name in PAGES if name != "index.html"]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("part, expected", [
    ("course.js", True), ("record.js", False), ("searchtools.js", False),
])
@each_module
def test_a_module_page_loads_the_quiz_engine_and_no_more(read, name, part, expected):
    assert any(part in address for address in loaded(read(name))) == expected


def test_a_page_without_questions_loads_no_engine(read):
    assert not any("course.js" in address for address in loaded(read("book/students.html")))


def weight(page: Page) -> dict[str, int]:
    """Compressed bytes of a page by part; pictures and the frames of `explore` are not counted."""
    text = re.sub(r"<template.*?</template>", "", page.text, flags=re.DOTALL)
    parts = {page.path.name: text.encode()}
    for address in loaded(page):
        file = (page.path.parent / urlsplit(address).path).resolve()
        if file.suffix in (".css", ".js", ".svg"):
            parts[file.name] = file.read_bytes()
    return {name: len(gzip.compress(content, 6)) for name, content in parts.items()}


@each_module
def test_a_module_page_is_light(read, name):
    parts = weight(read(name))
    assert sum(parts.values()) <= BUDGET, parts


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("book/")])
def test_other_pages_are_lighter_still(read, name):
    """All but the list of references, in which every module has its works."""
    parts = weight(read(name))
    assert sum(parts.values()) <= (BUDGET if name == "book/references.html" else BUDGET / 2), parts


@each_module
def test_every_module_offers_its_clean_notebook(read, site, name):
    offered = [link["href"] for link in read(name).all("a") if "download" in link]
    path = site / "notebooks" / offered[0]
    notebook = json.loads(path.read_text(encoding="utf-8"))
    source = readable(json.loads((ROOT / "notebooks" / path.name).read_text(encoding="utf-8")))
    assert [cell["source"] for cell in notebook["cells"]] == [cell["source"] for cell in source["cells"]]
    assert not any(cell.get("outputs") for cell in notebook["cells"])


def test_every_notebook_has_its_page_and_the_welcome_page_leads_to_it(read, site):
    there = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert sorted(Path(name).stem for name in MODULES) == there
    links = {link.get("href", "") for link in read("book/index.html").all("a")}
    assert {f"../notebooks/{stem}.html" for stem in there} <= links


def test_nothing_is_in_the_site_that_a_reader_should_not_have(site):
    names = [path.name for path in site.rglob("*")]
    assert not [name for name in names if name.endswith((".truth.json", ".py", ".yml", ".err.log", ".map"))]
