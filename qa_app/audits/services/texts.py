"""The box of a text that is being typed, written on condition that nobody else wrote it meanwhile.

It is for the save that comes every few seconds, from the second one on: the audit is begun, the
text is there, as its writer was shown it, and this process has written a box of this name before.
Everything else goes the way of all boxes (`services.fields`), which reads it anew; what is saved is
the same either way.
"""

from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, bindparam

from qa_app.audits.models import Audit, AuditText
from qa_app.audits.queries.held import HeldAudit, HeldText, Stored
from qa_app.audits.services.fields import Box
from qa_app.database import run
from qa_app.domain.versions import Written, likeness
from qa_app.domain.workflow import AuditMove, advance

_TEXTS = cast(Table, AuditText.__table__)
_WRITE = (
    _TEXTS.update()
    .where(_TEXTS.c.id == bindparam("text_id"), _TEXTS.c.version == bindparam("shown"))
    .values(
        text=bindparam("new"),
        version=bindparam("next"),
        saved_at=bindparam("at"),
        saved_by=bindparam("by"),
        likeness=bindparam("alike"),
    )
)
# The labels of text boxes that were written by this process. The database refuses every change of
# a published tool, and an audit keeps its version, so that a label that was right stays right.
_labels: Final[dict[tuple[object, ...], str]] = {}


class Overtaken(Exception):
    """Somebody else wrote the text between its being read and its audit being held."""


def _key(audit: Audit | HeldAudit, name: str) -> tuple[object, ...]:
    return audit.tool_version_id, audit.plan_type, audit.graded, name


def remember(audit: Audit, box: Box) -> None:
    """Note that an audit of this tool and plan has this text box."""
    _labels[_key(audit, box.name)] = box.label


def typed_box(audit: HeldAudit, name: str, shown: int) -> Box | None:
    """The box of the text that the audit was held for, where it may be written as things stand.

    None where that has to be found out. Raises MoveNotAllowed once the audit was submitted (CO-5).
    Its `write` raises Overtaken, and has then written nothing.
    """
    label = _labels.get(_key(audit, name))
    if label is None or advance(audit.state, AuditMove.WRITE) is not audit.state:
        return None
    if audit.text is None or audit.text.version != shown:
        return None
    return _box(audit.text, name, label)


def _box(kept: HeldText, name: str, label: str) -> Box:
    def write(value: str, by: UUID, at: datetime) -> Stored:
        version = kept.version + 1
        values = {"text_id": kept.id, "shown": kept.version, "new": value, "next": version}
        values |= {"at": at, "by": by, "alike": likeness(value)}
        if run(_WRITE, values).rowcount == 0:
            raise Overtaken
        return Stored(value, version, kept.salt)

    written = Written(kept.saved_at, kept.saved_by)
    return Box(name, label, kept.text, kept.version, write, written)
