"""What a public form hides is stored at its check and locked; a published version's files are kept."""

import sqlalchemy as sa
from alembic import op

from qa_app.migrations.append_only import is_sqlite, only_added

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_LOCKED = (
    "report_id", "number", "cut_id", "figures", "public_figures", "document", "public_document",
    "erratum", "public_erratum", "hash", "published_at",
)  # fmt: skip


def _lock(columns: tuple[str, ...]) -> None:
    """R3: from publication on none of these columns changes."""
    begins = (
        f"CREATE TRIGGER report_version_locked BEFORE UPDATE OF {', '.join(columns)} "
        "ON report_version FOR EACH ROW"
    )
    if is_sqlite():
        op.execute("DROP TRIGGER report_version_locked")
        op.execute(
            f"{begins} WHEN OLD.published_at IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'a published version is never changed'); END"
        )
    else:
        op.execute("DROP TRIGGER report_version_locked ON report_version")
        op.execute(f"{begins} WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION refuse_change()")


def _add_report_file() -> None:
    op.create_table(
        "report_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("layout", sa.String(length=10), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["report_version.id"],
            name=op.f("fk_report_file_version_id_report_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_file")),
        sa.UniqueConstraint(
            "version_id", "public", "layout", name=op.f("uq_report_file_version_id_public_layout")
        ),
    )
    only_added("report_file")


def upgrade() -> None:
    """Add the column and lock it; add the table of files."""
    hidden = sa.Column("public_hidden", sa.JSON(none_as_null=True), nullable=True)
    op.add_column("report_version", hidden)
    _lock((*_LOCKED, "public_hidden"))
    _add_report_file()


def downgrade() -> None:
    """Let the column and the table go."""
    op.drop_table("report_file")
    _lock(_LOCKED)
    op.drop_column("report_version", "public_hidden")
