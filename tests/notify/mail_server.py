"""A real SMTP server on loopback that keeps what it is given."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.postgres import free_port


class Received:
    """The messages that came, and the addresses that the server refuses."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refused: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, *_: Any):
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append(message)  # type: ignore[arg-type]
        return "250 kept"

    @property
    def recipients(self) -> list[str]:
        return [str(message["To"]) for message in self.messages]

    def text_to(self, address: str) -> str:
        """The plain text of the one message to an address."""
        (found,) = [each for each in self.messages if each["To"] == address]
        return found.get_body(("plain",)).get_content()


@contextmanager
def mail_server() -> Iterator[tuple[Received, int]]:
    """(what it received, its port)."""
    received = Received()
    controller = Controller(received, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with socket.create_connection(("127.0.0.1", controller.port), timeout=5):
            pass
        yield received, controller.port
    finally:
        controller.stop()
