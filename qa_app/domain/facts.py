"""The check of an audit's facts, and the reply to it: what may be done when (A12).

The check runs on the submitted audit, so that no clock of E1, E2 or M0 waits for it. Only an audit
that is not urgent waits in the queue until the check is over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from qa_app.domain.calendar import date_words
from qa_app.domain.completeness import Gap
from qa_app.domain.workflow import SUBMITTED, AuditState

MOST_POINTS: Final = 20
"""How much one person can say about the facts; anything more is a reply."""

_READABLE: Final = SUBMITTED | {AuditState.RETURNED}


@dataclass(frozen=True)
class Asked:
    """Somebody who was asked to check the facts: whether they answered, and how many of their
    points their auditor has still to answer."""

    answered: bool
    open_points: int = 0


def is_checked(asked: Iterable[Asked]) -> bool:
    """Whether everybody asked has answered, and every point of theirs has its answer.

    False where nobody was asked: then there is no check that could have ended.
    """
    found = list(asked)
    return bool(found) and all(each.answered and not each.open_points for each in found)


def may_begin(today: date, until: date | None, *, checked: bool, urgent: bool) -> bool:
    """Whether an audit that waits may be taken for moderation.

    `until` is the last day of the check, None where nobody was asked. An Inadequate, or an audit
    with an open concern, is urgent (M0) and never waits.
    """
    return urgent or checked or until is None or today > until


def check_closed(
    state: AuditState, today: date, until: date, *, answered: bool, begun: bool
) -> str | None:
    """Why somebody asked cannot answer now, with what they can do instead; None where they can.

    `begun`: whether a moderator has taken the audit.
    """
    if answered:
        return "You answered this already. Use your reply for anything more"
    if begun or state not in (AuditState.AWAITING_MODERATION, AuditState.RETURNED):
        return (
            "Moderation has begun, so the facts can no longer be corrected this way. Use your "
            "reply: the moderator is told of it"
        )
    if today > until:
        return f"The facts could be checked until {date_words(until)}. Use your reply instead"
    return None


def reply_closed(state: AuditState, today: date, until: date | None) -> str | None:
    """Why nobody can reply to an audit now; None while they can.

    `until` is the last day, None until the final grade is there.
    """
    if state not in _READABLE:
        return "You can reply once the audit has been sent for moderation"
    if until is not None and today > until:
        return f"Replies could be made until {date_words(until)}"
    return None


def fact_gaps(points: Iterable[tuple[str, str]]) -> list[Gap]:
    """What an audit lacks while something said about its facts has no answer.

    `points` are (the point's id, who made it); a gap's field is ``fact.`` and the id.
    """
    return [
        Gap(None, f"fact.{point}", f"Answer what {who} said is not right") for point, who in points
    ]
