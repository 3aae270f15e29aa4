"""Pictures with their text and numbers, and figures with sliders: in a kernel and as the HTML of a page."""
from __future__ import annotations

import base64
import re
import subprocess
import sys
from html.parser import HTMLParser
from io import BytesIO

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from widgets.explore import COLOURS, LINES, Exploration, Picture, chart, explore, picture

HOSTILE = "<img src=x onerror=alert(1)>\"'&</template><script>"


class Page(HTMLParser):
    """Start tags with their attributes and the text, as a browser would read them."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def bars(*heights):
    fig, ax = chart()
    ax.bar([str(place) for place, _ in enumerate(heights)], heights)
    return fig


def draw(height, colour="blue"):
    numbers = {"bar": ["one"], "height": [height]}
    return picture(bars(height), alt=f"A {colour} bar of height {height}.", table=numbers)


def decoded(shown):
    return Image.open(BytesIO(base64.b64decode(shown.uri.split(",")[1])))


# Pictures

def test_a_picture_shows_an_image_with_its_text_and_its_numbers():
    numbers = pd.DataFrame({"height": [3, 4]}, index=["left", "right"])
    shown = picture(bars(3, 4), "Two bars, 3 and 4.", numbers)
    page = Page(shown._repr_html_())
    assert [tag for tag, _ in page.tags][:4] == ["figure", "img", "details", "summary"]
    assert page.all("img")[0]["alt"] == "Two bars, 3 and 4."
    assert page.all("th") == [{"scope": "col"}] + [{"scope": "row"}] * 2
    assert len(page.all("caption")) == 1
    assert "The numbers" in page.text
    assert repr(shown) == "Picture: Two bars, 3 and 4."


def test_the_same_figure_gives_the_same_bytes_and_another_gives_others():
    assert picture(bars(3, 4), "Bars.").uri == picture(bars(3, 4), "Bars.").uri
    assert picture(bars(3, 4), "Bars.").uri != picture(bars(3, 5), "Bars.").uri


def test_a_picture_is_the_smaller_of_webp_and_png_and_loses_nothing(monkeypatch):
    small = picture(bars(3, 4), "Bars.")
    assert small.uri.startswith("data:image/webp;base64,")
    from PIL import features

    monkeypatch.setattr(features, "check", lambda feature: False)  # a Python without WebP
    plain = picture(bars(3, 4), "Bars.")
    assert plain.uri.startswith("data:image/png;base64,")
    assert len(small.uri) < len(plain.uri) < 60_000
    assert decoded(small).convert("RGB").tobytes() == decoded(plain).convert("RGB").tobytes()


def test_a_picture_has_the_size_of_its_figure_whatever_is_drawn():
    fig, ax = chart(5, 3)
    ax.set_xlabel("A very long label " * 5)
    assert decoded(picture(fig, "Nothing.")).size == (800, 480)


def test_text_is_large_enough_for_a_lecture_room():
    from matplotlib.text import Text

    fig, ax = chart()
    ax.text(0.5, 0.5, "small", fontsize=4)
    ax.set_title("title", fontsize=20)
    picture(fig, "A small text.")
    sizes = {text.get_text(): text.get_fontsize() for text in fig.findobj(Text)}
    assert min(sizes.values()) == 12
    assert sizes["title"] == 20


def test_text_grows_with_the_width_of_a_figure_since_a_page_has_one_width():
    from matplotlib.text import Text

    fig, ax = chart(9, 4)
    assert ax.xaxis.label.get_fontsize() == pytest.approx(13 * 1.5)
    ax.text(0.5, 0.5, "small", fontsize=4)
    picture(fig, "A small text.")
    assert min(text.get_fontsize() for text in fig.findobj(Text)) == 18
    narrow, ax = chart(3, 3)
    assert ax.xaxis.label.get_fontsize() == 13


def test_a_figure_of_pyplot_is_closed_and_not_shown_twice():
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    fig, ax = pyplot.subplots()
    ax.plot([1, 2])
    picture(fig, "A line.")
    assert pyplot.get_fignums() == before
    fig, _ = pyplot.subplots()
    with pytest.raises(ValueError, match="no alternative text"):
        picture(fig, "")
    assert pyplot.get_fignums() == before, "closed also when something is wrong"


def test_a_chart_is_none_of_pyplot_s_figures():
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    chart()
    assert pyplot.get_fignums() == before


def test_lines_differ_by_more_than_colour_and_every_colour_stands_out_from_white():
    assert len(set(COLOURS)) == len(set(LINES)) == len(COLOURS)
    fig, ax = chart()
    drawn = [ax.plot([0, 1], [0, height])[0] for height in range(5)]
    assert len({str(line._dash_pattern) for line in drawn}) == 5
    for colour in COLOURS:
        channels = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
                            for each in channels)
        luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        assert 1.05 / (luminance + 0.05) >= 3


def test_a_line_with_a_numbered_colour_has_one_of_the_course_s():
    fig, ax = chart()
    ax.plot([0, 1], [0, 0], color="C1", linestyle="-", linewidth=200)
    assert decoded(picture(fig, "A thick line.")).convert("RGB").getpixel((480, 300)) == (0xD5, 0x5E, 0x00)


def test_drawing_leaves_matplotlib_as_it_was():
    import matplotlib

    before = dict(matplotlib.rcParams)
    explore(draw, height=[1, 2]).frame(1)
    assert dict(matplotlib.rcParams) == before


def test_numbers_are_written_as_a_person_reads_them():
    table = pd.DataFrame({"persons": [5942, 6291.08], "share": [0.25, float("nan")], "sure": [True, None]},
                         index=pd.Index([2021, 2022], name="year"))
    text = picture(bars(1), "A bar.", table).table
    for cell in ("year</th>", "2021</th>", "2022</th>", "5,942<", "6,291<", "0.25<", "missing<", "True<"):
        assert f">{cell}" in text


def test_without_row_labels_the_first_column_names_the_rows():
    page = Page(picture(bars(1), "A bar.", {"year": [2021, 2022], "persons": [3100, 4020]}).table)
    assert page.all("th") == [{"scope": "col"}] * 2 + [{"scope": "row"}] * 2
    assert "2021" in page.text and "3,100" in page.text


def test_row_labels_without_a_name_have_an_empty_cell_above_and_no_empty_header():
    page = Page(picture(bars(1), "A bar.", pd.DataFrame({"n": [1]}, index=["a"])).table)
    assert page.all("th") == [{"scope": "col"}, {"scope": "row"}]


@given(st.text(), st.text(), st.text())
@settings(max_examples=30, deadline=None)
def test_text_in_a_picture_never_becomes_markup(alt, name, cell):
    shown = Picture(alt + HOSTILE, "data:image/png;base64,AAAA")
    from widgets.explore import _table_html

    page = Page(shown._repr_html_() + _table_html({name + HOSTILE: [cell + HOSTILE]}))
    ours = {"figure", "img", "div", "table", "caption", "thead", "tbody", "tr", "th"}
    assert {tag for tag, _ in page.tags} <= ours
    assert len(page.all("img")) == 1
    assert page.all("img")[0]["alt"] == alt + HOSTILE


@pytest.mark.parametrize("alt", ["", "   ", None, 7, "\n"])
def test_a_picture_without_a_text_is_refused(alt):
    with pytest.raises(ValueError, match=r"no alternative text\. Mend: say what it shows"):
        picture(bars(1), alt)


@pytest.mark.parametrize("fig", [None, "figure.png", 3, [1]])
def test_what_is_no_figure_is_refused(fig):
    with pytest.raises(ValueError, match=r"not a figure\. Mend: give the `fig` of `fig, ax = chart\(\)`"):
        picture(fig, "Text.")


def test_axes_in_place_of_a_figure_are_refused():
    _, ax = chart()
    with pytest.raises(ValueError, match="not a figure"):
        picture(ax, "Text.")


@pytest.mark.parametrize("table, told", [
    (pd.DataFrame(), "no rows"), ({"a": []}, "no rows"), ("text", "is a str and no table"),
    (5, "is a int and no table"),
])
def test_what_is_no_table_is_refused(table, told):
    with pytest.raises(ValueError, match=f"{told}.*Mend"):
        picture(bars(1), "A bar.", table)


# Sliders in a kernel

def test_sliders_draw_the_figure_anew():
    box = explore(draw, height=[1, 2, 3], colour={"blue": "blue", "deep red": "red"}).widget()
    *sliders, shown = box.children
    assert [slider.description for slider in sliders] == ["Height", "Colour"]
    labels = [[label for label, _ in slider.options] for slider in sliders]
    assert labels == [["1", "2", "3"], ["blue", "deep red"]]
    assert "A blue bar of height 1." in shown.value
    sliders[0].value = 2
    sliders[1].value = 1
    assert "A red bar of height 3." in shown.value
    assert "<td>3</td>" in shown.value


def test_a_live_kernel_gets_sliders_and_a_saved_notebook_the_first_frame(monkeypatch):
    monkeypatch.delenv("COURSE_PAGE", raising=False)
    exploration = explore(draw, height=[1, 2])
    bundle = exploration._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == exploration.widget().model_id
    assert bundle["text/html"] == draw(1)._repr_html_()
    assert bundle["text/plain"] == "Picture: A blue bar of height 1.\nSliders: Height: 1, 2"


def test_a_figure_that_fails_on_the_way_says_so_in_its_place():
    def fragile(share):
        if share > 1:
            raise ZeroDivisionError("<b>nobody</b> left")
        return picture(bars(share), f"A bar of {share}.")

    slider, shown = explore(fragile, share=[1, 2]).widget().children
    slider.value = 1
    assert "could not be drawn: ZeroDivisionError: &lt;b&gt;nobody" in shown.value
    slider.value = 0
    assert "A bar of 1." in shown.value


def test_showing_it_twice_moves_the_same_sliders():
    exploration = explore(draw, height=[1, 2])
    assert exploration.widget() is exploration.widget()


# The page

@pytest.fixture
def page_html(monkeypatch):
    monkeypatch.setenv("COURSE_PAGE", "1")
    exploration = explore(draw, height=[1, 2, 3], colour={"blue": "blue", "deep red": "red"})
    return exploration._repr_mimebundle_()["text/html"]


def test_a_page_holds_every_frame_in_a_template_and_the_first_in_place(page_html):
    page = Page(page_html)
    values = [template["data-values"] for template in page.all("template")]
    assert values == ["0,0", "0,1", "1,0", "1,1", "2,0", "2,1"]
    before_templates = page_html.split("<template")[0]
    assert before_templates.count("<img") == 1
    assert "A blue bar of height 1." in before_templates
    assert page_html.count("<img") == 7
    frames = dict(re.findall(r'<template data-values="([\d,]+)">(.*?)</template>', page_html, re.DOTALL))
    assert frames["2,1"] == draw(3, "red")._repr_html_()


def test_sliders_of_a_page_are_native_named_and_say_their_value(page_html):
    page = Page(page_html)
    sliders = page.all("input")
    assert [slider["type"] for slider in sliders] == ["range", "range"]
    assert [slider["max"] for slider in sliders] == ["2", "1"]
    assert [slider["aria-valuetext"] for slider in sliders] == ["1", "blue"]
    assert [label["for"] for label in page.all("label")] == [slider["id"] for slider in sliders]
    assert [output["for"] for output in page.all("output")] == [slider["id"] for slider in sliders]
    assert len({slider["id"] for slider in sliders}) == 2
    assert [option["label"] for option in page.all("option")] == ["1", "2", "3", "blue", "deep red"]
    assert page.all("section")[0]["data-course"] == "explore"


def test_two_figures_on_one_page_share_no_id(monkeypatch):
    monkeypatch.setenv("COURSE_PAGE", "1")
    ids = [tag["id"] for _ in range(2) for tag in Page(explore(draw, height=[1, 2]).page_html()).all("input")]
    assert len(set(ids)) == 2


def test_without_a_script_the_dead_sliders_are_not_shown_and_the_values_are_told(page_html):
    page = Page(page_html)
    group = next(tag for tag in page.all("div") if tag.get("class") == "course-explore-choices")
    assert "hidden" in group
    assert "Shown: Height: 1; Colour: blue" in page.text


def test_a_page_needs_no_widget_state(monkeypatch):
    monkeypatch.setenv("COURSE_PAGE", "1")
    assert set(explore(draw, height=[1, 2])._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_a_page_is_the_same_at_every_build():
    number = r'explore-\d+-'
    pages = [re.sub(number, "", explore(draw, height=[1, 2]).page_html()) for _ in range(2)]
    assert pages[0] == pages[1]


def test_labels_of_a_page_never_become_markup(monkeypatch):
    monkeypatch.setenv("COURSE_PAGE", "1")
    page = Page(explore(draw, height={HOSTILE: 1, "b": 2}).page_html())
    assert not page.all("script")
    assert len(page.all("img")) == 3
    assert page.all("option")[0]["label"] == HOSTILE


def test_frames_that_all_read_the_same_are_refused():
    silent = explore(lambda height: picture(bars(height), "A bar."), height=[1, 2])
    with pytest.raises(ValueError, match=r"every frame has the same alternative text\. Mend"):
        silent.page_html()


# What cannot be explored

@pytest.mark.parametrize("choices, told", [
    ({}, "nothing to choose.*at least one keyword"),
    ({"height": []}, "height has 0 values.*at least two"),
    ({"height": [1]}, "height has 1 values"),
    ({"height": [1, 1]}, "height has 1 more than once"),
    ({"height": [0.1, 0.10000000001]}, r"height has 0\.1 more than once.*in a dict"),
    ({"height": "12"}, r"height is '12'.*in a list, height=\[…\]"),
    ({"height": 3}, r"height is 3\. Mend"),
    ({"height": {"a": 1, " ": 2}}, "height has a value without a label"),
    ({"height": range(1, 12), "colour": list("abcdefghijkl")},
     "11 height x 12 colour are 132 frames, and a page holds 120"),
])
def test_choices_that_make_no_sliders_are_refused_with_the_mend(choices, told):
    with pytest.raises(ValueError, match=told):
        explore(draw, **choices)


def test_a_figure_that_is_no_function_or_gives_no_picture_is_refused():
    with pytest.raises(ValueError, match=r"str is not a function\. Mend"):
        explore("figure", height=[1, 2])
    told = r"the function bars_of gives a Figure\. Mend: end it with `return picture"
    with pytest.raises(ValueError, match=told):
        explore(bars_of, height=[1, 2])


def bars_of(height):
    return bars(height)


@given(st.dictionaries(st.text(min_size=1).filter(str.strip), st.integers(), min_size=2, max_size=6))
@settings(max_examples=20, deadline=None)
def test_any_labels_reach_the_figure_with_their_values(values):
    seen = []

    def note(choice):
        seen.append(choice)
        return Picture(f"Value {choice}.", "data:image/png;base64,AAAA")

    exploration = Exploration(note, {"choice": values})
    for position in range(len(values)):
        exploration.frame(position)
    assert seen[1:] == list(values.values())


@pytest.mark.parametrize("value, label", [
    (True, "yes"), (False, "no"), (1500, "1,500"), (0.1 + 0.2, "0.3"), (2.0, "2"), ("high", "high"),
    (None, "None"),
])
def test_a_value_reads_as_a_person_writes_it(value, label):
    exploration = explore(lambda choice: Picture(f"{choice}", ""), choice=[value, "other"])
    assert repr(exploration).splitlines()[1] == f"Sliders: Choice: {label}, other"


def test_importing_it_loads_neither_matplotlib_nor_ipywidgets_nor_pandas():
    code = ("import widgets, widgets.explore, sys; "
            "print([name for name in ('matplotlib', 'ipywidgets', 'pandas', 'PIL') if name in sys.modules])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
