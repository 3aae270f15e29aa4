"""Every notebook runs in the reader's browser from top to bottom, and prints what it prints on a desktop."""
from __future__ import annotations

import json
import re

import pytest

from tests.browser.lite import NOTEBOOKS, ROOT, address, open_lite, run_all, run_code
from tests.conftest import watched_page
from tools.notebooks import RULES, clean, read_rules

# What a browser may show beside or in place of the stored outputs, each with its reason.
ALLOWED = {
    # The desktop's tests remove it too: it depends on what a computer has done before.
    "[stderr] Matplotlib is building the font cache; this may take a moment.\n": "",
}

each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


def shown(outputs: list[dict]) -> str:
    """What a reader can read of a cell's outputs, without pictures and live widgets."""
    text = ""
    for each in outputs:
        if each["output_type"] == "error":
            text += f"[error] {each['ename']}: {each['evalue']}\n"
        elif each["output_type"] == "stream":
            text += ("[stderr] " if each["name"] == "stderr" else "") + joined(each["text"])
        else:
            data = sorted(each["data"].items())
            text += "\n".join(joined(value) for kind, value in data if kind.startswith("text/"))
    text = clean(text, read_rules(RULES))
    for said, instead in ALLOWED.items():
        text = text.replace(said, instead)
    return text


def joined(text: str | list[str]) -> str:
    return "".join(text)


def differences(stored: list[dict], found: list[dict]) -> list[str]:
    """The cells that show something else, in words."""
    assert len(stored) == len(found)
    said = []
    for place, (one, other) in enumerate(zip(stored, found, strict=True)):
        if one["cell_type"] == "code" and shown(one["outputs"]) != shown(other["outputs"]):
            before, after = (shown(cell["outputs"])[:600] for cell in (one, other))
            said.append(f"cell {place}, {joined(one['source'])[:60]!r}: {before!r}, in the browser {after!r}")
    return said


@pytest.fixture(scope="module")
def visitor(browser):
    """One profile for this file: the first notebook imports everything, the others start from Python's memory."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    yield context
    context.unroute_all(behavior="ignoreErrors")
    context.close()


@pytest.fixture
def page(visitor):
    """A page of the one profile."""
    page = watched_page(visitor)
    yield page
    page.close()


@each_notebook
def test_a_notebook_prints_in_the_browser_what_it_prints_on_a_desktop(page, site_url, name):
    open_lite(page, address(site_url, name))
    found = run_all(page)
    stored = json.loads((ROOT / "notebooks" / name).read_text(encoding="utf-8"))["cells"]
    assert differences(stored, found) == []
    assert page.other_hosts == []


def test_every_dataset_is_read_in_the_browser(page, site_url):
    open_lite(page, address(site_url, NOTEBOOKS[0]))
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    names = [each["name"] for each in package["resources"]]
    code = f"from widgets import dataset\nprint(sum(len(dataset(each)) > 0 for each in {names}))"
    said = run_code(page, code)
    assert said.strip() == str(len(names))


def test_no_planted_truth_and_no_generator_travels_with_the_package(page, site_url):
    open_lite(page, address(site_url, NOTEBOOKS[0]))
    said = run_code(page, "from widgets.datasets import data_folder\n"
                          "files = list(data_folder().rglob('*'))\n"
                          "print([each for each in files if 'truth' in each.name or 'sources' in each.parts])")
    assert said.strip() == "[]"


def test_a_different_number_is_noticed():
    four = {"output_type": "execute_result", "data": {"text/plain": "4"}}
    one = {"cell_type": "code", "source": "n", "outputs": [four]}
    other = json.loads(json.dumps(one).replace('"4"', '"5"'))
    assert differences([one], [one]) == []
    assert re.search(r"cell 0.*'4'.*'5'", differences([one], [other])[0])
