"""Reading actions."""

from qa_app.tracker.queries.filters import Due, Offered, Part, Wanted
from qa_app.tracker.queries.lists import (
    Listing,
    listing,
    outstanding,
)
from qa_app.tracker.queries.standing import (
    brag_of,
    parties_to,
    people_matching,
    person_to_own,
    standings,
    verification_due,
    verifiers_of,
)
from qa_app.tracker.queries.verifying import waiting_for_verification_by
from qa_app.tracker.queries.visible import visible_to

__all__ = [
    "Due",
    "Listing",
    "Offered",
    "Part",
    "Wanted",
    "brag_of",
    "listing",
    "outstanding",
    "parties_to",
    "people_matching",
    "person_to_own",
    "standings",
    "verification_due",
    "verifiers_of",
    "visible_to",
    "waiting_for_verification_by",
]
