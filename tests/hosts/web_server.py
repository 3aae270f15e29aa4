"""A real nginx with the course's own configuration, on this computer alone."""
from __future__ import annotations

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "hosts" / "nginx"
MAIN = """daemon off; master_process on; pid {home}/pid; error_log {home}/error.log warn;
{user}
events {{ worker_connections 512; }}
http {{
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi;
  uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
  include {types}; default_type application/octet-stream; access_log off; sendfile on;
  include {home}/site.conf;
}}
"""


def nginx() -> str:
    """The program; where it is not installed the test is skipped."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
    if not found:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed: it makes the certificate of the test")
    return found


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def replaced(text: str, old: str, new: str, times: int) -> str:
    """Put the test's own value into a line that a publisher edits; a line that is gone is said."""
    assert text.count(old) == times, (old, text.count(old))
    return text.replace(old, new)


def own_site(text: str, home: Path, folder: Path, http: int, https: int) -> str:
    """The shipped server block with our own ports, folder and certificate, as a publisher edits it."""
    text = replaced(text, "listen [::]:", "# listen [::]:", 2)
    text = replaced(text, "    listen 80;", f"    listen 127.0.0.1:{http};", 1)
    text = replaced(text, "    listen 443 ssl", f"    listen 127.0.0.1:{https} ssl", 1)
    text = replaced(text, "root /srv/course;", f'root "{folder}";', 1)
    text = replaced(text, "/etc/letsencrypt/live/course.example.org/fullchain.pem", f"{home}/cert.pem", 1)
    text = replaced(text, "/etc/letsencrypt/live/course.example.org/privkey.pem", f"{home}/key.pem", 1)
    return replaced(text, "include /etc/nginx/course.conf;", f"include {home}/course.conf;", 1)


@contextlib.contextmanager
def running(home: Path, folder: Path):
    """Run nginx with the shipped files over a folder.

    Yields
    ------
    tuple of str
        The address with https, and the one without.
    """
    program, http, https = nginx(), free_port(), free_port()
    types = next(path for path in map(Path, ["/etc/nginx/mime.types", "/usr/local/etc/nginx/mime.types",
                                             "/opt/homebrew/etc/nginx/mime.types"]) if path.exists())
    shutil.copyfile(types, home / "mime.types")
    shutil.copyfile(FOLDER / "course.conf", home / "course.conf")
    site = (FOLDER / "site.conf").read_text(encoding="utf-8")
    (home / "site.conf").write_text(own_site(site, home, folder, http, https), encoding="utf-8")
    user = "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    (home / "nginx.conf").write_text(MAIN.format(home=home, user=user, types=types), encoding="utf-8")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=127.0.0.1", "-keyout", home / "key.pem", "-out", home / "cert.pem"],
                   check=True, capture_output=True)
    process = subprocess.Popen([program, "-p", home, "-e", home / "error.log", "-c", home / "nginx.conf"])
    try:
        wait_for(https, process, home / "error.log")
        yield f"https://127.0.0.1:{https}", f"http://127.0.0.1:{http}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(port: int, process: subprocess.Popen, log: Path) -> None:
    """Wait until the server answers; one that ended says why."""
    for _ in range(200):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    pytest.fail(f"nginx does not run: {log.read_text(encoding='utf-8')}")


def trusting() -> ssl.SSLContext:
    """For the test's own certificate, which nobody vouches for."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
