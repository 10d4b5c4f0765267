"""The pages of absences: one's own, and somebody else's by the QA lead or administrator (M4)."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from qa_app.accounts import absent
from qa_app.accounts.models import Absence, Person
from qa_app.database import db, now, saving
from qa_app.domain.calendar import date_words, london_date
from qa_app.notify.models import Notice
from tests.queries import count_queries

MINE = "/account/absences"


def day(days=0):
    return london_date(now()) + timedelta(days=days)


def typed(first, last, deputy=""):
    """The form for days from today on."""
    data = {"deputy": deputy, "save": "1"}
    for name, days in (("first_on", first), ("last_on", last)):
        data |= {f"{name}-{part}": str(getattr(day(days), part)) for part in ("day", "month")}
        data[f"{name}-year"] = str(day(days).year)
    return data


def back(days):
    on = day(days)
    return {
        "how": "sooner", "back_on-day": str(on.day), "back_on-month": str(on.month),
        "back_on-year": str(on.year), "save": "1",
    }  # fmt: skip


@pytest.fixture
def me(council, client_for):
    """Ada's browser."""
    return client_for(council.people["auditor"])


def note(app, council, key, first, last, deputy=None):
    """Somebody's absence, by its id."""
    with app.app_context(), saving():
        return absent.note_absence(
            db.session.get_one(Person, council.people[key]), day(first), day(last),
            db.session.get_one(Person, council.people[deputy]) if deputy else None,
            by=council.people[key], at=now(),
        ).id  # fmt: skip


def standing(app):
    with app.app_context():
        query = select(Absence).where(Absence.ended_at.is_(None)).order_by(Absence.first_on)
        return [
            (each.person.name, each.first_on, each.last_on, each.deputy and each.deputy.name)
            for each in db.session.scalars(query)
        ]


def test_everybody_notes_their_own(app, me, council):
    page = me.get(MINE).text
    assert "No absence is noted" in page
    assert "Nobody asks why" in page
    answer = me.submit(MINE, typed(2, 6, "Otto Auditor"))
    assert answer.location == MINE
    page = me.get(MINE).text
    assert "Otto Auditor stands in, and has been told." in page
    assert (
        f'Change or end<span class="govuk-visually-hidden"> the absence from {date_words(day(2))}'
        in page
    )
    assert standing(app) == [("Ada Auditor", day(2), day(6), "Otto Auditor")]
    page = me.get("/my-account").text
    assert f"From {date_words(day(2))} to {date_words(day(6))}" in page
    # pressed twice it is one
    me.submit(MINE, typed(2, 6, "other.auditor@example.test"))
    assert len(standing(app)) == 1


WRONG = [
    (typed(2, 1), "Enter a last day that is not before the first day"),
    (typed(2, 400), "Enter a last day within the next 12 months"),
    (typed(-200, 0), "Enter a first day within the last 3 months"),
    (typed(0, 1, "Nobody At All"), "Nobody who can sign in here has this e-mail address"),
    (typed(0, 1, "Ada Auditor"), "nobody stands in for themselves"),
    (typed(0, 1) | {"first_on-day": ""}, "First day away must include a day"),
    (typed(0, 1) | {"last_on-month": "13"}, "Last day away must be a real date"),
    (typed(0, 1) | {"last_on-year": "9999"}, "within the next 12 months"),
    ({"save": "1"}, "Enter the first day away"),
    (typed(0, 1, "x" * 201), "Who stands in must be 200 characters or fewer"),
]


@pytest.mark.parametrize(("data", "words"), WRONG)
def test_what_is_wrong_is_said_and_nothing_is_cleared(app, me, data, words):
    answer = me.submit(MINE, data)
    assert answer.status_code == 400
    assert words in answer.text
    if data.get("deputy"):
        assert f'value="{data["deputy"]}"' in answer.text
    assert standing(app) == []


