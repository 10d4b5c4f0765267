"""What waits at home for those whose work is audited, and for the auditor in answer (A12)."""

from datetime import timedelta

import pytest

from qa_app.audits import services
from qa_app.audits.models import Audit
from qa_app.audits.queries.facts import checks_of
from qa_app.audits.services import Point
from qa_app.database import db, now, saving
from qa_app.domain.answers import ContributionKind, FactAnswer
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditState
from tests.audits.making import nothing_to_correct, written
from tests.council import find
from tests.moderation.factory import a_submitted_audit
from tests.pages import Page, words
from tests.queries import count_queries


@pytest.fixture
def sent(app, council):
    """An audit of the social worker's case that was sent just now; gives its reference."""
    with app.app_context(), saving():
        audit = written(council)
        services.submit(audit, by=council.people["other_auditor"], at=now())
        return audit.reference


@pytest.fixture
def rows(app, council, client_for):
    """rows("worker", "facts") → the rows of a table of their home page, as lists of texts."""

    def read(key: str, table: str) -> list[list[str]]:
        page = Page(client_for(council.people[key]).get("/").text, 200)
        found = page.ids.get(table)
        if found is None:
            return []
        body = next(found.iter("tbody"))
        return [[words(cell) for cell in row if cell.tag in ("th", "td")] for row in body]

    return read


def change(app, what) -> None:
    with app.app_context(), saving():
        what(find(Audit))


@pytest.mark.parametrize("who", ["worker", "manager"])
def test_facts_to_check_stand_there_until_they_are_answered(app, council, rows, sent, who):
    (row,) = rows(who, "facts")
    assert (row[0], row[2]) == (sent, "Otto Auditor")
    assert row[3].startswith("Due")
    change(app, lambda audit: services.answer_check(
        audit, points=[], by=council.people[who], at=now()))  # fmt: skip
    assert rows(who, "facts") == []


CLOSED = [
    # A12: the last day is over
    "over",
    # A12: a moderator has it
    "taken",
]


@pytest.mark.parametrize("why", CLOSED)
def test_a_check_that_is_closed_waits_for_nobody(app, rows, sent, why):
    def close(audit: Audit) -> None:
        if why == "taken":
            audit.state = AuditState.IN_MODERATION
        for check in checks_of(audit):
            check.due_on -= timedelta(days=30 * (why == "over"))

    change(app, close)
    assert rows("worker", "facts") == []


def test_an_audit_to_read_says_whether_it_was_read_and_until_when_to_reply(
    app, council, rows, sent
):
    (row,) = rows("worker", "to-read")
    assert row[0::3] == [sent, "Not yet"]
    assert row[4] == "Not final yet"
    worker = council.people["worker"]

    def read_and_begin(audit: Audit) -> None:
        services.acknowledge_audit(audit, by=worker, at=now())
        reply = {"kind": ContributionKind.REPLY, "text": "I", "by": worker, "at": now()}
        services.save_contribution(audit, **reply)
        nothing_to_correct(audit, now())
        audit.state, audit.final_grade = AuditState.FINAL, Grade.GOOD
        audit.final_at = now()

    change(app, read_and_begin)
    (row,) = rows("worker", "to-read")
    assert row[3] != "Not yet"
    assert row[4].startswith("Due")
    assert row[4].endswith("(begun)")
    # The team manager's are their own.
    assert rows("manager", "to-read")[0][3] == "Not yet"


def test_what_was_replied_to_or_can_no_longer_be_waits_for_nobody(app, council, rows, sent):
    worker = council.people["worker"]
    reply = {"kind": ContributionKind.REPLY, "text": "I", "by": worker, "at": now()}
    change(app, lambda audit: services.send_contribution(audit, **reply))
    assert rows("worker", "to-read") == []

    def long_ago(audit: Audit) -> None:
        audit.state, audit.final_grade = AuditState.FINAL, Grade.GOOD
        audit.final_at = now() - timedelta(days=25)

    change(app, long_ago)
    assert rows("manager", "to-read") == []


def test_a_draft_and_others_audits_are_not_there(app, council, rows):
    with app.app_context(), saving():
        written(council)
    assert rows("worker", "to-read") == []
    assert rows("worker", "facts") == []
    assert rows("auditor", "to-read") == []


def test_the_auditor_is_asked_to_answer_and_then_to_correct(app, council, rows, sent):
    auditor = council.people["other_auditor"]
    assert rows("other_auditor", "to-do") == []
    change(app, lambda audit: services.answer_check(
        audit, points=[Point("", "May")] * 2, by=council.people["worker"], at=now()))  # fmt: skip
    (row,) = rows("other_auditor", "to-do")
    assert (row[0], row[-1]) == (sent, "Answer 2 points about the facts")
    change(app, lambda audit: services.correct_facts(audit, by=auditor, at=now()))
    (row,) = rows("other_auditor", "to-do")
    assert row[-1] == "Correct the facts"


def test_nothing_is_asked_once_every_point_is_answered(app, council, rows, sent):
    def answered(audit: Audit) -> None:
        people = council.people
        services.answer_check(audit, points=[Point("", "May")], by=people["worker"], at=now())
        (point,) = checks_of(audit)[0].points
        services.answer_point(
            audit, point.id, answer=FactAnswer.STANDS, text="June", by=people["other_auditor"],
            at=now(),
        )  # fmt: skip

    change(app, answered)
    assert rows("other_auditor", "to-do") == []


def test_what_to_expect_is_one_press_away(council, client_for):
    page = client_for(council.people["worker"]).get("/").text
    assert 'href="/audits/what-to-expect"' in page


@pytest.mark.parametrize("key", ["worker", "manager"])
def test_home_costs_the_same_for_one_audit_and_for_twenty(app, council, client_for, key):
    client = client_for(council.people[key])
    asked = []
    for number in (1, 19):
        with app.app_context(), saving():
            for _ in range(number):
                audit = a_submitted_audit(council, auditor="other_auditor")
                audit.state, audit.final_grade = AuditState.FINAL, Grade.GOOD
                audit.final_at = now()
        with count_queries(app) as counted:
            client.get("/")
        asked.append(counted)
    assert len(asked[0]) == len(asked[1]), asked[1]
    with app.app_context():
        assert db.session.query(Audit).count() == 20
