"""Measure the course beside its budgets: ``python3 course.py bench``.

Weights are what a browser asks a local server for, each answer compressed as a web server would do it.
Times are medians; this computer may be slower or busier than yours, so read them as an order of size.
For scale, the same questions are put on a stock Jupyter Book page, once with jupyterquiz and once with
plain ipywidgets, built and measured in the same run.
"""
from __future__ import annotations

import argparse
import functools
import gzip
import http.server
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.browser import FLAGS, find_browser

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
PROGRAMS = Path(sys.executable).parent
MODULE = "05-measuring"
APART = "pictures (apart)"
FRAMES = re.compile(rb"<template\b.*?</template>", re.DOTALL)  # of `explore`: pictures with their numbers
OWN_WEIGHT = {"document", "stylesheet", "script", "fetch", "xhr", "font", "other"}  # pictures are apart

# Answer every question of a page and time each click; what is answered does not matter here.
ANSWER_ALL = """async () => {
  const times = [];
  for (const question of document.querySelectorAll("[data-course] .course-question")) {
    const ask = question.querySelector(".course-ask");
    const fields = ask.querySelectorAll("input[type=radio], input[type=checkbox]");
    if (fields.length) fields[0].checked = true;
    for (const field of ask.querySelectorAll("input[type=text], input:not([type]), textarea")) field.value = "1";
    for (const list of ask.querySelectorAll("select")) list.selectedIndex = 1;
    ask.querySelector("[data-move=down]")?.click();
    ask.dispatchEvent(new Event("input", { bubbles: true }));
    const button = question.querySelector(".course-button");
    const start = performance.now();
    button.click();
    times.push(performance.now() - start);
    await new Promise((done) => setTimeout(done));
  }
  return times;
}"""

ANSWER_JUPYTERQUIZ = """async () => {
  const times = [];
  for (const group of document.querySelectorAll("[id^=quizWrap]")) {
    const choice = group.querySelector("input[type=radio], input[type=checkbox]");
    if (!choice) continue;
    const start = performance.now();
    choice.click();
    times.push(performance.now() - start);
    await new Promise((done) => setTimeout(done));
  }
  return times;
}"""

NO_ANSWERS = "async () => []"


class Page:
    """One page, opened in a browser: its weight by part, its requests to other hosts, its click times."""

    def __init__(self, browser, address: str, answer: str):
        self.weight: Counter[str] = Counter()
        self.other_hosts: list[str] = []
        self.answers: list = []
        context = browser.new_context()
        context.route("**/*", self._stop_other_hosts)
        page = context.new_page()
        page.on("response", lambda response: self.answers.append(response))
        page.goto(address, wait_until="networkidle")
        self.clicks = page.evaluate(answer)
        page.wait_for_load_state("networkidle")
        for response in self.answers:
            self._weigh(response)
        context.close()

    def _stop_other_hosts(self, route) -> None:
        if route.request.url.startswith("http://127.0.0.1:"):
            route.continue_()
        else:
            self.other_hosts.append(route.request.url)
            route.abort()

    def _weigh(self, response) -> None:
        kind = response.request.resource_type
        if response.ok:
            size = len(gzip.compress(response.body(), 6))
            frames = size - len(gzip.compress(FRAMES.sub(b"", response.body()), 6)) if kind == "document" else 0
            self.weight[kind if kind in OWN_WEIGHT else APART] += size - frames
            self.weight[APART] += frames

    @property
    def total(self) -> int:
        """Bytes, compressed, without pictures."""
        return sum(size for part, size in self.weight.items() if part != APART)


@contextmanager
def served(folder: Path, handler=None) -> Iterator[str]:
    """Serve a folder on 127.0.0.1 for as long as it is needed; give its address."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    answers = functools.partial(handler or Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def chromium() -> Iterator:
    """Open a headless browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def timed(command: list, folder: Path = ROOT, **env: str) -> float:
    """Run a command to its end and give the seconds it took; its output is shown if it fails."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.perf_counter() - start


def say(what: str, measured: str, budget: str = "") -> None:
    """Print one row."""
    print(f"  {what:<58}{measured:>16}   {budget}", flush=True)


def kilobytes(size: float) -> str:
    """Bytes as kB, as the budgets count them (1 kB = 1,000 bytes).

    Examples
    --------
    >>> kilobytes(90_000)
    '90.0 kB'
    """
    return f"{size / 1000:.1f} kB"


def bench_page(browser, module: str = MODULE) -> None:
    """Weight of the module's page, and the time from a click to its feedback."""
    with served(SITE) as address:
        page = Page(browser, f"{address}/notebooks/{module}.html", ANSWER_ALL)
    print(f"\nThe page of {module}, until all its {len(page.clicks)} questions are answered (compressed)")
    for part, size in sorted(page.weight.items()):
        say(part, kilobytes(size))
    say("together, without pictures", kilobytes(page.total), "<= 90 kB")
    say("requests to another host", str(len(page.other_hosts)), "0")
    say("script from click to feedback, median", f"{statistics.median(page.clicks):.1f} ms", "<= 16 ms")
    say("script from click to feedback, longest", f"{max(page.clicks):.1f} ms", "<= 16 ms")


