"""Judge the records that students handed in: who answered what, and where the class is mistaken.

    python -m tools.grade RECORD... [--csv FILE]

The files are only read, and nothing is sent anywhere. A file carries a pseudonym and no name.
"""
from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from widgets.datasets import data_folder
from widgets.grading import certainty_score, grade
from widgets.items import ModuleFile
from widgets.modulefile import read_module
from widgets.record import Record
from widgets.statements import fold, question_id
from widgets.text import to_plain

COLUMNS = ("file", "pseudonym", "module", "question", "kind", "answer", "right", "score", "certainty",
           "certainty_points", "hint", "tries", "at", "misconception")
SHOWN = 10  # questions that most got wrong


@dataclass(frozen=True)
class Handed:
    """A file that was handed in.

    Parameters
    ----------
    name : str
        Of the file.
    statements : list of dict
        What is in it.
    problem : str, optional
        What could not be read, in a sentence.
    """

    name: str
    statements: list[dict]
    problem: str | None = None

    @property
    def pseudonyms(self) -> list[str]:
        """Those who answered; several, if one person took a new pseudonym."""
        return list(dict.fromkeys(each["actor"]["account"]["name"] for each in self.statements))


def read(path: Path) -> Handed:
    """Read a record; what is damaged is told and left out.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Handed
    """
    record = Record()
    merged = record.merge(path.read_bytes())
    return Handed(path.name, record.statements(), merged.words)


def graded(handed: Handed, modules: Mapping[str, ModuleFile]) -> list[dict]:
    """Judge the latest answer to each question.

    Parameters
    ----------
    handed : Handed
        A record.
    modules : mapping of str to ModuleFile
        The full modules, by name.

    Returns
    -------
    list of dict
        One a question, with the keys of `COLUMNS`; `right` and `score` are None where nothing can be right.
        An answer to a question that the course does not have is not among them.

    Notes
    -----
    The certainty belongs to the first answer, the points for it too; whoever was first wrong and then right
    has the points of the wrong one. It cannot tell who gave an answer, or with whose help.
    """
    lines = []
    who = {question_id(each): each["actor"]["account"]["name"] for each in handed.statements}
    for key, entry in fold(handed.statements).items():
        name, _, id = key.partition("/")
        questions = {each.id: each for each in modules[name].every_question()} if name in modules else {}
        question = questions.get(id.removesuffix("/revisit"))
        if question is None or entry["answer"] is None:
            continue
        verdict, first = grade(question, entry["answer"]), grade(question, entry["first"]["answer"])
        judged = question.graded and verdict.right is not None
        lines.append({
            "file": handed.name, "pseudonym": who[key],
            "module": name, "question": id, "kind": question.kind, "answer": entry["answer"],
            "right": verdict.right, "score": verdict.score if judged else None,
            "certainty": entry["certainty"],
            "certainty_points": certainty_score(entry["certainty"], first.right) if question.graded else None,
            "hint": entry["hint"], "tries": entry["tries"], "at": entry["at"],
            "misconception": verdict.misconception,
        })
    return sorted(lines, key=lambda line: (line["module"], line["question"]))


def alike(records: Iterable[Handed]) -> list[str]:
    """Say which files hold the same answers, given at the same moment: one was copied from the other.

    Parameters
    ----------
    records : iterable of Handed

    Returns
    -------
    list of str
        Sentences.

    Examples
    --------
    >>> alike([Handed("a", [{"id": "1"}]), Handed("b", [{"id": "1"}, {"id": "2"}]), Handed("c", [])])
    ['a and b hold 1 answer in common, given by one person at one moment.']
    """
    records, said = list(records), []
    for place, one in enumerate(records):
        for other in records[place + 1:]:
            common = len({each["id"] for each in one.statements} & {each["id"] for each in other.statements})
            if common:
                answers = "1 answer" if common == 1 else f"{common} answers"
                said.append(f"{one.name} and {other.name} hold {answers} in common, given by one person at "
                            "one moment.")
    return said


