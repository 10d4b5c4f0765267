"""Blind moderation: what is graded first, by whom, and what it changes (M3, M2, M7, A12)."""

import html
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.accounts.queries import actor
from qa_app.audits import services as audits
from qa_app.audits.models import Audit, AuditParty, GradeRow, GradeSource
from qa_app.audits.services.choosing import make_sighted
from qa_app.database import db, new_id, now, saving
from qa_app.domain.actions import ActionKind
from qa_app.domain.grades import Grade, Limiting
from qa_app.domain.permissions import Party, Permission, Role, Scope, allowed
from qa_app.domain.workflow import AuditState
from qa_app.moderation import queries, services
from qa_app.moderation.models import Moderation, ModerationMode, ModerationState
from qa_app.moderation.views.actions import pinned
from qa_app.tracker.models import Action, ActionSource
from qa_app.tracker.queries import verifiers_of, visible_to, waiting_for_verification_by
from qa_app.tracker.services import finish, raise_action, start
from tests.audits.making import AT, nothing_to_correct, submitted, written
from tests.council import Council, find, grant, hold
from tests.moderation.blind_world import (
    MODERATOR,
    a_blind_audit,
    first_grades,
    taken,
    taken_blind,
)
from tests.moderation.factory import a_concern, a_submitted_audit
from tests.queries import count_queries

GOOD, BAD, OUT = Grade.GOOD, Grade.INADEQUATE, Grade.OUTSTANDING


def _parties(audit: Audit, council: Council, key: str = MODERATOR) -> set[Party]:
    return {each.party for each in audit.parties if each.person_id == council.people[key]}


def _rows(audit: Audit, source: GradeSource) -> dict[str, Grade]:
    titles = {each.id: each.code for each in audit.tool_version.sections}
    return {
        titles.get(row.section_id, "overall"): row.grade
        for row in db.session.query(GradeRow).filter_by(audit_id=audit.id, source=source)
    }


# --- Which mode


@pytest.mark.parametrize(
    ("share", "what", "mode"),
    [
        # M3: chosen at submission
        (100, "", ModerationMode.BLIND),
        (0, "", ModerationMode.SIGHTED),
        # M3: an audit with a concern is always sighted, also where it was raised after submission
        (100, "concern", ModerationMode.SIGHTED),
        # M3: where the QA lead made it sighted
        (100, "made sighted", ModerationMode.SIGHTED),
    ],
)
def test_the_mode_is_decided_when_it_is_taken(context, council, share, what, mode) -> None:
    hold("blind_share", share)
    audit = submitted(council, auditor="auditor")
    if what == "concern":
        a_concern(audit)
    if what == "made sighted":
        lead = council.people["qa_lead"]
        make_sighted(audit, "A new moderator", by=lead, at=now())
    moderation = taken(council, audit)
    assert (moderation.mode, moderation.hidden) == (mode, mode is ModerationMode.BLIND)
    assert bool(moderation.blind_sections) is moderation.hidden


# M3: an audit without a choice (from before there were any, or imported) is sighted.
def test_an_audit_that_was_never_chosen_about_is_sighted(context, council) -> None:
    hold("blind_share", 100)
    assert taken(council, a_submitted_audit(council)).mode is ModerationMode.SIGHTED


# M3: overall, risk and safety and one other section, which the auditor graded too.
def test_the_sections_graded_first_are_kept_with_the_moderation(context, council) -> None:
    moderation = taken(council, a_blind_audit(council))
    sections = {each.code: each.limiting for each in moderation.audit.tool_version.sections}
    found = [sections[code] for code in moderation.blind_sections]
    assert len(found) == 2
    assert found.count(Limiting.RISK) == 1
    assert queries.sections_graded_first(moderation.audit) == moderation.blind_sections


# --- Who may


# M3: never somebody who could read it before, which does not depend on any grade.
@pytest.mark.parametrize(
    ("key", "bar"),
    [
        ("director", "Dora Director can already read this audit, so cannot moderate it blind."),
        ("review_head", ""),
        ("other_head", ""),
    ],
)
def test_who_may_moderate_blind(context, council, key, bar) -> None:
    audit = a_blind_audit(council)
    assert bool(queries.barred_from_blind(_actor(council, key), [audit])) is bool(bar)
    assert queries.could_read(_actor(council, key), audit) is bool(bar)
    if not bar:
        assert taken(council, audit, key).hidden
        return
    with pytest.raises(services.MayNotModerate, match=bar):
        taken(council, audit, key)
    assert db.session.scalar(select(func.count()).select_from(Moderation)) == 0


