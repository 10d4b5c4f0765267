"""Waivers of moderation by the corporate director (M2, S6)."""

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from qa_app import history
from qa_app.accounts.models import Person, Post, PostHolding, PostKind
from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Party, Role, Scope
from qa_app.domain.workflow import AuditState
from qa_app.moderation import queries, services
from qa_app.moderation.models import Moderation, ModerationWaiver
from qa_app.moderation.queries.waivers import all_waivers
from qa_app.moderation.services import waiving
from qa_app.notify.models import Notice
from tests.council import STARTED, Council, grant
from tests.moderation.choosing import chosen
from tests.moderation.dialogue import disputed
from tests.moderation.factory import a_submitted_audit, tie
from tests.queries import count_queries

TODAY = london_date(now())
WHY = "Everybody else is away"


def waive(council: Council, audit: Audit, key: str, **more: object) -> ModerationWaiver:
    fixed = {"reason": WHY, "by": council.people["director"], "at": now()}
    return waiving.waive(audit, council.people[key], **(fixed | more))


def reasons(council: Council, audit: Audit, key: str) -> list[str]:
    return [bar.reason for bar in queries.review_of(audit, council.people[key], TODAY).bars]


def moderators(council: Council, *keys: str) -> None:
    for key in keys:
        grant(council, key, Role.MODERATOR, Scope.SERVICE, "REV")
    db.session.flush()


LIFTED = [
    # M2: the auditor's line manager
    ("head", None, "is the auditor's line manager"),
    # M2: the second auditor's line manager
    ("other_head", Party.CO_AUDITOR, "is the second auditor's line manager"),
    # M2: the people of the case
    ("review_head", Party.IRO, "is this child's independent reviewing officer"),
    ("review_head", Party.CHAIR, "is this child's conference chair"),
    ("review_head", Party.TEAM_MANAGER, "is this child's team manager"),
    ("review_head", Party.SOCIAL_WORKER, "is this child's social worker"),
]


@pytest.mark.parametrize(("key", "party", "reason"), LIFTED)
def test_a_waiver_lifts_the_bars_of_one_person_and_one_audit(
    context: Flask, council: Council, key: str, party: Party | None, reason: str
) -> None:
    audit, other = a_submitted_audit(council), a_submitted_audit(council)
    for each in (audit, other):
        if party is not None:
            who = "other_auditor" if party is Party.CO_AUDITOR else key
            tie(council, each, who, party)
    assert reasons(council, audit, key) == [reason]
    with saving():
        waiver = waive(council, audit, key)
    assert (waiver.bars, waiver.reason) == ([reason], WHY)
    assert reasons(council, audit, key) == []
    assert queries.review_of(audit, council.people[key], TODAY).waived
    assert reasons(council, other, key) == [reason]
    person = db.session.get_one(Person, council.people[key])
    assert services.start(audit, person, by=person.id, at=now()).state == "open"


# S6: with the child's chair a colleague of the auditor, the moderator is from another service.
def test_it_lifts_the_bar_of_the_same_service_too(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council, auditor="iro")
    (bar, line) = reasons(council, audit, "review_head")[::-1]
    assert "is from the service of the auditor" in bar
    assert line == "is the auditor's line manager"
    assert waive(council, audit, "review_head").bars == [line, bar]
    assert reasons(council, audit, "review_head") == []


# M2: never the bar "did this audit", of either auditor, also where a row says so.
@pytest.mark.parametrize("party", [None, Party.CO_AUDITOR])
def test_nobody_ever_moderates_their_own_audit(
    context: Flask, council: Council, party: Party | None
) -> None:
    auditor = "iro" if party is None else "auditor"
    audit = a_submitted_audit(council, auditor=auditor, case="100003")
    if party is not None:
        tie(council, audit, "iro", party)
    moderators(council, "iro")
    with pytest.raises(waiving.NothingToWaive, match="Iris Reviewer did this audit"):
        waive(council, audit, "iro")
    db.session.add(
        ModerationWaiver(
            audit_id=audit.id,
            moderator_id=council.people["iro"],
            bars=["x"],
            reason="x",
            granted_by=council.people["director"],
            granted_at=now(),
        )
    )
    db.session.flush()
    assert reasons(council, audit, "iro") == ["did this audit"]


REFUSED = [
    # M2: never for oneself
    ("director", {}, waiving.OwnWaiver, "nobody waives a conflict of their own", "moderator"),
    # M2: with a reason
    ("head", {"reason": " "}, waiving.WaiverNeedsReason, "Enter the reason", "reason"),
    # M2: only where there is something to waive
    ("review_head", {}, waiving.NothingToWaive, "no waiver is needed", "moderator"),
    # M2: only for somebody who moderates
    ("iro", {}, waiving.NothingToWaive, "Select somebody who is a moderator", "moderator"),
]


