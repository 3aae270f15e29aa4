"""The learner's record in Python: its format, its file, and what happens when things go wrong."""

from __future__ import annotations

import errno
import json
import os
import random
import socket
import stat
import string
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.widgets.record_lines import CASES, COURSE, LINE, SOUND, as_line
from widgets.record import Erased, Merged, Record, Saved, StatementError, fold, statement
from widgets.statements import INTERACTION_TYPES, read_line, response, set_aside_words, to_line

# Property tests have no deadline: the disk and the processor may be busy with other tests.

ROOT = Path(__file__).resolve().parents[2]
ME = SOUND["actor"]["account"]["name"]
GUESS, OTHER = "05-measuring/guess", "06-causes/why"


@pytest.fixture
def path(tmp_path):
    """Where a record is kept; its folder does not exist yet."""
    return tmp_path / "course" / "record.jsonl"


def said(answer="b", question=GUESS, kind="choice", **parts) -> dict:
    return statement(question, kind, answer, actor=parts.pop("actor", ME), **parts)


def keep(path: Path, *statements: dict) -> Record:
    """A record in which these statements are kept."""
    record = Record(path)
    for each in statements:
        assert record.append(each) == Saved(True, None)
    return record


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


# --- the format -----------------------------------------------------------------------------------


def paths_of(value: object, above: str = "") -> set[str]:
    """The names of all parts of a statement."""
    if not isinstance(value, dict) or above.endswith(":answer"):
        return {above}
    return {path for key, part in value.items() for path in paths_of(part, f"{above}/{key}")}


def test_a_statement_has_exactly_these_parts():
    graded = said(verdict={"right": True, "score": 1, "misconception": None}, certainty=3, hint=True, tries=2)
    assert paths_of(graded) == {
        "/schema",
        "/id",
        "/timestamp",
        "/actor/objectType",
        "/actor/account/homePage",
        "/actor/account/name",
        "/verb/id",
        "/verb/display/en",
        "/object/objectType",
        "/object/id",
        "/object/definition/type",
        "/object/definition/interactionType",
        "/result/response",
        "/result/completion",
        "/result/success",
        "/result/score/scaled",
        f"/result/extensions/{COURSE}:answer",
        f"/result/extensions/{COURSE}:kind",
        f"/result/extensions/{COURSE}:certainty",
        f"/result/extensions/{COURSE}:hint",
        f"/result/extensions/{COURSE}:tries",
        "/context/platform",
        f"/context/extensions/{COURSE}:misconception",
    }
    ungraded = said(
        "it depends", kind="reflection", verdict={"right": None, "score": 0, "misconception": None}
    )
    assert paths_of(graded) - paths_of(ungraded) == {"/result/success", "/result/score/scaled"}


def test_a_statement_says_nothing_about_the_person_or_the_machine(path):
    record = keep(path, said(verdict={"right": False, "score": 0.5, "misconception": "m"}))
    record.answered(OTHER, "number", 3)
    text = "".join(file.read_text() for file in path.parent.iterdir()).lower()
    home = Path.home().name.lower()
    known = {
        socket.gethostname().lower(),
        str(path.parent).lower(),
        str(Path.home()).lower() + "/",
        str(os.getpid()),
    }
    known |= {home} if len(home) > 3 else set()
    assert not [word for word in known if word in text]


def test_start_again_is_a_statement_without_an_answer():
    again = said(None, verdict={"right": None, "score": 0, "misconception": None})
    assert again["result"]["response"] == ""
    assert again["result"]["completion"] is False
    assert "success" not in again["result"] and "score" not in again["result"]


def test_partial_credit_is_kept_as_a_share():
    partly = said(["a"], kind="choices", verdict={"right": False, "score": 1 / 3, "misconception": None})
    assert partly["result"]["success"] is False
    assert partly["result"]["score"] == {"scaled": 1 / 3}


