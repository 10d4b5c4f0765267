"""Reading the moderation queue, what bars somebody from moderating, and what they moderate."""

from qa_app.moderation.queries.beside import Beside, section_titles
from qa_app.moderation.queries.blind import (
    BlindReading,
    barred_from_blind,
    could_read,
    first_grades_of,
    sections_graded_first,
)
from qa_app.moderation.queries.comparing import (
    LIMIT_MARK,
    OVERALL,
    Compared,
    SetAside,
    differing,
    disputed,
    set_aside,
    side_by_side,
    words_of,
)
from qa_app.moderation.queries.independence import Review, managers_for, review_of, reviews_of
from qa_app.moderation.queries.outcome import Outcome
from qa_app.moderation.queries.reading import (
    Reading,
    SectionRead,
    asked_moderation,
    first_moderation,
    moderations_of,
    open_moderation,
    replies_of,
    way_of,
)
from qa_app.moderation.queries.second import Dispute, second_review_of, second_reviews_of
from qa_app.moderation.queries.waiting import Queue, Waiting, moderate_by, queue_for

__all__ = [
    "LIMIT_MARK",
    "OVERALL",
    "Beside",
    "BlindReading",
    "Compared",
    "Dispute",
    "Outcome",
    "Queue",
    "Reading",
    "Review",
    "SectionRead",
    "SetAside",
    "Waiting",
    "asked_moderation",
    "barred_from_blind",
    "could_read",
    "differing",
    "disputed",
    "first_grades_of",
    "first_moderation",
    "managers_for",
    "moderate_by",
    "moderations_of",
    "open_moderation",
    "queue_for",
    "replies_of",
    "review_of",
    "reviews_of",
    "second_review_of",
    "second_reviews_of",
    "section_titles",
    "sections_graded_first",
    "set_aside",
    "side_by_side",
    "way_of",
    "words_of",
]
