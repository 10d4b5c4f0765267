"""The tracker's pages: list, filters, one action, its forms (ux.md, CO-1, IN-1)."""

from datetime import timedelta

import pytest
from flask import Flask

from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action
from tests.council import Council
from tests.queries import count_queries
from tests.tracker.factory import an_action, pinned_to_a_case

S = ActionStatus
NASTY = "<script>alert(1)</script>{{ 7*7 }}\"'><img src=x onerror=alert(1)>"


def _made(app: Flask, council: Council, *args, **more) -> str:
    with app.app_context(), saving():
        return str(an_action(council, *args, **more).id)


def test_an_empty_list_says_why(council: Council, client_for) -> None:
    page = client_for(council.people["other_auditor"]).get("/tracker/")
    assert "No actions are outstanding." in page.text


def test_the_list_counts_and_links(app: Flask, council: Council, client_for) -> None:
    _made(app, council, at=now() - timedelta(days=60))
    _made(app, council, S.DONE, kind=ActionKind.PRIORITY)
    page = client_for(council.people["manager"]).get("/tracker/").text
    assert "2 outstanding actions" in page
    assert "1 of them overdue" in page
    assert "1 priority action" in page
    assert "1 waiting for verification" in page
    assert "Overdue</strong>" in page


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("?status=done", "Status: Done"),
        ("?kind=priority", "Kind: Priority"),
        ("?overdue=y", "Overdue"),
        ("?status=all&kind=priority", "Status: Every status"),
    ],
)
def test_what_is_chosen_stands_as_tags(council: Council, client_for, address, shown) -> None:
    page = client_for(council.people["manager"]).get(f"/tracker/{address}").text
    assert f'<span class="govuk-visually-hidden">Remove </span>{shown}</a>' in page


def test_filters_that_make_no_sense_are_passed_over(council: Council, client_for) -> None:
    client = client_for(council.people["manager"])
    for nonsense in ("?team=x&owner=1&kind=%00&status=<b>&page=-4", "?page=99999999999999999999"):
        assert client.get(f"/tracker/{nonsense}").status_code == 200


def test_the_list_asks_the_same_few_questions_for_one_row_and_for_twenty(
    app: Flask, council: Council, client_for
) -> None:
    counts = []
    for rows in (1, 19):
        with app.app_context(), saving():
            for number in range(rows):
                pins = pinned_to_a_case(council)
                an_action(council, STATUSES[number % 3], owner=OWNERS[number % 2], audit=pins)
        client = client_for(council.people["manager"])
        with count_queries(app) as asked:
            assert client.get("/tracker/").status_code == 200
        counts.append(len(asked))
        assert len(asked) <= 8, asked
    print(f"queries with 1 and with 20 rows: {counts}")  # noqa: T201
    assert counts[0] == counts[1]


STATUSES = (S.OPEN, S.IN_PROGRESS, S.DONE)
OWNERS = ("manager", "worker")


