"""Module 08: the diagnoses of its two labs, and the figures of its texts that can be found again."""
from __future__ import annotations

import json

import pytest
from course_content import ROOT, LabNumbers, code_cells, markdown, read_notebook, read_yaml
from measurement import disruption_curve, interception_rate
from widgets import dataset
from widgets.module import Module

STEM = "08-law-enforcement"
FILE = ROOT / "data" / "modules" / f"{STEM}.yml"
CHECKS = {lab["id"]: {check["id"]: check for check in lab["checks"]} for lab in read_yaml(FILE)["labs"]}


def truth(name: str) -> dict:
    return json.loads((ROOT / "data" / "sources" / f"{name}.truth.json").read_text(encoding="utf-8"))


# ---- seizures -----------------------------------------------------------------------------------

REPORTS = dataset("drug_seizures")
TESTS = dataset("drug_seizures_tests").set_index(["entry", "year"])["found"] / 200
MADE = dataset("drug_seizures_estimates").set_index("year")
SEEN: set = set()
SECOND = [number in SEEN or SEEN.add(number) is not None if isinstance(number, str) else False
          for number in REPORTS["joint_operation_id"]]
ONCE = REPORTS[[not second for second in SECOND]]
YEAR = REPORTS["date"].dt.year


def of(reports, year):
    return reports[reports["date"].dt.year == year]


def tonnes(reports) -> float:
    return reports["weight_kg"].sum() / 1000


def purity(reports) -> float:
    known = reports[reports["purity_pct"].notna()]
    return (known["weight_kg"] * known["purity_pct"]).sum() / known["weight_kg"].sum() / 100


def share(reports, year, pure=True) -> float:
    used = tuple(MADE.loc[year, [f"consumed_{end}_t" for end in ("low", "best", "high")]])
    seized = of(reports, year)
    return 100 * float(interception_rate(tonnes(seized), purity(seized) if pure else 1, used, MADE.loc[year, "lost_t"]))


def seized(entry, year) -> int:
    return int((of(ONCE, year)["entry"] == entry).sum())


def sent(entry, year) -> float:
    return seized(entry, year) / TESTS[entry, year]


SECOND_2022 = sum(second for second, year in zip(SECOND, YEAR) if year == 2022)
PAPER = 100 * tonnes(of(REPORTS, 2022)) / MADE.loc[2022, "produced_t"]
NORTH = 100 * (sent("North Port", 2022) / sent("North Port", 2021) - 1)

PORT = {
    "twice": (SECOND_2022, {
        "One report of each pair": int(of(REPORTS, 2022)["joint_operation_id"].notna().sum()),
        "both years": sum(SECOND),
        "seizures that remain": len(of(ONCE, 2022)),
    }),
    "newspaper": (PAPER, {
        "took the double reports away": 100 * tonnes(of(ONCE, 2022)) / MADE.loc[2022, "produced_t"],
        "That is the year 2021": 100 * tonnes(of(REPORTS, 2021)) / MADE.loc[2021, "produced_t"],
        "Right as a share": PAPER / 100,
    }),
    "pure-share": (share(ONCE, 2022), {
        "left the double reports in": share(REPORTS, 2022),
        "forgot the purity": share(ONCE, 2022, pure=False),
        "That is the year 2021": share(ONCE, 2021),
        "Right as a share": share(ONCE, 2022) / 100,
    }),
    "north-sent": (NORTH, {
        "change of the seizures": 100 * (seized("North Port", 2022) / seized("North Port", 2021) - 1),
        "sign is negative": -NORTH,
        "how much better": 100 * (TESTS["North Port", 2022] / TESTS["North Port", 2021] - 1),
        "number of loads": sent("North Port", 2022) - sent("North Port", 2021),
    }),
}

# ---- arrests ------------------------------------------------------------------------------------

CONTACTS = dataset("wiretap_network")
PEOPLE = dataset("wiretap_network_people").set_index("person")
GONE = set(PEOPLE.index[PEOPLE["seizure"].notna()])


def between(first, last):
    return CONTACTS[CONTACTS["phase"].between(first, last)]


def persons(rows) -> set:
    return {*rows["source"], *rows["target"]}


def largest_piece(rows, without=frozenset()) -> int:
    """The size of the largest component, by a search of our own."""
    ties: dict[str, set] = {}
    for one, other in zip(rows["source"], rows["target"]):
        if one not in without and other not in without:
            ties.setdefault(one, set()).add(other)
            ties.setdefault(other, set()).add(one)
    best, todo = 0, set(ties)
    while todo:
        piece, front = set(), {todo.pop()}
        while front:
            piece |= front
            front = {tied for person in front for tied in ties[person]} - piece
        todo -= piece
        best = max(best, len(piece))
    return best


