"""Progress notes: words that change nothing else, who is told, and links in them (E4)."""

from uuid import UUID

import pytest
from flask import Flask

from qa_app.database import db, now, saving
from qa_app.domain.actions import OUTSTANDING, ActionStatus
from qa_app.domain.errors import DomainError
from qa_app.formatting import link_pieces
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action
from qa_app.tracker.queries.story import evidence, story
from qa_app.tracker.services.noting import NoLongerNoted, add_note
from qa_app.tracker.services.refusing import ChangedMeanwhile
from qa_app.tracker.services.stepping import WordsNeeded
from tests.council import Council
from tests.tracker.factory import an_action

S = ActionStatus
WORDS = "Spoke with the school."


def told(subject: str) -> set[UUID | None]:
    """Whom a notice with these words in its subject went to."""
    rows = db.session.query(Notice).filter(Notice.subject.contains(subject))
    return {row.person_id for row in rows}


# E4: a note says how it goes until the action is settled, and moves nothing.
@pytest.mark.parametrize("status", [each for each in S if each is not S.CLOSED])
def test_a_note_changes_no_status(context: Flask, council: Council, status: ActionStatus) -> None:
    with saving():
        action = an_action(council, status)
    before = (action.status, action.due_on, action.version, evidence(action))
    if status not in OUTSTANDING:
        with pytest.raises(NoLongerNoted):
            add_note(action, note=WORDS, by=council.people["manager"], at=now())
        return
    with saving():
        add_note(action, note=f"  {WORDS} ", by=council.people["manager"], at=now())
    db.session.refresh(action)
    # What shows that it was done stays what was said when it was marked done.
    assert (action.status, action.due_on, action.version, evidence(action)) == before
    newest = story(action)[0]
    assert (newest.sentence, newest.who, newest.note) == (
        "Added a progress note", "Manny Manager", WORDS,
    )  # fmt: skip
    assert "school" not in str(db.session.query(Event).filter_by(verb="action_noted").one().details)


def test_the_owner_is_told_of_what_others_write(context: Flask, council: Council) -> None:
    people = council.people
    with saving():
        action = an_action(council)
        add_note(action, note=WORDS, by=people["manager"], at=now())
    assert told("note") == set()
    with saving():
        action.covered_by = people["auditor"]
        add_note(action, note=WORDS, by=people["head"], at=now())
    assert told("note") == {people["manager"], people["auditor"]}
    assert all(WORDS not in notice.body for notice in db.session.query(Notice))


@pytest.mark.parametrize(
    ("note", "behind", "error"),
    [(" \n ", 0, WordsNeeded), (WORDS, 1, ChangedMeanwhile)],
)
def test_what_is_refused(
    context: Flask, council: Council, note: str, behind: int, error: type[DomainError]
) -> None:
    action = an_action(council)
    db.session.flush()
    with pytest.raises(error):
        add_note(
            action, note=note, by=council.people["manager"], at=now(), seen=action.version - behind
        )


def test_the_page(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action_id = an_action(council, S.IN_PROGRESS).id
    client = client_for(council.people["head"])
    page = f"/tracker/{action_id}/note"
    assert "Add a progress note" in client.get(f"/tracker/{action_id}").text
    assert "Enter how it goes" in client.submit(page, {"note": " "}).text
    answer = client.submit(page, {"note": WORDS}, follow_redirects=True)
    assert "Manny Manager has been told." in answer.text
    assert WORDS in answer.text
    own = client_for(council.people["manager"])
    answer = own.submit(page, {"note": "See https://case.example/100001."}, follow_redirects=True)
    assert "has been told" not in answer.text
    link = '<a class="govuk-link" href="https://case.example/100001" rel="noreferrer noopener">'
    assert f"See {link}https://case.example/100001</a>." in answer.text


# CO-1: nothing that was typed is lost where somebody was quicker.
def test_a_note_from_a_stale_page_keeps_its_words(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action_id = an_action(council).id
    owner, head = client_for(council.people["manager"]), client_for(council.people["head"])
    page = f"/tracker/{action_id}"
    old = head.get(f"{page}/note").text
    owner.send(f"{page}/start", token=owner.token_in(owner.get(page).text))
    answer = head.send(f"{page}/note", {"note": WORDS, "version": "1"}, token=head.token_in(old))
    assert answer.status_code == 409
    assert f"{WORDS}</textarea>" in answer.text


def test_a_settled_action_takes_no_note(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action_id = an_action(council, S.VERIFIED).id
    client = client_for(council.people["manager"])
    assert "Add a progress note" not in client.get(f"/tracker/{action_id}").text
    answer = client.get(f"/tracker/{action_id}/note")
    assert answer.status_code == 409
    assert "Nothing more can be added to this action: it is verified." in answer.text


# IN-1: only plain addresses of the web become links, and the text stays as it was written.
@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Nothing here.", []),
        ("", []),
        ("https://case.example/1", ["https://case.example/1"]),
        ("(see HTTP://case.example/a?b=1&c=2).", ["HTTP://case.example/a?b=1&c=2"]),
        ("a http://x.example, b https://y.example", ["http://x.example", "https://y.example"]),
        ("javascript:alert(1) data:text/html,x ftp://a.example file:///etc", []),
        # an address that only looks like another server's
        ("https://case.example@evil.example/", []),
        ("https://", []),
        ("http://[nonsense", []),
        ('https://a.example/"onmouseover="alert(1)', ["https://a.example/"]),
    ],
)
def test_links_in_what_is_written(text: str, links: list[str]) -> None:
    pieces = link_pieces(text)
    assert [piece.href for piece in pieces if piece.href] == links
    assert "".join(piece.text for piece in pieces) == text


def test_nasty_words_are_never_run(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action_id = an_action(council).id
    client = client_for(council.people["manager"])
    nasty = '<script>alert(1)</script> https://a.example/"><img src=x onerror=alert(1)> {{ 7*7 }}'
    answer = client.submit(f"/tracker/{action_id}/note", {"note": nasty}, follow_redirects=True)
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "{{ 7*7 }}" in answer.text
    with app.app_context():
        assert db.session.query(Action).one().status is S.OPEN