def test_a_long_list_has_pages(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        for _ in range(51):
            an_action(council, by="director")
    client = client_for(council.people["manager"])
    first, second = client.get("/tracker/").text, client.get("/tracker/?page=2").text
    assert first.count('<th scope="row"') == 50
    assert second.count('<th scope="row"') == 1
    assert "Later due" in first
    assert "Earlier due" in second


def test_the_way_of_an_action_from_open_to_verified(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        pins = pinned_to_a_case(council)
        action_id = an_action(council, kind=ActionKind.PRIORITY, audit=pins).id
    owner, verifier = (
        client_for(council.people["manager"]),
        client_for(council.people["other_head"]),
    )
    page = f"/tracker/{action_id}"
    shown = owner.get(page)
    assert "Start work" in shown.text
    owner.send(f"{page}/start", token=owner.token_in(shown.text))
    today = now().date()
    done_on = {"done_on-day": today.day, "done_on-month": today.month, "done_on-year": today.year}
    answer = owner.submit(
        f"{page}/done", {"evidence": "Seen at school.", **done_on}, follow_redirects=True
    )
    assert "Marked as done. Somebody else verifies it by" in answer.text
    # Hugh Head saw the action because it was done: sent back, it leaves his list.
    answer = verifier.submit(
        f"{page}/verify", {"decision": "returned", "missing": "Who saw her?"}, follow_redirects=True
    )
    assert "Sent back to Manny Manager." in answer.text
    assert "Who saw her?" in owner.get(page).text
    answer = owner.submit(f"{page}/done", {"evidence": "Wendy saw her.", **done_on})
    assert answer.status_code == 302
    verifier.submit(f"{page}/verify", {"decision": "verified", "note": "Read it."})
    shown = client_for(council.people["auditor"]).get(page).text
    assert "Nothing more. The action is complete." in shown
    for words in ("Seen at school.", "Who saw her?", "Wendy saw her.", "Read it.", "Hugh Head"):
        assert words in shown
    with app.app_context():
        told = [notice.person_id for notice in db.session.query(Notice).order_by(Notice.created_at)]
        # The owner at once; each head outside the service at each "done"; the owner twice more.
        assert told.count(council.people["manager"]) == 3
        assert told.count(council.people["other_head"]) == 2
        assert council.people["head"] not in told
        viewed = db.session.query(Event).filter_by(verb="action_viewed").count()
        assert viewed >= 4


def test_an_error_keeps_what_was_typed(app: Flask, council: Council, client_for) -> None:
    action_id = _made(app, council, S.IN_PROGRESS)
    client = client_for(council.people["manager"])
    answer = client.submit(f"/tracker/{action_id}/done", {"evidence": "On the file."})
    assert "Enter the date on which it was done" in answer.text
    assert "On the file.</textarea>" in answer.text
    wrong = {"evidence": "On the file.", "done_on-day": 1, "done_on-month": 1, "done_on-year": 2020}
    answer = client.submit(f"/tracker/{action_id}/done", wrong)
    assert "The date done must be from" in answer.text
    assert "On the file.</textarea>" in answer.text


# CO-1: a page that shows an older version than the saved one changes nothing and loses nothing.
def test_a_stale_page_is_told_so_and_keeps_its_words(
    app: Flask, council: Council, client_for
) -> None:
    action_id = _made(app, council, S.DONE)
    late, quick = client_for(council.people["head"]), client_for(council.people["director"])
    page = f"/tracker/{action_id}/verify"
    old = late.get(page).text
    version = old.split('name="version"')[1].split('value="')[1].split('"')[0]
    quick.submit(page, {"decision": "returned", "missing": "The date.", "version": version})
    late_words = {"decision": "verified", "note": "Looks well.", "version": version}
    answer = late.send(page, late_words, token=late.token_in(old))
    assert answer.status_code == 409
    assert "Somebody else changed this action while this page was open" in answer.text
    assert "it is now “in progress”" in answer.text
    assert "Looks well.</textarea>" in answer.text
    with app.app_context():
        assert db.session.query(Action).one().status is S.IN_PROGRESS


def test_a_start_from_a_stale_page_is_refused(app: Flask, council: Council, client_for) -> None:
    action_id = _made(app, council)
    client = client_for(council.people["manager"])
    token = client.token_in(client.get(f"/tracker/{action_id}").text)
    answer = client.send(f"/tracker/{action_id}/start", {"version": "7"}, token=token)
    assert answer.status_code == 409


# IN-1: whatever is typed is shown as typed.
def test_text_is_shown_and_never_run(app: Flask, council: Council, client_for) -> None:
    action_id = _made(app, council, S.IN_PROGRESS, what=NASTY)
    client = client_for(council.people["manager"])
    today = now().date()
    done_on = {"done_on-day": today.day, "done_on-month": today.month, "done_on-year": today.year}
    answer = client.submit(
        f"/tracker/{action_id}/done", {"evidence": NASTY, **done_on}, follow_redirects=True
    )
    for text in (answer.text, client.get("/tracker/").text):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "{{ 7*7 }}" in text


def test_a_new_owner_is_found_by_part_of_a_name(app: Flask, council: Council, client_for) -> None:
    action_id = _made(app, council)
    client = client_for(council.people["head"])
    page = f"/tracker/{action_id}/owner"
    answer = client.submit(page, {"owner": "nobody of this name", "reason": "Left."})
    assert "Nobody with an account matches “nobody of this name”" in answer.text
    answer = client.submit(page, {"owner": "auditor", "reason": "Left."})
    assert "Select which person you mean" in answer.text
    assert "Ada Auditor" in answer.text
    assert "Otto Auditor" in answer.text
    which = str(council.people["auditor"])
    answer = client.submit(page, {"owner": "auditor", "which": which, "reason": "Left."})
    assert answer.status_code == 302
    shown = client.get(f"/tracker/{action_id}").text
    assert "Ada Auditor, Team Manager" in shown
    assert "From Manny Manager to Ada Auditor. Left." in shown


def test_somebody_elses_action_does_not_exist(app: Flask, council: Council, client_for) -> None:
    action_id = _made(app, council)
    for person in ("viewer", "administrator", "other_auditor", "other_head"):
        answer = client_for(council.people[person]).get(f"/tracker/{action_id}")
        assert answer.status_code == 404, person
