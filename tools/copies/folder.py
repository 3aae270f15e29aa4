"""The site as one zip file, to be opened from a folder or a USB stick."""
from __future__ import annotations

import re
import zipfile
from pathlib import Path

WORDS = """\
{title}, edition {edition}

1. Unpack this file: a page that is opened inside the packed file finds nothing beside it.
2. Open index.html in the unpacked folder with a double click. No network is needed, and nothing is sent.

Everything works but Python in the browser, which needs a web server. The labs can be
answered on the page, or in the notebooks with Python on your computer; see the page "For students".
Your answers stay in the browser that you use. On a computer of somebody else, take your record along and
delete it there; see the page "Your record".

Text, questions and data: CC BY 4.0. Code: MIT.
"""
# What leads to parts of the site that a folder cannot run or does not hold.
ONLY_ON_A_SERVER = re.compile(r'<a [^>]*\bclass="?(?:run|copy)\b[^>]*>.*?</a>\s*|'
                              r'<section class="?copies\b.*?</section>', re.DOTALL)
LEFT_OUT = {"lite", "copies"}
SAME_TIME = (2000, 1, 1, 0, 0, 0)  # the same site makes the same file


def write(site: Path, path: Path, title: str, edition: str) -> None:
    """Pack the site.

    Parameters
    ----------
    site : Path
        The built site.
    path : Path
        Where the zip file is written; its name is also that of the folder in it.
    title, edition : str
        Of the course.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        def add(name: str, content: bytes) -> None:
            packed.writestr(zipped(f"{path.stem}/{name}"), content, zipfile.ZIP_DEFLATED)

        add("README.txt", WORDS.format(title=title, edition=edition).encode())
        for file in sorted(each for each in site.rglob("*") if each.is_file()):
            inner = file.relative_to(site)
            if inner.parts[0] not in LEFT_OUT and not inner.name.startswith("."):
                content = file.read_bytes()
                if file.suffix == ".html":
                    content = ONLY_ON_A_SERVER.sub("", content.decode()).encode()
                add(inner.as_posix(), content)


def zipped(name: str) -> zipfile.ZipInfo:
    """The entry of a file in a zip file, without anything that would differ from one run to the next."""
    entry = zipfile.ZipInfo(name, SAME_TIME)
    entry.external_attr = 0o644 << 16
    return entry
