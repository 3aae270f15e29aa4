"""The parts of the book's extensions that work on texts: formulas, pictures, tables, cells, what was read."""
from __future__ import annotations

import base64
import importlib
import json
import sys
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
EXTENSIONS = ROOT / "book" / "_ext"


@pytest.fixture(scope="module")
def ext():
    """A function: import an extension of the book by its name."""
    return importlib.import_module


def test_every_extension_is_in_the_list_and_says_what_it_is_for(ext):
    names = {path.stem for path in EXTENSIONS.glob("*.py")} - {"course_book"}
    assert set(ext("course_book").EXTENSIONS) == names
    assert all(ext(name).__doc__ for name in names)


# --- Formulas ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("tex", [
    r"\hat{N} = \frac{(n_1 + 1)(n_2 + 1)}{m + 1} - 1",
    r"\widehat{\mathrm{Var}}(\hat N)",
    r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
    r"\begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\sum_{i=1}^{n} x_i^2 \le \sqrt[3]{y}",
    r"50\,\% \{a, b\}",
    "x < y",
    r"\text{one & two <b>}",
])
def test_a_formula_is_well_formed_mathml_with_its_source_beside_it(ext, tex):
    tree = ElementTree.fromstring(ext("mathml").to_mathml(tex, "block"))
    assert tree.tag == "math"
    assert tree.get("alttext") == " ".join(tex.split())
    assert tree.get("display") == "block"
    texts = [element.text or "" for element in tree.iter()]
    assert not any("\\" in text or "&#" in text for text in texts)


@pytest.mark.parametrize("tex, why", [
    (r"\nosuch{x}", r"does not know \nosuch"),
    (r"\frac{a", "brace"),
    ("x_{1", "brace"),
    ("}", "brace"),
    (r"\frac{a}", "argument is missing"),
    ("a & b", "alignment sign"),
    (r"\begin{tikzpicture} x \end{tikzpicture}", "environment tikzpicture"),
    (r"\left( x", "not valid TeX"),
    ("x^", "not valid TeX"),
    ("", "not valid TeX"),
])
def test_a_formula_that_cannot_be_shown_is_refused_with_the_reason(ext, tex, why):
    mathml = ext("mathml")
    with pytest.raises(mathml.FormulaError) as error:
        mathml.to_mathml(tex)
    assert why in str(error.value)


@given(st.text(alphabet=r"abx0129+-=_^{}\ &<>()%$,.", max_size=20))
def test_any_text_is_shown_whole_or_refused(tex):
    mathml = importlib.import_module("mathml")
    try:
        markup = mathml.to_mathml(tex)
    except mathml.FormulaError:
        return
    assert ElementTree.fromstring(markup).get("alttext") == " ".join(tex.split())


# --- Pictures ---------------------------------------------------------------------------------------------

def picture(kind: str = "webp", size: tuple[int, int] = (40, 30)) -> str:
    """A data URI of a small picture."""
    content = BytesIO()
    Image.new("RGB", size, "navy").save(content, kind)
    return f"data:image/{kind};base64,{base64.b64encode(content.getvalue()).decode()}"


@pytest.mark.parametrize("kind", ["webp", "png", "jpeg", "gif"])
def test_a_data_uri_becomes_a_file_with_a_size_that_loads_late(ext, tmp_path, kind):
    images = ext("page_images")
    html = images.as_files(f'<p><img alt="a &gt; b" src="{picture(kind)}"></p>', tmp_path, "../_images")
    file, = tmp_path.iterdir()
    has = images.attributes(html[3:-4])
    assert has == {"alt": "a > b", "src": f"../_images/{file.name}", "width": "40", "height": "30",
                   "loading": "lazy", "decoding": "async"}
    assert file.suffix == f".{kind}"
    with Image.open(file) as image:
        assert image.size == (40, 30)


def test_pictures_in_an_inert_template_become_files_too(ext, tmp_path):
    html = f'<template data-values="0,1"><img src="{picture()}" alt="second"></template>'
    assert "data:" not in ext("page_images").as_files(html, tmp_path, "_images")


def test_the_same_picture_is_one_file(ext, tmp_path):
    uri = picture()
    ext("page_images").as_files(f'<img alt="a" src="{uri}"><img alt="b" src="{uri}">', tmp_path, "_images")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_picture_that_sphinx_copies_gets_its_size(ext, tmp_path):
    Image.new("RGB", (12, 7)).save(tmp_path / "source.png")
    sources = {"name.png": tmp_path / "source.png"}
    html = '<img alt="x" src="../_images/name.png">'
    html = ext("page_images").as_files(html, tmp_path / "out", "../_images", sources)
    assert 'width="12" height="7"' in html


def test_a_decorative_picture_may_say_so_and_a_silent_one_is_refused(ext, tmp_path):
    images = ext("page_images")
    assert 'alt=""' in images.as_files('<img alt="" src="x.png">', tmp_path, "_images")
    with pytest.raises(ValueError, match="without an alternative text"):
        images.as_files('<img src="x.png">', tmp_path, "_images")