def lines(phase) -> int:
    return sum(1 for begun, ended in zip(PEOPLE["tapped_from"].fillna(99), PEOPLE["seizure"].fillna(99))
               if begun <= phase <= ended)


def heard(phase) -> int:
    return int(between(phase, phase)["contacts"].sum())


EARLY, LATE = between(1, 4), between(9, 11)
ON_PAPER = 100 * largest_piece(EARLY, GONE) / len(persons(EARLY))
AFTER = 100 * largest_piece(LATE) / len(persons(LATE))
PER_LINE = 100 * (heard(11) / lines(11) / (heard(4) / lines(4)) - 1)
TAPPED = PEOPLE["tapped_from"].notna().groupby(PEOPLE["sex"])
MEN, WOMEN = TAPPED.mean()["male"], TAPPED.mean()["female"]

ARRESTS = {
    "on-paper": (ON_PAPER, {
        "how many people": largest_piece(EARLY, GONE),
        "what broke away": 100 - ON_PAPER,
        "highest betweenness": 100 * disruption_curve(EARLY, removals=6)["share"].iloc[-1],
    }),
    "after-all": (AFTER, {
        "how many people": largest_piece(LATE),
        "divided by all 110": 100 * largest_piece(LATE) / len(PEOPLE),
        "compares the largest piece": 100 * disruption_curve(LATE, removals=1)["share"][0],
    }),
    "per-line": (PER_LINE, {
        "change of the contacts": 100 * (heard(11) / heard(4) - 1),
        "the sign is not": -PER_LINE,
        "difference in contacts": heard(11) / lines(11) - heard(4) / lines(4),
    }),
    "women-men": (MEN / WOMEN, {
        "compared the counts": TAPPED.sum()["male"] / TAPPED.sum()["female"],
        "women against men": WOMEN / MEN,
        "percentage points": 100 * (MEN - WOMEN),
    }),
}
MISTAKES = {"port": PORT, "arrests": ARRESTS}


class TestNumbers(LabNumbers):
    stem, values = STEM, MISTAKES


def test_the_person_whom_nobody_looked_at_is_the_one_whom_the_data_show():
    middle = between(5, 8)
    contacts = {person: int(middle.loc[(middle["source"] == person) | (middle["target"] == person), "contacts"].sum())
                for person in persons(middle)}
    open_line = {person for person, begun in PEOPLE["tapped_from"].fillna(99).items() if begun <= 8}
    ranked = sorted((who for who in contacts if who not in open_line), key=lambda who: -contacts[who])
    assert ranked[0] == CHECKS["arrests"]["unheard"]["accepted"][0] == "P037"
    assert set(ranked[1:3]) == {"P075", "P008"}
    assert [contacts[who] for who in ranked[:3]] == [48, 23, 23]
    assert max(contacts, key=contacts.get) == "P030" and "P030" in open_line
    row = PEOPLE.loc["P037"]
    assert (row["sex"], row["file_says"], row["tapped_from"]) == ("female", "partner or relative", 9)
    assert "P037" not in GONE
    assert row["first_seen"] < 4  # "already before the first arrest"


def test_the_numbers_of_the_first_lab_s_texts_are_those_of_the_data():
    assert (len(of(REPORTS, 2022)), len(of(ONCE, 2022))) == (2060, 1928)
    assert (round(tonnes(of(REPORTS, 2022)), 1), round(tonnes(of(ONCE, 2022)), 1)) == (142.7, 126.9)
    assert (round(purity(of(ONCE, 2022)), 3), round(tonnes(of(ONCE, 2022)) * purity(of(ONCE, 2022)), 1)) == (0.773, 98.1)
    assert [seized("North Port", 2021), seized("North Port", 2022)] == [526, 459]
    assert round(100 * (459 / 526 - 1)) == -13  # the icebreaker
    assert (round(sent("North Port", 2021)), round(sent("North Port", 2022))) == (1403, 656)
    assert round(100 * (seized("South Port", 2022) / seized("South Port", 2021) - 1)) == 43
    assert [round(200 * TESTS["South Port", year]) for year in (2021, 2022)] == [64, 71]
    gap = abs(71 - 64) / 200
    assert gap < 1.96 * (2 * 0.3375 * 0.6625 / 200) ** 0.5  # "no more than chance can do"
    for entry in ("Airport", "Postal Hub"):
        assert abs(seized(entry, 2022) / seized(entry, 2021) - 1) < 0.05  # "hardly moved"
    rate = interception_rate(tonnes(of(ONCE, 2022)), purity(of(ONCE, 2022)), (74, 96, 122), 2.9)
    assert (round(100 * rate.low), round(100 * rate.high)) == (45, 54)
    planted = truth("drug_seizures")
    assert round(100 * planted["by_year"]["2022"]["interception_rate"]) == 50
    assert planted["of_what_left_the_north_port"]["South Port"] == 5 / 8
    joint = REPORTS[REPORTS["joint_operation_id"].notna()].groupby("joint_operation_id")
    assert (joint["weight_kg"].nunique() == 2).all() and (joint["weight_basis"].nunique() == 2).all()


