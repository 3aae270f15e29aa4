"""Build the folder `lite` of the site: JupyterLite with one notebook view, Python, our package and the data.

    python -m tools.lite.build CACHE TARGET

`CACHE` keeps downloaded files between builds; `TARGET` is written anew.
"""
from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from tools.lite.store import APART, LiteError, Store, read_lock
from tools.lite.lock import importable
from widgets.bundle import page_script
from widgets.yamlfile import read_yaml

# A folder of files, no package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
from notebook_downloads import clean_copy  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PAGE = Path(__file__).with_name("page")
# What draws widgets and runs Python; others that happen to be installed do not travel.
EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "@jupyterlite/pyodide-kernel-extension",
              "anywidget")
COUNTED = {".whl", ".zip", ".wasm"}  # the files that the progress line counts
# Files of other applications and sources of the build, which a reader never asks for.
IDLE = [
    "bootstrap.js", "build/service-worker.js", "config-utils.js", "doc", "icon-*.png", "index.html",
    "jupyter-lite.ipynb", "jupyter-lite.json", "jupyterlite.schema.v0.json", "lab", "manifest.webmanifest",
    "notebooks/jupyter-lite.ipynb", "notebooks/jupyter-lite.json", "notebooks/package.json",
    "package.json", "rspack.config*", "service-worker.js",
]


def edition(notebook: dict) -> str:
    """A short name for what a notebook says: two that differ in a cell have two names.

    Examples
    --------
    >>> edition({"cells": [{"source": "1"}]}) == edition({"cells": [{"source": "1"}], "metadata": {}})
    True
    >>> edition({"cells": [{"source": "1"}]}) == edition({"cells": [{"source": "2"}]})
    False
    """
    said = json.dumps([[each.get("cell_type"), each["source"]] for each in notebook["cells"]])
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def published(notebook: dict) -> dict:
    """The notebook as a student first gets it: without results, and with the name of its edition."""
    clean = clean_copy(notebook)
    return {**clean, "metadata": {**clean["metadata"], "course": {"edition": edition(clean)}}}


def course_wheel(folder: Path) -> Path:
    """Our own package, made for this build; the planted truth of the data does not travel in it."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    return next(folder.glob("*.whl"))


def course_package(wheel: Path) -> dict:
    """What Pyodide has to know of our package. What it needs comes when it is imported."""
    return {
        "name": "organized-crime-course", "version": wheel.name.split("-")[1], "file_name": wheel.name,
        "install_dir": "site", "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package", "imports": importable(wheel), "depends": [], "unvendored_tests": False,
    }


def with_imports(package: dict, store: Store) -> dict:
    """A package of the lock with every name that it lets one import: Pyodide's own list lacks some."""
    if package["package_type"] == "shared_library":
        return package
    names = {*package["imports"], *importable(store.path(package["file_name"]))}
    return {**package, "imports": sorted(names)}


def write_python(target: Path, store: Store, lock: dict) -> None:
    """Write Pyodide, the packages and their list, and the module that starts them."""
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        wheel = course_wheel(Path(folder))
        packages = {name: with_imports(each, store) for name, each in lock["packages"].items()}
        packages |= {"organized-crime-course": course_package(wheel)}
        shutil.copyfile(wheel, target / wheel.name)
    for name in lock["files"]:
        shutil.copyfile(store.path(name), target / name)
    listed = json.dumps({"info": lock["info"], "packages": packages}, separators=(",", ":"))
    (target / "pyodide-lock.json").write_text(listed, encoding="utf-8")
    sizes = {path.name: path.stat().st_size for path in sorted(target.iterdir()) if path.suffix in COUNTED}
    shutil.copyfile(PAGE / "memory.mjs", target / "memory.mjs")
    start = (PAGE / "python.mjs").read_text(encoding="utf-8").replace("{sizes}", json.dumps(sizes))
    start = start.replace("{edition}", folder_edition(target, start))
    (target / "python.mjs").write_text(start, encoding="utf-8")


