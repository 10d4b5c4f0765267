"""Prompts about the words of an action: kind, few, and never a bar (E3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.smart import MOST, prompts_for

VERB = ("What will somebody do?", "can mean many things")
MORE = "more than one thing to do"
SHOWN = "How will somebody else see that it is done?"
MANY = "is many people"
DATE = "is a different day for everybody"


def _kinds(what: str, **more: bool) -> list[str]:
    """Which prompts a text gets, by a word each."""
    found = []
    for prompt in prompts_for(what, **more):
        name = {
            "verb": any(part in prompt for part in VERB),
            "one": MORE in prompt,
            "measure": SHOWN in prompt,
            "owner": MANY in prompt or "Name one person" in prompt,
            "date": DATE in prompt,
        }
        found += [key for key, is_it in name.items() if is_it]
    return found


@pytest.mark.parametrize(
    ("what", "kinds"),
    [
        # E3: a verb at the beginning, one thing, that somebody else can see: nothing to ask.
        ("Update the chronology.", []),
        ("Social worker to visit the child at home and see her alone", []),
        ("Please send the court report to Legal", []),
        ("Speak to the mother about contact", []),
        ("Complete the child’s plan with the parents’ views", []),
        ("The team manager will check the file and record the decision", []),
        # E3: the passive says what is done; its owner does it.
        ("Genogram to be completed", []),
        ("Safety plan to be reviewed with the family and recorded on the file", []),
        ("IRO to be informed of the outcome", []),
        # E3: specific: a verb that is seen to be done.
        ("Ensure the chronology is up to date", ["verb"]),
        ("Consider a referral to CAMHS", ["verb"]),
        ("Improve recording", ["verb"]),
        ("Work with dad to understand his role", ["verb"]),
        ("Chronology", ["verb"]),
        ("To be discussed in supervision", ["verb"]),
        ("12345", ["verb"]),
        # E3: one thing: each has its owner and its date.
        ("Update the chronology and arrange a strategy meeting", ["one"]),
        ("Convene a strategy discussion today; inform the police", ["one"]),
        ("1. Visit the child\n2. Write to school", ["one"]),
        ("Ring the school, ask how she is, and write it on the record", ["one"]),
        ("Read the file, then write to the panel", ["one"]),
        # “… and record” is a thing as often as a doing.
        ("Share the plan and record with the carers", []),
        # E3: measurable: somebody else can tell when it is done.
        ("Ongoing support", ["verb", "measure"]),
        ("Visit the family regularly", ["measure"]),
        ("Record management oversight where appropriate", ["measure"]),
        # E3: achievable: one person answers for it.
        ("All staff to be reminded to record on the day", ["owner"]),
        ("Ask managers to attend training on neglect", ["owner"]),
        # E3: timed: a day.
        ("Hold a strategy meeting as soon as possible", ["date"]),
        ("Arrange respite care ASAP.", ["date"]),
        # At most three, the weightiest first.
        ("Staff support going forward asap, where possible", ["verb", "measure", "owner"]),
        ("", []),
        ("  \n ", []),
    ],
)
def test_what_is_asked_about_the_words(what: str, kinds: list[str]) -> None:
    assert _kinds(what) == kinds


# E3: where a date was chosen, “as soon as possible” needs no other one.
def test_a_chosen_date_needs_no_word_for_it() -> None:
    assert _kinds("Hold a strategy meeting as soon as possible", dated=True) == []


# E3: an action has an owner, who is a person.
def test_without_an_owner_it_asks_for_one() -> None:
    assert _kinds("Update the chronology.", owner=False) == ["owner"]


def test_what_is_asked_says_the_word_that_it_is_about() -> None:
    assert prompts_for("Ensure that she is safe")[0].startswith("“Ensure” can mean many things.")
    assert "“Regularly” is hard to show" in prompts_for("Visit regularly")[0]


# Whatever is typed: at most three, each a sentence, the same each time, and never an error.
@given(st.text(max_size=300), st.booleans(), st.booleans())
def test_prompts_are_few_and_steady(what: str, owner: bool, dated: bool) -> None:
    prompts = prompts_for(what, owner=owner, dated=dated)
    assert len(prompts) <= MOST
    assert all(prompt and prompt[-1] in ".?" for prompt in prompts)
    assert prompts == prompts_for(what, owner=owner, dated=dated)
