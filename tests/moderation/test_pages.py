"""The moderation room's pages (M0, M2, M7, CO-3, IN-1)."""

import re
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from flask import Flask

from qa_app.audits.models import Audit, GradeRow, GradeSource, LimitOverride, SectionAnswer
from qa_app.database import db, now, saving
from qa_app.domain.grades import GRADES, LimitingRule
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.moderation.models import Moderation
from qa_app.tracker.models import Action
from tests.council import Council
from tests.moderation.factory import (
    AGREE_WITH_ALL,
    a_concern,
    a_submitted_audit,
    sections_to_grade,
)
from tests.pages import Page, classes, words
from tests.queries import count_queries

OUT, GOOD, RI, BAD = GRADES
NASTY = "<script>alert(1)</script>{{ 7*7 }}\"'><img src=x onerror=alert(1)>"


class Made(NamedTuple):
    """A stored audit, for tests that fetch pages."""

    id: UUID
    reference: str


def _made(app: Flask, council: Council, **more: object) -> Made:
    with app.app_context(), saving():
        audit = a_submitted_audit(council, **more)
        return Made(audit.id, audit.reference)


def _start(client, audit: Made) -> str:
    """Take it from the queue; the address of the moderation."""
    token = client.token_in(client.get("/moderation/").text)
    answer = client.send(f"/moderation/audits/{audit.id}/start", token=token)
    assert answer.status_code == 302
    return answer.location


def test_an_empty_queue_says_so(council: Council, client_for) -> None:
    page = client_for(council.people["other_head"]).get("/moderation/").text
    assert "No audit waits for you to moderate." in page


# M0: two working days for an Inadequate or a concern, ten for others.
def test_the_queue_is_in_order_of_risk_then_age_then_own_service(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        ago = [now() - timedelta(days=days) for days in (1, 3, 2, 9, 30)]
        good = a_submitted_audit(council, at=ago[1])
        bad = a_submitted_audit(council, at=ago[2], grade=BAD)
        worry = a_submitted_audit(council, at=ago[0])
        a_concern(worry)
        old = a_submitted_audit(council, at=ago[3])
        own = a_submitted_audit(council, at=ago[4], case="100004")
        wanted = [each.reference for each in (worry, bad, old, good, own)]
    page = client_for(council.people["other_head"]).get("/moderation/").text
    order = sorted(wanted, key=page.index)
    assert order == wanted
    assert "Own service" in page
    assert "2 working days from" in page
    assert "10 working days from" in page
    assert page.count("Significant-harm concern") == 1


def test_the_queue_says_why_not_you(app: Flask, council: Council, client_for) -> None:
    _made(app, council)
    page = client_for(council.people["head"]).get("/moderation/").text
    assert "Those below wait for somebody else." in page
    assert "Hetty Head is the auditor&#39;s line manager" in page
    assert "/start" not in page


def test_the_queue_asks_the_same_few_questions_for_one_row_and_for_twenty(
    app: Flask, council: Council, client_for
) -> None:
    counts = []
    for rows in (1, 19):
        for number in range(rows):
            _made(app, council, case=("100001", "100004")[number % 2], grade=GRADES[number % 4])
        client = client_for(council.people["review_head"])
        with count_queries(app) as asked:
            assert client.get("/moderation/").status_code == 200
        counts.append(len(asked))
        assert len(asked) <= 8, asked
    print(f"queries with 1 and with 20 rows: {counts}")  # noqa: T201
    assert counts[0] == counts[1]


# M2 by direct POST: the service refuses whom the queue offers no button, and notes it.
@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("auditor", 409),  # M2: did the audit
        ("head", 409),  # M2: the auditor's line manager
        ("chair", 409),  # M2: this child's conference chair
        ("worker", 409),  # M2: this child's social worker
        ("manager", 409),  # M2: this child's team manager
        ("qa_lead", 403),  # sees it, and is no moderator
        ("iro", 404),
        ("viewer", 404),
        ("administrator", 404),
        ("other_auditor", 404),
        ("other_head", 302),
        ("review_head", 302),
        ("director", 302),
    ],
)
def test_who_takes_an_audit(app: Flask, council: Council, client_for, person, status) -> None:
    audit = _made(app, council)
    client = client_for(council.people[person])
    token = client.token_in(client.get("/account").text) or client.token_in(client.get("/").text)
    answer = client.send(f"/moderation/audits/{audit.id}/start", token=token)
    assert answer.status_code == status
    with app.app_context():
        assert db.session.query(Moderation).count() == (status == 302)
        assert db.session.query(Event).filter_by(verb="refused").count() == (status == 409)


