"""The measure of a learning response before and after it (T3, R6, S5)."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from qa_app.domain.answers import FindingKind
from qa_app.domain.calendar import Month
from qa_app.domain.grades import ComplianceAnswer, Grade, Selection
from qa_app.domain.learning import JudgedBy, Window
from qa_app.domain.publishing import ReportKind
from qa_app.reports.facts import Facts, SectionFact, StandardFact
from qa_app.reports.figures.learning import (
    Judged,
    before_and_after,
    learning_figures,
    months_key,
)
from qa_app.reports.learning import telling
from qa_app.reports.reportasked import ReportAsked
from tests.reports.test_theme_figures import THEMES, audit, finding

ASKED = ReportAsked(ReportKind.HIGHLIGHT, "2023-06")
TODAY = date(2023, 6, 15)
JANUARY, MAY = Month(2023, 1), Month(2023, 5)
WINDOW = Window.around(date(2023, 3, 9), 2, 2)


def judged(by: JudgedBy = JudgedBy.THEME, code: str = "", **more) -> Judged:
    values = {"id": UUID(int=1), "title": "Planning day", "theme": "visits", "by": by,
              "code": code, "service": "", "window": WINDOW}  # fmt: skip
    return Judged(**(values | more))


def some(month: Month, met: int, of: int, **more):
    """So many audits of a month, `met` of which have an area for development under visits."""
    return [
        audit(
            f"{month}{number}",
            finding(FindingKind.DEVELOPMENT, "visits" if number < met else "plans"),
            month=month,
            **more,
        )
        for number in range(of)
    ]


def facts(*audits) -> Facts:
    return Facts(
        datetime(2023, 6, 15, tzinfo=UTC), JANUARY, Month(2023, 6), audits=audits, themes=THEMES
    )


def counts(found) -> list[tuple[int, int]]:
    return [(len(side.met), side.of) for side in (found.before, found.after)]


# T3: the measure before and after; the month in which it was done is in neither
def test_a_theme_is_counted_before_and_after() -> None:
    rows = [*some(JANUARY, 3, 4), *some(Month(2023, 3), 9, 9), *some(MAY, 1, 5)]
    found = before_and_after(facts(*rows), ASKED, judged(), TODAY)

    assert counts(found) == [(3, 4), (1, 5)]
    assert found.is_whole


@pytest.mark.parametrize(
    ("by", "code", "expected"),
    [
        # T3: grades that are Good or Outstanding
        (JudgedBy.GRADES, "", [(1, 2), (0, 0)]),
        # T3: a section's grades, of audits that graded it
        (JudgedBy.SECTION, "plan", [(1, 2), (0, 0)]),
        (JudgedBy.SECTION, "other", [(0, 0), (0, 0)]),
        # T3: a standard is met where no answer says that it was not; not applicable says nothing
        (JudgedBy.STANDARD, "4.3", [(1, 2), (0, 0)]),
    ],
)
def test_each_measure_counts_what_it_says(by, code, expected) -> None:
    yes = StandardFact("4.3", "q1", ComplianceAnswer.YES)
    no = StandardFact("4.3", "q2", ComplianceAnswer.NO)
    none = StandardFact("4.3", "q3", ComplianceAnswer.NOT_APPLICABLE)
    rows = [
        audit("A", month=JANUARY, standards=(yes, none),
              sections=(SectionFact("core", "plan", "Plan", Grade.OUTSTANDING),)),
        audit("B", month=JANUARY, standards=(yes, no), final=Grade.INADEQUATE,
              sections=(SectionFact("core", "plan", "Plan", Grade.INADEQUATE),)),
        audit("C", month=JANUARY, standards=(none,), final=None, graded=False),
    ]  # fmt: skip

    assert counts(before_and_after(facts(*rows), ASKED, judged(by, code), TODAY)) == expected


@pytest.mark.parametrize(
    "left_out",
    [
        # S5: comparisons leave out targeted and thematic audits and re-audits
        {"selection": Selection.TARGETED},
        {"selection": Selection.THEMATIC},
        {"re_audit": True},
        # T3: another service than the one that it is for
        {"service": "Corporate Parenting"},
        # findings of imported audits that nobody filed are not known
        {"findings": (), "imported": True},
    ],
)
def test_what_a_comparison_leaves_out(left_out) -> None:
    rows = [*some(JANUARY, 1, 1), audit("X", **({"month": JANUARY} | left_out))]
    found = before_and_after(facts(*rows), ASKED, judged(service="Safeguarding"), TODAY)

    assert counts(found)[0] == (1, 1)


# T3: what needs more months says so
def test_months_to_come_are_waited_for() -> None:
    found = before_and_after(
        facts(*some(JANUARY, 3, 12), *some(MAY, 3, 12)), ASKED,
        judged(window=Window.around(date(2023, 4, 3), 3, 3)), TODAY,
    )  # fmt: skip
    said = telling.sentences(found, "Visits", "")

    assert not found.is_whole
    assert "1 of the 3 months after it is over" in said[1]
    later = judged(window=Window.around(date(2023, 8, 1), 3, 1))
    waiting = before_and_after(facts(*some(MAY, 1, 1)), ASKED, later, TODAY)
    # June is not over, July has not come
    assert waiting.before.months == (MAY,)
    assert "0 of the 1 month after it are over" in telling.sentences(waiting, "Visits", "")[1]
    assert telling.chart(waiting, "Planning day") is None
    assert telling.side_rows(waiting)[1] == ["After", "–", "no audits", "too few to say"]


# R6, T3: a difference is called one only where the figures carry it; never what caused it
def test_the_sentences_say_only_what_the_figures_say() -> None:
    few = before_and_after(facts(*some(JANUARY, 1, 2), *some(MAY, 1, 3)), ASKED, judged(), TODAY)
    many = before_and_after(
        facts(*some(JANUARY, 38, 40), *some(MAY, 4, 40)), ASKED, judged(), TODAY
    )

    assert "too few to compare" in telling.sentences(few, "Visits", "")[0]
    said = " ".join(telling.sentences(many, "Visits", ""))
    assert "lower than in the months January 2023 to February 2023" in said
    assert "because" not in said
    assert telling.NOT_BECAUSE in said
    assert telling.side_rows(many)[0][1:] == [
        "January 2023 to February 2023", "38 of 40 (95%)", "83.5% to 98.6%",
    ]  # fmt: skip
    chart = telling.chart(many, "Planning day")
    assert chart is not None
    assert "38 of 40 (95%)" in chart.description


# T3: the quarterly report prints them: each figure has a name of its own
def test_figures_of_several_responses() -> None:
    rows = facts(*some(JANUARY, 3, 4), *some(MAY, 1, 5))
    one = judged(window=Window.around(date(2023, 6, 1), 1, 1))
    figures = learning_figures(rows, ASKED, [judged(), judged(service="Safeguarding"), one], TODAY)

    assert [(each.key, each.text) for each in figures] == [
        (("L-1", "2023-01 to 2023-02", "Planning day", "authority"), "3 of 4 (75%)"),
        (("L-2", "2023-04 to 2023-05", "Planning day", "authority"), "1 of 5 (20%)"),
        (("L-1", "2023-01 to 2023-02", "Planning day (2)", "Safeguarding"), "3 of 4 (75%)"),
        (("L-2", "2023-04 to 2023-05", "Planning day (2)", "Safeguarding"), "1 of 5 (20%)"),
        (("L-1", "2023-05", "Planning day (3)", "authority"), "1 of 5 (20%)"),
    ]
    assert months_key([MAY]) == "2023-05"
