"""The access matrix: who gets which answer at every route, on somebody else's objects."""

import csv
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from qa_app.accounts import sessions
from qa_app.accounts.models import Account, JobTitle, Person, RoleGrant
from qa_app.audits import services as audits
from qa_app.audits.models import Audit, FactCheck, FactPoint, TextVersion
from qa_app.cases.models import ImportKind, ImportRun
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Party
from qa_app.extensions import Base
from qa_app.moderation import services as moderation
from qa_app.notify.models import Job, Notice
from qa_app.tracker.models import Action
from tests.audits.making import Writer, given
from tests.client import CheckedClient
from tests.council import build_council
from tests.moderation.factory import a_submitted_audit
from tests.web.after_world import after_of
from tests.web.moderation_world import moderation_of
from tests.web.programme_world import OF_TOOLS, programme_of
from tests.web.reporting_world import reporting_of

MATRIX = Path(__file__).parent.parent / "data" / "access-matrix.csv"
METHODS = ("GET", "POST")
# Who asks; the objects belong to `auditor`, `other_head` moderates, `manager` owns the action.
PEOPLE = (
    "nobody", "auditor", "other_auditor", "head", "other_head", "director", "worker", "manager",
    "chair", "qa_lead", "viewer", "administrator", "deactivated",
)  # fmt: skip
DEACTIVATED = "iro"
# These ask about a draft.
ON_A_DRAFT = (
    "audits.section", "audits.findings", "audits.voices", "audits.overall",
    "audits.review", "audits.submit", "audits.save_text", "audits.remove_finding",
    "audits.finding", "audits.theme_suggestions", "audits.identifying", "audits.versions",
    "audits.version", "audits.conversation", "audits.conversation_file", "audits.guests_file",
    "audits.call_off_conversation", "audits.contribution", "audits.co_auditor",
    "audits.invite_partner", "audits.take_off", "audits.unstart", "audits.withdraw",
)  # fmt: skip
# These about one whose facts are being checked.
ON_A_CHECK = (
    "audits.facts", "audits.points", "audits.answer_point", "audits.correct_facts",
    "audits.acknowledge", "audits.reply",
)  # fmt: skip
# These about one that nobody has taken.
ON_A_WAITING_ONE = (
    "moderation.start", "moderation.give_to", "moderation.take_off", "moderation.waive",
)  # fmt: skip
# A matrix would only measure the sign-in page: these have tests of their own.
LEFT_OUT = ("static", "accounts.sign_out")
# Not part of what a GET may change: access events and session times.
MAY_CHANGE = {"event", "chain_head", "sign_in_session"}


@dataclass
class World:
    """The app, the arguments of routes, and a session for each person."""

    app: Flask
    arguments: dict[str, object] = field(default_factory=dict)
    draft_id: UUID | None = None
    waiting_id: UUID | None = None
    checked_id: UUID | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    by_endpoint: dict[str, dict[str, object]] = field(default_factory=dict)

    def client(self, person: str) -> CheckedClient:
        """A client with this person's session."""
        client = self.app.test_client()
        if person in self.tokens:
            with client.session_transaction() as cookie:
                cookie["_user_id"] = self.tokens[person]
                cookie["_fresh"] = True
        return client

    def path(self, endpoint: str, rule: Rule) -> str:
        """The address of a route on this world's objects."""
        known = self.arguments | (OF_TOOLS if endpoint.startswith("standards.") else {})
        known |= self.by_endpoint.get(endpoint, {})
        values = {name: known[name] for name in rule.arguments}
        if endpoint in ON_A_DRAFT:
            values["audit_id"] = self.draft_id
        if endpoint in ON_A_CHECK:
            values["audit_id"] = self.checked_id
        if endpoint in ON_A_WAITING_ONE:
            values["audit_id"] = self.waiting_id
        with self.app.test_request_context():
            return str(rule.build(values, append_unknown=False)[1])  # type: ignore[index]


def build_world(app: Flask) -> World:
    """The council with one object of each kind, and everybody signed in."""
    world = World(app)
    with app.app_context(), saving():
        council = build_council()
        draft = given(council, case="100001", auditor="auditor", at=now())
        audit = a_submitted_audit(council, case="100003", auditor="auditor")
        waiting = a_submitted_audit(council, case="100004", auditor="auditor")
        checked = a_submitted_audit(council, case="100002", auditor="auditor")
        head = db.session.get_one(Person, council.people["other_head"])
        taken = moderation.start(audit, head, by=head.id, at=now())
        concern = audits.raise_concern(
            audit, worry="A worry.", siblings="", by=council.people["auditor"], at=now()
        )
        world.draft_id, world.waiting_id, world.checked_id = draft.id, waiting.id, checked.id
        world.arguments = {
            "audit_id": audit.id,
            "moderation_id": taken.id,
            "concern_id": concern.id,
            "action_id": db.session.scalars(select(Action.id)).first(),
            "person_id": council.people["worker"],
            "code": "risk",
            "finding_id": uuid4(),
            "field": "risk.evidence",
            "version_id": _an_earlier_text(draft),
            "point_id": _a_point(checked, council.people["worker"]),
            "name": "expected_audits",
            "standard_number": "1.1",
            "token": "not-a-token",
            **_odds_and_ends(council.people["worker"]),
            **programme_of(council),
        }
        of_moderation = moderation_of(council)
        of_reports = reporting_of(council)
        world.by_endpoint = (
            of_moderation.by_endpoint | after_of(council).by_endpoint | of_reports.by_endpoint
        )
        world.arguments |= of_moderation.arguments | of_reports.arguments
        for key, person_id in council.people.items():
            world.tokens[key] = _session(person_id)
        world.tokens["deactivated"] = world.tokens.pop(DEACTIVATED)
        closed = select(Account).where(Account.person_id == council.people[DEACTIVATED])
        db.session.scalars(closed).one().closed_at = now()
    return world


