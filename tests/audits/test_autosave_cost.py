"""What one autosave costs (performance.md): statements, one transaction, bytes; and that the short
way of saving a text that is being typed leaves what the way of all boxes leaves (A8)."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from qa_app import history
from qa_app.audits import services
from qa_app.audits.models import AuditText, TextVersion
from qa_app.audits.queries.held import HeldAudit
from qa_app.audits.services import Change
from qa_app.database import _reading, db, saving
from qa_app.domain.workflow import AuditState, MoveNotAllowed
from qa_app.history import Event
from tests.audits.making import AT, given, submitted, the_audit
from tests.conftest import KIND

FIELD = "risk.evidence"
KILOBYTES = 4_096
STATEMENTS = [
    # who is signed in
    "SELECT sign_in_session",
    # the audit, held, with its parties and the text: what they may do, and what stands there
    "SELECT audit",
    # the text, if it is still as it was shown
    "UPDATE audit_text",
    # the event (I1), and the head of the chain that it is added to: in one on PostgreSQL
    "SELECT chain_head",
    *(["WITH head"] if KIND == "postgresql" else ["INSERT event", "UPDATE chain_head"]),
]


@dataclass
class Spent:
    """Statements by their first word and table, and how transactions that write began and ended."""

    statements: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)


def _short(statement: str) -> str:
    words = statement.replace(".", " ").replace("INTO ", "").split()
    return f"{words[0]} {words[1]}"


@contextmanager
def spending(app) -> Iterator[Spent]:
    """Note what is asked of the app's database inside the block."""
    spent = Spent()

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            spent.statements.append(_short(statement))

    def began(_connection):
        spent.ends.append("READ" if _reading.get() else "BEGIN")

    def committed(_connection):
        spent.ends.append("COMMIT")

    def undone(_connection):
        spent.ends.append("ROLLBACK")

    with app.app_context():
        engine = db.engine
    listeners = (
        ("before_cursor_execute", note), ("begin", began), ("commit", committed),
        ("rollback", undone),
    )  # fmt: skip
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield spent
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


@pytest.fixture
def save(app, council, client_for):
    """save(text, version) → the answer, in the auditor's browser."""
    with app.app_context(), saving():
        path = f"/audits/{given(council).id}"
    browser = client_for(council.people["other_auditor"])
    token = browser.token_in(browser.get("/").text)

    def send(text, version):
        content = {"field": FIELD, "text": text, "version": version}
        return browser.post(f"{path}/text", json=content, headers={"X-CSRFToken": token})

    return send


# Six statements on SQLite, five on PostgreSQL.
def test_an_autosave_is_these_statements_in_one_transaction(app, save):
    save("Seen alone", 0)
    with spending(app) as spent:
        answer = save("Seen alone, twice", 1)

    assert answer.status_code == 200
    assert spent.statements == STATEMENTS
    assert spent.ends == ["BEGIN", "COMMIT"]


def test_it_costs_no_more_in_a_longer_text_nor_after_many_saves(app, save):
    for version in range(12):
        save("Seen alone. " * 25 * (version + 1), version)
    with spending(app) as spent:
        save("Seen alone. " * 350, 12)

    assert spent.statements == STATEMENTS


def test_keeping_the_text_that_is_replaced_is_one_statement_more(app, save):
    save("Seen alone", 0)
    with spending(app) as spent:
        save("Not seen", 1)

    assert sorted(spent.statements) == sorted([*STATEMENTS, "INSERT text_version"])
    assert spent.ends == ["BEGIN", "COMMIT"]


# A11: what may identify somebody is looked up once the text is safe, and holds nobody up.
def test_a_text_that_may_identify_somebody_is_saved_before_that_is_looked_up(app, save):
    save("Seen alone", 0)
    with spending(app) as spent:
        answer = save("Seen alone by Mrs Ada Quist", 1)

    assert answer.json["marks"]
    assert spent.statements == [*STATEMENTS, "SELECT identifier_cleared"]
    assert spent.ends == ["BEGIN", "COMMIT", "READ", "ROLLBACK"]


def test_the_first_save_begins_the_audit_in_one_transaction_too(app, save):
    with spending(app) as spent:
        save("Seen alone", 0)

    assert spent.ends == ["BEGIN", "COMMIT"]
    with app.app_context():
        assert the_audit().state is AuditState.IN_PROGRESS


@pytest.mark.parametrize(
    ("text", "version"),
    [
        # A8: somebody else saved meanwhile
        ("Not what stands", 0),
        # A8: what is there already
        ("Seen alone", 1),
    ],
)
def test_a_save_that_changes_nothing_writes_nothing(app, save, text, version):
    save("Seen alone", 0)
    with spending(app) as spent:
        save(text, version)

    assert {each.split()[0] for each in spent.statements} == {"SELECT"}
    assert spent.ends == ["BEGIN", "COMMIT"]


