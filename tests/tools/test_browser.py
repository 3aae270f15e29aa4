"""Which browser is found, in which order, and what does not count as one."""
from __future__ import annotations

import os
from pathlib import Path

import pytest

import course
from tools import browser

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins for browsers are shell programs")


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A function that installs a stand-in for a browser; on this machine there is no other."""
    for name in ("path", "downloads"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "downloads"))
    monkeypatch.delenv("COURSE_BROWSER", raising=False)
    monkeypatch.setattr(browser, "MAC_BROWSERS", [])

    def install(name, says="exit 0"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{says}\n")
        path.chmod(0o755)
        return path

    return install


def test_no_browser_is_none(machine):
    assert course.find_browser() is None


def test_the_named_one_comes_before_the_path_and_the_path_before_the_download(machine, monkeypatch):
    download = machine("downloads/chromium-1200/chrome-linux64/chrome")
    assert course.find_browser() == download
    on_path = machine("path/google-chrome")
    assert course.find_browser() == on_path
    named = machine("elsewhere/my browser")
    monkeypatch.setenv("COURSE_BROWSER", str(named))
    assert course.find_browser() == named


def test_the_newest_download_is_taken(machine):
    machine("downloads/chromium-1199/chrome-linux/chrome")
    newest = machine("downloads/chromium-1200/chrome-linux/chrome")
    assert course.find_browser() == newest


def test_a_launcher_without_its_program_is_passed_over(machine):
    machine("path/chromium", says="exit 1")
    working = machine("path/google-chrome")
    assert course.find_browser() == working


def test_a_named_browser_that_does_not_start_is_not_replaced_by_another(machine, monkeypatch):
    machine("path/chromium")
    monkeypatch.setenv("COURSE_BROWSER", "/no/such/browser")
    assert course.find_browser() is None


def test_a_folder_is_no_browser(tmp_path):
    assert not browser.starts(tmp_path)
    assert not browser.starts(Path(__file__))
