"""Every module: whether its parts hold together."""
from __future__ import annotations

import re
from collections import Counter

from course_content import ROOT, STEMS, asked, code_cells, headings, markdown, read_yaml

GRADED = {"choice", "choices", "number", "text", "match", "order"}
TESTS = ("00-start", "17-follow-up")  # they measure; a hint would change what is measured
CELL_LINES = 25


# ---- one module, one stem -----------------------------------------------------------------------


def test_a_module_has_a_notebook_a_module_file_and_a_place_in_the_syllabus(stem):
    assert (ROOT / "notebooks" / f"{stem}.ipynb").is_file()
    assert "glob: notebooks/*" in (ROOT / "_toc.yml").read_text(encoding="utf-8")


def test_every_notebook_belongs_to_a_module_file():
    assert sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb")) == STEMS


def test_the_notebook_opens_the_module_of_its_own_name(stem, notebook):
    opened = re.findall(r'Module\("([^"]+)"\)', "\n".join(cell.source for cell in code_cells(notebook)))
    assert opened == [stem]


def test_the_title_is_the_same_in_the_notebook_and_in_the_module_file(module, notebook):
    assert headings(notebook, 1) == [module["title"]]


# ---- rooms --------------------------------------------------------------------------------------


def test_cells_are_short_and_named(notebook):
    for cell in notebook.cells:
        assert re.fullmatch(r"[a-z][a-z0-9-]*", cell.id), f"the cell {cell.id} has no name a person can read"
    for cell in code_cells(notebook):
        lines = cell.source.count("\n") + 1
        solution = "solution" in cell.metadata.get("tags", [])
        assert lines <= CELL_LINES or solution, f"{cell.id} has {lines} lines"


def test_markdown_has_one_sentence_a_line(notebook):
    """So that a changed sentence is one changed line."""
    two = re.compile(r"[a-z][.?!](?:\*\*)? +[A-Z]")
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if not line.startswith(("|", ">", "-")) and not re.match(r"\d+\.", line):
                    assert not two.search(line.replace("e.g. ", "")), f"{cell.id}: {line}"


def test_a_notebook_fetches_nothing(notebook):
    for cell in code_cells(notebook):
        assert not re.search(r"https?:|urlopen|requests|!\s*(pip|curl|wget)", cell.source), cell.id


# ---- questions ----------------------------------------------------------------------------------


def test_every_wrong_answer_is_explained_in_words_of_its_own(module):
    for part, question in asked(module):
        said = [each["feedback"] for each in question.get("options", []) + question.get("wrong", [])]
        said += [each["feedback"] for each in question.get("left", [])]
        if question["kind"] not in {"match"}:
            assert len(set(said)) == len(said), f"{part} {question['id']} says the same to two answers"
        short = [text for text in said if len(text.split()) < 4]
        assert short == [], f"{part} {question['id']} only says right or wrong"


def test_every_graded_question_has_a_hint_or_is_asked_before_reading(stem, module):
    missing = [question["id"] for part, question in asked(module)
               if question["kind"] in GRADED and part != "icebreaker" and "hint" not in question]
    assert missing == [] or stem in TESTS


def test_no_option_is_all_of_the_above(module):
    for _, question in asked(module):
        if question.get("source") == "secretariat2018":
            continue  # the four questions of that paper stand as they are
        for option in question.get("options", []):
            assert not re.search(r"\b(all|none) of (the above|these)\b", option["text"], re.I), question["id"]


def test_place_and_length_do_not_give_the_right_option_away(module):
    choices = [question for _, question in asked(module) if question["kind"] == "choice"]
    places = Counter([option.get("right", False) for option in question["options"]].index(True)
                     for question in choices)
    longest = [max(question["options"], key=lambda option: len(option["text"])).get("right", False)
               for question in choices]
    assert len(places) >= 3
    assert max(places.values()) <= 0.6 * places.total()
    assert sum(longest) <= 0.6 * len(longest)


def test_right_options_of_several_do_not_stand_first_together(module):
    for _, question in asked(module):
        if question["kind"] == "choices":
            right = [option.get("right", False) for option in question["options"]]
            assert right != sorted(right, reverse=True), question["id"]
            assert sum(right) < len(right), question["id"]


# ---- sources ------------------------------------------------------------------------------------


def test_every_source_of_the_module_file_exists(module, bibliography, provisions):
    known = bibliography | {f"{treaty}:{article}" for treaty, entry in provisions.items()
                            for article in entry["provisions"]}
    named = [question["source"] for _, question in asked(module) if "source" in question]
    named += [source for case in module["cases"] for source in case["source"]]
    named += [each["source"] for each in module["misconceptions"]]
    assert [source for source in named if source not in known] == []


def test_every_citation_of_the_notebook_resolves(notebook, bibliography):
    cited = {key.strip() for keys in re.findall(r"\{cite\}`([^`]+)`", markdown(notebook))
             for key in keys.split(",")}
    assert cited - bibliography == set()


def test_every_source_of_a_case_is_cited_beside_it(module, notebook):
    text = markdown(notebook)
    for case in module["cases"]:
        for source in case["source"]:
            assert re.search(rf"\{{cite\}}`[^`]*\b{source}\b", text), f"{case['id']}: {source}"


def test_every_provision_that_is_shown_exists(notebook, provisions):
    code = "\n".join(cell.source for cell in code_cells(notebook))
    shown = re.findall(r'module\.provision\("(\w+)", "([^"]+)"\)', code)
    assert [pair for pair in shown if pair[1] not in provisions[pair[0]]["provisions"]] == []


def test_every_entry_of_the_bibliography_is_used(bibliography):
    used = set()
    for path in [*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "book").rglob("*.md"),
                 *(ROOT / "data").rglob("*.yml"), ROOT / "data" / "datapackage.json"]:
        text = path.read_text(encoding="utf-8")
        used |= {key for key in bibliography if re.search(rf"\b{key}\b", text)}
    assert bibliography - used == set()


def test_the_treaties_are_entries_of_the_bibliography(bibliography):
    for treaty in read_yaml(ROOT / "data" / "provisions.yml").values():
        assert treaty["source"] in bibliography
