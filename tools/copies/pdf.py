"""A copy as a tagged PDF: printed by the browser, then mended until it is what PDF/UA asks for.

The browser draws and tags the pages and makes the bookmarks. What it leaves open is filled in here: the
description of links, the role of its own tags, what is only decoration, list items and the title.
"""
from __future__ import annotations

import re
import subprocess
import tempfile
from html import escape
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator

from tools.browser import FLAGS
from tools.copies.book import Book

STYLE = Path(__file__).with_name("paper.css")
PLACE = re.compile(r'(data-page="([^"]+)">)\d+')


def write(book: Book, path: Path, browser: Path) -> None:
    """Print a copy.

    Parameters
    ----------
    book : Book
    path : Path
        Where the PDF is written.
    browser : Path
        Chromium or Chrome.

    Raises
    ------
    RuntimeError
        The browser printed nothing; its own words follow.
    """
    with tempfile.TemporaryDirectory() as folder:
        page, draft = Path(folder) / "copy.html", Path(folder) / "copy.pdf"
        text = html(book)
        page.write_text(text, encoding="utf-8")
        print_page(page, draft, browser)
        with pikepdf.open(draft) as first:  # the pages of headings are known once they are there
            page.write_text(with_pages(text, pages_of_places(first)), encoding="utf-8")
        print_page(page, draft, browser)
        with pikepdf.open(draft) as pdf:
            mend(pdf, book)
            path.parent.mkdir(parents=True, exist_ok=True)
            pdf.save(path, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def html(book: Book) -> str:
    """The copy as one page, with its style and nothing from outside but its pictures."""
    style = STYLE.read_text(encoding="utf-8")
    for place, part in enumerate(book.parts):
        words = part.running.replace("\\", "").replace('"', "\\22 ")
        style += (f'\n.part-{place} {{ page: part-{place} }}\n@page part-{place} {{ @top-left {{ '
                  f'content: "{words}"; font: 9pt/1 "Liberation Sans", Arial, sans-serif; color: #444 }} }}')
    parts = "".join(f'<div class="part part-{place}">{part.body}</div>'
                    for place, part in enumerate(book.parts))
    return (f'<!doctype html><html lang="{book.language}"><head><meta charset="utf-8">'
            f"<title>{escape(book.title)}</title><style>{style}</style></head><body>{parts}</body></html>")


def print_page(page: Path, path: Path, browser: Path) -> None:
    """Have the browser print a page into a file."""
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, "--headless", *FLAGS, f"--user-data-dir={profile}", "--no-pdf-header-footer",
                   "--generate-pdf-document-outline", "--export-tagged-pdf", f"--print-to-pdf={path}",
                   page.as_uri()]
        done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=600)
    if done.returncode or not path.exists():
        raise RuntimeError(f"the browser {browser} printed nothing: {done.stderr[-500:]}")


def pages_of_places(pdf: pikepdf.Pdf) -> dict[str, int]:
    """The number of the page of every place that a link leads to."""
    numbers = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
    return {name: numbers[place[0].objgen] for name, place in destinations(pdf).items()}


def destinations(pdf: pikepdf.Pdf) -> dict:
    """What a link within the PDF can name."""
    if "/Dests" in pdf.Root:
        return {name.lstrip("/"): place for name, place in pdf.Root.Dests.items()}
    return dict(pikepdf.NameTree(pdf.Root.Names.Dests).items())


def with_pages(text: str, pages: dict[str, int]) -> str:
    """The page with the numbers of pages filled in.

    Examples
    --------
    >>> with_pages('<span data-page="a">000</span>', {"a": 7})
    '<span data-page="a">7</span>'
    """
    return PLACE.sub(lambda found: f"{found[1]}{pages[found[2]]}", text)


def link_words(book: Book) -> dict[str, str]:
    """What links say, by where they lead: what a reader's program announces."""
    return {link["href"]: " ".join(link.get_text().split()) for part in book.parts
            for link in part.body.select("a[href]")}