@pytest.mark.parametrize("uri", [
    "data:image/png;base64,aGVsbG8=", "data:text/html,<b>", "data:image/svg+xml,<svg/>",
])
def test_what_is_no_picture_is_refused(ext, tmp_path, uri):
    with pytest.raises(ValueError, match="picture"):
        ext("page_images").as_files(f"<img alt='x' src='{uri}'>", tmp_path, "_images")


# --- Tables and cells -------------------------------------------------------------------------------------

def test_a_table_of_pandas_has_header_cells_and_no_style_of_its_own(ext):
    import pandas as pd

    frame = pd.DataFrame({"people": [400, 300]}, index=["police", "shelters"])
    html = ext("tables").plain_table(frame._repr_html_())
    assert "style" not in html and "border" not in html
    assert html.count('<th scope="col">people</th>') == 1
    assert html.count('<th scope="row">') == 2
    assert "<th></th>" not in html


def test_a_table_with_a_named_index_keeps_the_name(ext):
    import pandas as pd

    frame = pd.DataFrame({"n": [1]}, index=pd.Index(["a"], name="agency"))
    assert '<th scope="col">agency</th>' in ext("tables").plain_table(frame._repr_html_())


@pytest.mark.parametrize("source, tags, expected", [
    ('module.icebreaker("guess")', [], ["remove-input"]),
    ("module.quiz()\nmodule.plan()", [], ["remove-input"]),
    ("x = module.quiz()", [], []),
    ("module.lab('a').check('n', 1)  # try", [], []),
    ('from widgets import Module\nmodule = Module("05-measuring")', [], ["hide-input"]),
    ("import pandas as pd\nprint(1)", [], []),
    ("a = 1\n" * 6, [], ["hide-input"]),
    ("both = 45", ["solution"], ["solution", "hide-cell"]),
    ("module.quiz()", ["remove-output"], ["remove-output"]),
    ("", [], []),
])
def test_a_page_shows_of_a_cell_what_a_reader_needs(ext, source, tags, expected):
    assert ext("page_cells").tags_for_page(source, tags) == expected


def test_the_notebook_for_download_is_whole_and_was_never_run(ext):
    path = next((ROOT / "notebooks").glob("*.ipynb"))
    notebook = json.loads(path.read_text(encoding="utf-8"))
    copy = ext("notebook_downloads").clean_copy(notebook)
    assert [cell["id"] for cell in copy["cells"]] == [cell["id"] for cell in notebook["cells"]]
    assert not any("{cite}" in "".join(cell["source"]) for cell in copy["cells"]), "citations are words here"
    assert all(not cell["outputs"] for cell in copy["cells"] if cell["cell_type"] == "code")
    assert copy["metadata"] == notebook["metadata"]
    assert any(cell.get("outputs") for cell in notebook["cells"]), "the original is not changed"


# --- What a notebook reads --------------------------------------------------------------------------------

@pytest.fixture
def root(tmp_path):
    for file in ("requirements.txt", "widgets/quiz.py", "widgets/static/quiz.js", "measurement/estimate.py",
                 "data/lists.csv", "data/provisions.yml", "data/modules/05-a.yml", "data/modules/06-b.yml"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(file)
    return tmp_path


@pytest.mark.parametrize("file, matters", [
    ("requirements.txt", True), ("widgets/quiz.py", True), ("measurement/estimate.py", True),
    ("data/lists.csv", True), ("data/provisions.yml", True), ("data/modules/05-a.yml", True),
    ("data/modules/06-b.yml", False), ("widgets/static/quiz.js", False),
])
def test_a_notebook_is_out_of_date_when_something_it_reads_changes(ext, root, file, matters):
    execution = ext("notebook_execution")
    before = execution.digest(execution.files_read(root, "05-a"))
    (root / file).write_text("something else")
    assert (execution.digest(execution.files_read(root, "05-a")) != before) == matters


def test_kernels_import_this_repository_first_and_keep_no_record(ext, tmp_path):
    environment = {"PYTHONPATH": "/elsewhere"}
    ext("notebook_execution").prepare_kernels(tmp_path, environment)
    assert environment["PYTHONPATH"].split(":")[0] == str(tmp_path)
    assert environment["PYTHONPATH"].endswith("/elsewhere")
    assert environment["COURSE_RECORD"] == "off"
    sys.path.remove(str(tmp_path))


# --- References -------------------------------------------------------------------------------------------

def test_a_key_counts_as_used_only_as_a_whole_word(ext):
    unused = ext("bibliography").unused
    assert unused({"un2000", "un2000tip"}, set(), ["source: un2000tip"]) == ["un2000"]
    assert unused({"un2000"}, {"un2000"}, []) == []
