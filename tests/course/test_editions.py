"""Editions, built for real by course.py: one without answers, and a lecturer's own selection."""
from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from artifacts import found_in, in_all_wrappings, texts
from ruamel.yaml import YAML

from tools.edition import Edition, for_students, lay
from widgets.text import to_plain

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(sys.executable).parents[2]  # the course in whose environment the tests run
PARTS = ["course.py", "_config.yml", "pyproject.toml", "runtime.txt", "requirements.txt", "requirements-test.txt",
         "CITATION.cff", "LICENSE", "LICENSE-CONTENT", "book/_ext", "book/_static", "book/_templates", "measurement",
         "tools", "widgets", "data"]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
          "language_info": {"name": "python"}}
PAGES = {
    "_toc.yml": "format: jb-book\nroot: book/index\nchapters:\n  - glob: notebooks/*\n  - file: book/outcomes\n"
                "  - file: book/glossary\n  - file: book/references\n  - file: book/publishers\n"
                "  - file: book/accessibility\n  - file: book/students\n",
    "book/index.md": "# Welcome\n\n```{edition-note}\n```\n\n```{first-module}\n```\n\n```{module-list}\n```\n\n"
                     "See {doc}`the second one <../notebooks/02-two>`.\n\n"
                     "```{only} not student\nwordsfullonly\n```\n\n```{only} student\nwordsstudentonly\n```\n",
    "book/outcomes.md": "# Outcomes\n\n```{module-alignment}\n```\n",
    "book/glossary.md": "# Glossary\n\n```{glossary}\nalpha\n  First, see {term}`gamma`.\n\nbeta\n  Second.\n\n"
                        "gamma\n  Third.\n```\n",
    "book/references.md": "# References\n\n```{bibliography}\n:all:\n```\n",
    "book/publishers.md": "# Publishers\n", "book/accessibility.md": "# Accessibility\n", "book/students.md": "# Students\n",
    "data/references.bib": "".join(f"@book{{{key}, author={{A, {key}}}, title={{T {key}}}, publisher={{P}}, "
                                   "year={2001}}\n" for key in ("first2001", "second2001", "keys2001")),
}
MARKED: dict[str, str] = {}  # what each marker stands for: the marker


def mark(what: str) -> str:
    """A word that stands nowhere else, for one place."""
    return MARKED.setdefault(what, f"zq{len(MARKED):03d}xv")


def number(what: str, value: float) -> float:
    """A number that stands nowhere else."""
    MARKED[what] = str(value)
    return value


def key(what: str) -> dict:
    """What tells the answer to every question."""
    return {"outcome": "add", "source": "keys2001", "explanation": mark(f"{what} explanation"),
            "note": mark(f"{what} note"), "hint": "A hint that stays."}


def option(what: str, id: str, **parts) -> dict:
    return {"id": id, "text": f"Option {id}", "feedback": mark(f"{what} feedback {id}"),
            "unchosen": mark(f"{what} unchosen {id}"), **parts}


