"""The package elsewhere, the pins, and what continuous integration runs."""
from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.course.small_course import clean_env

ROOT = Path(__file__).resolve().parent.parent


def pinned(name):
    """The packages that a requirements file pins, with their versions."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_every_pin_has_a_hash_and_no_file_names_a_registry(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    pins = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert len(pins) > 100
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert "://" not in text and "index-url" not in text


def test_the_test_environment_holds_everything_that_the_course_runs_on():
    assert pinned("requirements.txt") <= pinned("requirements-test.txt")


def test_every_declared_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for pins, declared in [("requirements.txt", project["dependencies"] + extras["site"]),
                           ("requirements-test.txt", extras["test"])]:
        names = {re.match(r"[\w-]+(\.\w+)*", line).group().replace(".", "-") for line in declared}
        assert names - {name for name, _ in pinned(pins)} == set(), f"re-pin {pins} (CONTRIBUTING.md)"


def test_continuous_integration_runs_the_test_command_of_the_readme():
    commands = [line for line in (ROOT / ".ci/run").read_text().splitlines() if "course.py" in line]
    assert commands == ["python3 course.py test --install-browser", "python3 course.py audit"]
    assert f"\n{commands[0]}\n" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_test_command_reaches_every_notebook_cell():
    # As course.py calls it; a cell that nbval does not collect would be compared with nothing.
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--nbval", "-p", "no:cacheprovider"]
    run = subprocess.run(collect, cwd=ROOT, capture_output=True, text=True)
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        count = sum(cell["cell_type"] == "code" for cell in cells)
        assert run.stdout.count(f"notebooks/{path.name}::Cell ") == count > 0, run.stdout[-2000:]


def test_the_package_works_elsewhere_with_its_data_and_without_the_planted_truth(tmp_path):
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet",
             "--wheel-dir", str(tmp_path), str(ROOT)]
    run = subprocess.run(build, capture_output=True, text=True, env=clean_env())
    assert run.returncode == 0, run.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = wheel.namelist()
        wheel.extractall(tmp_path / "installed")
    assert [name for name in names if "truth" in name or "sources" in name] == []
    assert "widgets/_data/modules/05-measuring.yml" in names and "widgets/static/quiz.js" in names
    code = ("import widgets, measurement; from widgets.datasets import dataset;"
            "print(widgets.__file__); print(len(dataset('victim_lists')));"
            "print(type(widgets.Module('05-measuring')).__name__)")
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True,
                         env=clean_env(PYTHONPATH=str(tmp_path / "installed"), COURSE_RECORD="off"))
    expected = [str(tmp_path / "installed/widgets/__init__.py"), "1500", "Module"]
    assert run.stdout.splitlines() == expected, run.stderr
