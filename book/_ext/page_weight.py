"""The markup of a page says nothing twice: a long module page would not fit its budget of 90 kB otherwise.

What Sphinx and Pygments wrap into spans that no style of this site uses is unwrapped, citations lose the
tooltip that only a mouse can open (the list of references says the same), and a belief that several wrong
answers share is explained once; ``static/page.js`` shows it in full wherever it is asked for.
"""
from __future__ import annotations

import re

# The short names of Pygments that site.css colours; a test holds the two together.
COLOURED = ("k kc kn ow kd s s1 s2 sd sa si se mi mf mh c c1 cm nf nc nb nn nd").split()

IDLE_SPAN = re.compile(rf'<span class="(?!(?:{"|".join(COLOURED)})")[a-z][a-z0-9]?">([^<]*)</span>')
NAMED_SPAN = re.compile(r'<span class="(?:xref )?std std-(?:term|doc|ref)">([^<]*)</span>')
TOOLTIP = re.compile(r'(<a class="reference internal"[^>]*?) title="[^"]*"')
BELIEF = re.compile(r'<div class="course-misconception">(<p>.*?</p>)(.*?)</div>', re.DOTALL)
UNRUN = re.compile(r'<p class="course-unrun">.*?</p>')  # for a notebook that was not run
TOLD = "<p>What speaks against it stands at an earlier question.</p>"


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


def beliefs_once(html: str) -> str:
    """The same page with each common belief explained where it comes first, and named where it comes again.

    Examples
    --------
    >>> block = '<div class="course-misconception"><p>All are known.</p><p>No.</p></div>'
    >>> print(beliefs_once(block + block))
    <div class="course-misconception" data-belief="0"><p>All are known.</p><p>No.</p></div><div
    class="course-misconception" data-same="0"><p>All are known.</p><p>What speaks against it stands at an
    earlier question.</p></div>
    """
    places: dict[str, int] = {}

    def written(found: re.Match) -> str:
        belief, refutation = found.groups()
        known = found.group() in places
        place = places.setdefault(found.group(), len(places))
        name, rest = ("same", TOLD) if known else ("belief", refutation)
        return f'<div class="course-misconception" data-{name}="{place}">{belief}{rest}</div>'

    return BELIEF.sub(written, html)


def on_page(app, pagename, templatename, context, doctree):
    context["body"] = beliefs_once(without_idle_markup(context.get("body", "")))


def setup(app):
    app.connect("html-page-context", on_page, priority=850)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
