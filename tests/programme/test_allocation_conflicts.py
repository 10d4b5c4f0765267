"""Every conflict of S6, refused when an audit is given and when a draw is allocated."""

from datetime import timedelta

import pytest

from qa_app.accounts.models import Person, Post, PostHolding, PostKind
from qa_app.audits import services as audits
from qa_app.audits.models import DeclaredInterest
from qa_app.audits.queries import independence_of_many
from qa_app.audits.services import NotIndependent
from qa_app.cases.models import Case, Involvement, InvolvementRole
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import Selection
from qa_app.programme import services
from tests.audits.making import AT
from tests.programme.drawing import MONTH, a_draw, expect
from tests.queries import count_queries

TODAY = london_date(AT)
CASE, SIBLING = "100001", "100002"
WHO = "other_auditor"

pytestmark = pytest.mark.usefixtures("context")


def ago(days: int):
    return TODAY - timedelta(days=days)


def involve(council, case, role, *, who=WHO, team="SAFE1", since=200, until=None):
    db.session.add(
        Involvement(
            case_id=council.cases[case],
            person_id=council.people[who],
            team_id=council.teams[team] if team else None,
            role=role,
            started_on=ago(since),
            ended_on=None if until is None else ago(until),
        )
    )


def hold_post(council, unit, *, line, since=200, until=None):
    """Otto holds one more post, here."""
    post = Post(
        title="Manager", kind=PostKind.SERVICE_MANAGER, rank=50, line=line,
        team_id=council.teams[unit],
    )  # fmt: skip
    db.session.add(post)
    db.session.flush()
    ended = None if until is None else ago(until)
    db.session.add(
        PostHolding(post_id=post.id, person_id=council.people[WHO], started_on=ago(since),
                    ended_on=ended)
    )  # fmt: skip


def declare(council, case, *, withdrawn=False):
    db.session.add(
        DeclaredInterest(
            person_id=council.people[WHO],
            case_id=council.cases[case],
            declared_by=council.people[WHO],
            declared_at=AT,
            withdrawn_at=AT if withdrawn else None,
        )
    )


def name_on_case(council, case, column):
    """The case names Otto today, without an involvement."""
    setattr(db.session.get_one(Case, council.cases[case]), column, council.people[WHO])


_R = InvolvementRole
CONFLICTS = [
    # S6: they were the child's social worker in the period
    (lambda c: involve(c, CASE, _R.SOCIAL_WORKER, until=40),
     "was this child's social worker until 9 October 2026"),
    # S6: or are their independent reviewing officer, conference chair or decision-maker
    (lambda c: involve(c, CASE, _R.IRO), "is this child's independent reviewing officer"),
    (lambda c: involve(c, CASE, _R.CHAIR), "is this child's conference chair"),
    (lambda c: involve(c, CASE, _R.DECISION_MAKER, until=40),
     "was this child's decision-maker until 9 October 2026"),
    # S6: or the team manager: a worker of their team had the child
    (lambda c: involve(c, CASE, _R.SOCIAL_WORKER, who="worker", team="CARE1", until=40),
     "was this child's team manager until 9 October 2026"),
    # S6: the same where the extract does not say of which team the worker was
    (lambda c: (involve(c, CASE, _R.SOCIAL_WORKER, who="worker", team=None, until=40),
                hold_post(c, "SAFE1", line=True, until=20)),
     "was this child's team manager until 9 October 2026"),
    # S6: or any of these of a brother or sister
    (lambda c: involve(c, SIBLING, _R.SOCIAL_WORKER, until=40),
     "was the social worker of this child's brother or sister until 9 October 2026"),
    (lambda c: involve(c, SIBLING, _R.IRO),
     "is the independent reviewing officer of this child's brother or sister"),
    (lambda c: involve(c, SIBLING, _R.CHAIR),
     "is the conference chair of this child's brother or sister"),
    (lambda c: involve(c, SIBLING, _R.DECISION_MAKER),
     "is the decision-maker of this child's brother or sister"),
    (lambda c: involve(c, SIBLING, _R.SOCIAL_WORKER, who="worker", team="CARE1", until=40),
     "was the team manager of this child's brother or sister until 9 October 2026"),
    # S6: those whom the case names today, though no involvement says so
    (lambda c: name_on_case(c, CASE, "worker_id"), "is this child's social worker"),
    (lambda c: name_on_case(c, CASE, "iro_id"), "is this child's independent reviewing officer"),
    (lambda c: name_on_case(c, SIBLING, "chair_id"),
     "is the conference chair of this child's brother or sister"),
    # S6: a child allocated to a team that they belong to, or manage at any level
    (lambda c: hold_post(c, "SAFE1", line=False),
     "manages or belongs to the team that this child is allocated to"),
    (lambda c: hold_post(c, "SAFE", line=True),
     "manages or belongs to the team that this child is allocated to"),
    (lambda c: hold_post(c, "ROOT", line=True),
     "manages or belongs to the team that this child is allocated to"),
    # S6: or where they have declared an interest, in the child or in a brother or sister
    (lambda c: declare(c, CASE), "has declared an interest in this case"),
    (lambda c: declare(c, SIBLING),
     "has declared an interest in the case of this child's brother or sister"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "why"), CONFLICTS)
