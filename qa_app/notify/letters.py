"""An e-mail as it goes out: a reference and a link that needs sign-in, and nothing of a case."""

import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

from flask import current_app

from qa_app.notify.mail import Undeliverable
from qa_app.notify.secret_links import opened_path

_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")

ABOUT = (
    "It says nothing about a child or a case: sign in to read more. Nobody reads replies to this "
    "address."
)


def letter(email: str, subject: str, body: str, path: str) -> EmailMessage:
    """The message to one address, as plain text and as HTML. Undeliverable where it is none."""
    if not _ADDRESS.fullmatch(email):
        raise Undeliverable("The address cannot be written to")
    base = str(current_app.config["BASE_URL"]).rstrip("/")
    domain = urlsplit(base).hostname or "localhost"
    link = base + opened_path(path)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(subject.split())
    message["From"] = current_app.config["MAIL_FROM"] or f"no-reply@{domain}"
    message["To"] = email
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=domain)
    # No out-of-office reply is wanted (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{body}\n\n{link}\n\n{ABOUT}\n")
    # Without Flask's context processors: they look at a request, and a worker has none.
    page = current_app.jinja_env.get_template("notify/message.html")
    html = page.render(subject=subject, body=body, link=link, about=ABOUT)
    message.add_alternative(html, subtype="html")
    return message
