"""Reading audits: lists, one audit as its reader sees it, and who is tied to a case."""

from qa_app.audits.queries.independence import (
    independence_of,
    independence_of_many,
    period_under_review,
)
from qa_app.audits.queries.lists import (
    Filters,
    Page,
    may_read,
    page_of,
    teams_to_choose,
    to_do,
)
from qa_app.audits.queries.reading import (
    Reading,
    actions_of,
    present_worker,
    reading_of,
    standing_grades,
    timeline_of,
    timeline_of_concern,
)
from qa_app.audits.queries.sharing import auditors_words, second_auditor, writing_too
from qa_app.audits.queries.ties import family_of

__all__ = [
    "Filters",
    "Page",
    "Reading",
    "actions_of",
    "auditors_words",
    "family_of",
    "independence_of",
    "independence_of_many",
    "may_read",
    "page_of",
    "period_under_review",
    "present_worker",
    "reading_of",
    "second_auditor",
    "standing_grades",
    "teams_to_choose",
    "timeline_of",
    "timeline_of_concern",
    "to_do",
    "writing_too",
]
