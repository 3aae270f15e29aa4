"""Building the book and showing it."""
from __future__ import annotations

import http.client
import re
import signal
import socket

import pytest

from tests.course.small_course import POSIX, door, one_line, read_until, start


def test_a_failing_cell_fails_the_build_and_every_next_one(fresh):
    notebook = fresh / "notebooks" / "00-start.ipynb"
    notebook.write_text(notebook.read_text().replace("2 + 2", "2 / 0"))
    for _ in range(2):
        assert "00-start" in door(fresh, "build", code=1).stderr
    notebook.write_text(notebook.read_text().replace("2 / 0", "2 + 2"))
    door(fresh, "build", code=0)


def test_a_warning_fails_the_build_and_every_next_one(fresh):
    (fresh / "book" / "index.md").write_text("# Welcome\n\n[nowhere](no-such-page.md)\n")
    for _ in range(2):
        assert "no-such-page" in door(fresh, "build", code=1).stderr


def test_a_page_taken_out_of_the_book_is_gone_from_the_site(fresh):
    door(fresh, "build", code=0)
    (fresh / "_toc.yml").write_text("format: jb-book\nroot: book/index\n")
    door(fresh, "build", code=0)
    assert not (fresh / "_build/html/notebooks/00-start.html").exists()


@POSIX
def test_serve_shows_the_site_on_this_computer_only_and_ctrl_c_ends_it(made):
    (made / "_build/html/x.wasm").write_bytes(b"\0asm")
    (made / "_build/html/x.mjs").write_text("export {}")
    process = start(made, "serve")
    line = read_until(process, "The course is at")
    port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", line).group(1))
    assert fetch(port, "/notebooks/00-start.html") == (200, "text/html")
    assert fetch(port, "/x.wasm") == (200, "application/wasm")
    assert fetch(port, "/x.mjs") == (200, "text/javascript")
    assert fetch(port, "/../../course.py")[0] == 404
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.2", port), timeout=5).close()  # another address of this computer
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out.strip().splitlines()[-1], err) == (0, "The course is closed.", "")


def test_a_port_in_use_is_one_line(made):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} is in use" in one_line(door(made, "serve", "--port", str(port)))


@POSIX
def test_without_a_port_the_next_free_one_is_taken(made):
    first, second = start(made, "serve"), start(made, "serve")
    ports = set()
    for process in (first, second):
        ports.add(re.search(r":(\d+)/", read_until(process, "The course is at")).group(1))
    for process in (first, second):
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert len(ports) == 2


def fetch(port, path):
    """Status and media type of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, (answer.getheader("Content-Type") or "").split(";")[0]