def test_a_conflict_is_refused_when_giving_and_when_allocating(council, make, why):
    make(council)
    db.session.flush()
    case = db.session.get_one(Case, council.cases[CASE])
    person = db.session.get_one(Person, council.people[WHO])
    with pytest.raises(NotIndependent) as refused:
        services.give_audit(
            case, person, MONTH, Selection.RANDOM, "", council.people["qa_lead"], AT
        )
    assert why in refused.value.message

    expect(council, {WHO: 1, "auditor": 1})
    draw = a_draw(council, [CASE])
    proposal = services.propose(draw, by=council.people["qa_lead"], at=AT)
    (placed,) = proposal.cases.values()
    assert placed.auditor == str(council.people["auditor"])
    assert why in proposal.reasons_against(str(draw.cases[0].id), str(person.id))
    with pytest.raises(NotIndependent) as refused:
        services.change_allocation(draw, draw.cases[0], person, by=council.people["qa_lead"], at=AT)
    assert why in refused.value.message


@pytest.mark.parametrize(
    "make",
    [
        # S6: "in the period under review"
        lambda c: involve(c, CASE, _R.SOCIAL_WORKER, since=900, until=400),
        lambda c: involve(c, SIBLING, _R.CHAIR, since=900, until=400),
        # another family's child
        lambda c: involve(c, "100003", _R.SOCIAL_WORKER),
        # a post in the service above, which manages nobody
        lambda c: hold_post(c, "SAFE", line=False),
        # a post in the team that was left before the period
        lambda c: hold_post(c, "SAFE1", line=True, since=900, until=400),
        # a line post held only before a worker of the team had the child
        lambda c: hold_post(c, "SAFE2", line=True),
        # an interest that was withdrawn again
        lambda c: declare(c, CASE, withdrawn=True),
        # an interest in another child
        lambda c: declare(c, "100003"),
    ],
)
def test_what_is_no_conflict_refuses_nobody(council, make):
    make(council)
    db.session.flush()
    case = db.session.get_one(Case, council.cases[CASE])

    facts = audits.independence_of(case, TODAY)
    assert facts.conflicts(council.people[WHO]) == []


def test_many_cases_cost_what_one_costs(context, council):
    cases = [db.session.get_one(Case, each) for each in council.cases.values()]
    audits.independence_of(cases[0], TODAY)  # the settings are read once
    costs = []
    for some in (cases[:1], cases):
        with count_queries(context) as asked:
            found = independence_of_many(some, TODAY)
        assert len(found) == len(some)
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 8, costs
