#!/usr/bin/env python3
"""The one door to the course. ``python3 course.py`` alone prints what it can do.

It uses the standard library only: it makes an environment in ``.venv`` from the hashed pins and calls
well-kept tools in it. Everything it makes stands in ``.venv``, ``_build`` and ``my-course``.
"""
import sys

if sys.version_info < (3, 11):  # this file must still parse on old Pythons, so that they can say this
    sys.exit("The course needs Python 3.11 or newer, and this is Python %d.%d. Install a newer one "
             "and start course.py with it, for example: python3.12 course.py serve" % sys.version_info[:2])

import argparse
import contextlib
import difflib
import functools
import http.server
import os
import re
import shutil
import signal
import subprocess
import sysconfig
import time
from pathlib import Path

from tools.browser import find_browser
from tools.edition import choose_modules, edition_name, module_names
from tools.files import fingerprint, read_state, write_state
from tools.working_copy import update

ROOT = Path(__file__).resolve().parent
# An edition uses what the course that it was made from has fetched.
HOME = Path(os.environ.get("COURSE_HOME") or ROOT)
VENV = HOME / ".venv"
MARK = VENV / "course.json"  # what the environment was made from; says "complete" only at the very end
BUILD = ROOT / "_build"
SITE = BUILD / "html"
BUILT = BUILD / "built.json"  # what the site was built from; absent while it is not whole
LITE = BUILD / "lite"  # JupyterLite and Python for the reader's browser; in the site it is the folder lite
COPIES = BUILD / "copies"  # PDFs, e-book and zip file; in the site they are the folder copies
COPIED = BUILD / "copies.json"  # what the copies were made from
LOGS = BUILD / "logs"
COPY = ROOT / "my-course"
PINS = "requirements.txt"
TEST_PINS = "requirements-test.txt"
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
# JupyterLab does not ask the reader whether it may ask another host for news.
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
PYTHON = PROGRAMS / ("python.exe" if os.name == "nt" else "python")

# A change here can change any page; a change elsewhere only its own page.
ENGINE = ["_config.yml", "_toc.yml", "book/_ext", "book/_templates", "data", "measurement", "widgets", PINS]
SOURCES = ENGINE + ["book", "notebooks"]
LITE_TOOLS = "tools/lite"  # a course without this folder has no Python in the browser
LITE_SOURCES = [LITE_TOOLS, "_config.yml", "tools/readable.py", "book/_ext/notebook_downloads.py", "data",
                "measurement", "notebooks", "pyproject.toml", "widgets", PINS]
COPY_TOOLS = "tools/copies"


class CourseError(Exception):
    """Something the person at the keyboard can mend; its text is one clear line."""


# --- Running other programs -------------------------------------------------------------------------------

def say(text):
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


