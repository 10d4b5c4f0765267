"""Which audits are moderated, and which of those blind (M1, M3)."""

import hashlib
import itertools
import math
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.choosing import (
    ALWAYS,
    BLIND,
    MODERATE,
    TICKETS,
    ChoiceReason,
    Submitted,
    choose,
    choose_blind,
    is_below,
    ticket,
)
from qa_app.domain.grades import GRADES, Grade

OUT, GOOD, RI, BAD = GRADES
PLAIN = Submitted(grade=GOOD, concern=False, returned=False, earlier=50)
SOME = 20
LOW, HIGH = 0, TICKETS - 1
REFERENCES = [f"A-2026-11-{number:04}" for number in range(10_000)]

TABLE = [
    # M1: every audit is moderated unless the policy is changed: the share is 100 then
    (PLAIN, HIGH, 100, ChoiceReason.ALL),
    (replace(PLAIN, grade=BAD), HIGH, 100, ChoiceReason.ALL),
    # M1: otherwise every Inadequate is
    (replace(PLAIN, grade=BAD), HIGH, 0, ChoiceReason.INADEQUATE),
    (replace(PLAIN, grade=BAD), LOW, SOME, ChoiceReason.INADEQUATE),
    # M1: and every Outstanding
    (replace(PLAIN, grade=OUT), HIGH, 0, ChoiceReason.OUTSTANDING),
    # M1: and an auditor's first three: none, one or two sent before it
    (replace(PLAIN, earlier=0), HIGH, 0, ChoiceReason.FIRST_AUDITS),
    (replace(PLAIN, earlier=2), HIGH, 0, ChoiceReason.FIRST_AUDITS),
    # M1: but not the fourth
    (replace(PLAIN, earlier=3), HIGH, 0, ChoiceReason.NOT_CHOSEN),
    # M1: of the rest, those whose ticket is below the share: 20 of 100 are the tickets to 19.99
    (PLAIN, 0, SOME, ChoiceReason.CHOSEN),
    (PLAIN, 1_999, SOME, ChoiceReason.CHOSEN),
    (PLAIN, 2_000, SOME, ChoiceReason.NOT_CHOSEN),
    (replace(PLAIN, grade=RI), 1_999, SOME, ChoiceReason.CHOSEN),
    (replace(PLAIN, grade=RI), 2_000, SOME, ChoiceReason.NOT_CHOSEN),
    # M1, P7: an audit of a tool that is not graded is one of the rest
    (replace(PLAIN, grade=None), LOW, SOME, ChoiceReason.CHOSEN),
    (replace(PLAIN, grade=None), HIGH, SOME, ChoiceReason.NOT_CHOSEN),
    # M1: a share of nothing chooses nothing, however low the ticket
    (PLAIN, LOW, 0, ChoiceReason.NOT_CHOSEN),
    # M3: an audit with a concern always is, and says so before anything else
    (replace(PLAIN, concern=True), HIGH, 0, ChoiceReason.CONCERN),
    (replace(PLAIN, concern=True, grade=BAD, earlier=0), LOW, 100, ChoiceReason.CONCERN),
    # M6: what a moderator returned is looked at again
    (replace(PLAIN, returned=True), HIGH, 0, ChoiceReason.RETURNED),
    (replace(PLAIN, returned=True), HIGH, 100, ChoiceReason.RETURNED),
]


@pytest.mark.parametrize(("audit", "drawn", "share", "reason"), TABLE)
def test_why_an_audit_is_moderated_or_is_not(audit, drawn, share, reason):
    assert choose(audit, drawn, share, 3) is reason


def test_every_reason_has_its_words_and_its_row():
    assert {reason for *_, reason in TABLE} == set(ChoiceReason)
    assert len({reason.words for reason in ChoiceReason}) == len(ChoiceReason)
    assert set(ChoiceReason) - ALWAYS == {ChoiceReason.CHOSEN, ChoiceReason.NOT_CHOSEN}


