"""What a calibration session needs, and what its grades say (M10)."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.agreement import gwet_ac2, linear_weights
from qa_app.domain.calendar import england
from qa_app.domain.calibration import (
    Gap,
    Prepared,
    agreement_of_many,
    closing_barred,
    compared,
    gaps,
    gwet_ac2_of_many,
    like_references,
    reminder_is_due,
    spoken,
    words_of_people,
    words_that_stand_for,
)
from qa_app.domain.grades import GRADES

OUT, GOOD, RI, IN = GRADES
TO_4 = 0.00005
TODAY = date(2026, 11, 18)
READY = Prepared("A child of three.", 2, 3, date(2026, 11, 27), ())


def unweighted(size: int) -> list[list[float]]:
    return [[float(i == j) for j in range(size)] for i in range(size)]


def quadratic(size: int) -> list[list[float]]:
    return [[1 - (i - j) ** 2 / (size - 1) ** 2 for j in range(size)] for i in range(size)]


def counted(rows: list[str], categories: str) -> list[list[int]]:
    """Ratings as they are published, a word for each subject ("." for none), as counts."""
    return [[row.count(each) for each in categories] for row in rows]


# Twelve subjects, four raters, five categories, some ratings missing: Gwet, Handbook of Inter-Rater
# Reliability, 4th edition (2014); irrCAC's cac.raw4raters.
FOUR_RATERS = counted(
    [
        "11.1",
        "2232",
        "3333",
        "3333",
        "2222",
        "1234",
        "4444",
        "1121",
        "2222",
        ".555",
        "..11",
        "..3.",
    ],
    "12345",
)
# Fifteen subjects, five observers, grades 0 to 3, some missing: Gwet (2014); irrCAC's
# raw_5observers.
FIVE_OBSERVERS = counted(
    ["112.2", "1101.", "2333.", ".00.0", "000.0", "000.0", "102.1", "1.20.", "222.2", "2111.",
     ".100.", "0000.", "1222.", "33223", "111.1"],
    "0123",
)  # fmt: skip


# M10: Gwet's coefficient of several raters, against published values.
@pytest.mark.parametrize(
    ("subjects", "weights", "value"),
    [
        # Gwet (2014), pages 55 and 56, and his R package's vignette: AC1 0.7754, of 0.8182, 0.1903
        (FOUR_RATERS, unweighted(5), 0.77544),
        # irrCAC 0.4.4 (Python), which is tested against Gwet's R package: AC2
        (FOUR_RATERS, linear_weights(5), 0.8587391),
        (FOUR_RATERS, quadratic(5), 0.9140007),
        (FIVE_OBSERVERS, unweighted(4), 0.4966221),
        (FIVE_OBSERVERS, linear_weights(4), 0.6896394),
        (FIVE_OBSERVERS, quadratic(4), 0.8304336),
    ],
)
def test_published_coefficients_of_several_raters_are_reproduced(subjects, weights, value) -> None:
    assert gwet_ac2_of_many(subjects, weights) == pytest.approx(value, abs=TO_4)


# M9, M10: of two raters who rate everything it is the coefficient of two.
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_of_two_raters_it_is_the_coefficient_of_two(pairs) -> None:
    table = [[pairs.count((i, j)) for j in range(4)] for i in range(4)]
    subjects = [[(i == k) + (j == k) for k in range(4)] for i, j in pairs]
    of_two = gwet_ac2(table, linear_weights(4))
    assert of_two is not None
    assert agreement_of_many(subjects) == pytest.approx(of_two.value, abs=1e-9)


# M10: one subject, by hand: Good, Good, Requires improvement.
# r* of Good is 2 + 2/3 = 8/3, of RI 1 + 4/3 = 7/3. pa = (2·(8/3 - 1) + (7/3 - 1))/6 = 14/18 = 7/9.
# π is 2/3 and 1/3: the sum of π(1 - π) is 4/9; T over 12 is 7/9; pe = 28/81. AC2 = 35/53.
def test_one_subject_worked_by_hand() -> None:
    assert agreement_of_many([[0, 2, 1, 0]]) == pytest.approx(Fraction(35, 53), abs=1e-12)


@pytest.mark.parametrize(
    ("subjects", "value"),
    [
        # M10: not defined where nothing was graded, or by one person alone
        ([], None),
        ([[0, 0, 0, 0]], None),
        ([[0, 1, 0, 0]], None),
        ([[0, 1, 0, 0], [1, 0, 0, 0]], None),
        # all the same is 1, whatever the grade, and however many
        ([[0, 0, 0, 2]], 1),
        ([[5, 0, 0, 0], [0, 0, 5, 0]], 1),
        # a subject with one rater says how often grades are given, and nothing of agreement
        ([[0, 2, 0, 0], [0, 1, 0, 0]], 1),
    ],
)
def test_where_it_is_defined(subjects, value) -> None:
    found = agreement_of_many(subjects)
    assert found is None if value is None else found == pytest.approx(value)


@given(st.lists(st.lists(st.integers(0, 6), min_size=4, max_size=4), min_size=1, max_size=12))
def test_it_lies_between_minus_one_and_one_and_never_fails(subjects) -> None:
    found = agreement_of_many(subjects)
    shared = any(sum(row) > 1 for row in subjects)
    assert (found is not None) == shared
    if found is not None:
        assert -1 <= found <= 1 + 1e-12
        assert found == pytest.approx(agreement_of_many([row[::-1] for row in subjects]))


# M10: what several people's grades of one thing say, beside the agreed one.
@pytest.mark.parametrize(
    ("grades", "agreed", "spread", "exact", "within_one"),
    [
        ([GOOD, GOOD, RI], GOOD, "Good to Requires improvement", 2, 3),
        ([OUT, IN, RI], RI, "Outstanding to Inadequate", 1, 2),
        ([GOOD, GOOD], IN, "All Good", 0, 0),
        ([IN], IN, "All Inadequate", 1, 1),
        ([], GOOD, "–", 0, 0),
        ([OUT, GOOD], None, "Outstanding to Good", None, None),
    ],
)
def test_what_grades_of_one_thing_say(grades, agreed, spread, exact, within_one) -> None:
    found = spoken(grades, agreed)
    assert (found.n, found.spread) == (len(grades), spread)
    assert (found.exact, found.within_one) == (exact, within_one)
    assert sum(found.counts) == found.n
    assert (found.ac2 is None) == (len(grades) < 2)


# M10: lenient is a better grade than the agreed one. What only one of them graded is not compared.
@pytest.mark.parametrize(
    ("mine", "agreed", "found"),
    [
        ({"a": OUT, "b": GOOD, "c": IN}, {"a": GOOD, "b": GOOD, "c": RI}, (3, 1, 1, 1)),
        ({"a": OUT}, {"a": IN, "b": GOOD}, (1, 0, 1, 0)),
        ({"a": OUT}, {}, (0, 0, 0, 0)),
    ],
)
def test_one_persons_grades_against_the_agreed_ones(mine, agreed, found) -> None:
    got = compared(mine, agreed)
    assert (got.n, got.same, got.lenient, got.severe) == found


@pytest.mark.parametrize(
    ("changed", "gap"),
    [
        # M10: a file to read, somebody to read it, and a day
        ({"about": "  "}, Gap("about", "Say in a few words whom the file is about")),
        ({"written": 0}, Gap("about", "Write at least one section of the file")),
        ({"invited": 1}, Gap("invite", "Invite at least 2 people")),
        ({"deadline": None}, Gap("invite", "Say by when they are to grade it")),
        (
            {"deadline": date(2026, 11, 17)},
            Gap("invite", "The deadline has passed: choose another day"),
        ),
        # A11, M10: every word that may identify somebody is removed before anybody reads it
        ({"left": [("risk", "Mrs Smith")]}, Gap("risk", "Remove “Mrs Smith”")),
    ],
)
def test_what_keeps_a_session_from_being_opened(changed, gap) -> None:
    prepared = Prepared(**{**READY.__dict__, **changed})
    assert gaps(prepared, TODAY) == [gap]


def test_a_session_with_nothing_missing_can_be_opened_up_to_its_deadline() -> None:
    assert gaps(READY, TODAY) == gaps(READY, READY.deadline) == []


@pytest.mark.parametrize(
    ("invited", "committed", "today", "may"),
    [
        # M10: when all have committed
        (3, 3, date(2026, 11, 18), True),
        # or after the deadline, whose day is still theirs
        (3, 2, date(2026, 11, 27), False),
        (3, 2, date(2026, 11, 28), True),
        (3, 0, date(2026, 11, 28), True),
        (3, 0, date(2026, 11, 18), False),
    ],
)
def test_when_a_session_may_be_closed(invited, committed, today, may) -> None:
    barred = closing_barred(date(2026, 11, 27), invited, committed, today)
    assert (barred is None) == may
    if barred is not None:
        assert barred.startswith(f"{committed} of {invited} have committed")
        assert "27 November 2026" in barred


# M10: two working days before; a weekend and a bank holiday (25 to 28 December) are no such days.
@pytest.mark.parametrize(
    ("deadline", "invited_on", "today", "due"),
    [
        (date(2026, 11, 27), date(2026, 11, 18), date(2026, 11, 24), False),
        (date(2026, 11, 27), date(2026, 11, 18), date(2026, 11, 25), True),
        (date(2026, 11, 27), date(2026, 11, 18), date(2026, 11, 27), True),
        (date(2026, 11, 27), date(2026, 11, 18), date(2026, 11, 28), False),
        (date(2026, 11, 23), date(2026, 11, 16), date(2026, 11, 18), False),
        (date(2026, 11, 23), date(2026, 11, 16), date(2026, 11, 19), True),
        (date(2026, 12, 29), date(2026, 12, 16), date(2026, 12, 22), False),
        (date(2026, 12, 29), date(2026, 12, 16), date(2026, 12, 23), True),
        # not on the day on which they are told of it anyway
        (date(2026, 11, 27), date(2026, 11, 26), date(2026, 11, 26), False),
        (date(2026, 11, 27), date(2026, 11, 26), date(2026, 11, 27), True),
    ],
)
def test_when_somebody_is_reminded(deadline, invited_on, today, due) -> None:
    assert reminder_is_due(deadline, invited_on, today, 2, england()) is due


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # A11, M10: in full in any case and spacing, or one name with a capital
        ("wendy  worker saw her", ["wendy  worker"]),
        ("Wendy Worker and WORKER", ["Wendy Worker", "WORKER"]),
        ("Wendy's plan", ["Wendy"]),
        ("told Wendy", ["Wendy"]),
        ("the social worker", []),
        ("Wendyhouse, coWorker", []),
        # a short name only with the rest: too many words are as short
        ("Al was there", []),
        ("Al McBride was there", ["Al McBride"]),
        ("McBride and MCBRIDE", ["McBride", "MCBRIDE"]),
        ("", []),
    ],
)
def test_names_of_people_are_found_in_a_text(text, found) -> None:
    assert list(words_of_people(text, ["Wendy Worker", "Al McBride", ""])) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # M10: references in any case, and teams by their whole name
        ("case 100001, audit a-2026-11-001", ["100001", "a-2026-11-001"]),
        ("1000011 and 100001b", []),
        ("the Children in Care  team", ["Children in Care  team"]),
        ("the assessment was late", []),
    ],
)
def test_references_and_teams_are_found_in_a_text(text, found) -> None:
    phrases = ["100001", "A-2026-11-001", "Children in Care Team", "Assessment"]
    assert [each for phrase in phrases for each in words_that_stand_for(text, [phrase])] == found


def test_words_like_references_have_a_figure_and_four_letters() -> None:
    texts = ["Case 100001 and CP/2023/04-17.", "in 2023, 3 of 45, aged five", "x" * 50 + "1"]
    assert like_references(texts) == {"100001", "CP/2023/04-17", "2023"}
