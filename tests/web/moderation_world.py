"""Audits at each step of moderation, and calibration sessions, for the access matrix."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import Absence, Person
from qa_app.audits.models import Audit, PinnedComment
from qa_app.audits.services import Pin
from qa_app.database import db, now
from qa_app.domain.calendar import london_date
from qa_app.moderation import services
from qa_app.moderation.calibration import services as calibration
from qa_app.moderation.models import Moderation, ModerationWaiver
from qa_app.moderation.services.meeting import Arranged, arrange
from tests.calibration.making import a_closed_one, a_draft, ids
from tests.council import Council
from tests.moderation.choosing import chosen
from tests.moderation.dialogue import asked, committed, disputed, second_taken, taken
from tests.moderation.factory import a_submitted_audit, agreeing

ON_DISCUSSED = (
    "moderation.answer", "moderation.talk", "moderation.talked", "moderation.meeting",
    "moderation.meeting_file", "moderation.call_off_meeting",
)  # fmt: skip
ON_DISPUTED = ("moderation.start_second",)
ON_BLIND = ("moderation.first_grades",)
ON_SECOND = ("moderation.decide", "moderation.release_second")
ON_TO_BE_BLIND = ("moderation.make_sighted",)
ON_RETURNED = ("audits.comments", "audits.answer_comment")
ON_FINAL = ("audits.amend",)
ON_AN_OPEN_SESSION = (
    "calibration.show",
    "calibration.grade",
    "calibration.commit",
    "calibration.close",
)
ON_A_CLOSED_SESSION = (
    "calibration.results", "calibration.agreed", "calibration.gold", "calibration.compare",
)  # fmt: skip


@dataclass
class ModerationWorld:
    """Ids of audits, moderations and sessions by endpoint, where they differ from the usual."""

    by_endpoint: dict[str, dict[str, object]] = field(default_factory=dict)
    arguments: dict[str, object] = field(default_factory=dict)


def moderation_of(council: Council) -> ModerationWorld:
    """Add one audit at each step, a draft, an open and a closed session, and an absence."""
    world = ModerationWorld()
    discussed = asked(council, case="100003").audit
    _arrange(discussed)
    _put(world, ON_DISCUSSED, audit_id=discussed.id)
    _put(world, ON_DISPUTED, audit_id=disputed(council, case="100003").id)
    second = second_taken(council, disputed(council, case="100003"))
    _put(world, ON_SECOND, moderation_id=second.id)
    _put(world, ON_BLIND, moderation_id=_blind(council).id)
    to_be_blind = a_submitted_audit(council, case="100004", auditor="auditor")
    chosen(to_be_blind, blind=True)
    _put(world, ON_TO_BE_BLIND, audit_id=to_be_blind.id)
    returned, comment_id = _returned(council)
    _put(world, ON_RETURNED, audit_id=returned.id, comment_id=comment_id)
    agreed = taken(council, case="100003")
    committed(agreed, agreeing(agreed.audit))
    _put(world, ON_FINAL, audit_id=agreed.audit_id)
    _sessions(council, world)
    _odds_and_ends(council, world, to_be_blind)
    return world


def _put(world: ModerationWorld, endpoints: tuple[str, ...], **values: object) -> None:
    for endpoint in endpoints:
        world.by_endpoint.setdefault(endpoint, {}).update(values)


def _arrange(audit: Audit) -> None:
    wanted = Arranged(now() + timedelta(days=2), 30, "Room 4")
    arrange(audit, wanted, instead_of=None, by=audit.auditor_id, at=now())


def _blind(council: Council) -> Moderation:
    """One that `other_head` moderates blind, before the first grades (M3)."""
    audit = a_submitted_audit(council, case="100003", auditor="auditor")
    chosen(audit, blind=True)
    head = db.session.get_one(Person, council.people["other_head"])
    moderation = services.start(audit, head, by=head.id, at=now())
    if not moderation.hidden:
        raise AssertionError("the moderation is to be blind")
    return moderation


def _returned(council: Council) -> tuple[Audit, UUID]:
    """One that `other_head` returned, with a comment that waits for its answer (M6)."""
    moderation = taken(council, case="100003")
    services.send_back(
        moderation, pins=[Pin("Say when.")], feedback="Clear.", by=moderation.moderator_id, at=now()
    )
    query = select(PinnedComment.id).where(PinnedComment.audit_id == moderation.audit_id)
    return moderation.audit, db.session.scalars(query).one()


def _sessions(council: Council, world: ModerationWorld) -> None:
    at, lead = now(), council.people["qa_lead"]
    opened = a_draft(council, title="Open", at=at)
    deadline = london_date(at) + timedelta(days=9)
    calibration.invite(opened, ids(council, "auditor", "other_head"), deadline, by=lead, at=at)
    calibration.open_session(opened, by=lead, at=at)
    _put(world, ON_AN_OPEN_SESSION, session_id=opened.id)
    _put(world, ON_A_CLOSED_SESSION, session_id=a_closed_one(council).id)
    world.arguments["session_id"] = a_draft(council, title="Draft", at=at).id


def _odds_and_ends(council: Council, world: ModerationWorld, audit: Audit) -> None:
    """The social worker's absence, and a waiver for `head`."""
    people, at = council.people, now()
    day = london_date(at) + timedelta(days=7)
    absence = Absence(
        person_id=people["worker"], first_on=day, last_on=day, noted_by=people["qa_lead"],
        noted_at=at,
    )  # fmt: skip
    waiver = ModerationWaiver(
        audit_id=audit.id, moderator_id=people["head"], bars=["is the auditor's line manager"],
        reason="Nobody else is there.", granted_by=people["director"], granted_at=at,
    )  # fmt: skip
    db.session.add_all([absence, waiver])
    db.session.flush()
    world.arguments["absence_id"] = absence.id
    _put(world, ("moderation.end_moderation_waiver",), waiver_id=waiver.id)
