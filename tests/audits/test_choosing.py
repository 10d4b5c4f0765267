"""Choosing what is moderated, and blind, when an audit is sent; and what becomes of the others
(M1, M3, M7, A12)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from qa_app.accounts import settings
from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.models import (
    Audit,
    AuditParty,
    AuditSource,
    GradeRow,
    GradeSource,
    ModerationChoice,
    ModerationSeed,
)
from qa_app.audits.queries.choosing import (
    earlier_of,
    is_to_be_blind,
    standing_choice,
    standing_choices,
    to_be_moderated,
)
from qa_app.audits.queries.facts import checks_of
from qa_app.audits.services.choosing import choose_on_submission, finalise_unselected
from qa_app.database import db, saving
from qa_app.domain.answers import FactAnswer
from qa_app.domain.choosing import BLIND, MODERATE, ChoiceReason, ticket
from qa_app.domain.finalgrade import NOT_SELECTED
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.history import Event, verify
from qa_app.moderation.jobs import SCHEDULED
from qa_app.notify.models import Notice
from qa_app.notify.scheduled import run_all
from tests.audits.making import AT, Writer, nothing_to_correct, submitted, written
from tests.audits.test_other_tools import ANSWERS
from tests.audits.with_tools import given_with, small_tool
from tests.council import find, hold
from tests.queries import count_queries

DAY = timedelta(days=1)
OVER = datetime(2026, 11, 24, 6, tzinfo=UTC)  # the facts are checked until Monday, 23 November
LATER = datetime(2026, 12, 2, 9, tzinfo=UTC)


@pytest.fixture
def me(council):
    return council.people["other_auditor"]


@pytest.fixture
def chance_alone(app, council):
    """Nothing is moderated, save what always is, and no audit is one of its auditor's first."""
    with app.app_context(), saving():
        only_what_always_is()


def only_what_always_is() -> None:
    """The policy by which chance chooses nothing, and nobody is new."""
    hold("moderated_share", 0)
    hold("first_audits_moderated", 0)


def alone(audit) -> None:
    """Nobody of the case can be asked about its facts."""
    db.session.query(AuditParty).filter(
        AuditParty.party.in_([Party.SOCIAL_WORKER, Party.TEAM_MANAGER])
    ).update({"person_id": None})
    db.session.expire_all()


def sent(council, *, asked: bool = True, at=AT, **options) -> Audit:
    """An audit that was sent; its facts are not checked yet, or nobody is asked about them."""
    audit = written(council, **options)
    if not asked:
        alone(audit)
    return services.submit(audit, by=audit.auditor_id, at=at)


def waits(audit) -> bool:
    """Whether a moderator is waited for."""
    query = select(Audit.id).where(Audit.id == audit.id, to_be_moderated())
    return db.session.scalars(query).first() is not None


def worry(audit, at=AT, text="Seen with bruises"):
    return services.raise_concern(audit, worry=text, by=audit.auditor_id, at=at)


def job(at) -> int:
    """How many audits the clock makes final."""
    (done,) = run_all(SCHEDULED[:1], at)
    assert not done.error
    return done.counts["audits not chosen made final"]


# M1: all are moderated unless the policy is changed; M3: which are blind comes from another ticket.
@pytest.mark.usefixtures("context")
def test_a_submission_is_chosen_about_once_and_can_be_worked_out_again(council):
    hold("blind_share", 20)
    audit = sent(council)
    choice, seed = standing_choice(audit.id), find(ModerationSeed)
    assert (choice.selected, choice.reason, choice.at) == (True, ChoiceReason.ALL, AT)
    assert (choice.share, choice.blind_share) == (100, 20)
    assert (choice.month, seed.month, seed.made_at) == (date(2026, 11, 1), date(2026, 11, 1), AT)
    assert len(seed.seed) == 32
    assert choice.ticket == ticket(seed.seed, audit.reference, MODERATE)
    assert choice.blind_ticket == ticket(seed.seed, audit.reference, BLIND)
    assert choice.blind == (choice.blind_ticket < 2_000)
    db.session.commit()
    event = db.session.query(Event).filter_by(verb="moderation_chosen").one()
    assert (event.actor_id, event.details) == (None, {"reason": "All audits are moderated"})


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("month", "same"),
    [
        # M1: all audits that are sent in a month are chosen from one seed
        (datetime(2026, 11, 30, 23, 59, tzinfo=UTC), True),
        # M1: the next month has another one; the month is London's
        (datetime(2026, 12, 1, 0, 0, tzinfo=UTC), False),
    ],
)
def test_each_month_has_a_seed_of_its_own(council, month, same):
    sent(council)
    sent(council, case="100002", at=month)
    seeds = set(db.session.scalars(select(ModerationSeed.seed)))
    assert len(seeds) == (1 if same else 2)


