"""Who manages whom, with posts vacant and line managers given."""

from datetime import date

import pytest
from sqlalchemy import delete, select, update

from qa_app.accounts.line import Line
from qa_app.accounts.models import Person, PostHolding, PostKind, Team
from qa_app.accounts.queries import line_manager_of_team, line_of, manager_of
from qa_app.database import db, now, saving
from tests.queries import count_queries

TODAY = now().date()


def vacate(council, *keys):
    with saving():
        people = [council.people[key] for key in keys]
        db.session.execute(delete(PostHolding).where(PostHolding.person_id.in_(people)))


def key_of(council, person_id):
    return next((key for key, each in council.people.items() if each == person_id), None)


def member_key(council, member):
    return member and key_of(council, member.person_id)


MANAGERS = (
    # (whose manager, vacant posts, manager)
    # the line is the department tree
    ("worker", (), "manager"),
    ("manager", (), "head"),
    ("head", (), "director"),
    ("iro", (), "review_head"),
    # a vacant step goes up
    ("worker", ("manager",), "head"),
    ("worker", ("manager", "head"), "director"),
    # nobody stands above the corporate director
    ("director", (), None),
    ("worker", ("manager", "head", "director"), None),
    # without a post there is no place in the tree
    ("worker", ("worker",), None),
)


@pytest.mark.parametrize(("person", "vacant", "manager"), MANAGERS)
def test_the_line_goes_up_the_tree_past_vacant_posts(council, context, person, vacant, manager):
    vacate(council, *vacant)
    assert key_of(council, Line(TODAY).manager_of(council.people[person])) == manager
    found = manager_of(council.people[person], TODAY)
    assert key_of(council, found and found.id) == manager


def test_a_line_manager_who_is_given_comes_before_the_tree(council, context):
    with saving():
        db.session.get(Person, council.people["worker"]).line_manager_id = council.people["iro"]
    line = Line(TODAY)
    assert key_of(council, line.manager_of(council.people["worker"])) == "iro"
    assert [key_of(council, each) for each in line.managers_above(council.people["worker"])] == [
        "iro",
        "review_head",
        "director",
    ]


def test_a_given_manager_who_has_left_is_passed_over(council, context):
    with saving():
        db.session.get(Person, council.people["worker"]).line_manager_id = council.people["iro"]
        db.session.get(Person, council.people["iro"]).left_on = date(2021, 1, 1)
    assert key_of(council, Line(TODAY).manager_of(council.people["worker"])) == "manager"


def test_a_circle_of_given_managers_ends(council, context):
    with saving():
        for below, above in (("worker", "iro"), ("iro", "worker")):
            person = db.session.get(Person, council.people[below])
            person.line_manager_id = council.people[above]
    worker, iro = council.people["worker"], council.people["iro"]
    assert Line(TODAY).managers_above(worker) == [iro]
    assert line_of([worker], TODAY) == {worker: iro}


ABOVE = (
    # (question, unit, vacant or passed over, answer)
    ("team_manager", "SAFE1", (), "manager"),
    ("team_manager", "SAFE1", ("manager",), "head"),
    ("head_of_service", "SAFE1", (), "head"),
    ("head_of_service", "SAFE1", ("head",), "director"),
    ("head_of_service", "SAFE", (), "head"),
    ("service_director", "SAFE1", (), "director"),
    ("corporate_director", "CARE1", (), "director"),
    ("corporate_director", "CARE1", ("director",), None),
)


@pytest.mark.parametrize("means", ["vacant", "passed over"])
@pytest.mark.parametrize(("question", "unit", "away", "answer"), ABOVE)
def test_who_answers_for_a_unit(council, context, question, unit, away, answer, means):
    # E1: where somebody is absent, the post vacant or the person implicated, the next one up
    besides = set()
    if means == "vacant":
        vacate(council, *away)
    else:
        besides = {council.people[key] for key in away}
    found = getattr(Line(TODAY), question)(council.teams[unit], besides)
    assert member_key(council, found) == answer


def test_the_people_above_a_unit_come_lowest_first_and_say_how_to_tell_them(council, context):
    above = Line(TODAY).people_above(council.teams["SAFE1"])
    assert [member_key(council, member) for member in above] == ["manager", "head", "director"]
    assert above[0].email == "manager@example.test"
    assert above[1].kind is PostKind.HEAD_OF_SERVICE


def test_nobody_is_above_an_unknown_unit(council, context):
    assert Line(TODAY).people_above(None) == []
    assert Line(TODAY).team_manager(council.people["worker"]) is None
    assert line_manager_of_team(None, TODAY) is None


def test_the_manager_of_a_unit_can_be_asked_for_above_a_rank(council, context):
    team = db.session.get(Team, council.teams["SAFE1"])
    found = line_manager_of_team(team, TODAY, above=40)
    assert key_of(council, found.id) == "head"
    found = line_manager_of_team(team, TODAY, other_than=council.people["manager"])
    assert key_of(council, found.id) == "head"


def test_a_post_held_on_another_day_counts_only_then(council, context):
    with saving():
        db.session.execute(
            update(PostHolding)
            .where(PostHolding.person_id == council.people["manager"])
            .values(ended_on=date(2022, 3, 31))
        )
    unit = council.teams["SAFE1"]
    assert member_key(council, Line(date(2022, 3, 31)).team_manager(unit)) == "manager"
    assert member_key(council, Line(date(2022, 4, 1)).team_manager(unit)) == "head"


def test_the_highest_of_several_posts_decides(council, context):
    with saving():
        post = db.session.scalars(
            select(PostHolding.post_id).where(PostHolding.person_id == council.people["head"])
        ).one()
        db.session.execute(delete(PostHolding).where(PostHolding.post_id == post))
        db.session.add(
            PostHolding(post_id=post, person_id=council.people["manager"], started_on=TODAY)
        )
    line = Line(TODAY)
    assert key_of(council, line.manager_of(council.people["manager"])) == "director"
    assert [each.rank for each in line.posts_of(council.people["manager"])] == [60, 40]


def test_the_line_costs_three_queries_however_many_people_there_are(council, app):
    with app.app_context(), count_queries(app) as asked:
        line = Line(TODAY)
        for person_id in council.people.values():
            line.managers_above(person_id)
    assert len(asked) == 3, asked
