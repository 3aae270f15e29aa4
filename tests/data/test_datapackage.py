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

# A dataset is one script, one planted truth and one page; it may have several tables, each with its entry.
DATASETS = sorted({Path(resource["generator"]["script"]).stem for resource in PACKAGE["resources"]})

# The first numbers of the stream of victim_lists, as NumPy 2.0 and 2.4 give them.
FIRST_NUMBERS = [12522388119273048913, 3207831336619017199, 3413341046643216254]

every_dataset = pytest.mark.parametrize("name", DATASETS)
every_table = pytest.mark.parametrize("name", RESOURCES)


def tables_of(name):
    """The names of the tables that a dataset's script makes, as the package lists them."""
    return [table for table, entry in RESOURCES.items()
            if entry["generator"]["script"] == f"data/sources/{name}.py"]


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


@pytest.fixture(scope="module")
def generated():
    """A function: what a dataset's script generates, computed once for all tests."""
    sys.path.insert(0, str(DATA / "sources"))
    made = {}

    def generate(name):
        if name not in made:
            made[name] = importlib.import_module(name).generate()
        return made[name]

    yield generate
    sys.path.remove(str(DATA / "sources"))


@every_dataset
def test_a_dataset_is_regenerated_to_the_byte(name, source, generated):
    script, common = source(name), source("common")
    rows, truth = generated(name)
    assert sorted(rows) == sorted(script.COLUMNS) == sorted(tables_of(name))
    assert script.NAME == name in rows and all(table.startswith(name) for table in rows)
    for table, columns in script.COLUMNS.items():
        content = common.csv_text(columns, rows[table]).encode()
        assert content == (DATA / RESOURCES[table]["path"]).read_bytes()
        assert len(rows[table]) == RESOURCES[table]["generator"]["rows"]
    truth_file = DATA / "sources" / f"{name}.truth.json"
    assert common.truth_text(truth).encode() == truth_file.read_bytes()


@every_dataset
def test_another_seed_gives_another_sample_by_the_same_rules(name, source, generated):
    script = source(name)
    rows, _ = script.generate(1)
    shipped, _ = generated(name)
    assert rows != shipped
    again, _ = script.generate(1)
    assert rows == again


def test_a_script_writes_its_tables_its_truth_and_what_the_package_needs(
    source, generated, tmp_path, monkeypatch, capsys
):
    common, name = source("common"), "victim_lists"
    (tmp_path / "sources").mkdir()
    monkeypatch.setattr(common, "DATA", tmp_path)
    without = {**RESOURCES[name], "bytes": 0, "hash": ""}
    package = tmp_path / "datapackage.json"
    package.write_text(json.dumps({"resources": [without]}), encoding="utf-8")
    common.write(source(name).COLUMNS, *generated(name))
    assert (tmp_path / f"{name}.csv").read_bytes() == (DATA / f"{name}.csv").read_bytes()
    assert (tmp_path / "sources" / f"{name}.truth.json").exists()
    assert json.loads(package.read_text(encoding="utf-8"))["resources"] == [RESOURCES[name]]
    package.write_text('{"resources": []}', encoding="utf-8")
    common.write(source(name).COLUMNS, *generated(name))
    assert "Add its entry to datapackage.json" in capsys.readouterr().out


def test_the_package_has_its_one_form(source):
    text = (DATA / "datapackage.json").read_text(encoding="utf-8")
    assert text == source("common").package_text(PACKAGE)
    assert list(RESOURCES) == sorted(RESOURCES)


@every_table
def test_the_package_says_how_a_table_was_made(name, source):
    generator = RESOURCES[name]["generator"]
    stem = Path(generator["script"]).stem
    assert generator["root_seed"] == source("common").ROOT_SEED
    assert f'crc32("{stem}")' in generator["stream"]
    truth = json.loads((DATA / "sources" / f"{stem}.truth.json").read_text(encoding="utf-8"))
    assert truth["dataset"] == stem
    assert truth["root_seed"] == generator["root_seed"]
    assert truth["parameters"]


@every_table
def test_a_table_names_its_licence_its_real_sources_and_its_limits(name):
    resource = RESOURCES[name]
    assert resource["row"] and not resource["row"].endswith(".")
    assert [licence["name"] for licence in resource["licenses"]] == ["CC-BY-4.0"]
    assert resource["sources"] and resource["limits"]
    for published in resource["sources"]:
        assert published["path"].startswith("https://")
        assert published["title"] and published["figure"] and published["used"]
    for field in resource["schema"]["fields"]:
        assert field["title"] and field["description"].endswith(".")


