"""The quiz in a kernel: what the browser says becomes answers, verdicts and lines of the record."""
from __future__ import annotations

import gc
import itertools
import weakref

import pytest

from tests.widgets.sample_questions import (
    ALL, CHOICE, KNOWN, MODULE, NUMBER, REFLECTION, RIGHT_ANSWERS, SCALE,
)
from widgets.grading import grade
from widgets.quiz import Quiz
from widgets.record import Record, Saved
from widgets.statements import COURSE


NUMBERS = itertools.count()


def quiz_of(record: Record, questions=ALL, **options) -> Quiz:
    return Quiz(questions, MODULE, "Check", record=record, **KNOWN, **options)


def say(quiz: Quiz, id: str, answer, **more) -> None:
    """Let the browser say an answer, as static/quiz.js does."""
    quiz.set_state(after([answered(quiz.entries, id, answer, **more)], quiz))


def answered(entries: dict, id: str, answer, certainty=None, hint=False, **more) -> tuple[dict, dict]:
    """An act and the entry it leads to; what else the browser says of right and wrong is in `more`."""
    key = f"{MODULE}/{id}"
    before = entries.get(key) or {"tries": 0, "first": None}
    given = {"answer": answer, "certainty": certainty, "hint": hint, "tries": before["tries"] + 1}
    entry = {**given, "right": None, "score": None, "at": "2026-01-01T00:00:00.000Z",
             "first": before["first"] or {"answer": answer}, **more}
    return {"do": "answer", "id": key, "key": str(next(NUMBERS)), **given}, {key: entry}


def after(done: list[tuple[dict, dict]], quiz: Quiz) -> dict:
    """What the browser's message holds after some acts."""
    entries = dict(quiz.entries)
    for _, entry in done:
        entries |= entry
    return {"said": [*quiz.said, *(act for act, _ in done)], "entries": entries}


def start_again(quiz: Quiz) -> None:
    empty = {"answer": None, "tries": 0, "hint": False}
    said, entries = list(quiz.said), {}
    for key, entry in quiz.entries.items():
        if entry["answer"] is not None:
            act = {"do": "answer", "id": key, "key": str(next(NUMBERS)), "certainty": entry["certainty"]}
            said.append({**act, **empty})
        entries[key] = {**entry, **empty, "right": None, "score": None}
    quiz.set_state({"said": said, "entries": entries})


def erase(quiz: Quiz, *ids: str) -> None:
    keys = [f"{MODULE}/{id}" for id in ids]
    left = {key: entry for key, entry in quiz.entries.items() if key not in keys}
    act = {"do": "erase", "ids": keys, "key": str(next(NUMBERS))}
    quiz.set_state({"said": [*quiz.said, act], "entries": left})


def recorded(record: Record) -> list[tuple]:
    """What stands in the record: question, answer, whether right, certainty, hint, tries."""
    lines = []
    for each in record.statements():
        said = each["result"]["extensions"]
        lines.append((each["object"]["id"].removeprefix(f"{COURSE}:{MODULE}/"), said[f"{COURSE}:answer"],
                      each["result"].get("success"), said[f"{COURSE}:certainty"], said[f"{COURSE}:hint"],
                      said[f"{COURSE}:tries"]))
    return lines


@pytest.mark.parametrize(("id", "answer"), [*RIGHT_ANSWERS.items(), ("trust", 4), ("home", "Nobody.")])
def test_an_answer_is_read_back_with_its_verdict_and_stands_in_the_record(id, answer):
    record = Record()
    quiz = quiz_of(record)
    say(quiz, id, answer)
    question = next(each for each in ALL if each.id == id)
    assert quiz.answers == {id: answer}
    assert quiz.verdicts == {id: grade(question, answer)}
    assert quiz.score == ((1 if question.graded else 0), 6)
    assert recorded(record) == [(id, answer, True if question.graded else None, None, False, 1)]


def test_python_judges_whatever_the_browser_says_about_right_and_score():
    record = Record()
    quiz = quiz_of(record)
    say(quiz, "group", "two", right=True, score=1)
    assert quiz.verdicts["group"].right is False
    assert record.statements()[0]["result"]["success"] is False
    extensions = record.statements()[0]["context"]["extensions"]
    assert extensions == {f"{COURSE}:misconception": "all"}


def test_tries_certainty_and_hint_are_recorded_and_partial_credit_counts():
    record = Record()
    quiz = quiz_of(record)
    say(quiz, "group", "two", certainty=3)
    say(quiz, "group", "three", certainty=3, hint=True)
    say(quiz, "reasons", ["hide"])
    assert recorded(record) == [("group", "two", False, 3, False, 1), ("group", "three", True, 3, True, 2),
                                ("reasons", ["hide"], False, None, False, 1)]
    assert quiz.score == (1.5, 6)


def test_the_same_answer_checked_again_is_another_try():
    record = Record()
    quiz = quiz_of(record)
    say(quiz, "group", "two")
    say(quiz, "group", "two")
    assert [line[-1] for line in recorded(record)] == [1, 2]