def test_who_comes_second_is_told_who_has_it(app: Flask, council: Council, client_for) -> None:
    audit = _made(app, council)
    first, second = client_for(council.people["other_head"]), client_for(council.people["director"])
    token = second.token_in(second.get("/moderation/").text)
    _start(first, audit)
    answer = second.send(f"/moderation/audits/{audit.id}/start", token=token)
    assert answer.status_code == 409
    assert "Hugh Head took this audit for moderation at" in answer.text


# M4: another overall grade goes to the auditor, with the reason; what is missing is asked for.
def test_the_whole_way_with_a_different_grade(app: Flask, council: Council, client_for) -> None:
    audit = _made(app, council, words=NASTY)
    client = client_for(council.people["other_head"])
    address = _start(client, audit)
    page = client.get(address).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    data = AGREE_WITH_ALL | {"overall_view": "differ"}
    answer = client.submit(address, data)
    assert "Select your grade for the audit as a whole" in answer.text
    assert "Clear and kind.</textarea>" in answer.text
    data |= {"overall_grade": "inadequate", "overall_reason": "evidence_missed"}
    data |= {"overall_words": NASTY}
    del data["opened_record"]
    answer = client.submit(address, data)
    assert "Confirm that you opened the child’s record" in answer.text
    answer = client.submit(address, data | {"opened_record": "y"}, follow_redirects=True)
    assert f"Your grades of audit {audit.reference} went to Ada Auditor, who answers by" in (
        answer.text
    )
    assert f"Audit {audit.reference} is final" not in answer.text
    for person in ("other_head", "auditor", "qa_lead", "head"):
        result = client_for(council.people[person]).get(f"/moderation/audits/{audit.id}").text
        assert "Evidence on the file was missed." in result
        assert "Clear and kind." in result
        assert "<script>alert" not in result
    assert client.get(address).status_code == 302


# A sound audit: one answer for all sections, one for the whole, and what was done well.
def test_agreeing_with_everything_takes_three_answers(
    app: Flask, council: Council, client_for
) -> None:
    audit = _made(app, council)
    client = client_for(council.people["other_head"])
    address = _start(client, audit)
    answer = client.submit(address, {})
    wanted = [
        "Select whether you agree with the grades of the sections",
        "Select whether you agree about the audit as a whole",
        "Enter what was done well in this audit",
    ]
    assert re.findall(r'<li><a href="#[^"]+">([^<]+)</a>', answer.text) == wanted
    three = {key: AGREE_WITH_ALL[key] for key in ("agreement", "overall_view", "feedback")}
    answer = client.submit(address, three, follow_redirects=True)
    assert f"Audit {audit.reference} is final." in answer.text


def _sections(app: Flask, audit: Made) -> dict[str, str]:
    with app.app_context():
        return {each.code: each.title for each in sections_to_grade(_stored(audit))}


def _stored(audit: Made) -> Audit:
    return db.session.get_one(Audit, audit.id)


def _moderators(app: Flask, audit: Made) -> dict[str, tuple[str, str, str]]:
    """code → the moderator's grade, reason code and words, as stored."""
    with app.app_context():
        codes = {each.id: each.code for each in sections_to_grade(_stored(audit))}
        rows = db.session.query(GradeRow).filter_by(audit_id=audit.id, source=GradeSource.MODERATOR)
        return {
            codes.get(row.section_id, "overall"): (row.grade, row.reason_code, row.reason)
            for row in rows
        }


BETTER = {"plan_grade": "outstanding", "plan_reason": "threshold", "plan_words": "Warm."}


# M4: the sections that one names, or grades, are those that differ; the others are agreed with.
@pytest.mark.parametrize("named", [True, False], ids=["selected above", "only graded below"])
def test_agreeing_except_for_a_section(
    app: Flask, council: Council, client_for, named: bool
) -> None:
    audit = _made(app, council)
    client = client_for(council.people["other_head"])
    address = _start(client, audit)
    data = AGREE_WITH_ALL | {"agreement": "except"}
    answer = client.submit(address, data)
    assert "Select the sections that you see differently" in answer.text
    if named:
        data |= {"except_for": "plan"}
        answer = client.submit(address, data)
        title = _sections(app, audit)["plan"].lower()
        assert f"Select your grade for {title}" in answer.text
        assert f"Select why you see {title} differently" in answer.text
        opened = re.search(r'<details[^>]*data-differently="plan"[^>]*>', answer.text)
        assert opened
        assert " open" in opened.group()
    assert client.submit(address, data | BETTER).status_code == 302
    rows = _moderators(app, audit)
    assert rows.pop("plan") == ("outstanding", "threshold", "Warm.")
    assert set(rows.values()) == {("good", "", "")}
    assert len(rows) == len(_sections(app, audit))


