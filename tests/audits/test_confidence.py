"""What a child or family said in confidence: nobody but those who may gets its bytes (A5)."""

import re

import pytest

from qa_app.accounts.models import Person
from qa_app.accounts.queries import actor
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, AuditParty
from qa_app.audits.queries import reading_of
from qa_app.audits.services import Change
from qa_app.database import db, saving
from qa_app.domain.permissions import Party, Permission, Role, Scope, allowed
from qa_app.moderation import services as moderation
from qa_app.moderation.models import Moderation
from tests.audits.making import AT, Writer, nothing_to_correct, the_audit, written
from tests.audits.test_document import text_of
from tests.council import find, grant

SAID = "canaryquote and nothing else"
HEARD = {
    "voice.child.safe_to_contact": "yes",
    "voice.child.obtained": "yes",
    "voice.child.on": "2026-11-16",
    "voice.child.said": SAID,
}


def sent(council, *, confidence: str = "yes", second: bool = True) -> Audit:
    """An audit that waits for moderation, in which the child was heard; with a second auditor."""
    audit = written(council)
    by = council.people["other_auditor"]
    Writer(audit, by)(HEARD | {"voice.child.in_confidence": confidence})
    if second:
        iro = {"person_id": council.people["iro"], "name": "Iris Reviewer"}
        audit.parties.append(AuditParty(party=Party.CO_AUDITOR, **iro))
        db.session.flush()
    services.submit(audit, by=by, at=AT)
    nothing_to_correct(audit)
    return audit


@pytest.fixture
def path(app, council):
    """The address of an audit with words in confidence."""
    with app.app_context(), saving():
        return f"/audits/{sent(council).id}"


INSIDE = ["other_auditor", "iro", "qa_lead"]
OUTSIDE = ["worker", "manager", "chair", "head", "director"]


@pytest.mark.parametrize("key", INSIDE)
def test_those_who_work_on_the_audit_and_the_qa_lead_read_it(
    council, client_for, path, key, tmp_path
):
    # A5
    client = client_for(council.people[key])
    page = client.get(path).text
    assert SAID in page
    assert "Only those who work on this audit and the QA lead read these words" in page
    assert SAID in text_of(client.get(f"{path}/document.pdf").data, tmp_path)


@pytest.mark.parametrize("key", OUTSIDE)
def test_other_readers_get_none_of_its_bytes(council, client_for, path, key, tmp_path):
    # A5: not on the page, not in the PDF, not on any page of theirs
    client = client_for(council.people[key])
    page = client.get(path).text
    assert "They gave their view in confidence to the auditor." in page
    assert "Heard on 16 November 2026" in page
    pdf = client.get(f"{path}/document.pdf").data
    assert "They gave their view in confidence" in text_of(pdf, tmp_path)
    assert "canaryquote" not in text_of(pdf, tmp_path)
    for address in (
        path,
        f"{path}/facts",
        f"{path}/contribution",
        f"{path}/thanks",
        "/",
        "/audits",
    ):
        assert b"canaryquote" not in client.get(address).data


def test_the_moderator_of_the_audit_reads_it_and_is_told(app, council, client_for):
    # A5: a head of another service, who may not read it before
    with app.app_context(), saving():
        sent(council, second=False)
        head = find(Person, id=council.people["review_head"])
        taken = moderation.start(the_audit(), head, by=head.id, at=AT).id
    page = client_for(council.people["review_head"]).get(f"/moderation/{taken}").text
    assert SAID in page
    assert "in confidence" in page
    # Putting it back ends that.
    with app.app_context(), saving():
        moderation.release(find(Moderation, id=taken), by=council.people["review_head"], at=AT)
        subject = the_audit().permission_subject()
        who = actor(council.people["review_head"], AT.date())
        assert not allowed(Permission.AUDIT_READ_CONFIDENCE, who, subject)


def test_a_moderator_of_the_service_is_not_inside_by_that(app, council, client_for, path):
    # A5: moderating in the child's service is not moderating this audit
    with app.app_context(), saving():
        grant(council, "viewer", Role.MODERATOR, Scope.SERVICE, "SAFE")
    page = client_for(council.people["viewer"]).get(path).text
    assert "They gave their view in confidence" in page
    assert "canaryquote" not in page


def test_what_everybody_may_read_everybody_reads(app, council, client_for):
    with app.app_context(), saving():
        path = f"/audits/{sent(council, confidence='no').id}"
    for key in (*INSIDE, *OUTSIDE):
        page = client_for(council.people[key]).get(path).text
        assert SAID in page
        assert "in confidence" not in page


