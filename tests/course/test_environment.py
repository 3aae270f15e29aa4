"""The environment: a real .venv, a real pip, and every way in which making it can go wrong."""
from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.course.small_course import POSIX, door, one_line, read_until, start

MARK = ".venv/course.json"


def test_a_second_run_makes_nothing(made):
    run = door(made, "build", code=0)
    assert "The book is up to date." in run.stdout
    assert "Making" not in run.stdout and "Installing" not in run.stdout


def test_long_steps_say_what_they_do_and_how_long_it_took(fresh):
    run = door(fresh, "build", code=0)
    for label in ("Making the environment", "Installing packages", "Building the book"):
        assert re.search(rf"^{label}.*: done, \d+ s$", run.stdout, re.MULTILINE), run.stdout


@pytest.mark.parametrize("mark", ['{"complete": false}', "", "\x00\x01 not json", "[]", '{"complete": true}',
                                  '{"complete": true, "pins": [], "python": 3, "root": null}'])
def test_an_unfinished_or_damaged_mark_has_the_environment_made_anew(fresh, mark):
    (fresh / ".venv" / "bin").mkdir(parents=True)
    (fresh / ".venv" / "bin" / "python").write_text("half a program")
    (fresh / MARK).write_text(mark, encoding="utf-8")
    run = door(fresh, "execute", "--check", code=0)
    assert "making it anew" in run.stdout
    assert '"complete": true' in (fresh / MARK).read_text()


def test_an_environment_of_somebody_else_is_kept_under_another_name(fresh):
    (fresh / ".venv").mkdir()
    (fresh / ".venv" / "mine.txt").write_text("keep me")
    run = door(fresh, "execute", "--check", code=0)
    assert "it is kept, as .venv-old-1" in run.stdout
    assert (fresh / ".venv-old-1" / "mine.txt").read_text() == "keep me"


def test_a_course_that_was_moved_gets_its_own_environment(fresh):
    door(fresh, "execute", "--check", code=0)
    moved = fresh.rename(fresh.with_name("moved"))
    assert "making it anew" in door(moved, "execute", "--check", code=0).stdout


def test_changed_pins_update_the_environment_without_making_it_anew(fresh):
    door(fresh, "execute", "--check", code=0)
    with open(fresh / "requirements.txt", "a", encoding="utf-8") as pins:
        pins.write("# a new day\n")
    run = door(fresh, "execute", "--check", code=0)
    assert "Installing packages" in run.stdout and "Making the environment" not in run.stdout


def test_a_package_that_is_not_what_was_pinned_is_refused(fresh):
    pins = (fresh / "requirements.txt").read_text()
    (fresh / "requirements.txt").write_text(pins[:-5] + "0000\n")
    run = door(fresh, "execute", "--check", code=1)
    assert "DO NOT MATCH THE HASHES" in run.stderr
    assert run.stderr.strip().endswith(f"the whole log is in {Path('_build/logs/packages.log')}")
    (fresh / "requirements.txt").write_text(pins)
    door(fresh, "execute", "--check", code=0)


def test_without_a_network_it_says_so_in_one_line_and_the_next_run_recovers(fresh):
    pins = (fresh / "requirements.txt").read_text()
    (fresh / "requirements.txt").write_text(f"nothing==1.0 --hash=sha256:{'0' * 64}\n")
    closed = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
    line = one_line(door(fresh, "execute", "--check", **closed))
    assert "Is this computer online?" in line and "_build" in line
    (fresh / "requirements.txt").write_text(pins)
    assert "making it anew" in door(fresh, "execute", "--check", code=0).stdout


def test_a_program_missing_from_the_environment_is_said_and_mended(fresh):
    door(fresh, "build", code=0)
    (fresh / "book" / "index.md").write_text("# Changed\n")
    next((fresh / ".venv").glob("*/jupyter-book*")).unlink()
    assert "Run the same again" in one_line(door(fresh, "build"))
    door(fresh, "build", code=0)


@POSIX
def test_ctrl_c_while_the_environment_is_made_loses_nothing(fresh):
    process = start(fresh, "execute", "--check")
    read_until(process, "Making the environment")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.strip() == "course.py: stopped. Nothing is lost: the same command takes it up again."
    assert "making it anew" in door(fresh, "execute", "--check", code=0).stdout


@POSIX
def test_a_second_door_waits_for_the_first(fresh):
    first = start(fresh, "build")
    read_until(first, "Making the environment")
    second = door(fresh, "build", code=0)
    assert "waiting for it to end" in second.stdout and "up to date" in second.stdout
    assert first.wait(timeout=60) == 0
    first.communicate()


@POSIX
def test_a_folder_that_cannot_be_written_is_one_line(fresh):
    for path in [fresh.parent, fresh]:
        path.chmod(0o555)
    # Root may write everywhere: become nobody, after everything is imported that root alone can read.
    drop = "os.getuid() == 0 and os.setuid(65534);" if os.getuid() == 0 else ""
    code = f"import os, sys; sys.path.insert(0, '.'); import course; {drop} sys.exit(course.main(['build']))"
    try:
        run = subprocess.run([sys.executable, "-B", "-c", code], cwd=fresh, capture_output=True, text=True)
    finally:
        for path in [fresh.parent, fresh]:
            path.chmod(0o755)
    assert "cannot be written" in one_line(run)
    door(fresh, "execute", "--check", code=0)
