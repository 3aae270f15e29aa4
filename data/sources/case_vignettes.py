"""case_vignettes: short invented cases, coded by seven raters against the definitions of the Convention.

Run it to write ``data/case_vignettes.csv``, ``data/case_vignettes_ratings.csv`` and the truth with the key:

    python data/sources/case_vignettes.py

The cases are invented, and so are States, persons and raters. Texts and key stand below; chance makes only
the ratings and the order of the cases:

1. Put the vignettes in random order; all raters read them in this order.
2. Each rater says of each element whether it is met. Where the law leaves no room, raters err rarely, some
   more than others and more on some elements than on others. Where it leaves room, the case itself has a
   chance of being coded as met, and some raters are stricter than others.
3. One rater withholds an answer wherever the law leaves room. Another does not come to the end.
"""
from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np

from common import ROOT_SEED, Draws, write

NAME = "case_vignettes"
RATINGS = "case_vignettes_ratings"
# The first five are those of article 2 (a), read with (b) and (c); the last is article 3, paragraph 2.
ELEMENTS = ("three_or_more", "structured_group", "period_of_time", "serious_crime", "benefit",
            "transnational")
COLUMNS = {NAME: ("vignette_id", "title", "text"),
           RATINGS: ("vignette_id", "rater_id", "background", *ELEMENTS)}

# Background, chance of an error where the law leaves no room, and strictness where it leaves room.
RATERS = {
    "R1": ("judge", 0.03, -0.10),
    "R2": ("prosecutor", 0.04, 0.15),
    "R3": ("defence lawyer", 0.05, -0.15),
    "R4": ("police analyst", 0.06, 0.10),
    "R5": ("law student", 0.08, 0.00),
    "R6": ("legal adviser", 0.03, -0.05),
    "R7": ("law student", 0.09, 0.05),
}
WITHHOLDS, STOPS_EARLY, READ_BEFORE_STOPPING = "R6", "R7", 28
COMPLETE = ("R1", "R2", "R3", "R4", "R5")
ERRORS = {"three_or_more": 0.5, "structured_group": 1.6, "period_of_time": 1.4, "serious_crime": 1.2,
          "benefit": 0.8, "transnational": 1.2}  # times the rater's chance of an error


class Vignette(NamedTuple):
    """A case, its key (y or n for each element, in their order), why, and where the law leaves room."""

    title: str
    key: str
    text: str
    why: str
    room: dict[str, float]  # element: chance that a rater in the middle codes it as met


def case(title: str, key: str, text: str, why: str, **room: float) -> Vignette:
    """A vignette; line breaks of the source do not count."""
    return Vignette(title, key, " ".join(text.split()), " ".join(why.split()), room)


