"""The record in a real browser's storage: the same lines as in Python, two tabs, a full storage, none."""

from __future__ import annotations

import base64
import json
import random
import shutil

import pytest

from tests.widgets.record_lines import CASES, LINE, SOUND
from tests.widgets.test_record import many_lines
from widgets.bundle import STATIC, page_script
from widgets.record import Record, fold, statement
from widgets.statements import read_line, set_aside_words, to_line

ME = SOUND["actor"]["account"]["name"]
KEY = "organized-crime-course:"
START = """import { PageRecord, fold, statement } from "./record.js";
window.course = { PageRecord, fold, statement };
"""
# Answers one question on a page, as the quiz does; gives what append gave.
ANSWER = """([id, answer]) => {
  window.record ??= new course.PageRecord();
  return record.append(course.statement({ id, kind: "choice", answer, actor: record.actor() }));
}"""
FILL = """() => {
  let text = "x".repeat(1 << 20);
  for (let number = 0; text.length; ) {
    try { localStorage.setItem(`filler${number}`, text); number += 1; }
    catch (error) { text = text.slice(0, text.length >> 1); }
  }
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A site of one page that has the record's classes in `window.course`."""
    folder = tmp_path_factory.mktemp("record")
    for file in STATIC.glob("*.js"):
        shutil.copy(file, folder)
    (folder / "start.js").write_text(START, encoding="utf-8")
    (folder / "course.js").write_text(page_script("start.js", folder), encoding="utf-8")
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">'
        '<script src="course.js"></script>',
        encoding="utf-8",
    )
    (folder / "sandbox.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Around</title><link rel="icon" href="data:,">'
        '<iframe sandbox="allow-scripts" src="index.html"></iframe>',
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def page(folder, serve_folder, new_page):
    page = new_page()
    page.goto(f"{serve_folder(folder)}/index.html")
    yield page
    assert page.errors == []
    assert page.other_hosts == []


def second_tab(page):
    other = page.context.new_page()
    other.goto(page.url)
    return other


def stored(page) -> list[str]:
    """The keys of the course in the browser's storage."""
    return sorted(key for key in page.evaluate("Object.keys(localStorage)") if key.startswith(KEY))


def said(answer="b", question="05-measuring/guess", kind="choice", **parts) -> dict:
    return statement(question, kind, answer, actor=ME, **parts)


# --- the same lines in both languages -------------------------------------------------------------


def test_every_line_is_read_or_set_aside_as_in_python(page):
    found = page.evaluate(
        """lines => lines.map((line) => {
          const { added, words } = new course.PageRecord(null).merge(`\\n${line}`);
          return [added, words];
        })""",
        [case.line for case in CASES],
    )
    expected = [
        [int(case.reason is None), set_aside_words([case.reason] if case.reason else [])] for case in CASES
    ]
    assert [
        (case.name, one) for case, one, other in zip(CASES, found, expected, strict=True) if one != other
    ] == []


def random_answers(rng: random.Random) -> list[dict]:
    """What a quiz may hand over: kinds, answers, verdicts and the rest, drawn at random."""
    texts = ["", "b", "Palermo", "Ω 漢字 🙂", '<b>"\\\n', "[,]", "constructor"]
    draws = {
        "choice": lambda: rng.choice(texts),
        "choices": lambda: rng.sample(texts, rng.randrange(4)),
        "number": lambda: rng.choice(
            [
                rng.uniform(-1, 1) * 10 ** rng.randrange(-320, 308),
                rng.randrange(-9, 9),
                "1 234,5",
                "1,234",
                "−3",
                "many",
                "",
                0.1,
                1e21,
                1e-7,
                123456789012345680000,
            ]
        ),
        "text": lambda: rng.choice(texts),
        "match": lambda: {left: rng.choice([*texts, None]) for left in rng.sample(["a", "c", "b", "a-1"], 3)},
        "order": lambda: rng.sample(texts, 3),
        "scale": lambda: rng.randrange(1, 11),
        "reflection": lambda: rng.choice(texts),
    }
    kind = rng.choice(list(draws))
    answer = rng.choice([None, *[draws[kind]()] * 9])
    right = rng.choice([True, False, None])
    verdict = {
        "right": right,
        "score": 1 if right else rng.choice([0, 0.5, 1 / 3]),
        "misconception": rng.choice([None, "m"]),
    }
    return {
        "id": f"05-measuring/q{rng.randrange(5)}",
        "kind": kind,
        "answer": answer,
        "verdict": verdict,
        "certainty": rng.choice([None, 1, 2, 3]),
        "hint": rng.random() < 0.5,
        "tries": rng.randrange(9),
        "platform": "page",
        "at": f"2026-01-31T10:00:{rng.randrange(60):02}.000Z",
    }


def test_statements_and_where_the_learner_stands_are_the_same_in_both_languages(page):
    rng = random.Random(7)
    given = [random_answers(rng) for _ in range(1000)]
    made = [
        {**statement(**each, actor=ME), "id": f"00000000-0000-4000-8000-{number:012x}"}
        for number, each in enumerate(given)
    ]
    found = page.evaluate(
        """([text, me]) => JSON.stringify(JSON.parse(text).map((each, number) => ({
          ...course.statement({ ...each, actor: me }),
          id: `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`,
        })))""",
        [json.dumps(given), ME],
    )
    found = json.loads(found, parse_int=float)  # JavaScript has one type of number
    assert [pair for pair in zip(found, made, strict=True) if pair[0] != pair[1]] == []
    rng.shuffle(made)
    folded = page.evaluate("text => JSON.stringify(course.fold(JSON.parse(text)))", json.dumps(made * 2))
    assert json.loads(folded) == fold(made)


def test_a_statement_made_on_a_page_is_sound_and_has_the_parts_of_one_made_in_python(page):
    line = page.evaluate(
        "me => JSON.stringify(course.statement({ id: 'm/q', kind: 'scale', answer: 3, actor: me }))", ME
    )
    value, reason = read_line(line)
    assert reason is None
    assert list(value) == list(SOUND)
    assert value["context"]["platform"] == "page"
    assert (
        line.isascii()
        and len(
            set(
                page.evaluate(
                    "me => Array.from({ length: 500 }, () => "
                    "course.statement({ id: 'm/q', kind: 'scale', answer: 3, actor: me }).timestamp)",
                    ME,
                )
            )
        )
        == 500
    )


def random_file(rng: random.Random, known: list[str]) -> bytes:
    """A file of sound, repeated, edited and damaged lines."""
    lines = [
        rng.choice(
            [
                rng.choice(known),
                rng.choice(known).replace('"schema":1', '"schema":1,"stored":1'),
                rng.choice([case.line for case in CASES if len(case.line) < 1500]),
                LINE[: rng.randrange(len(LINE))],
            ]
        ).encode("utf-8")
        for _ in range(rng.randrange(12))
    ]
    lines += [bytes(rng.randrange(256) for _ in range(rng.randrange(9))).replace(b"\n", b"")] * rng.randrange(
        2
    )
    rng.shuffle(lines)
    return rng.choice([b"", b"\xef\xbb\xbf"]) + rng.choice([b"\n", b"\r\n"]).join(lines)


def test_random_files_are_merged_on_a_page_as_in_python(page):
    rng = random.Random(11)
    known = [to_line(said(each, f"m/q{each}")) for each in "abcdef"]
    pairs = [[random_file(rng, known), random_file(rng, known)] for _ in range(300)]
    expected = []
    for pair in pairs:
        record = Record()
        outcomes = [record.merge(data) for data in pair]
        expected.append(
            [
                [[each.added, each.known, each.set_aside, each.words] for each in outcomes],
                record.text(),
                record.problems(),
            ]
        )
    found = page.evaluate(
        """pairs => pairs.map((pair) => {
          const kept = new Map();
          const storage = {
            get length() { return kept.size; }, key: (at) => [...kept.keys()][at],
            getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => { kept.set(key, text); },
          };
          const record = new course.PageRecord(storage);
          const outcomes = pair.map((bytes) => record.merge(Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0))));
          return [outcomes.map((each) => [each.added, each.known, each.setAside, each.words]), record.text(), record.problems()];
        })""",
        [[base64.b64encode(data).decode() for data in pair] for pair in pairs],
    )
    assert [
        (pair, one, other) for pair, one, other in zip(pairs, found, expected, strict=True) if one != other
    ] == []
    assert sum(each[0][0][0] for each in expected) > 300


def test_a_record_goes_from_python_to_the_page_and_back_byte_for_byte(page, tmp_path):
    start = Record(tmp_path / "start.jsonl")
    start.merge("".join(f"{case.line}\n" for case in CASES if not case.reason))
    for number in range(50):
        start.answered(f"05-measuring/q{number % 7}", "text", f"é 🙂 \ud83d {number / 3}")
    text = page.evaluate(
        "text => { window.record = new course.PageRecord(); record.merge(text); return record.text(); }",
        start.text(),
    )
    assert text == start.text()
    page.reload()
    text = page.evaluate("new course.PageRecord().text()")
    end = Record(tmp_path / "end.jsonl")
    assert end.merge(text).set_aside == 0
    assert end.text() == start.text()
    assert end.path.read_bytes() == start.text().encode("utf-8")


def test_a_record_goes_from_the_page_to_python_and_back_byte_for_byte(page, tmp_path):
    for number in range(20):
        page.evaluate(ANSWER, [f"05-measuring/q{number % 7}", f"a{number}"])
    text = page.evaluate("record.text()")
    kept = Record(tmp_path / "record.jsonl")
    assert kept.merge(text).added == 20
    assert kept.actor() == page.evaluate("record.actor()")
    back = page.evaluate(
        "text => { const other = new course.PageRecord(null); other.merge(text); return other.text(); }",
        kept.text(),
    )
    assert back == text == kept.text()


# --- the browser's storage ------------------------------------------------------------------------


def test_an_answer_is_one_entry_and_is_there_after_a_reload(page):
    assert page.evaluate(ANSWER, ["05-measuring/guess", "b"]) == {"saved": True, "problem": None}
    page.reload()
    assert page.evaluate("new course.PageRecord().state()['05-measuring/guess'].answer") == "b"
    assert len(stored(page)) == 2  # the answer and the pseudonym
    page.evaluate(ANSWER, ["05-measuring/guess", "c"])
    assert len(stored(page)) == 3


def test_looking_stores_nothing(page):
    seen = page.evaluate("""() => {
      const record = new course.PageRecord();
      return [record.statements(), record.problems(), record.text(), record.pseudonym(), record.draft("m/q")];
    }""")
    assert seen == [[], [], "", None, None]
    assert stored(page) == []


def test_two_tabs_never_overwrite_each_other_and_hear_of_each_other(page):
    other = second_tab(page)
    for tab in (page, other):
        tab.evaluate("""() => {
          window.record = new course.PageRecord();
          window.heard = 0;
          record.subscribe(() => { heard += 1; });
        }""")
    for number in range(20):
        (page, other)[number % 2].evaluate(ANSWER, [f"m/q{number}", "a"])
    for tab in (page, other):
        tab.wait_for_function("record.statements().length === 20 && heard >= 20")
    assert page.evaluate("record.actor()") == other.evaluate("record.actor()")
    other.evaluate("record.erase(['m/q0'])")
    page.wait_for_function("record.statements().length === 19")
    assert page.evaluate("record.text()") == other.evaluate("record.text()")


def test_a_listener_that_has_left_hears_nothing(page):
    heard = page.evaluate("""() => {
      const record = new course.PageRecord();
      let heard = 0;
      const leave = record.subscribe(() => { heard += 1; });
      record.renew();
      leave();
      record.renew();
      return heard;
    }""")
    assert heard == 1


def test_a_full_storage_is_said_and_the_page_goes_on(page):
    page.evaluate(ANSWER, ["m/before", "a"])
    page.evaluate(FILL)
    outcome = page.evaluate(ANSWER, ["m/while", "x" * 5000])
    assert outcome["saved"] is False
    assert outcome["problem"] == (
        "Your answers are kept only until you close this page: the browser's storage for this "
        "site is full. Download your record to keep them."
    )
    assert page.evaluate("[Object.keys(record.state()).sort(), record.problems()]") == [
        ["m/before", "m/while"],
        [outcome["problem"]],
    ]
    assert page.evaluate("record.text().split('\\n').length") == 3
    page.evaluate(
        "for (const key of Object.keys(localStorage)) if (key.startsWith('filler')) localStorage.removeItem(key)"
    )
    assert page.evaluate(ANSWER, ["m/after", "a"]) == {"saved": True, "problem": None}
    assert page.evaluate("record.problems()") == []
    page.reload()
    assert page.evaluate("Object.keys(new course.PageRecord().state()).sort()") == [
        "m/after",
        "m/before",
        "m/while",
    ]


def test_a_merge_into_a_full_storage_loses_nothing_on_the_page(page):
    page.evaluate(FILL)
    text = "".join(f"{to_line(said('x' * 500, f'm/q{number}'))}\n" for number in range(10))
    outcome = page.evaluate(
        "text => { window.record = new course.PageRecord(); return record.merge(text); }", text
    )
    assert (outcome["added"], "is full" in outcome["problem"]) == (10, True)
    assert page.evaluate("record.text()") == text


def test_a_forbidden_storage_is_said_and_the_page_goes_on(folder, serve_folder, new_page):
    """A frame without an origin of its own has no storage: reading `localStorage` throws there."""
    page = new_page()
    page.goto(f"{serve_folder(folder)}/sandbox.html")
    frame = page.frames[1]
    frame.wait_for_function("window.course")
    outcome = frame.evaluate(ANSWER, ["m/q", "b"])
    words = (
        "Your answers are kept only until you close this page: the browser does not let this page store anything. "
        "Download your record to keep them."
    )
    assert outcome == {"saved": False, "problem": words}
    assert frame.evaluate(
        "[record.state()['m/q'].answer, record.problems(), record.actor() === record.actor()]"
    ) == ["b", [words], True]
    assert frame.evaluate("""() => {
      record.saveDraft("m/q", "half a th");
      const draft = record.draft("m/q");
      record.renew();
      return [draft, record.erase(null), record.statements(), record.draft("m/q")];
    }""") == ["half a th", {"erased": 1, "problem": None}, [], None]
    assert page.errors == []


@pytest.mark.parametrize(
    "storage",
    [
        "{ length: 0, key: () => null, getItem: () => null, setItem: () => {}, removeItem: () => {} }",
        "{ length: 0, key: () => null, getItem: () => null, setItem: () => { throw new Error('no'); }, removeItem: () => {} }",
        "{ get length() { throw new Error('no'); }, getItem: () => { throw new Error('no'); } }",
        "undefined_in_this_browser",
    ],
    ids=["forgets silently", "refuses to write", "refuses everything", "does not exist"],
)
def test_a_storage_that_does_not_store_is_noticed(page, storage):
    storage = "null" if storage.startswith("undefined") else storage
    outcome = page.evaluate(f"""() => {{
      const record = new course.PageRecord({storage});
      const outcome = record.append(course.statement({{ id: "m/q", kind: "scale", answer: 3, actor: record.actor() }}));
      return [outcome.saved, outcome.problem.includes("does not let this page store"), record.state()["m/q"].answer];
    }}""")
    assert outcome == [False, True, 3]


def test_damaged_entries_are_set_aside_and_said_and_stay_as_they_are(page):
    page.evaluate(ANSWER, ["m/q", "b"])
    for number, text in enumerate([LINE[:90], '{"schema":2}', "", "x" * 1_000_001]):
        page.evaluate(
            "([key, text]) => localStorage.setItem(key, text)", [f"{KEY}statement:odd{number}", text]
        )
    before = page.evaluate("JSON.stringify(localStorage)")
    assert page.evaluate("[Object.keys(record.state()), record.problems(), record.setAside().length]") == [
        ["m/q"],
        [
            "4 lines were set aside and the rest was read: 2 cut short or damaged, 1 from a newer version of this course, "
            "1 too long."
        ],
        4,
    ]
    assert page.evaluate("JSON.stringify(localStorage)") == before


def test_an_edited_entry_comes_back_when_the_sound_one_is_added(page):
    line = to_line(said())
    id = json.loads(line)["id"]
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [f"{KEY}statement:{id}", line[:50]])
    outcome = page.evaluate(
        "line => { window.record = new course.PageRecord(); return record.merge(line); }", line
    )
    assert (outcome["added"], outcome["setAside"]) == (1, 0)
    assert page.evaluate("record.text()") == f"{line}\n"


