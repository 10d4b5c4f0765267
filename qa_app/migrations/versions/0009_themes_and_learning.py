"""Themes that are merged, split and ended; findings filed anew; learning and good practice."""

import sqlalchemy as sa
from alembic import op

from qa_app.migrations.append_only import only_added

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _add_theme_change() -> None:
    op.create_table(
        "theme_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('merged', 'split')) = (into_id IS NOT NULL)",
            name=op.f("ck_theme_change_goes_into_another"),
        ),
        sa.CheckConstraint(
            "kind IN ('merged', 'split', 'ended', 'reopened')",
            name=op.f("ck_theme_change_kind_known"),
        ),
        sa.CheckConstraint(
            "into_id IS NULL OR into_id <> theme_id", name=op.f("ck_theme_change_not_into_itself")
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_theme_change_by_person")),
        sa.ForeignKeyConstraint(
            ["into_id"], ["theme.id"], name=op.f("fk_theme_change_into_id_theme")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_theme_change_theme_id_theme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_change")),
    )
    op.create_index(op.f("ix_theme_change_into_id"), "theme_change", ["into_id"], unique=False)
    op.create_index(op.f("ix_theme_change_theme_id"), "theme_change", ["theme_id"], unique=False)


def _add_finding_filing() -> None:
    op.create_table(
        "finding_filing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_finding_filing_by_person")),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_finding_filing_finding_id_finding")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_finding_filing_theme_id_theme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_filing")),
    )
    op.create_index(
        op.f("ix_finding_filing_finding_id_at"),
        "finding_filing",
        ["finding_id", "at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_finding_filing_theme_id"), "finding_filing", ["theme_id"], unique=False
    )


def _add_finding_theme() -> None:
    op.create_table(
        "finding_theme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["person.id"], name=op.f("fk_finding_theme_added_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_finding_theme_finding_id_finding")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_finding_theme_theme_id_theme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_theme")),
        sa.UniqueConstraint(
            "finding_id", "theme_id", name=op.f("uq_finding_theme_finding_id_theme_id")
        ),
    )
    op.create_index(op.f("ix_finding_theme_theme_id"), "finding_theme", ["theme_id"], unique=False)


def _add_learning_response() -> None:
    op.create_table(
        "learning_response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("judged_by", sa.String(length=40), nullable=False),
        sa.Column("judged_code", sa.String(length=60), nullable=False),
        sa.Column("months_before", sa.Integer(), nullable=False),
        sa.Column("months_after", sa.Integer(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_why", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "judged_by IN ('theme', 'section', 'standard', 'grades')",
            name=op.f("ck_learning_response_judged_by_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('training', 'guidance', 'briefing', 'service_action')",
            name=op.f("ck_learning_response_kind_known"),
        ),
        sa.CheckConstraint(
            "months_before > 0 AND months_after > 0", name=op.f("ck_learning_response_some_months")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_learning_response_made_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_learning_response_owner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["team.id"], name=op.f("fk_learning_response_service_id_team")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_learning_response_theme_id_theme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_response")),
    )
    op.create_index(
        op.f("ix_learning_response_theme_id"), "learning_response", ["theme_id"], unique=False
    )


def _add_good_example() -> None:
    op.create_table(
        "good_example",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=True),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("team_name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("marked_by", sa.Uuid(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consented_by", sa.Uuid(), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_why", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "consented_at IS NULL OR refused_at IS NULL",
            name=op.f("ck_good_example_consented_or_refused"),
        ),
        sa.CheckConstraint(
            "published_at IS NULL OR consented_at IS NOT NULL",
            name=op.f("ck_good_example_published_with_consent"),
        ),
        sa.ForeignKeyConstraint(
            ["consented_by"], ["person.id"], name=op.f("fk_good_example_consented_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_good_example_finding_id_finding")
        ),
        sa.ForeignKeyConstraint(
            ["marked_by"], ["person.id"], name=op.f("fk_good_example_marked_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_good_example_team_id_team")
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["theme.id"], name=op.f("fk_good_example_theme_id_theme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_example")),
    )
    op.create_index(
        op.f("ix_good_example_finding_id"), "good_example", ["finding_id"], unique=False
    )
    op.create_index(op.f("ix_good_example_team_id"), "good_example", ["team_id"], unique=False)
    op.create_index(op.f("ix_good_example_theme_id"), "good_example", ["theme_id"], unique=False)


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("theme", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    _add_theme_change()
    _add_finding_filing()
    _add_finding_theme()
    _add_learning_response()
    _add_good_example()
    only_added("theme_change")
    only_added("finding_filing")


def downgrade() -> None:
    """Take the tables back to the revision before."""
    op.drop_table("good_example")
    op.drop_table("learning_response")
    op.drop_table("finding_theme")
    op.drop_table("finding_filing")
    op.drop_table("theme_change")
    op.execute("ALTER TABLE theme DROP COLUMN ended_at")
