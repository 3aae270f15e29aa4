"""Authored text becomes a small, safe HTML, whatever is in it."""

import re
import time
from html.parser import HTMLParser

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from widgets.text import refused_links, to_html, to_inline, to_plain

BLOCK_TAGS = {"p", "ul", "li", "blockquote"}
INLINE_TAGS = {"strong", "em", "code", "a"}
SAFE_HREF = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?([/?#].*)?|(?!//)[^:\\\s]*([/?#].*)?", re.DOTALL)


class Reader(HTMLParser):
    """Read HTML, refusing all that authored text may not become; `text` is what a reader sees."""

    def __init__(self, tags):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.text = tags, [], ""

    def handle_starttag(self, tag, attributes):
        assert tag in self.tags, f"<{tag}>"
        assert [name for name, _ in attributes] == (["href"] if tag == "a" else []), attributes
        if tag == "a":
            href = attributes[0][1]
            assert SAFE_HREF.fullmatch(href), href
            assert not re.search(r"[\x00-\x20\x7f\\]", href), href
            assert "a" not in self.open
        assert not (BLOCK_TAGS & {tag} and set(self.open) & {"p", "li"}), "a block inside a line"
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}>"

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError("a comment")

    def handle_decl(self, decl):
        raise AssertionError("a declaration")

    def handle_pi(self, data):
        raise AssertionError("an instruction")


def read(html: str, tags: set[str]) -> str:
    """Give the text of safe HTML; fail on any other."""
    reader = Reader(tags)
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader.text


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "</p></div><h1>x",
    "<!-- x", "<![CDATA[x]]>", "<?php x ?>", "&lt;script&gt;", "&#60;script&#62;", "\"><script>x</script>",
    "' onclick='x",
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java\tscript:alert(1))",
    "[x](java\nscript:x)",
    "[x](\x01javascript:alert(1))", "[x]( javascript:alert(1))", "[x](javascript&#58;alert(1))",
    "[x](javascript&colon;alert(1))", "[x](&#106;avascript:alert(1))", "[x](jav\u200bascript:alert(1))",
    "[x](javascript\u2060:alert(1))", "[x](ｊavascript:alert(1))", "[x](data:text/html,<script>x</script>)",
    "[x](vbscript:x)", "[x](file:///etc/passwd)", "[x](blob:https://a.org/1)", "[x](http://a.org)",
    "[x](ftp://a.org)",
    "[x](mailto:a@b.org)", "[x](//evil.org)", "[x](///evil.org)", "[x](/\\evil.org)", "[x](\\\\evil.org)",
    "[x](https:evil)", "[x](https:/evil)", "[x](https:\\\\evil.org)", "[x](https://a.org@evil.org)",
    "[x](https://)", "[x](https://a.org:99999999/)", "[x](https://a.org\" onclick=\"x)",
    "[x](https://a.org'onclick='x)",
    "[x](<javascript:x>)", "[x](https://a.org \"title\")", "[x][1]\n\n[1]: javascript:x",
    "![x](javascript:x)",
    "![x](https://a.org/x.png)", "<https://a.org>", "`</code><script>x</script>`", "**<b>**",
    "*</em><script>*",
    "[<script>x</script>](https://a.org)", "[x](https://a.org/`y`)", "`[x](https://a.org)`", "- <li>\n- "
    "</ul>",
    "> </blockquote><script>", "[![x](https://a.org)](javascript:x)", "[a [b](https://b.org) "
    "c](https://a.org)",
    "\u202e<script>\u202c", "\u2067right\u2066left", "\u2069\u2069", "a\x00b", "\ud800<b>", "\ufeff<b>",
    "x\u2028<b>",
    "{{ 7*7 }}", "${alert(1)}", "$x^2$", "<style>*{display:none}</style>", "<a href=x>", "<p dir=rtl>",
    "%3Cscript%3E",
]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_stays_text(text):
    read(to_html(text), BLOCK_TAGS | INLINE_TAGS)
    read(to_inline(text), INLINE_TAGS)
    to_plain(text)


marks = st.sampled_from(["**", "*", "`", "[", "](", ")", "]", "\n", "\n\n", "- ", "> ", "\\", " ", "<b>",
                         "</p>", "&amp;",
                         "&", "\"", "'", "javascript:", "https://a.org", "../b.html#c", "//", ":", "\u202e",
                         "\u2067",
                         "\u2069", "\x00", "\x0b", "\x85", "\u2028", "\t", "word", "é", "א", "\ud800", "%"])
authored = st.lists(marks | st.text(max_size=3),
                    max_size=40).map("".join) | st.text() | st.sampled_from(HOSTILE)


@settings(max_examples=1000)
@given(authored)
@example("".join(HOSTILE))
@example("\n\n".join(HOSTILE))
def test_any_text_becomes_safe_html_that_is_closed(text):
    read(to_html(text), BLOCK_TAGS | INLINE_TAGS)
    assert "<p" not in to_inline(text)
    read(to_inline(text), INLINE_TAGS)


@settings(max_examples=500)
@given(authored)
def test_html_and_plain_text_say_the_same_words(text):
    def words(said: str) -> list[str]:
        return [each for each in squeezed(said)
                if each not in "->"]  # plain text marks lists and quotes with these

    shown = read(to_html(text), BLOCK_TAGS | INLINE_TAGS)
    assert words(to_plain(text)) == words(shown)
    assert squeezed(read(to_inline(text), INLINE_TAGS)) == squeezed(shown)


@given(authored)
def test_no_sign_that_turns_the_direction_leaves_its_paragraph(text):
    html = to_html(text)
    assert not re.search("[\u202a-\u202e\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", html)
    for block in re.split("</?(?:p|li|ul|blockquote)>", html):
        depth = 0
        for sign in re.findall("[\u2066-\u2069]", block):
            depth += 1 if sign != "\u2069" else -1
            assert depth >= 0
        assert depth == 0


