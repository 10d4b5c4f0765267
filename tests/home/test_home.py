"""Home: what waits for each role, in few queries, and nothing of anybody else's."""

from datetime import date, timedelta

import pytest
import time_machine

from qa_app.accounts.models import PostKind, RoleGrant
from qa_app.audits.models import (
    Audit,
    AuditParty,
    AuditSource,
    Concern,
    ConcernTold,
    SafetyDecision,
)
from qa_app.audits.models.concern import ToldAs
from qa_app.cases.models import ImportFault, ImportKind, ImportRun
from qa_app.database import db, new_id, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.answers import SafeNow
from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade, PlanType, Selection
from qa_app.domain.permissions import Party, Role, Scope
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationMode, ModerationState
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action, ActionSource
from tests.pages import Page, words
from tests.queries import count_queries
from tests.reports.rows import a_cycle, expect, noon

TODAY = date(2026, 10, 14)


@pytest.fixture(autouse=True)
def _in_october():
    with time_machine.travel(noon(TODAY), tick=True):
        yield


@pytest.fixture
def home_of(app, council, client_for):
    """home_of("auditor") → the text of that person's home page, line by line."""

    def fetch(key: str) -> Page:
        return Page(client_for(council.people[key]).get("/").text, 200)

    return fetch


def rows(page: Page, name: str) -> list[list[str]]:
    """The rows of a table below its headings; none where the table is not there."""
    if name not in page.ids:
        return []
    found = [[words(cell) for cell in row] for row in page.ids[name].iter("tr")]
    return found[1:]


def said(page: Page) -> str:
    return words(page.root)


def a_given_audit(council, auditor: str = "auditor", unit: str = "SAFE1", **more) -> Audit:
    """An audit given for October, in the state said."""
    person = council.people[auditor]
    values = {
        "reference": f"A-{new_id()}",
        "state": AuditState.GIVEN,
        "source": AuditSource.MADE,
        "selection": Selection.RANDOM,
        "case_id": council.cases["100001"],
        "case_reference": "100001",
        "age_band": "5 to 9",
        "plan_type": PlanType.CHILD_PROTECTION,
        "team_id": council.teams[unit],
        "auditor_id": person,
        "auditor_name": "Ada Auditor",
        "auditor_post": PostKind.TEAM_MANAGER,
        "cycle_month": TODAY.replace(day=1),
        "due_on": date(2026, 10, 30),
    }
    audit = Audit(**values | more)
    db.session.add(audit)
    db.session.flush()
    add_party(audit, Party.AUDITOR, person)
    return audit


def add_party(audit: Audit, party: Party, person) -> None:
    db.session.add(AuditParty(audit_id=audit.id, party=party, person_id=person, name="Somebody"))
    db.session.flush()


def a_submitted_audit(council, grade: Grade = Grade.GOOD, **more) -> Audit:
    """An audit sent for moderation two days ago."""
    on = TODAY - timedelta(days=2)
    return a_given_audit(
        council,
        **{
            "state": AuditState.AWAITING_MODERATION,
            "submitted_at": noon(on),
            "completed_on": on,
            "completed_month": on.replace(day=1),
            "auditor_grade": grade,
        }
        | more,
    )


def an_action(council, owner: str = "manager", unit: str = "SAFE1", **more) -> Action:
    """An open priority action, due tomorrow."""
    values = {
        "reference": f"P-{new_id()}",
        "kind": ActionKind.PRIORITY,
        "status": ActionStatus.OPEN,
        "source": ActionSource.AUDIT,
        "source_key": str(new_id()),
        "what": "See the child",
        "case_reference": "100001",
        "team_id": council.teams[unit],
        "owner_id": council.people[owner],
        "owner_name": "Manny Manager",
        "raised_at": noon(TODAY),
        "raised_on": TODAY,
        "due_on": TODAY + timedelta(days=1),
    }
    action = Action(**values | more)
    db.session.add(action)
    db.session.flush()
    return action