@pytest.mark.usefixtures("context", "chance_alone")
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        # M1: chance alone decides, and the share is nothing
        ({}, ChoiceReason.NOT_CHOSEN),
        # M1: every Inadequate and every Outstanding all the same
        ({"grade": "inadequate"}, ChoiceReason.INADEQUATE),
        ({"grade": "outstanding"}, ChoiceReason.OUTSTANDING),
        # M1, P7: audits of a tool that is not graded are left to chance
        ({"ungraded": True}, ChoiceReason.NOT_CHOSEN),
    ],
)
def test_a_submission_is_chosen_for_what_it_is(council, me, options, reason):
    if options.pop("ungraded", False):
        audit = given_with(council, small_tool(graded=False, gates=False, moderated=True))
        Writer(audit, me)(ANSWERS)
        services.submit(audit, by=me, at=AT)
    else:
        audit = sent(council, **options)
    choice = standing_choice(audit.id)
    assert choice.reason is reason
    assert choice.selected == waits(audit) == (reason is not ChoiceReason.NOT_CHOSEN)


# P7: a tool that is not moderated is not chosen about.
@pytest.mark.usefixtures("context")
def test_what_is_never_moderated_has_no_choice(council, me):
    audit = given_with(council, small_tool(graded=False, gates=False, moderated=False))
    Writer(audit, me)(ANSWERS)
    services.submit(audit, by=me, at=AT)
    assert standing_choice(audit.id) is None
    assert db.session.query(ModerationSeed).count() == 0


# M1: an auditor's first three are always moderated, whatever the others send.
@pytest.mark.usefixtures("context")
def test_the_first_audits_of_each_auditor_are_moderated(council, me):
    hold("moderated_share", 0)
    unmoderated = given_with(council, small_tool(graded=False, gates=False, moderated=False))
    Writer(unmoderated, me)(ANSWERS)
    services.submit(unmoderated, by=me, at=AT)
    mine = [sent(council, at=AT + n * DAY) for n in range(4)]
    other = sent(council, auditor="auditor", case="100004", at=AT + 4 * DAY)
    reasons = [standing_choice(each.id).reason for each in (*mine, other)]
    first, not_chosen = ChoiceReason.FIRST_AUDITS, ChoiceReason.NOT_CHOSEN
    assert reasons == [first, first, first, not_chosen, first]


# M1: within a day the order is that of sending; sending the first of them again changes nothing.
@pytest.mark.usefixtures("context")
def test_how_many_came_before_is_the_same_whenever_it_is_asked(council):
    audits = [sent(council) for _ in range(3)]
    imported = sent(council)
    imported.source = AuditSource.IMPORTED
    earlier_day = sent(council, at=AT - DAY)
    db.session.flush()
    choose_on_submission(audits[0], AT + DAY)
    found = earlier_of([each.id for each in (*audits, earlier_day)])
    assert [found[each.id] for each in audits] == [1, 2, 3]
    assert found[earlier_day.id] == 0


# M1: the settings as they stood on the day of sending.
@pytest.mark.usefixtures("context")
def test_a_setting_holds_from_its_day_on(council):
    hold("first_audits_moderated", 0)
    settings.change("moderated_share", 0, date(2026, 11, 19), None, AT)
    settings.change("blind_share", 100, date(2026, 11, 19), None, AT)
    before, after = sent(council), sent(council, at=AT + DAY)
    assert (standing_choice(before.id).share, standing_choice(before.id).selected) == (100, True)
    assert (standing_choice(after.id).share, standing_choice(after.id).selected) == (0, False)
    assert not standing_choice(before.id).blind
    assert not standing_choice(after.id).blind, "what is not moderated is not moderated blind"


# M1, M7: the auditor's grade stands at once where nobody was asked about the facts.
@pytest.mark.usefixtures("context", "chance_alone")
def test_an_audit_that_was_not_chosen_is_final_with_its_auditors_grades(council):
    audit = sent(council, asked=False)
    assert (audit.state, audit.final_grade, audit.final_at) == (AuditState.FINAL, Grade.GOOD, AT)
    rows = db.session.query(GradeRow).filter_by(audit_id=audit.id)
    finals = {each.section_id: each for each in rows.filter_by(source=GradeSource.FINAL)}
    mine = {each.section_id: each.grade for each in rows.filter_by(source=GradeSource.AUDITOR)}
    assert {key: each.grade for key, each in finals.items()} == {
        key: grade for key, grade in mine.items() if grade is not None
    }
    assert (finals[None].reason, finals[None].by) == (NOT_SELECTED, None)
    notice = db.session.query(Notice).filter_by(key=f"final:{audit.id}").one()
    assert audit.reference in notice.subject
    assert "Good" not in notice.subject + notice.body
    assert finalise_unselected(audit, LATER) is False
    assert db.session.query(Notice).filter_by(key=f"final:{audit.id}").count() == 1


