"""Figures that everybody can use: a picture with its text and its numbers, and sliders that change it.

``picture`` turns a matplotlib figure into an image with an alternative text and a table. ``explore`` puts
sliders over a function that draws one: ipywidgets in a live kernel, and on a page of the book the same
sliders over frames that were drawn when the book was built.
"""
from __future__ import annotations

import base64
import itertools
import math
import numbers
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "Exploration", "Picture", "chart", "explore", "picture"]

MOST_FRAMES = 120
"""A page holds every frame; more than this and nobody would wait for it."""

SMALLEST_TEXT = 12
"""Points, in a figure 6 inches wide. Smaller text cannot be read from the back of a lecture room."""

WIDTH = 6
"""Inches. In a wider figure text must be larger to look the same, since a page has one width for all."""

DOTS_PER_INCH = 160

COLOURS = ("#0072b2", "#d55e00", "#117733", "#882255", "#4d5761")
"""Told apart by people with any colour vision, and each at least 3 to 1 against white (WCAG 2.2, 1.4.11)."""

LINES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)))
"""A second difference beside the colour."""


@dataclass(frozen=True)
class Picture:
    """A figure as an image, with the text that stands for it and the numbers behind it.

    Parameters
    ----------
    alt : str
        What the figure shows, for those who cannot see it.
    uri : str
        The image as a data URI.
    table : str
        The numbers as an HTML table; empty if there is none.

    Examples
    --------
    >>> fig, ax = chart()
    >>> _ = ax.bar(["on a list", "on none"], [640, 1360])
    >>> picture(fig, alt="Two bars: 640 persons are on a list, 1,360 on none.")
    Picture: Two bars: 640 persons are on a list, 1,360 on none.
    """

    alt: str
    uri: str
    table: str = ""

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"

    def _repr_html_(self) -> str:
        numbers = f"<details><summary>The numbers</summary>{self.table}</details>" if self.table else ""
        image = f'<img src="{escape(self.uri)}" alt="{escape(self.alt)}">'
        return f'<figure class="course-picture">{image}{numbers}</figure>'