def a_concern(council, **more) -> Concern:
    """An open concern, of which the manager of the team was told."""
    audit = more.pop("audit", None) or a_given_audit(council, safe_now=SafeNow.NO)
    values = {
        "audit_id": audit.id,
        "case_reference": "100001",
        "team_id": audit.team_id,
        "raised_at": noon(TODAY),
        "raised_by": council.people["auditor"],
        "worry": "Words that belong on no list",
    }
    concern = Concern(**values | more)
    db.session.add(concern)
    db.session.flush()
    told = ConcernTold(
        concern_id=concern.id,
        person_id=council.people["manager"],
        told_as=ToldAs.TEAM_MANAGER,
        post="Team manager",
        told_at=noon(TODAY),
    )
    db.session.add(told)
    return concern


def saved(app, make):
    with app.app_context(), saving():
        return make()


def test_an_auditor_sees_what_is_due_in_words_and_what_was_returned(app, council, home_of) -> None:
    def make() -> None:
        a_given_audit(council, reference="LATE", due_on=date(2026, 10, 12))
        a_given_audit(council, reference="FRIDAY", due_on=date(2026, 10, 16))
        returned = {"completed_on": TODAY, "due_on": date(2026, 10, 30)}
        a_given_audit(council, reference="BACK", state=AuditState.RETURNED, **returned)
        a_given_audit(council, "other_auditor", reference="ANOTHER’S")
        a_submitted_audit(council, reference="SENT")

    saved(app, make)
    shown = [(row[0], row[-1]) for row in rows(home_of("auditor"), "to-do")]
    assert shown == [
        ("LATE", "2 days late"),
        ("FRIDAY", "Due Friday"),
        ("BACK", "Answer the moderator"),
    ]


def test_an_auditor_with_nothing_to_do_is_told_why(home_of) -> None:
    assert "You have no audit to do." in said(home_of("iro"))


def test_a_team_manager_sees_who_audits_the_teams_children(app, council, home_of) -> None:
    def make() -> None:
        a_given_audit(council, case_reference="STARTED")
        a_submitted_audit(council, case_reference="SENT")
        a_given_audit(council, unit="CARE1", case_reference="ELSEWHERE")
        past = {"cycle_month": date(2026, 8, 1), "due_on": date(2026, 8, 28)}
        a_submitted_audit(council, case_reference="LONG AGO", **past)

    saved(app, make)
    page = home_of("manager")
    assert {(row[0], row[1]) for row in rows(page, "team")} == {
        ("STARTED", "Ada Auditor"),
        ("SENT", "Ada Auditor"),
    }
    # I2: what its auditor is still writing cannot be opened.
    links = {words(link) for link in page.ids["team"].iter("a")}
    assert links == {"SENT"}


def test_a_social_worker_sees_the_audits_of_their_own_children_only(app, council, home_of) -> None:
    def make() -> None:
        mine = a_given_audit(council, case_reference="MINE")
        add_party(mine, Party.SOCIAL_WORKER, council.people["worker"])
        a_given_audit(council, case_reference="A COLLEAGUE’S")

    saved(app, make)
    assert [row[0] for row in rows(home_of("worker"), "team")] == ["MINE"]


def test_ones_own_actions_stand_by_due_date(app, council, home_of) -> None:
    def make() -> None:
        an_action(council, reference="LATER", due_on=date(2026, 11, 20))
        an_action(council, reference="NOW", due_on=TODAY)
        an_action(council, "worker", reference="ANOTHER’S")
        done = {"status": ActionStatus.DONE, "done_at": noon(TODAY)}
        an_action(council, reference="DONE", **done)

    saved(app, make)
    shown = [(row[0], row[-1]) for row in rows(home_of("manager"), "my-actions")]
    assert shown == [("NOW", "Due today"), ("LATER", "Due 20 November")]


def test_a_head_sees_the_queue_with_its_oldest_and_without_their_own(app, council, home_of) -> None:
    def make() -> None:
        a_submitted_audit(council)
        a_submitted_audit(council, submitted_at=noon(date(2026, 10, 5)))
        barred = a_submitted_audit(council, submitted_at=noon(date(2026, 10, 1)))
        add_party(barred, Party.TEAM_MANAGER, council.people["head"])
        begun = a_submitted_audit(council, state=AuditState.IN_MODERATION)
        db.session.add(
            Moderation(
                audit_id=begun.id,
                moderator_id=council.people["head"],
                moderator_name="Hetty Head",
                mode=ModerationMode.SIGHTED,
                state=ModerationState.OPEN,
                started_at=now(),
            )
        )

    saved(app, make)
    text = said(home_of("head"))
    assert "2 audits wait for a moderator, the oldest since 5 October 2026" in text
    assert "You have begun 1 moderation" in text


