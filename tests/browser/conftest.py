"""What the browser tests share: one JupyterLab for the session."""
import pytest


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A running JupyterLab, ended with the session by its own process id."""
    from lab import JupyterLab

    running = JupyterLab(tmp_path_factory.mktemp("lab"))
    yield running
    running.close()


@pytest.fixture
def quiz_page(new_page, tmp_path, serve_folder):
    """A function: open a page with questions as the book has it, from a file or served (quiz_pages.py)."""
    from quiz_pages import all_kinds, write_page

    pages = []

    def open_page(body=None, context=None, served=False, **options):
        path = write_page(tmp_path, all_kinds() if body is None else body, **options)
        page = new_page(**(context or {}))
        pages.append(page)
        page.goto(f"{serve_folder(tmp_path)}/{path.name}" if served else path.as_uri())
        return page

    yield open_page
    for page in pages:
        assert page.errors == []
        assert page.other_hosts == []
