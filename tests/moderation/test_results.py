"""Pages of a moderation on which not all agree: answering, deciding, the result (M4 to M8)."""

import html
from typing import NamedTuple
from uuid import UUID

import pytest
from flask import Flask

from qa_app.accounts import settings
from qa_app.accounts.models import Absence, Person
from qa_app.audits import services as services_audits
from qa_app.audits.models import Audit, GradeSource, LimitOverride
from qa_app.database import db, now, saving
from qa_app.domain.grades import LimitingRule
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.formatting import date_words
from qa_app.history import Event
from qa_app.moderation import queries, services
from qa_app.moderation.models import Moderation, ModerationMode
from qa_app.moderation.services import GradeGiven
from tests.council import Council, find
from tests.moderation.choosing import chosen
from tests.moderation.dialogue import (
    BAD,
    RI,
    SEEN,
    answered,
    asked,
    committed,
    disputed,
    taken,
)
from tests.moderation.factory import a_concern, a_submitted_audit, agreeing, tie
from tests.queries import count_queries

NASTY = "<script>alert(1)</script>{{ 7*7 }}\"'><img src=x onerror=alert(1)>"


class Made(NamedTuple):
    """A stored audit, for tests that fetch pages."""

    id: UUID
    reference: str
    result: str
    answer: str


@pytest.fixture
def made(app: Flask, council: Council):
    """made(makes) → the audit of the moderation or audit that this makes, saved."""

    def make(makes, *args: object, **more: object) -> Made:
        with app.app_context(), saving():
            found = makes(council, *args, **more)
            audit = found.audit if isinstance(found, Moderation) else found
            result = f"/moderation/audits/{audit.id}"
            return Made(audit.id, audit.reference, result, f"{result}/answer")

    return make


def text(answer) -> str:
    """The page's text as it is read."""
    return html.unescape(answer.text)


# M4: feedback first, both grades with the reason, what follows, until when.
def test_the_auditor_reads_what_is_asked_and_accepts(
    app: Flask, council: Council, client_for, made
) -> None:
    audit = made(asked)
    auditor = client_for(council.people["auditor"])
    page = text(auditor.get(audit.answer))
    with app.app_context():
        due = date_words(find(Moderation).answer_due_on)
    for words in ("Clear and kind.", "Evidence on the file was missed.", due, "no reply",
                  "The visit of 3 May was not written up.", "2 grades differently"):  # fmt: skip
        assert words in page
    assert page.index("Clear and kind.") < page.index("What is asked of you")
    refused = auditor.submit(audit.answer, {"overall_view": "accept", "risk_view": "disagree"})
    assert refused.status_code == 400
    assert "Enter why you disagree about risk and safety" in text(refused)
    nothing = auditor.submit(audit.answer, {})
    assert "Select whether you accept the moderator’s grade for the audit as a whole" in text(
        nothing
    )
    answer = auditor.submit(
        audit.answer, {"overall_view": "accept", "risk_view": "accept"}, follow_redirects=True
    )
    assert f"Audit {audit.reference} is final." in text(answer)
    assert "Requires improvement" in text(answer)
    assert "Accepted" in text(answer)
    # A page from yesterday leads to what came of it; an answer sent from there is refused.
    assert auditor.get(audit.answer).location == audit.result
    late = auditor.send(audit.answer, {"overall_view": "accept", "risk_view": "accept"})
    assert late.status_code == 409
    assert "Nothing has been changed" in text(late)


