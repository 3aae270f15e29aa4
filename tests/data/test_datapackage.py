"""Every dataset: valid, made by its script to the byte, described, and with its truth kept apart."""
from __future__ import annotations

import doctest
import importlib
import json
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "data"
PACKAGE = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES = {resource["name"]: resource for resource in PACKAGE["resources"]}

# The first numbers of the stream of victim_lists, as NumPy 2.0 and 2.4 give them.
FIRST_NUMBERS = [12522388119273048913, 3207831336619017199, 3413341046643216254]

every_dataset = pytest.mark.parametrize("name", RESOURCES)


@pytest.fixture
def source(monkeypatch):
    """A function: the script that makes a dataset, imported."""
    monkeypatch.syspath_prepend(DATA / "sources")
    return importlib.import_module


def test_package_and_rows_are_valid():
    from frictionless import Package

    report = Package(str(DATA / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])
    assert len(report.tasks) == len(RESOURCES)


def test_frictionless_refuses_a_row_that_breaks_its_description(tmp_path):
    from frictionless import Package

    resource = dict(RESOURCES["victim_lists"])
    lines = (DATA / resource["path"]).read_text(encoding="utf-8").splitlines()
    assert "forced labour" in lines[3]
    lines[3] = lines[3].replace("forced labour", "unknown form")
    (tmp_path / resource["path"]).write_text("\n".join(lines) + "\n", encoding="utf-8")
    del resource["hash"], resource["bytes"]
    package = tmp_path / "datapackage.json"
    package.write_text(json.dumps({**PACKAGE, "resources": [resource]}), encoding="utf-8")
    found = Package(str(package)).validate().flatten(["rowNumber", "fieldName", "type"])
    assert found == [[4, "exploitation_form", "constraint-error"]]


@every_dataset
def test_a_dataset_is_regenerated_to_the_byte(name, source):
    script = source(name)
    rows, truth = script.generate()
    common = source("common")
    assert common.csv_text(script.COLUMNS, rows).encode() == (DATA / RESOURCES[name]["path"]).read_bytes()
    truth_file = DATA / "sources" / f"{name}.truth.json"
    assert common.truth_text(truth).encode() == truth_file.read_bytes()


@every_dataset
def test_the_script_writes_both_files_and_says_what_the_package_needs(
    name, source, tmp_path, monkeypatch, capsys
):
    common = source("common")
    (tmp_path / "sources").mkdir()
    monkeypatch.setattr(common, "DATA", tmp_path)
    script = source(name)
    rows, truth = script.generate()
    common.write(name, common.csv_text(script.COLUMNS, rows), common.truth_text(truth))
    assert (tmp_path / f"{name}.csv").read_bytes() == (DATA / f"{name}.csv").read_bytes()
    assert (tmp_path / "sources" / f"{name}.truth.json").exists()
    said = capsys.readouterr().out
    assert f'"bytes": {RESOURCES[name]["bytes"]},' in said
    assert f'"hash": "{RESOURCES[name]["hash"]}",' in said


@every_dataset
def test_another_seed_gives_another_sample_by_the_same_rules(name, source):
    script = source(name)
    rows, _ = script.generate(1)
    again, _ = script.generate(1)
    shipped, _ = script.generate()
    assert rows == again != shipped
    assert len(rows) == len(shipped) == RESOURCES[name]["generator"]["rows"]


@every_dataset
def test_the_package_says_how_the_dataset_was_made(name, source):
    generator = RESOURCES[name]["generator"]
    assert generator["script"] == f"data/sources/{name}.py"
    assert generator["root_seed"] == source("common").ROOT_SEED
    assert f'crc32("{name}")' in generator["stream"]
    truth = json.loads((DATA / "sources" / f"{name}.truth.json").read_text(encoding="utf-8"))
    assert truth["dataset"] == name
    assert truth["root_seed"] == generator["root_seed"]


@every_dataset
def test_a_dataset_names_its_licence_its_real_sources_and_its_limits(name):
    resource = RESOURCES[name]
    assert [licence["name"] for licence in resource["licenses"]] == ["CC-BY-4.0"]
    assert resource["sources"] and resource["limits"]
    for published in resource["sources"]:
        assert published["path"].startswith("https://")
        assert published["title"] and published["figure"] and published["used"]
    for field in resource["schema"]["fields"]:
        assert field["title"] and field["description"].endswith(".")


@every_dataset
def test_a_dataset_has_a_page_that_names_its_sources(name):
    page = (ROOT / "book" / "datasets" / f"{name}.md").read_text(encoding="utf-8")
    assert f"{{dataset-fields}} {name}" in page
    for published in RESOURCES[name]["sources"]:
        assert published["path"] in page
    index = (ROOT / "book" / "datasets" / "index.md").read_text(encoding="utf-8")
    assert f"({name}.md)" in index


def test_nothing_is_left_over():
    """A file without an entry, or an entry without a file, is a dataset half removed."""
    files = {path.stem for path in DATA.glob("*.csv")}
    scripts = {path.stem for path in (DATA / "sources").glob("*.py")} - {"common"}
    truths = {path.name.removesuffix(".truth.json") for path in (DATA / "sources").glob("*.truth.json")}
    pages = {path.stem for path in (ROOT / "book" / "datasets").glob("*.md")} - {"index"}
    assert files == scripts == truths == pages == set(RESOURCES)


@every_dataset
def test_a_file_is_plain_on_every_platform(name):
    content = (DATA / RESOURCES[name]["path"]).read_bytes()
    assert b"\r" not in content
    assert content.endswith(b"\n")
    content.decode("ascii")


def test_the_random_numbers_are_the_ones_numpy_promised_to_keep(source):
    """If this fails NumPy has changed a stream it promised to keep, or the platform computes otherwise."""
    bits = np.random.PCG64(np.random.SeedSequence([20001115, zlib.crc32(b"victim_lists")]))
    assert bits.random_raw(3).tolist() == FIRST_NUMBERS
    draw = source("common").uniforms("victim_lists", 20001115, block=2)
    assert [draw() for _ in range(3)] == [(number >> 11) / 2**53 for number in FIRST_NUMBERS]


def test_random_numbers_are_those_of_numpy_s_own_generator(source):
    draw = source("common").uniforms("any", 7)
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([7, zlib.crc32(b"any")])))
    assert [draw() for _ in range(5000)] == generator.random(5000).tolist()


def test_a_value_is_picked_by_its_share(source):
    pick = source("common").pick
    shares = {"a": 0.2, "b": 0.0, "c": 0.8}
    assert [pick(u, shares) for u in (0.0, 0.1999999, 0.2, 0.999999)] == ["a", "a", "c", "c"]
    assert pick(0.9999999999999999, {"a": 0.1, "b": 0.2, "c": 0.7}) == "c"


@pytest.mark.parametrize("module", sorted(path.stem for path in (DATA / "sources").glob("*.py")))
def test_the_examples_of_a_script_run(module, source):
    assert doctest.testmod(source(module), optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


def test_the_wheel_holds_the_data_and_not_the_truth(tmp_path):
    """What a student installs must not give the answers away."""
    import zipfile

    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
                   cwd=ROOT, check=True, capture_output=True)
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    for resource in RESOURCES.values():
        assert f"widgets/_data/{resource['path']}" in names
    assert "widgets/_data/datapackage.json" in names
    assert not [name for name in names if "truth" in name or "/sources/" in name]
