"""The QA lead's pages: who moderates what, giving, absence cover, what is late (M0, M2, M5)."""

from datetime import timedelta

import pytest
from flask import Flask

from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.grades import GRADES
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import ModeratorGiven
from qa_app.moderation.services import giving
from qa_app.moderation.services.late import tell_of_late
from tests.council import Council
from tests.moderation.choosing import chosen
from tests.moderation.dialogue import disputed
from tests.moderation.factory import a_concern, a_submitted_audit, tie
from tests.moderation.test_giving import away, start
from tests.queries import count_queries

OUT, GOOD, RI, BAD = GRADES


def _made(app: Flask, council: Council, **more: object) -> tuple[str, str]:
    with app.app_context(), saving():
        audit = a_submitted_audit(council, **more)
        return audit.reference, f"/moderation/audits/{audit.id}/give"


def _given() -> list[ModeratorGiven]:
    return db.session.query(ModeratorGiven).filter_by(ended_at=None).all()


def test_the_qa_lead_gives_an_audit_and_takes_it_off(
    app: Flask, council: Council, client_for
) -> None:
    reference, path = _made(app, council)
    client = client_for(council.people["qa_lead"])
    listed = client.get("/moderation/in-hand").text
    assert path in listed
    assert "Give it to somebody" in listed
    page = client.get(path).text
    assert "Rhona Head, " in page
    assert "0 audits in hand" in page
    assert "Hetty Head is the auditor&#39;s line manager." in page
    assert "Select who moderates it" in client.submit(path, {}).text
    data = {"person": str(council.people["review_head"])}
    answer = client.submit(path, data, follow_redirects=True)
    assert f"Audit {reference} was given to Rhona Head, who has been told" in answer.text
    assert "given to Rhona Head" in answer.text
    token = client.token_in(answer.text)
    off = path.replace("/give", "/take-off")
    answer = client.send(off, token=token, follow_redirects=True)
    assert f"Audit {reference} is back in the queue" in answer.text
    assert client.send(off, token=token).status_code == 409


# M2: by direct POST nobody is given what the page does not offer them.
def test_somebody_barred_is_not_given_it_by_direct_post(
    app: Flask, council: Council, client_for
) -> None:
    _, path = _made(app, council)
    client = client_for(council.people["qa_lead"])
    for person in (str(council.people["head"]), str(council.people["iro"]), "nobody"):
        answer = client.submit(path, {"person": person})
        assert answer.status_code == 400
        assert "The moderator: select one of the answers shown" in answer.text
    with app.app_context():
        assert _given() == []