def test_a_head_sees_priority_actions_and_bare_inadequates_of_the_service(
    app, council, home_of
) -> None:
    def make() -> None:
        an_action(council, reference="OURS")
        an_action(council, reference="THEIRS", unit="CARE1")
        settled = {"status": ActionStatus.CLOSED, "settled_on": TODAY}
        an_action(council, reference="SETTLED", source=ActionSource.IMPORTED, **settled)
        a_submitted_audit(council, Grade.INADEQUATE, reference="BARE")
        planned = a_submitted_audit(council, Grade.INADEQUATE, reference="PLANNED")
        an_action(council, reference="ITS PLAN", audit_id=planned.id, due_on=date(2026, 11, 2))
        a_submitted_audit(council, Grade.INADEQUATE, reference="CARE", unit="CARE1")
        a_submitted_audit(council, Grade.GOOD, reference="GOOD")

    saved(app, make)
    page = home_of("head")
    assert [row[0] for row in rows(page, "priority")] == ["OURS", "ITS PLAN"]
    assert [row[0] for row in rows(page, "inadequate")] == ["BARE"]


def test_an_imported_action_has_a_date_and_no_lateness(app, council, home_of) -> None:
    more = {"source": ActionSource.IMPORTED, "owner_id": None, "owner_name": ""}
    saved(app, lambda: an_action(council, due_on=date(2023, 4, 4), **more))
    (row,) = rows(home_of("head"), "priority")
    assert row[2:] == ["–", "Open", "Was due 4 April 2023"]


def test_a_director_sees_the_children_one_is_worried_about_today(app, council, home_of) -> None:
    def make() -> None:
        a_concern(council, case_reference="OPEN", telephoned_whom="Duty", telephoned_at=now())
        acknowledged = {"acknowledged_at": now(), "acknowledged_by": council.people["manager"]}
        a_concern(council, case_reference="HEARD", raised_at=noon(date(2026, 10, 13)),
                  **acknowledged)  # fmt: skip
        # E1: on record and decided, it is over; on record and undecided, it is not.
        a_concern(council, case_reference="OVER", recorded_at=now(), decided_at=now(),
                  decision=SafetyDecision.CHILD_SAFE, decided_by=council.people["manager"],
                  **acknowledged)  # fmt: skip
        a_concern(council, case_reference="SEEN", decided_at=now(), decision_note="At home",
                  decision=SafetyDecision.CHILD_SAFE, decided_by=council.people["manager"],
                  raised_at=noon(date(2026, 10, 11)), **acknowledged)  # fmt: skip
        a_concern(council, case_reference="RECORDED", recorded_at=now(),
                  raised_at=noon(date(2026, 10, 12)))  # fmt: skip
        a_concern(council, case_reference="WITHDRAWN", withdrawn_at=now())

    saved(app, make)
    page = home_of("director")
    assert [(row[0], row[2], row[4]) for row in rows(page, "worries")] == [
        ("OPEN", "Not known yet", "14 October 2026, 13:00"),
        ("HEARD", "Not known yet", "13 October 2026, 13:00"),
        ("RECORDED", "Not known yet", "12 October 2026, 13:00"),
        # What a manager decided, not what the auditor answered before.
        ("SEEN", "Yes", "11 October 2026, 13:00"),
    ]
    assert [row[3] for row in rows(page, "worries")] == [
        "Telephoned; nobody has acknowledged it here",
        "Acknowledged; waiting for the safety decision",
        "Nobody has acknowledged it",
        "Safety decision made; not yet confirmed on the child’s record",
    ]
    assert "Words that belong on no list" not in page.html
    assert "Children we are worried about today" not in said(home_of("head"))


def test_whoever_was_told_of_a_concern_sees_it_before_anything_else(app, council, home_of) -> None:
    saved(app, lambda: a_concern(council))
    page = home_of("manager")
    headings = [words(each) for each in page.all("h2")]
    main = next(at for at, text in enumerate(headings) if text.startswith("A child may be at risk"))
    assert headings[main + 1 :]
    assert "Case 100001, raised 14 October 2026, 13:00" in said(page)
    assert "A child may be at risk" not in said(home_of("worker"))


