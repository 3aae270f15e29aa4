"""Small courses to open and break."""
from __future__ import annotations

import pytest

from tests.course.small_course import door, make_course


@pytest.fixture
def fresh(tmp_path):
    """A small course that nobody has opened; its path has a space and a letter that is not ASCII."""
    return make_course(tmp_path / "a course für alle")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small course that was built once."""
    folder = make_course(tmp_path_factory.mktemp("made") / "a course für alle")
    door(folder, "build", code=0)
    return folder