@pytest.mark.parametrize(
    ("kind", "answer", "expected"),
    [
        ("choice", "police", "police"),
        ("choices", ["police", "courts"], "police[,]courts"),
        ("choices", [], ""),
        ("number", 12.5, "12.5"),
        ("number", 3.0, "3"),
        ("number", -0.0, "0"),
        ("number", 1e21, "1e+21"),
        ("number", 123456789012345680000, "123456789012345680000"),
        ("number", 1e-7, "1e-7"),
        ("number", 0.000001, "0.000001"),
        ("number", "1 234,5", "1234.5"),
        ("number", "−5", "-5"),
        ("number", "1,234", "1,234"),
        ("number", "12 %", "12 %"),
        ("number", "about ten", "about ten"),
        ("number", "1e999", "1e999"),
        ("number", float("nan"), "NaN"),
        ("number", float("-inf"), "-Infinity"),
        ("text", "dark figure", "dark figure"),
        ("match", {"un": "treaty", "eu": "law", "x": None}, "eu[.]law[,]un[.]treaty"),
        ("order", ["c", "a", "b"], "c[,]a[,]b"),
        ("scale", 4, "4"),
        ("reflection", "It depends.", "It depends."),
        ("scale", None, ""),
    ],
)
def test_the_response_is_written_as_xapi_wants_it(kind, answer, expected):
    made = said(answer, kind=kind)
    assert made["result"]["response"] == expected
    assert made["object"]["definition"]["interactionType"] == INTERACTION_TYPES[kind]


class Estimated:
    """A number of another library, such as an estimate."""

    def __float__(self):
        return 42.0


@pytest.mark.parametrize(
    ("kind", "answer", "kept"),
    [
        ("number", Estimated(), 42),
        ("number", 0.1, 0.1),
        ("choices", ("b", "a"), ["b", "a"]),
        ("choices", {"b", "a"}, ["a", "b"]),
        ("match", [("a", "x")], {"a": "x"}),
        ("scale", 3.0, 3),
        ("choice", 7, "7"),
    ],
)
def test_answers_of_any_type_become_plain_json(kind, answer, kept):
    assert said(answer, kind=kind)["result"]["extensions"][f"{COURSE}:answer"] == kept


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"kind": "essay"}, "kind 'essay' is none of choice, choices"),
        ({"question": "guess"}, "question guess: this cannot be recorded"),
        ({"actor": "Maria Rossi"}, "cannot be recorded"),
        ({"certainty": 4}, "cannot be recorded"),
        ({"tries": -1}, "cannot be recorded"),
        ({"platform": "my laptop"}, "cannot be recorded"),
        ({"kind": "match", "answer": "a"}, "'a' is no answer to a question of kind match"),
        ({"kind": "scale", "answer": "many"}, "'many' is no answer to a question of kind scale"),
        ({"kind": "number", "answer": [1]}, "is no answer to a question of kind number"),
    ],
)
def test_what_cannot_be_recorded_is_refused_in_words(parts, words):
    with pytest.raises(StatementError, match=words):
        said(**parts)


def test_times_never_stand_still_and_never_run_back():
    times = [said()["timestamp"] for _ in range(500)]
    assert times == sorted(set(times))


def test_an_answer_counts_as_later_even_when_the_clock_was_set_back():
    ahead = "2999-01-01T00:00:00.000Z"
    assert said(after=ahead)["timestamp"] == "2999-01-01T00:00:00.001Z"
    record = Record()
    record.append(said("first", at=ahead))
    record.answered(GUESS, "choice", "second")
    assert record.state()[GUESS]["answer"] == "second"
    for impossible in ("9999-12-31T23:59:59.999Z", "2026-02-31T10:00:00.000Z", "0000-01-01T00:00:00.000Z"):
        assert read_line(to_line(said(after=impossible)))[1] is None


def test_a_time_is_written_in_utc():
    at = datetime(2026, 1, 31, 12, 0, 0, 5000, tzinfo=UTC).astimezone(None)
    assert said(at=at)["timestamp"] == "2026-01-31T12:00:00.005Z"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name[:60])
def test_a_line_is_read_or_set_aside_for_the_right_reason(case):
    value, reason = read_line(case.line)
    assert reason == case.reason
    assert (value is None) == (case.reason is not None)


answers = st.one_of(st.none(), st.text(), st.text(st.characters()))  # halves of character pairs too


@settings(deadline=None)
@given(answers, st.sampled_from(["text", "reflection", "choice", "number"]))
def test_whatever_is_typed_comes_back_as_it_was(answer, kind):
    line = to_line(said(answer, kind=kind))
    assert "\n" not in line
    value, reason = read_line(line.encode("utf-8").decode("utf-8"))
    assert reason is None
    assert value["result"]["extensions"][f"{COURSE}:answer"] == answer


@settings(deadline=None)
@given(st.floats())
def test_every_number_can_be_recorded(value):
    assert read_line(to_line(said(value, kind="number")))[1] is None


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_response_of_a_number_can_be_read_back(value):
    assert float(response("number", value)) == value


