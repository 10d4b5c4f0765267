"""Moderation: the choice, blind grades, answers, second moderators, amendments, calibration."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from qa_app.migrations.sqlite import rewrite_table

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_PARTIES = "party IN ('auditor', 'co_auditor', 'social_worker', 'team_manager', 'iro', 'chair', 'decision_maker', {}'moderator', 'owner', 'verifier', 'raiser', 'told'{})"
_PARTY_MORE = ("'blind_moderator', ", ", 'invited'")
_STATES = "state IN ('given', 'in_progress', 'awaiting_moderation', 'in_moderation', {}'returned', 'final', 'withdrawn')"
_SUBMITTED = (
    "state NOT IN ('awaiting_moderation', 'in_moderation', {}'final') OR completed_on IS NOT NULL"
)
_LATER_STATES = ("'in_discussion', 'awaiting_second', 'in_second_moderation', ",)
_SOURCES = "source IN ('auditor', {}'moderator', 'second_moderator', 'final')"
# (table, constraint): what it says, and what comes in between.
_CHECKS = {
    **{
        (table, f"ck_{table}_party_known"): (_PARTIES, _PARTY_MORE)
        for table in (
            "audit_party", "action_party", "contribution", "fact_check", "conversation_guest",
        )
    },
    ("audit", "ck_audit_state_known"): (_STATES, _LATER_STATES),
    ("audit", "ck_audit_submitted_has_its_day"): (_SUBMITTED, _LATER_STATES),
    ("grade", "ck_grade_source_known"): (_SOURCES, ("'moderator_blind', ",)),
}  # fmt: skip
_NEW_CHECKS = {
    "ck_moderation_stage_known": "stage IN ('first', 'second')",
    "ck_moderation_answer_known": "answer IN ('accepted', 'disagreed', 'no_reply')",
    "ck_moderation_answered_is_whole": "(answered_at IS NULL) = (answer IS NULL)",
}
_APPEND_ONLY = "rows of {} are never changed or deleted"


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("stage", sa.String(length=40), nullable=False, server_default="first"),
        sa.Column("blind_sections", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("draft_version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("draft_saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(length=40), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
    ]


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _change_checks(*, forwards: bool) -> None:
    changes: dict[str, dict[str, str]] = {}
    for (table, name), (check, between) in _CHECKS.items():
        without, whole = check.format("", ""), check.format(*between, "")
        old, new = (without, whole) if forwards else (whole, without)
        changes.setdefault(table, {})[old] = new
        if not _is_sqlite():
            op.drop_constraint(op.f(name), table, type_="check")
            op.create_check_constraint(op.f(name), table, new)
    if _is_sqlite():
        for table, replacements in changes.items():
            rewrite_table(table, replacements)


def _change_moderation(*, forwards: bool) -> None:
    """The new columns of `moderation`, and what is asked of them."""
    if forwards:
        for column in _columns():
            op.add_column("moderation", column)
    if _is_sqlite():
        first = "CONSTRAINT ck_moderation_mode_known CHECK (mode IN ('sighted', 'blind'))"
        more = "".join(
            f", CONSTRAINT {name} CHECK ({check})" for name, check in _NEW_CHECKS.items()
        )
        before, after = (first, first + more) if forwards else (first + more, first)
        rewrite_table("moderation", {before: after})
    else:
        for name, check in _NEW_CHECKS.items():
            if forwards:
                op.create_check_constraint(op.f(name), "moderation", check)
            else:
                op.drop_constraint(op.f(name), "moderation", type_="check")
    if not forwards:
        for column in _columns():
            # SQLite and PostgreSQL both know this statement; batch mode would lose the CHECKs.
            op.execute(f"ALTER TABLE moderation DROP COLUMN {column.name}")


def _protect_amendments() -> None:
    """M8: the database refuses to change or delete an amendment."""
    if not _is_sqlite():
        op.execute(
            "CREATE TRIGGER amendment_append_only BEFORE UPDATE OR DELETE ON amendment "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for what in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER amendment_no_{what} BEFORE {what} ON amendment "
            f"BEGIN SELECT RAISE(ABORT, '{_APPEND_ONLY.format('amendment')}'); END"
        )


def _let_blind_grades_go() -> None:
    """The older tables know no such grades: they go, and with them what refuses it meanwhile."""
    delete = "DELETE FROM grade WHERE source = 'moderator_blind'"
    if not _is_sqlite():
        op.execute("ALTER TABLE grade DISABLE TRIGGER grade_append_only")
        op.execute(delete)
        op.execute("ALTER TABLE grade ENABLE TRIGGER grade_append_only")
        return
    op.execute("DROP TRIGGER grade_no_delete")
    op.execute(delete)
    op.execute(
        "CREATE TRIGGER grade_no_delete BEFORE delete ON grade "
        f"BEGIN SELECT RAISE(ABORT, '{_APPEND_ONLY.format('grade')}'); END"
    )


def _keep_what_the_older_tables_hold() -> None:
    """An audit that waits for an answer or a second moderator waits for moderation again."""
    op.execute("UPDATE moderation SET state = 'released' WHERE state = 'open' AND stage = 'second'")
    op.execute(
        "UPDATE audit SET state = 'awaiting_moderation' WHERE state IN "
        "('in_discussion', 'awaiting_second', 'in_second_moderation')"
    )
    op.execute("UPDATE audit_party SET party = 'moderator' WHERE party = 'blind_moderator'")
    _let_blind_grades_go()


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "moderation_seed",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_moderation_seed")),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=True),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "deputy_id IS NULL OR deputy_id <> person_id", name=op.f("ck_absence_deputy_is_another")
        ),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_absence_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["deputy_id"], ["person.id"], name=op.f("fk_absence_deputy_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["person.id"], name=op.f("fk_absence_noted_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_absence_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_deputy_id"), ["deputy_id"], unique=False)
        batch_op.create_index(
            "ix_absence_person_id_last_on", ["person_id", "last_on"], unique=False
        )

    op.create_table(
        "calibration_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("gold", sa.Boolean(), nullable=False),
        sa.Column("tool_version_id", sa.Uuid(), nullable=False),
        sa.Column("plan_type", sa.String(length=40), nullable=False),
        sa.Column("file", sa.JSON(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed", sa.JSON(), nullable=False),
        sa.Column("agreed_why", sa.Text(), nullable=False),
        sa.Column("learnt", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)",
            name=op.f("ck_calibration_session_closed_has_its_time"),
        ),
        sa.CheckConstraint(
            "plan_type IN ('early_help', 'child_in_need', 'child_protection', 'child_in_care', 'care_experienced', 'private_fostering', 'fostering_household')",
            name=op.f("ck_calibration_session_plan_type_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'closed')", name=op.f("ck_calibration_session_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_calibration_session_made_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["tool_version_id"],
            ["tool_version.id"],
            name=op.f("fk_calibration_session_tool_version_id_tool_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_session")),
    )
    op.create_table(
        "calibration_invite",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("invited", sa.Boolean(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calibration_invite_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["calibration_session.id"],
            name=op.f("fk_calibration_invite_session_id_calibration_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_invite")),
        sa.UniqueConstraint(
            "session_id", "person_id", name=op.f("uq_calibration_invite_session_id_person_id")
        ),
    )
    with op.batch_alter_table("calibration_invite", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_calibration_invite_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "amendment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=100), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_amendment_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_amendment_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
    )
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_amendment_audit_id_field", ["audit_id", "field", "at"], unique=False
        )

    op.create_table(
        "calibration_grade",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invite_id", sa.Uuid(), nullable=False),
        sa.Column("section_code", sa.String(length=60), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "grade IN ('outstanding', 'good', 'requires_improvement', 'inadequate')",
            name=op.f("ck_calibration_grade_grade_known"),
        ),
        sa.ForeignKeyConstraint(
            ["invite_id"],
            ["calibration_invite.id"],
            name=op.f("fk_calibration_grade_invite_id_calibration_invite"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_grade")),
        sa.UniqueConstraint(
            "invite_id", "section_code", name=op.f("uq_calibration_grade_invite_id_section_code")
        ),
    )
    op.create_table(
        "moderation_choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("selected", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("blind_share", sa.Integer(), nullable=False),
        sa.Column("blind_ticket", sa.Integer(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("sighted_reason", sa.String(length=400), nullable=False),
        sa.Column("sighted_by", sa.Uuid(), nullable=True),
        sa.Column("sighted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reason IN ('all', 'concern', 'inadequate', 'outstanding', 'first_audits', 'returned', 'chosen', 'not_chosen')",
            name=op.f("ck_moderation_choice_reason_known"),
        ),
        sa.CheckConstraint(
            "(sighted_at IS NULL) = (sighted_by IS NULL)",
            name=op.f("ck_moderation_choice_sighted_is_whole"),
        ),
        sa.CheckConstraint(
            "blind_ticket BETWEEN 0 AND 9999", name=op.f("ck_moderation_choice_blind_ticket_known")
        ),
        sa.CheckConstraint(
            "ticket BETWEEN 0 AND 9999", name=op.f("ck_moderation_choice_ticket_known")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_moderation_choice_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["month"],
            ["moderation_seed.month"],
            name=op.f("fk_moderation_choice_month_moderation_seed"),
        ),
        sa.ForeignKeyConstraint(
            ["sighted_by"], ["person.id"], name=op.f("fk_moderation_choice_sighted_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_choice")),
    )
    with op.batch_alter_table("moderation_choice", schema=None) as batch_op:
        batch_op.create_index("ix_moderation_choice_audit_id_at", ["audit_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_moderation_choice_month"), ["month"], unique=False)

    op.create_table(
        "moderation_meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("arranged_by", sa.Uuid(), nullable=False),
        sa.Column("arranged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_moderation_meeting_minutes_positive")),
        sa.ForeignKeyConstraint(
            ["arranged_by"], ["person.id"], name=op.f("fk_moderation_meeting_arranged_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_moderation_meeting_audit_id_audit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_meeting")),
    )
    with op.batch_alter_table("moderation_meeting", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_moderation_meeting_audit_id"), ["audit_id"], unique=False
        )
        batch_op.create_index(
            "uq_moderation_meeting_standing",
            ["audit_id"],
            unique=True,
            sqlite_where=sa.text("cancelled_at IS NULL"),
            postgresql_where=sa.text("cancelled_at IS NULL"),
        )

    op.create_table(
        "moderation_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_moderation_message_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["by"], ["person.id"], name=op.f("fk_moderation_message_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_message")),
    )
    with op.batch_alter_table("moderation_message", schema=None) as batch_op:
        batch_op.create_index("ix_moderation_message_audit_id_at", ["audit_id", "at"], unique=False)

    op.create_table(
        "moderation_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "clock IN ('moderate', 'answer', 'second')", name=op.f("ck_moderation_step_clock_known")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_moderation_step_audit_id_audit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_step")),
        sa.UniqueConstraint(
            "audit_id",
            "clock",
            "due_on",
            "step",
            name=op.f("uq_moderation_step_audit_id_clock_due_on_step"),
        ),
    )
    op.create_table(
        "moderation_talk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("who", sa.String(length=400), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_moderation_talk_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["person.id"], name=op.f("fk_moderation_talk_noted_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_talk")),
    )
    with op.batch_alter_table("moderation_talk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_talk_audit_id"), ["audit_id"], unique=False)

    op.create_table(
        "moderation_waiver",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("bars", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "granted_by <> moderator_id", name=op.f("ck_moderation_waiver_not_for_oneself")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_moderation_waiver_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["person.id"], name=op.f("fk_moderation_waiver_granted_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["person.id"], name=op.f("fk_moderation_waiver_moderator_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_waiver")),
    )
    with op.batch_alter_table("moderation_waiver", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_moderation_waiver_audit_id"), ["audit_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_moderation_waiver_moderator_id"), ["moderator_id"], unique=False
        )
        batch_op.create_index(
            "uq_moderation_waiver_standing",
            ["audit_id", "moderator_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "moderator_given",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("outsider", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "NOT outsider OR reason <> ''", name=op.f("ck_moderator_given_outsider_has_a_reason")
        ),
        sa.CheckConstraint(
            "stage IN ('first', 'second')", name=op.f("ck_moderator_given_stage_known")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_moderator_given_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["person.id"], name=op.f("fk_moderator_given_given_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_moderator_given_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderator_given")),
    )
    with op.batch_alter_table("moderator_given", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderator_given_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_moderator_given_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            "uq_moderator_given_standing",
            ["audit_id", "stage"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "pinned_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("section_code", sa.String(length=60), nullable=False),
        sa.Column("question_code", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pinned_by", sa.Uuid(), nullable=False),
        sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)",
            name=op.f("ck_pinned_comment_answered_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["person.id"], name=op.f("fk_pinned_comment_answered_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_pinned_comment_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["pinned_by"], ["person.id"], name=op.f("fk_pinned_comment_pinned_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pinned_comment")),
    )
    with op.batch_alter_table("pinned_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pinned_comment_audit_id"), ["audit_id"], unique=False)

    op.create_table(
        "moderation_reply",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("moderation_id", sa.Uuid(), nullable=False),
        sa.Column("section_code", sa.String(length=60), nullable=False),
        sa.Column("accepts", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_moderation_reply_by_person")),
        sa.ForeignKeyConstraint(
            ["moderation_id"],
            ["moderation.id"],
            name=op.f("fk_moderation_reply_moderation_id_moderation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_reply")),
        sa.UniqueConstraint(
            "moderation_id",
            "section_code",
            name=op.f("uq_moderation_reply_moderation_id_section_code"),
        ),
    )

    _protect_amendments()
    _change_moderation(forwards=True)
    _change_checks(forwards=True)


def downgrade() -> None:
    """Take the tables back to the revision before."""
    _keep_what_the_older_tables_hold()
    _change_checks(forwards=False)
    _change_moderation(forwards=False)
    op.drop_table("moderation_reply")
    with op.batch_alter_table("pinned_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pinned_comment_audit_id"))

    op.drop_table("pinned_comment")
    with op.batch_alter_table("moderator_given", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_moderator_given_standing",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_moderator_given_person_id"))
        batch_op.drop_index(batch_op.f("ix_moderator_given_audit_id"))

    op.drop_table("moderator_given")
    with op.batch_alter_table("moderation_waiver", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_moderation_waiver_standing",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_moderation_waiver_moderator_id"))
        batch_op.drop_index(batch_op.f("ix_moderation_waiver_audit_id"))

    op.drop_table("moderation_waiver")
    with op.batch_alter_table("moderation_talk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_talk_audit_id"))

    op.drop_table("moderation_talk")
    op.drop_table("moderation_step")
    with op.batch_alter_table("moderation_message", schema=None) as batch_op:
        batch_op.drop_index("ix_moderation_message_audit_id_at")

    op.drop_table("moderation_message")
    with op.batch_alter_table("moderation_meeting", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_moderation_meeting_standing",
            sqlite_where=sa.text("cancelled_at IS NULL"),
            postgresql_where=sa.text("cancelled_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_moderation_meeting_audit_id"))

    op.drop_table("moderation_meeting")
    with op.batch_alter_table("moderation_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_choice_month"))
        batch_op.drop_index("ix_moderation_choice_audit_id_at")

    op.drop_table("moderation_choice")
    op.drop_table("calibration_grade")
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.drop_index("ix_amendment_audit_id_field")

    op.drop_table("amendment")
    with op.batch_alter_table("calibration_invite", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calibration_invite_person_id"))

    op.drop_table("calibration_invite")
    op.drop_table("calibration_session")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index("ix_absence_person_id_last_on")
        batch_op.drop_index(batch_op.f("ix_absence_deputy_id"))

    op.drop_table("absence")
    op.drop_table("moderation_seed")
