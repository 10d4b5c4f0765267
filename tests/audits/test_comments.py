"""What a moderator asks to be corrected, pinned to its place, and what is answered (M6)."""

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, IdentifierCleared, PinnedComment
from qa_app.audits.queries.comments import comments_of, comments_on_page, standing_round
from qa_app.audits.services import Pin
from qa_app.audits.whole import WholeDraft
from qa_app.database import db, now
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import AuditState, MoveNotAllowed
from qa_app.history import Event
from qa_app.notify.models import Notice
from tests.audits.making import AT, Writer, answer_comments, submitted
from tests.audits.moving import share
from tests.audits.with_tools import given_with, small_tool

pytestmark = pytest.mark.usefixtures("context")
MODERATOR, AUDITOR = "review_head", "other_auditor"


@pytest.fixture
def me(council):
    return council.people[AUDITOR]


def take(audit: Audit, council, key: str = MODERATOR) -> None:
    """It is moderated by this person."""
    moderator = db.session.get_one(Person, council.people[key])
    services.take_for_moderation(audit, moderator, moderator.id, AT)


def returned(council, *pins: Pin, **options) -> Audit:
    """An audit that its moderator returned with these comments."""
    audit = submitted(council)
    take(audit, council)
    services.return_with_comments(audit, pins, by=council.people[MODERATOR], at=AT, **options)
    return audit


def a_question(audit: Audit, section: str = "risk") -> str:
    """The first question of a section."""
    draft = Draft(audit)
    return draft.questions_of(draft.section(section))[0].code


def events(verb: str) -> list[Event]:
    db.session.commit()
    return list(db.session.scalars(select(Event).where(Event.verb == verb)))


def test_comments_are_kept_with_their_place_and_the_auditor_is_told_the_number(council, me):
    audit = submitted(council)
    take(audit, council)
    question = a_question(audit)
    pins = [Pin(" Say when ", "risk", question), Pin("Say how", "risk"), Pin("Shorter")]
    services.return_with_comments(audit, pins, by=council.people[MODERATOR], at=AT)
    assert audit.state is AuditState.RETURNED
    rows = db.session.query(PinnedComment).order_by(PinnedComment.id).all()
    assert [(row.section_code, row.question_code, row.text) for row in rows] == [
        ("risk", question, "Say when"), ("risk", "", "Say how"), ("", "", "Shorter"),
    ]  # fmt: skip
    told = db.session.scalars(select(Notice).where(Notice.key.startswith("returned:"))).all()
    assert [each.person_id for each in told] == [me], "once"
    assert "3 corrections" in told[0].body
    assert not any(text in told[0].subject + told[0].body for text in ("when", "how", "Shorter"))
    (event,) = events("comments_pinned")
    assert event.sentence == "Asked for 3 things to be corrected"


WRONG = [
    # M6: at least one comment
    ([], "Enter what is to be corrected"),
    ([Pin("  ")], "Enter what is to be corrected"),
    # M6: each of them says something
    ([Pin("Say when"), Pin(" ", "risk")], "enter what is to be corrected"),
    # M6: about a section or a question that this child's audit asks
    ([Pin("Say when", "moon")], "Select where it is"),
    ([Pin("Say when", "risk", "moon.1")], "Select where it is"),
    # M6: as many as somebody can still work through
    ([Pin("Say when")] * 21, "up to 20 things"),
]


@pytest.mark.parametrize(("pins", "words"), WRONG)
def test_what_cannot_be_asked_changes_nothing(council, pins, words):
    audit = submitted(council)
    take(audit, council)
    with pytest.raises(services.CommentRefused, match=words):
        services.return_with_comments(audit, pins, by=council.people[MODERATOR], at=AT)
    assert audit.state is AuditState.IN_MODERATION
    assert not db.session.query(PinnedComment).count()


# M6: a question is asked about in its own section.
def test_a_question_goes_with_its_section(council):
    audit = submitted(council)
    take(audit, council)
    pin = Pin("Say when", "plan", a_question(audit))
    with pytest.raises(services.CommentRefused):
        services.return_with_comments(audit, [pin], by=council.people[MODERATOR], at=AT)


# M6, A10: each comment must be answered before the audit can be sent again.
def test_unanswered_comments_keep_the_audit_from_being_sent(council, me):
    audit = returned(council, Pin("Say when", "risk"), Pin("Shorter"))
    first, second = Draft(audit).comments
    gaps = {(gap.section, gap.field) for gap in Draft(audit).gaps}
    assert gaps == {("risk", f"comment.{first.id}"), (None, f"comment.{second.id}")}
    with pytest.raises(services.Incomplete):
        services.submit(audit, by=me, at=AT)
    services.answer_comment(audit, first.id, text=" On 3 May ", by=me, at=AT)
    with pytest.raises(services.Incomplete, match="1 thing to do"):
        services.submit(audit, by=me, at=AT)
    services.answer_comment(audit, second.id, text="It is needed", by=me, at=AT)
    assert not Draft(audit).gaps
    services.submit(audit, by=me, at=AT)
    assert audit.state is AuditState.AWAITING_MODERATION
    assert [each.answer for each in Draft(audit).comments] == ["On 3 May", "It is needed"]
    assert len(events("comment_answered")) == 2


def test_both_drafts_read_the_same_comments(council):
    audit = returned(council, Pin("Say when", "risk"), Pin("Shorter"))
    assert WholeDraft(audit).comments == Draft(audit).comments
    assert WholeDraft(audit).gaps == Draft(audit).gaps


def test_a_second_auditor_answers_too(council, me):
    audit = returned(council, Pin("Say when"))
    share(council, audit, "iro")
    answer_comments(audit, council.people["iro"])
    (round_,) = comments_of(audit)
    assert round_.comments[0].answered_by == "Iris Reviewer"


