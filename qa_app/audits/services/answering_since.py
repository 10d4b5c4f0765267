"""What became of a section since the first audit, answered in the re-audit like any box (E8)."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from qa_app import history
from qa_app.audits.models import PutRight, ReAuditAnswer
from qa_app.audits.services.parsing import member
from qa_app.audits.since import Since, SinceSection
from qa_app.database import db

SINCE_NAME: Final = re.compile(r"since\.([^.]+)\.(answer|note)")
"""The boxes of a section: the answer, and the note beside it, which is a text of the audit."""


def write_answer(since: Since, section: SinceSection) -> Callable[[str, UUID, datetime], None]:
    """What a box does with its new value: the answer in its stored word, "" to take it back.

    Raises UnknownAnswer.
    """

    def write(value: str, by: UUID, at: datetime) -> None:
        answer = member(PutRight, value)
        row = since.answers.get(section.id)
        if answer is None:
            if row is not None:
                db.session.delete(since.answers.pop(section.id))
        elif row is None:
            row = ReAuditAnswer(
                re_audit_id=since.re_audit.id, section_id=section.id, answer=answer, by=by, at=at
            )
            db.session.add(row)
            since.answers[section.id] = row
        else:
            row.answer, row.by, row.at = answer, by, at
        db.session.flush()
        history.record(
            "re_audit_answered", history.Reference("audit", since.re_audit.audit_id), by=by, at=at,
            audit_id=since.re_audit.audit_id, section=section.title,
            answer=answer.words.lower() if answer is not None else "no answer",
        )  # fmt: skip

    return write
