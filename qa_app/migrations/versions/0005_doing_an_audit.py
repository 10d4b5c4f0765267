"""Doing an audit: earlier versions of texts, facts checked, contributions, a second auditor."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from qa_app.migrations.sqlite import rewrite_table

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PARTIES = "party IN ('auditor', {}'social_worker', 'team_manager', 'iro', 'chair', 'decision_maker', 'moderator', 'owner', 'verifier', 'raiser', 'told')"
_SOURCES = "source IN ('extract', 'people_file', 'administrator', {}'demo')"
# (table, constraint): what it says, and what comes in between.
_CHECKS = {
    ("audit_party", "ck_audit_party_party_known"): (_PARTIES, "'co_auditor', "),
    ("action_party", "ck_action_party_party_known"): (_PARTIES, "'co_auditor', "),
    ("person", "ck_person_source_known"): (_SOURCES, "'partner', "),
}


def _columns() -> dict[str, list[sa.Column[Any]]]:
    return {
        "account": [sa.Column("ends_on", sa.Date(), nullable=True)],
        "audit": [
            sa.Column("facts_until", sa.Date(), nullable=True),
            sa.Column("facts_checked_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("record_noted_on", sa.Date(), nullable=True),
        ],
        "audit_text": [sa.Column("likeness", sa.String(length=64), nullable=True)],
        "person": [
            sa.Column("organisation", sa.String(length=200), nullable=False, server_default="")
        ],
        "voice": [
            sa.Column("in_confidence", sa.Boolean(), nullable=False, server_default=sa.false())
        ],
    }


def _add_columns() -> None:
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    op.create_index(op.f("ix_audit_text_likeness"), "audit_text", ["likeness"], unique=False)


def _drop_columns() -> None:
    op.drop_index(op.f("ix_audit_text_likeness"), "audit_text")
    for table, columns in _columns().items():
        for column in columns:
            # SQLite and PostgreSQL both know this statement; batch mode would lose the CHECKs.
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")


def _keep_what_the_older_tables_hold() -> None:
    """A partner becomes somebody whom an administrator added; a second auditor is let go."""
    op.execute("UPDATE person SET source = 'administrator' WHERE source = 'partner'")
    for table in ("audit_party", "action_party"):
        op.execute(f"DELETE FROM {table} WHERE party = 'co_auditor'")  # noqa: S608 -- our own words


def _change_checks(*, forwards: bool) -> None:
    for (table, name), (check, between) in _CHECKS.items():
        old, new = (
            check.format("" if forwards else between),
            check.format(between if forwards else ""),
        )
        if op.get_bind().dialect.name == "sqlite":
            rewrite_table(table, {old: new})
            continue
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, new)


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "contribution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('view', 'reply')", name=op.f("ck_contribution_kind_known")),
        sa.CheckConstraint(
            "party IN ('auditor', 'co_auditor', 'social_worker', 'team_manager', 'iro', 'chair', 'decision_maker', 'moderator', 'owner', 'verifier', 'raiser', 'told')",
            name=op.f("ck_contribution_party_known"),
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_contribution_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contribution_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint(
            "audit_id", "person_id", "kind", name=op.f("uq_contribution_audit_id_person_id_kind")
        ),
    )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contribution_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contribution_person_id"), ["person_id"], unique=False)

    op.create_table(
        "conversation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_conversation_minutes_positive")),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_conversation_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["person.id"], name=op.f("fk_conversation_invited_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversation_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index(
            "uq_conversation_standing",
            ["audit_id"],
            unique=True,
            sqlite_where=sa.text("cancelled_at IS NULL"),
            postgresql_where=sa.text("cancelled_at IS NULL"),
        )

    op.create_table(
        "fact_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "party IN ('auditor', 'co_auditor', 'social_worker', 'team_manager', 'iro', 'chair', 'decision_maker', 'moderator', 'owner', 'verifier', 'raiser', 'told')",
            name=op.f("ck_fact_check_party_known"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (agreed IS NULL)", name=op.f("ck_fact_check_answered_is_whole")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_fact_check_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_fact_check_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_check")),
        sa.UniqueConstraint("audit_id", "person_id", name=op.f("uq_fact_check_audit_id_person_id")),
    )
    with op.batch_alter_table("fact_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_check_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fact_check_person_id"), ["person_id"], unique=False)

    op.create_table(
        "identifier_cleared",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("cleared_by", sa.Uuid(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_identifier_cleared_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["cleared_by"], ["person.id"], name=op.f("fk_identifier_cleared_cleared_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifier_cleared")),
    )
    with op.batch_alter_table("identifier_cleared", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_identifier_cleared_audit_id"), ["audit_id"], unique=False
        )

    op.create_table(
        "text_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_text_version_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["person.id"], name=op.f("fk_text_version_replaced_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["person.id"], name=op.f("fk_text_version_written_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_version")),
    )
    with op.batch_alter_table("text_version", schema=None) as batch_op:
        batch_op.create_index(
            "ix_text_version_audit_id_field", ["audit_id", "field", "id"], unique=False
        )

    op.create_table(
        "thanks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_thanks_not_to_oneself")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_thanks_audit_id_audit")),
        sa.ForeignKeyConstraint(["from_id"], ["person.id"], name=op.f("fk_thanks_from_id_person")),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_thanks_to_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thanks")),
    )
    with op.batch_alter_table("thanks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thanks_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_thanks_to_id"), ["to_id"], unique=False)

    op.create_table(
        "conversation_guest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "party IN ('auditor', 'co_auditor', 'social_worker', 'team_manager', 'iro', 'chair', 'decision_maker', 'moderator', 'owner', 'verifier', 'raiser', 'told')",
            name=op.f("ck_conversation_guest_party_known"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_conversation_guest_conversation_id_conversation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_conversation_guest_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_guest")),
        sa.UniqueConstraint(
            "conversation_id",
            "person_id",
            name=op.f("uq_conversation_guest_conversation_id_person_id"),
        ),
    )
    with op.batch_alter_table("conversation_guest", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conversation_guest_conversation_id"), ["conversation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_conversation_guest_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "fact_point",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("section_code", sa.String(length=60), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=True),
        sa.Column("answer_text", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "answer IN ('corrected', 'stands')", name=op.f("ck_fact_point_answer_known")
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_fact_point_answered_is_whole")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["person.id"], name=op.f("fk_fact_point_answered_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["fact_check.id"], name=op.f("fk_fact_point_check_id_fact_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_point")),
    )
    with op.batch_alter_table("fact_point", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_point_check_id"), ["check_id"], unique=False)

    _add_columns()
    _change_checks(forwards=True)


def downgrade() -> None:
    """Take the tables back to the revision before."""
    _keep_what_the_older_tables_hold()
    _change_checks(forwards=False)
    _drop_columns()
    with op.batch_alter_table("fact_point", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fact_point_check_id"))

    op.drop_table("fact_point")
    with op.batch_alter_table("conversation_guest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conversation_guest_person_id"))
        batch_op.drop_index(batch_op.f("ix_conversation_guest_conversation_id"))

    op.drop_table("conversation_guest")
    with op.batch_alter_table("thanks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thanks_to_id"))
        batch_op.drop_index(batch_op.f("ix_thanks_audit_id"))

    op.drop_table("thanks")
    with op.batch_alter_table("text_version", schema=None) as batch_op:
        batch_op.drop_index("ix_text_version_audit_id_field")

    op.drop_table("text_version")
    with op.batch_alter_table("identifier_cleared", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identifier_cleared_audit_id"))

    op.drop_table("identifier_cleared")
    with op.batch_alter_table("fact_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fact_check_person_id"))
        batch_op.drop_index(batch_op.f("ix_fact_check_audit_id"))

    op.drop_table("fact_check")
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_conversation_standing",
            sqlite_where=sa.text("cancelled_at IS NULL"),
            postgresql_where=sa.text("cancelled_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_conversation_audit_id"))

    op.drop_table("conversation")
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contribution_person_id"))
        batch_op.drop_index(batch_op.f("ix_contribution_audit_id"))

    op.drop_table("contribution")
