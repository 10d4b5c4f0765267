"""A hash over everything that the demonstration is made of, identifiers aside.

`python -m tests.demo.fingerprint SEED DAY` prints it for the database of DATABASE_URL: in a process
of its own the order of sets differs, and the council must not.
"""

import hashlib
import sys
from datetime import date, datetime
from uuid import UUID

from qa_app import config, create_app
from qa_app.demo.making import Composed, compose
from qa_app.domain.calendar import LONDON


def _plain(values: dict) -> list[str]:
    return sorted(
        f"{name}={value}"
        for name, value in values.items()
        # A path, a source key and those told of a step are made of identifiers.
        if not _is_identifier(value) and name not in ("path", "source_key", "person", "told")
    )


def _is_identifier(value: object) -> bool:
    several = value if isinstance(value, list) and value else [value]
    return all(isinstance(each, UUID) for each in several)


def fingerprint(composed: Composed) -> str:
    """SHA-256 over every row and event, in the order in which they were made."""
    found = hashlib.sha256()
    for table in sorted(composed.ledger.rows, key=lambda table: table.name):
        for row in composed.ledger.rows[table]:
            found.update(f"{table.name}:{_plain(row)}\n".encode())
    for event in composed.ledger.events:
        found.update(f"{event.verb}:{event.at}:{_plain(event.details)}\n".encode())
    return found.hexdigest()


def afternoon(day: date) -> datetime:
    """Half past two on a day in London."""
    return datetime(day.year, day.month, day.day, 14, 30, tzinfo=LONDON)


def main(seed: str, day: str) -> None:
    """Print the fingerprint of the council of this seed and day."""
    today = date.fromisoformat(day)
    with create_app(config.load()).app_context():
        sys.stdout.write(fingerprint(compose(int(seed), today=today, at=afternoon(today))))


if __name__ == "__main__":
    main(*sys.argv[1:])
