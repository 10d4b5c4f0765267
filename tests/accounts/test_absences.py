"""Noting absences: which days, who stands in, who is told, and what they mean for clocks (M4)."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from qa_app import history
from qa_app.accounts.absences import (
    Away,
    absences_of,
    away_under,
    days_away,
    deputies,
    deputies_away,
    runs,
    stood_in_for,
    who_is_away,
)
from qa_app.accounts.absent import (
    AbsenceRefused,
    away_words,
    deputy_called,
    end_absence,
    note_absence,
)
from qa_app.accounts.models import Absence, Account, Person, PersonSource, name_key
from qa_app.database import db
from qa_app.notify.models import Notice

AT = datetime(2026, 11, 18, 10, 42, tzinfo=UTC)
TODAY = date(2026, 11, 18)
DAY = timedelta(days=1)


def person(council, key) -> Person:
    return db.session.get_one(Person, council.people[key])


def noted(council, first=0, last=4, key="auditor", deputy="other_auditor", by=None, at=AT):
    """An absence from `first` to `last` days after today."""
    return note_absence(
        person(council, key),
        TODAY + first * DAY,
        TODAY + last * DAY,
        person(council, deputy) if deputy else None,
        by=council.people[by or key],
        at=at,
    )


def told(prefix="absence:"):
    """Who was told what."""
    rows = db.session.execute(
        select(Person.name, Notice.subject)
        .join(Notice, Notice.person_id == Person.id)
        .where(Notice.key.startswith(prefix))
        .order_by(Person.name)
    )
    return [tuple(row) for row in rows]


def sentences(council, key="auditor"):
    return [each.sentence for each in history.timeline(subject_id=council.people[key])]


def test_the_deputy_and_the_line_manager_are_told_once(context, council):
    # M4
    made = noted(council)
    again = noted(council, at=AT + timedelta(seconds=1))

    assert again.id == made.id
    assert told() == [
        ("Hetty Head", "Away from 18 November 2026 to 22 November 2026: Ada Auditor"),
        ("Otto Auditor", "You stand in from 18 November 2026 to 22 November 2026 for Ada Auditor"),
    ]
    bodies = db.session.scalars(select(Notice.body).where(Notice.key.startswith("absence:"))).all()
    assert any("Otto Auditor stands in for them." in each for each in bodies)
    db.session.commit()
    assert sentences(council) == ["Away from 18 November 2026 to 22 November 2026"]


def test_somebody_for_whom_it_was_noted_is_told_and_whoever_noted_it_is_not(context, council):
    noted(council, deputy=None, by="head")
    assert told() == [
        ("Ada Auditor", "It was noted that you are away from 18 November 2026 to 22 November 2026")
    ]
    (body,) = db.session.scalars(select(Notice.body))
    assert "Nobody stands in for you." in body


def test_a_line_manager_who_stands_in_is_told_as_that(context, council):
    noted(council, deputy="head", last=0)
    assert told() == [("Hetty Head", "You stand in on 18 November 2026 for Ada Auditor")]


def test_a_name_as_long_as_names_can_be_fits(context, council):
    person(council, "auditor").name = "A" * 200
    noted(council)
    assert all(len(subject) <= 200 for _, subject in told())


REFUSED = [
    # the days in their order
    (2, 1, "last_on", "Enter a last day that is not before the first day"),
    # up to 12 months ahead, the same day a year on included
    (300, 366, "last_on", "within the next 12 months"),
    # what is over can be noted afterwards, as after an illness, but not for ever
    (-93, 0, "first_on", "within the last 3 months"),
]


@pytest.mark.parametrize(("first", "last", "field", "words"), REFUSED)
def test_days_that_cannot_be_are_refused(context, council, first, last, field, words):
    with pytest.raises(AbsenceRefused, match=words) as refused:
        noted(council, first, last)
    assert refused.value.field == field
    assert not told()


@pytest.mark.parametrize(("first", "last"), [(-92, 0), (365, 365), (0, 0)])
def test_the_outermost_days_are_taken(context, council, first, last):
    assert noted(council, first, last).ended_at is None


OVERLAPS = [
    # each against an absence from day 10 to day 14
    (10, 14, True),
    (5, 10, True),
    (14, 20, True),
    (11, 12, True),
    (1, 30, True),
    (5, 9, False),
    (15, 20, False),
]


@pytest.mark.parametrize(("first", "last", "refused"), OVERLAPS)
def test_absences_of_one_person_never_overlap(context, council, first, last, refused):
    noted(council, 10, 14)
    noted(council, 10, 14, key="manager")
    if not refused:
        noted(council, first, last, deputy=None)
        return
    with pytest.raises(AbsenceRefused, match="from 28 November 2026 to 2 December 2026 is noted"):
        noted(council, first, last, deputy=None)


def test_nobody_stands_in_for_themselves(context, council):
    with pytest.raises(AbsenceRefused, match="nobody stands in for themselves") as refused:
        noted(council, deputy="auditor")
    assert refused.value.field == "deputy"


# Ending


def test_one_is_back_sooner(context, council):
    # M4: cut short, so that the days after it count again
    made = noted(council, 0, 9)
    left = end_absence(made, TODAY + 3 * DAY, by=council.people["auditor"], at=AT)

    assert (left.first_on, left.last_on) == (TODAY, TODAY + 2 * DAY)
    assert left.deputy_id == council.people["other_auditor"]
    assert days_away(left.person_id, TODAY, TODAY + 20 * DAY) == {TODAY + n * DAY for n in range(3)}
    assert [name for name, _ in told("absence-ended:")] == ["Hetty Head", "Otto Auditor"]
    query = select(Notice.body).where(Notice.key.startswith("absence-ended:")).limit(1)
    assert db.session.scalar(query) == (
        "Ada Auditor is back on 21 November 2026, and not away until 27 November 2026."
    )
    # nobody was told of the shorter one as if it were another
    assert len(told()) == 2
    db.session.commit()
    assert sentences(council)[:2] == [
        "Away from 18 November 2026 to 20 November 2026",
        "The absence was ended",
    ]


def test_one_is_not_away_at_all(context, council):
    made = noted(council, 3, 9)
    assert end_absence(made, None, by=council.people["qa_lead"], at=AT) is None
    assert absences_of(made.person_id, TODAY) == []
    assert [name for name, _ in told("absence-ended:")] == [
        "Ada Auditor", "Hetty Head", "Otto Auditor",
    ]  # fmt: skip
    # the days are free again
    assert noted(council, 3, 9).id != made.id


@pytest.mark.parametrize("back", [None, TODAY + 3 * DAY])
def test_ending_it_twice_is_ending_it_once(context, council, back):
    made, by = noted(council, 0, 9), council.people["auditor"]
    first = end_absence(made, back, by=by, at=AT)
    assert end_absence(made, back, by=by, at=AT) is first
    assert len(told("absence-ended:")) == 2
    with pytest.raises(AbsenceRefused, match="ended or changed meanwhile"):
        end_absence(made, TODAY + 2 * DAY, by=by, at=AT)


# The first is 1 January of the year 1, which has no day before it.
@pytest.mark.parametrize("back", [date.min.toordinal() - TODAY.toordinal(), -1, 0, 10, 11])
def test_a_day_that_does_not_shorten_it_is_refused(context, council, back):
    made = noted(council, 0, 9)
    with pytest.raises(AbsenceRefused, match="after 18 November 2026 and not after 27 Nov") as no:
        end_absence(made, TODAY + back * DAY, by=made.person_id, at=AT)
    assert no.value.field == "back_on"


# Who stands in


def test_a_deputy_is_found_by_what_people_know_of_them(context, council):
    for words in ("other.auditor@example.test", "S-other_auditor", " otto  AUDITOR "):
        assert deputy_called(words, AT).id == council.people["other_auditor"]


def _leave(council):
    person(council, "other_auditor").left_on = TODAY - DAY


def _close(council):
    account = update(Account).where(Account.person_id == council.people["other_auditor"])
    db.session.execute(account.values(closed_at=AT))


def _end(council):
    account = update(Account).where(Account.person_id == council.people["other_auditor"])
    db.session.execute(account.values(ends_on=TODAY - DAY))


def _have_none(council):
    account = delete(Account).where(Account.person_id == council.people["other_auditor"])
    db.session.execute(account)


def _be_a_partner(council):
    person(council, "other_auditor").organisation = "Cityshire Police"


@pytest.mark.parametrize("gone", [_leave, _close, _end, _have_none, _be_a_partner])
def test_only_active_people_stand_in(context, council, gone):
    gone(council)
    db.session.flush()
    with pytest.raises(AbsenceRefused, match="Nobody who can sign in here") as refused:
        deputy_called("Otto Auditor", AT)
    assert refused.value.field == "deputy"


def test_one_name_of_two_people_is_asked_about(context, council):
    namesake = Person(
        name="Otto Auditor", name_key=name_key("Otto Auditor"), source=PersonSource.DEMO
    )
    db.session.add(namesake)
    db.session.flush()
    db.session.add(Account(person_id=namesake.id, email="otto@example.test"))
    db.session.flush()
    with pytest.raises(AbsenceRefused, match="More than one person"):
        deputy_called("Otto Auditor", AT)


def test_deputies_are_of_today_and_a_chain_is_not_followed(context, council):
    # M4, M5: who is asked in whose place
    ids = {key: council.people[key] for key in ("auditor", "other_auditor", "head", "manager")}
    noted(council, 0, 4, deputy="other_auditor")
    noted(council, 5, 9, key="head", deputy="auditor")
    noted(council, 0, 0, key="manager", deputy=None)
    assert deputies(ids.values(), TODAY) == {
        ids["auditor"]: ids["other_auditor"], ids["manager"]: None,
    }  # fmt: skip
    assert deputies(ids.values(), TODAY + 6 * DAY) == {ids["head"]: ids["auditor"]}
    assert deputies([ids["head"]], TODAY) == {}
    # The deputy is away too, and named another one: that one was not asked by Ada.
    noted(council, 2, 3, key="other_auditor", deputy="manager")
    assert deputies(ids.values(), TODAY + 2 * DAY) == {
        ids["auditor"]: None, ids["other_auditor"]: ids["manager"],
    }  # fmt: skip


@pytest.mark.parametrize("gone", [_leave, _close, _end, _have_none])
def test_a_deputy_who_is_gone_stands_in_for_nobody(context, council, gone):
    noted(council)
    gone(council)
    db.session.flush()
    assert deputies([council.people["auditor"]], TODAY) == {council.people["auditor"]: None}


def test_who_is_away_and_for_whom_one_stands_in(context, council):
    ada = noted(council, 0, 4)
    worker = noted(council, 6, 9, key="worker", deputy="auditor")
    over = noted(council, -5, -1, key="chair", deputy="auditor")
    assert [each.id for each in who_is_away(TODAY)] == [ada.id, worker.id]
    assert [each.id for each in stood_in_for(council.people["auditor"], TODAY)] == [worker.id]
    # the line managers' own: Hetty manages Ada, Manny manages Wendy
    assert [each.id for each in away_under(council.people["head"], TODAY)] == [ada.id]
    assert [each.id for each in away_under(council.people["manager"], TODAY)] == [worker.id]
    assert away_under(council.people["viewer"], TODAY) == []
    assert [each.id for each in absences_of(council.people["chair"], TODAY - DAY)] == [over.id]
    assert away_words(council.people["chair"], TODAY) == ""
    assert away_words(council.people["auditor"], TODAY) == (
        "From 18 November 2026 to 22 November 2026"
    )


def test_without_anybody_away_nobody_is_asked_about(context, council):
    assert away_under(council.people["head"], TODAY) == []
    assert deputies_away([]) == {}


def test_a_deputy_who_is_away_on_some_of_the_days_is_named(context, council):
    ada = noted(council, 0, 9)
    noted(council, -3, 1, key="other_auditor", deputy=None)
    noted(council, 8, 20, key="other_auditor", deputy=None)
    assert deputies_away([ada]) == {
        ada.id: [Away(TODAY, TODAY + DAY), Away(TODAY + 8 * DAY, TODAY + 9 * DAY)]
    }
    alone = noted(council, 0, 9, key="head", deputy=None)
    assert deputies_away([alone]) == {}


# Days


@given(st.sets(st.dates(date(2026, 1, 1), date(2026, 3, 1)), max_size=40))
def test_runs_hold_every_day_once_and_never_touch(days):
    found = runs(days)
    listed = [
        each.first_on + n * DAY
        for each in found
        for n in range((each.last_on - each.first_on).days + 1)
    ]
    assert listed == sorted(days)
    assert all(one.last_on + DAY < two.first_on for one, two in pairwise(found))


SPANS = st.lists(
    st.tuples(st.integers(-40, 40), st.integers(0, 15), st.booleans(), st.booleans()), max_size=8
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(spans=SPANS, first=st.integers(-45, 45), length=st.integers(-2, 40))
def test_days_away_are_those_counted_one_by_one(context, council, spans, first, length):
    # M4: for any set of absences, of one and of another person, ended or not
    me, other = council.people["auditor"], council.people["head"]
    db.session.execute(delete(Absence))
    for start, more, mine, ended in spans:
        db.session.add(
            Absence(
                person_id=me if mine else other,
                first_on=TODAY + start * DAY,
                last_on=TODAY + (start + more) * DAY,
                noted_by=me,
                noted_at=AT,
                ended_at=AT if ended else None,
            )
        )
    db.session.flush()
    begins, ends = TODAY + first * DAY, TODAY + (first + length) * DAY
    counted = {
        day
        for day in (begins + n * DAY for n in range(length + 1))
        if any(
            mine and not ended and 0 <= (day - TODAY).days - start <= more
            for start, more, mine, ended in spans
        )
    }
    assert days_away(me, begins, ends) == counted
