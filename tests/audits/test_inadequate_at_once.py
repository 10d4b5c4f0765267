"""An Inadequate audit of a child who is not safe, sent many times at once: one of everything, also
in what a real mail server received (E1, E2, CO-2, CO-4)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.audits.models import Audit, Concern, GradeRow, GradeSource
from qa_app.audits.queries.inadequate import stand_inadequate
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind
from qa_app.domain.workflow import AuditState
from qa_app.history import Event, verify
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action
from tests.audits.making import nothing_to_correct, the_audit, written
from tests.audits.test_at_once import AT_ONCE
from tests.council import Council
from tests.moderation.factory import AGREE_WITH_ALL
from tests.notify.conftest import post_office
from tests.notify.test_worker import start

__all__ = ["post_office"]
RETRIES, WORKERS = 10, 4
WORRY = {"answered": "no", "worry": "The same worry", "send": "1"}
TOLD = ("worker", "manager", "head", "chair", "qa_lead")


@pytest.fixture
def path(app: Flask, council: Council) -> str:
    """The address of an audit that is Inadequate, of a child who is not safe."""
    with app.app_context(), saving():
        return f"/audits/{written(council, grade='inadequate', safe='no').id}"


def events(verb: str) -> int:
    return db.session.query(Event).filter_by(verb=verb).count()


def kinds_of_notices() -> Counter[str]:
    """How many notices there are under each beginning of a key."""
    keys = db.session.scalars(select(Notice.key))
    return Counter(key.replace("/", ":").split(":")[0] for key in keys)


def one_of_everything(council: Council) -> None:
    """One submission, one concern that told each person once, one priority action."""
    (concern,) = db.session.scalars(select(Concern))
    (action,) = db.session.scalars(select(Action))
    assert (action.kind, action.source_key) == (ActionKind.PRIORITY, f"concern:{concern.id}")
    assert [events(verb) for verb in ("concern_raised", "action_raised")] == [1, 1]
    told = db.session.scalars(select(Notice.person_id).where(Notice.key.startswith("concern:")))
    assert Counter(told) == Counter({council.people[key]: 1 for key in TOLD})
    counted = kinds_of_notices()
    assert (counted["concern"], counted["action"], counted["inadequate"]) == (len(TOLD), 1, 1)
    assert db.session.query(GradeRow).filter_by(source=GradeSource.AUDITOR).count() == 13
    assert events("audit_submitted") == 1
    assert stand_inadequate({action.audit_id}) == {action.audit_id}
    assert verify().intact


def test_twenty_at_once_are_one_of_everything(
    app: Flask, council: Council, client_for, path: str, post_office, record_property
) -> None:
    # CO-2: 20 parallel submissions: 1 submission, 1 escalation, 1 action, 1 e-mail each
    began = now()
    clients = [client_for(council.people["other_auditor"]) for _ in range(AT_ONCE)]
    tokens = [each.token_in(each.get(f"{path}/concern").text) for each in clients]

    def send(number: int) -> tuple[int, int]:
        client, token = clients[number], tokens[number]
        concern = client.send(f"{path}/concern", WORRY, token=token)
        return concern.status_code, client.send(f"{path}/submit", token=token).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        codes = list(pool.map(send, range(AT_ONCE)))
    assert [concern for concern, _ in codes] == [302] * AT_ONCE
    assert sorted(submitted for _, submitted in codes) == [302] + [409] * (AT_ONCE - 1)

    workers = [start(app, "--once") for _ in range(WORKERS)]
    for worker in workers:
        _, log = worker.communicate(timeout=120)
        assert worker.returncode == 0, log
    with app.app_context():
        assert the_audit().state is AuditState.AWAITING_MODERATION
        one_of_everything(council)
        # That the audit was given to its auditor, days ago, is beside the point.
        notices = list(db.session.scalars(select(Notice).where(Notice.created_at >= began)))
        assert all(each.sent_at and each.attempts == 1 for each in notices)
        promised = Counter((each.email, each.subject) for each in notices)
    received = Counter((str(each["To"]), str(each["Subject"])) for each in post_office.messages)
    assert received == promised
    assert set(received.values()) == {1}
    urgent = [to for to, subject in received if subject.startswith("Now: a child")]
    assert sorted(urgent) == sorted(f"{key}@example.test".replace("_", ".") for key in TOLD)
    record_property(
        "counted", f"{AT_ONCE} at once: {len(received)} e-mails, 1 of {AT_ONCE} submissions taken"
    )


def test_an_outcome_that_is_sent_again_and_again_is_one(
    app: Flask, council: Council, client_for, path: str
) -> None:
    # CO-4: an Inadequate outcome retried 10 times: one open escalation
    auditor = client_for(council.people["other_auditor"])
    token = auditor.token_in(auditor.get(f"{path}/concern").text)
    answers = []
    for _ in range(RETRIES):
        answers.append(auditor.send(f"{path}/concern", WORRY, token=token).status_code)
        answers.append(auditor.send(f"{path}/submit", token=token).status_code)
    assert answers == [302, 302] + [302, 409] * (RETRIES - 1)
    with app.app_context(), saving():
        one_of_everything(council)
        nothing_to_correct(the_audit())

    head = client_for(council.people["review_head"])
    token = head.token_in(head.get("/moderation/").text)
    address = head.send(f"/moderation/{path[1:]}/start", token=token).location
    token = head.token_in(head.get(address).text)
    answers = [head.send(address, AGREE_WITH_ALL, token=token).status_code for _ in range(RETRIES)]
    assert answers == [302] + [409] * (RETRIES - 1)
    with app.app_context():
        assert db.session.scalars(select(Audit.state)).one() is AuditState.FINAL
        finals = db.session.query(GradeRow).filter_by(source=GradeSource.FINAL, section_id=None)
        assert finals.count() == 1
        one_of_everything(council)
        keys = list(db.session.scalars(select(Notice.key)))
        assert len(keys) == len(set(keys))


def test_another_worry_while_one_is_open_makes_nothing_more(
    app: Flask, council: Council, client_for, path: str
) -> None:
    # CO-4: one open escalation an audit, whatever is typed the second time; nothing typed is lost
    auditor = client_for(council.people["other_auditor"])
    token = auditor.token_in(auditor.get(f"{path}/concern").text)
    auditor.send(f"{path}/concern", WORRY, token=token)
    again = auditor.send(f"{path}/concern", WORRY | {"worry": "Another worry"}, token=token)
    assert again.status_code in (400, 409)
    assert "Another worry" in again.text
    auditor.send(f"{path}/submit", token=token)
    with app.app_context():
        one_of_everything(council)
