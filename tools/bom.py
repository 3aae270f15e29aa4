"""The bill of materials of a release: every part that is not ours, its version, checksum, licence and origin.

Written as CycloneDX 1.6 with its own library, from what the course is really made of: the pins in
``requirements.txt``, the files of the browser's Python in ``tools/lite/lock.json``, and the scripts that
JupyterLite was bundled from. The same course makes the same bytes.
"""
from __future__ import annotations

import importlib.metadata
import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)")
TOP = "organized-crime-course"  # what `via` calls our own declaration


def plain(name: str) -> str:
    """The name of a package in its one official spelling.

    Examples
    --------
    >>> plain("Ruamel_YAML.string")
    'ruamel-yaml-string'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, dict]:
    """What a compiled requirements file pins.

    Returns
    -------
    dict
        Name to ``version``, ``hashes`` (sha256 of each file that may be installed), ``via`` (who needs it).

    Examples
    --------
    >>> pins('''a-b==1.2 ; sys_platform == 'darwin' \\\\
    ...     --hash=sha256:00ff
    ...     # via
    ...     #   c
    ...     #   organized-crime-course (pyproject.toml)
    ... c==2
    ...     # via a-b''')["a-b"]
    {'version': '1.2', 'hashes': ['00ff'], 'via': ['c', 'organized-crime-course']}
    """
    found: dict[str, dict] = {}
    for line in text.splitlines():
        if pin := PIN.match(line):
            mine = found[plain(pin[1])] = {"version": pin[2], "hashes": [], "via": []}
        elif hashed := re.match(r"\s+--hash=sha256:(\w+)", line):
            mine["hashes"].append(hashed[1])
        elif needs := re.match(r"\s+# (?:via | +)([A-Za-z0-9._-]+)", line):
            mine["via"].append(plain(needs[1]))
    return found


def licence_of(name: str) -> str | None:
    """The licence that an installed package declares, or None."""
    try:
        said = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:  # pinned for another system
        return None
    if expression := said.get("License-Expression"):
        return expression
    named = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier", [])
             if each.startswith("License :: OSI Approved :: ")]
    short = (said.get("License") or "").strip()
    return named[0] if named else short if short and "\n" not in short and len(short) < 60 else None


def scripts(lite: Path) -> list[dict]:
    """The JavaScript packages that JupyterLite and its extensions say they were bundled from, each once."""
    lists = [json.loads(path.read_text(encoding="utf-8"))["packages"]
             for path in sorted(lite.rglob("third-party-licenses.json"))]
    found = {(each["name"], each["versionInfo"]): each for packages in lists for each in packages}
    return [found[key] for key in sorted(found)]


def write_bom(target: Path, lite: Path) -> None:
    """Write the bill of materials, checked against CycloneDX's own schema.

    Parameters
    ----------
    target : pathlib.Path
        The file, ``….cdx.json``.
    lite : pathlib.Path
        The site's folder of Python in the browser; where it is absent, its parts are not in the bill.

    Raises
    ------
    ValueError
        What was made does not follow the schema.
    """
    from cyclonedx.output.json import JsonV1Dot6
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = JsonV1Dot6(make_bom(lite)).output_as_string(indent=1)
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if problem:
        raise ValueError(f"The bill of materials is not valid CycloneDX: {problem}")
    target.write_text(text + "\n", encoding="utf-8")


def make_bom(lite: Path):
    """The bill of materials as a value of CycloneDX's library."""
    from cyclonedx.model.bom import Bom, BomMetaData

    ours = our_part()
    python = python_parts()
    bom = Bom(metadata=BomMetaData(component=ours))
    bom.serial_number = bom.metadata.timestamp = None  # the same course makes the same bill
    browser = [*pyodide_parts(), *script_parts(lite)] if lite.is_dir() else []
    for part in [*(part for part, _ in python.values()), *browser]:
        bom.components.add(part)
    needed_by: dict[str, list] = {}
    for part, pin in python.values():
        for user in pin["via"]:
            needed_by.setdefault(user, []).append(part)
    bom.register_dependency(ours, [*needed_by.get(TOP, []), *browser])
    for name, (part, _) in python.items():
        bom.register_dependency(part, needed_by.get(name, []))
    return bom


def component(name: str, version: str, kind: str, licence: str | None = None, **options):
    """A part; its reference inside the bill is its address as a package."""
    from cyclonedx.contrib.license.factories import LicenseFactory
    from cyclonedx.model.component import Component, ComponentType
    from packageurl import PackageURL

    group, _, short = name.rpartition("/")
    address = PackageURL(kind, group or None, short, version, options.pop("qualifiers", None))
    licences = [LicenseFactory().make_from_string(licence)] if licence else []
    options.setdefault("type", ComponentType.LIBRARY)
    return Component(name=name, version=version, purl=address, bom_ref=address.to_string(), licenses=licences,
                     **options)


def sha256(digits: str):
    """A checksum as CycloneDX's library has it."""
    from cyclonedx.model import HashAlgorithm, HashType

    return HashType(alg=HashAlgorithm.SHA_256, content=digits)


def our_part():
    """The course itself."""
    from cyclonedx.model.component import ComponentType

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return component(project["name"], project["version"], "pypi", project["license"],
                     type=ComponentType.APPLICATION, description=project["description"])


def python_parts() -> dict[str, tuple]:
    """Name to the part and its pin, for everything that the course runs and is built with."""
    from cyclonedx.model import ExternalReference, ExternalReferenceType, XsUri

    made = {}
    for name, pin in pins((ROOT / "requirements.txt").read_text(encoding="utf-8")).items():
        part = component(name, pin["version"], "pypi", licence_of(name))
        # A hash of the part itself would name one file; a pin admits one for each system.
        files = ExternalReference(type=ExternalReferenceType.DISTRIBUTION, url=XsUri(part.bom_ref.value),
                                  comment="the files that may be installed",
                                  hashes=[sha256(each) for each in pin["hashes"]])
        part.external_references.add(files)
        made[name] = (part, pin)
    return made


def pyodide_parts() -> list:
    """The files of Python in the browser: what each is, its checksum and where that was taken from."""
    lock = json.loads((ROOT / "tools" / "lite" / "lock.json").read_text(encoding="utf-8"))
    made = []
    for name, each in sorted(lock["files"].items()):
        if wheel := re.match(r"([A-Za-z0-9_.]+)-([0-9][^-]*)(?:-.*)?\.(?:whl|zip)$", name):
            package, version = plain(wheel[1]), wheel[2]
        else:
            package, version = "pyodide", lock["info"]["version"]
        kind = "pypi" if wheel and name.endswith(".whl") else "npm" if package == "pyodide" else "generic"
        made.append(component(package, version, kind, qualifiers={"file_name": name},
                              description=f"in the browser; checksum from: {each['origin']}",
                              hashes=[sha256(each["sha256"])]))
    return made


def script_parts(lite: Path) -> list:
    """JavaScript packages inside the bundles of JupyterLite."""
    return [component(each["name"], each["versionInfo"], "npm", each["licenseId"] or None)
            for each in scripts(lite)]
