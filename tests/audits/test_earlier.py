"""Earlier audits of a child's file and their open actions, for those who may read them (I2)."""

from datetime import date, timedelta

import pytest

from qa_app.accounts.queries import actor
from qa_app.audits import services
from qa_app.audits.models import Audit
from qa_app.audits.queries.earlier import MOST, earlier_of
from qa_app.database import db, saving
from qa_app.domain.actions import ActionStatus
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Permission, allowed
from qa_app.domain.workflow import AuditState
from qa_app.tracker.models import Action
from tests.audits.making import AT, given, submitted, written
from tests.queries import count_queries

TODAY = date(2026, 11, 18)
PEOPLE = ("other_auditor", "auditor", "worker", "manager", "head", "other_head", "review_head",
          "director", "iro", "chair", "qa_lead", "viewer", "administrator")  # fmt: skip


def _first(council, *, case: str = "100001") -> Audit:
    """A submitted audit with a concern, and so with a priority action."""
    audit = submitted(council, case=case)
    services.raise_concern(audit, worry="w", by=council.people["other_auditor"], at=AT)
    db.session.flush()
    return audit


def _seen(audit: Audit, council, key: str):
    return earlier_of(audit, actor(council.people[key], TODAY))


@pytest.fixture
def now_given(context, council) -> Audit:
    """Another audit of the same case, for a manager of another team."""
    _first(council)
    return given(council, auditor="auditor")


# I2: the condition given to the database is the table of permissions, for everybody.
@pytest.mark.parametrize("key", PEOPLE)
def test_each_sees_what_they_may_read_and_nothing_else(council, now_given, key) -> None:
    who = actor(council.people[key], TODAY)
    audits = db.session.query(Audit).filter(Audit.id != now_given.id)
    may = [
        each for each in audits if allowed(Permission.AUDIT_READ, who, each.permission_subject())
    ]
    actions = [
        each
        for each in db.session.query(Action)
        if allowed(Permission.ACTION_READ, who, each.permission_subject())
    ]
    found = earlier_of(now_given, who)

    assert [each.id for each in found.audits] == [each.id for each in may]
    assert [each.id for each in found.actions] == [each.id for each in actions]
    assert bool(found) is bool(may or actions)


# I2: both kinds of people are among those tried.
def test_some_see_them_and_some_do_not(council, now_given) -> None:
    assert _seen(now_given, council, "director").audits
    assert _seen(now_given, council, "director").actions
    assert not _seen(now_given, council, "auditor")


def test_an_audit_that_was_not_sent_is_not_earlier(context, council) -> None:
    written(council)
    again = given(council, auditor="auditor")
    assert not _seen(again, council, "qa_lead")


def test_another_child_is_another_child(context, council) -> None:
    _first(council, case="100002")
    assert not _seen(given(council, auditor="auditor"), council, "qa_lead")


# M3: no grade but the final one.
def test_the_grade_is_the_final_one_and_there_is_none_before_it(council, now_given) -> None:
    assert _seen(now_given, council, "qa_lead").audits[0].grade is None
    first = db.session.query(Audit).filter(Audit.id != now_given.id).one()
    first.state, first.final_at, first.final_grade = AuditState.FINAL, AT, Grade.INADEQUATE
    assert _seen(now_given, council, "qa_lead").audits[0].grade is Grade.INADEQUATE


# E5: done is still to be done until somebody has verified it.
@pytest.mark.parametrize(("status", "shown"), [(ActionStatus.OPEN, True),
                                               (ActionStatus.IN_PROGRESS, True),
                                               (ActionStatus.DONE, True),
                                               (ActionStatus.VERIFIED, False),
                                               (ActionStatus.WITHDRAWN, False)])  # fmt: skip
def test_an_action_is_shown_until_it_is_settled(council, now_given, status, shown) -> None:
    action = db.session.query(Action).one()
    action.status = status
    action.settled_on = None if shown else TODAY
    action.verified_by = council.people["other_head"] if status is ActionStatus.VERIFIED else None
    db.session.flush()
    assert bool(_seen(now_given, council, "qa_lead").actions) is shown


def test_the_newest_audit_and_the_next_action_come_first(context, council) -> None:
    first = _first(council)
    second = submitted(council, auditor="auditor")
    first.completed_on = TODAY - timedelta(days=90)
    second.completed_on = TODAY
    found = _seen(given(council), council, "qa_lead")
    assert [each.reference for each in found.audits] == [second.reference, first.reference]
    assert [each.due_on for each in found.actions] == sorted(each.due_on for each in found.actions)


def test_its_own_actions_stand_elsewhere(context, council) -> None:
    first = _first(council)
    assert not _seen(first, council, "qa_lead")


# One statement, however long the history is, and no more than twenty of each.
def test_a_long_history_costs_one_statement(app, council) -> None:
    with app.app_context(), saving():
        for number in range(MOST + 5):
            audit = submitted(council, case="100003")
            audit.completed_on = TODAY - timedelta(days=number)
        again = given(council, case="100003", auditor="auditor").id
    with app.app_context():
        audit, who = db.session.get_one(Audit, again), actor(council.people["qa_lead"], TODAY)
        audit.case_reference  # noqa: B018 -- read before it is counted
        with count_queries(app) as asked:
            found = earlier_of(audit, who)
    assert len(asked) == 1, asked
    assert len(found.audits) == MOST
    assert found.audits[0].completed_on == TODAY


@pytest.fixture
def page_of(app, council, client_for):
    """page_of(key, part) → the page of a newer audit of the case, and the older one's reference."""

    def fetch(key: str, part: str = "") -> tuple[str, str]:
        with app.app_context(), saving():
            reference = _first(council).reference
            path = f"/audits/{given(council, auditor='auditor').id}"
            reader = council.people[key]
        return client_for(reader).get(f"{path}{part}").text, reference

    return fetch


def test_the_task_list_shows_them_to_whoever_may_read_them(page_of) -> None:
    page, reference = page_of("qa_lead")
    assert "Earlier audits of this child’s file" in page
    assert reference in page
    assert "P-2026-11-001" in page


# I2: to anybody else nothing is said, not even that there are some.
@pytest.mark.parametrize("part", ["", "/sections/risk"])
def test_nothing_is_said_to_anybody_else(page_of, part) -> None:
    page, reference = page_of("auditor", part)
    assert "Risk and safety" in page
    for word in ("Earlier audits", "Still to be done", reference, "P-2026-11-001"):
        assert word not in page


def test_the_section_page_shows_an_audit_of_ones_own(app, council, client_for) -> None:
    with app.app_context(), saving():
        reference = _first(council).reference
        path = f"/audits/{given(council).id}"
    page = client_for(council.people["other_auditor"]).get(f"{path}/sections/risk").text
    assert "Earlier audits of this child’s file" in page
    assert reference in page
    assert "(no final grade)" in page
