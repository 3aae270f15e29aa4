"""Every module: its rooms, how much it holds, and whether its parts hold together."""
from __future__ import annotations

import re
from collections import Counter

from course_content import ROOT, STEMS, asked, code_cells, markdown, read_yaml

ROOMS = [
    r"Learning outcomes", r"Icebreakers?", r"Key issues", r"Case stud(y|ies)", r"Labs?", r"Knowledge check",
    r"Activit(y|ies)", r"Revisit", r"In your country", r"Summary and reading", r"Class plan",
]
GRADED = {"choice", "choices", "number", "text", "match", "order"}
CELL_LINES = 25


def words(text: str) -> int:
    """Words of our own: no citations, no markup, no addresses, no table rules."""
    text = re.sub(r"\{cite\}`[^`]*`|\]\([^)]*\)", " ", text)
    text = re.sub(r"\{term\}`([^`<]*)(<[^>]*>)?`", r"\1", text)
    return len(re.findall(r"[^\W_]+(?:[’'.,-][^\W_]+)*", text))


def headings(notebook, level: int) -> list[str]:
    return re.findall(rf"(?m)^{'#' * level} (.+)$", markdown(notebook))


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


def test_all_rooms_are_there_in_their_order(notebook):
    rooms = headings(notebook, 2)
    assert len(rooms) == len(ROOMS), rooms
    for room, pattern in zip(rooms, ROOMS):
        assert re.fullmatch(pattern, room), f"{room!r} stands where {pattern!r} belongs"


def test_every_part_of_the_module_file_is_shown_in_the_notebook(module, notebook):
    code = "\n".join(cell.source for cell in code_cells(notebook))
    shown = ["module.outcomes()", "module.quiz()", "module.country()", "module.plan()"]
    shown += [f'module.icebreaker("{each["id"]}")' for each in module["icebreakers"]]
    for call, part in (("case", "cases"), ("activity", "activities"), ("lab", "labs")):
        shown += [f'module.{call}("{each["id"]}")' for each in module[part]]
    shown += [f'lab.check("{check["id"]}"' for lab in module["labs"] for check in lab["checks"]]
    assert [call for call in shown if call not in code] == []
    assert "module.revisit(" in code


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


# ---- how much -----------------------------------------------------------------------------------


def test_the_narrative_is_long_enough(notebook):
    assert words(markdown(notebook)) >= 2500


def test_there_are_enough_questions_of_enough_kinds(module):
    kinds = Counter(question["kind"] for question in module["questions"])
    assert kinds.total() >= 10
    assert len(kinds) >= 6
    assert len(module["icebreakers"]) >= 2
    assert len(module["misconceptions"]) >= 4


def test_outcomes_are_few_and_can_be_observed(module):
    vague = r"(understand|know|learn|appreciate|be aware|be familiar)\b"
    assert 4 <= len(module["outcomes"]) <= 6
    for outcome in module["outcomes"]:
        assert not re.match(vague, outcome["text"], flags=re.I), outcome["text"]


def test_every_outcome_is_served_at_least_twice(module):
    served = Counter(question["outcome"] for _, question in asked(module))
    served.update(each["outcome"] for part in ("labs", "activities") for each in module[part])
    assert [outcome["id"] for outcome in module["outcomes"] if served[outcome["id"]] < 2] == []


def test_every_misconception_is_behind_a_wrong_answer(module):
    """A refutation that no answer can call up teaches nobody."""
    named = set(re.findall(r"'misconception': '([^']+)'", str(module)))
    assert {each["id"] for each in module["misconceptions"]} - named == set()


def test_every_wrong_answer_is_explained_in_words_of_its_own(module):
    for part, question in asked(module):
        said = [each["feedback"] for each in question.get("options", []) + question.get("wrong", [])]
        said += [each["feedback"] for each in question.get("left", [])]
        if question["kind"] not in {"match"}:
            assert len(set(said)) == len(said), f"{part} {question['id']} says the same to two answers"
        short = [text for text in said if len(text.split()) < 4]
        assert short == [], f"{part} {question['id']} only says right or wrong"


def test_every_graded_question_has_a_hint_or_is_asked_before_reading(module):
    missing = [question["id"] for part, question in asked(module)
               if question["kind"] in GRADED and part != "icebreaker" and "hint" not in question]
    assert missing == []


def test_no_option_is_all_of_the_above(module):
    for _, question in asked(module):
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


def test_the_class_plan_adds_up_and_visits_rooms_of_the_notebook(module, notebook):
    assert sum(step["minutes"] for step in module["plan"]) == 180
    assert {step["room"] for step in module["plan"]} - set(headings(notebook, 2)) == {"Break"}


def test_an_activity_adds_up_and_ends_with_a_debrief(module):
    for activity in module["activities"]:
        assert sum(step["minutes"] for step in activity["steps"]) == activity["minutes"] <= 40
        assert "debrief" in activity["steps"][-1]["what"].lower()
        assert len(activity["debrief"]) >= 3
        assert len(activity["roles"]) >= 3


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
    assert len(cited) >= 20


def test_every_source_of_a_case_is_cited_beside_it(module, notebook):
    text = markdown(notebook)
    for case in module["cases"]:
        for source in case["source"]:
            assert re.search(rf"\{{cite\}}`[^`]*\b{source}\b", text), f"{case['id']}: {source}"


def test_every_provision_that_is_shown_exists(notebook, provisions):
    code = "\n".join(cell.source for cell in code_cells(notebook))
    shown = re.findall(r'module\.provision\("(\w+)", "([^"]+)"\)', code)
    assert shown
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