def bench_build() -> None:
    """Build times, in a copy of the sources: cold with execution, and with nothing changed."""
    print("\nBuilding the book")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "course")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv*", "_build", ".git", "my-course", ".*cache*"))
        command = [PROGRAMS / "jupyter-book", "build", "-W", "-n", "--keep-going", copy]
        say("cold, with execution", f"{timed(command, copy):.1f} s", "<= 120 s (whole course)")
        say("nothing changed, Jupyter Book", f"{timed(command, copy):.1f} s", "<= 5 s")
    say("nothing changed, course.py build", f"{timed([sys.executable, ROOT / 'course.py', 'build']):.1f} s", "<= 5 s")


def bench_notebooks() -> None:
    """Time of the strict run of all notebooks."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadfile",
               "--nbval", "--nbval-sanitize-with", "tests/nbval.cfg", "notebooks"]
    print("\nNotebooks")
    say("nbval, all notebooks, 2 at a time", f"{timed(command, COURSE_RECORD='off'):.1f} s", "<= 90 s")


def bench_imports(runs: int = 7) -> None:
    """Import time beyond pandas, in fresh processes."""
    code = "import time, pandas; t = time.perf_counter(); {}; print(time.perf_counter() - t)"

    def median(what: str) -> float:
        command = [sys.executable, "-c", code.format(what)]
        return statistics.median(
            float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
            for _ in range(runs))

    print("\nImports, beyond pandas (median of", runs, "fresh processes)")
    say("import widgets, measurement", f"{median('import widgets, measurement'):.3f} s", "<= 0.3 s")
    start = f"from widgets import Module; Module({MODULE!r})"
    say("the module opened, its file read and checked", f"{median(start):.3f} s")


READY = "() => document.querySelector('#course-actions:not([hidden])')"
FAILED = """() => jupyterapp.shell.currentWidget.context.model.toJSON().cells
  .some((cell) => cell.outputs?.some((output) => output.output_type === "error"))"""
CACHED = ("/build/", "/extensions/", "/static/")  # what a publisher lets browsers keep


class KeepingHandler(http.server.SimpleHTTPRequestHandler):
    """Serves as book/publishers.md asks: browsers keep the parts of Python in the browser for some days."""

    protocol_version = "HTTP/1.1"

    def end_headers(self):
        kept = any(part in self.path for part in CACHED)
        self.send_header("Cache-Control", "max-age=600000" if kept else "no-cache")
        super().end_headers()

    def log_message(self, *args):
        pass


def bench_lite(browser, module: str = MODULE) -> None:
    """Python in the browser: from the click on the page to the first output, first and second time."""
    if not (SITE / "lite").is_dir():
        sys.exit("The site has no Python in the browser. Run python3 course.py build first.")
    print(f"\nPython in the reader's browser, the notebook of {module}")
    with served(SITE, KeepingHandler) as address, tempfile.TemporaryDirectory() as profile:
        for visit, budget in (("cold", "<= 10 s"), ("warm", "<= 3 s")):
            context = browser.browser_type.launch_persistent_context(
                profile, executable_path=str(find_browser()), args=FLAGS)
            _bench_visit(context, f"{address}/notebooks/{module}.html", visit, budget)
            context.close()


def _bench_visit(context, address: str, visit: str, budget: str) -> None:
    page = context.new_page()
    page.set_default_timeout(300_000)
    arrived, sizes = [], []
    context.on("requestfinished", lambda request: arrived.append(request))
    page.goto(address, wait_until="networkidle")
    arrived.clear()
    start = time.perf_counter()
    page.get_by_role("link", name="Run this notebook").click()
    page.wait_for_function(READY)
    say(f"{visit}: the notebook can be read and run", f"{time.perf_counter() - start:.1f} s")
    page.get_by_role("button", name="Run all cells", exact=True).click()
    page.wait_for_selector(".jp-OutputArea-output")
    say(f"{visit}: first output", f"{time.perf_counter() - start:.1f} s", budget)
    page.wait_for_function("document.getElementById('course-status').textContent.startsWith('All cells')")
    say(f"{visit}: all cells have run", f"{time.perf_counter() - start:.1f} s")
    if page.evaluate(FAILED):
        sys.exit("A cell of the notebook failed: what was measured means nothing.")
    for request in list(arrived):
        sizes.append(request.sizes()["responseBodySize"])
    say(f"{visit}: requests; bytes without compression", f"{len(sizes)}; {sum(sizes) / 1e6:.1f} MB")


def bench_scale(browser) -> None:
    """The same questions on a stock Jupyter Book page, in jupyterquiz and in plain ipywidgets."""
    from widgets.modulefile import read_module

    questions = [each for each in read_module(ROOT / "data" / "modules" / f"{MODULE}.yml").every_question()
                 if each.kind in ("choice", "choices")]
    print(f"\nFor scale: its {len(questions)} questions of the kinds choice and choices on a stock Jupyter Book page")
    with tempfile.TemporaryDirectory() as folder:
        stock_book(Path(folder), questions)
        timed([PROGRAMS / "jupyter-book", "build", folder], Path(folder))
        with served(Path(folder, "_build", "html")) as address:
            for name, answer in (("jupyterquiz", ANSWER_JUPYTERQUIZ), ("ipywidgets", NO_ANSWERS)):
                page = Page(browser, f"{address}/{name}.html", answer)
                say(f"{name}: weight without pictures, compressed", kilobytes(page.total))
                say(f"{name}: requests to another host (blocked here)", str(len(page.other_hosts)))
                if page.clicks:
                    say(f"{name}: script from click to feedback, median", f"{statistics.median(page.clicks):.1f} ms")
    say("ipywidgets: feedback on the page", "none", "(it needs a kernel)")


def stock_book(folder: Path, questions: list) -> None:
    """Write a book with nothing but defaults: one notebook for each way to ask."""
    import nbformat.v4 as nb
    from nbformat import write

    (folder / "_config.yml").write_text("title: Stock\nonly_build_toc_files: true\n")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters:\n- file: jupyterquiz\n- file: ipywidgets\n")
    (folder / "index.md").write_text("# Stock\n")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name, code in (("jupyterquiz", jupyterquiz_cell(questions)), ("ipywidgets", ipywidgets_cell(questions))):
        cells = [nb.new_markdown_cell(f"# {name}"), nb.new_code_cell(code)]
        write(nb.new_notebook(cells=cells, metadata=kernel), folder / f"{name}.ipynb")


def jupyterquiz_cell(questions: list) -> str:
    """The questions in jupyterquiz's form."""
    kinds = {"choice": "multiple_choice", "choices": "many_choice"}
    data = [{"question": each.text, "type": kinds[each.kind],
             "answers": [{"answer": option.text, "correct": option.right, "feedback": option.feedback}
                         for option in each.options]} for each in questions]
    return f"import json\nfrom jupyterquiz import display_quiz\ndisplay_quiz(json.loads({json.dumps(json.dumps(data))}))"