def _actor(council: Council, key: str):
    return actor(council.people[key], now().date())


# M3: who moderated it before knows it, though giving it back ended their right to read it; and so
# does whoever opened an action that came from it.
@pytest.mark.parametrize("verb", ["audit_viewed", "audit_printed", "action_viewed"])
def test_who_has_read_something_of_it_is_barred(context, council, verb) -> None:
    who = council.people[MODERATOR]
    with saving():
        audit, other = a_blind_audit(council), a_blind_audit(council, case="100003")
        history.record(verb, audit, by=who, at=now(), audit_id=audit.id)
    assert queries.barred_from_blind(_actor(council, MODERATOR), [audit, other]) == {audit.id}
    with pytest.raises(services.MayNotModerate, match="can already read this audit"):
        taken(council, audit)


# M3: what one reads as its blind moderator is nothing of the judgement, so one may come back.
def test_who_gave_it_back_unread_may_take_it_again(context, council) -> None:
    with saving():
        moderation = taken(council, a_blind_audit(council))
        audit, who = moderation.audit, council.people[MODERATOR]
        history.record("audit_viewed_blind", audit, by=who, at=now(), audit_id=audit.id)
        services.release(moderation, by=who, at=now())
    assert _parties(audit, council) == set()
    assert taken(council, audit).hidden


def test_who_gave_it_back_after_the_first_grades_may_not(app, council, client_for) -> None:
    audit_id, moderation_id = taken_blind(app, council)
    head, path = client_for(council.people[MODERATOR]), f"/moderation/{moderation_id}"
    _send_first(app, head, moderation_id)
    assert head.get(path, follow_redirects=True).status_code == 200
    head.send(f"{path}/release")
    refused = head.send(f"/moderation/audits/{audit_id}/start")
    assert refused.status_code == 409
    assert "Hugh Head can already read this audit, so cannot moderate it blind" in refused.text
    # AZ-7: a refusal is noted, with its rule.
    with app.app_context():
        found = find(history.Event, verb="refused")
        assert found.details["reason"] == "may not moderate this audit (M3)"


# M3: an action that came from it tells of it, so whoever owns or raised one is barred.
@pytest.mark.parametrize("part", ["owner_id", "raised_by"])
def test_who_has_a_part_in_an_action_of_it_is_barred(context, council, part) -> None:
    audit = a_blind_audit(council)
    action = _an_action(council, audit)
    assert not queries.barred_from_blind(_actor(council, MODERATOR), [audit])
    setattr(action, part, council.people[MODERATOR])
    db.session.flush()
    assert queries.barred_from_blind(_actor(council, MODERATOR), [audit]) == {audit.id}


# --- What a blind moderator may do


# M3, E4: an action that is done is seen by heads of every service, who may verify it, but not by
# the blind moderator of its audit: not those from before, nor one that is raised meanwhile.
def test_the_actions_of_the_audit_are_kept_from_its_blind_moderator(context, council) -> None:
    audit = a_blind_audit(council)
    action = _an_action(council, audit)
    _finish(action)
    assert _sees(council, action)
    moderation = taken(council, audit)
    another = _an_action(council, audit)
    _finish(another)
    for each in (action, another):
        assert not _sees(council, each)
        assert _sees(council, each, "review_head")
    # Nor are they told that one waits for them; the others are.
    told = {person.id for person in verifiers_of(action, AT.date())}
    assert council.people["review_head"] in told
    assert council.people[MODERATOR] not in told
    who = council.people[MODERATOR]
    services.commit_first(moderation, first_grades(moderation), by=who, at=now())
    assert _sees(council, action)
    assert _sees(council, another)
    assert council.people[MODERATOR] in {each.id for each in verifiers_of(action, AT.date())}


def _an_action(council: Council, audit: Audit):
    return raise_action(
        kind=ActionKind.PRIORITY,
        what="See him alone.",
        owner=db.session.get_one(Person, council.people["manager"]),
        source=ActionSource.AUDIT,
        source_key=str(new_id()),
        by=council.people["auditor"],
        at=AT,
        audit=pinned(audit),
    )


def _finish(action: Action) -> None:
    start(action, by=action.owner_id, at=AT)
    finish(action, evidence="Seen.", done_on=AT.date(), by=action.owner_id, at=AT)


