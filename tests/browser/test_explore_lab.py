"""A figure with sliders in JupyterLab: drawn by the kernel, shown once, readable where it was not run."""
from __future__ import annotations

from lab import open_notebook, run_all, run_cell
from playwright.sync_api import expect

DRAW = """from matplotlib import pyplot
from widgets import explore, picture

def bars(height, kind):
    fig, ax = pyplot.subplots()
    ax.bar(["first"], [height])
    return picture(fig, f"A {kind} bar of height {height}.", {"bar": ["first"], "height": [height]})"""
EXPLORE = 'explore(bars, height=[1, 2, 3], kind=["plain", "fine"])'
COUNT = "print('open figures:', pyplot.get_fignums())"


def test_sliders_draw_the_figure_in_the_kernel_and_show_it_once(lab, new_page):
    page = new_page()
    open_notebook(page, lab.write("explore.ipynb", DRAW, EXPLORE, COUNT), cells=3)
    run_all(page)
    cell = page.locator(".jp-CodeCell").nth(1)
    image = cell.locator("img")
    expect(image).to_have_count(1)
    expect(image).to_have_attribute("alt", "A plain bar of height 1.")
    handles = cell.get_by_role("slider")
    expect(handles).to_have_count(2)
    handles.first.focus()
    page.keyboard.press("ArrowRight")
    expect(image).to_have_attribute("alt", "A plain bar of height 2.")
    handles.nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(image).to_have_attribute("alt", "A fine bar of height 2.")
    assert image.evaluate("image => image.naturalWidth") == 960
    cell.get_by_text("The numbers", exact=True).click()
    expect(cell.get_by_role("cell", name="2", exact=True)).to_be_visible()
    expect(image).to_have_count(1)
    assert "open figures: []" in run_cell(page, 2)
    assert page.other_hosts == []


def test_a_notebook_that_was_not_run_shows_the_first_frame(lab, new_page):
    from widgets.explore import chart, explore, picture

    def bar(height):
        fig, ax = chart()
        ax.bar(["first"], [height])
        return picture(fig, f"A bar of height {height}.")

    saved = {kind: value for kind, value in explore(bar, height=[1, 2])._repr_mimebundle_().items()
             if kind.startswith("text/")}
    page = new_page()
    open_notebook(page, lab.write("explore-saved.ipynb", EXPLORE, outputs={0: saved}), cells=1)
    expect(page.locator(".jp-CodeCell img")).to_have_attribute("alt", "A bar of height 1.")