# A8: what was chosen or written about a section is not dropped by agreeing with every grade.
@pytest.mark.parametrize("left", [{"plan_grade": "outstanding"}, {"plan_words": "Warm."}])
def test_agreeing_with_everything_drops_nothing_unseen(
    app: Flask, council: Council, client_for, left
) -> None:
    audit = _made(app, council)
    client = client_for(council.people["other_head"])
    address = _start(client, audit)
    answer = client.submit(address, AGREE_WITH_ALL | left)
    assert answer.status_code == 400
    title = _sections(app, audit)["plan"].lower()
    assert f"You chose another grade, or wrote something, for {title}." in answer.text
    assert _moderators(app, audit) == {}


# M7: both grades at a glance, each title leading to its section, with a word where they differ.
def test_the_grades_at_a_glance(app: Flask, council: Council, client_for) -> None:
    audit = _made(app, council, sections={"plan": BAD})
    client = client_for(council.people["other_head"])
    address = _start(client, audit)
    page = client.get(address).text
    for code in (*_sections(app, audit), "overall"):
        assert f'href="#title-{code}"' in page
        assert f'id="title-{code}"' in page
    rows = _glance(page)
    assert rows["plan"] == ["Inadequate", "Not yet"]
    assert rows["overall"] == ["Good", "Not yet"]
    data = {"agreement": "except", "except_for": "plan", "plan_grade": "good"}
    rows = _glance(client.submit(address, data).text)
    assert rows.pop("plan") == ["Inadequate", "Good Differs"]
    assert rows.pop("overall") == ["Good", "Not yet"]
    assert set(map(tuple, rows.values())) == {("Good", "Good")}


def _glance(page: str) -> dict[str, list[str]]:
    """code → the cells of its row at a glance, the title left out."""
    return {
        row.get("data-graded"): [words(cell) for cell in row.iter("td")]
        for row in Page(page, 200).all("tr")
        if row.get("data-graded")
    }