def test_the_words_name_every_reason_once():
    assert set_aside_words([]) is None
    assert set_aside_words(["newer"]) == (
        "1 line was set aside and the rest was read: 1 from a newer version of this course."
    )
    assert set_aside_words(["damaged", "newer", "damaged"]).startswith("3 lines were set aside")


# --- where the learner stands ---------------------------------------------------------------------


def test_the_entry_of_a_question_is_its_latest_answer_and_its_first():
    state = fold(
        [
            said(
                "a",
                certainty=1,
                tries=1,
                at="2026-01-31T10:00:00.000Z",
                verdict={"right": False, "score": 0, "misconception": "m"},
            ),
            said(
                "b",
                certainty=3,
                tries=2,
                hint=True,
                at="2026-01-31T10:05:00.000Z",
                verdict={"right": True, "score": 1, "misconception": None},
            ),
        ]
    )
    assert state == {
        GUESS: {
            "answer": "b",
            "certainty": 3,
            "hint": True,
            "tries": 2,
            "right": True,
            "score": 1,
            "at": "2026-01-31T10:05:00.000Z",
            "first": {"answer": "a", "at": "2026-01-31T10:00:00.000Z"},
        }
    }


def test_start_again_empties_the_answer_and_keeps_the_first():
    entry = fold([said("a"), said(None, tries=0)])[GUESS]
    assert (entry["answer"], entry["right"], entry["score"], entry["tries"]) == (None, None, None, 0)
    assert entry["first"]["answer"] == "a"
    assert fold([said(None, tries=0)])[GUESS]["first"] is None


some_statements = st.lists(
    st.builds(
        lambda answer, question, second, number: {
            **said(answer, question, at=f"2026-01-31T10:00:0{second}.000Z"),
            "id": str(uuid.UUID(int=number)),
        },
        st.sampled_from(["a", "b", "c", None]),
        st.sampled_from([GUESS, OTHER]),
        st.integers(0, 9),
        st.integers(0, 2**128 - 1),
    ),
    max_size=12,
    unique_by=lambda each: each["id"],
)