NOT_ANSWERED = [
    # M6: an answer says what was changed, or why not
    ({"text": "  "}, services.AnswerRefused, "Enter what you changed, or why not"),
    # A11: and names nobody
    ({"text": "Ring 07700 900123"}, services.MayIdentify, "07700 900123"),
]


@pytest.mark.parametrize(("data", "error", "words"), NOT_ANSWERED)
def test_an_answer_that_is_refused_says_why(council, me, data, error, words):
    audit = returned(council, Pin("Say when"))
    (comment,) = Draft(audit).comments
    with pytest.raises(error, match=words) as refused:
        services.answer_comment(audit, comment.id, by=me, at=AT, **data)
    assert refused.value.field == "text"
    assert Draft(audit).open_comments == [comment]


def test_an_answer_stays_as_it_is(council, me):
    audit = returned(council, Pin("Say when"))
    (comment,) = Draft(audit).comments
    answer_comments(audit, me)
    with pytest.raises(services.AnswerRefused, match="answered already"):
        services.answer_comment(audit, comment.id, text="Another", by=me, at=AT)


def test_nothing_is_answered_once_the_audit_was_sent_again(council, me):
    audit = returned(council, Pin("Say when"))
    (comment,) = Draft(audit).comments
    answer_comments(audit, me)
    services.submit(audit, by=me, at=AT)
    with pytest.raises(MoveNotAllowed, match="waiting for moderation"):
        services.answer_comment(audit, comment.id, text="More", by=me, at=AT)


# A11: what a moderator writes names no child or family either, or it is said why it does not.
def test_words_that_may_identify_somebody_are_removed_or_confirmed(council, me):
    audit = submitted(council)
    take(audit, council)
    by = council.people[MODERATOR]
    pins = [Pin("Say when"), Pin("Ring the duty team on 07700 900123")]
    with pytest.raises(services.MayIdentify) as refused:
        services.return_with_comments(audit, pins, words="Mail to a@b.org", by=by, at=AT)
    assert [each.fields for each in refused.value.found] == [["pin.1"], ["feedback"]]
    assert audit.state is AuditState.IN_MODERATION
    services.return_with_comments(audit, pins, harmless="The team’s own number", by=by, at=AT)
    assert audit.state is AuditState.RETURNED
    (cleared,) = db.session.query(IdentifierCleared).all()
    assert (cleared.reason, cleared.cleared_by) == ("The team’s own number", by)
    assert "07700" not in cleared.digest
    # What was confirmed of one text holds for the answer that repeats it.
    second = Draft(audit).comments[1]
    services.answer_comment(audit, second.id, text="I rang 07700 900123", by=me, at=AT)
    assert all("07700" not in str(event.details) for event in events("identifier_cleared"))


# M6: two rounds of returning; comments of the earlier one stay with their answers.
def test_a_second_round_stands_beside_the_first(council, me):
    audit = returned(council, Pin("Say when"))
    answer_comments(audit, me)
    services.submit(audit, by=me, at=now())
    take(audit, council, "director")
    later = now()
    services.return_with_comments(
        audit, [Pin("Say who", "risk")], by=council.people["director"], at=later
    )
    assert [gap.section for gap in Draft(audit).gaps] == ["risk"]
    newest, first = comments_of(audit)
    assert (newest.asked_by, newest.asked_at, newest.unanswered) == ("Dora Director", later, 1)
    assert (first.asked_by, first.unanswered) == ("Rhona Head", 0)
    assert [each.answer for each in first.comments] == ["It says so now"]
    assert standing_round(Draft(audit)) == newest


def test_a_comment_is_beside_its_question_while_that_is_asked(council, me):
    audit = given_with(council, small_tool(graded=True, moderated=True))
    write = Writer(audit, me)
    write({"question.plan.written": "yes", "question.plan.shared": "yes",
           "question.used.daily": "no", "question.plan.else": "No", "overall.grade": "good",
           "plan.grade": "good", "used.grade": "good"})  # fmt: skip
    services.submit(audit, by=me, at=AT)
    take(audit, council)
    pins = [Pin("Was it?", "plan", "plan.shared"), Pin("How often?", "used", "used.daily")]
    services.return_with_comments(audit, pins, by=council.people[MODERATOR], at=AT)
    (shared,) = comments_on_page(Draft(audit), "plan")["question.plan.shared"]
    assert shared.text == "Was it?"
    assert [gap.section for gap in Draft(audit).gaps] == ["plan", "used"]
    # Its question is asked no more: it is shown with its section, and still to be answered.
    write({"question.plan.written": "no", "question.plan.missing": "A letter"})
    draft = Draft(audit)
    assert "plan.shared" not in draft.homes
    assert [each.text for each in comments_on_page(draft, "plan")[""]] == ["Was it?"]
    # Nor is its section: then it is about the audit as a whole, as far as the way to it goes.
    assert draft.section("used") is None
    asked = [gap.section for gap in draft.gaps if gap.field.startswith("comment.")]
    assert asked == ["plan", None]


def test_only_what_is_back_with_its_auditor_shows_what_is_asked(council, me):
    audit = returned(council, Pin("Say when", "risk"))
    answer_comments(audit, me)
    services.submit(audit, by=me, at=AT)
    assert comments_on_page(Draft(audit), "risk") == {}
    assert standing_round(Draft(audit)) is None
    assert len(comments_of(audit)) == 1, "the next moderator reads them with their answers"


# An imported audit has no pages on which anything could be corrected.
def test_an_imported_audit_is_not_returned(council):
    audit = submitted(council)
    take(audit, council)
    audit.tool_version_id = None
    with pytest.raises(DomainError, match="imported"):
        services.return_with_comments(audit, [Pin("More")], by=council.people[MODERATOR], at=AT)
