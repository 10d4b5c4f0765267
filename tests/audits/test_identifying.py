"""A11: what may identify a child or family is shown, and removed or confirmed, before sending."""

from uuid import uuid4

import pytest
from flask import Flask

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, IdentifierCleared, Voice
from qa_app.audits.services import Incomplete, ReasonNeeded, confirm_identify_nobody
from qa_app.database import db, saving
from qa_app.domain.answers import FindingAbout, FindingKind, VoiceOf
from qa_app.domain.workflow import MoveNotAllowed
from qa_app.history import Event
from qa_app.standards.models import Theme
from tests.audits.making import AT, Writer, given, submitted, the_audit, written
from tests.council import Council

TELEPHONE, EMAIL = "07700 900123", "someone@example.org"


def write(audit: Audit, council: Council, values: dict[str, str]) -> None:
    Writer(audit, council.people["other_auditor"])(values)


def gaps(audit: Audit) -> list[tuple[str | None, str, str]]:
    return [(each.section, each.field, each.message) for each in Draft(audit).gaps]


# A11: the gap names the kind and leads to the very box.
@pytest.mark.parametrize(
    ("box", "section", "field"),
    [
        # narrative of the whole
        ("overall.rationale", None, "overall.rationale"),
        ("safe.how_known", None, "safe.how_known"),
        # what a family said, and why nobody was asked
        ("voice.child.said", None, "voice.child.said"),
        ("voice.social_worker.why_not", None, "voice.social_worker.why_not"),
    ],
)
def test_words_that_may_identify_somebody_are_a_gap(
    context: Flask, council: Council, box: str, section: str | None, field: str
) -> None:
    audit = written(council)
    assert gaps(audit) == []
    write(audit, council, {box: f"She rang from {TELEPHONE} twice"})
    assert gaps(audit) == [(section, field, f"Remove or confirm a telephone number: {TELEPHONE}")]
    with pytest.raises(Incomplete):
        services.submit(audit, by=council.people["other_auditor"], at=AT)


def test_the_texts_of_sections_and_findings_are_read_too(context: Flask, council: Council) -> None:
    audit = written(council)
    code = Draft(audit).sections[0].code
    write(audit, council, {f"{code}.evidence": f"Write to {EMAIL} about the visit"})
    theme = db.session.query(Theme).first()
    services.add_finding(
        audit, kind=FindingKind.STRENGTH, text=f"Rang {TELEPHONE} at once", theme_id=theme.id,
        section_id=Draft(audit).sections[0].id, about=FindingAbout.PRACTICE,
        by=council.people["other_auditor"], at=AT,
    )  # fmt: skip
    found = gaps(audit)
    assert (code, "evidence", f"Remove or confirm an e-mail address: {EMAIL}") in found
    assert [field for _, field, _ in found if field.startswith("finding.")]
    assert len(found) == 2


def test_confirming_with_a_reason_lets_the_audit_be_sent(context: Flask, council: Council) -> None:
    audit = written(council)
    write(audit, council, {"overall.rationale": f"The duty team answers on {TELEPHONE}"})
    by = council.people["other_auditor"]
    confirm_identify_nobody(audit, {TELEPHONE: "The duty team"}, by=by, at=AT)
    assert gaps(audit) == []
    with saving():
        services.submit(audit, by=by, at=AT)
    row = db.session.query(IdentifierCleared).one()
    # I1: what was confirmed is kept as a hash alone, and the history names the box
    assert TELEPHONE not in repr(vars(row))
    event = db.session.query(Event).filter_by(verb="identifier_cleared").one()
    assert event.details == {
        "field": "Reasons for the overall grade", "kind": "a telephone number",
    }  # fmt: skip


