"""Pictures on the pages: each has an alternative text, a size, and a file that loads near the screen.

Figures of the course arrive inside the HTML that a cell printed, as data URIs. In the page they would be in
the way of the text and would load before anybody scrolls to them.
"""
from __future__ import annotations

import base64
import hashlib
import re
from html import escape, unescape
from io import BytesIO
from pathlib import Path

import imagesize
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

logger = logging.getLogger(__name__)

IMAGE_TAG = re.compile(r"""<img\b(?:"[^"]*"|'[^']*'|[^'">])*>""")
ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
DATA_URI = re.compile(r"data:image/(webp|png|jpeg|gif);base64,(.*)", re.DOTALL)

NO_ALT = (
    "a picture without an alternative text. Show figures with `picture(fig, alt=…)` of `widgets`; "
    "in Markdown write ![what the picture shows](file)"
)


def attributes(tag: str) -> dict[str, str]:
    """The attributes of an ``<img>`` tag.

    Parameters
    ----------
    tag : str
        The tag as written.

    Returns
    -------
    dict of str
        Names in lower case, values unescaped; the value of an attribute without one is "".

    Examples
    --------
    >>> attributes('<img src="a.png" alt="1 &lt; 2" hidden>')
    {'src': 'a.png', 'alt': '1 < 2', 'hidden': ''}
    """
    found = ATTRIBUTE.findall(tag[len("<img") : -1].rstrip("/"))
    return {name.lower(): unescape(a or b or c) for name, a, b, c in found}


def to_file(uri: str, folder: Path) -> Path:
    """Write the picture of a data URI into a folder.

    Parameters
    ----------
    uri : str
        A base64 data URI of a WebP, PNG, JPEG or GIF picture.
    folder : Path
        Where to; made if it is not there.

    Returns
    -------
    Path
        The file, named by a hash of its content.

    Raises
    ------
    ValueError
        If the URI is not such a picture.
    """
    match = DATA_URI.fullmatch(uri)
    if not match:
        raise ValueError(f"not a picture that a page can hold: {uri[:40]}…")
    content = base64.b64decode(match[2])
    if imagesize.get(BytesIO(content))[0] <= 0:
        raise ValueError(f"a damaged picture: {uri[:40]}…")
    path = folder / f"{hashlib.sha256(content).hexdigest()[:20]}.{match[1]}"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(content)
    return path


def as_files(html: str, folder: Path, uri: str, sources: dict[str, Path] | None = None) -> str:
    """Make every picture of a piece of HTML a file with a known size.

    Parameters
    ----------
    html : str
        HTML of a page, or a part of it.
    folder : Path
        Where the site keeps its pictures.
    uri : str
        Address of that folder, as seen from the page.
    sources : dict of Path, optional
        Pictures that Sphinx will copy into the folder later: name there -> file now.

    Returns
    -------
    str
        The same HTML; each picture has width and height and loads when it is near the screen.

    Raises
    ------
    ValueError
        If a picture has no ``alt``, or is not one that a page can hold.
    """

    def replaced(match: re.Match) -> str:
        has = attributes(match[0])
        if "alt" not in has:
            raise ValueError(NO_ALT)
        source = has.get("src", "")
        if source.startswith("data:"):
            path = to_file(source, folder)
            has["src"] = f"{uri}/{path.name}"
        else:
            path = (sources or {}).get(source.rsplit("/", 1)[-1])
        if path and "width" not in has:
            has["width"], has["height"] = map(str, imagesize.get(BytesIO(path.read_bytes())))
        has |= {"loading": "lazy", "decoding": "async"}
        return "<img " + " ".join(f'{name}="{escape(value)}"' for name, value in has.items()) + ">"

    return IMAGE_TAG.sub(replaced, html)


class NoticeMissingAlt(SphinxPostTransform):
    """Warn of pictures whose author said nothing: Sphinx would give the file name as alternative text."""

    formats = ("html",)
    default_priority = 600  # after myst-nb has chosen what to show of each output

    def run(self, **kwargs):
        for image in self.document.findall(nodes.image):
            if not image.get("alt"):
                logger.warning(NO_ALT, location=image, type="alt")


def on_page(app, pagename, templatename, context, doctree):
    if "<img" not in context.get("body", ""):
        return
    builder = app.builder
    folder = Path(builder.outdir) / builder.imagedir
    uri = relative_uri(builder.get_target_uri(pagename), builder.imagedir)
    sources = {name: Path(app.srcdir) / file for file, name in builder.images.items()}
    try:
        context["body"] = as_files(context["body"], folder, uri, sources)
    except ValueError as error:
        logger.warning("%s", error, location=pagename, type="alt")


def setup(app):
    app.add_post_transform(NoticeMissingAlt)
    app.connect("html-page-context", on_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
