"""Lists show exactly what may be read (I2), narrowed, at a cost that does not grow."""

from datetime import date

import pytest
from sqlalchemy import select

from qa_app.accounts import queries as accounts
from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.models import Audit
from qa_app.audits.queries import Filters, may_read, page_of, to_do
from qa_app.audits.queries.lists import PAGE
from qa_app.database import db, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Permission, Role, Scope, allowed
from qa_app.domain.workflow import AuditState
from tests.audits.making import AT, MONTH, given, submitted, written
from tests.council import grant
from tests.factories import an_imported_audit
from tests.queries import count_queries

TODAY = london_date(AT)


@pytest.fixture
def audits(context, council):
    """Audits in every state, of two services, one of them imported."""
    with saving():
        grant(council, "iro", Role.PRACTITIONER, Scope.TEAM, "CARE1")
        found = {
            "given": given(council),
            "waiting": submitted(council),
            "care": submitted(council, case="100004", auditor="auditor", grade="inadequate"),
            "moderating": submitted(council, case="100003", auditor="chair"),
            "returned": submitted(council, case="100003", auditor="iro"),
            "final": submitted(council, case="100004", auditor="manager"),
            "imported": an_imported_audit(),
        }
        found["imported"].team_id = council.teams["SAFE1"]
        for name, key in (("moderating", "review_head"), ("returned", "director"),
                          ("final", "review_head")):  # fmt: skip
            moderator = db.session.get_one(Person, council.people[key])
            services.take_for_moderation(found[name], moderator, moderator.id, AT)
        services.return_for_correction(found["returned"], council.people["director"], AT)
        services.finalise(found["final"], {None: Grade.GOOD}, "", council.people["review_head"], AT)
    return found


def test_a_list_equals_what_each_person_may_read(audits, council):
    for key, person_id in council.people.items():
        actor = accounts.actor(person_id, TODAY)
        listed = set(db.session.scalars(select(Audit.id).where(may_read(actor))))
        readable = {
            audit.id
            for audit in db.session.scalars(select(Audit))
            if allowed(Permission.AUDIT_READ, actor, audit.permission_subject())
        }
        assert listed == readable, key


@pytest.mark.parametrize(
    ("key", "seen"),
    [
        # I2: the auditor sees their own from the start; nobody else but the QA lead does
        ("other_auditor", {"given", "waiting", "care", "final"}),
        # I2: the social worker of the case, once it has left the auditor's desk
        ("worker", {"waiting", "moderating", "returned"}),
        # I2: a head of service within the service
        ("head", {"waiting", "moderating", "returned", "imported"}),
        ("other_head", {"care", "final"}),
        # I2: a moderator of another service sees those that they moderate
        ("review_head", {"moderating", "final"}),
        # I2: viewers and administrators never
        ("viewer", set()),
        ("administrator", set()),
    ],
)
def test_who_sees_which_audits(audits, council, key, seen):
    page = page_of(accounts.actor(council.people[key], TODAY), Filters())
    names = {audit.id: name for name, audit in audits.items()}

    assert {names[audit.id] for audit in page.audits} == seen


@pytest.mark.parametrize(
    ("filters", "seen"),
    [
        (Filters(state=AuditState.GIVEN), {"given"}),
        (Filters(month=MONTH), {"given", "waiting", "care", "moderating", "returned", "final"}),
        (Filters(month=date(2023, 4, 1)), {"imported"}),
        (Filters(grade=Grade.GOOD), {"final"}),
        (Filters(search="100004"), {"care", "final"}),
        (Filters(search="a-2026-11-00"), {"given", "waiting", "care", "moderating", "returned",
                                          "final"}),
        (Filters(search="A001"), {"imported"}),
        (Filters(search="%"), set()),
        (Filters(search="1000"), set()),
    ],
)  # fmt: skip
def test_a_list_is_narrowed(audits, council, filters, seen):
    page = page_of(accounts.actor(council.people["qa_lead"], TODAY), filters)
    names = {audit.id: name for name, audit in audits.items()}

    assert {names[audit.id] for audit in page.audits} == seen


def test_what_waits_for_an_auditor_has_returned_audits_first(audits, council):
    with saving():
        given(council, case="100001", auditor="iro")

    states = [audit.state for audit in to_do(council.people["iro"])]
    assert states == [AuditState.RETURNED, AuditState.GIVEN]


def test_pages_go_on_and_back_without_gap_or_double(context, council):
    with saving():
        for number in range(PAGE * 2 + 3):
            an_imported_audit(f"I{number:03}")
    actor = accounts.actor(council.people["qa_lead"], TODAY)
    first = page_of(actor, Filters())
    second = page_of(actor, Filters(), older_than=first.older)
    third = page_of(actor, Filters(), older_than=second.older)
    back = page_of(actor, Filters(), newer_than=third.newer)

    seen = [audit.reference for page in (first, second, third) for audit in page.audits]
    assert seen == [f"I{number:03}" for number in reversed(range(PAGE * 2 + 3))]
    assert (first.newer, third.older) == (None, None)
    assert [audit.id for audit in back.audits] == [audit.id for audit in second.audits]
    assert page_of(actor, Filters(), newer_than=second.newer).newer is None


@pytest.mark.parametrize("key", ["qa_lead", "other_auditor", "head", "manager"])
def test_the_list_page_costs_the_same_with_twenty_audits(app, council, client_for, key):
    costs = []
    for more in (1, 19):
        with app.app_context(), saving():
            for _ in range(more):
                written(council)
        client = client_for(council.people[key])
        with count_queries(app) as asked:
            assert client.get("/audits").status_code == 200
        costs.append(len(asked))
        assert len(asked) <= 8, asked
    assert costs[0] == costs[1]
