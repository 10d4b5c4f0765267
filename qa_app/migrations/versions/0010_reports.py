"""Reports, their versions and data cuts, boards, and keys of the read API."""

import sqlalchemy as sa
from alembic import op

from qa_app.migrations.append_only import is_sqlite, only_added

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_LOCKED = (
    "report_id", "number", "cut_id", "figures", "public_figures", "document", "public_document",
    "erratum", "public_erratum", "hash", "published_at",
)  # fmt: skip


def _lock_published() -> None:
    """R3: what was published is never changed and never deleted."""
    changed = f"UPDATE OF {', '.join(_LOCKED)} ON report_version"
    for what, event in (("locked", changed), ("kept", "DELETE ON report_version")):
        begins = f"CREATE TRIGGER report_version_{what} BEFORE {event} FOR EACH ROW"
        if is_sqlite():
            op.execute(
                f"{begins} WHEN OLD.published_at IS NOT NULL "
                "BEGIN SELECT RAISE(ABORT, 'a published version is never changed'); END"
            )
        else:
            op.execute(
                f"{begins} WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION refuse_change()"
            )


def _add_data_cut() -> None:
    op.create_table(
        "data_cut",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("last_month", sa.Date(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_data_cut_made_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_cut")),
    )


def _add_report() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('highlight', 'compliance', 'quality-matters', 'briefing', 'quarterly', 'annual')",
            name=op.f("ck_report_kind_known"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_report_made_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("key", name=op.f("uq_report_key")),
    )
    op.create_index(op.f("ix_report_period"), "report", ["period", "kind"], unique=False)


def _add_report_version() -> None:
    op.create_table(
        "report_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("cut_id", sa.Uuid(), nullable=True),
        sa.Column("figures", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("public_figures", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("public_document", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("erratum", sa.JSON(), nullable=False),
        sa.Column("public_erratum", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
            name=op.f("ck_report_version_withdrawn_has_its_time"),
        ),
        sa.CheckConstraint(
            "(state IN ('published', 'withdrawn')) = (published_at IS NOT NULL)",
            name=op.f("ck_report_version_published_has_its_time"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'checked', 'approved', 'published', 'withdrawn')",
            name=op.f("ck_report_version_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('checked', 'approved', 'published', 'withdrawn') OR (cut_id IS NOT NULL AND figures IS NOT NULL AND hash <> '')",
            name=op.f("ck_report_version_checked_has_figures"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name=op.f("fk_report_version_approved_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["person.id"], name=op.f("fk_report_version_checked_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["cut_id"], ["data_cut.id"], name=op.f("fk_report_version_cut_id_data_cut")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_report_version_made_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["person.id"], name=op.f("fk_report_version_published_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_version_report_id_report")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["person.id"], name=op.f("fk_report_version_withdrawn_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_version")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_report_version_report_id_number")),
    )
    op.create_index(
        op.f("ix_report_version_report_id"), "report_version", ["report_id"], unique=False
    )
    op.create_index(
        op.f("uq_report_version_one_unpublished"),
        "report_version",
        ["report_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('draft', 'checked', 'approved')"),
        postgresql_where=sa.text("state IN ('draft', 'checked', 'approved')"),
    )


def _add_report_text() -> None:
    op.create_table(
        "report_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["report_version.id"],
            name=op.f("fk_report_text_version_id_report_version"),
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["person.id"], name=op.f("fk_report_text_written_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_text")),
        sa.UniqueConstraint("version_id", "slot", name=op.f("uq_report_text_version_id_slot")),
    )


def _add_check_answer() -> None:
    op.create_table(
        "check_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("check_code", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_check_answer_by_person")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["report_version.id"],
            name=op.f("fk_check_answer_version_id_report_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_answer")),
        sa.UniqueConstraint(
            "version_id",
            "check_code",
            "about",
            name=op.f("uq_check_answer_version_id_check_code_about"),
        ),
    )


def _add_other_figure() -> None:
    op.create_table(
        "other_figure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=60), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "denominator IS NULL OR denominator >= numerator", name=op.f("ck_other_figure_a_part")
        ),
        sa.CheckConstraint("numerator >= 0", name=op.f("ck_other_figure_not_negative")),
        sa.ForeignKeyConstraint(
            ["added_by"], ["person.id"], name=op.f("fk_other_figure_added_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["report_version.id"],
            name=op.f("fk_other_figure_version_id_report_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_figure")),
    )
    op.create_index(
        op.f("ix_other_figure_version_id"), "other_figure", ["version_id"], unique=False
    )


def _add_board_meeting() -> None:
    op.create_table(
        "board_meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("board", sa.String(length=200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_board_meeting_made_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_meeting")),
        sa.UniqueConstraint("board", "held_on", name=op.f("uq_board_meeting_board_held_on")),
    )


def _add_api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("start", sa.String(length=12), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name=op.f("fk_api_token_made_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["person.id"], name=op.f("fk_api_token_revoked_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_token_hash")),
    )


def upgrade() -> None:
    """Bring the tables to this revision."""
    _add_data_cut()
    _add_report()
    _add_report_version()
    _add_report_text()
    _add_check_answer()
    _add_other_figure()
    _add_board_meeting()
    _add_api_token()
    only_added("data_cut")
    _lock_published()


def downgrade() -> None:
    """Take the tables back to the revision before."""
    op.drop_table("api_token")
    op.drop_table("board_meeting")
    op.drop_table("other_figure")
    op.drop_table("check_answer")
    op.drop_table("report_text")
    op.drop_table("report_version")
    op.drop_table("report")
    op.drop_table("data_cut")
