"""The council's shape: services, teams, staff, cases, accounts."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from qa_app.accounts import settings
from qa_app.accounts.models import Account, Person, Post, PostHolding, PostKind, Team
from qa_app.accounts.passwords import is_right
from qa_app.accounts.queries import actor, manager_of
from qa_app.cases.models import Case, Involvement, InvolvementRole
from qa_app.database import db
from qa_app.demo.logins import demo_accounts
from qa_app.domain.grades import PlanType
from qa_app.domain.permissions import Role
from tests.demo.conftest import PASSWORD, TODAY

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("demo")]


def count(model, *conditions) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_the_council_has_seven_services_and_twenty_teams():
    root = db.session.scalars(select(Team).where(Team.parent_id.is_(None))).one()
    services = list(db.session.scalars(select(Team).where(Team.parent_id == root.id)))

    assert len(services) == 7
    assert count(Team, Team.parent_id.in_([service.id for service in services])) == 20
    assert all(service.service_id == service.id for service in services)


def test_the_council_has_about_130_staff_and_1300_cases():
    assert 125 <= count(Person, Person.left_on.is_(None)) <= 135
    assert count(Case) == 1_300


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (PostKind.CORPORATE_DIRECTOR, 1),
        (PostKind.SERVICE_DIRECTOR, 2),
        (PostKind.HEAD_OF_SERVICE, 7),
        (PostKind.SERVICE_MANAGER, 6),
        (PostKind.TEAM_MANAGER, 19),  # twenty posts, one of them vacant
        (PostKind.IRO, 6),
        (PostKind.CONFERENCE_CHAIR, 5),
        (PostKind.PRACTICE_LEAD, 1),
        (PostKind.QA_LEAD, 1),
        (PostKind.QA_OFFICER, 2),
        (PostKind.ADMINISTRATOR, 1),
        (PostKind.OTHER, 1),
    ],
)
def test_posts_are_held_as_a_council_would(kind: PostKind, number: int):
    held = select(PostHolding.post_id).where(PostHolding.ended_on.is_(None))

    assert count(Post, Post.kind == kind, Post.id.in_(held)) == number


def test_one_team_has_no_manager_and_one_has_an_interim_one():
    managers = list(db.session.scalars(select(Post).where(Post.kind == PostKind.TEAM_MANAGER)))
    open_holdings = [
        [holding for holding in post.holdings if holding.ended_on is None] for post in managers
    ]

    assert Counter(len(held) for held in open_holdings) == {1: 19, 0: 1}
    assert sum(len(post.holdings) == 2 for post in managers) == 1


def test_every_plan_type_has_cases_and_the_commonest_is_child_in_need():
    rows = db.session.execute(select(Case.plan_type, func.count()).group_by(Case.plan_type)).all()
    plans = dict(map(tuple, rows))

    assert set(plans) == set(PlanType)
    assert max(plans, key=plans.get) is PlanType.CHILD_IN_NEED


def test_families_have_brothers_and_sisters():
    sizes = db.session.scalars(select(func.count(Case.id)).group_by(Case.family_reference)).all()

    assert Counter(sizes)[1] > 100
    assert sum(size > 1 for size in sizes) > 100


def test_every_open_case_has_its_worker_and_a_reviewer_where_the_plan_calls_for_one():
    open_cases = Case.closed_on.is_(None)

    assert count(Case, open_cases, Case.worker_id.is_(None)) == 0
    for plan, column in (
        (PlanType.CHILD_IN_CARE, Case.iro_id),
        (PlanType.CHILD_PROTECTION, Case.chair_id),
    ):
        assert count(Case, open_cases, Case.plan_type == plan, column.is_(None)) == 0


def test_nobody_works_on_a_case_outside_their_time_in_post():
    rows = db.session.execute(
        select(Involvement.started_on, PostHolding.started_on)
        .join(PostHolding, PostHolding.person_id == Involvement.person_id)
        .where(Involvement.role == InvolvementRole.SOCIAL_WORKER)
    )

    assert all(involved >= held for involved, held in rows)


def test_cases_have_ended_involvements_too():
    assert count(Involvement, Involvement.ended_on.is_not(None)) > 200
    assert count(Case, Case.closed_on.is_not(None)) > 10


def test_everybody_here_has_a_line_up_to_the_corporate_director():
    director = db.session.scalars(
        select(PostHolding.person_id).join(Post).where(Post.kind == PostKind.CORPORATE_DIRECTOR)
    ).one()
    here = select(Person.id).where(Person.left_on.is_(None), Person.id != director)
    for person_id in list(db.session.scalars(here))[::6]:
        line = [person_id]
        while (manager := manager_of(line[-1], TODAY)) is not None and manager.id not in line:
            line.append(manager.id)
        assert line[-1] == director


def test_there_is_an_account_for_each_role_and_all_of_them_have_the_password():
    accounts = demo_accounts()
    emails = [account.email for account in accounts]
    rows = list(db.session.scalars(select(Account).where(Account.email.in_(emails))))
    held = {reach.role for row in rows for reach in actor(row.person_id, TODAY).reaches}

    assert len(accounts) == 10
    assert held == set(Role)
    assert len({row.password_hash for row in rows}) == 1
    assert is_right(PASSWORD, rows[0].password_hash)


def test_nobody_else_has_a_password_and_every_address_is_a_demonstration_one():
    assert count(Account, Account.password_hash.is_not(None)) == 10
    assert count(Account) == count(Person)
    assert count(Person, Person.email.not_like("%@demo.example")) == 0


def test_the_councils_name_and_telephones_are_set():
    assert settings.text("council_name", on=TODAY) == "Wexcombe County Council"
    assert settings.text("duty_team_telephone", on=TODAY).startswith("01632 960")


def test_those_who_left_keep_no_open_account_and_no_post():
    left = select(Person.id).where(Person.left_on.is_not(None))

    assert count(Account, Account.person_id.in_(left), Account.closed_at.is_(None)) == 0
    assert count(PostHolding, PostHolding.person_id.in_(left), PostHolding.ended_on.is_(None)) == 0
    assert count(Person, Person.left_on > TODAY - timedelta(days=30)) == 0
