"""Small state files and fingerprints. Standard library only, since course.py uses it."""
from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

NOISE = {"__pycache__", ".ipynb_checkpoints"}


def read_state(path: Path) -> dict | None:
    """The JSON object in a file, or None when it is absent or damaged.

    Examples
    --------
    >>> read_state(Path("no-such-file.json")) is None
    True
    """
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return state if isinstance(state, dict) else None


def write_state(path: Path, state: dict) -> None:
    """Write a JSON object."""
    replace_file(path, (json.dumps(state, indent=1, sort_keys=True) + "\n").encode())


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a crash leaves the old one or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".draft")
    draft.write_bytes(content)
    os.replace(draft, path)


def fingerprint(root: Path, names: list[str]) -> str:
    """A hash over files and folders, named below ``root``, by what they hold.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     replace_file(Path(folder) / "book/page.md", b"one")
    ...     before = fingerprint(Path(folder), ["book"])
    ...     replace_file(Path(folder) / "book/page.md", b"two")
    ...     before == fingerprint(Path(folder), ["book"])
    False
    """
    digest = hashlib.sha256()
    for top in (root / name for name in names):
        for path in sorted([top] if top.is_file() else top.rglob("*")):
            inner = path.relative_to(root)
            if path.is_file() and not NOISE & set(inner.parts):
                digest.update(inner.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
