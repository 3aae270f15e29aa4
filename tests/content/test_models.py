"""Module 07: the diagnoses of its lab, and the figures of its texts that can be found again."""
from __future__ import annotations

import itertools
import json

import networkx
import pandas as pd
import pytest
from course_content import ROOT, LabNumbers, code_cells, markdown, read_notebook, read_yaml
from measurement import core_periphery
from widgets import dataset, grade
from widgets.module import Module

STEM = "07-models"
LAB = "tapped-lines"
FILE = ROOT / "data" / "modules" / f"{STEM}.yml"
TRUTH = json.loads((ROOT / "data" / "sources" / "wiretap_network.truth.json").read_text(encoding="utf-8"))

CONTACTS = dataset("wiretap_network")
PEOPLE = dataset("wiretap_network_people").set_index("person")
CELL = PEOPLE["cell"].to_dict()
START = {who: phase for who, phase in PEOPLE["tapped_from"].items() if pd.notna(phase)}
END = {who: phase for who, phase in PEOPLE["seizure"].items() if pd.notna(phase)}
CALLS = list(zip(*(CONTACTS[column] for column in ("phase", "source", "target", "contacts", "seen_by"))))
TRUE_TIES = [(one, other) for one, others in TRUTH["pairs_in_contact"].items() for other in others.split()]


def graph(last_phase: int = 11) -> networkx.Graph:
    return networkx.Graph((source, target) for phase, source, target, *_ in CALLS if phase <= last_phase)


def paths(network) -> dict[str, float]:
    """Betweenness in per cent, by another program than the notebook's."""
    return {who: 100 * value for who, value in networkx.betweenness_centrality(network).items()}


def best_core(network) -> set[str]:
    ties = sorted(tuple(sorted(tie)) for tie in network.edges)
    found = core_periphery(pd.DataFrame(ties, columns=["source", "target"]))
    return set(found.index[found["core"]])


def pairs_in(number: int) -> int:
    return number * (number - 1) // 2


def within(pairs) -> float:
    """Per cent of pairs whose two people are of one cell."""
    same = [CELL[one] == CELL[other] for one, other in pairs]
    return 100 * sum(same) / len(same)


def listening(who: str, phase: int) -> bool:
    return START.get(who, 99) <= phase <= END.get(who, 99)


TIES = graph()
HEARD = list(TIES.nodes)
CORE = best_core(TIES)
NEVER = len(PEOPLE) - len(START)
SIZES = PEOPLE.loc[HEARD, "cell"].value_counts()
SEEN_BY = [seen_by for phase, source, target, _, seen_by in CALLS
           if listening(source, phase) and listening(target, phase)]
FIRST, SECOND = (sum(seen_by in (side, "both") for seen_by in SEEN_BY) for side in ("source", "target"))
BOTH = SEEN_BY.count("both")
LINES: dict[str, set[str]] = {}
for _, source, target, _, seen_by in CALLS:
    if seen_by != "target":
        LINES.setdefault(target, set()).add(source)
    if seen_by != "source":
        LINES.setdefault(source, set()).add(target)


def chapman(first, second, both):
    return (first + 1) * (second + 1) / (both + 1) - 1


def all_rows():
    first, second = (CONTACTS["seen_by"].isin([side, "both"]).sum() for side in ("source", "target"))
    return chapman(first, second, (CONTACTS["seen_by"] == "both").sum())


