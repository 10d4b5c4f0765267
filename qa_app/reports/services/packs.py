"""Boards' meetings: added, and taken out again."""

from datetime import date, datetime
from uuid import UUID

from qa_app import history
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.formatting import date_words
from qa_app.reports.models import BoardMeeting
from qa_app.reports.queries.packs import meeting_on


class MeetingRefused(DomainError):
    """There is such a meeting already."""


def add_meeting(board: str, held_on: date, *, by: UUID, at: datetime) -> BoardMeeting:
    """Note a meeting of a board. MeetingRefused where it is noted already."""
    if meeting_on(board, held_on) is not None:
        raise MeetingRefused(
            f"{board} has a meeting on {date_words(held_on)} already. Enter another day", "held_on"
        )
    meeting = BoardMeeting(board=board, held_on=held_on, made_by=by, made_at=at)
    db.session.add(meeting)
    db.session.flush()
    day = date_words(held_on)
    history.record("board_meeting_added", meeting, by=by, at=at, board=board, day=day)
    return meeting


def remove_meeting(meeting: BoardMeeting, *, by: UUID, at: datetime) -> None:
    """Take a meeting out: the reports stay, and the board's next pack goes back to the meeting
    before it."""
    board, day = meeting.board, date_words(meeting.held_on)
    history.record("board_meeting_removed", meeting, by=by, at=at, board=board, day=day)
    db.session.delete(meeting)
    db.session.flush()
