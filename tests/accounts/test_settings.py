"""Settings: dated values over defaults, local closures, and the page that changes them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from qa_app.accounts import settings
from qa_app.accounts.models import JobTitle, Setting
from qa_app.database import db, now, saving
from qa_app.domain.settings import SETTINGS, SettingRefused
from tests.queries import count_queries

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def change(name, value, day, at=AT):
    with saving():
        settings.change(name, value, day, by=None, at=at)


def test_every_setting_has_its_default_until_it_is_changed(context):
    for name, setting in SETTINGS.items():
        assert settings.value(name) == setting.default


def test_a_change_holds_from_its_day_and_not_before(context):
    change("moderate_within", 12, date(2026, 4, 1))
    change("moderate_within", 8, date(2026, 6, 1))
    for day, expected in (
        (date(2026, 3, 31), 10),
        (date(2026, 4, 1), 12),
        (date(2026, 5, 31), 12),
        (date(2026, 6, 1), 8),
        (date(2030, 1, 1), 8),
    ):
        assert settings.number("moderate_within", on=day) == expected, day


def test_a_second_change_for_the_same_day_replaces_the_first(context):
    change("moderate_within", 12, date(2026, 4, 1))
    change("moderate_within", 9, date(2026, 4, 1))
    assert settings.number("moderate_within", on=date(2026, 4, 1)) == 9
    assert len(db.session.scalars(select(Setting)).all()) == 1


REFUSED = (
    ("moderate_within", "ten", date(2026, 4, 1)),
    ("moderate_within", 10_000, date(2026, 4, 1)),
    ("blind_share", 101, date(2026, 4, 1)),
    ("council_name", "", date(2026, 4, 1)),
    # a day that has passed keeps its value
    ("moderate_within", 9, date(2026, 3, 1)),
)


@pytest.mark.parametrize(("name", "value", "day"), REFUSED)
def test_a_value_that_cannot_be_is_refused(context, name, value, day):
    with pytest.raises(SettingRefused):
        change(name, value, day)


def test_numbers_and_texts_are_kept_apart(context):
    with pytest.raises(TypeError):
        settings.number("council_name")
    with pytest.raises(TypeError):
        settings.text("moderate_within")
    with pytest.raises(KeyError):
        settings.number("no_such_setting")


def test_a_change_that_is_undone_was_never_read(context):
    settings.change("moderate_within", 12, date(2026, 4, 1), by=None, at=AT)
    assert settings.number("moderate_within", on=date(2026, 4, 1)) == 12
    db.session.rollback()
    assert settings.number("moderate_within", on=date(2026, 4, 1)) == 10


def test_a_change_made_elsewhere_is_seen_in_the_next_transaction(app):
    with app.app_context():
        assert settings.text("council_name") == "Your council"
        db.session.rollback()
        with app.app_context():
            change("council_name", "Wolds", now().date(), at=now())
        assert settings.text("council_name") == "Wolds"


def test_many_look_ups_cost_one_query(app):
    with app.app_context(), count_queries(app) as asked:
        for name in SETTINGS:
            settings.value(name)
    assert len(asked) == 1, asked


def test_a_local_closure_is_no_working_day(context):
    day = date(2026, 12, 29)
    assert settings.calendar().is_working_day(day)
    with saving():
        settings.close_day(day, "Offices closed", by=None, at=AT)
        settings.close_day(day, "Offices closed between the years", by=None, at=AT)
    assert not settings.calendar().is_working_day(day)
    assert not settings.calendar().is_working_day(date(2026, 12, 25))


@pytest.fixture
def admin(council, client_for):
    return client_for(council.people["administrator"])


def day_data(day):
    return {
        "valid_from-day": day.day,
        "valid_from-month": day.month,
        "valid_from-year": day.year,
    }


def test_the_page_names_every_setting_with_its_value(admin):
    page = admin.get("/settings").text
    for setting in SETTINGS.values():
        assert str(setting.default) in page
    assert page.count("Time to moderate any other audit") == 2  # in its row and its link
    assert "10 working days" in page


def test_a_setting_is_changed_from_a_day_on(app, admin):
    later = now().date() + timedelta(days=30)
    answer = admin.submit("/settings/moderate_within", {"value": "12", **day_data(later)})
    assert answer.location == "/settings"
    assert "12 working days from" in admin.get("/settings").text
    assert "Andy Admin" in admin.get("/settings/moderate_within").text
    with app.app_context():
        assert settings.number("moderate_within") == 10
        assert settings.number("moderate_within", on=later) == 12


def test_a_refused_setting_says_why_beside_its_question(admin):
    answer = admin.submit("/settings/moderate_within", {"value": "soon", **day_data(now().date())})
    assert "Enter a whole number of working days from 0 to 200" in answer.text
    yesterday = now().date() - timedelta(days=1)
    answer = admin.submit("/settings/moderate_within", {"value": "9", **day_data(yesterday)})
    assert "Enter today&#39;s date or a later one" in answer.text
    assert admin.get("/settings/no-such-setting").status_code == 404


def test_the_list_of_settings_costs_few_queries(app, admin):
    with count_queries(app) as asked:
        admin.get("/settings")
    assert len(asked) <= 8, asked


def test_a_job_title_is_changed_by_the_qa_lead_too(app, council, client_for):
    client = client_for(council.people["qa_lead"])
    with app.app_context():
        title = db.session.scalars(
            select(JobTitle).where(JobTitle.title_key == "team manager")
        ).one()
        path = f"/job-titles/{title.id}"
    answer = client.submit(path, {"kind": "service_manager", "rank": "50", "roles": ["auditor"]})
    assert answer.location == "/job-titles"
    with app.app_context():
        title = db.session.get(JobTitle, title.id)
        assert (title.kind, title.rank, title.line) == ("service_manager", 50, False)
        assert title.roles == ["auditor"]
    wrong = client.submit(path, {"kind": "king", "rank": "100", "roles": ["king"]})
    assert "Enter a rank from 0 to 99" in wrong.text
    assert wrong.text.count("select one of the answers shown") >= 2


def test_job_titles_are_found_by_a_part_and_cost_few_queries(app, council, client_for):
    client = client_for(council.people["qa_lead"])
    with count_queries(app) as asked:
        page = client.get("/job-titles?q=Reviewing").text
    assert "Independent Reviewing Officer" in page
    assert "Head of Service" not in page
    assert len(asked) <= 8, asked
    assert "No title has this in it" in client.get("/job-titles?q=zzz%25").text
