"""Agreement of two people's grades (M9), against published examples and arithmetic by hand."""

import random
from dataclasses import astuple
from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa_app.domain.agreement import (
    agreement,
    agreement_of,
    confusion,
    gwet_ac2,
    linear_weights,
    weighted_kappa,
)
from qa_app.domain.grades import GRADES, Grade

OUT, GOOD, RI, IN = GRADES
TO_4 = 0.00005
TO_3 = 0.0005


def unweighted(size: int) -> list[list[float]]:
    return [[float(i == j) for j in range(size)] for i in range(size)]


# Four grades of agreement by husbands and wives: Agresti, Categorical Data Analysis (1990), from
# Hout, Duncan & Sobel (1987); R's vcd::SexualFun.
COUPLES = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]
# Four certainties of multiple sclerosis by two neurologists: Landis & Koch, Biometrics 33 (1977),
# 159-174, from Westlund & Kurland (1953); R's vcd::MSPatients.
WINNIPEG = [[38, 5, 0, 1], [33, 11, 3, 0], [10, 14, 5, 6], [3, 7, 3, 10]]
NEW_ORLEANS = [[5, 3, 0, 0], [3, 11, 4, 0], [2, 13, 3, 4], [1, 2, 4, 14]]
# Two dermatologists: SAS/STAT User's Guide, The FREQ Procedure, "Agreement Study".
SKIN = [[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]]
# Two abstractors of charts: Gwet, Handbook of Inter-Rater Reliability, 4th edition (2014);
# irrCAC's cont3x3abstractors.
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
# 223 psychiatric patients diagnosed in two ways (Fenning and others, 1994): Gwet (2014);
# irrCAC's cont4x4diagnosis.
DIAGNOSES = [[40, 4, 4, 17], [6, 25, 2, 13], [4, 1, 21, 12], [15, 5, 9, 45]]
# Cohen, Psychological Bulletin 70 (1968), table 1: shares of 200 cases, and how grave each
# disagreement is, from 0 to 6.
COHEN = [[0.44, 0.07, 0.09], [0.05, 0.20, 0.05], [0.01, 0.03, 0.06]]
GRAVE = [[1 - grave / 6 for grave in row] for row in ((0, 1, 3), (1, 0, 6), (3, 6, 0))]


@pytest.mark.parametrize(
    ("table", "weights", "value", "error"),
    [
        # R package vcdExtra, print.Kappa's example: value and asymptotic standard error as printed
        (COUPLES, unweighted(4), 0.1293, 0.06860),
        (COUPLES, linear_weights(4), 0.2374, 0.07832),
        (WINNIPEG, unweighted(4), 0.2079, 0.05046),
        (WINNIPEG, linear_weights(4), 0.3797, 0.05167),
        (NEW_ORLEANS, unweighted(4), 0.2965, 0.07850),
        (NEW_ORLEANS, linear_weights(4), 0.4773, 0.07303),
        # SAS: kappa 0.3449, limits 0.2030 and 0.4868
        (SKIN, unweighted(4), 0.3449, (0.4868 - 0.2030) / (2 * 1.959964)),
        # irrCAC's README, by Gwet himself: 0.7964094, 0.05891072
        (ABSTRACTORS, unweighted(3), 0.7964094, 0.05891072),
    ],
)
def test_published_kappas_are_reproduced_to_4_decimals(table, weights, value, error) -> None:
    found = weighted_kappa(table, weights)
    assert found.value == pytest.approx(value, abs=TO_4)
    assert found.spread / sqrt(sum(map(sum, table))) == pytest.approx(error, abs=TO_4)


def test_cohens_own_example_is_reproduced_as_he_prints_it() -> None:
    assert weighted_kappa(COHEN, unweighted(3)).value == pytest.approx(0.492, abs=TO_3)
    assert weighted_kappa(COHEN, GRAVE).value == pytest.approx(0.348, abs=TO_3)


@pytest.mark.parametrize(
    ("table", "weights", "value", "error", "within"),
    [
        # irrCAC's README, by Gwet: AC1 0.8493305, standard error 0.04321747
        (ABSTRACTORS, unweighted(3), 0.8493305, 0.04321747, TO_4),
        # irrCAC for Python, its tests against Gwet's R package: AC2 with linear weights, printed to
        # 3 decimals (of the first, 0.842 to 0.958 is 0.900 ± 1.984 standard errors)
        (ABSTRACTORS, linear_weights(3), 0.900, (0.958 - 0.842) / (2 * 1.984217), TO_3),
        (DIAGNOSES, unweighted(4), 0.456, 0.043, TO_3),
        (DIAGNOSES, linear_weights(4), 0.377, 0.056, TO_3),
        # What irrCAC 0.4.4 (Python) computes of these tables with linear weights
        (ABSTRACTORS, linear_weights(3), 0.900023, 0.029276, TO_4),
        (COUPLES, linear_weights(4), 0.273003, 0.072488, TO_4),
        (WINNIPEG, linear_weights(4), 0.465107, 0.051275, TO_4),
        (NEW_ORLEANS, linear_weights(4), 0.532254, 0.063781, TO_4),
        (SKIN, linear_weights(4), 0.552944, 0.052865, TO_4),
    ],
)
def test_gwets_coefficients_are_reproduced(table, weights, value, error, within) -> None:
    found = gwet_ac2(table, weights)
    assert found.value == pytest.approx(value, abs=within)
    assert found.spread / sqrt(sum(map(sum, table))) == pytest.approx(error, abs=within)