def test_what_is_no_answer_is_refused_without_an_exception(page):
    outcome = page.evaluate("""() => {
      window.record = new course.PageRecord();
      return [
        record.append(course.statement({ id: "m/q", kind: "essay", answer: "x", actor: record.actor() })),
        record.append(course.statement({ id: "m/q", kind: "text", answer: "x".repeat(600000), actor: record.actor() })),
        record.append({}),
      ];
    }""")
    assert [each["saved"] for each in outcome] == [False] * 3
    assert [each["problem"] for each in outcome] == [
        "This answer is not kept: it is not an answer of this course.",
        "This answer is not kept: it is too long.",
        "This answer is not kept: it is not an answer of this course.",
    ]
    assert page.evaluate("record.statements()") == []


# --- drafts, deleting, pseudonym ------------------------------------------------------------------


def test_drafts_last_and_are_forgotten_when_sent_or_deleted(page):
    page.evaluate("""() => {
      window.record = new course.PageRecord();
      record.saveDraft("m/one", "half"); record.saveDraft("m/two", "more"); record.saveDraft("n/three", "x");
      record.saveDraft("m/two", null);
    }""")
    page.reload()
    page.evaluate("window.record = new course.PageRecord()")
    assert page.evaluate("['m/one', 'm/two', 'n/three'].map((id) => record.draft(id))") == ["half", None, "x"]
    page.evaluate("record.erase(['m/one'])")
    assert page.evaluate("['m/one', 'n/three'].map((id) => record.draft(id))") == [None, "x"]
    page.evaluate("record.erase(null)")
    assert stored(page) == []