def course_env(**changes):
    """The environment variables for the course's own programs; a keyword sets one."""
    # Jupyter looks for kernels in the environment before the person's own folders.
    return {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1", **changes}


def launch(command, env, **streams):
    """Start a program in the course's folder; one that is missing from the environment has it made anew."""
    try:
        return subprocess.Popen([str(part) for part in command], cwd=ROOT, env=env, **streams)
    except FileNotFoundError:
        write_state(MARK, {"complete": False})
        raise CourseError(f"{command[0]} is missing. Run the same again, then it is made anew.") from None


def step(label, command, log, env=None):
    """Run a program with its output in a log file, and show that it lives.

    Parameters
    ----------
    label : str
        What is going on, in words.
    command : list of str
    log : str
        Name of the file in ``_build/logs``.
    env : dict, optional

    Raises
    ------
    CourseError
        When the program fails: the telling lines of the log are printed, the error names the log.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / log
    start = time.monotonic()
    with open(path, "wb") as output:
        process = launch(command, env or course_env(), stdin=subprocess.DEVNULL, stdout=output,
                         stderr=subprocess.STDOUT)
        try:
            watch(process, label, start)
        finally:
            end(process)
    if process.returncode:
        raise CourseError(explain(label, path))


def watch(process, label, start):
    """Wait for a program; show its label, then the seconds so far, then how long it took."""
    live = sys.stdout.isatty()
    if not live:
        say(f"{label} ...")
    pause = 1 if live else 20
    while True:
        try:
            process.wait(timeout=pause)
            break
        except subprocess.TimeoutExpired:
            seconds = round(time.monotonic() - start)
            print(f"\r{label} ... {seconds} s", end="" if live else "\n", flush=True)
    result = "done" if process.returncode == 0 else "failed"
    say(f"{chr(13) if live else ''}{label}: {result}, {time.monotonic() - start:.0f} s")


def explain(label, log):
    """Print the telling lines of a log and return the one line that says what went wrong."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(encoding="utf-8", errors="replace"))  # without colours
    where = log.relative_to(ROOT)
    if re.search(r"NewConnectionError|ConnectTimeout|Failed to establish|Name or service not known|"
                 r"Temporary failure in name resolution|Could not fetch URL|ReadTimeout", text):
        return (f"{label} failed: the package index was not reached. Is this computer online? "
                f"Nothing is lost, the same command tries again. The whole log: {where}")
    lines = [line for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"(WARNING|ERROR|Error|Exception):", line)]
    print("\n".join((telling or lines)[-15:]), file=sys.stderr)
    return f"{label} failed. The last telling lines are above, the whole log is in {where}"


def hand_over(command, env):
    """Run a program in the foreground, leave Ctrl-C to it, and return its exit code."""
    process = launch(command, env)
    try:
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                return process.wait()
    finally:
        end(process)


def end(process):
    """Leave nothing running behind: a program that still runs is asked to end, and waited for."""
    if process.poll() is None:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def alone():
    """Only one course.py at a time makes the environment or the book; another one waits here."""
    try:
        import fcntl
    except ImportError:  # Windows has no such lock; there nothing keeps two apart
        yield
        return
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another course.py is at work in this folder; waiting for it to end ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- The environment --------------------------------------------------------------------------------------

