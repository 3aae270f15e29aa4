"""The tests of a course, run by the door."""
from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.course.small_course import POSIX, door, one_line, program


@pytest.fixture
def bare(tmp_path):
    """A PATH without a browser, and a home where Playwright downloaded none."""
    (tmp_path / "programs").mkdir()
    return {"PATH": str(tmp_path / "programs"), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path),
            "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path), "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9"}


def test_without_a_browser_the_tests_fail_and_say_how_to_get_one(made, bare):
    assert "--install-browser" in one_line(door(made, "test", **bare))


def test_a_browser_named_in_the_environment_must_start(made, bare):
    line = one_line(door(made, "test", COURSE_BROWSER="/no/such/browser"))
    assert "COURSE_BROWSER names /no/such/browser" in line


@POSIX
def test_the_tests_of_an_executed_course_pass_and_a_changed_number_fails_them(fresh, tmp_path):
    browser = program(tmp_path, "browser", "echo Chromium 1")
    run = door(fresh, "test", COURSE_BROWSER=str(browser), code=0)
    assert "2 passed" in run.stdout
    assert re.fullmatch(r"All tests passed \(\d+ s\)\.", run.stdout.strip().splitlines()[-1])
    notebook = fresh / "notebooks" / "00-start.ipynb"
    notebook.write_text(notebook.read_text().replace('"4"', '"5"'))
    run = door(fresh, "test", COURSE_BROWSER=str(browser), code=1)
    assert "1 failed, 1 passed" in run.stdout
    assert run.stdout.strip().splitlines()[-1].startswith("All tests FAILED, see above")


@POSIX
def test_what_stands_behind_two_dashes_goes_to_pytest(made, tmp_path):
    browser = program(tmp_path, "browser", "echo Chromium 1")
    run = door(made, "test", "--", "tests", "-k", "no_such_test", COURSE_BROWSER=str(browser), code=5)
    assert "no tests ran" in run.stdout


@POSIX
@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root installs Debian's packages")
def test_where_the_download_fails_root_gets_debians_browser(fresh, bare):
    programs = Path(bare["PATH"])
    program(programs, "apt-get", f"""echo "$@" >> "{programs}/asked"
        [ "$1" = update ] && exit 0
        printf '#!/bin/sh\\necho Chromium 1\\n' > "{programs}/chromium" && /bin/chmod +x "{programs}/chromium"
        """)
    run = door(fresh, "test", "--install-browser", **bare, code=0)
    assert "Downloading a browser: failed" in run.stdout
    asked = (programs / "asked").read_text().splitlines()
    assert asked[0] == "update" and asked[1].startswith("install -y") and "chromium" in asked[1]
    assert "All tests passed" in run.stdout
