"""What people wrote that may give a hidden count away (R5)."""

import pytest

from qa_app.reports.figures import Figures, Key, ReportFigure
from qa_app.reports.public import narrative_risks

pytestmark = pytest.mark.one_database


def _share(measure: str, part: int, whole: int, scope: str = "authority") -> ReportFigure:
    key = Key(measure, "2022/23-Q4", "Good or better", scope)
    return ReportFigure(key, part, whole, f"{part} of {whole}")


HIDDEN = (
    _share("Q-1s", 3, 12, "Safeguarding"),
    _share("Q-1s", 17, 44, "Early help"),
    _share("Q-1t", 2, 4, "Maple team"),
    _share("Q-1t", 9, 11, "Oak team"),
)
FIGURES = Figures((_share("Q-1", 31, 60), *HIDDEN))
PUBLIC = Figures(
    (
        _share("Q-1", 31, 60),
        *(each.hidden() for each in HIDDEN if each.key.scope != "Maple team"),
    )
)

QUOTE, SMALL, NUMBER, PERCENTAGE, TEAM = (
    "quotation marks",
    "a count of 1 to 5",
    "a number that is hidden",
    "a percentage that is hidden",
    "fewer than 6 audits",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # R5: a count of 1 to 5 in digits, in words, as a share
        ("In 3 audits the plan was late.", {SMALL}),
        ("Three children had no plan.", {SMALL}),
        ("Two of the six families were not asked.", {SMALL}),
        ("A single child had moved twice.", {SMALL}),
        ("Plans were good in 3 of 12.", {SMALL, NUMBER}),
        # R5: and what is left of a share: 58 of 60 says that 2 were not
        ("58 of 60 audits had a chronology.", {SMALL}),
        # R5: a percentage of a hidden share, as precisely as anybody writes it
        ("Good or better in 25% of audits in one service.", {PERCENTAGE, SMALL}),
        ("Early help was at 38.6%.", {PERCENTAGE}),
        ("Early help was at 39 per cent.", {PERCENTAGE}),
        # R5: a larger number that is hidden to protect another
        ("Early help had 17 audits that were good.", {NUMBER}),
        ("Good or better: 17 of 44.", {NUMBER}),
        # R5: no quotes
        ("One mother said “nobody asked me”.", {QUOTE, SMALL}),
        ('A worker wrote "we were late".', {QUOTE}),
        ("A child said: ‘nobody asked me’ twice.", {QUOTE}),
        # R5: no team with fewer than 6 audits, by whatever spelling
        ("The Maple Team has improved.", {TEAM}),
        # What is printed may be written, and what counts nothing too
        ("31 of 60 audits (51.7%) were Good or better.", set()),
        ("Oak team has improved.", set()),
        ("From 3 May 2023 the form changes; see section 4.2.", set()),
        ("The 2022/23-Q4 report covers January to March 2023.", set()),
        ("The children’s views weren’t always in the plan; workers’ notes were.", set()),
        ("There is one thing to take from this.", set()),
        ("", set()),
    ],
)
def test_a_sentence_may_give_away(text, expected) -> None:
    found = narrative_risks({"summary": text}, FIGURES, PUBLIC)
    assert {word for word in (QUOTE, SMALL, NUMBER, PERCENTAGE, TEAM) if _says(found, word)} == {
        *expected
    }
    assert all(expected for _ in found)


def _says(found, word: str) -> bool:
    return any(word in risk.why for risk in found)


# R5: whoever looks at it is shown the sentence, its place and why, in the order of the texts.
def test_the_sentence_and_its_place_are_shown() -> None:
    texts = {
        "summary": "All was well. Two children waited. Nothing else.",
        "next": "Ask each child.\n\nThree audits said so.",
    }
    found = narrative_risks(texts, FIGURES, PUBLIC)
    assert [(risk.slot, risk.words) for risk in found] == [
        ("summary", "Two children waited."),
        ("next", "Three audits said so."),
    ]


# R5: a risk that was looked at has its own name; another sentence has to be looked at anew.
def test_a_risk_has_a_name_of_its_own() -> None:
    first, again, other = (
        narrative_risks({"summary": text}, FIGURES, PUBLIC)[0].id
        for text in ("Two children waited.", "Two children waited.", "Two boys waited.")
    )
    assert first == again != other
