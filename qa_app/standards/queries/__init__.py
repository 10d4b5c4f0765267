"""Reading practice standards, audit tools and themes."""

from qa_app.standards.queries.themes import themes
from qa_app.standards.queries.tools import (
    all_versions,
    content_of,
    current_version,
    draft_of,
    sections_of,
    standard_numbers,
    standard_titles,
    tools,
    version,
    versions_of,
)

__all__ = [
    "all_versions",
    "content_of",
    "current_version",
    "draft_of",
    "sections_of",
    "standard_numbers",
    "standard_titles",
    "themes",
    "tools",
    "version",
    "versions_of",
]
