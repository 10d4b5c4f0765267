"""Comments where they are pinned, and their answers, over HTTP (M6)."""

import html

import pytest

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import PinnedComment
from qa_app.audits.services import Pin
from qa_app.database import db, now, saving
from qa_app.domain.workflow import AuditState
from tests.audits.making import submitted, the_audit
from tests.audits.test_comments import AUDITOR, MODERATOR, a_question, take

NASTY = "<script>alert(1)</script>{{ 7*7 }}"


def text_of(page) -> str:
    return html.unescape(page.text)


@pytest.fixture
def sent_back(app, council):
    """The address of an audit returned with a comment on a question, a section and the whole."""
    with app.app_context(), saving():
        audit = submitted(council)
        take(audit, council)
        pins = [
            Pin(f"Say when {NASTY}", "risk", a_question(audit)),
            Pin("Say how", "risk"),
            Pin("Shorter"),
        ]
        services.return_with_comments(audit, pins, by=council.people[MODERATOR], at=now())
        return f"/audits/{audit.id}"


@pytest.fixture
def auditor(council, client_for):
    return client_for(council.people[AUDITOR])


def comments(app) -> list[PinnedComment]:
    with app.app_context():
        return db.session.query(PinnedComment).order_by(PinnedComment.id).all()


def answer(client, sent_back, comment, text, **more):
    token = client.token_in(client.get(f"{sent_back}/comments").text)
    data = {f"comment-{comment.id}-{name}": each for name, each in (more | {"text": text}).items()}
    return client.send(
        f"{sent_back}/comments/{comment.id}", data, token=token, follow_redirects=True
    )


def test_the_task_list_says_what_is_asked_and_where(auditor, sent_back):
    page = text_of(auditor.get(sent_back))
    assert "3 things asked of you" in page
    assert "2 things asked of you here" in page
    assert "Say how" in page
    assert "Answer what is asked" in page


def test_each_comment_is_beside_its_question_or_section(app, auditor, sent_back):
    page = text_of(auditor.get(f"{sent_back}/sections/risk"))
    question, section, whole = comments(app)
    with app.app_context():
        wording = Draft(the_audit()).question(question.question_code).wording
    assert f'id="comment.{question.id}"' in page
    before = page.index(f'id="comment.{question.id}"')
    assert before < page.index(wording, before)
    assert page.index(f'id="comment.{section.id}"') < before, "the section's own come first"
    assert f'id="comment.{whole.id}"' not in page
    assert f"{sent_back}/comments#comment.{question.id}" in page
    # The panel counts them with what is left, and leads to them on this page.
    assert f'href="#comment.{section.id}"' in page
    assert "Say how" not in auditor.get(f"{sent_back}/sections/plan").text


def test_the_review_links_to_each_comment_and_refuses_to_send(app, auditor, sent_back):
    page = text_of(auditor.get(f"{sent_back}/review"))
    assert "3 things to do before you can send it" in page
    for each in comments(app):
        assert f'{sent_back}/comments#comment.{each.id}"' in page
    assert "Answer what the moderator asks: the audit as a whole" in page
    assert auditor.send(f"{sent_back}/submit").status_code == 409


def test_comments_are_answered_one_by_one_and_the_audit_is_sent_again(app, auditor, sent_back):
    first, second, third = comments(app)
    page = text_of(answer(auditor, sent_back, first, f"On 3 May {NASTY}"))
    assert "2 things left" in page
    answer(auditor, sent_back, second, "By telephone")
    assert "1 thing asked of you" in text_of(auditor.get(sent_back))
    assert "Done" in text_of(auditor.get(sent_back))
    page = text_of(answer(auditor, sent_back, third, "Every word is needed"))
    assert "Everything that the moderator asks is answered" in page
    assert "Everything that was asked is answered" in text_of(auditor.get(sent_back))
    assert auditor.send(f"{sent_back}/submit").status_code == 302
    with app.app_context():
        assert the_audit().state is AuditState.AWAITING_MODERATION
    page = text_of(auditor.get(sent_back))
    assert "What moderators asked to be corrected, and what was answered" in page
    page = text_of(auditor.get(f"{sent_back}/comments"))
    assert "Every word is needed" in page
    assert "Save this answer" not in page


REFUSED = [
    # M6: an answer has words
    ({"text": ""}, "Enter what you changed, or why not"),
    # A11: which identify nobody, or it is said why not
    ({"text": "Born on 3 May 2012, NHS 943 476 5919"}, "This may be"),
]


@pytest.mark.parametrize(("data", "words"), REFUSED)
def test_an_answer_that_is_refused_keeps_what_was_typed(app, auditor, sent_back, data, words):
    first, *_ = comments(app)
    page = answer(auditor, sent_back, first, **data)
    assert page.status_code == 400
    assert words in text_of(page)
    assert data["text"] in text_of(page)
    assert ("identify no child or family?" in text_of(page)) == bool(data["text"])


def test_a_reason_lets_words_stay(app, auditor, sent_back):
    first, *_ = comments(app)
    page = answer(auditor, sent_back, first, "Ring 07700 900123", harmless="A service’s number")
    assert "2 things left" in text_of(page)


def test_an_answer_given_twice_stays_as_it_was(app, auditor, sent_back):
    first, *_ = comments(app)
    answer(auditor, sent_back, first, "One")
    assert answer(auditor, sent_back, first, "Two").status_code == 409
    assert comments(app)[0].answer == "One"


READERS = [
    # M6: the auditors answer; AUDIT_READ: whoever may read the audit reads what was asked
    ("worker", 200, 403),
    ("manager", 200, 403),
    (MODERATOR, 200, 403),
    ("qa_lead", 200, 403),
    ("auditor", 404, 404),
    ("viewer", 404, 404),
    ("administrator", 404, 404),
]


@pytest.mark.parametrize(("key", "reads", "answers"), READERS)
def test_who_reads_and_who_answers(app, council, client_for, sent_back, key, reads, answers):
    client = client_for(council.people[key])
    page = client.get(f"{sent_back}/comments")
    assert page.status_code == reads
    assert "Save this answer" not in page.text
    first, *_ = comments(app)
    assert answer(client, sent_back, first, "One").status_code == answers
    assert not comments(app)[0].answer


def test_a_comment_of_another_audit_is_not_found(app, council, client_for, auditor, sent_back):
    with app.app_context(), saving():
        other = submitted(council, case="100003").id
    first, *_ = comments(app)
    address = f"/audits/{other}/comments/{first.id}"
    assert auditor.send(address, {f"comment-{first.id}-text": "One"}).status_code == 404


def test_an_audit_that_was_never_returned_says_so(app, council, auditor):
    with app.app_context(), saving():
        path = f"/audits/{submitted(council).id}"
    assert "Nobody has asked for anything" in auditor.get(f"{path}/comments").text
    assert "asked to be corrected" not in auditor.get(path).text
