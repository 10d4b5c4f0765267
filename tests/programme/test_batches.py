"""Thematic audits, look-backs and dip samples, outside the cycles (P7)."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.programme import services
from qa_app.programme.models import Batch, BatchAudit, BatchKind
from qa_app.programme.queries import completion
from qa_app.programme.queries.batches import batch_page, running_between
from qa_app.programme.services import BatchPlan
from qa_app.standards.models import Theme, ToolVersion, ToolVersionState
from tests.audits.making import given
from tests.queries import count_queries

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
TODAY = AT.date()


def a_plan(**more):
    """A look-back at 600 decisions with the core tool, from November to January."""
    values = {
        "kind": BatchKind.LOOK_BACK, "name": "600 decisions", "purpose": "", "theme_id": None,
        "tool_code": "core", "number": 600, "starts_on": date(2026, 11, 9),
        "ends_on": date(2027, 1, 29), "report_due_on": date(2027, 2, 12),
    }  # fmt: skip
    return BatchPlan(**values | more)


def a_batch(council, **more):
    return services.plan_batch(a_plan(**more), by=council.people["qa_lead"], at=AT)


def theme_id():
    return db.session.scalars(select(Theme.id).order_by(Theme.name)).first()


def an_audit_of(batch, council, case, auditor, *, state=AuditState.GIVEN, done=None, due=None):
    """An audit of the batch, outside the cycles."""
    audit = given(council, case=case, auditor=auditor, at=AT)
    audit.cycle_month, audit.due_on = None, due or batch.ends_on
    if done:
        audit.completed_on, audit.submitted_at = done, AT
    if state is AuditState.WITHDRAWN:
        audit.withdrawn_at = AT
    audit.state = state
    db.session.add(BatchAudit(audit_id=audit.id, batch_id=batch.id))
    db.session.flush()
    return audit


@pytest.mark.usefixtures("context")
class TestPlanning:
    """What may be planned, and what is refused."""

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            # P7: a thematic audit has its theme
            ({"kind": BatchKind.THEMATIC}, "theme"),
            # P7: the tool says for itself what it asks: it has to be there
            ({"tool_code": "unheard-of"}, "tool"),
            ({"number": 0}, "number"),
            ({"number": 10**8}, "number"),
            # P7: dates of its own
            ({"ends_on": date(2026, 11, 8)}, "ends_on"),
            ({"report_due_on": date(2027, 1, 28)}, "report_due_on"),
        ],
    )
    def test_a_plan_that_cannot_be_is_refused(self, council, more, field):
        with pytest.raises(services.BatchRefused) as refused:
            a_batch(council, **more)
        assert refused.value.field == field

    def test_a_thematic_audit_has_a_theme_a_tool_and_dates(self, council):
        # P7
        batch = a_batch(council, kind=BatchKind.THEMATIC, theme_id=theme_id(), number=20)
        assert (batch.theme.id, batch.tool_code, batch.number) == (theme_id(), "core", 20)
        assert running_between(date(2026, 12, 1), date(2026, 12, 31)) == [batch]
        assert running_between(date(2027, 2, 1), date(2027, 2, 28)) == []

    def test_a_draft_tool_cannot_be_used(self, council):
        db.session.add(
            ToolVersion(
                code="draft", name="A draft", number=1, state=ToolVersionState.DRAFT, graded=True,
                voices=True, gates=True, moderated=True, counts_in_mtm=False,
            )
        )  # fmt: skip
        with pytest.raises(services.BatchRefused):
            a_batch(council, tool_code="draft")

    def test_auditors_have_numbers_of_their_own_and_are_told(self, council):
        # P7: with their own people
        batch, lead = a_batch(council), council.people["qa_lead"]
        people = [council.people[key] for key in ("auditor", "iro")]
        with saving():
            count = services.set_auditors(batch, dict.fromkeys(people, 300), by=lead, at=AT)
        assert count == 2
        assert services.set_auditors(batch, {people[0]: 300}, by=lead, at=AT) == 0
        later = AT + timedelta(hours=1)
        assert services.set_auditors(batch, {people[1]: 0}, by=lead, at=later) == 1
        assert [(each.person_id, each.number) for each in batch.auditors] == [(people[0], 300)]
        notices = db.session.scalars(select(Notice).where(Notice.key.startswith("batch:"))).all()
        assert sorted(n.subject for n in notices) == [
            "Look-back “600 decisions”: 0 audits", "Look-back “600 decisions”: 300 audits",
            "Look-back “600 decisions”: 300 audits",
        ]  # fmt: skip
        sentences = [each.sentence for each in db.session.scalars(select(Event))]
        assert "Planned “Look-back” of 600 audits" in sentences

    def test_what_was_given_bounds_what_changes(self, council):
        batch, lead = a_batch(council), council.people["qa_lead"]
        an_audit_of(batch, council, "100001", "other_auditor")
        with pytest.raises(services.BatchRefused, match="another tool"):
            services.change_batch(batch, a_plan(tool_code="early-help"), by=lead, at=AT)
        with pytest.raises(services.BatchRefused) as refused:
            services.set_auditors(batch, {council.people["other_auditor"]: 0}, by=lead, at=AT)
        assert refused.value.field == f"number_{council.people['other_auditor'].hex}"
        services.change_batch(batch, a_plan(number=1, name="Fewer"), by=lead, at=AT)
        assert (batch.number, batch.name) == (1, "Fewer")

    def test_a_closed_batch_changes_no_more_and_its_audits_stay(self, council):
        # P7
        batch, lead = a_batch(council), council.people["qa_lead"]
        audit = an_audit_of(batch, council, "100001", "other_auditor")
        services.close_batch(batch, by=lead, at=AT)
        assert db.session.get(Audit, audit.id).state is AuditState.GIVEN
        for attempt in (
            lambda: services.close_batch(batch, by=lead, at=AT),
            lambda: services.change_batch(batch, a_plan(), by=lead, at=AT),
            lambda: services.set_auditors(batch, {}, by=lead, at=AT),
        ):
            with pytest.raises(services.BatchClosed):
                attempt()


def test_progress_counts_by_auditor_and_no_month_counts_it(context, council):
    # P7: batches run outside cycles: given, not started, in progress, done, late.
    batch, lead = a_batch(council, number=4), council.people["qa_lead"]
    services.set_auditors(batch, {council.people["auditor"]: 3}, by=lead, at=AT)
    before = date(2026, 11, 1)
    an_audit_of(batch, council, "100001", "auditor", due=before)
    an_audit_of(batch, council, "100003", "auditor", state=AuditState.AWAITING_MODERATION,
                done=date(2026, 11, 2))  # fmt: skip
    an_audit_of(batch, council, "100002", "other_auditor", state=AuditState.IN_PROGRESS)
    an_audit_of(batch, council, "100004", "auditor", state=AuditState.WITHDRAWN)
    page = batch_page(batch.id, TODAY)
    progress = page.progress

    assert (progress.given, progress.done, progress.late) == (3, 1, 1)
    assert (progress.not_started, progress.in_progress) == (1, 1)
    rows = [(each.name, each.number, each.progress.given) for each in page.auditors]
    assert rows == [("Ada Auditor", 3, 2), ("Otto Auditor", 0, 1)]
    november = completion(date(2026, 11, 1), date(2026, 11, 1))[date(2026, 11, 1)]
    assert (november.due, november.done, november.other_due) == (0, 0, 0)


# --- pages


@pytest.fixture
def lead(council, client_for):
    """The QA lead's browser."""
    return client_for(council.people["qa_lead"])