def ensure_environment(pins=PINS):
    """Make, finish or update ``.venv`` so that it holds exactly what a requirements file pins."""
    if HOME != ROOT:
        return
    mark = read_state(MARK)
    made_with = {"python": "%d.%d" % sys.version_info[:2], "root": str(ROOT)}
    sound = (mark and mark.get("complete") is True and isinstance(mark.get("pins"), dict) and PYTHON.exists()
             and all(mark.get(key) == value for key, value in made_with.items()))
    wanted = fingerprint(ROOT, [pins])
    if sound and mark["pins"].get(pins) == wanted:
        return
    if not sound:
        make_room()
        write_state(MARK, {"complete": False})
        step("Making the environment in .venv", [base_python(), "-m", "venv", VENV], "environment.log")
    write_state(MARK, {"complete": False})
    step("Installing packages (about a minute)",
         [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--require-hashes",
          "-r", ROOT / pins], "packages.log")
    # widgets and measurement are imported from this folder, as an editable install would do it.
    (site_packages() / "course.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    hashes = {name: fingerprint(ROOT, [name]) for name in covers(pins)}
    write_state(MARK, {"complete": True, "pins": hashes, **made_with})


def set_browser_kernel_apart():
    """Keep JupyterLite's kernel where its own build finds it: JupyterLab would load it too, and fail."""
    share, name = VENV / "share", "labextensions/@jupyterlite"
    if (share / "jupyter" / name).is_dir():
        shutil.rmtree(share / "jupyterlite" / name, ignore_errors=True)
        (share / "jupyterlite" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(share / "jupyter" / name, share / "jupyterlite" / name)


def prepare(pins=PINS, book=False, lite=False, copies=False):
    """Make sure of the environment, and of the book and the browser's Python where they are asked for."""
    with alone():
        ensure_environment(pins)
        set_browser_kernel_apart()
        if book:
            build_site(lite and (ROOT / LITE_TOOLS).is_dir(), copies)


def covers(pins):
    """The requirements files that an environment made from one of them satisfies.

    Examples
    --------
    >>> covers("requirements-test.txt")
    ['requirements.txt', 'requirements-test.txt']
    """
    return [PINS, TEST_PINS] if pins == TEST_PINS else [pins]


def make_room():
    """Clear the way for a new ``.venv``: delete our own half-made one, move anybody else's aside."""
    try:
        import ensurepip  # noqa: F401  (Debian ships Python without it)
        import venv  # noqa: F401
    except ImportError:
        version = "%d.%d" % sys.version_info[:2]
        raise CourseError("This Python makes no environments: its venv module is missing. On Debian and "
                          f"Ubuntu: sudo apt install python{version}-venv. Then run this again.") from None
    if VENV.is_symlink() or VENV.is_file() or (VENV.is_dir() and not MARK.exists() and any(VENV.iterdir())):
        aside = next(path for path in (ROOT / f".venv-old-{n}" for n in range(1, 1000)) if not path.exists())
        VENV.rename(aside)
        say(f"There was a .venv that course.py did not make: it is kept, as {aside.name}")
    elif MARK.exists():
        say("The environment was unfinished, damaged or made elsewhere: making it anew")
        shutil.rmtree(VENV)


def base_python():
    """The Python outside any environment, also when course.py was started with the one in ``.venv``."""
    return getattr(sys, "_base_executable", None) or sys.executable


def site_packages():
    """Where the environment keeps its packages."""
    return Path(sysconfig.get_path("purelib", "venv", vars={"base": str(VENV), "platbase": str(VENV)}))


# --- The book ---------------------------------------------------------------------------------------------

def build_site(lite, copies=False):
    """Build the book and, where they are asked for, Python for the browser and copies to take along."""
    if lite:
        build_lite()
    build_book(lite, copies)
    lay_lite(lite)
    lay_copies(copies)


def lay_lite(lite):
    """Lay Python for the reader's browser into the site, or take it out."""
    made, laid = (read_state(LITE / name) for name in ("built.json", "laid.json"))
    if lite and made == laid and (SITE / "lite").is_dir():
        return
    shutil.rmtree(SITE / "lite", ignore_errors=True)
    if lite:
        write_state(LITE / "laid.json", {"sources": None})
        shutil.copytree(LITE / "site", SITE / "lite")
        write_state(LITE / "laid.json", made)


def build_lite():
    """Build JupyterLite with Python, the packages, the notebooks and the data into ``_build/lite/site``."""
    now = {"sources": fingerprint(ROOT, LITE_SOURCES)}
    if read_state(LITE / "built.json") == now:
        say("Python for the browser is up to date.")
        return
    write_state(LITE / "built.json", {"sources": None})
    step("Building Python for the browser (the first time it fetches 80 MB)",
         [PYTHON, "-m", "tools.lite.build", HOME / "_build/lite/files", LITE / "site"], "lite.log")
    write_state(LITE / "built.json", now)


def lay_copies(copies):
    """Make the copies of the site that need no network, and lay them into it; or take them out."""
    laid = SITE / "copies"
    now = {"book": read_state(BUILT), "tools": fingerprint(ROOT, [COPY_TOOLS])}
    if copies and laid.is_dir() and read_state(COPIED) == now:
        say("The copies are up to date.")
        return
    shutil.rmtree(laid, ignore_errors=True)
    if copies:
        write_state(COPIED, {"book": None})
        shutil.rmtree(COPIES, ignore_errors=True)
        step("Making the copies: PDFs, an e-book, a zip file (some minutes)",
             [PYTHON, "-m", "tools.copies.make", SITE, COPIES], "copies.log")
        shutil.copytree(COPIES, laid)
        write_state(COPIED, now)


def build_book(lite, copies):
    """Build the book into ``_build/html``; nothing changed since the last time: nothing to do."""
    now = {"engine": fingerprint(ROOT, ENGINE), "sources": fingerprint(ROOT, SOURCES), "lite": lite,
           "copies": copies, "whole": True}
    before = read_state(BUILT) or {}
    if before == now and (SITE / "index.html").exists():
        say("The book is up to date.")
        return
    forget_stale_work(before, now)
    write_state(BUILT, {**now, "whole": False})
    step("Building the book (the notebooks run: up to two minutes)",
         [PROGRAMS / "jupyter-book", "build", "-W", "-n", "--keep-going", ROOT], "book.log",
         course_env(COURSE_PAGE="1", COURSE_RECORD="off", COURSE_LITE="1" if lite else "0",
                    COURSE_COPIES="1" if copies else "0"))
    write_state(BUILT, now)


def forget_stale_work(before, now):
    """Delete the pages that the last build left, where Sphinx would take them for good.

    Sphinx watches the pages, not what makes them. After a failure all are read again, since Sphinx warns only
    when it reads. The cache of executed notebooks stays: it watches everything that a notebook reads.
    """
    if before.get("engine") != now["engine"] or before.get("whole") is not True:
        for folder in (SITE, BUILD / ".doctrees"):
            shutil.rmtree(folder, ignore_errors=True)


class SiteHandler(http.server.SimpleHTTPRequestHandler):
    """Serves the site quietly, with the types that some systems do not know."""

    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map,
                      ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm",
                      ".webp": "image/webp", ".svg": "image/svg+xml", ".ipynb": "application/x-ipynb+json"}

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")  # a rebuilt page is seen at once
        super().end_headers()

    def log_message(self, *args):
        pass


def open_port(port):
    """A server on 127.0.0.1: on the port asked for, or else on the first free one from 8000."""
    handler = functools.partial(SiteHandler, directory=str(SITE))
    for candidate in [port] if port else range(8000, 8100):
        try:
            return http.server.ThreadingHTTPServer(("127.0.0.1", candidate), handler)
        except PermissionError:
            raise CourseError(f"Port {candidate} needs an administrator. Choose one above 1023.") from None
        except OSError:
            if port:
                raise CourseError(f"Port {port} is in use. Choose another one, or leave --port out: "
                                  "the next free one is taken.") from None
    raise CourseError("No port from 8000 to 8099 is free. Choose one: python3 course.py serve --port 9000")


# --- Browsers ---------------------------------------------------------------------------------------------

def install_browser():
    """Get a browser: Playwright's download, or else Debian's package when we are root there."""
    try:
        step("Downloading a browser", [PYTHON, "-m", "playwright", "install", "--no-shell", "chromium"],
             "browser.log")
    except CourseError as problem:
        say(str(problem))
    if find_browser() or not (shutil.which("apt-get") and os.geteuid() == 0):
        return
    env = course_env(DEBIAN_FRONTEND="noninteractive")
    step("Asking Debian for its packages", ["apt-get", "update"], "apt-update.log", env)
    step("Installing Debian's Chromium", ["apt-get", "install", "-y", "--no-install-recommends", "chromium",
                                          "fonts-dejavu-core"], "apt-install.log", env)


def install_web_server():
    """Get nginx for the tests of its configuration; not on a person's computer, where Debian starts it."""
    in_ci = os.environ.get("CI") == "true" and shutil.which("apt-get") and os.geteuid() == 0
    if not in_ci or shutil.which("nginx"):
        return
    env = course_env(DEBIAN_FRONTEND="noninteractive")
    get = ["apt-get", "install", "-y", "--no-install-recommends", "nginx-light", "openssl"]
    try:
        step("Asking Debian for its packages", ["apt-get", "update"], "apt-update.log", env)
        step("Installing nginx", get, "apt-install.log", env)
    except CourseError as problem:  # its tests are skipped then, with this reason
        say(str(problem))


def need_browser(install):
    """The browser for the tests; none: say how to get one, and fail."""
    browser = find_browser()
    named = os.environ.get("COURSE_BROWSER")
    if browser is None and named:
        raise CourseError(f"COURSE_BROWSER names {named}, and that does not start as a browser.")
    if browser is None and install:
        install_browser()
        browser = find_browser()
    if browser is None:
        raise CourseError("The tests need Chromium or Chrome, and none was found. Install one, name one in "
                          "the variable COURSE_BROWSER, or run: python3 course.py test --install-browser")
    return browser


# --- Editions ---------------------------------------------------------------------------------------------

def make_edition(options):
    """Write the edition that the options ask for into a folder of ``_build``; None: the course itself."""
    own = any((options.modules, options.title, options.country))
    if not (options.student or own):
        return None
    given = {"modules": options.modules, "title": options.title, "country": options.country}
    wishes = {name: wish for name, wish in given.items() if wish}
    if "modules" in wishes:
        try:
            choose_modules(wishes["modules"], module_names())
        except ValueError as problem:
            raise CourseError(str(problem)) from None
    folder = BUILD / edition_name(options.student, own)
    prepare()
    with alone():
        step("Writing the edition", [PYTHON, "-m", "tools.edition", folder, *["--student"] * options.student,
                                     *(f"--{name}={wish}" for name, wish in wishes.items())], "edition.log")
    return folder


def in_edition(folder, *arguments):
    """Run a command of the edition's own course.py, with the environment and the files fetched here."""
    return hand_over([PYTHON, folder / "course.py", *arguments],
                     course_env(COURSE_HOME=str(HOME), PYTHONPATH=str(folder)))


# --- The commands -----------------------------------------------------------------------------------------

def serve(options, rest):
    """build the book and show it on this computer (Ctrl-C ends it)"""
    folder = make_edition(options)
    if folder:
        port = [f"--port={options.port}"] if options.port else []
        return in_edition(folder, "serve", *["--lite"] * options.lite, *port)
    prepare(book=True, lite=options.lite)
    with open_port(options.port) as server, contextlib.suppress(KeyboardInterrupt):
        say(f"The course is at http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)")
        server.serve_forever()
    say("\nThe course is closed.")


def lab(options, rest):
    """work on the notebooks in JupyterLab, in your own copy of them"""
    prepare()
    readable = BUILD / "notebooks"
    subprocess.run([PYTHON, "-m", "tools.readable", ROOT / "notebooks", readable], cwd=ROOT, check=True)
    for line in update(ROOT, COPY, take_new=options.take_new, readable=readable):
        say(line)
    write_state(VENV / "share" / "jupyter" / "lab" / "settings" / "overrides.json", QUIET)
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    # No news, no look for updates, no extension shop: JupyterLab asks no other host.
    return hand_over([PYTHON, "-m", "jupyterlab", f"--ServerApp.root_dir={COPY}", "--ServerApp.ip=127.0.0.1",
                      "--LabApp.news_url=None", "--LabApp.extension_manager=readonly",
                      "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", *as_root, *rest],
                     course_env(COURSE_RECORD=str(COPY / "record.jsonl")))


def run_tests(options, rest):
    """build the book and run all tests (what stands behind -- goes to pytest)"""
    start = time.monotonic()
    prepare(TEST_PINS)
    browser = need_browser(options.install_browser)
    if options.install_browser:
        install_web_server()
    lite = not options.without_lite and needs_lite(rest)
    prepare(TEST_PINS, book=True, lite=lite)
    without = [] if lite else ["--ignore-glob=*/test_lite_*"]
    code = hand_over([PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadfile", "--nbval",
                      "--nbval-sanitize-with", "tests/nbval.cfg", *without, *rest],
                     course_env(COURSE_BROWSER=str(browser), COURSE_RECORD="off"))
    which = "The chosen tests" if rest else "All tests"
    say(f"{which} {'FAILED, see above' if code else 'passed'} ({time.monotonic() - start:.0f} s).")
    return code


def needs_lite(rest):
    """Whether tests that are asked for need Python in the browser: all tests do, and those that say so.

    Examples
    --------
    >>> needs_lite([]), needs_lite(["-m", "slow"]), needs_lite(["tests/browser"])
    (True, True, True)
    >>> needs_lite(["tests/widgets"]), needs_lite(["course.py"])
    (False, False)
    """
    paths = [ROOT / each.partition("::")[0] for each in rest]
    named = [path for path in paths if path.exists()]
    return not named or any("test_lite_" in path.name or list(path.rglob("test_lite_*")) for path in named)


def build(options, rest):
    """build the book into _build/html, ready for any web server"""
    folder = make_edition(options)
    if folder:
        return in_edition(folder, "build", *["--without-lite"] * options.without_lite,
                          *["--copies"] * options.copies)
    if options.copies and find_browser() is None:
        raise CourseError("The PDFs need Chromium or Chrome, and none was found. Install one, or name one in "
                          "the variable COURSE_BROWSER.")
    prepare(book=True, lite=not options.without_lite, copies=options.copies)
    say(f"The site is in {os.path.relpath(SITE, HOME)}")


def execute(options, rest):
    """run the notebooks and store their outputs in normal form"""
    prepare()
    check = ["--check"] if options.check else []
    return hand_over([PYTHON, "-m", "tools.notebooks", *check, *rest], course_env(COURSE_RECORD="off"))


def bench(options, rest):
    """measure weights and times beside their budgets"""
    prepare(TEST_PINS)
    browser = need_browser(install=False)
    return hand_over([PYTHON, "-m", "tools.bench", *rest],
                     course_env(COURSE_BROWSER=str(browser), COURSE_RECORD="off"))


def release(options, rest):
    """write a release into _build/release: site, copies, package, bill of materials, checksums"""
    need_browser(install=False)
    prepare(TEST_PINS, book=True, lite=True, copies=True)
    step("Packing the release", [PYTHON, "-m", "tools.release", SITE, BUILD / "copies", BUILD / "release"],
         "release.log")
    for path in sorted((BUILD / "release").iterdir()):
        say(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.1f} MB")


def audit(options, rest):
    """ask the package index whether a weakness is known in a pinned package"""
    prepare(TEST_PINS)
    return hand_over([PYTHON, "-m", "tools.audit", PINS, TEST_PINS], course_env())


def compile_pins(options, rest):
    """pin the packages again after a change of pyproject.toml; --newest takes the newest of all"""
    prepare(TEST_PINS)
    newest = ["--upgrade"] if options.newest else []
    uv = [PYTHON, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11",
          "--generate-hashes", "--custom-compile-command", "python3 course.py pins", "--extra", "site"]
    for name, extra in ((PINS, []), (TEST_PINS, ["--extra", "test", "-c", PINS])):
        step(f"Pinning the packages of {name}", [*uv, *extra, *newest, "-o", name], "pins.log")
    say("The next command installs what changed. Run the tests: python3 course.py test")


def judge(options, rest):
    """judge the records that students handed in: who answered what, and where the class is mistaken"""
    prepare()
    table = [f"--csv={options.csv.resolve()}"] if options.csv else []
    return hand_over([PYTHON, "-m", "tools.grade", *table, *(path.resolve() for path in options.records)],
                     course_env(COURSE_RECORD="off"))


COMMANDS = {"serve": serve, "lab": lab, "test": run_tests, "build": build, "execute": execute, "bench": bench,
            "release": release, "audit": audit, "pins": compile_pins, "grade": judge}


def port_number(text):
    """A port from the command line.

    Examples
    --------
    >>> port_number("8080")
    8080
    """
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")
    return int(text)


def words(text):
    """One line of words from the command line.

    Examples
    --------
    >>> words(" Kenya ")
    'Kenya'
    """
    line = " ".join(text.split())
    if not line or len(line) > 100:
        raise argparse.ArgumentTypeError("write between 1 and 100 letters")
    return line


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message):
        raise CourseError(f"{message}. What can be asked: python3 course.py --help")


