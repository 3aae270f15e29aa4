"""Whether a known weakness stands in a package that the course pins. Asks the package index, with pip-audit.

    python -m tools.audit requirements.txt requirements-test.txt

Where the index tells nothing about weaknesses (a mirror, no network), that is said: nothing is then checked.
"""
from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.bom import pins


def ask(packages: dict[str, str]) -> list[dict] | None:
    """What the index knows about packages; None where it was not reached.

    Parameters
    ----------
    packages : dict
        Name to version.

    Returns
    -------
    list of dict or None
        One entry a package, as pip-audit writes it: ``name`` and ``vulns``, or ``skip_reason``.
    """
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "wanted.txt")
        lines = [f"{name}=={version}\n" for name, version in packages.items()]
        wanted.write_text("".join(lines), encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "-r", wanted, "--no-deps", "--disable-pip",
                   "-f", "json", "--progress-spinner", "off"]
        answer = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    try:
        return json.loads(answer.stdout)["dependencies"]
    except (ValueError, KeyError):
        return None


def weaknesses(found: list[dict]) -> list[str]:
    """A line for each known weakness.

    Examples
    --------
    >>> weaknesses([{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "unknown"},
    ...             {"name": "c", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"]}]},
    ...             {"name": "d", "version": "3", "vulns": [{"id": "CVE-2", "fix_versions": []}]}])
    ['c 2: CVE-1, mended in 2.1', 'd 3: CVE-2, not mended yet']
    """
    return [f"{each['name']} {each['version']}: {one['id']}, "
            + (f"mended in {', '.join(one['fix_versions'])}" if one["fix_versions"] else "not mended yet")
            for each in found for one in each.get("vulns", [])]


def unchecked(found: list[dict] | None) -> list[str]:
    """The packages that nothing was said about."""
    return [each["name"] for each in found or [] if "skip_reason" in each]


def audit(paths: list[str]) -> int:
    """Check all pins of some files; return the exit code: 1 where a weakness with a mend is known."""
    packages = {name: pin["version"] for path in paths
                for name, pin in pins(Path(path).read_text(encoding="utf-8")).items()}
    probe = ask(dict(list(packages.items())[:1]))
    if not probe or unchecked(probe):
        print("NOT CHECKED: the package index that this computer uses tells nothing about known weaknesses.")
        return 0
    found = ask(packages)
    if found is None:
        print("NOT CHECKED: the package index stopped answering.")
        return 0
    lines = weaknesses(found)
    silent = unchecked(found)
    for line in lines + ([f"Nothing is said about: {', '.join(silent)}"] if silent else []):
        print(line)
    print(f"{len(found) - len(silent)} packages checked, {len(lines)} known weaknesses.")
    mend = any("mended in" in line for line in lines)
    if mend:
        print("Take the newest packages and run the tests: python3 course.py pins --newest")
    return int(mend)


if __name__ == "__main__":
    sys.exit(audit(sys.argv[1:]))
