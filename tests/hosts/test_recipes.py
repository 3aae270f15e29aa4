"""Recipes for hosts: their files parse, and every command, file and option that they name is there."""
from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import course
from tests.hosts.web_server import FOLDER, MAIN, free_port, nginx, replaced

ROOT = Path(__file__).resolve().parents[2]
HOSTS = ROOT / "hosts"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CONTAINERFILE = (HOSTS / "container" / "Containerfile").read_text(encoding="utf-8")
HOSTING = (ROOT / "book" / "hosting.md").read_text(encoding="utf-8")


def read(path: Path) -> dict:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def steps(workflow: dict) -> list[dict]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_write_only_where_a_job_says_so(path):
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job and job["runs-on"] for job in workflow["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_an_action_is_named_by_what_it_is_and_not_by_a_label_that_can_move(path):
    used = [step["uses"] for step in steps(read(path)) if "uses" in step]
    assert used and all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", each) for each in used)


@pytest.mark.parametrize("path", [*WORKFLOWS, ROOT / ".ci" / "run", HOSTS / "container" / "Containerfile",
                                  ROOT / "book" / "hosting.md", ROOT / "book" / "publishers.md"],
                         ids=lambda path: path.name)
def test_every_command_of_the_course_that_is_named_exists(path, capsys):
    named = re.findall(r"course\.py (\w+)(.*)", path.read_text(encoding="utf-8"))
    assert named
    for command, rest in named:
        with pytest.raises(SystemExit):  # the help of a command that exists
            course.main([command, "--help"])
        said = capsys.readouterr().out
        options = re.match(r"(?: --[\w-]+)*", rest)[0].split()
        assert [each for each in options if each not in said] == []


def test_pages_publishes_the_folder_that_the_build_writes():
    workflow = read(ROOT / ".github" / "workflows" / "pages.yml")
    path = next(step["with"]["path"] for step in steps(workflow) if "upload-pages" in step.get("uses", ""))
    assert ROOT / path == course.SITE


def test_every_host_takes_the_same_python():
    """Binder by runtime.txt, the image by its base, workflows by their setup, the pins by their header."""
    python = (ROOT / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    set_up = [step["with"]["python-version"] for path in WORKFLOWS for step in steps(read(path))
              if "setup-python" in step.get("uses", "")]
    images = re.findall(r"^FROM docker.io/library/python:([\d.]+)-slim", CONTAINERFILE, flags=re.M)
    assert {python} == {*set_up, *images}
    assert f'"--python-version", "{python}"' in (ROOT / "course.py").read_text(encoding="utf-8")


def test_what_the_image_copies_is_there():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE, flags=re.M)
    names = [name for line in copied for name in line.split()]
    assert len(names) > 8
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_the_site_inside_its_container_is_understood_by_nginx(tmp_path):
    program = nginx()
    types = next(path for path in map(Path, ["/etc/nginx/mime.types", "/usr/local/etc/nginx/mime.types"])
                 if path.exists())
    for path in (types, FOLDER / "course.conf"):
        shutil.copyfile(path, tmp_path / path.name)
    text = (HOSTS / "container" / "site.conf").read_text(encoding="utf-8")
    text = replaced(text, "listen 8080;", f"listen 127.0.0.1:{free_port()};", 1)
    text = replaced(text, "include /etc/nginx/course.conf;", f"include {tmp_path}/course.conf;", 1)
    (tmp_path / "site.conf").write_text(text, encoding="utf-8")
    (tmp_path / "nginx.conf").write_text(MAIN.format(home=tmp_path, user="", types=types), encoding="utf-8")
    checked = subprocess.run([program, "-t", "-p", tmp_path, "-e", tmp_path / "error.log", "-c",
                              tmp_path / "nginx.conf"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


def test_the_university_hub_gives_each_student_what_was_measured_and_no_way_out():
    values = read(HOSTS / "jupyterhub" / "values.yml")
    student = values["singleuser"]
    assert student["memory"] == {"guarantee": "512M", "limit": "1G"}
    assert student["networkPolicy"]["egressAllowRules"]["nonPrivateIPs"] is False
    assert values["proxy"]["https"]["enabled"] and not values["hub"]["config"]["JupyterHub"]["admin_access"]
    assert student["storage"]["homeMountPath"] == re.search(r"WORKDIR (/home/\w+)", CONTAINERFILE)[1]


def test_the_hub_and_its_students_servers_are_of_one_version():
    """The chart's version 4 brings JupyterHub 5."""
    assert re.search(r"--version '\^4\.", (HOSTS / "jupyterhub" / "values.yml").read_text(encoding="utf-8"))
    assert "jupyterhub==5.*" in (HOSTS / "container" / "requirements-hub.txt").read_text(encoding="utf-8")


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_the_script_for_the_littlest_hub_is_sound():
    script = HOSTS / "jupyterhub" / "tljh.sh"
    assert subprocess.run(["bash", "-n", script], capture_output=True).returncode == 0
    text = script.read_text(encoding="utf-8")
    copied = re.search(r"^cp -r (.+) \"\$target/\"$", text, flags=re.M)[1].split()
    assert all((ROOT / name).is_dir() for name in copied)
    assert "data/sources" in text


SERVER = """
import json, sys
from traitlets.config.loader import PyFileConfigLoader
print(json.dumps(PyFileConfigLoader(sys.argv[1]).load_config()["LabApp"]["default_url"]))
"""


def start_of_a_server(home: Path, course_folder: Path) -> subprocess.CompletedProcess:
    """Read the settings of a student's server as Jupyter reads them."""
    import os

    return subprocess.run([sys.executable, "-c", SERVER, HOSTS / "jupyterhub" / "jupyter_server_config.py"],
                          env={**os.environ, "HOME": str(home), "COURSE_FOLDER": str(course_folder)},
                          capture_output=True, text=True, check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="a JupyterHub runs on Linux")
def test_a_students_server_lays_the_notebooks_and_keeps_what_was_changed(tmp_path):
    said = start_of_a_server(tmp_path, ROOT)
    copy = tmp_path / "organized-crime-course" / "notebooks"
    assert json.loads(said.stdout.splitlines()[-1]) == "/lab/tree/organized-crime-course/notebooks"
    laid = sorted(path.name for path in copy.glob("*.ipynb"))
    assert laid == sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    mine = copy / laid[0]
    notebook = json.loads(mine.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = "my own words"
    mine.write_text(json.dumps(notebook), encoding="utf-8")
    start_of_a_server(tmp_path, ROOT)
    assert "my own words" in mine.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="a JupyterHub runs on Linux")
def test_a_server_starts_where_the_course_is_missing(tmp_path):
    said = start_of_a_server(tmp_path, tmp_path / "nothing")
    assert "default_url" not in said.stderr and "lab/tree" in said.stdout


def test_every_file_that_the_page_names_exists():
    named = re.findall(r"`((?:hosts|tools|\.github)/[\w./-]+)`", HOSTING)
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []
