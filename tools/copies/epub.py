"""The course as an e-book: the same pages as on paper, each a file of its own, without room to write."""
from __future__ import annotations

import copy
import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import Tag
from PIL import Image

from tools.copies.book import Book
from tools.copies.folder import zipped
from tools.copies.names import edition
from tools.copies.paper import slug

STYLE = Path(__file__).with_name("epub.css")
WORDS = {
    "contents": "Contents",
    "accessibility": "Every picture has a description, and its numbers stand in a table. Headings, "
                     "tables and lists are marked as such; text follows the reader's size and colours.",
}
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
CONTAINER = (f'{DECLARATION}<container version="1.0" '
             'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
             'full-path="course/package.opf" media-type="application/oebps-package+xml"/>'
             '</rootfiles></container>')
FEATURES = ["alternativeText", "displayTransformability", "readingOrder", "structuralNavigation",
            "tableOfContents", "MathML"]
# Lines and boxes to write on.
ROOM = ".line, .tick, .place, .lines, .certainty, .room"


@dataclass
class _Files:
    """The pictures of the book, as every reading program can show them."""

    pictures: dict[str, bytes] = field(default_factory=dict)

    def picture(self, uri: str) -> str:
        content = io.BytesIO()
        Image.open(Path(unquote(urlsplit(uri).path))).save(content, "PNG", optimize=True)
        name = f"{hashlib.sha256(content.getvalue()).hexdigest()[:20]}.png"
        self.pictures[name] = content.getvalue()
        return name


def write(book: Book, path: Path, modified: str) -> None:
    """Write an EPUB.

    Parameters
    ----------
    book : Book
    path : Path
    modified : str
        When the course was changed last, such as ``"2026-01-31T00:00:00Z"``.
    """
    files = _Files()
    names = {element["id"]: f"{slug(part.name)}.xhtml" for part in book.parts
             for element in [part.body, *part.body.find_all(id=True)]}
    pages = {f"{slug(part.name)}.xhtml": page(part.title, book.language, body(part.body, names, files))
             for part in book.parts}
    texts = {**pages, "nav.xhtml": navigation(book), "style.css": STYLE.read_text(encoding="utf-8"),
             "package.opf": package(book, files.pictures, modified)}
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(zipped("mimetype"), "application/epub+zip", zipfile.ZIP_STORED)
        packed.writestr(zipped("META-INF/container.xml"), CONTAINER, zipfile.ZIP_DEFLATED)
        for name, content in sorted({**texts, **files.pictures}.items()):
            packed.writestr(zipped(f"course/{name}"), content, zipfile.ZIP_DEFLATED)


def body(part: Tag, names: dict[str, str], files: _Files) -> str:
    """A part of the book as XHTML; links lead to the file in which their place is."""
    part = copy.copy(part)
    for element in part.select(f"{ROOM}, .page-of"):
        element.decompose()
    for link in part.select('a[href^="#"]'):
        link["href"] = names[link["href"][1:]] + link["href"]
    for image in part.select("img"):
        image["src"] = files.picture(image["src"])
    for formula in part.select("math"):
        formula["xmlns"] = "http://www.w3.org/1998/Math/MathML"
    for element in part.select("ol[type]"):
        element["class"] = [*element.get("class", []), "letters"]
        del element["type"]
    for element in part.select("[lang]"):
        element["xml:lang"] = element["lang"]
    return part.decode(formatter="minimal")


def page(title: str, language: str, content: str) -> str:
    """A file of the book.

    Examples
    --------
    >>> page("One", "en", "<p>Text</p>").splitlines()[-1]
    '<body><p>Text</p></body></html>'
    """
    return (f'{DECLARATION}<html xmlns="http://www.w3.org/1999/xhtml" '
            'xmlns:epub="http://www.idpf.org/2007/ops" '
            f'lang="{language}" xml:lang="{language}">\n<head><title>{escape(title)}</title>'
            '<link rel="stylesheet" type="text/css" href="style.css"/></head>\n'
            f"<body>{content}</body></html>\n")


def navigation(book: Book) -> str:
    """The table of contents that reading programs show: every part, and the headings in it."""
    rows = []
    for part in book.parts:
        file = f"{slug(part.name)}.xhtml"
        below = "".join(f'<li><a href="{file}#{heading.find_parent(id=True)["id"]}">'
                        f"{escape(heading.get_text())}</a></li>" for heading in part.body.select("h2"))
        below = f"<ol>{below}</ol>" if below else ""
        rows.append(f'<li><a href="{file}">{escape(part.title)}</a>{below}</li>')
    title = WORDS["contents"]
    content = f'<nav epub:type="toc" id="toc"><h1>{title}</h1><ol>{"".join(rows)}</ol></nav>'
    return page(title, book.language, content)


def package(book: Book, pictures: dict[str, bytes], modified: str) -> str:
    """What the book is, what files it has and in which order they are read."""
    spine = "".join(f'<itemref idref="p-{slug(part.name)}"/>' for part in book.parts)
    return (f'{DECLARATION}<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
            f'unique-identifier="id" xml:lang="{book.language}">'
            f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{about(book, modified)}</metadata>'
            f"<manifest>{manifest(book, pictures)}</manifest><spine>{spine}</spine></package>\n")


def about(book: Book, modified: str) -> str:
    """Title, language and licence, and who can read it."""
    known = [("dcterms:modified", modified), ("schema:accessMode", "textual"),
             ("schema:accessMode", "visual"), ("schema:accessModeSufficient", "textual"), ("schema:accessibilityHazard", "none"),
             ("schema:accessibilitySummary", WORDS["accessibility"]),
             *(("schema:accessibilityFeature", each) for each in FEATURES)]
    return (f'<dc:identifier id="id">urn:organized-crime-course:{edition()}</dc:identifier>'
            f"<dc:title>{escape(book.title)}</dc:title><dc:language>{book.language}</dc:language>"
            "<dc:rights>CC BY 4.0</dc:rights>"
            + "".join(f'<meta property="{name}">{escape(value)}</meta>' for name, value in known))


def manifest(book: Book, pictures: dict[str, bytes]) -> str:
    """Every file, with its type."""
    items = [("nav", "nav.xhtml", "application/xhtml+xml", "nav"), ("style", "style.css", "text/css", "")]
    items += [(f"p-{slug(part.name)}", f"{slug(part.name)}.xhtml", "application/xhtml+xml",
               "mathml" if part.body.select_one("math") else "") for part in book.parts]
    items += [(f"i-{name[:-4]}", name, "image/png", "") for name in sorted(pictures)]
    return "".join(f'<item id="{id}" href="{href}" media-type="{kind}"'
                   + (f' properties="{properties}"/>' if properties else "/>")
                   for id, href, kind, properties in items)
