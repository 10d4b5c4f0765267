"""What was due and what was done (P1 to P4, MTM-2)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from qa_app.accounts.models import Person, PersonSource, Post, PostHolding, PostKind
from qa_app.accounts.queries import posts_held
from qa_app.audits.models import Audit, AuditSource
from qa_app.database import db, new_id
from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade, Selection
from qa_app.domain.workflow import AuditState
from qa_app.programme import services
from qa_app.programme.models import Batch, BatchAudit, BatchKind, CycleState, ExemptionReason
from qa_app.programme.queries import completion
from qa_app.programme.queries.cycles import month_page
from qa_app.programme.queries.planning import YearPlan
from qa_app.reports import services as reports
from qa_app.reports.measureset import MeasureSet
from qa_app.standards.queries import current_version
from tests.reports.rows import an_audit_done_here
from tests.tools import a_published_tool

pytestmark = pytest.mark.usefixtures("context")

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
MONTH = date(2026, 11, 1)
NOVEMBER = Month.of(MONTH)


def _expect(council, key, number=1, at=AT, month=MONTH):
    cycle = services.ensure_cycle(month, council.people["qa_lead"], at)
    person = db.session.get_one(Person, council.people[key])
    (post,) = posts_held(person.id, MONTH)
    return services.set_expectation(
        cycle, post=post, person=person, number=number, by=council.people["qa_lead"], at=at
    )


def _exempt(council, expectation, number=1, day=5):
    at = AT.replace(day=day) if day < 31 else AT + timedelta(days=30)
    return services.exempt(
        expectation,
        number=number,
        reason=ExemptionReason.SICKNESS,
        note="",
        by=council.people["head"],
        at=at,
    )


_reference = iter(range(10_000))


def _done(council, key, completed_on, *, post=PostKind.TEAM_MANAGER, month=MONTH):
    """A finished audit of a cycle; completed_on None leaves it unfinished."""
    audit = Audit(
        reference=f"T-{next(_reference)}",
        state=AuditState.IN_PROGRESS if completed_on is None else AuditState.AWAITING_MODERATION,
        source=AuditSource.MADE,
        selection=Selection.RANDOM,
        tool_version=current_version("core"),
        case_id=council.cases["100001"],
        case_reference="100001",
        auditor_id=council.people[key],
        auditor_name=key,
        auditor_post=post,
        cycle_month=month,
        due_on=date(2026, 11, 30),
        completed_on=completed_on,
        submitted_at=AT,
        auditor_grade=Grade.GOOD,
    )
    db.session.add(audit)
    db.session.flush()
    return audit.id


def _november():
    return completion(MONTH, MONTH)[MONTH]


def test_a_cycle_is_a_month_due_on_its_last_working_day(council):
    # P1; 31 May 2026 is a Sunday, so its last working day is Friday 29 May.
    cycle = services.ensure_cycle(date(2026, 5, 17), council.people["qa_lead"], AT)

    assert (cycle.month, cycle.due_on) == (date(2026, 5, 1), date(2026, 5, 29))
    assert cycle.state is CycleState.OPEN
    assert services.ensure_cycle(date(2026, 5, 2), None, AT).id == cycle.id


def test_months_without_a_cycle_are_there_with_zeros(council):
    figures = completion(date(2026, 9, 1), date(2026, 11, 30))

    assert list(figures) == [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]
    assert figures[MONTH].due == figures[MONTH].done == 0
    assert completion(date(2026, 11, 1), date(2026, 10, 1)) == {}


@pytest.mark.parametrize(
    ("day", "number", "expected", "exempted", "exempted_late", "due"),
    [
        # P4: due = expected − exempted
        (5, 1, 3, 1, 0, 2),
        # P4: granted on the due date still reduces due
        (30, 1, 3, 1, 0, 2),
        # P4: granted after the due date changes nothing
        (31, 1, 3, 0, 1, 3),
        # P3: several at once
        (5, 3, 3, 3, 0, 0),
    ],
)
def test_due_is_expected_less_exempted_in_time(
    council, day, number, expected, exempted, exempted_late, due
):
    _exempt(council, _expect(council, "auditor", 3), number, day)
    found = _november()

    assert (found.expected, found.exempted, found.exempted_late, found.due) == (
        expected, exempted, exempted_late, due,
    )  # fmt: skip


def test_no_more_is_exempted_than_is_expected(council):
    expectation = _expect(council, "auditor", 2)
    _exempt(council, expectation, 1)
    db.session.expire(expectation)
    for number in (0, 2):
        with pytest.raises(services.TooManyExempted):
            _exempt(council, expectation, number)


@pytest.mark.parametrize(
    ("completed_on", "done", "late"),
    [
        # MTM-2: by the last day of the cycle
        (date(2026, 11, 1), 1, 0),
        (date(2026, 11, 30), 1, 0),
        # P4: completed later, printed beside
        (date(2026, 12, 1), 0, 1),
        # P6: not finished
        (None, 0, 0),
    ],
)
def test_done_is_counted_up_to_the_last_day_of_the_month(council, completed_on, done, late):
    _expect(council, "auditor")
    audit_id = _done(council, "auditor", completed_on)
    found = _november()

    assert (found.due, found.done, found.late) == (1, done, late)
    assert found.done_audit_ids == [audit_id] * done
    assert found.late_audit_ids == [audit_id] * late


def test_an_audit_done_in_spite_of_an_exemption_was_not_due(council):
    # P4: the numerator is due audits, and never more than the denominator.
    _exempt(council, _expect(council, "auditor"))
    _done(council, "auditor", date(2026, 11, 10))
    _expect(council, "other_auditor")
    found = _november()

    assert (found.due, found.done) == (1, 0)


def test_the_first_audits_completed_are_the_due_ones(council):
    _exempt(council, _expect(council, "auditor", 2))
    _done(council, "auditor", date(2026, 12, 2))
    first = _done(council, "auditor", date(2026, 11, 10))

    assert _november().done_audit_ids == [first]
    assert _november().late == 0


@pytest.mark.parametrize(
    ("post", "counted"),
    [
        # MTM-2: managers, conference chairs and IROs; other auditors beside, never inside
        (PostKind.TEAM_MANAGER, True),
        (PostKind.SERVICE_MANAGER, True),
        (PostKind.HEAD_OF_SERVICE, True),
        (PostKind.IRO, True),
        (PostKind.CONFERENCE_CHAIR, True),
        (PostKind.QA_OFFICER, False),
        (PostKind.PRACTICE_LEAD, False),
        (PostKind.SOCIAL_WORKER, False),
    ],
)
def test_which_auditors_count(council, post, counted):
    person = db.session.get_one(Person, council.people["auditor"])
    cycle = services.ensure_cycle(MONTH, None, AT)
    services.set_expectation(cycle, post=None, person=person, number=1, by=None, at=AT, kind=post)
    audit_id = _done(council, "auditor", date(2026, 11, 10), post=post)
    found = _november()

    assert (found.due, found.done) == ((1, 1) if counted else (0, 0))
    assert (found.other_due, found.other_done) == ((0, 0) if counted else (1, 1))
    assert (found.done_audit_ids if counted else found.other_done_audit_ids) == [audit_id]


def test_another_auditors_late_audit_stands_beside_too(council):
    person = db.session.get_one(Person, council.people["auditor"])
    cycle = services.ensure_cycle(MONTH, None, AT)
    services.set_expectation(
        cycle, post=None, person=person, number=1, by=None, at=AT, kind=PostKind.QA_OFFICER
    )
    _done(council, "auditor", date(2026, 12, 10), post=PostKind.QA_OFFICER)

    assert (_november().other_done, _november().other_late) == (0, 1)


def test_a_tool_that_does_not_count_is_left_out(council):
    # P7
    a_published_tool(like="core", counts_in_mtm=False)
    _expect(council, "auditor")
    _done(council, "auditor", date(2026, 11, 10))

    assert _november().done == 0


def test_a_vacant_post_is_expected_all_the_same(council):
    # P4: expectations attach to posts, so that a vacancy shows.
    post = db.session.query(Post).filter_by(kind=PostKind.IRO).one()
    cycle = services.ensure_cycle(MONTH, None, AT)
    services.set_expectation(cycle, post=post, person=None, number=1, by=None, at=AT)

    assert (_november().expected, _november().due, _november().done) == (1, 1, 0)


def test_setting_an_expectation_again_changes_its_number(council):
    first = _expect(council, "auditor", 1)
    assert _expect(council, "auditor", 2).id == first.id
    assert _november().expected == 2


# --- the published figure


def _managers(council, number):
    """So many more team managers, each in a post of their own."""
    found = []
    for place in range(number):
        person = Person(name=f"Manager {place}", name_key=f"manager {place}",
                        source=PersonSource.ADMINISTRATOR)  # fmt: skip
        post = Post(title="Service Manager", kind=PostKind.SERVICE_MANAGER, rank=50, line=False,
                    team_id=council.teams["SAFE"])  # fmt: skip
        db.session.add_all([person, post])
        db.session.flush()
        db.session.add(PostHolding(post_id=post.id, person_id=person.id,
                                   started_on=date(2020, 1, 6)))  # fmt: skip
        found.append(person.id)
    db.session.flush()
    return found


def test_the_published_15_of_37_comes_from_a_planned_year_with_its_exemptions(council):
    """MTM-2 as the authority published it: 40 expected, 3 exempted in time, 15 done in time."""
    people = _managers(council, 40)
    wanted = YearPlan(NOVEMBER, frozenset(), {PostKind.SERVICE_MANAGER: 1})
    services.plan_year(wanted, by=council.people["qa_lead"], at=AT)
    cycle = services.ensure_cycle(MONTH, None, AT)
    rows = {each.person_id: each for each in cycle.expectations}
    assert len(rows) == 40
    due_on = cycle.due_on
    # P4: three in time reduce due; two after the due date do not.
    for person, day in zip(people, (2, 10, due_on.day, 31, 31), strict=False):
        at = AT + timedelta(days=day - 2)
        services.exempt(rows[person], number=1, reason=ExemptionReason.SICKNESS, note="",
                        by=council.people["head"], at=at)  # fmt: skip
    kind, case = {"auditor_post": PostKind.SERVICE_MANAGER}, council.cases["100001"]
    for person in people[5:20]:
        an_audit_done_here(cycle, person, case, date(2026, 11, 30), **kind)
    for person in people[20:24]:
        # P6: late, beside it and never inside
        an_audit_done_here(cycle, person, case, date(2026, 12, 1), **kind)
    # P4: done in spite of an exemption in time, it was not due
    an_audit_done_here(cycle, people[0], case, date(2026, 11, 9), **kind)
    # P7: an audit of a batch runs outside the cycles
    _of_a_batch(cycle, people[30], case)
    found = reports.measures(NOVEMBER, NOVEMBER, at=datetime(2026, 12, 20, tzinfo=UTC))

    (figure,) = [each for each in found.figures if each.measure == "MTM-2"]
    assert figure.text == "15 / 37 (41%)"
    assert _beside(found) == {
        "Expected": 40, "Exempted": 3, "Exempted after the due date": 2,
        "Completed after the month": 4, "Due from other auditors": 0,
        "Completed by other auditors": 0,
    }  # fmt: skip
    page = month_page(cycle).figures
    assert (page.due, page.done, page.late) == (37, 15, 4)


def _of_a_batch(cycle, person, case):
    audit = an_audit_done_here(cycle, person, case, date(2026, 11, 3),
                               auditor_post=PostKind.SERVICE_MANAGER)  # fmt: skip
    audit.cycle_month = None
    batch = Batch(id=new_id(), kind=BatchKind.LOOK_BACK, name="600 decisions", number=600,
                  tool_code=audit.tool_version.code, starts_on=date(2026, 11, 1),
                  ends_on=date(2026, 12, 1), made_at=AT)  # fmt: skip
    db.session.add_all([batch, BatchAudit(audit_id=audit.id, batch=batch)])
    db.session.flush()


def _beside(found: MeasureSet):
    return {each.words: each.numbers[NOVEMBER] for each in found.beside if each.measure == "MTM-2"}
