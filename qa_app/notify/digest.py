"""Which of the messages that wait go together, and how they read in one.

Several messages that wait for one person go in one where they wait so long already that the mail
server must have been away, or where the person wants one a day. An urgent one always goes alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from qa_app.notify.letters import Item

GATHERED_AFTER: Final = timedelta(minutes=30)
"""What waits for longer than this waits because no e-mail could be sent at all."""


class Recipient(NamedTuple):
    """Whose messages may go together: one person at one address."""

    person_id: UUID
    email: str


class Waiting(NamedTuple):
    """A notice that waits to be sent. `daily`: whoever it is for wants one message a day."""

    id: UUID
    person_id: UUID | None
    email: str
    subject: str
    body: str
    path: str
    attempts: int
    urgent: bool
    created_at: datetime
    daily: bool

    @property
    def recipient(self) -> Recipient | None:
        """Where it may be joined with others; None where it goes alone."""
        if self.urgent or self.person_id is None:
            return None
        return Recipient(self.person_id, self.email)


class Parcel(NamedTuple):
    """What goes in one message: one notice, or several for one person, oldest first."""

    notices: tuple[Waiting, ...]

    @property
    def email(self) -> str:
        """The address, the same for all of it."""
        return self.notices[0].email

    @property
    def ids(self) -> list[UUID]:
        """The notices in it."""
        return [each.id for each in self.notices]

    @property
    def items(self) -> list[Item]:
        """What the message says of each notice."""
        return [Item(each.subject, each.body, each.path) for each in self.notices]


def parcels(
    due: Iterable[Waiting], all_waiting: Mapping[Recipient, Sequence[Waiting]], at: datetime
) -> Iterator[Parcel]:
    """The messages to send for what is due, in its order.

    `all_waiting` holds, by recipient, everything that may go with it, oldest first: what is due,
    and what only waits for the mail server.
    """
    gathered: set[Recipient] = set()
    for notice in due:
        recipient = notice.recipient
        together = () if recipient is None else tuple(all_waiting.get(recipient, ()))
        if recipient is None or not _go_together(together, at):
            yield Parcel((notice,))
        elif recipient not in gathered:
            gathered.add(recipient)
            yield Parcel(together)


def _go_together(waiting: Sequence[Waiting], at: datetime) -> bool:
    if len(waiting) < 2:
        return False
    return waiting[0].daily or at - waiting[0].created_at > GATHERED_AFTER