@pytest.mark.parametrize(("key", "more", "error", "words", "field"), REFUSED)
def test_what_is_not_waived(
    context: Flask, council: Council, key: str, more: dict[str, object], error, words, field
) -> None:
    audit = a_submitted_audit(council)
    with pytest.raises(error, match=words) as refused:
        waive(council, audit, key, **more)
    assert refused.value.field == field
    assert db.session.query(ModerationWaiver).count() == 0


def test_only_for_an_audit_that_waits(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council)
    audit.state = AuditState.IN_MODERATION
    db.session.flush()
    with pytest.raises(waiving.NoModeratorNeeded, match="waits for no moderator now"):
        waive(council, audit, "head")


# M3: a waiver does not make blind what somebody has read.
def test_it_does_not_lift_the_bar_of_a_blind_moderation(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council)
    chosen(audit, blind=True)
    waive(council, audit, "head")
    (row,) = queries.queue_for(council.people["head"], TODAY).barred
    assert row.reasons == ("can already read this audit, so cannot moderate it blind",)


# M5: nor the bars of a second moderator.
def test_it_does_not_make_anybody_senior(context: Flask, council: Council) -> None:
    audit = disputed(council)
    waive(council, audit, "head")
    bars = queries.second_review_of(audit, council.people["head"], TODAY).bars
    assert [bar.reason for bar in bars] == ["is not senior to the first moderator"]


# I1: in the history; the QA lead is told once.
def test_it_is_recorded_and_the_qa_lead_is_told(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council)
    with saving():
        waiver = waive(council, audit, "head")
    event = history.timeline(audit_id=audit.id)[0]
    assert (event.verb, event.actor_id) == ("moderation_waived", council.people["director"])
    (notice,) = db.session.query(Notice).filter(Notice.key.startswith("moderation-waiver:"))
    assert notice.person_id == council.people["qa_lead"]
    assert notice.subject == (
        f"A conflict was waived for the moderation of audit {audit.reference}"
    )
    with pytest.raises(waiving.NothingToWaive, match="stands already"):
        waive(council, audit, "head")
    with saving():
        waiving.end_waiver(waiver, by=council.people["director"], at=now())
        waiving.end_waiver(waiver, by=council.people["director"], at=now())
    verbs = [event.verb for event in history.timeline(audit_id=audit.id)]
    assert verbs.count("moderation_waiver_ended") == 1
    assert reasons(council, audit, "head") == ["is the auditor's line manager"]
    assert waive(council, audit, "head").ended_at is None


def test_the_database_refuses_a_waiver_for_oneself(context: Flask, council: Council) -> None:
    audit, director = a_submitted_audit(council), council.people["director"]
    db.session.add(
        ModerationWaiver(
            audit_id=audit.id,
            moderator_id=director,
            bars=["x"],
            reason="x",
            granted_by=director,
            granted_at=now(),
        )
    )
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_the_list_says_what_stands_and_what_was_used(context: Flask, council: Council) -> None:
    made = [a_submitted_audit(council) for _ in range(3)]
    waivers = [waive(council, audit, "head") for audit in made]
    waiving.end_waiver(waivers[0], by=council.people["director"], at=now())
    head = db.session.get_one(Person, council.people["head"])
    services.start(made[1], head, by=head.id, at=now())
    rows = {row.audit.reference: row for row in all_waivers()}
    assert [rows[audit.reference].state for audit in made] == ["Ended", "Used", "Stands"]
    assert {row.granted_by for row in rows.values()} == {"Dora Director"}


# --- Pages


def _promoted(council: Council, key: str) -> None:
    post = Post(
        title="Director of children’s services", kind=PostKind.CORPORATE_DIRECTOR, rank=80,
        line=True, team_id=council.teams["ROOT"],
    )  # fmt: skip
    db.session.add(post)
    db.session.flush()
    db.session.add(PostHolding(post_id=post.id, person_id=council.people[key], started_on=STARTED))


def _made(app: Flask, council: Council, *ties: tuple[str, Party]) -> tuple[str, str]:
    with app.app_context(), saving():
        audit = a_submitted_audit(council)
        for key, party in ties:
            tie(council, audit, key, party)
        return str(audit.id), audit.reference