# Ten audits worked by hand. Auditor: 4 Good, 4 RI, 2 Inadequate. Final: 2 Good, 5 RI, 3 Inadequate.
# Observed: 7 the same, 3 one step off: po = 1 - 3/3/10 = 9/10. Kappa: chance differs by
# (4·(5·1 + 3·2) + 4·(2·1 + 3·1) + 2·(2·2 + 5·1)) / 3 / 100 = (44 + 20 + 18)/300 = 82/300,
# so kappa = 1 - (1/10)/(82/300) = 26/41. AC2: the grades' mean shares are 0, 3/10, 9/20, 1/4;
# the sum of π(1 - π) is 0.21 + 0.2475 + 0.1875 = 0.645; T = 4 + 6·2/3 + 4·1/3 = 28/3, over 12 is
# 7/9; pe = 7/9 · 0.645 = 301/600; AC2 = (9/10 - 301/600)/(299/600) = 239/299.
BY_HAND = [
    *[(GOOD, GOOD)] * 2, *[(GOOD, RI)] * 2, *[(RI, RI)] * 3, (RI, IN), *[(IN, IN)] * 2,
]  # fmt: skip


def test_ten_audits_worked_by_hand() -> None:
    found = agreement(BY_HAND)
    assert (found.n, found.exact, found.within_one) == (10, 0.7, 1.0)
    assert found.kappa_linear == pytest.approx(Fraction(26, 41), abs=1e-12)
    assert found.ac2_linear == pytest.approx(Fraction(239, 299), abs=1e-12)
    # M9: lenient where the auditor's grade is the better one
    assert (found.lenient, found.severe) == (0.3, 0.0)
    assert (found.number(found.exact), found.number(found.lenient)) == (7, 3)


# The scale's four grades count, used or not: over three grades the same pairs would have another
# kappa of weights 1, 1/2 and 0, and another AC2.
def test_a_grade_that_nobody_gave_counts_all_the_same() -> None:
    found = agreement(BY_HAND)
    three = [row[1:] for row in confusion(BY_HAND)[1:]]
    assert found.ac2_linear == gwet_ac2(confusion(BY_HAND), linear_weights(4)).value
    assert gwet_ac2(three, linear_weights(3)).value != pytest.approx(found.ac2_linear, abs=0.01)


# M9: direction. A step of two is lenient or severe like a step of one, and is not within one.
@pytest.mark.parametrize(
    ("auditor", "final", "lenient", "severe", "within_one"),
    [
        (OUT, GOOD, 1, 0, 1),
        (GOOD, OUT, 0, 1, 1),
        (OUT, RI, 1, 0, 0),
        (IN, GOOD, 0, 1, 0),
        (OUT, IN, 1, 0, 0),
        (RI, RI, 0, 0, 1),
    ],
)
def test_direction_and_distance(auditor, final, lenient, severe, within_one) -> None:
    found = agreement([(auditor, final)] * 10)
    assert (found.lenient, found.severe, found.within_one) == (lenient, severe, within_one)


# M9: nothing is shown below n = 10, and the number is a setting.
@pytest.mark.parametrize(
    ("n", "shown_from", "shown"),
    [(9, 10, False), (10, 10, True), (10, 11, False), (0, 0, False), (1, 0, True), (2, 0, True)],
)
def test_below_ten_only_n_is_known(n: int, shown_from: int, shown: bool) -> None:
    found = agreement([(GOOD, RI)] * n, shown_from)
    assert found.n == n
    assert (found.exact is not None) is shown
    if not shown:
        assert set(astuple(found)[1:]) == {None}


# The paradox of prevalence: kappa cannot be told where everything has one grade; AC2 can.
def test_one_grade_only_has_no_kappa_but_full_agreement() -> None:
    found = agreement([(RI, RI)] * 30)
    assert (found.kappa_linear, found.kappa_low, found.kappa_high) == (None, None, None)
    assert (found.exact, found.ac2_linear, found.ac2_high) == (1, 1, 1)
    assert 0.8 < found.ac2_low < 1
    mostly = agreement([*[(RI, RI)] * 38, (GOOD, RI), (RI, GOOD)])
    assert mostly.exact == 0.95
    assert mostly.kappa_linear < 0 < 0.9 < mostly.ac2_linear


