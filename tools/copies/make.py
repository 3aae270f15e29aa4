"""Make the copies of the course that need no network: a PDF of the course and one of each module, an e-book,
and a zip file of the site; with a list of their SHA-256 checksums.

    python -m tools.copies.make SITE FOLDER [PAGE ...]

With names of pages, such as ``notebooks/05-measuring``, only the PDFs of these modules are made.
"""
from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path

from tools.browser import find_browser
from tools.copies import book, epub, folder, pdf
from tools.copies.names import SUMS, edition, stem
from tools.copies.paper import page_order
from tools.files import replace_file

NO_BROWSER = ("the PDFs need Chromium or Chrome, and none was found. Install one, or name one in the "
              "variable COURSE_BROWSER")


def make(site: Path, target: Path, modules: list[str]) -> list[Path]:
    """Make copies of the built site.

    Parameters
    ----------
    site : Path
        The built site.
    target : Path
        Where the copies are written.
    modules : list of str
        Modules whose PDFs alone are wanted; none: everything is made.

    Returns
    -------
    list of Path
        The files; the last one holds the checksums of the others.

    Raises
    ------
    FileNotFoundError
        There is no browser.
    """
    browser = find_browser()
    if browser is None:
        raise FileNotFoundError(NO_BROWSER)
    made = []
    for name in modules or modules_of(site):
        made.append(target / f"{Path(name).name}.pdf")
        print(f"{made[-1].name} ...", flush=True)
        pdf.write(book.module(site, name), made[-1], browser)
    if not modules:
        made += whole_course(site, target, browser)
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in made)
    replace_file(target / SUMS, sums.encode())
    return [*made, target / SUMS]


def modules_of(site: Path) -> list[str]:
    """The pages that are modules, in the order of the menu."""
    return [name for name in page_order(site) if name.startswith("notebooks/")]


def whole_course(site: Path, target: Path, browser: Path) -> list[Path]:
    """The course as a PDF, an e-book and a zip file."""
    course = book.course(site)
    paths = [target / f"{stem()}{ending}" for ending in (".pdf", ".epub", ".zip")]
    print(f"{paths[0].name} ...", flush=True)
    pdf.write(course, paths[0], browser)
    epub.write(course, paths[1], last_change(site))
    folder.write(site, paths[2], course.title, edition())
    return paths


def last_change(site: Path) -> str:
    """When the newest page of the site was written, as an e-book says it."""
    newest = max(path.stat().st_mtime for path in site.rglob("*.html"))
    return datetime.fromtimestamp(newest, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    try:
        for path in make(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:]):
            print(f"{path.stat().st_size / 1e6:7.2f} MB  {path.name}")
    except (FileNotFoundError, RuntimeError, ValueError) as problem:
        sys.exit(f"ERROR: {problem}")