letters = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=8)


@given(letters, letters)
def test_what_the_subset_has_comes_through(one, other):
    assert to_html(f"{one} **{other}**") == f"<p>{one} <strong>{other}</strong></p>"
    assert to_html(f"*{one}* `{other}`") == f"<p><em>{one}</em> <code>{other}</code></p>"
    assert to_html(f"- {one}\n- {other}") == f"<ul><li>{one}</li><li>{other}</li></ul>"
    assert to_html(f"> {one}\n\n{other}") == f"<blockquote><p>{one}</p></blockquote><p>{other}</p>"
    link = f"https://example.org/{len(other)}"
    assert to_html(f"[{one}]({link})") == f'<p><a href="{link}">{one}</a></p>'


@given(st.text(st.sampled_from("\\`*[]()>_-"), max_size=12))
def test_a_backslash_takes_any_mark_literally(text):
    escaped = "".join("\\" + each for each in text)
    assert read(to_html("x" + escaped), {"p"}) == "x" + text


@pytest.mark.parametrize(("text", "html"), [
    ("one\ntwo", "<p>one two</p>"),
    ("one\n\n\n two ", "<p>one</p><p>two</p>"),
    ("one\r\n\r\ntwo\rthree", "<p>one</p><p>two three</p>"),
    ("a:\n- b\n  more\n- c\n\nd", "<p>a:</p><ul><li>b more</li><li>c</li></ul><p>d</p>"),
    ("- a\n\n- b", "<ul><li>a</li><li>b</li></ul>"),
    ("- a\n  - b", "<ul><li>a</li><li>b</li></ul>"),
    ("-a", "<p>-a</p>"),
    ("1. a", "<p>1. a</p>"),
    ("# a", "<p># a</p>"),
    ("> a\n> b\n>\n> - c\n> - d", "<blockquote><p>a b</p><ul><li>c</li><li>d</li></ul></blockquote>"),
    ("> a\nb", "<blockquote><p>a</p></blockquote><p>b</p>"),
    ("> > a", "<blockquote><p>&gt; a</p></blockquote>"),
    ("**a *b* c**", "<p><strong>a <em>b</em> c</strong></p>"),
    ("***a***", "<p><em><strong>a</strong></em></p>"),
    ("**a [b** c](u)", "<p><strong>a [b</strong> c](u)</p>"),
    ("[**a**](u)", '<p><a href="u"><strong>a</strong></a></p>'),
    ("[*a](u)*", '<p><a href="u">*a</a>*</p>'),
    ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
    ("*a", "<p>*a</p>"),
    ("a** b **c", "<p>a** b **c</p>"),
    ("`*a*`", "<p><code>*a*</code></p>"),
    ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
    ("``", "<p>``</p>"),
    ("[a](https://x.org/b_(c))", '<p><a href="https://x.org/b_(c)">a</a></p>'),
    ("[a](#b) [c](?d) [e](../f/g.html)",
     '<p><a href="#b">a</a> <a href="?d">c</a> <a href="../f/g.html">e</a></p>'),
    ("[a](HTTPS://X.org)", '<p><a href="HTTPS://X.org">a</a></p>'),
    ("[](https://x.org)", "<p>[](https://x.org)</p>"),
    ("[a] (b)", "<p>[a] (b)</p>"),
    ("\"a\" 'b' & <c>", "<p>&quot;a&quot; &#x27;b&#x27; &amp; &lt;c&gt;</p>"),
    ("", ""),
    (" \n\t\n", ""),
])
def test_the_subset_reads_as_people_expect(text, html):
    assert to_html(text) == html


@pytest.mark.parametrize("link", [
    "https://example.org", "https://example.org/a?b=c&d=%20#e", "https://xn--bcher-kva.example:8080/",
    "a.html", "../a/b.html#c",
    "#a", "?a=b:c", "a/b:c", "/a/b", "./a", "a;b", "https://example.org/a:b@c"])
def test_links_to_this_site_and_https_work(link):
    assert read(to_html(f"[x]({link})"), {"p", "a"}) == "x"
    assert f'<a href="{link.replace("&", "&amp;")}">' in to_html(f"[x]({link})")
    assert refused_links(f"[x]({link})") == []


@pytest.mark.parametrize("link", [
    "http://example.org", "javascript:x", "JAVASCRIPT:x", "//example.org", "https:example.org",
    "https://a@b.org", "mailto:a@b.org",
    "a:b", "data:x", "/\\a", "https://é.org", "https://"])
def test_links_to_anywhere_else_are_shown_as_typed_and_listed(link):
    assert to_html(f"[x]({link})") == f"<p>[x]({link})</p>"
    assert refused_links(f"a\n\n- [x]({link})") == [link]


def test_plain_text_keeps_paragraphs_lists_and_quotes():
    text = "One **two**\n\n- [three](https://example.org)\n- `four`\n\n> five\n> six\n>\n> seven"
    assert to_plain(text) == "One two\n\n- three\n- four\n\n> five six\n>\n> seven"


@pytest.mark.parametrize("piece", ["*a", "**a ", "[", "[](x)", "[a](x:y)", "`", "](((", "[** ", "](x)",
                                   "**a [ [y](u) ", "- a\n",
                                   "> a\n", "> - a\n\n", "\\", "a\n", "[a](([a]((", "\u2066", "\u2069",
                                   "***a***", "<"])
def test_the_time_grows_with_the_length_and_no_faster(piece):
    text = piece * (60_000 // len(piece))
    begun = time.process_time()
    to_html(text)
    to_plain(text)
    assert time.process_time() - begun < 5  # quadratic reading takes minutes