def questions() -> list[dict]:
    """A question of every kind, with a marker in whatever tells its answer."""
    many = [option("choices", "d", right=True), option("choices", "e", right=True),
            option("choices", "f", misconception="belief")]
    return [
        {"id": "q-choice", "kind": "choice", "text": "Which?", **key("choice"), "options": [
            option("choice", "a"), option("choice", "b", right=True), option("choice", "c", misconception="belief")]},
        {"id": "q-choices", "kind": "choices", "text": "Which ones?", **key("choices"), "options": many},
        {"id": "q-number", "kind": "number", "text": "How many?", **key("number"), "answer": number("answer", 7340011.5),
         "tolerance": number("tolerance", 0.0173911), "right": mark("number right"),
         "otherwise": mark("number otherwise"), "wrong": [
             {"value": number("wrong value", 8450022.5), "feedback": mark("number wrong"),
              "tolerance": number("wrong tolerance", 0.0284922), "misconception": "belief"}]},
        {"id": "q-text", "kind": "text", "text": "Who?", **key("text"), "accepted": [mark("accepted")],
         "right": mark("text right"), "otherwise": mark("text otherwise"), "normalize": ["case"],
         "wrong": [{"value": mark("wrong text"), "feedback": mark("text wrong")}]},
        {"id": "q-match", "kind": "match", "text": "What belongs?", **key("match"), "left": [
            {"id": f"l{n}", "text": f"Left {n}", "match": f"r{3 - n}", "feedback": mark(f"match feedback {n}")}
            for n in (1, 2)], "right": [{"id": f"r{n}", "text": f"Right {n}"} for n in (1, 2)]},
        {"id": "q-order", "kind": "order", "text": "In which order?", **key("order"), "right": mark("order right"),
         "otherwise": mark("order otherwise"), "items": [
             {"id": id, "text": f"Item {id}", "feedback": mark(f"order feedback {id}")} for id in ("z", "m", "a")]},
        {"id": "q-scale", "kind": "scale", "text": "How sure?", "points": 3, "low": "not", "high": "very",
         "explanation": mark("scale explanation")},
        {"id": "q-reflection", "kind": "reflection", "text": "Why?", "explanation": mark("reflection explanation")},
    ]


def module() -> dict:
    """A module file with all of it, and with what belongs to the lecturer."""
    asked = questions()
    step = {"minutes": 180, "room": "lab", "what": mark("plan"), "note": mark("plan note")}
    return {
        "title": "Second things", "outcomes": [{"id": "add", "text": "Add two numbers."}],
        "misconceptions": [{"id": "belief", "belief": mark("belief"), "refutation": mark("refutation"),
                            "source": "keys2001"}],
        "plan": [step], "plan50": [{**step, "minutes": 50}], "icebreakers": [asked[0]], "questions": asked[1:],
        "labs": [{"id": "lab", "title": "A lab", "dataset": "victim_lists", "outcome": "add", "text": "Compute.",
                  "checks": [{"id": "found", "kind": "number", "text": "How many?", **key("check"),
                              "answer": number("check answer", 9560033.5), "right": mark("check right"),
                              "otherwise": mark("check otherwise")}]}],
        "country": {"text": "See [the first module](01-one.html#top).", "form": [
            {"id": "home", "kind": "reflection", "text": "Who counts?"}]},
    }


def cell(source: str, kind: str = "markdown", tags: tuple = (), number: int = 0) -> dict:
    made = {"cell_type": kind, "id": f"c{number}", "metadata": {"tags": list(tags)} if tags else {}, "source": source}
    output = {"output_type": "stream", "name": "stdout", "text": mark("stored output")}
    return {**made, "outputs": [output], "execution_count": 1} if kind == "code" else made


def notebook(*cells: tuple) -> str:
    made = [cell(*each, number=place) for place, each in enumerate(cells)]
    return json.dumps({"cells": made, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5})


