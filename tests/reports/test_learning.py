"""Planning what is done about a theme, judging it, and the feed of it (T3, R5)."""

import json
from datetime import timedelta

import pytest

from qa_app.accounts.models import Person
from qa_app.database import db, now, saving
from qa_app.domain.calendar import Month, add_months, london_date
from qa_app.domain.learning import JudgedBy, ResponseKind, ResponseState
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.reports.models import LearningResponse
from qa_app.reports.queries.learning import responses, state_of
from qa_app.reports.services import learning as services
from qa_app.reports.services.learning import Plan, ResponseChanged, ResponseRefused
from qa_app.standards.services import themes as managing
from tests.council import find
from tests.queries import count_queries
from tests.reports.theme_world import audited_with, theme

TODAY = london_date(now())
LATER = TODAY + timedelta(days=30)


def who(council, at=None):
    return {"by": council.people["qa_lead"], "at": at or now()}


def a_plan(council, **more) -> Plan:
    values = {
        "kind": ResponseKind.TRAINING, "title": "Planning day", "what": "Half a day",
        "owner": db.session.get_one(Person, council.people["manager"]), "service_id": None,
        "due_on": LATER, "judged_by": JudgedBy.THEME, "judged_code": "x", "months_before": 2,
        "months_after": 2,
    }  # fmt: skip
    return Plan(**(values | more))


def a_response(council, **more) -> LearningResponse:
    return services.plan_response(theme("visits"), a_plan(council, **more), **who(council))


# T3: with an owner, who is told, a date, and the measure by which it will be judged
def test_a_response_is_planned_and_its_owner_told(context, council) -> None:
    response = a_response(council)
    notice = find(Notice, person_id=council.people["manager"])

    assert state_of(response, TODAY) is ResponseState.PLANNED
    assert response.judged_code == ""
    assert notice.path == f"/learning/{response.id}"
    assert "Planning day" not in notice.subject + notice.body


@pytest.mark.parametrize(
    ("more", "field"),
    [
        # T3: the measure must be named, its months too
        ({"judged_by": JudgedBy.SECTION, "judged_code": ""}, "section"),
        ({"judged_by": JudgedBy.STANDARD, "judged_code": ""}, "standard"),
        ({"months_before": 0}, "months_before"),
        ({"months_after": 25}, "months_after"),
        # T3: a plan is for days to come
        ({"due_on": TODAY - timedelta(days=1)}, "due_on"),
    ],
)
def test_a_plan_that_lacks_something_is_refused(context, council, more, field) -> None:
    with pytest.raises(ResponseRefused) as refused:
        a_response(council, **more)

    assert refused.value.field == field


def test_a_theme_out_of_use_gets_no_response(context, council) -> None:
    managing.end_theme(theme("visits"), why="x", **who(council))
    with pytest.raises(ResponseRefused, match="no longer in use"):
        a_response(council)


# T3: changed while it is planned; a new owner is told; nobody's change is overwritten unseen
def test_a_response_is_changed(context, council) -> None:
    response = a_response(council)
    head = db.session.get_one(Person, council.people["head"])
    seen = response.revision
    changed = services.change_response(
        response, a_plan(council, owner=head, title="Planning"), seen=seen, **who(council)
    )

    assert changed == ["title", "owner_id", "owner_name"]
    assert find(Notice, person_id=head.id)
    with pytest.raises(ResponseChanged):
        services.change_response(response, a_plan(council), seen=seen, **who(council))
    same = a_plan(council, owner=head, title="Planning")
    assert services.change_response(response, same, seen=response.revision, **who(council)) == []


# T3: concluded only with the measure after it: once all of its months are over
def test_a_response_is_done_then_judged(context, council) -> None:
    response = a_response(council)
    with pytest.raises(ResponseRefused, match="today or earlier"):
        services.mark_done(response, on=LATER, **who(council))
    services.mark_done(response, on=TODAY, **who(council))
    with pytest.raises(ResponseRefused, match="not over"):
        services.conclude(response, conclusion="Fewer", **who(council))
    later = now() + timedelta(days=100)
    services.conclude(response, conclusion="Fewer", **who(council, later))

    assert state_of(response, TODAY) is ResponseState.CONCLUDED
    with pytest.raises(ResponseRefused, match="stands as “concluded”"):
        services.drop(response, why="x", **who(council))


# T3: given up with a reason; its owner is told
def test_a_response_is_given_up(context, council) -> None:
    response = a_response(council)
    services.drop(response, why="Nobody could come", **who(council))

    assert state_of(response, TODAY) is ResponseState.DROPPED
    assert db.session.query(Notice).filter_by(person_id=response.owner_id).count() == 2
    with pytest.raises(ResponseRefused):
        services.mark_done(response, on=TODAY, **who(council))


# T3: overdue ones first; a merged theme's responses are those of the theme it went into
def test_the_list_puts_overdue_ones_first(context, council) -> None:
    soon = a_response(council, title="Soon", due_on=TODAY)
    late = a_response(council, title="Later")
    services.drop(a_response(council, title="Never"), why="x", **who(council))
    in_ten_days = TODAY + timedelta(days=10)
    managing.merge_theme(theme("visits"), theme("voice"), why="x", **who(council))

    assert [row.response.title for row in responses(in_ten_days)] == ["Soon", "Later", "Never"]
    assert responses(in_ten_days)[0].state is ResponseState.OVERDUE
    assert [row.response for row in responses(TODAY, theme("voice"), ResponseState.PLANNED)] == [
        soon, late,
    ]  # fmt: skip


