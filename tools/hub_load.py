"""Students who work through a notebook on a JupyterHub all at once, and what that costs.

    COURSE_HUB_TOKEN=... python -m tools.hub_load http://127.0.0.1:8765 --students 20

Each student gets a server of their own, starts a kernel and runs the code cells one after the other through
the hub's proxy, with time to think between them. The time of a cell, start to end, is measured from outside.
Memory and processor time of the students are read on the computer where the tool runs (Linux): run it beside
the hub. ``hosts/jupyterhub/measured_hub.py`` is a hub made for this. Use it only on a hub of your own.
"""
from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

MB = 1024 * 1024
PATIENCE = 600  # seconds that a server may take to start, or a cell to run
TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class Student:
    """What one simulated student met: times in seconds."""

    name: str
    start: float = 0.0
    cells: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@dataclass
class Costs:
    """Memory in bytes (the share of each process, so that sums are real) and processor time in seconds."""

    memory: int = 0
    cpu: float = 0.0
    processes: int = 0


# --- What a student does -----------------------------------------------------------------------------------

def code_cells(notebook: dict) -> list[str]:
    """The text of the code cells that hold something.

    Examples
    --------
    >>> code_cells({"cells": [{"cell_type": "code", "source": ["1 +", " 1"]}, {"cell_type": "markdown"},
    ...                       {"cell_type": "code", "source": " "}]})
    ['1 + 1']
    """
    sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [source for source in sources if source.strip()]


async def ask(method: str, address: str, token: str, body: dict | None = None) -> dict:
    """Ask a server that speaks JSON; a status of refusal raises ``HTTPClientError``."""
    request = HTTPRequest(address, method=method, headers={"Authorization": f"token {token}"},
                          body=None if method == "GET" else json.dumps(body or {}), request_timeout=PATIENCE,
                          allow_nonstandard_methods=True)
    answer = await AsyncHTTPClient().fetch(request)
    return json.loads(answer.body) if answer.body else {}


async def open_server(hub: str, token: str, name: str) -> tuple[str, str]:
    """Make sure of a student and of their running server; return its address and the student's own token."""
    user = f"{hub}/hub/api/users/{quote(name)}"
    try:
        await ask("POST", user, token)
    except HTTPClientError as problem:
        if problem.code != 409:  # there already
            raise
    await ask("POST", f"{user}/server", token)
    end = time.monotonic() + PATIENCE
    while not (await ask("GET", user, token))["servers"].get("", {}).get("ready"):
        if time.monotonic() > end:
            raise TimeoutError(f"The server of {name} did not start within {PATIENCE} s.")
        await asyncio.sleep(0.5)
    made = await ask("POST", f"{user}/tokens", token, {"note": "load", "expires_in": 6 * 3600})
    return f"{hub}/user/{quote(name)}", made["token"]


async def work(server: str, token: str, path: str, think: float, student: Student,
               dice: random.Random) -> None:
    """Open a notebook of a Jupyter server and run its code cells, with time to think before each."""
    notebook = (await ask("GET", f"{server}/api/contents/{quote(path)}", token))["content"]
    session = await ask("POST", f"{server}/api/sessions", token,
                        {"path": path, "name": Path(path).name, "type": "notebook",
                         "kernel": {"name": "python3"}})
    address = f"ws{server.removeprefix('http')}/api/kernels/{session['kernel']['id']}/channels"
    request = HTTPRequest(address, headers={"Authorization": f"token {token}"}, request_timeout=PATIENCE)
    channels = await websocket_connect(request, max_message_size=256 * MB)
    try:
        for number, code in enumerate(code_cells(notebook), start=1):
            await asyncio.sleep(dice.expovariate(1 / think) if think else 0)
            start = time.monotonic()
            problem = await asyncio.wait_for(run_cell(channels, code), PATIENCE)
            student.cells.append(time.monotonic() - start)
            if problem:
                student.failed.append(f"cell {number}: {problem}")
    finally:
        channels.close()


async def run_cell(channels, code: str) -> str | None:
    """Run a cell until the kernel is idle again; return what went wrong, if anything did."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "username": "student",
              "session": uuid.uuid4().hex, "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": True, "user_expressions": {},
               "allow_stdin": False, "stop_on_error": True}
    await channels.write_message(json.dumps({"header": header, "parent_header": {}, "metadata": {},
                                             "content": content, "channel": "shell"}))
    problem, replied, idle = None, False, False
    while not (replied and idle):
        text = await channels.read_message()
        if text is None:
            raise ConnectionError("The connection to the kernel ended.")
        message = json.loads(text)
        if message["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        kind, said = message["header"]["msg_type"], message["content"]
        if kind == "execute_reply":
            replied = True
            problem = None if said["status"] == "ok" else said.get("ename", said["status"])
        idle = idle or (kind == "status" and said["execution_state"] == "idle")
    return problem


async def attend(hub: str, token: str, options: argparse.Namespace, number: int) -> Student:
    """One student's lesson, from the first click to the last cell."""
    dice = random.Random(f"{options.seed}-{number}")
    student = Student(f"student-{number:04d}")
    await asyncio.sleep(options.arrive * (number - 1) / max(1, options.students))
    start = time.monotonic()
    server, own = await open_server(hub, token, student.name)
    student.start = time.monotonic() - start
    await work(server, own, options.notebook, options.think, student, dice)
    return student