# ---- mending ----

# The browser's own kinds of tags, and what they are in the standard.
ROLES = {"/Em": Name.Span, "/Strong": Name.Span}
PAINTS = {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "INLINE IMAGE"}
BUILDS_PATH = {"m", "l", "c", "v", "y", "h", "re"}
PDF_UA = "http://www.aiim.org/pdfua/ns/id/"


def mend(pdf: pikepdf.Pdf, book: Book) -> None:
    """Fill in what PDF/UA asks for and the browser leaves open.

    Parameters
    ----------
    pdf : pikepdf.Pdf
        As the browser printed it; it is changed.
    book : Book
        What was printed.
    """
    pdf.Root.StructTreeRoot.RoleMap = Dictionary(ROLES)
    words = link_words(book)
    for element in list(elements(pdf.Root.StructTreeRoot.K)):
        if element.S == Name.LI:
            give_body(pdf, element)
    for page in pdf.pages:
        marked = decoration_marked(pikepdf.parse_content_stream(page))
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(marked))
        for annotation in page.get("/Annots", []):
            annotation.Contents = pikepdf.String(words.get(address(annotation), address(annotation)))
    describe(pdf, book)


def elements(kid):
    """Every structure element below one, itself included."""
    stack = [kid]
    while stack:
        each = stack.pop()
        if isinstance(each, Array):
            stack.extend(each)
        elif isinstance(each, Dictionary) and "/S" in each:
            yield each
            if "/K" in each:
                stack.append(each.K)


def give_body(pdf: pikepdf.Pdf, item: Dictionary) -> None:
    """Put what a list item holds into a body, beside its label."""
    kids = list(item.K) if isinstance(item.K, Array) else [item.K]
    labels = [kid for kid in kids if kid.S == Name.Lbl]
    rest = [kid for kid in kids if kid.S not in (Name.Lbl, Name.LBody)]
    if rest:
        body = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.LBody, P=item, K=Array(rest)))
        for kid in rest:
            kid.P = body
        item.K = Array([*labels, body])


def address(annotation: Dictionary) -> str:
    """Where a link leads: an address, or ``#`` and a place in the PDF."""
    if "/A" in annotation and "/URI" in annotation.A:
        return str(annotation.A.URI)
    return f"#{str(annotation.get('/Dest', '')).lstrip('/')}"


def decoration_marked(instructions: list) -> list:
    """The same drawing; lines, backgrounds and heads of pages that no tag holds are marked as decoration.

    Parameters
    ----------
    instructions : list of pairs
        Operands and operator, as pikepdf reads them.

    Returns
    -------
    list of pairs
    """
    made, depth, open_at = [], 0, None
    for instruction in instructions:
        operands, operator = instruction
        name = str(operator)
        depth += name in ("BMC", "BDC")
        if depth == 0:
            if open_at is None and name in BUILDS_PATH | PAINTS | {"BT"}:
                made.append(([Name.Artifact], Operator("BMC")))
                open_at = name
            made.append(instruction)
            if open_at and (name in PAINTS | {"n", "ET"}) and not (open_at == "BT" and name != "ET"):
                made.append(([], Operator("EMC")))
                open_at = None
        else:
            made.append(instruction)
        depth -= name == "EMC"
    return made


def describe(pdf: pikepdf.Pdf, book: Book) -> None:
    """Say what the file is: its title, language and licence, and that it follows PDF/UA."""
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.Root.Lang = pikepdf.String(book.language)
    for name in ("/CreationDate", "/ModDate", "/Creator"):  # the same pages make the same file
        if name in pdf.docinfo:
            del pdf.docinfo[name]
    with pdf.open_metadata(set_pikepdf_as_editor=False) as about:
        about.register_xml_namespace(PDF_UA, "pdfuaid")
        about["pdfuaid:part"] = "1"
        about["dc:title"] = book.title
        about["dc:language"] = {book.language}
        about["dc:rights"] = "CC BY 4.0"
