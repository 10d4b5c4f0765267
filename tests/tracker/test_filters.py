"""The list's filters: what they leave is what Python counts over the table of permissions."""

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from qa_app.accounts import settings as numbers
from qa_app.accounts.queries import actor
from qa_app.database import db, now, saving
from qa_app.domain.actions import OUTSTANDING, ActionKind, ActionStatus
from qa_app.domain.calendar import london_date
from qa_app.domain.escalation import Brag
from qa_app.domain.permissions import Party, Permission, allowed
from qa_app.tracker import queries
from qa_app.tracker.models import Action, ActionSource
from qa_app.tracker.queries import Due, Part, Wanted
from qa_app.tracker.queries.failing import Reason
from tests.council import Council, hold
from tests.queries import count_queries
from tests.tracker.doing import (
    OWNERS,
    PARTNERS,
    TEAMS,
    a_population,
    as_read,
    help_with,
    send_back,
)
from tests.tracker.factory import an_action

S = ActionStatus
TODAY = london_date(now())
PEOPLE = ("qa_lead", "director", "manager", "head", "worker", "chair", "auditor", "other_auditor")


def reasons_of(action: Action) -> set[Reason]:
    """Why an action needs somebody, from its own facts."""
    found = set()
    overdue = queries.brag_of(action, TODAY) is Brag.OVERDUE
    if overdue and action.status in (S.OPEN, S.IN_PROGRESS):
        found.add(Reason.OVERDUE)
    if overdue and action.status is S.DONE:
        found.add(Reason.UNVERIFIED)
    returned = any((s.from_status, s.to_status) == (S.DONE, S.IN_PROGRESS) for s in action.steps)
    if action.status is S.IN_PROGRESS and returned:
        found.add(Reason.SENT_BACK)
    if action.withdrawal_asked_at and action.status in OUTSTANDING:
        found.add(Reason.WITHDRAWAL)
    made_here = action.source is not ActionSource.IMPORTED
    if action.status is S.OPEN and made_here and days_open(action.raised_on) > 5:
        found.add(Reason.NOT_STARTED)
    return found


def days_open(raised_on: date) -> int:
    return numbers.calendar().working_days_between(raised_on, TODAY)


def part_in(action: Action, person_id: object) -> Part:
    helpers = {each.person_id for each in action.parties if each.party is Party.HELPER}
    if person_id == action.owner_id:
        return Part.OWNS
    if person_id == action.covered_by:
        return Part.COVERS
    return Part.HELPS if person_id in helpers else Part.NONE


def due_is(action: Action, due: Due) -> bool:
    if due is Due.OVERDUE:
        return queries.brag_of(action, TODAY) is Brag.OVERDUE
    if action.status not in (S.OPEN, S.IN_PROGRESS) or action.due_on < TODAY:
        return False
    return (action.due_on < TODAY + timedelta(days=7)) is (due is Due.SOON)


def fits(action: Action, wanted: Wanted, person_id: object) -> bool:
    """Whether an action is what is wanted, said without the database."""
    statuses = {None: OUTSTANDING, "all": tuple(S)}.get(wanted.status, (wanted.status,))
    return all(
        (
            action.status in statuses,
            wanted.team_id in (None, action.team_id),
            wanted.kind in (None, action.kind),
            wanted.owner_id in (None, action.owner_id),
            wanted.due is None or due_is(action, wanted.due),
            wanted.partner in ("", action.partner_agency),
            not wanted.mine or part_in(action, person_id) is not Part.NONE,
            not wanted.failed or bool(reasons_of(action)),
        )
    )


# E4, E5, E6, I2: whatever is chosen, and whoever looks.
def test_the_list_is_what_python_counts(context: Flask, council: Council) -> None:
    with saving():
        a_population(council)
    actions = list(db.session.scalars(select(Action)))
    actors = {key: actor(council.people[key], TODAY) for key in PEOPLE}
    sizes = set()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(PEOPLE),
        st.builds(
            Wanted,
            team_id=st.none() | st.sampled_from([council.teams[key] for key in TEAMS]),
            kind=st.none() | st.sampled_from(ActionKind),
            owner_id=st.none() | st.sampled_from([council.people[key] for key in OWNERS]),
            status=st.none() | st.just("all") | st.sampled_from(S),
            due=st.none() | st.sampled_from(Due),
            partner=st.sampled_from(PARTNERS),
            mine=st.booleans(),
            failed=st.booleans(),
        ),
    )
    def check(key: str, wanted: Wanted) -> None:
        who = actors[key]
        expected = {
            action.id
            for action in actions
            if allowed(Permission.ACTION_READ, who, action.permission_subject())
            and fits(action, wanted, who.person_id)
        }
        found = queries.listing(who, wanted, TODAY)
        assert {row.action.id for row in found.rows} == expected
        assert found.total == len(expected) <= 50
        for row in found.rows:
            assert row.part is part_in(row.action, who.person_id)
            told = {each.words(TODAY) for each in reasons_of(row.action)}
            assert set(row.why) == (told if wanted.failed else set())
        sizes.add(len(expected))

    check()
    assert len(sizes) > 5, "the filters tell actions apart"


