"""A data cut gives the same figures for ever, whatever happens after it (R4)."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Text, select, text
from sqlalchemy.exc import DBAPIError

from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.models import Audit, Concern, Finding
from qa_app.audits.queries.amending import amendable
from qa_app.audits.services.filing import file_findings
from qa_app.cases.models import Case
from qa_app.database import Base, db
from qa_app.domain.actions import ActionStatus
from qa_app.domain.answers import FindingKind
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.grades import Grade, PlanType
from qa_app.reports.facts import Facts
from qa_app.reports.facts.storing import from_bytes, to_bytes
from qa_app.reports.figures import ReportFigure
from qa_app.reports.figures.catalogue import CATALOGUE, Whose
from qa_app.reports.figures.compliance import compliance_figures, waiver_figures
from qa_app.reports.figures.grades import awaiting, beside, good_or_better, published
from qa_app.reports.figures.sections import section_figures
from qa_app.reports.figures.standards import standard_figures
from qa_app.reports.figures.voices import voice_figures
from qa_app.reports.models import DataCut
from qa_app.reports.queries.factual import read_facts
from qa_app.reports.services.cutting import facts_of, take_cut
from qa_app.standards.models import Theme
from qa_app.standards.services.themes import merge_theme
from qa_app.tracker.models import Action
from tests.audits.finals import a_final_audit
from tests.audits.making import AT
from tests.audits.plan_world import action_of
from tests.reports.asked import asked_for
from tests.tracker.factory import move_to

MONTH = Month.of(london_date(AT))
CUT, AFTER = AT + timedelta(hours=1), AT + timedelta(days=2)
FIRST = MONTH.previous()


def core_figures(facts: Facts) -> list[ReportFigure]:
    """Every figure that these modules make, of the last month."""
    asked, period, months = asked_for(str(facts.last)), str(facts.last), [facts.last]
    here = (facts, asked, period, months)
    return [
        *published(facts, asked, facts.months),
        *awaiting(facts, asked, facts.months),
        *beside(facts, asked, facts.months),
        *(f for whose in (Whose.AUTHORITY, Whose.SERVICE, Whose.TEAM, Whose.PLAN_TYPE)
          for f in good_or_better(*here, scope=whose)),
        *(f for whose in (Whose.AUTHORITY, Whose.SERVICE, Whose.TEAM)
          for f in section_figures(*here, scope=whose) if whose in (Whose.AUTHORITY, whose)),
        *(f for whose in (Whose.AUTHORITY, Whose.SERVICE)
          for make in (standard_figures, voice_figures) for f in make(*here, scope=whose)),
        *(f for whose in (Whose.ROLE, Whose.SERVICE)
          for make in (compliance_figures, waiver_figures) for f in make(*here, scope=whose)),
    ]  # fmt: skip


def as_bytes(figures: Iterable[ReportFigure]) -> bytes:
    """Figures with the audits behind them, as they would be stored."""
    rows = [each.to_row() | {"behind": [str(audit) for audit in each.audits]} for each in figures]
    return json.dumps(rows, ensure_ascii=False).encode()


@pytest.fixture
def lead(council):
    return council.people["qa_lead"]


@pytest.fixture
def audit(context, council) -> Audit:
    """A final audit with everything in it, an open action, and a concern."""
    found = a_final_audit(council)
    action_of(council, found, at=AT)
    db.session.add(
        Concern(
            audit_id=found.id, case_reference=found.case_reference, team_id=found.team_id,
            raised_at=AT, raised_by=council.people["other_auditor"], worry="A worry like no other",
        )
    )  # fmt: skip
    db.session.flush()
    return found


def amend(audit: Audit, field: str, new: str, at: datetime, by) -> None:
    stands = next(each.stands for each in amendable(audit) if each.field == field)
    services.amend(audit, field, new, shown=stands, reason="Why", by=by, at=at)


def change_everything(audit: Audit, council, lead) -> None:
    """What may happen to a final audit and to its actions, two days after the cut."""
    amend(audit, "grade.overall", Grade.INADEQUATE, AFTER, lead)
    amend(audit, "grade.risk", Grade.REQUIRES_IMPROVEMENT, AFTER, lead)
    amend(audit, "plan_type", PlanType.CHILD_IN_CARE, AFTER, lead)
    first, second, third = db.session.scalars(select(Theme).order_by(Theme.code)).all()[:3]
    finding = db.session.scalars(select(Finding).filter_by(kind=FindingKind.STRENGTH)).one()
    other = next(each for each in (first, second) if each.id != finding.theme_id)
    file_findings({finding.id: other.id}, by=lead, at=AFTER)
    merge_theme(db.session.get_one(Theme, finding.theme_id), third, why="One", by=lead, at=AFTER)
    (action,) = read_facts(FIRST, MONTH, AFTER).actions
    move_to(council, db.session.get_one(Action, action.id), ActionStatus.VERIFIED, AFTER)
    concern = db.session.scalars(select(Concern)).one()
    concern.recorded_at, concern.recorded_by = AFTER, lead
    db.session.flush()


# R4: recomputing from the cut gives the same bytes of figures.
def test_a_cut_gives_the_same_bytes_whatever_happens_after_it(audit, council, lead) -> None:
    cut = take_cut(FIRST, MONTH, by=lead, at=CUT)
    db.session.flush()
    facts = facts_of(cut)
    before = as_bytes(core_figures(facts))
    change_everything(audit, council, lead)
    db.session.expire_all()
    kept = facts_of(db.session.get_one(DataCut, cut.id))
    assert kept == facts
    assert as_bytes(core_figures(kept)) == before
    later = core_figures(read_facts(FIRST, MONTH, AFTER))
    assert as_bytes(later) != before
    assert {figure.key.measure for figure in later} <= CATALOGUE.keys()


# R4: the same moment read again finds what stood then, from grades, amendments, filings and steps.
def test_the_same_moment_read_again_is_the_same_cut(audit, council, lead) -> None:
    before = read_facts(FIRST, MONTH, CUT)
    change_everything(audit, council, lead)
    assert to_bytes(read_facts(FIRST, MONTH, CUT)) == to_bytes(before)
    (then,), (now_,) = before.audits, read_facts(FIRST, MONTH, AFTER).audits
    assert (then.final, now_.final) == (Grade.GOOD, Grade.INADEQUATE)
    assert (then.plan_type, now_.plan_type) == (
        PlanType.CHILD_PROTECTION,
        PlanType.CHILD_IN_CARE,
    )
    risk = [next(s.grade for s in each.sections if s.code == "risk") for each in (then, now_)]
    assert risk == [Grade.GOOD, Grade.REQUIRES_IMPROVEMENT]
    assert {each.theme for each in then.findings} != {each.theme for each in now_.findings}
    assert [each.status for each in before.actions] == ["open"]


def test_an_action_marked_done_after_the_cut_was_not_done_then(audit, council) -> None:
    # E4, E5: done and verified since; each cut finds what stood.
    (fact,) = read_facts(FIRST, MONTH, CUT).actions
    action = db.session.get_one(Action, fact.id)
    move_to(council, action, ActionStatus.VERIFIED, AFTER)
    assert read_facts(FIRST, MONTH, CUT).actions == (fact,)
    (settled,) = read_facts(FIRST, MONTH, AFTER).actions
    day = london_date(AFTER)
    assert (settled.done_on, settled.verified_on, settled.settled_on) == (day, day, day)


def test_a_filing_and_a_merge_count_from_their_moment_on(audit, lead) -> None:
    # T1: findings keep the theme that they were filed under; a merged one is read as the other.
    themes = db.session.scalars(select(Theme).order_by(Theme.code)).all()
    finding = db.session.scalars(select(Finding).filter_by(kind=FindingKind.STRENGTH)).one()
    first, into = [each for each in themes if each.id != finding.theme_id][:2]
    file_findings({finding.id: first.id}, by=lead, at=CUT)
    merge_theme(first, into, why="One", by=lead, at=AFTER)

    def theme_at(at: datetime) -> str:
        (only,) = read_facts(FIRST, MONTH, at).audits
        return next(each.theme for each in only.findings if each.id == finding.id)

    own = next(each.code for each in themes if each.id == finding.theme_id)
    moments = (AT, CUT, AFTER)
    assert [theme_at(at) for at in moments] == [own, first.code, into.code]
    named = {each.code: each for each in read_facts(FIRST, MONTH, AFTER).themes}
    assert named[into.code].stands_for == (first.code,)
    assert named[first.code].ended
    assert not named[into.code].ended


def every_text() -> set[str]:
    """What anybody wrote: every text of the database but the shipped library's, and the names."""
    shipped = {"section", "question", "tool_version", "theme", "practice_standard", "setting"}
    found: set[str] = set()
    for table in Base.metadata.sorted_tables:
        if table.name in shipped:
            continue
        for column in table.columns:
            if isinstance(column.type, Text) or column.name.endswith("name"):
                found |= {each for each in db.session.scalars(select(column)) if each}
    return found