def parser():
    """The commands, their options and their help lines."""
    top = Parser(prog="python3 course.py", description="The one door to the course.",
                 formatter_class=functools.partial(argparse.HelpFormatter, width=100),
                 epilog="Everything is made in .venv, _build and my-course; the sources stay as they are.")
    commands = top.add_subparsers(dest="command", title="commands", metavar="COMMAND")
    made = {}
    for name, command in COMMANDS.items():
        made[name] = commands.add_parser(name, help=command.__doc__, description=command.__doc__,
                                         allow_abbrev=False)
    made["serve"].add_argument("--port", type=port_number, help="default: 8000, or the next free one")
    made["serve"].add_argument("--lite", action="store_true", help="with Python in the reader's browser")
    for name in ("build", "test"):
        made[name].add_argument("--without-lite", action="store_true",
                                help="leave out Python in the reader's browser: quicker, without a download")
    for name in ("build", "serve"):
        edition = made[name].add_argument_group("an edition of your own, in a folder of _build")
        edition.add_argument("--student", action="store_true", help="without answers, for assessment")
        edition.add_argument("--modules", help="only these, by number: 01,05,13")
        edition.add_argument("--title", type=words, help="the name of the course")
        edition.add_argument("--country", type=words, help="the country that tasks are about")
    made["build"].add_argument("--copies", action="store_true",
                               help="with copies to take along: PDFs, an e-book, a zip file of the site")
    made["lab"].add_argument("--take-new", action="store_true",
                             help="lay newer versions beside the notebooks you changed")
    made["test"].add_argument("--install-browser", action="store_true", help="get one where none is found")
    made["grade"].add_argument("records", nargs="+", type=Path, metavar="RECORD", help="a file record.jsonl")
    made["grade"].add_argument("--csv", type=Path, help="write each answer into this file, too")
    made["execute"].add_argument("--check", action="store_true", help="run nothing, say what is not normal")
    made["pins"].add_argument("--newest", action="store_true", help="take the newest of every package")
    return top