# M5, M7: the whole way over the disagreement, as three people.
def test_the_whole_way_to_a_second_moderator(
    app: Flask, council: Council, client_for, made
) -> None:
    audit = made(asked, words=NASTY)
    auditor = client_for(council.people["auditor"])
    data = {"overall_view": "disagree", "overall_words": NASTY}
    data |= {"risk_view": "disagree", "risk_words": "It was written up on 4 May."}
    answer = auditor.submit(audit.answer, data, follow_redirects=True)
    assert "A second moderator, senior to the first, decides" in text(answer)
    assert "Auditor and moderator do not agree." in text(answer)
    director = client_for(council.people["director"])
    start = director.send(f"{audit.result}/second")
    assert start.status_code == 302
    page = director.get(start.location)
    assert "<script>alert" not in page.text
    for words in ("Ada Auditor, auditor", "Hugh Head, moderator", "It was written up on 4 May.",
                  "The visit of 3 May was not written up.", "Evidence", NASTY):  # fmt: skip
        assert words in text(page)
    missing = director.submit(start.location, {"overall_grade": "good"})
    assert "Enter why you decide on this grade for the audit as a whole" in text(missing)
    assert "Select your grade for risk and safety" in text(missing)
    data = {"overall_grade": "good", "overall_words": NASTY}
    data |= {"risk_grade": "inadequate", "risk_words": "No plan.", "feedback": "Thank you both."}
    record = director.submit(start.location, data)
    limited = director.submit(start.location, data | {"opened_record": "y"})
    assert "the overall grade must be Inadequate" in text(limited)
    assert record.status_code == limited.status_code == 400
    data |= {"opened_record": "y", "limit_reason": "The risk had ended."}
    done = director.submit(start.location, data, follow_redirects=True)
    assert f"Audit {audit.reference} is final." in text(done)
    for key in ("auditor", "other_head", "director", "qa_lead", "head"):
        result = client_for(council.people[key]).get(audit.result)
        assert "<script>alert" not in result.text, key
        for words in ("Second moderator", "Thank you both.", "No plan.", "Disagreed:",
                      "Set aside by Dora Director", "The risk had ended.", "(differs)",
                      "The second moderator's grade"):  # fmt: skip
            assert words in text(result), (key, words)
    assert director.get(start.location).location == audit.result
    assert director.send(start.location, data).status_code == 409


def test_a_second_moderator_gives_it_back(app: Flask, council: Council, client_for, made) -> None:
    audit = made(disputed)
    director = client_for(council.people["director"])
    address = director.send(f"{audit.result}/second").location
    back = director.send(address.replace("/decide", "/release-second"), follow_redirects=True)
    assert f"Audit {audit.reference} waits for another second moderator." in text(back)
    with app.app_context():
        assert find(Audit).state is AuditState.AWAITING_SECOND


# M3: a blind moderator who has not given their first grades finds nothing on the second one's page.
def test_the_page_of_the_second_moderator_is_no_way_round_a_blind_one(
    app: Flask, council: Council, client_for, made
) -> None:
    made(taken)
    with app.app_context(), saving():
        moderation, audit = find(Moderation), find(Audit)
        moderation.mode = ModerationMode.BLIND
        for party in audit.parties:
            if party.party is Party.MODERATOR:
                party.party = Party.BLIND_MODERATOR
        address = f"/moderation/{moderation.id}/decide"
    head = client_for(council.people["other_head"])
    for answer in (head.send(address), head.get(address, follow_redirects=True)):
        assert answer.status_code in (403, 404, 409)
        assert "The plan is clear." not in answer.text


# AZ-7: one's own moderation is refused, and put in the history.
@pytest.mark.parametrize(
    ("key", "because"),
    [
        ("auditor", "did this audit"),
        ("other_head", "has moderated it already"),
        ("review_head", "is not senior to the first moderator"),
    ],
)
def test_who_may_not_decide_is_refused_and_logged(
    app: Flask, council: Council, client_for, made, key: str, because: str
) -> None:
    audit = made(disputed)
    answer = client_for(council.people[key]).send(f"{audit.result}/second")
    # A head of another service than the audited one sees that it waits, and no more.
    assert answer.status_code == 409
    assert because in text(answer)
    with app.app_context():
        assert find(Audit).state is AuditState.AWAITING_SECOND
        refused = db.session.query(Event).filter_by(verb="refused").one()
        assert "M5" in refused.sentence
        assert refused.actor_id == council.people[key]


# M5: marked “no reply” where the auditor did not answer.
def test_no_reply_is_said(app: Flask, council: Council, client_for, made) -> None:
    audit = made(asked)
    with app.app_context(), saving():
        moderation = find(Moderation)
        moderation.answer_due_on = now().date().replace(year=2020, day=1)
        moderation.committed_at = moderation.committed_at.replace(year=2020, day=1)
    waiting = text(client_for(council.people["auditor"]).get(audit.result))
    assert "which is over" in waiting
    with app.app_context(), saving():
        services.stand_without_reply(now())
    result = text(client_for(council.people["auditor"]).get(audit.result))
    assert "No reply" in result
    assert "The moderator's grade: the auditor did not reply in time" in result
    assert "No reply in time: the moderator’s grade stands" in result


