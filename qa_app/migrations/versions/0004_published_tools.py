"""A published version of an audit tool never changes: the database refuses it."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MESSAGE = "a published version of an audit tool never changes"
# What may still change of a published version: it is retired.
FIXED = (
    "code", "name", "number", "graded", "voices", "gates", "moderated", "counts_in_mtm",
    "published_at", "purpose", "changes", "plan_types", "frame", "frame_months", "usual_number",
)  # fmt: skip
_VERSION_OF = {
    "section": "(SELECT state FROM tool_version WHERE id = {row}.version_id)",
    "question": "(SELECT v.state FROM tool_version v JOIN section s ON s.version_id = v.id"
    " WHERE s.id = {row}.section_id)",
}
_ROWS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}


def _changed(row: str = "IS NOT") -> str:
    return " OR ".join(f"NEW.{name} {row} OLD.{name}" for name in FIXED)


def _sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    statements = [
        (
            f"CREATE TRIGGER tool_version_fixed BEFORE UPDATE ON tool_version "
            f"WHEN OLD.state <> 'draft' AND (NEW.state = 'draft' OR {_changed()}) {refuse}"
        ),
        (
            f"CREATE TRIGGER tool_version_kept BEFORE DELETE ON tool_version "
            f"WHEN OLD.state <> 'draft' {refuse}"
        ),
    ]
    for table, state in _VERSION_OF.items():
        for what, rows in _ROWS.items():
            fixed = " OR ".join(f"{state.format(row=row)} <> 'draft'" for row in rows)
            statements.append(
                f"CREATE TRIGGER {table}_fixed_{what} BEFORE {what} ON {table} "
                f"WHEN {fixed} {refuse}"
            )
    return statements


def _postgresql() -> list[str]:
    changed = " OR ".join(f"NEW.{name}::text IS DISTINCT FROM OLD.{name}::text" for name in FIXED)
    version = (
        "CREATE FUNCTION keep_published_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF OLD.state <> 'draft' AND (TG_OP = 'DELETE' OR NEW.state = 'draft' "
        f"OR {changed}) THEN RAISE EXCEPTION '{MESSAGE}'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    statements = [
        version,
        (
            "CREATE TRIGGER tool_version_fixed BEFORE UPDATE OR DELETE ON tool_version "
            "FOR EACH ROW EXECUTE FUNCTION keep_published_version()"
        ),
    ]
    for table, state in _VERSION_OF.items():
        old, new = state.format(row="OLD"), state.format(row="NEW")
        statements += [
            (
                f"CREATE FUNCTION keep_published_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF TG_OP <> 'INSERT' THEN IF {old} <> 'draft' THEN RAISE EXCEPTION '{MESSAGE}'; "
                "END IF; END IF; "
                f"IF TG_OP <> 'DELETE' THEN IF {new} <> 'draft' THEN RAISE EXCEPTION '{MESSAGE}'; "
                "END IF; RETURN NEW; END IF; RETURN OLD; END $$"
            ),
            (
                f"CREATE TRIGGER {table}_fixed BEFORE INSERT OR UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION keep_published_{table}()"
            ),
        ]
    return statements


def upgrade() -> None:
    """Add the triggers."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if on_sqlite else _postgresql():
        op.execute(statement)


def downgrade() -> None:
    """Take the triggers away."""
    if op.get_bind().dialect.name == "sqlite":
        names = ["tool_version_fixed", "tool_version_kept"]
        names += [f"{table}_fixed_{what}" for table in _VERSION_OF for what in _ROWS]
        for name in names:
            op.execute(f"DROP TRIGGER {name}")
        return
    op.execute("DROP TRIGGER tool_version_fixed ON tool_version")
    op.execute("DROP FUNCTION keep_published_version()")
    for table in _VERSION_OF:
        op.execute(f"DROP TRIGGER {table}_fixed ON {table}")
        op.execute(f"DROP FUNCTION keep_published_{table}()")
