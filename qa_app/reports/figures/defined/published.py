"""MTM-1 to MTM-4 as the authority publishes them, and what stands beside them."""

from typing import Final

from qa_app.domain.measures import MEASURES
from qa_app.reports.figures.defined.definition import CYCLE, MONTH, Definition

PUBLISHED: Final = tuple(
    Definition(
        row.id,
        row.title,
        row.numerator,
        row.denominator,
        row.basis,
        "grade, then the total" if row.id == "MTM-1" else "the measure",
        decimals=row.decimals,
        good_is=(row.good_is or "").replace("zero or low", "low"),
    )
    for row in MEASURES.values()
)

BESIDE: Final = (
    Definition(
        "MTM-1b", "Audits completed that await a final grade",
        "Audits completed in the month, of tools with grades, without a final grade at the data "
        "cut", None, MONTH, "awaiting a final grade", decimals=None,
    ),
    Definition(
        "MTM-2b", "Beside the file audits completed",
        "Audits expected, exempted, exempted too late to count, completed after the month, and due "
        "from and completed by other auditors", None, CYCLE, "what is counted", decimals=None,
    ),
    Definition(
        "MTM-4b", "Beside the outstanding priority actions",
        "Open significant-harm concerns on other audits; audits graded upward with a priority "
        "action open; imported actions closed without verification", None,
        "End of the month’s last day", "what is counted", decimals=None,
    ),
)  # fmt: skip
