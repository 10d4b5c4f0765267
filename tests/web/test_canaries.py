"""AZ-4, I2: a word planted in every text column of one audit, its concern, action and moderation
is found by nobody who may not see it, on no page, search or export."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import String, Text, insert, select, update

from qa_app.accounts.models import Team
from qa_app.audits.models import (
    Amendment,
    AuditParty,
    AuditText,
    Concern,
    ConcernReferral,
    Contribution,
    Conversation,
    FactCheck,
    FactPoint,
    Finding,
    GradeRow,
    ImprovementPlan,
    LimitOverride,
    PinnedComment,
    PutRight,
    ReAudit,
    ReAuditAnswer,
    ReferralTo,
    TextVersion,
    Thanks,
    Voice,
)
from qa_app.database import db, now, saving
from qa_app.domain.answers import ContributionKind, FindingAbout, FindingKind, VoiceOf
from qa_app.domain.grades import LimitingRule
from qa_app.domain.permissions import Party
from qa_app.extensions import Base
from qa_app.moderation import services as moderation
from qa_app.moderation.models import (
    Moderation,
    ModerationMeeting,
    ModerationMessage,
    ModerationReply,
    ModerationStage,
    ModerationTalk,
    ModerationWaiver,
    ModeratorGiven,
)
from qa_app.standards.models import Section, Theme
from qa_app.tracker.models import Action, DueDateChange, OtherLadder, OtherLadderKind
from tests.web.access_matrix import World, build_world, routes
from tests.web.filling import crawl, marked

OF_THE_AUDIT = ("audit", "audit_text", "audit_party", "finding", "voice", "limit_override", "grade")
OF_THE_CONCERN = ("concern", "concern_told", "concern_referral")
OF_THE_ACTION = ("action", "action_step", "due_date_change", "other_ladder")
OF_WHAT_FOLLOWS = ("improvement_plan", "re_audit")
OF_THE_MODERATION = (
    "moderation", "moderation_reply", "moderation_message", "moderation_meeting",
    "moderation_talk", "moderator_given", "moderation_waiver", "pinned_comment", "amendment",
)  # fmt: skip
OF_IT_TOGETHER = ("text_version", "contribution", "conversation", "thanks", "fact_point")
TABLES = (
    *OF_THE_AUDIT, *OF_IT_TOGETHER, *OF_THE_CONCERN, *OF_THE_ACTION, *OF_THE_MODERATION,
    *OF_WHAT_FOLLOWS,
)  # fmt: skip
# Machine values: a hash, the name of a box, what makes a retry the same action, a reason's code.
NOT_WORDS = {
    "salt", "import_hash", "source_key", "field", "reason_code", "section_code", "question_code",
}  # fmt: skip
MONTHS = "from=2024-01&to=2026-11"


def _text_columns(table: str) -> list[str]:
    columns = Base.metadata.tables[table].columns
    return [
        column.name
        for column in columns
        if isinstance(column.type, String | Text) and column.name not in NOT_WORDS
    ]


class Planted:
    """A word for each text column of each table, in the rows of the world's audit."""

    def __init__(self, world: World) -> None:
        self.audit_id = UUID(str(world.arguments["audit_id"]))
        self.waiting_id = world.waiting_id
        self.words: dict[tuple[str, str], str] = {}
        self.ids = {
            "audit": {self.audit_id},
            "concern": {UUID(str(world.arguments["concern_id"]))},
            "action": {UUID(str(world.arguments["action_id"]))},
            "moderation": {UUID(str(world.arguments["moderation_id"]))},
        }

    def of(self, *tables: str) -> list[str]:
        """The words of these tables."""
        return [word for (table, _), word in self.words.items() if table in tables]

    def plant(self) -> None:
        self._add_rows()
        for table in TABLES:
            columns = _text_columns(table)
            words = {name: f"canary{uuid4().hex[:12]}" for name in columns}
            self.words |= {(table, name): word for name, word in words.items()}
            self._write(table, words)
        # What the moderator has typed and not committed is theirs alone.
        self.words["moderation", "draft"] = word = f"canary{uuid4().hex[:12]}"
        taken = db.session.get_one(Moderation, next(iter(self.ids["moderation"])))
        taken.draft, taken.draft_version = {"feedback": word}, 1

    def _write(self, table: str, words: dict[str, str]) -> None:
        rows = Base.metadata.tables[table]
        if table == "grade":
            # Grades are only ever added (M7).
            row = {"id": uuid4(), "audit_id": self.audit_id, "source": "auditor", "grade": "good"}
            db.session.execute(insert(GradeRow).values(**row, at=now(), **words))
            return
        if table == "amendment":
            # Amendments too (M8).
            told = {"field": "text.overall.rationale", "by": self.auditor_id, "at": now()}
            db.session.add(Amendment(audit_id=self.audit_id, **told, **words))
            return
        if table == "re_audit":
            called_off = rows.c.first_audit_id == self.audit_id
            db.session.execute(update(rows).where(called_off).values(**words))
            return
        if table == "fact_point":
            checks = select(FactCheck.id).where(FactCheck.audit_id == self.audit_id)
            db.session.execute(
                update(FactPoint).where(FactPoint.check_id.in_(checks)).values(**words)
            )
            return
        own = next(
            key
            for key in ("action", "concern", "audit", "moderation")
            if f"{key}_id" in rows.columns or key == table
        )
        column = rows.c.id if own == table else rows.c[f"{own}_id"]
        found = db.session.execute(select(rows.c.id).where(column.in_(self.ids[own]))).all()
        assert found, f"plant a row of {table}"
        for row in found:
            db.session.execute(update(rows).where(rows.c.id == row.id).values(**words))
            # A reference and the like are one of a kind: the others keep their own.
            if {"reference", "source_key"} & words.keys():
                break

    def _add_rows(self) -> None:
        at, audit_id = now(), self.audit_id
        section = db.session.scalars(select(Section.id)).first()
        theme = db.session.scalars(select(Theme.id)).first()
        action = db.session.get_one(Action, next(iter(self.ids["action"])))
        assert action.due_on
        db.session.add_all(
            [
                Finding(
                    audit_id=audit_id, kind=FindingKind.STRENGTH, text="", theme_id=theme,
                    section_id=section, about=FindingAbout.PRACTICE, added_at=at,
                ),
                Voice(audit_id=audit_id, voice_of=VoiceOf.CHILD, said="", why_not="", saved_at=at),
                LimitOverride(audit_id=audit_id, rule=LimitingRule.A, reason="", saved_at=at),
                AuditText(
                    audit_id=audit_id, field="overall.why_not_above", text="", salt="0" * 32,
                    saved_at=at, saved_by=action.auditor_id,
                ),
                DueDateChange(
                    action_id=action.id, at=at, by=action.auditor_id, old_due_on=action.due_on,
                    new_due_on=action.due_on, reason="",
                ),
            ]
        )  # fmt: skip
        action.audit_id = audit_id
        self.auditor_id = action.auditor_id
        self._add_what_follows(action, section, at)
        self._add_what_is_said(action.auditor_id, at)
        self._add_what_moderation_leaves(action.auditor_id, at)
        concern = db.session.get_one(Concern, next(iter(self.ids["concern"])))
        concern.telephoned_at, concern.telephoned_whom = at, "Somebody"
        db.session.add(
            ConcernReferral(
                concern_id=concern.id, kind=ReferralTo.OTHER_AUTHORITY, due_on=at.date(),
                told_at=at, told_whom="Somebody", noted_by=action.auditor_id,
            )
        )  # fmt: skip
        db.session.flush()

    def _add_what_follows(self, action: Action, section: UUID | None, at: datetime) -> None:
        """A plan that was closed, a re-audit called off, an answer of another, another ladder."""
        by = action.auditor_id
        again = ReAudit(
            first_audit_id=self.waiting_id, audit_id=self.audit_id, due_on=at.date(),
            decided_at=at, decided_by=by,
        )  # fmt: skip
        db.session.add_all(
            [
                ImprovementPlan(
                    audit_id=self.audit_id, due_on=at.date(), aims="", agreed_at=at, agreed_by=by,
                    closed_at=at, closed_by=by, outcome="-",
                ),
                ReAudit(
                    first_audit_id=self.audit_id, due_on=at.date(), reason="-", decided_at=at,
                    decided_by=by,
                ),
                ReAuditAnswer(
                    re_audit=again, section_id=section, answer=PutRight.PARTLY, by=by, at=at
                ),
                OtherLadder(
                    action_id=action.id, kind=OtherLadderKind.PARTNERSHIP, reference="", rung=2,
                    noted_by=by, noted_at=at,
                ),
            ]
        )  # fmt: skip

    def _add_what_is_said(self, auditor_id: UUID | None, at: datetime) -> None:
        """An earlier text, a view, an invitation, thanks, and a fact that is said to be wrong."""
        query = select(AuditParty.person_id).where(
            AuditParty.audit_id == self.audit_id, AuditParty.party == Party.SOCIAL_WORKER
        )
        worker = db.session.scalars(query).first()
        assert worker is not None
        check = FactCheck(
            audit_id=self.audit_id, person_id=worker, party=Party.SOCIAL_WORKER, asked_at=at,
            due_on=at.date(), answered_at=at, agreed=False,
        )  # fmt: skip
        db.session.add_all(
            [
                FactPoint(check=check, says="", added_at=at),
                TextVersion(
                    audit_id=self.audit_id, field="overall.rationale", text="", version=1,
                    written_at=at, written_by=auditor_id, replaced_at=at, replaced_by=auditor_id,
                ),
                Contribution(
                    audit_id=self.audit_id, person_id=worker, party=Party.SOCIAL_WORKER,
                    kind=ContributionKind.VIEW, text="", saved_at=at, signed_at=at,
                ),
                Conversation(
                    audit_id=self.audit_id, starts_at=at, minutes=30, place="",
                    invited_by=auditor_id, invited_at=at,
                ),
                Thanks(
                    audit_id=self.audit_id, from_id=auditor_id, to_id=worker, text="", sent_at=at
                ),
            ]
        )  # fmt: skip

    def _add_what_moderation_leaves(self, auditor_id: UUID | None, at: datetime) -> None:
        """An answer, a message, a meeting, a talk, a comment, and who was given or allowed it."""
        moderation_id = next(iter(self.ids["moderation"]))
        taken = db.session.get_one(Moderation, moderation_id)
        of_it = {"audit_id": self.audit_id}
        db.session.add_all(
            [
                ModerationReply(
                    moderation_id=moderation_id, section_code="risk", accepts=False, words="",
                    by=auditor_id, at=at,
                ),
                ModerationMessage(**of_it, by=auditor_id, text="", at=at),
                ModerationMeeting(
                    **of_it, starts_at=at, minutes=30, place="", arranged_by=auditor_id,
                    arranged_at=at,
                ),
                ModerationTalk(**of_it, on=at.date(), who="", noted_by=auditor_id, noted_at=at),
                ModeratorGiven(
                    **of_it, stage=ModerationStage.FIRST, person_id=taken.moderator_id, reason="",
                    given_by=auditor_id, given_at=at,
                ),
                ModerationWaiver(
                    **of_it, moderator_id=taken.moderator_id, bars=["is too close"], reason="",
                    granted_by=auditor_id, granted_at=at,
                ),
                PinnedComment(**of_it, text="", pinned_by=taken.moderator_id, pinned_at=at),
            ]
        )  # fmt: skip


