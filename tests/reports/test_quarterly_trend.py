"""The limits of a run chart, drawn from figures that may be printed (R6, R5)."""

import pytest
from scipy import stats

from qa_app.domain.calendar import Month
from qa_app.domain.comparing import Call
from qa_app.reports.figures import Figures, Key, ReportFigure
from qa_app.reports.figures.trend import called_words, held
from tests.reports.facts_made import FactsMade

MONTHS = Month.range(Month(2022, 1), Month(2023, 3))
GOOD = "Good or better"


def a_share(month: Month, k: int, n: int) -> ReportFigure:
    ids = [FactsMade().an_id() for _ in range(k)]
    return ReportFigure.share(Key("Q-1", str(month), GOOD), ids, n)


def months_of(*counts: tuple[int, int]) -> Figures:
    return Figures(tuple(a_share(m, *c) for m, c in zip(MONTHS, counts, strict=False)))


# R6: exact binomial limits, 0.135% in each tail, from at least 12 earlier months
@pytest.mark.parametrize(("earlier", "has"), [(11, False), (12, True)])
def test_limits_need_twelve_earlier_months(earlier: int, has: bool) -> None:
    figures = months_of(*[(8, 20)] * earlier, (9, 25))
    last = held(figures, "Q-1", GOOD, MONTHS[: earlier + 1])[-1]
    assert (last.limits is not None) is has
    if has:
        known = stats.binom(25, 0.4)
        low = next(k for k in range(26) if known.cdf(k) >= 0.00135)
        high = next(k for k in range(25, -1, -1) if known.sf(k - 1) >= 0.00135)
        assert last.limits_words == f"{low} to {high}"


# R6: a month outside its limits is called, one of fewer than ten audits is not
@pytest.mark.parametrize(
    ("count", "called"),
    [
        ((24, 25), Call.HIGHER),
        ((0, 25), Call.LOWER),
        ((10, 25), Call.NO_CHANGE),
        ((9, 9), Call.TOO_FEW),
        ((0, 0), Call.TOO_FEW),
    ],
)
def test_a_month_is_called_by_its_limits(count: tuple[int, int], called: Call) -> None:
    found = held(months_of(*[(8, 20)] * 12, count), "Q-1", GOOD, MONTHS[:13])[-1]
    assert found.called is called
    assert called_words(found.called) == called.value


# R5: a hidden month is no earlier month, and gets no limits that would tell it
def test_a_hidden_month_is_a_gap() -> None:
    rows = list(months_of(*[(8, 20)] * 12, (24, 25)))
    rows[3] = rows[3].hidden()
    found = held(Figures(tuple(rows)), "Q-1", GOOD, MONTHS[:13])
    assert found[3].limits is None
    assert found[-1].limits is None
    assert found[-1].called is Call.TOO_FEW


def test_a_month_without_a_figure_is_a_gap() -> None:
    found = held(months_of((8, 20)), "Q-1", GOOD, MONTHS[:2])
    assert found[1].figure is None
    assert found[1].limits_words == "–"
