"""Requests draw one file at a time, so that those who write are served.

A quarter's PDF takes a processor for seconds, and the processes that serve pages are few: three
people who download drafts at once would keep everybody else waiting. Published versions have files
that the worker drew.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from qa_app.cases.uploads import directory
from qa_app.domain.errors import DomainError


class AnotherIsDrawn(DomainError):
    """Somebody else's file is being drawn on this machine."""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Draw inside this. AnotherIsDrawn where another request is drawing."""
    # A lock on the directory of uploads itself: each installation has one, and nothing lies in it.
    turn = os.open(directory(), os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AnotherIsDrawn(
            "Another file is being drawn. Go back, wait a few seconds, then download yours"
        ) from None
    else:
        yield
    finally:
        os.close(turn)
