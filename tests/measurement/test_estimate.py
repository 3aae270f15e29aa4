"""An estimate shows itself as a sentence and as a table, the same way every time."""
from __future__ import annotations

import dataclasses
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement import Estimate, NoEstimate, two_source
from measurement.estimate import readable


class Tags(HTMLParser):
    """Every start tag with its attributes, and the text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.open = [], [], []
        self.feed(html)
        assert not self.open, "every tag is closed"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_an_estimate_is_a_sentence():
    assert repr(two_source(534, 540, 45)) == (
        "About 6,291 (95 % interval 4,646 to 7,936; Chapman, from 1,029 observed)")
    assert str(Estimate(0.25)) == "About 0.25"
    assert repr(Estimate(12.0, low=1.0, high=23.0, level=0.995)) == "About 12 (99.5 % interval 1 to 23)"


def test_an_estimate_is_an_accessible_table():
    page = Tags(two_source(534, 540, 45)._repr_html_())
    names = [tag for tag, _ in page.tags]
    assert names.count("caption") == 1
    headers = [attributes for tag, attributes in page.tags if tag == "th"]
    assert headers and all(header == {"scope": "row"} for header in headers)
    assert names.count("td") == len(headers)
    for text in ("6,291", "839.3", "4,646 to 7,936", "95 % interval", "Chapman", "1,029"):
        assert text in page.text


def test_every_assumption_is_shown():
    estimate = two_source(534, 540, 45)
    page = Tags(estimate._repr_html_())
    assert len(estimate.assumptions) == 4
    assert all(text in page.text for text in estimate.assumptions)


def test_text_in_an_estimate_never_becomes_markup():
    hostile = "<script>alert(1)</script>\"'&"
    estimate = Estimate(1.0, low=0.5, high=2.0, method=hostile, assumptions=(hostile,), source=hostile)
    page = Tags(estimate._repr_html_())
    assert "script" not in [tag for tag, _ in page.tags]
    assert hostile in page.text


def test_an_estimate_stands_for_its_value():
    estimate = two_source(534, 540, 45)
    assert float(estimate) == estimate.value
    assert f"{estimate:,.1f}" == "6,291.1"
    assert f"{estimate}" == repr(estimate)


def test_an_estimate_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        two_source(534, 540, 45).value = 1


def test_equal_lists_give_equal_estimates_that_can_be_kept_in_a_set():
    assert len({two_source(534, 540, 45), two_source(534, 540, 45)}) == 1


def test_no_estimate_is_a_value_error():
    assert issubclass(NoEstimate, ValueError)


@given(st.floats(-1e15, 1e15))
def test_a_readable_number_is_the_number_to_four_digits(number):
    text = readable(number)
    assert "nan" not in text and not text.startswith("-0 ")
    assert float(text.replace(",", "")) == pytest.approx(number, rel=5.1e-4)


@pytest.mark.parametrize("number, text", [
    (999.96, "1,000"), (999.4, "999.4"), (-1234.5, "-1,234"), (0.00012345, "0.0001234"), (-0.0, "0"),
    (1e6, "1,000,000"),
])
def test_a_number_is_written_as_a_person_reads_it(number, text):
    assert readable(number) == text


def test_importing_measurement_loads_neither_pandas_nor_scipy_nor_matplotlib():
    heavy = "pandas scipy matplotlib networkx IPython frictionless".split()
    code = f"import measurement, sys; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
