"""The safety route in hours, the ladder of actions, e-mail gathered and passed on (E1, E6)."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from qa_app.migrations.sqlite import rewrite_table

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PARTIES = "party IN ('auditor', 'co_auditor', 'social_worker', 'team_manager', 'iro', 'chair', 'decision_maker', 'blind_moderator', 'moderator', 'owner', 'verifier', 'raiser', 'told', 'invited'{})"
_WITH_PARTIES = ("audit_party", "action_party", "contribution", "fact_check", "conversation_guest")


def _columns() -> dict[str, list[sa.Column[Any]]]:
    return {
        "concern": [
            sa.Column("about_adult", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("strategy_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("strategy_outcome", sa.Text(), nullable=False, server_default=""),
        ],
        "notice": [
            sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("sent_with", sa.Uuid(), nullable=True),
            sa.Column("passed_on_at", sa.DateTime(timezone=True), nullable=True),
        ],
    }


def _change_parties(*, forwards: bool) -> None:
    old, new = _PARTIES.format(""), _PARTIES.format(", 'implicated'")
    if not forwards:
        old, new = new, old
    for table in _WITH_PARTIES:
        if op.get_bind().dialect.name == "sqlite":
            rewrite_table(table, {old: new})
            continue
        name = op.f(f"ck_{table}_party_known")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, new)


def _concern_tables() -> None:
    op.create_table(
        "concern_referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("concern_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("told_whom", sa.String(length=200), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('designated_officer', 'other_authority', 'mash')",
            name=op.f("ck_concern_referral_kind_known"),
        ),
        sa.CheckConstraint(
            "(told_at IS NULL) = (told_whom = '')", name=op.f("ck_concern_referral_told_is_whole")
        ),
        sa.ForeignKeyConstraint(
            ["concern_id"], ["concern.id"], name=op.f("fk_concern_referral_concern_id_concern")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["person.id"], name=op.f("fk_concern_referral_noted_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_referral")),
        sa.UniqueConstraint("concern_id", "kind", name=op.f("uq_concern_referral_concern_id_kind")),
    )
    op.create_table(
        "concern_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("concern_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["concern_id"], ["concern.id"], name=op.f("fk_concern_step_concern_id_concern")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_step")),
        sa.UniqueConstraint("concern_id", "step", name=op.f("uq_concern_step_concern_id_step")),
    )


def upgrade() -> None:
    """Bring the tables to this revision."""
    _concern_tables()
    op.create_table(
        "ladder_taken",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_ladder_taken_action_id_action")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_taken")),
        sa.UniqueConstraint(
            "action_id", "due_on", "step", name=op.f("uq_ladder_taken_action_id_due_on_step")
        ),
    )
    op.create_index(op.f("ix_ladder_taken_at"), "ladder_taken", ["at"], unique=False)
    op.create_table(
        "mail_choice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("daily", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mail_choice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_choice")),
    )
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    op.create_index(op.f("ix_notice_sent_with"), "notice", ["sent_with"], unique=False)
    _change_parties(forwards=True)


def downgrade() -> None:
    """Take the tables back to the revision before."""
    for table in ("audit_party", "action_party"):
        op.execute(f"DELETE FROM {table} WHERE party = 'implicated'")  # noqa: S608 -- our own words
    _change_parties(forwards=False)
    op.drop_index(op.f("ix_notice_sent_with"), "notice")
    for table, columns in _columns().items():
        for column in columns:
            # SQLite and PostgreSQL both know this statement; batch mode would lose the CHECKs.
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")
    op.drop_table("mail_choice")
    op.drop_index(op.f("ix_ladder_taken_at"), "ladder_taken")
    for table in ("ladder_taken", "concern_step", "concern_referral"):
        op.drop_table(table)
