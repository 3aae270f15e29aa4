"""How the book runs its notebooks.

The kernels know that they draw a page, keep no record, and use the packages of this repository. A result
is taken from the cache only while everything the notebook reads is unchanged: the cache of Jupyter Book
looks at the code cells alone and would show yesterday's questions after a module file was edited.
A build that ended with a warning is not remembered, so that the next build says the same again.
"""
from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

# What a notebook can read. The scripts and styles of the page are not among it: outputs do not hold them.
READ_BY_ALL = [
    "requirements.txt",
    "widgets/**/*.py",
    "measurement/**/*.py",
    "data/*.csv",
    "data/*.json",
    "data/*.yml",
    "data/*.bib",
]


def prepare_kernels(root: Path, environment=os.environ) -> None:
    """Set the environment that kernels inherit, and import this repository's packages before installed ones.

    Parameters
    ----------
    root : Path
        Folder of the repository.
    environment : dict
        Where to set it.

    Examples
    --------
    >>> environment = {}
    >>> prepare_kernels(Path("course"), environment)
    >>> environment["COURSE_PAGE"], environment["COURSE_RECORD"]
    ('1', 'off')
    """
    environment["COURSE_PAGE"] = "1"  # `explore` draws all its frames, quizzes show their static form
    environment["COURSE_RECORD"] = "off"  # a build neither reads nor writes anybody's record
    paths = [str(root), *environment.get("PYTHONPATH", "").split(os.pathsep)]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in dict.fromkeys(paths) if path)
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))


def files_read(root: Path, stem: str) -> list[Path]:
    """The files that a module's notebook can read, apart from itself.

    Parameters
    ----------
    root : Path
        Folder of the repository.
    stem : str
        Name of the notebook without its ending, "05-measuring".

    Returns
    -------
    list of Path
        Sorted; the module file comes last if there is one.
    """
    files = {path for pattern in READ_BY_ALL for path in root.glob(pattern)}
    module = root / "data" / "modules" / f"{stem}.yml"
    return sorted(files) + ([module] if module.exists() else [])


def digest(files: list[Path]) -> str:
    """One short text that changes when any of the files changes.

    Parameters
    ----------
    files : list of Path

    Returns
    -------
    str
    """
    total = hashlib.sha256()
    for path in files:
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


def note_what_it_reads(app, docname, source):
    """Make the files that a notebook reads part of what the cache and Sphinx compare."""
    if not app.env.doc2path(docname).endswith(".ipynb"):
        return
    files = files_read(Path(app.srcdir), docname.rsplit("/", 1)[-1])
    for path in files:
        app.env.note_dependency(str(path))
    notebook = json.loads(source[0])
    # The cache compares the code cells and this entry; kernels look at its name only.
    notebook.setdefault("metadata", {}).setdefault("kernelspec", {})["reads"] = digest(files)
    source[0] = json.dumps(notebook)


def forget_a_build_with_warnings(app, error):
    """Without this, a second `build` after a failed one finds nothing to do and succeeds."""
    if app._warncount:
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)


def setup(app):
    prepare_kernels(Path(app.srcdir))
    app.connect("source-read", note_what_it_reads)
    app.connect("build-finished", forget_a_build_with_warnings)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
