"""Exemptions and extensions: who asks, who grants, and what follows (P3, P4, P6)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from qa_app.accounts import settings as values
from qa_app.accounts.line import Line
from qa_app.accounts.models import Person, PostHolding
from qa_app.accounts.queries import actor
from qa_app.audits.models import Audit
from qa_app.database import db, saving
from qa_app.domain.calendar import england
from qa_app.domain.permissions import Permission, Role, Scope, allowed
from qa_app.domain.workflow import AuditState
from qa_app.notify.models import Notice
from qa_app.programme import services
from qa_app.programme.models import Exemption, Extension, RequestState, TimeRequest
from qa_app.programme.queries import completion, waiting_requests_for
from qa_app.programme.queries.reached import reached_by
from qa_app.programme.queries.requests import may_exempt, wish_for_audit, wish_for_expectation
from tests.council import grant
from tests.programme.asking import AT, MONTH, SICK, an_audit, an_expectation
from tests.queries import count_queries

pytestmark = pytest.mark.usefixtures("context")

TODAY = AT.date()


def asked(council, days=None, by=None, *, key="auditor", at=AT):
    """A request for an exemption, or for so many days for an audit."""
    by = council.people[by or key]
    if days is None:
        return services.ask_exemption(an_expectation(council, key), number=1, by=by, at=at, **SICK)
    audit = db.session.scalars(select(Audit)).first() or an_audit(council, key)
    return services.ask_extension(audit, number=days, by=by, at=at, **SICK)


def decide(council, request, by, *, granting=True, at=AT):
    services.decide(request, grant=granting, answer="", by=council.people[by], at=at)


# Who may grant what to Ada Auditor, team manager of Safeguarding Team 2, beneath Hetty Head and
# Dora Director: (role and post, working days asked for or None for an exemption, granted)
MAY = (
    # P3: an exemption by a head of service or above, in the line of the unit
    ("head", None, True),
    ("director", None, True),
    # P3: by nobody below, nobody beside, and nobody for themselves
    ("auditor", None, False),
    ("manager", None, False),
    ("other_head", None, False),
    ("review_head", None, False),
    ("qa_lead", None, False),
    ("administrator", None, False),
    ("viewer", None, False),
    ("worker", None, False),
    ("iro", None, False),
    # P3: an extension of up to 5 working days by the line manager, who is here the head
    ("head", 1, True),
    ("head", 5, True),
    # P3: or by anybody who may grant more
    ("director", 5, True),
    ("auditor", 1, False),
    ("manager", 1, False),
    ("other_head", 5, False),
    ("qa_lead", 1, False),
    # P3: more than 5 by a head of service or above
    ("head", 6, True),
    ("director", 60, True),
    ("auditor", 6, False),
    ("other_head", 6, False),
    ("qa_lead", 6, False),
    ("administrator", 6, False),
)
# The same for Wendy Worker, whom Manny Manager, a team manager of rank 40, manages.
MAY_BELOW = (
    # P3: up to 5 days the line manager, whatever their rank
    ("manager", 1, True),
    ("manager", 5, True),
    # P3: more than 5, or an exemption, not
    ("manager", 6, False),
    ("manager", None, False),
    # P3: heads of service and above may all of it
    ("head", 5, True),
    ("head", 6, True),
    ("head", None, True),
    ("director", 6, True),
    # P3: another team's manager, another service's head, never
    ("auditor", 5, False),
    ("other_head", 5, False),
    # P3: never oneself
    ("worker", 1, False),
    ("worker", None, False),
)


@pytest.mark.parametrize(
    ("of", "by", "days", "may"),
    [("auditor", *row) for row in MAY] + [("worker", *row) for row in MAY_BELOW],
)
def test_only_whoever_the_rule_lets_grants(council, of, by, days, may):
    request = asked(council, days, "qa_lead", key=of).request
    waits = waiting_requests_for(actor(council.people[by], TODAY), TODAY)
    assert waits.rows == ([request] if may else [])
    if may:
        decide(council, request, by)
        assert request.state is RequestState.GRANTED
        return
    with pytest.raises(services.MayNotGrant):
        decide(council, request, by)
    db.session.refresh(request)
    assert request.state is RequestState.ASKED
    assert db.session.scalars(select(Exemption)).all() == []
    assert db.session.scalars(select(Extension)).all() == []


@pytest.mark.parametrize(
    ("before", "days", "limit", "may"),
    [
        # P3: days count together for one audit, however often they are asked for
        ((), 5, 5, True),
        ((3,), 2, 5, True),
        ((3,), 3, 5, False),
        ((2, 2), 2, 5, False),
        # P3: the number is a setting
        ((), 6, 10, True),
        ((), 1, 0, False),
    ],
)
def test_a_line_managers_days_add_up_for_one_audit(council, before, days, limit, may):
    values.change("extension_by_line_manager", limit, TODAY, None, AT)
    for each in before:
        decide(council, asked(council, each, "qa_lead", key="worker").request, "head")
    request = asked(council, days, "qa_lead", key="worker").request
    waits = waiting_requests_for(actor(council.people["manager"], TODAY), TODAY)
    assert bool(waits.rows) is may
    if may:
        decide(council, request, "manager")
    else:
        with pytest.raises(services.MayNotGrant, match="head of service"):
            decide(council, request, "manager")


@pytest.mark.parametrize(
    ("vacant", "days", "grants"),
    [
        # P3: where the line manager's post is vacant, the next one up
        (("manager",), 5, "head"),
        (("head",), None, "director"),
        (("manager", "head"), 5, "director"),
        (("head",), 6, "director"),
    ],
)
def test_a_vacant_post_passes_it_up_the_line(council, vacant, days, grants):
    people = [council.people[key] for key in vacant]
    db.session.execute(delete(PostHolding).where(PostHolding.person_id.in_(people)))
    sent = asked(council, days, "qa_lead", key="worker")

    assert sent.told == db.session.get_one(Person, council.people[grants]).name
    assert waiting_requests_for(actor(council.people[grants], TODAY), TODAY).count == 1


def test_where_nobody_can_grant_the_qa_lead_is_told(council):
    people = [council.people[key] for key in ("head", "director")]
    db.session.execute(delete(PostHolding).where(PostHolding.person_id.in_(people)))
    assert asked(council).told == "The QA lead"
    notice = db.session.scalars(select(Notice)).one()
    assert notice.person_id == council.people["qa_lead"]


LINES = (
    # (line managers given, posts vacant)
    ({}, ()),
    ({"worker": "iro"}, ()),
    ({"auditor": "other_head", "worker": "head"}, ()),
    ({"worker": "manager"}, ("manager",)),
    ({}, ("head",)),
    ({}, ("head", "director")),
    ({}, ("auditor",)),
)


@pytest.mark.parametrize(("given_managers", "vacant"), LINES)
def test_what_waits_for_somebody_is_what_they_may_decide(council, given_managers, vacant):
    # P3: the list on the home page and the page of each request say the same.
    for key, manager in given_managers.items():
        db.session.get_one(Person, council.people[key]).line_manager_id = council.people[manager]
    for key in vacant:
        db.session.execute(delete(PostHolding).where(PostHolding.person_id == council.people[key]))
    grant(council, "iro", Role.PRACTITIONER, Scope.SERVICE, "SAFE")
    audits = [an_audit(council, "other_auditor", "100001"), an_audit(council, "worker", "100004")]
    lead = council.people["qa_lead"]
    for audit, days in zip(audits, (3, 9), strict=True):
        services.ask_extension(audit, number=days, by=lead, at=AT, **SICK)
    for key in {"auditor", "worker", "iro", "head"} - set(vacant):
        services.ask_exemption(an_expectation(council, key), number=1, by=lead, at=AT, **SICK)
    requests = db.session.scalars(select(TimeRequest)).all()
    found = 0
    for person_id in council.people.values():
        who = actor(person_id, TODAY)
        wanted = {
            each.id
            for each in requests
            if allowed(Permission.TIME_REQUEST_DECIDE, who, each.permission_subject())
            and not services.barred(each, person_id, AT)
        }
        assert {each.id for each in waiting_requests_for(who, TODAY).rows} == wanted
        found += len(wanted)
    assert found or len(vacant) > 1


def test_what_waits_costs_two_queries_and_one_where_nothing_does(app, council):
    asker = actor(council.people["head"], TODAY)
    with count_queries(app) as none:
        waiting_requests_for(asker, TODAY)
    for key, days in (("auditor", None), ("worker", None), ("worker", 3)):
        asked(council, days, "qa_lead", key=key)
    with saving():
        pass
    values.all_changes()
    with count_queries(app) as some:
        found = waiting_requests_for(asker, TODAY)
        assert [services.kind_words(each) for each in found.rows]
    assert found.count == 3
    assert (len(none), len(some)) == (1, 2), some


# --- asking


@pytest.mark.parametrize(
    ("by", "may"),
    [
        # P3: the auditor, whoever manages them, or the QA lead for them
        ("worker", True),
        ("manager", True),
        ("head", True),
        ("qa_lead", True),
        ("auditor", False),
        ("other_head", False),
        ("administrator", False),
        ("viewer", False),
    ],
)
def test_the_auditor_their_managers_and_the_qa_lead_ask(council, by, may):
    for days in (None, 3):
        if may:
            assert asked(council, days, by, key="worker").request.state is RequestState.ASKED
        else:
            with pytest.raises(services.NotYoursToAsk):
                asked(council, days, by, key="worker")


def test_a_vacant_posts_exemption_is_asked_for_by_those_above_it(council):
    # P3, P4: a vacancy is a reason, and nobody is there to ask.
    expectation = an_expectation(council, "auditor")
    expectation.person_id = None
    db.session.flush()
    sent = services.ask_exemption(expectation, number=1, by=council.people["head"], at=AT, **SICK)
    assert sent.told == ""
    decide(council, sent.request, "head")
    assert (sent.request.person_id, sent.request.state) == (None, RequestState.GRANTED)


def test_the_same_thing_is_asked_for_once_and_decided_once(council):
    request = asked(council).request
    with pytest.raises(services.AlreadyAsked):
        asked(council)
    decide(council, request, "head", granting=False)
    for granting in (True, False):
        with pytest.raises(services.AlreadyDecided):
            decide(council, request, "head", granting=granting)
    assert asked(council).request.state is RequestState.ASKED


@pytest.mark.parametrize("number", [0, -1, 2, 10**8])
def test_no_more_is_asked_for_than_is_expected(council, number):
    with pytest.raises(services.TooManyExempted):
        services.ask_exemption(an_expectation(council), number=number,
                               by=council.people["auditor"], at=AT, **SICK)  # fmt: skip


@pytest.mark.parametrize("days", [0, -1, 61, 10**8])
def test_days_are_from_one_to_sixty(council, days):
    with pytest.raises(services.CannotExtend):
        asked(council, days)


def test_an_audit_that_is_done_needs_no_more_time(council):
    request = asked(council, 3).request
    audit = request.audit
    audit.state, audit.completed_on = AuditState.AWAITING_MODERATION, TODAY
    audit.submitted_at = AT
    db.session.flush()
    with pytest.raises(services.CannotExtend):
        decide(council, request, "head")
    with pytest.raises(services.CannotExtend):
        services.grant_extension(audit, number=1, by=council.people["head"], at=AT, **SICK)


def test_days_that_end_in_the_past_are_refused(council):
    an_audit(council, "auditor")
    with pytest.raises(services.CannotExtend, match="has passed"):
        asked(council, 2, at=datetime(2026, 12, 20, 9, tzinfo=UTC))


def test_those_whom_it_is_about_are_told_once_and_nothing_of_a_case(council):
    request = asked(council, 3, "manager", key="worker").request
    decide(council, request, "head", granting=False)
    notices = db.session.scalars(select(Notice).where(Notice.key.startswith("time-request"))).all()

    assert {n.person_id for n in notices} == {council.people["worker"], council.people["manager"]}
    assert len({n.key for n in notices}) == len(notices) == 2
    assert not any("100001" in n.subject + n.body for n in notices)


# --- what follows


def test_an_exemption_reduces_due_up_to_the_due_date_and_not_after(council):
    # P4
    rows = [an_expectation(council, key) for key in ("auditor", "other_auditor")]
    for row, day in zip(rows, (AT, datetime(2026, 12, 1, 9, tzinfo=UTC)), strict=True):
        head = "head" if row is rows[0] else "other_head"
        services.grant_exemption(row, number=1, by=council.people[head], at=day, **SICK)
    found = completion(MONTH, MONTH)[MONTH]

    assert (found.expected, found.exempted, found.exempted_late, found.due) == (2, 1, 1, 1)


@pytest.mark.parametrize("by", ["auditor", "other_head", "qa_lead", "worker"])
def test_nobody_else_exempts_or_extends_unasked(council, by):
    # P3
    options = {"number": 1, "by": council.people[by], "at": AT} | SICK
    with pytest.raises(services.MayNotGrant):
        services.grant_exemption(an_expectation(council), **options)
    with pytest.raises(services.MayNotGrant):
        services.grant_extension(an_audit(council, "auditor"), **options)


def test_a_moved_due_date_keeps_the_old_one_and_the_month(council):
    # P3, P4: MTM-2 counts by the month, whatever the date became.
    an_expectation(council)
    audit = an_audit(council, "auditor")
    extension = services.grant_extension(audit, number=5, by=council.people["head"], at=AT, **SICK)
    assert (extension.due_before, extension.due_on) == (date(2026, 11, 30), date(2026, 12, 7))
    assert (audit.due_on, audit.cycle_month) == (date(2026, 12, 7), MONTH)
    audit.completed_on, audit.submitted_at = date(2026, 12, 4), AT
    db.session.flush()
    found = completion(MONTH, MONTH)[MONTH]
    assert (found.done, found.late) == (0, 1)


def test_an_extension_jumps_over_the_bank_holidays(council):
    # P3: working days. From Wednesday 23 December: 24, 29, 30 (25 and 28 are bank holidays).
    audit = an_audit(council, "auditor")
    audit.due_on = date(2026, 12, 23)
    db.session.flush()
    services.grant_extension(audit, number=3, by=council.people["head"], at=AT, **SICK)
    assert audit.due_on == date(2026, 12, 30)


def test_a_head_reaches_the_auditors_beneath_and_never_their_own(council):
    # P3
    for key in ("auditor", "manager", "other_auditor", "head", "iro"):
        an_expectation(council, key)
    an_audit(council, "auditor")
    an_audit(council, "other_auditor", "100003")
    line = Line(TODAY)
    for key in council.people:
        who = actor(council.people[key], TODAY)
        found = reached_by(who, TODAY)
        rows = [wish_for_expectation(each.expectation, line) for each in found.rows]
        audits = [wish_for_audit(each, 0, line) for each in found.audits]
        assert all(may_exempt(wish, who.person_id, line) for wish in rows + audits)
        counts = {"head": (2, 1), "other_head": (1, 1), "review_head": (1, 0), "director": (5, 2)}
        assert (len(rows), len(audits)) == counts.get(key, (0, 0)), key


# --- whatever is granted in whatever order

STEPS = st.lists(
    st.tuples(
        st.sampled_from(("exempt", "extend")),
        st.integers(0, 1),
        st.integers(-1, 4),
        st.integers(0, 60),
    ),
    min_size=1,
    max_size=12,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, numbers=st.lists(st.integers(0, 4), min_size=2, max_size=2))
def test_due_is_what_is_left_and_no_due_date_is_lost(council, steps, numbers):
    # P3, P4: due = expected − exempted in time, never negative; the original date is never lost.
    nested = db.session.begin_nested()
    keys, heads = ("auditor", "other_auditor"), ("head", "other_head")
    rows = [an_expectation(council, key, n) for key, n in zip(keys, numbers, strict=True)]
    audits = [
        an_audit(council, key, case) for key, case in zip(keys, ("100001", "100003"), strict=True)
    ]
    in_time = [0, 0]
    calendar = england()
    for kind, which, number, day in steps:
        at, by = AT + timedelta(days=day), council.people[heads[which]]
        options = {"number": number, "by": by, "at": at} | SICK
        try:
            if kind == "exempt":
                services.grant_exemption(rows[which], **options)
                in_time[which] += number if at.date() <= date(2026, 11, 30) else 0
            else:
                services.grant_extension(audits[which], **options)
        except (services.TooManyExempted, services.CannotExtend):
            continue
    found = completion(MONTH, MONTH)[MONTH]
    assert found.due == sum(numbers) - sum(in_time) == found.expected - found.exempted >= 0
    for row in rows:
        every = select(func.coalesce(func.sum(Exemption.number), 0))
        of_row = every.where(Exemption.expectation_id == row.id)
        assert 0 <= db.session.scalar(of_row) <= row.number
    for audit in audits:
        query = select(Extension).where(Extension.audit_id == audit.id).order_by(Extension.due_on)
        chain = db.session.scalars(query).all()
        dates = [each.due_before for each in chain] + [audit.due_on]
        assert dates[0] == date(2026, 11, 30)
        assert [each.due_on for each in chain] == dates[1:]
        days = sum(each.working_days for each in chain)
        assert audit.due_on == calendar.add_working_days(dates[0], days)
    nested.rollback()