VIGNETTES = (
    case("Bananas", "yyyyyy", """
        For three years four women and two men in Arvenia have brought in cocaine from Veldana, hidden
        among bananas. One of the women buys it, another pays a crane driver in the port, the others store
        and sell. They share what is left each month. Trafficking is punishable by up to fifteen years in
        both States.""", """
        A plain case. It is committed in more than one State (article 3, paragraph 2 (a))."""),
    case("Two brothers", "nyyyyy", """
        Two brothers have stolen cars to order for five years in Arvenia and sell them in Lusmark through
        advertisements. The buyers believe that all is in order. Nobody else takes part. Theft and
        receiving are punishable by up to six years in both States.""", """
        All but the number: buyers in good faith do not act in concert, so there are two persons."""),
    case("The open lorry", "ynnyyn", """
        After a football match five spectators who do not know each other see an unlocked lorry in a side
        street. Within ten minutes they have emptied it of television sets and go their ways. Theft by
        several persons is punishable by up to five years.""", """
        Formed at random for the immediate commission of one offence (article 2 (c)), and gone at once."""),
    case("The chemical works", "yyyyny", """
        Eleven activists, six of them women, have for two years broken into chemical works in Arvenia and
        Ostrevia at night and made machines unusable. They plan each action for weeks and pay for it out
        of their wages. Nobody pays them. The damage is punishable by up to five years.""", """
        An aim that is not a financial or other material benefit is not enough (article 2 (a)).""",
         benefit=0.15),
    case("Shops at night", "yyyyyn", """
        Three cousins, two men and a woman, have broken into shops in one town of Arvenia for seven
        months. They meet on Mondays, choose the shop, and sell the goods at a market in the same town.
        Burglary is punishable by up to ten years.""", """
        An organized criminal group without any link to another State."""),
    case("One jeweller", "yyyyyn", """
        A locksmith, a driver and a woman who used to work in the shop prepare the burglary of a jeweller
        for six months. Each has a task. They do it once, share the money and part. All of it happens in
        one city. Burglary is punishable by up to ten years.""", """
        One serious crime is enough. The group was not formed for its immediate commission, and existed
        for six months; some ask for more than one offence before they see a period of time.""",
         structured_group=0.70, period_of_time=0.60),
    case("The passport workshop", "yyyyyy", """
        In Lusmark a woman and three men have made false passports for eighteen months. The customers are
        people who pay smugglers to be brought into Arvenia without permission. Making such a passport is
        punishable by up to three years in Lusmark, a Party to the Convention and its Protocols.""", """
        Below four years, so not a serious crime; but making the document for smuggling of migrants, for
        gain, is an offence under article 6 of the Smuggling Protocol, and these count as offences
        established in accordance with the Convention (article 1, paragraph 3, of the Protocol).""",
         serious_crime=0.50),
    case("A sister's family", "ynnyny", """
        One evening a woman learns that her sister's family must leave Veldana. That night she, her son
        and a neighbour cross the strait in the neighbour's boat and bring five people to Arvenia without
        visas. They take no money and buy the petrol themselves. Arvenia punishes helping others to enter
        by up to eight years, with or without gain.""", """
        The offence is serious by its penalty, but nobody sought a benefit, and the three came together
        for this one night. Without a benefit it is not smuggling of migrants under the Protocol either
        (article 3 (a)).""", structured_group=0.40),
    case("The cleaners", "yyyyyy", """
        For two years a couple, two recruiters and two foremen have promised hotel work in Arvenia to
        women and men from Kestria. On arrival they take the passports and lock the rooms at night. Wages
        are never paid. The hotels pay the couple. Trafficking in persons is punishable by up to twelve
        years.""", """
        A plain case. Recruitment in one State and exploitation in another."""),
    case("The screen names", "yyyyyy", """
        Three people who have never met and know each other by screen names have for fourteen months
        encrypted the data of clinics in Arvenia and asked for money. One writes the programme, one finds
        a way in, one writes the letters. They live in three States. Extortion is punishable by up to
        eight years.""", """
        A structured group needs no meetings, no formal roles and no developed structure (article 2 (c)).""",
         structured_group=0.70),
    case("Night shifts", "yyyyyy", """
        Over four years about twenty persons have carried untaxed cigarettes from Ostrevia into Arvenia.
        Between five and eight are active at any time, and most of those of the first year have left. Two
        sisters decide each week who drives. The smuggling is punishable by up to five years.""", """
        A structured group does not need continuity of its membership (article 2 (c)).""",
         structured_group=0.75),
    case("Invoices", "yyynyn", """
        An accountant and the two owners of a building firm in Arvenia have for two years booked invoices
        for work that nobody did, and paid less tax. The money stayed in the firm. Tax fraud is punishable
        by up to three years.""", """
        Below four years and no offence of the Convention: no serious crime (article 2 (b)).""",
         serious_crime=0.20),
    case("The referee", "yyyyyy", """
        During one season a referee and two betting agents, a man and a woman, fix six matches in Lusmark.
        The agents live in Ostrevia, choose the matches there and place the bets. The fraud is punishable
        by up to six years in both States.""", """
        A substantial part of the planning takes place in another State (article 3, paragraph 2 (b)); a
        season is a period of time.""", period_of_time=0.75),
    case("Exam papers", "yyynyn", """
        Three clerks of a university, two women and a man, sell the questions of the next examination by
        telephone throughout one term. Breach of confidence is punishable by up to one year. They are no
        public officials, and examinations at this university are a private matter.""", """
        Everything but a serious crime.""", period_of_time=0.65),
    case("The lost files", "yyyyyn", """
        For three years a court clerk and two colleagues have lost files that troubled a local
        businessman. Each summer he lends them his house by the sea. Taking an advantage as a public
        official is punishable by up to three years in Arvenia. All of it happens in Arvenia.""", """
        Below four years; but passive bribery of national public officials is an offence established in
        accordance with article 8 of the Convention. A holiday is another material benefit.""",
         serious_crime=0.55, benefit=0.80),
    case("The collectors", "yyyyyy", """
        Two men and two women in Arvenia have lent money at high interest for two years and threaten those
        who do not pay. All borrowers live in Arvenia. Each week a man in Lusmark, to whom half of the
        interest is sent, decides by telephone who is to be visited. Extortion is punishable by up to
        eight years.""", """
        Committed in one State, but directed from another (article 3, paragraph 2 (b)).""",
         transnational=0.70),
    case("Copper and cards", "yyyyyy", """
        Five persons in Arvenia steal copper cable from railway lines, which they have done for three
        years. They sell it in Arvenia. In Veldana the same five run forbidden card rooms. The theft is
        punishable by up to six years; the card rooms by up to two.""", """
        The theft involves a group that engages in criminal activities in more than one State (article 3,
        paragraph 2 (c)); the other activities need not be serious crimes.""", transnational=0.55),
    case("Spirits", "yyyyyy", """
        For eight months two distillers and a saleswoman in Talmere have made false brandy with a
        poisonous alcohol and sold it in Talmere. A shopkeeper who knew nothing took a van of it to
        Arvenia, where thirty people fell ill. The offence is punishable by up to seven years.""", """
        Committed in one State, with substantial effects in another (article 3, paragraph 2 (d)).""",
         transnational=0.60),
    case("The dating agency", "nnyyyy", """
        A woman in Ostrevia writes love letters to lonely men in three States and asks for money, for two
        years now. She pays a programmer and a translator; both believe that they work for a dating
        agency. The fraud is punishable by up to five years.""", """
        One person with two tools. Who does not know the aim does not act in concert with it, so there are
        no three persons and no group.""", three_or_more=0.35, structured_group=0.35),
    case("The toll", "yyyyyn", """
        For four years an armed movement of forty women and men has stopped lorries on a road in Kestria
        and taken a toll. With the money it buys food and arms for its struggle within Kestria. Robbery is
        punishable by up to fifteen years.""", """
        The group seeks money, directly; what it wants the money for does not change that. Nothing in the
        text reaches beyond Kestria.""", benefit=0.60, transnational=0.25),
    case("The railway", "yyyyny", """
        For a year eight persons in Talmere, who share a conviction and nothing else, prepare an attack on
        a railway in Arvenia and carry it out. They live on their wages and expect no gain. The attack is
        punishable by imprisonment for life.""", """
        No financial or other material benefit: outside article 2 (a), whatever other conventions say.""",
         benefit=0.15),
    case("The laboratory", "yyyyyy", """
        For three years the manager of a waste firm, a woman, has sent dangerous waste from Arvenia to
        Veldana as paper for recycling. A chemist signs false analyses, and two drivers know what they
        carry. The firm saves the fees of the disposal plant. The offence is punishable by up to five
        years.""", """
        A saving is a financial benefit, obtained directly or indirectly.""", benefit=0.85),
    case("Ivory", "yyyyyy", """
        For two years three hunters, a buyer and a courier have killed elephants in Kestria and brought
        the tusks to a dealer in Arvenia. In Kestria the offence is punishable by up to seven years, in
        Arvenia by up to two.""", """
        Conduct that is punishable by seven years where the elephants are killed is a serious crime there.
        Whether Arvenia has to treat it as one is a point of argument.""", serious_crime=0.55),
    case("One hour", "ynnyyn", """
        During a riot fourteen youths agree by messages to meet at an electronics shop. An hour later they
        break the window, carry out telephones and run. Some know each other from school. They sell the
        telephones. Aggravated theft is punishable by up to six years.""", """
        An agreement of one hour is formed for the immediate commission of an offence; whether randomly is
        open to argument.""", structured_group=0.40, period_of_time=0.20),
    case("The night nurses", "yyyyyn", """
        Three nurses, two women and a man, have for two years taken painkillers from the store of a
        hospital in Arvenia and sold them to one dealer in the same city. They cover for each other in the
        books. The offence is punishable by up to ten years.""", """
        No leader and no rules are needed for a structured group.""", structured_group=0.75),
    case("The closed forum", "yyyyyy", """
        For three years nine persons in five States have exchanged pictures of the sexual abuse of
        children in a closed forum. No money is paid. Who wants to stay has to bring new pictures every
        month; two administrators watch over it. The offence is punishable by up to ten years in all five
        States.""", """
        Pictures received in exchange can be read as a benefit in kind, since property means assets of
        every kind (article 2 (d)); those who read material as money disagree.""", benefit=0.50),
    case("The restaurant", "yyyyyy", """
        For two years a father, a mother and their grown daughter in Arvenia have paid money that others
        stole in Ostrevia into the accounts of their restaurant, knowing where it comes from. They send it
        back as payment for wine and keep a tenth. Laundering is punishable by up to three years in
        Arvenia.""", """
        Below four years, but laundering is an offence established in accordance with article 6.""",
         serious_crime=0.60),
    case("The witness", "yynyyn", """
        In the week before a trial the accused has his sister find three friends who owe him money. On the
        weekend they visit a witness twice and threaten her. He has promised to forget the debts. All live
        in the same town. The threat is punishable by up to five years.""", """
        Put together on purpose and with a plan, so not at random; but a week hardly is a period of time.
        Debts that are forgiven are a financial benefit. If the trial is about an offence covered by the
        Convention, the threat is one of article 23 as well.""",
         structured_group=0.60, period_of_time=0.35, benefit=0.80),
    case("The forest", "yyynnn", """
        For five months fifteen people, eight of them women, have lived in a forest in Arvenia that is to
        be felled. They cook in turns and hold a meeting every evening. Staying there is punishable by a
        fine or up to one year.""", """
        No serious crime and no benefit. Whatever one thinks of them, this is not the Convention's
        subject.""",
         structured_group=0.75),
    case("The card shop", "yyyyyy", """
        For two years an administrator, a moderator and a treasurer have run a site on which others sell
        the data of stolen bank cards. The site stands in Ostrevia, the three live in Lusmark, and they
        keep four per cent of each sale. The offence is punishable by up to eight years.""", """
        A plain case."""),
    case("The taxi", "yyyyyn", """
        For sixteen months a couple in Arvenia has forced young women of their own town into prostitution.
        A taxi driver takes them to the customers, knows what is done to them, and is paid for every trip.
        Nobody has crossed a border. Trafficking in persons is punishable by up to twelve years.""", """
        Who knows the aim and helps for pay acts in concert. There is no link to another State; but
        States have to make trafficking punishable without one (article 34, paragraph 2, of the
        Convention, with article 1 of the Trafficking Protocol).""", three_or_more=0.70),
    case("The workshop in the garden", "yyyyyy", """
        For ten months a gunsmith, his wife and a courier in Lusmark have turned alarm pistols into
        firearms without a licence and posted them to customers in Veldana. Lusmark punishes this by up to
        two years and is a Party to the Firearms Protocol.""", """
        Below four years; but illicit manufacturing and trafficking are offences under article 5 of the
        Firearms Protocol, which count as offences established in accordance with the Convention (article
        1, paragraph 3, of that Protocol).""", serious_crime=0.50),
    case("The tram", "nyynyn", """
        Two women have picked pockets in the trams of one city in Arvenia for a year. They have their line
        and their hours. Theft is punishable by up to three years.""", """
        Two persons, and no serious crime."""),
    case("His own account", "nnyyyy", """
        A man in Arvenia drives to Kestria three times in a year, buys heroin there from people whose
        names he does not know, and sells it at home on his own account. Trafficking is punishable by up
        to fifteen years.""", """
        Buyer and seller agree on a sale, not on a common aim; on these facts he acts alone. The sellers
        may well be a group, but the text does not say so.""", three_or_more=0.30, structured_group=0.25),
    case("Scooters", "ynnnnn", """
        Four girls and boys meet at a bus stop in the evening, take three scooters that stand there, ride
        around and leave them in a park. Using a vehicle without permission is punishable by up to two
        years.""", """
        Nothing but the number."""),
    case("The forgotten card", "nnnyyn", """
        Two strangers in a queue see that a woman has left her card in the cash machine. They look at each
        other, draw the money and share it. The fraud is punishable by up to five years.""", """
        Two persons, one moment."""),
    case("At cost", "nyyyny", """
        For two years a married couple of pharmacists have brought a medicine against cancer, which has no
        licence in Arvenia, over the border from Veldana. They give it to patients for what it costs them.
        The offence is punishable by up to five years.""", """
        Two persons without a benefit. That the patients save money is a benefit of others, which the
        couple does not seek for itself.""", benefit=0.25),
    case("The server room", "ynnnnn", """
        Over lunch three employees of a firm in Arvenia learn that they are to be dismissed. In the
        afternoon they change the passwords of the firm's computers, out of anger. The offence is
        punishable by up to three years.""", """
        No plan beyond one afternoon, no serious crime, no benefit.""", structured_group=0.25),
    case("Handbags", "nyyyyy", """
        A mother and her son in Lusmark have for four years sold false handbags through a shop on the
        internet to customers in Arvenia and Ostrevia. They sew the labels in themselves. The offence is
        punishable by up to five years in all three States.""", """
        All but the number."""),
    case("The last train", "ynnynn", """
        Six supporters from Ostrevia, three women and three men who have just met at the station, wreck
        the last train home while it still stands in Arvenia. The damage is punishable by up to five
        years.""", """
        The nationality of those who act does not make an offence transnational: none of the four cases of
        article 3, paragraph 2, is there.""", transnational=0.35),
)