def folder_edition(folder: Path, more: str) -> str:
    """A short name for the contents of all files of a folder, and of a text beside them."""
    said = hashlib.sha256(more.encode())
    for path in sorted(folder.iterdir()):
        said.update(hashlib.sha256(path.read_bytes()).digest())
    return said.hexdigest()[:12]


def write_worker(target: Path) -> None:
    """Write the worker: our start of Python first, then the kernel's own program."""
    extension = target / "extensions/@jupyterlite/pyodide-kernel-extension/static"
    kernel = next(extension.glob("comlink.worker.*.js"))
    (target / "static" / "pyodide" / "worker.js").write_text(
        f'import "./python.mjs";\nimport "../../{kernel.relative_to(target).as_posix()}";\n',
        encoding="utf-8")


def run_jupyter_lite(source: Path, target: Path) -> None:
    """Let JupyterLite lay out its notebook application."""
    shutil.copyfile(PAGE / "settings.json", source / "jupyter-lite.json")
    if APART.is_dir():  # JupyterLite itself looks only among JupyterLab's
        kernel = {"FederatedExtensionAddon": {"extra_labextensions_path": [str(APART)]}}
        (source / "jupyter_lite_config.json").write_text(json.dumps(kernel), encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlite_core.app", "build", "--lite-dir", source,
               "--output-dir", target, "--apps", "notebooks", "--no-sourcemaps"]
    subprocess.run([str(part) for part in command], cwd=source, check=True)


def page_config(target: Path) -> dict:
    """The settings that JupyterLite wrote, joined as its own start page would join them."""
    parts = [json.loads((target / name).read_text(encoding="utf-8"))["jupyter-config-data"]
             for name in ("jupyter-lite.json", "notebooks/jupyter-lite.json")]
    config = {**parts[0], **parts[1]}
    found = config["federated_extensions"]
    config["federated_extensions"] = [each for each in found if each["name"] in EXTENSIONS]
    return config


def write_page(target: Path) -> None:
    """Put our own start page in the place of JupyterLite's."""
    config = page_config(target)
    kernel = config["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    kernel["pyodideUrl"] = "./static/pyodide/python.mjs"  # JupyterLite wrote Pyodide's own module there
    config["courseNotebooks"] = sorted(path.stem for path in (target / "files").glob("*.ipynb"))
    bundle = next(target.glob("build/notebooks/bundle.js"))
    version = hashlib.sha256(bundle.read_bytes()).hexdigest()[:8]
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    said = json.dumps(config, separators=(",", ":")).replace("<", "\\u003c")
    title = read_yaml(ROOT / "_config.yml").value["title"]
    page = page.replace("{config}", said).replace("{version}", version).replace("{title}", escape(title))
    (target / "notebooks" / "index.html").write_text(page, encoding="utf-8")
    for name in ("start.js", "notebook.js", "lite.css"):
        shutil.copyfile(PAGE / name, target / "notebooks" / name)
    (target / "notebooks" / "record.js").write_text(page_script("sharedrecord.js"), encoding="utf-8")


def tidy(target: Path) -> None:
    """Delete what belongs to other applications and to extensions that are not used."""
    for path in [*target.glob("extensions/*/package.json"), *target.glob("extensions/@*/*/package.json")]:
        if path.parent.relative_to(target / "extensions").as_posix() not in EXTENSIONS:
            shutil.rmtree(path.parent)
    for pattern in IDLE:
        for path in target.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def build(cache: Path, target: Path) -> None:
    """Build everything beside the target, then put it in the target's place.

    Raises
    ------
    LiteError
        A file is wrong or missing.
    """
    lock = read_lock()
    store = Store(cache, lock)
    store.fill()
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "lite")
        files = source / "files"
        files.mkdir(parents=True)
        for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
            notebook = published(json.loads(path.read_text(encoding="utf-8")))
            (files / path.name).write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
        write_python(source / "static" / "pyodide", store, lock)
        run_jupyter_lite(source, target)
    write_worker(target)
    write_page(target)
    tidy(target)


def main() -> None:
    cache, target = (Path(each).resolve() for each in sys.argv[1:])
    try:
        build(cache, target)
    except LiteError as problem:
        sys.exit(f"Error: {problem}")


if __name__ == "__main__":
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    main()
