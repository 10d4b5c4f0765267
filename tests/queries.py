"""Counting the statements that a page costs, so that no page grows with its rows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from qa_app.database import db

# Transactions, and what is written once the answer is made: the access log, a session's last sight.
_BESIDE = re.compile(
    r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA|INSERT INTO event"
    r"|UPDATE chain_head|UPDATE sign_in_session|SELECT chain_head"
    # on PostgreSQL the event and the chain's head are written in one statement
    r"|WITH \w+ AS\s*\(\s*UPDATE chain_head)",
    re.IGNORECASE,
)


class Counted(list[str]):
    """The statements sent, in order; `len()` is the number, and a failing test shows each."""

    def __str__(self) -> str:
        return "\n".join(f"{n}: {' '.join(each.split())}" for n, each in enumerate(self, 1))


@contextmanager
def count_queries(app: Flask) -> Iterator[Counted]:
    """Collect the statements sent to the app's database inside the block.

    `with count_queries(app) as asked: client.get(path)`, then `assert len(asked) <= 8, asked`.
    Transaction control and the access log are left out.
    """
    counted = Counted()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not _BESIDE.match(statement):
            counted.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield counted
    finally:
        event.remove(engine, "before_cursor_execute", note)