def ipywidgets_cell(questions: list) -> str:
    """The questions as radio buttons and checkboxes with a button that shows feedback, in a kernel."""
    data = [[each.text, [[option.text, option.feedback] for option in each.options]] for each in questions]
    return f"""import json
import ipywidgets as w
from IPython.display import display
for text, options in json.loads({json.dumps(json.dumps(data))}):
    pick = w.RadioButtons(options=[option for option, _ in options], index=None)
    button, says = w.Button(description="Check"), w.Label()
    button.on_click(lambda _, pick=pick, says=says, options=options: setattr(says, "value", dict(options).get(pick.value, "")))
    display(w.VBox([w.Label(text), pick, button, says]))"""


def bench_measures() -> None:
    """The measures, each beside the plain way of doing it."""
    from tools.bench_measurement import main as bench_measurement

    bench_measurement()


PARTS = {"page": bench_page, "build": bench_build, "notebooks": bench_notebooks, "imports": bench_imports,
         "measurement": bench_measures, "lite": bench_lite, "scale": bench_scale}
IN_BROWSER = ("page", "lite", "scale")


def main() -> None:
    """Run the parts that are asked for; all of them where none is named."""
    parser = argparse.ArgumentParser(prog="python3 course.py bench --", description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of {', '.join(PARTS)}; default: all")
    chosen = parser.parse_args().parts or list(PARTS)
    unknown = set(chosen) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    for name in chosen:
        if name in IN_BROWSER:
            with chromium() as browser:
                PARTS[name](browser)
        else:
            PARTS[name]()


if __name__ == "__main__":
    main()