@settings(deadline=None)
@given(some_statements, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_changes_where_the_learner_stands(statements, rng):
    mixed = statements + rng.sample(statements, len(statements) // 2)
    rng.shuffle(mixed)
    assert fold(mixed) == fold(statements)


# --- the file -------------------------------------------------------------------------------------


def test_an_acknowledged_answer_is_on_the_disk(path):
    first, second = said("a"), said("b")
    keep(path, first, second)
    assert lines_of(path) == [to_line(each).encode() for each in (first, second)]
    assert Record(path).statements() == [first, second]


def test_only_the_owner_may_read_the_record(path):
    record = keep(path, said())
    record.actor()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    record.erase([GUESS])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_one_append_is_one_write_and_is_acknowledged_after_the_disk_has_it(path, monkeypatch):
    record = keep(path, said())
    calls = []
    for name in ("write", "fsync"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *a, real=real, name=name: (calls.append(name), real(*a))[1])
    record.append(said())
    monkeypatch.undo()
    assert [call for call in calls if call in ("write", "fsync")] == ["write", "fsync"]


def test_reading_creates_and_changes_nothing(path):
    record = Record(path)
    assert (record.statements(), record.problems(), record.text(), record.pseudonym()) == ([], [], "", None)
    assert not path.parent.exists()
    path.parent.mkdir()
    path.write_bytes(LINE.encode() + b"\n" + LINE.encode()[:100])
    before = path.stat()
    record.statements(), record.problems(), record.set_aside(), record.text()
    assert os.listdir(path.parent) == ["record.jsonl"]
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_torn_last_line_never_damages_the_next(path):
    first, second = said("a"), said("b")
    whole = to_line(first).encode() + b"\n"
    for cut in {*range(0, len(whole), 17), len(whole) - 2, len(whole) - 1, len(whole)}:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(whole[:cut])
        record = keep(path, second)
        expected = [first, second] if cut >= len(whole) - 1 else [second]
        assert record.statements() == expected
        assert Record(path).statements() == expected


def test_a_line_in_the_writing_is_waited_for(path, monkeypatch):
    """A reader that sees half a line looks again when the writer is done, before it calls the line damaged."""
    whole = keep(path, said("a"), said("b")).text().encode()
    real, looks = Path.read_bytes, []

    def first_look_too_early(self):
        looks.append(self)
        return whole[:-50] if len(looks) == 1 else real(self)

    monkeypatch.setattr(Path, "read_bytes", first_look_too_early)
    record = Record(path)
    assert len(record.statements()) == 2
    assert record.problems() == []


@pytest.mark.parametrize(
    "dress",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\n\n  \n"),
        lambda data: data.rstrip(b"\n"),
        lambda data: data + data,
    ],
    ids=["byte order mark", "line ends of Windows", "empty lines", "no last line end", "every line twice"],
)
def test_what_editors_do_to_a_file_does_no_harm(path, dress):
    statements = [said("a"), said("b", OTHER)]
    text = keep(path, *statements).text()
    path.write_bytes(dress(path.read_bytes()))
    record = Record(path)
    assert record.statements() == statements
    assert record.problems() == []
    assert record.text() == text


def test_what_is_damaged_is_set_aside_in_words_and_the_rest_is_read(path):
    sound = said()
    path.parent.mkdir()
    path.write_bytes(
        b"\n".join(
            [
                b"\xff\xfe\x00",
                LINE.encode()[:80],
                b'{"schema":2}',
                to_line(sound).encode(),
                b'{"schema":1}',
                LINE.replace('"b"', f'"{"x" * 1_000_000}"').encode(),
            ]
        )
    )
    record = Record(path)
    assert record.statements() == [sound]
    assert record.problems() == [
        "5 lines were set aside and the rest was read: 1 cut short or damaged, 1 from a newer version of this course, "
        "1 not an answer of this course, 1 too long, 1 not in UTF-8."
    ]
    assert record.set_aside()[0] == "\\xff\\xfe\x00"


def test_a_file_in_another_encoding_is_set_aside_as_a_whole(path):
    path.parent.mkdir()
    path.write_bytes(f"{LINE}\n{LINE}\n".encode("utf-16"))
    record = Record(path)
    assert record.statements() == []
    assert "lines were set aside" in record.problems()[0]


def test_of_two_versions_of_one_statement_the_same_one_is_read_whatever_came_first(path, tmp_path):
    one = said("a", at="2026-01-31T10:00:00.000Z")
    other = {**one, "timestamp": "2026-01-31T10:00:01.000Z"}
    records = []
    for number, pair in enumerate([(one, other), (other, one)]):
        records.append(Record(tmp_path / f"{number}.jsonl"))
        records[-1].path.write_text("".join(f"{to_line(each)}\n" for each in pair))
    assert records[0].text() == records[1].text() == f"{to_line(one)}\n"
    assert (
        records[0].problems()
        == records[1].problems()
        == [
            "1 line was set aside and the rest was read: 1 a second version of an answer that is already there."
        ]
    )


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_reading_fail(data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.jsonl"
        path.write_bytes(data)
        record = Record(path)
        assert record.statements() == [] and record.state() == {} and record.text() == ""
        nothing_there = not [line for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
        assert (record.problems() == []) == nothing_there
        sound = said()
        assert record.append(sound).saved
        assert Record(path).statements() == [sound]


damaged_lines = st.one_of(
    st.binary(max_size=60).filter(lambda line: b"\n" not in line),
    st.integers(1, len(LINE) - 1).map(lambda cut: LINE.encode()[:cut]),
    st.sampled_from([case.line.encode() for case in CASES if case.reason and len(case.line) < 2000]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(damaged_lines, some_statements.map(tuple)), max_size=8))
def test_any_mix_of_sound_and_damaged_lines_gives_exactly_the_sound_ones(parts):
    sound = {each["id"]: each for part in parts if isinstance(part, tuple) for each in part}
    lines = [part for part in parts if isinstance(part, bytes)] + [
        to_line(each).encode() for each in sound.values()
    ]
    random.Random(len(lines)).shuffle(lines)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.jsonl"
        path.write_bytes(b"\n".join(lines))
        by_time = sorted(sound.values(), key=lambda each: (each["timestamp"], each["id"]))
        assert Record(path).statements() == by_time


def test_a_change_by_another_notebook_is_seen(path):
    mine, theirs = Record(path), Record(path)
    mine.append(said("a"))
    assert theirs.state()[GUESS]["answer"] == "a"
    theirs.append(said("b"))
    assert mine.state()[GUESS]["answer"] == "b"
    theirs.erase([GUESS])
    assert mine.state() == {}


# --- export, merge, erase, renew ------------------------------------------------------------------


def test_merging_says_what_was_new_known_and_set_aside(path):
    mine, theirs = [said("a"), said("b")], said("c", OTHER)
    record = keep(path, *mine)
    text = "".join(f"{to_line(each)}\n" for each in (mine[0], theirs, theirs)) + "{\n"
    words = "1 line was set aside and the rest was read: 1 cut short or damaged."
    assert record.merge(text) == Merged(1, 2, 1, words, None)
    assert record.merge(text.encode()) == Merged(0, 3, 1, words, None)
    assert record.statements() == Record(path).statements() == [*mine, theirs]


def test_merged_lines_are_kept_byte_for_byte(path):
    line = json.dumps(SOUND, indent=None, separators=(" , ", " : ")).replace("/", "\\/")
    record = Record(path)
    record.merge(f"{line}\n")
    assert path.read_text() == f"{line}\n" == record.text()


conflicting = some_statements.flatmap(
    lambda statements: st.lists(
        st.tuples(st.sampled_from(statements or [said()]), st.booleans()), max_size=10
    )
).map(lambda chosen: [{**each, "stored": "later"} if edited else each for each, edited in chosen])


@settings(max_examples=60, deadline=None)
@given(conflicting, conflicting)
def test_merging_is_the_same_either_way_round_and_twice_adds_nothing(left, right):
    records = [Record(), Record()]
    for record, statements in zip(records, (left, right), strict=True):
        record.merge("".join(f"{to_line(each)}\n" for each in statements))
    texts = [record.text() for record in records]
    for record, other in zip(records, reversed(texts), strict=True):
        record.merge(other)
    assert records[0].text() == records[1].text()
    again = records[0].merge(records[1].text())
    assert (again.added, again.set_aside) == (0, 0)


def test_erasing_questions_leaves_the_others_and_keeps_what_was_damaged(path):
    other = said("c", OTHER)
    record = keep(path, said("a"), said("b"), other)
    damaged, newer = b'{"schema":1,"id":"0b0e', b'{"schema":2,"id":"x"}'
    with path.open("ab") as file:
        file.write(damaged + b"\n" + newer + b"\n")
    assert record.erase([GUESS]) == Erased(2, None)
    assert lines_of(path) == [to_line(other).encode(), newer]
    assert lines_of(path.parent / "record.set-aside.jsonl") == [damaged]
    assert record.erase([OTHER]) == Erased(1, None)
    assert lines_of(path.parent / "record.set-aside.jsonl") == [damaged]


def test_erasing_a_question_also_erases_damaged_lines_that_name_it(path):
    record = keep(path, said("c", OTHER))
    torn = LINE.encode()[:-5]
    with path.open("ab") as file:
        file.write(torn)
    assert record.erase([OTHER]) == Erased(1, None)
    set_aside = path.parent / "record.set-aside.jsonl"
    assert lines_of(set_aside) == [torn]
    record.erase([GUESS])
    assert lines_of(set_aside) == []


def test_erasing_looks_at_the_question_not_at_the_words_of_an_answer(path):
    mention = said(f'"{COURSE}:{GUESS}"', OTHER, kind="text")
    record = keep(path, mention, said("a"))
    path.write_bytes(path.read_bytes().replace(b"measuring/guess", b"measuring\\/guess"))
    assert record.erase([GUESS]) == Erased(1, None)
    assert record.statements() == [mention]


def test_erasing_everything_leaves_only_an_empty_lock(path):
    record = keep(path, said())
    record.actor()
    with path.open("ab") as file:
        file.write(b"{torn\n")
    record.erase([OTHER])
    for name in ("record.jsonl.new", "record.set-aside.jsonl.new"):  # as a crash in a rewrite leaves them
        (path.parent / name).write_bytes(LINE.encode())
    assert record.erase() == Erased(1, None)
    assert [(file.name, file.stat().st_size) for file in path.parent.iterdir()] == [("record.lock", 0)]
    assert (record.statements(), record.pseudonym(), record.problems()) == ([], None, [])


def test_a_record_behind_a_link_stays_behind_it(path, tmp_path):
    record = keep(path, said("a"), said("b", OTHER))
    link = tmp_path / "link.jsonl"
    link.symlink_to(path)
    assert Record(link).erase([GUESS]) == Erased(1, None)
    assert link.is_symlink()
    assert record.statements() == Record(link).statements() == [read_line(path.read_text().strip())[0]]


def test_erasing_where_nothing_is_creates_nothing(path):
    assert Record(path).erase() == Erased(0, None)
    assert not path.parent.exists()


def test_a_pseudonym_is_random_and_lasts(path):
    first = Record(path).actor()
    assert uuid.UUID(first).version == 4
    assert Record(path).actor() == first == Record(path).pseudonym()
    assert Record().actor() != Record().actor()


def test_renewing_parts_the_future_from_the_past(path):
    record = Record(path)
    record.answered(GUESS, "choice", "a")
    old = record.actor()
    before = path.read_bytes()
    new = record.renew()
    assert new not in (old, "") and path.read_bytes() == before
    record.answered(OTHER, "choice", "b")
    assert old not in record.text(new) and new not in record.text(old)
    assert record.text(old).encode() == before
    everything = b"".join(file.read_bytes() for file in path.parent.iterdir() if file != path)
    assert old.encode() not in everything
    assert Record(path).actor() == new


def test_a_record_that_moves_to_an_empty_place_brings_its_pseudonym(path):
    old = Record(path)
    old.answered(GUESS, "choice", "a")
    moved = Record()
    moved.merge(old.text())
    assert moved.actor() == old.actor()


def test_a_damaged_pseudonym_file_is_replaced_by_the_pseudonym_of_the_answers(path):
    keep(path, said())
    for damage in (b"Maria Rossi", b"\xff\xff", b""):
        (path.parent / "record.pseudonym.txt").write_bytes(damage)
        assert Record(path).actor() == ME


def test_listeners_hear_every_change_until_they_leave():
    record, heard = Record(), []
    leave = record.subscribe(lambda: heard.append(len(record.statements())))
    record.append(said())
    record.merge(to_line(said("c")))
    record.renew()
    record.erase()
    leave()
    leave()
    record.append(said())
    assert heard == [1, 2, 2, 0]


def test_tries_are_counted(path):
    record = Record(path)
    for expected in (1, 2, 3):
        record.answered(GUESS, "number", "7", {"right": False, "score": 0, "misconception": None})
        assert record.state()[GUESS]["tries"] == expected
    record.answered(OTHER, "scale", 2, certainty=1)
    assert record.state()[OTHER]["tries"] == 1


# --- where it is kept -----------------------------------------------------------------------------


def test_the_environment_names_the_file_or_turns_it_off(path, monkeypatch):
    monkeypatch.setenv("COURSE_RECORD", str(path))
    assert Record.default().path == path
    assert Record.default() is Record.default()
    monkeypatch.setenv("COURSE_RECORD", "off")
    assert Record.default().path is None
    monkeypatch.delenv("COURSE_RECORD")
    monkeypatch.setenv("HOME", str(path.parent))
    assert Record.default().path == path.parent / ".organized-crime-course" / "record.jsonl"
    assert not path.parent.exists()


def test_a_record_that_is_turned_off_works_in_memory_without_complaint():
    record = Record()
    assert record.append(said()) == Saved(False, None)
    assert record.problems() == []
    assert len(record.statements()) == 1


def test_importing_the_record_loads_no_widget_and_no_lock():
    code = (
        "import sys, widgets.record; "
        "print(*sorted({'ipywidgets', 'anywidget', 'filelock', 'pandas', 'IPython'} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert loaded.stdout.strip() == ""


def test_it_works_where_there_are_no_locks(path):
    """As inside a browser: neither fcntl nor msvcrt, and no filelock."""
    code = f"""
import importlib.util, sys
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name in ("fcntl", "msvcrt") else real(name, *more)
sys.modules["filelock"] = None
from widgets.record import Record
record = Record({str(path)!r})
print(record.answered("m/q", "scale", 3).saved, record.erase(["m/q"]).erased, record.renew() == record.actor())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["True", "1", "True"]


# --- what can go wrong ----------------------------------------------------------------------------


def in_memory_only(why: str) -> str:
    return (
        f"Your answers are kept in memory only, until this notebook is closed: {why}. "
        "To keep them, run RecordPanel() and download them."
    )


def in_memory(record: Record, why: str) -> None:
    """The notebook goes on in memory, and says so in one line that names no folder."""
    answer = said("still here")
    words = in_memory_only(why)
    assert record.append(answer) == Saved(False, words)
    assert record.state()[GUESS]["answer"] == "still here"
    assert words in record.problems()
    assert all("\n" not in each and "/" not in each for each in record.problems())
    assert record.actor() == record.actor()
    assert record.erase([GUESS]).erased == 1
    assert record.state() == {}


def test_a_folder_in_the_place_of_the_file(path):
    path.mkdir(parents=True)
    record = Record(path)
    in_memory(record, "a folder stands where the file of your record should be")
    assert path.is_dir()


def test_a_file_in_the_place_of_the_folder(path):
    path.parent.write_text("something else")
    in_memory(Record(path), "a file stands where the folder of your record should be")
    assert path.parent.read_text() == "something else"


def test_a_failure_that_passes_costs_nothing(path):
    path.parent.write_text("in the way")
    record = Record(path)
    first, second = said("a"), said("b")
    assert not record.append(first).saved
    assert record.statements() == [first]
    path.parent.unlink()
    assert record.append(second) == Saved(True, None)
    assert record.problems() == []
    assert Record(path).statements() == [first, second]


def run_python(code: str, *arguments: str) -> list[str]:
    """Run a piece of Python in a process of its own and return the lines that it prints."""
    started = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}", *arguments]
    done = subprocess.run(started, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(os.name == "nt", reason="rights on folders work otherwise on Windows")
def test_a_folder_that_may_not_be_written(tmp_path):
    course = tmp_path / "course"
    course.mkdir()
    sound = said("a")
    (course / "record.jsonl").write_text(f"{to_line(sound)}\n")
    for folder in [tmp_path, *tmp_path.parents][:4]:
        folder.chmod(0o755)
    course.chmod(0o555)
    (course / "record.jsonl").chmod(0o444)
    code = """
import os, filelock
from widgets.record import Record
if os.geteuid() == 0:
    os.setuid(65534)  # root may write everywhere
record = Record(sys.argv[1])
print(record.state()["05-measuring/guess"]["answer"])
saved, problem = record.answered("05-measuring/guess", "choice", "b")
print(saved)
print(problem)
print(record.state()["05-measuring/guess"]["answer"])
print(record.erase(["05-measuring/guess"]).problem)
"""
    said_there = run_python(code, str(course / "record.jsonl"))
    course.chmod(0o755)
    assert said_there == [
        "a",
        "False",
        in_memory_only("your user account may not write there"),
        "b",
        "Nothing could be deleted from the file: your user account may not write there.",
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot limit the size of files")
def test_a_full_disk_takes_nothing_in_part_and_nothing_is_lost(path):
    """The system takes a part of a line and refuses the rest: the part is taken back."""
    code = """
import resource
from widgets.record import Record, statement
record = Record(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, resource.RLIM_INFINITY))
outcomes = [record.answered("05-measuring/guess", "text", f"{n} " + "x" * 300) for n in range(8)]
print(*(int(each.saved) for each in outcomes))
print(outcomes[-1].problem)
print(open(sys.argv[1], "rb").read().endswith(b"}\\n"), len(record.statements()))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(record.answered("05-measuring/guess", "text", "last").saved, record.problems())
print(len(Record(sys.argv[1]).statements()))
"""
    assert run_python(code, str(path)) == [
        "1 1 0 0 0 0 0 0",
        in_memory_only("the disk is full"),
        "True 8",
        "True []",
        "9",
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot limit the size of files")
def test_a_full_disk_in_a_rewrite_leaves_the_record_as_it_was(path):
    code = """
import resource
from widgets.record import Record
record = Record(sys.argv[1])
for n in range(6):
    record.answered("05-measuring/guess" if n else "06-causes/why", "text", "x" * 300)
before = open(sys.argv[1], "rb").read()
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
print(record.erase(["06-causes/why"]))
print(open(sys.argv[1], "rb").read() == before, len(record.statements()))
"""
    assert run_python(code, str(path)) == [
        "Erased(erased=0, problem='Nothing could be deleted from the file: the file may not grow any further.')",
        "True 6",
    ]
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "record.jsonl",
        "record.lock",
        "record.pseudonym.txt",
    ]


def test_a_program_that_holds_the_record_for_too_long(path, monkeypatch):
    from filelock import FileLock

    monkeypatch.setattr("widgets.record.LOCK_SECONDS", 0.05)
    record = keep(path, said("a"))
    with FileLock(path.parent / "record.lock"):
        outcome = record.append(said("b"))
        assert outcome.problem == in_memory_only("another program has held the file for too long")
        assert record.state()[GUESS]["answer"] == "b"
    assert record.append(said("c")) == Saved(True, None)
    assert len(Record(path).statements()) == 3


def test_a_file_that_may_not_be_read_is_said(path, monkeypatch):
    keep(path, said())

    def refuse(self):
        raise PermissionError(errno.EACCES, "refused", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    record = Record(path)
    assert record.statements() == []
    assert record.problems() == ["Your record cannot be read: your user account may not read it."]


# --- crashes, and several writers -----------------------------------------------------------------


def writers(act: str, *arguments: object) -> subprocess.Popen:
    """Start a process of record_writers.py."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    script = [sys.executable, str(Path(__file__).with_name("record_writers.py")), act, *map(str, arguments)]
    return subprocess.Popen(
        script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def told(process: subprocess.Popen) -> object:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return json.loads(out)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork: without it a thousand starts take minutes")
def test_a_thousand_writers_are_killed_and_nothing_acknowledged_is_lost(tmp_path, capsys):
    seed = random.randrange(10**6)
    began = time.perf_counter()
    found = told(writers("kill", tmp_path, 1000, seed))
    with capsys.disabled():
        print(f"\n  {found}, seed {seed}, {time.perf_counter() - began:.0f} s", end=" ")
    assert found["kills"] == 1000
    assert found["acknowledged"] > 100, "the writers were killed before they wrote"
    assert (found["lost"], found["returned from the dead"], found["damaged"]) == (0, 0, 0)


def test_two_notebooks_write_while_a_third_deletes_adds_and_renames(path):
    stop = path.parent.parent / "stop"
    third = writers("rewrite", path, stop)
    both = [writers("append", path, 150, seed) for seed in (1, 2)]
    acknowledged = [id for process in both for id in told(process)]
    stop.touch()
    assert told(third) > 0
    record = Record(path)
    assert len(acknowledged) == 300
    assert {each["id"] for each in record.statements()} >= set(acknowledged)
    assert record.problems() == []
    assert len({each["id"] for each in record.statements()} - set(acknowledged)) <= 1


# --- speed ----------------------------------------------------------------------------------------


def many_lines(count: int) -> str:
    """A record of some years: answers of every kind, one a minute."""
    rng = random.Random(5)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    kinds = [
        ("choice", "b"),
        ("choices", ["a", "c"]),
        ("number", 12.5),
        ("text", "dark figure"),
        ("match", {"a": "x", "b": "y"}),
        ("order", ["c", "a", "b"]),
        ("scale", 4),
        ("reflection", "x" * 200),
    ]
    made = []
    for number in range(count):
        kind, answer = kinds[number % len(kinds)]
        question = f"{rng.randrange(18):02}-module/{rng.choice(string.ascii_lowercase)}{rng.randrange(3)}"
        made.append(
            to_line(
                said(
                    answer,
                    question,
                    kind,
                    at=begin + timedelta(minutes=number),
                    certainty=2,
                    verdict={"right": True, "score": 1, "misconception": None},
                )
            )
        )
    return "".join(f"{line}\n" for line in made)


def test_ten_thousand_answers_are_read_in_a_moment_and_one_more_is_added_in_less(path, capsys):
    path.parent.mkdir()
    path.write_text(many_lines(10_000), encoding="utf-8")
    times = []
    for _ in range(3):
        began = time.process_time()  # the machine may be busy with other tests
        state = Record(path).state()
        times.append(time.process_time() - began)
    record = Record(path)
    record.statements()
    appends = []
    for _ in range(50):
        began = time.perf_counter()
        record.append(said())
        appends.append(time.perf_counter() - began)
    with capsys.disabled():
        print(
            f"\n  10,000 answers read in {min(times) * 1000:.0f} ms, one appended in "
            f"{sorted(appends)[25] * 1000:.1f} ms",
            end=" ",
        )
    # Wide bounds: a busy machine is no mistake, reading the whole file for every answer is.
    assert len(state) > 1000 and min(times) < 5
    assert sorted(appends)[25] < 0.2


def test_the_sample_line_is_what_the_writer_writes():
    made = said(
        "b",
        at=SOUND["timestamp"],
        certainty=2,
        platform="page",
        verdict={"right": True, "score": 1.0, "misconception": None},
    )
    assert as_line({**made, "id": SOUND["id"]}) == LINE == to_line({**made, "id": SOUND["id"]})
