"""What the public form of a version hides is stored at its check, and locked with the rest."""

import sqlalchemy as sa
from alembic import op

from qa_app.migrations.append_only import is_sqlite

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


def upgrade() -> None:
    """Add the column and lock it."""
    hidden = sa.Column("public_hidden", sa.JSON(none_as_null=True), nullable=True)
    op.add_column("report_version", hidden)
    _lock((*_LOCKED, "public_hidden"))


def downgrade() -> None:
    """Let the column go."""
    _lock(_LOCKED)
    op.drop_column("report_version", "public_hidden")