def test_running_the_cell_again_brings_the_answers_back_from_the_file(tmp_path):
    say(quiz_of(Record(tmp_path / "record.jsonl")), "group", "three")
    again = quiz_of(Record(tmp_path / "record.jsonl"))
    assert again.answers == {"group": "three"}
    assert len(Record(tmp_path / "record.jsonl").statements()) == 1


def test_two_quizzes_over_one_record_agree_and_write_an_answer_once():
    record = Record()
    one, two = quiz_of(record), quiz_of(record, [CHOICE])
    say(one, "group", "two")
    assert two.answers == {"group": "two"}
    say(two, "group", "three")
    assert one.answers == {"group": "three"}
    assert [line[1] for line in recorded(record)] == ["two", "three"]


def test_an_answer_is_not_sent_back_to_the_browser_that_gave_it():
    """Else a slow kernel could take back what was answered meanwhile."""
    quiz = quiz_of(Record())
    sent = []
    quiz.comm.send = lambda *args, **kwargs: sent.append(kwargs.get("data") or args[0])
    say(quiz, "group", "two")
    assert [each for each in sent if each["method"] == "update" and "entries" in each["state"]] == []


def test_start_again_empties_all_answers_at_once_and_keeps_the_first_in_the_record():
    record = Record()
    quiz = quiz_of(record)
    say(quiz, "group", "two", certainty=2)
    say(quiz, "city", "Palermo")
    start_again(quiz)
    assert quiz.answers == {}
    assert recorded(record)[2:] == [("group", None, None, 2, False, 0), ("city", None, None, None, False, 0)]
    assert quiz.entries[f"{MODULE}/group"]["first"]["answer"] == "two"
    start_again(quiz)
    assert len(recorded(record)) == 4, "what is empty already is not emptied again"


def test_deleting_takes_these_answers_out_of_the_record_and_no_others():
    record = Record()
    quiz, other = quiz_of(record, [CHOICE]), quiz_of(record, [NUMBER])
    say(quiz, "group", "two")
    say(other, "victims", "2000")
    erase(quiz, "group", "victims")
    assert quiz.answers == {}
    assert other.answers == {"victims": "2000"}
    assert [line[0] for line in recorded(record)] == ["victims"]


def test_a_busy_kernel_misses_no_try_and_keeps_the_first():
    """Its browser sends one message for all that happened meanwhile."""
    record = Record()
    quiz = quiz_of(record)
    first = answered({}, "group", "two", certainty=2)
    second = answered(first[1], "group", "three", certainty=2)
    third = answered({}, "city", "Palermo")
    quiz.set_state(after([first, second, third], quiz))
    assert recorded(record) == [("group", "two", False, 2, False, 1), ("group", "three", True, 2, False, 2),
                                ("city", "Palermo", True, None, False, 1)]
    assert record.state()[f"{MODULE}/group"]["first"]["answer"] == "two"


def test_what_was_deleted_while_the_kernel_was_busy_does_not_come_back():
    record = Record()
    quiz = quiz_of(record)
    act, _ = answered({}, "group", "two")
    erased = {"do": "erase", "ids": [f"{MODULE}/group"], "key": str(next(NUMBERS))}
    quiz.set_state({"said": [act, erased], "entries": {}})
    assert record.statements() == []
    assert quiz.answers == {}


def test_an_act_that_is_told_again_is_done_once():
    record = Record()
    quiz = quiz_of(record)
    say(quiz, "group", "two")
    quiz.set_state({"said": [*quiz.said]})
    say(quiz, "city", "Palermo")
    assert [line[0] for line in recorded(record)] == ["group", "city"]


def test_answers_that_another_cell_made_python_send_do_not_hide_newer_ones():
    """The other cell's answer overtakes what this one has not sent yet; then all of it is sent."""
    record = Record()
    one, two = quiz_of(record), quiz_of(record)
    say(two, "city", "Palermo")
    sent = []
    one.comm.send = lambda *args, **kwargs: sent.append(kwargs.get("data") or args[0])
    act, entry = answered({}, "group", "two")
    one.set_state({"said": [act], "entries": {**one.entries, **entry}})
    assert sorted(sent[-1]["state"]["entries"]) == [f"{MODULE}/city", f"{MODULE}/group"]


def test_what_is_typed_and_not_checked_is_there_when_the_cell_is_run_again():
    record = Record()
    quiz_of(record).set_state({"drafts": {f"{MODULE}/home": '{"answer":"Half a sent"}'}})
    assert quiz_of(record).drafts == {f"{MODULE}/home": '{"answer":"Half a sent"}'}
    assert record.statements() == []
    say(quiz_of(record), "group", "two")
    assert quiz_of(record).drafts == {f"{MODULE}/home": '{"answer":"Half a sent"}'}