# M1, P7: one that is not graded is finished, without a grade.
@pytest.mark.usefixtures("context", "chance_alone")
def test_one_that_is_not_graded_is_finished(council, me):
    audit = given_with(council, small_tool(graded=False, gates=False, moderated=True))
    alone(audit)
    Writer(audit, me)(ANSWERS)
    services.submit(audit, by=me, at=AT)
    assert (audit.state, audit.final_grade) == (AuditState.FINAL, None)


# M1, A12: where somebody is asked, it is final when all have answered, and not before.
@pytest.mark.usefixtures("context", "chance_alone")
def test_it_waits_until_its_facts_are_checked(council):
    audit = sent(council)
    worker, manager = (each.person_id for each in checks_of(audit))
    assert (audit.state, waits(audit)) == (AuditState.AWAITING_MODERATION, False)
    services.answer_check(audit, points=[], by=worker, at=AT + DAY)
    assert audit.state is AuditState.AWAITING_MODERATION
    services.answer_check(audit, points=[], by=manager, at=AT + DAY)
    assert (audit.state, audit.final_at) == (AuditState.FINAL, AT + DAY)


# M1, A12: or when the auditor has answered the last thing that was said not to be right.
@pytest.mark.usefixtures("context", "chance_alone")
def test_it_waits_for_its_auditors_answer(council, me):
    audit = sent(council)
    worker, manager = (each.person_id for each in checks_of(audit))
    services.answer_check(audit, points=[services.Point("", "May")], by=worker, at=AT)
    services.answer_check(audit, points=[], by=manager, at=AT)
    assert audit.state is AuditState.AWAITING_MODERATION
    (point,) = checks_of(audit)[0].points
    services.answer_point(
        audit, point.id, answer=FactAnswer.STANDS, text="June", by=me, at=AT + DAY
    )
    assert (audit.state, audit.final_at) == (AuditState.FINAL, AT + DAY)


# M1, A12: or when the days for the check are over, by the clock; doing it again does nothing.
@pytest.mark.usefixtures("context", "chance_alone")
def test_the_clock_makes_it_final_when_the_days_are_over(council):
    audit, chosen = sent(council), sent(council, case="100002", grade="inadequate")
    assert job(OVER - timedelta(hours=8)) == 0, "23 November is the last day"
    assert job(OVER) == 1
    assert job(OVER) == 0
    assert (audit.state, audit.final_at) == (AuditState.FINAL, OVER)
    assert chosen.state is AuditState.AWAITING_MODERATION
    assert verify().intact


# M1, A12: to correct the facts is to send it again: it is chosen about anew, with the same tickets.
@pytest.mark.usefixtures("context", "chance_alone")
def test_a_correction_is_chosen_about_anew_with_the_same_tickets(council, me):
    audit = sent(council)
    for check in checks_of(audit):
        services.answer_check(audit, points=[services.Point("", "May")], by=check.person_id, at=AT)
    services.correct_facts(audit, by=me, at=AT)
    assert job(OVER) == 0, "it is on its auditor's desk"
    for check in checks_of(audit):
        services.answer_point(
            audit, check.points[0].id, answer=FactAnswer.STANDS, text="June", by=me, at=OVER
        )
    hold("moderated_share", 100)
    services.submit(audit, by=me, at=LATER)
    first, second = db.session.query(ModerationChoice).order_by(ModerationChoice.at)
    assert (first.selected, second.selected) == (False, True)
    assert second.reason is ChoiceReason.ALL
    assert (first.ticket, first.blind_ticket) == (second.ticket, second.blind_ticket)
    assert first.month == second.month, "though it is another month now"
    assert standing_choice(audit.id).id == second.id
    assert standing_choices([audit.id]) == {audit.id: second}
    assert waits(audit)


@pytest.mark.usefixtures("context", "chance_alone")
def test_a_correction_that_is_not_chosen_either_is_final_at_once(council, me):
    audit = sent(council)
    for check in checks_of(audit):
        services.answer_check(audit, points=[services.Point("", "May")], by=check.person_id, at=AT)
    services.correct_facts(audit, by=me, at=AT)
    for check in checks_of(audit):
        services.answer_point(
            audit, check.points[0].id, answer=FactAnswer.STANDS, text="June", by=me, at=AT
        )
    Writer(audit, me)({"overall.grade": "requires_improvement"})
    services.submit(audit, by=me, at=AT + DAY)
    assert (audit.state, audit.final_grade) == (AuditState.FINAL, Grade.REQUIRES_IMPROVEMENT)