def second() -> str:
    return notebook(
        ("# Second things\n\nAn {term}`alpha` of {cite:t}`second2001`. [The first](01-one.ipynb) and "
         "{doc}`another <01-one>`.",), ('from widgets import Module\nmodule = Module("02-two")', "code"),
        ('module.icebreaker("q-choice")', "code"), ('lab = module.lab("lab")\nlab', "code"),
        ('found = None\nlab.check("found", found)', "code"),
        (f"The next cell is the solution {mark('sentence of the solution')}.\nIt stays closed until you open it.",),
        (f"found = '{mark('solution')}'", "code", ("solution",)), (mark("solution in words"), "markdown", ("solution",)),
        (mark("what the lab found"),), (f"print('{mark('a cell after the solution')}')", "code"),
        (f"{mark('the end of what it found')}.\n\n## Words after the lab",),
        ("## Knowledge check\n\nThe answers are in this page, since the check is for learning.",),
        ("module.quiz()", "code"), ('module.revisit("q-choice")', "code"), ("module.country()", "code"),
        (f"## Class plan\n\n{mark('words on the plan')}",), ("module.plan()\nmodule.plan(50)", "code"))


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course of two small modules; the second has markers in all that tells an answer."""
    folder = tmp_path_factory.mktemp("course")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / part, folder / part)
    for path in (folder / "data" / "modules").glob("*.yml"):
        path.unlink()
    provisions = {"UNTOC": {"name": "Convention", "short": "UNTOC", "source": "first2001", "provisions": {}}}
    package = json.loads((folder / "data/datapackage.json").read_text())
    write(folder, PAGES | {
        "data/provisions.yml": json.dumps(provisions),
        "data/datapackage.json": json.dumps({**package, "resources": [
            each for each in package["resources"] if each["name"] == "victim_lists"]}),
        "data/modules/01-one.yml": "title: First things\noutcomes:\n  - {id: know, text: Know one thing.}\n",
        "notebooks/01-one.ipynb": notebook(("# First things\n\nA {term}`beta` of {cite:t}`first2001`.\n\n"
                                            "[Module 02](02-two.ipynb) goes on.",)),
        "notebooks/02-two.ipynb": second(),
        "data/sources/victim_lists.truth.json": json.dumps({"planted": mark("planted truth")}),
        "data/sources/victim_lists.py": f"TRUTH = '{mark('script of the data')}'\n",
        "data/second_test.yml": f"questions: [{mark('second test')}]\n",
        "tests/test_key.py": f"KEY = '{mark('tests')}'\n",
    })
    with (folder / "data/modules/02-two.yml").open("w", encoding="utf-8") as file:
        file.write(f"# {mark('comment')}\n")
        YAML(typ="safe", pure=True).dump(module(), file)
    return folder


def door(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run course.py, with the environment of the tests."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "PYTHONPATH"))}
    return subprocess.run([sys.executable, folder / "course.py", *arguments], text=True, capture_output=True,
                          timeout=500, env={**env, "COURSE_HOME": str(HOME), "PYTHONPATH": str(folder)})


@pytest.fixture(scope="module")
def student(course) -> Path:
    """The edition without answers: site, sources, and the packages that the site's Python is made of."""
    done = door(course, "build", "--student", "--without-lite")
    folder = course / "_build" / "student"
    assert done.returncode == 0, done.stdout + done.stderr
    script = ("import json; from pathlib import Path; from tools.lite.build import course_wheel, published\n"
              "folder = Path('_build/packed'); folder.mkdir(); course_wheel(folder)\n"
              "for path in Path('notebooks').glob('*.ipynb'):\n"
              "    (folder / path.name).write_text(json.dumps(published(json.loads(path.read_text()))))\n")
    for command in ([sys.executable, "-c", script],
                    [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", "_build/packed"]):
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120,
                       env={**os.environ, "PYTHONPATH": str(folder)})
    return folder


@pytest.fixture(scope="module")
def selection(course) -> Path:
    done = door(course, "build", "--without-lite", "--modules", "2", "--title", "Crime: for Nairobi", "--country", "Kenya")
    assert done.returncode == 0, done.stdout + done.stderr
    return course / "_build" / "selection"


def page(edition: Path, name: str) -> str:
    return (edition / "_build/html" / name).read_text(encoding="utf-8")


class Specs(HTMLParser):
    """What a page says of each question to the script."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[dict] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found += [json.loads(value) for name, value in attributes if name == "data-spec"]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


# ---- without answers ------------------------------------------------------------------------------------------------


def test_the_search_finds_a_marker_in_every_wrapping(tmp_path):
    wrapped = in_all_wrappings("zq999xv")
    for name, content in wrapped.items():
        (tmp_path / name).write_bytes(content)
    names = found_in(tmp_path, {"it": "zq999xv"})["it"]
    assert {name.partition("!")[0] for name in names} == set(wrapped)


def test_no_marker_is_found_in_any_artifact_of_the_edition_for_students(student):
    assert len(MARKED) > 60
    names = [name for name, _ in texts(student)]
    assert {"_build/html/notebooks/02-two.html", "_build/html/searchindex.js", "_build/html/_static/course.js",
            "_build/html/notebooks/02-two.ipynb", "_build/packed/02-two.ipynb"} <= set(names)
    assert any(".whl!widgets/_data/modules/02-two.yml" in name for name in names)
    assert any(".tar.gz!gz!" in name and name.endswith("data/modules/02-two.yml") for name in names)
    assert found_in(student, MARKED) == {}


def test_the_markers_are_in_the_course_and_those_of_a_page_in_an_edition_with_answers(course, selection):
    sources = set(found_in(course / "data", MARKED)) | set(found_in(course / "notebooks", MARKED)) \
        | set(found_in(course / "tests", MARKED))
    assert set(MARKED) - sources == set()
    elsewhere = {"stored output", "planted truth", "script of the data", "second test", "tests", "comment"}
    assert set(MARKED) - set(found_in(selection / "_build/html", MARKED)) - elsewhere == set()


def test_every_question_is_there_and_none_says_which_option_is_right(student):
    html = page(student, "notebooks/02-two.html")
    specs = Specs(html).found
    assert len(re.findall(r"data-question=", html)) == 11
    assert "A hint that stays." in html and "course-answer" not in html and "data-part" not in html
    assert len(specs) == 11
    told = set().union(*(set(part) for spec in specs for part in [spec, *spec.get("options", []), *spec.get("left", [])]))
    assert told == {"judged", "options", "left", "right", "items", "accepted", "wrong", "normalize", "id", "points"}
    assert not any(spec.get(name) for spec in specs for name in ("accepted", "wrong"))
    assert [each["id"] for spec in specs for each in spec.get("items", [])] == ["a", "m", "z"]
    assert not any(each.get("right") for spec in specs for each in spec.get("options", []))
    assert not any("match" in each for spec in specs for each in spec.get("left", []))


def test_it_says_what_it_is_and_speaks_to_students(student):
    welcome = words(page(student, "book/index.html"))
    assert "This edition is for assessment." in welcome
    assert "wordsstudentonly" in welcome and "wordsfullonly" not in welcome
    assert "for assessment" in re.search(r"<title>(.*?)</title>", page(student, "book/index.html"))[1]
    assert "wordsfullonly" not in page(student, "searchindex.js")
    text = words(page(student, "notebooks/02-two.html"))
    assert "It is recorded with it." in text
    assert "answers are in this page" not in text and "Class plan" not in text


def test_a_check_in_its_notebooks_records_and_does_not_judge(student, tmp_path):
    script = "from widgets import Module\nlab = Module('02-two').lab('lab')\nprint(lab.check('found', 9560033.5))\n" \
             "print(lab.check('found', 1))\nprint(lab.check('found', 'many'))"
    record = tmp_path / "record.jsonl"
    done = subprocess.run([sys.executable, "-c", script], cwd=student, capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": str(student), "COURSE_RECORD": str(record)})
    right, wrong, unread = done.stdout.splitlines()
    assert right == wrong == "· found: recorded. It is not judged here."
    assert "cannot be read" in unread
    results = [json.loads(line)["result"] for line in record.read_text().splitlines()]
    assert [each["response"] for each in results] == ["9560033.5", "1"]
    assert not any("success" in each or "score" in each for each in results)


def test_the_full_course_judges_what_the_edition_recorded(course, student, tmp_path):
    record = tmp_path / "record.jsonl"
    script = "from widgets.record import Record\nr = Record.default()\nr.answered('02-two/q-choice', 'choice', 'c', " \
             "certainty=3)\nr.answered('02-two/found', 'number', 9560033.5)\n" \
             "r.answered('02-two/q-reflection', 'reflection', '=1+1')\nr.answered('09-no/x', 'choice', 'y')"
    subprocess.run([sys.executable, "-c", script], cwd=student, check=True,
                   env={**os.environ, "PYTHONPATH": str(student), "COURSE_RECORD": str(record)})
    before = record.read_bytes()
    done = door(course, "grade", str(record), "--csv", str(tmp_path / "answers.csv"))
    assert done.returncode == 0, done.stderr
    assert re.search(r"record\.jsonl +\w{8} +02-two +3 +1 +2 +-6\n", done.stdout)
    assert f"02-two/q-choice: 1 of 1 not right; 1 as if: {MARKED['belief']}" in done.stdout
    table = (tmp_path / "answers.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(table) == 4 and "'=1+1" in table[3] and ",True,1," in table[1]
    assert record.read_bytes() == before
    refused = door(student, "grade", str(record))
    assert refused.returncode == 1 and "This edition has no answers" in refused.stderr


def test_a_copied_record_is_noticed_and_a_damaged_one_read(course, tmp_path):
    from widgets.record import Record

    Record(tmp_path / "one.jsonl").answered("02-two/q-choice", "choice", "b")
    (tmp_path / "two.jsonl").write_bytes((tmp_path / "one.jsonl").read_bytes() + b'{"schema":1,"id"\n')
    said = door(course, "grade", str(tmp_path / "one.jsonl"), str(tmp_path / "two.jsonl")).stdout
    assert "two.jsonl: 1 line was set aside" in said
    assert "one.jsonl and two.jsonl hold 1 answer in common" in said
    missing = door(course, "grade", str(tmp_path / "none.jsonl"))
    assert missing.returncode == 1 and "none.jsonl" in missing.stderr and "Traceback" not in missing.stderr


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_cell_of_a_module_needs_one_that_students_do_not_have(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    kept = {cell["id"] for cell in for_students(cells)}
    parts = {True: [], False: []}
    for cell in cells:
        if cell["cell_type"] == "code":
            parts[cell["id"] in kept].append(ast.parse("".join(cell["source"])))
    made_here, made_elsewhere = (set().union(*map(names_made, parts[here])) for here in (True, False))
    assert set().union(*map(names_used, parts[True])) & (made_elsewhere - made_here) == set()


def told_by_keys() -> dict[str, str]:
    """Of every module of the course: each text of the key, as a reader would see it."""
    from widgets.modulefile import read_module

    told = {}
    for path in sorted((ROOT / "data/modules").glob("*.yml")):
        module = read_module(path)
        for question in module.every_question():
            for text in key_texts(question):
                told[f"{module.name}/{question.id}: {text[:30]}"] = text
        for belief in module.misconceptions:
            told[f"{module.name}/{belief.id}"] = plain(to_plain(belief.refutation))
    return {what: text for what, text in told.items() if len(text) > 40}  # a shorter one may be a common word


def key_texts(question):
    """The texts of one question that tell an answer."""
    for part in (question, *getattr(question, "options", ()), *getattr(question, "left", ()),
                 *getattr(question, "items", ()), *getattr(question, "wrong", ())):
        for name in ("explanation", "feedback", "unchosen", "right", "otherwise", "note"):
            text = getattr(part, name, None)
            if isinstance(text, str):
                yield plain(to_plain(text))


def plain(text: str) -> str:
    """A text without markup, in small letters and with single spaces."""
    return " ".join(re.sub(r"<[^>]*>|[*`\\]", "", text).split()).lower()


def test_no_text_of_a_key_of_the_course_is_in_the_sources_for_students():
    told = told_by_keys()
    assert len(told) > 500
    edition = Edition(student=True).files()
    assert not [name for name in edition if re.search(r"second_test|truth|data/sources|^tests", name)]
    files = {name: plain(content.decode()) for name, content in edition.items()
             if name.startswith(("data/modules/", "notebooks/", "book/"))
             and name.endswith((".yml", ".ipynb", ".md"))}
    assert {what: name for what, text in told.items() for name, file in files.items() if text in file} == {}
    full = plain("".join(path.read_text(encoding="utf-8") for path in (ROOT / "data/modules").glob("*.yml")))
    assert sum(text in full for text in told.values()) > 0.6 * len(told)  # the others stand over several lines


@pytest.mark.slow
def test_no_text_of_a_key_of_the_course_is_in_the_site_for_students(tmp_path):
    lay(Edition(student=True).files(), tmp_path)
    done = door(tmp_path, "build", "--without-lite")
    assert done.returncode == 0, done.stdout + done.stderr
    told = told_by_keys()
    sites = ((name, plain(text)) for name, text in texts(tmp_path / "_build/html"))
    found = {what: name for name, text in sites for what, key in told.items() if key in text}
    assert found == {}
    assert (tmp_path / "_build/html/notebooks/05-measuring.html").exists()


def names_made(code: ast.AST) -> set[str]:
    """The names that some code gives."""
    made = {each.id for each in ast.walk(code) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    made |= {each.name for each in ast.walk(code) if isinstance(each, ast.FunctionDef | ast.ClassDef)}
    made |= {each.arg for each in ast.walk(code) if isinstance(each, ast.arg)}
    return made | {(each.asname or each.name).partition(".")[0] for each in ast.walk(code) if isinstance(each, ast.alias)}


def names_used(code: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(code) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


# ---- a selection ----------------------------------------------------------------------------------------------------


def test_a_selection_holds_what_was_chosen_and_no_link_leads_to_the_rest(selection):
    built = selection / "_build/html"
    assert [path.name for path in (built / "notebooks").glob("*.html")] == ["02-two.html"]
    for path in built.rglob("*.html"):
        assert not re.search(r'href="?[^">]*01-one', path.read_text()), path
    text = words(page(selection, "notebooks/02-two.html"))
    assert "The first and another." in text and "See the first module." in text
    assert "First things" not in words(page(selection, "book/index.html") + page(selection, "book/outcomes.html"))
    assert "First things" not in page(selection, "searchindex.js")
    assert [path.name for path in (selection / "data/modules").glob("*.yml")] == ["02-two.yml"]


def test_glossary_and_references_hold_what_is_used(selection):
    assert re.findall(r'id="?term-(\w+)', page(selection, "book/glossary.html")) == ["alpha", "gamma"]
    references = words(page(selection, "book/references.html"))
    assert "second2001" in references and "keys2001" in references
    assert (selection / "data/references.bib").read_text().count("@book") == 3  # the provisions name the first


def test_a_selection_has_its_title_and_its_country(selection):
    welcome = page(selection, "book/index.html")
    assert "Crime <small>for Nairobi</small>" in welcome
    said = words(welcome)
    assert "This edition is made for Kenya" in said and "a selection of the modules" in said
    assert "Begin with module 02, Second things" in said
    text = words(page(selection, "notebooks/02-two.html"))
    assert "In your country: Kenya" in text and "Your country here is Kenya ." in text


def test_a_module_that_is_not_there_is_named_with_those_that_are(course):
    done = door(course, "build", "--modules", "02,seven")
    assert done.returncode == 1
    assert done.stderr.strip() == "course.py: There is no module 'seven'. There are: 01-one, 02-two."


def test_building_again_writes_nothing_anew(course, student):
    before = {path: path.stat().st_mtime_ns for path in student.rglob("*") if path.is_file()}
    done = door(course, "build", "--student", "--without-lite")
    assert "The book is up to date." in done.stdout
    touched = [path for path, when in before.items() if path.exists() and path.stat().st_mtime_ns != when]
    assert [path.name for path in touched if path.name not in ("lock", "course.pyc") and path.suffix != ".pyc"] == []


# ---- in a browser ---------------------------------------------------------------------------------------------------


def tab_to(page, element) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(250):
        if element.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {element}")


ANSWERED = {  # by question: the control that Tab reaches, the keys that answer there, and the answer in the record
    "q-choice": ("input[type=radio]", ["Space"], "a"), "q-choices": ("input[type=checkbox]", ["Space"], ["d"]),
    "q-number": ("input.course-input", ["7", "3", "4"], "734"), "q-text": ("input.course-input", ["w", "h", "o"], "who"),
    "q-match": ("select", ["ArrowDown"], {"l1": "r1"}), "q-order": ("[data-move=down] >> nth=0", ["Enter"], None),
    "q-scale": ("input[type=radio]", ["ArrowRight"], 2), "q-reflection": ("textarea", ["o", "h"], "oh"),
}


def test_students_answer_by_keyboard_nothing_is_judged_and_the_record_holds_it(course, student, new_page, serve_folder,
                                                                              tmp_path):
    page = new_page()
    page.goto(f"{serve_folder(student / '_build/html')}/notebooks/02-two.html")
    for id, (control, keys, _) in ANSWERED.items():
        asked = page.locator(f'[data-question="02-two/{id}"]').first
        tab_to(page, asked.locator(control).first)
        for pressed in keys:
            page.keyboard.press(pressed)
        tab_to(page, asked.locator("button[type=submit]"))
        page.keyboard.press("Enter")
        judged = id not in ("q-scale", "q-reflection")
        said = "● Recorded. It is not judged here." if judged else "✓ Kept. Nothing is right or wrong here."
        assert words(asked.locator(".course-verdict").inner_text()) == said
        assert said in words(asked.locator(".course-live").inner_text())
        assert asked.locator(".course-mark").count() == 0 and asked.locator("details.course-answer").count() == 0
    number = page.locator('[data-question="02-two/q-number"]')
    number.locator("input.course-input").fill("about ten")
    number.locator("button[type=submit]").press("Enter")
    assert "cannot be read as a number" in number.locator(".course-verdict").inner_text()
    total = page.locator("[id$='02-two-quiz'] .course-score").inner_text()
    assert total == "Answered: 7 of 7"
    page.reload()
    assert words(number.locator(".course-verdict").inner_text()) in ("", "● Recorded. It is not judged here.")
    kept = page.evaluate("Object.values(localStorage).join('\\n').split('\\n').filter((line) => line.includes('actor'))")
    record = tmp_path / "record.jsonl"
    record.write_text("\n".join(kept) + "\n", encoding="utf-8")
    said = {line["object"]["id"].rpartition("/")[2]: line["result"] for line in map(json.loads, kept)}
    assert {id: said[id]["extensions"]["urn:organized-crime-course:answer"] for id in ANSWERED if id != "q-order"} == {
        id: answer for id, (_, _, answer) in ANSWERED.items() if id != "q-order"}
    assert not any("success" in each or "score" in each for each in said.values())
    assert page.errors == [] and page.other_hosts == []
    assert re.search(r"record\.jsonl +\w{8} +02-two +8 ", door(course, "grade", str(record)).stdout)


def test_the_wall_of_the_edition_shows_no_answer(student, new_page, serve_folder):
    page = new_page()
    page.goto(f"{serve_folder(student / '_build/html')}/notebooks/02-two.html")
    page.keyboard.press("F8")
    page.locator(".course-wall").wait_for()
    shown = set()
    for _ in range(80):
        shown.add(page.locator(".course-wall").inner_text())
        page.keyboard.press("PageDown")
    assert any("Which ones?" in text for text in shown) and any("What belongs?" in text for text in shown)
    assert not any(re.search(r"✓ Right|✗ Not right|The answer waits", text) for text in shown)
    assert page.errors == []