def test_always_differing_the_same_way_is_chance_to_kappa() -> None:
    found = agreement([(GOOD, RI)] * 20)
    assert found.kappa_linear == 0  # each always gives one grade, so chance would do the same
    assert found.exact == 0


def test_no_pairs_have_no_coefficients() -> None:
    empty = confusion([])
    assert weighted_kappa(empty, linear_weights(4)) is None
    assert gwet_ac2(empty, linear_weights(4)) is None


@pytest.mark.parametrize(
    "table",
    [
        [[1, 2], [3, 4]],
        [[1] * 4] * 3,
        [[1] * 4, [1] * 3, [1] * 4, [1] * 4],
        [[1, 1, 1, -1], *[[1] * 4] * 3],
    ],
)
def test_what_is_no_table_of_four_grades_is_refused(table) -> None:
    with pytest.raises(ValueError, match="no 4 by 4 table"):
        agreement_of(table)


tables = st.lists(st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=4, max_size=4)
pairs = st.lists(st.tuples(st.sampled_from(GRADES), st.sampled_from(GRADES)), max_size=60)


@given(tables)
@example([[0] * 4] * 4)
@example([[10, 0, 0, 0], *[[0] * 4] * 3])
def test_figures_stay_within_their_bounds(table) -> None:
    found = agreement_of(table)
    assert found.n == sum(map(sum, table))
    if found.n < 10:
        return
    for share in ("exact", "within_one", "lenient", "severe"):
        low, value, high = (getattr(found, f"{share}{end}") for end in ("_low", "", "_high"))
        assert 0 <= low <= value <= high <= 1
        assert low < high
    for name in ("kappa", "ac2"):
        low, value, high = (getattr(found, f"{name}{end}") for end in ("_low", "_linear", "_high"))
        assert value is None or -1 <= low <= value <= high <= 1
    assert found.exact <= found.within_one
    assert found.exact + found.lenient + found.severe == pytest.approx(1)
    # Kappa is undefined only where both gave one and the same grade throughout.
    assert (found.kappa_linear is None) is any(table[k][k] == found.n for k in range(4))


@given(tables)
def test_whose_grade_comes_first_changes_only_the_direction(table) -> None:
    found, turned = agreement_of(table), agreement_of(list(map(list, zip(*table, strict=True))))
    assert (found.lenient, found.severe) == (turned.severe, turned.lenient)
    for name in ("exact", "within_one", "kappa_linear", "kappa_low", "ac2_linear", "ac2_high"):
        assert getattr(found, name) == pytest.approx(getattr(turned, name), abs=1e-9)


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_audits_changes_nothing(given_pairs, chance: random.Random) -> None:
    shuffled = list(given_pairs)
    chance.shuffle(shuffled)
    assert agreement(shuffled) == agreement(given_pairs)


@given(st.lists(st.sampled_from(GRADES), min_size=10, max_size=60))
def test_full_agreement_is_exactly_1(grades: list[Grade]) -> None:
    found = agreement((grade, grade) for grade in grades)
    assert (found.exact, found.within_one, found.ac2_linear, found.ac2_high) == (1, 1, 1, 1)
    assert (found.lenient, found.severe) == (0, 0)
    assert found.kappa_linear == (1 if len(set(grades)) > 1 else None)
    assert found.ac2_low < 1


@given(tables.filter(lambda table: sum(map(sum, table)) >= 10))
def test_both_coefficients_are_better_than_chance_by_their_own_definition(table) -> None:
    """Kappa and AC2 again, in fractions, as (po - pe) / (1 - pe)."""
    n = sum(map(sum, table))
    weight = [[1 - Fraction(abs(i - j), 3) for j in range(4)] for i in range(4)]
    cells = [(i, j) for i in range(4) for j in range(4)]
    rows = [Fraction(sum(row), n) for row in table]
    columns = [Fraction(sum(row[j] for row in table), n) for j in range(4)]
    po = sum(weight[i][j] * Fraction(table[i][j], n) for i, j in cells)
    pe = sum(weight[i][j] * rows[i] * columns[j] for i, j in cells)
    found = agreement_of(table)
    kappa = (po - pe) / (1 - pe) if pe != 1 else None
    assert found.kappa_linear == (kappa if kappa is None else pytest.approx(float(kappa)))
    both = [(row + column) / 2 for row, column in zip(rows, columns, strict=True)]
    pe = Fraction(7, 9) * sum(share * (1 - share) for share in both)
    assert found.ac2_linear == pytest.approx(float((po - pe) / (1 - pe)), abs=1e-12)