# A7: a limit that the auditor set aside is there in words, with the auditor's reason.
def test_a_limit_that_the_auditor_set_aside_is_shown(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        audit = a_submitted_audit(council, sections={"plan": BAD})
        db.session.add(
            LimitOverride(
                audit_id=audit.id, rule=LimitingRule.B, reason="It was redone.", saved_at=now()
            )
        )
        made = Made(audit.id, audit.reference)
    client = client_for(council.people["other_head"])
    page = client.get(_start(client, made)).text
    assert "The auditor set this limit on the overall grade aside:" in page
    assert "It was redone." in page
    assert "no better than Requires improvement" in page


# M2: with a plain Good the record is asked for beside another grade only, else in its own place.
@pytest.mark.parametrize("grade", [GOOD, BAD])
def test_the_record_is_asked_for_where_it_is_needed(
    app: Flask, council: Council, client_for, grade
) -> None:
    client = client_for(council.people["other_head"])
    page = Page(client.get(_start(client, _made(app, council, grade=grade))).text, 200)
    part = page.parents[page.ids["opened_record"]]
    around = set()
    while part in page.parents:
        around |= set(classes(part))
        part = page.parents[part]
    assert ("govuk-radios__conditional" in around) is (grade is GOOD)


def test_a_limit_is_shown_and_its_reason_asked_for(
    app: Flask, council: Council, client_for
) -> None:
    audit = _made(app, council)
    client = client_for(council.people["other_head"])
    address = _start(client, audit)
    page = client.get(address).text
    assert "Why does the overall grade stand" not in page
    with app.app_context():
        risk = next(
            each.code
            for each in db.session.get_one(Audit, audit.id).tool_version.sections
            if each.limiting == "risk"
        )
    differs = {"agreement": "except", "except_for": risk, f"{risk}_grade": "inadequate"}
    differs |= {f"{risk}_reason": "threshold", f"{risk}_words": "No safety plan."}
    data = AGREE_WITH_ALL | differs
    answer = client.submit(address, data)
    assert answer.status_code == 400
    assert "the overall grade must be Inadequate" in answer.text
    assert "Why does the overall grade stand all the same?" in answer.text
    answer = client.submit(address, data | {"limit_reason": "The risk had ended."})
    assert answer.status_code == 302


# Neither the rows of a tool nor what was written make the page ask the database more often.
def test_the_page_asks_the_same_few_questions_for_any_number_of_sections(
    app: Flask, council: Council, client_for, record_property
) -> None:
    counts = {}
    for plan, case in (("child protection", "100001"), ("child in care", "100004")):
        audit = _made(app, council, case=case)
        client = client_for(council.people["review_head"])
        address = _start(client, audit)
        with count_queries(app) as asked:
            assert client.get(address).status_code == 200
        counts[plan] = (len(_sections(app, audit)), len(asked))
    with app.app_context(), saving():
        answers = db.session.query(SectionAnswer).filter_by(audit_id=audit.id).all()
        for each in answers[1:]:
            each.grade, each.not_applicable = None, True
    with count_queries(app) as asked:
        assert client.get(address).status_code == 200
    counts["all but one left out"] = (1, len(asked))
    record_property("counted", f"sections, statements: {counts}")
    assert len({sections for sections, _ in counts.values()}) > 1
    assert len({statements for _, statements in counts.values()}) == 1, asked


def test_somebody_elses_moderation_does_not_exist(app: Flask, council: Council, client_for) -> None:
    address = _start(client_for(council.people["other_head"]), _made(app, council))
    for person, status in (("auditor", 403), ("review_head", 404), ("viewer", 404)):
        client = client_for(council.people[person])
        assert client.get(address).status_code == status, person
        token = client.token_in(client.get("/account").text)
        for move in ("", "/release", "/return"):
            answer = client.send(f"{address}{move}", {"comments": "x"}, token=token)
            assert answer.status_code == status, (person, move)


def test_giving_it_back_and_returning_it(app: Flask, council: Council, client_for) -> None:
    audit = _made(app, council)
    client = client_for(council.people["other_head"])
    address = _start(client, audit)
    token = client.token_in(client.get(address).text)
    answer = client.send(f"{address}/release", token=token, follow_redirects=True)
    assert "is back in the queue for somebody else" in answer.text
    address = _start(client, audit)
    assert "You are moderating" in client.get("/moderation/").text
    answer = client.submit(f"{address}/return", {"says_0": ""})
    assert "Enter what is to be corrected" in answer.text
    asked = {"says_0": "Say who saw the child.", "feedback": "The plan is clear."}
    answer = client.submit(f"{address}/return", asked)
    assert answer.status_code == 302
    with app.app_context():
        assert db.session.get_one(Audit, audit.id).state is AuditState.RETURNED
    result = client_for(council.people["auditor"]).get(f"/moderation/audits/{audit.id}").text
    assert "The plan is clear." in result
    page = client_for(council.people["auditor"]).get(f"/audits/{audit.id}").text
    assert "Say who saw the child." in page


# E2, E3: the auditor, the moderator, the QA lead and the head of the child's service, who plans
# what follows, raise actions after an audit; nobody else does.
@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("auditor", 302),
        ("qa_lead", 302),
        ("head", 302),
        ("other_head", 403),
        ("worker", 403),
        ("viewer", 404),
    ],
)
def test_who_raises_an_action_after_an_audit(
    app: Flask, council: Council, client_for, person: str, status: int
) -> None:
    audit = _made(app, council)
    client = client_for(council.people[person])
    token = client.token_in(client.get("/account").text)
    data = {"owner": "Wendy Worker", "kind": "improvement", "what": "See him alone.", "key": "one"}
    path = f"/audits/{audit.id}/raise-action"
    for _ in range(2):
        assert client.send(path, data, token=token).status_code == status
    with app.app_context():
        # Sent twice, raised once.
        assert db.session.query(Action).count() == (status == 302)


def test_an_action_is_raised_on_a_page(app: Flask, council: Council, client_for) -> None:
    audit = _made(app, council)
    client = client_for(council.people["auditor"])
    path = f"/audits/{audit.id}/raise-action"
    answer = client.submit(path, {"owner": "auditor"})
    assert "Select what kind of action it is" in answer.text
    assert "Enter what is to be done" in answer.text
    assert "Which of these people?" in answer.text
    past = {"due_on-day": 1, "due_on-month": 1, "due_on-year": 2020}
    data = {"owner": "Wendy Worker", "kind": "priority", "what": "See him alone."}
    assert "The due date must be today or later" in client.submit(path, data | past).text
    answer = client.submit(path, data, follow_redirects=True)
    assert "Wendy Worker has been told." in answer.text
    assert audit.reference in answer.text