def _sees(council: Council, action: Action, key: str = MODERATOR) -> bool:
    """By the table of permissions and by the lists, which say the same."""
    asking, query = _actor(council, key), select(Action.id).where(Action.id == action.id)
    subject = action.permission_subject()
    listed = db.session.scalar(query.where(visible_to(asking))) is not None
    assert allowed(Permission.ACTION_READ, asking, subject) is listed
    verifying = {each.id for each in waiting_for_verification_by(asking, AT.date())}
    assert (action.id in verifying) is listed is allowed(Permission.ACTION_VERIFY, asking, subject)
    return listed


# M3, A9: nothing but to moderate it, and to raise a concern.
def test_a_blind_moderator_may_nothing_but_moderate_and_raise_a_concern(context, council) -> None:
    moderation = taken(council, a_blind_audit(council))
    subject, asking = moderation.audit.permission_subject(), _actor(council, MODERATOR)
    of_the_audit = {
        Permission.AUDIT_READ, Permission.AUDIT_READ_CONFIDENCE, Permission.AUDIT_WRITE,
        Permission.AUDIT_THANK, Permission.ACTION_RAISE, Permission.MODERATION_READ,
        Permission.MODERATION_TALK, Permission.MODERATION_ANSWER, Permission.MODERATION_SECOND,
        Permission.CONCERN_RAISE, Permission.MODERATE,
    }  # fmt: skip
    assert {each for each in of_the_audit if allowed(each, asking, subject)} == {
        Permission.CONCERN_RAISE, Permission.MODERATE,
    }  # fmt: skip


# A12, M3: a blind Inadequate waits for the check of its facts like any other, or the wait would
# tell its grade.
@pytest.mark.parametrize("grade", ["good", "inadequate", "outstanding"])
def test_whether_it_can_be_taken_depends_on_no_grade(context, council, grade) -> None:
    hold("blind_share", 100)
    audit = written(council, auditor="auditor", grade=grade)
    audit = audits.submit(audit, by=council.people["auditor"], at=now())
    with pytest.raises(audits.FactsBeingChecked, match="are checked until"):
        taken(council, audit)
    nothing_to_correct(audit, now())
    assert taken(council, audit).hidden


# A12: and a sighted one does not.
def test_a_sighted_inadequate_is_urgent_as_before(context, council) -> None:
    audit = written(council, auditor="auditor", grade="inadequate")
    audit = audits.submit(audit, by=council.people["auditor"], at=now())
    assert not taken(council, audit).hidden


# --- The first grades


def test_the_first_grades_are_rows_of_their_own_and_show_the_audit(context, council) -> None:
    moderation = taken(council, a_blind_audit(council))
    audit, who, at = moderation.audit, council.people[MODERATOR], now()
    assert _parties(audit, council) == {Party.BLIND_MODERATOR}
    assert queries.first_grades_of(moderation) == {}
    given = first_grades(moderation, BAD)
    with saving():
        services.commit_first(moderation, given, by=who, at=at)
    # M7: beside the auditor's, which stay.
    assert _rows(audit, GradeSource.MODERATOR_BLIND) == given
    assert _rows(audit, GradeSource.AUDITOR)["overall"] is GOOD
    assert (moderation.revealed_at, moderation.hidden) == (at, False)
    assert (moderation.mode, moderation.state) == (ModerationMode.BLIND, ModerationState.OPEN)
    assert _parties(audit, council) == {Party.MODERATOR}
    assert audit.state is AuditState.IN_MODERATION
    assert queries.first_grades_of(moderation) == given
    assert find(history.Event, verb="moderation_revealed").actor_id == who


# M3: they are given once, all of them, and by whoever moderates it.
def test_what_cannot_be_committed(context, council) -> None:
    moderation = taken(council, a_blind_audit(council))
    who, given = council.people[MODERATOR], first_grades(moderation)
    for code in given:
        without = {key: grade for key, grade in given.items() if key != code}
        with pytest.raises(services.FirstGradeNeeded) as caught:
            services.commit_first(moderation, without, by=who, at=now())
        assert caught.value.field == f"{code}_grade"
    # The seed may choose any section: one that it did not choose here.
    other = next(code for code in ("chronology", "recording") if code not in given)
    with pytest.raises(services.FirstGradeNeeded, match="The others follow"):
        services.commit_first(moderation, given | {other: GOOD}, by=who, at=now())
    for key in ("auditor", "review_head"):
        with pytest.raises(services.NotYours):
            services.commit_first(moderation, given, by=council.people[key], at=now())
    services.commit_first(moderation, given, by=who, at=now())
    with pytest.raises(services.NothingHidden, match="committed your first grades already"):
        services.commit_first(moderation, given, by=who, at=now())
    assert len(_rows(moderation.audit, GradeSource.MODERATOR_BLIND)) == len(given)


