"""The pages of an audit, as each role meets them."""

import html
import re

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.database import db, saving
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from tests.audits.making import AT, Writer, given, submitted, the_audit, whole_answers, written

XSS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "</textarea><script>alert(1)</script>",
    "javascript:alert(1)",
    "'; DROP TABLE audit; --",
)


def _make(app, make):
    with app.app_context(), saving():
        return make().id


@pytest.fixture
def path(app, council):
    """The address of an audit that was given and not begun."""
    return f"/audits/{_make(app, lambda: given(council))}"


@pytest.fixture
def me(council, client_for):
    """The auditor's browser."""
    return client_for(council.people["other_auditor"])


def _versions(page: str) -> dict[str, str]:
    found = re.findall(r'name="(version:[^"]+)" value="(\d+)"', page)
    return dict(found)


def _save(client, address, data, page=None):
    """Send a page of boxes as a browser would: with the versions that it was shown."""
    page = page or client.get(address).text
    token = client.token_in(page)
    return client.send(address, _versions(page) | data, token=token)


def test_the_task_list_says_what_is_to_do(me, path):
    page = me.get(path).text

    assert "0 of 15 parts done" in page
    assert "Begin" in page
    assert page.count("To do") == 15
    assert "Raise a concern now" in page
    for word in ("100001", "5 to 9", "Child protection (CP)", "Safeguarding Team 1"):
        assert word in page
    assert "Wendy Worker" in page


def test_a_section_is_saved_and_goes_on_to_the_next(me, path, app):
    answer = _save(me, f"{path}/sections/risk", {
        "question.risk.analysis": "good",
        "question.risk.strategy-timely": "approved_exception",
        "risk.evidence": "Seen on 3 May\r\nand again",
        "risk.impact": "Safer",
        "risk.grade": "good",
        "save": "1",
    })  # fmt: skip

    assert answer.location.endswith("/sections/voice")
    with app.app_context():
        draft = Draft(the_audit())
        assert draft.text("risk.evidence") == "Seen on 3 May\nand again"
        assert services.box(draft, "question.risk.strategy-timely").value == "approved_exception"
    page = me.get(f"{path}/sections/risk").text
    assert "Seen on 3 May\nand again" in page
    assert len(re.findall(r"<input[^>]* checked", page)) == 3


def test_the_last_section_leads_to_the_findings(me, path):
    answer = _save(me, f"{path}/sections/recording", {"recording.grade": "good", "save": "1"})

    assert answer.location.endswith("/findings")


def test_coming_back_later_leads_to_the_task_list(me, path):
    answer = _save(me, f"{path}/sections/risk", {"risk.evidence": "Half", "later": "1"})

    assert answer.location.endswith(path)
    assert "In progress" in me.get(path).text


def test_a_section_that_is_not_asked_does_not_exist(me, path):
    assert me.get(f"{path}/sections/nowhere").status_code == 404


def test_compliance_is_asked_before_quality(me, path):
    page = me.get(f"{path}/sections/risk").text

    assert page.index("Was it done?") < page.index("How well was it done?")
    assert page.index("How well was it done?") < page.index("Your judgement of this section")


def test_too_long_a_text_is_kept_and_said(me, path):
    answer = _save(me, f"{path}/sections/risk", {"risk.evidence": "x" * 20_001, "save": "1"})

    assert answer.status_code == 400
    assert "must be 20,000 characters or fewer" in answer.text
    assert "x" * 20_001 in answer.text


def test_a_stale_page_shows_both_and_saves_the_choice(me, path, app):
    # A8, CO-1: without JavaScript too
    address = f"{path}/sections/risk"
    stale = me.get(address).text
    _save(me, address, {"risk.evidence": "From the first tab", "save": "1"})
    sent = {"risk.evidence": "From the second tab", "risk.impact": "Only here", "save": "1"}
    answer = _save(me, address, sent, page=stale)

    assert answer.status_code == 409
    for text in ("From the first tab", "From the second tab", "Which do you want to keep?"):
        assert text in answer.text
    choice = {"risk.evidence": "From the second tab", "keep:risk.evidence": "both"}
    assert _save(me, address, choice, page=answer.text).status_code == 302
    with app.app_context():
        draft = Draft(the_audit())
        assert draft.text("risk.evidence") == "From the first tab\n\nFrom the second tab"
        assert draft.text("risk.impact") == "Only here"


@pytest.mark.parametrize(("keep", "kept"), [("mine", "Mine"), ("theirs", "Theirs")])
def test_either_version_can_be_kept(me, path, app, keep, kept):
    address = f"{path}/sections/risk"
    stale = me.get(address).text
    _save(me, address, {"risk.evidence": "Theirs", "save": "1"})
    answer = _save(me, address, {"risk.evidence": "Mine", "save": "1"}, page=stale)
    _save(me, address, {"risk.evidence": "Mine", "keep:risk.evidence": keep}, page=answer.text)

    with app.app_context():
        assert Draft(the_audit()).text("risk.evidence") == kept


