"""Practice standards, tools as content, frames, draws, batches, requests, reminders."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from alembic import op

from qa_app.migrations.sqlite import rewrite_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _columns() -> dict[str, list[sa.Column[Any]]]:
    return {
        "audit": [sa.Column("graded", sa.Boolean(), nullable=False, server_default=sa.true())],
        "cycle": [sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True)],
        "question": [sa.Column("only_if", sa.JSON(none_as_null=True), nullable=True)],
        "section": [sa.Column("only_if", sa.JSON(none_as_null=True), nullable=True)],
        "tool_version": [
            sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("purpose", sa.Text(), nullable=False, server_default=""),
            sa.Column("changes", sa.Text(), nullable=False, server_default=""),
            sa.Column("plan_types", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("frame", sa.String(length=40), nullable=False, server_default="open"),
            sa.Column("frame_months", sa.Integer(), nullable=False, server_default="3"),
            sa.Column("usual_number", sa.Integer(), nullable=True),
            sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        ],
    }


# (table, constraint): what it said before (None: it was not there), and what it says now.
_CHECKS = {
    ("audit", "ck_audit_made_is_whole"): (
        "source = 'imported' OR (case_id IS NOT NULL AND auditor_id IS NOT NULL AND due_on IS NOT NULL AND cycle_month IS NOT NULL)",
        "source = 'imported' OR (case_id IS NOT NULL AND auditor_id IS NOT NULL AND due_on IS NOT NULL)",
    ),
    ("audit", "ck_audit_final_has_a_grade"): (
        "state <> 'final' OR (final_grade IS NOT NULL AND final_at IS NOT NULL)",
        "state <> 'final' OR (final_at IS NOT NULL AND (final_grade IS NOT NULL OR NOT graded))",
    ),
    ("cycle", "ck_cycle_closed_has_its_time"): (
        None,
        "(state = 'closed') = (closed_at IS NOT NULL)",
    ),
    ("tool_version", "ck_tool_version_frame_known"): (
        None,
        "frame IN ('open', 'recently_opened', 'recently_closed')",
    ),
    ("tool_version", "ck_tool_version_retired_has_its_time"): (
        None,
        "(state = 'retired') = (retired_at IS NOT NULL)",
    ),
}


def _add_columns() -> None:
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)


def _close_with_a_time() -> None:
    """A cycle that was closed before closing had a time closed when its month ended."""
    cycle = sa.table("cycle", sa.column("id", sa.Uuid()), sa.column("month", sa.Date()),
        sa.column("state", sa.String()), sa.column("closed_at", sa.DateTime(timezone=True)))  # fmt: skip
    version = sa.table("tool_version", sa.column("state", sa.String()),
        sa.column("retired_at", sa.DateTime(timezone=True)),
        sa.column("published_at", sa.DateTime(timezone=True)))  # fmt: skip
    connection = op.get_bind()
    closed = sa.select(cycle.c.id, cycle.c.month).where(cycle.c.state == "closed")
    for row in connection.execute(closed).all():
        following = (row.month.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        ended = dt.datetime.combine(following, dt.time(), dt.UTC)
        if connection.dialect.name == "sqlite":
            ended = ended.replace(tzinfo=None)
        connection.execute(cycle.update().where(cycle.c.id == row.id).values(closed_at=ended))
    retired = version.update().where(version.c.state == "retired")
    connection.execute(retired.values(retired_at=version.c.published_at))


def _keep_what_the_older_tables_hold() -> None:
    """An ungraded audit waits again, and one of a batch gets the month in which it was due."""
    audit = sa.table("audit", sa.column("id", sa.Uuid()), sa.column("due_on", sa.Date()),
        sa.column("cycle_month", sa.Date()), sa.column("source", sa.String()),
        sa.column("state", sa.String()), sa.column("final_grade", sa.String()))  # fmt: skip
    connection = op.get_bind()
    ungraded = sa.and_(audit.c.state == "final", audit.c.final_grade.is_(None))
    connection.execute(audit.update().where(ungraded).values(state="awaiting_moderation"))
    of_batch = sa.and_(audit.c.source == "made", audit.c.cycle_month.is_(None))
    for row in connection.execute(sa.select(audit.c.id, audit.c.due_on).where(of_batch)).all():
        month = row.due_on.replace(day=1)
        connection.execute(audit.update().where(audit.c.id == row.id).values(cycle_month=month))


def _change_checks(*, forwards: bool) -> None:
    checks = list(_CHECKS.items())
    # What came last goes first.
    for (table, name), (before, after) in checks if forwards else reversed(checks):
        old, new = (before, after) if forwards else (after, before)
        if op.get_bind().dialect.name == "sqlite":
            _rewrite(table, name, old, new)
            continue
        if old is not None:
            op.drop_constraint(op.f(name), table, type_="check")
        if new is not None:
            op.create_check_constraint(op.f(name), table, new)


def _rewrite(table: str, name: str, old: str | None, new: str | None) -> None:
    if old is not None and new is not None:
        rewrite_table(table, {old: new})
        return
    # A constraint that comes stands before the primary key's, and is taken from there when it goes.
    key, check = f"CONSTRAINT pk_{table} ", f"CONSTRAINT {name} CHECK ({new or old}), "
    first, second = (key, check + key) if old is None else (check + key, key)
    rewrite_table(table, {first: second})


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "frame",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('open', 'recently_opened', 'recently_closed')",
            name=op.f("ck_frame_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame")),
        sa.UniqueConstraint("hash", name=op.f("uq_frame_hash")),
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("tool_code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("report_due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind <> 'thematic' OR theme_id IS NOT NULL", name=op.f("ck_batch_thematic_has_a_theme")
        ),
        sa.CheckConstraint(
            "kind IN ('thematic', 'look_back', 'dip_sample')", name=op.f("ck_batch_kind_known")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_batch_ends_after_start")),
        sa.CheckConstraint("number > 0", name=op.f("ck_batch_number_positive")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_batch_made_by_person")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_batch_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_table(
        "buddy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("auditor_id", sa.Uuid(), nullable=False),
        sa.Column("buddy_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("auditor_id <> buddy_id", name=op.f("ck_buddy_two_people")),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_buddy_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["auditor_id"], ["person.id"], name=op.f("fk_buddy_auditor_id_person")
        ),
        sa.ForeignKeyConstraint(["buddy_id"], ["person.id"], name=op.f("fk_buddy_buddy_id_person")),
        sa.ForeignKeyConstraint(["named_by"], ["person.id"], name=op.f("fk_buddy_named_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buddy")),
    )
    with op.batch_alter_table("buddy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_buddy_auditor_id"), ["auditor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_buddy_buddy_id"), ["buddy_id"], unique=False)

    op.create_table(
        "practice_standard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chapter", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("expectation", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_detail", sa.String(length=300), nullable=False),
        sa.Column("national_timescale", sa.String(length=200), nullable=False),
        sa.Column("local_timescale", sa.String(length=200), nullable=False),
        sa.Column("plan_types", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("change", sa.String(length=400), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('statute', 'national', 'local')",
            name=op.f("ck_practice_standard_source_known"),
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from",
            name=op.f("ck_practice_standard_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["person.id"], name=op.f("fk_practice_standard_changed_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_standard")),
        sa.UniqueConstraint("number", "version", name=op.f("uq_practice_standard_number_version")),
    )
    op.create_table(
        "batch_auditor",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_batch_auditor_number_positive")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_batch_auditor_batch_id_batch")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_batch_auditor_person_id_person")
        ),
        sa.PrimaryKeyConstraint("batch_id", "person_id", name=op.f("pk_batch_auditor")),
    )
    op.create_table(
        "declared_interest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_declared_interest_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["declared_by"], ["person.id"], name=op.f("fk_declared_interest_declared_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_declared_interest_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_interest")),
    )
    with op.batch_alter_table("declared_interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declared_interest_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_declared_interest_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            "uq_declared_interest_standing",
            ["person_id", "case_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("tool_version_id", sa.Uuid(), nullable=False),
        sa.Column("frame_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("seed_given", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("strata", sa.JSON(), nullable=False),
        sa.Column("exclusions", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("allocation", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discarded_because", sa.String(length=400), nullable=False),
        sa.Column("discarded_by", sa.Uuid(), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'discarded') = (discarded_because <> '')",
            name=op.f("ck_draw_discarded_has_a_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('made', 'confirmed', 'discarded')", name=op.f("ck_draw_state_known")
        ),
        sa.CheckConstraint(
            "(cycle_id IS NULL) <> (batch_id IS NULL)", name=op.f("ck_draw_of_cycle_or_batch")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_draw_batch_id_batch")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["person.id"], name=op.f("fk_draw_confirmed_by_person")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_draw_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["discarded_by"], ["person.id"], name=op.f("fk_draw_discarded_by_person")
        ),
        sa.ForeignKeyConstraint(["frame_id"], ["frame.id"], name=op.f("fk_draw_frame_id_frame")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_draw_made_by_person")),
        sa.ForeignKeyConstraint(
            ["tool_version_id"],
            ["tool_version.id"],
            name=op.f("fk_draw_tool_version_id_tool_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("number", name=op.f("uq_draw_number")),
    )
    with op.batch_alter_table("draw", schema=None) as batch_op:
        batch_op.create_index("ix_draw_batch_id", ["batch_id"], unique=False)
        batch_op.create_index("ix_draw_cycle_id", ["cycle_id"], unique=False)

    op.create_table(
        "batch_audit",
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_batch_audit_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_batch_audit_batch_id_batch")
        ),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_batch_audit")),
    )
    with op.batch_alter_table("batch_audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_audit_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "cover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("covered_for", sa.Uuid(), nullable=False),
        sa.Column("covered_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("covered_by <> covered_for", name=op.f("ck_cover_by_another")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_cover_audit_id_audit")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_cover_by_person")),
        sa.ForeignKeyConstraint(
            ["covered_by"], ["person.id"], name=op.f("fk_cover_covered_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["covered_for"], ["person.id"], name=op.f("fk_cover_covered_for_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
    )
    with op.batch_alter_table("cover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cover_audit_id"), ["audit_id"], unique=False)

    op.create_table(
        "drawn_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=200), nullable=False),
        sa.Column("is_reserve", sa.Boolean(), nullable=False),
        sa.Column("fate", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("case_reference", sa.String(length=40), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "NOT (fate = 'replaced' AND is_reserve)",
            name=op.f("ck_drawn_case_reserves_are_not_replaced"),
        ),
        sa.CheckConstraint(
            "fate IN ('drawn', 'reserve', 'promoted', 'replaced')",
            name=op.f("ck_drawn_case_fate_known"),
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_drawn_case_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_drawn_case_case_id_case")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_drawn_case_draw_id_draw")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawn_case")),
        sa.UniqueConstraint(
            "draw_id", "case_reference", name=op.f("uq_drawn_case_draw_id_case_reference")
        ),
    )
    with op.batch_alter_table("drawn_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drawn_case_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drawn_case_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_drawn_case_case_reference"), ["case_reference"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_drawn_case_draw_id"), ["draw_id"], unique=False)

    op.create_table(
        "extension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("due_before", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("due_on > due_before", name=op.f("ck_extension_is_later")),
        sa.CheckConstraint("working_days > 0", name=op.f("ck_extension_days_positive")),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_extension_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["person.id"], name=op.f("fk_extension_granted_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extension_audit_id"), ["audit_id"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "step IN ('first', 'second', 'on_the_day', 'late', 'by_hand')",
            name=op.f("ck_reminder_step_known"),
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_reminder_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_reminder_by_person")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reminder_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "audit_id",
            "due_on",
            "step",
            "week",
            "person_id",
            name=op.f("uq_reminder_audit_id_due_on_step_week_person_id"),
        ),
        sa.UniqueConstraint("key", name=op.f("uq_reminder_key")),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminder_person_id"), ["person_id"], unique=False)

    op.create_table(
        "time_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("expectation_id", sa.Uuid(), nullable=True),
        sa.Column("audit_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "(kind = 'exemption') = (expectation_id IS NOT NULL) AND (kind = 'extension') = (audit_id IS NOT NULL)",
            name=op.f("ck_time_request_about_one_thing"),
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_time_request_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "kind IN ('exemption', 'extension')", name=op.f("ck_time_request_kind_known")
        ),
        sa.CheckConstraint(
            "reason IN ('sickness', 'leave', 'vacancy', 'other')",
            name=op.f("ck_time_request_reason_known"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'granted', 'refused')", name=op.f("ck_time_request_state_known")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_time_request_number_positive")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_time_request_asked_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_time_request_audit_id_audit")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_time_request_decided_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["expectation_id"],
            ["expectation.id"],
            name=op.f("fk_time_request_expectation_id_expectation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_time_request_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_time_request_team_id_team")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_request")),
    )
    with op.batch_alter_table("time_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_time_request_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_time_request_expectation_id"), ["expectation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_time_request_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_time_request_state", ["state", "asked_at"], unique=False)

    op.create_table(
        "waiver",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("auditor_id", sa.Uuid(), nullable=False),
        sa.Column("conflicts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("alternatives", sa.String(length=1000), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audit_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("granted_by <> auditor_id", name=op.f("ck_waiver_not_for_oneself")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_waiver_audit_id_audit")),
        sa.ForeignKeyConstraint(
            ["auditor_id"], ["person.id"], name=op.f("fk_waiver_auditor_id_person")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_waiver_case_id_case")),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["person.id"], name=op.f("fk_waiver_granted_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
    )
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiver_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiver_auditor_id"), ["auditor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiver_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "uq_waiver_standing",
            ["case_id", "auditor_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "substitution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("replaced_id", sa.Uuid(), nullable=False),
        sa.Column("reserve_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=400), nullable=False),
        sa.CheckConstraint(
            "(state = 'approved') = (reserve_id IS NOT NULL)",
            name=op.f("ck_substitution_approved_has_its_reserve"),
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_by IS NULL)",
            name=op.f("ck_substitution_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "reason IN ('closed', 'moved', 'no_auditor', 'not_now', 'wrong_data', 'other')",
            name=op.f("ck_substitution_reason_known"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'refused')", name=op.f("ck_substitution_state_known")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by", name=op.f("ck_substitution_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_substitution_asked_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_substitution_decided_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_id"], ["drawn_case.id"], name=op.f("fk_substitution_replaced_id_drawn_case")
        ),
        sa.ForeignKeyConstraint(
            ["reserve_id"], ["drawn_case.id"], name=op.f("fk_substitution_reserve_id_drawn_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
        sa.UniqueConstraint("reserve_id", name=op.f("uq_substitution_reserve_id")),
    )
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.create_index(
            "uq_substitution_open",
            ["replaced_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'refused'"),
            postgresql_where=sa.text("state <> 'refused'"),
        )

    _add_columns()
    _close_with_a_time()
    _change_checks(forwards=True)


def downgrade() -> None:
    """Take the tables back to the revision before."""
    _keep_what_the_older_tables_hold()
    _change_checks(forwards=False)
    for table, columns in _columns().items():
        for column in columns:
            # SQLite and PostgreSQL both know this statement; batch mode would lose the CHECKs.
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_substitution_open",
            sqlite_where=sa.text("state <> 'refused'"),
            postgresql_where=sa.text("state <> 'refused'"),
        )

    op.drop_table("substitution")
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_waiver_standing",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_waiver_case_id"))
        batch_op.drop_index(batch_op.f("ix_waiver_auditor_id"))
        batch_op.drop_index(batch_op.f("ix_waiver_audit_id"))

    op.drop_table("waiver")
    with op.batch_alter_table("time_request", schema=None) as batch_op:
        batch_op.drop_index("ix_time_request_state")
        batch_op.drop_index(batch_op.f("ix_time_request_person_id"))
        batch_op.drop_index(batch_op.f("ix_time_request_expectation_id"))
        batch_op.drop_index(batch_op.f("ix_time_request_audit_id"))

    op.drop_table("time_request")
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminder_person_id"))
        batch_op.drop_index(batch_op.f("ix_reminder_at"))

    op.drop_table("reminder")
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extension_audit_id"))

    op.drop_table("extension")
    with op.batch_alter_table("drawn_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drawn_case_draw_id"))
        batch_op.drop_index(batch_op.f("ix_drawn_case_case_reference"))
        batch_op.drop_index(batch_op.f("ix_drawn_case_case_id"))
        batch_op.drop_index(batch_op.f("ix_drawn_case_audit_id"))

    op.drop_table("drawn_case")
    with op.batch_alter_table("cover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cover_audit_id"))

    op.drop_table("cover")
    with op.batch_alter_table("batch_audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_audit_batch_id"))

    op.drop_table("batch_audit")
    with op.batch_alter_table("draw", schema=None) as batch_op:
        batch_op.drop_index("ix_draw_cycle_id")
        batch_op.drop_index("ix_draw_batch_id")

    op.drop_table("draw")
    with op.batch_alter_table("declared_interest", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_declared_interest_standing",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_declared_interest_person_id"))
        batch_op.drop_index(batch_op.f("ix_declared_interest_case_id"))

    op.drop_table("declared_interest")
    op.drop_table("batch_auditor")
    op.drop_table("practice_standard")
    with op.batch_alter_table("buddy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_buddy_buddy_id"))
        batch_op.drop_index(batch_op.f("ix_buddy_auditor_id"))

    op.drop_table("buddy")
    op.drop_table("batch")
    op.drop_table("frame")
