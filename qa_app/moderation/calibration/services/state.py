"""What every change of a calibration session shares: holding its row, and refusing its state."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.formatting import date_words
from qa_app.moderation.models import CalibrationInvite, CalibrationSession, CalibrationState


class CalibrationRefused(DomainError):
    """What was asked of a session cannot be."""


class WrongState(DomainError):
    """The session is not, or no longer, in the state for this."""


def hold(session: CalibrationSession, *states: CalibrationState) -> None:
    """Read the session again and hold it until the transaction ends; WrongState in another state.

    Two at once are so told apart: nobody commits into a session that is being closed.
    """
    db.session.refresh(session, with_for_update={"of": CalibrationSession})
    refuse_other_states(session, states)


def refuse_other_states(session: CalibrationSession, states: Collection[CalibrationState]) -> None:
    """Raise WrongState where the session is in none of these states."""
    if session.state in states:
        return
    if session.state is CalibrationState.DRAFT:
        raise WrongState("The session has not been opened yet. Nothing has been changed.")
    if session.state is CalibrationState.OPEN:
        raise WrongState(
            f"The session was opened on {date_words(session.opened_at)}: the file is being graded "
            "and changes no more. Nothing has been changed."
        )
    raise WrongState(
        f"The session was closed on {date_words(session.closed_at)}. Nothing has been changed."
    )


def invites_of(session: CalibrationSession) -> list[CalibrationInvite]:
    """Everybody invited, as the database has it now; not those who only practise on it."""
    query = (
        select(CalibrationInvite)
        .where(CalibrationInvite.session_id == session.id, CalibrationInvite.invited)
        .order_by(CalibrationInvite.id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def path_of(session_id: UUID) -> str:
    """Where a notice about a session leads."""
    return f"/calibration/{session_id}"
