"""Who has what in a month or batch, in words, with totals (P4, P6, P7)."""

from datetime import date, timedelta

import pytest
from hypothesis import given as examples
from hypothesis import settings as runs
from hypothesis import strategies as st
from sqlalchemy import select, update

from qa_app.accounts import settings
from qa_app.accounts.models import Person, PersonSource, Post, PostHolding, PostKind, name_key
from qa_app.accounts.queries import actor
from qa_app.audits.models import Audit
from qa_app.database import db, new_id
from qa_app.domain.permissions import Actor, Reach, Role
from qa_app.domain.workflow import AuditState
from qa_app.programme import services
from qa_app.programme.models import (
    Batch,
    BatchAudit,
    BatchAuditor,
    BatchKind,
    ExemptionReason,
    Expectation,
)
from qa_app.programme.queries import completion
from qa_app.programme.queries.following import Place, of_batch, of_month
from qa_app.programme.queries.progress import (
    FollowState,
    Narrowed,
    Totals,
    is_counted,
    rows_of,
    total,
    totals_by,
)
from tests.audits.making import AT, MONTH, given
from tests.programme.test_cover import given_in_cycle

TODAY = date(2026, 11, 18)


def everything(council):
    return Actor(council.people["qa_lead"], (Reach(Role.QA_LEAD, None),))


def rows(council, today=TODAY, month=MONTH):
    places = of_month(everything(council), month, today).places
    return rows_of(places, {}, settings.calendar(), today)


def lines(council, today=TODAY):
    return [(row.place.auditor, row.words, row.note) for row in rows(council, today)]


def expect(council, key, number=1):
    """An expectation of a person's post."""
    holding = db.session.scalars(
        select(PostHolding).where(PostHolding.person_id == council.people[key])
    ).one()
    person = db.session.get_one(Person, council.people[key])
    cycle = services.ensure_cycle(MONTH, None, AT)
    return services.set_expectation(
        cycle, post=holding.post, person=person, number=number, by=None, at=AT
    )


def set_audit(audit, **values):
    db.session.execute(update(Audit).where(Audit.id == audit.id).values(**values))


@pytest.mark.parametrize(
    ("values", "today", "words", "note"),
    [
        ({}, TODAY, "Not started", ""),
        ({"state": AuditState.IN_PROGRESS}, TODAY, "In progress", ""),
        # P4: completed by the cycle's last day is in time, whatever the working day
        (
            {"state": AuditState.AWAITING_MODERATION, "completed_on": date(2026, 11, 30)},
            date(2026, 12, 9), "Submitted", "",
        ),
        (
            {"state": AuditState.RETURNED, "completed_on": date(2026, 11, 3)},
            TODAY, "Submitted", "returned for correction",
        ),
        # P4, P6: later is printed beside
        (
            {"state": AuditState.IN_MODERATION, "completed_on": date(2026, 12, 1)},
            date(2026, 12, 9), "Done late", "",
        ),
        # P6: unfinished is overdue, not gone; days are working days
        ({}, date(2026, 12, 1), "Late (1 working day)", "not started"),
        ({"state": AuditState.IN_PROGRESS}, date(2026, 12, 9), "Late (7 working days)",
         "in progress"),
        # a due date on a Friday: by Sunday no working day has passed
        ({"due_on": date(2026, 11, 27)}, date(2026, 11, 29), "Late", "not started"),
        # P3: an extension moves the day from which it is late
        ({"due_on": date(2026, 12, 4)}, date(2026, 12, 2), "Not started", ""),
    ],
)  # fmt: skip
def test_an_audit_in_words(context, council, values, today, words, note):
    audit = given_in_cycle(council)
    if values:
        set_audit(audit, **values)
    assert lines(council, today) == [("Otto Auditor", words, note)]


def test_what_is_expected_without_an_audit(context, council):
    # P4: what is exempt is printed beside, and a vacancy shows
    expectation = expect(council, "auditor", 3)
    services.exempt(
        expectation, number=1, reason=ExemptionReason.LEAVE, note="",
        by=council.people["head"], at=AT,
    )  # fmt: skip
    vacant = expect(council, "iro")
    vacant.person_id = None
    db.session.flush()
    assert lines(council) == [
        ("Ada Auditor", "Nothing given yet: 2 audits", ""),
        ("Ada Auditor", "Exempt", ""),
        ("Vacant post", "Nothing given yet", ""),
    ]