def test_the_qa_lead_sees_the_month(app, council, home_of) -> None:
    def make() -> None:
        cycle = a_cycle(Month.of(TODAY))
        for key in ("manager", "auditor", "iro"):
            expect(cycle, council.people[key], PostKind.TEAM_MANAGER)
        a_given_audit(council)
        a_submitted_audit(council, tool_version_id=None)
        september = {"cycle_month": date(2026, 9, 1), "due_on": date(2026, 9, 30)}
        a_given_audit(council, **september)
        a_concern(council, audit=a_submitted_audit(council))
        unsent = {"subject": "S", "body": "B", "created_at": now(), "email": "a@b.test"}
        db.session.add(Notice(key="failed", attempts=1, error="refused", **unsent))
        db.session.add(Notice(key="new", **unsent))

    saved(app, make)
    page = home_of("qa_lead")
    tally = {words(box[0]): words(box[1]) for box in next(page.all("dl"))}
    assert tally == {
        "Due": "3",
        "Given to an auditor": "3",
        "Done": "0",
        "Exempted": "0",
        "Late from last month": "1",
        "Waiting for moderation": "2",
        "Open concerns": "1",
        "Failed mail": "1",
    }


def test_an_administrator_sees_people_posts_mail_and_imports_and_no_case(
    app, council, home_of
) -> None:
    def make() -> None:
        run = ImportRun(kind=ImportKind.AUDITS, file_name="log.xlsx", at=now(), loaded=1_115)
        db.session.add(run)
        db.session.flush()
        fault = {"place": "Dec 22", "row": 4, "column": "Grade", "value": "x", "reason": "y"}
        db.session.add(ImportFault(run_id=run.id, position=1, **fault))
        a_given_audit(council)

    saved(app, make)
    page = home_of("administrator")
    assert rows(page, "imports") == [["14 October 2026, 13:00", "Old audit workbook", "1,115", "1"]]
    assert "100001" not in said(page)


def test_a_viewer_is_told_that_no_report_is_published_yet(home_of) -> None:
    assert "No report has been published yet." in said(home_of("viewer"))


def test_somebody_without_a_role_is_told_whom_to_ask(app, council, home_of) -> None:
    person = council.people["viewer"]
    saved(app, lambda: db.session.query(RoleGrant).filter_by(person_id=person).delete())
    assert "You hold no role yet" in said(home_of("viewer"))


def test_a_person_with_several_roles_sees_the_sections_of_each(app, council, home_of) -> None:
    def make() -> None:
        for role in (Role.MODERATOR, Role.QA_LEAD, Role.ADMINISTRATOR, Role.VIEWER):
            db.session.add(
                RoleGrant(
                    person_id=council.people["auditor"],
                    role=role,
                    scope=Scope.ALL,
                    valid_from=date(2020, 1, 1),
                )
            )

    saved(app, make)
    headings = [words(each) for each in home_of("auditor").all("h2")]
    for heading in ("Children we are worried about today", "Moderation", "October 2026",
                    "My audits to do", "My actions", "Published reports", "Imports"):  # fmt: skip
        assert heading in headings


@pytest.mark.parametrize(
    "key",
    ["auditor", "iro", "manager", "worker", "head", "director", "qa_lead", "viewer",
     "administrator"],
)  # fmt: skip
def test_home_asks_at_most_eight_queries_however_much_waits(app, council, client_for, key) -> None:
    client = client_for(council.people[key])

    def make(number: int) -> None:
        for _ in range(number):
            a_given_audit(council, "iro")
            a_given_audit(council)
            a_submitted_audit(council, Grade.INADEQUATE)
            an_action(council)
            an_action(council, "worker")
            a_concern(council)
            unread = {"person_id": council.people[key], "subject": "S", "body": "B"}
            db.session.add(Notice(key=str(new_id()), created_at=now(), **unread))

    asked = {}
    for number in (1, 19):
        saved(app, lambda n=number: make(n))
        with count_queries(app) as counted:
            client.get("/")
        asked[number] = counted
    assert len(asked[1]) <= 8, asked[1]
    assert len(asked[1]) == len(asked[19]), asked[19]
