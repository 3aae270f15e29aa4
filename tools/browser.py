"""Finds the browser that the tests drive. Standard library only, since course.py uses it."""
from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
MAC_BROWSERS = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                "/Applications/Chromium.app/Contents/MacOS/Chromium"]
FLAGS = ["--no-sandbox",  # continuous integration runs as root, and Chromium's sandbox refuses root
         "--disable-gpu", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # asks nobody anything
# Where Playwright puts its own download, below its folder; one line a system.
PLAYWRIGHT = ["chromium-*/chrome-linux*/chrome",
              "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
              "chromium-*/chrome-win*/chrome.exe"]


def find_browser():
    """The Chromium or Chrome that the tests drive.

    Looked for in this order: the path in ``COURSE_BROWSER``, the PATH (and the Mac's applications),
    Playwright's own download.

    Returns
    -------
    pathlib.Path or None
        None when none of them starts, or when the one named in ``COURSE_BROWSER`` does not.

    Notes
    -----
    That a browser starts does not tell whether it is new enough for the tests.
    """
    named = os.environ.get("COURSE_BROWSER")
    on_path = [path for path in map(shutil.which, NAMES) if path]
    for path in [named] if named else on_path + MAC_BROWSERS + playwright_browsers():
        if starts(path):
            return Path(path)
    return None


def starts(path):
    """Whether a browser can say its version; a launcher without its program, or a missing library, cannot."""
    if os.name == "nt":  # there Chrome opens a window instead
        return Path(path).exists()
    try:
        return subprocess.run([path, "--version"], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def playwright_browsers():
    """Paths of the browsers that Playwright downloaded, the newest first."""
    homes = {"darwin": "~/Library/Caches", "win32": "~/AppData/Local"}
    default = Path(homes.get(sys.platform, os.environ.get("XDG_CACHE_HOME") or "~/.cache")) / "ms-playwright"
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or default).expanduser()
    found = [path for pattern in PLAYWRIGHT for path in glob.glob(str(folder / pattern))]
    return sorted(found, reverse=True)