def chart(width: float = WIDTH, height: float = 4.2) -> tuple[Figure, Axes]:
    """An empty figure in the style of the course.

    Parameters
    ----------
    width, height : float
        Inches. A page shows every figure in the same width, so that text grows with the width of a wide
        figure.

    Returns
    -------
    tuple
        The figure and its axes, as from ``matplotlib.pyplot.subplots``. It is not one of pyplot's figures, so
        that nothing is shown twice and nothing is left open.

    Examples
    --------
    >>> fig, ax = chart()
    >>> ax.xaxis.label.get_size()
    13.0
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_style(width)):
        fig = Figure(figsize=(width, height))
        return fig, fig.add_subplot()


def picture(fig: Figure, alt: str, table: object = None) -> Picture:
    """Make a picture of a figure, and close the figure.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        From :func:`chart` or from pyplot. Text that is too small to be read is enlarged.
    alt : str
        What the figure shows, in a sentence or two, with the figures that matter.
    table : pandas.DataFrame, optional
        The numbers behind the figure, or whatever ``pandas.DataFrame`` takes; its row labels or else its
        first column name the rows. They are shown on request.

    Returns
    -------
    Picture
        Shows itself as an image; the same figure gives the same bytes.

    Raises
    ------
    ValueError
        ``fig`` is not a figure, ``alt`` says nothing, or ``table`` is no table.

    Notes
    -----
    It cannot tell whether the text says what the figure shows, or whether the figure depends on colour alone.

    Examples
    --------
    >>> fig, ax = chart()
    >>> lines = ax.plot([2021, 2022], [310, 402])
    >>> numbers = {"year": ["2021", "2022"], "persons": [310, 402]}
    >>> shown = picture(fig, "The line rises from 310 to 402.", numbers)
    >>> shown.uri.startswith("data:image/webp;base64,"), shown.table.count("<tr>")
    (True, 3)
    """
    if not hasattr(fig, "savefig") or not hasattr(fig, "findobj"):
        raise ValueError(f"fig is a {type(fig).__name__}, not a figure. "
                         "Mend: give the `fig` of `fig, ax = chart()`.")
    try:
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError("the picture has no alternative text. "
                             'Mend: say what it shows, picture(fig, alt="…").')
        return Picture(" ".join(alt.split()), _image(fig), "" if table is None else _table_html(table))
    finally:
        _close(fig)


class Exploration:
    """A figure with sliders; :func:`explore` makes it.

    Parameters
    ----------
    figure : callable
        Takes one value of each choice and returns a :class:`Picture`.
    choices : mapping of str to mapping of str to object
        For each slider its values by their labels.
    """

    def __init__(self, figure: Callable[..., Picture], choices: Mapping[str, Mapping[str, object]]):
        self._figure = figure
        self._choices = choices
        self._first = self.frame(*[0] * len(choices))
        self._number = next(_numbers)
        self._box = None

    def __repr__(self) -> str:
        sliders = "; ".join(f"{_title(name)}: {', '.join(values)}" for name, values in self._choices.items())
        return f"{self._first!r}\nSliders: {sliders}"

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        plain = {"text/plain": repr(self)}
        if os.environ.get("COURSE_PAGE"):
            return {**plain, "text/html": self.page_html()}
        # A notebook that was saved and not run shows the HTML, a live one the sliders.
        return {**self.widget()._repr_mimebundle_(), **plain, "text/html": self._first._repr_html_()}

    def frame(self, *positions: int) -> Picture:
        """Draw one frame.

        Parameters
        ----------
        *positions : int
            For each slider the number of its value, from 0.

        Returns
        -------
        Picture
            What the figure function drew.

        Raises
        ------
        ValueError
            The function did not return a picture.

        Examples
        --------
        >>> def bar(height):
        ...     fig, ax = chart()
        ...     ax.bar(["height"], [height])
        ...     return picture(fig, alt=f"A bar of height {height}.")
        >>> explore(bar, height=[1, 2, 3]).frame(2)
        Picture: A bar of height 3.
        """
        import matplotlib

        chosen = {name: list(values.values())[position]
                  for (name, values), position in zip(self._choices.items(), positions)}
        with matplotlib.rc_context(_style()):
            drawn = self._figure(**chosen)
        if not isinstance(drawn, Picture):
            raise ValueError(f"the function {self._figure.__name__} gives a {type(drawn).__name__}. "
                             "Mend: end it with `return picture(fig, alt=…, table=…)`.")
        return drawn

    def widget(self):
        """The sliders over the figure, for a live kernel.

        Returns
        -------
        ipywidgets.VBox
            The sliders, then the figure.
        """
        if self._box is None:
            self._box = self._make_widget()
        return self._box

    def _make_widget(self):
        import ipywidgets

        wide = ipywidgets.Layout(width="100%", max_width="40em")
        sliders = [
            ipywidgets.SelectionSlider(
                options=[(label, position) for position, label in enumerate(values)], value=0,
                description=_title(name), style={"description_width": "initial"}, layout=wide,
            )
            for name, values in self._choices.items()
        ]
        shown = ipywidgets.HTML(self._first._repr_html_())

        def redraw(_change):
            try:
                shown.value = self.frame(*[slider.value for slider in sliders])._repr_html_()
            except Exception as error:  # a slider has no other place to tell the reader
                problem = escape(f"{type(error).__name__}: {error}")
                shown.value = f"<p>This figure could not be drawn: {problem}</p>"

        for slider in sliders:
            slider.observe(redraw, names="value")
        return ipywidgets.VBox([*sliders, shown])

    def page_html(self) -> str:
        """Sliders, the first frame, and all frames for the page's script to swap in.

        Returns
        -------
        str
            HTML that shows the first frame where no script runs. Frames are in templates, which load nothing.
        """
        sizes = [range(len(values)) for values in self._choices.values()]
        frames = {positions: self.frame(*positions) if any(positions) else self._first
                  for positions in itertools.product(*sizes)}
        if len({frame.alt for frame in frames.values()}) == 1:
            raise ValueError("every frame has the same alternative text. Mend: say in `alt` what this frame "
                             'shows, for example alt=f"With {share:.0%} …".')
        templates = "".join(
            f'<template data-values="{",".join(map(str, positions))}">{frame._repr_html_()}</template>'
            for positions, frame in frames.items()
        )
        shown = "; ".join(f"{_title(name)}: {next(iter(values))}" for name, values in self._choices.items())
        return (
            '<section class="course-explore" data-course="explore" aria-label="Figure with sliders">'
            '<div class="course-explore-choices" role="group" aria-label="Change the figure" hidden>'
            f"{''.join(map(self._slider_html, self._choices))}</div>"
            f'<p class="course-explore-shown">Shown: {escape(shown)}</p>'
            f'<div class="course-explore-frame">{self._first._repr_html_()}</div>'
            f'<p class="course-live" role="status"></p>{templates}</section>'
        )

    def _slider_html(self, name: str) -> str:
        labels = list(self._choices[name])
        id = f"explore-{self._number}-{name}"
        options = "".join(f'<option value="{position}" label="{escape(label)}"></option>'
                          for position, label in enumerate(labels))
        return (
            f'<div class="course-explore-choice"><label for="{id}">{escape(_title(name))}</label>'
            f'<input type="range" id="{id}" min="0" max="{len(labels) - 1}" step="1" value="0" '
            f'autocomplete="off" list="{id}-values" aria-valuetext="{escape(labels[0])}">'
            f'<datalist id="{id}-values">{options}</datalist>'
            f'<output for="{id}" aria-live="off">{escape(labels[0])}</output></div>'
        )


def explore(figure: Callable[..., Picture], **choices: Sequence | Mapping[str, object]) -> Exploration:
    """Put sliders over a figure.

    Parameters
    ----------
    figure : callable
        Takes one keyword for each choice and returns a :class:`Picture`. The style of the course is set while
        it draws.
    **choices
        For each keyword the values of its slider in order: a list, or a dict from label to value. The first
        values are shown first. A page holds one frame for every combination, 120 at most.

    Returns
    -------
    Exploration
        In a live kernel it shows sliders that draw the figure anew; on a page of the book, sliders over
        frames that were drawn when the book was built; without a script, the first frame.

    Raises
    ------
    ValueError
        There is no choice, a choice has no or a repeated value, there are too many frames, or ``figure`` is
        not a function that returns a picture. The message names the choice and the mend.

    Examples
    --------
    >>> def overlap(both):
    ...     fig, ax = chart()
    ...     ax.bar(["estimate"], [540 * 534 / both])
    ...     return picture(fig, alt=f"With {both} persons on both the estimate is {540 * 534 / both:,.0f}.")
    >>> explore(overlap, both=[20, 45, 90])
    Picture: With 20 persons on both the estimate is 14,418.
    Sliders: Both: 20, 45, 90
    """
    if not callable(figure):
        raise ValueError(f"{type(figure).__name__} is not a function. "
                         "Mend: give a function that draws the figure, explore(draw, share=[0.1, 0.2]).")
    if not choices:
        raise ValueError("there is nothing to choose. Mend: give at least one keyword with values, "
                         "explore(draw, share=[0.1, 0.2]).")
    labelled = {name: _labelled(name, values) for name, values in choices.items()}
    frames = math.prod(map(len, labelled.values()))
    if frames > MOST_FRAMES:
        counts = " x ".join(f"{len(values)} {name}" for name, values in labelled.items())
        raise ValueError(f"{counts} are {frames} frames, and a page holds {MOST_FRAMES}. "
                         "Mend: leave values out.")
    return Exploration(figure, labelled)


_numbers = itertools.count(1)


def _labelled(name: str, values: Sequence | Mapping[str, object]) -> dict[str, object]:
    """The values of one choice by their labels."""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise ValueError(f"{name} is {values!r}. Mend: give its values in a list, {name}=[…].")
    named = isinstance(values, Mapping)
    pairs = list(values.items()) if named else [(_label(value), value) for value in values]
    labels = [str(label) for label, _ in pairs]
    if len(labels) < 2:
        raise ValueError(f"{name} has {len(labels)} values, so there is nothing to choose. "
                         "Mend: give at least two.")
    twice = [label for label in labels if labels.count(label) > 1]
    if twice:
        raise ValueError(f"{name} has {twice[0]} more than once. Mend: leave one out, or name each value "
                         f"in a dict, {name}={{'low': 0.1, 'high': 0.2}}.")
    if not all(label.strip() for label in labels):
        raise ValueError(f"{name} has a value without a label. Mend: name it in a dict.")
    return {label: value for label, (_, value) in zip(labels, pairs)}


def _label(value: object) -> str:
    """How a value reads beside its slider."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def _title(name: str) -> str:
    """A keyword as words: ``missed_links`` is "Missed links"."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _style(width: float = WIDTH) -> dict:
    """The look of the course's figures, as matplotlib's settings."""
    from matplotlib import cycler

    larger = max(1, width / WIDTH)
    return {
        "figure.figsize": (WIDTH, 4.2),
        "figure.dpi": 100,
        "figure.constrained_layout.use": True,
        "font.family": "DejaVu Sans",  # comes with matplotlib, so that every computer draws the same
        "font.size": 13 * larger,
        "axes.titlesize": 14 * larger,
        "axes.labelsize": 13 * larger,
        "xtick.labelsize": 12 * larger,
        "ytick.labelsize": 12 * larger,
        "legend.fontsize": 12 * larger,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#d5dbe2",
        "lines.linewidth": 2.2,
        "lines.markersize": 7,
        "axes.prop_cycle": cycler(color=COLOURS) + cycler(linestyle=LINES),
    }


def _image(fig: Figure) -> str:
    """The figure as a data URI: WebP without loss, or PNG where that is smaller or WebP is not there."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text
    from PIL import Image, features

    if fig.get_layout_engine() is None:
        fig.set_layout_engine("constrained")  # larger text keeps its place
    smallest = SMALLEST_TEXT * max(1, fig.get_figwidth() / WIDTH)
    for text in fig.findobj(Text):
        text.set_fontsize(max(text.get_fontsize(), smallest))
    file = BytesIO()
    FigureCanvasAgg(fig)  # pixels, whatever the backend of the notebook
    with rc_context(_style()):  # a line of colour "C0" has the first colour of the course, as in `explore`
        fig.savefig(file, format="png", dpi=DOTS_PER_INCH, facecolor="white", metadata={"Software": None})
    files = {"png": file.getvalue()}
    if features.check("webp"):
        smaller = BytesIO()
        # Slower settings make it a tenth smaller and take twice the time, for every frame.
        Image.open(file).convert("RGB").save(smaller, format="webp", lossless=True, quality=50, method=2)
        files["webp"] = smaller.getvalue()
    kind = min(files, key=lambda kind: len(files[kind]))
    return f"data:image/{kind};base64,{base64.b64encode(files[kind]).decode()}"


