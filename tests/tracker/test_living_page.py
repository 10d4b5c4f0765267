"""What shows that nothing is owned by nobody, and what one covers, on the pages (E3, E4, E6)."""

from datetime import timedelta

from flask import Flask

from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionStatus
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Party, Role, Scope
from qa_app.tracker.models import Action, ActionParty
from tests.council import Council, grant
from tests.queries import count_queries
from tests.tracker.factory import an_action, pinned_to_a_case
from tests.tracker.ladder import add_service_director, away
from tests.tracker.owning import leave, look_round

S = ActionStatus
ASSURANCE = "/tracker/assurance"


def today():
    return london_date(now())


def test_the_assurance_page_says_that_nothing_is_owned_by_nobody(
    app: Flask, council: Council, client_for
) -> None:
    # E3: none, and what is covered; and where something is, which it is, until the next round
    client = client_for(council.people["director"])
    page = client.get(ASSURANCE).text
    assert "Every outstanding action is owned by somebody who works here" in page
    assert "Nothing is covered now" in page
    with app.app_context(), saving():
        mine = an_action(council, owner="worker").reference
        other = an_action(council, owner="auditor").reference
        leave(council, "worker", last=today() - timedelta(days=1))
        away(council, "auditor", "chair", today(), today())
    page = client.get(ASSURANCE).text
    assert "<strong>1 outstanding action</strong>: whoever owns" in page
    assert mine in page[page.index('id="ownerless"') : page.index("Nothing is covered now")]
    with app.app_context():
        assert look_round(today()) == {"passed on": 1, "covered": 1}
    page = client.get(ASSURANCE).text
    assert 'id="ownerless"' not in page
    covered = page[page.index('id="covered"') :]
    covered = covered[: covered.index("</table>")]
    assert other in covered
    assert "Cleo Chair" in covered
    assert mine not in covered


# E3: what the reader does not answer for is no part of their page; nor what is kept from them (M3).
def test_a_service_director_sees_their_own_services(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        sidney = add_service_director(council)
        grant(council, "service_director", Role.MODERATOR, Scope.SERVICE, "SAFE")
        reference = an_action(council, owner="worker").reference
        action = an_action(council, owner="worker", audit=pinned_to_a_case(council))
        action.parties.append(ActionParty(party=Party.BLIND_MODERATOR, person_id=sidney))
        kept, other = action.reference, an_action(council, owner="other_auditor").reference
        leave(council, "worker", "other_auditor", last=today() - timedelta(days=1))
    page = client_for(sidney).get(ASSURANCE).text
    assert "<strong>1 outstanding action</strong>" in page
    assert reference in page
    assert kept not in page
    assert other not in page


# Long lists say that there is more, and cost as much as short ones.
def test_the_page_shows_some_and_asks_as_much(app: Flask, council: Council, client_for) -> None:
    client = client_for(council.people["director"])
    with app.app_context(), saving():
        leave(council, "worker", last=today() - timedelta(days=1))
        away(council, "auditor", "chair", today(), today())
    counts = []
    for number in (1, 60):
        with app.app_context(), saving():
            for _ in range(number):
                an_action(council, owner="auditor")
            look_round(today())
            for _ in range(number):
                an_action(council, owner="worker")
        with count_queries(app) as asked:
            page = client.get(ASSURANCE).text
        counts.append(len(asked))
    assert counts[0] == counts[1], asked
    assert "<strong>60 outstanding actions</strong>" in page
    assert "These are the 50 that are due first.<" in page
    assert "These are the 50 that are due first, of 61 covered actions." in page


# E4: whoever covers does what the owner does; and the owner still may.
def test_the_way_of_a_covered_action(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action_id = an_action(council, owner="worker").id
        away(council, "worker", "chair", today(), today())
        look_round(today())
    cover, path = client_for(council.people["chair"]), f"/tracker/{action_id}"
    page = cover.get(path).text
    assert "By Cleo Chair" in page
    token = cover.token_in(page)
    assert cover.send(f"{path}/start", token=token).status_code == 302
    assert client_for(council.people["iro"]).get(path).status_code == 404
    day = {"done_on-day": today().day, "done_on-month": today().month, "done_on-year": today().year}
    answer = cover.submit(f"{path}/done", {"evidence": "Seen.", **day}, follow_redirects=True)
    assert "Marked as done." in answer.text
    refused = cover.send(f"{path}/verify", {"decision": "verified"}, token=token)
    assert refused.status_code in (403, 404, 409)
    with app.app_context():
        assert db.session.get_one(Action, action_id).status is S.DONE