def chance_met(vignette: Vignette, element: str, rater: str) -> float:
    """Chance that the rater codes the element as met."""
    _, error, strict = RATERS[rater]
    if element in vignette.room:
        return min(max(vignette.room[element] + strict, 0.02), 0.98)
    wrong = error * ERRORS[element]
    return 1.0 - wrong if vignette.key[ELEMENTS.index(element)] == "y" else wrong


def generate(root_seed: int = ROOT_SEED) -> tuple[dict[str, list[tuple]], dict]:
    """The rows of the two files, under their names, and the planted truth with the key.

    Parameters
    ----------
    root_seed : int
        Another seed gives other ratings of the same vignettes; tests use that.
    """
    draws = Draws(NAME, root_seed)
    order = draws.order(len(VIGNETTES)).tolist()
    numbers = draws.uniform(len(VIGNETTES), len(RATERS), len(ELEMENTS))
    names = {place: f"V{number:02d}" for number, place in enumerate(order, start=1)}
    rows = [(names[place], VIGNETTES[place].title, VIGNETTES[place].text) for place in order]
    ratings = [
        (names[place], rater, RATERS[rater][0],
         *(rating(VIGNETTES[place], element, rater, number, numbers[place, at, which])
           for which, element in enumerate(ELEMENTS)))
        for number, place in enumerate(order, start=1) for at, rater in enumerate(RATERS)
    ]
    return {NAME: rows, RATINGS: ratings}, planted_truth(names, order, root_seed)