def test_a_draft_ends_with_the_answer_that_is_sent_with_it():
    record = Record()
    quiz = quiz_of(record, [REFLECTION])
    quiz.set_state({"drafts": {f"{MODULE}/home": '{"answer":"Half"}'}})
    quiz.set_state({"drafts": {}, **after([answered({}, "home", "Whole.")], quiz)})
    assert quiz.drafts == quiz_of(record, [REFLECTION]).drafts == {}


def test_deleting_takes_the_draft_too():
    record = Record()
    quiz = quiz_of(record, [REFLECTION])
    quiz.set_state({"drafts": {f"{MODULE}/home": '{"answer":"Half"}'}})
    erase(quiz, "home")
    assert quiz.drafts == quiz_of(record, [REFLECTION]).drafts == {}


def test_a_record_that_cannot_be_written_is_said_and_the_quiz_goes_on(tmp_path):
    (tmp_path / "file").write_text("no folder")
    quiz = quiz_of(Record(tmp_path / "file" / "record.jsonl"), [CHOICE])
    say(quiz, "group", "three")
    assert quiz.answers == {"group": "three"}
    assert "where the folder of your record should be" in quiz.problem


def test_an_answer_that_is_no_answer_is_said_and_kept_out_of_the_record():
    record = Record()
    quiz = quiz_of(record, [REFLECTION])
    say(quiz, "home", "x" * 1_100_000)
    assert quiz.problem == "Your answer is not kept: this answer cannot be recorded: it is too long."
    assert record.statements() == []
    assert len(quiz.answers["home"]) == 1_100_000, "the reader still has it on the screen"
    say(quiz, "home", "short")
    assert quiz.problem == ""


def test_what_was_set_aside_is_not_said_in_every_quiz(tmp_path):
    path = tmp_path / "record.jsonl"
    path.write_text("damaged\n")
    record = Record(path)
    assert record.problems() != []
    assert quiz_of(record).problem == ""


def test_a_revisit_shows_the_first_answer_and_records_its_own():
    record = Record()
    first, now = quiz_of(record, [NUMBER]), quiz_of(record, [NUMBER], revisit=True)
    say(first, "victims", "640")
    assert now.answers == {}
    assert now.entries[f"{MODULE}/victims"]["first"]["answer"] == "640"
    say(now, "victims/revisit", "2000")
    assert (first.answers, now.answers) == ({"victims": "640"}, {"victims/revisit": "2000"})
    assert now.score == (1, 1)
    assert [line[0] for line in recorded(record)] == ["victims", "victims/revisit"]


def test_only_one_question_is_revisited_at_a_time():
    with pytest.raises(ValueError, match="05-measuring: 2 questions to revisit"):
        quiz_of(Record(), [CHOICE, NUMBER], revisit=True)


def test_a_cell_shows_the_live_quiz_the_page_and_a_line_of_text():
    quiz = quiz_of(Record(), [CHOICE, SCALE], id="quiz")
    data, metadata = quiz._repr_mimebundle_()
    assert sorted(data) == ["application/vnd.jupyter.widget-view+json", "text/html", "text/plain"]
    assert data["text/html"] == quiz.html
    assert data["text/plain"] == repr(quiz) == "<Quiz 05-measuring/quiz: 2 questions>"
    assert repr(quiz_of(Record(), [CHOICE])) == "<Quiz 05-measuring/group: 1 question>"
    assert metadata == {}


def test_what_a_cell_shows_without_a_kernel_says_nothing_of_the_reader():
    record = Record()
    before = quiz_of(record).html
    say(quiz_of(record), "home", "a secret")
    assert quiz_of(record).html == before


def test_a_misspelt_keyword_is_refused():
    with pytest.raises(TypeError, match="titel"):
        Quiz([CHOICE], MODULE, titel="Check", **KNOWN)


def test_the_record_of_the_learner_is_used_where_none_is_given():
    quiz = Quiz([SCALE], MODULE)
    say(quiz, "trust", 2)
    assert Record.default().state()[f"{MODULE}/trust"]["answer"] == 2
    Record.default().erase([f"{MODULE}/trust"])
    assert quiz.answers == {}


def test_a_closed_quiz_is_not_kept_by_its_record():
    record = Record()
    quiz = quiz_of(record)
    gone = weakref.ref(quiz)
    quiz.close()
    del quiz
    gc.collect()
    assert gone() is None
    record.renew()


def test_a_record_is_not_kept_by_the_quizzes_that_were_closed():
    record = Record()
    quiz_of(record).close()
    gone = weakref.ref(record)
    del record
    gc.collect()
    assert gone() is None


def test_saving_is_acknowledged_only_after_the_file_has_the_line(tmp_path):
    record = Record(tmp_path / "record.jsonl")
    quiz = quiz_of(record, [SCALE])
    say(quiz, "trust", 5)
    assert '"urn:organized-crime-course:answer":5' in (tmp_path / "record.jsonl").read_text()
    assert Saved(True, None) == record.append({**record.statements()[0], "id": record.actor()})
