"""The summary for the child's record: what is in it, the day that is noted, and who is reminded."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from qa_app.audits.models import Audit, AuditSource, Finding, Voice
from qa_app.audits.queries.record import summary_of
from qa_app.audits.services import finalise
from qa_app.audits.services.record import NotFinalYet, WrongDay, note_on_record
from qa_app.database import db, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import date_words
from qa_app.domain.grades import Grade
from qa_app.history import Event
from qa_app.tracker.models import Action, ActionSource
from tests.audits.making import AT, submitted, the_audit
from tests.pages import Page, words

FINAL_ON = AT.date()


@pytest.fixture(autouse=True)
def _two_days_later():
    with time_machine.travel(AT + timedelta(days=2), tick=True):
        yield


def final(council, *, grade=Grade.REQUIRES_IMPROVEMENT, **options) -> Audit:
    """An audit that is final, with one action."""
    audit = submitted(council, **options)
    finalise(audit, {None: grade}, "the moderator's", by=council.people["other_head"], at=AT)
    db.session.add(
        Action(reference="P-1", kind=ActionKind.IMPROVEMENT, source=ActionSource.AUDIT,
               source_key="one", what="Write the  plan\nwith the family", audit_id=audit.id,
               owner_id=council.people["manager"], owner_name="Manny Manager",
               owner_post="Team manager", raised_at=AT, raised_on=FINAL_ON,
               due_on=date(2026, 12, 16))
    )  # fmt: skip
    db.session.flush()
    return audit


def test_the_summary_says_what_was_found_and_names_nobody(context, council):
    audit = final(council)
    assert summary_of(audit).splitlines() == [
        f"Case file audit {audit.reference}",
        "Case reference: 100001",
        "Completed: 18 November 2026",
        f"Period under review: {date_words(audit.period_from)} to {date_words(audit.period_to)}",
        "Overall grade: Requires improvement",
        "",
        "Strengths:",
        f"- {theme()}: A strength",
        "",
        "Areas for development:",
        f"- {theme()}: A development",
        "",
        "Actions:",
        "- Write the plan with the family (P-1: Team manager, due 16 December 2026; open)",
        "",
        f"The whole audit is kept in the audit service under {audit.reference}.",
    ]
    for name in ("Manny", "Wendy", "Otto"):
        assert name not in summary_of(audit)


def theme():
    return db.session.scalars(select(Finding)).first().theme.name


@pytest.mark.parametrize("in_confidence", [True, False])
def test_nothing_that_anybody_said_is_in_it(context, council, in_confidence):
    # A5: the audit keeps it, for those who may read it there
    audit = final(council)
    db.session.execute(
        update(Voice).values(obtained=True, said="canarywords", in_confidence=in_confidence)
    )
    assert "canarywords" not in summary_of(audit)


def test_where_there_is_nothing_it_says_so(context, council):
    audit = final(council)
    db.session.execute(update(Action).values(status=ActionStatus.WITHDRAWN, settled_on=FINAL_ON))
    assert summary_of(audit).split("\n\n")[3] == "Actions:\nNone."


# Noting the day


def noted(council, on, at=AT + timedelta(days=2)):
    return note_on_record(the_audit(), on, by=council.people["other_auditor"], at=at)


def test_the_day_is_noted_once_and_can_be_put_right(context, council):
    final(council)
    with saving():
        noted(council, FINAL_ON)
        noted(council, FINAL_ON)
        audit = noted(council, FINAL_ON + timedelta(days=1))

    assert audit.record_noted_on == FINAL_ON + timedelta(days=1)
    events = db.session.scalars(select(Event).where(Event.verb == "record_noted")).all()
    assert [event.sentence for event in events] == [
        "The summary is on the child’s record since 18 November 2026",
        "The summary is on the child’s record since 19 November 2026",
    ]


@pytest.mark.parametrize(
    ("on", "at", "message"),
    [
        # not tomorrow
        (FINAL_ON + timedelta(days=3), AT + timedelta(days=2), "today's date or an earlier one"),
        # not before there was a final grade
        (FINAL_ON - timedelta(days=1), AT, "18 November 2026, when the audit became final"),
        # London's day counts: it is still the 18th in UTC, and the 19th is tomorrow there
        (date(2026, 11, 19), datetime(2026, 11, 18, 23, 59, tzinfo=UTC), "or an earlier one"),
    ],
)
def test_a_day_that_cannot_be_is_refused(context, council, on, at, message):
    final(council)
    with pytest.raises(WrongDay, match=message):
        noted(council, on, at)


def test_before_it_is_final_there_is_no_summary(context, council):
    submitted(council)
    with pytest.raises(NotFinalYet):
        noted(council, FINAL_ON)


# The page


@pytest.fixture
def path(app, council):
    """The address of a final audit."""
    with app.app_context(), saving():
        return f"/audits/{final(council).id}"


def test_the_auditor_copies_it_and_ticks_it(app, council, client_for, path):
    me = client_for(council.people["other_auditor"])
    assert "Copy the summary to the child’s record" in me.get(path).text
    page = me.get(f"{path}/record").text
    assert "Overall grade: Requires improvement" in page
    assert "readonly" in page
    answer = me.submit(f"{path}/record", {
        "done": "y", "on-day": "19", "on-month": "11", "on-year": "2026", "save": "1",
    })  # fmt: skip
    assert answer.location.endswith(path)
    assert "on the child’s record since 19 November 2026" in me.get(path).text
    with app.app_context():
        assert the_audit().record_noted_on == date(2026, 11, 19)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"done": ""}, "Tick the box when the summary is on the child&#39;s record"),
        ({"on-day": "", "on-month": "", "on-year": ""}, "Enter the day on which it went"),
        ({"on-year": "2036"}, "Enter today&#39;s date or an earlier one"),
        ({"on-year": "2020"}, "when the audit became final"),
    ],
)
def test_what_is_wrong_is_said(council, client_for, path, changes, message):
    me = client_for(council.people["other_auditor"])
    filled = {"done": "y", "on-day": "19", "on-month": "11", "on-year": "2026", "save": "1"}
    filled = {key: each for key, each in (filled | changes).items() if each or key != "done"}
    answer = me.submit(f"{path}/record", filled)
    assert answer.status_code == 400
    assert message in answer.text


def test_until_it_is_final_the_page_says_so(app, council, client_for):
    with app.app_context(), saving():
        path = f"/audits/{submitted(council).id}"
    me = client_for(council.people["other_auditor"])
    assert "The audit is not final yet." in me.get(f"{path}/record").text
    filled = {"done": "y", "on-day": "19", "on-month": "11", "on-year": "2026", "save": "1"}
    assert me.send(f"{path}/record", filled).status_code == 409


# The auditor's alone; 403 for others who may read it.
@pytest.mark.parametrize(
    ("key", "status"), [("qa_lead", 403), ("head", 403), ("worker", 403), ("viewer", 404)]
)
def test_whose_page_it_is(council, client_for, path, key, status):
    assert client_for(council.people[key]).get(f"{path}/record").status_code == status


# The auditor's home


def rows_of(client) -> list[str]:
    page = Page(client.get("/").text, 200)
    table = page.ids.get("to-note")
    return [] if table is None else [words(row[0]) for row in list(table.iter("tr"))[1:]]


@pytest.mark.parametrize(
    ("values", "after", "shown"),
    [
        # ux.md: copied to the child's record, with the date ticked when done
        ({}, timedelta(days=1), True),
        # the last three months
        ({}, timedelta(days=89), True),
        ({}, timedelta(days=100), False),
        # done is done
        ({"record_noted_on": FINAL_ON}, timedelta(days=1), False),
        # P7: a tool that is not graded has no such summary
        ({"graded": False}, timedelta(days=1), False),
        # one imported from the old workbook was summed up then
        ({"source": AuditSource.IMPORTED}, timedelta(days=1), False),
    ],
)
def test_home_reminds_of_what_is_not_on_the_record(
    app, council, client_for, path, values, after, shown
):
    with app.app_context(), saving():
        if values:
            db.session.execute(update(Audit).values(**values))
        reference = the_audit().reference
    with time_machine.travel(AT + after, tick=True):
        assert rows_of(client_for(council.people["other_auditor"])) == [reference] * shown
        assert rows_of(client_for(council.people["auditor"])) == []
