"""The student's own copy of the notebooks and data. Standard library only: course.py uses it.

What a student changed is never overwritten. What they did not change follows the course. A notebook counts as
changed when its cells do: running it is no change, so its outputs may be replaced.
"""
from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tools.files import read_state, replace_file, write_state

LAID = ["notebooks/*.ipynb", "data/*.csv", "data/datapackage.json"]
STATE = ".course-state.json"


def update(course: Path, copy: Path, take_new: bool = False, readable: Path | None = None) -> list[str]:
    """Bring a working copy up to the course, and leave alone what the student changed.

    Parameters
    ----------
    course, copy : pathlib.Path
        The folder of the course, and the student's.
    take_new : bool
        Lay the course's newer version beside a file that the student changed (``NAME.new.ipynb``).
    readable : pathlib.Path, optional
        A folder with the notebooks as a student reads them; they are laid in place of the course's own.

    Returns
    -------
    list of str
        What was done and what is newer, a line each.

    Notes
    -----
    ``.course-state.json`` holds, for each file, a hash of the course's version that the student began from.
    It cannot tell who changed a file. A file that the student deleted is laid again.
    """
    copy.mkdir(parents=True, exist_ok=True)
    began, lines = versions_begun_from(copy / STATE)
    fresh = []
    for source in sorted(path for pattern in LAID for path in course.glob(pattern)):
        name = source.relative_to(course).as_posix()
        if readable and (readable / source.name).exists():
            source = readable / source.name
        mine, new = copy / name, content(source)
        old = began.get(name)
        if not mine.exists() or content(mine) == old != new:
            replace_file(mine, source.read_bytes())
            fresh.append(name)
        elif content(mine) != new and old != new:
            if not take_new:
                lines.append(f"{name}: you changed it, so yours is kept; the course has a newer one "
                             "(lab --take-new lays it beside yours)")
                continue
            lines.append(f"{name}: yours is kept, and the course's newer one is beside it: "
                         f"{lay_beside(source, mine)}")
        began[name] = new
    write_state(copy / STATE, {"schema": 1, "began": began})
    if fresh:
        lines.append(f"New or updated in {copy.name}/: {', '.join(fresh)}")
    return lines


def content(path: Path) -> str:
    """A hash of what counts in a file: of a notebook the cells without outputs, of others every byte."""
    raw = path.read_bytes()
    if path.suffix == ".ipynb":
        try:
            raw = json.dumps([essence(cell) for cell in json.loads(raw)["cells"]], sort_keys=True).encode()
        except (ValueError, KeyError, TypeError, AttributeError):
            pass  # not a sound notebook: then every byte counts
    return hashlib.sha256(raw).hexdigest()


def essence(cell: dict) -> list:
    """What a person writes in a cell: its kind, text, pictures, tags and slide type.

    Examples
    --------
    >>> essence({"cell_type": "code", "source": ["1 +", " 1"], "metadata": {"scrolled": True}, "outputs": []})
    ['code', '1 + 1', None, None, None]
    """
    metadata = cell.get("metadata", {})
    return [cell["cell_type"], "".join(cell["source"]), cell.get("attachments"), metadata.get("tags"),
            metadata.get("slideshow")]


def lay_beside(source: Path, mine: Path) -> str:
    """Copy a file beside the student's under the first free name, and return that name."""
    number = 1
    while True:
        target = mine.with_name(f"{mine.stem}.new{'' if number == 1 else number}{mine.suffix}")
        if not target.exists():
            replace_file(target, source.read_bytes())
        if content(target) == content(source):
            return target.name
        number += 1


def versions_begun_from(path: Path) -> tuple[dict, list[str]]:
    """The hashes in the state file; a damaged file counts as knowing nothing, and is said in a line."""
    began = (read_state(path) or {}).get("began")
    if isinstance(began, dict):
        return began, []
    if not path.exists():
        return {}, []
    return {}, [f"{path.parent.name}/{path.name} could not be read: every file that differs from the "
                "course's counts as changed by you and is kept."]