def test_deleting_questions_reaches_every_try_and_damaged_lines_that_name_them(page):
    for question in ("m/q", "m/q", "m/q2", "n/q"):
        page.evaluate(ANSWER, [question, "b"])
    torn = LINE.replace("05-measuring/guess", "m/q")[:-5]
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [f"{KEY}statement:torn", torn])
    assert page.evaluate("record.erase(['m/q'])") == {"erased": 2, "problem": None}
    assert page.evaluate("[Object.keys(record.state()).sort(), record.setAside()]") == [["m/q2", "n/q"], []]


def test_deleting_everything_leaves_nothing_of_the_course_and_nothing_else_is_touched(page):
    page.evaluate("localStorage.setItem('theme', 'dark')")
    other = second_tab(page)
    for tab in (page, other):
        tab.evaluate(ANSWER, ["m/q", "b"])
    other.evaluate(FILL)
    other.evaluate(ANSWER, ["m/unsaved", "x" * 5000])
    page.evaluate("record.erase(null)")
    other.wait_for_function("record.statements().length === 0")
    assert stored(page) == []
    assert page.evaluate("localStorage.getItem('theme')") == "dark"
    assert page.evaluate("record.pseudonym()") is None


def test_renewing_parts_the_future_from_the_past(page):
    page.evaluate(ANSWER, ["m/q", "b"])
    old, before = page.evaluate("[record.actor(), record.text()]")
    new = page.evaluate("record.renew()")
    assert new != old
    page.evaluate(ANSWER, ["m/q", "c"])
    assert page.evaluate("old => record.text(old)", old) == before
    own = page.evaluate("record.text(record.pseudonym())")
    assert old not in own and new in own
    others = page.evaluate("Object.entries(localStorage).filter(([key]) => !key.includes('statement:'))")
    assert others == [[f"{KEY}actor", new]]