def table(lines: Iterable[Mapping]) -> list[str]:
    """A line for each file and module: how much was answered, the points, the points for certainty."""
    by_part = defaultdict(list)
    for line in lines:
        by_part[line["file"], line["pseudonym"][:8], line["module"]].append(line)
    rows = [("file", "pseudonym", "module", "answered", "points", "of", "certainty")]
    for part, answers in by_part.items():
        judged = [each for each in answers if each["score"] is not None]
        points = round(sum(each["score"] for each in judged), 2)
        rows.append((*part, len(answers), f"{points:g}", len(judged),
                     sum(each["certainty_points"] or 0 for each in judged)))
    widths = [max(len(str(row[place])) for row in rows) for place in range(len(rows[0]))]
    return ["  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows]


def mistaken(lines: Iterable[Mapping], modules: Mapping[str, ModuleFile]) -> list[str]:
    """Where the class is mistaken: the questions that most got wrong, and the belief behind."""
    by_question = defaultdict(list)
    for line in lines:
        if line["score"] is not None:
            by_question[line["module"], line["question"]].append(line)
    said = []
    for (module, question), answers in by_question.items():
        wrong = sum(not each["right"] for each in answers)
        if wrong:
            beliefs = Counter(each["misconception"] for each in answers if each["misconception"])
            words = f"{module}/{question}: {wrong} of {len(answers)} not right"
            said.append((wrong / len(answers), wrong, words + _belief(beliefs, modules[module])))
    return [words for _, _, words in sorted(said, key=lambda each: each[:2], reverse=True)[:SHOWN]]


def _belief(found: Counter, module: ModuleFile) -> str:
    if not found:
        return ""
    id, count = found.most_common(1)[0]
    belief = next((each.belief for each in module.misconceptions if each.id == id), id)
    return f"; {count} as if: {to_plain(belief)}"


def read_modules() -> dict[str, ModuleFile]:
    """The modules of this course; an edition without answers has nothing to judge with."""
    modules = {path.stem: read_module(path) for path in sorted((data_folder() / "modules").glob("*.yml"))}
    if not all(module.graded for module in modules.values()):
        raise ValueError("This edition has no answers. Judge the records in the full course.")
    return modules


def report(records: list[Handed], modules: Mapping[str, ModuleFile]) -> tuple[list[str], list[dict]]:
    """What is printed, and the answers behind it."""
    lines = [line for record in records for line in graded(record, modules)]
    said = [f"{record.name}: {record.problem}" for record in records if record.problem]
    said += [f"{record.name}: no answer to a question of this course." for record in records
             if record.name not in {line["file"] for line in lines}]
    said += alike(records) + table(lines)
    wrong = mistaken(lines, modules)
    return said + (["", "What most got wrong:", *wrong] if wrong else []), lines


def write_csv(path: Path, lines: Iterable[Mapping]) -> None:
    """Write who answered what, for a spreadsheet; a text that would be a formula there is quoted."""
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({key: _harmless(value) for key, value in line.items()} for line in lines)


def _harmless(value):
    r"""A typed answer that a spreadsheet would run is kept as text.

    >>> _harmless("=1+1"), _harmless("-5"), _harmless(["a", "b"])
    ("'=1+1", '-5', 'a; b')
    """
    if isinstance(value, Mapping):
        value = [f"{left}: {right}" for left, right in value.items()]
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    if isinstance(value, str) and re.match(r"[=+@\t\r]|-(?![\d.]+$)", value):
        return f"'{value}"
    return value


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("records", nargs="+", type=Path)
    parser.add_argument("--csv", type=Path)
    wish = parser.parse_args()
    try:
        said, lines = report([read(path) for path in wish.records], read_modules())
    except ValueError as problem:
        sys.exit(f"course.py: {problem}")
    except OSError as problem:
        sys.exit(f"course.py: {problem.filename}: {problem.strerror}")
    print("\n".join(said))
    if wish.csv:
        write_csv(wish.csv, lines)
        print(f"\n{len(lines)} answers are in {wish.csv}")


if __name__ == "__main__":
    main()