# R4, I2: a cut outlives the audits, so it holds nothing that anybody wrote and no case reference.
def test_a_cut_holds_no_narrative_no_name_and_no_case_reference(audit, lead) -> None:
    cut = take_cut(FIRST, MONTH, by=lead, at=CUT)
    said = zlib.decompress(cut.content).decode()
    units = {each.name for each in facts_of(cut).units}
    written = {each for each in every_text() if len(each) > 3} - units
    assert {"A worry like no other", "A strength", "Evidence about assessment"} <= written
    names = set(db.session.scalars(select(Person.name)))
    cases = set(db.session.scalars(select(Case.reference)))
    assert names
    assert cases
    assert [each for each in written | names if json.dumps(each) in said] == []
    assert [each for each in cases if f'"{each}"' in said] == []


def test_a_cut_that_is_not_what_it_was_is_refused(audit, lead) -> None:
    cut = take_cut(FIRST, MONTH, by=lead, at=CUT)
    other = replace(facts_of(cut), actions=())
    cut.content = to_bytes(other)
    with pytest.raises(ValueError, match="not what it was"):
        facts_of(cut)
    assert from_bytes(cut.content) == other
    db.session.expunge(cut)


def test_the_database_refuses_to_change_a_cut(audit, lead) -> None:
    cut = take_cut(FIRST, MONTH, by=lead, at=CUT)
    db.session.flush()
    for statement in ("UPDATE data_cut SET hash = ''", "DELETE FROM data_cut"):
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(text(statement))
    assert db.session.get_one(DataCut, cut.id).hash == cut.hash
