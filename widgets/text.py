"""Authored text: a small subset of Markdown, turned into HTML or plain text; nothing else gets through.

Paragraphs, ``**bold**``, ``*emphasis*``, `` `code` ``, lists of ``- `` lines, ``>`` quotes, and
``[links](https://example.org)``. A backslash takes a sign literally: ``\\*``.
Everything else is escaped: what looks like HTML is shown as it was typed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

__all__ = ["refused_links", "to_html", "to_inline", "to_plain"]

# Control characters, lone surrogates, and the signs that turn the direction of the text around them.
DROPPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff\ufffe\uffff]")
ISOLATES = re.compile("[\u2066-\u2069]")
CLOSE_ISOLATE = "\u2069"

TOKEN = re.compile(r"""
    \\(?P<escaped>[\\`*\[\]()>_-])
  | `(?P<code>[^`]+)`
  | (?P<star>(?<!\S)\*(?=\*\*[^*\s])|\*\*|\*)
  | (?P<open>\[)
  | (?P<close>\]\((?P<target>(?:[^()\s]|\([^()\s]*\))*)\))
  | (?P<text>[^\\`*\[\]]+|.)
""", re.VERBOSE | re.DOTALL)
TAGS = {"**": "strong", "*": "em"}

URL_SIGNS = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=@%/?#:-]+")
HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#]|$)", re.IGNORECASE)
SCHEME = re.compile(r"[^/?#]*:")


def to_html(text: str) -> str:
    """Turn authored text into HTML.

    Parameters
    ----------
    text : str
        In the Markdown subset of this module.

    Returns
    -------
    str
        HTML with p, strong, em, code, ul, li, blockquote and a; the one attribute is the href of a
        link, relative or https. Anything else in `text` is escaped.

    Notes
    -----
    A link that leads anywhere else is shown as typed. Control characters and signs that override the
    direction of writing are dropped; isolates are closed within their paragraph.

    Examples
    --------
    >>> to_html("Three **or more**,\\nsays *the* `text`.")
    '<p>Three <strong>or more</strong>, says <em>the</em> <code>text</code>.</p>'
    >>> to_html("Lists:\\n- one\\n- [two](https://example.org/?a=1&b=2)")
    '<p>Lists:</p><ul><li>one</li><li><a href="https://example.org/?a=1&amp;b=2">two</a></li></ul>'
    >>> to_html("<script>alert(1)</script> [x](javascript:alert(1))")
    '<p>&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1))</p>'
    """
    return "".join(_block_html(*block) for block in _blocks(_clean(text).split("\n")))


def to_inline(text: str) -> str:
    """Turn authored text into HTML for places that hold one line, such as a label or a legend.

    Parameters
    ----------
    text : str
        In the Markdown subset of this module.

    Returns
    -------
    str
        HTML with strong, em, code and a only; paragraphs, lists and quotes become one line.

    Examples
    --------
    >>> to_inline("A **fee**\\n\\n- or a bribe")
    'A <strong>fee</strong> or a bribe'
    """
    return " ".join(_inline(line, _HTML) for line in _flat(_blocks(_clean(text).split("\n"))))


def to_plain(text: str) -> str:
    """Turn authored text into plain text.

    Parameters
    ----------
    text : str
        In the Markdown subset of this module.

    Returns
    -------
    str
        The words without the signs of Markdown; of a link, its words. Paragraphs are separated by an
        empty line, list items begin with "- ", quotes with "> ".

    Examples
    --------
    >>> print(to_plain("See **Article 2** of [the Convention](https://x.org):\\n\\n- a group\\n- of three"))
    See Article 2 of the Convention:
    <BLANKLINE>
    - a group
    - of three
    """
    return "\n\n".join(_block_plain(*block) for block in _blocks(_clean(text).split("\n")))


def refused_links(text: str) -> list[str]:
    """List the link targets of a text that :func:`to_html` does not make a link of.

    Parameters
    ----------
    text : str
        In the Markdown subset of this module.

    Returns
    -------
    list of str
        The targets, as typed.

    Examples
    --------
    >>> refused_links("[a](http://example.org) [b](https://example.org) [c](../book/glossary.html)")
    ['http://example.org']
    """
    refused: list[str] = []
    for line in _flat(_blocks(_clean(text).split("\n"))):
        _inline(line, _HTML, refused)
    return refused


def _clean(text: str) -> str:
    text = re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text)
    return DROPPED.sub("", text).replace("\t", " ")


# ---- blocks --------------------------------------------------------------------------------------


def _blocks(lines: list[str], quotes: bool = True) -> Iterator[tuple[str, list]]:
    """Cut lines into blocks: ("p", [text]), ("ul", [text, …]), ("blockquote", [block, …])."""
    kind, held, after_gap = "", [], False
    for line in [*lines, ""]:
        stripped = line.strip()
        begins = _begins(line, quotes)
        goes_on = begins == kind if begins else stripped and kind != "blockquote" and not after_gap
        if held and not goes_on and (stripped or kind == "blockquote"):
            yield _finish(kind, held)
            held = []
        if begins:
            kind = begins
            held.append(stripped[1:].removeprefix(" ") if begins == "blockquote" else stripped[1:].strip())
        elif stripped and held:
            held[-1] += " " + stripped
        elif stripped:
            kind, held = "p", [stripped]
        after_gap = not stripped
    if held:
        yield _finish(kind, held)


def _begins(line: str, quotes: bool) -> str:
    """Name the block that a line begins or goes on with its first sign, or nothing."""
    stripped = line.strip()
    if stripped.startswith("- "):
        return "ul"
    return "blockquote" if quotes and stripped.startswith(">") else ""


def _finish(kind: str, held: list[str]) -> tuple[str, list]:
    return kind, list(_blocks(held, quotes=False)) if kind == "blockquote" else held


def _block_html(kind: str, parts: list) -> str:
    if kind == "blockquote":
        return f"<blockquote>{''.join(_block_html(*part) for part in parts)}</blockquote>"
    if kind == "ul":
        return f"<ul>{''.join(f'<li>{_inline(part, _HTML)}</li>' for part in parts)}</ul>"
    return f"<p>{_inline(parts[0], _HTML)}</p>"


def _block_plain(kind: str, parts: list) -> str:
    if kind == "blockquote":
        inside = "\n\n".join(_block_plain(*part) for part in parts)
        return "\n".join(f"> {line}".rstrip() for line in inside.split("\n"))
    if kind == "ul":
        return "\n".join(f"- {_inline(part, _PLAIN)}" for part in parts)
    return _inline(parts[0], _PLAIN)


def _flat(blocks: Iterator[tuple[str, list]]) -> Iterator[str]:
    for kind, parts in blocks:
        if kind == "blockquote":
            yield from _flat(iter(parts))
        else:
            yield from parts


# ---- within a line -------------------------------------------------------------------------------


class _HTML:
    """How the pieces of a line are written as HTML."""

    @staticmethod
    def text(text: str) -> str:
        return html.escape(text, quote=True)

    @staticmethod
    def begin(tag: str, target: str) -> str:
        return f'<a href="{html.escape(target, quote=True)}">' if tag == "a" else f"<{tag}>"

    @staticmethod
    def end(tag: str) -> str:
        return f"</{tag}>"


class _PLAIN:
    """How the pieces of a line are written as plain text."""

    @staticmethod
    def text(text: str) -> str:
        return text

    @staticmethod
    def begin(tag: str, target: str) -> str:
        return ""

    @staticmethod
    def end(tag: str) -> str:
        return ""


def _inline(line: str, write: type, refused: list[str] | None = None) -> str:
    """Write one line; links that are refused are added to `refused`."""
    writer = _Line(_balanced(line), write)
    for match in TOKEN.finditer(writer.line):
        getattr(writer, match.lastgroup)(match)
    if refused is not None:
        refused += writer.refused
    return "".join(writer.pieces)


class _Line:
    """Write a line piece by piece, left to right; a mark is text until its other half is found."""

    def __init__(self, line: str, write: type) -> None:
        self.line = line
        self.write = write
        self.pieces: list[str] = []
        self.opened: list[tuple[str, int]] = []  # each mark that waits for its other half, and its piece
        self.waiting = {"**": 0, "*": 0, "[": 0}
        self.refused: list[str] = []

    def text(self, match: re.Match) -> None:
        self.pieces.append(self.write.text(match[0]))

    def escaped(self, match: re.Match) -> None:
        self.pieces.append(self.write.text(match["escaped"]))

    def code(self, match: re.Match) -> None:
        write = self.write
        self.pieces.append(write.begin("code", "") + write.text(match["code"]) + write.end("code"))

    def open(self, match: re.Match) -> None:
        self.opened.append((match[0], len(self.pieces)))
        self.waiting[match[0]] += 1
        self.text(match)

    def star(self, match: re.Match) -> None:
        before, after = self.line[match.start() - 1:match.start()], self.line[match.end():match.end() + 1]
        if before.strip() and self.waiting[match[0]]:
            self.wrap(match[0], TAGS[match[0]])
        elif after.strip():
            self.open(match)
        else:
            self.text(match)

    def close(self, match: re.Match) -> None:
        target = match["target"]
        if self.waiting["["] and _is_safe(target) and self.holds_words("["):
            self.wrap("[", "a", target)
            self.waiting["["] = 0  # no link inside a link
            return
        if self.waiting["["]:
            self.refused.append(target)
        self.text(match)

    def holds_words(self, mark: str) -> bool:
        place = next(place for each, place in reversed(self.opened) if each == mark)
        return any(piece.strip() for piece in self.pieces[place + 1:])

    def wrap(self, mark: str, tag: str, target: str = "") -> None:
        """Close `mark`; what was opened inside it and never closed stays the text it is."""
        while (popped := self.pop())[0] != mark:
            pass
        self.pieces[popped[1]] = self.write.begin(tag, target)
        self.pieces.append(self.write.end(tag))

    def pop(self) -> tuple[str, int]:
        mark, place = self.opened.pop()
        self.waiting[mark] = max(0, self.waiting[mark] - 1)
        return mark, place


def _is_safe(target: str) -> bool:
    """Tell whether a link may lead there: https, or relative and staying on this site."""
    if not URL_SIGNS.fullmatch(target):
        return False
    if HTTPS.match(target):
        return True
    return not SCHEME.match(target) and not target.startswith("//")


def _balanced(line: str) -> str:
    """Close every isolate within its line, and drop closing signs that close nothing."""
    depth = 0

    def keep(match: re.Match) -> str:
        nonlocal depth
        if match[0] != CLOSE_ISOLATE:
            depth += 1
        elif not depth:
            return ""
        else:
            depth -= 1
        return match[0]

    line = ISOLATES.sub(keep, line)
    return line + CLOSE_ISOLATE * depth
