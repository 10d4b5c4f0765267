"""Returning an audit with comments pinned to its questions and sections (M6, M3)."""

import html

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, PinnedComment
from qa_app.audits.services import Pin
from qa_app.database import db, now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import AuditState
from qa_app.moderation import services
from qa_app.moderation.models import Moderation, ModerationMode, ModerationState
from qa_app.notify.models import Notice
from tests.audits.making import AT, answer_comments, submitted
from tests.council import hold

MODERATOR, AUDITOR = "review_head", "other_auditor"


def taken(council, key: str = MODERATOR, audit: Audit | None = None, at=AT) -> Moderation:
    """An audit that this head of service moderates."""
    moderator = db.session.get_one(Person, council.people[key])
    return services.start(audit or submitted(council), moderator, by=moderator.id, at=at)


def blind(council) -> Moderation:
    """One whose moderator has not seen the auditor's judgement yet."""
    hold("blind_share", 100)
    moderation = taken(council, at=now())
    assert moderation.mode is ModerationMode.BLIND
    return moderation


def send_back(moderation: Moderation, *texts: str, **options) -> None:
    services.send_back(
        moderation, pins=[Pin(each) for each in texts], by=moderation.moderator_id, at=AT, **options
    )


# M6: a general word may stand beside the comments.
def test_the_general_word_is_kept_with_the_moderation(context, council):
    moderation = taken(council)
    send_back(moderation, "Say when", feedback=" Clear and kind ")
    assert moderation.state is ModerationState.RETURNED
    assert moderation.feedback == "Clear and kind"
    assert moderation.audit.state is AuditState.RETURNED


# M3: what the auditor judged is not there to be corrected while it is hidden.
def test_a_blind_moderation_returns_nothing_before_its_first_grades(context, council):
    moderation = blind(council)
    with pytest.raises(services.GradesFirst, match="Commit your first grades first, or give"):
        send_back(moderation, "Say when")
    assert moderation.audit.state is AuditState.IN_MODERATION
    assert not db.session.query(PinnedComment).count()
    moderation.revealed_at = AT
    send_back(moderation, "Say when")
    assert moderation.audit.state is AuditState.RETURNED


def test_only_whoever_moderates_it_returns_it(context, council):
    moderation = taken(council)
    with pytest.raises(services.NotYours):
        services.send_back(moderation, pins=[Pin("More")], by=council.people["director"], at=AT)
    send_back(moderation, "Say when")
    with pytest.raises(services.NotYours):
        send_back(moderation, "And who")


# M5: what a second moderator decides is not returned.
def test_a_second_moderation_returns_nothing(context, council):
    moderation = taken(council)
    moderation.audit.state = AuditState.IN_SECOND_MODERATION
    with pytest.raises(DomainError, match="cannot be returned"):
        send_back(moderation, "Say when")


# M6: two rounds, each told once, with its own number.
def test_two_rounds_are_told_once_each(context, council):
    audit = submitted(council)
    by = council.people[AUDITOR]
    for number in (1, 2):
        at = now()
        moderation = taken(council, audit=audit, at=at)
        pins = [Pin(f"Thing {each}") for each in range(number)]
        services.send_back(moderation, pins=pins, by=moderation.moderator_id, at=at)
        answer_comments(audit, by, at)
        audits.submit(audit, by=by, at=now())
    told = db.session.scalars(select(Notice).where(Notice.key.startswith("returned:"))).all()
    assert sorted(each.body.split(". ")[0] for each in told) == [
        "Its moderator asks for 1 correction", "Its moderator asks for 2 corrections",
    ]  # fmt: skip
    assert len(Draft(audit).comments) == 3


@pytest.fixture
def page(app, council):
    """The address of the page with which a moderation returns its audit."""
    with app.app_context(), saving():
        return f"/moderation/{taken(council, at=now()).id}/return"


@pytest.fixture
def moderator(council, client_for):
    return client_for(council.people[MODERATOR])


def text_of(answer) -> str:
    return html.unescape(answer.text)


def pinned(app) -> list[tuple[str, str, str]]:
    with app.app_context():
        rows = db.session.query(PinnedComment).order_by(PinnedComment.id)
        return [(row.section_code, row.question_code, row.text) for row in rows]


def a_question(app) -> str:
    with app.app_context():
        draft = Draft(db.session.query(Audit).one())
        return draft.questions_of(draft.section("plan"))[0].code


# M6: several comments in one go, each with its place, without a script.
def test_comments_are_pinned_to_the_places_chosen(app, moderator, page):
    question = a_question(app)
    data = {
        "shown": "3",
        "where_0": "section:risk", "says_0": "Say how you know",
        "where_1": f"question:{question}", "says_1": "Say when",
        "where_2": "", "says_2": "Shorter",
        "feedback": "Clear and kind", "save": "1",
    }  # fmt: skip
    answer = moderator.submit(page, data, follow_redirects=True)
    assert "has been told of 3 things to correct" in text_of(answer)
    assert pinned(app) == [
        ("risk", "", "Say how you know"), ("plan", question, "Say when"), ("", "", "Shorter"),
    ]  # fmt: skip


