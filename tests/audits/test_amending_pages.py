"""Amending over HTTP, and that nothing else changes a final audit (M8)."""

import html
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from qa_app.audits.models import (
    Amendment,
    Audit,
    AuditParty,
    AuditText,
    Concern,
    FactPoint,
    Finding,
    GradeRow,
    IdentifierCleared,
    LimitOverride,
    PinnedComment,
    QuestionAnswer,
    SectionAnswer,
    TextVersion,
    Voice,
)
from qa_app.database import db, saving
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationMode, ModerationState
from tests.audits.finals import LEAD, MODERATOR, STANDS, a_final_audit
from tests.audits.making import AT, submitted, the_audit
from tests.audits.test_document import text_of as printed_text
from tests.reports.rows import an_audit

WHY = "The panel’s minutes came to light"


def text_of(page) -> str:
    return html.unescape(page.text)


@pytest.fixture
def final(app, council):
    """The address of a final audit."""
    with app.app_context(), saving():
        return f"/audits/{a_final_audit(council).id}"


@pytest.fixture
def lead(council, client_for):
    return client_for(council.people[LEAD])


def amend(client, final, what, **data):
    path = f"{final}/amend?what={what}"
    page = client.get(path)
    shown = html.unescape(page.text).split('name="shown" value="')[1].split('"')[0]
    return client.submit(path, {"shown": shown, "reason": WHY} | data, follow_redirects=True)


def test_what_can_be_amended_is_listed_with_what_it_is(lead, final):
    assert "Amend this audit" in lead.get(final).text
    page = text_of(lead.get(f"{final}/amend"))
    for words in ("Overall final grade", "Final grade of Risk and safety", "Plan type", STANDS):
        assert words in page
    assert "Text of “Risk and safety: evidence”" in page


def test_the_old_value_is_shown_and_stays_visible(app, lead, final, council, client_for):
    page = text_of(lead.get(f"{final}/amend?what=grade.overall"))
    assert "What stands now" in page
    assert "Good" in page
    page = text_of(amend(lead, final, "grade.overall", new="requires_improvement"))
    assert "You amended the overall final grade" in page
    readers = ("other_auditor", MODERATOR, "worker", LEAD)
    for key in readers:
        page = text_of(client_for(council.people[key]).get(final))
        assert "by Quinn Lead:" in page
        assert "overall final grade, from Good to Requires improvement." in " ".join(page.split())
        assert WHY in page
    with app.app_context():
        assert the_audit().final_grade is Grade.REQUIRES_IMPROVEMENT


def test_an_amended_text_is_shown_with_what_stood_there(lead, final):
    page = text_of(lead.get(f"{final}/amend?what=text.risk.evidence"))
    assert f"{STANDS}</textarea>" in page, "to be corrected, not typed again"
    page = text_of(amend(lead, final, "text.risk.evidence", new="What the visits show"))
    assert "What stood there before" in page
    assert STANDS in page
    assert "What the visits show" in page
    assert "Amended since it was final" in text_of(lead.get(f"{final}/amend"))


# M8: on paper too.
def test_the_old_value_is_in_the_document(lead, final, tmp_path):
    amend(lead, final, "grade.overall", new="requires_improvement")
    amend(lead, final, "text.risk.evidence", new="What the visits show")
    printed = printed_text(lead.get(f"{final}/document.pdf").data, tmp_path)
    text = " ".join(printed.split())
    assert "overall final grade, from Good to Requires improvement. Why:" in text
    assert STANDS in text


WRONG = [
    # M8: a new value
    ("grade.overall", {}, "Select the new overall final grade"),
    ("grade.overall", {"new": "good"}, "This is what stands already"),
    ("grade.overall", {"new": "splendid"}, "select one of the answers shown"),
    # M8: and why
    ("plan_type", {"new": "child_in_care", "reason": ""}, "Enter why it is amended"),
    # A11: words that may identify a child
    ("text.risk.evidence", {"new": "Ring 07700 900123"}, "This may be a telephone number"),
]


@pytest.mark.parametrize(("what", "data", "words"), WRONG)
def test_what_is_wrong_is_said_and_nothing_is_cleared(app, lead, final, what, data, words):
    page = amend(lead, final, what, **data)
    assert page.status_code == 400
    assert words in text_of(page)
    assert data.get("reason", WHY) in text_of(page)
    with app.app_context():
        assert not db.session.query(Amendment).count()


def test_a_reason_lets_words_stay(lead, final):
    data = {"new": "Ring 07700 900123", "harmless": "A service’s number"}
    assert "You amended" in text_of(amend(lead, final, "text.risk.evidence", **data))


