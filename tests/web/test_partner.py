"""I2: somebody of a partner agency sees the one audit that is shared with them, and no more."""

from uuid import UUID, uuid4

import pytest
from flask import Flask

from qa_app.accounts import sessions
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditText
from qa_app.database import db, now, saving
from qa_app.domain.workflow import AuditState
from tests.audits.moving import put_into, share_outside
from tests.council import Council
from tests.web.access_matrix import World, build_world, routes, visit
from tests.web.filling import crawl, marked, read
from tests.web.test_canaries import TABLES, Planted

pytestmark = pytest.mark.one_database
PARTNER = "partner"
# What anybody with a session has, and what is about no case: the tools and the standards (T4).
# The read API knows keys, and no session.
REFUSED = (401, 403, 404)
EVERYBODYS = {
    "home.index", "home.notices", "home.health", "home.accessibility", "home.open_notice",
    "accounts.my_account", "accounts.change_password", "accounts.end_other_sessions",
    "accounts.mail_choice",
    "accounts.forgotten", "accounts.sign_in", "accounts.choose_password", "accounts.session",
    "accounts.stay_signed_in", "audits.what_to_expect", "standards.tools", "standards.tool",
    "standards.tool_version", "standards.tool_preview", "standards.tool_section_preview",
    "standards.tool_file", "standards.compare_tools", "standards.practice_library",
    "standards.practice_standard", "standards.theme_list", "standards.theme",
}  # fmt: skip
# Staff with no part in the audit, nor in telling of a concern about its child.
STRANGERS = ["Otto Auditor", "Iris Reviewer", "Vera Viewer", "Andy Admin", "Hugh Head"]
OF_THE_AUDIT = [
    "", "/sections/risk", "/findings", "/voices", "/overall", "/review", "/concern", "/interest",
]  # fmt: skip


@pytest.fixture
def world(app: Flask) -> World:
    """The world of the access matrix, with a partner on the draft, and on nothing else."""
    world = build_world(app)
    with app.app_context(), saving():
        people = {person.staff_id: person.id for person in db.session.query(Person)}
        council = Council(people={"qa_lead": people["S-qa_lead"]})
        assert world.draft_id is not None
        who = share_outside(council, db.session.get_one(Audit, world.draft_id))
        account = db.session.get_one(Person, who).account
        for _, _, rule in routes(app):
            for name in rule.arguments:
                # Of what the world has none: something that is not there.
                world.arguments.setdefault(name, uuid4())
        world.tokens[PARTNER] = str(sessions.begin(account, at=now()).id)
    return world


@pytest.fixture
def planted(app: Flask, world: World) -> Planted:
    """Words in every text of another audit, its concern, its action and its moderation."""
    found = Planted(world)
    with app.app_context(), saving():
        found.plant()
    return found


def test_not_one_word_of_another_audit_is_found(world: World, planted: Planted) -> None:
    assert planted.audit_id != world.draft_id
    own = [f"/audits/{world.draft_id}{each}" for each in OF_THE_AUDIT]
    others = [world.path(endpoint, rule) for endpoint, method, rule in routes(world.app)
              if method == "GET"]  # fmt: skip
    searches = [f"/audits?q={word}" for word in ("100003", "A-2026")]
    words = [*planted.of(*TABLES), *STRANGERS]
    found, opened = [], 0
    for answer in crawl(world.client(PARTNER), ["/", *own, *others, *searches]):
        opened += answer.status_code == 200
        if answer.mimetype == "application/pdf":
            assert answer.request.path.startswith(f"/audits/{world.draft_id}/")
            continue
        found += [(answer.request.full_path, word) for word in marked(answer, words)]
    assert found == []
    assert opened > len(OF_THE_AUDIT)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_other_page_refuses(world: World, method: str) -> None:
    # AZ-1: on the objects of somebody else, the audit among them
    shared, world.draft_id = world.draft_id, UUID(str(world.arguments["audit_id"]))
    opened = {
        endpoint: status
        for endpoint, each, rule in routes(world.app)
        if each == method and endpoint not in EVERYBODYS
        and (status := visit(world, PARTNER, endpoint, each, rule)) not in REFUSED
    }  # fmt: skip
    assert shared != world.draft_id
    assert opened == {}


def test_the_audit_itself_opens_and_every_link_of_its_pages_too(world: World) -> None:
    # A page without a way out, or with one that is closed, leaves somebody from outside stuck.
    client, dead = world.client(PARTNER), []
    for each in OF_THE_AUDIT:
        path = f"/audits/{world.draft_id}{each}"
        page = client.get(path)
        assert page.status_code == 200, path
        for link in read(path, page.text).links:
            if link.startswith("/") and client.get(link).status_code >= 400:
                dead.append((path, link))
    assert dead == []


def test_home_leads_to_the_audit_and_to_nothing_that_is_closed(world: World) -> None:
    client = world.client(PARTNER)
    home = client.get("/")
    links = read("/", home.text).links
    assert f"/audits/{world.draft_id}" in links
    assert "/audits" not in links
    assert [link for link in links if client.get(link).status_code >= 400] == []
    assert 'role="search"' not in home.text


READS = [
    # I2: in every state, until the account ends
    *AuditState,
]


@pytest.mark.parametrize("state", READS)
def test_the_partner_reads_it_as_its_auditor_does(app: Flask, world: World, state) -> None:
    word = f"canary{uuid4().hex[:12]}"
    audit_id = world.draft_id
    assert audit_id is not None
    with app.app_context(), saving():
        author = db.session.get_one(Audit, audit_id).auditor_id
        db.session.add(
            AuditText(
                audit_id=audit_id, field="risk.impact", text=word, salt="0" * 32,
                saved_at=now(), saved_by=author,
            )
        )  # fmt: skip
        put_into(state, audit_id)
    client = world.client(PARTNER)
    assert client.get(f"/audits/{audit_id}").status_code == 200
    is_open = state in (AuditState.GIVEN, AuditState.IN_PROGRESS, AuditState.RETURNED)
    shown = client.get(f"/audits/{audit_id}" + ("/sections/risk" if is_open else "")).text
    assert (word in shown) is (state is not AuditState.WITHDRAWN)


def test_after_the_final_grade_home_still_leads_to_it(app: Flask, world: World) -> None:
    # I2: there is no list to find it in
    assert world.draft_id is not None
    with app.app_context(), saving():
        put_into(AuditState.FINAL, world.draft_id)
    assert f"/audits/{world.draft_id}" in read("/", world.client(PARTNER).get("/").text).links