# E4, E6: each reason by itself, and what needs nobody.
@pytest.mark.parametrize("reason", [*Reason, None])
def test_why_an_action_needs_somebody(
    context: Flask, council: Council, reason: Reason | None
) -> None:
    old, late = now() - timedelta(days=15), now() - timedelta(days=60)
    if reason is Reason.OVERDUE:
        an_action(council, S.IN_PROGRESS, at=late)
    elif reason is Reason.UNVERIFIED:
        an_action(council, S.DONE, at=old)
    elif reason is Reason.SENT_BACK:
        send_back(council, an_action(council), now())
    elif reason is Reason.WITHDRAWAL:
        asked = an_action(council)
        asked.withdrawal_asked_at, asked.withdrawal_asked_by = now(), council.people["head"]
    elif reason is Reason.NOT_STARTED:
        an_action(council, at=old)
    an_action(council)
    an_action(council, S.IN_PROGRESS, at=old)
    an_action(council, S.DONE)
    an_action(council, S.VERIFIED, at=late)
    an_action(council, S.WITHDRAWN, at=late)
    db.session.flush()
    who = actor(council.people["director"], TODAY)
    rows = queries.listing(who, Wanted(failed=True), TODAY).rows
    assert [list(row.why) for row in rows] == ([[reason.words(TODAY)]] if reason else [])


# How long an action may stay open is a setting, and the words say it.
def test_not_started_follows_its_setting(context: Flask, council: Council) -> None:
    an_action(council, at=now() - timedelta(days=15))
    who = actor(council.people["director"], TODAY)
    hold("action_started_within", 1)
    (row,) = queries.listing(who, Wanted(failed=True), TODAY).rows
    assert list(row.why) == ["Not started within 1 working day"]
    hold("action_started_within", 30)
    assert not queries.listing(who, Wanted(failed=True), TODAY).rows


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("?mine=y", "Yours"),
        ("?failed=y", "Needs somebody"),
        ("?due=overdue", "Overdue"),
        ("?overdue=y", "Overdue"),
        ("?due=week", "Due: To do in the next 7 days"),
        ("?partner=A+school", "Partner agency: A school"),
    ],
)
def test_what_is_chosen_can_be_taken_away(
    app: Flask, council: Council, client_for, address, shown
) -> None:
    with app.app_context(), saving():
        a_population(council)
    client = client_for(council.people["qa_lead"])
    page = client.get(f"/tracker/{address}").text
    assert f'<span class="govuk-visually-hidden">Remove </span>{shown}</a>' in page
    # The address can be sent: the board takes the same choice.
    assert 'href="/tracker/board?' in page


# IN-5: an address that somebody made up narrows to nothing, and says so.
@pytest.mark.parametrize(
    "address", ["?partner=%00%00x", "?partner=" + "y" * 5000, "?team=" + "0" * 32]
)
def test_a_made_up_address_shows_nothing(council: Council, client_for, address) -> None:
    client = client_for(council.people["manager"])
    assert "No action matches what you chose." in client.get(f"/tracker/{address}").text
    assert client.get(f"/tracker/board{address}").status_code == 200


def test_the_view_of_what_needs_somebody_says_why(app: Flask, council: Council, client_for) -> None:
    client = client_for(council.people["manager"])
    assert "No action that you can see needs somebody." in client.get("/tracker/?failed=y").text
    with app.app_context(), saving():
        an_action(council, at=now() - timedelta(days=60))
        help_with(council, an_action(council, owner="worker"), "iro")
    shown = as_read(client.get("/tracker/?failed=y").text)
    assert "Why it is here" in shown
    assert "Not done by its due date Not started within 5 working days" in shown
    assert "1 outstanding action" in shown
    # Somebody who helps finds what they help with.
    mine = as_read(client_for(council.people["iro"]).get("/tracker/?mine=y").text)
    assert "Wendy Worker; you help" in mine


# No list costs more for having more rows, whatever is chosen.
@pytest.mark.parametrize("address", ["?failed=y", "?mine=y", "?due=overdue&status=all"])
def test_the_filters_cost_the_same_with_few_and_many_rows(
    app: Flask, council: Council, client_for, address
) -> None:
    counts = []
    for rows in (1, 12):
        with app.app_context(), saving():
            for _ in range(rows):
                action = an_action(council, owner="worker", at=now() - timedelta(days=60))
                help_with(council, action, "chair")
        client = client_for(council.people["qa_lead"])
        with count_queries(app) as asked:
            assert client.get(f"/tracker/{address}").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8, counts
