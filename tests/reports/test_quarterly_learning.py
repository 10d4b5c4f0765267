"""Learning and its effect in the thematic reports: before and after, from the cut alone (T3)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from qa_app.database import now, saving
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.learning import JudgedBy, ResponseKind
from qa_app.domain.publishing import ReportKind
from qa_app.reports.building import document_of, figures_of
from qa_app.reports.document import Chart, Paragraph, Table
from qa_app.reports.facts import Facts, ResponseFact
from qa_app.reports.public import publicly
from qa_app.reports.queries.factual import read_facts
from qa_app.reports.reportasked import ReportAsked
from qa_app.reports.services.learning import drop, mark_done
from tests.reports.facts_made import GOOD, IN, FactsMade
from tests.web.reporting_world import a_response

Q4 = ReportAsked(ReportKind.QUARTERLY, "2022/23-Q4")
NAME = "Training: A day on plans (14 January 2023)"
# Good and Inadequate audits: three of twelve before, nine of twelve after; in the month of the
# training, which is in neither, all are Good.
COUNTS = {
    "2022-11": (1, 5), "2022-12": (2, 4), "2023-01": (20, 0), "2023-02": (4, 2), "2023-03": (5, 1),
}  # fmt: skip


def facts_with(**more) -> Facts:
    """A quarter in which people were trained about plans."""
    made = FactsMade()
    for month, (good, bad) in COUNTS.items():
        made.several(good, month, final=GOOD)
        made.several(bad, month, final=IN)
    values = {
        "title": "A day on plans", "kind": ResponseKind.TRAINING, "theme": "supervision",
        "service": "", "due_on": date(2023, 1, 10), "done_on": date(2023, 1, 14),
        "judged_by": JudgedBy.GRADES, "judged_code": "", "months_before": 2, "months_after": 2,
    }  # fmt: skip
    response = ResponseFact(id=made.an_id(), **(values | more))
    return replace(made.facts("2021-10", "2023-04"), responses=(response,))


def learning_in(facts: Facts, *, public: bool = False):
    figures = figures_of(Q4, facts)
    if public:
        figures = publicly(Q4, figures).figures
    document = document_of(Q4, facts, figures, public=public)
    return next(each for each in document.sections if each.id == "learning")


def blocks(section, kind: type):
    return [each for each in section.blocks if isinstance(each, kind)]


def test_the_measure_is_printed_before_and_after_with_n_and_intervals() -> None:
    # T3, R6: three of twelve before, nine of twelve after; Wilson's intervals overlap here.
    section = learning_in(facts_with())
    (table,) = blocks(section, Table)
    texts = [cell.text for cell in table.rows[0]]
    assert texts[:2] + texts[3:4] == [NAME, "3 of 12 (25%)", "9 of 12 (75%)"]
    assert all("to" in texts[place] and "%" in texts[place] for place in (2, 4))
    assert texts[5] == "not called a change"
    (chart,) = blocks(section, Chart)
    assert "3 of 12" in chart.description
    assert "9 of 12" in chart.description
    # R6: nothing says that the training did it.
    assert "does not say that the response made it" in blocks(section, Paragraph)[0].text


@pytest.mark.parametrize(
    ("done_on", "said"),
    [
        # T3: done so late that no month after it is among those of the cut.
        (date(2023, 4, 20), "no month is over yet"),
        # T3: what was not done cannot have had an effect, so nothing is said of it.
        (None, ""),
    ],
)
def test_what_cannot_be_judged_yet_is_not(done_on: date | None, said: str) -> None:
    section = learning_in(facts_with(done_on=done_on))
    assert blocks(section, Chart) == []
    cells = [cell.text for table in blocks(section, Table) for row in table.rows for cell in row]
    assert (said in cells) is bool(said)


def test_a_public_version_tells_of_learning_in_words_alone() -> None:
    # R5: the months of a response lie across those of other tables.
    section = learning_in(facts_with(), public=True)
    assert blocks(section, Table) == blocks(section, Chart) == []


def test_a_cut_holds_the_responses_as_they_stood(context, council) -> None:
    # R4: planned by then, not given up by then, done by then.
    at = now()
    with saving():
        response = a_response(council, at)
        today, lead = london_date(at), council.people["qa_lead"]
        mark_done(response, on=today, by=lead, at=at)
        drop(response, why="The trainer left", by=lead, at=at + timedelta(hours=1))
    month = Month.of(today)
    assert read_facts(month, month, at - timedelta(minutes=1)).responses == ()
    (kept,) = read_facts(month, month, at).responses
    assert (kept.title, kept.theme, kept.done_on) == (response.title, "voice", today)
    assert read_facts(month, month, at + timedelta(hours=2)).responses == ()
