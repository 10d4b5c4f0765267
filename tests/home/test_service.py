"""Pages about the service itself: health, accessibility, and what one was told."""

from uuid import uuid4

import pytest

from qa_app.database import db, now, saving
from qa_app.history import ChainHead
from qa_app.notify.models import Notice
from tests.pages import Page, words


def told(app, person_id, *keys: str, path: str = "/notices") -> list:
    """Notices to a person, in this order."""
    with app.app_context(), saving():
        made = []
        for key in keys:
            notice = Notice(
                person_id=person_id, subject=f"About {key}", body="Open it.", path=path,
                key=key, created_at=now(),
            )  # fmt: skip
            db.session.add(notice)
            db.session.flush()
            made.append(notice.id)
        return made


def subjects(html: str) -> list[str]:
    page = Page(html, 200)
    (found,) = [each for each in page.all("ul") if "app-notices" in (each.get("class") or "")]
    return [words(button) for button in found.iter("button")]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_service_that_is_well_says_so_to_anybody(client, path) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")


def test_without_its_tables_the_service_is_alive_and_not_ready(app, client) -> None:
    with app.app_context(), saving():
        ChainHead.__table__.drop(db.session.connection())
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the database does not answer\n")


def test_the_accessibility_statement_is_for_everybody_and_honest(client) -> None:
    page = client.get("/accessibility").text
    assert "Accessibility statement" in page
    assert "not yet by people who rely on assistive technology" in page
    assert "This statement was prepared on 22 November 2026." in page


def test_notices_stand_newest_first_and_open_onto_their_page(app, council, client_for) -> None:
    person = council.people["auditor"]
    told(app, council.people["manager"], "another’s")
    first, _ = told(app, person, "an old one", "a new one", path="/accessibility")
    client = client_for(person)
    assert subjects(client.get("/notices").text) == ["About a new one", "About an old one"]
    opened = client.send(f"/notices/{first}")
    assert (opened.status_code, opened.location) == (302, "/accessibility")
    assert subjects(client.get("/").text) == ["About a new one"]


def test_nobody_opens_anothers_notice(app, council, client_for) -> None:
    (notice,) = told(app, council.people["manager"], "another’s")
    client = client_for(council.people["auditor"])
    for wanted in (notice, uuid4()):
        assert client.send(f"/notices/{wanted}").status_code == 404
    with app.app_context():
        assert db.session.get(Notice, notice).read_at is None


def test_all_notices_are_marked_read_at_once(app, council, client_for) -> None:
    person = council.people["auditor"]
    told(app, person, "one", "two")
    told(app, council.people["manager"], "another’s")
    client = client_for(person)
    assert client.submit("/notices").location == "/notices"
    assert "Mark all as read" not in client.get("/notices").text
    with app.app_context():
        unread = db.session.query(Notice).filter(Notice.read_at.is_(None)).all()
        assert [notice.key for notice in unread] == ["another’s"]


def test_many_notices_come_a_page_at_a_time(app, council, client_for) -> None:
    person = council.people["auditor"]
    keys = [f"number {number:03}" for number in range(70)]
    told(app, person, *keys)
    client = client_for(person)
    path, seen = "/notices", []
    while path:
        html = client.get(path).text
        seen += subjects(html)
        links = [each for each in Page(html, 200).all("a") if each.get("rel") == "next"]
        path = links[0].get("href") if links else ""
    assert seen == [f"About {key}" for key in reversed(keys)]


def test_without_notices_the_page_says_when_there_will_be(council, client_for) -> None:
    page = client_for(council.people["viewer"]).get("/notices").text
    assert "You have no notices." in page
