"""The intervals of agreement (M9): how often they hold the truth, and how they behave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.agreement import SIZES, TRUE_TABLES, coverage
from qa_app.domain.agreement import agreement_of, student_t
from qa_app.domain.intervals import wilson

SAMPLES = 400
"""A draw of 400 may be 1.5 percentage points off; bench/agreement.py draws ten times as many."""

# The seven that a council may meet, from nearly full agreement to hardly any.
LIKELY = (
    "neighbouring grades differ",
    "nothing Outstanding",
    "lenient auditors",
    "severe auditors",
    "nine in ten agree",
    "nearly all one grade",
    "disagreement of any size",
)


# M9: a 95% interval is right for small n too.
@pytest.mark.parametrize("n", SIZES[:3])
@pytest.mark.parametrize("name", LIKELY)
def test_intervals_hold_the_truth_in_93_of_100_samples_or_more(name: str, n: int) -> None:
    kappa, ac2 = coverage(TRUE_TABLES[name], n, SAMPLES)
    assert kappa >= 0.93
    assert ac2 >= 0.93


@pytest.mark.parametrize(
    ("freedom", "t"),
    [
        # W. S. Gosset's t as tables print it, two-sided 95%
        (1, 12.706), (2, 4.303), (5, 2.571), (8, 2.306), (9, 2.262), (10, 2.228), (15, 2.131),
        (20, 2.086), (30, 2.042), (60, 2.000), (120, 1.980), (1_000, 1.962),
    ],
)  # fmt: skip
def test_students_t_is_that_of_the_tables(freedom: int, t: float) -> None:
    assert student_t(freedom) == pytest.approx(t, abs=0.0005)


def test_student_t_falls_to_the_normal_deviate() -> None:
    values = [student_t(freedom) for freedom in range(1, 500)]
    assert values == sorted(values, reverse=True)
    assert values[-1] > 1.96


def test_shares_have_wilsons_interval() -> None:
    found = agreement_of([[3, 2, 0, 0], [0, 9, 4, 1], [0, 1, 12, 0], [0, 0, 2, 6]])
    assert (found.exact_low, found.exact_high) == wilson(30, 40)
    assert (found.within_one_low, found.within_one_high) == wilson(39, 40)
    assert (found.lenient_low, found.lenient_high) == wilson(7, 40)
    assert (found.severe_low, found.severe_high) == wilson(3, 40)


tables = st.lists(
    st.lists(st.integers(1, 20), min_size=4, max_size=4), min_size=4, max_size=4
)  # fmt: skip


@given(tables)
def test_more_of_the_same_is_surer(table) -> None:
    found, more = agreement_of(table), agreement_of([[9 * count for count in row] for row in table])
    assert more.kappa_high - more.kappa_low < found.kappa_high - found.kappa_low
    assert more.ac2_high - more.ac2_low < found.ac2_high - found.ac2_low


# A small sample that agrees throughout is not sure of it (a bootstrap would be).
@pytest.mark.parametrize(("n", "least"), [(10, 0.0), (20, 0.4), (100, 0.85)])
def test_full_agreement_in_a_small_sample_leaves_room(n: int, least: float) -> None:
    found = agreement_of(
        [[0] * 4, [0, n // 2, 0, 0], [0, 0, n // 2, 0], [0] * 4]
    )  # fmt: skip
    assert (found.kappa_linear, found.kappa_high) == (1, 1)
    assert least < found.kappa_low < 0.97


def test_one_audit_has_no_spread() -> None:
    found = agreement_of([[0, 1, 0, 0], *[[0] * 4] * 3], shown_from=1)
    assert found.kappa_linear == 0
    assert (found.kappa_low, found.kappa_high, found.ac2_low) == (None, None, None)