def test_the_page_offers_every_section_and_question_that_is_asked(app, moderator, page):
    text = moderator.get(page).text
    with app.app_context():
        draft = Draft(db.session.query(Audit).one())
        for section in draft.sections:
            assert f'value="section:{section.code}"' in text
            for each in draft.questions_of(section):
                assert f'value="question:{each.code}"' in text
    assert 'selected value="section:risk"' in moderator.get(f"{page}?place=section:risk").text


def test_another_place_is_added_and_nothing_is_cleared(app, moderator, page):
    first = {"shown": "3", "where_0": "section:risk", "says_0": "Say how", "add": "1"}
    answer = moderator.submit(page, first)
    assert answer.status_code == 200
    assert "Say how" in answer.text
    assert 'name="says_3"' in answer.text
    assert not pinned(app)
    more = {"shown": "20", "says_0": "Say how", "add": "1"}
    assert "Add another" not in moderator.submit(page, more).text


WRONG = [
    # M6: at least one comment
    ({}, "Enter what is to be corrected"),
    # M6: each place that was chosen has its comment
    ({"says_0": "Say how", "where_1": "section:risk"}, "Enter what is to be corrected"),
    # M6: which is one of this audit's
    ({"says_0": "Say how", "where_0": "section:moon"}, "select one of the answers shown"),
    # A11: and names nobody
    ({"says_1": "Ring 07700 900123"}, "This may be a telephone number: “07700 900123”"),
    ({"says_1": "More", "feedback": "Mail a@b.org"}, "This may be"),
]


@pytest.mark.parametrize(("data", "words"), WRONG)
def test_what_is_wrong_is_said_and_nothing_is_returned(app, moderator, page, data, words):
    answer = moderator.submit(page, data | {"shown": "3", "save": "1"})
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert not pinned(app)
    with app.app_context():
        assert db.session.query(Audit).one().state is AuditState.IN_MODERATION


def test_a_reason_lets_words_stay(app, moderator, page):
    data = {"shown": "3", "says_0": "Ring 07700 900123", "save": "1"}
    assert "identify no child or family?" in text_of(moderator.submit(page, data))
    answer = moderator.submit(page, data | {"harmless": "The team’s own"}, follow_redirects=True)
    assert "1 thing to correct" in text_of(answer)


# M3: the page itself is refused, so that nothing in it tells anything.
def test_a_blind_moderator_is_sent_to_their_grades(app, council, moderator):
    with app.app_context(), saving():
        path = f"/moderation/{blind(council).id}/return"
    answer = moderator.get(path)
    assert answer.status_code == 409
    assert "Commit your first grades first, or give the audit back" in text_of(answer)
    assert moderator.send(path, {"says_0": "More", "save": "1"}).status_code == 409
    assert not pinned(app)


def test_a_moderation_that_ended_offers_nothing_to_return(app, council, moderator, page):
    moderator.submit(page, {"shown": "3", "says_0": "More", "save": "1"})
    assert moderator.get(page).status_code == 409


@pytest.fixture
def answered(app, council):
    """An audit that was returned, answered and sent again."""
    with app.app_context(), saving():
        moderation = taken(council, at=now())
        audit, by = moderation.audit, council.people[AUDITOR]
        pins = [Pin("Say when he was seen", "risk")]
        services.send_back(moderation, pins=pins, by=moderation.moderator_id, at=now())
        answer_comments(audit, by, now())
        audits.submit(audit, by=by, at=now())
        return audit.id


# M6: answers are kept, and whoever moderates next reads them.
def test_the_next_moderator_reads_what_was_asked_and_answered(app, council, client_for, answered):
    with app.app_context(), saving():
        audit = db.session.get_one(Audit, answered)
        path = f"/moderation/{taken(council, 'director', audit, now()).id}"
    page = text_of(client_for(council.people["director"]).get(path))
    assert "What was asked to be corrected" in page
    assert "Say when he was seen" in page
    assert "Otto Auditor answered" in page
    assert "It says so now" in page


# M3: what was asked and answered tells of the judgement, so that nobody is blind to it any more.
def test_an_audit_that_was_returned_is_not_moderated_blind(app, council):
    with app.app_context(), saving():
        hold("blind_share", 100)
        moderation = taken(council, at=now())
        audit, by = moderation.audit, council.people[AUDITOR]
        moderation.revealed_at = now()
        services.send_back(moderation, pins=[Pin("Why?")], by=moderation.moderator_id, at=now())
        answer_comments(audit, by, now())
        audits.submit(audit, by=by, at=now())
        assert taken(council, "director", audit, now()).mode is ModerationMode.SIGHTED