def test_a_form_without_its_versions_overwrites_nothing(me, path, app):
    address = f"{path}/sections/risk"
    _save(me, address, {"risk.evidence": "First", "save": "1"})
    answer = me.submit(address, {"risk.evidence": "Blind", "save": "1"})

    assert answer.status_code == 409
    with app.app_context():
        assert Draft(the_audit()).text("risk.evidence") == "First"


def _autosave(client, path, **content):
    token = client.token_in(client.get(path).text)
    return client.post(f"{path}/text", json=content, headers={"X-CSRFToken": token})


def test_a_text_saves_itself(me, path):
    first = _autosave(me, path, field="risk.evidence", text="One", version=0)
    assert (first.status_code, first.json["version"]) == (200, 1)
    assert re.fullmatch(r"\d\d:\d\d", first.json["saved_at"])

    stale = _autosave(me, path, field="risk.evidence", text="Two", version=0)
    assert stale.status_code == 409
    assert stale.json == {"version": 1, "theirs": "One", "yours": "Two"}


def test_a_choice_saves_itself_too(me, path, app):
    answer = _autosave(me, path, field="risk.grade", text="inadequate", version=0)

    assert answer.status_code == 200
    again = _autosave(me, path, field="risk.grade", text="good", version=answer.json["version"])
    assert again.status_code == 200
    with app.app_context():
        assert services.box(Draft(the_audit()), "risk.grade").value == "good"


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"field": "risk.evidence", "text": "x"},
        {"field": "risk.evidence", "text": 7, "version": 0},
        {"field": 7, "text": "x", "version": 0},
        {"field": "risk.evidence", "text": "x", "version": "0"},
        {"field": "risk.evidence", "text": "x", "version": True},
    ],
)
def test_a_save_that_makes_no_sense_is_refused(me, path, content):
    assert _autosave(me, path, **content).status_code == 400


def test_what_is_not_json_is_refused(me, path):
    token = me.token_in(me.get(path).text)
    answer = me.post(f"{path}/text", data="[1", content_type="application/json",
                     headers={"X-CSRFToken": token})  # fmt: skip
    assert answer.status_code == 400


def test_a_text_that_is_too_long_is_not_saved(me, path):
    answer = _autosave(me, path, field="risk.evidence", text="x" * 20_001, version=0)

    assert answer.status_code == 413


@pytest.mark.parametrize("text", ["\x00nul", "\ud800 lone", "\u202e right to left", "𝒜" * 50])
def test_any_characters_are_saved_cleanly(me, path, text):
    # IN-5
    answer = _autosave(me, path, field="risk.evidence", text=text, version=0)

    assert answer.status_code == 200
    assert me.get(f"{path}/sections/risk").status_code == 200


def test_a_late_autosave_is_refused_and_changes_nothing(app, council, me):
    # CO-5
    path = f"/audits/{_make(app, lambda: submitted(council))}"
    answer = _autosave(me, path, field="risk.evidence", text="Late", version=1)

    assert answer.status_code == 409
    assert "cannot be written in now" in answer.json["error"]
    with app.app_context():
        assert Draft(the_audit()).text("risk.evidence") == "Evidence about risk"


def _finding(page: str, **more: str) -> dict[str, str]:
    theme = re.search(r'<option value="([0-9a-f-]{36})">', page)[1]
    section = re.findall(r'<select[^>]*id="section".*?value="([0-9a-f-]{36})"', page, re.DOTALL)[0]
    return {"kind": "strength", "text": "Seen alone", "theme": theme, "section": section,
            "about": "practice", "add": "1"} | more  # fmt: skip


def test_findings_are_added_and_removed(me, path):
    page = me.get(f"{path}/findings").text
    me.send(f"{path}/findings", _finding(page), token=me.token_in(page))
    shown = me.get(f"{path}/findings").text
    assert "Seen alone" in shown
    assert "No strength was found, because" not in shown
    remove = re.search(rf'action="({path}/findings/[0-9a-f-]+/remove)"', shown)[1]
    me.send(remove, token=me.token_in(shown))
    assert "No strength yet." in me.get(f"{path}/findings").text


def test_a_finding_without_its_parts_says_which(me, path):
    page = me.get(f"{path}/findings").text
    answer = me.send(f"{path}/findings", {"add": "1"}, token=me.token_in(page))

    assert answer.status_code == 400
    for message in ("Select a theme", "Select a section", "Enter what you found"):
        assert message in answer.text


def test_why_nothing_was_found_is_saved(me, path, app):
    answer = _save(me, f"{path}/findings", {"none_found.strength": "None at all", "save": "1"})

    assert answer.location.endswith("/voices")
    with app.app_context():
        assert Draft(the_audit()).text("none_found.strength") == "None at all"


