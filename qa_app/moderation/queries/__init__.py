"""Reading the moderation queue, what bars somebody from moderating, and what they moderate."""

from qa_app.moderation.queries.independence import Review, managers_for, review_of, reviews_of
from qa_app.moderation.queries.reading import (
    Reading,
    SectionRead,
    moderations_of,
    open_moderation,
    side_by_side,
)
from qa_app.moderation.queries.waiting import Queue, Waiting, moderate_by, queue_for

__all__ = [
    "Queue",
    "Reading",
    "Review",
    "SectionRead",
    "Waiting",
    "managers_for",
    "moderate_by",
    "moderations_of",
    "open_moderation",
    "queue_for",
    "review_of",
    "reviews_of",
    "side_by_side",
]
