"""What is promised is told once."""

from uuid import uuid4

from sqlalchemy import func, select

from qa_app.database import db, now, saving
from qa_app.notify.models import Notice
from qa_app.notify.secret_links import opened_path, stored_path, token_of
from qa_app.notify.services import Message, mark_read, queue, queue_many, unread


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Notice)) or 0


def fields(person_id, key, email="a@example.test"):
    return person_id, email, "Audit A-1 was given to you", "Due on Friday.", "/a", key


def message(person_id, key):
    return Message(*fields(person_id, key))


def test_the_same_key_is_told_once_however_often_it_is_promised(council, context):
    person = council.people["auditor"]
    for expected in (True, False):
        with saving():
            assert queue(*fields(person, "audit-1:given"), at=now()) is expected
    with saving():
        assert queue_many([message(person, "audit-1:given"), message(person, "b")], now()) == 1
    assert count() == 2


def test_a_key_given_twice_in_one_batch_counts_once(council, context):
    person = council.people["auditor"]
    with saving():
        assert queue_many([message(person, "x"), message(person, "x")], now()) == 1
    assert count() == 1


def test_nothing_is_promised_when_the_change_is_undone(council, context):
    try:
        with saving():
            queue(*fields(council.people["auditor"], "x"), at=now())
            raise KeyError
    except KeyError:
        pass
    assert count() == 0


def test_many_messages_go_in_at_once(council, context):
    person = council.people["auditor"]
    with saving():
        assert queue_many((message(person, f"n-{n}") for n in range(1_201)), now()) == 1_201
    assert count() == 1_201


def test_a_person_sees_their_own_notices_until_they_have_read_them(council, context):
    mine, other = council.people["auditor"], council.people["head"]
    with saving():
        queue(*fields(mine, "1"), at=now())
        queue(*fields(other, "2"), at=now())
    (notice,) = unread(mine)
    with saving():
        mark_read(other, notice.id, now())
    assert unread(mine) == [notice]
    with saving():
        mark_read(mine, notice.id, now())
    assert unread(mine) == []


def test_a_secret_link_is_kept_without_its_token(context):
    link = uuid4()
    path = stored_path("/choose-password/", link)
    assert token_of(link) not in path
    assert opened_path(path) == f"/choose-password/{token_of(link)}"
    assert opened_path("/audits/1") == "/audits/1"
    assert len(token_of(link)) == 43


def test_another_secret_key_gives_another_token(app):
    link = uuid4()
    with app.app_context():
        mine = token_of(link)
        kept, app.config["SECRET_KEY"] = app.config["SECRET_KEY"], "another secret key entirely"
        assert token_of(link) != mine
        app.config["SECRET_KEY"] = kept
