"""The markup of a page says nothing twice: a long module page would not fit its budget of 90 kB otherwise.

What Sphinx and Pygments wrap into spans that no style of this site uses is unwrapped, citations lose the
tooltip that only a mouse can open (the list of references says the same), and an answer that is asked for
twice (icebreaker and revisit), a belief that several wrong answers share, and the scale of certainty, which
does nothing without a script, are written once; ``static/page.js`` shows them wherever they belong.
"""
from __future__ import annotations

import re

# The short names of Pygments that site.css colours; a test holds the two together.
COLOURED = ("k kc kn ow kd s s1 s2 sd sa si se mi mf mh c c1 cm nf nc nb nn nd").split()

IDLE_SPAN = re.compile(rf'<span class="(?!(?:{"|".join(COLOURED)})")[a-z][a-z0-9]?">([^<]*)</span>')
NAMED_SPAN = re.compile(r'<span class="(?:xref )?std std-(?:term|doc|ref)">([^<]*)</span>')
TOOLTIP = re.compile(r'(<a class="reference internal"[^>]*?) title="[^"]*"')
ANSWER = re.compile(r'(<details class="course-answer"><summary>[^<]*</summary><div class="course-body")>'
                    r'()(.*?)(</div></details>)', re.DOTALL)
BELIEF = re.compile(r'(<div class="course-misconception")>(<p>.*?</p>)(.*?)(</div>)', re.DOTALL)
CERTAINTY = re.compile(r'(<fieldset class="course-certainty")>()(.*?)(</fieldset>)', re.DOTALL)
NAME = re.compile(r' name="[^"]*"')
UNRUN = re.compile(r'<p class="course-unrun">.*?</p>')  # for a notebook that was not run
EARLIER_ANSWER = "<p>It stands where this was asked first, at the head of the module.</p>"
EARLIER_BELIEF = "<p>What speaks against it stands at an earlier question.</p>"


def without_idle_markup(html: str) -> str:
    """The same page without spans and tooltips that nobody sees.

    Examples
    --------
    >>> without_idle_markup('<pre><span class="n">x</span> <span class="kn">import</span></pre>')
    '<pre>x <span class="kn">import</span></pre>'
    >>> without_idle_markup('<a class="reference internal" href="r.html#a" title="A. B. C.">A, 2001</a>')
    '<a class="reference internal" href="r.html#a">A, 2001</a>'
    """
    for idle in (IDLE_SPAN, NAMED_SPAN, TOOLTIP):
        html = idle.sub(r"\1", html)
    return UNRUN.sub("", html)


def written_once(html: str, block: re.Pattern, earlier: str, places: dict[str, int]) -> str:
    """The same page with each of these blocks in full where it comes first, and short where it comes again.

    Parameters
    ----------
    html : str
        Body of a page.
    block : re.Pattern
        Finds a block in four parts: start tag, what is always shown, the rest, end tag.
    earlier : str
        What stands in place of the rest where a block comes again.
    places : dict
        The blocks of the page so far; it is filled.

    Examples
    --------
    >>> block = '<div class="course-misconception"><p>All are known.</p><p>No.</p></div>'
    >>> print(written_once(block + block, BELIEF, "<p>See above.</p>", {}))
    <div class="course-misconception" data-told="0"><p>All are known.</p><p>No.</p></div><div
    class="course-misconception" data-same="0"><p>All are known.</p><p>See above.</p></div>
    """
    def written(found: re.Match) -> str:
        start, always, rest, end = found.groups()
        content = NAME.sub("", always + rest)
        again = content in places
        place = places.setdefault(content, len(places))
        name, rest = ("same", earlier) if again else ("told", rest)
        return f'{start} data-{name}="{place}">{always}{rest}{end}'

    return block.sub(written, html)


def on_page(app, pagename, templatename, context, doctree):
    body, places = without_idle_markup(context.get("body", "")), {}
    body = written_once(body, ANSWER, EARLIER_ANSWER, places)
    body = written_once(body, CERTAINTY, "", places)
    context["body"] = written_once(body, BELIEF, EARLIER_BELIEF, places)


def setup(app):
    app.connect("html-page-context", on_page, priority=850)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
