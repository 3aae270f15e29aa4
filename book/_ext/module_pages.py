"""What pages say of the modules, drawn from data/modules so that it is not kept twice.

``{module-list}``       all modules as a table: number, title with a link, what is computed in the labs
``{module-alignment}``  each module's outcomes, and where each is practised and checked
"""
from __future__ import annotations

from collections import defaultdict

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


def setup(app):
    app.add_directive("module-list", ModuleList)
    app.add_directive("module-alignment", ModuleAlignment)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