def test_a_withdrawn_audit_is_not_listed(context, council):
    audit = given_in_cycle(council)
    set_audit(audit, state=AuditState.WITHDRAWN)
    assert lines(council) == [("Otto Auditor", "Nothing given yet", "")]


def test_an_audit_beyond_what_is_due_is_marked(context, council):
    # P4: one done in spite of an exemption was not due
    audit = given_in_cycle(council)
    expectation = db.session.scalars(select(Expectation)).one()
    services.exempt(
        expectation, number=1, reason=ExemptionReason.LEAVE, note="",
        by=council.people["head"], at=AT,
    )  # fmt: skip
    set_audit(audit, state=AuditState.AWAITING_MODERATION, completed_on=TODAY)
    assert lines(council) == [
        ("Otto Auditor", "Submitted", "beyond what is due"), ("Otto Auditor", "Exempt", ""),
    ]  # fmt: skip
    found = total(of_month(everything(council), MONTH, TODAY).places, TODAY)
    assert found == Totals(expected=1, exempted=1, beyond=1)


def test_an_auditor_of_whom_nothing_was_expected_is_there_with_their_post(context, council):
    given(council, auditor="iro", case="100001")
    (row,) = rows(council)
    assert (row.place.team.name, row.place.service.name) == ("Safeguarding and Review",) * 2
    assert (row.place.due, row.note) == (0, "beyond what is due")


def test_the_published_month_of_15_of_37(context, council):
    # P4: 15 / 37 (41%)
    cycle = services.ensure_cycle(MONTH, None, AT)
    audit = given(council)
    row = dict(db.session.execute(select(Audit.__table__)).mappings().one())
    for number in range(37):
        person = Person(
            name=f"Auditor {number:02d}", name_key=name_key(f"Auditor {number:02d}"),
            source=PersonSource.DEMO,
        )  # fmt: skip
        post = Post(
            title="Team Manager", kind=PostKind.TEAM_MANAGER, rank=40, line=True,
            team_id=council.teams["SAFE1"],
        )  # fmt: skip
        db.session.add_all([person, post])
        db.session.flush()
        services.set_expectation(cycle, post=post, person=person, number=1, by=None, at=AT)
        done = {"state": AuditState.FINAL, "completed_on": date(2026, 11, 20), "graded": False,
                "final_at": AT} if number < 15 else {}  # fmt: skip
        more = row | {"id": new_id(), "reference": f"A-{number}", "auditor_id": person.id} | done
        db.session.execute(Audit.__table__.insert().values(**more))
    set_audit(audit, state=AuditState.WITHDRAWN)
    places = of_month(everything(council), MONTH, TODAY).places
    found = total(places, TODAY)
    assert (found.done, found.due, found.not_started) == (15, 37, 22)
    assert completion(MONTH, MONTH)[MONTH].done == 15
    ((service, of_service),) = totals_by(places, TODAY, lambda place: place.service.name)
    assert (service, of_service) == ("Safeguarding", found)


@runs(max_examples=25, deadline=None)
@examples(data=st.data())
def _as_completion_counts(council, data):
    auditors = ["auditor", "other_auditor", "iro", "chair"]
    try:
        for key in data.draw(st.lists(st.sampled_from(auditors), unique=True)):
            expectation = expect(council, key, data.draw(st.integers(0, 3)))
            exempted = data.draw(st.integers(0, expectation.number))
            if exempted:
                late = data.draw(st.booleans())
                services.exempt(
                    expectation, number=exempted, reason=ExemptionReason.LEAVE, note="",
                    by=council.people["head"], at=AT + timedelta(days=20 if late else 0),
                )  # fmt: skip
        for _ in range(data.draw(st.integers(0, 6))):
            audit = given(council, case="100003", auditor=data.draw(st.sampled_from(auditors)))
            kind = data.draw(st.sampled_from([PostKind.TEAM_MANAGER, PostKind.QA_OFFICER]))
            day = data.draw(st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 20)))
            state = AuditState.AWAITING_MODERATION if day else AuditState.GIVEN
            set_audit(audit, auditor_post=kind, completed_on=day, state=state)
        today = data.draw(st.dates(date(2026, 11, 1), date(2027, 1, 1)))
        _same_figures(council, today)
    finally:
        db.session.rollback()


