"""A release says what is in it: checksums that can be checked, and a bill of materials with every part."""
from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools import audit
from tools.bom import pins, write_bom
from tools.release import checksums, zip_folder

ROOT = Path(__file__).resolve().parents[2]
PINNED = pins((ROOT / "requirements.txt").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def bill(tmp_path_factory, site) -> dict:
    """The bill of materials of this course and this site."""
    target = tmp_path_factory.mktemp("bill") / "course.cdx.json"
    write_bom(target, site / "lite")
    return json.loads(target.read_text(encoding="utf-8"))


def test_every_pinned_package_is_in_the_bill_with_each_of_its_checksums(bill):
    parts = {part["name"]: part for part in bill["components"] if part["purl"].startswith("pkg:pypi/")
             and "?" not in part["purl"]}
    assert set(parts) == set(PINNED)
    for name, pin in PINNED.items():
        files = parts[name]["externalReferences"][0]["hashes"]
        assert parts[name]["version"] == pin["version"]
        assert sorted(each["content"] for each in files) == sorted(pin["hashes"])


def test_every_pin_has_a_checksum_and_says_who_needs_it():
    assert len(PINNED) > 100
    assert [name for name, pin in PINNED.items() if not pin["hashes"] or not pin["via"]] == []


def test_the_bill_says_what_needs_what(bill):
    needs = {each["ref"]: set(each.get("dependsOn", [])) for each in bill["dependencies"]}
    by_name = {name: f"pkg:pypi/{name}@{pin['version']}" for name, pin in PINNED.items()}
    assert by_name["numpy"] in needs[by_name["pandas"]]
    ours = bill["metadata"]["component"]["bom-ref"]
    assert {by_name["pandas"], by_name["jupyter-book"]} <= needs[ours]


def test_every_file_of_the_browsers_python_is_in_the_bill(bill, site):
    if not (site / "lite").is_dir():
        pytest.skip("the site was built without Python in the browser")
    lock = json.loads((ROOT / "tools" / "lite" / "lock.json").read_text(encoding="utf-8"))["files"]
    named = {part["hashes"][0]["content"] for part in bill["components"] if "hashes" in part}
    assert named == {each["sha256"] for each in lock.values()}
    for name, each in lock.items():  # and it is what the site really holds
        held = (site / "lite" / "static" / "pyodide" / name).read_bytes()
        assert hashlib.sha256(held).hexdigest() == each["sha256"]


def test_the_scripts_of_the_browsers_python_are_in_the_bill_with_their_licences(bill, site):
    if not (site / "lite").is_dir():
        pytest.skip("the site was built without Python in the browser")
    found = [part for part in bill["components"] if part["purl"].startswith("pkg:npm/%40jupyterlab/")]
    assert len(found) > 30 and all(part["licenses"] for part in found)


def test_the_same_course_makes_the_same_bill(bill, site, tmp_path):
    write_bom(tmp_path / "again", site / "lite")
    assert json.loads((tmp_path / "again").read_text(encoding="utf-8")) == bill


def test_the_same_files_make_the_same_zip_whenever_they_were_written(tmp_path):
    made = []
    for name in ("one", "two"):
        folder = tmp_path / name
        (folder / "a").mkdir(parents=True)
        (folder / "a" / "b.txt").write_text("words", encoding="utf-8")
        zip_folder(folder, tmp_path / f"{name}.zip", "course")
        made.append((tmp_path / f"{name}.zip").read_bytes())
    assert made[0] == made[1]
    assert zipfile.ZipFile(tmp_path / "one.zip").namelist() == ["course/a/b.txt"]


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is not installed")
def test_checksums_are_checked_by_the_systems_own_program(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"a")
    (tmp_path / "SHA256SUMS").write_text(checksums(tmp_path), encoding="utf-8")
    command = ["sha256sum", "--check", "SHA256SUMS"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "a.zip").write_bytes(b"b")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 1


def test_where_the_index_says_nothing_no_package_counts_as_checked(capfd):
    """The real pip-audit, asked about a package that no index has."""
    found = audit.ask({"organized-crime-course-no-such-package": "1.0"})
    if found is None:
        pytest.skip("the package index is not reached from here")
    assert audit.unchecked(found) == ["organized-crime-course-no-such-package"]


def test_the_pins_were_compiled_by_the_command_that_the_course_has():
    for name in ("requirements.txt", "requirements-test.txt"):
        assert "python3 course.py pins" in (ROOT / name).read_text(encoding="utf-8")[:200]


def test_the_audits_program_and_the_pinning_program_are_there():
    for module in ("pip_audit", "uv"):
        command = [sys.executable, "-m", module, "--version"]
        assert subprocess.run(command, capture_output=True).returncode == 0
