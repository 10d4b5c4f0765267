"""The administrator's pages: finding people, and changing what they may do."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from qa_app.accounts.models import Account, Person, PersonSource, PostHolding, RoleGrant, name_key
from qa_app.database import db, now, saving
from qa_app.domain.permissions import Role
from qa_app.history import Event
from qa_app.notify.models import Notice
from tests.queries import count_queries

NAME = re.compile(r'<th scope="row"[^>]*><a[^>]*>([^<]+)</a>')


@pytest.fixture
def admin(council, client_for):
    return client_for(council.people["administrator"])


def names_in(answer):
    assert answer.status_code == 200
    return NAME.findall(answer.text)


def add_people(app, number):
    with app.app_context(), saving():
        for n in range(number):
            name = f"Person {n:03}"
            db.session.add(
                Person(
                    name=name, name_key=name_key(name), staff_id=f"P{n}", source=PersonSource.DEMO
                )
            )


def page_of(council, key="worker"):
    return f"/people/{council.people[key]}"


def test_everybody_is_listed_by_name(admin):
    found = names_in(admin.get("/people"))
    assert len(found) == 13
    assert found == sorted(found)


FILTERS = (
    ("q=auditor", {"Ada Auditor", "Otto Auditor"}),
    ("q=IRIS++reviewer", {"Iris Reviewer"}),
    ("q=review.head@", {"Rhona Head"}),
    ("q=S-worker", {"Wendy Worker"}),
    ("q=100%25", set()),
    ("q=_", set()),
    ("role=qa_lead", {"Quinn Lead"}),
    ("role=moderator&q=hugh", {"Hugh Head"}),
    ("account=invited&role=viewer", {"Vera Viewer"}),
    ("account=open", set()),
    ("account=closed", set()),
    ("account=none", set()),
)


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_the_list_is_narrowed_by_what_is_chosen(admin, query, expected):
    assert set(names_in(admin.get(f"/people?{query}"))) == expected


def test_a_service_has_the_people_of_all_its_teams(admin, council):
    found = names_in(admin.get(f"/people?team={council.teams['SAFE']}"))
    assert set(found) == {"Wendy Worker", "Manny Manager", "Ada Auditor", "Hetty Head"}


NONSENSE = ("role=king", "team=x", "account=x", "after=x", "before=12", "q=" + "x" * 500, "q=%00")


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_in_the_address_is_no_error(admin, query):
    # IN-2
    assert admin.get(f"/people?{query}").status_code == 200


def test_what_is_chosen_can_be_taken_away_again(admin):
    page = admin.get("/people?role=moderator&q=head").text
    assert 'href="/people?q=head"' in page
    assert 'href="/people?role=moderator"' in page


def test_pages_of_fifty_meet_without_gap_or_double(app, admin):
    add_people(app, 120)
    seen, address, pages = [], "/people", []
    while address:
        answer = admin.get(address)
        pages.append(answer.text)
        seen += names_in(answer)
        found = re.search(r'href="([^"]+)" rel="next"', answer.text)
        address = found and found[1].replace("&amp;", "&")
    assert len(pages) == 3
    assert len(seen) == len(set(seen)) == 133
    back = re.search(r'href="([^"]+)" rel="prev"', pages[2])[1].replace("&amp;", "&")
    assert names_in(admin.get(back)) == seen[50:100]
    assert 'rel="prev"' not in pages[0]


def test_the_list_costs_the_same_few_queries_with_one_person_and_with_fifty(app, admin):
    with count_queries(app) as one:
        admin.get("/people?q=quinn")
    add_people(app, 60)
    with count_queries(app) as many:
        admin.get("/people")
    assert len(one) == len(many) <= 8, many


def test_a_person_costs_few_queries(app, admin, council):
    with count_queries(app) as asked:
        admin.get(page_of(council))
    assert len(asked) <= 16, asked


def test_vacant_posts_and_people_without_a_post_are_shown(app, admin, council):
    with app.app_context(), saving():
        db.session.execute(
            delete(PostHolding).where(PostHolding.person_id == council.people["manager"])
        )
    page = admin.get("/people/gaps").text
    assert "Vacant posts (1)" in page
    assert "Safeguarding Team 1" in page
    assert "People without a post (1)" in page
    assert "Manny Manager" in page


PAGES = ("/people", "/people/gaps", "/people/invite", "/settings", "/failed-mail", "/job-titles")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["auditor", "head", "qa_lead", "viewer", "worker", "administrator"])
def test_these_pages_are_the_administrators(council, client_for, path, who):
    allowed = who == "administrator" or (who == "qa_lead" and path == "/job-titles")
    assert client_for(council.people[who]).get(path).status_code == (200 if allowed else 403)


def test_a_role_is_given_with_its_reach_and_dates_and_told_in_the_history(app, admin, council):
    today = now().date()
    data = {
        "role": "moderator",
        "scope": "service",
        "team": str(council.teams["CARE"]),
        "valid_from-day": today.day,
        "valid_from-month": today.month,
        "valid_from-year": today.year,
        "valid_until-day": "31",
        "valid_until-month": "3",
        "valid_until-year": str(today.year + 1),
    }
    answer = admin.submit(page_of(council) + "/roles/add", data)
    assert answer.location == page_of(council)
    page = admin.get(answer.location).text
    assert "the service Corporate Parenting" in page
    assert "Given the role Moderator for the service Corporate Parenting" in page
    assert "Andy Admin" in page


def role_data(**more):
    today = now().date()
    return {
        "role": "viewer",
        "scope": "all",
        "valid_from-day": today.day,
        "valid_from-month": today.month,
        "valid_from-year": today.year,
    } | more


REFUSED_ROLES = (
    ({"role": ""}, "Select a role"),
    ({"role": "king"}, "select one of the answers shown"),
    ({"scope": "team"}, "Select the team or service that the role is for"),
    ({"scope": "service", "team": "SAFE1"}, "is not a service"),
    ({"valid_from-year": ""}, "must include a year"),
    (
        {"valid_until-day": "1", "valid_until-month": "1", "valid_until-year": "2020"},
        "must not be before the first",
    ),
    ({"role": "practitioner", "scope": "own"}, "already holds this role"),
)


@pytest.mark.parametrize(("change", "said"), REFUSED_ROLES)
def test_a_role_that_makes_no_sense_is_refused_beside_its_question(admin, council, change, said):
    data = role_data(**change)
    if data.get("team") in council.teams:
        data["team"] = str(council.teams[data["team"]])
    answer = admin.submit(page_of(council) + "/roles/add", data)
    assert answer.status_code == 200
    assert said in answer.text
    assert "Error: Give Wendy Worker a role" in answer.text


def grants_of(app, council, key):
    with app.app_context():
        query = select(RoleGrant).where(RoleGrant.person_id == council.people[key])
        return list(db.session.scalars(query))


def test_a_role_is_ended_at_once(app, admin, council, client_for):
    # AZ-8
    lead = client_for(council.people["qa_lead"])
    assert lead.get("/job-titles").status_code == 200
    (grant,) = grants_of(app, council, "qa_lead")
    admin.submit(page_of(council, "qa_lead") + f"/roles/{grant.id}/end", {})
    assert lead.get("/job-titles").status_code == 403
    assert "The role QA lead was ended" in admin.get(page_of(council, "qa_lead")).text


def test_a_role_given_today_can_be_ended_today(app, admin, council):
    admin.submit(page_of(council) + "/roles/add", role_data())
    (grant,) = [each for each in grants_of(app, council, "worker") if each.role is Role.VIEWER]
    assert admin.submit(page_of(council) + f"/roles/{grant.id}/end", {}).status_code == 302
    assert Role.VIEWER not in {each.role for each in grants_of(app, council, "worker")}
    answer = admin.get(page_of(council) + f"/roles/{grant.id}/end")
    assert answer.location == page_of(council)


def test_a_role_is_ended_on_a_day_to_come_and_not_on_one_that_has_passed(app, admin, council):
    (grant,) = grants_of(app, council, "qa_lead")
    path = page_of(council, "qa_lead") + f"/roles/{grant.id}/end"
    for days, status in ((-1, 200), (10, 302)):
        day = now().date() + timedelta(days=days)
        data = {"last_day-day": day.day, "last_day-month": day.month, "last_day-year": day.year}
        assert admin.submit(path, data).status_code == status
    assert grants_of(app, council, "qa_lead")[0].valid_until == day


def test_nobody_changes_their_own_access(app, admin, council):
    path = page_of(council, "administrator")
    answer = admin.submit(path + "/roles/add", role_data(role="qa_lead"))
    assert "You cannot change your own access" in answer.text
    (grant,) = grants_of(app, council, "administrator")
    assert "You cannot change" in admin.submit(path + f"/roles/{grant.id}/end", {}).text
    token = admin.token_in(admin.get("/my-account").text)
    assert admin.send(path + "/close", token=token).status_code == 409
    assert "This is you" in admin.get(path).text
    assert len(grants_of(app, council, "administrator")) == 1


def test_an_account_is_closed_and_opened_again_without_its_password(
    app, admin, council, client_for
):
    # AU-2
    worker = client_for(council.people["worker"])
    token = admin.token_in(admin.get(page_of(council)).text)
    assert admin.send(page_of(council) + "/close", token=token).location == page_of(council)
    assert worker.get("/my-account").status_code == 302
    page = admin.get(page_of(council)).text
    assert "Open the account again" in page
    admin.send(page_of(council) + "/reopen", token=token)
    with app.app_context():
        account = db.session.scalars(
            select(Account).where(Account.person_id == council.people["worker"])
        ).one()
        assert (account.closed_at, account.password_hash) == (None, None)
    assert worker.get("/my-account").status_code == 302
    page = admin.get(page_of(council)).text
    assert "Account closed" in page
    assert "Account opened again" in page


def test_a_link_is_shown_once_and_works(app, admin, council):
    answer = admin.submit(page_of(council) + "/invite", {"email": "worker@example.test"})
    page = admin.get(answer.location).text
    path = re.search(r"http://localhost(/choose-password/[\w-]{43})", page)[1]
    assert "choose-password" not in admin.get(page_of(council)).text
    assert app.test_client().get(path).status_code == 200


# I2: an administrator sees no case content, so never the link into an account that is in use.
def test_the_link_of_somebody_with_a_password_goes_by_e_mail_alone(
    app, admin, council, monkeypatch
):
    with app.app_context(), saving():
        worker = Account.person_id == council.people["worker"]
        db.session.scalars(select(Account).where(worker)).one().password_hash = "in use"
    monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
    answer = admin.submit(page_of(council) + "/invite", {"email": "worker@example.test"})
    page = admin.get(answer.location).text
    assert "A link was sent to Wendy Worker by e-mail" in page
    assert "choose-password" not in page
    with app.app_context():
        waiting = select(Notice).where(Notice.email == "worker@example.test")
        assert db.session.scalars(waiting).one().sent_at is None


def test_an_address_that_is_somebody_elses_is_refused(admin, council):
    answer = admin.submit(page_of(council) + "/invite", {"email": "Head@example.test"})
    assert "belongs to somebody else" in answer.text


def test_somebody_new_is_invited_with_a_role(app, admin, council):
    data = {"name": "Nora New", "email": "nora@c.example", "role": "viewer", "scope": "all"}
    answer = admin.submit("/people/invite", data)
    page = admin.get(answer.location).text
    assert "Nora New" in page
    assert "choose-password" in page
    with app.app_context():
        verbs = db.session.scalars(
            select(Event.verb).where(Event.actor_id == council.people["administrator"])
        )
        assert {"person_added", "role_granted", "link_made"} <= set(verbs)


MANAGERS = (
    ("S-iro", 302, "Iris Reviewer"),
    ("IRO@example.test", 302, "Iris Reviewer"),
    ("", 302, "Manny Manager (by the department tree)"),
    ("S-nobody", 200, "Nobody has this e-mail address or staff id"),
    ("S-worker", 200, "is managed by"),
)


@pytest.mark.parametrize(("typed", "status", "said"), MANAGERS)
def test_a_line_manager_is_given(admin, council, typed, status, said):
    answer = admin.submit(page_of(council) + "/line-manager", {"manager": typed})
    assert answer.status_code == status
    page = answer if status == 200 else admin.get(answer.location)
    assert said in page.text


@pytest.mark.parametrize("end", ["", "/roles/add", "/invite", "/line-manager"])
def test_an_unknown_person_is_not_found(admin, end):
    # AZ-3
    assert admin.get(f"/people/01a20397-9255-72e5-aa72-7784205780b3{end}").status_code == 404


def test_a_role_of_somebody_else_is_not_ended_through_another_person(app, admin, council):
    (grant,) = grants_of(app, council, "qa_lead")
    answer = admin.get(page_of(council) + f"/roles/{grant.id}/end")
    assert answer.location == page_of(council)
    token = admin.token_in(admin.get("/my-account").text)
    admin.send(page_of(council) + f"/roles/{grant.id}/end", token=token)
    assert grants_of(app, council, "qa_lead")[0].valid_until is None
