"""The student's copy: what they changed is never overwritten, whatever happens around it."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.working_copy import STATE, update

NAME = "notebooks/05-measuring.ipynb"


def notebook(*sources, count=None, **metadata):
    """A notebook with one code cell for each source."""
    cells = [{"cell_type": "code", "id": f"c{n}", "source": [source], "metadata": metadata, "outputs": [],
              "execution_count": count} for n, source in enumerate(sources)]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def course(tmp_path):
    """A course of one notebook and one dataset, with what must not reach a student beside it."""
    folder = tmp_path / "course"
    for name, text in {NAME: notebook("1 + 1"), "data/lists.csv": "a\n1\n", "data/datapackage.json": "{}",
                       "data/sources/lists.truth.json": "{}", "data/sources/lists.py": ""}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def copy(course, tmp_path):
    """The student's copy after the first start."""
    update(course, tmp_path / "my-course")
    return tmp_path / "my-course"


def files(folder):
    """Every file below a folder, by name, with its text."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


def test_the_first_start_lays_notebooks_and_data_and_no_planted_truth(course, copy):
    assert set(files(copy)) == {NAME, "data/lists.csv", "data/datapackage.json", STATE}
    assert (copy / NAME).read_text() == (course / NAME).read_text()


def test_nothing_changed_is_nothing_said(course, copy):
    before = files(copy)
    assert update(course, copy) == []
    assert files(copy) == before


def test_a_file_the_student_left_alone_follows_the_course(course, copy):
    (course / NAME).write_text(notebook("1 + 2"))
    (course / "data/lists.csv").write_text("a\n2\n")
    assert update(course, copy) == [f"New or updated in my-course/: data/lists.csv, {NAME}"]
    assert (copy / NAME).read_text() == notebook("1 + 2")
    assert (copy / "data/lists.csv").read_text() == "a\n2\n"


def test_running_a_notebook_is_no_change_and_the_run_is_kept_until_something_is_newer(course, copy):
    run = notebook("1 + 1", count=3, scrolled=True)
    (copy / NAME).write_text(run)
    assert update(course, copy) == []
    assert (copy / NAME).read_text() == run
    (course / NAME).write_text(notebook("1 + 2"))
    update(course, copy)
    assert (copy / NAME).read_text() == notebook("1 + 2")


@pytest.mark.parametrize("mine", [notebook("my answer"), notebook("1 + 1", "more"), notebook(), "cut sho", "",
                                  notebook("1 + 1", tags=["mine"]),
                                  notebook("1 + 1", slideshow={"slide_type": "-"})])
def test_a_file_the_student_changed_is_never_overwritten(course, copy, mine):
    (copy / NAME).write_text(mine)
    assert update(course, copy) == []
    (course / NAME).write_text(notebook("1 + 2"))
    for _ in range(2):
        [line] = update(course, copy)
        assert line.startswith(f"{NAME}: you changed it") and "--take-new" in line
        assert (copy / NAME).read_text() == mine
    update(course, copy, take_new=True)
    assert (copy / NAME).read_text() == mine


def test_a_newer_version_is_laid_beside_on_request_and_not_announced_again(course, copy):
    (copy / NAME).write_text(notebook("my answer"))
    (course / NAME).write_text(notebook("1 + 2"))
    [line] = update(course, copy, take_new=True)
    assert line.endswith("05-measuring.new.ipynb")
    assert (copy / "notebooks/05-measuring.new.ipynb").read_text() == notebook("1 + 2")
    assert update(course, copy) == []
    (course / NAME).write_text(notebook("1 + 3"))
    assert len(update(course, copy)) == 1


def test_what_the_student_made_of_a_newer_version_is_not_overwritten_either(course, copy):
    (copy / NAME).write_text(notebook("my answer"))
    for number, beside in [(2, "05-measuring.new.ipynb"), (3, "05-measuring.new2.ipynb")]:
        (course / NAME).write_text(notebook(f"1 + {number}"))
        [line] = update(course, copy, take_new=True)
        assert line.endswith(beside)
        (copy / "notebooks" / beside).write_text(notebook(f"mine, {number}"))
    assert (copy / "notebooks/05-measuring.new.ipynb").read_text() == notebook("mine, 2")


def test_a_file_the_student_deleted_is_laid_again(course, copy):
    (copy / NAME).unlink()
    update(course, copy)
    assert (copy / NAME).read_text() == notebook("1 + 1")


@pytest.mark.parametrize("state", ["", "{", "[]", '{"began": 3}', "\x00\x01"])
def test_a_damaged_state_file_is_said_and_loses_nothing(course, copy, state):
    (copy / NAME).write_text(notebook("my answer"))
    (copy / STATE).write_text(state)
    first, second = update(course, copy)
    assert first.startswith("my-course/.course-state.json could not be read")
    assert second.startswith(f"{NAME}: you changed it")
    assert (copy / NAME).read_text() == notebook("my answer")
    (course / "data/lists.csv").write_text("a\n2\n")  # what was equal to the course's is known again
    assert update(course, copy)[-1] == "New or updated in my-course/: data/lists.csv"


def test_a_state_file_with_one_spoilt_entry_still_keeps_what_the_student_wrote(course, copy):
    (copy / NAME).write_text(notebook("my answer"))
    (copy / STATE).write_text(json.dumps({"schema": 1, "began": {NAME: ["not", "a", "hash"]}}))
    (course / NAME).write_text(notebook("1 + 2"))
    assert update(course, copy)[0].startswith(f"{NAME}: you changed it")
    assert (copy / NAME).read_text() == notebook("my answer")


def test_files_that_are_only_the_students_are_left_alone(course, copy):
    (copy / "notes.ipynb").write_text("mine")
    (copy / "record.jsonl").write_text("mine too")
    update(course, copy, take_new=True)
    assert (copy / "notes.ipynb").read_text() == "mine"
    assert (copy / "record.jsonl").read_text() == "mine too"


def test_a_notebook_is_laid_as_a_student_reads_it(course, tmp_path):
    prepared = tmp_path / "prepared"
    prepared.mkdir()
    (prepared / Path(NAME).name).write_text(notebook("2 + 2"))
    update(course, tmp_path / "my-course", readable=prepared)
    assert (tmp_path / "my-course" / NAME).read_text() == notebook("2 + 2")
    assert update(course, tmp_path / "my-course", readable=prepared) == []
