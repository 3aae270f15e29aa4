"""What a release holds: the site, the package, the bill of materials, and the checksum of each.

    python -m tools.release SITE COPIES TARGET

`SITE` is the built site; what offline copies stand in `COPIES` are taken along; `TARGET` is written anew.
"""
from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from tools.bom import ROOT, write_bom

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file knows: the same site makes the same bytes
COPIES = {".pdf", ".epub", ".zip"}


def zip_folder(folder: Path, target: Path, inside: str) -> None:
    """Pack a folder so that the same files make the same bytes.

    Parameters
    ----------
    folder, target : pathlib.Path
    inside : str
        The one folder that unpacking makes.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{inside}/{path.relative_to(folder).as_posix()}", FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, path.read_bytes())


def checksums(folder: Path) -> str:
    """The sha256 of every file of a folder, as ``sha256sum --check`` reads it."""
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
                   for path in sorted(folder.iterdir()) if path.is_file())


def release(site: Path, copies: Path, target: Path) -> None:
    """Write all files of a release into a folder."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    name = f"organized-crime-course-{version}"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    zip_folder(site, target / f"{name}-site.zip", name)
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)], cwd=ROOT,
                   check=True, stdout=subprocess.DEVNULL)
    for path in sorted(copies.glob("*")):
        if path.suffix in COPIES:
            shutil.copyfile(path, target / path.name)
    write_bom(target / f"{name}.cdx.json", site / "lite")
    (target / "SHA256SUMS").write_text(checksums(target), encoding="utf-8")


if __name__ == "__main__":
    release(*(Path(each).resolve() for each in sys.argv[1:]))