@pytest.fixture
def world(app: Flask) -> World:
    return build_world(app)


@pytest.fixture
def planted(app: Flask, world: World) -> Planted:
    found = Planted(world)
    with app.app_context(), saving():
        found.plant()
    return found


def _addresses(world: World, planted: Planted) -> list[str]:
    pages = [
        world.path(endpoint, rule) for endpoint, method, rule in routes(world.app)
        if method == "GET"
    ]  # fmt: skip
    searched = [planted.words["audit", "reference"], planted.words["audit", "case_reference"],
                "100003", "A-2026"]  # fmt: skip
    with world.app.app_context():
        teams = [str(team) for team in db.session.scalars(select(Team.id))]
    return [
        *pages,
        *(f"/audits?q={word}" for word in searched),
        *(f"/audits?team={team}" for team in teams),
        *(f"/tracker/?team={team}&status=all" for team in teams),
        *(f"/programme/give?case={word}" for word in searched),
        f"/people?q={searched[0]}",
        f"/reports/measures?{MONTHS}",
        *(f"/reports/measures/download?{MONTHS}&format={each}" for each in ("csv", "xlsx")),
        *(
            f"/reports/measures/audits?{MONTHS}&month=2026-11&measure={measure}"
            for measure in ("MTM-1", "MTM-2", "MTM-3")
        ),
        f"/reports/measures/actions?{MONTHS}&month=2026-11",
    ]