def read_arguments(arguments):
    """Options, and what stands behind ``--`` for the tool below; a CourseError names the nearest command."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    mine, rest = arguments[:cut], arguments[cut + 1:]
    if mine and not mine[0].startswith("-") and mine[0] not in COMMANDS:
        near = difflib.get_close_matches(mine[0], COMMANDS, n=1, cutoff=0.5)
        hint = f"Did you mean: python3 course.py {near[0]}" if near else "Try one of: " + ", ".join(COMMANDS)
        raise CourseError(f"There is no command {mine[0]!r}. {hint}")
    return parser().parse_args(mine), rest


def main(arguments):
    """Run one command; return the exit code. Whatever a person can mend is one line."""
    try:
        options, rest = read_arguments(arguments)
        if options.command is None:
            parser().print_help()
            return 0
        return COMMANDS[options.command](options, rest) or 0
    except CourseError as problem:
        print(f"course.py: {problem}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\ncourse.py: stopped. Nothing is lost: the same command takes it up again.", file=sys.stderr)
        return 130
    except PermissionError as problem:
        print(f"course.py: {problem.filename} cannot be written. Copy the course to a folder of your own and "
              "run it there.", file=sys.stderr)
    except OSError as problem:
        print(f"course.py: {problem.strerror}: {problem.filename}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended, too
    sys.exit(main(sys.argv[1:]))