BLIND_TABLE = [
    # M3: a fifth of the moderations, by a ticket of their own
    (PLAIN, ChoiceReason.ALL, 1_999, SOME, True),
    (PLAIN, ChoiceReason.ALL, 2_000, SOME, False),
    (PLAIN, ChoiceReason.CHOSEN, LOW, SOME, True),
    # M3: also of those that are always moderated, so that blindness says nothing of the grade
    (replace(PLAIN, grade=BAD), ChoiceReason.INADEQUATE, LOW, SOME, True),
    # M3: the share may be 0, and 100
    (PLAIN, ChoiceReason.ALL, LOW, 0, False),
    (PLAIN, ChoiceReason.ALL, HIGH, 100, True),
    # M1, M3: what is not moderated is not moderated blind
    (PLAIN, ChoiceReason.NOT_CHOSEN, LOW, 100, False),
    # M3: an audit with a concern is always sighted
    (replace(PLAIN, concern=True), ChoiceReason.CONCERN, LOW, 100, False),
    # P7: without grades there is nothing to be blind about
    (replace(PLAIN, grade=None), ChoiceReason.ALL, LOW, 100, False),
    # M3, M6: its moderator read it and said what to correct: nobody is blind any more
    (replace(PLAIN, returned=True), ChoiceReason.RETURNED, LOW, 100, False),
]


@pytest.mark.parametrize(("audit", "reason", "drawn", "share", "blind"), BLIND_TABLE)
def test_which_moderations_are_blind(audit, reason, drawn, share, blind):
    assert choose_blind(audit, reason, drawn, share) is blind


# M1, M3: the page says how to work a ticket out by hand; this does so, without the code's shift.
@pytest.mark.parametrize("purpose", [MODERATE, BLIND])
def test_a_ticket_is_what_the_page_says_it_is(purpose):
    for reference in REFERENCES[:200]:
        digest = hashlib.sha256(f"5eed|{purpose}|{reference}".encode()).hexdigest()
        assert ticket("5eed", reference, purpose) == math.floor(
            int(digest[:13], 16) * 10_000 / 16**13
        )


def test_tickets_of_a_known_seed_stay_what_they_are():
    assert [ticket("0" * 32, each, MODERATE) for each in REFERENCES[:3]] == [4201, 1479, 5282]
    assert [ticket("0" * 32, each, BLIND) for each in REFERENCES[:3]] == [5348, 3004, 831]


submissions = st.builds(
    Submitted,
    grade=st.sampled_from([None, *GRADES]),
    concern=st.booleans(),
    returned=st.booleans(),
    earlier=st.integers(0, 20),
)
tickets = st.integers(LOW, HIGH)
shares = st.integers(0, 100)
seeds = st.text("0123456789abcdef", min_size=32, max_size=32)


@given(submissions, tickets, shares, st.integers(0, 5))
def test_what_is_always_moderated_is_never_left_out(audit, drawn, share, first):
    # M1
    always = (
        audit.concern
        or audit.returned
        or audit.grade in (Grade.INADEQUATE, Grade.OUTSTANDING)
        or audit.earlier < first
        or share == 100
    )
    reason = choose(audit, drawn, share, first)
    assert always == (reason in ALWAYS)
    if not always:
        assert (reason is ChoiceReason.CHOSEN) == is_below(drawn, share)


@given(submissions, tickets, shares, shares, st.integers(0, 5))
def test_a_greater_share_only_adds(audit, drawn, one, other, first):
    # M1: what is moderated with a share is moderated with every greater one; M3: blind likewise
    less, more = sorted((one, other))
    if choose(audit, drawn, less, first) is not ChoiceReason.NOT_CHOSEN:
        assert choose(audit, drawn, more, first) is not ChoiceReason.NOT_CHOSEN
    if choose_blind(audit, ChoiceReason.ALL, drawn, less):
        assert choose_blind(audit, ChoiceReason.ALL, drawn, more)


@given(tickets)
def test_a_share_of_nothing_and_of_everything(drawn):
    assert not is_below(drawn, 0)
    assert is_below(drawn, 100)


