"""Reports in every state, learning and keys, for the access matrix and the walks."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from qa_app.accounts.models import Person
from qa_app.database import db, now
from qa_app.domain.calendar import london_date
from qa_app.domain.keys import KeyScope
from qa_app.domain.learning import JudgedBy, ResponseKind
from qa_app.domain.publishing import ReportKind, ReportMove, ReportState
from qa_app.reports.kinds import RECIPES
from qa_app.reports.models import LearningResponse, OtherFigure, ReportVersion
from qa_app.reports.reportasked import ReportAsked
from qa_app.reports.services import checking, drafting, publishing, writing
from qa_app.reports.services.examples import mark_example
from qa_app.reports.services.inbackground import begin_move
from qa_app.reports.services.learning import Plan, plan_response
from qa_app.reports.services.others import FigureTyped, add_figure
from qa_app.reports.services.packs import add_meeting
from qa_app.reports.services.tokens import make_key
from tests.council import Council
from tests.reports.publishing_world import some_audits
from tests.reports.theme_world import STRENGTH, a_finding, an_audited, theme

ON_A_DRAFT = (
    "reports.workspace", "reports.take_data", "reports.discard_report", "reports.write_part",
    "reports.checks", "reports.explain", "reports.other_figures", "reports.remove_other_figure",
)  # fmt: skip
ON_A_CHECKED_ONE = ("reports.approve", "reports.take_back", "reports.suppressed")
ON_AN_APPROVED_ONE = ("reports.publish",)
ON_ONE_AT_WORK = ("reports.move",)
ON_A_PUBLISHED_ONE = (
    "reports.version", "reports.download_version", "reports.erratum", "reports.readers",
    "reports.figure", "reports.new_version", "reports.withdraw",
)  # fmt: skip
WORDS = "What was read this month says much the same as what was read in the month before."


@dataclass
class ReportingWorld:
    """Ids of versions by endpoint, and the arguments that only these rooms have."""

    by_endpoint: dict[str, dict[str, object]] = field(default_factory=dict)
    arguments: dict[str, object] = field(default_factory=dict)

    def put(self, endpoints: tuple[str, ...], **arguments: object) -> None:
        """These endpoints are asked about these objects."""
        for endpoint in endpoints:
            self.by_endpoint[endpoint] = arguments


def reporting_of(council: Council) -> ReportingWorld:
    """A draft, a checked, an approved and a published version; a response, an example, a key."""
    world, at = ReportingWorld(), now()
    some_audits()
    draft = version_in(council, "2023-02", ReportState.DRAFT, at)
    about = {"slot": "month", "code": "provisional", "about": "whole"}
    world.put(ON_A_DRAFT, version_id=draft.id, figure_id=_figure(council, draft, at), **about)
    checked = version_in(council, "2022-12", ReportState.CHECKED, at)
    world.put(ON_A_CHECKED_ONE, version_id=checked.id)
    approved = version_in(council, "2022-11", ReportState.APPROVED, at)
    world.put(ON_AN_APPROVED_ONE, version_id=approved.id)
    at_work = version_in(council, "2022-10", ReportState.APPROVED, at)
    lead = council.people["qa_lead"]
    job = begin_move(at_work, at_work.revision, ReportMove.PUBLISH, by=lead, at=at)
    world.put(ON_ONE_AT_WORK, version_id=at_work.id, job_id=job.id)
    published = version_in(council, "2023-01", ReportState.PUBLISHED, at)
    world.put(ON_A_PUBLISHED_ONE, version_id=published.id)
    world.arguments = _odds_and_ends(council, at)
    strength = _a_strength(council)
    world.put(("learning.mark_example",), finding_id=strength.id)
    return world


def version_in(
    council: Council, period: str, state: ReportState, at: datetime, kind: str = "highlight"
) -> ReportVersion:
    """A version of a month's report, taken as far as this state."""
    lead, head = council.people["qa_lead"], council.people["head"]
    asked = ReportAsked(ReportKind(kind), period)
    version = drafting.begin_report(asked, by=lead, at=at)
    for slot in RECIPES[asked.kind].slots:
        writing.write(version, slot.code, WORDS, 0, by=lead, at=at)
    if state is ReportState.DRAFT:
        return version
    for code in {each.finding.code for each in checking.checks_of(version).data if each.is_open}:
        checking.explain(version, code, None, "Known, and right as it is", by=lead, at=at)
    publishing.check(version, version.revision, by=lead, at=at)
    if state is not ReportState.CHECKED:
        publishing.approve(version, version.revision, by=head, at=at)
    if state is ReportState.PUBLISHED:
        publishing.publish(version, version.revision, by=lead, at=at)
    return version


def _figure(council: Council, version: ReportVersion, at: datetime) -> UUID:
    typed = FigureTyped("month", "Complaints answered", 9, 12, "Complaints team", date(2023, 3, 1))
    add_figure(version, typed, by=council.people["qa_lead"], at=at)
    db.session.flush()
    return db.session.query(OtherFigure).filter_by(version_id=version.id).one().id


def _a_strength(council: Council):
    return a_finding(an_audited(council), "voice", STRENGTH, "She chose the words of her own plan")


def _odds_and_ends(council: Council, at: datetime) -> dict[str, object]:
    lead, today = council.people["qa_lead"], london_date(at)
    example = mark_example(
        _a_strength(council), title="Her own plan", text="A child wrote it.", by=lead, at=at
    )
    meeting = add_meeting("Improvement board", today + timedelta(days=5), by=lead, at=at)
    made = make_key("Power BI", [KeyScope.MEASURES], today + timedelta(days=30), by=lead, at=at)
    return {
        "response_id": a_response(council, at).id,
        "example_id": example.id,
        "meeting_id": meeting.id,
        "key_id": made.token.id,
        "theme_code": "voice",
        "kind": "highlight",
        "layout": "docx",
        "format": "csv",
    }


def a_response(council: Council, at: datetime) -> LearningResponse:
    """A training day about hearing children, owned by a head of service."""
    owner = db.session.get_one(Person, council.people["head"])
    plan = Plan(
        kind=ResponseKind.TRAINING,
        title="A day on hearing children",
        what="For every team",
        owner=owner,
        service_id=None,
        due_on=london_date(at) + timedelta(days=20),
        judged_by=JudgedBy.THEME,
        judged_code="",
        months_before=6,
        months_after=6,
    )
    return plan_response(theme("voice"), plan, by=council.people["qa_lead"], at=at)
