"""What pages say of the modules, drawn from data/modules so that it is not kept twice.

``{module-list}``       all modules as a table: number, title with a link, what is computed in the labs
``{first-module}``      a link to the first of them
``{module-alignment}``  each module's outcomes, and where each is practised and checked

The table of the rule for a learner's path names all modules; here it learns which of them exist.
"""
from __future__ import annotations

import re
from collections import defaultdict
from html import escape

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from dataset_pages import plain, read_modules, table


class FromModules(SphinxDirective):
    """A directive that writes Markdown from the module files."""

    def run(self):
        holder = nodes.Element()
        lines = self.written(read_modules(self.env))
        self.state.nested_parse(StringList(lines, self.get_source_info()[0]), 0, holder)
        return holder.children


class ModuleList(FromModules):
    def written(self, modules):
        rows = [(module.name[:2], f"{{doc}}`{module.title} </notebooks/{module.name}>`",
                 "; ".join(plain(lab.title) for lab in module.labs)) for module in modules]
        return table(("No.", "Module", "In the labs"), rows)


class FirstModule(FromModules):
    def written(self, modules):
        first = modules[0]
        if first.path:
            return [f"{{doc}}`Start here </notebooks/{first.name}>`: how the course works, what you bring, "
                    "and a path of your own through it."]
        return [f"{{doc}}`Begin with module {first.name[:2]}, {first.title} </notebooks/{first.name}>`."]


class ModuleAlignment(FromModules):
    def written(self, modules):
        lines = []
        for module in modules:
            places = where_practised(module)
            rows = [(f"{number}. {plain(outcome.text)}", "; ".join(places[outcome.id]))
                    for number, outcome in enumerate(module.outcomes, 1)]
            lines += [f"**{plain(module.title)}**", "", *table(("Outcome", "Practised in"), rows), ""]
        return lines


def where_practised(module) -> dict[str, list[str]]:
    """By outcome, the parts of a module that serve it, with the number of their questions.

    Parameters
    ----------
    module : ModuleFile

    Returns
    -------
    dict of str to list of str
    """
    counts = defaultdict(lambda: defaultdict(int))
    for name, questions in (
        ("icebreaker", module.icebreakers),
        ("cases", [question for case in module.cases for question in case.questions]),
        ("knowledge check", module.questions),
    ):
        for question in questions:
            counts[question.outcome][name] += 1
    for lab in module.labs:
        for check in lab.checks:
            counts[check.outcome][f"lab “{plain(lab.title)}”"] += 1
    places = defaultdict(list)
    for outcome, parts in counts.items():
        places[outcome] = [f"{name} ({count})" for name, count in parts.items()]
    for activity in module.activities:
        places[activity.outcome].append(f"activity “{plain(activity.title)}”")
    return places


NAMED_MODULE = re.compile(r'<td data-module="([\w-]+)">([^<]*)</td>')


def with_links(body: str, titles: dict[str, str]) -> str:
    """The same page with a link to each module that exists, and a word at each that does not.

    Parameters
    ----------
    body : str
        HTML of a page beside the modules.
    titles : dict
        Title of each module that the book has.

    Returns
    -------
    str

    Examples
    --------
    >>> with_links('<td data-module="01-a">A</td>', {"01-a": "On A"})
    '<td data-module="01-a"><a href="01-a.html">On A</a></td>'
    >>> with_links('<td data-module="02-b">B</td>', {"01-a": "On A"})
    '<td data-module="02-b">B<span> (still to come)</span></td>'
    """
    def told(found: re.Match) -> str:
        name, topic = found.groups()
        shown = f"{topic}<span> (still to come)</span>"
        if name in titles:
            shown = f'<a href="{name}.html">{escape(titles[name])}</a>'
        return f'<td data-module="{name}">{shown}</td>'

    return NAMED_MODULE.sub(told, body)


def on_page(app, pagename, templatename, context, doctree):
    if "data-module=" in context.get("body", ""):
        titles = {name.rpartition("/")[2]: title.astext() for name, title in app.env.titles.items()
                  if name.startswith("notebooks/")}
        context["body"] = with_links(context["body"], titles)


def pages_with_a_path(app, env):
    """They name the modules of the book, so they are written again with every other page."""
    return [name for name in env.found_docs if name == "notebooks/00-start"]


def setup(app):
    app.add_directive("module-list", ModuleList)
    app.add_directive("first-module", FirstModule)
    app.add_directive("module-alignment", ModuleAlignment)
    app.connect("html-page-context", on_page)
    app.connect("env-updated", pages_with_a_path)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
