"""Exemptions and more time: who may ask for them, and who may grant them (P3)."""

from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import func, select

from qa_app.accounts import settings
from qa_app.accounts.line import Line, Member
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.permissions.conditions import HEAD_OF_SERVICE
from qa_app.programme.models import AskedFor, Expectation, Extension, TimeRequest

OWN: Final = "This is about your own audits: somebody above you decides."


class Wish(NamedTuple):
    """What is asked for, of whom: `days` are working days with those granted before for the audit.

    `person_id` is None for a vacant post, `team_id` the unit whose line decides.
    """

    kind: AskedFor
    person_id: UUID | None
    team_id: UUID | None
    days: int = 0


class Upwards(Protocol):
    """What of a line is asked here; `Line` answers it."""

    def people_above(self, team_id: UUID | None, besides: Collection[UUID] = ()) -> list[Member]:
        """The holders of the line posts of a unit and all units above it, lowest first."""
        ...

    def manager_of(self, person_id: UUID, besides: Collection[UUID] = ()) -> UUID | None:
        """The line manager."""
        ...


def who_may_grant(wish: Wish, line: Upwards, limit: int) -> list[UUID]:
    """Everybody who may grant it, the nearest first: never the person whom it is for (P3).

    Up to `limit` working days in all their line manager may, besides heads of service and above;
    anything else only those.
    """
    own = () if wish.person_id is None else (wish.person_id,)
    found = [
        member.person_id
        for member in line.people_above(wish.team_id, own)
        if member.rank >= HEAD_OF_SERVICE
    ]
    if wish.kind is AskedFor.EXTENSION and wish.days <= limit and wish.person_id is not None:
        manager = line.manager_of(wish.person_id)
        if manager is not None and manager != wish.person_id:
            found.insert(0, manager)
    return list(dict.fromkeys(found))


def may_exempt(wish: Wish, person_id: UUID, line: Upwards) -> bool:
    """Whether somebody is a head of service or above in its line: P3 then sets them no limit."""
    return person_id in who_may_grant(wish._replace(kind=AskedFor.EXEMPTION), line, 0)


def why_not(wish: Wish, person_id: UUID, line: Upwards, limit: int) -> str:
    """Why somebody may not grant it, as a sentence; "" where they may (P3)."""
    if person_id in who_may_grant(wish, line, limit):
        return ""
    if person_id == wish.person_id:
        return OWN
    head = "by a head of service or above, in the line of the person’s own unit."
    if wish.kind is AskedFor.EXEMPTION:
        return f"An exemption is granted {head}"
    if wish.days > limit:
        return (
            f"More than {limit} working days for one audit, counted with those granted before, "
            f"are granted {head}"
        )
    return (
        f"Up to {limit} working days for one audit are granted by the auditor’s line manager, or "
        f"{head}"
    )


def may_ask(wish: Wish, person_id: UUID, *, lead: bool, line: Line) -> bool:
    """Whether somebody may ask for it: the auditor, whoever manages them, or the QA lead (P3)."""
    if lead or person_id == wish.person_id:
        return True
    if wish.person_id is not None:
        return person_id in line.managers_above(wish.person_id)
    return any(each.person_id == person_id for each in line.people_above(wish.team_id))


def limit_on(day: date) -> int:
    """Up to how many working days a line manager may grant, as it stands on a day (P3)."""
    return settings.number("extension_by_line_manager", day)


def wish_for_expectation(expectation: Expectation, line: Line) -> Wish:
    """An exemption from it: the unit is that of the post, or of the person's highest post."""
    post, person = expectation.post, expectation.person_id
    team = post.team_id if post is not None else _unit_of(person, line)
    return Wish(AskedFor.EXEMPTION, person, team)


def wish_for_audit(audit: Audit, days: int, line: Line, granted: int | None = None) -> Wish:
    """So many more working days for the audit; `granted` where those before are known already."""
    total = days + (days_granted(audit.id) if granted is None else granted)
    return Wish(AskedFor.EXTENSION, audit.auditor_id, _unit_of(audit.auditor_id, line), total)


def wish_of(request: TimeRequest, granted: int | None = None) -> Wish:
    """What a stored request asks for, with the days granted for its audit by now.

    `granted` are those days where they are known already.
    """
    if request.audit_id is None:
        return Wish(request.kind, request.person_id, request.team_id)
    if granted is None:
        granted = days_granted(request.audit_id)
    return Wish(request.kind, request.person_id, request.team_id, request.number + granted)


def _unit_of(person_id: UUID | None, line: Line) -> UUID | None:
    posts = line.posts_of(person_id) if person_id is not None else []
    return posts[0].team_id if posts else None


def days_granted(audit_id: UUID) -> int:
    """The working days granted for an audit so far."""
    query = select(func.coalesce(func.sum(Extension.working_days), 0))
    return db.session.scalars(query.where(Extension.audit_id == audit_id)).one()