# M6: what a moderator returned is moderated again, and sighted: it was read already.
@pytest.mark.usefixtures("context")
def test_what_a_moderator_returned_is_moderated_again(council, me):
    hold("blind_share", 100)
    audit = submitted(council)
    moderator = db.session.get_one(Person, council.people["review_head"])
    services.take_for_moderation(audit, moderator, moderator.id, AT)
    services.return_for_correction(audit, moderator.id, AT)
    hold("moderated_share", 0)
    services.submit(audit, by=me, at=LATER)
    choice = standing_choice(audit.id)
    assert (choice.reason, choice.selected) == (ChoiceReason.RETURNED, True)
    assert not choice.blind


CONCERNS = [
    # M1, M3: a concern that is open when it is sent: moderated, sighted
    ("before", ChoiceReason.CONCERN, True, 0),
    # M1: one that is raised afterwards has it moderated, whatever was chosen
    ("after", ChoiceReason.NOT_CHOSEN, True, 0),
    # M1: once it is withdrawn, what was chosen holds again
    ("withdrawn", ChoiceReason.NOT_CHOSEN, False, 1),
]


@pytest.mark.usefixtures("context", "chance_alone")
@pytest.mark.parametrize(("when", "reason", "waiting", "final"), CONCERNS)
def test_an_audit_with_an_open_concern_is_moderated(council, when, reason, waiting, final):
    hold("blind_share", 100)
    audit = written(council)
    if when == "before":
        worry(audit)
    services.submit(audit, by=audit.auditor_id, at=AT)
    if when != "before":
        raised = worry(audit, AT + DAY)
    if when == "withdrawn":
        services.withdraw_concern(raised, "Safe", council.people["head"], AT + DAY)
    choice = standing_choice(audit.id)
    assert (choice.reason, choice.blind) == (reason, False)
    assert waits(audit) == waiting
    if when == "after":
        nothing_to_correct(audit, AT + DAY)
        assert audit.state is AuditState.AWAITING_MODERATION
    assert job(OVER) == final


@pytest.mark.usefixtures("context")
def test_who_waits_is_known_for_every_kind_of_audit_in_one_query(app, council):
    hold("first_audits_moderated", 0)
    chosen = sent(council)
    older = sent(council)
    db.session.query(ModerationChoice).filter_by(audit_id=older.id).delete()
    hold("moderated_share", 0)
    left_out, concerned = sent(council), sent(council)
    worry(concerned)
    final = sent(council)
    nothing_to_correct(final)
    db.session.flush()
    with count_queries(app) as asked:
        found = set(db.session.scalars(select(Audit.id).where(to_be_moderated())))
    assert len(asked) == 1
    assert found == {chosen.id, older.id, concerned.id}
    assert final.state is AuditState.FINAL
    with count_queries(app) as asked:
        standing = standing_choices([left_out.id, chosen.id, older.id])
    assert len(asked) == 1
    assert set(standing) == {left_out.id, chosen.id}


BLIND_NOW = [
    # M3: chosen to be blind
    ({}, {}, False, True),
    # M3: a concern makes it sighted
    ({}, {}, True, False),
    # M3: and so did the QA lead
    ({}, {"sighted_at": AT}, False, False),
    # M3: it was not chosen to be
    ({}, {"blind": False}, False, False),
    # M3: an imported audit has no moderation to come that could be blind
    ({"source": AuditSource.IMPORTED}, {}, False, False),
    # P7: nor is there a grade to be blind about
    ({"graded": False}, {}, False, False),
]


@pytest.mark.parametrize(("audit", "choice", "concern", "blind"), BLIND_NOW)
def test_whether_a_moderation_would_be_blind(audit, choice, concern, blind):
    made = Audit(**({"source": AuditSource.MADE, "graded": True} | audit))
    chosen = ModerationChoice(**({"blind": True, "sighted_at": None} | choice))
    assert is_to_be_blind(made, chosen, concern) is blind
    assert is_to_be_blind(made, None, concern) is False, "an older audit is sighted"


@pytest.mark.usefixtures("context")
def test_with_half_of_them_each_becomes_what_its_ticket_says(council):
    # M1
    hold("first_audits_moderated", 0)
    hold("moderated_share", 50)
    audits = [sent(council, asked=False) for _ in range(12)]
    for audit in audits:
        choice = standing_choice(audit.id)
        assert choice.selected == (choice.ticket < 5_000)
        waiting = AuditState.AWAITING_MODERATION
        assert audit.state is (waiting if choice.selected else AuditState.FINAL)
