"""What a reader of the course clicks: questions, cases, activities, labs, figures, and the learner's record.

A notebook needs one line to start and one for each thing it shows::

    from widgets import Module
    module = Module("05-measuring")
    module.icebreaker("guess")

Nothing is loaded before it is used, so that the import takes a moment and not a second.
"""
from __future__ import annotations

import importlib

_HOME = {
    "Module": "module",
    "Picture": "explore",
    "Record": "record",
    "RecordPanel": "record_panel",
    "Verdict": "grading",
    "check_table": "table_check",
    "dataset": "datasets",
    "describe": "datasets",
    "explore": "explore",
    "grade": "grading",
    "picture": "explore",
}

__all__ = sorted(_HOME)


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module 'widgets' has no attribute {name!r}; it has {', '.join(__all__)}")
    value = getattr(importlib.import_module(f"widgets.{_HOME[name]}"), name)
    globals()[name] = value  # the next use finds it without this function
    return value


def __dir__() -> list[str]:
    return __all__
