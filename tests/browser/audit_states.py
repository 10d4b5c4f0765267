"""An audit in each state that it can be in, with something of all that can be on its pages."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import Account, Person
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, Finding, TextVersion
from qa_app.audits.queries.amending import amendable
from qa_app.audits.queries.facts import checks_of
from qa_app.audits.services import Pin, Point
from qa_app.audits.services.conversations import Invitation, invite
from qa_app.audits.services.thanking import thank
from qa_app.cases.models import Case
from qa_app.database import db, now
from qa_app.domain.answers import ContributionKind, FindingAbout, FindingKind
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import Grade, PlanType
from qa_app.moderation import services as moderation
from qa_app.moderation.models import Moderation
from qa_app.standards.models import Theme, ToolVersion
from tests.audits.making import Writer, nothing_to_correct, whole_answers
from tests.audits.moving import a_partner, share, share_outside
from tests.audits.with_tools import given_with, small_tool
from tests.council import Council

AUDITOR, SECOND, PARTNER, MODERATOR = "other_auditor", "iro", "partner", "review_head"
LONG = "A word without an end: " + "m" * 300
STATES = (
    "empty", "half", "joint", "waiting", "moderating", "returned", "withdrawn", "final",
)  # fmt: skip


@dataclass
class Rooms:
    """Ids by state, and of what stands on the audits."""

    audits: dict[str, UUID] = field(default_factory=dict)
    concern_id: UUID | None = None
    finding_id: UUID | None = None
    version_id: UUID | None = None


def audits_of_every_state(council: Council) -> Rooms:
    """Add them (the caller saves)."""
    rooms = Rooms()
    tool = small_tool(graded=True, voices=True, gates=True, moderated=True)
    made = {name: _given(council, tool, number) for number, name in enumerate(STATES)}
    rooms.audits = {name: audit.id for name, audit in made.items()}
    _half(council, made["half"], rooms)
    _joint(council, made["joint"])
    for name in ("waiting", "moderating", "returned", "final"):
        _sent(council, made[name], checked=name != "waiting")
    _one_point(council, made["waiting"])
    _take(council, made["moderating"])
    taken = _take(council, made["returned"])
    by = council.people[MODERATOR]
    pins = [
        Pin("How is it known? " + LONG, "plan"),
        Pin("When? " + LONG, "plan", "plan.else"),
    ]
    moderation.send_back(taken, pins=pins, feedback="Clearly written.", by=by, at=now())
    _one_answer(council, made["returned"])
    services.withdraw(
        made["withdrawn"], "The case was closed.", by=council.people["qa_lead"], at=now()
    )
    rooms.concern_id = _final(council, made["final"])
    return rooms


def _given(council: Council, tool: ToolVersion, number: int) -> Audit:
    today = london_date(now())
    case = Case(
        reference=f"20000{number}",
        plan_type=PlanType.CHILD_PROTECTION,
        family_reference=f"F2{number}",
        age_band="5 to 9",
        team_id=council.teams["SAFE1"],
        worker_id=council.people["worker"],
        opened_on=today - timedelta(days=400),
        as_at=today,
    )
    db.session.add(case)
    db.session.flush()
    council.cases[case.reference] = case.id
    return given_with(council, tool, case=case.reference, auditor=AUDITOR, at=now())


def _half(council: Council, audit: Audit, rooms: Rooms) -> None:
    """Half of everything, by two auditors, with a conversation to come and a name left in."""
    share(council, audit, SECOND)
    write = Writer(audit, council.people[AUDITOR], now())
    answers = whole_answers(audit)
    half = {name: value for number, (name, value) in enumerate(answers.items()) if number % 2}
    write(half | {"plan.evidence": "Mr Brown was seen in May. " + LONG})
    write({"plan.evidence": "Mr Brown was seen in May and June. " + LONG})
    rooms.finding_id = _findings(audit, council.people[AUDITOR])
    rooms.version_id = db.session.scalars(select(TextVersion.id)).first()
    asked = frozenset({council.people["worker"], council.people["manager"]})
    starts = now() + timedelta(days=3)
    place = "Room 4, " + "m" * 60
    invite(audit, Invitation(starts, 45, place, asked), by=council.people[AUDITOR], at=now())
    worker = council.people["worker"]
    services.send_contribution(audit, kind=ContributionKind.VIEW, text=LONG, by=worker, at=now())
    thank(audit, worker, "You asked three times.", by=council.people[AUDITOR], at=now())


def _joint(council: Council, audit: Audit) -> None:
    """Shared with somebody of a partner agency, who has the password of everybody here."""
    who = share_outside(council, audit, a_partner(f"{PARTNER}@example.test"))
    others = select(Account).where(Account.password_hash.is_not(None))
    account = db.session.scalars(select(Account).where(Account.person_id == who)).one()
    account.password_hash = db.session.scalars(others).first().password_hash
    account.password_set_at = now()
    Writer(audit, council.people[AUDITOR], now())({"plan.evidence": "Begun."})


def _findings(audit: Audit, by: UUID) -> UUID:
    theme, section = db.session.query(Theme).first(), Draft(audit).sections[0]
    for kind in FindingKind:
        services.add_finding(
            audit,
            kind=kind,
            text=f"A {kind.value}. {LONG}",
            theme_id=theme.id,
            section_id=section.id,
            about=FindingAbout.PRACTICE,
            by=by,
            at=now(),
        )
    return db.session.scalars(select(Finding.id).where(Finding.audit_id == audit.id)).first()


def _sent(council: Council, audit: Audit, *, checked: bool) -> None:
    by = council.people[AUDITOR]
    Writer(audit, by, now())(whole_answers(audit))
    _findings(audit, by)
    services.submit(audit, by=by, at=now())
    if checked:
        nothing_to_correct(audit, now())


def _one_point(council: Council, audit: Audit) -> None:
    """The worker has found a fact that is not right; the manager has not answered yet."""
    assert len(checks_of(audit)) == 2
    points = [Point("plan", "The visit was on 3 May. " + LONG)]
    services.answer_check(audit, points=points, by=council.people["worker"], at=now())


def _one_answer(council: Council, audit: Audit) -> None:
    """One of the two things asked by the moderator is answered (M6)."""
    assert len(Draft(audit).open_comments) == 2
    comment = Draft(audit).open_comments[0]
    by = council.people[AUDITOR]
    services.answer_comment(audit, comment.id, text="It is in the note. " + LONG, by=by, at=now())


def _take(council: Council, audit: Audit) -> Moderation:
    head = db.session.get_one(Person, council.people[MODERATOR])
    return moderation.start(audit, head, by=head.id, at=now())


def _final(council: Council, audit: Audit) -> UUID:
    """Moderated and final, with a reply and a concern that is followed."""
    head, manager = council.people[MODERATOR], council.people["manager"]
    kind = ContributionKind.REPLY
    services.send_contribution(audit, kind=kind, text="We agree. " + LONG, by=manager, at=now())
    concern = services.raise_concern(
        audit, worry="Seen with bruises. " + LONG, siblings="", by=council.people[AUDITOR], at=now()
    )
    taken = _take(council, audit)
    sections = {each.code: moderation.GradeGiven(Grade.GOOD) for each in Draft(audit).sections}
    grades = sections | {"overall": moderation.GradeGiven(Grade.GOOD)}
    moderation.commit(
        taken, grades, opened_record=True, feedback="Exact evidence.", by=head, at=now()
    )
    amend(council, audit, {"grade.overall": "outstanding", "text.plan.evidence": LONG})
    return concern.id


def amend(council: Council, audit: Audit, changes: dict[str, str]) -> None:
    """Amended since it was final: a grade and a text (M8)."""
    for name, new in changes.items():
        stands = next(each.stands for each in amendable(audit) if each.field == name)
        by = council.people["qa_lead"]
        services.amend(audit, name, new, shown=stands, reason=LONG, by=by, at=now())
