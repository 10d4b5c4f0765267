"""I1, TE-1 to TE-5: the chain, what breaks it, and how the break is found."""

import threading
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text, update

from qa_app import history
from qa_app.accounts.models import Team
from qa_app.database import db, now, saving
from qa_app.history import GENESIS, ChainHead, Event
from qa_app.standards.models import PracticeStandard, ToolVersion

AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
WRITERS = 4
EVENTS_EACH = 25


def _record(count: int) -> None:
    for number in range(count):
        with saving():
            history.record("role_granted", None, by=uuid4(), at=now(), role="auditor", scope=number)


def _as_the_owner(*statements: object) -> None:
    """What somebody who owns the database can do: take the guards away, then change rows."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        for what in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER event_no_{what}"))
    else:
        connection.execute(text("ALTER TABLE event DISABLE TRIGGER event_append_only"))
    for statement in statements:
        connection.execute(statement)
    db.session.commit()


def _installed() -> int:
    return db.session.query(ToolVersion).count() + db.session.query(PracticeStandard).count()


def test_an_empty_chain_is_intact(context: Flask) -> None:
    # The template database holds the events of what was installed: each tool and each standard.
    verdict = history.verify()
    assert verdict.intact
    assert verdict.rows == _installed()


def test_each_row_carries_the_hash_of_the_one_before(context: Flask) -> None:
    _record(3)
    rows = list(db.session.scalars(select(Event).order_by(Event.sequence)))
    assert rows[0].previous_hash == GENESIS
    assert [row.previous_hash for row in rows[1:]] == [row.hash for row in rows[:-1]]
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))


TAMPERINGS = {
    # what somebody did to the table → the row that is named
    "another actor": (update(Event).where(Event.sequence == 4).values(actor_id=uuid4()), 4),
    "another time": (update(Event).where(Event.sequence == 5).values(at=AT), 5),
    "another verb": (update(Event).where(Event.sequence == 3).values(verb="role_ended"), 3),
    "other details": (update(Event).where(Event.sequence == 6).values(details={"role": "x"}), 6),
    "a deleted row": (delete(Event).where(Event.sequence == 7), 7),
    "a cut tail": (delete(Event).where(Event.sequence > 8), 9),
    "a moved row": (update(Event).where(Event.sequence == 2).values(sequence=99), 2),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_verifying_names_the_first_broken_row(context: Flask, what: str) -> None:
    _record(10)
    statement, broken = TAMPERINGS[what]
    _as_the_owner(statement)
    verdict = history.verify()
    assert not verdict.intact
    assert verdict.broken_at == broken
    assert verdict.reason


def _recompute_from(sequence: int) -> None:
    rows = db.session.scalars(select(Event).order_by(Event.sequence)).all()
    previous = GENESIS
    for row in rows:
        if row.sequence >= sequence:
            values = {c.key: getattr(row, c.key) for c in Event.__table__.columns}
            values["previous_hash"] = previous
            db.session.execute(
                update(Event)
                .where(Event.sequence == row.sequence)
                .values(previous_hash=previous, hash=history.row_hash(values))
                .execution_options(synchronize_session=False)
            )
            previous = history.row_hash(values)
        else:
            previous = row.hash
    db.session.execute(update(ChainHead).values(hash=previous))
    db.session.commit()


# TE-1: an owner can recompute the chain; the head kept elsewhere tells.
def test_a_recomputed_chain_is_found_against_a_head_kept_elsewhere(context: Flask) -> None:
    _record(6)
    kept = history.verify()
    _as_the_owner(update(Event).where(Event.sequence == 3).values(verb="role_ended"))
    db.session.expire_all()
    _recompute_from(3)
    assert history.verify().intact
    assert not history.verify((kept.rows, kept.head)).intact


# TE-2: a tail cut away together with the head.
def test_a_cut_tail_is_found_against_a_head_kept_elsewhere(context: Flask) -> None:
    _record(6)
    kept = history.verify()
    fourth = db.session.scalars(select(Event.hash).where(Event.sequence == 4)).one()
    _as_the_owner(
        delete(Event).where(Event.sequence > 4),
        update(ChainHead).values(sequence=4, hash=fourth),
    )
    assert history.verify().intact
    verdict = history.verify((kept.rows, kept.head))
    assert not verdict.intact
    assert "shorter" in verdict.reason


def test_a_head_kept_earlier_still_fits_a_longer_chain(context: Flask) -> None:
    _record(3)
    kept = history.verify()
    _record(3)
    assert history.verify((kept.rows, kept.head)).intact


class _Refused(Exception):
    pass


def _half_a_change() -> None:
    db.session.add(Team(name="Never saved"))
    history.record("person_added", None, by=None, at=now())
    raise _Refused


# TE-5: a change and its event are saved together or not at all.
def test_a_change_that_fails_leaves_no_event(context: Flask) -> None:
    before = history.verify().rows
    with pytest.raises(_Refused), saving():
        _half_a_change()
    with saving():
        pass
    assert history.verify().rows == before
    assert db.session.scalar(select(func.count()).where(Team.name == "Never saved")) == 0


def test_an_event_without_a_sentence_is_refused(context: Flask) -> None:
    with pytest.raises(KeyError, match=r"domain/events\.py"):
        history.record("no_such_thing", None, by=None, at=now())


# TE-3 in short form: writers at once make one chain without a gap.
def test_writers_at_once_make_one_chain(app: Flask) -> None:
    faults: list[BaseException] = []

    def write() -> None:
        try:
            with app.app_context():
                _record(EVENTS_EACH)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    with app.app_context():
        verdict = history.verify()
        assert verdict.intact
        assert verdict.rows == _installed() + WRITERS * EVENTS_EACH


def test_narrative_is_kept_as_a_salted_hash() -> None:
    first, second = (
        history.fingerprint("She was seen alone.", "a"),
        history.fingerprint("She was seen alone.", "b"),
    )
    assert len(first) == 64
    assert first != second
    assert "seen" not in first