CHANCE = within(itertools.combinations(HEARD, 2))
BLIND = 100 * pairs_in(NEVER) / pairs_in(110)
MISTAKES = {
    "ties": (TIES.number_of_edges(), {
        "These are the rows": len(CALLS),
        "single contacts": CONTACTS["contacts"].sum(),
        "A to B and B to A": len({(source, target) for _, source, target, *_ in CALLS}),
        "people were heard": len(HEARD),
    }),
    "blind": (BLIND, {
        "share of people who were never": 100 * NEVER / 110,
        "pairs that could be heard": 100 - BLIND,
        "You took those who were heard": 100 * pairs_in(len(set(HEARD) - set(START))) / pairs_in(len(HEARD)),
        "paired people with themselves": 100 * NEVER**2 / 110**2,
        "Right as a share": BLIND / 100,
    }),
    "top": (max(paths(TIES).values()), {
        "Right as a share": max(paths(TIES).values()) / 100,
        "highest degree": 100 * max(dict(TIES.degree).values()) / (len(HEARD) - 1),
        "That is the mean": sum(paths(TIES).values()) / len(HEARD),
        "first phase alone": max(paths(graph(1)).values()),
    }),
    "core": (len(CORE & set(START)), {
        "all who were tapped": len(START),
        "never tapped": len(CORE - set(START)),
        "outside the core": len(HEARD) - len(CORE),
        "in per cent": 100 * len(CORE & set(START)) / len(CORE),
    }),
    "within": (within(TIES.edges), {
        "You counted rows": within([(source, target) for _, source, target, *_ in CALLS]),
        "single contacts": within([(one, other) for _, one, other, times, _ in CALLS for _ in range(times)]),
        "ties between cells": 100 - within(TIES.edges),
        "Right as a share": within(TIES.edges) / 100,
        "number of ties": round(within(TIES.edges) * TIES.number_of_edges() / 100),
    }),
    "chance": (CHANCE, {
        "divided by the five cells": 100 / SIZES.size,
        "took all 110": within(itertools.combinations(PEOPLE.index, 2)),
        "paired people with themselves": 100 * (SIZES**2).sum() / len(HEARD)**2,
        "Right as a share": CHANCE / 100,
    }),
    "between-lines": (chapman(FIRST, SECOND, BOTH), {
        "rows that were heard": len(SEEN_BY),
        "added the two lists": FIRST + SECOND,
        "heard by neither": chapman(FIRST, SECOND, BOTH) - len(SEEN_BY),
        "You took all rows": all_rows(),
    }),
}


# ---- the lab ------------------------------------------------------------------------------------


class TestNumbers(LabNumbers):
    stem, values = STEM, {LAB: MISTAKES}


def test_the_simple_form_of_the_two_lists_passes_too():
    assert grade(Module(STEM).lab(LAB)._question("between-lines"), FIRST * SECOND / BOTH).right is True


def test_the_person_whom_the_picture_hides_is_the_one_the_lab_accepts():
    question = Module(STEM).lab(LAB)._question("hidden-hub")
    ranked = sorted(LINES, key=lambda who: -len(LINES[who]))
    never = [who for who in ranked if who not in START]
    assert grade(question, never[0]).right is True
    assert (len(LINES[never[0]]), never[1], len(LINES[never[1]])) == (7, "P040", 6)
    assert len(LINES[never[2]]) < 6
    for who, words in ((ranked[0], "tapped in the end"), ("P040", "second")):
        assert any(words in said for said in grade(question, who).feedback)
    assert len(LINES[ranked[1]]) < len(LINES[ranked[0]]) and START[ranked[0]] > 1
    most = max(dict(TIES.degree).values())
    for who in (who for who in HEARD if TIES.degree[who] == most):
        assert who in START and any("most ties" in said for said in grade(question, who).feedback)
    assert sum(TIES.degree[who] > TIES.degree[never[0]] for who in HEARD) == 12


def test_the_numbers_of_the_lab_s_hints_and_explanations_are_those_of_the_data():
    assert (NEVER, pairs_in(NEVER), pairs_in(110)) == (86, 3655, 5995)
    assert max(paths(TIES), key=paths(TIES).get) == "P030"
    assert (len(CORE), len(HEARD)) == (12, 87)
    assert round(within(TIES.edges) * TIES.number_of_edges() / 100) == 94
    assert sorted(SIZES, reverse=True) == [26, 17, 16, 15, 13]
    assert (round(CHANCE * pairs_in(87) / 100), pairs_in(87)) == (764, 3741)
    could = [pair for pair in itertools.combinations(HEARD, 2) if set(pair) & set(START)]
    assert round(within(could), 1) == 21.4
    assert within(TIES.edges) / CHANCE == pytest.approx(2.5, abs=0.1)
    assert (FIRST, SECOND, BOTH) == (83, 73, 58)
    fit = core_periphery(pd.DataFrame(sorted(TIES.edges), columns=["source", "target"])).attrs["correlation"]
    assert round(fit, 2) == 0.30  # in the question on the best core


