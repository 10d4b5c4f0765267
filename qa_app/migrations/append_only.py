"""Tables whose rows are only ever added: the database refuses everything else."""

from alembic import op

REFUSED = "rows of {} are never changed or deleted"


def is_sqlite() -> bool:
    """Whether the migration runs on SQLite."""
    return op.get_bind().dialect.name == "sqlite"


def only_added(table: str) -> None:
    """Refuse to change or delete the table's rows, by triggers (0002 makes `refuse_change`)."""
    if not is_sqlite():
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for what in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{what} BEFORE {what} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED.format(table)}'); END"
        )
