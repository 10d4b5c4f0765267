"""Lists of sessions: mine, those to practise on, and all of them for the QA lead.

None of these reads a grade, save one's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from qa_app.database import db
from qa_app.domain.calibration import Compared, compared
from qa_app.domain.grades import Grade
from qa_app.moderation.calibration.queries.files import about
from qa_app.moderation.models import CalibrationInvite, CalibrationSession, CalibrationState


class Mine(NamedTuple):
    """A session and my part in it; None where I have none yet."""

    session: CalibrationSession
    invite: CalibrationInvite | None

    @property
    def committed(self) -> bool:
        """Whether I have committed my grades."""
        return self.invite is not None and self.invite.committed_at is not None

    @property
    def age_band(self) -> str:
        """The child's age band, where it is said."""
        return about(self.session, "age_band")


@dataclass(frozen=True)
class Lists:
    """What stands in my list: to grade now, waiting to be closed, closed, and to practise on."""

    to_grade: list[Mine]
    waiting: list[Mine]
    closed: list[Mine]
    to_practise: list[Mine]


def my_sessions(person_id: UUID) -> Lists:
    """Every session that I was invited to, once opened, and every gold-standard one. One query."""
    found = _mine(person_id)
    invited = [each for each in found if each.invite is not None and each.invite.invited]
    opened = [each for each in invited if each.session.state is CalibrationState.OPEN]
    return Lists(
        to_grade=sorted(
            (each for each in opened if not each.committed), key=lambda each: _deadline(each)
        ),
        waiting=[each for each in opened if each.committed],
        closed=[each for each in invited if each.session.state is CalibrationState.CLOSED],
        to_practise=[each for each in found if each not in invited],
    )


def _deadline(each: Mine) -> str:
    return str(each.session.deadline)


def _mine(person_id: UUID) -> list[Mine]:
    query = (
        select(CalibrationSession, CalibrationInvite)
        .outerjoin(
            CalibrationInvite,
            and_(
                CalibrationInvite.session_id == CalibrationSession.id,
                CalibrationInvite.person_id == person_id,
            ),
        )
        .where(
            CalibrationSession.state != CalibrationState.DRAFT,
            or_(
                CalibrationInvite.id.is_not(None),
                CalibrationSession.gold & (CalibrationSession.state == CalibrationState.CLOSED),
            ),
        )
        .order_by(CalibrationSession.opened_at.desc(), CalibrationSession.id)
    )
    return [Mine(session, invite) for session, invite in db.session.execute(query)]


class Managed(NamedTuple):
    """A session for the QA lead: how many were invited, and how many have committed."""

    session: CalibrationSession
    invited: int
    committed: int


def all_sessions() -> list[Managed]:
    """Every session, newest first. One query; tries at gold-standard files are not counted."""
    invited = func.count(CalibrationInvite.id)
    committed = func.count(CalibrationInvite.committed_at)
    query: Select[CalibrationSession, int, int] = (
        select(CalibrationSession, invited, committed)
        .outerjoin(
            CalibrationInvite,
            (CalibrationInvite.session_id == CalibrationSession.id) & CalibrationInvite.invited,
        )
        .group_by(CalibrationSession.id)
        .order_by(CalibrationSession.made_at.desc(), CalibrationSession.id.desc())
    )
    return [Managed(*row) for row in db.session.execute(query)]


class Past(NamedTuple):
    """A closed session that I graded or was invited to; `found` None where I did not commit, or
    nothing is agreed yet."""

    session: CalibrationSession
    invite: CalibrationInvite
    found: Compared | None


def my_past(person_id: UUID) -> list[Past]:
    """How I compared in each closed session, and in each try of mine, newest first. Two queries."""
    query = (
        select(CalibrationInvite)
        .join(CalibrationInvite.session)
        .where(
            CalibrationInvite.person_id == person_id,
            CalibrationSession.state == CalibrationState.CLOSED,
            or_(CalibrationInvite.invited, CalibrationInvite.committed_at.is_not(None)),
        )
        .options(contains_eager(CalibrationInvite.session), selectinload(CalibrationInvite.grades))
        .order_by(CalibrationSession.closed_at.desc(), CalibrationInvite.id)
    )
    return [_past(invite) for invite in db.session.scalars(query)]


def _past(invite: CalibrationInvite) -> Past:
    agreed = agreed_grades(invite.session)
    if invite.committed_at is None or not agreed:
        return Past(invite.session, invite, None)
    return Past(invite.session, invite, compared(grades_of(invite), agreed))


def grades_of(invite: CalibrationInvite) -> dict[str, Grade]:
    """One person's grades by code."""
    return {row.section_code: row.grade for row in invite.grades}


def agreed_grades(session: CalibrationSession) -> Mapping[str, Grade]:
    """The agreed grades by code; none before they are written."""
    return {code: Grade(each["grade"]) for code, each in session.agreed.items()}


def together(pasts: list[Past]) -> Compared:
    """All of them as one."""
    found = [each.found for each in pasts if each.found is not None]
    return Compared(
        sum(each.n for each in found),
        sum(each.same for each in found),
        sum(each.lenient for each in found),
        sum(each.severe for each in found),
    )
