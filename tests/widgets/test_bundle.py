"""The scripts are put together without a tool, and what cannot be put together is refused in words."""
import pytest

from widgets import bundle


@pytest.fixture
def scripts(tmp_path):
    """A function: write scripts into a folder, as name=text, and return the folder."""

    def write(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_what_a_file_needs_stands_before_it_and_only_once(scripts):
    folder = scripts(
        base="export const ONE = 1;\n",
        left='import { ONE } from "./base.js";\nexport const LEFT = ONE;\n',
        right='import { ONE } from "./base.js";\nexport const RIGHT = ONE;\n',
        page='import { LEFT } from "./left.js";\nimport { RIGHT } from "./right.js";\nstart(LEFT, RIGHT);\n',
    )
    assert bundle.page_script(folder=folder) == (
        '(() => {\n"use strict";\n'
        "const ONE = 1;\nconst LEFT = ONE;\nconst RIGHT = ONE;\nstart(LEFT, RIGHT);\n})();\n"
    )


def test_a_widget_module_exports_its_render_function(scripts):
    folder = scripts(quiz="export function draw() {\n  return 1;\n}\n")
    assert bundle.widget_module("quiz.js", "draw", folder) == (
        "function draw() {\nreturn 1;\n}\nexport default { render: draw };\n"
    )


def test_an_unknown_render_function_is_named(scripts):
    folder = scripts(quiz="export function draw() {}\n")
    with pytest.raises(bundle.BundleError, match="no function named paint"):
        bundle.widget_module("quiz.js", "paint", folder)


def test_comments_of_whole_lines_are_left_out_and_code_beside_them_is_kept(scripts):
    comments = "/** Says\n * hello. */\n// more\n"
    folder = scripts(page=comments + 'const a = "/* no */ // comment";\n/* b */ go(a); // go\n')
    assert bundle.page_script(folder=folder) == (
        '(() => {\n"use strict";\nconst a = "/* no */ // comment";\n/* b */ go(a); // go\n})();\n'
    )


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ('import x from "./a.js";\n', "page.js, line 1: write `export`"),
        ("const a = 1;\nexport { a };\n", "page.js, line 2: write `export`"),
        ("export default 1;\n", "page.js, line 1: write `export`"),
        ('import { a } from "./gone.js";\n', "gone.js: there is no such file"),
        ("const a = `one\ntwo`;\n", "page.js, line 1: a text in backticks runs over lines"),
        ("const a = 1;\nfunction a() {}\n", "page.js: the name a is taken by page.js"),
        ('import { a } from "./page.js";\n', "page.js: it needs itself, through page.js"),
    ],
)
def test_what_cannot_be_put_together_is_refused_with_its_place(scripts, code, complaint):
    with pytest.raises(bundle.BundleError) as refusal:
        bundle.page_script(folder=scripts(page=code))
    assert complaint in str(refusal.value)


def test_the_names_of_the_real_scripts_do_not_collide_and_the_page_script_is_one_classic_script():
    script = bundle.page_script()
    assert script.startswith('(() => {\n"use strict";\n')
    assert script.endswith("})();\n")
    assert not [line for line in script.splitlines() if line.startswith(("import ", "export "))]


@pytest.mark.parametrize("render", ["renderQuiz"])
def test_the_real_quiz_module_has_one_default_export(render):
    module = bundle.widget_module("quiz.js", render)
    assert module.count("export ") == 1
    assert "import " not in "".join(line for line in module.splitlines() if line.startswith("import"))


def test_the_stylesheet_speaks_only_of_the_course_and_asks_no_other_host():
    css = bundle.stylesheet()
    assert "url(" not in css
    assert "@import" not in css


def test_the_stylesheet_uses_only_logical_directions():
    """Left and right would be wrong in a text that runs from right to left."""
    css = bundle.stylesheet()
    for word in ("left", "right"):
        for property_ in ("margin", "padding", "border", "text-align: ", "inset"):
            assert f"{property_}-{word}" not in css and f"text-align: {word}" not in css, property_
