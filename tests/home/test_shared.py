"""Home: audits that somebody does together with their auditor (I2)."""

import pytest

from qa_app.audits.models import Audit
from qa_app.database import saving
from qa_app.domain.workflow import AuditState
from tests.audits.moving import an_audit, put_into, share, share_outside
from tests.council import find
from tests.pages import Page, words


def rows(client, name="shared"):
    page = Page(client.get("/").text, 200)
    if name not in page.ids:
        return []
    return [[words(cell) for cell in row] for row in page.ids[name].iter("tr")][1:]


@pytest.fixture
def shared_with(app, council, client_for):
    """shared_with(outside) → a client of the second auditor, and the audit's id."""

    def make(outside: bool):
        audit_id = an_audit(app, council)
        with app.app_context(), saving():
            audit = find(Audit)
            who = share_outside(council, audit) if outside else share(council, audit).person_id
        return client_for(who), audit_id

    return make


@pytest.mark.parametrize("outside", [False, True])
def test_it_says_whose_audit_it_is_and_when_it_is_due(shared_with, outside):
    client, _ = shared_with(outside)
    ((reference, case, team, auditor, state, due),) = rows(client)
    assert (reference, case, auditor, state) == (
        "A-2026-11-001", "100001, aged 5 to 9", "Otto Auditor", "In progress",
    )  # fmt: skip
    assert (team, due.startswith("Due")) == ("Safeguarding Team 1", True)


SHOWN = [
    # (state, to a colleague, who has a list of audits; to a partner, who has none)
    (AuditState.GIVEN, True, True),
    (AuditState.RETURNED, True, True),
    (AuditState.AWAITING_MODERATION, True, True),
    (AuditState.FINAL, False, True),
    (AuditState.WITHDRAWN, False, False),
]


@pytest.mark.parametrize("outside", [False, True])
@pytest.mark.parametrize(("state", "colleague", "partner"), SHOWN)
def test_how_long_it_stands_there(app, shared_with, outside, state, colleague, partner):
    client, audit_id = shared_with(outside)
    with app.app_context(), saving():
        put_into(state, audit_id)
    found = rows(client)
    assert bool(found) is (partner if outside else colleague)
    # Nothing is due of the second auditor of what was sent.
    if found and state in (AuditState.AWAITING_MODERATION, AuditState.FINAL):
        assert found[0][-1] == "–"


def test_it_is_not_among_their_own_and_not_on_anybody_elses(council, client_for, shared_with):
    client, _ = shared_with(False)
    assert rows(client, "to-do") == []
    for key in ("other_auditor", "auditor", "manager", "qa_lead", "viewer"):
        assert rows(client_for(council.people[key])) == [], key
    assert len(rows(client_for(council.people["other_auditor"]), "to-do")) == 1