def _found_by(world: World, person: str, planted: Planted, words: Iterable[str]) -> list[str]:
    wanted, found, answers = list(words), [], 0
    for answer in crawl(world.client(person), _addresses(world, planted)):
        answers += 1
        # What was searched for stands in the search box, and in the address to come back to.
        asked = answer.request.full_path
        found += [
            f"{asked}: {[key for key, value in planted.words.items() if value == word]}"
            for word in marked(answer, wanted)
            if word not in asked
        ]
    assert answers > 50, f"{person} got {answers} answers only"
    return found


# I2: administrators and viewers never; an auditor of another service, the chair of other children
# and a moderator of another service have no part in this audit.
@pytest.mark.parametrize(
    "person",
    ["viewer", "administrator", "other_auditor", "review_head"],
)
def test_nobody_outside_finds_a_word_of_it(world: World, planted: Planted, person: str) -> None:
    assert _found_by(world, person, planted, planted.of(*TABLES)) == []


def test_whoever_may_read_it_finds_the_words(world: World, planted: Planted) -> None:
    # Without this the tests above could pass for want of any page that shows anything.
    seen: set[str] = set()
    for answer in crawl(world.client("head"), _addresses(world, planted)):
        seen.update(marked(answer, planted.of(*TABLES)))
    unseen = {key for key, word in planted.words.items() if word not in seen}
    assert len(seen) >= 20, f"a reader does not see {sorted(unseen)}"