def test_the_numbers_of_the_second_lab_s_texts_are_those_of_the_data():
    assert (len(persons(EARLY)), largest_piece(EARLY), largest_piece(EARLY, GONE)) == (62, 62, 17)
    assert (len(persons(LATE)), largest_piece(LATE), len(PEOPLE)) == (62, 57, 110)
    assert not GONE & persons(LATE)
    assert sorted(PEOPLE["seizure"].dropna()) == [4, 4, 6, 6, 8, 8]
    assert set(PEOPLE.loc[list(GONE), "sex"]) == {"male"}
    assert [(heard(phase), lines(phase)) for phase in (4, 11)] == [(148, 10), (168, 18)]
    assert heard(5) < heard(4)  # "contacts fell after the first two arrests"
    first_five = set(disruption_curve(EARLY, removals=5)["node"].dropna())
    assert len(first_five & GONE) == 4
    assert TAPPED.sum().to_dict() == {"female": 1, "male": 23} and TAPPED.size().to_dict() == {"female": 25, "male": 85}
    planted = truth("wiretap_network")
    assert planted["mean_number_of_persons_in_contact_with"]["women"] > \
        planted["mean_number_of_persons_in_contact_with"]["men"]
    taken = planted["ties_taken_over_after_phase"]["4"]
    ties = {frozenset((one, other)) for one, others in taken.items() for other in others.split()}
    hers = {next(iter(tie - {"P037"})) for tie in ties if "P037" in tie}
    before = {frozenset((one, other)) for one, others in planted["ties_at_the_start"].items() for other in others.split()}
    assert len(hers) == 14 and all(frozenset(("P007", other)) in before for other in hers)
    assert PEOPLE.loc["P007", "seizure"] == 4 == PEOPLE["seizure"].min()


def test_the_sliders_show_what_the_text_says():
    source = {cell.id: cell.source for cell in code_cells(read_notebook(STEM))}["explore-function"]
    body = [line.strip() for line in source.splitlines() if "= 100 * go" in line or "north, south =" in line]

    def ports(found_in_the_north, go_south_instead):
        values = {"found_in_the_north": found_in_the_north, "go_south_instead": go_south_instead}
        for line in body:
            exec(line, values)
        return values["north"], values["south"]

    stopped = {key: sum(ports(*key)) / 2 for key in ((0.35, 0), (0.7, 0), (0.7, 0.5), (0.7, 0.75))}
    assert stopped[0.35, 0] == pytest.approx(35)
    assert ports(0.7, 0.5)[0] == pytest.approx(ports(0.35, 0)[0])  # "exactly as many as before"
    assert ports(0.7, 0.75)[0] < ports(0.35, 0)[0]  # "fewer than before"
    assert (round(stopped[0.7, 0.5]), stopped[0.7, 0]) == (44, pytest.approx(52.5))


def test_figures_that_the_texts_derive():
    text = markdown(read_notebook(STEM))
    market = dataset("supply_demand_balance_seizures")
    market = market[market["year"] == 2023]
    pure = (market["seized_t"] * market["purity"] * (1 - market["double_counted"])).sum()
    assert 0.27 < 1 - pure / market["seized_t"].sum() < 0.3  # "nearly three tenths"
    assert "Nearly three tenths" in text
    note = FILE.read_text(encoding="utf-8")
    assert "526 seizures and 75 of 200 test loads give about 1,400 sent; 459 and 140 of 200 give about 660." in note
    assert (round(526 / 75 * 200, -2), round(459 / 140 * 200, -1)) == (1400, 660)
