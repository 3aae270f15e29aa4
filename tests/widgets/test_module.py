"""A module as a notebook uses it."""
from __future__ import annotations

import pytest

from widgets import Module
from widgets.quiz import Quiz


@pytest.fixture(scope="module")
def module() -> Module:
    """The first module of the course."""
    return Module("05-measuring")


def test_an_unknown_module_is_told_with_those_there_are():
    with pytest.raises(ValueError, match="there is no module `05-measurin`. Mend: use one of .*05-measuring"):
        Module("05-measurin")


@pytest.mark.parametrize("ask", ["icebreaker", "case", "activity", "lab", "revisit"])
def test_an_unknown_id_is_told_with_those_there_are(module, ask):
    with pytest.raises(ValueError, match="05-measuring has no .* `nothing`. Mend: use one of .+, or add it"):
        getattr(module, ask)("nothing")


def test_one_question_is_asked_for_in_a_list(module):
    with pytest.raises(ValueError, match=r'write questions\(\["referral-effect"\]\)'):
        module.questions("referral-effect")


def test_the_same_question_keeps_its_answer_wherever_it_is_asked(module):
    first = module.questions(["ninety-extortions"])
    html = module.quiz().html
    assert 'data-question="05-measuring/ninety-extortions"' in first.html
    assert 'data-question="05-measuring/ninety-extortions"' in html


def test_sources_are_shown_in_words(module):
    html = module.quiz().html
    assert "United Nations Convention against Transnational Organized Crime, article 3(2)" in html
    assert "UNTOC:3(2)" not in html


def test_a_case_is_told_before_its_questions_are_asked(module, capsys):
    asked = module.case("uk-2013")
    assert isinstance(asked, Quiz) and "2,744" in capsys.readouterr().out


def test_a_room_that_is_missing_says_so(module, monkeypatch):
    import dataclasses

    without = Module("05-measuring")
    without._file = dataclasses.replace(without._file, country=None)
    with pytest.raises(ValueError, match="no room `country`"):
        without.country()


def test_a_plan_of_another_length_is_refused_with_the_lengths_there_are(module):
    assert repr(module.plan()) == repr(module.plan(180))
    with pytest.raises(ValueError, match="no plan of 90 minutes. Mend: ask for 180 or 50"):
        module.plan(90)
