"""One module of the course, as a notebook uses it: a line for each thing it shows."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from widgets import parts
from widgets.datasets import data_folder
from widgets.items import Question
from widgets.lab import Lab
from widgets.modulefile import read_module
from widgets.parts import Part
from widgets.references import sources
from widgets.text import to_html, to_plain

__all__ = ["Module"]


class Module:
    """A module: its questions, cases, labs, activities and plan, ready to show.

    Parameters
    ----------
    name : str
        The stem that the notebook, the module file and the page share, such as ``"05-measuring"``.

    Raises
    ------
    ValueError
        There is no such module (those there are are named), or its file has mistakes (each with its line).

    Examples
    --------
    >>> module = Module("05-measuring")
    >>> module
    Module 05-measuring: Measuring organized crime
    """

    def __init__(self, name: str):
        path = data_folder() / "modules" / f"{name}.yml"
        if not path.exists():
            known = sorted(file.stem for file in path.parent.glob("*.yml"))
            raise ValueError(f"there is no module `{name}`. Mend: use one of {', '.join(known) or '(none)'}.")
        self._file = read_module(path, sources=sources())

    def __repr__(self) -> str:
        return f"Module {self._file.name}: {self._file.title}"

    def outcomes(self) -> Part:
        """Show what a reader can do after the module.

        Examples
        --------
        >>> str(Module("05-measuring").outcomes()).splitlines()[0]
        'After this module you can:'
        """
        return parts.outcomes(self._file.outcomes)

    def icebreaker(self, id: str):
        """Ask an icebreaker: commit to an answer before reading.

        Parameters
        ----------
        id : str
            Of the icebreaker, as in the module file.

        Returns
        -------
        Quiz
            The question, live in a notebook and on a page.

        Examples
        --------
        >>> Module("05-measuring").icebreaker("guess")
        <Quiz 05-measuring/icebreaker-guess: 1 question>
        """
        question = self._one(self._file.icebreakers, id, "icebreaker")
        return self._quiz([question], "Before you read", f"icebreaker-{id}")

    def needs(self):
        """Ask what a path through the course depends on: role, time, goals.

        Raises
        ------
        ValueError
            The module file has no ``path``.

        Examples
        --------
        >>> Module("00-start").needs()  # doctest: +ELLIPSIS
        <Quiz 00-start/needs: ... questions>
        """
        return self._quiz(self._path_rules().form, "What do you bring?", "needs")

    def path(self):
        """Suggest a path through the course, from the answers in the learner's record.

        Returns
        -------
        Path
            Its text and table; ``save()`` writes it into a file.

        Raises
        ------
        ValueError
            The module file has no ``path``.

        Examples
        --------
        >>> print(Module("00-start").path().suggestion)
        None
        """
        from widgets.path import Path, titles_in
        from widgets.record import Record

        self._path_rules()
        return Path(self._file, Record.default().statements(), titles_in(data_folder() / "modules"))

    def quiz(self, title: str = "Knowledge check"):
        """Ask the whole knowledge check.

        Parameters
        ----------
        title : str
            Above the questions.

        Examples
        --------
        >>> Module("05-measuring").quiz()  # doctest: +ELLIPSIS
        <Quiz 05-measuring/quiz: ... questions>
        """
        return self._quiz(self._file.questions, title, "quiz")

    def questions(self, ids: Sequence[str], title: str = "Check yourself"):
        """Ask some questions of the module, where the text needs them.

        Parameters
        ----------
        ids : sequence of str
            Ids of questions of the knowledge check.
        title : str
            Above the questions.

        Examples
        --------
        >>> module = Module("05-measuring")
        >>> first = module._file.questions[0].id
        >>> module.questions([first]).title
        'Check yourself'
        """
        if isinstance(ids, str):
            raise ValueError(f'questions("{ids}") takes a list. Mend: write questions(["{ids}"]).')
        chosen = [self._one(self._file.questions, id, "question") for id in ids]
        return self._quiz(chosen, title, "-".join(["questions", *ids]))

    def case(self, id: str):
        """Tell a case study, and ask its questions where it has some.

        Parameters
        ----------
        id : str
            Of the case, as in the module file.

        Examples
        --------
        >>> module = Module("05-measuring")
        >>> str(parts.case(module._file.cases[0])).splitlines()[0] != ""
        True
        """
        study = self._one(self._file.cases, id, "case")
        return self._tell_and_ask(parts.case(study), study.questions, f"On the case: {study.title}", f"case-{id}")

    def lab(self, id: str) -> Lab:
        """Open a lab: show its task, read its data, check values.

        Parameters
        ----------
        id : str
            Of the lab, as in the module file.

        Examples
        --------
        >>> len(Module("05-measuring").lab("two-lists").names) >= 5
        True
        """
        return Lab(self._one(self._file.labs, id, "lab"), self._file, self._quiz)

    def activity(self, id: str) -> Part:
        """Lay out a class activity: roles, steps, minutes, debrief.

        Parameters
        ----------
        id : str
            Of the activity, as in the module file.

        Examples
        --------
        >>> module = Module("05-measuring")
        >>> "Debrief" in str(module.activity(module._file.activities[0].id))
        True
        """
        return parts.activity(self._one(self._file.activities, id, "activity"))

    def revisit(self, id: str):
        """Ask an icebreaker again, with the first answer beside the present one.

        Parameters
        ----------
        id : str
            Of the icebreaker.

        Examples
        --------
        >>> Module("05-measuring").revisit("guess")
        <Quiz 05-measuring/revisit-guess: 1 question>
        """
        question = self._one(self._file.icebreakers, id, "icebreaker")
        return self._quiz([question], "What do you answer now?", f"revisit-{id}", revisit=True)

    def country(self):
        """Take the module to the reader's own country: a form to fill.

        Raises
        ------
        ValueError
            The module file has no ``country``.

        Examples
        --------
        >>> Module("05-measuring").country()  # doctest: +ELLIPSIS
        Apply the module to the country you know best...
        <Quiz 05-measuring/country: ... questions>
        """
        country = self._file.country
        if country is None:
            raise ValueError(f"{self._file.name} has no room `country`. Mend: add it to its module file.")
        text, title = country.text, "In your country"
        if country.name:
            text, title = f"Your country here is **{country.name}**.\n\n{text}", f"{title}: {country.name}"
        return self._tell_and_ask(Part(to_plain(text), to_html(text)), country.form, title, "country")

    def plan(self, minutes: int = 180) -> Part:
        """Show the lecturer's class plan; with the long one, the beliefs to expect in class.

        Parameters
        ----------
        minutes : 180 or 50
            The length of the class.

        Raises
        ------
        ValueError
            The module has no plan of this length.

        Examples
        --------
        >>> str(Module("05-measuring").plan()).splitlines()[0]
        'Class plan, 180 minutes'
        """
        steps = {180: self._file.plan, 50: self._file.plan50}.get(minutes)
        if not steps:
            raise ValueError(f"{self._file.name} has no plan of {minutes} minutes. Mend: ask for 180 or 50, "
                             "or add it to the module file.")
        return parts.class_plan(steps, self._file.misconceptions if minutes == 180 else ())

    def provision(self, instrument: str, article: str) -> Part:
        """Quote a treaty provision exactly.

        Parameters
        ----------
        instrument : str
            Such as ``"UNTOC"``.
        article : str
            Such as ``"2(a)"``.

        Examples
        --------
        >>> str(Module("05-measuring").provision("UNTOC", "2(b)")).splitlines()[0]
        'United Nations Convention against Transnational Organized Crime, article 2(b)'
        """
        return parts.provision(instrument, article, data_folder() / "provisions.yml")

    def _path_rules(self):
        if self._file.path is None:
            raise ValueError(f"{self._file.name} suggests no path. Mend: add `path` to its module file.")
        return self._file.path

    def _one(self, entries: Iterable, id: str, what: str):
        by_id = {entry.id: entry for entry in entries}
        if id in by_id:
            return by_id[id]
        raise ValueError(f"{self._file.name} has no {what} `{id}`. "
                         f"Mend: use one of {', '.join(by_id) or '(none)'}, or add it to its module file.")

    def _tell_and_ask(self, told: Part, questions: Iterable[Question], title: str, id: str):
        if not questions:
            return told
        from IPython.display import display

        display(told)
        return self._quiz(questions, title, id)

    def _quiz(self, questions: Iterable[Question], title: str, id: str, revisit: bool = False):
        from widgets.quiz import Quiz

        return Quiz(list(questions), module=self._file.name, title=title, id=id,
                    revisit=revisit, sources=sources(),
                    misconceptions={each.id: each for each in self._file.misconceptions},
                    outcomes={each.id: each.text for each in self._file.outcomes})