def test_what_the_lab_says_of_the_truth_is_what_was_planted():
    true = networkx.Graph(TRUE_TIES)
    organizers, brokers = (TRUTH[role].split() for role in ("organizers", "brokers"))
    assert (len(TRUE_TIES), len(organizers), len(brokers)) == (351, 10, 13)
    assert {CELL[who] for who in organizers} == set(CELL.values()) and "P082" in brokers
    assert 0.4 < 1 - TIES.number_of_edges() / len(TRUE_TIES) < 0.5  # "nearly half"
    assert round(within(TRUE_TIES)) == 61 and round(max(paths(true).values())) == 10
    core = best_core(true)
    assert (len(core), len(core & set(START))) == (19, 9)
    assert TRUTH["contacts_between_two_tapped"] == 106
    assert round(1 - TRUTH["parameters"]["line_known"], 1) == 0.3  # "three contacts in ten"
    assert 110 - len(HEARD) == 23
    key = {*organizers, *brokers}
    assert (len(CORE & key), len(key - CORE), len((key - CORE) & set(START))) == (11, 12, 1)
    assert key <= set(HEARD)  # "all twelve had been heard"
    first = paths(graph(1))
    assert max(first, key=first.get) == "P091" and "P091" in organizers
    touched = [tie for tie in TRUE_TIES if set(tie) & set(START)]
    untouched = [tie for tie in TRUE_TIES if not set(tie) & set(START)]
    assert (round(within(touched)), round(within(untouched))) == (51, 73)


# ---- the texts ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def text() -> str:
    return markdown(read_notebook(STEM))


def test_the_slider_shows_what_the_texts_say(text):
    first, ninth = paths(graph(1)), paths(graph(9))
    assert round(max(first.values())) == 63 and "63 per cent of all shortest paths" in text
    assert round(max(ninth.values())) == 21 and "the highest share is 21 per cent" in text
    assert max(first, key=first.get) != max(ninth, key=ninth.get)
    fourth = paths(graph(4))  # the first arrests come after phase 4
    assert min(END.values()) == 4 and max(fourth.values()) < max(first.values()) / 2
    for phase in range(1, 12):
        tapped = {who for who, start in START.items() if start <= phase}
        assert best_core(graph(phase)) <= tapped  # "at every step"
    note = FILE.read_text(encoding="utf-8")
    assert "63 per cent of the shortest paths, with 20 the highest has 21" in note
    assert sum(start <= 9 for start in START.values()) == 20
    assert "86 times 85 of 110 times 109 are 61 per cent" in note and round(BLIND) == 61


def test_the_number_of_tapped_people_is_the_label_of_its_phase():
    cells = {cell.id: cell.source for cell in code_cells(read_notebook(STEM))}
    labels = {"explore": lambda figure, **choices: choices, "picture_after": None}
    exec(f"found = {cells['explore-lines']}", labels)
    for label, phase in labels["found"]["people_tapped"].items():
        assert int(label) == sum(start <= phase for start in START.values())


def test_ties_within_a_cell_are_the_densest_of_each_cell_and_lines_are_not_spread_evenly(text):
    density = {pair: 0.0 for pair in itertools.product(SIZES.index, repeat=2)}
    for one, other in itertools.permutations(HEARD, 2):
        possible = SIZES[CELL[one]] * (SIZES[CELL[other]] - (CELL[one] == CELL[other]))
        density[CELL[one], CELL[other]] += 100 * TIES.has_edge(one, other) / possible
    for cell in SIZES.index:
        assert max(SIZES.index, key=lambda other: density[cell, other]) == cell
    apart = {pair: value for pair, value in density.items() if pair[0] != pair[1]}
    assert set(max(apart, key=apart.get)) == {"import", "money"}
    lines = pd.Series([CELL[who] for who in START]).value_counts()
    assert (lines["sales north"], lines["transport"]) == (10, 2)
    assert "ten of the 24 tapped people are in sales north, and two in transport" in text


def test_the_small_networks_of_the_questions_give_the_answers():
    asked = {question["id"]: question for question in read_yaml(FILE)["questions"]}
    middle = paths(networkx.path_graph(5))[2]
    assert middle == pytest.approx(asked["chain-share"]["answer"], abs=0.01)
    assert 100 * 5 / pairs_in(6) == pytest.approx(asked["possible-ties"]["answer"], abs=0.01)


def test_article_2_asks_for_no_ranks_no_names_and_no_meeting():
    provisions = read_yaml(ROOT / "data" / "provisions.yml")["UNTOC"]["provisions"]
    assert "does not need to have formally defined roles" in provisions["2(c)"]["text"]
    words = provisions["2(a)"]["text"] + provisions["2(c)"]["text"]
    assert not [word for word in ("meet", "names", "leader", "rank", "symbol") if word in words]