def _sent(**more):
    day = london_date(now())
    dates = {
        f"{name}-{part}": str(getattr(day + timedelta(days=away), part))
        for name, away in (("starts_on", 0), ("ends_on", 60))
        for part in ("day", "month", "year")
    }
    return {
        "kind": "dip_sample", "name": "Contacts", "tool": "core", "number": "150", "save": "1",
    } | dates | more  # fmt: skip


def test_a_batch_is_planned_shared_out_changed_and_closed(app, council, lead):
    assert "None is planned" in lead.get("/programme/batches").text
    answer = lead.submit("/programme/batches/plan", _sent(), follow_redirects=True)
    assert "Planned “Contacts”. Next, say who audits" in answer.text
    with app.app_context():
        batch_id = db.session.scalars(select(Batch.id)).one()
    path, mine = f"/programme/batches/{batch_id}", council.people["auditor"].hex
    assert "Nobody has been named" in lead.get(path).text
    answer = lead.submit(f"{path}/auditors", {f"number_{mine}": "100"}, follow_redirects=True)
    assert "The auditors are asked for 100 audits, and 150 are planned" in answer.text
    assert re.search(rf'name="number_{mine}"[^>]*value="100"', lead.get(f"{path}/auditors").text)
    answer = lead.submit(f"{path}/change", _sent(number="100"), follow_redirects=True)
    assert "Changed “Contacts”" in answer.text
    assert "0 of 100 (0%)" in answer.text
    answer = lead.submit(f"{path}/close", {"close": "1"}, follow_redirects=True)
    assert "“Contacts” is closed" in answer.text
    assert "Closed on" in lead.get("/programme/batches").text
    for page in ("change", "auditors", "close"):
        assert lead.get(f"{path}/{page}").status_code == 409


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Select what it is"),
        ({"kind": "thematic", "theme": ""}, "Select the theme that is looked at"),
        ({"number": "-1"}, "Enter a number of audits from 1 to 5,000"),
        ({"ends_on-year": "2020"}, "The last day must not be before the first"),
        ({"tool": "unheard-of"}, "select one of the answers shown"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_beside_it(app, lead, sent, said):
    answer = lead.submit("/programme/batches/plan", _sent(**sent) if sent else {"save": "1"})
    assert said in answer.text
    with app.app_context():
        assert db.session.scalars(select(Batch)).all() == []


def test_a_number_that_cannot_be_is_said_beside_its_auditor(app, council, lead):
    with app.app_context(), saving():
        batch_id = a_batch(council).id
    mine = council.people["auditor"].hex
    answer = lead.submit(f"/programme/batches/{batch_id}/auditors", {f"number_{mine}": "-1"})
    assert "Enter a number from 0 to 5,000" in answer.text
    assert f'href="#number_{mine}"' in answer.text


def test_the_list_of_batches_costs_the_same_for_one_and_twenty(app, council, lead):
    costs = []
    for many in (1, 19):
        with app.app_context(), saving():
            for _ in range(many):
                batch = a_batch(council)
            batch_id = batch.id
            if many == 1:
                an_audit_of(batch, council, "100001", "other_auditor")
                services.set_auditors(
                    batch, {council.people["auditor"]: 3}, by=council.people["qa_lead"], at=AT
                )
        for path in ("/programme/batches", f"/programme/batches/{batch_id}"):
            with count_queries(app) as asked:
                assert "600 decisions" in lead.get(path).text
            assert len(asked) <= 8, asked
            costs.append(len(asked))
    assert costs[0] == costs[2]


@pytest.mark.parametrize("key", ["auditor", "head", "director", "viewer", "administrator"])
def test_only_the_qa_lead_runs_batches(app, council, client_for, key):
    with app.app_context(), saving():
        batch_id = a_batch(council).id
    client = client_for(council.people[key])
    for path in ("", "/plan", *(f"/{batch_id}{end}" for end in ("", "/change", "/auditors"))):
        assert client.get(f"/programme/batches{path}").status_code == 403


def test_a_batch_that_is_not_there_is_not_found(lead, council):
    unknown = council.people["auditor"]
    for end in ("", "/change", "/auditors", "/close"):
        assert lead.get(f"/programme/batches/{unknown}{end}").status_code == 404