def test_the_director_waives_a_conflict_on_a_page(app: Flask, council: Council, client_for) -> None:
    audit_id, reference = _made(app, council, ("director", Party.CHAIR))
    client = client_for(council.people["director"])
    queue = client.get("/moderation/").text
    path = f"/moderation/audits/{audit_id}/waive"
    assert path in queue
    page = client.get(path).text
    assert "Hugh Head, " in page
    assert "is the auditor&#39;s line manager" in page
    # Their own conflict is not offered.
    assert f'value="{council.people["director"]}"' not in page
    answer = client.submit(path, {"moderator": str(council.people["head"]), "reason": ""})
    assert answer.status_code == 400
    assert "Enter the reason for the waiver" in answer.text
    data = {"moderator": str(council.people["head"]), "reason": WHY}
    answer = client.submit(path, data, follow_redirects=True)
    assert f"Hetty Head may moderate audit {reference}" in answer.text
    assert WHY in answer.text
    head = client_for(council.people["head"])
    token = head.token_in(head.get("/moderation/").text)
    assert "Conflict waived" in head.get("/moderation/").text
    assert head.send(f"/moderation/audits/{audit_id}/start", token=token).status_code == 302
    assert "Used" in client.get("/moderation/waivers").text


# M2: the people of the case too, whom no role lets ask otherwise.
@pytest.mark.parametrize(("waived", "status"), [(True, 302), (False, 409)])
def test_somebody_of_the_case_takes_it_by_a_waiver(
    app: Flask, council: Council, client_for, waived: bool, status: int
) -> None:
    audit_id, _ = _made(app, council, ("review_head", Party.IRO))
    if waived:
        with app.app_context(), saving():
            waive(council, db.session.query(Audit).one(), "review_head")
    client = client_for(council.people["review_head"])
    token = client.token_in(client.get("/moderation/").text)
    answer = client.send(f"/moderation/audits/{audit_id}/start", token=token)
    assert answer.status_code == status
    with app.app_context():
        assert db.session.query(Moderation).count() == waived


def test_somebody_of_the_case_decides_a_dispute_by_a_waiver(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        _promoted(council, "review_head")
        audit = disputed(council)
        tie(council, audit, "review_head", Party.CHAIR)
        waive(council, audit, "review_head")
        path = f"/moderation/audits/{audit.id}/second"
    client = client_for(council.people["review_head"])
    page = client.get("/moderation/").text
    assert "A second moderator is wanted: 1 audit" in page
    assert client.send(path, token=client.token_in(page)).status_code == 302


def test_a_waiver_is_ended_on_the_list(app: Flask, council: Council, client_for) -> None:
    _, reference = _made(app, council)
    with app.app_context(), saving():
        waiver_id = waive(council, db.session.query(Audit).one(), "head").id
    path = f"/moderation/waivers/{waiver_id}/end"
    lead = client_for(council.people["qa_lead"])
    page = lead.get("/moderation/waivers").text
    assert f"Hetty Head, audit {reference}" in page
    assert "End this waiver" not in page
    assert lead.send(path, token=lead.token_in(lead.get("/account").text)).status_code == 403
    client = client_for(council.people["director"])
    answer = client.send(
        path, token=client.token_in(client.get("/moderation/waivers").text), follow_redirects=True
    )
    assert "The waiver for Hetty Head has ended" in answer.text
    assert "Ended on" in answer.text


WHO = [
    # M2: the corporate director grants; the QA lead sees the list; nobody else
    ("director", 200, 200),
    ("qa_lead", 200, 403),
    ("head", 403, 403),
    ("auditor", 403, 403),
    ("viewer", 403, 403),
    ("administrator", 403, 403),
]


@pytest.mark.parametrize(("key", "listed", "grants"), WHO)
def test_who_sees_and_grants_waivers(
    app: Flask, council: Council, client_for, key: str, listed: int, grants: int
) -> None:
    audit_id, _ = _made(app, council)
    client = client_for(council.people[key])
    assert client.get("/moderation/waivers").status_code == listed
    assert client.get(f"/moderation/audits/{audit_id}/waive").status_code == grants


def test_an_empty_list_and_an_audit_with_nothing_to_waive(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        audit = a_submitted_audit(council)
        audit.state = AuditState.IN_MODERATION
        path = f"/moderation/audits/{audit.id}/waive"
    client = client_for(council.people["director"])
    assert "No conflict has been waived" in client.get("/moderation/waivers").text
    assert "There is no conflict to waive." in client.get(path).text
    missing = "/moderation/waivers/00000000-0000-0000-0000-000000000000/end"
    token = client.token_in(client.get("/account").text)
    assert client.send(missing, token=token).status_code == 404


def test_the_list_asks_the_same_few_questions_for_one_and_for_many(
    app: Flask, council: Council, client_for
) -> None:
    counts = []
    for number in (1, 9):
        with app.app_context(), saving():
            for _ in range(number):
                waive(council, a_submitted_audit(council), "head")
        client = client_for(council.people["qa_lead"])
        with count_queries(app) as asked:
            client.get("/moderation/waivers")
        counts.append(len(asked))
    assert counts[0] == counts[1], counts