def rating(vignette: Vignette, element: str, rater: str, number: int, u: float) -> str:
    """What the rater wrote down for one element of the vignette that stands at this number."""
    if rater == STOPS_EARLY and number > READ_BEFORE_STOPPING:
        return "not-read"
    if rater == WITHHOLDS and element in vignette.room:
        return "undecided"
    return "met" if u < chance_met(vignette, element, rater) else "not met"


def true_agreement(chances: np.ndarray) -> dict[str, float]:
    """Share of agreeing pairs and Fleiss' kappa in the long run.

    Parameters
    ----------
    chances : array
        Chance of "met", one row a vignette, one column a rater.
    """
    pairs = list(combinations(range(chances.shape[1]), 2))
    alike = [chances[:, one] * chances[:, other] + (1 - chances[:, one]) * (1 - chances[:, other])
             for one, other in pairs]
    observed = mean(np.concatenate(alike))
    met = mean(chances.ravel())
    expected = met * met + (1 - met) * (1 - met)
    return {"observed": round(observed, 6), "kappa": round((observed - expected) / (1 - expected), 6),
            "share_met": round(met, 6)}


def mean(numbers: np.ndarray) -> float:
    """The mean, added in order."""
    return float(np.cumsum(numbers)[-1]) / len(numbers)


