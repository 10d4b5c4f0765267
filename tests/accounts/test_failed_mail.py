"""E-mail that did not arrive is shown, and can be tried again."""

from sqlalchemy import select, update

from qa_app.accounts.models import Person
from qa_app.database import db, now, saving
from qa_app.notify.models import Notice
from qa_app.notify.services import queue


def refused(app, council):
    with app.app_context(), saving():
        queue(council.people["worker"], "old@c.example", "Audit A-1", "Due.", "/x", "k", now())
        db.session.execute(
            update(Notice).values(attempts=3, error="The mail server refused the address (550)")
        )
        return db.session.scalars(select(Notice.id)).one()


def test_failed_mail_is_listed_with_its_reason(app, council, client_for):
    refused(app, council)
    page = client_for(council.people["administrator"]).get("/failed-mail").text
    for part in ("Audit A-1", "Wendy Worker", "old@c.example", "refused the address (550)"):
        assert part in page
    assert "Given up" in page


def test_nothing_failed_is_said(council, client_for):
    page = client_for(council.people["administrator"]).get("/failed-mail").text
    assert "has been taken by the mail server" in page
    assert "No mail server is set" in page


def test_it_is_tried_again_at_the_address_of_now(app, council, client_for):
    notice_id = refused(app, council)
    with app.app_context(), saving():
        db.session.get(Person, council.people["worker"]).email = "new@c.example"
    client = client_for(council.people["administrator"])
    token = client.token_in(client.get("/failed-mail").text)
    answer = client.send(f"/failed-mail/{notice_id}/again", token=token)
    assert answer.location == "/failed-mail"
    with app.app_context():
        notice = db.session.get(Notice, notice_id)
        assert (notice.email, notice.attempts, notice.error) == ("new@c.example", 0, "")
