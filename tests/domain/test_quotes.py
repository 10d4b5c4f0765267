"""Words that would show who said them (A5): forty sentences, and what is noticed in each."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.quotes import shows_who_said_it

FAMILY = "says who in the family is meant"
PLACE = "names a place that few children go to"
OTHER = "is about somebody who would know that it was said"
DAY = "says when it was"


@pytest.mark.parametrize(
    ("said", "noticed"),
    [
        # A5: a member of the family, by their place in it
        ("My mum shouts at everybody.", [f"“My mum” {FAMILY}"]),
        ("I feel better since my dad moved out", [f"“my dad” {FAMILY}"]),
        ("my little brother gets all the blame", [f"“my little brother” {FAMILY}"]),
        ("It is my stepdad who decides", [f"“my stepdad” {FAMILY}"]),
        ("We would like our son to come home", [f"“our son” {FAMILY}"]),
        ("I left my ex for the sake of the children", [f"“my ex” {FAMILY}"]),
        ("My foster carer listens, nobody did before", [f"“My foster carer” {FAMILY}"]),
        ("Dad hit me and I told a teacher", [f"“Dad” {FAMILY}"]),
        ("I go to Nan when it gets loud", [f"“Nan” {FAMILY}"]),
        ("“mum does not know that I am telling you”", [f"“mum” {FAMILY}"]),
        ("My grandma and my auntie help", [f"“My grandma” {FAMILY}", f"“my auntie” {FAMILY}"]),
        ("I want to live with Daddy.", [f"“Daddy” {FAMILY}"]),
        # A5: a school or club by its name
        ("I like it at Oakfield School", [f"“Oakfield School” {PLACE}"]),
        ("St Anne’s Primary helped us", [f"“St Anne’s Primary” {PLACE}"]),
        ("He is happy at Northside Youth Club", [f"“Northside Youth Club” {PLACE}"]),
        ("Plays for Wexcombe Rovers now", [f"“Wexcombe Rovers” {PLACE}"]),
        # A5: first-person words about another person
        ("She never lets me speak to the social worker", [f"“She never lets me” {OTHER}"]),
        ("They laugh at us when it is over", [f"“They laugh at us” {OTHER}"]),
        ("I am scared of him", [f"“I am scared of him” {OTHER}"]),
        ("I told her everything and then it got worse", [f"“I told her” {OTHER}"]),
        # A5: a day on which they were seen
        ("The visit on Saturday was cut short", [f"“on Saturday” {DAY}"]),
        ("Nobody came on 3 May", [f"“3 May” {DAY}"]),
        ("It was the 14th of September 2026", [f"“14th of September 2026” {DAY}"]),
        ("Contact was stopped 03/05/2026", [f"“03/05/2026” {DAY}"]),
        ("It is nice every other weekend", [f"“every other weekend” {DAY}"]),
        ("It went wrong last Christmas", [f"“last Christmas” {DAY}"]),
        # A5: several at once, in the order of the text; nothing is named twice
        (
            "My sister and I go to Hill Academy. She hates me. My sister told you on Monday.",
            [f"“My sister” {FAMILY}", f"“Hill Academy” {PLACE}", f"“She hates me” {OTHER}",
             f"“on Monday” {DAY}"],
        ),
        # Nothing: what an auditor says of somebody, in words of their own
        ("The mother felt listened to and understood the plan.", []),
        ("The child’s dad was asked and agreed", []),
        ("His nan would like to be asked earlier", []),
        ("The child said that they feel safe at home", []),
        ("Parents were pleased with the help that they had", []),
        ("The school has been kept out of it, in the parents’ view", []),
        # Nothing: first-person words that many could have said
        ("I like my social worker", []),
        ("I feel safe now", []),
        ("I was asked what I want, and it happened", []),
        ("We were told what would happen next", []),
        ("I would like more time to talk", []),
        ("My room is nice and I sleep well", []),
        # Nothing: words that only look like others
        ("The partnership may march on; Summum bonum", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_gives_the_speaker_away_is_noticed(said, noticed):
    assert shows_who_said_it(said) == noticed


@given(st.text())
def test_any_text_has_an_answer_without_a_hint_twice(text):
    # A5
    hints = shows_who_said_it(text)
    assert len(hints) == len(set(hints))


@pytest.mark.parametrize(
    "unit", ["my ", "my mum ", "I he ", "St Anne ", "3 ", "A ", "he ", "I mum "]
)
def test_a_long_text_takes_no_long_time(unit):
    # 20,000 characters is the longest text of a box.
    began = time.process_time()
    shows_who_said_it(unit * (20_000 // len(unit)))
    assert time.process_time() - began < 1
