"""Files of the browser's Python: by hash, from the first source that has them, and never a wrong one."""
from __future__ import annotations

import hashlib
import json

import pytest

from tools.lite import store
from tools.lite.store import LiteError, Store, read_lock


@pytest.fixture
def upstream(tmp_path, monkeypatch):
    """A folder in the place of the upstream host, and a lock of one file of it."""
    folder = tmp_path / "upstream"
    folder.mkdir()
    (folder / "python.zip").write_bytes(b"right")
    monkeypatch.setattr(store, "INDEX_OPTIONS", ["--no-index", "--no-deps", "--disable-pip-version-check"])
    digest = hashlib.sha256(b"right").hexdigest()
    return folder, {
        "upstream": f"{folder.as_uri()}/", "files": {"python.zip": {"sha256": digest, "origin": "npm pyodide@1"}},
        "copy": {"requirement": "nowhere==1", "sha256": digest, "folder": "files/"},
    }


def test_a_file_is_fetched_once_and_kept(upstream, tmp_path):
    folder, lock = upstream
    files = Store(tmp_path / "cache", lock)
    files.fill()
    assert files.path("python.zip").read_bytes() == b"right"
    (folder / "python.zip").unlink()
    files.fill()
    assert files.missing() == []


def test_a_wrong_file_stops_the_build_and_is_named(upstream, tmp_path):
    folder, lock = upstream
    (folder / "python.zip").write_bytes(b"wrong")
    with pytest.raises(LiteError, match=r"python\.zip from .*sha256 differs"):
        Store(tmp_path / "cache", lock).fill()
    assert not (tmp_path / "cache" / "python.zip").exists()


def test_a_file_that_is_nowhere_stops_the_build_and_is_named(upstream, tmp_path):
    folder, lock = upstream
    (folder / "python.zip").unlink()
    with pytest.raises(LiteError, match=r"found nowhere: python\.zip"):
        Store(tmp_path / "cache", lock).fill()


def test_a_damaged_file_in_the_cache_is_fetched_again(upstream, tmp_path):
    _, lock = upstream
    files = Store(tmp_path / "cache", lock)
    files.fill()
    files.path("python.zip").write_bytes(b"cut sh")
    files.fill()
    assert files.path("python.zip").read_bytes() == b"right"


def test_every_file_of_the_lock_has_a_hash_and_an_origin():
    lock = read_lock()
    assert all(len(each["sha256"]) == 64 and each["origin"] for each in lock["files"].values())
    listed = {each["file_name"]: each["sha256"] for each in lock["packages"].values()}
    assert {name: lock["files"][name]["sha256"] for name in listed} == listed
    needed = {name for each in lock["packages"].values() for name in each["depends"]}
    assert needed <= set(lock["packages"])
    assert "statsmodels" not in json.dumps(lock)
