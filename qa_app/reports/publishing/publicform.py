"""The public form of a version's figures: the one place where publishing asks for it (R5)."""

from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures
from qa_app.reports.models import ReportVersion
from qa_app.reports.queries.published import public_version
from qa_app.reports.reportasked import ReportAsked


def public_figures(
    version: ReportVersion, asked: ReportAsked, figures: Figures, facts: Facts
) -> tuple[Figures, str]:
    """The figures with what is hidden hidden, beside everything that was published before, and what
    "c" means. DomainError where nothing of it can be printed. It can take seconds."""
    found = public_version(version, asked, figures, facts)
    return found.figures, found.legend