def plan_data(council, **more) -> dict[str, str]:
    return {
        "theme": "visits", "kind": "training", "title": "Planning day", "owner": "Manny",
        "due_on-day": str(LATER.day), "due_on-month": str(LATER.month),
        "due_on-year": str(LATER.year), "judged_by": "theme", "months_before": "2",
        "months_after": "1",
    } | more  # fmt: skip


# T3: the whole way over the pages, without scripts
def test_the_pages_of_a_response(app, council, client_for) -> None:
    lead, reader = client_for(council.people["qa_lead"]), client_for(council.people["worker"])
    assert "No response has been planned" in reader.get("/learning").text
    assert lead.submit("/learning/plan", {}).status_code == 400
    assert "Nobody with an account" in lead.submit(
        "/learning/plan", plan_data(council, owner="Nobody")).text  # fmt: skip
    wrong = lead.submit("/learning/plan", plan_data(council, judged_by="section"))
    assert "Select the section" in wrong.text
    made = lead.submit("/learning/plan", plan_data(council))
    path = made.location
    assert "Planning day" in reader.get("/learning?state=planned&theme=visits").text
    assert "No response fits" in reader.get("/learning?state=done").text
    assert "It needs more months" in reader.get(path).text
    assert "Mark it as done" not in reader.get(path).text
    page = lead.get(f"{path}/change").text
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    change = plan_data(council, title="Planning", seen=seen, judged_by="standard", standard="1.1")
    answer = lead.submit(f"{path}/change", change)
    assert answer.status_code == 302
    assert lead.submit(f"{path}/change", change).status_code == 400
    assert lead.get(f"{path}/before-after.svg").status_code == 404
    day = TODAY
    done = {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year)}
    assert lead.submit(f"{path}/done", done).status_code == 302
    assert lead.submit(f"{path}/conclude", {"conclusion": "Fewer"}).status_code == 400
    assert lead.submit(f"{path}/give-up", {"why": "Nobody came"}).status_code == 302
    assert "Nobody came" in reader.get(path).text
    for step in ("plan", f"{path.rpartition('/')[2]}/done"):
        assert reader.get(f"/learning/{step}").status_code == 403


# T3: before and after with n, intervals, a chart and the table beside it
def test_a_response_shows_the_measure_before_and_after(app, council, client_for) -> None:
    done_on = add_months(TODAY, -2)
    before, after = add_months(done_on, -1), add_months(done_on, 1)
    with app.app_context(), saving():
        for day, times in ((before, 12), (after, 10)):
            for number in range(times):
                audited_with(council, "visits" if number < 9 else "voice", day)
        response = a_response(council, months_before=1, months_after=1)
        services.mark_done(response, on=done_on, **who(council))
        path = f"/learning/{response.id}"
    lead = client_for(council.people["qa_lead"])
    page = lead.get(path).text

    assert "9 of 12 (75%)" in page
    assert "9 of 10 (90%)" in page
    assert Month.of(after).words in page
    assert lead.get(f"{path}/before-after.svg").mimetype == "image/svg+xml"
    assert "Other things changed" in lead.get(f"{path}/conclude").text
    assert lead.submit(f"{path}/conclude", {"conclusion": "As many"}).status_code == 302
    assert "As many" in lead.get(path).text
    # T3: the issues log shows which themes have a response
    assert "Planning day" in lead.get("/reports/issues").text


# R5: counts of 1 to 5 by team are for those who lead; the others get themes of the authority
def test_the_feed_tells_each_what_they_may_know(app, council, client_for) -> None:
    with app.app_context(), saving():
        for _ in range(6):
            audited_with(council, "visits", TODAY)
        audited_with(council, "permanence", TODAY, "CARE1")
        a_response(council)
    lead, worker = client_for(council.people["qa_lead"]), client_for(council.people["worker"])
    told = json.loads(lead.get("/learning/feed.json").data)["themes"]
    heard = json.loads(worker.get("/learning/feed.json").data)["themes"]

    assert {each["whose"] for each in told} == {
        "Whole authority", "Safeguarding", "Safeguarding Team 1", "Corporate Parenting",
        "Children in Care Team",
    }  # fmt: skip
    assert [(each["audits"], each["of"], each["response"]) for each in heard] == [
        ("6", "7", "Planning day"), ("c", "7", ""),
    ]  # fmt: skip
    assert {each["whose"] for each in heard} == {"Whole authority"}
    assert b"Planning day,Training" in worker.get("/learning/feed.csv").data
    assert "“c” stands for" in worker.get("/learning/feed").text
    assert "Children in Care Team" in lead.get("/learning/feed").text
    with app.app_context():
        assert db.session.query(Event).filter_by(verb="list_exported").count() == 3


def test_a_feed_without_anything_says_why(council, client_for) -> None:
    assert "nothing to feed yet" in client_for(council.people["worker"]).get("/learning/feed").text


# learning is for everybody with a role; who only administers has none of it
def test_who_reads_learning(council, client_for) -> None:
    for key, status in (("viewer", 200), ("auditor", 200), ("administrator", 403)):
        client = client_for(council.people[key])
        for page in ("/learning", "/learning/feed", "/learning/examples"):
            assert client.get(page).status_code == status


def test_the_list_reads_as_often_for_many_as_for_one(app, council, client_for) -> None:
    lead, counted = client_for(council.people["qa_lead"]), []
    for times in (1, 19):
        with app.app_context(), saving():
            for _ in range(times):
                a_response(council)
        with count_queries(app) as asked:
            lead.get("/learning")
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 12