# A8: two at once: the second one sees what the first one did before they go on.
def test_what_was_amended_meanwhile_is_not_amended_over(app, lead, final):
    path = f"{final}/amend?what=grade.overall"
    token = lead.token_in(lead.get(path).text)
    data = {"shown": "good", "new": "inadequate", "reason": WHY}
    assert lead.send(path, data, token=token).status_code == 302
    answer = lead.send(path, data | {"new": "outstanding"}, token=token)
    assert answer.status_code == 409
    assert "was amended while you looked at it" in text_of(answer)
    with app.app_context():
        assert the_audit().final_grade is Grade.INADEQUATE


def test_an_imported_audit_says_what_can_be_amended(app, lead):
    with app.app_context(), saving():
        path = f"/audits/{an_audit(AT.date(), Grade.GOOD, Grade.GOOD).id}"
    page = text_of(lead.get(f"{path}/amend"))
    assert "imported from the old workbook" in page
    assert "What was written" not in page
    assert "You amended the plan type" in text_of(
        amend(lead, path, "plan_type", new="child_in_need")
    )
    assert "plan type, from not recorded to Child in need (CIN)." in " ".join(
        text_of(lead.get(path)).split()
    )


def test_an_audit_that_is_not_final_has_nothing_to_amend(app, council, lead):
    with app.app_context(), saving():
        path = f"/audits/{submitted(council).id}"
    assert "Amend this audit" not in lead.get(path).text
    page = lead.get(f"{path}/amend", follow_redirects=True)
    assert "only a final audit is amended" in text_of(page)
    answer = lead.send(f"{path}/amend?what=plan_type", {"new": "child_in_care", "reason": WHY})
    assert answer.status_code == 409
    assert "Only a final audit is amended" in text_of(answer)


def test_there_is_no_page_for_what_the_audit_does_not_have(lead, final):
    assert lead.get(f"{final}/amend?what=grade.moon").status_code == 404
    assert lead.send(f"{final}/amend", {"new": "good"}).status_code == 404


# M8: the QA lead alone.
@pytest.mark.parametrize(
    ("key", "status"),
    [("other_auditor", 403), (MODERATOR, 403), ("worker", 403), ("director", 403),
     ("viewer", 404), ("administrator", 404)],
)  # fmt: skip
def test_nobody_else_amends(app, council, client_for, final, key, status):
    client = client_for(council.people[key])
    assert client.get(f"{final}/amend").status_code == status
    data = {"shown": "good", "new": "inadequate", "reason": WHY}
    assert client.send(f"{final}/amend?what=grade.overall", data).status_code == status
    assert "Amend this audit" not in client.get(final).text
    with app.app_context():
        assert the_audit().final_grade is Grade.GOOD


NEW = {"text": "Changed", "reason": "Changed", "save": "1", "send": "1"}
SENT: dict[str, dict[str, str]] = {
    "audits.answer_comment": {},
    "audits.answer_point": {},
    "audits.call_off_conversation": {},
    "audits.co_auditor": {"person": "", "reason": "Changed"},
    "audits.conversation": {"place": "Here", "minutes": "30"},
    "audits.correct_facts": {},
    "audits.declare_interest": {"kind": "other", "text": "Changed"},
    "audits.facts": {"right": "dispute", "shown": "1", "says_0": "Changed"},
    "audits.finding": {"kind": "strength", "about": "practice"},
    "audits.findings": {"kind": "strength", "about": "practice", "none_found.strength": "Changed"},
    "audits.identifying": {"confirm": "1"},
    "audits.invite_partner": {"name": "Per Partner", "email": "per@police.test"},
    "audits.overall": {"overall.grade": "inadequate", "overall.rationale": "Changed"},
    "audits.remove_finding": {},
    "audits.section": {"risk.evidence": "Changed", "risk.grade": "inadequate"},
    "audits.since": {"since.risk.answer": "partly", "since.risk.note": "Changed"},
    "audits.submit": {},
    "audits.take_off": {},
    "audits.theme_suggestions": {},
    "audits.unstart": {"confirm": "y"},
    "audits.version": {"shown": "2"},
    "audits.voices": {"voice.child.said": "Changed", "voice.child.obtained": "yes"},
    "audits.withdraw": {"confirm": "y"},
}
"""Routes that change an audit, with what would change it. `save_text` takes JSON."""
BESIDE = {
    # These leave what the audit says as it is, and go on after its final grade.
    "audits.acknowledge", "audits.concern", "audits.contribution", "audits.record",
    "audits.reply", "audits.thanks", "audits.save_text", "audits.amend", "audits.agree_plan",
    "audits.close_plan",
}  # fmt: skip
WHAT_IT_SAYS = (
    AuditText, SectionAnswer, QuestionAnswer, Finding, Voice, LimitOverride, GradeRow, AuditParty,
    PinnedComment, FactPoint, TextVersion, IdentifierCleared, Amendment,
)  # fmt: skip
PEOPLE = ("other_auditor", LEAD, MODERATOR, "worker", "manager", "head", "director", "iro")