def test_a_reader_is_outside_unless_said_otherwise(context, council):
    # A5: whoever reads an audit in code gets the words only by asking for them
    audit = sent(council)
    assert "canaryquote" not in str(reading_of(audit))
    assert "canaryquote" in str(reading_of(audit, inside=True))


def test_only_a_familys_words_are_in_confidence(context, council):
    audit = written(council)
    draft = Draft(audit)
    draft.voices["social_worker"].said = "old words"
    draft.voices["social_worker"].in_confidence = True
    (worker, *_) = reading_of(audit, draft).voices
    assert (worker.said, worker.in_confidence) == ("old words", False)


# The box


def test_it_is_open_to_everybody_until_said_otherwise(context, council):
    # A8: the version of the box is the same before and after its row is made by another box
    audit = written(council)
    by = council.people["other_auditor"]
    name = "voice.child.in_confidence"
    before = services.box(Draft(audit), name)
    assert before.value == "no"
    changes = [
        Change(
            "voice.child.obtained",
            "yes",
            services.box(Draft(audit), "voice.child.obtained").version,
        ),
        Change(name, "yes", before.version),
    ]
    assert services.save_fields(audit, changes, by, AT).conflicts == []
    assert services.box(Draft(audit), name).value == "yes"
    stale = services.save_text(audit, Change(name, "no", before.version), by, AT)
    assert stale.conflicts or services.box(Draft(audit), name).value == "yes"
    with pytest.raises(services.UnknownAnswer):
        services.save_text(
            audit, Change(name, "perhaps", services.box(Draft(audit), name).version), by, AT
        )


# The page


@pytest.fixture
def draft_path(app, council):
    """The address of a complete draft."""
    with app.app_context(), saving():
        return f"/audits/{written(council).id}"


@pytest.fixture
def me(council, client_for):
    """The auditor's browser."""
    return client_for(council.people["other_auditor"])


def _save(client, address, data):
    page = client.get(address).text
    marks = dict(re.findall(r'name="((?:version|shown):[^"]+)" value="([0-9a-f]+)"', page))
    return client.send(address, marks | data | {"save": "1"}, token=client.token_in(page))


def test_safety_comes_before_anything_else_of_a_family_and_says_why(me, draft_path):
    # A5: a family is contacted only once the social worker has confirmed that it is safe
    page = me.get(f"{draft_path}/voices").text
    for who in ("child", "parents"):
        safe, heard, said = (
            page.index(f'name="voice.{who}.{part}"')
            for part in ("safe_to_contact", "obtained", "said")
        )
        assert safe < heard < said
    assert "a call at the wrong time can put somebody at risk" in page
    assert "Do not contact them." in page


FORM = {
    "voice.child.safe_to_contact": "yes",
    "voice.child.obtained": "yes",
    "voice.child.on-day": "16", "voice.child.on-month": "11", "voice.child.on-year": "2026",
    "voice.child.said": "My mum shouts at me",
}  # fmt: skip


def test_words_that_show_who_said_them_are_pointed_at(me, draft_path):
    # A5: below the box, on the next page, and as the reader will see it
    answer = _save(me, f"{draft_path}/voices", FORM)
    assert "Look again at what the child or family said" in me.get(answer.location).text
    for address in ("voices", "review"):
        page = me.get(f"{draft_path}/{address}").text
        assert "These words may show who said them." in page
        assert "“My mum” says who in the family is meant" in page


@pytest.mark.parametrize(
    "changed",
    [
        # A5: said in the auditor's words, there is nothing to point at
        {"voice.child.said": "The child does not feel safe at home"},
        # A5: kept in confidence, they reach nobody who could guess
        {"voice.child.in_confidence": "yes"},
    ],
)
def test_what_was_mended_is_not_pointed_at(me, draft_path, changed):
    _save(me, f"{draft_path}/voices", FORM | {"voice.child.in_confidence": "no"} | changed)
    for address in ("voices", "review", "overall"):
        assert "may show who said" not in me.get(f"{draft_path}/{address}").text


def test_a_reader_of_the_sent_audit_sees_no_such_note(app, council, client_for):
    with app.app_context(), saving():
        audit = written(council)
        by = council.people["other_auditor"]
        Writer(audit, by)(HEARD | {"voice.child.said": "My mum shouts at me"})
        services.submit(audit, by=by, at=AT)
        path = f"/audits/{audit.id}"
    page = client_for(council.people["other_auditor"]).get(path).text
    assert "My mum shouts at me" in page
    assert "may show who said" not in page