@given(seeds, st.permutations(REFERENCES[:30]), st.integers(0, 29))
def test_the_choice_depends_on_nothing_that_is_sent_before_or_after(seed, order, cut):
    # M1: any part of the month's audits, in any order, gives each the same ticket
    whole = {each: ticket(seed, each, MODERATE) for each in REFERENCES[:30]}
    assert {each: ticket(seed, each, MODERATE) for each in order[cut:]}.items() <= whole.items()
    assert all(LOW <= drawn <= HIGH for drawn in whole.values())


FIXED_SEEDS = [f"{number:032x}" for number in range(8)]
# The chi-square values that chance exceeds once in 10,000, of 99 and of 81 degrees of freedom.
CHI_99, CHI_81 = 160.1, 136.9


def chi_square(counts, cells: int, total: int) -> float:
    expected = total / cells
    return sum((counts[cell] - expected) ** 2 for cell in range(cells)) / expected


@pytest.mark.parametrize("purpose", [MODERATE, BLIND])
@pytest.mark.parametrize("seed", FIXED_SEEDS)
def test_tickets_are_even(seed, purpose):
    # M1, M3: a hundred intervals, ten thousand audits
    counts = Counter(ticket(seed, each, purpose) // 100 for each in REFERENCES)
    assert chi_square(counts, 100, len(REFERENCES)) < CHI_99


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # M3: being moderated says nothing about being blind
        ((FIXED_SEEDS[0], MODERATE), (FIXED_SEEDS[0], BLIND)),
        # M1: one month says nothing about the next
        ((FIXED_SEEDS[0], MODERATE), (FIXED_SEEDS[1], MODERATE)),
    ],
)
def test_two_tickets_of_an_audit_have_nothing_to_do_with_each_other(one, other):
    def tenth(which, reference):
        seed, purpose = which
        return ticket(seed, reference, purpose) // 1_000

    counts = Counter(10 * tenth(one, each) + tenth(other, each) for each in REFERENCES)
    rows = [sum(counts[10 * row + column] for column in range(10)) for row in range(10)]
    columns = [sum(counts[10 * row + column] for row in range(10)) for column in range(10)]
    chi = sum(
        (counts[10 * row + column] - expected) ** 2 / expected
        for row, column in itertools.product(range(10), repeat=2)
        for expected in [rows[row] * columns[column] / len(REFERENCES)]
    )
    assert chi < CHI_81


def binomial_limits(n: int, p: float, tail: float) -> tuple[int, int]:
    """The smallest and greatest count that chance does not undercut, or exceed, more often than
    `tail`: exact, by adding up the distribution."""
    chances = [
        math.exp(
            math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
            + k * math.log(p) + (n - k) * math.log1p(-p)
        )
        for k in range(n + 1)
    ]  # fmt: skip
    below = list(itertools.accumulate(chances))
    lowest = next(k for k in range(n + 1) if below[k] > tail)
    highest = next(k for k in range(n + 1) if 1 - below[k] <= tail)
    return lowest, highest


def test_the_limits_are_those_of_the_tables():
    # of 20 with p = 0.5: P(X <= 5) = 0.0207, P(X <= 4) = 0.0059
    assert binomial_limits(20, 0.5, 0.01) == (5, 15)


def test_a_fifth_is_a_fifth_over_many_months(record_property):
    # M1: 400 months of 50 audits at 20 %: each month within what chance allows once in a million,
    # all of them together within what it allows once in 10,000
    months, audits, share = 400, 50, SOME
    chance = random.Random(1)
    counts = []
    for _ in range(months):
        seed = f"{chance.getrandbits(128):032x}"
        reasons = [choose(PLAIN, ticket(seed, each, MODERATE), share, 3)
                   for each in REFERENCES[:audits]]  # fmt: skip
        counts.append(reasons.count(ChoiceReason.CHOSEN))
    lowest, highest = binomial_limits(audits, 0.2, 1e-6)
    assert lowest <= min(counts)
    assert max(counts) <= highest
    low, high = binomial_limits(months * audits, 0.2, 5e-5)
    assert low <= sum(counts) <= high
    record_property("counted", f"{sum(counts)} of {months * audits} chosen at 20 %")