# I2: owners and verifiers of its actions see the action, not the audit.
def test_the_owner_of_an_action_sees_the_action_alone(
    app: Flask, world: World, planted: Planted
) -> None:
    with app.app_context(), saving():
        action = db.session.get_one(Action, next(iter(planted.ids["action"])))
        action.owner_id = _person(app, "other_auditor")
    own = planted.of(*OF_THE_ACTION)
    pinned = {planted.words["action", "audit_reference"], planted.words["action", "case_reference"]}
    others = [word for word in planted.words.values() if word not in {*own, *pinned}]
    assert _found_by(world, "other_auditor", planted, others) == []
    page = world.client("other_auditor").get(f"/tracker/{world.arguments['action_id']}")
    assert planted.words["action", "what"] in page.text


def _person(app: Flask, key: str) -> UUID:
    return db.session.execute(
        select(Base.metadata.tables["person"].c.id).where(
            Base.metadata.tables["person"].c.staff_id == f"S-{key}"
        )
    ).scalar_one()


# M2, I2: giving an audit back ends the right to read it.
def test_a_moderator_who_gave_it_back_reads_it_no_more(
    app: Flask, world: World, planted: Planted
) -> None:
    with app.app_context(), saving():
        taken = db.session.get_one(Moderation, UUID(str(world.arguments["moderation_id"])))
        assert taken.moderator_id is not None
        moderation.release(taken, by=taken.moderator_id, at=now())
    # It waits in the queue again, which says what it is called and whose child it is about.
    in_queue = {("audit", name) for name in ("reference", "case_reference", "team_name",
                                             "auditor_name")}  # fmt: skip
    words = [word for key, word in planted.words.items() if key not in in_queue]
    assert _found_by(world, "other_head", planted, words) == []


def test_no_draft_is_read_over_the_auditors_shoulder(app: Flask, world: World) -> None:
    # I2: until it is submitted an audit is its auditor's and the QA lead's.
    word = f"canary{uuid4().hex[:12]}"
    with app.app_context(), saving():
        db.session.add(
            AuditText(
                audit_id=world.draft_id, field="risk.impact", text=word, salt="0" * 32,
                saved_at=now(), saved_by=_person(app, "auditor"),
            )
        )  # fmt: skip
    for person in ("manager", "director"):
        client = world.client(person)
        paths = [world.path(endpoint, rule).replace(str(world.arguments["audit_id"]),
                 str(world.draft_id)) for endpoint, method, rule in routes(app)
                 if method == "GET"]  # fmt: skip
        assert [path for path in paths if marked(client.get(path), [word])] == [], person
    shown = world.client("auditor").get(f"/audits/{world.draft_id}/sections/risk")
    assert word in shown.text
