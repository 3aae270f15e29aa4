"""What is typed at the door, and on which Python."""
from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

import course
from tests.course.small_course import ROOT, door, one_line


def test_alone_it_prints_a_help_line_for_every_command(fresh):
    run = door(fresh, code=0)
    for command in course.COMMANDS:
        assert re.search(rf"^ +{command}  +\w+", run.stdout, re.MULTILINE), command
    assert not (fresh / ".venv").exists()


@pytest.mark.parametrize("command", sorted(course.COMMANDS))
def test_every_command_explains_itself_and_does_nothing(fresh, command):
    assert "usage:" in door(fresh, command, "--help", code=0).stdout
    assert not (fresh / ".venv").exists()


def test_a_wrong_command_is_told_the_nearest_one(fresh):
    assert "Did you mean: python3 course.py serve" in one_line(door(fresh, "srve"))


def test_a_command_like_no_other_is_told_all_of_them(fresh):
    assert "serve, lab, test, build, execute, bench" in one_line(door(fresh, "xyzzy"))


def test_a_wrong_option_is_one_line(fresh):
    assert "--fast" in one_line(door(fresh, "build", "--fast"))


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "80.5"])
def test_what_is_not_a_port_is_one_line(fresh, port):
    assert "a port is a number from 1 to 65535" in one_line(door(fresh, "serve", f"--port={port}"))


def test_the_door_parses_on_python_3_6():
    ast.parse((ROOT / "course.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_an_old_python_is_told_in_one_line_before_anything_is_imported(fresh):
    pretend = "import runpy, sys; sys.version_info = (3, 8, 18, 'final', 0); runpy.run_path('course.py')"
    run = subprocess.run([sys.executable, "-c", pretend], cwd=fresh, capture_output=True, text=True)
    assert run.returncode == 1 and run.stdout == ""
    assert re.fullmatch(r"The course needs Python 3\.11 or newer, and this is Python 3\.8\. .*\n", run.stderr)


def test_a_python_without_venv_is_told_which_package_to_install(fresh):
    without = ("import sys; sys.modules['ensurepip'] = None; sys.path.insert(0, '.'); import course;"
               "sys.exit(course.main(['build']))")
    run = subprocess.run([sys.executable, "-c", without], cwd=fresh, capture_output=True, text=True)
    assert f"sudo apt install python3.{sys.version_info.minor}-venv" in one_line(run)
    assert not (fresh / ".venv").exists()
