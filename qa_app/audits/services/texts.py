"""The box of a text that is being typed, read and written by two plain statements.

It is for the save that comes every few seconds, from the second one on: the audit is begun, the
text is there, and this process has written a box of this name before. Everything else goes the way
of all boxes (`services.fields`), and what is saved is the same either way.
"""

from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, update

from qa_app.audits.models import Audit, AuditText
from qa_app.audits.queries.held import HeldAudit, HeldText, Stored, held_text
from qa_app.audits.services.fields import Box
from qa_app.database import run
from qa_app.domain.versions import Written, likeness
from qa_app.domain.workflow import AuditMove, advance

_TEXTS = cast(Table, AuditText.__table__)
_WRITE = (
    update(_TEXTS)
    .where(_TEXTS.c.id == bindparam("text_id"))
    .values(
        text=bindparam("new"),
        version=bindparam("its_version"),
        saved_at=bindparam("at"),
        saved_by=bindparam("by"),
        likeness=bindparam("alike"),
    )
)
# The labels of text boxes that were written by this process. The database refuses every change of
# a published tool, and an audit keeps its version, so that a label that was right stays right.
_labels: Final[dict[tuple[object, ...], str]] = {}


def _key(audit: Audit | HeldAudit, name: str) -> tuple[object, ...]:
    return audit.tool_version_id, audit.plan_type, audit.graded, name


def remember(audit: Audit, box: Box) -> None:
    """Note that an audit of this tool and plan has this text box."""
    _labels[_key(audit, box.name)] = box.label


def typed_box(audit: HeldAudit, name: str) -> Box | None:
    """The box of a text that is there already and may be written as things stand, if it is known.

    Raises MoveNotAllowed once the audit was submitted (CO-5).
    """
    label = _labels.get(_key(audit, name))
    if label is None or advance(audit.state, AuditMove.WRITE) is not audit.state:
        return None
    kept = held_text(audit.id, name)
    return None if kept is None else _box(kept, name, label)


def _box(kept: HeldText, name: str, label: str) -> Box:
    def write(value: str, by: UUID, at: datetime) -> Stored:
        version = kept.version + 1
        run(
            _WRITE,
            {
                "text_id": kept.id,
                "new": value,
                "its_version": version,
                "at": at,
                "by": by,
                "alike": likeness(value),
            },
        )
        return Stored(value, version, kept.salt)

    written = Written(kept.saved_at, kept.saved_by)
    return Box(name, label, kept.text, kept.version, write, written)
