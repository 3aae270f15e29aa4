"""JupyterLab through the door: a real server, with a token, in the student's own copy."""
from __future__ import annotations

import json
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import websocket

from tests.course.small_course import POSIX, start

SHARE = Path(sys.prefix) / "share" / "jupyter"
SECONDS_TO_START = 90


@pytest.fixture
def lab(made, tmp_path):
    """JupyterLab started by the door; the server's address and token."""
    runtime = tmp_path / "runtime"
    # The small course borrows this environment's packages; these two say where JupyterLab's own files are.
    process = start(made, "lab", "--", "--no-browser", "--ServerApp.port=0", COURSE_RECORD="off",
                    JUPYTERLAB_DIR=str(SHARE / "lab"), JUPYTER_PATH=str(SHARE),
                    JUPYTER_RUNTIME_DIR=str(runtime), JUPYTER_CONFIG_DIR=str(tmp_path))
    end = time.monotonic() + SECONDS_TO_START
    while not (files := [path for path in runtime.glob("jpserver-*.json") if path.stat().st_size]):
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.1)
    server = json.loads(files[0].read_text())
    yield server["url"], server["token"]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)  # ends only when JupyterLab, too, has closed its output


def ask(url, token="", data=None):
    """An answer of the server as JSON."""
    headers = {"Authorization": f"token {token}"} if token else {}
    request = urllib.request.Request(url, headers=headers, data=data)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def printed_by_kernel(url, token, code):
    """What a line of Python prints in a new kernel of the server."""
    kernel = ask(f"{url}api/kernels", token, b'{"name": "python3"}')["id"]
    channels = f"{url.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?token={token}"
    socket = websocket.create_connection(channels, timeout=60)
    header = {"msg_id": "1", "msg_type": "execute_request", "session": "s", "username": "", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False}
    socket.send(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content,
                            "channel": "shell", "buffers": []}))
    while (message := json.loads(socket.recv()))["header"]["msg_type"] != "stream":
        pass
    socket.close()
    return message["content"]["text"].strip()


@POSIX
def test_lab_serves_the_students_copy_with_a_token_and_records_there(made, lab):
    url, token = lab
    assert url.startswith("http://127.0.0.1:") and len(token) >= 32
    with pytest.raises(urllib.error.HTTPError, match="403"):
        ask(f"{url}api/contents")
    names = {item["path"] for item in ask(f"{url}api/contents/notebooks", token)["content"]}
    assert names == {"notebooks/00-start.ipynb"}
    assert (made / "my-course/data/numbers.csv").read_text() == "n\n1\n"
    record = printed_by_kernel(url, token, "import os; print(os.environ['COURSE_RECORD'])")
    assert Path(record) == made / "my-course" / "record.jsonl"