def test_a_sighted_moderation_has_no_first_grades(context, council) -> None:
    moderation = taken(council, submitted(council, auditor="auditor"))
    with pytest.raises(services.NothingHidden):
        services.commit_first(moderation, {"overall": GOOD}, by=council.people[MODERATOR], at=now())
    who = council.people[MODERATOR]
    with pytest.raises(audits.NotBlindModerator):
        audits.reveal_to(moderation.audit, who, who, now())


# M3, M6: what one has not seen one cannot ask to have corrected; it is given back instead.
def test_it_is_not_returned_before_the_first_grades(context, council) -> None:
    moderation = taken(council, a_blind_audit(council))
    who, pins = council.people[MODERATOR], [audits.Pin("Say who saw him.")]
    with pytest.raises(services.GradesFirst):
        services.send_back(moderation, pins=pins, by=who, at=now())
    assert moderation.audit.state is AuditState.IN_MODERATION


# --- The pages


def _send_first(app, head, moderation_id, grade: str = "good", **more: str):
    with app.app_context():
        codes = db.session.get_one(Moderation, moderation_id).blind_sections
    data = {f"{code}_grade": grade for code in [*codes, "overall"]} | {"opened_record": "y"}
    path = f"/moderation/{moderation_id}/first-grades"
    return head.submit(path, {key: each for key, each in (data | more).items() if each})


def test_taking_a_blind_one_leads_to_the_first_grades(app, council, client_for) -> None:
    with app.app_context(), saving():
        audit_id = a_blind_audit(council).id
    head = client_for(council.people[MODERATOR])
    answer = head.send(f"/moderation/audits/{audit_id}/start", follow_redirects=True)
    page = html.unescape(answer.text)
    assert "First grades for audit" in page
    assert "Grade it first without seeing how its auditor graded it" in page
    # What they are graded against, and what they are graded on.
    assert "Evidence about risk" in page
    assert "Your grade for the audit as a whole" in page
    assert page.count("Your grade for") == 3
    with app.app_context():
        risk = next(s for s in find(Audit).tool_version.sections if s.limiting is Limiting.RISK)
        assert all(words in page for words in risk.descriptors.values())


# M3: then what the auditor judged is shown; M2: the record was opened.
def test_from_the_first_grades_to_the_moderation(app, council, client_for) -> None:
    _, moderation_id = taken_blind(app, council)
    head, path = client_for(council.people[MODERATOR]), f"/moderation/{moderation_id}"
    assert head.get(path).location.endswith("/first-grades")
    refused = _send_first(app, head, moderation_id, overall_grade="", opened_record="")
    assert refused.status_code == 400
    assert "Select a grade for the audit as a whole" in refused.text
    assert "Confirm that you opened the child’s record" in refused.text
    answer = _send_first(app, head, moderation_id)
    assert answer.location == path
    page = head.get(path).text
    assert "Your first grades are kept as you gave them" in page
    assert "What weighed most" in page
    # Once: the page leads on from now on, and sending it again changes nothing.
    assert head.get(f"{path}/first-grades").location == path
    assert head.send(f"{path}/first-grades", {"overall_grade": "inadequate"}).status_code == 302
    with app.app_context():
        moderation = find(Moderation)
        assert moderation.opened_record is True
        assert set(queries.first_grades_of(moderation).values()) == {GOOD}


def test_the_audits_own_page_leads_a_blind_moderator_to_the_moderation(
    app, council, client_for
) -> None:
    audit_id, _ = taken_blind(app, council)
    page = client_for(council.people[MODERATOR]).get(f"/audits/{audit_id}")
    assert page.status_code == 200
    assert "You are moderating this audit" in page.text
    # Another head of another service is refused as ever.
    assert client_for(council.people["review_head"]).get(f"/audits/{audit_id}").status_code == 403


@pytest.mark.parametrize(
    ("key", "status"), [("auditor", 403), ("director", 403), ("review_head", 404), ("viewer", 404)]
)
def test_nobody_else_gives_its_first_grades(app, council, client_for, key, status) -> None:
    _, moderation_id = taken_blind(app, council)
    client, path = client_for(council.people[key]), f"/moderation/{moderation_id}/first-grades"
    assert client.get(path).status_code == status
    assert client.send(path, {"overall_grade": "good"}).status_code == status