def test_voices_are_saved_with_their_day(me, path, app):
    answer = _save(me, f"{path}/voices", {
        "voice.child.obtained": "yes",
        "voice.child.safe_to_contact": "yes",
        "voice.child.said": "I like it here",
        "voice.child.on-day": "3", "voice.child.on-month": "11", "voice.child.on-year": "2026",
        "voice.parents.obtained": "no", "voice.parents.why_not": "Not safe to",
        "save": "1",
    })  # fmt: skip

    assert answer.location.endswith("/overall")
    with app.app_context():
        draft = Draft(the_audit())
        assert services.box(draft, "voice.child.on").value == "2026-11-03"
        assert services.box(draft, "voice.parents.why_not").value == "Not safe to"
    assert 'value="2026"' in me.get(f"{path}/voices").text


def test_a_day_that_does_not_exist_is_said(me, path):
    answer = _save(me, f"{path}/voices", {
        "voice.child.on-day": "31", "voice.child.on-month": "2", "voice.child.on-year": "2026",
        "save": "1",
    })  # fmt: skip

    assert answer.status_code == 400
    assert "must be a real date" in answer.text


def test_safety_is_asked_before_the_grade(me, path):
    # A10, and the manners: a safety question before one about paperwork
    page = me.get(f"{path}/overall").text

    assert page.index("Is this child safe now?</") < page.index("Overall grade")


def test_not_safe_leads_to_the_concern(me, path):
    answer = _save(me, f"{path}/overall", {"safe.now": "cannot_tell", "save": "1"})

    assert answer.location.endswith("/concern")


def test_a_broken_limit_is_explained_and_can_be_answered(app, council, me):
    # A7
    audit_id = _make(app, lambda: written(council))
    with app.app_context(), saving():
        Writer(the_audit(), council.people["other_auditor"])({"risk.grade": "inadequate"})
    path = f"/audits/{audit_id}/overall"
    answer = _save(me, path, {"overall.grade": "requires_improvement", "save": "1"})
    assert answer.location.endswith("#override.a")
    page = me.get(path).text
    assert "Risk and safety is graded Inadequate, so the overall grade must be Inadequate" in page
    answer = _save(me, path, {"override.a": "Put right within the hour", "save": "1"})
    assert answer.location.endswith("/review")
    assert "Put right within the hour" in me.get(answer.location).text


def test_the_review_links_each_gap_to_its_control(me, path):
    page = html.unescape(me.get(f"{path}/review").text)
    links = re.findall(rf'href="({path}/[^"#]+)#([^"]+)"', page)

    assert len(links) > 50
    shown: dict[str, str] = {}
    for address, anchor in links:
        shown.setdefault(address, me.get(address).text)
        assert f'id="{anchor}"' in shown[address], (address, anchor)


def test_sending_with_gaps_shows_them_again(me, path):
    page = me.get(f"{path}/review").text
    me.send(f"{path}/sections/risk", {"risk.evidence": "x", "version:risk.evidence": "0"},
            token=me.token_in(page))  # fmt: skip
    answer = me.send(f"{path}/submit", token=me.token_in(page))

    assert answer.status_code == 409
    assert "Select a grade for risk and safety" in answer.text


def test_a_whole_audit_is_sent_and_can_be_read(app, council, me):
    path = f"/audits/{_make(app, lambda: written(council))}"
    page = me.get(f"{path}/review").text
    answer = me.send(f"{path}/submit", token=me.token_in(page), follow_redirects=True)

    assert "sent for moderation" in answer.text
    assert "Waiting for moderation" in answer.text
    assert "Evidence about risk" in answer.text
    again = me.send(f"{path}/submit", token=me.token_in(page))
    assert again.status_code == 409
    for part in ("sections/risk", "findings", "voices", "overall", "review"):
        assert me.get(f"{path}/{part}").location.endswith(path)
    late = me.send(f"{path}/sections/risk", {"risk.evidence": "Late", "version:risk.evidence": "1"},
                   token=me.token_in(answer.text))  # fmt: skip
    assert late.status_code == 409


def test_what_people_wrote_is_never_markup(app, council, me):
    # IN-1
    def hostile():
        audit = written(council)
        by = council.people["other_auditor"]
        texts = [name for name, value in whole_answers(audit).items() if " " in value]
        Writer(audit, by)({name: XSS[n % len(XSS)] for n, name in enumerate(texts)})
        return audit

    path = f"/audits/{_make(app, hostile)}"
    parts = ("sections/risk", "sections/chronology", "findings", "voices", "overall", "review")
    pages = [me.get(f"{path}/{part}").text for part in parts]
    token = me.token_in(pages[0])
    pages.append(me.send(f"{path}/submit", token=token, follow_redirects=True).text)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert not re.search(r">\s*49\s*<", page)