def test_a_record_that_moves_to_an_empty_browser_brings_its_pseudonym(page):
    page.evaluate("line => { window.record = new course.PageRecord(); record.merge(line); }", LINE)
    assert page.evaluate("record.actor()") == ME


def test_an_answer_counts_as_later_even_when_the_clock_was_set_back(page):
    ahead = "2999-01-01T00:00:00.000Z"
    assert (
        page.evaluate(
            """([actor, after]) => ["2999-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "x", undefined]
      .map((after) => course.statement({ id: "m/q", kind: "scale", answer: 1, actor, after }).timestamp > "2999")""",
            [ME, ahead],
        )
        == [True, True, False, False]
    )


# --- speed ----------------------------------------------------------------------------------------


def test_ten_thousand_answers_are_read_in_a_moment_and_one_more_is_added_in_less(page, capsys):
    """A browser's storage holds about 6,000 answers; ten thousand are read from memory on top of it."""
    lines = many_lines(10_000)
    kept, read, appended = page.evaluate(
        """text => {
          const filled = new course.PageRecord();
          filled.merge(text);
          const kept = Object.keys(localStorage).length;
          const time = (act) => { const begun = performance.now(); act(); return performance.now() - begun; };
          const reads = [1, 2, 3].map(() => time(() => {
            const record = new course.PageRecord();
            record.merge("");
            record.state();
          }));
          const all = [1, 2, 3].map(() => {
            const values = text.split("\\n").filter(Boolean);
            const map = new Map(values.map((line) => [`organized-crime-course:statement:${JSON.parse(line).id}`, line]));
            const keys = [...map.keys()];
            const storage = { get length() { return keys.length; }, key: (at) => keys[at], getItem: (key) => map.get(key) ?? null };
            return time(() => new course.PageRecord(storage).state());
          });
          localStorage.clear();
          const record = new course.PageRecord();
          const actor = record.actor();
          const appends = Array.from({ length: 50 }, () => time(() => record.append(
            course.statement({ id: "m/q", kind: "scale", answer: 3, actor }))));
          return [kept, [Math.min(...reads), Math.min(...all)], appends.sort((one, other) => one - other)[25]];
        }""",
        lines,
    )
    with capsys.disabled():
        print(
            f"\n  on the page: {kept} answers read from the storage in {read[0]:.0f} ms, 10,000 from memory in "
            f"{read[1]:.0f} ms, one appended in {appended:.1f} ms",
            end=" ",
        )
    assert kept > 4000
    # Wide bounds: a busy machine is no mistake, reading everything for every answer is.
    assert max(read) < 5000
    assert appended < 200