# --- What it costs (Linux) ---------------------------------------------------------------------------------

def whose(process: Path) -> str | None:
    """The student whose server or kernel a process is, "hub" for the hub and its proxy, or None."""
    try:
        variables = process.joinpath("environ").read_bytes().split(b"\0")
        words = process.joinpath("cmdline").read_bytes()
    except OSError:
        return None
    for each in variables:
        if each.startswith(b"JUPYTERHUB_USER="):
            return each.partition(b"=")[2].decode()
    return "hub" if b"configurable-http-proxy" in words or b"bin/jupyterhub\0" in words else None


def share_of_memory(rollup: str) -> int:
    """The bytes of a process by ``smaps_rollup``: what it shares is divided among those who share it.

    Examples
    --------
    >>> share_of_memory("00400000 [rollup]\\nRss: 900 kB\\nPss: 512 kB\\nPss_Dirty: 4 kB\\n") / 1024
    512.0
    """
    line = next((each for each in rollup.splitlines() if each.startswith("Pss:")), "Pss: 0 kB")
    return int(line.split()[1]) * 1024


def processor_time(stat: str) -> float:
    """Seconds of processor time of a process and of those that it waited for, by ``/proc/PID/stat``."""
    fields = stat.rpartition(")")[2].split()
    return sum(int(each) for each in fields[11:15]) / TICK


def costs() -> dict[str, Costs]:
    """What each student, and the hub, use at this moment."""
    found: dict[str, Costs] = {}
    for process in Path("/proc").glob("[0-9]*"):
        owner = whose(process)
        if owner is None:
            continue
        try:
            memory = share_of_memory(process.joinpath("smaps_rollup").read_text())
            cpu = processor_time(process.joinpath("stat").read_text())
        except OSError:  # it has just ended
            continue
        mine = found.setdefault(owner, Costs())
        mine.memory, mine.cpu, mine.processes = mine.memory + memory, mine.cpu + cpu, mine.processes + 1
    return found


# --- The report --------------------------------------------------------------------------------------------

def spread(values: list[float], digits: int = 1) -> dict:
    """Median, 95th percentile and maximum.

    Examples
    --------
    >>> spread([1, 2, 3, 4, 100])
    {'median': 3, 'p95': 100, 'max': 100}
    """
    ordered = sorted(values)
    return {"median": round(statistics.median(ordered), digits),
            "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], digits),
            "max": round(ordered[-1], digits)}


def report(students: list[Student], used: dict[str, Costs], seconds: float) -> dict:
    """The figures of a lesson; memory in MB, times in seconds."""
    theirs = [each for name, each in used.items() if name != "hub"]
    figures = {
        "students": len(students),
        "lesson": round(seconds),
        "server start": spread([each.start for each in students]),
        "cell": spread([one for each in students for one in each.cells], 2),
        "cells run": sum(len(each.cells) for each in students),
        "cells failed": sum(len(each.failed) for each in students),
        "load average at the end": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }
    if theirs:
        figures |= {
            "memory a student, MB": spread([each.memory / MB for each in theirs], 0),
            "processor a student, s": spread([each.cpu for each in theirs]),
            "memory of the hub and its proxy, MB": round(used.get("hub", Costs()).memory / MB),
        }
    return figures


async def lesson(options: argparse.Namespace) -> dict:
    """All students at once; what they use is read while the last one's kernel still stands."""
    token = os.environ["COURSE_HUB_TOKEN"]
    start = time.monotonic()
    hub = options.hub.rstrip("/")
    AsyncHTTPClient.configure(None, max_clients=4 * options.students)
    numbers = range(1, options.students + 1)
    students = await asyncio.gather(*(attend(hub, token, options, number) for number in numbers))
    return {**report(students, costs(), time.monotonic() - start),
            "first failures": [f"{each.name}, {each.failed[0]}" for each in students if each.failed][:3]}


def parser() -> argparse.ArgumentParser:
    """The options of the command line."""
    top = argparse.ArgumentParser(prog="python -m tools.hub_load", description=__doc__.partition("\n")[0])
    top.add_argument("hub", help="address of the hub; its token stands in the variable COURSE_HUB_TOKEN")
    top.add_argument("--students", type=int, default=20)
    top.add_argument("--notebook", default="organized-crime-course/notebooks/05-measuring.ipynb",
                     help="path of the notebook in a student's home")
    top.add_argument("--think", type=float, default=20, help="mean seconds before each cell (default: 20)")
    top.add_argument("--arrive", type=float, default=60, help="seconds until all are there (default: 60)")
    top.add_argument("--seed", type=int, default=1, help="the same seed, the same times to think")
    return top


if __name__ == "__main__":
    chosen = parser().parse_args()
    if "COURSE_HUB_TOKEN" not in os.environ:
        raise SystemExit("Put a token of the hub with the scopes admin:users, admin:servers, tokens and "
                         "access:servers into the variable COURSE_HUB_TOKEN.")
    print(json.dumps(asyncio.run(lesson(chosen)), indent=1))