def test_an_absence_over_another_is_refused(app, me):
    me.submit(MINE, typed(2, 6))
    answer = me.submit(MINE, typed(6, 8))
    assert answer.status_code == 400
    assert f"from {date_words(day(2))} to {date_words(day(6))} is noted already" in answer.text
    assert len(standing(app)) == 1


def test_what_is_typed_is_shown_as_it_was(me):
    answer = me.submit(MINE, typed(0, 1, '<script>alert("1")</script> عبد'))
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(" in answer.text


def test_one_comes_back_sooner_or_was_not_away(app, me, council):
    absence = note(app, council, "auditor", 0, 9, "other_auditor")
    path = f"{MINE}/{absence}/end"
    assert "I come back sooner" in me.get(path).text
    answer = me.submit(path, back(20))
    assert answer.status_code == 400
    assert "To be away for longer, note another absence" in answer.text
    assert me.submit(path, {"how": "sooner", "save": "1"}).status_code == 400
    assert me.submit(path, {"save": "1"}).status_code == 400
    assert me.submit(path, back(4)).location == MINE
    assert standing(app) == [("Ada Auditor", day(0), day(3), "Otto Auditor")]
    # that page is of one that is gone now
    assert me.get(path).location == MINE
    assert "This absence was ended already" in me.get(MINE).text
    assert me.send(path, back(4)).location == MINE
    assert me.send(path, back(3)).status_code == 400
    with app.app_context():
        left = db.session.scalars(select(Absence.id).where(Absence.ended_at.is_(None))).one()
    me.submit(f"{MINE}/{left}/end", {"how": "not_at_all", "save": "1"})
    assert standing(app) == []
    assert "those who had been told of it have been told" in me.get(MINE).text


def test_a_single_day_can_only_be_taken_back(app, me, council):
    path = f"{MINE}/{note(app, council, 'auditor', 3, 3)}/end"
    page = me.get(path).text
    assert "I am not away at all" in page
    assert "sooner" not in page
    assert "select one of the answers shown" in me.submit(path, back(3)).text


def test_nobody_ends_somebody_elses_as_their_own(app, me, council, client_for):
    # AZ-4
    absence = note(app, council, "head", 0, 9)
    assert me.get(f"{MINE}/{absence}/end").status_code == 404
    assert me.send(f"{MINE}/{absence}/end", back(4)).status_code == 404
    qa_lead = client_for(council.people["qa_lead"])
    wrong = f"/people/{council.people['auditor']}/absences/{absence}/end"
    assert qa_lead.get(wrong).status_code == 404
    assert len(standing(app)) == 1


ALLOWED = [
    ("qa_lead", 200), ("administrator", 200), ("auditor", 403), ("head", 403), ("director", 403),
    ("viewer", 403), ("worker", 403),
]  # fmt: skip


@pytest.mark.parametrize(("key", "status"), ALLOWED)
def test_the_qa_lead_and_the_administrator_do_it_for_others(app, council, client_for, key, status):
    client, path = client_for(council.people[key]), f"/people/{council.people['worker']}/absences"
    assert client.get(path).status_code == status
    absence = note(app, council, "worker", 20, 25)
    ending = f"{path}/{absence}/end"
    assert client.get(ending).status_code == status
    if status == 403:
        assert client.send(path, typed(0, 3)).status_code == 403
        assert client.send(ending, back(22)).status_code == 403
        assert "Who is away" not in client.get(MINE).text
        return
    assert client.submit(path, typed(0, 3, "S-auditor")).location == path
    assert f"Wendy Worker is away from {date_words(day(0))}" in client.get(path).text
    assert "Wendy Worker comes back sooner" in client.get(ending).text
    assert client.submit(ending, back(22)).location == path
    assert standing(app) == [
        ("Wendy Worker", day(0), day(3), "Ada Auditor"),
        ("Wendy Worker", day(20), day(21), None),
    ]
    with app.app_context():
        query = select(func.count()).where(
            Notice.key.startswith("absence"), Notice.person_id == council.people["worker"]
        )
        assert db.session.scalar(query) == 2


def test_a_partner_has_nothing_to_do_with_it(app, me, council):
    # I2: they work on one audit, and look nobody up here
    absence = note(app, council, "auditor", 0, 3)
    with app.app_context(), saving():
        db.session.get_one(Person, council.people["auditor"]).organisation = "Cityshire Police"
    for path in (MINE, f"{MINE}/{absence}/end"):
        assert me.get(path).status_code == 403
        assert me.send(path, typed(5, 6)).status_code == 403
    assert MINE not in me.get("/my-account").text


def test_the_qa_lead_sees_who_is_away_and_finds_people(app, council, client_for):
    client = client_for(council.people["qa_lead"])
    assert "Nobody has noted an absence" in client.get(MINE).text
    note(app, council, "worker", 0, 3, "auditor")
    page = client.get(MINE).text
    assert f'href="/people/{council.people["worker"]}/absences">Wendy Worker</a>' in page
    page = client.get(f"{MINE}?q=hugh").text
    assert f'href="/people/{council.people["other_head"]}/absences">Hugh Head</a>' in page
    assert "Nobody here has “Zebedee &amp; Co”" in client.get(f"{MINE}?q=Zebedee+%26+Co").text
    assert client.get(f"{MINE}?q={'x' * 300}").status_code == 200


def test_the_administrator_sees_it_on_the_persons_page(app, council, client_for):
    note(app, council, "worker", 0, 3)
    page = client_for(council.people["administrator"]).get(f"/people/{council.people['worker']}")
    assert f"From {date_words(day(0))} to {date_words(day(3))}" in page.text
    assert f"Away from {date_words(day(0))} to {date_words(day(3))}" in page.text
    assert f'href="/people/{council.people["worker"]}/absences"' in page.text


def test_whoever_stands_in_and_whoever_manages_see_it(app, council, client_for):
    note(app, council, "auditor", 0, 9, "other_auditor")
    note(app, council, "other_auditor", 2, 3)
    otto = client_for(council.people["other_auditor"]).get(MINE).text
    assert "You stand in for" in otto
    assert "Ada Auditor" in otto
    hetty = client_for(council.people["head"]).get(MINE).text
    assert "People you manage who are away" in hetty
    ada = client_for(council.people["auditor"]).get(MINE).text
    assert "away too from" in ada
    assert "then nobody stands in" in ada
    assert "People you manage" not in ada


def test_a_deputy_who_is_away_too_is_said_at_once(app, me, council):
    note(app, council, "other_auditor", 2, 3)
    me.submit(MINE, typed(0, 9, "Otto Auditor"))
    assert "On some of these days they are away too" in me.get(MINE).text


def test_the_page_costs_the_same_for_one_and_for_twenty(app, council, client_for):
    client = client_for(council.people["qa_lead"])
    costs = []
    for first in (0, 5):
        for n in range(first, first + (1 if first == 0 else 20)):
            note(app, council, "worker", n * 3, n * 3 + 1, "auditor")
            note(app, council, "qa_lead", n * 3, n * 3, "auditor")
        with count_queries(app) as asked:
            client.get(MINE)
        costs.append(len(asked))
    assert costs[0] == costs[1], costs
    assert costs[1] <= 14, asked


# CO-1: two tabs, or the person and the QA lead, note over each other at the same moment.
def test_of_two_overlapping_notes_at_once_one_stands(app, council):
    together, outcomes = threading.Barrier(2), []

    def press(last):
        with app.app_context():
            person = db.session.get_one(Person, council.people["auditor"])
            db.session.rollback()
            together.wait()
            try:
                with saving():
                    absent.note_absence(person, day(1), day(last), by=person.id, at=now())
                outcomes.append("noted")
            except absent.AbsenceRefused:
                outcomes.append("refused")
            db.session.remove()

    threads = [threading.Thread(target=press, args=(last,)) for last in (3, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["noted", "refused"]
    assert len(standing(app)) == 1
