"""Messages that wait for people, and what became of them."""

from datetime import timedelta

from sqlalchemy import select

from qa_app.accounts.models import Person, PersonSource, name_key
from qa_app.database import db, now, saving
from qa_app.notify.choices import choose
from qa_app.notify.delivery import deliver
from qa_app.notify.mail import Mailer
from qa_app.notify.models import Notice
from qa_app.notify.services import queue

REFUSED = "The mail server refused the address (550)"


def person_called(name: str):
    """Somebody new, with an address; returns the id."""
    email = f"{name.lower().replace(' ', '.')}@example.test"
    person = Person(
        name=name, name_key=name_key(name), email=email, source=PersonSource.ADMINISTRATOR
    )
    db.session.add(person)
    db.session.flush()
    return person.id


def tell(person_id, subject, at, urgent=False, key="", path=""):
    """Promise somebody a message; its key is the subject unless said."""
    email = db.session.get_one(Person, person_id).email
    with saving():
        queue(
            person_id, email, subject, f"Words of {subject}.", path or f"/audits/{subject}",
            key or subject, at, urgent,
        )  # fmt: skip


def wants_one_a_day(person_id, at=None):
    with saving():
        choose(person_id, True, at=at or now())


def send_all(app, at):
    """Every batch that may go at a moment, through the real server; (sent, refused, put back)."""
    total = (0, 0, 0)
    with Mailer(app.config) as send:
        while True:
            done = deliver(at, send)
            total = tuple(a + b for a, b in zip(total, done, strict=True))
            if not done.busy:
                return total


def refuse_thrice(app, at):
    """Try as often as is tried; the moment after the last attempt."""
    for _ in range(3):
        send_all(app, at)
        at += timedelta(minutes=20)
    return at


def notice(subject):
    """The one notice with this subject, as the database has it now."""
    db.session.rollback()
    return db.session.scalars(select(Notice).where(Notice.subject == subject)).one()


def notices():
    db.session.rollback()
    return db.session.scalars(select(Notice).order_by(Notice.created_at, Notice.id)).all()