READERS = [
    # who, while open, once submitted (I2; a 404 looks the same as nothing there)
    ("other_auditor", 200, 200),
    ("qa_lead", 200, 200),
    ("auditor", 404, 404),
    ("worker", 404, 200),
    ("manager", 404, 200),
    ("chair", 404, 200),
    ("head", 404, 200),
    # A moderator of another service sees that it waits, and may not read it.
    ("other_head", 404, 403),
    ("director", 404, 200),
    ("viewer", 404, 404),
    ("administrator", 404, 404),
]


@pytest.mark.parametrize(("key", "while_open", "once_sent"), READERS)
def test_who_may_open_an_audit(app, council, client_for, key, while_open, once_sent):
    path = f"/audits/{_make(app, lambda: written(council))}"
    client = client_for(council.people[key])
    assert client.get(path).status_code == while_open
    with app.app_context(), saving():
        services.submit(the_audit(), by=council.people["other_auditor"], at=AT)
    answer = client.get(path)
    assert answer.status_code == once_sent
    if once_sent != 200:
        assert "Evidence about risk" not in answer.text


@pytest.mark.parametrize("key", [key for key, *_ in READERS if key != "other_auditor"])
def test_nobody_else_writes_in_it(app, council, client_for, key):
    path = f"/audits/{_make(app, lambda: written(council))}"
    client = client_for(council.people[key])
    for part in ("sections/risk", "findings", "voices", "overall", "review"):
        assert client.get(f"{path}/{part}").status_code in {403, 404}
    home = client.token_in(client.get("/my-account").text)
    for part in ("sections/risk", "findings", "voices", "overall", "submit", "text"):
        answer = client.send(f"{path}/{part}", {"risk.evidence": "x"}, token=home)
        assert answer.status_code in {403, 404}
    with app.app_context():
        audit = the_audit()
        assert audit.state is AuditState.IN_PROGRESS
        assert Draft(audit).text("risk.evidence") == "Evidence about risk"


def test_each_view_of_an_audit_is_in_the_history(app, council, me, path):
    # I1
    for part in ("", "/sections/risk", "/findings", "/voices", "/overall", "/review", "/concern"):
        me.get(f"{path}{part}")
    with app.app_context():
        seen = select(Event).where(Event.verb == "audit_viewed")
        events = db.session.scalars(seen).all()
        assert len(events) == 7
        assert {event.actor_id for event in events} == {council.people["other_auditor"]}


def test_no_form_sets_what_is_not_asked(app, council, me, path):
    # AZ-5
    _save(me, f"{path}/overall", {
        "overall.grade": "good", "final_grade": "outstanding", "state": "final",
        "auditor_id": str(council.people["worker"]), "auditor_grade": "outstanding", "save": "1",
    })  # fmt: skip
    with app.app_context():
        audit = the_audit()
        assert (audit.final_grade, audit.auditor_grade) == (None, None)
        assert audit.state is AuditState.IN_PROGRESS
        assert audit.auditor_id == council.people["other_auditor"]


def test_whoever_moderates_it_reads_it_in_moderation(app, council, client_for):
    # M3: nothing of the auditor's judgement is on this page
    def moderating():
        audit = submitted(council)
        moderator = db.session.get_one(Person,
                                       council.people["review_head"])  # fmt: skip
        return services.take_for_moderation(audit, moderator, moderator.id, AT)

    path = f"/audits/{_make(app, moderating)}"
    page = client_for(council.people["review_head"]).get(path).text
    assert "You are moderating this audit" in page
    assert "Evidence about risk" not in page
    assert "app-grade" not in page


def test_the_list_keeps_its_choices_in_the_address(app, council, me, path):
    page = me.get("/audits?state=given&q=A-2026-11&month=2026-11").text

    assert "A-2026-11-001" in page
    assert page.count("moj-filter__tag") == 3
    assert 'href="/audits?state=given&amp;month=2026-11"' in page
    assert "No audit fits" in me.get("/audits?grade=good").text
    for nonsense in ("state=x", "month=99", "grade=x", "team=x", "older=x", "q=%00", "newer=1"):
        assert me.get(f"/audits?{nonsense}").status_code == 200


def test_an_audit_shows_what_follows_from_it(app, council, client_for):
    def concerning():
        audit = submitted(council, grade="inadequate")
        services.raise_concern(audit, worry="w", by=council.people["qa_lead"], at=AT)
        return audit

    path = f"/audits/{_make(app, concerning)}"
    page = client_for(council.people["head"]).get(path).text
    assert "P-2026-11-001" in page
    assert "A significant-harm concern is open" in page
    with app.app_context():
        assert db.session.scalars(select(Audit)).one().version > 1