def _close(fig: Figure) -> None:
    """Without this a notebook would show pyplot's figure a second time, and keep it in memory."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(fig)


def _table_html(table: object) -> str:
    """A table with caption and header cells; the row labels, or else the first column, name the rows."""
    import pandas as pd

    try:
        frame = pd.DataFrame(table)
    except ValueError as error:
        raise ValueError(f"table is a {type(table).__name__} and no table ({error}). "
                         "Mend: give a DataFrame, or a dict from column to values.") from None
    if frame.empty:
        raise ValueError("table has no rows. Mend: give the numbers that the figure shows, or leave it out.")
    if not _has_plain_index(frame):
        frame = frame.reset_index(names=frame.index.name or "")
    names = map(str, frame.columns)
    head = "".join(f'<th scope="col">{escape(name)}</th>' if name else "<td></td>" for name in names)
    body = "".join(map(_row_html, frame.itertuples(index=False, name=None)))
    return (
        '<div class="course-scroll" role="group" tabindex="0" aria-label="The numbers">'
        "<table><caption>The numbers of this figure</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _has_plain_index(frame: pd.DataFrame) -> bool:
    return frame.index.name is None and list(frame.index) == list(range(len(frame)))


def _row_html(row: Sequence) -> str:
    """A row of a table. A whole number that names it, such as a year, has no separators."""
    name, *values = row
    heading = str(name) if isinstance(name, numbers.Integral) else _cell(name)
    cells = "".join(f"<td>{_cell(value)}</td>" for value in values)
    return f'<tr><th scope="row">{heading}</th>{cells}</tr>'


def _cell(value: object) -> str:
    """A value as a person reads it."""
    import pandas as pd

    from measurement.estimate import readable

    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "missing"
    if isinstance(value, str) or isinstance(value, bool) or not hasattr(value, "__float__"):
        return escape(str(value))
    return readable(float(value))
