"""Giving an audit: what it pins (A1), and whom independence refuses (S6)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person, PostHolding, PostKind
from qa_app.audits import services
from qa_app.audits.models import Audit, AuditParty, AuditSource
from qa_app.cases.models import Case, Involvement, InvolvementRole
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import PlanType, Selection
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.notify.models import Notice
from tests.audits.making import AT, DUE, MONTH, given

TODAY = london_date(AT)

pytestmark = pytest.mark.usefixtures("context")


def test_an_audit_pins_the_case_the_period_and_everybody_in_it(council):
    audit = given(council)

    # A1: twelve months back from the day it is given, judged on the last six.
    assert (audit.period_from, audit.period_to) == (date(2025, 11, 18), date(2026, 11, 18))
    assert audit.judged_from == date(2026, 5, 18)
    assert (audit.case_reference, audit.plan_type) == ("100001", PlanType.CHILD_PROTECTION)
    assert (audit.age_band, audit.team_name) == ("5 to 9", "Safeguarding Team 1")
    assert audit.service_id == council.teams["SAFE"]
    assert (audit.auditor_name, audit.auditor_post) == ("Otto Auditor", PostKind.TEAM_MANAGER)
    assert (audit.state, audit.source) == (AuditState.GIVEN, AuditSource.MADE)
    assert audit.tool_version.code == "core"
    parties = {(party.party, party.name) for party in audit.parties}
    assert parties == {
        (Party.AUDITOR, "Otto Auditor"),
        (Party.SOCIAL_WORKER, "Wendy Worker"),
        (Party.TEAM_MANAGER, "Manny Manager"),
        (Party.CHAIR, "Cleo Chair"),
    }


def test_references_count_within_their_month(council):
    references = [given(council).reference, given(council, case="100003").reference]

    assert references == ["A-2026-11-001", "A-2026-11-002"]


def test_every_social_worker_of_the_period_is_pinned_with_their_dates(council):
    _involve(council, "other_auditor", "100003", InvolvementRole.SOCIAL_WORKER,
             TODAY - timedelta(days=330), TODAY - timedelta(days=301))  # fmt: skip
    audit = given(council, case="100003", auditor="iro")

    workers = db.session.scalars(
        select(AuditParty)
        .where(AuditParty.audit_id == audit.id, AuditParty.party == Party.SOCIAL_WORKER)
        .order_by(AuditParty.started_on)
    ).all()
    assert [(each.name, each.ended_on) for each in workers] == [
        ("Otto Auditor", TODAY - timedelta(days=301)),
        ("Wendy Worker", None),
    ]


def test_the_auditor_is_told_once_and_it_is_in_the_history(council):
    audit = given(council)
    db.session.commit()

    notice = db.session.scalars(select(Notice)).one()
    assert notice.person_id == council.people["other_auditor"]
    assert notice.subject == f"Audit {audit.reference} is yours, due 30 November 2026"
    assert "100001" not in notice.subject + notice.body
    event = db.session.scalars(select(Event).where(Event.audit_id == audit.id)).one()
    assert event.sentence == "Given to the auditor, due 30 November 2026"


def _involve(council, who, case, role, started, ended=None):
    db.session.add(
        Involvement(
            case_id=council.cases[case],
            person_id=council.people[who],
            team_id=council.teams["SAFE1"],
            role=role,
            started_on=started,
            ended_on=ended,
        )
    )
    db.session.flush()


def _refusal(council, who, case="100001") -> str:
    with pytest.raises(services.NotIndependent) as refused:
        given(council, case=case, auditor=who)
    assert db.session.scalars(select(Audit)).all() == []
    return refused.value.message


@pytest.mark.parametrize(
    ("who", "case", "why"),
    [
        # S6: the child's worker now
        ("worker", "100001", "is this child's social worker"),
        # S6: the manager of the child's team, then and now
        ("manager", "100001", "manages or belongs to the team that this child is allocated to"),
        # S6: the head of the service manages the team at a higher level
        ("head", "100001", "manages or belongs to the team that this child is allocated to"),
        # S6: the conference chair
        ("chair", "100001", "is this child's conference chair"),
        # S6: the independent reviewing officer
        ("iro", "100004", "is this child's independent reviewing officer"),
    ],
)
def test_nobody_audits_a_child_they_answer_for(council, who, case, why):
    assert why in _refusal(council, who, case)


@pytest.mark.parametrize(
    ("role", "why"),
    [
        # S6: the worker of a brother or sister
        (InvolvementRole.SOCIAL_WORKER, "the social worker of this child's brother or sister"),
        # S6: the decision-maker of a brother or sister
        (InvolvementRole.DECISION_MAKER, "the decision-maker of this child's brother or sister"),
    ],
)
def test_a_tie_to_a_brother_or_sister_counts(council, role, why):
    ended = TODAY - timedelta(days=40)
    _involve(council, "other_auditor", "100002", role, TODAY - timedelta(days=90), ended)

    assert f"was {why} until 9 October 2026" in _refusal(council, "other_auditor")


def test_a_tie_that_ended_before_the_period_does_not_count(council):
    # S6: "in the period under review"
    ended = TODAY - timedelta(days=400)
    _involve(council, "other_auditor", "100001", InvolvementRole.SOCIAL_WORKER,
             TODAY - timedelta(days=500), ended)  # fmt: skip

    assert given(council).auditor_id == council.people["other_auditor"]


def test_whoever_managed_the_team_in_the_period_is_refused_after_leaving_the_post(council):
    holding = db.session.scalars(
        select(PostHolding).where(PostHolding.person_id == council.people["manager"])
    ).one()
    holding.ended_on = TODAY - timedelta(days=30)
    db.session.flush()

    assert "team manager until 19 October 2026" in _refusal(council, "manager")


def test_a_closed_case_cannot_be_given(council):
    # S3
    db.session.get_one(Case, council.cases["100001"]).closed_on = TODAY
    with pytest.raises(services.CaseClosed, match="Choose another case"):
        given(council)


def test_a_case_without_a_family_has_no_brothers_and_sisters(council):
    db.session.get_one(Case, council.cases["100003"]).family_reference = None
    audit = services.give(
        db.session.get_one(Case, council.cases["100003"]),
        db.session.get_one(Person, council.people["iro"]),
        PostKind.IRO,
        cycle_month=MONTH,
        due_on=DUE,
        selection=Selection.TARGETED,
        reason="An anomaly in the data",
        by=council.people["qa_lead"],
        at=AT,
    )

    assert audit.selection_reason == "An anomaly in the data"
