"""Documents made by hand: a report with every kind of block, as the recipes make them."""

from qa_app.domain.calendar import Month
from qa_app.domain.grades import PRINT_ORDER
from qa_app.reports.document import (
    Bullets,
    Cell,
    Document,
    Paragraph,
    Section,
    Table,
    Written,
)
from qa_app.reports.figures import Figures, Key, ReportFigure
from qa_app.reports.heatmap import Square
from qa_app.reports.specs import (
    Pair,
    Point,
    counts_over_time_chart,
    grades_chart,
    heat_chart,
    pairs_chart,
    share_over_time_chart,
)

MONTHS = Month.range(Month(2022, 11), Month(2023, 4))
COUNTS = {
    # The authority's published table, worst to best.
    "Inadequate": (4, 16, 16, 6, 6, 3),
    "Requires improvement": (2, 14, 10, 6, 4, 8),
    "Good": (4, 3, 5, 3, 2, 3),
    "Outstanding": (0, 0, 0, 0, 0, 0),
}
TOTALS = (10, 33, 31, 15, 12, 14)
ABOUT = (
    ("Period", "November 2022 to April 2023"),
    ("Audits of", "Whole authority"),
    ("Grades", "Final grade"),
    ("Data as at", "3 May 2023, 10:42"),
    ("Version", "1"),
)
BASIS = "Whole authority. Counted by final grade and month of completion. Data as at 3 May 2023."


def figures() -> Figures:
    """MTM-1 of six months, and one hidden figure."""
    rows = [
        ReportFigure(Key("MTM-1", str(month), name), numbers[at], TOTALS[at], str(numbers[at]))
        for name, numbers in COUNTS.items()
        for at, month in enumerate(MONTHS)
    ]
    hidden = ReportFigure.share(Key("Q-2", "2022/23-Q4", "Planning", "West team"), (), 9).hidden()
    return Figures((*rows, hidden))


def grades_table() -> Table:
    """The published table."""
    rows = [
        (
            Cell(grade.words),
            *(
                Cell(
                    str(COUNTS[grade.words][at]),
                    Key("MTM-1", str(month), grade.words),
                    COUNTS[grade.words][at],
                )
                for at, month in enumerate(MONTHS)
            ),
        )
        for grade in PRINT_ORDER
    ]
    total = (Cell("Total audits"), *(Cell(str(each), number=each) for each in TOTALS))
    return Table(
        "grades",
        "Audits by grade, November 2022 to April 2023",
        ("Grade", *(month.words for month in MONTHS)),
        tuple(rows),
        basis=BASIS,
        notes=("Percentages of a column need not add to 100.",),
        total=total,
    )


def heat_table() -> Table:
    """Shares, one of them hidden."""
    key = Key("Q-2", "2022/23-Q4", "Planning", "West team")
    return Table(
        "sections",
        "Section grades by team: Good or Outstanding",
        ("Section", "East team", "West team"),
        (
            (Cell("Risk and safety"), Cell("12 of 31 (38.7%)", number=12), Cell("9 of 20 (45%)")),
            (Cell("Planning"), Cell("20 of 31 (64.5%)", number=20), Cell("c", key)),
        ),
        basis=BASIS,
        notes=("c: 1 to 5, or hidden to protect another.",),
    )


def report(*, draft: bool = False, public: bool = False, word: str = "Text") -> Document:
    """A report with every kind of block."""
    points = [Point(month.words, COUNTS["Good"][at], TOTALS[at]) for at, month in enumerate(MONTHS)]
    before, after = Point("before", 12, 31), Point("after", 6, 30)
    squares = [
        Square("Risk and safety", "East team", 12, 31),
        Square("Risk and safety", "West team", 9, 20),
        Square("Planning", "East team", 20, 31),
        Square("Planning", "West team", None, None, "c"),
    ]
    return Document(
        kind="quarterly",
        title="Quarterly thematic report",
        subtitle="January to March 2023 (2022/23-Q4)",
        about=ABOUT,
        sections=(
            Section(
                "summary",
                "Summary",
                (
                    Paragraph("In March 2023, 2 of 12 audits were graded Good (16.7%)."),
                    Written(
                        "summary",
                        "What the board should know first.",
                        f"{word} of the summary.\n\n- First point\n- Second point\n\nThe end.",
                    ),
                    Written(
                        "next",
                        "What happens next, by whom and when.",
                        suggestions=("12 of 31 audits (38.7%) were graded Good.",),
                    ),
                ),
            ),
            Section(
                "grades",
                "Grades",
                (
                    grades_chart("grades-chart", figures(), MONTHS, subtitle="Whole authority"),
                    grades_table(),
                ),
                (
                    Section(
                        "trend",
                        "Trend",
                        (
                            share_over_time_chart(
                                "good-chart",
                                "Audits graded Good or better",
                                points,
                                earlier=[(5, 20)] * 12,
                            ),
                            counts_over_time_chart(
                                "stock-chart",
                                "Outstanding priority actions",
                                [Point(month.words, at + 1) for at, month in enumerate(MONTHS)],
                                unit="Actions",
                            ),
                        ),
                    ),
                ),
            ),
            Section(
                "sections",
                "Sections by team",
                (heat_chart("heat", "Sections by team", squares), heat_table()),
            ),
            Section(
                "learning",
                "Learning",
                (
                    pairs_chart("pairs", "Before and after", [Pair("Training", before, after)]),
                    Bullets(("Practice weeks", "A briefing"), numbered=True),
                    Table("none", "Learning responses", ("Response", "Owner"), ()),
                ),
            ),
        ),
        marking="OFFICIAL" if public else "OFFICIAL-SENSITIVE",
        draft=draft,
        public=public,
    )