# M3, M7: a blind moderator's first grades stand in a column of their own, and differ as they like.
def test_the_first_grades_are_kept_apart(app: Flask, council: Council, client_for, made) -> None:
    def blind(council: Council) -> Moderation:
        moderation = taken(council)
        services_audits.record_moderator_grades(
            moderation.audit, {None: BAD}, by=moderation.moderator_id, at=now(),
            source=GradeSource.MODERATOR_BLIND,
        )  # fmt: skip
        moderation.mode, moderation.revealed_at = ModerationMode.BLIND, now()
        return moderation

    audit = made(blind)
    auditor = client_for(council.people["auditor"])
    # Nothing of it is seen while the moderator still thinks.
    before = text(auditor.get(audit.result))
    assert "Inadequate" not in before
    assert "Grades of audit" not in before
    with app.app_context(), saving():
        committed(find(Moderation), agreeing(find(Audit)))
    result = text(auditor.get(audit.result))
    assert "Moderator, blind" in result
    assert "Blind: the moderator gave their first grades before they saw the auditor’s." in result
    assert "Inadequate" in result


# A7: whoever set a limit aside, it is said which, who and why.
def test_limits_that_were_set_aside_are_shown(
    app: Flask, council: Council, client_for, made
) -> None:
    def limited(council: Council) -> Moderation:
        moderation = taken(council, sections={"risk": BAD})
        db.session.add(
            LimitOverride(
                audit_id=moderation.audit_id,
                rule=LimitingRule.A,
                reason="It ended.",
                saved_at=now(),
            )
        )
        return committed(moderation, agreeing(moderation.audit))

    audit = made(limited)
    page = text(client_for(council.people["auditor"]).get(audit.result))
    assert "the overall grade must be Inadequate. Set aside by Ada Auditor" in page
    assert "It ended." in page


# What the audit's own page and the result say at each step, to whoever reads them.
@pytest.mark.parametrize(
    ("makes", "says"),
    [
        (asked, "There is no final grade yet. The audit is “waiting for the auditor’s answer”."),
        (disputed, "A second moderator, senior to the first, takes it and decides"),
    ],
)
def test_what_happens_next(council: Council, client_for, made, makes, says: str) -> None:
    audit = made(makes)
    for key in ("auditor", "other_head", "qa_lead", "worker", "head"):
        page = text(client_for(council.people[key]).get(audit.result))
        assert "What happens next" in page
        assert says in page, key


def test_the_audits_page_asks_its_auditor_to_answer(council: Council, client_for, made) -> None:
    audit = made(asked)
    page = f"/audits/{audit.id}"
    assert audit.answer in client_for(council.people["auditor"]).get(page).text
    assert audit.answer not in client_for(council.people["worker"]).get(page).text
    assert audit.result in client_for(council.people["worker"]).get(page).text


# M4: only the auditor answers: not the second one, whoever reads it, nor somebody who does not.
@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("iro", 403), ("other_head", 403), ("head", 403), ("worker", 403), ("qa_lead", 403),
        ("review_head", 403), ("viewer", 404), ("administrator", 404), ("other_auditor", 404),
    ],
)  # fmt: skip
def test_who_may_not_answer(
    app: Flask, council: Council, client_for, made, key: str, status: int
) -> None:
    def shared(council: Council) -> Moderation:
        moderation = asked(council)
        tie(council, moderation.audit, "iro", Party.CO_AUDITOR)
        return moderation

    audit = made(shared)
    client = client_for(council.people[key])
    assert client.get(audit.answer).status_code == status
    token = client.token_in(client.get("/account").text)
    assert client.send(audit.answer, {"overall_view": "accept"}, token=token).status_code == status
    with app.app_context():
        assert find(Audit).state is AuditState.IN_DISCUSSION


