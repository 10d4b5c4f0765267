"""Migration 0006 with data in the tables: what older tables cannot hold finds a place in them."""

from datetime import timedelta

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from qa_app import history
from qa_app.audits.models import AuditParty, GradeRow, GradeSource
from qa_app.database import db, now, saving
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import (
    AuditorsAnswer,
    Moderation,
    ModerationMode,
    ModerationStage,
    ModerationState,
)
from tests.council import Council
from tests.moderation.factory import a_submitted_audit


def _move(revision: str) -> None:
    db.session.remove()
    if revision == "head":
        flask_migrate.upgrade()
    else:
        flask_migrate.downgrade(revision=revision)


def _all(statement: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.session.execute(text(statement))]


@pytest.fixture
def with_a_second_moderator(app: Flask, council: Council) -> None:
    """An audit that was moderated blind, is disagreed about, and is with a second moderator."""
    with app.app_context(), saving():
        audit = a_submitted_audit(council)
        audit.state = AuditState.IN_SECOND_MODERATION
        head, director = council.people["other_head"], council.people["director"]
        told = {"audit_id": audit.id, "mode": ModerationMode.BLIND, "started_at": now()}
        db.session.add_all(
            [
                AuditParty(
                    audit_id=audit.id, party=Party.BLIND_MODERATOR, person_id=head, name="Hugo Head"
                ),
                GradeRow(
                    audit_id=audit.id, source=GradeSource.MODERATOR_BLIND, grade=Grade.INADEQUATE,
                    at=now(), by=head,
                ),
                Moderation(
                    **told, moderator_id=head, moderator_name="Hugo Head",
                    state=ModerationState.COMMITTED, committed_at=now(), revealed_at=now(),
                    blind_sections=["risk"], draft={"overall_grade": "good"}, draft_version=3,
                    answer=AuditorsAnswer.DISAGREED, answered_at=now() + timedelta(hours=1),
                ),
                Moderation(
                    **told, moderator_id=director, moderator_name="Dora Director",
                    state=ModerationState.OPEN, stage=ModerationStage.SECOND,
                ),
            ]
        )  # fmt: skip


# M7: what the older tables do not know goes; nothing that they know is lost, and nothing hangs.
def test_going_back_lets_an_audit_wait_for_moderation_again(
    app: Flask, with_a_second_moderator: None
) -> None:
    with app.app_context():
        grades = _all("SELECT source FROM grade ORDER BY source")
        _move("0005")
        assert _all("SELECT state FROM audit") == [("awaiting_moderation",)]
        assert _all("SELECT state FROM moderation ORDER BY moderator_name") == [
            ("released",), ("committed",),
        ]  # fmt: skip
        assert ("moderator",) in _all("SELECT party FROM audit_party")
        kept = [row for row in grades if row != ("moderator_blind",)]
        assert _all("SELECT source FROM grade ORDER BY source") == kept
        _move("head")
        assert _all("SELECT stage, answer, draft_version FROM moderation") == [
            ("first", None, 0), ("first", None, 0),
        ]  # fmt: skip
        assert history.verify().intact


# M7: the rows of grades are as safe after the journey as before it.
def test_grades_are_append_only_after_the_journey(
    app: Flask, with_a_second_moderator: None
) -> None:
    with app.app_context():
        for revision in ("0005", "head"):
            _move(revision)
            for statement in ("UPDATE grade SET reason = 'x'", "DELETE FROM grade"):
                with pytest.raises(DatabaseError, match="never changed or deleted"), saving():
                    db.session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        # M4: an answer has its time.
        "UPDATE moderation SET answer = 'accepted', answered_at = NULL",
        # M4, M5: there are three answers, and two moderations.
        "UPDATE moderation SET answer = 'perhaps', answered_at = started_at",
        "UPDATE moderation SET stage = 'third'",
        # A1: an audit with its auditor was submitted on some day.
        "UPDATE audit SET completed_on = NULL WHERE state = 'in_second_moderation'",
        "UPDATE audit SET state = 'talked_about'",
        # Nobody is a party of a kind that nobody knows.
        "UPDATE audit_party SET party = 'friend'",
    ],
)
def test_what_the_new_tables_refuse(
    app: Flask, with_a_second_moderator: None, statement: str
) -> None:
    with app.app_context(), pytest.raises(IntegrityError), saving():
        db.session.execute(text(statement))