def said() -> dict[str, Any]:
    """Every column of every row that says something of the audits, but their day on the record."""
    found: dict[str, Any] = {
        each.__tablename__: sorted(map(repr, db.session.execute(select(*each.__table__.columns))))
        for each in WHAT_IT_SAYS
    }
    columns = [
        column
        for column in Audit.__table__.columns
        if column.key not in ("version", "record_noted_on")
    ]
    return found | {"audit": [repr(row) for row in db.session.execute(select(*columns))]}


def routes(app) -> Iterator[tuple[str, frozenset[str]]]:
    """The endpoint and the arguments of every route that changes something about one audit."""
    for rule in app.url_map.iter_rules():
        about = {"audit_id", "moderation_id"} & set(rule.arguments)
        if about and "POST" in (rule.methods or ()):
            yield rule.endpoint, frozenset(rule.arguments)


def arguments(council) -> dict[str, object]:
    """A value for each argument of an address: rows of the final audit, wherever there are any."""
    audit = the_audit()
    moderation = Moderation(
        audit_id=audit.id, moderator_id=council.people[MODERATOR], moderator_name="Rhona Head",
        mode=ModerationMode.SIGHTED, state=ModerationState.COMMITTED, started_at=AT,
        committed_at=AT,
    )  # fmt: skip
    db.session.add(moderation)
    db.session.flush()
    return {
        "audit_id": audit.id,
        "moderation_id": moderation.id,
        "comment_id": db.session.query(PinnedComment).one().id,
        "point_id": db.session.query(FactPoint).first().id,
        "finding_id": db.session.query(Finding).first().id,
        "version_id": db.session.query(TextVersion).filter_by(field="risk.evidence").one().id,
        "field": "risk.evidence",
        "code": "risk",
        "section": "risk",
    }


def test_every_route_that_changes_an_audit_is_tried_on_a_final_one(app):
    known = SENT.keys() | BESIDE
    missing = {name for name, _ in routes(app) if name.startswith("audits.")} - known
    assert not missing, f"add {sorted(missing)} to SENT or to BESIDE in {__file__}"


# M8: 0 changed, by whatever route and whoever sends it.
def test_a_final_audit_is_read_only(app, council, client_for, final, record_property):
    with app.app_context(), saving():
        values = arguments(council)
    with app.app_context():
        before = said()
    union = NEW | {name: value for data in SENT.values() for name, value in data.items()}
    tried = 0
    for key in PEOPLE:
        client = client_for(council.people[key])
        token = client.token_in(client.get("/").text)
        for endpoint, names in routes(app):
            path = path_of(app, endpoint, {name: values.get(name, uuid4()) for name in names})
            data = NEW | SENT[endpoint] if endpoint in SENT else union
            sent = prefixed(endpoint, data, values)
            answer = client.send(path, sent, token=token)
            with app.app_context():
                assert said() == before, f"{key} changed it by {endpoint}: {answer.status_code}"
            tried += 1
        change = {"field": "risk.evidence", "text": "Changed", "version": 2}
        headers = {"X-CSRFToken": token}
        answer = client.post(f"{final}/text", json=change, headers=headers)
        assert answer.status_code in (403, 404, 409), key
    with app.app_context():
        assert said() == before
        assert the_audit().state is AuditState.FINAL
        assert db.session.query(Concern).count() <= 1
    record_property("counted", f"{tried} requests to change a final audit: 0 changed")


def prefixed(endpoint: str, data: dict[str, str], values: dict[str, object]) -> dict[str, str]:
    """The names that the forms of several rows on one page give their fields."""
    prefixes = {
        "audits.answer_comment": f"comment-{values['comment_id']}-",
        "audits.answer_point": f"point-{values['point_id']}-",
    }
    return {f"{prefixes.get(endpoint, '')}{name}": value for name, value in data.items()}


def path_of(app, endpoint: str, values: dict[str, object]) -> str:
    adapter = app.url_map.bind("localhost")
    kept = {
        name: value if isinstance(value, UUID) else str(value) for name, value in values.items()
    }
    return adapter.build(endpoint, kept, method="POST")