def test_the_same_words_are_asked_about_once_in_an_audit(context: Flask, council: Council) -> None:
    audit = written(council)
    write(
        audit,
        council,
        {
            "overall.rationale": f"Answered by Dr Merryweather, see {TELEPHONE}",
            "overall.why_not_above": f"The letter of dr  Merryweather; {TELEPHONE} again",
        },
    )
    draft = Draft(audit)
    both = ["overall.rationale", "overall.why_not_above"]
    assert {tuple(each.fields) for each in draft.identifying} >= {tuple(sorted(both))}
    by = council.people["other_auditor"]
    for words in (TELEPHONE, "Dr Merryweather"):
        confirm_identify_nobody(audit, {words: "Not of the family"}, by=by, at=AT)
    left = [each.words for each in Draft(audit).identifying]
    assert TELEPHONE not in left
    assert "Dr Merryweather" not in left


def test_a_change_of_the_words_asks_again(context: Flask, council: Council) -> None:
    audit = written(council)
    by = council.people["other_auditor"]
    write(audit, council, {"overall.rationale": f"See {TELEPHONE}"})
    confirm_identify_nobody(audit, {TELEPHONE: "Duty team"}, by=by, at=AT)
    write(audit, council, {"overall.rationale": "See 07700 900124"})
    assert [each.words for each in Draft(audit).identifying] == ["07700 900124"]


def test_staff_of_the_audit_are_not_asked_about(context: Flask, council: Council) -> None:
    audit = written(council)
    write(audit, council, {"overall.rationale": "Ms Worker saw the child, Mr Stranger did not"})
    assert [each.words for each in Draft(audit).identifying] == ["Mr Stranger"]


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_confirmation_needs_its_reason(context: Flask, council: Council, reason: str) -> None:
    audit = written(council)
    write(audit, council, {"overall.rationale": f"See {TELEPHONE}"})
    with pytest.raises(ReasonNeeded, match="Enter why"):
        confirm_identify_nobody(
            audit, {TELEPHONE: reason}, by=council.people["other_auditor"], at=AT
        )
    assert gaps(audit)


def test_confirming_twice_or_what_is_gone_changes_nothing(context: Flask, council: Council) -> None:
    audit = written(council)
    by = council.people["other_auditor"]
    write(audit, council, {"overall.rationale": f"See {TELEPHONE}"})
    for _ in range(2):
        confirm_identify_nobody(audit, {TELEPHONE: "Duty team"}, by=by, at=AT)
    confirm_identify_nobody(audit, {f"no such {uuid4()}": "Gone"}, by=by, at=AT)
    assert db.session.query(IdentifierCleared).count() == 1


def test_nothing_is_confirmed_once_the_audit_was_sent(context: Flask, council: Council) -> None:
    audit = submitted(council)
    with pytest.raises(MoveNotAllowed):
        confirm_identify_nobody(audit, {"x": "y"}, by=council.people["other_auditor"], at=AT)


def test_what_no_reader_will_see_is_not_asked_about(context: Flask, council: Council) -> None:
    audit = written(council)
    # A voice that was heard no longer says why it was not, and the text is still its own.
    voice = db.session.query(Voice).filter_by(voice_of=VoiceOf.CHILD).one()
    assert voice.why_not
    assert "voice.child.why_not" in Draft(audit).written
    write(audit, council, {"override.a": f"Because of {TELEPHONE}"})
    assert [each.fields for each in Draft(audit).identifying] == [["override.a"]]


def client_of(client_for, council: Council):
    return client_for(council.people["other_auditor"])


def a_draft_with(app: Flask, council: Council, text: str) -> str:
    with app.app_context(), saving():
        audit = written(council)
        write(audit, council, {"overall.rationale": text})
        return f"/audits/{audit.id}"


def test_each_is_shown_in_its_sentence_and_confirmed_with_a_reason(
    app: Flask, council: Council, client_for
) -> None:
    path = a_draft_with(app, council, f"Ring {TELEPHONE} or write to {EMAIL} at once")
    client = client_of(client_for, council)
    review = client.get(f"{path}/review").text
    assert "2 things to do before you can send it" in review
    assert f"{path}/identifying" in review
    page = client.get(f"{path}/identifying").text
    assert f'Ring <mark class="app-mark">{TELEPHONE}</mark> or write to' in page
    assert f'href="{path}/overall#overall.rationale"' in page
    answer = client.submit(
        f"{path}/identifying",
        {
            "words_1": TELEPHONE, "reason_1": "The duty team's own number",
            "words_2": EMAIL, "reason_2": "",
        },
    )  # fmt: skip
    assert answer.headers["Location"].endswith("/review")
    review = client.get(f"{path}/review").text
    assert "1 confirmation saved" in review
    assert "1 thing to do before you can send it" in review
    assert EMAIL in review


