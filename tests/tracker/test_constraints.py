"""What the database refuses of an action, whoever writes it (E4, E5)."""

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from qa_app.database import db, now
from qa_app.domain.actions import ActionStatus
from qa_app.tracker.models import Action
from tests.council import Council
from tests.tracker.factory import an_action

TODAY = now().date()

IMPOSSIBLE = {
    # E4: verified by somebody
    "verified by nobody": {"status": ActionStatus.VERIFIED, "settled_on": TODAY},
    # E4: never by its owner
    "verified by its owner": {
        "status": ActionStatus.VERIFIED,
        "settled_on": TODAY,
        "verified_by": Action.owner_id,
    },
    # E5: settled exactly when verified, withdrawn or closed
    "settled while open": {"settled_on": TODAY},
    "withdrawn on no day": {"status": ActionStatus.WITHDRAWN},
    # E5: only an import closes without verification
    "closed here": {"status": ActionStatus.CLOSED, "settled_on": TODAY},
    # E3: an owner and a due date
    "nobody's": {"owner_id": None},
    "never due": {"due_on": None},
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_the_database_refuses_the_impossible(context: Flask, council: Council, what: str) -> None:
    action = an_action(council)
    with pytest.raises(IntegrityError):
        db.session.execute(update(Action).where(Action.id == action.id).values(IMPOSSIBLE[what]))
    db.session.rollback()
