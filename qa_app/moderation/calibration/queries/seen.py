"""A session as each person may see it, for `fetch` (M10).

A draft is there for the QA lead alone. The grades of a closed session are for those who were
invited; whoever practises on a gold-standard file sees the agreed answer and their own, no more.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy.orm import joinedload, selectinload

from qa_app.database import db
from qa_app.domain.permissions import Party, Permission, Subject
from qa_app.moderation.models import CalibrationInvite, CalibrationSession, CalibrationState

_NOBODY = Subject(readable=False)


@dataclass(frozen=True)
class Shown:
    """A session in any state; a draft, for the QA lead alone."""

    seen_with: ClassVar[Permission] = Permission.CALIBRATION_READ

    session: CalibrationSession

    @classmethod
    def find(cls, session_id: UUID, *options: Any) -> Self | None:
        """The session with those invited, by three statements."""
        found = db.session.get(
            CalibrationSession,
            session_id,
            options=[
                joinedload(CalibrationSession.tool_version),
                selectinload(CalibrationSession.invites).joinedload(CalibrationInvite.person),
            ],
        )
        return None if found is None else cls(found)

    def permission_subject(self) -> Subject:
        """Who is invited; whoever may practise on it."""
        if self.session.state is CalibrationState.DRAFT:
            return _NOBODY
        return self.session.permission_subject()

    def invite_of(self, person_id: UUID) -> CalibrationInvite | None:
        """Somebody's own part in it."""
        return next((each for each in self.session.invites if each.person_id == person_id), None)


@dataclass(frozen=True)
class ToGrade(Shown):
    """A session that somebody may grade; no draft is."""

    @classmethod
    def find(cls, session_id: UUID, *options: Any) -> Self | None:
        """The session, unless it is a draft."""
        found = super().find(session_id, *options)
        return None if found is None or found.session.state is CalibrationState.DRAFT else found


@dataclass(frozen=True)
class Closed(Shown):
    """A closed session with everybody's grades, for those who were invited and the QA lead."""

    @classmethod
    def find(cls, session_id: UUID, *options: Any) -> Self | None:
        """The session, once it is closed."""
        found = super().find(session_id, *options)
        return found if found is not None and _is_closed(found.session) else None

    def permission_subject(self) -> Subject:
        """Those who were invited, and nobody who only practises on it."""
        invited = (each.person_id for each in self.session.invites if each.invited)
        return Subject(parties=frozenset((Party.INVITED, each) for each in invited), readable=False)


def _is_closed(session: CalibrationSession) -> bool:
    return session.state is CalibrationState.CLOSED


def sees_agreed(session: CalibrationSession, invite: CalibrationInvite | None) -> bool:
    """Whether somebody is shown the agreed answer beside their own grades: after committing, once
    the session is closed. A try at a gold-standard file is one of a closed session (M10)."""
    return invite is not None and invite.committed_at is not None and _is_closed(session)