def test_the_note_is_under_the_box_when_the_page_is_opened(
    app: Flask, council: Council, client_for
) -> None:
    path = a_draft_with(app, council, f"Ring {TELEPHONE}")
    page = client_of(client_for, council).get(f"{path}/overall").text
    assert "This may be a telephone number" in page
    assert 'id="overall.rationale-notes"' in page
    # the note is part of what describes the box
    assert 'aria-describedby="overall.rationale-hint overall.rationale-notes"' in page


def test_a_page_without_such_words_says_so(app: Flask, council: Council, client_for) -> None:
    path = a_draft_with(app, council, "All is well")
    page = client_of(client_for, council).get(f"{path}/identifying").text
    assert "Nothing that looks like" in page


# A11: it is the writer's to confirm; nobody else's.
@pytest.mark.parametrize("person", ["worker", "manager", "head", "qa_lead", "administrator"])
def test_only_the_writer_confirms(app: Flask, council: Council, client_for, person: str) -> None:
    path = a_draft_with(app, council, f"Ring {TELEPHONE}")
    client = client_for(council.people[person])
    data = {"words_1": TELEPHONE, "reason_1": "It is fine"}
    answer = client.send(f"{path}/identifying", data)
    assert answer.status_code in {403, 404}
    with app.app_context():
        assert db.session.query(IdentifierCleared).count() == 0


def test_too_long_a_reason_is_refused_in_words_and_kept(
    app: Flask, council: Council, client_for
) -> None:
    path = a_draft_with(app, council, f"Ring {TELEPHONE}")
    data = {"words_1": TELEPHONE, "reason_1": "long " * 100}
    answer = client_of(client_for, council).submit(f"{path}/identifying", data)
    assert answer.status_code == 400
    assert "400 characters" in answer.text
    assert "long long long" in answer.text


def autosave(client, path: str, name: str, text: str, version: int = 0) -> dict:
    token = client.token_in(client.get(f"{path}/overall").text)
    sent = {"field": name, "text": text, "version": version}
    answer = client.post(f"{path}/text", json=sent, headers={"X-CSRFToken": token})
    assert answer.status_code == 200
    return answer.json


# A11 at save: a quiet mark; A5 for a family's own words.
@pytest.mark.parametrize(
    ("name", "text", "marked"),
    [
        ("overall.why_not_above", "All is well", []),
        ("overall.why_not_above", f"Ring {TELEPHONE}", ["a telephone number"]),
        ("overall.why_not_above", "Ms Worker came, Mr Stranger did not", ["a name with a title"]),
        # the child's words may show which child said them
        ("voice.child.said", "My mum hits me when dad is out", ["may show who said them"]),
        # a worker's words are their own
        ("voice.social_worker.why_not", "My mum was ill", []),
    ],
)
def test_a_save_answers_with_the_marks_of_its_text(
    app: Flask, council: Council, client_for, name: str, text: str, marked: list[str]
) -> None:
    with app.app_context(), saving():
        path = f"/audits/{given(council).id}"
    marks = autosave(client_of(client_for, council), path, name, text)["marks"]
    assert bool(marks) is bool(marked)
    for said in marked:
        assert said in " ".join(marks)


def test_what_was_confirmed_is_not_marked_again(app: Flask, council: Council, client_for) -> None:
    path = a_draft_with(app, council, f"Ring {TELEPHONE}")
    client = client_of(client_for, council)
    client.submit(f"{path}/identifying", {"words_1": TELEPHONE, "reason_1": "The duty team"})
    assert not autosave(client, path, "overall.why_not_above", f"Or {TELEPHONE}", 1)["marks"]
    confidence = {"voice.child.in_confidence": "yes"}
    with app.app_context(), saving():
        write(the_audit(), council, confidence)
    assert not autosave(client, path, "voice.child.said", "My mum hits me")["marks"]
