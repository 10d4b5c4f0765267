"""What a public version prints of a report's figures, case by case (R5)."""

import pytest

from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.domain.publishing import ReportKind
from qa_app.reports.figures import Figures, Key, ReportFigure
from qa_app.reports.public import EarlierPublished, publicly
from qa_app.reports.publishing.erratum import public_changed
from qa_app.reports.reportasked import ReportAsked

pytestmark = pytest.mark.one_database

Q4 = "2022/23-Q4"
QUARTER = ReportAsked(ReportKind.QUARTERLY, Q4)


def share(measure: str, category: str, part: int, whole: int, scope="authority", period=Q4):
    """So many of so many."""
    return ReportFigure(Key(measure, period, category, scope), part, whole, f"{part} of {whole}")


def count(measure: str, category: str, number: int, scope="authority", period=Q4):
    """A plain count."""
    return ReportFigure.number(Key(measure, period, category, scope), number)


def texts(*figures: ReportFigure, asked: ReportAsked = QUARTER, earlier=()) -> list[str | None]:
    """What is printed of each figure; None where it is not printed at all."""
    public = publicly(asked, Figures(figures), earlier).figures
    return [found.text if (found := public.by_key.get(each.key)) else None for each in figures]


BEYOND = count("A-1", "Verified", 40)
"""A figure that is printed whatever becomes of the others."""


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        # R5: authority-wide MTM-1 to 4 in full, whatever they count
        (share("MTM-1", "Good", 3, 14, period="2023-01"), "3 of 14"),
        (count("MTM-4", "Outstanding priority actions", 2, period="2023-01"), "2"),
        # R5: elsewhere 1 to 5 is c; zero and six stay
        (count("A-1", "Withdrawn", 1), "c"),
        (count("A-1", "Withdrawn", 5), "c"),
        (count("A-1", "Withdrawn", 6), "6"),
        (count("A-1", "Withdrawn", 0), "0"),
        # R5: a percentage is hidden with its count, and where what is left is small
        (share("Q-7", "The child’s view", 4, 30), "c"),
        (share("Q-7", "The child’s view", 12, 30), "12 of 30"),
        (share("Q-7", "The child’s view", 30, 30), "30 of 30"),
        # R5: of a share whose number is hidden a zero stays, without it
        (share("Q-7", "The child’s view", 0, 4), "0"),
        # R5: no team with fewer than 6 audits
        (share("Q-1t", "Good or better", 0, 5, "Elm team"), None),
        # R5: statistics could give away the counts that they come from
        (ReportFigure(Key("Q-4", Q4, "Weighted kappa"), None, 40, "0.62"), None),
        # E1: concerns are about single children
        (count("A-3", "Concerns raised", 40), None),
        # R5: a breakdown of another period than the report's own
        (share("Q-1s", "Good or better", 20, 40, "Care", "2023-01"), None),
    ],
)
def test_a_figure_is_printed_so(figure, expected) -> None:
    assert texts(figure, BEYOND)[0] == expected


# R5: what is left of a share of 30, 27 of which are printed, would be 3.
def test_a_small_rest_hides_its_share() -> None:
    assert texts(share("Q-7", "The child’s view", 27, 30), BEYOND)[0] == "c"


# R5: one count of 1 to 5 in a row hides another, so that nobody can subtract.
def test_another_count_is_hidden_to_protect_a_small_one() -> None:
    services = [
        share("Q-1s", "Good or better", part, 40, scope)
        for part, scope in ((3, "Care"), (12, "Help"), (17, "Safeguarding"))
    ]
    found = texts(share("Q-1", "Good or better", 32, 120), *services)
    assert found[1] == "c"
    assert found.count("c") >= 2
    hidden = publicly(QUARTER, Figures((share("Q-1", "Good or better", 32, 120), *services))).hidden
    assert [each.value for each in hidden if each.primary] == ["3 of 40"]
    assert any("a reader could work out" in each.why for each in hidden)


# R5: what c means stands where something is marked so, and nowhere else.
def test_the_legend_says_what_c_means() -> None:
    marked = publicly(QUARTER, Figures((count("A-1", "Withdrawn", 2), BEYOND)))
    assert marked.legend == "c: 1 to 5, or hidden to protect another"
    assert publicly(QUARTER, Figures((BEYOND,))).legend == ""


# R2: nothing of a public version says which audits it counts.
def test_no_audit_is_named() -> None:
    made = ReportFigure.share(Key("Q-7", Q4, "The child’s view"), [], 30)
    assert all(not each.audits for each in publicly(QUARTER, Figures((made, BEYOND))).figures)


# R5: themes stand by how often they were found; a hidden one's place must not say how often.
def test_the_order_of_themes_tells_nothing_of_hidden_ones() -> None:
    figures = [
        share("T-1", name, number, 60)
        for name, number in (("Plans", 20), ("Visits", 5), ("Chronologies", 2), ("Supervision", 0))
    ]
    public = publicly(QUARTER, Figures(tuple(figures))).figures
    assert public.categories("T-1") == ["Plans", "Chronologies", "Visits", "Supervision"]


# R5: a narrower report's MTM-1 is a breakdown, and hidden like one.
def test_a_narrower_report_is_not_in_full() -> None:
    asked = ReportAsked(ReportKind.QUARTERLY, Q4, plan_types=(PlanType.CHILD_PROTECTION,))
    figures = (
        share("MTM-1", "Inadequate", 3, 30, period="2023-01"),
        share("MTM-1", "Good", 27, 30, period="2023-01"),
    )
    assert texts(*figures, BEYOND, asked=asked)[:2] == ["c", "c"]


# R5: a report so narrow that all of it is hidden is refused, with what to do.
def test_a_narrow_report_of_which_nothing_is_left_is_refused() -> None:
    asked = ReportAsked(ReportKind.QUARTERLY, Q4, plan_types=(PlanType.CHILD_PROTECTION,))
    with pytest.raises(DomainError, match="Make a report of more services"):
        publicly(asked, Figures((count("A-1", "Withdrawn", 2),)))


# R5: the whole authority's report of a small month is published in words, with no count in it.
def test_a_small_report_of_the_whole_authority_prints_no_count() -> None:
    public = publicly(QUARTER, Figures((count("A-1", "Withdrawn", 2),)))
    assert [figure.numerator for figure in public.figures] == [None]
    assert [hidden.key.category for hidden in public.hidden] == ["Withdrawn"]


# R5: versions are suppressed jointly: a count that grew by one is hidden in the second.
def test_a_small_difference_between_versions_is_hidden() -> None:
    first = (count("A-1", "Verified", 20), count("A-1", "Withdrawn", 40))
    second = (count("A-1", "Verified", 21), count("A-1", "Withdrawn", 50))
    before = EarlierPublished(QUARTER, Figures(first), Figures(first))
    assert texts(*second, earlier=[before]) == ["c", "50"]


# R5: a public erratum leaves out the difference that reveals, and lists the other.
def test_a_public_erratum_leaves_out_what_reveals() -> None:
    first = Figures((count("A-1", "Verified", 20), count("A-1", "Withdrawn", 40)))
    second = Figures((count("A-1", "Verified", 21), count("A-1", "Withdrawn", 50)))
    before = EarlierPublished(QUARTER, first, first)
    public = publicly(QUARTER, second, [before]).figures
    assert [(each.old, each.new) for each in public_changed(first, public)] == [("40", "50")]
