"""Processes that write to one record: started, and some of them killed, by test_record.py.

Run as a script, so that a fork never takes a browser or a thread of the test session along.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from widgets.record import Record, statement
from widgets.statements import question_id

ME = "0b0e7a52-6a3e-4d0c-9a51-0f2f3c1d2e4f"
KEPT, PASSING = "kill-test/kept", "kill-test/passing"
KILLS_A_FILE = 20


def answer_of(rng: random.Random) -> str:
    """A text that shows by itself whether it is whole; sometimes so long that it is not written at one go."""
    length = rng.choice([1, 20, 200, 200, 300_000])
    return f"{length}:{'x' * length}"


def is_whole(answer: str) -> bool:
    """Whether an answer is exactly what `answer_of` made."""
    length, _, text = answer.partition(":")
    return text == "x" * int(length)


def write_until_killed(path: Path, pipe: int, rng: random.Random) -> None:
    """Append, and now and then delete or rename, telling on the pipe what has been acknowledged."""
    record = Record(path)
    while True:
        act = rng.random()
        if act < 0.1:
            record.erase([PASSING])
            os.write(pipe, b"erased\n")
        elif act < 0.15:
            record.renew()
        else:
            said = statement(PASSING if act < 0.35 else KEPT, "text", answer_of(rng), actor=ME)
            if record.append(said).saved:
                os.write(pipe, f"{question_id(said)} {said['id']}\n".encode())


def kill_one(path: Path, rng: random.Random) -> list[str]:
    """Start a writer, kill it at a random moment, and return what it had acknowledged."""
    read_end, write_end = os.pipe()
    seed = rng.random()
    child = os.fork()
    if child == 0:
        try:
            write_until_killed(path, write_end, random.Random(seed))
        finally:
            os._exit(1)
    os.close(write_end)
    time.sleep(rng.uniform(0, 0.025))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
        raise RuntimeError("a writer died before it was killed")
    with open(read_end, encoding="ascii") as told:
        return told.read().splitlines()


def kill_many(folder: Path, kills: int, seed: int) -> dict:
    """Kill writers one after the other, and look after each that what was acknowledged is there, and whole."""
    Record(folder / "warm-up" / "record.jsonl").erase(
        [KEPT]
    )  # what a lock needs is imported before the forks
    rng = random.Random(seed)
    found = {"kills": 0, "acknowledged": 0, "lost": 0, "returned from the dead": 0, "damaged": 0, "torn": 0}
    for number in range(kills):
        path = folder / f"{number // KILLS_A_FILE}" / "record.jsonl"
        if number % KILLS_A_FILE == 0:
            kept, gone = set(), set()
            passing: set[str] = set()
        for told in kill_one(path, rng):
            question, _, id = told.partition(" ")
            if question == "erased":
                gone, passing = gone | passing, set()
            else:
                (kept if question == KEPT else passing).add(id)
            found["acknowledged"] += 1
        record = Record(path)
        there = record.statements()
        ids = {each["id"] for each in there}
        found["kills"] += 1
        found["lost"] += len(kept - ids)
        found["returned from the dead"] += len(gone & ids)
        found["damaged"] += sum(not is_whole(each["result"]["response"]) for each in there)
        found["torn"] += path.exists() and not path.read_bytes()[-1:] in (b"", b"\n")
    return found


def append_many(path: Path, count: int, seed: int) -> list[str]:
    """Append statements and return the ids of those that were acknowledged."""
    record, rng = Record(path), random.Random(seed)
    acknowledged = []
    for _ in range(count):
        said = statement(KEPT, "text", answer_of(rng), actor=ME)
        if record.append(said).saved:
            acknowledged.append(said["id"])
    return acknowledged


def rewrite_until(path: Path, stop: Path) -> int:
    """Delete, add and rename without pause, until a file appears; return how often."""
    record, rounds = Record(path), 0
    other = Record()
    other.append(statement(PASSING, "text", "1:x", actor=ME))
    while not stop.exists():
        record.merge(other.text())
        record.erase([PASSING])
        record.renew()
        rounds += 1
    return rounds


if __name__ == "__main__":
    act, path, *numbers = sys.argv[1:]
    if act == "kill":
        outcome = kill_many(Path(path), *map(int, numbers))
    elif act == "append":
        outcome = append_many(Path(path), *map(int, numbers))
    else:
        outcome = rewrite_until(Path(path), Path(numbers[0]))
    print(json.dumps(outcome))
