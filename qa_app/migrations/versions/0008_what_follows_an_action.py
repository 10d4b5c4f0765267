"""What follows an action and an Inadequate audit: helpers, withdrawals asked for, plans, re-audits."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from qa_app.migrations.sqlite import rewrite_table

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_PARTIES = "party IN ('auditor', 'co_auditor', 'social_worker', 'team_manager', 'iro', 'chair', 'decision_maker', 'blind_moderator', 'moderator', 'owner', {}'verifier', 'raiser', 'told', 'invited', 'implicated')"
_WITH_PARTIES = ("audit_party", "action_party", "contribution", "fact_check", "conversation_guest")

_FOREIGN_KEYS = {
    "owner_post_id": "post",
    "covered_by": "person",
    "theme_id": "theme",
    "withdrawal_asked_by": "person",
}
_CHECKS = {
    "impact_known": "impact IN ('untested', 'none', 'some', 'most')",
    "covered_by_another": "covered_by IS NULL OR covered_by <> owner_id",
    "withdrawal_asked_is_whole": "(withdrawal_asked_at IS NULL) = (withdrawal_asked_by IS NULL)",
}


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("owner_post_id", sa.Uuid(), nullable=True),
        sa.Column("covered_by", sa.Uuid(), nullable=True),
        sa.Column("section_code", sa.String(length=60), nullable=False, server_default=""),
        sa.Column("question_code", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("finding_id", sa.Uuid(), nullable=True),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("impact", sa.String(length=40), nullable=True),
        sa.Column("withdrawal_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_asked_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawal_why", sa.Text(), nullable=False, server_default=""),
        sa.Column("auditor_said", sa.Text(), nullable=False, server_default=""),
    ]


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _change_parties(*, forwards: bool) -> None:
    old, new = _PARTIES.format(""), _PARTIES.format("'helper', ")
    if not forwards:
        old, new = new, old
    for table in _WITH_PARTIES:
        if _is_sqlite():
            rewrite_table(table, {old: new})
            continue
        name = op.f(f"ck_{table}_party_known")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, new)


def _change_action(*, forwards: bool) -> None:
    if forwards:
        for column in _columns():
            op.add_column("action", column)
        op.create_index(op.f("ix_action_covered_by"), "action", ["covered_by"], unique=False)
    else:
        op.drop_index(op.f("ix_action_covered_by"), "action")
    if _is_sqlite():
        _rewrite_action(forwards=forwards)
    else:
        _constrain_action(forwards=forwards)
    if not forwards:
        for column in _columns():
            # SQLite and PostgreSQL both know this statement; batch mode would lose the CHECKs.
            op.execute(f"ALTER TABLE action DROP COLUMN {column.name}")


def _rewrite_action(*, forwards: bool) -> None:
    key = "CONSTRAINT pk_action PRIMARY KEY (id)"
    more = "".join(
        f", CONSTRAINT ck_action_{name} CHECK ({check})" for name, check in _CHECKS.items()
    ) + "".join(
        f", CONSTRAINT fk_action_{column}_{table} FOREIGN KEY({column}) REFERENCES {table} (id)"
        for column, table in _FOREIGN_KEYS.items()
    )
    old, new = (key, key + more) if forwards else (key + more, key)
    rewrite_table("action", {old: new})


def _constrain_action(*, forwards: bool) -> None:
    if not forwards:
        # They go with their columns, but for the one about a column that stays.
        op.drop_constraint(op.f("ck_action_covered_by_another"), "action", type_="check")
        return
    for name, check in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_action_{name}"), "action", check)
    for column, table in _FOREIGN_KEYS.items():
        name = op.f(f"fk_action_{column}_{table}")
        op.create_foreign_key(name, "action", table, [column], ["id"])


def _new_tables() -> None:
    op.create_table(
        "improvement_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("aims", sa.Text(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome = '')",
            name=op.f("ck_improvement_plan_closed_with_outcome"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL)",
            name=op.f("ck_improvement_plan_closed_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by"], ["person.id"], name=op.f("fk_improvement_plan_agreed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_improvement_plan_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["person.id"], name=op.f("fk_improvement_plan_closed_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_plan")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_improvement_plan_audit_id")),
    )
    op.create_table(
        "plan_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_plan_step_audit_id_audit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_step")),
        sa.UniqueConstraint(
            "audit_id", "due_on", "step", name=op.f("uq_plan_step_audit_id_due_on_step")
        ),
    )
    op.create_table(
        "re_audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_audit_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(audit_id IS NULL) = (reason <> '')", name=op.f("ck_re_audit_given_or_called_off")
        ),
        sa.CheckConstraint(
            "audit_id IS NULL OR audit_id <> first_audit_id", name=op.f("ck_re_audit_two_audits")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_re_audit_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_re_audit_decided_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["first_audit_id"], ["audit.id"], name=op.f("fk_re_audit_first_audit_id_audit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_re_audit")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_re_audit_audit_id")),
        sa.UniqueConstraint("first_audit_id", name=op.f("uq_re_audit_first_audit_id")),
    )
    op.create_table(
        "other_ladder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('iro_dispute', 'partnership')", name=op.f("ck_other_ladder_kind_known")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_other_ladder_ended_is_whole")
        ),
        sa.CheckConstraint("rung BETWEEN 1 AND 9", name=op.f("ck_other_ladder_rung_known")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_other_ladder_action_id_action")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["person.id"], name=op.f("fk_other_ladder_ended_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["person.id"], name=op.f("fk_other_ladder_noted_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_ladder")),
        sa.UniqueConstraint(
            "action_id",
            "kind",
            "reference",
            "rung",
            name=op.f("uq_other_ladder_action_id_kind_reference_rung"),
        ),
    )
    op.create_table(
        "re_audit_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("re_audit_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answer IN ('put_right', 'partly', 'not_put_right', 'cannot_be')",
            name=op.f("ck_re_audit_answer_answer_known"),
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_re_audit_answer_by_person")),
        sa.ForeignKeyConstraint(
            ["re_audit_id"], ["re_audit.id"], name=op.f("fk_re_audit_answer_re_audit_id_re_audit")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_re_audit_answer_section_id_section")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_re_audit_answer")),
        sa.UniqueConstraint(
            "re_audit_id", "section_id", name=op.f("uq_re_audit_answer_re_audit_id_section_id")
        ),
    )


def upgrade() -> None:
    """Bring the tables to this revision."""
    _new_tables()
    _change_action(forwards=True)
    _change_parties(forwards=True)


def downgrade() -> None:
    """Take the tables back to the revision before."""
    op.execute("DELETE FROM action_party WHERE party = 'helper'")
    _change_parties(forwards=False)
    _change_action(forwards=False)
    for table in ("re_audit_answer", "re_audit", "plan_step", "improvement_plan", "other_ladder"):
        op.drop_table(table)
