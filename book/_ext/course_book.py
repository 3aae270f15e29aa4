"""All that this book adds to Jupyter Book, in one list: the only extension of ours that _config.yml names."""
from __future__ import annotations

EXTENSIONS = [
    "edition_note",  # what a lecturer's selection, or an edition without answers, says of itself
    "notebook_execution",  # kernels know that they draw the page; an old result is never taken for a new one
    "mathml",  # formulas as MathML
    "page_images",  # pictures: alternative text, size, files in place of data URIs
    "page_cells",  # code that a reader of the page needs, and no more
    "tables",  # wide ones scroll; those of pandas have header cells and no inline style
    "page_scripts",  # the quiz engine and its style, on the pages that use them
    "light_pages",  # what no page needs stays out of the page
    "page_weight",  # nothing is said twice in the markup
    "minified",  # pages, scripts and style sheets in fewer letters
    "notebook_downloads",  # "Download this notebook"
    "run_in_browser",  # "Run this notebook", where the browser's Python is built
    "offline_copies",  # "PDF of this module", where the copies are made
    "bibliography",  # citations in round brackets; no reference that nothing cites
    "dataset_pages",  # what the page of a dataset says of columns, sources and limits
    "module_pages",  # the table of modules; outcomes and where they are practised
    "course_record",  # the {course-record} directive
    "projection",  # "Project": a module page as full screens
]

# Jupyter Book hands these settings to extensions that this book does not load; Sphinx warns about
# a setting that nobody declared.
UNUSED_JUPYTER_BOOK_SETTINGS = ["comments_config"]


def setup(app):
    for name in UNUSED_JUPYTER_BOOK_SETTINGS:
        app.add_config_value(name, None, "")
    for name in EXTENSIONS:
        app.setup_extension(name)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
