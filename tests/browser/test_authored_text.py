"""Hostile authored text in a real browser: it never becomes script, a request, or markup of its own."""

import json
import random

import pytest

from widgets.text import to_html, to_inline

PIECES = ["<script>window.bad = 1</script>", "<img src=x onerror='window.bad=1'>",
          "<svg onload=window.bad=1>", "<iframe src=x>",
          "<style>body{display:none}</style>", "<base href=https://evil.example>", "<math><mi/>",
          "<template>", "</template>",
          "<!--", "-->", "<![CDATA[", "]]>", "<?x", "</p>", "</div>", "<p id=x>", "\"", "'", "&lt;",
          "&#x3C;script&#x3E;", "&amp",
          "**", "*", "`", "[", "[", "[x", "[x", "](", ")", "](javascript:window.bad=1)",
          "](JAVASCRIPT:window.bad=1)", "](data:text/html,x)",
          "](//evil.example)", "](https://example.org/)", "](https://example.org/\"onclick=window.bad=1)",
          "](../a.html)",
          "](java\tscript:window.bad=1)", "](\\\\evil.example)", "](https:evil.example)",
          "](https://a@evil.example)", "](/\t/evil.example)",
          "\n", "\n\n", "- ", "> ", "\\", " ", "a", "\0", "\u202e", "\u2067", "\u2028", "\ufeff", "\ud800",
          "é", "ا"]

CHECK = """html => {
  const allowed = new Set(["P", "STRONG", "EM", "CODE", "UL", "LI", "BLOCKQUOTE", "A"]);
  const faults = [];
  for (const each of JSON.parse(html)) {
    const host = document.createElement("div");
    document.body.append(host);
    host.innerHTML = each;
    for (const element of host.querySelectorAll("*")) {
      const names = element.getAttributeNames();
      if (!allowed.has(element.tagName)) faults.push(element.tagName);
      if (names.join() !== (element.tagName === "A" ? "href" : "")) faults.push(names.join());
      if (element.tagName === "A") {
        const { protocol, host: where, username } = new URL(element.href);
        const href = element.getAttribute("href").toLowerCase();
        const own = where === "course.example" || href.startsWith(`https://${where}`);
        if (protocol !== "https:" || username || !own) faults.push(element.href);
        element.click();
      }
    }
    host.remove();
  }
  return [faults, window.bad ?? null];
}"""


@pytest.fixture
def page(new_page):
    """A page that stays where it is when a link is followed."""
    page = new_page()
    page.set_content("<base href='https://course.example/module/page.html'>")
    page.evaluate("() => document.addEventListener('click', (event) => event.preventDefault())")
    return page


@pytest.mark.parametrize("write", [to_html, to_inline], ids=["blocks", "one line"])
def test_three_thousand_hostile_texts_stay_text_in_a_browser(page, write):
    rng = random.Random(20003)
    texts = ["".join(rng.choices(PIECES, k=rng.randrange(1, 15))) for _ in range(3000)]
    pages = [write(text) for text in texts]
    assert sum("<a href" in each for each in pages) > 100  # the draw makes links too
    assert page.evaluate(CHECK, json.dumps(pages)) == [[], None]
    assert page.other_hosts == []
    assert page.errors == []


def test_the_check_itself_sees_markup_script_and_foreign_links(page):
    bad = ["<b>x</b>", "<p id=x>y</p>", "<a href='//evil.example'>x</a>",
           "<a href='http://evil.example'>x</a>",
           "<img src=x onerror='window.bad=1'>", "<a href='https://a@evil.example'>x</a>"]
    for each in bad:
        assert page.evaluate(CHECK, json.dumps([each]))[0] != [], each