def _same_figures(council, today):
    places = of_month(everything(council), MONTH, today).places
    mtm2 = completion(MONTH, MONTH)[MONTH]
    counted = total(filter(is_counted, places), today)
    other = total((place for place in places if not is_counted(place)), today)
    assert (counted.expected, counted.exempted, counted.due, counted.done, counted.done_later) == (
        mtm2.expected, mtm2.exempted, mtm2.due, mtm2.done, mtm2.late,
    )  # fmt: skip
    assert (other.due, other.done, other.done_later) == (
        mtm2.other_due, mtm2.other_done, mtm2.other_late,
    )  # fmt: skip
    for each in (counted, other):
        assert each.due == (
            each.done + each.done_later + each.late + each.in_progress + each.not_started
            + each.nothing_given
        )  # fmt: skip
        assert each.due == each.expected - each.exempted


def test_the_totals_are_those_of_mtm_2_whatever_happened(context, council):
    # P4: the same figures as on the measures' page, and each due audit in one column
    _as_completion_counts(council)


def test_a_batch_has_people_and_dates_of_its_own(context, council):
    # P7
    audit = given(council)
    batch = Batch(
        kind=BatchKind.LOOK_BACK, name="Look-back at thresholds", tool_code="core", number=3,
        starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 11), made_at=AT,
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    for key, number in (("other_auditor", 1), ("iro", 2)):
        person_id = council.people[key]
        db.session.add(BatchAuditor(batch_id=batch.id, person_id=person_id, number=number))
    db.session.add(BatchAudit(audit_id=audit.id, batch_id=batch.id))
    set_audit(audit, cycle_month=None, completed_on=date(2026, 12, 10), state=AuditState.RETURNED)
    db.session.flush()
    places = of_batch(everything(council), batch, TODAY).places
    found = rows_of(places, {}, settings.calendar(), TODAY)
    assert [(row.place.auditor, row.words, row.place.kind) for row in found] == [
        ("Iris Reviewer", "Nothing given yet: 2 audits", PostKind.IRO),
        ("Otto Auditor", "Submitted", PostKind.TEAM_MANAGER),
    ]
    assert rows(council) == []


def test_a_moderator_follows_the_auditors_of_their_services_alone(context, council):
    # I2
    given_in_cycle(council)
    expect(council, "auditor")
    expect(council, "iro")
    names = {
        key: sorted(
            place.auditor
            for place in of_month(actor(council.people[key], TODAY), MONTH, TODAY).places
        )
        for key in ("head", "other_head", "review_head", "director", "qa_lead")
    }
    all_of_them = ["Ada Auditor", "Iris Reviewer", "Otto Auditor"]
    assert names == {
        "head": ["Ada Auditor"], "other_head": ["Otto Auditor"], "review_head": ["Iris Reviewer"],
        "director": all_of_them, "qa_lead": all_of_them,
    }  # fmt: skip


def test_narrowed_by_role_service_team_and_state(context, council):
    given_in_cycle(council)
    expect(council, "iro")
    places = of_month(everything(council), MONTH, TODAY).places
    care, team = council.teams["CARE"], council.teams["REV"]

    def names(**wanted):
        narrowed = Narrowed(**wanted)
        found = rows_of(narrowed.places(places), {}, settings.calendar(), TODAY)
        return [row.place.auditor for row in narrowed.rows(found)]

    assert names() == ["Iris Reviewer", "Otto Auditor"]
    assert names(role=PostKind.IRO) == ["Iris Reviewer"]
    assert names(service_id=care) == ["Otto Auditor"]
    assert names(team_id=team) == ["Iris Reviewer"]
    assert names(state=FollowState.NOT_STARTED) == ["Otto Auditor"]
    assert names(state=FollowState.LATE) == []


def test_a_place_without_a_team_is_of_no_part():
    place = Place(None, "Vacant post", PostKind.IRO, "", None, None, 1)
    assert Narrowed(team_id=new_id()).places([place]) == []
    assert Narrowed().places([place]) == [place]
