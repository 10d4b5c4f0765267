"""Talking to the mail server: one connection for as long as there is something to send."""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

PATIENCE = 10.0
"""Seconds that one command to the server may take."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Undeliverable(Exception):
    """The server refuses this message. The text says why without quoting the address."""


class ServerAway(Exception):
    """The mail server cannot be reached or hung up. The text is fit for the administrator."""


class Mailer:
    """Sends through MAIL_SERVER; connects when the first message comes, encrypts where offered."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.host = str(settings["MAIL_SERVER"])
        self.port = int(settings["MAIL_PORT"])
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __call__(self, message: EmailMessage) -> None:
        """Send one message. Raises Undeliverable or ServerAway."""
        try:
            if self._server is None:
                self._server = self._connect()
            self._server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            raise self._refused("the address", codes) from None
        except smtplib.SMTPSenderRefused as error:
            raise self._refused("our sender's address", {error.smtp_code}) from None
        except smtplib.SMTPDataError as error:
            raise self._refused("the message", {error.smtp_code}) from None
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise ServerAway(f"The mail server did not answer ({type(error).__name__})") from None
        except ValueError:
            raise Undeliverable("The address cannot be written to") from None

    def close(self) -> None:
        """End the conversation, politely where the server still listens."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    def _refused(self, what: str, codes: set[int]) -> Undeliverable:
        # A refused message leaves the conversation half-way: the next one starts afresh.
        self.close()
        said = ", ".join(str(code) for code in sorted(codes))
        return Undeliverable(f"The mail server refused {what} ({said})")

    def _connect(self) -> smtplib.SMTP:
        server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
        try:
            server.ehlo_or_helo_if_needed()
            if server.has_extn("starttls"):
                server.starttls(context=self._encryption())
        except BaseException:
            server.close()
            raise
        return server

    def _encryption(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.host in _LOOPBACK:
            # A relay on this machine has a certificate in no name, and nothing passes a wire.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context