def planted_truth(names: dict[int, str], order: list[int], root_seed: int) -> dict:
    """The key with its reasons, and the agreement behind the ratings of those who rated everything."""
    chances = {element: np.array([[chance_met(vignette, element, rater) for rater in COMPLETE]
                                  for vignette in VIGNETTES]) for element in ELEMENTS}
    group = np.ones_like(chances[ELEMENTS[0]])
    for element in ELEMENTS[:5]:
        group = group * chances[element]
    agreement = {element: true_agreement(chances[element]) for element in ELEMENTS}
    return {
        "dataset": NAME,
        "root_seed": root_seed,
        "vignettes": len(VIGNETTES),
        "raters_who_rated_everything": list(COMPLETE),
        "agreement": agreement,
        "agreement_on_organized_criminal_group": true_agreement(group),
        "key": {
            names[place]: {
                "title": VIGNETTES[place].title,
                **{element: letter == "y" for element, letter in zip(ELEMENTS, VIGNETTES[place].key)},
                "organized_criminal_group": VIGNETTES[place].key[:5] == "yyyyy",
                "reason": VIGNETTES[place].why,
                "room": list(VIGNETTES[place].room),
            }
            for place in order
        },
        "parameters": {
            "raters": {rater: {"background": background, "error": error, "strictness": strict}
                       for rater, (background, error, strict) in RATERS.items()},
            "errors_by_element": ERRORS,
            "chance_met_where_the_law_leaves_room": {
                names[place]: VIGNETTES[place].room for place in order if VIGNETTES[place].room},
            "withholds": WITHHOLDS,
            "stops_early": {"rater": STOPS_EARLY, "after": READ_BEFORE_STOPPING},
        },
    }


if __name__ == "__main__":
    write(COLUMNS, *generate())