@every_dataset
def test_a_dataset_has_a_page_with_its_columns_sources_limits_and_traps(name):
    page = (ROOT / "book" / "datasets" / f"{name}.md").read_text(encoding="utf-8")
    for table in tables_of(name):
        assert f"{{dataset-fields}} {table}\n" in page
    assert f"{{dataset-sources}} {name}\n" in page
    assert f"{{dataset-limits}} {name}\n" in page
    for heading in ("Columns", "How it was made", "What it does not measure", "Known traps"):
        assert f"\n## {heading}\n" in page


def test_all_datasets_together_are_light():
    """A clone on a slow line: 12 MB for everything."""
    assert sum(path.stat().st_size for path in DATA.glob("*.csv")) <= 12_000_000


def test_nothing_is_left_over():
    """A file without an entry, or an entry without a file, is a dataset half removed."""
    assert {path.stem for path in DATA.glob("*.csv")} == set(RESOURCES)
    scripts = {path.stem for path in (DATA / "sources").glob("*.py")} - {"common"}
    truths = {path.name.removesuffix(".truth.json") for path in (DATA / "sources").glob("*.truth.json")}
    pages = {path.stem for path in (ROOT / "book" / "datasets").glob("*.md")} - {"index"}
    assert scripts == truths == pages == set(DATASETS)


@every_table
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


def test_arrays_and_single_numbers_come_from_the_same_stream(source):
    common = source("common")
    draw = common.uniforms("any", 7)
    assert common.Draws("any", 7).uniform(10, 3).ravel().tolist() == [draw() for _ in range(30)]


def test_exact_functions_agree_with_those_of_numpy_and_scipy(source):
    """They exist because the last digit of NumPy's may differ between computers; no further digit does."""
    from scipy import stats

    common = source("common")
    x = np.linspace(-700, 700, 20_001)
    np.testing.assert_allclose(common.exp(x), np.exp(x), rtol=1e-15)
    np.testing.assert_allclose(common.log(np.exp(x)), x, rtol=1e-15, atol=1e-15)
    np.testing.assert_allclose(common.power(np.array([0.5, 2.0, 1e6]), -1.7), [0.5**-1.7, 2**-1.7, 1e6**-1.7])
    u = np.linspace(1e-9, 1 - 1e-9, 20_001)
    np.testing.assert_allclose(common.normal(u), stats.norm.ppf(u), atol=2e-8)
    for mean in (0.01, 1, 30, 690):
        np.testing.assert_array_equal(common.poisson(u, mean), stats.poisson.ppf(u, mean))


def test_the_ends_of_the_unit_interval_give_numbers(source):
    common, ends = source("common"), np.array([0.0, 1 - 2.0**-53])
    assert np.isfinite(common.normal(ends)).all()
    assert common.poisson(ends, 3.0).tolist() == [0, 26]
    with pytest.raises(ValueError, match="above 700.*Mend"):
        common.poisson(0.5, 701)


def test_drawn_numbers_have_the_moments_they_promise(source):
    draws = source("common").Draws("moments", 1)
    gamma = draws.erlang(3, 100_000)
    assert (gamma.mean(), gamma.var()) == pytest.approx((1, 1 / 3), rel=0.02)
    counts = draws.poisson(np.full(100_000, 4.0))
    assert (counts.mean(), counts.var()) == pytest.approx((4, 4), rel=0.02)
    amounts = draws.lognormal(100.0, 0.5, 100_000)
    assert np.median(amounts) == pytest.approx(100, rel=0.02)
    assert np.log(amounts).std() == pytest.approx(0.5, rel=0.02)
    assert sorted(draws.order(50).tolist()) == list(range(50))


def test_a_value_is_picked_by_its_share(source):
    pick = source("common").pick
    shares = {"a": 0.2, "b": 0.0, "c": 0.8}
    assert [pick(u, shares) for u in (0.0, 0.1999999, 0.2, 0.999999)] == ["a", "a", "c", "c"]
    assert pick(0.9999999999999999, {"a": 0.1, "b": 0.2, "c": 0.7}) == "c"
    many = np.array([0.0, 0.1999999, 0.2, 0.999999])
    assert source("common").picks(many, shares).tolist() == ["a", "a", "c", "c"]


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