def test_a_save_and_its_answer_are_small(save):
    text = ("Seen alone, and with her brother. " * 100)[:3_000]
    sent = json.dumps({"field": FIELD, "text": text, "version": 0})
    answer = save(text, 0)

    headers = sum(len(name) + len(value) + 4 for name, value in answer.headers)
    assert len(sent.encode()) <= KILOBYTES
    assert len(answer.data) + headers <= KILOBYTES


TWELVE = "and then twelve words more so that a copy of them is found"
VALUES = [
    f"{what} {more}".strip()
    for what in ("", "Seen alone", "Seen alone with his sister", "She did not say much")
    for more in ("", TWELVE)
]


def _left(audit_id):
    """Everything that saving left behind, but for what is random."""
    texts = select(AuditText).where(AuditText.audit_id == audit_id)
    kept = select(TextVersion).where(TextVersion.audit_id == audit_id).order_by(TextVersion.id)
    told = select(Event).where(Event.audit_id == audit_id).order_by(Event.sequence)
    return (
        [(each.field, each.text, each.version, each.saved_at, each.saved_by, each.likeness)
         for each in db.session.scalars(texts)],
        [(each.field, each.text, each.version, each.written_at, each.written_by, each.replaced_at,
          each.replaced_by) for each in db.session.scalars(kept)],
        [(each.at, each.actor_id, each.verb, each.subject_type,
          {key: value for key, value in each.details.items() if key != "hash"})
         for each in db.session.scalars(told)],
    )  # fmt: skip


def _outcome(saved):
    return saved.versions, saved.conflicts, saved.changed


# A8: 300 saves of two people, many of them stale, by the short way and by the way of all boxes.
def test_the_short_way_leaves_what_the_way_of_all_boxes_leaves(context, council):
    chance = random.Random(7)
    short, long = given(council), given(council, case="100003")
    writers = [council.people["other_auditor"], council.people["iro"]]
    at, version = AT, 0
    for _ in range(300):
        change = Change(FIELD, chance.choice(VALUES), max(version - chance.choice((0, 0, 0, 1)), 0))
        by, at = chance.choice(writers), at + timedelta(seconds=chance.choice((5, 20, 400)))
        db.session.flush()
        one = services.save_text(HeldAudit.find(short.id, FIELD), change, by, at)
        other = services.save_text(long, change, by, at)
        assert _outcome(one) == _outcome(other)
        version = other.versions.get(FIELD, version)
    with saving():
        pass
    db.session.expire_all()
    assert version > 100
    assert (short.state, short.started_at) == (long.state, long.started_at)
    assert [_left(short.id)[part] for part in (0, 1)] == [_left(long.id)[part] for part in (0, 1)]
    assert _left(short.id)[2][1:] == _left(long.id)[2][1:]
    assert history.verify().intact


def test_the_history_proves_the_text_that_the_short_way_saved(app, save):
    save("Seen alone", 0)
    save("Seen alone, twice", 1)
    with app.app_context():
        row = db.session.scalars(select(AuditText)).one()
        last = db.session.scalars(select(Event).order_by(Event.sequence.desc())).first()
        assert last.details["hash"] == history.fingerprint("Seen alone, twice", row.salt)


def test_the_short_way_is_closed_once_the_audit_was_sent(context, council):
    # CO-5
    audit, me = submitted(council), council.people["other_auditor"]
    db.session.flush()
    with pytest.raises(MoveNotAllowed):
        services.save_text(HeldAudit.find(audit.id, FIELD), Change(FIELD, "Late", 1), me, AT)


# CO-1: on PostgreSQL whoever waited for the audit was shown its text as it stood before.
def test_a_text_that_was_overtaken_while_its_writer_waited_is_a_conflict(context, council):
    audit, me = given(council), council.people["other_auditor"]
    services.save_text(audit, Change(FIELD, "One", 0), me, AT)
    waiting = HeldAudit.find(audit.id, FIELD)
    services.save_text(audit, Change(FIELD, "Two", 1), me, AT)

    outcome = services.save_text(waiting, Change(FIELD, "Mine", 1), me, AT)
    (conflict,) = outcome.conflicts
    assert (conflict.mine, conflict.theirs, conflict.version) == ("Mine", "Two", 2)
    assert not outcome.changed
    again = services.save_text(waiting, Change(FIELD, "One", 1), me, AT)
    assert [each.theirs for each in again.conflicts] == ["Two"]
    with saving():
        pass
    kept = db.session.scalars(select(TextVersion.text).order_by(TextVersion.id)).all()
    assert kept == ["One"]


def test_nobody_holds_an_audit_that_does_not_exist(context, council):
    assert HeldAudit.find(council.people["worker"]) is None