# M3: whoever moderated it before is a moderator of the audit, and this is not theirs.
def test_a_moderator_from_before_does_not_grade_in_the_place_of_the_new_one(
    app, council, client_for
) -> None:
    _, moderation_id = taken_blind(app, council)
    with app.app_context(), saving():
        who = db.session.get_one(Person, council.people["review_head"])
        party = AuditParty(party=Party.MODERATOR, person_id=who.id, name=who.name)
        party.audit_id = find(Audit).id
        db.session.add(party)
    client = client_for(council.people["review_head"])
    path = f"/moderation/{moderation_id}/first-grades"
    assert client.get(path).status_code == 409
    assert client.send(path, {"overall_grade": "good"}).status_code == 409


# M3, AZ-6: every other way to go on is closed until then, and says nothing of what is hidden.
@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/moderation/{moderation}", {"overall_view": "agree", "feedback": "Clear."}, 302),
        ("/moderation/{moderation}/return", {"shown": "1", "says_0": "Say who."}, 409),
        ("/moderation/{moderation}/decide", {"overall_grade": "good"}, (302, 409)),
        ("/moderation/audits/{audit}/talk", {"text": "How did you grade it?"}, 403),
        ("/moderation/audits/{audit}/answer", {}, 403),
        ("/audits/{audit}/raise-action", {"what": "See him.", "kind": "priority"}, 403),
        ("/audits/{audit}/thanks", {"text": "Well done."}, 403),
        ("/audits/{audit}/amend", {}, 403),
    ],
)
def test_nothing_else_is_done_before_the_first_grades(
    app, council, client_for, path, data, status
) -> None:
    audit_id, moderation_id = taken_blind(app, council, grade="inadequate")
    head = client_for(council.people[MODERATOR])
    token = head.token_in(head.get(f"/moderation/{moderation_id}/first-grades").text)
    answer = head.send(path.format(audit=audit_id, moderation=moderation_id), data, token=token)
    assert answer.status_code in (status if isinstance(status, tuple) else (status,))
    assert "inadequate" not in answer.text.lower()
    with app.app_context():
        assert find(Moderation).hidden
        assert find(Audit).state is AuditState.IN_MODERATION
        assert db.session.query(GradeRow).filter(GradeRow.source != GradeSource.AUDITOR).all() == []


# A9: a blind moderator who is worried raises a concern at once, and goes on blind afterwards.
def test_a_concern_can_be_raised_and_the_first_grades_follow(app, council, client_for) -> None:
    audit_id, moderation_id = taken_blind(app, council)
    head = client_for(council.people[MODERATOR])
    path = f"/moderation/{moderation_id}/first-grades"
    assert f"/audits/{audit_id}/concern" in head.get(path).text
    sent = {"answered": "no", "worry": "Nobody has seen him for weeks.", "siblings": ""}
    answer = head.submit(f"/audits/{audit_id}/concern", sent, follow_redirects=True)
    assert "Concern raised." in answer.text
    page = head.get(path)
    assert "A significant-harm concern is open on this child." in page.text
    assert "/concerns/" in page.text
    with app.app_context():
        assert find(Moderation).hidden
    assert _send_first(app, head, moderation_id).status_code == 302


def test_the_page_costs_the_same_few_queries(app, council, client_for) -> None:
    _, moderation_id = taken_blind(app, council)
    head = client_for(council.people[MODERATOR])
    with count_queries(app) as asked:
        assert head.get(f"/moderation/{moderation_id}/first-grades").status_code == 200
    assert len(asked) <= 16, asked


# M3: somebody who is given a role for the audited service in the middle of it stays blind.
def test_a_new_role_opens_nothing_before_the_first_grades(app, council, client_for) -> None:
    audit_id, moderation_id = taken_blind(app, council)
    with app.app_context(), saving():
        grant(council, MODERATOR, Role.MODERATOR, Scope.SERVICE, "SAFE")
    head = client_for(council.people[MODERATOR])
    assert "You are moderating this audit" in head.get(f"/audits/{audit_id}").text
    assert head.get(f"/moderation/audits/{audit_id}").status_code == 403
    assert head.get(f"/moderation/{moderation_id}/first-grades").status_code == 200


# M1: an audit that was not chosen is nobody's to moderate, unless somebody is worried.
def test_an_audit_that_was_not_chosen_is_not_taken(context, council) -> None:
    hold("moderated_share", 0)
    hold("first_audits_moderated", 0)
    audit = submitted(council, auditor="auditor", checked=False)
    audit.facts_until = now().date() - timedelta(days=1)
    db.session.flush()
    with pytest.raises(services.NotChosen, match="its auditor’s grade stands"):
        taken(council, audit)
    a_concern(audit)
    assert taken(council, audit).mode is ModerationMode.SIGHTED
