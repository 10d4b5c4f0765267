"""An e-mail as it goes out: a reference and a link that needs sign-in, and nothing of a case."""

import re
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import current_app

from qa_app.notify.mail import Undeliverable
from qa_app.notify.secret_links import opened_path

_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")

ABOUT = (
    "It says nothing about a child or a case: sign in to read more. Nobody reads replies to this "
    "address."
)
WHY_TOGETHER = (
    "You get them in one message because you chose one a day, or because no e-mail could be sent "
    "for a while."
)


class Item(NamedTuple):
    """One of the things that a message tells; `path` is as the outbox keeps it."""

    subject: str
    body: str
    path: str


def letter(email: str, subject: str, body: str, path: str) -> EmailMessage:
    """The message to one address, as plain text and as HTML. Undeliverable where it is none."""
    link = _link(path)
    shown = {"subject": subject, "body": body, "link": link, "about": ABOUT}
    return _message(
        email, subject, f"{body}\n\n{link}\n\n{ABOUT}\n", _page("notify/message.html", shown)
    )


def letter_of_many(email: str, items: Sequence[Item]) -> EmailMessage:
    """One message that tells several things, each with its own subject, words and link."""
    subject = f"{len(items)} messages from {current_app.jinja_env.globals['service_name']}"
    parts = [
        f"{number}. {item.subject}\n\n{item.body}\n\n{_link(item.path)}"
        for number, item in enumerate(items, 1)
    ]
    text = "\n\n\n".join([WHY_TOGETHER, *parts, ABOUT]) + "\n"
    shown = {
        "subject": subject,
        "why": WHY_TOGETHER,
        "items": [(item.subject, item.body, _link(item.path)) for item in items],
        "about": ABOUT,
    }
    return _message(email, subject, text, _page("notify/messages.html", shown))


def _base() -> str:
    return str(current_app.config["BASE_URL"]).rstrip("/")


def _link(path: str) -> str:
    return _base() + opened_path(path)


def _page(template: str, shown: dict[str, Any]) -> str:
    # Without Flask's context processors: they look at a request, and a worker has none.
    return current_app.jinja_env.get_template(template).render(shown)


def _message(email: str, subject: str, text: str, html: str) -> EmailMessage:
    if not _ADDRESS.fullmatch(email):
        raise Undeliverable("The address cannot be written to")
    domain = urlsplit(_base()).hostname or "localhost"
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(subject.split())
    message["From"] = current_app.config["MAIL_FROM"] or f"no-reply@{domain}"
    message["To"] = email
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=domain)
    # No out-of-office reply is wanted (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message
