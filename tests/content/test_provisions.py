"""Treaty provisions are quoted to the letter."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
from course_content import ROOT, read_yaml

TREATIES = {"UNTOC": "UNTOC_2000_en.md", "TIP": "TIP_protocol_en.md", "SOM": "SOM_protocol_en.md",
            "FIREARMS": "Firearms_protocol_en.md"}
PROVISIONS = read_yaml(ROOT / "data" / "provisions.yml")
QUOTED = [(treaty, article) for treaty, entry in PROVISIONS.items() for article in entry["provisions"]]


def even(text: str) -> str:
    """Make equal what copies of a treaty differ in: quote marks, white space, `a)` or `(a)`. Nothing else."""
    text = re.sub(r"``|''|[“”„\"]", '"', text)
    text = re.sub(r"\(([a-z])\)", r"\1)", text)
    text = re.sub(r'\b([a-z]\))(?=["A-Z])', r'\1 ', text)  # copies have b)"Illegal entry" and (i)The conversion
    return re.sub(r"\s+", " ", text).strip()


def article_of(copy: str, number: str) -> str:
    """The text of one article."""
    copy = even(copy)
    start = re.search(rf"### Article {number} ", copy).end()
    end = re.search(r"### (Article|[IVX]+\b)", copy[start:])
    return copy[start:start + end.start()] if end else copy[start:]


@pytest.mark.parametrize(("treaty", "article"), QUOTED, ids=[" ".join(pair) for pair in QUOTED])
def test_a_provision_is_quoted_to_the_letter(treaty, article):
    folder = ROOT.parent / "shared" / "reference" / "treaties"
    if not folder.exists():
        pytest.skip("the copies of the treaties are not beside this checkout")
    copy = (Path(folder) / TREATIES[treaty]).read_text(encoding="utf-8")
    quoted = even(PROVISIONS[treaty]["provisions"][article]["text"])
    number = re.match(r"\d+", article).group()
    assert quoted in article_of(copy, number)


@pytest.mark.parametrize(("treaty", "article"), QUOTED, ids=[" ".join(pair) for pair in QUOTED])
def test_a_provision_starts_with_its_own_number_in_the_style_of_the_united_nations(treaty, article):
    text = PROVISIONS[treaty]["provisions"][article]["text"]
    part = re.fullmatch(r"\d+(?:\((\d+)\))?(?:\(([a-z])\))?", article)
    assert part, f"{article} is not an article"
    paragraph, letter = part.groups()
    start = f"({letter}) " if letter else f"{paragraph}. " if paragraph else ""
    assert text.startswith(start)
    assert not re.search(r"(?m)^[a-z]\)", text), "the United Nations write (a), not a)"
    assert '"' not in text, "the United Nations write “…”"


def test_one_changed_word_would_be_noticed():
    copy = "### Article 2 Use of terms a) “Group” shall mean three or more persons; ### Article 3 Scope"
    assert even("(a) “Group” shall mean three or more persons;") in article_of(copy, "2")
    assert even("(a) “Group” shall mean two or more persons;") not in article_of(copy, "2")