def _an_earlier_text(draft: Audit) -> UUID:
    """Two texts of one box, of which the first was replaced by somebody else's."""
    worlds = {"risk.evidence": "What was written first, and stood for a while"}
    Writer(draft, draft.auditor_id, now())(worlds)
    other = {"risk.evidence": "Written anew"}
    Writer(draft, draft.auditor_id, now() + timedelta(minutes=10))(other)
    db.session.flush()
    return db.session.scalars(select(TextVersion.id)).one()


def _a_point(checked: Audit, worker_id: UUID) -> UUID:
    """Something that the social worker says is not right."""
    at = now()
    checked.facts_until = london_date(at)
    check = FactCheck(
        audit_id=checked.id, person_id=worker_id, party=Party.SOCIAL_WORKER, asked_at=at,
        due_on=checked.facts_until, agreed=False, answered_at=at,
    )  # fmt: skip
    point = FactPoint(says="The visit was on 4 May", added_at=at, check=check)
    db.session.add(point)
    db.session.flush()
    return point.id


def _session(person_id: UUID) -> str:
    account = db.session.scalars(select(Account).where(Account.person_id == person_id)).one()
    return str(sessions.begin(account, at=now()).id)


def _odds_and_ends(person_id: UUID) -> dict[str, object]:
    run = ImportRun(kind=ImportKind.SSD, file_name="extract", at=now(), counts={})
    job = Job(
        kind="ssd_preview",
        arguments={"upload": "none", "as_at": "2026-11-01"},
        created_at=now(),
        result={},
    )
    notice = Notice(
        person_id=person_id, email="w@example.test", subject="A notice", body="Look.", path="/",
        key="matrix", created_at=now() - timedelta(days=1),
    )  # fmt: skip
    db.session.add_all([run, job, notice])
    db.session.flush()
    return {
        "run_id": run.id,
        "job_id": job.id,
        "notice_id": notice.id,
        "grant_id": db.session.scalars(
            select(RoleGrant.id).where(RoleGrant.person_id == person_id)
        ).first(),
        "title_id": db.session.scalars(select(JobTitle.id)).first(),
    }


def routes(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    """(endpoint, method, rule) of every route of the map."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        for method in METHODS:
            if rule.endpoint not in LEFT_OUT and method in (rule.methods or ()):
                yield rule.endpoint, method, rule


def visit(world: World, person: str, endpoint: str, method: str, rule: Rule) -> int:
    """The status that this person gets; a POST is sent empty, on the world as it was built."""
    client = world.client(person)
    path = world.path(endpoint, rule)
    if method == "GET":
        return client.get(path).status_code
    with restored(world):
        # The lightest page with a form: sign-in, or for those signed in its "Sign out" button.
        form = client.get("/accessibility" if person in world.tokens else "/sign-in")
        token = client.token_in(form.text) or client.token_in(client.get("/sign-in").text)
        return client.send(path, {}, token=token).status_code


@contextmanager
def restored(world: World) -> Iterator[None]:
    """Put the (SQLite) database back as it was, once the block has changed it."""
    with world.app.app_context():
        db.session.remove()
        db.engine.dispose()
        path = Path(db.engine.url.database or "")
    kept = path.with_suffix(".kept")
    shutil.copy(path, kept)
    try:
        yield
    finally:
        with world.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for left in ("-wal", "-shm"):
            path.with_name(path.name + left).unlink(missing_ok=True)
        shutil.move(kept, path)


def contents(app: Flask) -> str:
    """A hash of every row of every table that a GET may not change."""
    digest = hashlib.sha256()
    with app.app_context():
        for name, table in sorted(Base.metadata.tables.items()):
            if name not in MAY_CHANGE:
                rows = sorted(str(row) for row in db.session.execute(select(table)))
                digest.update(f"{name}{rows}".encode())
    return digest.hexdigest()


def read_matrix() -> dict[tuple[str, str, str], int]:
    """(endpoint, method, person) → status, as checked in."""
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {
            (row["endpoint"], row["method"], person): int(row[person])
            for row in csv.DictReader(file)
            for person in PEOPLE
        }


def write_matrix(found: dict[tuple[str, str, str], int]) -> None:
    """Write the matrix anew; the difference is for a person to read."""
    pairs = sorted({(endpoint, method) for endpoint, method, _ in found})
    with MATRIX.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["endpoint", "method", *PEOPLE])
        for endpoint, method in pairs:
            writer.writerow(
                [endpoint, method, *(found[endpoint, method, person] for person in PEOPLE)]
            )