# AZ-5: the result costs the same few questions whether two sections differ or all of them.
def test_the_result_costs_the_same_for_one_and_for_all(
    app: Flask, council: Council, client_for, made
) -> None:
    def all_different(council: Council) -> Moderation:
        moderation = taken(council, case="100003")
        given = agreeing(moderation.audit)
        other = GradeGiven(RI, SEEN, "Drift.")
        return answered(committed(moderation, dict.fromkeys(given, other)), "overall")

    def one(council: Council) -> Moderation:
        moderation = taken(council)
        other = GradeGiven(RI, SEEN, "Drift.")
        given = agreeing(moderation.audit, overall=other)
        return answered(committed(moderation, given), "overall")

    counts = []
    client = client_for(council.people["auditor"])
    for makes in (one, all_different):
        audit = made(makes)
        client.get(audit.result)
        with count_queries(app) as counted:
            assert client.get(audit.result).status_code == 200
        counts.append(counted)
    assert len(counts[0]) == len(counts[1]), counts[1]
    assert len(counts[1]) <= 30


# M1: an audit that was passed by says so, before its auditor's grade is final and after.
@pytest.mark.parametrize("final", [False, True])
def test_an_audit_that_was_not_chosen_says_so(
    app: Flask, council: Council, client_for, made, final: bool
) -> None:
    def passed_by(council: Council) -> Audit:
        audit = a_submitted_audit(council)
        chosen(audit, selected=False)
        if final:
            grades = {None: audit.auditor_grade}
            services_audits.finalise(audit, grades, "the auditor's grade", None, now())
        return audit

    audit = made(passed_by)
    page = client_for(council.people["head"]).get(audit.result).text
    assert "This audit was not chosen for moderation." in page
    assert ("It was not chosen for moderation. Its auditor’s grade is final when" in page) is (
        not final
    )
    assert "It waits for somebody independent" not in page


# M1: an open concern brings an audit to a moderator, whatever was chosen: then nobody says that its
# auditor's grade stands.
def test_a_concern_unmakes_the_choice_on_the_page(
    app: Flask, council: Council, client_for, made
) -> None:
    def worried(council: Council) -> Audit:
        audit = a_submitted_audit(council)
        chosen(audit, selected=False)
        a_concern(audit)
        return audit

    audit = made(worried)
    client = client_for(council.people["head"])
    assert "It waits for somebody independent" in client.get(audit.result).text
    with app.app_context(), saving():
        moderator = db.session.get_one(Person, council.people["other_head"])
        services.start(db.session.get_one(Audit, audit.id), moderator, by=moderator.id, at=now())
    page = client.get(audit.result).text
    assert "Somebody is moderating it." in page
    assert "not chosen for moderation" not in page


# M3, M6: what somebody graded blind before returning the audit is not shown as what the moderator
# whose grades stand gave before seeing the auditor's.
@pytest.mark.parametrize("mode", list(ModerationMode))
def test_first_grades_of_a_moderation_that_was_returned_are_not_another_ones(
    app: Flask, council: Council, mode: ModerationMode
) -> None:
    with app.app_context(), saving():
        moderation = asked(council)
        audit = moderation.audit
        services_audits.record_moderator_grades(
            audit, {None: BAD}, by=moderation.moderator_id, at=now(),
            source=GradeSource.MODERATOR_BLIND,
        )  # fmt: skip
        moderation.mode, moderation.revealed_at = mode, now()
        db.session.flush()
        assert queries.Outcome(audit).has_first_grades is (mode is ModerationMode.BLIND)


# M4: an absence noted since the moderator's view was sent moves the day, before any job has run.
def test_an_absence_moves_the_day_on_every_page(
    app: Flask, council: Council, client_for, made
) -> None:
    audit = made(asked)
    with app.app_context(), saving():
        stored = find(Moderation).answer_due_on
        away = Absence(
            person_id=council.people["auditor"], first_on=stored, last_on=stored,
            noted_by=council.people["qa_lead"], noted_at=now(),
        )  # fmt: skip
        db.session.add(away)
        moved = date_words(settings.calendar().add_working_days(stored, 1))
    client = client_for(council.people["auditor"])
    for path in (audit.answer, audit.result, f"{audit.result}/talk"):
        assert moved in client.get(path).text, path
