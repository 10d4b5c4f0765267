"""Noting that a matter is on another ladder too: an independent reviewing officer's dispute, or the
partnership's escalation. They run elsewhere, and are counted apart."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from qa_app import history
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.domain.identifiers import find_identifiers
from qa_app.tracker.models import Action, OtherLadder, OtherLadderKind
from qa_app.tracker.queries.otherladders import standing_of
from qa_app.tracker.services.noting import refuse_settled, tell_doers

# A reference has a figure in it; a name has not.
_REFERENCE: Final = re.compile(r"(?=.*\d)[\w/.-]{1,60}", re.ASCII)
RUNGS: Final = range(1, 10)


class NotALadder(DomainError):
    """A reference or a step that cannot be noted, or is noted already."""


def note_ladder(
    action: Action, *, kind: OtherLadderKind, reference: str, rung: int, by: UUID, at: datetime
) -> OtherLadder:
    """Note the step that a dispute or an escalation has reached. A further one is another row.

    `reference` is the one that the other ladder uses, and identifies nobody. The owner is told.
    """
    refuse_settled(action)
    _refuse_reference(reference)
    if rung not in RUNGS:
        raise NotALadder(f"Enter the {kind.rung} as a number from 1 to 9", "rung")
    for row in standing_of(action.id):
        if (row.kind, row.reference) == (kind, reference) and row.rung >= rung:
            raise NotALadder(
                f"{reference} stands at {kind.rung} {row.rung} already: enter a later {kind.rung}",
                "rung",
            )
    row = OtherLadder(
        action=action, kind=kind, reference=reference, rung=rung, noted_by=by, noted_at=at
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise NotALadder(f"{kind.rung.capitalize()} {rung} was noted before", "rung") from None
    history.record(
        "other_ladder_noted", action, by=by, at=at, audit_id=action.audit_id,
        kind=kind.words, stage=f"{kind.rung} {rung}",
    )  # fmt: skip
    tell_doers(
        action,
        f"Action {action.reference} is on another ladder too",
        f"A {kind.words} was noted on action {action.reference}: {kind.rung} {rung}. The action "
        "goes on as before.",
        by=by,
        at=at,
    )
    return row


def end_ladder(action: Action, *, row: OtherLadder, by: UUID, at: datetime) -> None:
    """Note that it has ended there. Its steps stay; so does that it was ever noted."""
    ended = db.session.execute(
        update(OtherLadder)
        .where(
            OtherLadder.action_id == action.id,
            OtherLadder.kind == row.kind,
            OtherLadder.reference == row.reference,
            OtherLadder.ended_at.is_(None),
        )
        .values(ended_at=at, ended_by=by)
        .returning(OtherLadder.id)
    ).all()
    if not ended:
        raise NotALadder("It was noted as ended already. Nothing has been changed.")
    kind = row.kind.words
    history.record("other_ladder_ended", action, by=by, at=at, audit_id=action.audit_id, kind=kind)


def _refuse_reference(reference: str) -> None:
    if not _REFERENCE.fullmatch(reference) or find_identifiers(reference):
        raise NotALadder(
            "Enter the reference that the other ladder uses, like D-2023-014, without spaces. "
            "It must not identify a child or family",
            "reference",
        )