def test_somebody_barred_meanwhile_is_refused_in_words(
    app: Flask, council: Council, client_for, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = _made(app, council)
    client = client_for(council.people["qa_lead"])
    token = client.token_in(client.get(path).text)

    def refuse(*_args: object, **_more: object) -> None:
        raise giving.CannotBeGiven("Rhona Head is this child's chair. Select another", "person")

    monkeypatch.setattr(giving, "give", refuse)
    answer = client.send(path, {"person": str(council.people["review_head"])}, token=token)
    assert answer.status_code == 400
    assert "Rhona Head is this child&#39;s chair" in answer.text


# M5: nobody senior: somebody is named, with the reason.
def test_an_outsider_is_named_on_the_page(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        audit = disputed(council)
        tie(council, audit, "director", Party.CHAIR)
        path = f"/moderation/audits/{audit.id}/give"
    client = client_for(council.people["qa_lead"])
    assert "Nobody who could decide is senior to the first moderator" in client.get(path).text
    data = {"person": str(council.people["review_head"])}
    assert "Enter why this person is named" in client.submit(path, data).text
    answer = client.submit(path, data | {"reason": "Outside"}, follow_redirects=True)
    assert "was given to Rhona Head" in answer.text
    assert "Outside" in client.get(path).text


@pytest.mark.parametrize("choice", ["back", "deputy"])
def test_an_absence_is_covered_on_the_page(
    app: Flask, council: Council, client_for, choice: str
) -> None:
    with app.app_context(), saving():
        audit = a_submitted_audit(council)
        moderation = start(council, audit, "other_head")
        path, audit_id = f"/moderation/audits/{audit.id}/give", audit.id
        holder = moderation.moderator_name
    client = client_for(council.people["qa_lead"])
    assert f"{holder} is moderating it." in client.get(path).text
    with app.app_context(), saving():
        away(council, "other_head", "review_head")
    assert "Away today" in client.get("/moderation/in-hand").text
    page = client.get(path).text
    assert "Hugh Head is away today, and Rhona Head stands in" in page
    assert "Select what happens with this audit" in client.submit(path, {}).text
    what = "back" if choice == "back" else str(council.people["review_head"])
    answer = client.submit(path, {"what": what}, follow_redirects=True)
    assert ("is back in the queue" in answer.text) is (choice == "back")
    with app.app_context():
        assert db.session.get_one(Audit, audit_id).state is AuditState.AWAITING_MODERATION
        assert [each.person_id for each in _given()] == (
            [] if choice == "back" else [council.people["review_head"]]
        )


def test_a_deputy_who_is_too_close_is_not_offered(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        audit = a_submitted_audit(council)
        start(council, audit, "other_head")
        away(council, "other_head", "head")
        path = f"/moderation/audits/{audit.id}/give"
    page = client_for(council.people["qa_lead"]).get(path).text
    assert "Hetty Head is the auditor&#39;s line manager, so cannot moderate it." in page
    assert "Give it to Hetty Head" not in page


def test_where_nobody_can_moderate_it_the_page_says_what_helps(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        audit = a_submitted_audit(council, auditor="other_auditor")
        chosen(audit, blind=True)
        tie(council, audit, "review_head", Party.IRO)
        path = f"/moderation/audits/{audit.id}/give"
    page = client_for(council.people["qa_lead"]).get(path).text
    assert "Nobody can moderate it." in page
    assert "or you make its moderation a sighted one" in page
    assert "Hetty Head can already read this audit." in page


# M5: a dispute that nobody is left to decide says how somebody comes to be named.
def test_where_nobody_can_decide_a_dispute_the_page_says_what_helps(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        audit = disputed(council)
        for key in ("director", "review_head", "head"):
            tie(council, audit, key, Party.IRO)
        path = f"/moderation/audits/{audit.id}/give"
    page = client_for(council.people["qa_lead"]).get(path).text
    assert "Nobody can moderate it." in page
    assert "an administrator gives somebody else the role of a moderator" in page


def test_an_audit_that_waits_for_no_moderator(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        audit = a_submitted_audit(council)
        audit.state = AuditState.RETURNED
        path = f"/moderation/audits/{audit.id}/give"
    client = client_for(council.people["qa_lead"])
    assert "This audit waits for no moderator now." in client.get(path).text
    assert "No audit waits for a moderator." in client.get("/moderation/in-hand").text
    assert "No moderation is late." in client.get("/moderation/late").text


# M1: what was not chosen is offered to nobody, and neither page nor refusal says that it waits.
def test_an_audit_that_was_not_chosen_is_offered_to_nobody(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        audit = a_submitted_audit(council)
        chosen(audit, selected=False)
        audit_id, path = audit.id, f"/moderation/audits/{audit.id}/give"
    client = client_for(council.people["qa_lead"])
    page = client.get(path).text
    assert "It was not chosen for moderation: its auditor’s grade stands." in page
    assert 'name="person"' not in page
    with app.app_context():
        lead, head = council.people["qa_lead"], council.people["review_head"]
        audit = db.session.get_one(Audit, audit_id)
        with pytest.raises(giving.NotWaiting, match="It was not chosen for moderation"):
            giving.give(audit, head, by=lead, at=now())


# M0, E6: what is late, which steps were taken, who was told, when.
def test_the_page_of_what_is_late(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        sent = now() - timedelta(days=40)
        late = a_submitted_audit(council, grade=BAD, at=sent)
        start(council, late, "review_head")
        a_concern(a_submitted_audit(council, at=sent))
        blind = a_submitted_audit(council, at=sent)
        chosen(blind, blind=True)
        a_submitted_audit(council)
    client = client_for(council.people["qa_lead"])
    page = client.get("/moderation/late").text
    assert "Due or late today: 3 audits" in page
    assert "Nobody yet: the tool looks every quarter of an hour" in page
    with app.app_context(), saving():
        tell_of_late(now())
    page = client.get("/moderation/late").text
    assert "Team manager, 5 working days late: told" in page
    assert "working days late</strong>" in page
    assert "Rhona Head" in page
    assert "Nobody yet" not in page
    # The newest step first, also where several were taken at once.
    steps = [page.index(f"{words}, {days} working days late") for words, days in (
        ("Corporate director", 20), ("Service director", 15), ("Head of service", 10),
        ("Team manager", 5),
    )]  # fmt: skip
    assert steps == sorted(steps)


# Only the QA lead: by GET and by direct POST.
@pytest.mark.parametrize("key", ["director", "review_head", "auditor", "viewer", "administrator"])
def test_these_pages_are_the_qa_leads(app: Flask, council: Council, client_for, key: str) -> None:
    _, path = _made(app, council)
    client = client_for(council.people[key])
    for page in ("/moderation/in-hand", "/moderation/late", path):
        assert client.get(page).status_code == 403
    token = client.token_in(client.get("/account").text)
    data = {"person": str(council.people["other_head"])}
    assert client.send(path, data, token=token).status_code == 403
    assert client.send(path.replace("/give", "/take-off"), token=token).status_code == 403
    with app.app_context():
        assert _given() == []


@pytest.mark.parametrize("page", ["/moderation/in-hand", "/moderation/late"])
def test_the_lists_cost_the_same_however_long(
    app: Flask, council: Council, client_for, page: str
) -> None:
    counts = []
    for number in (1, 6):
        with app.app_context(), saving():
            for turn in range(number):
                sent = now() - timedelta(days=40)
                audit = a_submitted_audit(council, grade=GRADES[turn % 4], at=sent)
                start(council, a_submitted_audit(council, at=sent), "review_head")
                lead = {"by": council.people["qa_lead"], "at": now()}
                giving.give(audit, council.people["other_head"], **lead)
            tell_of_late(now())
        client = client_for(council.people["qa_lead"])
        with count_queries(app) as asked:
            assert client.get(page).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10, counts
